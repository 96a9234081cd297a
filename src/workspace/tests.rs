//! Small trees on the disk, and what the workspace makes of them.
#![allow(clippy::disallowed_methods, reason = "tests read and write fixtures")]

use std::fs;
use std::path::Path;

use super::*;

/// A folder with the files of `text`: a line `//- path` opens each.
pub(super) struct Fixture(tempfile::TempDir);

pub(super) fn fixture(text: &str) -> Fixture {
    let fixture = Fixture(tempfile::tempdir().unwrap());
    let mut current: Option<(String, String)> = None;
    for line in text.lines().chain(["//- "]) {
        if let Some(path) = line.strip_prefix("//- ") {
            if let Some((path, text)) = current.take() {
                fixture.write(&path, text.as_bytes());
            }
            current = Some((path.trim().to_owned(), String::new()));
        } else if let Some((_, text)) = &mut current {
            text.push_str(line);
            text.push('\n');
        }
    }
    fixture
}

impl Fixture {
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(super) fn open(&self) -> Opened {
        open(&Disk::new(self.path()).unwrap(), None, &["foreign-read"])
    }

    /// What was skipped, as `path: reason`.
    fn skipped(&self) -> Vec<String> {
        let skipped = self.open().workspace.skipped;
        skipped.iter().map(|skip| format!("{}: {}", skip.path, skip.reason.name())).collect()
    }

    /// The paths of the files.
    fn files(&self) -> Vec<String> {
        self.open().workspace.files.iter().map(|file| file.path.to_string()).collect()
    }
}

#[test]
fn ignore_files_hold_without_a_repository_and_the_inner_one_wins() {
    let tree = fixture(
        "//- .gitignore\n*.log\n/out/\nsecret.*\n//- a/.gitignore\n!keep.log\n//- a/keep.log\n//- a/x.log\n//- out/x.rs\n//- a/out/y.rs\n",
    );
    assert_eq!(tree.files(), [".gitignore", "a/.gitignore", "a/keep.log", "a/out/y.rs"]);
    assert_eq!(tree.skipped(), ["a/x.log: ignored", "out/: ignored"]);
}

#[test]
fn the_repositorys_ignore_files_hold_in_a_folder_of_it() {
    let tree = fixture("//- .git/HEAD\n//- .gitignore\n*.gen.rs\n//- services/a/x.gen.rs\n//- services/a/x.rs\n");
    let opened = open(&Disk::new(&tree.path().join("services")).unwrap(), None, &[]);
    assert_eq!(opened.workspace.files.len(), 1);
    assert_eq!(opened.workspace.skipped.len(), 1);
}

#[test]
fn other_peoples_code_and_what_is_no_text_is_skipped_with_its_reason() {
    let tree = fixture(
        "//- node_modules/x/index.js\n//- Cargo.toml\n//- target/x.rs\n//- services/target/main.go\n//- services/vendor/main.go\n//- go.mod\n//- vendor/x.go\n//- yarn.lock\n//- logo.png\n//- app.min.js\n//- .github/workflows/ci.yml\n//- .env\n//- Forms/Main.Designer.cs\n//- Migrations/1_First.Designer.cs\n//- Migrations/ShopModelSnapshot.cs\n",
    );
    assert_eq!(
        tree.files(),
        [
            ".env",
            ".github/workflows/ci.yml",
            "Cargo.toml",
            "Forms/Main.Designer.cs",
            "Migrations/ShopModelSnapshot.cs",
            "go.mod",
            "services/target/main.go",
            "services/vendor/main.go"
        ]
    );
    assert_eq!(
        tree.skipped(),
        [
            "Migrations/1_First.Designer.cs: generated",
            "app.min.js: generated",
            "logo.png: binary",
            "node_modules/: vendored",
            "target/: vendored",
            "vendor/: vendored",
            "yarn.lock: generated"
        ]
    );
}

#[test]
fn excludes_and_sizes_are_the_configs_to_say_and_sql_has_any_size() {
    let tree = fixture(
        "//- bailiwick.toml\nexclude = [\"third_party\", \"**/*.bak\"]\nmax-file-size = 64\n//- third_party/x.rs\n//- a/x.bak\n",
    );
    tree.write("big.rs", &[b'a'; 65]);
    tree.write("big.sql", &[b'a'; 65]);
    assert_eq!(tree.files(), ["bailiwick.toml", "big.sql"]);
    assert_eq!(tree.skipped(), ["a/x.bak: excluded", "big.rs: too-large", "third_party/: excluded"]);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_pipes_are_not_opened() {
    use std::os::unix::fs::symlink;
    let outside = fixture("//- secret.rs\n");
    let tree = fixture("//- a/x.rs\n");
    symlink(tree.path(), tree.path().join("a/loop")).unwrap();
    symlink(outside.path(), tree.path().join("away")).unwrap();
    symlink("nowhere", tree.path().join("gone")).unwrap();
    symlink("itself", tree.path().join("itself")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(tree.path().join("pipe.sql")).status().unwrap();
    assert!(made.success());
    assert_eq!(tree.files(), ["a/x.rs"]);
    assert_eq!(tree.skipped(), ["a/loop: link", "away: link", "gone: link", "itself: link", "pipe.sql: special"]);
    assert!(Disk::new(tree.path()).unwrap().read("pipe.sql").is_err(), "a FIFO must not be waited for");
}

#[test]
fn an_empty_tree_is_no_trouble() {
    let opened = fixture("").open();
    assert!(opened.workspace.files.is_empty() && opened.workspace.services.is_empty() && opened.problems.is_empty());
}

#[test]
fn a_shebang_tells_the_language() {
    let tree = fixture("//- bin/console\n#!/usr/bin/env php\n//- bin/other\nplain text\n");
    let files = tree.open().workspace.files;
    assert_eq!([files[0].language, files[1].language], [Language::Php, Language::Other]);
}

#[test]
fn declared_services_have_their_files_and_databases() {
    let tree = fixture(
        "//- bailiwick.toml\n[services.b]\npaths = \"b\"\ndatabases = [\"shop\", \"log\"]\n[services.a]\npaths = [\"a\", \"b/special.rs\"]\ndatabases = \"shop\"\n[libraries.l]\npaths = \"b/lib\"\n[databases.shop]\ndialect = \"mysql\"\n//- a/x.rs\n//- b/y.rs\n//- b/special.rs\n//- b/lib/z.rs\n//- other.rs\n",
    );
    let Opened { workspace, problems, .. } = tree.open();
    assert!(problems.is_empty(), "{problems:?}");
    let unit = |path: &str| workspace.file(workspace.file_id(path).unwrap()).unwrap().unit;
    assert_eq!(unit("a/x.rs"), Unit::Service(ServiceId(0)));
    assert_eq!(unit("b/special.rs"), Unit::Service(ServiceId(0)));
    assert_eq!(unit("b/y.rs"), Unit::Service(ServiceId(1)));
    assert_eq!(unit("b/lib/z.rs"), Unit::Library(LibraryId(0)));
    assert_eq!(unit("other.rs"), Unit::Unassigned);
    let names: Vec<_> = workspace.databases.iter().map(|database| database.name.as_str()).collect();
    assert_eq!(names, ["log", "shop"]);
    assert_eq!(workspace.databases[1].dialect, Some(Dialect::Mysql));
    assert_eq!(workspace.services[1].databases.len(), 2);
    let place = workspace.services[0].evidence[0].place.unwrap();
    assert_eq!(workspace.path(place.file), "bailiwick.toml");
}
