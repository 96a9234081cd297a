//! What the rules of the frameworks say of one file, before it is settled whose tables those are: for whoever writes a
//! framework file and wants to see what matches where.

use std::collections::BTreeMap;

use super::build;
use super::interpret::{Found, Use};
use super::matching::{Certainty, Selected};
use super::program::{CallRef, Program};
use crate::frameworks::{CallRule, Framework, RuleId};
use crate::source::{FileId, Place, Span};
use crate::sql::HOLE;
use crate::vocabulary::{Name, Privilege};

/// What the rules say of one file.
#[derive(Debug, Clone, Default)]
pub struct FileMatches {
    /// The types of the file that stand for tables, in the order of the file.
    pub types: Vec<MatchedType>,
    /// The calls that a rule speaks of, in the order of the file.
    pub calls: Vec<MatchedCall>,
}

/// A type that stands for a table.
#[derive(Debug, Clone)]
pub struct MatchedType {
    /// The type's name.
    pub name: Name,
    /// Where it is declared.
    pub place: Place,
    /// The table.
    pub table: String,
    /// The framework.
    pub framework: Name,
    /// Whether the table's name is made by a convention, not stated.
    pub by_convention: bool,
    /// Whether the framework creates the table from it.
    pub creates: bool,
}

/// A call, and one rule that speaks of it; or what is found without one.
#[derive(Debug, Clone)]
pub struct MatchedCall {
    /// The name of what is called, where a call of this file is meant.
    pub name: Option<Name>,
    /// Where it stands.
    pub place: Place,
    /// The framework; `None` for a text that no framework claims.
    pub framework: Option<Name>,
    /// The file and line of the rule.
    pub rule: Option<String>,
    /// Whether only the name agrees, not the type it is called on.
    pub by_name: bool,
    /// What the rule says, in a few words each.
    pub says: Vec<String>,
    /// The texts it takes, with `…` for what is not known.
    pub texts: Vec<String>,
    /// The tables it touches.
    pub tables: Vec<MatchedTable>,
    /// Why something cannot be known.
    pub opaque: Vec<String>,
}

/// A table that a call touches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchedTable {
    /// Where it is named.
    pub place: Place,
    /// What is needed.
    pub privilege: Privilege,
    /// Its name as the source has it.
    pub table: String,
}

type Matches = BTreeMap<(Place, Option<RuleId>), MatchedCall>;

/// What the rules of all frameworks say of a file.
#[must_use]
pub fn matches(input: build::Input<'_>, file: FileId) -> FileMatches {
    let program = build::program(input, &|_| ());
    let mut matches = Matches::new();
    if program.symbols.file_ids().contains(&file) {
        for index in (0u32..).take(program.symbols.file(file).facts.calls.len()) {
            matched_call(&program, (file, index), &mut matches);
        }
    }
    let found = build::interpret(&program, input.config, input.facts);
    add_found(&program, file, found, &mut matches);
    let mut calls: Vec<MatchedCall> = matches.into_values().collect();
    for call in &mut calls {
        call.tables.sort();
        call.tables.dedup();
        call.opaque.sort();
        call.opaque.dedup();
    }
    calls.sort_by_key(|call| call.place);
    FileMatches { types: types(&program, file), calls }
}

/// The rules that speak of a call.
fn matched_call(program: &Program<'_>, call: CallRef, matches: &mut Matches) {
    let fact = program.call(call);
    let name = program.callee(call.0, fact).map(|callee| callee.name);
    for &(id, certainty) in program.rules(call).iter() {
        let rule = program.frameworks.call(id);
        let framework = program.frameworks.framework(id);
        let matched = MatchedCall {
            name: name.clone(),
            place: Place { file: call.0, span: fact.name_span },
            framework: Some(framework.name.clone()),
            rule: Some(program.frameworks.place_of(id)),
            by_name: certainty == Certainty::Name,
            says: says(rule, framework),
            texts: texts(program, call, rule, fact.span),
            tables: Vec::new(),
            opaque: Vec::new(),
        };
        matches.insert((Place { file: call.0, span: fact.span }, Some(id)), matched);
    }
}

/// What was found in the file, at the calls it was found by; what its texts say where they are handed to a call of
/// another file stands by itself.
fn add_found(program: &Program<'_>, file: FileId, found: Found, matches: &mut Matches) {
    let alone = |place: Place, used: Option<&Use>| MatchedCall {
        name: None,
        place,
        framework: used.and_then(|used| used.framework.clone()),
        rule: used.and_then(|used| used.rule).map(|id| program.frameworks.place_of(id)),
        by_name: false,
        says: used.filter(|used| used.rule.is_none()).map(|used| used.evidence.text.clone()).into_iter().collect(),
        texts: Vec::new(),
        tables: Vec::new(),
        opaque: Vec::new(),
    };
    for used in found.uses {
        let call = used.call.unwrap_or(used.site);
        if call.file != file && used.place.file != file {
            continue;
        }
        let entry = matches.entry((call, used.rule)).or_insert_with(|| alone(used.site, Some(&used)));
        let table = used.table.to_string();
        entry.tables.push(MatchedTable { place: used.place, privilege: used.privilege, table });
    }
    for opaque in found.opaque.into_iter().filter(|opaque| opaque.place.file == file) {
        let call = opaque.call.unwrap_or(opaque.place);
        matches.entry((call, opaque.rule)).or_insert_with(|| alone(opaque.place, None)).opaque.push(opaque.reason);
    }
}

fn types(program: &Program<'_>, file: FileId) -> Vec<MatchedType> {
    let here = program.entities.list.iter().filter(|entity| entity.place.file == file);
    let mut types: Vec<MatchedType> = here
        .map(|entity| MatchedType {
            name: name_at(program, entity.place),
            place: entity.place,
            table: entity.table.to_string(),
            framework: program.frameworks.all[entity.framework].name.clone(),
            by_convention: entity.by_convention,
            creates: entity.creates,
        })
        .collect();
    types.sort_by_key(|matched| matched.place);
    types
}

/// The name of the type or value that is declared there.
fn name_at(program: &Program<'_>, place: Place) -> Name {
    let facts = program.symbols.file(place.file).facts;
    let ty = facts.types.iter().find(|decl| decl.name_span == place.span).map(|decl| &decl.name);
    ty.or_else(|| facts.values.iter().find(|value| value.span == place.span).map(|value| &value.name))
        .cloned()
        .unwrap_or_default()
}

/// The texts that a rule takes from a call.
fn texts(program: &Program<'_>, call: CallRef, rule: &CallRule, at: Span) -> Vec<String> {
    let selectors = [&rule.sql, &rule.entity_query, &rule.table, &rule.text, &rule.append, &rule.file];
    let at = Place { file: call.0, span: at };
    let mut texts = Vec::new();
    for selector in selectors.into_iter().flatten() {
        for value in program.select(call.0, call.1, selector) {
            let Selected::Node(file, node) = value else { continue };
            let rendered = program.texts(file, node, None, at);
            let known = rendered.iter().filter(|rendered| rendered.known && rendered.included.is_none());
            texts.extend(known.map(|rendered| one_line(&rendered.text)));
        }
    }
    if let Some(template) = &rule.statement {
        let filled = program.filled(call, template, at);
        texts.extend(filled.iter().map(|rendered| one_line(&rendered.text)));
    }
    texts.dedup();
    texts
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace(HOLE, "…")
}

/// What a rule says of its calls, in a few words each.
fn says(rule: &CallRule, framework: &Framework) -> Vec<String> {
    let mut says = Vec::new();
    let mut say = |said: bool, words: &str| says.extend(said.then(|| words.to_owned()));
    say(rule.sql.is_some(), "takes SQL");
    say(rule.entity_query.is_some(), "takes a query over entities");
    say(rule.statement.is_some(), "stands for a statement");
    say(rule.file.is_some(), "runs a file of SQL");
    say(rule.migrations.is_some(), "runs a folder of migrations");
    say(rule.table.is_some(), "takes a table's name");
    say(rule.entity.is_some(), "uses an entity");
    say(rule.association.is_some(), "uses an association");
    say(rule.join.is_some(), "takes a join as text");
    say(rule.content.is_some(), "gives a file's content");
    say(rule.told, "gives what was built");
    say(rule.saves, "saves what was changed");
    say(rule.text.is_some(), "gives a text");
    say(rule.table_of.is_some(), "gives a table's name");
    say(rule.append.is_some() || rule.append_hole, "appends to a text");
    say(rule.statement_name.is_some(), "names a prepared statement");
    say(rule.ignore, "only declares");
    say(rule.rollback, "only undoes");
    say(rule.transaction.is_some(), "concerns a transaction");
    if let Some(returns) = &rule.returns {
        says.push(format!("returns {returns}"));
    } else if rule.carries.is_some() || says.is_empty() {
        says.push(format!("goes on with {}", framework.name));
    }
    says
}
