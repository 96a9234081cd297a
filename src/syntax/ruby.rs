//! Ruby: modules, classes, methods and statements. Expressions are in [`expressions`].
//!
//! - A call in the body of a class or module (`has_many :orders`) is an annotation of the type, a block it is
//!   given its last argument; `include M`, `extend M` and `prepend M` are bases as well.
//! - The blocks of `included` and `class_methods` in a module are parts of its body.
//! - `self.table_name = "x"` and constants in a class are static fields; `@x` is the member `x` of the receiver.
//! - A name without receiver or arguments that is no local of the method is a call; in a method a call without
//!   receiver is one of a member of [`ExprKind::This`].
//! - What a superclass is given (`Sequel::Model(:orders)`) is an annotation of the name `superclass`.
//! - `require "x"` is an import for its effect; its path is one segment.
//! - `::A::B` is a path whose first segment is [`ABSOLUTE`].
//! - `class A::B` is `B` in the scope `A`. A reopened class cannot be told from a new one and is a class.

mod expressions;
mod walk;

use tree_sitter::Node;

use super::lowering::{Lowering, arg, child_of, children, field, param, span};
use super::outline::{
    ABSOLUTE, Annotation, ExprId, ExprKind, Field, Function, FunctionKind, Import, Outline, Param, Stmt, TypeDecl,
    TypeKind, TypeRef, ValueDecl,
};
use super::tree::read;
use crate::syntax::lowering::walk::{Walk, last_is_value};
use crate::vocabulary::Name;

/// The outline of a Ruby file.
#[must_use]
pub fn outline(text: &str) -> Outline {
    read(text, &[tree_sitter_ruby::LANGUAGE.into()], |root, text| {
        let mut ruby = Ruby { l: Lowering::new(text), in_body: false, heredocs: heredocs(root), opened: Vec::new() };
        let mut top = Vec::new();
        ruby.sequence(root, &mut top);
        ruby.l.top.append(&mut top);
        ruby.l.into_outline(root)
    })
}

struct Ruby<'t, 'n> {
    l: Lowering<'t>,
    /// Whether the present place is the body of a class or module.
    in_body: bool,
    /// The bodies of the heredocs in the order of their openings.
    heredocs: Vec<Node<'n>>,
    /// The openings of heredocs that were met: where each stands, and the index of its body.
    opened: Vec<(usize, usize)>,
}

/// The bodies of all heredocs, by the order in which they stand.
fn heredocs(root: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut cursor = root.walk();
    loop {
        if cursor.node().kind() == "heredoc_body" {
            found.push(cursor.node());
        } else if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

impl<'n> Ruby<'_, 'n> {
    /// The statements that are children of `node`, with the handlers and the rest of a `begin`.
    fn sequence(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        let mut handlers = Vec::new();
        let mut last = Vec::new();
        let mut body = Vec::new();
        for child in children(node) {
            match child.kind() {
                "rescue" => {
                    let mut way = Vec::new();
                    if let Some(then) = field(child, "body") {
                        self.sequence(then, &mut way);
                    }
                    handlers.push(way);
                }
                "else" => self.sequence(child, &mut body),
                "ensure" => self.sequence(child, &mut last),
                _ => self.statement(child, &mut body),
            }
        }
        if handlers.is_empty() {
            out.append(&mut body);
        } else {
            handlers.insert(0, body);
            out.push(Stmt::Branch(handlers));
        }
        out.append(&mut last);
    }

    fn field_sequence(&mut self, node: Node<'n>, name: &str) -> Vec<Stmt> {
        let mut out = Vec::new();
        if let Some(body) = field(node, name) {
            match body.kind() {
                "then" | "do" | "else" | "body_statement" | "block_body" | "begin" => self.sequence(body, &mut out),
                _ => self.statement(body, &mut out),
            }
        }
        out
    }

    /// `text << more` on a name or member; on anything else an expression.
    fn append(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else { return };
        if left.kind() == "call" {
            let base = self.expr(left);
            let value = self.expr(right);
            let Some(operator) = field(node, "operator") else { return };
            let callee = self.l.member(base, operator, node);
            let call = self.l.push(ExprKind::Call { callee, args: vec![arg(value)] }, node);
            self.l.emit_effect(out, call);
            return;
        }
        if !matches!(left.kind(), "identifier" | "instance_variable") {
            self.effect(Some(node), out);
            return;
        }
        let target = self.target(left);
        let value = self.expr(right);
        self.l.emit(out, Stmt::Assign { target, value, append: true });
    }

    fn required(&mut self, node: Node<'n>) -> bool {
        let method = field(node, "method").map(|method| self.l.str(method)).unwrap_or_default();
        if !matches!(method, "require" | "require_relative" | "load") || field(node, "receiver").is_some() {
            return false;
        }
        let Some(argument) = field(node, "arguments").and_then(|list| children(list).first().copied()) else {
            return false;
        };
        let path = vec![self.l.str(argument).trim_matches(['"', '\'']).into()];
        let scope = Vec::new();
        self.l.out.imports.push(Import { path, alias: None, glob: false, reexport: false, scope, span: span(node) });
        argument.kind() == "string"
    }

    fn if_statement(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        self.effect(field(node, "condition"), out);
        let mut ways = vec![self.field_sequence(node, "consequence")];
        let mut other = Vec::new();
        match field(node, "alternative") {
            Some(next) if next.kind() == "elsif" => self.statement(next, &mut other),
            Some(next) => self.sequence(next, &mut other),
            None => {}
        }
        ways.push(other);
        out.push(Stmt::Branch(ways));
    }

    fn for_loop(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        let mut body = Vec::new();
        if let (Some(pattern), Some(value)) = (field(node, "pattern"), field(node, "value")) {
            let whole = self.argument_value(value);
            out.append(&mut self.l.pending);
            let each = self.l.element(whole, None, None, pattern);
            self.bind_pattern(pattern, each, &mut body);
        }
        body.extend(self.field_sequence(node, "body"));
        out.push(Stmt::Loop(body));
    }

    fn case(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        self.effect(field(node, "value"), out);
        let mut ways = Vec::new();
        let mut complete = false;
        for clause in children(node) {
            match clause.kind() {
                "when" | "in_clause" => ways.push(self.field_sequence(clause, "body")),
                "else" => {
                    complete = true;
                    let mut way = Vec::new();
                    self.sequence(clause, &mut way);
                    ways.push(way);
                }
                _ => {}
            }
        }
        if !complete {
            ways.push(Vec::new());
        }
        out.push(Stmt::Branch(ways));
    }

    /// Lowers an assignment as a statement and gives its value.
    fn assignment(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) -> Option<ExprId> {
        let (left, right) = (field(node, "left")?, field(node, "right")?);
        if node.kind() == "operator_assignment" {
            return self.operator_assignment(node, left, right, out);
        }
        let value = match right.kind() {
            "assignment" => self.assignment(right, out)?,
            "right_assignment_list" => {
                let items = self.exprs(&children(right));
                self.l.push(ExprKind::List(items), right)
            }
            _ => self.expr(right),
        };
        if self.in_body && self.l.owner.is_some() && self.class_value(left, value) {
            out.append(&mut self.l.pending);
            return Some(value);
        }
        let at_top = self.l.parent.is_none() && self.l.owner.is_none();
        if at_top && left.kind() == "constant" {
            let scope = self.l.scope.clone();
            let (name, span) = (self.l.name(left), span(left));
            self.l.out.values.push(ValueDecl { name, scope, ty: None, value: Some(value), exported: true, span });
            out.append(&mut self.l.pending);
            return Some(value);
        }
        self.bind_pattern(left, value, out);
        Some(value)
    }

    /// A constant or `self.name = …` in the body of a class: a static field.
    fn class_value(&mut self, left: Node<'n>, value: ExprId) -> bool {
        let name = match left.kind() {
            "constant" | "class_variable" | "instance_variable" => left,
            "call" if field(left, "receiver").is_some_and(|receiver| receiver.kind() == "self") => {
                match field(left, "method") {
                    Some(method) => method,
                    None => return false,
                }
            }
            _ => return false,
        };
        let field = Field {
            name: self.l.str(name).trim_start_matches('@').into(),
            ty: None,
            annotations: Vec::new(),
            value: Some(value),
            is_static: true,
            span: span(name),
        };
        if let Some(owner) = self.l.owner {
            self.l.type_mut(owner).fields.push(field);
        }
        true
    }

    fn operator_assignment(
        &mut self,
        node: Node<'n>,
        left: Node<'n>,
        right: Node<'n>,
        out: &mut Vec<Stmt>,
    ) -> Option<ExprId> {
        let operator = field(node, "operator").map(|operator| self.l.str(operator)).unwrap_or_default();
        let mut value = self.expr(right);
        if left.kind() == "identifier" {
            self.l.declare(&self.l.name(left));
        }
        let target = self.target(left);
        let append = operator == "+=";
        if !append {
            let old = self.target(left);
            value = self.combined(old, operator, value, node);
        }
        self.l.emit(out, Stmt::Assign { target, value, append });
        Some(target)
    }

    /// What is assigned to: a name, a member, an element.
    fn target(&mut self, node: Node<'n>) -> ExprId {
        match (node.kind(), field(node, "receiver"), field(node, "method")) {
            ("identifier", ..) => self.l.path(self.l.name(node), node),
            ("call", Some(receiver), Some(method)) => {
                let base = self.expr(receiver);
                self.l.member(base, method, node)
            }
            _ => self.expr(node),
        }
    }

    fn bind_pattern(&mut self, left: Node<'n>, value: ExprId, out: &mut Vec<Stmt>) {
        match left.kind() {
            "identifier" => self.l.bind(out, left, value),
            "left_assignment_list" | "destructured_left_assignment" | "destructured_parameter" => {
                let parts = match &self.l.out.expr(value).kind {
                    ExprKind::List(parts) => parts.clone(),
                    _ => Vec::new(),
                };
                for (at, name) in children(left).into_iter().enumerate() {
                    let part = match parts.get(at) {
                        Some(part) => *part,
                        None => self.l.element(value, Some(at), None, name),
                    };
                    self.bind_pattern(name, part, out);
                }
            }
            "rest_assignment" | "splat_parameter" => {
                if let Some(inner) = children(left).first() {
                    self.bind_pattern(*inner, value, out);
                }
            }
            _ => {
                let target = self.target(left);
                self.l.emit(out, Stmt::Assign { target, value, append: false });
            }
        }
    }

    /// The names of a path of constants; one that begins at the top begins with [`ABSOLUTE`].
    fn constant_path(&self, node: Node<'n>) -> Vec<Name> {
        let text = self.l.str(node);
        let top = text.starts_with(ABSOLUTE).then(|| Name::from(ABSOLUTE));
        let parts = text.split("::").map(str::trim).filter(|part| !part.is_empty()).map(Name::from);
        top.into_iter().chain(parts).collect()
    }

    fn type_declaration(&mut self, node: Node<'n>) {
        let Some(named) = field(node, "name") else { return };
        let mut path = self.constant_path(named);
        let Some(name) = path.pop() else { return };
        let scope = self.l.scope.clone();
        if path.first().is_some_and(|first| first == ABSOLUTE) {
            self.l.scope.clear();
            path.remove(0);
        }
        self.l.scope.extend(path);
        let base = field(node, "superclass").and_then(|superclass| children(superclass).first().copied());
        let mut bases = Vec::new();
        let mut given = Vec::new();
        if let Some(base) = base {
            let expr = self.expr(base);
            // `ActiveRecord::Migration[7.0]`, `Sequel::Model(:orders)`: what stands before, and what it is given.
            let mut at = expr;
            loop {
                match &self.l.out.expr(at).kind {
                    ExprKind::Index { base, index } => {
                        given.push(arg(*index));
                        at = *base;
                    }
                    ExprKind::Call { callee, args } => {
                        given.extend(args.clone());
                        at = *callee;
                    }
                    ExprKind::Member { base, name, .. } if name == "[]" => at = *base,
                    _ => break,
                }
            }
            let path = self.l.dotted(at);
            if !path.is_empty() {
                bases.push(TypeRef::simple(path, span(base)));
            }
        }
        let was_test = self.l.in_test;
        self.l.in_test |=
            bases.iter().any(|base| base.path.last().is_some_and(|name| name.ends_with("TestCase") || name == "Test"));
        let given = (!given.is_empty()).then(|| Annotation {
            path: vec!["superclass".into()],
            args: given,
            span: base.map_or_else(|| span(node), span),
        });
        let decl = TypeDecl {
            name: name.clone(),
            scope: self.l.scope.clone(),
            kind: if node.kind() == "module" { TypeKind::Module } else { TypeKind::Class },
            span: span(node),
            name_span: span(named),
            bases,
            generics: Vec::new(),
            annotations: given.into_iter().collect(),
            fields: Vec::new(),
        };
        let id = self.l.add_type(decl);
        let outer = self.l.owner.replace(id);
        self.l.scope.push(name);
        if let Some(body) = field(node, "body") {
            self.type_body(body);
        }
        self.l.scope = scope;
        self.l.owner = outer;
        self.l.in_test = was_test;
    }

    fn type_body(&mut self, body: Node<'n>) {
        let outside = std::mem::replace(&mut self.in_body, true);
        let parent = self.l.parent.take();
        let mut rest = Vec::new();
        for node in children(body) {
            match node.kind() {
                "call" if field(node, "receiver").is_none() => self.body_call(node),
                // `private`, `module_function`
                "identifier" => {}
                _ => self.statement(node, &mut rest),
            }
        }
        rest.append(&mut self.l.pending);
        if !rest.is_empty() {
            let mut function = self.l.blank_function(FunctionKind::TopLevel, body);
            function.body = rest;
            self.l.out.functions.push(function);
        }
        self.l.parent = parent;
        self.in_body = outside;
    }

    /// A call in the body of a class.
    fn body_call(&mut self, node: Node<'n>) {
        let arguments = field(node, "arguments").map(children).unwrap_or_default();
        // `private def x`, `memoize def x`
        if let [only] = arguments.as_slice()
            && matches!(only.kind(), "method" | "singleton_method")
        {
            self.method(*only, field(node, "method"));
            return;
        }
        // What a concern gives to those that include it stands in its body as it would in theirs.
        let method = field(node, "method").map(|method| self.l.str(method)).unwrap_or_default();
        if matches!(method, "included" | "prepended" | "class_methods") && arguments.is_empty() {
            let body = field(node, "block").map(Self::block_parts);
            for part in body.into_iter().flat_map(|(_, parts)| parts) {
                if method == "class_methods" { self.singleton(part, &mut Vec::new()) } else { self.type_body(part) }
            }
            return;
        }
        let call = self.call_with_block(node);
        let Some(owner) = self.l.owner else { return };
        let annotation = self.l.annotation_of(call);
        if annotation.path.first().is_some_and(|name| matches!(name.as_str(), "include" | "extend" | "prepend")) {
            for arg in &annotation.args {
                let base = TypeRef::simple(self.l.dotted(arg.value), self.l.out.expr(arg.value).span);
                if !base.path.is_empty() {
                    self.l.type_mut(owner).bases.push(base);
                }
            }
        }
        self.l.type_mut(owner).annotations.push(annotation);
    }

    /// The body of `class << self`: its methods are the type's own.
    fn singleton(&mut self, body: Node<'n>, out: &mut Vec<Stmt>) {
        for node in children(body) {
            if node.kind() == "method" {
                self.declare_method(node, FunctionKind::Static, None);
            } else if node.kind() == "call" && self.in_body && field(node, "receiver").is_none() {
                self.body_call(node);
            } else if node.kind() != "identifier" {
                self.statement(node, out);
            }
        }
    }

    /// A method; `wrapper` is the call it is given to (`private def x`).
    fn method(&mut self, node: Node<'n>, wrapper: Option<Node<'n>>) {
        let kind = match (node.kind(), field(node, "name").map(|name| self.l.str(name))) {
            ("singleton_method", _) => FunctionKind::Static,
            _ if self.l.owner.is_none() => FunctionKind::Free,
            (_, Some("initialize")) => FunctionKind::Constructor,
            _ => FunctionKind::Method,
        };
        self.declare_method(node, kind, wrapper);
    }

    fn declare_method(&mut self, node: Node<'n>, kind: FunctionKind, wrapper: Option<Node<'n>>) {
        let Some(named) = field(node, "name") else { return };
        let name = self.l.name(named);
        let wrapped =
            |wrapper: Node<'n>| Annotation { path: vec![self.l.name(wrapper)], args: Vec::new(), span: span(wrapper) };
        let annotations = wrapper.map(wrapped).into_iter().collect();
        let mut patterns = Vec::new();
        let outside = std::mem::replace(&mut self.in_body, false);
        let params = self.params(field(node, "parameters"), &mut patterns);
        let blank = self.l.blank_function(kind, node);
        let function = Function { name, annotations, params, name_span: span(named), parent: None, ..blank };
        let (id, outer) = self.l.begin(function, true);
        let mut body = self.destructured(&patterns);
        body.extend(self.field_sequence(node, "body"));
        last_is_value(&mut body);
        self.l.finish(id, outer, body);
        self.in_body = outside;
    }

    fn destructured(&mut self, patterns: &[Node<'n>]) -> Vec<Stmt> {
        let mut body = Vec::new();
        for pattern in patterns {
            let whole = self.l.path("_", *pattern);
            self.bind_pattern(*pattern, whole, &mut body);
        }
        body
    }

    fn params(&mut self, list: Option<Node<'n>>, patterns: &mut Vec<Node<'n>>) -> Vec<Param> {
        let mut params = Vec::new();
        for node in list.map(children).unwrap_or_default() {
            if node.kind() == "destructured_parameter" {
                patterns.push(node);
                params.push(param("_"));
                continue;
            }
            let named = if node.kind() == "identifier" { Some(node) } else { field(node, "name") };
            let Some(named) = named else { continue };
            let default = field(node, "value").map(|value| self.expr(value));
            params.push(Param { default, ..param(self.l.name(named)) });
        }
        params
    }

    /// `do |x| … end` or `{ |x| … }` as a lambda.
    fn block_lambda(&mut self, node: Node<'n>, params: Option<Node<'n>>, bodies: &[Node<'n>]) -> ExprId {
        let mut patterns = Vec::new();
        let outside = std::mem::replace(&mut self.in_body, false);
        let params = self.params(params, &mut patterns);
        let function = Function { params, ..self.l.blank_function(FunctionKind::Lambda, node) };
        let (id, outer) = self.l.begin(function, false);
        let mut body = self.destructured(&patterns);
        for part in bodies {
            self.sequence(*part, &mut body);
        }
        last_is_value(&mut body);
        self.l.finish(id, outer, body);
        self.in_body = outside;
        self.l.push(ExprKind::Lambda(id), node)
    }

    /// The one value of an argument list, or the list of them.
    fn argument_value(&mut self, list: Node<'n>) -> ExprId {
        if !matches!(list.kind(), "argument_list" | "in") {
            return self.expr(list);
        }
        let mut values = self.exprs(&children(list));
        if values.len() == 1 { values.remove(0) } else { self.l.push(ExprKind::List(values), list) }
    }

    /// The body of a block, as a node to walk.
    fn block_parts(block: Node<'n>) -> (Option<Node<'n>>, Vec<Node<'n>>) {
        (
            field(block, "parameters"),
            field(block, "body").or_else(|| child_of(block, &["block_body"])).into_iter().collect(),
        )
    }
}

#[cfg(test)]
mod tests;
