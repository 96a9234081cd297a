//! Places as formats need them: a path, lines and columns.

use crate::report::Report;
use crate::source::{Place, Position};

/// A place with its positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Relative to the root, with `/`.
    pub path: String,
    /// Its first character. The offset counts bytes of the file as it lies on the disk.
    pub start: Position,
    /// One past its last character.
    pub end: Position,
}

impl Report<'_> {
    /// Where a place stands. A file that can no longer be read gives line 1, column 1.
    #[must_use]
    pub fn locate(&self, place: Place) -> Located {
        let path = self.workspace.path(place.file).to_owned();
        let Some(text) = self.texts.text(place.file) else {
            let start = Position { line: 1, column: 1, offset: place.span.start };
            return Located { path, start, end: Position { offset: place.span.end, ..start } };
        };
        let at = |offset: u32| {
            let position = text.position(offset);
            Position { offset: position.offset + text.source.bom, ..position }
        };
        Located { path, start: at(place.span.start), end: at(place.span.end) }
    }

    /// A path as hosts of repositories know it: from the repository's top.
    #[must_use]
    pub fn from_top(&self, path: &str) -> String {
        format!("{}{path}", self.below_repository)
    }

    /// `path:line:column` of a place.
    #[must_use]
    pub fn pointer(&self, place: Place) -> String {
        let located = self.locate(place);
        let text = format!("{}:{}:{}", located.path, located.start.line, located.start.column);
        self.style.link(&self.url(&located.path), &text)
    }

    /// The `file:` address of a path, for terminals that follow links.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        let absolute = self.workspace.root.join(path);
        format!("file://{}", percent_encoded(&absolute.to_string_lossy().replace('\\', "/")))
    }
}

/// A path as part of an address: everything that is not plainly safe is encoded.
#[must_use]
pub fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(["%".to_owned(), format!("{byte:02X}")]);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plainly_safe_is_encoded() {
        assert_eq!(percent_encoded("a b/é.rs"), "a%20b/%C3%A9.rs");
    }
}
