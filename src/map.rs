//! All facts joined: services, databases, tables, owners and resolved accesses.
//!
//! The map is what the rules read and the reports show. It is made anew in each run from the facts
//! of all files. Everything in it is sorted, so that nothing that is printed depends on hash order.

mod accesses;
mod associations;
mod bearers;
mod beside;
mod build;
mod builtins;
mod calls;
mod carried;
mod catalog;
mod contexts;
mod conventions;
mod dbt;
mod derived;
mod ends;
mod entities;
mod exported;
mod filled;
mod generated;
mod given;
mod handed_back;
mod included;
mod interpret;
mod kept;
mod languages;
mod lists;
mod mappings;
mod markup;
mod matches;
mod matching;
mod memo;
pub mod mixins;
mod model;
mod modules;
mod needs;
mod owners;
mod paths;
mod program;
mod reach;
mod read_lists;
mod relations;
mod rendered;
mod sequence;
mod singles;
mod stated;
mod symbols;
mod table_names;
mod table_values;
mod text;
mod types;
mod values;
mod variants;
mod walk;

pub use build::{Input, Stage, build};
pub use matches::{FileMatches, MatchedCall, MatchedTable, MatchedType, matches};

pub use model::{
    Access, AccessContext, Database, DatabaseId, Evidence, EvidenceKind, ForeignKey, Join, Library, LibraryId, Map,
    Opaque, OwnerStatus, Service, ServiceId, Step, Table, TableId, TableKind, Transaction, Via,
};
