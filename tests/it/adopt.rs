//! Adopting it on a Tuesday afternoon: init, baseline, then only what is new fails, in the work tree, in
//! what is staged and since a revision; until the owner grants it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Repository, TODAY, bailiwick, project};

const NEW_READ: &str =
    "\nasync fn peek(pool: &PgPool) {\n    sqlx::query(\"SELECT email FROM customers\").fetch_all(pool).await;\n}\n";

fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("git runs");
    assert!(status.success(), "git {arguments:?}");
}

/// The shop without its config, under git.
fn shop() -> Repository {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    fs::remove_file(repository.path("bailiwick.toml")).unwrap();
    git(repository.root(), &["init", "-q", "-b", "main"]);
    commit(&repository);
    repository
}

fn commit(repository: &Repository) {
    git(repository.root(), &["add", "-A"]);
    git(repository.root(), &["commit", "-q", "-m", "change"]);
}

fn check(repository: &Repository, more: &[&str]) -> (i32, String, String) {
    let mut arguments = vec!["check", "--format", "concise", "--today", TODAY];
    arguments.extend(more);
    let run = repository.run(&arguments);
    // Notes are neither accepted nor do they fail anything: they stay.
    let lines = run.stdout.lines().filter(|line| !line.contains(": note["));
    (run.code, lines.map(|line| format!("{line}\n")).collect(), run.stderr)
}

fn append(repository: &Repository, path: &str, text: &str) {
    let before = fs::read_to_string(repository.path(path)).unwrap();
    repository.write(path, format!("{before}{text}").as_bytes());
}

#[test]
fn the_whole_way() {
    let repository = shop();
    let map = repository.run(&["map"]).stdout;
    let init = repository.run(&["init"]);
    assert_eq!(init.code, 0, "{}", init.stderr);
    assert!(init.stderr.contains("bailiwick baseline"), "{}", init.stderr);
    assert_eq!(map, repository.run(&["map"]).stdout, "what init writes changes nothing");
    assert_eq!(repository.run(&["init"]).code, 2, "it never overwrites");
    assert_eq!(check(&repository, &[]).0, 1);

    assert_eq!(repository.run(&["baseline", "--today", TODAY]).code, 0);
    let (code, _, stderr) = check(&repository, &[]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("baseline: "), "{stderr}");
    commit(&repository);

    // Moved lines and a renamed file disturb nothing.
    let export = "services/reporting/src/finance.rs";
    let text = fs::read_to_string(repository.path(export)).unwrap();
    repository.write(export, format!("\n\n// moved\n\n{text}").as_bytes());
    assert_eq!(check(&repository, &[]).0, 0);

    append(&repository, "services/billing/src/main.rs", NEW_READ);
    let (code, stdout, _) = check(&repository, &[]);
    assert_eq!((code, stdout.lines().count()), (1, 1), "{stdout}");
    assert!(stdout.contains("service `billing` reads table `customers`"), "{stdout}");
    for since in ["HEAD", "main", "main..."] {
        let (code, since, _) = check(&repository, &["--since", since]);
        assert_eq!((code, since), (1, stdout.clone()));
    }
    assert_eq!(check(&repository, &["--staged"]).0, 0, "nothing is staged yet");
    git(repository.root(), &["add", "-A"]);
    assert_eq!(check(&repository, &["--staged"]).1, stdout);

    let grant = ["allow", "billing", "customers", "--read", "--reason", "until the feed lands", "--today", TODAY];
    let allow = repository.run(&grant);
    assert_eq!(allow.code, 0, "{}", allow.stderr);
    let own = fs::read_to_string(repository.path("services/orders/bailiwick.toml")).unwrap();
    assert!(own.contains("to = \"billing\""), "the owner's own file has it:\n{own}");
    assert_eq!(check(&repository, &[]).0, 0);
    assert_eq!(check(&repository, &["--since", "HEAD"]).0, 0);
    assert_eq!(check(&repository, &["--staged"]).0, 1, "the grant is not staged");
}

#[test]
fn one_fixed_and_one_new_is_not_zero_and_what_is_gone_goes() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    assert_eq!(repository.run(&["baseline", "--today", TODAY]).code, 0);
    let before = fs::read_to_string(repository.path("bailiwick-baseline.json")).unwrap();
    fs::remove_file(repository.path("services/reporting/src/finance.rs")).unwrap();
    append(&repository, "services/billing/src/main.rs", NEW_READ);
    let (code, stdout, _) = check(&repository, &[]);
    assert_eq!(code, 1);
    assert!(stdout.contains("stale-baseline") && stdout.contains("reads table `customers`"), "{stdout}");
    assert!(!check(&repository, &["--allow-stale"]).1.contains("stale-baseline"));
    assert_eq!(repository.run(&["baseline", "--prune", "--today", TODAY]).code, 0);
    let after = fs::read_to_string(repository.path("bailiwick-baseline.json")).unwrap();
    assert!(after.len() < before.len() && after.lines().all(|line| before.contains(line.trim_end_matches(','))));
    let (code, stdout, _) = check(&repository, &[]);
    let errors = stdout.lines().filter(|line| line.contains(": error["));
    assert_eq!((code, errors.count()), (1, 1), "{stdout}");
}

#[test]
fn since_sees_when_ownership_itself_changes() {
    let repository = Repository::of(
        "//- bailiwick.toml\n[services.a]\npaths = \"a\"\nowns = [\"things\"]\n[services.b]\npaths = \"b\"\n\
         [databases.one]\ndialect = \"postgres\"\n\
         //- a/src/main.rs\nfn main() { sqlx::query(\"SELECT 1 FROM things\").execute(&pool); }\n\
         //- b/src/main.rs\nfn main() {}\n",
    );
    git(repository.root(), &["init", "-q", "-b", "main"]);
    commit(&repository);
    let config = fs::read_to_string(repository.path("bailiwick.toml")).unwrap();
    let moved =
        config.replace("owns = [\"things\"]\n", "").replace("paths = \"b\"\n", "paths = \"b\"\nowns = [\"things\"]\n");
    repository.write("bailiwick.toml", moved.as_bytes());
    let (code, stdout, stderr) = check(&repository, &["--since", "HEAD"]);
    assert!(code == 1 && stdout.contains("service `a` reads table `things`, owned by `b`"), "{stdout}\n{stderr}");
}

/// Two services with a table each; `a` grants by a wildcard.
const WILDCARD: &str = "//- bailiwick.toml\n[services.a]\npaths = \"a\"\n[services.b]\npaths = \"b\"\n\
     [databases.one]\ndialect = \"postgres\"\n[[grants]]\nowner = \"a\"\nto = \"b\"\ntables = [\"thing*\"]\n\
     privileges = [\"read\", \"write\"]\nreason = \"until the feed lands\"\n\
     //- a/things.sql\nCREATE TABLE things (id int);\nCREATE TABLE thing_notes (id int);\n\
     //- b/src/main.rs\nfn main() { sqlx::query(\"SELECT 1 FROM things\").execute(&pool); }\n";

fn under_wildcards(repository: &Repository, more: &[&str]) -> (i32, Vec<String>) {
    let mut arguments = vec!["check", "--format", "concise", "--quiet", "--today", TODAY];
    arguments.extend(more);
    let run = repository.run(&arguments);
    let lines = run.stdout.lines().filter(|line| line.contains("[wildcard-grant]"));
    (run.code, lines.map(|line| line.split_once("] ").unwrap().1.to_owned()).collect())
}

#[test]
fn what_a_wildcard_takes_in_is_told_and_what_it_newly_takes_in_can_be_told_apart() {
    let repository = Repository::of(WILDCARD);
    git(repository.root(), &["init", "-q", "-b", "main"]);
    commit(&repository);
    let known = "the grant of `a` for `thing*` takes in `things`, which `b` reads";
    assert_eq!(under_wildcards(&repository, &[]), (0, vec![known.to_owned()]));
    assert_eq!(under_wildcards(&repository, &["--since", "HEAD"]), (0, vec![]));

    // More of the same is nothing new; another table, and a write after a read, are.
    append(&repository, "b/src/main.rs", "fn more() { sqlx::query(\"SELECT id FROM things\").execute(&pool); }\n");
    assert_eq!(under_wildcards(&repository, &["--since", "HEAD"]), (0, vec![]));
    append(&repository, "b/src/main.rs", "fn note() { sqlx::query(\"SELECT 1 FROM thing_notes\").execute(&pool); }\n");
    append(&repository, "b/src/main.rs", "fn drop() { sqlx::query(\"DELETE FROM things\").execute(&pool); }\n");
    let new = [
        "the grant of `a` for `thing*` takes in `thing_notes`, which `b` reads",
        "the grant of `a` for `thing*` takes in `things`, which `b` deletes from",
    ];
    assert_eq!(under_wildcards(&repository, &["--since", "HEAD"]).1, new);

    // As errors they can be accepted, and only what comes later fails.
    let config = fs::read_to_string(repository.path("bailiwick.toml")).unwrap();
    let strict = format!("{config}[rules]\nwildcard-grant = \"error\"\n");
    repository.write("bailiwick.toml", strict.as_bytes());
    assert_eq!(under_wildcards(&repository, &[]).0, 1);
    assert_eq!(repository.run(&["baseline", "--today", TODAY]).code, 0);
    assert_eq!(under_wildcards(&repository, &[]), (0, vec![]));
    append(&repository, "b/src/main.rs", "fn add() { sqlx::query(\"DELETE FROM thing_notes\").execute(&pool); }\n");
    let (code, lines) = under_wildcards(&repository, &[]);
    assert_eq!((code, lines.len()), (1, 1), "{lines:?}");

    // A table that the owner names is not taken in by a wildcard.
    let named = strict.replace("\"thing*\"", "\"things\", \"thing_notes\"");
    repository.write("bailiwick.toml", named.as_bytes());
    assert_eq!(under_wildcards(&repository, &["--allow-stale"]), (0, vec![]));
}

const MOVES: &str = "//- bailiwick.toml\n[services.a]\npaths = \"a\"\n[services.b]\npaths = \"b\"\n\
     [databases.one]\ndialect = \"postgres\"\n\
     //- a/migrations/1.sql\nCREATE TABLE things (id int);\n\
     //- a/src/main.rs\nfn main() { sqlx::query(\"SELECT 1 FROM things\").execute(&pool); }\n\
     //- b/src/main.rs\nfn main() {}\n";

#[test]
fn a_table_that_moves_to_another_service_makes_old_accesses_new_findings() {
    let repository = Repository::of(MOVES);
    git(repository.root(), &["init", "-q", "-b", "main"]);
    commit(&repository);
    let finding = "service `a` reads table `things`, owned by `b`";
    fs::remove_file(repository.path("a/migrations/1.sql")).unwrap();
    repository.write("b/migrations/1.sql", b"CREATE TABLE things (id int);\n");
    let (code, stdout, stderr) = check(&repository, &["--since", "HEAD"]);
    assert!(code == 1 && stdout.contains(finding) && stdout.lines().count() == 1, "{stdout}\n{stderr}");

    // What is not staged is not judged, and what is staged is, whatever lies in the work tree.
    for more in [&["--staged"][..], &["--staged", "--since", "HEAD"]] {
        assert_eq!(check(&repository, more).0, 0, "nothing is staged yet");
    }
    git(repository.root(), &["add", "-A"]);
    fs::remove_file(repository.path("b/migrations/1.sql")).unwrap();
    repository.write("a/migrations/1.sql", b"CREATE TABLE things (id int);\n");
    assert_eq!(check(&repository, &[]).0, 0, "in the work tree it is the old owner's again");
    for more in [&["--staged"][..], &["--staged", "--since", "HEAD"]] {
        let (code, stdout, _) = check(&repository, more);
        assert!(code == 1 && stdout.contains(finding), "{stdout}");
    }
}

#[test]
fn a_staged_config_is_the_one_that_counts() {
    let repository = Repository::of(MOVES);
    git(repository.root(), &["init", "-q", "-b", "main"]);
    commit(&repository);
    let config = fs::read_to_string(repository.path("bailiwick.toml")).unwrap();
    let moved = config.replace("paths = \"b\"\n", "paths = \"b\"\nowns = [\"things\"]\n");
    repository.write("bailiwick.toml", moved.as_bytes());
    assert_eq!(check(&repository, &["--staged"]).0, 0);
    git(repository.root(), &["add", "bailiwick.toml"]);
    repository.write("bailiwick.toml", config.as_bytes());
    let (code, stdout, _) = check(&repository, &["--staged"]);
    assert!(code == 1 && stdout.contains("service `a` reads table `things`, owned by `b`"), "{stdout}");
}

#[test]
fn an_issue_is_asked_of_every_grant_where_the_config_demands_it() {
    let demanding = WILDCARD.replace("[databases.one]", "[grants-policy]\nrequire-issue = true\n[databases.one]");
    let run = Repository::of(&demanding).run(&["check", "--today", TODAY]);
    assert!(run.code == 2 && run.stderr.contains("issue"), "{}", run.stderr);
    let without_reason = WILDCARD.replace("reason = \"until the feed lands\"\n", "");
    let run = Repository::of(&without_reason).run(&["check", "--today", TODAY]);
    assert!(run.code == 2 && run.stderr.contains("a grant lacks `reason`"), "{}", run.stderr);
    let empty = WILDCARD.replace("until the feed lands", " ");
    let run = Repository::of(&empty).run(&["check", "--today", TODAY]);
    assert!(run.code == 2 && run.stderr.contains("reason"), "{}", run.stderr);
}

#[test]
fn the_warning_of_a_grant_that_ends_comes_as_early_as_the_config_says() {
    let ending = |days: &str| {
        let policy = format!("[grants-policy]\nwarn-days = {days}\n[databases.one]");
        Repository::of(
            &WILDCARD
                .replace("[databases.one]", &policy)
                .replace("reason = \"until the feed lands\"", "reason = \"feed\"\nuntil = 2026-12-31"),
        )
    };
    let warned = |repository: &Repository, today: &str| {
        let run = repository.run(&["check", "--format", "concise", "--quiet", "--today", today]);
        (run.code, run.stdout.lines().filter(|line| line.contains("[expired-grant]")).count())
    };
    let repository = ending("30");
    assert_eq!(warned(&repository, "2026-11-30"), (0, 0), "31 days ahead");
    assert_eq!(warned(&repository, "2026-12-01"), (0, 1), "30 days ahead");
    assert_eq!(warned(&repository, "2026-12-31"), (0, 1), "the last day counts");
    assert_eq!(warned(&repository, "2027-01-01"), (1, 1));
    assert_eq!(warned(&ending("0"), "2026-12-30"), (0, 0));
}

#[test]
fn strict_services_have_no_part_in_the_baseline_and_ci_writes_none_unasked() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    let config = fs::read_to_string(repository.path("bailiwick.toml")).unwrap();
    let strict = config.replace("[services.reporting]\n", "[services.reporting]\nstrict = true\n");
    repository.write("bailiwick.toml", strict.as_bytes());
    let run = repository.run(&["baseline", "--today", TODAY]);
    assert!(run.code == 0 && run.stderr.contains("strict services stay open: `reporting`"), "{}", run.stderr);
    let (code, stdout, _) = check(&repository, &[]);
    assert!(code == 1 && stdout.lines().all(|line| line.contains("`reporting`")), "{stdout}");
    let in_ci = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .args(["baseline"])
        .current_dir(repository.root())
        .env("CI", "true")
        .output()
        .unwrap();
    assert_eq!(in_ci.status.code(), Some(2));
    repository.write("bailiwick-baseline.json", b"{");
    let (code, _, stderr) = check(&repository, &[]);
    assert!(code == 2 && stderr.contains("is no baseline"), "{stderr}");
}

/// A check of `text` as the file at `path`: the exit code, stdout, stderr.
fn check_text(repository: &Repository, path: &str, text: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .args(["check", "--format", "concise", "--today", TODAY, "--stdin-filename", path])
        .current_dir(repository.root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), stdout, stderr)
}

#[test]
fn a_text_on_stdin_stands_before_the_file() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    let path = "services/billing/src/main.rs";
    let text = format!("{}{NEW_READ}", fs::read_to_string(repository.path(path)).unwrap());
    let (code, stdout, _) = check_text(&repository, path, &text);
    assert_eq!(code, Some(1));
    assert!(
        stdout.lines().all(|line| line.starts_with(path)) && stdout.contains("reads table `customers`"),
        "{stdout}"
    );
}

#[test]
fn a_text_on_stdin_may_be_a_file_that_is_not_there_yet_and_must_be_one_of_the_root() {
    let repository = Repository::of(MOVES);
    let (code, stdout, stderr) = check_text(&repository, "b/new.sql", "SELECT id\n  FROM things;\n");
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stdout.starts_with("b/new.sql:2:8: error[foreign-read] "), "{stdout}");
    assert!(!repository.path("b/new.sql").exists());
    // An owner that is only typed so far counts too.
    let text = "CREATE TABLE others (id int);\nDROP TABLE things;\n";
    let (code, stdout, _) = check_text(&repository, "b/own.sql", text);
    assert!(code == Some(1) && stdout.contains("b/own.sql:2:12: error[foreign-ddl] "), "{stdout}");
    let (code, stdout, stderr) = check_text(&repository, "../elsewhere.rs", "");
    assert_eq!((code, stdout.as_str()), (Some(2), ""), "{stderr}");
}

#[test]
fn a_comment_is_written_above_the_statement_and_only_where_it_counts() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    let path = "services/reporting/src/finance.rs";
    let place = format!("{path}:7:65");
    let before = fs::read_to_string(repository.path(path)).unwrap();
    let allow = |more: &[&str]| repository.run(&[&["allow", "--today", TODAY], more].concat());
    let run = allow(&["--at", &format!("{path}:8"), "--reason", "the daily list"]);
    assert!(run.code == 2 && run.stderr.contains("nothing is found at"), "{}", run.stderr);
    let run = allow(&["--at", &place, "--reason", " "]);
    assert!(run.code == 2 && run.stderr.contains("needs a reason"), "{}", run.stderr);
    let run = allow(&["--at", &place, "--rule", "foreign-write", "--reason", "the daily list"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(fs::read_to_string(repository.path(path)).unwrap(), before);

    let run = allow(&["--at", &place, "--reason", "the daily list"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let after = fs::read_to_string(repository.path(path)).unwrap();
    let comment = "        // bailiwick: allow(foreign-read) the daily list\n";
    assert_eq!(after, before.replacen("        .query(", &format!("{comment}        .query("), 1));
    let (_, stdout, _) = check(&repository, &[path]);
    assert!(!stdout.contains("foreign-read"), "{stdout}");

    let config = fs::read_to_string(repository.path("bailiwick.toml")).unwrap();
    repository.write("bailiwick.toml", format!("inline-allows = false\n{config}").as_bytes());
    let run = allow(&["--at", &place, "--reason", "the daily list"]);
    assert!(run.code == 2 && run.stderr.contains("only owners permit"), "{}", run.stderr);
}

#[test]
fn without_git_it_says_so() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    for option in ["--staged", "--since=HEAD"] {
        let run = bailiwick(repository.root(), &["check", option]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{option}");
        assert!(run.stderr.contains("git"), "{}", run.stderr);
    }
}
