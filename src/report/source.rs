//! Source text for miette, by way of a line index. miette's own scans from the first byte for each
//! label, and prints lines of any length.

use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::source::IndexedText;

/// A line longer than this is shown in part, round what is marked.
const LONGEST_LINE: usize = 400;

/// How much of a long line is shown on either side of what is marked.
const WINDOW: usize = 100;

/// A file's text under the name that is printed.
#[derive(Debug, Clone)]
pub struct NamedText {
    /// The name.
    pub name: String,
    /// The text.
    pub text: Arc<IndexedText>,
}

impl SourceCode for NamedText {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = &self.text.source.text;
        let (start, end) = (span.offset(), span.offset().saturating_add(span.len()));
        if end > text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let wide = |number: u32| number as usize;
        let first = self.text.position(narrow(start));
        let last = self.text.position(narrow(end.saturating_sub(1).max(start)));
        let line = wide(first.line).saturating_sub(before).max(1);
        let line_end = |line: usize| self.text.lines.line_start(narrow(line + 1)).map_or(text.len(), wide);
        let (mut from, mut to) = if before == 0 && after == 0 {
            (start, end)
        } else {
            let begin = self.text.lines.line_start(narrow(line)).map_or(0, wide);
            (begin, line_end(wide(last.line) + after))
        };
        let mut shown_line = line;
        let own_line = self.text.lines.line_start(first.line).map_or(0, wide)..line_end(wide(last.line));
        if own_line.len() > LONGEST_LINE && from < start {
            from = floor(text, start.saturating_sub(WINDOW).max(own_line.start));
            to = ceil(text, (end + WINDOW).min(own_line.end));
            shown_line = wide(first.line);
        }
        let to = to.max(from);
        let column = if before == 0 && after == 0 { wide(first.column) - 1 } else { 0 };
        let lines = text[from..to].matches('\n').count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &text.as_bytes()[from..to],
            (from, to - from).into(),
            shown_line - 1,
            column,
            lines,
        )))
    }
}

/// The nearest boundary of a character at or before `at`.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The nearest boundary of a character at or after `at`.
fn ceil(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
