//! What a call means: which ones a rule speaks of, and what follows from each.

use serde::Deserialize;

use super::model::{Naming, last_segment};
use super::selector::Selector;
use super::template::Template;
use crate::vocabulary::{Dialect, Name, Privilege};

/// What a call (or an annotated function) means. The first group of keys says what matches, the second what
/// follows from it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CallRule {
    /// Free functions, static methods and constructors, as paths; `*Error` is all whose name ends so.
    #[serde(default)]
    pub function: Vec<Name>,
    /// Macros and tagged templates, as paths.
    #[serde(default, rename = "macro")]
    pub macros: Vec<Name>,
    /// Methods by name; `*` stands for any characters.
    #[serde(default)]
    pub method: Vec<Name>,
    /// Methods that are called on a type by its path (`Order::find(…)`), by name; the type is the receiver.
    #[serde(default)]
    pub static_method: Vec<Name>,
    /// What the receiver must be: types (or their supertypes). Empty: anything, in files that use the framework.
    #[serde(default)]
    pub receiver: Vec<Name>,
    /// Whether the receiver must be known to be one of `receiver`: a name as common as `get` or `add` says
    /// nothing by itself.
    #[serde(default)]
    pub strict: bool,
    /// Whether only methods count that the receiver has from the framework, none that the workspace declares.
    #[serde(default)]
    pub inherited: bool,
    /// Whether the receiver must carry an entity (see `entity = "receiver"`), whatever its type.
    #[serde(default)]
    pub on_entity: bool,
    /// Whether it counts only where nothing in what it is given says what is done to the entity (`run(query[Order])`).
    #[serde(default)]
    pub alone: bool,
    /// Whether what it is called on must be an association of an entity (`order.lines << line`), no list of objects.
    #[serde(default)]
    pub on_relation: bool,
    /// Whether it counts only where nothing that is used goes on from the call's result (`subquery(…)` in a condition).
    #[serde(default)]
    pub by_itself: bool,
    /// Whether the receiver must carry no entity yet: a chain that names one (`db.Model(&Order{})`) speaks of that.
    #[serde(default)]
    pub bare: bool,
    /// Annotations on a function or method: the rule then concerns calls of that function, and selectors
    /// begin at the annotation. On a type or field it concerns the declaration itself.
    #[serde(default)]
    pub annotation: Vec<Name>,
    /// At least so many arguments.
    #[serde(default)]
    pub min_args: usize,
    /// At most so many arguments.
    #[serde(default)]
    pub max_args: Option<usize>,

    /// The rule speaks only of calls that are given this value (`@Query(nativeQuery = true)`).
    #[serde(default)]
    pub given: Option<Selector>,
    /// The rule speaks only of calls that are not given this value.
    #[serde(default)]
    pub not_given: Option<Selector>,

    /// The rule speaks only of calls that are given what one of these methods has had a hand in
    /// (`OnConflict::column(…).update_column(…)`).
    #[serde(default)]
    pub given_call: Vec<Name>,

    /// The value is SQL.
    #[serde(default)]
    pub sql: Option<Selector>,
    /// Whether that may be a part of a statement: what the statement as a whole is, is for the call to say that sends it.
    #[serde(default)]
    pub fragment: bool,
    /// What stands for values in `sql` or `text`, and what is put there.
    #[serde(default)]
    pub filled: Option<Filled>,
    /// The statement that the call stands for, with values of the call in it: `DROP TABLE {argument 0}`.
    #[serde(default)]
    pub statement: Option<Template>,
    /// The SQL is only this clause of a query (`from`), with or without the word itself.
    #[serde(default)]
    pub clause: Option<Name>,
    /// The SQL may be a `<script>` with tags in it, as MyBatis has them.
    #[serde(default)]
    pub tags: bool,
    /// Types that may be given instead of a text: of those the rule says nothing.
    #[serde(default)]
    pub except: Vec<Name>,
    /// The value is the path of a file of SQL.
    #[serde(default)]
    pub file: Option<Selector>,
    /// The value is a query over entities, not tables (JPQL, HQL, DQL): names in it are types.
    #[serde(default)]
    pub entity_query: Option<Selector>,
    /// Whether `entity-query` may be only what stands behind `where` in a query on what `entity` selects
    /// (`find("customer.name", name)`); that entity counts at the call.
    #[serde(default)]
    pub short: bool,
    /// Whether what an annotation's text says counts at the calls of the function too, in the place of what its name says.
    #[serde(default)]
    pub at_calls: bool,
    /// What in the text stands for the entity of the type round it (`#{#entityName}`).
    #[serde(default)]
    pub own_entity: Option<Name>,
    /// Whether the method's name says the query (`findByCustomerName`): the associations it leads through are read.
    #[serde(default)]
    pub derived: bool,
    /// The value is a text that names a table (or a list of such, or `name AS alias`).
    #[serde(default)]
    pub table: Option<Selector>,
    /// How a constant is named after a table, where what generates it is not in the sources (`from(ORDERS)`).
    #[serde(default)]
    pub generated: Option<Naming>,
    /// What the framework makes of the name that `table` selects.
    #[serde(default)]
    pub naming: Naming,
    /// Whether `table` names a column behind its table (`orders.id`).
    #[serde(default)]
    pub of_column: bool,
    /// Only calls count that stand in, or make, what one of these functions or methods is given.
    #[serde(default)]
    pub inside: Vec<Name>,
    /// Calls do not count that stand in what one of these functions is given.
    #[serde(default)]
    pub outside: Vec<Name>,
    /// Whether the call makes the framework create the tables of all its entities.
    #[serde(default)]
    pub creates_schema: bool,
    /// The value qualifies `table` with a schema.
    #[serde(default)]
    pub schema: Option<Selector>,
    /// The value carries an entity (is of its type, a list of it, the type itself, a repository of it, a query on it).
    #[serde(default)]
    pub entity: Option<Selector>,
    /// Whether what `entity` selects is a query, and no more than what this call does with it.
    #[serde(default)]
    pub of_query: bool,
    /// Whether it writes what was changed on entities before it in the same function (a unit of work).
    #[serde(default)]
    pub saves: bool,
    /// The value is an object that the call changes: what is changed is written where it is saved (`setattr(order, …)`).
    #[serde(default)]
    pub changes: Option<Selector>,
    /// Signs (of one byte each) that only mark off parts of the SQL, and are none of it.
    #[serde(default)]
    pub blank: Option<String>,
    /// The two signs between which a name stands that is put in at run time (`<table>`).
    #[serde(default)]
    pub holes: Option<String>,
    /// The value carries an entity that the receiver's may be related to through a third, whose table is read too.
    #[serde(default)]
    pub related: Option<Selector>,
    /// Whether a tuple as the table's name is its schema and its name.
    #[serde(default)]
    pub qualified: bool,
    /// The value is the name that the table gets.
    #[serde(default)]
    pub renamed: Option<Selector>,
    /// What `table` or `entity` is needed for.
    #[serde(default)]
    pub privileges: Vec<Privilege>,
    /// The value names associations of the entity that `entity` selects, else the receiver's: a path of them
    /// (`"lines.product"`), a member (`Order.lines`, `o => o.Lines`), a record of them, a list of such. Their tables
    /// are read.
    #[serde(default)]
    pub association: Option<Selector>,
    /// Whose association that is, where the call changes what leads from one to another and does no more
    /// (`order.$relatedQuery("lines").relate(3)`): `link` is done to the table between the two, else `privileges` to the
    /// table that holds the key.
    #[serde(default)]
    pub of: Option<Selector>,
    /// The rest of the called name, after this, names such an association: `getLines` after `get`.
    #[serde(default)]
    pub mixin: Option<Name>,
    /// What that needs where the association has a table of its own between the two; else `privileges` on the other.
    #[serde(default)]
    pub mixin_join: Vec<Privilege>,
    /// Whether what `entity` selects is there afterwards: naming an association that leads to it reads nothing more.
    #[serde(default)]
    pub loads: bool,
    /// Whether a list that `sql` selects holds statements, and not the lines of one.
    #[serde(default)]
    pub statements: bool,
    /// Whether an entity in what `entity` selects that is not found is counted as opaque.
    #[serde(default)]
    pub must_find: bool,
    /// Whether what is otherwise loaded along with an entity is not loaded here.
    #[serde(default)]
    pub unloaded: bool,
    /// Values that stand for all associations of the entity (`clause.Associations`).
    #[serde(default)]
    pub every: Vec<Name>,
    /// The value names columns, behind associations or not (`"customer__name"`): the tables on the way are read.
    #[serde(default)]
    pub lookup: Option<Selector>,
    /// Whether the names of named arguments are such lookups (`filter(customer__name="x")`).
    #[serde(default)]
    pub lookup_names: bool,
    /// The value is an association with a table of its own between the two, or the name of one: `privileges` speak of
    /// that.
    #[serde(default)]
    pub join_table: Option<Selector>,
    /// The value is a text that joins tables (`LEFT JOIN lines l ON …`), as it stands in a statement.
    #[serde(default)]
    pub join: Option<Selector>,
    /// The values name relations of the entity that the call carries (`joins(:lines)`, `with('lines.product')`):
    /// symbols, texts, lists of them, records whose values lead further. With `privileges` they are used.
    #[serde(default)]
    pub relation: Option<Selector>,
    /// The value names the relation of the entity that the call carries to which its result leads
    /// (`assoc(order, :lines)`).
    #[serde(default)]
    pub leads: Option<Selector>,
    /// What the call needs on the table that lies between, where it is called on a relation that has one
    /// (`user.roles.attach(…)`); then it needs nothing on the entity itself.
    #[serde(default)]
    pub link: Vec<Privilege>,
    /// What `sql` selects is a part of a statement, which stands for `{}` in this one.
    #[serde(default)]
    pub part_of: Option<String>,
    /// The value is appended to the SQL that the receiver (or the first argument) builds.
    #[serde(default)]
    pub append: Option<Selector>,
    /// Something unknown is appended (`push_bind`).
    #[serde(default)]
    pub append_hole: bool,
    /// Values of these types are called like functions, or with `macro = ["*"]` are tags of templates.
    #[serde(default)]
    pub callee: Vec<Name>,
    /// The name is one of rows that the chain itself makes (`with("recent", …)`), and no table.
    #[serde(default)]
    pub defines: Option<Selector>,
    /// The result carries the entity that the association of that name leads to.
    #[serde(default)]
    pub along: Option<Selector>,
    /// The value is a list of columns that may hold other tables', each before its own list in parentheses
    /// (`"id, customer:customers(name)"`).
    #[serde(default)]
    pub embedded: Option<Selector>,
    /// Whether the call makes an object of an entity's type; `callee` is that.
    #[serde(default)]
    pub constructor: bool,
    /// The call's result is a text: the value selected (`QueryBuilder::new("…")`, `sql.SQL("…")`, `text("…")`).
    #[serde(default)]
    pub text: Option<Selector>,
    /// Whether no other library has a method of that name: it says enough where the receiver's type is not known.
    #[serde(default)]
    pub unmistakable: bool,
    /// What `sql` or `text` selects may be a list: the statement, and behind it its values (`["id = ?", 1]`).
    #[serde(default)]
    pub with_values: bool,
    /// A value that stands before it.
    #[serde(default)]
    pub before: Option<Selector>,
    /// What stands between several such values.
    #[serde(default)]
    pub separator: Name,
    /// The call's result is this text, whatever the call is given.
    #[serde(default)]
    pub says: Option<Name>,
    /// What stands behind them (`fr"…"` ends with a blank).
    #[serde(default)]
    pub followed_by: Name,
    /// The call's result is what stands in the file of that path.
    #[serde(default)]
    pub content: Option<Selector>,
    /// The call's result is the text of the name that this value is written as (`stringify!(orders)`).
    #[serde(default)]
    pub spelled: Option<Selector>,
    /// The call's result is a statement whose tables count where it was built: handed on it is nothing new.
    #[serde(default)]
    pub built: bool,
    /// The call's result is a list of these values.
    #[serde(default)]
    pub items: Option<Selector>,
    /// The call's result is the name of the table of the entity that this value carries (`$order->getTable()`).
    #[serde(default)]
    pub table_of: Option<Selector>,
    /// The call's result is one of the elements of this value.
    #[serde(default)]
    pub item: Option<Selector>,
    /// The value is put into the collection that the call is made on.
    #[serde(default)]
    pub puts: Option<Selector>,
    /// All elements of the value are put into the collection that the call is made on.
    #[serde(default)]
    pub puts_all: Option<Selector>,
    /// The value is a list of the words of a command that is run: the program and what it is given.
    #[serde(default)]
    pub command: Option<Selector>,
    /// What stands between the items of the list that `text` selects; the rule speaks of lists alone.
    #[serde(default)]
    pub glue: Option<Selector>,
    /// The texts that `table` selects name the two tables that the table in question links.
    #[serde(default)]
    pub joined: bool,
    /// The call's result carries the entity of this value; by default a method's result carries its receiver's.
    #[serde(default)]
    pub carries: Option<Selector>,
    /// The type of the first parameter of the function value that the call is given (`o` in `orders.Where(o => …)`).
    #[serde(default)]
    pub hands: Option<Selector>,
    /// The function value that the call is given is handed an element of this value (`list.map(|item| …)`).
    #[serde(default)]
    pub hands_item: Option<Selector>,
    /// What `this` is in the functions of a record that the call is given (`repository.extend({ … })`).
    #[serde(default)]
    pub this: Option<Selector>,
    /// The type of what `this` is in the function values that the call is given, as a path (`Sequel.migration do … end`).
    #[serde(default)]
    pub this_type: Option<Name>,
    /// Which argument is the function value that is handed that, where the call may be given several.
    #[serde(default)]
    pub hands_at: Option<usize>,
    /// A type round what `hands` selects, as a path (`EntityTypeBuilder`).
    #[serde(default)]
    pub hands_type: Option<Name>,
    /// The type of the result, as a path; `$0` stands for the type that `carries` selects.
    #[serde(default)]
    pub returns: Option<Name>,
    /// Whether the result is the type itself that `carries` selects (`apps.get_model("shop", "Order")`).
    #[serde(default)]
    pub gives_type: bool,
    /// The statement's dialect.
    #[serde(default)]
    pub dialect: Option<Dialect>,
    /// Whether the calls that built its result have told what it says: a text of a builder is nothing unknown.
    #[serde(default)]
    pub told: bool,
    /// What it does to a transaction.
    #[serde(default)]
    pub transaction: Option<TransactionRole>,
    /// Whether the result is what was read, no query any more: what is called on it stands for itself.
    #[serde(default)]
    pub fetches: bool,
    /// Whether what the call gives, or hands to the function value that it is given, is one object.
    #[serde(default)]
    pub single: bool,
    /// Whether it speaks of queries, and never of a list of objects that were read: what is asked of that is asked in
    /// memory. A list is what a call gives that `fetches` and is not `single`, or hands to the function value it is given.
    #[serde(default)]
    pub on_query: bool,
    /// Whether it speaks of types and of what holds many objects, never of one object itself.
    #[serde(default)]
    pub on_many: bool,
    /// Whether it ends the chain: the result carries no entity.
    #[serde(default)]
    pub ends: bool,
    /// The value is the name that a statement is prepared under: where a call takes SQL it is none.
    #[serde(default)]
    pub statement_name: Option<Selector>,
    /// What it is given only declares something: a mention of a table in it is no access.
    #[serde(default)]
    pub ignore: bool,
    /// What the call says runs only to undo the rest (the down half of a migration).
    #[serde(default)]
    pub rollback: bool,
    /// The value is a folder of migrations, relative to the package.
    #[serde(default)]
    pub migrations: Option<Selector>,
}

/// Signs in a text that each stand for one of the values that follow (`SELECT * FROM ?? WHERE id = ?`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Filled {
    /// The signs for values.
    #[serde(default)]
    pub values: Vec<Name>,
    /// The signs for names: what is given for one is part of the statement.
    #[serde(default)]
    pub names: Vec<Name>,
    /// The value that is the one sign, for which everywhere the same is put: of what is no text nothing is known to change.
    #[serde(default)]
    pub sign: Option<Selector>,
    /// What is given: a list, or several arguments.
    pub with: Selector,
}

/// What a call does to a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransactionRole {
    /// It begins one.
    Begin,
    /// It ends one for good.
    Commit,
    /// It undoes one.
    Rollback,
    /// Its function argument (or the `with` block it opens) runs in one.
    Closure,
}

impl CallRule {
    /// The last segments of everything the rule can match by name.
    #[must_use]
    pub fn last_names(&self) -> Vec<Name> {
        let paths =
            self.function.iter().chain(&self.macros).chain(&self.annotation).map(|path| Name::from(last_segment(path)));
        let any = (!self.callee.is_empty()).then(|| Name::from("*"));
        paths.chain(self.method.iter().cloned()).chain(self.static_method.iter().cloned()).chain(any).collect()
    }
}
