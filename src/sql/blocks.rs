//! The body of a routine or block: statements, with procedural words between them.

use super::Change;
use super::keywords::Key;
use super::lexer::Kind;
use super::names::Named;
use super::reader::{Procedural, Reader};
use crate::vocabulary::Dialect;

impl Reader<'_> {
    /// Reads statement after statement to the end of the part.
    pub fn block(&mut self) {
        if !self.descend() {
            return;
        }
        while !self.at_end() {
            let before = self.pos;
            self.block_part();
            if self.pos <= before {
                self.pos = before + 1;
            }
        }
        self.depth -= 1;
    }

    /// A block at the place of a statement: it takes all that is left.
    pub fn block_statement(&mut self) {
        self.is_kind("block");
        let procedural = if self.is_tsql_body() { Procedural::Tsql } else { Procedural::Block };
        let outer = std::mem::replace(&mut self.procedural, procedural);
        self.block();
        self.procedural = outer;
    }

    /// One statement of a body, or one procedural word with its expression.
    fn block_part(&mut self) {
        self.skip_label();
        let next = self.token(self.pos + 1);
        if self.kind(self.pos) == Kind::Semicolon {
            self.pos += 1;
            return;
        }
        match self.key(self.pos) {
            Key::Begin => {
                self.pos += 1;
                if matches!(next.key, Key::Tran | Key::Transaction | Key::Atomic | Key::Try | Key::Catch | Key::Work) {
                    self.pos += 1;
                }
            }
            Key::End => self.end_of_block(),
            Key::Then
            | Key::Else
            | Key::Loop
            | Key::Do
            | Key::Exception
            | Key::As
            | Key::Is
            | Key::Try
            | Key::Catch
            | Key::Repeat => {
                self.pos += 1;
            }
            Key::If | Key::Elsif | Key::Elseif | Key::While | Key::When | Key::Until | Key::Case => self.condition(),
            Key::For | Key::Foreach | Key::Forall => self.loop_head(),
            Key::Return => self.return_statement(),
            Key::Perform => self.perform(),
            Key::Declare => self.declare_section(),
            Key::Procedure | Key::Function if next.is_name() => self.subprogram(),
            key if key.begins_statement() => self.statement(),
            Key::Replace if next.key == Key::Into || next.kind == Kind::Word => self.statement(),
            Key::Comment if next.key == Key::On => self.statement(),
            Key::Table if next.key.starts_query() || next.is_name() && self.kind(self.pos + 2) != Kind::Symbol => {
                self.statement();
            }
            Key::Set => self.assignment(),
            Key::Open if next.is_name() => self.statement(),
            _ if self.kind(self.pos) == Kind::Open && self.nested_query_follows(self.pos) => self.statement(),
            _ => self.other_part(),
        }
    }

    /// PL/SQL's routine within a package or within declarations: it has a name of its own, and what its body touches
    /// is known by it.
    fn subprogram(&mut self) {
        self.pos += 1;
        let name = self.name();
        self.skip_parentheses();
        let head = (self.pos..self.end)
            .find(|&at| matches!(self.key(at), Key::As | Key::Is) || self.kind(at) == Kind::Semicolon)
            .unwrap_or(self.end);
        self.pos = head;
        let foreign = matches!(self.key(head + 1), Key::Language | Key::External);
        let Named::Table(written) = name else { return };
        if self.kind(head) != Kind::Word || foreign {
            return;
        }
        let mut routine = written.table.clone();
        if let (Some(outer), true) = (&self.routine, routine.qualifiers.is_empty()) {
            routine.qualifiers.clone_from(&outer.qualifiers);
            routine.qualifiers.push(outer.name.clone());
        }
        let body_end = self.subprogram_end(head + 1);
        let body = Some(self.span(head + 1, body_end));
        self.define(written.span, Change::Routine { name: routine.clone(), body, opaque: false });
        let (end, outer) = (self.end, self.routine.replace(routine));
        (self.pos, self.end) = (head + 1, body_end);
        self.block();
        (self.pos, self.end, self.routine) = (body_end, end, outer);
    }

    /// One past the END of the routine whose declarations begin at `at`.
    fn subprogram_end(&self, mut at: usize) -> usize {
        // How many ENDs are to come, and how many of the routines that were begun have not come to their BEGIN.
        let (mut ends, mut heads, mut named) = (1_usize, 1_usize, false);
        while at < self.end {
            let next = self.key(at + 1);
            match self.key(at) {
                Key::Begin if heads > 0 => heads -= 1,
                Key::Begin => ends += 1,
                Key::Case if self.key_before(at) != Key::End => ends += 1,
                Key::Procedure | Key::Function if heads > 0 && self.token(at + 1).is_name() => named = true,
                Key::As | Key::Is if std::mem::take(&mut named) && !matches!(next, Key::Language | Key::External) => {
                    (ends, heads) = (ends + 1, heads + 1);
                }
                Key::End if !matches!(next, Key::If | Key::Loop | Key::While) => ends -= 1,
                _ if self.kind(at) == Kind::Semicolon => named = false,
                _ => {}
            }
            if ends == 0 {
                return at + 1;
            }
            at = if self.kind(at) == Kind::Open { self.close_of(at) } else { at + 1 };
        }
        self.end
    }

    fn end_of_block(&mut self) {
        self.pos += 1;
        let tsql = self.tsql();
        while matches!(self.key(self.pos), Key::Loop | Key::Case | Key::Repeat | Key::For | Key::Try | Key::Catch)
            || !tsql && matches!(self.key(self.pos), Key::If | Key::While)
        {
            self.pos += 1;
        }
        // A label may follow; in T-SQL the next statement does.
        if !tsql && self.token(self.pos).is_name() && self.key(self.pos) == Key::None {
            self.pos += 1;
        }
    }

    /// Reads the expression of a procedural word up to what it governs.
    fn condition(&mut self) {
        self.pos += 1;
        self.value(|reader, at| {
            matches!(reader.key(at), Key::Then | Key::Loop | Key::Do | Key::Begin)
                || matches!(reader.key(at), Key::When | Key::Else)
                || reader.ends_statement(at)
        });
    }

    /// Reads a value. In PL/pgSQL that is what may follow SELECT: `count(*) FROM t WHERE …`.
    fn value(&mut self, stops: impl Fn(&Self, usize) -> bool) {
        let from = self.procedural == Procedural::Block
            && matches!(self.dialect(), Dialect::Postgres | Dialect::Redshift | Dialect::Generic);
        self.expression(|reader, at| {
            from && reader.key(at) == Key::From && reader.is_from_clause(at) || stops(reader, at)
        });
        if from && self.at(Key::From) {
            let block = self.out.block();
            let outer = self.block.replace(block);
            self.pos += 1;
            self.tables_of_from(&mut Vec::new());
            self.block = outer;
            self.expression(stops);
        }
    }

    /// `SET x = …` of MySQL, T-SQL and Snowflake.
    fn assignment(&mut self) {
        self.pos += 1;
        let from = self.pos;
        self.value_or_cursor();
        self.note_texts(from..self.pos);
    }

    /// Reads the rest of a statement; the query of T-SQL's `@c = CURSOR FOR query` is one.
    pub fn value_or_cursor(&mut self) {
        let cursor = |reader: &Self, at: usize| {
            reader.key(at) == Key::For
                && reader.query_follows(at + 1)
                && (at.saturating_sub(12)..at).any(|at| reader.key(at) == Key::Cursor)
        };
        self.expression(|reader, at| cursor(reader, at) || reader.ends_statement(at));
        if self.eat(Key::For) {
            self.query();
            self.finish_statement();
        }
    }

    /// `FOR r IN query LOOP`, `FOR r IN EXECUTE text LOOP`, `FOR i IN 1..10 LOOP`.
    fn loop_head(&mut self) {
        self.pos += 1;
        self.expression(|reader, at| {
            matches!(reader.key(at), Key::In | Key::Loop | Key::Do) || reader.ends_statement(at)
        });
        if !self.eat(Key::In) {
            return;
        }
        self.eat_word("reverse");
        match self.key(self.pos) {
            Key::Execute => self.run(),
            Key::Select | Key::With | Key::Values | Key::Insert | Key::Update | Key::Delete => self.query(),
            _ => {
                self.expression(|reader, at| {
                    matches!(reader.key(at), Key::Loop | Key::Do) || reader.ends_statement(at)
                });
            }
        }
    }

    /// `RETURN QUERY …`, `RETURN (…)`, `RETURN expression`.
    fn return_statement(&mut self) {
        self.pos += 1;
        while self.is_word(self.pos, "query") || matches!(self.key(self.pos), Key::Next | Key::Table) {
            self.pos += 1;
        }
        match self.key(self.pos) {
            Key::Execute => self.run(),
            Key::Select | Key::With | Key::Values | Key::Insert | Key::Update | Key::Delete => self.query(),
            _ if self.tsql() => self.expression(|reader, at| reader.ends_statement(at) || reader.key(at) == Key::End),
            _ => self.value(Self::ends_statement),
        }
    }

    /// PL/pgSQL's `PERFORM expression [FROM …]`, a SELECT whose result is dropped.
    pub fn perform(&mut self) {
        self.is_kind("perform");
        self.pos += 1;
        if self.token(self.pos).is_name() && self.key(self.pos) == Key::None {
            let start = self.pos;
            if let Named::Table(written) = self.name()
                && self.kind(self.pos) == Kind::Open
            {
                self.call(&written, true);
            }
            self.pos = start;
        }
        let block = self.out.block();
        let outer = self.block.replace(block);
        self.clauses(&mut Vec::new());
        self.block = outer;
        self.finish_statement();
    }

    /// DECLARE: the declarations follow, one by one; cursors hold queries.
    fn declare_section(&mut self) {
        if self.kind(self.pos + 1) == Kind::Variable {
            return self.declare_variable();
        }
        self.pos += 1;
        self.other_part();
    }

    /// T-SQL's `DECLARE @x int = 1, @t TABLE (…)`.
    pub fn declare_variable(&mut self) {
        self.pos += 1;
        let from = self.pos;
        self.value_or_cursor();
        self.note_texts(from..self.pos);
    }

    /// An assignment, a call, a declaration, a label: expressions in it count, and the query of a
    /// cursor.
    pub fn other_part(&mut self) {
        self.explicit_call();
        let start = self.pos;
        let head = (start..start + 12).take_while(|&at| !matches!(self.kind(at), Kind::Semicolon | Kind::End));
        let assigned = head.into_iter().any(|at| self.is_sign(at, ":=") || self.is_sign(at, "="));
        let stops = |reader: &Self, at: usize| {
            let cursor = matches!(reader.key(at), Key::For | Key::Is)
                && (reader.query_follows(at + 1)
                    || matches!(reader.key(at + 1), Key::Execute)
                    || reader.kind(at + 1) == Kind::Open && reader.query_follows(at + 2));
            cursor
                || matches!(reader.key(at), Key::Begin | Key::Declare) && at > start
                || matches!(reader.key(at), Key::As | Key::Is) && at > start && matches!(reader.key(at + 1), Key::Begin)
                || reader.ends_statement(at)
                || reader.is_handler_body(at)
        };
        if assigned {
            self.value(stops);
            self.note_texts(start..self.pos);
        } else {
            self.expression(stops);
        }
        if matches!(self.key(self.pos), Key::For | Key::Is) {
            self.pos += 1;
            match self.key(self.pos) {
                Key::Execute => self.run(),
                _ if self.kind(self.pos) == Kind::Open || self.query_follows(self.pos) => self.query(),
                _ => {}
            }
        }
    }

    /// MySQL's `DECLARE … HANDLER FOR NOT FOUND SET done = 1`.
    fn is_handler_body(&self, at: usize) -> bool {
        self.key(at) == Key::Set && self.key_before(at) == Key::None && self.token(at + 1).is_name()
    }

    /// PL/SQL's call of a procedure: a name at the beginning of a statement.
    fn explicit_call(&mut self) {
        let token = self.token(self.pos);
        if !token.is_name() || token.key != Key::None {
            return;
        }
        let start = self.pos;
        if let Named::Table(written) = self.name() {
            let open = self.kind(self.pos) == Kind::Open;
            let after = if open { self.close_of(self.pos) + 1 } else { self.pos };
            if matches!(self.kind(after), Kind::Semicolon) && (open || self.dialect() == Dialect::Oracle) {
                self.call(&written, true);
            }
        }
        self.pos = start;
    }
}
