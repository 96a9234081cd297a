//! From calls to uses of tables: what the frameworks' rules say of each call, function by function.
//!
//! Each file is interpreted by itself, with the whole program at hand to look things up in. What comes out still has
//! tables by name: whose and which they are is settled later, in [`super::catalog`].

mod commands;
mod defined;
mod effects;
mod entity_query;
mod files;
mod found;
mod fragments;
mod generics;
mod implied;
mod judged;
mod lazy;
mod members;
mod named;
mod reserved;
mod scripts;
mod strangers;
mod sweep;
mod tracked;
mod unfound;

use std::rc::Rc;

use rustc_hash::FxHashSet;

use effects::Effect;
pub(super) use found::{DefinitionUse, Found, Home, IncludeStep, IncludeUse, OpaqueUse, RoutineUse, Use};
use judged::{may_name_tables, plausible, with_holes};
use reserved::mask_reserved;

use super::languages::Way;
use super::matching::{Certainty, Selected};
use super::program::{CallRef, FunctionRef, Program};
use super::rendered::Rendered;
use super::table_names::table_with_alias;
use super::text::Frame;
use super::walk::Reached;
use crate::config::Config;
use crate::facts::{CallFact, CallKind, Node, NodeId, TextPiece, scan};
use crate::frameworks::{CallRule, RuleId, Selector, Step, Template};
use crate::map::model::{Evidence, EvidenceKind};
use crate::source::{FileId, Place};
use crate::sql::{self, HOLE};
use crate::syntax::outline::FunctionKind;
use crate::vocabulary::{Dialect, Privilege, TableName};

/// Wrappers round wrappers deeper than this are not followed to their callers.
const MAX_FRAMES: usize = 5;
/// A wrapper with more callers than this is followed to the first ones only; the rest is said to be unknown.
const MAX_CALLERS: usize = 400;

/// What claims a text.
#[derive(Clone, Copy)]
struct Claim<'c> {
    rule: &'c CallRule,
    id: RuleId,
    certainty: Certainty,
    /// The names in the text are types.
    entities: bool,
    /// The schema that the call names beside the table.
    schema: Option<&'c str>,
    /// The call, where it is one.
    call: Option<CallRef>,
    /// The entity that the text is a query on, where it may be only the rest of one.
    on: Option<usize>,
}

impl<'c> Claim<'c> {
    fn new(rule: &'c CallRule, id: RuleId, certainty: Certainty) -> Self {
        Self { rule, id, certainty, entities: false, schema: None, call: None, on: None }
    }
}

/// Where a text is claimed.
#[derive(Clone, Copy)]
struct At {
    home: Home,
    /// The call, or the annotation.
    span: Place,
    dialect: Option<Dialect>,
    rule: Option<RuleId>,
    /// Whether it only undoes something.
    rollback: bool,
    /// Whether a function of the workspace takes it under a name that means SQL.
    handed_on: bool,
    /// The function whose annotation says the text, where what it says stands at a call of that function.
    called: Option<FunctionRef>,
}

impl At {
    /// At a call, or at an annotation, that a rule speaks of.
    fn rule(home: Home, span: Place, dialect: Option<Dialect>, rule: &CallRule, id: RuleId) -> Self {
        Self { home, span, dialect, rule: Some(id), rollback: rule.rollback, handed_on: false, called: None }
    }

    /// Where a part of a text stands that is sent from here.
    fn place(self, rendered: &Rendered, span: crate::source::Span) -> Place {
        let in_text = self.called.is_none().then(|| rendered.place(span).or_else(|| rendered.whole())).flatten();
        in_text.unwrap_or(self.span)
    }
}

pub(super) struct Interpreter<'i, 'p> {
    pub program: &'i Program<'p>,
    pub file: FileId,
    pub found: Found,
    /// The names that statements are prepared under.
    pub prepared: FxHashSet<Place>,
    /// The names of rows that functions make for themselves.
    defined_rows: FxHashSet<(Home, String)>,
    /// What SQL of this file is read as where no framework tells: the dialect of its service or database.
    pub dialect: Dialect,
}

impl<'i, 'p> Interpreter<'i, 'p> {
    pub(super) fn new(program: &'i Program<'p>, file: FileId, config: &Config) -> Self {
        let workspace = program.symbols.workspace;
        let dialect = workspace.file(file).map(|file| scan::dialect(workspace, config, file)).unwrap_or_default();
        Self {
            program,
            file,
            found: Found::default(),
            prepared: FxHashSet::default(),
            defined_rows: FxHashSet::default(),
            dialect,
        }
    }

    /// How a text that a call sends is read.
    fn options(&self, dialect: Option<Dialect>) -> sql::Options {
        let dialect = dialect.unwrap_or(self.dialect);
        if self.program.has(self.file, Way::RunsClients) {
            sql::Options::script(dialect)
        } else {
            sql::Options::call(dialect)
        }
    }

    /// Interprets the file: first the texts and names its calls claim, then its uses of entities.
    pub(super) fn run(mut self) -> Found {
        let facts = self.program.symbols.file(self.file).facts;
        let mut effects = Vec::new();
        self.find_defined_rows();
        for index in 0..u32::try_from(facts.calls.len()).unwrap_or(u32::MAX) {
            self.call(index, &mut effects);
        }
        self.effects(&effects);
        self.flushed_changes();
        self.created();
        self.annotations();
        self.unfound_queries();
        self.found
    }

    fn call(&mut self, index: u32, effects: &mut Vec<Effect>) {
        let program = self.program;
        let file = self.file;
        let call: &CallFact = program.call((file, index));
        let home = Home { file, function: Some(call.function) };
        for &(id, certainty) in program.rules((file, index)).iter() {
            let rule = program.frameworks.call(id);
            let span = Place { file, span: call.span };
            let dialect = self.dialect((file, index), id);
            let at = At::rule(home, span, dialect, rule, id);
            if rule.derived && self.says_query(index) {
                continue;
            }
            let text = rule.entity_query.as_ref().map(|selector| (selector, true));
            let text = text.or(rule.sql.as_ref().map(|selector| (selector, false)));
            if let Some((selector, entities)) = text {
                let on = rule.short.then(|| self.entity_of_rule(index, rule)).flatten();
                let claim = Claim { entities, on, call: Some((file, index)), ..Claim::new(rule, id, certainty) };
                for value in program.select(file, index, selector) {
                    let value = if rule.with_values { program.without_values(value) } else { value };
                    if let Selected::Node(value_file, node) = value
                        // Behind a statement stand more of them, or its values.
                        && (!matches!(selector.0[..], [Step::Rest(1..)]) || program.known_text(value_file, node).is_some())
                    {
                        for node in self.statements_of(value_file, node, rule) {
                            self.text(value_file, node, None, at, claim, 0);
                        }
                    }
                }
            }
            for (selector, folder) in [(&rule.file, false), (&rule.migrations, true)] {
                let Some(selector) = selector else { continue };
                for value in program.select(file, index, selector) {
                    if let Selected::Node(value_file, node) = value {
                        self.files(value_file, node, folder, at, id);
                    }
                }
            }
            if let Some(selector) = &rule.embedded {
                for value in program.select(file, index, selector) {
                    if let Selected::Node(value_file, node) = value {
                        let claim = Claim { call: Some((file, index)), ..Claim::new(rule, id, certainty) };
                        self.embedded(value_file, node, at, call.name_span, claim);
                    }
                }
            }
            if let Some(selector) = &rule.statement_name {
                for value in program.select(file, index, selector) {
                    if let Selected::Node(value_file, node) = value {
                        let texts = program.texts(value_file, node, None, span);
                        self.prepared.extend(texts.iter().filter_map(Rendered::whole));
                    }
                }
            }
            if let Some(template) = &rule.statement {
                let claim = Claim { call: Some((file, index)), ..Claim::new(rule, id, certainty) };
                self.stated(index, template, at, claim);
            }
            if let Some(selector) = &rule.table {
                let schema = rule.schema.as_ref().and_then(|selector| self.known_schema(file, index, selector));
                let claim =
                    Claim { schema: schema.as_deref(), call: Some((file, index)), ..Claim::new(rule, id, certainty) };
                if rule.joined {
                    self.joined_table(index, selector, at, claim);
                }
                for value in program.select(file, index, selector).into_iter().filter(|_| !rule.joined) {
                    // What stands for a table is no text that names one.
                    if let Selected::Node(value_file, node) = value
                        && !(rule.entity.is_some() && self.is_result(value_file, node))
                        && (rule.entity.is_none()
                            || self.is_qualified(value_file, node, rule)
                            || program.entity_of(value_file, node, 0).is_none())
                    {
                        self.table_name(value_file, node, None, at, claim, 0);
                    }
                }
            }
            if let Some(selector) = &rule.join {
                for value in program.select(file, index, selector) {
                    if let Selected::Node(value_file, node) = value {
                        self.join(
                            value_file,
                            node,
                            at,
                            Claim { call: Some((file, index)), ..Claim::new(rule, id, certainty) },
                        );
                    }
                }
            }
            if let Some(selector) = &rule.relation
                && !rule.privileges.is_empty()
            {
                self.relation_effects(index, id, rule, selector, effects);
            }
            if let Some(selector) = &rule.entity
                && !(rule.privileges.is_empty() && rule.link.is_empty())
            {
                for value in program.select(file, index, selector) {
                    if matches!(&value, Selected::Node(file, node) if self.is_qualified(*file, *node, rule)) {
                        continue;
                    }
                    for value in self.each_of(value) {
                        self.entity_effect(index, id, &value, effects);
                    }
                }
            }
            if rule.creates_schema {
                self.found.schemas.push((home, span, id.framework));
            }
            for reached in program.reached(file, index, id.framework, rule) {
                effects.push(Effect::reached(program, index, id, reached));
            }
            for carried in program.related_by(file, index, rule) {
                let privileges = vec![Privilege::Select];
                effects.push(Effect::reached(program, index, id, Reached { carried, privileges }));
            }
            if let Some(selector) = &rule.renamed {
                self.renamed(index, rule, selector, at);
            }
            if let Some(selector) = &rule.command {
                self.command(program.select(file, index, selector), at);
            }
            if let Some(role) = rule.transaction {
                self.transaction(home, span, role);
            }
        }
        if let Some(id) = program.saved_by((file, index)) {
            self.saved_changes(index, id);
        }
        self.stranger(index);
        self.generic_call(index);
    }

    /// The statements that a value holds: the items of a list, where the rule says so, else itself.
    fn statements_of(&self, file: FileId, node: NodeId, rule: &CallRule) -> Vec<NodeId> {
        match self.program.symbols.file(file).facts.node(node) {
            Node::List(items) if rule.statements => items.clone(),
            _ => vec![node],
        }
    }

    /// Whether a value is what a call gives, or a part of that, in a language where a word in it (`:error`) names no table.
    fn is_result(&self, file: FileId, node: NodeId) -> bool {
        let facts = self.program.symbols.file(file).facts;
        self.program.has(file, Way::AtomsInResults)
            && !matches!(
                facts.node(node),
                Node::Text(_) | Node::Name { .. } | Node::Member { .. } | Node::Concat(_) | Node::Param(..)
            )
    }

    /// The schema that a call names beside a table.
    fn known_schema(&self, file: FileId, call: u32, selector: &Selector) -> Option<String> {
        self.program.select(file, call, selector).into_iter().find_map(|value| match value {
            Selected::Node(file, node) => self.program.known_text(file, node),
            Selected::Type(_) => None,
        })
    }

    /// A text that joins tables, as it stands in a statement: read as part of one.
    fn join(&mut self, file: FileId, node: NodeId, at: At, claim: Claim<'_>) {
        const BEFORE: &str = "SELECT 1 FROM _ ";
        for rendered in self.program.texts(file, node, None, at.span) {
            let mut words = rendered.text.split_whitespace().map(str::to_ascii_lowercase).take(4);
            if !rendered.known || !words.any(|word| word == "join") {
                continue;
            }
            self.found.consumed.extend(rendered.spans().map(|(file, span)| (file, span.start)));
            let script = sql::analyse(&format!("{BEFORE}{}", rendered.text), &self.options(at.dialect));
            for access in script.accesses().filter(|access| access.span.start as usize >= BEFORE.len()) {
                let before = u32::try_from(BEFORE.len()).unwrap_or(0);
                let span = crate::source::Span { start: access.span.start - before, end: access.span.end - before };
                let place = rendered.place(span).unwrap_or(at.span);
                self.use_of_table(access.table.clone(), access.privilege, place, at, claim);
            }
        }
    }

    /// The statement that a call stands for.
    fn stated(&mut self, call: u32, template: &Template, at: At, claim: Claim<'_>) {
        for rendered in self.program.filled((self.file, call), template, at.span) {
            self.found.consumed.extend(rendered.spans().map(|(file, span)| (file, span.start)));
            let script = sql::analyse(&rendered.text, &self.options(at.dialect));
            self.statements(&rendered, &script, at, Some(claim));
        }
    }

    /// What a value is put together of (`orders.schema ++ lines.schema`, a pair of columns); else the value itself.
    fn each_of(&self, value: Selected) -> Vec<Selected> {
        let Selected::Node(file, node) = value else { return vec![value] };
        match self.program.symbols.file(file).facts.node(node) {
            Node::Concat(parts) | Node::List(parts) if parts.len() > 1 => {
                parts.iter().flat_map(|&part| self.each_of(Selected::Node(file, part))).collect()
            }
            Node::Text(pieces) => match pieces[..] {
                [TextPiece::Value { node, .. }] => vec![Selected::Node(file, node)],
                _ => vec![value],
            },
            // What only hands on what it is given (`quote { for … yield (a, b) }`).
            Node::Call(call) => {
                let given = self.program.hands_on(file, *call).map(|node| self.each_of(Selected::Node(file, node)));
                given.filter(|parts| parts.len() > 1).unwrap_or_else(|| vec![value])
            }
            _ => vec![value],
        }
    }

    /// The tables that a list of columns embeds: each name before an opening parenthesis, without its alias and hint.
    fn embedded(&mut self, file: FileId, node: NodeId, at: At, named: crate::source::Span, claim: Claim<'_>) {
        let place = Place { span: named, ..at.span };
        for rendered in self.program.texts(file, node, None, at.span).iter().filter(|text| text.known) {
            let heads = rendered.text.split(['(', ')']);
            let opened: Vec<&str> = rendered.text.match_indices(['(', ')']).map(|(_, mark)| mark).collect();
            for (head, _) in heads.zip(opened).filter(|(_, mark)| *mark == "(") {
                let name = head.rsplit(',').next().unwrap_or_default().trim().trim_start_matches("...");
                let name = name.rsplit(':').next().unwrap_or_default().split('!').next().unwrap_or_default();
                // `sum()` of a column is no table.
                if let Some(table) = table_with_alias(name.trim()).filter(|_| !name.contains('.')) {
                    self.use_of_table(table, Privilege::Select, place, at, claim);
                }
            }
        }
    }

    fn transaction(&mut self, home: Home, place: Place, role: crate::frameworks::TransactionRole) {
        use crate::frameworks::TransactionRole as Role;
        let marks: &[sql::Transaction] = match role {
            Role::Begin => &[sql::Transaction::Begin],
            Role::Commit => &[sql::Transaction::Commit],
            Role::Rollback => &[sql::Transaction::Rollback],
            // What runs in the closure lies inside of the call's span.
            Role::Closure => &[sql::Transaction::Begin, sql::Transaction::Commit],
        };
        self.found.transactions.extend(marks.iter().map(|&mark| (home, place, mark)));
    }

    /// The dialect of what a call sends, by its rule, its framework, or its receiver's type.
    fn dialect(&self, call: CallRef, id: RuleId) -> Option<Dialect> {
        let framework = self.program.frameworks.framework(id);
        let rule = self.program.frameworks.call(id);
        if let Some(dialect) = rule.dialect.or(framework.dialect) {
            return Some(dialect);
        }
        if framework.dialects.is_empty() {
            return None;
        }
        let fact = self.program.call(call);
        let callee = self.program.callee(call.0, fact)?;
        let receiver = callee.receiver.and_then(|receiver| self.program.type_of(call.0, receiver, 0));
        let args = fact.args.iter().filter_map(|arg| self.program.type_of(call.0, arg.value, 0));
        receiver.into_iter().chain(args).find_map(|ty| {
            framework
                .dialects
                .iter()
                .find(|(name, _)| self.program.is_a(&ty, std::slice::from_ref(name)))
                .map(|(_, d)| *d)
        })
    }

    /// A text that a rule claims: its statements, or the callers' if it is theirs to say.
    fn text(&mut self, file: FileId, node: NodeId, frame: Option<&Rc<Frame>>, at: At, claim: Claim<'_>, depth: usize) {
        if self.is_no_text(file, node, claim.rule) {
            return;
        }
        for mut rendered in self.program.texts(file, node, frame, at.span) {
            if !rendered.depends_on(frame) {
                continue;
            }
            if let Some(statement) = &claim.rule.part_of {
                if !rendered.known || !may_name_tables(&rendered.text) {
                    continue;
                }
                rendered = rendered.within(statement);
            }
            self.found.consumed.extend(rendered.spans().map(|(file, span)| (file, span.start)));
            if let (Some(filled), Some(call)) = (&claim.rule.filled, claim.call) {
                rendered = self.program.filled_in(call, filled, &rendered, frame, at.span);
            }
            let tagged = claim.rule.tags && rendered.text.trim_start().starts_with("<script");
            let rendered = if tagged { rendered.without_tags() } else { rendered };
            let rendered = match claim.rule.clause.as_ref().filter(|_| rendered.known) {
                Some(clause) => rendered.completed(clause),
                None => rendered,
            };
            if let Some(included) = rendered.included {
                let framework = self.program.frameworks.framework(claim.id).name.clone();
                self.found.includes.push(IncludeUse { home: at.home, file: included, call: at.span, framework });
                continue;
            }
            // Whom a method's bare name claims is not asked for far.
            if claim.certainty == Certainty::Name && depth >= MAX_FRAMES {
                continue;
            }
            if rendered.is_param() {
                self.for_callers(&rendered, frame, at, depth, |this, frame, at| {
                    this.text(file, node, Some(frame), at, claim, depth + 1);
                });
                continue;
            }
            if rendered.whole().is_some_and(|place| self.prepared.contains(&place)) {
                continue;
            }
            if rendered.built && !rendered.known {
                continue;
            }
            if !rendered.known {
                // What a builder makes is counted where it is built.
                let built = || {
                    let made = self.program.entity_of(file, node, 0).is_some() || self.is_of_tag(file, node);
                    self.told(file, node, 0) || made
                };
                // A text that is known to be empty says nothing.
                let whole = claim.certainty == Certainty::Known && claim.on.is_none() && !claim.rule.fragment;
                if whole && rendered.text.contains(HOLE) && !built() {
                    self.opaque(at, at.span, "the statement is made at run time");
                }
                continue;
            }
            let mut masked = if claim.entities { mask_reserved(&rendered.text) } else { rendered.text.clone() };
            if let Some(marks) = &claim.rule.blank {
                masked = masked.replace(|letter: char| letter.is_ascii() && marks.contains(letter), " ");
            }
            if let Some(signs) = &claim.rule.holes {
                masked = with_holes(&masked, signs);
            }
            if let Some(words) = &claim.rule.own_entity {
                let name = format!("{:_<width$}", "e", width = words.len());
                masked = masked.replace(words.as_str(), &name);
            }
            let script = sql::analyse(&masked, &self.options(at.dialect));
            if claim.on.is_some() && !entity_query::is_whole(&rendered.text) {
                self.paths(&rendered, &script, at, claim);
                continue;
            }
            if claim.certainty == Certainty::Name && !plausible(&rendered.text, &script) {
                continue;
            }
            let unknown = script.statements.iter().any(|statement| !statement.opaque.is_empty());
            if unknown && !rendered.params.is_empty() {
                let mut followed = false;
                self.for_callers(&rendered, frame, at, depth, |this, frame, at| {
                    followed = true;
                    this.text(file, node, Some(frame), at, claim, depth + 1);
                });
                if followed {
                    continue;
                }
            }
            self.statements(&rendered, &script, at, Some(claim));
        }
    }

    /// Whether a text was made by a builder whose calls have told what it says.
    fn told(&self, file: FileId, node: NodeId, depth: usize) -> bool {
        let facts = self.program.symbols.file(file).facts;
        match facts.node(node) {
            _ if depth > 16 => false,
            Node::Call(call) => {
                let rules = self.program.rules((file, *call));
                rules.iter().any(|(id, _)| self.program.frameworks.call(*id).told)
            }
            Node::Element { base, .. } | Node::Index { base, .. } | Node::After { base, .. } => {
                self.told(file, *base, depth + 1)
            }
            // What the framework gives as the text of what was built says nothing new.
            Node::Member { base, name, .. } => self.program.type_of(file, *base, 0).is_some_and(|ty| {
                let rule = self.program.member_rule(self.program.language(file), &ty, name);
                rule.is_some_and(|rule| rule.text.as_deref() == Some(""))
            }),
            Node::Typed { value: Some(value), .. } => self.told(file, *value, depth + 1),
            Node::Choice(ways) => ways.iter().any(|&way| self.told(file, way, depth + 1)),
            _ => false,
        }
    }

    /// Whether a text is made of the parts that the tag of a template is given: what it says stands where that is written.
    fn is_of_tag(&self, file: FileId, node: NodeId) -> bool {
        let Some((root, _)) = self.chain(Some(node)).pop().filter(|_| file == self.file) else { return false };
        let Node::Param(function, 0) = self.program.symbols.file(file).facts.node(root) else { return false };
        let callers = self.program.callers_of((file, *function));
        callers.iter().any(|&call| self.program.call(call).kind == CallKind::Macro)
    }

    /// Whether a value is a record, by itself or as what a function gives (`{ text: "SELECT …", values }`).
    fn is_record(&self, file: FileId, node: NodeId, depth: usize) -> bool {
        let program = self.program;
        match program.symbols.file(file).facts.node(node) {
            _ if depth > 4 => false,
            Node::Record(_) => true,
            Node::Typed { value: Some(value), .. } => self.is_record(file, *value, depth + 1),
            Node::Name { segments, function, .. } => program
                .declared_node(file, *function, segments)
                .is_some_and(|(file, value)| self.is_record(file, value, depth + 1)),
            Node::Call(call) => {
                let sure = program.targets_of((file, *call)).iter().filter(|target| !target.by_name);
                sure.into_iter().any(|target| {
                    let value = program.symbols.function(target.function.0, target.function.1).value;
                    value.is_some_and(|value| self.is_record(target.function.0, value, depth + 1))
                })
            }
            _ => false,
        }
    }

    /// Whether what is given where a text may be is something else: a function that makes the statement itself, an
    /// object (`client.query(new Cursor(…))`), or what the rule says it may be instead.
    fn is_no_text(&self, file: FileId, node: NodeId, rule: &CallRule) -> bool {
        let program = self.program;
        let no_text = program.has(file, Way::NewMakesNoText);
        let is_object = |call: &u32| no_text && program.call((file, *call)).kind == CallKind::New;
        let node_at = program.symbols.file(file).facts.node(node);
        if matches!(node_at, Node::Lambda(_))
            || matches!(node_at, Node::Call(call) if is_object(call))
            || no_text && self.is_record(file, node, 0)
            || program.generated(file, node, rule).is_some()
        {
            return true;
        }
        !rule.except.is_empty() && program.type_of(file, node, 0).is_some_and(|ty| program.is_a(&ty, &rule.except))
    }

    /// Runs `then` for each call of the function whose parameter leaves the first hole.
    fn for_callers(
        &mut self,
        rendered: &Rendered,
        inner: Option<&Rc<Frame>>,
        at: At,
        depth: usize,
        mut then: impl FnMut(&mut Self, &Rc<Frame>, At),
    ) {
        let Some(&(function, _)) = rendered.params.first() else { return };
        if depth >= MAX_FRAMES {
            return self.opaque(at, at.span, "handed through too many functions");
        }
        let program = self.program;
        let callers = program.callers_of(function);
        for &call in callers.iter().take(MAX_CALLERS) {
            let fact = program.call(call);
            // An arm of a macro that hands on to another arm adds nothing: who calls the macro is asked anyway.
            let (asked, asking) =
                (program.symbols.function(function.0, function.1), program.symbols.function(call.0, fact.function));
            if asking.kind == FunctionKind::Macro && asking.kind == asked.kind && asking.name == asked.name {
                continue;
            }
            let frame = Frame::within(inner, Frame { function, call, outer: None });
            let home = Home { file: call.0, function: Some(fact.function) };
            let at = At { home, span: Place { file: call.0, span: fact.span }, ..at };
            // What the inner call is given may be what this one was given.
            then(self, &frame, at);
        }
    }

    fn opaque(&mut self, at: At, place: Place, reason: &str) {
        // What an annotation leaves open is said there, once.
        if at.called.is_some() {
            return;
        }
        let call = Some(at.span);
        self.found.opaque.push(OpaqueUse {
            home: at.home,
            place,
            reason: reason.to_owned(),
            call,
            rule: at.rule,
            rollback: at.rollback,
        });
    }

    /// The statements of a text that is SQL.
    fn statements(&mut self, rendered: &Rendered, script: &sql::Script, at: At, claim: Option<Claim<'_>>) {
        let program = self.program;
        let site = rendered.whole().filter(|_| at.called.is_none()).unwrap_or(at.span);
        let framework = claim.map(|claim| program.frameworks.framework(claim.id).name.clone());
        for statement in &script.statements {
            for access in &statement.accesses {
                let place = at.place(rendered, access.span);
                let tables = match claim {
                    Some(claim) if claim.entities => self.entities_in(statement, access, rendered, at, claim.rule),
                    Some(claim) if let Some(own) = self.own_entity(&rendered.text, access.span, at, claim.rule) => {
                        vec![(program.entities.list[own].table.clone(), access.privilege)]
                    }
                    _ => vec![(access.table.clone(), access.privilege)],
                };
                // What the text is a query on counts at the call.
                let on = claim.and_then(|claim| claim.on).map(|on| &program.entities.list[on].table);
                for (table, privilege) in tables.into_iter().filter(|(table, _)| Some(table) != on) {
                    self.found.uses.push(Use {
                        home: at.home,
                        place,
                        site,
                        call: Some(at.span),
                        table,
                        privilege,
                        evidence: text_evidence(framework.as_deref(), claim, at, site),
                        framework: framework.clone(),
                        partial: statement.partial || access.partial,
                        statement: statement.normalised,
                        block: access.block,
                        referencing: access.referencing.clone(),
                        routine: access.routine.clone(),
                        dialect: at.dialect.or(Some(script.dialect)),
                        remote: access.remote.clone(),
                        needs_known_table: claim.is_none() && !at.handed_on,
                        rollback: at.rollback,
                        rule: claim.map(|claim| claim.id),
                    });
                }
            }
            if at.called.is_none() {
                self.rest_of(statement, rendered, site, at, claim);
            }
        }
        if let Some(claim) = claim.filter(|claim| claim.entities) {
            self.paths(rendered, script, at, claim);
        }
    }

    /// What a statement says beside its accesses.
    fn rest_of(
        &mut self,
        statement: &sql::Statement,
        rendered: &Rendered,
        site: Place,
        at: At,
        claim: Option<Claim<'_>>,
    ) {
        let (claimed, part) = (claim.is_some(), claim.is_some_and(|claim| claim.rule.fragment));
        // What a text that nobody runs leaves open is no statement that cannot be known, nor is what may be a part of one.
        let meant = |opaque: &&sql::Opaque| claimed && !(part && opaque.reason == sql::OpaqueReason::Statement);
        for opaque in statement.opaque.iter().filter(meant) {
            let place = rendered.place(opaque.span).unwrap_or(site);
            self.opaque(at, place, &opaque.reason.to_string());
        }
        for definition in &statement.definitions {
            self.found.definitions.push(DefinitionUse {
                home: at.home,
                place: rendered.place(definition.span).unwrap_or(site),
                change: definition.change.clone(),
                routine: definition.routine.clone(),
                rollback: at.rollback,
            });
        }
        for call in &statement.calls {
            self.found.routines.push(RoutineUse {
                home: at.home,
                place: rendered.place(call.span).unwrap_or(site),
                site,
                name: call.name.clone(),
                statement: statement.normalised,
                by_trigger: statement.defines_trigger(),
                explicit: call.explicit && claimed,
                routine: call.routine.clone(),
                rollback: at.rollback,
            });
        }
        if let Some(mark) = statement.transaction {
            self.found.transactions.push((at.home, at.span, mark));
        }
    }
}

/// Whether a place lies in the call at hand.
fn in_call(at: At, place: &Place) -> bool {
    place.file == at.span.file && at.span.span.contains(place.span)
}

fn text_evidence(framework: Option<&str>, claim: Option<Claim<'_>>, at: At, site: Place) -> Evidence {
    match framework {
        Some(framework) => Evidence {
            kind: EvidenceKind::Call,
            text: if claim.is_some_and(|claim| claim.rule.statement.is_some()) {
                format!("{framework} makes a statement of this call")
            } else {
                format!("the text is handed to {framework}")
            },
            place: Some(at.span),
        },
        None => Evidence {
            kind: EvidenceKind::Literal,
            text: if at.handed_on {
                "the text is plainly SQL, and handed on as such; no framework claims it".to_owned()
            } else {
                "the text is plainly SQL; no framework claims it".to_owned()
            },
            place: Some(site),
        },
    }
}

/// What identifies an access that has no statement: its table and privilege.
pub(super) fn fingerprint(table: &TableName, privilege: Privilege) -> u64 {
    xxhash_rust::xxh3::xxh3_64(format!("{privilege} {table}").to_lowercase().as_bytes())
}
