//! Trees as git knows them: a revision, or what is staged. Nothing is checked out.
//!
//! Files that do not differ from the work tree are read from the disk, the others from git's objects by
//! one `git cat-file` that stays open.
//!
//! Invariant: git is called here and nowhere else, never with anything that would run a program of the
//! repository's choice: no hooks, no file system monitor, no filters, no external diff.
#![expect(clippy::disallowed_methods, reason = "this is the one place that calls git")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::source::{Candidate, ListFilter, ListedFile, Listing, SkipReason, Skipped, Sources};
use crate::workspace::Disk;

/// Why git did not answer.
#[derive(Debug)]
pub enum GitError {
    /// The program is not there.
    Missing(io::Error),
    /// It said no: its own words.
    Refused(String),
    /// It broke off.
    Broken(io::Error),
}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(error) => write!(f, "cannot run `git`: {error}"),
            Self::Refused(words) => write!(f, "git says: {words}"),
            Self::Broken(error) => write!(f, "git broke off: {error}"),
        }
    }
}

impl std::error::Error for GitError {}

/// A `git` command in `folder` that runs nothing of the repository's choice.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(["--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        .args(["-c", "core.quotePath=false", "-c", "submodule.recurse=false"])
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

fn output(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    let output = git(folder).args(arguments).output().map_err(GitError::Missing)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let words = words.lines().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
    Err(GitError::Refused(words.trim_start_matches("fatal: ").to_owned()))
}

/// Whether git tracks anything at `path` below `root`. Where there is no git, nothing is tracked.
#[must_use]
pub fn tracks(root: &Path, path: &str) -> bool {
    output(root, &["ls-files", "-z", "--", path]).is_ok_and(|paths| !paths.is_empty())
}

/// The revision that `text` means. `main...` stands for where the current branch left `main`.
///
/// # Errors
/// When there is no such revision.
pub fn resolve(root: &Path, text: &str) -> Result<String, GitError> {
    if text.starts_with('-') {
        return Err(GitError::Refused(format!("`{text}` is no revision")));
    }
    let answer = match text.strip_suffix("...") {
        Some(base) => output(root, &["merge-base", base, "HEAD"])?,
        None => output(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{text}^{{commit}}")])
            .map_err(|error| match error {
                GitError::Refused(_) => GitError::Refused(format!("`{text}` is no revision of this repository")),
                other => other,
            })?,
    };
    Ok(String::from_utf8_lossy(&answer).trim().to_owned())
}

/// A file of a tree.
#[derive(Debug, Clone)]
struct Blob {
    object: String,
    size: u64,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Submodule,
}

/// A tree of git's as a source.
pub struct GitTree {
    disk: Disk,
    blobs: BTreeMap<String, Blob>,
    /// Paths whose text differs from the work tree's.
    changed: BTreeSet<String>,
    objects: Mutex<Option<Objects>>,
}

impl GitTree {
    /// The tree of a revision, as [`resolve`] gives it, below the disk's root.
    ///
    /// # Errors
    /// When git does not know it.
    pub fn revision(disk: Disk, revision: &str) -> Result<Self, GitError> {
        let root = disk.root().to_path_buf();
        let prefix = prefix(&root)?;
        let mut arguments = vec!["ls-tree", "-r", "-z", "-l", "--full-tree", revision];
        if !prefix.is_empty() {
            arguments.extend(["--", prefix.as_str()]);
        }
        let listed = output(&root, &arguments)?;
        let lines = listed.split(|byte| *byte == 0).filter_map(|line| std::str::from_utf8(line).ok());
        let blobs = lines.filter_map(|line| tree_line(line, &prefix)).collect();
        let differing = ["diff", "--no-ext-diff", "--no-textconv", "--name-only", "--no-renames", "-z", revision];
        let changed = paths(&output(&root, &differing)?, &prefix);
        Self::new(disk, blobs, changed)
    }

    /// What is staged.
    ///
    /// # Errors
    /// When there is no repository.
    pub fn staged(disk: Disk) -> Result<Self, GitError> {
        let root = disk.root().to_path_buf();
        let prefix = prefix(&root)?;
        let listed = output(&root, &["ls-files", "-s", "-z", "--full-name"])?;
        let lines = listed.split(|byte| *byte == 0).filter_map(|line| std::str::from_utf8(line).ok());
        let blobs = lines.filter_map(|line| index_line(line, &prefix)).collect();
        let differing = ["diff", "--no-ext-diff", "--no-textconv", "--name-only", "--no-renames", "-z"];
        let changed = paths(&output(&root, &differing)?, &prefix);
        let mut tree = Self::new(disk, blobs, changed)?;
        tree.measure();
        Ok(tree)
    }

    fn new(disk: Disk, blobs: BTreeMap<String, Blob>, mut changed: BTreeSet<String>) -> Result<Self, GitError> {
        let objects = Objects::start(disk.root())?;
        // What git does not compare (a file it assumes unchanged and that is gone) is git's to give.
        changed.extend(blobs.keys().filter(|path| !disk.exists(path)).cloned());
        Ok(Self { disk, blobs, changed, objects: Mutex::new(Some(objects)) })
    }

    /// Sizes of an index's files: those that are as on the disk from there, the others from git.
    fn measure(&mut self) {
        let paths: Vec<String> = self.blobs.keys().cloned().collect();
        for path in paths {
            let size = if self.changed.contains(&path) {
                self.read(&path).map_or(0, |bytes| bytes.len() as u64)
            } else {
                self.disk.root().join(&path).metadata().map_or(0, |metadata| metadata.len())
            };
            if let Some(blob) = self.blobs.get_mut(&path) {
                blob.size = size;
            }
        }
    }

    fn object(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = objects.as_mut() else { return Err(io::Error::other("git broke off earlier")) };
        let answer = open.read(name);
        // After half an answer nothing that follows can be trusted.
        if answer.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::NotFound) {
            *objects = None;
        }
        answer
    }
}

/// Where `root` lies in its repository: empty, or a path that ends in `/`.
fn prefix(root: &Path) -> Result<String, GitError> {
    let answer = output(root, &["rev-parse", "--show-prefix"])?;
    Ok(String::from_utf8_lossy(&answer).trim_end_matches('\n').to_owned())
}

/// `mode type object size\tpath`
fn tree_line(line: &str, prefix: &str) -> Option<(String, Blob)> {
    let (head, path) = line.split_once('\t')?;
    let mut words = head.split_ascii_whitespace();
    let (mode, _, object, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let blob = Blob { object: object.to_owned(), size: size.parse().unwrap_or(0), kind: kind(mode) };
    Some((path.strip_prefix(prefix)?.to_owned(), blob))
}

/// `mode object stage\tpath`; of a conflict our own side counts.
fn index_line(line: &str, prefix: &str) -> Option<(String, Blob)> {
    let (head, path) = line.split_once('\t')?;
    let mut words = head.split_ascii_whitespace();
    let (mode, object, stage) = (words.next()?, words.next()?, words.next()?);
    if stage != "0" && stage != "2" {
        return None;
    }
    Some((path.strip_prefix(prefix)?.to_owned(), Blob { object: object.to_owned(), size: 0, kind: kind(mode) }))
}

fn kind(mode: &str) -> Kind {
    match mode {
        "120000" => Kind::Link,
        "160000" => Kind::Submodule,
        _ => Kind::File,
    }
}

fn paths(listed: &[u8], prefix: &str) -> BTreeSet<String> {
    let paths = listed.split(|byte| *byte == 0).filter_map(|path| std::str::from_utf8(path).ok());
    paths.filter_map(|path| path.strip_prefix(prefix)).map(str::to_owned).collect()
}

/// A `git cat-file --batch` that stays open.
struct Objects {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    fn start(root: &Path) -> Result<Self, GitError> {
        let mut child = git(root)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(GitError::Missing)?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(GitError::Broken(io::Error::other("it has no pipes")));
        };
        Ok(Self { child, questions, answers: BufReader::new(answers) })
    }

    fn read(&mut self, object: &str) -> io::Result<Vec<u8>> {
        writeln!(self.questions, "{object}")?;
        self.questions.flush()?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        let mut words = head.split_ascii_whitespace();
        let size = match (words.next(), words.next(), words.next()) {
            (Some(_), Some("blob"), Some(size)) => size.parse::<usize>().map_err(io::Error::other)?,
            (Some(_), Some("missing"), _) => {
                return Err(io::Error::new(io::ErrorKind::NotFound, "git has not fetched this object"));
            }
            _ => return Err(io::Error::other(format!("git answered `{}`", head.trim()))),
        };
        let mut bytes = vec![0; size];
        self.answers.read_exact(&mut bytes)?;
        let mut end = [0; 1];
        self.answers.read_exact(&mut end)?;
        Ok(bytes)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It ends when its input does; a stuck one is not waited for.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Sources for GitTree {
    fn root(&self) -> &Path {
        self.disk.root()
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        if Path::new(path).is_absolute() {
            return self.disk.read(path);
        }
        match self.blobs.get(path) {
            Some(Blob { kind: Kind::File, object, .. }) => {
                if self.changed.contains(path) {
                    self.object(object)
                } else {
                    self.disk.read(path)
                }
            }
            Some(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
            None => Err(io::Error::new(io::ErrorKind::NotFound, "not in this tree")),
        }
    }

    fn exists(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        let below = self.blobs.range(folder.clone()..).next();
        self.blobs.contains_key(path) || path == "." || below.is_some_and(|(found, _)| found.starts_with(&folder))
    }

    fn list(&self, wanted: &ListFilter<'_>) -> Listing {
        let mut listing = Listing::default();
        let folders = folders(&self.blobs);
        self.list_folder(&folders, "", None, wanted, &mut listing);
        listing.files.sort();
        listing.skipped.sort();
        listing
    }
}

/// For each folder the names in it, sorted, each with whether it is a folder.
type Folders = BTreeMap<String, BTreeMap<String, bool>>;

fn folders(blobs: &BTreeMap<String, Blob>) -> Folders {
    let mut folders: Folders = BTreeMap::from([(String::new(), BTreeMap::new())]);
    for path in blobs.keys() {
        let (mut rest, mut leaf) = (path.as_str(), false);
        while !rest.is_empty() {
            let (folder, name) = rest.rsplit_once('/').unwrap_or(("", rest));
            folders.entry(folder.to_owned()).or_default().insert(name.to_owned(), leaf);
            (rest, leaf) = (folder, true);
        }
    }
    folders
}

/// The ignore files that hold in a folder, the innermost first.
struct Ignores<'a> {
    rules: Gitignore,
    outer: Option<&'a Ignores<'a>>,
}

impl Ignores<'_> {
    fn hides(&self, path: &Path, folder: bool) -> bool {
        match self.rules.matched(path, folder) {
            Match::Ignore(_) => true,
            Match::Whitelist(_) => false,
            Match::None => self.outer.is_some_and(|outer| outer.hides(path, folder)),
        }
    }
}

impl GitTree {
    fn list_folder(
        &self,
        folders: &Folders,
        folder: &str,
        outer: Option<&Ignores<'_>>,
        wanted: &ListFilter<'_>,
        listing: &mut Listing,
    ) {
        let Some(names) = folders.get(folder) else { return };
        let siblings: Vec<String> = names.keys().cloned().collect();
        let own = self.ignores(folder, names).map(|rules| Ignores { rules, outer });
        let ignores = own.as_ref().or(outer);
        for (name, is_folder) in names {
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let shown = if *is_folder { format!("{path}/") } else { path.clone() };
            match self.reason_against(&path, *is_folder, &siblings, ignores, wanted) {
                Some(reason) => listing.skipped.push(Skipped { path: shown, reason }),
                None if *is_folder => self.list_folder(folders, &path, ignores, wanted, listing),
                None => {
                    let size = self.blobs.get(&path).map_or(0, |blob| blob.size);
                    listing.files.push(ListedFile { path, size });
                }
            }
        }
    }

    /// Why what stands at `path` is left out: for the reasons for which a walk of the disk leaves it out.
    fn reason_against(
        &self,
        path: &str,
        is_folder: bool,
        siblings: &[String],
        ignores: Option<&Ignores<'_>>,
        wanted: &ListFilter<'_>,
    ) -> Option<SkipReason> {
        if ignores.is_some_and(|ignores| ignores.hides(&self.absolute(path), is_folder)) {
            return Some(SkipReason::Ignored);
        }
        let blob = self.blobs.get(path);
        match blob.map(|blob| blob.kind) {
            Some(Kind::Link) => return Some(SkipReason::Link("which git holds as such")),
            Some(Kind::Submodule) => return Some(SkipReason::Special("submodule")),
            _ => {}
        }
        let size = if is_folder { None } else { Some(blob.map_or(0, |blob| blob.size)) };
        wanted(&Candidate { path, size, siblings })
    }

    fn ignores(&self, folder: &str, names: &BTreeMap<String, bool>) -> Option<Gitignore> {
        let present: Vec<&str> =
            [".gitignore", ".ignore"].into_iter().filter(|name| names.contains_key(*name)).collect();
        if present.is_empty() {
            return None;
        }
        let mut builder = GitignoreBuilder::new(self.absolute(folder));
        for name in present {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            let text = self.read(&path).unwrap_or_default();
            for line in String::from_utf8_lossy(&text).lines() {
                // A line that is no glob is left out by git too.
                drop(builder.add_line(None, line));
            }
        }
        builder.build().ok()
    }

    fn absolute(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Runs git as a test's author would, without any config of the machine's.
    fn run(folder: &Path, arguments: &[&str]) {
        let status = Command::new("git")
            .current_dir(folder)
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "git {arguments:?}");
    }

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        run(folder.path(), &["init", "-q", "-b", "main"]);
        write(folder.path(), "a/one.sql", "SELECT 1");
        write(folder.path(), "a/two.sql", "SELECT 2");
        write(folder.path(), "gone.sql", "SELECT 3");
        write(folder.path(), ".gitignore", "*.log\n");
        run(folder.path(), &["add", "."]);
        run(folder.path(), &["commit", "-q", "-m", "first"]);
        folder
    }

    fn text(tree: &GitTree, path: &str) -> String {
        String::from_utf8(tree.read(path).unwrap()).unwrap()
    }

    fn listed(tree: &GitTree) -> Vec<String> {
        tree.list(&|_| None).files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn a_revision_is_read_without_a_checkout() {
        let folder = repository();
        write(folder.path(), "a/one.sql", "SELECT 'changed'");
        write(folder.path(), "new.sql", "SELECT 4");
        fs::remove_file(folder.path().join("gone.sql")).unwrap();
        let revision = resolve(folder.path(), "HEAD").unwrap();
        let tree = GitTree::revision(Disk::new(folder.path()).unwrap(), &revision).unwrap();
        assert_eq!(listed(&tree), [".gitignore", "a/one.sql", "a/two.sql", "gone.sql"]);
        assert_eq!(text(&tree, "a/one.sql"), "SELECT 1");
        assert_eq!(text(&tree, "a/two.sql"), "SELECT 2");
        assert_eq!(text(&tree, "gone.sql"), "SELECT 3");
        assert!(tree.read("new.sql").is_err());
        assert!(tree.exists("a") && tree.exists("gone.sql") && !tree.exists("b") && !tree.exists("new.sql"));
        let sub = GitTree::revision(Disk::new(&folder.path().join("a")).unwrap(), &revision).unwrap();
        assert_eq!(listed(&sub), ["one.sql", "two.sql"]);
        assert_eq!(text(&sub, "one.sql"), "SELECT 1");
    }

    #[test]
    fn what_is_staged_is_not_what_lies_in_the_work_tree() {
        let folder = repository();
        write(folder.path(), "a/one.sql", "SELECT 'staged'");
        write(folder.path(), "new.sql", "SELECT 4");
        run(folder.path(), &["add", "a/one.sql", "new.sql"]);
        write(folder.path(), "a/one.sql", "SELECT 'not staged'");
        write(folder.path(), "untracked.sql", "SELECT 5");
        let tree = GitTree::staged(Disk::new(folder.path()).unwrap()).unwrap();
        assert_eq!(listed(&tree), [".gitignore", "a/one.sql", "a/two.sql", "gone.sql", "new.sql"]);
        assert_eq!(text(&tree, "a/one.sql"), "SELECT 'staged'");
        assert!(tree.read("untracked.sql").is_err());
    }

    #[test]
    fn what_is_no_revision_says_so() {
        let folder = repository();
        assert!(resolve(folder.path(), "nowhere").unwrap_err().to_string().contains("`nowhere` is no revision"));
        assert!(resolve(folder.path(), "--output=x").is_err());
        let left = resolve(folder.path(), "main...").unwrap();
        assert_eq!(left, resolve(folder.path(), "HEAD").unwrap());
        let outside = tempfile::tempdir().unwrap();
        assert!(resolve(outside.path(), "HEAD").is_err());
    }

    #[test]
    fn only_what_is_tracked_is_tracked() {
        let folder = repository();
        write(folder.path(), "b/new.sql", "");
        assert!(tracks(folder.path(), "a"));
        assert!(!tracks(folder.path(), "b"));
    }
}
