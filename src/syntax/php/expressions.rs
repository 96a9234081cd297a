//! PHP's expressions, its strings and heredocs among them.

use tree_sitter::Node;

use super::Php;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{child_of, children, field, span};
use crate::syntax::outline::{Arg, ExprId, ExprKind, Piece, TypeRef, ValueDecl};
use crate::syntax::placeholders::{Style, Values, fill};

impl Php<'_> {
    pub(super) fn member_of(&mut self, node: Node<'_>, base: &str) -> ExprId {
        let (Some(base), Some(name)) = (field(node, base), field(node, "name")) else { return self.unknown(node) };
        let base = self.expr(base);
        if !matches!(name.kind(), "name" | "variable_name") {
            let index = self.expr(name);
            return self.l.push(ExprKind::Index { base, index }, node);
        }
        let (text, name_span) = (self.variable(name), span(name));
        self.l.push(ExprKind::Member { base, name: text, type_args: Vec::new(), name_span }, node)
    }

    /// `Order::class`, `Order::TABLE`.
    pub(super) fn class_constant(&mut self, node: Node<'_>) -> ExprId {
        let parts = children(node);
        let [scope, name] = parts[..] else { return self.unknown(node) };
        if self.l.str(name) == "class" && matches!(scope.kind(), "name" | "qualified_name" | "relative_name") {
            let ty = TypeRef::simple(self.segments(scope), span(scope));
            return self.l.push(ExprKind::Typed { ty, value: None }, node);
        }
        let base = self.expr(scope);
        self.l.member(base, name, node)
    }

    pub(super) fn call(&mut self, callee: ExprId, node: Node<'_>) -> ExprId {
        let args = field(node, "arguments").map(|list| self.arguments(list)).unwrap_or_default();
        self.l.push(ExprKind::Call { callee, args }, node)
    }

    pub(super) fn function_call(&mut self, node: Node<'_>) -> ExprId {
        let Some(function) = field(node, "function") else { return self.unknown(node) };
        let name = self.l.str(function).trim_start_matches('\\');
        if matches!(name, "sprintf" | "vsprintf") {
            let mut args = field(node, "arguments").map(|list| self.arguments(list)).unwrap_or_default();
            if !args.is_empty() {
                let template = args.remove(0).value;
                return self.format(template, args, node);
            }
        }
        let is_constant = name == "define";
        let callee = self.expr(function);
        let call = self.call(callee, node);
        if is_constant {
            self.defined_constant(call);
        }
        call
    }

    /// `define('PREFIX', 'shop_')`: a constant, known everywhere.
    fn defined_constant(&mut self, call: ExprId) {
        let ExprKind::Call { args, .. } = &self.l.out.expr(call).kind else { return };
        let [name, value, ..] = &args[..] else { return };
        let (name, value) = (self.l.out.expr(name.value), value.value);
        let span = name.span;
        let ExprKind::Text(pieces) = &name.kind else { return };
        let [Piece::Literal { text, .. }] = &pieces[..] else { return };
        let name = text.as_str().into();
        self.l.out.values.push(ValueDecl {
            name,
            scope: Vec::new(),
            ty: None,
            value: Some(value),
            exported: true,
            span,
        });
    }

    fn format(&mut self, template: ExprId, args: Vec<Arg>, node: Node<'_>) -> ExprId {
        if let ExprKind::Text(pieces) = &self.l.out.expr(template).kind {
            let mut positional: Vec<ExprId> = args.iter().map(|arg| arg.value).collect();
            // `vsprintf` is given them as one array.
            if let [only] = positional[..]
                && let ExprKind::List(items) = &self.l.out.expr(only).kind
            {
                positional.clone_from(items);
            }
            let filled = fill(pieces, Style::Percent, &Values { positional, named: Vec::new() });
            return self.l.push(ExprKind::Text(filled), node);
        }
        self.l.push(ExprKind::Format { template, args, style: Style::Percent }, node)
    }

    pub(super) fn arguments(&mut self, list: Node<'_>) -> Vec<Arg> {
        let mut args = Vec::new();
        for node in children(list) {
            let name = field(node, "name");
            let Some(value) = children(node).into_iter().rfind(|child| Some(*child) != name) else { continue };
            let spread = value.kind() == "variadic_unpacking";
            let name = name.map(|name| self.l.name(name));
            args.push(Arg { name, value: self.expr(value), spread });
        }
        args
    }

    pub(super) fn object(&mut self, node: Node<'_>) -> ExprId {
        let list = child_of(node, &["arguments"]);
        let args = list.map(|list| self.arguments(list)).unwrap_or_default();
        let Some(made) = children(node).into_iter().find(|child| Some(*child) != list) else {
            return self.unknown(node);
        };
        match made.kind() {
            "name" | "qualified_name" | "relative_name" => {
                let ty = TypeRef::simple(self.segments(made), span(made));
                self.l.push(ExprKind::New { ty, args, fields: Vec::new() }, node)
            }
            "anonymous_class" => {
                self.type_declaration(made, None);
                let inside = args.iter().map(|arg| arg.value).collect();
                self.l.push(ExprKind::Unknown(inside), node)
            }
            _ => {
                let callee = self.expr(made);
                self.l.push(ExprKind::Call { callee, args }, node)
            }
        }
    }

    /// `[a, b]` is a list, `["k" => v]` a record.
    pub(super) fn array(&mut self, node: Node<'_>) -> ExprId {
        let mut pairs = Vec::new();
        let mut items = Vec::new();
        for element in children(node) {
            let inside = if element.kind() == "array_element_initializer" { children(element) } else { vec![element] };
            match inside[..] {
                [key, value] => {
                    let key = self.expr(key);
                    pairs.push((key, self.expr(value)));
                }
                [value] => items.push(self.expr(value)),
                _ => {}
            }
        }
        if pairs.is_empty() {
            return self.l.push(ExprKind::List(items), node);
        }
        for value in items {
            let key = self.l.push(ExprKind::Unknown(Vec::new()), node);
            pairs.push((key, value));
        }
        self.l.push(ExprKind::Record(pairs), node)
    }

    pub(super) fn binary(&mut self, node: Node<'_>) -> ExprId {
        let Some((operator, left, right)) = self.operands(node) else { return self.unknown(node) };
        match operator.as_str() {
            "." => self.l.concat(left, right, node),
            "??" => self.l.choice(left, right, node),
            _ => self.l.push(ExprKind::Binary { operator, left, right }, node),
        }
    }

    pub(super) fn conditional(&mut self, node: Node<'_>) -> ExprId {
        let condition = field(node, "condition").map(|condition| self.expr(condition));
        let mut ways = Vec::new();
        match (field(node, "body"), condition) {
            (Some(body), Some(condition)) => {
                self.l.hoist(condition);
                ways.push(self.expr(body));
            }
            // `a ?: b`
            (None, Some(condition)) => ways.push(condition),
            (_, None) => {}
        }
        ways.extend(field(node, "alternative").map(|way| self.expr(way)));
        self.l.push(ExprKind::Choice(ways), node)
    }

    pub(super) fn match_value(&mut self, node: Node<'_>) -> ExprId {
        if let Some(condition) = field(node, "condition") {
            let condition = self.expr(condition);
            self.l.hoist(condition);
        }
        let mut ways = Vec::new();
        for arm in field(node, "body").map(children).unwrap_or_default() {
            ways.extend(field(arm, "return_expression").map(|way| self.expr(way)));
        }
        self.l.push(ExprKind::Choice(ways), node)
    }

    /// The pieces of a string of any form.
    pub(super) fn pieces(&mut self, node: Node<'_>, pieces: &mut Vec<Piece>) {
        let single = node.kind() == "string";
        for child in children(node) {
            let at = span(child);
            match child.kind() {
                "heredoc_start" | "heredoc_end" => {}
                "heredoc_body" | "nowdoc_body" => self.pieces(child, pieces),
                "escape_sequence" => {
                    let text = unescape(self.l.str(child), single);
                    pieces.push(Piece::Literal { text, span: at });
                }
                "string_content" | "nowdoc_string" => {
                    pieces.push(Piece::Literal { text: self.l.str(child).to_owned(), span: at });
                }
                _ => pieces.push(Piece::Value { expr: self.expr(child), span: at }),
            }
        }
    }
}

/// What an escape sequence stands for at run time.
fn unescape(written: &str, single: bool) -> String {
    match written.chars().nth(1) {
        Some(mark @ ('\\' | '\'')) => mark.into(),
        _ if single => written.into(),
        Some('n') => "\n".into(),
        Some('t') => "\t".into(),
        Some('r') => "\r".into(),
        Some('v' | 'f' | 'e') => " ".into(),
        Some('x' | 'u') => {
            let digits = written.get(2..).unwrap_or_default().trim_matches(|c| matches!(c, '{' | '}'));
            u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map(String::from).unwrap_or_default()
        }
        Some(other) => other.into(),
        None => written.into(),
    }
}
