//! GitLab's code quality report: a JSON array. Its paths begin at the repository's top.

use std::io::{self, Write};

use serde::Serialize;

use crate::config::Level;
use crate::report::{Report, write_json};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes the open findings.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let issues = report.outcome.open().map(|reported| {
        let finding = &reported.finding;
        let located = report.locate(finding.place);
        Issue {
            description: format!("{}. {}", finding.message, finding.help),
            check_name: finding.rule,
            fingerprint: reported.fingerprint.clone(),
            severity: match finding.level {
                Level::Error => "major",
                Level::Warn => "minor",
                Level::Note | Level::Off => "info",
            },
            location: Location {
                path: report.from_top(&located.path),
                lines: Lines { begin: located.start.line, end: located.end.line },
            },
        }
    });
    write_json(&issues.collect::<Vec<_>>(), out)
}
