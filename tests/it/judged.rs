//! Cases that a server of its own kind judges: statements with what we say they need.
//!
//! A line `-- = …` above a statement lists what it must need; a line `-- ~ …` what the server does not ask for; a line
//! `-- + …` what it asks for beside. `SNAPSHOTS=overwrite cargo test --test it judge` writes the `=` lines anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::{env, fs};

use bailiwick::sql::{self, Options};
use bailiwick::vocabulary::{Dialect, Part, Privilege, TableName};

use crate::support::project;

/// One privilege on one table, as the lines of the cases name it: `update sales.orders`.
pub(crate) type Need = (Privilege, String);

pub(crate) struct Case {
    /// The 1-based line of the statement in the file.
    pub line: usize,
    pub sql: String,
    dialect: Dialect,
    /// The `=` line, if there is one.
    expected: Option<String>,
    /// The `~` lines: what the server does not ask for at once.
    pub deferred: Vec<String>,
    /// The `+` lines: what the server asks for beside (a refresh runs its query as the owner).
    pub beside: Vec<String>,
}

impl Case {
    /// What we say it needs.
    pub fn needs(&self) -> BTreeSet<Need> {
        let script = sql::analyse(&self.sql, &Options::call(self.dialect));
        script.accesses().map(|access| (access.privilege, quoted(&access.table))).collect()
    }
}

/// A name as SQL, so that it can be put into a GRANT.
fn quoted(name: &TableName) -> String {
    let part = |part: &Part| if part.quoted { format!("\"{}\"", part.text) } else { part.text.to_string() };
    let parts: Vec<String> = name.qualifiers.iter().chain([&name.name]).map(part).collect();
    parts.join(".")
}

pub(crate) fn shown(need: &Need) -> String {
    format!("{} {}", need.0, need.1)
}

/// The cases of the file; a statement ends with a line that ends in `;`.
pub(crate) fn cases(path: &str, dialect: Dialect) -> Vec<Case> {
    let text = fs::read_to_string(project().join(path)).unwrap();
    let mut cases = Vec::new();
    let empty =
        || Case { line: 0, sql: String::new(), dialect, expected: None, deferred: Vec::new(), beside: Vec::new() };
    let mut case = empty();
    let list = |line: &str| line.split(", ").map(|need| need.trim().to_string()).collect::<Vec<_>>();
    for (number, line) in text.lines().enumerate() {
        if let Some(expected) = line.strip_prefix("-- = ") {
            case.expected = Some(expected.to_string());
        } else if let Some(deferred) = line.strip_prefix("-- ~ ") {
            case.deferred = list(deferred);
        } else if let Some(beside) = line.strip_prefix("-- + ") {
            case.beside = list(beside);
        } else if !(line.starts_with("--") || line.is_empty() && case.sql.is_empty()) {
            if case.sql.is_empty() {
                case.line = number + 1;
            }
            case.sql.push_str(line);
            case.sql.push('\n');
            if line.ends_with(';') {
                cases.push(std::mem::replace(&mut case, empty()));
            }
        }
    }
    cases
}

pub(crate) fn needs_line(needs: &BTreeSet<Need>) -> String {
    if needs.is_empty() { "nothing".into() } else { needs.iter().map(shown).collect::<Vec<_>>().join(", ") }
}

/// Whether the privilege is on a table that the statement creates.
pub(crate) fn is_made_here(needs: &BTreeSet<Need>, need: &Need) -> bool {
    need.0 != Privilege::Create && needs.contains(&(Privilege::Create, need.1.clone()))
}

/// Says that nobody judged, and why. Not with `eprintln!`, which the test runner swallows.
pub(crate) fn skipped(test: &str, server: &str, reason: &str) {
    let _ = writeln!(std::io::stderr(), "{test}: skipped, no {server} judged: {reason}");
}

/// Each case once with all that it needs, and once for each need without that one. Nobody can be granted, or lack,
/// anything on a table that the statement itself makes.
pub(crate) fn runs(cases: &[Case]) -> Vec<(usize, Option<Need>)> {
    let mut runs = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let needs = case.needs();
        runs.push((at, None));
        let judged = needs.iter().filter(|need| !is_made_here(&needs, need));
        runs.extend(judged.map(|need| (at, Some(need.clone()))));
    }
    runs
}

/// What a server has said of the runs.
#[derive(Default)]
pub(crate) struct Verdicts {
    wrong: String,
    refused: usize,
}

impl Verdicts {
    /// Adds one run: what the user lacked, the error if there was one, and whether it was for want of a privilege.
    pub(crate) fn add(&mut self, file: &str, case: &Case, lacking: Option<&Need>, error: Option<String>, denied: bool) {
        let problem = match (lacking, error) {
            (None, None) => return,
            (None, Some(error)) => format!("does not pass with what we name ({}): {error}", needs_line(&case.needs())),
            (Some(need), error) if denied == case.deferred.contains(&shown(need)) => {
                let told =
                    if denied { "is asked for, though a `~` line says that it is not" } else { "is not asked for" };
                format!("`{}` {told} ({})", shown(need), error.unwrap_or_default())
            }
            _ => {
                self.refused += 1;
                return;
            }
        };
        let _ = writeln!(self.wrong, "{file}:{}: {}{problem}\n", case.line, case.sql);
    }

    /// Fails if one was wrong, else tells how many were judged.
    pub(crate) fn close(&self, test: &str, cases: usize) {
        assert!(self.wrong.is_empty(), "{}", self.wrong);
        let _ = writeln!(
            std::io::stderr(),
            "{test}: {cases} statements pass with what we name, {} lacks judged as expected",
            self.refused
        );
    }
}

/// Holds what we say of each statement of the file against its `=` line. There are at least so many.
pub(crate) fn holds(file: &str, dialect: Dialect, at_least: usize) {
    let path = project().join(file);
    let cases = cases(file, dialect);
    assert!(cases.len() >= at_least, "{} cases", cases.len());
    if env::var("SNAPSHOTS").is_ok_and(|action| action == "overwrite") {
        fs::write(&path, with_lines(&fs::read_to_string(&path).unwrap(), &cases)).unwrap();
        return;
    }
    let mut wrong = String::new();
    for case in &cases {
        let found = needs_line(&case.needs());
        if case.expected.as_deref() != Some(found.as_str()) {
            let expected = case.expected.as_deref().unwrap_or("no line");
            let _ = writeln!(wrong, "{file}:{}: {}found:    {found}\nexpected: {expected}\n", case.line, case.sql);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The file's text with every `=` line written anew.
fn with_lines(text: &str, cases: &[Case]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for case in cases.iter().rev() {
        lines.insert(case.line - 1, format!("-- = {}", needs_line(&case.needs())));
    }
    let (mut kept, mut after) = (Vec::new(), lines.into_iter().peekable());
    while let Some(line) = after.next() {
        // An old line is followed, sooner or later, by the new one that was just put in.
        let old = line.starts_with("-- = ") && after.peek().is_some_and(|next| next.starts_with("-- "));
        if !old {
            kept.push(line);
        }
    }
    kept.join("\n") + "\n"
}
