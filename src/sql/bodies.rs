//! Routines, triggers, rules and blocks: where their bodies stand, and the reading of a body as a
//! sequence of statements with procedural words between them.

use super::keywords::Key;
use super::lexer::{Kind, Token};
use super::names::{Named, Written};
use super::reader::{Procedural, Reader};
use super::{Change, split};
use crate::source::Span;
use crate::vocabulary::{Dialect, Name, Privilege};

/// Texts within texts within texts: deeper than this they are not read.
const DEEPEST_TEXT: usize = 6;

impl Reader<'_> {
    // --- Routines

    /// `CREATE FUNCTION`, `PROCEDURE`, `PACKAGE`, `EVENT`, `MACRO`, `TASK`, and the ALTER of them.
    pub fn routine_definition(&mut self) {
        let object = self.slice(self.token(self.pos)).to_ascii_lowercase();
        let object = if object == "proc" { "procedure".to_owned() } else { object };
        self.is_kind(&format!("create {object}"));
        self.pos += 1;
        self.eat(Key::Body);
        self.eat_if_not_exists();
        let written = match self.name() {
            Named::Table(written) => Some(written),
            _ => None,
        };
        if self.kind(self.pos) == Kind::Open {
            self.parentheses();
        }
        let name = written.as_ref().map(|written| written.table.clone());
        let inner = name.clone().or_else(|| self.routine.clone());
        let outer = std::mem::replace(&mut self.routine, inner);
        let (body, opaque) = self.routine_body();
        self.routine = outer;
        if let (Some(written), Some(name)) = (written, name) {
            let opaque = opaque && body.is_none();
            self.define(written.span, Change::Routine { name, body, opaque });
        }
        self.pos = self.end;
    }

    /// Finds and reads the body. Its span, and whether it is in a language that is not read.
    fn routine_body(&mut self) -> (Option<Span>, bool) {
        if self.is_other_language() {
            return (None, true);
        }
        // A body in a string, as PostgreSQL and Snowflake have it.
        let string = (self.pos..self.end).find(|&at| {
            matches!(self.kind(at), Kind::Dollar | Kind::Text)
                && matches!(self.key_before(at), Key::As | Key::Do | Key::Is)
        });
        if let Some(at) = string {
            let token = self.tokens[at];
            self.body_text(token);
            return (Some(self.span(at, at + 1)), false);
        }
        let Some(from) = self.body_start() else { return (None, true) };
        self.pos = from;
        let procedural = if self.is_tsql_body() { Procedural::Tsql } else { Procedural::Block };
        let outer = std::mem::replace(&mut self.procedural, procedural);
        let span = self.span(from, self.end);
        self.block();
        self.procedural = outer;
        (Some(span), false)
    }

    fn is_tsql_body(&self) -> bool {
        self.dialect() == Dialect::Mssql
            || self.dialect() == Dialect::Generic
                && self.tokens.iter().any(|token| token.kind == Kind::Variable)
                && !self.tokens.iter().any(|token| matches!(token.key, Key::Then | Key::Loop))
    }

    /// Whether the body is in a language other than SQL's own.
    fn is_other_language(&self) -> bool {
        let Some(at) = (self.pos..self.end).find(|&at| self.key(at) == Key::Language) else { return false };
        let language = self.slice(self.token(at + 1)).trim_matches(['\'', '"']).to_ascii_lowercase();
        !matches!(language.as_str(), "sql" | "plpgsql" | "plsql" | "spl" | "plpgsql2" | "pltsql")
    }

    /// Where a body that is no string begins.
    fn body_start(&mut self) -> Option<usize> {
        let mut at = self.pos;
        while at < self.end {
            let next = self.key(at + 1);
            match self.key(at) {
                Key::Begin => return Some(at),
                Key::As | Key::Is
                    if self.key_before(at) != Key::Execute && !matches!(next, Key::External | Key::Language) =>
                {
                    let variable = self.tsql() && self.kind(at + 1) == Kind::Variable;
                    if !variable {
                        return Some(at + 1);
                    }
                }
                Key::Do => return Some(at + 1),
                Key::Return
                    if self.key_before(at) != Key::None
                        || self.kind(at - 1) == Kind::Close
                        || self.returns_before(at) =>
                {
                    return Some(at);
                }
                Key::Select
                | Key::Insert
                | Key::Update
                | Key::Delete
                | Key::Call
                | Key::Set
                | Key::Merge
                | Key::If
                | Key::With
                | Key::Declare
                    if at > self.pos && self.is_body_statement(at) =>
                {
                    return Some(at);
                }
                _ => {}
            }
            at = if self.kind(at) == Kind::Open { self.close_of(at) } else { at + 1 };
        }
        None
    }

    /// `RETURNS type RETURN expression`.
    fn returns_before(&self, at: usize) -> bool {
        (self.pos..at).any(|at| self.key(at) == Key::Returns) && self.key(at + 1) != Key::None
            || self.kind(at + 1) == Kind::Open
    }

    /// Whether a statement begins at `at`, in a routine whose body needs no AS (MySQL).
    fn is_body_statement(&self, at: usize) -> bool {
        match self.key(at) {
            Key::Set => self.kind(at + 1) != Kind::Text && !self.is_sign(at + 1, "="),
            Key::If => self.key(at + 1) != Key::Not,
            Key::With => self.is_with_clause(at),
            _ => true,
        }
    }

    /// Reads a string literal that holds a body.
    fn body_text(&mut self, token: Token) {
        let (text, from) = self.content(token);
        self.nested(&text, from, Procedural::Block);
    }

    /// The content of a string, as long as it stands in the text, and where it begins there. Doubled
    /// quotes become a quote and a blank, so that every other byte stays where it is.
    fn content(&self, token: Token) -> (String, u32) {
        let text = self.slice(token);
        if token.kind == Kind::Dollar {
            let tag = text[1..].find('$').map_or(1, |found| found + 2);
            let end = text.len().saturating_sub(tag).max(tag);
            return (text.get(tag..end).unwrap_or("").to_owned(), token.start + Span::new(tag, tag).start);
        }
        let open = text.find('\'').map_or(0, |found| found + 1);
        let quote = text.get(..open).unwrap_or("").to_ascii_lowercase();
        let (open, close) = if quote.ends_with("q'") { (open + 1, 2) } else { (open, 1) };
        let end = text.len().saturating_sub(close).max(open);
        let inside = text.get(open..end).unwrap_or("");
        let mut out = String::with_capacity(inside.len());
        let mut opening = true;
        let mut rest = inside;
        while let Some(found) = rest.find("''") {
            out.push_str(&rest[..found]);
            out.push_str(if opening { " '" } else { "' " });
            opening = !opening;
            rest = &rest[found + 2..];
        }
        out.push_str(rest);
        (out, token.start + Span::new(open, open).start)
    }

    /// Reads a text that stands at `from` in this one.
    fn nested(&mut self, text: &str, from: u32, procedural: Procedural) {
        if self.shared.level >= DEEPEST_TEXT {
            self.partial();
            return;
        }
        self.shared.level += 1;
        let (tokens, problems) = split::whole(text, self.dialect());
        let base = self.base + from;
        self.shared
            .problems
            .extend(problems.into_iter().map(|problem| super::Problem { span: problem.span.shifted(base), ..problem }));
        let (end, routine, tsql) = (tokens.len(), self.routine.clone(), self.tsql());
        let mut reader = Reader::new(text, base, &tokens, self.shared, self.out);
        reader.end = end;
        reader.routine = routine;
        reader.procedural = if tsql { Procedural::Tsql } else { procedural };
        reader.depth = self.depth;
        reader.block();
        self.shared.level -= 1;
    }

    // --- Triggers and rules

    /// `CREATE TRIGGER … ON table … body`.
    pub fn create_trigger(&mut self) {
        self.is_kind("create trigger");
        self.pos += 1;
        self.eat_if_not_exists();
        let Named::Table(name) = self.name() else {
            self.partial();
            return self.to_end();
        };
        // Columns of an UPDATE OF may be called anything but ON.
        while !self.at_end() && !self.at(Key::On) {
            self.pos += 1;
        }
        self.eat(Key::On);
        let server = matches!(self.key(self.pos), Key::All | Key::Database | Key::Schema)
            && !self.token(self.pos + 1).is_unknown();
        let table = if server { None } else { self.target(Privilege::Trigger) };
        if self.eat(Key::From) {
            // The other side of a foreign key, whose trigger this is.
            self.target(Privilege::References);
        }
        let routine = self.trigger_routine();
        if let Some(table) = &table {
            let change = Change::Trigger {
                name: name.table.name.text.clone(),
                table: table.table.clone(),
                routine: routine.as_ref().map(|written| written.table.clone()),
            };
            self.define(name.span, change);
        }
        if routine.is_none() {
            self.trigger_body(&name);
        }
        self.pos = self.end;
    }

    /// `EXECUTE FUNCTION f(…)`, as PostgreSQL has it.
    fn trigger_routine(&mut self) -> Option<Written> {
        let at = (self.pos..self.end)
            .find(|&at| self.key(at) == Key::Execute && matches!(self.key(at + 1), Key::Function | Key::Procedure))?;
        let before = std::mem::replace(&mut self.pos, at + 2);
        let Named::Table(written) = self.name() else {
            self.pos = before;
            return None;
        };
        self.call(&written, true);
        // The condition before it may hold a query.
        let (pos, end) = (self.pos, self.end);
        (self.pos, self.end) = (before, at);
        self.rest();
        (self.pos, self.end) = (pos, end);
        Some(written)
    }

    fn trigger_body(&mut self, name: &Written) {
        let mut at = self.pos;
        while at < self.end {
            let statement = matches!(
                self.key(at),
                Key::Begin
                    | Key::Declare
                    | Key::Insert
                    | Key::Delete
                    | Key::Call
                    | Key::Select
                    | Key::Exec
                    | Key::Merge
                    | Key::With
                    | Key::Replace
                    | Key::If
            ) && !matches!(
                self.key_before(at),
                Key::Before | Key::After | Key::For | Key::Or | Key::Of | Key::Instead
            ) && !(self.kind(at - 1) == Kind::Comma)
                && !(self.key(at) == Key::With && !self.is_with_clause(at))
                && !(matches!(self.key(at), Key::Insert | Key::Delete)
                    && matches!(self.key(at + 1), Key::Or | Key::As | Key::On)
                    || self.kind(at + 1) == Kind::Comma);
            let update = matches!(self.key(at), Key::Update | Key::Set)
                && matches!(self.key_before(at), Key::Row | Key::As | Key::None)
                && self.kind(at - 1) != Kind::Comma
                && !matches!(self.key(at + 1), Key::As | Key::Or);
            if statement || update {
                break;
            }
            at = if self.kind(at) == Kind::Open { self.close_of(at) } else { at + 1 };
        }
        // The condition before the body may hold a query.
        let head = at.min(self.end);
        let end = std::mem::replace(&mut self.end, head);
        self.rest();
        self.end = end;
        self.pos = at.min(end);
        let outer = self.routine.replace(name.table.clone());
        let procedural = if self.dialect() == Dialect::Mssql { Procedural::Tsql } else { Procedural::Block };
        let procedural = std::mem::replace(&mut self.procedural, procedural);
        self.block();
        self.procedural = procedural;
        self.routine = outer;
    }

    /// `CREATE RULE r AS ON event TO table DO [ALSO | INSTEAD] command`.
    pub fn create_rule(&mut self) {
        self.is_kind("create rule");
        self.pos += 1;
        let _ = self.name();
        while !self.at_end() && !(self.at(Key::To) && self.key_before(self.pos) != Key::None) {
            self.pos += 1;
        }
        self.eat(Key::To);
        self.target(Privilege::Alter);
        self.expression(|reader, at| reader.key(at) == Key::Do);
        self.eat(Key::Do);
        while matches!(self.key(self.pos), Key::Instead) || self.is_word(self.pos, "also") {
            self.pos += 1;
        }
        if self.eat(Key::Nothing) {
            return self.to_end();
        }
        let procedural = std::mem::replace(&mut self.procedural, Procedural::Block);
        if self.kind(self.pos) == Kind::Open {
            self.inside(Self::block);
        } else {
            self.block();
        }
        self.procedural = procedural;
        self.pos = self.end;
    }

    // --- Blocks

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
            Key::Select
            | Key::With
            | Key::Insert
            | Key::Update
            | Key::Delete
            | Key::Merge
            | Key::Truncate
            | Key::Create
            | Key::Alter
            | Key::Drop
            | Key::Copy
            | Key::Lock
            | Key::Grant
            | Key::Revoke
            | Key::Refresh
            | Key::Analyze
            | Key::Vacuum
            | Key::Reindex
            | Key::Cluster
            | Key::Call
            | Key::Exec
            | Key::Execute
            | Key::Values
            | Key::Rename
            | Key::Load
            | Key::Bulk
            | Key::Upsert
            | Key::Prepare
            | Key::Explain => self.statement(),
            Key::Replace if next.key == Key::Into || next.kind == Kind::Word => self.statement(),
            Key::Comment if next.key == Key::On => self.statement(),
            Key::Table if next.is_name() && self.kind(self.pos + 2) != Kind::Symbol => self.statement(),
            Key::Set => self.assignment(),
            _ if self.kind(self.pos) == Kind::Open && self.nested_query_follows(self.pos) => self.statement(),
            _ => self.other_part(),
        }
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
        self.expression(|reader, at| {
            matches!(reader.key(at), Key::Then | Key::Loop | Key::Do | Key::Begin)
                || matches!(reader.key(at), Key::When | Key::Else)
                || reader.ends_statement(at)
        });
    }

    /// `SET x = …` of MySQL, T-SQL and Snowflake.
    fn assignment(&mut self) {
        self.pos += 1;
        self.to_end();
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
                self.expression(|reader, at| matches!(reader.key(at), Key::Loop | Key::Do) || reader.ends_statement(at))
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
            _ => self.to_end(),
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
        self.to_end();
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
    fn declare_variable(&mut self) {
        self.pos += 1;
        self.expression(Self::ends_statement);
    }

    /// An assignment, a call, a declaration, a label: expressions in it count, and the query of a
    /// cursor.
    fn other_part(&mut self) {
        self.explicit_call();
        let start = self.pos;
        self.expression(|reader, at| {
            let cursor = matches!(reader.key(at), Key::For | Key::Is)
                && (reader.query_follows(at + 1)
                    || matches!(reader.key(at + 1), Key::Execute)
                    || reader.kind(at + 1) == Kind::Open && reader.query_follows(at + 2));
            cursor
                || matches!(reader.key(at), Key::Begin | Key::Declare) && at > start
                || matches!(reader.key(at), Key::As | Key::Is) && at > start && matches!(reader.key(at + 1), Key::Begin)
                || reader.ends_statement(at)
                || reader.is_handler_body(at)
        });
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

    // --- DO, CALL, EXECUTE, PREPARE, DECLARE

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
                self.to_end();
            }
        }
    }

    /// A cursor at the place of a statement, variables, or a block with declarations.
    fn declare(&mut self) {
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
            return self.to_end();
        }
        let global_table = (self.pos..(self.pos + 5).min(self.end)).find(|&at| self.key(at) == Key::Table);
        if let (Some(at), true) =
            (global_table, self.key(self.pos + 1) == Key::Global || self.kind(self.pos + 1) == Kind::Word)
        {
            return self.declare_temporary(at);
        }
        if self.kind(self.pos + 1) == Kind::Variable {
            self.is_kind("declare");
            self.declare_variable();
            return;
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
        self.to_end();
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
        self.to_end();
    }

    /// CALL, EXEC and EXECUTE: of a routine, of a prepared statement, or of a text.
    pub fn run(&mut self) {
        let first = self.key(self.pos);
        self.is_kind(if first == Key::Call { "call" } else { "execute" });
        self.pos += 1;
        if first != Key::Call {
            let immediate = self.eat(Key::Immediate);
            let token = self.token(self.pos);
            let text = matches!(token.kind, Kind::Text | Kind::Dollar | Kind::Open);
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

    fn run_routine(&mut self, first: Key) {
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
        self.to_end();
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
        self.to_end();
    }

    /// Reads the literals among these tokens as one text, with holes between them.
    pub fn dynamic(&mut self, range: std::ops::Range<usize>) {
        let range = range.start..range.end.min(self.end);
        let literal = |token: &Token| matches!(token.kind, Kind::Text | Kind::Dollar);
        let tokens = &self.tokens[range.clone()];
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        let whole = Span { start: first.start, end: last.end };
        // Only what is joined makes the text; of the arguments of `format` the first does.
        let mut text = String::with_capacity(whole.len());
        let mut at = whole.start;
        let mut gap = Gap::default();
        let formatted = self.is_word(range.start, "format");
        for token in tokens {
            if !literal(token) {
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
