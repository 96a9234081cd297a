//! CREATE TABLE: columns, constraints, and the tables that it is made of.

use super::define::{MOST_BASES, Modifiers};
use super::keywords::Key;
use super::lexer::Kind;
use super::names::Named;
use super::reader::Reader;
use super::{Change, OpaqueReason, TableKind};
use crate::vocabulary::{Dialect, Name, Privilege, TableName};

/// What the clauses after a table's name say.
#[derive(Default)]
pub(super) struct Made {
    pub bases: Vec<TableName>,
    pub columns: Vec<Name>,
    partition_of: Option<TableName>,
    server: Option<Name>,
    remote: (Option<Name>, Option<Name>),
}

impl Reader<'_> {
    pub fn create_table(&mut self, modifiers: Modifiers) {
        self.is_kind(if modifiers.foreign { "create foreign table" } else { "create table" });
        self.pos += 1;
        let if_not_exists = self.eat_if_not_exists();
        let named = self.name();
        let written = match named {
            Named::Table(written) => written,
            Named::Opaque { span, prefix } => {
                self.opaque(span, OpaqueReason::Table, Some(Privilege::Create), prefix);
                self.table_clauses(None);
                return;
            }
            Named::Nothing => return self.finish_statement(),
            Named::Missing => {
                self.partial();
                return self.finish_statement();
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
    pub fn add_bases(&self, bases: &mut Vec<TableName>, from: usize) {
        for access in &self.out.statement.accesses[from..] {
            if access.privilege == Privilege::Select
                && !access.span.is_empty()
                && bases.len() < MOST_BASES
                && !bases.contains(&access.table)
            {
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
            Key::Like if next.kind == Kind::Open && self.token(self.pos + 2).is_name() => {
                self.pos += 1;
                self.inside(|reader| reader.like(made));
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
            Key::Select | Key::With | Key::Values if self.query_follows(self.pos) => self.query(),
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
            _ if token.is_name() && self.copies_table() => self.like(made),
            _ if token.is_unknown() => {
                self.partial();
                self.pos += 1;
            }
            _ => {}
        }
    }

    /// `CREATE TABLE a AS b`: the form of another table.
    fn copies_table(&self) -> bool {
        let next = self.kind(self.pos + 1);
        match self.dialect() {
            Dialect::Clickhouse => next != Kind::Open,
            Dialect::Generic => matches!(next, Kind::End | Kind::Semicolon),
            _ => false,
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
    pub fn columns(&mut self, table: Option<&TableName>, made: &mut Made) {
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
                self.opaque(span, OpaqueReason::Table, Some(Privilege::References), prefix);
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
