//! `expired-grant`: a grant has lapsed, or soon will.

use jiff::civil::Date;

use crate::config::{Declared, Grant, Level};
use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::names::{counted, listed};

/// Its name.
pub(super) const NAME: &str = "expired-grant";

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let dated = context.input.config.grants.iter().filter_map(|grant| Some((grant, grant.until.as_ref()?)));
    dated.filter_map(|(grant, until)| describe(context, grant, until)).collect()
}

fn describe(context: &Context<'_>, grant: &Grant, until: &Declared<Date>) -> Option<Finding> {
    let today = context.input.today;
    let lapsed = grant.has_lapsed(today);
    let left = today.until(until.value).map_or(i32::MAX, |span| span.get_days());
    let soon = i64::from(left) <= i64::from(context.input.config.grants_policy.warn_days);
    if !lapsed && !soon {
        return None;
    }
    let place = context.place(&until.origin).or_else(|| context.place(&grant.origin))?;
    let to = listed(grant.to.iter().map(|to| to.value.as_str()));
    let what = format!("the grant of `{}` to {to}", grant.owner);
    let message = match (lapsed, left) {
        (true, _) => format!("{what} has lapsed on {}", until.value),
        (false, 0) => format!("{what} holds for the last day today"),
        (false, _) => format!("{what} lapses in {}, on {}", counted(left.unsigned_abs() as usize, "day"), until.value),
    };
    let mut finding = Finding::new(NAME, place, message);
    finding.label =
        if lapsed { "a lapsed grant grants nothing".into() } else { "the last day on which it holds".into() };
    finding.help = "remove the grant if its consumer is done, or let the owner agree on a later date".into();
    if !lapsed {
        finding.ceiling = Level::Warn;
    }
    finding.notes.push(format!("it was given for: {}", grant.reason));
    finding.notes.extend(grant.issue.as_ref().map(|issue| format!("see {issue}")));
    finding.owner = context.service_id(&grant.owner);
    finding.item = grant.owner.clone();
    finding.statement = super::unused_grant::identity(grant);
    Some(finding)
}
