//! `opaque-sql`: SQL reaches a database call and cannot be known from the source.

use xxhash_rust::xxh3::xxh3_64;

use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::map::Opaque;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.map.opaque.iter().map(|opaque| describe(context, opaque)).collect()
}

fn describe(context: &Context<'_>, opaque: &Opaque) -> Finding {
    let message = match opaque.service {
        Some(service) => {
            format!(
                "SQL of service `{}` cannot be known from the source: {}",
                context.service_name(service),
                opaque.reason
            )
        }
        None => format!("SQL cannot be known from the source: {}", opaque.reason),
    };
    let mut finding = Finding::new("opaque-sql", opaque.place, message);
    finding.label.clone_from(&opaque.reason);
    finding.help = "write the statement as a literal or a constant, at least as far as its tables go".into();
    finding.service = opaque.service;
    finding.item = opaque.item.clone();
    finding.statement = xxh3_64(opaque.reason.as_bytes());
    finding.context = opaque.context;
    finding.allow_places.clone_from(&opaque.calls);
    finding
}
