//! The state of lowering one file, and what front ends build declarations with.

use tree_sitter::Node;

use super::super::outline::{
    Annotation, Arg, ExprId, ExprKind, Field, Function, FunctionId, FunctionKind, Generic, Outline, Param, Stmt,
    TypeDecl, TypeId, TypeKind, TypeRef,
};
use super::{FrontEnd, MAX_DEPTH, Shape, span_of};
use crate::source::Span;
use crate::vocabulary::Name;

/// Lowers one file.
pub(crate) struct Host<'t, 'f> {
    /// The file's text.
    pub(crate) text: &'t str,
    /// What it becomes.
    pub(crate) outline: Outline,
    /// The modules and types round the present place.
    pub(crate) scope: Vec<Name>,
    /// The type the present place is in.
    pub(crate) owner: Option<TypeId>,
    /// The function the present place is in.
    pub(crate) function: Option<FunctionId>,
    /// Whether the present place is test code by the file's word.
    pub(crate) is_test: bool,
    pub(super) front: &'f dyn FrontEnd,
    pub(super) shapes: &'f [Shape],
    receivers: Vec<Name>,
    depth: u32,
}

/// A function about to be lowered. Only what differs from the common case need be said.
pub(crate) struct NewFunction {
    /// Its name; empty for lambdas.
    pub(crate) name: Name,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// Where the whole stands.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) kind: FunctionKind,
    /// Its annotations.
    pub(crate) annotations: Vec<Annotation>,
    /// Its type parameters.
    pub(crate) generics: Vec<Generic>,
    /// Its parameters without the receiver.
    pub(crate) params: Vec<Param>,
    /// What it returns.
    pub(crate) returns: Option<TypeRef>,
    /// A name that means the receiver in its body.
    pub(crate) receiver: Option<Name>,
    /// Whether the file marks it as a test.
    pub(crate) is_test: bool,
}

impl NewFunction {
    /// A function of that kind and name, with nothing else to say.
    pub(crate) fn new(kind: FunctionKind, name: impl Into<Name>, name_span: Span, span: Span) -> Self {
        Self {
            name: name.into(),
            name_span,
            span,
            kind,
            annotations: Vec::new(),
            generics: Vec::new(),
            params: Vec::new(),
            returns: None,
            receiver: None,
            is_test: false,
        }
    }
}

/// A type about to be declared.
pub(crate) struct NewType {
    /// Its name.
    pub(crate) name: Name,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// Where the whole stands.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) kind: TypeKind,
    /// Its supertypes.
    pub(crate) bases: Vec<TypeRef>,
    /// Its type parameters.
    pub(crate) generics: Vec<Generic>,
    /// Its annotations.
    pub(crate) annotations: Vec<Annotation>,
}

impl NewType {
    /// A type of that kind and name, with nothing else to say.
    pub(crate) fn new(kind: TypeKind, name: impl Into<Name>, name_span: Span, span: Span) -> Self {
        Self {
            name: name.into(),
            name_span,
            span,
            kind,
            bases: Vec::new(),
            generics: Vec::new(),
            annotations: Vec::new(),
        }
    }
}

impl<'t, 'f> Host<'t, 'f> {
    pub(super) fn new(text: &'t str, front: &'f dyn FrontEnd, shapes: &'f [Shape]) -> Self {
        Self {
            text,
            outline: Outline::default(),
            scope: Vec::new(),
            owner: None,
            function: None,
            is_test: false,
            front,
            shapes,
            receivers: Vec::new(),
            depth: 0,
        }
    }

    pub(super) fn into_outline(self) -> Outline {
        self.outline
    }

    /// Runs `lower` one level deeper, or gives `None` where the nesting is too deep.
    pub(crate) fn deeper<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let lowered = lower(self);
        self.depth -= 1;
        Some(lowered)
    }

    /// The shape of a node by the table.
    pub(crate) fn shape(&self, node: Node<'_>) -> Shape {
        self.shapes.get(usize::from(node.kind_id())).copied().unwrap_or(Shape::Other)
    }

    /// A node's text.
    pub(crate) fn text_of(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// A node's text as a name.
    pub(crate) fn name_of(&self, node: Node<'_>) -> Name {
        Name::new(self.text_of(node))
    }

    /// The named children that are no comments.
    pub(crate) fn children<'n>(&self, node: Node<'n>) -> Vec<Node<'n>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).filter(|child| self.shape(*child) != Shape::Comment).collect()
    }

    /// The first named child that is no comment.
    pub(crate) fn first_child<'n>(&self, node: Node<'n>) -> Option<Node<'n>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).find(|child| self.shape(*child) != Shape::Comment)
    }

    /// The first named child of that kind.
    pub(crate) fn child_of_kind<'n>(&self, node: Node<'n>, kind: &str) -> Option<Node<'n>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).find(|child| child.kind() == kind)
    }

    /// All children in that field.
    pub(crate) fn fields<'n>(&self, node: Node<'n>, field: &str) -> Vec<Node<'n>> {
        let mut cursor = node.walk();
        node.children_by_field_name(field, &mut cursor).filter(Node::is_named).collect()
    }

    /// The child in that field; the first named child for an empty name.
    pub(crate) fn field<'n>(&self, node: Node<'n>, field: &str) -> Option<Node<'n>> {
        if field.is_empty() { self.first_child(node) } else { node.child_by_field_name(field) }
    }

    /// Whether a direct child is that keyword or mark (`static`, `const`).
    pub(crate) fn has_token(&self, node: Node<'_>, token: &str) -> bool {
        let mut cursor = node.walk();
        node.children(&mut cursor).any(|child| !child.is_named() && child.kind() == token)
    }

    /// Adds an expression.
    pub(crate) fn push(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.outline.push(kind, span)
    }

    /// A name as an expression: the receiver, or a path of one.
    pub(crate) fn name_expr(&mut self, name: Name, span: Span) -> ExprId {
        let kind = if self.receivers.last().is_some_and(|receiver| *receiver == name) {
            ExprKind::This
        } else {
            ExprKind::Path { segments: vec![name], type_args: Vec::new() }
        };
        self.push(kind, span)
    }

    /// The name of a path of one segment.
    pub(crate) fn plain_name(&self, expr: ExprId) -> Option<Name> {
        match &self.outline.expr(expr).kind {
            ExprKind::Path { segments, .. } if segments.len() == 1 => segments.first().cloned(),
            _ => None,
        }
    }

    /// The dotted path that an expression is (`a.b.c`), if it is one.
    pub(crate) fn dotted(&self, expr: ExprId) -> Option<Vec<Name>> {
        match &self.outline.expr(expr).kind {
            ExprKind::Path { segments, .. } => Some(segments.clone()),
            ExprKind::Member { base, name, .. } => {
                let mut path = self.dotted(*base)?;
                path.push(name.clone());
                Some(path)
            }
            _ => None,
        }
    }

    /// Declares a function and lowers its body. Lambdas and local functions get their parent; the body sees
    /// this function as the present one.
    pub(crate) fn function(&mut self, new: NewFunction, body: impl FnOnce(&mut Self, &mut Vec<Stmt>)) -> FunctionId {
        let id = FunctionId(u32::try_from(self.outline.functions.len()).unwrap_or(u32::MAX));
        let parent = self.function.filter(|parent| {
            new.kind == FunctionKind::Lambda || self.outline.functions[parent.0 as usize].kind != FunctionKind::TopLevel
        });
        let owner = if new.kind == FunctionKind::Free { None } else { self.owner };
        self.outline.functions.push(Function {
            name: new.name,
            scope: self.scope.clone(),
            owner,
            kind: new.kind,
            parent,
            annotations: new.annotations,
            generics: new.generics,
            params: new.params,
            returns: new.returns,
            body: Vec::new(),
            span: new.span,
            name_span: new.name_span,
            is_test: new.is_test || self.is_test,
        });
        let outer = self.function.replace(id);
        let receivers = self.receivers.len();
        self.receivers.extend(new.receiver);
        let mut statements = Vec::new();
        body(self, &mut statements);
        self.receivers.truncate(receivers);
        self.function = outer;
        self.outline.functions[id.0 as usize].body = statements;
        id
    }

    /// Declares a type, to be filled by [`Host::add_field`] and by what is lowered [`Host::within`] it.
    pub(crate) fn declare_type(&mut self, new: NewType) -> TypeId {
        let id = TypeId(u32::try_from(self.outline.types.len()).unwrap_or(u32::MAX));
        self.outline.types.push(TypeDecl {
            name: new.name,
            scope: self.scope.clone(),
            kind: new.kind,
            span: new.span,
            name_span: new.name_span,
            bases: new.bases,
            generics: new.generics,
            annotations: new.annotations,
            fields: Vec::new(),
        });
        id
    }

    /// The annotations with those that they hold (`@NamedQueries({@NamedQuery(…)})`), which mean the same by themselves.
    pub(crate) fn with_nested(&self, annotations: Vec<Annotation>) -> Vec<Annotation> {
        let mut all = Vec::new();
        for annotation in annotations {
            let mut open: Vec<ExprId> = annotation.args.iter().rev().map(|arg| arg.value).collect();
            all.push(annotation);
            while let Some(value) = open.pop() {
                let expr = self.outline.expr(value);
                match &expr.kind {
                    ExprKind::List(items) => open.extend(items.iter().rev()),
                    ExprKind::Call { callee, args } => {
                        let Some(path) = self.dotted(*callee) else { continue };
                        open.extend(args.iter().rev().map(|arg| arg.value));
                        all.push(Annotation { path, args: args.clone(), span: expr.span });
                    }
                    _ => {}
                }
            }
        }
        all
    }

    /// The type of that id.
    pub(crate) fn type_mut(&mut self, id: TypeId) -> &mut TypeDecl {
        &mut self.outline.types[id.0 as usize]
    }

    /// Adds a field to a type.
    pub(crate) fn add_field(&mut self, owner: TypeId, field: Field) {
        self.type_mut(owner).fields.push(field);
    }

    /// Lowers what stands in a type or module of that name: functions in it get it as scope and owner.
    pub(crate) fn within<T>(&mut self, name: Name, owner: Option<TypeId>, lower: impl FnOnce(&mut Self) -> T) -> T {
        self.scope.push(name);
        let outer_owner = std::mem::replace(&mut self.owner, owner);
        let outer_function = self.function.take();
        let lowered = lower(self);
        self.function = outer_function;
        self.owner = outer_owner;
        self.scope.pop();
        lowered
    }

    /// Lowers what stands in a type inside a function (an anonymous class): its methods are local functions.
    pub(crate) fn within_local<T>(&mut self, owner: Option<TypeId>, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.owner, owner);
        let lowered = lower(self);
        self.owner = outer;
        lowered
    }

    /// Lowers a file whose statements run: they are the body of a [`FunctionKind::TopLevel`].
    pub(crate) fn script(&mut self, root: Node<'_>) {
        let new = NewFunction::new(FunctionKind::TopLevel, "", Span::new(0, 0), span_of(root));
        self.function(new, |host, out| host.block(root, out));
    }

    /// Lowers a file of declarations. What stands between them for all that (a broken file) is kept.
    pub(crate) fn declarations(&mut self, root: Node<'_>) {
        let mut stray = Vec::new();
        self.block(root, &mut stray);
        if !stray.is_empty() {
            let new = NewFunction::new(FunctionKind::TopLevel, "", Span::new(0, 0), span_of(root));
            self.function(new, |_, out| *out = stray);
        }
    }

    /// A lambda with these parameters and that body: a block's statements, or one value.
    pub(crate) fn lambda(&mut self, params: Vec<Param>, body: Option<Node<'_>>, span: Span) -> ExprId {
        let mut new = NewFunction::new(FunctionKind::Lambda, "", span, span);
        new.params = params;
        let id = self.function(new, |host, out| {
            if let Some(body) = body {
                host.body(body, out);
            }
        });
        self.push(ExprKind::Lambda(id), span)
    }

    /// A method of an object as a value (`repository::save`): a function that calls it with what it is given.
    pub(crate) fn method_value(&mut self, base: Node<'_>, name: Node<'_>, span: Span) -> ExprId {
        let given = Name::new_static("given");
        let mut new = NewFunction::new(FunctionKind::Lambda, "", span, span);
        new.params = vec![Param { name: given.clone(), ty: None, default: None, annotations: Vec::new() }];
        let id = self.function(new, |host, out| {
            let base = host.expr(base);
            let callee = host.member(base, name, span);
            let value = host.name_expr(given, span);
            let call = ExprKind::Call { callee, args: vec![Arg { name: None, value, spread: false }] };
            let call = host.push(call, span);
            out.push(Stmt::Return(call));
        });
        self.push(ExprKind::Lambda(id), span)
    }

    /// A function's body: a block's statements, or one expression that is its value.
    pub(crate) fn body(&mut self, body: Node<'_>, out: &mut Vec<Stmt>) {
        if self.shape(body) == Shape::Block {
            self.block(body, out);
        } else {
            let value = self.expr(body);
            out.push(Stmt::Return(value));
        }
    }
}
