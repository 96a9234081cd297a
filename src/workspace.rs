//! The workspace: which files there are, in which language and for what they are; which services and
//! libraries they belong to, who links whom, and which databases the services connect to.
//!
//! Invariant: it knows folders, manifests and settings, and nothing of syntax trees or SQL.

mod aliases;
mod assign;
mod connection;
mod context;
mod databases;
mod dbt;
mod declared;
mod discover;
mod disk;
pub(crate) mod document;
pub mod language;
mod open;
mod overlay;
mod policy;
mod resolve;
mod root;
mod settings;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use std::path::PathBuf;

use crate::config::{Config, Origin};
use crate::source::{FileId, Language, Place, Skipped, Sources, lies_in};
use crate::vocabulary::{Context, Dialect, Name};
use crate::workspace::tree::Tree;

pub use connection::{Connection, parse_url};
pub use disk::Disk;
pub use open::{Opened, open};
pub use overlay::Overlay;
pub use root::{below_repository, find as find_root};
pub use text::{decode, read};

/// All that is known of the tree before a single source file is parsed.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// The root, absolute. Every other path is relative to it, with `/`.
    pub root: PathBuf,
    /// The files, sorted by path: a [`FileId`] is an index here. Config files that lie outside of the
    /// root stand here too, with their absolute path.
    pub files: Vec<SourceFile>,
    /// What is not read, sorted by path. What only turns out when a file is read (a NUL byte, no
    /// permission) is added by who reads.
    pub skipped: Vec<Skipped>,
    /// The services, sorted by name: a [`ServiceId`] is an index here.
    pub services: Vec<Service>,
    /// The libraries, sorted by name: a [`LibraryId`] is an index here.
    pub libraries: Vec<Library>,
    /// The databases, sorted by name and server: a [`DatabaseId`] is an index here.
    pub databases: Vec<Database>,
    /// Folders whose DDL belongs to a database by how things are wired, not by where they lie.
    pub ddl_wirings: Vec<DdlWiring>,
    /// What settings say of frameworks that make the schema from their entities, one for each unit and key.
    pub schema_switches: Vec<SchemaSwitch>,
    /// dbt's projects, in the order of their paths.
    pub dbt_projects: Vec<DbtProject>,
    /// Other names for paths of modules.
    pub aliases: Vec<aliases::Alias>,
    /// What was assumed for want of a config: lines for standard error.
    pub assumptions: Vec<String>,
    /// Manifests and settings that could not be understood; the scan went on without them.
    pub problems: Vec<Problem>,
}

/// A project of dbt's.
#[derive(Debug, Clone)]
pub struct DbtProject {
    /// Its folder, with a slash at its end where it is not the root.
    pub folder: String,
    /// The folders of its models.
    pub models: Vec<String>,
    /// The folders of its snapshots.
    pub snapshots: Vec<String>,
    /// The files of data that it loads.
    pub seeds: Vec<DbtSeed>,
    /// The tables of others that it reads.
    pub sources: Vec<DbtSource>,
    /// The snapshots that its documents declare.
    pub declared_snapshots: Vec<DbtSnapshot>,
}

/// A snapshot that a document declares: a table that is kept of another.
#[derive(Debug, Clone)]
pub struct DbtSnapshot {
    /// Its name.
    pub name: Name,
    /// What its table is called.
    pub table: Name,
    /// Where it is named.
    pub place: Place,
    /// What it is kept of: the source, where it is one's, and the table or model.
    pub of: (Option<Name>, Name),
    /// Where that is said.
    pub of_place: Place,
}

/// A file of data that dbt makes a table of.
#[derive(Debug, Clone)]
pub struct DbtSeed {
    /// The table's name.
    pub name: Name,
    /// The line that names its columns.
    pub place: Place,
}

/// A table that dbt knows as `source('shop', 'orders')`.
#[derive(Debug, Clone)]
pub struct DbtSource {
    /// The source's name.
    pub source: Name,
    /// The name that the source has for the table.
    pub table: Name,
    /// The schema, where it is known.
    pub schema: Option<Name>,
    /// The table's own name.
    pub identifier: Name,
}

/// A setting that may let a framework make the schema from its entities (`spring.jpa.hibernate.ddl-auto: update`), or
/// say how it names their tables.
#[derive(Debug, Clone)]
pub struct SchemaSwitch {
    /// Whose setting it is.
    pub unit: Unit,
    /// The path of its key, joined by dots, in snake case.
    pub key: Name,
    /// Its value, lower-cased.
    pub value: Name,
    /// Where it stands.
    pub place: Place,
}

/// A service: an index into [`Workspace::services`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct ServiceId(pub u32);

/// A library: an index into [`Workspace::libraries`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct LibraryId(pub u32);

/// A database: an index into [`Workspace::databases`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct DatabaseId(pub u32);

/// One file that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the root, with `/`.
    pub path: Name,
    /// By extension, name, or the shebang line.
    pub language: Language,
    /// In bytes.
    pub size: u64,
    /// Whose it is.
    pub unit: Unit,
    /// What it is for, as far as its path tells.
    pub context: Context,
}

/// To whom a file belongs: exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Unit {
    /// A service's own source.
    Service(ServiceId),
    /// A library's: its accesses belong to the services that reach them.
    Library(LibraryId),
    /// Nobody's that is known.
    #[default]
    Unassigned,
}

/// A separately deployed unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// Its name as people use it.
    pub name: Name,
    /// Its folders and files, without a trailing `/`; `.` for the root.
    pub paths: Vec<Name>,
    /// The databases it connects to; empty where nothing tells.
    pub databases: Vec<DatabaseLink>,
    /// Schemas that are its own: declared, or its connection's alone among the services.
    pub schemas: Vec<Name>,
    /// The libraries it links, directly or not, sorted.
    pub links: Vec<LibraryId>,
    /// The names under which its own packages are imported (it may have several crates).
    pub packages: Vec<Package>,
    /// Its dialect, where the config states one.
    pub dialect: Option<Dialect>,
    /// Other services whose packages it links: their source is a library to it.
    pub links_services: Vec<ServiceId>,
    /// Who answers for it, from a catalogue file.
    pub team: Option<Name>,
    /// Why it is believed to be a service.
    pub evidence: Vec<Evidence>,
}

/// Source that is no service and is linked into services.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Library {
    /// Its name: the package's, or the one in the config.
    pub name: Name,
    /// Its folders and files.
    pub paths: Vec<Name>,
    /// The libraries it links itself, directly or not, sorted.
    pub links: Vec<LibraryId>,
    /// The names under which source imports it.
    pub packages: Vec<Package>,
    /// Why it is believed to be a library.
    pub evidence: Vec<Evidence>,
}

/// A package of some ecosystem, with the names that source uses for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    /// Which kind of manifest declares it.
    pub ecosystem: Ecosystem,
    /// Its name in the manifest: crate, Go module path, npm name, `group:artifact`, assembly, ….
    pub name: Name,
    /// Its folder, relative to the root; `.` for the root.
    pub path: Name,
    /// What an `import` of it begins with: the crate's name with `_`, the Go module path, the npm
    /// name, Java package roots, Python packages, .NET namespaces.
    pub imports: Vec<Name>,
    /// What its own sources call packages that it links otherwise than those call themselves, with their own name.
    pub renamed: Vec<(Name, Name)>,
}

/// A family of manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is the package manager of its name")]
pub enum Ecosystem {
    Cargo,
    Go,
    Maven,
    Gradle,
    Dotnet,
    Npm,
    Python,
    Ruby,
    Composer,
    Mix,
}

/// A database that a service connects to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseLink {
    /// Which.
    pub database: DatabaseId,
    /// The schemas that the connection's search path names, in order.
    pub schemas: Vec<Name>,
    /// The user it connects as.
    pub user: Option<Name>,
    /// The settings that say so.
    pub evidence: Vec<Evidence>,
}

/// One logical store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Database {
    /// Its name.
    pub name: Name,
    /// The host it lives on as the settings name it; `None` where they do not.
    pub server: Option<Name>,
    /// Its dialect.
    pub dialect: Option<Dialect>,
    /// Every schema that some connection names.
    pub schemas: Vec<Name>,
    /// The settings or config lines that speak of it.
    pub evidence: Vec<Evidence>,
}

/// A folder or file whose DDL is run in a database by how things are wired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DdlWiring {
    /// The folder or file.
    pub path: Name,
    /// The database it is run in, if that is known.
    pub database: Option<DatabaseId>,
    /// The service whose DDL it therefore is, if it is one's alone.
    pub service: Option<ServiceId>,
    /// What wires it.
    pub evidence: Vec<Evidence>,
}

/// Why something is believed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// What kind of thing says so.
    pub kind: EvidenceKind,
    /// What it says, in one line without secrets.
    pub text: String,
    /// Where it stands.
    pub place: Option<Place>,
}

/// What kind of thing speaks of a service, a library or a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// A line of `bailiwick.toml`.
    Config,
    /// A service of a compose file.
    Compose,
    /// A Dockerfile.
    Dockerfile,
    /// A package manifest (`Cargo.toml`, `pom.xml`, …).
    Manifest,
    /// A program's entry (`main.go`, `manage.py`, …).
    Entry,
    /// A deployment manifest (Kubernetes, Helm, skaffold, an app host).
    Deployment,
    /// A Procfile or its like.
    Procfile,
    /// A catalogue file (`catalog-info.yaml`).
    Catalog,
    /// A connection setting.
    Settings,
}

impl EvidenceKind {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Compose => "compose",
            Self::Dockerfile => "dockerfile",
            Self::Manifest => "manifest",
            Self::Entry => "entry",
            Self::Deployment => "deployment",
            Self::Procfile => "procfile",
            Self::Catalog => "catalog",
            Self::Settings => "settings",
        }
    }
}

/// A manifest or settings file that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What, in one line.
    pub message: String,
}

impl Workspace {
    /// The file of that id. An id of another workspace gives `None`.
    #[must_use]
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// Its path; empty for an id of another workspace.
    #[must_use]
    pub fn path(&self, id: FileId) -> &str {
        self.file(id).map_or("", |file| &file.path)
    }

    /// The file at `path` (relative to the root, with `/`).
    #[must_use]
    pub fn file_id(&self, path: &str) -> Option<FileId> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        u32::try_from(at).ok().map(FileId)
    }

    /// Every file with its id.
    pub fn files_with_ids(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0u32..).map(FileId).zip(&self.files)
    }

    /// The file of that path, or those below it, with their ids.
    pub fn files_in(&self, folder: &str) -> impl Iterator<Item = (FileId, &SourceFile)> {
        let below = format!("{folder}/");
        let first = self.files.partition_point(|file| file.path < below);
        let own = self.file_id(folder).and_then(|id| Some((id, self.file(id)?)));
        let inside = (0u32..).map(FileId).zip(&self.files).skip(first);
        own.into_iter().chain(inside.take_while(move |(_, file)| file.path.starts_with(&below)))
    }

    /// Where a declaration of the config stands.
    #[must_use]
    pub fn place(&self, origin: &Origin) -> Option<Place> {
        Some(Place { file: self.file_id(&origin.path)?, span: origin.span })
    }

    /// The service of that id.
    #[must_use]
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.get(id.0 as usize)
    }

    /// The library of that id.
    #[must_use]
    pub fn library(&self, id: LibraryId) -> Option<&Library> {
        self.libraries.get(id.0 as usize)
    }

    /// The database of that id.
    #[must_use]
    pub fn database(&self, id: DatabaseId) -> Option<&Database> {
        self.databases.get(id.0 as usize)
    }

    /// By what the DDL at `path` is run in a database; the longest path wins.
    #[must_use]
    pub fn wiring_of(&self, path: &str) -> Option<&DdlWiring> {
        let wired = self.ddl_wirings.iter().filter(|wiring| lies_in(path, &wiring.path));
        wired.max_by_key(|wiring| (wiring.path.len(), wiring.service.is_some()))
    }

    /// The service of that name.
    #[must_use]
    pub fn service_named(&self, name: &str) -> Option<ServiceId> {
        let at = self.services.binary_search_by(|service| service.name.as_str().cmp(name)).ok()?;
        u32::try_from(at).ok().map(ServiceId)
    }

    /// Finds the services, libraries and databases: the config's, else those the tree tells of.
    fn find_services(&mut self, sources: &dyn Sources, config: &Config) {
        let (mut declared, mut named) = (self.declared_services(config), Vec::new());
        if !config.declares_services() {
            std::mem::swap(&mut declared, &mut named);
        }
        let libraries = self.declared_libraries(config);
        let files = self.files.clone();
        let tree = Tree::new(sources, &files);
        let found = discover::discover(&tree);
        let resolution = resolve::resolve(&tree, &found, declared, named, libraries);
        self.services = resolution.services;
        self.libraries = resolution.libraries;
        self.assumptions = resolution.assumptions;
        self.find_databases(&tree, &found, &resolution.deployments, config);
        self.problems = tree.into_problems();
        self.files = files;
    }
}
