//! Inline allows: comments that permit a finding where it stands.
//!
//! `bailiwick: allow(foreign-read) the reason` counts on the line of the literal, the statement or the
//! call it speaks of, on the comment lines directly above, or as an SQL comment inside.

use crate::lint::names::nearest;
use crate::source::{IndexedText, Place, Span};

/// A comment that speaks to this program, as the front ends find it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Directive {
    /// The comment from `bailiwick:` to its end, without the closing mark.
    pub text: String,
    /// Where that text stands.
    pub place: Place,
}

/// The word that begins a directive.
const MARK: &str = "bailiwick:";

/// How many lines a statement may run on above the place that is asked about.
const MOST_CONTINUED_LINES: u32 = 12;

/// A directive that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The rules it names, each with the place of the word.
    pub rules: Vec<(&'static str, Place)>,
    /// Why.
    pub reason: String,
    /// Where the whole directive stands.
    pub place: Place,
}

/// What is wrong with a directive, on the exact word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The word.
    pub place: Place,
    /// What is wrong: a headline.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Reads a directive. A comment that merely mentions the program is none: after the mark a word and a
/// parenthesis must follow.
#[must_use]
pub fn read(directive: &Directive) -> (Option<Allow>, Vec<Mistake>) {
    let text = directive.text.as_str();
    let Some(mark) = text.find(MARK) else { return (None, Vec::new()) };
    let after = &text[mark + MARK.len()..];
    let word_start = mark + MARK.len() + (after.len() - after.trim_start().len());
    let word_len = text[word_start..].bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'-').count();
    let word = &text[word_start..word_start + word_len];
    let at = |start: usize, end: usize| part(directive.place, start, end);
    let rest = text[word_start + word_len..].trim_start();
    let Some(open) = rest.starts_with('(').then(|| text.len() - rest.len()) else {
        let mistake = (word == "allow").then(|| Mistake {
            place: at(word_start, word_start + word_len),
            message: "this allow names no rule".into(),
            help: "write `bailiwick: allow(foreign-read) the reason`".into(),
        });
        return (None, mistake.into_iter().collect());
    };
    if word != "allow" {
        let mistake = Mistake {
            place: at(word_start, word_start + word_len),
            message: format!("unknown directive `{word}`"),
            help: "write `bailiwick: allow(RULE) the reason`".into(),
        };
        return (None, vec![mistake]);
    }
    let Some(close) = text[open..].find(')').map(|length| open + length) else {
        let mistake = Mistake {
            place: at(word_start, text.len()),
            message: "the list of rules of this allow is not closed".into(),
            help: "write `bailiwick: allow(RULE) the reason`".into(),
        };
        return (None, vec![mistake]);
    };
    read_allow(directive, word_start, open, close)
}

/// Reads the list between the parentheses at `open` and `close`, and the reason behind it.
fn read_allow(directive: &Directive, start: usize, open: usize, close: usize) -> (Option<Allow>, Vec<Mistake>) {
    let text = directive.text.as_str();
    let mut mistakes = Vec::new();
    let mut rules = Vec::new();
    let mut from = open + 1;
    for entry in text[open + 1..close].split(',') {
        let name = entry.trim();
        let begin = from + (entry.len() - entry.trim_start().len());
        let place = part(directive.place, begin, begin + name.len());
        from += entry.len() + 1;
        match super::rule(name) {
            Some(rule) => rules.push((rule.name, place)),
            None => mistakes.push(unknown_rule(name, if name.is_empty() { directive.place } else { place })),
        }
    }
    let reason = text[close + 1..].trim().trim_start_matches([':', '-', '–', '—']).trim();
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.is_empty() {
        mistakes.push(Mistake {
            place: part(directive.place, start, close + 1),
            message: "this allow gives no reason".into(),
            help: "write the reason behind it: `bailiwick: allow(RULE) the reason`".into(),
        });
        return (None, mistakes);
    }
    let allow = (!rules.is_empty()).then_some(Allow { rules, reason, place: directive.place });
    (allow, mistakes)
}

fn unknown_rule(name: &str, place: Place) -> Mistake {
    let near = nearest(name, super::rule_names());
    Mistake {
        place,
        message: if name.is_empty() { "this allow names no rule".into() } else { format!("unknown rule `{name}`") },
        help: near.map_or_else(
            || "`bailiwick explain` lists the rules".into(),
            |near| format!("write `{near}`, or see `bailiwick explain`"),
        ),
    }
}

fn part(whole: Place, start: usize, end: usize) -> Place {
    let by = whole.span.start;
    Place { file: whole.file, span: Span::new(start, end).shifted(by) }
}

/// Whether the directive begins its comment: nothing but the comment's own mark stands before it. In a
/// sentence, or in quotes, the words are only mentioned.
#[must_use]
pub fn begins_its_comment(text: &IndexedText, directive: Span) -> bool {
    let before = text.source.text.get(..directive.start as usize).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default().trim_end();
    line.is_empty() || line.ends_with(['/', '*', '#', '-', '!', ';', '%'])
}

/// Whether a directive at `directive` counts for what stands at `target`, both in `text`.
#[must_use]
pub fn covers(text: &IndexedText, directive: Span, target: Span) -> bool {
    if target.contains(directive) {
        return true;
    }
    let first = text.position(target.start).line;
    let last = text.position(target.end.saturating_sub(1).max(target.start)).line;
    let from = text.position(directive.start).line;
    let to = text.position(directive.end.saturating_sub(1).max(directive.start)).line;
    if from == first || from == last || to == first {
        return true;
    }
    stands_alone(text, directive) && to < first && reaches(text, to, first)
}

/// Whether nothing but the comment's own mark stands before it on its line.
fn stands_alone(text: &IndexedText, directive: Span) -> bool {
    let position = text.position(directive.start);
    let before: String = text.line(position.line).chars().take(position.column as usize - 1).collect();
    !before.contains(|letter: char| letter.is_alphanumeric() || matches!(letter, ';' | ')' | '}' | '"' | '\'' | '`'))
}

/// Whether the comment that ends on line `above` is the one directly above the statement that holds
/// line `line`: only further comments and attributes stand between it and the statement's first line.
fn reaches(text: &IndexedText, above: u32, line: u32) -> bool {
    let mut at = line;
    let mut continued = 0;
    while at > above + 1 {
        let previous = text.line(at - 1).trim();
        let current = text.line(at).trim();
        if !is_comment_or_attribute(previous) {
            let continues = !is_comment_or_attribute(current) && continues(previous, current);
            if !continues || continued == MOST_CONTINUED_LINES {
                return false;
            }
            continued += 1;
        }
        at -= 1;
    }
    true
}

fn is_comment_or_attribute(line: &str) -> bool {
    ["//", "#", "--", "/*", "*", "<!--", "@", "\"\"\""].iter().any(|mark| line.starts_with(mark))
}

/// Whether `current` goes on with what `previous` began, as far as the look of the lines tells.
fn continues(previous: &str, current: &str) -> bool {
    previous.ends_with(['=', '(', ',', '.', '[', '+', '\\', '?', ':', '&', '|'])
        || ["=>", "->", "return", "await"].iter().any(|end| previous.ends_with(end))
        || current.starts_with(['.', '?', '+', ')', '&', '|'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, SourceText};

    fn directive(text: &str) -> Directive {
        Directive { text: text.into(), place: Place { file: FileId(0), span: Span::new(100, 100 + text.len()) } }
    }

    #[test]
    fn an_allow_names_rules_and_gives_a_reason() {
        let (allow, mistakes) = read(&directive("bailiwick: allow(foreign-read, opaque-sql): until the feed lands"));
        let allow = allow.unwrap();
        assert!(mistakes.is_empty());
        assert_eq!(allow.reason, "until the feed lands");
        let names: Vec<_> = allow.rules.iter().map(|(name, place)| (*name, place.span.start)).collect();
        assert_eq!(names, [("foreign-read", 117), ("opaque-sql", 131)]);
    }

    #[test]
    fn mistakes_stand_on_the_exact_word() {
        let (allow, mistakes) = read(&directive("bailiwick: allow(foriegn-read) because"));
        assert_eq!(allow, None);
        assert_eq!(mistakes[0].message, "unknown rule `foriegn-read`");
        assert_eq!(mistakes[0].help, "write `foreign-read`, or see `bailiwick explain`");
        assert_eq!(mistakes[0].place.span, Span::new(117, 129));
        assert_eq!(read(&directive("bailiwick: allow(foreign-read)")).1[0].message, "this allow gives no reason");
        assert_eq!(read(&directive("bailiwick: alow(foreign-read) x")).1[0].message, "unknown directive `alow`");
        assert_eq!(read(&directive("bailiwick: allow foreign-read")).1[0].message, "this allow names no rule");
    }

    #[test]
    fn a_comment_that_mentions_the_program_is_no_directive() {
        assert_eq!(read(&directive("bailiwick: the linter we use")), (None, Vec::new()));
        assert_eq!(read(&directive("bailiwick:")), (None, Vec::new()));
    }

    #[test]
    fn a_directive_begins_its_comment() {
        let begins = |text: &str| {
            let start = text.find(MARK).unwrap();
            let indexed = IndexedText::new(SourceText { text: text.into(), ..SourceText::default() });
            begins_its_comment(&indexed, Span::new(start, text.len()))
        };
        assert!(
            begins("x(); // bailiwick: allow(x) y")
                && begins("/*bailiwick: allow(x) y */")
                && begins("#  bailiwick: a")
        );
        assert!(begins("/*\n  bailiwick: allow(x) y") && begins("<!-- bailiwick: allow(x) y -->"));
        assert!(!begins("//! Write `bailiwick: allow(x) y`") && !begins("// see bailiwick: allow(x) y"));
    }

    /// Whether the `bailiwick:` comment of `text` covers the first `SELECT`.
    fn covered(text: &str) -> bool {
        let start = text.find(MARK).unwrap();
        let end = start + text[start..].find('\n').unwrap_or(text.len() - start);
        let target = text.find("SELECT").unwrap();
        let indexed = IndexedText::new(SourceText { text: text.into(), ..SourceText::default() });
        covers(&indexed, Span::new(start, end), Span::new(target, target + 6))
    }

    #[test]
    fn on_the_line_or_directly_above() {
        assert!(covered("query(\"SELECT\"); // bailiwick: allow(x) y"));
        assert!(covered("// bailiwick: allow(x) y\nquery(\"SELECT\");"));
        assert!(covered("// bailiwick: allow(x) y\n// and more\n#[inline]\nquery(\"SELECT\");"));
        assert!(covered("// bailiwick: allow(x) y\nlet rows = query(\n    \"SELECT\",\n);"));
        assert!(covered("// bailiwick: allow(x) y\nlet rows = client\n    .query(\"SELECT\");"));
        assert!(!covered("// bailiwick: allow(x) y\n\nquery(\"SELECT\");"));
        assert!(!covered("// bailiwick: allow(x) y\nother();\nquery(\"SELECT\");"));
        assert!(!covered("other(); // bailiwick: allow(x) y\nquery(\"SELECT\");"));
        assert!(!covered("query(\"SELECT\");\n// bailiwick: allow(x) y\n"));
    }
}
