//! Changelogs of Liquibase in XML, YAML and JSON, as calls of pseudo paths.
//!
//! Each change is a call of `["liquibase", "createTable"]` or whatever it is called, one in the `rollback` of a change
//! set of `["liquibase", "undo-createTable"]`, in the order of the file:
//!
//! - what the change says of itself (`tableName`, `schemaName`, …) is an argument of that name;
//! - its statement (the text of an `sql`, the query of a `createView`, the body of a `createProcedure`) is an
//!   argument without a name, its condition one named `where`;
//! - a foreign key in the `constraints` of a column is a call `constraints` of its own, with what the change and the
//!   column say; of `references="person(id)"` the name stands in `references`;
//! - a value that is computed (`valueComputed="(SELECT …)"`) is a call `computed`.

use super::outline::{Arg, ExprId, ExprKind, Function, Outline, Piece, Stmt};
use crate::source::Span;
use crate::vocabulary::Name;

/// What is said of a change: names with their values.
pub(super) type Attributes = Vec<(Name, ExprId)>;

/// Makes the outline of a changelog.
#[derive(Default)]
pub(super) struct Changelog {
    pub outline: Outline,
    body: Vec<Stmt>,
    /// The properties that the file sets, of which each keeps its first value.
    properties: Vec<(String, String)>,
}

impl Changelog {
    /// Sets a property, which stands in texts as `${name}`.
    pub fn property(&mut self, name: &str, value: &str) {
        if !self.properties.iter().any(|(known, _)| known == name) {
            self.properties.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The pieces with what the properties in them stand for, each put in at its place.
    fn filled(&self, pieces: Vec<Piece>) -> Vec<Piece> {
        let mut out = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let Piece::Literal { text, span } = &piece else {
                out.push(piece);
                continue;
            };
            let place = |from: usize, to: usize| {
                if text.len() == span.len() { Span::new(from, to).shifted(span.start) } else { *span }
            };
            let literal = |text: &str, span: Span| Piece::Literal { text: text.to_owned(), span };
            let mut at = 0;
            while let Some(open) = text[at..].find("${").map(|found| at + found)
                && let Some(close) = text[open..].find('}').map(|found| open + found + 1)
            {
                let known = self.properties.iter().find(|(name, _)| *name == text[open + 2..close - 1]);
                match known {
                    Some((_, value)) => {
                        out.push(literal(&text[at..open], place(at, open)));
                        out.push(literal(value, place(open, close)));
                    }
                    None => out.push(literal(&text[at..close], place(at, close))),
                }
                at = close;
            }
            out.push(literal(&text[at..], place(at, text.len())));
        }
        out.retain(|piece| !matches!(piece, Piece::Literal { text, .. } if text.is_empty()));
        out
    }

    /// A change: its name, what is said of it, and its statement.
    pub fn change(&mut self, name: &str, attributes: &Attributes, statement: Option<ExprId>, undo: bool, span: Span) {
        let name = if undo { format!("undo-{name}").into() } else { Name::new(name) };
        let segments = vec![Name::new_static("liquibase"), name];
        let callee = self.outline.push(ExprKind::Path { segments, type_args: Vec::new() }, span);
        let mut args: Vec<Arg> = statement.into_iter().map(|value| Arg { name: None, value, spread: false }).collect();
        let named =
            attributes.iter().map(|(name, value)| Arg { name: Some(name.clone()), value: *value, spread: false });
        args.extend(named);
        let call = self.outline.push(ExprKind::Call { callee, args }, span);
        self.body.push(Stmt::Expr(call));
    }

    /// A column of a change: its computed values, and its foreign key in `constraints`.
    pub fn column(
        &mut self,
        change: &Attributes,
        column: &Attributes,
        constraints: &Attributes,
        undo: bool,
        span: Span,
    ) {
        for (name, value) in column {
            if matches!(name.as_str(), "valueComputed" | "defaultValueComputed") {
                self.change("computed", change, Some(*value), undo, span);
            }
        }
        let leads = |(name, _): &(Name, ExprId)| matches!(name.as_str(), "references" | "referencedTableName");
        if constraints.iter().any(leads) {
            let mut all = change.clone();
            all.extend(constraints.iter().cloned());
            self.change("constraints", &all, None, undo, span);
        }
    }

    /// A text that stands in the file as these pieces.
    pub fn text(&mut self, pieces: Vec<Piece>, span: Span, name: &str) -> ExprId {
        let mut pieces = if self.properties.is_empty() { pieces } else { self.filled(pieces) };
        if name == "references" {
            // `person(id)`: the name of the table.
            if let Some(Piece::Literal { text, span }) = pieces.first_mut()
                && let Some(open) = text.find('(')
            {
                if span.len() == text.len() {
                    span.end = span.start + Span::new(open, open).start;
                }
                text.truncate(open);
                pieces.truncate(1);
            }
        }
        self.outline.push(ExprKind::Text(pieces), span)
    }

    /// The outline of the file, which is so long.
    pub fn finish(mut self, length: usize) -> Outline {
        let span = Span::new(0, length);
        if !self.body.is_empty() {
            self.outline.functions.push(Function::top_level(self.body, span));
        }
        self.outline
    }
}
