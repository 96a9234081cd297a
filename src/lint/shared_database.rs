//! `shared-database`: two services connect to the same database and have no schema of their own in it.

use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::lint::names::listed;
use crate::map::{Database, DatabaseId, Service};
use crate::source::Place;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let databases = (0u32..).map(DatabaseId).zip(&context.map.databases);
    databases.filter_map(|(id, database)| describe(context, id, database)).collect()
}

fn describe(context: &Context<'_>, id: DatabaseId, database: &Database) -> Option<Finding> {
    let sharing: Vec<&Service> = context
        .map
        .services
        .iter()
        .filter(|service| service.databases.contains(&id) && service.schemas.is_empty())
        .collect();
    if !database.stated || sharing.len() < 2 {
        return None;
    }
    let place_of = |service: &Service| service.evidence.iter().find_map(|evidence| evidence.place);
    let stated: Vec<(Place, &str)> =
        database.evidence.iter().filter_map(|evidence| Some((evidence.place?, evidence.text.as_str()))).collect();
    let place =
        stated.first().map(|(place, _)| *place).or_else(|| sharing.iter().find_map(|service| place_of(service)))?;
    let names = listed(sharing.iter().map(|service| service.name.as_str()));

    let message = format!("services {names} share database `{}` and have no schemas of their own", database.name);
    let mut finding = Finding::new("shared-database", place, message);
    finding.label = format!("`{}` is stated here", database.name);
    finding.help =
        "give each service a schema or a database of its own, and state it with `schemas` or `databases`".into();
    finding.database = Some(id);
    finding.evidence = database.evidence.first().cloned();
    finding.related = stated.into_iter().skip(1).map(|(place, text)| (place, text.to_owned())).collect();
    Some(finding)
}
