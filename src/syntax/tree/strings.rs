//! Strings as pieces: escapes, interpolation, and the two families of templates.

use tree_sitter::Node;

use super::super::outline::{Arg, ExprId, ExprKind, Piece};
use super::super::placeholders::Style;
use super::{Host, Shape, span_of};
use crate::source::Span;

/// Marks that a string's text stands between.
const QUOTES: [char; 3] = ['"', '\'', '`'];

impl Host<'_, '_> {
    /// A string node with the common quotes (one or three of `"`, `'`, `` ` ``, any prefix of letters or marks
    /// before the first).
    pub(crate) fn text_node(&mut self, node: Node<'_>) -> ExprId {
        let (start, end) = inside_quotes(self.text_of(node));
        let inner = Span::new(node.start_byte() + start, node.start_byte() + end);
        let pieces = self.pieces(node, inner);
        self.push(ExprKind::Text(pieces), span_of(node))
    }

    /// The pieces of a string node of which the text proper is `inner`: what lies in children of
    /// [`Shape::Escape`] and [`Shape::Interpolation`] is decoded and lowered, all else is text.
    pub(crate) fn pieces(&mut self, node: Node<'_>, inner: Span) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = inner.start;
        let mut marks = Vec::new();
        self.string_parts(node, &mut marks);
        for mark in marks {
            let span = span_of(mark);
            if span.start < at || span.end > inner.end {
                continue;
            }
            self.push_literal(&mut pieces, Span { start: at, end: span.start });
            at = span.end;
            if self.shape(mark) == Shape::Escape {
                let text = unescape(self.text_of(mark));
                pieces.push(Piece::Literal { text, span });
            } else {
                match self.children(mark).last() {
                    Some(value) => pieces.push(Piece::Value { expr: self.expr(*value), span }),
                    None => pieces.push(Piece::Hole { span }),
                }
            }
        }
        self.push_literal(&mut pieces, Span { start: at, end: inner.end });
        pieces
    }

    /// The escapes and interpolations of a string, those inside its content nodes included.
    fn string_parts<'n>(&self, node: Node<'n>, found: &mut Vec<Node<'n>>) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match self.shape(child) {
                Shape::Escape | Shape::Interpolation => found.push(child),
                _ if child.named_child_count() > 0 && child.end_byte() > child.start_byte() => {
                    let mut inner = child.walk();
                    let parts = child.named_children(&mut inner);
                    found
                        .extend(parts.filter(|part| matches!(self.shape(*part), Shape::Escape | Shape::Interpolation)));
                }
                _ => {}
            }
        }
    }

    /// A text without its margin: on each line the blanks and the `|` after them.
    pub(crate) fn strip_margin(&mut self, text: ExprId) -> ExprId {
        // What a template's tag makes of a text (`sql"…".stripMargin`) has the margin of that.
        if let ExprKind::Macro { path, args, body: None } = self.outline.expr(text).kind.clone()
            && let [arg] = &args[..]
        {
            let span = self.outline.expr(text).span;
            let value = self.strip_margin(arg.value);
            let args = vec![Arg { value, ..arg.clone() }];
            return self.push(ExprKind::Macro { path, args, body: None }, span);
        }
        let span = self.outline.expr(text).span;
        let Some(pieces) = self.known_pieces(text) else { return text };
        let mut stripped = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Literal { text, span } if text.len() == span.len() => without_margin(&text, span, &mut stripped),
                other => stripped.push(other),
            }
        }
        self.push(ExprKind::Text(stripped), span)
    }

    fn push_literal(&self, pieces: &mut Vec<Piece>, span: Span) {
        if span.is_empty() {
            return;
        }
        if let Some(text) = self.text.get(span.range()) {
            pieces.push(Piece::Literal { text: text.to_owned(), span });
        }
    }

    /// A printf-like format (`%s`, `%-5d`, `%[1]s`, `%1$s`, `%(name)s`, `%%`): a text with the arguments put in, or
    /// [`ExprKind::Format`] where the template is no literal.
    pub(crate) fn percent_format(&mut self, template: ExprId, args: &[Arg], span: Span) -> ExprId {
        self.format(template, args, span, percent)
    }

    fn format(
        &mut self,
        template: ExprId,
        args: &[Arg],
        span: Span,
        next: fn(&str, &mut usize) -> Option<Placeholder>,
    ) -> ExprId {
        let Some(pieces) = self.known_pieces(template) else {
            return self.push(ExprKind::Format { template, args: args.to_vec(), style: Style::Percent }, span);
        };
        let mut filled = Vec::new();
        let mut position = 0;
        for piece in pieces {
            match piece {
                Piece::Literal { text, span } if text.len() == span.len() => {
                    fill(&text, span, args, &mut position, next, &mut filled);
                }
                other => filled.push(other),
            }
        }
        self.push(ExprKind::Text(filled), span)
    }
}

/// The parts of a literal piece that are left when the margins are taken off.
fn without_margin(text: &str, span: Span, out: &mut Vec<Piece>) {
    let mut push = |from: usize, to: usize| {
        if from < to {
            let start = span.start as usize;
            out.push(Piece::Literal { text: text[from..to].to_owned(), span: Span::new(start + from, start + to) });
        }
    };
    let mut from = 0;
    for (newline, _) in text.match_indices('\n') {
        let line = &text[newline + 1..];
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        if line[blanks..].starts_with('|') {
            push(from, newline + 1);
            from = newline + 1 + blanks + 1;
        }
    }
    push(from.min(text.len()), text.len());
}

/// A place in a template where something is put in, or an escaped mark.
pub(super) struct Placeholder {
    start: usize,
    end: usize,
    what: Put,
}

/// What a placeholder puts in.
enum Put {
    /// The mark itself (`%%`, `{{`).
    Mark(&'static str),
    /// The argument at that position.
    Position(usize),
    /// The argument of that name.
    Named(String),
}

/// Splits one literal piece at its placeholders.
fn fill(
    text: &str,
    span: Span,
    args: &[Arg],
    position: &mut usize,
    next: fn(&str, &mut usize) -> Option<Placeholder>,
    out: &mut Vec<Piece>,
) {
    let part = |start: usize, end: usize| Span::new(span.start as usize + start, span.start as usize + end);
    let literal = |start: usize, end: usize, out: &mut Vec<Piece>| {
        if start < end {
            out.push(Piece::Literal { text: text[start..end].to_owned(), span: part(start, end) });
        }
    };
    let mut at = 0;
    while let Some(found) = next(&text[at..], position) {
        let (start, end) = (at + found.start, at + found.end);
        literal(at, start, out);
        at = end;
        let span = part(start, end);
        let value = match found.what {
            Put::Mark(mark) => {
                out.push(Piece::Literal { text: mark.to_owned(), span });
                continue;
            }
            Put::Position(index) => args.get(index).filter(|arg| arg.name.is_none() && !arg.spread),
            Put::Named(name) => args.iter().find(|arg| arg.name.as_deref() == Some(name.as_str())),
        };
        out.push(match value {
            Some(arg) => Piece::Value { expr: arg.value, span },
            None => Piece::Hole { span },
        });
    }
    literal(at, text.len(), out);
}

/// The next `%` placeholder.
fn percent(text: &str, position: &mut usize) -> Option<Placeholder> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let start = from + memchr::memchr(b'%', bytes.get(from..)?)?;
        from = start + 1;
        let mut at = from;
        if bytes.get(at) == Some(&b'%') {
            return Some(Placeholder { start, end: at + 1, what: Put::Mark("%") });
        }
        let mut what = None;
        if bytes.get(at) == Some(&b'(') {
            let Some(close) = memchr::memchr(b')', &bytes[at..]) else { continue };
            what = Some(Put::Named(text[at + 1..at + close].to_owned()));
            at += close + 1;
        }
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if bytes.get(at) == Some(&b'[') {
            let count = digits(at + 1);
            if bytes.get(at + 1 + count) == Some(&b']') {
                what = text[at + 1..at + 1 + count].parse::<usize>().ok().map(|n| Put::Position(n.saturating_sub(1)));
                at += count + 2;
            }
        } else {
            let count = digits(at);
            if count > 0 && bytes.get(at + count) == Some(&b'$') {
                what = text[at..at + count].parse::<usize>().ok().map(|n| Put::Position(n.saturating_sub(1)));
                at += count + 1;
            }
        }
        while bytes.get(at).is_some_and(|byte| b"+-#0 ,.*0123456789".contains(byte)) {
            at += 1;
        }
        // A `%` that no verb follows is a sign of its own (`LIKE '%x'` has one; `'% '` at an end has none).
        if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            let what = what.unwrap_or_else(|| {
                *position += 1;
                Put::Position(*position - 1)
            });
            return Some(Placeholder { start, end: at + 1, what });
        }
    }
}

/// The range of a string literal's text without its prefix and quotes.
pub(crate) fn inside_quotes(literal: &str) -> (usize, usize) {
    let Some(open) = literal.find(QUOTES) else { return (0, literal.len()) };
    let quote = &literal[open..=open];
    let run = literal[open..].bytes().take_while(|byte| *byte == quote.as_bytes()[0]).count();
    // An even run is an empty string of that many quotes and nothing else; three and more open a long one.
    let width = if run >= 3 && literal.len() >= open + 6 { 3 } else { 1 };
    let start = (open + width).min(literal.len());
    let closing = &quote.repeat(width);
    let rest = &literal[start..];
    let end = if rest.ends_with(closing.as_str()) { literal.len() - width } else { literal.len() };
    (start, end.max(start))
}

/// What an escape sequence stands for, in the way that most languages share.
pub(crate) fn unescape(sequence: &str) -> String {
    let mut out = String::new();
    let mut chars = sequence.chars().peekable();
    while let Some(ch) = chars.next() {
        if ch != '\\' {
            out.push(ch);
            continue;
        }
        let Some(kind) = chars.next() else { break };
        match kind {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            'a' => out.push('\u{7}'),
            'e' => out.push('\u{1b}'),
            's' => out.push(' '),
            '\n' => {}
            '\r' => {
                chars.next_if_eq(&'\n');
            }
            'x' | 'u' | 'U' => {
                let digits: String = chars.by_ref().filter(char::is_ascii_hexdigit).collect();
                out.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            '0'..='7' => {
                let mut digits = String::from(kind);
                while let Some(digit) = chars.next_if(|ch| ('0'..='7').contains(ch)) {
                    digits.push(digit);
                }
                out.extend(u32::from_str_radix(&digits, 8).ok().and_then(char::from_u32));
            }
            other => out.push(other),
        }
    }
    out
}
