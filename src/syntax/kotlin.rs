//! Kotlin: what the table of node kinds does not say.
//!
//! What a class or object gives its superclass's constructor (`object Orders : Table("orders")`) stands in its
//! constructor as a call of [`ExprKind::Super`]. A companion object's members are static members of its
//! class. An infix call is a call of a member. An extension's owner is a `TypeKind::Extension`.

mod declarations;
mod expressions;
mod texts;

use tree_sitter::Node;

use super::outline::{ExprId, ExprKind, Outline, Param, Stmt, TypeRef};
use super::tree::{self, FrontEnd, Grammar, Host, Shape, span_of};
use crate::vocabulary::Name;
use declarations::{alias, annotations_in, companion, function, import, parameter, property, type_declaration};
use expressions::{
    call, callable_reference, for_loop, get_of_type, if_statement, if_value, infix, lambda, navigation, object_literal,
    try_statement, try_value, when_statement, when_value,
};
use texts::{respelt, string, without_infix_get};

static GRAMMAR: Grammar = Grammar::new(
    || tree_sitter_kotlin_ng::LANGUAGE.into(),
    &[
        ("line_comment", Shape::Comment),
        ("block_comment", Shape::Comment),
        ("shebang", Shape::Comment),
        ("file_annotation", Shape::Skip),
        ("package_header", Shape::Own),
        ("import", Shape::Own),
        ("class_declaration", Shape::Own),
        ("object_declaration", Shape::Own),
        ("companion_object", Shape::Own),
        ("function_declaration", Shape::Own),
        ("property_declaration", Shape::Own),
        ("type_alias", Shape::Own),
        ("call_expression", Shape::Own),
        ("navigation_expression", Shape::Own),
        ("infix_expression", Shape::Own),
        ("index_expression", Shape::Own),
        ("lambda_literal", Shape::Own),
        ("anonymous_function", Shape::Own),
        ("object_literal", Shape::Own),
        ("callable_reference", Shape::Own),
        ("string_literal", Shape::Own),
        ("multiline_string_literal", Shape::Own),
        ("identifier", Shape::Own),
        ("if_expression", Shape::Own),
        ("when_expression", Shape::Own),
        ("try_expression", Shape::Own),
        ("return_expression", Shape::Own),
        ("for_statement", Shape::Own),
        ("labeled_expression", Shape::Own),
        ("annotated_expression", Shape::Own),
        ("annotated_lambda", Shape::Own),
        ("escape_sequence", Shape::Escape),
        ("interpolation", Shape::Interpolation),
        ("character_literal", Shape::Text),
        ("number_literal", Shape::Literal),
        ("float_literal", Shape::Literal),
        ("this_expression", Shape::This),
        ("super_expression", Shape::Super),
        ("parenthesized_expression", Shape::Pass("")),
        ("unary_expression", Shape::Pass("argument")),
        ("is_expression", Shape::Pass("left")),
        ("spread_expression", Shape::Spread),
        ("binary_expression", Shape::Binary("left", "right")),
        ("as_expression", Shape::Cast("right", "left")),
        ("collection_literal", Shape::List),
        ("assignment", Shape::Assign("left", "right")),
        ("throw_expression", Shape::Pass("")),
        ("block", Shape::Block),
        ("while_statement", Shape::Loop),
        ("do_while_statement", Shape::Loop),
        ("label", Shape::Skip),
        ("modifiers", Shape::Skip),
        ("type_arguments", Shape::TypeArguments),
        ("parenthesized_type", Shape::TypeInner("")),
    ],
);

/// The outline of a Kotlin file. One that the grammar does not read is read once more, spelt so that it may.
#[must_use]
pub fn outline(text: &str) -> Outline {
    let spelt = without_infix_get(text);
    let text = spelt.as_deref().unwrap_or(text);
    let first = tree::outline(&Kotlin, text);
    let unread = |outline: &Outline| outline.problems.iter().map(|problem| problem.span.len()).sum::<usize>();
    if first.problems.is_empty() {
        return first;
    }
    match respelt(text).map(|text| tree::outline(&Kotlin, &text)) {
        Some(second) if unread(&second) < unread(&first) => second,
        _ => first,
    }
}

struct Kotlin;

impl FrontEnd for Kotlin {
    fn grammar(&self) -> &'static Grammar {
        &GRAMMAR
    }

    fn finish(&self, outline: &mut Outline, _text: &str) {
        outline.implicit_receiver = true;
    }

    fn file(&self, host: &mut Host<'_, '_>, root: Node<'_>) {
        host.declarations(root);
    }

    fn statement(&self, host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) -> bool {
        match node.kind() {
            "package_header" => {
                if let Some(name) = host.first_child(node) {
                    host.outline.package = tree::split_path(host.text_of(name));
                }
            }
            "import" => import(host, node),
            "class_declaration" | "object_declaration" => type_declaration(host, node),
            "companion_object" => {
                if let Some(owner) = host.owner {
                    companion(host, owner, node);
                }
            }
            "function_declaration" => function(host, node, false),
            "property_declaration" => property(host, node, out),
            "type_alias" => alias(host, node),
            "if_expression" => if_statement(host, node, out),
            "when_expression" => when_statement(host, node, out),
            "try_expression" => try_statement(host, node, out),
            "return_expression" => {
                let label = host.field(node, "label").filter(|_| node.child_by_field_name("label").is_some());
                let value = host.children(node).into_iter().find(|child| Some(*child) != label);
                if let Some(value) = value {
                    let value = host.expr(value);
                    out.push(Stmt::Return(value));
                }
            }
            "for_statement" => for_loop(host, node, out),
            _ => return false,
        }
        true
    }

    fn expression(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
        let span = span_of(node);
        match node.kind() {
            "identifier" => {
                let name = host.name_of(node);
                Some(match name.as_str() {
                    "true" | "false" | "null" => host.push(ExprKind::Literal(name), span),
                    _ => host.name_expr(name, span),
                })
            }
            "string_literal" | "multiline_string_literal" => Some(string(host, node)),
            "call_expression" => Some(call(host, node)),
            "navigation_expression" => navigation(host, node),
            "infix_expression" => infix(host, node),
            "index_expression" => {
                let children = host.child_exprs(node);
                let [base, index, ..] = children.as_slice() else { return None };
                if let Some(call) = get_of_type(host, node, *base, &children[1..]) {
                    return Some(call);
                }
                Some(host.push(ExprKind::Index { base: *base, index: *index }, span))
            }
            "callable_reference" if let Some(value) = callable_reference(host, node) => Some(value),
            "lambda_literal" => Some(lambda(host, node)),
            "anonymous_function" => {
                let params = host.child_of_kind(node, "function_value_parameters");
                let params = params.map(|list| host.parameters(list)).unwrap_or_default();
                let body = host.child_of_kind(node, "function_body").and_then(|body| host.first_child(body));
                Some(host.lambda(params, body, span))
            }
            "object_literal" => object_literal(host, node),
            "callable_reference" | "labeled_expression" | "annotated_expression" | "annotated_lambda" => {
                let children = host.children(node);
                let inner = children.iter().rev().find(|child| !matches!(child.kind(), "annotation" | "label"))?;
                Some(host.expr(*inner))
            }
            "if_expression" => Some(if_value(host, node)),
            "when_expression" => Some(when_value(host, node)),
            "try_expression" => Some(try_value(host, node)),
            _ => None,
        }
    }

    fn type_ref(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<TypeRef> {
        let span = span_of(node);
        match node.kind() {
            "user_type" => {
                let mut path = Vec::new();
                let mut args = Vec::new();
                for child in host.children(node) {
                    match child.kind() {
                        "identifier" => path.push(host.name_of(child)),
                        "type_arguments" => args = host.type_list(child),
                        _ => {}
                    }
                }
                if path == ["Array"] {
                    path = vec![Name::new_static("[]")];
                }
                Some(TypeRef { path, args, span })
            }
            "identifier" => Some(TypeRef::simple(vec![host.name_of(node)], span)),
            "nullable_type" | "non_nullable_type" | "type_projection" => {
                host.children(node).into_iter().rev().find_map(|child| host.type_ref(child))
            }
            "constructor_invocation" => host.first_child(node).and_then(|ty| host.type_ref(ty)),
            "function_type" => Some(TypeRef::simple(vec![Name::new_static("func")], span)),
            _ => None,
        }
    }

    fn parameters(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<Vec<Param>> {
        if !matches!(node.kind(), "function_value_parameters" | "lambda_parameters" | "class_parameters") {
            return None;
        }
        let mut params: Vec<Param> = Vec::new();
        let mut annotations = Vec::new();
        let mut variadic = false;
        for child in host.children(node) {
            match child.kind() {
                "parameter_modifiers" => {
                    variadic = host.text_of(child).ends_with("vararg");
                    annotations = annotations_in(host, child);
                }
                "parameter" | "variable_declaration" | "class_parameter" => {
                    let mut param = parameter(host, child);
                    param.annotations.append(&mut annotations);
                    if std::mem::take(&mut variadic) {
                        let (path, span) = (vec![Name::new_static("[]")], span_of(child));
                        param.ty = Some(TypeRef { path, args: param.ty.into_iter().collect(), span });
                    }
                    params.push(param);
                }
                "multi_variable_declaration" => {
                    params.push(Param {
                        name: Name::new_static("_"),
                        ty: None,
                        default: None,
                        annotations: Vec::new(),
                    });
                }
                _ => {
                    let default = host.expr(child);
                    if let Some(last) = params.last_mut() {
                        last.default = Some(default);
                    }
                }
            }
        }
        Some(params)
    }
}

#[cfg(test)]
mod tests;
