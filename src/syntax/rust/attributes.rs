//! Attributes into annotations.

use proc_macro2::{Delimiter, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Expr, Ident, MacroDelimiter, Meta, Path, Token};

use super::lower::{Lowering, name};
use crate::source::Span;
use crate::syntax::outline::{Annotation, Arg, ExprKind};
use crate::vocabulary::Name;

/// Whether attributes say that what they stand on is compiled for tests alone.
pub(super) fn is_test_only(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| match &attr.meta {
        Meta::List(list) if list.path.is_ident("cfg") => names_test(list.tokens.clone()),
        _ => false,
    })
}

/// Whether attributes make a function a test: one whose name has the word `test` in it (`#[test]`,
/// `#[tokio::test]`, `#[test_case(…)]`), and the few that have not.
pub(super) fn is_test_function(attrs: &[Attribute]) -> bool {
    let marks = |path: &Path| {
        let last = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        last.split('_').any(|word| matches!(word, "test" | "rstest" | "bench" | "quickcheck"))
    };
    is_test_only(attrs) || attrs.iter().any(|attr| marks(attr.path()))
}

/// Whether the condition of a `cfg` has `test` in it, other than inside `not(…)`.
fn names_test(tokens: TokenStream) -> bool {
    let mut negated = false;
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Ident(ident) => {
                if ident == "test" {
                    return true;
                }
                negated = ident == "not";
            }
            proc_macro2::TokenTree::Group(group)
                if group.delimiter() == Delimiter::Parenthesis && !negated && names_test(group.stream()) =>
            {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// An element of the list in an attribute.
enum Item {
    /// `word`, `path::of::words`
    Word(Path),
    /// `name = value`
    Named(Path, Expr),
    /// `name(…)`
    List(Path, Vec<Item>, proc_macro2::extra::DelimSpan),
    /// A literal or another expression.
    Value(Expr),
    /// What is none of these.
    Other(TokenStream),
}

fn items(input: ParseStream<'_>) -> syn::Result<Vec<Item>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        found.push(item(input)?);
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(found)
}

fn at_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

fn item(input: ParseStream<'_>) -> syn::Result<Item> {
    use syn::parse::discouraged::Speculative as _;
    if input.peek(Ident::peek_any) {
        let ahead = input.fork();
        let path = word_path(&ahead)?;
        if at_end(&ahead) && !path.is_ident("true") && !path.is_ident("false") {
            input.advance_to(&ahead);
            return Ok(Item::Word(path));
        }
        if ahead.peek(Token![=]) && !ahead.peek(Token![==]) {
            ahead.parse::<Token![=]>()?;
            if let Ok(value) = ahead.parse::<Expr>()
                && at_end(&ahead)
            {
                input.advance_to(&ahead);
                return Ok(Item::Named(path, value));
            }
        } else if ahead.peek(syn::token::Paren) {
            let (_, span, inside) = group(&ahead)?;
            if at_end(&ahead)
                && let Ok(list) = items.parse2(inside)
            {
                input.advance_to(&ahead);
                return Ok(Item::List(path, list, span));
            }
        }
    }
    let ahead = input.fork();
    if let Ok(value) = ahead.parse::<Expr>()
        && at_end(&ahead)
    {
        input.advance_to(&ahead);
        return Ok(Item::Value(value));
    }
    let mut rest = Vec::new();
    while !at_end(input) {
        rest.push(input.parse::<proc_macro2::TokenTree>()?);
    }
    Ok(Item::Other(rest.into_iter().collect()))
}

/// A path whose segments may be keywords (`type`, `default`).
fn word_path(input: ParseStream<'_>) -> syn::Result<Path> {
    let mut path = Path::from(Ident::parse_any(input)?);
    while input.peek(Token![::]) {
        path.segments.push_punct(input.parse()?);
        path.segments.push_value(Ident::parse_any(input)?.into());
    }
    Ok(path)
}

fn group(input: ParseStream<'_>) -> syn::Result<(Delimiter, proc_macro2::extra::DelimSpan, TokenStream)> {
    let group: proc_macro2::Group = input.parse()?;
    Ok((group.delimiter(), group.delim_span(), group.stream()))
}

pub(super) fn delimiter_span(delimiter: &MacroDelimiter) -> proc_macro2::extra::DelimSpan {
    match delimiter {
        MacroDelimiter::Paren(token) => token.span,
        MacroDelimiter::Brace(token) => token.span,
        MacroDelimiter::Bracket(token) => token.span,
    }
}

impl Lowering<'_> {
    /// The annotations that attributes make. Documentation is left out; what `cfg_attr` holds stands as if
    /// its condition were met; each derived trait is an annotation of its own.
    pub(super) fn annotations(&mut self, attrs: &[Attribute]) -> Vec<Annotation> {
        let mut found = Vec::new();
        for attr in attrs.iter().filter(|attr| !attr.path().is_ident("doc")) {
            let span = self.between(attr.pound_token.span, attr.bracket_token.span.close());
            let path = self.words(attr.path());
            match &attr.meta {
                Meta::Path(_) => found.push(Annotation { path, args: Vec::new(), span }),
                Meta::NameValue(pair) => {
                    let value = self.expr(&pair.value);
                    found.push(Annotation { path, args: vec![unnamed(value)], span });
                }
                Meta::List(list) => {
                    let inside = items.parse2(list.tokens.clone());
                    let inside = inside.unwrap_or_else(|_| vec![Item::Other(list.tokens.clone())]);
                    self.annotation_list(path, inside, span, &mut found);
                }
            }
        }
        found
    }

    fn annotation_list(&mut self, path: Vec<Name>, inside: Vec<Item>, span: Span, found: &mut Vec<Annotation>) {
        let is = |word: &str| path.len() == 1 && path[0] == word;
        if is("derive") {
            for item in inside {
                let args = vec![self.item_arg(item, span)];
                found.push(Annotation { path: path.clone(), args, span });
            }
        } else if is("cfg_attr") {
            for item in inside.into_iter().skip(1) {
                match item {
                    Item::List(inner, list, _) => {
                        let inner = self.words(&inner);
                        self.annotation_list(inner, list, span, found);
                    }
                    Item::Word(inner) => {
                        found.push(Annotation { path: self.words(&inner), args: Vec::new(), span });
                    }
                    Item::Named(inner, value) => {
                        let value = self.expr(&value);
                        found.push(Annotation { path: self.words(&inner), args: vec![unnamed(value)], span });
                    }
                    Item::Value(_) | Item::Other(_) => {}
                }
            }
        } else {
            let args = inside.into_iter().map(|item| self.item_arg(item, span)).collect();
            found.push(Annotation { path, args, span });
        }
    }

    #[expect(clippy::unused_self, reason = "reads as the other lowerings do")]
    fn words(&self, path: &Path) -> Vec<Name> {
        path.segments.iter().map(|segment| name(&segment.ident)).collect()
    }

    fn item_arg(&mut self, item: Item, whole: Span) -> Arg {
        match item {
            Item::Word(path) => {
                let (segments, _, span) = self.path_parts(None, &path);
                unnamed(self.path(segments, span))
            }
            Item::Named(path, value) => {
                let name = Name::from(self.words(&path).join("::"));
                Arg { name: Some(name), value: self.expr(&value), spread: false }
            }
            Item::Value(value) => unnamed(self.expr(&value)),
            Item::List(path, list, span) => {
                let (segments, _, place) = self.path_parts(None, &path);
                let callee = self.path(segments, place);
                let args = list.into_iter().map(|item| self.item_arg(item, whole)).collect();
                let span = place.to(self.span(span.close()));
                unnamed(self.push(ExprKind::Call { callee, args }, span))
            }
            Item::Other(tokens) => {
                let parts = self.salvage(tokens);
                unnamed(self.push(ExprKind::Unknown(parts), whole))
            }
        }
    }
}

pub(super) fn unnamed(value: crate::syntax::outline::ExprId) -> Arg {
    Arg { name: None, value, spread: false }
}
