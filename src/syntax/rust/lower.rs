//! The state of one lowering, and the small helpers that every part of it uses.

use proc_macro2::TokenStream;
use syn::Ident;

use crate::source::Span;
use crate::syntax::outline::{ExprId, ExprKind, FunctionId, Outline, Stmt, TypeId};
use crate::vocabulary::Name;

/// The lowering of one file. Its methods are spread over the modules beside this one.
pub(super) struct Lowering<'a> {
    /// The whole file.
    pub(super) text: &'a str,
    /// How many bytes of it `syn` did not see.
    shift: usize,
    /// What has been made so far.
    pub(super) out: Outline,
    /// The modules round what is being lowered.
    pub(super) modules: Vec<Name>,
    /// The type whose `impl` or `trait` is being lowered, with its name.
    pub(super) owner: Option<(TypeId, Name)>,
    /// The function that is being lowered.
    pub(super) function: Option<FunctionId>,
    /// Whether something round it says that it is test code.
    pub(super) in_test: bool,
    /// Whether modules in other files lie below this one: to them even its private names are known.
    pub(super) has_child_files: bool,
    /// The open blocks, innermost last; statements are added to the last.
    blocks: Vec<Vec<Stmt>>,
    /// How many bytes of macros may still be read on trial. It bounds the work that macros inside of
    /// macros, none of which parse, can make.
    pub(super) trial_bytes: usize,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(text: &'a str, shift: usize) -> Self {
        Self {
            text,
            shift,
            out: Outline::default(),
            modules: Vec::new(),
            owner: None,
            function: None,
            in_test: false,
            has_child_files: false,
            blocks: vec![Vec::new()],
            trial_bytes: text.len().saturating_mul(32).saturating_add(1 << 16),
        }
    }

    pub(super) fn file(&mut self, file: &syn::File) {
        self.in_test = super::attributes::is_test_only(&file.attrs);
        self.module_items(&file.items, Span::new(0, self.text.len()));
        if self.has_child_files {
            self.out.values.iter_mut().for_each(|value| value.exported = true);
        }
    }

    /// A file that does not parse as a whole: its items and expressions that do.
    pub(super) fn broken_file(&mut self, tokens: TokenStream) {
        let found = self.block(|this| {
            let found = this.salvage(tokens);
            for id in found {
                this.emit(Stmt::Expr(id));
            }
        });
        self.finish_module(found, Span::new(0, self.text.len()));
    }

    /// The place of a span of `syn` in the file.
    pub(super) fn span(&self, span: proc_macro2::Span) -> Span {
        let bytes = span.byte_range();
        Span::new(bytes.start + self.shift, bytes.end + self.shift)
    }

    /// From the start of one span to the end of another.
    pub(super) fn between(&self, first: proc_macro2::Span, last: proc_macro2::Span) -> Span {
        Span { start: self.span(first).start, end: self.span(last).end }
    }

    pub(super) fn push(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.out.push(kind, span)
    }

    /// Nothing, where something must stand.
    pub(super) fn nothing(&mut self, span: Span) -> ExprId {
        self.push(ExprKind::Unknown(Vec::new()), span)
    }

    pub(super) fn path(&mut self, segments: Vec<Name>, span: Span) -> ExprId {
        self.push(ExprKind::Path { segments, type_args: Vec::new() }, span)
    }

    pub(super) fn span_of(&self, id: ExprId) -> Span {
        self.out.expr(id).span
    }

    /// Adds a statement to the innermost open block.
    pub(super) fn emit(&mut self, stmt: Stmt) {
        if let Some(block) = self.blocks.last_mut() {
            block.push(stmt);
        }
    }

    /// Adds an expression as a statement, unless nothing can come of it.
    pub(super) fn emit_expr(&mut self, id: ExprId) {
        if !self.is_idle(id) {
            self.emit(Stmt::Expr(id));
        }
    }

    /// What `fill` adds, as a block of its own.
    pub(super) fn block(&mut self, fill: impl FnOnce(&mut Self)) -> Vec<Stmt> {
        self.block_with(fill).0
    }

    /// What `fill` adds, as a block of its own, and what it gives.
    pub(super) fn block_with<T>(&mut self, fill: impl FnOnce(&mut Self) -> T) -> (Vec<Stmt>, T) {
        self.blocks.push(Vec::new());
        let given = fill(self);
        (self.blocks.pop().unwrap_or_default(), given)
    }

    /// Whether an expression holds no call and no text: evaluating it alone means nothing.
    pub(super) fn is_idle(&self, id: ExprId) -> bool {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            match &self.out.expr(id).kind {
                ExprKind::Path { .. } | ExprKind::This | ExprKind::Literal(_) => {}
                ExprKind::Member { base, .. } | ExprKind::Element { base, .. } => open.push(*base),
                ExprKind::Index { base, index } => open.extend([*base, *index]),
                ExprKind::Binary { left, right, .. } => open.extend([*left, *right]),
                ExprKind::List(parts) | ExprKind::Unknown(parts) => open.extend(parts),
                ExprKind::Block(stmts) if stmts.is_empty() => {}
                // `.unwrap()` on nothing: what it stood on is a statement of its own already.
                ExprKind::Call { callee, .. } if self.is_of_nothing(*callee) => {}
                _ => return false,
            }
        }
        true
    }
}

impl Lowering<'_> {
    /// Whether an expression is a member of an expression that came to nothing.
    fn is_of_nothing(&self, callee: ExprId) -> bool {
        let ExprKind::Member { base, .. } = &self.out.expr(callee).kind else { return false };
        matches!(&self.out.expr(*base).kind, ExprKind::Unknown(parts) if parts.is_empty())
    }
}

/// An identifier as a name, without the `r#` of a raw one.
pub(super) fn name(ident: &Ident) -> Name {
    let text = ident.to_string();
    Name::from(text.strip_prefix("r#").unwrap_or(&text))
}
