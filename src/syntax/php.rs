//! PHP: namespaces, types, functions and statements. Expressions are in [`expressions`].
//!
//! - Variables keep no `$`: `$this` is the receiver, `$x` the path `x`, `self::`, `static::` and `parent::` are the
//!   receiver and its supertype.
//! - `Order::where(…)` is a call of the member `where` of the path `Order`; `Order::class` is [`ExprKind::Typed`].
//! - `use A\B;` is the import `["A", "B"]`; `use T;` in a class is a base. `require` is an import for its effect.
//! - Annotations in doc comments are annotations like attributes; so is the word `abstract`.
//! - Promoted parameters of a constructor are fields as well.
//! - A plain key of an array is what it is as an expression: a text.

mod docblock;
mod expressions;
mod walk;

use tree_sitter::Node;

use self::docblock::Told;
use super::lowering::{Lowering, child_of, children, field, field_children, param, span};
use super::outline::{
    Annotation, ExprId, ExprKind, Field, Function, FunctionId, FunctionKind, Import, Outline, Param, Stmt, TypeDecl,
    TypeKind, TypeRef, ValueDecl,
};
use super::tree::read;
use crate::syntax::lowering::walk::Walk;
use crate::vocabulary::Name;

/// The outline of a PHP file.
#[must_use]
pub fn outline(text: &str) -> Outline {
    read(text, &[tree_sitter_php::LANGUAGE_PHP.into()], |root, text| {
        let mut php = Php { l: Lowering::new(text) };
        let mut top = Vec::new();
        php.sequence(root, &mut top);
        php.l.top.append(&mut top);
        php.l.into_outline(root)
    })
}

struct Php<'t> {
    l: Lowering<'t>,
}

impl Php<'_> {
    fn sequence(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for child in children(node) {
            self.statement(child, out);
        }
    }

    /// The statements of a block, or the one that stands for one.
    fn block(&mut self, node: Node<'_>) -> Vec<Stmt> {
        let mut out = Vec::new();
        match node.kind() {
            "compound_statement" | "colon_block" => self.sequence(node, &mut out),
            _ => self.statement(node, &mut out),
        }
        out
    }

    fn field_block(&mut self, node: Node<'_>, name: &str) -> Vec<Stmt> {
        let bodies = field_children(node, name);
        bodies.into_iter().flat_map(|body| self.block(body)).collect()
    }

    fn segments(&self, node: Node<'_>) -> Vec<Name> {
        self.l.str(node).split('\\').map(str::trim).filter(|part| !part.is_empty()).map(Name::from).collect()
    }

    fn namespace(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if let Some(name) = field(node, "name") {
            self.l.out.package = self.segments(name);
        }
        if let Some(body) = field(node, "body") {
            self.sequence(body, out);
        }
    }

    fn uses(&mut self, node: Node<'_>) {
        let prefix = child_of(node, &["namespace_name"]).map(|name| self.segments(name)).unwrap_or_default();
        let group = field(node, "body").unwrap_or(node);
        for clause in children(group).into_iter().filter(|child| child.kind() == "namespace_use_clause") {
            let alias = field(clause, "alias");
            let Some(named) = children(clause).into_iter().find(|child| Some(*child) != alias) else { continue };
            let mut path = prefix.clone();
            path.extend(self.segments(named));
            let alias = alias.map(|alias| self.l.name(alias)).or_else(|| path.last().cloned());
            self.add_import(path, alias, clause);
        }
    }

    fn add_import(&mut self, path: Vec<Name>, alias: Option<Name>, node: Node<'_>) {
        let import = Import { path, alias, glob: false, reexport: false, scope: Vec::new(), span: span(node) };
        self.l.out.imports.push(import);
    }

    /// The name of a variable without its `$`.
    fn variable(&self, node: Node<'_>) -> Name {
        self.l.str(node).trim_start_matches(['&', '$', '.']).into()
    }

    fn attributes(&mut self, node: Node<'_>) -> Vec<Annotation> {
        let mut annotations = self.documented(node);
        for group in field(node, "attributes").map(children).unwrap_or_default() {
            for attribute in children(group) {
                let arguments = field(attribute, "parameters");
                let Some(name) = children(attribute).into_iter().find(|child| Some(*child) != arguments) else {
                    continue;
                };
                let path = self.segments(name);
                let args = arguments.map(|list| self.arguments(list)).unwrap_or_default();
                annotations.push(Annotation { path, args, span: span(attribute) });
            }
        }
        annotations
    }

    fn named_types(&mut self, clause: Option<Node<'_>>) -> Vec<TypeRef> {
        let names = clause.map(children).unwrap_or_default();
        names.into_iter().filter_map(|name| self.type_ref(name)).collect()
    }

    /// A class of any form. One without a name is called nothing.
    fn type_declaration(&mut self, node: Node<'_>, named: Option<Node<'_>>) {
        let kind = match node.kind() {
            "interface_declaration" => TypeKind::Interface,
            "trait_declaration" => TypeKind::Trait,
            "enum_declaration" => TypeKind::Enum,
            _ => TypeKind::Class,
        };
        let name = named.map(|name| self.l.name(name)).unwrap_or_default();
        let mut annotations = self.attributes(node);
        // That a class is abstract is said of it like an attribute.
        if let Some(word) = child_of(node, &["abstract_modifier"]) {
            annotations.push(Annotation { path: vec!["abstract".into()], args: Vec::new(), span: span(word) });
        }
        let mut bases = self.named_types(child_of(node, &["base_clause"]));
        bases.extend(self.named_types(child_of(node, &["class_interface_clause"])));
        let was_test = self.l.in_test;
        self.l.in_test |= bases.iter().any(|base| base.path.last().is_some_and(|name| name.ends_with("TestCase")));
        let decl = TypeDecl {
            name: name.clone(),
            scope: self.l.scope.clone(),
            kind,
            span: span(node),
            name_span: span(named.unwrap_or(node)),
            bases,
            generics: Vec::new(),
            annotations,
            fields: Vec::new(),
        };
        let id = self.l.add_type(decl);
        let outer = self.l.owner.replace(id);
        let parent = self.l.parent.take();
        self.l.scope.push(name);
        for member in field(node, "body").map(children).unwrap_or_default() {
            self.member(member);
        }
        self.l.scope.pop();
        self.l.parent = parent;
        self.l.owner = outer;
        self.l.in_test = was_test;
    }

    fn member(&mut self, node: Node<'_>) {
        match node.kind() {
            "method_declaration" => {
                let is_static = child_of(node, &["static_modifier"]).is_some();
                let kind = match field(node, "name").map(|name| self.l.str(name)) {
                    Some("__construct") => FunctionKind::Constructor,
                    _ if is_static => FunctionKind::Static,
                    _ => FunctionKind::Method,
                };
                self.function(node, kind, field(node, "name"));
            }
            "property_declaration" => {
                let annotations = self.attributes(node);
                let ty = field(node, "type").and_then(|ty| self.type_ref(ty));
                let told = if ty.is_none() { self.told(node) } else { Vec::new() };
                for element in children(node).into_iter().filter(|child| child.kind() == "property_element") {
                    let Some(name) = field(element, "name") else { continue };
                    let value = field(element, "default_value").map(|value| self.expr(value));
                    // What every object of the type begins with says as much as a class attribute does.
                    let is_static = value.is_some() || child_of(node, &["static_modifier"]).is_some();
                    let (name, span) = (self.variable(name), span(name));
                    let ty = ty.clone().or_else(|| Told::of(&told, "@var", &name));
                    self.add_field(Field { name, ty, annotations: annotations.clone(), value, is_static, span });
                }
            }
            "const_declaration" => self.constants(node),
            "enum_case" => {
                let Some(name) = field(node, "name") else { return };
                let annotations = self.attributes(node);
                let value = field(node, "value").map(|value| self.expr(value));
                let (name, span) = (self.l.name(name), span(name));
                self.add_field(Field { name, ty: None, annotations, value, is_static: true, span });
            }
            "use_declaration" => {
                let traits = self.named_types(Some(node));
                if let Some(owner) = self.l.owner {
                    self.l.type_mut(owner).bases.extend(traits);
                }
            }
            _ => {}
        }
    }

    fn add_field(&mut self, field: Field) {
        if let Some(owner) = self.l.owner {
            self.l.type_mut(owner).fields.push(field);
        }
    }

    fn constants(&mut self, node: Node<'_>) {
        for element in children(node).into_iter().filter(|child| child.kind() == "const_element") {
            let parts = children(element);
            let [name, value] = parts[..] else { continue };
            let value = Some(self.expr(value));
            let (name, span) = (self.l.name(name), span(name));
            if self.l.owner.is_some() {
                self.add_field(Field { name, ty: None, annotations: Vec::new(), value, is_static: true, span });
            } else {
                self.l.out.values.push(ValueDecl { name, scope: Vec::new(), ty: None, value, exported: true, span });
            }
        }
    }

    /// A function of any form with its body.
    fn function(&mut self, node: Node<'_>, kind: FunctionKind, name: Option<Node<'_>>) -> FunctionId {
        let annotations = self.attributes(node);
        let list = field(node, "parameters");
        let mut params = list.map(|list| self.params(list, kind)).unwrap_or_default();
        let told = self.told(node);
        // What is told of a list, or of a query, says more than that it is one.
        let vague = |ty: Option<&TypeRef>| {
            ty.is_none_or(|ty| {
                let name = ty.path.last().map(Name::as_str).unwrap_or_default();
                matches!(name, "array" | "iterable" | "mixed" | "object" | "Traversable" | "Builder" | "Model")
                    || name.ends_with("Collection")
            })
        };
        for param in params.iter_mut().filter(|_| !told.is_empty()) {
            if vague(param.ty.as_ref()) {
                param.ty = Told::of(&told, "@param", &param.name).or_else(|| param.ty.take());
            }
        }
        let stated = field(node, "return_type").and_then(|ty| self.type_ref(ty));
        let of_result = Told::of(&told, "@return", &Name::default()).filter(|_| vague(stated.as_ref()));
        let returns = of_result.or(stated);
        let blank = self.l.blank_function(kind, node);
        let name_span = name.map_or(blank.name_span, span);
        let name = name.map(|name| self.l.name(name)).unwrap_or_default();
        let function = Function { name, annotations, params, returns, name_span, ..blank };
        let (id, outer) = self.l.begin(function, kind != FunctionKind::Lambda);
        let mut body = Vec::new();
        for kept in list.map(children).unwrap_or_default() {
            if kept.kind() == "property_promotion_parameter" && kind == FunctionKind::Constructor {
                self.kept(kept, &mut body);
            }
        }
        match field(node, "body") {
            Some(block) if block.kind() == "compound_statement" => body.extend(self.block(block)),
            Some(value) => {
                let value = self.expr(value);
                self.l.emit(&mut body, Stmt::Return(value));
            }
            None => {}
        }
        self.l.finish(id, outer, body);
        id
    }

    /// A parameter that the object keeps under its name.
    fn kept(&mut self, node: Node<'_>, body: &mut Vec<Stmt>) {
        let Some(name) = field(node, "name") else { return };
        let text = self.variable(name);
        let base = self.l.push(ExprKind::This, name);
        let member = ExprKind::Member { base, name: text.clone(), type_args: Vec::new(), name_span: span(name) };
        let target = self.l.push(member, name);
        let value = self.l.path(text, name);
        self.l.emit(body, Stmt::Assign { target, value, append: false });
    }

    fn params(&mut self, list: Node<'_>, kind: FunctionKind) -> Vec<Param> {
        let mut params = Vec::new();
        for node in children(list) {
            let Some(name) = field(node, "name") else { continue };
            let annotations = self.attributes(node);
            let ty = field(node, "type").and_then(|ty| self.type_ref(ty));
            let default = field(node, "default_value").map(|value| self.expr(value));
            let text = self.variable(name);
            if node.kind() == "property_promotion_parameter" && kind == FunctionKind::Constructor {
                let (ty, annotations) = (ty.clone(), annotations.clone());
                self.add_field(Field {
                    name: text.clone(),
                    ty,
                    annotations,
                    value: None,
                    is_static: false,
                    span: span(name),
                });
            }
            params.push(Param { ty, default, annotations, ..param(text) });
        }
        params
    }

    /// The type that `node` names: of a union the first that is not `null`.
    fn type_ref(&mut self, node: Node<'_>) -> Option<TypeRef> {
        match node.kind() {
            "name" | "qualified_name" | "relative_name" | "primitive_type" => {
                let path = self.segments(node);
                (!path.is_empty() && self.l.str(node) != "null").then(|| TypeRef::simple(path, span(node)))
            }
            "named_type"
            | "optional_type"
            | "union_type"
            | "intersection_type"
            | "disjunctive_normal_form_type"
            | "type_list" => children(node).into_iter().find_map(|inner| self.type_ref(inner)),
            _ => None,
        }
    }

    fn if_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        self.effect(field(node, "condition"), out);
        let mut ways = vec![self.field_block(node, "body")];
        let mut complete = false;
        for alternative in field_children(node, "alternative") {
            complete |= alternative.kind() == "else_clause";
            let mut way = Vec::new();
            self.effect(field(alternative, "condition"), &mut way);
            way.extend(self.field_block(alternative, "body"));
            ways.push(way);
        }
        if !complete {
            ways.push(Vec::new());
        }
        out.push(Stmt::Branch(ways));
    }

    fn for_each(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let body_node = field(node, "body");
        let heads: Vec<_> = children(node).into_iter().filter(|child| Some(*child) != body_node).collect();
        let mut body = Vec::new();
        if let [whole, each] = heads[..] {
            let whole = self.expr(whole);
            out.append(&mut self.l.pending);
            let value = self.l.element(whole, None, None, each);
            let target = if each.kind() == "pair" { children(each).pop().unwrap_or(each) } else { each };
            self.bind(target, value, &mut body);
        }
        body.extend(self.field_block(node, "body"));
        out.push(Stmt::Loop(body));
    }

    fn switch(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        self.effect(field(node, "condition"), out);
        let mut ways = Vec::new();
        let mut complete = false;
        for case in field(node, "body").map(children).unwrap_or_default() {
            complete |= case.kind() == "default_statement";
            let value = field(case, "value");
            let mut way = Vec::new();
            for stmt in children(case).into_iter().filter(|child| Some(*child) != value) {
                self.statement(stmt, &mut way);
            }
            ways.push(way);
        }
        if !complete {
            ways.push(Vec::new());
        }
        out.push(Stmt::Branch(ways));
    }

    fn try_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut ways = vec![self.field_block(node, "body")];
        let mut last = Vec::new();
        for clause in children(node) {
            match clause.kind() {
                "catch_clause" => ways.push(self.field_block(clause, "body")),
                "finally_clause" => last = self.field_block(clause, "body"),
                _ => {}
            }
        }
        out.push(Stmt::Branch(ways));
        out.append(&mut last);
    }

    fn expression_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "assignment_expression" | "reference_assignment_expression" | "augmented_assignment_expression" => {
                self.assignment(node, out);
            }
            "require_expression" | "require_once_expression" | "include_expression" | "include_once_expression" => {
                if let Some(path) = children(node).first() {
                    // `__DIR__ . "/x.php"`: what stands in the quotes.
                    let text = self.l.str(*path).split(['"', '\'']).nth(1).unwrap_or_default();
                    self.add_import(vec![text.into()], None, node);
                }
            }
            _ => self.effect(Some(node), out),
        }
    }

    /// Gives `value` to a variable, a member, or the variables of a list.
    fn bind(&mut self, left: Node<'_>, value: ExprId, out: &mut Vec<Stmt>) {
        match left.kind() {
            "variable_name" => {
                let name = self.variable(left);
                let stmt = if self.l.declare(&name) {
                    Stmt::Let { name, ty: None, value: Some(value), span: span(left) }
                } else {
                    Stmt::Assign { target: self.l.path(name, left), value, append: false }
                };
                self.l.emit(out, stmt);
            }
            "by_ref" => {
                if let Some(inner) = children(left).first() {
                    self.bind(*inner, value, out);
                }
            }
            "list_literal" | "array_creation_expression" => {
                for (at, part) in children(left).into_iter().enumerate() {
                    let inside = if part.kind() == "array_element_initializer" { children(part) } else { vec![part] };
                    let (name, target) = match inside[..] {
                        [key, target] => (Some(self.l.str(key).trim_matches(['"', '\'']).into()), target),
                        [target] => (None, target),
                        _ => continue,
                    };
                    let position = name.is_none().then_some(at);
                    let part_value = self.l.element(value, position, name, part);
                    self.bind(target, part_value, out);
                }
            }
            _ => {
                let target = self.expr(left);
                self.l.emit(out, Stmt::Assign { target, value, append: false });
            }
        }
    }

    /// Lowers an assignment as a statement and gives its value.
    fn assignment(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) -> Option<ExprId> {
        let (left, right) = (field(node, "left")?, field(node, "right")?);
        let mut value = self.expr(right);
        if node.kind() != "augmented_assignment_expression" {
            self.bind(left, value, out);
            return Some(value);
        }
        let operator = field(node, "operator").map(|operator| self.l.str(operator)).unwrap_or_default();
        let target = self.expr(left);
        let append = matches!(operator, ".=" | "+=");
        if !append {
            let old = self.expr(left);
            value = self.combined(old, operator, value, node);
        }
        self.l.emit(out, Stmt::Assign { target, value, append });
        Some(target)
    }
}

#[cfg(test)]
mod tests;
