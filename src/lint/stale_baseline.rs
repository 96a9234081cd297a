//! `stale-baseline`: an entry of the baseline matches no finding, or excuses one that may not be excused.

use crate::lint::context::{Accepted, Context};
use crate::lint::finding::Finding;
use crate::lint::sink::{EntryFate, Permission};

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let entries = context.permissions.iter().filter_map(|permission| match permission {
        Permission::Baseline { entry, fate } => Some((&context.input.accepted[*entry], *fate)),
        _ => None,
    });
    entries.filter_map(|(accepted, fate)| describe(accepted, fate)).collect()
}

fn describe(accepted: &Accepted, fate: EntryFate) -> Option<Finding> {
    let (message, label) = match fate {
        EntryFate::Excuses => return None,
        EntryFate::Stale if accepted.may_be_stale => return None,
        EntryFate::Stale => {
            (format!("the baseline accepts a finding that is gone: {}", accepted.text), "matches no finding")
        }
        EntryFate::Strict => {
            (format!("the baseline may not excuse a strict service: {}", accepted.text), "excuses nothing")
        }
    };
    let mut finding = Finding::new("stale-baseline", accepted.place, message);
    finding.label = label.into();
    finding.help = "run `bailiwick baseline --prune` and commit the shorter file".into();
    finding.item = accepted.fingerprint.as_str().into();
    Some(finding)
}
