//! A whole text: statement by statement, with what they share; and the hash of a statement.

use super::lexer::{Kind, Token};
use super::reader::{Output, Reader, Shared};
use super::split::Splitter;
use super::{Change, Options, Problem, Script, Statement, hints};
use crate::source::Span;

/// Reads `text` and hands each statement to `each`. What else is known is in the answer, whose
/// `statements` are empty.
pub(super) fn read(text: &str, options: Options, each: &mut dyn FnMut(Statement)) -> Script {
    let dialect = hints::dialect(text, options);
    let mut shared = Shared {
        dialect,
        temporary: rustc_hash::FxHashSet::default(),
        prepared: rustc_hash::FxHashSet::default(),
        problems: Vec::new(),
        level: 0,
        variables: super::variables::Variables::default(),
    };
    let mut splitter = Splitter::new(text, dialect, options.script);
    while splitter.advance() {
        let problems = splitter.problems();
        let broken = !problems.is_empty();
        shared.problems.extend(problems);
        if splitter.cut {
            let span = Span::new(splitter.tokens[0].start as usize, splitter.tokens[0].end as usize);
            shared.problems.push(Problem { span, message: "statement is too long to be read whole".into() });
        }
        range(text, &splitter.tokens, &mut shared, splitter.cut || broken, each);
    }
    shared.problems.extend(splitter.problems());
    shared.problems.iter_mut().for_each(|problem| whole(text, &mut problem.span));
    Script { dialect, statements: Vec::new(), problems: shared.problems }
}

/// Reads what stands between two terminators: one statement, or in T-SQL several.
fn range(text: &str, tokens: &[Token], shared: &mut Shared, partial: bool, each: &mut dyn FnMut(Statement)) {
    let mut pos = 0;
    while pos < tokens.len() {
        if tokens[pos].kind == Kind::Semicolon {
            pos += 1;
            continue;
        }
        let mut out = Output::default();
        out.statement.partial = partial;
        let mut reader = Reader::new(text, 0, tokens, shared, &mut out);
        reader.pos = pos;
        reader.statement();
        reader.finish_statement();
        let end = reader.pos.max(pos + 1).min(tokens.len());
        finish(&mut out, text, &tokens[pos..end]);
        pos = end;
        each(out.statement);
    }
}

/// Widens a span to whole characters. In a text that is put together of literals and run, what stands between them is
/// as wide as in the file, but of other characters.
fn whole(text: &str, span: &mut Span) {
    while !text.is_char_boundary(span.start as usize) {
        span.start -= 1;
    }
    while (span.end as usize) < text.len() && !text.is_char_boundary(span.end as usize) {
        span.end += 1;
    }
}

fn all_whole(text: &str, statement: &mut Statement) {
    let accesses = statement.accesses.iter_mut().map(|access| &mut access.span);
    let opaque = statement.opaque.iter_mut().map(|opaque| &mut opaque.span);
    let calls = statement.calls.iter_mut().map(|call| &mut call.span);
    accesses.chain(opaque).chain(calls).for_each(|span| whole(text, span));
    for definition in &mut statement.definitions {
        whole(text, &mut definition.span);
        if let Change::Routine { body: Some(body), .. } = &mut definition.change {
            whole(text, body);
        }
    }
}

/// Puts what was found in order.
fn finish(out: &mut Output, text: &str, tokens: &[Token]) {
    let mut accesses = std::mem::take(&mut out.statement.accesses);
    accesses.retain(|access| !access.span.is_empty());
    for access in &mut accesses {
        access.block = access.block.map(|block| out.root(block));
    }
    accesses.sort_by_key(|access| (access.span, access.privilege));
    accesses.dedup_by(|one, other| one.span == other.span && one.privilege == other.privilege);
    let statement = &mut out.statement;
    statement.accesses = accesses;
    all_whole(text, statement);
    statement.opaque.sort_by_key(|opaque| opaque.span);
    statement.opaque.dedup();
    let last = tokens.iter().rposition(|token| token.kind != Kind::Semicolon).unwrap_or(0);
    statement.span = Span { start: tokens[0].start, end: tokens[last].end };
    statement.normalised = normalised(text, &tokens[..=last]);
    if statement.kind.is_empty() {
        statement.kind = "unknown".into();
    }
}

/// FNV-1a over the tokens: the same on every machine and in every version, as baselines need it.
fn normalised(text: &str, tokens: &[Token]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let mut blank = false;
    for (at, token) in tokens.iter().enumerate() {
        let value = matches!(
            token.kind,
            Kind::Text | Kind::Dollar | Kind::Number | Kind::Placeholder | Kind::Hole | Kind::Template | Kind::Variable
        );
        if value {
            if !blank {
                add(b'?');
            }
            blank = true;
            continue;
        }
        // A list of values is one value: `IN (1, 2)` is `IN (1, 2, 3)`.
        let next = tokens.get(at + 1).is_some_and(|next| {
            matches!(next.kind, Kind::Text | Kind::Number | Kind::Placeholder | Kind::Hole | Kind::Variable)
        });
        if blank && token.kind == Kind::Comma && next {
            continue;
        }
        blank = false;
        add(b' ');
        let bytes = text.get(token.start as usize..token.end as usize).unwrap_or("").bytes();
        if token.kind == Kind::Word {
            bytes.for_each(|byte| add(byte.to_ascii_lowercase()));
        } else {
            bytes.for_each(&mut add);
        }
    }
    hash
}
