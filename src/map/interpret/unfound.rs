//! Entities that calls name and no source here declares: what is done to their tables is opaque, not nothing.

use super::{At, Home, Interpreter};
use crate::facts::{Node, NodeId};
use crate::frameworks::RuleId;
use crate::map::matching::{Certainty, Selected};
use crate::map::program::{Uses, begins_with};
use crate::map::symbols::Def;
use crate::source::Place;
use crate::vocabulary::Name;

impl Interpreter<'_, '_> {
    /// An entity that a rule says the call is given, and that is not found.
    pub(super) fn unfound(&mut self, call: u32, id: RuleId, value: &Selected) {
        let rule = self.program.frameworks.call(id);
        let Selected::Node(file, node) = value else { return };
        if !rule.must_find || *file != self.file {
            return;
        }
        // Of a method of whatever type only what is named like a type tells that an entity is meant.
        let rules = self.program.rules((self.file, call));
        let known = rules.iter().any(|(other, certainty)| *other == id && *certainty == Certainty::Known)
            || self.is_called_on(call, id.framework);
        let Some(reason) = self.unfound_entity(*node, id.framework, known, 0) else { return };
        self.opaque_call(call, id, &reason);
    }

    /// Whether a call is made on an object of the framework's own.
    fn is_called_on(&self, call: u32, framework: usize) -> bool {
        let program = self.program;
        let receiver = program.callee(self.file, program.call((self.file, call))).and_then(|callee| callee.receiver);
        let ty = receiver.and_then(|receiver| program.type_of(self.file, receiver, 0)).unwrap_or_default();
        let roots = &program.frameworks.all[framework].imports;
        roots.iter().any(|root| begins_with(&ty.path, root))
    }

    /// Queries that begin at a member of an entity's type (`Order.objects`), where the type is not found.
    pub(super) fn unfound_queries(&mut self) {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let Some(language) = program.frameworks.language(program.language(self.file)) else { return };
        for &framework in &language.frameworks {
            let managers = &program.frameworks.all[framework].managers;
            if managers.is_empty() || program.uses(self.file, framework) == Uses::No {
                continue;
            }
            for (index, call) in (0u32..).zip(&facts.calls) {
                let Node::Member { base, .. } = facts.node(call.callee) else { continue };
                let Node::Member { base: of, name, .. } = facts.node(*base) else { continue };
                if !managers.contains(name) || program.entity_of(self.file, *base, 0).is_some() {
                    continue;
                }
                let Some(name) = self.foreign_type(*of) else { continue };
                let Some(callee) = program.callee(self.file, call) else { continue };
                let queries = |id: &RuleId| {
                    let rule = program.frameworks.call(*id);
                    id.framework == framework && rule.on_entity && !rule.privileges.is_empty()
                };
                if let Some(id) = program.candidates(self.file, &callee.name).iter().copied().find(queries) {
                    self.opaque_call(index, id, &not_found(&name));
                }
            }
        }
    }

    fn opaque_call(&mut self, call: u32, id: RuleId, reason: &str) {
        let program = self.program;
        let fact = program.call((self.file, call));
        let home = Home { file: self.file, function: Some(fact.function) };
        let span = Place { file: self.file, span: fact.span };
        let at = At::rule(home, span, None, program.frameworks.call(id), id);
        self.opaque(at, span, reason);
    }

    /// Why a value that must be an entity is none.
    fn unfound_entity(&self, node: NodeId, framework: usize, known: bool, depth: usize) -> Option<String> {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        match facts.node(node) {
            _ if depth > 8 => None,
            Node::Typed { value: Some(value), .. } | Node::After { base: value, .. } => {
                self.unfound_entity(*value, framework, known, depth + 1)
            }
            Node::Name { .. } | Node::Member { .. } if let Some(name) = self.foreign_type(node) => {
                let path = program.path_of(self.file, node)?;
                let resolved = program.symbols.resolve_in(self.file, program.function_of(self.file, node), &path);
                let own = &program.frameworks.all[framework].imports;
                let of_framework = own.iter().any(|root| begins_with(&resolved.path, root));
                (!of_framework).then(|| not_found(&name))
            }
            // A class that is made or looked up at run time.
            Node::Call(call) if known && self.gives_class(*call, framework) => Some(AT_RUN_TIME.to_owned()),
            Node::Index { base, .. } if known && matches!(facts.node(*base), Node::Record(_) | Node::Name { .. }) => {
                Some(AT_RUN_TIME.to_owned())
            }
            _ => None,
        }
    }

    /// Whether nothing here says what a call gives, and nothing that it is given has to do with an entity.
    fn gives_class(&self, call: u32, framework: usize) -> bool {
        let program = self.program;
        let args = &program.call((self.file, call)).args;
        !program.is_of_framework(self.file, call, framework)
            && program.targets_of((self.file, call)).is_empty()
            && program
                .callee(self.file, program.call((self.file, call)))
                .is_some_and(|callee| callee.receiver.is_none())
            && args.iter().all(|arg| program.entity_of(self.file, arg.value, 0).is_none())
    }

    /// The name of a type that a value is, or is a column of, and that no source here declares as an entity.
    fn foreign_type(&self, node: NodeId) -> Option<Name> {
        let program = self.program;
        let path = program.path_of(self.file, node)?;
        let function = program.function_of(self.file, node);
        (1..=path.len()).find_map(|length| {
            let name = path[length - 1].clone();
            let mut letters = name.chars();
            let is_type = letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase);
            if !is_type {
                return None;
            }
            let resolved = program.symbols.resolve_in(self.file, function, &path[..length]);
            let elsewhere = resolved.defs.is_empty() && resolved.path.len() > 1;
            let no_entity = match resolved.defs[..] {
                [Def::Type(file, index)] => {
                    let unknown = program.entity_of_path(self.file, function, &path[..length]).is_none();
                    resolved.rest.is_empty()
                        && unknown
                        && program.derives_from_elsewhere(&program.own_type(file, index))
                }
                _ => false,
            };
            (elsewhere || no_entity).then_some(name)
        })
    }
}

const AT_RUN_TIME: &str = "the entity is chosen at run time";

fn not_found(name: &Name) -> String {
    format!("the entity `{name}` is not found in the sources")
}
