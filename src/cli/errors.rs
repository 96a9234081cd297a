//! What keeps the program from doing its work: what failed, on what, and what to try.

use std::path::Path;

use crate::cli::tell;
use crate::config::ConfigProblem;
use crate::report::human::{Shown, handler};
use crate::report::source::NamedText;
use crate::source::{IndexedText, Sources};
use crate::workspace;

/// Why a command could not do its work.
#[derive(Debug)]
pub enum Trouble {
    /// One thing is wrong.
    Plain {
        /// What: one line, lower case, no final stop.
        message: String,
        /// What to try.
        help: Option<String>,
    },
    /// Several places in files are wrong.
    Marked(Vec<Shown>),
}

impl Trouble {
    /// Trouble with this headline.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Plain { message: message.into(), help: None }
    }

    /// With what to try.
    #[must_use]
    pub fn help(self, text: impl Into<String>) -> Self {
        match self {
            Self::Plain { message, .. } => Self::Plain { message, help: Some(text.into()) },
            marked @ Self::Marked(_) => marked,
        }
    }

    /// With what the system said.
    #[must_use]
    pub fn caused_by(self, cause: &dyn std::error::Error) -> Self {
        match self {
            Self::Plain { message, help } => Self::Plain { message: format!("{message}: {cause}"), help },
            marked @ Self::Marked(_) => marked,
        }
    }

    /// The problems of configs, each at its place.
    #[must_use]
    pub fn config(sources: &dyn Sources, problems: &[ConfigProblem]) -> Self {
        let shown = problems.iter().map(|problem| {
            let name = problem.file.to_string_lossy().into_owned();
            let text = workspace::read(sources, &name).ok();
            let source = text.map(|text| NamedText { name: name.clone(), text: IndexedText::new(text).into() });
            // Without a place the file is named in the message.
            let message = match (&source, problem.span) {
                (Some(_), Some(_)) => problem.message.clone(),
                _ => format!("{name}: {}", problem.message),
            };
            Shown::problem(message, problem.help.clone(), source, problem.span)
        });
        Self::Marked(shown.collect())
    }

    /// A folder or file that cannot be used.
    #[must_use]
    pub fn path(path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot open `{}`", path.display())).caused_by(error)
    }

    /// Tells it on stderr.
    pub fn tell(&self, colour: bool) {
        tell(|out| match self {
            Self::Plain { message, help } => {
                writeln!(out, "error: {message}")?;
                help.iter().try_for_each(|help| writeln!(out, "  help: {help}"))
            }
            Self::Marked(shown) => {
                let handler = handler(colour, crate::cli::global::width());
                for problem in shown {
                    let mut text = String::new();
                    handler.render_report(&mut text, problem).map_err(std::io::Error::other)?;
                    writeln!(out, "{}", text.trim_end())?;
                }
                Ok(())
            }
        });
    }
}
