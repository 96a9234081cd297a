//! Ruby's expressions and statements, each kind of node with what it is lowered by.

use tree_sitter::Node;

use super::Ruby;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{Lowering, children, field, span};
use crate::syntax::outline::{ExprId, ExprKind, Stmt};
use crate::vocabulary::Name;

impl<'t, 'n> Walk<'t, 'n> for Ruby<'t, 'n> {
    fn lowering(&mut self) -> &mut Lowering<'t> {
        &mut self.l
    }

    fn lower_expr(&mut self, node: Node<'n>) -> ExprId {
        match node.kind() {
            "identifier" => self.identifier(node),
            "constant" => self.l.path(self.l.name(node), node),
            "scope_resolution" => self.resolution(node),
            "instance_variable" | "class_variable" => {
                let base = self.l.push(ExprKind::This, node);
                let name: Name = self.l.str(node).trim_start_matches('@').into();
                self.l.push(ExprKind::Member { base, name, type_args: Vec::new(), name_span: span(node) }, node)
            }
            "global_variable" => self.l.path(self.l.name(node), node),
            "self" => self.l.push(ExprKind::This, node),
            "super" => self.l.push(ExprKind::Super, node),
            "call" => self.call_with_block(node),
            "element_reference" => self.index(node),
            "string" | "chained_string" | "subshell" | "heredoc_beginning" | "bare_string" => {
                let mut pieces = Vec::new();
                self.pieces(node, &mut pieces);
                self.l.push(ExprKind::Text(pieces), node)
            }
            "simple_symbol" | "hash_key_symbol" | "bare_symbol" | "delimited_symbol" => {
                let name: Name = self.l.str(node).trim_start_matches(':').trim_matches(['"', '\'']).into();
                self.l.push(ExprKind::Symbol(name), node)
            }
            "string_array" | "symbol_array" | "array" | "right_assignment_list" => {
                let items = self.exprs(&children(node));
                self.l.push(ExprKind::List(items), node)
            }
            "hash" => self.hash(&children(node), node),
            "integer" | "float" | "true" | "false" | "nil" | "regex" | "character" | "complex" | "rational"
            | "line" | "file" | "encoding" => self.l.literal(node),
            "binary" => self.binary(node),
            "conditional" => {
                if let Some(condition) = field(node, "condition") {
                    let condition = self.expr(condition);
                    self.l.hoist(condition);
                }
                let mut ways = Vec::new();
                for name in ["consequence", "alternative"] {
                    ways.extend(field(node, name).map(|way| self.expr(way)));
                }
                self.l.push(ExprKind::Choice(ways), node)
            }
            "lambda" => match field(node, "body") {
                Some(body) => {
                    let (_, parts) = Self::block_parts(body);
                    self.block_lambda(node, field(node, "parameters"), &parts)
                }
                None => self.unknown(node),
            },
            "block_argument" if children(node).first().is_some_and(|inner| inner.kind() == "simple_symbol") => {
                self.symbol_block(children(node)[0], node)
            }
            "block_argument" | "splat_argument" | "hash_splat_argument" | "superclass" => {
                match children(node).first() {
                    Some(inner) => self.expr(*inner),
                    None => self.unknown(node),
                }
            }
            "parenthesized_statements" if children(node).len() == 1 => self.expr(children(node)[0]),
            "assignment" | "operator_assignment" => self.value_of(node, Self::assignment),
            "pair" => self.hash(&[node], node),
            // `+"…"` is a text that can be changed, `-"…"` one that cannot.
            "unary"
                if field(node, "operand").is_some_and(|operand| {
                    matches!(operand.kind(), "string" | "heredoc_beginning" | "chained_string")
                }) =>
            {
                match field(node, "operand") {
                    Some(operand) => self.expr(operand),
                    None => self.unknown(node),
                }
            }
            "yield" | "argument_list" | "unary" | "range" | "pattern" => self.unknown(node),
            "if"
            | "unless"
            | "case"
            | "case_match"
            | "begin"
            | "if_modifier"
            | "unless_modifier"
            | "rescue_modifier"
            | "parenthesized_statements"
            | "while"
            | "until"
            | "for"
            | "method"
            | "singleton_method"
            | "class"
            | "module"
            | "return"
            | "next"
            | "break"
            | "then"
            | "body_statement"
            | "block_body" => self.block_value(node),
            _ => self.unknown(node),
        }
    }

    fn lower_stmt(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "class" | "module" => self.type_declaration(node),
            "singleton_class" => {
                if let Some(body) = field(node, "body") {
                    self.singleton(body, out);
                }
            }
            "method" | "singleton_method" => self.method(node, None),
            "if" | "unless" | "elsif" => self.if_statement(node, out),
            "if_modifier" | "unless_modifier" => {
                self.effect(field(node, "condition"), out);
                let way = self.field_sequence(node, "body");
                out.push(Stmt::Branch(vec![way, Vec::new()]));
            }
            "while" | "until" | "while_modifier" | "until_modifier" => {
                let mut body = Vec::new();
                self.effect(field(node, "condition"), &mut body);
                body.extend(self.field_sequence(node, "body"));
                out.push(Stmt::Loop(body));
            }
            "for" => self.for_loop(node, out),
            "case" | "case_match" => self.case(node, out),
            "begin" | "begin_block" | "end_block" | "parenthesized_statements" | "body_statement" | "then" => {
                self.sequence(node, out);
            }
            "rescue_modifier" => {
                let way = self.field_sequence(node, "body");
                let other = self.field_sequence(node, "handler");
                out.push(Stmt::Branch(vec![way, other]));
            }
            "assignment" | "operator_assignment" => {
                self.assignment(node, out);
            }
            "return" | "next" | "break" => {
                if let Some(list) = children(node).first() {
                    let value = self.argument_value(*list);
                    self.l.emit(out, Stmt::Return(value));
                }
            }
            "call" if self.required(node) => {}
            "binary" if field(node, "operator").is_some_and(|operator| self.l.str(operator) == "<<") => {
                self.append(node, out);
            }
            "empty_statement" | "redo" | "retry" | "alias" | "undef" | "uninterpreted" | "heredoc_body" => {}
            "ERROR" => self.sequence(node, out),
            // Any expression may be the value of what it stands in.
            _ => {
                let expr = self.expr(node);
                self.l.emit(out, Stmt::Expr(expr));
            }
        }
    }
}
