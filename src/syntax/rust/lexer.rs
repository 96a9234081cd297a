//! A lexer of Rust that never fails: comments for directives, texts for files that do not parse, and
//! how deeply a file nests, before anything recursive reads it.

/// What a [`Token`] is, as far as anyone here needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A line or block comment, with its marks.
    Comment,
    /// A string, byte string or C string, raw or not, with its quotes.
    Text,
    /// A character, byte or lifetime.
    Quoted,
    /// An identifier, keyword or number.
    Word,
    /// `(`, `[` or `{`
    Open,
    /// `)`, `]` or `}`
    Close,
    /// Any other single character.
    Mark,
}

/// A token: its kind and its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The tokens of a text, one after the other.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The end of the block comment that begins here; block comments nest.
    fn block_comment_end(&self) -> usize {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        let mut at = self.at;
        while at + 1 < bytes.len() {
            match (bytes[at], bytes[at + 1]) {
                (b'/', b'*') => {
                    depth += 1;
                    at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        return at;
                    }
                }
                _ => at += 1,
            }
        }
        bytes.len()
    }

    /// The end of the quoted text whose opening quote is at `open`.
    fn quoted_end(&self, open: usize, quote: u8) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = open + 1;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 2,
                byte if byte == quote => return at + 1,
                _ => at += 1,
            }
        }
        bytes.len()
    }

    /// The end of the raw text that has its `#`s or its quote at `at`; `None` if none begins there.
    fn raw_end(&self, at: usize) -> Option<usize> {
        let rest = self.text.as_bytes().get(at..)?;
        let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
        if rest.get(hashes) != Some(&b'"') {
            return None;
        }
        let close = format!("\"{}", "#".repeat(hashes));
        let body = at + hashes + 1;
        let found = memchr::memmem::find(&self.text.as_bytes()[body..], close.as_bytes());
        Some(found.map_or(self.text.len(), |found| body + found + close.len()))
    }

    /// The end of what begins with a `'`: a character or a lifetime.
    fn apostrophe_end(&self, open: usize) -> usize {
        let mut chars = self.text[open + 1..].char_indices();
        match chars.next() {
            Some((_, '\\')) => self.quoted_end(open, b'\''),
            Some(_) => match chars.next() {
                Some((after, '\'')) => open + 1 + after + 1,
                Some((after, _)) => open + 1 + after,
                None => self.text.len(),
            },
            None => self.text.len(),
        }
    }

    fn word_end(&self) -> usize {
        let rest = &self.text[self.at..];
        let length = rest.find(|ch: char| !(ch == '_' || ch.is_alphanumeric())).unwrap_or(rest.len());
        self.at + length
    }

    fn word_or_prefixed(&self) -> (TokenKind, usize) {
        let end = self.word_end();
        let next = self.text.as_bytes().get(end).copied().unwrap_or(0);
        match (&self.text[self.at..end], next) {
            ("r" | "br" | "cr", b'"' | b'#') => match self.raw_end(end) {
                Some(raw) => (TokenKind::Text, raw),
                None => (TokenKind::Word, end),
            },
            ("b" | "c", b'"') => (TokenKind::Text, self.quoted_end(end, b'"')),
            ("b", b'\'') => (TokenKind::Quoted, self.apostrophe_end(end)),
            _ => (TokenKind::Word, end),
        }
    }

    fn line_end(&self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        memchr::memchr(b'\n', rest).map_or(self.text.len(), |found| self.at + found)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        let first = self.text[self.at..].chars().next()?;
        let (kind, end) = match (first, self.byte(1)) {
            ('/', b'/') => (TokenKind::Comment, self.line_end()),
            ('/', b'*') => (TokenKind::Comment, self.block_comment_end()),
            ('"', _) => (TokenKind::Text, self.quoted_end(self.at, b'"')),
            ('\'', _) => (TokenKind::Quoted, self.apostrophe_end(self.at)),
            ('(' | '[' | '{', _) => (TokenKind::Open, self.at + 1),
            (')' | ']' | '}', _) => (TokenKind::Close, self.at + 1),
            (word, _) if word == '_' || word.is_alphanumeric() => self.word_or_prefixed(),
            (mark, _) => (TokenKind::Mark, self.at + mark.len_utf8()),
        };
        // An escape at the very end may point past it, or into a character: never leave the text.
        let mut end = end.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let token = Token { kind, start: self.at, end };
        self.at = end;
        Some(token)
    }
}

/// How deeply a text nests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Nesting {
    /// Brackets inside brackets.
    pub(super) brackets: usize,
    /// An upper bound of the depth of its syntax tree: the tokens since the last separator, at each level
    /// of brackets. (`!!!!x`, `a.b.c.d` and `else if` chains nest without any bracket.)
    pub(super) tree: usize,
}

impl Nesting {
    pub(super) fn of(text: &str) -> Self {
        let mut most = Self::default();
        // For each open bracket, the tokens of its current stretch.
        let mut open: Vec<usize> = vec![0];
        let mut total = 0;
        let mut after_brace = false;
        let mut before = "";
        for token in Lexer::new(text).filter(|token| token.kind != TokenKind::Comment) {
            let word = &text[token.start..token.end];
            let begins_anew = after_brace && (word == "#" || (token.kind == TokenKind::Word && word != "else"));
            if begins_anew || matches!(word, ";" | ",") || (before == "=" && word == ">") {
                let stretch = open.last_mut().map(std::mem::take).unwrap_or_default();
                total -= stretch;
            }
            after_brace = word == "}";
            before = word;
            if token.kind == TokenKind::Close && open.len() > 1 {
                total -= open.pop().unwrap_or_default();
            }
            if let Some(stretch) = open.last_mut() {
                *stretch += 1;
                total += 1;
            }
            if token.kind == TokenKind::Open {
                open.push(0);
            }
            most.brackets = most.brackets.max(open.len() - 1);
            most.tree = most.tree.max(total);
        }
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(TokenKind, &str)> {
        Lexer::new(text).map(|token| (token.kind, &text[token.start..token.end])).collect()
    }

    #[test]
    fn texts_comments_and_lifetimes_are_told_apart() {
        use TokenKind::{Comment, Mark, Quoted, Text, Word};
        assert_eq!(
            tokens("r#\"a\"b\"# b\"x\\\"\" 'a 'b' '\\'' // c \"d\"\n/* e /* f */ \"g\" */ r#type"),
            [
                (Text, "r#\"a\"b\"#"),
                (Text, "b\"x\\\"\""),
                (Quoted, "'a"),
                (Quoted, "'b'"),
                (Quoted, "'\\''"),
                (Comment, "// c \"d\""),
                (Comment, "/* e /* f */ \"g\" */"),
                (Word, "r"),
                (Mark, "#"),
                (Word, "type"),
            ]
        );
    }

    #[test]
    fn what_is_left_open_ends_with_the_text() {
        for text in ["\"abc\\", "r#\"abc\"", "/* /* */", "'", "'\\", "b'", "\"é\\é"] {
            assert_eq!(Lexer::new(text).last().map(|token| token.end), Some(text.len()), "{text}");
        }
    }

    #[test]
    fn nesting_counts_brackets_and_chains() {
        assert_eq!(Nesting::of("((()))").brackets, 3);
        assert!(Nesting::of(&format!("let x = {}y;", "!".repeat(1000))).tree > 1000);
        let flat = "fn f() { g(1, 2); }\n".repeat(1000);
        assert!(Nesting::of(&flat).tree < 20);
    }
}
