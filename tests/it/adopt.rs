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

#[test]
fn a_text_on_stdin_stands_before_the_file() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    let path = "services/billing/src/main.rs";
    let text = format!("{}{NEW_READ}", fs::read_to_string(repository.path(path)).unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .args(["check", "--format", "concise", "--today", TODAY, "--stdin-filename", path])
        .current_dir(repository.root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout.lines().all(|line| line.starts_with(path)) && stdout.contains("reads table `customers`"),
        "{stdout}"
    );
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
