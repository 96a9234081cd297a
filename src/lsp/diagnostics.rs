//! Findings as an editor shows them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::desk::Desk;
use super::positions::{Encoding, range};
use crate::config::{ConfigProblem, Level};
use crate::lint::{Finding, Reported};
use crate::session::Session;
use crate::source::{IndexedText, Place, Span, Texts};
use crate::workspace;

/// The diagnostics of every file that has any, by its path relative to the root.
pub(super) fn of_desk(desk: &Desk, encoding: Encoding) -> BTreeMap<String, Vec<Value>> {
    let mut by_path: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for problem in &desk.problems {
        let path = problem.file.to_string_lossy().into_owned();
        let diagnostic = of_problem(desk, encoding, &path, problem);
        by_path.entry(path).or_default().push(diagnostic);
    }
    let Some(session) = &desk.session else { return by_path };
    for reported in desk.outcome.open() {
        let path = session.workspace.path(reported.finding.place.file).to_owned();
        if let Some(diagnostic) = of_finding(desk, session, encoding, reported) {
            by_path.entry(path).or_default().push(diagnostic);
        }
    }
    by_path
}

fn of_problem(desk: &Desk, encoding: Encoding, path: &str, problem: &ConfigProblem) -> Value {
    let text = workspace::read(&*desk.sources(), path).unwrap_or_default();
    let text = IndexedText::new(text);
    let message = match &problem.help {
        Some(help) => format!("{}\nhelp: {help}", problem.message),
        None => problem.message.clone(),
    };
    json!({
        "range": range(&text, encoding, problem.span.unwrap_or_default()),
        "severity": 1,
        "source": "bailiwick",
        "code": "config",
        "message": message,
    })
}

/// A finding as a diagnostic; `None` where its file can no longer be read.
pub(super) fn of_finding(desk: &Desk, session: &Session, encoding: Encoding, reported: &Reported) -> Option<Value> {
    let finding = &reported.finding;
    let text = session.text(finding.place.file)?;
    let related = finding.related.iter().filter_map(|(place, message)| {
        Some(json!({"location": location(desk, session, encoding, *place)?, "message": message}))
    });
    Some(json!({
        "range": range(&text, encoding, finding.place.span),
        "severity": severity(finding.level),
        "source": "bailiwick",
        "code": finding.rule,
        "message": message(finding),
        "relatedInformation": related.collect::<Vec<Value>>(),
        "data": {"fingerprint": reported.fingerprint},
    }))
}

fn message(finding: &Finding) -> String {
    let mut message = finding.message.clone();
    for note in &finding.notes {
        message.push_str("\nnote: ");
        message.push_str(note);
    }
    if !finding.help.is_empty() {
        message.push_str("\nhelp: ");
        message.push_str(&finding.help);
    }
    message
}

fn severity(level: Level) -> u32 {
    match level {
        Level::Error => 1,
        Level::Warn => 2,
        Level::Note | Level::Off => 3,
    }
}

/// A place as the protocol names it.
pub(super) fn location(desk: &Desk, session: &Session, encoding: Encoding, place: Place) -> Option<Value> {
    let text = session.text(place.file)?;
    let uri = desk.uri(session.workspace.path(place.file));
    Some(json!({"uri": uri, "range": range(&text, encoding, place.span)}))
}

/// Whether two spans share a byte or touch.
pub(super) fn meet(one: Span, other: Span) -> bool {
    one.start <= other.end && other.start <= one.end
}
