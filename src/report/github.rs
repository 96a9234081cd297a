//! Annotations of GitHub Actions: workflow commands on stdout. Their paths begin at the repository's top.

use std::io::{self, Write};

use crate::config::Level;
use crate::report::Report;

/// Writes the open findings as workflow commands.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for reported in report.outcome.open() {
        let finding = &reported.finding;
        let command = match finding.level {
            Level::Error => "error",
            Level::Warn => "warning",
            Level::Note | Level::Off => "notice",
        };
        let located = report.locate(finding.place);
        write!(
            out,
            "::{command} file={},line={},col={}",
            property(&report.from_top(&located.path)),
            located.start.line,
            located.start.column
        )?;
        write!(out, ",endLine={}", located.end.line)?;
        // A column's end counts only where the lines are the same.
        if located.start.line == located.end.line {
            write!(out, ",endColumn={}", located.end.column)?;
        }
        let text = format!("{}\nhelp: {}", finding.message, finding.help);
        writeln!(out, ",title={}::{}", property(finding.rule), data(&text))?;
    }
    Ok(())
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_property_is_escaped() {
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
        assert_eq!(data("a:b,c\n"), "a:b,c%0A");
    }
}
