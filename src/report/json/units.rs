//! Services, libraries and databases, as every document tells of them.

use schemars::JsonSchema;
use serde::Serialize;

use super::map::evidence;
use crate::map::{Database, Library, Service};
use crate::report::Report;
use crate::report::json::EvidenceEntry;

/// A service.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ServiceEntry {
    name: String,
    /// Relative to the root.
    paths: Vec<String>,
    /// The databases it connects to; empty where unknown.
    databases: Vec<String>,
    /// Its own schemas.
    schemas: Vec<String>,
    /// The libraries linked into it.
    libraries: Vec<String>,
    /// Why it is a service, and why it has these databases.
    evidence: Vec<EvidenceEntry>,
}

impl ServiceEntry {
    pub(super) fn new(report: &Report<'_>, service: &Service) -> Self {
        let map = report.map;
        Self {
            name: service.name.to_string(),
            paths: service.paths.clone(),
            databases: service.databases.iter().map(|id| map.database(*id).name.to_string()).collect(),
            schemas: service.schemas.iter().map(ToString::to_string).collect(),
            libraries: service.libraries.iter().map(|id| map.library(*id).name.to_string()).collect(),
            evidence: evidence(report, &service.evidence),
        }
    }
}

/// A library.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LibraryEntry {
    name: String,
    /// Relative to the root.
    paths: Vec<String>,
    /// Why it is a library.
    evidence: Vec<EvidenceEntry>,
}

impl LibraryEntry {
    pub(super) fn new(report: &Report<'_>, library: &Library) -> Self {
        Self {
            name: library.name.to_string(),
            paths: library.paths.clone(),
            evidence: evidence(report, &library.evidence),
        }
    }
}

/// A database.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DatabaseEntry {
    name: String,
    dialect: Option<&'static str>,
    /// Whether its identity is stated (config, connection settings) or assumed.
    stated: bool,
    /// The settings that prove it.
    evidence: Vec<EvidenceEntry>,
}

impl DatabaseEntry {
    pub(super) fn new(report: &Report<'_>, database: &Database) -> Self {
        Self {
            name: database.name.to_string(),
            dialect: database.dialect.map(crate::vocabulary::Dialect::name),
            stated: database.stated,
            evidence: evidence(report, &database.evidence),
        }
    }
}
