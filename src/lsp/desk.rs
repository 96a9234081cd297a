//! What the server has on its desk: the open buffers, and the session that they are part of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{Position, Range};
use jiff::civil::Date;

use super::Options;
use super::positions::{Encoding, inside, offset, uri_of};
use crate::baseline;
use crate::cache::Cache;
use crate::config::{BASELINE_NAME, ConfigProblem};
use crate::facts::kept::{Forgetful, Store};
use crate::facts::scan::is_read;
use crate::git;
use crate::lint::Outcome;
use crate::session::{self, Failure, Gathered, Session};
use crate::source::{FileId, IndexedText, SourceText, Sources};
use crate::workspace::{Disk, Overlay, find_root};

/// A buffer of the editor's.
pub(super) struct Buffer {
    /// Its address as the editor wrote it.
    pub(super) uri: String,
    /// Its version as the editor counts.
    pub(super) version: i32,
    text: String,
}

/// What has to be done before the session is right again.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Work {
    Nothing,
    /// These files, relative to the root, have another text.
    Reread(BTreeSet<String>),
    /// Who is who may have changed.
    Reopen,
}

/// The buffers and the session.
pub(super) struct Desk {
    options: Options,
    root: PathBuf,
    overlay: Arc<Overlay>,
    buffers: BTreeMap<String, Buffer>,
    work: Work,
    /// The last session that could be opened.
    pub(super) session: Option<Session>,
    /// What is wrong with the config just now.
    pub(super) problems: Vec<ConfigProblem>,
    /// What the rules say of the session.
    pub(super) outcome: Outcome,
}

impl Desk {
    /// A desk for the editor's `folder`, or for the root that the server was told.
    pub(super) fn new(options: Options, folder: Option<PathBuf>) -> std::io::Result<Self> {
        let here = folder.unwrap_or_else(|| PathBuf::from("."));
        let root = options.root.clone().unwrap_or_else(|| find_root(&here, &here));
        let disk = Disk::new(&root)?;
        let root = disk.root().to_path_buf();
        Ok(Self {
            options,
            root,
            overlay: Arc::new(Overlay::new(Arc::new(disk))),
            buffers: BTreeMap::new(),
            work: Work::Reopen,
            session: None,
            problems: Vec::new(),
            outcome: Outcome::default(),
        })
    }

    /// The path of a file in the root, relative to it.
    pub(super) fn inside(&self, path: &Path) -> Option<String> {
        inside(&self.root, path)
    }

    /// The address of a file: as the editor wrote it where it is open.
    pub(super) fn uri(&self, path: &str) -> String {
        match self.buffers.get(path) {
            Some(buffer) => buffer.uri.clone(),
            None => uri_of(&self.root.join(path)),
        }
    }

    /// The buffer's version, for a file that is open.
    pub(super) fn version(&self, path: &str) -> Option<i32> {
        self.buffers.get(path).map(|buffer| buffer.version)
    }

    /// What all texts are read from: buffers, then the disk.
    pub(super) fn sources(&self) -> Arc<dyn Sources + Send> {
        self.overlay.clone()
    }

    /// The config that is named on the command line, as sources want it.
    pub(super) fn config(&self) -> Option<String> {
        let absolute = self.options.config.as_ref()?.canonicalize().ok()?;
        inside(&self.root, &absolute).or_else(|| Some(absolute.to_string_lossy().into_owned()))
    }

    /// The day that grants are judged by.
    pub(super) fn today(&self) -> Date {
        self.options.today.unwrap_or_else(|| jiff::Zoned::now().date())
    }

    /// The editor shows this text of the file.
    pub(super) fn open(&mut self, path: String, uri: String, version: i32, text: String) {
        self.overlay.set(&path, &text);
        self.touch(&path);
        self.buffers.insert(path, Buffer { uri, version, text });
    }

    /// The editor changed its text: ranges one after the other, or the whole where there is none.
    pub(super) fn change(
        &mut self,
        path: &str,
        version: i32,
        encoding: Encoding,
        changes: impl Iterator<Item = (Option<Range>, String)>,
    ) {
        let Some(buffer) = self.buffers.get_mut(path) else { return };
        buffer.version = version;
        for (range, new) in changes {
            match range {
                None => buffer.text = new,
                Some(range) => {
                    let text = std::mem::take(&mut buffer.text);
                    let indexed = IndexedText::new(SourceText { text, ..SourceText::default() });
                    let at = |position: Position| offset(&indexed, encoding, position);
                    let (start, end) = (at(range.start), at(range.end));
                    buffer.text = indexed.source.text;
                    buffer.text.replace_range(start.min(end)..end.max(start), &new);
                }
            }
        }
        self.overlay.set(path, &buffer.text);
        self.touch(path);
    }

    /// The editor shows the file no longer: what lies on the disk counts again.
    pub(super) fn close(&mut self, path: &str) {
        if self.buffers.remove(path).is_some() {
            self.overlay.clear(path);
            self.touch(path);
        }
    }

    /// The file changed on the disk, came or went.
    pub(super) fn changed_on_disk(&mut self, path: &str, came_or_went: bool) {
        if came_or_went {
            self.work = Work::Reopen;
        } else if !self.buffers.contains_key(path) {
            self.touch(path);
        }
    }

    fn touch(&mut self, path: &str) {
        let known = self.session.as_ref().and_then(|session| {
            let file = session.workspace.file(session.workspace.file_id(path)?)?;
            Some(is_read(file) || path == BASELINE_NAME)
        });
        match (&mut self.work, known) {
            (Work::Reopen, _) => {}
            (Work::Reread(files), Some(true)) => drop(files.insert(path.to_owned())),
            (work @ Work::Nothing, Some(true)) => *work = Work::Reread(BTreeSet::from([path.to_owned()])),
            // A file that is not known, or one of those that say who is who.
            (work, _) => *work = Work::Reopen,
        }
    }

    /// Whether the session is behind the buffers.
    pub(super) fn is_behind(&self) -> bool {
        self.work != Work::Nothing
    }

    /// Brings the session up to the buffers and judges it.
    pub(super) fn catch_up(&mut self) {
        match (std::mem::replace(&mut self.work, Work::Nothing), &mut self.session) {
            (Work::Nothing, _) => return,
            (Work::Reread(files), Some(session)) => {
                let ids: Vec<FileId> = files.iter().filter_map(|path| session.workspace.file_id(path)).collect();
                session.reread(&ids);
            }
            _ => self.reopen(),
        }
        let today = self.today();
        self.outcome = match &self.session {
            Some(session) if self.problems.is_empty() => judged(session, today),
            _ => Outcome::default(),
        };
    }

    fn reopen(&mut self) {
        let sources = self.sources();
        let usable = self.options.cache && !git::tracks(&self.root, crate::config::CACHE_FOLDER);
        let cache = usable.then(|| Cache::open(&self.root));
        let store: &dyn Store = cache.as_ref().map_or(&Forgetful, |cache| cache);
        let options = session::Options { config: self.config() };
        match Gathered::read(&*sources, &options, store, &|_| ()) {
            Ok(gathered) => {
                self.problems.clear();
                self.session = Some(Session::join(sources, gathered));
            }
            // The last session that was right answers questions on.
            Err(Failure::Config(problems)) => self.problems = problems,
            Err(Failure::NothingToRead(_)) => {
                self.problems.clear();
                self.session = None;
            }
        }
        // A cache that cannot be written is no trouble.
        drop(cache.map(|cache| cache.save()));
    }
}

/// The findings as `bailiwick check` reports them.
fn judged(session: &Session, today: Date) -> Outcome {
    let accepted = baseline::of_workspace(&session.workspace, session).ok().flatten();
    let accepted = accepted.map(|(file, baseline)| baseline.accepted(file, false)).unwrap_or_default();
    session.check(today, &session.contexts(&[]), &accepted)
}
