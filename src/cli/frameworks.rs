//! `bailiwick frameworks`: what is understood, and what it makes of a file.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::global::explain;
use crate::cli::{Exit, Global, Trouble, View, paths, print};
use crate::lint::Outcome;
use crate::report::{frameworks, json};
use crate::session;

const EXAMPLES: &str = "\
Examples:
  bailiwick frameworks                          all that is understood
  bailiwick frameworks --test src/orders.rs     which rule speaks of which call, and what it finds

A framework of your own is a file in `.bailiwick/frameworks/`; docs/frameworks.md teaches its form.";

/// Show which frameworks are understood, or what they make of a file
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct FrameworksCommand {
    /// Show what matches where in this file: each call that a rule speaks of, and the tables it touches
    #[arg(long, value_name = "FILE")]
    test: Option<PathBuf>,
    /// How it is written to stdout
    #[arg(long, short, default_value = "human")]
    format: FrameworksFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FrameworksFormat {
    /// For the terminal.
    Human,
    /// For programs; `bailiwick schema frameworks` describes it.
    Json,
}

impl FrameworksCommand {
    /// Shows them.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        match &self.test {
            Some(path) => self.matches(global, path.clone()),
            None => self.list(global),
        }
    }

    fn list(&self, global: &Global) -> Result<Exit, Trouble> {
        let disk = global.disk(&[])?;
        let options = session::Options { config: global.config_in(&global.root(&[]))? };
        let all = session::frameworks(&disk, &options).map_err(|failure| explain(&disk, &failure))?.all;
        match self.format {
            FrameworksFormat::Human => print(|out| frameworks::write_list(&all, &global.style(), out))?,
            FrameworksFormat::Json => print(|out| json::write_frameworks(&all, out))?,
        }
        Ok(Exit::Clean)
    }

    fn matches(&self, global: &Global, path: PathBuf) -> Result<Exit, Trouble> {
        let given = [path];
        let session = global.session(&given)?;
        let [path] = &given;
        let inside = paths::relative(&session.workspace.root, path)?;
        let Some(file) = session.workspace.file_id(&inside) else {
            let trouble = Trouble::new(format!("`{}` is no file that is read", path.display()));
            let skipped = session.skipped.iter().find(|skipped| inside.starts_with(skipped.path.trim_end_matches('/')));
            return Err(match skipped {
                Some(skipped) => trouble.help(format!("`{}` is not read: {}", skipped.path, skipped.reason.text())),
                None => trouble.help("name one file; paths are relative to the current folder"),
            });
        };
        let matches = session.matches(file);
        let view = View::new(global, session, Outcome::default());
        let report = view.report(&view.style);
        match self.format {
            FrameworksFormat::Human => print(|out| frameworks::write_matches(&report, file, &matches, out))?,
            FrameworksFormat::Json => print(|out| json::write_matches(&report, file, &matches, out))?,
        }
        view.exit(Exit::Clean)
    }
}
