//! What leads from one entity to another, where no type tells.

use serde::Deserialize;

use super::selector::Selector;
use crate::vocabulary::Name;

/// What leads from an entity to another: a call in the type's body (`has_many :lines`), an annotation of a field, or
/// what a method of the type returns (`return $this->hasMany(Line::class)`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RelationRule {
    /// The names of such calls, annotations, methods.
    #[serde(default)]
    pub word: Vec<Name>,
    /// The names of methods of the type it leads to that give a field its value (`val city by City referencedOn …`).
    #[serde(default)]
    pub value: Vec<Name>,
    /// The type it leads to, tried in order; where none is stated it is named like the relation.
    #[serde(default)]
    pub target: Vec<Selector>,
    /// The relation that it goes through.
    #[serde(default)]
    pub through: Option<Selector>,
    /// What the rest of the way is called there, where that is not the relation's own name.
    #[serde(default)]
    pub source: Option<Selector>,
    /// The type that lies between.
    #[serde(default)]
    pub by: Option<Selector>,
    /// The name of the table that lies between, tried in order.
    #[serde(default)]
    pub join_table: Vec<Selector>,
    /// The relation of the other side, which says what lies between.
    #[serde(default)]
    pub inverse: Option<Selector>,
    /// The table that lies between is the plural of this value.
    #[serde(default)]
    pub join_plural: Option<Selector>,
    /// Methods that only narrow it: a method of the type that gives it so narrowed is a relation too
    /// (`return $this->users()->wherePivot('role', 'owner')`); `*` stands for any characters.
    #[serde(default)]
    pub narrowed_by: Vec<Name>,
    /// What the framework puts behind its name for the query that reads it (`tracks_dataset`).
    #[serde(default)]
    pub query_suffix: Option<Name>,
    /// What the table that lies between is called otherwise.
    #[serde(default)]
    pub join_naming: JoinNaming,
    /// How reading it without more looks.
    #[serde(default)]
    pub lazy: Lazy,
}

/// What a framework calls the table between two entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JoinNaming {
    /// There is none, or it is stated.
    #[default]
    None,
    /// Both tables in order: `orders_products`.
    Tables,
    /// Both types in order: `order_product`.
    Types,
    /// The table it leads from, then the one it leads to.
    FromTo,
}

/// How a relation is read by no more than naming it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lazy {
    /// It is not.
    #[default]
    No,
    /// `order.lines`, which is a call.
    Call,
    /// `order.lines`, a property beside the method of the same name.
    Property,
}
