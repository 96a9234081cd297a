//! A comment on a pull request. Its paths begin at the repository's top.

use std::io::{self, Write};

use crate::config::Level;
use crate::lint::Reported;
use crate::lint::names::counted;
use crate::report::Report;

/// More findings than this are counted, not shown: hosts cut comments that are too long.
const MOST: usize = 100;

/// Writes the open findings.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let open: Vec<&Reported> = report.outcome.open().collect();
    let permitted = report.outcome.findings.len() - open.len();
    if open.is_empty() {
        writeln!(out, "### bailiwick: no service reaches out of its own\n")?;
    } else {
        writeln!(out, "### bailiwick: {}\n", counted(open.len(), "finding"))?;
        writeln!(out, "| | where | what | rule |\n| --- | --- | --- | --- |")?;
    }
    for reported in open.iter().take(MOST) {
        let finding = &reported.finding;
        let located = report.locate(finding.place);
        writeln!(
            out,
            "| {} | `{}:{}` | {} | `{}` |",
            sign(finding.level),
            cell(&report.from_top(&located.path)),
            located.start.line,
            cell(&finding.message),
            finding.rule
        )?;
    }
    if open.len() > MOST {
        writeln!(out, "\nand {} more", open.len() - MOST)?;
    }
    write_help(&open, out)?;
    let total = report.coverage.total();
    writeln!(
        out,
        "\n{} read; places with SQL: {} resolved, {} in part, {} opaque; {permitted} permitted.",
        counted(report.coverage.files_read, "file"),
        total.resolved,
        total.partial,
        total.opaque
    )
}

/// What to do, once for each rule that is broken.
fn write_help(open: &[&Reported], out: &mut dyn Write) -> io::Result<()> {
    let mut rules: Vec<(&str, &str)> = Vec::new();
    for reported in open.iter().take(MOST).filter(|reported| reported.finding.level > Level::Note) {
        if !rules.iter().any(|(rule, _)| *rule == reported.finding.rule) {
            rules.push((reported.finding.rule, &reported.finding.help));
        }
    }
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n<details><summary>What to do</summary>\n")?;
    for (rule, help) in rules {
        writeln!(out, "- `{rule}`: {}", help.replace('\n', " "))?;
    }
    writeln!(out, "\n</details>")
}

fn sign(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Note | Level::Off => "note",
    }
}

/// Text as a cell of a table holds it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
