//! `unowned-table`: a service touches a table that nobody owns. One finding for the table, where it is
//! created or first touched; a contested table is another rule's.

use std::collections::BTreeMap;

use crate::lint::contested_table::contestants;
use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::names::listed;
use crate::map::{ServiceId, TableId};
use crate::source::Place;
use crate::workspace::Unit;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut touched: BTreeMap<TableId, BTreeMap<ServiceId, usize>> = BTreeMap::new();
    for (at, access) in context.linted() {
        let table = context.map.table(access.table);
        if let (Some(service), None) = (access.service, table.owner) {
            touched.entry(access.table).or_default().entry(service).or_insert(at);
        }
    }
    let unsettled = touched.into_iter().filter(|(id, _)| contestants(context.map.table(*id)).is_empty());
    unsettled.filter_map(|(id, services)| describe(context, id, &services)).collect()
}

fn describe(context: &Context<'_>, id: TableId, services: &BTreeMap<ServiceId, usize>) -> Option<Finding> {
    let table = context.map.table(id);
    let first = context.access(*services.values().min()?);
    let name = context.table_name(id);
    let names = listed(services.keys().map(|service| context.service_name(*service)));

    let message =
        format!("nobody owns table `{name}`, which {names} {}", if services.len() == 1 { "touches" } else { "touch" });
    let mut finding = Finding::new("unowned-table", table.created_at.unwrap_or(first.place), message);
    finding.label = match table.created_at {
        Some(place) => format!("`{name}` is created here, {}", whose(context, place)),
        None => format!("`{name}` is first touched here; nothing in these sources creates it"),
    };
    finding.help =
        format!("name its owner: `owns = [\"{}\"]` in that service's `[services.…]` of `bailiwick.toml`", table.name);
    finding.service = if services.len() == 1 { first.service } else { None };
    finding.table = Some(id);
    finding.evidence = Some(first.evidence.clone());
    finding.allow_places = [Some(first.site), first.call].into_iter().flatten().collect();
    for (service, at) in services {
        let access = context.access(*at);
        if access.place != finding.place {
            finding.related.push((access.place, format!("`{}` touches it", context.service_name(*service))));
        }
    }
    finding.notes.extend(table.identity_note.clone());
    Some(finding)
}

/// Whose code it is that creates a table which nobody owns.
fn whose(context: &Context<'_>, place: Place) -> String {
    let workspace = context.input.workspace;
    let library = match workspace.file(place.file).map(|file| file.unit) {
        Some(Unit::Library(id)) => workspace.library(id),
        _ => None,
    };
    library.map_or_else(|| "by code of no service".to_owned(), |library| format!("by library `{}`", library.name))
}
