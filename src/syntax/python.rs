//! Python: declarations and statements. Expressions are in [`expressions`], annotations of types in [`types`].
//!
//! - A relative import keeps its dots as the first segment: `from ..db import x` is `["..", "db", "x"]`.
//! - `import a.b` binds `a`; the whole path stands beside it as an import for its effect.
//! - A name that the module assigns outside of loops and branches is a [`ValueDecl`]; each further assignment
//!   is a statement of the top-level function.
//! - The first parameter of a method, and what it is called in the functions inside, is [`ExprKind::This`].

mod expressions;
mod types;
mod walk;

use tree_sitter::Node;

use super::lowering::{Lowering, child_of, children, field, field_children, param, span};
use super::outline::{
    Annotation, ExprId, ExprKind, Field, Function, FunctionKind, Import, Outline, Param, Stmt, TypeDecl, TypeKind,
    ValueDecl,
};
use super::tree::read;

use crate::syntax::lowering::walk::Walk;
use crate::vocabulary::Name;

/// The outline of a Python file.
#[must_use]
pub fn outline(text: &str) -> Outline {
    read(text, &[tree_sitter_python::LANGUAGE.into()], |root, text| {
        let mut python = Python { l: Lowering::new(text), receivers: Vec::new(), testing: false, in_class: false };
        python.module(root);
        python.l.into_outline(root)
    })
}

struct Python<'t> {
    l: Lowering<'t>,
    /// What the receivers of the methods round the present place are called.
    receivers: Vec<Name>,
    /// Whether the file imports a test framework.
    testing: bool,
    /// Whether the present place is the body of a class, not of a method in it.
    in_class: bool,
}

impl Python<'_> {
    fn module(&mut self, root: Node<'_>) {
        let mut top = Vec::new();
        for node in children(root) {
            if !self.module_value(node, &mut top) {
                self.statement(node, &mut top);
            }
        }
        self.l.top.append(&mut top);
    }

    /// Lowers a module-level assignment of plain names, as values.
    fn module_value(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) -> bool {
        let Some(assignment) = child_of(node, &["assignment"]).filter(|_| node.kind() == "expression_statement") else {
            return false;
        };
        let Some(left) = field(assignment, "left").filter(|left| left.kind() == "identifier") else { return false };
        let name = self.l.name(left);
        if let Some(right) = field(assignment, "right").filter(|right| self.names_type(*right)) {
            let bases = self.type_ref(right).into_iter().collect();
            let decl = self.type_decl(name, TypeKind::Alias, bases, node, left);
            self.l.add_type(decl);
            return true;
        }
        if !self.l.declare(&name) {
            return false;
        }
        let ty = field(assignment, "type").and_then(|ty| self.type_ref(ty));
        let value = field(assignment, "right").map(|right| self.assigned(right, out));
        out.append(&mut self.l.pending);
        let exported = !name.starts_with('_');
        self.l.out.values.push(ValueDecl { name, scope: Vec::new(), ty, value, exported, span: span(left) });
        true
    }

    /// Whether a value only gives a type another name (`SessionDep = Annotated[Session, Depends(get_session)]`).
    fn names_type(&self, value: Node<'_>) -> bool {
        let wrapper = field(value, "value").filter(|_| value.kind() == "subscript").map(|wrapper| self.l.str(wrapper));
        let name = wrapper.and_then(|wrapper| wrapper.rsplit('.').next());
        matches!(name, Some("Annotated" | "Optional" | "Union"))
    }

    fn block(&mut self, node: Node<'_>) -> Vec<Stmt> {
        let mut out = Vec::new();
        for child in children(node) {
            self.statement(child, &mut out);
        }
        out
    }

    fn field_block(&mut self, node: Node<'_>, name: &str) -> Vec<Stmt> {
        field(node, name).map(|body| self.block(body)).unwrap_or_default()
    }

    /// Statements of which only the expressions matter (`assert`, `raise`, `del`) and what could not be parsed.
    fn effect_of_children(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for child in children(node) {
            let kind = child.kind();
            if kind.ends_with("_statement") || kind.ends_with("_definition") || matches!(kind, "block" | "ERROR") {
                self.statement(child, out);
            } else {
                self.expression_statement(child, out);
            }
        }
    }

    fn expression_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "assignment" => {
                self.assignment(node, out);
            }
            "augmented_assignment" => self.augmented(node, out),
            // A text that nothing is done with is a comment in effect.
            "string" | "concatenated_string" => {}
            _ => self.effect(Some(node), out),
        }
    }

    /// The value on the right of an assignment, which may be an assignment itself.
    fn assigned(&mut self, right: Node<'_>, out: &mut Vec<Stmt>) -> ExprId {
        match right.kind() {
            "assignment" => match self.assignment(right, out) {
                Some(value) => value,
                None => self.l.push(ExprKind::Unknown(Vec::new()), right),
            },
            _ => self.expr(right),
        }
    }

    fn assignment(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) -> Option<ExprId> {
        let left = field(node, "left")?;
        let ty = field(node, "type").and_then(|ty| self.type_ref(ty));
        let Some(right) = field(node, "right") else {
            if left.kind() == "identifier" {
                let name = self.l.name(left);
                self.l.declare(&name);
                out.push(Stmt::Let { name, ty, value: None, span: span(left) });
            } else if ty.is_some() {
                self.declared_attribute(left, ty, None);
            }
            return None;
        };
        let value = self.assigned(right, out);
        if ty.is_some() && left.kind() == "identifier" {
            let name = self.l.name(left);
            self.l.declare(&name);
            self.l.emit(out, Stmt::Let { name, ty, value: Some(value), span: span(left) });
        } else {
            if ty.is_some() {
                self.declared_attribute(left, ty, None);
            }
            self.bind_pattern(left, value, out);
        }
        Some(value)
    }

    /// `self.name: T` declares a field of the type round the method.
    fn declared_attribute(&mut self, left: Node<'_>, ty: Option<super::outline::TypeRef>, value: Option<ExprId>) {
        let Some(owner) = self.l.owner else { return };
        let (Some(object), Some(attribute)) = (field(left, "object"), field(left, "attribute")) else { return };
        if self.receivers.last().is_some_and(|receiver| receiver == self.l.str(object)) {
            let name = self.l.name(attribute);
            let span = span(attribute);
            let fields = &mut self.l.type_mut(owner).fields;
            fields.push(Field { name, ty, annotations: Vec::new(), value, is_static: false, span });
        }
    }

    /// Gives `value` to what stands on the left of an assignment, in a `for` or after `as`.
    fn bind_pattern(&mut self, left: Node<'_>, value: ExprId, out: &mut Vec<Stmt>) {
        match left.kind() {
            "identifier" => self.l.bind(out, left, value),
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list" => {
                let parts = match &self.l.out.expr(value).kind {
                    ExprKind::List(parts) => parts.clone(),
                    _ => Vec::new(),
                };
                let names = children(left);
                let spread = names.iter().any(|name| name.kind() == "list_splat_pattern");
                for (at, name) in names.iter().enumerate() {
                    let part = match parts.get(at).filter(|_| !spread && parts.len() == names.len()) {
                        Some(part) => *part,
                        None => self.l.element(value, (!spread).then_some(at), None, *name),
                    };
                    self.bind_pattern(*name, part, out);
                }
            }
            "list_splat_pattern" | "parenthesized_expression" | "as_pattern_target" => {
                if let Some(inner) = children(left).first() {
                    self.bind_pattern(*inner, value, out);
                }
            }
            _ => {
                let target = self.expr(left);
                self.l.emit(out, Stmt::Assign { target, value, append: false });
            }
        }
    }

    fn augmented(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else { return };
        let operator = field(node, "operator").map(|operator| self.l.name(operator)).unwrap_or_default();
        let target = self.expr(left);
        let mut value = self.expr(right);
        let append = operator == "+=";
        if !append {
            let left = self.expr(left);
            let operator = operator.trim_end_matches('=').into();
            value = self.l.push(ExprKind::Binary { operator, left, right: value }, node);
        }
        self.l.emit(out, Stmt::Assign { target, value, append });
    }

    fn if_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        self.effect(field(node, "condition"), out);
        let mut ways = vec![self.field_block(node, "consequence")];
        let mut complete = false;
        for alternative in field_children(node, "alternative") {
            let mut way = Vec::new();
            self.effect(field(alternative, "condition"), &mut way);
            complete |= alternative.kind() == "else_clause";
            way.extend(self.field_block(alternative, if complete { "body" } else { "consequence" }));
            ways.push(way);
        }
        if !complete {
            ways.push(Vec::new());
        }
        out.push(Stmt::Branch(ways));
    }

    fn alternatives(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for alternative in field_children(node, "alternative") {
            out.extend(self.field_block(alternative, "body"));
        }
    }

    fn match_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for subject in field_children(node, "subject") {
            self.effect(Some(subject), out);
        }
        let mut ways = Vec::new();
        for case in field(node, "body").map(children).unwrap_or_default() {
            let mut way = Vec::new();
            if let Some(guard) = field(case, "guard") {
                self.effect_of_children(guard, &mut way);
            }
            way.extend(self.field_block(case, "consequence"));
            ways.push(way);
        }
        ways.push(Vec::new());
        out.push(Stmt::Branch(ways));
    }

    fn for_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut body = Vec::new();
        if let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) {
            let waits = node.child(0).is_some_and(|first| first.kind() == "async");
            let each = self.each_of(left, right, waits);
            out.append(&mut self.l.pending);
            for (left, each) in each {
                self.bind_pattern(left, each, &mut body);
            }
        }
        body.extend(self.field_block(node, "body"));
        out.push(Stmt::Loop(body));
        self.alternatives(node, out);
    }

    /// What each name on the left of a loop is: an element of what is gone through, or of what that goes through in turn
    /// (`enumerate(xs)`, `zip(xs, ys)`).
    fn each_of<'n>(&mut self, left: Node<'n>, right: Node<'n>, waits: bool) -> Vec<(Node<'n>, ExprId)> {
        let names = if matches!(left.kind(), "pattern_list" | "tuple_pattern") { children(left) } else { Vec::new() };
        let function = field(right, "function").filter(|_| right.kind() == "call").map(|function| self.l.str(function));
        let given = field(right, "arguments").map(children).unwrap_or_default();
        let given: Vec<Node<'n>> = given.into_iter().filter(|given| given.kind() != "keyword_argument").collect();
        let pairs: Vec<(Node<'n>, Node<'n>)> = match function {
            Some("enumerate") if names.len() == 2 && !given.is_empty() => vec![(names[1], given[0])],
            Some("zip") if names.len() == given.len() && !names.is_empty() => names.into_iter().zip(given).collect(),
            _ => vec![(left, right)],
        };
        let mut each = Vec::with_capacity(pairs.len());
        for (name, whole) in pairs {
            let mut value = self.expr(whole);
            if waits {
                value = self.awaited(value, whole);
            }
            each.push((name, self.l.element(value, None, None, name)));
        }
        each
    }

    fn try_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut first = self.field_block(node, "body");
        let mut ways = Vec::new();
        let mut last = Vec::new();
        for clause in children(node) {
            match clause.kind() {
                "else_clause" => first.extend(self.field_block(clause, "body")),
                "except_clause" | "except_group_clause" => {
                    ways.push(child_of(clause, &["block"]).map(|body| self.block(body)).unwrap_or_default());
                }
                "finally_clause" => {
                    last = child_of(clause, &["block"]).map(|body| self.block(body)).unwrap_or_default();
                }
                _ => {}
            }
        }
        ways.insert(0, first);
        out.push(Stmt::Branch(ways));
        out.append(&mut last);
    }

    fn with_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let items = child_of(node, &["with_clause"]).map(children).unwrap_or_default();
        let mut entered = Vec::new();
        for item in items {
            let Some(value) = field(item, "value") else { continue };
            let (value, alias) = match value.kind() {
                "as_pattern" => (children(value).first().copied(), field(value, "alias")),
                _ => (Some(value), None),
            };
            let Some(value) = value else { continue };
            let context = self.expr(value);
            let mut bound = std::mem::take(&mut self.l.pending);
            if let Some(alias) = alias {
                self.bind_pattern(alias, context, &mut bound);
            }
            entered.push((context, bound));
        }
        let mut body = self.field_block(node, "body");
        for (context, mut bound) in entered.into_iter().rev() {
            bound.append(&mut body);
            body = vec![Stmt::With { context, body: bound }];
        }
        out.append(&mut body);
    }

    fn import(&mut self, node: Node<'_>) {
        let module = field(node, "module_name").map(|module| self.module_path(module));
        if child_of(node, &["wildcard_import"]).is_some() {
            self.add_import(module.unwrap_or_default(), None, true, node);
            return;
        }
        for name in field_children(node, "name") {
            let (dotted, alias) = match name.kind() {
                "aliased_import" => (field(name, "name"), field(name, "alias").map(|alias| self.l.name(alias))),
                _ => (Some(name), None),
            };
            let Some(dotted) = dotted else { continue };
            let segments: Vec<Name> = children(dotted).into_iter().map(|part| self.l.name(part)).collect();
            let mut path = module.clone().unwrap_or_default();
            let first = segments.first().cloned();
            if module.is_none() && alias.is_none() && segments.len() > 1 {
                self.add_import(segments, None, false, name);
                self.add_import(first.iter().cloned().collect(), first, false, name);
                continue;
            }
            path.extend(segments);
            let alias = alias.or_else(|| path.last().cloned());
            self.add_import(path, alias, false, name);
        }
    }

    fn module_path(&mut self, module: Node<'_>) -> Vec<Name> {
        let mut path = Vec::new();
        for part in children(module) {
            match part.kind() {
                "import_prefix" => path.push(self.l.name(part)),
                "dotted_name" => path.extend(self.module_path(part)),
                _ => path.push(self.l.name(part)),
            }
        }
        path
    }

    fn add_import(&mut self, path: Vec<Name>, alias: Option<Name>, glob: bool, node: Node<'_>) {
        self.testing |= path.iter().any(|part| matches!(part.as_str(), "pytest" | "unittest" | "test"));
        let scope = Vec::new();
        self.l.out.imports.push(Import { path, alias, glob, reexport: false, scope, span: span(node) });
    }

    fn decorated(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut annotations = Vec::new();
        for decorator in children(node).into_iter().filter(|child| child.kind() == "decorator") {
            if let Some(expr) = children(decorator).first() {
                let expr = self.expr(*expr);
                annotations.push(self.l.annotation_of(expr));
            }
        }
        match field(node, "definition") {
            Some(class) if class.kind() == "class_definition" => self.class(class, annotations),
            Some(function) => self.function(function, annotations, out),
            None => {}
        }
    }

    fn alias(&mut self, node: Node<'_>) {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else { return };
        let bases = self.type_ref(right).into_iter().collect();
        let name = self.type_ref(left).and_then(|ty| ty.path.first().cloned()).unwrap_or_default();
        let decl = self.type_decl(name, TypeKind::Alias, bases, node, left);
        self.l.add_type(decl);
    }

    fn type_decl(
        &self,
        name: Name,
        kind: TypeKind,
        bases: Vec<super::outline::TypeRef>,
        node: Node<'_>,
        named: Node<'_>,
    ) -> TypeDecl {
        TypeDecl {
            name,
            scope: self.l.scope.clone(),
            kind,
            span: span(node),
            name_span: span(named),
            bases,
            generics: Vec::new(),
            annotations: Vec::new(),
            fields: Vec::new(),
        }
    }

    fn class(&mut self, node: Node<'_>, mut annotations: Vec<Annotation>) {
        let (Some(named), Some(body)) = (field(node, "name"), field(node, "body")) else { return };
        let mut bases = Vec::new();
        for base in field(node, "superclasses").map(children).unwrap_or_default() {
            if base.kind() == "call" {
                bases.extend(self.bases_by_call(base));
            } else if base.kind() != "keyword_argument" {
                bases.extend(self.type_ref(base));
            } else if let (Some(name), Some(value)) = (field(base, "name"), field(base, "value")) {
                // `class Order(SQLModel, table=True)`: an option of the metaclass, kept as an annotation.
                let value = self.expr(value);
                let given = super::outline::Arg { name: Some(self.l.name(name)), value, spread: false };
                annotations.push(Annotation { path: vec!["class".into()], args: vec![given], span: span(base) });
            }
        }
        let was_test = self.l.in_test;
        self.l.in_test |= bases.iter().any(|base| base.path.last().is_some_and(|name| name.ends_with("TestCase")));
        let name = self.l.name(named);
        let mut decl = self.type_decl(name.clone(), TypeKind::Class, bases, node, named);
        decl.annotations = annotations;
        let id = self.l.add_type(decl);
        let outer = self.l.owner.replace(id);
        self.l.scope.push(name);
        let outside = std::mem::replace(&mut self.in_class, true);
        self.class_body(body);
        self.in_class = outside;
        self.l.scope.pop();
        self.l.owner = outer;
        self.l.in_test = was_test;
    }

    /// What a class derives from that a call gives: what a method is called on, and is given
    /// (`Manager.from_queryset(OrderQuerySet)`).
    fn bases_by_call(&self, call: Node<'_>) -> Vec<super::outline::TypeRef> {
        let function = field(call, "function");
        let Some(made_on) = function.and_then(|function| field(function, "object")) else {
            return function.and_then(|function| self.type_ref(function)).into_iter().collect();
        };
        let given = field(call, "arguments").map(children).unwrap_or_default();
        let given = given.into_iter().filter(|given| matches!(given.kind(), "identifier" | "attribute"));
        std::iter::once(made_on).chain(given).chain(function).filter_map(|node| self.type_ref(node)).collect()
    }

    fn class_body(&mut self, body: Node<'_>) {
        let mut rest = Vec::new();
        for node in children(body) {
            let inner = children(node).first().copied().filter(|_| node.kind() == "expression_statement");
            match inner {
                Some(inner) if inner.kind() == "assignment" => self.class_attribute(inner, &mut rest),
                Some(inner) if inner.kind() == "call" => {
                    let call = self.expr(inner);
                    let annotation = self.l.annotation_of(call);
                    if let Some(owner) = self.l.owner {
                        self.l.type_mut(owner).annotations.push(annotation);
                    }
                }
                _ => self.statement(node, &mut rest),
            }
        }
        rest.append(&mut self.l.pending);
        if !rest.is_empty() {
            let mut function = self.l.blank_function(FunctionKind::TopLevel, body);
            function.body = rest;
            self.l.out.functions.push(function);
        }
    }

    fn class_attribute(&mut self, node: Node<'_>, rest: &mut Vec<Stmt>) {
        let Some(left) = field(node, "left") else { return };
        let ty = field(node, "type").and_then(|ty| self.type_ref(ty));
        let value = field(node, "right").map(|right| self.assigned(right, rest));
        if left.kind() == "identifier" {
            let name = self.l.name(left);
            let is_static = value.is_some();
            let field = Field { name, ty, annotations: Vec::new(), value, is_static, span: span(left) };
            if let Some(owner) = self.l.owner {
                self.l.type_mut(owner).fields.push(field);
            }
        } else if let Some(value) = value {
            self.bind_pattern(left, value, rest);
        }
    }

    /// A function. One in a function is a local bound to a lambda, so that it sees the names round it.
    fn function(&mut self, node: Node<'_>, annotations: Vec<Annotation>, out: &mut Vec<Stmt>) {
        let Some(named) = field(node, "name") else { return };
        let name = self.l.name(named);
        let decorated = |word: &str| annotations.iter().any(|one| one.path.last().is_some_and(|name| name == word));
        let local = self.l.parent.is_some() && !self.in_class;
        let in_class = self.in_class;
        let is_static = decorated("staticmethod");
        // By custom the class itself is called so where a method is handed that, and not an object.
        let first = field(node, "parameters").and_then(|list| children(list).into_iter().next());
        let of_class = decorated("classmethod") || first.is_some_and(|first| self.l.str(first) == "cls");
        let kind = match name.as_str() {
            _ if local => FunctionKind::Lambda,
            _ if !in_class => FunctionKind::Free,
            "__init__" => FunctionKind::Constructor,
            "__new__" => FunctionKind::Static,
            _ if is_static || of_class => FunctionKind::Static,
            _ => FunctionKind::Method,
        };
        let is_test = self.l.in_test
            || (self.testing && name.starts_with("test"))
            || annotations.iter().any(|one| one.path.first().is_some_and(|name| name == "pytest"));
        let mut params = field(node, "parameters").map(|list| self.params(list)).unwrap_or_default();
        let receives = in_class && !is_static && !params.is_empty();
        if receives {
            self.receivers.push(params.remove(0).name);
        }
        let returns = field(node, "return_type").and_then(|ty| self.type_ref(ty));
        let blank = self.l.blank_function(kind, node);
        let function =
            Function { name: name.clone(), annotations, params, returns, is_test, name_span: span(named), ..blank };
        let (id, outer) = self.l.begin(function, !local);
        let outside = std::mem::replace(&mut self.in_class, false);
        let body = self.field_block(node, "body");
        self.in_class = outside;
        self.l.finish(id, outer, body);
        if local {
            self.l.declare(&name);
            let value = Some(self.l.push(ExprKind::Lambda(id), node));
            out.push(Stmt::Let { name, ty: None, value, span: span(named) });
        }
        if receives {
            self.receivers.pop();
        }
    }

    fn params(&mut self, list: Node<'_>) -> Vec<Param> {
        let mut params = Vec::new();
        for node in children(list) {
            let named = match node.kind() {
                "identifier" => Some(node),
                "default_parameter" | "typed_default_parameter" => field(node, "name"),
                "typed_parameter" | "list_splat_pattern" | "dictionary_splat_pattern" => {
                    let inner = children(node).first().copied();
                    inner.map(|inner| children(inner).first().copied().unwrap_or(inner))
                }
                "tuple_pattern" => None,
                _ => continue,
            };
            let name = named.map_or_else(|| "_".into(), |named| self.l.name(named));
            let ty = field(node, "type").and_then(|ty| self.type_ref(ty));
            let default = field(node, "value").map(|value| self.expr(value));
            params.push(Param { ty, default, ..param(name) });
        }
        params
    }
}

#[cfg(test)]
mod tests;
