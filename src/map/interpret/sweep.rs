//! Texts that no call claims: those in annotations, and literals that are plainly SQL.

use super::{At, Claim, Found, Home, Interpreter};
use crate::facts::{AnnotationFact, Node, NodeId};
use crate::frameworks::Selector;
use crate::map::matching::Certainty;
use crate::source::{FileId, Place, Span};
use crate::sql::{self, Likelihood};
use crate::vocabulary::{Dialect, Name};
use rustc_hash::FxHashSet;

impl Interpreter<'_, '_> {
    /// Annotations that hold SQL or name a table: on functions, types and fields.
    pub(super) fn annotations(&mut self) {
        let facts = self.program.symbols.file(self.file).facts;
        for (index, function) in (0u32..).zip(&facts.functions) {
            let home = Home { file: self.file, function: Some(index) };
            for annotation in &function.annotations {
                self.annotation(home, &function.scope, annotation);
            }
        }
        for decl in &facts.types {
            let home = Home { file: self.file, function: None };
            let fields = decl.fields.iter().flat_map(|field| &field.annotations);
            for annotation in decl.annotations.iter().chain(fields) {
                self.annotation(home, &decl.scope, annotation);
            }
        }
    }

    fn annotation(&mut self, home: Home, scope: &[Name], annotation: &AnnotationFact) {
        let program = self.program;
        let Some(language) = program.frameworks.language(program.language(self.file)) else { return };
        let Some(name) = annotation.path.last() else { return };
        for id in language.calls(name) {
            let rule = program.frameworks.call(id);
            if program.annotation(self.file, scope, std::slice::from_ref(annotation), &rule.annotation).is_none() {
                continue;
            }
            let has = |selector: &Selector| {
                crate::map::matching::arguments(&annotation.args, &selector.0[0]).next().is_some()
            };
            if rule.given.as_ref().is_some_and(|given| !has(given)) || rule.not_given.as_ref().is_some_and(has) {
                continue;
            }
            let dialect = rule.dialect.or(program.frameworks.framework(id).dialect);
            let span = Place { file: self.file, span: annotation.span };
            let at = At { home, span, dialect, rule: Some(id), rollback: rule.rollback };
            for (selector, entities) in [(&rule.sql, false), (&rule.entity_query, true)] {
                let Some(selector) = selector else { continue };
                let claim = Claim { rule, id, certainty: Certainty::Known, entities };
                let nodes: Vec<NodeId> = crate::map::matching::arguments(&annotation.args, &selector.0[0]).collect();
                for node in nodes {
                    self.text(self.file, node, None, at, claim, 0);
                }
            }
            if let Some(selector) = &rule.table {
                let claim = Claim { rule, id, certainty: Certainty::Known, entities: false };
                let nodes: Vec<NodeId> = crate::map::matching::arguments(&annotation.args, &selector.0[0]).collect();
                for node in nodes {
                    self.table_name(self.file, node, None, at, claim, 0);
                }
            }
        }
    }

    /// Literals that are plainly SQL and that no call has claimed: outer texts before those they are made of.
    pub(in crate::map) fn sweep(mut self, consumed: &FxHashSet<(FileId, u32)>) -> Found {
        let facts = self.program.symbols.file(self.file).facts;
        for index in (0..u32::try_from(facts.nodes.len()).unwrap_or(0)).rev() {
            let node = NodeId(index);
            if !matches!(facts.node(node), Node::Text(_) | Node::Concat(_)) || !self.may_be_sql(node, 0) {
                continue;
            }
            for rendered in self.program.texts(self.file, node, None, Span::default()) {
                let taken = |key: (FileId, u32)| consumed.contains(&key) || self.found.consumed.contains(&key);
                if !rendered.known || rendered.spans().any(|(file, span)| taken((file, span.start))) {
                    continue;
                }
                if sql::looks_like_sql(&rendered.text) != Likelihood::Unmistakable {
                    continue;
                }
                self.found.consumed.extend(rendered.spans().map(|(file, span)| (file, span.start)));
                let script = sql::analyse(&rendered.text, &sql::Options::call(Dialect::Generic));
                let Some(site) = rendered.whole() else { continue };
                let home = Home { file: self.file, function: self.function_at(site) };
                self.statements(
                    &rendered,
                    &script,
                    At { home, span: site, dialect: None, rule: None, rollback: false },
                    None,
                );
            }
        }
        self.found
    }

    /// Whether some literal piece of a text begins like SQL: a cheap look before it is put together.
    fn may_be_sql(&self, node: NodeId, depth: usize) -> bool {
        let facts = self.program.symbols.file(self.file).facts;
        match facts.node(node) {
            Node::Text(pieces) => {
                let literal = |piece: &crate::facts::TextPiece| match piece {
                    crate::facts::TextPiece::Literal { text, .. } => {
                        sql::looks_like_sql(text) != Likelihood::No || pieces.len() > 1 && begins_like_sql(text)
                    }
                    crate::facts::TextPiece::Value { .. } => false,
                };
                pieces.iter().take(2).any(literal)
            }
            Node::Concat(parts) if depth < 16 => parts.first().is_some_and(|&part| self.may_be_sql(part, depth + 1)),
            _ => false,
        }
    }

    /// The innermost function round a place of this file.
    fn function_at(&self, place: Place) -> Option<u32> {
        let facts = self.program.symbols.file(self.file).facts;
        let round = (0u32..).zip(&facts.functions).filter(|(_, function)| function.span.contains(place.span));
        round.min_by_key(|(_, function)| function.span.len()).map(|(index, _)| index)
    }
}

fn begins_like_sql(text: &str) -> bool {
    let word: String = text.trim_start().chars().take_while(char::is_ascii_alphabetic).take(9).collect();
    let words =
        ["select", "insert", "update", "delete", "with", "merge", "create", "alter", "drop", "truncate", "replace"];
    words.contains(&word.to_ascii_lowercase().as_str())
}
