//! The closing words of a run: what was found, what was read, what of the SQL was understood.

use std::io::{self, Write};

use crate::config::Level;
use crate::lint::names::counted;
use crate::lint::sink::SuppressionKind;
use crate::report::Report;
use crate::report::table::Table;

/// Writes the summary of `check`.
pub fn write_check(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}{}", report.style.bold(&findings(report)), permitted(report))?;
    if let Some(tally) = report.outcome.baseline {
        let gone = if tally.gone == 0 { String::new() } else { format!(", {} gone", tally.gone) };
        writeln!(out, "baseline: {} remain{gone}", counted(tally.remaining, "old finding"))?;
    }
    write_coverage(report, out)
}

/// `2 errors, 1 warning and 3 notes`, or that there is nothing.
fn findings(report: &Report<'_>) -> String {
    let words = [(Level::Error, "error"), (Level::Warn, "warning"), (Level::Note, "note")];
    let counts = words.map(|(level, word)| (report.outcome.count(level), word));
    let parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| counted(*count, word)).collect();
    match parts.as_slice() {
        [] => "no findings".into(),
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        [last, ..] => last.clone(),
    }
}

fn permitted(report: &Report<'_>) -> String {
    let kinds = [
        (SuppressionKind::Grant, "by grants"),
        (SuppressionKind::Allow, "by inline allows"),
        (SuppressionKind::Baseline, "by the baseline"),
    ];
    let count = |kind: SuppressionKind| {
        let suppressions = report.outcome.findings.iter().filter_map(|reported| reported.suppressed_by.as_ref());
        suppressions.filter(|suppression| suppression.kind == kind).count()
    };
    let parts: Vec<String> = kinds
        .iter()
        .map(|(kind, words)| (count(*kind), words))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    if parts.is_empty() { String::new() } else { format!("; permitted: {}", parts.join(", ")) }
}

/// Writes the coverage ledger.
pub fn write_coverage(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let coverage = report.coverage;
    let reasons: Vec<String> =
        coverage.skipped_by_reason().iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    write!(out, "read {}", counted(coverage.files_read, "file"))?;
    if !reasons.is_empty() {
        write!(out, ", skipped {}", reasons.join(", "))?;
    }
    writeln!(out)?;
    if report.style.verbose {
        for skipped in &coverage.skipped {
            writeln!(out, "  {}: {}", skipped.path, skipped.reason.text())?;
        }
    }
    if !coverage.problems.is_empty() {
        let files: std::collections::BTreeSet<_> = coverage.problems.iter().map(|(place, _)| place.file).collect();
        let hint = if report.style.verbose { "" } else { " (-v lists them)" };
        writeln!(out, "{} not understood in full{hint}", counted(files.len(), "file"))?;
    }
    if report.style.verbose {
        for (place, message) in &coverage.problems {
            writeln!(out, "  {}: {message}", report.pointer(*place))?;
        }
    }
    write_sites(report, out)
}

fn write_sites(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let total = report.coverage.total();
    if total.total() == 0 {
        return writeln!(out, "no SQL was found in code");
    }
    let mut table = Table::new(report.style, &["service", "resolved", "in part", "opaque"]);
    for (service, sites) in &report.coverage.sites {
        let name = service.map_or("(no service)", |id| &report.map.service(id).name);
        table.row(vec![name.into(), sites.resolved.to_string(), sites.partial.to_string(), sites.opaque.to_string()]);
    }
    writeln!(out, "places with SQL: {} resolved, {} in part, {} opaque", total.resolved, total.partial, total.opaque)?;
    for line in table.lines(|_, text| text.to_owned()) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
