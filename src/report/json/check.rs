//! What `check --format json` writes.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::Level;
use crate::lint::sink::SuppressionKind;
use crate::lint::{Reported, rule_names};
use crate::report::json::{CoverageEntry, EvidenceEntry, Range, Related, SCHEMA_VERSION, Spot, TableRef, one_of};
use crate::report::{Report, write_json};

/// The report of `check`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckDocument {
    /// The version of this contract.
    schema_version: u32,
    /// Always `check`.
    #[schemars(schema_with = "name")]
    command: &'static str,
    /// The day of `--today`, if it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    today: Option<String>,
    /// Sorted by place; those that are permitted included.
    findings: Vec<FindingEntry>,
    /// Findings by number.
    summary: Summary,
    /// What was read and understood.
    coverage: CoverageEntry,
}

/// One broken rule at one place.
#[derive(Debug, Serialize, JsonSchema)]
struct FindingEntry {
    /// The rule.
    #[schemars(schema_with = "rules")]
    rule: &'static str,
    /// How much it weighs.
    #[schemars(schema_with = "levels")]
    level: &'static str,
    /// The headline.
    message: String,
    /// What to do.
    help: String,
    /// What was inferred, and from what.
    notes: Vec<String>,
    /// Who breaks the rule.
    service: Option<String>,
    /// Whose table it is.
    owner: Option<String>,
    /// The table.
    table: Option<TableRef>,
    /// The database, where no table is concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    /// What is needed on the table.
    privilege: Option<&'static str>,
    /// Relative to the root, with `/`.
    path: String,
    /// Where in it.
    range: Range,
    /// Why it is believed.
    evidence: Option<EvidenceEntry>,
    /// What made the owner the owner, the calls between, and other places.
    related: Vec<Related>,
    /// `code`, `test` or `rollback`.
    #[schemars(schema_with = "super::contexts")]
    context: &'static str,
    /// What it is known by from run to run.
    fingerprint: String,
    /// What permits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed_by: Option<SuppressionEntry>,
}

/// What permits a finding.
#[derive(Debug, Serialize, JsonSchema)]
struct SuppressionEntry {
    /// How.
    #[schemars(schema_with = "suppression_kinds")]
    kind: &'static str,
    /// Why, in the words of who permitted it.
    reason: String,
    /// Relative to the root, with `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Where in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

/// Findings by number.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// At level `error`, not permitted.
    errors: usize,
    /// At level `warn`, not permitted.
    warnings: usize,
    /// At level `note`, not permitted.
    notes: usize,
    /// Permitted by a grant, an allow or the baseline.
    permitted: usize,
}

/// Writes the findings.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let outcome = report.outcome;
    let document = CheckDocument {
        schema_version: SCHEMA_VERSION,
        command: "check",
        today: report.today.map(|today| today.to_string()),
        findings: outcome.findings.iter().map(|reported| entry(report, reported)).collect(),
        summary: Summary {
            errors: outcome.count(Level::Error),
            warnings: outcome.count(Level::Warn),
            notes: outcome.count(Level::Note),
            permitted: outcome.findings.len() - outcome.open().count(),
        },
        coverage: CoverageEntry::new(report),
    };
    write_json(&document, out)
}

fn entry(report: &Report<'_>, reported: &Reported) -> FindingEntry {
    let finding = &reported.finding;
    let service = |id: Option<crate::map::ServiceId>| id.map(|id| report.map.service(id).name.to_string());
    let Spot { path, range } = Spot::new(report, finding.place);
    let suppressed_by = reported.suppressed_by.as_ref().map(|suppression| {
        let spot = suppression.place.map(|place| Spot::new(report, place));
        let (path, range) = spot.map_or((None, None), |spot| (Some(spot.path), Some(spot.range)));
        SuppressionEntry { kind: suppression.kind.name(), reason: suppression.reason.clone(), path, range }
    });
    FindingEntry {
        rule: finding.rule,
        level: finding.level.name(),
        message: finding.message.clone(),
        help: finding.help.clone(),
        notes: finding.notes.clone(),
        service: service(finding.service),
        owner: service(finding.owner),
        table: finding.table.map(|id| TableRef::new(report, id)),
        database: finding.database.map(|id| report.map.database(id).name.to_string()),
        privilege: finding.privilege.map(crate::vocabulary::Privilege::name),
        path,
        range,
        evidence: finding.evidence.as_ref().map(|evidence| EvidenceEntry::new(report, evidence)),
        related: finding.related.iter().map(|(place, text)| Related::new(report, *place, text)).collect(),
        context: finding.context.name(),
        fingerprint: reported.fingerprint.clone(),
        suppressed_by,
    }
}

fn name(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of(["check"])
}

fn rules(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of(rule_names())
}

fn levels(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of([Level::Note, Level::Warn, Level::Error].map(Level::name))
}

fn suppression_kinds(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    use SuppressionKind::{Allow, Baseline, Grant};
    one_of([Grant, Allow, Baseline].map(SuppressionKind::name))
}
