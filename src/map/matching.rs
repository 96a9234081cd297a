//! Whether a framework's rule speaks of a call, and which values its selectors mean.

use std::sync::Arc;

use super::carried::Carried;
pub(super) use super::given::arguments;
use super::languages::Way;
use super::memo;
use super::program::{CallRef, FunctionRef, Program, Uses};
use super::symbols::Def;
use super::types::{Ty, paths_agree};
use crate::facts::{AnnotationFact, CallFact, CallKind, Node, NodeId};
use crate::frameworks::{CallRule, RuleId, Selector, Step, ValueRule, model, naming};
use crate::source::{FileId, Place, Span};
use crate::syntax::outline::TypeKind;
use crate::vocabulary::Name;

/// A chain of calls is followed so far.
const MAX_CHAIN: usize = 64;

/// What languages offer to hold values in memory, as it is named without an import that could be seen.
const COLLECTIONS: &[&str] = &[
    "[]",
    "map",
    "List",
    "IList",
    "IEnumerable",
    "ICollection",
    "IReadOnlyList",
    "IReadOnlyCollection",
    "Dictionary",
    "IDictionary",
    "HashSet",
    "ISet",
    "Queue",
    "Stack",
    "ConcurrentDictionary",
    "StringBuilder",
];

/// How sure a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// Only the name agrees, and some file of the unit uses the framework.
    Name,
    /// The receiver's type or the path of the function agrees.
    Known,
}

/// What a call's callee says: its name, and what it is called on.
pub(super) struct Callee {
    pub name: Name,
    /// What a method is called on.
    pub receiver: Option<NodeId>,
    /// The dotted or `::` path, where the callee is one.
    pub path: Option<Vec<Name>>,
    pub function: u32,
}

impl<'a> Program<'a> {
    pub(super) fn call(&self, call: CallRef) -> &'a CallFact {
        &self.symbols.file(call.0).facts.calls[call.1 as usize]
    }

    /// A call's callee by name; `None` for a callee that has none (the result of another call, a lambda).
    pub(super) fn callee(&self, file: FileId, call: &CallFact) -> Option<Callee> {
        self.callee_at(file, call, call.callee)
    }

    fn callee_at(&self, file: FileId, call: &CallFact, callee: NodeId) -> Option<Callee> {
        let facts = self.symbols.file(file).facts;
        match facts.node(callee) {
            // `(transaction ?? this.knex)("orders")`: any of them, by its type.
            Node::Choice(ways) => ways.iter().find_map(|&way| self.callee_at(file, call, way)),
            // `({ selectFrom }) => selectFrom("orders")`: a method of what it was taken from.
            Node::Element { base, name: Some(name), .. } => {
                Some(Callee { name: name.clone(), receiver: Some(*base), path: None, function: call.function })
            }
            Node::Name { segments, function, .. } => {
                let name = self.real_name(file, *function, segments)?;
                Some(Callee { name, receiver: None, path: Some(segments.clone()), function: *function })
            }
            Node::Member { base, name, .. } => {
                let path = self.path_of(file, callee);
                Some(Callee { name: name.clone(), receiver: Some(*base), path, function: call.function })
            }
            // What a function is given and calls (`knex("orders")` in a migration).
            Node::Param(function, index) => {
                let param = self.symbols.function(file, *function).params.get(*index as usize)?;
                Some(Callee { name: param.name.clone(), receiver: None, path: None, function: call.function })
            }
            Node::Typed { ty, function, .. } => {
                let name = ty.path.last()?.clone();
                Some(Callee { name, receiver: None, path: Some(ty.path.clone()), function: *function })
            }
            _ => None,
        }
    }

    /// The last name of a path, as its owner calls it: an import from outside may have given it another here.
    fn real_name(&self, file: FileId, function: u32, segments: &[Name]) -> Option<Name> {
        let written = segments.last()?;
        if segments.len() == 1 {
            let resolved = self.symbols.resolve_in(file, function, segments);
            if let [.., real] = &resolved.path[..]
                && resolved.defs.is_empty()
                && real != "default"
            {
                return Some(real.clone());
            }
        }
        Some(written.clone())
    }

    /// The rules that may speak of what a file calls by that name.
    pub(super) fn candidates(&self, file: FileId, name: &Name) -> Arc<[RuleId]> {
        let language = self.language(file);
        memo::candidates(self.symbols.generation(), (language, name.clone()), || {
            self.frameworks.language(language).map(|rules| rules.calls(name)).unwrap_or_default()
        })
    }

    /// The rules that speak of a call, each with how sure that is; the surest alone where some are surer.
    pub(super) fn rules(&self, call_ref: CallRef) -> memo::Rules {
        memo::rules(&self.generation, call_ref, || Arc::new(self.find_rules(call_ref)))
    }

    fn find_rules(&self, call_ref: CallRef) -> Vec<(RuleId, Certainty)> {
        let (file, index) = call_ref;
        let call = self.call((file, index));
        let Some(callee) = self.callee(file, call) else { return Vec::new() };
        let candidates = self.candidates(file, &callee.name);
        if candidates.is_empty() {
            return Vec::new();
        }
        let mut known = Known::default();
        let mut found = Vec::new();
        for &id in candidates.iter() {
            let rule = self.frameworks.call(id);
            let count = call.args.len();
            if count < rule.min_args || rule.max_args.is_some_and(|most| count > most) {
                continue;
            }
            let selects = |selector: &Selector| !self.select(file, index, selector).is_empty();
            if !rule.inside.is_empty() && !self.stands_inside(call_ref, id, &rule.inside)
                || !rule.outside.is_empty() && self.stands_inside(call_ref, id, &rule.outside)
            {
                continue;
            }
            if rule.given.as_ref().is_some_and(|given| !selects(given)) || rule.not_given.as_ref().is_some_and(selects)
            {
                continue;
            }
            let by = |made: u32| self.called_name((file, made)).is_some_and(|name| rule.given_call.contains(name));
            if !rule.given_call.is_empty() && !call.args.iter().any(|arg| self.is_made(file, arg.value, &by, 0)) {
                continue;
            }
            if let Some(certainty) = self.applies(call_ref, call, &callee, id, rule, &mut known) {
                found.push((id, certainty));
            }
        }
        let best = found.iter().map(|(_, certainty)| *certainty).max();
        found.retain(|(_, certainty)| Some(*certainty) == best);
        found
    }

    /// Whether a call may be one of these functions, as far as the name tells by which it is written.
    fn may_be_named(&self, file: FileId, call: &CallFact, wanted: &[Name]) -> bool {
        let named = |name: &Name| wanted.iter().any(|path| path.starts_with('*') || path.ends_with(name.as_str()));
        match self.symbols.file(file).facts.node(call.callee) {
            Node::Member { name, .. } => named(name),
            // A name that stands alone may be another's, given by an import.
            Node::Name { segments, .. } => segments.len() == 1 || segments.last().is_some_and(named),
            _ => true,
        }
    }

    /// Whether a call is part of what one of these functions or methods is given.
    fn stands_inside(&self, (file, index): CallRef, id: RuleId, wanted: &[Name]) -> bool {
        let calls = &self.symbols.file(file).facts.calls;
        let span = calls[index as usize].span;
        let makes =
            |round: &CallFact| round.args.iter().any(|arg| self.is_made(file, arg.value, &|made| made == index, 0));
        (0u32..).zip(calls).any(|(number, round)| {
            number != index
                && self.may_be_named(file, round, wanted)
                && self.callee(file, round).is_some_and(|callee| {
                    callee.receiver.is_some() && wanted.contains(&callee.name)
                        || self.names_function_of(file, &callee, wanted, id.framework)
                })
                && (round.span.contains(span) && round.name_span.end <= span.start || makes(round))
        })
    }

    /// Whether a call of which `by` holds has had a hand in a value: it is the value's, or one that its chain goes on
    /// from.
    fn is_made(&self, file: FileId, node: NodeId, by: &dyn Fn(u32) -> bool, depth: usize) -> bool {
        if depth > MAX_CHAIN {
            return false;
        }
        let facts = self.symbols.file(file).facts;
        let below = |node: NodeId| self.is_made(file, node, by, depth + 1);
        match facts.node(node) {
            Node::Call(call) => {
                by(*call)
                    || matches!(facts.node(facts.calls[*call as usize].callee), Node::Member { base, .. } if below(*base))
            }
            Node::After { base, call, .. } => by(*call) || below(*base),
            Node::Typed { value: Some(value), .. } => below(*value),
            Node::Choice(ways) => ways.iter().any(|&way| below(way)),
            _ => false,
        }
    }

    /// The last name of what is called.
    fn called_name(&self, (file, call): CallRef) -> Option<&Name> {
        let facts = self.symbols.file(file).facts;
        match facts.node(facts.calls[call as usize].callee) {
            Node::Member { name, .. } => Some(name),
            Node::Name { segments, .. } => segments.last(),
            _ => None,
        }
    }

    fn applies(
        &self,
        call_ref: CallRef,
        call: &CallFact,
        callee: &Callee,
        id: RuleId,
        rule: &CallRule,
        known: &mut Known,
    ) -> Option<Certainty> {
        let file = call_ref.0;
        if !rule.callee.is_empty() {
            let fits = (call.kind == CallKind::Macro) != rule.macros.is_empty() && call.kind != CallKind::New;
            let ty = self.known_type(file, call.callee, 0).filter(|ty| fits && !ty.is_type)?;
            return self.is_a(&ty, &rule.callee).then_some(Certainty::Known);
        }
        if call.kind == CallKind::Macro {
            return self.path_matches(file, callee, &rule.macros, id, known).then_some(Certainty::Known);
        }
        if rule.constructor {
            let means = self.uses(file, id.framework) != Uses::No && self.makes_entity_of(file, call, id.framework);
            return means.then_some(Certainty::Known);
        }
        if self.path_matches(file, callee, &rule.function, id, known) {
            return Some(Certainty::Known);
        }
        if let Some(certainty) = self.static_applies(file, callee, id, rule) {
            return Some(certainty);
        }
        if call.kind == CallKind::New
            || !rule.method.iter().any(|pattern| crate::frameworks::glob(pattern, &callee.name))
        {
            return None;
        }
        let Some(receiver) = callee.receiver else {
            let own = self.implicit_receiver(file, callee, rule)?;
            return (!self.counted_inside(call_ref, rule, &own) && !own.is_unknown()).then_some(Certainty::Known);
        };
        if rule.bare && self.entity_of(file, receiver, 0).is_some() {
            return None;
        }
        let mut own_entity = false;
        if rule.on_entity {
            let carried = self.entity_of(file, receiver, 0)?;
            let framework = self.carried(&carried).framework;
            if !self.speaks_of(id.framework, framework) {
                return None;
            }
            own_entity = framework == id.framework;
            if rule.on_many && self.is_single(file, receiver, 0) || rule.on_query && self.is_read(file, receiver, 0) {
                return None;
            }
            if rule.on_relation && self.relation_at(file, receiver).is_none() {
                return None;
            }
            if self.is_own_method(call_ref, receiver) {
                return None;
            }
        }
        let ty = known.receiver.get_or_insert_with(|| self.known_type(file, receiver, 0)).as_deref();
        match ty {
            Some(ty) if !rule.receiver.is_empty() && self.is_a(ty, &rule.receiver) => {
                // A bare type (`String`), or another's (`IDbConnection`), is not the framework's own: it says nothing
                // where nobody uses the framework.
                let imports = &self.frameworks.framework(id).imports;
                let own = |path: &Name| {
                    let path = model::segments(path);
                    path.len() > 1 && imports.iter().any(|root| super::program::begins_with(&path, root))
                };
                let named = |path: &&Name| self.is_a(ty, std::slice::from_ref(*path));
                let means = rule.receiver.iter().filter(named).any(own) || self.uses(file, id.framework) != Uses::No;
                (means && !self.counted_inside(call_ref, rule, ty)).then_some(Certainty::Known)
            }
            Some(ty) if !rule.receiver.is_empty() && self.is_met_by(call_ref, ty, &callee.name, id) => {
                Some(Certainty::Known)
            }
            // A method of the workspace's own is what it does, not what it is called.
            _ if !rule.on_entity && self.targets_of(call_ref).iter().any(|target| !target.by_name) => None,
            Some(ty) if !rule.receiver.is_empty() && !ty.is_unknown() && self.is_definite(ty) => None,
            _ if rule.on_entity => {
                (own_entity || self.uses(file, id.framework) != Uses::No).then_some(Certainty::Known)
            }
            _ if rule.strict => None,
            _ if rule.unmistakable && self.uses(file, id.framework) != Uses::No => Some(Certainty::Known),
            _ => (self.uses(file, id.framework) != Uses::No).then_some(Certainty::Name),
        }
    }

    /// Whether a method is one that the workspace declares on a class which only serves an entity (`Repository[Order]`):
    /// it is what it does, not what it is called.
    fn is_own_method(&self, call: CallRef, receiver: NodeId) -> bool {
        if !self.has(call.0, Way::OwnMethodsFirst) {
            return false;
        }
        let Some(ty) = self.type_of(call.0, receiver, 0).filter(|ty| !ty.decls.is_empty()) else { return false };
        let lineage = self.lineage(&ty);
        let is_entity = lineage.iter().any(|decl| self.entities.of_type(*decl).is_some());
        !is_entity
            && self.targets_of(call).iter().filter(|target| !target.by_name).any(|target| {
                let (file, function) = target.function;
                self.owner(file, function).is_some_and(|owner| lineage.contains(&owner))
            })
    }

    /// Whether a type is an interface that the framework's own types meet: nothing here does, and what its
    /// method of that name gives or takes is the framework's (`Query(…) (pgx.Rows, error)` of sqlc's `DBTX`).
    fn is_met_by(&self, call: CallRef, ty: &Ty, method: &Name, id: RuleId) -> bool {
        let is_interface = |&(file, index): &(FileId, u32)| {
            self.has(file, Way::StructuralInterfaces) && self.symbols.type_decl(file, index).kind == TypeKind::Interface
        };
        let declared = |(file, function): FunctionRef| self.owner(file, function).is_some_and(|own| is_interface(&own));
        if !ty.decls.iter().any(is_interface) || !self.targets_of(call).iter().all(|target| declared(target.function)) {
            return false;
        }
        let imports = &self.frameworks.framework(id).imports;
        self.lineage(ty).iter().any(|&(file, index)| {
            let members = self.symbols.members(file, index).iter().map(|&at| self.symbols.function(file, at));
            let named = members.filter(|member| member.name == *method);
            let given = named.flat_map(|member| {
                member.returns.iter().chain(member.params.iter().filter_map(|param| param.ty.as_ref()))
            });
            given.flat_map(|ty| std::iter::once(ty).chain(&ty.args)).any(|ty| {
                let ty = self.type_ref(file, &[], ty, 0);
                ty.path.len() > 1 && imports.iter().any(|root| super::program::begins_with(&ty.path, root))
            })
        })
    }

    /// Whether a call makes an object of a type that is an entity of the framework.
    fn makes_entity_of(&self, file: FileId, call: &CallFact, framework: usize) -> bool {
        let ty = self.type_of(file, call.callee, 0).filter(|ty| ty.is_type);
        let number = ty.and_then(|ty| ty.decls.iter().find_map(|decl| self.entities.by_type.get(decl).copied()));
        number.is_some_and(|number| self.entities.list[number].framework == framework)
    }

    /// The type round a call without a receiver that is what the rule's receiver must be.
    fn implicit_receiver(&self, file: FileId, callee: &Callee, rule: &CallRule) -> Option<Ty> {
        if rule.receiver.is_empty() || callee.path.as_ref().is_none_or(|path| path.len() != 1) {
            return None;
        }
        self.implicit_receivers(file, callee.function).into_iter().find(|ty| self.is_a(ty, &rule.receiver))
    }

    /// Whether a call leads to a method of the workspace in which the access itself is found: one with a body (or,
    /// where the rule speaks of inherited methods only, any), of a type that is bound to an entity. What a generic
    /// base class does counts for those who bind it.
    /// A method of what the receiver only holds (the entity in a set of it) is another.
    fn counted_inside(&self, call: CallRef, rule: &CallRule, receiver: &Ty) -> bool {
        let lineage = self.lineage(receiver);
        let of_receiver = |&(file, owner): &(FileId, u32)| {
            let derived = || self.lineage(&self.own_type(file, owner));
            lineage.contains(&(file, owner)) || derived().iter().any(|decl| receiver.decls.contains(decl))
        };
        // Of overloads of one name, that which calls means another.
        let facts = self.symbols.file(call.0).facts;
        let own = (call.0, facts.named_function(facts.calls[call.1 as usize].function));
        let name = &facts.functions[own.1 as usize].name;
        // Nor does it mean what it implements.
        let owner = self.owner(own.0, own.1).map(|(file, owner)| self.lineage(&self.own_type(file, owner)));
        let implemented = |(file, index): FunctionRef| {
            let interface = |(file, round): (FileId, u32)| {
                matches!(self.symbols.type_decl(file, round).kind, TypeKind::Interface | TypeKind::Trait)
                    && owner.as_ref().is_some_and(|own| own.contains(&(file, round)))
            };
            self.symbols.function(file, index).name == *name && self.owner(file, index).is_some_and(interface)
        };
        let others = self
            .targets_of(call)
            .iter()
            .filter(|target| !target.by_name && target.function != own && !implemented(target.function));
        others.into_iter().any(|target| {
            let (file, index) = target.function;
            let facts = self.symbols.file(file).facts;
            let bound = self
                .owner(file, index)
                .filter(of_receiver)
                .is_some_and(|(file, owner)| self.entity_of_type(&self.own_type(file, owner), 0).is_some());
            bound && (rule.inherited || facts.calls.iter().any(|call| facts.named_function(call.function) == index))
        })
    }

    /// Whether the rules of one framework speak of the entities of another.
    pub(super) fn speaks_of(&self, framework: usize, of: usize) -> bool {
        framework == of || !self.frameworks.all[framework].own_entities
    }

    /// Whether the rule speaks of a method that is called on a type itself (`Order::find(…)`, `Order.where(…)`).
    fn static_applies(&self, file: FileId, callee: &Callee, id: RuleId, rule: &CallRule) -> Option<Certainty> {
        if !rule.static_method.iter().any(|pattern| crate::frameworks::glob(pattern, &callee.name))
            || self.uses(file, id.framework) == Uses::No
        {
            return None;
        }
        let ty = if let Some(receiver) = callee.receiver {
            self.type_of(file, receiver, 0).filter(|ty| ty.is_type)?
        } else {
            let (_, head) = callee.path.as_deref()?.split_last()?;
            self.type_of_path(file, callee.function, head)?
        };
        let fits = if rule.on_entity { self.entity_of_type(&ty, 0).is_some() } else { self.is_a(&ty, &rule.receiver) };
        fits.then_some(Certainty::Known)
    }

    /// Whether a type is known well enough to say that it is *not* something: it is declared here, or its path leads
    /// through an import, a wildcard too. A bare name from nowhere may be anything.
    fn is_definite(&self, ty: &Ty) -> bool {
        !ty.decls.is_empty() || ty.path.len() > 1 || !ty.others.is_empty() || COLLECTIONS.contains(&ty.name())
    }

    /// Whether a value rule speaks of a call.
    pub(super) fn value_applies(&self, call_ref: CallRef, callee: &Callee, rule: &ValueRule, framework: usize) -> bool {
        let (file, _) = call_ref;
        let call = self.call(call_ref);
        let id = RuleId { framework, rule: 0 };
        let mut known = Known::default();
        if call.kind == CallKind::Macro {
            return self.path_matches(file, callee, &rule.macros, id, &mut known);
        }
        let selects = |selector: &Selector| !self.select(file, call_ref.1, selector).is_empty();
        if rule.given.as_ref().is_some_and(|given| !selects(given)) {
            return false;
        }
        if self.path_matches(file, callee, &rule.function, id, &mut known) {
            return true;
        }
        if let Node::Param(function, index) = self.symbols.file(file).facts.node(call.callee)
            && rule.parameter.contains(&callee.name)
            && self.uses(file, framework) != Uses::No
        {
            let param = self.symbols.function(file, *function).params.get(*index as usize);
            if param.is_some_and(|param| param.ty.is_none()) {
                return true;
            }
        }
        if !rule.callee.is_empty() && !self.is_constructor(file, call) {
            let ty = self.type_of(file, call.callee, 0);
            if ty.is_some_and(|ty| !ty.is_type && self.is_a(&ty, &rule.callee)) {
                return true;
            }
        }
        let Some(receiver) = callee.receiver else { return false };
        if !rule.method.contains(&callee.name) || self.uses(file, framework) == Uses::No {
            return false;
        }
        match self.type_of(file, receiver, 0) {
            Some(ty) if !rule.receiver.is_empty() => {
                self.is_a(&ty, &rule.receiver) || !rule.strict && !self.is_definite(&ty)
            }
            _ => !rule.strict,
        }
    }

    /// Whether what is called is one of these functions of a framework.
    pub(super) fn names_function_of(&self, file: FileId, callee: &Callee, wanted: &[Name], framework: usize) -> bool {
        self.path_matches(file, callee, wanted, RuleId { framework, rule: 0 }, &mut Known::default())
    }

    fn is_constructor(&self, file: FileId, call: &CallFact) -> bool {
        call.kind == CallKind::New || matches!(self.symbols.file(file).facts.node(call.callee), Node::Typed { .. })
    }

    fn path_matches(&self, file: FileId, callee: &Callee, wanted: &[Name], id: RuleId, known: &mut Known) -> bool {
        if wanted.is_empty() {
            return false;
        }
        let Some(path) = &callee.path else { return false };
        wanted.iter().any(|pattern| {
            if let Some(pattern) = pattern.strip_prefix('*') {
                return callee.name.ends_with(pattern);
            }
            // Most are not: that much is told without taking the path apart.
            if !pattern.ends_with(callee.name.as_str()) {
                return false;
            }
            let wanted = self.frameworks.segments(pattern);
            if wanted.last() != Some(&callee.name) {
                return false;
            }
            let resolved = known.path.get_or_insert_with(|| self.symbols.resolve_in(file, callee.function, path));
            // What the workspace declares itself is meant only by its own full path.
            if !resolved.defs.is_empty() && resolved.rest.is_empty() {
                return wanted.len() > 1 && resolved.path.ends_with(&wanted);
            }
            // `sea_query::Index::create` is not `sea_query::Table::create`.
            let same_type = |path: &[Name]| match (path, &wanted[..]) {
                ([.., own, _], [.., other, _]) => own == other || !is_type_name(own) || !is_type_name(other),
                _ => true,
            };
            let agrees =
                |path: &[Name]| path.len() > 1 && wanted.len() > 1 && paths_agree(path, &wanted) && same_type(path);
            // A path that nothing binds (`Create.Table` of an inherited member) is the framework's where it is used.
            let bound = resolved.path != *path || self.uses(file, id.framework) != Uses::No;
            if bound && agrees(&resolved.path) || resolved.others.iter().any(|path| agrees(path)) {
                return true;
            }
            // A bare name that nothing binds: from a prelude, a global, a wildcard that is not seen.
            (resolved.path.len() == 1 || wanted.len() == 1) && wanted.len() <= resolved.path.len().max(2) && {
                let bare = resolved.path.len() == 1 && callee.receiver.is_none();
                bare && self.uses(file, id.framework) == Uses::File
            }
        })
    }

    /// The type of what a framework's rule says a call returns.
    pub(super) fn framework_result(&self, file: FileId, call: u32, depth: usize) -> Option<Ty> {
        if depth > 20 {
            memo::cut(&self.generation);
            return None;
        }
        let fact = self.call((file, call));
        let callee = self.callee(file, fact)?;
        if let Some(ty) = self.builtin_result(file, &callee) {
            return Some(ty);
        }
        let mut known = Known::default();
        for &id in self.candidates(file, &callee.name).iter() {
            let rule = self.frameworks.call(id);
            if rule.returns.is_none() && rule.carries.is_none() {
                continue;
            }
            let selects = |selector: &Selector| !self.select(file, call, selector).is_empty();
            if rule.gives_type
                && (rule.given.as_ref().is_some_and(|given| !selects(given))
                    || rule.not_given.as_ref().is_some_and(selects)
                    || rule.max_args.is_some_and(|most| fact.args.len() > most))
            {
                continue;
            }
            if self.applies((file, call), fact, &callee, id, rule, &mut known).is_none() {
                continue;
            }
            if rule.leads.is_some() {
                return match self.led(file, call, id)? {
                    Carried::Declared(number) => self.entity_type(number),
                    Carried::Named(_) => None,
                };
            }
            let carried = rule.carries.as_ref().and_then(|selector| {
                let selected = self.select(file, call, selector);
                selected.first().and_then(|value| self.type_of_selected(value, depth + 1))
            });
            return match &rule.returns {
                Some(path) => {
                    let path = model::segments(path);
                    Some(Ty { path, args: carried.into_iter().collect(), ..Ty::default() })
                }
                // A builder stays what it is, and now speaks of the entity.
                None if rule.gives_type => carried.map(|ty| Ty { is_type: true, ..ty }),
                None => match self.builder(file, &callee, id.framework, depth) {
                    Some(builder) => Some(Ty { args: carried.into_iter().collect(), ..builder }),
                    None => carried,
                },
            };
        }
        None
    }

    /// The type that a method is called on, if it is one of the framework's builders.
    fn builder(&self, file: FileId, callee: &Callee, framework: usize, depth: usize) -> Option<Ty> {
        let fluent = &self.frameworks.all[framework].fluent;
        let receiver = callee.receiver.filter(|_| !fluent.is_empty())?;
        let ty = self.known_type(file, receiver, depth + 1)?;
        fluent.iter().any(|path| ty.is_named(path)).then(|| Ty { is_type: false, ..(*ty).clone() })
    }

    /// The type of a selected value.
    pub(super) fn type_of_selected(&self, value: &Selected, depth: usize) -> Option<Ty> {
        match value {
            Selected::Node(file, node) => self.type_of(*file, *node, depth),
            Selected::Type(ty) => Some(ty.clone()),
        }
    }

    /// The values a selector means, beginning at a call.
    pub(super) fn select(&self, file: FileId, call: u32, selector: &Selector) -> Vec<Selected> {
        let fact = self.call((file, call));
        let mut values: Vec<Selected> = Vec::new();
        for (at, step) in selector.0.iter().enumerate() {
            values = if at == 0 {
                self.first_step(file, fact, call, step)
            } else {
                values.iter().flat_map(|value| self.next_step(value, step)).collect()
            };
        }
        values
    }

    fn first_step(&self, file: FileId, fact: &CallFact, call: u32, step: &Step) -> Vec<Selected> {
        let facts = self.symbols.file(file).facts;
        match step {
            Step::Receiver => match facts.node(fact.callee) {
                Node::Member { base, .. } | Node::Element { base, name: Some(_), .. } => {
                    vec![Selected::Node(file, *base)]
                }
                // `Type::method(…)`: the type is what it is called on.
                Node::Name { segments, function, .. } if segments.len() > 1 => {
                    let head = &segments[..segments.len() - 1];
                    self.type_named(file, *function, head).map(Selected::Type).into_iter().collect()
                }
                // A call without a receiver is one on the object round it.
                Node::Name { function, .. } => {
                    let own = self.implicit_receivers(file, *function);
                    let bound = own.iter().find(|ty| self.entity_of_type(ty, 0).is_some());
                    bound.or(own.first()).cloned().map(Selected::Type).into_iter().collect()
                }
                _ => Vec::new(),
            },
            Step::Callee => vec![Selected::Node(file, fact.callee)],
            Step::Chain(name) => self.chained(file, fact.callee, name),
            Step::Then(name) => self.goes_on(file, call, name).into_iter().collect(),
            Step::Result => self.type_of_call_result(file, call).map(Selected::Type).into_iter().collect(),
            Step::TypeArgument(position) => {
                let (type_args, function) = match facts.node(fact.callee) {
                    Node::Name { type_args, function, .. } => (&type_args[..], *function),
                    Node::Member { type_args, .. } => (&type_args[..], fact.function),
                    Node::Typed { ty, function, .. } => (&ty.args[..], *function),
                    _ => return Vec::new(),
                };
                let scope = self.scope(file, function);
                let arg = type_args.get(*position).map(|arg| self.type_ref(file, scope, arg, 0));
                arg.map(Selected::Type).into_iter().collect()
            }
            Step::NamedBy(prefix) => {
                let name = self.callee(file, fact).map(|callee| callee.name).unwrap_or_default();
                let Some(rest) = name.strip_prefix(prefix.as_str()).filter(|rest| !rest.is_empty()) else {
                    return Vec::new();
                };
                let receiver = self.callee(file, fact).and_then(|callee| callee.receiver);
                let led = receiver.and_then(|receiver| self.relation_named_by(file, receiver, rest));
                match led.and_then(|led| self.entity_type(led.target?)) {
                    Some(ty) => vec![Selected::Type(ty)],
                    None => self.model_named(file, rest),
                }
            }
            Step::Package => self.entity_of_package(file, fact).map(Selected::Type).into_iter().collect(),
            Step::Owner => {
                self.owner(file, fact.function).map(|(f, t)| Selected::Type(self.own_type(f, t))).into_iter().collect()
            }
            _ => arguments(&fact.args, step).map(|node| Selected::Node(file, node)).collect(),
        }
    }

    /// The call of that name in the chain below `node`. Where the chain begins with what a function value is handed, it
    /// goes on at the call that the function value is given to: `insertInto("a").onConflict((c) => c.doUpdateSet(…))`.
    fn chained(&self, file: FileId, node: NodeId, wanted: &Name) -> Vec<Selected> {
        let facts = self.symbols.file(file).facts;
        let mut at = node;
        for _ in 0..64 {
            at = match facts.node(at) {
                Node::Member { base, .. } | Node::After { base, .. } => *base,
                Node::Typed { value: Some(value), .. } => *value,
                Node::Call(call) => {
                    let callee = facts.calls[*call as usize].callee;
                    if matches!(facts.node(callee), Node::Member { name, .. } if wanted.split('|').any(|way| name == way))
                    {
                        return vec![Selected::Node(file, at)];
                    }
                    callee
                }
                Node::Param(function, 0) => {
                    let call = self.given_to.get(&(file, *function));
                    match call.and_then(|call| self.node_of_call(file, *call)) {
                        Some(node) => node,
                        None => return Vec::new(),
                    }
                }
                _ => return Vec::new(),
            };
        }
        Vec::new()
    }

    /// The call of that name in the chain that goes on from a call.
    fn goes_on(&self, file: FileId, call: u32, wanted: &Name) -> Option<Selected> {
        let facts = self.symbols.file(file).facts;
        let whole = |node: &Node| matches!(node, Node::Call(index) if *index == call);
        let leads = |start: NodeId| {
            let mut open = vec![start];
            for _ in 0..64 {
                let Some(at) = open.pop() else { return false };
                match facts.node(at) {
                    node if whole(node) => return true,
                    Node::Call(other) => open.push(facts.calls[*other as usize].callee),
                    Node::Member { base, .. } | Node::After { base, .. } => open.push(*base),
                    Node::Typed { value: Some(value), .. } => open.push(*value),
                    // `q = q.Where(…)` on one of several ways.
                    Node::Choice(ways) => open.extend(ways),
                    _ => {}
                }
            }
            false
        };
        // What is set beside it, on the same object: `cmd.CommandText = …; cmd.CommandType = …`.
        let set_on = |index: u32| match facts.node(facts.calls[index as usize].callee) {
            Node::Member { base, name, .. } if name.ends_with('=') => Some(self.before_calls(file, *base)),
            _ => None,
        };
        if wanted.ends_with('=') {
            let own = set_on(call)?;
            let beside = (0u32..)
                .zip(&facts.calls)
                .map(|(index, _)| index)
                .find(|&index| self.called_name((file, index)) == Some(wanted) && set_on(index) == Some(own));
            let value = beside.and_then(|index| facts.calls[index as usize].args.first());
            return value.map(|arg| Selected::Node(file, arg.value));
        }
        let named = (0u32..).zip(&facts.calls).filter(|(index, _)| *index > call);
        let found = named.into_iter().find(|(_, other)| match facts.node(other.callee) {
            Node::Member { base, name, .. } => wanted.split('|').any(|wanted| name == wanted) && leads(*base),
            _ => false,
        });
        found.and_then(|(index, _)| self.node_of_call(file, index)).map(|node| Selected::Node(file, node))
    }

    /// A value as it was before calls on it.
    fn before_calls(&self, file: FileId, node: NodeId) -> NodeId {
        match self.symbols.file(file).facts.node(node) {
            Node::After { base, .. } | Node::Typed { value: Some(base), .. } => self.before_calls(file, *base),
            _ => node,
        }
    }

    /// The value that a call is.
    fn node_of_call(&self, file: FileId, call: u32) -> Option<NodeId> {
        let nodes = &self.symbols.file(file).facts.nodes;
        let found = (0u32..).zip(nodes).find(|(_, node)| matches!(node, Node::Call(other) if *other == call));
        found.map(|(node, _)| NodeId(node))
    }

    /// The type of a call's result.
    fn type_of_call_result(&self, file: FileId, call: u32) -> Option<Ty> {
        self.targets_of((file, call)).iter().find_map(|target| self.returned_type(target.function, 0))
    }

    /// The type that a path names, as the type itself.
    fn type_named(&self, file: FileId, function: u32, segments: &[Name]) -> Option<Ty> {
        let node_type = self.type_of_path(file, function, segments)?;
        Some(Ty { is_type: true, ..node_type })
    }

    pub(super) fn next_step(&self, value: &Selected, step: &Step) -> Vec<Selected> {
        match (value, step) {
            (Selected::Node(file, node), _) => self.step_from_node(*file, *node, step),
            (Selected::Type(ty), Step::TypeArgument(position)) => {
                self.type_argument(ty, *position).map(Selected::Type).into_iter().collect()
            }
            (Selected::Type(ty), Step::Field(name)) => {
                self.field_values(ty, name).into_iter().map(|(file, node)| Selected::Node(file, node)).collect()
            }
            (Selected::Type(_), _) => Vec::new(),
        }
    }

    fn step_from_node(&self, file: FileId, node: NodeId, step: &Step) -> Vec<Selected> {
        let facts = self.symbols.file(file).facts;
        match (step, facts.node(node)) {
            (_, Node::Typed { value: Some(value), .. }) if !matches!(step, Step::TypeArgument(_)) => {
                self.step_from_node(file, *value, step)
            }
            (Step::Receiver, Node::Call(call)) => self.first_step(file, &facts.calls[*call as usize], *call, step),
            (Step::Position(_) | Step::Named(_) | Step::Either(..) | Step::Rest(_), Node::Call(call)) => {
                arguments(&facts.calls[*call as usize].args, step).map(|node| Selected::Node(file, node)).collect()
            }
            (
                Step::Position(_)
                | Step::Named(_)
                | Step::Either(..)
                | Step::Rest(_)
                | Step::Key(_)
                | Step::Values
                | Step::True,
                Node::Name { segments, function, .. },
            ) => self
                .declared_node(file, *function, segments)
                .map(|(file, node)| self.step_from_node(file, node, step))
                .unwrap_or_default(),
            (Step::Position(position) | Step::Either(position, _), Node::List(items)) => {
                items.get(*position).map(|&item| Selected::Node(file, item)).into_iter().collect()
            }
            (Step::Rest(from), Node::List(items)) => {
                items.iter().skip(*from).map(|&item| Selected::Node(file, item)).collect()
            }
            (Step::Key(name) | Step::Named(name), Node::Record(entries)) => {
                let found = entries.iter().filter(|(key, _)| self.key_of(file, *key).as_deref() == Some(name));
                found.map(|&(_, value)| Selected::Node(file, value)).collect()
            }
            (Step::Values, Node::Record(entries)) => {
                entries.iter().map(|&(_, value)| Selected::Node(file, value)).collect()
            }
            (Step::True, Node::True) => vec![Selected::Node(file, node)],
            (Step::Is(word, wanted), _) => {
                let own = match facts.node(node) {
                    Node::Member { name, .. } => Some(name.clone()),
                    _ => self.key_of(file, node),
                };
                let is = own.is_some_and(|own| word.split('|').any(|word| own == word));
                if is == *wanted { vec![Selected::Node(file, node)] } else { Vec::new() }
            }
            (Step::Position(0), Node::Index { index, .. }) => vec![Selected::Node(file, *index)],
            (Step::Returned, Node::Lambda(function)) => {
                let value = facts.functions[*function as usize].value;
                value.map(|value| Selected::Node(file, value)).into_iter().collect()
            }
            (Step::Model, Node::Member { name, .. } | Node::Element { name: Some(name), .. }) => {
                self.model_named(file, name)
            }
            (Step::Model, Node::Symbol(name, _)) => self.model_named(file, name),
            // `prisma["order"]`
            (Step::Model, Node::Index { index, .. }) => {
                self.known_text(file, *index).map(|name| self.model_named(file, &name)).unwrap_or_default()
            }
            // `const { order } = prisma` of a module.
            (Step::Model, Node::Name { segments, function, .. })
                if let Some((at, value)) = self.declared_node(file, *function, segments)
                    && matches!(
                        self.symbols.file(at).facts.node(value),
                        Node::Element { .. } | Node::Member { .. }
                    ) =>
            {
                self.step_from_node(at, value, step)
            }
            (Step::Model, Node::Text(_)) => {
                // `"shop.Order"` is `Order`.
                let name = self.known_text(file, node).unwrap_or_default();
                self.model_named(file, name.rsplit('.').next().unwrap_or_default())
            }
            (Step::Model, _) => {
                let ty = self.type_of(file, node, 0);
                if let Some(ty) = ty.clone().filter(|ty| ty.is_type && self.entity_of_type(ty, 0).is_some()) {
                    return vec![Selected::Type(ty)];
                }
                // What is generated to serve a model is called after it: `Prisma.OrderDelegate`.
                let named = |ty: Ty| self.model_named(file, ty.name().strip_suffix("Delegate").unwrap_or(ty.name()));
                ty.filter(|ty| !ty.is_type).map(named).unwrap_or_default()
            }
            (Step::Queried, _) => self.queried(file, node).map(Selected::Type).into_iter().collect(),
            (Step::TypeArgument(position), _) => {
                let ty = self.type_of(file, node, 0);
                ty.and_then(|ty| self.type_argument(&ty, *position)).map(Selected::Type).into_iter().collect()
            }
            (Step::Field(name), _) => {
                let Some(ty) = self.type_of(file, node, 0) else { return Vec::new() };
                self.field_values(&ty, name).into_iter().map(|(file, node)| Selected::Node(file, node)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The type of the entity that a query over entities speaks of first.
    fn queried(&self, file: FileId, node: NodeId) -> Option<Ty> {
        let texts = self.texts(file, node, None, Place { file, span: Span::default() });
        let text = &texts.iter().find(|text| text.text.contains(char::is_whitespace))?.text;
        let names = |word: &str| ["from", "update", "delete"].iter().any(|known| word.eq_ignore_ascii_case(known));
        let mut words = text.split_whitespace().skip_while(|word| !names(word)).skip_while(|word| names(word));
        let name = words.next()?.rsplit(['\\', ':', '.']).next()?;
        self.entity_type(self.entity_called(file, name)?)
    }

    /// The entity that a framework's client names in camel case (`prisma.orderLine`).
    pub(super) fn model_named(&self, file: FileId, name: &str) -> Vec<Selected> {
        let unit = self.symbols.file(file).unit;
        let mut letters = name.chars();
        let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        let one = naming::singular(&naming::pascal(name));
        // `stripe.sessions` is no `Session`.
        let exact = self.has(file, Way::ExactModels);
        let many = if self.has(file, Way::PluralRelations) { naming::plural(&capital) } else { capital.clone() };
        let names = [Name::from(capital), Name::from(name), Name::from(one), Name::from(many)];
        let types = names[..if exact { 2 } else { 4 }]
            .iter()
            .flat_map(|name| self.symbols.named(unit, name))
            .filter_map(|def| match def {
                Def::Type(file, index) => Some(self.own_type(file, index)),
                _ => None,
            });
        let mut found = types.filter(|ty| self.entity_of_type(ty, 0).is_some()).take(1).map(Selected::Type);
        if let Some(found) = found.next() {
            return vec![found];
        }
        // A table that is a value (`db.query.orders`).
        let values = self.symbols.named(unit, &Name::from(name)).into_iter().filter_map(|def| match def {
            Def::Value(file, index) => self.symbols.value(file, index).value.map(|node| (file, node)),
            _ => None,
        });
        let entities = values.filter(|&(file, node)| self.entity_of(file, node, 0).is_some());
        entities.take(1).map(|(file, node)| Selected::Node(file, node)).collect()
    }

    /// The value of the constant or module variable that a path names.
    pub(super) fn declared_node(&self, file: FileId, function: u32, segments: &[Name]) -> Option<(FileId, NodeId)> {
        let resolved = self.symbols.resolve_in(file, function, segments);
        resolved.defs.iter().filter(|_| resolved.rest.is_empty()).find_map(|def| match *def {
            Def::Value(file, index) => self.symbols.value(file, index).value.map(|node| (file, node)),
            _ => None,
        })
    }

    /// A key of a record literal: a name, a text or a symbol.
    pub(super) fn key_of(&self, file: FileId, key: NodeId) -> Option<Name> {
        let facts = self.symbols.file(file).facts;
        match facts.node(key) {
            Node::Name { segments, .. } => segments.last().cloned(),
            Node::Symbol(name, _) => Some(name.clone()),
            Node::Text(_) => self.known_text(file, key).map(Name::from),
            _ => None,
        }
    }

    /// The n-th argument of a type, or of the supertype that has one (`OrderRepository extends JpaRepository<Order, …>`).
    pub(super) fn type_argument(&self, ty: &Ty, position: usize) -> Option<Ty> {
        if let Some(arg) = ty.args.get(position) {
            return Some(arg.clone());
        }
        for &(file, index) in self.lineage(ty).iter() {
            let decl = self.symbols.type_decl(file, index);
            let mut scope = decl.scope.clone();
            scope.push(decl.name.clone());
            for base in &decl.bases {
                if let Some(arg) = base.args.get(position) {
                    return Some(self.type_ref(file, &scope, arg, 0));
                }
            }
        }
        None
    }

    /// The annotation of one of these names among `annotations`.
    pub(super) fn annotation<'f>(
        &self,
        file: FileId,
        scope: &[Name],
        annotations: &'f [AnnotationFact],
        wanted: &[Name],
    ) -> Option<&'f AnnotationFact> {
        annotations.iter().find(|annotation| {
            wanted.iter().any(|path| {
                let wanted = model::segments(path);
                if annotation.path.last() != wanted.last() {
                    return false;
                }
                if self.has(file, Way::BareAnnotations) && annotation.path == wanted {
                    return true;
                }
                let resolved = self.symbols.resolve(file, scope, &annotation.path);
                let fits = |path: &[Name]| paths_agree(path, &wanted);
                // Behind globs it is one of those; a bare name that nothing binds may be anyone's.
                match &resolved.others[..] {
                    [] => fits(&resolved.path),
                    others => others.iter().any(|path| fits(path)),
                }
            })
        })
    }
}

fn is_type_name(name: &Name) -> bool {
    name.starts_with(char::is_uppercase)
}

/// What is resolved once for all rules of a call.
#[derive(Default)]
struct Known {
    receiver: Option<Option<Arc<Ty>>>,
    path: Option<Arc<super::symbols::Resolved>>,
}

/// A value that a selector means.
#[derive(Debug, Clone)]
pub(super) enum Selected {
    /// A value of the source.
    Node(FileId, NodeId),
    /// A type.
    Type(Ty),
}
