//! Which frameworks are understood, and which of their rules speak of which call of a file.

use std::io::{self, Write};

use crate::frameworks::{Framework, Source};
use crate::lint::names::counted;
use crate::map::{FileMatches, MatchedCall};
use crate::report::table::Table;
use crate::report::{Report, Style};
use crate::source::FileId;

/// Writes the frameworks, by language.
pub fn write_list(all: &[Framework], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<(String, &Framework)> = all.iter().map(|framework| (languages(framework), framework)).collect();
    rows.sort_by_key(|(languages, framework)| (languages.clone(), framework.name.to_lowercase()));
    let mut table = Table::new(style, &["framework", "rules", "from", "languages", "follows"]);
    for (languages, framework) in &rows {
        let from = match framework.source {
            Source::BuiltIn => "built in".to_owned(),
            Source::Workspace => framework.path.clone(),
        };
        let count = rules(framework).to_string();
        table.row(vec![framework.name.to_string(), count, from, languages.clone(), framework.versions.clone()]);
    }
    for line in table.lines(|column, text| if column == 0 { style.bold(text) } else { text.to_owned() }) {
        writeln!(out, "{line}")?;
    }
    let house = all.iter().filter(|framework| framework.source == Source::Workspace).count();
    writeln!(out)?;
    writeln!(out, "{}, {house} of them of this workspace", counted(all.len(), "framework"))
}

/// How many rules a framework has.
#[must_use]
pub fn rules(framework: &Framework) -> usize {
    framework.calls.len() + framework.entities.len() + framework.mappings.len() + framework.values.len()
}

/// The languages that a framework is used from.
fn languages(framework: &Framework) -> String {
    let names: Vec<&str> = framework.languages.iter().map(|language| language.name()).collect();
    names.join(", ")
}

/// Writes what the rules say of a file.
pub fn write_matches(report: &Report<'_>, file: FileId, matches: &FileMatches, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", report.style.bold(report.workspace.path(file)))?;
    for matched in &matches.types {
        let how = if matched.by_convention { "by its naming convention" } else { "as its mapping says" };
        let creates = if matched.creates { ", created from it" } else { "" };
        let place = position(report, matched.place, file);
        writeln!(out, "  {place:<8} type {} is `{}`{creates}", report.style.bold(&matched.name), matched.table)?;
        writeln!(out, "           {}", report.style.dim(&format!("{}, {how}", matched.framework)))?;
    }
    for call in &matches.calls {
        write_call(report, file, call, out)?;
    }
    if matches.types.is_empty() && matches.calls.is_empty() {
        writeln!(out, "  no rule of any framework speaks of it")?;
    }
    Ok(())
}

fn write_call(report: &Report<'_>, file: FileId, call: &MatchedCall, out: &mut dyn Write) -> io::Result<()> {
    let place = position(report, call.place, file);
    let name = call.name.as_ref().map_or("a text", |name| name.as_str());
    let by_name = if call.by_name { " (only its name agrees)" } else { "" };
    writeln!(out, "  {place:<8} {}{by_name}: {}", report.style.bold(name), said(call))?;
    if let (Some(framework), Some(rule)) = (&call.framework, &call.rule) {
        writeln!(out, "           {}", report.style.dim(&format!("{framework}, {rule}")))?;
    }
    for text in &call.texts {
        writeln!(out, "           text       {text}")?;
    }
    for table in &call.tables {
        let place = position(report, table.place, file);
        writeln!(out, "           {:<10} {}  {}", table.privilege.name(), table.table, report.style.dim(&place))?;
    }
    for reason in &call.opaque {
        writeln!(out, "           opaque     {reason}")?;
    }
    Ok(())
}

fn said(call: &MatchedCall) -> String {
    if call.says.is_empty() { "handed on to a call elsewhere".to_owned() } else { call.says.join(", ") }
}

/// A place as `line:column`, with its path where it lies in another file.
fn position(report: &Report<'_>, place: crate::source::Place, file: FileId) -> String {
    let located = report.locate(place);
    let position = format!("{}:{}", located.start.line, located.start.column);
    if place.file == file { position } else { format!("{}:{position}", located.path) }
}
