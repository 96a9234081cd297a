//! What a text tells by itself, before it is read: whether it is SQL, whether it may name tables, where it has holes.

use crate::sql::{self, HOLE, Likelihood};

/// The text with a hole for each name between the two signs, and each place kept.
pub(super) fn with_holes(text: &str, signs: &str) -> String {
    let mut signs = signs.chars();
    let (Some(open), Some(close)) = (signs.next(), signs.next()) else { return text.to_owned() };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(open) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let inner = from[open.len_utf8()..].split(close).next().unwrap_or_default();
        let length = open.len_utf8() + inner.len() + close.len_utf8();
        let named = !inner.is_empty() && inner.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
        if named && length <= from.len() {
            out.push(HOLE);
            out.extend(std::iter::repeat_n(' ', length.saturating_sub(HOLE.len_utf8())));
            rest = &from[length..];
        } else {
            out.push(open);
            rest = &from[open.len_utf8()..];
        }
    }
    out.push_str(rest);
    out
}

/// Whether a part of a statement may name tables: it joins one, or holds a query.
pub(super) fn may_name_tables(text: &str) -> bool {
    let mut words = text.split(|ch: char| !ch.is_alphanumeric() && ch != '_').filter(|word| !word.is_empty());
    text.trim().contains(char::is_whitespace)
        && words.any(|word| word.eq_ignore_ascii_case("from") || word.eq_ignore_ascii_case("join"))
}

/// Whether a text that only a method's name claims is SQL at all.
pub(super) fn plausible(text: &str, script: &sql::Script) -> bool {
    let speaks_of_tables = || {
        let says = |statement: &sql::Statement| !statement.calls.is_empty() || !statement.opaque.is_empty();
        script.accesses().next().is_some() || script.statements.iter().any(says)
    };
    sql::looks_like_sql(&text.replace(HOLE, "?")) != Likelihood::No && speaks_of_tables()
}
