//! A session as a command shows it: what is listed, what was read, how it is to look.

use crate::cli::{Exit, Global, Trouble, tell};
use crate::lint::Outcome;
use crate::map::AccessContext;
use crate::report::{Coverage, Report, Style};
use crate::session::Session;
use crate::workspace;

/// A session with all that a report of it needs.
pub struct View {
    /// The session.
    pub session: Session,
    /// The judged findings; empty for commands that judge nothing.
    pub outcome: Outcome,
    /// What was read and understood.
    pub coverage: Coverage,
    /// How stdout is to look.
    pub style: Style,
    contexts: Vec<AccessContext>,
    today: Option<jiff::civil::Date>,
    below_repository: String,
}

impl View {
    /// What `global` asks to see of the session.
    #[must_use]
    pub fn new(global: &Global, session: Session, outcome: Outcome) -> Self {
        let contexts = global.contexts(&session);
        let mut coverage = Coverage {
            files_read: session.files_read,
            skipped: session.skipped.clone(),
            problems: session.problems.clone(),
            ..Coverage::default()
        };
        coverage.count_sites(&session.map, &contexts);
        let below_repository = workspace::below_repository(&session.workspace.root);
        Self { session, outcome, coverage, style: global.style(), contexts, today: global.today, below_repository }
    }

    /// The report in that style.
    #[must_use]
    pub fn report<'a>(&'a self, style: &'a Style) -> Report<'a> {
        Report {
            map: &self.session.map,
            workspace: &self.session.workspace,
            outcome: &self.outcome,
            coverage: &self.coverage,
            texts: &self.session,
            contexts: &self.contexts,
            today: self.today,
            style,
            below_repository: &self.below_repository,
        }
    }

    /// Tells each file that could not be read. A run that missed one is no clean run, whatever it found.
    pub fn exit(&self, otherwise: Exit) -> Result<Exit, Trouble> {
        tell(|out| {
            for skipped in self.coverage.failures() {
                writeln!(out, "error: `{}` {}", skipped.path, skipped.reason.text())?;
            }
            Ok(())
        });
        Ok(if self.coverage.failures().next().is_some() { Exit::Trouble } else { otherwise })
    }
}
