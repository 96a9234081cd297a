//! TypeScript and JavaScript, with JSX: modules and statements. Classes and other types are in
//! [`declarations`], expressions in [`expressions`], references to types in [`types`].
//!
//! - A module specifier is one segment, what is named from it follows: `import { A } from "./x"` is
//!   `["./x", "A"]`, a default import `["./x", "default"]`, a namespace or `require("./x")` `["./x"]`.
//! - `export default v` and `module.exports = v` are a value called `default`; the members of
//!   `module.exports = { … }` are exported values of their own.
//! - A function bound to a constant of the module (`const f = () => …`) is a function of that name; a
//!   function declared in a function is a local bound to a lambda.
//! - A template with a bare tag is a [`ExprKind::Macro`]; with a member as its tag (``db.sql`…` ``) it is a
//!   call of that member, so that its receiver is kept.
//! - A plain key of an object is a [`ExprKind::Symbol`].
//! - A pattern as a parameter is called `_`, and its names are bound first thing in the body.

mod declarations;
mod documented;
mod expressions;
mod types;
mod walk;

use rustc_hash::FxHashSet;
use tree_sitter::Node;

use super::lowering::{Lowering, child_of, children, field, field_children, has_token, span};
use super::outline::{Annotation, ExprId, ExprKind, Import, Outline, Stmt, ValueDecl};
use super::tree::read;
use crate::syntax::lowering::walk::Walk;
use crate::vocabulary::Name;

/// The outline of a file in TypeScript, with or without JSX: the text tells.
#[must_use]
pub fn outline(text: &str) -> Outline {
    let mut grammars =
        [tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(), tree_sitter_typescript::LANGUAGE_TSX.into()];
    if text.contains("</") || text.contains("/>") {
        grammars.reverse();
    }
    lower(text, &grammars, false)
}

/// The outline of a file in JavaScript, which TypeScript's grammar with JSX reads whole.
#[must_use]
pub fn outline_javascript(text: &str) -> Outline {
    lower(text, &[tree_sitter_typescript::LANGUAGE_TSX.into()], true)
}

fn lower(text: &str, grammars: &[tree_sitter::Language], documented: bool) -> Outline {
    read(text, grammars, |root, text| {
        let mut script = Script { l: Lowering::new(text), exported: FxHashSet::default(), documented };
        let mut top = Vec::new();
        script.documented_names(root);
        for node in children(root) {
            script.module_item(node, &mut top);
        }
        script.l.top.append(&mut top);
        for value in &mut script.l.out.values {
            value.exported |= script.exported.contains(&value.name);
        }
        for import in &mut script.l.out.imports {
            import.reexport |= import.alias.as_ref().is_some_and(|alias| script.exported.contains(alias));
        }
        script.l.into_outline(root)
    })
}

struct Script<'t> {
    l: Lowering<'t>,
    /// Names that the module exports in a list.
    exported: FxHashSet<Name>,
    /// Whether doc comments state types, as they do where the language itself cannot.
    documented: bool,
}

impl Script<'_> {
    /// An item of a module or a namespace: its variables are values.
    fn module_item(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "lexical_declaration" | "variable_declaration" => self.module_values(node, false, out),
            "export_statement" => self.export(node, out),
            "ambient_declaration" => {
                for child in children(node) {
                    self.module_item(child, out);
                }
            }
            "internal_module" | "module" => self.namespace(node, out),
            "expression_statement" => {
                let inner = children(node).first().copied();
                match inner {
                    Some(inner) if inner.kind() == "assignment_expression" && self.common_export(inner, out) => {}
                    Some(inner) if inner.kind() == "internal_module" => self.namespace(inner, out),
                    _ => self.statement(node, out),
                }
            }
            _ => self.statement(node, out),
        }
    }

    fn namespace(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let Some(body) = field(node, "body") else { return };
        let name = field(node, "name").map(|name| self.unquoted(name)).unwrap_or_default();
        self.l.scope.push(name);
        for child in children(body) {
            self.module_item(child, out);
        }
        self.l.scope.pop();
    }

    /// The text of a name that may be quoted.
    fn unquoted(&self, node: Node<'_>) -> Name {
        let text = self.l.str(node);
        text.trim_matches(|c| matches!(c, '"' | '\'' | '`' | '[' | ']')).into()
    }

    fn module_values(&mut self, node: Node<'_>, exported: bool, out: &mut Vec<Stmt>) {
        for declarator in children(node) {
            let Some(name) = field(declarator, "name") else { continue };
            let value = field(declarator, "value");
            if self.required(name, value) || self.named_function(name, value) {
                continue;
            }
            let ty =
                field(declarator, "type").and_then(|ty| self.type_ref(ty)).or_else(|| self.documented_type(declarator));
            let value = value.map(|value| self.expr(value));
            out.append(&mut self.l.pending);
            if name.kind() == "identifier" {
                self.add_value(self.l.name(name), ty, value, exported, name);
                continue;
            }
            let Some(value) = value else { continue };
            let mut bound = Vec::new();
            self.bind_pattern(name, value, &mut bound);
            for stmt in bound {
                match stmt {
                    Stmt::Let { name, ty, value, span } => {
                        let scope = self.l.scope.clone();
                        self.l.out.values.push(ValueDecl { name, scope, ty, value, exported, span });
                    }
                    other => out.push(other),
                }
            }
        }
    }

    fn add_value(
        &mut self,
        name: Name,
        ty: Option<super::outline::TypeRef>,
        value: Option<ExprId>,
        exported: bool,
        node: Node<'_>,
    ) {
        let scope = self.l.scope.clone();
        self.l.out.values.push(ValueDecl { name, scope, ty, value, exported, span: span(node) });
    }

    /// `const name = () => …`: a function called `name`.
    fn named_function(&mut self, name: Node<'_>, value: Option<Node<'_>>) -> bool {
        let Some(value) = value.filter(|_| matches!(name.kind(), "identifier" | "property_identifier")) else {
            return false;
        };
        let function = matches!(value.kind(), "arrow_function" | "function_expression" | "generator_function");
        if !function || self.l.parent.is_some() {
            return false;
        }
        self.function(value, Some(name), super::outline::FunctionKind::Free, Vec::new());
        true
    }

    /// `const x = require("m")`, `const { a } = require("m")`, `… = await import("m")`: imports.
    fn required(&mut self, name: Node<'_>, value: Option<Node<'_>>) -> bool {
        let Some(mut value) = value else { return false };
        let mut rest = Vec::new();
        loop {
            match value.kind() {
                "await_expression" | "parenthesized_expression" | "non_null_expression" | "as_expression" => {
                    let Some(inner) = children(value).first().copied() else { return false };
                    value = inner;
                }
                "member_expression" => {
                    let (Some(object), Some(property)) = (field(value, "object"), field(value, "property")) else {
                        return false;
                    };
                    rest.insert(0, self.l.name(property));
                    value = object;
                }
                _ => break,
            }
        }
        let Some(module) = self.required_module(value) else { return false };
        let mut path = vec![module];
        path.extend(rest);
        match name.kind() {
            "identifier" => self.add_import(path, Some(self.l.name(name)), false, false, name),
            "object_pattern" => {
                for part in children(name) {
                    let (key, local) = match part.kind() {
                        "pair_pattern" => (field(part, "key"), field(part, "value")),
                        "object_assignment_pattern" => (field(part, "left"), field(part, "left")),
                        _ => (Some(part), Some(part)),
                    };
                    let (Some(key), Some(local)) = (key, local) else { continue };
                    let mut path = path.clone();
                    path.push(self.unquoted(key));
                    self.add_import(path, Some(self.l.name(local)), false, false, part);
                }
            }
            _ => return false,
        }
        true
    }

    /// The module that `require("m")` or `import("m")` names.
    pub(super) fn required_module(&self, call: Node<'_>) -> Option<Name> {
        let function = field(call, "function").filter(|_| call.kind() == "call_expression")?;
        let named = function.kind() == "import" || self.l.str(function) == "require";
        let arguments = children(field(call, "arguments").filter(|_| named)?);
        let [only] = arguments.as_slice() else { return None };
        let plain = matches!(only.kind(), "string" | "template_string")
            && child_of(*only, &["template_substitution"]).is_none();
        plain.then(|| self.unquoted(*only))
    }

    pub(super) fn add_import(
        &mut self,
        mut path: Vec<Name>,
        alias: Option<Name>,
        glob: bool,
        reexport: bool,
        node: Node<'_>,
    ) {
        if let Some(module) = path.first_mut()
            && let Some(package) = package(module)
        {
            *module = package;
        }
        let scope = self.l.scope.clone();
        self.l.out.imports.push(Import { path, alias, glob, reexport, scope, span: span(node) });
    }

    /// What a type names of another module without an import of its own: the file knows it by that name.
    fn add_import_at(&mut self, path: Vec<Name>, alias: Name, span: crate::source::Span) {
        let (alias, scope) = (Some(alias), Vec::new());
        self.l.out.imports.push(Import { path, alias, glob: false, reexport: false, scope, span });
    }

    fn import(&mut self, node: Node<'_>) {
        if let Some(required) = child_of(node, &["import_require_clause"]) {
            if let (Some(name), Some(source)) = (child_of(required, &["identifier"]), field(required, "source")) {
                self.add_import(vec![self.unquoted(source)], Some(self.l.name(name)), false, false, node);
            }
            return;
        }
        let Some(source) = field(node, "source") else { return };
        let module = self.unquoted(source);
        let Some(clause) = child_of(node, &["import_clause"]) else {
            self.add_import(vec![module], None, false, false, node);
            return;
        };
        for part in children(clause) {
            match part.kind() {
                "identifier" => {
                    let alias = self.l.name(part);
                    self.add_import(vec![module.clone(), "default".into()], Some(alias), false, false, part);
                }
                "namespace_import" => {
                    let alias = children(part).first().map(|name| self.l.name(*name));
                    self.add_import(vec![module.clone()], alias, false, false, part);
                }
                _ => {
                    for one in children(part) {
                        let Some(name) = field(one, "name") else { continue };
                        let alias = field(one, "alias").map_or_else(|| self.unquoted(name), |alias| self.l.name(alias));
                        self.add_import(vec![module.clone(), self.unquoted(name)], Some(alias), false, false, one);
                    }
                }
            }
        }
    }

    fn export(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if let Some(source) = field(node, "source") {
            self.reexport(node, self.unquoted(source));
            return;
        }
        if let Some(clause) = child_of(node, &["export_clause"]) {
            for one in children(clause) {
                let Some(name) = field(one, "name") else { continue };
                let local = self.l.name(name);
                if let Some(alias) = field(one, "alias") {
                    let value = self.l.path(local, name);
                    self.add_value(self.unquoted(alias), None, Some(value), true, alias);
                } else {
                    self.exported.insert(local);
                }
            }
            return;
        }
        let annotations = self.decorators(node);
        let is_default = has_token(node, "default");
        if let Some(declaration) = field(node, "declaration") {
            self.exported_declaration(declaration, annotations, is_default, out);
        } else if let Some(value) = field(node, "value").or_else(|| children(node).into_iter().next_back()) {
            self.default_value(value, out);
        }
    }

    fn exported_declaration(
        &mut self,
        declaration: Node<'_>,
        annotations: Vec<Annotation>,
        is_default: bool,
        out: &mut Vec<Stmt>,
    ) {
        match declaration.kind() {
            "lexical_declaration" | "variable_declaration" => self.module_values(declaration, true, out),
            "class_declaration" | "abstract_class_declaration" => self.class(declaration, annotations, None),
            _ => self.module_item(declaration, out),
        }
        if let Some(name) = field(declaration, "name").filter(|_| is_default) {
            let value = self.l.path(self.l.name(name), name);
            self.add_value("default".into(), None, Some(value), true, name);
        }
    }

    /// `export default value`, `module.exports = value`.
    fn default_value(&mut self, value: Node<'_>, out: &mut Vec<Stmt>) {
        let function = matches!(value.kind(), "arrow_function" | "function_expression" | "generator_function");
        if function && self.l.parent.is_none() {
            let id = self.function(value, None, super::outline::FunctionKind::Free, Vec::new());
            self.l.out.functions[id.0 as usize].name = "default".into();
            return;
        }
        let expr = self.expr(value);
        out.append(&mut self.l.pending);
        self.add_value("default".into(), None, Some(expr), true, value);
    }

    fn reexport(&mut self, node: Node<'_>, module: Name) {
        if let Some(space) = child_of(node, &["namespace_export"]) {
            let alias = children(space).first().map(|name| self.unquoted(*name));
            self.add_import(vec![module], alias, false, true, node);
        } else if let Some(clause) = child_of(node, &["export_clause"]) {
            for one in children(clause) {
                let Some(name) = field(one, "name") else { continue };
                let alias = field(one, "alias").unwrap_or(name);
                let alias = Some(self.unquoted(alias));
                self.add_import(vec![module.clone(), self.unquoted(name)], alias, false, true, one);
            }
        } else {
            self.add_import(vec![module], None, true, true, node);
        }
    }

    /// `module.exports = …`, `exports.name = …`.
    fn common_export(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) -> bool {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else { return false };
        let target = self.l.str(left);
        if target == "module.exports" {
            if right.kind() != "object" {
                self.default_value(right, out);
                return true;
            }
            for part in children(right) {
                match part.kind() {
                    "shorthand_property_identifier" => {
                        self.exported.insert(self.l.name(part));
                    }
                    "pair" => {
                        if let (Some(key), Some(value)) = (field(part, "key"), field(part, "value")) {
                            self.exported_value(key, value, out);
                        }
                    }
                    "method_definition" => {
                        let name = field(part, "name");
                        self.function(part, name, super::outline::FunctionKind::Free, Vec::new());
                    }
                    _ => {
                        let expr = self.expr(part);
                        self.l.emit_effect(out, expr);
                    }
                }
            }
            return true;
        }
        let object = field(left, "object").map(|object| self.l.str(object)).unwrap_or_default();
        match field(left, "property").filter(|_| matches!(object, "exports" | "module.exports")) {
            Some(property) if self.l.str(property) == "default" => self.default_value(right, out),
            Some(property) => self.exported_value(property, right, out),
            None => return false,
        }
        true
    }

    fn exported_value(&mut self, name: Node<'_>, value: Node<'_>, out: &mut Vec<Stmt>) {
        if self.required(name, Some(value)) || self.named_function(name, Some(value)) {
            return;
        }
        let expr = self.expr(value);
        out.append(&mut self.l.pending);
        self.add_value(self.unquoted(name), None, Some(expr), true, name);
    }

    /// The statements of a block, or the one statement that stands for one.
    fn block(&mut self, node: Node<'_>) -> Vec<Stmt> {
        let mut out = Vec::new();
        match node.kind() {
            "statement_block" | "else_clause" | "finally_clause" | "switch_body" => {
                for child in children(node) {
                    self.statement(child, &mut out);
                }
            }
            _ => self.statement(node, &mut out),
        }
        out
    }

    fn field_block(&mut self, node: Node<'_>, name: &str) -> Vec<Stmt> {
        field(node, name).map(|body| self.block(body)).unwrap_or_default()
    }

    /// A function declared in a function is a local bound to a lambda, so that it sees the names round it.
    fn function_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let Some(name) = field(node, "name") else { return };
        if self.l.parent.is_none() {
            self.function(node, Some(name), super::outline::FunctionKind::Free, Vec::new());
            return;
        }
        let id = self.function(node, Some(name), super::outline::FunctionKind::Lambda, Vec::new());
        let value = Some(self.l.push(ExprKind::Lambda(id), node));
        out.push(Stmt::Let { name: self.l.name(name), ty: None, value, span: span(name) });
    }

    fn locals(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for declarator in children(node) {
            let Some(name) = field(declarator, "name") else { continue };
            let value = field(declarator, "value");
            if self.required(name, value) || self.named_function(name, value) {
                continue;
            }
            let ty =
                field(declarator, "type").and_then(|ty| self.type_ref(ty)).or_else(|| self.documented_type(declarator));
            let value = value.map(|value| self.expr(value));
            if name.kind() == "identifier" {
                let stmt = Stmt::Let { name: self.l.name(name), ty, value, span: span(name) };
                self.l.emit(out, stmt);
            } else if let Some(value) = value {
                self.bind_pattern(name, value, out);
            }
        }
    }

    /// Binds the names of a pattern to the parts of `value`.
    fn bind_pattern(&mut self, pattern: Node<'_>, value: ExprId, out: &mut Vec<Stmt>) {
        match pattern.kind() {
            "identifier" | "shorthand_property_identifier_pattern" => {
                let stmt = Stmt::Let { name: self.l.name(pattern), ty: None, value: Some(value), span: span(pattern) };
                self.l.emit(out, stmt);
            }
            "assignment_pattern" | "object_assignment_pattern" => {
                let (Some(left), Some(right)) = (field(pattern, "left"), field(pattern, "right")) else { return };
                let part = match left.kind() {
                    "shorthand_property_identifier_pattern" => {
                        let name = self.l.name(left);
                        self.l.element(value, None, Some(name), left)
                    }
                    _ => value,
                };
                let default = self.expr(right);
                let value = self.l.choice(part, default, pattern);
                self.bind_pattern(left, value, out);
            }
            "object_pattern" => {
                for part in children(pattern) {
                    let (key, inner) = match part.kind() {
                        "shorthand_property_identifier_pattern" => (Some(part), Some(part)),
                        "pair_pattern" => (field(part, "key"), field(part, "value")),
                        _ => (None, Some(part)),
                    };
                    let Some(inner) = inner else { continue };
                    let part = match key {
                        Some(key) => {
                            let name = self.unquoted(key);
                            self.l.element(value, None, Some(name), part)
                        }
                        None => value,
                    };
                    self.bind_pattern(inner, part, out);
                }
            }
            "array_pattern" => {
                let mut position = 0;
                let mut cursor = pattern.walk();
                for part in pattern.children(&mut cursor).collect::<Vec<_>>() {
                    if part.kind() == "," {
                        position += 1;
                    } else if part.is_named() {
                        let whole = (part.kind() == "rest_pattern").then_some(value);
                        let part_value = match whole {
                            Some(whole) => whole,
                            None => self.l.element(value, Some(position), None, part),
                        };
                        self.bind_pattern(part, part_value, out);
                    }
                }
            }
            "rest_pattern" => {
                if let Some(inner) = children(pattern).first() {
                    self.bind_pattern(*inner, value, out);
                }
            }
            _ => {
                let target = self.expr(pattern);
                self.l.emit(out, Stmt::Assign { target, value, append: false });
            }
        }
    }

    fn loop_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if let Some(first) = field(node, "initializer") {
            self.statement(first, out);
        }
        let mut body = Vec::new();
        for condition in field_children(node, "condition") {
            self.statement(condition, &mut body);
        }
        body.extend(self.field_block(node, "body"));
        self.effect(field(node, "increment"), &mut body);
        out.push(Stmt::Loop(body));
    }

    fn for_in(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut body = Vec::new();
        if let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) {
            let whole = self.expr(right);
            out.append(&mut self.l.pending);
            let each = self.l.element(whole, None, None, left);
            self.bind_pattern(left, each, &mut body);
        }
        body.extend(self.field_block(node, "body"));
        out.push(Stmt::Loop(body));
    }

    fn switch(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        self.effect(field(node, "value"), out);
        let mut ways = Vec::new();
        let mut complete = false;
        for case in field(node, "body").map(children).unwrap_or_default() {
            complete |= case.kind() == "switch_default";
            let mut way = Vec::new();
            for stmt in field_children(case, "body") {
                self.statement(stmt, &mut way);
            }
            ways.push(way);
        }
        if !complete {
            ways.push(Vec::new());
        }
        out.push(Stmt::Branch(ways));
    }

    fn try_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut ways = vec![self.field_block(node, "body")];
        if let Some(handler) = field(node, "handler") {
            ways.push(self.field_block(handler, "body"));
        }
        out.push(Stmt::Branch(ways));
        if let Some(last) = field(node, "finalizer") {
            out.extend(self.field_block(last, "body"));
        }
    }

    fn expression_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "assignment_expression" => {
                self.assignment(node, out);
            }
            "augmented_assignment_expression" => {
                self.augmented(node, out);
            }
            "sequence_expression" => {
                for child in children(node) {
                    self.expression_statement(child, out);
                }
            }
            "string" => {}
            _ => self.effect(Some(node), out),
        }
    }

    /// Lowers an assignment as a statement and gives its value.
    fn assignment(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) -> Option<ExprId> {
        let (left, right) = (field(node, "left")?, field(node, "right")?);
        let mut value = self.expr(right);
        if let Some(ty) = self.documented_type(node) {
            value = self.l.push(ExprKind::Typed { ty, value: Some(value) }, right);
        }
        match left.kind() {
            "object_pattern" | "array_pattern" => self.bind_pattern(left, value, out),
            _ => {
                let target = self.expr(left);
                self.l.emit(out, Stmt::Assign { target, value, append: false });
            }
        }
        Some(value)
    }

    fn augmented(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) -> Option<ExprId> {
        let (left, right) = (field(node, "left")?, field(node, "right")?);
        let operator = field(node, "operator").map(|operator| self.l.str(operator)).unwrap_or_default();
        let target = self.expr(left);
        let mut value = self.expr(right);
        let append = operator == "+=";
        if !append {
            let old = self.expr(left);
            value = match operator {
                "??=" | "||=" => self.l.push(ExprKind::Choice(vec![old, value]), node),
                _ => {
                    let operator = operator.trim_end_matches('=').into();
                    self.l.push(ExprKind::Binary { operator, left: old, right: value }, node)
                }
            };
        }
        self.l.emit(out, Stmt::Assign { target, value, append });
        Some(target)
    }
}

/// The package that a specifier names with where it comes from and its version, as Deno and browsers write it:
/// `npm:pg@8`, `https://esm.sh/@supabase/supabase-js@2`.
fn package(specifier: &str) -> Option<Name> {
    const SOURCES: &[&str] = &[
        "npm:",
        "jsr:",
        "https://esm.sh/",
        "https://cdn.skypack.dev/",
        "https://unpkg.com/",
        "https://cdn.jsdelivr.net/npm/",
        "https://deno.land/x/",
    ];
    let named = SOURCES.iter().find_map(|source| specifier.strip_prefix(source))?.trim_start_matches('/');
    let parts = named
        .split('/')
        .map(|part| part.char_indices().skip(1).find(|(_, letter)| *letter == '@').map_or(part, |(at, _)| &part[..at]));
    let scoped = named.starts_with('@');
    let mut package: Vec<&str> = parts.take(if scoped { 2 } else { 1 }).collect();
    // What the registry of Deno calls otherwise.
    if package == ["postgresjs"] {
        package = vec!["postgres"];
    }
    Some(package.join("/").into())
}

#[cfg(test)]
mod tests;
