//! Node: packages, their start scripts, and dependencies on each other by name or path; the projects
//! of Nx and Nest monorepos, which have no manifest of their own.

use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::Ecosystem;
use crate::workspace::discover::{Link, Package, Program, entry, is_tool_name};
use crate::workspace::document::Node;
use crate::workspace::tree::{Tree, base_name, joined};

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    let mut packages: Vec<Package> =
        tree.named("package.json").iter().filter_map(|file| package(tree, *file)).collect();
    for file in tree.named("project.json") {
        add_project(tree, *file, &mut packages);
    }
    for file in tree.named("nest-cli.json") {
        add_nest_projects(tree, *file, &mut packages);
    }
    packages
}

fn package(tree: &Tree<'_>, file: FileId) -> Option<Package> {
    let document = tree.documents(file).into_iter().next()?;
    let folder = tree.folder(file).to_owned();
    // A name with a space in it is a title, which npm would not take.
    let named = document.text_at(&["name"]).filter(|name| !name.contains(' '));
    let full: Name = named.unwrap_or(base_name(&folder)).into();
    let place = Place { file, span: document.get("name").map_or(Span::new(0, 0), |node| node.span) };
    let mut links = Vec::new();
    for section in ["dependencies", "peerDependencies", "optionalDependencies"] {
        for (key, version) in document.get(section).map(Node::entries).unwrap_or_default() {
            let path = version
                .text()
                .and_then(|version| version.strip_prefix("file:").or_else(|| version.strip_prefix("link:")));
            let link = path.and_then(|path| joined(&folder, path)).map(Link::Folder);
            links.push(link.unwrap_or_else(|| Link::Name(key.text.as_str().into())));
        }
    }
    Some(Package {
        ecosystem: Ecosystem::Npm,
        renamed: Vec::new(),
        programs: start_script(tree, &document, &folder, &full, file).into_iter().collect(),
        imports: vec![full.clone()],
        manifest: Some(place),
        group: None,
        name: full,
        folder,
        links,
    })
}

/// The name without `@scope/`.
fn without_scope(name: &str) -> &str {
    name.strip_prefix('@').and_then(|name| name.split_once('/')).map_or(name, |(_, name)| name)
}

fn start_script(tree: &Tree<'_>, document: &Node, folder: &str, full: &Name, file: FileId) -> Option<Program> {
    let name = without_scope(full);
    if is_tool_name(name) || document.get("workspaces").is_some() {
        return None;
    }
    let scripts = document.get("scripts")?;
    let (key, script) = ["start", "start:prod", "start:production", "serve"]
        .iter()
        .find_map(|wanted| scripts.entries().iter().find(|(key, _)| key.text == *wanted))?;
    let command = script.text()?;
    // The start script of a monorepo's root starts others.
    let delegates = ["turbo ", "lerna ", "nx ", "--workspace", "-w ", "pnpm -r", "--filter", "storybook", "docusaurus"];
    if delegates.iter().any(|word| command.contains(word)) || !tree.has_source(folder) {
        return None;
    }
    let place = Place { file, span: key.span.to(script.span) };
    Some(Program {
        name: name.into(),
        path: folder.to_owned(),
        evidence: entry(format!("`package.json` has the script `{}`", key.text), place),
    })
}

/// Nx: `project.json` in the folder of an application or library.
fn add_project(tree: &Tree<'_>, file: FileId, packages: &mut Vec<Package>) {
    let folder = tree.folder(file).to_owned();
    let Some(document) = tree.documents(file).into_iter().next() else { return };
    let Some(kind) = document.text_at(&["projectType"]) else { return };
    let name: Name = document.text_at(&["name"]).unwrap_or(base_name(&folder)).into();
    let place = Place { file, span: document.get("projectType").map_or(Span::new(0, 0), |node| node.span) };
    add_managed(tree, &folder, &name, kind == "application", place, packages);
}

/// Nest: the projects that `nest-cli.json` lists.
fn add_nest_projects(tree: &Tree<'_>, file: FileId, packages: &mut Vec<Package>) {
    let base = tree.folder(file).to_owned();
    let Some(document) = tree.documents(file).into_iter().next() else { return };
    for (key, project) in document.get("projects").map(Node::entries).unwrap_or_default() {
        let Some(folder) = project.text_at(&["root"]).and_then(|root| joined(&base, root)) else { continue };
        let place = Place { file, span: key.span };
        add_managed(
            tree,
            &folder,
            &key.text.as_str().into(),
            project.text_at(&["type"]) == Some("application"),
            place,
            packages,
        );
    }
}

fn add_managed(
    tree: &Tree<'_>,
    folder: &str,
    name: &Name,
    application: bool,
    place: Place,
    packages: &mut Vec<Package>,
) {
    let runs = application && !name.ends_with("-e2e") && !is_tool_name(name) && tree.has_source(folder);
    let program = runs.then(|| Program {
        name: name.clone(),
        path: folder.to_owned(),
        evidence: entry(format!("`{name}` is an application of the monorepo"), place),
    });
    if let Some(known) = packages.iter_mut().find(|package| package.folder == folder) {
        if known.programs.is_empty() {
            known.programs.extend(program);
        }
        return;
    }
    let (imports, links) = (aliases_of(tree, folder), alias_links(tree, folder));
    packages.push(Package {
        ecosystem: Ecosystem::Npm,
        renamed: Vec::new(),
        name: name.clone(),
        folder: folder.to_owned(),
        imports,
        links,
        programs: program.into_iter().collect(),
        manifest: Some(place),
        group: None,
    });
}

/// The path aliases of the monorepo's `tsconfig` files: alias and the folder or file it stands for.
fn aliases(tree: &Tree<'_>) -> Vec<(String, String)> {
    let mut aliases = Vec::new();
    for name in ["tsconfig.base.json", "tsconfig.json"] {
        let Some(file) = tree.file_at(name) else { continue };
        let Some(document) = tree.documents(file).into_iter().next() else { continue };
        let base = document.text_at(&["compilerOptions", "baseUrl"]).and_then(|base| joined(".", base));
        let base = base.unwrap_or_else(|| ".".to_owned());
        for (key, targets) in document.at(&["compilerOptions", "paths"]).map(Node::entries).unwrap_or_default() {
            let target = targets.texts().first().and_then(|(target, _)| joined(&base, target.trim_end_matches('*')));
            aliases.extend(target.map(|target| (key.text.trim_end_matches("/*").to_owned(), target)));
        }
    }
    aliases
}

fn aliases_of(tree: &Tree<'_>, folder: &str) -> Vec<Name> {
    let own = aliases(tree).into_iter().filter(|(_, target)| crate::source::lies_in(target, folder));
    let mut names: Vec<Name> = own.map(|(alias, _)| alias.into()).collect();
    names.dedup();
    names
}

/// What the sources of a folder import by alias.
fn alias_links(tree: &Tree<'_>, folder: &str) -> Vec<Link> {
    let aliases = aliases(tree);
    let mut links = Vec::new();
    if aliases.is_empty() {
        return links;
    }
    for (id, file) in tree.below(folder) {
        if !crate::workspace::tree::is_source(file.language) {
            continue;
        }
        let Some(text) = tree.text(id) else { continue };
        for (alias, target) in &aliases {
            let used = ["'", "\""].iter().any(|quote| text.contains(&format!("from {quote}{alias}")));
            if used {
                let link = Link::Folder(target.clone());
                if !links.contains(&link) {
                    links.push(link);
                }
            }
        }
    }
    links
}
