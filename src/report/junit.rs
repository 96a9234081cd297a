//! JUnit XML: a suite for each rule, a case for each finding. Errors are failures; warnings and notes
//! pass and say what they have to say; what is permitted is skipped.
//!
//! The form is the one of the schema that Jenkins holds reports against. It knows no place of a case, so
//! the place stands in the case's name, where every reader shows it.

use std::io::{self, Write};

use crate::config::Level;
use crate::lint::{RULES, Reported};
use crate::report::Report;

/// Writes all findings.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let suites: Vec<(&str, Vec<&Reported>)> = RULES
        .iter()
        .map(|rule| {
            let findings = report.outcome.findings.iter().filter(|reported| reported.finding.rule == rule.name);
            (rule.name, findings.collect())
        })
        .collect();
    let total: usize = suites.iter().map(|(_, findings)| findings.len().max(1)).sum();
    let failures: usize =
        suites.iter().map(|(_, findings)| findings.iter().filter(|reported| fails(reported)).count()).sum();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="bailiwick" tests="{total}" failures="{failures}" errors="0">"#)?;
    for (rule, findings) in suites {
        write_suite(report, rule, &findings, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn fails(reported: &Reported) -> bool {
    reported.suppressed_by.is_none() && reported.finding.level == Level::Error
}

fn write_suite(report: &Report<'_>, rule: &str, findings: &[&Reported], out: &mut dyn Write) -> io::Result<()> {
    let failures = findings.iter().filter(|reported| fails(reported)).count();
    let skipped = findings.iter().filter(|reported| reported.suppressed_by.is_some()).count();
    writeln!(
        out,
        r#"  <testsuite name="{rule}" tests="{}" failures="{failures}" errors="0" skipped="{skipped}">"#,
        findings.len().max(1)
    )?;
    if findings.is_empty() {
        writeln!(out, r#"    <testcase classname="bailiwick.{rule}" name="no finding"/>"#)?;
    }
    for reported in findings {
        write_case(report, reported, out)?;
    }
    writeln!(out, "  </testsuite>")
}

fn write_case(report: &Report<'_>, reported: &Reported, out: &mut dyn Write) -> io::Result<()> {
    let finding = &reported.finding;
    let located = report.locate(finding.place);
    let place = format!("{}:{}:{}", located.path, located.start.line, located.start.column);
    let message = escaped(&finding.message);
    writeln!(
        out,
        r#"    <testcase classname="bailiwick.{}" name="{}">"#,
        finding.rule,
        escaped(&format!("{place}: {}", finding.message)),
    )?;
    let body = escaped(&format!("{place}\nhelp: {}", finding.help));
    match &reported.suppressed_by {
        Some(suppression) => writeln!(out, r#"      <skipped message="{}"/>"#, escaped(&suppression.reason))?,
        None if fails(reported) => {
            writeln!(out, r#"      <failure message="{message}" type="{}">{body}</failure>"#, finding.rule)?;
        }
        None => writeln!(out, "      <system-out>{}: {message}\n{body}</system-out>", finding.level.name())?,
    }
    writeln!(out, "    </testcase>")
}

/// Text as XML holds it: control characters, which it cannot hold, become a question mark.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            _ if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => escaped.push('?'),
            _ => escaped.push(letter),
        }
    }
    escaped
}
