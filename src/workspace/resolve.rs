//! Who is a service and who a library: the config's word, else what programs, deployments and links
//! say together.
//!
//! Without a config the rules are: a program that is deployed or can be is a service; a package that
//! exactly one service links is that service's own; one that several link is a library; a repository
//! with one service is that service.

mod graph;
mod names;
#[cfg(test)]
mod tests;
mod units;

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Language, lies_in};
use crate::vocabulary::Name;
use crate::workspace::Unit as Assigned;
use crate::workspace::assign::{Claims, ancestors};
use crate::workspace::discover::{Found, Package as FoundPackage, is_tool_name};
use crate::workspace::resolve::graph::Graph;
use crate::workspace::resolve::units::{Unit, best_name, units};
use crate::workspace::tree::{Tree, base_name, is_aside, is_source};
use crate::workspace::{Ecosystem, Evidence, EvidenceKind, Library, LibraryId, Package, Service, ServiceId};

pub(super) use names::{folded, loose};

/// Files in a folder that say "what is below belongs together".
const GROUPING: &[&str] = &[
    "Cargo.toml",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "composer.json",
    "Gemfile",
    "mix.exs",
    "Dockerfile",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
    "skaffold.yaml",
    "nx.json",
    "catalog-info.yaml",
];

/// What was resolved.
pub(super) struct Resolution {
    /// Sorted by name.
    pub(super) services: Vec<Service>,
    /// Sorted by name.
    pub(super) libraries: Vec<Library>,
    /// The service of each deployment, in the order of [`Found::deployments`].
    pub(super) deployments: Vec<Option<ServiceId>>,
    /// What was assumed.
    pub(super) assumptions: Vec<String>,
}

/// A service that is still being put together.
#[derive(Debug, Clone)]
struct Draft {
    service: Service,
    /// The packages from which its links are followed.
    starts: Vec<usize>,
    deployments: Vec<usize>,
}

/// Resolves what was found. `declared` are the config's services and libraries; where there are
/// services among them, no others are made. `named` are services that only name themselves, in a file
/// of their own.
pub(super) fn resolve(
    tree: &Tree<'_>,
    found: &Found,
    declared: Vec<Service>,
    named: Vec<Service>,
    libraries: Vec<Library>,
) -> Resolution {
    let units = units(tree, found);
    let graph = Graph::new(&found.packages);
    if declared.is_empty() {
        let mut drafts = drafts(tree, found, &units);
        add_named(&mut drafts, named);
        let mut assumptions: Vec<String> = drafts.iter().filter_map(|draft| deployed_as_one(draft, found)).collect();
        if drafts.is_empty() && tree.has_source(".") || drafts.len() == 1 {
            lone_service(tree, found, &mut drafts, &mut assumptions);
        }
        let shared = share_out(&graph, &mut drafts, &libraries);
        let all = all_libraries(found, shared, libraries, &drafts);
        return finish(found, &graph, drafts, all, assumptions);
    }
    let drafts = declared_drafts(found, &units, declared, &libraries);
    let shared = unclaimed_links(&graph, &drafts, &libraries);
    let all = all_libraries(found, shared, libraries, &drafts);
    finish(found, &graph, drafts, all, Vec::new())
}

/// A draft for each unit, with its name and widest path.
fn drafts(tree: &Tree<'_>, found: &Found, units: &[Unit]) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        let name = Some(best_name(unit, found)).filter(|name| name != ".").unwrap_or_else(|| root_name(tree));
        let others =
            || units.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, unit)| unit.path.as_str());
        let paths = widened(tree, unit, &others);
        let mut evidence: Vec<Evidence> =
            unit.deployments.iter().map(|at| found.deployments[*at].evidence.clone()).collect();
        evidence.extend(unit.evidence.iter().cloned());
        let mut service = Service { name, paths, evidence, ..Service::default() };
        add_catalog(found, unit, &mut service);
        drafts.push(Draft {
            service,
            starts: unit.package.into_iter().collect(),
            deployments: unit.deployments.clone(),
        });
    }
    drafts.sort_by(|a, b| (&a.service.name, &a.service.paths).cmp(&(&b.service.name, &b.service.paths)));
    tell_apart(&mut drafts);
    drafts
}

/// What is assumed where several things that compose files build cannot be told apart by their sources.
fn deployed_as_one(draft: &Draft, found: &Found) -> Option<String> {
    let deployments = draft.deployments.iter().map(|at| &found.deployments[*at]);
    let built = deployments
        .filter(|deployment| deployment.evidence.kind == EvidenceKind::Compose && deployment.folder.is_some());
    let names: BTreeSet<&Name> = built.map(|deployment| &deployment.name).collect();
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let (last, others) = names.split_last().filter(|(_, others)| !others.is_empty())?;
    let (listed, name) = (others.join(", "), &draft.service.name);
    Some(format!("{listed} and {last} are built from the same sources; they are taken as one service, `{name}`"))
}

/// Services that name themselves: the one that was found in the folder gets the name.
fn add_named(drafts: &mut Vec<Draft>, named: Vec<Service>) {
    for service in named {
        let inside = |draft: &Draft| {
            let own = |path: &Name| service.paths.iter().any(|folder| lies_in(path, folder));
            draft.service.paths.iter().any(own)
        };
        drafts.retain(|draft| draft.service.name != service.name || inside(draft));
        let mut same: Vec<&mut Draft> = drafts.iter_mut().filter(|draft| inside(draft)).collect();
        if let [only] = same.as_mut_slice() {
            only.service.name = service.name;
            only.service.evidence.splice(0..0, service.evidence);
            only.service.schemas = service.schemas;
        } else {
            drafts.push(Draft { service, starts: Vec::new(), deployments: Vec::new() });
        }
    }
    drafts.sort_by(|a, b| (&a.service.name, &a.service.paths).cmp(&(&b.service.name, &b.service.paths)));
}

/// The highest folder round a unit that holds together and holds no other unit.
fn widened<'a, I: Iterator<Item = &'a str>>(tree: &Tree<'_>, unit: &Unit, others: &dyn Fn() -> I) -> Vec<Name> {
    let alone = others().next().is_none();
    if unit.path == "." && !alone {
        return root_paths(tree, others);
    }
    let mut best = unit.path.as_str();
    for folder in ancestors(&unit.path).skip(1).take_while(|folder| *folder != ".") {
        if others().any(|other| lies_in(other, folder)) || is_aside(base_name(folder)) {
            break;
        }
        if GROUPING.iter().any(|name| tree.file_like(&format!("{folder}/{name}")).is_some()) {
            best = folder;
        }
    }
    vec![best.into()]
}

/// Not everything below the root is the root's program's where there are others: its sources at the
/// root itself, and the folders that such a program has.
fn root_paths<'a, I: Iterator<Item = &'a str>>(tree: &Tree<'_>, others: &dyn Fn() -> I) -> Vec<Name> {
    const FOLDERS: &[&str] = &[
        "src",
        "app",
        "lib",
        "config",
        "db",
        "migrations",
        "migrate",
        "model",
        "models",
        "routes",
        "helpers",
        "jobs",
        "slices",
        "priv",
        "prisma",
        "sql",
    ];
    let folders =
        FOLDERS.iter().filter(|folder| tree.has_folder(folder) && !others().any(|other| lies_in(other, folder)));
    let files = tree.files.iter().filter(|file| !file.path.contains('/'));
    let files = files
        .filter(|file| is_source(file.language) || matches!(file.language, Language::Sql | Language::Properties))
        .map(|file| file.path.clone());
    let mut paths: Vec<Name> = folders.map(|folder| Name::from(*folder)).chain(files).collect();
    paths.sort();
    paths
}

fn add_catalog(found: &Found, unit: &Unit, service: &mut Service) {
    let entry =
        found.catalog.iter().filter(|entry| lies_in(&unit.path, &entry.folder)).max_by_key(|entry| entry.folder.len());
    let Some(entry) = entry else { return };
    service.team.clone_from(&entry.team);
    service.evidence.push(entry.evidence.clone());
    let own = entry.folder == unit.path || service.paths.iter().any(|path| *path == entry.folder);
    if own && entry.is_service && unit.deployments.is_empty() {
        service.name = entry.name.clone();
    }
}

/// Of services of one name the one whose folder is called so keeps it, and each other one is called like its folder,
/// or has that in its name.
fn tell_apart(drafts: &mut [Draft]) {
    let folder = |draft: &Draft| draft.service.paths.first().cloned().unwrap_or_default();
    let (mut named, mut based): (BTreeMap<Name, usize>, BTreeMap<Name, usize>) = (BTreeMap::new(), BTreeMap::new());
    for draft in drafts.iter() {
        *named.entry(draft.service.name.clone()).or_default() += 1;
        *based.entry(base_name(&folder(draft)).into()).or_default() += 1;
    }
    for draft in drafts.iter_mut().filter(|draft| named.get(&draft.service.name).is_some_and(|count| *count > 1)) {
        let path = folder(draft);
        let base = base_name(&path);
        let is_free = !names::is_generic(base) && !named.contains_key(base) && based.get(base) == Some(&1);
        let name = if folded(base) == folded(&draft.service.name) {
            path.replace('/', "-")
        } else if is_free {
            base.to_owned()
        } else {
            format!("{}-{base}", draft.service.name)
        };
        draft.service.name = name.trim_start_matches('.').into();
    }
    drafts.sort_by(|a, b| (&a.service.name, &a.service.paths).cmp(&(&b.service.name, &b.service.paths)));
    // Should two still be called alike, they are numbered.
    for at in 1..drafts.len() {
        if drafts[at].service.name == drafts[at - 1].service.name {
            drafts[at].service.name = format!("{}-{}", drafts[at].service.name, at + 1).into();
        }
    }
}

/// What the folder of the whole tree is called.
fn root_name(tree: &Tree<'_>) -> Name {
    tree.sources.root().file_name().map_or_else(|| "root".into(), |name| name.to_string_lossy().as_ref().into())
}

/// A repository with one service, or with none that is known, is one service.
fn lone_service(tree: &Tree<'_>, found: &Found, drafts: &mut Vec<Draft>, assumptions: &mut Vec<String>) {
    let root = root_name(tree);
    if drafts.is_empty() {
        let text = format!("no service is declared or found; the whole repository is taken as the service `{root}`");
        assumptions.push(text.clone());
        let evidence = vec![Evidence { kind: EvidenceKind::Entry, text, place: None }];
        let service = Service { name: root.clone(), evidence, ..Service::default() };
        drafts.push(Draft { service, starts: Vec::new(), deployments: (0..found.deployments.len()).collect() });
    }
    if let [only] = drafts.as_mut_slice() {
        if names::is_generic(&only.service.name) {
            only.service.name = root;
        }
        only.service.paths = vec![".".into()];
        only.deployments = (0..found.deployments.len()).collect();
    }
}

/// Gives each package that one service alone links to that service, and returns those that several do.
fn share_out(graph: &Graph<'_>, drafts: &mut [Draft], libraries: &[Library]) -> BTreeSet<usize> {
    let services: Vec<Service> = drafts.iter().map(|draft| draft.service.clone()).collect();
    let claims = Claims::new(&services, libraries);
    for (at, package) in graph.packages.iter().enumerate() {
        if let Assigned::Service(id) = claims.unit_of(&package.folder)
            && let Some(draft) = drafts.get_mut(id.0 as usize)
            && draft.starts.is_empty()
        {
            draft.starts.push(at);
        }
    }
    let mut linkers: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); graph.packages.len()];
    for (service, draft) in drafts.iter().enumerate() {
        for package in graph.reach(&draft.starts) {
            linkers[package].insert(service);
        }
    }
    let mut shared = BTreeSet::new();
    let (mut claimed, mut named): (Vec<(usize, usize)>, Vec<(usize, usize)>) = (Vec::new(), Vec::new());
    for (at, linkers) in linkers.iter().enumerate() {
        match claims.unit_of(&graph.packages[at].folder) {
            Assigned::Library(_) => {}
            Assigned::Unassigned => match linkers.iter().collect::<Vec<_>>().as_slice() {
                [] => {}
                [only] => claimed.push((at, **only)),
                several => match namesake(graph, &graph.packages[at], several, drafts) {
                    Some(service) => named.push((at, service)),
                    None => drop(shared.insert(at)),
                },
            },
            Assigned::Service(id) => {
                let home = id.0 as usize;
                let starts_it = drafts.iter().any(|draft| draft.starts.contains(&at));
                if linkers.iter().any(|service| *service != home) && !starts_it {
                    shared.insert(at);
                }
            }
        }
    }
    for (package, service) in named {
        drafts[service].service.paths.push(graph.packages[package].folder.as_str().into());
    }
    for (package, service) in claimed {
        let folder = own_folder(graph, package, service, drafts, &linkers);
        let paths = &mut drafts[service].service.paths;
        if !paths.iter().any(|path| lies_in(&folder, path)) {
            paths.retain(|path| !lies_in(path, &folder));
            paths.push(folder.into());
        }
    }
    for draft in drafts {
        draft.service.paths.sort();
        draft.service.paths.dedup();
    }
    shared
}

/// Of several services that link a folder of Go the one that is called like it: `internal/orders` is the source of
/// `cmd/orders`, whoever else calls it. What lies in a module of its own (what is generated for all clients) is nobody's.
fn namesake(graph: &Graph<'_>, package: &FoundPackage, linkers: &[&usize], drafts: &[Draft]) -> Option<usize> {
    let plain = |name: &str| folded(name).replace('-', "");
    let module = |package: &FoundPackage| package.group.as_ref().map(|group| group.folder.clone());
    let wanted = plain(base_name(&package.folder));
    let mut same = linkers
        .iter()
        .map(|at| **at)
        .filter(|&at| !names::is_generic(&wanted) && plain(&drafts[at].service.name) == wanted)
        .filter(|&at| drafts[at].starts.iter().any(|&start| module(&graph.packages[start]) == module(package)));
    let first = same.next().filter(|_| package.ecosystem == Ecosystem::Go)?;
    same.next().is_none().then_some(first)
}

/// The folder that a service gets with a package only it links. For a Go folder the highest one
/// round it in which nobody else's code lies.
fn own_folder(
    graph: &Graph<'_>,
    package: usize,
    service: usize,
    drafts: &[Draft],
    linkers: &[BTreeSet<usize>],
) -> String {
    let package = &graph.packages[package];
    if package.ecosystem != Ecosystem::Go {
        return package.folder.clone();
    }
    let own = &drafts[service];
    collapsed(package, &|folder| {
        let foreign_code = graph.packages.iter().enumerate().any(|(at, other)| {
            let program = !other.programs.is_empty() && !own.starts.contains(&at);
            let linked = linkers[at].iter().any(|linker| *linker != service);
            lies_in(&other.folder, folder) && (program || linked || is_tool_name(base_name(&other.folder)))
        });
        let foreign_service = drafts
            .iter()
            .enumerate()
            .any(|(at, draft)| at != service && draft.service.paths.iter().any(|path| lies_in(path, folder)));
        !foreign_code && !foreign_service && !is_aside(folder)
    })
}

/// The highest folder round a package, within its module, that `fits`.
fn collapsed(package: &FoundPackage, fits: &dyn Fn(&str) -> bool) -> String {
    let module = package.group.as_ref().map_or(".", |group| group.folder.as_str());
    let mut best = package.folder.as_str();
    for folder in ancestors(&package.folder).skip(1).take_while(|folder| *folder != module && *folder != ".") {
        if !fits(folder) {
            break;
        }
        best = folder;
    }
    best.to_owned()
}

/// With a config: packages in nobody's path that a service links.
fn unclaimed_links(graph: &Graph<'_>, drafts: &[Draft], libraries: &[Library]) -> BTreeSet<usize> {
    let services: Vec<Service> = drafts.iter().map(|draft| draft.service.clone()).collect();
    let claims = Claims::new(&services, libraries);
    let reached: BTreeSet<usize> = drafts.iter().flat_map(|draft| graph.reach(&draft.starts)).collect();
    reached.into_iter().filter(|at| claims.unit_of(&graph.packages[*at].folder) == Assigned::Unassigned).collect()
}

/// The declared services with the packages and deployments that are theirs.
fn declared_drafts(found: &Found, units: &[Unit], declared: Vec<Service>, libraries: &[Library]) -> Vec<Draft> {
    let claims = Claims::new(&declared, libraries);
    let mut drafts: Vec<Draft> =
        declared.into_iter().map(|service| Draft { service, starts: Vec::new(), deployments: Vec::new() }).collect();
    for (at, package) in found.packages.iter().enumerate() {
        if let Assigned::Service(id) = claims.unit_of(&package.folder) {
            drafts[id.0 as usize].starts.push(at);
        }
    }
    for unit in units {
        if let Assigned::Service(id) = claims.unit_of(&unit.path) {
            drafts[id.0 as usize].deployments.extend(&unit.deployments);
        }
    }
    let taken: BTreeSet<usize> = drafts.iter().flat_map(|draft| draft.deployments.iter().copied()).collect();
    for (at, deployment) in found.deployments.iter().enumerate().filter(|(at, _)| !taken.contains(at)) {
        let by_folder = deployment.folder.as_deref().map_or(Assigned::Unassigned, |folder| claims.unit_of(folder));
        let by_name = drafts.iter().position(|draft| folded(&draft.service.name) == folded(&deployment.name));
        match (by_name, by_folder) {
            (Some(service), _) => drafts[service].deployments.push(at),
            (None, Assigned::Service(id)) => drafts[id.0 as usize].deployments.push(at),
            _ => {}
        }
    }
    for draft in &mut drafts {
        let entry = found.catalog.iter().find(|entry| {
            entry.name == draft.service.name || draft.service.paths.iter().any(|path| *path == entry.folder)
        });
        if let Some(entry) = entry {
            draft.service.team.clone_from(&entry.team);
            draft.service.evidence.push(entry.evidence.clone());
        }
        let evidence = draft.deployments.iter().map(|at| found.deployments[*at].evidence.clone());
        draft.service.evidence.extend(evidence);
    }
    drafts
}

/// The declared libraries and those that were found, by name.
fn all_libraries(found: &Found, shared: BTreeSet<usize>, declared: Vec<Library>, drafts: &[Draft]) -> Vec<Library> {
    let mut libraries = declared;
    let declared_count = libraries.len();
    for at in shared {
        let package = &found.packages[at];
        let (name, folder) = match &package.group {
            Some(group) => (group.name.clone(), library_folder(found, package, drafts)),
            None => (package.name.clone(), package.folder.clone()),
        };
        let known =
            libraries.iter_mut().skip(declared_count).find(|library| library.name == name && package.group.is_some());
        if let Some(known) = known {
            if !known.paths.iter().any(|path| lies_in(&folder, path)) {
                known.paths.retain(|path| !lies_in(path, &folder));
                known.paths.push(folder.into());
            }
            continue;
        }
        let taken = libraries.iter().any(|library| library.name == name)
            || drafts.iter().any(|draft| draft.service.name == name);
        let evidence = Evidence {
            kind: EvidenceKind::Manifest,
            text: format!("services link the package `{}`", package.name),
            place: package.manifest,
        };
        libraries.push(Library {
            name: if taken { format!("{name} ({folder})").into() } else { name },
            paths: vec![folder.into()],
            evidence: vec![evidence],
            ..Library::default()
        });
    }
    for library in &mut libraries {
        library.paths.sort();
    }
    libraries.sort_by(|a, b| a.name.cmp(&b.name));
    libraries
}

/// The highest folder round a shared Go package in which no service lies and no program.
fn library_folder(found: &Found, package: &FoundPackage, drafts: &[Draft]) -> String {
    collapsed(package, &|folder| {
        let service = drafts.iter().flat_map(|draft| &draft.service.paths).any(|path| lies_in(path, folder));
        let program = found.packages.iter().any(|other| {
            lies_in(&other.folder, folder) && (!other.programs.is_empty() || is_tool_name(base_name(&other.folder)))
        });
        !service && !program && !is_aside(folder)
    })
}

/// Links, packages and ids, once all paths are known.
fn finish(
    found: &Found,
    graph: &Graph<'_>,
    mut drafts: Vec<Draft>,
    mut libraries: Vec<Library>,
    assumptions: Vec<String>,
) -> Resolution {
    drafts.sort_by(|a, b| a.service.name.cmp(&b.service.name));
    let services: Vec<Service> = drafts.iter().map(|draft| draft.service.clone()).collect();
    let claims = Claims::new(&services, &libraries);
    let units: Vec<Assigned> = found.packages.iter().map(|package| claims.unit_of(&package.folder)).collect();
    let of_unit = |unit: Assigned| -> Vec<usize> { (0..units.len()).filter(|at| units[*at] == unit).collect() };
    let links = |starts: &[usize], own: Assigned| {
        let (mut to_libraries, mut to_services) = (BTreeSet::new(), BTreeSet::new());
        for at in graph.reach(starts) {
            match units[at] {
                unit if unit == own => {}
                Assigned::Library(id) => drop(to_libraries.insert(id)),
                Assigned::Service(id) => drop(to_services.insert(id)),
                Assigned::Unassigned => {}
            }
        }
        (to_libraries.into_iter().collect::<Vec<LibraryId>>(), to_services.into_iter().collect::<Vec<ServiceId>>())
    };
    let mut deployments = vec![None; found.deployments.len()];
    for (id, draft) in (0u32..).map(ServiceId).zip(&mut drafts) {
        let own = Assigned::Service(id);
        let packages = of_unit(own);
        let mut starts = packages.clone();
        starts.extend(&draft.starts);
        (draft.service.links, draft.service.links_services) = links(&starts, own);
        draft.service.packages = packages.iter().map(|at| public(&found.packages[*at])).collect();
        draft.service.evidence.dedup();
        for &at in &draft.deployments {
            deployments[at] = Some(id);
        }
    }
    for (id, library) in (0u32..).map(LibraryId).zip(&mut libraries) {
        let own = Assigned::Library(id);
        let packages = of_unit(own);
        library.links = links(&packages, own).0;
        library.packages = packages.iter().map(|at| public(&found.packages[*at])).collect();
    }
    let services = drafts.into_iter().map(|draft| draft.service).collect();
    Resolution { services, libraries, deployments, assumptions }
}

fn public(package: &FoundPackage) -> Package {
    Package {
        ecosystem: package.ecosystem,
        name: package.name.clone(),
        path: package.folder.as_str().into(),
        imports: package.imports.clone(),
        renamed: package.renamed.clone(),
    }
}
