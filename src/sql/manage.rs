//! Everything else that names tables: grants, comments, locks, upkeep; and the settings of a session.

use super::Change;
use super::keywords::Key;
use super::lexer::Kind;
use super::names::Named;
use super::reader::Reader;
use crate::source::Span;
use crate::vocabulary::{Dialect, Name, Privilege, TableName};

/// Words that begin statements of some dialect that touch no table.
const HARMLESS: &[&str] = &[
    "add",
    "apply",
    "assert",
    "backup",
    "binlog",
    "change",
    "checkpoint",
    "clear",
    "continue",
    "delimiter",
    "disconnect",
    "exists",
    "exit",
    "flush",
    "get",
    "go",
    "help",
    "install",
    "iterate",
    "kill",
    "leave",
    "list",
    "listen",
    "ls",
    "notify",
    "put",
    "quit",
    "reassign",
    "reconfigure",
    "remove",
    "reset",
    "resignal",
    "restore",
    "revert",
    "rm",
    "save",
    "shutdown",
    "statistics",
    "stop",
    "system",
    "uncache",
    "uninstall",
    "unlisten",
    "unset",
    "waitfor",
    "xa",
];

/// What a GRANT may be on beside tables, where no key says so.
const OTHER_OBJECTS: &[&str] = &[
    "account",
    "catalog",
    "connection",
    "domain",
    "edition",
    "future",
    "integration",
    "keyspace",
    "keyspaces",
    "large",
    "login",
    "metastore",
    "model",
    "parameter",
    "role",
    "routine",
    "routines",
    "sequences",
    "stage",
    "system",
    "tablespace",
    "volume",
    "warehouse",
];

impl Reader<'_> {
    /// Statements that are told by their first word, and are neither queries nor definitions.
    pub fn manage(&mut self) {
        let next = self.key(self.pos + 1);
        match self.key(self.pos) {
            Key::Grant | Key::Revoke | Key::Deny => self.grant(),
            Key::Comment if matches!(next, Key::On | Key::If) => self.comment(),
            Key::Lock => self.lock(),
            Key::Vacuum => self.upkeep("vacuum"),
            Key::Analyze | Key::Analyse => self.upkeep("analyze"),
            Key::Optimize | Key::Check | Key::Repair | Key::Checksum | Key::Msck | Key::Flashback
                if self.upkeep_follows() =>
            {
                self.upkeep_of_tables();
            }
            Key::Optimize if self.dialect() == Dialect::Databricks => self.upkeep("optimize"),
            Key::Update => {
                // T-SQL's UPDATE STATISTICS.
                self.pos += 1;
                self.upkeep("update statistics");
            }
            Key::Purge if next == Key::Table => self.upkeep_of_tables(),
            Key::Purge => self.harmless(),
            Key::Cluster => self.cluster(),
            Key::Reindex => self.reindex(),
            Key::Refresh => self.refresh(),
            Key::Security => self.security_label(),
            Key::Import if next == Key::Foreign => self.import_foreign_schema(),
            // ClickHouse forgets a table for a while.
            Key::Attach | Key::Detach if matches!(next, Key::Table | Key::View) => {
                self.pos += 1;
                self.upkeep("attach");
            }
            Key::Attach | Key::Detach => self.attach(),
            Key::Cache => self.cache(),
            Key::Unload | Key::Export => self.unload(),
            Key::Handler => self.handler(),
            Key::Open => self.open_cursor(),
            Key::Fetch
            | Key::Move
            | Key::Close
            | Key::Deallocate
            | Key::Show
            | Key::Savepoint
            | Key::Release
            | Key::Discard
            | Key::Pragma
            | Key::Unlock
            | Key::Raise
            | Key::Raiserror
            | Key::Throw
            | Key::Break
            | Key::Signal
            | Key::Dbcc
            | Key::Goto => self.harmless(),
            _ => self.other_word(),
        }
    }

    /// A statement that touches no table; expressions in it may.
    pub fn harmless(&mut self) {
        let word = self.slice(self.token(self.pos)).to_ascii_lowercase();
        self.is_kind(&word);
        self.pos += 1;
        self.finish_statement();
    }

    fn other_word(&mut self) {
        let word = self.slice(self.token(self.pos)).to_ascii_lowercase();
        let next = self.key(self.pos + 1);
        if word == "summarize" {
            self.query();
            return self.finish_statement();
        }
        match word.as_str() {
            "enable" | "disable" if next == Key::Trigger => {
                self.pos += 1;
                self.on_table(&format!("{word} trigger"), true);
            }
            "apply" if next == Key::Changes => self.apply_changes(),
            "compute" | "collect" | "invalidate" | "convert" => self.statistics(&word),
            // Databricks puts an old version of a table in its place.
            "restore" if next == Key::Table => self.upkeep_of_tables(),
            "let" => self.let_variable(),
            _ if HARMLESS.contains(&word.as_str()) => self.harmless(),
            _ => self.unknown_word(),
        }
    }

    /// `COMPUTE STATS t`, `INVALIDATE METADATA t`, `COLLECT STATISTICS … ON t`, `CONVERT TO DELTA t`.
    fn statistics(&mut self, word: &str) {
        self.is_kind(word);
        self.pos += 1;
        let named = |reader: &Self, at: usize| {
            let about = reader.key(at) == Key::On
                || ["stats", "metadata", "delta"].iter().any(|known| reader.is_word(at, known));
            about && (reader.token(at + 1).is_name() || reader.token(at + 1).is_unknown())
        };
        let collected = word == "collect";
        self.expression(|reader, at| {
            named(reader, at) && (!collected || reader.key(at) == Key::On) || reader.ends_statement(at)
        });
        if !self.at_end() && named(self, self.pos) {
            self.pos += 1;
            self.target(Privilege::Alter);
        }
        self.finish_statement();
    }

    /// Databricks' `APPLY CHANGES INTO t FROM STREAM(u) …`, which merges rows.
    fn apply_changes(&mut self) {
        self.is_kind("apply changes");
        self.pos += 2;
        self.eat(Key::Into);
        if let Some(written) = self.target(Privilege::Insert) {
            self.touch(&written, Privilege::Update);
            self.touch(&written, Privilege::Delete);
        }
        if self.eat(Key::From) {
            let block = self.out.block();
            self.block = Some(block);
            self.table_of_from(&mut Vec::new());
        }
        self.finish_statement();
    }

    /// Snowflake's `LET x := value`, `LET c CURSOR FOR query`.
    fn let_variable(&mut self) {
        self.is_kind("let");
        self.pos += 1;
        self.other_part();
        self.finish_statement();
    }

    /// A statement of no known kind.
    fn unknown_word(&mut self) {
        self.is_kind("unknown");
        self.partial();
        let next = self.token(self.pos + 1);
        if next.kind == Kind::Hole && self.end - self.pos <= 2 {
            let span = Span { start: next.start, end: next.end };
            self.opaque(span, super::OpaqueReason::Statement, None, None);
        }
        if matches!(
            self.key(self.pos),
            Key::Where | Key::And | Key::Or | Key::On | Key::Group | Key::Order | Key::Having
        ) {
            // A part of a query: what it reads counts.
            self.clauses(&mut Vec::new());
            return self.finish_statement();
        }
        self.unknown_rest();
    }

    // --- GRANT

    fn grant(&mut self) {
        // T-SQL's DENY takes back what a role would have by another way.
        let revoke = !self.at(Key::Grant);
        let word = self.slice(self.token(self.pos)).to_ascii_lowercase();
        self.is_kind(&word);
        self.pos += 1;
        let from = self.pos;
        // A column may be called so, but no privilege is.
        while !self.at_end()
            && !matches!(self.key(self.pos), Key::On | Key::To)
            && self.kind(self.pos) != Kind::Semicolon
        {
            self.pos = if self.kind(self.pos) == Kind::Open { self.close_of(self.pos) } else { self.pos + 1 };
        }
        let privileges = self.privileges(from..self.pos.min(self.end));
        // What can be executed is no table.
        let routine = self.pos == from + 1 && self.key(from) == Key::Execute;
        if self.eat(Key::On) && !routine {
            self.granted(&privileges, revoke);
        }
        self.finish_statement();
    }

    fn privileges(&self, range: std::ops::Range<usize>) -> Vec<Privilege> {
        let mut found = Vec::new();
        for at in range {
            if let Some(privilege) = Privilege::from_name(self.slice(self.tokens[at]))
                && !found.contains(&privilege)
            {
                found.push(privilege);
            }
        }
        found
    }

    fn granted(&mut self, privileges: &[Privilege], revoke: bool) {
        if self.eat_all(&[Key::All, Key::Tables]) {
            self.eat_all(&[Key::In, Key::Schema]);
            return self.granted_schemas(privileges, revoke);
        }
        if self.eat(Key::Schema) || self.eat(Key::Database) {
            return self.granted_schemas(privileges, revoke);
        }
        if self.is_granted_on_other() {
            return;
        }
        if !self.eat(Key::Table) {
            self.eat(Key::View);
        }
        if !self.eat_class() {
            return;
        }
        if self.is_sign(self.pos, "*") {
            return;
        }
        let mut tables: Vec<(Span, TableName)> = Vec::new();
        let mut schemas: Vec<(Span, Name)> = Vec::new();
        loop {
            let token = self.token(self.pos);
            let span = Span { start: token.start, end: token.end };
            if token.is_name() && self.kind(self.pos + 1) == Kind::Dot && self.is_sign(self.pos + 2, "*") {
                let name = self.fold(&self.part(token));
                schemas.push((span, name));
                self.pos += 3;
            } else if let Some(written) = self.target(Privilege::Alter) {
                tables.push((written.span, written.table));
            }
            self.skip_parentheses();
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        let to = self.grantees();
        for (span, table) in tables {
            let change = Change::Grant { table, privileges: privileges.to_vec(), to: to.clone(), revoke };
            self.define(span, change);
        }
        self.define_schemas(schemas, privileges, &to, revoke);
    }

    /// Whether what stands here is no table, and no table that is called so.
    fn is_granted_on_other(&self) -> bool {
        let other = matches!(
            self.key(self.pos),
            Key::All
                | Key::Function
                | Key::Procedure
                | Key::Sequence
                | Key::Type
                | Key::Language
                | Key::Foreign
                | Key::Server
                | Key::Package
                | Key::Directory
                | Key::Stream
                | Key::Task
                | Key::Pipe
                | Key::User
                | Key::Cluster
                | Key::External
        );
        let word = OTHER_OBJECTS.iter().any(|word| self.is_word(self.pos, word));
        let named_so = matches!(self.kind(self.pos + 1), Kind::Dot | Kind::Comma)
            || matches!(self.key(self.pos + 1), Key::To | Key::From);
        (other || word) && !named_so
    }

    /// T-SQL's `OBJECT::` before a name; `false` where another class stands there, which is no table's.
    pub fn eat_class(&mut self) -> bool {
        let class = (self.pos..self.pos + 5).find(|&at| self.is_sign(at, "::"));
        let object = class.is_none() || self.is_word(self.pos, "object");
        if let (Some(at), true) = (class, object) {
            self.pos = at + 1;
        }
        object
    }

    fn granted_schemas(&mut self, privileges: &[Privilege], revoke: bool) {
        let mut schemas = Vec::new();
        loop {
            if self.is_sign(self.pos, "::") {
                self.pos += 1;
            }
            let token = self.token(self.pos);
            let Some(name) = self.schema_name() else { break };
            schemas.push((Span { start: token.start, end: token.end }, name));
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        let to = self.grantees();
        self.define_schemas(schemas, privileges, &to, revoke);
    }

    fn define_schemas(&mut self, schemas: Vec<(Span, Name)>, privileges: &[Privilege], to: &[Name], revoke: bool) {
        for (span, schema) in schemas {
            let change = Change::GrantSchema { schema, privileges: privileges.to_vec(), to: to.to_vec(), revoke };
            self.define(span, change);
        }
    }

    /// The roles after TO or FROM.
    fn grantees(&mut self) -> Vec<Name> {
        let mut roles = Vec::new();
        if !(self.eat(Key::To) || self.eat(Key::From)) {
            return roles;
        }
        loop {
            if matches!(self.key(self.pos), Key::Group | Key::User) && self.token(self.pos + 1).is_name()
                || self.is_word(self.pos, "role")
            {
                self.pos += 1;
            }
            let Some(role) = self.take_name() else { break };
            // Each table keeps the list: a longer one is no real grant.
            if roles.len() < 100 {
                roles.push(role);
            }
            if self.kind(self.pos) == Kind::Variable {
                // MySQL's host.
                self.pos += 1;
            }
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        roles
    }

    // --- COMMENT, SECURITY LABEL

    fn comment(&mut self) {
        self.is_kind("comment");
        self.pos += 1;
        self.eat_if_exists();
        self.pos += 1;
        let table = self.commented();
        if self.eat(Key::Is) && self.kind(self.pos) == Kind::Text {
            let text = self.slice(self.token(self.pos));
            let text = text.trim_start_matches(['N', 'n', 'E', 'e']).trim_matches('\'').replace("''", "'");
            if let Some((span, table)) = table {
                self.define(span, Change::Comment { table, text });
            }
        }
        self.finish_statement();
    }

    /// Reads what a COMMENT or label is on. The table, where it is a whole one.
    fn commented(&mut self) -> Option<(Span, TableName)> {
        self.eat_table_words();
        self.eat_if_exists();
        match self.key(self.pos) {
            Key::Table | Key::View => {
                self.pos += 1;
                let written = self.target(Privilege::Alter)?;
                Some((written.span, written.table))
            }
            Key::Column => {
                self.pos += 1;
                self.column_of_table();
                None
            }
            Key::Constraint | Key::Trigger | Key::Policy | Key::Rule => {
                self.pos += 1;
                let _ = self.name();
                if self.eat(Key::On) && !self.is_word(self.pos, "domain") {
                    self.target(Privilege::Alter);
                }
                None
            }
            _ => None,
        }
    }

    /// `schema.table.column`: the table is all but the last part.
    fn column_of_table(&mut self) {
        let Named::Table(mut written) = self.name() else { return };
        let Some(table) = written.table.qualifiers.pop() else { return };
        written.table.name = table;
        // The name ends before the last dot.
        let last = self.tokens[..self.pos].iter().rposition(|token| token.kind == Kind::Dot);
        if let Some(dot) = last {
            written.span.end = self.tokens[dot].start.max(written.span.start);
        }
        self.touch(&written, Privilege::Alter);
    }

    fn security_label(&mut self) {
        self.is_kind("security label");
        self.expression(|reader, at| reader.key(at) == Key::On || reader.ends_statement(at));
        if self.eat(Key::On) {
            let _ = self.commented();
        }
        self.finish_statement();
    }

    // --- LOCK

    /// `LOCK [TABLE] a, b IN … MODE`, MySQL's `LOCK TABLES a READ, b AS c WRITE`.
    fn lock(&mut self) {
        self.is_kind("lock table");
        self.pos += 1;
        if !self.eat(Key::Table) && !self.eat(Key::Tables) && !self.token(self.pos).is_name() {
            return self.finish_statement();
        }
        if self.is_word(self.pos, "instance") {
            return self.finish_statement();
        }
        loop {
            if self.at(Key::Only) && self.token(self.pos + 1).is_name() {
                self.pos += 1;
            }
            self.target(Privilege::Update);
            while !self.at_end()
                && self.kind(self.pos) != Kind::Comma
                && self.kind(self.pos) != Kind::Semicolon
                && !self.at(Key::In)
            {
                self.pos += 1;
            }
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        self.finish_statement();
    }

    // --- Upkeep

    fn upkeep_follows(&self) -> bool {
        (self.pos + 1..self.pos + 6).any(|at| matches!(self.key(at), Key::Table | Key::Tables))
    }

    /// Goes to TABLE and reads the tables after it.
    fn upkeep_of_tables(&mut self) {
        let word = self.slice(self.token(self.pos)).to_ascii_lowercase();
        let privilege = if self.at(Key::Purge) { Privilege::Drop } else { Privilege::Alter };
        self.is_kind(&word);
        self.expression(|reader, at| matches!(reader.key(at), Key::Table | Key::Tables) || reader.ends_statement(at));
        self.pos += 1;
        self.targets(privilege);
        self.finish_statement();
    }

    /// `VACUUM [(options)] [FULL …] [table [(columns)], …]`, ANALYZE.
    fn upkeep(&mut self, kind: &str) {
        self.is_kind(kind);
        self.pos += 1;
        if self.kind(self.pos) == Kind::Open {
            self.skip_parentheses();
        }
        // SQLite's VACUUM names a schema.
        if self.is_upkeep_of_other() || kind == "vacuum" && self.dialect() == Dialect::Sqlite {
            return self.finish_statement();
        }
        if self.upkeep_words() {
            self.targets(Privilege::Alter);
        }
        self.finish_statement();
    }

    /// Whether an index, a cluster or all of a database is looked after: no table is named then.
    fn is_upkeep_of_other(&self) -> bool {
        let next = self.token(self.pos + 1);
        match self.key(self.pos) {
            Key::Index | Key::Cluster | Key::Database | Key::Schema => next.is_name(),
            Key::Tables => {
                matches!(next.key, Key::From | Key::In) || self.is_word(self.pos + 1, "compute") || !next.is_name()
            }
            _ => false,
        }
    }

    /// Goes past options; `true` where a table follows.
    fn upkeep_words(&mut self) -> bool {
        const OPTIONS: &[&str] = &[
            "freeze",
            "verbose",
            "no_write_to_binlog",
            "sort",
            "boost",
            "reindex",
            "threshold",
            "compression",
            "skip_locked",
            "buffer_usage_limit",
        ];
        loop {
            let option = matches!(
                self.key(self.pos),
                Key::Full
                    | Key::Analyze
                    | Key::Analyse
                    | Key::Local
                    | Key::Table
                    | Key::Tables
                    | Key::Only
                    | Key::Sort
                    | Key::Delete
                    | Key::Reindex
            ) || self.at(Key::Sample) && self.key(self.pos + 1) == Key::Table
                || OPTIONS.iter().any(|word| self.is_word(self.pos, word));
            if !option {
                break;
            }
            self.pos += 1;
            self.pos += usize::from(self.kind(self.pos) == Kind::Number);
        }
        self.token(self.pos).is_name() && !self.at(Key::Into) || self.token(self.pos).is_unknown()
    }

    /// `CLUSTER table [USING index]`, `CLUSTER index ON table`.
    fn cluster(&mut self) {
        self.is_kind("cluster");
        self.pos += 1;
        self.skip_parentheses();
        self.eat_word("verbose");
        if self.token(self.pos).is_name() {
            let start = self.pos;
            let _ = self.name();
            if !self.eat(Key::On) {
                self.pos = start;
            }
            self.target(Privilege::Alter);
        }
        self.finish_statement();
    }

    fn reindex(&mut self) {
        self.is_kind("reindex");
        self.pos += 1;
        self.skip_parentheses();
        let object = self.key(self.pos);
        if matches!(object, Key::Index | Key::Schema | Key::Database) || self.is_word(self.pos, "system") {
            return self.finish_statement();
        }
        let table = self.eat(Key::Table);
        self.eat(Key::Concurrently);
        if self.token(self.pos).is_name() && (table || self.dialect() == Dialect::Sqlite) {
            self.target(Privilege::Alter);
        }
        self.finish_statement();
    }

    /// `REFRESH MATERIALIZED VIEW [CONCURRENTLY] v`, `REFRESH TABLE t`.
    fn refresh(&mut self) {
        self.is_kind("refresh");
        self.pos += 1;
        self.eat(Key::Materialized);
        self.eat_word("dynamic");
        self.eat_word("streaming");
        if self.eat(Key::View) || self.eat(Key::Table) {
            self.eat(Key::Concurrently);
            self.target(Privilege::Alter);
        }
        self.finish_statement();
    }

    /// `CACHE [LAZY] TABLE t [AS query]`.
    fn cache(&mut self) {
        self.is_kind("cache");
        self.expression(|reader, at| reader.key(at) == Key::Table || reader.ends_statement(at));
        if self.eat(Key::Table) {
            let named = (self.pos..self.end).any(|at| self.key(at) == Key::Select);
            if named {
                let _ = self.name();
                self.expression(|reader, at| reader.key(at) == Key::Select);
                self.query();
            } else {
                self.read_table();
            }
        }
        self.finish_statement();
    }

    /// `UNLOAD ('query') TO …`, `EXPORT DATA … AS query`, `EXPORT TABLE t`.
    fn unload(&mut self) {
        let word = self.slice(self.token(self.pos)).to_ascii_lowercase();
        self.is_kind(&word);
        self.pos += 1;
        if self.kind(self.pos) == Kind::Open && self.kind(self.pos + 1) == Kind::Text {
            let from = self.pos + 1;
            self.pos = self.close_of(self.pos);
            self.dynamic(from..from + 1);
        } else if self.eat(Key::Table) {
            self.read_table();
        } else {
            self.expression(|reader, at| {
                reader.key(at) == Key::As && reader.query_follows(at + 1) || reader.ends_statement(at)
            });
            if self.eat(Key::As) {
                self.query();
            }
        }
        self.finish_statement();
    }

    /// MySQL's `HANDLER t OPEN | READ | CLOSE`.
    fn handler(&mut self) {
        self.is_kind("handler");
        self.pos += 1;
        self.read_table();
        self.finish_statement();
    }
}
