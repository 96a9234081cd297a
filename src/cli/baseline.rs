//! `bailiwick baseline`: accept today's findings, one by one.

use std::collections::BTreeSet;

use clap::Args;

use crate::baseline::{self, Entry};
use crate::cli::{Exit, Global, Trouble, View, tell};
use crate::config::{BASELINE_NAME, Level};
use crate::lint::Outcome;
use crate::lint::names::{counted, listed};
use crate::replace::replace;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  bailiwick baseline              accept all that is found today; `check` fails on new findings only
  bailiwick baseline --prune      take out what is gone, accept nothing new

The file holds exact findings: one fixed and one new is still a failure. Services with
`strict = true` have no part in it. Where `CI` is set nothing is written unless --in-ci says so.";

/// Accept today's findings, so that only new ones fail
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct BaselineCommand {
    /// Only take out what is gone
    #[arg(long)]
    prune: bool,
    /// Write the file although `CI` is set
    #[arg(long)]
    in_ci: bool,
}

impl BaselineCommand {
    /// Writes the baseline.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        if in_ci() && !self.in_ci {
            let help = "write it on your own machine and commit it, or say `--in-ci`";
            return Err(Trouble::new("in CI a baseline is not written unasked").help(help));
        }
        let session = global.session(&[])?;
        let outcome = session.check(global.today(), &session.contexts(&[]), &[]);
        let view = View::new(global, session, outcome);
        if view.exit(Exit::Clean)? == Exit::Trouble {
            return Ok(Exit::Trouble);
        }
        let (session, outcome) = (&view.session, &view.outcome);
        let old = baseline::of_workspace(&session.workspace, session);
        let old = match old {
            Ok(old) => old.map(|(_, old)| old),
            Err(broken) if self.prune => return Err(Trouble::new(broken.message).help(broken.help)),
            Err(broken) => {
                tell(|out| writeln!(out, "{}; it is written anew", broken.message));
                None
            }
        };
        let known: Option<BTreeSet<&str>> = old.as_ref().map(baseline::Baseline::fingerprints);
        let mut entries = baseline::entries(&session.map, &session.workspace, outcome);
        if self.prune {
            entries.retain(|entry| known.as_ref().is_some_and(|known| known.contains(entry.fingerprint.as_str())));
        }
        if entries.is_empty() && old.is_none() {
            tell(|out| writeln!(out, "there is nothing to accept: no `{BASELINE_NAME}` is needed"));
        } else {
            write(session, &entries)?;
            tell(|out| writeln!(out, "{}", report(&entries, known.as_ref())));
        }
        tell_strict(session, outcome);
        Ok(Exit::Clean)
    }
}

/// Whether this run is a machine's, as every CI system says it.
fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
}

fn write(session: &Session, entries: &[Entry]) -> Result<(), Trouble> {
    let path = session.workspace.root.join(BASELINE_NAME);
    replace(&path, &baseline::text(entries))
        .map_err(|error| Trouble::new(format!("cannot write `{}`", path.display())).caused_by(&error))
}

/// What was accepted, and what of it is new.
fn report(entries: &[Entry], known: Option<&BTreeSet<&str>>) -> String {
    let accepted = format!("`{BASELINE_NAME}` accepts {}", counted(entries.len(), "finding"));
    let Some(known) = known else { return accepted };
    let new = entries.iter().filter(|entry| !known.contains(entry.fingerprint.as_str())).count();
    let gone = known.len() - (entries.len() - new).min(known.len());
    format!("{accepted}: {new} new, {gone} gone")
}

fn tell_strict(session: &Session, outcome: &Outcome) {
    let strict = |id: crate::map::ServiceId| session.map.service(id).strict;
    let left: Vec<_> = outcome
        .open()
        .filter(|reported| reported.finding.level == Level::Error && reported.finding.service.is_some_and(strict))
        .collect();
    if !left.is_empty() {
        let names: BTreeSet<&str> = left
            .iter()
            .filter_map(|reported| reported.finding.service)
            .map(|id| session.map.service(id).name.as_str())
            .collect();
        let count = counted(left.len(), "finding");
        tell(|out| writeln!(out, "{count} of strict services stay open: {}", listed(names)));
    }
}
