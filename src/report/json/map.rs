//! What `map --format json` writes.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::units::{DatabaseEntry, LibraryEntry, ServiceEntry};
use crate::map::{Access, ServiceId, Step, Table};
use crate::report::json::{CoverageEntry, EvidenceEntry, Range, SCHEMA_VERSION, Spot, TableRef, one_of};
use crate::report::{Report, write_json};

/// The report of `map`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MapDocument {
    /// The version of this contract.
    schema_version: u32,
    /// Always `map`.
    #[schemars(schema_with = "name")]
    command: &'static str,
    /// The day of `--today`, if it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    today: Option<String>,
    /// Sorted by name.
    services: Vec<ServiceEntry>,
    /// Sorted by name.
    libraries: Vec<LibraryEntry>,
    /// Sorted by name.
    databases: Vec<DatabaseEntry>,
    /// Sorted by database, schema and name.
    tables: Vec<TableEntry>,
    /// Sorted by place.
    accesses: Vec<AccessEntry>,
    /// SQL that cannot be known from the source, sorted by place.
    opaque: Vec<OpaqueEntry>,
    /// The map by numbers.
    summary: Summary,
    /// What was read and understood.
    coverage: CoverageEntry,
}

/// A table.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TableEntry {
    database: String,
    schema: Option<String>,
    name: String,
    #[schemars(schema_with = "super::table_kinds")]
    kind: &'static str,
    owner: Option<String>,
    #[schemars(schema_with = "super::owner_statuses")]
    owner_status: Option<&'static str>,
    /// Why it is the owner; what decided comes first.
    owner_evidence: Vec<EvidenceEntry>,
    /// The services that claim the table where more than one does.
    claimed_by: Vec<String>,
    /// For a view, synonym or partition: what stands behind it.
    behind: Vec<TableRef>,
    /// From what it was inferred that the table lies in this database, where no setting tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
}

/// One place where code touches a table.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AccessEntry {
    /// Null for code of no service, and for a library's that no service reaches.
    service: Option<String>,
    library: Option<String>,
    table: TableRef,
    owner: Option<String>,
    #[schemars(schema_with = "super::privileges")]
    privilege: &'static str,
    path: String,
    range: Range,
    evidence: EvidenceEntry,
    via: ViaEntry,
    /// The view, synonym or routine through which a table behind it is touched.
    through: Option<String>,
    /// Whether the statement was understood in part only.
    partial: bool,
    #[schemars(schema_with = "super::contexts")]
    context: &'static str,
}

/// How code came to an access.
#[derive(Debug, Serialize, JsonSchema)]
struct ViaEntry {
    framework: Option<String>,
    /// The calls from the service's own code to the access, the service's own first.
    path: Vec<StepEntry>,
}

/// A call on the way.
#[derive(Debug, Serialize, JsonSchema)]
struct StepEntry {
    path: String,
    range: Range,
    /// What is called.
    function: String,
    /// Whether the call is matched to the function by name alone.
    by_name: bool,
}

/// SQL that cannot be known from the source.
#[derive(Debug, Serialize, JsonSchema)]
struct OpaqueEntry {
    service: Option<String>,
    path: String,
    range: Range,
    reason: String,
    #[schemars(schema_with = "super::contexts")]
    context: &'static str,
}

/// The map by numbers.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    services: usize,
    libraries: usize,
    databases: usize,
    tables: usize,
    accesses: usize,
    opaque: usize,
}

/// Writes the map.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let map = report.map;
    let listed = |access: &&Access| report.contexts.contains(&access.context);
    let accesses: Vec<AccessEntry> =
        map.accesses.iter().filter(listed).map(|access| access_entry(report, access)).collect();
    let opaque: Vec<OpaqueEntry> = opaque(report);
    let summary = Summary {
        services: map.services.len(),
        libraries: map.libraries.len(),
        databases: map.databases.len(),
        tables: map.tables.len(),
        accesses: accesses.len(),
        opaque: opaque.len(),
    };
    let document = MapDocument {
        schema_version: SCHEMA_VERSION,
        command: "map",
        today: report.today.map(|today| today.to_string()),
        services: map.services.iter().map(|service| ServiceEntry::new(report, service)).collect(),
        libraries: map.libraries.iter().map(|library| LibraryEntry::new(report, library)).collect(),
        databases: map.databases.iter().map(|database| DatabaseEntry::new(report, database)).collect(),
        tables: map.tables.iter().map(|table| table_entry(report, table)).collect(),
        accesses,
        opaque,
        summary,
        coverage: CoverageEntry::new(report),
    };
    write_json(&document, out)
}

fn opaque(report: &Report<'_>) -> Vec<OpaqueEntry> {
    let listed = report.map.opaque.iter().filter(|opaque| report.contexts.contains(&opaque.context));
    let entry = |opaque: &crate::map::Opaque| {
        let Spot { path, range } = Spot::new(report, opaque.place);
        let service = service_name(report, opaque.service);
        OpaqueEntry { service, path, range, reason: opaque.reason.clone(), context: opaque.context.name() }
    };
    listed.map(entry).collect()
}

pub(super) fn table_entry(report: &Report<'_>, table: &Table) -> TableEntry {
    let mut claimed_by: Vec<String> =
        table.claims.iter().map(|(service, _)| report.map.service(*service).name.to_string()).collect();
    claimed_by.sort_unstable();
    claimed_by.dedup();
    if claimed_by.len() < 2 {
        claimed_by.clear();
    }
    TableEntry {
        database: report.map.database(table.database).name.to_string(),
        schema: table.schema.as_ref().map(ToString::to_string),
        name: table.name.to_string(),
        kind: table.kind.name(),
        owner: service_name(report, table.owner),
        owner_status: table.owner_status.map(crate::map::OwnerStatus::name),
        owner_evidence: evidence(report, &table.owner_evidence),
        claimed_by,
        behind: table.behind.iter().map(|id| TableRef::new(report, *id)).collect(),
        identity: table.identity_note.clone(),
    }
}

pub(super) fn access_entry(report: &Report<'_>, access: &Access) -> AccessEntry {
    let Spot { path, range } = Spot::new(report, access.place);
    let step = |step: &Step| {
        let Spot { path, range } = Spot::new(report, step.place);
        StepEntry { path, range, function: step.function.clone(), by_name: step.by_name }
    };
    AccessEntry {
        service: service_name(report, access.service),
        library: access.library.map(|id| report.map.library(id).name.to_string()),
        table: TableRef::new(report, access.table),
        owner: service_name(report, report.map.table(access.table).owner),
        privilege: access.privilege.name(),
        path,
        range,
        evidence: EvidenceEntry::new(report, &access.evidence),
        via: ViaEntry {
            framework: access.via.framework.as_ref().map(ToString::to_string),
            path: access.via.path.iter().map(step).collect(),
        },
        through: access.through.as_ref().map(ToString::to_string),
        partial: access.partial,
        context: access.context.name(),
    }
}

fn service_name(report: &Report<'_>, id: Option<ServiceId>) -> Option<String> {
    id.map(|id| report.map.service(id).name.to_string())
}

pub(super) fn evidence(report: &Report<'_>, evidence: &[crate::map::Evidence]) -> Vec<EvidenceEntry> {
    evidence.iter().map(|evidence| EvidenceEntry::new(report, evidence)).collect()
}

fn name(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of(["map"])
}
