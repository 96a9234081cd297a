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

/// What a doc comment says of a type: `@param Order[] $orders`, `@var Connection`, `@return Collection<int, Order>`.
pub(super) struct Told {
    /// The tag.
    tag: &'static str,
    /// The variable, where one is named.
    name: Name,
    /// Its type.
    ty: TypeRef,
}

impl Told {
    /// The type that is told of a parameter, or of the property the comment stands at.
    pub(super) fn of(told: &[Self], tag: &str, name: &Name) -> Option<TypeRef> {
        let fits = |one: &&Self| {
            one.tag == tag && (one.name == *name || tag == "@return" || tag == "@var" && one.name.is_empty())
        };
        told.iter().find(fits).map(|one| one.ty.clone())
    }
}

impl Php<'_> {
    /// The types that the doc comment before `node` tells.
    pub(super) fn told(&self, node: Node<'_>) -> Vec<Told> {
        let comment = node.prev_sibling().filter(|before| before.kind() == "comment");
        let Some(comment) = comment.filter(|comment| self.l.str(*comment).starts_with("/**")) else {
            return Vec::new();
        };
        let told = self.l.str(comment).lines().filter_map(|line| {
            let line = line.trim_start_matches(['/', '*', ' ', '\t']);
            let tag = ["@param", "@var", "@return"].into_iter().find(|tag| line.starts_with(tag))?;
            // A type may hold blanks inside of its brackets only.
            let rest = line[tag.len()..].trim_start();
            let mut depth = 0_i32;
            let end = rest.find(|letter: char| {
                depth += i32::from(matches!(letter, '<' | '{')) - i32::from(matches!(letter, '>' | '}'));
                letter.is_whitespace() && depth <= 0
            });
            let (ty, after) = rest.split_at(end.unwrap_or(rest.len()));
            let name = after.split_whitespace().next().and_then(|name| name.strip_prefix('$')).unwrap_or_default();
            let span = Span::new(comment.start_byte(), comment.end_byte());
            Some(Told { tag, name: name.trim_end_matches("*/").into(), ty: told_type(ty, span)? })
        });
        told.collect()
    }
}

/// The type that a text names: of a union the first that is a class, or a list of such.
fn told_type(text: &str, span: Span) -> Option<TypeRef> {
    const PLAIN: &[&str] = &[
        "string", "int", "integer", "float", "double", "bool", "boolean", "array", "mixed", "object", "callable",
        "iterable", "null", "void", "self", "static", "false", "true", "resource", "scalar", "never",
    ];
    let list = |inner: TypeRef| TypeRef { path: vec!["[]".into()], args: vec![inner], span };
    if let Some((outer, inner)) = text.trim_start_matches('?').split_once('<')
        && let Some(inner) = inner.strip_suffix('>')
    {
        let many = matches!(outer, "array" | "list" | "iterable") || outer.ends_with("Collection");
        let mut parts = inner.split(',').map(str::trim);
        if many {
            return told_type(parts.next_back()?, span).map(list);
        }
        // `Builder<Order>`, `HasMany<Order, $this>`
        let held = told_type(parts.next()?, span)?;
        return told_type(outer, span).map(|outer| TypeRef { args: vec![held], ..outer });
    }
    text.split('|').find_map(|one| {
        let (one, many) = one.strip_suffix("[]").map_or((one, false), |one| (one, true));
        let one = one.trim_start_matches('?');
        let is_name = one.starts_with(|letter: char| letter.is_alphabetic() || letter == '\\')
            && one.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '\\'));
        if !is_name || PLAIN.contains(&one.to_ascii_lowercase().as_str()) {
            return None;
        }
        let path: Vec<Name> = one.split('\\').filter(|part| !part.is_empty()).map(Name::from).collect();
        let ty = TypeRef::simple(path, span);
        Some(if many { list(ty) } else { ty })
    })
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
