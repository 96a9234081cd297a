//! Accesses that cross an ownership boundary: what `foreign-read`, `foreign-write` and `foreign-ddl`
//! share. One fact is one finding here: an access to a view and to what stands behind it, the several
//! privileges that one call needs, the several places of a library that one call leads to.

use std::collections::BTreeMap;

use crate::config::Level;
use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::names::{listed, verb};
use crate::map::{Access, AccessContext, EvidenceKind, OwnerStatus, ServiceId, TableId};
use crate::source::Place;
use crate::vocabulary::{AccessClass, Privilege};
use crate::workspace::Unit;

/// What one service does to one table, in one class, by one call of its own.
struct Crossing {
    service: ServiceId,
    owner: ServiceId,
    table: TableId,
    context: AccessContext,
    /// Where it stands: the table's name, or the call by which the service enters a library.
    place: Place,
    /// The accesses to the table itself, as indexes into the map's.
    accesses: Vec<usize>,
    /// The accesses to what stands behind the table, where it is a view or a synonym.
    behind: Vec<usize>,
}

/// The findings of one class: one for each crossing.
#[must_use]
pub fn findings(context: &Context<'_>, rule: &'static str, class: AccessClass) -> Vec<Finding> {
    crossings(context, class).into_iter().map(|crossing| describe(context, rule, &crossing)).collect()
}

/// Where the access stands as its service sees it.
#[must_use]
pub fn entry(access: &Access) -> Place {
    access.via.path.first().map_or(access.place, |step| step.place)
}

/// Every crossing of the class, in the order of places.
fn crossings(context: &Context<'_>, class: AccessClass) -> Vec<Crossing> {
    let mut bundles: BTreeMap<(Place, Place, ServiceId, AccessContext), Vec<usize>> = BTreeMap::new();
    for (at, access) in context.map.accesses.iter().enumerate() {
        // Who creates a contested table claims it: that is `contested-table`, until an owner is declared.
        if access.privilege == Privilege::Create && claims(context, access) {
            continue;
        }
        if let (Some(service), true) = (access.service, access.class() == class) {
            bundles.entry((entry(access), access.place, service, access.context)).or_default().push(at);
        }
    }
    let mut merged: BTreeMap<(Place, ServiceId, TableId, AccessContext), Crossing> = BTreeMap::new();
    for ((place, _, service, code), bundle) in bundles {
        for (table, accesses, behind) in units(context, &bundle) {
            let Some(owner) = context.map.table(table).owner else { continue };
            let crossing = merged.entry((place, service, table, code)).or_insert_with(|| Crossing {
                service,
                owner,
                table,
                context: code,
                place,
                accesses: Vec::new(),
                behind: Vec::new(),
            });
            crossing.accesses.extend(accesses);
            crossing.behind.extend(behind);
        }
    }
    merged.into_values().collect()
}

/// Whether the service is one of several that claim the table, and none of them is declared its owner.
fn claims(context: &Context<'_>, access: &Access) -> bool {
    let table = context.map.table(access.table);
    let own = |(service, _): &(ServiceId, _)| Some(*service) == access.service;
    table.owner_status != Some(OwnerStatus::Declared) && table.claims.iter().any(own)
}

/// The foreign tables of the accesses at one place. A foreign view stands for what is behind it: its
/// owner publishes it. Behind a view that is no other's the foreign table itself is meant.
fn units(context: &Context<'_>, bundle: &[usize]) -> Vec<(TableId, Vec<usize>, Vec<usize>)> {
    let mut foreign: BTreeMap<TableId, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for &at in bundle {
        let access = context.access(at);
        if access.through.is_none() && context.foreign_owner(access).is_some() {
            foreign.entry(access.table).or_default().0.push(at);
        }
    }
    for &at in bundle {
        let access = context.access(at);
        if access.through.is_none() || context.foreign_owner(access).is_none() {
            continue;
        }
        match published_by(context, bundle, access).filter(|view| foreign.contains_key(view)) {
            Some(view) => foreign.entry(view).or_default().1.push(at),
            None => foreign.entry(access.table).or_default().0.push(at),
        }
    }
    foreign.into_iter().map(|(table, (accesses, behind))| (table, accesses, behind)).collect()
}

/// The table that the code itself names, through which the access comes to stand behind it.
fn published_by(context: &Context<'_>, bundle: &[usize], access: &Access) -> Option<TableId> {
    let mut through = access.through.as_ref();
    // A chain of views is as long as the bundle at most; what is longer turns in a circle.
    for _ in 0..bundle.len() {
        let name = through?;
        let named = |at: &&usize| context.map.table(context.access(**at).table).name.eq_ignore_ascii_case(name);
        let above = context.access(*bundle.iter().find(named)?);
        match &above.through {
            None => return Some(above.table),
            more => through = more.as_ref(),
        }
    }
    None
}

fn describe(context: &Context<'_>, rule: &'static str, crossing: &Crossing) -> Finding {
    let granted = grant_for_all(context, crossing);
    let open = |at: &&usize| granted.is_some() || context.grants.permitting(**at).is_empty();
    let first = crossing.accesses.iter().find(open).or(crossing.accesses.first()).copied().unwrap_or_default();
    let access = context.access(first);
    let privileges = privileges(context, crossing.accesses.iter().filter(open));
    let (service, owner) = (context.service_name(crossing.service), context.service_name(crossing.owner));
    let table = context.table_name(crossing.table);
    let verb = verb(&privileges);
    let owned = if context.is_proposed(crossing.table) { "which seems to be owned by" } else { "owned by" };
    let kind = context.map.table(crossing.table).kind.name().replace('-', " ");

    let message = format!("service `{service}` {verb} {kind} `{table}`, {owned} `{owner}`");
    let mut finding = Finding::new(rule, crossing.place, message);
    finding.service = Some(crossing.service);
    finding.owner = Some(crossing.owner);
    finding.table = Some(crossing.table);
    finding.privilege = privileges.first().copied();
    finding.evidence = Some(access.evidence.clone());
    finding.item = access.item.clone();
    finding.statement = access.statement;
    finding.accesses = vec![first];
    finding.accesses.extend(crossing.accesses.iter().filter(|at| **at != first));
    finding.context = crossing.context;
    finding.granted_by = granted;
    finding.label = match way_in(context, access) {
        Some(code) => format!("`{table}` is reached from here through {code}"),
        None => format!("`{service}` {verb} `{table}` here"),
    };
    // What rests on the name of a method alone is a guess.
    if access.evidence.kind == EvidenceKind::Name {
        finding.ceiling = finding.ceiling.min(Level::Warn);
    }
    finding.help = help(access, service, owner, &table, &privileges);
    place_of_library(context, crossing, &mut finding);
    for &at in &crossing.accesses {
        let access = context.access(at);
        finding.allow_places.extend([Some(access.site), access.call].into_iter().flatten());
    }
    finding.allow_places.sort_unstable();
    finding.allow_places.dedup();
    context.explain_owner(&mut finding, crossing.table);
    notes(context, crossing, first, &mut finding);
    finding
}

/// One grant that permits some of it, if every access is permitted by some grant.
fn grant_for_all(context: &Context<'_>, crossing: &Crossing) -> Option<usize> {
    let mut grants = crossing.accesses.iter().map(|at| context.grants.permitting(*at).first().copied());
    let first = grants.next()??;
    grants.all(|grant| grant.is_some()).then_some(first)
}

fn privileges<'a>(context: &Context<'_>, accesses: impl Iterator<Item = &'a usize>) -> Vec<Privilege> {
    let mut privileges: Vec<Privilege> = accesses.map(|at| context.access(*at).privilege).collect();
    privileges.sort_unstable();
    privileges.dedup();
    privileges
}

fn help(access: &Access, service: &str, owner: &str, table: &str, privileges: &[Privilege]) -> String {
    let words = privileges.iter().map(|privilege| format!("\"{privilege}\"")).collect::<Vec<_>>().join(", ");
    let grant = format!(
        "let `{owner}` grant it: `[[grants]]` with `to = \"{service}\"`, `tables = [\"{table}\"]`, `privileges = [{words}]` \
         and a reason"
    );
    match access.class() {
        AccessClass::Read => format!("ask `{owner}` for the data through its interface or its events, or {grant}"),
        AccessClass::Ddl => format!("move this change to the migrations of `{owner}`, or {grant}"),
        _ => format!("let `{owner}` make the change through its interface, or {grant}"),
    }
}

/// The code outside of the service through which the access is reached.
fn way_in(context: &Context<'_>, access: &Access) -> Option<String> {
    access.via.path.first()?;
    if let Some(library) = access.library {
        return Some(format!("library `{}`", context.map.library(library).name));
    }
    let workspace = context.input.workspace;
    Some(match workspace.file(access.site.file).map(|file| file.unit) {
        Some(Unit::Service(id)) => {
            let name = workspace.service(id).map(|service| service.name.as_str());
            format!("code of service `{}`", name.unwrap_or_default())
        }
        _ => "code of no service".to_owned(),
    })
}

/// For accesses in a library: the SQL, and the calls between the service's own and it.
fn place_of_library(context: &Context<'_>, crossing: &Crossing, finding: &mut Finding) {
    let mut steps: Vec<(Place, String)> = Vec::new();
    for &at in &crossing.accesses {
        let access = context.access(at);
        if access.via.path.is_empty() {
            continue;
        }
        for step in access.via.path.iter().skip(1) {
            steps.push((step.place, format!("which calls `{}`", step.function)));
        }
        if access.place != crossing.place {
            steps.push((
                access.place,
                format!("which {} `{}`", verb(&[access.privilege]), context.table_name(access.table)),
            ));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    steps.retain(|(place, _)| seen.insert(*place));
    finding.related.extend(steps);
}

/// What was inferred, and what else the same statement does.
fn notes(context: &Context<'_>, crossing: &Crossing, first: usize, finding: &mut Finding) {
    let access = context.access(first);
    if let Some(through) = &access.through {
        finding.notes.push(format!("it is reached through `{through}`"));
    }
    let mut behind: Vec<String> = Vec::new();
    for at in &crossing.behind {
        let table = context.access(*at).table;
        let owner = context.map.table(table).owner.map(|owner| context.service_name(owner));
        behind.push(match owner {
            Some(owner) => format!("`{}` of `{owner}`", context.table_name(table)),
            None => format!("`{}`", context.table_name(table)),
        });
    }
    behind.sort_unstable();
    behind.dedup();
    if !behind.is_empty() {
        finding.notes.push(format!("behind it stands {}", behind.join(", ")));
    }
    let joined = joined_with(context, crossing);
    if !joined.is_empty() {
        finding.notes.push(format!("the same statement joins it with {}", listed(joined.iter().map(String::as_str))));
    }
    if access.via.path.iter().any(|step| step.by_name) {
        finding.notes.push("a call on the way there is matched by its name alone".into());
    }
    if access.evidence.kind == EvidenceKind::Literal {
        finding.notes.push("the text is plainly SQL, but no known call takes it".into());
    }
    if access.partial {
        finding.notes.push("the statement was understood in part only".into());
    }
}

/// The tables of other owners that the same statement joins it with.
fn joined_with(context: &Context<'_>, crossing: &Crossing) -> Vec<String> {
    let mut names = Vec::new();
    for join in crossing.accesses.iter().flat_map(|at| context.joins_of(*at)) {
        for at in &context.map.joins[*join].accesses {
            let table = context.access(*at).table;
            let owner = context.map.table(table).owner;
            if context.access(*at).through.is_none() && owner.is_some() && owner != Some(crossing.owner) {
                names.push(context.table_name(table));
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}
