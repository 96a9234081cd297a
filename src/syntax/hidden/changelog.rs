//! Changelogs of Liquibase in YAML and JSON.

use super::mapped::Mapped;
use crate::source::{Language, Span};
use crate::syntax::changelog::{Attributes, Changelog};
use crate::syntax::outline::{ExprId, Outline};
use crate::vocabulary::Name;
use crate::workspace::document::{self, Data, Node};

/// The key that a changelog holds everything under.
const ROOT: &str = "databaseChangeLog";

/// Keys whose text is the statement of a change.
const STATEMENTS: &[&str] = &["sql", "selectQuery", "procedureText", "procedureBody", "functionText", "triggerText"];

/// The outline of a document that is a changelog; `None` for any other.
pub(super) fn outline(text: &str, language: Language) -> Option<Outline> {
    memchr::memmem::find(text.as_bytes(), ROOT.as_bytes())?;
    let (documents, _) = document::parse(text, language);
    let root = documents.iter().find_map(|document| document.get(ROOT))?;
    let mut reader = Reader { text, log: Changelog::default() };
    for item in items(root) {
        for (key, value) in item.entries() {
            match key.text.as_str() {
                "changeSet" => reader.change_set(value),
                "property" => {
                    let text = |name| match value.get(name).map(|node| &node.data) {
                        Some(Data::Text(text)) => Some(text.as_str()),
                        _ => None,
                    };
                    if let (Some(name), Some(value)) = (text("name"), text("value")) {
                        reader.log.property(name, value);
                    }
                }
                name => reader.change(name, value, false),
            }
        }
    }
    Some(reader.log.finish(text.len()))
}

fn items(node: &Node) -> &[Node] {
    match &node.data {
        Data::List(items) => items,
        Data::Map(_) => std::slice::from_ref(node),
        _ => &[],
    }
}

struct Reader<'t> {
    text: &'t str,
    log: Changelog,
}

impl Reader<'_> {
    fn change_set(&mut self, set: &Node) {
        for (key, value) in set.entries() {
            match key.text.as_str() {
                "changes" => self.changes(value, false),
                "rollback" => self.changes(value, true),
                "preConditions" => self.checks(value),
                _ => {}
            }
        }
    }

    fn changes(&mut self, node: &Node, undo: bool) {
        if matches!(node.data, Data::Text(_)) {
            // A rollback may be SQL itself.
            let statement = self.value("", node);
            return self.log.change("sql", &Vec::new(), statement, undo, node.span);
        }
        for item in items(node) {
            if matches!(item.data, Data::Text(_)) {
                self.changes(item, undo);
            }
            for (key, value) in item.entries() {
                self.change(&key.text, value, undo);
            }
        }
    }

    /// The checks of preconditions, however they are joined by `and`, `or` and `not`.
    fn checks(&mut self, node: &Node) {
        for item in items(node) {
            for (key, value) in item.entries() {
                if key.text == "sqlCheck" {
                    self.change("sqlCheck", value, false);
                } else {
                    self.checks(value);
                }
            }
        }
    }

    fn change(&mut self, name: &str, node: &Node, undo: bool) {
        let mut statement = None;
        let mut attributes = Attributes::new();
        let mut columns = Vec::new();
        if matches!(node.data, Data::Text(_)) {
            statement = self.value("", node);
        }
        for (key, value) in node.entries() {
            match key.text.as_str() {
                "columns" | "columnsToAdd" => columns.push(value),
                key if STATEMENTS.contains(&key) => statement = self.value("", value),
                key => attributes.extend(self.value(key, value).map(|value| (Name::new(key), value))),
            }
        }
        self.log.change(name, &attributes, statement, undo, node.span);
        for column in columns.into_iter().flat_map(items).filter_map(|item| item.get("column")) {
            let own = self.attributes(column);
            let constraints = column.get("constraints").map(|node| self.attributes(node)).unwrap_or_default();
            self.log.column(&attributes, &own, &constraints, undo, column.span);
        }
    }

    fn attributes(&mut self, node: &Node) -> Attributes {
        let mut found = Attributes::new();
        for (key, value) in node.entries() {
            found.extend(self.value(&key.text, value).map(|value| (Name::new(&key.text), value)));
        }
        found
    }

    fn value(&mut self, key: &str, node: &Node) -> Option<ExprId> {
        let Data::Text(decoded) = &node.data else { return None };
        let written = self.text.get(node.span.range())?;
        let mapped = Mapped::aligned(decoded, written, node.span.start as usize);
        let span: Span = mapped.span(0, mapped.text.len());
        Some(self.log.text(mapped.pieces(0, mapped.text.len()), span, key))
    }
}
