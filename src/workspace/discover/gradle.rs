//! Gradle: the projects of a build, where they lie, and which link which. Its files are programs, so they are read by
//! the idioms that such files have.

use std::collections::BTreeMap;

use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::Ecosystem;
use crate::workspace::assign::ancestors;
use crate::workspace::discover::jvm::{programs, source_roots};
use crate::workspace::discover::{Link, Package};
use crate::workspace::tree::{Tree, base_name, joined};

/// The names that Gradle's settings and build files have.
const SETTINGS: &[&str] = &["settings.gradle", "settings.gradle.kts"];
const BUILDS: &[&str] = &["build.gradle", "build.gradle.kts"];

/// What a settings file says of its build.
#[derive(Debug, Default)]
struct Build {
    /// The folder of the settings file; without one the project's own.
    root: String,
    /// What the root project is called.
    name: Option<Name>,
    /// What stands before and behind the folder in each project's name: `it.name = "shop-${it.name}"`.
    affixes: Option<(String, String)>,
    /// The folders of projects that say where they lie, by their paths with `/` for `:`.
    placed: BTreeMap<String, String>,
}

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    let mut builds: BTreeMap<String, Build> = BTreeMap::new();
    let mut packages: Vec<Package> = Vec::new();
    for file in tree.with_name(|name| BUILDS.contains(&name)) {
        let folder = tree.folder(file).to_owned();
        let settings = ancestors(&folder).find_map(|folder| Some((folder, file_in(tree, folder, SETTINGS)?)));
        let root = settings.map_or(folder.as_str(), |(root, _)| root).to_owned();
        let build = builds.entry(root.clone()).or_insert_with(|| {
            let text = settings.and_then(|(_, file)| tree.text(file)).unwrap_or_default();
            Build::read(root, &text)
        });
        packages.extend(package(tree, file, folder, build));
    }
    packages
}

fn file_in(tree: &Tree<'_>, folder: &str, names: &[&str]) -> Option<FileId> {
    names.iter().find_map(|name| tree.file_at(&joined(folder, name)?))
}

fn package(tree: &Tree<'_>, file: FileId, folder: String, build: &Build) -> Option<Package> {
    let text = tree.text(file)?;
    let place = Place { file, span: Span::new(0, 0) };
    let of_root = build.name.clone().filter(|_| folder == build.root);
    let name: Name = of_root.unwrap_or_else(|| base_name(&folder).into());
    let signs =
        ["org.springframework.boot", "io.quarkus", "micronaut.application", "google.cloud.tools.jib", "application"];
    let packaged = text.lines().any(|line| {
        let applies = ["id", "apply", "plugin", "alias", "`"].iter().any(|word| line.contains(word));
        applies && !line.contains("apply false") && signs.iter().any(|sign| line.contains(sign))
    });
    let linked = paths_of_projects(&text);
    Some(Package {
        ecosystem: Ecosystem::Gradle,
        renamed: Vec::new(),
        imports: source_roots(tree, &folder),
        links: linked.iter().filter_map(|path| build.folder_of(tree, path)).map(Link::Folder).collect(),
        programs: programs(tree, &folder, &name, packaged, place),
        manifest: Some(place),
        group: None,
        folder,
        name,
    })
}

impl Build {
    fn read(root: String, settings: &str) -> Self {
        let mut build = Self { root, ..Self::default() };
        for line in settings.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            let after = |sign: &str| line.find(sign).map(|at| line[at + sign.len()..].trim_start_matches([' ', '=']));
            if let Some(name) = line.strip_prefix("rootProject.name") {
                build.name = quoted(name).map(Name::from);
            } else if let Some(name) = after("it.name").and_then(quoted) {
                build.affixes = build.affixes_of(name);
            } else if let Some(path) = line.strip_prefix("project(").and_then(quoted)
                && let Some(folder) = after(".projectDir").and_then(quoted)
            {
                let folder = folder.trim_start_matches("$rootDir").trim_start_matches("${rootDir}");
                let folder = joined(&build.root, folder.trim_start_matches('/'));
                build.placed.extend(folder.map(|folder| (as_folder(path), folder)));
            }
        }
        build
    }

    /// `shop-${it.name}`, and the root project's name for its variable.
    fn affixes_of(&self, template: &str) -> Option<(String, String)> {
        let own = self.name.as_deref().unwrap_or_default();
        let template = template.replace("${rootProject.name}", own).replace("$rootProject.name", own);
        let (before, after) = template.split_once("${it.name}").or_else(|| template.split_once("$it.name"))?;
        Some((before.to_owned(), after.to_owned()))
    }

    /// The folder of a project by its path, which is `:a:b` with `/` for `:`: where the settings put it, else where
    /// its path leads. What is renamed lies under its own name, and a build that another one includes is written with
    /// that one's path in front.
    fn folder_of(&self, tree: &Tree<'_>, path: &str) -> Option<String> {
        let placed = self.placed.get(path).cloned();
        let at = |path: &str| joined(&self.root, path).filter(|folder| file_in(tree, folder, BUILDS).is_some());
        let own_name = || {
            let (before, after) = self.affixes.as_ref()?;
            at(path.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?)
        };
        let inside = || path.match_indices('/').find_map(|(slash, _)| at(&path[slash + 1..]));
        let found = placed.or_else(|| at(path)).or_else(own_name).or_else(inside);
        found.or_else(|| joined(&self.root, path))
    }
}

/// The projects that a build file links, tests aside: `implementation(project(":libs:db"))` and
/// `implementation(projects.libs.db)`, each with `/` for what parts it.
fn paths_of_projects(text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for line in text.lines().map(str::trim) {
        if ["test", "//", "androidTest"].iter().any(|start| line.starts_with(start)) {
            continue;
        }
        for (at, _) in line.match_indices("project(") {
            // `project(path: ":libs:db", configuration: "shaded")` names its path too.
            let path = quoted(&line[at..]).filter(|path| path.starts_with(':'));
            paths.extend(path.map(as_folder));
        }
        for (at, opening) in line.match_indices("(projects.") {
            let path = line[at + opening.len()..].split([')', ' ']).next().unwrap_or_default();
            paths.push(kebab(&path.replace('.', "/")));
        }
    }
    paths
}

fn as_folder(path: &str) -> String {
    path.trim_start_matches(':').replace(':', "/")
}

/// The first text in quotes.
fn quoted(text: &str) -> Option<&str> {
    let start = text.find(['"', '\''])?;
    let quote = &text[start..=start];
    text[start + 1..].split_once(quote).map(|(inner, _)| inner).filter(|inner| !inner.is_empty())
}

/// Gradle's accessors write `order-service` as `orderService`.
fn kebab(accessor: &str) -> String {
    let mut out = String::new();
    for letter in accessor.chars() {
        if letter.is_uppercase() {
            out.push('-');
        }
        out.extend(letter.to_lowercase());
    }
    out
}
