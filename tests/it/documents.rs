//! What the documents show must work: the config of `docs/configuration.md` is loaded.

use std::fs;

use crate::support::{Repository, TODAY, project};

/// The indented block of a page that follows the heading.
fn block_below(page: &str, heading: &str) -> String {
    let below = page.split_once(heading).unwrap_or_else(|| panic!("no heading `{heading}`")).1;
    let lines = below.lines().skip_while(|line| !line.starts_with("    "));
    let block = lines.take_while(|line| line.starts_with("    ") || line.is_empty());
    block.flat_map(|line| [line.strip_prefix("    ").unwrap_or(line), "\n"]).collect()
}

#[test]
fn the_config_that_the_page_shows_is_a_good_one() {
    let page = fs::read_to_string(project().join("docs/configuration.md")).unwrap();
    let repository = Repository::of(
        "//- services/orders/src/main.rs\nfn main() {}\n//- services/reporting/src/main.rs\nfn main() {}\n\
         //- jobs/report.rs\nfn main() {}\n//- libs/db/src/lib.rs\n//- deploy/shop-db/init.sql\nSELECT 1;\n",
    );
    repository.write("bailiwick.toml", block_below(&page, "## The root's file").as_bytes());
    repository.write("services/orders/bailiwick.toml", block_below(&page, "## A service's own file").as_bytes());
    let run = repository.run(&["check", "--today", TODAY]);
    assert_ne!(run.code, 2, "{}", run.stderr);
}

#[test]
fn the_framework_that_the_page_shows_is_the_one_that_is_tested() {
    let page = fs::read_to_string(project().join("docs/frameworks.md")).unwrap();
    let tested = project().join("fixtures/cases/house-framework/repo/.bailiwick/frameworks/acme.toml");
    assert!(page.contains(&format!("```toml\n{}```", fs::read_to_string(tested).unwrap())));
    let matches = project().join("fixtures/cases/house-framework/test.stdout");
    assert!(page.contains(&format!("```text\n{}```", fs::read_to_string(matches).unwrap())));
}

/// The keys of framework files: the public fields of the data that they are read into, as they are written there.
fn framework_keys() -> Vec<String> {
    let mut keys = Vec::new();
    for file in ["model.rs", "call.rs", "conventions.rs", "relation.rs", "builtin.rs"] {
        let text = fs::read_to_string(project().join("src/frameworks").join(file)).unwrap();
        let (mut renamed, mut skipped) = (None, false);
        for line in text.lines().map(str::trim) {
            if line.starts_with("#[serde(") {
                renamed = line.split_once("rename = \"").and_then(|(_, rest)| rest.split('"').next());
                skipped = line.contains("skip");
            } else if let Some((name, _)) = line.strip_prefix("pub ").and_then(|rest| rest.split_once(": ")) {
                let key = renamed.take().map_or_else(|| name.replace('_', "-"), str::to_owned);
                if !std::mem::take(&mut skipped) && !name.contains(['(', ' ']) {
                    keys.push(key);
                }
            }
        }
    }
    keys
}

#[test]
fn every_key_of_a_framework_file_is_taught() {
    let page = fs::read_to_string(project().join("docs/frameworks.md")).unwrap();
    let keys = framework_keys();
    assert!(keys.len() > 100 && keys.iter().any(|key| key == "on-entity"), "{keys:?}");
    let is_taught = |key: &&String| {
        ["`", "[", "`[["]
            .iter()
            .any(|before| ["`", "]"].iter().any(|after| page.contains(&format!("{before}{key}{after}"))))
            || page.contains(&format!("{key} = "))
    };
    let silent: Vec<&String> = keys.iter().filter(|key| !is_taught(key)).collect();
    assert!(silent.is_empty(), "not in docs/frameworks.md: {silent:?}");
}
