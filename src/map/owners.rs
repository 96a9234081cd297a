//! Who owns a table: design.md §3. Declared beats created beats written; every answer carries its evidence.

use std::collections::BTreeMap;

use super::catalog::Catalog;
use super::model::{Evidence, EvidenceKind, OwnerStatus, ServiceId, Table};
use crate::config::Config;
use crate::source::{Place, lies_in};
use crate::workspace::{self, Unit, Workspace};

/// Who creates and who writes each table (by entry of the catalog).
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// The services whose DDL creates it.
    pub migrations: BTreeMap<usize, BTreeMap<ServiceId, Evidence>>,
    /// The services whose ORM creates it.
    pub mappings: BTreeMap<usize, BTreeMap<ServiceId, Evidence>>,
    /// The services that write it, each with the first place.
    pub writers: BTreeMap<usize, BTreeMap<ServiceId, Place>>,
    /// Tables that a library writes besides, for whom is not known: who writes them alone cannot be said.
    pub written_for_unknown: std::collections::BTreeSet<usize>,
    /// The services that the database's scripts name as the owner.
    pub stated: BTreeMap<usize, BTreeMap<ServiceId, Evidence>>,
    /// The services that are granted to write it.
    pub granted: BTreeMap<usize, BTreeMap<ServiceId, Evidence>>,
    /// DDL that belongs to no service: kept as evidence of the table's origin.
    pub strays: BTreeMap<usize, Evidence>,
}

impl Claims {
    /// A table that got another name was made by who made it under the old one.
    pub(super) fn inherit(&mut self, renamed: Option<(usize, usize)>) {
        let Some((old, new)) = renamed.filter(|(old, new)| old != new) else { return };
        if let Some(makers) = self.migrations.get(&old).cloned() {
            self.migrations.entry(new).or_default().extend(makers);
        }
        if let Some(stated) = self.stated.get(&old).cloned() {
            self.stated.entry(new).or_default().extend(stated);
        }
        if let Some(granted) = self.granted.get(&old).cloned() {
            self.granted.entry(new).or_default().extend(granted);
        }
        if let Some(stray) = self.strays.get(&old).cloned() {
            self.strays.entry(new).or_insert(stray);
        }
    }
}

/// The service in whose folder a library's file lies (`internal/export/database` in `internal/export`).
pub(super) fn host(workspace: &Workspace, path: &str) -> Option<ServiceId> {
    let round = |service: &workspace::Service| {
        let own = service.paths.iter().filter(|own| *own != "." && lies_in(path, own));
        own.map(|own| own.as_str().len()).max()
    };
    let hosts = (0u32..).zip(&workspace.services).filter_map(|(index, service)| Some((round(service)?, index)));
    hosts.max_by_key(|(length, index)| (*length, std::cmp::Reverse(*index))).map(|(_, index)| ServiceId(index))
}

/// The service whose DDL a file of a unit is, with the reason where it is not simply the service's own: how it is wired,
/// or that only one service links the library, or connects to the database.
pub(super) fn service_of_ddl(
    workspace: &Workspace,
    catalog: &Catalog<'_>,
    unit: Unit,
    path: &str,
    database: usize,
) -> Option<(ServiceId, Option<String>)> {
    if let Some(wiring) = workspace.wiring_of(path)
        && let Some(service) = wiring.service
    {
        let why = wiring.evidence.first().map(|evidence| evidence.text.clone());
        return Some((ServiceId(service.0), Some(why.unwrap_or_else(|| "it is wired to it".to_owned()))));
    }
    if let Unit::Service(service) = unit {
        return Some((ServiceId(service.0), None));
    }
    let connected: Vec<u32> = (0u32..)
        .zip(&workspace.services)
        .filter(|(_, service)| service.databases.iter().any(|link| link.database.0 as usize == database))
        .map(|(index, _)| index)
        .collect();
    if let [only] = connected[..] {
        let name = &workspace.services[only as usize].name;
        return Some((ServiceId(only), Some(format!("`{name}` alone connects to that database"))));
    }
    if let Unit::Library(library) = unit
        && let [only] = catalog.services_of(library)
    {
        let name = workspace.service(*only).map(|service| service.name.to_string()).unwrap_or_default();
        return Some((ServiceId(only.0), Some(format!("`{name}` alone links the library it lies in"))));
    }
    None
}

/// Settles the owner of one table.
pub(super) fn settle(
    table: &mut Table,
    entry: usize,
    claims: &Claims,
    config: &Config,
    workspace: &Workspace,
    database: &str,
    stated: bool,
) {
    let creators = [claims.migrations.get(&entry), claims.mappings.get(&entry)];
    for of_kind in creators.into_iter().flatten() {
        for (service, evidence) in of_kind {
            if !table.claims.iter().any(|(known, _)| known == service) {
                table.claims.push((*service, evidence.clone()));
            }
        }
    }
    if let Some(declared) = declared(table, config, workspace, database, stated) {
        let (service, evidence) = declared;
        table.owner = Some(service);
        table.owner_status = Some(OwnerStatus::Declared);
        table.owner_evidence.push(evidence);
        let own =
            table.claims.iter().filter(|(claimant, _)| *claimant == service).map(|(_, evidence)| evidence.clone());
        table.owner_evidence.extend(own.collect::<Vec<_>>());
        return;
    }
    // DDL says more than a mapping; where several create it the table is contested, and the rest can only propose.
    let makers = creators.into_iter().flatten().next();
    if let Some((service, evidence)) = only(makers) {
        return table.belongs_to(service, OwnerStatus::Inferred, evidence);
    }
    let contested = makers.is_some();
    if let Some((service, evidence)) = only(claims.stated.get(&entry)) {
        let status = if contested { OwnerStatus::Proposed } else { OwnerStatus::Inferred };
        table.belongs_to(service, status, evidence);
    } else if let Some((service, evidence)) = only(claims.granted.get(&entry)) {
        table.belongs_to(service, OwnerStatus::Proposed, evidence);
    } else if !claims.written_for_unknown.contains(&entry)
        && let Some((service, place)) = only(claims.writers.get(&entry))
    {
        let text = "it alone writes the table".to_owned();
        let evidence = Evidence { kind: EvidenceKind::Writes, text, place: Some(place) };
        table.belongs_to(service, OwnerStatus::Proposed, evidence);
    }
    table.owner_evidence.extend(claims.strays.get(&entry).cloned());
}

impl Table {
    fn belongs_to(&mut self, service: ServiceId, status: OwnerStatus, evidence: Evidence) {
        self.owner = Some(service);
        self.owner_status = Some(status);
        self.owner_evidence.push(evidence);
    }
}

/// The one service of a claim, with its reason.
fn only<T: Clone>(claims: Option<&BTreeMap<ServiceId, T>>) -> Option<(ServiceId, T)> {
    let mut services = claims?.iter();
    let (service, reason) = services.next()?;
    services.next().is_none().then(|| (*service, reason.clone()))
}

/// The owner that the config declares. Two that claim it alike are both claims and neither is the owner.
fn declared(
    table: &mut Table,
    config: &Config,
    workspace: &Workspace,
    database: &str,
    stated: bool,
) -> Option<(ServiceId, Evidence)> {
    let database = stated.then_some(database);
    let owners = config.declared_owners(database, table.schema.as_deref(), &table.name);
    let mut found: Vec<(ServiceId, Evidence)> = Vec::new();
    for (name, pattern) in owners {
        let Some(service) = workspace.service_named(name) else { continue };
        let text = format!("it declares that it owns `{}`", pattern.text);
        let place = workspace.place(&pattern.origin);
        found.push((ServiceId(service.0), Evidence { kind: EvidenceKind::Config, text, place }));
    }
    // A service that connects elsewhere cannot own what is in this database: the same name is not the same table.
    found.retain(|(service, _)| {
        workspace.services.get(service.index()).is_some_and(|service| {
            service.databases.is_empty() || service.databases.iter().any(|link| link.database.0 == table.database.0)
        })
    });
    if found.len() > 1 {
        table.claims.extend(found);
        table.claims.sort();
        return None;
    }
    found.pop()
}
