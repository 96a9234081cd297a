//! Go: a package is a folder. Imports are read from the text, so that a folder that only one program
//! imports can be told from one that many share.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::source::{FileId, Language, Place, Span, lies_in};
use crate::vocabulary::{Context, Name};
use crate::workspace::Ecosystem;
use crate::workspace::assign::ancestors;
use crate::workspace::discover::{Group, Link, Package, Program, entry, is_tool_name};
use crate::workspace::text;
use crate::workspace::tree::{Tree, base_name, folder_of};

/// A module: a folder with a `go.mod`.
struct Module {
    path: Name,
    folder: String,
    place: Place,
}

/// What one file says.
struct Header {
    file: FileId,
    is_main: bool,
    imports: Vec<String>,
}

pub(super) fn packages(tree: &Tree<'_>) -> Vec<Package> {
    let modules: Vec<Module> = tree.named("go.mod").iter().filter_map(|file| module(tree, *file)).collect();
    if modules.is_empty() {
        return Vec::new();
    }
    let sources: Vec<FileId> = (0u32..)
        .map(FileId)
        .zip(tree.files)
        .filter(|(_, file)| file.language == Language::Go && file.context == Context::Code)
        .map(|(id, _)| id)
        .collect();
    let (reader, files) = (tree.sources, tree.files);
    let headers: Vec<Header> = sources
        .par_iter()
        .filter_map(|&file| {
            let text = text::read(reader, &files.get(file.0 as usize)?.path).ok()?.text;
            Some(header(file, &text))
        })
        .collect();
    let mut folders: BTreeMap<&str, Vec<&Header>> = BTreeMap::new();
    for header in &headers {
        folders.entry(tree.folder(header.file)).or_default().push(header);
    }
    let mut packages: Vec<Package> =
        folders.iter().filter_map(|(folder, headers)| package(folder, headers, &modules)).collect();
    drop_helpers(&mut packages, &modules);
    packages
}

fn module(tree: &Tree<'_>, file: FileId) -> Option<Module> {
    let text = tree.text(file)?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
    let path = line.split("//").next().unwrap_or(line).trim().trim_matches('"');
    let start = text.find(path).unwrap_or(0);
    let place = Place { file, span: Span::new(start, start + path.len()) };
    Some(Module { path: path.into(), folder: tree.folder(file).to_owned(), place })
}

/// The package clause and the imports: all that stands before the first declaration.
fn header(file: FileId, text: &str) -> Header {
    let mut header = Header { file, is_main: false, imports: Vec::new() };
    let mut in_imports = false;
    let mut in_comment = false;
    let mut has_main = false;
    for line in text.lines() {
        let line = line.trim();
        if in_comment {
            in_comment = !line.contains("*/");
            continue;
        }
        if line.starts_with("/*") {
            in_comment = !line.contains("*/");
        } else if let Some(name) = line.strip_prefix("package ") {
            header.is_main = name.split("//").next().unwrap_or(name).trim() == "main";
        } else if line.starts_with("import (") {
            in_imports = true;
        } else if in_imports && line.starts_with(')') {
            in_imports = false;
        } else if in_imports || line.starts_with("import ") {
            header.imports.extend(quoted(line));
        } else if line.starts_with("func main()") {
            has_main = true;
        } else if !header.is_main && (line.starts_with("func ") || line.starts_with("type ")) {
            break;
        }
    }
    header.is_main &= has_main || header.imports.is_empty();
    header
}

fn quoted(line: &str) -> Option<String> {
    let start = line.find(['"', '`'])? + 1;
    let end = line[start..].find(['"', '`'])? + start;
    Some(line[start..end].to_owned())
}

/// The innermost module round a folder.
fn module_of<'a>(folder: &str, modules: &'a [Module]) -> Option<&'a Module> {
    ancestors(folder).find_map(|folder| modules.iter().find(|module| module.folder == folder))
}

fn package(folder: &str, headers: &[&Header], modules: &[Module]) -> Option<Package> {
    let module = module_of(folder, modules)?;
    let inner = if module.folder == "." {
        folder
    } else {
        folder.strip_prefix(module.folder.as_str())?.trim_start_matches('/')
    };
    let import =
        if inner.is_empty() || folder == "." { module.path.to_string() } else { format!("{}/{inner}", module.path) };
    let mut links: Vec<Link> = Vec::new();
    for import in headers.iter().flat_map(|header| &header.imports) {
        let link = local_folder(folder, import, modules).map(Link::Folder);
        links.extend(link.filter(|link| !links.contains(link)));
    }
    let main = headers.iter().find(|header| header.is_main);
    let name = program_name(folder, module);
    let programs = main.filter(|_| !is_tool_name(&name)).map(|main| Program {
        evidence: entry(format!("`{folder}` is a Go program"), Place { file: main.file, span: Span::new(0, 0) }),
        path: folder.to_owned(),
        name,
    });
    let group = Group { name: module_name(module), folder: module.folder.clone() };
    Some(Package {
        ecosystem: Ecosystem::Go,
        renamed: Vec::new(),
        name: import.as_str().into(),
        folder: folder.to_owned(),
        imports: vec![import.into()],
        links,
        programs: programs.into_iter().collect(),
        manifest: Some(module.place),
        group: Some(group),
    })
}

/// The folder that an import path names, if it is of a module of this tree; of several of one path (the chapters of a
/// tutorial) that nearest to who imports it.
fn local_folder(from: &str, import: &str, modules: &[Module]) -> Option<String> {
    let shared = |folder: &str| from.split('/').zip(folder.split('/')).take_while(|(one, other)| one == other).count();
    let fitting = modules.iter().filter(|module| lies_in(import, &module.path));
    let module = fitting
        .max_by_key(|module| (module.path.len(), shared(&module.folder), std::cmp::Reverse(module.folder.as_str())))?;
    let inner = import[module.path.len()..].trim_start_matches('/');
    Some(match (module.folder.as_str(), inner) {
        (folder, "") => folder.to_owned(),
        (".", inner) => inner.to_owned(),
        (folder, inner) => format!("{folder}/{inner}"),
    })
}

fn program_name(folder: &str, module: &Module) -> Name {
    if folder == module.folder || base_name(folder) == "cmd" {
        return module_name(module);
    }
    base_name(folder).into()
}

/// The last part of a module's path; a trailing `/v2` is a version.
fn module_name(module: &Module) -> Name {
    let path = module.path.as_str();
    let version = base_name(path).strip_prefix('v').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    base_name(if version { folder_of(path) } else { path }).into()
}

/// Where a module keeps its programs in `cmd/`, a `main` elsewhere is a helper.
fn drop_helpers(packages: &mut [Package], modules: &[Module]) {
    let in_cmd = |folder: &str| folder.split('/').any(|part| part == "cmd");
    let with_cmd: Vec<&str> = modules
        .iter()
        .map(|module| module.folder.as_str())
        .filter(|module| {
            packages.iter().any(|package| {
                let own = package.group.as_ref().is_some_and(|group| group.folder == *module);
                own && !package.programs.is_empty() && in_cmd(&package.folder)
            })
        })
        .collect();
    for package in packages {
        let module = package.group.as_ref().map_or("", |group| group.folder.as_str());
        if with_cmd.contains(&module) && !in_cmd(&package.folder) {
            package.programs.clear();
        }
    }
}
