//! Services and tables by the names that people give on the command line.

use crate::cli::Trouble;
use crate::config::{Origin, Pattern};
use crate::lint::names::nearest;
use crate::map::{Map, Service, ServiceId, TableId};

/// The service of that name, without case.
pub fn service(map: &Map, name: &str) -> Result<ServiceId, Trouble> {
    let named = |(_, service): &(ServiceId, &Service)| service.name.eq_ignore_ascii_case(name);
    let found = (0u32..).map(ServiceId).zip(&map.services).find(named);
    let names = || map.services.iter().map(|service| service.name.as_str());
    found.map(|(id, _)| id).ok_or_else(|| unknown("service", name, names()))
}

/// The tables of that name; of several the ones that the service touches, if it touches any.
pub fn tables(map: &Map, name: &str, service: ServiceId) -> Result<Vec<TableId>, Trouble> {
    let pattern = Pattern::parse(name, Origin::default())
        .map_err(|problem| Trouble::new(format!("`{name}` is no table's name: {problem}")))?;
    let tables = (0u32..).map(TableId).zip(&map.tables).filter(|(_, table)| {
        let database = map.database(table.database).name.as_str();
        pattern.matches(Some(database), table.schema.as_deref(), &table.name).is_some()
    });
    let tables: Vec<TableId> = tables.map(|(id, _)| id).collect();
    if tables.is_empty() {
        return Err(unknown("table", name, map.tables.iter().map(|table| table.name.as_str())));
    }
    let touches =
        |table: &&TableId| map.accesses.iter().any(|access| access.service == Some(service) && access.table == **table);
    let touched: Vec<TableId> = tables.iter().filter(touches).copied().collect();
    Ok(if touched.is_empty() { tables } else { touched })
}

/// A name that is not known, with the one that was probably meant.
fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Trouble {
    let trouble = Trouble::new(format!("there is no {what} `{name}`"));
    match nearest(name, known) {
        Some(near) => trouble.help(format!("did you mean `{near}`?")),
        None => trouble.help(format!("`bailiwick {}` lists them", if what == "table" { "map" } else { "services" })),
    }
}
