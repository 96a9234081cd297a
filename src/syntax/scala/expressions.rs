//! Scala's expressions, and the statements that are expressions too.

use tree_sitter::Node;

use super::declarations::members;
use crate::source::Span;
use crate::syntax::outline::{Arg, ExprId, ExprKind, FunctionKind, Piece, Stmt, TypeKind};
use crate::syntax::tree::{Host, NewFunction, NewType, Shape, give_last, span_of};

pub(super) fn interpolated(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let span = span_of(node);
    let text = host.child_of_kind(node, "interpolated_string")?;
    let text = host.text_node(text);
    let interpolator = host.field(node, "interpolator").map(|name| host.name_of(name)).unwrap_or_default();
    if matches!(interpolator.as_str(), "s" | "f" | "raw") {
        if let (ExprKind::Text(pieces), "f") = (&mut host.outline.exprs[text.0 as usize].kind, interpolator.as_str()) {
            drop_formats(pieces);
        }
        return Some(text);
    }
    if let ExprKind::Text(pieces) = &mut host.outline.exprs[text.0 as usize].kind {
        drop_splices(pieces);
    }
    let args = vec![Arg { name: None, value: text, spread: false }];
    Some(host.push(ExprKind::Macro { path: vec![interpolator], args, body: None }, span))
}

/// In `sql"… from #$table"` the sign says that the value is put in as text: it is none itself.
fn drop_splices(pieces: &mut [Piece]) {
    for at in 1..pieces.len() {
        if let [Piece::Literal { text, span }, Piece::Value { .. }] = &mut pieces[at - 1..=at]
            && text.len() == span.len()
            && text.ends_with('#')
        {
            text.pop();
            span.end -= 1;
        }
    }
}

/// In `f"$x%2.2f"` the format follows its value: it is no text.
fn drop_formats(pieces: &mut [Piece]) {
    let mut after_value = false;
    for piece in pieces {
        if let Piece::Literal { text, span } = piece
            && after_value
            && text.len() == span.len()
            && text.starts_with('%')
            && let Some(end) = text.find(|ch: char| ch.is_ascii_alphabetic())
        {
            text.drain(..=end);
            span.start += u32::try_from(end + 1).unwrap_or(0);
        }
        after_value = matches!(piece, Piece::Value { .. });
    }
}

pub(super) fn arguments(host: &mut Host<'_, '_>, list: Node<'_>) -> Vec<Arg> {
    if host.shape(list) != Shape::Arguments {
        let value = host.value_of(list);
        return vec![Arg { name: None, value, spread: false }];
    }
    let mut args = Vec::new();
    for child in host.children(list) {
        if child.kind() == "assignment_expression" {
            let name = host.field(child, "left").map(|name| host.name_of(name));
            args.push(Arg { name, value: host.field_expr(child, "right"), spread: false });
        } else {
            args.push(host.argument(child));
        }
    }
    args
}

/// What is called: a member or a typed function as such, not as a call of its own.
pub(super) fn callee(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let called = host.deeper(|host| match host.field(node, "function") {
        Some(function) if function.kind() == "field_expression" => member(host, function),
        Some(function) if function.kind() == "generic_function" => typed(host, function),
        _ => host.field_expr(node, "function"),
    });
    called.unwrap_or_else(|| host.push(ExprKind::Unknown(Vec::new()), span_of(node)))
}

/// A member with a small letter that nothing goes on from may be a method without parentheses: it is a call, which
/// a value of that name answers as well.
pub(super) fn uniform(host: &mut Host<'_, '_>, node: Node<'_>, value: ExprId) -> ExprId {
    let ExprKind::Member { name, .. } = &host.outline.expr(value).kind else { return value };
    let goes_on = node.parent().is_some_and(|parent| match parent.kind() {
        "field_expression" => parent.child_by_field_name("value") == Some(node) && !on_call(host, value),
        "assignment_expression" => parent.child_by_field_name("left") == Some(node),
        _ => false,
    });
    if goes_on || !name.starts_with(|ch: char| ch.is_lowercase()) {
        return value;
    }
    host.push(ExprKind::Call { callee: value, args: Vec::new() }, span_of(node))
}

/// Whether a member is one of a result (of a call, an operator, a literal), not of what a name stands for.
fn on_call(host: &Host<'_, '_>, member: ExprId) -> bool {
    let ExprKind::Member { base, .. } = &host.outline.expr(member).kind else { return false };
    !matches!(
        host.outline.expr(*base).kind,
        ExprKind::Path { .. } | ExprKind::Member { .. } | ExprKind::This | ExprKind::Super
    )
}

pub(super) fn call(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let callee = callee(host, node);
    let args = host.field(node, "arguments").map(|list| arguments(host, list)).unwrap_or_default();
    if let ExprKind::Member { base, name, .. } = host.outline.expr(callee).kind.clone()
        && host.known_pieces(base).is_some()
    {
        match name.as_str() {
            "format" => return host.percent_format(base, &args, span),
            "stripMargin" => return host.strip_margin(base),
            _ => {}
        }
    }
    host.push(ExprKind::Call { callee, args }, span)
}

pub(super) fn member(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let base = host.field_expr(node, "value");
    let Some(name) = host.field(node, "field") else { return base };
    match host.text_of(name) {
        "stripMargin" => host.strip_margin(base),
        "trim" | "stripIndent" if host.known_pieces(base).is_some() => base,
        _ => host.member(base, name, span_of(node)),
    }
}

/// A function with type arguments, of which two are casts of the language.
pub(super) fn typed(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let callee = callee(host, node);
    let mut args = node.child_by_field_name("type_arguments").map(|list| host.type_list(list)).unwrap_or_default();
    if args.len() == 1 {
        if host.plain_name(callee).is_some_and(|name| name == "classOf") {
            return host.push(ExprKind::Typed { ty: args.remove(0), value: None }, span);
        }
        if let ExprKind::Member { base, name, .. } = host.outline.expr(callee).kind.clone()
            && name == "asInstanceOf"
        {
            return host.push(ExprKind::Typed { ty: args.remove(0), value: Some(base) }, span);
        }
    }
    host.set_type_args(callee, args);
    callee
}

/// The operator's text of an infix expression.
fn operator<'t>(host: &Host<'t, '_>, node: Node<'_>) -> &'t str {
    node.child_by_field_name("operator").map(|operator| host.text_of(operator)).unwrap_or_default()
}

/// `a += b` and `a ++= b` as statements.
pub(super) fn append(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) -> bool {
    if !matches!(operator(host, node), "+=" | "++=") {
        return false;
    }
    let value = host.field_expr(node, "right");
    let target = host.field_expr(node, "left");
    out.push(Stmt::Assign { target, value, append: true });
    let call = operator_call(host, node, target, value);
    out.push(Stmt::Expr(call));
    true
}

/// `a += b` as the call of a method.
fn operator_call(host: &mut Host<'_, '_>, node: Node<'_>, base: ExprId, right: ExprId) -> ExprId {
    let name = node.child_by_field_name("operator").unwrap_or(node);
    let kind = ExprKind::Member { base, name: host.name_of(name), type_args: Vec::new(), name_span: span_of(name) };
    let callee = host.push(kind, Span::new(node.start_byte(), name.end_byte()));
    let args = vec![Arg { name: None, value: right, spread: false }];
    host.push(ExprKind::Call { callee, args }, span_of(node))
}

/// A chain of infix operations, without recursion on its left side.
pub(super) fn infix(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let mut spine = Vec::new();
    let mut current = Some(node);
    while let Some(node) = current.filter(|node| node.kind() == "infix_expression") {
        spine.push(node);
        current = host.field(node, "left");
    }
    let mut value = match current {
        Some(first) => host.expr(first),
        None => host.push(ExprKind::Unknown(Vec::new()), span_of(node)),
    };
    for node in spine.into_iter().rev() {
        let right = host.field_expr(node, "right");
        let sign = operator(host, node);
        value = match node.child_by_field_name("operator") {
            Some(name) if sign.starts_with(|ch: char| ch.is_alphabetic() || ch == '_') => {
                let callee = host.member(value, name, Span::new(node.start_byte(), name.end_byte()));
                let args = vec![Arg { name: None, value: right, spread: false }];
                host.push(ExprKind::Call { callee, args }, span_of(node))
            }
            _ if matches!(sign, "+=" | "++=") => operator_call(host, node, value, right),
            _ => host.combine(sign, value, right, span_of(node)),
        };
    }
    value
}

pub(super) fn creation(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let span = span_of(node);
    let mut ty = None;
    let mut args = Vec::new();
    let mut body = None;
    for child in host.children(node) {
        match child.kind() {
            "arguments" => args.extend(arguments(host, child)),
            "template_body" => body = Some(child),
            _ if ty.is_none() => ty = host.type_ref(child),
            _ => {}
        }
    }
    let ty = ty?;
    if let Some(body) = body {
        let mut new = NewType::new(TypeKind::Class, "", ty.span, span);
        new.bases = vec![ty.clone()];
        let id = host.declare_type(new);
        host.within_local(Some(id), |host| members(host, id, body, false));
    }
    Some(host.push(ExprKind::New { ty, args, fields: Vec::new() }, span))
}

pub(super) fn lambda(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let list = node.child_by_field_name("parameters");
    let mut new = NewFunction::new(FunctionKind::Lambda, "", span, span);
    new.params = list.map(|list| host.parameters(list)).unwrap_or_default();
    let id = host.function(new, |host, out| {
        for child in host.children(node) {
            if Some(child) == list || child.kind() == "type_parameters" {
                continue;
            }
            out.extend(host.statements(child));
        }
        give_last(out);
    });
    host.push(ExprKind::Lambda(id), span)
}

/// What each case of a block does; with `values`, the last expression of each is its value.
pub(super) fn case_ways(
    host: &mut Host<'_, '_>,
    block: Node<'_>,
    subject: Option<ExprId>,
    values: bool,
) -> Vec<Vec<Stmt>> {
    let mut ways = Vec::new();
    for case in host.children(block) {
        if case.kind() != "case_clause" {
            continue;
        }
        let mut way = Vec::new();
        if let Some(pattern) = host.field(case, "pattern") {
            bind_case(host, pattern, subject, &mut way);
        }
        for child in host.children(case) {
            if child.kind() == "guard" {
                host.block(child, &mut way);
            }
        }
        for body in host.fields(case, "body") {
            way.extend(host.statements(body));
        }
        if values {
            give_last(&mut way);
        }
        ways.push(way);
    }
    ways
}

/// Binds a case's names. A pattern's own type tells more than what is matched.
fn bind_case(host: &mut Host<'_, '_>, pattern: Node<'_>, subject: Option<ExprId>, out: &mut Vec<Stmt>) {
    match pattern.kind() {
        "typed_pattern" => {
            let ty = host.field(pattern, "type").and_then(|ty| host.type_ref(ty));
            if let Some(name) = host.field(pattern, "pattern").filter(|name| name.kind() == "identifier") {
                out.push(Stmt::Let { name: host.name_of(name), ty, value: subject, span: span_of(name) });
            }
        }
        "identifier" | "tuple_pattern" | "case_class_pattern" | "capture_pattern" => {
            let mut names = Vec::new();
            host.bind(pattern, None, subject, &mut names);
            out.extend(names.into_iter().filter(|statement| matches!(statement, Stmt::Let { .. })));
        }
        _ => {}
    }
}

pub(super) fn match_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let before = host.outline.exprs.len();
    let subject = host.field_expr(node, "value");
    let effects = if host.has_calls(before) { vec![subject] } else { Vec::new() };
    let body = host.field(node, "body");
    let cases = body.map(|body| host.children(body)).unwrap_or_default();
    let throws: Vec<bool> =
        cases.iter().filter(|case| case.kind() == "case_clause").map(|case| host.only_throws(*case)).collect();
    let ways = body.map(|body| case_ways(host, body, Some(subject), true)).unwrap_or_default();
    let (thrown, ways): (Vec<_>, Vec<_>) = ways.into_iter().zip(throws).partition(|(_, throws)| *throws);
    let mut effects = effects;
    effects.extend(thrown.into_iter().map(|(way, _)| host.block_value(way, span)));
    let ways = ways.into_iter().map(|(way, _)| way);
    let values = ways.into_iter().filter(|way| !way.is_empty()).map(|way| host.block_value(way, span)).collect();
    let choice = host.push(ExprKind::Choice(values), span);
    host.after(effects, choice, span)
}

pub(super) fn enumerators(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    for list in host.fields(node, "enumerators") {
        for enumerator in host.children(list) {
            let parts = host.children(enumerator);
            let Some((pattern, rest)) = parts.split_first() else { continue };
            let drawn = host.has_token(enumerator, "<-");
            for (at, part) in rest.iter().enumerate() {
                if at > 0 || part.kind() == "guard" {
                    host.statement(*part, out);
                    continue;
                }
                let value = host.value_of(*part);
                let value = if drawn { host.any_element(value) } else { value };
                host.bind(*pattern, None, Some(value), out);
            }
        }
    }
}

pub(super) fn try_statement(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut ways = vec![host.field(node, "body").map(|body| host.statements(body)).unwrap_or_default()];
    let mut always = Vec::new();
    for child in host.children(node) {
        match child.kind() {
            "catch_clause" => {
                for block in host.children(child) {
                    ways.extend(case_ways(host, block, None, false));
                }
            }
            "finally_clause" => host.block(child, &mut always),
            _ => {}
        }
    }
    out.push(Stmt::Branch(ways));
    out.extend(always);
}

pub(super) fn try_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let mut values: Vec<ExprId> = host.field(node, "body").map(|body| host.value_of(body)).into_iter().collect();
    for child in host.children(node) {
        if child.kind() == "catch_clause" {
            for block in host.children(child) {
                let ways = case_ways(host, block, None, true);
                values.extend(ways.into_iter().map(|way| host.block_value(way, span)));
            }
        } else if child.kind() == "finally_clause" {
            let mut always = Vec::new();
            host.block(child, &mut always);
            values.push(host.push(ExprKind::Block(always), span));
        }
    }
    host.push(ExprKind::Choice(values), span)
}
