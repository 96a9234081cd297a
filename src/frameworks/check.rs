//! What is wrong with a framework file that is good TOML: keys that are nearly right, rules that mean no call or say
//! nothing.

use super::model::{CallRule, EntityRule, Framework, MappingRule, ValueRule};
use crate::source::Span;

/// Something wrong, and what to do.
pub(super) struct Wrong {
    pub span: Option<Span>,
    pub message: String,
    pub help: Option<String>,
}

/// The lines that are this head of a table: the 1-based number of each, and its bytes.
pub(super) fn heads<'t>(text: &'t str, head: &'t str) -> impl Iterator<Item = (u32, Span)> + 't {
    let mut at = 0;
    (1u32..).zip(text.split_inclusive('\n')).filter_map(move |(number, line)| {
        let start = at;
        at += line.len();
        let rest = line.trim_start().strip_prefix(head)?;
        let plain = rest.trim_start().is_empty() || rest.trim_start().starts_with('#');
        let start = u32::try_from(start + line.len() - line.trim_start().len()).ok()?;
        plain.then_some((number, Span { start, end: start + u32::try_from(head.len()).ok()? }))
    })
}

/// What the reader of TOML says of a file, for whoever wrote the file: a wrong name comes with the nearest right one.
pub(super) fn explain(message: &str) -> (String, Option<String>) {
    let message = message.trim().replace('\n', "; ");
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let nearly = message.starts_with("unknown");
    let (Some(&wrong), true) = (words.first(), nearly) else { return (message, None) };
    let what = message.split('`').next().unwrap_or_default().trim();
    let known = &words[1..];
    let close = known.iter().map(|name| (strsim::damerau_levenshtein(wrong, name), *name)).min();
    let help = match close {
        Some((distance, name)) if distance <= 1 + wrong.chars().count() / 3 => format!("did you mean `{name}`?"),
        _ => format!("there are {}", known.join(", ")),
    };
    (format!("{what} `{wrong}`"), Some(help))
}

/// What is wrong with the rules of a framework.
pub(super) fn check(framework: &Framework, text: &str) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if framework.name.trim().is_empty() {
        wrong.push(Wrong { span: None, message: "`name` is empty".to_owned(), help: None });
    }
    let calls = framework.calls.iter().map(call);
    add(&mut wrong, text, "[[call]]", calls);
    add(&mut wrong, text, "[[entity]]", framework.entities.iter().map(entity));
    add(&mut wrong, text, "[[mapping]]", framework.mappings.iter().map(mapping));
    add(&mut wrong, text, "[[value]]", framework.values.iter().map(value));
    wrong
}

/// What each rule under such a head is told, at the head.
fn add(
    wrong: &mut Vec<Wrong>,
    text: &str,
    head: &str,
    told: impl Iterator<Item = Option<(&'static str, &'static str)>>,
) {
    let spans: Vec<Span> = heads(text, head).map(|(_, span)| span).collect();
    for (number, told) in told.enumerate() {
        let Some((message, help)) = told else { continue };
        wrong.push(Wrong {
            span: spans.get(number).copied(),
            message: format!("this `{head}` {message}"),
            help: Some(help.to_owned()),
        });
    }
}

fn call(rule: &CallRule) -> Option<(&'static str, &'static str)> {
    if rule.last_names().is_empty() && rule.callee.is_empty() {
        let help = "give it `method`, `function`, `macro`, `static-method` or `annotation`";
        return Some(("says of no call what it means", help));
    }
    // What is named by associations is read.
    let follows = rule.association.is_some() || rule.mixin.is_some() || rule.lookup.is_some() || rule.lookup_names;
    let touched =
        [&rule.table, &rule.entity, &rule.join, &rule.join_table, &rule.relation].into_iter().any(Option::is_some);
    if touched && !follows && rule.privileges.is_empty() && rule.link.is_empty() {
        return Some(("names a table and not what is done to it", "add `privileges`, such as `[\"select\"]`"));
    }
    if !rule.privileges.is_empty() && !touched && !follows {
        return Some(("has `privileges` on nothing", "add `table`, `entity` or `join`"));
    }
    let says = touched
        || follows
        || [&rule.sql, &rule.file, &rule.entity_query, &rule.append, &rule.text, &rule.carries, &rule.hands]
            .into_iter()
            .chain([&rule.statement_name, &rule.migrations, &rule.content, &rule.leads])
            .chain([&rule.spelled, &rule.command, &rule.changes])
            .chain([&rule.hands_item, &rule.items, &rule.item, &rule.puts, &rule.puts_all])
            .any(Option::is_some)
        || rule.statement.is_some()
        || rule.returns.is_some()
        || rule.transaction.is_some()
        || rule.append_hole
        || rule.built
        || rule.fetches
        || rule.ends
        || rule.content.is_some()
        || rule.hands_type.is_some()
        || rule.ignore
        || rule.saves
        || rule.told
        || rule.rollback
        || rule.creates_schema
        || rule.defines.is_some()
        || rule.along.is_some()
        || rule.says.is_some()
        || rule.table_of.is_some()
        || rule.this.is_some()
        || rule.this_type.is_some()
        || rule.embedded.is_some();
    (!says)
        .then_some(("says nothing of the calls it means", "say what follows: `sql`, `table`, `entity`, `returns`, …"))
}

fn entity(rule: &EntityRule) -> Option<(&'static str, &'static str)> {
    let lists = [&rule.annotation, &rule.base, &rule.method, &rule.field, &rule.field_annotation, &rule.held_in];
    let means = rule.mapped || lists.into_iter().chain([&rule.kept_by]).any(|list| !list.is_empty());
    (!means).then_some((
        "says of no type that it is one",
        "give it `annotation`, `base`, `method`, `field`, `held-in`, `kept-by` or `mapped`",
    ))
}

fn mapping(rule: &MappingRule) -> Option<(&'static str, &'static str)> {
    if rule.function.is_empty() && rule.method.is_empty() && rule.macros.is_empty() {
        return Some(("says of no call what it means", "give it `method`, `function` or `macro`"));
    }
    let says = rule.entity.is_some() || rule.schema.is_some() || rule.naming.is_some() || rule.prefix.is_some();
    (!says).then_some(("says nothing of the calls it means", "say which type is mapped: `entity`"))
}

fn value(rule: &ValueRule) -> Option<(&'static str, &'static str)> {
    let lists = [&rule.function, &rule.callee, &rule.method, &rule.macros, &rule.creator];
    if lists.iter().all(|list| list.is_empty()) {
        return Some(("says of no value what it stands for", "give it `function`, `callee`, `method` or `macro`"));
    }
    rule.table.is_none().then_some(("says no table's name", "say where it stands: `table = \"argument 0\"`"))
}
