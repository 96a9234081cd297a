//! `bailiwick schema`: the JSON Schema of what `--format json` writes.

use clap::Args;

use crate::cli::{Exit, Trouble, print};
use crate::report::schema::schema;
use crate::report::write_json;

/// Print the JSON Schema of what `--format json` writes
#[derive(Debug, Args)]
pub struct SchemaCommand {
    /// Of one command alone
    #[arg(value_parser = ["check", "map", "services", "why", "frameworks"])]
    command: Option<String>,
}

impl SchemaCommand {
    /// Prints it.
    pub fn run(self) -> Result<Exit, Trouble> {
        if let Some(schema) = schema(self.command.as_deref()) {
            print(|out| write_json(&schema, out))?;
        }
        Ok(Exit::Clean)
    }
}
