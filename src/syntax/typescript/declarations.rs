//! Classes, interfaces, enums, aliases and functions of TypeScript and JavaScript.

use tree_sitter::Node;

use super::Script;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{child_of, children, field, field_children, has_token, param, span};
use crate::syntax::outline::{
    Annotation, ExprId, ExprKind, Field, Function, FunctionId, FunctionKind, Param, Stmt, TypeDecl, TypeId, TypeKind,
    TypeRef,
};
use crate::vocabulary::Name;

impl Script<'_> {
    /// The decorators that are children of `node`.
    pub(super) fn decorators(&mut self, node: Node<'_>) -> Vec<Annotation> {
        let decorators: Vec<_> = children(node).into_iter().filter(|child| child.kind() == "decorator").collect();
        decorators.into_iter().filter_map(|decorator| self.decorator(decorator)).collect()
    }

    fn decorator(&mut self, node: Node<'_>) -> Option<Annotation> {
        let expr = self.expr(*children(node).first()?);
        Some(self.l.annotation_of(expr))
    }

    fn declare_type(&mut self, name: Name, kind: TypeKind, bases: Vec<TypeRef>, node: Node<'_>) -> TypeId {
        let generics = self.generics(node);
        let name_span = span(field(node, "name").unwrap_or(node));
        let scope = self.l.scope.clone();
        let (annotations, fields) = (Vec::new(), Vec::new());
        self.l.add_type(TypeDecl {
            name,
            scope,
            kind,
            span: span(node),
            name_span,
            bases,
            generics,
            annotations,
            fields,
        })
    }

    /// A class. One without a name is called `called`, or else nothing.
    pub(super) fn class(&mut self, node: Node<'_>, mut annotations: Vec<Annotation>, called: Option<Name>) {
        annotations.extend(self.decorators(node));
        let name = field(node, "name").map(|name| self.l.name(name)).or(called).unwrap_or_default();
        let bases = child_of(node, &["class_heritage"]).map(|heritage| self.heritage(heritage)).unwrap_or_default();
        let id = self.declare_type(name.clone(), TypeKind::Class, bases, node);
        self.l.type_mut(id).annotations = annotations;
        let outer = self.l.owner.replace(id);
        self.l.scope.push(name);
        if let Some(body) = field(node, "body") {
            self.class_body(body);
        }
        self.l.scope.pop();
        self.l.owner = outer;
    }

    fn heritage(&mut self, node: Node<'_>) -> Vec<TypeRef> {
        let mut bases = Vec::new();
        for clause in children(node) {
            match clause.kind() {
                "extends_clause" => {
                    let args = self.type_arguments(field(clause, "type_arguments"));
                    if let Some(value) = field(clause, "value") {
                        let expr = self.expr(value);
                        bases.extend(self.type_of_expr(expr, args, clause));
                    }
                }
                "implements_clause" => {
                    for ty in children(clause) {
                        bases.extend(self.type_ref(ty));
                    }
                }
                _ => {
                    let expr = self.expr(clause);
                    bases.extend(self.type_of_expr(expr, Vec::new(), clause));
                }
            }
        }
        bases
    }

    fn class_body(&mut self, body: Node<'_>) {
        let mut decorators = Vec::new();
        let mut rest = Vec::new();
        for node in children(body) {
            match node.kind() {
                "decorator" => {
                    decorators.extend(self.decorator(node));
                    continue;
                }
                "method_definition" | "abstract_method_signature" | "method_signature" => {
                    self.method(node, std::mem::take(&mut decorators));
                }
                "public_field_definition" => self.property(node, std::mem::take(&mut decorators)),
                "class_static_block" => {
                    if let Some(block) = field(node, "body") {
                        rest.extend(self.block(block));
                    }
                }
                _ => {}
            }
            decorators.clear();
        }
        rest.append(&mut self.l.pending);
        if !rest.is_empty() {
            let mut function = self.l.blank_function(FunctionKind::TopLevel, body);
            function.body = rest;
            self.l.out.functions.push(function);
        }
    }

    fn method(&mut self, node: Node<'_>, mut annotations: Vec<Annotation>) {
        let Some(name) = field(node, "name") else { return };
        annotations.extend(self.decorators(node));
        let kind = match self.l.str(name) {
            "constructor" => FunctionKind::Constructor,
            _ if has_token(node, "static") => FunctionKind::Static,
            _ => FunctionKind::Method,
        };
        if has_token(node, "get") {
            annotations.push(Annotation { path: vec!["get".into()], args: Vec::new(), span: span(name) });
        }
        self.function(node, Some(name), kind, annotations);
    }

    fn property(&mut self, node: Node<'_>, mut annotations: Vec<Annotation>) {
        let Some(name) = field(node, "name").or_else(|| field(node, "property")) else { return };
        annotations.extend(self.decorators(node));
        let value = field(node, "value");
        let is_static = has_token(node, "static");
        if let Some(value) = value.filter(|value| matches!(value.kind(), "arrow_function" | "function_expression")) {
            let kind = if is_static { FunctionKind::Static } else { FunctionKind::Method };
            self.function(value, Some(name), kind, annotations);
            return;
        }
        let ty = field(node, "type").and_then(|ty| self.param_type(ty)).or_else(|| self.documented_type(node));
        let value = value.map(|value| self.expr(value));
        self.add_field(name, ty, annotations, value, is_static);
    }

    fn add_field(
        &mut self,
        name: Node<'_>,
        ty: Option<TypeRef>,
        annotations: Vec<Annotation>,
        value: Option<ExprId>,
        is_static: bool,
    ) {
        let Some(owner) = self.l.owner else { return };
        let field = Field { name: self.unquoted(name), ty, annotations, value, is_static, span: span(name) };
        self.l.type_mut(owner).fields.push(field);
    }

    pub(super) fn interface(&mut self, node: Node<'_>) {
        let Some(name) = field(node, "name") else { return };
        let mut bases = Vec::new();
        for clause in children(node).into_iter().filter(|child| child.kind() == "extends_type_clause") {
            for base in children(clause) {
                bases.extend(self.type_ref(base));
            }
        }
        let id = self.declare_type(self.l.name(name), TypeKind::Interface, bases, node);
        self.signatures(id, field(node, "body"));
    }

    fn signatures(&mut self, id: TypeId, body: Option<Node<'_>>) {
        let outer = self.l.owner.replace(id);
        self.l.scope.push(self.l.out.types[id.0 as usize].name.clone());
        for member in body.map(children).unwrap_or_default() {
            let Some(name) = field(member, "name") else { continue };
            match member.kind() {
                "property_signature" => {
                    let ty = field(member, "type").and_then(|ty| self.type_ref(ty));
                    self.add_field(name, ty, Vec::new(), None, false);
                }
                "method_signature" => {
                    self.function(member, Some(name), FunctionKind::Method, Vec::new());
                }
                _ => {}
            }
        }
        self.l.scope.pop();
        self.l.owner = outer;
    }

    pub(super) fn alias(&mut self, node: Node<'_>) {
        let (Some(name), Some(value)) = (field(node, "name"), field(node, "value")) else { return };
        let plain = value.kind() == "object_type";
        let bases = if plain { Vec::new() } else { self.type_ref(value).into_iter().collect() };
        let id = self.declare_type(self.l.name(name), TypeKind::Alias, bases, node);
        if plain {
            self.signatures(id, Some(value));
        }
    }

    /// The type that a parameter or a property states. One that is written out there has members as a declared one has.
    fn param_type(&mut self, node: Node<'_>) -> Option<TypeRef> {
        let [only] = children(node)[..] else { return self.type_ref(node) };
        if only.kind() != "object_type" {
            return self.type_ref(node);
        }
        let id = self.declare_type(self.nameless(), TypeKind::Alias, Vec::new(), only);
        self.signatures(id, Some(only));
        Some(TypeRef::simple(vec![self.l.out.types[id.0 as usize].name.clone()], span(only)))
    }

    pub(super) fn enumeration(&mut self, node: Node<'_>) {
        let Some(name) = field(node, "name") else { return };
        let id = self.declare_type(self.l.name(name), TypeKind::Enum, Vec::new(), node);
        let outer = self.l.owner.replace(id);
        for member in field(node, "body").map(children).unwrap_or_default() {
            let name = field(member, "name").unwrap_or(member);
            let value = field(member, "value").map(|value| self.expr(value));
            self.add_field(name, None, Vec::new(), value, true);
        }
        self.l.owner = outer;
    }

    /// A function of any form.
    pub(super) fn function(
        &mut self,
        node: Node<'_>,
        name: Option<Node<'_>>,
        kind: FunctionKind,
        annotations: Vec<Annotation>,
    ) -> FunctionId {
        let (mut patterns, mut properties) = (Vec::new(), Vec::new());
        let mut params = self.params(node, kind, &mut patterns, &mut properties);
        self.documented_params(node, &mut params);
        let generics = self.generics(node);
        let returns = field(node, "return_type").and_then(|ty| self.type_ref(ty));
        let blank = self.l.blank_function(kind, node);
        let name_span = name.map_or(blank.name_span, span);
        let name = name.map(|name| self.unquoted(name)).unwrap_or_default();
        let function = Function { name, annotations, generics, params, returns, name_span, ..blank };
        let (id, outer) = self.l.begin(function, false);
        let mut body = Vec::new();
        for pattern in patterns {
            let whole = self.l.path("_", pattern);
            self.bind_pattern(pattern, whole, &mut body);
        }
        for property in properties {
            let base = self.l.push(ExprKind::This, property);
            let target = self.l.member(base, property, property);
            let value = self.expr(property);
            self.l.emit(&mut body, Stmt::Assign { target, value, append: false });
        }
        match field(node, "body") {
            Some(block) if block.kind() == "statement_block" => body.extend(self.block(block)),
            Some(value) => {
                let value = self.expr(value);
                self.l.emit(&mut body, Stmt::Return(value));
            }
            None => {}
        }
        self.l.finish(id, outer, body);
        id
    }

    /// The parameters; `patterns` are those that are taken apart, `properties` those that the object keeps.
    fn params<'n>(
        &mut self,
        node: Node<'n>,
        kind: FunctionKind,
        patterns: &mut Vec<Node<'n>>,
        properties: &mut Vec<Node<'n>>,
    ) -> Vec<Param> {
        if let Some(only) = field(node, "parameter") {
            return vec![param(self.l.name(only))];
        }
        let mut params = Vec::new();
        for parameter in field(node, "parameters").map(children).unwrap_or_default() {
            let typed = matches!(parameter.kind(), "required_parameter" | "optional_parameter");
            let pattern = if typed { field(parameter, "pattern") } else { Some(parameter) };
            let Some(mut pattern) = pattern.filter(|pattern| pattern.kind() != "this") else { continue };
            while matches!(pattern.kind(), "rest_pattern" | "assignment_pattern") {
                let Some(inner) = children(pattern).first().copied() else { break };
                pattern = inner;
            }
            let annotations = self.decorators(parameter);
            let ty = field(parameter, "type").and_then(|ty| self.param_type(ty));
            let default = field(parameter, "value").or_else(|| field(parameter, "right"));
            let default = default.map(|value| self.expr(value));
            let name = if pattern.kind() == "identifier" {
                self.l.name(pattern)
            } else {
                patterns.push(pattern);
                "_".into()
            };
            let is_property = child_of(parameter, &["accessibility_modifier", "override_modifier"]).is_some()
                || has_token(parameter, "readonly");
            if is_property && kind == FunctionKind::Constructor {
                self.add_field(pattern, ty.clone(), annotations.clone(), None, false);
                properties.push(pattern);
            }
            params.push(Param { name, ty, default, annotations });
        }
        params
    }

    /// A class where a value stands: its name as a path.
    pub(super) fn class_value(&mut self, node: Node<'_>) -> ExprId {
        self.class(node, Vec::new(), None);
        match field(node, "name") {
            Some(name) => self.l.path(self.l.name(name), name),
            None => self.l.push(ExprKind::Unknown(Vec::new()), node),
        }
    }

    /// The values of the field `name`, lowered.
    pub(super) fn field_exprs(&mut self, node: Node<'_>, name: &str) -> Vec<ExprId> {
        field_children(node, name).into_iter().map(|child| self.expr(child)).collect()
    }
}
