//! PHP's expressions and statements, each kind of node with what it is lowered by.

use tree_sitter::Node;

use super::Php;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{Lowering, children, field};
use crate::syntax::outline::{ExprId, ExprKind, FunctionKind, Stmt};

impl<'t, 'n> Walk<'t, 'n> for Php<'t> {
    fn lowering(&mut self) -> &mut Lowering<'t> {
        &mut self.l
    }

    fn lower_expr(&mut self, node: Node<'n>) -> ExprId {
        match node.kind() {
            "variable_name" => match self.l.str(node) {
                "$this" => self.l.push(ExprKind::This, node),
                _ => self.l.path(self.variable(node), node),
            },
            "name" | "qualified_name" | "relative_name" | "namespace_name" => {
                let segments = self.segments(node);
                self.l.push(ExprKind::Path { segments, type_args: Vec::new() }, node)
            }
            "relative_scope" => match self.l.str(node) {
                "parent" => self.l.push(ExprKind::Super, node),
                _ => self.l.push(ExprKind::This, node),
            },
            "member_access_expression" | "nullsafe_member_access_expression" => self.member_of(node, "object"),
            "scoped_property_access_expression" => self.member_of(node, "scope"),
            "class_constant_access_expression" => self.class_constant(node),
            "member_call_expression" | "nullsafe_member_call_expression" => {
                let callee = self.member_of(node, "object");
                self.call(callee, node)
            }
            "scoped_call_expression" => {
                let callee = self.member_of(node, "scope");
                self.call(callee, node)
            }
            "function_call_expression" => self.function_call(node),
            "object_creation_expression" => self.object(node),
            "subscript_expression" => {
                let parts = children(node);
                let Some((base, index)) = parts.split_first() else { return self.unknown(node) };
                let base = self.expr(*base);
                let index = match index.first() {
                    Some(index) => self.expr(*index),
                    None => self.l.literal(node),
                };
                self.l.push(ExprKind::Index { base, index }, node)
            }
            "string" | "encapsed_string" | "heredoc" | "nowdoc" | "shell_command_expression" => {
                let mut pieces = Vec::new();
                self.pieces(node, &mut pieces);
                self.l.push(ExprKind::Text(pieces), node)
            }
            "integer" | "float" | "boolean" | "null" => self.l.literal(node),
            "array_creation_expression" | "list_literal" => self.array(node),
            "binary_expression" => self.binary(node),
            "conditional_expression" => self.conditional(node),
            "match_expression" => self.match_value(node),
            "anonymous_function" | "arrow_function" => {
                let id = self.function(node, FunctionKind::Lambda, None);
                self.l.push(ExprKind::Lambda(id), node)
            }
            "assignment_expression" | "reference_assignment_expression" | "augmented_assignment_expression" => {
                self.value_of(node, Self::assignment)
            }
            "cast_expression" => match field(node, "value") {
                Some(value) => self.expr(value),
                None => self.unknown(node),
            },
            "parenthesized_expression"
            | "clone_expression"
            | "error_suppression_expression"
            | "print_intrinsic"
            | "throw_expression"
            | "by_ref"
            | "argument"
            | "variadic_unpacking" => self.inner(node),
            "require_expression" | "require_once_expression" | "include_expression" | "include_once_expression" => {
                let path = self.inner(node);
                self.l.push(ExprKind::Include(path), node)
            }
            _ => self.unknown(node),
        }
    }

    fn lower_stmt(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "namespace_definition" => self.namespace(node, out),
            "namespace_use_declaration" => self.uses(node),
            "class_declaration" | "interface_declaration" | "trait_declaration" | "enum_declaration" => {
                let name = field(node, "name");
                self.type_declaration(node, name);
            }
            "function_definition" => {
                self.function(node, FunctionKind::Free, field(node, "name"));
            }
            "const_declaration" => self.constants(node),
            "expression_statement" => {
                for child in children(node) {
                    self.expression_statement(child, out);
                }
            }
            "return_statement" => {
                if let Some(value) = children(node).first() {
                    let value = self.expr(*value);
                    self.l.emit(out, Stmt::Return(value));
                }
            }
            "if_statement" => self.if_statement(node, out),
            "while_statement" | "do_statement" | "for_statement" => {
                self.effect(field(node, "initialize"), out);
                let mut body = Vec::new();
                self.effect(field(node, "condition"), &mut body);
                body.extend(self.field_block(node, "body"));
                self.effect(field(node, "update"), &mut body);
                out.push(Stmt::Loop(body));
            }
            "foreach_statement" => self.for_each(node, out),
            "switch_statement" => self.switch(node, out),
            "try_statement" => self.try_statement(node, out),
            "compound_statement" | "colon_block" | "declare_statement" | "program" | "ERROR" => {
                self.sequence(node, out);
            }
            "function_static_declaration" => {
                for declared in children(node) {
                    if let (Some(name), Some(value)) = (field(declared, "name"), field(declared, "value")) {
                        let value = self.expr(value);
                        self.bind(name, value, out);
                    }
                }
            }
            "echo_statement" | "unset_statement" | "exit_statement" => {
                for child in children(node) {
                    self.effect(Some(child), out);
                }
            }
            "php_tag"
            | "text"
            | "text_interpolation"
            | "empty_statement"
            | "break_statement"
            | "continue_statement"
            | "global_declaration"
            | "goto_statement"
            | "named_label_statement"
            | "name"
            | "declare_directive" => {}
            _ => self.expression_statement(node, out),
        }
    }
}
