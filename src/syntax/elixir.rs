//! Elixir: everything is a call there, so this front end tells declarations from calls by their names.
//!
//! - `defmodule A.B` is the module `B` in the scope `A`. `use X` is an annotation of it, a base and an import of all;
//!   every other call in its body (`schema "orders" do …`) is an annotation, and so is each call in the block it is
//!   given (`field :id`, `belongs_to :user, User`), in order.
//! - `@name value` is a static field, `@name` a member of [`ExprKind::This`], and so is `__MODULE__` the receiver.
//! - `a |> f(b)` is the call `f(a, b)`, standing where `f(b)` does.
//! - `A.B.f` is the member `f` of the path `A::B`. A do-block is a call's last argument, as a lambda.
//! - `x in Y`, as it binds a name in a query, is `Y`.
//! - Each clause of a function is a function.

mod expressions;
mod walk;

use tree_sitter::Node;

use super::lowering::{Lowering, arg, children, field, param, span};
use super::outline::{
    Annotation, Arg, ExprId, ExprKind, Field, Function, FunctionKind, Import, Outline, Param, Stmt, TypeDecl, TypeKind,
    TypeRef,
};
use super::tree::read;
use crate::syntax::lowering::walk::{Walk, last_is_value};
use crate::vocabulary::Name;

/// The outline of an Elixir file.
#[must_use]
pub fn outline(text: &str) -> Outline {
    read(text, &[tree_sitter_elixir::LANGUAGE.into()], |root, text| {
        let mut elixir = Elixir { l: Lowering::new(text), in_query: false, in_quote: false };
        let mut top = Vec::new();
        for node in children(root) {
            elixir.statement(node, &mut top);
        }
        elixir.l.top.append(&mut top);
        let mut outline = elixir.l.into_outline(root);
        outline.functions_apart = true;
        outline
    })
}

struct Elixir<'t> {
    l: Lowering<'t>,
    /// Whether the present place is an argument of `from` or `join`, where `x in Y` binds a name.
    in_query: bool,
    /// Whether the present place is code that a macro gives to those who use the module.
    in_quote: bool,
}

impl Elixir<'_> {
    /// What a call is called, where that is a bare name.
    fn called(&self, node: Node<'_>) -> &str {
        let target = field(node, "target").filter(|target| node.kind() == "call" && target.kind() == "identifier");
        target.map(|target| self.l.str(target)).unwrap_or_default()
    }

    fn child<'n>(node: Node<'n>, kind: &str) -> Option<Node<'n>> {
        children(node).into_iter().find(|child| child.kind() == kind)
    }

    fn operator(&self, node: Node<'_>) -> &str {
        field(node, "operator").map(|operator| self.l.str(operator)).unwrap_or_default()
    }

    fn segments(&self, node: Node<'_>) -> Vec<Name> {
        self.l.str(node).split('.').map(str::trim).filter(|part| !part.is_empty()).map(Name::from).collect()
    }

    /// The arguments of a call as nodes.
    fn argument_nodes(node: Node<'_>) -> Vec<Node<'_>> {
        Self::child(node, "arguments").map(children).unwrap_or_default()
    }

    fn module(&mut self, node: Node<'_>) {
        let arguments = Self::argument_nodes(node);
        let Some(named) = arguments.first().copied() else { return };
        let mut path = self.segments(named);
        let Some(name) = path.pop() else { return };
        let depth = self.l.scope.len();
        self.l.scope.extend(path);
        let decl = TypeDecl {
            name: name.clone(),
            scope: self.l.scope.clone(),
            kind: TypeKind::Module,
            span: span(node),
            name_span: span(named),
            bases: Vec::new(),
            generics: Vec::new(),
            annotations: Vec::new(),
            fields: Vec::new(),
        };
        let id = self.l.add_type(decl);
        let outer = self.l.owner.replace(id);
        let was_test = self.l.in_test;
        self.l.scope.push(name);
        let mut rest = Vec::new();
        if let Some(body) = Self::child(node, "do_block") {
            for child in children(body) {
                self.module_item(child, &mut rest);
            }
        }
        rest.append(&mut self.l.pending);
        if !rest.is_empty() {
            let mut function = self.l.blank_function(FunctionKind::TopLevel, node);
            function.body = rest;
            self.l.out.functions.push(function);
        }
        self.l.scope.truncate(depth);
        self.l.owner = outer;
        self.l.in_test = was_test;
    }

    fn module_item(&mut self, node: Node<'_>, rest: &mut Vec<Stmt>) {
        match (node.kind(), self.called(node)) {
            (
                "call",
                "defmodule" | "defprotocol" | "defimpl" | "def" | "defp" | "defmacro" | "defmacrop" | "alias"
                | "import" | "require",
            ) => {
                self.statement(node, rest);
            }
            ("call", "use") => self.use_module(node),
            ("call", "defdelegate") => self.delegate(node),
            ("call", "test" | "describe" | "setup" | "setup_all") => {
                let was = std::mem::replace(&mut self.l.in_test, true);
                self.body_call(node);
                self.l.in_test = was;
            }
            ("call", called) if !called.is_empty() => self.body_call(node),
            ("unary_operator", _) => self.attribute(node),
            _ => self.statement(node, rest),
        }
    }

    /// A call in a module's body, with the calls in the block it is given.
    fn body_call(&mut self, node: Node<'_>) {
        let call = self.expr(node);
        let annotation = self.l.annotation_of(call);
        let Some(owner) = self.l.owner else { return };
        self.l.type_mut(owner).annotations.push(annotation);
        for child in Self::child(node, "do_block").map(children).unwrap_or_default() {
            if child.kind() == "call" && !self.called(child).is_empty() && Self::child(child, "do_block").is_none() {
                let call = self.expr(child);
                let annotation = self.l.annotation_of(call);
                self.l.type_mut(owner).annotations.push(annotation);
            }
        }
    }

    fn use_module(&mut self, node: Node<'_>) {
        let arguments = Self::argument_nodes(node);
        let (Some(named), Some(owner)) = (arguments.first().copied(), self.l.owner) else { return };
        let path = self.segments(named);
        let mut args = Vec::new();
        for argument in &arguments {
            args.extend(self.argument(*argument));
        }
        self.l.in_test |= path.last().is_some_and(|name| name == "Case" || name.ends_with("Case"));
        let (scope, at) = (self.l.scope.clone(), span(node));
        self.l.out.imports.push(Import {
            path: path.clone(),
            alias: None,
            glob: true,
            reexport: false,
            scope,
            span: at,
        });
        let ty = self.l.type_mut(owner);
        ty.bases.push(TypeRef::simple(path, span(named)));
        ty.annotations.push(Annotation { path: vec!["use".into()], args, span: at });
    }

    /// `use M` in what a macro gives to those who use the module.
    fn use_in_quote(&mut self, node: Node<'_>) {
        let Some(named) = Self::argument_nodes(node).first().copied() else { return };
        let (path, scope) = (self.segments(named), self.l.scope.clone());
        self.l.out.imports.push(Import { path, alias: None, glob: true, reexport: true, scope, span: span(node) });
    }

    /// `defdelegate get(id), to: Store`: a function that calls another's.
    fn delegate(&mut self, node: Node<'_>) {
        let arguments = Self::argument_nodes(node);
        let [head, options, ..] = arguments[..] else { return };
        let stated = |elixir: &Self, word: &str| {
            let named = |pair: &Node<'_>| field(*pair, "key").is_some_and(|key| elixir.l.str(key).starts_with(word));
            children(options).into_iter().find(named).and_then(|pair| field(pair, "value"))
        };
        let Some(to) = stated(self, "to:") else { return };
        let named = field(head, "target").unwrap_or(head);
        let name = self.l.name(named);
        let called = match stated(self, "as:") {
            Some(other) => self.l.str(other).trim_start_matches(':').into(),
            None => name.clone(),
        };
        let mut patterns = Vec::new();
        let params: Vec<Param> =
            Self::argument_nodes(head).into_iter().map(|node| self.param(node, &mut patterns)).collect();
        let given: Vec<Name> = params.iter().map(|param| param.name.clone()).collect();
        let blank = self.l.blank_function(FunctionKind::Static, node);
        let (id, outer) = self.l.begin(Function { name, params, name_span: span(named), ..blank }, true);
        let base = self.expr(to);
        let member = ExprKind::Member { base, name: called, type_args: Vec::new(), name_span: span(named) };
        let callee = self.l.push(member, node);
        let args = given.into_iter().map(|name| arg(self.l.path(name, node))).collect();
        let call = self.l.push(ExprKind::Call { callee, args }, node);
        self.l.finish(id, outer, vec![Stmt::Return(call)]);
    }

    /// `@name value` in a module's body.
    fn attribute(&mut self, node: Node<'_>) {
        let Some(call) = field(node, "operand").filter(|_| self.l.str(node).starts_with('@')) else { return };
        let name = self.called(call);
        if name.is_empty() || matches!(name, "doc" | "moduledoc" | "spec" | "type" | "typep" | "callback") {
            return;
        }
        let name: Name = name.into();
        let value = Self::argument_nodes(call).first().map(|value| self.expr(*value));
        let Some(owner) = self.l.owner else { return };
        let at = field(call, "target").map_or_else(|| span(call), span);
        self.l.type_mut(owner).fields.push(Field {
            name,
            ty: None,
            annotations: Vec::new(),
            value,
            is_static: true,
            span: at,
        });
    }

    fn import(&mut self, node: Node<'_>) {
        let arguments = Self::argument_nodes(node);
        let Some(named) = arguments.first().copied() else { return };
        let glob = self.called(node) == "import";
        let alias = arguments.get(1).and_then(|options| {
            let pairs = children(*options);
            let pair = pairs
                .into_iter()
                .find(|pair| field(*pair, "key").is_some_and(|key| self.l.str(key).starts_with("as:")))?;
            field(pair, "value").map(|value| self.l.name(value))
        });
        // `alias A.{B, C}`
        let (prefix, parts) = match (field(named, "left"), field(named, "right")) {
            (Some(left), Some(right)) if right.kind() == "tuple" => (self.segments(left), children(right)),
            _ => (Vec::new(), vec![named]),
        };
        for part in parts {
            let mut path = prefix.clone();
            path.extend(self.segments(part));
            if path.first().is_some_and(|first| first == "__MODULE__") {
                path.splice(0..1, self.l.scope.iter().cloned());
            }
            let alias = if glob { None } else { alias.clone().or_else(|| path.last().cloned()) };
            let scope = self.l.scope.clone();
            self.l.out.imports.push(Import { path, alias, glob, reexport: self.in_quote, scope, span: span(part) });
        }
    }

    fn function(&mut self, node: Node<'_>) {
        let arguments = Self::argument_nodes(node);
        let Some(mut head) = arguments.first().copied() else { return };
        let mut guard = None;
        if head.kind() == "binary_operator" && self.operator(head) == "when" {
            guard = field(head, "right");
            let Some(left) = field(head, "left") else { return };
            head = left;
        }
        let named = field(head, "target").unwrap_or(head);
        let mut patterns = Vec::new();
        let mut params = Vec::new();
        for node in Self::argument_nodes(head) {
            params.push(self.param(node, &mut patterns));
        }
        let kind = if self.l.owner.is_some() { FunctionKind::Static } else { FunctionKind::Free };
        let blank = self.l.blank_function(kind, node);
        let function = Function { name: self.l.name(named), params, name_span: span(named), ..blank };
        let (id, outer) = self.l.begin(function, true);
        let mut body = self.bound(&patterns);
        if let Some(guard) = guard {
            let guard = self.expr(guard);
            self.l.emit_effect(&mut body, guard);
        }
        match Self::child(node, "do_block") {
            Some(block) => self.do_block(block, &mut body),
            None => {
                // `def f(x), do: value`
                for pair in arguments.get(1).map(|options| children(*options)).unwrap_or_default() {
                    if let Some(value) = field(pair, "value") {
                        self.statement(value, &mut body);
                    }
                }
            }
        }
        last_is_value(&mut body);
        self.l.finish(id, outer, body);
    }

    fn param<'n>(&mut self, node: Node<'n>, patterns: &mut Vec<(Name, Node<'n>)>) -> Param {
        if node.kind() == "identifier" {
            return param(self.l.name(node));
        }
        if node.kind() == "binary_operator" {
            let (left, right) = (field(node, "left"), field(node, "right"));
            match (self.operator(node), left, right) {
                ("\\\\", Some(left), Some(right)) => {
                    let default = Some(self.expr(right));
                    return Param { default, ..self.param(left, patterns) };
                }
                // `%Order{} = order`
                ("=", Some(left), Some(right)) => {
                    let (name, pattern) = if right.kind() == "identifier" { (right, left) } else { (left, right) };
                    let ty = self.struct_type(pattern);
                    let name = self.l.name(name);
                    patterns.push((name.clone(), pattern));
                    return Param { ty, ..param(name) };
                }
                _ => {}
            }
        }
        patterns.push(("_".into(), node));
        Param { ty: self.struct_type(node), ..param("_") }
    }

    /// The type that a pattern `%T{…}` states.
    fn struct_type(&self, node: Node<'_>) -> Option<TypeRef> {
        let named = Self::child(node, "struct").filter(|_| node.kind() == "map")?;
        Some(TypeRef::simple(self.segments(named), span(named)))
    }

    fn bound(&mut self, patterns: &[(Name, Node<'_>)]) -> Vec<Stmt> {
        let mut body = Vec::new();
        for (name, pattern) in patterns {
            let whole = self.l.path(name.clone(), *pattern);
            self.bind_pattern(*pattern, whole, &mut body);
        }
        body
    }

    /// The statements of a do-block with its `else`, `rescue`, `after` parts and clauses.
    fn do_block(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut ways = Vec::new();
        let mut handlers = Vec::new();
        let mut body = Vec::new();
        for child in children(node) {
            match child.kind() {
                "stab_clause" => ways.push(self.clause(child, None)),
                "else_block" | "rescue_block" | "catch_block" => {
                    let mut way = Vec::new();
                    self.do_block(child, &mut way);
                    handlers.push(way);
                }
                "after_block" => self.do_block(child, &mut body),
                _ => self.statement(child, &mut body),
            }
        }
        if !ways.is_empty() {
            body.push(Stmt::Branch(ways));
        }
        if handlers.is_empty() {
            out.append(&mut body);
        } else {
            handlers.insert(0, body);
            out.push(Stmt::Branch(handlers));
        }
    }

    /// `pattern -> body`, where the pattern is matched with `value`.
    fn clause(&mut self, node: Node<'_>, value: Option<ExprId>) -> Vec<Stmt> {
        let mut way = Vec::new();
        if let (Some(left), Some(value)) = (field(node, "left"), value)
            && let [pattern] = children(left)[..]
        {
            self.bind_pattern(pattern, value, &mut way);
        }
        for stmt in field(node, "right").map(children).unwrap_or_default() {
            self.statement(stmt, &mut way);
        }
        way
    }

    /// `if`, `case`, `with` and the like as statements.
    fn control(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let called = self.called(node).to_owned();
        let mut value = None;
        let mut inside = Vec::new();
        let mut body = Vec::new();
        for argument in Self::argument_nodes(node) {
            if argument.kind() == "keywords" {
                for pair in children(argument) {
                    if let Some(given) = field(pair, "value") {
                        let mut way = Vec::new();
                        self.statement(given, &mut way);
                        inside.push(way);
                    }
                }
            } else if argument.kind() == "binary_operator" && self.operator(argument) == "<-" {
                if let (Some(left), Some(right)) = (field(argument, "left"), field(argument, "right")) {
                    let mut whole = self.expr(right);
                    if called == "for" {
                        whole = self.l.element(whole, None, None, left);
                    }
                    out.append(&mut self.l.pending);
                    let target = if called == "for" { &mut body } else { &mut *out };
                    self.bind_pattern(left, whole, target);
                }
            } else {
                let expr = self.expr(argument);
                self.l.emit_effect(out, expr);
                value = Some(expr);
            }
        }
        if let Some(block) = Self::child(node, "do_block") {
            if called == "case" {
                for clause in children(block).into_iter().filter(|child| child.kind() == "stab_clause") {
                    inside.push(self.clause(clause, value));
                }
            } else {
                self.do_block(block, &mut body);
            }
        }
        match called.as_str() {
            "for" => {
                body.extend(inside.into_iter().flatten());
                out.push(Stmt::Loop(body));
            }
            "with" | "try" | "cond" | "receive" => {
                body.extend(inside.into_iter().flatten());
                out.append(&mut body);
            }
            _ => {
                if let [Stmt::Branch(ways)] = body.as_mut_slice() {
                    inside.append(ways);
                } else if !body.is_empty() {
                    inside.push(body);
                }
                if inside.len() < 2 {
                    inside.push(Vec::new());
                }
                out.push(Stmt::Branch(inside));
            }
        }
    }

    /// `pattern = value`; gives the value.
    fn match_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) -> Option<ExprId> {
        let (left, right) = (field(node, "left")?, field(node, "right")?);
        let value = self.expr(right);
        out.append(&mut self.l.pending);
        self.bind_pattern(left, value, out);
        Some(value)
    }

    fn bind_pattern(&mut self, pattern: Node<'_>, value: ExprId, out: &mut Vec<Stmt>) {
        if !self.l.descend(pattern) {
            return;
        }
        match pattern.kind() {
            "identifier" => {
                let name = self.l.name(pattern);
                self.l.declare(&name);
                out.push(Stmt::Let { name, ty: None, value: Some(value), span: span(pattern) });
            }
            "tuple" | "list" => {
                for (at, part) in children(pattern).into_iter().enumerate() {
                    // `{:ok, order}` says that the value is the second of what is tagged.
                    let part_value = self.l.element(value, Some(at), None, part);
                    self.bind_pattern(part, part_value, out);
                }
            }
            "map" => {
                let content = Self::child(pattern, "map_content").map(children).unwrap_or_default();
                for pair in content
                    .into_iter()
                    .flat_map(|part| if part.kind() == "keywords" { children(part) } else { vec![part] })
                {
                    let (Some(key), Some(inner)) = (field(pair, "key"), field(pair, "value")) else { continue };
                    let name: Name = self.l.str(key).trim().trim_end_matches(':').into();
                    let part_value = self.l.element(value, None, Some(name), pair);
                    self.bind_pattern(inner, part_value, out);
                }
            }
            "binary_operator" if self.operator(pattern) == "=" => {
                for name in ["left", "right"] {
                    if let Some(side) = field(pattern, name) {
                        self.bind_pattern(side, value, out);
                    }
                }
            }
            _ => {}
        }
        self.l.ascend();
    }

    fn argument(&mut self, node: Node<'_>) -> Vec<Arg> {
        if node.kind() != "keywords" {
            return vec![Arg { name: None, value: self.expr(node), spread: false }];
        }
        let mut args = Vec::new();
        for pair in children(node) {
            if let (Some(key), Some(value)) = (field(pair, "key"), field(pair, "value")) {
                let name: Name = self.l.str(key).trim().trim_end_matches(':').trim_matches('"').into();
                args.push(Arg { name: Some(name), value: self.expr(value), spread: false });
            }
        }
        args
    }
}

#[cfg(test)]
mod tests;
