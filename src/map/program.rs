//! The program as a whole: all facts with what joins them. The parts of the map that interpret code share it.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::entities::Entities;
use super::languages::{Way, has};
use super::memo::{self, Asked, Generation};
use super::relations::Relations;
use super::symbols::{Def, Symbols};
use crate::facts::{CallFact, CallKind, FileFacts, Node, NodeId};
use crate::frameworks::{Framework, Frameworks};
use crate::source::{FileId, Language};
use crate::syntax::outline::TypeRef;
use crate::vocabulary::{Context, Name};
use crate::workspace::Unit;

/// A call: its file and its index in the file's calls.
pub(super) type CallRef = (FileId, u32);

/// A function: its file and its index in the file's functions.
pub(super) type FunctionRef = (FileId, u32);

/// A call's target among the functions of the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// The function.
    pub function: FunctionRef,
    /// Whether only its name says so.
    pub by_name: bool,
}

/// Where a call leads.
#[derive(Debug, Clone, Default)]
pub(super) struct Followed {
    /// The functions of the workspace.
    pub targets: Box<[Target]>,
    /// What that rests on of where other calls lead.
    pub asked: Asked,
}

/// All that interpreting code needs.
pub(super) struct Program<'a> {
    pub symbols: Symbols<'a>,
    pub frameworks: &'a Frameworks,
    pub entities: Entities,
    pub relations: Relations,
    /// For each id of a file, for each of its calls, the functions of the workspace it leads to.
    pub targets: Vec<Vec<Followed>>,
    /// For each function, who calls it.
    pub callers: FxHashMap<FunctionRef, Vec<CallRef>>,
    /// Changes whenever what is known changes: see [`super::memo`].
    pub generation: Generation,
    /// The call that each function value is given to.
    pub given_to: FxHashMap<FunctionRef, u32>,
    /// The call that is given the record which each function value is an entry of.
    pub in_record_of: FxHashMap<FunctionRef, u32>,
    /// The type that is stated for a function value where it stands, and the function it stands in.
    pub stated_types: FxHashMap<FunctionRef, (u32, &'a TypeRef)>,
    /// By type and field, both by bare name: the values that objects are made with, each with its call.
    pub made_with: FxHashMap<(Name, Name), Vec<(FileId, u32, NodeId)>>,
    /// The functions that do no more than save what was changed before them, with the rule by which they do.
    pub savers: std::sync::OnceLock<FxHashMap<FunctionRef, crate::frameworks::RuleId>>,
    /// Which frameworks (indexes into the list) a file imports itself.
    file_uses: FxHashMap<FileId, FxHashSet<usize>>,
    /// Which frameworks some file of a unit imports.
    pub(super) unit_uses: FxHashMap<Unit, FxHashSet<usize>>,
}

/// How sure it is that a framework is what a file speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Uses {
    /// Nothing says so.
    No,
    /// Another file of the same unit imports it.
    Unit,
    /// The file imports it, or the framework needs no import.
    File,
}

impl<'a> Program<'a> {
    pub(super) fn new(symbols: Symbols<'a>, frameworks: &'a Frameworks) -> Self {
        let mut file_uses: FxHashMap<FileId, FxHashSet<usize>> = FxHashMap::default();
        let mut unit_uses: FxHashMap<Unit, FxHashSet<usize>> = FxHashMap::default();
        let files = symbols.file_ids();
        let used: Vec<Vec<usize>> = files.par_iter().map(|&file| imported(&symbols, frameworks, file)).collect();
        for (&file, used) in files.iter().zip(used).filter(|(_, used)| !used.is_empty()) {
            unit_uses.entry(symbols.file(file).unit).or_default().extend(&used);
            file_uses.insert(file, used.into_iter().collect());
        }
        let unit_uses = with_linked(&symbols, unit_uses);
        let ((given_to, in_record_of), made_with) = rayon::join(|| given_to(&symbols), || made_with(&symbols));
        let stated_types = stated_types(&symbols);
        Self {
            symbols,
            frameworks,
            given_to,
            in_record_of,
            savers: std::sync::OnceLock::new(),
            stated_types,
            made_with,
            entities: Entities::default(),
            relations: Relations::default(),
            targets: Vec::new(),
            callers: FxHashMap::default(),
            generation: Generation::new(),
            file_uses,
            unit_uses,
        }
    }

    /// How sure it is that `file` speaks of the framework of that index.
    pub(super) fn uses(&self, file: FileId, framework: usize) -> Uses {
        if self.frameworks.all[framework].imports.is_empty() {
            return Uses::File;
        }
        if self.file_uses.get(&file).is_some_and(|uses| uses.contains(&framework)) {
            return Uses::File;
        }
        let unit = self.symbols.file(file).unit;
        if self.unit_uses.get(&unit).is_some_and(|uses| uses.contains(&framework)) { Uses::Unit } else { Uses::No }
    }

    /// Whether a file imports something of a unit: of one of its packages, or of a module that stands in it.
    pub(super) fn imports_unit(&self, file: FileId, unit: Unit) -> bool {
        let workspace = self.symbols.workspace;
        let packages = match unit {
            Unit::Service(id) => workspace.service(id).map(|service| &service.packages[..]),
            Unit::Library(id) => workspace.library(id).map(|library| &library.packages[..]),
            Unit::Unassigned => None,
        };
        let roots = || packages.unwrap_or_default().iter().flat_map(|package| &package.imports);
        let imports = &self.symbols.file(file).facts.imports;
        imports.iter().any(|import| roots().any(|root| begins_with(&import.path, root)))
    }

    /// Whether something is so in the language of a file.
    pub(super) fn has(&self, file: FileId, way: Way) -> bool {
        has(self.language(file), way)
    }

    /// The language of a file.
    pub(super) fn language(&self, file: FileId) -> Language {
        self.symbols.file(file).language
    }

    /// The functions of the workspace a call leads to.
    pub(super) fn targets_of(&self, call: CallRef) -> &[Target] {
        memo::follows(&self.generation, call);
        self.followed(call.0).get(call.1 as usize).map(|followed| &followed.targets[..]).unwrap_or_default()
    }

    /// Where the calls of a file lead, as far as they have been followed.
    pub(super) fn followed(&self, file: FileId) -> &[Followed] {
        self.targets.get(file.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The calls that lead to a function.
    pub(super) fn callers_of(&self, function: FunctionRef) -> &[CallRef] {
        memo::asks_callers(&self.generation, function);
        self.callers.get(&function).map(Vec::as_slice).unwrap_or_default()
    }

    /// The names round a function, to look names up from.
    pub(super) fn scope(&self, file: FileId, function: u32) -> &'a [Name] {
        &self.symbols.function(file, function).scope
    }

    /// The type that a function belongs to, through the functions it stands in.
    pub(super) fn owner(&self, file: FileId, function: u32) -> Option<(FileId, u32)> {
        let mut at = function;
        for _ in 0..64 {
            let fact = self.symbols.function(file, at);
            if let Some(owner) = fact.owner {
                return Some((file, owner));
            }
            at = fact.parent?;
        }
        None
    }

    /// The function definitions among `defs`.
    pub(super) fn functions(defs: &[Def]) -> impl Iterator<Item = FunctionRef> + '_ {
        defs.iter().filter_map(|def| match def {
            Def::Function(file, index) => Some((*file, *index)),
            _ => None,
        })
    }
}

/// The frameworks that a file imports.
fn imported(symbols: &Symbols<'_>, frameworks: &Frameworks, file: FileId) -> Vec<usize> {
    let unit = symbols.file(file);
    let Some(index) = frameworks.language(unit.language) else { return Vec::new() };
    let of_schemas = |number: &usize| frameworks.all[*number].schemas.contains(&unit.language);
    let schemas = (0..frameworks.all.len()).filter(of_schemas);
    let mut paths: Vec<&[Name]> = unit.facts.imports.iter().map(|import| &import.path[..]).collect();
    paths.extend(full_paths(unit.language, unit.facts));
    paths.sort_unstable();
    paths.dedup();
    let all = index.frameworks.iter().copied();
    all.filter(|&number| imports(&frameworks.all[number], paths.iter().copied())).chain(schemas).collect()
}

/// Which frameworks each unit uses, those of the units that it links among them: what a library makes of a framework is
/// used without importing that again.
fn with_linked(symbols: &Symbols<'_>, own: FxHashMap<Unit, FxHashSet<usize>>) -> FxHashMap<Unit, FxHashSet<usize>> {
    let mut all = own.clone();
    for (unit, linked) in symbols.linked() {
        let theirs = linked.iter().filter_map(|linked| own.get(linked)).flatten();
        all.entry(unit).or_default().extend(theirs);
    }
    all
}

/// For each function value that stands in a call's arguments, the call; and for each in a record there.
fn given_to(symbols: &Symbols<'_>) -> (FxHashMap<FunctionRef, u32>, FxHashMap<FunctionRef, u32>) {
    let (mut given, mut in_record) = (FxHashMap::default(), FxHashMap::default());
    for file in symbols.file_ids() {
        let facts = symbols.file(file).facts;
        for (index, call) in (0u32..).zip(&facts.calls) {
            for arg in &call.args {
                match facts.node(arg.value) {
                    Node::Lambda(function) => {
                        given.insert((file, *function), index);
                    }
                    Node::Record(entries) => {
                        for (_, value) in entries {
                            if let Node::Lambda(function) = facts.node(*value) {
                                in_record.insert((file, *function), index);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    (given, in_record)
}

/// For each function value that a function of a stated type gives, or that a variable of one holds, that type.
fn stated_types<'a>(symbols: &Symbols<'a>) -> FxHashMap<FunctionRef, (u32, &'a TypeRef)> {
    let mut stated = FxHashMap::default();
    for file in symbols.file_ids() {
        let facts = symbols.file(file).facts;
        let lambda = |node: NodeId| match facts.node(node) {
            Node::Lambda(function) => Some(*function),
            _ => None,
        };
        for (index, function) in (0u32..).zip(&facts.functions) {
            let (Some(ty), Some(value)) = (&function.returns, function.value) else { continue };
            let values = match facts.node(value) {
                Node::Choice(ways) => &ways[..],
                _ => std::slice::from_ref(&value),
            };
            stated.extend(values.iter().filter_map(|&value| Some(((file, lambda(value)?), (index, ty)))));
        }
        for node in &facts.nodes {
            if let Node::Typed { ty, value: Some(value), function, .. } = node
                && let Some(value) = lambda(*value)
            {
                stated.insert((file, value), (*function, ty));
            }
        }
    }
    stated
}

/// What objects are made with, by type and field.
fn made_with(symbols: &Symbols<'_>) -> FxHashMap<(Name, Name), Vec<(FileId, u32, NodeId)>> {
    let mut made: FxHashMap<(Name, Name), Vec<(FileId, u32, NodeId)>> = FxHashMap::default();
    for file in symbols.file_ids() {
        let facts = symbols.file(file).facts;
        // What tests make says nothing of what the program does.
        if symbols.workspace.file(file).is_some_and(|file| file.context == Context::Test) {
            continue;
        }
        let in_test = |call: &CallFact| {
            let round = std::iter::successors(Some(call.function), |&at| facts.functions[at as usize].parent);
            round.take(64).any(|at| facts.functions[at as usize].is_test)
        };
        let made_here = (0u32..).zip(&facts.calls).filter(|(_, call)| call.kind == CallKind::New && !in_test(call));
        for (index, call) in made_here {
            let Node::Typed { ty, function, .. } = facts.node(call.callee) else { continue };
            let Some(name) = ty.path.last() else { continue };
            let owner = || {
                let round = std::iter::successors(Some(*function), |&at| facts.functions[at as usize].parent);
                let owner = round.take(64).find_map(|at| facts.functions[at as usize].owner)?;
                Some(facts.types.get(owner as usize)?.name.clone())
            };
            let Some(name) = (if name == "Self" { owner() } else { Some(name.clone()) }) else { continue };
            for arg in &call.args {
                if let Some(field) = &arg.name {
                    made.entry((name.clone(), field.clone())).or_default().push((file, index, arg.value));
                }
            }
        }
    }
    made
}

/// The paths that need no import: in Rust a path may begin with the crate's name anywhere, in Ruby a constant and in
/// Elixir a module is known everywhere.
fn full_paths(language: Language, facts: &FileFacts) -> impl Iterator<Item = &[Name]> {
    let (paths, names) = (has(language, Way::FullPaths), has(language, Way::FullNames));
    let nodes = if paths || names { &facts.nodes[..] } else { &[] };
    let named = nodes.iter().filter_map(move |node| match node {
        Node::Name { segments, .. } if segments.len() > 1 || names => Some(&segments[..]),
        _ => None,
    });
    let types = if has(language, Way::FullAnnotations) { &facts.types[..] } else { &[] };
    let annotations = types.iter().flat_map(|decl| &decl.annotations).map(|annotation| &annotation.path[..]);
    let derived = if has(language, Way::FullBases) { &facts.types[..] } else { &[] };
    let bases = derived.iter().flat_map(|decl| &decl.bases).map(|base| &base.path[..]);
    named.chain(annotations.chain(bases).filter(|path| path.len() > 1))
}

/// Whether one of the imported paths begins with one of the framework's.
fn imports<'p>(framework: &Framework, paths: impl Iterator<Item = &'p [Name]>) -> bool {
    let wanted = &framework.imports;
    let mut paths = paths;
    paths.any(|path| wanted.iter().any(|root| begins_with(path, root)))
}

/// Whether a package is another under the scope of who publishes it anew: `@acme/slonik`.
pub(super) fn is_fork(package: &str, of: &str) -> bool {
    let inner = package.strip_prefix('@').and_then(|rest| rest.split_once('/'));
    inner.is_some_and(|(scope, name)| name == of && !scope.is_empty())
}

/// Whether an imported path begins with `root`, at a boundary of segments.
pub(super) fn begins_with(path: &[Name], root: &str) -> bool {
    let mut rest = root;
    for (at, segment) in path.iter().enumerate() {
        if at == 0 && is_fork(segment, root) {
            return true;
        }
        if at > 0 {
            match rest.strip_prefix("::").or_else(|| rest.strip_prefix(['.', '/', '\\'])) {
                Some(more) => rest = more,
                None => return false,
            }
        }
        if let Some(more) = rest.strip_prefix(segment.as_str()) {
            if more.is_empty() {
                return true;
            }
            rest = more;
        } else {
            // The last segment of the path may itself have parts (`github.com/x/y/v5`, `@prisma/client/edge`).
            let longer = segment.strip_prefix(rest);
            return longer.is_some_and(|more| more.starts_with(['.', '/', ':', '\\']));
        }
    }
    false
}
