//! Annotations in doc comments: `@ORM\Table(name="orders")`, as they were written before PHP had attributes.
//!
//! An annotation begins a line of the comment and its name begins with a capital letter, so that `@param` and its kin
//! are none. Arguments are texts, `Order::class`, lists in braces and further annotations.

use tree_sitter::Node;

use super::Php;
use crate::source::Span;
use crate::syntax::outline::{Annotation, Arg, ExprId, ExprKind, Piece, TypeRef};
use crate::vocabulary::Name;

/// Annotations inside of annotations are followed no deeper than this.
const MAX_DEPTH: usize = 16;

impl Php<'_> {
    /// The annotations in the doc comment before `node`.
    pub(super) fn documented(&mut self, node: Node<'_>) -> Vec<Annotation> {
        let Some(comment) = node.prev_sibling().filter(|before| before.kind() == "comment") else { return Vec::new() };
        let text = self.l.str(comment).to_owned();
        if !text.starts_with("/**") {
            return Vec::new();
        }
        let mut reader = Reader { php: self, text: &text, start: comment.start_byte(), at: 0, depth: 0 };
        reader.annotations()
    }
}

struct Reader<'r, 'l, 't> {
    php: &'r mut Php<'l>,
    text: &'t str,
    /// Where the comment stands.
    start: usize,
    at: usize,
    depth: usize,
}

impl Reader<'_, '_, '_> {
    fn annotations(&mut self) -> Vec<Annotation> {
        let mut found = Vec::new();
        while let Some(mark) = self.text[self.at..].find('@').map(|mark| self.at + mark) {
            self.at = mark;
            let line = self.text[..mark].rfind('\n').map_or(0, |end| end + 1);
            let begins = self.text[line..mark].trim_matches(['/', '*', ' ', '\t', '\r']).is_empty();
            match begins.then(|| self.annotation()).flatten() {
                Some(annotation) => found.push(annotation),
                None => self.at = mark + 1,
            }
        }
        found
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn span(&self, from: usize) -> Span {
        Span::new(self.start + from, self.start + self.at)
    }

    /// Blanks, and the asterisks that lines of a comment begin with.
    fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', '*']).len();
    }

    fn word(&mut self) -> String {
        let word: String = self.rest().chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '\\')).collect();
        self.at += word.len();
        word
    }

    fn eat(&mut self, sign: char) -> bool {
        self.blank();
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len_utf8() } else { 0 };
        found
    }

    /// An annotation that begins here.
    fn annotation(&mut self) -> Option<Annotation> {
        let from = self.at;
        self.at += 1;
        let word = self.word();
        if !word.chars().next().is_some_and(char::is_uppercase) || self.depth > MAX_DEPTH {
            return None;
        }
        let path = word.split('\\').filter(|part| !part.is_empty()).map(Name::from).collect();
        self.depth += 1;
        let args = if self.rest().starts_with('(') { self.arguments() } else { Vec::new() };
        self.depth -= 1;
        Some(Annotation { path, args, span: self.span(from) })
    }

    fn arguments(&mut self) -> Vec<Arg> {
        let mut args = Vec::new();
        self.at += 1;
        while !self.eat(')') && self.at < self.text.len() {
            let before = self.at;
            let word = self.word();
            let name = (!word.is_empty() && self.eat('=')).then(|| Name::from(word.as_str()));
            if name.is_none() {
                self.at = before;
            }
            self.blank();
            let value = self.value();
            args.push(Arg { name, value, spread: false });
            self.eat(',');
            // What is not understood is passed over.
            if self.at == before {
                self.at += self.rest().chars().next().map_or(1, char::len_utf8);
            }
        }
        args
    }

    fn push(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.php.l.out.push(kind, span)
    }

    fn value(&mut self) -> ExprId {
        let from = self.at;
        match self.rest().chars().next() {
            Some('"') => {
                let end = self.rest()[1..].find('"').map_or(self.rest().len(), |end| end + 1);
                let text = self.rest()[1..end].to_owned();
                self.at += (end + 1).min(self.rest().len());
                let span = Span::new(self.start + from + 1, self.start + from + end);
                self.push(ExprKind::Text(vec![Piece::Literal { text, span }]), span)
            }
            Some('{') => {
                self.at += 1;
                let mut items = Vec::new();
                while !self.eat('}') && self.at < self.text.len() && items.len() < 1000 {
                    let before = self.at;
                    items.push(self.value());
                    self.eat('=');
                    self.eat(',');
                    if self.at == before {
                        self.at += self.rest().chars().next().map_or(1, char::len_utf8);
                    }
                }
                let span = self.span(from);
                self.push(ExprKind::List(items), span)
            }
            Some('@') => {
                let inside = self.annotation().map(|inner| inner.args.iter().map(|arg| arg.value).collect());
                let span = self.span(from);
                self.push(ExprKind::Unknown(inside.unwrap_or_default()), span)
            }
            _ => {
                let word = self.word();
                let span = self.span(from);
                if self.rest().starts_with("::class") {
                    self.at += "::class".len();
                    let path = word.split('\\').filter(|part| !part.is_empty()).map(Name::from).collect();
                    return self.push(ExprKind::Typed { ty: TypeRef::simple(path, span), value: None }, span);
                }
                self.push(ExprKind::Literal(word.as_str().into()), span)
            }
        }
    }
}
