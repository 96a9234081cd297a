//! What is shipped: the version stands in one place, and every package is made from what is there.

use std::fs;
use std::process::Command;

use crate::support::{Repository, bailiwick, project};

fn read(path: &str) -> String {
    fs::read_to_string(project().join(path)).unwrap()
}

#[test]
fn the_version_stands_in_cargo_toml_alone() {
    assert!(read("pyproject.toml").contains("dynamic = [\"version\""));
    for path in ["pyproject.toml", "npm/pack.mjs", "npm/bailiwick.js", "action.yml", "Dockerfile"] {
        assert!(!read(path).contains(env!("CARGO_PKG_VERSION")), "{path} states the version");
    }
    // What people copy from the docs names the version that the docs belong to.
    for word in read("docs/ci.md").split_whitespace().filter(|word| word.starts_with("OWNER/bailiwick@")) {
        assert_eq!(word, concat!("OWNER/bailiwick@v", env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn hooks_and_workflows_run_what_there_is() {
    let help = bailiwick(project(), &["check", "--help"]).stdout;
    let hooks = read(".pre-commit-hooks.yaml");
    for line in hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: ")) {
        let mut words = line.split_whitespace();
        assert_eq!((words.next(), words.next()), (Some("bailiwick"), Some("check")));
        for option in words.filter(|word| word.starts_with("--")) {
            assert!(help.contains(option), "no {option}");
        }
    }
    for workflow in ["ci.yml", "release.yml"] {
        let text = read(&format!(".github/workflows/{workflow}"));
        for action in text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: ")) {
            let (_, pin) = action.split_once('@').unwrap();
            let pin = pin.split_whitespace().next().unwrap();
            let is_commit = pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit, "{workflow}: {action} is not pinned to a commit");
        }
    }
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let folder = Repository::empty();
    let run = bailiwick(folder.root(), &["man", "."]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for page in ["bailiwick.1", "bailiwick-check.1", "bailiwick-init.1", "bailiwick-lsp.1"] {
        assert!(fs::read_to_string(folder.path(page)).unwrap().starts_with(".ie"), "{page}");
    }
    assert_eq!(bailiwick(folder.root(), &["man", "nowhere"]).code, 2);
}

#[test]
fn the_npm_package_starts_the_binary_of_its_platform() {
    let Ok(node) = Command::new("node").arg("-p").arg("process.platform + '-' + process.arch").output() else {
        println!("skipped: there is no node here");
        return;
    };
    let platform = String::from_utf8(node.stdout).unwrap().trim().to_owned();
    let out = Repository::empty();
    let pack = Command::new("node")
        .arg(project().join("npm/pack.mjs"))
        .arg(out.root())
        .arg(format!("{platform}={}", env!("CARGO_BIN_EXE_bailiwick")))
        .status()
        .unwrap();
    assert!(pack.success());
    let manifest = fs::read_to_string(out.path("bailiwick/package.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    // As npm lays them out.
    let modules = out.path("node_modules/@bailiwick");
    fs::create_dir_all(&modules).unwrap();
    fs::rename(out.path(&platform), modules.join(&platform)).unwrap();
    let run = |arguments: &[&str]| {
        Command::new("node").arg(out.path("bailiwick/bailiwick.js")).args(arguments).output().unwrap()
    };
    let version = run(&["--version"]);
    assert_eq!(String::from_utf8_lossy(&version.stdout).trim(), concat!("bailiwick ", env!("CARGO_PKG_VERSION")));
    assert_eq!(run(&["no-such-command"]).status.code(), Some(2));
    fs::remove_dir_all(modules).unwrap();
    let missing = run(&["--version"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("there is no bailiwick for"));
}
