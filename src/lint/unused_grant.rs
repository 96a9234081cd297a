//! `unused-grant`: a grant, or one of the services or tables it names, permits nothing that still
//! happens. The consumer left; the owner tidies up.

use xxhash_rust::xxh3::xxh3_64;

use crate::config::{Grant, Origin};
use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::names::listed;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let grants = context.input.config.grants.iter().enumerate();
    let holding = grants.filter(|(at, _)| !context.grants.has_lapsed(*at));
    holding.flat_map(|(at, grant)| describe(context, at, grant)).collect()
}

fn describe(context: &Context<'_>, at: usize, grant: &Grant) -> Vec<Finding> {
    let used = context.grants.use_of(at);
    if !used.any() {
        let to = listed(grant.to.iter().map(|to| to.value.as_str()));
        let message = format!("the grant of `{}` to {to} permits nothing that happens", grant.owner);
        return finding(context, grant, &grant.origin, message, "remove the grant").into_iter().collect();
    }
    let services = grant.to.iter().zip(&used.to).filter(|(_, used)| !**used).map(|(to, _)| {
        let message = format!("`{}` makes no use of the grant of `{}`", to.value, grant.owner);
        finding(context, grant, &to.origin, message, "take the service out of the grant")
    });
    let tables = grant.tables.iter().zip(&used.tables).filter(|(_, used)| !**used).map(|(pattern, _)| {
        let message = format!("nothing that the grant of `{}` permits touches `{pattern}`", grant.owner);
        finding(context, grant, &pattern.origin, message, "take the table out of the grant")
    });
    services.chain(tables).flatten().collect()
}

fn finding(context: &Context<'_>, grant: &Grant, origin: &Origin, message: String, help: &str) -> Option<Finding> {
    let mut finding = Finding::new("unused-grant", context.first_line(context.place(origin)?), message);
    finding.label = "permits nothing that still happens".into();
    finding.help = help.into();
    finding.notes.push(format!("it was given for: {}", grant.reason));
    finding.item = grant.owner.clone();
    finding.statement = identity(grant);
    Some(finding)
}

/// What tells one grant from another, wherever it stands in the file.
#[must_use]
pub fn identity(grant: &Grant) -> u64 {
    let to = grant.to.iter().map(|to| to.value.as_str());
    let tables = grant.tables.iter().map(|pattern| pattern.text.as_str());
    let privileges = grant.privileges.iter().map(|privilege| privilege.name());
    let parts: Vec<&str> = std::iter::once(grant.owner.as_str()).chain(to).chain(tables).chain(privileges).collect();
    xxh3_64(parts.join("\u{1f}").as_bytes())
}
