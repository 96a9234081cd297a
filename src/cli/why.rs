//! `bailiwick why`: each access of a service to a table, and each reason for the table's owner.

use clap::{Args, ValueEnum};

use crate::cli::{Exit, Global, Trouble, View, named, print};
use crate::lint::Outcome;
use crate::report::{json, why};

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
    /// How it is written to stdout
    #[arg(long, short, default_value = "human")]
    format: WhyFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WhyFormat {
    /// For the terminal.
    Human,
    /// With all evidence and places; `bailiwick schema why` describes it.
    Json,
}

impl Why {
    /// Shows the evidence.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        let session = global.session(&[])?;
        let service = named::service(&session.map, &self.service)?;
        let tables = named::tables(&session.map, &self.table, service)?;
        let view = View::new(global, session, Outcome::default());
        let report = view.report(&view.style);
        if self.format == WhyFormat::Json {
            print(|out| json::write_why(&report, service, &tables, out))?;
            return view.exit(Exit::Clean);
        }
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
}
