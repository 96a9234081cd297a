//! Scala: what the table of node kinds does not say.
//!
//! What a class or object gives its superclass's constructor (`extends Table[Order](tag, "orders")`) stands in
//! its constructor as a call of [`ExprKind::Super`]. An object is a [`TypeKind::Module`]. The standard
//! interpolators `s`, `f` and `raw` make a text, any other is a [`ExprKind::Macro`] with the text as its
//! argument. A symbolic operator is a [`ExprKind::Binary`], a named one a call of a member. A `for` with
//! `yield` is a block of which the names are elements of what they are drawn from.

use tree_sitter::Node;

use super::outline::{
    Annotation, Arg, ExprId, ExprKind, Field, FunctionKind, Generic, Import, Outline, Param, Piece, Stmt, TypeId,
    TypeKind, TypeRef, ValueDecl,
};
use super::tree::{self, FrontEnd, Grammar, Host, NewFunction, NewType, Shape, give_last, is_test_annotation, span_of};
use crate::source::Span;
use crate::vocabulary::Name;

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

fn parameter(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<Param> {
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

fn import(host: &mut Host<'_, '_>, node: Node<'_>, reexport: bool) {
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

fn type_declaration(host: &mut Host<'_, '_>, node: Node<'_>) {
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

fn members(host: &mut Host<'_, '_>, owner: TypeId, body: Node<'_>, is_static: bool) {
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

fn value(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
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

fn alias(host: &mut Host<'_, '_>, node: Node<'_>) {
    let Some(name) = host.field(node, "name") else { return };
    let mut new = NewType::new(TypeKind::Alias, host.text_of(name), span_of(name), span_of(node));
    new.bases.extend(node.child_by_field_name("type").and_then(|ty| host.type_ref(ty)));
    host.declare_type(new);
}

fn extension(host: &mut Host<'_, '_>, node: Node<'_>) {
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

fn function(host: &mut Host<'_, '_>, node: Node<'_>) {
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

fn interpolated(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
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

fn arguments(host: &mut Host<'_, '_>, list: Node<'_>) -> Vec<Arg> {
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
fn callee(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let called = host.deeper(|host| match host.field(node, "function") {
        Some(function) if function.kind() == "field_expression" => member(host, function),
        Some(function) if function.kind() == "generic_function" => typed(host, function),
        _ => host.field_expr(node, "function"),
    });
    called.unwrap_or_else(|| host.push(ExprKind::Unknown(Vec::new()), span_of(node)))
}

/// A member with a small letter that nothing goes on from may be a method without parentheses: it is a call, which
/// a value of that name answers as well.
fn uniform(host: &mut Host<'_, '_>, node: Node<'_>, value: ExprId) -> ExprId {
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

fn call(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
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

fn member(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let base = host.field_expr(node, "value");
    let Some(name) = host.field(node, "field") else { return base };
    match host.text_of(name) {
        "stripMargin" => host.strip_margin(base),
        "trim" | "stripIndent" if host.known_pieces(base).is_some() => base,
        _ => host.member(base, name, span_of(node)),
    }
}

/// A function with type arguments, of which two are casts of the language.
fn typed(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
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
fn append(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) -> bool {
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
fn infix(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
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

fn creation(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
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

fn lambda(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
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
fn case_ways(host: &mut Host<'_, '_>, block: Node<'_>, subject: Option<ExprId>, values: bool) -> Vec<Vec<Stmt>> {
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

fn match_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
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

fn enumerators(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
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

fn try_statement(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
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

fn try_value(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
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

#[cfg(test)]
mod tests;
