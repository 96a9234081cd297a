//! An outline as a compact text that people can read: what the tests of every front end compare.
//!
//! Declarations stand one a line, members and statements indented under them, expressions much as in
//! the languages themselves: `"text {value} {} {{"` with `{}` for a hole and `{{` for a brace, `base.member`, `whole~0` for an
//! element, `(a + b)` for texts put together, `(a | b)` for one of several, `macro!(…)`, `?(…)` for what
//! was not understood, `fn#3` for the lambda that is listed as `#3`.

use std::fmt::Write as _;

use super::outline::{
    Annotation, Arg, ExprId, ExprKind, Field, Function, FunctionKind, Generic, Import, Outline, Piece, Stmt, TypeDecl,
    TypeKind, TypeRef, ValueDecl,
};
use crate::vocabulary::Name;

/// The whole outline as text, without its spans.
#[must_use]
pub fn dump(outline: &Outline) -> String {
    let mut out = Dumper { outline, text: String::new() };
    if !outline.package.is_empty() {
        out.line(0, &format!("package {}", path(&outline.package)));
    }
    for import in &outline.imports {
        out.import(import);
    }
    for (at, declared) in outline.types.iter().enumerate() {
        out.type_decl(at, declared);
    }
    for value in &outline.values {
        out.value(value);
    }
    for (at, function) in outline.functions.iter().enumerate() {
        out.function(at, function);
    }
    for directive in &outline.directives {
        out.line(0, &format!("directive {}", directive.text));
    }
    for problem in &outline.problems {
        out.line(0, &format!("problem {}", problem.message));
    }
    out.text
}

/// One expression as text.
#[must_use]
pub fn dump_expr(outline: &Outline, id: ExprId) -> String {
    Dumper { outline, text: String::new() }.expr(id)
}

struct Dumper<'a> {
    outline: &'a Outline,
    text: String,
}

fn path(segments: &[Name]) -> String {
    segments.join("::")
}

fn scoped(scope: &[Name], name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{}::{name}", path(scope)) }
}

fn type_ref(ty: &TypeRef) -> String {
    format!("{}{}", path(&ty.path), type_args(&ty.args))
}

fn type_args(args: &[TypeRef]) -> String {
    if args.is_empty() {
        return String::new();
    }
    format!("<{}>", args.iter().map(type_ref).collect::<Vec<_>>().join(", "))
}

fn generics(list: &[Generic]) -> String {
    if list.is_empty() {
        return String::new();
    }
    let each = list.iter().map(|generic| {
        let bounds: Vec<_> = generic.bounds.iter().map(type_ref).collect();
        if bounds.is_empty() { generic.name.to_string() } else { format!("{}: {}", generic.name, bounds.join(" + ")) }
    });
    format!("<{}>", each.collect::<Vec<_>>().join(", "))
}

impl Dumper<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.text, "{:width$}{text}", "", width = depth * 2);
    }

    fn import(&mut self, import: &Import) {
        let mut line = format!("import {}", path(&import.path));
        if import.glob {
            line.push_str("::*");
        }
        if let Some(alias) = &import.alias
            && import.path.last() != Some(alias)
        {
            let _ = write!(line, " as {alias}");
        }
        if import.alias.is_none() && !import.glob {
            line.push_str(" (effect)");
        }
        if import.reexport {
            line.push_str(" (passed on)");
        }
        if !import.scope.is_empty() {
            let _ = write!(line, " in {}", path(&import.scope));
        }
        self.line(0, &line);
    }

    fn type_decl(&mut self, at: usize, declared: &TypeDecl) {
        self.annotations(0, &declared.annotations);
        let kind = match declared.kind {
            TypeKind::Class => "class",
            TypeKind::Struct => "struct",
            TypeKind::Interface => "interface",
            TypeKind::Trait => "trait",
            TypeKind::Enum => "enum",
            TypeKind::Alias => "alias",
            TypeKind::Module => "module",
            TypeKind::Extension => "extension",
        };
        let mut line =
            format!("{kind} ${at} {}{}", scoped(&declared.scope, &declared.name), generics(&declared.generics));
        if !declared.bases.is_empty() {
            let _ = write!(line, ": {}", declared.bases.iter().map(type_ref).collect::<Vec<_>>().join(", "));
        }
        self.line(0, &line);
        for field in &declared.fields {
            self.field(field);
        }
    }

    fn field(&mut self, field: &Field) {
        self.annotations(1, &field.annotations);
        let mut line = format!("{} {}", if field.is_static { "static" } else { "field" }, field.name);
        if let Some(ty) = &field.ty {
            let _ = write!(line, ": {}", type_ref(ty));
        }
        if let Some(value) = field.value {
            let _ = write!(line, " = {}", self.expr(value));
        }
        self.line(1, &line);
    }

    fn value(&mut self, value: &ValueDecl) {
        let mut line = format!("value {}", scoped(&value.scope, &value.name));
        if let Some(ty) = &value.ty {
            let _ = write!(line, ": {}", type_ref(ty));
        }
        if let Some(id) = value.value {
            let _ = write!(line, " = {}", self.expr(id));
        }
        if value.exported {
            line.push_str(" (exported)");
        }
        self.line(0, &line);
    }

    fn annotations(&mut self, depth: usize, list: &[Annotation]) {
        for annotation in list {
            let line = if annotation.args.is_empty() {
                format!("@{}", path(&annotation.path))
            } else {
                format!("@{}({})", path(&annotation.path), self.args(&annotation.args))
            };
            self.line(depth, &line);
        }
    }

    fn function(&mut self, at: usize, function: &Function) {
        self.annotations(0, &function.annotations);
        let kind = match function.kind {
            FunctionKind::Free => "fn",
            FunctionKind::Method => "method",
            FunctionKind::Static => "static fn",
            FunctionKind::Constructor => "constructor",
            FunctionKind::Lambda => "lambda",
            FunctionKind::TopLevel => "top level",
            FunctionKind::Macro => "macro",
        };
        let mut line = format!("{kind} #{at}");
        let name = scoped(&function.scope, &function.name);
        if !name.is_empty() {
            let _ = write!(line, " {name}");
        }
        let _ = write!(line, "{}", generics(&function.generics));
        if function.kind != FunctionKind::TopLevel {
            let _ = write!(line, "({})", self.params(function));
        }
        if let Some(returns) = &function.returns {
            let _ = write!(line, " -> {}", type_ref(returns));
        }
        if let Some(owner) = function.owner {
            let _ = write!(line, " of ${}", owner.0);
        }
        if let Some(parent) = function.parent {
            let _ = write!(line, " in #{}", parent.0);
        }
        if function.is_test {
            line.push_str(" (test)");
        }
        self.line(0, &line);
        self.stmts(1, &function.body);
    }

    fn params(&self, function: &Function) -> String {
        let each = function.params.iter().map(|param| {
            let mut text = param.name.to_string();
            if let Some(ty) = &param.ty {
                let _ = write!(text, ": {}", type_ref(ty));
            }
            if let Some(default) = param.default {
                let _ = write!(text, " = {}", self.expr(default));
            }
            for annotation in &param.annotations {
                let _ = write!(text, " @{}({})", path(&annotation.path), self.args(&annotation.args));
            }
            text
        });
        each.collect::<Vec<_>>().join(", ")
    }

    fn stmts(&mut self, depth: usize, body: &[Stmt]) {
        for stmt in body {
            match stmt {
                Stmt::Branch(ways) => {
                    for (at, way) in ways.iter().enumerate() {
                        self.line(depth, if at == 0 { "either" } else { "or" });
                        self.stmts(depth + 1, way);
                    }
                }
                Stmt::Loop(body) => {
                    self.line(depth, "loop");
                    self.stmts(depth + 1, body);
                }
                Stmt::Block(body) => {
                    self.line(depth, "block");
                    self.stmts(depth + 1, body);
                }
                Stmt::With { context, body } => {
                    let line = format!("with {}", self.expr(*context));
                    self.line(depth, &line);
                    self.stmts(depth + 1, body);
                }
                simple => {
                    let line = self.simple_stmt(simple);
                    self.line(depth, &line);
                }
            }
        }
    }

    /// A statement on one line, as it stands inside an expression.
    fn simple_stmt(&self, stmt: &Stmt) -> String {
        let block = |body: &[Stmt]| body.iter().map(|each| self.simple_stmt(each)).collect::<Vec<_>>().join("; ");
        match stmt {
            Stmt::Let { name, ty, value, .. } => {
                let mut line = format!("let {name}");
                if let Some(ty) = ty {
                    let _ = write!(line, ": {}", type_ref(ty));
                }
                if let Some(value) = value {
                    let _ = write!(line, " = {}", self.expr(*value));
                }
                line
            }
            Stmt::Assign { target, value, append } => {
                format!("{} {} {}", self.expr(*target), if *append { "+=" } else { "=" }, self.expr(*value))
            }
            Stmt::Expr(id) => self.expr(*id),
            Stmt::Return(id) => format!("return {}", self.expr(*id)),
            Stmt::Branch(ways) => {
                format!(
                    "either {}",
                    ways.iter().map(|way| format!("{{{}}}", block(way))).collect::<Vec<_>>().join(" or ")
                )
            }
            Stmt::Loop(body) => format!("loop {{{}}}", block(body)),
            Stmt::Block(body) => format!("{{{}}}", block(body)),
            Stmt::With { context, body } => format!("with {} {{{}}}", self.expr(*context), block(body)),
        }
    }

    fn list(&self, ids: &[ExprId], separator: &str) -> String {
        ids.iter().map(|id| self.expr(*id)).collect::<Vec<_>>().join(separator)
    }

    fn args(&self, args: &[Arg]) -> String {
        let each = args.iter().map(|arg| {
            let value = self.expr(arg.value);
            let spread = if arg.spread { "..." } else { "" };
            arg.name.as_ref().map_or_else(|| format!("{spread}{value}"), |name| format!("{name}={spread}{value}"))
        });
        each.collect::<Vec<_>>().join(", ")
    }

    fn fields(&self, fields: &[(Name, ExprId)]) -> String {
        fields.iter().map(|(name, value)| format!("{name}: {}", self.expr(*value))).collect::<Vec<_>>().join(", ")
    }

    fn text_pieces(&self, pieces: &[Piece]) -> String {
        let mut text = String::from("\"");
        for piece in pieces {
            match piece {
                Piece::Literal { text: known, .. } => {
                    for ch in known.chars() {
                        match ch {
                            '\n' => text.push_str("\\n"),
                            '\r' => text.push_str("\\r"),
                            '\t' => text.push_str("\\t"),
                            '"' => text.push_str("\\\""),
                            '{' => text.push_str("{{"),
                            '}' => text.push_str("}}"),
                            other => text.push(other),
                        }
                    }
                }
                Piece::Value { expr, .. } => {
                    let _ = write!(text, "{{{}}}", self.expr(*expr));
                }
                Piece::Hole { .. } => text.push_str("{}"),
            }
        }
        text.push('"');
        text
    }

    fn expr(&self, id: ExprId) -> String {
        match &self.outline.expr(id).kind {
            ExprKind::Text(pieces) => self.text_pieces(pieces),
            ExprKind::Path { segments, type_args: given } => format!("{}{}", path(segments), type_args(given)),
            ExprKind::This => "this".to_owned(),
            ExprKind::Super => "super".to_owned(),
            ExprKind::Member { base, name, type_args: given, .. } => {
                format!("{}.{name}{}", self.expr(*base), type_args(given))
            }
            ExprKind::Index { base, index } => format!("{}[{}]", self.expr(*base), self.expr(*index)),
            ExprKind::Element { base, position, name } => {
                let which = match (position, name) {
                    (Some(position), _) => position.to_string(),
                    (None, Some(name)) => name.to_string(),
                    (None, None) => "*".to_owned(),
                };
                format!("{}~{which}", self.expr(*base))
            }
            ExprKind::Call { callee, args } => format!("{}({})", self.expr(*callee), self.args(args)),
            ExprKind::Macro { path: name, args, body } => {
                let body = if body.is_some() { "{…}" } else { "" };
                format!("{}!({}){body}", path(name), self.args(args))
            }
            ExprKind::New { ty, args, fields } => {
                let args = if args.is_empty() { String::new() } else { format!("({})", self.args(args)) };
                let fields = if fields.is_empty() { String::new() } else { format!(" {{{}}}", self.fields(fields)) };
                format!("new {}{args}{fields}", type_ref(ty))
            }
            other => self.compound(other),
        }
    }

    fn compound(&self, kind: &ExprKind) -> String {
        match kind {
            ExprKind::Record(entries) => {
                let each = entries.iter().map(|(key, value)| format!("{} => {}", self.expr(*key), self.expr(*value)));
                format!("{{{}}}", each.collect::<Vec<_>>().join(", "))
            }
            ExprKind::List(items) => format!("[{}]", self.list(items, ", ")),
            ExprKind::Concat(parts) => format!("({})", self.list(parts, " + ")),
            ExprKind::Choice(ways) => format!("({})", self.list(ways, " | ")),
            ExprKind::Await(inner) => self.expr(*inner),
            ExprKind::Format { template, args, .. } => format!("format({}; {})", self.expr(*template), self.args(args)),
            ExprKind::Binary { operator, left, right } => {
                format!("({} {operator} {})", self.expr(*left), self.expr(*right))
            }
            ExprKind::Lambda(function) => format!("fn#{}", function.0),
            ExprKind::Typed { ty, value: Some(value) } => format!("({} as {})", self.expr(*value), type_ref(ty)),
            ExprKind::Typed { ty, value: None } => format!("type {}", type_ref(ty)),
            ExprKind::Include(file) => format!("include({})", self.expr(*file)),
            ExprKind::Literal(text) => text.to_string(),
            ExprKind::Symbol(name) => format!(":{name}"),
            ExprKind::Block(body) => {
                let each: Vec<_> = body.iter().map(|stmt| self.simple_stmt(stmt)).collect();
                format!("{{{}}}", each.join("; "))
            }
            ExprKind::Unknown(parts) => format!("?({})", self.list(parts, ", ")),
            _ => String::new(),
        }
    }
}
