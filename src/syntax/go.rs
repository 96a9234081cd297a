//! Go: what the table of node kinds does not say.
//!
//! A method's owner is the type its receiver names: the one declared in the file, else a
//! [`TypeKind::Extension`]. The receiver's name is [`ExprKind::This`]. A result list is a type `()` with
//! its members as arguments. A map type is `map`, a channel `chan`, a function type `func`.

use tree_sitter::Node;

use super::outline::{
    Annotation, Arg, ExprId, ExprKind, Field, FunctionKind, Generic, Import, Outline, Param, Piece, Stmt, TypeId,
    TypeKind, TypeRef, ValueDecl,
};
use super::tree::{self, FrontEnd, Grammar, Host, NewFunction, NewType, Shape, span_of};
use crate::source::Span;
use crate::vocabulary::Name;

static GRAMMAR: Grammar = Grammar::new(
    || tree_sitter_go::LANGUAGE.into(),
    &[
        ("comment", Shape::Comment),
        ("package_clause", Shape::Own),
        ("import_declaration", Shape::Own),
        ("type_declaration", Shape::Own),
        ("const_declaration", Shape::Own),
        ("var_declaration", Shape::Own),
        ("function_declaration", Shape::Own),
        ("method_declaration", Shape::Own),
        ("short_var_declaration", Shape::Own),
        ("for_statement", Shape::Own),
        ("type_switch_statement", Shape::Own),
        ("call_expression", Shape::Own),
        ("composite_literal", Shape::Own),
        ("receive_statement", Shape::Own),
        ("identifier", Shape::Identifier),
        ("field_identifier", Shape::Identifier),
        ("package_identifier", Shape::Identifier),
        ("blank_identifier", Shape::Identifier),
        ("interpreted_string_literal", Shape::Text),
        ("raw_string_literal", Shape::Text),
        ("escape_sequence", Shape::Escape),
        ("int_literal", Shape::Literal),
        ("float_literal", Shape::Literal),
        ("imaginary_literal", Shape::Literal),
        ("rune_literal", Shape::Literal),
        ("true", Shape::Literal),
        ("false", Shape::Literal),
        ("nil", Shape::Literal),
        ("iota", Shape::Literal),
        ("argument_list", Shape::Arguments),
        ("variadic_argument", Shape::Spread),
        ("selector_expression", Shape::Member("operand", "field")),
        ("index_expression", Shape::Index("operand", "index")),
        ("slice_expression", Shape::Pass("operand")),
        ("parenthesized_expression", Shape::Pass("")),
        ("unary_expression", Shape::Pass("operand")),
        ("binary_expression", Shape::Binary("left", "right")),
        ("type_assertion_expression", Shape::Cast("type", "operand")),
        ("type_conversion_expression", Shape::Cast("type", "operand")),
        ("func_literal", Shape::Lambda("parameters", "body")),
        ("expression_list", Shape::Several),
        ("literal_element", Shape::Pass("")),
        ("expression_statement", Shape::Pass("")),
        ("go_statement", Shape::Pass("")),
        ("defer_statement", Shape::Pass("")),
        ("assignment_statement", Shape::Assign("left", "right")),
        ("inc_statement", Shape::Skip),
        ("dec_statement", Shape::Skip),
        ("break_statement", Shape::Skip),
        ("continue_statement", Shape::Skip),
        ("goto_statement", Shape::Skip),
        ("fallthrough_statement", Shape::Skip),
        ("empty_statement", Shape::Skip),
        ("label_name", Shape::Skip),
        ("block", Shape::Block),
        ("statement_list", Shape::Other),
        ("return_statement", Shape::Return),
        ("if_statement", Shape::If("condition", "consequence", "alternative")),
        ("expression_switch_statement", Shape::Switch("value")),
        ("select_statement", Shape::Switch("value")),
        ("expression_case", Shape::Case),
        ("communication_case", Shape::Case),
        ("default_case", Shape::Case),
        ("type_identifier", Shape::TypeName),
        ("qualified_type", Shape::TypeName),
        ("generic_type", Shape::TypeGeneric),
        ("type_arguments", Shape::TypeArguments),
        ("type_elem", Shape::TypeInner("")),
        ("type_constraint", Shape::TypeInner("")),
        ("pointer_type", Shape::TypeInner("")),
        ("parenthesized_type", Shape::TypeInner("")),
        ("negated_type", Shape::TypeInner("")),
        ("slice_type", Shape::TypeArray("element")),
        ("array_type", Shape::TypeArray("element")),
        ("implicit_length_array_type", Shape::TypeArray("element")),
    ],
);

/// The outline of a Go file.
#[must_use]
pub fn outline(text: &str) -> Outline {
    tree::outline(&Go, text)
}

struct Go;

impl FrontEnd for Go {
    fn grammar(&self) -> &'static Grammar {
        &GRAMMAR
    }

    fn file(&self, host: &mut Host<'_, '_>, root: Node<'_>) {
        // Types first: a method may stand above the type it belongs to.
        for child in host.children(root) {
            if child.kind() == "type_declaration" {
                types(host, child);
            }
        }
        host.declarations(root);
    }

    fn statement(&self, host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) -> bool {
        match node.kind() {
            "package_clause" => {
                if let Some(name) = host.first_child(node) {
                    host.outline.package = vec![host.name_of(name)];
                }
            }
            "import_declaration" => imports(host, node),
            "type_declaration" => {
                if node.parent().is_none_or(|parent| parent.kind() != "source_file") {
                    types(host, node);
                }
            }
            "const_declaration" | "var_declaration" => values(host, node, out),
            "function_declaration" => function(host, node),
            "method_declaration" => method(host, node),
            "short_var_declaration" | "receive_statement" => short_variables(host, node, out),
            "for_statement" => for_loop(host, node, out),
            "type_switch_statement" => type_switch(host, node, out),
            _ => return false,
        }
        true
    }

    fn expression(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<ExprId> {
        match node.kind() {
            "call_expression" => Some(call(host, node)),
            "composite_literal" => {
                let ty = host.field(node, "type").and_then(|ty| host.type_ref(ty));
                let body = host.field(node, "body")?;
                Some(composite(host, body, ty, span_of(node)))
            }
            _ => None,
        }
    }

    fn type_ref(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<TypeRef> {
        let span = span_of(node);
        match node.kind() {
            "map_type" => {
                let args = ["key", "value"].into_iter().filter_map(|field| host.field(node, field));
                let args = args.collect::<Vec<_>>().into_iter().filter_map(|arg| host.type_ref(arg)).collect();
                Some(TypeRef { path: vec![Name::new_static("map")], args, span })
            }
            "channel_type" => {
                let args = host.field(node, "value").and_then(|value| host.type_ref(value)).into_iter().collect();
                Some(TypeRef { path: vec![Name::new_static("chan")], args, span })
            }
            "selector_expression" => Some(TypeRef::simple(tree::split_path(host.text_of(node)), span)),
            "function_type" => Some(TypeRef::simple(vec![Name::new_static("func")], span)),
            _ => None,
        }
    }

    fn parameters(&self, host: &mut Host<'_, '_>, node: Node<'_>) -> Option<Vec<Param>> {
        let mut params = Vec::new();
        for child in host.children(node) {
            let variadic = child.kind() == "variadic_parameter_declaration";
            if !variadic && child.kind() != "parameter_declaration" {
                continue;
            }
            let mut ty = host.field(child, "type").and_then(|ty| host.type_ref(ty));
            if variadic {
                let span = span_of(child);
                ty = Some(TypeRef { path: vec![Name::new_static("[]")], args: ty.into_iter().collect(), span });
            }
            let mut names: Vec<Name> = host.fields(child, "name").into_iter().map(|name| host.name_of(name)).collect();
            if names.is_empty() {
                names.push(Name::new_static("_"));
            }
            let param = |name| Param { name, ty: ty.clone(), default: None, annotations: Vec::new() };
            params.extend(names.into_iter().map(param));
        }
        Some(params)
    }
}

fn imports(host: &mut Host<'_, '_>, node: Node<'_>) {
    for child in host.children(node) {
        match child.kind() {
            "import_spec_list" => imports(host, child),
            "import_spec" => {
                let Some(path) = host.field(child, "path") else { continue };
                let path = host.text_of(path).trim_matches(['"', '`']);
                let name = host.field(child, "name");
                let glob = name.is_some_and(|name| name.kind() == "dot");
                let alias = match name {
                    None => Some(package_name(path)),
                    Some(name) if name.kind() == "package_identifier" => Some(host.name_of(name)),
                    Some(_) => None,
                };
                host.outline.imports.push(Import {
                    path: vec![Name::new(path)],
                    alias,
                    glob,
                    reexport: false,
                    scope: Vec::new(),
                    span: span_of(child),
                });
            }
            _ => {}
        }
    }
}

/// The name a package most likely has by its path: the last segment without a version and without `go-`.
fn package_name(path: &str) -> Name {
    let version = |segment: &str| {
        segment.strip_prefix('v').is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut segments = path.rsplit('/');
    let mut last = segments.next().unwrap_or(path);
    if version(last) {
        last = segments.next().unwrap_or(last);
    }
    if let Some((stem, suffix)) = last.rsplit_once('.')
        && version(suffix)
    {
        last = stem;
    }
    let last = last.strip_prefix("go-").unwrap_or(last);
    Name::new(last.strip_suffix("-go").unwrap_or(last))
}

fn types(host: &mut Host<'_, '_>, node: Node<'_>) {
    for spec in host.children(node) {
        let (Some(name), Some(ty)) = (host.field(spec, "name"), host.field(spec, "type")) else { continue };
        let kind = match ty.kind() {
            "struct_type" => TypeKind::Struct,
            "interface_type" => TypeKind::Interface,
            _ => TypeKind::Alias,
        };
        let mut new = NewType::new(kind, host.text_of(name), span_of(name), span_of(spec));
        new.generics = generics(host, spec);
        if kind == TypeKind::Alias {
            new.bases.extend(host.type_ref(ty));
        }
        let id = host.declare_type(new);
        match kind {
            TypeKind::Struct => struct_fields(host, id, ty),
            TypeKind::Interface => interface_members(host, id, name, ty),
            _ => {}
        }
    }
}

fn generics(host: &mut Host<'_, '_>, node: Node<'_>) -> Vec<Generic> {
    let mut found = Vec::new();
    let Some(list) = node.child_by_field_name("type_parameters") else { return found };
    for parameter in host.children(list) {
        let bounds = host.field(parameter, "type").map(|ty| host.type_list(ty)).unwrap_or_default();
        for name in host.fields(parameter, "name") {
            found.push(Generic { name: host.name_of(name), bounds: bounds.clone() });
        }
    }
    found
}

fn struct_fields(host: &mut Host<'_, '_>, owner: TypeId, node: Node<'_>) {
    let Some(list) = host.first_child(node) else { return };
    for declaration in host.children(list) {
        let ty = host.field(declaration, "type").and_then(|ty| host.type_ref(ty));
        let annotations = host.field(declaration, "tag").map(|tag| struct_tag(host, tag)).unwrap_or_default();
        let names = host.fields(declaration, "name");
        if names.is_empty() {
            let decl = host.type_mut(owner);
            decl.bases.extend(ty);
            // What is said of an embedded struct is said of the type (`bun.BaseModel` carries the table's name).
            decl.annotations.extend(annotations);
            continue;
        }
        for name in names {
            let field = Field {
                name: host.name_of(name),
                ty: ty.clone(),
                annotations: annotations.clone(),
                value: None,
                is_static: false,
                span: span_of(name),
            };
            host.add_field(owner, field);
        }
    }
}

/// The entries of a struct tag: `gorm:"column:x;not null"` is an annotation `gorm` with an argument `column` and one
/// without a name.
fn struct_tag(host: &mut Host<'_, '_>, tag: Node<'_>) -> Vec<Annotation> {
    let text = host.text_of(tag);
    let mut annotations = Vec::new();
    let mut at = 1;
    while let Some(colon) = text.get(at..).and_then(|rest| rest.find(":\"")) {
        let key_end = at + colon;
        let key_start = text[..key_end].rfind([' ', '`', '"', '\t', '\n']).map_or(at, |space| space + 1);
        let start = key_end + 2;
        let Some(end) = text[start..].find('"').map(|length| start + length) else { break };
        let place = |from: usize, to: usize| Span::new(tag.start_byte() + from, tag.start_byte() + to);
        let mut args = Vec::new();
        for (name, from, to) in tag_parts(&text[start..end]) {
            let (from, to) = (start + from, start + to);
            let piece = Piece::Literal { text: text[from..to].to_owned(), span: place(from, to) };
            let value = host.push(ExprKind::Text(vec![piece]), place(from, to));
            args.push(Arg { name, value, spread: false });
        }
        annotations.push(Annotation {
            path: vec![Name::new(&text[key_start..key_end])],
            args,
            span: place(key_start, end + 1),
        });
        at = end + 1;
    }
    annotations
}

/// The parts of a tag's value: the name before a colon or round parentheses, and where the rest stands.
fn tag_parts(text: &str) -> Vec<(Option<Name>, usize, usize)> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    for (at, byte) in text.bytes().chain([b';']).enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b';' | b',' if depth == 0 || at == text.len() => {
                parts.push(tag_part(text, start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts
}

fn tag_part(text: &str, start: usize, end: usize) -> (Option<Name>, usize, usize) {
    let part = &text[start..end];
    let word = |name: &str| !name.trim().is_empty() && !name.contains([' ', '\'']);
    match part.find([':', '(']) {
        Some(at) if word(&part[..at]) => {
            let inner = if part.ends_with(')') && part[at..].starts_with('(') { end - 1 } else { end };
            (Some(Name::new(part[..at].trim())), start + at + 1, inner.max(start + at + 1))
        }
        _ => (None, start, end),
    }
}

fn interface_members(host: &mut Host<'_, '_>, owner: TypeId, name: Node<'_>, node: Node<'_>) {
    let name = host.name_of(name);
    for member in host.children(node) {
        match member.kind() {
            "method_elem" => {
                let Some(method) = host.field(member, "name") else { continue };
                let mut new =
                    NewFunction::new(FunctionKind::Method, host.text_of(method), span_of(method), span_of(member));
                signature(host, member, &mut new);
                host.within(name.clone(), Some(owner), |host| host.function(new, |_, _| {}));
            }
            "type_elem" => {
                let bases = host.type_list(member);
                host.type_mut(owner).bases.extend(bases);
            }
            _ => {}
        }
    }
}

/// Fills in parameters, results and type parameters, and whether it is a test.
fn signature(host: &mut Host<'_, '_>, node: Node<'_>, new: &mut NewFunction) {
    new.generics = generics(host, node);
    if let Some(list) = host.field(node, "parameters") {
        new.params = host.parameters(list);
    }
    new.returns = host.field(node, "result").and_then(|result| result_type(host, result));
    new.is_test = new.params.iter().any(|param| {
        param.ty.as_ref().is_some_and(|ty| {
            ty.path.first().is_some_and(|package| package == "testing")
                && ty.path.last().is_some_and(|name| matches!(name.as_str(), "T" | "B" | "M" | "F" | "TB"))
        })
    });
}

fn result_type(host: &mut Host<'_, '_>, node: Node<'_>) -> Option<TypeRef> {
    if node.kind() != "parameter_list" {
        return host.type_ref(node);
    }
    let mut args: Vec<TypeRef> = host.parameters(node).into_iter().filter_map(|param| param.ty).collect();
    if args.len() == 1 {
        return args.pop();
    }
    Some(TypeRef { path: vec![Name::new_static("()")], args, span: span_of(node) })
}

fn function(host: &mut Host<'_, '_>, node: Node<'_>) {
    let Some(name) = host.field(node, "name") else { return };
    let mut new = NewFunction::new(FunctionKind::Free, host.text_of(name), span_of(name), span_of(node));
    signature(host, node, &mut new);
    host.function(new, |host, out| function_body(host, node, out));
}

fn function_body(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    if let Some(results) = host.field(node, "result").filter(|result| result.kind() == "parameter_list") {
        let span = span_of(results);
        let named = host.parameters(results).into_iter().filter(|param| param.name != "_");
        out.extend(named.map(|param| Stmt::Let { name: param.name, ty: param.ty, value: None, span }));
    }
    if let Some(body) = host.field(node, "body") {
        host.block(body, out);
    }
}

fn method(host: &mut Host<'_, '_>, node: Node<'_>) {
    let Some(name) = host.field(node, "name") else { return };
    let receiver = host.field(node, "receiver").map(|list| host.parameters(list)).unwrap_or_default();
    let receiver = receiver.into_iter().next();
    let ty = receiver.as_ref().and_then(|receiver| receiver.ty.clone());
    let type_name = ty.as_ref().and_then(|ty| ty.path.last().cloned()).unwrap_or_default();
    let owner = owner_of(host, &type_name, ty.map_or(span_of(name), |ty| ty.span));
    let mut new = NewFunction::new(FunctionKind::Method, host.text_of(name), span_of(name), span_of(node));
    signature(host, node, &mut new);
    new.receiver = receiver.map(|receiver| receiver.name).filter(|name| name != "_");
    host.within(type_name, Some(owner), |host| host.function(new, |host, out| function_body(host, node, out)));
}

/// The type of that name in this file, or what is added to one of another file of the package.
fn owner_of(host: &mut Host<'_, '_>, name: &Name, span: Span) -> TypeId {
    let known = host.outline.types.iter().position(|ty| ty.name == *name && ty.scope.is_empty());
    match known.and_then(|at| u32::try_from(at).ok()) {
        Some(at) => TypeId(at),
        None => host.declare_type(NewType::new(TypeKind::Extension, name.clone(), span, span)),
    }
}

/// `const` and `var`: values of the package, or names of the function.
fn values(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    for spec in host.children(node) {
        if spec.kind() == "var_spec_list" {
            values(host, spec, out);
            continue;
        }
        let names = host.fields(spec, "name");
        let ty = host.field(spec, "type").and_then(|ty| host.type_ref(ty));
        let value = match embedded(host, spec) {
            Some(embedded) => Some(embedded),
            None => spec.child_by_field_name("value").map(|value| host.expr(value)),
        };
        let several = names.len() > 1;
        for (position, name) in names.into_iter().enumerate() {
            let value = value.map(|value| if several { host.element(value, position) } else { value });
            let (ty, span) = (ty.clone(), span_of(name));
            let name = host.name_of(name);
            if host.function.is_some() {
                let value = value.or_else(|| zero_value(host, ty.as_ref(), span));
                out.push(Stmt::Let { name, ty, value, span });
            } else {
                let exported = name.chars().next().is_some_and(char::is_uppercase);
                host.outline.values.push(ValueDecl { name, scope: Vec::new(), ty, value, exported, span });
            }
        }
    }
}

/// The value of `var b strings.Builder`: an object that is made there.
fn zero_value(host: &mut Host<'_, '_>, ty: Option<&TypeRef>, span: Span) -> Option<ExprId> {
    let ty = ty.filter(|ty| ty.path.len() > 1)?.clone();
    Some(host.push(ExprKind::New { ty, args: Vec::new(), fields: Vec::new() }, span))
}

/// What `//go:embed` above a variable puts into it.
fn embedded(host: &mut Host<'_, '_>, spec: Node<'_>) -> Option<ExprId> {
    let mut above = spec.prev_named_sibling();
    if above.is_none() {
        above = spec.parent().and_then(|parent| parent.prev_named_sibling());
    }
    let mut files = Vec::new();
    let mut span = Span::default();
    while let Some(comment) = above.filter(|node| node.kind() == "comment") {
        if let Some(patterns) = host.text_of(comment).strip_prefix("//go:embed ") {
            span = span_of(comment);
            let first = comment.end_byte() - patterns.len();
            for pattern in patterns.split_whitespace() {
                let at = first + (pattern.as_ptr() as usize - patterns.as_ptr() as usize);
                let bare = pattern.trim_matches(['"', '`']);
                let at = at + pattern.find(bare).unwrap_or(0);
                let place = Span::new(at, at + bare.len());
                let piece = Piece::Literal { text: bare.to_owned(), span: place };
                let path = host.push(ExprKind::Text(vec![piece]), place);
                files.push(host.push(ExprKind::Include(path), place));
            }
        }
        above = comment.prev_named_sibling();
    }
    match files.as_slice() {
        [] => None,
        [one] => Some(*one),
        _ => Some(host.push(ExprKind::List(files), span)),
    }
}

fn short_variables(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let value = host.field_expr(node, "right");
    let Some(left) = host.field(node, "left") else {
        out.push(Stmt::Expr(value));
        return;
    };
    if node.kind() == "receive_statement" && !host.has_token(node, ":=") {
        host.assign(left, value, false, out);
        return;
    }
    host.bind(left, None, Some(value), out);
}

fn for_loop(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let mut body = Vec::new();
    for child in host.children(node) {
        match child.kind() {
            "range_clause" => range(host, child, &mut body),
            "block" => host.block(child, &mut body),
            _ => host.statement(child, &mut body),
        }
    }
    out.push(Stmt::Loop(body));
}

fn range(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    let over = host.field_expr(node, "right");
    let names = host.field(node, "left").map(|left| host.children(left)).unwrap_or_default();
    if names.is_empty() {
        out.push(Stmt::Expr(over));
        return;
    }
    let several = names.len() > 1;
    for (position, name) in names.into_iter().enumerate() {
        let value = if several && position == 0 { None } else { Some(host.any_element(over)) };
        if host.has_token(node, ":=") {
            host.bind(name, None, value, out);
        } else if let Some(value) = value {
            host.assign(name, value, false, out);
        }
    }
}

fn type_switch(host: &mut Host<'_, '_>, node: Node<'_>, out: &mut Vec<Stmt>) {
    if let Some(initializer) = host.field(node, "initializer") {
        host.statement(initializer, out);
    }
    let value = host.field_expr(node, "value");
    out.push(Stmt::Expr(value));
    let alias = host.field(node, "alias");
    let mut ways = Vec::new();
    for case in host.children(node) {
        if !matches!(case.kind(), "type_case" | "default_case") {
            continue;
        }
        let mut way = Vec::new();
        let types: Vec<TypeRef> = host.fields(case, "type").into_iter().filter_map(|ty| host.type_ref(ty)).collect();
        if let Some(alias) = alias {
            let ty = if types.len() == 1 { types.into_iter().next() } else { None };
            host.bind(alias, ty, Some(value), &mut way);
        }
        if let Some(list) = host.child_of_kind(case, "statement_list") {
            host.block(list, &mut way);
        }
        ways.push(way);
    }
    out.push(Stmt::Branch(ways));
}

fn call(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    let span = span_of(node);
    let callee = callee(host, node);
    if let Some(list) = node.child_by_field_name("type_arguments") {
        let type_args = host.type_list(list);
        host.set_type_args(callee, type_args);
    }
    let list = host.field(node, "arguments");
    let path = host.dotted(callee).unwrap_or_default();
    let path: Vec<&str> = path.iter().map(Name::as_str).collect();
    let operand = list.and_then(|list| host.first_child(list));
    if let (["new" | "make"], Some(operand)) = (path.as_slice(), operand)
        && let Some(ty) = host.type_ref(operand)
    {
        return host.push(ExprKind::New { ty, args: Vec::new(), fields: Vec::new() }, span);
    }
    let mut args = list.map(|list| host.arguments(list)).unwrap_or_default();
    match path.as_slice() {
        ["string"] if args.len() == 1 => {
            let ty = TypeRef::simple(vec![Name::new_static("string")], host.outline.expr(callee).span);
            host.push(ExprKind::Typed { ty, value: Some(args[0].value) }, span)
        }
        ["fmt", "Sprintf"] if !args.is_empty() => host.percent_format(args[0].value, &args[1..], span),
        ["fmt", "Fprintf"] if args.len() > 1 => {
            let template = host.outline.expr(args[1].value).span;
            let text = host.percent_format(args[1].value, &args[2..], template);
            args.truncate(1);
            args.push(Arg { name: None, value: text, spread: false });
            host.push(ExprKind::Call { callee, args }, span)
        }
        _ => host.push(ExprKind::Call { callee, args }, span),
    }
}

/// What is called. `f[T](x)` reads as an index; it is one of a type where that has a type's (exported) name.
fn callee(host: &mut Host<'_, '_>, node: Node<'_>) -> ExprId {
    if let Some(function) = host.field(node, "function").filter(|function| function.kind() == "index_expression")
        && let (Some(operand), Some(index)) = (host.field(function, "operand"), host.field(function, "index"))
        && host.text_of(index).rsplit('.').next().is_some_and(|name| name.starts_with(|ch: char| ch.is_uppercase()))
        && let Some(ty) = host.type_ref(index)
    {
        let callee = host.expr(operand);
        host.set_type_args(callee, vec![ty]);
        return callee;
    }
    host.field_expr(node, "function")
}

/// A literal with braces: a struct is made, a list or a map is written out.
fn composite(host: &mut Host<'_, '_>, body: Node<'_>, ty: Option<TypeRef>, span: Span) -> ExprId {
    let head = ty.as_ref().and_then(|ty| ty.path.last().cloned()).unwrap_or_default();
    let inner = ty.as_ref().and_then(|ty| ty.args.last().cloned());
    let of_items = matches!(head.as_str(), "[]" | "map");
    let mut keyed = Vec::new();
    let mut items = Vec::new();
    for child in host.children(body) {
        if child.kind() == "keyed_element" {
            let Some(value) = host.field(child, "value") else { continue };
            let value = composite_item(host, value, if of_items { inner.clone() } else { None });
            let key = host.field(child, "key").and_then(|key| host.first_child(key));
            keyed.push((key, value));
        } else {
            items.push(composite_item(host, child, if of_items { inner.clone() } else { None }));
        }
    }
    let Some(ty) = ty else {
        items.extend(keyed.into_iter().map(|(_, value)| value));
        return host.push(ExprKind::Unknown(items), span);
    };
    if !of_items {
        let args = items.into_iter().map(|value| Arg { name: None, value, spread: false }).collect();
        let fields = keyed.into_iter().filter_map(|(key, value)| Some((host.name_of(key?), value))).collect();
        return host.push(ExprKind::New { ty, args, fields }, span);
    }
    let value = if head == "map" {
        let pairs = keyed.into_iter().filter_map(|(key, value)| Some((host.expr(key?), value))).collect();
        host.push(ExprKind::Record(pairs), span)
    } else {
        items.extend(keyed.into_iter().map(|(_, value)| value));
        host.push(ExprKind::List(items), span)
    };
    host.push(ExprKind::Typed { ty, value: Some(value) }, span)
}

/// An element of such a literal; its type may be left out where the whole tells it.
fn composite_item(host: &mut Host<'_, '_>, node: Node<'_>, ty: Option<TypeRef>) -> ExprId {
    let element = host.first_child(node).unwrap_or(node);
    if element.kind() != "literal_value" {
        return host.expr(element);
    }
    let span = span_of(element);
    match host.deeper(|host| composite(host, element, ty, span)) {
        Some(value) => value,
        None => host.push(ExprKind::Unknown(Vec::new()), span),
    }
}

#[cfg(test)]
mod tests;
