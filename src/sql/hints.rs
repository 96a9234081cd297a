//! The dialect that a text gives away where nothing else tells it.

use super::Options;
use crate::vocabulary::Dialect;

/// How much of a text is looked at.
const LOOKED_AT: usize = 64 * 1024;

/// The dialect to read `text` in.
pub(super) fn dialect(text: &str, options: Options) -> Dialect {
    if options.dialect != Dialect::Generic {
        return options.dialect;
    }
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    if options.script
        && let Some(dialect) = dump(head)
    {
        return dialect;
    }
    marked(head).unwrap_or(Dialect::Generic)
}

/// What the programs that write dumps say of themselves.
fn dump(head: &str) -> Option<Dialect> {
    const MARKS: &[(&str, Dialect)] = &[
        ("-- PostgreSQL database dump", Dialect::Postgres),
        ("-- MySQL dump", Dialect::Mysql),
        ("-- MariaDB dump", Dialect::Mysql),
        ("-- phpMyAdmin SQL Dump", Dialect::Mysql),
        ("PRAGMA foreign_keys=OFF;", Dialect::Sqlite),
    ];
    MARKS.iter().find(|(mark, _)| head.contains(mark)).map(|(_, dialect)| *dialect)
}

/// Words and signs that only one dialect has. Only those that change how a text is cut into tokens
/// and statements matter here: what a clause means is read in every dialect.
fn marked(head: &str) -> Option<Dialect> {
    let bytes = head.as_bytes();
    let has = |mark: &str| memchr::memmem::find(bytes, mark.as_bytes()).is_some();
    if has("$$") && (has("plpgsql") || has("LANGUAGE") || has("language") || has("DO $$") || has("do $$")) {
        return Some(Dialect::Postgres);
    }
    if has("\nGO\n") || has("\nGO\r") || has("\ngo\n") || has("[dbo].") {
        return Some(Dialect::Mssql);
    }
    if has("ENGINE=InnoDB") || has("AUTO_INCREMENT") {
        return Some(Dialect::Mysql);
    }
    if has("VARCHAR2(") || has("varchar2(") || has("PLS_INTEGER") {
        return Some(Dialect::Oracle);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_says_what_wrote_it() {
        let ask = |text| dialect(text, Options::script(Dialect::Generic));
        assert_eq!(ask("--\n-- PostgreSQL database dump\n--\n"), Dialect::Postgres);
        assert_eq!(ask("SELECT 1\nGO\n"), Dialect::Mssql);
        assert_eq!(ask("SELECT 1"), Dialect::Generic);
    }

    #[test]
    fn what_is_known_is_not_guessed() {
        assert_eq!(dialect("SELECT 1\nGO\n", Options::script(Dialect::Mysql)), Dialect::Mysql);
    }
}
