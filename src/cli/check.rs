//! `bailiwick check`: the linter.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::baseline;
use crate::cli::outputs::{Output, formats};
use crate::cli::paths::Selection;
use crate::cli::{Exit, Global, Trouble, View, print, tell};
use crate::config::Level;
use crate::lint::context::Accepted;
use crate::lint::names::counted;
use crate::map::AccessContext;
use crate::report::{Style, format, summary};
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  bailiwick check                                    the whole repository
  bailiwick check services/orders                    report one folder; the map still covers all
  bailiwick check --format concise                   a line for each finding
  bailiwick check --format github --output sarif=findings.sarif
                                                     two formats at once
  bailiwick check --error-on warn --max-opaque 0     as strict as it gets

Findings go to stdout, all else to stderr. Exit codes: 0 clean, 1 findings at error level (see
--error-on), 2 the work could not be done.";

/// Report every access that crosses an ownership boundary
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Check {
    /// Report only what stands in these files and folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How findings are written to stdout
    #[arg(long, short, default_value = "human", value_parser = formats(), hide_possible_values = false)]
    format: String,
    /// Write findings to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    output: Vec<Output>,
    /// From which level on findings fail the run
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    error_on: ErrorOn,
    /// Fail when more places than this cannot be known from the source
    #[arg(long, value_name = "N")]
    max_opaque: Option<usize>,
    /// Judge as if there were no baseline
    #[arg(long)]
    no_baseline: bool,
    /// Let baseline entries match nothing: on a branch that pays debt off
    #[arg(long, conflicts_with = "no_baseline")]
    allow_stale: bool,
}

/// From which level on findings fail the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ErrorOn {
    /// Errors alone.
    Error,
    /// Warnings too.
    Warn,
    /// Any finding.
    Note,
}

impl ErrorOn {
    fn level(self) -> Level {
        match self {
            Self::Error => Level::Error,
            Self::Warn => Level::Warn,
            Self::Note => Level::Note,
        }
    }
}

impl Check {
    /// Runs the linter.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        let session = global.session(&self.paths)?;
        let selection = Selection::new(&session.workspace, &self.paths)?;
        let contexts = global.contexts(&session);
        let accepted = self.accepted(&session, &contexts)?;
        let mut outcome = session.check(global.today(), &contexts, &accepted);
        if !selection.is_whole() {
            outcome.restrict(|file| selection.holds(&session.workspace, file));
        }
        let view = View::new(global, session, outcome);
        self.write(&view)?;
        if !global.quiet {
            tell(|out| summary::write_check(&view.report(&global.style_of_errors()), out));
        }
        view.exit(self.verdict(&view))
    }

    /// What the baseline accepts. Where less is looked at than when it was written, an entry that matches
    /// nothing tells nothing.
    fn accepted(&self, session: &Session, contexts: &[AccessContext]) -> Result<Vec<Accepted>, Trouble> {
        if self.no_baseline {
            return Ok(Vec::new());
        }
        let found = baseline::of_workspace(&session.workspace, session)
            .map_err(|broken| Trouble::new(broken.message).help(broken.help))?;
        let whole = session.contexts(&[]).iter().all(|context| contexts.contains(context));
        Ok(found.map(|(file, baseline)| baseline.accepted(file, self.allow_stale || !whole)).unwrap_or_default())
    }

    fn write(&self, view: &View) -> Result<(), Trouble> {
        let plain = Style { width: view.style.width, verbose: view.style.verbose, ..Style::plain() };
        for output in &self.output {
            output.write(&view.report(&plain))?;
        }
        let Some(format) = format(&self.format) else { return Ok(()) };
        print(|out| (format.write)(&view.report(&view.style), out))
    }

    fn verdict(&self, view: &View) -> Exit {
        let opaque = view.coverage.total().opaque;
        let too_opaque = self.max_opaque.filter(|most| opaque > *most);
        if let Some(most) = too_opaque {
            tell(|out| writeln!(out, "error: {} opaque, more than --max-opaque {most}", counted(opaque, "place")));
        }
        let failing = view.outcome.open().any(|reported| reported.finding.level >= self.error_on.level());
        if failing || too_opaque.is_some() { Exit::Findings } else { Exit::Clean }
    }
}
