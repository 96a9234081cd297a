//! The integration tests: one binary with a module per subject, since linking is what costs.
//!
//! `cases` and `rule_pages` run data, not code: a new case is a folder in `fixtures/cases`, a new example
//! is a block in a page of `rules/lints`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should stop, and tests read and run what the library may not"
)]

mod adopt;
mod bad_input;
mod boundaries;
mod cache;
mod cache_edits;
mod cases;
mod command_line;
mod documents;
mod frameworks;
mod judge;
mod judge_mariadb;
mod judge_sqlite;
mod judged;
mod lsp;
mod marked;
mod rule_pages;
mod rules;
mod same_answer;
mod schema;
mod shipping;
mod sql_cases;
mod sql_fuzz;
mod sql_hostile;
mod support;
mod tidy;
