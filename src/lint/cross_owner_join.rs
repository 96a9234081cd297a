//! `cross-owner-join`: one statement joins tables of two owners, each access granted, but no grant
//! lets the tables be joined. What is not granted is a foreign read already, and says so in a note.

use std::collections::BTreeSet;

use crate::lint::boundary::entry;
use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::names::listed;
use crate::map::{Join, ServiceId};
use crate::source::Place;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut seen: BTreeSet<(Place, Option<ServiceId>, Place)> = BTreeSet::new();
    let described = context.map.joins.iter().filter_map(|join| describe(context, join));
    // A statement of a library that several ways lead to is one finding for each entry.
    described
        .filter(|(join, finding)| seen.insert((finding.place, finding.service, *join)))
        .map(|(_, finding)| finding)
        .collect()
}

fn describe(context: &Context<'_>, join: &Join) -> Option<(Place, Finding)> {
    let service = join.service?;
    let owned = join.accesses.iter().copied().filter(|at| {
        let access = context.access(*at);
        access.through.is_none() && context.map.table(access.table).owner.is_some()
    });
    let owned: Vec<usize> = owned.collect();
    let owners: BTreeSet<ServiceId> =
        owned.iter().filter_map(|at| context.map.table(context.access(*at).table).owner).collect();
    let foreign: Vec<usize> =
        owned.iter().copied().filter(|at| context.foreign_owner(context.access(*at)).is_some()).collect();
    let granted = foreign.iter().all(|at| !context.grants.permitting(*at).is_empty());
    if owners.len() < 2 || !granted {
        return None;
    }
    let grants = &context.input.config.grants;
    let may_join = |at: usize| context.grants.permitting(at).iter().any(|grant| grants[*grant].joins);
    let at = foreign.into_iter().find(|at| !may_join(*at))?;
    let access = context.access(at);
    let owner = context.foreign_owner(access)?;
    let table = context.table_name(access.table);
    let others: BTreeSet<String> = owned
        .iter()
        .map(|at| context.access(*at).table)
        .filter(|id| context.map.table(*id).owner != Some(owner))
        .map(|id| context.table_name(id))
        .collect();

    let (service_name, owner_name) = (context.service_name(service), context.service_name(owner));
    let with = listed(others.iter().map(String::as_str));
    let message = format!("service `{service_name}` joins `{table}`, owned by `{owner_name}`, with {with}");
    let mut finding = Finding::new("cross-owner-join", entry(access), message);
    finding.label = format!("`{table}` may be read here, but not joined");
    finding.help = format!(
        "read the tables one by one and join in code, or let `{owner_name}` set `joins = true` in its grant to `{service_name}`"
    );
    finding.service = Some(service);
    finding.owner = Some(owner);
    finding.table = Some(access.table);
    finding.privilege = Some(access.privilege);
    finding.evidence = Some(access.evidence.clone());
    finding.item = access.item.clone();
    finding.statement = access.statement;
    finding.context = access.context;
    finding.accesses = vec![at];
    finding.allow_places = [Some(access.site), access.call].into_iter().flatten().collect();
    context.explain_owner(&mut finding, access.table);
    if let Some(grant) = context.grants.permitting(at).first().and_then(|grant| context.place(&grants[*grant].origin)) {
        finding.related.push((grant, "this grant permits the access, but no join".into()));
    }
    Some((join.place, finding))
}
