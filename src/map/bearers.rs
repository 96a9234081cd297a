//! Declarations by their bare names.

use rustc_hash::{FxHashMap, FxHashSet};

use super::symbols::{Def, SourceUnit, defined};
use crate::source::FileId;
use crate::vocabulary::Name;

/// Who bears a name.
#[derive(Default)]
pub(super) struct Bearers {
    pub all: FxHashMap<Name, Vec<Def>>,
    /// The names that a function is declared by.
    pub callable: FxHashSet<Name>,
}

impl Bearers {
    pub(super) fn of(files: &[(FileId, SourceUnit<'_>)]) -> Self {
        let mut bearers = Self::default();
        for (file, unit) in files {
            for (index, decl) in (0u32..).zip(&unit.facts.types).filter(|(_, decl)| decl.is_declared(unit.language)) {
                bearers.all.entry(decl.name.clone()).or_default().push(Def::Type(*file, index));
            }
            for (index, function) in defined(unit.facts) {
                bearers.callable.insert(function.name.clone());
                bearers.all.entry(function.name.clone()).or_default().push(Def::Function(*file, index));
            }
            for (index, value) in (0u32..).zip(&unit.facts.values) {
                bearers.all.entry(value.name.clone()).or_default().push(Def::Value(*file, index));
            }
        }
        bearers
    }
}

/// Types, and the functions they hold, by name.
#[derive(Default)]
pub(super) struct Types {
    /// Type declarations by name, extensions included.
    pub named: FxHashMap<Name, Vec<(FileId, u32)>>,
    /// Types by the names of their supertypes.
    pub below: FxHashMap<Name, Vec<(FileId, u32)>>,
    /// The functions of each type declaration.
    pub members: FxHashMap<(FileId, u32), Vec<u32>>,
    /// Methods by type name and method name.
    pub methods: FxHashMap<(Name, Name), Vec<Def>>,
    /// Methods by name alone.
    pub methods_named: FxHashMap<Name, Vec<Def>>,
}

impl Types {
    pub(super) fn of(files: &[(FileId, SourceUnit<'_>)]) -> Self {
        let mut types = Self::default();
        for (file, unit) in files {
            types.add(*file, unit);
        }
        types
    }

    fn add(&mut self, file: FileId, unit: &SourceUnit<'_>) {
        let facts = unit.facts;
        for (index, decl) in (0u32..).zip(&facts.types) {
            self.named.entry(decl.name.clone()).or_default().push((file, index));
            for name in decl.bases.iter().filter_map(|base| base.path.last()) {
                self.below.entry(name.clone()).or_default().push((file, index));
            }
        }
        for (index, function) in (0u32..).zip(&facts.functions) {
            if let Some(owner) = function.owner {
                self.members.entry((file, owner)).or_default().push(index);
            }
            if !function.is_named() {
                continue;
            }
            let def = Def::Function(file, index);
            if let Some(owner) = function.owner.and_then(|owner| facts.types.get(owner as usize)) {
                self.methods.entry((owner.name.clone(), function.name.clone())).or_default().push(def);
                self.methods_named.entry(function.name.clone()).or_default().push(def);
            }
        }
    }
}
