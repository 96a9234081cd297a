//! SARIF 2.1.0, for code scanning.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::config::Level;
use crate::lint::sink::SuppressionKind;
use crate::lint::{RULES, Reported, Rule, Suppression};
use crate::report::place::{Located, percent_encoded};
use crate::report::{Report, write_json};
use crate::source::Place;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The name that all paths are relative to.
const ROOT: &str = "SRCROOT";

#[derive(Serialize)]
struct Log {
    version: &'static str,
    #[serde(rename = "$schema")]
    schema: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    original_uri_base_ids: BTreeMap<&'static str, UriBase>,
    invocations: [Invocation; 1],
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct UriBase {
    description: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    enabled: bool,
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    suppressions: Vec<SarifSuppression>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(rename = "physicalLocation")]
    physical: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
    byte_offset: u32,
    byte_length: u32,
}

#[derive(Serialize)]
struct SarifSuppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

/// Writes all findings; those that are permitted carry what permits them.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let base = UriBase { description: Text { text: "the root of the repository".into() } };
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "bailiwick",
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: RULES.iter().map(descriptor).collect(),
            },
        },
        column_kind: "unicodeCodePoints",
        original_uri_base_ids: BTreeMap::from([(ROOT, base)]),
        invocations: [Invocation { execution_successful: report.coverage.failures().next().is_none() }],
        results: report.outcome.findings.iter().map(|reported| result(report, reported)).collect(),
    };
    write_json(&Log { version: "2.1.0", schema: SCHEMA, runs: [run] }, out)
}

fn descriptor(rule: &Rule) -> Descriptor {
    let text = |text: &str| Text { text: text.to_owned() };
    Descriptor {
        id: rule.name,
        short_description: text(rule.summary),
        full_description: text(rule.summary),
        help: Help { text: rule.page, markdown: rule.page },
        default_configuration: Configuration {
            enabled: rule.default_level != Level::Off,
            level: level(rule.default_level),
        },
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Off => "none",
        Level::Note => "note",
        Level::Warn => "warning",
        Level::Error => "error",
    }
}

fn result(report: &Report<'_>, reported: &Reported) -> SarifResult {
    let finding = &reported.finding;
    let related = finding.related.iter().enumerate().map(|(at, (place, text))| Location {
        id: Some(at + 1),
        message: Some(Text { text: text.clone() }),
        ..location(report, *place)
    });
    let mut message = format!("{}. {}", finding.message, finding.help);
    for note in &finding.notes {
        message.push_str("\nnote: ");
        message.push_str(note);
    }
    SarifResult {
        rule_id: finding.rule,
        rule_index: RULES.iter().position(|rule| rule.name == finding.rule).unwrap_or_default(),
        level: level(finding.level),
        message: Text { text: message },
        locations: [location(report, finding.place)],
        related_locations: related.collect(),
        partial_fingerprints: BTreeMap::from([("bailiwick/v1", reported.fingerprint.clone())]),
        suppressions: reported.suppressed_by.iter().map(|suppression| suppressed(report, suppression)).collect(),
    }
}

fn suppressed(report: &Report<'_>, suppression: &Suppression) -> SarifSuppression {
    SarifSuppression {
        kind: if suppression.kind == SuppressionKind::Allow { "inSource" } else { "external" },
        status: "accepted",
        justification: suppression.reason.clone(),
        location: suppression.place.map(|place| location(report, place)),
    }
}

fn location(report: &Report<'_>, place: Place) -> Location {
    let Located { path, start, end } = report.locate(place);
    Location {
        id: None,
        message: None,
        physical: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: percent_encoded(&report.from_top(&path)), uri_base_id: ROOT },
            region: Region {
                start_line: start.line,
                start_column: start.column,
                end_line: end.line,
                end_column: end.column,
                byte_offset: start.offset,
                byte_length: end.offset.saturating_sub(start.offset),
            },
        },
    }
}
