//! Which functions of the workspace a call leads to.
//!
//! A call is followed by type where the receiver's type is known: the method of the type, of its supertypes, and for
//! an interface or trait the methods of all that implement it in units linked into the caller's. Where the type is not
//! known, a method is matched by its name alone if few methods bear it, and the answer says so.

use rayon::prelude::*;

use super::languages::Way;
use super::memo::{self, Changes};
use super::program::{CallRef, Followed, FunctionRef, Program, Target};
use super::symbols::Def;
use super::types::Ty;
use crate::facts::{CallFact, CallKind, Node, NodeId};
use crate::source::FileId;
use crate::syntax::outline::{FunctionKind, TypeKind};
use crate::vocabulary::{Context, Name};
use crate::workspace::Unit;

/// A method name that more types have than this says nothing by itself.
const MAX_NAMESAKES: usize = 4;

/// How often the calls are followed where types are stated.
const STATED_ROUNDS: usize = 2;

/// How often at most.
const MAX_ROUNDS: usize = 5;

impl Program<'_> {
    /// Follows every call of every file. Receivers whose type is a call's result need the calls themselves: two rounds
    /// settle all but the longest chains through inferred results. Where parameters state no type, what callers give
    /// for them tells it: that takes a round for each function that hands a value on.
    pub(super) fn follow_calls(&mut self) {
        let mut files = self.symbols.file_ids();
        self.targets.resize_with(files.last().map_or(0, |file| file.0 as usize + 1), Vec::new);
        for round in 0..MAX_ROUNDS {
            if round == STATED_ROUNDS {
                files.retain(|&file| self.has(file, Way::LeavesTypesOut));
            }
            let targets: Vec<(FileId, Vec<Followed>)> =
                files.par_iter().map(|&file| (file, self.file_targets(file))).collect();
            let changes = self.changes(&targets);
            if round >= STATED_ROUNDS && changes.is_empty() {
                break;
            }
            for (file, followed) in targets {
                self.targets[file.0 as usize] = followed;
            }
            self.find_callers();
            self.generation = self.generation.next_round(changes);
        }
    }

    fn find_callers(&mut self) {
        self.callers.clear();
        for file in self.symbols.file_ids() {
            for (call, followed) in (0u32..).zip(&self.targets[file.0 as usize]) {
                for target in &followed.targets {
                    self.callers.entry(target.function).or_default().push((file, call));
                }
            }
        }
    }

    /// What differs in where calls lead from what is known of it.
    fn changes(&self, targets: &[(FileId, Vec<Followed>)]) -> Changes {
        let mut changes = Changes::default();
        for (file, calls) in targets {
            let before = self.followed(*file);
            for (index, followed) in (0u32..).zip(calls) {
                let before = before.get(index as usize).map(|followed| &followed.targets[..]).unwrap_or_default();
                if *before == followed.targets[..] {
                    continue;
                }
                changes.calls.entry(*file).or_default().push(index);
                for target in before.iter().chain(&followed.targets) {
                    changes.callers.entry(target.function.0).or_default().push(target.function.1);
                }
            }
        }
        changes.callers.values_mut().for_each(|functions| {
            functions.sort_unstable();
            functions.dedup();
        });
        changes
    }

    /// Where the calls of a file lead. What the round before found stands where that has changed nothing it rests on.
    fn file_targets(&self, file: FileId) -> Vec<Followed> {
        let facts = self.symbols.file(file).facts;
        let before = self.generation.last_changes().map(|changes| (self.followed(file), changes));
        let calls = facts.calls.iter().enumerate().map(|(at, call)| {
            let before = before.and_then(|(before, changes)| Some((before.get(at)?, changes)));
            let settled = before.filter(|(followed, changes)| !followed.asked.meets(changes));
            if let Some((followed, _)) = settled {
                return followed.clone();
            }
            let (targets, asked) = memo::watch(&self.generation, || self.follow(file, call));
            Followed { targets: targets.into(), asked }
        });
        calls.collect()
    }

    fn follow(&self, file: FileId, call: &CallFact) -> Vec<Target> {
        let mut found = self.follow_name(file, call);
        let overloads = |file| self.has(file, Way::Overloads);
        if overloads(file) {
            found.retain(|target| !overloads(target.function.0) || self.takes(target.function, call));
        }
        // Where no number fits, something is not understood: all are asked.
        let fits = |target: &Target| self.takes(target.function, call);
        if self.has(file, Way::Arities) && found.iter().any(fits) {
            found.retain(fits);
        }
        found
    }

    /// Whether a function takes as many arguments as a call gives. Where names may be overloaded, one that does not is
    /// another.
    fn takes(&self, (file, index): FunctionRef, call: &CallFact) -> bool {
        let params = &self.symbols.function(file, index).params;
        let named = call.args.iter().filter(|arg| arg.name.is_some()).count();
        let keywords = if self.has(file, Way::Arities) { named.saturating_sub(1) } else { 0 };
        let given = call.args.len() - keywords;
        let many = params.last().and_then(|last| last.ty.as_ref()).is_some_and(|ty| ty.path == ["[]"]);
        let each = &params[..params.len() - usize::from(many)];
        let needed = each.iter().filter(|param| param.default.is_none()).count();
        // An extension's receiver may be the first of its parameters.
        let least = needed.saturating_sub(usize::from(self.has(file, Way::ExtensionMethods)));
        given >= least && (many || given <= params.len())
    }

    fn follow_name(&self, file: FileId, call: &CallFact) -> Vec<Target> {
        let facts = self.symbols.file(file).facts;
        match facts.node(call.callee) {
            Node::Name { segments, function, .. } if call.kind == CallKind::Macro => {
                let found = self.follow_path(file, *function, segments);
                if found.is_empty() { self.macros(file, *function, segments) } else { found }
            }
            Node::Name { segments, function, .. } => self.follow_path(file, *function, segments),
            Node::Member { base, name, .. } => self.follow_member(file, call, *base, name),
            Node::Typed { .. } if call.kind == CallKind::New => {
                let ty = self.known_type(file, call.callee, 0);
                ty.map(|ty| known(self.constructors(file, &ty))).unwrap_or_default()
            }
            // `super("orders")`: the constructor of the supertype.
            Node::Super(_) => {
                let ty = self.known_type(file, call.callee, 0);
                ty.map(|ty| known(self.constructors(file, &ty))).unwrap_or_default()
            }
            Node::Lambda(function) => known(vec![(file, *function)]),
            // `const { query } = db`
            Node::Element { base, name: Some(name), .. } if self.symbols.may_be_called(name) => {
                known(self.kept_functions(file, *base, name))
            }
            _ => Vec::new(),
        }
    }

    fn follow_path(&self, file: FileId, function: u32, segments: &[Name]) -> Vec<Target> {
        if let [head, name] = segments
            && head == "Self"
            && let Some((file, owner)) = self.owner(file, function)
        {
            return known(self.methods_of(file, &self.own_type(file, owner), name));
        }
        if let [shell, name] = segments
            && self.has(file, Way::RunsClients)
            && shell == "shell"
        {
            return self.shell_functions(file, name);
        }
        // `M::table()` of a type parameter: what its bound offers, and what all do that have that bound.
        if let [head, name] = segments
            && self.generic(file, function, head).is_some()
            && let Some(bound) = self.type_parameter(file, function, head)
        {
            return known(self.methods_of(file, &bound, name));
        }
        let resolved = self.symbols.resolve_in(file, function, segments);
        let functions: Vec<FunctionRef> = Self::functions(&resolved.defs).collect();
        if !functions.is_empty() && resolved.rest.is_empty() {
            return known(functions);
        }
        if let [name] = segments
            && resolved.defs.is_empty()
        {
            let receivers = self.implicit_receivers(file, function);
            let methods = receivers.iter().map(|own| self.methods_of(file, own, name)).find(|found| !found.is_empty());
            if let Some(methods) = methods {
                return known(methods);
            }
        }
        let ty = Ty {
            decls: resolved
                .defs
                .iter()
                .filter_map(|def| match def {
                    Def::Type(file, index) => Some((*file, *index)),
                    _ => None,
                })
                .collect(),
            path: resolved.path.clone(),
            ..Ty::default()
        };
        match &resolved.rest[..] {
            _ if ty.decls.is_empty() => Vec::new(),
            [] => known(self.constructors(file, &ty)),
            [method] => known(self.methods_of(file, &ty, method)),
            _ => Vec::new(),
        }
    }

    /// The functions of that name in this script, else in those that it may have read before.
    fn shell_functions(&self, file: FileId, name: &Name) -> Vec<Target> {
        let named = self.symbols.named(self.symbols.file(file).unit, name);
        let all: Vec<FunctionRef> = Self::functions(&named).filter(|(of, _)| self.has(*of, Way::RunsClients)).collect();
        let own: Vec<FunctionRef> = all.iter().copied().filter(|(of, _)| *of == file).collect();
        match (own.is_empty(), all.len()) {
            (false, _) => known(own),
            (true, 1) => known(all),
            (true, 2..=MAX_NAMESAKES) => all.into_iter().map(|function| Target { function, by_name: true }).collect(),
            _ => Vec::new(),
        }
    }

    /// The arms of a macro that no path leads to: it holds wherever `#[macro_use]` or `#[macro_export]` lets it.
    fn macros(&self, file: FileId, function: u32, segments: &[Name]) -> Vec<Target> {
        let Some(name) = segments.last() else { return Vec::new() };
        let resolved = self.symbols.resolve_in(file, function, segments);
        // One that an import brings from elsewhere is not one of ours.
        if resolved.path != segments && !matches!(segments[0].as_str(), "crate" | "$crate" | "self" | "super") {
            return Vec::new();
        }
        let unit = self.symbols.file(file).unit;
        let named = self.symbols.named(unit, name);
        let arms = Self::functions(&named)
            .filter(|&(file, index)| self.symbols.function(file, index).kind == FunctionKind::Macro);
        known(arms.collect())
    }

    fn follow_member(&self, file: FileId, call: &CallFact, base: NodeId, name: &Name) -> Vec<Target> {
        // Most are methods of what comes from elsewhere: whatever they are called on, there is nothing to be found.
        if !self.symbols.may_be_called(name) {
            return Vec::new();
        }
        if let Some(path) = self.path_of(file, call.callee) {
            let function = self.function_of(file, call.callee);
            let resolved = self.symbols.resolve_in(file, function, &path);
            let functions: Vec<FunctionRef> = Self::functions(&resolved.defs).collect();
            if !functions.is_empty() && resolved.rest.is_empty() {
                return known(functions);
            }
        }
        let kept = self.kept_functions(file, base, name);
        if !kept.is_empty() {
            return known(kept);
        }
        match self.known_type(file, base, 0) {
            Some(ty) => {
                let methods = self.methods_of(file, &ty, name);
                if !methods.is_empty() {
                    return known(methods);
                }
                let through: Vec<FunctionRef> =
                    ty.args.iter().flat_map(|arg| self.methods_of(file, arg, name)).collect();
                if !through.is_empty() {
                    return known(through);
                }
                // A type from elsewhere has methods of its own; one that is declared here may have generated ones.
                known(self.extensions(file, &ty, name))
            }
            None => self.namesakes(file, name),
        }
    }

    /// The extension methods of that name that a value of the type may be given to: their first parameter is of it, or of
    /// an interface that a type from elsewhere may have.
    fn extensions(&self, from: FileId, ty: &Ty, name: &Name) -> Vec<FunctionRef> {
        if !self.has(from, Way::ExtensionMethods) || ty.is_type {
            return Vec::new();
        }
        let unit = self.symbols.file(from).unit;
        let lineage = self.lineage(ty);
        let takes = |&(file, index): &FunctionRef| {
            let function = self.symbols.function(file, index);
            let Some(first) = function.params.first().filter(|_| self.is_extension((file, index))) else {
                return false;
            };
            let Some(of) = &first.ty else { return false };
            let Some(last) = of.path.last() else { return false };
            if last == ty.name() || function.generics.iter().any(|generic| generic.name == *last) {
                return true;
            }
            let declared = self.type_ref(file, &function.scope, of, 0).decls;
            let is_interface = || {
                let mut letters = last.chars();
                letters.next() == Some('I') && letters.next().is_some_and(char::is_uppercase)
            };
            if declared.is_empty() {
                ty.decls.is_empty() && is_interface()
            } else {
                declared.iter().any(|decl| lineage.contains(decl))
            }
        };
        let named = self.symbols.methods_named(unit, name);
        let mut found: Vec<FunctionRef> = Self::functions(&named).filter(takes).collect();
        found.sort_unstable();
        found.dedup();
        if found.len() > MAX_NAMESAKES { Vec::new() } else { found }
    }

    /// Whether a function is an extension method of C#'s: it is called on its first argument.
    pub(super) fn is_extension(&self, (file, index): FunctionRef) -> bool {
        let first = self.symbols.function(file, index).params.first();
        first.is_some_and(|first| first.annotations.iter().any(|annotation| annotation.path[..] == ["this"]))
    }

    /// Methods by name alone.
    fn namesakes(&self, file: FileId, name: &Name) -> Vec<Target> {
        let unit = self.symbols.file(file).unit;
        let language = self.language(file);
        let mut found: Vec<FunctionRef> = Self::functions(&self.symbols.methods_named(unit, name))
            .filter(|(file, _)| self.language(*file) == language)
            .collect();
        found.sort_unstable();
        found.dedup();
        // A value of a package that the file does not name is a rare thing, and `time.Now().Add(…)` a common one.
        if self.has(file, Way::NamesPackages) {
            let here = self.symbols.file(file);
            found.retain(|(target, _)| {
                let module = &self.symbols.file(*target).module;
                *module == here.module || here.facts.imports.iter().any(|import| import.path.starts_with(module))
            });
        }
        if found.len() > MAX_NAMESAKES {
            return Vec::new();
        }
        found.into_iter().map(|function| Target { function, by_name: true }).collect()
    }

    fn constructors(&self, file: FileId, ty: &Ty) -> Vec<FunctionRef> {
        let unit = self.symbols.file(file).unit;
        let own = |&(file, index): &(FileId, u32)| -> Vec<FunctionRef> {
            let members = self.symbols.members(file, index).iter().map(|&at| (file, at));
            let made = members.filter(|&(file, at)| self.symbols.function(file, at).kind == FunctionKind::Constructor);
            made.filter(|(file, _)| self.symbols.visible(unit, self.symbols.file(*file).unit)).collect()
        };
        // A type that has constructors hands on to its supertypes' itself.
        self.lineage(ty).iter().map(own).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The methods of that name that a value of the type may have: its own, inherited, and for what has no body those
    /// of all implementations.
    pub(super) fn methods_of(&self, from: FileId, ty: &Ty, name: &Name) -> Vec<FunctionRef> {
        let unit = self.symbols.file(from).unit;
        let lineage = self.lineage(ty);
        let mut found: Vec<FunctionRef> = Vec::new();
        for &(file, index) in lineage.iter() {
            found.extend(self.declared_methods(file, index, name));
        }
        // A value of a type may be of one that derives from it, not of one that derives from its own supertype; what
        // is embedded may be anything that it can be.
        let embeds = |(file, _): &(FileId, u32)| self.has(*file, Way::StructuralInterfaces);
        for &(file, index) in lineage.iter().filter(|decl| ty.decls.contains(decl) || embeds(decl)) {
            let decl = self.symbols.type_decl(file, index);
            if matches!(decl.kind, TypeKind::Interface | TypeKind::Trait | TypeKind::Class) {
                for (sub_file, sub_index) in self.symbols.subtypes(unit, &decl.name) {
                    found.extend(self.declared_methods(sub_file, sub_index, name));
                }
                // Interfaces that are met without being named: every type with the method may be behind one.
                if decl.kind == TypeKind::Interface && self.has(file, Way::StructuralInterfaces) {
                    found.extend(self.methods_behind((file, index), &self.symbols.visible_methods(unit, name)));
                }
            }
        }
        // What tests put in its place stands behind it in tests alone.
        if !self.is_test_file(from) {
            found.retain(|(file, _)| !self.is_test_file(*file));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The methods that a call by a trait or interface may lead to in units that the caller does not link: those link
    /// the unit of the interface.
    pub(super) fn unseen_targets(&self, (file, index): CallRef) -> Vec<FunctionRef> {
        let facts = self.symbols.file(file).facts;
        let call = &facts.calls[index as usize];
        let Node::Member { base, name, .. } = facts.node(call.callee) else { return Vec::new() };
        let unit = self.symbols.file(file).unit;
        let is_abstract = |decl: &&(FileId, u32)| {
            matches!(self.symbols.type_decl(decl.0, decl.1).kind, TypeKind::Interface | TypeKind::Trait)
        };
        // Who implements it elsewhere is asked only of what a library calls.
        let targets = self.targets_of((file, index));
        if !matches!(unit, Unit::Library(_)) || !targets.iter().any(|target| !target.by_name) {
            return Vec::new();
        }
        let Some(ty) = self.known_type(file, *base, 0) else { return Vec::new() };
        let mut found = Vec::new();
        for &(home, declared) in wrapped(&ty).iter().filter(is_abstract) {
            let decl = self.symbols.type_decl(home, declared);
            let unseen = |at: FileId| {
                let there = self.symbols.file(at).unit;
                !self.symbols.visible(unit, there) && self.symbols.visible(there, self.symbols.file(home).unit)
            };
            for (at, sub) in self.symbols.all_subtypes(&decl.name).filter(|(at, _)| unseen(*at)) {
                found.extend(self.declared_methods(at, sub, name));
            }
            if decl.kind == TypeKind::Interface && self.has(home, Way::StructuralInterfaces) {
                let methods: Vec<Def> = self.symbols.all_methods(name).filter(|def| unseen(def.file())).collect();
                found.extend(self.methods_behind((home, declared), &methods));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether the whole file is test code.
    pub(super) fn is_test_file(&self, file: FileId) -> bool {
        self.symbols.workspace.file(file).is_some_and(|file| file.context == Context::Test)
    }

    /// Those of `methods` whose types have every method of an interface, each with as many parameters: what serves calls
    /// from afar is not behind the interface of their clients, which takes options besides.
    fn methods_behind(&self, interface: (FileId, u32), methods: &[Def]) -> Vec<FunctionRef> {
        let names = |(file, index): (FileId, u32)| {
            let members = self.symbols.members(file, index).iter().map(move |&at| self.symbols.function(file, at));
            members.map(|member| (&member.name, member.params.len()))
        };
        let wanted: Vec<(&Name, usize)> = names(interface).collect();
        let behind = |&(file, function): &FunctionRef| {
            let Some((file, owner)) = self.owner(file, function) else { return false };
            if self.symbols.type_decl(file, owner).kind == TypeKind::Interface {
                return false;
            }
            let lineage = self.lineage(&self.own_type(file, owner));
            wanted.iter().all(|&wanted| lineage.iter().any(|&decl| names(decl).any(|member| member == wanted)))
        };
        Self::functions(methods).filter(behind).collect()
    }

    fn declared_methods(&self, file: FileId, index: u32, name: &Name) -> Vec<FunctionRef> {
        let members = self.symbols.members(file, index).iter().map(|&at| (file, at));
        members.filter(|&(file, at)| self.symbols.function(file, at).name == *name).collect()
    }
}

/// The declarations of a type, or of what it wraps (`Box<dyn Task>`).
fn wrapped(ty: &Ty) -> Vec<(FileId, u32)> {
    let mut inner = ty;
    while inner.decls.is_empty()
        && let [.., arg] = &inner.args[..]
    {
        inner = arg;
    }
    inner.decls.clone()
}

fn known(functions: Vec<FunctionRef>) -> Vec<Target> {
    functions.into_iter().map(|function| Target { function, by_name: false }).collect()
}
