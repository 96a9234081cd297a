//! What the tree's manifests tell: packages with their programs and links, and how they are deployed.
//! One file an ecosystem; nothing here decides who is a service (that is `resolve`).

pub(super) use compose::is_compose;
pub(super) use jvm::xml;
pub(super) use migrators::Migrator;

mod aspire;
mod cargo;
mod catalog;
mod compose;
mod docker;
mod dotnet;
mod elixir;
mod go;
mod gradle;
mod jvm;
mod kubernetes;
mod migrators;
mod node;
mod php;
mod procfile;
mod python;
mod ruby;

use crate::source::{Place, Span, lies_in};
use crate::vocabulary::{Dialect, Name};
use crate::workspace::tree::{Tree, folder_of, is_aside};
use crate::workspace::{Ecosystem, Evidence, EvidenceKind};

/// A package of some ecosystem.
#[derive(Debug, Clone)]
pub(super) struct Package {
    pub(super) ecosystem: Ecosystem,
    pub(super) name: Name,
    pub(super) folder: String,
    /// What an import of it begins with.
    pub(super) imports: Vec<Name>,
    /// What its own sources call packages that it links otherwise than those call themselves, with their own name.
    pub(super) renamed: Vec<(Name, Name)>,
    pub(super) links: Vec<Link>,
    pub(super) programs: Vec<Program>,
    pub(super) manifest: Option<Place>,
    /// Packages of one group become one library (the packages of a Go module).
    pub(super) group: Option<Group>,
}

/// What a package depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// The package in that folder.
    Folder(String),
    /// The package of that name in the same ecosystem, if it is one of this tree's.
    Name(Name),
}

/// Several packages that are one library to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: Name,
    pub(super) folder: String,
}

/// A program that a package makes.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) name: Name,
    /// The folder or file that is the program's alone.
    pub(super) path: String,
    pub(super) evidence: Evidence,
}

/// A unit of deployment as some manifest names it.
#[derive(Debug, Clone)]
pub(super) struct Deployment {
    pub(super) name: Name,
    pub(super) evidence: Evidence,
    /// The folder it is built from.
    pub(super) folder: Option<String>,
    /// The base name of its image.
    pub(super) image: Option<Name>,
    /// Its Dockerfile, as an index into [`Found::dockerfiles`].
    pub(super) dockerfile: Option<usize>,
    /// The words of its command, to tell which program it runs.
    pub(super) words: Vec<String>,
    /// Its environment.
    pub(super) environment: Vec<Variable>,
    /// The names of the servers it waits for.
    pub(super) depends_on: Vec<Name>,
    /// The folder of the file that deploys it: host names are those of one such file.
    pub(super) scope: String,
}

/// A variable of an environment.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) place: Place,
}

/// A database server that is deployed beside the services.
#[derive(Debug, Clone)]
pub(super) struct Server {
    /// Its host name.
    pub(super) name: Name,
    pub(super) scope: String,
    pub(super) dialect: Dialect,
    /// The database it is made with.
    pub(super) database: Option<Name>,
    /// The ports of the host it is published on.
    pub(super) ports: Vec<String>,
    /// Folders and files of scripts that are run in it.
    pub(super) scripts: Vec<(String, Evidence)>,
    pub(super) evidence: Evidence,
}

/// A Dockerfile.
#[derive(Debug, Clone)]
pub(super) struct Dockerfile {
    pub(super) path: String,
    pub(super) place: Place,
    /// The image that the last stage stands on.
    pub(super) base: String,
    /// What is copied, and to where.
    pub(super) copies: Vec<(String, String, Span)>,
    /// The lines that build and start, without comments.
    pub(super) lines: Vec<String>,
}

/// Who answers for a folder, from a catalogue.
#[derive(Debug, Clone)]
pub(super) struct CatalogEntry {
    pub(super) name: Name,
    pub(super) folder: String,
    pub(super) team: Option<Name>,
    pub(super) is_service: bool,
    pub(super) evidence: Evidence,
}

/// All that was found.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) packages: Vec<Package>,
    pub(super) deployments: Vec<Deployment>,
    pub(super) servers: Vec<Server>,
    pub(super) dockerfiles: Vec<Dockerfile>,
    pub(super) catalog: Vec<CatalogEntry>,
    /// Containers that run migrations.
    pub(super) migrators: Vec<Migrator>,
    /// Environments that deployments share by name (config maps): by that name.
    pub(super) shared_environments: Vec<(Name, Vec<Variable>)>,
}

/// Reads every manifest of the tree.
pub(super) fn discover(tree: &Tree<'_>) -> Found {
    let mut found = Found::default();
    for packages in [cargo::packages, go::packages, jvm::packages, dotnet::packages, node::packages] {
        found.packages.extend(packages(tree));
    }
    for packages in [python::packages, ruby::packages, php::packages, elixir::packages] {
        found.packages.extend(packages(tree));
    }
    found.dockerfiles = docker::dockerfiles(tree);
    compose::read(tree, &mut found);
    aspire::read(tree, &mut found);
    kubernetes::read(tree, &mut found);
    procfile::read(tree, &mut found);
    forget_what_is_shown(tree, &mut found);
    docker::deployments(&mut found);
    migrators::finish(tree, &mut found);
    found.catalog = catalog::read(tree);
    found
}

/// A program that stands aside (`samples/orders`) is only shown, unless something that does not stand aside deploys it.
fn forget_what_is_shown(tree: &Tree<'_>, found: &mut Found) {
    let deploys = |deployment: &&Deployment| {
        let from = deployment.evidence.place.map_or(".", |place| tree.folder(place.file));
        !is_aside(from)
    };
    let folders = found.deployments.iter().filter(deploys).flat_map(|deployment| {
        let dockerfile = deployment.dockerfile.map(|at| folder_of(&found.dockerfiles[at].path));
        deployment.folder.as_deref().into_iter().chain(dockerfile)
    });
    let deployed: Vec<&str> = folders.filter(|folder| is_aside(folder)).collect();
    for package in &mut found.packages {
        let is_deployed = deployed.iter().any(|of| lies_in(of, &package.folder) || lies_in(&package.folder, of));
        if is_aside(&package.folder) && !is_deployed {
            package.programs.clear();
        }
    }
}

/// The dialect of a database image, by its name.
pub(super) fn dialect_of_image(image: &str) -> Option<Dialect> {
    let image = image.to_ascii_lowercase();
    let name = image.split('@').next().unwrap_or(&image);
    let name = name.rsplit_once(':').map_or(name, |(name, tag)| if tag.contains('/') { image.as_str() } else { name });
    let last = name.rsplit('/').next().unwrap_or(name);
    // Administration tools and exporters carry the name of what they look at.
    if ["exporter", "admin", "backup", "client", "adminer", "pgbouncer", "proxy", "operator"]
        .iter()
        .any(|word| last.contains(word))
    {
        return None;
    }
    let known = [
        ("postgres", Dialect::Postgres),
        ("postgis", Dialect::Postgres),
        ("pgvector", Dialect::Postgres),
        ("timescaledb", Dialect::Postgres),
        ("cockroach", Dialect::Postgres),
        ("yugabyte", Dialect::Postgres),
        ("citus", Dialect::Postgres),
        ("mysql", Dialect::Mysql),
        ("mariadb", Dialect::Mysql),
        ("percona", Dialect::Mysql),
        ("tidb", Dialect::Mysql),
        ("azure-sql-edge", Dialect::Mssql),
        ("clickhouse", Dialect::Clickhouse),
        ("cassandra", Dialect::Cql),
        ("scylla", Dialect::Cql),
        ("oracle", Dialect::Oracle),
    ];
    if name.contains("mssql") {
        return Some(Dialect::Mssql);
    }
    known.iter().find(|(word, _)| last.contains(word)).map(|(_, dialect)| *dialect)
}

/// Whether an image is of something that services use, not of a service.
pub(super) fn is_infrastructure(image: &str) -> bool {
    const NAMES: &[&str] = &[
        "mongo",
        "redis",
        "valkey",
        "memcached",
        "rabbitmq",
        "kafka",
        "zookeeper",
        "elasticsearch",
        "opensearch",
        "kibana",
        "logstash",
        "consul",
        "vault",
        "keycloak",
        "grafana",
        "prometheus",
        "jaeger",
        "zipkin",
        "envoy",
        "traefik",
        "haproxy",
        "localstack",
        "minio",
        "flyway",
        "liquibase",
        "adminer",
        "pgadmin4",
        "nats",
        "neo4j",
        "influxdb",
        "couchdb",
        "dynamodb-local",
    ];
    let name = image_name(image).unwrap_or_default().to_ascii_lowercase();
    NAMES.contains(&name.as_str()) || dialect_of_image(image).is_some()
}

/// The name of an image without registry, tag and digest.
pub(super) fn image_name(image: &str) -> Option<Name> {
    let image = image.split('@').next().unwrap_or(image);
    let last = image.rsplit('/').next().unwrap_or(image);
    let name = last.split(':').next().unwrap_or(last).trim();
    (!name.is_empty() && !name.contains(['$', '{', ' '])).then(|| name.into())
}

/// The evidence that a program's entry is.
pub(super) fn entry(text: impl Into<String>, place: Place) -> Evidence {
    Evidence { kind: EvidenceKind::Entry, text: text.into(), place: Some(place) }
}

/// The part of a text at which `needle` first stands, as a span; the text's start where it does not.
pub(super) fn span_of_text(text: &str, needle: &str) -> Span {
    text.find(needle).map_or(Span::new(0, 0), |at| Span::new(at, at + needle.len()))
}

/// Whether a program of that name is a tool of developers or operators rather than a service.
pub(super) fn is_tool_name(name: &str) -> bool {
    const TOOL_WORDS: &[&str] = &[
        "cli",
        "ctl",
        "tool",
        "tools",
        "xtask",
        "codegen",
        "bench",
        "benches",
        "benchmark",
        "benchmarks",
        "loadtest",
        "example",
        "examples",
        "migration",
        "migrations",
        "migrate",
        "migrator",
        "seed",
        "seeder",
        "fuzz",
        "fuzzer",
        "devtool",
        "devtools",
        "test",
        "tests",
        "e2e",
        "testing",
        "gen",
        "generation",
        "generator",
        "demo",
        "playground",
        "sandbox",
        "lint",
        "linter",
        "build",
        "install",
        "installer",
        "setup",
    ];
    /// These say it wherever they stand.
    const DEVELOPERS_WORDS: &[&str] = &["dev", "e2e", "test", "tests", "loadtest", "mock", "fake", "stub", "bench"];
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(['-', '_', '.', ' ']).collect();
    words.last().is_some_and(|last| TOOL_WORDS.contains(last))
        || words.iter().any(|word| DEVELOPERS_WORDS.contains(word))
}
