//! Expressions of TypeScript and JavaScript, templates among them.

use tree_sitter::Node;

use super::Script;
use crate::syntax::lowering::walk::Walk;
use crate::syntax::lowering::{arg, children, field, span};
use crate::syntax::outline::{Arg, ExprId, ExprKind, Piece, TypeRef};

/// The functions of test runners that are given a name and the test.
const TEST_CALLS: &[&str] =
    &["describe", "it", "test", "suite", "context", "beforeEach", "beforeAll", "afterEach", "afterAll"];

impl Script<'_> {
    pub(super) fn call(&mut self, node: Node<'_>) -> ExprId {
        let (Some(function), Some(arguments)) = (field(node, "function"), field(node, "arguments")) else {
            return self.unknown(node);
        };
        // `require("m")` as a value: an import that nothing names.
        if self.l.str(function) == "require"
            && let Some(module) = self.required_module(node)
        {
            let name: crate::vocabulary::Name = format!("require {module}").into();
            self.add_import(vec![module], Some(name.clone()), false, false, node);
            return self.l.path(name, node);
        }
        let mut callee = match function.kind() {
            "import" => self.l.path("import", function),
            _ => self.expr(function),
        };
        // What a tag states of the type of its rows (``sql<Order>`…` ``) says nothing of what it is.
        if let ExprKind::Path { segments, .. } = &self.l.out.expr(callee).kind
            && arguments.kind() == "template_string"
        {
            let path = segments.clone();
            let args = vec![arg(self.expr(arguments))];
            return self.l.push(ExprKind::Macro { path, args, body: None }, node);
        }
        let types = self.type_arguments(field(node, "type_arguments"));
        if !types.is_empty() {
            callee = self.with_type_args(callee, types);
        }
        if arguments.kind() == "template_string" {
            let mut args = vec![arg(self.expr(arguments))];
            // A tag that a call makes (``sql.type(order)`…` ``) is that call with the template before what it is given.
            if let ExprKind::Call { callee: tag, args: given } = &self.l.out.expr(callee).kind {
                args.extend(given.iter().cloned());
                callee = *tag;
            }
            return self.l.push(ExprKind::Call { callee, args }, node);
        }
        let was_test = self.l.in_test;
        self.l.in_test |= self.l.dotted(callee).first().is_some_and(|name| TEST_CALLS.contains(&name.as_str()))
            && (self.l.parent.is_none() || was_test);
        let args = self.arguments(arguments);
        self.l.in_test = was_test;
        self.l.push(ExprKind::Call { callee, args }, node)
    }

    /// Gives a callee its type arguments.
    fn with_type_args(&mut self, callee: ExprId, types: Vec<TypeRef>) -> ExprId {
        match &mut self.l.out.exprs[callee.0 as usize].kind {
            ExprKind::Path { type_args, .. } | ExprKind::Member { type_args, .. } => *type_args = types,
            _ => {}
        }
        callee
    }

    fn arguments(&mut self, list: Node<'_>) -> Vec<Arg> {
        let mut args = Vec::new();
        for node in children(list) {
            let spread = node.kind() == "spread_element";
            let inner = if spread { children(node).first().copied() } else { Some(node) };
            if let Some(inner) = inner {
                args.push(Arg { name: None, value: self.expr(inner), spread });
            }
        }
        args
    }

    pub(super) fn new_object(&mut self, node: Node<'_>) -> ExprId {
        let Some(constructor) = field(node, "constructor") else { return self.unknown(node) };
        let types = self.type_arguments(field(node, "type_arguments"));
        let made = self.expr(constructor);
        let args = field(node, "arguments").map(|list| self.arguments(list)).unwrap_or_default();
        match self.l.out.expr(made).kind {
            ExprKind::Path { .. } | ExprKind::Member { .. } => {}
            _ => return self.l.push(ExprKind::Call { callee: made, args }, node),
        }
        match self.type_of_expr(made, types, constructor) {
            Some(ty) => self.l.push(ExprKind::New { ty, args, fields: Vec::new() }, node),
            None => self.l.push(ExprKind::Call { callee: made, args }, node),
        }
    }

    pub(super) fn object(&mut self, node: Node<'_>) -> ExprId {
        let mut pairs = Vec::new();
        for child in children(node) {
            let pair = match child.kind() {
                "pair" => match (field(child, "key"), field(child, "value")) {
                    (Some(key), Some(value)) => (self.key(key), self.expr(value)),
                    _ => continue,
                },
                "shorthand_property_identifier" => (self.key(child), self.expr(child)),
                "method_definition" => match field(child, "name") {
                    Some(name) => (self.key(name), self.expr(child)),
                    None => continue,
                },
                _ => {
                    let key = self.l.push(ExprKind::Unknown(Vec::new()), child);
                    let spread = children(child).first().copied().unwrap_or(child);
                    (key, self.expr(spread))
                }
            };
            pairs.push(pair);
        }
        self.l.push(ExprKind::Record(pairs), node)
    }

    fn key(&mut self, node: Node<'_>) -> ExprId {
        match node.kind() {
            "string" | "computed_property_name" | "number" => self.expr(node),
            _ => {
                let name = self.l.name(node);
                self.l.push(ExprKind::Symbol(name), node)
            }
        }
    }

    pub(super) fn binary(&mut self, node: Node<'_>) -> ExprId {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else { return self.unknown(node) };
        let operator = field(node, "operator").map(|operator| self.l.name(operator)).unwrap_or_default();
        if let Some(tag) = typed_tag(left, right, &operator) {
            let tag = self.expr(tag);
            let path = self.l.dotted(tag);
            if !path.is_empty() {
                let args = vec![arg(self.expr(right))];
                return self.l.push(ExprKind::Macro { path, args, body: None }, node);
            }
        }
        let left = self.expr(left);
        let right = self.expr(right);
        match operator.as_str() {
            "+" if !self.l.is_literal(left) && !self.l.is_literal(right) => self.l.concat(left, right, node),
            "??" | "||" => self.l.choice(left, right, node),
            _ => self.l.push(ExprKind::Binary { operator, left, right }, node),
        }
    }

    pub(super) fn ternary(&mut self, node: Node<'_>) -> ExprId {
        for condition in self.field_exprs(node, "condition") {
            self.l.hoist(condition);
        }
        let mut ways = self.field_exprs(node, "consequence");
        ways.extend(self.field_exprs(node, "alternative"));
        self.l.push(ExprKind::Choice(ways), node)
    }

    pub(super) fn cast(&mut self, node: Node<'_>) -> ExprId {
        let parts = children(node);
        let (value, ty) = match parts.as_slice() {
            [types, value] if types.kind() == "type_arguments" => (*value, Some(*types)),
            [value, ty] => (*value, Some(*ty)),
            [value] => (*value, None),
            _ => return self.unknown(node),
        };
        let value = self.expr(value);
        match ty.filter(|ty| self.l.str(*ty) != "const").and_then(|ty| self.type_ref(ty)) {
            Some(ty) => self.l.push(ExprKind::Typed { ty, value: Some(value) }, node),
            None => value,
        }
    }

    pub(super) fn instantiation(&mut self, node: Node<'_>) -> ExprId {
        let Some(function) = field(node, "function").or_else(|| children(node).first().copied()) else {
            return self.unknown(node);
        };
        let callee = self.expr(function);
        let types = self.type_arguments(field(node, "type_arguments"));
        self.with_type_args(callee, types)
    }

    pub(super) fn sequence(&mut self, node: Node<'_>) -> ExprId {
        let mut values = self.exprs(&children(node));
        let Some(last) = values.pop() else { return self.l.push(ExprKind::Unknown(Vec::new()), node) };
        for value in values {
            self.l.hoist(value);
        }
        last
    }

    /// The pieces of a string or a template.
    pub(super) fn pieces(&mut self, node: Node<'_>) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for child in children(node) {
            let span = span(child);
            match child.kind() {
                "template_substitution" => match children(child).first() {
                    Some(inner) => pieces.push(Piece::Value { expr: self.expr(*inner), span }),
                    None => pieces.push(Piece::Hole { span }),
                },
                "escape_sequence" => pieces.push(Piece::Literal { text: unescape(self.l.str(child)), span }),
                _ => pieces.push(Piece::Literal { text: self.l.str(child).to_owned(), span }),
            }
        }
        pieces
    }
}

/// Whether markup of that kind holds no expression.
pub(super) fn is_plain_markup(kind: &str) -> bool {
    matches!(
        kind,
        "jsx_text"
            | "html_character_reference"
            | "property_identifier"
            | "jsx_namespace_name"
            | "identifier"
            | "optional_chain"
    )
}

/// What an escape sequence stands for at run time.
fn unescape(written: &str) -> String {
    let number = |digits: &str| {
        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map(String::from).unwrap_or_default()
    };
    match written.chars().nth(1) {
        Some('n') => "\n".into(),
        Some('t') => "\t".into(),
        Some('r') => "\r".into(),
        Some('b' | 'f' | 'v') => " ".into(),
        Some('\n' | '\r') => String::new(),
        Some('x') => number(written.get(2..).unwrap_or_default()),
        Some('u') => number(written.get(2..).unwrap_or_default().trim_matches(|c| matches!(c, '{' | '}'))),
        Some(other) => other.into(),
        None => written.into(),
    }
}

/// The tag of ``sql<Order>`…` ``, which the grammar takes for two comparisons: nothing else is written without a blank.
fn typed_tag<'n>(left: Node<'n>, right: Node<'n>, operator: &str) -> Option<Node<'n>> {
    let close = right.kind() == "template_string" && operator == ">" && left.kind() == "binary_expression";
    let less = field(left, "operator").filter(|less| close && less.kind() == "<")?;
    let tag = field(left, "left")?;
    let touches = tag.end_byte() == less.start_byte() && left.end_byte() + 1 == right.start_byte();
    (touches && matches!(tag.kind(), "identifier" | "member_expression")).then_some(tag)
}
