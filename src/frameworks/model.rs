//! The form of a framework file. `docs/frameworks.md` teaches it; this is the reference.
//!
//! Paths in rules (`sqlx::query`, `sqlalchemy.orm.Session`, `gorm.io/gorm.DB`) are read as segments, parted by `::`
//! or `.`, or by `/` up to the last `/`; a path matches a name whose *resolved* path (through imports) ends with it,
//! or, where a file imports the thing from another door, whose last segment is the same and whose root is one of the
//! framework's `imports`.

use serde::Deserialize;

pub use super::builtin::BuiltinRule;
pub use super::call::{CallRule, Filled, TransactionRole};
pub use super::conventions::Said;
use super::conventions::{Convention, FunctionTypeRule, GeneratedRule, InflectionRule};
pub use super::relation::{JoinNaming, Lazy, RelationRule};
use super::selector::Selector;
use super::{FrameworkProblem, check};
use crate::source::{Language, LineIndex, Span};
use crate::vocabulary::{Dialect, Name, Privilege};

/// A framework: what its calls and types mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Framework {
    /// Its name, as people use it.
    pub name: Name,
    /// The languages it is used from; the folder's where the file does not say.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// Which versions of its API the file follows.
    #[serde(default)]
    pub versions: String,
    /// Its documentation.
    #[serde(default)]
    pub docs: String,
    /// What source imports to use it; the roots of its paths. Empty: it is always at hand (a standard library).
    #[serde(default)]
    pub imports: Vec<Name>,
    /// The languages of its own schemas: where a unit holds such a file it is used, wherever its client is imported from.
    #[serde(default)]
    pub schemas: Vec<Language>,
    /// The dialect of all its SQL, where it has only one.
    #[serde(default)]
    pub dialect: Option<Dialect>,
    /// Types that tell a dialect: `PgPool = "postgres"`.
    #[serde(default)]
    pub dialects: std::collections::BTreeMap<Name, Dialect>,
    /// Whether its rules speak of its own entities alone: two frameworks of one service have methods of one name.
    #[serde(default)]
    pub own_entities: bool,
    /// Whether associations are read only where they are waited for (`await order.customer`).
    #[serde(default)]
    pub awaits: bool,
    /// Whether what is done to an entity that nothing here declares is counted as not known.
    #[serde(default)]
    pub counts_strangers: bool,
    /// What its functions, methods, macros and annotations mean.
    #[serde(default, rename = "call")]
    pub calls: Vec<CallRule>,
    /// Types whose methods give the same type again, unless a rule says what they return: builders.
    #[serde(default)]
    pub fluent: Vec<Name>,
    /// Types of a query that is not run yet: what a function does with one that it is given is its caller's.
    #[serde(default)]
    pub queries: Vec<Name>,
    /// What its applications are called, where that is a part of the names of their tables.
    #[serde(default)]
    pub app: Option<AppRule>,
    /// Which types map to tables.
    #[serde(default, rename = "entity")]
    pub entities: Vec<EntityRule>,
    /// Calls that say which table an entity has.
    #[serde(default, rename = "mapping")]
    pub mappings: Vec<MappingRule>,
    /// Annotations of functions, or of the types round them, at whose end changes of objects that were read in them are
    /// written without a call; `*`: of all functions.
    #[serde(default)]
    pub tracked: Vec<Name>,
    /// Which values stand for tables.
    #[serde(default, rename = "value")]
    pub values: Vec<ValueRule>,
    /// Members and global names that it brings, with what they are.
    #[serde(default, rename = "member")]
    pub members: Vec<MemberRule>,
    /// Where the file comes from.
    #[serde(skip)]
    pub source: Source,
    /// The file.
    #[serde(skip)]
    pub path: String,
    /// The 1-based lines on which its `[[call]]`s begin.
    #[serde(skip)]
    pub call_lines: Vec<u32>,
    /// Types of its own that stand for tables.
    #[serde(default, rename = "builtin")]
    pub builtins: Vec<BuiltinRule>,
    /// How entities say that they lead to others.
    #[serde(default, rename = "association")]
    pub associations: Vec<AssociationRule>,
    /// What the entries of a record do to the entity of the association they stand under
    /// (`lines: { create: … }`), by their key.
    #[serde(default)]
    pub nested: std::collections::BTreeMap<Name, Nested>,
    /// Types that serve the entity which holds one of them (managers): their methods speak of it.
    #[serde(default)]
    pub serves: Vec<Name>,
    /// The members of an entity's type at which queries on it begin; where the type is not found they are opaque.
    #[serde(default)]
    pub managers: Vec<Name>,
    /// Which types give access to an entity.
    #[serde(default, rename = "repository")]
    pub repositories: Vec<RepositoryRule>,
    /// What leads from one entity to another.
    #[serde(default, rename = "relation")]
    pub relations: Vec<RelationRule>,
    /// Calls that teach the framework words of their own.
    #[serde(default, rename = "inflection")]
    pub inflections: Vec<InflectionRule>,
    /// Types of function values, and what those are given.
    #[serde(default, rename = "function-type")]
    pub function_types: Vec<FunctionTypeRule>,
    /// Types that are generated for tables, where what generates them leaves nothing in the sources.
    #[serde(default)]
    pub generated: Vec<GeneratedRule>,
}

/// What an application is called whose name is a part of the names of its tables (Django's apps): as a type says that
/// configures the folder, else like the folder.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AppRule {
    /// What a type derives from that configures the folder it stands in.
    pub base: Vec<Name>,
    /// Where it says the name, tried in order; of a path the last step.
    pub label: Vec<Selector>,
    /// Where an entity says the name of its application itself.
    #[serde(default)]
    pub own_label: Vec<Selector>,
    /// Folders of an application that are named for what they hold.
    #[serde(default)]
    pub inside: Vec<String>,
}

/// A member that types have from the framework, or a name that it makes known everywhere: `baseMapper` of a
/// `ServiceImpl<M, T>`, `$this->db`, `$wpdb->prefix`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MemberRule {
    /// The types that have it, and so what derives from them; empty: it is a name known everywhere.
    #[serde(default)]
    pub of: Vec<Name>,
    /// Its names.
    pub name: Vec<Name>,
    /// Its type, as a path.
    #[serde(default, rename = "type")]
    pub ty: Option<Name>,
    /// Else which argument of the type that has it is its type.
    #[serde(default)]
    pub type_argument: Option<usize>,
    /// Else the field of the type that has it in which its type is named.
    #[serde(default)]
    pub field: Option<Name>,
    /// The text it is; `{name}` stands for its name.
    #[serde(default)]
    pub text: Option<String>,
    /// Whether it, or what it gives when it is called, is the table of the entity when it is put into a text.
    #[serde(default)]
    pub table: bool,
    /// Whether it speaks of the entity of what it is a member of (`$orders->each->delete()`).
    #[serde(default)]
    pub carries: bool,
}

/// Types that map to tables.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EntityRule {
    /// The type carries one of these annotations (attributes, derives, decorators).
    #[serde(default)]
    pub annotation: Vec<Name>,
    /// The type derives from one of these, through types of the workspace too.
    #[serde(default)]
    pub base: Vec<Name>,
    /// Some field's value is made by what lies in one of these modules, and the type derives from what no source here
    /// declares: a base that another package brings.
    #[serde(default)]
    pub made_of: Vec<Name>,
    /// The type has a method of one of these names (`TableName`).
    #[serde(default)]
    pub method: Vec<Name>,
    /// The type has a field of one of these names (`__tablename__`).
    #[serde(default)]
    pub field: Vec<Name>,
    /// Some field of the type carries one of these annotations (a Go struct tag).
    #[serde(default)]
    pub field_annotation: Vec<Name>,
    /// Some field has one of these types with it as argument (`DbSet<Order> Orders`), or a `[[mapping]]` speaks of it.
    #[serde(default)]
    pub held_in: Vec<Name>,
    /// What a class with such sets derives from if it says of its entities what they are called; `*Context`: any such.
    #[serde(default)]
    pub contexts: Vec<Name>,
    /// Whether types that a `[[mapping]]` speaks of are entities: those that a call of the framework is given.
    #[serde(default)]
    pub mapped: bool,
    /// Some type derives from one of these with it as argument (`OrderRepository extends CrudRepository<Order, Long>`).
    #[serde(default)]
    pub kept_by: Vec<Name>,
    /// Whether each variant of an enum is the name of a table of its own, the variant `Table` that of the type.
    #[serde(default)]
    pub variants: bool,
    /// Types with one of these annotations, or these fields set, are no tables themselves (abstract bases).
    #[serde(default)]
    pub skip: Vec<Selector>,
    /// Where the table's name stands, tried in order.
    #[serde(default)]
    pub table: Vec<Selector>,
    /// Where the schema stands, tried in order.
    #[serde(default)]
    pub schema: Vec<Selector>,
    /// Where the name stands by which queries over entities know it, where that is not the type's.
    #[serde(default)]
    pub called: Vec<Selector>,
    /// The value that stands for the table of this type too (`companion object : IntEntityClass<Order>(Orders)`).
    #[serde(default)]
    pub of: Option<Selector>,
    /// What the framework makes of the type's name where no name is stated.
    #[serde(default)]
    pub naming: Naming,
    /// What it makes of it instead, by what the service says or uses; the first that holds.
    #[serde(default)]
    pub conventions: Vec<Convention>,
    /// Only types with one of these annotations, or these fields set, are meant.
    #[serde(default)]
    pub only: Vec<Selector>,
    /// Whether what `only` asks for may be said by a supertype.
    #[serde(default)]
    pub only_inherited: bool,
    /// Whether types that the fields of an entity lead to are entities too, if they have a key of their own.
    #[serde(default)]
    pub reaches: bool,
    /// What it puts before such a name, tried in order.
    #[serde(default)]
    pub prefix: Vec<Selector>,
    /// Whether such a name begins with that of the entity that the type is declared in.
    #[serde(default)]
    pub nested: bool,
    /// Whether a subclass of an entity shares its table (single-table inheritance).
    #[serde(default)]
    pub inherit: bool,
    /// Whether what a subclass with a table of its own holds lies in its supertypes' tables too.
    #[serde(default)]
    pub joined: bool,
    /// Names in the same module that stand for the entity too (sea-orm's `Entity`, `ActiveModel`, `Model`).
    #[serde(default)]
    pub aliases: Vec<Name>,
    /// Whether the framework creates the table from the type.
    #[serde(default)]
    pub creates: bool,
    /// Settings by which the framework creates the tables when the service starts, as paths of keys in snake case;
    /// the end of a path is enough.
    #[serde(default)]
    pub created_by: Vec<Name>,
    /// Fields that lead to other entities: annotations or types that make a field an association.
    #[serde(default)]
    pub associations: Vec<Name>,
    /// How a hierarchy of entities lies in tables: the annotation that says `JOINED` or `TABLE_PER_CLASS`.
    #[serde(default)]
    pub inheritance: Option<Selector>,
    /// Where further tables that hold a part of each row are named; all of them count.
    #[serde(default)]
    pub secondary: Vec<Selector>,
    /// Where a field's own table (of its items, or one that joins) is named, tried in order.
    #[serde(default)]
    pub join_table: Vec<Selector>,
    /// Where the schema of such a table is named, tried in order.
    #[serde(default)]
    pub join_schema: Vec<Selector>,
    /// Annotations of fields whose items lie in a table `<entity>_<field>` of their own.
    #[serde(default)]
    pub collections: Vec<Name>,
    /// Annotations of fields that a table `<own>_<other>` joins with the other entity's, unless they are `mappedBy`.
    #[serde(default)]
    pub paired: Vec<Name>,
    /// Annotations of fields that such a table joins with the other entity's, unless a column of the other's does.
    #[serde(default)]
    pub listed: Vec<Name>,
    /// The annotations that say that one does.
    #[serde(default)]
    pub own_column: Vec<Name>,
    /// Annotations of fields whose items are read and written with the entity as one.
    #[serde(default)]
    pub aggregated: Vec<Name>,
    /// Annotations of the field that is the key, which whatever leads to the entity holds itself; else it is `id`.
    #[serde(default)]
    pub key: Vec<Name>,
    /// Whether lists of objects that an entity holds are read and written with it as one.
    #[serde(default)]
    pub holds_parts: bool,
    /// Annotations of fields that are kept nowhere.
    #[serde(default)]
    pub left_out: Vec<Name>,
    /// The argument by which an association is loaded along with the entity.
    #[serde(default)]
    pub loaded: Option<Said>,
    /// What one needs to use a value of the type as if it were the table (diesel's `users::table`): a bare
    /// mention that no call claims.
    #[serde(default)]
    pub mention: Vec<Privilege>,
    /// What one needs to take an object by its key out of the type itself (`Order[1]`).
    #[serde(default)]
    pub indexed: Vec<Privilege>,
    /// Whether a mention counts only by one of the `aliases`: the type's own name merely says where they are.
    #[serde(default)]
    pub mention_by_alias: bool,
}

/// Calls that say which table an entity has: `builder.ToTable("orders", "sales")`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MappingRule {
    /// Free functions, as paths.
    #[serde(default)]
    pub function: Vec<Name>,
    /// Methods by name.
    #[serde(default)]
    pub method: Vec<Name>,
    /// The rule speaks only of calls that are given this value.
    #[serde(default)]
    pub given: Option<Selector>,
    /// The name that the convention is applied to, where it is not the type's.
    #[serde(default)]
    pub model: Option<Selector>,
    /// What the framework makes of the name, where it is not what the entity's rule says.
    #[serde(default)]
    pub naming: Option<Naming>,
    /// What the receiver must be known to be.
    #[serde(default)]
    pub receiver: Vec<Name>,
    /// Macros, as paths.
    #[serde(default, rename = "macro")]
    pub macros: Vec<Name>,
    /// The type that is mapped; without it the call speaks of all entities of the unit.
    #[serde(default)]
    pub entity: Option<Selector>,
    /// The table's name; without it the type is an entity by the framework's convention.
    #[serde(default)]
    pub table: Option<Selector>,
    /// Its schema.
    #[serde(default)]
    pub schema: Option<Selector>,
    /// What stands before the names that the framework makes.
    #[serde(default)]
    pub prefix: Option<Selector>,
    /// The entity whose rows the type's are a part of: read and written with them.
    #[serde(default)]
    pub part_of: Option<Selector>,
    /// Whether the type has no table of its own, unless another call names one.
    #[serde(default)]
    pub tableless: bool,
    /// How the hierarchy that begins with the type lies in tables: `JOINED`, `TABLE_PER_CLASS`.
    #[serde(default)]
    pub hierarchy: Option<Name>,
}

/// How an entity says that it leads to another: by the call that makes a field's value, by an annotation of a field
/// or of the type, by a call on the entity. Selectors begin there. A field whose declared type is an entity needs no
/// rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AssociationRule {
    /// The field's value is a call of one of these.
    #[serde(default)]
    pub function: Vec<Name>,
    /// The field, or the type, carries one of these annotations.
    #[serde(default)]
    pub annotation: Vec<Name>,
    /// One of these methods is called on the entity.
    #[serde(default)]
    pub method: Vec<Name>,
    /// The field is a record of associations; its entries are meant.
    #[serde(default)]
    pub record: Vec<Name>,
    /// The field's type is a list of entities.
    #[serde(default)]
    pub lists: bool,
    /// The calls of `function` that stand in a method of one of these names of the entity's type declare it.
    #[serde(default)]
    pub within: Vec<Name>,
    /// Where such a call says that it leads to one, not to many.
    #[serde(default)]
    pub one: Vec<Selector>,
    /// Where such a call names the association of the other entity that it is the way back of.
    #[serde(default)]
    pub inverse: Vec<Selector>,
    /// Only what also has one of these is meant.
    #[serde(default)]
    pub only: Vec<Selector>,
    /// The entity it leads to, or its name; else the field's type tells, or the association's own name.
    #[serde(default)]
    pub entity: Vec<Selector>,
    /// The names of the associations that it goes through, one after another.
    #[serde(default)]
    pub way: Vec<Selector>,
    /// The association's name; else the field's.
    #[serde(default)]
    pub name: Vec<Selector>,
    /// Whether the key lies in the entity's own table.
    #[serde(default)]
    pub own_key: bool,
    /// Names that, behind the association, still speak of the key alone (`customer__id`, `customer__in`).
    #[serde(default)]
    pub key_names: Vec<Name>,
    /// The member of it that stands for the table between the two (`Order.tags.through`).
    #[serde(default)]
    pub join_member: Option<Name>,
    /// Whether naming it on an object reads what it leads to (`order.customer.name`).
    #[serde(default)]
    pub lazy: bool,
    /// Whether naming the way back does.
    #[serde(default)]
    pub reverse_lazy: bool,
    /// The name of the way back, as stated.
    #[serde(default)]
    pub reverse: Vec<Selector>,
    /// The names of the way back where none is stated; `{name}` stands for the type's, in small letters.
    #[serde(default)]
    pub reverse_naming: Vec<Name>,
    /// Whether there is a table between the two.
    #[serde(default)]
    pub many_to_many: bool,
    /// Whether that is so only if the other holds a list of this one too.
    #[serde(default)]
    pub mutual: bool,
    /// Where the table between the two is named, or an entity is that stands for it.
    #[serde(default)]
    pub join_table: Vec<Selector>,
    /// Where its schema is named.
    #[serde(default)]
    pub join_schema: Vec<Selector>,
    /// Whether `join-table` names a column of that table (`"orders_lines.order_id"`).
    #[serde(default)]
    pub join_of_column: bool,
    /// Whether what stands before names that the framework makes stands before a stated one too.
    #[serde(default)]
    pub prefixed: bool,
    /// What the framework makes of the name stated; `{name}` stands for it.
    #[serde(default)]
    pub join_stated: Option<Name>,
    /// What the framework calls it otherwise: `{table}` and `{target}` stand for the tables of the two, `{first}` and
    /// `{second}` for the same in order of the alphabet, `{First}` and `{Second}` for the types', `{type:snake}` for the first's in that case, `{field}` for the
    /// association's name, `{field:snake}` for it in that case.
    #[serde(default)]
    pub join_naming: Option<Name>,
}

/// What an entry of a record under an association does.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Nested {
    /// To the table that the association leads to.
    #[serde(default)]
    pub target: Vec<Privilege>,
    /// To that table if the key lies there.
    #[serde(default)]
    pub key: Vec<Privilege>,
    /// To the table between the two.
    #[serde(default)]
    pub join: Vec<Privilege>,
}

/// Values that stand for tables: `Table("orders", …)`, `pgTable("orders", …)`, `DbSet<Order> Orders`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ValueRule {
    /// Whether the call declares an entity, which others may lead to, wherever it stands.
    #[serde(default)]
    pub declares: bool,
    /// Functions whose result stands for a table.
    #[serde(default)]
    pub function: Vec<Name>,
    /// Types whose values are called like functions (`knex("orders")`).
    #[serde(default)]
    pub callee: Vec<Name>,
    /// Parameters of these names and no stated type that are called (`function up(knex) { knex("orders") }`).
    #[serde(default)]
    pub parameter: Vec<Name>,
    /// Functions that make the function which is called: what theirs makes of the name is the table's.
    #[serde(default)]
    pub creator: Vec<Name>,
    /// Methods whose result does; `[]` is an element that is taken out (`DB[:orders]`).
    #[serde(default)]
    pub method: Vec<Name>,
    /// What the receiver must be.
    #[serde(default)]
    pub receiver: Vec<Name>,
    /// Whether it must be known to be that.
    #[serde(default)]
    pub strict: bool,
    /// Macros whose result does.
    #[serde(default, rename = "macro")]
    pub macros: Vec<Name>,
    /// The table's name.
    #[serde(default)]
    pub table: Option<Selector>,
    /// Its schema.
    #[serde(default)]
    pub schema: Option<Selector>,
    /// The rule speaks only of calls that are given this value.
    #[serde(default)]
    pub given: Option<Selector>,
    /// What the framework makes of the name, or of that of a type that `table` selects.
    #[serde(default)]
    pub naming: Naming,
    /// Whether the framework creates the table from it.
    #[serde(default)]
    pub creates: bool,
    /// What a bare mention needs that no call claims.
    #[serde(default)]
    pub mention: Vec<Privilege>,
}

/// Types whose objects give access to one entity: `OrderRepository`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RepositoryRule {
    /// What such a type derives from.
    pub base: Vec<Name>,
    /// Where it says which entity, tried in order.
    #[serde(default)]
    pub entity: Vec<Selector>,
    /// Whether it has a method for each entity, called after the entity's table.
    #[serde(default)]
    pub relations: bool,
    /// Where the entity says which type, tried in order.
    #[serde(default)]
    pub named_by: Vec<Selector>,
}

/// What a framework makes of a type's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Naming {
    /// Nothing: without a stated name there is no table.
    #[default]
    None,
    /// The name as it is.
    Kept,
    /// `OrderLine` → `orderline`.
    Lower,
    /// `OrderLine` → `order_line`.
    Snake,
    /// `OrderLine` → `order_lines`.
    SnakePlural,
    /// `OrderLine` → `order_lines`, as `doctrine/inflector` and Laravel have it: `Feedback` → `feedback`.
    SnakePluralDoctrine,
    /// `OrderLine` → `order_lines`, `Box` → `boxs`: an `s`, whatever the word.
    SnakeS,
    /// `OrderLine` → `OrderLines`, `Box` → `Boxs`: an `s`, whatever the word.
    KeptS,
    /// `OrderLine` → `OrderLines`.
    Plural,
    /// `OrderLine` → `orderLine`.
    Camel,
    /// `OrderLine` → `orderLines`.
    CamelPlural,
    /// `OrderLine` → `orderlines`.
    LowerPlural,
    /// What a column that leads to another table is called after: `user_id` → `users`.
    Key,
    /// Django: `<app>_orderline`.
    AppLower,
    /// The name of the property of the context that holds it (EF Core's `DbSet<Order> Orders`), else the type's.
    ContextProperty,
}

/// Where a framework file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// Built in.
    #[default]
    BuiltIn,
    /// From the workspace's `.bailiwick/frameworks/`.
    Workspace,
}

impl ValueRule {
    /// The last segments of everything the rule can match by name.
    #[must_use]
    pub fn last_names(&self) -> Vec<Name> {
        let paths = self.function.iter().chain(&self.macros).map(|path| Name::from(last_segment(path)));
        paths.chain(self.method.iter().cloned()).chain(self.parameter.iter().cloned()).collect()
    }
}

/// The segments of a path in a rule.
#[must_use]
pub fn segments(path: &str) -> Vec<Name> {
    let (folder, rest) = match path.rfind('/') {
        Some(at) => {
            let end = path[at..].find('.').map_or(path.len(), |dot| at + dot);
            (Some(&path[..end]), path[end..].trim_start_matches('.'))
        }
        None => (None, path),
    };
    let rest = rest.split("::").flat_map(|part| part.split('.')).filter(|part| !part.is_empty()).map(Name::from);
    folder.map(Name::from).into_iter().chain(rest).collect()
}

/// The last of a path's [`segments`]; empty for an empty path.
#[must_use]
pub fn last_segment(path: &str) -> &str {
    let rest = match path.rfind('/') {
        Some(at) => match path[at..].find('.') {
            Some(dot) => &path[at + dot..],
            None => return path,
        },
        None => path,
    };
    let named = rest.rsplit("::").flat_map(|part| part.rsplit('.')).find(|part| !part.is_empty());
    named.unwrap_or(&path[..path.len() - rest.len()])
}

/// Reads a framework file. `folder` is the language its folder names; a file of the workspace lies in none.
pub(super) fn parse(path: &str, text: &str, folder: Option<&str>) -> Result<Framework, Vec<FrameworkProblem>> {
    let problem = |span, message: String, help: Option<String>| FrameworkProblem {
        path: path.to_owned(),
        span,
        line: span.map(|span: Span| LineIndex::new(text).position(text, span.start).line),
        message,
        help,
    };
    let mut framework: Framework = toml::from_str(text).map_err(|error| {
        let place = |at: usize| u32::try_from(at).unwrap_or(0);
        let span = error.span().map(|span| Span { start: place(span.start), end: place(span.end) });
        let (message, help) = check::explain(error.message());
        vec![problem(span, message, help)]
    })?;
    framework.source = if folder.is_some() { Source::BuiltIn } else { Source::Workspace };
    path.clone_into(&mut framework.path);
    framework.call_lines = check::heads(text, "[[call]]").map(|(line, _)| line).collect();
    if framework.languages.is_empty() {
        let Some(language) = folder.and_then(language) else {
            let help = "name the language it is used from, such as `languages = [\"java\"]`".to_owned();
            return Err(vec![problem(None, "`languages` is missing".to_owned(), Some(help))]);
        };
        framework.languages = vec![language];
    }
    // One compiler reads both, and one framework file serves both.
    let (one, other) = (Language::TypeScript, Language::JavaScript);
    if framework.languages.contains(&one) && !framework.languages.contains(&other) {
        framework.languages.push(other);
    }
    // A notebook is Python in cells.
    if framework.languages.contains(&Language::Python) && !framework.languages.contains(&Language::Notebook) {
        framework.languages.push(Language::Notebook);
    }
    let wrong = check::check(&framework, text);
    if wrong.is_empty() {
        return Ok(framework);
    }
    Err(wrong.into_iter().map(|wrong| problem(wrong.span, wrong.message, wrong.help)).collect())
}

fn language(name: &str) -> Option<Language> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}
