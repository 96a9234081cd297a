//! References to types, and type parameters with their bounds.

use syn::{GenericArgument, GenericParam, PathArguments, ReturnType, Type, TypeParamBound, WherePredicate};

use super::lower::{Lowering, name};
use crate::source::Span;
use crate::syntax::outline::{Generic, TypeRef};
use crate::vocabulary::Name;

impl Lowering<'_> {
    /// A type as written, references and pointers dropped. Tuples are `()`, function types `fn`, slices
    /// and arrays `[]`, each with what they hold as arguments; `impl` and `dyn` are their first trait.
    pub(super) fn type_ref(&self, ty: &Type) -> TypeRef {
        match ty {
            Type::Reference(inner) => self.type_ref(&inner.elem),
            Type::Ptr(inner) => self.type_ref(&inner.elem),
            Type::Paren(inner) => self.type_ref(&inner.elem),
            Type::Group(inner) => self.type_ref(&inner.elem),
            Type::Path(path) => self.path_type(path.qself.as_ref(), &path.path),
            Type::Array(array) => self.built_in("[]", array.bracket_token.span.join(), &[&*array.elem]),
            Type::Slice(slice) => self.built_in("[]", slice.bracket_token.span.join(), &[&*slice.elem]),
            Type::Tuple(tuple) => {
                self.built_in("()", tuple.paren_token.span.join(), &tuple.elems.iter().collect::<Vec<_>>())
            }
            Type::FnPtr(pointer) => {
                let inputs: Vec<_> = pointer.inputs.iter().map(|input| &input.ty).collect();
                self.built_in("fn", pointer.fn_token.span, &inputs)
            }
            Type::ImplTrait(bounds) => self.first_bound("impl", bounds.impl_token.span, bounds.bounds.iter()),
            Type::TraitObject(object) => {
                let span = object.dyn_token.map_or_else(proc_macro2::Span::call_site, |token| token.span);
                self.first_bound("dyn", span, object.bounds.iter())
            }
            Type::Macro(call) => {
                let span = call.mac.path.segments.first().map_or_else(
                    || self.span(call.mac.bang_token.span),
                    |first| self.between(first.ident.span(), call.mac.bang_token.span),
                );
                TypeRef::simple(call.mac.path.segments.iter().map(|segment| name(&segment.ident)).collect(), span)
            }
            Type::Never(never) => self.built_in("!", never.bang_token.span, &[]),
            Type::Infer(infer) => self.built_in("_", infer.underscore_token.span, &[]),
            _ => TypeRef::simple(vec![Name::new_static("_")], Span::default()),
        }
    }

    fn built_in(&self, word: &'static str, span: proc_macro2::Span, args: &[&Type]) -> TypeRef {
        TypeRef {
            path: vec![Name::new_static(word)],
            args: args.iter().map(|arg| self.type_ref(arg)).collect(),
            span: self.span(span),
        }
    }

    fn first_bound<'b>(
        &self,
        word: &'static str,
        span: proc_macro2::Span,
        bounds: impl Iterator<Item = &'b TypeParamBound>,
    ) -> TypeRef {
        let first = self.bounds(bounds).into_iter().next();
        first.unwrap_or_else(|| self.built_in(word, span, &[]))
    }

    /// The traits among the bounds.
    pub(super) fn bounds<'b>(&self, bounds: impl Iterator<Item = &'b TypeParamBound>) -> Vec<TypeRef> {
        let traits = bounds.filter_map(|bound| match bound {
            TypeParamBound::Trait(bound) => Some(self.path_type(None, &bound.path)),
            _ => None,
        });
        traits.collect()
    }

    /// A path as a type: its segments, and the arguments of its last segment that has some.
    pub(super) fn path_type(&self, qself: Option<&syn::QSelf>, path: &syn::Path) -> TypeRef {
        let (path, args, span) = self.path_parts(qself, path);
        TypeRef { path, args, span }
    }

    /// The segments of a path, the type arguments of its last segment that has some, and its place.
    /// `<T as Trait>::X` is `T::X`.
    pub(super) fn path_parts(&self, qself: Option<&syn::QSelf>, path: &syn::Path) -> (Vec<Name>, Vec<TypeRef>, Span) {
        let mut segments = Vec::new();
        let mut args = Vec::new();
        let mut span: Option<Span> = None;
        let mut skipped = 0;
        if let Some(qself) = qself {
            let of = self.type_ref(&qself.ty);
            segments = of.path;
            args = of.args;
            skipped = qself.position;
            span = Some(self.span(qself.lt_token.span));
        }
        for (at, segment) in path.segments.iter().enumerate() {
            let mut end = self.span(segment.ident.span());
            if at >= skipped {
                segments.push(name(&segment.ident));
            }
            if let Some(found) = self.path_arguments(&segment.arguments) {
                if at >= skipped {
                    args = found.0;
                }
                end = found.1;
            }
            span = Some(span.map_or(self.span(segment.ident.span()), |span| span).to(end));
        }
        (segments, args, span.unwrap_or_default())
    }

    /// The types in `<…>` or `(…) -> …`, and where the closing mark stands; `None` if there are none.
    fn path_arguments(&self, arguments: &PathArguments) -> Option<(Vec<TypeRef>, Span)> {
        match arguments {
            PathArguments::None => None,
            PathArguments::AngleBracketed(given) => Some((self.type_args(given), self.span(given.gt_token.span))),
            PathArguments::Parenthesized(given) => {
                let mut types: Vec<_> = given.inputs.iter().map(|input| self.type_ref(&input.ty)).collect();
                types.extend(self.return_type(&given.output));
                Some((types, self.span(given.paren_token.span.close())))
            }
        }
    }

    /// The types among generic arguments; lifetimes and numbers are left out.
    pub(super) fn type_args(&self, given: &syn::AngleBracketedGenericArguments) -> Vec<TypeRef> {
        let types = given.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(self.type_ref(ty)),
            GenericArgument::AssocType(assoc) => Some(self.type_ref(&assoc.ty)),
            _ => None,
        });
        types.collect()
    }

    pub(super) fn return_type(&self, output: &ReturnType) -> Option<TypeRef> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(self.type_ref(ty)),
        }
    }

    /// The type parameters with their bounds, those of the `where` clause included.
    pub(super) fn generics(&self, generics: &syn::Generics) -> Vec<Generic> {
        let mut found = Vec::new();
        for param in &generics.params {
            match param {
                GenericParam::Type(param) => {
                    found.push(Generic { name: name(&param.ident), bounds: self.bounds(param.bounds.iter()) });
                }
                GenericParam::Const(param) => found.push(Generic { name: name(&param.ident), bounds: Vec::new() }),
                GenericParam::Lifetime(_) => {}
            }
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            let WherePredicate::Type(predicate) = predicate else { continue };
            let bounded = self.type_ref(&predicate.bounded_ty);
            let [bounded] = bounded.path.as_slice() else { continue };
            if let Some(generic) = found.iter_mut().find(|generic| generic.name == *bounded) {
                generic.bounds.extend(self.bounds(predicate.bounds.iter()));
            }
        }
        found
    }
}
