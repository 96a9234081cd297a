//! A run, from the config to the map: what every command and the language server share.
//!
//! Invariant: a session prints nothing and decides nothing. It holds what was read, so that several
//! questions can be asked of one map.

mod texts;

use std::sync::Arc;

use crate::config::{Config, ConfigProblem};
use crate::lint::allows::Directive;
use crate::lint::context::{Accepted, Input};
use crate::lint::{Outcome, rule_names};
use crate::map::{AccessContext, Map};
use crate::source::{FileId, IndexedText, Language, Place, Skipped, Sources, Texts};
use crate::workspace::{self, Workspace};

pub use texts::TextCache;

/// What a session needs to be told.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The config that is named on the command line: relative to the root with `/`, or absolute.
    pub config: Option<String>,
}

/// Which part of the work is under way, for whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The tree is walked, manifests and settings are read.
    Workspace,
    /// Files are read: so many of them.
    Facts(usize),
    /// Everything is joined.
    Map,
}

/// Why there is no session.
#[derive(Debug)]
pub enum Failure {
    /// The config is wrong: every problem of it, with the texts they point into.
    Config(Vec<ConfigProblem>),
    /// There is no file to read.
    NothingToRead(Box<Workspace>),
}

/// A run whose map is known.
pub struct Session {
    /// What is declared.
    pub config: Config,
    /// The files, services, libraries and databases.
    pub workspace: Workspace,
    /// All facts, joined.
    pub map: Map,
    /// The comments that speak to this program.
    pub directives: Vec<Directive>,
    /// How many files were read.
    pub files_read: usize,
    /// What was not read, sorted by path.
    pub skipped: Vec<Skipped>,
    /// What was read and not understood, sorted by place.
    pub problems: Vec<(Place, String)>,
    texts: TextCache,
}

impl Session {
    /// Reads everything below the root of `sources` and joins it. `phase` is told what is under way.
    ///
    /// # Errors
    /// When the config is wrong, or there is nothing to read.
    pub fn open(sources: Arc<dyn Sources + Send>, options: &Options, phase: &dyn Fn(Phase)) -> Result<Self, Failure> {
        phase(Phase::Workspace);
        let rules: Vec<&str> = rule_names().collect();
        let opened = workspace::open(&*sources, options.config.as_deref(), &rules);
        if !opened.problems.is_empty() {
            return Err(Failure::Config(opened.problems));
        }
        let (config, workspace) = (opened.config, opened.workspace);
        let files_read = readable(&config, &workspace);
        if files_read == 0 {
            return Err(Failure::NothingToRead(Box::new(workspace)));
        }
        phase(Phase::Facts(files_read));
        phase(Phase::Map);
        let skipped = workspace.skipped.clone();
        let mut problems: Vec<(Place, String)> =
            workspace.problems.iter().map(|problem| (problem.place, problem.message.clone())).collect();
        problems.sort();
        let texts = TextCache::new(sources);
        Ok(Self {
            config,
            workspace,
            map: Map::default(),
            directives: Vec::new(),
            files_read,
            skipped,
            problems,
            texts,
        })
    }

    /// The findings, judged on `today`. `contexts` are the ones to report, as [`Session::contexts`] gives them.
    #[must_use]
    pub fn check(&self, today: jiff::civil::Date, contexts: &[AccessContext], accepted: &[Accepted]) -> Outcome {
        crate::lint::run(Input {
            map: &self.map,
            config: &self.config,
            workspace: &self.workspace,
            texts: self,
            directives: &self.directives,
            accepted,
            today,
            contexts,
        })
    }

    /// The contexts that are linted and listed: those asked for, else what the config says.
    #[must_use]
    pub fn contexts(&self, asked: &[AccessContext]) -> Vec<AccessContext> {
        let wanted = |context: &AccessContext| {
            if asked.is_empty() { self.config.wants(*context) } else { asked.contains(context) }
        };
        AccessContext::ALL.iter().copied().filter(wanted).collect()
    }
}

impl Texts for Session {
    fn text(&self, file: FileId) -> Option<Arc<IndexedText>> {
        self.texts.text(file, self.workspace.path(file))
    }
}

/// How many files there are to read: those of a language that is understood, configs aside.
fn readable(config: &Config, workspace: &Workspace) -> usize {
    let is_config = |path: &str| config.files.iter().any(|file| file == path);
    let files = workspace.files.iter();
    files.filter(|file| file.language != Language::Other && !is_config(&file.path)).count()
}
