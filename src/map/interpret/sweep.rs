//! Texts that no call claims: those in annotations, and literals that are plainly SQL.

use std::rc::Rc;

use std::cell::OnceCell;

use super::effects::mapping_evidence;
use super::{At, Claim, Found, Frame, Home, Interpreter};
use crate::facts::{AnnotationFact, Node, NodeId};
use crate::frameworks::{RuleId, Selector};
use crate::map::entities::Entity;
use crate::map::matching::{Certainty, Selected};
use crate::map::program::{CallRef, FunctionRef};
use crate::source::{FileId, Place, Span};
use crate::sql::{self, Likelihood};
use crate::vocabulary::{Name, Privilege, TableName};
use rustc_hash::FxHashSet;

/// What is known of the texts of a file when those are looked at that no call has claimed.
#[derive(Clone, Copy)]
struct Known<'k> {
    /// Where the texts begin that calls have claimed, in all files.
    consumed: &'k FxHashSet<(FileId, u32)>,
    /// Where those begin that are handed to what takes SQL.
    handed: &'k OnceCell<FxHashSet<(FileId, u32)>>,
    /// The calls that only tell what they are given.
    told: &'k OnceCell<Vec<Span>>,
}

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
            let mut places = vec![At::rule(home, span, dialect, rule, id)];
            if let Some(function) = home.function.filter(|_| rule.at_calls) {
                places.extend(self.calls_of((self.file, function), places[0]));
            }
            for (selector, entities) in [(&rule.sql, false), (&rule.entity_query, true)] {
                let Some(selector) = selector.as_ref().filter(|_| entities || rule.entity_query.is_none()) else {
                    continue;
                };
                let claim = Claim { entities, ..Claim::new(rule, id, Certainty::Known) };
                let nodes: Vec<NodeId> = crate::map::matching::arguments(&annotation.args, &selector.0[0]).collect();
                for node in nodes {
                    for &at in &places {
                        self.text(self.file, node, None, at, claim, 0);
                    }
                }
            }
            if let Some(function) = home.function.filter(|_| rule.at_calls) {
                self.said_of_calls(function, annotation, id);
            }
            let at = places[0];
            if let Some(selector) = &rule.table {
                let claim = Claim::new(rule, id, Certainty::Known);
                let nodes: Vec<NodeId> = crate::map::matching::arguments(&annotation.args, &selector.0[0]).collect();
                for node in nodes {
                    self.table_name(self.file, node, None, at, claim, 0);
                }
            }
        }
    }

    /// What an annotation says of the entity of the calls of its function: what is done to it, and which of its
    /// associations are read with it.
    fn said_of_calls(&mut self, function: u32, annotation: &AnnotationFact, id: RuleId) {
        let program = self.program;
        let rule = program.frameworks.call(id);
        if rule.entity.is_none() && rule.association.is_none() {
            return;
        }
        let named = rule.association.iter().flat_map(|at| crate::map::matching::arguments(&annotation.args, &at.0[0]));
        let named: Vec<NodeId> = named.collect();
        let owner = program.owner(self.file, function);
        let owner = owner.and_then(|(file, owner)| program.entity_of_type(&program.own_type(file, owner), 0));
        for call in self.callers((self.file, function)) {
            let selected = rule.entity.iter().flat_map(|at| program.select(call.0, call.1, at)).find_map(|value| {
                let ty = match value {
                    Selected::Node(file, node) => program.type_of(file, node, 0),
                    Selected::Type(ty) => Some(ty),
                };
                program.entity_of_type(&ty?, 0)
            });
            let Some(entity) = selected.or(owner) else { continue };
            let mut touched: Vec<(&Entity, TableName, Privilege)> = Vec::new();
            let own = &program.entities.list[entity];
            for &privilege in &rule.privileges {
                touched.push((own, own.table.clone(), privilege));
                touched.extend(own.beside.iter().flat_map(|other| {
                    other.holds.needs(privilege).iter().map(|&privilege| (own, other.table.clone(), privilege))
                }));
            }
            let reached = program.reached_by_values(entity, self.file, &named, id.framework);
            for reached in &reached {
                let other = program.carried(&reached.carried);
                touched.push((other, other.table.clone(), Privilege::Select));
            }
            let place = program.call(call).name_span;
            for (entity, table, privilege) in touched {
                let evidence = mapping_evidence(entity, &table, &program.frameworks.framework(id).name);
                self.table_use_of(call, id, (&table, privilege), place, &evidence);
            }
        }
    }

    /// The calls that surely lead to a function.
    fn callers(&self, function: FunctionRef) -> Vec<CallRef> {
        let program = self.program;
        let leads = |call: &CallRef| {
            let mut targets = program.targets_of(*call).iter();
            targets.any(|target| target.function == function && !target.by_name)
        };
        program.callers_of(function).iter().copied().filter(leads).take(super::MAX_CALLERS).collect()
    }

    /// The calls of a function whose annotation says what it does.
    fn calls_of(&self, function: FunctionRef, at: At) -> Vec<At> {
        let program = self.program;
        let places = self.callers(function).into_iter().map(|(file, call)| {
            let fact = program.call((file, call));
            let home = Home { file, function: Some(fact.function) };
            At { home, span: Place { file, span: fact.name_span }, called: Some(function), ..at }
        });
        places.collect()
    }

    /// Whether a call leads to a method whose annotation says what it does.
    pub(super) fn says_query(&self, call: u32) -> bool {
        let program = self.program;
        program.targets_of((self.file, call)).iter().filter(|target| !target.by_name).any(|target| {
            let (file, index) = target.function;
            let function = program.symbols.function(file, index);
            let Some(language) = program.frameworks.language(program.language(file)) else { return false };
            function.annotations.iter().any(|annotation| {
                let rules = annotation.path.last().map(|name| language.calls(name)).unwrap_or_default();
                rules.into_iter().any(|id| {
                    let rule = program.frameworks.call(id);
                    let own = std::slice::from_ref(annotation);
                    let says = rule.at_calls && rule.association.is_none();
                    says && program.annotation(file, &function.scope, own, &rule.annotation).is_some()
                })
            })
        })
    }

    /// What no call has claimed: mentions of what stands for a table, and literals that are plainly SQL, outer texts
    /// before those they are made of.
    pub(in crate::map) fn sweep(
        mut self,
        consumed: &FxHashSet<(FileId, u32)>,
        covered: &FxHashSet<(FileId, NodeId)>,
    ) -> Found {
        self.mentions(covered);
        let facts = self.program.symbols.file(self.file).facts;
        // Few files hold such a text: what is asked of all their calls is asked where one does.
        let (handed, told) = (OnceCell::new(), OnceCell::new());
        let known = Known { consumed, handed: &handed, told: &told };
        for index in (0..u32::try_from(facts.nodes.len()).unwrap_or(0)).rev() {
            let node = NodeId(index);
            if !matches!(facts.node(node), Node::Text(_) | Node::Concat(_)) || !self.may_be_sql(node, 0) {
                continue;
            }
            self.unclaimed(node, None, known, 0);
        }
        self.found
    }

    /// A text that no call has claimed, as it is by itself or for one caller.
    fn unclaimed(&mut self, node: NodeId, frame: Option<&Rc<Frame>>, known: Known<'_>, depth: usize) {
        let program = self.program;
        for rendered in program.texts(self.file, node, frame, Place { file: self.file, span: Span::default() }) {
            let taken = |key: (FileId, u32)| {
                known.consumed.contains(&key) || frame.is_none() && self.found.consumed.contains(&key)
            };
            let own = |(file, span): (FileId, Span)| (file, span.start);
            // What a caller puts in may have been claimed by another call: what counts is the text it is put into.
            let mut spans = rendered.spans().filter(|(file, _)| frame.is_none() || *file == self.file);
            if !rendered.known || !rendered.depends_on(frame) || spans.any(|part| taken(own(part))) {
                continue;
            }
            if sql::looks_like_sql(&rendered.text) != Likelihood::Unmistakable {
                continue;
            }
            self.found.consumed.extend(rendered.spans().map(own));
            let script = sql::analyse(&rendered.text, &self.options(None));
            let Some(site) = rendered.whole() else { continue };
            let told = known.told.get_or_init(|| self.prose());
            if site.file == self.file && told.iter().any(|call| call.contains(site.span)) {
                continue;
            }
            let home = Home { file: self.file, function: self.function_at(site) };
            let handed = known.handed.get_or_init(|| self.handed_as_sql());
            let handed_on = rendered.spans().any(|part| handed.contains(&own(part)));
            let at = At { home, span: site, dialect: None, rule: None, rollback: false, handed_on, called: None };
            let unknown = script.statements.iter().any(|statement| !statement.opaque.is_empty());
            if unknown && handed_on && !rendered.params.is_empty() {
                self.for_callers(&rendered, frame, at, depth, |this, frame, _| {
                    this.unclaimed(node, Some(frame), known, depth + 1);
                });
            }
            self.statements(&rendered, &script, at, None);
        }
    }

    /// The texts that are handed to a function of the workspace which calls what it is given SQL, by where they begin.
    fn handed_as_sql(&self) -> FxHashSet<(FileId, u32)> {
        const NAMES: &[&str] = &["sql", "query", "statement", "stmt"];
        let is_sql = |name: &Name| {
            let name = name.to_ascii_lowercase();
            NAMES.iter().any(|word| name == *word) || name.starts_with("sql") || name.ends_with("sql")
        };
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let mut handed = FxHashSet::default();
        for (index, call) in (0u32..).zip(&facts.calls) {
            for target in program.targets_of((self.file, index)).iter().filter(|target| !target.by_name) {
                let params = &program.symbols.function(target.function.0, target.function.1).params;
                for (arg, _) in call.args.iter().zip(params).filter(|(_, param)| is_sql(&param.name)) {
                    for text in
                        program.texts(self.file, arg.value, None, Place { file: self.file, span: Span::default() })
                    {
                        handed.extend(text.spans().map(|(file, span)| (file, span.start)));
                    }
                }
            }
        }
        handed
    }

    /// Where calls stand that only tell what they are given (a log, an exception): a text that stands there itself is
    /// prose, whatever it looks like.
    fn prose(&self) -> Vec<Span> {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let calls = (0u32..).zip(&facts.calls);
        let telling = calls.filter(|(index, _)| {
            program.rules((self.file, *index)).iter().any(|(id, _)| program.frameworks.call(*id).ignore)
        });
        telling.map(|(_, call)| call.span).collect()
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
    pub(super) fn function_at(&self, place: Place) -> Option<u32> {
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
