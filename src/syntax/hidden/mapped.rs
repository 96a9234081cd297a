//! A text that was taken out of another, with the way back: which bytes of the file each part of it is.

use crate::source::Span;
use crate::syntax::outline::Piece;

/// A text with the places it comes from.
#[derive(Debug, Default)]
pub(super) struct Mapped {
    /// The text as the inner language sees it.
    pub text: String,
    /// Runs of it that stand in the file byte for byte, and what stands for something else, in order.
    runs: Vec<Run>,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    /// Where it begins in [`Mapped::text`].
    at: usize,
    length: usize,
    /// Where it stands in the file.
    source: Span,
}

impl Mapped {
    /// A whole file.
    pub(super) fn plain(text: &str) -> Self {
        Self::part(text, 0)
    }

    /// A part of a file that begins at `start`, as it stands there.
    pub(super) fn part(text: &str, start: usize) -> Self {
        let mut mapped = Self::default();
        mapped.add(text, start);
        mapped
    }

    /// Adds text as it stands in the file.
    pub(super) fn add(&mut self, text: &str, start: usize) {
        self.add_as(text, Span::new(start, start + text.len()));
    }

    /// Adds text that stands for `source`.
    pub(super) fn add_as(&mut self, text: &str, source: Span) {
        if !text.is_empty() {
            self.runs.push(Run { at: self.text.len(), length: text.len(), source });
            self.text.push_str(text);
        }
    }

    /// Adds a line of a Makefile's recipe: `$$` is a dollar sign, `$(NAME)` the value of one of `variables`.
    pub(super) fn add_make(&mut self, line: &str, start: usize, variables: &[(&str, &str)]) {
        let mut from = 0;
        let mut looked = 0;
        while let Some(found) = line[looked..].find('$') {
            let at = looked + found;
            let rest = &line[at..];
            let name = rest.get(2..).and_then(|inner| inner.split([')', '}']).next()).unwrap_or_default();
            let value = variables.iter().find(|(known, _)| *known == name && rest.starts_with(['$']));
            let put = match value {
                _ if rest.starts_with("$$") => Some(("$", 2)),
                Some((_, value)) if rest.starts_with("$(") || rest.starts_with("${") => Some((*value, name.len() + 3)),
                _ => None,
            };
            let Some((text, length)) = put else {
                looked = at + 1;
                continue;
            };
            self.add(&line[from..at], start + from);
            self.add_as(text, Span::new(start + at, start + at + length));
            from = at + length;
            looked = from;
        }
        self.add(&line[from..], start + from);
    }

    /// `decoded`, as a document's reader gives it, found again in what is written at `start`: indentation, folds,
    /// quotes and escapes are passed over.
    pub(super) fn aligned(decoded: &str, written: &str, start: usize) -> Self {
        let mut mapped = Self::default();
        let bytes = written.as_bytes();
        let mut at = 0;
        let mut run = (0, 0, 0);
        for (position, letter) in decoded.char_indices() {
            let length = letter.len_utf8();
            if written[at.min(written.len())..].starts_with(letter)
                && !(letter == '\\' && bytes.get(at + 1) == Some(&b'\\'))
            {
                if run.1 == 0 {
                    run = (position, 0, at);
                }
                run.1 += length;
                at += length;
                continue;
            }
            mapped.add(&decoded[run.0..run.0 + run.1], start + run.2);
            run = (0, 0, 0);
            let before = at;
            at = skip(written, at, letter);
            let direct = at < written.len() && written[at..].starts_with(letter) && bytes.get(at) != Some(&b'\\');
            if direct {
                run = (position, length, at);
                at += length;
            } else {
                // Neither dropped nor escaped: one letter stands for another (a template that is filled in later).
                let other = written[at.min(written.len())..].chars().next().map_or(0, char::len_utf8);
                let end = escape_end(written, at).max((at + other).min(written.len()));
                mapped.add_as(&decoded[position..position + length], Span::new(start + before, start + end));
                at = end;
            }
        }
        mapped.add(&decoded[run.0..run.0 + run.1], start + run.2);
        mapped
    }

    /// The place of `from..to` of the text, as one span of the file.
    pub(super) fn span(&self, from: usize, to: usize) -> Span {
        let first = self.place(from);
        let last = self.place(to.saturating_sub(1).max(from));
        Span { start: first.start, end: last.end.max(first.start) }
    }

    /// Where the byte at `at` stands.
    fn place(&self, at: usize) -> Span {
        let index = self.runs.partition_point(|run| run.at <= at).saturating_sub(1);
        let Some(run) = self.runs.get(index) else { return Span::default() };
        if run.length == run.source.len() && at < run.at + run.length {
            let start = run.source.start as usize + (at - run.at);
            return Span::new(start, start + 1);
        }
        if at >= run.at + run.length {
            return Span { start: run.source.end, end: run.source.end };
        }
        run.source
    }

    /// The part of it from `from` to `to`, with its way back.
    pub(super) fn slice(&self, from: usize, to: usize) -> Self {
        let mut part = Self::default();
        for piece in self.pieces(from, to) {
            if let Piece::Literal { text, span } = piece {
                part.add_as(&text, span);
            }
        }
        part
    }

    /// The text from `from` to `to` as pieces whose bytes correspond to the file's.
    pub(super) fn pieces(&self, from: usize, to: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let first = self.runs.partition_point(|run| run.at + run.length <= from);
        for run in self.runs[first..].iter().take_while(|run| run.at < to) {
            let (start, end) = (from.max(run.at), to.min(run.at + run.length));
            let Some(text) = self.text.get(start..end).filter(|text| !text.is_empty()) else { continue };
            let span = if run.length == run.source.len() {
                let source = run.source.start as usize + (start - run.at);
                Span::new(source, source + text.len())
            } else {
                run.source
            };
            pieces.push(Piece::Literal { text: text.to_owned(), span });
        }
        pieces
    }
}

/// Passes over what a document's reader drops before `letter`: white space, line ends, quotes, block marks.
fn skip(written: &str, mut at: usize, letter: char) -> usize {
    while let Some(next) = written[at.min(written.len())..].chars().next() {
        if next == letter
            || next == '\\'
            || !(next.is_whitespace() || matches!(next, '"' | '\'' | '|' | '>' | '-' | '+'))
        {
            break;
        }
        at += next.len_utf8();
    }
    at
}

/// The end of the escape at `at`, or `at` itself where none stands there.
fn escape_end(written: &str, at: usize) -> usize {
    let rest = &written.as_bytes()[at.min(written.len())..];
    let length = match rest {
        [b'\\', b'u', ..] => 6,
        [b'\\', b'x', ..] => 4,
        [b'\\', ..] => 2,
        _ => 0,
    };
    let mut end = (at + length).min(written.len());
    while !written.is_char_boundary(end) {
        end += 1;
    }
    end
}
