//! What keeps the project in shape: the ways modules may import each other, and names that must agree.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::{project, project_files, relative};

/// The stages in the order of the data. Each may import those to its left.
const STAGES: &[&str] =
    &["config", "workspace", "syntax", "frameworks", "sql", "facts", "map", "lint", "session", "report", "cli"];

/// What every stage may import.
const SHARED: &[&str] = &["source", "vocabulary"];

/// Modules beside the stages: what each may import, and the first stage that may import it.
const BESIDE: &[(&str, &[&str], &str)] = &[
    ("baseline", &["config", "workspace", "map", "lint"], "session"),
    ("cache", &["config", "facts"], "session"),
    ("git", &["workspace"], "cli"),
    ("grant", &["config", "workspace", "map", "lint"], "cli"),
    ("inline", &["config", "map", "lint"], "cli"),
    (
        "lsp",
        &[
            "baseline",
            "cache",
            "config",
            "facts",
            "git",
            "grant",
            "inline",
            "lint",
            "map",
            "report",
            "session",
            "workspace",
        ],
        "cli",
    ),
    ("replace", &[], "cli"),
];

/// A file longer than this, tests apart, holds more than one subject.
const LONGEST_FILE: usize = 1000;

#[test]
fn a_module_imports_only_what_stands_to_its_left() {
    let mut wrong = Vec::new();
    for path in project_files("src", ".rs") {
        let module = module_of(&path);
        if ["lib", "main"].contains(&module.as_str()) || path.ends_with("tests.rs") {
            continue;
        }
        let allowed = allowed_imports(&module);
        for import in imports(&code_of(&fs::read_to_string(&path).unwrap())) {
            if import != module && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{} imports crate::{import}", relative(&path)));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "imports against the way of the data:\n{}", wrong.join("\n"));
}

/// The top-level module that a file of `src` belongs to.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(project().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.strip_suffix(".rs").unwrap_or(&first).to_string()
}

fn allowed_imports(module: &str) -> Vec<&'static str> {
    let mut allowed = SHARED.to_vec();
    if let Some((_, imports, _)) = BESIDE.iter().find(|(name, ..)| *name == module) {
        allowed.extend(*imports);
    } else if let Some(at) = STAGES.iter().position(|stage| *stage == module) {
        allowed.extend(&STAGES[..at]);
        let reached = |first: &str| STAGES.iter().position(|stage| *stage == first).is_some_and(|first| first <= at);
        allowed.extend(BESIDE.iter().filter(|(_, _, first)| reached(first)).map(|(name, ..)| *name));
    } else {
        assert!(SHARED.contains(&module), "src/{module}: say in tests/it/tidy.rs where this module stands");
    }
    allowed
}

/// The text of a source file without its comment lines and without its tests at the end.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        if !line.trim_start().starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

/// The modules that a text names after `crate::`, groups in braces included.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|character| character.is_alphanumeric() || character == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads_of_group(group)),
            None => found.extend(head(rest)),
        }
    }
    found
}

/// The first identifier of each entry of a `use` group, up to its closing brace.
fn heads_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut entry_start, mut heads) = (0, 0, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.extend(head(&group[entry_start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.extend(head(&group[entry_start..at]));
                entry_start = at + 1;
            }
            _ => {}
        }
    }
    heads
}

/// The identifier at the start of a path, if it names a module and not a macro, type or function of the root.
fn head(path: &str) -> Option<String> {
    let path = path.trim_start();
    let end = path.find(|character: char| !(character.is_alphanumeric() || character == '_')).unwrap_or(path.len());
    let name = &path[..end];
    let is_module = !name.is_empty() && name.chars().all(|character| character.is_lowercase() || character == '_');
    is_module.then(|| name.to_string())
}

#[test]
fn imports_are_found_in_every_form() {
    let code = "use crate::sql;\nuse crate::{map::{Map, Table}, lint, report::json};\nfn f() { crate::facts::join(); }\n\
                use some_crate::other;\n";
    let found: Vec<_> = imports(code).into_iter().collect();
    assert_eq!(found, ["facts", "lint", "map", "report", "sql"]);
}

/// What languages mean by the same facts is told in one place, and how their modules are found in another.
#[test]
fn the_map_asks_for_no_language_of_programs() {
    const PROGRAMS: &[&str] = &[
        "Rust",
        "Java",
        "Kotlin",
        "Scala",
        "CSharp",
        "Go",
        "Python",
        "Notebook",
        "TypeScript",
        "JavaScript",
        "Ruby",
        "Php",
        "Elixir",
    ];
    let mut wrong = Vec::new();
    for path in project_files("src/map", ".rs") {
        if path.ends_with("languages.rs") || path.ends_with("modules.rs") || path.ends_with("tests.rs") {
            continue;
        }
        let code = code_of(&fs::read_to_string(&path).unwrap());
        let named = PROGRAMS.iter().filter(|language| code.contains(&format!("Language::{language}")));
        wrong.extend(named.map(|language| format!("{} asks for {language}", relative(&path))));
    }
    assert!(wrong.is_empty(), "say it in src/map/languages.rs: {wrong:#?}");
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> = ["src", "tests", "benches"]
        .iter()
        .flat_map(|folder| project_files(folder, ".rs"))
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//! "))
        .map(|path| relative(&path))
        .collect();
    assert!(silent.is_empty(), "files that do not begin with `//! …`:\n{}", silent.join("\n"));
}

#[test]
fn a_file_has_one_subject() {
    let long: Vec<_> = project_files("src", ".rs")
        .iter()
        .map(|path| (relative(path), lines_without_tests(&fs::read_to_string(path).unwrap())))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "files over {LONGEST_FILE} lines:\n{}", long.join("\n"));
}

fn lines_without_tests(text: &str) -> usize {
    text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count()
}

#[test]
fn a_stage_is_a_file_and_a_folder_of_one_name() {
    for entry in fs::read_dir(project().join("src")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && fs::read_dir(&path).unwrap().next().is_some() {
            assert!(path.with_extension("rs").is_file(), "{} has no file beside it", relative(&path));
        }
    }
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not find itself.
    let banned =
        [["#[ig", "nore]"], ["should_", "panic"], ["to", "do!("], ["unimpl", "emented!("], ["TO", "DO"], ["db", "g!("]]
            .map(|halves| halves.concat());
    for path in ["src", "tests", "benches"].iter().flat_map(|folder| project_files(folder, ".rs")) {
        let text = fs::read_to_string(&path).unwrap();
        for word in &banned {
            assert!(!text.contains(word.as_str()), "{} holds `{word}`", relative(&path));
        }
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut pages = project_files("docs", ".md");
    pages.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"].map(|page| project().join(page)));
    for page in pages.iter().filter(|page| page.exists()) {
        let text = fs::read_to_string(page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let elsewhere = target.is_empty() || target.contains("://");
            assert!(elsewhere || page.with_file_name(target).exists(), "{} links to {target}", relative(page));
        }
    }
}

#[test]
fn the_top_of_the_repository_stays_small() {
    const KNOWN: &[&str] = &[
        ".ci",
        ".cargo",
        ".dockerignore",
        ".git",
        ".github",
        ".gitignore",
        ".pre-commit-hooks.yaml",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "Dockerfile",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "SECURITY.md",
        "action.yml",
        "bailiwick.toml",
        "build.rs",
        "benches",
        "clippy.toml",
        "deny.toml",
        "docs",
        "editors",
        "fixtures",
        "fuzz",
        "npm",
        "pyproject.toml",
        "rules",
        "rustfmt.toml",
        "src",
        "target",
        "tests",
        "typos.toml",
    ];
    for entry in fs::read_dir(project()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let left_behind =
            name.starts_with(".bailiwick_cache") || name.starts_with(".idea") || name.starts_with(".vscode");
        assert!(left_behind || KNOWN.contains(&name.as_str()), "{name}: does this have to stand at the top?");
    }
}
