//! Elixir's expressions, its strings and sigils among them.

use tree_sitter::Node;

use super::Elixir;
use crate::syntax::lowering::walk::{Walk, last_is_value};
use crate::syntax::lowering::{arg, children, field, span};
use crate::syntax::outline::{Arg, ExprId, ExprKind, Function, FunctionKind, Piece, Stmt};
use crate::vocabulary::Name;

impl Elixir<'_> {
    pub(super) fn dot(&mut self, node: Node<'_>) -> ExprId {
        match (field(node, "left"), field(node, "right")) {
            (Some(base), Some(name)) => {
                let base = self.expr(base);
                self.l.member(base, name, node)
            }
            (Some(base), None) => self.expr(base),
            _ => self.unknown(node),
        }
    }

    /// A call; `first` is what a pipe gives it.
    pub(super) fn call(&mut self, node: Node<'_>, first: Option<ExprId>) -> ExprId {
        let Some(target) = field(node, "target") else { return self.unknown(node) };
        let called = self.called(node);
        if matches!(called, "if" | "unless" | "case" | "cond" | "with" | "try" | "for" | "receive")
            || matches!(called, "def" | "defp" | "defmacro" | "defmacrop" | "defmodule" | "defprotocol" | "defimpl")
                && first.is_none()
                && self.l.parent.is_none()
        {
            return self.control_value(node);
        }
        let (in_query, in_quote) = (matches!(called, "from" | "join"), called == "quote");
        let callee = self.callee(target);
        let mut args: Vec<Arg> = first.map(arg).into_iter().collect();
        let outside = std::mem::replace(&mut self.in_query, in_query);
        for argument in Self::argument_nodes(node) {
            args.extend(self.argument(argument));
        }
        self.in_query = outside;
        if let Some(block) = Self::child(node, "do_block") {
            let function = self.l.blank_function(FunctionKind::Lambda, block);
            let (id, outer) = self.l.begin(function, false);
            let mut body = Vec::new();
            let was_quoted = self.in_quote;
            self.in_quote |= in_quote;
            self.do_block(block, &mut body);
            self.in_quote = was_quoted;
            last_is_value(&mut body);
            self.l.finish(id, outer, body);
            args.push(arg(self.l.push(ExprKind::Lambda(id), block)));
        }
        // `order.total` is a member, `Orders.list` and `list()` are calls.
        if args.is_empty() && target.kind() == "dot" && Self::child(node, "arguments").is_none() {
            let module =
                field(target, "left").is_some_and(|left| left.kind() == "alias" || self.l.str(left) == "__MODULE__");
            if !module {
                return callee;
            }
        }
        self.l.push(ExprKind::Call { callee, args }, node)
    }

    /// What is called: `f.(x)` calls what the variable holds, where `f(x)` is a function of that name.
    fn callee(&mut self, target: Node<'_>) -> ExprId {
        let callee = self.expr(target);
        if target.kind() == "dot" && field(target, "right").is_none() {
            return self.l.push(ExprKind::Block(vec![Stmt::Return(callee)]), target);
        }
        callee
    }

    /// `if`, `case` and the like as a value.
    fn control_value(&mut self, node: Node<'_>) -> ExprId {
        let before = std::mem::take(&mut self.l.pending);
        let mut stmts = Vec::new();
        self.statement(node, &mut stmts);
        last_is_value(&mut stmts);
        self.l.pending = before;
        self.l.push(ExprKind::Block(stmts), node)
    }

    pub(super) fn list(&mut self, node: Node<'_>) -> ExprId {
        let inside = children(node);
        if let [keywords] = inside[..]
            && keywords.kind() == "keywords"
        {
            return self.keywords(keywords);
        }
        let items = self.exprs(&inside);
        self.l.push(ExprKind::List(items), node)
    }

    pub(super) fn keywords(&mut self, node: Node<'_>) -> ExprId {
        let pairs = self.pairs(&children(node));
        self.l.push(ExprKind::Record(pairs), node)
    }

    fn pairs(&mut self, nodes: &[Node<'_>]) -> Vec<(ExprId, ExprId)> {
        let mut pairs = Vec::new();
        for node in nodes {
            match (field(*node, "key"), field(*node, "value")) {
                (Some(key), Some(value)) => {
                    let name: Name = self.l.str(key).trim().trim_end_matches(':').trim_matches('"').into();
                    let key = self.l.push(ExprKind::Symbol(name), key);
                    pairs.push((key, self.expr(value)));
                }
                // `"key" => value`
                _ => {
                    if let (Some(left), Some(right)) = (field(*node, "left"), field(*node, "right")) {
                        let key = self.expr(left);
                        pairs.push((key, self.expr(right)));
                    }
                }
            }
        }
        pairs
    }

    /// `%{…}` is a record, `%T{…}` an object.
    pub(super) fn map(&mut self, node: Node<'_>) -> ExprId {
        let content = Self::child(node, "map_content").map(children).unwrap_or_default();
        let flat: Vec<_> = content
            .into_iter()
            .flat_map(|part| if part.kind() == "keywords" { children(part) } else { vec![part] })
            .collect();
        let pairs = self.pairs(&flat);
        let Some(ty) = self.struct_type(node) else { return self.l.push(ExprKind::Record(pairs), node) };
        let mut fields = Vec::new();
        for (key, value) in pairs {
            if let ExprKind::Symbol(name) = &self.l.out.expr(key).kind {
                fields.push((name.clone(), value));
            }
        }
        self.l.push(ExprKind::New { ty, args: Vec::new(), fields }, node)
    }

    pub(super) fn binary(&mut self, node: Node<'_>) -> ExprId {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else { return self.unknown(node) };
        let operator: Name = self.operator(node).into();
        match operator.as_str() {
            "|>" => {
                let first = self.expr(left);
                return match right.kind() {
                    "call" if !matches!(self.called(right), "case" | "if" | "with") => self.call(right, Some(first)),
                    "call" => {
                        self.l.hoist(first);
                        self.expr(right)
                    }
                    _ => {
                        let callee = self.expr(right);
                        self.l.push(ExprKind::Call { callee, args: vec![arg(first)] }, right)
                    }
                };
            }
            "=" => {
                let mut stmts = std::mem::take(&mut self.l.pending);
                let value = self.match_statement(node, &mut stmts);
                stmts.append(&mut self.l.pending);
                self.l.pending = stmts;
                if let Some(value) = value {
                    return value;
                }
                return self.l.push(ExprKind::Unknown(Vec::new()), node);
            }
            _ => {}
        }
        let left = self.expr(left);
        let right = self.expr(right);
        match operator.as_str() {
            "<>" => self.l.concat(left, right, node),
            // What a name stands for in a query, from here on.
            "in" => {
                if self.in_query
                    && let ExprKind::Path { segments, .. } = &self.l.out.expr(left).kind
                    && let [name] = &segments[..]
                {
                    let name = name.clone();
                    let at = self.l.out.expr(left).span;
                    self.l.pending.push(Stmt::Let { name, ty: None, value: Some(right), span: at });
                }
                right
            }
            "||" | "or" => self.l.choice(left, right, node),
            _ => self.l.push(ExprKind::Binary { operator, left, right }, node),
        }
    }

    /// `&(&1.id)` and `&Store.delete/1` are functions whose parameters are called `&1`, `&2` and so on.
    fn capture(&mut self, node: Node<'_>, operand: Node<'_>) -> ExprId {
        let slash = operand.kind() == "binary_operator" && self.operator(operand) == "/";
        let named = (field(operand, "left"), field(operand, "right").filter(|_| slash));
        let arity = named.1.and_then(|arity| self.l.str(arity).parse::<usize>().ok());
        let written = self.l.str(node);
        let taken = arity.unwrap_or_else(|| {
            let numbered =
                written.match_indices('&').filter_map(|(at, _)| written[at + 1..].chars().next()?.to_digit(10));
            numbered.max().unwrap_or(0) as usize
        });
        let names: Vec<Name> = (1..=taken.min(9)).map(|number| Name::from(format!("&{number}"))).collect();
        let params = names.iter().cloned().map(crate::syntax::lowering::param).collect();
        let function = Function { params, ..self.l.blank_function(FunctionKind::Lambda, node) };
        let (id, outer) = self.l.begin(function, false);
        let mut body = Vec::new();
        let value = match (arity, named.0) {
            (Some(_), Some(called)) => {
                let callee = self.expr(field(called, "target").unwrap_or(called));
                let args = names.into_iter().map(|name| arg(self.l.path(name, node))).collect();
                self.l.push(ExprKind::Call { callee, args }, node)
            }
            _ => self.expr(operand),
        };
        self.l.emit(&mut body, Stmt::Return(value));
        self.l.finish(id, outer, body);
        self.l.push(ExprKind::Lambda(id), node)
    }

    /// `@name` is a member of the module, `^x` is what stands behind the sign.
    pub(super) fn unary(&mut self, node: Node<'_>) -> ExprId {
        let Some(operand) = field(node, "operand") else { return self.unknown(node) };
        let written = self.l.str(node);
        if written.starts_with('@') {
            let named = field(operand, "target").unwrap_or(operand);
            let base = self.l.push(ExprKind::This, node);
            return self.l.member(base, named, node);
        }
        if written.starts_with('&') {
            return if operand.kind() == "integer" {
                self.l.path(Name::from(written), node)
            } else {
                self.capture(node, operand)
            };
        }
        if written.starts_with('^') {
            return self.expr(operand);
        }
        self.unknown(node)
    }

    /// `fn a, b -> … end`; of several clauses each is a way.
    pub(super) fn anonymous(&mut self, node: Node<'_>) -> ExprId {
        let clauses = children(node);
        let mut patterns = Vec::new();
        let mut params = Vec::new();
        if let [only] = clauses[..] {
            for parameter in field(only, "left").map(children).unwrap_or_default() {
                params.push(self.param(parameter, &mut patterns));
            }
        }
        let function = Function { params, ..self.l.blank_function(FunctionKind::Lambda, node) };
        let (id, outer) = self.l.begin(function, false);
        let mut body = self.bound(&patterns);
        if let [only] = clauses[..] {
            body.extend(self.clause(only, None));
        } else {
            let ways = clauses.iter().map(|clause| self.clause(*clause, None)).collect();
            body.push(Stmt::Branch(ways));
        }
        last_is_value(&mut body);
        self.l.finish(id, outer, body);
        self.l.push(ExprKind::Lambda(id), node)
    }

    /// `~s` and `~S` are texts, `~w` is a list of words, what else there is is no text.
    pub(super) fn sigil(&mut self, node: Node<'_>) -> ExprId {
        let name = Self::child(node, "sigil_name").map(|name| self.l.str(name)).unwrap_or_default();
        match name {
            "s" | "S" | "SQL" | "sql" => {
                let pieces = self.pieces(node);
                self.l.push(ExprKind::Text(pieces), node)
            }
            "w" | "W" => {
                let mut words = Vec::new();
                for content in children(node).into_iter().filter(|child| child.kind() == "quoted_content") {
                    let text = self.l.str(content);
                    for word in text.split_whitespace() {
                        let start = content.start_byte() + (word.as_ptr() as usize - text.as_ptr() as usize);
                        let span = crate::source::Span::new(start, start + word.len());
                        let piece = Piece::Literal { text: word.to_owned(), span };
                        words.push(self.l.out.push(ExprKind::Text(vec![piece]), span));
                    }
                }
                self.l.push(ExprKind::List(words), node)
            }
            _ => self.l.literal(node),
        }
    }

    pub(super) fn pieces(&mut self, node: Node<'_>) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for child in children(node) {
            let at = span(child);
            match child.kind() {
                "quoted_content" => pieces.push(Piece::Literal { text: self.l.str(child).to_owned(), span: at }),
                "escape_sequence" => pieces.push(Piece::Literal { text: unescape(self.l.str(child)), span: at }),
                "interpolation" => match children(child).first() {
                    Some(inner) => pieces.push(Piece::Value { expr: self.expr(*inner), span: at }),
                    None => pieces.push(Piece::Hole { span: at }),
                },
                _ => {}
            }
        }
        pieces
    }
}

/// What an escape sequence stands for at run time.
fn unescape(written: &str) -> String {
    match written.chars().nth(1) {
        Some('n') => "\n".into(),
        Some('t') => "\t".into(),
        Some('r') => "\r".into(),
        Some('s' | 'a' | 'b' | 'f' | 'v' | 'e' | '0') => " ".into(),
        Some('\n') => String::new(),
        Some('x' | 'u') => {
            let digits = written.get(2..).unwrap_or_default().trim_matches(|c| matches!(c, '{' | '}'));
            u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map(String::from).unwrap_or_default()
        }
        Some(other) => other.into(),
        None => written.into(),
    }
}
