//! Our own SQL cases: what each statement touches, and that the place of each access is right to the byte, also
//! in a text with many-byte characters, tabs, CRLF and a byte order mark.

use std::fmt::Write as _;
use std::fs;

use bailiwick::sql::{self, Options, Script};
use bailiwick::vocabulary::{Dialect, TableName};

use crate::support::project;

struct Case {
    file: &'static str,
    line: usize,
    dialect: Dialect,
    expected: String,
    sql: String,
}

const FILES: &[(&str, Dialect)] = &[
    ("generic.sql", Dialect::Generic),
    ("mysql.sql", Dialect::Mysql),
    ("mssql.sql", Dialect::Mssql),
    ("oracle.sql", Dialect::Oracle),
    ("postgres.sql", Dialect::Postgres),
    ("others.sql", Dialect::Generic),
];

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for &(file, mut dialect) in FILES {
        let text = fs::read_to_string(project().join("fixtures/sql").join(file)).unwrap();
        let mut open = false;
        for (number, line) in text.lines().enumerate() {
            if let Some(expected) = line.strip_prefix("--= ") {
                open = true;
                cases.push(Case { file, line: number + 1, dialect, expected: expected.to_owned(), sql: String::new() });
            } else if let Some(name) = line.strip_prefix("--@ ") {
                dialect = Dialect::from_name(name).unwrap();
                open = false;
            } else if let (true, Some(case)) = (open, cases.last_mut()) {
                case.sql.push_str(line);
                case.sql.push('\n');
            }
        }
    }
    cases
}

/// What was found, as the `--=` lines have it.
fn found(script: &Script) -> String {
    let accesses: Vec<String> =
        script.accesses().map(|access| format!("{} {}", access.privilege, access.table)).collect();
    let mut line = if accesses.is_empty() { "nothing".to_owned() } else { accesses.join(", ") };
    let opaque: usize = script.statements.iter().map(|statement| statement.opaque.len()).sum();
    if opaque > 0 {
        let _ = write!(line, " | opaque {opaque}");
    }
    if script.statements.iter().any(|statement| statement.partial) {
        line.push_str(" | partial");
    }
    line
}

fn analyse(case: &Case, text: &str) -> Script {
    sql::analyse(text, &Options::script(case.dialect))
}

#[test]
fn each_case_touches_what_its_line_says() {
    let cases = cases();
    assert!(cases.len() >= 300, "{} cases", cases.len());
    let mut wrong = String::new();
    for case in &cases {
        let found = found(&analyse(case, &case.sql));
        if found != case.expected {
            let _ = writeln!(
                wrong,
                "{}:{}\n{}found:    {found}\nexpected: {}\n",
                case.file, case.line, case.sql, case.expected
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A name without the quotes and blanks that may stand in it.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '"' | '`' | '[' | ']' | '\'' | ' ' | '\t' | '\r' | '\n')).collect()
}

/// Whether `written` is how the name may stand in the text.
fn names(written: &str, table: &TableName) -> bool {
    let (written, name) = (plain(written).replace("..", "."), plain(&table.to_string()));
    // Where a qualifier is not known, only the rest of the name is told.
    // A dbt source names its schema elsewhere.
    written == name || written.ends_with(&format!(".{name}")) || name.ends_with(&format!(".{written}"))
}

#[test]
fn each_place_is_right_to_the_byte() {
    for case in &cases() {
        let plain = analyse(case, &case.sql);
        for (variant, text) in variants(&case.sql) {
            let script = analyse(case, &text);
            assert_eq!(found(&script), found(&plain), "{variant} {}:{}\n{text}", case.file, case.line);
            for access in script.accesses() {
                let written = text.get(access.span.range());
                let right = written.is_some_and(|written| names(written, &access.table));
                assert!(right, "{variant} {}:{}: {written:?} is not {}\n{text}", case.file, case.line, access.table);
            }
            for statement in &script.statements {
                assert!(text.get(statement.span.range()).is_some(), "{variant} {}:{}", case.file, case.line);
                assert!(statement.opaque.iter().all(|opaque| text.get(opaque.span.range()).is_some()));
                assert!(statement.definitions.iter().all(|definition| text.get(definition.span.range()).is_some()));
            }
        }
    }
}

/// The judged cases as whole files: what stands before a statement, of whatever characters, moves its places and
/// nothing else.
#[test]
fn each_place_is_right_in_a_whole_file() {
    let judged = [("postgres", Dialect::Postgres), ("mariadb", Dialect::Mysql), ("sqlite", Dialect::Sqlite)];
    for (server, dialect) in judged {
        let file = fs::read_to_string(project().join(format!("tests/it/{server}/cases.sql"))).unwrap();
        let plain = found(&sql::analyse(&file, &Options::script(dialect)));
        for (variant, text) in variants(&file) {
            let script = sql::analyse(&text, &Options::script(dialect));
            assert_eq!(found(&script), plain, "{variant} {server}");
            assert!(script.accesses().count() > 80, "{server}");
            for access in script.accesses() {
                let written = text.get(access.span.range());
                let right = written.is_some_and(|written| names(written, &access.table));
                assert!(right, "{variant} {server}: {written:?} is not {}", access.table);
            }
        }
    }
}

/// The text with what makes places hard to count.
fn variants(sql: &str) -> Vec<(&'static str, String)> {
    vec![
        ("plain", sql.to_owned()),
        ("crlf", sql.replace('\n', "\r\n")),
        ("bom", format!("\u{feff}{sql}")),
        ("wide", format!("/* ключ 注文 🦀 */\n{sql}")),
        ("tabs", format!("\t\t-- é\n\t{sql}")),
        ("between", sql.replace(", ", ",\t/* é🦀 */ ")),
    ]
}

#[test]
fn the_same_statement_in_another_layout_has_the_same_hash() {
    let hash = |text: &str| sql::analyse(text, &Options::default()).statements[0].normalised;
    assert_eq!(hash("SELECT a FROM t WHERE x = 1"), hash("select  a\n\tfrom t -- note\n where x = ?"));
    assert_eq!(hash("SELECT a FROM t WHERE x IN (1, 2)"), hash("SELECT a FROM t WHERE x IN ($1, $2, $3)"));
    assert_ne!(hash("SELECT a FROM t"), hash("SELECT a FROM u"));
}
