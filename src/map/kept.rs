//! The types that others keep: repositories say of which type they are by what they derive from.

use rustc_hash::FxHashSet;

use super::program::Program;
use super::types::Ty;
use crate::facts::TypeFact;
use crate::frameworks::model;
use crate::source::FileId;
use crate::syntax::outline::TypeKind;
use crate::vocabulary::Name;

impl Program<'_> {
    /// Finds the types that others keep: `OrderRepository extends CrudRepository<Order, Long>`, through types of the
    /// workspace too.
    pub(super) fn find_kept(&mut self) {
        let mut wanted: FxHashSet<Name> = FxHashSet::default();
        for framework in &self.frameworks.all {
            let names = framework.entities.iter().flat_map(|rule| &rule.kept_by);
            wanted.extend(names.filter_map(|name| model::segments(name).pop()));
        }
        if wanted.is_empty() {
            return;
        }
        let mut kept = FxHashSet::default();
        for file in self.symbols.file_ids() {
            for (index, decl) in (0u32..).zip(&self.symbols.file(file).facts.types) {
                if decl.bases.iter().all(|base| base.args.is_empty()) {
                    continue;
                }
                let ty = Ty { decls: vec![(file, index)], ..Ty::default() };
                let lineage = self.lineage(&ty);
                let keepers = lineage.iter().flat_map(|&(file, index)| {
                    let bases = self.symbols.type_decl(file, index).bases.iter();
                    bases.filter_map(|base| base.path.last().filter(|name| wanted.contains(*name)).cloned())
                });
                let keepers: Vec<Name> = keepers.collect();
                let Some(of) = (!keepers.is_empty()).then(|| self.bound_argument(file, decl)).flatten() else {
                    continue;
                };
                for (file, index) in of.decls {
                    kept.extend(keepers.iter().map(|keeper| (keeper.clone(), file, index)));
                }
            }
        }
        self.entities.kept = kept;
    }

    /// The first argument of a type's supertypes that is a declared type: what a repository is of.
    fn bound_argument(&self, file: FileId, decl: &TypeFact) -> Option<Ty> {
        let mut scope = decl.scope.clone();
        scope.push(decl.name.clone());
        let generic = |name: &Name| decl.generics.iter().any(|generic| generic.name == *name);
        let args = decl.bases.iter().flat_map(|base| &base.args);
        let stated = args.filter(|arg| !arg.path.last().is_some_and(generic));
        let types = stated.map(|arg| self.type_ref(file, &scope, arg, 0));
        types.into_iter().find(|ty| {
            ty.decls.first().is_some_and(|&(file, index)| {
                matches!(self.symbols.type_decl(file, index).kind, TypeKind::Class | TypeKind::Struct)
            })
        })
    }
}
