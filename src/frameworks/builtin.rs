//! Types of frameworks' own that stand for tables.

use serde::Deserialize;

use crate::vocabulary::Name;

/// A type of the framework's own that stands for a table: Django's `User`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BuiltinRule {
    /// Its paths, and those of values that stand for it.
    #[serde(rename = "type")]
    pub ty: Vec<Name>,
    /// Functions that give the type.
    #[serde(default)]
    pub function: Vec<Name>,
    /// Texts that name it where an association leads to it.
    #[serde(default)]
    pub named: Vec<Name>,
    /// The setting by which a service puts a type of its own in its place (`AUTH_USER_MODEL = "users.User"`).
    #[serde(default)]
    pub setting: Option<Name>,
    /// Its table.
    pub table: Name,
}
