//! The baseline: the findings that were there when a team adopted the program, accepted one by one.
//!
//! It is a sorted file of exact instances with a line for each, so that a review sees what comes and what
//! goes and two branches merge. The fingerprint is the key. The path is a hint, and there are no line
//! numbers: moved code disturbs nothing.
//!
//! Invariant: this is the only place that knows the file's form.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::config::{BASELINE_NAME, Level};
use crate::lint::context::Accepted;
use crate::lint::{Outcome, Reported, rule};
use crate::map::Map;
use crate::source::{FileId, Place, Span, Texts};
use crate::workspace::Workspace;

/// The version of the file's form.
const VERSION: u32 = 1;

/// What the file says of itself.
const ABOUT: &str = "Findings that were there before the linter. `bailiwick baseline --prune` takes out what is gone; \
                     `bailiwick baseline` accepts everything anew. Do not edit.";

/// One accepted finding. The order of the fields is the order in the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The rule.
    pub rule: String,
    /// Who breaks it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// The table, with its schema where one is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table: String,
    /// What is needed on it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub privilege: String,
    /// The function or type round it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// What it is known by: the key.
    pub fingerprint: String,
    /// The file it stood in when it was accepted: a hint for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
}

/// A baseline as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Its entries, in the order of the file, each with the place of its fingerprint.
    pub entries: Vec<(Entry, Span)>,
}

#[derive(Deserialize)]
struct Document {
    version: u32,
    findings: Vec<Entry>,
}

/// Why a baseline could not be used: one line, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

/// The workspace's baseline and the file it stands in; `None` where there is none.
///
/// # Errors
/// When there is one that cannot be understood.
pub fn of_workspace(workspace: &Workspace, texts: &dyn Texts) -> Result<Option<(FileId, Baseline)>, Broken> {
    let Some(file) = workspace.file_id(BASELINE_NAME) else { return Ok(None) };
    let Some(text) = texts.text(file) else {
        let help = "look at the file's permissions, or take it away";
        return Err(Broken { message: format!("cannot read `{BASELINE_NAME}`"), help });
    };
    parse(&text.source.text).map(|baseline| Some((file, baseline)))
}

/// Reads a baseline's text.
///
/// # Errors
/// When it is none, or of a version this program does not know.
pub fn parse(text: &str) -> Result<Baseline, Broken> {
    let document: Document = serde_json::from_str(text).map_err(|error| {
        let conflict = text.lines().any(|line| line.starts_with("<<<<<<<"));
        let why = if conflict { "it holds a merge conflict".to_owned() } else { error.to_string() };
        let help = "take both sides of a conflict, or write the file anew with `bailiwick baseline`";
        Broken { message: format!("`{BASELINE_NAME}` is no baseline: {why}"), help }
    })?;
    if document.version != VERSION {
        let message = format!("`{BASELINE_NAME}` is of version {}, known is {VERSION}", document.version);
        return Err(Broken { message, help: "use the version of bailiwick that wrote it, or write it anew" });
    }
    let mut from = 0;
    let placed = document.findings.into_iter().map(|entry| {
        let key = format!("\"{}\"", entry.fingerprint);
        let found = text[from..].find(&key).map(|at| from + at).or_else(|| text.find(&key));
        let span = found.map_or(Span::default(), |at| Span::new(at, at + key.len()));
        from = found.map_or(from, |at| at + key.len());
        (entry, span)
    });
    Ok(Baseline { entries: placed.collect() })
}

impl Baseline {
    /// The entries as the rules want them. `file` is where they stand; `may_be_stale` says that an entry
    /// which matches nothing is no finding.
    #[must_use]
    pub fn accepted(&self, file: FileId, may_be_stale: bool) -> Vec<Accepted> {
        let entries = self.entries.iter().map(|(entry, span)| Accepted {
            fingerprint: entry.fingerprint.clone(),
            place: Place { file, span: *span },
            text: entry.text(),
            may_be_stale,
        });
        entries.collect()
    }

    /// The fingerprints of all entries.
    #[must_use]
    pub fn fingerprints(&self) -> BTreeSet<&str> {
        self.entries.iter().map(|(entry, _)| entry.fingerprint.as_str()).collect()
    }
}

impl Entry {
    /// The finding as an entry.
    #[must_use]
    pub fn of(map: &Map, workspace: &Workspace, reported: &Reported) -> Self {
        let finding = &reported.finding;
        let table = finding.table.map(|id| map.table(id));
        let table = table.map(|table| match &table.schema {
            Some(schema) => format!("{schema}.{}", table.name),
            None => table.name.to_string(),
        });
        Self {
            rule: finding.rule.to_owned(),
            service: finding.service.map(|id| map.service(id).name.to_string()).unwrap_or_default(),
            table: table.unwrap_or_default(),
            privilege: finding.privilege.map(|privilege| privilege.name().to_owned()).unwrap_or_default(),
            item: finding.item.to_string(),
            fingerprint: reported.fingerprint.clone(),
            path: workspace.path(finding.place.file).to_owned(),
        }
    }

    /// What it accepts, for people.
    fn text(&self) -> String {
        let part =
            |word: &str, value: &str| if value.is_empty() { String::new() } else { format!(" {word} `{value}`") };
        let (service, table) = (part("of", &self.service), part("on", &self.table));
        format!("`{}`{service}{table}{}", self.rule, part("in", &self.path))
    }
}

/// Whether a baseline may hold the finding: it is open, it weighs something, it speaks of code (a
/// permission that lapsed or permits nothing is its owner's to mend), and its service is not strict.
#[must_use]
pub fn may_hold(map: &Map, reported: &Reported) -> bool {
    let finding = &reported.finding;
    let of_code = rule(finding.rule).is_some_and(crate::lint::Rule::speaks_of_code);
    of_code
        && reported.suppressed_by.is_none()
        && finding.level >= Level::Warn
        && !finding.service.is_some_and(|service| map.service(service).strict)
}

/// Everything of the outcome that a baseline may hold, sorted.
#[must_use]
pub fn entries(map: &Map, workspace: &Workspace, outcome: &Outcome) -> Vec<Entry> {
    let held = outcome.findings.iter().filter(|reported| may_hold(map, reported));
    let mut entries: Vec<Entry> = held.map(|reported| Entry::of(map, workspace, reported)).collect();
    entries.sort();
    entries
}

/// The file's text: sorted already, an entry a line.
#[must_use]
pub fn text(entries: &[Entry]) -> String {
    let about = serde_json::Value::from(ABOUT);
    let lines: Vec<String> = entries.iter().filter_map(|entry| serde_json::to_string(entry).ok()).collect();
    let lines = lines.iter().map(|line| format!("\n    {line}")).collect::<Vec<_>>().join(",");
    let end = if entries.is_empty() { "" } else { "\n  " };
    format!("{{\n  \"about\": {about},\n  \"version\": {VERSION},\n  \"findings\": [{lines}{end}]\n}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(fingerprint: &str) -> Entry {
        Entry {
            rule: "foreign-read".into(),
            service: "reporting".into(),
            table: "orders".into(),
            privilege: "select".into(),
            item: "load".into(),
            fingerprint: fingerprint.into(),
            path: "reporting/src/main.rs".into(),
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let entries = vec![entry("00aa"), entry("00bb")];
        let text = text(&entries);
        let read = parse(&text).unwrap();
        assert_eq!(read.entries.iter().map(|(entry, _)| entry.clone()).collect::<Vec<_>>(), entries);
        assert_eq!(&text[read.entries[1].1.range()], "\"00bb\"");
        assert_eq!(text.lines().filter(|line| line.contains("fingerprint")).count(), 2);
        assert!(parse(&super::text(&[])).unwrap().entries.is_empty());
    }

    #[test]
    fn entries_of_one_kind_stand_together() {
        let mut entries = [entry("2"), Entry { service: "archive".into(), ..entry("3") }, entry("1")];
        entries.sort();
        let order: Vec<&str> = entries.iter().map(|entry| entry.fingerprint.as_str()).collect();
        assert_eq!(order, ["3", "1", "2"]);
    }

    #[test]
    fn what_is_no_baseline_says_so() {
        assert!(parse("<<<<<<< ours\n{}").unwrap_err().message.contains("merge conflict"));
        assert!(parse("{").unwrap_err().message.contains("is no baseline"));
        assert!(parse("{\"version\": 9, \"findings\": []}").unwrap_err().message.contains("version 9"));
    }
}
