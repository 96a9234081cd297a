//! Java: what the table of node kinds does not say.
//!
//! An anonymous class is a type without a name; its methods are local functions of the function it stands
//! in. A record's components are fields. An enum's constants are static fields of which the value makes
//! the enum with the constant's arguments. Text blocks keep their indentation, so that places stay true.

use tree_sitter::Node;

use super::outline::{
    Annotation, Arg, ExprId, ExprKind, Field, FunctionKind, Generic, Import, Outline, Param, Stmt, TypeId, TypeKind,
    TypeRef,
};
use super::tree::{self, FrontEnd, Grammar, Host, NewFunction, NewType, Shape, is_test_annotation, span_of};
use crate::source::Span;
use crate::vocabulary::Name;

static GRAMMAR: Grammar = Grammar::new(
    || tree_sitter_java::LANGUAGE.into(),
    &[
        ("line_comment", Shape::Comment),
        ("block_comment", Shape::Comment),
        ("package_declaration", Shape::Own),
        ("import_declaration", Shape::Own),
        ("class_declaration", Shape::Own),
        ("interface_declaration", Shape::Own),
        ("enum_declaration", Shape::Own),
        ("record_declaration", Shape::Own),
        ("annotation_type_declaration", Shape::Own),
        ("method_declaration", Shape::Own),
        ("local_variable_declaration", Shape::Own),
        ("enhanced_for_statement", Shape::Own),
        ("try_with_resources_statement", Shape::Own),
        ("switch_expression", Shape::Own),
        ("labeled_statement", Shape::Own),
        ("method_invocation", Shape::Own),
        ("explicit_constructor_invocation", Shape::Own),
        ("object_creation_expression", Shape::Own),
        ("array_creation_expression", Shape::Own),
        ("method_reference", Shape::Own),
        ("class_literal", Shape::Own),
        ("annotation", Shape::Own),
        ("marker_annotation", Shape::Own),
        ("identifier", Shape::Identifier),
        ("scoped_identifier", Shape::Path),
        ("underscore_pattern", Shape::Identifier),
        ("this", Shape::This),
        ("super", Shape::Super),
        ("string_literal", Shape::Text),
        ("escape_sequence", Shape::Escape),
        ("string_interpolation", Shape::Interpolation),
        ("character_literal", Shape::Text),
        ("decimal_integer_literal", Shape::Literal),
        ("hex_integer_literal", Shape::Literal),
        ("octal_integer_literal", Shape::Literal),
        ("binary_integer_literal", Shape::Literal),
        ("decimal_floating_point_literal", Shape::Literal),
        ("hex_floating_point_literal", Shape::Literal),
        ("true", Shape::Literal),
        ("false", Shape::Literal),
        ("null_literal", Shape::Literal),
        ("template_expression", Shape::Pass("template_argument")),
        ("field_access", Shape::Member("object", "field")),
        ("array_access", Shape::Index("array", "index")),
        ("parenthesized_expression", Shape::Pass("")),
        ("unary_expression", Shape::Pass("operand")),
        ("update_expression", Shape::Pass("")),
        ("instanceof_expression", Shape::Pass("left")),
        ("binary_expression", Shape::Binary("left", "right")),
        ("ternary_expression", Shape::Ternary("condition", "consequence", "alternative")),
        ("cast_expression", Shape::Cast("type", "value")),
        ("lambda_expression", Shape::Lambda("parameters", "body")),
        ("array_initializer", Shape::List),
        ("element_value_array_initializer", Shape::List),
        ("element_value_pair", Shape::Named("key", "value")),
        ("argument_list", Shape::Arguments),
        ("annotation_argument_list", Shape::Arguments),
        ("assignment_expression", Shape::Assign("left", "right")),
        ("expression_statement", Shape::Pass("")),
        ("throw_statement", Shape::Pass("")),
        ("yield_statement", Shape::Return),
        ("return_statement", Shape::Return),
        ("break_statement", Shape::Skip),
        ("continue_statement", Shape::Skip),
        ("block", Shape::Block),
        ("constructor_body", Shape::Block),
        ("if_statement", Shape::If("condition", "consequence", "alternative")),
        ("switch_block_statement_group", Shape::Case),
        ("switch_rule", Shape::Case),
        ("switch_label", Shape::Skip),
        ("while_statement", Shape::Loop),
        ("do_statement", Shape::Loop),
        ("for_statement", Shape::Loop),
        ("try_statement", Shape::Try),
        ("catch_clause", Shape::Case),
        ("catch_formal_parameter", Shape::Skip),
        ("finally_clause", Shape::Pass("")),
        ("modifiers", Shape::Skip),
        ("type_identifier", Shape::TypeName),
        ("scoped_type_identifier", Shape::TypeName),
        ("integral_type", Shape::TypeName),
        ("floating_point_type", Shape::TypeName),
        ("boolean_type", Shape::TypeName),
        ("void_type", Shape::TypeName),
        ("generic_type", Shape::TypeGeneric),
        ("type_arguments", Shape::TypeArguments),
        ("array_type", Shape::TypeArray("element")),
    ],
);

/// The outline of a Java file.
#[must_use]
pub fn outline(text: &str) -> Outline {
    tree::outline(&Java, text)
}

struct Java;

impl FrontEnd for Java {
    fn grammar(&self) -> &'static Grammar {
        &GRAMMAR
    }

    fn finish(&self, outline: &mut Outline, _text: &str) {
        outline.implicit_receiver = true;
        outline.functions_apart = true;
    }

    fn file(&self, host: &mut Host<'_, '_>, root: Node<'_>) {
        host.declarations(root);
    }

    fn statement(&self, host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) -> bool {
        match node.kind() {
            "package_declaration" => {
                if let Some(name) = host.children(node).last() {
                    host.outline.package = tree::split_path(host.text_of(*name));
                }
            }
            "import_declaration" => import(host, node),
            "class_declaration"
            | "interface_declaration"
            | "enum_declaration"
            | "record_declaration"
            | "annotation_type_declaration" => type_declaration(host, node),
            "method_declaration" => method(host, node, false),
            "local_variable_declaration" => local_variables(host, node, out),
            "enhanced_for_statement" => for_each(host, node, out),
            "try_with_resources_statement" => try_with_resources(host, node, out),
            "switch_expression" => host.switch_cases(node, "condition", out),
            "labeled_statement" => {
                if let Some(inner) = host.children(node).last() {
                    host.statement(*inner, out);
                }
            }
            _ => return false,
        }
        true
    }

    fn expression(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
        match node.kind() {
            "method_invocation" => Some(invocation(host, node)),
            "explicit_constructor_invocation" => {
                let callee = host.field_expr(node, "constructor");
                let args = host.field(node, "arguments").map(|list| host.arguments(list)).unwrap_or_default();
                Some(host.push(ExprKind::Call { callee, args }, span_of(node)))
            }
            "object_creation_expression" => creation(host, node),
            "array_creation_expression" => Some(match host.field(node, "value") {
                Some(value) => host.expr(value),
                None => host.push(ExprKind::List(Vec::new()), span_of(node)),
            }),
            "method_reference" => method_reference(host, node),
            "class_literal" => {
                let ty = host.first_child(node).and_then(|ty| host.type_ref(ty))?;
                Some(host.push(ExprKind::Typed { ty, value: None }, span_of(node)))
            }
            "annotation" | "marker_annotation" => {
                let annotation = annotation(host, node)?;
                let callee = ExprKind::Path { segments: annotation.path, type_args: Vec::new() };
                let callee = host.push(callee, annotation.span);
                Some(host.push(ExprKind::Call { callee, args: annotation.args }, annotation.span))
            }
            "switch_expression" => Some(switch_value(host, node)),
            _ => None,
        }
    }

    fn type_ref(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<TypeRef> {
        match node.kind() {
            "annotated_type" => host.children(node).last().and_then(|ty| host.type_ref(*ty)),
            "wildcard" => {
                let bound = host.children(node).last().and_then(|ty| host.type_ref(*ty));
                Some(bound.unwrap_or_else(|| TypeRef::simple(vec![Name::new_static("?")], span_of(node))))
            }
            _ => None,
        }
    }

    fn parameters(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<Vec<Param>> {
        if node.kind() != "formal_parameters" {
            return None;
        }
        Some(host.children(node).into_iter().filter_map(|child| parameter(host, child)).collect())
    }
}

fn parameter(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<Param> {
    let annotations = modifiers(host, node);
    if node.kind() == "spread_parameter" {
        let mut ty = None;
        let mut name = Name::new_static("_");
        for child in host.children(node) {
            if child.kind() == "variable_declarator" {
                name = host.field(child, "name").map(|name| host.name_of(name)).unwrap_or(name);
            } else if child.kind() != "modifiers" {
                ty = host.type_ref(child);
            }
        }
        let ty = TypeRef { path: vec![Name::new_static("[]")], args: ty.into_iter().collect(), span: span_of(node) };
        return Some(Param { name, ty: Some(ty), default: None, annotations });
    }
    if node.kind() != "formal_parameter" {
        return None;
    }
    let name = host.field(node, "name").map(|name| host.name_of(name))?;
    let ty = declared_type(host, node);
    Some(Param { name, ty, default: None, annotations })
}

/// The type in the field of that name; none for `var`.
fn declared_type(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<TypeRef> {
    let ty = host.field(node, "type").filter(|ty| host.text_of(*ty) != "var")?;
    host.type_ref(ty)
}

/// The annotations among a declaration's modifiers.
fn modifiers(host: &mut Host<'_, '_>, node: Node<'_>) -> Vec<Annotation> {
    let Some(list) = host.child_of_kind(node, "modifiers") else { return Vec::new() };
    let own = host.children(list).into_iter().filter_map(|child| annotation(host, child)).collect();
    host.with_nested(own)
}

fn has_modifier(host: &Host<'_, '_>, node: Node<'_>, modifier: &str) -> bool {
    host.child_of_kind(node, "modifiers").is_some_and(|list| host.has_token(list, modifier))
}

fn annotation(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<Annotation> {
    let name = host.field(node, "name").filter(|_| node.kind().ends_with("annotation"))?;
    let args = node.child_by_field_name("arguments").map(|list| host.arguments(list)).unwrap_or_default();
    Some(Annotation { path: tree::split_path(host.text_of(name)), args, span: span_of(node) })
}

fn import(host: &mut Host<'_, '_>, node: Node<'_>) {
    let mut path = Vec::new();
    let mut glob = false;
    for child in host.children(node) {
        if child.kind() == "asterisk" {
            glob = true;
        } else {
            path = tree::split_path(host.text_of(child));
        }
    }
    let alias = if glob { None } else { path.last().cloned() };
    host.outline.imports.push(Import { path, alias, glob, reexport: false, scope: Vec::new(), span: span_of(node) });
}

fn generics(host: &mut Host<'_, '_>, node: Node<'_>) -> Vec<Generic> {
    let Some(list) = node.child_by_field_name("type_parameters") else { return Vec::new() };
    let mut found = Vec::new();
    for parameter in host.children(list) {
        let mut generic = Generic { name: Name::default(), bounds: Vec::new() };
        for child in host.children(parameter) {
            match child.kind() {
                "type_identifier" => generic.name = host.name_of(child),
                "type_bound" => generic.bounds = host.type_list(child),
                _ => {}
            }
        }
        found.push(generic);
    }
    found
}

fn type_declaration(host: &mut Host<'_, '_>, node: Node<'_>) {
    let Some(name) = host.field(node, "name") else { return };
    let kind = match node.kind() {
        "interface_declaration" | "annotation_type_declaration" => TypeKind::Interface,
        "enum_declaration" => TypeKind::Enum,
        _ => TypeKind::Class,
    };
    let mut new = NewType::new(kind, host.text_of(name), span_of(name), span_of(node));
    new.annotations = modifiers(host, node);
    new.generics = generics(host, node);
    for child in host.children(node) {
        if matches!(child.kind(), "superclass" | "super_interfaces" | "extends_interfaces") {
            for list in host.children(child) {
                let types = if list.kind() == "type_list" { host.children(list) } else { vec![list] };
                new.bases.extend(types.into_iter().filter_map(|ty| host.type_ref(ty)));
            }
        }
    }
    let tests = new.annotations.iter().any(is_test_annotation);
    let name = new.name.clone();
    let id = host.declare_type(new);
    let outer = host.is_test;
    host.is_test |= tests;
    host.within(name, Some(id), |host| {
        if let Some(components) = host.field(node, "parameters") {
            record_components(host, id, components);
        }
        if let Some(body) = host.field(node, "body") {
            members(host, id, body);
        }
    });
    host.is_test = outer;
}

fn record_components(host: &mut Host<'_, '_>, owner: TypeId, list: Node<'_>) {
    for component in host.children(list) {
        let span = host.field(component, "name").map_or(span_of(component), span_of);
        let Some(Param { name, ty, annotations, .. }) = parameter(host, component) else { continue };
        host.add_field(owner, Field { name, ty, annotations, value: None, is_static: false, span });
    }
}

fn members(host: &mut Host<'_, '_>, owner: TypeId, body: Node<'_>) {
    for member in host.children(body) {
        match member.kind() {
            "field_declaration" => fields(host, owner, member, has_modifier(host, member, "static")),
            "constant_declaration" => fields(host, owner, member, true),
            "method_declaration" | "annotation_type_element_declaration" => method(host, member, false),
            "constructor_declaration" | "compact_constructor_declaration" => method(host, member, true),
            "enum_constant" => enum_constant(host, owner, member),
            "enum_body_declarations" => members(host, owner, member),
            "static_initializer" | "block" => {
                let new = NewFunction::new(FunctionKind::TopLevel, "", span_of(member), span_of(member));
                host.function(new, |host, out| match member.kind() {
                    "block" => host.block(member, out),
                    _ => out.extend(host.first_child(member).map(|block| host.statements(block)).unwrap_or_default()),
                });
            }
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

fn fields(host: &mut Host<'_, '_>, owner: TypeId, node: Node<'_>, is_static: bool) {
    let annotations = modifiers(host, node);
    let ty = declared_type(host, node);
    for declarator in host.fields(node, "declarator") {
        let Some(name) = host.field(declarator, "name") else { continue };
        let value = declarator.child_by_field_name("value").map(|value| host.expr(value));
        let (annotations, ty) = (annotations.clone(), ty.clone());
        let field = Field { name: host.name_of(name), ty, annotations, value, is_static, span: span_of(name) };
        host.add_field(owner, field);
    }
}

fn enum_constant(host: &mut Host<'_, '_>, owner: TypeId, node: Node<'_>) {
    let Some(name) = host.field(node, "name") else { return };
    let annotations = modifiers(host, node);
    let args = node.child_by_field_name("arguments").map(|list| host.arguments(list)).unwrap_or_default();
    let ty = TypeRef::simple(host.scope.last().cloned().into_iter().collect(), span_of(name));
    let value = host.push(ExprKind::New { ty, args, fields: Vec::new() }, span_of(node));
    if let Some(body) = node.child_by_field_name("body") {
        members(host, owner, body);
    }
    let field = Field {
        name: host.name_of(name),
        ty: None,
        annotations,
        value: Some(value),
        is_static: true,
        span: span_of(name),
    };
    host.add_field(owner, field);
}

fn method(host: &mut Host<'_, '_>, node: Node<'_>, constructor: bool) {
    let Some(name) = host.field(node, "name") else { return };
    let kind = if constructor {
        FunctionKind::Constructor
    } else if has_modifier(host, node, "static") {
        FunctionKind::Static
    } else if host.owner.is_none() {
        FunctionKind::Free
    } else {
        FunctionKind::Method
    };
    let mut new = NewFunction::new(kind, host.text_of(name), span_of(name), span_of(node));
    new.annotations = modifiers(host, node);
    new.is_test = new.annotations.iter().any(is_test_annotation);
    new.generics = generics(host, node);
    new.params = node.child_by_field_name("parameters").map(|list| host.parameters(list)).unwrap_or_default();
    new.returns = node.child_by_field_name("type").and_then(|ty| host.type_ref(ty)).filter(|ty| ty.path != ["void"]);
    host.function(new, |host, out| {
        if let Some(body) = node.child_by_field_name("body") {
            host.block(body, out);
        }
    });
}

fn local_variables(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let ty = declared_type(host, node);
    for declarator in host.fields(node, "declarator") {
        let Some(name) = host.field(declarator, "name") else { continue };
        let value = declarator.child_by_field_name("value").map(|value| host.expr(value));
        out.push(Stmt::Let { name: host.name_of(name), ty: ty.clone(), value, span: span_of(name) });
    }
}

fn for_each(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let over = host.field_expr(node, "value");
    let element = host.any_element(over);
    let ty = declared_type(host, node);
    let mut body = Vec::new();
    if let Some(name) = host.field(node, "name") {
        body.push(Stmt::Let { name: host.name_of(name), ty, value: Some(element), span: span_of(name) });
    }
    if let Some(block) = host.field(node, "body") {
        body.extend(host.statements(block));
    }
    out.push(Stmt::Loop(body));
}

fn try_with_resources(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut inner = Vec::new();
    for resource in host.field(node, "resources").map(|list| host.children(list)).unwrap_or_default() {
        let value = resource.child_by_field_name("value").map(|value| host.expr(value));
        match host.field(resource, "name").filter(|_| value.is_some()) {
            Some(name) => {
                let ty = declared_type(host, resource);
                inner.push(Stmt::Let { name: host.name_of(name), ty, value, span: span_of(name) });
            }
            None => host.block(resource, &mut inner),
        }
    }
    inner.extend(host.field(node, "body").map(|body| host.statements(body)).unwrap_or_default());
    let mut ways = vec![inner];
    let mut always = Vec::new();
    for child in host.children(node) {
        match child.kind() {
            "catch_clause" => {
                ways.push(host.field(child, "body").map(|body| host.statements(body)).unwrap_or_default());
            }
            "finally_clause" => host.block(child, &mut always),
            _ => {}
        }
    }
    out.push(Stmt::Branch(ways));
    out.extend(always);
}

/// `switch` as a value: one of what its cases yield.
fn switch_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let before = host.outline.exprs.len();
    let subject = host.field_expr(node, "condition");
    let mut effects = if host.has_calls(before) { vec![subject] } else { Vec::new() };
    let mut values = Vec::new();
    for case in host.field(node, "body").map(|body| host.children(body)).unwrap_or_default() {
        let statements = host.statements_of_case(case);
        if !statements.is_empty() {
            let value = host.block_value(statements, span_of(case));
            if host.only_throws(case) { effects.push(value) } else { values.push(value) }
        }
    }
    let choice = host.push(ExprKind::Choice(values), span);
    host.after(effects, choice, span)
}

fn invocation(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let Some(name) = host.field(node, "name") else { return host.unknown(node) };
    let callee = match host.field(node, "object") {
        Some(object) => {
            let base = host.expr(object);
            host.member(base, name, Span::new(object.start_byte(), name.end_byte()))
        }
        None => host.name_expr(host.name_of(name), span_of(name)),
    };
    if let Some(list) = node.child_by_field_name("type_arguments") {
        let type_args = host.type_list(list);
        host.set_type_args(callee, type_args);
    }
    let args = host.field(node, "arguments").map(|list| host.arguments(list)).unwrap_or_default();
    match text_method(host, callee, &args, span) {
        Some(text) => text,
        None => host.push(ExprKind::Call { callee, args }, span),
    }
}

/// The methods of `String` that make a text of texts.
fn text_method(host: &mut Host<'_, '_>, callee: ExprId, args: &[Arg], span: Span) -> Option<ExprId> {
    let ExprKind::Member { base, name, .. } = host.outline.expr(callee).kind.clone() else { return None };
    let on_text = host.known_pieces(base).is_some();
    match name.as_str() {
        "format" if host.plain_name(base).is_some_and(|name| name == "String") => {
            let localised = args.len() > 1
                && host.dotted(args[0].value).is_some_and(|path| path.first().is_some_and(|name| name == "Locale"));
            let args = if localised { &args[1..] } else { args };
            let (template, args) = args.split_first()?;
            Some(host.percent_format(template.value, args, span))
        }
        "formatted" => Some(host.percent_format(base, args, span)),
        "concat" if on_text && args.len() == 1 => Some(host.push(ExprKind::Concat(vec![base, args[0].value]), span)),
        "join" if host.plain_name(base).is_some_and(|name| name == "String") && args.len() > 2 => {
            let parts = args[1..].iter().enumerate();
            let parts = parts.flat_map(|(at, arg)| (at > 0).then_some(args[0].value).into_iter().chain([arg.value]));
            let parts = parts.collect();
            Some(host.push(ExprKind::Concat(parts), span))
        }
        "stripIndent" | "translateEscapes" | "strip" | "trim" | "stripLeading" | "stripTrailing" | "intern"
            if args.is_empty() && on_text =>
        {
            Some(base)
        }
        _ => None,
    }
}

fn creation(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let ty = host.field(node, "type").and_then(|ty| host.type_ref(ty))?;
    let args = host.field(node, "arguments").map(|list| host.arguments(list)).unwrap_or_default();
    if let Some(body) = host.child_of_kind(node, "class_body") {
        let mut new = NewType::new(TypeKind::Class, "", ty.span, span_of(node));
        new.bases = vec![ty.clone()];
        let id = host.declare_type(new);
        host.within_local(Some(id), |host| members(host, id, body));
    }
    Some(host.push(ExprKind::New { ty, args, fields: Vec::new() }, span_of(node)))
}

fn method_reference(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
    let children = host.children(node);
    let (first, last) = (*children.first()?, *children.last()?);
    let names_method = children.len() > 1 && last.kind() == "identifier";
    // What begins with a small letter is an object, and no type.
    let object = host.text_of(first).rsplit('.').next().is_some_and(|name| name.starts_with(char::is_lowercase));
    if names_method && object {
        return Some(host.method_value(first, last, span_of(node)));
    }
    let base = host.expr(first);
    if names_method {
        return Some(host.member(base, last, span_of(node)));
    }
    let span = span_of(node);
    let name = Name::new_static("new");
    Some(host.push(ExprKind::Member { base, name, type_args: Vec::new(), name_span: span }, span))
}

#[cfg(test)]
mod tests;
