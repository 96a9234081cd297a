//! .NET: projects, what runs of them, and project references.

use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::Ecosystem;
use crate::workspace::discover::jvm::xml;
use crate::workspace::discover::{Link, Package, Program, entry, is_tool_name};
use crate::workspace::tree::{Tree, base_name, folder_of, joined};

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    let projects = tree.with_name(|name| [".csproj", ".fsproj", ".vbproj"].iter().any(|ending| name.ends_with(ending)));
    projects.into_iter().filter_map(|file| package(tree, file)).collect()
}

fn package(tree: &Tree<'_>, file: FileId) -> Option<Package> {
    let text = tree.text(file)?;
    let document = match xml(&text) {
        Ok(document) => document,
        Err(error) => {
            tree.problem(Place { file, span: Span::new(0, 0) }, format!("no XML: {error}"));
            return None;
        }
    };
    let project = document.root_element();
    let file_name = base_name(tree.path(file));
    let name: Name = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).into();
    let folder = tree.folder(file).to_owned();
    let sdk = project.attribute("Sdk").unwrap_or_default();
    let texts = |wanted: &str| {
        let found = project.descendants().find(|node| node.is_element() && node.tag_name().name() == wanted);
        found.and_then(|node| node.text()).map(str::trim)
    };
    let attributes = |element: &str, attribute: &str| -> Vec<&str> {
        let nodes = project.descendants().filter(|node| node.is_element() && node.tag_name().name() == element);
        nodes.filter_map(|node| node.attribute(attribute)).collect()
    };
    let test_packages = ["Microsoft.NET.Test.Sdk", "xunit", "NUnit", "MSTest.TestFramework"];
    let is_test = texts("IsTestProject") == Some("true")
        || attributes("PackageReference", "Include").iter().any(|package| test_packages.contains(package));
    let is_host = texts("IsAspireHost") == Some("true")
        || attributes("Sdk", "Name").iter().any(|name| name.starts_with("Aspire.AppHost"))
        || sdk.starts_with("Aspire.AppHost");
    let output = texts("OutputType").unwrap_or_default();
    let executable = output.eq_ignore_ascii_case("exe");
    let library = output.eq_ignore_ascii_case("library");
    let served = (sdk.ends_with(".Web") || sdk.ends_with(".Worker")) && !library;
    let has_entry = ["Program.cs", "Startup.cs", "Program.fs"]
        .iter()
        .any(|entry| tree.file_like(&inside(&folder, entry)).is_some());
    let place = Place { file, span: Span::new(0, text.lines().next().map_or(0, str::len)) };
    // An app for phones and desktops is nobody's server.
    let is_app = texts("UseMaui") == Some("true");
    let runs = (served && has_entry || executable) && !is_test && !is_host && !is_app && !is_tool_name(&name);
    let mut imports: Vec<Name> = Vec::new();
    for import in [texts("RootNamespace"), texts("AssemblyName"), Some(name.as_str())].into_iter().flatten() {
        if !import.contains('$') && !imports.iter().any(|known| known == import) {
            imports.push(import.into());
        }
    }
    let links = attributes("ProjectReference", "Include").into_iter().filter_map(|path| joined(&folder, path));
    let links = links.map(|path| folder_of(&path).to_owned()).chain(inherited(tree, &folder)).map(Link::Folder);
    let program = runs.then(|| Program {
        name: name.clone(),
        path: folder.clone(),
        evidence: entry(format!("the project `{name}` builds a program"), place),
    });
    Some(Package {
        ecosystem: Ecosystem::Dotnet,
        renamed: Vec::new(),
        links: links.collect(),
        programs: program.into_iter().collect(),
        manifest: Some(place),
        group: None,
        imports,
        folder,
        name,
    })
}

fn inside(folder: &str, name: &str) -> String {
    if folder == "." { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The folders of the projects that every project below a `Directory.Build.props` or `Directory.Build.targets` refers
/// to: the nearest of each name upward counts, as the build has it.
fn inherited(tree: &Tree<'_>, folder: &str) -> Vec<String> {
    const ABOVE: &[&str] = &[
        "$(MSBuildThisFileDirectory)",
        "$(MSBuildThisFileDirectory)/",
        "$(RepoRoot)",
        "$(RepositoryRoot)",
        "$(SolutionDir)",
    ];
    let mut found = Vec::new();
    for name in ["Directory.Build.props", "Directory.Build.targets"] {
        let mut at = folder.to_owned();
        let file = loop {
            if let Some(file) = tree.file_like(&inside(&at, name)) {
                break Some(file);
            }
            if at == "." {
                break None;
            }
            at = folder_of(&at).to_owned();
        };
        let Some(text) = file.and_then(|file| tree.text(file)) else { continue };
        let Ok(document) = xml(&text) else { continue };
        let references = document.descendants().filter(|node| node.tag_name().name() == "ProjectReference");
        for path in references.filter_map(|node| node.attribute("Include")) {
            let stated = ABOVE.iter().find_map(|before| path.strip_prefix(before)).unwrap_or(path);
            let target = joined(&at, stated.trim_start_matches(['/', '\\'])).map(|path| folder_of(&path).to_owned());
            found.extend(target.filter(|target| target != folder));
        }
    }
    found
}
