//! A run, from the config to the map: what every command and the language server share.
//!
//! Invariant: a session prints nothing and decides nothing. It holds what was read, so that several
//! questions can be asked of one map.

mod texts;

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::config::{Config, ConfigProblem};
use crate::facts::kept::{self, Forgetful, Store};
use crate::facts::scan::{self, Reader, Scan};
use crate::frameworks::{FrameworkProblem, Frameworks};
use crate::lint::allows::Directive;
use crate::lint::context::{Accepted, Input};
use crate::lint::{Outcome, rule_names};
use crate::map::{self, AccessContext, FileMatches, Map};
use crate::source::positions::{self, Moved, Moves};
use crate::source::{FileId, IndexedText, Place, Skipped, Sources, Span, Texts};
use crate::workspace::{self, SourceFile, Workspace};

pub use texts::TextCache;

/// Where a workspace keeps frameworks of its own.
const HOUSE_FRAMEWORKS: &str = ".bailiwick/frameworks/";

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
    Map(map::Stage),
    /// What was found out is kept for the next run.
    Keep,
}

/// Why there is no session.
#[derive(Debug)]
pub enum Failure {
    /// The config, or a framework file of the workspace, is wrong: every problem, with the texts they point into.
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
    frameworks: Frameworks,
    /// What each file says; `None` where an earlier run's answer was recalled, and nobody asked since.
    scan: Option<Scan>,
    sources: Arc<dyn Sources + Send>,
    texts: TextCache,
}

/// What all files say together, as it is kept from run to run.
#[derive(Default, Serialize, Deserialize)]
struct Joined {
    map: Map,
    directives: Vec<Directive>,
    files_read: usize,
    /// Those of source files.
    problems: Vec<(Place, String)>,
}

impl Joined {
    fn of(map: Map, scan: &Scan) -> Self {
        let mut directives = directives_of(scan);
        directives.extend(directives_inside(scan, &map));
        directives.sort();
        Self { map, directives, files_read: scan.read, problems: scan.problems.clone() }
    }
}

/// What is known before a source file is read.
struct Prepared {
    config: Config,
    workspace: Workspace,
    frameworks: Frameworks,
    /// A number for the frameworks that the workspace brings along.
    house: u128,
}

/// What was read, before it is joined.
pub struct Gathered {
    /// What is declared.
    pub config: Config,
    /// The files, services, libraries and databases.
    pub workspace: Workspace,
    /// What calls and types mean.
    pub frameworks: Frameworks,
    /// What each file says.
    pub scan: Scan,
}

impl Gathered {
    /// Reads everything below the root of `sources`, as far as `store` does not know it. `phase` is told what is under way.
    ///
    /// # Errors
    /// When the config is wrong, or there is nothing to read.
    pub fn read(
        sources: &dyn Sources,
        options: &Options,
        store: &dyn Store,
        phase: &dyn Fn(Phase),
    ) -> Result<Self, Failure> {
        let Prepared { config, workspace, frameworks, .. } = Prepared::open(sources, options, phase)?;
        phase(Phase::Facts(workspace.files.len()));
        let scan = scan::scan(&Reader::new(sources, &workspace, &config, &frameworks, store));
        Ok(Self { config, workspace, frameworks, scan })
    }
}

impl Prepared {
    fn open(sources: &dyn Sources, options: &Options, phase: &dyn Fn(Phase)) -> Result<Self, Failure> {
        phase(Phase::Workspace);
        let rules: Vec<&str> = rule_names().collect();
        let opened = workspace::open(sources, options.config.as_deref(), &rules);
        if !opened.problems.is_empty() {
            return Err(Failure::Config(opened.problems));
        }
        let (config, workspace) = (opened.config, opened.workspace);
        if !workspace.files.iter().any(scan::is_read) {
            return Err(Failure::NothingToRead(Box::new(workspace)));
        }
        let brought = house_frameworks(sources, &workspace);
        let house = xxh3_128(format!("{brought:?}").as_bytes());
        Ok(Self { frameworks: load_frameworks(&brought)?, config, workspace, house })
    }

    /// A number for all that the map depends on beside the source files. Manifests and settings count for what they
    /// say, not for how they say it.
    fn fingerprint(&self) -> u128 {
        let Self { config, house, .. } = self;
        // What a file says is known already: how long it is says no more.
        let mut workspace = self.workspace.clone();
        for file in &mut workspace.files {
            file.size = 0;
        }
        xxh3_128(format!("{house} {config:?} {workspace:?}").as_bytes())
    }
}

impl Session {
    /// Reads everything below the root of `sources` and joins it, as far as `store` does not know the answer. `phase`
    /// is told what is under way.
    ///
    /// # Errors
    /// When the config is wrong, or there is nothing to read.
    pub fn open(
        sources: Arc<dyn Sources + Send>,
        options: &Options,
        store: &dyn Store,
        phase: &dyn Fn(Phase),
    ) -> Result<Self, Failure> {
        let prepared = Prepared::open(&*sources, options, phase)?;
        phase(Phase::Facts(prepared.workspace.files.len()));
        let settings = store.remembers().then(|| prepared.fingerprint());
        let Prepared { config, workspace, frameworks, .. } = prepared;
        let reader = Reader::new(&*sources, &workspace, &config, &frameworks, store);
        let opened = scan::open(&reader);
        let key = settings.map(|settings| {
            let (files, unreadable) = opened.fingerprint();
            (xxh3_128(&[settings.to_le_bytes(), files.to_le_bytes()].concat()), unreadable)
        });
        if let Some((key, unreadable)) = &key
            && let Some(known) = opened.recall::<Joined>(store, *key)
        {
            let mut session = Self::new(sources, config, workspace, frameworks);
            session.settle(known, unreadable);
            return Ok(session);
        }
        let made_of = opened.made_of();
        let scan = opened.scan(&reader);
        let mut session = Self::new(sources, config, workspace, frameworks);
        let joined = session.joined(&scan, phase);
        phase(Phase::Keep);
        if let Some((key, _)) = key {
            kept::keep(store, key, &made_of, &joined);
        }
        session.settle(joined, &scan.skipped);
        session.scan = Some(scan);
        Ok(session)
    }

    /// Joins what was read.
    #[must_use]
    pub fn join(sources: Arc<dyn Sources + Send>, gathered: Gathered) -> Self {
        let Gathered { config, workspace, frameworks, scan } = gathered;
        let mut session = Self::new(sources, config, workspace, frameworks);
        session.join_anew(scan);
        session
    }

    fn new(sources: Arc<dyn Sources + Send>, config: Config, workspace: Workspace, frameworks: Frameworks) -> Self {
        let texts = TextCache::new(Arc::clone(&sources));
        Self {
            config,
            workspace,
            map: Map::default(),
            directives: Vec::new(),
            files_read: 0,
            skipped: Vec::new(),
            problems: Vec::new(),
            frameworks,
            scan: None,
            sources,
            texts,
        }
    }

    /// Reads these files anew, whose texts have changed, and joins everything again, unless they say what they said,
    /// elsewhere in their texts. The rest stays as it is: which files there are, whose they are, and what they say.
    pub fn reread(&mut self, files: &[FileId]) {
        let (mut scan, known) = match self.scan.take() {
            Some(scan) => (scan, true),
            None => (scan::scan(&self.reader()), false),
        };
        let mut moves = known.then(Moves::default);
        for &id in files {
            let Some(file) = self.workspace.file(id).filter(|file| scan::is_read(file)) else { continue };
            let before = moves.is_some().then(|| scan.said(id));
            scan.replace(id, &file.path, self.reader().read(file));
            moves = moves.zip(before).and_then(|(mut moves, (said, old))| {
                let (says, new) = scan.said(id);
                moves.insert(id, Moved::between(&old, &new).filter(|_| said == says)?);
                Some(moves)
            });
        }
        for file in files {
            self.texts.forget(*file);
        }
        match moves.and_then(|moves| self.moved(moves)) {
            Some(map) => {
                let joined = Joined::of(map, &scan);
                self.settle(joined, &scan.skipped);
                self.scan = Some(scan);
            }
            None => self.join_anew(scan),
        }
    }

    /// The map with its places moved; `None` where one of them cannot be.
    fn moved(&self, moves: Moves) -> Option<Map> {
        positions::moved(&postcard::to_stdvec(&self.map).ok()?, moves)
    }

    fn reader(&self) -> Reader<'_> {
        Reader::new(&*self.sources, &self.workspace, &self.config, &self.frameworks, &Forgetful)
    }

    fn join_anew(&mut self, scan: Scan) {
        let joined = self.joined(&scan, &|_| ());
        self.settle(joined, &scan.skipped);
        self.scan = Some(scan);
    }

    fn joined(&self, scan: &Scan, phase: &dyn Fn(Phase)) -> Joined {
        let Self { config, workspace, frameworks, .. } = self;
        let input = map::Input { workspace, config, frameworks, facts: &scan.facts };
        Joined::of(map::build(input, &|stage| phase(Phase::Map(stage))), scan)
    }

    fn settle(&mut self, joined: Joined, unreadable: &[Skipped]) {
        self.skipped.clone_from(&self.workspace.skipped);
        self.skipped.extend_from_slice(unreadable);
        self.skipped.sort();
        self.problems = joined.problems;
        let settings = self.workspace.problems.iter().map(|problem| (problem.place, problem.message.clone()));
        self.problems.extend(settings);
        self.problems.sort();
        (self.map, self.directives, self.files_read) = (joined.map, joined.directives, joined.files_read);
    }

    /// What the rules of the frameworks say of one file.
    #[must_use]
    pub fn matches(&self, file: FileId) -> FileMatches {
        let Self { config, workspace, frameworks, .. } = self;
        let read;
        let scan = if let Some(scan) = &self.scan {
            scan
        } else {
            read = scan::scan(&self.reader());
            &read
        };
        map::matches(map::Input { workspace, config, frameworks, facts: &scan.facts }, file)
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

/// What is built in and what the workspace brings along.
///
/// # Errors
/// When the config or a framework file of the workspace is wrong.
pub fn frameworks(sources: &dyn Sources, options: &Options) -> Result<Frameworks, Failure> {
    let rules: Vec<&str> = rule_names().collect();
    let opened = workspace::open(sources, options.config.as_deref(), &rules);
    if !opened.problems.is_empty() {
        return Err(Failure::Config(opened.problems));
    }
    load_frameworks(&house_frameworks(sources, &opened.workspace))
}

/// A framework file that is wrong would make calls mean nothing without anybody seeing it: it stops the run, as a
/// wrong config does.
fn load_frameworks(brought: &[(String, String)]) -> Result<Frameworks, Failure> {
    let (frameworks, broken) = Frameworks::with(brought);
    if broken.is_empty() {
        return Ok(frameworks);
    }
    let problem = |problem: FrameworkProblem| ConfigProblem {
        file: problem.path.into(),
        span: problem.span,
        message: problem.message,
        help: problem.help,
    };
    Err(Failure::Config(broken.into_iter().map(problem).collect()))
}

/// The framework files that the workspace brings along: their paths and texts.
fn house_frameworks(sources: &dyn Sources, workspace: &Workspace) -> Vec<(String, String)> {
    let of_house = |file: &&SourceFile| {
        file.path.starts_with(HOUSE_FRAMEWORKS)
            && Path::new(file.path.as_str()).extension().is_some_and(|end| end == "toml")
    };
    let files = workspace.files.iter().filter(of_house);
    files.filter_map(|file| Some((file.path.to_string(), workspace::read(sources, &file.path).ok()?.text))).collect()
}

/// The comments of all files that speak to this program.
fn directives_of(scan: &Scan) -> Vec<Directive> {
    let files = scan.facts.iter();
    files.flat_map(|(file, facts)| facts.directives.iter().map(|directive| placed(*file, directive))).collect()
}

/// Those that stand inside the SQL of a literal: only there is such a text a comment.
fn directives_inside(scan: &Scan, map: &Map) -> Vec<Directive> {
    let inside = |file: FileId, span: Span| {
        map.accesses.iter().any(|access| access.site.file == file && access.site.span.contains(span))
    };
    let found = scan.directives_in_text.iter().filter(|(file, directive)| inside(*file, directive.span));
    found.map(|(file, directive)| placed(*file, directive)).collect()
}

fn placed(file: FileId, directive: &crate::syntax::outline::Directive) -> Directive {
    Directive { text: directive.text.clone(), place: Place { file, span: directive.span } }
}
