//! TypeScript's and JavaScript's expressions and statements, each kind of node with what it is lowered by.

use tree_sitter::Node;

use super::Script;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{Lowering, children, field};
use crate::syntax::outline::{ExprId, ExprKind, FunctionKind, Stmt};

impl<'t, 'n> Walk<'t, 'n> for Script<'t> {
    fn lowering(&mut self) -> &mut Lowering<'t> {
        &mut self.l
    }

    fn is_no_expr(kind: &str) -> bool {
        super::expressions::is_plain_markup(kind)
    }

    fn lower_expr(&mut self, node: Node<'n>) -> ExprId {
        match node.kind() {
            "identifier"
            | "undefined"
            | "property_identifier"
            | "shorthand_property_identifier"
            | "shorthand_property_identifier_pattern"
            | "type_identifier" => self.l.path(self.l.name(node), node),
            "this" => self.l.push(ExprKind::This, node),
            "super" => self.l.push(ExprKind::Super, node),
            "member_expression" => match (field(node, "object"), field(node, "property")) {
                (Some(object), Some(property)) => {
                    let base = self.expr(object);
                    self.l.member(base, property, node)
                }
                _ => self.unknown(node),
            },
            "subscript_expression" => match (field(node, "object"), field(node, "index")) {
                (Some(object), Some(index)) => {
                    let base = self.expr(object);
                    let index = self.expr(index);
                    self.l.push(ExprKind::Index { base, index }, node)
                }
                _ => self.unknown(node),
            },
            "call_expression" => self.call(node),
            "new_expression" => self.new_object(node),
            "string" | "template_string" => {
                let pieces = self.pieces(node);
                self.l.push(ExprKind::Text(pieces), node)
            }
            "number" | "true" | "false" | "null" | "regex" => self.l.literal(node),
            "array" => {
                let items = self.exprs(&children(node));
                self.l.push(ExprKind::List(items), node)
            }
            "object" => self.object(node),
            "arrow_function" | "function_expression" | "generator_function" | "method_definition" => {
                let id = self.function(node, None, FunctionKind::Lambda, Vec::new());
                self.l.push(ExprKind::Lambda(id), node)
            }
            "class" | "class_declaration" => self.class_value(node),
            "binary_expression" => self.binary(node),
            "ternary_expression" => self.ternary(node),
            "as_expression" | "type_assertion" | "satisfies_expression" => self.cast(node),
            "instantiation_expression" => self.instantiation(node),
            "assignment_expression" => self.value_of(node, Self::assignment),
            "augmented_assignment_expression" => self.value_of(node, Self::augmented),
            "sequence_expression" => self.sequence(node),
            "await_expression"
            | "parenthesized_expression"
            | "non_null_expression"
            | "yield_expression"
            | "jsx_expression"
            | "computed_property_name" => match children(node).first() {
                Some(inner) => self.expr(*inner),
                None => self.unknown(node),
            },
            "unary_expression" => match field(node, "argument") {
                Some(number) if number.kind() == "number" => self.l.literal(node),
                _ => self.unknown(node),
            },
            "jsx_closing_element" => self.l.push(ExprKind::Unknown(Vec::new()), node),
            _ => self.unknown(node),
        }
    }

    fn lower_stmt(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "import_statement" => self.import(node),
            "export_statement" | "ambient_declaration" | "internal_module" | "module" => self.module_item(node, out),
            "lexical_declaration" | "variable_declaration" => self.locals(node, out),
            "expression_statement" => {
                for child in children(node) {
                    self.expression_statement(child, out);
                }
            }
            "function_declaration" | "generator_function_declaration" => {
                self.function_statement(node, out);
            }
            "class_declaration" | "abstract_class_declaration" => self.class(node, Vec::new(), None),
            "interface_declaration" => self.interface(node),
            "type_alias_declaration" => self.alias(node),
            "enum_declaration" => self.enumeration(node),
            "return_statement" => {
                if let Some(value) = children(node).first() {
                    let value = self.expr(*value);
                    self.l.emit(out, Stmt::Return(value));
                }
            }
            "if_statement" => {
                self.effect(field(node, "condition"), out);
                let ways = vec![self.field_block(node, "consequence"), self.field_block(node, "alternative")];
                out.push(Stmt::Branch(ways));
            }
            "for_statement" | "while_statement" | "do_statement" => self.loop_statement(node, out),
            "for_in_statement" => self.for_in(node, out),
            "switch_statement" => self.switch(node, out),
            "try_statement" => self.try_statement(node, out),
            "statement_block" | "else_clause" => {
                let body = self.block(node);
                out.push(Stmt::Block(body));
            }
            "labeled_statement" => out.extend(self.field_block(node, "body")),
            "throw_statement" => self.effect(children(node).first().copied(), out),
            "break_statement" | "continue_statement" | "empty_statement" | "debugger_statement"
            | "function_signature" | "import_alias" => {}
            "ERROR" => {
                for child in children(node) {
                    self.statement(child, out);
                }
            }
            _ => self.expression_statement(node, out),
        }
    }
}
