//! Elixir: Mix projects, their application modules, umbrellas, and path dependencies.

use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::Ecosystem;
use crate::workspace::discover::{Link, Package, Program, entry, span_of_text};
use crate::workspace::tree::{Tree, base_name, folder_of, joined};

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    let files = tree.named("mix.exs");
    let read: Vec<(FileId, String)> = files.iter().filter_map(|file| Some((*file, tree.text(*file)?))).collect();
    let umbrella = |text: &str| text.contains("apps_path:") && releases(text) < 2;
    let umbrellas: Vec<&str> =
        read.iter().filter(|(_, text)| umbrella(text)).map(|(file, _)| tree.folder(*file)).collect();
    let mut packages: Vec<Package> = read.iter().map(|(file, text)| package(tree, *file, text)).collect();
    for package in &mut packages {
        // The applications of an umbrella are released together, unless it has a release for each.
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
    // An umbrella with a release for each application is no program of its own.
    let signs = if releases(text) < 2 { &["mod: {", "mod: ", "apps_path:"][..] } else { &["mod: {", "mod: "] };
    let sign = signs.iter().find(|sign| text.contains(**sign));
    let program = sign.map(|sign| Program {
        name: name.clone(),
        path: folder.clone(),
        evidence: entry(
            format!("`mix.exs` starts the application `{name}`"),
            Place { file, span: span_of_text(text, sign) },
        ),
    });
    let mut links = Vec::new();
    for (start, _) in text.match_indices("{:") {
        let dependency = text[start..].split('}').next().unwrap_or_default();
        if let Some(at) = dependency.find("path:") {
            let path = dependency[at..].split('"').nth(1).and_then(|path| joined(&folder, path));
            links.extend(path.map(Link::Folder));
        } else if dependency.contains("in_umbrella: true") {
            links.extend(atom_after(dependency, "{").map(|name| Link::Name(name.into())));
        }
    }
    Package {
        ecosystem: Ecosystem::Mix,
        renamed: Vec::new(),
        imports: vec![camel(&name)],
        programs: program.into_iter().collect(),
        manifest: Some(Place { file, span: Span::new(0, 0) }),
        group: None,
        links,
        folder,
        name,
    }
}

/// How many releases a project defines: `releases: [orders: […], billing: […]]`.
fn releases(text: &str) -> usize {
    let Some(at) = text.find("releases: [") else { return 0 };
    let mut depth = 0usize;
    let mut count = 0;
    let mut before = ' ';
    for letter in text[at + "releases: ".len()..].chars() {
        match letter {
            '[' | '{' | '(' => {
                count += usize::from(letter == '[' && depth == 1 && before == ':');
                depth += 1;
            }
            ']' | '}' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if !letter.is_whitespace() {
            before = letter;
        }
    }
    count
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
