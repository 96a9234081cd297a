//! The Rust front end: `syn` into the outline.
//!
//! What is particular to Rust and how it is said in the outline:
//! - `?`, `.await`, `&`, `*`, parentheses, casts, `Ok(x)` and `Some(x)` are dropped to the value inside, in
//!   expressions and in patterns, so that a text is the same text however it is wrapped.
//! - `mod x;` is an import of `self::x` bound to `x`; where it has attributes (`#[path = "…"]`,
//!   `#[cfg(test)]`) it is also a type of kind `Module` without fields that carries them.
//! - `impl` blocks are types of kind `Extension`; associated types are static fields with a type.
//! - `use`, `fn` and types inside a function have the scope of the module; their span tells that they are local.
//!   A local `const` or `static` is a `let` at the start of its block.
//! - A macro is its arguments where its tokens are a list of expressions; else it has a `body`, and its
//!   arguments are what could be read of it: one block where the tokens are statements, else the
//!   expressions found. Items inside of it are declared as if it were not there.
//! - A macro that declares a record (`table! { shop.orders (id) { id -> Int4, } }`) is a type of kind `Module`
//!   with an annotation named after the macro: its first argument is the name, `qualifier` what stands before
//!   the name, `key` the list of what stands in parentheses.
//! - Each arm of a `macro_rules!` is a function of kind `Macro`, its fragments the parameters (with the type
//!   `$expr` for `$x:expr`) and its expansion, with each repetition written once, the body.
//! - `write!(text, …)` is an appending assignment to `text`.
//! - A value that decides among ways is a `Choice`; what it decides on is a statement before.

use proc_macro2::TokenStream;

use self::lexer::{Lexer, Nesting, TokenKind};
use self::lower::Lowering;
use super::outline::{Directive, Function, Outline, Stmt, SyntaxProblem};
use crate::source::Span;

mod attributes;
mod expressions;
mod items;
mod lexer;
mod lower;
mod macros;
mod patterns;
mod rules;
mod statements;
mod texts;
mod types;

/// Brackets nested deeper than this are not parsed.
const MOST_BRACKETS: usize = 500;
/// Syntax trees that may be deeper than this are not parsed (see [`Nesting::tree`]).
const MOST_TREE: usize = 20_000;
/// Up to here a file is read on the thread of the caller, however small its stack.
const MOST_TREE_HERE: usize = 400;
/// The stack of the thread on which a deeply nested file is read. It is reserved, not used up.
const DEEP_STACK: usize = 256 << 20;

/// The outline of a file of Rust. It never fails: what does not parse is searched for whatever does.
#[must_use]
pub fn outline(text: &str) -> Outline {
    let nesting = Nesting::of(text);
    if nesting.brackets > MOST_BRACKETS || nesting.tree > MOST_TREE {
        return texts_only(text, Span::default(), "nested too deeply");
    }
    if nesting.brackets <= MOST_TREE_HERE / 4 && nesting.tree <= MOST_TREE_HERE {
        return read(text);
    }
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(DEEP_STACK).spawn_scoped(scope, || read(text));
        reader.ok().and_then(|reader| reader.join().ok())
    })
    .unwrap_or_else(|| texts_only(text, Span::default(), "nested too deeply"))
}

/// The outline of a text that is known to nest no deeper than the stack allows.
fn read(text: &str) -> Outline {
    let shift = prologue(text);
    let outline = match text[shift..].parse::<TokenStream>() {
        Ok(tokens) => lower(text, shift, tokens),
        Err(error) => {
            let at = error.span().byte_range();
            texts_only(text, Span::new(at.start + shift, at.end + shift), "syntax error")
        }
    };
    // Spans are kept for the life of the thread otherwise: memory would grow with each file.
    proc_macro2::extra::invalidate_current_thread_spans();
    outline
}

fn lower(text: &str, shift: usize, tokens: TokenStream) -> Outline {
    let mut lowering = Lowering::new(text, shift);
    match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => lowering.file(&file),
        Err(error) => {
            let at = error.span().byte_range();
            lowering.broken_file(tokens);
            lowering.out.problems.push(SyntaxProblem {
                span: Span::new(at.start + shift, at.end + shift),
                message: "syntax error".to_owned(),
            });
        }
    }
    let mut outline = lowering.out;
    outline.directives = directives(text);
    outline
}

/// How many bytes stand before the code: a byte order mark and a `#!` line. `#![…]` is code.
fn prologue(text: &str) -> usize {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let Some(line) = text[start..].strip_prefix("#!") else { return start };
    let mut rest = Lexer::new(line).filter(|token| token.kind != TokenKind::Comment);
    if rest.next().is_some_and(|token| &line[token.start..token.end] == "[") {
        return start;
    }
    text[start..].find('\n').map_or(text.len(), |end| start + end)
}

/// The outline of a text that cannot be parsed at all: its strings, as statements of the top level.
fn texts_only(text: &str, place: Span, message: &str) -> Outline {
    let mut outline = Outline::default();
    let mut body = Vec::new();
    for token in Lexer::new(text).filter(|token| token.kind == TokenKind::Text) {
        let span = Span::new(token.start, token.end);
        let pieces = texts::pieces(text, span);
        body.push(Stmt::Expr(outline.push(super::outline::ExprKind::Text(pieces), span)));
    }
    if !body.is_empty() {
        outline.functions.push(top_level(Vec::new(), body, Span::new(0, text.len()), false));
    }
    outline.directives = directives(text);
    outline.problems.push(SyntaxProblem { span: place, message: message.to_owned() });
    outline
}

/// The pseudo function that holds what stands outside of any function.
fn top_level(scope: Vec<crate::vocabulary::Name>, body: Vec<Stmt>, span: Span, is_test: bool) -> Function {
    let start = Span::new(span.range().start, span.range().start);
    Function { scope, name_span: start, is_test, ..Function::top_level(body, span) }
}

/// The comments that speak to this program.
fn directives(text: &str) -> Vec<Directive> {
    const MARK: &str = "bailiwick:";
    if memchr::memmem::find(text.as_bytes(), MARK.as_bytes()).is_none() {
        return Vec::new();
    }
    let comments = Lexer::new(text).filter(|token| token.kind == TokenKind::Comment);
    let found = comments.filter_map(|token| {
        let comment = &text[token.start..token.end];
        let start = token.start + comment.find(MARK)?;
        let said = text[start..token.end].strip_suffix("*/").unwrap_or(&text[start..token.end]).trim_end();
        Some(Directive { text: said.to_owned(), span: Span::new(start, start + said.len()) })
    });
    found.collect()
}

#[cfg(test)]
mod tests;
