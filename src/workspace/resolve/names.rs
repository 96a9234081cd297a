//! Names: when two of them mean the same, and which of several people use.

use crate::vocabulary::Name;
use crate::workspace::tree::{base_name, folder_of};

/// Names that say what kind of thing it is, not which.
const GENERIC: &[&str] = &[
    "app",
    "web",
    "api",
    "server",
    "backend",
    "service",
    "main",
    "worker",
    "core",
    "application",
    "src",
    "cmd",
    "http",
    "grpc",
    "www",
    "site",
    "root",
    "code",
    "rest",
    "project",
    "crates",
    "packages",
    "apps",
    "services",
    "bin",
    "daemon",
    "run",
    ".",
    "",
];

/// Words at the end (or the start) of a name that people leave out and put in at will.
const LOOSE_WORDS: &[&str] = &["service", "svc", "microservice", "server", "api", "app", "backend", "ms", "rs", "go"];

/// Lower case, every other sign a hyphen.
pub(in crate::workspace) fn folded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            out.extend(letter.to_lowercase());
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_matches('-').to_owned()
}

/// [`folded`], without the words that say nothing.
pub(in crate::workspace) fn loose(name: &str) -> String {
    let folded = folded(name);
    let mut words: Vec<&str> = folded.split('-').collect();
    while words.len() > 1 && words.last().is_some_and(|word| LOOSE_WORDS.contains(word)) {
        words.pop();
    }
    while words.len() > 1 && words.first().is_some_and(|word| LOOSE_WORDS.contains(word)) {
        words.remove(0);
    }
    words.join("-")
}

pub(in crate::workspace) fn is_generic(name: &str) -> bool {
    GENERIC.contains(&folded(name).as_str()) || name == "."
}

/// The nearest folder on the way up that has a name of its own.
pub(in crate::workspace) fn folder_name(path: &str) -> Option<Name> {
    let mut path = path;
    while path != "." {
        let name = base_name(path);
        if !is_generic(name) {
            return Some(name.into());
        }
        path = folder_of(path);
    }
    None
}

/// Whether `word` stands in `text` with no word character on either side.
pub(in crate::workspace) fn mentions(text: &str, word: &str) -> bool {
    let is_word =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-');
    !word.is_empty()
        && text
            .match_indices(word)
            .any(|(at, _)| !is_word(text[..at].chars().next_back()) && !is_word(text[at + word.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_people_do() {
        assert_eq!(folded("Catalog_API"), "catalog-api");
        assert_eq!(loose("posts-microservice"), "posts");
        assert_eq!(loose("orders_service"), "orders");
        assert_eq!(loose("service"), "service");
        assert!(is_generic("Server") && !is_generic("orders"));
        assert_eq!(folder_name("services/orders/cmd/server").as_deref(), Some("orders"));
        assert_eq!(folder_name("src/app"), None);
    }

    #[test]
    fn a_mention_is_a_whole_word() {
        assert!(mentions("go build ./cmd/export", "cmd/export"));
        assert!(!mentions("go build ./cmd/export-importer", "cmd/export"));
        assert!(mentions("COPY target/release/stats-server /app", "stats-server"));
        assert!(!mentions("COPY stats-server", "stats"));
    }
}
