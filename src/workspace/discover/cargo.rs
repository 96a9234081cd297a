//! Cargo: packages, their binaries, and path, workspace and git dependencies.

use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::Ecosystem;
use crate::workspace::assign::ancestors;
use crate::workspace::discover::{Link, Package, Program, entry, is_tool_name};
use crate::workspace::document::Node;
use crate::workspace::tree::{Tree, joined};

/// A `Cargo.toml`.
struct Manifest {
    file: FileId,
    folder: String,
    document: Node,
}

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    let read = |&file: &FileId| {
        let document = tree.documents(file).into_iter().next()?;
        Some(Manifest { file, folder: tree.folder(file).to_owned(), document })
    };
    let manifests: Vec<Manifest> = tree.named("Cargo.toml").iter().filter_map(read).collect();
    manifests.iter().filter_map(|manifest| package(tree, manifest, &manifests)).collect()
}

fn package(tree: &Tree<'_>, of: &Manifest, all: &[Manifest]) -> Option<Package> {
    let table = of.document.get("package")?;
    let name = Name::from(table.text_at(&["name"])?);
    let span = table.get("name").map_or(Span::new(0, 0), |node| node.span);
    Some(Package {
        ecosystem: Ecosystem::Cargo,
        imports: library(of).into_iter().collect(),
        renamed: renamed(of, all),
        links: links(of, all),
        programs: programs(tree, of, &name),
        manifest: Some(Place { file: of.file, span }),
        folder: of.folder.clone(),
        group: None,
        name,
    })
}

fn programs(tree: &Tree<'_>, of: &Manifest, package: &Name) -> Vec<Program> {
    if is_tool_name(package) {
        return Vec::new();
    }
    let mut programs: Vec<Program> = Vec::new();
    let mut add = |name: &str, path: String, place: Place, text: String| {
        if !is_tool_name(name) && !programs.iter().any(|program| program.name == name || program.path == path) {
            programs.push(Program { name: name.into(), path, evidence: entry(text, place) });
        }
    };
    for bin in of.document.get("bin").map(Node::items).unwrap_or_default() {
        let Some(name) = bin.text_at(&["name"]) else { continue };
        let path = bin.text_at(&["path"]).and_then(|path| joined(&of.folder, path));
        let path = path.or_else(|| default_path(tree, &of.folder, name));
        let place = Place { file: of.file, span: bin.get("name").map_or(bin.span, |node| node.span) };
        // A binary that needs a feature is built for special occasions.
        if bin.get("required-features").is_none() {
            add(
                name,
                path.unwrap_or_else(|| of.folder.clone()),
                place,
                format!("the package `{package}` has the binary `{name}`"),
            );
        }
    }
    if of.document.text_at(&["package", "autobins"]) != Some("false") {
        for (file, source) in tree.below(&in_folder(&of.folder, "src")) {
            let rest = source.path.strip_prefix(in_folder(&of.folder, "src").as_str()).unwrap_or_default();
            let name = match rest.split('/').collect::<Vec<_>>().as_slice() {
                ["", "main.rs"] => package.as_str(),
                ["", "bin", name] => match name.strip_suffix(".rs") {
                    Some(name) => name,
                    None => continue,
                },
                ["", "bin", name, "main.rs"] => name,
                _ => continue,
            };
            let place = Place { file, span: Span::new(0, 0) };
            add(name, source.path.to_string(), place, format!("the package `{package}` has the binary `{name}`"));
        }
    }
    programs
}

fn in_folder(folder: &str, name: &str) -> String {
    if folder == "." { name.to_owned() } else { format!("{folder}/{name}") }
}

fn default_path(tree: &Tree<'_>, folder: &str, name: &str) -> Option<String> {
    ["src/bin/{}.rs", "src/bin/{}/main.rs", "src/main.rs"]
        .iter()
        .map(|form| in_folder(folder, &form.replace("{}", name)))
        .find(|path| tree.file_at(path).is_some())
}

/// What sources call the crate.
fn library(of: &Manifest) -> Option<Name> {
    let name = of.document.text_at(&["lib", "name"]).or_else(|| of.document.text_at(&["package", "name"]))?;
    Some(name.replace('-', "_").into())
}

/// What it links in what runs (dependencies, not those of tests), by what it calls it.
fn named_links<'n>(of: &'n Manifest, all: &[Manifest]) -> Vec<(&'n str, Link)> {
    let mut tables: Vec<&Node> =
        ["dependencies", "build-dependencies"].iter().filter_map(|key| of.document.get(key)).collect();
    let targets = of.document.get("target").map(Node::entries).unwrap_or_default();
    tables.extend(targets.iter().filter_map(|(_, target)| target.get("dependencies")));
    let found = tables.into_iter().flat_map(Node::entries).filter_map(|(key, dependency)| {
        let inherited = dependency.text_at(&["workspace"]) == Some("true");
        let link =
            if inherited { workspace_dependency(of, all, &key.text) } else { link(&of.folder, &key.text, dependency) };
        Some((key.text.as_str(), link?))
    });
    found.collect()
}

fn links(of: &Manifest, all: &[Manifest]) -> Vec<Link> {
    let mut links = Vec::new();
    for (_, link) in named_links(of, all) {
        if !links.contains(&link) {
            links.push(link);
        }
    }
    links
}

/// `entity = { package = "shop-entity", … }`: sources say `entity`, the crate calls itself `shop_entity`.
fn renamed(of: &Manifest, all: &[Manifest]) -> Vec<(Name, Name)> {
    let own_name = |link: &Link| {
        let meant = all.iter().find(|manifest| match link {
            Link::Folder(folder) => manifest.folder == *folder,
            Link::Name(name) => manifest.document.text_at(&["package", "name"]) == Some(name),
        })?;
        library(meant)
    };
    let named = named_links(of, all).into_iter().filter_map(|(key, link)| {
        let alias = Name::from(key.replace('-', "_"));
        Some((alias, own_name(&link)?))
    });
    named.filter(|(alias, own)| alias != own).collect()
}

fn link(folder: &str, key: &str, dependency: &Node) -> Option<Link> {
    if let Some(path) = dependency.text_at(&["path"]) {
        return joined(folder, path).map(Link::Folder);
    }
    // A package of this very repository, taken by its address: the source is here all the same.
    dependency.get("git")?;
    Some(Link::Name(dependency.text_at(&["package"]).unwrap_or(key).into()))
}

fn workspace_dependency(of: &Manifest, all: &[Manifest], key: &str) -> Option<Link> {
    let root = ancestors(&of.folder)
        .filter_map(|folder| all.iter().find(|manifest| manifest.folder == folder))
        .find(|manifest| manifest.document.get("workspace").is_some())?;
    let dependency = root.document.at(&["workspace", "dependencies"])?.get(key)?;
    link(&root.folder, key, dependency)
}
