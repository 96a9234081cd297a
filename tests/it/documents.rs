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
