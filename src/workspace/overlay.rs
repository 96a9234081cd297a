//! Texts that are not saved yet, over whatever lies below: an editor's buffers, or what comes in on stdin.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use crate::source::{Candidate, ListFilter, ListedFile, Listing, Sources};

/// Sources of which some files have another text.
pub struct Overlay {
    below: Arc<dyn Sources + Send>,
    texts: RwLock<BTreeMap<String, Arc<[u8]>>>,
}

impl Overlay {
    /// Over `below`, with no text of its own yet.
    #[must_use]
    pub fn new(below: Arc<dyn Sources + Send>) -> Self {
        Self { below, texts: RwLock::default() }
    }

    /// From now on the file at `path` (relative to the root, with `/`) has this text.
    pub fn set(&self, path: &str, text: &str) {
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        texts.insert(path.to_owned(), text.as_bytes().into());
    }

    /// The file at `path` is again what lies below.
    pub fn clear(&self, path: &str) {
        self.texts.write().unwrap_or_else(PoisonError::into_inner).remove(path);
    }

    fn own(&self, path: &str) -> Option<Arc<[u8]>> {
        self.texts.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }
}

impl Sources for Overlay {
    fn root(&self) -> &Path {
        self.below.root()
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.own(path) {
            Some(text) => Ok(text.to_vec()),
            None => self.below.read(path),
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.own(path).is_some() || self.below.exists(path)
    }

    fn list(&self, wanted: &ListFilter<'_>) -> Listing {
        let mut listing = self.below.list(wanted);
        let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
        for (path, text) in texts.iter() {
            let size = text.len() as u64;
            if let Ok(at) = listing.files.binary_search_by(|file| file.path.as_str().cmp(path)) {
                listing.files[at].size = size;
                continue;
            }
            let left_out = listing.skipped.iter().any(|skipped| {
                skipped.path == *path || (skipped.path.ends_with('/') && path.starts_with(&skipped.path))
            });
            if !left_out && wanted(&Candidate { path, size: Some(size), siblings: &[] }).is_none() {
                listing.files.push(ListedFile { path: path.clone(), size });
                listing.files.sort();
            }
        }
        listing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Disk;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test makes the files that it reads")]
    fn unsaved_texts_stand_before_what_lies_below() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.sql"), "old").unwrap();
        std::fs::create_dir(folder.path().join("node_modules")).unwrap();
        std::fs::write(folder.path().join(".gitignore"), "ignored/\n").unwrap();
        std::fs::create_dir(folder.path().join("ignored")).unwrap();
        let overlay = Overlay::new(Arc::new(Disk::new(folder.path()).unwrap()));
        overlay.set("a.sql", "newer");
        overlay.set("b.sql", "b");
        overlay.set("ignored/c.sql", "c");
        let files = overlay.list(&|_| None).files;
        let files: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.size)).collect();
        assert_eq!(files, [(".gitignore", 9), ("a.sql", 5), ("b.sql", 1)]);
        assert_eq!(overlay.read("a.sql").unwrap(), b"newer");
        overlay.clear("a.sql");
        assert_eq!(overlay.read("a.sql").unwrap(), b"old");
    }
}
