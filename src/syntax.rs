//! Bytes to outline: one front end a language, all yielding the same neutral [`outline`](self::outline()).

pub mod dump;
#[cfg(feature = "go")]
pub mod go;
pub mod outline;
#[cfg(any(
    feature = "java",
    feature = "kotlin",
    feature = "scala",
    feature = "csharp",
    feature = "go",
    feature = "python",
    feature = "typescript",
    feature = "ruby",
    feature = "php",
    feature = "elixir"
))]
mod tree;

use crate::source::Language;
use outline::Outline;

/// The outline of a text in that language; `None` where no front end reads it.
#[must_use]
pub fn outline(language: Language, text: &str) -> Option<Outline> {
    match language {
        #[cfg(feature = "go")]
        Language::Go => Some(go::outline(text)),
        _ => None,
    }
}
