//! The cache: what files said in an earlier run, by their content, and what all of them together said.
//!
//! Two files in a folder that git ignores by itself: a large one, and a small one of what is new since that was
//! written, so that an edit does not write everything again. A key covers all that facts depend on, so an entry
//! is right or it is not found, whichever of the two it stands in. Every entry has a checksum, and a file is written
//! beside and put into place in one step: whatever is broken, by whomever, is as good as absent. Two runs at once both
//! read; one of them writes.
//!
//! Invariant: nothing depends on the cache but time. A folder that cannot be written is no trouble.
#![expect(clippy::disallowed_methods, reason = "the cache's own files are read here")]

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::config::CACHE_FOLDER;
use crate::facts::kept::Store;

/// Begins the file; the last byte is the version of its form.
const MAGIC: &[u8; 8] = b"bwfacts\x01";
/// Magic, who wrote it, how many entries, the checksum of the index.
const HEADER: usize = 8 + 16 + 8 + 8;
/// Key, offset, length, checksum, age.
const SLOT: usize = 16 + 8 + 8 + 8 + 4;
/// An entry that so many writes did not need is left out of the next.
const MOST_IDLE_WRITES: u32 = 8;
/// The large file, and that of what is new.
const LARGE: &str = "facts";
const RECENT: &str = "recent";
/// What is new is put into the large file where it comes to more than such a part of that.
const RECENT_PART: usize = 4;

/// The cache of one root.
pub struct Cache {
    folder: PathBuf,
    identity: u128,
    large: Stored,
    recent: Stored,
    fresh: Mutex<Vec<(u128, Vec<u8>)>>,
}

/// A file of the cache.
struct Stored {
    bytes: Vec<u8>,
    slots: FxHashMap<u128, Slot>,
}

/// An entry to be written: its key, its bytes and its age.
type Entry<'b> = (u128, &'b [u8], u32);

/// Where an entry lies in the file.
struct Slot {
    start: usize,
    length: usize,
    checksum: u64,
    age: u32,
    used: AtomicBool,
}

impl Cache {
    /// The cache of the tree at `root`. Whatever cannot be read is an empty cache.
    #[must_use]
    pub fn open(root: &Path) -> Self {
        Self::of(root.join(CACHE_FOLDER), identity())
    }

    fn of(folder: PathBuf, identity: u128) -> Self {
        let own = is_own_folder(&folder);
        let stored =
            |name| Stored::of(if own { fs::read(folder.join(name)).unwrap_or_default() } else { Vec::new() }, identity);
        let (large, recent) = (stored(LARGE), stored(RECENT));
        Self { folder, identity, large, recent, fresh: Mutex::default() }
    }

    /// Writes what is new, with what is still of use of the old. Where another run writes just now, or
    /// nothing is new, there is nothing to do.
    ///
    /// # Errors
    /// What the system said. The old file is still there then.
    pub fn save(&self) -> io::Result<()> {
        let mut fresh = std::mem::take(&mut *self.fresh.lock().unwrap_or_else(PoisonError::into_inner));
        if fresh.is_empty() {
            return Ok(());
        }
        fresh.sort_by_key(|(key, _)| *key);
        fresh.dedup_by_key(|(key, _)| *key);
        self.make_folder()?;
        let Some(_lock) = lock(&self.folder.join("lock"))? else { return Ok(()) };
        self.hide_from_git()?;
        let recent = entries(&fresh, &[&self.recent]);
        let size: usize = recent.iter().map(|(_, blob, _)| blob.len()).sum();
        if size.saturating_mul(RECENT_PART) <= self.large.bytes.len() {
            return replace(&self.folder, RECENT, &self.layout(&recent));
        }
        replace(&self.folder, LARGE, &self.layout(&entries(&fresh, &[&self.recent, &self.large])))?;
        match fs::remove_file(self.folder.join(RECENT)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// A file's bytes: header, index, entries.
    fn layout(&self, entries: &[Entry<'_>]) -> Vec<u8> {
        let mut index = Vec::with_capacity(entries.len() * SLOT);
        let mut at = HEADER + entries.len() * SLOT;
        for (key, blob, age) in entries {
            index.extend(key.to_le_bytes());
            index.extend((at as u64).to_le_bytes());
            index.extend((blob.len() as u64).to_le_bytes());
            index.extend(xxh3_64(blob).to_le_bytes());
            index.extend(age.to_le_bytes());
            at += blob.len();
        }
        let mut bytes = Vec::with_capacity(at);
        bytes.extend(MAGIC);
        bytes.extend(self.identity.to_le_bytes());
        bytes.extend((entries.len() as u64).to_le_bytes());
        bytes.extend(xxh3_64(&index).to_le_bytes());
        bytes.extend(&index);
        for (_, blob, _) in entries {
            bytes.extend(*blob);
        }
        bytes
    }

    /// The folder itself.
    fn make_folder(&self) -> io::Result<()> {
        if !self.folder.exists() {
            fs::create_dir(&self.folder).or_else(|error| if self.folder.is_dir() { Ok(()) } else { Err(error) })?;
        }
        if !is_own_folder(&self.folder) {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, "the cache's folder is a link or a file"));
        }
        Ok(())
    }

    /// A file that makes git ignore the whole folder. Like every write it is for who has the lock.
    fn hide_from_git(&self) -> io::Result<()> {
        if fs::read(self.folder.join(".gitignore")).is_ok_and(|text| text == b"*\n") {
            return Ok(());
        }
        replace(&self.folder, ".gitignore", b"*\n")
    }
}

impl Stored {
    fn of(bytes: Vec<u8>, identity: u128) -> Self {
        match slots(&bytes, identity) {
            Some(slots) => Self { bytes, slots },
            None => Self { bytes: Vec::new(), slots: FxHashMap::default() },
        }
    }

    /// What is kept under a key.
    fn get(&self, key: u128) -> Option<&[u8]> {
        let slot = self.slots.get(&key)?;
        let blob = self.blob(slot)?;
        slot.used.store(true, Ordering::Relaxed);
        Some(blob)
    }

    /// The bytes of an entry, if they are what was written.
    fn blob(&self, slot: &Slot) -> Option<&[u8]> {
        let blob = self.bytes.get(slot.start..slot.start.checked_add(slot.length)?)?;
        (xxh3_64(blob) == slot.checksum).then_some(blob)
    }
}

/// What is new, and what is still of use of the old, sorted by key.
fn entries<'b>(fresh: &'b [(u128, Vec<u8>)], old: &[&'b Stored]) -> Vec<Entry<'b>> {
    let mut entries: Vec<Entry<'b>> = fresh.iter().map(|(key, blob)| (*key, blob.as_slice(), 0)).collect();
    for stored in old {
        entries.extend(stored.slots.iter().filter_map(|(key, slot)| {
            let age = if slot.used.load(Ordering::Relaxed) { 0 } else { slot.age + 1 };
            (age <= MOST_IDLE_WRITES).then_some((*key, stored.blob(slot)?, age))
        }));
    }
    // Of those of one key the first one stays.
    entries.sort_by_key(|(key, ..)| *key);
    entries.dedup_by_key(|(key, ..)| *key);
    entries
}

impl Store for Cache {
    fn get(&self, key: u128) -> Option<&[u8]> {
        self.recent.get(key).or_else(|| self.large.get(key))
    }

    fn put(&self, key: u128, bytes: Vec<u8>) {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner).push((key, bytes));
    }
}

/// Who writes: the version, and the very program, since one that was built anew may read otherwise.
fn identity() -> u128 {
    let program = std::env::current_exe().and_then(fs::metadata).ok();
    let modified = program.as_ref().and_then(|program| program.modified().ok());
    let modified = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let size = program.map_or(0, |program| program.len());
    xxh3_128(format!("{} {size} {modified:?}", env!("CARGO_PKG_VERSION")).as_bytes())
}

/// Whether there is a folder, and no link to one elsewhere.
fn is_own_folder(folder: &Path) -> bool {
    folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir())
}

/// The lock of who writes; `None` if another has it. A run that is killed gives it back.
fn lock(path: &Path) -> io::Result<Option<File>> {
    if path.is_symlink() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the cache's lock is a link"));
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Writes beside and puts into place. What a killed run left behind is taken away first.
fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let beside = folder.join(format!("{}.tmp", name.trim_start_matches('.')));
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).open(&beside)?;
    file.write_all(bytes)?;
    drop(file);
    fs::rename(&beside, folder.join(name))
}

/// The index of the file; `None` if anything in it is not as it was written, or by another program.
fn slots(bytes: &[u8], identity: u128) -> Option<FxHashMap<u128, Slot>> {
    let mut header = Bytes(bytes.get(..HEADER)?);
    if header.take::<8>()? != *MAGIC || u128::from_le_bytes(header.take()?) != identity {
        return None;
    }
    let count = header.number()?;
    let checksum = u64::from_le_bytes(header.take()?);
    let index = bytes.get(HEADER..HEADER.checked_add(count.checked_mul(SLOT)?)?)?;
    if xxh3_64(index) != checksum {
        return None;
    }
    let mut slots = FxHashMap::default();
    for slot in index.chunks_exact(SLOT) {
        let mut slot = Bytes(slot);
        let key = u128::from_le_bytes(slot.take()?);
        let (start, length) = (slot.number()?, slot.number()?);
        let checksum = u64::from_le_bytes(slot.take()?);
        let age = u32::from_le_bytes(slot.take()?);
        slots.insert(key, Slot { start, length, checksum, age, used: AtomicBool::new(false) });
    }
    Some(slots)
}

/// Bytes that are read from the front.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.take()?)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = b"what a file says";

    fn saved(folder: &Path, keys: &[u128]) {
        let cache = Cache::of(folder.to_path_buf(), 7);
        for key in keys {
            cache.put(*key, ANSWER.to_vec());
        }
        cache.save().unwrap();
    }

    #[test]
    fn what_is_put_is_found_by_the_next_run() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("cache");
        saved(&folder, &[1, 2]);
        let cache = Cache::of(folder.clone(), 7);
        assert_eq!(cache.get(2), Some(ANSWER));
        assert!(cache.get(3).is_none());
        assert_eq!(fs::read(folder.join(".gitignore")).unwrap(), b"*\n");
        assert!(Cache::of(folder, 8).get(2).is_none(), "another program's cache is none");
    }

    #[test]
    fn whatever_is_broken_is_as_good_as_absent() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("cache");
        saved(&folder, &[1, 2]);
        let whole = fs::read(folder.join("facts")).unwrap();
        for at in (0..whole.len()).step_by(3) {
            let mut broken = whole.clone();
            broken[at] ^= 0x55;
            fs::write(folder.join("facts"), &broken).unwrap();
            let cache = Cache::of(folder.clone(), 7);
            for key in [1, 2] {
                if let Some(found) = cache.get(key) {
                    assert_eq!(found, ANSWER, "byte {at}");
                }
            }
            fs::write(folder.join("facts"), &whole[..at]).unwrap();
            assert!(Cache::of(folder.clone(), 7).large.slots.is_empty() || at >= HEADER + 2 * SLOT);
        }
    }

    #[test]
    fn what_nobody_needs_goes_after_some_writes() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("cache");
        saved(&folder, &[1]);
        for key in 2..=MOST_IDLE_WRITES + 2 {
            let cache = Cache::of(folder.clone(), 7);
            assert!(cache.large.slots.contains_key(&1));
            // Each is so large that everything is written again.
            cache.put(u128::from(key), vec![0; 64 << key]);
            cache.save().unwrap();
        }
        assert!(!Cache::of(folder, 7).large.slots.contains_key(&1));
    }

    #[test]
    fn what_is_new_is_written_beside_what_is_large() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("cache");
        let put = |key: u128, blob: Vec<u8>| {
            let cache = Cache::of(folder.clone(), 7);
            cache.put(key, blob);
            cache.save().unwrap();
        };
        let length = |name: &str| fs::metadata(folder.join(name)).map(|metadata| metadata.len()).ok();
        put(1, vec![1; 100_000]);
        let large = length(LARGE);
        assert_eq!(length(RECENT), None);
        put(2, vec![2; 10_000]);
        put(3, vec![3; 10_000]);
        assert_eq!(length(LARGE), large);
        assert!(length(RECENT) > Some(20_000));
        let cache = Cache::of(folder.clone(), 7);
        for key in 1..=3_u8 {
            assert_eq!(cache.get(u128::from(key)).map(|blob| blob[0]), Some(key));
        }
        put(4, vec![4; 10_000]);
        assert_eq!(length(RECENT), None, "what is new has come to a quarter of the rest");
        let cache = Cache::of(folder.clone(), 7);
        for key in 1..=4_u8 {
            assert_eq!(cache.get(u128::from(key)).map(|blob| blob[0]), Some(key));
        }
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let root = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let folder = root.path().join("cache");
        std::os::unix::fs::symlink(elsewhere.path(), &folder).unwrap();
        let cache = Cache::of(folder.clone(), 7);
        cache.put(1, ANSWER.to_vec());
        assert!(cache.save().is_err());
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
        fs::remove_file(&folder).unwrap();
        fs::create_dir(&folder).unwrap();
        let target = elsewhere.path().join("precious");
        fs::write(&target, "kept").unwrap();
        std::os::unix::fs::symlink(&target, folder.join("facts.tmp")).unwrap();
        saved(&folder, &[1]);
        assert_eq!(fs::read(target).unwrap(), b"kept");
        assert!(Cache::of(folder, 7).get(1).is_some());
    }
}
