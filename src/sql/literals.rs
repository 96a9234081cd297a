//! Literals and names in quotes.

use super::lexer::{Kind, Lexer, Token};
use crate::vocabulary::Dialect;

impl Lexer<'_> {
    /// How a backslash in a string is meant: it escapes, it does not, or each place must tell.
    pub fn backslashes(&self) -> Option<bool> {
        match self.dialect {
            Dialect::Mysql
            | Dialect::Bigquery
            | Dialect::Hive
            | Dialect::Databricks
            | Dialect::Clickhouse
            | Dialect::Snowflake => Some(true),
            Dialect::Generic | Dialect::Redshift => None,
            _ => Some(false),
        }
    }

    /// A string literal whose quote stands at `quote`; the token begins here.
    pub fn text_literal(&mut self, quote: usize, escapes: Option<bool>) -> Token {
        let triple = matches!(self.dialect, Dialect::Bigquery | Dialect::Databricks);
        let close = self.bytes[quote];
        if self.bytes[quote..].starts_with(b"'\\'") && self.bytes.get(quote + 3) != Some(&b'\'') && self.after_escape()
        {
            return self.make(Kind::Text, quote + 3);
        }
        if triple
            && self.bytes[quote..].starts_with(&[close; 3])
            && let Some(found) = self.search(quote + 3, &[close; 3])
        {
            return self.make(Kind::Text, found + 3);
        }
        let end = self.find_quote(quote, escapes).unwrap_or_else(|| {
            self.unclosed("string");
            self.bytes.len()
        });
        self.make(Kind::Text, end)
    }

    /// Whether `LIKE … ESCAPE` stands before: a lone backslash in quotes is the whole literal then.
    fn after_escape(&self) -> bool {
        const WORD: &[u8] = b"escape";
        let before = self.bytes[..self.at].trim_ascii_end();
        before.len() >= WORD.len() && before[before.len() - WORD.len()..].eq_ignore_ascii_case(WORD)
    }

    /// One past the quote that closes the one at `quote`.
    pub fn find_quote(&self, quote: usize, escapes: Option<bool>) -> Option<usize> {
        let close = self.bytes[quote];
        let mut at = quote + 1;
        loop {
            at += memchr::memchr2(close, b'\\', &self.bytes[at..])?;
            if self.bytes[at] == b'\\' {
                let escaped = match escapes {
                    Some(escapes) => escapes,
                    None => self.bytes.get(at + 1) != Some(&close) || !self.ends_a_literal(at + 2),
                };
                at += if escaped { 2 } else { 1 };
                if at > self.bytes.len() {
                    return None;
                }
            } else if self.bytes.get(at + 1) == Some(&close) {
                at += 2;
            } else {
                return Some(at + 1);
            }
        }
    }

    /// Whether what stands at `at` may follow a string: then a backslash before its quote is a
    /// character of the string, as the standard has it.
    fn ends_a_literal(&self, at: usize) -> bool {
        let rest = &self.bytes[at.min(self.bytes.len())..];
        let rest = &rest[..rest.len().min(200)];
        match rest.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None | Some(b',' | b')' | b';' | b'|' | b':') => true,
            Some(_) => rest[0].is_ascii_whitespace() && !rest.contains(&b'\''),
        }
    }

    pub fn double_quoted(&mut self) -> Token {
        let strings = matches!(self.dialect, Dialect::Mysql | Dialect::Bigquery | Dialect::Hive | Dialect::Databricks);
        if strings {
            let mut token = self.text_literal(self.at, Some(true));
            // MySQL may be told to read it as a name, and a name is what can stand where names stand.
            token.kind = Kind::Quoted;
            return token;
        }
        self.quoted(b'"', "quoted name")
    }

    pub fn quoted(&mut self, close: u8, what: &str) -> Token {
        let mut at = self.at + 1;
        loop {
            match memchr::memchr(close, &self.bytes[at..]) {
                Some(found) if self.bytes.get(at + found + 1) == Some(&close) => at += found + 2,
                Some(found) => return self.make(Kind::Quoted, at + found + 1),
                None => {
                    self.unclosed(what);
                    let end = self.bytes.len();
                    return self.make(Kind::Quoted, end);
                }
            }
        }
    }

    /// `[name]`, or the bracket of an array.
    pub fn bracket(&mut self) -> Token {
        let named = match self.dialect {
            Dialect::Mssql => true,
            Dialect::Sqlite | Dialect::Generic => !self.glued() && self.bracket_holds_a_name(),
            _ => false,
        };
        if named && self.search(self.at, b"]").is_some() {
            return self.quoted(b']', "bracketed name");
        }
        self.make(Kind::Symbol, self.at + 1)
    }

    /// Whether the token before reaches up to here.
    pub fn glued(&self) -> bool {
        self.before.1 == self.at && matches!(self.before.0, Kind::Word | Kind::Quoted | Kind::Close | Kind::Symbol)
    }

    fn bracket_holds_a_name(&self) -> bool {
        let inside = &self.bytes[self.at + 1..];
        let Some(end) = inside.iter().take(130).position(|&byte| byte == b']') else { return false };
        let inside = &inside[..end];
        let first = inside.first().copied().unwrap_or(b' ');
        (first.is_ascii_alphabetic() || matches!(first, b'_' | b'#' | b'$' | b'{' | 0x80..))
            && !inside.iter().any(|byte| matches!(byte, b'\'' | b',' | b'\n' | b'['))
    }

    pub fn number(&mut self) -> Token {
        let digits = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let next = self.peek(digits);
        // MySQL and Hive allow a name to begin with digits.
        let name = next == b'_'
            || next.is_ascii_alphabetic()
                && !matches!(next.to_ascii_lowercase(), b'e' | b'x' | b'b' | b'o' | b'l' | b'd' | b'f');
        if digits > 0 && name && !matches!(self.dialect, Dialect::Postgres | Dialect::Mssql | Dialect::Oracle) {
            return self.word();
        }
        let mut at = self.at;
        while let Some(&byte) = self.bytes.get(at) {
            let exponent = matches!(byte, b'+' | b'-')
                && matches!(self.bytes[at - 1], b'e' | b'E')
                && at > self.at
                && !self.bytes[self.at..at].contains(&b'x');
            let range = byte == b'.' && self.bytes.get(at + 1) == Some(&b'.');
            if range || !(byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_' || exponent) {
                break;
            }
            at += 1;
        }
        self.make(Kind::Number, at.max(self.at + 1))
    }

    /// `$1`, `$name`, `${name}`, `$(name)`, or a dollar-quoted string.
    pub fn dollar(&mut self) -> Token {
        match self.peek(1) {
            b'{' => self.until(b'}', Kind::Placeholder),
            b'(' if self.script || self.dialect == Dialect::Mssql => self.until(b')', Kind::Placeholder),
            b'0'..=b'9' => {
                let digits = self.bytes[self.at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                self.make(Kind::Placeholder, self.at + 1 + digits)
            }
            _ => self.dollar_quoted(),
        }
    }

    fn dollar_quoted(&mut self) -> Token {
        let rest = &self.text[self.at + 1..];
        let tag = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if !rest[tag..].starts_with('$') || matches!(self.dialect, Dialect::Mysql | Dialect::Mssql) {
            let kind = if tag == 0 { Kind::Symbol } else { Kind::Placeholder };
            return self.make(kind, self.at + 1 + tag);
        }
        let mark = &rest.as_bytes()[..=tag];
        let from = self.at + 1 + tag + 1;
        let mut finder = memchr::memmem::find_iter(&self.bytes[from..], b"$");
        let found = finder.find(|&found| {
            let at = from + found;
            self.bytes[at + 1..].starts_with(mark) && self.bytes.get(at + 1 + tag) == Some(&b'$')
        });
        if let Some(found) = found {
            return self.make(Kind::Dollar, from + found + tag + 2);
        }
        self.unclosed("dollar-quoted string");
        let end = self.bytes.len();
        self.make(Kind::Dollar, end)
    }

    /// A literal with a prefix: `N'…'`, `E'…'`, `q'[…]'`, `_utf8'…'`.
    pub fn prefixed(&mut self, word: &str, quote: usize) -> Option<Token> {
        match word.to_ascii_lowercase().as_str() {
            "n" | "b" | "x" | "u" | "g" => Some(self.text_literal(quote, self.backslashes())),
            "e" => Some(self.text_literal(quote, Some(true))),
            "r" | "br" | "rb" => Some(self.text_literal(quote, Some(self.dialect != Dialect::Databricks))),
            "q" | "nq" if matches!(self.dialect, Dialect::Oracle | Dialect::Generic) => self.alternative_quote(quote),
            word if word.starts_with('_') => Some(self.text_literal(quote, Some(true))),
            _ => None,
        }
    }

    /// Oracle's `q'[…]'`.
    fn alternative_quote(&mut self, quote: usize) -> Option<Token> {
        let open = *self.bytes.get(quote + 1)?;
        let close = match open {
            b'[' => b']',
            b'(' => b')',
            b'{' => b'}',
            b'<' => b'>',
            b'\'' | 0x80.. => return None,
            other => other,
        };
        let found = self.search(quote + 2, &[close, b'\''])?;
        Some(self.make(Kind::Text, found + 2))
    }
}
