//! C#'s query syntax, lowered to the calls the compiler makes of it. Each function value has the range
//! variables so far as its parameters.

use tree_sitter::Node;

use super::Sharp;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{arg, child_of, children, field, param, span};
use crate::syntax::outline::{Arg, ExprId, ExprKind, Function, FunctionKind, Stmt};
use crate::vocabulary::Name;

impl Sharp<'_> {
    pub(super) fn query(&mut self, node: Node<'_>) -> ExprId {
        let mut names: Vec<Name> = Vec::new();
        let mut source: Option<ExprId> = None;
        for clause in children(node) {
            match (clause.kind(), source) {
                ("from_clause", before) => source = Some(self.from_clause(clause, before, &mut names)),
                ("join_clause", Some(before)) => source = Some(self.join_clause(clause, before, &mut names)),
                ("let_clause", Some(before)) => {
                    let parts = children(clause);
                    let value = parts.last().map(|value| self.function_value(&names, *value));
                    source = Some(self.step(before, "Select", value, clause));
                    names.extend(parts.first().map(|name| self.l.name(*name)));
                }
                ("where_clause" | "order_by_clause" | "select_clause" | "group_clause", Some(before)) => {
                    let method = match clause.kind() {
                        "where_clause" => "Where",
                        "order_by_clause" => "OrderBy",
                        "select_clause" => "Select",
                        _ => "GroupBy",
                    };
                    let values: Vec<_> =
                        children(clause).into_iter().map(|value| self.function_value(&names, value)).collect();
                    source = Some(self.step(before, method, values, clause));
                }
                ("identifier", _) => names = vec![self.l.name(clause)],
                _ => {}
            }
        }
        match source {
            Some(source) => source,
            None => self.l.push(ExprKind::Unknown(Vec::new()), node),
        }
    }

    fn from_clause(&mut self, clause: Node<'_>, before: Option<ExprId>, names: &mut Vec<Name>) -> ExprId {
        let name = field(clause, "name");
        let ty = field(clause, "type");
        let value = children(clause).into_iter().rfind(|child| Some(*child) != name && Some(*child) != ty);
        let made = match (before, value) {
            (None, Some(value)) => self.expr(value),
            (Some(before), Some(value)) => {
                let inner = self.function_value(names, value);
                self.step(before, "SelectMany", [inner], clause)
            }
            (_, None) => self.l.push(ExprKind::Unknown(Vec::new()), clause),
        };
        names.extend(name.map(|name| self.l.name(name)));
        made
    }

    fn join_clause(&mut self, clause: Node<'_>, before: ExprId, names: &mut Vec<Name>) -> ExprId {
        let ty = field(clause, "type");
        let into = child_of(clause, &["join_into_clause"]);
        let parts: Vec<_> =
            children(clause).into_iter().filter(|child| Some(*child) != ty && Some(*child) != into).collect();
        let [name, inner, left, right] = parts[..] else { return before };
        let own = vec![self.l.name(name)];
        let values = [self.expr(inner), self.function_value(names, left), self.function_value(&own, right)];
        let method = if into.is_some() { "GroupJoin" } else { "Join" };
        let made = self.step(before, method, values, clause);
        names.extend(own);
        names.extend(into.and_then(|into| children(into).first().map(|name| self.l.name(*name))));
        made
    }

    /// `before.method(values)`, standing at the clause.
    fn step(
        &mut self,
        before: ExprId,
        method: &str,
        values: impl IntoIterator<Item = ExprId>,
        clause: Node<'_>,
    ) -> ExprId {
        let keyword = clause.child(0).unwrap_or(clause);
        let kind =
            ExprKind::Member { base: before, name: method.into(), type_args: Vec::new(), name_span: span(keyword) };
        let callee = self.l.push(kind, keyword);
        let args: Vec<Arg> = values.into_iter().map(arg).collect();
        self.l.push(ExprKind::Call { callee, args }, clause)
    }

    fn function_value(&mut self, names: &[Name], value: Node<'_>) -> ExprId {
        let params = names.iter().cloned().map(param).collect();
        let function = Function { params, ..self.l.blank_function(FunctionKind::Lambda, value) };
        let (id, outer) = self.l.begin(function, false);
        let mut body = Vec::new();
        let value_expr = self.expr(value);
        self.l.emit(&mut body, Stmt::Return(value_expr));
        self.l.finish(id, outer, body);
        self.l.push(ExprKind::Lambda(id), value)
    }
}
