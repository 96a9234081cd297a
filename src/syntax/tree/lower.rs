//! What each [`Shape`] becomes.

use tree_sitter::Node;

use super::super::outline::{Arg, ExprId, ExprKind, Param, Piece, Stmt, TypeRef};
use super::{Host, Shape, span_of};
use crate::source::Span;
use crate::vocabulary::Name;

/// Operators of which the value is one of the two sides.
const CHOICES: &[&str] = &["??", "||", "or", "?:", "&&", "and"];
/// Operators that put texts together.
const CONCATENATIONS: &[&str] = &["+", ".", "<>", "++"];
/// Assignments that add to the old value.
const APPENDS: &[&str] = &["+=", ".=", "<<", "++="];

impl Host<'_, '_> {
    /// Lowers an expression.
    pub(crate) fn expr(&mut self, node: Node<'_>) -> ExprId {
        match self.deeper(|host| host.expr_by_shape(node)) {
            Some(expr) => expr,
            None => self.push(ExprKind::Unknown(Vec::new()), span_of(node)),
        }
    }

    /// Lowers the expression in a field, or [`ExprKind::Unknown`] where there is none.
    pub(crate) fn field_expr(&mut self, node: Node<'_>, field: &str) -> ExprId {
        match self.field(node, field) {
            Some(child) => self.expr(child),
            None => self.push(ExprKind::Unknown(Vec::new()), span_of(node)),
        }
    }

    fn expr_by_shape(&mut self, node: Node<'_>) -> ExprId {
        let span = span_of(node);
        match self.shape(node) {
            Shape::Own => self.own_expr(node),
            Shape::Identifier => self.name_expr(self.name_of(node), span),
            Shape::Path | Shape::TypeName => self.path_expr(node),
            Shape::This => self.push(ExprKind::This, span),
            Shape::Super => self.push(ExprKind::Super, span),
            Shape::Literal => self.push(ExprKind::Literal(self.name_of(node)), span),
            Shape::Symbol => {
                let name = self.text_of(node).trim_start_matches(':').trim_end_matches(':').trim_matches('"');
                self.push(ExprKind::Symbol(Name::new(name)), span)
            }
            Shape::Text => self.text_node(node),
            Shape::Concat => {
                let parts = self.child_exprs(node);
                self.push(ExprKind::Concat(parts), span)
            }
            Shape::Pass(field) | Shape::TypeInner(field) => self.field_expr(node, field),
            Shape::Call(function, arguments) => self.call_node(node, function, arguments),
            Shape::Member(object, name) => self.member_node(node, object, name),
            Shape::Index(object, index) => {
                let base = self.field_expr(node, object);
                let index = self.field_expr(node, index);
                self.push(ExprKind::Index { base, index }, span)
            }
            Shape::Binary(left, right) => self.binary_node(node, left, right),
            Shape::Ternary(condition, yes, no) => self.choice_node(node, condition, yes, no),
            Shape::If(condition, yes, no) => self.choice_node(node, condition, yes, no),
            Shape::List => {
                let items = self.child_exprs(node);
                self.push(ExprKind::List(items), span)
            }
            Shape::Several => {
                let children = self.children(node);
                if let [one] = children.as_slice() {
                    return self.expr(*one);
                }
                let items = children.into_iter().map(|child| self.expr(child)).collect();
                self.push(ExprKind::List(items), span)
            }
            Shape::Record => self.record_node(node),
            Shape::Lambda(parameters, body) => {
                let params = self.field(node, parameters).map(|list| self.parameters(list)).unwrap_or_default();
                let body = self.field(node, body);
                self.lambda(params, body, span)
            }
            Shape::Cast(ty, value) => {
                let value = self.field_expr(node, value);
                match self.field(node, ty).and_then(|ty| self.type_ref(ty)) {
                    Some(ty) => self.push(ExprKind::Typed { ty, value: Some(value) }, span),
                    None => value,
                }
            }
            Shape::Named(_, value) => self.field_expr(node, value),
            Shape::Block => self.value_of(node),
            Shape::Assign(..) | Shape::Return | Shape::Switch(_) | Shape::Case | Shape::Loop | Shape::Try => {
                let mut statements = Vec::new();
                self.statement(node, &mut statements);
                self.push(ExprKind::Block(statements), span)
            }
            Shape::Skip | Shape::Comment | Shape::Escape => self.push(ExprKind::Unknown(Vec::new()), span),
            _ => self.unknown(node),
        }
    }

    /// What is not understood, with its children.
    pub(crate) fn unknown(&mut self, node: Node<'_>) -> ExprId {
        let children = self.child_exprs(node);
        self.push(ExprKind::Unknown(children), span_of(node))
    }

    /// The named children as expressions.
    pub(crate) fn child_exprs(&mut self, node: Node<'_>) -> Vec<ExprId> {
        self.children(node).into_iter().map(|child| self.expr(child)).collect()
    }

    fn own_expr(&mut self, node: Node<'_>) -> ExprId {
        let front = self.front;
        if let Some(expr) = front.expression(self, node) {
            return expr;
        }
        let mut statements = Vec::new();
        if front.statement(self, node, &mut statements) {
            return self.push(ExprKind::Block(statements), span_of(node));
        }
        self.unknown(node)
    }

    /// A path of names (`a::b`, `A\B`, `a.b` in a type's place).
    fn path_expr(&mut self, node: Node<'_>) -> ExprId {
        let segments = split_path(self.text_of(node));
        self.push(ExprKind::Path { segments, type_args: Vec::new() }, span_of(node))
    }

    fn call_node(&mut self, node: Node<'_>, function: &str, arguments: &str) -> ExprId {
        let callee = self.field_expr(node, function);
        if let Some(list) = node.child_by_field_name("type_arguments") {
            let type_args = self.type_list(list);
            self.set_type_args(callee, type_args);
        }
        let args = self.field(node, arguments).map(|list| self.arguments(list)).unwrap_or_default();
        self.push(ExprKind::Call { callee, args }, span_of(node))
    }

    fn member_node(&mut self, node: Node<'_>, object: &str, name: &str) -> ExprId {
        let base = self.field_expr(node, object);
        match self.field(node, name) {
            Some(name) => self.member(base, name, span_of(node)),
            None => base,
        }
    }

    /// `base.name`.
    pub(crate) fn member(&mut self, base: ExprId, name: Node<'_>, span: Span) -> ExprId {
        let kind = ExprKind::Member { base, name: self.name_of(name), type_args: Vec::new(), name_span: span_of(name) };
        self.push(kind, span)
    }

    /// Says with which type arguments a path or member is named.
    pub(crate) fn set_type_args(&mut self, expr: ExprId, args: Vec<TypeRef>) {
        if let Some(expr) = self.outline.exprs.get_mut(expr.0 as usize)
            && let ExprKind::Path { type_args, .. } | ExprKind::Member { type_args, .. } = &mut expr.kind
        {
            *type_args = args;
        }
    }

    /// The arguments of a call: those of an argument list, or the one that the node is.
    pub(crate) fn arguments(&mut self, node: Node<'_>) -> Vec<Arg> {
        if self.shape(node) != Shape::Arguments {
            let value = self.expr(node);
            return vec![Arg { name: None, value, spread: false }];
        }
        self.children(node).into_iter().map(|child| self.argument(child)).collect()
    }

    /// One argument, by name, spread or plain.
    pub(crate) fn argument(&mut self, node: Node<'_>) -> Arg {
        match self.shape(node) {
            Shape::Named(name, value) => {
                let name = self.field(node, name).map(|name| self.name_of(name));
                Arg { name, value: self.field_expr(node, value), spread: false }
            }
            Shape::Spread => Arg { name: None, value: self.field_expr(node, ""), spread: true },
            _ => Arg { name: None, value: self.expr(node), spread: false },
        }
    }

    /// The operator of a binary node: its field of that name, or the mark between the operands.
    pub(crate) fn operator<'n>(&self, node: Node<'n>) -> &'n str {
        if let Some(operator) = node.child_by_field_name("operator") {
            return operator.kind();
        }
        let mut cursor = node.walk();
        node.children(&mut cursor).find(|child| !child.is_named()).map_or("", |child| child.kind())
    }

    /// Lowers a chain of binary operations without recursion on its left side: texts of thousands of parts occur.
    fn binary_node(&mut self, node: Node<'_>, left: &'static str, right: &'static str) -> ExprId {
        let mut spine = Vec::new();
        let mut current = node;
        while self.shape(current) == Shape::Binary(left, right) {
            spine.push(current);
            match self.field(current, left) {
                Some(next) => current = next,
                None => break,
            }
        }
        let mut value = if self.shape(current) == Shape::Binary(left, right) {
            self.push(ExprKind::Unknown(Vec::new()), span_of(current))
        } else {
            self.expr(current)
        };
        for node in spine.into_iter().rev() {
            let right = self.field_expr(node, right);
            value = self.combine(self.operator(node), value, right, span_of(node));
        }
        value
    }

    /// What an operator makes of two values.
    pub(crate) fn combine(&mut self, operator: &str, left: ExprId, right: ExprId, span: Span) -> ExprId {
        if CHOICES.contains(&operator) {
            return self.push(ExprKind::Choice(vec![left, right]), span);
        }
        if CONCATENATIONS.contains(&operator) && self.makes_text(left, right) {
            if let ExprKind::Concat(parts) = &mut self.outline.exprs[left.0 as usize].kind {
                let mut parts = std::mem::take(parts);
                parts.push(right);
                self.outline.exprs[left.0 as usize] =
                    super::super::outline::Expr { kind: ExprKind::Concat(parts), span };
                return left;
            }
            return self.push(ExprKind::Concat(vec![left, right]), span);
        }
        self.push(ExprKind::Binary { operator: Name::new(operator), left, right }, span)
    }

    /// Whether `left + right` may be a text: a number on one side makes it arithmetic, unless the other is one.
    fn makes_text(&self, left: ExprId, right: ExprId) -> bool {
        let number = |id: ExprId| matches!(self.outline.expr(id).kind, ExprKind::Literal(_));
        let text = |id: ExprId| {
            matches!(self.outline.expr(id).kind, ExprKind::Text(_) | ExprKind::Concat(_) | ExprKind::Format { .. })
        };
        text(left) || text(right) || !(number(left) || number(right))
    }

    /// A ternary, or `if` as a value. What the condition calls is kept.
    fn choice_node(&mut self, node: Node<'_>, condition: &str, yes: &str, no: &str) -> ExprId {
        let before = self.outline.exprs.len();
        let condition = self.field(node, condition).map(|condition| self.expr(condition));
        let calls = self.has_calls(before);
        let arms = [self.field(node, yes), self.field(node, no)];
        let values = arms.into_iter().flatten().map(|arm| self.value_of(arm)).collect();
        let choice = self.push(ExprKind::Choice(values), span_of(node));
        self.after(condition.filter(|_| calls).into_iter().collect(), choice, span_of(node))
    }

    /// Whether an expression pushed since `from` calls something or holds a text.
    pub(crate) fn has_calls(&self, from: usize) -> bool {
        self.outline.exprs[from..].iter().any(|expr| {
            matches!(
                expr.kind,
                ExprKind::Call { .. } | ExprKind::Macro { .. } | ExprKind::New { .. } | ExprKind::Lambda(_)
            )
        })
    }

    /// `value`, once `effects` have run.
    pub(crate) fn after(&mut self, effects: Vec<ExprId>, value: ExprId, span: Span) -> ExprId {
        if effects.is_empty() {
            return value;
        }
        let mut statements: Vec<Stmt> = effects.into_iter().map(Stmt::Expr).collect();
        statements.push(Stmt::Return(value));
        self.push(ExprKind::Block(statements), span)
    }

    /// A node as a value: a block is its statements, the last expression being its value.
    pub(crate) fn value_of(&mut self, node: Node<'_>) -> ExprId {
        if self.shape(node) != Shape::Block {
            return self.expr(node);
        }
        let mut statements = Vec::new();
        self.block(node, &mut statements);
        self.block_value(statements, span_of(node))
    }

    /// Statements as a value.
    pub(crate) fn block_value(&mut self, mut statements: Vec<Stmt>, span: Span) -> ExprId {
        give_last(&mut statements);
        if let [Stmt::Return(only)] = statements.as_slice() {
            return *only;
        }
        self.push(ExprKind::Block(statements), span)
    }

    fn record_node(&mut self, node: Node<'_>) -> ExprId {
        let mut pairs = Vec::new();
        let mut others = Vec::new();
        for child in self.children(node) {
            if let Shape::Pair(key, value) = self.shape(child) {
                let key = self.field_expr(child, key);
                pairs.push((key, self.field_expr(child, value)));
            } else {
                let value = self.expr(child);
                match self.plain_name(value) {
                    Some(_) => pairs.push((value, value)),
                    None => others.push(value),
                }
            }
        }
        let record = self.push(ExprKind::Record(pairs), span_of(node));
        if others.is_empty() {
            return record;
        }
        others.push(record);
        self.push(ExprKind::Unknown(others), span_of(node))
    }

    /// Lowers the children of a node as statements.
    pub(crate) fn block(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        for child in self.children(node) {
            self.statement(child, out);
        }
    }

    /// The statements of a node, of its own block if it is one.
    pub(crate) fn statements(&mut self, node: Node<'_>) -> Vec<Stmt> {
        let mut out = Vec::new();
        if self.shape(node) == Shape::Block {
            self.block(node, &mut out);
        } else {
            self.statement(node, &mut out);
        }
        out
    }

    /// Lowers a statement or a declaration.
    pub(crate) fn statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        if self.deeper(|host| host.statement_by_shape(node, out)).is_none() {
            let nothing = self.push(ExprKind::Unknown(Vec::new()), span_of(node));
            out.push(Stmt::Expr(nothing));
        }
    }

    fn statement_by_shape(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        match self.shape(node) {
            Shape::Own => self.own_statement(node, out),
            Shape::Skip | Shape::Comment => {}
            Shape::Pass(field) => {
                if let Some(child) = self.field(node, field) {
                    self.statement(child, out);
                }
            }
            Shape::Block => {
                let mut inner = Vec::new();
                self.block(node, &mut inner);
                if !inner.is_empty() {
                    out.push(Stmt::Block(inner));
                }
            }
            Shape::Assign(target, value) => self.assign_node(node, target, value, out),
            Shape::Return => {
                let mut values = self.child_exprs(node);
                let value = match values.as_slice() {
                    [] => return,
                    [one] => *one,
                    _ => self.push(ExprKind::List(std::mem::take(&mut values)), span_of(node)),
                };
                out.push(Stmt::Return(value));
            }
            Shape::If(condition, yes, no) => self.if_node(node, condition, yes, no, out),
            Shape::Switch(subject) => self.switch_cases(node, subject, out),
            Shape::Case => self.block(node, out),
            Shape::Loop => {
                let mut body = Vec::new();
                self.block(node, &mut body);
                out.push(Stmt::Loop(flatten(body)));
            }
            Shape::Try => self.try_node(node, out),
            Shape::Other => self.other_statement(node, out),
            _ => {
                let value = self.expr(node);
                out.push(Stmt::Expr(value));
            }
        }
    }

    fn own_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let front = self.front;
        if front.statement(self, node, out) {
            return;
        }
        match front.expression(self, node) {
            Some(expr) => out.push(Stmt::Expr(expr)),
            None => self.other_statement(node, out),
        }
    }

    fn other_statement(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        self.block(node, out);
    }

    fn assign_node(&mut self, node: Node<'_>, target: &str, value: &str, out: &mut Vec<Stmt>) {
        let append = APPENDS.contains(&self.operator(node));
        let value = self.field_expr(node, value);
        let Some(target) = self.field(node, target) else {
            out.push(Stmt::Expr(value));
            return;
        };
        self.assign(target, value, append, out);
    }

    /// Assigns to a target, or to each of several.
    pub(crate) fn assign(&mut self, target: Node<'_>, value: ExprId, append: bool, out: &mut Vec<Stmt>) {
        let targets = self.children(target);
        match self.shape(target) {
            Shape::Several | Shape::Pattern | Shape::List if targets.len() != 1 => {
                for (position, target) in targets.into_iter().enumerate() {
                    let value = self.element(value, position);
                    self.assign(target, value, append, out);
                }
            }
            _ => {
                let target = self.expr(target);
                out.push(Stmt::Assign { target, value, append });
            }
        }
    }

    /// The value at a position of a whole: the item itself where the whole is a list that is written out.
    pub(crate) fn element(&mut self, base: ExprId, position: usize) -> ExprId {
        let whole = self.outline.expr(base);
        if let ExprKind::List(items) = &whole.kind
            && let Some(item) = items.get(position)
        {
            return *item;
        }
        let span = whole.span;
        self.push(ExprKind::Element { base, position: u32::try_from(position).ok(), name: None }, span)
    }

    /// Any one of a compound value (what a loop's variable is).
    pub(crate) fn any_element(&mut self, base: ExprId) -> ExprId {
        let span = self.outline.expr(base).span;
        self.push(ExprKind::Element { base, position: None, name: None }, span)
    }

    /// Binds the names of a pattern to a value.
    pub(crate) fn bind(&mut self, pattern: Node<'_>, ty: Option<TypeRef>, value: Option<ExprId>, out: &mut Vec<Stmt>) {
        let front = self.front;
        match self.shape(pattern) {
            Shape::Own if front.pattern(self, pattern, value, out) => {}
            Shape::Several | Shape::Pattern | Shape::List => {
                let parts = self.children(pattern);
                if let [one] = parts.as_slice()
                    && self.shape(pattern) == Shape::Several
                {
                    self.bind(*one, ty, value, out);
                    return;
                }
                for (position, part) in parts.into_iter().enumerate() {
                    let value = value.map(|value| self.element(value, position));
                    self.deeper(|host| host.bind(part, None, value, out));
                }
            }
            Shape::Pass(field) => {
                if let Some(inner) = self.field(pattern, field) {
                    self.deeper(|host| host.bind(inner, ty, value, out));
                }
            }
            Shape::Identifier => {
                out.push(Stmt::Let { name: self.name_of(pattern), ty, value, span: span_of(pattern) });
            }
            _ => {
                if let Some(value) = value {
                    out.push(Stmt::Expr(value));
                }
            }
        }
    }

    fn if_node(&mut self, node: Node<'_>, condition: &str, yes: &str, no: &str, out: &mut Vec<Stmt>) {
        let condition = self.field(node, condition);
        let mut arms: Vec<Node<'_>> = self.field(node, yes).into_iter().collect();
        arms.extend(self.fields(node, no));
        for child in self.children(node) {
            if arms.contains(&child) || Some(child) == condition {
                continue;
            }
            if self.shape(child) == Shape::Case {
                arms.push(child);
            } else {
                self.statement(child, out);
            }
        }
        if let Some(condition) = condition {
            let condition = self.expr(condition);
            out.push(Stmt::Expr(condition));
        }
        // Without a last `else` none of the ways may be taken.
        let open = arms.len() < 2 || arms.last().is_some_and(|arm| is_else_if(arm.kind()));
        let mut ways: Vec<Vec<Stmt>> = arms.into_iter().map(|arm| self.arm(arm)).collect();
        if open {
            ways.push(Vec::new());
        }
        out.push(Stmt::Branch(ways));
    }

    fn arm(&mut self, arm: Node<'_>) -> Vec<Stmt> {
        if self.shape(arm) == Shape::Case { self.statements_of_case(arm) } else { self.statements(arm) }
    }

    /// A `switch` as a statement: its cases are ways.
    pub(crate) fn switch_cases(&mut self, node: Node<'_>, subject: &str, out: &mut Vec<Stmt>) {
        let subject_node = self.field(node, subject);
        if let Some(subject) = subject_node {
            let subject = self.expr(subject);
            out.push(Stmt::Expr(subject));
        }
        let mut ways = Vec::new();
        for child in self.children(node) {
            if Some(child) == subject_node {
                continue;
            }
            if self.shape(child) == Shape::Case {
                ways.push(self.statements_of_case(child));
                continue;
            }
            let cases: Vec<Node<'_>> =
                self.children(child).into_iter().filter(|case| self.shape(*case) == Shape::Case).collect();
            if cases.is_empty() {
                self.statement(child, out);
            }
            for case in cases {
                ways.push(self.statements_of_case(case));
            }
        }
        out.push(Stmt::Branch(ways));
    }

    /// The statements of a case, a block in it dissolved.
    pub(crate) fn statements_of_case(&mut self, case: Node<'_>) -> Vec<Stmt> {
        let mut way = Vec::new();
        self.deeper(|host| host.block(case, &mut way));
        flatten(way)
    }

    /// Whether all that a case, or its block, comes to is that something is thrown: it has no value.
    pub(crate) fn only_throws(&self, node: Node<'_>) -> bool {
        let kind = node.kind();
        kind.starts_with("throw_")
            || matches!(self.children(node).last(), Some(last) if last.kind().starts_with("throw_")
                || self.shape(*last) == Shape::Block && self.children(*last).last().is_some_and(|last| last.kind().starts_with("throw_")))
    }

    fn try_node(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let mut tried = Vec::new();
        let mut ways = Vec::new();
        let mut always = Vec::new();
        for child in self.children(node) {
            if self.shape(child) == Shape::Case {
                ways.push(self.statements_of_case(child));
            } else if ways.is_empty() && tried.is_empty() {
                tried = self.statements(child);
            } else {
                always.extend(self.statements(child));
            }
        }
        ways.insert(0, tried);
        out.push(Stmt::Branch(ways));
        out.extend(always);
    }

    /// Lowers a type.
    pub(crate) fn type_ref(&mut self, node: Node<'_>) -> Option<TypeRef> {
        self.deeper(|host| {
            let front = host.front;
            front.type_ref(host, node).or_else(|| host.type_by_shape(node))
        })
        .flatten()
    }

    fn type_by_shape(&mut self, node: Node<'_>) -> Option<TypeRef> {
        let span = span_of(node);
        match self.shape(node) {
            Shape::TypeName | Shape::Identifier | Shape::Path => {
                Some(TypeRef::simple(split_path(self.text_of(node)), span))
            }
            Shape::TypeGeneric => {
                let mut ty = self.first_child(node).and_then(|base| self.type_ref(base))?;
                for child in self.children(node) {
                    if self.shape(child) == Shape::TypeArguments {
                        ty.args = self.type_list(child);
                    }
                }
                ty.span = span;
                Some(ty)
            }
            Shape::TypeArray(element) => {
                let element = self.field(node, element).and_then(|element| self.type_ref(element));
                Some(TypeRef { path: vec![Name::new_static("[]")], args: element.into_iter().collect(), span })
            }
            Shape::TypeInner(inner) | Shape::Pass(inner) => {
                self.field(node, inner).and_then(|inner| self.type_ref(inner))
            }
            _ => None,
        }
    }

    /// The types among the children of a node.
    pub(crate) fn type_list(&mut self, node: Node<'_>) -> Vec<TypeRef> {
        self.children(node).into_iter().filter_map(|child| self.type_ref(child)).collect()
    }

    /// Lowers a list of parameters, or the one that a node is.
    pub(crate) fn parameters(&mut self, node: Node<'_>) -> Vec<Param> {
        let front = self.front;
        if let Some(params) = front.parameters(self, node) {
            return params;
        }
        match self.shape(node) {
            Shape::Identifier | Shape::Parameter(..) => self.parameter(node).into_iter().collect(),
            _ => self.children(node).into_iter().filter_map(|child| self.parameter(child)).collect(),
        }
    }

    /// Lowers one parameter by the table.
    pub(crate) fn parameter(&mut self, node: Node<'_>) -> Option<Param> {
        let plain = |name| Param { name, ty: None, default: None, annotations: Vec::new() };
        match self.shape(node) {
            Shape::Identifier => Some(plain(self.name_of(node))),
            Shape::Parameter(name, ty, default) => {
                let name = self.field(node, name).map_or(Name::new_static("_"), |name| self.name_of(name));
                let ty = node.child_by_field_name(ty).and_then(|ty| self.type_ref(ty));
                let default = node.child_by_field_name(default).map(|default| self.expr(default));
                Some(Param { name, ty, default, annotations: Vec::new() })
            }
            Shape::Comment | Shape::Skip => None,
            _ => Some(plain(Name::new_static("_"))),
        }
    }

    /// The pieces of a text, or of texts put together, where all of it is text.
    pub(crate) fn known_pieces(&self, expr: ExprId) -> Option<Vec<Piece>> {
        match &self.outline.expr(expr).kind {
            ExprKind::Text(pieces) => Some(pieces.clone()),
            ExprKind::Concat(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    match &self.outline.expr(*part).kind {
                        ExprKind::Text(pieces) => all.extend(pieces.iter().cloned()),
                        _ => return None,
                    }
                }
                Some(all)
            }
            _ => None,
        }
    }
}

/// Whether a clause of that kind is an `else if` of its own.
fn is_else_if(kind: &str) -> bool {
    ["elif", "elsif", "elseif", "else_if"].iter().any(|start| kind.starts_with(start))
}

/// Makes a block's last expression its value.
pub(crate) fn give_last(statements: &mut [Stmt]) {
    if let Some(last) = statements.last_mut()
        && let Stmt::Expr(value) = *last
    {
        *last = Stmt::Return(value);
    }
}

/// A single block in the place of its statements.
fn flatten(statements: Vec<Stmt>) -> Vec<Stmt> {
    let blocks = statements.iter().filter(|statement| matches!(statement, Stmt::Block(_))).count();
    if blocks != 1 {
        return statements;
    }
    statements
        .into_iter()
        .flat_map(|statement| match statement {
            Stmt::Block(inner) => inner,
            other => vec![other],
        })
        .collect()
}

/// The segments of a dotted, `::` or `\` separated path.
pub(crate) fn split_path(text: &str) -> Vec<Name> {
    text.split(['.', ':', '\\', '/']).map(str::trim).filter(|segment| !segment.is_empty()).map(Name::new).collect()
}
