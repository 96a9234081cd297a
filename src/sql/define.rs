//! CREATE: tables, views, and what is put on tables.

use super::keywords::Key;
use super::lexer::Kind;
use super::names::{Named, Written};
use super::reader::Reader;
use super::{Change, OpaqueReason, TableKind};
use crate::source::Span;
use crate::vocabulary::{Dialect, Name, Privilege, TableName};

/// More tables than this are not listed as what a table or view is made of.
const MOST_BASES: usize = 500;

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

/// What the clauses after a table's name say.
#[derive(Default)]
struct Made {
    bases: Vec<TableName>,
    columns: Vec<Name>,
    partition_of: Option<TableName>,
    server: Option<Name>,
    remote: (Option<Name>, Option<Name>),
}

impl Reader<'_> {
    pub fn create(&mut self) {
        self.pos += 1;
        let modifiers = self.modifiers();
        let start = self.pos;
        match self.key(self.pos) {
            Key::Event if self.key(self.pos + 1) == Key::Trigger => {
                self.is_kind("create event trigger");
                self.to_end();
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
            Key::Server => self.create_server(),
            Key::Stream => self.create_stream(),
            Key::Link => self.create_server(),
            Key::Database if self.key(self.pos + 1) == Key::Link => {
                self.pos += 1;
                self.create_server();
            }
            _ => {
                let word = self.slice(self.token(start)).to_ascii_lowercase();
                self.is_kind(&format!("create {word}"));
                self.pos = self.end.min(self.pos + 1);
                self.to_end();
            }
        }
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
                _ if self.at_end() => return found,
                _ => {}
            }
            self.pos += 1;
            if self.kind(self.pos) == Kind::Open {
                self.skip_parentheses();
            }
        }
        found
    }

    // --- Tables

    fn create_table(&mut self, modifiers: Modifiers) {
        self.is_kind(if modifiers.foreign { "create foreign table" } else { "create table" });
        self.pos += 1;
        self.eat(Key::Function);
        let if_not_exists = self.eat_if_not_exists();
        let named = self.name();
        let written = match named {
            Named::Table(written) => written,
            Named::Opaque { span, prefix } => {
                self.opaque(span, OpaqueReason::Table, Some(Privilege::Create), prefix);
                self.table_clauses(None);
                return;
            }
            Named::Nothing => return self.to_end(),
            Named::Missing => {
                self.partial();
                return self.to_end();
            }
        };
        let temporary = modifiers.temporary || self.is_temporary(&written);
        if !temporary {
            self.touch(&written, Privilege::Create);
        }
        let from = self.out.statement.accesses.len();
        let made = self.table_clauses(Some(&written.table));
        if temporary {
            let folded = self.fold(&written.table.name);
            self.shared.temporary.insert(folded);
        }
        let kind = table_kind(modifiers, temporary, &made);
        let mut bases = made.bases;
        self.add_bases(&mut bases, from);
        let change = Change::Create {
            table: written.table,
            kind,
            bases,
            if_not_exists,
            replace: modifiers.replace,
            columns: made.columns,
        };
        self.define(written.span, change);
    }

    /// Adds the tables that were read since the access `from`.
    fn add_bases(&self, bases: &mut Vec<TableName>, from: usize) {
        for access in &self.out.statement.accesses[from..] {
            if access.privilege == Privilege::Select && !access.span.is_empty() && bases.len() < MOST_BASES && !bases.contains(&access.table) {
                bases.push(access.table.clone());
            }
        }
    }

    /// What stands after the name of a new table.
    fn table_clauses(&mut self, table: Option<&TableName>) -> Made {
        let mut made = Made::default();
        let start = self.pos;
        loop {
            if self.kind(self.pos) == Kind::Open {
                let listed = self.pos == start;
                if self.query_follows(self.pos + 1) || self.nested_query_follows(self.pos + 1) {
                    self.query();
                } else {
                    let known = made.columns.len();
                    self.inside(|reader| reader.columns(table, &mut made));
                    if !listed {
                        // The parameters of a clause, not columns.
                        made.columns.truncate(known);
                    }
                }
                continue;
            }
            if self.at_end() || self.kind(self.pos) == Kind::Semicolon {
                return made;
            }
            if !self.table_clause(table, &mut made) {
                return made;
            }
        }
    }

    pub fn nested_query_follows(&self, mut at: usize) -> bool {
        while self.kind(at) == Kind::Open {
            at += 1;
        }
        self.query_follows(at)
    }

    /// One word or clause after a table's columns. `false` at the end of the statement.
    fn table_clause(&mut self, table: Option<&TableName>, made: &mut Made) -> bool {
        let (key, next) = (self.key(self.pos), self.token(self.pos + 1));
        match key {
            Key::Partition if next.key == Key::Of => {
                self.pos += 2;
                made.partition_of = self.target(Privilege::Alter).map(|written| written.table);
            }
            Key::Inherits if next.kind == Kind::Open => {
                self.pos += 1;
                self.inside(|reader| reader.parents(made));
            }
            Key::Like | Key::Clone if next.is_name() || next.is_unknown() => {
                self.pos += 1;
                self.like(made);
            }
            Key::Copy if next.is_name() && self.dialect() == Dialect::Bigquery => {
                self.pos += 1;
                self.like(made);
            }
            Key::Union if self.is_sign(self.pos + 1, "=") && self.kind(self.pos + 2) == Kind::Open => {
                // MySQL's MERGE engine.
                self.pos += 2;
                self.inside(|reader| reader.parents_read(made));
            }
            Key::References => self.references(table),
            Key::Server => {
                self.pos += 1;
                made.server = self.take_name();
            }
            Key::Options | Key::Option if next.kind == Kind::Open => {
                self.pos += 1;
                self.inside(|reader| reader.foreign_options(made));
            }
            Key::As if self.key_before(self.pos) != Key::Stored => {
                self.pos += 1;
                self.created_as(made);
            }
            Key::Select | Key::With if self.query_follows(self.pos) => self.query(),
            Key::Values | Key::Table if self.query_follows(self.pos) => self.query(),
            _ if self.starts_statement(self.pos) || self.ends_in_body(self.pos) => return false,
            _ => self.pos += 1,
        }
        true
    }

    /// What stands after AS: a query, a prepared statement, ClickHouse's other table.
    fn created_as(&mut self, made: &mut Made) {
        let token = self.token(self.pos);
        match token.key {
            Key::Select | Key::With | Key::Values | Key::Table | Key::From => self.query(),
            Key::Execute => {
                self.pos += 1;
                let _ = self.name();
                self.parentheses();
            }
            _ if token.kind == Kind::Open => self.query(),
            _ if token.is_name() && self.dialect() == Dialect::Clickhouse => self.like(made),
            _ if token.is_unknown() => {
                self.partial();
                self.pos += 1;
            }
            _ => {}
        }
    }

    fn parents(&mut self, made: &mut Made) {
        while !self.at_end() {
            if let Some(written) = self.target(Privilege::Alter) {
                made.bases.push(written.table);
            } else if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        self.pos = self.end;
    }

    fn parents_read(&mut self, made: &mut Made) {
        while !self.at_end() {
            let before = self.pos;
            if let Some(written) = self.target(Privilege::Select) {
                made.bases.push(written.table);
            }
            self.pos = self.pos.max(before) + 1;
        }
        self.pos = self.end;
    }

    /// The table whose form is taken: reading it is what that needs.
    fn like(&mut self, made: &mut Made) {
        if let Some(written) = self.target(Privilege::Select) {
            made.bases.push(written.table);
        }
    }

    /// The list of columns and constraints.
    fn columns(&mut self, table: Option<&TableName>, made: &mut Made) {
        let mut fresh = true;
        while !self.at_end() {
            let token = self.token(self.pos);
            match token.kind {
                Kind::Comma => {
                    fresh = true;
                    self.pos += 1;
                    continue;
                }
                Kind::Open => self.parentheses(),
                Kind::Word if token.key == Key::References => self.references(table),
                Kind::Word if fresh && token.key == Key::Like && !self.is_column_called_like() => {
                    self.pos += 1;
                    self.like(made);
                }
                Kind::Word | Kind::Quoted => {
                    if fresh && !self.is_constraint() {
                        made.columns.push(self.column_name());
                    }
                    self.pos += 1;
                }
                Kind::Semicolon => return,
                _ => self.pos += 1,
            }
            fresh = false;
        }
    }

    fn is_column_called_like(&self) -> bool {
        !self.token(self.pos + 1).is_name() && !self.token(self.pos + 1).is_unknown()
    }

    fn column_name(&self) -> Name {
        let part = self.part(self.token(self.pos));
        if part.quoted { part.text } else { part.text.to_lowercase().into() }
    }

    /// Whether the item of a column list that begins here is no column.
    fn is_constraint(&self) -> bool {
        let next = self.token(self.pos + 1);
        match self.key(self.pos) {
            Key::Constraint | Key::Check => true,
            Key::Foreign => next.key == Key::Key,
            Key::Unique => next.kind == Kind::Open || matches!(next.key, Key::Key | Key::Index),
            Key::Key | Key::Index => next.kind == Kind::Open || self.kind(self.pos + 2) == Kind::Open,
            _ => {
                self.is_word(self.pos, "primary") && next.key == Key::Key
                    || self.is_word(self.pos, "exclude")
                    || self.is_word(self.pos, "period") && next.key == Key::For
                    || (self.is_word(self.pos, "fulltext") || self.is_word(self.pos, "spatial"))
                        && (next.kind == Kind::Open || matches!(next.key, Key::Key | Key::Index))
            }
        }
    }

    /// `REFERENCES table`, the foreign key of `table`.
    pub fn references(&mut self, table: Option<&TableName>) {
        self.pos += 1;
        match self.name() {
            Named::Table(written) => {
                let block = self.block.take();
                if let Some(access) = self.touch(&written, Privilege::References) {
                    self.out.statement.accesses[access].referencing = table.cloned();
                }
                self.block = block;
                self.skip_parentheses();
            }
            Named::Opaque { span, prefix } => {
                self.opaque(span, OpaqueReason::Table, Some(Privilege::References), prefix)
            }
            Named::Nothing | Named::Missing => {}
        }
    }

    /// One name, as it is compared.
    pub fn take_name(&mut self) -> Option<Name> {
        let token = self.token(self.pos);
        if token.kind == Kind::Text {
            self.pos += 1;
            let text = self.slice(token);
            let text = text.trim_start_matches(['N', 'n', 'E', 'e']);
            return Some(text.trim_matches('\'').into());
        }
        if !token.is_name() {
            return None;
        }
        self.pos += 1;
        let part = self.part(token);
        Some(self.fold(&part))
    }

    /// `OPTIONS (schema_name 'x', table_name 'y')`.
    fn foreign_options(&mut self, made: &mut Made) {
        while !self.at_end() {
            let token = self.token(self.pos);
            let value = self.token(self.pos + 1);
            if token.is_name() && value.kind == Kind::Text {
                let text: Name = self.slice(value).trim_matches('\'').into();
                if self.is_word(self.pos, "schema_name") || self.is_word(self.pos, "schema") {
                    made.remote.0 = Some(text);
                } else if self.is_word(self.pos, "table_name") || self.key(self.pos) == Key::Table {
                    made.remote.1 = Some(text);
                }
                self.pos += 1;
            }
            self.pos += 1;
        }
    }

    // --- Views

    fn create_view(&mut self, modifiers: Modifiers) {
        self.is_kind(if modifiers.materialized { "create materialized view" } else { "create view" });
        self.pos += 1;
        if self.is_word(self.pos, "log") && self.key(self.pos + 1) == Key::On {
            self.pos += 2;
            self.target(Privilege::Alter);
            return self.to_end();
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
        self.to_end();
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
                return self.to_end();
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
        self.to_end();
    }

    fn create_policy(&mut self) {
        self.is_kind("create policy");
        self.expression(|reader, at| reader.key(at) == Key::On || reader.kind(at) == Kind::Semicolon);
        if self.eat(Key::On) {
            self.target(Privilege::Alter);
        }
        self.to_end();
    }

    fn create_synonym(&mut self, modifiers: Modifiers) {
        self.is_kind("create synonym");
        self.pos += 1;
        let if_not_exists = self.eat_if_not_exists();
        let Named::Table(written) = self.name() else { return self.to_end() };
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
        self.to_end();
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
            while listed {
                if self.at(Key::Only) && self.token(self.pos + 1).is_name() {
                    self.pos += 1;
                }
                self.target(Privilege::Alter);
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
        if self.eat(Key::On) && (self.eat(Key::Table) || self.eat(Key::View)) {
            self.target(Privilege::Select);
        }
        self.to_end();
    }

    /// `CREATE SERVER name … OPTIONS (dbname 'x', host 'y')`, `CREATE DATABASE LINK name`.
    fn create_server(&mut self) {
        self.is_kind("create server");
        self.pos += 1;
        self.eat_if_not_exists();
        let token = self.token(self.pos);
        let Some(name) = self.take_name() else { return self.to_end() };
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

fn table_kind(modifiers: Modifiers, temporary: bool, made: &Made) -> TableKind {
    if temporary {
        return TableKind::Temporary;
    }
    if let Some(of) = &made.partition_of {
        return TableKind::Partition { of: of.clone() };
    }
    if modifiers.foreign {
        let remote = made.remote.1.as_ref().map(|name| {
            let mut table = TableName::bare(name.clone());
            table.qualifiers.extend(made.remote.0.as_ref().map(|schema| TableName::bare(schema.clone()).name));
            table
        });
        return TableKind::Foreign { server: made.server.clone(), remote };
    }
    if modifiers.external { TableKind::External } else { TableKind::Table }
}
