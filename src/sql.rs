//! Statement text and dialect to accesses, with spans.
//!
//! [`analyse`] reads a text of SQL (one call's literal, or a whole script) and says, statement by
//! statement, which tables it touches, with which privilege, and where in the text the name stands.
//! It also tells what the text defines: tables that come, go and move, routines, search paths.
//!
//! Invariant: any input is answered, in time linear in its length, without a panic; what was not
//! understood is marked ([`Statement::partial`], [`Statement::opaque`]) and never guessed at.
//! Nothing here knows files, services or owners: spans are bytes of the text that was handed in.

mod alter;
mod blocks;
mod bodies;
mod change;
mod client;
mod define;
mod ends;
mod expression;
mod from;
mod hints;
mod keywords;
mod lexer;
mod likelihood;
mod literals;
mod manage;
mod names;
mod placeholders;
mod query;
mod reader;
mod routines;
mod run;
mod script;
mod session;
mod split;
mod statement;
mod tables;
mod transitions;
mod variables;
mod with;

pub use names::is_system;
pub use routines::is_system_routine;

use serde::{Deserialize, Serialize};

pub use transitions::Transitions;

use crate::source::Span;
use crate::vocabulary::{Dialect, Name, Privilege, TableName};

/// Stands in a text where a value is not known: a hole of a text value. A private-use character of
/// three bytes, which no real SQL contains. Where it stands for a value it is harmless; where it
/// stands for a table the statement gets an [`Opaque`].
pub const HOLE: char = '\u{F8FF}';

/// How to read a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The dialect; [`Dialect::Generic`] where it is unknown: what the text itself shows decides then.
    pub dialect: Dialect,
    /// Whether the text is a script as command line clients read it (a `.sql` file), so that `psql`
    /// meta-commands, inline COPY data, `DELIMITER`, `GO` and SQL*Plus commands may stand in it;
    /// else it is what one call sends to a server.
    pub script: bool,
}

impl Options {
    /// For the text that one call sends.
    #[must_use]
    pub fn call(dialect: Dialect) -> Self {
        Self { dialect, script: false }
    }

    /// For a script.
    #[must_use]
    pub fn script(dialect: Dialect) -> Self {
        Self { dialect, script: true }
    }
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Script {
    /// The dialect it was read in: the one that was asked for, or the one its own text gave away.
    pub dialect: Dialect,
    /// Its statements, in order. The statements of a routine's body are not listed apart: what they
    /// touch belongs to the statement that defines the routine (see [`Access::routine`]).
    pub statements: Vec<Statement>,
    /// What could not be read, for the coverage ledger.
    pub problems: Vec<Problem>,
}

impl Script {
    /// All accesses of all statements, in order.
    pub fn accesses(&self) -> impl Iterator<Item = &Access> {
        self.statements.iter().flat_map(|statement| &statement.accesses)
    }

    /// All definitions of all statements, in order.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.statements.iter().flat_map(|statement| &statement.definitions)
    }
}

/// Something in a text that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What, as a short phrase: `unterminated string`, `nested too deeply`, …
    pub message: String,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Statement {
    /// Its text, from its first word to its last, without the terminator.
    pub span: Span,
    /// What it is, in lower case: `select`, `insert`, `create table`, `alter table`, `call`, …;
    /// `unknown` where it begins with no word of SQL.
    pub kind: Name,
    /// The tables it touches. Each place, table and privilege appears once, in the order of the text.
    pub accesses: Vec<Access>,
    /// What it changes about names: tables that come, go and move, routines, search paths.
    pub definitions: Vec<Definition>,
    /// The routines it calls, once each.
    pub calls: Vec<RoutineCall>,
    /// Whether something in it was not understood, so that an access may be missing.
    pub partial: bool,
    /// The places in it where a table cannot be known from the text.
    pub opaque: Vec<Opaque>,
    /// Whether it begins or ends a transaction.
    pub transaction: Option<Transaction>,
    /// A hash of the statement with literals and placeholders blanked and whitespace, comments and
    /// case folded: the same for a statement that was only laid out anew.
    pub normalised: u64,
}

/// A statement's part in transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Transaction {
    /// `BEGIN`, `START TRANSACTION`, `BEGIN TRAN`, `SET autocommit = 0`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`, `ABORT` (not to a savepoint).
    Rollback,
}

/// One place where a statement touches a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The table as written.
    pub table: TableName,
    /// The table's name in the text, its qualifiers and quotes included. Where one name needs two
    /// privileges (`INSERT … ON CONFLICT DO UPDATE`) there are two accesses with one span.
    pub span: Span,
    /// What is needed on it.
    pub privilege: Privilege,
    /// The query block it is joined in: accesses of one statement with equal blocks are joined with
    /// each other (a derived table or CTE is part of the block that uses it, unless it is a union).
    /// `None` for what is named outside of any FROM clause or its like.
    pub block: Option<u32>,
    /// For [`Privilege::References`]: the table that holds the foreign key.
    pub referencing: Option<TableName>,
    /// The routine whose body it stands in, as the definition names it.
    pub routine: Option<TableName>,
    /// Whether a qualifier of the name is not known (`${schema}.orders`): then `table` holds only
    /// the qualifiers that follow it.
    pub partial: bool,
    /// The server, link or database that it lies in, where the statement is run there: `dblink('dbname=x', …)`,
    /// `OPENQUERY(x, …)`, `t@x`.
    pub remote: Option<Name>,
}

/// What a statement changes about names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The name it is about, or the whole clause where there is no one name.
    pub span: Span,
    /// What happens.
    pub change: Change,
    /// The routine whose body it stands in: it happens only when that one is called.
    pub routine: Option<TableName>,
}

/// A change about names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A table comes into being.
    Create {
        /// Its name.
        table: TableName,
        /// What it is.
        kind: TableKind,
        /// For a view: the tables it selects from; for a table: those it inherits from or is made of
        /// (`LIKE`, `CREATE TABLE … AS SELECT`).
        bases: Vec<TableName>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
        /// `OR REPLACE`, `CREATE OR ALTER`.
        replace: bool,
        /// The columns that it lists, lower-cased unless quoted.
        columns: Vec<Name>,
    },
    /// A table goes.
    Drop {
        /// Its name.
        table: TableName,
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// A table gets another name.
    Rename {
        /// The old name.
        from: TableName,
        /// The new name; where it has no qualifiers those of the old one stay.
        to: TableName,
    },
    /// Two tables swap their names or contents (`ALTER TABLE a SWAP WITH b`, `EXCHANGE TABLES`).
    Swap {
        /// The one.
        one: TableName,
        /// The other.
        other: TableName,
    },
    /// A table moves to another schema.
    SetSchema {
        /// The table.
        table: TableName,
        /// Its new schema.
        schema: Name,
    },
    /// A table becomes a partition of another.
    AttachPartition {
        /// The whole.
        parent: TableName,
        /// The part.
        partition: TableName,
    },
    /// A partition becomes a table of its own.
    DetachPartition {
        /// The whole.
        parent: TableName,
        /// The part.
        partition: TableName,
    },
    /// A table begins to inherit from another.
    Inherit {
        /// The heir.
        table: TableName,
        /// The other.
        parent: TableName,
    },
    /// A table no longer inherits from another.
    NoInherit {
        /// The former heir.
        table: TableName,
        /// The other.
        parent: TableName,
    },
    /// A function or procedure is defined. What its body touches are the accesses whose
    /// [`Access::routine`] is `name`.
    Routine {
        /// Its name.
        name: TableName,
        /// Its body, as far as the text has it.
        body: Option<Span>,
        /// Whether the body is in a language that is not read (C, Python, …) or is not here.
        opaque: bool,
    },
    /// A routine goes.
    DropRoutine {
        /// Its name.
        name: TableName,
    },
    /// A trigger is put on a table.
    Trigger {
        /// Its name.
        name: Name,
        /// The table.
        table: TableName,
        /// The routine it runs; `None` where its body stands in the statement.
        routine: Option<TableName>,
        /// The names that its routine has for the rows it sees (`REFERENCING NEW TABLE AS inserted`).
        transitions: Vec<Name>,
    },
    /// `SET search_path`, `SET SCHEMA`, `ALTER ROLE … SET search_path`.
    SearchPath(
        /// The schemas, in order.
        Vec<Name>,
    ),
    /// `USE name`: the names that follow are of this database (or schema).
    Use(
        /// The database as written, outermost part first.
        Vec<Name>,
    ),
    /// `ATTACH DATABASE 'file' AS alias`.
    AttachDatabase {
        /// The name it is known by.
        alias: Name,
    },
    /// A schema comes into being.
    CreateSchema {
        /// Its name.
        name: Name,
        /// `AUTHORIZATION role`.
        authorization: Option<Name>,
    },
    /// A schema goes.
    DropSchema {
        /// Its name.
        name: Name,
    },
    /// A schema gets another name.
    RenameSchema {
        /// The old name.
        from: Name,
        /// The new name.
        to: Name,
    },
    /// `IMPORT FOREIGN SCHEMA`.
    ImportForeignSchema {
        /// The schema of the other server.
        remote: Name,
        /// The other server.
        server: Name,
        /// The schema they are imported into.
        into: Name,
        /// `LIMIT TO`: only these; empty for all.
        only: Vec<Name>,
        /// `EXCEPT`: all but these.
        except: Vec<Name>,
    },
    /// `CREATE SERVER`, `CREATE DATABASE LINK`: another database gets a name.
    Server {
        /// Its name.
        name: Name,
        /// The database it leads to, where the options say.
        database: Option<Name>,
        /// The host, where the options say.
        host: Option<Name>,
    },
    /// `GRANT privileges ON table TO role`.
    Grant {
        /// The table.
        table: TableName,
        /// What is granted; empty for all.
        privileges: Vec<Privilege>,
        /// To whom.
        to: Vec<Name>,
        /// Whether it is taken back (`REVOKE`).
        revoke: bool,
    },
    /// `GRANT … ON ALL TABLES IN SCHEMA schema TO role`, `GRANT … ON DATABASE`, `ON db.*`.
    GrantSchema {
        /// The schema or database.
        schema: Name,
        /// What is granted; empty for all.
        privileges: Vec<Privilege>,
        /// To whom.
        to: Vec<Name>,
        /// Whether it is taken back (`REVOKE`).
        revoke: bool,
    },
    /// `ALTER TABLE … OWNER TO role`.
    Owner {
        /// The table.
        table: TableName,
        /// The role.
        role: Name,
    },
    /// `COMMENT ON TABLE table IS 'text'`.
    Comment {
        /// The table.
        table: TableName,
        /// The text, quotes taken off.
        text: String,
    },
}

/// What a table is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableKind {
    /// A table.
    Table,
    /// A table that lives for a session: no access of it is listed.
    Temporary,
    /// A view.
    View,
    /// A materialised view.
    MaterializedView,
    /// A table of another database.
    Foreign {
        /// The server.
        server: Option<Name>,
        /// Its name there, where the options say it.
        remote: Option<TableName>,
    },
    /// A synonym or alias.
    Synonym {
        /// Of what.
        of: TableName,
    },
    /// A partition.
    Partition {
        /// Of what.
        of: TableName,
    },
    /// A virtual or external table: its rows come from a module or from files.
    External,
}

impl Statement {
    /// Whether it defines a trigger.
    #[must_use]
    pub fn defines_trigger(&self) -> bool {
        self.definitions.iter().any(|definition| matches!(definition.change, Change::Trigger { .. }))
    }
}

/// A call of a routine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutineCall {
    /// The routine as written.
    pub name: TableName,
    /// Its name in the text.
    pub span: Span,
    /// Whether it is called for what it does: `CALL`, `EXEC`, `PERFORM`, a trigger's function, a function with a schema
    /// that is all of a SELECT or stands in a FROM clause. Others are functions in an expression: of interest only if
    /// they are defined somewhere, for which of them the server brings along is not to be known.
    pub explicit: bool,
    /// The routine whose body it stands in.
    pub routine: Option<TableName>,
}

/// A place where a table cannot be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opaque {
    /// Where: the hole with what it is glued to, or the expression that makes the statement.
    pub span: Span,
    /// Why.
    pub reason: OpaqueReason,
    /// What would be needed on the table, where the place tells.
    pub privilege: Option<Privilege>,
    /// The part of the name before the hole that is known (`orders_` of `orders_{year}`).
    pub prefix: Option<Name>,
}

/// Why a table cannot be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OpaqueReason {
    /// A hole or placeholder stands where a table stands, or in its name.
    Table,
    /// The whole statement, or the part that says what it does, is a hole.
    Statement,
    /// A body executes a statement that it makes at run time.
    Dynamic,
    /// A prepared statement is executed whose text is not here.
    Prepared,
}

impl std::fmt::Display for OpaqueReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Table => "the table's name is made at run time",
            Self::Statement => "the statement is made at run time",
            Self::Dynamic => "a body executes a statement that it makes at run time",
            Self::Prepared => "a prepared statement is executed whose text is not here",
        })
    }
}

/// How much a text looks like SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Likelihood {
    /// It is something else.
    No,
    /// It begins like a statement and may be one.
    Maybe,
    /// It is a statement: it parses whole, and no sentence of a human language is built like it.
    Unmistakable,
}

/// Reads a text of SQL. Never panics, and takes time linear in the length of any input.
#[must_use]
pub fn analyse(text: &str, options: &Options) -> Script {
    let mut statements = Vec::new();
    let script = analyse_each(text, options, |statement| statements.push(statement));
    Script { statements, ..script }
}

/// Reads a text of SQL and hands out each statement as soon as it is read, so that a dump of any size
/// costs no more memory than its largest statement. The answer's `statements` are empty.
pub fn analyse_each(text: &str, options: &Options, mut each: impl FnMut(Statement)) -> Script {
    let transitions = Transitions::of(text, *options);
    script::read(text, *options, &mut |mut statement| {
        transitions.forget(&mut statement);
        each(statement);
    })
}

/// The dialect that `text` is read in: the one that is asked for, else the one that it gives away.
#[must_use]
pub fn dialect_of(text: &str, options: &Options) -> Dialect {
    hints::dialect(text, *options)
}

/// How much `text` looks like SQL. Cheap for what is not: it looks at the first words before it
/// reads on.
#[must_use]
pub fn looks_like_sql(text: &str) -> Likelihood {
    likelihood::of(text)
}
