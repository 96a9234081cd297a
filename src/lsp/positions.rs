//! Positions and addresses as editors name them.

use std::path::{Path, PathBuf};

use gen_lsp_types::{Position, Range};

use crate::report::place::percent_encoded;
use crate::source::{IndexedText, Span};

/// In what an editor counts the characters of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    Utf8,
    /// What every editor knows.
    #[default]
    Utf16,
}

impl Encoding {
    /// Its name in the protocol.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
        }
    }

    fn width(self, letter: char) -> usize {
        match self {
            Self::Utf8 => letter.len_utf8(),
            Self::Utf16 => letter.len_utf16(),
        }
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The byte that a position means; one past the end of its line, or of the text, means that end.
pub(super) fn offset(text: &IndexedText, encoding: Encoding, position: Position) -> usize {
    let Some(start) = text.lines.line_start(position.line.saturating_add(1)) else { return text.source.text.len() };
    let line = text.line(position.line + 1);
    let (mut at, mut left) = (start as usize, position.character as usize);
    for letter in line.chars() {
        let width = encoding.width(letter);
        if width > left {
            break;
        }
        left -= width;
        at += letter.len_utf8();
    }
    at
}

/// The position of a byte.
pub(super) fn position(text: &IndexedText, encoding: Encoding, offset: u32) -> Position {
    let at = text.source.text.floor_char_boundary(offset as usize);
    let line = text.position(narrow(at)).line;
    let start = text.lines.line_start(line).unwrap_or_default() as usize;
    let before = text.source.text.get(start..at).unwrap_or_default();
    let character = before.chars().map(|letter| encoding.width(letter)).sum();
    Position { line: line - 1, character: narrow(character) }
}

/// The range of a span.
pub(super) fn range(text: &IndexedText, encoding: Encoding, span: Span) -> Range {
    Range { start: position(text, encoding, span.start), end: position(text, encoding, span.end) }
}

/// The path of a `file:` address.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let path = uri.strip_prefix("file://")?;
    // A host is passed over: `file://localhost/…`.
    let path = &path[path.find('/')?..];
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let path = String::from_utf8(bytes).ok()?;
    let drive = path.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if drive { path.trim_start_matches('/') } else { path.as_str() }))
}

/// The `file:` address of a path.
pub(super) fn uri_of(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    let lead = if path.starts_with('/') { "" } else { "/" };
    format!("file://{lead}{}", percent_encoded(&path))
}

/// `path` relative to `root` with `/`, if it lies in it. Links in the way to it are seen through.
pub(super) fn inside(root: &Path, path: &Path) -> Option<String> {
    let resolved = || {
        let folder = path.parent()?.canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    let below = match path.strip_prefix(root) {
        Ok(below) => below.to_path_buf(),
        Err(_) => resolved()?.strip_prefix(root).ok()?.to_path_buf(),
    };
    let parts = below.components().map(|part| part.as_os_str().to_str().map(str::to_owned));
    let parts: Vec<String> = parts.collect::<Option<_>>()?;
    (!parts.is_empty() && !parts.iter().any(|part| part == "..")).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceText;

    #[test]
    fn positions_count_in_the_editors_units() {
        let text = "a\r\n😀é x\n";
        let indexed = IndexedText::new(SourceText { text: text.into(), ..SourceText::default() });
        for (encoding, character) in [(Encoding::Utf16, 4), (Encoding::Utf8, 7)] {
            let x = text.find('x').unwrap();
            let found = position(&indexed, encoding, narrow(x));
            assert_eq!(found, Position { line: 1, character });
            assert_eq!(offset(&indexed, encoding, found), x);
        }
        assert_eq!(offset(&indexed, Encoding::Utf16, Position { line: 0, character: 99 }), 1);
        assert_eq!(offset(&indexed, Encoding::Utf16, Position { line: 99, character: 0 }), text.len());
        assert_eq!(offset(&indexed, Encoding::Utf16, Position { line: u32::MAX, character: 0 }), text.len());
    }

    #[test]
    fn addresses_and_paths() {
        assert_eq!(path_of("file:///a%20b/%C3%A9.rs"), Some(PathBuf::from("/a b/é.rs")));
        assert_eq!(path_of("file:///c%3A/x.rs"), Some(PathBuf::from("c:/x.rs")));
        assert_eq!(path_of("untitled:Untitled-1"), None);
        assert_eq!(path_of("file:///a%zz"), None);
        assert_eq!(uri_of(Path::new("/a b/é.rs")), "file:///a%20b/%C3%A9.rs");
        assert_eq!(inside(Path::new("/r"), Path::new("/r/a/b.rs")), Some("a/b.rs".into()));
        assert_eq!(inside(Path::new("/r"), Path::new("/r/../x")), None);
    }
}
