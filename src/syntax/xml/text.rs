//! An element's content as it stands in the source.

use roxmltree::Node;

use super::super::outline::Piece;
use crate::source::Span;

/// A part of an element's content.
pub(super) enum Part<'a, 'input> {
    /// Characters, CDATA and comments, as a range of the source.
    Raw(usize, usize),
    /// An element.
    Element(Node<'a, 'input>),
}

/// The parts of an element's content, in order.
pub(super) fn parts<'a, 'input>(source: &str, node: Node<'a, 'input>) -> Vec<Part<'a, 'input>> {
    let range = node.range();
    let Some(element) = source.get(range.clone()) else { return Vec::new() };
    let Some(open) = start_tag_end(element).filter(|open| !element[..*open].ends_with("/>")) else {
        return Vec::new();
    };
    let end = range.start + element.rfind("</").unwrap_or(element.len());
    let mut at = range.start + open;
    let mut found = Vec::new();
    for child in node.children().filter(Node::is_element) {
        let inner = child.range();
        if inner.start < at || inner.end > end {
            continue;
        }
        found.push(Part::Raw(at, inner.start));
        found.push(Part::Element(child));
        at = inner.end;
    }
    if at < end {
        found.push(Part::Raw(at, end));
    }
    found
}

/// Where the start tag that `element` begins with ends.
fn start_tag_end(element: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in element.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Source characters as pieces: entities decoded, CDATA opened, comments left out.
pub(super) fn pieces(source: &str, start: usize, end: usize, out: &mut Vec<Piece>) {
    let Some(raw) = source.get(start..end) else { return };
    let mut at = 0;
    let mut from = 0;
    while let Some(found) = memchr::memchr2(b'<', b'&', &raw.as_bytes()[at..]) {
        let mark = at + found;
        let rest = &raw[mark..];
        literal(raw, start, from, mark, out);
        at = if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            let length = inner.find("]]>").unwrap_or(inner.len());
            let first = mark + "<![CDATA[".len();
            literal(raw, start, first, first + length, out);
            (first + length + "]]>".len()).min(raw.len())
        } else if rest.starts_with("<!--") {
            rest.find("-->").map_or(raw.len(), |close| mark + close + "-->".len())
        } else if let Some((text, length)) = entity(rest) {
            out.push(Piece::Literal { text, span: Span::new(start + mark, start + mark + length) });
            mark + length
        } else {
            from = mark;
            at = mark + 1;
            continue;
        };
        from = at;
    }
    literal(raw, start, from, raw.len(), out);
}

fn literal(raw: &str, start: usize, from: usize, to: usize, out: &mut Vec<Piece>) {
    if let Some(text) = raw.get(from..to).filter(|text| !text.is_empty()) {
        out.push(Piece::Literal { text: text.to_owned(), span: Span::new(start + from, start + to) });
    }
}

/// The character reference or predefined entity that a text begins with, decoded, and its length.
fn entity(text: &str) -> Option<(String, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let character = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => match name.strip_prefix("#x") {
            Some(digits) => number(digits, 16)?,
            None => number(name.strip_prefix('#')?, 10)?,
        },
    };
    Some((character.to_string(), end + 1))
}

/// An attribute's value and where it stands.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<(&'a str, Span)> {
    let attribute = node.attributes().find(|attribute| attribute.name() == name)?;
    let range = attribute.range_value();
    Some((attribute.value(), Span::new(range.start, range.end)))
}

/// An element's bytes.
pub(super) fn span(node: Node<'_, '_>) -> Span {
    Span::new(node.range().start, node.range().end)
}
