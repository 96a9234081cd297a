//! DDL that is run in a database by how things are wired, not by where it lies: scripts of a database's image,
//! containers that run migrations, schemas that sqlc compiles against.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hosts, Joined, only, service_id};
use crate::workspace::assign::Claims;
use crate::workspace::discover::{Found, Migrator};
use crate::workspace::resolve::{folded, loose};
use crate::workspace::settings::{of_environment, sqlc_entries};
use crate::workspace::tree::Tree;
use crate::workspace::{DatabaseId, DdlWiring, Evidence, EvidenceKind, ServiceId, Unit, Workspace};

/// Words of a migrator's name that do not say whose migrations it runs.
const MIGRATORS_WORDS: &[&str] = &[
    "migrate",
    "migrator",
    "migration",
    "migrations",
    "db",
    "database",
    "sql",
    "init",
    "job",
    "flyway",
    "liquibase",
    "schema",
    "setup",
    "run",
    "up",
];

impl Workspace {
    /// What containers that run migrations are given is the DDL of who has the database, or of the service whose
    /// name the container bears.
    pub(super) fn wire_migrators(&mut self, found: &Found, hosts: &Hosts<'_>, joined: &[Joined]) {
        for migrator in &found.migrators {
            let users = users(migrator, found, hosts, joined);
            let databases: BTreeSet<DatabaseId> = users.iter().map(|joined| joined.database).collect();
            let services: BTreeSet<usize> = users.iter().map(|joined| joined.link.service).collect();
            let service = only(&services).or_else(|| self.namesake(migrator)).and_then(service_id);
            if databases.is_empty() && service.is_none() {
                continue;
            }
            for (path, evidence) in &migrator.paths {
                self.ddl_wirings.push(DdlWiring {
                    path: path.as_str().into(),
                    database: only(&databases),
                    service,
                    evidence: vec![evidence.clone(), migrator.evidence.clone()],
                });
            }
        }
        self.sort_wirings();
    }

    /// The one service that a migrator is called after.
    fn namesake(&self, migrator: &Migrator) -> Option<usize> {
        let name = folded(&migrator.name);
        let words: Vec<&str> = name.split('-').filter(|word| !MIGRATORS_WORDS.contains(word)).collect();
        let plain = loose(&words.join("-"));
        let mut same =
            (0..self.services.len()).filter(|&at| !plain.is_empty() && loose(&self.services[at].name) == plain);
        let first = same.next()?;
        same.next().is_none().then_some(first)
    }

    fn sort_wirings(&mut self) {
        self.ddl_wirings.sort_by(|a, b| (&a.path, &a.evidence).cmp(&(&b.path, &b.evidence)));
        self.ddl_wirings.dedup_by(|a, b| a.path == b.path && a.database == b.database && a.service == b.service);
    }

    /// Scripts that a database's image runs are the DDL of who has that database.
    pub(super) fn wire_scripts(&mut self, found: &Found, hosts: &Hosts<'_>, joined: &[Joined]) {
        for server in &found.servers {
            let key = hosts.name_of(server);
            let on_server: Vec<&Joined> = joined.iter().filter(|joined| joined.link.hosts.contains(&key)).collect();
            let named = |joined: &&&Joined| {
                server.database.as_ref().is_none_or(|name| joined.link.name.eq_ignore_ascii_case(name))
            };
            let of_database: Vec<&&Joined> = on_server.iter().filter(named).collect();
            let users = if of_database.is_empty() { on_server.iter().collect() } else { of_database };
            let databases: BTreeSet<DatabaseId> = users.iter().map(|joined| joined.database).collect();
            let services: BTreeSet<usize> = users.iter().map(|joined| joined.link.service).collect();
            for (path, evidence) in &server.scripts {
                self.ddl_wirings.push(DdlWiring {
                    path: path.as_str().into(),
                    database: only(&databases),
                    service: only(&services).and_then(service_id),
                    evidence: vec![evidence.clone()],
                });
            }
        }
        self.sort_wirings();
    }

    /// A schema that sqlc compiles the queries of one service against, and of no other, is that one's.
    pub(super) fn wire_sqlc(&mut self, tree: &Tree<'_>, claims: &Claims) {
        let mut users: BTreeMap<String, (BTreeSet<ServiceId>, Vec<Evidence>)> = BTreeMap::new();
        for entry in sqlc_entries(tree) {
            let services = entry.users.iter().filter_map(|path| match claims.unit_of(path) {
                Unit::Service(id) => Some(id),
                _ => None,
            });
            let services: BTreeSet<ServiceId> = services.collect();
            for (path, place) in entry.schema {
                let text = format!("sqlc compiles queries against `{path}`");
                let evidence = Evidence { kind: EvidenceKind::Settings, text, place: Some(place) };
                let known = users.entry(path).or_default();
                known.0.extend(&services);
                known.1.push(evidence);
            }
        }
        for (path, (services, evidence)) in users {
            let Some(service) = only(&services) else { continue };
            if claims.unit_of(&path) == Unit::Service(service) {
                continue;
            }
            let links = self.services.get(service.0 as usize).map_or(&[][..], |service| &service.databases);
            let databases: BTreeSet<DatabaseId> = links.iter().map(|link| link.database).collect();
            self.ddl_wirings.push(DdlWiring {
                path: path.into(),
                database: only(&databases),
                service: Some(service),
                evidence,
            });
        }
    }
}

/// The connections that lead to the database a migrator speaks to: by its settings, else by the server it waits for.
fn users<'j>(migrator: &Migrator, found: &Found, hosts: &Hosts<'_>, joined: &'j [Joined]) -> Vec<&'j Joined> {
    let settings = of_environment(&migrator.settings, &migrator.scope);
    if let Some((name, setting)) =
        settings.iter().find_map(|setting| Some((setting.connection.database.as_ref()?, setting)))
    {
        let host = setting.connection.server.as_ref().map(|host| hosts.key(host, &setting.scope));
        let fits = |joined: &&Joined| {
            let known =
                host.as_ref().is_none_or(|host| joined.link.hosts.is_empty() || joined.link.hosts.contains(host));
            folded(&joined.link.name) == folded(name) && known
        };
        return joined.iter().filter(fits).collect();
    }
    let awaited = found
        .servers
        .iter()
        .filter(|server| server.scope == migrator.scope && migrator.depends_on.contains(&server.name));
    let keys: BTreeSet<String> = awaited.map(|server| hosts.name_of(server)).collect();
    joined.iter().filter(|joined| !joined.link.hosts.is_disjoint(&keys)).collect()
}
