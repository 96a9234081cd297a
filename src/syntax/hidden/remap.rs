//! An outline of a text that was taken out of a file, put back: every span becomes one of the file.

use crate::source::Span;
use crate::syntax::hidden::mapped::Mapped;
use crate::syntax::outline::{Annotation, ExprKind, Generic, Outline, Piece, Stmt, TypeRef};

/// Puts every span of `outline`, which is of `code`'s text, where it stands in the file.
pub(super) fn remap(outline: &mut Outline, code: &Mapped) {
    let span = |span: &mut Span| *span = code.span(span.start as usize, span.end as usize);
    outline.imports.iter_mut().for_each(|import| span(&mut import.span));
    outline.problems.iter_mut().for_each(|problem| span(&mut problem.span));
    outline.directives.iter_mut().for_each(|directive| span(&mut directive.span));
    for ty in &mut outline.types {
        span(&mut ty.span);
        span(&mut ty.name_span);
        ty.bases.iter_mut().for_each(|base| type_ref(base, code));
        generics(&mut ty.generics, code);
        annotations(&mut ty.annotations, code);
        for field in &mut ty.fields {
            span(&mut field.span);
            field.ty.iter_mut().for_each(|ty| type_ref(ty, code));
            annotations(&mut field.annotations, code);
        }
    }
    for value in &mut outline.values {
        span(&mut value.span);
        value.ty.iter_mut().for_each(|ty| type_ref(ty, code));
    }
    for function in &mut outline.functions {
        span(&mut function.span);
        span(&mut function.name_span);
        annotations(&mut function.annotations, code);
        generics(&mut function.generics, code);
        function.returns.iter_mut().for_each(|ty| type_ref(ty, code));
        for param in &mut function.params {
            param.ty.iter_mut().for_each(|ty| type_ref(ty, code));
            annotations(&mut param.annotations, code);
        }
        statements(&mut function.body, code);
    }
    for expr in &mut outline.exprs {
        span(&mut expr.span);
        kind(&mut expr.kind, code);
    }
}

fn type_ref(ty: &mut TypeRef, code: &Mapped) {
    ty.span = code.span(ty.span.start as usize, ty.span.end as usize);
    ty.args.iter_mut().for_each(|arg| type_ref(arg, code));
}

fn generics(generics: &mut [Generic], code: &Mapped) {
    generics.iter_mut().flat_map(|generic| &mut generic.bounds).for_each(|bound| type_ref(bound, code));
}

fn annotations(annotations: &mut [Annotation], code: &Mapped) {
    for annotation in annotations {
        annotation.span = code.span(annotation.span.start as usize, annotation.span.end as usize);
    }
}

fn statements(stmts: &mut [Stmt], code: &Mapped) {
    for stmt in stmts {
        match stmt {
            Stmt::Let { ty, span, .. } => {
                *span = code.span(span.start as usize, span.end as usize);
                ty.iter_mut().for_each(|ty| type_ref(ty, code));
            }
            Stmt::Branch(ways) => ways.iter_mut().for_each(|way| statements(way, code)),
            Stmt::Loop(body) | Stmt::Block(body) | Stmt::With { body, .. } => statements(body, code),
            Stmt::Assign { .. } | Stmt::Expr(_) | Stmt::Return(_) => {}
        }
    }
}

fn kind(kind: &mut ExprKind, code: &Mapped) {
    match kind {
        ExprKind::Text(pieces) => *pieces = remapped(pieces, code),
        ExprKind::Path { type_args, .. } => type_args.iter_mut().for_each(|ty| type_ref(ty, code)),
        ExprKind::Member { type_args, name_span, .. } => {
            *name_span = code.span(name_span.start as usize, name_span.end as usize);
            type_args.iter_mut().for_each(|ty| type_ref(ty, code));
        }
        ExprKind::New { ty, .. } | ExprKind::Typed { ty, .. } => type_ref(ty, code),
        ExprKind::Macro { body: Some(body), .. } => *body = code.span(body.start as usize, body.end as usize),
        ExprKind::Block(stmts) => statements(stmts, code),
        _ => {}
    }
}

/// Pieces are parted where the runs of the text are, so that bytes go on corresponding.
fn remapped(pieces: &[Piece], code: &Mapped) -> Vec<Piece> {
    let mut out = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Literal { text, span } if text.len() == span.len() => {
                out.extend(code.pieces(span.start as usize, span.end as usize));
            }
            Piece::Literal { text, span } => {
                let span = code.span(span.start as usize, span.end as usize);
                out.push(Piece::Literal { text: text.clone(), span });
            }
            Piece::Value { expr, span } => {
                out.push(Piece::Value { expr: *expr, span: code.span(span.start as usize, span.end as usize) });
            }
            Piece::Hole { span } => out.push(Piece::Hole { span: code.span(span.start as usize, span.end as usize) }),
        }
    }
    out
}

/// Adds a function whose body refers to the expressions of another outline.
pub(super) fn merge(outline: &mut Outline, mut other: Outline, mut function: crate::syntax::outline::Function) {
    let shift = u32::try_from(outline.exprs.len()).unwrap_or(u32::MAX);
    let move_id = |id: &mut crate::syntax::outline::ExprId| id.0 = id.0.saturating_add(shift);
    for expr in &mut other.exprs {
        match &mut expr.kind {
            ExprKind::Text(pieces) => {
                for piece in pieces {
                    if let Piece::Value { expr, .. } = piece {
                        move_id(expr);
                    }
                }
            }
            ExprKind::Call { callee, args } => {
                move_id(callee);
                args.iter_mut().for_each(|arg| move_id(&mut arg.value));
            }
            ExprKind::Block(stmts) => shift_statements(stmts, &move_id),
            _ => {}
        }
    }
    shift_statements(&mut function.body, &move_id);
    outline.exprs.append(&mut other.exprs);
    outline.functions.push(function);
}

fn shift_statements(stmts: &mut [Stmt], move_id: &impl Fn(&mut crate::syntax::outline::ExprId)) {
    for stmt in stmts {
        match stmt {
            Stmt::Let { value: Some(value), .. } => move_id(value),
            Stmt::Assign { target, value, .. } => {
                move_id(target);
                move_id(value);
            }
            Stmt::Expr(value) | Stmt::Return(value) => move_id(value),
            _ => {}
        }
    }
}
