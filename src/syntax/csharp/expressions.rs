//! C#'s expressions, its strings among them.

use tree_sitter::Node;

use super::Sharp;
use crate::source::Span;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{arg, child_of, children, field, span};
use crate::syntax::outline::{Arg, ExprId, ExprKind, Piece, Stmt, TypeRef};
use crate::syntax::placeholders::{Style, Values, fill};
use crate::vocabulary::Name;

impl Sharp<'_> {
    /// A value where a type is declared: `new(…)` makes an object of that type.
    pub(super) fn expr_of_type(&mut self, node: Node<'_>, ty: Option<&TypeRef>) -> ExprId {
        if let Some(ty) = ty.filter(|_| node.kind() == "implicit_object_creation_expression") {
            return self.object(node, ty.clone());
        }
        self.expr(node)
    }

    pub(super) fn lower_simple(&mut self, node: Node<'_>) -> ExprId {
        match node.kind() {
            "string_literal" | "raw_string_literal" | "verbatim_string_literal" | "interpolated_string_expression" => {
                let pieces = self.pieces(node);
                self.l.push(ExprKind::Text(pieces), node)
            }
            "integer_literal" | "real_literal" | "boolean_literal" | "null_literal" | "character_literal" => {
                self.l.literal(node)
            }
            "parenthesized_expression"
            | "await_expression"
            | "checked_expression"
            | "ref_expression"
            | "postfix_unary_expression"
            | "argument"
            | "expression_element"
            | "arrow_expression_clause" => self.inner(node),
            "is_expression" => match field(node, "left") {
                Some(left) => {
                    let left = self.expr(left);
                    self.l.push(ExprKind::Unknown(vec![left]), node)
                }
                None => self.unknown(node),
            },
            "block" => {
                let body = self.block(node);
                self.l.push(ExprKind::Block(body), node)
            }
            _ => self.unknown(node),
        }
    }

    pub(super) fn member_of(&mut self, base: Option<ExprId>, node: Node<'_>) -> ExprId {
        let Some(name) = field(node, "name") else { return self.unknown(node) };
        let Some(base) = base else { return self.expr(name) };
        let type_args = self.type_arguments(name);
        let plain = child_of(name, &["identifier"]).unwrap_or(name);
        let kind = ExprKind::Member { base, name: self.l.name(plain), type_args, name_span: span(plain) };
        self.l.push(kind, node)
    }

    pub(super) fn conditional_access(&mut self, node: Node<'_>) -> ExprId {
        let Some(condition) = field(node, "condition") else { return self.unknown(node) };
        let base = self.expr(condition);
        let Some(rest) = children(node).into_iter().rfind(|child| *child != condition) else { return base };
        self.bindings.push(base);
        let made = self.expr(rest);
        self.bindings.pop();
        made
    }

    pub(super) fn call(&mut self, node: Node<'_>) -> ExprId {
        let (Some(function), Some(arguments)) = (field(node, "function"), field(node, "arguments")) else {
            return self.unknown(node);
        };
        match self.l.str(function) {
            "nameof" => {
                if let Some(named) = children(arguments).first() {
                    return self.name_of(*named);
                }
            }
            "string.Format" | "String.Format" => return self.format(arguments, node),
            "string.Concat" | "String.Concat" => {
                let parts = self.arguments(arguments).into_iter().map(|arg| arg.value).collect();
                return self.l.push(ExprKind::Concat(parts), node);
            }
            _ => {}
        }
        let callee = self.expr(function);
        let args = self.arguments(arguments);
        self.l.push(ExprKind::Call { callee, args }, node)
    }

    /// The text that `nameof(…)` stands for: the last name.
    fn name_of(&mut self, node: Node<'_>) -> ExprId {
        let range = node.byte_range();
        let text = self.l.str(node);
        let start = text.rfind(['.', ':']).map_or(0, |at| at + 1);
        let text = text[start..].to_owned();
        let span = Span::new(range.start + start, range.end);
        self.l.push(ExprKind::Text(vec![Piece::Literal { text, span }]), node)
    }

    fn format(&mut self, arguments: Node<'_>, node: Node<'_>) -> ExprId {
        let mut args = self.arguments(arguments);
        if args.is_empty() {
            return self.l.push(ExprKind::Unknown(Vec::new()), node);
        }
        let mut template = args.remove(0).value;
        if !matches!(self.l.out.expr(template).kind, ExprKind::Text(_)) && args.len() > 1 {
            let second = args[0].value;
            // The first argument may be a culture.
            if matches!(self.l.out.expr(second).kind, ExprKind::Text(_)) {
                template = second;
                args.remove(0);
            }
        }
        if let ExprKind::Text(pieces) = &self.l.out.expr(template).kind {
            let values = Values { positional: args.iter().map(|arg| arg.value).collect(), named: Vec::new() };
            let filled = fill(pieces, Style::Braces, &values);
            return self.l.push(ExprKind::Text(filled), node);
        }
        self.l.push(ExprKind::Format { template, args, style: Style::Braces }, node)
    }

    pub(super) fn arguments(&mut self, list: Node<'_>) -> Vec<Arg> {
        let mut args = Vec::new();
        for node in children(list) {
            let name = field(node, "name");
            let value = children(node).into_iter().rfind(|child| Some(*child) != name);
            let value = self.expr(value.unwrap_or(node));
            args.push(Arg { name: name.map(|name| self.l.name(name)), value, spread: false });
        }
        args
    }

    /// `new T(args) { … }`: fields that are set, or the items of a collection.
    pub(super) fn object(&mut self, node: Node<'_>, ty: TypeRef) -> ExprId {
        let list = field(node, "arguments").or_else(|| child_of(node, &["argument_list"]));
        let args = list.map(|list| self.arguments(list)).unwrap_or_default();
        let initializer = field(node, "initializer").or_else(|| child_of(node, &["initializer_expression"]));
        let items = initializer.map(children).unwrap_or_default();
        let mut fields: Vec<(Name, ExprId)> = Vec::new();
        let mut rest = Vec::new();
        for item in items {
            let left = field(item, "left").filter(|left| left.kind() == "identifier");
            match (left, field(item, "right")) {
                (Some(left), Some(right)) if item.kind() == "assignment_expression" => {
                    let value = self.expr(right);
                    fields.push((self.l.name(left), value));
                }
                _ => rest.push(item),
            }
        }
        if !rest.is_empty() && args.is_empty() {
            let items = self.exprs(&rest);
            let value = Some(self.l.push(ExprKind::List(items), node));
            return self.l.push(ExprKind::Typed { ty, value }, node);
        }
        let more = self.exprs(&rest).into_iter().map(arg);
        let args = args.into_iter().chain(more).collect();
        self.l.push(ExprKind::New { ty, args, fields }, node)
    }

    /// `new { a.Id, Name = b }`.
    pub(super) fn anonymous(&mut self, node: Node<'_>) -> ExprId {
        let mut pairs = Vec::new();
        let mut key = None;
        let mut cursor = node.walk();
        let parts: Vec<_> = node.children(&mut cursor).collect();
        for (at, part) in parts.iter().enumerate() {
            if !part.is_named() || part.is_extra() {
                continue;
            }
            if parts.get(at + 1).is_some_and(|next| next.kind() == "=") {
                key = Some(*part);
                continue;
            }
            let value = self.expr(*part);
            let named = match key.take() {
                Some(key) => self.l.name(key),
                None => self.l.dotted(value).pop().unwrap_or_default(),
            };
            pairs.push((self.l.push(ExprKind::Symbol(named), *part), value));
        }
        self.l.push(ExprKind::Record(pairs), node)
    }

    pub(super) fn binary(&mut self, node: Node<'_>) -> ExprId {
        let Some((operator, left, right)) = self.operands(node) else { return self.unknown(node) };
        match operator.as_str() {
            "+" if !self.l.is_literal(left) && !self.l.is_literal(right) => self.l.concat(left, right, node),
            "??" => self.l.choice(left, right, node),
            _ => self.l.push(ExprKind::Binary { operator, left, right }, node),
        }
    }

    pub(super) fn conditional(&mut self, node: Node<'_>) -> ExprId {
        if let Some(condition) = field(node, "condition") {
            let condition = self.expr(condition);
            self.l.hoist(condition);
        }
        let mut ways = Vec::new();
        for name in ["consequence", "alternative"] {
            ways.extend(field(node, name).map(|way| self.expr(way)));
        }
        self.l.push(ExprKind::Choice(ways), node)
    }

    pub(super) fn switch_value(&mut self, node: Node<'_>) -> ExprId {
        let mut ways = Vec::new();
        let mut value = None;
        for part in children(node) {
            if part.kind() != "switch_expression_arm" {
                let condition = self.expr(part);
                self.l.hoist(condition);
                value = Some(condition);
                continue;
            }
            let inside = children(part);
            let Some((result, before)) = inside.split_last() else { continue };
            let mut bound = Vec::new();
            for one in before {
                self.pattern(*one, value, &mut bound);
            }
            let result = self.expr(*result);
            ways.push(if bound.is_empty() {
                result
            } else {
                bound.push(Stmt::Return(result));
                self.l.push(ExprKind::Block(bound), part)
            });
        }
        self.l.push(ExprKind::Choice(ways), node)
    }

    pub(super) fn cast(&mut self, node: Node<'_>) -> ExprId {
        let ty = field(node, "type").or_else(|| field(node, "right")).and_then(|ty| self.type_ref(ty));
        let value = field(node, "value").or_else(|| field(node, "left")).map(|value| self.expr(value));
        match (ty, value) {
            (Some(ty), value) => self.l.push(ExprKind::Typed { ty, value }, node),
            (None, Some(value)) => value,
            (None, None) => self.unknown(node),
        }
    }

    /// `value is T name`: the name is bound before the statement.
    pub(super) fn is_pattern(&mut self, node: Node<'_>) -> ExprId {
        let Some(value) = field(node, "expression") else { return self.unknown(node) };
        let value = self.expr(value);
        if let Some(pattern) = field(node, "pattern") {
            let mut bound = Vec::new();
            self.pattern(pattern, Some(value), &mut bound);
            self.l.pending.append(&mut bound);
        }
        self.l.push(ExprKind::Unknown(vec![value]), node)
    }

    /// `out var name`: declared before the statement.
    pub(super) fn declaration_value(&mut self, node: Node<'_>) -> ExprId {
        let Some(name) = field(node, "name") else { return self.unknown(node) };
        let ty = field(node, "type").and_then(|ty| self.type_ref(ty));
        let text = self.l.name(name);
        self.l.pending.push(Stmt::Let { name: text.clone(), ty, value: None, span: span(name) });
        self.l.path(text, name)
    }

    /// `value with { … }`: what the fields are set to is kept for its effects.
    pub(super) fn with_value(&mut self, node: Node<'_>) -> ExprId {
        let parts = children(node);
        let Some((first, rest)) = parts.split_first() else { return self.unknown(node) };
        let value = self.expr(*first);
        for initializer in rest {
            let set = self.inner(*initializer);
            self.l.hoist(set);
        }
        value
    }

    /// The pieces of a string of any form.
    fn pieces(&mut self, node: Node<'_>) -> Vec<Piece> {
        let written = self.l.str(node);
        let opening = &written[..written.find('"').unwrap_or(0)];
        let raw = written[opening.len()..].starts_with("\"\"\"");
        let mut pieces = Vec::new();
        if node.kind() == "verbatim_string_literal" {
            let range = node.byte_range();
            let start = range.start + opening.len() + 1;
            self.doubled(start, range.end.saturating_sub(1), &["\"\""], &mut pieces);
            return pieces;
        }
        let doubles: &[&str] = match node.kind() {
            "interpolated_string_expression" if raw => &[],
            "interpolated_string_expression" if opening.contains('@') => &["{{", "}}", "\"\""],
            "interpolated_string_expression" => &["{{", "}}"],
            _ => &[],
        };
        for child in children(node) {
            match child.kind() {
                "escape_sequence" => {
                    let text = unescape(self.l.str(child));
                    pieces.push(Piece::Literal { text, span: span(child) });
                }
                "interpolation" => {
                    let value = children(child).into_iter().find(|inner| !inner.kind().starts_with("interpolation_"));
                    pieces.push(match value {
                        Some(value) => Piece::Value { expr: self.expr(value), span: span(child) },
                        None => Piece::Hole { span: span(child) },
                    });
                }
                "string_literal_content" | "string_content" | "raw_string_content" => {
                    self.doubled(child.start_byte(), child.end_byte(), doubles, &mut pieces);
                }
                _ => {}
            }
        }
        pieces
    }

    /// The text from `from` to `to`, in which each of `doubles` stands for its first character.
    fn doubled(&self, from: usize, to: usize, doubles: &[&str], pieces: &mut Vec<Piece>) {
        let text = self.l.text.get(from..to).unwrap_or_default();
        let mut start = 0;
        let mut literal = |start: usize, end: usize, text: &str| {
            if start < end {
                pieces.push(Piece::Literal { text: text.to_owned(), span: Span::new(from + start, from + end) });
            }
        };
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            match doubles.iter().find(|double| rest.starts_with(**double)) {
                Some(double) => {
                    literal(start, at, &text[start..at]);
                    literal(at, at + double.len(), &double[..1]);
                    at += double.len();
                    start = at;
                }
                None => at += rest.chars().next().map_or(1, char::len_utf8),
            }
        }
        literal(start, text.len(), &text[start..]);
    }
}

/// What an escape sequence stands for at run time.
fn unescape(written: &str) -> String {
    let number = |digits: &str| {
        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map(String::from).unwrap_or_default()
    };
    match written.chars().nth(1) {
        Some('n') => "\n".into(),
        Some('t') => "\t".into(),
        Some('r') => "\r".into(),
        Some('a' | 'b' | 'f' | 'v' | '0') => " ".into(),
        Some('u' | 'U' | 'x') => number(written.get(2..).unwrap_or_default()),
        Some(other) => other.into(),
        None => written.into(),
    }
}
