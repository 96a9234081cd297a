//! Writing a grant at its owner's place, in a config that people keep by hand: nothing else in it changes.
//!
//! Used by `bailiwick allow` and by the editor's code action.

use std::sync::Arc;

use jiff::civil::Date;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

use crate::config::{Config, FILE_NAME};
use crate::lint::rule_names;
use crate::map::{Map, ServiceId, TableId};
use crate::source::Sources;
use crate::vocabulary::Name;
use crate::workspace::{self, Overlay};

/// A grant that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    /// Who permits.
    pub owner: String,
    /// Who may.
    pub to: String,
    /// Which tables.
    pub tables: Vec<String>,
    /// What: privileges, or `read`, `write`.
    pub privileges: Vec<String>,
    /// Whether the tables may be joined with those of others.
    pub joins: bool,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The tracker's link.
    pub issue: Option<String>,
}

/// Where the owner's grants stand: its own file if it has one, else the root's. `None` without either.
#[must_use]
pub fn place<'a>(config: &'a Config, owner: &str) -> Option<&'a str> {
    let own = config.services.get(owner).and_then(|service| service.own_file.as_deref());
    own.or_else(|| config.files.first().map(Name::as_str).filter(|file| is_root_file(config, file)))
}

/// Whether the first file is the root's: without one the services' own are all there is.
fn is_root_file(config: &Config, file: &str) -> bool {
    !config.services.values().any(|service| service.own_file.as_deref() == Some(file))
}

/// The table's name as a grant needs it: as short as it is clear.
#[must_use]
pub fn table_name(map: &Map, id: TableId) -> String {
    let table = map.table(id);
    let short = match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name),
        None => table.name.to_string(),
    };
    let alike = map.tables.iter().filter(|other| {
        other.name.eq_ignore_ascii_case(&table.name) && other.owner == table.owner && other.database != table.database
    });
    let database = map.database(table.database);
    if alike.count() > 0 && table.schema.is_some() && !database.name.starts_with('<') {
        format!("{}:{short}", database.name)
    } else {
        short
    }
}

/// Whether some owner's place is the owner's own file, in which the owner need not be named.
#[must_use]
pub fn is_own(config: &Config, owner: &str, file: &str) -> bool {
    config.services.get(owner).is_some_and(|service| service.own_file.as_deref() == Some(file))
}

/// The config's text with the grant in it.
///
/// # Errors
/// Why it cannot be written into that text.
pub fn written(text: &str, grant: &NewGrant, own: bool) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let grants = document.entry("grants").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    match grants {
        Item::ArrayOfTables(tables) => tables.push(as_table(grant, own)),
        Item::Value(Value::Array(array)) => array.push(Value::InlineTable(as_inline(grant, own))),
        _ => return Err("`grants` is no list".into()),
    }
    Ok(document.to_string())
}

/// The keys of a grant in the order in which people read them.
fn entries(grant: &NewGrant, own: bool) -> Vec<(&'static str, Value)> {
    let list = |values: &[String]| Value::Array(values.iter().map(String::as_str).collect::<Array>());
    let mut entries = Vec::new();
    if !own {
        entries.push(("owner", Value::from(grant.owner.as_str())));
    }
    entries.push(("to", Value::from(grant.to.as_str())));
    entries.push(("tables", list(&grant.tables)));
    entries.push(("privileges", list(&grant.privileges)));
    if grant.joins {
        entries.push(("joins", Value::from(true)));
    }
    entries.push(("reason", Value::from(grant.reason.as_str())));
    if let Some(until) = grant.until
        && let Ok(date) = until.to_string().parse::<toml_edit::Datetime>()
    {
        entries.push(("until", Value::from(date)));
    }
    if let Some(issue) = &grant.issue {
        entries.push(("issue", Value::from(issue.as_str())));
    }
    entries
}

fn as_table(grant: &NewGrant, own: bool) -> Table {
    let mut table = Table::new();
    for (key, value) in entries(grant, own) {
        table.insert(key, Item::Value(value));
    }
    table.decor_mut().set_prefix("\n");
    table
}

fn as_inline(grant: &NewGrant, own: bool) -> InlineTable {
    entries(grant, own).into_iter().collect()
}

/// What is wrong with the config if `path` has this text: so that nothing is written that the next run
/// would refuse.
#[must_use]
pub fn problems(sources: Arc<dyn Sources + Send>, config: Option<&str>, path: &str, text: &str) -> Vec<String> {
    let overlay = Overlay::new(sources);
    overlay.set(path, text);
    let rules: Vec<&str> = rule_names().collect();
    let opened = workspace::open(&overlay, config, &rules);
    opened.problems.into_iter().map(|problem| problem.message).collect()
}

/// The owner's name, if the table has one.
#[must_use]
pub fn owner(map: &Map, table: TableId) -> Option<(ServiceId, &str)> {
    let id = map.table(table).owner?;
    Some((id, map.service(id).name.as_str()))
}

/// Where a config is to be, for those that have none yet.
#[must_use]
pub fn missing() -> String {
    format!("there is no `{FILE_NAME}` to write the grant into")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> NewGrant {
        NewGrant {
            owner: "orders".into(),
            to: "reporting".into(),
            tables: vec!["orders".into()],
            privileges: vec!["read".into()],
            joins: false,
            reason: "the \"nightly\" export".into(),
            until: Some(jiff::civil::date(2027, 3, 1)),
            issue: None,
        }
    }

    #[test]
    fn what_people_wrote_stays_as_it_is() {
        let before = "# ours\nservice = \"orders\"   # who\n\n[rules]\nopaque-sql = \"off\" # for now\n";
        let after = written(before, &grant(), true).unwrap();
        assert!(after.starts_with(before), "{after}");
        insta::assert_snapshot!(after[before.len()..], @r#"

        [[grants]]
        to = "reporting"
        tables = ["orders"]
        privileges = ["read"]
        reason = 'the "nightly" export'
        until = 2027-03-01
        "#);
    }

    #[test]
    fn in_the_roots_file_the_owner_is_named_and_lists_are_lists() {
        let after = written("grants = []\n", &grant(), false).unwrap();
        assert!(after.contains("owner = \"orders\""), "{after}");
        assert!(written("grants = 1\n", &grant(), false).is_err());
        assert!(written("grants = [\n", &grant(), false).is_err());
    }
}
