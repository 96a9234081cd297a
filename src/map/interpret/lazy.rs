//! Associations that are read by no more than naming them on an object: `order.customer.name`.
//!
//! Whether a framework reads so is data (`lazy` of an association). What an eager load of the same function has read
//! is there already.

use rustc_hash::FxHashSet;

use super::Interpreter;
use super::effects::Effect;
use crate::facts::{Node, NodeId};
use crate::map::associations::Association;
use crate::map::entities::Entity;
use crate::source::Place;
use crate::syntax::outline::FunctionKind;
use crate::vocabulary::{Name, Privilege};

/// Chains of associations are followed so far.
const MAX_DEPTH: usize = 12;

/// Methods that change a collection: it is written, where the object is saved.
const CHANGING: &[&str] = &["append", "extend", "insert", "remove", "add", "discard", "clear", "pop"];

impl<'i> Interpreter<'i, '_> {
    /// Reads of associations that are named on objects. `chained` has the members, each with the table, of which a call
    /// says what is done.
    pub(super) fn lazy_associations(&mut self, effects: &[Effect], chained: &FxHashSet<(NodeId, String)>) {
        let program = self.program;
        if program.entities.lazy.is_empty() {
            return;
        }
        let facts = program.symbols.file(self.file).facts;
        let silent = self.silent_members();
        let eager = self.eager_loads(effects);
        for (index, node) in (0u32..).zip(&facts.nodes) {
            let node_id = NodeId(index);
            let Node::Member { base, name, span, .. } = node else { continue };
            if !program.entities.lazy.contains(name) || silent.contains(&node_id) {
                continue;
            }
            let Some((owner, found)) = self.lazily_led(*base, name, 0) else { continue };
            let framework = &program.frameworks.all[program.entities.list[owner].framework];
            if framework.awaits && !facts.awaited.contains(&node_id) {
                continue;
            }
            let between = found.join.clone().and_then(|table| program.between(owner, table));
            let place = Place { file: self.file, span: *span };
            let function = self.function_at(place).unwrap_or_default();
            let home = facts.named_function(function);
            let known = |entity: &Entity| {
                let table = entity.table.to_string();
                !framework.awaits && eager.contains(&(home, table.clone())) || chained.contains(&(node_id, table))
            };
            let target = &program.entities.list[found.target];
            if !known(target) {
                let between = between.as_ref().map(|carried| program.carried(carried));
                for entity in between.into_iter().chain([target]) {
                    self.mention(entity, Privilege::Select, function, *span);
                }
            }
        }
    }

    /// Whether a member has the name of an association that naming it reads.
    pub(super) fn is_lazy(&self, node: NodeId) -> bool {
        let Node::Member { name, .. } = self.program.symbols.file(self.file).facts.node(node) else { return false };
        self.program.entities.lazy.contains(name)
    }

    /// The association that naming it on this object reads, and whose it is.
    fn lazily_led(&self, base: NodeId, name: &Name, depth: usize) -> Option<(usize, &'i Association)> {
        let program = self.program;
        let owner = self.object_of(base, depth)?;
        let found = program.entities.associations.get(&(owner, name.clone())).filter(|found| found.lazy)?;
        Some((owner, found))
    }

    /// The entity that a value is an object of: one that was read, or that an association of such a one leads to.
    fn object_of(&self, node: NodeId, depth: usize) -> Option<usize> {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        if depth > MAX_DEPTH || self.gives_type(node) {
            return None;
        }
        let below = match facts.node(node) {
            Node::This(function) => {
                let kind = program.symbols.function(self.file, *function).kind;
                let of_object = !matches!(kind, FunctionKind::Static | FunctionKind::Constructor);
                return of_object.then(|| self.tracked(node)).flatten();
            }
            Node::Member { base, name, .. } if program.entities.lazy.contains(name) => {
                self.lazily_led(*base, name, depth + 1).map(|(_, found)| found.target)
            }
            // `Order[1]`
            Node::Index { base, .. } if program.type_of(self.file, *base, 0).is_some_and(|ty| ty.is_type) => {
                let ty = program.type_of(self.file, *base, 0)?;
                program.entity_of_type(&ty, 0)
            }
            Node::Element { base, .. } | Node::After { base, .. } | Node::Index { base, .. } => {
                self.object_of(*base, depth + 1)
            }
            Node::Choice(ways) => ways.iter().find_map(|&way| self.object_of(way, depth + 1)),
            _ => None,
        };
        below.or_else(|| self.tracked(node))
    }

    /// Whether a value is what a call gives that gives a type itself (`aliased(Order)`).
    fn gives_type(&self, node: NodeId) -> bool {
        let Node::Call(call) = self.program.symbols.file(self.file).facts.node(node) else { return false };
        let rules = self.program.rules((self.file, *call));
        rules.iter().any(|(id, _)| self.program.frameworks.call(*id).gives_type)
    }

    /// Members that are called, and collections that are changed.
    fn silent_members(&self) -> FxHashSet<NodeId> {
        let facts = self.program.symbols.file(self.file).facts;
        let mut silent = FxHashSet::default();
        for call in &facts.calls {
            silent.insert(call.callee);
            if let Node::Member { base, name, .. } = facts.node(call.callee)
                && CHANGING.contains(&name.as_str())
            {
                silent.insert(*base);
            }
        }
        silent
    }

    /// The tables that calls load along with others by the associations they name, by the function round the call.
    fn eager_loads(&self, effects: &[Effect]) -> FxHashSet<(u32, String)> {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let rule = |effect: &&Effect| program.frameworks.call(effect.id);
        let loads = effects.iter().filter(|effect| rule(effect).association.is_some() || rule(effect).loads);
        loads
            .map(|effect| {
                let function = facts.calls[effect.call as usize].function;
                (facts.named_function(function), effect.table.to_string())
            })
            .collect()
    }
}
