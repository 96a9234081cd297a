//! Maven: modules and their dependencies on each other; and what Gradle's modules have in common with them: a main
//! class, and folders of sources.

use roxmltree::{Document, Node as Xml, ParsingOptions};

use crate::source::{FileId, Language, Place, Span};
use crate::vocabulary::{Context, Name};
use crate::workspace::Ecosystem;
use crate::workspace::assign::ancestors;
use crate::workspace::discover::{Link, Package, Program, entry, gradle, is_tool_name, span_of_text};
use crate::workspace::tree::{Tree, base_name};

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    let mut packages: Vec<Package> = tree.named("pom.xml").iter().filter_map(|file| maven(tree, *file)).collect();
    let with_pom: Vec<String> = packages.iter().map(|package| package.folder.clone()).collect();
    packages.extend(gradle::packages(tree).into_iter().filter(|package| !with_pom.contains(&package.folder)));
    packages
}

/// XML with the leniency that manifests need.
pub(in crate::workspace) fn xml(text: &str) -> Result<Document<'_>, roxmltree::Error> {
    let options = ParsingOptions { allow_dtd: true, nodes_limit: 200_000, ..ParsingOptions::default() };
    Document::parse_with_options(text, options)
}

/// The child element of that name, whatever its namespace.
pub(super) fn child<'a, 'i>(node: Xml<'a, 'i>, name: &str) -> Option<Xml<'a, 'i>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// The text of the child element of that name.
pub(super) fn child_text<'a>(node: Xml<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name)?.text().map(str::trim).filter(|text| !text.is_empty())
}

fn maven(tree: &Tree<'_>, file: FileId) -> Option<Package> {
    let text = tree.text(file)?;
    let document = match xml(&text) {
        Ok(document) => document,
        Err(error) => {
            tree.problem(Place { file, span: Span::new(0, 0) }, format!("no XML: {error}"));
            return None;
        }
    };
    let project = document.root_element();
    let artifact = child(project, "artifactId")?;
    let name: Name = artifact.text()?.trim().into();
    let parent = child(project, "parent");
    let group = child_text(project, "groupId").or_else(|| child_text(parent?, "groupId"));
    let is_module = child_text(project, "packaging") != Some("pom");
    let folder = tree.folder(file).to_owned();
    let range = artifact.range();
    let place = Place { file, span: Span::new(range.start, range.end) };
    let plugins: Vec<&str> = child(project, "build")
        .and_then(|build| child(build, "plugins"))
        .into_iter()
        .flat_map(|plugins| plugins.children())
        .filter_map(|plugin| child_text(plugin, "artifactId"))
        .collect();
    let packaged = plugins.iter().any(|plugin| plugin.contains("quarkus") || plugin.contains("spring-boot"));
    let programs = if is_module { programs(tree, &folder, &name, packaged, place) } else { Vec::new() };
    let mut imports = source_roots(tree, &folder);
    imports.extend(group.map(|group| Name::from(format!("{group}:{name}"))));
    Some(Package {
        ecosystem: Ecosystem::Maven,
        renamed: Vec::new(),
        links: maven_links(project),
        programs,
        manifest: Some(place),
        group: None,
        imports,
        folder,
        name,
    })
}

fn maven_links(project: Xml<'_, '_>) -> Vec<Link> {
    let dependencies = child(project, "dependencies").into_iter().flat_map(|all| all.children());
    let named = dependencies.filter(Xml::is_element).filter_map(|dependency| {
        if child_text(dependency, "scope") == Some("test") {
            return None;
        }
        child_text(dependency, "artifactId").map(|artifact| Link::Name(artifact.into()))
    });
    named.collect()
}

/// The program of a module: a main class in its sources. `packaged` says that a plugin makes it one
/// that runs, so that its main class may have any name.
pub(super) fn programs(tree: &Tree<'_>, folder: &str, name: &Name, packaged: bool, place: Place) -> Vec<Program> {
    if is_tool_name(name) {
        return Vec::new();
    }
    let mut sources: Vec<(FileId, &str)> = tree
        .below(folder)
        .filter(|(_, file)| is_jvm(file.language) && file.context == Context::Code)
        // A module in a folder of this one is another.
        .filter(|(_, file)| owner_folder(tree, &file.path) == Some(folder))
        .map(|(id, file)| (id, file.path.as_str()))
        .collect();
    sources.sort_by_key(|(_, path)| !has_main_name(path));
    let limit = if packaged { sources.len() } else { sources.iter().filter(|(_, path)| has_main_name(path)).count() };
    for (id, path) in sources.into_iter().take(limit) {
        let Some(text) = tree.text(id) else { continue };
        if let Some(sign) = main_sign(&text) {
            let class = base_name(path).split('.').next().unwrap_or(path);
            let at = Place { file: id, span: span_of_text(&text, sign) };
            let evidence = entry(format!("the module `{name}` has the main class `{class}`"), at);
            return vec![Program { name: name.clone(), path: folder.to_owned(), evidence }];
        }
    }
    if packaged && tree.has_source(folder) && tree.text(place.file).is_some_and(|text| text.contains("quarkus")) {
        let evidence = entry(format!("the module `{name}` is packaged as an application"), place);
        return vec![Program { name: name.clone(), path: folder.to_owned(), evidence }];
    }
    Vec::new()
}

fn is_jvm(language: Language) -> bool {
    matches!(language, Language::Java | Language::Kotlin | Language::Scala)
}

/// The innermost folder round a path that has a build file.
fn owner_folder<'p>(tree: &Tree<'_>, path: &'p str) -> Option<&'p str> {
    ancestors(path).skip(1).find(|folder| {
        ["pom.xml", "build.gradle", "build.gradle.kts"].iter().any(|name| {
            let file = if *folder == "." { (*name).to_owned() } else { format!("{folder}/{name}") };
            tree.file_at(&file).is_some()
        })
    })
}

fn has_main_name(path: &str) -> bool {
    let stem = base_name(path).split('.').next().unwrap_or(path);
    ["Application", "Main", "App", "Bootstrap", "Launcher", "Server", "Starter", "MainKt"]
        .iter()
        .any(|end| stem.ends_with(end))
}

fn main_sign(text: &str) -> Option<&'static str> {
    ["@SpringBootApplication", "@QuarkusMain", "public static void main(", "fun main(", "def main(", "extends IOApp"]
        .into_iter()
        .find(|sign| text.contains(sign))
}

/// The Java packages at the top of a module's sources: down to where the tree first forks.
pub(super) fn source_roots(tree: &Tree<'_>, folder: &str) -> Vec<Name> {
    let mut roots: Vec<Name> = Vec::new();
    for language in ["java", "kotlin", "scala"] {
        let source =
            if folder == "." { format!("src/main/{language}") } else { format!("{folder}/src/main/{language}") };
        let mut common: Option<Vec<&str>> = None;
        for (_, file) in tree.below(&source) {
            let inner = file.path.strip_prefix(source.as_str()).unwrap_or_default().trim_start_matches('/');
            let mut parts: Vec<&str> = inner.split('/').collect();
            parts.pop();
            common = Some(match common {
                None => parts,
                Some(known) => known.iter().zip(&parts).take_while(|(a, b)| a == b).map(|(a, _)| *a).collect(),
            });
        }
        let root = common.unwrap_or_default().join(".");
        if !root.is_empty() && !roots.iter().any(|known| *known == root) {
            roots.push(root.into());
        }
    }
    roots
}
