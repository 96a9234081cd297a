//! `bailiwick map`: who touches what.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::paths::Selection;
use crate::cli::{Exit, Global, Trouble, View, print, tell};
use crate::lint::Outcome;
use crate::report::{json, map};

const EXAMPLES: &str = "\
Examples:
  bailiwick map                          a table of tables and services
  bailiwick map --format json            all accesses, with evidence and places
  bailiwick map --context code,test      tests too";

/// Show which service touches which table, and who owns it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MapCommand {
    /// Show only accesses that stand in these files and folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How the map is written to stdout
    #[arg(long, short, default_value = "human")]
    format: MapFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MapFormat {
    /// A table for the terminal.
    Human,
    /// All that is known; `bailiwick schema map` describes it.
    Json,
}

impl MapCommand {
    /// Shows the map.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        let mut session = global.session(&self.paths)?;
        let selection = Selection::new(&session.workspace, &self.paths)?;
        if !selection.is_whole() {
            let (workspace, map) = (&session.workspace, &mut session.map);
            map.accesses.retain(|access| selection.holds(workspace, access.place.file));
            map.opaque.retain(|opaque| selection.holds(workspace, opaque.place.file));
            // They name accesses by their place in the list.
            map.joins.clear();
            map.transactions.clear();
        }
        let view = View::new(global, session, Outcome::default());
        let report = view.report(&view.style);
        match self.format {
            MapFormat::Human => print(|out| map::write(&report, out))?,
            MapFormat::Json => print(|out| json::write_map(&report, out))?,
        }
        if !global.quiet {
            tell(|out| map::write_summary(&view.report(&global.style_of_errors()), out));
        }
        view.exit(Exit::Clean)
    }
}
