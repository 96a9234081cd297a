//! dbt's projects: where models, seeds and snapshots lie, and which tables their sources are.

use crate::source::{FileId, Language, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::document::Node;
use crate::workspace::tree::{Tree, folder_of, joined};
use crate::workspace::{DbtProject, DbtSeed, DbtSnapshot, DbtSource};

/// What a project's file is called.
const PROJECT: &[&str] = &["dbt_project.yml", "dbt_project.yaml"];

/// All projects, in the order of their paths.
pub(super) fn projects(tree: &Tree<'_>) -> Vec<DbtProject> {
    let mut files: Vec<FileId> = PROJECT.iter().flat_map(|name| tree.named(name)).copied().collect();
    files.sort_unstable();
    files.into_iter().map(|file| project(tree, file)).collect()
}

fn project(tree: &Tree<'_>, file: FileId) -> DbtProject {
    let root = tree.folder(file);
    let settings = tree.documents(file).into_iter().next();
    let folders = |keys: &[&str], standard: &[&str]| -> Vec<String> {
        let stated = keys.iter().find_map(|key| settings.as_ref()?.get(key));
        let stated: Vec<String> = stated
            .map(|node| node.texts().into_iter().filter_map(|(text, _)| joined(root, text)).collect())
            .unwrap_or_default();
        let standard = || standard.iter().filter_map(|folder| joined(root, folder)).collect();
        if stated.is_empty() { standard() } else { stated }
    };
    let models = folders(&["model-paths", "source-paths"], &["models"]);
    let snapshots = folders(&["snapshot-paths"], &["snapshots"]);
    let mut seeds = Vec::new();
    for folder in folders(&["seed-paths", "data-paths"], &["seeds", "data"]) {
        for (id, seed) in tree.below(&folder) {
            let name = seed.path.rsplit('/').next().and_then(|name| name.strip_suffix(".csv"));
            // The line that names its columns says what the table is.
            let head = tree.text(id).map_or(0, |text| text.lines().next().unwrap_or_default().len());
            let place = Place { file: id, span: Span::new(0, head) };
            seeds.extend(name.map(|name| DbtSeed { name: name.into(), place }));
        }
    }
    let mut sources = Vec::new();
    let mut declared_snapshots = Vec::new();
    for folder in models.iter().chain(&snapshots) {
        for (id, yaml) in tree.below(folder).filter(|(_, file)| file.language == Language::Yaml) {
            // Another project's are its own.
            if folder_of(&yaml.path).len() >= root.len() {
                for document in tree.documents(id) {
                    declared(&document, &mut sources);
                    snapshots_in(id, &document, &mut declared_snapshots);
                }
            }
        }
    }
    let folder = if root == "." { String::new() } else { format!("{root}/") };
    DbtProject { folder, models, snapshots, seeds, sources, declared_snapshots }
}

/// The snapshots that a document declares (`relation: source('shop', 'orders')`).
fn snapshots_in(file: FileId, document: &Node, out: &mut Vec<DbtSnapshot>) {
    for snapshot in document.get("snapshots").map(Node::items).unwrap_or_default() {
        let (Some(named), Some(relation)) = (snapshot.get("name"), snapshot.get("relation")) else { continue };
        let (Some(name), Some(of)) = (named.text(), relation.text().and_then(relation_named)) else { continue };
        let table = snapshot.text_at(&["config", "alias"]).unwrap_or(name);
        let at = |node: &Node| Place { file, span: node.span };
        let (place, of_place) = (at(named), at(relation));
        out.push(DbtSnapshot { name: name.into(), table: table.into(), place, of, of_place });
    }
}

/// The source and the table of `source('shop', 'orders')`, the model of `ref('orders')`.
fn relation_named(text: &str) -> Option<(Option<Name>, Name)> {
    let (function, rest) = text.trim_matches(['{', '}', ' ']).split_once('(')?;
    let mut names = rest.split(['\'', '"']).skip(1).step_by(2).map(Name::from);
    match function.trim() {
        "source" => Some((Some(names.next()?), names.next()?)),
        // Before the model the name of its package may stand.
        "ref" => Some((None, names.last()?)),
        _ => None,
    }
}

/// The sources that a document declares.
fn declared(document: &Node, out: &mut Vec<DbtSource>) {
    for source in document.get("sources").map(Node::items).unwrap_or_default() {
        let Some(name) = source.text_at(&["name"]) else { continue };
        let known = |text: &&str| !text.contains("{{");
        let schema = match source.text_at(&["schema"]) {
            Some(text) => Some(text).filter(known),
            None => Some(name),
        };
        for table in source.get("tables").map(Node::items).unwrap_or_default() {
            let Some(table_name) = table.text_at(&["name"]) else { continue };
            out.push(DbtSource {
                source: name.into(),
                table: table_name.into(),
                schema: schema.map(Name::from),
                identifier: table.text_at(&["identifier"]).filter(known).unwrap_or(table_name).into(),
            });
        }
    }
}
