//! Who links whom: from the packages' dependencies to services and libraries.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::workspace::Ecosystem;
use crate::workspace::assign::ancestors;
use crate::workspace::discover::{Link, Package};

/// The packages of a tree with their links resolved to each other.
pub(super) struct Graph<'a> {
    pub(super) packages: &'a [Package],
    edges: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(packages: &'a [Package]) -> Self {
        let mut by_folder: FxHashMap<(&str, Family), usize> = FxHashMap::default();
        let mut by_name: FxHashMap<(&str, Family), usize> = FxHashMap::default();
        for (at, package) in packages.iter().enumerate() {
            let family = family(package.ecosystem);
            by_folder.entry((&package.folder, family)).or_insert(at);
            by_name.entry((&package.name, family)).or_insert(at);
        }
        let resolve = |from: &Package, link: &Link| {
            let family = family(from.ecosystem);
            match link {
                Link::Name(name) => by_name.get(&(name.as_str(), family)).copied(),
                // A path may lead to a file of the package.
                Link::Folder(folder) => ancestors(folder)
                    .take_while(|folder| *folder != ".")
                    .find_map(|folder| by_folder.get(&(folder, family)).copied())
                    .or_else(|| (folder == ".").then(|| by_folder.get(&(".", family)).copied()).flatten()),
            }
        };
        let edges = packages
            .iter()
            .enumerate()
            .map(|(at, package)| {
                let mut edges: Vec<usize> = package.links.iter().filter_map(|link| resolve(package, link)).collect();
                edges.retain(|to| *to != at);
                edges.sort_unstable();
                edges.dedup();
                edges
            })
            .collect();
        Self { packages, edges }
    }

    /// All that `starts` link, directly or not, themselves left out unless they are linked.
    pub(super) fn reach(&self, starts: &[usize]) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut todo: Vec<usize> = starts.to_vec();
        while let Some(at) = todo.pop() {
            for &to in &self.edges[at] {
                if reached.insert(to) {
                    todo.push(to);
                }
            }
        }
        reached
    }
}

/// Ecosystems whose packages may link each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Family {
    Jvm,
    Other(Ecosystem),
}

fn family(ecosystem: Ecosystem) -> Family {
    match ecosystem {
        Ecosystem::Maven | Ecosystem::Gradle => Family::Jvm,
        other => Family::Other(other),
    }
}
