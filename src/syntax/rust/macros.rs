//! Macro calls: tokens that are read as whatever they read as.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Ident, Macro, Token, Type};

use super::attributes::{delimiter_span, unnamed};
use super::lower::{Lowering, name};
use super::statements::Tail;
use super::texts::FormatArgs;
use crate::source::Span;
use crate::syntax::outline::{Annotation, Arg, ExprId, ExprKind, Field, Piece, Stmt, TypeKind};
use crate::syntax::placeholders::Style;
use crate::vocabulary::Name;

/// The macros that make texts: those of the standard library and those that have become its equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextMacro {
    /// The template is the first argument, the text the value.
    Format,
    /// As `Format`, but the text goes elsewhere; the macro stays, with the text as its argument.
    Print,
    /// The text is added to the first argument, with a line end or without.
    Write { line: bool },
    /// Texts put together.
    Concat,
    /// The text itself, laid out anew.
    Same,
    /// The content of a file.
    Include,
    /// A list.
    List,
}

fn text_macro(last: &str) -> Option<TextMacro> {
    Some(match last {
        "format" | "format_args" | "formatdoc" | "formatcp" | "format_compact" => TextMacro::Format,
        "print" | "println" | "eprint" | "eprintln" | "panic" | "todo" | "unimplemented" | "unreachable" => {
            TextMacro::Print
        }
        "write" => TextMacro::Write { line: false },
        "writeln" => TextMacro::Write { line: true },
        "concat" | "concatcp" => TextMacro::Concat,
        "indoc" => TextMacro::Same,
        "include_str" | "include_bytes" => TextMacro::Include,
        "vec" => TextMacro::List,
        _ => return None,
    })
}

/// Whether a macro never gives a value.
pub(super) fn ends_elsewhere(call: &Macro) -> bool {
    let last = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    matches!(last.as_str(), "panic" | "todo" | "unimplemented" | "unreachable" | "bail")
}

/// An argument of a macro.
struct Argument {
    name: Option<Ident>,
    value: Value,
}

enum Value {
    Expr(Expr),
    Type(Type),
}

/// A list of arguments, all of which read as expressions or types.
fn arguments(input: ParseStream<'_>) -> syn::Result<Vec<Argument>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        found.push(argument(input)?);
        if !input.is_empty() {
            separator(input)?;
        }
    }
    Ok(found)
}

/// What parts arguments: macros of one's own like `pool => "SELECT …"` and `pool; "SELECT …"` too.
fn separator(input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(Token![=>]) {
        input.parse::<Token![=>]>()?;
    } else if input.peek(Token![;]) {
        input.parse::<Token![;]>()?;
    } else {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

fn is_separator(input: ParseStream<'_>) -> bool {
    input.peek(Token![,]) || input.peek(Token![=>]) || input.peek(Token![;])
}

fn argument(input: ParseStream<'_>) -> syn::Result<Argument> {
    let is_named =
        input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]);
    let mut name = None;
    if is_named {
        name = Some(Ident::parse_any(input)?);
        input.parse::<Token![=]>()?;
    }
    // `?error` and `%error`, how log macros say the way a value is shown.
    if input.peek(Token![?]) {
        input.parse::<Token![?]>()?;
    } else if input.peek(Token![%]) {
        input.parse::<Token![%]>()?;
    }
    let ahead = input.fork();
    match ahead.parse::<Expr>() {
        Ok(value) if ahead.is_empty() || is_separator(&ahead) => {
            input.advance_to(&ahead);
            Ok(Argument { name, value: Value::Expr(value) })
        }
        _ => Ok(Argument { name, value: Value::Type(input.parse()?) }),
    }
}

/// A record that a macro declares: `table! { #[…] shop.orders (id) { id -> Int4, } }`.
struct Record {
    attrs: Vec<syn::Attribute>,
    path: Vec<Ident>,
    key: Vec<Ident>,
    columns: Vec<(Vec<syn::Attribute>, Ident, Type)>,
    end: proc_macro2::Span,
}

fn record(input: ParseStream<'_>) -> syn::Result<Record> {
    while input.peek(Token![use]) {
        input.parse::<syn::ItemUse>()?;
    }
    let attrs = input.call(syn::Attribute::parse_outer)?;
    let mut path = vec![Ident::parse_any(input)?];
    while input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
        path.push(Ident::parse_any(input)?);
    }
    let mut key = Vec::new();
    if input.peek(syn::token::Paren) {
        let inside;
        syn::parenthesized!(inside in input);
        key.extend(inside.parse_terminated(Ident::parse_any, Token![,])?);
    }
    let inside;
    let brace = syn::braced!(inside in input);
    let mut columns = Vec::new();
    while !inside.is_empty() {
        let attrs = inside.call(syn::Attribute::parse_outer)?;
        let column = Ident::parse_any(&inside)?;
        inside.parse::<Token![->]>()?;
        columns.push((attrs, column, inside.parse()?));
        if !inside.is_empty() {
            inside.parse::<Token![,]>()?;
        }
    }
    Ok(Record { attrs, path, key, columns, end: brace.span.close() })
}

/// A piece of tokens that do not parse as a whole.
enum Found {
    Stmt(syn::Stmt),
    Expr(Expr),
    Inside(TokenStream),
}

/// Whatever statements and expressions there are among tokens, in order. Each attempt that fails takes the
/// bytes it read from `trial_bytes`; when they are used up, only brackets are looked into.
fn fragments(input: ParseStream<'_>, trial_bytes: &mut usize) -> syn::Result<Vec<Found>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        if let Some(stmt) = ahead::<syn::Stmt>(input, trial_bytes) {
            found.push(Found::Stmt(stmt));
        } else if input.peek(Token![#]) && input.peek2(syn::token::Bracket) {
            // An attribute of nothing.
            input.parse::<TokenTree>()?;
            input.parse::<TokenTree>()?;
        } else if let Some(expr) = ahead::<Expr>(input, trial_bytes) {
            found.push(Found::Expr(expr));
        } else {
            match input.parse::<TokenTree>()? {
                TokenTree::Group(group) => found.push(Found::Inside(group.stream())),
                TokenTree::Literal(literal) => found.push(Found::Inside(TokenTree::from(literal).into())),
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
    Ok(found)
}

fn ahead<T: syn::parse::Parse>(input: ParseStream<'_>, trial_bytes: &mut usize) -> Option<T> {
    if *trial_bytes == 0 {
        return None;
    }
    let start = input.span().byte_range().start;
    let ahead = input.fork();
    let before = ahead.cursor();
    match ahead.parse::<T>() {
        Ok(_) if ahead.cursor() == before => None,
        Ok(parsed) => {
            input.advance_to(&ahead);
            Some(parsed)
        }
        Err(error) => {
            let read = error.span().byte_range().start.saturating_sub(start);
            *trial_bytes = trial_bytes.saturating_sub(read + 1);
            None
        }
    }
}

/// `static ref X: T = …` with the `ref` left out, so that it reads as an item.
fn without_static_ref(tokens: TokenStream) -> TokenStream {
    let mut after_static = false;
    let kept = tokens.into_iter().filter(|token| {
        let word = match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        };
        let is_ref = after_static && word.as_deref() == Some("ref");
        after_static = word.as_deref() == Some("static");
        !is_ref
    });
    kept.collect()
}

fn has_static_ref(tokens: &TokenStream) -> bool {
    let mut after_static = false;
    tokens.clone().into_iter().any(|token| {
        let TokenTree::Ident(ident) = token else {
            after_static = false;
            return false;
        };
        let found = after_static && ident == "ref";
        after_static = ident == "static";
        found
    })
}

impl Lowering<'_> {
    /// A macro call as an expression.
    pub(super) fn macro_call(&mut self, call: &Macro) -> ExprId {
        let path: Vec<Name> = call.path.segments.iter().map(|segment| name(&segment.ident)).collect();
        let delimiters = delimiter_span(&call.delimiter);
        let first = call.path.segments.first().map_or(call.bang_token.span, |segment| segment.ident.span());
        let span = self.between(first, delimiters.close());
        let body = Span { start: self.span(delimiters.open()).end, end: self.span(delimiters.close()).start };
        if let Some(kind) = path.last().and_then(|last| text_macro(last))
            && let Some(made) = self.text_macro_call(kind, &path, &call.tokens, span)
        {
            return made;
        }
        self.plain_macro(path, call.tokens.clone(), body, span)
    }

    /// Whether so many bytes may still be read on trial.
    fn may_try(&mut self, bytes: usize) -> bool {
        let may = self.trial_bytes >= bytes;
        self.trial_bytes = self.trial_bytes.saturating_sub(bytes);
        may
    }

    fn plain_macro(&mut self, path: Vec<Name>, tokens: TokenStream, body: Span, span: Span) -> ExprId {
        let tokens = if has_static_ref(&tokens) { without_static_ref(tokens) } else { tokens };
        if tokens.is_empty() {
            return self.push(ExprKind::Macro { path, args: Vec::new(), body: None }, span);
        }
        if !self.may_try(body.len()) {
            let args = self.texts_of(tokens).into_iter().map(unnamed).collect();
            return self.push(ExprKind::Macro { path, args, body: Some(body) }, span);
        }
        if let Ok(list) = arguments.parse2(tokens.clone()) {
            let args = self.macro_args(list);
            return self.push(ExprKind::Macro { path, args, body: None }, span);
        }
        if let Ok(declared) = record.parse2(tokens.clone())
            && !declared.columns.is_empty()
        {
            self.record_decl(&path, declared, span);
            return self.push(ExprKind::Macro { path, args: Vec::new(), body: Some(body) }, span);
        }
        let args = match syn::Block::parse_within.parse2(tokens.clone()) {
            Ok(stmts) => {
                let block = self.macro_block(&stmts, body);
                let renamed = self.renamed(&stmts);
                block.into_iter().chain(renamed).map(unnamed).collect()
            }
            Err(_) => self.salvage(tokens).into_iter().map(unnamed).collect(),
        };
        self.push(ExprKind::Macro { path, args, body: Some(body) }, span)
    }

    fn macro_args(&mut self, list: Vec<Argument>) -> Vec<Arg> {
        let args = list.into_iter().map(|argument| {
            let value = match &argument.value {
                Value::Expr(value) => self.expr(value),
                Value::Type(ty) => {
                    let ty = self.type_ref(ty);
                    let span = ty.span;
                    self.push(ExprKind::Typed { ty, value: None }, span)
                }
            };
            Arg { name: argument.name.as_ref().map(name), value, spread: false }
        });
        args.collect()
    }

    /// A list of texts with gaps (`["SELECT id FROM orders WHERE ", _, " LIMIT 1"]`): one text with holes.
    pub(super) fn template(&mut self, parts: &syn::ExprArray) -> ExprId {
        let parts_of = parts.elems.iter().map(|part| match part {
            Expr::Infer(gap) => {
                let span = self.span(gap.underscore_token.span);
                self.push(ExprKind::Text(vec![Piece::Hole { span }]), span)
            }
            part => self.expr(part),
        });
        let made = parts_of.collect();
        let span = self.span(parts.bracket_token.span.join());
        self.push(ExprKind::Concat(made), span)
    }

    /// The statements of a macro as one block; `None` where they were items alone.
    fn macro_block(&mut self, stmts: &[syn::Stmt], span: Span) -> Option<ExprId> {
        // Items outside of any function keep their place in the module, constants too.
        if self.function.is_none() && stmts.iter().all(|stmt| matches!(stmt, syn::Stmt::Item(_) | syn::Stmt::Macro(_)))
        {
            for stmt in stmts {
                match stmt {
                    syn::Stmt::Item(item) => self.item(item),
                    syn::Stmt::Macro(call) => {
                        let id = self.macro_call(&call.mac);
                        self.emit_expr(id);
                    }
                    _ => {}
                }
            }
            return None;
        }
        let id = self.block_value(stmts, span);
        let is_empty = matches!(&self.out.expr(id).kind, ExprKind::Block(stmts) if stmts.is_empty());
        (!is_empty).then_some(id)
    }

    /// What constants of a macro give another name (`alias! { const KIDS: Alias<Kids> = teams as kids; }`): the macro is
    /// given it, as it is by `alias!(teams as kids)`.
    fn renamed(&mut self, stmts: &[syn::Stmt]) -> Vec<ExprId> {
        let casts = stmts.iter().filter_map(|stmt| match stmt {
            syn::Stmt::Item(syn::Item::Const(item)) => match &*item.expr {
                Expr::Cast(cast) if matches!(*cast.expr, Expr::Path(_)) => Some(&cast.expr),
                _ => None,
            },
            _ => None,
        });
        casts.map(|value| self.expr(value)).collect()
    }

    fn record_decl(&mut self, path: &[Name], declared: Record, span: Span) {
        let Some(last) = declared.path.last() else { return };
        let place = |this: &Self, idents: &[Ident]| match (idents.first(), idents.last()) {
            (Some(first), Some(last)) => this.between(first.span(), last.span()),
            _ => span,
        };
        let named = place(self, &declared.path);
        let last_span = self.span(last.span());
        let own = self.path(vec![name(last)], last_span);
        let mut args = vec![unnamed(own)];
        if let [round @ .., _] = declared.path.as_slice()
            && !round.is_empty()
        {
            let span = place(self, round);
            let value = self.path(round.iter().map(name).collect(), span);
            args.push(Arg { name: Some(Name::new_static("qualifier")), value, spread: false });
        }
        if !declared.key.is_empty() {
            let keys = declared.key.iter().map(|key| {
                let span = self.span(key.span());
                self.path(vec![name(key)], span)
            });
            let keys: Vec<_> = keys.collect();
            let keys_span = place(self, &declared.key);
            let value = self.push(ExprKind::List(keys), keys_span);
            args.push(Arg { name: Some(Name::new_static("key")), value, spread: false });
        }
        let mut annotations = vec![Annotation { path: path.to_vec(), args, span: named }];
        annotations.extend(self.annotations(&declared.attrs));
        let mut fields = Vec::new();
        for (attrs, column, ty) in &declared.columns {
            fields.push(Field {
                name: name(column),
                ty: Some(self.type_ref(ty)),
                annotations: self.annotations(attrs),
                value: None,
                is_static: true,
                span: self.span(column.span()),
            });
        }
        let whole = span.to(self.span(declared.end));
        self.add_type(TypeKind::Module, (name(last), last_span), whole, (Vec::new(), Vec::new(), annotations, fields));
    }

    /// What can be read of tokens that do not parse: statements are added, expressions given.
    pub(super) fn salvage(&mut self, tokens: TokenStream) -> Vec<ExprId> {
        let mut given = Vec::new();
        let mut open = vec![tokens];
        while let Some(tokens) = open.pop() {
            let tokens = if has_static_ref(&tokens) { without_static_ref(tokens) } else { tokens };
            if !self.may_try(token_bytes(&tokens)) {
                given.extend(self.texts_of(tokens));
                continue;
            }
            let mut trial_bytes = self.trial_bytes;
            let found = (|input: ParseStream<'_>| fragments(input, &mut trial_bytes)).parse2(tokens);
            self.trial_bytes = trial_bytes;
            let Ok(found) = found else { continue };
            let mut inside = Vec::new();
            for fragment in found {
                match fragment {
                    Found::Stmt(stmt) => self.statements(std::slice::from_ref(&stmt), Tail::Effect),
                    Found::Expr(expr) => {
                        let id = self.expr(&expr);
                        if !self.is_idle(id) {
                            given.push(id);
                        }
                    }
                    Found::Inside(tokens) => inside.push(tokens),
                }
            }
            open.extend(inside.into_iter().rev());
        }
        given
    }

    /// As [`Lowering::salvage`], for tokens that `syn` took as a whole without understanding them: what stands
    /// in brackets is tried alone, since the whole would be taken the same way again.
    pub(super) fn salvage_verbatim(&mut self, tokens: TokenStream) -> Vec<ExprId> {
        let mut given = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Group(group) => given.extend(self.salvage(group.stream())),
                TokenTree::Literal(_) => given.extend(self.texts_of(TokenStream::from(token))),
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
        given
    }

    /// The texts among tokens, without any attempt to parse them.
    fn texts_of(&mut self, tokens: TokenStream) -> Vec<ExprId> {
        let mut given = Vec::new();
        let mut open = vec![tokens.into_iter()];
        while let Some(tokens) = open.last_mut() {
            match tokens.next() {
                Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
                Some(TokenTree::Literal(literal)) => {
                    let span = self.span(literal.span());
                    if self.text.get(span.range()).is_some_and(|text| text.ends_with(['"', '#'])) {
                        given.push(self.text_literal(span));
                    }
                }
                Some(_) => {}
                None => {
                    open.pop();
                }
            }
        }
        given
    }

    /// A macro that makes a text; `None` where its tokens are not what it wants.
    fn text_macro_call(&mut self, kind: TextMacro, path: &[Name], tokens: &TokenStream, span: Span) -> Option<ExprId> {
        let tokens = match kind {
            TextMacro::List => first_of_repeat(tokens.clone()),
            _ => tokens.clone(),
        };
        if !self.may_try(span.len()) {
            return None;
        }
        let list = arguments.parse2(tokens).ok()?;
        match kind {
            TextMacro::List | TextMacro::Concat => {
                let parts = self.macro_args(list).into_iter().map(|arg| arg.value).collect();
                let made = if kind == TextMacro::List { ExprKind::List(parts) } else { ExprKind::Concat(parts) };
                Some(self.push(made, span))
            }
            TextMacro::Same => Some(self.macro_args(list).first()?.value),
            TextMacro::Include => {
                let file = self.macro_args(list).first()?.value;
                Some(self.push(ExprKind::Include(file), span))
            }
            TextMacro::Format => {
                let args = self.macro_args(list);
                self.formatted(&args, span)
            }
            TextMacro::Print => {
                let args = self.macro_args(list);
                let args = match self.formatted(&args, span) {
                    Some(text) => vec![unnamed(text)],
                    None => args,
                };
                Some(self.push(ExprKind::Macro { path: path.to_vec(), args, body: None }, span))
            }
            TextMacro::Write { line } => {
                let mut args = self.macro_args(list).into_iter();
                let target = args.next()?.value;
                let args: Vec<_> = args.collect();
                let value = match self.formatted(&args, span) {
                    Some(text) => text,
                    None => self.push(ExprKind::Text(Vec::new()), span),
                };
                self.end_line(value, line);
                self.emit(Stmt::Assign { target, value, append: true });
                Some(self.nothing(span))
            }
        }
    }

    fn end_line(&mut self, text: ExprId, line: bool) {
        let expr = &mut self.out.exprs[text.0 as usize];
        if let (true, ExprKind::Text(pieces)) = (line, &mut expr.kind) {
            let end = Span { start: expr.span.end, end: expr.span.end };
            pieces.push(Piece::Literal { text: "\n".to_owned(), span: end });
        }
    }

    /// The first argument as a template with the others put in; `None` without arguments.
    fn formatted(&mut self, args: &[Arg], span: Span) -> Option<ExprId> {
        let (template, rest) = args.split_first()?;
        let ExprKind::Text(pieces) = self.out.expr(template.value).kind.clone() else {
            let args = rest.to_vec();
            return Some(self.push(ExprKind::Format { template: template.value, args, style: Style::Braces }, span));
        };
        let mut given = FormatArgs::default();
        for arg in rest {
            match &arg.name {
                Some(name) => {
                    given.named.insert(name.clone(), arg.value);
                }
                None => given.positional.push(arg.value),
            }
        }
        let place = self.span_of(template.value);
        let filled = self.fill_template(pieces, &given);
        Some(self.push(ExprKind::Text(filled), place))
    }
}

/// Whether a list holds texts and gaps: none has in Rust, so a macro is given it.
pub(super) fn is_template(list: &syn::ExprArray) -> bool {
    let is_text = |part: &Expr| matches!(part, Expr::Lit(literal) if matches!(literal.lit, syn::Lit::Str(_)));
    let is_gap = |part: &Expr| matches!(part, Expr::Infer(_));
    list.elems.iter().any(is_gap)
        && list.elems.iter().any(is_text)
        && list.elems.iter().all(|part| is_text(part) || is_gap(part))
}

/// `x; n` (a list of n times x) with the number left out.
fn first_of_repeat(tokens: TokenStream) -> TokenStream {
    let is_semicolon = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';');
    let mut parts = tokens.clone().into_iter();
    let first: TokenStream = parts.by_ref().take_while(|token| !is_semicolon(token)).collect();
    if parts.next().is_some() { first } else { tokens }
}

/// How many bytes of the file tokens cover, near enough.
fn token_bytes(tokens: &TokenStream) -> usize {
    let mut tokens = tokens.clone().into_iter();
    let Some(first) = tokens.next() else { return 0 };
    let last = tokens.last().unwrap_or_else(|| first.clone());
    last.span().byte_range().end.saturating_sub(first.span().byte_range().start)
}

/// Whether a group of tokens is one that a repetition of `macro_rules!` stands in.
pub(super) fn is_parenthesised(group: &proc_macro2::Group) -> bool {
    group.delimiter() == Delimiter::Parenthesis
}
