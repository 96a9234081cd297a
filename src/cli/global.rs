//! What every command is told, and the session it makes of that.

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::cache::Cache;
use crate::cli::errors::Trouble;
use crate::cli::{paths, tell};
use crate::config::CACHE_FOLDER;
use crate::facts::kept::{Forgetful, Store};
use crate::git;
use crate::map::{AccessContext, Stage};
use crate::report::Style;
use crate::session::{Failure, Gathered, Options, Phase, Session};
use crate::source::Sources;
use crate::workspace::{Disk, Workspace, find_root};

/// More assumptions than this are counted, not told, unless `-v` asks for them.
const MOST_ASSUMPTIONS: usize = 12;

/// What every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// The root of what is looked at [default: the nearest folder upward with a bailiwick.toml, else
    /// the repository]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub root: Option<PathBuf>,
    /// The config [default: bailiwick.toml at the root]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    pub config: Option<PathBuf>,
    /// The day that grants are judged by, to make a run repeatable [default: today]
    #[arg(long, global = true, value_name = "DATE", help_heading = "Everywhere")]
    pub today: Option<Date>,
    /// Which code is looked at, several with commas [default: code, or what the config says]
    #[arg(long, global = true, value_delimiter = ',', value_name = "CONTEXT", help_heading = "Everywhere")]
    pub context: Vec<Context>,
    /// When to use colours; `NO_COLOR` is respected
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Everywhere")]
    pub color: Colour,
    /// Say less: no assumptions, no summary
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Everywhere")]
    pub quiet: bool,
    /// Say more: every note in full, every file that was skipped
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub verbose: bool,
    /// Neither read nor write `.bailiwick_cache`
    #[arg(long, global = true, env = "BAILIWICK_NO_CACHE", hide_env_values = true, help_heading = "Everywhere")]
    pub no_cache: bool,
    /// Tell on stderr how long each part of the work took
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub timings: bool,
    /// How many threads may work [default: one for each core]
    #[arg(long, global = true, value_name = "N", help_heading = "Everywhere")]
    pub threads: Option<usize>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which code is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Context {
    /// What runs in production.
    Code,
    /// Tests, fixtures, benchmarks.
    Test,
    /// The down half of migrations, undo scripts.
    Rollback,
}

impl From<Context> for AccessContext {
    fn from(context: Context) -> Self {
        match context {
            Context::Code => Self::Code,
            Context::Test => Self::Test,
            Context::Rollback => Self::Rollback,
        }
    }
}

impl Global {
    /// The root, for a command that was given `paths`.
    pub fn root(&self, paths: &[PathBuf]) -> PathBuf {
        let here = Path::new(".");
        match &self.root {
            Some(root) => root.clone(),
            None => find_root(paths.first().map_or(here, PathBuf::as_path), here),
        }
    }

    /// Reads everything below the root and joins it; tells what was assumed.
    pub fn session(&self, paths: &[PathBuf]) -> Result<Session, Trouble> {
        let sources: Arc<dyn Sources + Send> = Arc::new(self.disk(paths)?);
        let session = self.session_of(&sources)?;
        self.tell_assumptions(&session.workspace);
        Ok(session)
    }

    /// Reads everything that `sources` hold and joins it.
    pub fn session_of(&self, sources: &Arc<dyn Sources + Send>) -> Result<Session, Trouble> {
        let opened = self.open(sources)?;
        opened.map_err(|failure| explain(&**sources, &failure))
    }

    /// The same, for whom it is no trouble that there is nothing to read.
    pub fn open(&self, sources: &Arc<dyn Sources + Send>) -> Result<Result<Session, Failure>, Trouble> {
        self.limit_threads()?;
        let options = Options { config: self.config_in(sources.root())? };
        Ok(self.with_store(sources.root(), |store, phase| Session::open(Arc::clone(sources), &options, store, phase)))
    }

    /// Reads everything below the root; tells what was assumed.
    pub fn gather(&self, paths: &[PathBuf]) -> Result<Gathered, Trouble> {
        let disk = self.disk(paths)?;
        let gathered = self.gather_from(&disk)?.map_err(|failure| explain(&disk, &failure))?;
        self.tell_assumptions(&gathered.workspace);
        Ok(gathered)
    }

    /// The disk below the root, for a command that was given `paths`.
    pub fn disk(&self, paths: &[PathBuf]) -> Result<Disk, Trouble> {
        let root = self.root(paths);
        Disk::new(&root).map_err(|error| Trouble::path(&root, &error))
    }

    fn gather_from(&self, sources: &dyn Sources) -> Result<Result<Gathered, Failure>, Trouble> {
        self.limit_threads()?;
        let options = Options { config: self.config_in(sources.root())? };
        Ok(self.with_store(sources.root(), |store, phase| Gathered::read(sources, &options, store, phase)))
    }

    /// Does what `act` says with the cache of that root, and shows how far it is.
    fn with_store<T>(&self, root: &Path, act: impl FnOnce(&dyn Store, &dyn Fn(Phase)) -> T) -> T {
        let progress = self.progress();
        let cache = self.cache(root);
        let store: &dyn Store = cache.as_ref().map_or(&Forgetful, |cache| cache);
        let times = Times::default();
        let answer = act(store, &|phase| {
            times.begin(phase);
            show(&progress, phase);
        });
        progress.finish_and_clear();
        if self.timings {
            tell(|out| times.write(out));
        }
        if let Some(Err(error)) = cache.map(|cache| cache.save())
            && self.verbose
        {
            tell(|out| writeln!(out, "the cache could not be written: {error}"));
        }
        answer
    }

    /// The cache of that root. One that came with the repository is none of ours: whoever wrote it says
    /// what files are supposed to hold.
    fn cache(&self, root: &Path) -> Option<Cache> {
        let foreign = || root.join(CACHE_FOLDER).exists() && git::tracks(root, CACHE_FOLDER);
        if self.no_cache || foreign() { None } else { Some(Cache::open(root)) }
    }

    /// The path of the config that is named on the command line, as sources with that root want it.
    pub fn config_in(&self, root: &Path) -> Result<Option<String>, Trouble> {
        self.config.as_deref().map(|config| paths::of_config(root, config)).transpose()
    }

    /// The day that grants are judged by.
    #[must_use]
    pub fn today(&self) -> Date {
        self.today.unwrap_or_else(|| jiff::Zoned::now().date())
    }

    /// The contexts that are linted and listed.
    #[must_use]
    pub fn contexts(&self, session: &Session) -> Vec<AccessContext> {
        let asked: Vec<AccessContext> = self.context.iter().map(|context| (*context).into()).collect();
        session.contexts(&asked)
    }

    /// How stdout is to look.
    #[must_use]
    pub fn style(&self) -> Style {
        let colour = self.colour(anstream::AutoStream::choice(&io::stdout()));
        let terminal = io::stdout().is_terminal();
        let links = colour && terminal && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
        Style { colour, links, width: width(), verbose: self.verbose }
    }

    /// How stderr is to look.
    #[must_use]
    pub fn style_of_errors(&self) -> Style {
        Style { colour: self.errors_in_colour(), links: false, width: width(), verbose: self.verbose }
    }

    /// Whether stderr may have colours.
    #[must_use]
    pub fn errors_in_colour(&self) -> bool {
        self.colour(anstream::AutoStream::choice(&io::stderr()))
    }

    fn colour(&self, choice: anstream::ColorChoice) -> bool {
        match self.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => choice != anstream::ColorChoice::Never,
        }
    }

    /// Workers get deep stacks: what they read is nested as deeply as somebody likes. Once a run.
    pub fn limit_threads(&self) -> Result<(), Trouble> {
        static STARTED: OnceLock<Result<(), String>> = OnceLock::new();
        let started = STARTED.get_or_init(|| {
            let mut pool = rayon::ThreadPoolBuilder::new().stack_size(crate::STACK_SIZE);
            if let Some(threads) = self.threads {
                pool = pool.num_threads(threads);
            }
            pool.build_global().map_err(|error| error.to_string())
        });
        started.clone().map_err(|error| Trouble::new(format!("cannot start the worker threads: {error}")))
    }

    fn progress(&self) -> indicatif::ProgressBar {
        if self.quiet || !io::stderr().is_terminal() {
            return indicatif::ProgressBar::hidden();
        }
        let bar = indicatif::ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// Tells what was assumed for want of a config.
    pub fn tell_assumptions(&self, workspace: &Workspace) {
        if self.quiet {
            return;
        }
        let assumptions = &workspace.assumptions;
        let shown = if self.verbose { assumptions.len() } else { MOST_ASSUMPTIONS };
        tell(|out| {
            for assumption in assumptions.iter().take(shown) {
                writeln!(out, "assumed: {assumption}")?;
            }
            if assumptions.len() > shown {
                writeln!(out, "assumed: {} more (-v tells them)", assumptions.len() - shown)?;
            }
            Ok(())
        });
    }
}

/// How many columns there are: what `COLUMNS` says, else a hundred.
#[must_use]
pub fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.filter(|columns| *columns >= 40).unwrap_or(100)
}

fn show(bar: &indicatif::ProgressBar, phase: Phase) {
    bar.set_message(said(phase));
}

fn said(phase: Phase) -> String {
    match phase {
        Phase::Workspace => "looking for services".to_owned(),
        Phase::Facts(files) => format!("reading {files} files"),
        Phase::Map(Stage::Names) => "joining: names".to_owned(),
        Phase::Map(Stage::Entities) => "joining: entities".to_owned(),
        Phase::Map(Stage::Calls) => "joining: calls".to_owned(),
        Phase::Map(Stage::Uses) => "joining: uses of tables".to_owned(),
        Phase::Map(Stage::Tables) => "joining: definitions of tables".to_owned(),
        Phase::Map(Stage::Reach) => "joining: who reaches what".to_owned(),
        Phase::Map(Stage::Owners) => "joining: owners".to_owned(),
        Phase::Keep => "keeping what was found".to_owned(),
    }
}

/// When each part of the work began.
#[derive(Default)]
struct Times(RefCell<Vec<(Phase, Instant)>>);

impl Times {
    fn begin(&self, phase: Phase) {
        self.0.borrow_mut().push((phase, Instant::now()));
    }

    /// A line for each part that is over now.
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let begun = self.0.borrow();
        let ends = begun.iter().skip(1).map(|(_, begin)| *begin).chain([Instant::now()]);
        for ((phase, begin), end) in begun.iter().zip(ends) {
            writeln!(out, "{:8.3} s  {}", (end - *begin).as_secs_f64(), said(*phase))?;
        }
        Ok(())
    }
}

/// What keeps a session from being opened, as trouble.
#[must_use]
pub fn explain(sources: &dyn Sources, failure: &Failure) -> Trouble {
    match failure {
        Failure::Config(problems) => Trouble::config(sources, problems),
        Failure::NothingToRead(workspace) => nothing_to_read(workspace),
    }
}

fn nothing_to_read(workspace: &Workspace) -> Trouble {
    let skipped = workspace.skipped.len();
    let hint = if skipped == 0 {
        "name the repository with `--root DIR`".to_owned()
    } else {
        format!(
            "{} left out by `.gitignore`, `exclude` and the like; look there, or name the repository with `--root DIR`",
            crate::lint::names::counted(skipped, "path")
        )
    };
    Trouble::new(format!("there is no source file to read in `{}`", workspace.root.display())).help(hint)
}
