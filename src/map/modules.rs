//! What is each language's own about modules: which module a file stands for, and where an import leads.
//!
//! A module is a path of names. For Java and its kin it is the declared package, for Go the import path of the
//! folder (one segment), for Rust crate and modules, for Python, Ruby's requires and JavaScript the file's own path.

use rustc_hash::FxHashMap;

use super::symbols::Symbols;
use crate::facts::{FileFacts, Node, TextPiece};
use crate::source::{FileId, Language};
use crate::syntax::outline::{ABSOLUTE, Import, TypeKind};
use crate::vocabulary::Name;
use crate::workspace::{Ecosystem, Package, SourceFile, Workspace};

/// Packages by what source imports them as.
pub(super) struct Targets {
    /// Files that stand for another module than their path tells (`#[path = "pg.rs"] mod postgres;`), by path.
    moved: FxHashMap<String, Vec<Name>>,
    /// Folder and package, longest folder first.
    folders: Vec<(Name, Package)>,
    by_import: FxHashMap<(Ecosystem, Name), Name>,
}

impl Targets {
    pub(super) fn new(workspace: &Workspace) -> Self {
        let services = workspace.services.iter().flat_map(|service| &service.packages);
        let libraries = workspace.libraries.iter().flat_map(|library| &library.packages);
        let mut folders: Vec<(Name, Package)> = Vec::new();
        let mut by_import = FxHashMap::default();
        for package in services.chain(libraries) {
            let path: Name = if package.path == "." { Name::default() } else { package.path.clone() };
            for import in &package.imports {
                by_import.entry((package.ecosystem, import.clone())).or_insert_with(|| path.clone());
            }
            folders.push((path, package.clone()));
        }
        folders.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        folders.dedup();
        Self { moved: FxHashMap::default(), folders, by_import }
    }

    /// Takes note of the modules that a file declares to stand in other files than their names tell.
    pub(super) fn add_moved(&mut self, file: &SourceFile, facts: &FileFacts) {
        let modules = facts.types.iter().filter(|decl| decl.kind == TypeKind::Module);
        for decl in modules.filter(|_| file.language == Language::Rust) {
            let attribute =
                decl.annotations.iter().find(|annotation| annotation.path.last().is_some_and(|name| name == "path"));
            let Some(arg) = attribute.and_then(|attribute| attribute.args.first()) else { continue };
            let Node::Text(pieces) = facts.node(arg.value) else { continue };
            let [TextPiece::Literal { text, .. }] = &pieces[..] else { continue };
            let mut parts: Vec<&str> = file.path.split('/').collect();
            parts.pop();
            for part in text.split('/') {
                match part {
                    "." | "" => {}
                    ".." => {
                        parts.pop();
                    }
                    part => parts.push(part),
                }
            }
            let mut module = rust_module(self, file.path.as_str());
            module.extend(decl.scope.iter().chain([&decl.name]).cloned());
            self.moved.insert(parts.join("/"), module);
        }
    }

    /// The package whose folder holds `path`, and the path inside of it.
    fn package_of<'p>(&self, ecosystem: Ecosystem, path: &'p str) -> Option<(&Package, &'p str)> {
        self.folders.iter().filter(|(_, package)| package.ecosystem == ecosystem).find_map(|(folder, package)| {
            let rest = if folder.is_empty() { path } else { path.strip_prefix(folder.as_str())?.strip_prefix('/')? };
            Some((package, rest))
        })
    }

    /// A path in Rust that begins with a crate's name as the package round `file` calls it (`entity = { package =
    /// "shop-entity" }`), by what the crate calls itself.
    fn renamed(&self, file: &str, path: &[Name]) -> Option<Vec<Name>> {
        let first = path.first()?;
        let (package, _) = self.package_of(Ecosystem::Cargo, file)?;
        let (_, own) = package.renamed.iter().find(|(alias, _)| alias == first)?;
        Some(std::iter::once(own.clone()).chain(path[1..].iter().cloned()).collect())
    }

    /// The folder of the package that is imported as `name`.
    fn folder(&self, ecosystem: Ecosystem, name: &Name) -> Option<&Name> {
        self.by_import.get(&(ecosystem, name.clone()))
    }
}

/// The module that a file stands for.
pub(super) fn module_of(workspace: &Workspace, targets: &Targets, file: &SourceFile, facts: &FileFacts) -> Vec<Name> {
    let path = file.path.as_str();
    match file.language {
        Language::Rust => rust_module(targets, path),
        Language::Go => vec![go_package(targets, path)],
        Language::Python | Language::Notebook => python_module(path),
        Language::TypeScript | Language::JavaScript => script_module(path),
        _ if !facts.package.is_empty() => facts.package.clone(),
        // Ruby, Elixir and PHP without a namespace: constants are global in a program.
        _ => {
            let _ = workspace;
            Vec::new()
        }
    }
}

fn rust_module(targets: &Targets, path: &str) -> Vec<Name> {
    if let Some(module) = targets.moved.get(path) {
        return module.clone();
    }
    let (root, rest) = match targets.package_of(Ecosystem::Cargo, path) {
        Some((package, rest)) => {
            (package.imports.first().cloned().unwrap_or_else(|| package.name.replace('-', "_").into()), rest)
        }
        None => (Name::from(path.split('/').next().unwrap_or_default()), path),
    };
    let mut module = vec![root];
    let (rest, own_root) = match rest.strip_prefix("src/") {
        Some(inner) => match inner.strip_prefix("bin/") {
            Some(bin) => (bin, true),
            None => (inner, false),
        },
        // `tests/x.rs`, `build.rs`, `examples/x.rs`: crates of their own.
        None => (rest, true),
    };
    let stem = rest.strip_suffix(".rs").unwrap_or(rest);
    if own_root {
        module.push("(bin)".into());
    }
    for segment in stem.split('/') {
        if !matches!(segment, "mod" | "lib" | "main" | "") {
            module.push(segment.into());
        }
    }
    module
}

fn go_package(targets: &Targets, path: &str) -> Name {
    let folder = path.rfind('/').map_or("", |at| &path[..at]);
    match targets.package_of(Ecosystem::Go, path) {
        Some((package, rest)) => {
            let module = package.imports.first().unwrap_or(&package.name);
            match rest.rfind('/') {
                Some(at) => format!("{module}/{}", &rest[..at]).into(),
                None => module.clone(),
            }
        }
        None => folder.into(),
    }
}

fn python_module(path: &str) -> Vec<Name> {
    let stem = path.strip_suffix(".py").or_else(|| path.strip_suffix(".pyi")).unwrap_or(path);
    let mut module: Vec<Name> = stem.split('/').map(Name::from).collect();
    if module.last().is_some_and(|last| last == "__init__") {
        module.pop();
    }
    module
}

fn script_module(path: &str) -> Vec<Name> {
    let slash = path.rfind('/').map_or(0, |at| at + 1);
    let stem = path[slash..].find('.').map_or(path, |dot| &path[..slash + dot]);
    // `order.entity.ts` keeps its middle part: only the last extension goes.
    let stem =
        if path[slash..].matches('.').count() > 1 { path.rfind('.').map_or(stem, |dot| &path[..dot]) } else { stem };
    let mut module: Vec<Name> = stem.split('/').map(Name::from).collect();
    if module.last().is_some_and(|last| last == "index") {
        module.pop();
    }
    module
}

/// The full path of a name that says itself where it begins (`crate::x`, `self::x`, `super::x`); `None` for others.
pub(super) fn absolute(language: Language, module: &[Name], scope: &[Name], segments: &[Name]) -> Option<Vec<Name>> {
    let first = segments.first()?;
    if language == Language::Ruby && first == ABSOLUTE {
        return Some(segments[1..].to_vec());
    }
    if language != Language::Rust {
        return None;
    }
    // The scope of a function in an `impl` ends with the type's name: `self` and `super` speak of modules.
    let here = || module.iter().chain(scope.iter().filter(|part| starts_lower(part))).cloned().collect::<Vec<Name>>();
    let crate_root = if module.get(1).is_some_and(|part| part == "(bin)") { 2 } else { 1 };
    let (mut base, mut at) = match first.as_str() {
        "crate" | "$crate" => (module[..crate_root.min(module.len())].to_vec(), 1),
        "self" => (here(), 1),
        "super" => (here(), 0),
        _ => return None,
    };
    while segments.get(at).is_some_and(|segment| segment == "super") {
        base.pop();
        at += 1;
    }
    base.extend_from_slice(&segments[at..]);
    Some(base)
}

fn starts_lower(name: &Name) -> bool {
    name.chars().next().is_some_and(|letter| letter.is_lowercase() || letter == '_')
}

/// The full paths an import may lead to, the likeliest first. What leads out of the workspace is the path as written.
pub(super) fn import_targets(symbols: &Symbols<'_>, file: FileId, import: &Import) -> Vec<Vec<Name>> {
    let unit = symbols.file(file);
    match unit.language {
        Language::Rust => rust_import(symbols, file, &unit.module, import),
        Language::Python | Language::Notebook => python_import(symbols, file, import),
        Language::TypeScript | Language::JavaScript => script_import(symbols, file, import),
        Language::Scala => scala_import(symbols, &unit.module, import),
        _ => vec![import.path.clone()],
    }
}

/// An import in Scala begins at what the package at hand, or one round it, declares.
fn scala_import(symbols: &Symbols<'_>, module: &[Name], import: &Import) -> Vec<Vec<Name>> {
    let (first, whole) = (import.path.iter().take(1), &import.path);
    let seen = |end: &usize| {
        let start: Vec<Name> = module[..*end].iter().chain(first.clone()).cloned().collect();
        symbols.is_declared(&start)
    };
    let inside = (1..=module.len()).rev().filter(seen);
    let inside = inside.map(|end| module[..end].iter().chain(whole).cloned().collect());
    inside.chain([whole.clone()]).collect()
}

fn rust_import(symbols: &Symbols<'_>, file: FileId, module: &[Name], import: &Import) -> Vec<Vec<Name>> {
    if let Some(path) = absolute(Language::Rust, module, &import.scope, &import.path) {
        return vec![path];
    }
    // Since 2018 a path begins at a crate or at a name of the module at hand.
    let here: Vec<Name> = module.iter().chain(&import.scope).chain(&import.path).cloned().collect();
    let start = &here[..here.len() - import.path.len() + import.path.len().min(1)];
    let mut paths = if symbols.is_declared(start) {
        vec![here, import.path.clone()]
    } else if symbols.may_bind(file, import) {
        vec![import.path.clone(), here]
    } else {
        vec![import.path.clone()]
    };
    paths.extend(symbols.targets().renamed(symbols.workspace.path(file), &import.path));
    paths
}

fn python_import(symbols: &Symbols<'_>, file: FileId, import: &Import) -> Vec<Vec<Name>> {
    let path = symbols.workspace.path(file);
    let mut folder: Vec<Name> = path.split('/').map(Name::from).collect();
    folder.pop();
    let dots = import.path.first().filter(|first| !first.is_empty() && first.chars().all(|letter| letter == '.'));
    if let Some(dots) = dots {
        folder.truncate(folder.len().saturating_sub(dots.len() - 1));
        folder.extend_from_slice(&import.path[1..]);
        return vec![folder];
    }
    // An absolute import begins at some folder on the path of the file: the nearest that has it.
    let mut targets = Vec::new();
    for end in (0..=folder.len()).rev() {
        let Some(first) = import.path.first() else { break };
        let mut start = folder[..end].to_vec();
        start.push(first.clone());
        if symbols.is_module(&start) {
            targets.push(folder[..end].iter().chain(&import.path).cloned().collect());
        }
    }
    if let Some(first) = import.path.first()
        && let Some(root) = symbols.targets().folder(Ecosystem::Python, first)
    {
        let root = root.split('/').filter(|part| !part.is_empty()).map(Name::from);
        targets.push(root.chain(import.path.iter().cloned()).collect());
    }
    targets.push(import.path.clone());
    targets
}

fn script_import(symbols: &Symbols<'_>, file: FileId, import: &Import) -> Vec<Vec<Name>> {
    let Some(specifier) = import.path.first() else { return Vec::new() };
    let path = symbols.workspace.path(file);
    let members = &import.path[1..];
    let with_members = |module: Vec<Name>| -> Vec<Name> { module.into_iter().chain(members.iter().cloned()).collect() };
    if specifier.starts_with('.') {
        let mut folder: Vec<&str> = path.split('/').collect();
        folder.pop();
        for part in specifier.split('/') {
            match part {
                "." | "" => {}
                ".." => {
                    folder.pop();
                }
                part => folder.push(part),
            }
        }
        return vec![with_members(specifier_module(&folder.join("/")))];
    }
    let mut targets = Vec::new();
    let mut name: String = specifier.to_string();
    // `@shop/db/entities` is the package `@shop/db` and a path in it.
    loop {
        if let Some(folder) = symbols.targets().folder(Ecosystem::Npm, &Name::from(name.as_str())) {
            let inside = specifier[name.len()..].trim_start_matches('/');
            for root in ["src", "", "lib", "dist"] {
                let parts = [folder.as_str(), root, inside];
                let joined: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                let module = specifier_module(&joined.join("/"));
                if symbols.is_module(&module) {
                    targets.push(with_members(module));
                }
            }
            break;
        }
        match name.rfind('/') {
            Some(at) => name.truncate(at),
            None => break,
        }
    }
    targets.extend(renamed(symbols, path, specifier).map(with_members));
    targets.extend(aliased(symbols, path, specifier).map(with_members));
    // What a package exports by default has no name but the one it is given here.
    match (&import.alias, members) {
        (Some(alias), [only]) if only == "default" => targets.push(vec![specifier.clone(), alias.clone()]),
        _ => targets.push(import.path.clone()),
    }
    targets
}

/// A specifier by what the settings of a folder round the file say that it stands for.
fn renamed(symbols: &Symbols<'_>, path: &str, specifier: &str) -> Option<Vec<Name>> {
    let aliases = symbols.workspace.aliases.iter();
    let mut fitting = aliases.filter(|alias| alias.folder.is_empty() || crate::source::lies_in(path, &alias.folder));
    fitting.find_map(|alias| {
        let rest = specifier.strip_prefix(alias.from.as_str())?;
        let whole = rest.is_empty() || alias.from.ends_with('/') || alias.from.is_empty();
        let module = specifier_module(format!("{}/{rest}", alias.to).trim_matches('/'));
        (whole && symbols.is_module(&module)).then_some(module)
    })
}

/// A specifier behind a path alias (`@/db/orders`, `src/db/orders`, `~/db`): the same path below a folder on the way
/// up from the file.
fn aliased<'s>(symbols: &'s Symbols<'_>, path: &'s str, specifier: &'s str) -> impl Iterator<Item = Vec<Name>> + 's {
    let inside = specifier.trim_start_matches(['@', '~', '#']).trim_start_matches('/');
    // A bare word is a package: `db/knex.js` requires `knex`. Only what lies at the root of the sources may hide one.
    let bare = inside == specifier && !specifier.contains('/');
    let folders = path.match_indices('/').map(|(at, _)| &path[..at]).rev().chain([""]);
    let folders = folders.filter(move |folder| !bare || *folder == "src" || folder.ends_with("/src"));
    folders.flat_map(move |folder| {
        [format!("{folder}/{inside}"), format!("{folder}/src/{inside}")]
            .into_iter()
            .map(|candidate| specifier_module(&candidate))
            .filter(|module| symbols.is_module(module))
            .collect::<Vec<_>>()
    })
}

/// The module of a specifier that may or may not carry an extension.
fn specifier_module(path: &str) -> Vec<Name> {
    let stem =
        [".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx"].iter().find_map(|end| path.strip_suffix(end));
    let mut module: Vec<Name> =
        stem.unwrap_or(path).split('/').filter(|part| !part.is_empty()).map(Name::from).collect();
    if module.last().is_some_and(|last| last == "index") {
        module.pop();
    }
    module
}

/// Full paths that a name no import binds may have: a path that begins with a crate's name, a class named with its
/// whole package, a constant of a program whose constants are global.
pub(super) fn free_paths(symbols: &Symbols<'_>, file: FileId, segments: &[Name]) -> Vec<Vec<Name>> {
    let unit = symbols.file(file);
    match unit.language {
        Language::Python | Language::Notebook | Language::TypeScript | Language::JavaScript | Language::Go => {
            Vec::new()
        }
        // A namespace sees what the namespaces round it declare.
        Language::CSharp | Language::Php | Language::Scala | Language::Kotlin | Language::Ruby | Language::Elixir => (0
            ..=unit.module.len())
            .rev()
            .map(|end| unit.module[..end].iter().chain(segments).cloned().collect())
            .collect(),
        Language::Rust => {
            let renamed = symbols.targets().renamed(symbols.workspace.path(file), segments);
            std::iter::once(segments.to_vec()).chain(renamed).collect()
        }
        _ => vec![segments.to_vec()],
    }
}
