//! `unused-allow`: an inline allow permits nothing, names no rule, or gives no reason.

use crate::lint::allows::Mistake;
use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::sink::Permission;
use crate::source::Place;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.permissions.iter().filter_map(|permission| describe(context, permission)).collect()
}

fn describe(context: &Context<'_>, permission: &Permission) -> Option<Finding> {
    let mut finding = match permission {
        Permission::Mistake(mistake) => wrong(mistake),
        Permission::Allow { rule, place, used: false } => unused(context, rule, *place),
        _ => return None,
    };
    // Its code may be of any context: a test that permits something has to be right as well, but what
    // permits nothing in a test is only told where tests are linted.
    finding.context = context.input.workspace.file(finding.place.file).map(|file| file.context).unwrap_or_default();
    Some(finding)
}

fn wrong(mistake: &Mistake) -> Finding {
    let mut finding = Finding::new("unused-allow", mistake.place, mistake.message.clone());
    finding.label = "this permits nothing".into();
    finding.help.clone_from(&mistake.help);
    finding
}

fn unused(context: &Context<'_>, rule: &str, place: Place) -> Finding {
    let permitted = context.input.config.inline_allows();
    let message = if permitted {
        format!("this allow of `{rule}` permits nothing")
    } else {
        format!("this allow of `{rule}` has no effect: the config lets only owners permit")
    };
    let mut finding = Finding::new("unused-allow", place, message);
    finding.label = if permitted { "no such finding stands here".into() } else { "`inline-allows = false`".into() };
    finding.help = if permitted {
        "remove it, or move it to the line of the statement it speaks of".into()
    } else {
        "remove it and ask the owner for a grant".into()
    };
    finding
}
