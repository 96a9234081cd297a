//! `bailiwick services`: who is who.

use clap::Args;

use crate::cli::{Exit, Global, Trouble, View, print};
use crate::lint::Outcome;
use crate::report::services;

/// Show the services, libraries and databases, and how each was found
#[derive(Debug, Args)]
pub struct Services {}

impl Services {
    /// Shows them.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        let session = global.session(&[])?;
        let view = View::new(global, session, Outcome::default());
        let report = view.report(&view.style);
        print(|out| services::write(&report, out))?;
        view.exit(Exit::Clean)
    }
}
