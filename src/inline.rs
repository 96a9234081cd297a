//! Writing an inline allow: a comment in the file's own form, on a line of its own above the statement that
//! it permits.
//!
//! Used by `bailiwick allow --at` and by the editor's code action.

use crate::config::Config;
use crate::lint::{Finding, rule};
use crate::map::Map;
use crate::source::{FileId, IndexedText, Language};

/// A line that is to be put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// The byte before which it goes: the start of a line.
    pub at: u32,
    /// The line with its end.
    pub text: String,
}

/// Whether a comment may permit the finding at all.
#[must_use]
pub fn may_permit(config: &Config, finding: &Finding) -> bool {
    config.inline_allows() && rule(finding.rule).is_some_and(crate::lint::Rule::speaks_of_code)
}

/// The line of `file` above which a comment speaks of the finding: that of its statement, or where that
/// stands elsewhere, of the finding itself.
#[must_use]
pub fn line_of(map: &Map, finding: &Finding, file: FileId, text: &IndexedText) -> u32 {
    let site = finding.accesses.first().map(|access| map.accesses[*access].site);
    let site = site.filter(|site| site.file == file).unwrap_or(finding.place);
    text.position(site.span.start).line
}

/// The comment that permits these rules, above the line. `None` in a language in which a comment on a line
/// of its own may be part of a text.
#[must_use]
pub fn new_line(text: &IndexedText, language: Language, line: u32, rules: &[&str], reason: &str) -> Option<NewLine> {
    let mark = comment(language)?;
    let indent: String = text.line(line).chars().take_while(|letter| letter.is_whitespace()).collect();
    let end = if text.source.text.contains("\r\n") { "\r\n" } else { "\n" };
    let new = format!("{indent}{mark} bailiwick: allow({}) {reason}{end}", rules.join(", "));
    Some(NewLine { at: text.lines.line_start(line)?, text: new })
}

/// What begins a comment to the end of the line.
fn comment(language: Language) -> Option<&'static str> {
    match language {
        Language::Rust
        | Language::Java
        | Language::Kotlin
        | Language::Scala
        | Language::CSharp
        | Language::Go
        | Language::TypeScript
        | Language::JavaScript
        | Language::Php
        | Language::Prisma => Some("//"),
        Language::Python | Language::Ruby | Language::Elixir | Language::Shell => Some("#"),
        Language::Sql => Some("--"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceText;

    fn put_in(text: &str, language: Language, line: u32) -> Option<NewLine> {
        let text = IndexedText::new(SourceText { text: text.into(), ..SourceText::default() });
        new_line(&text, language, line, &["foreign-read", "opaque-sql"], "the export")
    }

    #[test]
    fn the_comment_stands_above_as_deep_as_the_line_and_ends_as_lines_end_there() {
        let found = put_in("fn f() {\r\n\tq(\"SELECT\");\r\n}\r\n", Language::Rust, 2).unwrap();
        assert_eq!(found.at, 10);
        assert_eq!(found.text, "\t// bailiwick: allow(foreign-read, opaque-sql) the export\r\n");
        assert_eq!(put_in("SELECT 1", Language::Sql, 1).unwrap().text.split(' ').next(), Some("--"));
        assert_eq!(put_in("<a/>", Language::Xml, 1), None);
    }
}
