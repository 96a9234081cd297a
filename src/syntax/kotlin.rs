//! Kotlin: what the table of node kinds does not say.
//!
//! What a class or object gives its superclass's constructor (`object Orders : Table("orders")`) stands in its
//! constructor as a call of [`ExprKind::Super`]. A companion object's members are static members of its
//! class. An infix call is a call of a member. An extension's owner is a [`TypeKind::Extension`].

mod texts;

use tree_sitter::Node;

use super::outline::{
    Annotation, Arg, ExprId, ExprKind, Field, FunctionKind, Generic, Import, Outline, Param, Stmt, TypeId, TypeKind,
    TypeRef, ValueDecl,
};
use super::tree::{self, FrontEnd, Grammar, Host, NewFunction, NewType, Shape, give_last, is_test_annotation, span_of};
use crate::source::Span;
use crate::vocabulary::Name;
use texts::{built_string, respelt, string, text_method, without_infix_get};

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

/// One parameter: a name, a type, and (of a class) a default.
/// `Order[id]`: a type or object is no list, and what stands there is a call of its `get`.
fn get_of_type(host: &mut Host<'_, '_>, node: Node<'_>, base: ExprId, index: &[ExprId]) -> Option<ExprId> {
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
fn callable_reference(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let children = host.children(node);
    let [first, .., last] = children.as_slice() else { return None };
    let object = host.text_of(*first).starts_with(char::is_lowercase);
    (object && last.kind() == "identifier").then(|| host.method_value(*first, *last, span_of(node)))
}

fn parameter(host: &mut Host<'_, '_>, node: Node<'_>) -> Param {
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

fn annotations_in(host: &mut Host<'_, '_>, list: Node<'_>) -> Vec<Annotation> {
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
const COMPANION: &str = "Companion";

fn import(host: &mut Host<'_, '_>, node: Node<'_>) {
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

fn alias(host: &mut Host<'_, '_>, node: Node<'_>) {
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
struct Supertypes<'n> {
    bases: Vec<TypeRef>,
    given: Option<Vec<Arg>>,
    /// The class body, where the grammar took it for a lambda (`: Store by store { … }`).
    body: Option<Node<'n>>,
}

fn supertypes<'n>(host: &mut Host<'_, '_>, node: Node<'n>) -> Supertypes<'n> {
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

fn type_declaration(host: &mut Host<'_, '_>, node: Node<'_>) {
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

fn members(host: &mut Host<'_, '_>, owner: TypeId, body: Node<'_>, is_static: bool) {
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

fn companion(host: &mut Host<'_, '_>, owner: TypeId, node: Node<'_>) {
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

fn property(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
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
fn bind(host: &mut Host<'_, '_>, pattern: Node<'_>, ty: Option<TypeRef>, value: Option<ExprId>, out: &mut Vec<Stmt>) {
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

fn function(host: &mut Host<'_, '_>, node: Node<'_>, is_static: bool) {
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

fn arguments(host: &mut Host<'_, '_>, list: Node<'_>) -> Vec<Arg> {
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

fn call(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
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

fn navigation(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
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

fn infix(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let children = host.children(node);
    let [left, name, right] = children.as_slice() else { return None };
    let base = host.expr(*left);
    let callee = host.member(base, *name, Span::new(left.start_byte(), name.end_byte()));
    let value = host.expr(*right);
    let args = vec![Arg { name: None, value, spread: false }];
    Some(host.push(ExprKind::Call { callee, args }, span_of(node)))
}

fn lambda(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
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

fn object_literal(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
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

fn if_statement(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let (condition, ways) = if_parts(host, node);
    if let Some(condition) = condition {
        let condition = host.expr(condition);
        out.push(Stmt::Expr(condition));
    }
    let ways = ways.map(|way| way.map(|way| host.statements(way)).unwrap_or_default());
    out.push(Stmt::Branch(ways.into()));
}

fn if_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
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

fn when_statement(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
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

fn when_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
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

fn try_statement(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
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

fn try_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let mut values = Vec::new();
    for child in host.children(node) {
        let block = if child.kind() == "block" { Some(child) } else { host.child_of_kind(child, "block") };
        values.extend(block.map(|block| host.value_of(block)));
    }
    host.push(ExprKind::Choice(values), span)
}

fn for_loop(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
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

#[cfg(test)]
mod tests;
