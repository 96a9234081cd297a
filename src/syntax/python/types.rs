//! Python's annotations of types, read from their text: they are expressions in every sense, and often
//! stand in quotes (`"List[Order]"`).

use tree_sitter::Node;

use super::Python;
use crate::source::Span;
use crate::syntax::outline::TypeRef;
use crate::vocabulary::Name;

impl Python<'_> {
    /// The type that the text of `node` names. `Optional[T]`, `T | None` and `Annotated[T, …]` are `T`.
    pub(super) fn type_ref(&self, node: Node<'_>) -> Option<TypeRef> {
        TypeReader { text: self.l.str(node), at: 0, base: node.start_byte(), depth: 0 }.union()
    }
}

struct TypeReader<'t> {
    text: &'t str,
    at: usize,
    base: usize,
    depth: u32,
}

impl TypeReader<'_> {
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | '('));
        self.at += rest.len() - trimmed.len();
        trimmed.chars().next()
    }

    fn skip(&mut self) {
        self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
    }

    /// `A | B | None`: the first that is not `None`.
    fn union(&mut self) -> Option<TypeRef> {
        let mut first = self.one();
        while let Some(mark) = self.peek() {
            if mark == '|' {
                self.skip();
                let next = self.one();
                if first.as_ref().is_none_or(is_none) {
                    first = next;
                }
            } else if mark == ')' {
                self.skip();
            } else {
                break;
            }
        }
        first.filter(|ty| !is_none(ty))
    }

    fn one(&mut self) -> Option<TypeRef> {
        self.peek();
        let start = self.at;
        let mut path: Vec<Name> = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            if length == 0 {
                break;
            }
            path.push(rest[..length].into());
            self.at += length;
            if self.text[self.at..].starts_with('.') {
                self.at += 1;
            } else {
                break;
            }
        }
        if path.is_empty() {
            return None;
        }
        let span = Span::new(self.base + start, self.base + self.at);
        let mut args = Vec::new();
        if self.text[self.at..].trim_start().starts_with('[') && self.depth < 50 {
            self.peek();
            self.depth += 1;
            args = self.arguments();
            self.depth -= 1;
        }
        let wrapper = path.last().is_some_and(|name| matches!(name.as_str(), "Optional" | "Union" | "Annotated"));
        if wrapper && !args.is_empty() {
            return args.into_iter().find(|ty| !is_none(ty));
        }
        Some(TypeRef { path, args, span })
    }

    /// What stands between brackets. Anything that is no type is passed over.
    fn arguments(&mut self) -> Vec<TypeRef> {
        let mut args = Vec::new();
        self.skip();
        while let Some(mark) = self.peek() {
            match mark {
                ']' => {
                    self.skip();
                    break;
                }
                '[' => args.extend(self.arguments()),
                _ => {
                    let before = self.at;
                    args.extend(self.union());
                    if self.at == before || matches!(self.peek(), Some(',')) {
                        self.skip();
                    }
                }
            }
        }
        args
    }
}

fn is_none(ty: &TypeRef) -> bool {
    matches!(ty.path.as_slice(), [one] if one == "None")
}
