//! The statements of a dump, of which each says what a million others say.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use crate::sql::Statement;

/// So many statements of one file that say the same are kept; the places of the others tell nothing more.
const MOST: u32 = 100;

/// How often each thing was said.
#[derive(Default)]
pub(super) struct Repeats(FxHashMap<u64, u32>);

impl Repeats {
    /// Whether a statement is to be kept: it is one of the first that touch these tables in this way, or says
    /// something of names or transactions, whose order counts.
    pub(super) fn admit(&mut self, statement: &Statement) -> bool {
        if !statement.definitions.is_empty() || statement.transaction.is_some() {
            return true;
        }
        let count = self.0.entry(key(statement)).or_default();
        *count = count.saturating_add(1);
        *count <= MOST
    }
}

/// What a statement says, but for where and of which values.
fn key(statement: &Statement) -> u64 {
    let mut hasher = FxHasher::default();
    (&statement.kind, statement.partial).hash(&mut hasher);
    for access in &statement.accesses {
        (&access.table, access.privilege, access.partial, access.routine.is_some()).hash(&mut hasher);
    }
    for opaque in &statement.opaque {
        (opaque.reason, opaque.privilege, &opaque.prefix).hash(&mut hasher);
    }
    for call in &statement.calls {
        call.name.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::extract::from_sql;
    use crate::vocabulary::Dialect;

    fn kept(text: &str) -> usize {
        from_sql(text, Dialect::Postgres).script.unwrap().script.statements.len()
    }

    #[test]
    fn a_dump_is_kept_in_part_and_what_differs_whole() {
        let inserts: String = (0..1_000).map(|row| format!("INSERT INTO a VALUES ({row});\n")).collect();
        assert_eq!(kept(&inserts), MOST as usize);
        assert_eq!(kept(&format!("{inserts}INSERT INTO b VALUES (1); DELETE FROM a;")), MOST as usize + 2);
        let told = from_sql(&inserts, Dialect::Postgres).problems;
        assert!(told[0].message.starts_with("900 more statements"), "{told:?}");
        let tables: String = (0..200).map(|_| "CREATE TABLE t (a int); DROP TABLE t;\n").collect();
        assert_eq!(kept(&tables), 400);
    }
}
