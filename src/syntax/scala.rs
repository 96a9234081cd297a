//! Scala: what the table of node kinds does not say.
//!
//! What a class or object gives its superclass's constructor (`extends Table[Order](tag, "orders")`) stands in
//! its constructor as a call of [`ExprKind::Super`]. An object is a `TypeKind::Module`. The standard
//! interpolators `s`, `f` and `raw` make a text, any other is a [`ExprKind::Macro`] with the text as its
//! argument. A symbolic operator is a [`ExprKind::Binary`], a named one a call of a member. A `for` with
//! `yield` is a block of which the names are elements of what they are drawn from.

mod declarations;
mod expressions;

use tree_sitter::Node;

use super::outline::{ExprId, ExprKind, FunctionKind, Outline, Param, Stmt, TypeRef};
use super::tree::{self, FrontEnd, Grammar, Host, NewFunction, Shape, span_of};
use crate::vocabulary::Name;
use declarations::{alias, extension, function, import, parameter, type_declaration, value};
use expressions::{
    append, call, case_ways, creation, enumerators, infix, interpolated, lambda, match_value, member, try_statement,
    try_value, typed, uniform,
};

static GRAMMAR: Grammar = Grammar::new(
    || tree_sitter_scala::LANGUAGE.into(),
    &[
        ("comment", Shape::Comment),
        ("block_comment", Shape::Comment),
        ("package_clause", Shape::Own),
        ("import_declaration", Shape::Own),
        ("export_declaration", Shape::Own),
        ("class_definition", Shape::Own),
        ("object_definition", Shape::Own),
        ("package_object", Shape::Own),
        ("trait_definition", Shape::Own),
        ("enum_definition", Shape::Own),
        ("extension_definition", Shape::Own),
        ("given_definition", Shape::Own),
        ("type_definition", Shape::Own),
        ("function_definition", Shape::Own),
        ("function_declaration", Shape::Own),
        ("val_definition", Shape::Own),
        ("var_definition", Shape::Own),
        ("val_declaration", Shape::Own),
        ("var_declaration", Shape::Own),
        ("identifier", Shape::Own),
        ("string", Shape::Text),
        ("interpolated_string_expression", Shape::Own),
        ("call_expression", Shape::Own),
        ("field_expression", Shape::Own),
        ("generic_function", Shape::Own),
        ("infix_expression", Shape::Own),
        ("postfix_expression", Shape::Own),
        ("instance_expression", Shape::Own),
        ("lambda_expression", Shape::Own),
        ("case_block", Shape::Own),
        ("match_expression", Shape::Own),
        ("for_expression", Shape::Own),
        ("try_expression", Shape::Own),
        ("case_class_pattern", Shape::Own),
        ("capture_pattern", Shape::Own),
        ("escape_sequence", Shape::Escape),
        ("interpolation", Shape::Interpolation),
        ("operator_identifier", Shape::Identifier),
        ("wildcard", Shape::Identifier),
        ("stable_identifier", Shape::Path),
        ("integer_literal", Shape::Literal),
        ("floating_point_literal", Shape::Literal),
        ("boolean_literal", Shape::Literal),
        ("null_literal", Shape::Literal),
        ("unit", Shape::Literal),
        ("character_literal", Shape::Text),
        ("parenthesized_expression", Shape::Pass("")),
        ("prefix_expression", Shape::Pass("")),
        ("ascription_expression", Shape::Pass("")),
        ("method_value", Shape::Pass("")),
        ("throw_expression", Shape::Pass("")),
        ("tuple_expression", Shape::List),
        ("arguments", Shape::Arguments),
        ("vararg", Shape::Spread),
        ("assignment_expression", Shape::Assign("left", "right")),
        ("return_expression", Shape::Return),
        ("if_expression", Shape::If("condition", "consequence", "alternative")),
        ("while_expression", Shape::Loop),
        ("do_while_expression", Shape::Loop),
        ("block", Shape::Block),
        ("indented_block", Shape::Block),
        ("tuple_pattern", Shape::Pattern),
        ("typed_pattern", Shape::Pass("pattern")),
        ("end_marker", Shape::Skip),
        ("modifiers", Shape::Skip),
        ("self_type", Shape::Skip),
        ("type_identifier", Shape::TypeName),
        ("stable_type_identifier", Shape::TypeName),
        ("generic_type", Shape::TypeGeneric),
        ("type_arguments", Shape::TypeArguments),
        ("compound_type", Shape::TypeInner("base")),
        ("annotated_type", Shape::TypeInner("")),
        ("applied_constructor_type", Shape::TypeInner("")),
        ("lazy_parameter_type", Shape::TypeInner("type")),
        ("repeated_parameter_type", Shape::TypeArray("type")),
    ],
);

/// The outline of a Scala file.
#[must_use]
pub fn outline(text: &str) -> Outline {
    tree::outline(&Scala, text)
}

struct Scala;

impl FrontEnd for Scala {
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
            "package_clause" => {
                if let Some(name) = host.field(node, "name") {
                    let segments = tree::split_path(host.text_of(name));
                    host.outline.package.extend(segments);
                }
                if let Some(body) = node.child_by_field_name("body") {
                    host.block(body, out);
                }
            }
            "import_declaration" => import(host, node, false),
            "export_declaration" => import(host, node, true),
            "class_definition" | "object_definition" | "trait_definition" | "enum_definition" | "package_object" => {
                type_declaration(host, node);
            }
            "extension_definition" => extension(host, node),
            "type_definition" => alias(host, node),
            "function_definition" | "function_declaration" => function(host, node),
            "val_definition" | "var_definition" | "val_declaration" | "var_declaration" | "given_definition" => {
                value(host, node, out);
            }
            "infix_expression" => return append(host, node, out),
            "match_expression" => {
                let subject = host.field_expr(node, "value");
                out.push(Stmt::Expr(subject));
                let ways = host.field(node, "body").map(|body| case_ways(host, body, Some(subject), false));
                out.push(Stmt::Branch(ways.unwrap_or_default()));
            }
            // What it yields may be what the statements round it give.
            "for_expression" if host.has_token(node, "yield") => {
                let value = host.expr(node);
                out.push(Stmt::Expr(value));
            }
            "for_expression" => {
                let mut body = Vec::new();
                enumerators(host, node, &mut body);
                if let Some(inner) = host.field(node, "body") {
                    body.extend(host.statements(inner));
                }
                out.push(Stmt::Loop(body));
            }
            "try_expression" => try_statement(host, node, out),
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
                    "this" => host.push(ExprKind::This, span),
                    "super" => host.push(ExprKind::Super, span),
                    "null" => host.push(ExprKind::Literal(name), span),
                    _ => host.name_expr(name, span),
                })
            }
            "interpolated_string_expression" => interpolated(host, node),
            "call_expression" => Some(call(host, node)),
            "field_expression" => {
                let value = member(host, node);
                Some(uniform(host, node, value))
            }
            "generic_function" => {
                let callee = typed(host, node);
                Some(match host.outline.expr(callee).kind {
                    ExprKind::Typed { .. } => callee,
                    _ => host.push(ExprKind::Call { callee, args: Vec::new() }, span),
                })
            }
            "infix_expression" => Some(infix(host, node)),
            "postfix_expression" => {
                let children = host.children(node);
                let [object, name] = children.as_slice() else { return None };
                let base = host.expr(*object);
                Some(host.member(base, *name, span))
            }
            "instance_expression" => creation(host, node),
            "lambda_expression" => Some(lambda(host, node)),
            "case_block" => {
                let new = NewFunction::new(FunctionKind::Lambda, "", span, span);
                let id = host.function(new, |host, out| {
                    let ways = case_ways(host, node, None, true);
                    out.push(Stmt::Branch(ways));
                });
                Some(host.push(ExprKind::Lambda(id), span))
            }
            "match_expression" => Some(match_value(host, node)),
            "for_expression" => {
                let mut statements = Vec::new();
                enumerators(host, node, &mut statements);
                let value = host.field(node, "body").map(|body| host.value_of(body));
                statements.extend(value.map(Stmt::Return));
                Some(host.push(ExprKind::Block(statements), span))
            }
            "try_expression" => Some(try_value(host, node)),
            _ => None,
        }
    }

    fn type_ref(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<TypeRef> {
        let span = span_of(node);
        match node.kind() {
            "tuple_type" => {
                let args = host.type_list(node);
                Some(TypeRef { path: vec![Name::new_static("()")], args, span })
            }
            "function_type" => Some(TypeRef::simple(vec![Name::new_static("func")], span)),
            "identifier" => Some(TypeRef::simple(vec![host.name_of(node)], span)),
            "wildcard" => Some(TypeRef::simple(vec![Name::new_static("?")], span)),
            "singleton_type" => Some(TypeRef::simple(tree::split_path(host.text_of(node)), span)),
            _ => None,
        }
    }

    fn parameters(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<Vec<Param>> {
        match node.kind() {
            "parameters" | "class_parameters" | "bindings" => {
                Some(host.children(node).into_iter().filter_map(|child| parameter(host, child)).collect())
            }
            "identifier" | "wildcard" => {
                let plain = Param { name: host.name_of(node), ty: None, default: None, annotations: Vec::new() };
                Some(vec![plain])
            }
            _ => None,
        }
    }

    fn pattern(&self, host: &mut Host<'_, '_>, node: Node<'_>, value: Option<ExprId>, out: &mut Vec<Stmt>) -> bool {
        match node.kind() {
            "identifier" => {
                out.push(Stmt::Let { name: host.name_of(node), ty: None, value, span: span_of(node) });
            }
            "case_class_pattern" => {
                for (position, part) in host.fields(node, "pattern").into_iter().enumerate() {
                    let value = value.map(|value| host.element(value, position));
                    host.deeper(|host| host.bind(part, None, value, out));
                }
            }
            "capture_pattern" => {
                if let Some(name) = host.field(node, "name") {
                    out.push(Stmt::Let { name: host.name_of(name), ty: None, value, span: span_of(name) });
                }
                if let Some(inner) = host.field(node, "pattern") {
                    host.deeper(|host| host.bind(inner, None, value, out));
                }
            }
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests;
