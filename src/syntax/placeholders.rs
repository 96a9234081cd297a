//! Format templates whose placeholders are part of a language: `"%s" % x`, `"{}".format(x)`, `sprintf`.

use serde::{Deserialize, Serialize};

use super::outline::{ExprId, Piece};
use crate::source::Span;
use crate::vocabulary::Name;

/// How placeholders are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Style {
    /// `%s`, `%d`, `%(name)s`, `%1$s`, `%<name>s`, `%{name}`; `%%` is a percent sign.
    Percent,
    /// `{}`, `{0}`, `{name}`; `{{` and `}}` are braces.
    Braces,
}

/// What is put in.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// By position.
    pub positional: Vec<ExprId>,
    /// By name.
    pub named: Vec<(Name, ExprId)>,
}

impl Values {
    fn named(&self, name: &str) -> Option<ExprId> {
        self.named.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

/// The template `pieces` with the placeholders in their known text replaced by `values`.
pub(super) fn fill(pieces: &[Piece], style: Style, values: &Values) -> Vec<Piece> {
    fill_from(pieces, style, values, &mut 0)
}

/// The same for a part of a template, where so many values have been put in by their position before.
pub(crate) fn fill_from(pieces: &[Piece], style: Style, values: &Values, before: &mut usize) -> Vec<Piece> {
    let mut filler = Filler { values, next: *before, out: Vec::new() };
    for piece in pieces {
        match piece {
            Piece::Literal { text, span } if text.len() == span.len() => match style {
                Style::Percent => filler.percent(text, *span),
                Style::Braces => filler.braces(text, *span),
            },
            other => filler.out.push(other.clone()),
        }
    }
    *before = filler.next;
    filler.out
}

struct Filler<'a> {
    values: &'a Values,
    next: usize,
    out: Vec<Piece>,
}

impl Filler<'_> {
    fn literal(&mut self, text: &str, base: Span, from: usize, to: usize) {
        if from < to
            && let Some(part) = text.get(from..to)
        {
            let start = base.start as usize;
            self.out.push(Piece::Literal { text: part.to_owned(), span: Span::new(start + from, start + to) });
        }
    }

    fn placeholder(&mut self, value: Option<ExprId>, base: Span, from: usize, to: usize) {
        let span = Span::new(base.start as usize + from, base.start as usize + to);
        self.out.push(match value {
            Some(expr) => Piece::Value { expr, span },
            None => Piece::Hole { span },
        });
    }

    fn positional(&mut self) -> Option<ExprId> {
        self.next += 1;
        self.values.positional.get(self.next - 1).copied()
    }

    fn percent(&mut self, text: &str, base: Span) {
        let bytes = text.as_bytes();
        let mut from = 0;
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'%', &bytes[at..]) {
            let start = at + found;
            let Some((end, value)) = self.directive(text, start) else {
                at = start + 1;
                continue;
            };
            self.literal(text, base, from, start);
            match value {
                Directive::Percent => self.literal(text, base, start, start + 1),
                Directive::Value(value) => self.placeholder(value, base, start, end),
            }
            from = end;
            at = end;
        }
        self.literal(text, base, from, text.len());
    }

    /// The end of the directive that begins at `start`, and what it puts in.
    fn directive(&mut self, text: &str, start: usize) -> Option<(usize, Directive)> {
        let bytes = text.as_bytes();
        let mut at = start + 1;
        let mut value = None;
        match *bytes.get(at)? {
            b'%' => return Some((at + 1, Directive::Percent)),
            open @ (b'(' | b'<' | b'{') => {
                let close = match open {
                    b'(' => b')',
                    b'<' => b'>',
                    _ => b'}',
                };
                let end = at + memchr::memchr(close, &bytes[at..])?;
                value = Some(self.values.named(text.get(at + 1..end)?));
                at = end + 1;
                if open == b'{' {
                    return Some((at, Directive::Value(value.flatten())));
                }
            }
            _ => {}
        }
        let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 && bytes.get(at + digits) == Some(&b'$') {
            let position: usize = text.get(at..at + digits)?.parse().ok()?;
            value = Some(self.values.positional.get(position.wrapping_sub(1)).copied());
            at += digits + 1;
        }
        let flags = bytes[at..].iter().take_while(|byte| b"+-#0123456789.*'".contains(byte)).count();
        at += flags;
        if !b"sdifrgGeExXuobBcav".contains(bytes.get(at)?) {
            return None;
        }
        let value = match value {
            Some(value) => value,
            None => self.positional(),
        };
        Some((at + 1, Directive::Value(value)))
    }

    fn braces(&mut self, text: &str, base: Span) {
        let bytes = text.as_bytes();
        let mut from = 0;
        let mut at = 0;
        while let Some(found) = memchr::memchr2(b'{', b'}', &bytes[at..]) {
            let start = at + found;
            if bytes.get(start + 1) == Some(&bytes[start]) {
                self.literal(text, base, from, start + 1);
                from = start + 2;
                at = from;
                continue;
            }
            let end = memchr::memchr(b'}', &bytes[start..]).map(|length| start + length + 1);
            let Some(end) = end.filter(|_| bytes[start] == b'{') else {
                at = start + 1;
                continue;
            };
            self.literal(text, base, from, start);
            let inside = text.get(start + 1..end - 1).unwrap_or_default();
            let key = inside.split([':', '!']).next().unwrap_or_default().trim();
            let value = match key.parse::<usize>() {
                Ok(position) => self.values.positional.get(position).copied(),
                Err(_) if key.is_empty() => self.positional(),
                Err(_) => self.values.named(key),
            };
            self.placeholder(value, base, start, end);
            from = end;
            at = end;
        }
        self.literal(text, base, from, text.len());
    }
}

enum Directive {
    Percent,
    Value(Option<ExprId>),
}
