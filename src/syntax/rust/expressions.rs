//! Expressions.

use syn::spanned::Spanned as _;
use syn::{BinOp, Expr, Lit, UnOp};

use super::attributes::unnamed;
use super::lower::{Lowering, name};
use super::macros::is_template;
use super::patterns::{is_transparent, member_name};
use crate::source::Span;
use crate::syntax::outline::{Arg, ExprId, ExprKind, Function, FunctionId, FunctionKind, Param, Stmt, TypeRef};
use crate::vocabulary::Name;

impl Lowering<'_> {
    /// Lowers an expression. Chains (`a.b().c()?`) are followed to their start without recursion: they are
    /// what gets long in real code.
    pub(super) fn expr(&mut self, expr: &Expr) -> ExprId {
        let mut links = Vec::new();
        let mut at = expr;
        loop {
            at = match at {
                Expr::MethodCall(call) => {
                    links.push(at);
                    &call.receiver
                }
                Expr::Call(call) => match (&*call.func, call.args.first()) {
                    (Expr::Path(path), Some(only)) if call.args.len() == 1 && is_transparent(&path.path) => only,
                    _ => {
                        links.push(at);
                        &call.func
                    }
                },
                Expr::Field(field) => {
                    links.push(at);
                    &field.base
                }
                Expr::Index(index) => {
                    links.push(at);
                    &index.expr
                }
                Expr::Await(inner) => &inner.base,
                Expr::Try(inner) => &inner.expr,
                Expr::Paren(inner) => &inner.expr,
                Expr::Group(inner) => &inner.expr,
                Expr::Reference(inner) => &inner.expr,
                Expr::RawAddr(inner) => &inner.expr,
                Expr::Cast(inner) => &inner.expr,
                Expr::Unary(inner) if matches!(inner.op, UnOp::Deref(_)) => &inner.expr,
                _ => break,
            };
        }
        let mut id = self.atom(at);
        while let Some(link) = links.pop() {
            id = self.link(link, id);
        }
        id
    }

    /// One link of a chain, on what stands before it.
    fn link(&mut self, link: &Expr, base: ExprId) -> ExprId {
        let start = self.span_of(base);
        match link {
            Expr::MethodCall(call) => {
                let name_span = self.span(call.method.span());
                let type_args = call.turbofish.as_ref().map(|given| self.type_args(given)).unwrap_or_default();
                let member = ExprKind::Member { base, name: name(&call.method), type_args, name_span };
                let callee = self.push(member, start.to(name_span));
                let args = self.args(call.args.iter());
                self.push(ExprKind::Call { callee, args }, start.to(self.span(call.paren_token.span.close())))
            }
            Expr::Call(call) => {
                let args = self.args(call.args.iter());
                self.push(ExprKind::Call { callee: base, args }, start.to(self.span(call.paren_token.span.close())))
            }
            Expr::Field(field) => {
                let (name, _) = member_name(&field.member);
                let name_span = match &field.member {
                    syn::Member::Named(ident) => self.span(ident.span()),
                    syn::Member::Unnamed(index) => self.span(index.span),
                };
                let member = ExprKind::Member { base, name, type_args: Vec::new(), name_span };
                self.push(member, start.to(name_span))
            }
            Expr::Index(index) => {
                let inner = self.expr(&index.index);
                let span = start.to(self.span(index.bracket_token.span.close()));
                self.push(ExprKind::Index { base, index: inner }, span)
            }
            _ => base,
        }
    }

    pub(super) fn args<'e>(&mut self, args: impl Iterator<Item = &'e Expr>) -> Vec<Arg> {
        args.map(|arg| unnamed(self.expr(arg))).collect()
    }

    /// An expression that is no chain.
    fn atom(&mut self, expr: &Expr) -> ExprId {
        match expr {
            Expr::Lit(literal) => self.literal(&literal.lit),
            Expr::Path(path) => self.path_expr(path),
            Expr::Macro(call) => self.macro_call(&call.mac),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Closure(closure) => self.closure(closure),
            Expr::Async(block) => self.async_block(block),
            Expr::Struct(record) => self.record(record),
            Expr::Tuple(tuple) => {
                let span = self.span(tuple.paren_token.span.join());
                self.list(tuple.elems.iter(), span)
            }
            Expr::Array(array) if is_template(array) => self.template(array),
            Expr::Array(array) => {
                let span = self.span(array.bracket_token.span.join());
                self.list(array.elems.iter(), span)
            }
            Expr::Repeat(repeat) => {
                let span = self.span(repeat.bracket_token.span.join());
                self.list(std::iter::once(&*repeat.expr), span)
            }
            Expr::If(choice) => {
                let end = choice
                    .else_branch
                    .as_ref()
                    .map_or(choice.then_branch.brace_token.span.close(), |(token, _)| token.span);
                let span = self.between(choice.if_token.span, end);
                self.choice(expr, span)
            }
            Expr::Match(choice) => {
                let span = self.between(choice.match_token.span, choice.brace_token.span.close());
                self.choice(expr, span)
            }
            Expr::Block(block) => self.braced(&block.block),
            Expr::Unsafe(block) => self.braced(&block.block),
            Expr::Const(block) => self.braced(&block.block),
            Expr::TryBlock(block) => self.braced(&block.block),
            _ => self.rare_atom(expr),
        }
    }

    fn braced(&mut self, block: &syn::Block) -> ExprId {
        let span = self.span(block.brace_token.span.join());
        self.block_value(&block.stmts, span)
    }

    fn list<'e>(&mut self, elems: impl Iterator<Item = &'e Expr>, span: Span) -> ExprId {
        let items = elems.map(|elem| self.expr(elem)).collect();
        self.push(ExprKind::List(items), span)
    }

    fn rare_atom(&mut self, expr: &Expr) -> ExprId {
        match expr {
            Expr::Unary(unary) => {
                let inner = self.expr(&unary.expr);
                let span = self.span_of(inner);
                match (&unary.op, &self.out.expr(inner).kind) {
                    (UnOp::Neg(_), ExprKind::Literal(number)) => {
                        let number = Name::from(format!("-{number}"));
                        self.push(ExprKind::Literal(number), span)
                    }
                    _ => self.push(ExprKind::Unknown(vec![inner]), span),
                }
            }
            Expr::Range(range) => {
                let ends = [&range.start, &range.end].map(|end| end.as_ref().map(|end| self.expr(end)));
                let ends: Vec<_> = ends.into_iter().flatten().collect();
                let span = self.span(expr.span());
                self.push(ExprKind::Unknown(ends), span)
            }
            Expr::Yield(inner) => match &inner.expr {
                Some(value) => self.expr(value),
                None => self.nothing(self.span(inner.yield_token.span)),
            },
            Expr::Let(pattern) => {
                let value = self.expr(&pattern.expr);
                self.bind(&pattern.pat, Some(value), None);
                value
            }
            Expr::Assign(_) | Expr::Return(_) | Expr::Break(_) | Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => {
                self.effect(expr);
                self.nothing(self.span(expr.span()))
            }
            Expr::Infer(infer) => {
                let span = self.span(infer.underscore_token.span);
                self.path(vec![Name::new_static("_")], span)
            }
            Expr::Verbatim(tokens) => {
                let found = self.salvage_verbatim(tokens.clone());
                let span = self.span(expr.span());
                self.push(ExprKind::Unknown(found), span)
            }
            _ => self.nothing(self.span(expr.span())),
        }
    }

    pub(super) fn literal(&mut self, literal: &Lit) -> ExprId {
        let span = self.span(literal.span());
        match literal {
            Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_) | Lit::Char(_) => self.text_literal(span),
            _ => {
                let text = self.text.get(span.range()).unwrap_or_default();
                self.push(ExprKind::Literal(Name::from(text)), span)
            }
        }
    }

    fn path_expr(&mut self, path: &syn::ExprPath) -> ExprId {
        let (segments, type_args, span) = self.path_parts(path.qself.as_ref(), &path.path);
        if segments.len() == 1 && segments[0] == "self" {
            return self.push(ExprKind::This, span);
        }
        self.push(ExprKind::Path { segments, type_args }, span)
    }

    /// Operators of one level lean to the left and get long: they are followed without recursion.
    fn binary(&mut self, binary: &syn::ExprBinary) -> ExprId {
        let mut rest = vec![binary];
        let mut first = &*binary.left;
        while let Expr::Binary(inner) = first {
            rest.push(inner);
            first = &inner.left;
        }
        let mut id = self.expr(first);
        for part in rest.into_iter().rev() {
            let right = self.expr(&part.right);
            let joins = matches!(*part.right, Expr::Reference(_)) || self.is_text(id) || self.is_text(right);
            id = self.operation(&part.op, id, right, joins);
        }
        id
    }

    fn operation(&mut self, op: &BinOp, left: ExprId, right: ExprId, joins: bool) -> ExprId {
        let span = self.span_of(left).to(self.span_of(right));
        match op {
            BinOp::AddAssign(_) => {
                self.emit(Stmt::Assign { target: left, value: right, append: true });
                self.nothing(span)
            }
            BinOp::Add(_) if joins => {
                // One flat list: what was put together so far is taken out of its expression.
                let mut parts = match &mut self.out.exprs[left.0 as usize].kind {
                    ExprKind::Concat(parts) => std::mem::take(parts),
                    _ => vec![left],
                };
                parts.push(right);
                self.push(ExprKind::Concat(parts), span)
            }
            other => {
                let operator = Name::new_static(operator(other));
                self.push(ExprKind::Binary { operator, left, right }, span)
            }
        }
    }

    /// Whether an expression is a text by the way it is written: a literal, what is made of one, or a call
    /// on one (`"…".to_string()`, `String::from("…")`).
    fn is_text(&self, id: ExprId) -> bool {
        match &self.out.expr(id).kind {
            ExprKind::Text(_) | ExprKind::Concat(_) | ExprKind::Format { .. } | ExprKind::Include(_) => true,
            ExprKind::Call { callee, args } => match &self.out.expr(*callee).kind {
                ExprKind::Member { base, name, .. } => {
                    matches!(name.as_str(), "to_string" | "to_owned" | "into" | "as_str" | "join")
                        || matches!(self.out.expr(*base).kind, ExprKind::Text(_))
                }
                ExprKind::Path { segments, .. } => {
                    segments.iter().any(|segment| segment == "String") && args.len() <= 1
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn record(&mut self, record: &syn::ExprStruct) -> ExprId {
        let ty = self.path_type(record.qself.as_ref(), &record.path);
        let mut fields = Vec::new();
        for field in &record.fields {
            let (name, _) = member_name(&field.member);
            fields.push((name, self.expr(&field.expr)));
        }
        let args = record.rest.iter().map(|rest| Arg { name: None, value: self.expr(rest), spread: true }).collect();
        let span = ty.span.to(self.span(record.brace_token.span.close()));
        self.push(ExprKind::New { ty, args, fields }, span)
    }

    fn closure(&mut self, closure: &syn::ExprClosure) -> ExprId {
        let start = self.span(closure.inputs_begin.span);
        let mut params = Vec::new();
        let mut patterns = Vec::new();
        for input in &closure.inputs {
            let (name, _, is_pattern) = self.param_name(input);
            let ty = match input {
                syn::Pat::Type(typed) => Some(self.type_ref(&typed.ty)),
                _ => None,
            };
            params.push(Param { name, ty, default: None, annotations: Vec::new() });
            if is_pattern {
                patterns.push(input);
            }
        }
        let returns = self.return_type(&closure.output);
        let end = match &*closure.body {
            Expr::Block(block) => self.span(block.block.brace_token.span.close()),
            Expr::Async(block) => self.span(block.block.brace_token.span.close()),
            _ => self.span(closure.inputs_end.span),
        };
        let id = self.begin_lambda(params, returns, start.to(end));
        self.inside(id, |this| {
            for pattern in patterns {
                this.bind_param(pattern, None);
            }
            match &*closure.body {
                Expr::Block(block) => this.statements(&block.block.stmts, super::statements::Tail::Function),
                // The block of an `async` closure is the closure itself.
                Expr::Async(block) => this.statements(&block.block.stmts, super::statements::Tail::Function),
                other => this.function_tail(other),
            }
        });
        self.end_lambda(id, start.to(end))
    }

    fn async_block(&mut self, block: &syn::ExprAsync) -> ExprId {
        let span = self.between(block.async_token.span, block.block.brace_token.span.close());
        let id = self.begin_lambda(Vec::new(), None, span);
        self.inside(id, |this| this.statements(&block.block.stmts, super::statements::Tail::Function));
        self.end_lambda(id, span)
    }

    fn begin_lambda(&mut self, params: Vec<Param>, returns: Option<TypeRef>, span: Span) -> FunctionId {
        let mut scope = self.modules.clone();
        scope.extend(self.owner.as_ref().map(|(_, name)| name.clone()));
        let function = Function {
            params,
            returns,
            kind: FunctionKind::Lambda,
            parent: self.function,
            owner: self.owner.as_ref().map(|(id, _)| *id),
            ..super::top_level(scope, Vec::new(), span, self.in_test)
        };
        self.add_function(function)
    }

    /// Widens a lambda's span over its body, and gives it as an expression.
    fn end_lambda(&mut self, id: FunctionId, head: Span) -> ExprId {
        let end = self.stmts_span(&self.out.functions[id.0 as usize].body);
        let span = end.map_or(head, |end| head.to(end));
        self.out.functions[id.0 as usize].span = span;
        self.push(ExprKind::Lambda(id), span)
    }

    /// What the last of the statements covers.
    fn stmts_span(&self, stmts: &[Stmt]) -> Option<Span> {
        match stmts.last()? {
            Stmt::Let { value, span, .. } => Some(value.map_or(*span, |value| span.to(self.span_of(value)))),
            Stmt::Assign { target, value, .. } => Some(self.span_of(*target).to(self.span_of(*value))),
            Stmt::Expr(id) | Stmt::Return(id) => Some(self.span_of(*id)),
            Stmt::Branch(ways) => ways.iter().filter_map(|way| self.stmts_span(way)).reduce(Span::to),
            Stmt::Loop(body) | Stmt::Block(body) | Stmt::With { body, .. } => self.stmts_span(body),
        }
    }
}

fn operator(op: &BinOp) -> &'static str {
    match op {
        BinOp::Add(_) => "+",
        BinOp::Sub(_) => "-",
        BinOp::Mul(_) => "*",
        BinOp::Div(_) => "/",
        BinOp::Rem(_) => "%",
        BinOp::And(_) => "&&",
        BinOp::Or(_) => "||",
        BinOp::BitXor(_) => "^",
        BinOp::BitAnd(_) => "&",
        BinOp::BitOr(_) => "|",
        BinOp::Shl(_) => "<<",
        BinOp::Shr(_) => ">>",
        BinOp::Eq(_) => "==",
        BinOp::Lt(_) => "<",
        BinOp::Le(_) => "<=",
        BinOp::Ne(_) => "!=",
        BinOp::Ge(_) => ">=",
        BinOp::Gt(_) => ">",
        // Assignments of numbers.
        _ => "=",
    }
}
