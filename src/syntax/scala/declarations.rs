//! Scala's declarations: imports, types, functions, properties.

use tree_sitter::Node;

use super::expressions::arguments;
use crate::syntax::outline::{
    Annotation, ExprKind, Field, FunctionKind, Generic, Import, Param, Stmt, TypeId, TypeKind, ValueDecl,
};
use crate::syntax::tree::{Host, NewFunction, NewType, Shape, give_last, is_test_annotation, span_of};
use crate::vocabulary::Name;

pub(super) fn parameter(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<Param> {
    if !matches!(node.kind(), "parameter" | "class_parameter" | "binding") {
        return None;
    }
    let annotations = annotations_of(host, node);
    let name = node.child_by_field_name("name").map_or(Name::new_static("_"), |name| host.name_of(name));
    let ty = host.fields(node, "type").into_iter().find_map(|ty| host.type_ref(ty));
    let default = node.child_by_field_name("default_value").map(|default| host.expr(default));
    Some(Param { name, ty, default, annotations })
}

fn annotations_of(host: &mut Host<'_, '_>, node: Node<'_>) -> Vec<Annotation> {
    let mut found = Vec::new();
    for child in host.children(node) {
        if child.kind() != "annotation" {
            continue;
        }
        let Some(name) = host.field(child, "name").and_then(|name| host.type_ref(name)) else { continue };
        let mut args = Vec::new();
        for list in host.fields(child, "arguments") {
            args.extend(arguments(host, list));
        }
        found.push(Annotation { path: name.path, args, span: span_of(child) });
    }
    host.with_nested(found)
}

pub(super) fn import(host: &mut Host<'_, '_>, node: Node<'_>, reexport: bool) {
    let mut path: Vec<Name> = host.fields(node, "path").into_iter().map(|part| host.name_of(part)).collect();
    let span = span_of(node);
    let add = |host: &mut Host<'_, '_>, path: Vec<Name>, alias: Option<Name>, glob: bool| {
        host.outline.imports.push(Import { path, alias, glob, reexport, scope: Vec::new(), span });
    };
    let last = host.children(node).last().copied();
    match last.filter(|last| matches!(last.kind(), "namespace_wildcard" | "namespace_selectors")) {
        None => {
            let alias = path.last().cloned();
            // `import a.b as c` carries its name in a child of its own.
            if let Some(renamed) = last.filter(|last| last.kind() == "as_renamed_identifier") {
                let (name, alias) = renamed_parts(host, renamed);
                path.extend(name);
                add(host, path, alias, false);
                return;
            }
            add(host, path, alias, false);
        }
        Some(wildcard) if wildcard.kind() == "namespace_wildcard" => add(host, path, None, true),
        Some(selectors) => {
            for selector in host.children(selectors) {
                let (name, alias, glob) = match selector.kind() {
                    "namespace_wildcard" => (None, None, true),
                    "arrow_renamed_identifier" | "as_renamed_identifier" => {
                        let (name, alias) = renamed_parts(host, selector);
                        (name, alias, false)
                    }
                    _ => (Some(host.name_of(selector)), Some(host.name_of(selector)), false),
                };
                let mut path = path.clone();
                path.extend(name);
                add(host, path, alias, glob);
            }
        }
    }
}

fn renamed_parts(host: &Host<'_, '_>, node: Node<'_>) -> (Option<Name>, Option<Name>) {
    let part = |field| node.child_by_field_name(field).map(|name| host.name_of(name));
    (part("name"), part("alias").filter(|alias| alias != "_"))
}

fn generics(host: &mut Host<'_, '_>, node: Node<'_>) -> Vec<Generic> {
    let lists = host.children(node).into_iter().filter(|child| child.kind() == "type_parameters").collect::<Vec<_>>();
    let mut found: Vec<Generic> = Vec::new();
    for list in lists {
        for child in host.children(list) {
            let (name, bounds) = match child.kind() {
                "identifier" => (child, Vec::new()),
                "covariant_type_parameter" | "contravariant_type_parameter" => match host.field(child, "name") {
                    Some(name) => (name, host.fields(child, "bound")),
                    None => continue,
                },
                "upper_bound" | "context_bound" | "view_bound" => {
                    let bound = host.field(child, "type").and_then(|ty| host.type_ref(ty));
                    if let Some(last) = found.last_mut() {
                        last.bounds.extend(bound);
                    }
                    continue;
                }
                _ => continue,
            };
            let bounds = bounds.into_iter().filter_map(|bound| host.field(bound, "type")).collect::<Vec<_>>();
            let bounds = bounds.into_iter().filter_map(|ty| host.type_ref(ty)).collect();
            found.push(Generic { name: host.name_of(name), bounds });
        }
    }
    found
}

pub(super) fn type_declaration(host: &mut Host<'_, '_>, node: Node<'_>) {
    let Some(name) = host.field(node, "name") else { return };
    let kind = match node.kind() {
        "trait_definition" => TypeKind::Trait,
        "enum_definition" => TypeKind::Enum,
        "class_definition" => TypeKind::Class,
        _ => TypeKind::Module,
    };
    let mut new = NewType::new(kind, host.text_of(name), span_of(name), span_of(node));
    new.annotations = annotations_of(host, node);
    new.generics = generics(host, node);
    let extends = node.child_by_field_name("extend");
    if let Some(extends) = extends {
        new.bases = host.fields(extends, "type").into_iter().filter_map(|ty| host.type_ref(ty)).collect();
    }
    let type_name = new.name.clone();
    let id = host.declare_type(new);
    host.within(type_name, Some(id), |host| {
        constructor(host, id, node, name, extends);
        for body in host.fields(node, "body") {
            members(host, id, body, kind == TypeKind::Module);
        }
    });
}

fn constructor(host: &mut Host<'_, '_>, owner: TypeId, node: Node<'_>, name: Node<'_>, extends: Option<Node<'_>>) {
    let lists = host.fields(node, "class_parameters");
    let given = extends.map(|extends| host.fields(extends, "arguments")).unwrap_or_default();
    if lists.is_empty() && given.is_empty() {
        return;
    }
    let mut new = NewFunction::new(FunctionKind::Constructor, host.text_of(name), span_of(name), span_of(name));
    for child in lists.into_iter().flat_map(|list| host.children(list)).collect::<Vec<_>>() {
        let Some(param) = parameter(host, child) else { continue };
        let span = host.field(child, "name").map_or(span_of(child), span_of);
        host.add_field(
            owner,
            Field {
                name: param.name.clone(),
                ty: param.ty.clone(),
                annotations: param.annotations.clone(),
                value: param.default,
                is_static: false,
                span,
            },
        );
        new.params.push(param);
    }
    let span = span_of(name);
    host.function(new, |host, out| {
        if !given.is_empty() {
            let mut args = Vec::new();
            for list in given {
                args.extend(arguments(host, list));
            }
            let callee = host.push(ExprKind::Super, span);
            out.push(Stmt::Expr(host.push(ExprKind::Call { callee, args }, span)));
        }
    });
}

pub(super) fn members(host: &mut Host<'_, '_>, owner: TypeId, body: Node<'_>, is_static: bool) {
    let mut stray = Vec::new();
    for member in host.children(body) {
        match member.kind() {
            "val_definition" | "var_definition" | "val_declaration" | "var_declaration" | "given_definition" => {
                field(host, owner, member, is_static);
            }
            "enum_case_definitions" => {
                for case in host.children(member) {
                    let Some(name) = host.field(case, "name").filter(|_| case.kind().ends_with("enum_case")) else {
                        continue;
                    };
                    let (name, span) = (host.name_of(name), span_of(name));
                    let field = Field { name, ty: None, annotations: Vec::new(), value: None, is_static: true, span };
                    host.add_field(owner, field);
                }
            }
            _ => host.statement(member, &mut stray),
        }
    }
    if !stray.is_empty() {
        let new = NewFunction::new(FunctionKind::TopLevel, "", span_of(body), span_of(body));
        host.function(new, |_, out| *out = stray);
    }
}

/// The names, the type and the value of a `val` or `var`.
fn field(host: &mut Host<'_, '_>, owner: TypeId, node: Node<'_>, is_static: bool) {
    let annotations = annotations_of(host, node);
    let ty = host.fields(node, "type").into_iter().find_map(|ty| host.type_ref(ty));
    let value = value_field(host, node).map(|value| host.value_of(value));
    let mut names = host.fields(node, "name");
    if let Some(pattern) = node.child_by_field_name("pattern") {
        names.push(pattern);
    }
    for name in names {
        if name.kind() != "identifier" {
            continue;
        }
        let (annotations, ty) = (annotations.clone(), ty.clone());
        let field = Field { name: host.name_of(name), ty, annotations, value, is_static, span: span_of(name) };
        host.add_field(owner, field);
    }
}

/// The value of a definition; of a `given` the body, where that is an expression.
fn value_field<'n>(host: &Host<'_, '_>, node: Node<'n>) -> Option<Node<'n>> {
    let value = node.child_by_field_name("value").or_else(|| node.child_by_field_name("body"))?;
    (!matches!(value.kind(), "template_body" | "with_template_body") && host.shape(value) != Shape::Skip)
        .then_some(value)
}

pub(super) fn value(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let ty = host.fields(node, "type").into_iter().find_map(|ty| host.type_ref(ty));
    let value = value_field(host, node).map(|value| host.value_of(value));
    if host.function.is_some() {
        match node.child_by_field_name("pattern") {
            Some(name) if name.kind() == "identifier" => {
                out.push(Stmt::Let { name: host.name_of(name), ty, value, span: span_of(name) });
            }
            Some(pattern) => host.bind(pattern, ty, value, out),
            None => out.extend(value.map(Stmt::Expr)),
        }
        return;
    }
    let name = node.child_by_field_name("pattern").or_else(|| node.child_by_field_name("name"));
    let Some(name) = name.filter(|name| name.kind() == "identifier") else {
        out.extend(value.map(Stmt::Expr));
        return;
    };
    let exported = !host.child_of_kind(node, "modifiers").is_some_and(|list| host.text_of(list).contains("private"));
    let (scope, span) = (host.scope.clone(), span_of(name));
    host.outline.values.push(ValueDecl { name: host.name_of(name), scope, ty, value, exported, span });
}

pub(super) fn alias(host: &mut Host<'_, '_>, node: Node<'_>) {
    let Some(name) = host.field(node, "name") else { return };
    let mut new = NewType::new(TypeKind::Alias, host.text_of(name), span_of(name), span_of(node));
    new.bases.extend(node.child_by_field_name("type").and_then(|ty| host.type_ref(ty)));
    host.declare_type(new);
}

pub(super) fn extension(host: &mut Host<'_, '_>, node: Node<'_>) {
    let receiver =
        host.fields(node, "parameters").into_iter().find_map(|list| host.parameters(list).into_iter().next());
    let Some(ty) = receiver.and_then(|receiver| receiver.ty) else { return };
    let name = ty.path.last().cloned().unwrap_or_default();
    let owner = host.declare_type(NewType::new(TypeKind::Extension, name, ty.span, span_of(node)));
    let bodies = host.fields(node, "body");
    host.within_local(Some(owner), |host| {
        let mut stray = Vec::new();
        for body in bodies {
            host.statement(body, &mut stray);
        }
    });
}

pub(super) fn function(host: &mut Host<'_, '_>, node: Node<'_>) {
    let Some(name) = host.field(node, "name") else { return };
    let in_module = host.owner.is_some_and(|owner| host.type_mut(owner).kind == TypeKind::Module);
    let local = node.parent().is_some_and(|parent| matches!(parent.kind(), "block" | "indented_block"));
    let kind = match () {
        () if host.owner.is_none() || local => FunctionKind::Free,
        () if in_module => FunctionKind::Static,
        () => FunctionKind::Method,
    };
    let mut new = NewFunction::new(kind, host.text_of(name), span_of(name), span_of(node));
    new.annotations = annotations_of(host, node);
    new.is_test = new.annotations.iter().any(is_test_annotation);
    new.generics = generics(host, node);
    for list in host.fields(node, "parameters") {
        if list.kind() == "parameters" {
            new.params.extend(host.parameters(list));
        }
    }
    new.returns = host.field(node, "return_type").and_then(|ty| host.type_ref(ty));
    host.function(new, |host, out| {
        if let Some(body) = node.child_by_field_name("body") {
            host.body(body, out);
            give_last(out);
        }
    });
}
