//! The rows that a trigger sees, under the names it gives them (`REFERENCING NEW TABLE AS inserted`): in the body of the
//! routine that the trigger runs they stand like tables, and are none.

use rustc_hash::FxHashSet;

use super::{Change, Options, Statement, script};
use crate::vocabulary::{Name, TableName};

/// Which names are rows of a trigger, in which routine.
#[derive(Debug, Default)]
pub struct Transitions(FxHashSet<(Name, Name)>);

impl Transitions {
    /// Those that a text names. The trigger may stand after the routine that it runs.
    pub(super) fn of(text: &str, options: Options) -> Self {
        let mut found = Self::default();
        if mentions(text, b"referencing") {
            script::read(text, options, &mut |statement| {
                statement.definitions.iter().for_each(|definition| found.add(&definition.change));
            });
        }
        found
    }

    /// Takes the accesses back that are of such rows.
    pub(super) fn forget(&self, statement: &mut Statement) {
        if !self.is_empty() {
            statement.accesses.retain(|access| !self.hold(&access.table, access.routine.as_ref()));
        }
    }

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

/// Whether the word stands in the text, whatever its case.
fn mentions(text: &str, word: &[u8]) -> bool {
    let (first, bytes) = (word[0], text.as_bytes());
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), bytes)
        .any(|at| bytes.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word)))
}

/// The last part of a name: a routine and its trigger may be qualified differently.
fn folded(name: &TableName) -> Name {
    name.name.text.to_lowercase().into()
}
