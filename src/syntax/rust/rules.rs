//! `macro_rules!`: each arm a function whose body is what it expands to.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser as _;

use super::attributes::delimiter_span;
use super::lower::{Lowering, name};
use super::macros::is_parenthesised;
use super::statements::Tail;
use crate::syntax::outline::{Function, FunctionKind, Param, Stmt, TypeRef};
use crate::vocabulary::Name;

impl Lowering<'_> {
    /// The arms of a `macro_rules!`, each a function.
    pub(super) fn macro_rules(&mut self, ident: &syn::Ident, call: &syn::Macro) {
        let outer_function = self.function;
        let outer_owner = self.owner.take();
        for arm in arms(call.tokens.clone()) {
            let end = delimiter_span(&call.delimiter).close();
            let function = Function {
                name: name(ident),
                kind: FunctionKind::Macro,
                parent: outer_function,
                params: self.fragment_params(arm.pattern),
                name_span: self.span(ident.span()),
                ..super::top_level(self.modules.clone(), Vec::new(), self.between(ident.span(), end), self.in_test)
            };
            let id = self.add_function(function);
            self.inside(id, |this| this.expansion(plain(arm.expansion)));
        }
        self.owner = outer_owner;
    }

    fn fragment_params(&self, pattern: TokenStream) -> Vec<Param> {
        let mut params = Vec::new();
        let mut open = vec![pattern.into_iter()];
        // The last marks and words: `$`, `name`, `:` make a parameter with the word that follows.
        let mut before: [Option<TokenTree>; 3] = [None, None, None];
        while let Some(tokens) = open.last_mut() {
            let Some(token) = tokens.next() else {
                open.pop();
                continue;
            };
            if let (Some(dollar), Some(TokenTree::Ident(param)), Some(colon), TokenTree::Ident(kind)) =
                (&before[0], &before[1], &before[2], &token)
                && is_mark(dollar, '$')
                && is_mark(colon, ':')
            {
                let ty = TypeRef::simple(vec![Name::from(format!("${kind}"))], self.span(kind.span()));
                params.push(Param { name: name(param), ty: Some(ty), default: None, annotations: Vec::new() });
            }
            before.rotate_left(1);
            if let TokenTree::Group(group) = &token {
                open.push(group.stream().into_iter());
            }
            before[2] = Some(token);
        }
        params
    }

    /// An expansion: statements where it reads so, else what can be found in it.
    fn expansion(&mut self, tokens: TokenStream) {
        if let Ok(stmts) = syn::Block::parse_within.parse2(tokens.clone()) {
            self.statements(&stmts, Tail::Function);
            return;
        }
        for id in self.salvage(tokens) {
            self.emit(Stmt::Expr(id));
        }
    }
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

struct Arm {
    pattern: TokenStream,
    expansion: TokenStream,
}

/// `(pattern) => { expansion };` and so on.
fn arms(tokens: TokenStream) -> Vec<Arm> {
    let mut found = Vec::new();
    let mut pattern = None;
    for token in tokens {
        let TokenTree::Group(group) = token else { continue };
        match pattern.take() {
            None => pattern = Some(group.stream()),
            Some(pattern) => found.push(Arm { pattern, expansion: group.stream() }),
        }
    }
    found
}

/// An expansion as plain Rust: `$name` is `name`, `$crate` is `crate`, each repetition stands once.
fn plain(tokens: TokenStream) -> TokenStream {
    let mut made = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let mut inner = proc_macro2::Group::new(group.delimiter(), plain(group.stream()));
                inner.set_span(group.span());
                made.push(TokenTree::Group(inner));
            }
            TokenTree::Punct(punct) if punct.as_char() == '$' => match tokens.next() {
                Some(TokenTree::Group(group)) if is_parenthesised(&group) => {
                    made.extend(plain(group.stream()));
                    skip_repetition_mark(&mut tokens);
                }
                Some(TokenTree::Ident(ident)) => made.push(TokenTree::Ident(ident)),
                Some(other) => made.push(other),
                None => {}
            },
            other => made.push(other),
        }
    }
    made.into_iter().collect()
}

/// Skips what follows a repetition: an optional separator and `*`, `+` or `?`.
fn skip_repetition_mark(tokens: &mut std::iter::Peekable<proc_macro2::token_stream::IntoIter>) {
    let is_count = |token: &TokenTree| is_mark(token, '*') || is_mark(token, '+') || is_mark(token, '?');
    for _ in 0..2 {
        match tokens.next() {
            Some(token) if is_count(&token) => return,
            Some(_) => {}
            None => return,
        }
    }
}
