//! JSON as people write it in settings: with comments and trailing commas, and with spans.

use crate::source::Span;
use crate::workspace::document::{DEPTH_LIMIT, Data, DocumentError, Key, Node};

pub(super) fn parse(text: &str) -> (Vec<Node>, Option<DocumentError>) {
    let mut reader = Reader { text, at: 0, error: None };
    let node = reader.value(0);
    (node.into_iter().collect(), reader.error)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    error: Option<DocumentError>,
}

impl Reader<'_> {
    fn fail(&mut self, message: &str) {
        if self.error.is_none() {
            self.error = Some(DocumentError { span: Span::new(self.at, self.at), message: message.to_owned() });
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Over blanks and comments.
    fn skip(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            let rest = &self.text[self.at..];
            let comment = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                return;
            };
            self.at += comment;
        }
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        self.skip();
        let start = self.at;
        if depth > DEPTH_LIMIT {
            self.fail("nested too deep");
            return None;
        }
        let data = match self.peek() {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"' | b'\'') => Data::Text(self.string()),
            Some(_) => self.bare()?,
            None => {
                self.fail("ends too early");
                return None;
            }
        };
        Some(Node { span: Span::new(start, self.at), data })
    }

    fn map(&mut self, depth: usize) -> Data {
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            self.skip();
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                Some(b',') => self.at += 1,
                Some(b'"' | b'\'') => {
                    let start = self.at;
                    let key = Key { text: self.string(), span: Span::new(start, self.at) };
                    self.skip();
                    if self.peek() != Some(b':') {
                        self.fail("expected `:`");
                        break;
                    }
                    self.at += 1;
                    let Some(node) = self.value(depth + 1) else { break };
                    entries.push((key, node));
                }
                _ => {
                    self.fail("expected a key or `}`");
                    break;
                }
            }
            if self.error.is_some() {
                break;
            }
        }
        Data::Map(entries)
    }

    fn list(&mut self, depth: usize) -> Data {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                Some(b',') => self.at += 1,
                _ => match self.value(depth + 1) {
                    Some(node) => items.push(node),
                    None => break,
                },
            }
            if self.error.is_some() {
                break;
            }
        }
        Data::List(items)
    }

    /// A quoted text; the reader stands on its quote.
    fn string(&mut self) -> String {
        let bytes = self.text.as_bytes();
        let quote = bytes[self.at];
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while bytes.get(self.at).is_some_and(|byte| *byte != quote && *byte != b'\\' && *byte != b'\n') {
                self.at += 1;
            }
            out.push_str(&self.text[start..self.at]);
            match self.peek() {
                Some(b'\\') => self.escape(&mut out),
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return out;
                }
                _ => {
                    self.fail("a text without an end");
                    return out;
                }
            }
        }
    }

    fn escape(&mut self, out: &mut String) {
        let Some(letter) = self.text[self.at + 1..].chars().next() else {
            self.at += 1;
            return;
        };
        self.at += 1 + letter.len_utf8();
        match letter {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' | 'f' => out.push(' '),
            'u' => {
                let code = self.text.get(self.at..self.at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                if code.is_some() {
                    self.at += 4;
                }
                out.push(code.and_then(char::from_u32).unwrap_or('?'));
            }
            other => out.push(other),
        }
    }

    /// A number, `true`, `false` or `null`.
    fn bare(&mut self) -> Option<Data> {
        let rest = &self.text[self.at..];
        let length =
            rest.find(|letter: char| !(letter.is_alphanumeric() || "+-._".contains(letter))).unwrap_or(rest.len());
        if length == 0 {
            self.fail("expected a value");
            return None;
        }
        let word = &rest[..length];
        self.at += length;
        Some(if word == "null" { Data::Empty } else { Data::Text(word.to_owned()) })
    }
}
