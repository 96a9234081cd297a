//! C#: namespaces, types and members. Statements are in [`statements`], expressions in [`expressions`], the
//! query syntax in [`query`].
//!
//! - `using X.Y;` is a glob import, `using A = X.Y;` one with an alias; a `global using` is passed on.
//! - The first parameter of an extension method carries an annotation `this`.
//! - A property with a getter only (`=> value`) is a field with that value; accessors with bodies are methods.
//! - The parameters of a primary constructor are fields and the parameters of a constructor.
//! - The query syntax becomes the calls the compiler makes of it (`Where`, `Join`, `Select` …).
//! - `nameof(X)` is the text it stands for.

mod expressions;
mod query;
mod statements;
mod walk;

use tree_sitter::Node;

use super::lowering::{Lowering, child_of, children, field, has_token, param, span};
use super::outline::{
    Annotation, Arg, ExprId, ExprKind, Field, Function, FunctionId, FunctionKind, Generic, Import, Outline, Param,
    Stmt, TypeDecl, TypeKind, TypeRef,
};
use super::tree::read;
use crate::syntax::lowering::walk::Walk;
use crate::vocabulary::Name;

/// Attributes by which the test frameworks mark tests and their classes.
const TEST_ATTRIBUTES: &[&str] =
    &["Fact", "Theory", "Test", "TestCase", "TestMethod", "TestClass", "TestFixture", "SetUp", "OneTimeSetUp"];

/// The outline of a C# file.
#[must_use]
pub fn outline(text: &str) -> Outline {
    read(text, &[tree_sitter_c_sharp::LANGUAGE.into()], |root, text| {
        let mut sharp = Sharp { l: Lowering::new(text), bindings: Vec::new() };
        let mut top = Vec::new();
        sharp.declarations(root, &mut top);
        sharp.l.top.append(&mut top);
        sharp.l.out.implicit_receiver = true;
        sharp.l.into_outline(root)
    })
}

struct Sharp<'t> {
    l: Lowering<'t>,
    /// What the bindings (`.Name`, `[i]`) in conditional accesses round the present place bind to.
    bindings: Vec<ExprId>,
}

impl Sharp<'_> {
    fn declarations(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for child in children(node) {
            self.declaration(child, out);
        }
    }

    fn declaration(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if !self.l.descend(node) {
            return;
        }
        match node.kind() {
            "using_directive" => self.using(node),
            "file_scoped_namespace_declaration" => {
                self.l.out.package = field(node, "name").map(|name| self.segments(name)).unwrap_or_default();
            }
            "namespace_declaration" => self.namespace(node, out),
            "class_declaration" | "record_declaration" => self.type_declaration(node, TypeKind::Class),
            "struct_declaration" => self.type_declaration(node, TypeKind::Struct),
            "interface_declaration" => self.type_declaration(node, TypeKind::Interface),
            "enum_declaration" => self.enumeration(node),
            "field_declaration" | "event_field_declaration" => self.fields(node),
            "property_declaration" => self.property(node),
            "method_declaration" => {
                let kind = if self.has_modifier(node, "static") { FunctionKind::Static } else { FunctionKind::Method };
                self.function(node, kind, field(node, "name"));
            }
            "constructor_declaration" => {
                self.function(node, FunctionKind::Constructor, field(node, "name"));
            }
            "destructor_declaration" | "operator_declaration" | "conversion_operator_declaration" => {
                self.function(node, FunctionKind::Method, field(node, "name"));
            }
            "indexer_declaration" | "event_declaration" => self.accessors(node, None),
            "global_statement" | "preproc_if" | "preproc_else" | "preproc_elif" | "declaration_list" | "ERROR" => {
                self.declarations(node, out);
            }
            "delegate_declaration"
            | "extern_alias_directive"
            | "global_attribute"
            | "shebang_directive"
            | "parameter_list"
            | "modifier"
            | "attribute_list"
            | "identifier" => {}
            _ => self.statement(node, out),
        }
        self.l.ascend();
    }

    /// The segments of a dotted name, without type arguments.
    fn segments(&self, node: Node<'_>) -> Vec<Name> {
        let text = self.l.str(node);
        let text = text.split('<').next().unwrap_or_default();
        text.split(['.', ':'])
            .map(str::trim)
            .filter(|part| !part.is_empty() && *part != "global")
            .map(Name::from)
            .collect()
    }

    fn using(&mut self, node: Node<'_>) {
        let alias = field(node, "name");
        let named = children(node).into_iter().find(|child| Some(*child) != alias);
        let Some(named) = named else { return };
        let path = self.segments(named);
        let glob = alias.is_none();
        let alias = alias.map(|alias| self.l.name(alias));
        let reexport = has_token(node, "global");
        // Inside of a namespace `using Data;` may mean a part of it, or of one round it.
        let package = self.l.out.package.clone();
        let depths = if glob { package.len() } else { 0 };
        for depth in (0..=depths).rev() {
            let path = package[..depth].iter().chain(&path).cloned().collect();
            let alias = alias.clone();
            self.l.out.imports.push(Import { path, alias, glob, reexport, scope: Vec::new(), span: span(node) });
        }
    }

    /// The first namespace is the file's package; what another adds to it is a scope.
    fn namespace(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let path = field(node, "name").map(|name| self.segments(name)).unwrap_or_default();
        let depth = self.l.scope.len();
        if self.l.out.package.is_empty() {
            self.l.out.package = path;
        } else if depth > 0 || path != self.l.out.package {
            let inner = path.strip_prefix(self.l.out.package.as_slice()).unwrap_or(&path).to_vec();
            self.l.scope.extend(inner);
        }
        if let Some(body) = field(node, "body") {
            self.declarations(body, out);
        }
        self.l.scope.truncate(depth);
    }

    fn has_modifier(&self, node: Node<'_>, word: &str) -> bool {
        children(node).into_iter().any(|child| child.kind() == "modifier" && self.l.str(child) == word)
    }

    fn attributes(&mut self, node: Node<'_>) -> Vec<Annotation> {
        let mut annotations = Vec::new();
        for list in children(node).into_iter().filter(|child| child.kind() == "attribute_list") {
            for attribute in children(list) {
                let Some(name) = field(attribute, "name") else { continue };
                let path = self.segments(name);
                let mut args = Vec::new();
                for argument in child_of(attribute, &["attribute_argument_list"]).map(children).unwrap_or_default() {
                    let name = field(argument, "name");
                    let value = children(argument).into_iter().rfind(|child| Some(*child) != name);
                    if let Some(value) = value {
                        let value = self.expr(value);
                        args.push(Arg { name: name.map(|name| self.l.name(name)), value, spread: false });
                    }
                }
                annotations.push(Annotation { path, args, span: span(attribute) });
            }
        }
        annotations
    }

    fn is_test(annotations: &[Annotation]) -> bool {
        let test = |one: &Annotation| one.path.last().is_some_and(|name| TEST_ATTRIBUTES.contains(&name.as_str()));
        annotations.iter().any(test)
    }

    fn type_declaration(&mut self, node: Node<'_>, kind: TypeKind) {
        let Some(named) = field(node, "name") else { return };
        let name = self.l.name(named);
        let annotations = self.attributes(node);
        let mut bases = Vec::new();
        for base in child_of(node, &["base_list"]).map(children).unwrap_or_default() {
            let ty = if base.kind() == "primary_constructor_base_type" { field(base, "type") } else { Some(base) };
            bases.extend(ty.filter(|ty| ty.kind() != "argument_list").and_then(|ty| self.type_ref(ty)));
        }
        let generics = self.generics(node);
        let was_test = self.l.in_test;
        self.l.in_test |= Self::is_test(&annotations);
        let scope = self.l.scope.clone();
        let (name_span, fields) = (span(named), Vec::new());
        let decl = TypeDecl {
            name: name.clone(),
            scope,
            kind,
            span: span(node),
            name_span,
            bases,
            generics,
            annotations,
            fields,
        };
        let id = self.l.add_type(decl);
        let outer = self.l.owner.replace(id);
        self.l.scope.push(name);
        if let Some(list) = child_of(node, &["parameter_list"]) {
            self.primary_constructor(node, named, list);
        }
        let mut rest = Vec::new();
        if let Some(body) = field(node, "body") {
            self.declarations(body, &mut rest);
        }
        rest.append(&mut self.l.pending);
        if !rest.is_empty() {
            let mut function = self.l.blank_function(FunctionKind::TopLevel, node);
            function.body = rest;
            self.l.out.functions.push(function);
        }
        self.l.scope.pop();
        self.l.owner = outer;
        self.l.in_test = was_test;
    }

    fn primary_constructor(&mut self, node: Node<'_>, named: Node<'_>, list: Node<'_>) {
        let params = self.params(list);
        for (one, place) in params.iter().zip(children(list)) {
            let place = field(place, "name").unwrap_or(place);
            let (ty, annotations) = (one.ty.clone(), one.annotations.clone());
            self.add_field(Field {
                name: one.name.clone(),
                ty,
                annotations,
                value: None,
                is_static: false,
                span: span(place),
            });
        }
        let mut body = Vec::new();
        let base = child_of(node, &["base_list"]).and_then(|list| {
            child_of(list, &["argument_list"]).or_else(|| {
                child_of(list, &["primary_constructor_base_type"]).and_then(|ty| child_of(ty, &["argument_list"]))
            })
        });
        let blank = self.l.blank_function(FunctionKind::Constructor, list);
        let function = Function { name: self.l.name(named), params, name_span: span(named), ..blank };
        let (id, outer) = self.l.begin(function, false);
        if let Some(base) = base {
            self.base_call(base, &mut body);
        }
        self.l.finish(id, outer, body);
    }

    fn base_call(&mut self, arguments: Node<'_>, body: &mut Vec<Stmt>) {
        let callee = self.l.push(ExprKind::Super, arguments);
        let args = self.arguments(arguments);
        let call = self.l.push(ExprKind::Call { callee, args }, arguments);
        self.l.emit(body, Stmt::Expr(call));
    }

    fn add_field(&mut self, field: Field) {
        if let Some(owner) = self.l.owner {
            self.l.type_mut(owner).fields.push(field);
        }
    }

    fn enumeration(&mut self, node: Node<'_>) {
        let Some(named) = field(node, "name") else { return };
        let annotations = self.attributes(node);
        let mut fields = Vec::new();
        for member in field(node, "body").map(children).unwrap_or_default() {
            let Some(name) = field(member, "name") else { continue };
            let annotations = self.attributes(member);
            let value = field(member, "value").map(|value| self.expr(value));
            let (name, span) = (self.l.name(name), span(name));
            fields.push(Field { name, ty: None, annotations, value, is_static: true, span });
        }
        let decl = TypeDecl {
            name: self.l.name(named),
            scope: self.l.scope.clone(),
            kind: TypeKind::Enum,
            span: span(node),
            name_span: span(named),
            bases: Vec::new(),
            generics: Vec::new(),
            annotations,
            fields,
        };
        self.l.add_type(decl);
    }

    fn fields(&mut self, node: Node<'_>) {
        let annotations = self.attributes(node);
        let is_static = self.has_modifier(node, "static") || self.has_modifier(node, "const");
        let Some(declaration) = child_of(node, &["variable_declaration"]) else { return };
        let ty = field(declaration, "type").and_then(|ty| self.type_ref(ty));
        for declarator in children(declaration).into_iter().filter(|child| child.kind() == "variable_declarator") {
            let Some(name) = field(declarator, "name") else { continue };
            let value = children(declarator)
                .into_iter()
                .rfind(|child| *child != name && child.kind() != "bracketed_argument_list");
            let value = value.map(|value| self.expr_of_type(value, ty.as_ref()));
            let (name, span) = (self.l.name(name), span(name));
            self.add_field(Field { name, ty: ty.clone(), annotations: annotations.clone(), value, is_static, span });
        }
    }

    fn property(&mut self, node: Node<'_>) {
        let Some(name) = field(node, "name") else { return };
        let annotations = self.attributes(node);
        let is_static = self.has_modifier(node, "static");
        let ty = field(node, "type").and_then(|ty| self.type_ref(ty));
        let mut value = field(node, "value");
        if let Some(arrow) = value.filter(|value| value.kind() == "arrow_expression_clause") {
            value = children(arrow).first().copied();
        }
        let value = value.map(|value| self.expr_of_type(value, ty.as_ref()));
        self.accessors(node, Some(name));
        let (name, span) = (self.l.name(name), span(name));
        self.add_field(Field { name, ty, annotations, value, is_static, span });
    }

    /// The accessors that have bodies, as methods called like the property.
    fn accessors(&mut self, node: Node<'_>, name: Option<Node<'_>>) {
        for accessor in field(node, "accessors").map(children).unwrap_or_default() {
            if field(accessor, "body").is_some() {
                self.function(accessor, FunctionKind::Method, name.or_else(|| field(accessor, "name")));
            }
        }
    }

    fn generics(&mut self, node: Node<'_>) -> Vec<Generic> {
        let list = field(node, "type_parameters").or_else(|| child_of(node, &["type_parameter_list"]));
        let mut generics = Vec::new();
        for parameter in list.map(children).unwrap_or_default() {
            if let Some(name) = field(parameter, "name") {
                generics.push(Generic { name: self.l.name(name), bounds: Vec::new() });
            }
        }
        for clause in children(node).into_iter().filter(|child| child.kind() == "type_parameter_constraints_clause") {
            let parts = children(clause);
            let Some(name) = parts.first().map(|name| self.l.name(*name)) else { continue };
            let mut bounds = Vec::new();
            for constraint in &parts[1..] {
                bounds.extend(field(*constraint, "type").and_then(|ty| self.type_ref(ty)));
            }
            if let Some(generic) = generics.iter_mut().find(|generic| generic.name == name) {
                generic.bounds = bounds;
            }
        }
        generics
    }

    fn params(&mut self, list: Node<'_>) -> Vec<Param> {
        if list.kind() != "parameter_list" && list.kind() != "bracketed_parameter_list" {
            return vec![param(self.l.name(list))];
        }
        let mut params = Vec::new();
        for parameter in children(list).into_iter().filter(|child| child.kind() == "parameter") {
            let Some(name) = field(parameter, "name") else { continue };
            let declared = field(parameter, "type");
            let mut annotations = self.attributes(parameter);
            if self.has_modifier(parameter, "this") {
                annotations.push(Annotation { path: vec!["this".into()], args: Vec::new(), span: span(parameter) });
            }
            let ty = declared.and_then(|ty| self.type_ref(ty));
            let default = children(parameter).into_iter().rfind(|child| {
                *child != name && Some(*child) != declared && !matches!(child.kind(), "modifier" | "attribute_list")
            });
            let default = default.map(|default| self.expr(default));
            params.push(Param { name: self.l.name(name), ty, default, annotations });
        }
        // `params T[] rest` stands in the list itself.
        if let Some(name) = field(list, "name") {
            let ty = field(list, "type").and_then(|ty| self.type_ref(ty));
            params.push(Param { ty, ..param(self.l.name(name)) });
        }
        params
    }

    /// A function of any form with its body.
    fn function(&mut self, node: Node<'_>, kind: FunctionKind, name: Option<Node<'_>>) -> FunctionId {
        let annotations = self.attributes(node);
        let is_test = self.l.in_test || Self::is_test(&annotations);
        let params = field(node, "parameters").map(|list| self.params(list)).unwrap_or_default();
        let generics = self.generics(node);
        let returns = field(node, "returns").or_else(|| field(node, "type")).and_then(|ty| self.type_ref(ty));
        let blank = self.l.blank_function(kind, node);
        let name_span = name.map_or(blank.name_span, span);
        let name = name.map(|name| self.l.name(name)).unwrap_or_default();
        let function = Function { name, annotations, generics, params, returns, name_span, is_test, ..blank };
        let (id, outer) = self.l.begin(function, false);
        let mut body = Vec::new();
        if let Some(arguments) =
            child_of(node, &["constructor_initializer"]).and_then(|first| child_of(first, &["argument_list"]))
        {
            self.base_call(arguments, &mut body);
        }
        let block = field(node, "body").or_else(|| child_of(node, &["block"]));
        match block {
            Some(block) if block.kind() == "block" => body.extend(self.block(block)),
            Some(arrow) => {
                let value = match children(arrow).first() {
                    Some(value) if arrow.kind() == "arrow_expression_clause" => *value,
                    _ => arrow,
                };
                self.returned(value, &mut body);
            }
            None => {}
        }
        self.l.finish(id, outer, body);
        id
    }

    /// The type that `node` names; `var` names none.
    fn type_ref(&mut self, node: Node<'_>) -> Option<TypeRef> {
        if !self.l.descend(node) {
            return None;
        }
        let made = self.type_of(node);
        self.l.ascend();
        made
    }

    fn type_of(&mut self, node: Node<'_>) -> Option<TypeRef> {
        let span = span(node);
        match node.kind() {
            "implicit_type" => None,
            "identifier" | "predefined_type" => Some(TypeRef::simple(vec![self.l.name(node)], span)),
            "generic_name" => {
                let name = child_of(node, &["identifier"])?;
                let args = self.type_arguments(node);
                Some(TypeRef { path: vec![self.l.name(name)], args, span })
            }
            "qualified_name" | "alias_qualified_name" => {
                let mut ty = self.type_ref(field(node, "name")?)?;
                let qualifier = field(node, "qualifier").or_else(|| field(node, "alias"))?;
                ty.path.splice(0..0, self.segments(qualifier));
                ty.span = span;
                Some(ty)
            }
            "array_type" => {
                let args = field(node, "type").and_then(|ty| self.type_ref(ty)).into_iter().collect();
                Some(TypeRef { path: vec!["[]".into()], args, span })
            }
            "tuple_type" => {
                let elements: Vec<_> =
                    children(node).into_iter().filter_map(|element| field(element, "type")).collect();
                let args = elements.into_iter().filter_map(|ty| self.type_ref(ty)).collect();
                Some(TypeRef { path: vec!["ValueTuple".into()], args, span })
            }
            _ => {
                let inner = field(node, "type").or_else(|| children(node).first().copied())?;
                self.type_ref(inner)
            }
        }
    }

    /// The type arguments of a generic name.
    fn type_arguments(&mut self, node: Node<'_>) -> Vec<TypeRef> {
        let list = child_of(node, &["type_argument_list"]).map(children).unwrap_or_default();
        list.into_iter().filter_map(|ty| self.type_ref(ty)).collect()
    }
}

#[cfg(test)]
mod tests;
