//! From a file's outline, or its SQL, to its facts.

use rustc_hash::FxHashSet;

use super::repeats::Repeats;
use super::{FileFacts, Script, Template, flow};
use crate::source::Span;
use crate::sql;
use crate::syntax::outline::{Directive, Outline, SyntaxProblem};
use crate::vocabulary::{Dialect, Name};

/// The facts of a file of code. `builders` are the names of methods, functions and macros that change an object
/// in place (the frameworks' [`crate::frameworks::LanguageIndex::builders`]).
#[must_use]
pub fn from_outline(outline: Outline, builders: &FxHashSet<Name>) -> FileFacts {
    let mut facts = flow::facts(outline, builders);
    // They stay until the end of the run, and grew by doubling.
    facts.nodes.shrink_to_fit();
    facts.calls.shrink_to_fit();
    facts.functions.shrink_to_fit();
    facts.types.shrink_to_fit();
    facts
}

/// The facts of a file of SQL.
#[must_use]
pub fn from_sql(text: &str, dialect: Dialect) -> FileFacts {
    let mut repeats = Repeats::default();
    let mut statements = Vec::new();
    let (mut left_out, mut first) = (0_usize, None);
    let script = sql::analyse_each(text, &sql::Options::script(dialect), |mut statement| {
        if repeats.admit(&statement) {
            statement.accesses.shrink_to_fit();
            statements.push(statement);
        } else {
            left_out += 1;
            first.get_or_insert(statement.span);
        }
    });
    statements.shrink_to_fit();
    let script = sql::Script { statements, ..script };
    let template = template(text, &script);
    let told = |span| SyntaxProblem {
        span,
        message: format!("{left_out} more statements touch what earlier ones touch; their places are not kept"),
    };
    FileFacts {
        problems: first.map(told).into_iter().collect(),
        script: Some(Script { script, rollback: rollback_halves(text), template }),
        directives: sql_directives(text),
        ..FileFacts::default()
    }
}

/// A file of `SQLDelight`: its statements have names, `selectAll:` before one, `upsert { … }` round several.
#[must_use]
pub fn from_labelled_sql(text: &str, dialect: Dialect) -> FileFacts {
    let mut plain = String::with_capacity(text.len());
    let mut before = String::new();
    for line in text.split_inclusive('\n') {
        let start = line.len() - line.trim_start().len();
        let name: String = line[start..].chars().take_while(|ch| ch.is_ascii_alphanumeric() || *ch == '_').collect();
        let rest = line[start + name.len()..].trim_start();
        let begins = before.is_empty() || before.ends_with([';', '{', '}', ':']);
        let label = rest.starts_with(':') && !rest.starts_with("::") || rest.trim() == "{";
        let length = if begins && !name.is_empty() && label {
            line.len() - rest.len() + 1
        } else if line.trim() == "}" || begins && name == "import" {
            line.trim_end().len()
        } else {
            0
        };
        // A `;` ends what stands before, so that each statement begins anew.
        if length > 0 {
            plain.extend(std::iter::repeat_n(' ', length - 1));
            plain.push(';');
        }
        plain.push_str(&line[length..]);
        let code = line.split("--").next().unwrap_or_default().trim();
        if !code.is_empty() {
            code.clone_into(&mut before);
        }
    }
    let facts = from_sql(&plain, dialect);
    FileFacts { directives: sql_directives(text), ..facts }
}

/// What a file says of itself as a template of dbt's.
fn template(text: &str, script: &sql::Script) -> Template {
    let Some(first) = script.statements.first() else { return Template::default() };
    let start = after_tags(text, first.span.start as usize);
    let length = text[start..].find(|letter: char| !letter.is_alphanumeric()).unwrap_or(text.len() - start);
    let head = Span::new(start, start + length);
    let Some(config) = text.find("config(") else {
        return Template { head, snapshot: snapshot(text), ..Template::default() };
    };
    let given = |key: &str| {
        let rest = &text[config..];
        let rest = rest[..rest.find("}}").unwrap_or(rest.len())].split(key).nth(1)?.trim_start().strip_prefix('=')?;
        let mut parts = rest.trim_start().split(['\'', '"']);
        parts.next().filter(|before| before.is_empty()).and_then(|_| parts.next()).map(Name::from)
    };
    let ephemeral = given("materialized").is_some_and(|how| how == "ephemeral");
    Template { head, alias: given("alias"), snapshot: snapshot(text), ephemeral }
}

/// Where the first thing stands behind the template's own tags.
fn after_tags(text: &str, mut at: usize) -> usize {
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start().len();
        let closing = match text[at..].get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => return at,
        };
        let Some(end) = text[at..].find(closing) else { return at };
        at += end + 2;
    }
}

/// The name in `{% snapshot orders_snapshot %}`.
fn snapshot(text: &str) -> Option<Name> {
    let mut tags = text.split("{%").skip(1).map(|tag| tag.trim_start_matches('-').split_whitespace());
    tags.find_map(|mut words| (words.next()? == "snapshot").then(|| words.next().map(Name::from))?)
}

/// The down halves of a migration file that holds both: from a line such as `-- +goose Down` (goose, sql-migrate),
/// `-- migrate:down` (dbmate), `--//@UNDO` (MyBatis) to the next line that begins an up half, or the end.
fn rollback_halves(text: &str) -> Vec<Span> {
    let mut halves = Vec::new();
    let mut open = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if let Some(mark) = trimmed.strip_prefix("--") {
            let mark = mark.trim_start().to_ascii_lowercase();
            let is = |words: &[&str]| words.iter().any(|word| mark.starts_with(word));
            if is(&["+goose down", "+migrate down", "migrate:down", "//@undo", "+micrate down", "!down"]) {
                open.get_or_insert(at);
            } else if is(&["+goose up", "+migrate up", "migrate:up", "+micrate up", "!up"])
                && let Some(start) = open.take()
            {
                halves.push(Span::new(start, at));
            }
        }
        at += line.len();
    }
    halves.extend(open.map(|start| Span::new(start, at)));
    halves
}

/// Comments of SQL that speak to this program.
#[must_use]
pub fn sql_directives(text: &str) -> Vec<Directive> {
    let finder = memchr::memmem::Finder::new("bailiwick:");
    let found = finder.find_iter(text.as_bytes()).filter_map(|start| {
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let before = &text[line_start..start];
        if !before.contains("--") && !before.contains("/*") && !before.contains('#') {
            return None;
        }
        let line = text[start..].lines().next().unwrap_or_default();
        let line = line.split("*/").next().unwrap_or_default().trim_end();
        Some(Directive { text: line.to_owned(), span: Span::new(start, start + line.len()) })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn down_halves_are_found() {
        let text = "-- +goose Up\nCREATE TABLE a ();\n-- +goose Down\nDROP TABLE a;\n";
        let halves = rollback_halves(text);
        assert_eq!(halves.len(), 1);
        assert!(text[halves[0].range()].contains("DROP TABLE a"));
        assert!(rollback_halves("-- a note on going down\nSELECT 1").is_empty());
    }

    #[test]
    fn directives_stand_in_comments_only() {
        let found = sql_directives("SELECT 1; -- bailiwick: allow(foreign-read) report\nSELECT 'bailiwick: allow(x)'");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, "bailiwick: allow(foreign-read) report");
    }
}
