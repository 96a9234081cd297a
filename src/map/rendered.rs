//! A text as far as it is known: its pieces with the places that they stand at, and holes.

use std::rc::Rc;

use super::program::FunctionRef;
use super::text::Frame;
use crate::source::{FileId, Place, Span};
use crate::sql::HOLE;

/// No text is followed further than to this length, in bytes.
const MAX_LENGTH: usize = 4 << 20;

/// A text as far as the source tells it.
#[derive(Debug, Clone, Default)]
pub(super) struct Rendered {
    pub text: String,
    /// What it is made of, in order.
    pub parts: Vec<Part>,
    /// The parameters that leave holes.
    pub params: Vec<(FunctionRef, u32)>,
    /// The functions whose parameters a frame gave values to.
    pub answered: Vec<FunctionRef>,
    /// How many ways the widest choice has.
    pub alternatives: usize,
    /// The file whose content it is.
    pub included: Option<FileId>,
    /// Whether any of it is known.
    pub known: bool,
    /// Whether it was put together of values that stand apart from each other in the file.
    pub scattered: bool,
    /// Whether it is a statement whose tables count where it was built.
    pub built: bool,
}

/// A piece of a text, and where it is written.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Where it begins in the text.
    pub at: usize,
    /// How many bytes of it there are; as many as of `span`, or it stands there as a whole.
    pub length: usize,
    pub file: FileId,
    pub span: Span,
}

impl Rendered {
    pub(super) fn literal(&mut self, text: &str, file: FileId, span: Span) {
        if self.text.len() + text.len() > MAX_LENGTH {
            return;
        }
        self.parts.push(Part { at: self.text.len(), length: text.len(), file, span });
        self.text.push_str(text);
        self.known |= !text.trim().is_empty();
    }

    /// Adds another text with its places.
    pub(super) fn append(&mut self, other: Option<&Self>) {
        let Some(other) = other.filter(|other| self.text.len() + other.text.len() <= MAX_LENGTH) else { return };
        let from = self.text.len();
        self.parts.extend(other.parts.iter().map(|part| Part { at: from + part.at, ..part.clone() }));
        self.text.push_str(&other.text);
        self.params.extend(&other.params);
        self.known |= other.known;
    }

    pub(super) fn hole(&mut self, file: FileId, span: Span) {
        if !self.text.ends_with(HOLE) {
            self.parts.push(Part { at: self.text.len(), length: HOLE.len_utf8(), file, span });
            self.text.push(HOLE);
        }
    }

    /// Adds `text`, which is what stands at `span` of another, with its places.
    pub(super) fn add_part(&mut self, other: &Self, text: &str, span: Span) {
        let (from, to) = (span.start as usize, span.end as usize);
        let start = self.text.len();
        self.text.push_str(text);
        self.known |= !text.trim().is_empty();
        // What is written otherwise than it reads (`\"`) stands as a whole where it is written.
        if text.len() != span.len() {
            let place = other.place(span);
            self.parts.extend(place.map(|place| Part {
                at: start,
                length: text.len(),
                file: place.file,
                span: place.span,
            }));
            return;
        }
        for part in &other.parts {
            let (head, tail) = (from.max(part.at), to.min(part.at + part.length));
            if head >= tail {
                continue;
            }
            let inside = Span { start: source_offset(part, head, false), end: source_offset(part, tail, true) };
            self.parts.push(Part { at: start + head - from, length: tail - head, file: part.file, span: inside });
        }
    }

    /// Adds what is not known of what stands at `span` of another.
    pub(super) fn add_hole(&mut self, other: &Self, span: Span) {
        if let Some(place) = other.place(span) {
            self.hole(place.file, place.span);
        }
    }

    /// The text without the tags in it, each place kept.
    pub(super) fn without_tags(mut self) -> Self {
        self.text = super::markup::without_tags(&self.text);
        self
    }

    /// The clause of a query as a whole one.
    pub(super) fn completed(mut self, clause: &str) -> Self {
        let begins = self.text.trim_start().get(..clause.len()).is_some_and(|word| word.eq_ignore_ascii_case(clause));
        let before = if begins { "SELECT 1 ".to_owned() } else { format!("SELECT 1 {clause} ") };
        for part in &mut self.parts {
            part.at += before.len();
        }
        self.text.insert_str(0, &before);
        self
    }

    /// Where the bytes `span` of the text stand in the source; `None` for what stands nowhere.
    pub(super) fn place(&self, span: Span) -> Option<Place> {
        let mut first = self.part_at(span.start as usize)?;
        if self.scattered {
            // A schema and a table that are given by two attributes: the table's is the place.
            first = self.part_at((span.end as usize).saturating_sub(1))?;
        }
        let start = source_offset(first, span.start as usize, false);
        let last = self.part_at((span.end as usize).saturating_sub(1).max(span.start as usize))?;
        let end = if last.file == first.file { source_offset(last, span.end as usize, true) } else { first.span.end };
        Some(Place { file: first.file, span: Span { start, end: end.max(start) } })
    }

    fn part_at(&self, at: usize) -> Option<&Part> {
        let after = self.parts.partition_point(|part| part.at <= at);
        self.parts.get(after.checked_sub(1)?)
    }

    /// The first place of the text that is a literal, and all of its places.
    pub(super) fn spans(&self) -> impl Iterator<Item = (FileId, Span)> + '_ {
        self.parts.iter().map(|part| (part.file, part.span))
    }

    /// Whether it is a name put together of several texts.
    pub(super) fn is_several(&self) -> bool {
        self.parts.len() > 1 && !self.text.contains(char::is_whitespace)
    }

    /// The whole of it in the file where it begins.
    pub(super) fn whole(&self) -> Option<Place> {
        let first = self.parts.first()?;
        let same = self.parts.iter().take_while(|part| part.file == first.file);
        let span = same.fold(first.span, |span, part| span.to(part.span));
        Some(Place { file: first.file, span })
    }

    /// Whether it is one of the ways that a frame has a say in: the others are what they were without it.
    pub(super) fn depends_on(&self, frame: Option<&Rc<Frame>>) -> bool {
        frame.is_none_or(|frame| self.answered.contains(&frame.newest()))
    }

    /// The text as a part of `statement`, for whose `{}` it stands.
    pub(super) fn within(mut self, statement: &str) -> Self {
        let (before, after) = statement.split_once("{}").unwrap_or((statement, ""));
        self.text = format!("{before}{}{after}", self.text);
        self.parts.iter_mut().for_each(|part| part.at += before.len());
        self
    }

    /// The same text as far as it is the caller's to say, without a word of it.
    pub(super) fn emptied(&self) -> Self {
        Self { text: String::new(), parts: Vec::new(), ..self.clone() }
    }

    /// Adds a part of another text with its places.
    pub(super) fn append_part(&mut self, other: &Self, from: usize, to: usize) {
        for part in &other.parts {
            let (start, end) = (part.at.max(from), (part.at + part.length).min(to));
            if start >= end {
                continue;
            }
            let exact = part.length == part.span.len();
            let span = Span::new(start - part.at, end - part.at).shifted(part.span.start);
            let span = if exact { span } else { part.span };
            self.parts.push(Part { at: self.text.len(), length: end - start, file: part.file, span });
            self.text.push_str(&other.text[start..end]);
        }
    }

    /// Whether nothing of it is known but that it is a parameter's value.
    pub(super) fn is_param(&self) -> bool {
        !self.known && !self.params.is_empty()
    }
}

fn source_offset(part: &Part, at: usize, end: bool) -> u32 {
    let inside = at.saturating_sub(part.at).min(part.length);
    if part.length == part.span.len() {
        part.span.start + Span::new(inside, inside).start
    } else if end {
        part.span.end
    } else {
        part.span.start
    }
}
