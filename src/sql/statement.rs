//! From the first word of a statement to the part that reads it.

use super::keywords::{Key, is_transaction_mode};
use super::lexer::Kind;
use super::reader::{Procedural, Reader};
use super::{OpaqueReason, Transaction};
use crate::source::Span;
use crate::vocabulary::Dialect;

impl Reader<'_> {
    /// Reads the statement that begins here, up to its end.
    pub fn statement(&mut self) {
        let start = self.pos;
        self.skip_lead();
        self.skip_label();
        let opaque_lead = self.pos > start && self.tokens[start..self.pos].iter().any(|token| token.kind == Kind::Hole);
        if self.at_end() {
            return self.only_lead(start);
        }
        if self.kind(self.pos) == Kind::Word {
            self.by_first_word();
        } else if self.kind(self.pos) == Kind::Open {
            self.is_kind("select");
            self.query();
        } else if self.is_sign(self.pos, "{") {
            self.escape_call();
        } else {
            self.unknown();
        }
        if opaque_lead {
            self.partial();
        }
    }

    /// Templates and holes before the first word: `{{ config(…) }}`, a comment that is not known.
    fn skip_lead(&mut self) {
        while matches!(self.kind(self.pos), Kind::Template | Kind::Hole | Kind::Semicolon)
            || self.kind(self.pos) == Kind::Placeholder && self.pos + 1 < self.end
        {
            let glued = self.tokens[self.pos].end == self.token(self.pos + 1).start;
            if glued && self.kind(self.pos) != Kind::Template {
                return;
            }
            self.pos += 1;
        }
    }

    /// `label:` and `<<label>>` before what they name.
    pub fn skip_label(&mut self) {
        let signs = |at: usize, sign: &str| self.is_sign(at, sign) && self.is_sign(at + 1, sign);
        if signs(self.pos, "<") && signs(self.pos + 3, ">") {
            self.pos += 5;
        } else if self.kind(self.pos) == Kind::Word && self.is_sign(self.pos + 1, ":") {
            let block = matches!(
                self.key(self.pos + 2),
                Key::Begin | Key::Loop | Key::While | Key::Repeat | Key::For | Key::If
            );
            self.pos += if block || self.tsql() { 2 } else { 0 };
        }
    }

    /// A statement that is nothing but holes.
    fn only_lead(&mut self, start: usize) {
        let holes = self.tokens[start..self.end].iter().filter(|token| token.kind != Kind::Semicolon);
        let templates = holes.clone().all(|token| token.kind == Kind::Template);
        if let (Some(first), Some(last)) = (holes.clone().next(), holes.clone().next_back()) {
            self.is_kind("unknown");
            if !templates {
                let span = Span { start: first.start, end: last.end };
                self.opaque(span, OpaqueReason::Statement, None, None);
            }
        }
    }

    /// What begins with no word of SQL: a fragment, prose, or a dialect that is not known.
    fn unknown(&mut self) {
        self.is_kind("unknown");
        self.partial();
        if self.token(self.pos).is_unknown() || self.token(self.pos + 1).kind == Kind::Hole {
            let span = Span { start: self.tokens[self.pos].start, end: self.tokens[self.pos].end };
            self.opaque(span, OpaqueReason::Statement, None, None);
        }
        self.unknown_rest();
    }

    /// Goes to the end of what is not known. A statement may begin in it, but not in the middle of a line: there a
    /// word such as `select` is part of a sentence.
    pub fn unknown_rest(&mut self) {
        self.expression(|reader, at| {
            reader.kind(at) == Kind::Semicolon || reader.ends_statement(at) && reader.begins_line(at)
        });
    }

    fn begins_line(&self, at: usize) -> bool {
        let (before, token) = (self.tokens[at - 1], self.tokens[at]);
        self.text.get(before.end as usize..token.start as usize).is_some_and(|gap| gap.contains('\n'))
    }

    /// A part of a query that stands alone: its tables count.
    fn fragment(&mut self) {
        self.is_kind("unknown");
        self.partial();
        while self.key(self.pos).is_join_modifier() {
            self.pos += 1;
        }
        let block = self.out.block();
        self.block = Some(block);
        let mut items = Vec::new();
        if self.key(self.pos).is_join() {
            self.pos += 1;
            self.tables_of_from(&mut items);
        }
        self.clauses(&mut items);
        self.finish_statement();
    }

    fn by_first_word(&mut self) {
        match self.key(self.pos) {
            Key::Select | Key::With | Key::Values | Key::Table | Key::From | Key::Pivot | Key::Unpivot => {
                self.whole_query();
            }
            Key::Update if self.key(self.pos + 1) == Key::Statistics && self.key(self.pos + 2) != Key::Set => {
                self.manage();
            }
            Key::Insert | Key::Update | Key::Delete | Key::Merge | Key::Upsert => self.whole_change(),
            Key::Replace
                if matches!(self.key(self.pos + 1), Key::View | Key::Procedure | Key::Macro | Key::Trigger)
                    && self.token(self.pos + 2).is_name() =>
            {
                self.create();
            }
            Key::Replace if self.token(self.pos + 1).kind == Kind::Word => self.whole_change(),
            Key::Truncate => self.truncate(),
            Key::Copy => self.copy(),
            Key::Load | Key::Bulk => self.load(),
            Key::Import if self.key(self.pos + 1) == Key::Into => self.load(),
            Key::Import if matches!(self.key(self.pos + 1), Key::Table | Key::External) => self.import_table(),
            Key::Create => self.create(),
            Key::Alter => self.alter(),
            Key::Drop | Key::Undrop => self.drop_objects(),
            Key::Rename => self.rename(),
            Key::Exchange => self.exchange(),
            Key::Explain | Key::Describe | Key::Desc => self.explain(),
            Key::Prepare | Key::Declare | Key::Execute | Key::Exec | Key::Call | Key::Do | Key::Perform => {
                self.by_run_word();
            }
            Key::Begin | Key::Start | Key::Commit | Key::End | Key::Rollback | Key::Abort => self.transaction(),
            Key::Set | Key::Reset | Key::Use => self.session(),
            Key::If
            | Key::While
            | Key::For
            | Key::Return
            | Key::Print
            | Key::Loop
            | Key::Repeat
            | Key::Else
            | Key::Elseif
            | Key::Elsif
            | Key::Until
            | Key::When
            | Key::Exception
                if self.is_procedural() =>
            {
                self.block_statement();
            }
            Key::Procedure | Key::Function if self.dialect() == Dialect::Oracle => self.routine_definition(),
            Key::Go => {
                // sqlcmd wants it on a line of its own; scripts have it elsewhere too.
                self.is_kind("go");
                self.pos += 1;
            }
            Key::Left | Key::Right | Key::Inner | Key::Full | Key::Cross | Key::Join | Key::Natural => self.fragment(),
            _ if self.is_word(self.pos, "define") && self.dialect() == Dialect::Snowflake => self.create(),
            _ if self.runs_first() => self.run_routine(Key::Exec),
            _ => self.manage(),
        }
    }

    /// A procedure that is run without EXEC, as the first of a T-SQL batch may be.
    fn runs_first(&self) -> bool {
        if self.pos > 0 || !self.tsql() || self.key(self.pos) != Key::None {
            return false;
        }
        let mut at = 1;
        while self.kind(at) == Kind::Dot && self.token(at + 1).is_name() {
            at += 2;
        }
        match self.kind(at) {
            Kind::Variable | Kind::Text => true,
            Kind::End | Kind::Semicolon => at > 1,
            _ => false,
        }
    }

    fn is_procedural(&self) -> bool {
        self.token(self.pos + 1).kind != Kind::End
    }

    /// A query, and the inserts of Hive's `FROM t INSERT INTO a SELECT … INSERT INTO b SELECT …`.
    fn whole_query(&mut self) {
        self.from_first = self.at(Key::From);
        let before = self.pos;
        self.query();
        while self.from_first && self.at(Key::Insert) {
            self.from_first = false;
            self.change();
            self.from_first = true;
        }
        self.from_first = false;
        if self.pos == before {
            self.pos += 1;
            self.partial();
        }
        self.finish_statement();
    }

    fn whole_change(&mut self) {
        self.change();
        self.finish_statement();
    }

    /// JDBC's `{call p(?)}` and `{? = call f(?)}`.
    fn escape_call(&mut self) {
        self.expression(|reader, at| reader.key(at) == Key::Call);
        if self.at(Key::Call) {
            self.run();
        } else {
            self.is_kind("unknown");
            self.partial();
        }
    }

    // --- Transactions

    fn transaction(&mut self) {
        let first = self.key(self.pos);
        let next = self.token(self.pos + 1);
        if first == Key::Begin && self.opens_block(self.pos) {
            return self.block_statement();
        }
        if first == Key::Start && !matches!(next.key, Key::Transaction) {
            return self.manage();
        }
        let savepoint = (self.pos..(self.pos + 4).min(self.end)).any(|at| self.key(at) == Key::To);
        let (kind, transaction) = match first {
            Key::Begin | Key::Start => ("begin", Some(Transaction::Begin)),
            Key::Commit | Key::End => ("commit", Some(Transaction::Commit)),
            _ => ("rollback", (!savepoint).then_some(Transaction::Rollback)),
        };
        self.is_kind(kind);
        let outermost = self.out.statement.transaction.is_none() && self.routine.is_none();
        if outermost {
            self.out.statement.transaction = transaction;
        }
        self.pos += 1;
        while matches!(self.key(self.pos), Key::Tran | Key::Transaction | Key::Work) {
            self.pos += 1;
        }
        let batch = (self.pos..self.pos + 2).find(|&at| self.is_word(at, "batch"));
        if let (Some(batch), Key::Begin) = (batch, first) {
            // Cassandra's batch: its first statement follows at once.
            self.pos = batch + 1;
            self.expression(|reader, at| matches!(reader.key(at), Key::Insert | Key::Update | Key::Delete));
            if !self.at_end() {
                self.change();
            }
            return;
        }
        self.finish_statement();
    }

    /// Whether the BEGIN at `at` opens a block and no transaction.
    pub fn opens_block(&self, at: usize) -> bool {
        let next = self.token(at + 1);
        match next.kind {
            Kind::End | Kind::Semicolon => self.procedural != Procedural::No && at + 1 < self.end,
            Kind::Word => {
                !matches!(next.key, Key::Tran | Key::Transaction | Key::Work | Key::Read | Key::Immediate)
                    && !is_transaction_mode(self.slice(next))
            }
            _ => true,
        }
    }
}
