//! Typed reading of spanned TOML values: every wrong one becomes a problem, and reading goes on.

use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::{ConfigProblem, Declared, Origin, Pattern};
use crate::source::Span;
use crate::vocabulary::Name;

/// A value with its place.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// Reads the values of one config file and collects what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) file: Name,
    pub(super) problems: &'a mut Vec<ConfigProblem>,
}

impl Reader<'_> {
    pub(super) fn problem(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let help: String = help.into();
        self.problems.push(ConfigProblem {
            file: PathBuf::from(self.file.as_str()),
            span: Some(span),
            message: message.into(),
            help: (!help.is_empty()).then_some(help),
        });
    }

    pub(super) fn origin(&self, span: Span) -> Origin {
        Origin { path: self.file.clone(), span }
    }

    /// Every key that is none of `known` is a problem, with the nearest known one as suggestion.
    pub(super) fn known_keys(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for (key, _) in table {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let help = suggestion(name, known.iter().copied())
                    .unwrap_or_else(|| format!("{what} may have {}", backticked(known.iter().copied())));
                self.problem(span_of(key), format!("unknown key `{name}` in {what}"), help);
            }
        }
    }

    pub(super) fn table<'v, 'i>(&mut self, value: &'v Value<'i>, what: &str) -> Option<&'v DeTable<'i>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            other => {
                self.wrong_type(value, what, "a table", other);
                None
            }
        }
    }

    pub(super) fn string(&mut self, value: &Value<'_>, what: &str) -> Option<Declared<String>> {
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                self.problem(span_of(value), format!("{what} is empty"), "write a name, or take the key out");
                None
            }
            DeValue::String(text) => {
                Some(Declared { value: text.clone().into_owned(), origin: self.origin(span_of(value)) })
            }
            other => {
                self.wrong_type(value, what, "a string", other);
                None
            }
        }
    }

    /// A string or a list of strings.
    pub(super) fn strings(&mut self, value: &Value<'_>, what: &str) -> Vec<Declared<String>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.string(item, what)).collect(),
            DeValue::String(_) => self.string(value, what).into_iter().collect(),
            other => {
                self.wrong_type(value, what, "a string or a list of strings", other);
                Vec::new()
            }
        }
    }

    pub(super) fn names(&mut self, value: &Value<'_>, what: &str) -> Vec<Declared<Name>> {
        let strings = self.strings(value, what);
        strings.into_iter().map(|each| Declared { value: each.value.into(), origin: each.origin }).collect()
    }

    pub(super) fn boolean(&mut self, value: &Value<'_>, what: &str) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            other => {
                self.wrong_type(value, what, "`true` or `false`", other);
                None
            }
        }
    }

    pub(super) fn integer(&mut self, value: &Value<'_>, what: &str) -> Option<u64> {
        match value.get_ref() {
            DeValue::Integer(number) => {
                let read = u64::from_str_radix(number.as_str(), number.radix()).ok();
                if read.is_none() {
                    self.problem(span_of(value), format!("{what} must be a whole number of 0 or more"), "");
                }
                read
            }
            other => {
                self.wrong_type(value, what, "a whole number", other);
                None
            }
        }
    }

    /// Bytes: a number, or a text such as `"2 MB"`.
    pub(super) fn size(&mut self, value: &Value<'_>, what: &str) -> Option<u64> {
        match value.get_ref() {
            DeValue::Integer(_) => self.integer(value, what),
            DeValue::String(text) => {
                let size = parse_size(text);
                if size.is_none() {
                    self.problem(
                        span_of(value),
                        format!("{what} is no size: `{text}`"),
                        "write a number of bytes or a text such as \"2 MB\" or \"500 kB\"",
                    );
                }
                size
            }
            other => {
                self.wrong_type(value, what, "a size such as \"2 MB\"", other);
                None
            }
        }
    }

    pub(super) fn date(&mut self, value: &Value<'_>, what: &str) -> Option<Declared<jiff::civil::Date>> {
        const HELP: &str = "write a plain date without quotes, such as `until = 2027-03-01`";
        let DeValue::Datetime(moment) = value.get_ref() else {
            self.wrong_type(value, what, "a date", value.get_ref());
            return None;
        };
        let (Some(date), None, None) = (moment.date, moment.time, moment.offset) else {
            self.problem(span_of(value), format!("{what} must be a date without a time"), HELP);
            return None;
        };
        let narrow = |number: u8| i8::try_from(number).unwrap_or(0);
        let year = i16::try_from(date.year).unwrap_or(i16::MAX);
        let Ok(date) = jiff::civil::Date::new(year, narrow(date.month), narrow(date.day)) else {
            self.problem(span_of(value), format!("{what} is no day of the calendar"), HELP);
            return None;
        };
        Some(Declared { value: date, origin: self.origin(span_of(value)) })
    }

    pub(super) fn patterns(&mut self, value: &Value<'_>, what: &str) -> Vec<Pattern> {
        let strings = self.strings(value, what);
        let mut patterns = Vec::new();
        for each in strings {
            match Pattern::parse(&each.value, each.origin.clone()) {
                Ok(pattern) => patterns.push(pattern),
                Err(why) => self.problem(
                    each.origin.span,
                    format!("`{}` is no name of a table: {why}", each.value),
                    "write `table`, `schema.table` or `database:schema.table`, with `*` for any text",
                ),
            }
        }
        patterns
    }

    fn wrong_type(&mut self, value: &Value<'_>, what: &str, wanted: &str, found: &DeValue<'_>) {
        let found = match found {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let help = if wanted == "a date" && found == "a string" {
            "take the quotes off: a date stands bare, such as `2027-03-01`"
        } else {
            ""
        };
        self.problem(span_of(value), format!("{what} must be {wanted}, not {found}"), help);
    }
}

/// Where a key or value stands.
pub(super) fn span_of<T>(spanned: &Spanned<T>) -> Span {
    let range = spanned.span();
    Span::new(range.start, range.end)
}

/// "did you mean": the nearest of `known`, if one is near.
pub(super) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|near| format!("did you mean `{near}`?"))
}

/// The one of `known` that `word` was most likely meant to be.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = |text: &str| text.to_lowercase().replace('_', "-");
    let wanted = folded(word);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &folded(candidate)), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count().max(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `` `a`, `b` and `c` ``
pub(super) fn backticked<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "nothing".into(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// The bytes that a text such as `2 MB`, `500kB` or `1 MiB` speaks of.
fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let unit: u64 = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" | "bytes" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_both_systems() {
        assert_eq!(parse_size("2 MB"), Some(2_000_000));
        assert_eq!(parse_size("1KiB"), Some(1024));
        assert_eq!(parse_size("17"), Some(17));
        assert_eq!(parse_size("2 parsecs"), None);
        assert_eq!(parse_size("MB"), None);
        assert_eq!(parse_size("99999999999 GB"), None);
    }

    #[test]
    fn only_near_names_are_suggested() {
        let known = ["paths", "databases", "max-file-size"];
        assert_eq!(nearest("path", known), Some("paths"));
        assert_eq!(nearest("max_file_size", known), Some("max-file-size"));
        assert_eq!(nearest("frobnicate", known), None);
    }
}
