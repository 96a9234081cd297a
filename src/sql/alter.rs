//! ALTER, DROP, RENAME: what becomes of tables that are there.

use super::keywords::Key;
use super::lexer::Kind;
use super::names::{Named, Written};
use super::reader::Reader;
use super::{Change, OpaqueReason, TableKind};
use crate::vocabulary::{Dialect, Name, Privilege, TableName};

impl Reader<'_> {
    pub fn alter(&mut self) {
        self.pos += 1;
        while !self.at_end()
            && (matches!(self.key(self.pos), Key::Materialized | Key::Foreign | Key::External) || self.is_definer())
        {
            self.pos += 1;
        }
        self.eat_table_words();
        match self.key(self.pos) {
            Key::Table => self.alter_table(),
            Key::View => self.alter_view(),
            Key::Index => self.on_table("alter index", false),
            Key::Trigger if self.alters_body() => self.create_trigger(),
            Key::Trigger => self.on_table("alter trigger", true),
            Key::Policy if self.key_before(self.pos) == Key::Security => self.security_policy("alter policy"),
            Key::Policy => self.on_table("alter policy", true),
            Key::Rule => self.on_table("alter rule", true),
            Key::Procedure | Key::Proc | Key::Function | Key::Event | Key::Package if self.alters_body() => {
                self.routine_definition();
            }
            Key::Publication => self.publication("alter publication"),
            Key::Schema => self.alter_schema(),
            Key::Session => self.alter_session(),
            Key::User | Key::Database => self.alter_role(),
            Key::Extension => self.alter_extension(),
            _ if self.is_word(self.pos, "role") => self.alter_role(),
            Key::Authorization => self.alter_authorization(),
            _ => {
                let word = self.slice(self.token(self.pos)).to_ascii_lowercase();
                self.is_kind(&format!("alter {word}"));
                self.pos = self.end.min(self.pos + 1);
                self.finish_statement();
            }
        }
    }

    /// Words before TABLE, VIEW and INDEX that say what kind of one it is: `DYNAMIC TABLE`, `FULLTEXT INDEX`,
    /// `SECURITY POLICY`.
    pub fn eat_table_words(&mut self) {
        const WORDS: &[&str] =
            &["dynamic", "event", "fulltext", "hybrid", "iceberg", "live", "search", "snapshot", "transient", "vector"];
        loop {
            let known = matches!(
                self.key(self.pos),
                Key::Materialized
                    | Key::Foreign
                    | Key::External
                    | Key::Temporary
                    | Key::Temp
                    | Key::Unique
                    | Key::Global
                    | Key::Security
            ) || ["public", "streaming"].iter().any(|word| self.is_word(self.pos, word))
                || WORDS.iter().any(|word| self.is_word(self.pos, word));
            let table = matches!(
                self.key(self.pos + 1),
                Key::Table
                    | Key::View
                    | Key::Index
                    | Key::Policy
                    | Key::Materialized
                    | Key::Synonym
                    | Key::Function
                    | Key::Macro
            );
            if !known || !table && !self.is_word(self.pos + 1, "temporary") {
                return;
            }
            self.pos += 1;
        }
    }

    /// T-SQL's `ALTER AUTHORIZATION ON OBJECT::t TO role`; all that is no object is no table.
    fn alter_authorization(&mut self) {
        self.is_kind("alter authorization");
        self.pos += 1;
        self.eat(Key::On);
        if !self.eat_class() {
            return self.finish_statement();
        }
        let written = self.target(Privilege::Alter);
        if self.eat(Key::To)
            && let (Some(written), Some(role)) = (written, self.take_name())
        {
            self.define(written.span, Change::Owner { table: written.table, role });
        }
        self.finish_statement();
    }

    /// Words of MySQL's `ALTER ALGORITHM = … DEFINER = … VIEW`.
    fn is_definer(&self) -> bool {
        let sign = |at: usize| self.kind(at) == Kind::Symbol || self.kind(at) == Kind::Variable;
        matches!(self.key(self.pos), Key::Algorithm | Key::Definer | Key::Security)
            || sign(self.pos)
            || self.pos > 1 && sign(self.pos - 1)
            || self.is_word(self.pos, "online")
            || self.is_word(self.pos, "sql")
            || self.key_before(self.pos) == Key::Security
    }

    /// Whether the routine is given a new body, as in T-SQL.
    fn alters_body(&self) -> bool {
        (self.pos..self.end).any(|at| matches!(self.key(at), Key::Begin | Key::Do))
            || self.dialect() == Dialect::Mssql && (self.pos..self.end).any(|at| self.key(at) == Key::As)
    }

    fn alter_table(&mut self) {
        self.is_kind("alter table");
        self.pos += 1;
        if self.at(Key::All) {
            return self.finish_statement();
        }
        self.eat_if_exists();
        if self.at(Key::Only) && self.token(self.pos + 1).is_name() {
            self.pos += 1;
        }
        self.eat_if_exists();
        match self.name() {
            Named::Table(written) => {
                let temporary = self.is_temporary(&written);
                self.touch(&written, self.alter_privilege());
                if !temporary {
                    return self.alter_actions(Some(&written));
                }
            }
            Named::Opaque { span, prefix } => self.opaque(span, OpaqueReason::Table, Some(Privilege::Alter), prefix),
            Named::Nothing => {}
            Named::Missing => self.partial(),
        }
        self.alter_actions(None);
    }

    /// What the action here needs. ClickHouse changes rows by ALTER TABLE.
    fn alter_privilege(&self) -> Privilege {
        let mut at = self.pos;
        if self.dialect() == Dialect::Clickhouse && self.key(at) == Key::On {
            // `ON CLUSTER name`.
            at += 3;
        }
        let rows = || (at + 1..self.end.min(at + 5_000)).any(|at| self.key(at) == Key::Where);
        match self.key(at) {
            Key::Delete if rows() => Privilege::Delete,
            Key::Update if rows() => Privilege::Update,
            _ => Privilege::Alter,
        }
    }

    /// The actions of an ALTER TABLE that are about other tables or about names.
    fn alter_actions(&mut self, written: Option<&Written>) {
        loop {
            self.expression(|reader, at| {
                matches!(
                    reader.key(at),
                    Key::Rename
                        | Key::Set
                        | Key::Attach
                        | Key::Detach
                        | Key::Inherit
                        | Key::References
                        | Key::Owner
                        | Key::Swap
                        | Key::Exchange
                        | Key::Switch
                        | Key::Move
                        | Key::From
                ) || reader.ends_statement(at)
            });
            if self.at_end() || self.ends_statement(self.pos) {
                return;
            }
            let before = self.pos;
            self.alter_action(written);
            self.pos = self.pos.max(before + 1);
        }
    }

    fn alter_action(&mut self, written: Option<&Written>) {
        let next = self.key(self.pos + 1);
        match self.key(self.pos) {
            Key::References => self.references(written.map(|written| &written.table)),
            Key::Rename => self.rename_action(written),
            Key::Set if next == Key::Schema => {
                self.pos += 2;
                if let (Some(written), Some(schema)) = (written, self.take_name()) {
                    self.define(written.span, Change::SetSchema { table: written.table.clone(), schema });
                }
            }
            Key::Owner if next == Key::To => {
                self.pos += 2;
                if let (Some(written), Some(role)) = (written, self.take_name()) {
                    self.define(written.span, Change::Owner { table: written.table.clone(), role });
                }
            }
            Key::Attach | Key::Detach if next == Key::Partition => {
                let attach = self.at(Key::Attach);
                self.pos += 2;
                self.partition(written, attach);
            }
            Key::Inherit => {
                let no = self.key_before(self.pos) == Key::No;
                self.pos += 1;
                self.inherit(written, no);
            }
            Key::Swap if next == Key::With => {
                self.pos += 2;
                self.other(written, Privilege::Alter, |one, other| Change::Swap { one, other });
            }
            Key::Exchange | Key::Switch | Key::Move => self.exchange_partition(written),
            Key::From if self.is_word(self.pos - 1, "append") => self.append_from(written),
            // ClickHouse's `REPLACE PARTITION p FROM other`.
            Key::From if self.dialect() == Dialect::Clickhouse => {
                self.pos += 1;
                self.target(Privilege::Select);
            }
            _ => {}
        }
    }

    /// Redshift's `APPEND FROM other`, which moves the rows.
    fn append_from(&mut self, written: Option<&Written>) {
        self.pos += 1;
        if let Some(other) = self.target(Privilege::Select) {
            self.touch(&other, Privilege::Delete);
        }
        if let Some(written) = written {
            self.touch(written, Privilege::Insert);
        }
    }

    /// Reads the other table of an action, and notes what happens to both.
    fn other(
        &mut self,
        written: Option<&Written>,
        privilege: Privilege,
        change: impl FnOnce(TableName, TableName) -> Change,
    ) {
        let other = self.target(privilege);
        if let (Some(written), Some(other)) = (written, other) {
            self.define(other.span, change(written.table.clone(), other.table));
        }
    }

    fn partition(&mut self, written: Option<&Written>, attach: bool) {
        // ClickHouse and Hive name partitions by value.
        if !self.token(self.pos).is_name() || matches!(self.dialect(), Dialect::Clickhouse | Dialect::Hive) {
            return;
        }
        if attach {
            self.other(written, Privilege::Alter, |parent, partition| Change::AttachPartition { parent, partition });
        } else {
            self.other(written, Privilege::Alter, |parent, partition| Change::DetachPartition { parent, partition });
        }
    }

    fn inherit(&mut self, written: Option<&Written>, no: bool) {
        // `CHECK (…) NO INHERIT NOT VALID` is about a constraint.
        if !self.token(self.pos).is_name() || self.key(self.pos) == Key::Not {
            return;
        }
        if no {
            self.other(written, Privilege::Alter, |table, parent| Change::NoInherit { table, parent });
        } else {
            self.other(written, Privilege::Alter, |table, parent| Change::Inherit { table, parent });
        }
    }

    /// `EXCHANGE PARTITION p WITH TABLE t`, `SWITCH [PARTITION n] TO t`, `MOVE PARTITION p TO TABLE t`.
    fn exchange_partition(&mut self, written: Option<&Written>) {
        let switch = self.at(Key::Switch);
        self.pos += 1;
        self.expression(|reader, at| matches!(reader.key(at), Key::Table | Key::To) || reader.ends_statement(at));
        let to = self.eat(Key::To);
        let table = self.eat(Key::Table);
        if table || to && switch {
            self.other(written, Privilege::Alter, |one, other| Change::Swap { one, other });
        }
    }

    /// `RENAME TO new`; a renamed column, index or constraint is no matter.
    fn rename_action(&mut self, written: Option<&Written>) {
        self.pos += 1;
        if !matches!(self.key(self.pos), Key::To | Key::As) && !self.is_sign(self.pos, "=") {
            let new = self.token(self.pos).is_name()
                && !matches!(
                    self.key(self.pos),
                    Key::Column | Key::Constraint | Key::Index | Key::Key | Key::Partition
                )
                && self.key(self.pos + 1) != Key::To
                && self.kind(self.pos + 1) != Kind::Dot;
            if !new {
                while !self.at_end() && self.kind(self.pos) != Kind::Comma && self.kind(self.pos) != Kind::Semicolon {
                    self.pos += 1;
                }
                return;
            }
        } else {
            self.pos += 1;
        }
        let Named::Table(to) = self.name() else { return };
        if let Some(written) = written {
            self.define(to.span, Change::Rename { from: written.table.clone(), to: to.table });
        }
    }

    fn alter_view(&mut self) {
        self.is_kind("alter view");
        self.pos += 1;
        if self.at(Key::All) && self.key(self.pos + 1) == Key::In {
            return self.finish_statement();
        }
        self.eat_if_exists();
        let Some(written) = self.target(Privilege::Alter) else { return self.finish_statement() };
        let query = (self.pos..self.end.min(self.pos + 5_000))
            .any(|at| self.key(at) == Key::As && self.key(at + 1) != Key::None || self.key(at) == Key::Select);
        if !query {
            return self.alter_actions(Some(&written));
        }
        let from = self.out.statement.accesses.len();
        let columns = self.view_query();
        let mut bases = Vec::new();
        self.add_bases(&mut bases, from);
        let change = Change::Create {
            table: written.table,
            kind: TableKind::View,
            bases,
            if_not_exists: false,
            replace: true,
            columns,
        };
        self.define(written.span, change);
    }

    /// What stands on a table: `… name ON table`.
    pub fn on_table(&mut self, kind: &str, always: bool) {
        self.is_kind(kind);
        self.pos += 1;
        self.eat(Key::Concurrently);
        self.eat_if_exists();
        // T-SQL's full-text index has no name.
        if !self.at(Key::On) {
            let _ = self.name();
        }
        let next = self.token(self.pos + 1);
        // T-SQL's triggers `ON ALL SERVER` and `ON DATABASE` stand on no table.
        let wide = matches!(next.key, Key::All | Key::Database);
        if self.at(Key::On) && !wide && (always || next.is_name() || next.is_unknown()) {
            self.pos += 1;
            self.target(Privilege::Alter);
        }
        self.finish_statement();
    }

    /// T-SQL's `SECURITY POLICY p ADD FILTER PREDICATE f(x) ON t, …`.
    pub fn security_policy(&mut self, kind: &str) {
        self.is_kind(kind);
        loop {
            self.expression(|reader, at| reader.key(at) == Key::On || reader.ends_statement(at));
            if !self.at(Key::On) {
                return;
            }
            self.pos += 1;
            // `WITH (STATE = ON)` names none.
            if self.token(self.pos).is_name() || self.token(self.pos).is_unknown() {
                self.target(Privilege::Alter);
            }
        }
    }

    /// `ALTER SCHEMA a RENAME TO b`, T-SQL's `ALTER SCHEMA a TRANSFER b.table`.
    fn alter_schema(&mut self) {
        self.is_kind("alter schema");
        self.pos += 1;
        let from_token = self.token(self.pos);
        let Some(schema) = self.schema_name() else { return self.finish_statement() };
        let span = crate::source::Span { start: from_token.start, end: from_token.end };
        if self.eat(Key::Transfer) {
            if self.is_sign(self.pos + 1, "::") {
                self.pos += 2;
            }
            if let Some(written) = self.target(Privilege::Alter) {
                self.define(written.span, Change::SetSchema { table: written.table, schema });
            }
        } else if self.eat_all(&[Key::Rename, Key::To])
            && let Some(to) = self.take_name()
        {
            self.define(span, Change::RenameSchema { from: schema, to });
        }
        self.finish_statement();
    }

    /// Oracle's `ALTER SESSION SET CURRENT_SCHEMA = s`.
    fn alter_session(&mut self) {
        self.is_kind("alter session");
        self.pos += 1;
        if self.eat(Key::Set) && self.eat_word("current_schema") {
            self.pos += usize::from(self.is_sign(self.pos, "="));
            let token = self.token(self.pos);
            if let Some(schema) = self.take_name() {
                let span = crate::source::Span { start: token.start, end: token.end };
                self.define(span, Change::SearchPath(vec![schema]));
            }
        }
        self.finish_statement();
    }

    /// `ALTER ROLE r SET search_path TO a, b`.
    fn alter_role(&mut self) {
        let word = self.slice(self.token(self.pos)).to_ascii_lowercase();
        self.is_kind(&format!("alter {word}"));
        self.expression(|reader, at| reader.key(at) == Key::Set || reader.ends_statement(at));
        if self.at(Key::Set) {
            self.set();
        }
        self.finish_statement();
    }

    /// `ALTER EXTENSION e ADD TABLE t`.
    fn alter_extension(&mut self) {
        self.is_kind("alter extension");
        self.expression(|reader, at| matches!(reader.key(at), Key::Table | Key::View) || reader.ends_statement(at));
        if self.eat(Key::Table) || self.eat(Key::View) {
            self.target(Privilege::Alter);
        }
        self.finish_statement();
    }

    // --- DROP

    /// DROP and UNDROP.
    pub fn drop_objects(&mut self) {
        let undrop = self.at(Key::Undrop);
        self.pos += 1;
        if matches!(self.key(self.pos), Key::Temp | Key::Temporary) {
            // MySQL's: whatever the name, no table of a service goes.
            self.is_kind("drop table");
            return self.finish_statement();
        }
        self.eat_table_words();
        match self.key(self.pos) {
            Key::Table if self.key(self.pos + 1) == Key::Function => {
                self.pos += 1;
                self.drop_routines();
            }
            Key::Table | Key::View | Key::Synonym | Key::Alias => self.drop_tables(undrop),
            Key::Index => self.drop_index(),
            Key::Trigger => self.on_table("drop trigger", true),
            Key::Policy => self.on_table("drop policy", true),
            Key::Rule => self.on_table("drop rule", true),
            Key::Function | Key::Procedure | Key::Proc => self.drop_routines(),
            Key::Schema => self.drop_schemas(),
            _ => {
                let word = self.slice(self.token(self.pos)).to_ascii_lowercase();
                self.is_kind(&format!("drop {word}"));
                self.pos = self.end.min(self.pos + 1);
                self.finish_statement();
            }
        }
    }

    fn drop_tables(&mut self, undrop: bool) {
        let object = self.slice(self.token(self.pos)).to_ascii_lowercase();
        self.is_kind(&format!("{} {object}", if undrop { "undrop" } else { "drop" }));
        self.pos += 1;
        let if_exists = self.eat_if_exists();
        loop {
            self.drop_one(if_exists, undrop);
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        self.finish_statement();
    }

    fn drop_one(&mut self, if_exists: bool, undrop: bool) {
        match self.name() {
            Named::Table(written) => {
                if self.is_temporary(&written) {
                    let folded = self.fold(&written.table.name);
                    self.shared.temporary.remove(&folded);
                    return;
                }
                self.touch(&written, if undrop { Privilege::Create } else { Privilege::Drop });
                if !undrop {
                    self.define(written.span, Change::Drop { table: written.table, if_exists });
                }
            }
            Named::Opaque { span, prefix } => self.opaque(span, OpaqueReason::Table, Some(Privilege::Drop), prefix),
            Named::Nothing => {}
            Named::Missing => self.partial(),
        }
    }

    fn drop_index(&mut self) {
        self.is_kind("drop index");
        self.pos += 1;
        self.eat(Key::Concurrently);
        self.eat_if_exists();
        loop {
            if !self.at(Key::On) {
                let _ = self.name();
            }
            if self.eat(Key::On) {
                self.target(Privilege::Alter);
            }
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        self.finish_statement();
    }

    fn drop_routines(&mut self) {
        self.is_kind("drop routine");
        self.pos += 1;
        self.eat_if_exists();
        loop {
            if let Named::Table(written) = self.name() {
                self.define(written.span, Change::DropRoutine { name: written.table });
            }
            self.skip_parentheses();
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        self.finish_statement();
    }

    fn drop_schemas(&mut self) {
        self.is_kind("drop schema");
        self.pos += 1;
        self.eat_if_exists();
        loop {
            let token = self.token(self.pos);
            if let Some(name) = self.schema_name() {
                let span = crate::source::Span { start: token.start, end: token.end };
                self.define(span, Change::DropSchema { name });
            }
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        self.finish_statement();
    }

    // --- RENAME, EXCHANGE

    /// `RENAME TABLE a TO b, c TO d`; Oracle's `RENAME a TO b`.
    pub fn rename(&mut self) {
        self.is_kind("rename table");
        self.pos += 1;
        if matches!(self.key(self.pos), Key::User | Key::Database | Key::Schema)
            && self.token(self.pos + 1).is_name()
            && self.key(self.pos + 1) != Key::To
        {
            return self.finish_statement();
        }
        if !self.eat(Key::Table) {
            self.eat(Key::Tables);
        }
        self.eat_if_exists();
        loop {
            let from = self.target(Privilege::Alter);
            if !self.eat(Key::To) {
                break;
            }
            if let (Named::Table(to), Some(from)) = (self.name(), from) {
                self.define(to.span, Change::Rename { from: from.table, to: to.table });
            }
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        self.finish_statement();
    }

    /// ClickHouse's `EXCHANGE TABLES a AND b`.
    pub fn exchange(&mut self) {
        self.is_kind("exchange tables");
        self.pos += 1;
        if self.eat(Key::Tables) || self.eat(Key::Table) {
            let one = self.target(Privilege::Alter);
            if self.eat(Key::And) {
                self.other(one.as_ref(), Privilege::Alter, |one, other| Change::Swap { one, other });
            }
        }
        self.finish_statement();
    }

    /// T-SQL's `EXEC sp_rename 'a', 'b'`.
    pub fn renamed_by_procedure(&mut self) {
        let old = self.token(self.pos);
        let new = self.token(self.pos + 2);
        if old.kind != Kind::Text || new.kind != Kind::Text || self.kind(self.pos + 3) == Kind::Comma {
            // The third argument says that it is a column or an index.
            return;
        }
        let inner = |text: &str| -> Name { text.trim_start_matches(['N', 'n']).trim_matches('\'').into() };
        let (Some(from), Some(to)) =
            (TableName::parse(&inner(self.slice(old))), TableName::parse(&inner(self.slice(new))))
        else {
            return;
        };
        let text = self.slice(old);
        let start = old.start + if text.starts_with('\'') { 1 } else { 2 };
        let span = crate::source::Span { start, end: old.end.saturating_sub(1).max(start) };
        let written = Written { table: from.clone(), span, partial: false };
        self.touch(&written, Privilege::Alter);
        self.define(span, Change::Rename { from, to });
    }
}
