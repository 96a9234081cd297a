//! The cache changes no answer: cold, warm, broken, of another program, or in a folder that cannot be used.

use std::fs;

use crate::support::{Repository, TODAY, project};

fn answer(repository: &Repository, cache: bool) -> String {
    let mut arguments = vec!["check", "--format", "json", "--today", TODAY, "-v"];
    if !cache {
        arguments.push("--no-cache");
    }
    let check = repository.run(&arguments);
    let map = repository.run(&["map", "--format", "json"]);
    format!("{}\n{}\n{}\n{}", check.code, check.stdout, check.stderr, map.stdout)
}

#[test]
fn cold_warm_and_broken_say_the_same() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    let cold = answer(&repository, false);
    fs::remove_dir_all(repository.path(".bailiwick_cache")).unwrap();
    assert_eq!(cold, answer(&repository, true), "the first run with a cache");
    let facts = repository.path(".bailiwick_cache/facts");
    let whole = fs::read(&facts).unwrap();
    assert_eq!(cold, answer(&repository, true), "a warm run");
    assert_eq!(whole, fs::read(&facts).unwrap(), "a run that learns nothing writes nothing");
    for at in [0, 9, 30, 41, whole.len() / 2, whole.len() - 1] {
        let mut broken = whole.clone();
        broken[at] ^= 0xFF;
        fs::write(&facts, &broken).unwrap();
        assert_eq!(cold, answer(&repository, true), "byte {at} is broken");
        fs::write(&facts, &whole[..at]).unwrap();
        assert_eq!(cold, answer(&repository, true), "cut off at {at}");
    }
    fs::remove_file(&facts).unwrap();
    fs::create_dir(&facts).unwrap();
    assert_eq!(
        cold,
        answer(&repository, true).replace("the cache could not be written: Is a directory (os error 21)\n", "")
    );
}

#[test]
fn a_changed_file_is_read_anew() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    let before = answer(&repository, true);
    let path = "services/reporting/src/export.rs";
    let text = fs::read_to_string(repository.path(path)).unwrap();
    let more = "\nasync fn stock(pool: &PgPool) {\n    sqlx::query(\"DELETE FROM products\").execute(pool).await;\n}\n";
    repository.write(path, format!("{text}{more}").as_bytes());
    let changed = answer(&repository, true);
    assert_ne!(before, changed);
    assert_eq!(changed, answer(&repository, false));
    repository.write(path, text.as_bytes());
    assert_eq!(before, answer(&repository, true));
}

#[test]
fn what_says_the_same_is_not_joined_again() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    answer(&repository, true);
    let joins = || repository.run(&["check", "--today", TODAY, "--timings"]).stderr.contains("joining");
    assert!(!joins(), "nothing has changed");
    let path = "services/reporting/src/export.rs";
    let text = fs::read_to_string(repository.path(path)).unwrap();
    for line in 0..=text.lines().count() {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(line, "   // a note that stands alone");
        lines.insert(line, "");
        repository.write(path, format!("{}\n", lines.join("\n")).as_bytes());
        assert!(!joins(), "a note before line {line} moves what follows, and says nothing");
        assert_eq!(answer(&repository, true), answer(&repository, false), "line {line}");
    }
    repository.write(path, format!("{text}\nfn one_more() {{}}\n").as_bytes());
    assert!(joins(), "one function more may be the one that is meant elsewhere");
    assert_eq!(answer(&repository, true), answer(&repository, false));
}

#[test]
fn several_runs_at_once_say_the_same_and_leave_one_cache() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    let arguments = ["check", "--format", "json", "--today", TODAY];
    let cold = repository.run(&[&arguments[..], &["--no-cache"]].concat()).stdout;
    for round in 0..4 {
        if round % 2 == 0 {
            fs::remove_dir_all(repository.path(".bailiwick_cache")).unwrap_or_default();
        }
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| repository.run(&arguments))).collect();
            for run in runs.into_iter().map(|run| run.join().unwrap()) {
                assert!(run.stdout == cold && !run.stderr.contains("cache"), "round {round}: {}", run.stderr);
            }
        });
        let mut left: Vec<String> = fs::read_dir(repository.path(".bailiwick_cache"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        left.sort();
        assert_eq!(left, [".gitignore", "facts", "lock"]);
    }
}

#[test]
fn settings_and_house_frameworks_count_too() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    let before = answer(&repository, true);
    let path = "bailiwick.toml";
    let config = fs::read_to_string(repository.path(path)).unwrap_or_default();
    repository.write(path, format!("{config}\n[rules]\nforeign-read = \"warn\"\n").as_bytes());
    let changed = answer(&repository, true);
    assert_ne!(before, changed);
    assert_eq!(changed, answer(&repository, false));
    let house = "name = \"house\"\nlanguages = [\"rust\"]\n[[call]]\nfunction = [\"run_it\"]\nsql = \"argument 0\"\n";
    repository.write(".bailiwick/frameworks/house.toml", house.as_bytes());
    let code = "fn stock() {\n    run_it(\"DELETE FROM products\");\n}\n";
    repository.write("services/reporting/src/house.rs", code.as_bytes());
    let with_house = answer(&repository, true);
    assert_eq!(with_house, answer(&repository, false));
    repository.write(".bailiwick/frameworks/house.toml", house.replace("run_it", "run_that").as_bytes());
    let with_other = answer(&repository, true);
    assert_ne!(with_house, with_other);
    assert_eq!(with_other, answer(&repository, false));
}

#[test]
fn one_text_in_two_kinds_of_file_is_read_as_each() {
    let repository = Repository::empty();
    // In the one a label, in the other a statement that nobody can read.
    let text = "allOrders:\nSELECT * FROM orders;\n";
    repository.write("services/shop/Dockerfile", b"FROM scratch\n");
    repository.write("services/shop/src/queries.sql", text.as_bytes());
    repository.write("services/shop/src/queries.sq", text.as_bytes());
    answer(&repository, true);
    // Else the joined answer is recalled, and no file's own.
    repository.write("services/shop/src/more.sql", b"DELETE FROM products;\n");
    assert_eq!(answer(&repository, false), answer(&repository, true));
}
