//! `bailiwick services`: who is who.

use clap::{Args, ValueEnum};

use crate::cli::{Exit, Global, Trouble, View, print};
use crate::lint::Outcome;
use crate::report::{json, services};

/// Show the services, libraries and databases, and how each was found
#[derive(Debug, Args)]
pub struct Services {
    /// How they are written to stdout
    #[arg(long, short, default_value = "human")]
    format: ServicesFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ServicesFormat {
    /// For the terminal.
    Human,
    /// With all evidence and places; `bailiwick schema services` describes it.
    Json,
}

impl Services {
    /// Shows them.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        let session = global.session(&[])?;
        let view = View::new(global, session, Outcome::default());
        let report = view.report(&view.style);
        match self.format {
            ServicesFormat::Human => print(|out| services::write(&report, out))?,
            ServicesFormat::Json => {
                let assumed = &view.session.workspace.assumptions;
                print(|out| json::write_services(&report, assumed, out))?;
            }
        }
        view.exit(Exit::Clean)
    }
}
