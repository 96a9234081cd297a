//! What the map holds.

use serde::{Deserialize, Serialize};

use crate::source::{FileId, Place};
use crate::vocabulary::{AccessClass, Dialect, Name, Privilege};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index into the table it belongs to.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An index into [`Map::services`].
    ServiceId,
    /// An index into [`Map::libraries`].
    LibraryId,
    /// An index into [`Map::databases`].
    DatabaseId,
    /// An index into [`Map::tables`].
    TableId
}

/// All facts of a run, joined.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Map {
    /// Sorted by name.
    pub services: Vec<Service>,
    /// Sorted by name.
    pub libraries: Vec<Library>,
    /// Sorted by name.
    pub databases: Vec<Database>,
    /// Sorted by database, schema and name.
    pub tables: Vec<Table>,
    /// Sorted by place, service, table, privilege.
    pub accesses: Vec<Access>,
    /// SQL that cannot be known from the source; sorted by place.
    pub opaque: Vec<Opaque>,
    /// Foreign keys; sorted by place.
    pub foreign_keys: Vec<ForeignKey>,
    /// Statements that bring tables together; sorted by place.
    pub joins: Vec<Join>,
    /// Transactions that write more than one table; sorted by place.
    pub transactions: Vec<Transaction>,
}

/// A separately deployed unit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// Its paths, relative to the root.
    pub paths: Vec<String>,
    /// The databases it connects to; empty where unknown.
    pub databases: Vec<DatabaseId>,
    /// Its own schemas.
    pub schemas: Vec<Name>,
    /// The libraries linked into it, through others too.
    pub libraries: Vec<LibraryId>,
    /// Whether no baseline entry may excuse it.
    pub strict: bool,
    /// Why it is a service, and why it has these databases.
    pub evidence: Vec<Evidence>,
}

/// Source that is linked into services.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Library {
    /// Its name.
    pub name: Name,
    /// Its paths, relative to the root.
    pub paths: Vec<String>,
    /// Why it is a library.
    pub evidence: Vec<Evidence>,
}

/// One logical store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Database {
    /// Its name: from the config or the connection settings; `<service>` in angle brackets where a
    /// service's database is unknown and stands for itself.
    pub name: Name,
    /// Its dialect where known.
    pub dialect: Option<Dialect>,
    /// Whether its identity is stated (config, connection settings) or assumed.
    pub stated: bool,
    /// The settings that prove it.
    pub evidence: Vec<Evidence>,
}

/// What stands in a table's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are SQL's words")]
pub enum TableKind {
    #[default]
    Table,
    View,
    MaterializedView,
    ForeignTable,
    Synonym,
    Partition,
}

impl TableKind {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized-view",
            Self::ForeignTable => "foreign-table",
            Self::Synonym => "synonym",
            Self::Partition => "partition",
        }
    }
}

/// How an owner is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OwnerStatus {
    /// By the config.
    Declared,
    /// By who creates it.
    Inferred,
    /// By who alone writes it: a guess, and shown as one.
    Proposed,
}

impl OwnerStatus {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Inferred => "inferred",
            Self::Proposed => "proposed",
        }
    }
}

/// A table, or what stands in for one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Table {
    /// The database it lies in.
    pub database: DatabaseId,
    /// Its schema where it is known and not the database's default one.
    pub schema: Option<Name>,
    /// Its name, in the case its definition (else its first use) has.
    pub name: Name,
    /// What it is.
    pub kind: TableKind,
    /// The service that may touch it without asking.
    pub owner: Option<ServiceId>,
    /// How the owner is known; `None` without an owner.
    pub owner_status: Option<OwnerStatus>,
    /// Why it is the owner: the config line, the migrations; what decided comes first.
    pub owner_evidence: Vec<Evidence>,
    /// The services that claim it (declare or create it), each with its evidence; more than one makes
    /// it contested, unless an owner is declared.
    pub claims: Vec<(ServiceId, Evidence)>,
    /// For a view, synonym or partition: what stands behind it.
    pub behind: Vec<TableId>,
    /// Where it is created first, as far as any source here does.
    pub created_at: Option<Place>,
    /// Whether its place in this database was inferred (a name match), not read from settings. The text
    /// says from what, and how to state it.
    pub identity_note: Option<String>,
}

/// What kind of reason an [`Evidence`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// A line of the config.
    Config,
    /// A migration or other DDL.
    Migration,
    /// An ORM's mapping of a type to a table.
    Mapping,
    /// A call that is known to take SQL.
    Call,
    /// A literal that is plainly SQL and that no framework claims.
    Literal,
    /// A statement in a file of SQL.
    File,
    /// Who writes it.
    Writes,
    /// A connection setting.
    Setting,
    /// A manifest (Cargo.toml, compose, Dockerfile, …).
    Manifest,
    /// A GRANT or an owner named in the database.
    Grant,
    /// A name match alone.
    Name,
}

impl EvidenceKind {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Migration => "migration",
            Self::Mapping => "mapping",
            Self::Call => "call",
            Self::Literal => "literal",
            Self::File => "file",
            Self::Writes => "writes",
            Self::Setting => "setting",
            Self::Manifest => "manifest",
            Self::Grant => "grant",
            Self::Name => "name",
        }
    }

    /// All kinds, for the published schema.
    pub const ALL: &'static [EvidenceKind] = &[
        Self::Config,
        Self::Migration,
        Self::Mapping,
        Self::Call,
        Self::Literal,
        Self::File,
        Self::Writes,
        Self::Setting,
        Self::Manifest,
        Self::Grant,
        Self::Name,
    ];
}

/// Why the program believes something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// What kind of reason it is.
    pub kind: EvidenceKind,
    /// The reason in words.
    pub text: String,
    /// Where it stands, where it stands anywhere.
    pub place: Option<Place>,
}

/// A step of the way from a service into a library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Step {
    /// The call.
    pub place: Place,
    /// What is called, as people would name it.
    pub function: String,
    /// Whether the call is matched to the function by name alone.
    pub by_name: bool,
}

/// How code came to an access.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Via {
    /// The framework that the call belongs to.
    pub framework: Option<Name>,
    /// The calls from the service's own code to the access, the service's own first; empty where the
    /// access stands in the service's own code.
    pub path: Vec<Step>,
}

/// One place where code touches a table, for one service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Access {
    /// The table's name in SQL text, for an ORM the call.
    pub place: Place,
    /// Who touches it; `None` for code of no service, and for a library's that no service reaches.
    pub service: Option<ServiceId>,
    /// The library it stands in.
    pub library: Option<LibraryId>,
    /// What is touched.
    pub table: TableId,
    /// What is needed.
    pub privilege: Privilege,
    /// Why it is believed.
    pub evidence: Evidence,
    /// How code came to it.
    pub via: Via,
    /// The view, synonym or routine through which a table behind it is touched.
    pub through: Option<Name>,
    /// Whether the statement was understood in part only.
    pub partial: bool,
    /// What code it is.
    pub context: AccessContext,
    /// The function or type round it, for the fingerprint and for people (`Orders::load`); empty at the
    /// top of a file.
    pub item: Name,
    /// The statement with literals, case and white space taken out, hashed: for the fingerprint.
    pub statement: u64,
    /// The statement's own place (the literal, the call), on or above which an inline allow counts.
    pub site: Place,
    /// Other places on or above which an inline allow counts (the call that the text is handed to).
    pub call: Option<Place>,
    /// For `references`: which table refers to it.
    pub referrer: Option<TableId>,
}

impl Access {
    /// The class of its privilege.
    #[must_use]
    pub fn class(&self) -> AccessClass {
        self.privilege.class()
    }
}

/// What code an access stands in.
pub use crate::vocabulary::Context as AccessContext;

/// SQL that reaches a database call but cannot be known from the source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Opaque {
    /// Where.
    pub place: Place,
    /// Whose.
    pub service: Option<ServiceId>,
    /// Why it cannot be known, as a short phrase.
    pub reason: String,
    /// What code it is.
    pub context: AccessContext,
    /// The function or type round it.
    pub item: Name,
    /// The calls that bring it there; an inline allow counts at each of them too.
    pub calls: Vec<Place>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The target's name.
    pub place: Place,
    /// Whose DDL it is.
    pub service: Option<ServiceId>,
    /// The table that refers.
    pub from: TableId,
    /// The table referred to.
    pub to: TableId,
}

/// Tables that one statement brings together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Join {
    /// The statement.
    pub place: Place,
    /// Whose.
    pub service: Option<ServiceId>,
    /// The accesses, as indexes into [`Map::accesses`], sorted.
    pub accesses: Vec<usize>,
}

/// Writes that happen or fail together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Transaction {
    /// Where it begins.
    pub place: Place,
    /// Whose.
    pub service: Option<ServiceId>,
    /// The writes in it, as indexes into [`Map::accesses`], sorted.
    pub writes: Vec<usize>,
}

impl Map {
    /// The service of that id.
    #[must_use]
    pub fn service(&self, id: ServiceId) -> &Service {
        &self.services[id.index()]
    }

    /// The library of that id.
    #[must_use]
    pub fn library(&self, id: LibraryId) -> &Library {
        &self.libraries[id.index()]
    }

    /// The database of that id.
    #[must_use]
    pub fn database(&self, id: DatabaseId) -> &Database {
        &self.databases[id.index()]
    }

    /// The table of that id.
    #[must_use]
    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id.index()]
    }

    /// The files that hold a place of the map.
    #[must_use]
    pub fn files(&self) -> std::collections::BTreeSet<FileId> {
        let accesses = self.accesses.iter().map(|access| access.place.file);
        let opaque = self.opaque.iter().map(|opaque| opaque.place.file);
        accesses.chain(opaque).collect()
    }
}
