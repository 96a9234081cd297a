//! Changelogs of Liquibase in XML.

use roxmltree::Node;

use super::super::changelog::{Attributes, Changelog};
use super::super::outline::{Outline, Piece};
use super::text::{Part, attribute, parts, pieces, span};
use crate::vocabulary::Name;

pub(super) fn outline<'a>(source: &'a str, root: Node<'a, 'a>) -> Outline {
    let mut reader = Reader { source, log: Changelog::default() };
    for child in root.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "changeSet" => {
                for change in child.children().filter(Node::is_element) {
                    reader.child(change);
                }
            }
            "property" => {
                if let (Some(name), Some(value)) = (child.attribute("name"), child.attribute("value")) {
                    reader.log.property(name, value);
                }
            }
            _ => reader.child(child),
        }
    }
    reader.log.finish(source.len())
}

struct Reader<'a> {
    source: &'a str,
    log: Changelog,
}

impl<'a> Reader<'a> {
    /// A child of a change set, or of the changelog itself.
    fn child(&mut self, node: Node<'a, 'a>) {
        match node.tag_name().name() {
            "rollback" => self.rollback(node),
            "preConditions" => {
                for check in node.descendants().filter(|inner| inner.has_tag_name("sqlCheck")) {
                    self.change(check, false);
                }
            }
            _ => self.change(node, false),
        }
    }

    fn rollback(&mut self, node: Node<'a, 'a>) {
        let mut written = Vec::new();
        for part in parts(self.source, node) {
            match part {
                Part::Raw(start, end) => pieces(self.source, start, end, &mut written),
                Part::Element(child) if child.has_tag_name("comment") => {}
                Part::Element(child) => self.change(child, true),
            }
        }
        if holds_text(&written) {
            let statement = self.log.text(written, span(node), "");
            self.log.change("sql", &Vec::new(), Some(statement), true, span(node));
        }
    }

    fn change(&mut self, node: Node<'a, 'a>, undo: bool) {
        let mut attributes = self.attributes(node);
        let mut written = Vec::new();
        let mut columns = Vec::new();
        for part in parts(self.source, node) {
            match part {
                Part::Raw(start, end) => pieces(self.source, start, end, &mut written),
                Part::Element(child) => match child.tag_name().name() {
                    "column" | "addColumn" => columns.push(child),
                    "where" => {
                        let mut inner = Vec::new();
                        for part in parts(self.source, child) {
                            if let Part::Raw(start, end) = part {
                                pieces(self.source, start, end, &mut inner);
                            }
                        }
                        let value = self.log.text(inner, span(child), "where");
                        attributes.push((Name::new_static("where"), value));
                    }
                    _ => {}
                },
            }
        }
        let statement = holds_text(&written).then(|| self.log.text(written, span(node), ""));
        self.log.change(node.tag_name().name(), &attributes, statement, undo, span(node));
        for column in columns {
            let own = self.attributes(column);
            let found = column.children().find(|child| child.has_tag_name("constraints"));
            let constraints = found.map(|child| self.attributes(child)).unwrap_or_default();
            self.log.column(&attributes, &own, &constraints, undo, span(column));
        }
    }

    fn attributes(&mut self, node: Node<'a, 'a>) -> Attributes {
        let names: Vec<&str> = node.attributes().map(|attribute| attribute.name()).collect();
        let mut found = Attributes::new();
        for name in names {
            if let Some((value, place)) = attribute(node, name) {
                let piece = Piece::Literal { text: value.to_owned(), span: place };
                let value = self.log.text(vec![piece], place, name);
                found.push((Name::new(name), value));
            }
        }
        found
    }
}

fn holds_text(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| matches!(piece, Piece::Literal { text, .. } if !text.trim().is_empty()))
}
