//! `bailiwick facts`: what each file says by itself, before anything is joined.

use clap::Args;
use serde::Serialize;

use crate::cli::{Exit, Global, Trouble, print};
use crate::facts::FileFacts;
use crate::session::Gathered;
use crate::workspace::Unit;

/// Write down what each file says by itself, a JSON object on each line
#[derive(Debug, Args)]
pub struct Facts {}

/// A line: a file and its facts.
#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    language: &'static str,
    service: Option<&'a str>,
    library: Option<&'a str>,
    context: &'static str,
    facts: &'a FileFacts,
}

impl Facts {
    /// Writes them.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        let gathered = global.gather(&[])?;
        let Gathered { workspace, scan, .. } = &gathered;
        print(|out| {
            for (id, facts) in &scan.facts {
                let Some(file) = workspace.file(*id) else { continue };
                let (service, library) = match file.unit {
                    Unit::Service(id) => (workspace.service(id).map(|service| service.name.as_str()), None),
                    Unit::Library(id) => (None, workspace.library(id).map(|library| library.name.as_str())),
                    Unit::Unassigned => (None, None),
                };
                let (language, context) = (file.language.name(), file.context.name());
                serde_json::to_writer(
                    &mut *out,
                    &Line { path: &file.path, language, service, library, context, facts },
                )?;
                writeln!(out)?;
            }
            Ok(())
        })?;
        let complete = scan.skipped.iter().all(|skipped| !skipped.reason.is_failure());
        Ok(if complete { Exit::Clean } else { Exit::Trouble })
    }
}
