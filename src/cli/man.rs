//! `bailiwick man`: the manual pages, for who packages the program.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{Exit, Trouble, definition};

/// Write the manual pages into a folder
#[derive(Debug, Args)]
pub struct Man {
    /// The folder; it must be there
    folder: PathBuf,
}

impl Man {
    /// Writes a page for the program and one for each command.
    pub fn run(self) -> Result<Exit, Trouble> {
        clap_mangen::generate_to(definition(), &self.folder).map_err(|error| {
            Trouble::new(format!("cannot write into `{}`", self.folder.display())).caused_by(&error)
        })?;
        Ok(Exit::Clean)
    }
}
