//! Connection settings: which database each service connects to, by what its settings say.
//!
//! Settings come from deployments' environments and from files. Each is read as pairs of a key's path
//! and a value; a value that is a connection string speaks for itself, and pairs that stand together
//! (`DB_HOST`, `DB_NAME`) speak together. Secrets are dropped where they are read.

mod code;
mod files;
mod groups;

use crate::source::Place;
use crate::vocabulary::Name;
use crate::workspace::connection::{Connection, is_unknown, parse_url, with_defaults};
use crate::workspace::discover::{Found, Variable};
use crate::workspace::settings::groups::grouped;
use crate::workspace::tree::Tree;
use crate::workspace::{LibraryId, ServiceId};

pub(super) use files::{Names, sqlc_entries};
use files::{read_files, read_schema_switches};

/// A key's path with its value.
#[derive(Debug, Clone)]
struct Pair {
    /// The segments of the key's path, in lower case: `spring`, `datasource`, `url`.
    path: Vec<String>,
    /// As it stands in the file, to be shown.
    key: String,
    value: String,
    place: Place,
}

/// A connection that some setting speaks of.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) connection: Connection,
    /// The key without environments and profiles: settings of one key are one connection in different
    /// environments.
    pub(super) key: String,
    /// As shown.
    pub(super) shown: String,
    pub(super) place: Place,
    /// The folder in which host names are looked up.
    pub(super) scope: String,
    /// The smaller, the nearer to what is deployed.
    pub(super) rank: u8,
    /// Whether only developers use it.
    pub(super) is_for_developers: bool,
}

/// Whose a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    Service(ServiceId),
    Library(LibraryId),
}

/// Words in a key's path that name an environment, not a setting.
const ENVIRONMENTS: &[&str] = &[
    "dev",
    "development",
    "prod",
    "production",
    "staging",
    "stage",
    "default",
    "local",
    "docker",
    "shared",
    "defaults",
    "qa",
    "uat",
    "live",
    "primary",
    "master",
    "writer",
];

/// Words for stores that have no tables, or whose settings look alike.
const OTHER_STORES: &[&str] = &[
    "redis",
    "mongo",
    "mongodb",
    "rabbit",
    "rabbitmq",
    "kafka",
    "elastic",
    "elasticsearch",
    "ldap",
    "smtp",
    "mail",
    "s3",
    "influx",
    "influxdb",
    "cache",
    "amqp",
    "neo4j",
    "consul",
    "eureka",
    "zookeeper",
    "memcached",
    "nacos",
    "minio",
    "solr",
    "queue",
];

/// The settings in a deployment's environment.
pub(super) fn of_environment(variables: &[Variable], scope: &str) -> Vec<Setting> {
    let lookup = |name: &str| {
        variables
            .iter()
            .find(|variable| variable.key == name)
            .map(|variable| variable.value.clone())
            .filter(|value| !is_unknown(value))
    };
    let pairs: Vec<Pair> = variables
        .iter()
        .map(|variable| Pair {
            path: environment_path(&variable.key),
            key: variable.key.clone(),
            value: with_defaults(&variable.value, &lookup),
            place: variable.place,
        })
        .collect();
    settings_of(&pairs, scope, 0)
}

/// The settings of all deployments, by service.
pub(super) fn of_deployments(found: &Found, services: &[Option<ServiceId>]) -> Vec<(Holder, Setting)> {
    let mut all = Vec::new();
    for (deployment, service) in found.deployments.iter().zip(services) {
        if let Some(service) = service {
            let settings = of_environment(&deployment.environment, &deployment.scope);
            all.extend(settings.into_iter().map(|setting| (Holder::Service(*service), setting)));
        }
    }
    all
}

/// `SPRING_DATASOURCE_URL` and `ConnectionStrings__shop` as paths.
fn environment_path(key: &str) -> Vec<String> {
    let key = key.trim();
    let segments: Vec<&str> =
        if key.contains("__") { key.split("__").collect() } else { key.split(['.', ':']).collect() };
    let mut path: Vec<String> =
        segments.into_iter().filter(|segment| !segment.is_empty()).map(str::to_lowercase).collect();
    // `SHOP__DATABASE__URL`: what comes first of three is the program's own prefix.
    if key.contains("__") && path.len() > 2 {
        path.remove(0);
    }
    path
}

/// What pairs say together: those that are connection strings, then those that stand in groups.
fn settings_of(pairs: &[Pair], scope: &str, rank: u8) -> Vec<Setting> {
    let mut settings = Vec::new();
    let wanted: Vec<&Pair> =
        pairs.iter().filter(|pair| !is_of_tests(&pair.path) && !is_other_store(&pair.path)).collect();
    for pair in &wanted {
        // An address may hold several strings: the first is where writes go.
        if let Some(mut connection) = parse_url(&pair.value).filter(is_for_use) {
            connection.user = connection.user.or_else(|| user_beside(pair, &wanted));
            settings.push(setting(connection, stable_key(&pair.path), pair, scope, rank));
        }
    }
    for (connection, key, pair) in grouped(&wanted) {
        // A URL beside the parts says the same, and more surely.
        let said = settings.iter().any(|known: &Setting| known.connection.database == connection.database);
        if !said {
            settings.push(setting(connection, key, pair, scope, rank));
        }
    }
    settings
}

fn setting(connection: Connection, key: String, pair: &Pair, scope: &str, rank: u8) -> Setting {
    Setting {
        connection,
        key,
        shown: pair.key.clone(),
        place: pair.place,
        scope: scope.to_owned(),
        // Of the environments in one file that of production comes first.
        rank: rank * 3 + environment_rank(&pair.path),
        is_for_developers: rank >= DEVELOPERS_RANK || environment_rank(&pair.path) == 2,
    }
}

/// The rank of files that developers use, and of examples.
const DEVELOPERS_RANK: u8 = 4;

fn environment_rank(path: &[String]) -> u8 {
    let has = |wanted: &[&str]| path.iter().any(|segment| wanted.contains(&segment.as_str()));
    if has(&["prod", "production", "live"]) {
        0
    } else if has(&["dev", "development", "local"]) {
        2
    } else {
        1
    }
}

/// The user that stands beside a URL: `spring.datasource.username` beside `spring.datasource.url`.
fn user_beside(url: &Pair, pairs: &[&Pair]) -> Option<Name> {
    let spread = |path: &[String]| path.join(".").replace(['_', '-'], ".");
    let whole = spread(&url.path);
    let (stem, _) = whole.rsplit_once('.')?;
    let wanted = [format!("{stem}.username"), format!("{stem}.user")];
    let found = pairs.iter().find(|pair| wanted.contains(&spread(&pair.path)))?;
    let value = found.value.trim();
    (!value.is_empty() && !is_unknown(value)).then(|| value.into())
}

/// Whether a connection says enough, and is not one of tests.
fn is_for_use(connection: &Connection) -> bool {
    let of_tests = |name: &str| ["_test", "-test", "_tests"].iter().any(|ending| name.ends_with(ending));
    connection.is_useful() && !connection.database.as_ref().is_some_and(|name| of_tests(name))
}

/// Whether a word names an environment.
pub(super) fn is_environment(word: &str) -> bool {
    ENVIRONMENTS.contains(&word)
}

fn stable_key(path: &[String]) -> String {
    let parts = path.iter().flat_map(|segment| segment.split(['_', '-', '.']));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty() && !is_environment(part)).collect();
    parts.join(".")
}

fn is_of_tests(path: &[String]) -> bool {
    path.iter()
        .flat_map(|segment| segment.split(['_', '-', '.']))
        .any(|word| word == "test" || word == "tests" || word == "testing")
}

fn is_other_store(path: &[String]) -> bool {
    path.iter().flat_map(|segment| segment.split(['_', '-', '.'])).any(|word| OTHER_STORES.contains(&word))
}

/// A setting that may let a framework make the schema (`spring.jpa.hibernate.ddl-auto: update`).
#[derive(Debug, Clone)]
pub(super) struct SchemaSwitch {
    /// The key's path, joined by dots, in snake case.
    pub(super) key: String,
    pub(super) value: String,
    pub(super) place: Place,
    pub(super) rank: u8,
}

fn schema_switches(pairs: &[Pair], rank: u8) -> Vec<SchemaSwitch> {
    const WORDS: &[&str] = &["ddl", "hbm2ddl", "generation", "management", "synchronize", "naming"];
    let speaks = |pair: &&Pair| {
        pair.path.iter().flat_map(|segment| segment.split(['_', '-'])).any(|word| WORDS.contains(&word))
            && !is_of_tests(&pair.path)
    };
    let switch = |pair: &Pair| SchemaSwitch {
        key: pair.path.join(".").replace('-', "_"),
        value: pair.value.trim().to_lowercase(),
        place: pair.place,
        rank: rank * 3 + environment_rank(&pair.path),
    };
    pairs.iter().filter(speaks).map(switch).collect()
}

/// All that settings say of frameworks that make the schema, those of deployments first.
pub(super) fn all_schema_switches(
    tree: &Tree<'_>,
    found: &Found,
    services: &[Option<ServiceId>],
    names: &Names<'_>,
) -> Vec<(Holder, SchemaSwitch)> {
    let mut all = Vec::new();
    for (deployment, service) in found.deployments.iter().zip(services) {
        let Some(service) = service else { continue };
        let pairs: Vec<Pair> = deployment
            .environment
            .iter()
            .map(|variable| Pair {
                path: variable.key.to_lowercase().split('_').map(str::to_owned).collect(),
                key: variable.key.clone(),
                value: variable.value.clone(),
                place: variable.place,
            })
            .collect();
        all.extend(schema_switches(&pairs, 0).into_iter().map(|switch| (Holder::Service(*service), switch)));
    }
    all.extend(read_schema_switches(tree, names));
    all
}

/// Every setting of the workspace with its holder, those of deployments first.
pub(super) fn all(
    tree: &Tree<'_>,
    found: &Found,
    services: &[Option<ServiceId>],
    names: &Names<'_>,
) -> Vec<(Holder, Setting)> {
    let mut all = of_deployments(found, services);
    all.extend(read_files(tree, names));
    all
}
