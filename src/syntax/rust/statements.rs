//! Blocks, statements and control flow.

use syn::{Expr, Item};

use super::lower::Lowering;
use crate::syntax::outline::{ExprId, ExprKind, Stmt};

/// What becomes of the last expression of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// It is the value of the function.
    Function,
    /// It is there for its effect.
    Effect,
}

impl Lowering<'_> {
    /// The statements of a block, added to the innermost open one.
    pub(super) fn statements(&mut self, stmts: &[syn::Stmt], tail: Tail) {
        self.local_items(stmts);
        for (at, stmt) in stmts.iter().enumerate() {
            match stmt {
                syn::Stmt::Expr(value, None) if tail == Tail::Function && at + 1 == stmts.len() => {
                    self.function_tail(value);
                }
                other => self.statement(other),
            }
        }
    }

    /// What a block declares, which holds from its start.
    fn local_items(&mut self, stmts: &[syn::Stmt]) {
        for stmt in stmts {
            if let syn::Stmt::Item(item) = stmt {
                match item {
                    Item::Const(constant) => self.local_value(&constant.ident, &constant.ty, &constant.expr),
                    Item::Static(constant) => self.local_value(&constant.ident, &constant.ty, &constant.expr),
                    other => self.item(other),
                }
            }
        }
    }

    fn local_value(&mut self, ident: &syn::Ident, ty: &syn::Type, value: &Expr) {
        let value = Some(self.expr(value));
        let span = self.span(ident.span());
        let ty = Some(self.type_ref(ty));
        self.emit(Stmt::Let { name: super::lower::name(ident), ty, value, span });
    }

    fn statement(&mut self, stmt: &syn::Stmt) {
        match stmt {
            syn::Stmt::Local(local) => self.local(local),
            // Declared by `local_items` already.
            syn::Stmt::Item(_) => {}
            syn::Stmt::Expr(value, _) => self.effect(value),
            syn::Stmt::Macro(call) => {
                let id = self.macro_call(&call.mac);
                self.emit_expr(id);
            }
        }
    }

    fn local(&mut self, local: &syn::Local) {
        let Some(init) = &local.init else {
            self.bind(&local.pat, None, None);
            return;
        };
        let value = self.expr(&init.expr);
        self.bind_or_emit(&local.pat, value);
        if let Some((_, diverge)) = &init.diverge {
            let way = self.block(|this| this.way_end(diverge, Tail::Effect));
            self.emit_ways(vec![way]);
        }
    }

    /// The last expression of a function: its value, on each way to it.
    pub(super) fn function_tail(&mut self, value: &Expr) {
        match value {
            Expr::If(_) | Expr::Match(_) => self.ways(value, Tail::Function),
            Expr::Block(block) => self.inner_block(&block.block, Tail::Function),
            Expr::Unsafe(block) => self.inner_block(&block.block, Tail::Function),
            Expr::Paren(inner) => self.function_tail(&inner.expr),
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) | Expr::Return(_) | Expr::Assign(_) => self.effect(value),
            other => {
                let id = self.expr(other);
                self.emit(Stmt::Return(id));
            }
        }
    }

    fn inner_block(&mut self, block: &syn::Block, tail: Tail) {
        let inner = self.block(|this| this.statements(&block.stmts, tail));
        if !inner.is_empty() {
            self.emit(Stmt::Block(inner));
        }
    }

    /// An expression for its effect.
    pub(super) fn effect(&mut self, value: &Expr) {
        match value {
            Expr::If(_) | Expr::Match(_) => self.ways(value, Tail::Effect),
            Expr::Block(block) => self.inner_block(&block.block, Tail::Effect),
            Expr::Unsafe(block) => self.inner_block(&block.block, Tail::Effect),
            Expr::Paren(inner) => self.effect(&inner.expr),
            Expr::ForLoop(each) => {
                let over = self.expr(&each.expr);
                let body = self.block(|this| {
                    let item = this.element(Some(over), None, None);
                    if this.bind(&each.pat, item, None) == 0 {
                        this.emit_expr(over);
                    }
                    this.statements(&each.body.stmts, Tail::Effect);
                });
                self.emit(Stmt::Loop(body));
            }
            Expr::While(each) => {
                let body = self.block(|this| {
                    this.condition(&each.cond);
                    this.statements(&each.body.stmts, Tail::Effect);
                });
                self.emit(Stmt::Loop(body));
            }
            Expr::Loop(each) => {
                let body = self.block(|this| this.statements(&each.body.stmts, Tail::Effect));
                self.emit(Stmt::Loop(body));
            }
            Expr::Assign(assign) => self.assignment(assign),
            Expr::Return(given) => {
                if let Some(value) = &given.expr {
                    let id = self.expr(value);
                    self.emit(Stmt::Return(id));
                }
            }
            Expr::Break(given) => {
                if let Some(value) = &given.expr {
                    self.effect(value);
                }
            }
            other => {
                let id = self.expr(other);
                self.emit_expr(id);
            }
        }
    }

    fn assignment(&mut self, assign: &syn::ExprAssign) {
        let value = self.expr(&assign.right);
        if let Expr::Infer(_) = &*assign.left {
            self.emit_expr(value);
            return;
        }
        let target = self.expr(&assign.left);
        self.emit(Stmt::Assign { target, value, append: false });
    }

    /// The condition of an `if`, `while` or guard: what its `let`s bind holds from here.
    pub(super) fn condition(&mut self, condition: &Expr) {
        let mut open = vec![condition];
        while let Some(part) = open.pop() {
            match part {
                Expr::Binary(both) if matches!(both.op, syn::BinOp::And(_)) => open.extend([&*both.right, &*both.left]),
                Expr::Paren(inner) => open.push(&inner.expr),
                Expr::Let(pattern) => {
                    let value = self.expr(&pattern.expr);
                    self.bind_or_emit(&pattern.pat, value);
                }
                other => {
                    let id = self.expr(other);
                    self.emit_expr(id);
                }
            }
        }
    }

    fn emit_ways(&mut self, ways: Vec<Vec<Stmt>>) {
        if ways.iter().any(|way| !way.is_empty()) {
            self.emit(Stmt::Branch(ways));
        }
    }

    /// An `if` or `match` as a statement.
    fn ways(&mut self, value: &Expr, tail: Tail) {
        let mut ways = Vec::new();
        match value {
            Expr::Match(choice) => {
                let scrutinee = self.expr(&choice.expr);
                let mut bound = 0;
                for arm in &choice.arms {
                    ways.push(self.block(|this| {
                        bound += this.bind(&arm.pat, Some(scrutinee), None);
                        this.way_end(&arm.body, tail);
                    }));
                }
                if bound == 0 {
                    self.emit_expr(scrutinee);
                }
            }
            Expr::If(first) => {
                let mut next = Some(first);
                while let Some(choice) = next.take() {
                    ways.push(self.block(|this| {
                        this.condition(&choice.cond);
                        this.statements(&choice.then_branch.stmts, tail);
                    }));
                    match choice.else_branch.as_ref().map(|(_, other)| &**other) {
                        Some(Expr::If(other)) => next = Some(other),
                        Some(other) => ways.push(self.block(|this| this.way_end(other, tail))),
                        None => ways.push(Vec::new()),
                    }
                }
            }
            _ => {}
        }
        self.emit_ways(ways);
    }

    /// The end of one way: its block is the way's own.
    fn way_end(&mut self, body: &Expr, tail: Tail) {
        match (body, tail) {
            (Expr::Block(block), _) => self.statements(&block.block.stmts, tail),
            (other, Tail::Function) => self.function_tail(other),
            (other, Tail::Effect) => self.effect(other),
        }
    }

    /// An `if` or `match` as a value: the values it can have. What it decides on, and the ways that end
    /// elsewhere (`return`, `continue`, a panic), are statements before.
    pub(super) fn choice(&mut self, value: &Expr, span: crate::source::Span) -> ExprId {
        let mut values = Vec::new();
        let mut others = Vec::new();
        match value {
            Expr::Match(choice) => {
                let scrutinee = self.expr(&choice.expr);
                let mut bound = 0;
                for arm in &choice.arms {
                    let way = self.block_with(|this| {
                        bound += this.bind(&arm.pat, Some(scrutinee), None);
                        this.value_tail(&arm.body)
                    });
                    self.sort_way(way, span, &mut values, &mut others);
                }
                if bound == 0 {
                    self.emit_expr(scrutinee);
                }
            }
            Expr::If(first) => {
                let mut next = Some(first);
                while let Some(choice) = next.take() {
                    let binds = has_let(&choice.cond);
                    if !binds {
                        self.condition(&choice.cond);
                    }
                    let way = self.block_with(|this| {
                        if binds {
                            this.condition(&choice.cond);
                        }
                        this.value_of(&choice.then_branch.stmts)
                    });
                    self.sort_way(way, span, &mut values, &mut others);
                    match choice.else_branch.as_ref().map(|(_, other)| &**other) {
                        Some(Expr::If(other)) => next = Some(other),
                        Some(other) => {
                            let way = self.block_with(|this| this.value_tail(other));
                            self.sort_way(way, span, &mut values, &mut others);
                        }
                        None => {}
                    }
                }
            }
            _ => {}
        }
        self.emit_ways(others);
        match values.as_slice() {
            [] => self.nothing(span),
            [only] => *only,
            _ => self.push(ExprKind::Choice(values), span),
        }
    }

    fn sort_way(
        &mut self,
        (mut stmts, value): (Vec<Stmt>, Option<ExprId>),
        span: crate::source::Span,
        values: &mut Vec<ExprId>,
        others: &mut Vec<Vec<Stmt>>,
    ) {
        match value {
            Some(value) if stmts.is_empty() => values.push(value),
            Some(value) => {
                if let Some(bound) = self.only_binding(&stmts, value) {
                    values.push(bound);
                } else {
                    stmts.push(Stmt::Return(value));
                    values.push(self.push(ExprKind::Block(stmts), span));
                }
            }
            None => others.push(stmts),
        }
    }

    /// What the name is bound to, of a way that binds one name and gives it (`Ok(row) => row`).
    fn only_binding(&self, stmts: &[Stmt], value: ExprId) -> Option<ExprId> {
        let [Stmt::Let { name, value: bound, .. }] = stmts else { return None };
        match &self.out.expr(value).kind {
            ExprKind::Path { segments, .. } if segments.as_slice() == std::slice::from_ref(name) => *bound,
            _ => None,
        }
    }

    /// A block as a value.
    pub(super) fn block_value(&mut self, stmts: &[syn::Stmt], span: crate::source::Span) -> ExprId {
        let (mut inner, value) = self.block_with(|this| this.value_of(stmts));
        match value {
            Some(value) if inner.is_empty() => value,
            value => {
                inner.extend(value.map(Stmt::Return));
                self.push(ExprKind::Block(inner), span)
            }
        }
    }

    /// Adds the statements but the last expression, and gives its value; `None` if there is none.
    pub(super) fn value_of(&mut self, stmts: &[syn::Stmt]) -> Option<ExprId> {
        let Some((syn::Stmt::Expr(last, None), before)) = stmts.split_last() else {
            // A macro in braces at the end is its value too.
            if let Some((syn::Stmt::Macro(last), before)) = stmts.split_last()
                && last.semi_token.is_none()
            {
                self.statements(before, Tail::Effect);
                return Some(self.macro_call(&last.mac));
            }
            self.statements(stmts, Tail::Effect);
            return None;
        };
        self.statements(before, Tail::Effect);
        self.value_tail(last)
    }

    /// The value at the end of a way, or `None` where the way ends elsewhere.
    fn value_tail(&mut self, value: &Expr) -> Option<ExprId> {
        match value {
            Expr::Block(block) => self.value_of(&block.block.stmts),
            Expr::Unsafe(block) => self.value_of(&block.block.stmts),
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => {
                self.effect(value);
                None
            }
            Expr::Macro(call) if super::macros::ends_elsewhere(&call.mac) => {
                self.effect(value);
                None
            }
            other => Some(self.expr(other)),
        }
    }
}

/// Whether a condition binds names.
fn has_let(condition: &Expr) -> bool {
    let mut open = vec![condition];
    while let Some(part) = open.pop() {
        match part {
            Expr::Let(_) => return true,
            Expr::Binary(both) if matches!(both.op, syn::BinOp::And(_)) => open.extend([&*both.right, &*both.left]),
            Expr::Paren(inner) => open.push(&inner.expr),
            _ => {}
        }
    }
    false
}
