//! What the walks of the dynamic languages and C# over their trees have in common.
//!
//! A front end says how one expression and one statement of its language are lowered; that a tree may be nested too
//! deeply, and what is left of an expression that is not understood, is seen to here.

use tree_sitter::Node;

use crate::syntax::lowering::{Lowering, children, field};
use crate::syntax::outline::{ExprId, ExprKind, Stmt};
use crate::vocabulary::Name;

/// A walk over the tree of one file, whose text lives for `'t` and whose nodes for `'n`.
pub(in crate::syntax) trait Walk<'t, 'n> {
    /// The outline in the making.
    fn lowering(&mut self) -> &mut Lowering<'t>;

    /// Lowers an expression.
    fn lower_expr(&mut self, node: Node<'n>) -> ExprId;

    /// Lowers a statement: puts what it does at the end of `out`.
    fn lower_stmt(&mut self, node: Node<'n>, out: &mut Vec<Stmt>);

    /// Whether a node of that kind, as a part of what is not understood, is no expression.
    fn is_no_expr(_kind: &str) -> bool {
        false
    }

    /// An expression, unless it is nested too deeply.
    fn expr(&mut self, node: Node<'n>) -> ExprId {
        if !self.lowering().descend(node) {
            return self.nothing(node);
        }
        let made = self.lower_expr(node);
        self.lowering().ascend();
        made
    }

    /// Each of several expressions.
    fn exprs(&mut self, nodes: &[Node<'n>]) -> Vec<ExprId> {
        nodes.iter().map(|node| self.expr(*node)).collect()
    }

    /// An expression of which only the parts are understood.
    fn unknown(&mut self, node: Node<'n>) -> ExprId {
        let inside: Vec<_> = children(node).into_iter().filter(|child| !Self::is_no_expr(child.kind())).collect();
        let inside = self.exprs(&inside);
        self.lowering().push(ExprKind::Unknown(inside), node)
    }

    /// An expression of which nothing is understood.
    fn nothing(&mut self, node: Node<'n>) -> ExprId {
        self.lowering().push(ExprKind::Unknown(Vec::new()), node)
    }

    /// The last part of an expression that is what that part is (parentheses, `await`).
    fn inner(&mut self, node: Node<'n>) -> ExprId {
        match children(node).last() {
            Some(inner) => self.expr(*inner),
            None => self.unknown(node),
        }
    }

    /// The operator of a binary expression, and its sides.
    fn operands(&mut self, node: Node<'n>) -> Option<(Name, ExprId, ExprId)> {
        let (left, right) = (field(node, "left")?, field(node, "right")?);
        let operator = field(node, "operator").map(|operator| self.lowering().name(operator)).unwrap_or_default();
        Some((operator, self.expr(left), self.expr(right)))
    }

    /// What `operator` (`+=`, `??=`) makes of the old value and another.
    fn combined(&mut self, old: ExprId, operator: &str, value: ExprId, node: Node<'n>) -> ExprId {
        let kind = match operator.trim_end_matches('=') {
            "??" | "||" => ExprKind::Choice(vec![old, value]),
            operator => ExprKind::Binary { operator: operator.into(), left: old, right: value },
        };
        self.lowering().push(kind, node)
    }

    /// The value of a statement that stands where an expression does (`while (row = next())`): it is done before the
    /// statement round it. `lower` gives what is assigned to.
    fn value_of(
        &mut self,
        node: Node<'n>,
        lower: impl FnOnce(&mut Self, Node<'n>, &mut Vec<Stmt>) -> Option<ExprId>,
    ) -> ExprId
    where
        Self: Sized,
    {
        let mut stmts = std::mem::take(&mut self.lowering().pending);
        let value = lower(self, node, &mut stmts);
        stmts.append(&mut self.lowering().pending);
        self.lowering().pending = stmts;
        value.unwrap_or_else(|| self.nothing(node))
    }

    /// A statement, unless it is nested too deeply.
    fn statement(&mut self, node: Node<'n>, out: &mut Vec<Stmt>) {
        if self.lowering().descend(node) {
            self.lower_stmt(node, out);
            self.lowering().ascend();
        }
    }

    /// An expression that is a statement, as far as it may do something.
    fn effect(&mut self, node: Option<Node<'n>>, out: &mut Vec<Stmt>) {
        if let Some(node) = node {
            let expr = self.expr(node);
            self.lowering().emit_effect(out, expr);
        }
    }
}

/// Makes the last statement of a body its value, in each of the ways it may take.
pub(in crate::syntax) fn last_is_value(body: &mut [Stmt]) {
    match body.last_mut() {
        Some(last @ Stmt::Expr(_)) => {
            if let Stmt::Expr(value) = *last {
                *last = Stmt::Return(value);
            }
        }
        Some(Stmt::Branch(ways)) => ways.iter_mut().for_each(|way| last_is_value(way)),
        _ => {}
    }
}
