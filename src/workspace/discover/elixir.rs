//! Elixir: Mix projects, their application modules, umbrellas, and path dependencies.

use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::Ecosystem;
use crate::workspace::discover::{Link, Package, Program, entry, span_of_text};
use crate::workspace::tree::{Tree, base_name, folder_of, is_aside, joined};

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    let files = tree.named("mix.exs");
    let read: Vec<(FileId, String)> = files.iter().filter_map(|file| Some((*file, tree.text(*file)?))).collect();
    let umbrellas: Vec<&str> =
        read.iter().filter(|(_, text)| text.contains("apps_path:")).map(|(file, _)| tree.folder(*file)).collect();
    let mut packages: Vec<Package> = read.iter().map(|(file, text)| package(tree, *file, text)).collect();
    for package in &mut packages {
        // The applications of an umbrella are released together.
        let umbrella =
            umbrellas.iter().find(|umbrella| package.folder != **umbrella && is_app_of(&package.folder, umbrella));
        if umbrella.is_some() {
            package.programs.clear();
        }
    }
    packages
}

fn is_app_of(folder: &str, umbrella: &str) -> bool {
    let apps = if umbrella == "." { "apps".to_owned() } else { format!("{umbrella}/apps") };
    folder_of(folder) == apps
}

fn package(tree: &Tree<'_>, file: FileId, text: &str) -> Package {
    let folder = tree.folder(file).to_owned();
    let name: Name = atom_after(text, "app:").unwrap_or_else(|| base_name(&folder).to_owned()).into();
    let sign = ["mod: {", "mod: ", "apps_path:"].into_iter().find(|sign| text.contains(sign));
    let program = sign.filter(|_| !is_aside(&folder)).map(|sign| Program {
        name: name.clone(),
        path: folder.clone(),
        evidence: entry(
            format!("`mix.exs` starts the application `{name}`"),
            Place { file, span: span_of_text(text, sign) },
        ),
    });
    let mut links = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| line.starts_with("{:")) {
        if let Some(at) = line.find("path:") {
            let path = line[at..].split('"').nth(1).and_then(|path| joined(&folder, path));
            links.extend(path.map(Link::Folder));
        } else if line.contains("in_umbrella: true") {
            links.extend(atom_after(line, "{").map(|name| Link::Name(name.into())));
        }
    }
    Package {
        ecosystem: Ecosystem::Mix,
        imports: vec![camel(&name)],
        programs: program.into_iter().collect(),
        manifest: Some(Place { file, span: Span::new(0, 0) }),
        group: None,
        links,
        folder,
        name,
    }
}

/// The atom that follows `key` in `app: :shop`.
fn atom_after(text: &str, key: &str) -> Option<String> {
    let rest = text[text.find(key)? + key.len()..].trim_start();
    let atom: String = rest.strip_prefix(':')?.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!atom.is_empty()).then_some(atom)
}

/// `order_items` as the module `OrderItems`.
fn camel(name: &str) -> Name {
    let mut out = String::new();
    for word in name.split('_') {
        let mut letters = word.chars();
        out.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out.into()
}
