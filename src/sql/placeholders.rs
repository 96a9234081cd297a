//! Placeholders of every style, and the signs that they could be.

use super::lexer::{Kind, Lexer, Token, word_length};
use crate::vocabulary::Dialect;

impl Lexer<'_> {
    /// A token up to and with `close` near by; the one sign if there is none.
    pub fn until(&mut self, close: u8, kind: Kind) -> Token {
        // No name of a placeholder is longer; and a search without a bound could be made again and again.
        let line = self.bytes.len().min(self.at + 200);
        let mut depth = 0_usize;
        let open = self.peek(1);
        for at in self.at + 1..line {
            let byte = self.bytes[at];
            if byte == open {
                depth += 1;
            } else if byte == close {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return self.make(kind, at + 1);
                }
            }
        }
        self.make(Kind::Symbol, self.at + 1)
    }

    /// `{{ … }}`, `{name}`, or a brace.
    pub fn brace(&mut self) -> Token {
        if self.peek(1) == b'{' {
            if let Some(found) = self.search(self.at + 2, b"}}") {
                return self.make(Kind::Template, found + 2);
            }
            return self.make(Kind::Symbol, self.at + 1);
        }
        let inside = self.bytes[self.at + 1..].iter().take(100);
        let plain = inside
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'!' | b':' | b'[' | b']'))
            .count();
        if self.peek(1 + plain) == b'}' {
            return self.make(Kind::Placeholder, self.at + 2 + plain);
        }
        if let Some(end) = self.typed_parameter() {
            return self.make(Kind::Placeholder, end);
        }
        self.make(Kind::Symbol, self.at + 1)
    }

    /// Where ClickHouse's `{name: Type}` ends.
    fn typed_parameter(&self) -> Option<usize> {
        if !matches!(self.dialect, Dialect::Clickhouse | Dialect::Generic) {
            return None;
        }
        let rest = self.bytes[self.at + 1..].iter().take(100);
        let colon = rest.clone().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))?;
        let end = rest.clone().position(|&byte| byte == b'}')?;
        let kind = self.bytes.get(self.at + 2 + colon..self.at + 1 + end)?;
        let plain = kind.iter().all(|byte| byte.is_ascii_alphanumeric() || b" (),".contains(byte));
        (colon > 0 && self.bytes[self.at + 1 + colon] == b':' && plain).then_some(self.at + 2 + end)
    }

    /// A tag of an embedded template language.
    pub fn tag(&mut self, close: &str) -> Token {
        // `<%` and `%>` are operators of PostgreSQL, of which a statement may have the one or the other.
        let near = |lexer: &Self, found: usize| {
            found < lexer.at + 400 && !lexer.bytes[lexer.at..found].iter().any(|byte| matches!(byte, b';' | b'\n'))
        };
        match self.search(self.at + 2, close.as_bytes()) {
            Some(found) if self.dialect == Dialect::Postgres && !near(self, found) => self.operator(),
            Some(found) => self.make(Kind::Placeholder, found + close.len()),
            None => self.operator(),
        }
    }

    pub fn question(&mut self) -> Token {
        let mut len = 1;
        while self.peek(len).is_ascii_digit() {
            len += 1;
        }
        // `?|`, `?&`, `??` are operators on JSON; a value is what they are either way.
        self.make(Kind::Placeholder, self.at + len)
    }

    pub fn colon(&mut self) -> Token {
        match self.peek(1) {
            b':' | b'=' => self.make(Kind::Symbol, self.at + 2),
            b'\'' | b'"' if self.script => {
                let quote = self.peek(1);
                let near = self.bytes.len().min(self.at + 200);
                match memchr::memchr(quote, &self.bytes[self.at + 2..near]) {
                    Some(found) => self.make(Kind::Placeholder, self.at + 2 + found + 1),
                    None => self.make(Kind::Symbol, self.at + 1),
                }
            }
            b'{' => self.until(b'}', Kind::Placeholder),
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {
                let len = self.bytes[self.at + 1..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
                    .count();
                if self.glued() && labelled(&self.text[self.at + 1..self.at + 1 + len]) {
                    return self.make(Kind::Symbol, self.at + 1);
                }
                self.make(Kind::Placeholder, self.at + 1 + len)
            }
            _ => self.make(Kind::Symbol, self.at + 1),
        }
    }

    pub fn at_sign(&mut self) -> Token {
        let signs = if self.peek(1) == b'@' { 2 } else { 1 };
        let quoted = matches!(self.peek(signs), b'\'' | b'`' | b'"') && self.glued();
        if quoted {
            // MySQL's `user`@`host`.
            let end = self.find_quote(self.at + signs, Some(false)).unwrap_or(self.at + signs);
            return self.make(Kind::Variable, end);
        }
        // Snowflake's stages of a table and of a user: `@%t`, `@~/files`.
        let stage = usize::from(self.dialect == Dialect::Snowflake && matches!(self.peek(signs), b'%' | b'~'));
        let len = word_length(&self.text[self.at + signs + stage..]);
        if len + stage == 0 {
            return self.make(Kind::Symbol, self.at + signs);
        }
        self.make(Kind::Variable, self.at + signs + stage + len)
    }

    /// `#{name}`, `#name#`, a temporary table `#name`, or a sign.
    pub fn hash(&mut self) -> Token {
        if self.peek(1) == b'{' {
            return self.until(b'}', Kind::Placeholder);
        }
        let signs = if self.peek(1) == b'#' { 2 } else { 1 };
        let len = word_length(&self.text[self.at + signs..]);
        if len == 0 {
            return self.make(Kind::Symbol, self.at + signs);
        }
        let end = self.at + signs + len;
        if self.text[self.at + signs..end].ends_with('#') {
            return self.make(Kind::Placeholder, end);
        }
        self.make(Kind::Word, end)
    }

    /// `%s`, `%(name)s`, `%1$s`, `%[1]s`, or a sign.
    pub fn percent(&mut self) -> Token {
        if self.peek(1) == b'(' {
            let token = self.until(b')', Kind::Placeholder);
            if token.kind == Kind::Placeholder && self.peek(0).is_ascii_alphabetic() {
                self.at += 1;
                return Token { end: token.end + 1, ..token };
            }
            self.at = token.start as usize;
            return self.make(Kind::Symbol, self.at + 1);
        }
        let digits = self.bytes[self.at + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'$' | b'[' | b']'))
            .count();
        let letter = self.peek(1 + digits);
        let after = self.peek(2 + digits);
        if matches!(letter, b's' | b'd' | b'i' | b'v' | b'q' | b'I' | b'L')
            && !after.is_ascii_alphanumeric()
            && after != b'('
        {
            return self.make(Kind::Placeholder, self.at + 2 + digits);
        }
        self.make(Kind::Symbol, self.at + 1)
    }

    /// SQL*Plus replaces `&name` and `&&name`, and takes one dot after it away.
    pub fn ampersand(&mut self) -> Token {
        let signs = if self.peek(1) == b'&' { 2 } else { 1 };
        let len = word_length(&self.text[self.at + signs..]);
        if self.dialect != Dialect::Oracle || len == 0 {
            return self.make(Kind::Symbol, self.at + signs);
        }
        let dot = usize::from(self.peek(signs + len) == b'.' && self.peek(signs + len + 1) == b'.');
        self.make(Kind::Placeholder, self.at + signs + len + dot)
    }
}

/// Whether a word after `name:` begins what the name is a label of.
fn labelled(word: &str) -> bool {
    ["begin", "for", "if", "loop", "repeat", "while"].iter().any(|known| word.eq_ignore_ascii_case(known))
}
