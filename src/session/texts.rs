//! The texts that reports point into, read when asked for and kept.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::source::{FileId, IndexedText, Sources};
use crate::workspace;

/// Texts by file, with their line indexes.
pub struct TextCache {
    sources: Arc<dyn Sources + Send>,
    known: Mutex<FxHashMap<FileId, Option<Arc<IndexedText>>>>,
}

impl TextCache {
    /// A cache over `sources`.
    #[must_use]
    pub fn new(sources: Arc<dyn Sources + Send>) -> Self {
        Self { sources, known: Mutex::default() }
    }

    /// The next time the file is read anew.
    pub fn forget(&self, file: FileId) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&file);
    }

    /// The text of the file at `path`; `None` where it cannot be read.
    #[must_use]
    pub fn text(&self, file: FileId, path: &str) -> Option<Arc<IndexedText>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || workspace::read(&*self.sources, path).ok().map(|source| Arc::new(IndexedText::new(source)));
        known.entry(file).or_insert_with(read).clone()
    }
}
