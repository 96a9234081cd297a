//! Ruby: applications with a `config.ru` or `bin/rails`, gems, and path dependencies.

use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::Ecosystem;
use crate::workspace::discover::{Link, Package, Program, entry};
use crate::workspace::tree::{Tree, base_name, folder_of, joined};

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    let mut manifests: Vec<FileId> = tree.named("Gemfile").to_vec();
    manifests.extend(tree.with_name(|name| name.ends_with(".gemspec")));
    let mut packages: Vec<Package> = Vec::new();
    for file in manifests {
        let folder = tree.folder(file);
        if !packages.iter().any(|package| package.folder == folder) {
            packages.push(package(tree, file, folder));
        }
    }
    packages
}

fn package(tree: &Tree<'_>, file: FileId, folder: &str) -> Package {
    let name: Name = base_name(folder).into();
    let inside = |name: &str| if folder == "." { name.to_owned() } else { format!("{folder}/{name}") };
    let start = ["config.ru", "bin/rails", "config/application.rb"]
        .iter()
        .find_map(|entry| Some((tree.file_at(&inside(entry))?, entry)));
    let program = start.map(|(file, name_of_entry)| Program {
        name: name.clone(),
        path: folder.to_owned(),
        evidence: entry(format!("`{name_of_entry}` starts it"), Place { file, span: Span::new(0, 0) }),
    });
    let text = tree.text(file).unwrap_or_default();
    Package {
        ecosystem: Ecosystem::Ruby,
        renamed: Vec::new(),
        imports: vec![name.clone()],
        links: links(folder, &text),
        programs: program.into_iter().collect(),
        manifest: Some(Place { file, span: Span::new(0, 0) }),
        group: None,
        folder: folder.to_owned(),
        name,
    }
}

/// `gem "shared", path: "../shared"`.
fn links(folder: &str, text: &str) -> Vec<Link> {
    let path = |line: &str| {
        let line = line.trim();
        let at = (!line.starts_with('#')).then(|| line.find("path:").or_else(|| line.find(":path =>")))??;
        let rest = &line[at..];
        let start = rest.find(['"', '\''])? + 1;
        let end = rest[start..].find(['"', '\''])? + start;
        Some(rest[start..end].to_owned())
    };
    let folders = text.lines().filter_map(path).filter_map(|path| joined(folder, &path));
    folders.filter(|path| folder_of(path) != *path).map(Link::Folder).collect()
}
