//! YAML, with anchors, merge keys, and templates that are not filled in yet.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Marks};

use crate::source::Span;
use crate::workspace::document::{DEPTH_LIMIT, Data, DocumentError, Key, Node};

/// How many nodes all aliases of a file may add.
const ALIAS_LIMIT: usize = 20_000;

pub(super) fn parse(text: &str) -> (Vec<Node>, Option<DocumentError>) {
    // `{{ … }}` is no YAML where it stands bare. Filled up with text of the same width it is.
    let filled = text.contains("{{").then(|| without_templates(text));
    let text = filled.as_deref().unwrap_or(text);
    let code = text.contains("<%").then(|| without_code(text));
    read(code.as_deref().unwrap_or(text))
}

/// `text` with the code of ERB in it made harmless, at the same width: a `<% … %>` that gives nothing is blanked, in a
/// `<%= … %>` what YAML would take for its own signs is.
fn without_code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<%") {
        let Some(length) = rest[start..].find("%>").map(|length| length + 2) else { break };
        let tag = &rest[start..start + length];
        out.push_str(&rest[..start]);
        if tag.starts_with("<%=") {
            out.push_str(&tag.replace(": ", ":_").replace(" #", "_#"));
        } else {
            out.extend(tag.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        }
        rest = &rest[start + length..];
    }
    out.push_str(rest);
    out
}

fn read(text: &str) -> (Vec<Node>, Option<DocumentError>) {
    let offsets = Offsets::new(text);
    let mut builder = Builder::new(&offsets);
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, marks)) => builder.take(event, marks),
            Err(error) => {
                let at = offsets.byte(error.marker().index());
                builder.close_all();
                let message = error.info().to_owned();
                return (builder.documents, Some(DocumentError { span: Span::new(at, at), message }));
            }
        }
    }
    (builder.documents, None)
}

/// `text` with each `{{ … }}` replaced, at the same width: a line of nothing else is blanked, one in
/// a line becomes a placeholder `${…}` of which nobody knows the value.
fn without_templates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut opens = false;
    for line in text.split_inclusive('\n') {
        let body = line.trim();
        // At the head of a block of text a blank line must not be wider than the block: a comment stands there.
        let first = std::mem::replace(&mut opens, opens_block(body));
        if body.starts_with("{{") && body.ends_with("}}") {
            let indent = line.len() - line.trim_start().len();
            let blank = |(at, byte)| match byte {
                b'\n' => '\n',
                _ if first && at == indent => '#',
                _ => ' ',
            };
            out.extend(line.bytes().enumerate().map(blank));
            opens = first;
            continue;
        }
        let mut rest = line;
        while let Some(start) = rest.find("{{") {
            let Some(length) = rest[start..].find("}}").map(|length| length + 2) else { break };
            out.push_str(&rest[..start]);
            out.push_str("${");
            out.extend(std::iter::repeat_n('_', length - 3));
            out.push('}');
            rest = &rest[start + length..];
        }
        out.push_str(rest);
    }
    out
}

/// Whether a line ends with what opens a block of text (`script: |-`).
fn opens_block(line: &str) -> bool {
    let bare = line.trim_end_matches(|letter: char| matches!(letter, '-' | '+') || letter.is_ascii_digit());
    bare.ends_with(['|', '>'])
}

/// From the parser's characters to bytes.
struct Offsets(Option<Vec<usize>>, usize);

impl Offsets {
    fn new(text: &str) -> Self {
        let map = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self(map, text.len())
    }

    fn byte(&self, index: usize) -> usize {
        match &self.0 {
            None => index.min(self.1),
            Some(map) => map.get(index).copied().unwrap_or(self.1),
        }
    }

    fn span(&self, marks: Marks) -> Span {
        Span::new(self.byte(marks.start.index()), self.byte(marks.end.index()))
    }
}

/// A collection that is still open.
struct Open {
    anchor: usize,
    start: usize,
    data: Data,
    /// In a map: the key whose value comes next.
    key: Option<Key>,
}

struct Builder<'a> {
    offsets: &'a Offsets,
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    aliased: usize,
    /// Collections beyond the depth limit that are still open.
    too_deep: usize,
}

impl<'a> Builder<'a> {
    fn new(offsets: &'a Offsets) -> Self {
        Self { offsets, documents: Vec::new(), open: Vec::new(), anchors: HashMap::new(), aliased: 0, too_deep: 0 }
    }

    fn take(&mut self, event: Event<'_>, marks: Marks) {
        let span = self.offsets.span(marks);
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let empty = style == ScalarStyle::Plain && matches!(text.as_ref(), "" | "~" | "null");
                let data = if empty { Data::Empty } else { Data::Text(text.into_owned()) };
                self.finish(Node { span, data }, anchor);
            }
            Event::SequenceStart(anchor, _) => self.begin(anchor, span, Data::List(Vec::new())),
            Event::MappingStart(anchor, _) => self.begin(anchor, span, Data::Map(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.filter(|node| {
                    self.aliased += node.leaves().len() + 1;
                    self.aliased <= ALIAS_LIMIT
                });
                self.finish(node.unwrap_or(Node { span, data: Data::Empty }), 0);
            }
            Event::DocumentEnd | Event::StreamEnd => self.close_all(),
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
        }
    }

    fn begin(&mut self, anchor: usize, span: Span, data: Data) {
        if self.open.len() >= DEPTH_LIMIT || self.too_deep > 0 {
            self.too_deep += 1;
            return;
        }
        self.open.push(Open { anchor, start: span.start as usize, data, key: None });
    }

    fn end(&mut self, span: Span) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        if let Some(open) = self.open.pop() {
            let node = Node { span: Span::new(open.start, span.end as usize), data: open.data };
            self.finish(node, open.anchor);
        }
    }

    fn close_all(&mut self) {
        self.too_deep = 0;
        while let Some(open) = self.open.last() {
            let start = Span::new(open.start, open.start);
            self.end(start);
        }
    }

    /// A node is whole: it goes into the collection that is open, or is a document.
    fn finish(&mut self, node: Node, anchor: usize) {
        if self.too_deep > 0 {
            return;
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            if node.data != Data::Empty {
                self.documents.push(node);
            }
            return;
        };
        match &mut open.data {
            Data::List(items) => items.push(node),
            Data::Map(entries) => match open.key.take() {
                None => {
                    // A key that is no text is kept as an empty one, so that its value finds a place.
                    let text = node.text().unwrap_or_default().to_owned();
                    open.key = Some(Key { text, span: node.span });
                }
                Some(key) if key.text == "<<" => merge(entries, node),
                Some(key) => entries.push((key, node)),
            },
            Data::Empty | Data::Text(_) => {}
        }
    }
}

/// A merge key: what the map does not say itself, the other does.
fn merge(entries: &mut Vec<(Key, Node)>, from: Node) {
    let sources = match from.data {
        Data::List(items) => items,
        _ => vec![from],
    };
    for source in sources {
        if let Data::Map(more) = source.data {
            for (key, node) in more {
                if !entries.iter().any(|(known, _)| known.text == key.text) {
                    entries.push((key, node));
                }
            }
        }
    }
}
