//! Files, byte spans and line indexes: the vocabulary of places that every stage shares.
//!
//! A place is always a file and a byte span in it. Lines and columns exist only at the edges
//! (reports, the language server) and are made from a [`LineIndex`] there.

pub mod positions;

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A file of the run: an index into the workspace's table of files, which is sorted by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, in bytes. Offsets past 4 GiB saturate.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: narrow(start), end: narrow(end) }
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether it covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// As a range of `usize`, to slice a text with.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether `other` lies in it.
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span where it begins.
    #[must_use]
    pub fn head(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The empty span where it ends.
    #[must_use]
    pub fn tail(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// Moved right by `by` bytes.
    #[must_use]
    pub fn shifted(self, by: u32) -> Span {
        Span { start: self.start.saturating_add(by), end: self.end.saturating_add(by) }
    }
}

/// A place: a span in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub span: Span,
}

/// Where the bytes come from: the disk, a git tree, or an editor's unsaved buffers over either.
pub trait Sources: Sync {
    /// The folder that all relative paths are relative to, absolute.
    fn root(&self) -> &Path;

    /// The bytes of a file. `path` is relative to the root with `/`, or absolute for the one file
    /// that may lie outside of it (a config named on the command line).
    ///
    /// # Errors
    /// Whatever the file system says.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// Whether there is a file or folder at `path`.
    fn exists(&self, path: &str) -> bool;

    /// Every file under the root that `wanted` lets through, sorted by path, with each file and folder
    /// that was left out and why. `wanted` is asked about folders too, before they are entered.
    fn list(&self, wanted: &ListFilter<'_>) -> Listing;
}

/// Asked for each folder and file of a listing. Answers why it is to be left out, or `None` to let
/// it through.
pub type ListFilter<'a> = dyn Fn(&Candidate<'_>) -> Option<SkipReason> + Sync + 'a;

/// A file or folder that may be part of a listing.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Relative to the root, with `/`.
    pub path: &'a str,
    /// Its size in bytes; `None` for a folder.
    pub size: Option<u64>,
    /// The names of all that lies in the same folder, sorted.
    pub siblings: &'a [String],
}

impl Candidate<'_> {
    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path, |(_, name)| name)
    }

    /// Whether something of that name lies beside it.
    #[must_use]
    pub fn has_sibling(&self, name: &str) -> bool {
        self.siblings.binary_search_by(|sibling| sibling.as_str().cmp(name)).is_ok()
    }
}

/// What [`Sources::list`] found.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The files.
    pub files: Vec<ListedFile>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
}

/// One file of a listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedFile {
    /// Relative to the root, with `/`.
    pub path: String,
    /// In bytes.
    pub size: u64,
}

/// A file or folder that was not read, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Relative to the root, with `/`. A folder ends in `/` and stands for all in it.
    pub path: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why a file or folder was not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// `.gitignore` and its like.
    Ignored,
    /// `exclude` in the config.
    Excluded,
    /// A folder of other people's code or of build results: its name (`node_modules`, `target`).
    Vendored(&'static str),
    /// Generated or minified: by its name.
    Generated,
    /// No text: by its extension, or a NUL byte near the start.
    Binary,
    /// Larger than `max-file-size`: its size in bytes.
    TooLarge(u64),
    /// A symlink out of the root, to nothing, or round in a circle.
    Link(&'static str),
    /// A FIFO, a socket, a device.
    Special(&'static str),
    /// Could not be opened or read: what the system said. The one reason that is a failure of the run.
    Unreadable(String),
    /// Its path is not valid Unicode.
    NameNotUnicode,
}

impl SkipReason {
    /// Its name in output: what files are counted by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::Excluded => "excluded",
            Self::Vendored(_) => "vendored",
            Self::Generated => "generated",
            Self::Binary => "binary",
            Self::TooLarge(_) => "too-large",
            Self::Link(_) => "link",
            Self::Special(_) => "special",
            Self::Unreadable(_) => "unreadable",
            Self::NameNotUnicode => "name-not-unicode",
        }
    }

    /// Whether the run could not do its work because of it (exit code 2), rather than by policy.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Unreadable(_))
    }

    /// One line for people.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Ignored => "ignored by git".into(),
            Self::Excluded => "excluded by the config".into(),
            Self::Vendored(folder) => format!("under `{folder}`"),
            Self::Generated => "generated".into(),
            Self::Binary => "binary".into(),
            Self::TooLarge(size) => format!("larger than max-file-size ({size} bytes)"),
            Self::Link(how) => format!("a symlink {how}"),
            Self::Special(what) => format!("a {what}, not a file"),
            Self::Unreadable(why) => format!("could not be read: {why}"),
            Self::NameNotUnicode => "its name is not valid Unicode".into(),
        }
    }
}

/// A file's text as every stage sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceText {
    /// UTF-8 without a byte order mark. Bytes that are no UTF-8 have become one `?` each, so offsets
    /// hold; UTF-16 has been decoded, so there offsets are those of the decoded text.
    pub text: String,
    /// What is to be added to an offset in `text` to get the one in the file: the length of the
    /// byte order mark that was taken off.
    pub bom: u32,
    /// Whether bytes were replaced.
    pub lossy: bool,
}

/// The texts of files, read when asked for and kept.
pub trait Texts {
    /// The text of that file with its line index; `None` where it cannot be read.
    fn text(&self, file: FileId) -> Option<std::sync::Arc<IndexedText>>;
}

/// A text and where its lines begin.
#[derive(Debug, Clone)]
pub struct IndexedText {
    /// The text.
    pub source: SourceText,
    /// Its lines.
    pub lines: LineIndex,
}

impl IndexedText {
    /// The text with its line index.
    #[must_use]
    pub fn new(source: SourceText) -> Self {
        let lines = LineIndex::new(&source.text);
        Self { source, lines }
    }

    /// The position of a byte of the text.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.lines.position(&self.source.text, offset)
    }

    /// The 1-based `line` without its end; empty past the last.
    #[must_use]
    pub fn line(&self, line: u32) -> &str {
        let Some(start) = self.lines.line_start(line) else { return "" };
        let text = &self.source.text;
        let end = self.lines.line_start(line + 1).map_or(text.len(), |end| end as usize);
        text.get(start as usize..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }
}

/// A position as people and editors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// 1-based.
    pub line: u32,
    /// 1-based, in Unicode scalar values.
    pub column: u32,
    /// Bytes from the start of the file.
    pub offset: u32,
}

/// Where each line of a text begins: turns byte offsets to positions in `O(log lines)`, however long
/// the lines are (a dump may be one line of a gigabyte).
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// How many characters precede each [`BLOCK`]th byte, that byte moved back to a character's start.
    characters: Vec<u32>,
}

/// Bytes between two counts of characters.
const BLOCK: usize = 4096;

impl LineIndex {
    /// The index of `text`. A line ends at `\n`; a `\r` before it belongs to the line.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| Span::new(at + 1, at + 1).start));
        let (mut characters, mut counted, mut from) = (Vec::with_capacity(text.len() / BLOCK + 1), 0, 0);
        for block in (0..=text.len()).step_by(BLOCK) {
            let to = text.floor_char_boundary(block);
            counted += text[from..to].chars().count();
            characters.push(Span::new(counted, counted).start);
            from = to;
        }
        Self { starts, characters }
    }

    /// How many characters precede the byte `at`, a character boundary.
    fn characters_before(&self, text: &str, at: usize) -> usize {
        let block = at / BLOCK;
        let from = text.floor_char_boundary(block * BLOCK);
        self.characters.get(block).map_or(0, |counted| *counted as usize) + text[from..at].chars().count()
    }

    /// The 1-based line and column (in Unicode scalar values) of the byte `offset` of `text`, which
    /// must be the text the index was made of. An offset past the end, or inside a character, is
    /// moved back to the nearest character boundary.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let at = text.floor_char_boundary(offset as usize);
        let line = self.starts.partition_point(|&start| start as usize <= at) - 1;
        let start = self.starts[line] as usize;
        let column = self.characters_before(text, at) - self.characters_before(text, start) + 1;
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: narrow(line + 1), column: narrow(column), offset: narrow(at) }
    }

    /// The byte at which the 1-based `line` begins; `None` past the last line.
    #[must_use]
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get((line as usize).checked_sub(1)?).copied()
    }

    /// How many lines there are.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.starts.len()
    }
}

/// A language the workspace can tell. `Other` files are read only for what hides in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each variant is the language of its name")]
pub enum Language {
    Rust,
    Sql,
    Java,
    Kotlin,
    Scala,
    CSharp,
    Go,
    Python,
    TypeScript,
    JavaScript,
    Ruby,
    Php,
    Elixir,
    Shell,
    Xml,
    Yaml,
    Json,
    Toml,
    Properties,
    Dockerfile,
    Makefile,
    Prisma,
    Terraform,
    Notebook,
    Template,
    Other,
}

impl Language {
    /// Its name in `rules/frameworks/<name>/`, in configs and in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Sql => "sql",
            Self::Java => "java",
            Self::Kotlin => "kotlin",
            Self::Scala => "scala",
            Self::CSharp => "csharp",
            Self::Go => "go",
            Self::Python => "python",
            Self::TypeScript => "typescript",
            Self::JavaScript => "javascript",
            Self::Ruby => "ruby",
            Self::Php => "php",
            Self::Elixir => "elixir",
            Self::Shell => "shell",
            Self::Xml => "xml",
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Toml => "toml",
            Self::Properties => "properties",
            Self::Dockerfile => "dockerfile",
            Self::Makefile => "makefile",
            Self::Prisma => "prisma",
            Self::Terraform => "terraform",
            Self::Notebook => "notebook",
            Self::Template => "template",
            Self::Other => "other",
        }
    }
}

/// Whether `path` is `folder` or lies in it; both relative to the root, with `/`, which `.` stands for.
#[must_use]
pub fn lies_in(path: &str, folder: &str) -> bool {
    folder == "." || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_itself_and_what_is_below() {
        assert!(lies_in("a", ".") && lies_in("a/b", "a") && lies_in("a", "a") && !lies_in("ab", "a"));
    }

    /// Lines and columns counted by hand, character by character.
    fn counted(text: &str, at: usize) -> (u32, u32) {
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
    }

    #[test]
    fn positions_are_those_counted_by_hand() {
        let long = format!("a\r\né{}\n\n{}日本x", "ü".repeat(BLOCK), "xyz€".repeat(BLOCK));
        for text in ["", "\n", "one", "é\nü\n", long.as_str()] {
            let index = LineIndex::new(text);
            for (at, _) in text.char_indices().chain([(text.len(), ' ')]).step_by(1 + text.len() / 500) {
                let position = index.position(text, u32::try_from(at).unwrap());
                assert_eq!((position.line, position.column), counted(text, at), "byte {at}");
            }
        }
    }

    #[test]
    fn an_offset_that_is_none_is_moved_back() {
        let index = LineIndex::new("é");
        assert_eq!(index.position("é", 1).column, 1);
        assert_eq!(index.position("é", 99).column, 2);
    }
}
