//! Members of the object round a call that only its subtypes, or what makes it, say: `self.model` of a base class.

use super::Interpreter;
use super::effects::mapping_evidence;
use crate::facts::{Node, NodeId};
use crate::frameworks::{CallRule, RuleId, Step};
use crate::map::carried::Carried;
use crate::map::languages::Way;
use crate::map::matching::Callee;
use crate::map::program::CallRef;
use crate::source::FileId;
use crate::vocabulary::Name;

impl Interpreter<'_, '_> {
    /// What a rule's entity hangs on, if it is a member of the object round the call whose type does not say it.
    pub(super) fn bound_member(&self, index: u32, callee: &Callee, id: RuleId, rule: &CallRule) -> Option<Name> {
        let program = self.program;
        let call = program.call((self.file, index));
        let is_method = callee.receiver.is_some()
            && rule.method.iter().any(|pattern| crate::frameworks::glob(pattern, &callee.name));
        // Where types are stated, they say it.
        if !program.has(self.file, Way::LeavesTypesOut)
            || !is_method && !program.names_function_of(self.file, callee, &rule.function, id.framework)
        {
            return None;
        }
        let node = match rule.entity.as_ref()?.0.first()? {
            Step::Receiver => callee.receiver?,
            Step::Position(position) | Step::Either(position, _) | Step::Rest(position) => {
                call.args.get(*position)?.value
            }
            _ => return None,
        };
        let facts = program.symbols.file(self.file).facts;
        // An object of the type that the member is (`self.model(**values)`) is of that entity too.
        let of_itself = |node: NodeId| match facts.node(node) {
            Node::Member { base, name, .. } => match facts.node(*base) {
                Node::This(function) => Some((*function, name.clone())),
                _ => None,
            },
            _ => None,
        };
        let mut found = None;
        for (node, call) in self.chain(Some(node)) {
            // What a statement is built of counts where it is built.
            if call.is_some_and(|call| call != index && (self.is_built_of(call) || self.asks_object(node, call))) {
                return None;
            }
            found = found.or_else(|| match facts.node(node) {
                Node::Call(call) => of_itself(facts.calls[*call as usize].callee),
                _ => of_itself(node),
            });
        }
        let (function, name) = found?;
        if !self.is_said_elsewhere(function, &name) {
            return None;
        }
        let fits = !is_method
            || rule.receiver.is_empty()
            || callee
                .receiver
                .and_then(|receiver| program.type_of(self.file, receiver, 0))
                .is_some_and(|ty| program.is_a(&ty, &rule.receiver));
        (fits && program.entity_of(self.file, node, 0).is_none()).then_some(name)
    }

    /// Whether a call asks an object for something of which no rule speaks: that is another thing.
    fn asks_object(&self, node: NodeId, call: u32) -> bool {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let of_itself = || match facts.node(facts.calls[call as usize].callee) {
            Node::Member { base, .. } => matches!(facts.node(*base), Node::This(_)),
            _ => false,
        };
        program.has(self.file, Way::Readers)
            && matches!(facts.node(node), Node::Call(_))
            && !of_itself()
            && program.rules((self.file, call)).is_empty()
    }

    /// Whether a rule's entity is the object round the call, of a class that is no entity by itself (a mixin).
    pub(super) fn is_of_itself(&self, index: u32, callee: &Callee, rule: &CallRule) -> bool {
        let program = self.program;
        if !program.has(self.file, Way::SpeakingBases) {
            return false;
        }
        let call = program.call((self.file, index));
        let is_method = rule.method.iter().any(|pattern| crate::frameworks::glob(pattern, &callee.name));
        let node = match rule.entity.as_ref().and_then(|selector| selector.0.first()) {
            Some(Step::Receiver) => callee.receiver,
            Some(Step::Position(at) | Step::Either(at, _) | Step::Rest(at)) => call.args.get(*at).map(|arg| arg.value),
            _ => None,
        };
        let Some(node) = node.filter(|_| is_method) else { return false };
        let own = program.targets_of((self.file, index)).iter().any(|target| !target.by_name);
        let fits = || {
            let ty = callee.receiver.and_then(|receiver| program.type_of(self.file, receiver, 0));
            !rule.strict || ty.is_some_and(|ty| program.is_a(&ty, &rule.receiver))
        };
        !own && self.is_made_of_itself(self.file, node) && program.entity_of(self.file, node, 0).is_none() && fits()
    }

    /// Whether a value is the object round a function, its class, or what that makes.
    pub(super) fn is_made_of_itself(&self, file: FileId, node: NodeId) -> bool {
        let facts = self.program.symbols.file(file).facts;
        let mut at = node;
        for _ in 0..16 {
            at = match facts.node(at) {
                Node::This(_) => return true,
                Node::Call(call) => match facts.node(facts.calls[*call as usize].callee) {
                    Node::Member { base, .. } => *base,
                    _ => facts.calls[*call as usize].callee,
                },
                // `cls.query`
                Node::Member { base, .. } => return self.program.is_class_itself(file, *base),
                Node::After { base, .. } => *base,
                _ => return false,
            };
        }
        false
    }

    /// Whether a call does something to an entity that it is given.
    fn is_built_of(&self, call: u32) -> bool {
        self.program.rules((self.file, call)).iter().any(|(id, _)| {
            let rule = self.program.frameworks.call(*id);
            let first = rule.entity.as_ref().and_then(|selector| selector.0.first());
            let given = matches!(first, Some(Step::Position(_) | Step::Either(..) | Step::Rest(_)));
            rule.sql.is_some() || given && !rule.privileges.is_empty()
        })
    }

    /// Whether others may say which entity a member of the object round a function is: its subtypes, those who make it,
    /// or the arguments of its type.
    fn is_said_elsewhere(&self, function: u32, name: &Name) -> bool {
        let program = self.program;
        let Some((file, owner)) = program.owner(self.file, function) else { return false };
        let ty = program.own_type(file, owner);
        let given =
            |&(file, node): &(FileId, NodeId)| matches!(program.symbols.file(file).facts.node(node), Node::Param(..));
        let entity = |&(file, node): &(FileId, NodeId)| program.entity_of(file, node, 0).is_some();
        let decl = program.symbols.type_decl(file, owner);
        !decl.generics.is_empty()
            || decl
                .fields
                .iter()
                .any(|field| field.name == *name && field.ty.as_ref().is_some_and(|ty| !ty.args.is_empty()))
            || program.field_values(&ty, name).iter().any(given)
            || program.overridden_values(&ty, name).iter().any(entity)
    }

    /// What a base class does to an entity that only its subtypes know counts where it is done, once for each.
    pub(super) fn member_uses(&mut self, index: u32, id: RuleId, found: &[(CallRef, usize)]) {
        let program = self.program;
        let mut numbers: Vec<usize> = found.iter().map(|(_, number)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let place = program.call((self.file, index)).name_span;
        for number in numbers {
            let entity = &program.entities.list[number];
            if !program.speaks_of(id.framework, entity.framework) {
                continue;
            }
            let evidence = mapping_evidence(entity, &entity.table, &program.frameworks.framework(id).name);
            for &privilege in &program.frameworks.call(id).privileges {
                self.table_use(index, id, (&entity.table, privilege), place, &evidence);
            }
        }
    }

    /// The entity that the type of an object, or what makes it, says a member of it is.
    pub(super) fn entity_of_member(&self, caller: CallRef, name: &Name) -> Option<usize> {
        let program = self.program;
        let Node::Member { base, .. } = program.symbols.file(caller.0).facts.node(program.call(caller).callee) else {
            return None;
        };
        let ty = program.type_of(caller.0, *base, 0)?;
        let declared = |file: FileId, node: NodeId| match program.entity_of(file, node, 0)? {
            Carried::Declared(number) => Some(number),
            Carried::Named(_) => None,
        };
        let stated = program.field_values(&ty, name).into_iter().find_map(|(file, node)| declared(file, node));
        let by_argument = || (0..3).find_map(|at| program.entity_of_type(&program.type_argument(&ty, at)?, 0));
        let given = || {
            let (file, node) = self.made_by(caller.0, *base)?;
            let Node::Call(call) = program.symbols.file(file).facts.node(node) else { return None };
            program.call((file, *call)).args.iter().find_map(|arg| declared(file, arg.value))
        };
        stated.or_else(by_argument).or_else(given)
    }

    /// The call that a value, or what the name it is stands for, is made by.
    fn made_by(&self, file: FileId, node: NodeId) -> Option<(FileId, NodeId)> {
        let program = self.program;
        match program.symbols.file(file).facts.node(node) {
            Node::Call(_) => Some((file, node)),
            Node::Name { segments, function, .. } => program.declared_node(file, *function, segments),
            Node::Typed { value: Some(value), .. } => self.made_by(file, *value),
            _ => None,
        }
    }
}
