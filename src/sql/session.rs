//! EXPLAIN, and what changes the session: USE, SET, ATTACH, IMPORT FOREIGN SCHEMA.

use super::keywords::Key;
use super::lexer::Kind;
use super::names::Named;
use super::reader::Reader;
use super::{Change, Transaction};
use crate::source::Span;
use crate::vocabulary::Name;

impl Reader<'_> {
    // --- EXPLAIN

    /// `EXPLAIN [options] statement`; a table that is described is not touched.
    pub fn explain(&mut self) {
        let explained = self.at(Key::Explain);
        self.is_kind("explain");
        self.pos += 1;
        self.skip_parentheses();
        let mut at = self.pos;
        while at < self.end && at < self.pos + 12 {
            let statement = matches!(
                self.key(at),
                Key::Select
                    | Key::With
                    | Key::Insert
                    | Key::Update
                    | Key::Delete
                    | Key::Merge
                    | Key::Replace
                    | Key::Create
                    | Key::Values
                    | Key::Declare
                    | Key::Execute
                    | Key::Refresh
            ) || self.kind(at) == Kind::Open
                || explained && self.key(at) == Key::Table && self.token(at + 1).is_name();
            if statement {
                self.pos = at;
                return self.statement();
            }
            at += 1;
        }
        self.finish_statement();
    }

    // --- The session

    pub fn session(&mut self) {
        match self.key(self.pos) {
            Key::Use => self.use_database(),
            Key::Set => self.set(),
            _ => {
                self.is_kind("reset");
                self.finish_statement();
            }
        }
    }

    /// `USE [DATABASE | SCHEMA | WAREHOUSE | CATALOG] name`.
    fn use_database(&mut self) {
        self.is_kind("use");
        self.pos += 1;
        let schema = self.at(Key::Schema) && self.token(self.pos + 1).is_name();
        if schema || self.at(Key::Database) && self.token(self.pos + 1).is_name() {
            self.pos += 1;
        }
        let other = ["warehouse", "role", "catalog", "secondary"].iter().any(|word| self.is_word(self.pos, word));
        if other && self.token(self.pos + 1).is_name() {
            return self.finish_statement();
        }
        if let Named::Table(written) = self.name() {
            let mut parts: Vec<Name> = written.table.qualifiers.iter().map(|part| self.fold(part)).collect();
            parts.push(self.fold(&written.table.name));
            let change = if schema { Change::SearchPath(parts) } else { Change::Use(parts) };
            self.define(written.span, change);
        }
        self.finish_statement();
    }

    /// `SET search_path = a, b`, `SET SCHEMA 'a'`, `SET autocommit = 0`; else any expression.
    pub fn set(&mut self) {
        self.is_kind("set");
        let start = self.pos;
        self.pos += 1;
        while matches!(self.key(self.pos), Key::Session | Key::Local | Key::Global) {
            self.pos += 1;
        }
        let path = self.is_word(self.pos, "search_path") || self.is_word(self.pos, "current_schema");
        let current = self.is_word(self.pos, "current") && self.key(self.pos + 1) == Key::Schema;
        if path || self.at(Key::Schema) || current {
            self.pos += if current { 2 } else { 1 };
            self.pos += usize::from(self.at(Key::To) || self.is_sign(self.pos, "="));
            return self.search_path(start);
        }
        if self.at(Key::Autocommit) && self.pos + 2 < self.end {
            let value = self.slice(self.token(self.pos + 2));
            if value == "0" || value.eq_ignore_ascii_case("off") {
                self.out.statement.transaction = Some(Transaction::Begin);
            }
        }
        self.value_or_cursor();
        self.note_texts(start + 1..self.pos);
    }

    fn search_path(&mut self, start: usize) {
        let mut schemas = Vec::new();
        loop {
            if self.at(Key::Default) {
                break;
            }
            if let Some(name) = self.take_name() {
                schemas.extend(
                    name.split(',')
                        .map(|part| Name::from(part.trim().trim_matches('"')))
                        .filter(|part| !part.is_empty()),
                );
            }
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        let span = self.span(start, self.pos);
        self.out.statement.definitions.push(super::Definition {
            span,
            change: Change::SearchPath(schemas),
            routine: self.routine.clone(),
        });
        self.finish_statement();
    }

    /// `ATTACH [DATABASE] 'file' AS name`.
    pub fn attach(&mut self) {
        let attach = self.at(Key::Attach);
        self.is_kind(if attach { "attach" } else { "detach" });
        self.pos += 1;
        if attach {
            self.expression(|reader, at| reader.key(at) == Key::As);
            // An expression goes past AS and its alias at once: look back for it.
            let alias = (1..self.pos).rev().find(|&at| self.tokens[at - 1].key == Key::As);
            if let Some(at) = alias
                && self.tokens[at].is_name()
            {
                let token = self.tokens[at];
                let alias = self.fold(&self.part(token));
                self.define(Span { start: token.start, end: token.end }, Change::AttachDatabase { alias });
            }
        }
        self.finish_statement();
    }

    /// `IMPORT FOREIGN SCHEMA remote [LIMIT TO (…) | EXCEPT (…)] FROM SERVER s INTO local`.
    pub fn import_foreign_schema(&mut self) {
        self.is_kind("import foreign schema");
        let start = self.pos;
        self.pos += 3;
        let remote = self.take_name();
        let (mut only, mut except) = (Vec::new(), Vec::new());
        let limit = self.eat(Key::Limit);
        if limit {
            self.eat(Key::To);
        }
        if limit || self.eat(Key::Except) {
            let mut names = Vec::new();
            if self.kind(self.pos) == Kind::Open {
                self.inside(|reader| {
                    while !reader.at_end() {
                        names.extend(reader.take_name());
                        reader.pos += 1;
                    }
                });
            }
            if limit { only = names } else { except = names }
        }
        self.eat_all(&[Key::From, Key::Server]);
        let server = self.take_name();
        self.eat(Key::Into);
        let into = self.take_name();
        if let (Some(remote), Some(server), Some(into)) = (remote, server, into) {
            let span = self.span(start, self.pos);
            let change = Change::ImportForeignSchema { remote, server, into, only, except };
            self.out.statement.definitions.push(super::Definition { span, change, routine: self.routine.clone() });
        } else {
            self.partial();
        }
        self.finish_statement();
    }
}
