//! Items: modules, imports, types, functions, constants.

use syn::{Fields, FnArg, ImplItem, Item, TraitItem, UseTree, Visibility};

use super::lower::{Lowering, name};
use super::statements::Tail;
use crate::source::Span;
use crate::syntax::outline::{
    Annotation, ExprId, Field, Function, FunctionId, FunctionKind, Generic, Import, Param, Stmt, TypeDecl, TypeId,
    TypeKind, TypeRef, ValueDecl,
};
use crate::vocabulary::Name;

impl Lowering<'_> {
    /// The items of a module. What runs outside of functions (initialisers, macros) becomes its top level.
    pub(super) fn module_items(&mut self, items: &[Item], span: Span) {
        let found = self.block(|this| {
            for item in items {
                this.item(item);
            }
        });
        self.finish_module(found, span);
    }

    pub(super) fn finish_module(&mut self, found: Vec<Stmt>, span: Span) {
        if !found.is_empty() {
            let function = super::top_level(self.modules.clone(), found, span, self.in_test);
            self.out.functions.push(function);
        }
    }

    pub(super) fn item(&mut self, item: &Item) {
        match item {
            Item::Use(import) => {
                let mut path = Vec::new();
                self.use_tree(&import.tree, &mut path, !matches!(import.vis, Visibility::Inherited));
            }
            Item::ExternCrate(import) => {
                let path = name(&import.ident);
                let alias = import.rename.as_ref().map_or_else(|| path.clone(), |(_, rename)| name(rename));
                let span = self.span(import.ident.span());
                self.import(vec![path], Some(alias), false, !matches!(import.vis, Visibility::Inherited), span);
            }
            Item::Mod(module) => self.module(module),
            Item::Fn(function) => self.free_function(function),
            Item::Struct(item) => self.record_type(
                TypeKind::Struct,
                (&item.attrs, &item.ident, &item.generics),
                item.struct_token.span,
                &item.fields,
            ),
            Item::Union(item) => self.record_type(
                TypeKind::Struct,
                (&item.attrs, &item.ident, &item.generics),
                item.union_token.span,
                &Fields::Named(item.fields.clone()),
            ),
            Item::Enum(item) => self.enum_type(item),
            Item::Type(item) => {
                let bases = vec![self.type_ref(&item.ty)];
                let span = self.between(item.type_token.span, item.semi_token.span);
                self.type_decl(TypeKind::Alias, (&item.attrs, &item.ident, &item.generics), span, bases, Vec::new());
            }
            Item::Trait(item) => self.trait_type(item),
            Item::TraitAlias(item) => {
                let bases = self.bounds(item.bounds.iter());
                let span = self.between(item.trait_token.span, item.semi_token.span);
                self.type_decl(TypeKind::Trait, (&item.attrs, &item.ident, &item.generics), span, bases, Vec::new());
            }
            Item::Impl(item) => self.impl_block(item),
            Item::Const(item) => self.module_value(&item.ident, &item.ty, &item.expr, &item.vis),
            Item::Static(item) => self.module_value(&item.ident, &item.ty, &item.expr, &item.vis),
            Item::Macro(item) => self.item_macro(item),
            Item::Verbatim(tokens) => {
                let found = self.salvage_verbatim(tokens.clone());
                for id in found {
                    self.emit_expr(id);
                }
            }
            _ => {}
        }
    }

    fn item_macro(&mut self, item: &syn::ItemMacro) {
        if let Some(ident) = &item.ident {
            self.macro_rules(ident, &item.mac);
        } else {
            let id = self.macro_call(&item.mac);
            self.emit_expr(id);
        }
    }

    fn import(&mut self, path: Vec<Name>, alias: Option<Name>, glob: bool, reexport: bool, span: Span) {
        self.out.imports.push(Import { path, alias, glob, reexport, scope: self.modules.clone(), span });
    }

    fn use_tree(&mut self, tree: &UseTree, path: &mut Vec<Name>, reexport: bool) {
        match tree {
            UseTree::Path(step) => {
                path.push(name(&step.ident));
                self.use_tree(&step.tree, path, reexport);
                path.pop();
            }
            UseTree::Name(last) => self.use_name(&last.ident, None, path, reexport),
            UseTree::Rename(last) => self.use_name(&last.ident, Some(&last.rename), path, reexport),
            UseTree::Glob(glob) => {
                let span = self.span(glob.star_token.span);
                self.import(path.clone(), None, true, reexport, span);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, path, reexport);
                }
            }
        }
    }

    /// `a::b`, `a::b as c`, `a::{self}`. What is imported as `_` is bound to no name.
    fn use_name(&mut self, last: &syn::Ident, rename: Option<&syn::Ident>, path: &[Name], reexport: bool) {
        let mut full = path.to_vec();
        if last != "self" || full.is_empty() {
            full.push(name(last));
        }
        let alias = rename.map(name).or_else(|| full.last().cloned()).filter(|alias| alias != "_");
        let span = self.span(last.span());
        self.import(full, alias, false, reexport, span);
    }

    fn module(&mut self, module: &syn::ItemMod) {
        let was_test = self.in_test;
        self.in_test |= super::attributes::is_test_only(&module.attrs);
        if let Some((brace, items)) = &module.content {
            self.modules.push(name(&module.ident));
            let span = self.between(module.mod_token.span, brace.span.close());
            self.module_items(items, span);
            self.modules.pop();
        } else {
            self.module_file(module);
        }
        self.in_test = was_test;
    }

    fn module_file(&mut self, module: &syn::ItemMod) {
        self.has_child_files = true;
        let name = name(&module.ident);
        let span = self.span(module.ident.span());
        let reexport = !matches!(module.vis, Visibility::Inherited);
        self.import(vec![Name::new_static("self"), name.clone()], Some(name.clone()), false, reexport, span);
        let annotations = self.annotations(&module.attrs);
        if !annotations.is_empty() {
            self.out.types.push(TypeDecl {
                name,
                scope: self.modules.clone(),
                kind: TypeKind::Module,
                span,
                name_span: span,
                bases: Vec::new(),
                generics: Vec::new(),
                annotations,
                fields: Vec::new(),
            });
        }
    }

    fn module_value(&mut self, ident: &syn::Ident, ty: &syn::Type, value: &syn::Expr, vis: &Visibility) {
        let declared = ValueDecl {
            name: name(ident),
            scope: self.modules.clone(),
            ty: Some(self.type_ref(ty)),
            value: Some(self.expr(value)),
            exported: !matches!(vis, Visibility::Inherited),
            span: self.span(ident.span()),
        };
        self.out.values.push(declared);
    }

    fn type_decl(
        &mut self,
        kind: TypeKind,
        (attrs, ident, generics): (&[syn::Attribute], &syn::Ident, &syn::Generics),
        span: Span,
        bases: Vec<TypeRef>,
        fields: Vec<Field>,
    ) -> TypeId {
        let annotations = self.annotations(attrs);
        let generics = self.generics(generics);
        let name_span = self.span(ident.span());
        self.add_type(kind, (name(ident), name_span), span, (bases, generics, annotations, fields))
    }

    pub(super) fn add_type(
        &mut self,
        kind: TypeKind,
        (name, name_span): (Name, Span),
        span: Span,
        (bases, generics, annotations, fields): (Vec<TypeRef>, Vec<Generic>, Vec<Annotation>, Vec<Field>),
    ) -> TypeId {
        let id = TypeId(u32::try_from(self.out.types.len()).unwrap_or(u32::MAX));
        let scope = self.modules.clone();
        self.out.types.push(TypeDecl { name, scope, kind, span, name_span, bases, generics, annotations, fields });
        id
    }

    fn record_type(
        &mut self,
        kind: TypeKind,
        head: (&[syn::Attribute], &syn::Ident, &syn::Generics),
        keyword: proc_macro2::Span,
        fields: &Fields,
    ) {
        let end = match fields {
            Fields::Named(fields) => fields.brace_token.span.close(),
            Fields::Unnamed(fields) => fields.paren_token.span.close(),
            Fields::Unit => head.1.span(),
        };
        let span = self.between(keyword, end);
        let fields = fields.iter().enumerate().map(|(at, field)| self.record_field(at, field)).collect();
        self.type_decl(kind, head, span, Vec::new(), fields);
    }

    fn record_field(&mut self, at: usize, field: &syn::Field) -> Field {
        let ty = self.type_ref(&field.ty);
        Field {
            name: field.ident.as_ref().map_or_else(|| Name::from(at.to_string()), name),
            annotations: self.annotations(&field.attrs),
            value: field.default.as_ref().map(|(_, value)| self.expr(value)),
            is_static: false,
            span: field.ident.as_ref().map_or(ty.span, |ident| self.span(ident.span())),
            ty: Some(ty),
        }
    }

    fn enum_type(&mut self, item: &syn::ItemEnum) {
        let mut fields = Vec::new();
        for variant in &item.variants {
            // What a variant holds is its type where it is one thing.
            let mut held = variant.fields.iter();
            let ty = match (held.next(), held.next()) {
                (Some(only), None) => Some(self.type_ref(&only.ty)),
                _ => None,
            };
            let annotations = self.annotations(&variant.attrs);
            let value = variant.discriminant.as_ref().map(|(_, value)| self.expr(value));
            fields.push(self.static_field(&variant.ident, ty, annotations, value));
        }
        let span = self.between(item.enum_token.span, item.brace_token.span.close());
        self.type_decl(TypeKind::Enum, (&item.attrs, &item.ident, &item.generics), span, Vec::new(), fields);
    }

    fn static_field(
        &self,
        ident: &syn::Ident,
        ty: Option<TypeRef>,
        annotations: Vec<Annotation>,
        value: Option<ExprId>,
    ) -> Field {
        Field { name: name(ident), ty, annotations, value, is_static: true, span: self.span(ident.span()) }
    }

    fn trait_type(&mut self, item: &syn::ItemTrait) {
        let mut fields = Vec::new();
        for member in &item.items {
            match member {
                TraitItem::Const(member) => {
                    let ty = Some(self.type_ref(&member.ty));
                    let annotations = self.annotations(&member.attrs);
                    let value = member.default.as_ref().map(|(_, value)| self.expr(value));
                    fields.push(self.static_field(&member.ident, ty, annotations, value));
                }
                TraitItem::Type(member) => {
                    let ty = member.default.as_ref().map(|(_, ty)| self.type_ref(ty));
                    fields.push(self.static_field(&member.ident, ty, Vec::new(), None));
                }
                _ => {}
            }
        }
        let bases = self.bounds(item.supertraits.iter());
        let span = self.between(item.trait_token.span, item.brace_token.span.close());
        let id = self.type_decl(TypeKind::Trait, (&item.attrs, &item.ident, &item.generics), span, bases, fields);
        self.members(id, name(&item.ident), &item.attrs, |this| {
            for member in &item.items {
                match member {
                    TraitItem::Fn(member) => this.method(&member.attrs, &member.sig, member.default.as_ref()),
                    TraitItem::Macro(member) => this.member_macro(&member.mac),
                    _ => {}
                }
            }
        });
    }

    fn impl_block(&mut self, item: &syn::ItemImpl) {
        let of = self.type_ref(&item.self_ty);
        let mut fields = Vec::new();
        for member in &item.items {
            match member {
                ImplItem::Const(member) => {
                    let ty = Some(self.type_ref(&member.ty));
                    let annotations = self.annotations(&member.attrs);
                    let value = Some(self.expr(&member.expr));
                    fields.push(self.static_field(&member.ident, ty, annotations, value));
                }
                ImplItem::Type(member) => {
                    let ty = Some(self.type_ref(&member.ty));
                    fields.push(self.static_field(&member.ident, ty, Vec::new(), None));
                }
                _ => {}
            }
        }
        let bases = item.trait_.iter().map(|(path, _)| self.path_type(None, path)).collect();
        let annotations = self.annotations(&item.attrs);
        let generics = self.generics(&item.generics);
        let span = self.between(item.impl_token.span, item.brace_token.span.close());
        let own = of.path.last().cloned().unwrap_or_default();
        let parts = (bases, generics, annotations, fields);
        let id = self.add_type(TypeKind::Extension, (own.clone(), of.span), span, parts);
        self.members(id, own, &item.attrs, |this| {
            for member in &item.items {
                match member {
                    ImplItem::Fn(member) => this.method(&member.attrs, &member.sig, Some(&member.block)),
                    ImplItem::Macro(member) => this.member_macro(&member.mac),
                    ImplItem::Verbatim(tokens) => this.member_tokens(tokens.clone()),
                    _ => {}
                }
            }
        });
    }

    fn members(&mut self, id: TypeId, name: Name, attrs: &[syn::Attribute], fill: impl FnOnce(&mut Self)) {
        let was_test = self.in_test;
        self.in_test |= super::attributes::is_test_only(attrs);
        let outer = self.owner.replace((id, name));
        fill(self);
        self.owner = outer;
        self.in_test = was_test;
    }

    fn member_macro(&mut self, call: &syn::Macro) {
        let id = self.macro_call(call);
        self.emit_expr(id);
    }

    fn member_tokens(&mut self, tokens: proc_macro2::TokenStream) {
        let found = self.salvage_verbatim(tokens);
        for id in found {
            self.emit_expr(id);
        }
    }

    fn free_function(&mut self, item: &syn::ItemFn) {
        // A function inside a method does not belong to the method's type.
        let outer = self.owner.take();
        self.function(&item.attrs, &item.sig, Some(&item.block));
        self.owner = outer;
    }

    fn method(&mut self, attrs: &[syn::Attribute], sig: &syn::Signature, block: Option<&syn::Block>) {
        self.function(attrs, sig, block);
    }

    fn function(&mut self, attrs: &[syn::Attribute], sig: &syn::Signature, block: Option<&syn::Block>) {
        let has_receiver = sig.inputs.iter().any(|input| matches!(input, FnArg::Receiver(_)));
        let mut scope = self.modules.clone();
        scope.extend(self.owner.as_ref().map(|(_, name)| name.clone()));
        let start = attrs.first().map_or(sig.fn_token.span, |attr| attr.pound_token.span);
        let end = block.map_or(sig.paren_token.span.close(), |block| block.brace_token.span.close());
        let mut patterns = Vec::new();
        let mut params = Vec::new();
        for input in &sig.inputs {
            let FnArg::Typed(param) = input else { continue };
            let (name, _, is_pattern) = self.param_name(&param.pat);
            let annotations = self.annotations(&param.attrs);
            params.push(Param { name, ty: Some(self.type_ref(&param.ty)), default: None, annotations });
            if is_pattern {
                patterns.push(param);
            }
        }
        let function = Function {
            name: name(&sig.ident),
            scope,
            owner: self.owner.as_ref().map(|(id, _)| *id),
            kind: match (&self.owner, has_receiver) {
                (None, _) => FunctionKind::Free,
                (Some(_), true) => FunctionKind::Method,
                (Some(_), false) => FunctionKind::Static,
            },
            parent: self.function,
            annotations: self.annotations(attrs),
            generics: self.generics(&sig.generics),
            params,
            returns: self.return_type(&sig.output),
            body: Vec::new(),
            span: self.between(start, end),
            name_span: self.span(sig.ident.span()),
            is_test: self.in_test || super::attributes::is_test_function(attrs),
        };
        let id = self.add_function(function);
        let Some(block) = block else { return };
        self.inside(id, |this| {
            for param in patterns {
                this.bind_param(&param.pat, Some(&param.ty));
            }
            this.statements(&block.stmts, Tail::Function);
        });
    }

    pub(super) fn add_function(&mut self, function: Function) -> FunctionId {
        let id = FunctionId(u32::try_from(self.out.functions.len()).unwrap_or(u32::MAX));
        self.out.functions.push(function);
        id
    }

    /// Makes what `fill` adds the body of a function.
    pub(super) fn inside(&mut self, id: FunctionId, fill: impl FnOnce(&mut Self)) {
        let outer = self.function.replace(id);
        let was_test = self.in_test;
        self.in_test = self.out.functions[id.0 as usize].is_test;
        let body = self.block(fill);
        self.out.functions[id.0 as usize].body = body;
        self.in_test = was_test;
        self.function = outer;
    }
}
