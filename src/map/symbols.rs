//! Which declaration a name means: one mechanism for all languages.
//!
//! Every declaration gets a *full path*: the module its file stands for, then what is round it in the file, then its
//! name. What the module of a file is, and what an import leads to, is the language's own and stands in
//! [`super::modules`]; from there on a path is a path. A name is looked up from the inside out: in the scopes round it,
//! in the file's imports, in its package, behind globs and re-exports. What no declaration here answers to is
//! *external*: its path as far as the imports tell it, which is what framework rules are matched against.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::bearers::{Bearers, Types};
use super::languages::{Way, has};
use super::memo;
use super::modules::{self, Targets};
use super::paths::{At, Paths};
use crate::facts::{FileFacts, FunctionFact, TypeFact, ValueFact};
use crate::source::{FileId, Language};
use crate::syntax::outline::{FunctionKind, Import, TypeKind};
use crate::vocabulary::Name;
use crate::workspace::{Unit, Workspace};

/// A path longer than this is no path.
const MAX_SEGMENTS: usize = 40;
/// A name that is not found is looked for in no more modules than this that pass on what others declare.
const MAX_PASSING: usize = 32;

/// A declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Def {
    /// A type: file, index into its types.
    Type(FileId, u32),
    /// A function: file, index into its functions.
    Function(FileId, u32),
    /// A constant or module variable: file, index into its values.
    Value(FileId, u32),
}

impl Def {
    pub(super) fn file(self) -> FileId {
        match self {
            Self::Type(file, _) | Self::Function(file, _) | Self::Value(file, _) => file,
        }
    }
}

/// What a name leads to.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolved {
    /// The declarations it may mean; several where the language allows (overloads, parts of a type).
    pub defs: Vec<Def>,
    /// What is left of the path after the declaration (`Order::find` → the type and `["find"]`).
    pub rest: Vec<Name>,
    /// Its path as far as imports tell it; for external names this is all there is.
    pub path: Vec<Name>,
    /// Other paths it may have, for names that come from a glob import.
    pub others: Vec<Vec<Name>>,
}

/// One file of the program.
pub(super) struct SourceUnit<'a> {
    pub facts: &'a FileFacts,
    pub language: Language,
    pub unit: Unit,
    /// The module its declarations stand in.
    pub module: Vec<Name>,
    /// For each import, the function inside of which it stands.
    local: Vec<Option<u32>>,
    /// Whether one of them stands inside of a function.
    has_local: bool,
}

/// The imports of a module that others can see through, each by its file and its number there.
#[derive(Default)]
struct OpenImports {
    named: FxHashMap<Name, Vec<(FileId, usize)>>,
    globs: Vec<(FileId, usize)>,
    /// Whether the module is one of a script's.
    of_script: bool,
}

/// All declarations of all files.
pub(super) struct Symbols<'a> {
    pub workspace: &'a Workspace,
    /// Every file, sorted.
    files: Vec<(FileId, SourceUnit<'a>)>,
    /// For each id of a file its place in `files`.
    slots: Vec<usize>,
    paths: Paths,
    bearers: Bearers,
    types: Types,
    /// For each file, for each of its imports, the full paths it may lead to.
    leads: FxHashMap<FileId, Vec<Vec<Vec<Name>>>>,
    /// For each module, the imports that others can see through.
    open_imports: FxHashMap<At, OpenImports>,
    /// Every name that a declaration, a module or an import bears: what is none of them is not looked for.
    known: FxHashSet<Name>,
    /// The names among them that a function may be called by.
    callable: FxHashSet<Name>,
    /// Changes whenever names are added: see [`super::memo`].
    generation: memo::Generation,
    targets: Targets,
    /// The globs that hold in all files of a unit: file, index into its imports.
    globals: FxHashMap<Unit, Vec<(FileId, usize)>>,
    /// For each unit, whom it links.
    links: FxHashMap<Unit, FxHashSet<Unit>>,
}

impl<'a> Symbols<'a> {
    /// Gathers the declarations of all files.
    pub(super) fn new(workspace: &'a Workspace, facts: &'a [(FileId, FileFacts)]) -> Self {
        let mut targets = Targets::new(workspace);
        for (file, facts) in facts {
            if let Some(source) = workspace.file(*file) {
                targets.add_moved(source, facts);
            }
        }
        let read = |(file, facts): &'a (FileId, FileFacts)| {
            let source = workspace.file(*file)?;
            let module = modules::module_of(workspace, &targets, source, facts);
            let local = local_imports(facts);
            let has_local = local.iter().any(Option::is_some);
            Some((*file, SourceUnit { facts, language: source.language, unit: source.unit, module, local, has_local }))
        };
        let files: Vec<_> = facts.par_iter().filter_map(read).collect();
        let mut slots = vec![usize::MAX; files.last().map_or(0, |(file, _)| file.0 as usize + 1)];
        for (slot, (file, _)) in files.iter().enumerate() {
            slots[file.0 as usize] = slot;
        }
        let (paths, (bearers, types)) = rayon::join(|| Paths::of(&files), || (Bearers::of(&files), Types::of(&files)));
        let globals = globals(&files);
        let mut symbols = Self {
            workspace,
            files,
            slots,
            paths,
            bearers,
            types,
            leads: FxHashMap::default(),
            open_imports: FxHashMap::default(),
            known: FxHashSet::default(),
            callable: FxHashSet::default(),
            generation: memo::Generation::new(),
            targets,
            globals,
            links: links(workspace),
        };
        symbols.callable = std::mem::take(&mut symbols.bearers.callable);
        symbols.leads = symbols.all_leads();
        symbols.gather_imports();
        symbols
    }

    /// Sorts the imports that others can see through by the module they stand in, which may be one that a file declares
    /// inside itself.
    fn gather_imports(&mut self) {
        for (file, unit) in &self.files {
            let file = *file;
            let open = has(unit.language, Way::OpenImports);
            for (number, import) in unit.facts.imports.iter().enumerate() {
                self.known.extend(import.alias.clone());
                self.callable.extend(import.alias.clone());
                // A private `use` is seen by the module's own children, and Python has no private imports.
                // `global using` holds in the files of a project, and is no part of a namespace.
                let passed_on = import.reexport && !has(unit.language, Way::GlobalImports);
                if unit.local[number].is_some() && !import.reexport || !(passed_on || open) {
                    continue;
                }
                let module: Vec<Name> = unit.module.iter().chain(&import.scope).cloned().collect();
                let Some(module) = self.paths.find(&module) else { continue };
                let imports = self.open_imports.entry(module).or_default();
                match &import.alias {
                    _ if import.glob => imports.globs.push((file, number)),
                    Some(alias) => imports.named.entry(alias.clone()).or_default().push((file, number)),
                    None => {}
                }
            }
        }
        let mut open_imports = std::mem::take(&mut self.open_imports);
        open_imports.values_mut().for_each(|imports| {
            let first = imports.globs.first().or_else(|| imports.named.values().flatten().min());
            imports.of_script = first.is_some_and(|&(file, _)| self.is_script(file));
        });
        self.open_imports = open_imports;
        self.known.extend(self.bearers.all.keys().cloned());
        self.known.extend(self.paths.module_names().cloned());
    }

    /// Where each import may lead, once all modules are known.
    fn all_leads(&self) -> FxHashMap<FileId, Vec<Vec<Vec<Name>>>> {
        let leads = |(file, unit): &(FileId, SourceUnit<'_>)| {
            let file = *file;
            (file, unit.facts.imports.iter().map(|import| modules::import_targets(self, file, import)).collect())
        };
        self.files.par_iter().map(leads).collect()
    }

    /// Makes `path` one more name of a declaration (what a derive or a macro generates).
    pub(super) fn alias(&mut self, path: Vec<Name>, def: Def) {
        self.known.extend(path.iter().cloned());
        self.callable.extend(path.last().cloned());
        if self.paths.alias(&path, def) {
            self.generation = memo::Generation::new();
        }
    }

    /// Whether a full path is one that a framework derives from a declaration.
    pub(super) fn is_alias(&self, path: &[Name]) -> bool {
        self.paths.find(path).is_some_and(|at| self.paths.is_alias(at))
    }

    /// For each unit that links others, those.
    pub(super) fn linked(&self) -> impl Iterator<Item = (Unit, &FxHashSet<Unit>)> {
        self.links.iter().map(|(unit, linked)| (*unit, linked))
    }

    /// A file of the program.
    pub(super) fn file(&self, file: FileId) -> &SourceUnit<'a> {
        &self.files[self.slots[file.0 as usize]].1
    }

    /// Which state of the names this is: see [`super::memo`].
    pub(super) fn generation(&self) -> &memo::Generation {
        &self.generation
    }

    /// Every file, sorted.
    pub(super) fn file_ids(&self) -> Vec<FileId> {
        self.files.iter().map(|(file, _)| *file).collect()
    }

    /// The function of that index.
    pub(super) fn function(&self, file: FileId, index: u32) -> &'a FunctionFact {
        &self.file(file).facts.functions[index as usize]
    }

    /// The type of that index.
    pub(super) fn type_decl(&self, file: FileId, index: u32) -> &'a TypeFact {
        &self.file(file).facts.types[index as usize]
    }

    /// The value of that index.
    pub(super) fn value(&self, file: FileId, index: u32) -> &'a ValueFact {
        &self.file(file).facts.values[index as usize]
    }

    /// Whether code of `from` can see what `to` declares: itself, or a library it links. Where the manifests name
    /// no links at all, a library is open to everybody.
    pub(super) fn visible(&self, from: Unit, to: Unit) -> bool {
        from == to || self.links.get(&from).is_some_and(|links| links.contains(&to))
    }

    /// The declarations of `defs` that `from` sees best: those of its own unit, else of the units it links, else none
    /// (or, where nothing is known of its links, those of libraries).
    pub(super) fn nearest(&self, from: Unit, defs: &[Def]) -> Vec<Def> {
        let unit = |def: &Def| self.file(def.file()).unit;
        let own: Vec<Def> = defs.iter().copied().filter(|def| unit(def) == from).collect();
        if !own.is_empty() {
            return own;
        }
        let linked: Vec<Def> = defs.iter().copied().filter(|def| self.visible(from, unit(def))).collect();
        if !linked.is_empty() {
            return linked;
        }
        let free = |def: &&Def| matches!(unit(def), Unit::Library(_) | Unit::Unassigned) || from == Unit::Unassigned;
        defs.iter().filter(free).copied().collect()
    }

    /// Whether all are of one package with whose name a path begins: whoever writes it down means that one, and depends
    /// on it by ways (git, a registry) that the manifests here need not tell.
    fn is_one_crate(&self, defs: &[Def]) -> bool {
        let unit = |def: &Def| self.file(def.file()).unit;
        let named = |def: &Def| has(self.file(def.file()).language, Way::PathsNamePackages);
        defs.first().is_some_and(|first| defs.iter().all(|def| unit(def) == unit(first) && named(def)))
    }

    /// What `segments` means where it stands: in `file`, inside of `scope`.
    pub(super) fn resolve(&self, file: FileId, scope: &[Name], segments: &[Name]) -> Arc<Resolved> {
        memo::resolved(&self.generation, (file, None), scope, segments, || {
            self.resolve_from(file, scope, None, segments)
        })
    }

    /// What `segments` means in a function, whose own imports come first.
    pub(super) fn resolve_in(&self, file: FileId, function: u32, segments: &[Name]) -> Arc<Resolved> {
        let scope = &self.function(file, function).scope;
        // Where no function has imports of its own, a name means the same in all that have the same round them.
        let function = self.file(file).has_local.then_some(function);
        memo::resolved(&self.generation, (file, function), scope, segments, || {
            self.resolve_from(file, scope, function, segments)
        })
    }

    fn resolve_from(&self, file: FileId, scope: &[Name], function: Option<u32>, segments: &[Name]) -> Resolved {
        let unit = self.file(file);
        let Some(first) = segments.first() else { return Resolved::default() };
        let absolute = modules::absolute(unit.language, &unit.module, scope, segments);
        if let Some(path) = absolute {
            return self.lookup(unit.unit, &[&path]).unwrap_or(Resolved { path, ..Resolved::default() });
        }
        let (local, outer) = imports(unit, scope, function);
        if self.known.contains(first)
            && let Some(found) = self.resolve_bound(file, unit, scope, (&local, &outer), segments)
        {
            return found;
        }
        let all = local.into_iter().chain(outer);
        let globs: Vec<usize> = all.filter(|(_, import)| import.glob).map(|(number, _)| number).collect();
        self.resolve_open(file, unit, &globs, segments)
    }

    /// A name that a scope round it or a named import binds.
    fn resolve_bound(
        &self,
        file: FileId,
        unit: &SourceUnit<'_>,
        scope: &[Name],
        (local, outer): (&Numbered<'_>, &Numbered<'_>),
        segments: &[Name],
    ) -> Option<Resolved> {
        let first = segments.first()?;
        let mut external = None;
        if let Some(found) = self.resolve_named(file, local, first, segments, &mut external) {
            return Some(found);
        }
        for end in (0..=scope.len()).rev() {
            // What is round the name is no answer to it.
            if let Some(found) = self.lookup(unit.unit, &[&unit.module, &scope[..end], segments])
                && found.rest.len() < segments.len()
            {
                return Some(found);
            }
        }
        let found = self.resolve_named(file, outer, first, segments, &mut external);
        found.or_else(|| external.map(|path| Resolved { path, ..Resolved::default() }))
    }

    /// A name that one of the imports binds; `external` is where an import leads that leaves the workspace.
    fn resolve_named(
        &self,
        file: FileId,
        imports: &[(usize, &Import)],
        first: &Name,
        segments: &[Name],
        external: &mut Option<Vec<Name>>,
    ) -> Option<Resolved> {
        for (number, import) in imports.iter().filter(|(_, import)| import.alias.as_ref() == Some(first)) {
            for path in self.import_leads(file, *number) {
                if let Some(found) = self.lookup(self.file(file).unit, &[path, &segments[1..]]) {
                    return Some(found);
                }
                let path = [path, &segments[1..]].concat();
                // `module.exports = value`: the module that is required is the value.
                if let Some(found) = self.exported_whole(file, &path, segments.len() - 1) {
                    return Some(found);
                }
                // `const { User } = require("./models")`: a member of that value.
                let of_member = (import.path.len() > 1).then(|| self.exported_whole(file, &path, segments.len()));
                if let Some(found) = of_member.flatten() {
                    return Some(found);
                }
                external.get_or_insert_with(|| self.beyond(&path, &mut FxHashSet::default()).unwrap_or(path));
            }
        }
        None
    }

    /// Where a path leads that some module of the workspace only hands on from outside: `export { sql } from "slonik"`.
    /// `asked` has the names that modules were asked for: they may hand on each other.
    fn beyond(&self, path: &[Name], asked: &mut FxHashSet<(At, Name)>) -> Option<Vec<Name>> {
        (1..path.len()).rev().find_map(|length| {
            let (module, rest) = path.split_at(length);
            let at = self.paths.find(module).filter(|&at| self.paths.is_module(at))?;
            let imports = self.open_imports.get(&at).filter(|imports| imports.of_script)?;
            let (name, behind) = rest.split_first()?;
            if asked.len() >= MAX_PASSING || !asked.insert((at, name.clone())) {
                return None;
            }
            let named = imports.named.get(name).into_iter().flatten().map(|&import| (import, behind));
            let globs = imports.globs.iter().map(|&import| (import, rest));
            named.chain(globs).find_map(|((file, number), behind)| {
                self.import_leads(file, number).find_map(|lead| {
                    let path = [lead, behind].concat();
                    let inside = (1..=lead.len()).any(|length| self.is_module(&lead[..length]));
                    self.beyond(&path, asked).or_else(|| (!inside).then_some(path))
                })
            })
        })
    }

    /// What the module that `path` names, but for its last `rest` segments, exports as a whole.
    fn exported_whole(&self, file: FileId, path: &[Name], rest: usize) -> Option<Resolved> {
        let unit = self.file(file);
        if !has(unit.language, Way::ExportedValues) || path.len() < rest {
            return None;
        }
        let (module, rest) = path.split_at(path.len() - rest);
        self.lookup(unit.unit, &[module, &["default".into()], rest])
    }

    /// What a name means behind the globs that hold in a function, whatever else binds it.
    pub(super) fn behind_globs(&self, file: FileId, function: u32, segments: &[Name]) -> Option<Resolved> {
        let unit = self.file(file);
        let (local, outer) = imports(unit, &self.function(file, function).scope, Some(function));
        let globs = local.into_iter().chain(outer).filter(|(_, import)| import.glob);
        globs.into_iter().find_map(|(number, _)| {
            self.import_leads(file, number).find_map(|path| self.lookup(unit.unit, &[path, segments]))
        })
    }

    /// A name that neither the scopes nor the named imports bind: behind globs, in other packages by its full path.
    fn resolve_open(&self, file: FileId, unit: &SourceUnit<'_>, globs: &[usize], segments: &[Name]) -> Resolved {
        let mut others = Vec::new();
        let global = self.globals_of(file, unit.unit);
        for (file, number) in globs.iter().map(|&number| (file, number)).chain(global) {
            for path in self.import_leads(file, number) {
                match self.lookup(unit.unit, &[path, segments]) {
                    Some(found) if found.rest.len() < segments.len() || self.has_member(&found, &segments[0]) => {
                        return found;
                    }
                    // Behind the members of a type there are no other names than those that it passes on.
                    Some(_) => self.passed_on(path, segments, &mut FxHashSet::default(), &mut others),
                    None => {
                        others.push([path, segments].concat());
                        self.passed_on(path, segments, &mut FxHashSet::default(), &mut others);
                    }
                }
            }
        }
        for path in modules::free_paths(self, file, segments) {
            if let Some(found) = self.lookup(unit.unit, &[&path]) {
                return found;
            }
        }
        Resolved { path: segments.to_vec(), others, ..Resolved::default() }
    }

    /// The paths out of the workspace that a name may lead to through what a module passes on to those who use it. `seen`
    /// has the modules that were looked through: they may pass on each other.
    fn passed_on(&self, module: &[Name], segments: &[Name], seen: &mut FxHashSet<At>, others: &mut Vec<Vec<Name>>) {
        let Some(at) = self.paths.find(module).filter(|&at| seen.len() < MAX_PASSING && seen.insert(at)) else {
            return;
        };
        let Some(imports) = self.open_imports.get(&at) else { return };
        for &(file, number) in imports.named.get(&segments[0]).into_iter().flatten() {
            others.extend(self.import_leads(file, number).map(|path| [path, &segments[1..]].concat()));
        }
        for &(file, number) in &imports.globs {
            for path in self.import_leads(file, number) {
                others.push([path, segments].concat());
                self.passed_on(path, segments, seen, others);
            }
        }
    }

    /// Whether a type whose members are imported has one of that name.
    fn has_member(&self, found: &Resolved, name: &Name) -> bool {
        found.defs.iter().any(|def| match *def {
            Def::Type(file, index) => {
                let decl = self.type_decl(file, index);
                !decl.bases.is_empty() || decl.fields.iter().any(|field| field.name == *name)
            }
            _ => true,
        })
    }

    /// The globs that other files of the unit declare for all: those of the nearest folder first, since a unit may be
    /// made of several projects.
    fn globals_of(&self, file: FileId, unit: Unit) -> Vec<(FileId, usize)> {
        let Some(globals) = self.globals.get(&unit) else { return Vec::new() };
        let own = self.workspace.path(file).as_bytes();
        let distance = |other: FileId| {
            let path = self.workspace.path(other).as_bytes();
            usize::MAX - own.iter().zip(path).take_while(|(a, b)| a == b).count()
        };
        let mut found: Vec<(FileId, usize)> = globals.iter().copied().filter(|(other, _)| *other != file).collect();
        found.sort_by_key(|&(other, number)| (distance(other), other, number));
        found
    }

    /// The declaration at a full path, which is given in parts, or the longest part of it that is one; through
    /// re-exports where need be.
    fn lookup(&self, from: Unit, path: &[&[Name]]) -> Option<Resolved> {
        let (at, used) = self.canonical(path)?;
        let defs = self.paths.defs(at);
        if defs.is_empty() {
            return None;
        }
        let mut near = self.nearest(from, defs);
        if near.is_empty() && self.is_one_crate(defs) {
            near = defs.to_vec();
        }
        let rest: Vec<Name> = path.iter().copied().flatten().skip(used).cloned().collect();
        // Only a type or a value has parts.
        if !rest.is_empty() {
            near.retain(|def| !matches!(def, Def::Function(..)));
        }
        if near.is_empty() {
            return None;
        }
        let mut found = self.paths.names(at);
        found.extend_from_slice(&rest);
        Some(Resolved { defs: near, rest, path: found, ..Resolved::default() })
    }

    /// The full path that `path` comes to when every re-export on it is followed, and how many of its segments that
    /// took: what is left are parts of a declaration. `None` where it leads nowhere in the workspace.
    fn canonical(&self, path: &[&[Name]]) -> Option<(At, usize)> {
        let length: usize = path.iter().map(|part| part.len()).sum();
        if length > MAX_SEGMENTS {
            return None;
        }
        let mut at = Paths::ROOT;
        let mut rest = path.iter().copied().flatten();
        let mut used = 0;
        while let Some(name) = rest.next() {
            match self.bind(at, name, rest.clone().next()) {
                Some(bound) => at = bound,
                None => return (!self.paths.defs(at).is_empty()).then_some((at, used)),
            }
            used += 1;
        }
        Some((at, length))
    }

    /// What `name` is bound to in the module (or type) `at`: the full path of a declaration or of a module.
    ///
    /// A file of a script lies beside the module that its folder stands for, and is no part of it: what that module
    /// itself binds the name to (`export * from "./orders"`, which has `orders`) goes before, unless it is the file that
    /// has what comes `next`.
    fn bind(&self, at: At, name: &Name, next: Option<&Name>) -> Option<At> {
        let below = self.paths.below(at, name);
        if below.is_some_and(|below| !self.paths.defs(below).is_empty()) {
            return below;
        }
        let module = below.filter(|&below| self.paths.is_module(below));
        let Some(imports) = self.open_imports.get(&at) else { return module };
        if module.is_none() {
            if !self.known.contains(name) {
                return None;
            }
            return memo::bound(&self.generation, (at, name, false), || self.imported(imports, name));
        }
        let of_file = || next.is_some_and(|next| module.is_some_and(|file| self.bind(file, next, None).is_some()));
        if imports.of_script {
            if of_file() {
                return module;
            }
            return memo::bound(&self.generation, (at, name, false), || self.imported(imports, name)).or(module);
        }
        // What an `impl` for an imported type adds stands below the type's name here, and declares none.
        let named = imports.named.contains_key(name);
        let bound =
            named.then(|| memo::bound(&self.generation, (at, name, true), || self.imported_by_name(imports, name)));
        bound.flatten().or(module)
    }

    fn is_script(&self, file: FileId) -> bool {
        has(self.file(file).language, Way::ExportedValues)
    }

    /// What an import of a module binds that name to by naming it.
    fn imported_by_name(&self, imports: &OpenImports, name: &Name) -> Option<At> {
        let named = imports.named.get(name).into_iter().flatten();
        let mut named = named.flat_map(|&(file, number)| self.import_leads(file, number));
        named.find_map(|path| self.whole(path))
    }

    /// What an import of a module binds the name to: a named one, else one behind a glob.
    fn imported(&self, imports: &OpenImports, name: &Name) -> Option<At> {
        if let Some(found) = self.imported_by_name(imports, name) {
            return Some(found);
        }
        let mut globs = imports
            .globs
            .iter()
            .flat_map(|&(file, number)| self.import_leads(file, number).map(move |path| (self.is_script(file), path)));
        globs.find_map(|(script, path)| {
            let file = self.paths.find(path).filter(|&at| script && self.paths.is_module(at));
            self.bind(file.or_else(|| self.whole(path))?, name, None)
        })
    }

    /// The full path of a module or declaration, if the whole of `path` is one.
    fn whole(&self, path: &[Name]) -> Option<At> {
        self.canonical(&[path]).filter(|(_, used)| *used == path.len()).map(|(found, _)| found)
    }

    /// The full paths that an import of a file may lead to.
    fn import_leads(&self, file: FileId, number: usize) -> impl Iterator<Item = &[Name]> {
        let paths = self.leads.get(&file).and_then(|imports| imports.get(number));
        paths.into_iter().flatten().map(Vec::as_slice)
    }

    /// Whether a file stands for that module, or it is the beginning of one that some file stands for.
    pub(super) fn is_module(&self, path: &[Name]) -> bool {
        self.paths.find(path).is_some_and(|at| self.paths.is_module(at))
    }

    /// Whether a module or a type is declared at that path.
    pub(super) fn is_declared(&self, path: &[Name]) -> bool {
        let found = self.paths.find(path);
        found.is_some_and(|at| self.paths.is_module(at) || !self.paths.defs(at).is_empty())
    }

    /// Whether another import of the file may bind the name that `import` begins with.
    pub(super) fn may_bind(&self, file: FileId, import: &Import) -> bool {
        let first = import.path.first();
        self.file(file).facts.imports.iter().any(|other| {
            let own_glob = other.glob
                && other.path.first().is_some_and(|root| matches!(root.as_str(), "self" | "super" | "crate"));
            other.span != import.span && (own_glob || other.alias.is_some() && other.alias.as_ref() == first)
        })
    }

    /// Whether some function of the program bears that name.
    pub(super) fn names_function(&self, name: &Name) -> bool {
        self.bearers.all.get(name).is_some_and(|defs| defs.iter().any(|def| matches!(def, Def::Function(..))))
    }

    /// Whether a call of that name may lead to a function of the program: one is declared by it, or an import or a
    /// framework gives one that name.
    pub(super) fn may_be_called(&self, name: &Name) -> bool {
        self.callable.contains(name)
    }

    /// What the manifests say of packages.
    pub(super) fn targets(&self) -> &Targets {
        &self.targets
    }

    /// The methods of that name on the type of that name, that `from` can see.
    pub(super) fn methods(&self, from: Unit, type_name: &Name, method: &Name) -> Vec<Def> {
        let found = self.types.methods.get(&(type_name.clone(), method.clone()));
        found.map(|defs| self.nearest(from, defs)).unwrap_or_default()
    }

    /// The functions that a type declaration (or an extension) holds.
    pub(super) fn members(&self, file: FileId, index: u32) -> &[u32] {
        self.types.members.get(&(file, index)).map(|members| &members[..]).unwrap_or_default()
    }

    /// All methods of that name that `from` can see, its own and those of what it links alike.
    pub(super) fn visible_methods(&self, from: Unit, method: &Name) -> Vec<Def> {
        self.all_methods(method).filter(|def| self.visible(from, self.file(def.file()).unit)).collect()
    }

    /// All methods of that name.
    pub(super) fn all_methods(&self, method: &Name) -> impl Iterator<Item = Def> + '_ {
        self.types.methods_named.get(method).into_iter().flatten().copied()
    }

    /// The methods of that name that `from` sees best.
    pub(super) fn methods_named(&self, from: Unit, method: &Name) -> Vec<Def> {
        self.types.methods_named.get(method).map(|defs| self.nearest(from, defs)).unwrap_or_default()
    }

    /// All declarations of that bare name that `from` can see.
    pub(super) fn named(&self, from: Unit, name: &Name) -> Vec<Def> {
        self.bearers.all.get(name).map(|defs| self.nearest(from, defs)).unwrap_or_default()
    }

    /// The parts of a type: its declaration, and what extensions in units that see it add.
    pub(super) fn parts(&self, file: FileId, index: u32) -> Vec<(FileId, u32)> {
        let decl = self.type_decl(file, index);
        let home = self.file(file).unit;
        let mut parts = vec![(file, index)];
        for &(other, other_index) in self.types.named.get(&decl.name).into_iter().flatten() {
            let extends = self.type_decl(other, other_index).kind == TypeKind::Extension
                || (self.file(other).module == self.file(file).module
                    && self.type_decl(other, other_index).scope == decl.scope);
            if (other, other_index) != (file, index) && extends && self.visible(self.file(other).unit, home) {
                parts.push((other, other_index));
            }
        }
        parts
    }

    /// The types that name `type_name` as a supertype and that `from` can see.
    pub(super) fn subtypes(&self, from: Unit, type_name: &Name) -> Vec<(FileId, u32)> {
        self.all_subtypes(type_name).filter(|(file, _)| self.visible(from, self.file(*file).unit)).collect()
    }

    /// The same, wherever they are declared.
    pub(super) fn all_subtypes(&self, type_name: &Name) -> impl Iterator<Item = (FileId, u32)> + '_ {
        self.types.below.get(type_name).into_iter().flatten().copied()
    }
}

/// Imports with their numbers in the file.
type Numbered<'a> = Vec<(usize, &'a Import)>;

/// The imports that hold in `scope`: those of the function, innermost first, and those of the modules round it. Where
/// the function is not known, those of all functions count as the last of the outer ones.
fn imports<'a>(unit: &SourceUnit<'a>, scope: &[Name], function: Option<u32>) -> (Numbered<'a>, Numbered<'a>) {
    let facts = unit.facts;
    let span = |function: u32| facts.functions[function as usize].span;
    let mut local: Vec<(usize, (usize, &Import))> = Vec::new();
    let mut outer = Vec::new();
    let mut elsewhere = Vec::new();
    for (numbered, home) in facts.imports.iter().enumerate().zip(&unit.local) {
        let import = numbered.1;
        if !scope.starts_with(&import.scope) {
            continue;
        }
        match (home, function) {
            (None, _) => outer.push(numbered),
            (Some(home), Some(function)) if span(*home).contains(span(function)) => {
                local.push((span(*home).len(), numbered));
            }
            (Some(_), Some(_)) => {}
            // A glob might bind any name: only in its own function it does.
            (Some(_), None) if import.glob => {}
            (Some(_), None) => elsewhere.push(numbered),
        }
    }
    local.sort_by_key(|(length, _)| *length);
    outer.extend(elsewhere);
    (local.into_iter().map(|(_, import)| import).collect(), outer)
}

/// For each import, the innermost function round it.
fn local_imports(facts: &FileFacts) -> Vec<Option<u32>> {
    let functions = || (0u32..).zip(&facts.functions).filter(|(_, function)| function.kind != FunctionKind::TopLevel);
    let home = |import: &Import| {
        let round = functions().filter(|(_, function)| function.span.contains(import.span));
        round.min_by_key(|(_, function)| function.span.len()).map(|(index, _)| index)
    };
    facts.imports.iter().map(home).collect()
}

/// The functions of a file that are declared by a name: a constructor bears the type's name, and does not hide it inside
/// of the type.
pub(super) fn defined(facts: &FileFacts) -> impl Iterator<Item = (u32, &FunctionFact)> {
    let bears_other = |function: &FunctionFact| {
        let owner = function.owner.and_then(|owner| facts.types.get(owner as usize));
        function.kind == FunctionKind::Constructor && owner.is_some_and(|owner| owner.name == function.name)
    };
    (0u32..).zip(&facts.functions).filter(move |(_, function)| function.is_named() && !bears_other(function))
}

/// The globs that hold in all files of a unit.
fn globals(files: &[(FileId, SourceUnit<'_>)]) -> FxHashMap<Unit, Vec<(FileId, usize)>> {
    let mut globals: FxHashMap<Unit, Vec<(FileId, usize)>> = FxHashMap::default();
    for (file, unit) in files.iter().filter(|(_, unit)| has(unit.language, Way::GlobalImports)) {
        let global = unit.facts.imports.iter().enumerate().filter(|(_, import)| import.reexport && import.glob);
        globals.entry(unit.unit).or_default().extend(global.map(|(number, _)| (*file, number)));
    }
    globals
}

fn links(workspace: &Workspace) -> FxHashMap<Unit, FxHashSet<Unit>> {
    let mut links: FxHashMap<Unit, FxHashSet<Unit>> = FxHashMap::default();
    for (index, service) in (0u32..).zip(&workspace.services) {
        // Another service's package that it links is a library to it.
        let others = service.links_services.iter().map(|&other| Unit::Service(other));
        let linked = service.links.iter().map(|&library| Unit::Library(library)).chain(others).collect();
        links.insert(Unit::Service(crate::workspace::ServiceId(index)), linked);
    }
    for (index, library) in (0u32..).zip(&workspace.libraries) {
        let linked = library.links.iter().map(|&library| Unit::Library(library)).collect();
        links.insert(Unit::Library(crate::workspace::LibraryId(index)), linked);
    }
    links
}
