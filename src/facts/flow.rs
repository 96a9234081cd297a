//! Outline to facts: control flow is followed once, and every local name becomes the values it can have.
//!
//! The walk is one pass over the statements of a function. Where ways part (`if`, `match`) each is walked
//! with names of its own, and afterwards a name has the choice of what they made of it; a text that only some
//! ways extend is taken as extended, because what matters is every table it may name. Loops are walked once.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    AnnotationFact, ArgFact, AssignmentFact, CallFact, CallKind, FieldFact, FileFacts, FunctionFact, Node, NodeId,
    ParamFact, TextPiece, TypeFact, ValueFact,
};
use crate::source::Span;
use crate::syntax::outline::{
    Annotation, Arg, Expr, ExprId, ExprKind, Function, FunctionId, FunctionKind, Outline, Piece, Stmt,
};
use crate::vocabulary::Name;

/// Deeper expressions than this are unknown, so that no input overflows the stack.
const MAX_DEPTH: usize = 400;

type Names = FxHashMap<Name, NodeId>;

/// The facts of an outline. `builders` are the names of methods, functions and macros that change the object
/// they are called on (or given first) in place.
pub(super) fn facts(outline: Outline, builders: &FxHashSet<Name>) -> FileFacts {
    let mut flow = Flow {
        facts: FileFacts::default(),
        builders,
        outline: &outline,
        names: Names::default(),
        function: 0,
        depth: 0,
        within: None,
        returns: Vec::new(),
        walked: vec![false; outline.functions.len()],
        evaluated: FxHashMap::default(),
        methods: methods(&outline),
    };
    flow.run();
    let mut facts = flow.facts;
    facts.package = outline.package;
    facts.imports = outline.imports;
    facts.directives = outline.directives;
    facts.problems = outline.problems;
    facts
}

struct Flow<'a> {
    facts: FileFacts,
    builders: &'a FxHashSet<Name>,
    outline: &'a Outline,
    names: Names,
    function: u32,
    depth: usize,
    within: Option<NodeId>,
    returns: Vec<NodeId>,
    walked: Vec<bool>,
    /// What each call is, once it was evaluated: a pattern refers to the one value once for each of its names.
    evaluated: FxHashMap<ExprId, NodeId>,
    /// The named functions of each type.
    methods: FxHashSet<(u32, Name)>,
}

impl<'a> Flow<'a> {
    fn run(&mut self) {
        let outline = self.outline;
        for function in &outline.functions {
            self.facts.functions.push(function_fact(function));
        }
        // What stands outside of functions (annotations, fields, constants) is evaluated as if in a function of
        // its own at the end of the table, so that a name in it has a scope.
        for (index, decl) in (0u32..).zip(&outline.types) {
            let scope = decl.scope.iter().cloned().chain([decl.name.clone()]).collect();
            self.outside(scope, decl.span, None, Some(index));
            self.type_fact(decl);
        }
        for value in &outline.values {
            self.outside(value.scope.clone(), value.span, Some(&value.name), None);
            let node = value.value.map(|value| self.eval(value));
            self.facts.values.push(ValueFact {
                name: value.name.clone(),
                scope: value.scope.clone(),
                ty: value.ty.clone(),
                value: node,
                span: value.span,
            });
        }
        // Lambdas are walked where they stand, with the names round them; what is left over comes last.
        let (lambdas, others): (Vec<usize>, Vec<usize>) =
            (0..outline.functions.len()).partition(|&index| outline.functions[index].kind == FunctionKind::Lambda);
        for index in others.into_iter().chain(lambdas) {
            self.names.clear();
            self.walk_function(index);
        }
    }

    fn type_fact(&mut self, decl: &crate::syntax::outline::TypeDecl) {
        let annotations = self.annotations(&decl.annotations);
        let mut fields = Vec::with_capacity(decl.fields.len());
        for field in &decl.fields {
            let annotations = self.annotations(&field.annotations);
            fields.push(FieldFact {
                name: field.name.clone(),
                ty: field.ty.clone(),
                annotations,
                value: field.value.map(|value| self.eval(value)),
                is_static: field.is_static,
                span: field.span,
            });
        }
        self.facts.types.push(TypeFact {
            name: decl.name.clone(),
            scope: decl.scope.clone(),
            kind: decl.kind,
            span: decl.span,
            name_span: decl.name_span,
            bases: decl.bases.clone(),
            generics: decl.generics.clone(),
            annotations,
            fields,
        });
    }

    /// Opens a pseudo function for expressions that stand in no function.
    fn outside(&mut self, scope: Vec<Name>, span: Span, name: Option<&Name>, owner: Option<u32>) {
        self.names.clear();
        self.facts.functions.push(FunctionFact {
            name: name.cloned().unwrap_or_default(),
            scope,
            owner,
            kind: FunctionKind::TopLevel,
            parent: None,
            annotations: Vec::new(),
            generics: Vec::new(),
            params: Vec::new(),
            returns: None,
            value: None,
            span,
            name_span: span,
            is_test: false,
        });
        self.function = narrow(self.facts.functions.len() - 1);
    }

    fn walk_function(&mut self, index: usize) {
        if std::mem::replace(&mut self.walked[index], true) {
            return;
        }
        let outline = self.outline;
        let function: &Function = &outline.functions[index];
        let outer = (self.function, self.within.take(), std::mem::take(&mut self.returns));
        self.function = narrow(index);
        let annotations = self.annotations(&function.annotations);
        let mut params = Vec::new();
        for (position, param) in function.params.iter().enumerate() {
            let default = param.default.map(|default| self.eval(default));
            let annotations = self.annotations(&param.annotations);
            params.push(ParamFact { name: param.name.clone(), ty: param.ty.clone(), annotations, default });
            let node = self.push(Node::Param(narrow(index), narrow(position)));
            self.names.insert(param.name.clone(), node);
        }
        self.statements(&function.body);
        self.local_functions(index);
        let returns = std::mem::take(&mut self.returns);
        let mut value = self.choice(returns);
        let says_nothing = value.is_none_or(|value| matches!(self.facts.node(value), Node::Unknown | Node::Literal));
        if says_nothing || function.returns.is_none() {
            value = self.written(&params, narrow(index)).or(value);
        }
        let fact = &mut self.facts.functions[index];
        fact.annotations = annotations;
        fact.params = params;
        fact.value = value;
        (self.function, self.within, self.returns) = outer;
    }

    /// The text that a function adds to what one of its parameters holds: what it gives, if it gives nothing else.
    fn written(&self, params: &[ParamFact], function: u32) -> Option<NodeId> {
        params.iter().zip(0..).find_map(|(param, position)| {
            let Node::Concat(parts) = self.facts.node(*self.names.get(&param.name)?) else { return None };
            let [first, more] = parts[..] else { return None };
            (*self.facts.node(first) == Node::Param(function, position)).then_some(more)
        })
    }

    /// Named functions inside of a function (methods of anonymous classes too) see its names.
    fn local_functions(&mut self, index: usize) {
        let outline = self.outline;
        let parent = Some(FunctionId(narrow(index)));
        let inside = |function: &Function| function.parent == parent && function.kind != FunctionKind::Lambda;
        // They stand behind it in the table, and before the next function that is not inside of it.
        let end = outline.functions[index].span.end;
        for (at, function) in outline.functions.iter().enumerate().skip(index + 1) {
            if function.span.start > end {
                break;
            }
            if inside(function) {
                let names = self.names.clone();
                self.walk_function(at);
                self.names = names;
            }
        }
    }

    fn annotations(&mut self, annotations: &[Annotation]) -> Vec<AnnotationFact> {
        let fact = |annotation: &Annotation| AnnotationFact {
            path: annotation.path.clone(),
            args: self.args(&annotation.args),
            span: annotation.span,
        };
        annotations.iter().map(fact).collect()
    }

    fn args(&mut self, args: &[Arg]) -> Vec<ArgFact> {
        args.iter().map(|arg| ArgFact { name: arg.name.clone(), value: self.eval(arg.value) }).collect()
    }

    fn statements(&mut self, statements: &[Stmt]) {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            for statement in statements {
                self.statement(statement);
            }
        }
        self.depth -= 1;
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Let { name, ty, value, .. } => {
                let value = value.map(|value| self.eval(value));
                let node = match (ty, value) {
                    (Some(ty), value) => self.push(Node::Typed { ty: ty.clone(), value, function: self.function }),
                    (None, Some(value)) => value,
                    (None, None) => self.push(Node::Unknown),
                };
                self.names.insert(name.clone(), node);
            }
            Stmt::Assign { target, value, append } => self.assign(*target, *value, *append),
            Stmt::Expr(expr) => {
                self.eval(*expr);
            }
            Stmt::Return(expr) => {
                let node = self.eval(*expr);
                self.returns.push(node);
            }
            Stmt::Branch(ways) => self.branch(ways),
            Stmt::Loop(body) => self.branch(std::slice::from_ref(body)),
            Stmt::Block(body) => self.scoped(body),
            Stmt::With { context, body } => {
                let context = self.eval(*context);
                let outer = self.within.replace(context);
                self.statements(body);
                self.within = outer;
            }
        }
    }

    /// Names bound inside end with the block; what was assigned to outer names stays.
    fn scoped(&mut self, body: &[Stmt]) {
        let before = self.names.clone();
        self.statements(body);
        self.names.retain(|name, _| before.contains_key(name));
    }

    fn assign(&mut self, target: ExprId, value: ExprId, append: bool) {
        let node = if append { self.put_in(value, false) } else { self.eval(value) };
        let outline = self.outline;
        match &outline.expr(target).kind {
            ExprKind::Path { segments, .. } if segments.len() == 1 => {
                let name = &segments[0];
                // What is added to a name that is bound elsewhere does not bind it here.
                if append && !self.names.contains_key(name) {
                    if self.is_own_member(name) {
                        self.assign_member(name, node, append);
                    }
                    return;
                }
                let node = match self.names.get(name).copied() {
                    Some(old) if append => self.extended(old, node),
                    Some(old) => self.retyped(old, node),
                    None => node,
                };
                if !self.names.contains_key(name) && self.is_own_member(name) {
                    self.assign_member(name, node, false);
                }
                self.names.insert(name.clone(), node);
            }
            ExprKind::Member { base, name, .. } if matches!(outline.expr(*base).kind, ExprKind::This) => {
                self.assign_member(name, node, append);
            }
            // Giving a property a value is a call of its setter: `entry.State = …` is `entry.State=(…)`.
            ExprKind::Member { base, name, name_span, .. } => {
                let base = self.eval(*base);
                let name = format!("{name}=").into();
                let callee = self.push(Node::Member { base, name, type_args: Vec::new(), span: *name_span });
                let args = vec![ArgFact { name: None, value: node }];
                let (target, value) = (outline.expr(target).span, outline.expr(value).span);
                let whole = Span { start: target.start, end: target.end.max(value.end) };
                self.push_call(CallKind::Call, callee, args, whole, *name_span, None);
            }
            _ => {
                self.eval(target);
            }
        }
    }

    /// A declared type holds for whatever is assigned later.
    fn retyped(&mut self, old: NodeId, node: NodeId) -> NodeId {
        match self.facts.node(old) {
            Node::Typed { ty, function, .. } => {
                let (ty, function) = (ty.clone(), *function);
                self.push(Node::Typed { ty, value: Some(node), function })
            }
            _ => node,
        }
    }

    fn assign_member(&mut self, name: &Name, node: NodeId, append: bool) {
        let Some(owner) = self.owner(self.function) else { return };
        let last = self.facts.assignments.iter().rposition(|a| a.owner == owner && a.name == *name);
        if append && let Some(last) = last {
            let old = self.facts.assignments[last].value;
            self.facts.assignments[last].value = self.extended(old, node);
        } else {
            let function = self.function;
            self.facts.assignments.push(AssignmentFact { owner, name: name.clone(), value: node, function });
        }
    }

    /// Whether a bare name means a field or method of the type round the present function.
    fn is_own_member(&self, name: &Name) -> bool {
        let Some(owner) = self.outline.implicit_receiver.then(|| self.owner(self.function)).flatten() else {
            return false;
        };
        let declared = self.outline.types.get(owner as usize);
        declared.is_some_and(|decl| decl.fields.iter().any(|field| field.name == *name))
            || self.methods.contains(&(owner, name.clone()))
    }

    fn owner(&self, function: u32) -> Option<u32> {
        let mut at = Some(function);
        for _ in 0..MAX_DEPTH {
            let function = &self.facts.functions[at? as usize];
            if function.owner.is_some() {
                return function.owner;
            }
            at = function.parent;
        }
        None
    }

    fn extended(&mut self, old: NodeId, more: NodeId) -> NodeId {
        self.push(Node::Concat(vec![old, more]))
    }

    fn branch(&mut self, ways: &[Vec<Stmt>]) {
        let before = self.names.clone();
        let mut ends = Vec::with_capacity(ways.len());
        for way in ways {
            self.names.clone_from(&before);
            self.statements(way);
            ends.push(std::mem::take(&mut self.names));
        }
        let mut changed: Vec<Name> = Vec::new();
        for end in &ends {
            let new = end.iter().filter(|(name, node)| before.get(*name) != Some(*node));
            changed.extend(new.map(|(name, _)| name.clone()));
        }
        changed.sort_unstable();
        changed.dedup();
        self.names = before;
        for name in changed {
            let values = ends.iter().filter_map(|end| end.get(&name)).copied().collect();
            let merged = self.merged(self.names.get(&name).copied(), values);
            self.names.insert(name, merged);
        }
    }

    /// What a name is after several ways, given what it was before them and is at the end of each.
    fn merged(&mut self, before: Option<NodeId>, mut after: Vec<NodeId>) -> NodeId {
        after.dedup();
        if let Some(before) = before {
            let new: Vec<NodeId> = after.iter().copied().filter(|&node| node != before).collect();
            if let [only] = new[..]
                && self.extends(only, before)
            {
                return only;
            }
            let tails: Vec<NodeId> = new.iter().filter_map(|&node| self.tail(node, before)).collect();
            if tails.len() == new.len() && !tails.is_empty() {
                let choice = self.push(Node::Choice(tails));
                return self.extended(before, choice);
            }
            if !after.contains(&before) && after.len() < 2 {
                after.push(before);
            }
        }
        self.choice(after).unwrap_or_else(|| self.push(Node::Unknown))
    }

    /// Whether `node` is `base` with something added.
    fn extends(&self, node: NodeId, base: NodeId) -> bool {
        let mut at = node;
        loop {
            if at == base {
                return true;
            }
            match self.facts.node(at) {
                Node::Concat(parts) if !parts.is_empty() => at = parts[0],
                Node::After { base, .. } => at = *base,
                _ => return false,
            }
        }
    }

    /// What `node` adds to `base`, where that is one step of text.
    fn tail(&self, node: NodeId, base: NodeId) -> Option<NodeId> {
        match self.facts.node(node) {
            Node::Concat(parts) if parts.len() == 2 && parts[0] == base => Some(parts[1]),
            _ => None,
        }
    }

    fn choice(&mut self, mut nodes: Vec<NodeId>) -> Option<NodeId> {
        nodes.dedup();
        match nodes.len() {
            0 => None,
            1 => Some(nodes[0]),
            _ => Some(self.push(Node::Choice(nodes))),
        }
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.facts.nodes.push(node);
        NodeId(narrow(self.facts.nodes.len() - 1))
    }

    fn eval(&mut self, id: ExprId) -> NodeId {
        self.depth += 1;
        let node = if self.depth > MAX_DEPTH {
            self.push(Node::Unknown)
        } else {
            let outline: &'a Outline = self.outline;
            let expr = outline.expr(id);
            let once = matches!(expr.kind, ExprKind::Call { .. } | ExprKind::Macro { .. } | ExprKind::New { .. });
            if let Some(node) = self.evaluated.get(&id).copied().filter(|_| once) {
                node
            } else {
                let node = self.eval_expr(expr);
                if once {
                    self.evaluated.insert(id, node);
                }
                node
            }
        };
        self.depth -= 1;
        node
    }

    fn eval_all(&mut self, ids: &[ExprId]) -> Vec<NodeId> {
        ids.iter().map(|&id| self.eval(id)).collect()
    }

    fn eval_expr(&mut self, expr: &Expr) -> NodeId {
        let node = match &expr.kind {
            ExprKind::Text(pieces) => self.text(pieces),
            ExprKind::Path { segments, type_args } => {
                if let [name] = &segments[..]
                    && let Some(&node) = self.names.get(name)
                {
                    return node;
                }
                let function = self.function;
                if let [name] = &segments[..]
                    && self.is_own_member(name)
                {
                    let base = self.push(Node::This(function));
                    Node::Member { base, name: name.clone(), type_args: type_args.clone(), span: expr.span }
                } else {
                    Node::Name { segments: segments.clone(), type_args: type_args.clone(), function, span: expr.span }
                }
            }
            ExprKind::This => Node::This(self.function),
            ExprKind::Super => Node::Super(self.function),
            ExprKind::Member { base, name, type_args, name_span } => {
                let base = self.eval(*base);
                Node::Member { base, name: name.clone(), type_args: type_args.clone(), span: *name_span }
            }
            ExprKind::Index { base, index } => Node::Index { base: self.eval(*base), index: self.eval(*index) },
            ExprKind::Element { base, position, name } => {
                Node::Element { base: self.eval(*base), position: *position, name: name.clone() }
            }
            ExprKind::Call { callee, args } => return self.call(expr.span, *callee, args),
            ExprKind::Macro { path, args, body } => return self.macro_call(expr.span, path, args, *body),
            ExprKind::New { ty, args, fields } => {
                let callee = self.push(Node::Typed { ty: ty.clone(), value: None, function: self.function });
                let mut args = self.args(args);
                for (name, value) in fields {
                    args.push(ArgFact { name: Some(name.clone()), value: self.eval(*value) });
                }
                Node::Call(self.push_call(CallKind::New, callee, args, expr.span, ty.span, None))
            }
            ExprKind::Record(entries) => {
                Node::Record(entries.iter().map(|&(key, value)| (self.eval(key), self.eval(value))).collect())
            }
            ExprKind::List(items) => Node::List(self.eval_all(items)),
            ExprKind::Concat(parts) => {
                let parts = parts.iter().enumerate().map(|(at, &part)| self.put_in(part, at == 0)).collect();
                Node::Concat(parts)
            }
            ExprKind::Format { template, args, style } => {
                let template = self.eval(*template);
                let args = self.args(args).into_iter().map(|arg| (arg.name, arg.value)).collect();
                Node::Format { template, args, style: *style }
            }
            ExprKind::Await(inner) => {
                let inner = self.eval(*inner);
                if matches!(self.facts.node(inner), Node::Member { .. }) {
                    self.facts.awaited.push(inner);
                }
                return inner;
            }
            ExprKind::Choice(ways) => Node::Choice(self.eval_all(ways)),
            ExprKind::Binary { left, right, .. } => {
                let values = [self.eval(*left), self.eval(*right)];
                self.compare([*left, *right], values);
                Node::Made(values.to_vec())
            }
            ExprKind::Lambda(function) => return self.lambda(*function),
            ExprKind::Typed { ty, value } => {
                let value = value.map(|value| self.eval(value));
                Node::Typed { ty: ty.clone(), value, function: self.function }
            }
            ExprKind::Include(path) => Node::Include(self.eval(*path)),
            ExprKind::Literal(text) if text.eq_ignore_ascii_case("true") => Node::True,
            ExprKind::Literal(_) => Node::Literal,
            ExprKind::Symbol(name) => Node::Symbol(name.clone(), expr.span),
            ExprKind::Block(body) => return self.block(body),
            ExprKind::Unknown(children) => {
                self.eval_all(children);
                Node::Unknown
            }
        };
        self.push(node)
    }

    /// A value as part of a text. What names something (a constant, a local) keeps the place where it is put in; a text
    /// that is gone on with (`sql = sql + …`) stays itself.
    fn put_in(&mut self, id: ExprId, first: bool) -> NodeId {
        let outline = self.outline;
        let expr = outline.expr(id);
        let local = |name: &Name| first && self.names.contains_key(name);
        let named = match &expr.kind {
            ExprKind::Path { segments, .. } => !matches!(&segments[..], [name] if local(name)),
            ExprKind::Member { .. } | ExprKind::Index { .. } => true,
            ExprKind::Call { .. } => !first,
            _ => false,
        };
        let node = self.eval(id);
        if named { self.push(Node::Text(vec![TextPiece::Value { node, span: expr.span }])) } else { node }
    }

    /// Notes what is compared with nothing.
    fn compare(&mut self, sides: [ExprId; 2], values: [NodeId; 2]) {
        let outline = self.outline;
        let nothing = |side: ExprId| matches!(&outline.expr(side).kind, ExprKind::Literal(text) if matches!(text.as_str(), "nil" | "null" | "None"));
        match sides.map(nothing) {
            [true, false] => self.facts.checked.push(values[1]),
            [false, true] => self.facts.checked.push(values[0]),
            _ => {}
        }
    }

    fn text(&mut self, pieces: &[Piece]) -> Node {
        let mut out = Vec::with_capacity(pieces.len());
        for piece in pieces {
            out.push(match piece {
                Piece::Literal { text, span } => TextPiece::Literal { text: text.clone(), span: *span },
                Piece::Value { expr, span } => TextPiece::Value { node: self.eval(*expr), span: *span },
                Piece::Hole { span } => TextPiece::Value { node: self.push(Node::Unknown), span: *span },
            });
        }
        Node::Text(out)
    }

    /// A block as a value. A `return` inside cannot be told from the block's own value: it is both.
    fn block(&mut self, body: &[Stmt]) -> NodeId {
        let outer = std::mem::take(&mut self.returns);
        self.scoped(body);
        let returns = std::mem::replace(&mut self.returns, outer);
        self.returns.extend(returns.iter().take(returns.len().saturating_sub(1)));
        self.choice(returns).unwrap_or_else(|| self.push(Node::Unknown))
    }

    fn lambda(&mut self, function: FunctionId) -> NodeId {
        let names = self.names.clone();
        self.walk_function(function.0 as usize);
        self.names = names;
        self.push(Node::Lambda(function.0))
    }

    fn call(&mut self, span: Span, callee: ExprId, args: &[Arg]) -> NodeId {
        let outline = self.outline;
        let expr = outline.expr(callee);
        let (name, name_span) = match &expr.kind {
            ExprKind::Member { name, name_span, .. } => (Some(name), *name_span),
            ExprKind::Path { segments, .. } => (segments.last(), expr.span),
            _ => (None, expr.span),
        };
        let local = match (&expr.kind, name) {
            (ExprKind::Path { segments, .. }, Some(name)) if outline.functions_apart && segments.len() == 1 => {
                self.names.remove(name).map(|local| (name.clone(), local))
            }
            _ => None,
        };
        let node = self.eval(callee);
        self.names.extend(local);
        let values = self.args(args);
        let call = self.push_call(CallKind::Call, node, values, span, name_span, None);
        if name.is_some_and(|name| self.builders.contains(name)) {
            let object = match &expr.kind {
                ExprKind::Member { base, .. } => Some(*base),
                _ => args.first().map(|arg| arg.value),
            };
            self.changed_by(object, call);
        }
        self.push(Node::Call(call))
    }

    /// Binds the local object at the root of the receiver chain `object` to what it is after the call.
    fn changed_by(&mut self, object: Option<ExprId>, call: u32) {
        let outline = self.outline;
        let Some(mut at) = object else { return };
        for _ in 0..MAX_DEPTH {
            match &outline.expr(at).kind {
                ExprKind::Call { callee, .. } => at = *callee,
                ExprKind::Member { base, .. } => at = *base,
                ExprKind::Path { segments, .. } => {
                    if let [name] = &segments[..]
                        && let Some(&base) = self.names.get(name)
                    {
                        let node = self.push(Node::After { base, call });
                        self.names.insert(name.clone(), node);
                    }
                    return;
                }
                _ => return,
            }
        }
    }

    fn macro_call(&mut self, span: Span, path: &[Name], args: &[Arg], body: Option<Span>) -> NodeId {
        let function = self.function;
        let callee = self.push(Node::Name { segments: path.to_vec(), type_args: Vec::new(), function, span });
        let values = self.args(args);
        let call = self.push_call(CallKind::Macro, callee, values, span, span, body);
        if path.last().is_some_and(|name| self.builders.contains(name)) {
            self.changed_by(args.first().map(|arg| arg.value), call);
        }
        self.push(Node::Call(call))
    }

    fn push_call(
        &mut self,
        kind: CallKind,
        callee: NodeId,
        args: Vec<ArgFact>,
        span: Span,
        name_span: Span,
        body: Option<Span>,
    ) -> u32 {
        let within = self.within;
        self.facts.calls.push(CallFact { function: self.function, kind, callee, args, span, name_span, body, within });
        narrow(self.facts.calls.len() - 1)
    }
}

fn methods(outline: &Outline) -> FxHashSet<(u32, Name)> {
    let named = outline.functions.iter().filter(|function| {
        !function.name.is_empty() && !matches!(function.kind, FunctionKind::Lambda | FunctionKind::Constructor)
    });
    named.filter_map(|function| Some((function.owner?.0, function.name.clone()))).collect()
}

fn function_fact(function: &Function) -> FunctionFact {
    FunctionFact {
        name: function.name.clone(),
        scope: function.scope.clone(),
        owner: function.owner.map(|owner| owner.0),
        kind: function.kind,
        parent: function.parent.map(|parent| parent.0),
        annotations: Vec::new(),
        generics: function.generics.clone(),
        params: Vec::new(),
        returns: function.returns.clone(),
        value: None,
        span: function.span,
        name_span: function.name_span,
        is_test: function.is_test,
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
