//! From programs and deployments to units: what is deployed together, and which deployment is which.

use std::collections::BTreeSet;

use crate::source::lies_in;
use crate::vocabulary::Name;
use crate::workspace::discover::{Deployment, Found, is_infrastructure, is_tool_name};
use crate::workspace::resolve::graph::Graph;
use crate::workspace::resolve::names::{folded, is_generic, loose, mentions};
use crate::workspace::tree::{Tree, base_name, folder_of};
use crate::workspace::{Ecosystem, Evidence, EvidenceKind};

/// One thing that is deployed, before it has its final name and paths.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// Its package, if a manifest speaks of it.
    pub(super) package: Option<usize>,
    pub(super) path: String,
    /// What its own manifest calls it.
    pub(super) name: Name,
    /// Its program's names, which may differ.
    pub(super) aliases: Vec<Name>,
    pub(super) evidence: Vec<Evidence>,
    /// The deployments that are this unit.
    pub(super) deployments: Vec<usize>,
}

/// The units of a tree, each with its deployments.
pub(super) fn units(tree: &Tree<'_>, found: &Found) -> Vec<Unit> {
    let mut units: Vec<Unit> = found
        .packages
        .iter()
        .enumerate()
        .filter(|(_, package)| !package.programs.is_empty())
        .map(|(at, package)| Unit {
            package: Some(at),
            path: package.folder.clone(),
            // A folder of Go has its program's name: the package's is an import path.
            name: match package.ecosystem {
                Ecosystem::Go | Ecosystem::Npm | Ecosystem::Composer => package.programs[0].name.clone(),
                _ => package.name.clone(),
            },
            aliases: package.programs.iter().map(|program| program.name.clone()).collect(),
            evidence: package.programs.iter().map(|program| program.evidence.clone()).collect(),
            deployments: Vec::new(),
        })
        .collect();
    merge_same_folder(&mut units);
    let built: Vec<usize> = (0..found.deployments.len()).filter(|at| found.deployments[*at].is_built()).collect();
    for at in built {
        if let Some(unit) = matching(&found.deployments[at], &units, found) {
            units[unit].deployments.push(at);
        } else {
            units.extend(new_unit(tree, found, at, &units));
        }
    }
    split_binaries(&mut units, found);
    for at in 0..found.deployments.len() {
        if !found.deployments[at].is_built()
            && let Some(unit) = by_image(at, &units, found).or_else(|| by_name(&found.deployments[at], &units))
        {
            units[unit].deployments.push(at);
        }
    }
    drop_parts(&mut units);
    drop_libraries(&mut units, found);
    units
}

/// What lies among the sources of another unit and is not deployed by itself is a part of that one: the pages in
/// `orders/src/main/webapp`.
fn drop_parts(units: &mut Vec<Unit>) {
    let inside: Vec<String> = units.iter().map(|unit| format!("{}/src/main", unit.path)).collect();
    units.retain(|unit| !unit.deployments.is_empty() || !inside.iter().any(|sources| lies_in(&unit.path, sources)));
}

/// Packages that others link and that nothing deploys are libraries, even if they have a program
/// beside: where the linker is what is deployed, or where the program is a second thought (a binary
/// that is not the package's own).
fn drop_libraries(units: &mut Vec<Unit>, found: &Found) {
    let graph = Graph::new(&found.packages);
    let linked_by = |deployed_only: bool| -> BTreeSet<usize> {
        let starts = units.iter().filter(|unit| !deployed_only || !unit.deployments.is_empty());
        starts.filter_map(|unit| unit.package).flat_map(|package| graph.reach(&[package])).collect()
    };
    let (by_deployed, by_any) = (linked_by(true), linked_by(false));
    units.retain(|unit| {
        let Some(package) = unit.package.filter(|_| unit.deployments.is_empty()) else { return true };
        let found = &found.packages[package];
        let own_program = found.ecosystem != Ecosystem::Cargo
            || found.programs.iter().any(|program| program.name == found.name || program.path.ends_with("src/main.rs"));
        !by_deployed.contains(&package) && (own_program || !by_any.contains(&package))
    });
}

impl Deployment {
    /// Whether it says from what it is built, rather than only which image it runs.
    fn is_built(&self) -> bool {
        self.folder.is_some() || self.dockerfile.is_some()
    }
}

/// A folder with manifests of two ecosystems (Rails with a `package.json`) is one unit.
fn merge_same_folder(units: &mut Vec<Unit>) {
    let mut merged: Vec<Unit> = Vec::new();
    for unit in units.drain(..) {
        match merged.iter_mut().find(|known| known.path == unit.path) {
            Some(known) => {
                known.evidence.extend(unit.evidence);
                known.aliases.extend(unit.aliases);
                known.aliases.push(unit.name);
            }
            None => merged.push(unit),
        }
    }
    *units = merged;
}

/// The unit that a deployment is built from.
fn matching(deployment: &Deployment, units: &[Unit], found: &Found) -> Option<usize> {
    let folder = deployment.folder.as_deref().unwrap_or(".");
    if folder != "."
        && let Some(at) = units.iter().position(|unit| unit.path == folder)
    {
        return Some(at);
    }
    let inside: Vec<usize> = (0..units.len()).filter(|at| lies_in(&units[*at].path, folder)).collect();
    if let [only] = inside.as_slice() {
        return Some(*only);
    }
    if inside.is_empty() {
        // A Dockerfile deep in a unit's folder is that unit's.
        return (0..units.len())
            .filter(|at| units[*at].path != "." && lies_in(folder, &units[*at].path))
            .max_by_key(|at| units[*at].path.len());
    }
    let scored: Vec<(u32, usize)> =
        inside.iter().map(|at| (score(deployment, &units[*at], folder, found), *at)).collect();
    let best = scored.iter().map(|(score, _)| *score).max()?;
    let mut winners = scored.iter().filter(|(score, _)| *score == best && best >= 2);
    match (winners.next(), winners.next()) {
        (Some((_, winner)), None) => Some(*winner),
        _ => None,
    }
}

/// How much speaks for it that `deployment`, built in `folder`, is `unit`.
fn score(deployment: &Deployment, unit: &Unit, folder: &str, found: &Found) -> u32 {
    let path = if folder == "." {
        unit.path.as_str()
    } else {
        unit.path.strip_prefix(folder).unwrap_or(&unit.path).trim_start_matches('/')
    };
    let names: Vec<&str> = std::iter::once(&unit.name).chain(&unit.aliases).map(Name::as_str).collect();
    let mut score = match likeness(&deployment.name, unit) {
        Likeness::Same => 4,
        Likeness::Loose => 2,
        Likeness::None => 0,
    };
    if deployment.words.iter().any(|word| names.contains(&word.as_str())) {
        score += 4;
    }
    let dockerfile = deployment.dockerfile.map(|at| &found.dockerfiles[at]);
    if dockerfile.is_some_and(|file| unit.path != "." && lies_in(&file.path, &unit.path)) {
        score += 4;
    }
    let lines = dockerfile.map(|file| file.lines.as_slice()).unwrap_or_default();
    let mut seen = [false; 3];
    for line in lines {
        let copies = line.starts_with("COPY") || line.starts_with("ADD");
        seen[0] |= !copies && !path.is_empty() && path != "." && mentions(line, path);
        seen[1] |= names.iter().any(|name| !is_generic(name) && mentions(line, name));
        seen[2] |= copies && !path.is_empty() && path != "." && mentions(line, path);
    }
    score + [4, 3, 1].iter().zip(seen).filter(|(_, seen)| *seen).map(|(points, _)| points).sum::<u32>()
}

enum Likeness {
    Same,
    Loose,
    None,
}

fn likeness(name: &str, unit: &Unit) -> Likeness {
    let names = || {
        std::iter::once(unit.name.as_str()).chain(unit.aliases.iter().map(Name::as_str)).chain([base_name(&unit.path)])
    };
    let (wanted, roughly) = (folded(name), loose(name));
    if wanted.is_empty() || is_generic(name) {
        Likeness::None
    } else if names().any(|name| folded(name) == wanted) {
        Likeness::Same
    } else if !is_generic(&roughly) && names().any(|name| loose(name) == roughly) {
        Likeness::Loose
    } else {
        Likeness::None
    }
}

/// A deployment whose folder has source but no program that any manifest speaks of.
fn new_unit(tree: &Tree<'_>, found: &Found, at: usize, units: &[Unit]) -> Option<Unit> {
    let deployment = &found.deployments[at];
    let folder = deployment.folder.as_deref()?;
    let holds_others = units.iter().any(|unit| lies_in(&unit.path, folder));
    let is_server =
        found.servers.iter().any(|server| server.name == deployment.name && deployment.dockerfile.is_some());
    let base = deployment.dockerfile.map_or("", |at| found.dockerfiles[at].base.as_str());
    let is_tool = is_tool_name(&deployment.name) || is_infrastructure(base);
    if holds_others || is_server || is_tool || !tree.has_source(folder) {
        return None;
    }
    Some(Unit {
        package: found.packages.iter().position(|package| package.folder == folder),
        path: folder.to_owned(),
        name: deployment.name.clone(),
        aliases: Vec::new(),
        evidence: Vec::new(),
        deployments: vec![at],
    })
}

/// A package of several binaries that are deployed under names of their own is several units; what
/// they share stays the package's.
fn split_binaries(units: &mut Vec<Unit>, found: &Found) {
    let mut split: Vec<Unit> = Vec::new();
    units.retain(|unit| {
        let parts = parts(unit, found);
        let whole = parts.len() < 2;
        if !whole {
            split.extend(parts);
        }
        whole
    });
    units.extend(split);
}

fn parts(unit: &Unit, found: &Found) -> Vec<Unit> {
    let Some(package) = unit.package.map(|at| &found.packages[at]) else { return Vec::new() };
    if package.ecosystem != Ecosystem::Cargo || package.programs.len() < 2 {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for program in &package.programs {
        let deployments: Vec<usize> = unit
            .deployments
            .iter()
            .copied()
            .filter(|at| {
                let deployment = &found.deployments[*at];
                deployment.words.iter().any(|word| *word == program.name)
                    || folded(&deployment.name) == folded(&program.name)
            })
            .collect();
        if deployments.is_empty() {
            continue;
        }
        let in_folder = program.path.ends_with("/main.rs") && !program.path.ends_with("src/main.rs");
        parts.push(Unit {
            package: unit.package,
            path: if in_folder { folder_of(&program.path).to_owned() } else { program.path.clone() },
            name: program.name.clone(),
            aliases: Vec::new(),
            evidence: vec![program.evidence.clone()],
            deployments,
        });
    }
    parts
}

/// The unit that builds the image which a deployment runs.
fn by_image(at: usize, units: &[Unit], found: &Found) -> Option<usize> {
    let image = found.deployments[at].image.as_ref()?;
    units.iter().position(|unit| {
        unit.deployments.iter().any(|other| {
            let other = &found.deployments[*other];
            other.is_built() && (other.image.as_ref() == Some(image) || other.name == *image)
        })
    })
}

/// The one unit that is called what a deployment or its image is called.
fn by_name(deployment: &Deployment, units: &[Unit]) -> Option<usize> {
    for name in deployment.image.iter().chain([&deployment.name]) {
        let same: Vec<usize> =
            (0..units.len()).filter(|at| matches!(likeness(name, &units[*at]), Likeness::Same)).collect();
        if let [only] = same.as_slice() {
            return Some(*only);
        }
    }
    None
}

/// The name that people use for a unit: the one it is deployed under, else its manifest's, else its
/// folder's. A name that only says what kind of thing it is gives way to the next.
pub(super) fn best_name(unit: &Unit, found: &Found) -> Name {
    let rank = |at: &usize| match found.deployments[*at].evidence.kind {
        EvidenceKind::Compose => 0,
        EvidenceKind::Deployment => 1,
        EvidenceKind::Dockerfile => 2,
        _ => 3,
    };
    let mut deployments = unit.deployments.clone();
    deployments.sort_by_key(|at| (rank(at), *at));
    let deployed: Vec<&Name> = deployments.iter().map(|at| &found.deployments[*at].name).collect();
    // Several deployments of one source (a server and its worker): the one that is called like it.
    let first = deployments.first().map(rank);
    let same_rank = deployments.iter().filter(|at| Some(rank(at)) == first).map(|at| &found.deployments[*at].name);
    let alike = same_rank.clone().find(|name| !matches!(likeness(name, unit), Likeness::None));
    let several = same_rank.clone().any(|name| Some(name) != deployed.first().copied());
    // A Dockerfile's name is only its file's or folder's.
    let (deployed, in_file): (Vec<&Name>, Vec<&Name>) = {
        let named = deployments.iter().filter(|at| rank(at) < 2).count();
        (deployed[..named].to_vec(), deployed[named..].to_vec())
    };
    let first_deployed = deployed.first().copied();
    let of_folder = crate::workspace::resolve::names::folder_name(&unit.path);
    let candidates = alike
        .into_iter()
        .chain(if several { Some(&unit.name) } else { None })
        .chain(deployed)
        .chain([&unit.name])
        .chain(&unit.aliases)
        .chain(of_folder.iter())
        .chain(in_file);
    candidates.into_iter().find(|name| !is_generic(name)).or(first_deployed).unwrap_or(&unit.name).clone()
}
