//! Whether a text is SQL at all. Most texts that are asked about are not: the first word decides, then
//! the structure that only statements have, and at last whether the text parses.

use std::ops::ControlFlow;

use sqlparser::ast::{Statement as Parsed, visit_relations};
use sqlparser::dialect::{
    Dialect as Grammar, GenericDialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect,
};
use sqlparser::parser::{Parser, ParserOptions};

use super::keywords::Key;
use super::lexer::{Kind, Token};
use super::split::Splitter;
use super::{Likelihood, Options, analyse};
use crate::vocabulary::Dialect;

/// Longer texts are not parsed to find out: their structure tells.
const MOST_PARSED: usize = 20_000;

/// More tokens than this, or deeper nesting, is nothing for a recursive parser.
const MOST_TOKENS: usize = 3_000;
const DEEPEST: usize = 24;

/// How much `text` looks like SQL.
pub(super) fn of(text: &str) -> Likelihood {
    let first = first_word(text);
    if !begins(Key::of(first)) {
        return Likelihood::No;
    }
    let mut splitter = Splitter::new(text, Dialect::Generic, false);
    if !splitter.advance() {
        return Likelihood::No;
    }
    let tokens = std::mem::take(&mut splitter.tokens);
    if !has_structure(text, &tokens) {
        // A fragment such as `SELECT id, ` is what builders are made of: it may be SQL, prose is not.
        return if reads_like_prose(text, &tokens) { Likelihood::No } else { Likelihood::Maybe };
    }
    let script = analyse(text, &Options::call(Dialect::Generic));
    let whole = script.problems.is_empty() && script.statements.iter().all(|statement| !statement.partial);
    let names =
        script.statements.iter().any(|statement| !statement.accesses.is_empty() || !statement.opaque.is_empty());
    if !whole || !names {
        return Likelihood::Maybe;
    }
    if reads_like_prose(text, &tokens) || is_headline(first, &tokens) || !parses(text, &tokens) {
        return Likelihood::Maybe;
    }
    Likelihood::Unmistakable
}

/// The first word of a text, comments and parentheses before it left out.
fn first_word(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(' || c == '\u{feff}');
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.find('\n').map_or("", |end| &comment[end..]);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
        } else {
            break;
        }
    }
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    &rest[..end]
}

fn begins(key: Key) -> bool {
    matches!(
        key,
        Key::Select
            | Key::With
            | Key::Insert
            | Key::Update
            | Key::Delete
            | Key::Merge
            | Key::Replace
            | Key::Upsert
            | Key::Create
            | Key::Alter
            | Key::Drop
            | Key::Truncate
            | Key::Copy
            | Key::Grant
            | Key::Revoke
            | Key::Lock
            | Key::Call
            | Key::Exec
            | Key::Execute
            | Key::Explain
            | Key::Rename
            | Key::Comment
            | Key::Refresh
            | Key::Vacuum
            | Key::Analyze
            | Key::Do
            | Key::Declare
            | Key::Begin
            | Key::Load
            | Key::If
            | Key::Set
            | Key::Use
    )
}

/// Whether the words that make a statement of its kind are all there, each in its place.
fn has_structure(text: &str, tokens: &[Token]) -> bool {
    let start = tokens.iter().position(|token| token.kind != Kind::Open).unwrap_or(0);
    let key = |at: usize| tokens.get(start + at).map_or(Key::None, |token| token.key);
    let name = |at: usize| tokens.get(start + at).is_some_and(|token| token.is_name() || token.is_unknown());
    let after = |at: usize, keys: &[Key]| {
        tokens[(start + at).min(tokens.len())..].iter().any(|token| keys.contains(&token.key))
    };
    match key(0) {
        Key::Select => after(1, &[Key::From]) && list_before_from(text, &tokens[start..]),
        Key::With => {
            after(1, &[Key::As]) && after(1, &[Key::Select, Key::Insert, Key::Update, Key::Delete, Key::Merge])
        }
        Key::Insert | Key::Replace | Key::Upsert => {
            after(1, &[Key::Into])
                && after(2, &[Key::Values, Key::Select, Key::Set, Key::Default, Key::Table, Key::With])
        }
        Key::Update => after(2, &[Key::Set]) && tokens.iter().any(|token| slice(text, *token) == "="),
        Key::Delete => key(1) == Key::From && name(2) && delete_goes_on(text, &tokens[start..]),
        Key::Merge => after(1, &[Key::Using]) && after(1, &[Key::When]),
        Key::Create | Key::Alter | Key::Drop => {
            after(1, &[Key::Table, Key::View, Key::Index, Key::Trigger, Key::Function, Key::Procedure])
        }
        Key::Truncate => key(1) == Key::Table && name(2),
        Key::Copy => after(1, &[Key::From, Key::To]),
        Key::Grant | Key::Revoke => after(1, &[Key::On]) && after(1, &[Key::To, Key::From]),
        Key::Lock => key(1) == Key::Table,
        Key::Refresh => key(1) == Key::Materialized,
        Key::Explain => after(1, &[Key::Select, Key::Insert, Key::Update, Key::Delete]),
        _ => false,
    }
}

fn slice(text: &str, token: Token) -> &str {
    text.get(token.start as usize..token.end as usize).unwrap_or("")
}

/// Between SELECT and FROM stands a list of columns: more than one bare word without a comma, an
/// alias or a sign between is a sentence.
fn list_before_from(text: &str, tokens: &[Token]) -> bool {
    let mut words = 0;
    if tokens.get(1).is_some_and(|token| token.key == Key::From) {
        return false;
    }
    for token in tokens.iter().skip(1) {
        match token.key {
            Key::From => return true,
            Key::Distinct
            | Key::All
            | Key::As
            | Key::Case
            | Key::When
            | Key::Then
            | Key::Else
            | Key::End
            | Key::Top => words = 0,
            _ if token.kind == Kind::Word => words += 1,
            _ => words = 0,
        }
        let article = ["a", "an", "the", "your", "one", "some", "any"]
            .iter()
            .any(|word| slice(text, *token).eq_ignore_ascii_case(word));
        if words > 2 || article && words > 1 {
            return false;
        }
    }
    false
}

/// What may follow `DELETE FROM name`.
fn delete_goes_on(text: &str, tokens: &[Token]) -> bool {
    let mut at = 3;
    while tokens.get(at).is_some_and(|token| token.kind == Kind::Dot) {
        at += 2;
    }
    match tokens.get(at) {
        None => true,
        Some(token) => {
            matches!(
                token.key,
                Key::Where
                    | Key::Using
                    | Key::As
                    | Key::Returning
                    | Key::Order
                    | Key::Limit
                    | Key::Left
                    | Key::Inner
                    | Key::Join
            ) || token.kind == Kind::Semicolon
                || matches!(token.kind, Kind::Word | Kind::Quoted)
                    && tokens.get(at + 1).is_some_and(|next| matches!(next.key, Key::Where | Key::Using))
                    && !slice(text, *token).is_empty()
        }
    }
}

/// Whether the text has what sentences have and statements have not: articles among the words, a
/// full stop or an exclamation mark at its end, apostrophes.
fn reads_like_prose(text: &str, tokens: &[Token]) -> bool {
    const SMALL: &[&str] = &[
        "the", "an", "your", "this", "that", "these", "please", "failed", "could", "cannot", "was", "were", "are",
        "its",
    ];
    let words = tokens.iter().filter(|token| token.kind == Kind::Word);
    let small = words.filter(|token| SMALL.iter().any(|word| slice(text, **token).eq_ignore_ascii_case(word))).count();
    let end = text.trim_end();
    let sentence =
        end.ends_with("...") || end.ends_with('…') || end.ends_with('!') || end.ends_with(':') || end.ends_with('.');
    small > 0 || sentence
}

/// `Delete from cart`, `delete from cart`: written like a sentence, with nothing in it that a sentence has not.
fn is_headline(first: &str, tokens: &[Token]) -> bool {
    let title = first.starts_with(char::is_uppercase) && first[1..].chars().all(char::is_lowercase);
    let phrase = tokens.len() <= 3 && !first.chars().any(char::is_uppercase);
    (title || phrase) && tokens.iter().all(|token| token.kind == Kind::Word)
}

/// Whether a full parser takes it, in any of the grammars that texts in code are written in.
fn parses(text: &str, tokens: &[Token]) -> bool {
    let deepest = tokens.iter().scan(0_usize, |depth, token| {
        match token.kind {
            Kind::Open => *depth += 1,
            Kind::Close => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    if text.len() > MOST_PARSED || tokens.len() > MOST_TOKENS || deepest.max().unwrap_or(0) > DEEPEST {
        // Too much to parse again; no sentence is as long.
        return true;
    }
    // The parser's time doubles with each POSITION in a POSITION.
    if tokens.iter().filter(|token| slice(text, **token).eq_ignore_ascii_case("position")).count() > 6 {
        return false;
    }
    let masked = masked(text, tokens);
    let grammars: [&dyn Grammar; 5] =
        [&GenericDialect {}, &PostgreSqlDialect {}, &MySqlDialect {}, &SQLiteDialect {}, &MsSqlDialect {}];
    grammars.iter().any(|grammar| {
        let options = ParserOptions::new().with_trailing_commas(false);
        let parser = Parser::new(*grammar).with_recursion_limit(120).with_options(options);
        let parsed = parser.try_with_sql(&masked).and_then(|mut parser| parser.parse_statements());
        parsed.is_ok_and(|statements| !statements.is_empty() && statements.iter().all(names_a_table))
    })
}

/// Whether the parser, too, finds a table; what defines something names it by itself.
fn names_a_table(statement: &Parsed) -> bool {
    let query = matches!(statement, Parsed::Query(_) | Parsed::Insert(_) | Parsed::Delete(_) | Parsed::Update(_));
    !query || visit_relations(statement, |_| ControlFlow::Break(())).is_break()
}

/// The text with every placeholder and hole as a name, so that a parser takes it.
fn masked(text: &str, tokens: &[Token]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut before = Key::None;
    for token in tokens {
        if token.is_unknown() {
            out.push_str(text.get(at..token.start as usize).unwrap_or(""));
            out.push_str(if before == Key::In { "(x)" } else { "x" });
            at = token.end as usize;
        }
        before = token.key;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_never_unmistakable() {
        for prose in [
            "Select one from the list",
            "Select an option from below.",
            "Update the settings",
            "delete from cart failed",
            "Delete from cart",
            "delete from cart",
            "select from the list",
            "select from orders",
            "Insert coin into slot",
            "Create a table for two",
            "Drop table here",
            "With great power comes great responsibility",
            "Update available: set a reminder",
            "select all from",
            "Grant access to the user on request",
            "Copy from the clipboard",
            "Selected rows from table",
            "",
            "Please select a user from the table!",
        ] {
            let found = of(prose);
            assert!(found < Likelihood::Unmistakable, "{prose}: {found:?}");
        }
    }

    #[test]
    fn statements_are_unmistakable() {
        for sql in [
            "SELECT id FROM orders",
            "select o.id, c.name from orders o join customers c on c.id = o.customer_id where o.id = $1",
            "INSERT INTO orders (id) VALUES (?)",
            "UPDATE orders SET status = %s WHERE id = %(id)s",
            "DELETE FROM orders WHERE id IN ?",
            "WITH x AS (SELECT 1 FROM a) SELECT * FROM x",
            "CREATE TABLE orders (id int primary key)",
            "SELECT * FROM `orders` WHERE id = #{id}",
            "SELECT TOP 10 [Id] FROM [dbo].[Orders]",
            "  -- comment\n SELECT 1 FROM a",
            "TRUNCATE TABLE orders",
            "ALTER TABLE orders ADD COLUMN x int",
        ] {
            assert_eq!(of(sql), Likelihood::Unmistakable, "{sql}");
        }
    }

    #[test]
    fn parts_may_be_sql() {
        assert_eq!(of("SELECT id, name "), Likelihood::Maybe);
        assert_eq!(of("hello"), Likelihood::No);
    }
}
