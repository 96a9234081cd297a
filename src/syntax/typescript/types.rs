//! References to types in TypeScript.

use tree_sitter::Node;

use super::Script;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{children, field, span};
use crate::syntax::outline::{ExprKind, Generic, TypeRef};
use crate::vocabulary::Name;

impl Script<'_> {
    /// The type that `node` (an annotation or a type) names. `T | null` is `T`; of a union the first stands.
    pub(super) fn type_ref(&mut self, node: Node<'_>) -> Option<TypeRef> {
        if !self.l.descend(node) {
            return None;
        }
        let made = self.type_of(node);
        self.l.ascend();
        made
    }

    fn type_of(&mut self, node: Node<'_>) -> Option<TypeRef> {
        let span = span(node);
        if matches!(
            node.kind(),
            "member_expression" | "call_expression" | "nested_type_identifier" | "nested_identifier"
        ) && self.l.str(node).starts_with("import(")
        {
            return self.imported_type(node);
        }
        match node.kind() {
            "type_identifier" | "predefined_type" | "identifier" => {
                Some(TypeRef::simple(vec![self.l.name(node)], span))
            }
            "nested_type_identifier" | "nested_identifier" | "member_expression" => {
                Some(TypeRef::simple(self.l.str(node).split('.').map(|part| part.trim().into()).collect(), span))
            }
            "generic_type" => {
                let mut ty = self.type_ref(field(node, "name")?)?;
                ty.args = self.type_arguments(field(node, "type_arguments"));
                ty.span = span;
                Some(ty)
            }
            "array_type" | "tuple_type" => {
                let args = children(node).into_iter().filter_map(|item| self.type_ref(item)).collect();
                Some(TypeRef { path: vec!["[]".into()], args, span })
            }
            "union_type" => children(node).into_iter().find_map(|way| self.type_ref(way)),
            "literal_type" => {
                let text = self.l.str(node);
                let nothing = matches!(text, "null" | "undefined");
                (!nothing).then(|| TypeRef::simple(vec![self.unquoted(node)], span))
            }
            "type_query" | "index_type_query" => {
                let word = if node.kind() == "type_query" { "typeof" } else { "keyof" };
                let args = children(node).into_iter().filter_map(|inner| self.type_ref(inner)).collect();
                Some(TypeRef { path: vec![word.into()], args, span })
            }
            "function_type" | "constructor_type" => Some(TypeRef::simple(vec!["Function".into()], span)),
            "object_type" => Some(TypeRef::simple(vec!["{}".into()], span)),
            "call_expression" => {
                let call = self.expr(node);
                self.type_of_expr(call, Vec::new(), node)
            }
            // An annotation, parentheses, `readonly T`, `A & B`, `T["x"]`, `T?`: the first type inside.
            _ => children(node).into_iter().find_map(|inner| self.type_ref(inner)),
        }
    }

    /// The types between `<` and `>`.
    pub(super) fn type_arguments(&mut self, list: Option<Node<'_>>) -> Vec<TypeRef> {
        let list = list.map(children).unwrap_or_default();
        list.into_iter().filter_map(|item| self.type_ref(item)).collect()
    }

    /// The type parameters that a declaration declares.
    pub(super) fn generics(&mut self, node: Node<'_>) -> Vec<Generic> {
        let mut generics = Vec::new();
        for parameter in field(node, "type_parameters").map(children).unwrap_or_default() {
            let Some(name) = field(parameter, "name") else { continue };
            let bounds = field(parameter, "constraint").and_then(|bound| self.type_ref(bound)).into_iter().collect();
            generics.push(Generic { name: self.l.name(name), bounds });
        }
        generics
    }

    /// The type that an expression names: what follows `extends` or `new`. A call (`extends mixin(A)`) is a
    /// type called like the function, with the paths it is given as arguments.
    pub(super) fn type_of_expr(
        &mut self,
        expr: crate::syntax::outline::ExprId,
        mut args: Vec<TypeRef>,
        node: Node<'_>,
    ) -> Option<TypeRef> {
        let path: Vec<Name> = self.l.dotted(expr);
        if path.is_empty() {
            return None;
        }
        if let ExprKind::Call { args: given, .. } = &self.l.out.expr(expr).kind {
            let given: Vec<_> = given.iter().map(|arg| arg.value).collect();
            for value in given {
                if matches!(self.l.out.expr(value).kind, ExprKind::Path { .. } | ExprKind::Member { .. }) {
                    args.push(TypeRef::simple(self.l.dotted(value), self.l.out.expr(value).span));
                }
            }
        }
        Some(TypeRef { path, args, span: span(node) })
    }
}
