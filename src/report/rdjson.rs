//! reviewdog's JSON. Its columns count bytes of UTF-8.

use std::io::{self, Write};

use serde::Serialize;

use crate::config::Level;
use crate::report::{Report, write_json};
use crate::source::{Place, Position};

#[derive(Serialize)]
struct Document {
    source: Source,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Diagnostic {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
}

/// Writes the open findings.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let diagnostics = report.outcome.open().map(|reported| {
        let finding = &reported.finding;
        Diagnostic {
            message: format!("{}\nhelp: {}", finding.message, finding.help),
            location: location(report, finding.place),
            severity: match finding.level {
                Level::Error => "ERROR",
                Level::Warn => "WARNING",
                Level::Note | Level::Off => "INFO",
            },
            code: Code { value: finding.rule },
            related_locations: finding
                .related
                .iter()
                .map(|(place, message)| Related { message: message.clone(), location: location(report, *place) })
                .collect(),
        }
    });
    write_json(&Document { source: Source { name: "bailiwick" }, diagnostics: diagnostics.collect() }, out)
}

fn location(report: &Report<'_>, place: Place) -> Location {
    let located = report.locate(place);
    let text = report.texts.text(place.file);
    let point = |position: Position, offset: u32| {
        let start = text.as_ref().and_then(|text| text.lines.line_start(position.line));
        Point { line: position.line, column: start.map_or(position.column, |start| offset.saturating_sub(start) + 1) }
    };
    let range = Range { start: point(located.start, place.span.start), end: point(located.end, place.span.end) };
    Location { path: located.path, range }
}
