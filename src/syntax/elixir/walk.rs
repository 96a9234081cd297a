//! Elixir's expressions and statements, each kind of node with what it is lowered by.

use tree_sitter::Node;

use super::Elixir;
use crate::syntax::lowering::walk::{Walk, last_is_value};
use crate::syntax::lowering::{Lowering, children, field};
use crate::syntax::outline::{ExprId, ExprKind, Stmt};
use crate::vocabulary::Name;

impl<'t, 'n> Walk<'t, 'n> for Elixir<'t> {
    fn lowering(&mut self) -> &mut Lowering<'t> {
        &mut self.l
    }

    fn lower_expr(&mut self, node: Node<'n>) -> ExprId {
        match node.kind() {
            "identifier" if self.l.str(node) == "__MODULE__" => self.l.push(ExprKind::This, node),
            "identifier" => self.l.path(self.l.name(node), node),
            "alias" => {
                let segments = self.segments(node);
                self.l.push(ExprKind::Path { segments, type_args: Vec::new() }, node)
            }
            "dot" => self.dot(node),
            "call" => self.call(node, None),
            "access_call" => match (field(node, "target"), field(node, "key")) {
                (Some(base), Some(index)) => {
                    let base = self.expr(base);
                    let index = self.expr(index);
                    self.l.push(ExprKind::Index { base, index }, node)
                }
                _ => self.unknown(node),
            },
            "string" | "charlist" => {
                let pieces = self.pieces(node);
                self.l.push(ExprKind::Text(pieces), node)
            }
            "sigil" => self.sigil(node),
            "atom" | "quoted_atom" => {
                let name: Name = self.l.str(node).trim_start_matches(':').trim_matches('"').into();
                self.l.push(ExprKind::Symbol(name), node)
            }
            "integer" | "float" | "boolean" | "nil" | "char" => self.l.literal(node),
            "list" | "tuple" => self.list(node),
            "keywords" => self.keywords(node),
            "map" => self.map(node),
            "binary_operator" => self.binary(node),
            "unary_operator" => self.unary(node),
            "anonymous_function" => self.anonymous(node),
            "block" => {
                let mut stmts = Vec::new();
                for child in children(node) {
                    self.statement(child, &mut stmts);
                }
                last_is_value(&mut stmts);
                self.l.push(ExprKind::Block(stmts), node)
            }
            _ => self.unknown(node),
        }
    }

    fn lower_stmt(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        match (node.kind(), self.called(node)) {
            ("call", "defmodule" | "defprotocol" | "defimpl") => self.module(node),
            ("call", "def" | "defp" | "defmacro" | "defmacrop") => self.function(node),
            ("call", "alias" | "import" | "require") => self.import(node),
            ("call", "use") if self.in_quote => self.use_in_quote(node),
            ("call", "if" | "unless" | "case" | "cond" | "with" | "try" | "for" | "receive") => self.control(node, out),
            ("binary_operator", _) if self.operator(node) == "=" => {
                self.match_statement(node, out);
            }
            ("comment", _) => {}
            ("ERROR", _) => {
                for child in children(node) {
                    self.statement(child, out);
                }
            }
            _ => {
                let expr = self.expr(node);
                self.l.emit(out, Stmt::Expr(expr));
            }
        }
    }
}
