//! Kotlin's expressions, and the statements that are expressions too.

use tree_sitter::Node;

use super::declarations::{COMPANION, bind, members, supertypes};
use super::texts::{built_string, text_method};
use crate::source::Span;
use crate::syntax::outline::{Arg, ExprId, ExprKind, FunctionKind, Param, Stmt, TypeKind, TypeRef};
use crate::syntax::tree::{self, Host, NewFunction, NewType, Shape, give_last, span_of};
use crate::vocabulary::Name;

/// `Order[id]`: a type or object is no list, and what stands there is a call of its `get`.
pub(super) fn get_of_type(host: &mut Host<'_, '_>, node: Node<'_>, base: ExprId, index: &[ExprId]) -> Option<ExprId> {
    let first = host.first_child(node)?;
    let name = host.text_of(first).rsplit('.').next().unwrap_or_default();
    let is_type = name.starts_with(char::is_uppercase) && name.chars().any(char::is_lowercase);
    if !is_type || !name.chars().all(char::is_alphanumeric) {
        return None;
    }
    let name_span = span_of(first);
    let kind = ExprKind::Member { base, name: Name::new_static("get"), type_args: Vec::new(), name_span };
    let callee = host.push(kind, name_span);
    let args = index.iter().map(|&value| Arg { name: None, value, spread: false }).collect();
    Some(host.push(ExprKind::Call { callee, args }, span_of(node)))
}

/// `repository::save`: what is called with what it is given. A reference to a member of a type stays a member.
pub(super) fn callable_reference(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let children = host.children(node);
    let [first, .., last] = children.as_slice() else { return None };
    let object = host.text_of(*first).starts_with(char::is_lowercase);
    (object && last.kind() == "identifier").then(|| host.method_value(*first, *last, span_of(node)))
}

pub(super) fn arguments(host: &mut Host<'_, '_>, list: Node<'_>) -> Vec<Arg> {
    let mut args = Vec::new();
    for child in host.children(list) {
        let parts = host.children(child);
        let Some(last) = parts.last().copied() else { continue };
        let name = if host.has_token(child, "=") { parts.first().map(|name| host.name_of(*name)) } else { None };
        let spread = last.kind() == "spread_expression" || host.has_token(child, "*");
        let inner = if last.kind() == "spread_expression" { host.first_child(last).unwrap_or(last) } else { last };
        args.push(Arg { name, value: host.expr(inner), spread });
    }
    args
}

pub(super) fn call(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    if let Some(text) = built_string(host, node) {
        return text;
    }
    let span = span_of(node);
    let mut callee = None;
    let mut args = Vec::new();
    for child in host.children(node) {
        match child.kind() {
            "value_arguments" => args.extend(arguments(host, child)),
            "type_arguments" => {
                let type_args = host.type_list(child);
                if let Some(callee) = callee {
                    host.set_type_args(callee, type_args);
                }
            }
            "annotated_lambda" => {
                let value = host.expr(child);
                // `f(x) { … }` reads as a call of a call: the block is the last argument of the inner one.
                if let Some(inner) = callee
                    && let ExprKind::Call { callee: function, args: given } = host.outline.expr(inner).kind.clone()
                {
                    args = given;
                    callee = Some(function);
                }
                args.push(Arg { name: None, value, spread: false });
            }
            _ => callee = Some(host.expr(child)),
        }
    }
    let Some(callee) = callee else { return host.unknown(node) };
    match text_method(host, callee, &args, span) {
        Some(text) => text,
        None => host.push(ExprKind::Call { callee, args }, span),
    }
}

pub(super) fn navigation(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let span = span_of(node);
    let children = host.children(node);
    let [object, .., name] = children.as_slice() else { return None };
    if host.has_token(node, "::") && host.text_of(*name) == "class" {
        let path = tree::split_path(host.text_of(*object));
        let ty = TypeRef::simple(path, span_of(*object));
        return Some(host.push(ExprKind::Typed { ty, value: None }, span));
    }
    let base = host.expr(*object);
    if host.text_of(*name) == COMPANION {
        return Some(base);
    }
    let of_class = matches!(host.outline.expr(base).kind, ExprKind::Typed { value: None, .. });
    if of_class && matches!(host.text_of(*name), "java" | "javaObjectType" | "javaPrimitiveType") {
        return Some(base);
    }
    Some(host.member(base, *name, span))
}

pub(super) fn infix(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let children = host.children(node);
    let [left, name, right] = children.as_slice() else { return None };
    let base = host.expr(*left);
    let callee = host.member(base, *name, Span::new(left.start_byte(), name.end_byte()));
    let value = host.expr(*right);
    let args = vec![Arg { name: None, value, spread: false }];
    Some(host.push(ExprKind::Call { callee, args }, span_of(node)))
}

pub(super) fn lambda(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let mut new = NewFunction::new(FunctionKind::Lambda, "", span, span);
    let list = host.child_of_kind(node, "lambda_parameters");
    new.params = match list {
        Some(list) => host.parameters(list),
        None => vec![Param { name: Name::new_static("it"), ty: None, default: None, annotations: Vec::new() }],
    };
    let id = host.function(new, |host, out| {
        for child in host.children(node) {
            if Some(child) != list {
                host.statement(child, out);
            }
        }
        give_last(out);
    });
    host.push(ExprKind::Lambda(id), span)
}

pub(super) fn object_literal(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let span = span_of(node);
    let supertypes = supertypes(host, node);
    let mut new = NewType::new(TypeKind::Class, "", span, span);
    new.bases.clone_from(&supertypes.bases);
    let id = host.declare_type(new);
    if let Some(body) = host.child_of_kind(node, "class_body") {
        host.within_local(Some(id), |host| members(host, id, body, false));
    }
    let ty = supertypes.bases.into_iter().next().unwrap_or(TypeRef::simple(vec![Name::new_static("Any")], span));
    Some(host.push(ExprKind::New { ty, args: supertypes.given.unwrap_or_default(), fields: Vec::new() }, span))
}

/// The condition and the two ways of an `if`.
fn if_parts<'n>(host: &Host<'_, '_>, node: Node<'n>) -> (Option<Node<'n>>, [Option<Node<'n>>; 2]) {
    let condition = node.child_by_field_name("condition");
    let mut ways = [None, None];
    let mut cursor = node.walk();
    let mut seen_else = false;
    for child in node.children(&mut cursor) {
        if !child.is_named() {
            seen_else |= child.kind() == "else";
        } else if Some(child) != condition && host.shape(child) != Shape::Comment {
            ways[usize::from(seen_else)] = Some(child);
        }
    }
    (condition, ways)
}

pub(super) fn if_statement(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let (condition, ways) = if_parts(host, node);
    if let Some(condition) = condition {
        let condition = host.expr(condition);
        out.push(Stmt::Expr(condition));
    }
    let ways = ways.map(|way| way.map(|way| host.statements(way)).unwrap_or_default());
    out.push(Stmt::Branch(ways.into()));
}

pub(super) fn if_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let (condition, ways) = if_parts(host, node);
    let before = host.outline.exprs.len();
    let condition = condition.map(|condition| host.expr(condition));
    let calls = host.has_calls(before);
    let values = ways.into_iter().flatten().map(|way| host.value_of(way)).collect();
    let choice = host.push(ExprKind::Choice(values), span_of(node));
    host.after(condition.filter(|_| calls).into_iter().collect(), choice, span_of(node))
}

/// What `when` looks at: bound to a name, or for its effect.
fn when_subject(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let Some(subject) = host.child_of_kind(node, "when_subject") else { return };
    let mut pattern = None;
    for child in host.children(subject) {
        if child.kind() == "variable_declaration" {
            pattern = Some(child);
            continue;
        }
        let value = host.expr(child);
        match pattern {
            Some(pattern) => bind(host, pattern, None, Some(value), out),
            None => out.push(Stmt::Expr(value)),
        }
    }
}

pub(super) fn when_statement(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    when_subject(host, node, out);
    let mut ways = Vec::new();
    for entry in host.children(node) {
        if entry.kind() == "when_entry"
            && let Some(body) = host.children(entry).last()
        {
            ways.push(host.statements(*body));
        }
    }
    out.push(Stmt::Branch(ways));
}

pub(super) fn when_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let before = host.outline.exprs.len();
    let mut statements = Vec::new();
    when_subject(host, node, &mut statements);
    let keep = host.has_calls(before) || statements.iter().any(|statement| matches!(statement, Stmt::Let { .. }));
    let mut values = Vec::new();
    for entry in host.children(node) {
        if entry.kind() == "when_entry"
            && let Some(body) = host.children(entry).last()
        {
            let value = host.value_of(*body);
            if host.only_throws(*body) { statements.push(Stmt::Expr(value)) } else { values.push(value) }
        }
    }
    let keep = keep || statements.iter().any(|statement| matches!(statement, Stmt::Expr(_)));
    let choice = host.push(ExprKind::Choice(values), span_of(node));
    if !keep {
        return choice;
    }
    statements.push(Stmt::Return(choice));
    host.push(ExprKind::Block(statements), span_of(node))
}

pub(super) fn try_statement(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut ways = Vec::new();
    let mut always = Vec::new();
    for child in host.children(node) {
        let block = if child.kind() == "block" { Some(child) } else { host.child_of_kind(child, "block") };
        let statements = block.map(|block| host.statements(block)).unwrap_or_default();
        if child.kind() == "finally_block" { always = statements } else { ways.push(statements) }
    }
    out.push(Stmt::Branch(ways));
    out.extend(always);
}

pub(super) fn try_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let mut values = Vec::new();
    for child in host.children(node) {
        let block = if child.kind() == "block" { Some(child) } else { host.child_of_kind(child, "block") };
        values.extend(block.map(|block| host.value_of(block)));
    }
    host.push(ExprKind::Choice(values), span)
}

pub(super) fn for_loop(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut body = Vec::new();
    let mut pattern = None;
    let mut over = None;
    for child in host.children(node) {
        match child.kind() {
            "variable_declaration" | "multi_variable_declaration" => pattern = Some(child),
            "annotation" | "label" => {}
            _ if over.is_none() => {
                let value = host.expr(child);
                over = Some(value);
                if let Some(pattern) = pattern {
                    let element = host.any_element(value);
                    let ty = host.children(pattern).into_iter().skip(1).find_map(|ty| host.type_ref(ty));
                    bind(host, pattern, ty, Some(element), &mut body);
                }
            }
            _ => body.extend(host.statements(child)),
        }
    }
    out.push(Stmt::Loop(body));
}
