//! What one file says of tables, by name: the vocabulary between interpreting code and knowing which tables there are.

use crate::facts::NodeId;
use crate::frameworks::RuleId;
use crate::map::model::Evidence;
use crate::source::{FileId, Place};
use crate::sql::{self};
use crate::vocabulary::{Dialect, Name, Privilege, TableName};
use rustc_hash::FxHashSet;

/// Whose code something stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::map) struct Home {
    pub file: FileId,
    /// `None` for a file of SQL and for declarations.
    pub function: Option<u32>,
}

/// One use of a table by name.
#[derive(Debug, Clone)]
pub(in crate::map) struct Use {
    pub home: Home,
    pub place: Place,
    /// The statement's text, or the call.
    pub site: Place,
    /// The call that the text is handed to.
    pub call: Option<Place>,
    pub table: TableName,
    pub privilege: Privilege,
    pub evidence: Evidence,
    pub framework: Option<Name>,
    /// The rule that says so.
    pub rule: Option<RuleId>,
    pub partial: bool,
    pub statement: u64,
    /// The query block it is joined in, within its site.
    pub block: Option<u32>,
    pub referencing: Option<TableName>,
    /// The routine whose body it stands in.
    pub routine: Option<TableName>,
    pub dialect: Option<Dialect>,
    /// The server, link or database that its statement is run in, where it is another than the code's.
    pub remote: Option<Name>,
    /// Whether it counts only if the map knows the table: a literal that no framework claims.
    pub needs_known_table: bool,
    /// Whether it lies in a part of a script that only undoes the rest.
    pub rollback: bool,
}

/// SQL that cannot be known.
#[derive(Debug, Clone)]
pub(in crate::map) struct OpaqueUse {
    pub home: Home,
    pub place: Place,
    pub reason: String,
    pub call: Option<Place>,
    /// The rule that wants to know it.
    pub rule: Option<RuleId>,
    pub rollback: bool,
}

/// A change about names.
#[derive(Debug, Clone)]
pub(in crate::map) struct DefinitionUse {
    pub home: Home,
    pub place: Place,
    pub change: sql::Change,
    pub routine: Option<TableName>,
    pub rollback: bool,
}

/// A call of a routine of the database.
#[derive(Debug, Clone)]
pub(in crate::map) struct RoutineUse {
    pub home: Home,
    pub place: Place,
    pub site: Place,
    pub name: TableName,
    pub statement: u64,
    /// Whether a trigger's definition names it.
    pub by_trigger: bool,
    /// Whether it is called for what it does, so that a body that is not here leaves open what is touched.
    pub explicit: bool,
    /// The routine whose body it stands in.
    pub routine: Option<TableName>,
    /// Whether it lies in a part of a script that only undoes the rest.
    pub rollback: bool,
}

/// A file of SQL that code reads in or runs.
#[derive(Debug, Clone)]
pub(in crate::map) struct IncludeUse {
    pub home: Home,
    pub file: FileId,
    pub call: Place,
    pub framework: Name,
}

/// A place of a changelog where the definitions of another file come in.
#[derive(Debug, Clone, Copy)]
pub(in crate::map) struct IncludeStep {
    pub file: FileId,
    pub by: Place,
    /// Which one of several it is that come in at the same place.
    pub rank: u32,
}

/// All that one file says of the database.
#[derive(Debug, Default)]
pub(in crate::map) struct Found {
    pub uses: Vec<Use>,
    pub opaque: Vec<OpaqueUse>,
    pub definitions: Vec<DefinitionUse>,
    pub routines: Vec<RoutineUse>,
    pub includes: Vec<IncludeUse>,
    pub steps: Vec<IncludeStep>,
    /// Places where transactions begin and end.
    pub transactions: Vec<(Home, Place, sql::Transaction)>,
    /// Calls that make a framework create the tables of its entities.
    pub schemas: Vec<(Home, Place, usize)>,
    /// The literals that some call has claimed, by where they begin.
    pub consumed: FxHashSet<(FileId, u32)>,
    /// The names that some call has said what is done with.
    pub covered: FxHashSet<(FileId, NodeId)>,
}
