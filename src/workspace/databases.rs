//! From settings to databases: which of them are one and the same, and who connects to them.
//!
//! Within one service a name is a database: hosts differ between environments. Between services the
//! same name is the same database where they share a host (by the name the compose file or the
//! cluster knows it by). Where one of them tells no host, or only a developer's (`localhost`), it is
//! the one other database of that name, unless the name is one that anybody gives (`postgres`).

#[cfg(test)]
mod tests;
mod wiring;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::vocabulary::{Dialect, Name};
use crate::workspace::assign::{Claims, ancestors};
use crate::workspace::connection::dialect_of_port;
use crate::workspace::discover::{Found, Server};
use crate::workspace::resolve::folded;
use crate::workspace::settings::{
    Holder, Names, SchemaSwitch as Switch, Setting, all, all_schema_switches, is_environment,
};
use crate::workspace::tree::Tree;
use crate::workspace::{
    Database, DatabaseId, DatabaseLink, Evidence, EvidenceKind, LibraryId, SchemaSwitch, Service, ServiceId, Unit,
    Workspace,
};

/// All connections of one service to one database's name.
#[derive(Debug, Clone)]
struct Link {
    service: usize,
    name: Name,
    /// The hosts that the settings name, told apart by where they are known.
    hosts: BTreeSet<String>,
    dialect: Option<Dialect>,
    schemas: Vec<Name>,
    user: Option<Name>,
    evidence: Vec<Evidence>,
    /// The key of the first setting.
    key: Option<String>,
}

/// What the hosts of a tree are called.
struct Hosts<'a> {
    servers: &'a [Server],
}

impl Workspace {
    /// Finds the databases of all services and what is wired to them.
    pub(super) fn find_databases(
        &mut self,
        tree: &Tree<'_>,
        found: &Found,
        deployments: &[Option<ServiceId>],
        config: &Config,
    ) {
        let claims = Claims::new(&self.services, &self.libraries);
        let names = Names::new(&claims, &self.services);
        let settings = all(tree, found, deployments, &names);
        self.schema_switches = schema_switches(all_schema_switches(tree, found, deployments, &names));
        self.dbt_projects = super::dbt::projects(tree);
        self.aliases = super::aliases::all(tree);
        let hosts = Hosts { servers: &found.servers };
        let mut links = links(&self.services, settings, &hosts);
        add_awaited_servers(&mut links, found, deployments, &hosts);
        self.databases = self.declared_databases(config);
        let databases = self.unite(links, config);
        self.wire_scripts(found, &hosts, &databases);
        self.wire_migrators(found, &hosts, &databases);
        self.wire_sqlc(tree, &claims);
        self.find_own_schemas();
    }
}

impl Hosts<'_> {
    /// A host's name with where it is known, so that `db` of two compose files is two hosts.
    fn key(&self, host: &str, scope: &str) -> String {
        let (name, port) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
        if name == "localhost" || name == "host.docker.internal" {
            return format!("localhost{}", port.map(|port| format!(":{port}")).unwrap_or_default());
        }
        // In a cluster a host may be named with its namespace.
        let short = name.split('.').next().unwrap_or(name);
        let known =
            self.nearest(scope, |server| server.name == name || (name.contains(".svc") && server.name == short));
        let known = known.or_else(|| {
            let mut all = self.servers.iter().filter(|server| server.name == name);
            all.next().filter(|first| all.all(|server| server.scope == first.scope))
        });
        known.map_or_else(|| host.to_owned(), |server| self.name_of(server))
    }

    /// The server that a developer reaches as `localhost` from a folder: the one that a compose file
    /// round it publishes on that port.
    fn published(&self, local: &str, scope: &str, dialect: Option<Dialect>) -> Option<String> {
        let port = local.rsplit_once(':').map(|(_, port)| port);
        let fits = |server: &&Server| {
            server.ports.iter().any(|known| match port {
                Some(port) => known == port,
                None => dialect_of_port(known).is_some() && dialect_of_port(known) == dialect,
            })
        };
        self.nearest(scope, fits).map(|server| self.name_of(server))
    }

    /// The one server that `fits` and is known nearest to `scope`.
    fn nearest(&self, scope: &str, fits: impl Fn(&&Server) -> bool) -> Option<&Server> {
        let fitting: Vec<&Server> = self.servers.iter().filter(fits).collect();
        for folder in ancestors(scope) {
            let here: Vec<&&Server> = fitting.iter().filter(|server| server.scope == folder).collect();
            if let Some(first) = here.first() {
                let one = here.iter().all(|server| server.name == first.name);
                return one.then_some(**first);
            }
        }
        None
    }

    /// What a server is called: its name, with its scope where others are called alike.
    fn name_of(&self, server: &Server) -> String {
        let elsewhere = self.servers.iter().any(|other| other.name == server.name && other.scope != server.scope);
        if elsewhere { format!("{}/{}", server.scope, server.name) } else { server.name.to_string() }
    }
}

/// What holds of each unit: of several settings of one key that which is nearest to what is deployed.
fn schema_switches(found: Vec<(Holder, Switch)>) -> Vec<SchemaSwitch> {
    let mut nearest: BTreeMap<(Holder, String), Switch> = BTreeMap::new();
    for (holder, switch) in found {
        let known = nearest.entry((holder, switch.key.clone())).or_insert_with(|| switch.clone());
        if switch.rank < known.rank {
            *known = switch;
        }
    }
    let switches = nearest.into_iter().map(|((holder, key), switch)| SchemaSwitch {
        unit: match holder {
            Holder::Service(id) => Unit::Service(id),
            Holder::Library(id) => Unit::Library(id),
        },
        key: key.into(),
        value: switch.value.into(),
        place: switch.place,
    });
    switches.collect()
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.starts_with("localhost:") || host == "host.docker.internal"
}

/// The settings of each service as links: one for each database's name.
fn links(services: &[Service], settings: Vec<(Holder, Setting)>, hosts: &Hosts<'_>) -> Vec<Link> {
    let mut of_service: Vec<Vec<Setting>> = vec![Vec::new(); services.len()];
    let mut of_library: BTreeMap<LibraryId, Vec<Setting>> = BTreeMap::new();
    for (holder, setting) in settings {
        match holder {
            Holder::Service(id) => {
                if let Some(known) = of_service.get_mut(id.0 as usize) {
                    known.push(setting);
                }
            }
            Holder::Library(id) => of_library.entry(id).or_default().push(setting),
        }
    }
    for (service, known) in services.iter().zip(&mut of_service) {
        // What a library is set to holds for a service that says nothing itself.
        if !known.iter().any(|setting| setting.connection.database.is_some()) {
            let linked = service.links.iter().filter_map(|library| of_library.get(library));
            known.extend(linked.flatten().cloned());
        }
    }
    let mut links = Vec::new();
    for (service, settings) in of_service.into_iter().enumerate() {
        links.extend(links_of(service, settings, hosts));
    }
    links
}

/// The links of one service. A name that only another environment uses for what the same key names
/// nearer to deployment is no database of its own.
fn links_of(service: usize, mut settings: Vec<Setting>, hosts: &Hosts<'_>) -> Vec<Link> {
    settings.sort_by_key(|setting| (setting.rank, setting.place));
    let mut name_of_key: BTreeMap<String, Name> = BTreeMap::new();
    let mut links: Vec<Link> = Vec::new();
    for setting in &settings {
        let Some(database) = &setting.connection.database else { continue };
        let in_file = matches!(setting.connection.dialect, Some(Dialect::Sqlite | Dialect::Duckdb));
        let name = if in_file { file_stem(database) } else { database.clone() };
        let same = links.iter().find(|link| folded(&link.name) == folded(&name));
        let nearer = name_of_key.get(&setting.key).filter(|nearer| is_alias(&name, nearer, setting));
        let name = same.map(|link| &link.name).or(nearer).cloned().unwrap_or(name);
        name_of_key.entry(setting.key.clone()).or_insert_with(|| name.clone());
        let at = links.iter().position(|link| link.name == name).unwrap_or_else(|| {
            links.push(Link {
                service,
                name: name.clone(),
                hosts: BTreeSet::new(),
                dialect: None,
                schemas: Vec::new(),
                user: None,
                evidence: Vec::new(),
                key: None,
            });
            links.len() - 1
        });
        let link = &mut links[at];
        let connection = &setting.connection;
        if in_file {
            // A file belongs to whoever has it: no two services share one by its name alone.
            link.hosts.insert(format!("file of {service}"));
        } else if let Some(host) = &connection.server {
            link.hosts.insert(hosts.key(host, &setting.scope));
        }
        link.dialect = link.dialect.or(connection.dialect);
        // Another connection to the same database may have a search path of its own; the first counts.
        if link.schemas.is_empty() && *link.key.get_or_insert_with(|| setting.key.clone()) == setting.key {
            link.schemas.clone_from(&connection.schemas);
        }
        link.user = link.user.take().or_else(|| connection.user.clone());
        let text = format!("`{}` connects to `{}`", setting.shown, connection.text());
        if link.evidence.iter().any(|known| known.text == text) {
            continue;
        }
        link.evidence.push(Evidence { kind: EvidenceKind::Settings, text, place: Some(setting.place) });
    }
    let alone = settings.iter().find_map(|setting| setting.connection.dialect);
    for link in &mut links {
        link.dialect = link.dialect.or(alone);
        find_published(link, &settings, hosts);
    }
    links
}

/// Whether `name` is what `setting`'s environment calls the database `nearer`: a developer's or an
/// example's setting, or a name that differs in the environment's word only.
fn is_alias(name: &str, nearer: &str, setting: &Setting) -> bool {
    let local = setting.connection.server.as_deref().is_none_or(is_local);
    let plain = |name: &str| {
        let folded = folded(name);
        let words: Vec<&str> = folded.split('-').filter(|word| !is_environment(word)).collect();
        words.join("-")
    };
    local || setting.is_for_developers || plain(name) == plain(nearer)
}

/// A link of which only a developer's host is told leads to the server published there.
fn find_published(link: &mut Link, settings: &[Setting], hosts: &Hosts<'_>) {
    if !link.hosts.iter().all(|host| is_local(host)) {
        return;
    }
    let local = |setting: &&Setting| {
        setting.connection.database.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&link.name))
    };
    let found: Vec<String> = settings
        .iter()
        .filter(local)
        .filter_map(|setting| hosts.published(setting.connection.server.as_deref()?, &setting.scope, link.dialect))
        .collect();
    if let Some(first) = found.into_iter().next() {
        link.hosts = BTreeSet::from([first]);
    }
}

fn file_stem(path: &str) -> Name {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(name).into()
}

/// A service that says nothing of a database but waits for one's server uses the database that the
/// server is made with.
fn add_awaited_servers(links: &mut Vec<Link>, found: &Found, deployments: &[Option<ServiceId>], hosts: &Hosts<'_>) {
    for (deployment, service) in found.deployments.iter().zip(deployments) {
        let Some(service) = service.map(|id| id.0 as usize) else { continue };
        if links.iter().any(|link| link.service == service) {
            continue;
        }
        for awaited in &deployment.depends_on {
            let server =
                found.servers.iter().find(|server| server.name == *awaited && server.scope == deployment.scope);
            let Some((server, name)) = server.and_then(|server| Some((server, server.database.clone()?))) else {
                continue;
            };
            let text =
                format!("`{}` waits for the server `{}`, which is made with `{name}`", deployment.name, server.name);
            links.push(Link {
                service,
                hosts: BTreeSet::from([hosts.name_of(server)]),
                dialect: Some(server.dialect),
                schemas: Vec::new(),
                user: None,
                evidence: vec![
                    Evidence { kind: deployment.evidence.kind, text, place: deployment.evidence.place },
                    server.evidence.clone(),
                ],
                key: None,
                name,
            });
        }
    }
}

/// Which links lead to one and the same database: the number of the set of each.
fn same_databases(links: &[Link]) -> Vec<usize> {
    let mut sets: Vec<usize> = (0..links.len()).collect();
    let named = |a: &Link, b: &Link| folded(&a.name) == folded(&b.name) && a.service != b.service;
    let remote =
        |link: &Link| -> BTreeSet<String> { link.hosts.iter().filter(|host| !is_local(host)).cloned().collect() };
    let join = |a: usize, b: usize, sets: &mut Vec<usize>| {
        let (from, to) = (sets[a].max(sets[b]), sets[a].min(sets[b]));
        sets.iter_mut().filter(|set| **set == from).for_each(|set| *set = to);
    };
    for a in 0..links.len() {
        for b in a + 1..links.len() {
            if !named(&links[a], &links[b]) {
                continue;
            }
            let (here, there) = (remote(&links[a]), remote(&links[b]));
            let share = if here.is_empty() || there.is_empty() {
                // Every developer has a `localhost` with a `postgres` on it.
                !is_anybodys(&links[a].name) && !links[a].hosts.is_disjoint(&links[b].hosts)
            } else {
                !here.is_disjoint(&there)
            };
            if share {
                join(a, b, &mut sets);
            }
        }
    }
    // A link without a host, or with a developer's only, joins the one set there is of its name, if
    // the name is not one that anybody gives.
    for a in 0..links.len() {
        if !remote(&links[a]).is_empty() || is_anybodys(&links[a].name) {
            continue;
        }
        let others: BTreeSet<usize> =
            (0..links.len()).filter(|b| *b != a && named(&links[a], &links[*b])).map(|b| sets[b]).collect();
        if let (Some(set), 1) = (others.first(), others.len()) {
            let b = sets.iter().position(|known| known == set).unwrap_or(a);
            join(a, b, &mut sets);
        }
    }
    sets
}

/// Names that servers come with or that say nothing: two of them are not one for that.
fn is_anybodys(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "postgres",
        "postgresql",
        "mysql",
        "master",
        "app",
        "api",
        "db",
        "database",
        "data",
        "main",
        "default",
        "root",
        "admin",
        "test",
        "testdb",
        "mydb",
        "mydatabase",
        "public",
        "dev",
        "local",
        "development",
        "sample",
        "example",
        "demo",
    ];
    NAMES.contains(&folded(name).as_str())
}

/// A link that found its database.
struct Joined {
    link: Link,
    database: DatabaseId,
}

impl Workspace {
    /// Makes a database of each set of links, or enriches the declared one, and tells the services.
    fn unite(&mut self, links: Vec<Link>, config: &Config) -> Vec<Joined> {
        let sets = same_databases(&links);
        let mut found: Vec<(usize, Database)> = Vec::new();
        for (link, set) in links.iter().zip(&sets) {
            // A service whose databases are declared has those and no others.
            if self.declares_databases(link.service, config) {
                continue;
            }
            let at = found.iter().position(|(known, _)| known == set).unwrap_or_else(|| {
                found.push((*set, Database { name: link.name.clone(), ..Database::default() }));
                found.len() - 1
            });
            let database = &mut found[at].1;
            database.dialect = database.dialect.or(link.dialect);
            let server = link.hosts.iter().find(|host| !is_local(host)).or_else(|| link.hosts.first());
            let better = database.server.as_ref().is_none_or(|server| is_local(server));
            if let Some(server) = server.filter(|host| better && !host.starts_with("file of ")) {
                database.server = Some(server.as_str().into());
            }
            database.evidence.extend(link.evidence.iter().cloned());
            for schema in &link.schemas {
                if !database.schemas.contains(schema) {
                    database.schemas.push(schema.clone());
                }
            }
        }
        let declared = self.databases.len();
        for (_, database) in &found {
            // The one of that name that is declared is this one.
            let same =
                self.databases[..declared].iter_mut().find(|known| known.name.eq_ignore_ascii_case(&database.name));
            match same {
                Some(known) => enrich(known, database),
                None => self.databases.push(database.clone()),
            }
        }
        self.databases.sort_by(|a, b| (&a.name, &a.server, &a.evidence).cmp(&(&b.name, &b.server, &b.evidence)));
        let position = |databases: &[Database], wanted: &Database| {
            let exact = databases
                .iter()
                .position(|database| database.evidence == wanted.evidence && database.name == wanted.name);
            exact.or_else(|| databases.iter().position(|database| database.name.eq_ignore_ascii_case(&wanted.name)))
        };
        let mut joined: Vec<Joined> = Vec::new();
        for id in 0..self.services.len() {
            let declared = self.declared_links(config, &self.services[id].name.clone());
            self.services[id].databases = declared;
        }
        for (link, set) in links.into_iter().zip(sets) {
            if self.declares_databases(link.service, config) {
                joined.extend(self.enrich_declared(link));
                continue;
            }
            let wanted = found.iter().find(|(known, _)| *known == set).map(|(_, database)| database);
            let Some(at) = wanted.and_then(|wanted| position(&self.databases, wanted)) else { continue };
            let database = DatabaseId(u32::try_from(at).unwrap_or(u32::MAX));
            self.services[link.service].databases.push(DatabaseLink {
                schemas: link.schemas.clone(),
                user: link.user.clone(),
                evidence: link.evidence.clone(),
                database,
            });
            joined.push(Joined { link, database });
        }
        joined
    }

    fn declares_databases(&self, service: usize, config: &Config) -> bool {
        config.services.get(&self.services[service].name).is_some_and(|service| service.databases.is_some())
    }

    /// What settings say of a database that is declared: the one of that name, or the only one.
    fn enrich_declared(&mut self, link: Link) -> Option<Joined> {
        let service = &mut self.services[link.service];
        let databases = &mut self.databases;
        let by_name = service.databases.iter().position(|declared| {
            databases
                .get(declared.database.0 as usize)
                .is_some_and(|database| folded(&database.name) == folded(&link.name))
        });
        let at = by_name.or_else(|| (service.databases.len() == 1).then_some(0))?;
        let declared = &mut service.databases[at];
        let database = databases.get_mut(declared.database.0 as usize)?;
        database.dialect = database.dialect.or(link.dialect);
        if declared.schemas.is_empty() {
            declared.schemas.clone_from(&link.schemas);
        }
        declared.user = declared.user.take().or_else(|| link.user.clone());
        declared.evidence.extend(link.evidence.iter().cloned());
        Some(Joined { database: declared.database, link })
    }

    /// A schema that one service alone connects with is its own.
    fn find_own_schemas(&mut self) {
        let mut users: BTreeMap<(DatabaseId, Name), BTreeSet<usize>> = BTreeMap::new();
        for (at, service) in self.services.iter().enumerate() {
            for link in &service.databases {
                for schema in &link.schemas {
                    users.entry((link.database, schema.clone())).or_default().insert(at);
                }
            }
        }
        for ((_, schema), services) in users {
            if let Some(service) = only(&services)
                && !["public", "dbo", "main"].contains(&schema.to_lowercase().as_str())
                && !self.services[service].schemas.contains(&schema)
            {
                self.services[service].schemas.push(schema);
            }
        }
    }
}

fn enrich(known: &mut Database, found: &Database) {
    known.dialect = known.dialect.or(found.dialect);
    known.server = known.server.take().or_else(|| found.server.clone());
    known.evidence.extend(found.evidence.iter().cloned());
    let more: Vec<Name> = found.schemas.iter().filter(|schema| !known.schemas.contains(schema)).cloned().collect();
    known.schemas.extend(more);
}

/// The one member of a set.
fn only<T: Copy>(set: &BTreeSet<T>) -> Option<T> {
    let mut members = set.iter();
    members.next().copied().filter(|_| members.next().is_none())
}

fn service_id(at: usize) -> Option<ServiceId> {
    u32::try_from(at).ok().map(ServiceId)
}
