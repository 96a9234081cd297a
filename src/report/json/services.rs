//! What `services --format json` writes.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::map::evidence;
use super::units::{DatabaseEntry, LibraryEntry, ServiceEntry};
use crate::map::{DatabaseId, LibraryId, Service, ServiceId, Table};
use crate::report::json::{EvidenceEntry, SCHEMA_VERSION, one_of};
use crate::report::{Report, write_json};

/// The report of `services`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ServicesDocument {
    /// The version of this contract.
    schema_version: u32,
    /// Always `services`.
    #[schemars(schema_with = "name")]
    command: &'static str,
    /// Sorted by name.
    services: Vec<OwnerEntry>,
    /// Sorted by name.
    libraries: Vec<LinkedEntry>,
    /// Sorted by name.
    databases: Vec<ConnectedEntry>,
    /// What was assumed for want of a config.
    assumed: Vec<String>,
}

/// A service and what it owns.
#[derive(Debug, Serialize, JsonSchema)]
struct OwnerEntry {
    #[serde(flatten)]
    service: ServiceEntry,
    /// The tables it owns, sorted by database, schema and name.
    owns: Vec<OwnedEntry>,
}

/// A table that a service owns.
#[derive(Debug, Serialize, JsonSchema)]
struct OwnedEntry {
    database: String,
    schema: Option<String>,
    name: String,
    #[schemars(schema_with = "super::table_kinds")]
    kind: &'static str,
    #[schemars(schema_with = "super::owner_statuses")]
    owner_status: Option<&'static str>,
    /// Why it is the owner; what decided comes first.
    evidence: Vec<EvidenceEntry>,
}

/// A library and whom it is linked into.
#[derive(Debug, Serialize, JsonSchema)]
struct LinkedEntry {
    #[serde(flatten)]
    library: LibraryEntry,
    /// The services that link it.
    services: Vec<String>,
}

/// A database and who connects to it.
#[derive(Debug, Serialize, JsonSchema)]
struct ConnectedEntry {
    #[serde(flatten)]
    database: DatabaseEntry,
    /// The services that connect to it.
    services: Vec<String>,
}

/// Writes who is who.
pub fn write(report: &Report<'_>, assumed: &[String], out: &mut dyn Write) -> io::Result<()> {
    let map = report.map;
    let document = ServicesDocument {
        schema_version: SCHEMA_VERSION,
        command: "services",
        services: (0u32..).map(ServiceId).zip(&map.services).map(|(id, service)| entry(report, id, service)).collect(),
        libraries: (0u32..)
            .map(LibraryId)
            .zip(&map.libraries)
            .map(|(id, library)| LinkedEntry {
                library: LibraryEntry::new(report, library),
                services: names(report, |service| service.libraries.contains(&id)),
            })
            .collect(),
        databases: (0u32..)
            .map(DatabaseId)
            .zip(&map.databases)
            .map(|(id, database)| ConnectedEntry {
                database: DatabaseEntry::new(report, database),
                services: names(report, |service| service.databases.contains(&id)),
            })
            .collect(),
        assumed: assumed.to_vec(),
    };
    write_json(&document, out)
}

fn entry(report: &Report<'_>, id: ServiceId, service: &Service) -> OwnerEntry {
    let map = report.map;
    let owned = |table: &Table| OwnedEntry {
        database: map.database(table.database).name.to_string(),
        schema: table.schema.as_ref().map(ToString::to_string),
        name: table.name.to_string(),
        kind: table.kind.name(),
        owner_status: table.owner_status.map(crate::map::OwnerStatus::name),
        evidence: evidence(report, &table.owner_evidence),
    };
    OwnerEntry {
        service: ServiceEntry::new(report, service),
        owns: map.tables.iter().filter(|table| table.owner == Some(id)).map(owned).collect(),
    }
}

fn names(report: &Report<'_>, wanted: impl Fn(&Service) -> bool) -> Vec<String> {
    let services = report.map.services.iter().filter(|service| wanted(service));
    services.map(|service| service.name.to_string()).collect()
}

fn name(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of(["services"])
}
