//! What the front ends of the dynamic languages and C# have in common: the outline in the making, the
//! place in it (scope, type, function), and the small shapes that all of them build.
//!
//! Invariant: it knows no language. A front end holds one [`Lowering`] and walks its own tree.

pub(super) mod walk;

use rustc_hash::FxHashSet;
use tree_sitter::Node;

use crate::source::Span;
use crate::syntax::outline::{
    Annotation, Arg, Expr, ExprId, ExprKind, Function, FunctionId, FunctionKind, Outline, Param, Piece, Stmt,
    SyntaxProblem, TypeDecl, TypeId,
};
use crate::vocabulary::Name;

/// Trees nested deeper than this are cut off, and that is told as a problem: a recursive walk must not
/// run out of stack on any input.
const MAX_DEPTH: u32 = 400;

/// An outline in the making.
pub(super) struct Lowering<'t> {
    /// The file's text.
    pub text: &'t str,
    /// What has been made so far.
    pub out: Outline,
    /// The modules and types round the present place.
    pub scope: Vec<Name>,
    /// The type round the present place.
    pub owner: Option<TypeId>,
    /// The function round the present place.
    pub parent: Option<FunctionId>,
    /// Statements that an expression leaves to be done before the statement it stands in: conditions of
    /// choices, assignments as values.
    pub pending: Vec<Stmt>,
    /// Whether the present place is test code by the file's own word.
    pub in_test: bool,
    /// The statements outside of all functions.
    pub top: Vec<Stmt>,
    locals: Vec<FxHashSet<Name>>,
    depth: u32,
}

/// What [`Lowering::begin`] puts aside until [`Lowering::finish`].
pub(super) struct Outer {
    parent: Option<FunctionId>,
    pending: Vec<Stmt>,
    in_test: bool,
}

impl<'t> Lowering<'t> {
    /// An empty outline of `text`.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            out: Outline::default(),
            scope: Vec::new(),
            owner: None,
            parent: None,
            pending: Vec::new(),
            in_test: false,
            top: Vec::new(),
            locals: vec![FxHashSet::default()],
            depth: 0,
        }
    }

    /// The text of `node`.
    pub fn str(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text of `node` as a name.
    pub fn name(&self, node: Node<'_>) -> Name {
        self.str(node).into()
    }

    /// Adds an expression that stands where `node` does.
    pub fn push(&mut self, kind: ExprKind, node: Node<'_>) -> ExprId {
        self.out.push(kind, span(node))
    }

    /// A path of one segment.
    pub fn path(&mut self, name: impl Into<Name>, node: Node<'_>) -> ExprId {
        self.push(ExprKind::Path { segments: vec![name.into()], type_args: Vec::new() }, node)
    }

    /// A literal with the text of `node`.
    pub fn literal(&mut self, node: Node<'_>) -> ExprId {
        let text = self.name(node);
        self.push(ExprKind::Literal(text), node)
    }

    /// `base.name`.
    pub fn member(&mut self, base: ExprId, name: Node<'_>, node: Node<'_>) -> ExprId {
        let kind = ExprKind::Member { base, name: self.name(name), type_args: Vec::new(), name_span: span(name) };
        self.push(kind, node)
    }

    /// A part of `base`: the one at `position`, or the one called `name`, or (neither) any one of them.
    pub fn element(&mut self, base: ExprId, position: Option<usize>, name: Option<Name>, node: Node<'_>) -> ExprId {
        let position = position.and_then(|at| u32::try_from(at).ok());
        self.push(ExprKind::Element { base, position, name }, node)
    }

    /// Goes one level down; `false` when it is too deep to go on.
    pub fn descend(&mut self, node: Node<'_>) -> bool {
        if self.depth >= MAX_DEPTH {
            let told = self.out.problems.last().is_some_and(|problem| problem.message == "nested too deeply");
            if !told {
                self.problem(span(node), "nested too deeply");
            }
            return false;
        }
        self.depth += 1;
        true
    }

    /// Comes up again.
    pub fn ascend(&mut self) {
        self.depth -= 1;
    }

    /// Notes what could not be read.
    pub fn problem(&mut self, span: Span, message: &str) {
        self.out.problems.push(SyntaxProblem { span, message: message.to_owned() });
    }

    /// Adds what is pending and then `stmt`.
    pub fn emit(&mut self, out: &mut Vec<Stmt>, stmt: Stmt) {
        out.append(&mut self.pending);
        out.push(stmt);
    }

    /// Adds `expr` as a statement, unless there is nothing in it that could have an effect.
    pub fn emit_effect(&mut self, out: &mut Vec<Stmt>, expr: ExprId) {
        out.append(&mut self.pending);
        if self.has_effect(expr) {
            out.push(Stmt::Expr(expr));
        }
    }

    /// Leaves `expr` to be done before the present statement, if it has an effect.
    pub fn hoist(&mut self, expr: ExprId) {
        if self.has_effect(expr) {
            self.pending.push(Stmt::Expr(expr));
        }
    }

    fn has_effect(&self, expr: ExprId) -> bool {
        !matches!(self.out.expr(expr).kind, ExprKind::Path { .. } | ExprKind::Literal(_) | ExprKind::This)
    }

    /// Binds `name`: [`Stmt::Let`] the first time in this function, else [`Stmt::Assign`].
    pub fn bind(&mut self, out: &mut Vec<Stmt>, name: Node<'_>, value: ExprId) {
        let text = self.name(name);
        let stmt = if self.declare(&text) {
            Stmt::Let { name: text, ty: None, value: Some(value), span: span(name) }
        } else {
            Stmt::Assign { target: self.path(text, name), value, append: false }
        };
        self.emit(out, stmt);
    }

    /// Notes that the present function has a local of that name; whether it is a new one.
    pub fn declare(&mut self, name: &Name) -> bool {
        if self.is_local(name) {
            return false;
        }
        self.locals.last_mut().is_some_and(|locals| locals.insert(name.clone()))
    }

    /// Whether the present function, as far as it was read, has a local of that name.
    pub fn is_local(&self, name: &str) -> bool {
        self.locals.last().is_some_and(|locals| locals.contains(name))
    }

    /// A function without body at the present place.
    pub fn blank_function(&self, kind: FunctionKind, node: Node<'_>) -> Function {
        Function {
            name: Name::default(),
            scope: self.scope.clone(),
            owner: self.owner,
            kind,
            parent: self.parent,
            annotations: Vec::new(),
            generics: Vec::new(),
            params: Vec::new(),
            returns: None,
            body: Vec::new(),
            span: span(node),
            name_span: span(node),
            is_test: self.in_test,
        }
    }

    /// Adds `function` and makes it the present place. `closed` functions do not see the names of those
    /// round them (Ruby's and PHP's methods; harmless for others).
    pub fn begin(&mut self, function: Function, closed: bool) -> (FunctionId, Outer) {
        let id = FunctionId(u32::try_from(self.out.functions.len()).unwrap_or(u32::MAX));
        let mut locals = if closed { FxHashSet::default() } else { self.locals.last().cloned().unwrap_or_default() };
        locals.extend(function.params.iter().map(|param| param.name.clone()));
        self.locals.push(locals);
        let outer = Outer { parent: self.parent, pending: std::mem::take(&mut self.pending), in_test: self.in_test };
        self.in_test = function.is_test;
        self.parent = Some(id);
        self.out.functions.push(function);
        (id, outer)
    }

    /// Gives the function its body and returns to the place round it.
    pub fn finish(&mut self, id: FunctionId, outer: Outer, mut body: Vec<Stmt>) {
        if !self.pending.is_empty() {
            let mut first = std::mem::take(&mut self.pending);
            first.append(&mut body);
            body = first;
        }
        self.out.functions[id.0 as usize].body = body;
        self.locals.pop();
        self.parent = outer.parent;
        self.pending = outer.pending;
        self.in_test = outer.in_test;
    }

    /// Adds a type. Its annotations and fields are filled in later.
    pub fn add_type(&mut self, ty: TypeDecl) -> TypeId {
        let id = TypeId(u32::try_from(self.out.types.len()).unwrap_or(u32::MAX));
        self.out.types.push(ty);
        id
    }

    /// The type of that id.
    pub fn type_mut(&mut self, id: TypeId) -> &mut TypeDecl {
        &mut self.out.types[id.0 as usize]
    }

    /// The outline, with the statements outside of functions as one [`FunctionKind::TopLevel`].
    pub fn into_outline(mut self, root: Node<'_>) -> Outline {
        let mut body = std::mem::take(&mut self.top);
        body.append(&mut self.pending);
        if !body.is_empty() {
            let mut function = self.blank_function(FunctionKind::TopLevel, root);
            function.body = body;
            self.out.functions.push(function);
        }
        self.out
    }

    /// Whether an expression is a number or another literal that is no text.
    pub fn is_literal(&self, expr: ExprId) -> bool {
        matches!(self.out.expr(expr).kind, ExprKind::Literal(_))
    }

    /// The pieces of several texts as one, if all of them are texts.
    pub fn joined_pieces(&self, parts: &[ExprId]) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        for part in parts {
            let ExprKind::Text(more) = &self.out.expr(*part).kind else { return None };
            pieces.extend(more.iter().cloned());
        }
        Some(pieces)
    }

    /// `left + right` as one [`ExprKind::Concat`], taking a concatenation at its left in.
    pub fn concat(&mut self, left: ExprId, right: ExprId, node: Node<'_>) -> ExprId {
        let mut parts = match &self.out.expr(left).kind {
            ExprKind::Concat(parts) => parts.clone(),
            _ => vec![left],
        };
        parts.push(right);
        self.push(ExprKind::Concat(parts), node)
    }

    /// `left or right` as one [`ExprKind::Choice`], taking a choice at its left in.
    pub fn choice(&mut self, left: ExprId, right: ExprId, node: Node<'_>) -> ExprId {
        let mut ways = match &self.out.expr(left).kind {
            ExprKind::Choice(ways) => ways.clone(),
            _ => vec![left],
        };
        ways.push(right);
        self.push(ExprKind::Choice(ways), node)
    }

    /// The annotation that a lowered expression is: a call with its arguments, or a bare name.
    pub fn annotation_of(&self, expr: ExprId) -> Annotation {
        let Expr { kind, span } = self.out.expr(expr);
        match kind {
            ExprKind::Call { callee, args } => {
                Annotation { path: self.dotted(*callee), args: args.clone(), span: *span }
            }
            ExprKind::New { ty, args, .. } => Annotation { path: ty.path.clone(), args: args.clone(), span: *span },
            _ => Annotation { path: self.dotted(expr), args: Vec::new(), span: *span },
        }
    }

    /// The segments of a path or of members of one; of a call in the middle, those of its callee.
    pub fn dotted(&self, expr: ExprId) -> Vec<Name> {
        let mut names = Vec::new();
        let mut at = expr;
        loop {
            match &self.out.expr(at).kind {
                ExprKind::Path { segments, .. } => {
                    names.extend(segments.iter().rev().cloned());
                    break;
                }
                ExprKind::Member { base, name, .. } => {
                    names.push(name.clone());
                    at = *base;
                }
                ExprKind::Call { callee, .. } => at = *callee,
                ExprKind::This => {
                    names.push("self".into());
                    break;
                }
                _ => break,
            }
        }
        names.reverse();
        names
    }
}

/// A simple parameter.
pub(super) fn param(name: impl Into<Name>) -> Param {
    Param { name: name.into(), ty: None, default: None, annotations: Vec::new() }
}

/// An argument by position.
pub(super) fn arg(value: ExprId) -> Arg {
    Arg { name: None, value, spread: false }
}

/// Where `node` stands.
pub(super) fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// The named children of `node` without comments.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra()).collect()
}

/// The children of `node` in the field `name`.
pub(super) fn field_children<'n>(node: Node<'n>, name: &str) -> Vec<Node<'n>> {
    let mut cursor = node.walk();
    node.children_by_field_name(name, &mut cursor).filter(Node::is_named).collect()
}

/// The child of `node` in the field `name`.
pub(super) fn field<'n>(node: Node<'n>, name: &str) -> Option<Node<'n>> {
    node.child_by_field_name(name)
}

/// The first named child of one of `kinds`.
pub(super) fn child_of<'n>(node: Node<'n>, kinds: &[&str]) -> Option<Node<'n>> {
    children(node).into_iter().find(|child| kinds.contains(&child.kind()))
}

/// Whether `node` has an unnamed child of that kind (a keyword or mark).
pub(super) fn has_token(node: Node<'_>, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| child.kind() == token)
}
