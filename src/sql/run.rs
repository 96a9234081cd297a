//! Statements that run something: DO, CALL, EXECUTE, PREPARE, cursors; and texts that are made at run time.

use super::keywords::Key;
use super::lexer::{Kind, Token};
use super::names::{Named, Written};
use super::reader::{Procedural, Reader};
use crate::source::Span;
use crate::vocabulary::{Dialect, Name};

impl Reader<'_> {
    /// Statements that run something, told by their first word.
    pub fn by_run_word(&mut self) {
        match self.key(self.pos) {
            Key::Prepare => self.prepare(),
            Key::Declare => self.declare(),
            Key::Do => self.do_block(),
            Key::Perform => self.perform(),
            _ => self.run(),
        }
    }

    /// `DO $$ … $$`; MySQL's `DO expression`.
    fn do_block(&mut self) {
        self.is_kind("do");
        let other = self.is_other_language();
        let string = (self.pos..self.end).find(|&at| matches!(self.kind(at), Kind::Dollar | Kind::Text));
        match string {
            Some(_) if other => {
                let span = Span { start: self.tokens[self.pos].start, end: self.tokens[self.end - 1].end };
                self.opaque(span, super::OpaqueReason::Dynamic, None, None);
                self.pos = self.end;
            }
            Some(at) if self.dialect() != Dialect::Mysql => {
                let token = self.tokens[at];
                self.body_text(token);
                self.pos = self.end;
            }
            _ => {
                self.pos += 1;
                self.finish_statement();
            }
        }
    }

    /// A cursor at the place of a statement, variables, or a block with declarations.
    fn declare(&mut self) {
        if self.kind(self.pos + 1) == Kind::Variable {
            self.is_kind("declare");
            return self.declare_variable();
        }
        let cursor = (self.pos..(self.pos + 10).min(self.end)).find(|&at| self.key(at) == Key::Cursor);
        let block = (self.pos..self.end.min(self.pos + 5_000)).any(|at| self.key(at) == Key::Begin);
        if let (Some(at), false) = (cursor, block) {
            self.is_kind("declare cursor");
            self.pos = at;
            self.expression(|reader, at| {
                reader.key(at) == Key::For && !matches!(reader.key(at + 1), Key::Update | Key::None)
                    || reader.kind(at) == Kind::Semicolon
            });
            if self.eat(Key::For) {
                self.query();
            }
            return self.finish_statement();
        }
        let table = (self.pos..(self.pos + 5).min(self.end))
            .find(|&at| self.key(at) == Key::Table && matches!(self.key_before(at), Key::Temp | Key::Temporary));
        if let Some(at) = table {
            return self.declare_temporary(at);
        }
        self.block_statement();
    }

    /// DB2's `DECLARE GLOBAL TEMPORARY TABLE t …`.
    fn declare_temporary(&mut self, at: usize) {
        self.is_kind("declare table");
        self.pos = at + 1;
        if let Named::Table(written) = self.name() {
            let folded = self.fold(&written.table.name);
            self.shared.temporary.insert(folded);
        }
        self.finish_statement();
    }

    /// `OPEN c [FOR query | text]`.
    pub fn open_cursor(&mut self) {
        self.is_kind("open");
        self.pos += 1;
        self.expression(|reader, at| reader.key(at) == Key::For || reader.ends_statement(at));
        if self.eat(Key::For) {
            if self.at(Key::Execute) {
                return self.run();
            }
            if self.query_follows(self.pos) || self.kind(self.pos) == Kind::Open && self.query_follows(self.pos + 1) {
                self.query();
            } else {
                return self.dynamic_here();
            }
        }
        self.finish_statement();
    }

    /// `PREPARE p [(types)] AS statement`, MySQL's `PREPARE p FROM 'text'`.
    fn prepare(&mut self) {
        self.is_kind("prepare");
        self.pos += 1;
        if let Some(name) = self.take_name() {
            self.shared.prepared.insert(name);
        }
        self.skip_parentheses();
        if self.eat(Key::As) {
            return self.statement();
        }
        if self.eat(Key::From) {
            return self.dynamic_here();
        }
        // `PREPARE TRANSACTION 'x'`.
        self.finish_statement();
    }

    /// CALL, EXEC and EXECUTE: of a routine, of a prepared statement, or of a text.
    pub fn run(&mut self) {
        let first = self.key(self.pos);
        self.pos += 1;
        if first == Key::Call && self.query_follows(self.pos) {
            // What was taken for a routine's name is a statement.
            return self.statement();
        }
        self.is_kind(if first == Key::Call { "call" } else { "execute" });
        if first != Key::Call {
            let immediate = self.eat(Key::Immediate);
            let token = self.token(self.pos);
            let text = token.kind == Kind::Open || self.is_literal(token);
            if text || immediate {
                return self.dynamic_here();
            }
            // T-SQL's `EXEC @result = procedure`.
            if token.kind == Kind::Variable && self.is_sign(self.pos + 1, "=") {
                self.pos += 2;
            }
            if self.is_dynamic_execute(first) {
                return self.dynamic_here();
            }
        }
        self.run_routine(first);
    }

    /// PL/pgSQL's EXECUTE takes an expression; elsewhere it takes a name.
    fn is_dynamic_execute(&self, first: Key) -> bool {
        let token = self.token(self.pos);
        if token.kind == Kind::Variable || token.is_unknown() {
            return true;
        }
        first == Key::Execute && self.procedural == Procedural::Block && !matches!(self.dialect(), Dialect::Mysql)
    }

    pub fn run_routine(&mut self, first: Key) {
        let start = self.token(self.pos);
        match self.name() {
            Named::Table(written) => {
                let name = written.table.name.text.to_ascii_lowercase();
                let prepared = self.fold(&written.table.name);
                if name == "sp_executesql" {
                    return self.dynamic_here();
                }
                if name == "sp_rename" {
                    self.renamed_by_procedure();
                } else if first == Key::Execute
                    && self.procedural != Procedural::Tsql
                    && self.is_prepared(&written, &prepared)
                {
                    if !self.shared.prepared.contains(&prepared) {
                        self.opaque(written.span, super::OpaqueReason::Prepared, None, None);
                    }
                } else {
                    self.call(&written, true);
                }
            }
            Named::Opaque { span, .. } => self.opaque(span, super::OpaqueReason::Dynamic, None, None),
            Named::Nothing => {
                let span = Span { start: start.start, end: start.end };
                self.opaque(span, super::OpaqueReason::Dynamic, None, None);
            }
            Named::Missing => self.partial(),
        }
        self.finish_statement();
    }

    /// Whether EXECUTE speaks of a prepared statement and not of a routine.
    fn is_prepared(&self, written: &Written, folded: &Name) -> bool {
        written.bare().is_some()
            && (self.shared.prepared.contains(folded)
                || matches!(
                    self.dialect(),
                    Dialect::Postgres | Dialect::Mysql | Dialect::Generic | Dialect::Redshift | Dialect::Duckdb
                ) && (self.at_end()
                    || self.kind(self.pos) == Kind::Open
                    || self.at(Key::Using)
                    || self.kind(self.pos) == Kind::Semicolon))
    }

    // --- Texts that are made and run

    /// Reads the expression here as the text of a statement.
    fn dynamic_here(&mut self) {
        let from = self.pos;
        self.expression(|reader, at| {
            matches!(reader.key(at), Key::Into | Key::Using | Key::Loop)
                || reader.kind(at) == Kind::Comma
                || reader.ends_statement(at)
        });
        let to = self.pos;
        self.dynamic(from..to);
        self.finish_statement();
    }

    /// Reads the literals among these tokens as one text, with holes between them.
    pub fn dynamic(&mut self, range: std::ops::Range<usize>) {
        let range = range.start..range.end.min(self.end);
        let tokens = &self.tokens[range.clone()];
        if !tokens.iter().any(|&token| self.is_literal(token)) && self.run_variables(range.clone()) {
            return;
        }
        self.run_text(tokens);
    }

    /// Reads the literals among `tokens`, which stand in this text, as one.
    pub fn run_text(&mut self, tokens: &[Token]) {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        let whole = Span { start: first.start, end: last.end };
        // Only what is joined makes the text; of the arguments of `format` the first does.
        let mut text = String::with_capacity(whole.len());
        let mut at = whole.start;
        let mut gap = Gap::default();
        let formatted = self.slice(*first).eq_ignore_ascii_case("format");
        for token in tokens {
            if !self.is_literal(*token) {
                gap.add(token.kind);
                continue;
            }
            let (content, start) = self.content(*token);
            if content.is_empty() {
                continue;
            }
            gap.fill(&mut text, start.saturating_sub(at));
            gap = Gap::default();
            text.push_str(&content);
            at = start + Span::new(content.len(), content.len()).start;
            if formatted {
                break;
            }
        }
        if text.trim().is_empty() || !text.chars().any(char::is_alphabetic) {
            self.opaque(whole, super::OpaqueReason::Dynamic, None, None);
            return;
        }
        if !formatted {
            gap.fill(&mut text, whole.end.saturating_sub(at));
        }
        let statements = self.out.statement.kind.clone();
        self.nested(&text, whole.start, Procedural::Block);
        self.out.statement.kind = statements;
    }
}

/// What stands between two literals that are joined.
#[derive(Default)]
struct Gap {
    value: bool,
    last: Option<Kind>,
}

impl Gap {
    fn add(&mut self, kind: Kind) {
        self.value |= !matches!(kind, Kind::Open | Kind::Close | Kind::Symbol | Kind::Comma);
        self.last = Some(kind);
    }

    /// Fills the gap: with blanks where the literals are only joined, with holes where a value stands between them.
    /// It keeps its width.
    fn fill(&self, text: &mut String, width: u32) {
        let width = width as usize;
        // `format(` and `concat(` before the first literal are no value.
        let called = text.is_empty() && self.last == Some(Kind::Open);
        if !self.value || called || width < 4 {
            text.extend(std::iter::repeat_n(' ', width));
            return;
        }
        for _ in 0..width / 3 {
            text.push(super::HOLE);
        }
        text.extend(std::iter::repeat_n('_', width % 3));
    }
}
