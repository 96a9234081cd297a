//! C#'s expressions and statements, each kind of node with what it is lowered by.

use tree_sitter::Node;

use super::Sharp;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{Lowering, child_of, children, field, span};
use crate::syntax::outline::{ExprId, ExprKind, FunctionKind, Stmt};

impl<'t, 'n> Walk<'t, 'n> for Sharp<'t> {
    fn lowering(&mut self) -> &mut Lowering<'t> {
        &mut self.l
    }

    fn is_no_expr(kind: &str) -> bool {
        kind.ends_with("_type") || kind.ends_with("pattern")
    }

    fn lower_expr(&mut self, node: Node<'n>) -> ExprId {
        match node.kind() {
            "identifier" | "predefined_type" => self.l.path(self.l.name(node), node),
            "generic_name" | "qualified_name" | "alias_qualified_name" => match self.type_ref(node) {
                Some(ty) => self.l.push(ExprKind::Path { segments: ty.path, type_args: ty.args }, node),
                None => self.unknown(node),
            },
            "this" | "this_expression" => self.l.push(ExprKind::This, node),
            "base" | "base_expression" => self.l.push(ExprKind::Super, node),
            "member_access_expression" => {
                let base = field(node, "expression").map(|base| self.expr(base));
                self.member_of(base, node)
            }
            "member_binding_expression" => {
                let base = self.bindings.last().copied();
                self.member_of(base, node)
            }
            "element_binding_expression" => {
                let index = self.inner(node);
                match self.bindings.last().copied() {
                    Some(base) => self.l.push(ExprKind::Index { base, index }, node),
                    None => index,
                }
            }
            "conditional_access_expression" => self.conditional_access(node),
            "element_access_expression" => match (field(node, "expression"), field(node, "subscript")) {
                (Some(base), Some(index)) => {
                    let base = self.expr(base);
                    let index = self.inner(index);
                    self.l.push(ExprKind::Index { base, index }, node)
                }
                _ => self.unknown(node),
            },
            "invocation_expression" => self.call(node),
            "object_creation_expression" => match field(node, "type").and_then(|ty| self.type_ref(ty)) {
                Some(ty) => self.object(node, ty),
                None => self.unknown(node),
            },
            "anonymous_object_creation_expression" => self.anonymous(node),
            "array_creation_expression" | "implicit_array_creation_expression" => {
                match child_of(node, &["initializer_expression"]) {
                    Some(items) => self.expr(items),
                    None => self.unknown(node),
                }
            }
            "initializer_expression" | "collection_expression" | "tuple_expression" => {
                let items = self.exprs(&children(node));
                self.l.push(ExprKind::List(items), node)
            }
            "lambda_expression" | "anonymous_method_expression" => {
                let id = self.function(node, FunctionKind::Lambda, None);
                self.l.push(ExprKind::Lambda(id), node)
            }
            "query_expression" => self.query(node),
            "binary_expression" => self.binary(node),
            "conditional_expression" => self.conditional(node),
            "switch_expression" => self.switch_value(node),
            "cast_expression" | "as_expression" => self.cast(node),
            "is_pattern_expression" => self.is_pattern(node),
            "typeof_expression" | "default_expression" => match field(node, "type").and_then(|ty| self.type_ref(ty)) {
                Some(ty) => self.l.push(ExprKind::Typed { ty, value: None }, node),
                None => self.l.literal(node),
            },
            "assignment_expression" => self.value_of(node, Self::assignment),
            "declaration_expression" => self.declaration_value(node),
            "with_expression" => self.with_value(node),
            _ => self.lower_simple(node),
        }
    }

    fn lower_stmt(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "block" => {
                let body = self.block(node);
                out.push(Stmt::Block(body));
            }
            "local_declaration_statement" => {
                if let Some(declaration) = child_of(node, &["variable_declaration"]) {
                    self.locals(declaration, out);
                }
            }
            "variable_declaration" => self.locals(node, out),
            "expression_statement" => {
                for child in children(node) {
                    self.expression_statement(child, out);
                }
            }
            "return_statement" => {
                if let Some(value) = children(node).first() {
                    self.returned(*value, out);
                }
            }
            "if_statement" => {
                self.effect(field(node, "condition"), out);
                let ways = vec![self.body_of(node, "consequence"), self.body_of(node, "alternative")];
                out.push(Stmt::Branch(ways));
            }
            "for_statement" | "while_statement" | "do_statement" => self.loop_statement(node, out),
            "foreach_statement" => self.for_each(node, out),
            "switch_statement" => self.switch(node, out),
            "try_statement" => self.try_statement(node, out),
            "using_statement" | "lock_statement" | "fixed_statement" => self.entered(node, out),
            "local_function_statement" => {
                let name = field(node, "name");
                let id = self.function(node, FunctionKind::Lambda, name);
                let value = Some(self.l.push(ExprKind::Lambda(id), node));
                if let Some(name) = name {
                    out.push(Stmt::Let { name: self.l.name(name), ty: None, value, span: span(name) });
                }
            }
            "break_statement" | "continue_statement" | "empty_statement" | "goto_statement" => {}
            "throw_statement" | "yield_statement" | "labeled_statement" | "checked_statement" | "unsafe_statement"
            | "preproc_if" | "preproc_else" | "preproc_elif" | "ERROR" | "global_statement" => {
                for child in children(node) {
                    self.statement(child, out);
                }
            }
            kind if kind.ends_with("_declaration") || kind == "using_directive" => self.declaration(node, out),
            _ => self.expression_statement(node, out),
        }
    }
}
