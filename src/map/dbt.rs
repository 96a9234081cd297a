//! dbt: a model creates the table that it is named after, a snapshot the one that it names, a seed the one of its file;
//! a source is the table that the project's documents declare.

use rustc_hash::FxHashMap;

use super::interpret::{DefinitionUse, Found, Home, Use, fingerprint};
use super::model::{Evidence, EvidenceKind};
use super::program::Program;
use crate::facts::{FileFacts, Script};
use crate::source::{FileId, Place, lies_in};
use crate::sql;
use crate::vocabulary::{Dialect, Name, Part, Privilege, TableName};
use crate::workspace::{DbtProject, Workspace};

/// A file that dbt makes a table from.
struct Model<'f> {
    file: FileId,
    project: &'f DbtProject,
    /// What others refer to it by.
    name: Name,
    /// What its table is called.
    table: Name,
    place: Place,
    dialect: Option<Dialect>,
}

/// Adds what the models and seeds of dbt projects create, and gives those who refer to them, and to sources, the names
/// of their tables.
pub(super) fn models(program: &Program<'_>, facts: &[(FileId, FileFacts)], all: &mut Found) {
    let workspace = program.symbols.workspace;
    if workspace.dbt_projects.is_empty() {
        return;
    }
    let scripts = facts.iter().filter_map(|(file, facts)| Some((*file, facts.script.as_ref()?)));
    let mut models: Vec<Model<'_>> = scripts.filter_map(|(file, script)| model(workspace, file, script)).collect();
    models.extend(workspace.dbt_projects.iter().flat_map(seeds));
    models.extend(workspace.dbt_projects.iter().flat_map(declared_snapshots));
    let named: FxHashMap<(&str, &str), &Name> =
        models.iter().map(|model| ((&model.project.folder[..], model.name.as_str()), &model.table)).collect();
    for used in all.uses.iter_mut().filter(|used| used.evidence.kind == EvidenceKind::File) {
        let Some(project) = project_of(workspace, used.home.file) else { continue };
        match &used.table.qualifiers[..] {
            [] => {
                if let Some(table) = named.get(&(&project.folder[..], used.table.name.text.as_str())) {
                    used.table.name.text = (*table).clone();
                }
            }
            [source] => used.table = of_source(project, &source.text, &used.table),
            _ => {}
        }
    }
    for project in &workspace.dbt_projects {
        for snapshot in &project.declared_snapshots {
            let (source, name) = &snapshot.of;
            let table = match source {
                Some(source) => of_source(project, source, &table_named(name)),
                None => table_named(named.get(&(&project.folder[..], name.as_str())).copied().unwrap_or(name)),
            };
            let home = Home { file: snapshot.place.file, function: None };
            let text = format!("dbt keeps `{}` of `{table}`", snapshot.table);
            all.uses.push(use_of(home, snapshot.of_place, table, Privilege::Select, text, None));
        }
    }
    for model in models {
        all.uses.push(creation(&model));
        let home = Home { file: model.file, function: None };
        let change = sql::Change::Create {
            table: table_named(&model.table),
            kind: sql::TableKind::Table,
            bases: Vec::new(),
            if_not_exists: false,
            replace: true,
            columns: Vec::new(),
        };
        all.definitions.push(DefinitionUse { home, place: model.place, change, routine: None, rollback: false });
    }
}

/// The table that a source's is.
fn of_source(project: &DbtProject, source: &str, table: &TableName) -> TableName {
    let name = table.name.text.as_str();
    let mut known = project.sources.iter();
    let Some(found) = known.find(|found| found.source == source && found.table == name) else { return table.clone() };
    let mut table = table_named(&found.identifier);
    let schema = found.schema.as_ref().unwrap_or(&found.source);
    table.qualifiers.push(Part { text: schema.clone(), quoted: false });
    table
}

/// The model that a file is, if it lies where its project keeps them.
fn model<'f>(workspace: &'f Workspace, file: FileId, script: &'f Script) -> Option<Model<'f>> {
    let project = project_of(workspace, file)?;
    let path = workspace.path(file);
    let stem = path.rsplit('/').next()?.strip_suffix(".sql")?;
    let template = &script.template;
    if template.ephemeral || script.script.statements.is_empty() {
        return None;
    }
    let is_in = |folders: &[String]| folders.iter().any(|folder| lies_in(path, folder));
    let name = if is_in(&project.models) {
        Name::from(stem)
    } else if is_in(&project.snapshots) {
        template.snapshot.clone()?
    } else {
        return None;
    };
    let table = template.alias.clone().unwrap_or_else(|| name.clone());
    let place = Place { file, span: template.head };
    Some(Model { file, project, name, table, place, dialect: Some(script.script.dialect) })
}

fn seeds(project: &DbtProject) -> impl Iterator<Item = Model<'_>> {
    project.seeds.iter().map(move |seed| Model {
        file: seed.place.file,
        project,
        name: seed.name.clone(),
        table: seed.name.clone(),
        place: seed.place,
        dialect: None,
    })
}

fn declared_snapshots(project: &DbtProject) -> impl Iterator<Item = Model<'_>> {
    project.declared_snapshots.iter().map(move |snapshot| Model {
        file: snapshot.place.file,
        project,
        name: snapshot.name.clone(),
        table: snapshot.table.clone(),
        place: snapshot.place,
        dialect: None,
    })
}

/// The innermost dbt project that a file lies in.
fn project_of(workspace: &Workspace, file: FileId) -> Option<&DbtProject> {
    let path = workspace.path(file);
    let round = workspace.dbt_projects.iter().filter(|project| path.starts_with(&project.folder));
    round.max_by_key(|project| project.folder.len())
}

fn table_named(name: &Name) -> TableName {
    TableName { qualifiers: Vec::new(), name: Part { text: name.clone(), quoted: false } }
}

fn creation(model: &Model<'_>) -> Use {
    let home = Home { file: model.file, function: None };
    let text = format!("dbt makes `{}` of this file", model.table);
    use_of(home, model.place, table_named(&model.table), Privilege::Create, text, model.dialect)
}

fn use_of(
    home: Home,
    place: Place,
    table: TableName,
    privilege: Privilege,
    text: String,
    dialect: Option<Dialect>,
) -> Use {
    Use {
        home,
        place,
        site: place,
        call: None,
        privilege,
        evidence: Evidence { kind: EvidenceKind::File, text, place: Some(place) },
        framework: Some(Name::new_static("dbt")),
        rule: None,
        partial: false,
        statement: fingerprint(&table, privilege),
        table,
        block: None,
        referencing: None,
        routine: None,
        dialect,
        needs_known_table: false,
        remote: None,
        rollback: false,
    }
}
