//! Kotlin's texts: names put into them, the methods that make them, builders; and sound code spelt for the grammar.

use tree_sitter::Node;

use super::super::outline::{Arg, ExprId, ExprKind, Piece, Stmt, TypeRef};
use super::super::tree::{Host, span_of};
use crate::source::Span;
use crate::vocabulary::Name;

/// The text in as many bytes, where the grammar stumbles over sound code: a property that ends with its block in one
/// line (`object { val x = 1 }`) gets its semicolon, and `where` as a name at the start of a line is another name.
pub(super) fn respelt(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        let property = |word: &str| line.find(word).is_some_and(|at| line[..at].contains('{'));
        if code.starts_with("where?.") || code.starts_with("where.") {
            out.push_str(&line.replacen("where", "wherE", 1));
        } else if (property("val ") || property("var ")) && line.trim_end().ends_with(" }") {
            let end = line.trim_end().len();
            out.push_str(&line[..end - 2]);
            out.push_str(";}");
            out.push_str(&line[end..]);
        } else {
            out.push_str(line);
        }
    }
    (out != text).then_some(out)
}

/// The text with `get` between two operands (`insert { … } get id`) spelt otherwise, in as many bytes: after a
/// `val` the grammar takes it for the accessor of a property, and what follows is lost.
pub(super) fn without_infix_get(text: &str) -> Option<String> {
    const INFIX: &[&str] = &["} get ", ") get "];
    let mut found = None;
    for infix in INFIX {
        for (at, _) in text.match_indices(infix) {
            let after = text[at + infix.len()..].chars().next();
            if after.is_some_and(|letter| letter.is_alphabetic() || letter == '_') {
                found.get_or_insert_with(|| text.to_owned()).replace_range(at + 2..at + 5, "gEt");
            }
        }
    }
    found
}

/// The text with `$name` split out: the grammar reads it as text.
pub(super) fn string(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let text = host.text_node(node);
    let ExprKind::Text(pieces) = host.outline.expr(text).kind.clone() else { return text };
    let mut split = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Literal { text, span } if text.len() == span.len() && text.contains('$') => {
                split_names(host, &text, span, &mut split);
            }
            other => split.push(other),
        }
    }
    host.outline.exprs[text.0 as usize].kind = ExprKind::Text(split);
    text
}

fn split_names(host: &mut Host<'_, '_>, text: &str, span: Span, out: &mut Vec<Piece>) {
    let place = |from: usize, to: usize| Span::new(span.start as usize + from, span.start as usize + to);
    let mut from = 0;
    let mut at = 0;
    while let Some(dollar) = text[at..].find('$').map(|found| at + found) {
        let name = &text[dollar + 1..];
        let length = name.find(|ch: char| !ch.is_alphanumeric() && ch != '_').unwrap_or(name.len());
        at = dollar + 1 + length;
        if length == 0 || name.starts_with(|ch: char| ch.is_ascii_digit()) {
            continue;
        }
        if from < dollar {
            out.push(Piece::Literal { text: text[from..dollar].to_owned(), span: place(from, dollar) });
        }
        let expr = host.name_expr(Name::new(&name[..length]), place(dollar + 1, at));
        out.push(Piece::Value { expr, span: place(dollar, at) });
        from = at;
    }
    if from < text.len() {
        out.push(Piece::Literal { text: text[from..].to_owned(), span: place(from, text.len()) });
    }
}

/// `buildString { append("…") }`: a builder that the block's calls without a receiver are made on, and its text.
pub(super) fn built_string(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let first = host.first_child(node).filter(|first| host.text_of(*first) == "buildString")?;
    let block = host.child_of_kind(node, "annotated_lambda");
    let block = block.and_then(|block| host.child_of_kind(block, "lambda_literal"))?;
    let (span, name) = (span_of(node), Name::new_static("<text>"));
    let ty = TypeRef::simple(vec![Name::new_static("StringBuilder")], span_of(first));
    let value = host.push(ExprKind::New { ty: ty.clone(), args: Vec::new(), fields: Vec::new() }, span_of(first));
    let mut statements = vec![Stmt::Let { name: name.clone(), ty: Some(ty), value: Some(value), span: span_of(first) }];
    let builder = host.name_expr(name, span_of(first));
    let from = host.outline.exprs.len();
    for child in host.children(block) {
        host.statement(child, &mut statements);
    }
    for at in from..host.outline.exprs.len() {
        let ExprKind::Call { callee, .. } = host.outline.exprs[at].kind else { continue };
        let expr = host.outline.expr(callee);
        if let (ExprKind::Path { segments, type_args }, name_span) = (&expr.kind, expr.span)
            && let [name] = &segments[..]
            && matches!(name.as_str(), "append" | "appendLine")
        {
            let (name, type_args) = (name.clone(), type_args.clone());
            host.outline.exprs[callee.0 as usize].kind = ExprKind::Member { base: builder, name, type_args, name_span };
        }
    }
    let name = Name::new_static("toString");
    let kind = ExprKind::Member { base: builder, name, type_args: Vec::new(), name_span: span };
    let callee = host.push(kind, span);
    let text = host.push(ExprKind::Call { callee, args: Vec::new() }, span);
    statements.push(Stmt::Return(text));
    Some(host.push(ExprKind::Block(statements), span))
}

/// The methods of the standard library that make a text of a text.
pub(super) fn text_method(host: &mut Host<'_, '_>, callee: ExprId, args: &[Arg], span: Span) -> Option<ExprId> {
    let ExprKind::Member { base, name, .. } = host.outline.expr(callee).kind.clone() else { return None };
    let on_text = host.known_pieces(base).is_some();
    match name.as_str() {
        "trimIndent" => Some(base),
        "trimMargin" => Some(host.strip_margin(base)),
        "trim" | "trimStart" | "trimEnd" | "intern" if on_text && args.is_empty() => Some(base),
        "format" if host.plain_name(base).is_some_and(|name| name == "String") => {
            let (template, args) = args.split_first()?;
            Some(host.percent_format(template.value, args, span))
        }
        "format" if on_text => Some(host.percent_format(base, args, span)),
        _ => None,
    }
}
