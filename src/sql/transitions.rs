//! The rows that a trigger sees, under the names it gives them (`REFERENCING NEW TABLE AS inserted`): in the body of the
//! routine that the trigger runs they stand like tables, and are none.

use rustc_hash::FxHashSet;

use super::{Access, Change, Statement};
use crate::vocabulary::{Name, TableName};

/// Which names are rows of a trigger, in which routine.
#[derive(Debug, Default)]
pub struct Transitions(FxHashSet<(Name, Name)>);

impl Transitions {
    /// Takes in what a definition says of them.
    pub fn add(&mut self, change: &Change) {
        if let Change::Trigger { routine: Some(routine), transitions, .. } = change {
            self.0.extend(transitions.iter().map(|name| (folded(routine), name.to_lowercase().into())));
        }
    }

    /// Whether none is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the name is of such rows, in the body of that routine.
    #[must_use]
    pub fn hold(&self, table: &TableName, routine: Option<&TableName>) -> bool {
        let Some(routine) = routine.filter(|_| !self.0.is_empty() && table.qualifiers.is_empty()) else { return false };
        self.0.contains(&(folded(routine), folded(table)))
    }
}

/// The last part of a name: a routine and its trigger may be qualified differently.
fn folded(name: &TableName) -> Name {
    name.name.text.to_lowercase().into()
}

/// Takes the accesses back that are of such rows, as far as one text tells.
pub(super) fn forget(statements: &mut [Statement]) {
    let mut known = Transitions::default();
    for definition in statements.iter().flat_map(|statement| &statement.definitions) {
        known.add(&definition.change);
    }
    if known.is_empty() {
        return;
    }
    for statement in statements {
        statement.accesses.retain(|access: &Access| !known.hold(&access.table, access.routine.as_ref()));
    }
}
