//! What a file is for, as far as its path tells: code, test, or rollback.

use crate::source::Language;
use crate::vocabulary::Context;

/// Folders that hold tests and what tests need.
const TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "__fixtures__",
    "testdata",
    "test-data",
    "test_data",
    "testing",
    "spec",
    "specs",
    "e2e",
    "integration_tests",
    "integration-tests",
    "integrationtest",
    "testfixtures",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "cypress",
    "playwright",
];

/// Folders of scripts that undo.
const ROLLBACK_FOLDERS: &[&str] = &["rollback", "rollbacks", "undo", "revert", "down"];

/// The context of the file at `path`.
#[must_use]
pub fn of_path(path: &str, language: Language) -> Context {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if language == Language::Sql && is_rollback(folders, name) {
        return Context::Rollback;
    }
    let in_tests = folders.split('/').any(is_test_folder) || is_test_source_set(folders);
    if in_tests || is_test_file(name, language) { Context::Test } else { Context::Code }
}

fn is_test_folder(folder: &str) -> bool {
    let lower = folder.to_ascii_lowercase();
    if TEST_FOLDERS.contains(&lower.as_str()) {
        return true;
    }
    // `unit-tests`, and packages that only tests use: `test-store`, `test_utils`.
    if ["_tests", "-tests"].iter().any(|ending| lower.ends_with(ending))
        || ["test_", "test-"].iter().any(|start| lower.starts_with(start))
    {
        return true;
    }
    // .NET keeps tests in projects of their own: `Shop.Tests`, `Ordering.UnitTests`; Android and
    // Gradle in source sets: `androidTest`, `integrationTest`.
    let dotted = lower.rsplit_once('.').is_some_and(|(_, last)| last.ends_with("tests") || last == "test");
    dotted || folder.ends_with("UnitTests") || folder.ends_with("FunctionalTests") || folder.ends_with("Test")
}

/// Whether a folder right in `src` is a source set of tests of some kind: `src/component-test`, `src/contractTest`, `src/it/java`.
fn is_test_source_set(folders: &str) -> bool {
    const LANGUAGES: &[&str] = &["java", "kotlin", "scala", "groovy", "resources"];
    let mut parts = folders.split('/').skip_while(|part| *part != "src").skip(1);
    let Some(set) = parts.next() else { return false };
    // `it` alone is Italian too.
    let is_of_code = parts.next().is_some_and(|part| LANGUAGES.contains(&part));
    ["-test", "_test", "Test"].iter().any(|ending| set.ends_with(ending))
        || is_of_code && matches!(set, "it" | "itest" | "intTest")
}

fn is_test_file(name: &str, language: Language) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    match language {
        Language::Go => name.ends_with("_test.go"),
        Language::Python => stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest",
        Language::Ruby => stem.ends_with("_spec") || stem.ends_with("_test"),
        Language::Elixir => stem.ends_with("_test"),
        Language::Rust => stem == "tests" || stem == "test" || stem.ends_with("_tests") || stem.ends_with("_test"),
        Language::TypeScript | Language::JavaScript => {
            [".spec.", ".test.", ".e2e-spec.", ".cy.", ".stories."].iter().any(|mark| name.contains(mark))
        }
        Language::Java | Language::Kotlin | Language::Scala | Language::CSharp | Language::Php => {
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            ["Test", "Tests", "IT", "Spec", "TestCase"].iter().any(|ending| is_ending_word(stem, ending))
        }
        Language::Yaml | Language::Json | Language::Toml => stem.ends_with("_test") || stem.ends_with("_tests"),
        _ => false,
    }
}

/// Whether `stem` ends in the word `ending`: `OrderIT`, but not `AUDIT`.
fn is_ending_word(stem: &str, ending: &str) -> bool {
    let Some(before) = stem.strip_suffix(ending) else { return false };
    before.chars().next_back().is_some_and(|letter| letter.is_lowercase() || letter.is_ascii_digit() || letter == '_')
}

fn is_rollback(folders: &str, name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let stem = lower.split_once(".sql").map_or(lower.as_str(), |(stem, _)| stem);
    let ends = |word: &str| {
        stem == word
            || [".", "_", "-"].iter().any(|mark| stem.strip_suffix(word).is_some_and(|before| before.ends_with(mark)))
    };
    let flyway_undo = name.starts_with('U')
        && name.contains("__")
        && name[1..].chars().next().is_some_and(|letter| letter.is_ascii_digit());
    let in_folder = folders.rsplit('/').take(2).any(|folder| {
        let folder = folder.to_ascii_lowercase();
        ROLLBACK_FOLDERS.contains(&folder.as_str())
    });
    flyway_undo || in_folder || ["down", "undo", "rollback", "revert"].into_iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::language;

    fn of(path: &str) -> Context {
        of_path(path, language::of_path(path))
    }

    #[test]
    fn tests_are_told_by_folder_and_name() {
        for path in [
            "tests/it/main.rs",
            "crates/db/src/tests.rs",
            "src/test/java/OrderRepository.java",
            "pkg/db/orders_test.go",
            "app/test_orders.py",
            "app/conftest.py",
            "src/orders.spec.ts",
            "src/__tests__/orders.ts",
            "OrderServiceTest.java",
            "OrderIT.java",
            "tests/Ordering.UnitTests/X.cs",
            "Shop.Tests/fixtures/seed.sql",
            "spec/models/order_spec.rb",
            "benches/speed.rs",
            "orders/src/integration-test/java/HttpBase.java",
            "orders/src/it/resources/application.properties",
            "web/playwright/seed.sql",
        ] {
            assert_eq!(of(path), Context::Test, "{path}");
        }
    }

    #[test]
    fn code_is_not_a_test() {
        for path in [
            "src/main.rs",
            "src/latest.rs",
            "contest/src/lib.rs",
            "Latest.java",
            "AUDIT.java",
            "services/attestation/main.go",
            "Manifest.java",
            "protest.py",
            "inspect/mod.rs",
        ] {
            assert_eq!(of(path), Context::Code, "{path}");
        }
    }

    #[test]
    fn undo_scripts_are_rollbacks() {
        for path in [
            "migrations/0001_init/down.sql",
            "migrations/0001_init.down.sql",
            "db/migration/U2__drop.sql",
            "db/rollback/V1.sql",
            "changes/0001.undo.sql",
            "x/0001-down.sql",
        ] {
            assert_eq!(of(path), Context::Rollback, "{path}");
        }
        for path in ["migrations/0001_init/up.sql", "Users__seed.sql", "countdown.sql", "db/markdown.sql", "U.sql"] {
            assert_eq!(of(path), Context::Code, "{path}");
        }
    }
}
