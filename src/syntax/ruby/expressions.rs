//! Ruby's expressions, its strings and heredocs among them.

use tree_sitter::Node;

use super::Ruby;
use crate::source::Span;
use crate::syntax::lowering::walk::{Walk, last_is_value};
use crate::syntax::lowering::{arg, children, field, param, span};
use crate::syntax::outline::{Arg, ExprId, ExprKind, Function, FunctionKind, Piece, Stmt};
use crate::syntax::placeholders::{Style, Values, fill};
use crate::vocabulary::Name;

impl<'n> Ruby<'_, 'n> {
    /// Statements as a value.
    pub(super) fn block_value(&mut self, node: Node<'n>) -> ExprId {
        let before = std::mem::take(&mut self.l.pending);
        let mut stmts = Vec::new();
        self.statement(node, &mut stmts);
        last_is_value(&mut stmts);
        self.l.pending = before;
        self.l.push(ExprKind::Block(stmts), node)
    }

    /// A local, or a call without receiver and arguments.
    pub(super) fn identifier(&mut self, node: Node<'n>) -> ExprId {
        let name = self.l.name(node);
        if self.l.is_local(&name) {
            return self.l.path(name, node);
        }
        let callee = self.own(node);
        self.l.push(ExprKind::Call { callee, args: Vec::new() }, node)
    }

    /// What a call without receiver calls: in a method, a method of the receiver.
    fn own(&mut self, name: Node<'n>) -> ExprId {
        if self.l.owner.is_none() || self.in_body {
            return self.l.path(self.l.name(name), name);
        }
        let base = self.l.push(ExprKind::This, name);
        self.l.member(base, name, name)
    }

    /// `A::B`; where what stands before is no constant, a member of it.
    pub(super) fn resolution(&mut self, node: Node<'n>) -> ExprId {
        let constants =
            self.l.str(node).bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'));
        if constants {
            let segments = self.constant_path(node);
            return self.l.push(ExprKind::Path { segments, type_args: Vec::new() }, node);
        }
        match (field(node, "scope"), field(node, "name")) {
            (Some(scope), Some(name)) => {
                let base = self.expr(scope);
                self.l.member(base, name, node)
            }
            _ => self.unknown(node),
        }
    }

    pub(super) fn index(&mut self, node: Node<'n>) -> ExprId {
        let Some(object) = field(node, "object") else { return self.unknown(node) };
        let base = self.expr(object);
        let inside: Vec<_> = children(node).into_iter().filter(|child| *child != object).collect();
        // What is taken of a type is what its method gives: `Album[1]`, `Sequel[:sales][:orders]`.
        if self.is_type(object) {
            let name_span = Span::new(object.end_byte(), node.end_byte());
            let callee = ExprKind::Member { base, name: "[]".into(), type_args: Vec::new(), name_span };
            let callee = self.l.push(callee, node);
            let args = inside.into_iter().map(|node| self.argument(node)).collect();
            return self.l.push(ExprKind::Call { callee, args }, node);
        }
        let mut keys = self.exprs(&inside);
        let index = if keys.len() == 1 { keys.remove(0) } else { self.l.push(ExprKind::List(keys), node) };
        self.l.push(ExprKind::Index { base, index }, node)
    }

    /// Whether what is indexed is a type, or what such an index gave: `DB` and `STATES` are values.
    fn is_type(&self, object: Node<'n>) -> bool {
        match object.kind() {
            "element_reference" => field(object, "object").is_some_and(|object| self.is_type(object)),
            "constant" | "scope_resolution" => {
                let name = self.l.str(object).rsplit("::").next().unwrap_or_default();
                name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
            }
            _ => false,
        }
    }

    /// A call with its block as the last argument.
    pub(super) fn call_with_block(&mut self, node: Node<'n>) -> ExprId {
        let receiver = field(node, "receiver").map(|receiver| self.expr(receiver));
        let method = field(node, "method");
        let mut args = field(node, "arguments").map(|list| self.arguments(list)).unwrap_or_default();
        let name = method.map(|method| self.l.str(method)).unwrap_or_default();
        if receiver.is_none() && matches!(name, "format" | "sprintf") && !args.is_empty() {
            return self.format(args, node);
        }
        if let Some(block) = field(node, "block") {
            let (params, parts) = Self::block_parts(block);
            let test = self.l.in_test;
            self.l.in_test |= matches!(name, "describe" | "it" | "context" | "specify" | "feature" | "scenario")
                && self.l.owner.is_none()
                && (receiver.is_none()
                    || field(node, "receiver").is_some_and(|receiver| self.l.str(receiver) == "RSpec"));
            let block = self.block_lambda(block, params, &parts);
            self.l.in_test = test;
            args.push(arg(block));
        }
        let callee = match (receiver, method) {
            (Some(base), Some(method)) => self.l.member(base, method, node),
            (None, Some(method)) if method.kind() == "super" => self.l.push(ExprKind::Super, method),
            (None, Some(method)) => self.own(method),
            // `f.(x)`
            (Some(base), None) => base,
            (None, None) => return self.unknown(node),
        };
        self.l.push(ExprKind::Call { callee, args }, node)
    }

    /// `&:destroy`, short for `{ |it| it.destroy }`.
    pub(super) fn symbol_block(&mut self, symbol: Node<'n>, node: Node<'n>) -> ExprId {
        let function = Function { params: vec![param("it")], ..self.l.blank_function(FunctionKind::Lambda, node) };
        let (id, outer) = self.l.begin(function, false);
        let base = self.l.path("it", node);
        let name: Name = self.l.str(symbol).trim_start_matches(':').into();
        let callee = ExprKind::Member { base, name, type_args: Vec::new(), name_span: span(symbol) };
        let callee = self.l.push(callee, node);
        let call = self.l.push(ExprKind::Call { callee, args: Vec::new() }, node);
        self.l.finish(id, outer, vec![Stmt::Return(call)]);
        self.l.push(ExprKind::Lambda(id), node)
    }

    fn arguments(&mut self, list: Node<'n>) -> Vec<Arg> {
        children(list).into_iter().map(|node| self.argument(node)).collect()
    }

    fn argument(&mut self, node: Node<'n>) -> Arg {
        if let Some(key) = field(node, "key").filter(|_| node.kind() == "pair") {
            return self.keyword(key, node);
        }
        let spread = matches!(node.kind(), "splat_argument" | "hash_splat_argument");
        Arg { name: None, value: self.expr(node), spread }
    }

    /// `key: value`, `"key" => value`; `key:` alone is short for `key: key`.
    fn keyword(&mut self, key: Node<'n>, pair: Node<'n>) -> Arg {
        let name: Name = self.l.str(key).trim_matches([':', '"', '\'']).into();
        let plain = matches!(key.kind(), "hash_key_symbol" | "string" | "simple_symbol");
        let value = match field(pair, "value") {
            Some(value) => self.expr(value),
            None => self.l.path(name.clone(), key),
        };
        if plain {
            return Arg { name: Some(name), value, spread: false };
        }
        let key = self.expr(key);
        arg(self.l.push(ExprKind::Record(vec![(key, value)]), pair))
    }

    fn format(&mut self, mut args: Vec<Arg>, node: Node<'n>) -> ExprId {
        let template = args.remove(0).value;
        if let ExprKind::Text(pieces) = &self.l.out.expr(template).kind {
            let mut values = Values::default();
            for arg in &args {
                match &arg.name {
                    Some(name) => values.named.push((name.clone(), arg.value)),
                    None => values.positional.push(arg.value),
                }
            }
            let filled = fill(pieces, Style::Percent, &values);
            return self.l.push(ExprKind::Text(filled), node);
        }
        self.l.push(ExprKind::Format { template, args, style: Style::Percent }, node)
    }

    pub(super) fn hash(&mut self, pairs: &[Node<'n>], node: Node<'n>) -> ExprId {
        let mut entries = Vec::new();
        for pair in pairs {
            let Some(key) = field(*pair, "key") else {
                let key = self.l.push(ExprKind::Unknown(Vec::new()), *pair);
                entries.push((key, self.expr(*pair)));
                continue;
            };
            let key_expr = self.expr(key);
            let value = match field(*pair, "value") {
                Some(value) => self.expr(value),
                None => self.l.path(self.l.str(key).trim_end_matches(':'), key),
            };
            entries.push((key_expr, value));
        }
        self.l.push(ExprKind::Record(entries), node)
    }

    pub(super) fn binary(&mut self, node: Node<'n>) -> ExprId {
        let Some((operator, left, right)) = self.operands(node) else { return self.unknown(node) };
        match operator.as_str() {
            "+" | "<<" if !self.l.is_literal(left) && !self.l.is_literal(right) => self.l.concat(left, right, node),
            "||" | "or" => self.l.choice(left, right, node),
            "%" if matches!(self.l.out.expr(left).kind, ExprKind::Text(_)) => self.percent(left, right, node),
            _ => self.l.push(ExprKind::Binary { operator, left, right }, node),
        }
    }

    fn percent(&mut self, left: ExprId, right: ExprId, node: Node<'n>) -> ExprId {
        let mut values = Values::default();
        match &self.l.out.expr(right).kind {
            ExprKind::List(parts) => values.positional.clone_from(parts),
            ExprKind::Record(pairs) => {
                for (key, value) in pairs {
                    if let ExprKind::Symbol(name) = &self.l.out.expr(*key).kind {
                        values.named.push((name.trim_end_matches(':').into(), *value));
                    }
                }
            }
            _ => values.positional.push(right),
        }
        let ExprKind::Text(pieces) = &self.l.out.expr(left).kind else { return left };
        let filled = fill(pieces, Style::Percent, &values);
        self.l.push(ExprKind::Text(filled), node)
    }

    /// The pieces of a string of any form.
    pub(super) fn pieces(&mut self, node: Node<'n>, pieces: &mut Vec<Piece>) {
        if node.kind() == "heredoc_beginning" {
            let at = self.heredoc_of(node);
            if let Some(body) = self.heredocs.get(at).copied() {
                self.pieces(body, pieces);
            }
            return;
        }
        for child in children_with_content(node) {
            let at = span(child);
            match child.kind() {
                "string" => self.pieces(child, pieces),
                "interpolation" => pieces.push(self.interpolation(child)),
                "escape_sequence" => pieces.push(Piece::Literal { text: unescape(self.l.str(child)), span: at }),
                "string_content" | "heredoc_content" => {
                    pieces.push(Piece::Literal { text: self.l.str(child).to_owned(), span: at });
                }
                _ => {}
            }
        }
    }

    /// Which heredoc body belongs to that opening: the openings are met in the order of the bodies.
    fn heredoc_of(&mut self, opening: Node<'n>) -> usize {
        let start = opening.start_byte();
        if let Some((_, at)) = self.opened.iter().rev().find(|(place, _)| *place == start) {
            return *at;
        }
        let after = self.heredocs.partition_point(|body| body.start_byte() < opening.end_byte());
        let next = self.opened.last().map_or(0, |(_, at)| at + 1);
        self.opened.push((start, next.max(after)));
        next.max(after)
    }

    fn interpolation(&mut self, node: Node<'n>) -> Piece {
        let span = span(node);
        match children(node).as_slice() {
            [] => Piece::Hole { span },
            [one] => Piece::Value { expr: self.expr(*one), span },
            many => {
                let mut stmts = Vec::new();
                for one in many {
                    let value = self.expr(*one);
                    self.l.emit(&mut stmts, Stmt::Expr(value));
                }
                last_is_value(&mut stmts);
                Piece::Value { expr: self.l.push(ExprKind::Block(stmts), node), span }
            }
        }
    }
}

/// The children of a string. (The contents of a heredoc are extras to the grammar.)
fn children_with_content(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

/// What an escape sequence stands for at run time.
fn unescape(written: &str) -> String {
    match written.chars().nth(1) {
        Some('n') => "\n".into(),
        Some('t') => "\t".into(),
        Some('r') => "\r".into(),
        Some('s' | 'a' | 'b' | 'f' | 'v' | 'e') => " ".into(),
        Some('\n' | '\r') => String::new(),
        Some('u' | 'x') => {
            let digits = written.get(2..).unwrap_or_default().trim_matches(|c| matches!(c, '{' | '}'));
            u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map(String::from).unwrap_or_default()
        }
        Some(other) => other.into(),
        None => written.into(),
    }
}
