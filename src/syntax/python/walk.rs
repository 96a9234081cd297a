//! Python's expressions and statements, each kind of node with what it is lowered by.

use tree_sitter::Node;

use super::Python;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{Lowering, children, field};
use crate::syntax::outline::{ExprId, ExprKind, Stmt};

impl<'t, 'n> Walk<'t, 'n> for Python<'t> {
    fn lowering(&mut self) -> &mut Lowering<'t> {
        &mut self.l
    }

    fn lower_expr(&mut self, node: Node<'n>) -> ExprId {
        match node.kind() {
            "identifier" => self.identifier(node),
            "attribute" => match (field(node, "object"), field(node, "attribute")) {
                (Some(object), Some(attribute)) => {
                    let base = self.expr(object);
                    self.l.member(base, attribute, node)
                }
                _ => self.unknown(node),
            },
            "subscript" => self.subscript(node),
            "call" => self.call(node),
            "string" => {
                let pieces = self.string_pieces(node);
                self.l.push(ExprKind::Text(pieces), node)
            }
            "concatenated_string" => {
                let parts = self.exprs(&children(node));
                let kind = self.l.joined_pieces(&parts).map_or(ExprKind::Concat(parts), ExprKind::Text);
                self.l.push(kind, node)
            }
            "integer" | "float" | "true" | "false" | "none" | "ellipsis" => self.l.literal(node),
            "list" | "tuple" | "set" | "expression_list" | "pattern_list" | "tuple_pattern" | "list_pattern" => {
                let items = self.exprs(&children(node));
                self.l.push(ExprKind::List(items), node)
            }
            "dictionary" => self.dictionary(node),
            "await" => match children(node).first() {
                Some(inner) => {
                    let inner = self.expr(*inner);
                    self.awaited(inner, node)
                }
                None => self.unknown(node),
            },
            "parenthesized_expression" | "parenthesized_list_splat" | "type" => match children(node).first() {
                Some(inner) => self.expr(*inner),
                None => self.unknown(node),
            },
            "binary_operator" => self.binary(node),
            "boolean_operator" => self.boolean(node),
            "comparison_operator" => self.comparison(node),
            "conditional_expression" => self.conditional(node),
            "named_expression" => self.named(node),
            "lambda" => self.lambda(node),
            "list_comprehension" | "set_comprehension" | "generator_expression" | "dictionary_comprehension" => {
                self.comprehension(node)
            }
            "assignment" | "augmented_assignment" => {
                let mut stmts = Vec::new();
                self.expression_statement(node, &mut stmts);
                self.l.push(ExprKind::Block(stmts), node)
            }
            _ => self.unknown(node),
        }
    }

    fn lower_stmt(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "import_statement" | "import_from_statement" | "future_import_statement" => self.import(node),
            "class_definition" => self.class(node, Vec::new()),
            "function_definition" => self.function(node, Vec::new(), out),
            "decorated_definition" => self.decorated(node, out),
            "type_alias_statement" => self.alias(node),
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
            "match_statement" => self.match_statement(node, out),
            "for_statement" => self.for_statement(node, out),
            "while_statement" => {
                let mut body = Vec::new();
                self.effect(field(node, "condition"), &mut body);
                body.extend(self.field_block(node, "body"));
                out.push(Stmt::Loop(body));
                self.alternatives(node, out);
            }
            "try_statement" => self.try_statement(node, out),
            "with_statement" => self.with_statement(node, out),
            "block" | "module" => out.extend(self.block(node)),
            "pass_statement" | "break_statement" | "continue_statement" | "global_statement" | "nonlocal_statement" => {
            }
            _ => self.effect_of_children(node, out),
        }
    }
}
