//! Names of tables as they are written: parts with and without quotes, holes in them, templates that
//! stand for them; and which names are no tables at all.

use smol_str::SmolStr;

use super::HOLE;
use super::lexer::{Kind, Token, unquoted};
use super::reader::Reader;
use crate::source::Span;
use crate::vocabulary::{Dialect, Name, Part, TableName};

/// What stands where a name is expected.
#[derive(Debug)]
pub(super) enum Named {
    /// A name.
    Table(Written),
    /// A name that cannot be known.
    Opaque {
        /// Where.
        span: Span,
        /// What is known of its beginning.
        prefix: Option<Name>,
    },
    /// What is no table: a variable, a file, a stage, the template of the model itself.
    Nothing,
    /// No name stands here; nothing was read.
    Missing,
}

/// A name that was read.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub table: TableName,
    /// Bytes of the reader's own text.
    pub span: Span,
    /// Whether a qualifier is not known.
    pub partial: bool,
}

impl Written {
    /// The name, if it has no qualifiers, known or not.
    pub fn bare(&self) -> Option<&Part> {
        (self.table.qualifiers.is_empty() && !self.partial).then_some(&self.table.name)
    }
}

/// One part of a name.
enum Piece {
    Known(Part),
    Unknown { prefix: Option<Name> },
    Whole(TableName, Span),
    Nothing,
}

impl Reader<'_> {
    /// Reads the name that stands here.
    pub(super) fn name(&mut self) -> Named {
        while self.dialect() == Dialect::Mssql && self.kind(self.pos) == Kind::Dot {
            // `..t`: the database and schema of the connection.
            self.pos += 1;
        }
        let first = self.token(self.pos);
        if first.kind == Kind::Number && !self.slice(first).contains(char::is_alphabetic) {
            return Named::Missing;
        }
        let duckdb = self.dialect() == Dialect::Duckdb && self.is_word(self.pos, "query_table");
        if (duckdb || self.is_word(self.pos, "identifier")) && self.kind(self.pos + 1) == Kind::Open {
            return self.identifier();
        }
        let start = self.pos;
        let mut qualifiers: Vec<Part> = Vec::new();
        let mut partial = false;
        loop {
            let before = self.pos;
            let Some(mut piece) = self.piece(before == start) else {
                return self.without_name(start, qualifiers, partial);
            };
            self.link_of(&mut piece);
            let end = self.tokens[self.pos - 1].end;
            let span = Span { start: first.start, end };
            let more = self.kind(self.pos) == Kind::Dot && self.part_follows(self.pos + 1);
            match piece {
                Piece::Nothing => {
                    self.skip_path();
                    return Named::Nothing;
                }
                Piece::Whole(table, span) => return Named::Table(Written { table, span, partial }),
                Piece::Known(part) if !more && self.is_file(&qualifiers, &part) => return Named::Nothing,
                Piece::Known(part) if !more => {
                    let (length, quoted) = (part.text.len(), part.quoted);
                    let table = self.finish(qualifiers, part);
                    // What was taken off the name is no part of its place.
                    let cut = if quoted { 0 } else { length.saturating_sub(table.name.text.len()) };
                    let end = self.tokens[self.pos - 1].end - Span::new(0, cut).end;
                    return Named::Table(Written { table, span: Span { end, ..span }, partial });
                }
                Piece::Known(part) => qualifiers.push(part),
                Piece::Unknown { prefix } if !more => return Named::Opaque { span, prefix },
                Piece::Unknown { .. } => {
                    qualifiers.clear();
                    partial = true;
                }
            }
            while self.kind(self.pos) == Kind::Dot {
                self.pos += 1;
            }
        }
    }

    /// The domain of Oracle's link belongs to it: `orders@sales.world`.
    fn link_of(&mut self, piece: &mut Piece) {
        let oracle = matches!(self.dialect(), Dialect::Oracle | Dialect::Generic);
        let Piece::Known(part) = piece else { return };
        if !oracle || part.quoted || !part.text.contains('@') {
            return;
        }
        while self.kind(self.pos) == Kind::Dot && self.token(self.pos + 1).kind == Kind::Word {
            part.text = format!("{}.{}", part.text, self.slice(self.token(self.pos + 1))).into();
            self.pos += 2;
        }
    }

    /// `IDENTIFIER('name')` of Snowflake and Databricks, `query_table('name')` of DuckDB: known where it holds one literal.
    fn identifier(&mut self) -> Named {
        let token = self.token(self.pos + 2);
        let alone = token.kind == Kind::Text && self.kind(self.pos + 3) == Kind::Close;
        let inner = self.slice(token).strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
        let table = inner.filter(|_| alone && hole_in(self.slice(token)).is_none()).and_then(TableName::parse);
        let whole = Span { start: self.tokens[self.pos].start, end: token.end.min(self.tokens[self.end - 1].end) };
        self.pos += 1;
        self.skip_parentheses();
        match table {
            Some(table) => {
                let span = Span { start: token.start + 1, end: token.end.saturating_sub(1) };
                Named::Table(Written { table, span, partial: false })
            }
            None => Named::Opaque { span: whole, prefix: None },
        }
    }

    /// Spark's `` parquet.`/path/of/files` ``.
    fn is_file(&self, qualifiers: &[Part], part: &Part) -> bool {
        if part.quoted && part.text.contains("://") {
            return true;
        }
        let spark = matches!(self.dialect(), Dialect::Databricks | Dialect::Hive | Dialect::Generic);
        spark && qualifiers.len() == 1 && part.quoted && (part.text.contains('/') || part.text.contains(':'))
    }

    /// What to make of a name that breaks off after `qualifiers`.
    fn without_name(&mut self, start: usize, mut qualifiers: Vec<Part>, partial: bool) -> Named {
        let Some(name) = qualifiers.pop() else {
            self.pos = start;
            return Named::Missing;
        };
        let span = Span { start: self.tokens[start].start, end: self.tokens[self.pos - 1].end };
        Named::Table(Written { table: TableName { qualifiers, name }, span, partial })
    }

    /// Whether a part of a name stands at `at`: after the dot of `t.*` none does.
    fn part_follows(&self, at: usize) -> bool {
        let token = self.token(at);
        token.is_name() || token.is_unknown() || token.kind == Kind::Dot || token.kind == Kind::Number
    }

    /// One part: tokens that touch each other.
    fn piece(&mut self, first: bool) -> Option<Piece> {
        let token = self.token(self.pos);
        match token.kind {
            Kind::Variable if first => {
                self.pos += 1;
                return Some(Piece::Nothing);
            }
            Kind::Text if first => {
                self.pos += 1;
                return Some(self.string_as_name(token));
            }
            Kind::Template if first => {
                if let Some(piece) = self.template(token) {
                    self.pos += 1;
                    return Some(piece);
                }
            }
            Kind::Word | Kind::Quoted | Kind::Number | Kind::Hole | Kind::Placeholder | Kind::Template => {}
            _ => return None,
        }
        let start = self.pos;
        self.pos += 1;
        while self.glues(self.pos) {
            self.pos += 1;
        }
        Some(self.joined(start))
    }

    /// A string where a name stands: SQLite takes it as one, DuckDB and Spark as a path.
    fn string_as_name(&self, token: Token) -> Piece {
        let text = self.slice(token).trim_matches('\'');
        let path = !matches!(self.dialect(), Dialect::Sqlite | Dialect::Generic)
            || text.is_empty()
            || !text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ' ');
        if path { Piece::Nothing } else { Piece::Known(Part { text: text.into(), quoted: true }) }
    }

    /// Whether the token at `at` touches the one before and belongs to the same part.
    fn glues(&self, at: usize) -> bool {
        let (before, token) = (self.tokens[at - 1], self.token(at));
        if before.end != token.start {
            return false;
        }
        let dash = |token: Token| token.kind == Kind::Symbol && self.slice(token) == "-";
        let dashes = self.dashed() && matches!(before.kind, Kind::Word | Kind::Number);
        match token.kind {
            Kind::Hole | Kind::Placeholder | Kind::Template => true,
            Kind::Word | Kind::Number => before.is_unknown() || self.dashed() && dash(before),
            Kind::Quoted => before.is_unknown() && before.kind != Kind::Quoted && !self.slice(token).starts_with('['),
            Kind::Variable => before.kind == Kind::Word && self.dialect() != Dialect::Mysql,
            Kind::Symbol => {
                dashes && dash(token) && {
                    let next = self.token(at + 1);
                    matches!(next.kind, Kind::Word | Kind::Number) && next.start == token.end
                }
            }
            _ => false,
        }
    }

    /// BigQuery's projects have dashes in their names.
    fn dashed(&self) -> bool {
        self.dialect() == Dialect::Bigquery
    }

    fn joined(&self, start: usize) -> Piece {
        let tokens = &self.tokens[start..self.pos];
        let quoted = tokens[0].kind == Kind::Quoted;
        let text = &self.text[tokens[0].start as usize..tokens[tokens.len() - 1].end as usize];
        let known = tokens.iter().take_while(|token| !token.is_unknown()).count();
        if known < tokens.len() {
            let end = tokens[known].start as usize;
            let prefix = &self.text[tokens[0].start as usize..end];
            return Piece::Unknown { prefix: (!prefix.is_empty()).then(|| SmolStr::new(unquoted(prefix))) };
        }
        if !quoted {
            return Piece::Known(Part { text: SmolStr::new(text), quoted: false });
        }
        let inside = unquoted(text);
        match hole_in(&inside) {
            Some(at) => Piece::Unknown { prefix: (at > 0).then(|| SmolStr::new(&inside[..at])) },
            None => Piece::Known(Part { text: SmolStr::new(inside), quoted: true }),
        }
    }

    /// A dbt reference. `None` for a template that is a value not known here.
    fn template(&self, token: Token) -> Option<Piece> {
        let text = self.slice(token);
        let content = text.trim_start_matches(['{', '-']).trim_start();
        let call = content.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        match call {
            "ref" | "source" => {}
            "this" | "config" => return Some(Piece::Nothing),
            _ => return None,
        }
        let mut strings = Vec::new();
        let mut at = text.len() - content.len();
        while let Some(open) = text[at..].find(['\'', '"']) {
            let from = at + open + 1;
            let quote = text.as_bytes()[from - 1] as char;
            let Some(close) = text[from..].find(quote) else { break };
            strings.push((from, &text[from..from + close]));
            at = from + close + 1;
        }
        strings.retain(|(_, text)| !text.is_empty());
        let (&(from, name), before) = strings.get(..strings.len().min(2)).and_then(<[_]>::split_last)?;
        let part = |text: &str| Part { text: text.into(), quoted: false };
        let qualifiers =
            if call == "source" { before.iter().map(|(_, text)| part(text)).collect() } else { Vec::new() };
        let start = token.start as usize + from;
        Some(Piece::Whole(TableName { qualifiers, name: part(name) }, Span::new(start, start + name.len())))
    }

    /// Goes past the rest of a path: `@stage/folder/file`, `@db.schema.stage`.
    fn skip_path(&mut self) {
        while self.pos < self.end {
            let (before, token) = (self.tokens[self.pos - 1], self.token(self.pos));
            let path = matches!(token.kind, Kind::Word | Kind::Symbol | Kind::Dot | Kind::Number | Kind::Quoted);
            if before.end != token.start || !path {
                return;
            }
            self.pos += 1;
        }
    }

    /// A name of these parts, with what the dialect adds: a link after it, dots within its quotes.
    fn finish(&mut self, mut qualifiers: Vec<Part>, mut name: Part) -> TableName {
        if self.dialect() == Dialect::Bigquery && name.quoted && name.text.contains('.') {
            let text = name.text.clone();
            let mut parts: Vec<&str> = text.split('.').filter(|part| !part.is_empty()).collect();
            if let Some(last) = parts.pop() {
                qualifiers.extend(parts.iter().map(|part| Part { text: SmolStr::new(part), quoted: true }));
                name = Part { text: SmolStr::new(last), quoted: true };
            }
        }
        if self.dialect() == Dialect::Databricks
            && let Some((table, version)) = name.text.rsplit_once('@')
            && version.trim_start_matches('v').bytes().all(|byte| byte.is_ascii_digit())
        {
            // Delta's `t@v12`, `t@20240101000000000`: an old state of the table.
            name = Part { text: SmolStr::new(table), quoted: name.quoted };
        }
        TableName { qualifiers, name }
    }

    /// Whether the name is of something that every server has, and no service owns.
    pub(super) fn is_system(&self, name: &TableName) -> bool {
        is_system(name, self.dialect())
    }
}

/// Whether a name is of a table that the database itself keeps.
#[must_use]
pub fn is_system(name: &TableName, dialect: Dialect) -> bool {
    let lower = |part: &Part| part.text.to_ascii_lowercase();
    let table = lower(&name.name);
    match name.qualifiers.last() {
        Some(schema) => {
            let schema = lower(schema);
            is_system_schema(&schema, dialect)
                || table == "dual" && schema == "sys"
                || schema == "system" && CLICKHOUSE.binary_search(&table.as_str()).is_ok()
                || schema.ends_with(".information_schema")
        }
        None => is_system_table(&table, dialect),
    }
}

/// What ClickHouse keeps in its schema `system`, by names that tell it where the dialect is not known.
const CLICKHOUSE: &[&str] = &[
    "asynchronous_metric_log",
    "asynchronous_metrics",
    "clusters",
    "columns",
    "contributors",
    "data_skipping_indices",
    "databases",
    "detached_parts",
    "dictionaries",
    "disks",
    "distribution_queue",
    "errors",
    "functions",
    "merges",
    "metric_log",
    "metrics",
    "mutations",
    "numbers",
    "numbers_mt",
    "one",
    "part_log",
    "parts",
    "parts_columns",
    "processes",
    "query_log",
    "query_thread_log",
    "query_views_log",
    "replicas",
    "replication_queue",
    "settings",
    "storage_policies",
    "tables",
    "text_log",
    "trace_log",
    "view_refreshes",
    "zookeeper",
];

/// Where in a quoted name something stands that is not known.
fn hole_in(name: &str) -> Option<usize> {
    if let Some(at) = name.find(HOLE) {
        return Some(at);
    }
    ["${", "#{", "{{", "$("].iter().filter_map(|mark| name.find(mark)).min().or_else(|| {
        let brace = name.find('{').filter(|&at| name[at..].contains('}'));
        brace.or_else(|| name.find("%s")).or_else(|| (name == "?").then_some(0))
    })
}

fn is_system_schema(schema: &str, dialect: Dialect) -> bool {
    match schema {
        "information_schema" | "pg_catalog" | "pg_toast" | "pg_temp" | "crdb_internal" | "sysibm" | "syscat" => true,
        "performance_schema" => !matches!(dialect, Dialect::Postgres | Dialect::Mssql),
        "mysql" => matches!(dialect, Dialect::Mysql | Dialect::Generic),
        "sys" => !matches!(dialect, Dialect::Postgres | Dialect::Sqlite),
        "system" => matches!(dialect, Dialect::Clickhouse | Dialect::Cql),
        "tempdb" | "msdb" => dialect == Dialect::Mssql,
        _ => schema.starts_with("pg_temp_") || schema.starts_with("pg_toast_temp_"),
    }
}

fn is_system_table(table: &str, dialect: Dialect) -> bool {
    if table == "dual" {
        return true;
    }
    if let Some(rest) = table.strip_prefix("pg_") {
        return POSTGRES.binary_search(&rest).is_ok()
            || ["stat_", "statio_", "ts_", "stats", "replication_", "publication", "subscription"]
                .iter()
                .any(|prefix| rest.starts_with(prefix));
    }
    if let Some(rest) = table.strip_prefix("sqlite_") {
        return matches!(
            rest,
            "master" | "schema" | "temp_master" | "temp_schema" | "sequence" | "stat1" | "stat3" | "stat4"
        );
    }
    match dialect {
        Dialect::Oracle => {
            let view = ["all_", "user_", "dba_"].iter().find_map(|prefix| table.strip_prefix(prefix));
            table.starts_with("v$")
                || table.starts_with("gv$")
                || view.is_some_and(|rest| ORACLE.binary_search(&rest).is_ok())
        }
        Dialect::Mssql => {
            matches!(
                table,
                "sysobjects" | "syscolumns" | "sysindexes" | "sysusers" | "systypes" | "sysdatabases" | "sysprocesses"
            )
        }
        Dialect::Redshift => ["svv_", "stl_", "stv_", "svl_", "sys_"].iter().any(|prefix| table.starts_with(prefix)),
        _ => false,
    }
}

/// PostgreSQL's catalogues, without their `pg_`.
const POSTGRES: &[&str] = &[
    "aggregate",
    "am",
    "amop",
    "amproc",
    "attrdef",
    "attribute",
    "auth_members",
    "authid",
    "available_extension_versions",
    "available_extensions",
    "backend_memory_contexts",
    "cast",
    "class",
    "collation",
    "config",
    "constraint",
    "conversion",
    "cursors",
    "database",
    "db_role_setting",
    "default_acl",
    "depend",
    "description",
    "enum",
    "event_trigger",
    "extension",
    "file_settings",
    "foreign_data_wrapper",
    "foreign_server",
    "foreign_table",
    "group",
    "hba_file_rules",
    "ident_file_mappings",
    "index",
    "indexes",
    "inherits",
    "init_privs",
    "language",
    "largeobject",
    "largeobject_metadata",
    "locks",
    "matviews",
    "namespace",
    "opclass",
    "operator",
    "opfamily",
    "parameter_acl",
    "partitioned_table",
    "policies",
    "policy",
    "prepared_statements",
    "prepared_xacts",
    "proc",
    "range",
    "rewrite",
    "roles",
    "rules",
    "seclabel",
    "seclabels",
    "sequence",
    "sequences",
    "settings",
    "shadow",
    "shdepend",
    "shdescription",
    "shmem_allocations",
    "shseclabel",
    "statistic",
    "statistic_ext",
    "statistic_ext_data",
    "tables",
    "tablespace",
    "timezone_abbrevs",
    "timezone_names",
    "transform",
    "trigger",
    "type",
    "user",
    "user_mapping",
    "user_mappings",
    "views",
    "wait_events",
];

/// Oracle's dictionary views, without what says whose.
const ORACLE: &[&str] = &[
    "all_tables",
    "arguments",
    "cat",
    "catalog",
    "col_comments",
    "cons_columns",
    "constraints",
    "data_files",
    "db_links",
    "dependencies",
    "directories",
    "errors",
    "free_space",
    "ind_columns",
    "indexes",
    "jobs",
    "lobs",
    "mviews",
    "object_tables",
    "objects",
    "part_tables",
    "policies",
    "procedures",
    "recyclebin",
    "role_privs",
    "roles",
    "segments",
    "sequences",
    "source",
    "synonyms",
    "sys_privs",
    "tab_cols",
    "tab_columns",
    "tab_comments",
    "tab_partitions",
    "tab_privs",
    "tables",
    "tablespaces",
    "trigger_cols",
    "triggers",
    "types",
    "users",
    "views",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(POSTGRES.is_sorted());
        assert!(ORACLE.is_sorted());
    }

    #[test]
    fn catalogues_are_told_by_dialect() {
        assert!(is_system_table("pg_class", Dialect::Generic));
        assert!(!is_system_table("pg_notifications", Dialect::Generic));
        assert!(is_system_table("user_tables", Dialect::Oracle) && is_system_table("dba_recyclebin", Dialect::Oracle));
        assert!(!is_system_table("user_settings", Dialect::Oracle));
        assert!(!is_system_table("user_tables", Dialect::Postgres));
    }
}
