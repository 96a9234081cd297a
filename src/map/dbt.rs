//! dbt: a model creates the table that it is named after, a snapshot the one that it names.

use rustc_hash::FxHashMap;

use super::interpret::{DefinitionUse, Found, Home, Use, fingerprint};
use super::model::{Evidence, EvidenceKind};
use super::program::Program;
use crate::facts::{FileFacts, Script};
use crate::source::{FileId, Place};
use crate::sql;
use crate::vocabulary::{Name, Part, Privilege, TableName};
use crate::workspace::Workspace;

/// What a project's file is called.
const PROJECT: &[&str] = &["dbt_project.yml", "dbt_project.yaml"];

/// A file of SQL that dbt makes a table from.
struct Model<'f> {
    file: FileId,
    /// The project's folder, with a slash at its end where it is not the root.
    project: String,
    /// What others refer to it by.
    name: Name,
    /// What its table is called.
    table: Name,
    script: &'f Script,
}

/// Adds what the models of dbt projects create, and gives those who refer to them the names of their tables.
pub(super) fn models(program: &Program<'_>, facts: &[(FileId, FileFacts)], all: &mut Found) {
    let workspace = program.symbols.workspace;
    let scripts = facts.iter().filter_map(|(file, facts)| Some((*file, facts.script.as_ref()?)));
    let models: Vec<Model<'_>> = scripts.filter_map(|(file, script)| model(workspace, file, script)).collect();
    let named: FxHashMap<(&str, &str), &Name> =
        models.iter().map(|model| ((&model.project[..], model.name.as_str()), &model.table)).collect();
    for used in &mut all.uses {
        let of_script = used.evidence.kind == EvidenceKind::File && used.table.qualifiers.is_empty();
        if named.is_empty() || !of_script {
            continue;
        }
        let Some(project) = project_of(workspace, used.home.file) else { continue };
        if let Some(table) = named.get(&(&project[..], used.table.name.text.as_str())) {
            used.table.name.text = (*table).clone();
        }
    }
    for model in models {
        all.uses.push(creation(&model));
        let home = Home { file: model.file, function: None };
        let place = Place { file: model.file, span: model.script.template.head };
        let change = sql::Change::Create {
            table: table_named(&model.table),
            kind: sql::TableKind::Table,
            bases: Vec::new(),
            if_not_exists: false,
            replace: true,
            columns: Vec::new(),
        };
        all.definitions.push(DefinitionUse { home, place, change, routine: None, rollback: false });
    }
}

/// The model that a file is, if it lies where its project keeps them.
fn model<'f>(workspace: &Workspace, file: FileId, script: &'f Script) -> Option<Model<'f>> {
    let project = project_of(workspace, file)?;
    let inside = &workspace.path(file)[project.len()..];
    let (folder, rest) = inside.split_once('/')?;
    let stem = rest.rsplit('/').next()?.strip_suffix(".sql")?;
    let template = &script.template;
    if template.ephemeral || script.script.statements.is_empty() {
        return None;
    }
    let name = match folder {
        "models" => Name::from(stem),
        "snapshots" => template.snapshot.clone()?,
        _ => return None,
    };
    let table = template.alias.clone().unwrap_or_else(|| name.clone());
    Some(Model { file, project, name, table, script })
}

/// The folder of the dbt project that a file lies in.
fn project_of(workspace: &Workspace, file: FileId) -> Option<String> {
    let path = workspace.path(file);
    let folders = path.match_indices('/').rev().map(|(at, _)| &path[..=at]).chain([""]);
    let mut folders =
        folders.filter(|folder| PROJECT.iter().any(|name| workspace.file_id(&format!("{folder}{name}")).is_some()));
    folders.next().map(str::to_owned)
}

fn table_named(name: &Name) -> TableName {
    TableName { qualifiers: Vec::new(), name: Part { text: name.clone(), quoted: false } }
}

fn creation(model: &Model<'_>) -> Use {
    let table = table_named(&model.table);
    let place = Place { file: model.file, span: model.script.template.head };
    Use {
        home: Home { file: model.file, function: None },
        place,
        site: place,
        call: None,
        privilege: Privilege::Create,
        evidence: Evidence {
            kind: EvidenceKind::File,
            text: format!("dbt makes `{table}` of this file"),
            place: Some(place),
        },
        framework: Some(Name::new_static("dbt")),
        rule: None,
        partial: false,
        statement: fingerprint(&table, Privilege::Create),
        table,
        block: None,
        referencing: None,
        routine: None,
        dialect: Some(model.script.script.dialect),
        needs_known_table: false,
        remote: None,
        rollback: false,
    }
}
