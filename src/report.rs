//! Every output format. Each owns its wire structs, so that a change to the map is never by accident
//! a change to what others read.
//!
//! Invariant: nothing else knows a format. Positions are made here, from byte spans, and texts are
//! read here only for the files that a report points into.

pub mod concise;
pub mod coverage;
pub mod frameworks;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
pub mod map;
pub mod markdown;
pub mod place;
pub mod rdjson;
pub mod sarif;
pub mod schema;
pub mod services;
pub mod source;
pub mod style;
pub mod summary;
pub mod table;
pub mod why;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::lint::Outcome;
use crate::map::{AccessContext, Map};
use crate::source::Texts;
use crate::workspace::Workspace;

pub use coverage::Coverage;
pub use style::Style;

/// All that a format may show.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The joined facts.
    pub map: &'a Map,
    /// The files.
    pub workspace: &'a Workspace,
    /// The judged findings; empty for reports of the map.
    pub outcome: &'a Outcome,
    /// What was read and understood.
    pub coverage: &'a Coverage,
    /// The texts of the files.
    pub texts: &'a dyn Texts,
    /// The contexts that are listed.
    pub contexts: &'a [AccessContext],
    /// The day of `--today`, if it was given.
    pub today: Option<jiff::civil::Date>,
    /// How it is to look.
    pub style: &'a Style,
    /// The way from the repository's top to the root: empty, or with a `/` at its end.
    pub below_repository: &'a str,
}

/// A format of `check`.
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for, in half a line.
    pub summary: &'static str,
    /// Writes the report.
    pub write: fn(&Report<'_>, &mut dyn Write) -> io::Result<()>,
}

/// Every format of `check`, in the order they are listed.
pub static FORMATS: &[Format] = &[
    Format { name: "human", summary: "the code, marked, with reasons and a way out", write: human::write },
    Format { name: "concise", summary: "a line for each finding, clickable in editors", write: concise::write },
    Format { name: "json", summary: "all that is known; `bailiwick schema` describes it", write: json::write_check },
    Format { name: "sarif", summary: "SARIF 2.1.0, for code scanning", write: sarif::write },
    Format { name: "github", summary: "annotations of GitHub Actions", write: github::write },
    Format { name: "gitlab", summary: "GitLab's code quality report", write: gitlab::write },
    Format { name: "junit", summary: "JUnit XML, for test reports", write: junit::write },
    Format { name: "rdjson", summary: "reviewdog's JSON", write: rdjson::write },
    Format { name: "markdown", summary: "a comment on a pull request", write: markdown::write },
];

/// The format of that name.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// Writes a value as indented JSON with a line end.
pub(crate) fn write_json(value: &impl serde::Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
