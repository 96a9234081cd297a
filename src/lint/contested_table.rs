//! `contested-table`: two services create or claim the same table.

use std::collections::BTreeSet;

use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::names::listed;
use crate::map::{EvidenceKind, OwnerStatus, ServiceId, Table, TableId};

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let tables = (0u32..).map(TableId).zip(&context.map.tables);
    tables.filter_map(|(id, table)| describe(context, id, table)).collect()
}

/// The services that claim the table where more than one does and nothing settles it. A declared owner
/// does, unless it is declared twice.
#[must_use]
pub fn contestants(table: &Table) -> BTreeSet<ServiceId> {
    let declared = |kind: EvidenceKind| kind == EvidenceKind::Config;
    let settled = table.owner_status == Some(OwnerStatus::Declared);
    let claims = table.claims.iter().filter(|(_, evidence)| !settled || declared(evidence.kind));
    let services: BTreeSet<ServiceId> = claims.map(|(service, _)| *service).collect();
    if services.len() > 1 { services } else { BTreeSet::new() }
}

fn describe(context: &Context<'_>, id: TableId, table: &Table) -> Option<Finding> {
    let services = contestants(table);
    if services.is_empty() {
        return None;
    }
    let claims: Vec<_> = table.claims.iter().filter(|(service, _)| services.contains(service)).collect();
    let claimed = claims.iter().find_map(|(_, evidence)| evidence.place);
    let used = || context.map.accesses.iter().find(|access| access.table == id).map(|access| access.place);
    let place = table.created_at.or(claimed).or_else(used)?;
    let name = context.table_name(id);
    let names: Vec<&str> = services.iter().map(|service| context.service_name(*service)).collect();
    let verb =
        if table.claims.iter().all(|(_, evidence)| evidence.kind == EvidenceKind::Config) { "claim" } else { "create" };

    let all = if names.len() == 2 { "both" } else { "all" };
    let message = format!("services {} {all} {verb} table `{name}`", listed(names.iter().copied()));
    let mut finding = Finding::new("contested-table", place, message);
    finding.label = format!("`{name}` is claimed here");
    finding.help = format!(
        "declare the one owner: `owns = [\"{}\"]` in its `[services.…]`; if these are tables of different databases, state \
         the `databases` of each service",
        table.name
    );
    finding.table = Some(id);
    finding.owner = table.owner;
    finding.evidence = claims.first().map(|(_, evidence)| evidence.clone());
    for (service, evidence) in claims {
        let text = format!("`{}`: {}", context.service_name(*service), evidence.text);
        match evidence.place {
            Some(claimed) if claimed != place => finding.related.push((claimed, text)),
            Some(_) => finding.label = text,
            None => finding.notes.push(text),
        }
    }
    if let Some(note) = &table.identity_note {
        finding.notes.push(note.clone());
    }
    Some(finding)
}
