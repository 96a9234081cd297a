//! `cross-owner-transaction`: one transaction writes tables of two owners.

use std::collections::BTreeSet;

use crate::config::Level;
use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::names::listed;
use crate::map::{ServiceId, Transaction};

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.map.transactions.iter().filter_map(|transaction| describe(context, transaction)).collect()
}

fn describe(context: &Context<'_>, transaction: &Transaction) -> Option<Finding> {
    let service = transaction.service?;
    let writes: Vec<usize> =
        transaction.writes.iter().copied().filter(|at| context.access(*at).through.is_none()).collect();
    let owners: BTreeSet<ServiceId> =
        writes.iter().filter_map(|at| context.map.table(context.access(*at).table).owner).collect();
    if owners.len() < 2 {
        return None;
    }
    let foreign = writes.iter().copied().find(|at| context.foreign_owner(context.access(*at)).is_some())?;
    let access = context.access(foreign);
    let names: Vec<&str> = owners.iter().map(|owner| context.service_name(*owner)).collect();

    let message = format!(
        "service `{}` writes tables of {} in one transaction",
        context.service_name(service),
        listed(names.iter().copied())
    );
    let mut finding = Finding::new("cross-owner-transaction", transaction.place, message);
    finding.label = "the transaction begins here".into();
    finding.help = "commit each owner's part by itself and tie them together with an event or an outbox".into();
    finding.service = Some(service);
    finding.owner = context.foreign_owner(access);
    finding.table = Some(access.table);
    finding.privilege = Some(access.privilege);
    finding.item = access.item.clone();
    finding.statement = access.statement;
    finding.context = access.context;
    finding.evidence = Some(access.evidence.clone());
    finding.accesses = vec![foreign];
    for at in &writes {
        let write = context.access(*at);
        let table = context.map.table(write.table);
        let Some(owner) = table.owner else { continue };
        if context.is_proposed(write.table) {
            finding.ceiling = Level::Warn;
        }
        let text =
            format!("`{}` of `{}` is written here", context.table_name(write.table), context.service_name(owner));
        finding.related.push((write.place, text));
    }
    finding.related.sort();
    finding.related.dedup();
    Some(finding)
}
