//! What every integration test needs: small repositories from a text, and the real binary run on them.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// No run of a test may take longer: what does hangs.
const DEADLINE: Duration = Duration::from_mins(3);

/// The day of every run, so that no expiry date makes a test age.
pub const TODAY: &str = "2026-11-22";

/// The root of the project.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a run of the binary left behind.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The output as JSON; the run must have printed some.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON on stdout ({error}):\n{}\n{}", self.stdout, self.stderr))
    }
}

/// Runs the binary in `folder`, with the environment of a pipe on a bare machine.
pub fn bailiwick(folder: &Path, arguments: &[&str]) -> Run {
    bailiwick_watched(folder, arguments, |_| ())
}

/// The same; `watch` is called with the process again and again while it runs.
pub fn bailiwick_watched(folder: &Path, arguments: &[&str], mut watch: impl FnMut(&Child)) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env_remove("RUST_BACKTRACE")
        .env_remove("GITHUB_ACTIONS")
        .env_remove("CI")
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .spawn()
        .expect("the binary starts");
    let stdout = read_aside(child.stdout.take().expect("stdout is piped"));
    let stderr = read_aside(child.stderr.take().expect("stderr is piped"));
    let start = Instant::now();
    let status = loop {
        watch(&child);
        if let Some(status) = child.try_wait().expect("the child can be waited for") {
            break status;
        }
        if start.elapsed() > DEADLINE {
            child.kill().expect("the child can be killed");
            panic!("bailiwick {arguments:?} did not end in {DEADLINE:?}");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let run = Run {
        code: status.code().unwrap_or(-1),
        stdout: stdout.join().expect("stdout is UTF-8"),
        stderr: stderr.join().expect("stderr is UTF-8"),
    };
    assert!(!run.stderr.contains("panicked at"), "bailiwick {arguments:?} panicked:\n{}", run.stderr);
    assert!(status.code().is_some(), "bailiwick {arguments:?} was killed ({status}):\n{}", run.stderr);
    run
}

/// Reads a pipe to its end on a thread of its own, so that a full pipe never stops the child.
fn read_aside(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).expect("UTF-8");
        text
    })
}

/// A small repository in a temporary folder, gone when dropped.
pub struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    /// An empty one.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// One that holds `files`, written down as `//- path` lines, each with the file's text below.
    pub fn of(files: &str) -> Self {
        let repository = Self::empty();
        for (path, text) in split_files(files) {
            repository.write(&path, text.as_bytes());
        }
        repository
    }

    /// A copy of the folder `from`, for cases that live in the project's own tree.
    pub fn copied(from: &Path) -> Self {
        let repository = Self::empty();
        for entry in walkdir::WalkDir::new(from).sort_by_file_name() {
            let entry = entry.unwrap_or_else(|error| panic!("{}: {error}", from.display()));
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(from).expect("a path below the folder walked");
                repository.write(path, &fs::read(entry.path()).expect("a readable fixture"));
            }
        }
        repository
    }

    /// Where it lies.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Where `path` of it lies.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root().join(path)
    }

    /// Writes one file, with the folders it needs.
    pub fn write(&self, path: impl AsRef<Path>, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::write(path, bytes).expect("the file can be written");
    }

    /// Runs the binary at its root.
    pub fn run(&self, arguments: &[&str]) -> Run {
        bailiwick(self.root(), arguments)
    }

    /// `check --format json` at its root, with the exit code.
    pub fn check(&self) -> (i32, serde_json::Value) {
        let run = self.run(&["check", "--format", "json", "--today", TODAY]);
        (run.code, run.json())
    }
}

/// The files of a text in which a line `//- path` begins each. Text before the first such line is none.
pub fn split_files(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("//- ") {
            files.push((path.trim().to_string(), String::new()));
        } else if let Some((_, file)) = files.last_mut() {
            file.push_str(line);
        }
    }
    files
}

/// Every file of the project below `folder` whose name ends in `suffix`, sorted.
pub fn project_files(folder: &str, suffix: &str) -> Vec<PathBuf> {
    walkdir::WalkDir::new(project().join(folder))
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() && entry.path().to_string_lossy().ends_with(suffix))
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// The path of a project file, relative and with `/`.
pub fn relative(path: &Path) -> String {
    path.strip_prefix(project()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Numbers that are the same in each run: xorshift, from a seed that is not nought.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap()
    }

    pub fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}
