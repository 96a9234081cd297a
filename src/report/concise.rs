//! A line for each finding: `path:line:column: level[rule] message`.

use std::io::{self, Write};

use crate::report::Report;

/// Writes the open findings, one line each.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for reported in report.outcome.open() {
        let finding = &reported.finding;
        let level = finding.level.name();
        writeln!(out, "{}: {level}[{}] {}", report.pointer(finding.place), finding.rule, finding.message)?;
    }
    Ok(())
}
