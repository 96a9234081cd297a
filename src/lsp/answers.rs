//! What stands under the cursor: whose table it is, who else touches it, and the way out of a finding.

use std::collections::{BTreeMap, BTreeSet};

use gen_lsp_types::{Position, Range};
use serde_json::{Value, json};

use super::desk::Desk;
use super::diagnostics::{location, meet, of_finding};
use super::positions::{Encoding, offset, range};
use crate::grant::{self, NewGrant};
use crate::inline;
use crate::lint::Reported;
use crate::lint::names::counted;
use crate::map::{Access, AccessContext, Map, OwnerStatus, ServiceId, TableId};
use crate::session::Session;
use crate::source::{FileId, IndexedText, Place, Span, Texts};
use crate::vocabulary::Privilege;
use crate::workspace;

/// What a code action gives as a reason for people to fill in.
const REASON: &str = "say here why this is permitted";

/// The same for the issue, where the config asks for one.
const ISSUE: &str = "give here the tracker's link";

/// A place that an editor asks about.
pub(super) struct Asked<'a> {
    desk: &'a Desk,
    session: &'a Session,
    encoding: Encoding,
    path: &'a str,
    file: FileId,
    text: std::sync::Arc<IndexedText>,
}

impl<'a> Asked<'a> {
    /// The file at `path`, if the session knows it.
    pub(super) fn of(desk: &'a Desk, path: &'a str, encoding: Encoding) -> Option<Self> {
        let session = desk.session.as_ref()?;
        let file = session.workspace.file_id(path)?;
        Some(Self { desk, session, encoding, path, file, text: session.text(file)? })
    }

    /// The tables under the position and the span that names them: the innermost.
    fn tables(&self, position: Position) -> Option<(Span, BTreeSet<TableId>)> {
        let at = offset(&self.text, self.encoding, position);
        let at = Span::new(at, at);
        let map = &self.session.map;
        let here = |place: Place| place.file == self.file && place.span.contains(at);
        let touched =
            map.accesses.iter().filter(|access| here(access.place)).map(|access| (access.place, access.table));
        let created = (0u32..).map(TableId).zip(&map.tables);
        let created = created.filter_map(|(id, table)| Some((table.created_at.filter(|place| here(*place))?, id)));
        let keys = map.foreign_keys.iter().filter(|key| here(key.place)).map(|key| (key.place, key.to));
        let found: Vec<(Place, TableId)> = touched.chain(created).chain(keys).collect();
        let innermost = found.iter().map(|(place, _)| place.span).min_by_key(|span| (span.len(), span.start))?;
        let tables = found.iter().filter(|(place, _)| place.span == innermost).map(|(_, table)| *table);
        Some((innermost, tables.collect()))
    }

    /// Owner, who else touches it, and why.
    pub(super) fn hover(&self, position: Position) -> Option<Value> {
        let (span, tables) = self.tables(position)?;
        let parts: Vec<String> = tables.iter().map(|table| self.describe(*table)).collect();
        let contents = json!({"kind": "markdown", "value": parts.join("\n\n---\n\n")});
        Some(json!({"contents": contents, "range": range(&self.text, self.encoding, span)}))
    }

    fn describe(&self, id: TableId) -> String {
        let map = &self.session.map;
        let table = map.table(id);
        let schema = table.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
        let kind = table.kind.name().replace('-', " ");
        let database = &map.database(table.database).name;
        let mut text = format!("**{kind} `{schema}{}`** in database `{database}`\n\n", table.name);
        let reason = table.owner_evidence.first().map(|evidence| format!(": {}", evidence.text)).unwrap_or_default();
        let owner = match (table.owner, table.owner_status) {
            (Some(owner), Some(OwnerStatus::Proposed)) => {
                format!("probably `{}` (proposed){reason}", map.service(owner).name)
            }
            (Some(owner), Some(status)) => format!("`{}` ({}){reason}", map.service(owner).name, status.name()),
            _ if table.claims.len() > 1 => "contested".to_owned(),
            _ => "nobody".to_owned(),
        };
        text.push_str("owner: ");
        text.push_str(&owner);
        text.push('\n');
        let contexts = self.session.contexts(&[]);
        for (service, accesses) in by_service(map, id, &contexts) {
            text.push_str(&self.touching(service, &accesses));
        }
        text
    }

    /// A line: what one service does to the table, and why it is believed.
    fn touching(&self, service: Option<ServiceId>, accesses: &[&Access]) -> String {
        let map = &self.session.map;
        let name = service.map_or_else(|| "code of no service".to_owned(), |id| format!("`{}`", map.service(id).name));
        let privileges: BTreeSet<Privilege> = accesses.iter().map(|access| access.privilege).collect();
        let privileges: Vec<&str> = privileges.iter().map(|privilege| privilege.name()).collect();
        let places: BTreeSet<Place> = accesses.iter().map(|access| access.place).collect();
        let first = accesses.first().map(|access| {
            let line =
                self.session.text(access.place.file).map_or(1, |text| text.position(access.place.span.start).line);
            format!(": {} ({}:{line})", access.evidence.text, self.session.workspace.path(access.place.file))
        });
        let count = counted(places.len(), "place");
        format!("\n- {name}: {}, {count}{}", privileges.join(", "), first.unwrap_or_default())
    }

    /// Where the tables under the position are created.
    pub(super) fn definition(&self, position: Position) -> Option<Value> {
        let (_, tables) = self.tables(position)?;
        let places = tables.iter().filter_map(|table| self.session.map.table(*table).created_at);
        Some(self.locations(places.collect()))
    }

    /// Every access of every service to the tables under the position.
    pub(super) fn references(&self, position: Position, with_declaration: bool) -> Option<Value> {
        let (_, tables) = self.tables(position)?;
        let map = &self.session.map;
        let mut places: BTreeSet<Place> = BTreeSet::new();
        places.extend(map.accesses.iter().filter(|access| tables.contains(&access.table)).map(|access| access.place));
        for table in &tables {
            match map.table(*table).created_at {
                Some(place) if with_declaration => drop(places.insert(place)),
                Some(place) => drop(places.remove(&place)),
                None => {}
            }
        }
        Some(self.locations(places))
    }

    fn locations(&self, places: BTreeSet<Place>) -> Value {
        let places = places.into_iter();
        places.filter_map(|place| location(self.desk, self.session, self.encoding, place)).collect()
    }

    /// The ways out of the findings in a range.
    pub(super) fn code_actions(&self, asked: Range) -> Value {
        let at = |position| offset(&self.text, self.encoding, position);
        let asked = Span::new(at(asked.start), at(asked.end));
        let here =
            |reported: &&Reported| reported.finding.place.file == self.file && meet(reported.finding.place.span, asked);
        let actions = self.desk.outcome.open().filter(here);
        actions.flat_map(|reported| [self.grant_action(reported), self.allow_action(reported)]).flatten().collect()
    }

    fn action(&self, title: &str, reported: &Reported, uri: &str, edit: &Value) -> Option<Value> {
        let diagnostic = of_finding(self.desk, self.session, self.encoding, reported)?;
        Some(json!({
            "title": title,
            "kind": "quickfix",
            "diagnostics": [diagnostic],
            "edit": {"changes": {uri: [edit]}},
        }))
    }

    /// A comment above the statement, in the language's own form.
    fn allow_action(&self, reported: &Reported) -> Option<Value> {
        let finding = &reported.finding;
        if !inline::may_permit(&self.session.config, finding) {
            return None;
        }
        let line = inline::line_of(&self.session.map, finding, self.file, &self.text);
        let language = self.session.workspace.file(self.file)?.language;
        let new = inline::new_line(&self.text, language, line, &[finding.rule], REASON)?;
        let span = Span { start: new.at, end: new.at };
        let edit = json!({"range": range(&self.text, self.encoding, span), "newText": new.text});
        let title = format!("Allow `{}` here, with a reason", finding.rule);
        self.action(&title, reported, &self.desk.uri(self.path), &edit)
    }

    /// A grant at the owner's place.
    fn grant_action(&self, reported: &Reported) -> Option<Value> {
        let finding = &reported.finding;
        let (map, config) = (&self.session.map, &self.session.config);
        if !finding.rule.starts_with("foreign-") && finding.rule != "cross-owner-reference" {
            return None;
        }
        let (service, table) = (finding.service?, finding.table?);
        let (owner, owner_name) = grant::owner(map, table)?;
        let place = grant::place(config, owner_name).filter(|_| owner != service)?;
        let privileges: BTreeSet<Privilege> =
            finding.accesses.iter().map(|access| map.accesses[*access].privilege).chain(finding.privilege).collect();
        let new = NewGrant {
            owner: owner_name.to_owned(),
            to: map.service(service).name.to_string(),
            tables: vec![grant::table_name(map, table)],
            privileges: privileges.iter().map(|privilege| privilege.name().to_owned()).collect(),
            joins: false,
            reason: REASON.to_owned(),
            until: None,
            issue: config.grants_policy.require_issue.then(|| ISSUE.to_owned()),
        };
        let old = workspace::read(&*self.desk.sources(), place).ok()?;
        let written = grant::written(&old.text, &new, grant::is_own(config, owner_name, place)).ok()?;
        let (span, text) = difference(&old.text, &written);
        let edit = json!({"range": range(&IndexedText::new(old), self.encoding, span), "newText": text});
        let title = format!("Let `{owner_name}` grant it, in {place}");
        self.action(&title, reported, &self.desk.uri(place), &edit)
    }
}

/// The listed accesses to a table, by service: the owner's first.
fn by_service<'a>(
    map: &'a Map,
    table: TableId,
    contexts: &[AccessContext],
) -> Vec<(Option<ServiceId>, Vec<&'a Access>)> {
    let mut services: BTreeMap<Option<ServiceId>, Vec<&'a Access>> = BTreeMap::new();
    let listed = |access: &&Access| access.table == table && contexts.contains(&access.context);
    for access in map.accesses.iter().filter(listed) {
        services.entry(access.service).or_default().push(access);
    }
    let owner = map.table(table).owner;
    let mut services: Vec<_> = services.into_iter().collect();
    services.sort_by_key(|(service, _)| (service.is_none(), *service != owner || owner.is_none(), *service));
    services
}

/// The one part in which two texts differ: what is to be replaced, and by what.
fn difference<'a>(old: &str, new: &'a str) -> (Span, &'a str) {
    let start = old.bytes().zip(new.bytes()).take_while(|(one, other)| one == other).count();
    let start = old.floor_char_boundary(new.floor_char_boundary(start));
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let same = old_rest.bytes().rev().zip(new_rest.bytes().rev()).take_while(|(one, other)| one == other).count();
    let mut end = old_rest.len() - same;
    while !old_rest.is_char_boundary(end) {
        end += 1;
    }
    let kept = old_rest.len() - end;
    (Span::new(start, start + end), &new_rest[..new_rest.len() - kept])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_replaced() {
        for (old, new) in [("a\nb\n", "a\nx\nb\n"), ("", "é"), ("éa", "èa"), ("aa", "aaa"), ("abc", "abc"), ("x", "")]
        {
            let (span, text) = difference(old, new);
            let mut result = old.to_owned();
            result.replace_range(span.range(), text);
            assert_eq!(result, new);
        }
        assert_eq!(difference("one\ntwo\n", "one\ntwo\nthree\n"), (Span::new(8, 8), "three\n"));
    }
}
