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
        self.forget_variables();
        let (body, opaque) = self.routine_body();
        self.forget_variables();
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

    pub fn is_tsql_body(&self) -> bool {
        self.dialect() == Dialect::Mssql
            || self.dialect() == Dialect::Generic
                && self.tokens.iter().any(|token| token.kind == Kind::Variable)
                && !self.tokens.iter().any(|token| matches!(token.key, Key::Then | Key::Loop))
    }

    /// Whether the body is in a language other than SQL's own.
    pub fn is_other_language(&self) -> bool {
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
    pub fn body_text(&mut self, token: Token) {
        let (text, from) = self.content(token);
        self.nested(&text, from, Procedural::Block);
    }

    /// Whether the token is a string. A name in double quotes is one where the dialect says so.
    pub fn is_literal(&self, token: Token) -> bool {
        let double =
            |dialect| matches!(dialect, Dialect::Mysql | Dialect::Bigquery | Dialect::Hive | Dialect::Databricks);
        matches!(token.kind, Kind::Text | Kind::Dollar)
            || token.kind == Kind::Quoted && double(self.dialect()) && self.slice(token).starts_with('"')
    }

    fn has_triple_quotes(&self) -> bool {
        matches!(self.dialect(), Dialect::Bigquery | Dialect::Databricks)
    }

    /// The content of a string, as long as it stands in the text, and where it begins there. Doubled
    /// quotes become a quote and a blank, so that every other byte stays where it is.
    pub fn content(&self, token: Token) -> (String, u32) {
        let text = self.slice(token);
        if token.kind == Kind::Dollar {
            let tag = text[1..].find('$').map_or(1, |found| found + 2);
            let end = text.len().saturating_sub(tag).max(tag);
            return (text.get(tag..end).unwrap_or("").to_owned(), token.start + Span::new(tag, tag).start);
        }
        let open = text.find(['\'', '"']).map_or(0, |found| found + 1);
        let mark = text.get(open.saturating_sub(1)..open).unwrap_or("");
        let quote = text.get(..open).unwrap_or("").to_ascii_lowercase();
        let triple = text.len() >= open + 5 && text[open..].starts_with(&mark.repeat(2));
        let (open, close) = match () {
            () if quote.ends_with("q'") => (open + 1, 2),
            () if triple && self.has_triple_quotes() => (open + 2, 3),
            () => (open, 1),
        };
        let end = text.len().saturating_sub(close).max(open);
        let inside = text.get(open..end).unwrap_or("");
        // In `E'…'` a backslash escapes the quote.
        let escaped = (quote == "e'").then(|| inside.replace("\\'", "''"));
        let inside = escaped.as_deref().unwrap_or(inside);
        if mark == "\"" || close == 3 {
            return (inside.to_owned(), token.start + Span::new(open, open).start);
        }
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
    pub fn nested(&mut self, text: &str, from: u32, procedural: Procedural) {
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
        let remote = self.remote.clone();
        let mut reader = Reader::new(text, base, &tokens, self.shared, self.out);
        reader.end = end;
        reader.routine = routine;
        reader.remote = remote;
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
        // Its name may be made at run time, and the table still stand there.
        let name = if let Named::Table(name) = self.name() {
            Some(name)
        } else {
            self.partial();
            None
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
        let transitions = self.transition_tables();
        let routine = self.trigger_routine();
        if let (Some(table), Some(name)) = (&table, &name) {
            let change = Change::Trigger {
                name: name.table.name.text.clone(),
                table: table.table.clone(),
                routine: routine.as_ref().map(|written| written.table.clone()),
                transitions: transitions.clone(),
            };
            self.define(name.span, change);
        }
        if let (None, Some(name)) = (&routine, &name) {
            let mark = self.ctes.mark();
            for transition in transitions {
                let cte = self.ctes.add(transition);
                self.ctes.show(cte);
            }
            self.trigger_body(name);
            self.ctes.release(mark);
        }
        self.pos = self.end;
    }

    /// `REFERENCING NEW TABLE AS inserted OLD TABLE AS deleted`: names for the rows that the trigger sees.
    fn transition_tables(&self) -> Vec<Name> {
        let mut names = Vec::new();
        let near = self.end.min(self.pos + 40);
        let Some(from) = (self.pos..near).find(|&at| self.is_word(at, "referencing")) else { return names };
        for at in from + 1..near {
            let old_or_new = self.key(at - 1) == Key::Old || self.is_word(at - 1, "new");
            let joined = self.is_word(at, "new_table") || self.is_word(at, "old_table");
            if !(self.key(at) == Key::Table && old_or_new || joined) {
                continue;
            }
            let named = at + 1 + usize::from(self.key(at + 1) == Key::As);
            if self.token(named).is_name() {
                names.push(self.fold(&self.part(self.token(named))));
            }
        }
        names
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
            ) && self.kind(at - 1) != Kind::Comma
                && (self.key(at) != Key::With || self.is_with_clause(at))
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
        while !self.at_end() && (!self.at(Key::To) || self.key_before(self.pos) == Key::None) {
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
            return self.finish_statement();
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
}
