//! What `frameworks --format json` writes.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::frameworks::{Framework, Source};
use crate::map::{FileMatches, MatchedCall, MatchedTable, MatchedType};
use crate::report::frameworks::rules;
use crate::report::json::{Range, SCHEMA_VERSION, Spot, one_of};
use crate::report::{Report, write_json};
use crate::source::FileId;

/// The report of `frameworks`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FrameworksDocument {
    /// The version of this contract.
    schema_version: u32,
    /// Always `frameworks`.
    #[schemars(schema_with = "name")]
    command: &'static str,
    /// What is loaded; left out with `--test`.
    #[serde(skip_serializing_if = "Option::is_none")]
    frameworks: Option<Vec<FrameworkEntry>>,
    /// What matches in the file; only with `--test`.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FileEntry>,
}

/// A framework.
#[derive(Debug, Serialize, JsonSchema)]
struct FrameworkEntry {
    name: String,
    languages: Vec<String>,
    /// Whether it came with the program; else it is a file of the workspace.
    built_in: bool,
    /// The file, relative to the root (to the program's own sources where it is built in).
    path: String,
    /// How many rules it has.
    rules: usize,
    /// Which versions of its API the rules follow.
    versions: String,
    /// Its documentation.
    docs: String,
}

/// A file, and what the rules say of it.
#[derive(Debug, Serialize, JsonSchema)]
struct FileEntry {
    /// Relative to the root, with `/`.
    path: String,
    /// The types that stand for tables, in the order of the file.
    types: Vec<TypeEntry>,
    /// The calls that a rule speaks of, in the order of the file.
    calls: Vec<CallEntry>,
}

/// A type that stands for a table.
#[derive(Debug, Serialize, JsonSchema)]
struct TypeEntry {
    name: String,
    table: String,
    framework: String,
    /// Whether the table's name is made by a convention, not stated.
    by_convention: bool,
    /// Whether the framework creates the table from the type.
    creates: bool,
    range: Range,
}

/// A call, and one rule that speaks of it; or what is found without one.
#[derive(Debug, Serialize, JsonSchema)]
struct CallEntry {
    /// What is called; null for a text that is handed to a call of another file, and for one that nobody claims.
    name: Option<String>,
    framework: Option<String>,
    /// The file and line of the rule.
    rule: Option<String>,
    /// Whether only the name agrees, not the type it is called on.
    by_name: bool,
    /// Relative to the root, with `/`.
    path: String,
    range: Range,
    /// What the rule says, in words.
    says: Vec<String>,
    /// The texts it takes, with `…` for what is not known.
    texts: Vec<String>,
    tables: Vec<TableEntry>,
    /// Why something cannot be known from the source.
    opaque: Vec<String>,
}

/// A table that a call touches.
#[derive(Debug, Serialize, JsonSchema)]
struct TableEntry {
    /// Its name as the source has it.
    table: String,
    #[schemars(schema_with = "super::privileges")]
    privilege: &'static str,
    /// Relative to the root, with `/`.
    path: String,
    range: Range,
}

/// Writes the frameworks.
pub fn write_list(all: &[Framework], out: &mut dyn Write) -> io::Result<()> {
    let mut entries: Vec<FrameworkEntry> = all.iter().map(framework_entry).collect();
    entries.sort_by(|one, other| (&one.languages, &one.name).cmp(&(&other.languages, &other.name)));
    write_json(&document(Some(entries), None), out)
}

/// Writes what the rules say of a file.
pub fn write_matches(report: &Report<'_>, file: FileId, matches: &FileMatches, out: &mut dyn Write) -> io::Result<()> {
    let entry = FileEntry {
        path: report.workspace.path(file).to_owned(),
        types: matches.types.iter().map(|matched| type_entry(report, matched)).collect(),
        calls: matches.calls.iter().map(|call| call_entry(report, call)).collect(),
    };
    write_json(&document(None, Some(entry)), out)
}

fn document(frameworks: Option<Vec<FrameworkEntry>>, file: Option<FileEntry>) -> FrameworksDocument {
    FrameworksDocument { schema_version: SCHEMA_VERSION, command: "frameworks", frameworks, file }
}

fn framework_entry(framework: &Framework) -> FrameworkEntry {
    FrameworkEntry {
        name: framework.name.to_string(),
        languages: framework.languages.iter().map(|language| language.name().to_owned()).collect(),
        built_in: framework.source == Source::BuiltIn,
        path: framework.path.clone(),
        rules: rules(framework),
        versions: framework.versions.clone(),
        docs: framework.docs.clone(),
    }
}

fn type_entry(report: &Report<'_>, matched: &MatchedType) -> TypeEntry {
    TypeEntry {
        name: matched.name.to_string(),
        table: matched.table.clone(),
        framework: matched.framework.to_string(),
        by_convention: matched.by_convention,
        creates: matched.creates,
        range: Spot::new(report, matched.place).range,
    }
}

fn call_entry(report: &Report<'_>, call: &MatchedCall) -> CallEntry {
    let Spot { path, range } = Spot::new(report, call.place);
    CallEntry {
        name: call.name.as_ref().map(ToString::to_string),
        framework: call.framework.as_ref().map(ToString::to_string),
        rule: call.rule.clone(),
        by_name: call.by_name,
        path,
        range,
        says: call.says.clone(),
        texts: call.texts.clone(),
        tables: call.tables.iter().map(|table| table_entry(report, table)).collect(),
        opaque: call.opaque.clone(),
    }
}

fn table_entry(report: &Report<'_>, table: &MatchedTable) -> TableEntry {
    let Spot { path, range } = Spot::new(report, table.place);
    TableEntry { table: table.table.clone(), privilege: table.privilege.name(), path, range }
}

fn name(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    one_of(["frameworks"])
}
