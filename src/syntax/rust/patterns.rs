//! Patterns: the names they bind, and to which part of the value.

use syn::{Member, Pat, Type};

use super::lower::{Lowering, name};
use crate::source::Span;
use crate::syntax::outline::{ExprId, ExprKind, Stmt, TypeRef};
use crate::vocabulary::Name;

impl Lowering<'_> {
    /// Binds the names of a pattern to the parts of `value`, and evaluates the guard if it has one. Gives
    /// the number of names.
    pub(super) fn bind(&mut self, pat: &Pat, value: Option<ExprId>, ty: Option<TypeRef>) -> usize {
        match pat {
            Pat::Ident(ident) => {
                let mut bound = 0;
                let span = self.span(ident.ident.span());
                if !is_constant(&ident.ident) || ident.subpat.is_some() {
                    self.emit(Stmt::Let { name: name(&ident.ident), ty, value, span });
                    bound += 1;
                }
                if let Some((_, inner)) = &ident.subpat {
                    bound += self.bind(inner, value, None);
                }
                bound
            }
            Pat::Reference(inner) => self.bind(&inner.pat, value, ty),
            Pat::Paren(inner) => self.bind(&inner.pat, value, ty),
            Pat::Type(typed) => {
                let ty = self.type_ref(&typed.ty);
                self.bind(&typed.pat, value, Some(ty))
            }
            Pat::Guard(guarded) => {
                let bound = self.bind(&guarded.pat, value, ty);
                self.condition(&guarded.guard);
                bound
            }
            // Each case binds the same names.
            Pat::Or(cases) => cases.cases.first().map_or(0, |first| self.bind(first, value, ty)),
            Pat::Tuple(tuple) => self.bind_list(tuple.elems.iter(), value),
            Pat::Slice(slice) => self.bind_list(slice.elems.iter(), value),
            Pat::TupleStruct(tuple) => {
                let mut elems = tuple.elems.iter();
                if is_transparent(&tuple.path)
                    && let (Some(only), None) = (elems.next(), elems.next())
                {
                    return self.bind(only, value, None);
                }
                self.bind_list(tuple.elems.iter(), value)
            }
            Pat::Struct(record) => {
                let mut bound = 0;
                for field in &record.fields {
                    let (name, position) = member_name(&field.member);
                    let part = self.element(value, position, Some(name));
                    bound += self.bind(&field.pat, part, None);
                }
                bound
            }
            _ => 0,
        }
    }

    fn bind_list<'p>(&mut self, elems: impl Iterator<Item = &'p Pat>, value: Option<ExprId>) -> usize {
        let mut bound = 0;
        let mut position = Some(0);
        for elem in elems {
            // What stands after `..` cannot be counted from the start.
            if matches!(elem, Pat::Rest(_)) {
                position = None;
                continue;
            }
            let part = self.element(value, position, None);
            bound += self.bind(elem, part, None);
            position = position.map(|position| position + 1);
        }
        bound
    }

    pub(super) fn element(
        &mut self,
        base: Option<ExprId>,
        position: Option<u32>,
        name: Option<Name>,
    ) -> Option<ExprId> {
        let base = base?;
        let span = self.span_of(base);
        Some(self.push(ExprKind::Element { base, position, name }, span))
    }

    /// Binds a value as a statement; the value itself is the statement where the pattern binds nothing.
    pub(super) fn bind_or_emit(&mut self, pat: &Pat, value: ExprId) {
        if self.bind(pat, Some(value), None) == 0 {
            self.emit_expr(value);
        }
    }

    /// A parameter's name and place, and whether its names have to be bound in the body (see
    /// [`Lowering::bind_param`]).
    pub(super) fn param_name(&self, pat: &Pat) -> (Name, Span, bool) {
        match pat {
            Pat::Ident(ident) if ident.subpat.is_none() => (name(&ident.ident), self.span(ident.ident.span()), false),
            Pat::Type(typed) => self.param_name(&typed.pat),
            Pat::Reference(inner) => self.param_name(&inner.pat),
            Pat::Paren(inner) => self.param_name(&inner.pat),
            Pat::Wild(wild) => (Name::new_static("_"), self.span(wild.underscore_token.span), false),
            _ => (Name::new_static("_"), Span::default(), true),
        }
    }

    /// Binds the names of a parameter that is a pattern. Their values are not known, but where a wrapper is
    /// taken off (`State(pool): State<PgPool>`) the type is.
    pub(super) fn bind_param(&mut self, pat: &Pat, ty: Option<&Type>) {
        let ty = ty.map(|ty| self.type_ref(ty));
        self.bind_typed(pat, ty);
    }

    fn bind_typed(&mut self, pat: &Pat, ty: Option<TypeRef>) {
        let wrapper = ty.as_ref().and_then(|ty| ty.path.last().cloned());
        match pat {
            Pat::TupleStruct(tuple) if tuple.elems.len() == 1 => {
                let same = tuple.path.segments.last().map(|segment| name(&segment.ident)) == wrapper;
                let inner = ty.filter(|ty| same && ty.args.len() == 1).and_then(|mut ty| ty.args.pop());
                if let Some(only) = tuple.elems.first() {
                    self.bind_typed(only, inner);
                }
            }
            Pat::Tuple(tuple) => {
                let mut types = ty.map(|ty| ty.args).unwrap_or_default().into_iter();
                for elem in &tuple.elems {
                    let ty = types.next();
                    self.bind_typed(elem, ty);
                }
            }
            Pat::Reference(inner) => self.bind_typed(&inner.pat, ty),
            Pat::Type(typed) => {
                let ty = self.type_ref(&typed.ty);
                self.bind_typed(&typed.pat, Some(ty));
            }
            other => {
                self.bind(other, None, ty);
            }
        }
    }
}

/// Whether an identifier in a pattern is the name of a constant or variant, by the way it is written.
fn is_constant(ident: &syn::Ident) -> bool {
    ident.to_string().starts_with(|first: char| first.is_uppercase())
}

/// Whether a path is `Ok` or `Some`, round which a value is the same value.
pub(super) fn is_transparent(path: &syn::Path) -> bool {
    let mut segments = path.segments.iter().rev();
    let wraps = segments.next().is_some_and(|last| last.ident == "Some" || last.ident == "Ok");
    wraps && segments.next().is_none_or(|of| of.ident == "Option" || of.ident == "Result")
}

/// A field's name, and its number where that is its name.
pub(super) fn member_name(member: &Member) -> (Name, Option<u32>) {
    match member {
        Member::Named(ident) => (name(ident), None),
        Member::Unnamed(index) => (Name::from(index.index.to_string()), Some(index.index)),
    }
}
