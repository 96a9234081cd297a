//! Python: projects, entry files, and path dependencies.

use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::Ecosystem;
use crate::workspace::discover::{Link, Package, Program, entry, is_tool_name};
use crate::workspace::document::Node;
use crate::workspace::tree::{Tree, base_name, joined};

/// Files that start a server, the surest first.
const ENTRIES: &[&str] = &["manage.py", "wsgi.py", "asgi.py", "main.py", "app.py", "server.py", "run.py"];

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    let manifests = ["pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements.txt", "manage.py"];
    let mut folders: Vec<&str> =
        manifests.iter().flat_map(|name| tree.named(name)).map(|file| tree.folder(*file)).collect();
    folders.sort_unstable();
    folders.dedup();
    folders.into_iter().filter_map(|folder| package(tree, folder, &manifests)).collect()
}

fn package(tree: &Tree<'_>, folder: &str, manifests: &[&str]) -> Option<Package> {
    let at = |name: &str| tree.file_at(&inside(folder, name));
    let file = manifests.iter().find_map(|name| at(name))?;
    let document = at("pyproject.toml").and_then(|file| tree.documents(file).into_iter().next());
    let named = document.as_ref().and_then(|document| {
        document.text_at(&["project", "name"]).or_else(|| document.text_at(&["tool", "poetry", "name"]))
    });
    let name: Name = named.unwrap_or(base_name(folder)).into();
    let mut links = Vec::new();
    if let Some(document) = &document {
        links.extend(project_links(folder, document));
    }
    if let Some(text) = at("requirements.txt").and_then(|file| tree.text(file)) {
        links.extend(requirement_links(folder, &text));
    }
    Some(Package {
        ecosystem: Ecosystem::Python,
        renamed: Vec::new(),
        imports: modules(tree, folder),
        links,
        programs: program(tree, folder, &name).into_iter().collect(),
        manifest: Some(Place { file, span: Span::new(0, 0) }),
        group: None,
        folder: folder.to_owned(),
        name,
    })
}

fn inside(folder: &str, name: &str) -> String {
    if folder == "." { name.to_owned() } else { format!("{folder}/{name}") }
}

fn program(tree: &Tree<'_>, folder: &str, name: &Name) -> Option<Program> {
    if is_tool_name(name) {
        return None;
    }
    let source = name.replace('-', "_");
    let folders = [folder.to_owned(), inside(folder, "app"), inside(folder, "src"), inside(folder, &source)];
    let (file, entry_name): (FileId, &str) = ENTRIES
        .iter()
        .flat_map(|entry| folders.iter().map(move |folder| (inside(folder, entry), *entry)))
        .find_map(|(path, entry)| Some((tree.file_at(&path)?, entry)))?;
    let evidence = entry(format!("`{entry_name}` starts it"), Place { file, span: Span::new(0, 0) });
    Some(Program { name: name.clone(), path: folder.to_owned(), evidence })
}

/// The names that its sources are imported by: folders with an `__init__.py`, and modules.
fn modules(tree: &Tree<'_>, folder: &str) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for base in [folder.to_owned(), inside(folder, "src")] {
        let prefix = if base == "." { String::new() } else { format!("{base}/") };
        for (_, file) in tree.below(&base) {
            let Some(inner) = file.path.strip_prefix(prefix.as_str()) else { continue };
            let module = match inner.split('/').collect::<Vec<_>>().as_slice() {
                [package, "__init__.py"] => *package,
                _ => continue,
            };
            if !names.iter().any(|name| name == module) && module != "tests" && module != "src" {
                names.push(module.into());
            }
        }
    }
    names
}

/// PEP 508 paths, Poetry's path dependencies, uv's sources.
fn project_links(folder: &str, document: &Node) -> Vec<Link> {
    let mut links = Vec::new();
    for path in [&["tool", "poetry", "dependencies"][..], &["tool", "uv", "sources"]] {
        for (key, source) in document.at(path).map(Node::entries).unwrap_or_default() {
            if let Some(path) = source.text_at(&["path"]) {
                links.extend(joined(folder, path).map(Link::Folder));
            } else if source.text_at(&["workspace"]) == Some("true") {
                links.push(Link::Name(key.text.as_str().into()));
            }
        }
    }
    for (requirement, _) in document.at(&["project", "dependencies"]).map(Node::texts).unwrap_or_default() {
        if let Some((_, path)) = requirement.split_once("file:") {
            let path = path.trim_start_matches("//").trim_start_matches("${PROJECT_ROOT}/");
            links.extend(joined(folder, path).map(Link::Folder));
        }
    }
    links
}

/// `-e ../lib`, `../lib`, `./lib[extra]`, `file:../lib`.
fn requirement_links(folder: &str, text: &str) -> Vec<Link> {
    let path = |line: &str| {
        let line = line.split('#').next().unwrap_or(line).trim();
        let line = line.strip_prefix("-e ").or_else(|| line.strip_prefix("--editable ")).unwrap_or(line).trim();
        let line = line.strip_prefix("file:").unwrap_or(line);
        let is_path = line.starts_with("./") || line.starts_with("../");
        is_path.then(|| line.split('[').next().unwrap_or(line).to_owned())
    };
    text.lines().filter_map(path).filter_map(|path| joined(folder, &path)).map(Link::Folder).collect()
}
