//! `cross-owner-reference`: a foreign key leads to a table of another owner.

use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::map::ForeignKey;
use crate::vocabulary::Privilege;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.map.foreign_keys.iter().filter_map(|key| describe(context, key)).collect()
}

fn describe(context: &Context<'_>, key: &ForeignKey) -> Option<Finding> {
    let (from, to) = (context.map.table(key.from), context.map.table(key.to));
    let referrer = from.owner.or(key.service)?;
    let owner = to.owner.filter(|owner| *owner != referrer)?;
    let (from_name, to_name) = (context.table_name(key.from), context.table_name(key.to));
    let (referrer_name, owner_name) = (context.service_name(referrer), context.service_name(owner));
    let seems = if context.is_proposed(key.to) { "which seems to be owned by" } else { "owned by" };

    let message = format!("table `{from_name}` of `{referrer_name}` refers to `{to_name}`, {seems} `{owner_name}`");
    let mut finding = Finding::new("cross-owner-reference", key.place, message);
    finding.label = format!("this foreign key ties `{referrer_name}` to `{owner_name}`");
    finding.help = format!(
        "keep the key's value and drop the constraint, or let `{owner_name}` grant it: `[[grants]]` with \
         `to = \"{referrer_name}\"`, `tables = [\"{to_name}\"]`, `privileges = [\"references\"]` and a reason"
    );
    finding.service = Some(referrer);
    finding.owner = Some(owner);
    finding.table = Some(key.to);
    finding.privilege = Some(Privilege::References);
    context.explain_owner(&mut finding, key.to);
    if context.is_proposed(key.from) {
        finding.ceiling = crate::config::Level::Warn;
    }
    let same = |access: &crate::map::Access| {
        access.place == key.place && access.privilege == Privilege::References && access.table == key.to
    };
    if let Some(at) = context.map.accesses.iter().position(same) {
        let access = context.access(at);
        finding.evidence = Some(access.evidence.clone());
        finding.item = access.item.clone();
        finding.statement = access.statement;
        finding.context = access.context;
        finding.allow_places.extend([Some(access.site), access.call].into_iter().flatten());
        finding.granted_by = context.grants.permitting(at).first().copied();
        finding.accesses = vec![at];
    }
    Some(finding)
}
