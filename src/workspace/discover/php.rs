//! PHP: Composer packages, front controllers, and path repositories.

use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::Ecosystem;
use crate::workspace::discover::{Link, Package, Program, entry};
use crate::workspace::document::Node;
use crate::workspace::tree::{Tree, base_name};

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    tree.named("composer.json").iter().filter_map(|file| package(tree, *file)).collect()
}

fn package(tree: &Tree<'_>, file: FileId) -> Option<Package> {
    let document = tree.documents(file).into_iter().next()?;
    let folder = tree.folder(file).to_owned();
    let full: Name = document.text_at(&["name"]).unwrap_or(base_name(&folder)).into();
    let inside = |name: &str| if folder == "." { name.to_owned() } else { format!("{folder}/{name}") };
    let start = ["artisan", "bin/console", "public/index.php"]
        .iter()
        .find_map(|entry| Some((tree.file_at(&inside(entry))?, *entry)));
    let named = full.rsplit('/').next().unwrap_or(&full);
    // Skeletons are seldom renamed: `laravel/laravel` says nothing of the service.
    let name = if matches!(named, "laravel" | "skeleton" | "symfony" | "lumen" | "website-skeleton") {
        base_name(&folder)
    } else {
        named
    };
    let program = start.map(|(file, name_of_entry)| Program {
        name: name.into(),
        path: folder.clone(),
        evidence: entry(format!("`{name_of_entry}` starts it"), Place { file, span: Span::new(0, 0) }),
    });
    let namespaces = document.at(&["autoload", "psr-4"]).map(Node::entries).unwrap_or_default();
    let links = document.get("require").map(Node::entries).unwrap_or_default();
    Some(Package {
        ecosystem: Ecosystem::Composer,
        renamed: Vec::new(),
        imports: namespaces.iter().map(|(key, _)| key.text.trim_end_matches('\\').into()).collect(),
        links: links.iter().map(|(key, _)| Link::Name(key.text.as_str().into())).collect(),
        programs: program.into_iter().collect(),
        manifest: Some(Place { file, span: document.get("name").map_or(Span::new(0, 0), |node| node.span) }),
        group: None,
        name: full,
        folder,
    })
}
