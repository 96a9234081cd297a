//! Functions that are generic over an entity: what they do is done to the entity that a caller binds, and stands at
//! that caller's call.

use super::Interpreter;
use super::effects::mapping_evidence;
use super::fragments::Fragment;
use crate::facts::{Node, NodeId};
use crate::frameworks::{CallRule, RuleId, Step};
use crate::map::carried::Carried;
use crate::map::languages::Way;
use crate::map::matching::Callee;
use crate::map::program::{CallRef, FunctionRef, Program, Uses, begins_with};
use crate::map::types::Ty;
use crate::source::{FileId, Span};
use crate::syntax::outline::{Generic, TypeRef};
use crate::vocabulary::Name;

/// So many callers of a method are asked what a member of their object is.
const MAX_CALLERS: usize = 128;

/// Generic functions that call generic functions are followed so far.
const MAX_DEPTH: usize = 4;

/// What the entity of a call hangs on.
#[derive(Clone)]
enum Bound {
    /// A type parameter of the function, or of the type round it, with what is named of it (`E`, `R::Entity`).
    Type(Vec<Name>),
    /// A parameter of the function.
    Param(FunctionRef, u32),
    /// A fragment of the macro whose expansion it is, with the node that names it.
    Fragment(Fragment, Option<NodeId>),
    /// A member of the object round the function, which its subtypes, or what makes it, say: `self.model`.
    Member(Name),
    /// The object round the function, of a class that only those which derive from it make an entity.
    Itself,
}

impl Interpreter<'_, '_> {
    /// What a call does to an entity that only the callers of the function round it know.
    pub(super) fn generic_call(&mut self, index: u32) {
        let program = self.program;
        let call = program.call((self.file, index));
        let Some(callee) = program.callee(self.file, call) else { return };
        for &id in program.candidates(self.file, &callee.name).iter() {
            let rule = program.frameworks.call(id);
            if rule.entity.is_none() || rule.privileges.is_empty() || program.uses(self.file, id.framework) == Uses::No
            {
                continue;
            }
            let bound = self.bound(index, &callee, id, rule);
            let bound = bound.or_else(|| self.bound_member(index, &callee, id, rule).map(Bound::Member));
            let Some(bound) = bound.or_else(|| self.is_of_itself(index, &callee, rule).then_some(Bound::Itself)) else {
                continue;
            };
            if let Bound::Fragment(fragment, node) = &bound {
                self.fragment_uses(fragment, *node, id);
                return;
            }
            let mut found = Vec::new();
            self.bindings((self.file, call.function), &bound, (self.file, index), 0, &mut found);
            found.sort_by_key(|(call, number)| (*call, *number));
            found.dedup();
            let of_object = matches!(bound, Bound::Member(_) | Bound::Itself);
            if of_object {
                self.member_uses(index, id, &found);
            }
            for (caller, number) in found.into_iter().filter(|_| !of_object) {
                self.bound_use(caller, number, id, None);
            }
            return;
        }
    }

    /// What a rule says of an entity that the function round the call is handed and states no entity for: it is done at
    /// each caller that names one. `false` where none does; and in languages that state no types where all name the same,
    /// which the parameter then is.
    pub(super) fn handed(&mut self, call: u32, id: RuleId, node: NodeId, known: Option<&Carried>) -> bool {
        let program = self.program;
        let Some((of, position)) = self.open_param((self.file, node)) else { return false };
        let by_class = program.has(self.file, Way::NamedTypeParameters);
        if by_class && self.is_of_parameter(node, of) {
            return false;
        }
        if program.frameworks.call(id).privileges.is_empty() {
            return false;
        }
        let mut found = Vec::new();
        self.bindings(of, &Bound::Param(of, position), (self.file, call), 0, &mut found);
        found.retain(|(_, number)| program.speaks_of(id.framework, program.entities.list[*number].framework));
        found.sort_by_key(|(call, number)| (*call, *number));
        found.dedup();
        let several = found.iter().any(|(_, number)| *number != found[0].1);
        let by_itself = known.is_some() && !several && program.has(self.file, Way::LeavesTypesOut);
        if found.is_empty() || by_itself {
            return false;
        }
        for (caller, number) in found {
            let given = program.given_value(of, position, caller);
            let named = given.and_then(|given| program.named_set(caller.0, given, number));
            self.bound_use(caller, number, id, named);
        }
        true
    }

    /// What a rule's entity hangs on, if it is a parameter.
    fn bound(&self, index: u32, callee: &Callee, id: RuleId, rule: &CallRule) -> Option<Bound> {
        let program = self.program;
        let call = program.call((self.file, index));
        let glob = |pattern: &Name| crate::frameworks::glob(pattern, &callee.name);
        let path = callee.path.as_deref().filter(|path| path.len() > 1);
        if rule.on_entity && callee.receiver.is_none() && rule.static_method.iter().any(glob) {
            let (_, head) = path?.split_last()?;
            if let Some(fragment) = self.fragment(call.function, head) {
                return Some(Bound::Fragment(fragment, None));
            }
            // A type parameter, or an associated type.
            let open =
                head[0] == "Self" && head.len() == 2 || program.generic(self.file, call.function, &head[0]).is_some();
            let unknown = program.type_of_path(self.file, call.function, head);
            let unknown = unknown.is_none_or(|ty| program.entity_of_type(&ty, 0).is_none());
            return (open && unknown).then(|| Bound::Type(head.to_vec()));
        }
        let node = match rule.entity.as_ref()?.0.first()? {
            Step::Receiver if rule.on_entity && rule.method.iter().any(glob) => callee.receiver?,
            Step::Position(position) if program.names_function_of(self.file, callee, &rule.function, id.framework) => {
                call.args.get(*position)?.value
            }
            _ => return None,
        };
        if program.entity_of(self.file, node, 0).is_some() {
            return None;
        }
        if let Some((fragment, root)) = self.root_fragment(node) {
            return Some(Bound::Fragment(fragment, Some(root)));
        }
        let (function, position) = self.root_param(node)?;
        let declared = program.symbols.function(function.0, function.1).params.get(position as usize)?.ty.as_ref()?;
        // A method may be anyone's: the parameter must be what the framework calls an entity.
        if rule.function.is_empty() {
            let [name] = &declared.path[..] else { return None };
            let generic = program.generic(function.0, function.1, name)?;
            if !self.is_of_framework(function.0, generic, id.framework) {
                return None;
            }
        }
        Some(Bound::Param(function, position))
    }

    /// The parameter that a chain of calls begins at.
    fn root_param(&self, node: NodeId) -> Option<(FunctionRef, u32)> {
        let facts = self.program.symbols.file(self.file).facts;
        let (root, _) = self.chain(Some(node)).pop()?;
        match facts.node(root) {
            Node::Param(function, position) => Some(((self.file, *function), *position)),
            _ => None,
        }
    }

    fn is_of_framework(&self, file: FileId, generic: &Generic, framework: usize) -> bool {
        let program = self.program;
        let roots = &program.frameworks.all[framework].imports;
        generic.bounds.iter().any(|bound| {
            let resolved = program.symbols.resolve(file, &[], &bound.path);
            let mut paths = std::iter::once(&resolved.path).chain(&resolved.others);
            resolved.defs.is_empty() && paths.any(|path| roots.iter().any(|root| begins_with(path, root)))
        })
    }

    /// The entities that callers bind, each with the call that does.
    fn bindings(
        &self,
        (file, function): FunctionRef,
        bound: &Bound,
        here: CallRef,
        depth: usize,
        found: &mut Vec<(CallRef, usize)>,
    ) {
        let program = self.program;
        let named = program.symbols.file(file).facts.named_function(function);
        if depth >= MAX_DEPTH {
            return;
        }
        match bound {
            Bound::Param(of, position) => {
                for &caller in program.callers.get(of).into_iter().flatten() {
                    for value in self.given_values(*of, *position, caller) {
                        let open = self.open_param((caller.0, value));
                        match (program.entity_of(caller.0, value, 0), open) {
                            (None, Some((of, position))) => {
                                self.bindings(of, &Bound::Param(of, position), caller, depth + 1, found);
                            }
                            // Handed on as it came, in a language that would state what it is.
                            (Some(_), Some((of, position))) if !program.has(of.0, Way::LeavesTypesOut) => {
                                self.bindings(of, &Bound::Param(of, position), caller, depth + 1, found);
                            }
                            (Some(Carried::Declared(number)), _) => found.push((caller, number)),
                            _ => {}
                        }
                    }
                }
            }
            Bound::Fragment(..) => {}
            Bound::Member(name) => {
                for &caller in program.callers.get(&(file, named)).into_iter().flatten().take(MAX_CALLERS) {
                    let facts = program.symbols.file(caller.0).facts;
                    let of_itself = matches!(
                        facts.node(program.call(caller).callee),
                        Node::Member { base, .. } if matches!(facts.node(*base), Node::This(_) | Node::Super(_))
                    );
                    match self.entity_of_member(caller, name) {
                        Some(number) => found.push((caller, number)),
                        None if of_itself && depth < 2 => {
                            let outer = (caller.0, program.call(caller).function);
                            self.bindings(outer, bound, caller, depth + 1, found);
                        }
                        None => {}
                    }
                }
            }
            Bound::Itself => {
                for &caller in program.callers.get(&(file, named)).into_iter().flatten().take(MAX_CALLERS) {
                    let facts = program.symbols.file(caller.0).facts;
                    let Node::Member { base, .. } = facts.node(program.call(caller).callee) else { continue };
                    match program.entity_of(caller.0, *base, 0) {
                        Some(Carried::Declared(number)) => found.push((caller, number)),
                        None if self.is_made_of_itself(caller.0, *base) => {
                            let outer = (caller.0, program.call(caller).function);
                            self.bindings(outer, bound, caller, depth + 1, found);
                        }
                        _ => {}
                    }
                }
            }
            Bound::Type(path) if path[0] == "Self" => self.implementors((file, named), &path[1], here, found),
            Bound::Type(path) => {
                let fact = program.symbols.function(file, named);
                let own = fact.generics.iter().position(|generic| generic.name == path[0]);
                let owner = program.owner(file, named).map(|(file, owner)| program.symbols.type_decl(file, owner));
                let of_owner = owner.and_then(|decl| decl.generics.iter().position(|generic| generic.name == path[0]));
                for &caller in program.callers.get(&(file, named)).into_iter().flatten() {
                    let ty = match (own, of_owner) {
                        (Some(position), _) => self.type_given((file, named), &path[0], position, caller),
                        (None, Some(position)) => self.type_of_receiver(caller, position),
                        (None, None) => None,
                    };
                    self.bound_type(ty, path, caller, depth, found);
                }
            }
        }
    }

    /// The parameter that a value is, and that no type is stated for.
    fn open_param(&self, (file, node): (FileId, NodeId)) -> Option<(FunctionRef, u32)> {
        let program = self.program;
        let Node::Param(function, position) = *program.symbols.file(file).facts.node(node) else { return None };
        let param = program.symbols.function(file, function).params.get(position as usize)?;
        let stated = program.entity_of(file, node, 0).is_some() && param.ty.is_some();
        (!stated).then_some(((file, function), position))
    }

    /// What a caller gives for a parameter: all the rest, where it is the last one and a list.
    fn given_values(&self, function: FunctionRef, position: u32, caller: CallRef) -> Vec<NodeId> {
        let program = self.program;
        let params = &program.symbols.function(function.0, function.1).params;
        let last = position as usize + 1 == params.len();
        let is_list = |ty: &TypeRef| ty.path.last().is_some_and(|name| name == "[]");
        if last && params.last().and_then(|param| param.ty.as_ref()).is_some_and(is_list) {
            return program.call(caller).args.iter().skip(position as usize).map(|arg| arg.value).collect();
        }
        program.given_value(function, position, caller).into_iter().collect()
    }

    /// The entity of a type that a caller gives, or of what is named of it; else whoever calls the caller binds it.
    fn bound_type(
        &self,
        given: Option<Given>,
        path: &[Name],
        caller: CallRef,
        depth: usize,
        found: &mut Vec<(CallRef, usize)>,
    ) {
        let program = self.program;
        match given {
            Some(Given::Type(ty)) => {
                let ty = path[1..].iter().try_fold(ty, |ty, name| program.field_type(&ty, name, 0));
                found.extend(ty.and_then(|ty| program.entity_of_type(&ty, 0)).map(|number| (caller, number)));
            }
            Some(Given::Parameter(name)) => {
                let path = std::iter::once(name).chain(path[1..].iter().cloned()).collect();
                let function = (caller.0, program.call(caller).function);
                self.bindings(function, &Bound::Type(path), caller, depth + 1, found);
            }
            None => {}
        }
    }

    /// The associated types of those that implement a trait, in which a method of its own names them.
    fn implementors(
        &self,
        (file, function): FunctionRef,
        name: &Name,
        here: CallRef,
        found: &mut Vec<(CallRef, usize)>,
    ) {
        let program = self.program;
        let Some((file, owner)) = program.owner(file, function) else { return };
        let decl = program.symbols.type_decl(file, owner);
        for (file, index) in program.symbols.subtypes(program.symbols.file(file).unit, &decl.name) {
            let ty = program.declared_field(file, index, name, 0);
            found.extend(ty.and_then(|ty| program.entity_of_type(&ty, 0)).map(|number| (here, number)));
        }
    }

    /// What a caller gives for a function's type parameter: by its own word, or by what it hands in.
    fn type_given(&self, function: FunctionRef, name: &Name, position: usize, caller: CallRef) -> Option<Given> {
        let program = self.program;
        if let Some(stated) = self.type_args(caller).get(position)
            && stated.path[..] != [Name::new_static("_")]
        {
            return Some(self.given_as(caller, stated));
        }
        let params = &program.symbols.function(function.0, function.1).params;
        let holds =
            |ty: &TypeRef| ty.path.first() == Some(name) || ty.args.iter().any(|arg| arg.path.first() == Some(name));
        let position = params.iter().position(|param| param.ty.as_ref().is_some_and(holds))?;
        let arg = program.call(caller).args.get(position)?;
        program.type_of(caller.0, arg.value, 0).map(Given::Type)
    }

    /// What the receiver's type has for a type parameter of its own.
    fn type_of_receiver(&self, caller: CallRef, position: usize) -> Option<Given> {
        let program = self.program;
        if let Node::Member { base, .. } = program.symbols.file(caller.0).facts.node(program.call(caller).callee) {
            let ty = program.type_of(caller.0, *base, 0)?;
            return ty.args.into_iter().nth(position).map(Given::Type);
        }
        let stated = self.type_args(caller).get(position)?;
        Some(self.given_as(caller, stated))
    }

    fn type_args(&self, call: CallRef) -> &[TypeRef] {
        let facts = self.program.symbols.file(call.0).facts;
        match facts.node(self.program.call(call).callee) {
            Node::Name { type_args, .. } | Node::Member { type_args, .. } => type_args,
            _ => &[],
        }
    }

    fn given_as(&self, caller: CallRef, ty: &TypeRef) -> Given {
        let program = self.program;
        let function = program.call(caller).function;
        match &ty.path[..] {
            [name] if program.generic(caller.0, function, name).is_some() => Given::Parameter(name.clone()),
            _ => Given::Type(program.type_ref(caller.0, program.scope(caller.0, function), ty, 0)),
        }
    }

    /// What is done to a fragment is done to what each caller gives, where it gives it.
    fn fragment_uses(&mut self, fragment: &Fragment, node: Option<NodeId>, id: RuleId) {
        let program = self.program;
        self.found.covered.extend(node.map(|node| (self.file, node)));
        for given in self.given_for(fragment) {
            let Some(number) = self.given_entity(&given) else { continue };
            let entity = &program.entities.list[number];
            let evidence = mapping_evidence(entity, &entity.table, &program.frameworks.framework(id).name);
            let span = self.given_span(given.caller.0, &given);
            for &privilege in &program.frameworks.call(id).privileges {
                self.table_use_of(given.caller, id, (&entity.table, privilege), span, &evidence);
            }
        }
    }

    /// What is done stands where the set is named, where the caller names one, else at the caller's call.
    fn bound_use(&mut self, caller: CallRef, number: usize, id: RuleId, named: Option<Span>) {
        let program = self.program;
        let call = program.call(caller);
        // What the call is given stands for this use, and is no mention besides.
        let facts = program.symbols.file(caller.0).facts;
        let names = call.args.iter().filter(|arg| matches!(facts.node(arg.value), Node::Name { .. }));
        self.found.covered.extend(names.map(|arg| (caller.0, arg.value)));
        let entity = &program.entities.list[number];
        let evidence = mapping_evidence(entity, &entity.table, &program.frameworks.framework(id).name);
        for &privilege in &program.frameworks.call(id).privileges {
            let place = named.unwrap_or(call.name_span);
            self.table_use_of(caller, id, (&entity.table, privilege), place, &evidence);
        }
    }
}

impl Program<'_> {
    /// Where a property that holds the set of an entity is named, in the chain that ends with a value.
    fn named_set(&self, file: FileId, value: NodeId, number: usize) -> Option<Span> {
        let facts = self.symbols.file(file).facts;
        let framework = &self.frameworks.all[self.entities.list[number].framework];
        let mut holders = framework.entities.iter().flat_map(|rule| &rule.held_in).peekable();
        holders.peek()?;
        let holders: Vec<&Name> = holders.collect();
        let mut at = value;
        for _ in 0..64 {
            at = match facts.node(at) {
                Node::Member { base, span, .. } => {
                    let ty = self.type_of(file, at, 0);
                    if ty.is_some_and(|ty| holders.iter().any(|holder| ty.is_named(holder))) {
                        return Some(*span);
                    }
                    *base
                }
                Node::Call(call) => match facts.node(facts.calls[*call as usize].callee) {
                    Node::Member { base, .. } => *base,
                    _ => return None,
                },
                Node::After { base, .. } | Node::Typed { value: Some(base), .. } => *base,
                Node::Choice(ways) => *ways.last()?,
                _ => return None,
            };
        }
        None
    }
}

/// What a caller gives for a type parameter.
enum Given {
    Type(Ty),
    /// A type parameter of its own.
    Parameter(Name),
}
