//! `[[grants]]`: what an owner permits.

use toml::de::{DeTable, DeValue};

use crate::config::values::{Reader, Value, backticked, span_of, suggestion};
use crate::config::{Grant, privileges_of};
use crate::source::Span;
use crate::vocabulary::{Name, Privilege};

const KEYS: &[&str] = &["owner", "to", "tables", "privileges", "joins", "reason", "until", "issue"];

/// The words that `privileges` may hold beside SQL's own.
const CLASSES: &[&str] = &["read", "write", "ddl", "reference"];

/// Reads all grants of a file. `owner` is the service whose own file it is; `None` in the root's.
pub(super) fn read_grants(reader: &mut Reader<'_>, value: &Value<'_>, owner: Option<&str>) -> Vec<Grant> {
    let DeValue::Array(entries) = value.get_ref() else {
        reader.problem(span_of(value), "`grants` must be a list of tables", "begin each with `[[grants]]`");
        return Vec::new();
    };
    let mut grants = Vec::new();
    for entry in entries {
        if let Some(table) = reader.table(entry, "a grant") {
            grants.push(read_grant(reader, span_of(entry), table, owner));
        }
    }
    grants
}

/// The grant as far as it can be read: one that lacks something stays in the list, so that what is wrong
/// with the rest of it is told in the same run.
fn read_grant(reader: &mut Reader<'_>, header: Span, table: &DeTable<'_>, own: Option<&str>) -> Grant {
    reader.known_keys(table, KEYS, "a grant");
    let whole = table.iter().fold(header, |whole, (_, value)| whole.to(span_of(value)));
    let mut missing: Vec<&str> = ["to", "tables", "privileges", "reason"].into();
    if own.is_none() {
        missing.insert(0, "owner");
    }
    missing.retain(|key| !table.contains_key(*key));
    if !missing.is_empty() {
        let message = format!("a grant lacks {}", backticked(missing.iter().copied()));
        reader.problem(header, message, "a grant says who may do what to which tables, and why");
    }
    let mut text = |key: &str| {
        let value = table.get(key)?;
        reader.string(value, &format!("`{key}`"))
    };
    let (declared, reason, issue) = (text("owner"), text("reason"), text("issue"));
    if let (Some(declared), Some(own)) = (&declared, own)
        && declared.value != own
    {
        let message = format!("the file of `{own}` cannot grant for `{}`", declared.value);
        reader.problem(declared.origin.span, message, "take `owner` out here, and let the owner grant");
    }
    let privileges = table.get("privileges").map(|value| read_privileges(reader, value)).unwrap_or_default();
    Grant {
        origin: reader.origin(whole),
        owner_origin: declared.as_ref().map(|declared| declared.origin.clone()),
        owner: own.map(Name::from).or_else(|| declared.map(|declared| declared.value.into())).unwrap_or_default(),
        to: table.get("to").map(|value| reader.names(value, "`to`")).unwrap_or_default(),
        tables: table.get("tables").map(|value| reader.patterns(value, "`tables`")).unwrap_or_default(),
        privileges,
        joins: table.get("joins").and_then(|value| reader.boolean(value, "`joins`")).unwrap_or(false),
        reason: reason.map(|reason| reason.value).unwrap_or_default(),
        until: table.get("until").and_then(|value| reader.date(value, "`until`")),
        issue: issue.map(|issue| issue.value),
    }
}

fn read_privileges(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<Privilege> {
    let words = reader.strings(value, "`privileges`");
    let mut privileges = Vec::new();
    for word in words {
        let Some(found) = privileges_of(&word.value) else {
            let known = CLASSES.iter().copied().chain(Privilege::ALL.iter().map(|privilege| privilege.name()));
            let help =
                suggestion(&word.value, known.clone()).unwrap_or_else(|| format!("known are {}", backticked(known)));
            reader.problem(word.origin.span, format!("unknown privilege `{}`", word.value), help);
            continue;
        };
        privileges.extend(found);
    }
    privileges.sort_unstable();
    privileges.dedup();
    privileges
}
