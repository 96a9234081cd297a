//! A text to tokens with byte spans: words, names in quotes, literals, placeholders of every style,
//! and what the command line clients put between statements.
//!
//! The lexer never fails. What is not closed reaches to the end of the text and is a [`Problem`].

use super::client::{self, Line};
use super::keywords::Key;
use super::{HOLE, Problem};
use crate::source::Span;
use crate::vocabulary::Dialect;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word, keyword or not.
    Word,
    /// A name in double quotes, backticks or brackets.
    Quoted,
    /// A string literal.
    Text,
    /// A dollar-quoted string.
    Dollar,
    /// A number.
    Number,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `.`
    Dot,
    /// `;`
    Semicolon,
    /// What ends a statement whatever it is in: another delimiter, `GO`, a line with only `/`.
    Terminator,
    /// A placeholder for a value: `?`, `$1`, `:x`, `%s`, `#{x}`, `${x}`, `{}`, `&x`.
    Placeholder,
    /// `@x`, `@@x`
    Variable,
    /// A template's `{{ … }}`.
    Template,
    /// A hole of a text value.
    Hole,
    /// Any other sign.
    Symbol,
    /// The end of the text.
    End,
}

/// A token: its kind, its key if it is a word, and its bytes in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: Kind,
    pub key: Key,
    pub start: u32,
    pub end: u32,
    /// For an open parenthesis, the index of its closing one (or of what ended the statement).
    pub partner: u32,
}

impl Token {
    /// A token that stands past the end of any statement.
    pub const END: Self = Self { kind: Kind::End, key: Key::None, start: u32::MAX, end: u32::MAX, partner: 0 };

    /// Whether the token is a name: a word or a quoted one.
    pub fn is_name(self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted)
    }

    /// Whether a value is not known here.
    pub fn is_unknown(self) -> bool {
        matches!(self.kind, Kind::Hole | Kind::Placeholder | Kind::Template)
    }
}

/// Reads tokens off a text.
pub(super) struct Lexer<'t> {
    pub text: &'t str,
    pub bytes: &'t [u8],
    pub at: usize,
    pub dialect: Dialect,
    pub script: bool,
    /// The delimiter of MySQL's client, where it is not `;`.
    delimiter: Option<&'t str>,
    /// Where a line that is a statement of its own ends (`\copy …`).
    line_end: Option<usize>,
    /// Whether the next token begins a statement.
    fresh: bool,
    /// Whether this statement is a COPY, and whether FROM STDIN was the last that was seen of it.
    copy: CopyState,
    /// The kind and end of the token before.
    pub before: (Kind, usize),
    /// Whether a versioned comment (`/*!40101 … */`) is open, whose content is code.
    versioned: bool,
    /// Whether nothing but blanks stands before this place in its line.
    line_fresh: bool,
    /// Closing marks that do not come any more: looked for in vain once, never looked for again.
    absent: Vec<Vec<u8>>,
    pub problems: Vec<Problem>,
}

/// What the clients of a database make of a place in a script.
enum Client {
    /// Nothing: it is text of a statement.
    Sql,
    /// A command, which was gone past.
    Skipped,
    /// The end of a statement.
    Token(Token),
}

/// How far a statement has shown that data follow it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CopyState {
    No,
    Copy,
    From,
    Stdin,
}

impl<'t> Lexer<'t> {
    pub fn new(text: &'t str, dialect: Dialect, script: bool) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            dialect,
            script,
            delimiter: None,
            line_end: None,
            fresh: true,
            copy: CopyState::No,
            before: (Kind::Terminator, 0),
            versioned: false,
            line_fresh: true,
            absent: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The next token; [`Kind::End`] at the end, again and again.
    pub fn token(&mut self) -> Token {
        let token = self.read();
        self.follow_copy(token);
        self.fresh = matches!(token.kind, Kind::Semicolon | Kind::Terminator);
        self.before = (token.kind, token.end as usize);
        self.line_fresh = false;
        token
    }

    /// Whether the client's delimiter is another than `;`.
    pub fn has_delimiter(&self) -> bool {
        self.delimiter.is_some()
    }

    /// Where `mark` comes next at or after `from`.
    pub fn search(&mut self, from: usize, mark: &[u8]) -> Option<usize> {
        if self.absent.iter().any(|absent| absent == mark) {
            return None;
        }
        let found = memchr::memmem::find(&self.bytes[from.min(self.bytes.len())..], mark);
        if found.is_none() {
            self.absent.push(mark.to_vec());
        }
        found.map(|found| from + found)
    }

    fn read(&mut self) -> Token {
        loop {
            if let Some(end) = self.skip_blank() {
                return self.make(Kind::Terminator, end);
            }
            if self.at >= self.bytes.len() {
                let end = self.bytes.len();
                return self.make(Kind::End, end);
            }
            match self.client_line() {
                Client::Sql => {}
                Client::Skipped => continue,
                Client::Token(token) => return token,
            }
            if let Some(delimiter) = self.delimiter
                && self.text[self.at..].starts_with(delimiter)
            {
                return self.make(Kind::Terminator, self.at + delimiter.len());
            }
            return self.token_here();
        }
    }

    /// A token from here to `end`.
    pub fn make(&mut self, kind: Kind, end: usize) -> Token {
        let span = Span::new(self.at, end);
        self.at = end;
        Token { kind, key: Key::None, start: span.start, end: span.end, partner: 0 }
    }

    pub fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    pub fn unclosed(&mut self, what: &str) {
        let span = Span::new(self.at, self.bytes.len());
        self.problems.push(Problem { span, message: format!("unterminated {what}") });
    }

    /// Skips white space and comments. The end of a line that is a statement of its own is a token.
    fn skip_blank(&mut self) -> Option<usize> {
        loop {
            if let Some(end) = self.line_end
                && self.at >= end
            {
                self.line_end = None;
                return Some(self.at);
            }
            let byte = self.peek(0);
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.line_fresh = true;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'-' if self.peek(1) == b'-' && self.dashes_comment() => self.skip_line(),
                b'/' if self.peek(1) == b'*' => self.skip_block_comment(),
                b'*' if self.versioned && self.peek(1) == b'/' => {
                    self.versioned = false;
                    self.at += 2;
                }
                b'#' if self.hash_comments() => self.skip_line(),
                b'/' if self.peek(1) == b'/' && self.slashes_comment() => self.skip_line(),
                b'{' if self.peek(1) == b'%' => self.skip_past("%}", "template tag"),
                b'{' if self.peek(1) == b'#' && self.peek(2) != b'{' => self.skip_past("#}", "template comment"),
                0 if self.at < self.bytes.len() => self.at += 1,
                0x80.. => {
                    let next = self.text[self.at..].chars().next().unwrap_or(' ');
                    if !(next.is_whitespace() || matches!(next, '\u{feff}' | '\u{200b}')) {
                        return None;
                    }
                    self.at += next.len_utf8();
                }
                _ => return None,
            }
        }
    }

    /// In MySQL two dashes begin a comment only before white space; but no statement begins with them.
    fn dashes_comment(&self) -> bool {
        self.dialect != Dialect::Mysql || self.fresh || self.peek(2) <= b' ' || self.peek(2) == b'-'
    }

    /// Snowflake's `// comment`, which the slashes of `file:///path` are not.
    fn slashes_comment(&self) -> bool {
        self.dialect == Dialect::Snowflake && !matches!(self.bytes[..self.at].last(), Some(b':' | b'/'))
    }

    fn hash_comments(&self) -> bool {
        let next = self.peek(1);
        match self.dialect {
            Dialect::Mysql | Dialect::Bigquery | Dialect::Hive => next != b'{',
            Dialect::Generic | Dialect::Sqlite => next <= b' ' || next == b'#' && self.peek(2) != b'{',
            _ => false,
        }
    }

    fn skip_line(&mut self) {
        self.at = self.next_line(self.at);
    }

    /// Where the line that `at` stands in ends: at its line feed, or at the end of the text.
    fn next_line(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |found| at + found)
    }

    fn skip_past(&mut self, close: &str, what: &str) {
        if let Some(found) = memchr::memmem::find(&self.bytes[self.at + 2..], close.as_bytes()) {
            self.at += 2 + found + close.len();
        } else {
            self.unclosed(what);
            self.at = self.bytes.len();
        }
    }

    fn skip_block_comment(&mut self) {
        let code = matches!(self.dialect, Dialect::Mysql | Dialect::Generic);
        if code && (self.peek(2) == b'!' || self.peek(2) == b'M' && self.peek(3) == b'!') {
            self.at += if self.peek(2) == b'!' { 3 } else { 4 };
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
            self.versioned = true;
            return;
        }
        let nested = !matches!(
            self.dialect,
            Dialect::Mysql
                | Dialect::Oracle
                | Dialect::Sqlite
                | Dialect::Snowflake
                | Dialect::Bigquery
                | Dialect::Generic
        );
        let (mut depth, mut at) = (1, self.at + 2);
        while depth > 0 {
            let Some(found) = memchr::memchr2(b'*', b'/', &self.bytes[at..]) else {
                self.unclosed("comment");
                at = self.bytes.len();
                break;
            };
            at += found;
            match (self.bytes[at], self.bytes.get(at + 1)) {
                (b'*', Some(b'/')) => (depth, at) = (depth - 1, at + 2),
                (b'/', Some(b'*')) if nested => (depth, at) = (depth + 1, at + 2),
                _ => at += 1,
            }
        }
        self.at = at;
    }

    /// What a client reads by lines: `DELIMITER`, `GO`, `\commands`, SQL*Plus commands.
    fn client_line(&mut self) -> Client {
        if self.bytes[self.at] == b'\\' {
            return if self.script { self.backslash() } else { Client::Sql };
        }
        if !std::mem::take(&mut self.line_fresh) {
            return Client::Sql;
        }
        let end = self.next_line(self.at);
        let line = self.text[self.at..end].trim_end();
        match client::line(line, self.dialect, self.script, self.fresh) {
            Line::Sql => Client::Sql,
            Line::Skip => self.skip_to(end),
            Line::Delimiter(delimiter) => {
                self.delimiter = (delimiter != ";" && !delimiter.is_empty()).then_some(delimiter);
                self.skip_to(end)
            }
            Line::Terminator => Client::Token(self.make(Kind::Terminator, self.at + line.len())),
            Line::Statement => {
                self.line_end = Some(end);
                Client::Sql
            }
        }
    }

    fn skip_to(&mut self, end: usize) -> Client {
        self.at = end;
        Client::Skipped
    }

    /// A meta-command of `psql`.
    fn backslash(&mut self) -> Client {
        let end = self.next_line(self.at);
        let rest = &self.text[self.at + 1..end];
        let name = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())];
        match name.to_ascii_lowercase().as_str() {
            "copy" => {
                self.at += 1;
                self.line_end = Some(end);
                Client::Skipped
            }
            "g" | "gx" | "gset" | "gexec" | "gdesc" | "watch" | "crosstabview" | "crosstab" => {
                Client::Token(self.make(Kind::Terminator, end))
            }
            _ if rest.starts_with(';') => Client::Token(self.make(Kind::Semicolon, self.at + 2)),
            _ => self.skip_to(end),
        }
    }

    /// Follows `COPY … FROM STDIN;`, after which data stand up to a line with `\.`.
    fn follow_copy(&mut self, token: Token) {
        let next = match (token.kind, token.key) {
            (Kind::Word, Key::Copy) if self.fresh => CopyState::Copy,
            (Kind::Word, Key::From) if self.copy != CopyState::No => CopyState::From,
            (Kind::Word, _) if self.copy == CopyState::From => {
                let word = &self.text[token.start as usize..token.end as usize];
                if word.eq_ignore_ascii_case("stdin") { CopyState::Stdin } else { CopyState::Copy }
            }
            (Kind::Semicolon | Kind::Terminator, _) => {
                if self.copy == CopyState::Stdin && self.script && self.line_end.is_none() {
                    self.skip_copy_data();
                }
                CopyState::No
            }
            _ => self.copy,
        };
        self.copy = next;
    }

    fn skip_copy_data(&mut self) {
        if self.absent.iter().any(|absent| absent == b"\\.") {
            return;
        }
        let mut line = self.next_line(self.at);
        while line < self.bytes.len() {
            let end = self.next_line(line + 1);
            if self.text[line + 1..end].trim_end() == "\\." {
                self.at = end;
                return;
            }
            line = end;
        }
        // No end of data: the text was cut, or it is not data at all. Read on.
        self.absent.push(b"\\.".to_vec());
    }

    fn token_here(&mut self) -> Token {
        let byte = self.peek(0);
        match byte {
            b'(' => self.make(Kind::Open, self.at + 1),
            b')' => self.make(Kind::Close, self.at + 1),
            b',' => self.make(Kind::Comma, self.at + 1),
            b';' => self.make(Kind::Semicolon, self.at + 1),
            b'\'' => self.text_literal(self.at, self.backslashes()),
            b'"' => self.double_quoted(),
            b'`' => self.quoted(b'`', "quoted name"),
            b'[' => self.bracket(),
            b'.' if self.peek(1).is_ascii_digit() && !matches!(self.before.0, Kind::Word | Kind::Quoted) => {
                self.number()
            }
            b'.' => self.make(Kind::Dot, self.at + 1),
            b'0'..=b'9' => self.number(),
            b'$' => self.dollar(),
            b'{' => self.brace(),
            b'<' if self.peek(1) == b'%' => self.tag("%>"),
            b'<' if self.peek(1) == b'?' => self.tag("?>"),
            b'?' => self.question(),
            b':' => self.colon(),
            b'@' => self.at_sign(),
            b'#' => self.hash(),
            b'%' => self.percent(),
            b'&' => self.ampersand(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            0x80.. => self.wide(),
            b'|' | b'=' | b'>' | b'<' | b'!' | b'-' => self.operator(),
            _ => self.make(Kind::Symbol, self.at + 1),
        }
    }

    /// Signs of two characters that the readers ask for: `|>`, `||`, `=>`, `:=`, `->`.
    pub fn operator(&mut self) -> Token {
        let two = matches!(
            (self.peek(0), self.peek(1)),
            (b'|' | b'=' | b'-' | b'<', b'>') | (b'|', b'|') | (b'<' | b'>' | b'!', b'=')
        );
        self.make(Kind::Symbol, self.at + if two { 2 } else { 1 })
    }

    fn wide(&mut self) -> Token {
        if self.text[self.at..].starts_with(HOLE) {
            return self.make(Kind::Hole, self.at + HOLE.len_utf8());
        }
        self.word()
    }

    pub fn word(&mut self) -> Token {
        let len = word_length(&self.text[self.at..]);
        let end = self.at + len.max(self.text[self.at..].chars().next().map_or(1, char::len_utf8));
        let end = match self.delimiter.and_then(|delimiter| self.text[self.at..end].find(delimiter)) {
            Some(cut) if cut > 0 => self.at + cut,
            _ => end,
        };
        let word = &self.text[self.at..end];
        if self.bytes.get(end) == Some(&b'\'')
            && word.len() <= 8
            && let Some(token) = self.prefixed(word, end)
        {
            return token;
        }
        if word.eq_ignore_ascii_case("u") && self.bytes[end..].starts_with(b"&\"") {
            let start = self.at;
            self.at = end + 1;
            let token = self.quoted(b'"', "quoted name");
            return Token { start: Span::new(start, start).start, ..token };
        }
        let key = if self.before.0 == Kind::Dot { Key::None } else { Key::of(word) };
        Token { key, ..self.make(Kind::Word, end) }
    }
}

/// How many bytes of the start of `text` make a word.
pub(super) fn word_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#') {
            // `name${hole}` and `name#{hole}` are names with a hole.
            if matches!(byte, b'$' | b'#') && bytes.get(at + 1) == Some(&b'{') {
                break;
            }
            at += 1;
        } else if byte < 0x80 {
            break;
        } else {
            let next = text[at..].chars().next().unwrap_or(' ');
            if next == HOLE || next.is_whitespace() || matches!(next, '\u{feff}' | '\u{200b}') {
                break;
            }
            at += next.len_utf8();
        }
    }
    at
}

/// The text of a name without its quotes.
pub(super) fn unquoted(text: &str) -> std::borrow::Cow<'_, str> {
    let text = text.strip_prefix("U&").or_else(|| text.strip_prefix("u&")).unwrap_or(text);
    let close = match text.as_bytes().first() {
        Some(b'"') => '"',
        Some(b'`') => '`',
        Some(b'[') => ']',
        _ => return text.into(),
    };
    let inside = &text[1..];
    let inside = inside.strip_suffix(close).unwrap_or(inside);
    if inside.contains(close) {
        let (two, one) = (String::from_iter([close, close]), String::from(close));
        return inside.replace(&two, &one).into();
    }
    inside.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str, dialect: Dialect) -> Vec<(Kind, &str)> {
        let mut lexer = Lexer::new(text, dialect, true);
        let mut out = Vec::new();
        loop {
            let token = lexer.token();
            if token.kind == Kind::End {
                return out;
            }
            out.push((token.kind, &text[token.start as usize..token.end as usize]));
        }
    }

    #[test]
    fn placeholders_of_every_style_are_told() {
        for style in ["?", "?1", "$1", ":x", "%s", "%(x)s", "#{x}", "${x}", "{}", "{x}", "%1$s", ":'x'"] {
            let text = format!("a = {style} b");
            let found = kinds(&text, Dialect::Generic);
            assert_eq!(found[2], (Kind::Placeholder, style));
            assert_eq!(found.len(), 4, "{style}");
        }
    }

    #[test]
    fn data_of_a_copy_are_no_tokens() {
        let text = "COPY t FROM stdin;\nselect\tit's\n\\.\nSELECT 1;";
        let found = kinds(text, Dialect::Postgres);
        assert_eq!(found[5], (Kind::Word, "SELECT"));
    }

    #[test]
    fn a_backslash_escapes_where_the_dialect_says_so() {
        assert_eq!(kinds(r"'a\' b", Dialect::Postgres).len(), 2);
        assert_eq!(kinds(r"'a\' b'", Dialect::Mysql).len(), 1);
        assert_eq!(kinds(r"'it\'s' b", Dialect::Generic).len(), 2);
        assert_eq!(kinds(r"LIKE '\', x", Dialect::Generic).len(), 4);
    }

    #[test]
    fn the_delimiter_of_the_mysql_client_is_followed() {
        let found = kinds("DELIMITER $$\nBEGIN; END$$\nDELIMITER ;\nSELECT 1;", Dialect::Mysql);
        assert_eq!(found[2..4], [(Kind::Word, "END"), (Kind::Terminator, "$$")]);
        assert_eq!(found[4], (Kind::Word, "SELECT"));
    }
}
