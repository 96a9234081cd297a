//! `wildcard-grant`: a wildcard in a grant takes in a table that the owner never named.
//!
//! One finding for each consumer, table and class, known by these alone: so `--since` shows what a change
//! brought under a wildcard, and a team that sets the rule to `error` has each new case fail until the
//! owner names the table or it is accepted in the baseline.

use std::collections::BTreeMap;

use crate::config::{Grant, Pattern};
use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::names::verb;
use crate::map::{Access, ServiceId, TableId};
use crate::vocabulary::{AccessClass, Privilege};

/// What one wildcard lets one service do: accesses as indexes into the map's.
type Cases<'a> = BTreeMap<(ServiceId, TableId, AccessClass), (&'a Grant, &'a Pattern, Vec<usize>)>;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut cases = Cases::new();
    for (at, access) in context.linted() {
        let Some(service) = access.service else { continue };
        let Some((grant, pattern)) = only_by_wildcard(context, at, access) else { continue };
        let case = cases.entry((service, access.table, access.class()));
        case.or_insert_with(|| (grant, pattern, Vec::new())).2.push(at);
    }
    cases.into_iter().filter_map(|((service, table, _), case)| describe(context, service, table, &case)).collect()
}

/// The first wildcard that permits the access, if no grant does that names its table.
fn only_by_wildcard<'a>(context: &Context<'a>, at: usize, access: &Access) -> Option<(&'a Grant, &'a Pattern)> {
    let table = context.map.table(access.table);
    let database = context.map.database(table.database).name.as_str();
    let mut first = None;
    for grant in context.grants.permitting(at) {
        let grant = &context.input.config.grants[*grant];
        for pattern in &grant.tables {
            if pattern.matches(Some(database), table.schema.as_deref(), &table.name).is_none() {
                continue;
            }
            if pattern.exact_table().is_some() {
                return None;
            }
            first.get_or_insert((grant, pattern));
        }
    }
    first
}

fn describe(
    context: &Context<'_>,
    service: ServiceId,
    table: TableId,
    (grant, pattern, accesses): &(&Grant, &Pattern, Vec<usize>),
) -> Option<Finding> {
    let first = context.access(*accesses.first()?);
    let mut privileges: Vec<Privilege> = accesses.iter().map(|at| context.access(*at).privilege).collect();
    privileges.sort_unstable();
    privileges.dedup();
    let (to, name) = (context.service_name(service), context.table_name(table));
    let verb = verb(&privileges);
    let message = format!("the grant of `{}` for `{pattern}` takes in `{name}`, which `{to}` {verb}", grant.owner);
    let mut finding = Finding::new("wildcard-grant", context.place(&pattern.origin)?, message);
    finding.label = "a wildcard permits what is still to come".into();
    finding.help = format!("name it in `tables` of the grant if `{}` agrees: \"{name}\"", grant.owner);
    finding.notes.push(format!("the grant was given for: {}", grant.reason));
    finding.related.push((first.place, format!("`{to}` {verb} it here")));
    finding.owner = context.service_id(&grant.owner);
    finding.table = Some(table);
    finding.item = format!("{} to {to}: {}", grant.owner, first.class().name()).into();
    Some(finding)
}
