//! XML that speaks of tables: MyBatis and iBatis mappers, Hibernate, JPA and Doctrine mappings, Liquibase changelogs.
//!
//! What the outline of a mapper looks like:
//!
//! - `<mapper namespace="a.b.OrderMapper">` is package `a.b` and a `TypeKind::Extension` named `OrderMapper`:
//!   the Java interface of that name gets its methods.
//! - Each `select`, `insert`, `update`, `delete`, `statement`, `procedure` and `selectKey` is a
//!   `FunctionKind::Method` named by its `id`, with one call of the pseudo path `mybatis`, `<tag>` and the
//!   statement as its argument.
//! - The statement is a text with every dynamic part in its place: `if`, `foreach` and the like are all their
//!   contents, `choose` is a choice of its branches, `where`, `set` and `trim` add and strip what they would.
//!   `#{x}` stays as written (a placeholder to SQL), `${x}` is a hole.
//! - An `include` of a fragment of the same file is that fragment's text, of another namespace the value of
//!   that name: each `<sql id>` is a `ValueDecl` in the mapper's scope.
//!
//! And of a mapping: each class is a `TypeKind::Extension` with the annotations that JPA has for the same
//! (`Entity`, `Table`, `SecondaryTable`, `JoinTable`, `NamedQuery`, `NamedNativeQuery`).
//!
//! And of a changelog: see [`super::changelog`].
//!
//! Any other XML is an empty outline. Text is read from the source itself, not from the parser's decoded
//! copy, so that every position is true through entities and CDATA.

mod changelog;
mod mapper;
mod mapping;
mod text;

use roxmltree::{Document, ParsingOptions};

use super::outline::{Outline, SyntaxProblem};
use crate::source::Span;

/// Elements nested deeper than this are not followed.
const MAX_DEPTH: usize = 100;

/// The outline of an XML file.
#[must_use]
pub fn outline(text: &str) -> Outline {
    let roots =
        ["<mapper", "<sqlMap", "<hibernate-mapping", "<entity-mappings", "<doctrine-mapping", "databaseChangeLog"];
    if !roots.iter().any(|root| memchr::memmem::find(text.as_bytes(), root.as_bytes()).is_some()) {
        return Outline::default();
    }
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = match Document::parse_with_options(text, options) {
        Ok(document) => document,
        Err(error) => {
            let problem =
                SyntaxProblem { span: Span::new(0, text.len()), message: format!("the XML cannot be read: {error}") };
            return Outline { problems: vec![problem], ..Outline::default() };
        }
    };
    let root = document.root_element();
    match root.tag_name().name() {
        "mapper" | "sqlMap" => mapper::outline(text, root),
        "hibernate-mapping" => mapping::hibernate(text, root),
        "entity-mappings" => mapping::jpa(text, root),
        "databaseChangeLog" => changelog::outline(text, root),
        "doctrine-mapping" => mapping::doctrine(text, root),
        _ => Outline::default(),
    }
}

#[cfg(test)]
mod tests;
