//! What `why --format json` writes.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::map::{AccessEntry, TableEntry, access_entry, evidence, table_entry};
use crate::map::{Access, ServiceId, TableId};
use crate::report::json::{EvidenceEntry, SCHEMA_VERSION, Spot, one_of};
use crate::report::{Report, write_json};

/// The report of `why`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WhyDocument {
    /// The version of this contract.
    schema_version: u32,
    /// Always `why`.
    #[schemars(schema_with = "name")]
    command: &'static str,
    /// The service that was asked about.
    service: String,
    /// The tables that were asked about.
    tables: Vec<Answer>,
}

/// What is known of the service and one table.
#[derive(Debug, Serialize, JsonSchema)]
struct Answer {
    /// The table, with its owner and the reasons for it.
    table: TableEntry,
    /// Where it is created first, as far as any source here does.
    created_at: Option<Spot>,
    /// The services that claim it, each with its reason.
    claims: Vec<Claim>,
    /// The settings that prove its database.
    database_evidence: Vec<EvidenceEntry>,
    /// Each place where the service touches it, sorted by place.
    accesses: Vec<AccessEntry>,
}

/// A service's claim to a table.
#[derive(Debug, Serialize, JsonSchema)]
struct Claim {
    service: String,
    evidence: EvidenceEntry,
}

/// Writes what is known of the service and the tables.
pub fn write(report: &Report<'_>, service: ServiceId, tables: &[TableId], out: &mut dyn Write) -> io::Result<()> {
    let document = WhyDocument {
        schema_version: SCHEMA_VERSION,
        command: "why",
        service: report.map.service(service).name.to_string(),
        tables: tables.iter().map(|table| answer(report, service, *table)).collect(),
    };
    write_json(&document, out)
}

fn answer(report: &Report<'_>, service: ServiceId, id: TableId) -> Answer {
    let table = report.map.table(id);
    let concerns = |access: &&Access| {
        access.service == Some(service) && access.table == id && report.contexts.contains(&access.context)
    };
    let claims = table.claims.iter().map(|(service, evidence)| Claim {
        service: report.map.service(*service).name.to_string(),
        evidence: EvidenceEntry::new(report, evidence),
    });
    Answer {
        created_at: table.created_at.map(|place| Spot::new(report, place)),
        claims: claims.collect(),
        database_evidence: evidence(report, &report.map.database(table.database).evidence),
        accesses: report.map.accesses.iter().filter(concerns).map(|access| access_entry(report, access)).collect(),
        table: table_entry(report, table),
    }
}

fn name(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of(["why"])
}
