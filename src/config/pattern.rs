//! Names of tables in a config: `table`, `schema.table`, `database:schema.table`, each with `*`.

use std::fmt;

use crate::config::Origin;

/// A name or pattern in `owns` or `tables`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As written.
    pub text: String,
    /// Where it stands.
    pub origin: Origin,
    database: Option<Glob>,
    schema: Option<Glob>,
    table: Glob,
}

/// How exactly a pattern names a table: an exact name beats a pattern, a longer pattern a shorter
/// one, and of equals the one that says more of schema and database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Specificity {
    exact: bool,
    letters: usize,
    qualifiers: usize,
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    ///
    /// # Errors
    /// An empty part, an unclosed quote, or more parts than `database:schema.table`.
    pub fn parse(text: &str, origin: Origin) -> Result<Self, String> {
        let whole = text.trim();
        if whole.is_empty() {
            return Err("an empty name".into());
        }
        let (database, rest) = match split_outside_quotes(whole, ':')?.as_slice() {
            [rest] => (None, *rest),
            [database, rest] => (Some(Glob::parse(database)?), *rest),
            _ => return Err("more than one `:`".into()),
        };
        let (schema, table) = match split_outside_quotes(rest, '.')?.as_slice() {
            [table] => (None, Glob::parse(table)?),
            [schema, table] => (Some(Glob::parse(schema)?), Glob::parse(table)?),
            _ => return Err("more than `database:schema.table`".into()),
        };
        Ok(Self { text: text.to_owned(), origin, database, schema, table })
    }

    /// The pattern for all of a schema.
    #[must_use]
    pub fn whole_schema(schema: &str, origin: Origin) -> Self {
        let any = Glob { text: "*".into(), quoted: false };
        let schema_glob = Glob { text: schema.to_owned(), quoted: false };
        Self { text: format!("{schema}.*"), origin, database: None, schema: Some(schema_glob), table: any }
    }

    /// How exactly this names the table, or `None` if it does not. A schema or database that the
    /// pattern asks for and the table's place does not tell is no match, except the pattern `*`.
    #[must_use]
    pub fn matches(&self, database: Option<&str>, schema: Option<&str>, table: &str) -> Option<Specificity> {
        let fits = |glob: &Option<Glob>, name: Option<&str>| match (glob, name) {
            (None, _) => true,
            (Some(glob), Some(name)) => glob.matches(name),
            (Some(glob), None) => glob.text == "*",
        };
        if !self.table.matches(table) || !fits(&self.schema, schema) || !fits(&self.database, database) {
            return None;
        }
        let qualifiers = [&self.schema, &self.database];
        Some(Specificity {
            exact: self.table.is_exact(),
            letters: self.table.letters(),
            qualifiers: qualifiers.into_iter().flatten().map(|glob| 1 + glob.letters()).sum(),
        })
    }

    /// The exact table name, if the pattern is one.
    #[must_use]
    pub fn exact_table(&self) -> Option<&str> {
        self.table.is_exact().then_some(self.table.text.as_str())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// One part of a pattern: literal text and `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Glob {
    text: String,
    quoted: bool,
}

impl Glob {
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let quoted = text.len() >= 2
            && matches!(
                (text.as_bytes()[0], text.as_bytes()[text.len() - 1]),
                (b'"', b'"') | (b'`', b'`') | (b'[', b']')
            );
        let text = if quoted { &text[1..text.len() - 1] } else { text };
        if text.is_empty() {
            return Err("an empty part in the name".into());
        }
        Ok(Self { text: text.to_owned(), quoted })
    }

    fn is_exact(&self) -> bool {
        !self.text.contains('*')
    }

    fn letters(&self) -> usize {
        self.text.chars().filter(|&letter| letter != '*').count()
    }

    fn matches(&self, name: &str) -> bool {
        if self.quoted { wild(&self.text, name) } else { wild(&self.text.to_lowercase(), &name.to_lowercase()) }
    }
}

/// Whether `name` fits `pattern`, in which `*` stands for any run of characters. Greedy with one
/// point to fall back to, so linear in practice and never exponential.
fn wild(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at_pattern, mut at_name) = (0, 0);
    let mut fallback: Option<(usize, usize)> = None;
    while at_name < name.len() {
        match pattern.get(at_pattern) {
            Some('*') => {
                fallback = Some((at_pattern, at_name));
                at_pattern += 1;
            }
            Some(letter) if *letter == name[at_name] => {
                at_pattern += 1;
                at_name += 1;
            }
            _ => match fallback {
                Some((star, from)) => {
                    fallback = Some((star, from + 1));
                    at_pattern = star + 1;
                    at_name = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at_pattern..].iter().all(|&letter| letter == '*')
}

/// `text` split at each `separator` that stands outside of quotes.
fn split_outside_quotes(text: &str, separator: char) -> Result<Vec<&str>, String> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut close: Option<char> = None;
    for (at, letter) in text.char_indices() {
        match close {
            Some(quote) => close = (letter != quote).then_some(quote),
            None if letter == separator => {
                parts.push(&text[start..at]);
                start = at + letter.len_utf8();
            }
            None => {
                close = match letter {
                    '"' => Some('"'),
                    '`' => Some('`'),
                    '[' => Some(']'),
                    _ => None,
                };
            }
        }
    }
    if close.is_some() {
        return Err("an unclosed quote in the name".into());
    }
    parts.push(&text[start..]);
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text, Origin::default()).unwrap()
    }

    #[test]
    fn a_bare_name_matches_in_any_schema_without_case() {
        assert!(pattern("Orders").matches(Some("shop"), Some("public"), "orders").is_some());
        assert!(pattern("\"Orders\"").matches(None, None, "orders").is_none());
        assert!(pattern("\"Orders\"").matches(None, None, "Orders").is_some());
        assert!(pattern("orders").matches(None, None, "orders_old").is_none());
    }

    #[test]
    fn qualifiers_must_fit() {
        assert!(pattern("sales.*").matches(None, Some("SALES"), "x").is_some());
        assert!(pattern("sales.*").matches(None, None, "x").is_none());
        assert!(pattern("shop:sales.orders").matches(Some("shop"), Some("sales"), "orders").is_some());
        assert!(pattern("shop:orders").matches(Some("other"), None, "orders").is_none());
        assert!(pattern("*.orders").matches(None, None, "orders").is_some());
    }

    #[test]
    fn exact_beats_pattern_and_longer_beats_shorter() {
        let of = |text: &str| pattern(text).matches(Some("d"), Some("s"), "order_items").unwrap();
        assert!(of("order_items") > of("order_item*"));
        assert!(of("order_item*") > of("order_*"));
        assert!(of("s.order_*") > of("order_*"));
        assert!(of("order_*") > of("s.*"));
    }

    #[test]
    fn wild_falls_back() {
        assert!(wild("a*b*c", "a_b_b_c"));
        assert!(!wild("a*b*c", "a_b_b_d"));
        assert!(wild("*", ""));
    }

    #[test]
    fn what_is_no_name() {
        for text in ["", "a.b.c", "a:b:c", ".x", "\"x", "a."] {
            assert!(Pattern::parse(text, Origin::default()).is_err(), "{text}");
        }
    }
}
