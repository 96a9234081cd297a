//! The host of all tree-sitter languages: it parses a file under a budget, tells what was not read and which comments
//! speak to this program, and has the tree lowered into the [`outline`](mod@super::outline) in one of two ways. Java, Kotlin,
//! Scala and Go are lowered here, by a table ([`outline`](fn@outline)). Languages in which an expression leaves things to be done
//! before its statement, and names are bound by assigning to them (C#, Python, Ruby, …), walk their trees themselves
//! ([`read`]), with what [`lowering`](super::lowering) gives them.
//!
//! A language by table is a small one of node kinds ([`Grammar`]: kind → [`Shape`]) plus what is truly its own
//! (an implementation of [`FrontEnd`]). To add one:
//!
//! 1. Write `syntax/<language>.rs` with `static GRAMMAR: Grammar = Grammar::new(|| GRAMMAR_CRATE::LANGUAGE.into(), &[…])`.
//!    The table says for each *named* node kind which [`Shape`] it has. The shapes carry the names of the
//!    grammar's fields (`Shape::Call("function", "arguments")`); an empty field name means "the first named
//!    child". What is not in the table is lowered to `ExprKind::Unknown` with its children, or, where a
//!    statement stands, child by child: no call and no text is lost.
//! 2. Give what the shapes cannot say the shape [`Shape::Own`] and lower it in [`FrontEnd::statement`]
//!    (declarations, statements: push what they become, return `true`) or [`FrontEnd::expression`].
//!    An own node is offered to the method that fits where it stands first, then to the other.
//! 3. Lower types in [`FrontEnd::type_ref`] where `TypeName`, `TypeGeneric`, `TypeArray`, `TypeInner` do not do,
//!    and parameters in [`FrontEnd::parameters`] where `Shape::Parameter` does not do.
//! 4. `pub fn outline(text: &str) -> Outline { tree::outline(&Language, text) }`, and a line in `syntax.rs`.
//!
//! The [`Host`] has the rest: [`Host::expr`], [`Host::statements`], [`Host::value_of`] (a block as a value),
//! [`Host::arguments`], [`Host::function`] (reserves the id, sets parent, lowers the body), [`Host::lambda`],
//! [`Host::declare_type`], [`Host::within`] (a module's or type's scope), [`Host::bind`] (patterns),
//! [`Host::text_node`] (a string's pieces, split at escapes and interpolations),
//! [`Host::percent_format`] (a template with its arguments put in).
//! Names that mean the receiver (Go's receiver, Python's `self`) stand in [`NewFunction::receiver`].
//!
//! Invariant: the output depends on the text alone. The budget counts the parser's own steps, not time.

mod grammar;
mod host;
mod lower;
mod strings;

use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, Parser, Tree};

use super::outline::{Annotation, Directive, ExprId, Outline, Param, Stmt, SyntaxProblem, TypeRef};
use crate::source::Span;
pub(super) use grammar::{Grammar, Shape};
pub(super) use host::{Host, NewFunction, NewType};
pub(super) use lower::{give_last, split_path};

/// Nesting deeper than this is lowered to nothing: it keeps the stack within bounds.
const MAX_DEPTH: u32 = 1_000;

/// How many steps of the parser a file may take: [`STEPS_BASE`] and [`STEPS_PER_BYTE`] for each of its bytes.
/// (The parser reports each hundred steps.) Sound code takes at most 1.3 steps a byte.
const STEPS_PER_BYTE: usize = 5;
/// See [`STEPS_PER_BYTE`].
const STEPS_BASE: usize = 50_000;

/// More brackets open at one place than this, and recovery from the error that it is would take the parser
/// time by their square.
const MAX_OPEN: usize = 3_000;

/// So many regions of syntax errors are reported for one file; the rest is as good as said.
const MAX_ERRORS: usize = 50;

/// What is truly a language's own.
pub(super) trait FrontEnd {
    /// Its table of node kinds.
    fn grammar(&self) -> &'static Grammar;

    /// Lowers a whole file. Most languages have nothing to add: their declarations are statements.
    fn file(&self, host: &mut Host<'_, '_>, root: Node<'_>) {
        host.script(root);
    }

    /// Lowers a node of [`Shape::Own`] that is an expression; `None` if it is none of its own.
    fn expression(&self, _host: &mut Host<'_, '_>, _node: Node<'_>) -> Option<ExprId> {
        None
    }

    /// Lowers a node of [`Shape::Own`] that is a statement or a declaration; `false` if it is none of its own.
    fn statement(&self, _host: &mut Host<'_, '_>, _node: Node<'_>, _out: &mut Vec<Stmt>) -> bool {
        false
    }

    /// Lowers a type; `None` leaves it to the table.
    fn type_ref(&self, _host: &mut Host<'_, '_>, _node: Node<'_>) -> Option<TypeRef> {
        None
    }

    /// Lowers a list of parameters; `None` leaves it to the table.
    fn parameters(&self, _host: &mut Host<'_, '_>, _node: Node<'_>) -> Option<Vec<Param>> {
        None
    }

    /// Binds the names of a pattern of [`Shape::Own`]; `false` leaves it to the table.
    fn pattern(&self, _host: &mut Host<'_, '_>, _node: Node<'_>, _value: Option<ExprId>, _out: &mut Vec<Stmt>) -> bool {
        false
    }

    /// What is left of a function's name, parameters and statements once it is lowered: a place to mark
    /// tests and to look at the whole tree once.
    fn finish(&self, _outline: &mut Outline, _text: &str) {}
}

/// The outline of `text`, which is in the front end's language.
pub(super) fn outline(front: &dyn FrontEnd, text: &str) -> Outline {
    let resolved = front.grammar().resolved();
    let mut parser = Parser::new();
    if parser.set_language(&resolved.language).is_err() {
        return failed(text, "the grammar does not fit the parser");
    }
    if open_brackets(text) > MAX_OPEN {
        return failed(text, "brackets nested too deeply");
    }
    let Some(tree) = parse(&mut parser, text) else {
        return failed(text, "parse budget used up");
    };
    let mut host = Host::new(text, front, &resolved.shapes);
    front.file(&mut host, tree.root_node());
    let mut outline = host.into_outline();
    outline.problems.extend(errors(&tree));
    let is_comment = |node: Node<'_>| matches!(resolved.shapes.get(usize::from(node.kind_id())), Some(Shape::Comment));
    outline.directives = directives(&tree, text, is_comment);
    front.finish(&mut outline, text);
    outline
}

/// The outline of `text` where a language walks its tree itself: the host gives the tree, parsed within
/// the budget, the syntax errors and the directives. Of several grammars that may fit, the first that
/// reads the text without an error is taken, else the first of all.
pub(super) fn read<'t>(
    text: &'t str,
    grammars: &[tree_sitter::Language],
    lower: impl FnOnce(Node<'_>, &'t str) -> Outline,
) -> Outline {
    let mut parser = Parser::new();
    let mut first = None;
    for grammar in grammars {
        if parser.set_language(grammar).is_err() {
            return failed(text, "the grammar does not fit the parser");
        }
        let tree = parse(&mut parser, text);
        let sound = tree.as_ref().is_some_and(|tree| !tree.root_node().has_error());
        if sound || first.is_none() {
            first = tree;
        }
        if sound {
            break;
        }
    }
    let Some(tree) = first else { return failed(text, "parse budget used up") };
    let mut outline = lower(tree.root_node(), text);
    outline.problems.extend(errors(&tree));
    outline.directives = directives(&tree, text, |node| node.kind().contains("comment"));
    outline
}

fn failed(text: &str, message: &str) -> Outline {
    let problem = SyntaxProblem { span: Span::new(0, text.len()), message: message.to_owned() };
    Outline { problems: vec![problem], ..Outline::default() }
}

/// How many brackets are open at most, as far as bytes tell.
fn open_brackets(text: &str) -> usize {
    let mut open = 0_usize;
    let mut most = 0;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                open += 1;
                most = most.max(open);
            }
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// Parses within the budget. `None` when it is used up.
fn parse(parser: &mut Parser, text: &str) -> Option<Tree> {
    let mut calls = (STEPS_BASE + text.len().saturating_mul(STEPS_PER_BYTE)) / 100;
    let mut progress = |_: &tree_sitter::ParseState| {
        calls = calls.saturating_sub(1);
        if calls == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let bytes = text.as_bytes();
    parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options))
}

/// One problem for each outermost region that the parser could not read.
fn errors(tree: &Tree) -> Vec<SyntaxProblem> {
    let mut problems: Vec<SyntaxProblem> = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            let span = span_of(node);
            match problems.last_mut() {
                Some(last) if span.start <= last.span.end.saturating_add(1) => last.span = last.span.to(span),
                _ => problems.push(SyntaxProblem { span, message: "syntax error".to_owned() }),
            }
        } else if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return problems;
            }
        }
        if problems.len() >= MAX_ERRORS {
            return problems;
        }
    }
}

/// The comments that speak to this program.
fn directives(tree: &Tree, text: &str, is_comment: impl Fn(Node<'_>) -> bool) -> Vec<Directive> {
    let mut found: Vec<Directive> = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), b"bailiwick:") {
        let Some(node) = tree.root_node().descendant_for_byte_range(at, at + 1) else { continue };
        if !is_comment(node) {
            continue;
        }
        let line = &text[at..node.end_byte().max(at)];
        let line = line.lines().next().unwrap_or(line).trim_end();
        let line = line.strip_suffix("*/").unwrap_or(line).trim_end();
        found.push(Directive { text: line.to_owned(), span: Span::new(at, at + line.len()) });
    }
    found
}

/// Whether an annotation of the common JVM test libraries marks what it stands on as test code.
pub(super) fn is_test_annotation(annotation: &Annotation) -> bool {
    const MARKS: &[&str] = &[
        "Test",
        "ParameterizedTest",
        "RepeatedTest",
        "TestFactory",
        "BeforeEach",
        "AfterEach",
        "BeforeAll",
        "AfterAll",
        "SpringBootTest",
        "DataJpaTest",
        "DataJdbcTest",
        "JdbcTest",
        "MybatisTest",
        "WebMvcTest",
        "QuarkusTest",
        "MicronautTest",
        "Testcontainers",
        "RunWith",
        "ExtendWith",
    ];
    annotation.path.last().is_some_and(|name| MARKS.contains(&name.as_str()))
}

/// A node's bytes.
pub(super) fn span_of(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

#[cfg(test)]
mod tests;
