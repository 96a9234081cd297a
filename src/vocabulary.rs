//! The words of the field that more than one stage speaks: dialects, privileges, table names.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A short text that is cheap to clone: names of tables, services, types, functions.
pub type Name = smol_str::SmolStr;

/// A dialect of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each variant is the product of its name")]
pub enum Dialect {
    /// Unknown: what most dialects agree on, tried before anything is refused.
    #[default]
    Generic,
    Postgres,
    Mysql,
    Sqlite,
    Mssql,
    Oracle,
    Redshift,
    Snowflake,
    Bigquery,
    Clickhouse,
    Hive,
    Databricks,
    Duckdb,
    /// Cassandra's and Scylla's query language.
    Cql,
}

impl Dialect {
    /// Every dialect with its name, the first name being the one that is printed; the others are
    /// read as well (in configs, connection URLs and drivers).
    pub const NAMES: &'static [(Dialect, &'static [&'static str])] = &[
        // What has no dialect of its own here is read as what it shares with all.
        (
            Dialect::Generic,
            &[
                "generic", "ansi", "unknown", "", "athena", "db2", "derby", "dremio", "drill", "druid", "exasol",
                "firebird", "flink", "h2", "hana", "hsqldb", "informix", "netezza", "presto", "sybase", "teradata",
                "trino", "vertica",
            ],
        ),
        (
            Dialect::Postgres,
            &[
                "postgres",
                "postgresql",
                "pg",
                "pgsql",
                "psql",
                "cockroachdb",
                "cockroach",
                "crdb",
                "yugabyte",
                "timescale",
                "greenplum",
                "materialize",
            ],
        ),
        (Dialect::Mysql, &["mysql", "mariadb", "mysql2", "tidb", "doris", "starrocks", "singlestore"]),
        (Dialect::Sqlite, &["sqlite", "sqlite3", "libsql", "d1"]),
        (Dialect::Mssql, &["mssql", "sqlserver", "tsql", "t-sql", "jtds", "fabric", "azuresql"]),
        (Dialect::Oracle, &["oracle", "plsql", "oci"]),
        (Dialect::Redshift, &["redshift"]),
        (Dialect::Snowflake, &["snowflake"]),
        (Dialect::Bigquery, &["bigquery", "googlesql"]),
        (Dialect::Clickhouse, &["clickhouse", "ch"]),
        (Dialect::Hive, &["hive", "hiveql", "impala"]),
        (Dialect::Databricks, &["databricks", "spark", "sparksql", "delta"]),
        (Dialect::Duckdb, &["duckdb", "motherduck"]),
        (Dialect::Cql, &["cql", "cassandra", "scylla", "scylladb"]),
    ];

    /// The dialect of that name (without case), or `None`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        Self::NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(dialect, _)| *dialect)
    }

    /// The name it is printed by.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(dialect, _)| *dialect == self).map_or("generic", |(_, names)| names[0])
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a statement needs on a table, in SQL's own terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each variant is the privilege of its name")]
pub enum Privilege {
    Select,
    Insert,
    Update,
    Delete,
    Truncate,
    References,
    Trigger,
    Create,
    Alter,
    Drop,
}

/// The classes of privileges that rules and grants speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessClass {
    /// `select`
    Read,
    /// `insert`, `update`, `delete`, `truncate`
    Write,
    /// `trigger`, `create`, `alter`, `drop`
    Ddl,
    /// `references`
    Reference,
}

impl Privilege {
    /// All of them, in the order they are printed.
    pub const ALL: &'static [Privilege] = &[
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Truncate,
        Self::References,
        Self::Trigger,
        Self::Create,
        Self::Alter,
        Self::Drop,
    ];

    /// Its name in configs and output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Truncate => "truncate",
            Self::References => "references",
            Self::Trigger => "trigger",
            Self::Create => "create",
            Self::Alter => "alter",
            Self::Drop => "drop",
        }
    }

    /// The privilege of that name (without case), or `None`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|privilege| privilege.name().eq_ignore_ascii_case(name))
    }

    /// The class it belongs to.
    #[must_use]
    pub fn class(self) -> AccessClass {
        match self {
            Self::Select => AccessClass::Read,
            Self::Insert | Self::Update | Self::Delete | Self::Truncate => AccessClass::Write,
            Self::Trigger | Self::Create | Self::Alter | Self::Drop => AccessClass::Ddl,
            Self::References => AccessClass::Reference,
        }
    }
}

impl AccessClass {
    /// Its name in output: `read`, `write`, `ddl` or `reference`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Ddl => "ddl",
            Self::Reference => "reference",
        }
    }
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for AccessClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One part of a table's name as written, unquoted, with whether it stood in quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Part {
    /// The text without its quotes.
    pub text: Name,
    /// Whether it was quoted: a quoted name keeps its case.
    pub quoted: bool,
}

/// A table's name exactly as it is written: `table`, `schema.table` or `database.schema.table`.
/// What the parts mean is the map's to say (in MySQL `a.b` is database and table).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableName {
    /// The qualifiers as written, outermost first; empty for a bare name.
    pub qualifiers: Vec<Part>,
    /// The table's own name.
    pub name: Part,
}

impl TableName {
    /// A bare, unquoted name.
    #[must_use]
    pub fn bare(name: impl Into<Name>) -> Self {
        Self { qualifiers: Vec::new(), name: Part { text: name.into(), quoted: false } }
    }

    /// From the unquoted parts of a dotted text such as `schema.table`. Backticks, double quotes
    /// and brackets round a part are taken off and make it quoted. `None` if a part is empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text.trim();
        loop {
            let close = match rest.chars().next()? {
                '"' => Some('"'),
                '`' => Some('`'),
                '[' => Some(']'),
                _ => None,
            };
            let (part, after) = if let Some(close) = close {
                let end = rest[1..].find(close)? + 1;
                (Part { text: rest[1..end].into(), quoted: true }, &rest[end + 1..])
            } else {
                let end = rest.find('.').unwrap_or(rest.len());
                (Part { text: rest[..end].trim().into(), quoted: false }, &rest[end..])
            };
            if part.text.is_empty() {
                return None;
            }
            parts.push(part);
            match after.strip_prefix('.') {
                Some(more) => rest = more,
                None if after.is_empty() => break,
                None => return None,
            }
        }
        let name = parts.pop()?;
        Some(Self { qualifiers: parts, name })
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.qualifiers {
            write!(f, "{}.", part.text)?;
        }
        f.write_str(&self.name.text)
    }
}

/// What a place in the code is for: only [`Context::Code`] is linted unless asked otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Context {
    /// What runs in production.
    #[default]
    Code,
    /// Tests, fixtures, benchmarks.
    Test,
    /// The down half of a migration, an undo script.
    Rollback,
}

impl Context {
    /// Every context, in the order they are printed.
    pub const ALL: &'static [Context] = &[Self::Code, Self::Test, Self::Rollback];

    /// Its name in configs and output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Test => "test",
            Self::Rollback => "rollback",
        }
    }

    /// The context of that name, or `None`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|context| context.name() == name)
    }
}
