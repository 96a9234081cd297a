//! Lines of `key = value`: `.env`, `.properties`, `.ini`, `.cfg`. Sections nest; nothing is an error.

use crate::source::Span;
use crate::workspace::document::{Data, Key, Node};

pub(super) fn parse(text: &str) -> Node {
    let mut top: Vec<(Key, Node)> = Vec::new();
    let mut section: Option<(Key, Vec<(Key, Node)>)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let body = line.trim();
        if body.is_empty() || body.starts_with(['#', ';', '!']) {
            continue;
        }
        if let Some(name) = body.strip_prefix('[').and_then(|body| body.strip_suffix(']')) {
            close(&mut top, section.take());
            section = Some((Key { text: name.trim().to_owned(), span: Span::new(at, at + line.len()) }, Vec::new()));
        } else if let Some(entry) = entry(line, at) {
            section.as_mut().map_or(&mut top, |(_, entries)| entries).push(entry);
        }
    }
    close(&mut top, section);
    Node { span: Span::new(0, text.len()), data: Data::Map(top) }
}

fn close(top: &mut Vec<(Key, Node)>, section: Option<(Key, Vec<(Key, Node)>)>) {
    if let Some((key, entries)) = section {
        let end = entries.last().map_or(key.span.end, |(_, node)| node.span.end);
        let span = Span { start: key.span.start, end };
        top.push((key, Node { span, data: Data::Map(entries) }));
    }
}

/// The entry of a line that begins at the byte `at`.
fn entry(line: &str, at: usize) -> Option<(Key, Node)> {
    let equals = line.find('=');
    // A `.properties` key may end in `:`, but a `:` in the value must not cut it.
    let split = match (equals, line.find(':')) {
        (Some(equals), _) => equals,
        (None, Some(colon)) => colon,
        (None, None) => return None,
    };
    let name = line[..split].trim();
    let name = name.strip_prefix("export ").map_or(name, str::trim);
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    let key_start = at + line.find(name)?;
    let rest = &line[split + 1..];
    let lead = rest.len() - rest.trim_start().len();
    let value = rest.trim();
    let (value, inner) = unquoted(value);
    let value_start = at + split + 1 + lead + inner;
    let span = Span::new(value_start, value_start + value.len());
    let data = if value.is_empty() { Data::Empty } else { Data::Text(value.to_owned()) };
    Some((Key { text: name.to_owned(), span: Span::new(key_start, key_start + name.len()) }, Node { span, data }))
}

/// The value without its quotes or the comment behind it, and how many bytes were taken off before it.
fn unquoted(value: &str) -> (&str, usize) {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote)
            && let Some(end) = rest.find(quote)
        {
            return (&rest[..end], 1);
        }
    }
    (value.find(" #").map_or(value, |comment| value[..comment].trim_end()), 0)
}
