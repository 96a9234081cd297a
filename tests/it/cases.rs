//! The cases of `fixtures/cases`: each a small repository, commands run in it, and what they must print.
//!
//! `case.toml` says what the case shows and lists its runs:
//!
//! ```toml
//! about = "what this case shows"
//! repository = "fixtures/shop"      # left out: the folder `repo` beside this file
//!
//! [runs.check]
//! command = "check --format concise --today 2026-11-22"
//! exit = 1
//! ```
//!
//! What a run prints on stdout stands in `check.stdout`; what it prints on stderr in `check.stderr`, if that
//! file exists. `SNAPSHOTS=overwrite cargo test --test it cases` writes both anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use snapbox::{Assert, Data};

use crate::support::{Repository, project, relative};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    about: String,
    repository: Option<String>,
    runs: BTreeMap<String, CaseRun>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct CaseRun {
    command: String,
    exit: i32,
}

/// The folders of `fixtures/cases`, sorted.
pub fn case_folders() -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(project().join("fixtures/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn read(folder: &Path) -> Case {
    let path = folder.join("case.toml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", relative(&path)));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", relative(&path)))
}

fn source(folder: &Path, case: &Case) -> PathBuf {
    case.repository.as_ref().map_or_else(|| folder.join("repo"), |path| project().join(path))
}

#[test]
fn every_case_prints_what_it_must() {
    let mut wrong = String::new();
    for folder in case_folders() {
        let case = read(&folder);
        let repository = Repository::copied(&source(&folder, &case));
        for (name, expected) in &case.runs {
            let arguments: Vec<&str> = expected.command.split_whitespace().collect();
            let run = repository.run(&arguments);
            let mut problems = Vec::new();
            if run.code != expected.exit {
                problems.push(format!("exit code {} instead of {}\n{}", run.code, expected.exit, run.stderr));
            }
            problems.extend(compare(&folder.join(format!("{name}.stdout")), &run.stdout));
            let stderr = folder.join(format!("{name}.stderr"));
            if stderr.exists() {
                problems.extend(compare(&stderr, &run.stderr));
            }
            for problem in problems {
                let _ = writeln!(wrong, "{} ({}), run `{name}`: {problem}", relative(&folder), case.about);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Compares with the file's text, or writes it if `SNAPSHOTS=overwrite` says so.
fn compare(path: &Path, actual: &str) -> Option<String> {
    let expected = Data::read_from(path, None);
    Assert::new()
        .action_env("SNAPSHOTS")
        .try_eq(None, actual.into(), expected.raw())
        .err()
        .map(|error| error.to_string())
}

#[test]
fn no_case_and_no_fixture_is_an_orphan() {
    let mut used = Vec::new();
    for folder in case_folders() {
        let case = read(&folder);
        used.push(source(&folder, &case));
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            let known = match path.extension().and_then(|extension| extension.to_str()) {
                Some("stdout" | "stderr") => case.runs.contains_key(&stem),
                Some("toml") => stem == "case",
                _ => stem == "repo" && case.repository.is_none(),
            };
            assert!(known, "{} belongs to no run of its case", relative(&path));
        }
    }
    for entry in fs::read_dir(project().join("fixtures")).unwrap() {
        let path = entry.unwrap().path();
        let of_other_tests = ["boundaries", "cases", "frameworks", "sql"].iter().any(|folder| path.ends_with(folder));
        if path.is_dir() && !of_other_tests {
            assert!(used.contains(&path), "{} is used by no case", relative(&path));
        }
    }
}
