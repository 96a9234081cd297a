//! Rules from the map to findings; then levels, grants, inline allows and the baseline, in one place.
//!
//! A rule is a pure function. It says what is so; whether that is permitted, and how much it weighs,
//! is the [`sink`]'s to say. The rules that judge the permissions themselves (an allow that allows
//! nothing) run after the rest has been judged.
//!
//! Invariant: a rule reads the map and the config and nothing else; no rule knows another's findings,
//! but for what the sink tells of permissions that were used.

pub mod allows;
pub mod boundary;
pub mod context;
pub mod finding;
pub mod fingerprint;
pub mod grants;
pub mod names;
pub mod sink;

pub mod contested_table;
pub mod cross_owner_join;
pub mod cross_owner_reference;
pub mod cross_owner_transaction;
pub mod expired_grant;
pub mod foreign_ddl;
pub mod foreign_read;
pub mod foreign_write;
pub mod opaque_sql;
pub mod shared_database;
pub mod stale_baseline;
pub mod unassigned_access;
pub mod unowned_table;
pub mod unused_allow;
pub mod unused_grant;
pub mod wildcard_grant;

#[cfg(test)]
pub(crate) mod testing;

use crate::config::Level;

pub use context::{Context, Input};
pub use finding::Finding;
pub use sink::{Outcome, Permission, Reported, Suppression, run};

/// When a rule can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// From the map and the config alone.
    Map,
    /// After the others' findings have been judged: it speaks of permissions that were not used, and so
    /// only in runs that report the whole root.
    Permissions,
}

/// A rule: what it is called, how much it weighs, what it says of itself, and its check.
pub struct Rule {
    /// Kebab-case, named after the offence.
    pub name: &'static str,
    /// Its level where the config does not set one.
    pub default_level: Level,
    /// When it fires, in half a line.
    pub summary: &'static str,
    /// Its page: `explain`'s text, the web page and a test at once.
    pub page: &'static str,
    /// When it can be asked.
    pub stage: Stage,
    /// The findings, in any order.
    pub check: fn(&Context<'_>) -> Vec<Finding>,
}

macro_rules! rule {
    ($name:literal, $module:ident, $level:ident, $stage:ident, $summary:literal) => {
        Rule {
            name: $name,
            default_level: Level::$level,
            summary: $summary,
            page: include_str!(concat!("../rules/lints/", $name, ".md")),
            stage: Stage::$stage,
            check: $module::check,
        }
    };
}

/// Every rule, in the order they are listed. Names, levels, config keys, help and pages derive from it.
pub static RULES: &[Rule] = &[
    rule!("foreign-read", foreign_read, Error, Map, "a service reads a table it does not own"),
    rule!("foreign-write", foreign_write, Error, Map, "a service writes to, or locks rows of, a table it does not own"),
    rule!("foreign-ddl", foreign_ddl, Error, Map, "a service creates, alters or drops a table it does not own"),
    rule!(
        "cross-owner-reference",
        cross_owner_reference,
        Error,
        Map,
        "a foreign key leads to a table of another owner"
    ),
    rule!("cross-owner-join", cross_owner_join, Warn, Map, "one statement joins tables of two owners without leave"),
    rule!("cross-owner-transaction", cross_owner_transaction, Warn, Map, "one transaction writes tables of two owners"),
    rule!("contested-table", contested_table, Error, Map, "two services create or claim the same table"),
    rule!("unowned-table", unowned_table, Warn, Map, "a table is touched that nobody owns"),
    rule!(
        "shared-database",
        shared_database,
        Off,
        Map,
        "two services connect to one database without schemas of their own"
    ),
    rule!("opaque-sql", opaque_sql, Note, Map, "a statement cannot be known from the source"),
    rule!("unassigned-access", unassigned_access, Warn, Map, "code that belongs to no service touches a table"),
    rule!("expired-grant", expired_grant, Error, Map, "a grant has lapsed"),
    rule!(
        "wildcard-grant",
        wildcard_grant,
        Note,
        Map,
        "a grant's wildcard takes in a table that the owner never named"
    ),
    rule!("unused-grant", unused_grant, Warn, Permissions, "a grant permits nothing that still happens"),
    rule!("unused-allow", unused_allow, Error, Permissions, "an inline allow permits nothing, or is not a valid one"),
    rule!("stale-baseline", stale_baseline, Error, Permissions, "a baseline entry matches no finding"),
];

impl Rule {
    /// Whether it speaks of what code does. The others speak of permissions, and theirs to mend is the
    /// permission: no baseline excuses them.
    #[must_use]
    pub fn speaks_of_code(&self) -> bool {
        self.stage == Stage::Map && self.name != expired_grant::NAME
    }
}

/// The rule of that name.
#[must_use]
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// The names of all rules, in the order they are listed.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod registry {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_unique() {
        let mut names: Vec<_> = rule_names().collect();
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase())));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
    }

    #[test]
    fn every_page_begins_with_its_rule() {
        for rule in RULES {
            assert!(rule.page.starts_with(&format!("# {}", rule.name)), "{}", rule.name);
        }
    }
}
