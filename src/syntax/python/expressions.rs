//! Python's expressions, its strings among them.

use tree_sitter::Node;

use super::Python;
use crate::source::Span;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{arg, child_of, children, field, field_children, span};
use crate::syntax::outline::{Arg, ExprId, ExprKind, Function, FunctionKind, Piece, Stmt};
use crate::syntax::placeholders::{Style, Values, fill};

impl Python<'_> {
    /// A member that is waited for; what a call gives is the same either way.
    pub(super) fn awaited(&mut self, inner: ExprId, node: Node<'_>) -> ExprId {
        match self.l.out.expr(inner).kind {
            ExprKind::Member { .. } | ExprKind::Path { .. } => self.l.push(ExprKind::Await(inner), node),
            _ => inner,
        }
    }

    pub(super) fn identifier(&mut self, node: Node<'_>) -> ExprId {
        let name = self.l.name(node);
        if self.receivers.contains(&name) {
            return self.l.push(ExprKind::This, node);
        }
        self.l.path(name, node)
    }

    pub(super) fn subscript(&mut self, node: Node<'_>) -> ExprId {
        let Some(value) = field(node, "value") else { return self.unknown(node) };
        let base = self.expr(value);
        let mut keys = self.exprs(&field_children(node, "subscript"));
        let index = match keys.len() {
            1 => keys.remove(0),
            _ => self.l.push(ExprKind::List(keys), node),
        };
        self.l.push(ExprKind::Index { base, index }, node)
    }

    pub(super) fn call(&mut self, node: Node<'_>) -> ExprId {
        let (Some(function), Some(arguments)) = (field(node, "function"), field(node, "arguments")) else {
            return self.unknown(node);
        };
        if function.kind() == "identifier" && self.l.str(function) == "super" {
            return self.l.push(ExprKind::Super, node);
        }
        let args = self.arguments(arguments);
        if let Some(template) = format_template(function, self.l.text) {
            return self.format(template, args, node);
        }
        let callee = self.expr(function);
        self.l.push(ExprKind::Call { callee, args }, node)
    }

    fn arguments(&mut self, list: Node<'_>) -> Vec<Arg> {
        if list.kind() == "generator_expression" {
            return vec![arg(self.expr(list))];
        }
        let mut args = Vec::new();
        for node in children(list) {
            match node.kind() {
                "keyword_argument" => {
                    if let (Some(name), Some(value)) = (field(node, "name"), field(node, "value")) {
                        let value = self.expr(value);
                        args.push(Arg { name: Some(self.l.name(name)), value, spread: false });
                    }
                }
                "list_splat" | "dictionary_splat" => {
                    if let Some(inner) = children(node).first() {
                        args.push(Arg { name: None, value: self.expr(*inner), spread: true });
                    }
                }
                _ => args.push(arg(self.expr(node))),
            }
        }
        args
    }

    /// `template.format(…)`: with a literal template the arguments are put in.
    fn format(&mut self, template: Node<'_>, args: Vec<Arg>, node: Node<'_>) -> ExprId {
        let template = self.expr(template);
        // `SQL("… {} …").format(x)`: what wraps a literal template wraps the text that it becomes.
        let (wrapper, inner) = match &self.l.out.expr(template).kind {
            ExprKind::Call { callee, args } => match args[..] {
                [Arg { name: None, value, spread: false }] => (Some(*callee), value),
                _ => (None, template),
            },
            _ => (None, template),
        };
        if let ExprKind::Text(pieces) = &self.l.out.expr(inner).kind
            && args.iter().all(|arg| !arg.spread)
        {
            let mut values = Values::default();
            for arg in &args {
                match &arg.name {
                    Some(name) => values.named.push((name.clone(), arg.value)),
                    None => values.positional.push(arg.value),
                }
            }
            let filled = fill(pieces, Style::Braces, &values);
            let text = self.l.push(ExprKind::Text(filled), node);
            return match wrapper {
                Some(callee) => self.l.push(ExprKind::Call { callee, args: vec![arg(text)] }, node),
                None => text,
            };
        }
        self.l.push(ExprKind::Format { template, args, style: Style::Braces }, node)
    }

    pub(super) fn binary(&mut self, node: Node<'_>) -> ExprId {
        let Some((operator, left, right)) = self.operands(node) else { return self.unknown(node) };
        if self.l.is_literal(left) || self.l.is_literal(right) {
            return self.l.push(ExprKind::Binary { operator, left, right }, node);
        }
        match operator.as_str() {
            "+" => self.l.concat(left, right, node),
            "%" => self.percent(left, right, node),
            _ => self.l.push(ExprKind::Binary { operator, left, right }, node),
        }
    }

    /// `template % values`.
    fn percent(&mut self, left: ExprId, right: ExprId, node: Node<'_>) -> ExprId {
        let mut values = Values::default();
        match &self.l.out.expr(right).kind {
            ExprKind::List(parts) => values.positional.clone_from(parts),
            ExprKind::Record(pairs) => {
                for (key, value) in pairs {
                    if let ExprKind::Text(pieces) = &self.l.out.expr(*key).kind
                        && let [Piece::Literal { text, .. }] = pieces.as_slice()
                    {
                        values.named.push((text.as_str().into(), *value));
                    }
                }
            }
            _ => values.positional.push(right),
        }
        if let ExprKind::Text(pieces) = &self.l.out.expr(left).kind {
            let filled = fill(pieces, Style::Percent, &values);
            return self.l.push(ExprKind::Text(filled), node);
        }
        let named = values.named.into_iter().map(|(name, value)| Arg { name: Some(name), value, spread: false });
        let args = values.positional.into_iter().map(arg).chain(named).collect();
        self.l.push(ExprKind::Format { template: left, args, style: Style::Percent }, node)
    }

    pub(super) fn boolean(&mut self, node: Node<'_>) -> ExprId {
        let Some((operator, left, right)) = self.operands(node) else { return self.unknown(node) };
        if operator == "or" {
            return self.l.choice(left, right, node);
        }
        self.l.push(ExprKind::Binary { operator, left, right }, node)
    }

    pub(super) fn comparison(&mut self, node: Node<'_>) -> ExprId {
        let sides = self.exprs(&children(node));
        let operator = field(node, "operators").map(|operator| self.l.name(operator)).unwrap_or_default();
        match sides.as_slice() {
            [left, right] => {
                let (left, right) = (*left, *right);
                self.l.push(ExprKind::Binary { operator, left, right }, node)
            }
            _ => self.l.push(ExprKind::Unknown(sides), node),
        }
    }

    pub(super) fn conditional(&mut self, node: Node<'_>) -> ExprId {
        let [then, condition, other] = children(node)[..] else { return self.unknown(node) };
        let condition = self.expr(condition);
        self.l.hoist(condition);
        let ways = vec![self.expr(then), self.expr(other)];
        self.l.push(ExprKind::Choice(ways), node)
    }

    pub(super) fn named(&mut self, node: Node<'_>) -> ExprId {
        let (Some(name), Some(value)) = (field(node, "name"), field(node, "value")) else { return self.unknown(node) };
        let value = self.expr(value);
        let mut stmts = std::mem::take(&mut self.l.pending);
        self.l.bind(&mut stmts, name, value);
        self.l.pending = stmts;
        self.identifier(name)
    }

    pub(super) fn lambda(&mut self, node: Node<'_>) -> ExprId {
        let params = field(node, "parameters").map(|list| self.params(list)).unwrap_or_default();
        let function = Function { params, ..self.l.blank_function(FunctionKind::Lambda, node) };
        let (id, outer) = self.l.begin(function, false);
        let mut body = Vec::new();
        if let Some(value) = field(node, "body") {
            let value = self.expr(value);
            self.l.emit(&mut body, Stmt::Return(value));
        }
        self.l.finish(id, outer, body);
        self.l.push(ExprKind::Lambda(id), node)
    }

    /// `[body for x in xs if c]` is a block whose loop binds the name and whose value is the list of `body`.
    pub(super) fn comprehension(&mut self, node: Node<'_>) -> ExprId {
        let before = std::mem::take(&mut self.l.pending);
        let mut stmts = Vec::new();
        for clause in children(node) {
            match clause.kind() {
                "for_in_clause" => {
                    let (Some(left), Some(right)) = (field(clause, "left"), field_children(clause, "right").pop())
                    else {
                        continue;
                    };
                    for (left, each) in self.each_of(left, right, false) {
                        self.bind_pattern(left, each, &mut stmts);
                    }
                }
                "if_clause" => {
                    if let Some(condition) = children(clause).first() {
                        let condition = self.expr(*condition);
                        self.l.emit_effect(&mut stmts, condition);
                    }
                }
                _ => {}
            }
        }
        let value = field(node, "body").map(|body| match body.kind() {
            "pair" => self.unknown(body),
            _ => self.expr(body),
        });
        let list = self.l.push(ExprKind::List(value.into_iter().collect()), node);
        self.l.emit(&mut stmts, Stmt::Return(list));
        self.l.pending = before;
        self.l.push(ExprKind::Block(stmts), node)
    }

    pub(super) fn dictionary(&mut self, node: Node<'_>) -> ExprId {
        let mut pairs = Vec::new();
        for child in children(node) {
            if let (Some(key), Some(value)) = (field(child, "key"), field(child, "value")) {
                let key = self.expr(key);
                pairs.push((key, self.expr(value)));
            } else {
                let key = self.l.push(ExprKind::Unknown(Vec::new()), child);
                pairs.push((key, self.unknown(child)));
            }
        }
        self.l.push(ExprKind::Record(pairs), node)
    }

    /// The pieces of one string, split at escapes and interpolations.
    pub(super) fn string_pieces(&mut self, node: Node<'_>) -> Vec<Piece> {
        let raw = child_of(node, &["string_start"]).is_some_and(|start| self.l.str(start).contains(['r', 'R']));
        let mut pieces = Vec::new();
        for child in children(node) {
            match child.kind() {
                "string_content" => self.content(child, raw, &mut pieces),
                "interpolation" => {
                    let piece = match field(child, "expression") {
                        Some(inner) => Piece::Value { expr: self.expr(inner), span: span(child) },
                        None => Piece::Hole { span: span(child) },
                    };
                    pieces.push(piece);
                }
                _ => {}
            }
        }
        pieces
    }

    fn content(&mut self, node: Node<'_>, raw: bool, pieces: &mut Vec<Piece>) {
        let mut from = node.start_byte();
        let text = self.l.text;
        let literal = |from: usize, to: usize, pieces: &mut Vec<Piece>| {
            if from < to {
                let text = text.get(from..to).unwrap_or_default().to_owned();
                pieces.push(Piece::Literal { text, span: Span::new(from, to) });
            }
        };
        let escapes = if raw { Vec::new() } else { children(node) };
        for escape in escapes {
            let written = self.l.str(escape);
            literal(from, escape.start_byte(), pieces);
            from = escape.end_byte();
            let text = match escape.kind() {
                "escape_interpolation" => written.get(..1).unwrap_or_default().to_owned(),
                _ => unescape(written),
            };
            pieces.push(Piece::Literal { text, span: span(escape) });
        }
        literal(from, node.end_byte(), pieces);
    }
}

/// The template of `"…".format` or `x.format`, where `function` is that.
fn format_template<'n>(function: Node<'n>, text: &str) -> Option<Node<'n>> {
    let attribute = field(function, "attribute").filter(|_| function.kind() == "attribute")?;
    let object = field(function, "object")?;
    (text.get(attribute.byte_range()) == Some("format")).then_some(object)
}

/// What an escape sequence stands for at run time.
fn unescape(written: &str) -> String {
    let mut chars = written.chars().skip(1);
    let number = |digits: &str, radix: u32| {
        u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).map(String::from).unwrap_or_default()
    };
    match chars.next() {
        Some('n') => "\n".into(),
        Some('t') => "\t".into(),
        Some('r') => "\r".into(),
        Some('a' | 'b' | 'f' | 'v') => " ".into(),
        Some('\n' | '\r') => String::new(),
        Some('x' | 'u' | 'U') => number(written.get(2..).unwrap_or_default(), 16),
        Some('0'..='7') => number(written.get(1..).unwrap_or_default(), 8),
        Some(other) => other.into(),
        None => written.into(),
    }
}
