//! Whatever is edited, the cached answer is the cold one: a repository is edited at random, and after each edit a run
//! with the cache must say what one without it says.
//!
//! `CACHE_EDITS=500 cargo test --test it cache_edits` makes more edits than the few of every day; `CACHE_SEED` makes
//! others.

use std::collections::BTreeMap;
use std::fs;

use crate::support::{Random, Repository, TODAY, project};

/// What is put into texts.
const PIECES: &[&str] = &[
    "    sqlx::query(\"SELECT email FROM customers\").execute(pool).await;",
    "    sqlx::query(\"DELETE FROM products WHERE id = $1\").execute(pool).await;",
    "use crate::store::*;",
    "pub fn added(pool: &PgPool) { load(pool); }",
    "CREATE TABLE things (id int);",
    "ALTER TABLE orders RENAME TO purchases;",
    "// bailiwick: allow(foreign-read) why",
    "[rules]\nforeign-read = \"warn\"",
    "}",
    "\"",
];

/// What is put between lines and says nothing: only what follows moves.
const SAYS_NOTHING: &[&str] = &["", "// a comment", "-- a comment", "# a comment", "   "];

/// The texts of a repository by their paths, as they were made and as they are.
struct Edited {
    repository: Repository,
    made: BTreeMap<String, String>,
    texts: BTreeMap<String, String>,
}

impl Edited {
    fn of(repository: Repository) -> Self {
        let mut made = BTreeMap::new();
        for entry in walkdir::WalkDir::new(repository.root()).sort_by_file_name() {
            let entry = entry.unwrap();
            if let Ok(text) = fs::read_to_string(entry.path()) {
                let path = entry.path().strip_prefix(repository.root()).unwrap();
                made.insert(path.to_str().unwrap().replace('\\', "/"), text);
            }
        }
        Self { repository, texts: made.clone(), made }
    }

    fn write(&mut self, path: &str, text: String) {
        self.repository.write(path, text.as_bytes());
        self.texts.insert(path.to_owned(), text);
    }

    /// One edit, and what it was.
    fn edit(&mut self, random: &mut Random, round: usize) -> String {
        let paths: Vec<String> = self.texts.keys().cloned().collect();
        let path = random.of(&paths).clone();
        let text = self.texts[&path].clone();
        let mut lines: Vec<&str> = text.lines().collect();
        let (one, other) = (random.below(lines.len()), random.below(lines.len()));
        match random.below(13) {
            0 if paths.len() > 8 => {
                fs::remove_file(self.repository.path(&path)).unwrap();
                self.texts.remove(&path);
                return format!("{path} taken away");
            }
            1 => {
                let folder = random.of(&paths).rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
                let name = path.rsplit('/').next().unwrap();
                let copy = format!("{folder}/copy_{round}_{name}").trim_start_matches('/').to_owned();
                self.write(&copy, text);
                return format!("{path} copied to {copy}");
            }
            2 | 3 => {
                let originals: Vec<String> = self.made.keys().cloned().collect();
                let path = random.of(&originals).clone();
                let text = self.made[&path].clone();
                self.write(&path, text);
                return format!("{path} as it was made");
            }
            4 if !lines.is_empty() => {
                lines.remove(one);
            }
            5 if !lines.is_empty() => lines.swap(one, other),
            6 if !lines.is_empty() => lines.insert(one, lines[other]),
            7 => {
                let is_word = |word: &&str| word.len() > 2;
                let words: Vec<&str> =
                    text.split(|at: char| !at.is_alphanumeric() && at != '_').filter(is_word).collect();
                if !words.is_empty() {
                    let (old, new) = (*random.of(&words), *random.of(&words));
                    self.write(&path, text.replacen(old, new, 1 + random.below(3)));
                    return format!("{path}: {old} is called {new}");
                }
            }
            8..=10 => lines.insert(one, *random.of(SAYS_NOTHING)),
            _ => lines.insert(one, *random.of(PIECES)),
        }
        let joined = lines.join("\n") + "\n";
        self.write(&path, joined);
        format!("{path}: lines {one} and {other}")
    }

    fn answer(&self, command: &str, cache: bool) -> String {
        let mut arguments = vec![command, "--format", "json", "--today", TODAY];
        if command == "map" {
            arguments.truncate(3);
        }
        if !cache {
            arguments.push("--no-cache");
        }
        let run = self.repository.run(&arguments);
        format!("{}\n{}\n{}", run.code, run.stdout, run.stderr)
    }
}

#[test]
fn whatever_is_edited_the_cached_answer_is_the_cold_one() {
    let asked = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let mut random = Random(asked("CACHE_SEED").unwrap_or(0x00C0_FFEE));
    let edits = usize::try_from(asked("CACHE_EDITS").unwrap_or(30)).unwrap();
    let mut edited = Edited::of(Repository::copied(&project().join("fixtures/shop")));
    let mut done: Vec<String> = Vec::new();
    for round in 0..edits {
        // Several edits may lie between two runs.
        for _ in 0..=random.below(3) {
            done.push(edited.edit(&mut random, round));
        }
        let command = *random.of(&["check", "map"]);
        let (cached, cold) = (edited.answer(command, true), edited.answer(command, false));
        assert!(cached == cold, "round {round}, `{command}`, after:\n{}", done.join("\n"));
    }
}
