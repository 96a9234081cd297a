//! The disk as a source: one walk that heeds gitignore files and gives a reason for all it leaves out.
//!
//! Folders are read level by level, each level in parallel. No link is followed: what it leads to is
//! either in the root, and read there, or none of the run's business.
#![expect(clippy::disallowed_methods, reason = "this is the one place where sources are read")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rayon::prelude::*;

use crate::config::CACHE_FOLDER;
use crate::source::{Candidate, ListFilter, ListedFile, Listing, SkipReason, Skipped, Sources};

/// The files under a folder of the disk.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The disk below `root`.
    ///
    /// # Errors
    /// When `root` is no folder that can be entered.
    pub fn new(root: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        fs::read_dir(&root)?;
        Ok(Self { root })
    }
}

impl Sources for Disk {
    fn root(&self) -> &Path {
        &self.root
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let path = self.root.join(path);
        // A FIFO would wait for a writer for ever.
        if !fs::metadata(&path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        fs::read(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    fn list(&self, wanted: &ListFilter<'_>) -> Listing {
        let mut listing = Listing::default();
        let mut level = vec![Folder { path: String::new(), ignores: outer_ignores(&self.root) }];
        while !level.is_empty() {
            let read: Vec<FolderListing> = level.par_iter().map(|folder| self.read_folder(folder, wanted)).collect();
            level = Vec::new();
            for folder in read {
                listing.files.extend(folder.files);
                listing.skipped.extend(folder.skipped);
                level.extend(folder.folders);
            }
        }
        listing.files.sort();
        listing.skipped.sort();
        listing
    }
}

/// A folder still to be read.
struct Folder {
    /// Relative to the root; empty for the root.
    path: String,
    /// The ignore files that hold in it from outside, the innermost first.
    ignores: Option<Arc<Ignores>>,
}

/// A chain of ignore files, the innermost first.
struct Ignores {
    rules: Gitignore,
    outer: Option<Arc<Ignores>>,
}

#[derive(Default)]
struct FolderListing {
    files: Vec<ListedFile>,
    skipped: Vec<Skipped>,
    folders: Vec<Folder>,
}

impl FolderListing {
    fn skip(&mut self, path: String, reason: SkipReason) {
        self.skipped.push(Skipped { path, reason });
    }
}

impl Disk {
    fn read_folder(&self, folder: &Folder, wanted: &ListFilter<'_>) -> FolderListing {
        let mut listing = FolderListing::default();
        let absolute = self.root.join(&folder.path);
        let entries = match fs::read_dir(&absolute).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => {
                listing.skip(format!("{}/", folder.path), SkipReason::Unreadable(error.to_string()));
                return listing;
            }
        };
        let mut names: Vec<String> = Vec::with_capacity(entries.len());
        let mut known = Vec::with_capacity(entries.len());
        for entry in entries {
            if entry.file_name() == CACHE_FOLDER {
                continue;
            }
            match entry.file_name().into_string() {
                Ok(name) => {
                    names.push(name.clone());
                    known.push((name, entry));
                }
                Err(name) => {
                    listing.skip(joined(&folder.path, &name.to_string_lossy()), SkipReason::NameNotUnicode);
                }
            }
        }
        names.sort_unstable();
        let ignores = inner_ignores(&absolute, &names, folder.ignores.clone());
        for (name, entry) in known {
            self.sort_entry(&joined(&folder.path, &name), &entry, &names, ignores.as_ref(), wanted, &mut listing);
        }
        listing
    }

    fn sort_entry(
        &self,
        path: &str,
        entry: &fs::DirEntry,
        siblings: &[String],
        ignores: Option<&Arc<Ignores>>,
        wanted: &ListFilter<'_>,
        listing: &mut FolderListing,
    ) {
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => return listing.skip(path.to_owned(), SkipReason::Unreadable(error.to_string())),
        };
        let folder = kind.is_dir();
        let shown = if folder { format!("{path}/") } else { path.to_owned() };
        if is_ignored(ignores, &entry.path(), folder) {
            return listing.skip(shown, SkipReason::Ignored);
        }
        if kind.is_symlink() {
            return listing.skip(shown, SkipReason::Link(self.link_kind(&entry.path())));
        }
        let size = if folder {
            None
        } else if kind.is_file() {
            match entry.metadata() {
                Ok(metadata) => Some(metadata.len()),
                Err(error) => return listing.skip(shown, SkipReason::Unreadable(error.to_string())),
            }
        } else {
            return listing.skip(shown, SkipReason::Special(special_kind(kind)));
        };
        if let Some(reason) = wanted(&Candidate { path, size, siblings }) {
            return listing.skip(shown, reason);
        }
        match size {
            Some(size) => listing.files.push(ListedFile { path: path.to_owned(), size }),
            None => listing.folders.push(Folder { path: path.to_owned(), ignores: ignores.cloned() }),
        }
    }

    /// Where a symlink leads.
    fn link_kind(&self, link: &Path) -> &'static str {
        match link.canonicalize() {
            Ok(target) if target.starts_with(&self.root) => "to a place in the root, which is read there",
            Ok(_) => "out of the root",
            Err(error) if error.kind() == io::ErrorKind::NotFound => "to nothing",
            Err(_) => "that leads nowhere",
        }
    }
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(unix)]
fn special_kind(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "FIFO"
    } else if kind.is_socket() {
        "socket"
    } else {
        "device"
    }
}

#[cfg(not(unix))]
fn special_kind(_: fs::FileType) -> &'static str {
    "special file"
}

/// The innermost rule that speaks of the path decides.
fn is_ignored(ignores: Option<&Arc<Ignores>>, path: &Path, folder: bool) -> bool {
    let mut next = ignores;
    while let Some(ignores) = next {
        match ignores.rules.matched(path, folder) {
            Match::Ignore(_) => return true,
            Match::Whitelist(_) => return false,
            Match::None => next = ignores.outer.as_ref(),
        }
    }
    false
}

/// `outer` with the ignore files of `folder` before it.
fn inner_ignores(folder: &Path, names: &[String], outer: Option<Arc<Ignores>>) -> Option<Arc<Ignores>> {
    let present = [".gitignore", ".ignore"].into_iter().filter(|name| names.iter().any(|other| other == name));
    let files: Vec<PathBuf> = present.map(|name| folder.join(name)).collect();
    chained(folder, &files, outer)
}

fn chained(folder: &Path, files: &[PathBuf], outer: Option<Arc<Ignores>>) -> Option<Arc<Ignores>> {
    if files.is_empty() {
        return outer;
    }
    let mut builder = GitignoreBuilder::new(folder);
    for file in files {
        // A line that is no glob is left out by git too; a file that is not readable hides nothing.
        drop(builder.add(file));
    }
    match builder.build() {
        Ok(rules) => Some(Arc::new(Ignores { rules, outer })),
        Err(_) => outer,
    }
}

/// The ignore files that hold at the root from outside of it: those of the folders up to the top of
/// the git repository, and the repository's own exclude file. The user's global one is left out: the
/// answer must not depend on whose machine it is.
fn outer_ignores(root: &Path) -> Option<Arc<Ignores>> {
    let top = root.ancestors().find(|folder| folder.join(".git").exists())?;
    let exclude = top.join(".git/info/exclude");
    let mut ignores = if exclude.is_file() { chained(top, &[exclude], None) } else { None };
    let between: Vec<&Path> = root.ancestors().skip(1).take_while(|folder| folder.starts_with(top)).collect();
    for folder in between.into_iter().rev() {
        let files = [".gitignore", ".ignore"].map(|name| folder.join(name));
        let files: Vec<PathBuf> = files.into_iter().filter(|file| file.is_file()).collect();
        ignores = chained(folder, &files, ignores);
    }
    ignores
}
