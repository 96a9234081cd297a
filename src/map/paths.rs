//! The full paths of all declarations, as a tree: a path is a place in it, so that following one name costs one look-up
//! however long the path is.

use rustc_hash::FxHashMap;

use super::symbols::{Def, SourceUnit, defined};
use crate::facts::FileFacts;
use crate::source::FileId;
use crate::vocabulary::Name;

/// A full path: its place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct At(u32);

/// What is known of one full path.
struct Entry {
    /// The path without its last name, and that name.
    above: At,
    name: Name,
    /// The declarations that bear it.
    defs: Vec<Def>,
    /// Whether a file stands for it, or declarations stand in it.
    is_module: bool,
    /// Whether a framework derives it from a declaration.
    is_alias: bool,
}

/// The tree of all full paths.
pub(super) struct Paths {
    entries: Vec<Entry>,
    below: FxHashMap<(At, Name), At>,
}

impl Paths {
    /// The empty path.
    pub(super) const ROOT: At = At(0);

    /// The paths that files declare.
    pub(super) fn of(files: &[(FileId, SourceUnit<'_>)]) -> Self {
        let root = Entry {
            above: Self::ROOT,
            name: Name::default(),
            defs: Vec::new(),
            is_module: !files.is_empty(),
            is_alias: false,
        };
        let mut paths = Self { entries: vec![root], below: FxHashMap::default() };
        for (file, unit) in files {
            paths.add(*file, unit);
        }
        paths
    }

    fn add(&mut self, file: FileId, unit: &SourceUnit<'_>) {
        let facts: &FileFacts = unit.facts;
        let mut module = Self::ROOT;
        for name in &unit.module {
            module = self.make(module, name);
            self.entry(module).is_module = true;
        }
        for (index, decl) in (0u32..).zip(&facts.types) {
            let scope = self.make_module(module, &decl.scope);
            if decl.is_declared(unit.language) {
                self.define(scope, &decl.name, Def::Type(file, index));
            }
        }
        for (index, function) in defined(facts) {
            let scope = self.make_module(module, &function.scope);
            self.define(scope, &function.name, Def::Function(file, index));
        }
        for (index, value) in (0u32..).zip(&facts.values) {
            let scope = self.make_module(module, &value.scope);
            self.define(scope, &value.name, Def::Value(file, index));
        }
        // A module inside the file may hold nothing but imports (a prelude).
        for import in &facts.imports {
            let mut at = module;
            for name in &import.scope {
                at = self.make(at, name);
                self.entry(at).is_module = true;
            }
        }
    }

    fn entry(&mut self, at: At) -> &mut Entry {
        &mut self.entries[at.0 as usize]
    }

    fn make(&mut self, above: At, name: &Name) -> At {
        let Self { entries, below } = self;
        *below.entry((above, name.clone())).or_insert_with(|| {
            let at = At(u32::try_from(entries.len()).unwrap_or(u32::MAX));
            entries.push(Entry { above, name: name.clone(), defs: Vec::new(), is_module: false, is_alias: false });
            at
        })
    }

    fn make_module(&mut self, from: At, scope: &[Name]) -> At {
        let at = scope.iter().fold(from, |at, name| self.make(at, name));
        self.entry(at).is_module = true;
        at
    }

    fn define(&mut self, scope: At, name: &Name, def: Def) {
        let at = self.make(scope, name);
        self.entry(at).defs.push(def);
    }

    /// Makes `path` one more name of a declaration, unless the source declares something under that name itself.
    pub(super) fn alias(&mut self, path: &[Name], def: Def) -> bool {
        let mut at = Self::ROOT;
        for name in path {
            self.entry(at).is_module = true;
            at = self.make(at, name);
        }
        let entry = self.entry(at);
        let new = entry.defs.is_empty();
        if new {
            entry.defs.push(def);
            entry.is_alias = true;
        }
        new
    }

    /// The place of a path, if it is one.
    pub(super) fn find(&self, path: &[Name]) -> Option<At> {
        path.iter().try_fold(Self::ROOT, |at, name| self.below(at, name))
    }

    /// The path that is one name longer.
    pub(super) fn below(&self, at: At, name: &Name) -> Option<At> {
        self.below.get(&(at, name.clone())).copied()
    }

    /// The names of a path.
    pub(super) fn names(&self, at: At) -> Vec<Name> {
        let mut names = Vec::new();
        let mut at = at;
        while at != Self::ROOT {
            let entry = &self.entries[at.0 as usize];
            names.push(entry.name.clone());
            at = entry.above;
        }
        names.reverse();
        names
    }

    /// The declarations that bear a path.
    pub(super) fn defs(&self, at: At) -> &[Def] {
        &self.entries[at.0 as usize].defs
    }

    /// Whether a file stands for it, or declarations stand in it.
    pub(super) fn is_module(&self, at: At) -> bool {
        self.entries[at.0 as usize].is_module
    }

    /// Whether a framework derives it from a declaration.
    pub(super) fn is_alias(&self, at: At) -> bool {
        self.entries[at.0 as usize].is_alias
    }

    /// The last name of every module.
    pub(super) fn module_names(&self) -> impl Iterator<Item = &Name> {
        self.entries.iter().skip(1).filter(|entry| entry.is_module).map(|entry| &entry.name)
    }
}
