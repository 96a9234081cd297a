//! Services, libraries and databases as the config declares them.

use crate::config::{Config, Declared, Origin};
use crate::vocabulary::Name;
use crate::workspace::{Database, DatabaseId, DatabaseLink, Evidence, EvidenceKind, Library, Service, Workspace};

impl Workspace {
    fn declared_at(&self, origin: &Origin, text: String) -> Evidence {
        Evidence { kind: EvidenceKind::Config, text, place: self.place(origin) }
    }

    /// The config's services, sorted by name.
    pub(super) fn declared_services(&self, config: &Config) -> Vec<Service> {
        let service = |(name, declared): (&Name, &crate::config::ServiceConfig)| Service {
            name: name.clone(),
            paths: names(&declared.paths),
            schemas: declared.schemas.iter().map(|schema| schema.value.clone()).collect(),
            dialect: declared.dialect,
            evidence: vec![self.declared_at(&declared.origin, format!("`{name}` is declared"))],
            ..Service::default()
        };
        config.services.iter().map(service).collect()
    }

    /// The config's libraries, sorted by name.
    pub(super) fn declared_libraries(&self, config: &Config) -> Vec<Library> {
        let library = |(name, declared): (&Name, &crate::config::LibraryConfig)| Library {
            name: name.clone(),
            paths: names(&declared.paths),
            evidence: vec![self.declared_at(&declared.origin, format!("`{name}` is declared"))],
            ..Library::default()
        };
        config.libraries.iter().map(library).collect()
    }

    /// The config's databases, sorted by name: those of `[databases]` and those that services name.
    pub(super) fn declared_databases(&self, config: &Config) -> Vec<Database> {
        let mut databases: Vec<Database> = Vec::new();
        for (name, declared) in &config.databases {
            databases.push(Database {
                name: name.clone(),
                dialect: declared.dialect,
                evidence: vec![self.declared_at(&declared.origin, format!("`{name}` is declared"))],
                ..Database::default()
            });
        }
        for (service, declared) in &config.services {
            for database in declared.databases.iter().flatten() {
                let evidence =
                    self.declared_at(&database.origin, format!("`{service}` connects to `{}`", database.value));
                match databases.iter_mut().find(|known| known.name == database.value) {
                    Some(known) => known.evidence.push(evidence),
                    None => databases.push(Database {
                        name: database.value.clone(),
                        evidence: vec![evidence],
                        ..Database::default()
                    }),
                }
            }
        }
        databases.sort_by(|a, b| a.name.cmp(&b.name));
        databases
    }

    /// The databases that the config says the service connects to.
    pub(super) fn declared_links(&self, config: &Config, service: &str) -> Vec<DatabaseLink> {
        let Some(declared) = config.services.get(service) else { return Vec::new() };
        let link = |database: &Declared<Name>| {
            let at = self.databases.iter().position(|known| known.name == database.value)?;
            Some(DatabaseLink {
                database: DatabaseId(u32::try_from(at).ok()?),
                schemas: declared.schemas.iter().map(|schema| schema.value.clone()).collect(),
                user: None,
                evidence: vec![
                    self.declared_at(&database.origin, format!("`{service}` connects to `{}`", database.value)),
                ],
            })
        };
        declared.databases.iter().flatten().filter_map(link).collect()
    }
}

fn names(paths: &[Declared<String>]) -> Vec<Name> {
    let mut names: Vec<Name> = paths.iter().map(|path| Name::from(path.value.as_str())).collect();
    names.sort();
    names.dedup();
    names
}
