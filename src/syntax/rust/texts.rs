//! Texts: literals as pieces with exact places, and the templates of `format!` and its kin.

use rustc_hash::FxHashMap;

use super::lower::Lowering;
use crate::source::Span;
use crate::syntax::outline::{ExprId, ExprKind, Piece};
use crate::vocabulary::Name;

/// The pieces of the string, byte string, C string or character that stands at `span`: one for each run of
/// plain text and each escape. A folded line (`\` at its end) is no piece.
pub(super) fn pieces(text: &str, span: Span) -> Vec<Piece> {
    let Some(literal) = text.get(span.range()) else { return vec![Piece::Hole { span }] };
    let Some(open) = literal.find(['"', '\'']) else { return vec![Piece::Hole { span }] };
    let quote = &literal[open..=open];
    let prefix = &literal[..open];
    let close = literal.rfind(quote).filter(|close| *close > open).unwrap_or(literal.len());
    let start = span.range().start + open + 1;
    let body = &literal[open + 1..close];
    if prefix.contains('r') {
        return if body.is_empty() { Vec::new() } else { vec![plain(body, start)] };
    }
    escaped(body, start)
}

fn plain(text: &str, start: usize) -> Piece {
    Piece::Literal { text: text.to_owned(), span: Span::new(start, start + text.len()) }
}

/// The pieces of text that may hold escapes.
fn escaped(body: &str, start: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < body.len() {
        let next = memchr::memchr(b'\\', &body.as_bytes()[at..]).map_or(body.len(), |found| at + found);
        if next > at {
            pieces.push(plain(&body[at..next], start + at));
        }
        if next == body.len() {
            break;
        }
        let (value, length) = escape(&body[next..]);
        if let Some(value) = value {
            let span = Span::new(start + next, start + next + length);
            pieces.push(Piece::Literal { text: value.to_string(), span });
        }
        at = next + length;
    }
    pieces
}

/// The character that the escape at the start of `text` means, and its length in bytes; no character for
/// a folded line.
fn escape(text: &str) -> (Option<char>, usize) {
    let mut chars = text[1..].chars();
    let Some(kind) = chars.next() else { return (None, 1) };
    let simple = |value| (Some(value), 1 + kind.len_utf8());
    match kind {
        'n' => simple('\n'),
        't' => simple('\t'),
        'r' => simple('\r'),
        '0' => simple('\0'),
        'x' => {
            let digits = text.get(2..4).unwrap_or("");
            (u8::from_str_radix(digits, 16).ok().map(char::from), 2 + digits.len())
        }
        'u' => {
            let end = text.find('}').map_or(text.len(), |end| end + 1);
            let digits = text[2..end].trim_matches(['{', '}']).replace('_', "");
            (u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32), end)
        }
        '\n' | '\r' => (None, text.len() - text[1..].trim_start_matches([' ', '\t', '\n', '\r']).len()),
        other => simple(other),
    }
}

/// What a format template can name.
#[derive(Debug, Default)]
pub(super) struct FormatArgs {
    pub(super) positional: Vec<ExprId>,
    pub(super) named: FxHashMap<Name, ExprId>,
}

impl Lowering<'_> {
    /// A literal as an expression.
    pub(super) fn text_literal(&mut self, span: Span) -> ExprId {
        let pieces = pieces(self.text, span);
        self.push(ExprKind::Text(pieces), span)
    }

    /// A template that is a text, with the arguments put in.
    pub(super) fn fill_template(&mut self, template: Vec<Piece>, args: &FormatArgs) -> Vec<Piece> {
        let mut filled = Vec::new();
        let mut next = 0;
        for piece in template {
            match piece {
                Piece::Literal { text, span } if text.len() == span.len() => {
                    self.fill_piece(&text, span, args, &mut next, &mut filled);
                }
                other => filled.push(other),
            }
        }
        filled
    }

    fn fill_piece(&mut self, text: &str, span: Span, args: &FormatArgs, next: &mut usize, filled: &mut Vec<Piece>) {
        let start = span.range().start;
        let bytes = text.as_bytes();
        let mut known = 0;
        let mut at = 0;
        while let Some(found) = memchr::memchr2(b'{', b'}', &bytes[at..]) {
            let mark = at + found;
            let doubled = bytes.get(mark + 1) == Some(&bytes[mark]);
            let close = if doubled { Some(mark + 1) } else { text[mark..].find('}').map(|end| mark + end) };
            let Some(close) = close else { break };
            if mark > known {
                filled.push(plain(&text[known..mark], start + known));
            }
            let place = Span::new(start + mark, start + close + 1);
            if doubled {
                filled.push(Piece::Literal { text: text[mark..=mark].to_owned(), span: place });
            } else if bytes[mark] == b'{' {
                filled.push(self.placeholder(&text[mark + 1..close], place, args, next));
            }
            at = close + 1;
            known = at;
        }
        if known < text.len() {
            filled.push(plain(&text[known..], start + known));
        }
    }

    /// What stands in for `{…}`: the argument it names or counts, or the variable it captures.
    fn placeholder(&mut self, inside: &str, span: Span, args: &FormatArgs, next: &mut usize) -> Piece {
        let (argument, spec) = inside.split_once(':').unwrap_or((inside, ""));
        if spec.contains(".*") {
            *next += 1;
        }
        let argument = argument.trim();
        let expr = if argument.is_empty() {
            *next += 1;
            args.positional.get(*next - 1).copied()
        } else if let Ok(position) = argument.parse::<usize>() {
            args.positional.get(position).copied()
        } else if let Some(named) = args.named.get(argument) {
            Some(*named)
        } else {
            let start = span.range().start + 1 + (inside.len() - inside.trim_start().len());
            Some(self.path(vec![Name::from(argument)], Span::new(start, start + argument.len())))
        };
        expr.map_or(Piece::Hole { span }, |expr| Piece::Value { expr, span })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(literal: &str) -> Vec<(String, usize)> {
        let pieces = pieces(literal, Span::new(0, literal.len()));
        let known = pieces.into_iter().map(|piece| match piece {
            Piece::Literal { text, span } => (text, span.range().start),
            _ => ("<hole>".to_owned(), 0),
        });
        known.collect()
    }

    fn pairs(list: &[(&str, usize)]) -> Vec<(String, usize)> {
        list.iter().map(|(text, at)| ((*text).to_owned(), *at)).collect()
    }

    #[test]
    fn escapes_split_a_literal_and_keep_its_places() {
        assert_eq!(of(r#""a\nb\x41\u{e9}c""#), pairs(&[("a", 1), ("\n", 2), ("b", 4), ("A", 5), ("é", 9), ("c", 15)]));
        assert_eq!(of("\"a \\\n    b\""), pairs(&[("a ", 1), ("b", 9)]));
    }

    #[test]
    fn raw_byte_and_empty_literals() {
        assert_eq!(of("r##\"a\\n\"#\"##"), pairs(&[("a\\n\"#", 4)]));
        assert_eq!(of("b\"a\\\"b\""), pairs(&[("a", 2), ("\"", 3), ("b", 5)]));
        assert_eq!(of("\"\""), pairs(&[]));
        assert_eq!(of("'\\''"), pairs(&[("'", 1)]));
    }

    #[test]
    fn an_escape_that_is_cut_off_is_no_panic() {
        for literal in ["\"\\", "\"\\x", "\"\\xé\"", "\"\\u\"", "\"\\u{zz\"", "'", "\""] {
            let _ = of(literal);
        }
    }
}
