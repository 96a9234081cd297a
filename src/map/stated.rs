//! What the database's own scripts say of its tables beside creating them: who owns one (`OWNER TO`, a comment, a
//! schema's `AUTHORIZATION`), who is granted to write one, and what stands behind a foreign table or a synonym.
//!
//! A role is a service's if that service alone connects as it, else if it is called like one service.

use std::collections::BTreeMap;

use super::catalog::{Catalog, Scope, fold};
use super::model::{Evidence, EvidenceKind, ServiceId, TableKind};
use super::owners::Claims;
use crate::source::Place;
use crate::sql::{self, Change};
use crate::vocabulary::{AccessClass, Name, Privilege, TableName};
use crate::workspace::{self, Unit, Workspace};

/// Words of a role's name that do not say whose it is.
const ROLE_WORDS: &[&str] =
    &["user", "app", "svc", "service", "role", "owner", "rw", "writer", "db", "api", "admin", "microservice"];

/// Databases that scripts give a name to: `CREATE SERVER`, `CREATE DATABASE LINK`.
#[derive(Debug, Default)]
pub(super) struct Servers(BTreeMap<Name, usize>);

impl Servers {
    /// The servers that lead to a database of the workspace.
    pub(super) fn new<'c>(workspace: &Workspace, changes: impl Iterator<Item = &'c Change>) -> Self {
        let mut servers = BTreeMap::new();
        for change in changes {
            let Change::Server { name, database, host } = change else { continue };
            let same = |known: &workspace::Database| {
                let by_name = database.as_ref().is_some_and(|database| fold(database) == fold(&known.name));
                let on_host = || host.is_none() || known.server.is_none() || host.as_ref() == known.server.as_ref();
                by_name && on_host()
            };
            let mut found = (0..workspace.databases.len()).filter(|&at| same(&workspace.databases[at]));
            if let (Some(only), None) = (found.next(), found.next()) {
                servers.insert(fold(name), only);
            }
        }
        Self(servers)
    }

    /// The database that a server, a link or a connection string names.
    pub(super) fn database(&self, workspace: &Workspace, name: &Name) -> Option<usize> {
        let folded = fold(name);
        // A link may be given with its domain.
        let short: Name = folded.split('.').next().unwrap_or_default().into();
        self.0.get(&folded).or_else(|| self.0.get(&short)).copied().or_else(|| {
            workspace.databases.iter().position(|database| [&folded, &short].contains(&&fold(&database.name)))
        })
    }
}

/// What stands behind a table that another one stands for, as its definition says.
pub(super) fn behind(
    catalog: &mut Catalog<'_>,
    servers: &Servers,
    scope: &Scope,
    unit: Unit,
    (table, kind, bases): (&TableName, &sql::TableKind, &[TableName]),
) -> Vec<usize> {
    match kind {
        sql::TableKind::Synonym { of } => vec![catalog.resolve(scope, unit, of)],
        sql::TableKind::Foreign { server, remote } => {
            let bare = TableName { qualifiers: Vec::new(), name: table.name.clone() };
            let remote = remote.as_ref().unwrap_or(&bare);
            match server.as_ref().and_then(|server| servers.0.get(&fold(server))) {
                Some(&database) => {
                    let there = Scope { databases: vec![database], ..Scope::default() };
                    vec![catalog.resolve(&there, unit, remote)]
                }
                None => catalog.only_elsewhere(scope, remote).into_iter().collect(),
            }
        }
        _ => bases.iter().map(|base| catalog.resolve(scope, unit, base)).collect(),
    }
}

/// `IMPORT FOREIGN SCHEMA`: every table of the other schema is one here too, and whose script imports it has it.
pub(super) fn import(
    (catalog, claims): (&mut Catalog<'_>, &mut Claims),
    servers: &Servers,
    (scope, unit): (&Scope, Unit),
    change: &Change,
    place: Place,
) {
    let Change::ImportForeignSchema { remote, server, into, only, except } = change else { return };
    let Some(&database) = servers.0.get(&fold(server)) else { return };
    let named = |names: &[Name], name: &Name| names.iter().any(|known| fold(known) == fold(name));
    for entry in catalog.in_schema(database, remote) {
        let name = catalog.entries[entry].name.clone();
        if named(except, &name) || (!only.is_empty() && !named(only, &name)) {
            continue;
        }
        let Some(table) = TableName::parse(&format!("{into}.{name}")) else { continue };
        let own = catalog.create(scope, &table, TableKind::ForeignTable, place);
        if own == entry {
            continue;
        }
        catalog.entries[own].behind = vec![entry];
        if let Unit::Service(service) = unit {
            let text = format!("its DDL imports the schema `{remote}`");
            let evidence = Evidence { kind: EvidenceKind::Migration, text, place: Some(place) };
            claims.migrations.entry(own).or_default().entry(ServiceId(service.0)).or_insert(evidence);
        }
    }
}

/// Notes what a change says of the owners of the tables it names.
pub(super) fn hear(
    workspace: &Workspace,
    catalog: &Catalog<'_>,
    claims: &mut Claims,
    scope: &Scope,
    change: &Change,
    place: Place,
) {
    let evidence = |text: String| Evidence { kind: EvidenceKind::Grant, text, place: Some(place) };
    match change {
        Change::Owner { table, role } => {
            let Some((entry, (service, why))) = catalog.known(scope, table).zip(of_role(workspace, role)) else {
                return;
            };
            let text = format!("the table is made the property of the role `{role}`, {why}");
            claims.stated.entry(entry).or_default().entry(service).or_insert(evidence(text));
        }
        Change::Comment { table, text } => {
            let Some((entry, (service, name))) = catalog.known(scope, table).zip(of_comment(workspace, text)) else {
                return;
            };
            let text = format!("the table's comment names `{name}` as its owner");
            claims.stated.entry(entry).or_default().entry(service).or_insert(evidence(text));
        }
        Change::CreateSchema { name, authorization: Some(role) } => {
            let Some((service, why)) = of_role(workspace, role) else { return };
            for entry in scope.databases.iter().flat_map(|&database| catalog.in_schema(database, name)) {
                let text = format!("its schema `{name}` is the property of the role `{role}`, {why}");
                claims.stated.entry(entry).or_default().entry(service).or_insert(evidence(text));
            }
        }
        Change::Grant { table, privileges, to, revoke: false } if allows_writing(privileges) => {
            let Some(entry) = catalog.known(scope, table) else { return };
            for (role, (service, why)) in to.iter().filter_map(|role| Some((role, of_role(workspace, role)?))) {
                let text = format!("the role `{role}` is granted to write it, {why}");
                claims.granted.entry(entry).or_default().entry(service).or_insert(evidence(text));
            }
        }
        Change::GrantSchema { schema, privileges, to, revoke: false } if allows_writing(privileges) => {
            for (role, (service, why)) in to.iter().filter_map(|role| Some((role, of_role(workspace, role)?))) {
                for entry in scope.databases.iter().flat_map(|&database| catalog.in_schema(database, schema)) {
                    let text = format!("the role `{role}` is granted to write all of `{schema}`, {why}");
                    claims.granted.entry(entry).or_default().entry(service).or_insert(evidence(text));
                }
            }
        }
        _ => {}
    }
}

/// Whether a grant of these lets write; none named are all.
fn allows_writing(privileges: &[Privilege]) -> bool {
    privileges.is_empty() || privileges.iter().any(|privilege| privilege.class() == AccessClass::Write)
}

/// The service whose role this is, and why.
fn of_role(workspace: &Workspace, role: &Name) -> Option<(ServiceId, String)> {
    let role = fold(role);
    let connects = |service: &workspace::Service| {
        service.databases.iter().any(|link| link.user.as_ref().is_some_and(|user| fold(user) == role))
    };
    let named = |at: usize| workspace.services[at].name.clone();
    if let Some(only) = only_service(workspace, connects) {
        return Some((id(only), format!("as which `{}` alone connects", named(only))));
    }
    // A role that several connect as is nobody's, whatever it is called.
    if workspace.services.iter().any(connects) {
        return None;
    }
    let plain = plain(&role);
    let only = only_service(workspace, |service| !plain.is_empty() && self::plain(&service.name) == plain)?;
    Some((id(only), format!("which is called like `{}`", named(only))))
}

/// The service that a comment names as the owner: `owner: orders`, `owned by team-orders`.
fn of_comment(workspace: &Workspace, text: &str) -> Option<(ServiceId, String)> {
    let lower = text.to_lowercase();
    let at = ["owner", "owned by"].iter().filter_map(|word| lower.find(word).map(|at| at + word.len())).min()?;
    let rest = lower[at..].trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let word = rest.split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '-' | '_' | '/'))).next()?;
    let word = word.rsplit('/').next().filter(|word| !word.is_empty())?;
    let wanted = plain(word);
    let named = only_service(workspace, |service| plain(&service.name) == wanted);
    let of_team = || {
        only_service(workspace, |service| {
            service.team.as_ref().is_some_and(|team| fold(team) == word || plain(team) == wanted)
        })
    };
    Some((id(named.or_else(of_team)?), word.to_owned()))
}

/// A name without the words that do not say whose it is.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> =
        lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let kept: Vec<&str> = words.iter().copied().filter(|word| !ROLE_WORDS.contains(word)).collect();
    kept.join("-")
}

fn only_service(workspace: &Workspace, fits: impl Fn(&workspace::Service) -> bool) -> Option<usize> {
    let mut found = (0..workspace.services.len()).filter(|&at| fits(&workspace.services[at]));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn id(at: usize) -> ServiceId {
    ServiceId(u32::try_from(at).unwrap_or(u32::MAX))
}
