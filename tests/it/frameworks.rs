//! The fixtures of the frameworks: what must match and what must not, in source as people write it.
//!
//! `fixtures/frameworks/<language>/<framework>.<extension>` is a file of the only service of a repository (or several
//! files, each begun by a line `//- path`). A comment line of carets below a line says what must be found there:
//!
//! ```text
//!     sqlx::query("SELECT id FROM orders")
//!     //                          ^^^^^^ select orders
//! ```
//!
//! A line `//= name` begins another repository: a fixture may hold several small ones. Their marks are lines of bare
//! carets, which are no part of the source.
//!
//! Nothing else may be found: what has no mark is what must not match. `^^^^ opaque` marks what cannot be known.

use std::fs;
use std::path::Path;

use crate::support::{Repository, project_files, relative, split_files};

/// Path, line, first column, one past the last column, what.
type Mark = (String, u64, u64, u64, String);

/// The manifest that makes a folder a service, and where its only source file stands.
fn service(extension: &str) -> (&'static str, &'static str, String) {
    let source = |folder: &str| format!("{folder}.{extension}");
    match extension {
        "rs" => ("app/Cargo.toml", "[package]\nname = \"app\"\nversion = \"1.0.0\"\n", source("app/src/main")),
        "go" => ("app/go.mod", "module example.com/app\n", source("app/main")),
        "py" => ("app/pyproject.toml", "[project]\nname = \"app\"\n", source("app/app")),
        "ts" | "js" | "mjs" => ("app/package.json", "{\"name\": \"app\"}\n", source("app/src/index")),
        _ => ("app/Dockerfile", "FROM scratch\n", source("app/src/app")),
    }
}

#[test]
fn every_framework_finds_what_is_marked_and_nothing_else() {
    let fixtures = project_files("fixtures/frameworks", "");
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let wrong: String = std::thread::scope(|scope| {
        let parts = (0..workers).map(|at| {
            let own = fixtures.iter().skip(at).step_by(workers);
            scope.spawn(move || -> String {
                let wrong = own.filter_map(|fixture| Some((fixture, judge(fixture).err()?)));
                wrong.map(|(fixture, problem)| format!("{}:\n{problem}\n", relative(fixture))).collect()
            })
        });
        let parts: Vec<_> = parts.collect();
        parts.into_iter().map(|part| part.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "frameworks that do not find what they must:\n{wrong}");
}

#[test]
fn every_framework_has_a_fixture() {
    let mut missing = Vec::new();
    for (language, extension) in [("rust", "rs"), ("csharp", "cs"), ("go", "go")] {
        for framework in project_files(&format!("rules/frameworks/{language}"), ".toml") {
            let stem = framework.file_stem().unwrap().to_string_lossy().into_owned();
            let fixture = format!("fixtures/frameworks/{language}/{stem}.{extension}");
            if !crate::support::project().join(&fixture).exists() {
                missing.push(format!("{} has no fixture {fixture}", relative(&framework)));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

fn judge(fixture: &Path) -> Result<(), String> {
    let text = fs::read_to_string(fixture).map_err(|error| error.to_string())?;
    let extension = fixture.extension().unwrap_or_default().to_string_lossy().into_owned();
    let several = text.starts_with("//= ");
    let wrong: String = repositories(&text)
        .into_iter()
        .filter_map(|(name, text)| {
            judge_one(&extension, text, several).err().map(|problem| format!("{name}\n{problem}"))
        })
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// The repositories of a fixture, each begun by a line `//= name`; without such a line it is one.
fn repositories(text: &str) -> Vec<(&str, String)> {
    if !text.starts_with("//= ") {
        return vec![("", text.to_owned())];
    }
    let mut found: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("//= "), found.last_mut()) {
            (Some(name), _) => found.push((name, String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// The text without its lines of carets, and what they mark.
fn bare_marks(path: &str, text: &str) -> (String, Vec<Mark>) {
    let (mut kept, mut found, mut number) = (String::new(), Vec::new(), 0);
    for line in text.lines() {
        let bare = line.trim_start();
        let carets = bare.chars().take_while(|letter| *letter == '^').count();
        if carets == 0 {
            kept.push_str(line);
            kept.push('\n');
            number += 1;
            continue;
        }
        let at = (line.chars().count() - bare.chars().count() + 1) as u64;
        found.push((path.to_owned(), number, at, at + carets as u64, bare[carets..].trim().to_owned()));
    }
    (kept, found)
}

fn judge_one(extension: &str, text: String, several: bool) -> Result<(), String> {
    let (manifest, content, source) = service(extension);
    let repository = Repository::empty();
    repository.write(manifest, content.as_bytes());
    repository.write("app/Dockerfile", b"FROM scratch\n");
    let files = if text.starts_with("//- ") { split_files(&text) } else { vec![(source, text)] };
    let mut expected = Vec::new();
    for (path, text) in files {
        let (text, marks) = if several { bare_marks(&path, &text) } else { (text.clone(), marks(&path, &text)) };
        expected.extend(marks);
        repository.write(&path, text.as_bytes());
    }
    let run = repository.run(&["map", "--format", "json"]);
    let map = run.json();
    let mut found = found(&map);
    expected.sort();
    found.sort();
    found.dedup();
    let lines = |marks: &[Mark], others: &[Mark]| -> String {
        let only = marks.iter().filter(|mark| !others.contains(mark));
        only.map(|(path, line, from, to, what)| format!("    {path}:{line}:{from}-{to} {what}\n")).collect()
    };
    let (missed, extra) = (lines(&expected, &found), lines(&found, &expected));
    if missed.is_empty() && extra.is_empty() {
        return Ok(());
    }
    Err(format!("  missed\n{missed}  extra\n{extra}{}", run.stderr))
}

/// The marks of a file; a mark speaks of the nearest line above that is none.
fn marks(path: &str, text: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    let mut marked = 0;
    for (line, number) in text.lines().zip(1..) {
        let comment = line.trim_start().trim_start_matches(['/', '#', '-']);
        let is_mark = comment.len() < line.trim_start().len() && comment.trim_start().starts_with('^');
        if !is_mark {
            marked = number;
            continue;
        }
        let at = line.chars().take_while(|letter| *letter != '^').count() as u64;
        let length = line.chars().filter(|letter| *letter == '^').count() as u64;
        let what = line.rsplit('^').next().unwrap_or_default().trim().to_owned();
        found.push((path.to_owned(), marked, at + 1, at + 1 + length, what));
    }
    found
}

fn found(map: &serde_json::Value) -> Vec<Mark> {
    let list = |key: &str| map[key].as_array().cloned().unwrap_or_default();
    let accesses = list("accesses").into_iter().map(|access| {
        let table = &access["table"];
        let name = table["name"].as_str().unwrap_or_default();
        let table = table["schema"].as_str().map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"));
        mark(&access, format!("{} {table}", access["privilege"].as_str().unwrap_or_default()))
    });
    accesses.chain(list("opaque").into_iter().map(|opaque| mark(&opaque, "opaque".to_owned()))).collect()
}

fn mark(entry: &serde_json::Value, what: String) -> Mark {
    let range = &entry["range"];
    let column = |end: &str| range[end]["column"].as_u64().unwrap_or(0);
    let path = entry["path"].as_str().unwrap_or_default().to_owned();
    (path, range["start"]["line"].as_u64().unwrap_or(0), column("start"), column("end"), what)
}
