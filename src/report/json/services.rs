//! What `services --format json` writes.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::map::evidence;
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
    services: Vec<ServiceEntry>,
    /// Sorted by name.
    libraries: Vec<LibraryEntry>,
    /// Sorted by name.
    databases: Vec<DatabaseEntry>,
    /// What was assumed for want of a config.
    assumed: Vec<String>,
}

/// A service.
#[derive(Debug, Serialize, JsonSchema)]
struct ServiceEntry {
    name: String,
    /// Relative to the root.
    paths: Vec<String>,
    /// The databases it connects to; empty where unknown.
    databases: Vec<String>,
    /// Its own schemas.
    schemas: Vec<String>,
    /// The libraries linked into it.
    libraries: Vec<String>,
    /// The tables it owns, sorted by database, schema and name.
    owns: Vec<OwnedEntry>,
    /// Why it is a service, and why it has these databases.
    evidence: Vec<EvidenceEntry>,
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

/// A library.
#[derive(Debug, Serialize, JsonSchema)]
struct LibraryEntry {
    name: String,
    /// Relative to the root.
    paths: Vec<String>,
    /// The services that link it.
    services: Vec<String>,
    /// Why it is a library.
    evidence: Vec<EvidenceEntry>,
}

/// A database.
#[derive(Debug, Serialize, JsonSchema)]
struct DatabaseEntry {
    name: String,
    dialect: Option<&'static str>,
    /// Whether its identity is stated (config, connection settings) or assumed.
    stated: bool,
    /// The services that connect to it.
    services: Vec<String>,
    /// The settings that prove it.
    evidence: Vec<EvidenceEntry>,
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
            .map(|(id, library)| LibraryEntry {
                name: library.name.to_string(),
                paths: library.paths.clone(),
                services: names(report, |service| service.libraries.contains(&id)),
                evidence: evidence(report, &library.evidence),
            })
            .collect(),
        databases: (0u32..)
            .map(DatabaseId)
            .zip(&map.databases)
            .map(|(id, database)| DatabaseEntry {
                name: database.name.to_string(),
                dialect: database.dialect.map(crate::vocabulary::Dialect::name),
                stated: database.stated,
                services: names(report, |service| service.databases.contains(&id)),
                evidence: evidence(report, &database.evidence),
            })
            .collect(),
        assumed: assumed.to_vec(),
    };
    write_json(&document, out)
}

fn entry(report: &Report<'_>, id: ServiceId, service: &Service) -> ServiceEntry {
    let map = report.map;
    let owned = |table: &Table| OwnedEntry {
        database: map.database(table.database).name.to_string(),
        schema: table.schema.as_ref().map(ToString::to_string),
        name: table.name.to_string(),
        kind: table.kind.name(),
        owner_status: table.owner_status.map(crate::map::OwnerStatus::name),
        evidence: evidence(report, &table.owner_evidence),
    };
    ServiceEntry {
        name: service.name.to_string(),
        paths: service.paths.clone(),
        databases: service.databases.iter().map(|id| map.database(*id).name.to_string()).collect(),
        schemas: service.schemas.iter().map(ToString::to_string).collect(),
        libraries: service.libraries.iter().map(|id| map.library(*id).name.to_string()).collect(),
        owns: map.tables.iter().filter(|table| table.owner == Some(id)).map(owned).collect(),
        evidence: evidence(report, &service.evidence),
    }
}

fn names(report: &Report<'_>, wanted: impl Fn(&Service) -> bool) -> Vec<String> {
    let services = report.map.services.iter().filter(|service| wanted(service));
    services.map(|service| service.name.to_string()).collect()
}

fn name(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of(["services"])
}
