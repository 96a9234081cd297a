//! What types tell by their names, and services by their settings: the parts of a framework file that speak of neither
//! a call nor a declaration.

use serde::Deserialize;

use super::model::Naming;
use crate::vocabulary::Name;

/// A naming of tables that some services have: those that say so in a setting, or use a framework beside.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Convention {
    /// The setting, as the end of its path of keys in snake case.
    #[serde(default)]
    pub setting: Vec<Name>,
    /// Its value; `*` stands for any characters.
    #[serde(default)]
    pub value: Name,
    /// The framework.
    #[serde(default)]
    pub beside: Vec<Name>,
    /// The naming.
    pub naming: Naming,
    /// Whether names that are stated are changed too.
    #[serde(default)]
    pub stated: bool,
    /// Whether a table between two is named after the field that leads there, not after the other's table.
    #[serde(default)]
    pub joins_by_field: bool,
}

/// A type of function values: `Specification<Order>` is given a `Root<Order>`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FunctionTypeRule {
    /// Its paths.
    #[serde(rename = "type")]
    pub types: Vec<Name>,
    /// The type of the first thing given, which has the same type arguments.
    pub hands_type: Name,
}

/// Types that a generator names after tables: `tables.records.AuthorRecord` is a row of `author`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GeneratedRule {
    /// Their paths, or the ends of them; in the last segment `*` stands for what is made of the table's name.
    #[serde(rename = "type")]
    pub types: Vec<Name>,
    /// How the table's name is made of that.
    pub naming: Naming,
}

/// Calls that teach the framework words: `inflect.irregular "cactus", "cacti"`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InflectionRule {
    /// Methods by name.
    pub method: Vec<Name>,
    /// What the words are.
    pub teaches: Taught,
}

/// What words a call teaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Taught {
    /// A singular and its plural.
    #[default]
    Irregular,
    /// Words without a plural.
    Uncountable,
    /// Words that are written in capitals.
    Acronym,
}

/// An argument of an annotation, and the value it is given by name.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Said {
    /// The argument.
    pub argument: Name,
    /// The last word of its value.
    pub value: Name,
}
