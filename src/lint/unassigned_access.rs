//! `unassigned-access`: code that belongs to no service touches a table. One finding for a file: what mends
//! it is the same for all of it. A library that services link is no such code, even where no call into it
//! could be followed; nor is what a database's image or a migration container is known to run.

use std::collections::{BTreeMap, BTreeSet};

use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::names::{counted, verb};
use crate::map::{AccessContext, LibraryId, TableId};
use crate::source::FileId;
use crate::vocabulary::Privilege;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let linked: BTreeSet<LibraryId> =
        context.map.services.iter().flat_map(|service| service.libraries.iter().copied()).collect();
    let mut touched: BTreeMap<(FileId, AccessContext), Vec<usize>> = BTreeMap::new();
    for (at, access) in context.map.accesses.iter().enumerate() {
        let linked = access.library.is_some_and(|library| linked.contains(&library));
        let wired = || context.input.workspace.wiring_of(context.input.workspace.path(access.place.file)).is_some();
        if access.service.is_none() && access.through.is_none() && !linked && !wired() {
            touched.entry((access.place.file, access.context)).or_default().push(at);
        }
    }
    touched.into_values().filter_map(|accesses| describe(context, &accesses)).collect()
}

fn describe(context: &Context<'_>, accesses: &[usize]) -> Option<Finding> {
    let first = context.access(*accesses.first()?);
    let table = first.table;
    let of_table = accesses.iter().map(|at| context.access(*at)).filter(|access| access.table == table);
    let mut privileges: Vec<Privilege> = of_table.map(|access| access.privilege).collect();
    privileges.sort_unstable();
    privileges.dedup();
    let name = context.table_name(table);
    let owner = context.map.table(table).owner;
    let owned = if context.is_proposed(table) { "which seems to be owned by" } else { "owned by" };
    let of = owner.map(|owner| format!(", {owned} `{}`", context.service_name(owner))).unwrap_or_default();
    let code = match first.library {
        Some(library) => format!("library `{}`, which no service links,", context.map.library(library).name),
        None => "code of no service".into(),
    };

    let message = format!("{code} {} table `{name}`{of}", verb(&privileges));
    let mut finding = Finding::new("unassigned-access", first.place, message);
    finding.label = "this file belongs to no service".into();
    finding.help = "add its folder to the `paths` of the service that runs it, or to `exclude` if none does".into();
    finding.owner = owner;
    finding.table = Some(table);
    finding.privilege = Some(first.privilege);
    finding.evidence = Some(first.evidence.clone());
    finding.item = first.item.clone();
    finding.statement = first.statement;
    finding.context = first.context;
    finding.accesses = accesses.to_vec();
    finding.allow_places = [Some(first.site), first.call].into_iter().flatten().collect();
    let tables: BTreeSet<TableId> = accesses.iter().map(|at| context.access(*at).table).collect();
    if accesses.len() > 1 {
        finding.notes.push(format!(
            "the same file holds {}, to {} in all",
            counted(accesses.len() - 1, "more access"),
            counted(tables.len(), "table")
        ));
    }
    Some(finding)
}
