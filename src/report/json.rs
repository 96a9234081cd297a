//! The JSON contract: wire structs that several documents share. `bailiwick schema` is derived from them.

mod check;
mod frameworks;
mod map;
mod services;
mod units;
mod why;

use schemars::JsonSchema;
use serde::Serialize;

use crate::map::{AccessContext, Evidence, EvidenceKind, OwnerStatus, TableId, TableKind};
use crate::report::{Coverage, Report};
use crate::source::{Place, Position};
use crate::vocabulary::Privilege;

pub use check::{CheckDocument, write as write_check};
pub use frameworks::{FrameworksDocument, write_list as write_frameworks, write_matches};
pub use map::{MapDocument, write as write_map};
pub use services::{ServicesDocument, write as write_services};
pub use why::{WhyDocument, write as write_why};

/// The version of the contract: it grows when something is taken away or changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// A position in a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Point {
    /// 1-based.
    line: u32,
    /// 1-based, in Unicode scalar values.
    column: u32,
    /// Bytes from the start of the file.
    offset: u32,
}

/// A range in a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Range {
    /// Its first character.
    start: Point,
    /// One past its last.
    end: Point,
}

/// A path with a range in it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Spot {
    /// Relative to the root, with `/`.
    path: String,
    /// Where in it.
    range: Range,
}

/// A place and what stands there.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Related {
    /// Relative to the root, with `/`.
    path: String,
    /// Where in it.
    range: Range,
    /// What stands there.
    message: String,
}

/// A table by its full name.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TableRef {
    /// The database; the service's name in angle brackets where it is unknown.
    database: String,
    /// The schema, where it is known and not the database's default one.
    schema: Option<String>,
    /// Its own name.
    name: String,
}

/// Why the program believes something.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvidenceEntry {
    /// What kind of reason it is.
    #[schemars(schema_with = "evidence_kinds")]
    kind: &'static str,
    /// The reason in words.
    text: String,
    /// Relative to the root, with `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Where in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

/// What was read and understood.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CoverageEntry {
    /// Files by number.
    files: Files,
    /// Every file or folder that was not read. A folder ends in `/` and stands for all in it.
    skipped: Vec<Skipped>,
    /// Files that were read and not understood in full.
    problems: Vec<Related>,
    /// The places with SQL, all together.
    sql_sites: Sites,
    /// The places with SQL, by service.
    sql_sites_by_service: Vec<ServiceSites>,
}

/// Files by number.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Files {
    /// How many were read.
    read: usize,
    /// How many were not.
    skipped: usize,
}

/// A file or folder that was not read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Skipped {
    /// Relative to the root, with `/`.
    path: String,
    /// Why, in words.
    reason: String,
    /// Why, as a word that can be counted by.
    kind: &'static str,
}

/// Places with SQL by what was understood of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Sites {
    /// Every table is known.
    resolved: usize,
    /// Something in the statement was not understood.
    partial: usize,
    /// The statement cannot be known from the source.
    opaque: usize,
}

/// The places with SQL of one service.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ServiceSites {
    /// Its name; null for code of no service.
    service: Option<String>,
    /// Every table is known.
    resolved: usize,
    /// Something in the statement was not understood.
    partial: usize,
    /// The statement cannot be known from the source.
    opaque: usize,
}

impl Point {
    fn new(position: Position) -> Self {
        Self { line: position.line, column: position.column, offset: position.offset }
    }
}

impl Spot {
    fn new(report: &Report<'_>, place: Place) -> Self {
        let located = report.locate(place);
        Self { path: located.path, range: Range { start: Point::new(located.start), end: Point::new(located.end) } }
    }
}

impl Related {
    fn new(report: &Report<'_>, place: Place, message: &str) -> Self {
        let Spot { path, range } = Spot::new(report, place);
        Self { path, range, message: message.to_owned() }
    }
}

impl TableRef {
    fn new(report: &Report<'_>, id: TableId) -> Self {
        let table = report.map.table(id);
        Self {
            database: report.map.database(table.database).name.to_string(),
            schema: table.schema.as_ref().map(ToString::to_string),
            name: table.name.to_string(),
        }
    }
}

impl EvidenceEntry {
    fn new(report: &Report<'_>, evidence: &Evidence) -> Self {
        let spot = evidence.place.map(|place| Spot::new(report, place));
        let (path, range) = spot.map_or((None, None), |spot| (Some(spot.path), Some(spot.range)));
        Self { kind: evidence.kind.name(), text: evidence.text.clone(), path, range }
    }
}

impl CoverageEntry {
    fn new(report: &Report<'_>) -> Self {
        let Coverage { files_read, skipped, problems, sites } = report.coverage;
        let total = report.coverage.total();
        let by_service = sites.iter().map(|(service, sites)| ServiceSites {
            service: service.map(|id| report.map.service(id).name.to_string()),
            resolved: sites.resolved,
            partial: sites.partial,
            opaque: sites.opaque,
        });
        let reasons = skipped.iter().map(|skipped| Skipped {
            path: skipped.path.clone(),
            reason: skipped.reason.text(),
            kind: skipped.reason.name(),
        });
        Self {
            files: Files { read: *files_read, skipped: skipped.len() },
            skipped: reasons.collect(),
            problems: problems.iter().map(|(place, message)| Related::new(report, *place, message)).collect(),
            sql_sites: Sites { resolved: total.resolved, partial: total.partial, opaque: total.opaque },
            sql_sites_by_service: by_service.collect(),
        }
    }
}

fn one_of(names: impl IntoIterator<Item = &'static str>) -> schemars::Schema {
    let names: Vec<&str> = names.into_iter().collect();
    schemars::json_schema!({ "type": "string", "enum": names })
}

fn evidence_kinds(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of(EvidenceKind::ALL.iter().map(|kind| kind.name()))
}

fn privileges(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of(Privilege::ALL.iter().map(|privilege| privilege.name()))
}

fn contexts(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of(AccessContext::ALL.iter().map(|context| context.name()))
}

fn table_kinds(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    use TableKind::{ForeignTable, MaterializedView, Partition, Synonym, Table, View};
    one_of([Table, View, MaterializedView, ForeignTable, Synonym, Partition].map(TableKind::name))
}

fn owner_statuses(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let mut schema =
        one_of([OwnerStatus::Declared, OwnerStatus::Inferred, OwnerStatus::Proposed].map(OwnerStatus::name));
    schema.insert("type".into(), serde_json::json!(["string", "null"]));
    if let Some(serde_json::Value::Array(names)) = schema.get_mut("enum") {
        names.push(serde_json::Value::Null);
    }
    schema
}
