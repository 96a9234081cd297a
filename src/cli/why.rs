//! `bailiwick why`: each access of a service to a table, and each reason for the table's owner.

use clap::Args;

use crate::cli::{Exit, Global, Trouble, View, print};
use crate::config::{Origin, Pattern};
use crate::lint::Outcome;
use crate::lint::names::nearest;
use crate::map::{Map, ServiceId, TableId};
use crate::report::why;

const EXAMPLES: &str = "\
Examples:
  bailiwick why reporting orders              a table by its name
  bailiwick why reporting sales.orders        with its schema
  bailiwick why reporting shop:orders         with its database
  bailiwick why reporting 'order_*'           several";

/// Show each access of a service to a table, and each reason for the table's owner
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Why {
    /// The service
    service: String,
    /// The table: `table`, `schema.table` or `database:schema.table`, with `*`
    table: String,
}

impl Why {
    /// Shows the evidence.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        let session = global.session(&[])?;
        let service = self.find_service(&session.map)?;
        let tables = self.find_tables(&session.map, service)?;
        let view = View::new(global, session, Outcome::default());
        let report = view.report(&view.style);
        print(|out| {
            for (at, table) in tables.iter().enumerate() {
                if at > 0 {
                    writeln!(out)?;
                }
                why::write(&report, service, *table, out)?;
            }
            Ok(())
        })?;
        view.exit(Exit::Clean)
    }

    fn find_service(&self, map: &Map) -> Result<ServiceId, Trouble> {
        let named = |(_, service): &(ServiceId, &crate::map::Service)| service.name.eq_ignore_ascii_case(&self.service);
        let found = (0u32..).map(ServiceId).zip(&map.services).find(named);
        let names = || map.services.iter().map(|service| service.name.as_str());
        found.map(|(id, _)| id).ok_or_else(|| unknown("service", &self.service, names()))
    }

    /// The tables of that name; of several the ones that the service touches, if it touches any.
    fn find_tables(&self, map: &Map, service: ServiceId) -> Result<Vec<TableId>, Trouble> {
        let pattern = Pattern::parse(&self.table, Origin::default())
            .map_err(|problem| Trouble::new(format!("`{}` is no table's name: {problem}", self.table)))?;
        let tables = (0u32..).map(TableId).zip(&map.tables).filter(|(_, table)| {
            let database = map.database(table.database).name.as_str();
            pattern.matches(Some(database), table.schema.as_deref(), &table.name).is_some()
        });
        let tables: Vec<TableId> = tables.map(|(id, _)| id).collect();
        if tables.is_empty() {
            return Err(unknown("table", &self.table, map.tables.iter().map(|table| table.name.as_str())));
        }
        let touches = |table: &&TableId| {
            map.accesses.iter().any(|access| access.service == Some(service) && access.table == **table)
        };
        let touched: Vec<TableId> = tables.iter().filter(touches).copied().collect();
        Ok(if touched.is_empty() { tables } else { touched })
    }
}

/// A name that is not known, with the one that was probably meant.
fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Trouble {
    let trouble = Trouble::new(format!("there is no {what} `{name}`"));
    match nearest(name, known) {
        Some(near) => trouble.help(format!("did you mean `{near}`?")),
        None => trouble.help(format!("`bailiwick {}` lists them", if what == "table" { "map" } else { "services" })),
    }
}
