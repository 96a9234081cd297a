//! Kotlin's declarations: imports, types, functions, properties.

use tree_sitter::Node;

use super::expressions::arguments;
use crate::syntax::outline::{
    Annotation, Arg, ExprId, ExprKind, Field, FunctionKind, Generic, Import, Param, Stmt, TypeId, TypeKind, TypeRef,
    ValueDecl,
};
use crate::syntax::tree::{self, Host, NewFunction, NewType, is_test_annotation, span_of};
use crate::vocabulary::Name;

/// One parameter: a name, a type, and (of a class) a default.
pub(super) fn parameter(host: &mut Host<'_, '_>, node: Node<'_>) -> Param {
    let annotations = annotations_of(host, node);
    let mut param = Param { name: Name::default(), ty: None, default: None, annotations };
    for child in host.children(node) {
        match child.kind() {
            "modifiers" | "annotation" => {}
            "identifier" if param.name.is_empty() => param.name = host.name_of(child),
            _ if param.ty.is_none() && !host.has_token(node, "=") => param.ty = host.type_ref(child),
            _ if param.ty.is_none() => param.ty = host.type_ref(child),
            _ => param.default = Some(host.expr(child)),
        }
    }
    param
}

fn annotations_of(host: &mut Host<'_, '_>, node: Node<'_>) -> Vec<Annotation> {
    host.child_of_kind(node, "modifiers").map(|list| annotations_in(host, list)).unwrap_or_default()
}

pub(super) fn annotations_in(host: &mut Host<'_, '_>, list: Node<'_>) -> Vec<Annotation> {
    let mut found = Vec::new();
    for node in host.children(list) {
        if node.kind() != "annotation" {
            continue;
        }
        for child in host.children(node) {
            let args = if child.kind() == "constructor_invocation" {
                host.child_of_kind(child, "value_arguments").map(|list| arguments(host, list)).unwrap_or_default()
            } else {
                Vec::new()
            };
            if let Some(ty) = host.type_ref(child) {
                found.push(Annotation { path: ty.path, args, span: span_of(node) });
            }
        }
    }
    host.with_nested(found)
}

fn has_modifier(host: &Host<'_, '_>, node: Node<'_>, modifier: &str) -> bool {
    let Some(list) = host.child_of_kind(node, "modifiers") else { return false };
    host.children(list).into_iter().any(|child| host.text_of(child) == modifier)
}

/// The name of a companion object that is given none.
pub(super) const COMPANION: &str = "Companion";

pub(super) fn import(host: &mut Host<'_, '_>, node: Node<'_>) {
    let Some(path) = host.child_of_kind(node, "qualified_identifier") else { return };
    let renamed = host.child_of_kind(node, "identifier").map(|name| host.name_of(name));
    let glob = host.has_token(node, "*");
    let mut path = tree::split_path(host.text_of(path));
    // What a companion has is the class's own.
    let whole = path.len();
    path.retain(|name| name != COMPANION);
    let glob = glob || whole > path.len() && host.text_of(node).trim_end().ends_with(COMPANION);
    let alias = if glob { None } else { renamed.or_else(|| path.last().cloned()) };
    host.outline.imports.push(Import { path, alias, glob, reexport: false, scope: Vec::new(), span: span_of(node) });
}

pub(super) fn alias(host: &mut Host<'_, '_>, node: Node<'_>) {
    let Some(name) = host.field(node, "type") else { return };
    let mut new = NewType::new(TypeKind::Alias, host.text_of(name), span_of(name), span_of(node));
    let stands_for = host.children(node).into_iter().rev().find(|child| *child != name);
    new.bases.extend(stands_for.and_then(|ty| host.type_ref(ty)));
    host.declare_type(new);
}

fn generics(host: &mut Host<'_, '_>, node: Node<'_>) -> Vec<Generic> {
    let mut found: Vec<Generic> = Vec::new();
    for list in host.children(node) {
        match list.kind() {
            "type_parameters" => {
                for parameter in host.children(list) {
                    let mut children =
                        host.children(parameter).into_iter().filter(|c| c.kind() != "type_parameter_modifiers");
                    let Some(name) = children.next() else { continue };
                    let bounds = children.filter_map(|ty| host.type_ref(ty)).collect();
                    found.push(Generic { name: host.name_of(name), bounds });
                }
            }
            "type_constraints" => {
                for constraint in host.children(list) {
                    let children = host.children(constraint);
                    let [name, ty] = children.as_slice() else { continue };
                    let (name, ty) = (host.name_of(*name), host.type_ref(*ty));
                    if let Some(generic) = found.iter_mut().find(|generic| generic.name == name) {
                        generic.bounds.extend(ty);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// What stands behind the colon of a class: its bases, and what the superclass's constructor is given.
/// What a type derives from.
pub(super) struct Supertypes<'n> {
    pub bases: Vec<TypeRef>,
    /// What the superclass's constructor is given.
    pub given: Option<Vec<Arg>>,
    /// The class body, where the grammar took it for a lambda (`: Store by store { … }`).
    body: Option<Node<'n>>,
}

pub(super) fn supertypes<'n>(host: &mut Host<'_, '_>, node: Node<'n>) -> Supertypes<'n> {
    let mut found = Supertypes { bases: Vec::new(), given: None, body: None };
    let Some(list) = host.child_of_kind(node, "delegation_specifiers") else { return found };
    for specifier in host.children(list) {
        for child in host.children(specifier) {
            if child.kind() == "annotation" {
                continue;
            }
            if child.kind() == "explicit_delegation" {
                found.bases.extend(host.first_child(child).and_then(|ty| host.type_ref(ty)));
                let by = host.children(child).into_iter().nth(1);
                let trailing = by.and_then(|by| host.child_of_kind(by, "annotated_lambda"));
                found.body = trailing.and_then(|lambda| host.child_of_kind(lambda, "lambda_literal"));
                continue;
            }
            found.bases.extend(host.type_ref(child));
            if let Some(list) = host.child_of_kind(child, "value_arguments") {
                found.given = Some(arguments(host, list));
            }
        }
    }
    found
}

pub(super) fn type_declaration(host: &mut Host<'_, '_>, node: Node<'_>) {
    let Some(name) = host.field(node, "name") else { return };
    let kind = if node.kind() == "object_declaration" {
        TypeKind::Module
    } else if host.has_token(node, "interface") {
        TypeKind::Interface
    } else if has_modifier(host, node, "enum") {
        TypeKind::Enum
    } else {
        TypeKind::Class
    };
    let mut new = NewType::new(kind, host.text_of(name), span_of(name), span_of(node));
    new.annotations = annotations_of(host, node);
    new.generics = generics(host, node);
    let supertypes = supertypes(host, node);
    new.bases = supertypes.bases;
    let tests = new.annotations.iter().any(is_test_annotation);
    let type_name = new.name.clone();
    let id = host.declare_type(new);
    let outer = host.is_test;
    host.is_test |= tests;
    host.within(type_name, Some(id), |host| {
        primary_constructor(host, id, node, name, supertypes.given);
        let mut bodies: Vec<Node<'_>> = supertypes.body.into_iter().collect();
        bodies.extend(host.children(node).into_iter().filter(|c| matches!(c.kind(), "class_body" | "enum_class_body")));
        for body in bodies {
            members(host, id, body, kind == TypeKind::Module);
        }
    });
    host.is_test = outer;
}

fn primary_constructor(
    host: &mut Host<'_, '_>,
    owner: TypeId,
    node: Node<'_>,
    name: Node<'_>,
    given: Option<Vec<Arg>>,
) {
    let list = host.child_of_kind(node, "primary_constructor");
    let list = list.and_then(|constructor| host.child_of_kind(constructor, "class_parameters"));
    if list.is_none() && given.is_none() {
        return;
    }
    let mut new = NewFunction::new(FunctionKind::Constructor, host.text_of(name), span_of(name), span_of(name));
    for child in list.map(|list| host.children(list)).unwrap_or_default() {
        let param = parameter(host, child);
        if host.has_token(child, "val") || host.has_token(child, "var") {
            let span = host.child_of_kind(child, "identifier").map_or(span_of(child), span_of);
            let (name, ty, value) = (param.name.clone(), param.ty.clone(), param.default);
            let annotations = param.annotations.clone();
            host.add_field(owner, Field { name, ty, annotations, value, is_static: false, span });
        }
        new.params.push(param);
    }
    let span = span_of(name);
    host.function(new, |host, out| {
        if let Some(args) = given {
            let callee = host.push(ExprKind::Super, span);
            out.push(Stmt::Expr(host.push(ExprKind::Call { callee, args }, span)));
        }
    });
}

pub(super) fn members(host: &mut Host<'_, '_>, owner: TypeId, body: Node<'_>, is_static: bool) {
    for member in host.children(body) {
        match member.kind() {
            "property_declaration" => field(host, owner, member, is_static),
            "function_declaration" => function(host, member, is_static),
            "companion_object" => companion(host, owner, member),
            "enum_entry" => enum_entry(host, owner, member),
            "anonymous_initializer" => {
                let new = NewFunction::new(FunctionKind::TopLevel, "", span_of(member), span_of(member));
                host.function(new, |host, out| {
                    if let Some(block) = host.first_child(member) {
                        host.block(block, out);
                    }
                });
            }
            "secondary_constructor" => secondary_constructor(host, member),
            _ => {
                let mut stray = Vec::new();
                host.statement(member, &mut stray);
                if !stray.is_empty() {
                    let new = NewFunction::new(FunctionKind::TopLevel, "", span_of(member), span_of(member));
                    host.function(new, |_, out| *out = stray);
                }
            }
        }
    }
}

pub(super) fn companion(host: &mut Host<'_, '_>, owner: TypeId, node: Node<'_>) {
    let supertypes = supertypes(host, node);
    host.type_mut(owner).bases.extend(supertypes.bases);
    if let Some(args) = supertypes.given {
        let new = NewFunction::new(FunctionKind::Constructor, "", span_of(node), span_of(node));
        host.function(new, |host, out| {
            let callee = host.push(ExprKind::Super, span_of(node));
            out.push(Stmt::Expr(host.push(ExprKind::Call { callee, args }, span_of(node))));
        });
    }
    if let Some(body) = host.child_of_kind(node, "class_body") {
        members(host, owner, body, true);
    }
}

fn enum_entry(host: &mut Host<'_, '_>, owner: TypeId, node: Node<'_>) {
    let Some(name) = host.child_of_kind(node, "identifier") else { return };
    let annotations = annotations_of(host, node);
    let args = host.child_of_kind(node, "value_arguments").map(|list| arguments(host, list)).unwrap_or_default();
    let ty = TypeRef::simple(host.scope.last().cloned().into_iter().collect(), span_of(name));
    let value = Some(host.push(ExprKind::New { ty, args, fields: Vec::new() }, span_of(node)));
    if let Some(body) = host.child_of_kind(node, "class_body") {
        members(host, owner, body, false);
    }
    let field = Field { name: host.name_of(name), ty: None, annotations, value, is_static: true, span: span_of(name) };
    host.add_field(owner, field);
}

fn secondary_constructor(host: &mut Host<'_, '_>, node: Node<'_>) {
    let name = host.scope.last().cloned().unwrap_or_default();
    let mut new = NewFunction::new(FunctionKind::Constructor, name, span_of(node), span_of(node));
    let list = host.child_of_kind(node, "function_value_parameters");
    new.params = list.map(|list| host.parameters(list)).unwrap_or_default();
    host.function(new, |host, out| {
        if let Some(call) = host.child_of_kind(node, "constructor_delegation_call") {
            let args =
                host.child_of_kind(call, "value_arguments").map(|list| arguments(host, list)).unwrap_or_default();
            let kind = if host.has_token(call, "super") { ExprKind::Super } else { ExprKind::This };
            let callee = host.push(kind, span_of(call));
            out.push(Stmt::Expr(host.push(ExprKind::Call { callee, args }, span_of(call))));
        }
        if let Some(block) = host.child_of_kind(node, "block") {
            host.block(block, out);
        }
    });
}

/// What a property declares: its name (or several), its type, and its value.
struct Property<'n> {
    pattern: Option<Node<'n>>,
    ty: Option<TypeRef>,
    value: Option<ExprId>,
}

fn read_property<'n>(host: &mut Host<'_, '_>, node: Node<'n>) -> Property<'n> {
    let mut found = Property { pattern: None, ty: None, value: None };
    for child in host.children(node) {
        match child.kind() {
            "modifiers" | "type_parameters" | "type_constraints" | "setter" => {}
            "variable_declaration" | "multi_variable_declaration" => {
                found.pattern = Some(child);
                found.ty = host.children(child).into_iter().skip(1).find_map(|ty| host.type_ref(ty));
            }
            "property_delegate" => found.value = host.first_child(child).map(|value| host.expr(value)),
            "getter" => getter(host, child, &mut found),
            // The receiver of an extension property stands before its name.
            _ if found.pattern.is_none() => {}
            _ => found.value = Some(host.expr(child)),
        }
    }
    found
}

/// A getter's value is the property's; one with statements is a method of the property's name.
fn getter(host: &mut Host<'_, '_>, node: Node<'_>, property: &mut Property<'_>) {
    let Some(body) = host.child_of_kind(node, "function_body").and_then(|body| host.first_child(body)) else { return };
    if body.kind() != "block" {
        property.value = Some(host.expr(body));
        return;
    }
    let name = property.pattern.and_then(|pattern| host.first_child(pattern));
    let name = name.map(|name| host.name_of(name)).unwrap_or_default();
    let mut new = NewFunction::new(FunctionKind::Method, name, span_of(node), span_of(node));
    new.returns.clone_from(&property.ty);
    host.function(new, |host, out| host.block(body, out));
}

fn field(host: &mut Host<'_, '_>, owner: TypeId, node: Node<'_>, is_static: bool) {
    let annotations = annotations_of(host, node);
    let Property { pattern, ty, value } = read_property(host, node);
    let Some(name) = pattern.and_then(|pattern| host.child_of_kind(pattern, "identifier")) else { return };
    let field = Field { name: host.name_of(name), ty, annotations, value, is_static, span: span_of(name) };
    host.add_field(owner, field);
}

pub(super) fn property(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let exported = !has_modifier(host, node, "private");
    let Property { pattern, ty, value } = read_property(host, node);
    let Some(pattern) = pattern else {
        out.extend(value.map(Stmt::Expr));
        return;
    };
    if host.function.is_some() {
        bind(host, pattern, ty, value, out);
    } else if let Some(name) = host.child_of_kind(pattern, "identifier") {
        let (scope, span) = (host.scope.clone(), span_of(name));
        host.outline.values.push(ValueDecl { name: host.name_of(name), scope, ty, value, exported, span });
    }
}

/// Binds one name, or each of several by position.
pub(super) fn bind(
    host: &mut Host<'_, '_>,
    pattern: Node<'_>,
    ty: Option<TypeRef>,
    value: Option<ExprId>,
    out: &mut Vec<Stmt>,
) {
    if pattern.kind() == "multi_variable_declaration" {
        for (position, part) in host.children(pattern).into_iter().enumerate() {
            let value = value.map(|value| host.element(value, position));
            let ty = host.children(part).into_iter().skip(1).find_map(|ty| host.type_ref(ty));
            bind(host, part, ty, value, out);
        }
    } else if let Some(name) = host.child_of_kind(pattern, "identifier") {
        out.push(Stmt::Let { name: host.name_of(name), ty, value, span: span_of(name) });
    }
}

pub(super) fn function(host: &mut Host<'_, '_>, node: Node<'_>, is_static: bool) {
    let Some(name) = host.field(node, "name") else { return };
    let mut receiver = None;
    let mut returns = None;
    for child in host.children(node) {
        if matches!(
            child.kind(),
            "modifiers" | "type_parameters" | "function_value_parameters" | "function_body" | "identifier"
        ) {
            continue;
        }
        if child.start_byte() < name.start_byte() {
            receiver = host.type_ref(child).or(receiver);
        } else if child.kind() != "type_constraints" {
            returns = host.type_ref(child).or(returns);
        }
    }
    let kind = match () {
        () if receiver.is_some() => FunctionKind::Method,
        () if !node.parent().is_some_and(|parent| parent.kind().ends_with("class_body")) => FunctionKind::Free,
        () if is_static => FunctionKind::Static,
        () => FunctionKind::Method,
    };
    let mut new = NewFunction::new(kind, host.text_of(name), span_of(name), span_of(node));
    new.annotations = annotations_of(host, node);
    new.is_test = new.annotations.iter().any(is_test_annotation);
    new.generics = generics(host, node);
    let list = host.child_of_kind(node, "function_value_parameters");
    new.params = list.map(|list| host.parameters(list)).unwrap_or_default();
    new.returns = returns;
    let lower = |host: &mut Host<'_, '_>| {
        host.function(new, |host, out| {
            if let Some(body) = host.child_of_kind(node, "function_body").and_then(|body| host.first_child(body)) {
                host.body(body, out);
            }
        });
    };
    match receiver {
        Some(receiver) => {
            let type_name = receiver.path.last().cloned().unwrap_or_default();
            let extension = NewType::new(TypeKind::Extension, type_name, receiver.span, span_of(node));
            let owner = host.declare_type(extension);
            host.type_mut(owner).scope.clear();
            host.within_local(Some(owner), lower);
        }
        None => lower(host),
    }
}
