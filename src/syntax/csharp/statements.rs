//! C#'s statements.

use tree_sitter::Node;

use super::Sharp;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{child_of, children, field, field_children, has_token, span};
use crate::syntax::outline::{ExprId, ExprKind, Stmt};

impl Sharp<'_> {
    /// The statements of a block. What follows a `using` declaration runs inside of it.
    pub(super) fn block(&mut self, node: Node<'_>) -> Vec<Stmt> {
        let mut out = Vec::new();
        self.sequence(&children(node), &mut out);
        out
    }

    fn sequence(&mut self, nodes: &[Node<'_>], out: &mut Vec<Stmt>) {
        let mut open: Vec<(ExprId, Vec<Stmt>)> = Vec::new();
        let mut current = Vec::new();
        for node in nodes {
            let entered = node.kind() == "local_declaration_statement" && has_token(*node, "using");
            self.statement(*node, &mut current);
            if entered {
                let last = current.iter().rev().find_map(|stmt| match stmt {
                    Stmt::Let { value: Some(value), .. } => Some(*value),
                    _ => None,
                });
                if let Some(context) = last {
                    open.push((context, std::mem::take(&mut current)));
                }
            }
        }
        while let Some((context, mut before)) = open.pop() {
            before.push(Stmt::With { context, body: current });
            current = before;
        }
        out.append(&mut current);
    }

    pub(super) fn body_of(&mut self, node: Node<'_>, name: &str) -> Vec<Stmt> {
        match field(node, name) {
            Some(body) if body.kind() == "block" => self.block(body),
            Some(body) => {
                let mut out = Vec::new();
                self.statement(body, &mut out);
                out
            }
            None => Vec::new(),
        }
    }

    /// The value of a function.
    pub(super) fn returned(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let value = self.expr(node);
        self.l.emit(out, Stmt::Return(value));
    }

    pub(super) fn locals(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let ty = field(node, "type").and_then(|ty| self.type_ref(ty));
        for declarator in children(node).into_iter().filter(|child| child.kind() == "variable_declarator") {
            let name = field(declarator, "name");
            let pattern = child_of(declarator, &["tuple_pattern"]);
            let bound = name.or(pattern);
            let value = children(declarator)
                .into_iter()
                .rfind(|child| Some(*child) != bound && child.kind() != "bracketed_argument_list");
            let value = value.map(|value| self.expr_of_type(value, ty.as_ref()));
            match (name, pattern, value) {
                (Some(name), _, value) => {
                    let stmt = Stmt::Let { name: self.l.name(name), ty: ty.clone(), value, span: span(name) };
                    self.l.emit(out, stmt);
                }
                (None, Some(pattern), Some(value)) => self.bind_tuple(pattern, value, out),
                _ => {}
            }
        }
    }

    /// Binds the names of `(a, b)` to the parts of `value`.
    fn bind_tuple(&mut self, pattern: Node<'_>, value: ExprId, out: &mut Vec<Stmt>) {
        if pattern.kind() == "identifier" {
            let stmt = Stmt::Let { name: self.l.name(pattern), ty: None, value: Some(value), span: span(pattern) };
            self.l.emit(out, stmt);
            return;
        }
        for (at, part) in children(pattern).into_iter().enumerate() {
            let part_value = self.l.element(value, Some(at), None, part);
            self.bind_tuple(part, part_value, out);
        }
    }

    pub(super) fn loop_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for first in field_children(node, "initializer") {
            self.statement(first, out);
        }
        let mut body = Vec::new();
        self.effect(field(node, "condition"), &mut body);
        body.extend(self.body_of(node, "body"));
        for last in field_children(node, "update") {
            self.statement(last, &mut body);
        }
        out.push(Stmt::Loop(body));
    }

    pub(super) fn for_each(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut body = Vec::new();
        if let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) {
            let whole = self.expr(right);
            out.append(&mut self.l.pending);
            let each = self.l.element(whole, None, None, left);
            if left.kind() == "identifier" {
                let ty = field(node, "type").and_then(|ty| self.type_ref(ty));
                body.push(Stmt::Let { name: self.l.name(left), ty, value: Some(each), span: span(left) });
            } else {
                self.bind_tuple(left, each, &mut body);
            }
        }
        body.extend(self.body_of(node, "body"));
        out.push(Stmt::Loop(body));
    }

    pub(super) fn switch(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let value = field(node, "value").map(|value| self.expr(value));
        if let Some(value) = value {
            self.l.emit_effect(out, value);
        }
        let mut ways = Vec::new();
        for section in field(node, "body").map(children).unwrap_or_default() {
            let mut way = Vec::new();
            for part in children(section) {
                match part.kind() {
                    "when_clause" => self.effect(children(part).first().copied(), &mut way),
                    kind if kind.ends_with("_statement") || kind == "block" => self.statement(part, &mut way),
                    _ => self.pattern(part, value, &mut way),
                }
            }
            ways.push(way);
        }
        ways.push(Vec::new());
        out.push(Stmt::Branch(ways));
    }

    /// Binds the names that a pattern declares.
    pub(super) fn pattern(&mut self, node: Node<'_>, value: Option<ExprId>, out: &mut Vec<Stmt>) {
        if !node.kind().ends_with("pattern") && node.kind() != "property_pattern_clause" && node.kind() != "subpattern"
        {
            return;
        }
        if !self.l.descend(node) {
            return;
        }
        let ty = field(node, "type").and_then(|ty| self.type_ref(ty));
        if let Some(name) = field(node, "name") {
            let typed = match (ty, value) {
                (Some(ty), value) => Some(self.l.push(ExprKind::Typed { ty, value }, node)),
                (None, value) => value,
            };
            out.push(Stmt::Let { name: self.l.name(name), ty: None, value: typed, span: span(name) });
        }
        for child in children(node) {
            self.pattern(child, None, out);
        }
        self.l.ascend();
    }

    pub(super) fn try_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut ways = vec![self.body_of(node, "body")];
        let mut last = Vec::new();
        for clause in children(node) {
            match clause.kind() {
                "catch_clause" => ways.push(self.body_of(clause, "body")),
                "finally_clause" => {
                    last = child_of(clause, &["block"]).map(|body| self.block(body)).unwrap_or_default();
                }
                _ => {}
            }
        }
        out.push(Stmt::Branch(ways));
        out.append(&mut last);
    }

    /// `using (…) …`, `lock (…) …`, `fixed (…) …`.
    pub(super) fn entered(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let parts = children(node);
        let Some((body, heads)) = parts.split_last() else { return };
        let Some(head) = heads.last() else { return };
        let mut bound = Vec::new();
        let context = if head.kind() == "variable_declaration" {
            self.locals(*head, &mut bound);
            bound.iter().rev().find_map(|stmt| match stmt {
                Stmt::Let { value, .. } => *value,
                _ => None,
            })
        } else {
            let value = self.expr(*head);
            bound.append(&mut self.l.pending);
            Some(value)
        };
        let mut inside = Vec::new();
        match body.kind() {
            "block" => inside = self.block(*body),
            _ => self.statement(*body, &mut inside),
        }
        out.append(&mut bound);
        match context {
            Some(context) => out.push(Stmt::With { context, body: inside }),
            None => out.append(&mut inside),
        }
    }

    pub(super) fn expression_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "assignment_expression" => {
                self.assignment(node, out);
            }
            _ => self.effect(Some(node), out),
        }
    }

    /// Lowers an assignment as a statement and gives its target.
    pub(super) fn assignment(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) -> Option<ExprId> {
        let (left, right) = (field(node, "left")?, field(node, "right")?);
        let operator = field(node, "operator").map_or("=", |operator| self.l.str(operator));
        let mut value = self.expr(right);
        if left.kind() == "tuple_expression" {
            for (at, part) in children(left).into_iter().enumerate() {
                let part_value = self.l.element(value, Some(at), None, part);
                let Some(inner) = children(part).pop() else { continue };
                if let Some(name) = field(inner, "name").filter(|_| inner.kind() == "declaration_expression") {
                    let stmt =
                        Stmt::Let { name: self.l.name(name), ty: None, value: Some(part_value), span: span(name) };
                    self.l.emit(out, stmt);
                } else {
                    let target = self.expr(inner);
                    self.l.emit(out, Stmt::Assign { target, value: part_value, append: false });
                }
            }
            return Some(value);
        }
        let target = self.expr(left);
        let append = operator == "+=";
        if !append && operator != "=" {
            let old = self.expr(left);
            value = self.combined(old, operator, value, node);
        }
        self.l.emit(out, Stmt::Assign { target, value, append });
        Some(target)
    }
}
