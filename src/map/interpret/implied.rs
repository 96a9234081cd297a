//! Uses of entities that no call states: associations that function values lead through, sets that are gone through,
//! and what a generic type does to the types it is bound to.

use rustc_hash::FxHashSet;

use super::Interpreter;
use super::effects::{Effect, mapping_evidence};
use crate::facts::{Node, NodeId};
use crate::frameworks::{RuleId, Step};
use crate::map::carried::Carried;
use crate::map::matching::Selected;
use crate::map::program::{CallRef, FunctionRef};
use crate::map::types::Ty;
use crate::source::Span;
use crate::syntax::outline::TypeRef;
use crate::vocabulary::{Name, Privilege};

/// A generic function with more callers than this is bound by the first ones only.
const MAX_BINDERS: usize = 400;

impl Interpreter<'_, '_> {
    /// Associations that the function values of a query go through: `orders.Where(o => o.Buyer.Name == name)` reads
    /// the buyers too.
    pub(super) fn navigations(&mut self) {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let mut seen: FxHashSet<(u32, usize)> = FxHashSet::default();
        for (index, node) in (0u32..).zip(&facts.nodes) {
            let Node::Member { base, span, .. } = node else { continue };
            let round = self.query_round(*base).or_else(|| self.comprehension_round(*base, *span));
            let Some((call, id)) = round else { continue };
            let Some(ty) = program.type_of(self.file, NodeId(index), 0).filter(|ty| !ty.is_type) else { continue };
            let Some(target) = program.entity_of_type(&ty, 0).filter(|target| seen.insert((call, *target))) else {
                continue;
            };
            let entity = &program.entities.list[target];
            if entity.framework == id.framework {
                let framework = &program.frameworks.framework(id).name;
                let between = program.join_of_member(self.file, NodeId(index));
                let between = between.map(|carried| program.carried(&carried).table.clone());
                for table in between.into_iter().chain([entity.table.clone()]) {
                    let evidence = mapping_evidence(entity, &table, framework);
                    self.table_use(call, id, (&table, Privilege::Select), *span, &evidence);
                }
            }
        }
    }

    /// The call of a query whose function value's parameter a chain of members begins at.
    fn query_round(&self, base: NodeId) -> Option<(u32, RuleId)> {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let mut at = base;
        let function = loop {
            match facts.node(at) {
                Node::Member { base, .. } => at = *base,
                Node::Param(function, _) => break *function,
                _ => return None,
            }
        };
        let call = *program.given_to.get(&(self.file, function))?;
        let rules = program.rules((self.file, call));
        // `Include(o => o.Lines)` says so itself.
        let stated = |id: RuleId| {
            let selector = program.frameworks.call(id).entity.as_ref();
            selector.is_some_and(|selector| selector.0.contains(&Step::Returned))
        };
        if rules.iter().any(|(id, _)| stated(*id)) {
            return None;
        }
        let queries = |id: RuleId| {
            let rule = program.frameworks.call(id);
            rule.hands.is_some() && rule.privileges == [Privilege::Select]
        };
        rules.iter().map(|(id, _)| *id).find(|id| queries(*id)).map(|id| (call, id))
    }

    /// The call of a query that is given a comprehension over an entity (`select(o for o in Order if …)`), where a chain
    /// of members begins at what the comprehension goes through.
    fn comprehension_round(&self, base: NodeId, span: Span) -> Option<(u32, RuleId)> {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let mut at = base;
        let whole = loop {
            match facts.node(at) {
                Node::Member { base, .. } => at = *base,
                Node::Element { base, .. } => break *base,
                _ => return None,
            }
        };
        program.type_of(self.file, whole, 0).filter(|ty| ty.is_type && program.entity_of_type(ty, 0).is_some())?;
        let round = (0u32..).zip(&facts.calls).filter(|(_, call)| call.span.contains(span));
        let queries = round.filter_map(|(index, call)| {
            let rules = program.rules((self.file, index));
            let given = |id: &RuleId| {
                let rule = program.frameworks.call(*id);
                rule.privileges == [Privilege::Select]
                    && rule.entity.as_ref().is_some_and(|selector| selector.0 == [Step::Position(0)])
            };
            let id = rules.iter().map(|(id, _)| *id).find(given)?;
            Some((call.span.len(), index, id))
        });
        queries.min_by_key(|(length, ..)| *length).map(|(_, index, id)| (index, id))
    }

    /// Objects that are taken by their key out of an entity's type: `Order[1]`.
    pub(super) fn indexed(&mut self) {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let mut seen: FxHashSet<Span> = FxHashSet::default();
        for node in &facts.nodes {
            let Node::Index { base, .. } = node else { continue };
            let (span, function) = match facts.node(*base) {
                Node::Name { span, function, .. } => (*span, *function),
                Node::Member { span, .. } => (*span, program.function_of(self.file, *base)),
                _ => continue,
            };
            let ty = program.type_of(self.file, *base, 0).filter(|ty| ty.is_type);
            let Some(number) = ty.and_then(|ty| program.entity_of_type(&ty, 0)).filter(|_| seen.insert(span)) else {
                continue;
            };
            let entity = &program.entities.list[number];
            let rules = program.frameworks.all[entity.framework].entities.iter();
            let privileges: Vec<_> = rules.flat_map(|rule| rule.indexed.iter().copied()).collect();
            for privilege in privileges {
                self.mention(entity, privilege, function, span);
            }
        }
    }

    /// Sets of an entity that code goes through: `foreach (var order in context.Orders)`.
    pub(super) fn iterated(&mut self, covered: &FxHashSet<NodeId>) {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let mut seen: FxHashSet<Span> = FxHashSet::default();
        for node in &facts.nodes {
            let Node::Element { base, .. } = node else { continue };
            let Node::Member { span, base: context, .. } = facts.node(*base) else { continue };
            if covered.contains(base) || !seen.insert(*span) {
                continue;
            }
            let Some(carried) = program.entity_of(self.file, *base, 0) else { continue };
            let entity = program.carried(&carried);
            let rules = program.frameworks.all[entity.framework].entities.iter();
            let holders: Vec<_> = rules.flat_map(|rule| rule.held_in.iter()).collect();
            let ty = program.type_of(self.file, *base, 0).unwrap_or_default();
            if !holders.iter().any(|holder| ty.is_named(holder)) {
                continue;
            }
            let function = program.function_of(self.file, *context);
            self.mention(entity, Privilege::Select, function, *span);
        }
    }

    /// What a generic function does to its type parameter, once for each entity that its callers bind it to.
    pub(super) fn bound_effects(&mut self, call: u32, id: RuleId, value: &Selected, effects: &mut Vec<Effect>) {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let function = facts.named_function(program.call((self.file, call)).function);
        // A query that a caller began is the caller's: `data.Skip(10).ToListAsync()` of an `IQueryable<T> data`.
        if let Selected::Node(file, node) = value
            && *file == self.file
            && let Some(root) = self.chain(Some(*node)).pop().map(|(root, _)| root)
            && root != *node
            && self.is_begun_by_caller(root, id.framework)
        {
            self.handed(call, id, root, None);
            return;
        }
        let (bound, start) = match value {
            Selected::Node(file, node) if *file == self.file => {
                (self.type_parameter(*node, (self.file, function)), Some(*node))
            }
            Selected::Node(..) => return,
            // `connection.Get<T>(id)`
            Selected::Type(ty) => (self.parameter_of((self.file, function), |name| is_open(ty, name)), None),
        };
        let Some(bound) = bound else { return };
        let mut entities: Vec<usize> = Vec::new();
        for &caller in program.callers.get(&(self.file, function)).into_iter().flatten().take(MAX_BINDERS) {
            // What tests bind says nothing of the program.
            if program.is_test_file(caller.0) && !program.is_test_file(self.file) {
                continue;
            }
            // What a rule says of the caller's own call is counted there, with its own entity alone.
            let counted = |id: &RuleId| {
                let rule = program.frameworks.call(*id);
                rule.entity.is_some() && !rule.privileges.is_empty()
            };
            if program.rules(caller).iter().any(|(id, _)| counted(id)) {
                continue;
            }
            let ty = match bound {
                Bound::Owner(position) => program
                    .callee(caller.0, program.call(caller))
                    .and_then(|callee| callee.receiver)
                    .and_then(|receiver| program.type_of(caller.0, receiver, 0))
                    .and_then(|ty| program.type_argument(&ty, position)),
                Bound::Own(position) => {
                    let step = crate::frameworks::Selector(vec![Step::TypeArgument(position)]);
                    let selected = program.select(caller.0, caller.1, &step);
                    let stated = selected.first().and_then(|value| program.type_of_selected(value, 0));
                    stated.or_else(|| self.inferred((self.file, function), position, caller))
                }
            };
            let entity = ty.and_then(|ty| program.entity_of_type(&ty, 0));
            entities.extend(entity.filter(|entity| !entities.contains(entity)));
        }
        entities.sort_unstable();
        for entity in entities {
            if program.speaks_of(id.framework, program.entities.list[entity].framework) {
                effects.push(self.effect(call, id, Carried::Declared(entity), start));
            }
        }
    }

    /// Whether a value is a parameter that a caller gives a query of the framework for.
    fn is_begun_by_caller(&self, node: NodeId, framework: usize) -> bool {
        let Node::Param(function, position) = self.program.symbols.file(self.file).facts.node(node) else {
            return false;
        };
        let params = &self.program.symbols.function(self.file, *function).params;
        let ty = params.get(*position as usize).and_then(|param| param.ty.as_ref());
        let queries = &self.program.frameworks.all[framework].queries;
        ty.and_then(|ty| ty.path.last()).is_some_and(|name| queries.contains(name))
    }

    /// The path of the type that a parameter or a variable is stated to be of.
    fn stated_type(&self, node: NodeId) -> Option<&[Name]> {
        let program = self.program;
        match program.symbols.file(self.file).facts.node(node) {
            Node::Typed { ty, .. } => Some(&ty.path),
            Node::Param(function, position) => {
                let params = &program.symbols.function(self.file, *function).params;
                params.get(*position as usize)?.ty.as_ref().map(|ty| &ty.path[..])
            }
            Node::After { base, .. } => self.stated_type(*base),
            Node::Choice(ways) => ways.iter().find_map(|&way| self.stated_type(way)),
            _ => None,
        }
    }

    /// The type parameter that a value is of, or holds values of.
    fn type_parameter(&self, node: NodeId, (file, function): FunctionRef) -> Option<Bound> {
        let program = self.program;
        // What it is stated to be, not what bounds it.
        if let Some([stated]) = self.stated_type(node)
            && let Some(bound) = self.parameter_of((file, function), |name| name == stated)
        {
            return Some(bound);
        }
        let ty = program.type_of(self.file, node, 0)?;
        let mut parts = vec![&ty];
        while let Some(ty) = parts.pop() {
            if let Some(bound) = self.parameter_of((file, function), |name| is_open(ty, name)) {
                return Some(bound);
            }
            parts.extend(&ty.args);
        }
        None
    }

    /// The type parameter of a function, or of the type round it, that is meant.
    fn parameter_of(&self, (file, function): FunctionRef, meant: impl Fn(&Name) -> bool) -> Option<Bound> {
        let program = self.program;
        let own = &program.symbols.function(file, function).generics;
        if let Some(position) = own.iter().position(|generic| meant(&generic.name)) {
            return Some(Bound::Own(position));
        }
        // In Go a method may stand in another file than its type.
        let owner = program.owner(file, function);
        let parts = owner.map(|(file, owner)| program.symbols.parts(file, owner)).unwrap_or_default();
        let generics = parts.iter().map(|&(file, owner)| &program.symbols.type_decl(file, owner).generics[..]);
        let of_owner = generics.into_iter().find(|generics| !generics.is_empty()).unwrap_or_default();
        of_owner.iter().position(|generic| meant(&generic.name)).map(Bound::Owner)
    }

    /// Whether a value is stated to be of a type parameter of the type round a function.
    pub(super) fn is_of_parameter(&self, node: NodeId, function: FunctionRef) -> bool {
        matches!(self.type_parameter(node, function), Some(Bound::Owner(_)))
    }

    /// What a caller binds a function's own type parameter to by what it gives.
    fn inferred(&self, (file, function): FunctionRef, position: usize, caller: CallRef) -> Option<Ty> {
        let program = self.program;
        let fact = program.symbols.function(file, function);
        let name = &fact.generics.get(position)?.name;
        let holds =
            |ty: &TypeRef| ty.path[..] == [name.clone()] || ty.args.iter().any(|arg| arg.path[..] == [name.clone()]);
        let at = fact.params.iter().position(|param| param.ty.as_ref().is_some_and(holds))?;
        let value = program.given_value((file, function), u32::try_from(at).ok()?, caller)?;
        program.type_of(caller.0, value, 0)
    }
}

/// Whether a type is no more than the name of a type parameter; in Go it is named within its package.
fn is_open(ty: &Ty, name: &Name) -> bool {
    ty.decls.is_empty() && ty.path.last() == Some(name)
}

/// Whose type parameter: the type's or the function's, and which.
#[derive(Clone, Copy)]
enum Bound {
    Owner(usize),
    Own(usize),
}
