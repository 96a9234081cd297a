//! The same input gives the same bytes: whatever the number of threads, and wherever the run starts.

use std::process::Command;

use crate::support::{Repository, TODAY, project};

fn output(repository: &Repository, threads: &str, from: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .args(arguments)
        .current_dir(repository.path(from))
        .env("RAYON_NUM_THREADS", threads)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn threads_and_the_current_folder_change_nothing() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    let root = repository.root().to_string_lossy().into_owned();
    for command in [
        vec!["check", "--today", TODAY],
        vec!["check", "--today", TODAY, "--format", "json"],
        vec!["check", "--today", TODAY, "--format", "concise"],
        vec!["map", "--format", "json"],
    ] {
        let once = output(&repository, "1", ".", &command);
        assert!(!once.is_empty(), "{command:?}");
        assert!(once == output(&repository, "8", ".", &command), "{command:?} depends on the threads");
        let mut elsewhere = command.clone();
        elsewhere.extend(["--root", &root]);
        assert!(
            once == output(&repository, "3", "services/orders/src", &elsewhere),
            "{command:?} depends on the folder"
        );
    }
}
