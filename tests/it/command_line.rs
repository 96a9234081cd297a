//! The command line: help screens, names that are nearly right, exit codes, where output goes.

use serde_json::Value;

use crate::support::{Repository, TODAY, bailiwick, project};

const SMALL: &str = "//- bailiwick.toml\n[services.orders]\npaths = \"orders\"\n//- orders/src/main.rs\nfn main() {}\n";

#[test]
fn every_help_screen() {
    let text = bailiwick(project(), &["--help"]).stdout;
    insta::assert_snapshot!("help", text);
    let commands = text.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = commands.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    for name in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        let run = bailiwick(project(), &[name, "--help"]);
        assert_eq!(run.code, 0);
        insta::assert_snapshot!(format!("help-{name}"), run.stdout);
    }
}

#[test]
fn without_arguments_it_helps_and_says_that_nothing_was_done() {
    let run = bailiwick(project(), &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("Usage: bailiwick"));
}

#[test]
fn names_that_are_nearly_right_are_suggested() {
    let repository = Repository::of(SMALL);
    let stderr = |arguments: &[&str]| {
        let run = repository.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        run.stderr
    };
    assert!(stderr(&["explain", "foriegn-read"]).contains("did you mean `foreign-read`?"));
    assert!(stderr(&["chekc"]).contains("check"));
    assert!(stderr(&["check", "--output", "sarf=x"]).contains("did you mean `sarif`?"));
    assert!(stderr(&["check", "--today", "soon"]).contains("--today"));
    assert!(
        stderr(&["allow", "--at", "a.rs:1", "--rule", "foriegn-read", "--reason", "x"]).contains("`foreign-read`?")
    );
    let shop = |arguments: &[&str]| bailiwick(&project().join("fixtures/shop"), arguments).stderr;
    assert!(shop(&["why", "reportng", "orders", "--no-cache"]).contains("did you mean `reporting`?"));
    assert!(shop(&["why", "reporting", "ordrs", "--no-cache"]).contains("did you mean `orders`?"));
    assert!(shop(&["allow", "reporting", "ordrs", "--read", "--reason", "x", "--no-cache"]).contains("`orders`?"));
}

/// Runs the program on a terminal of its own, where there is a `script` to make one.
#[cfg(target_os = "linux")]
fn on_a_terminal(arguments: &str, variables: &[(&str, &str)]) -> Option<String> {
    let command = format!("{} {arguments}", env!("CARGO_BIN_EXE_bailiwick"));
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).current_dir(project().join("fixtures/shop"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_HYPERLINK", "CI"] {
        script.env_remove(name);
    }
    let output = script.env("TERM", "xterm-256color").envs(variables.iter().copied()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_progress_colours_and_links_unless_it_does_not_want_them() {
    let check = format!("check --no-cache --today {TODAY}");
    let Some(shown) = on_a_terminal(&check, &[("FORCE_HYPERLINK", "1")]) else {
        println!("skipped: there is no `script` here");
        return;
    };
    let colour = "\u{1b}[31m";
    assert!(shown.contains("reading ") && shown.contains(colour), "{shown:?}");
    assert!(shown.contains("\u{1b}]8;;file://"), "{shown:?}");
    let quiet = on_a_terminal(&format!("{check} -q"), &[]).unwrap();
    assert!(!quiet.contains("reading ") && quiet.contains(colour), "{quiet:?}");
    for (more, variables) in [("", &[("NO_COLOR", "1")][..]), ("", &[("TERM", "dumb")]), ("--color never", &[])] {
        let plain = on_a_terminal(&format!("{check} -q {more}"), variables).unwrap();
        assert!(plain.contains("foreign-read") && !plain.contains("\u{1b}[3") && !plain.contains("]8;;"), "{plain:?}");
    }
}

#[test]
fn explain_lists_and_explains() {
    let list = bailiwick(project(), &["explain"]);
    assert!(list.stdout.lines().any(|line| line.starts_with("foreign-read ")));
    let page = bailiwick(project(), &["explain", "foreign-read"]);
    assert!(page.stdout.starts_with("# foreign-read\n"));
    assert_eq!((list.code, page.code), (0, 0));
}

#[test]
fn the_schema_is_a_schema() {
    for arguments in [
        &["schema"][..],
        &["schema", "check"],
        &["schema", "map"],
        &["schema", "services"],
        &["schema", "why"],
        &["schema", "frameworks"],
    ] {
        let schema: Value = bailiwick(project(), arguments).json();
        assert!(schema["$schema"].as_str().is_some_and(|url| url.contains("json-schema.org")), "{arguments:?}");
    }
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = bailiwick(project(), &["completions", shell]);
        assert!(run.code == 0 && run.stdout.contains("bailiwick"), "{shell}");
    }
}

#[test]
fn exit_codes_mean_one_thing_each() {
    let clean = Repository::of(SMALL);
    assert_eq!(clean.run(&["check"]).code, 0);
    let wrong = Repository::of(&SMALL.replace("fn main() {}", "// bailiwick: allow(foreign-reed) oh\nfn main() {}"));
    assert_eq!(wrong.run(&["check"]).code, 1);
    assert_eq!(wrong.run(&["check", "--root", "nowhere"]).code, 2);
    assert_eq!(wrong.run(&["check", "--config", "nowhere.toml"]).code, 2);
}

#[test]
fn findings_go_to_stdout_and_all_else_to_stderr() {
    let repository =
        Repository::of(&SMALL.replace("fn main() {}", "// bailiwick: allow(foreign-reed) oh\nfn main() {}"));
    let run = repository.run(&["check", "--format", "concise"]);
    assert_eq!(run.stdout, "orders/src/main.rs:1:21: error[unused-allow] unknown rule `foreign-reed`\n");
    assert!(run.stderr.contains("1 error"), "{}", run.stderr);
    let quiet = repository.run(&["check", "--format", "concise", "--quiet"]);
    assert_eq!((quiet.stdout, quiet.stderr.as_str()), (run.stdout, ""));
}

#[test]
fn paths_filter_what_is_reported_from_any_folder() {
    let repository = Repository::of(&format!(
        "{SMALL}//- orders/a.sql\n-- bailiwick: allow(foreign-reed) oh\n//- orders/b.sql\nSELECT 1;\n"
    ));
    let lines = |folder: &str, arguments: &[&str]| {
        let mut all = vec!["check", "--format", "concise", "-q"];
        all.extend(arguments);
        bailiwick(&repository.path(folder), &all).stdout.lines().count()
    };
    assert_eq!(lines(".", &[]), 1);
    assert_eq!(lines("orders", &[]), 1);
    assert_eq!(lines(".", &["orders/b.sql"]), 0);
    assert_eq!(lines("orders", &["../orders"]), 0, "what is unused is judged of the whole root only");
}

#[test]
fn several_formats_at_once() {
    let repository = Repository::of(SMALL);
    let sarif = repository.path("out.sarif");
    let run = repository.run(&[
        "check",
        "--format",
        "json",
        "--today",
        TODAY,
        "--output",
        &format!("sarif={}", sarif.display()),
    ]);
    assert_eq!(run.json()["command"], "check");
    let log: Value = serde_json::from_str(&std::fs::read_to_string(sarif).unwrap()).unwrap();
    assert_eq!(log["version"], "2.1.0");
}

#[test]
fn hosts_of_repositories_are_told_paths_from_the_repository_s_top() {
    let repository =
        Repository::of(&SMALL.replace("fn main() {}", "// bailiwick: allow(foreign-reed) oh\nfn main() {}"));
    let inner = repository.path("backend/shop");
    std::fs::create_dir_all(&inner).unwrap();
    for name in ["bailiwick.toml", "orders"] {
        std::fs::rename(repository.path(name), inner.join(name)).unwrap();
    }
    std::fs::create_dir(repository.path(".git")).unwrap();
    let run = |format: &str| bailiwick(&inner, &["check", "--no-cache", "--format", format]).stdout;
    assert!(run("github").contains("file=backend/shop/orders/src/main.rs,"));
    assert!(run("gitlab").contains("\"backend/shop/orders/src/main.rs\""));
    assert!(run("sarif").contains("\"uri\": \"backend/shop/orders/src/main.rs\""));
    assert!(run("concise").starts_with("orders/src/main.rs:"));
    assert!(run("json").contains("\"path\": \"orders/src/main.rs\""));
}

#[test]
fn facts_are_a_line_for_each_file() {
    let run = Repository::of(SMALL).run(&["facts"]);
    let lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), lines[0]["path"].as_str()), (1, Some("orders/src/main.rs")));
    assert_eq!(lines[0]["service"], "orders");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_quiet() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .args(["explain", "foreign-read"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
