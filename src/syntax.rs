//! Bytes to outline: one front end a language, all yielding the same neutral [`outline`](self::outline()).

#![cfg_attr(
    not(feature = "languages"),
    allow(dead_code, unused_imports, reason = "what the front ends share, some builds have but a part of the use for")
)]

mod changelog;
#[cfg(feature = "csharp")]
pub mod csharp;
pub mod dump;
#[cfg(feature = "elixir")]
pub mod elixir;
#[cfg(feature = "go")]
pub mod go;
pub mod hidden;
#[cfg(feature = "java")]
pub mod java;
#[cfg(feature = "kotlin")]
pub mod kotlin;
#[cfg(any(
    feature = "csharp",
    feature = "python",
    feature = "typescript",
    feature = "ruby",
    feature = "php",
    feature = "elixir"
))]
mod lowering;
pub mod outline;
#[cfg(feature = "php")]
pub mod php;
#[cfg(any(feature = "csharp", feature = "python", feature = "ruby", feature = "php"))]
pub mod placeholders;
#[cfg(feature = "typescript")]
pub mod prisma;
#[cfg(feature = "python")]
pub mod python;
#[cfg(feature = "ruby")]
pub mod ruby;
pub mod rust;
#[cfg(feature = "scala")]
pub mod scala;
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
#[cfg(feature = "typescript")]
pub mod typescript;
pub mod xml;

use crate::source::Language;
use outline::Outline;

/// The outline of a text in that language; `None` where no front end reads it.
#[must_use]
pub fn outline(language: Language, text: &str) -> Option<Outline> {
    match language {
        Language::Rust => Some(rust::outline(text)),
        #[cfg(feature = "elixir")]
        Language::Elixir => Some(elixir::outline(text)),
        #[cfg(feature = "go")]
        Language::Go => Some(go::outline(text)),
        #[cfg(feature = "csharp")]
        Language::CSharp => Some(csharp::outline(text)),
        #[cfg(feature = "php")]
        Language::Php => Some(php::outline(text)),
        #[cfg(feature = "python")]
        Language::Python => Some(python::outline(text)),
        #[cfg(feature = "ruby")]
        Language::Ruby => Some(ruby::outline(text)),
        #[cfg(feature = "typescript")]
        Language::TypeScript => Some(typescript::outline(text)),
        #[cfg(feature = "typescript")]
        Language::JavaScript => Some(typescript::outline_javascript(text)),
        #[cfg(feature = "java")]
        Language::Java => Some(java::outline(text)),
        #[cfg(feature = "kotlin")]
        Language::Kotlin => Some(kotlin::outline(text)),
        #[cfg(feature = "scala")]
        Language::Scala => Some(scala::outline(text)),
        Language::Xml => Some(xml::outline(text)),
        #[cfg(feature = "typescript")]
        Language::Prisma => Some(prisma::outline(text)),
        Language::Shell => Some(hidden::shell(text)),
        Language::Makefile => Some(hidden::makefile(text)),
        Language::Dockerfile => Some(hidden::dockerfile(text)),
        Language::Yaml => Some(hidden::yaml(text)),
        Language::Json => Some(hidden::json(text)),
        Language::Terraform => Some(hidden::terraform(text)),
        Language::Notebook => Some(hidden::notebook(text)),
        _ => None,
    }
}
