//! `bailiwick check`: the linter.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::baseline;
use crate::cli::outputs::{Output, formats};
use crate::cli::paths::{Selection, relative};
use crate::cli::{Exit, Global, Trouble, View, print, tell};
use crate::config::Level;
use crate::git::{self, GitError, GitTree};
use crate::lint::context::Accepted;
use crate::lint::names::counted;
use crate::lint::sink::SuppressionKind;
use crate::map::AccessContext;
use crate::report::{Style, format, summary};
use crate::session::{Failure, Session};
use crate::source::Sources;
use crate::workspace::Overlay;

const EXAMPLES: &str = "\
Examples:
  bailiwick check                                    the whole repository
  bailiwick check services/orders                    report one folder; the map still covers all
  bailiwick check --format concise                   a line for each finding
  bailiwick check --format github --output sarif=findings.sarif
                                                     two formats at once
  bailiwick check --error-on warn --max-opaque 0     as strict as it gets
  bailiwick check --since main...                    only what this branch brought in
  bailiwick check --staged                           what is about to be committed

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
    /// Report only what is new since REV: `main` as it is, or `main...` where this branch left it
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// Judge what is staged, not what lies in the work tree
    #[arg(long)]
    staged: bool,
    /// Read stdin as the text of this file, and report what stands in it
    #[arg(long, value_name = "PATH", conflicts_with = "paths")]
    stdin_filename: Option<PathBuf>,
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
        let session = global.session_of(&self.sources(global)?)?;
        global.tell_assumptions(&session.workspace);
        let selection = match &self.stdin_filename {
            Some(path) => Selection::new(&session.workspace, std::slice::from_ref(path))?,
            None => Selection::new(&session.workspace, &self.paths)?,
        };
        let contexts = global.contexts(&session);
        let accepted = self.accepted(&session, &contexts)?;
        let mut outcome = session.check(global.today(), &contexts, &accepted);
        if !selection.is_whole() {
            outcome.restrict(|file| selection.holds(&session.workspace, file));
        }
        if let Some(since) = &self.since {
            let old = self.known_since(global, since)?;
            outcome.findings.retain(|reported| !old.contains(&reported.fingerprint));
        }
        let view = View::new(global, session, outcome);
        self.write(&view)?;
        if !global.quiet {
            tell(|out| summary::write_check(&view.report(&global.style_of_errors()), out));
        }
        let exit = view.exit(self.verdict(&view));
        // The program ends here: what the system takes back at once need not be given back piece by piece.
        std::mem::forget(view);
        exit
    }

    /// Where the texts come from.
    fn sources(&self, global: &Global) -> Result<Arc<dyn Sources + Send>, Trouble> {
        let named: Vec<PathBuf> = self.stdin_filename.iter().chain(&self.paths).cloned().collect();
        let disk = global.disk(&named)?;
        let root = disk.root().to_path_buf();
        let sources: Arc<dyn Sources + Send> = if self.staged {
            Arc::new(GitTree::staged(disk).map_err(|error| no_git("--staged", &error))?)
        } else {
            Arc::new(disk)
        };
        let Some(path) = &self.stdin_filename else { return Ok(sources) };
        let overlay = Overlay::new(sources);
        let mut text = Vec::new();
        std::io::stdin().read_to_end(&mut text).map_err(|error| Trouble::new("cannot read stdin").caused_by(&error))?;
        overlay.set(&relative(&root, path)?, &String::from_utf8_lossy(&text));
        Ok(Arc::new(overlay))
    }

    /// The fingerprints of what was found in `since` already, open or in its baseline. What a grant or an
    /// allow permitted there is not among them: where that is gone, the finding is new.
    fn known_since(&self, global: &Global, since: &str) -> Result<BTreeSet<String>, Trouble> {
        let disk = global.disk(&self.paths)?;
        let revision = git::resolve(disk.root(), since).map_err(|error| no_git("--since", &error))?;
        let tree = GitTree::revision(disk, &revision).map_err(|error| no_git("--since", &error))?;
        let sources: Arc<dyn Sources + Send> = Arc::new(tree);
        let session = match global.open(&sources)? {
            Ok(session) => session,
            Err(Failure::NothingToRead(_)) => return Ok(BTreeSet::new()),
            Err(Failure::Config(problems)) => {
                let files: BTreeSet<_> = problems.iter().map(|problem| problem.file.to_string_lossy()).collect();
                let files = files.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
                let message = format!("the config of `{since}` is wrong, so there is nothing to compare with: {files}");
                return Err(Trouble::new(message).help("name a revision whose config this version can read"));
            }
        };
        let accepted = baseline::of_workspace(&session.workspace, &session).ok().flatten();
        let accepted = accepted.map(|(file, baseline)| baseline.accepted(file, true)).unwrap_or_default();
        let outcome = session.check(global.today(), &global.contexts(&session), &accepted);
        let known = outcome
            .findings
            .into_iter()
            .filter(|reported| reported.suppressed_by.as_ref().is_none_or(|by| by.kind == SuppressionKind::Baseline));
        Ok(known.map(|reported| reported.fingerprint).collect())
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

fn no_git(option: &str, error: &GitError) -> Trouble {
    Trouble::new(error.to_string()).help(format!("`{option}` needs a git repository and the `git` command"))
}
