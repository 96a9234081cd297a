//! CREATE: tables, views, and what is put on tables.

use super::keywords::Key;
use super::lexer::Kind;
use super::names::{Named, Written};
use super::reader::Reader;
use super::tables::Made;
use super::{Change, OpaqueReason, TableKind};
use crate::source::Span;
use crate::vocabulary::{Name, Privilege};

/// More tables than this are not listed as what a table or view is made of.
pub(super) const MOST_BASES: usize = 500;

/// The words before what is created.
#[derive(Default, Clone, Copy)]
pub(super) struct Modifiers {
    pub replace: bool,
    pub temporary: bool,
    pub foreign: bool,
    pub external: bool,
    pub materialized: bool,
    pub recursive: bool,
}

impl Reader<'_> {
    pub fn create(&mut self) {
        self.pos += 1;
        let start = self.pos;
        let modifiers = self.modifiers();
        match self.key(self.pos) {
            Key::Event if self.key(self.pos + 1) == Key::Trigger => {
                self.is_kind("create event trigger");
                self.finish_statement();
            }
            Key::Table if self.key(self.pos + 1) == Key::Function => {
                self.pos += 1;
                self.routine_definition();
            }
            Key::Table => self.create_table(modifiers),
            Key::View => self.create_view(modifiers),
            Key::Index | Key::Statistics => self.create_index(),
            Key::Trigger => self.create_trigger(),
            Key::Rule => self.create_rule(),
            Key::Policy => self.create_policy(),
            Key::Procedure
            | Key::Proc
            | Key::Function
            | Key::Package
            | Key::Macro
            | Key::Event
            | Key::Task
            | Key::Pipe => {
                self.routine_definition();
            }
            Key::Type if self.key(self.pos + 1) == Key::Body => self.routine_definition(),
            Key::Synonym | Key::Alias => self.create_synonym(modifiers),
            Key::Schema => self.create_schema(),
            Key::Publication => self.publication("create publication"),
            Key::Server | Key::Link => self.create_server(),
            Key::Stream => self.create_stream(),
            Key::Database if self.key(self.pos + 1) == Key::Link => {
                self.pos += 1;
                self.create_server();
            }
            _ => {
                let word = self.slice(self.token(start)).to_ascii_lowercase();
                self.is_kind(&format!("create {word}"));
                self.pos = self.end.min(start + 1);
                self.create_other();
            }
        }
    }

    /// What is no table and has no body; a model is made of a query.
    fn create_other(&mut self) {
        self.expression(|reader, at| {
            reader.key(at) == Key::As && reader.nested_query_follows(at + 1) || reader.ends_statement(at)
        });
        if self.eat(Key::As) {
            self.query();
        }
        self.finish_statement();
    }

    /// The words between CREATE and what is created.
    fn modifiers(&mut self) -> Modifiers {
        let mut found = Modifiers::default();
        for _ in 0..24 {
            match self.key(self.pos) {
                Key::Or => {
                    found.replace = true;
                    self.pos += 1;
                }
                Key::Temp | Key::Temporary | Key::Volatile => found.temporary = true,
                Key::Foreign => found.foreign = true,
                Key::External | Key::Virtual => found.external = true,
                Key::Materialized => found.materialized = true,
                Key::Recursive => found.recursive = true,
                Key::Table
                | Key::View
                | Key::Index
                | Key::Statistics
                | Key::Trigger
                | Key::Rule
                | Key::Policy
                | Key::Procedure
                | Key::Proc
                | Key::Function
                | Key::Package
                | Key::Macro
                | Key::Task
                | Key::Event
                | Key::Pipe
                | Key::Type
                | Key::Synonym
                | Key::Alias
                | Key::Schema
                | Key::Publication
                | Key::Server
                | Key::Stream
                | Key::Link
                | Key::Database
                | Key::Sequence
                | Key::Extension
                | Key::User
                | Key::Operator
                | Key::Language => return found,
                _ if self.at_end() || self.is_other_object() => return found,
                _ => {}
            }
            self.pos += 1;
            if self.kind(self.pos) == Kind::Open {
                self.skip_parentheses();
            }
        }
        found
    }

    /// Words of what is no table and has no body, after which a word such as FUNCTION says something else.
    fn is_other_object(&self) -> bool {
        ["aggregate", "cast", "domain", "network", "role", "stage", "transform", "warehouse"]
            .iter()
            .any(|word| self.is_word(self.pos, word))
    }

    // --- Views

    fn create_view(&mut self, modifiers: Modifiers) {
        self.is_kind(if modifiers.materialized { "create materialized view" } else { "create view" });
        self.pos += 1;
        if self.is_word(self.pos, "log") && self.key(self.pos + 1) == Key::On {
            self.pos += 2;
            self.target(Privilege::Alter);
            return self.finish_statement();
        }
        let if_not_exists = self.eat_if_not_exists();
        let written = match self.name() {
            Named::Table(written) => Some(written),
            Named::Opaque { span, prefix } => {
                self.opaque(span, OpaqueReason::Table, Some(Privilege::Create), prefix);
                None
            }
            Named::Nothing | Named::Missing => {
                self.partial();
                None
            }
        };
        let temporary = modifiers.temporary || written.as_ref().is_some_and(|written| self.is_temporary(written));
        if let (Some(written), false) = (&written, temporary) {
            self.touch(written, Privilege::Create);
        }
        let from = self.out.statement.accesses.len();
        let mark = self.ctes.mark();
        if let (Some(written), true) = (&written, modifiers.recursive) {
            let cte = self.ctes.add(self.fold(&written.table.name));
            self.ctes.show(cte);
        }
        let columns = self.view_query();
        self.ctes.release(mark);
        let Some(written) = written else { return };
        if modifiers.recursive {
            // Its own name means what has been found so far, not a table.
            let mut at = 0;
            self.out.statement.accesses.retain(|access| {
                at += 1;
                at <= from || access.privilege != Privilege::Select || access.table.name != written.table.name
            });
        }
        if temporary {
            let folded = self.fold(&written.table.name);
            self.shared.temporary.insert(folded);
        }
        let kind = match (temporary, modifiers.materialized) {
            (true, _) => TableKind::Temporary,
            (_, true) => TableKind::MaterializedView,
            _ => TableKind::View,
        };
        let mut bases = Vec::new();
        self.add_bases(&mut bases, from);
        let change =
            Change::Create { table: written.table, kind, bases, if_not_exists, replace: modifiers.replace, columns };
        self.define(written.span, change);
    }

    /// The columns and the query of a view. ClickHouse's `TO table` is written.
    pub fn view_query(&mut self) -> Vec<Name> {
        let mut made = Made::default();
        if self.kind(self.pos) == Kind::Open {
            self.inside(|reader| reader.columns(None, &mut made));
        }
        loop {
            self.expression(|reader, at| matches!(reader.key(at), Key::As | Key::To) || reader.ends_statement(at));
            if self.eat(Key::To) {
                if self.token(self.pos).is_name() {
                    self.target(Privilege::Insert);
                }
                continue;
            }
            if !self.eat(Key::As) {
                break;
            }
            let before = self.pos;
            let key = self.key(self.pos);
            if self.kind(self.pos) == Kind::Open
                || matches!(key, Key::Select | Key::With | Key::Values | Key::Table | Key::From)
            {
                self.query();
            } else if self.token(self.pos).is_unknown() {
                self.partial();
            }
            if self.pos > before {
                break;
            }
        }
        self.finish_statement();
        made.columns
    }

    // --- What is put on tables

    /// `CREATE INDEX … ON table`, `CREATE STATISTICS … FROM table`.
    fn create_index(&mut self) {
        let statistics = self.at(Key::Statistics);
        self.is_kind(if statistics { "create statistics" } else { "create index" });
        self.pos += 1;
        let from = self.pos;
        if statistics {
            let end = (from..self.end).find(|&at| self.key(at) == Key::From);
            if let Some(at) = end {
                self.pos = at + 1;
                self.target(Privilege::Alter);
                return self.finish_statement();
            }
        }
        self.expression(|reader, at| reader.key(at) == Key::On || reader.kind(at) == Kind::Semicolon);
        if self.eat(Key::On) {
            while matches!(self.key(self.pos), Key::Only | Key::Table | Key::Cluster)
                && self.token(self.pos + 1).is_name()
            {
                self.pos += 1;
            }
            self.target(Privilege::Alter);
        }
        self.finish_statement();
    }

    fn create_policy(&mut self) {
        if self.key_before(self.pos) == Key::Security {
            return self.security_policy("create policy");
        }
        self.is_kind("create policy");
        self.expression(|reader, at| reader.key(at) == Key::On || reader.kind(at) == Kind::Semicolon);
        if self.eat(Key::On) {
            self.target(Privilege::Alter);
        }
        self.finish_statement();
    }

    fn create_synonym(&mut self, modifiers: Modifiers) {
        self.is_kind("create synonym");
        self.pos += 1;
        let if_not_exists = self.eat_if_not_exists();
        let Named::Table(written) = self.name() else { return self.finish_statement() };
        self.touch(&written, Privilege::Create);
        self.expression(|reader, at| reader.key(at) == Key::For || reader.ends_statement(at));
        self.eat(Key::For);
        self.eat(Key::Table);
        if let Named::Table(of) = self.name() {
            let change = Change::Create {
                table: written.table,
                kind: TableKind::Synonym { of: of.table.clone() },
                bases: vec![of.table],
                if_not_exists,
                replace: modifiers.replace,
                columns: Vec::new(),
            };
            self.define(written.span, change);
        }
        self.finish_statement();
    }

    /// `CREATE SCHEMA name [AUTHORIZATION role] [elements]`.
    fn create_schema(&mut self) {
        self.is_kind("create schema");
        self.pos += 1;
        self.eat_if_not_exists();
        let from = self.pos;
        let name = if self.at(Key::Authorization) { None } else { self.schema_name() };
        let authorization = if self.eat(Key::Authorization) { self.take_name() } else { None };
        if let Some(name) = name.or_else(|| authorization.clone()) {
            let span = self.span(from, self.pos);
            let change = Change::CreateSchema { name, authorization };
            self.out.statement.definitions.push(super::Definition { span, change, routine: self.routine.clone() });
        }
        while !self.at_end() && self.kind(self.pos) != Kind::Semicolon {
            if matches!(self.key(self.pos), Key::Create | Key::Grant) {
                let before = self.pos;
                self.by_element();
                self.pos = self.pos.max(before + 1);
            } else if self.starts_statement(self.pos) {
                return;
            } else {
                self.pos += 1;
            }
        }
    }

    fn by_element(&mut self) {
        if self.at(Key::Create) { self.create() } else { self.manage() }
    }

    /// The last part of a schema's name.
    pub fn schema_name(&mut self) -> Option<Name> {
        match self.name() {
            Named::Table(written) => Some(self.fold(&written.table.name)),
            _ => None,
        }
    }

    /// A publication's tables.
    pub fn publication(&mut self, kind: &str) {
        self.is_kind(kind);
        while !self.at_end() && self.kind(self.pos) != Kind::Semicolon {
            let listed = self.at(Key::Table) && self.token(self.pos + 1).is_name();
            self.pos += 1;
            if !listed {
                continue;
            }
            loop {
                if self.at(Key::Only) && self.token(self.pos + 1).is_name() {
                    self.pos += 1;
                }
                if self.at(Key::Only) && self.kind(self.pos + 1) == Kind::Open {
                    self.pos += 1;
                    self.inside(|reader| drop(reader.target(Privilege::Alter)));
                } else {
                    self.target(Privilege::Alter);
                }
                if self.is_sign(self.pos, "*") {
                    self.pos += 1;
                }
                self.parentheses();
                if self.eat(Key::Where) {
                    self.parentheses();
                }
                if self.kind(self.pos) != Kind::Comma
                    || !self.token(self.pos + 1).is_name()
                    || self.key(self.pos + 1) == Key::Tables
                {
                    break;
                }
                if self.key(self.pos + 1) == Key::Table {
                    break;
                }
                self.pos += 1;
            }
        }
    }

    /// Snowflake's `CREATE STREAM s ON TABLE t`.
    fn create_stream(&mut self) {
        self.is_kind("create stream");
        self.expression(|reader, at| reader.key(at) == Key::On || reader.ends_statement(at));
        if self.eat(Key::On) {
            self.eat_table_words();
            if self.eat(Key::Table) || self.eat(Key::View) {
                self.target(Privilege::Select);
            }
        }
        self.finish_statement();
    }

    /// `CREATE SERVER name … OPTIONS (dbname 'x', host 'y')`, `CREATE DATABASE LINK name`.
    fn create_server(&mut self) {
        self.is_kind("create server");
        self.pos += 1;
        self.eat_if_not_exists();
        let token = self.token(self.pos);
        let Some(name) = self.take_name() else { return self.finish_statement() };
        let (mut database, mut host) = (None, None);
        while !self.at_end() && self.kind(self.pos) != Kind::Semicolon {
            let value = self.token(self.pos + 1);
            if value.kind == Kind::Text {
                let text: Name = self.slice(value).trim_matches('\'').into();
                if self.is_word(self.pos, "dbname") || self.key(self.pos) == Key::Database {
                    database = Some(text);
                } else if self.is_word(self.pos, "host") || self.key(self.pos) == Key::Using {
                    host = Some(text);
                }
            }
            self.pos += 1;
        }
        self.define(Span { start: token.start, end: token.end }, Change::Server { name, database, host });
    }

    /// The names in a list, each with `privilege`.
    pub fn targets(&mut self, privilege: Privilege) -> Vec<Written> {
        let mut all = Vec::new();
        loop {
            if self.at(Key::Only) && self.token(self.pos + 1).is_name() {
                self.pos += 1;
            }
            all.extend(self.target(privilege));
            if self.is_sign(self.pos, "*") {
                self.pos += 1;
            }
            self.parentheses();
            if self.kind(self.pos) != Kind::Comma {
                return all;
            }
            self.pos += 1;
        }
    }
}
