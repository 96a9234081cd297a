//! What text a value is: its known pieces with the places they stand at, and holes where it is not known.
//!
//! A value that is one of several texts is rendered several times: alternative `n` takes the n-th way at every
//! choice (modulo how many there are), so that every way counts once and the number of renderings is that of the
//! widest choice, not their product.

use std::rc::Rc;

use super::included::{embedded_resource, included_file, path_text};
use super::languages::Way;
use super::lists::{Lists, Value};
use super::matching::Selected;
use super::program::{CallRef, FunctionRef, Program};
use super::rendered::{Part, Rendered};
use super::symbols::Def;
use crate::facts::{FileFacts, Node, NodeId, TextPiece};
use crate::frameworks::model::Filled;
use crate::frameworks::{Selector, Slot, Template};
use crate::source::{FileId, Place, Span};
use crate::sql::HOLE;
use crate::syntax::outline::{ExprId, Piece};
use crate::syntax::placeholders::{Style, Values, fill_from};
use crate::vocabulary::Name;

pub(super) const MAX_DEPTH: usize = 48;
/// No more ways of one value than this are followed; more are counted as unknown.
const MAX_ALTERNATIVES: usize = 256;

/// The arguments a function is called with, for a rendering that depends on its caller.
#[derive(Clone)]
pub(super) struct Frame {
    pub function: FunctionRef,
    pub call: CallRef,
    pub outer: Option<Rc<Frame>>,
}

impl Frame {
    /// The function of the outermost frame: the one that was asked for last.
    pub(super) fn newest(&self) -> FunctionRef {
        self.outer.as_ref().map_or(self.function, |outer| outer.newest())
    }

    /// A frame round all others.
    pub(super) fn within(inner: Option<&Rc<Self>>, outer: Self) -> Rc<Self> {
        Rc::new(match inner {
            None => outer,
            Some(frame) => Self { outer: Some(Self::within(frame.outer.as_ref(), outer)), ..**frame },
        })
    }

    /// The frames from this one outwards, itself first.
    pub(super) fn outwards(frame: Option<&Rc<Self>>) -> impl Iterator<Item = &Rc<Self>> {
        std::iter::successors(frame, |frame| frame.outer.as_ref())
    }
}

struct Rendering<'r, 'p> {
    program: &'r Program<'p>,
    out: Rendered,
    alternative: usize,
}

impl Program<'_> {
    /// The texts a value may be.
    pub(super) fn texts(&self, file: FileId, node: NodeId, frame: Option<&Rc<Frame>>, at: Place) -> Vec<Rendered> {
        let mut all: Vec<Rendered> = Vec::new();
        let mut alternative = 0;
        loop {
            let mut rendering = Rendering { program: self, out: Rendered::default(), alternative };
            rendering.render(file, node, frame, at, 0);
            let out = rendering.out;
            let (ways, more) = (out.alternatives.min(MAX_ALTERNATIVES), out.alternatives > MAX_ALTERNATIVES);
            if !all.iter().any(|known| {
                known.text == out.text && known.parts.first().map(|p| p.span) == out.parts.first().map(|p| p.span)
            }) {
                all.push(out);
            }
            alternative += 1;
            if alternative >= ways {
                all.extend(more.then(Rendered::default));
                return all;
            }
        }
    }

    /// The statements that a call stands for by a template: one for each way of its values, none where one that is
    /// needed is not given.
    pub(super) fn filled(&self, (file, call): CallRef, template: &Template, at: Place) -> Vec<Rendered> {
        let given = |selector: &Selector| {
            let values = self.select(file, call, selector);
            let node = values.into_iter().find_map(|value| match value {
                Selected::Node(file, node) => Some((file, node)),
                Selected::Type(_) => None,
            });
            node.map(|(file, node)| self.texts(file, node, None, at))
        };
        if !template.needed().all(|selector| given(selector).is_some()) {
            return Vec::new();
        }
        let ways = template.needed().filter_map(given).map(|texts| texts.len()).max().unwrap_or(1);
        let mut all = Vec::new();
        for way in 0..ways.clamp(1, MAX_ALTERNATIVES) {
            let mut out = Rendered { scattered: true, ..Rendered::default() };
            for slot in &template.0 {
                let inner = match slot {
                    Slot::Optional(inner) => &inner[..],
                    other => std::slice::from_ref(other),
                };
                let texts: Option<Vec<Option<Vec<Rendered>>>> = inner
                    .iter()
                    .map(|slot| match slot {
                        Slot::Value(selector) => given(selector).map(Some),
                        _ => Some(None),
                    })
                    .collect();
                for (slot, texts) in inner.iter().zip(texts.into_iter().flatten()) {
                    match (slot, texts) {
                        (Slot::Text(text), _) => out.literal(text, at.file, at.span),
                        (_, Some(texts)) => out.append(texts.get(way).or(texts.last())),
                        _ => {}
                    }
                }
            }
            all.push(out);
        }
        all
    }

    /// The statement of what may be a list of it and its values.
    pub(super) fn without_values(&self, value: Selected) -> Selected {
        let Selected::Node(file, node) = value else { return value };
        match self.symbols.file(file).facts.node(node) {
            Node::List(items) if !items.is_empty() => Selected::Node(file, items[0]),
            Node::Typed { value: Some(inner), .. } => self.without_values(Selected::Node(file, *inner)),
            _ => value,
        }
    }

    /// The text of a value that is wholly known and has one way.
    pub(super) fn known_text(&self, file: FileId, node: NodeId) -> Option<String> {
        let texts = self.texts(file, node, None, Place { file, span: Span::default() });
        let [text] = &texts[..] else { return None };
        (text.known && !text.text.contains(HOLE)).then(|| text.text.clone())
    }
}

impl<'p> Rendering<'_, 'p> {
    fn facts(&self, file: FileId) -> &'p FileFacts {
        self.program.symbols.file(file).facts
    }

    fn choose(&mut self, ways: usize) -> usize {
        self.out.alternatives = self.out.alternatives.max(ways);
        self.alternative % ways.max(1)
    }

    /// Adds what `node` is. `at` is where it stands for what uses it: a name that is put into a statement counts
    /// there, not where the name is spelt.
    fn render(&mut self, file: FileId, node: NodeId, frame: Option<&Rc<Frame>>, at: Place, depth: usize) {
        if depth > MAX_DEPTH {
            self.out.hole(at.file, at.span);
            return;
        }
        let facts = self.facts(file);
        let next = depth + 1;
        match facts.node(node) {
            Node::Text(pieces) => self.pieces(file, pieces, frame, next),
            Node::Concat(parts) => {
                for &part in parts {
                    // A name put into a statement counts where it is put in.
                    match facts.node(part) {
                        Node::Name { span, .. } | Node::Member { span, .. } => {
                            self.inserted(file, part, frame, Place { file, span: *span }, next);
                        }
                        _ => self.render(file, part, frame, at, next),
                    }
                }
            }
            Node::Choice(ways) => {
                let way = self.choose(ways.len());
                match ways.get(way) {
                    Some(&way) => self.render(file, way, frame, at, next),
                    None => self.out.hole(at.file, at.span),
                }
            }
            Node::Typed { value: Some(value), .. } => self.render(file, *value, frame, at, next),
            // `'DELETE FROM ' . Order::class`
            Node::Typed { ty, value: None, .. } if self.program.has(file, Way::ClassesInTexts) => {
                let known = self.program.type_of(file, node, 0);
                let name = known.as_ref().map_or_else(|| ty.path.last().map_or("", |name| name), |known| known.name());
                self.out.literal(name, file, ty.span);
            }
            Node::Symbol(name, span) => self.out.literal(name, file, *span),
            Node::Param(function, index) => self.param((file, *function), *index, frame, at, next),
            Node::Name { segments, function, .. } => self.name(file, *function, segments, at, next),
            Node::Member { base, name, .. } => self.member(file, node, (*base, name), frame, at, next),
            Node::Call(call) => self.call(file, *call, frame, at, next),
            Node::After { base, call } => self.after(file, *base, *call, frame, at, next),
            Node::Format { template, args, style } => self.format(file, *template, (args, *style), frame, at, next),
            // As a whole text the items are its lines; put into one they are a list.
            Node::List(items) => {
                let separator = if depth == 0 { " " } else { ", " };
                self.joined(file, items, separator, frame, at, next);
            }
            Node::Index { base, .. } | Node::Element { base, .. } => self.element(file, *base, node, frame, at, next),
            Node::Include(path) => self.include(file, *path, at),
            _ => self.out.hole(at.file, at.span),
        }
    }

    fn pieces(&mut self, file: FileId, pieces: &[TextPiece], frame: Option<&Rc<Frame>>, depth: usize) {
        for piece in pieces {
            match piece {
                TextPiece::Literal { text, span } => self.out.literal(text, file, *span),
                TextPiece::Value { node, span } => {
                    self.inserted(file, *node, frame, Place { file, span: *span }, depth);
                }
            }
        }
    }

    /// A template that is no literal, with what is put into it. In Rust that is not known.
    fn format(
        &mut self,
        file: FileId,
        template: NodeId,
        (args, style): (&[(Option<Name>, NodeId)], Style),
        frame: Option<&Rc<Frame>>,
        at: Place,
        depth: usize,
    ) {
        let mut inner = Rendering { program: self.program, out: Rendered::default(), alternative: self.alternative };
        inner.render(file, template, frame, at, depth);
        let inner = inner.out;
        self.out.alternatives = self.out.alternatives.max(inner.alternatives);
        self.out.params.extend(&inner.params);
        self.out.answered.extend(&inner.answered);
        self.out.included = self.out.included.or(inner.included);
        let mut values = Values::default();
        for (number, (name, _)) in (0u32..).zip(args) {
            match name {
                Some(name) => values.named.push((name.clone(), ExprId(number))),
                None => values.positional.push(ExprId(number)),
            }
        }
        let mut before = 0;
        for part in &inner.parts {
            let text = &inner.text[part.at..part.at + part.length];
            if text.starts_with(HOLE) {
                self.out.hole(part.file, part.span);
                continue;
            }
            if self.program.has(file, Way::LiteralFormats) {
                self.template_part(part, text);
                continue;
            }
            let piece = Piece::Literal { text: text.to_owned(), span: part.span };
            for piece in fill_from(&[piece], style, &values, &mut before) {
                match piece {
                    Piece::Literal { text, span } => self.out.literal(&text, part.file, span),
                    Piece::Hole { span } => self.out.hole(part.file, span),
                    Piece::Value { expr, .. } => {
                        let given = args[expr.0 as usize].1;
                        let span = self.place_of(file, given);
                        let place = span.map_or(at, |span| Place { file, span });
                        self.inserted(file, given, frame, place, depth);
                    }
                }
            }
        }
    }

    /// Where a value stands that is a text or a name.
    fn place_of(&self, file: FileId, node: NodeId) -> Option<Span> {
        match self.facts(file).node(node) {
            Node::Name { span, .. } | Node::Member { span, .. } => Some(*span),
            Node::Text(pieces) => match pieces[..] {
                [TextPiece::Literal { span, .. }] => Some(span),
                _ => None,
            },
            _ => None,
        }
    }

    /// A known part of a template: `{…}` is a hole, `{{` a brace.
    fn template_part(&mut self, part: &Part, text: &str) {
        let place = |from: usize, to: usize| {
            let exact = part.length == part.span.len();
            if exact { Span::new(from, to).shifted(part.span.start) } else { part.span }
        };
        let mut at = 0;
        while let Some(open) = text[at..].find('{').map(|found| at + found) {
            if open > at {
                self.out.literal(&text[at..open], part.file, place(at, open));
            }
            let doubled = text[open..].starts_with("{{");
            let close = if doubled { Some(open + 1) } else { text[open..].find('}').map(|found| open + found) };
            let Some(close) = close else {
                at = open;
                break;
            };
            if doubled {
                self.out.literal("{", part.file, place(open, close + 1));
            } else {
                self.out.hole(part.file, place(open, close + 1));
            }
            at = close + 1;
        }
        if at < text.len() {
            self.out.literal(&text[at..], part.file, place(at, text.len()));
        }
    }

    /// A value that is put into a text. If it is a single name that is spelt elsewhere, it stands where it is put in.
    fn inserted(&mut self, file: FileId, node: NodeId, frame: Option<&Rc<Frame>>, at: Place, depth: usize) {
        let mut inner = Rendering { program: self.program, out: Rendered::default(), alternative: self.alternative };
        inner.render(file, node, frame, at, depth);
        let inner = inner.out;
        self.out.alternatives = self.out.alternatives.max(inner.alternatives);
        self.out.params.extend(&inner.params);
        self.out.answered.extend(&inner.answered);
        self.out.included = self.out.included.or(inner.included);
        if inner.text.is_empty() {
            // What is empty adds nothing; what is not known would have left a hole.
        } else if inner.text.trim().is_empty() {
            // `#{' '}`
            self.out.literal(&inner.text, at.file, at.span);
        } else if !inner.known {
            match self.program.table_that_is(file, node) {
                Some(table) => self.out.literal(&table.to_string(), at.file, at.span),
                None => self.out.hole(at.file, at.span),
            }
        } else if inner.text.trim().contains(char::is_whitespace)
            || inner.text.contains(HOLE)
            || inner.parts.iter().all(|part| part.file == at.file && at.span.contains(part.span))
        {
            for part in &inner.parts {
                let text = &inner.text[part.at..part.at + part.length];
                if text.starts_with(HOLE) {
                    self.out.hole(part.file, part.span);
                } else {
                    self.out.literal(text, part.file, part.span);
                }
            }
        } else {
            self.out.literal(&inner.text, at.file, at.span);
        }
    }

    fn param(&mut self, function: FunctionRef, index: u32, frame: Option<&Rc<Frame>>, at: Place, depth: usize) {
        if let Some(known) = Frame::outwards(frame).find(|known| known.function == function) {
            self.out.answered.push(function);
            let call = self.program.call(known.call);
            return match self.program.given_value(function, index, known.call) {
                Some(value) => {
                    let given = Place { file: known.call.0, span: call.span };
                    self.render(known.call.0, value, known.outer.as_ref(), given, depth);
                }
                None => self.default(function, index, at, depth),
            };
        }
        if self.handed(function, index, frame, at, depth) {
            return;
        }
        self.out.params.push((function, index));
        self.out.hole(at.file, at.span);
    }

    /// What a call hands to the function value it is given: an element of what it is made on, or a part of one where
    /// the function value takes several. Says whether it is known.
    fn handed(
        &mut self,
        function: FunctionRef,
        index: u32,
        frame: Option<&Rc<Frame>>,
        at: Place,
        depth: usize,
    ) -> bool {
        let program = self.program;
        let Some(&call) = program.given_to.get(&function) else { return false };
        let rules = program.rules((function.0, call));
        let selector = rules.iter().find_map(|&(id, _)| program.frameworks.call(id).hands_item.as_ref());
        let Some(Selected::Node(file, node)) =
            selector.and_then(|selector| program.select(function.0, call, selector).into_iter().next())
        else {
            return false;
        };
        let taken = program.symbols.function(function.0, function.1).params.len();
        let lists = Lists { program, position: None, key: None }.lists(file, node, frame, depth);
        let mut values: Vec<Value> = Vec::new();
        for (file, items, frame) in lists {
            let parts = items.iter().filter_map(|&(key, value)| match (key, self.facts(file).node(value)) {
                _ if taken < 2 => Some(value),
                (Some(key), _) => [key, value].get(index as usize).copied(),
                (None, Node::List(parts)) => parts.get(index as usize).copied(),
                _ => (index == 0).then_some(value),
            });
            values.extend(parts.map(|value| (file, value, frame.clone())));
        }
        match values.get(self.choose(values.len())) {
            Some((file, value, frame)) => self.render(*file, *value, frame.as_ref(), at, depth),
            None if index > 0 => return false,
            // What holds one value (`sql.map(|sql| …)`) hands on that.
            None => self.render(file, node, frame, at, depth),
        }
        true
    }

    fn default(&mut self, (file, function): FunctionRef, index: u32, at: Place, depth: usize) {
        let default =
            self.program.symbols.function(file, function).params.get(index as usize).and_then(|param| param.default);
        match default {
            Some(default) => self.render(file, default, None, at, depth),
            None => self.out.hole(at.file, at.span),
        }
    }

    fn name(&mut self, file: FileId, function: u32, segments: &[Name], at: Place, depth: usize) {
        let program = self.program;
        if let [head, name] = segments
            && let Some(ty) = program.type_parameter(file, function, head)
        {
            let values = program.constant_values(&ty, name);
            return self.one_of(&values, None, at, depth);
        }
        let resolved = program.symbols.resolve_in(file, function, segments);
        let values: Vec<(FileId, NodeId)> = match (&resolved.defs[..], &resolved.rest[..]) {
            ([], _) => self.inherited(file, function, segments),
            (defs, []) => defs
                .iter()
                .filter_map(|def| match *def {
                    Def::Value(file, index) => program.symbols.value(file, index).value.map(|value| (file, value)),
                    _ => None,
                })
                .collect(),
            ([Def::Type(decl_file, index), ..], [name]) => {
                program.constant_values(&program.own_type(*decl_file, *index), name)
            }
            ([Def::Value(value_file, index), ..], [name]) => {
                let value = program.symbols.value(*value_file, *index).value;
                value.map(|value| self.entry(*value_file, value, name)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        self.one_of(&values, None, at, depth);
    }

    /// The values of a member that is named without its receiver: of a type round the function, or a supertype of one.
    fn inherited(&self, file: FileId, function: u32, segments: &[Name]) -> Vec<(FileId, NodeId)> {
        let constants = self.program.constants_round(file, function, segments);
        let [name] = segments else { return Vec::new() };
        if !constants.is_empty() {
            return constants;
        }
        let round = self.program.implicit_receivers(file, function);
        round.iter().map(|ty| self.program.field_values(ty, name)).find(|values| !values.is_empty()).unwrap_or_default()
    }

    fn one_of(&mut self, values: &[(FileId, NodeId)], frame: Option<&Rc<Frame>>, at: Place, depth: usize) {
        if values.is_empty() {
            return self.out.hole(at.file, at.span);
        }
        let (file, value) = values[self.choose(values.len())];
        self.render(file, value, frame, at, depth);
    }

    /// The entry of a record (`queries.insert`).
    fn entry(&self, file: FileId, node: NodeId, name: &Name) -> Vec<(FileId, NodeId)> {
        match self.facts(file).node(node) {
            Node::Record(entries) => {
                let found = entries.iter().filter(|(key, _)| self.program.key_of(file, *key).as_ref() == Some(name));
                found.map(|&(_, value)| (file, value)).collect()
            }
            Node::Typed { value: Some(value), .. } => self.entry(file, *value, name),
            _ => Vec::new(),
        }
    }

    fn member(
        &mut self,
        file: FileId,
        node: NodeId,
        (base, name): (NodeId, &Name),
        frame: Option<&Rc<Frame>>,
        at: Place,
        depth: usize,
    ) {
        let program = self.program;
        if let Some(path) = program.path_of(file, node) {
            let function = program.function_of(file, node);
            let resolved = program.symbols.resolve_in(file, function, &path);
            if !resolved.defs.is_empty() {
                return self.name(file, function, &path, at, depth);
            }
        }
        let of_record = self.entry(file, base, name);
        if !of_record.is_empty() {
            return self.one_of(&of_record, frame, at, depth);
        }
        match program.type_of(file, base, 0) {
            Some(ty) => {
                if let Some(text) =
                    program.member_rule(program.language(file), &ty, name).and_then(|rule| rule.text.as_ref())
                {
                    return self.out.literal(&text.replace("{name}", name), at.file, at.span);
                }
                let mut values = program.member_values(&ty, name);
                // What an object itself is may be any of the subtypes.
                if matches!(self.facts(file).node(base), Node::This(_)) {
                    values.retain(|&(file, value)| !matches!(self.facts(file).node(value), Node::Literal));
                    values.extend(program.overridden_values(&ty, name));
                }
                self.one_of(&values, frame, at, depth);
            }
            None => self.out.hole(at.file, at.span),
        }
    }

    fn call(&mut self, file: FileId, call: u32, frame: Option<&Rc<Frame>>, at: Place, depth: usize) {
        let program = self.program;
        for &(id, _) in program.rules((file, call)).iter() {
            let rule = program.frameworks.call(id);
            if rule.append.is_some() || rule.append_hole {
                if let Some(base) = self.receiver(file, call) {
                    self.render(file, base, frame, at, depth);
                }
                return self.appended(file, call, frame, depth);
            }
            if let Some(says) = &rule.says {
                return self.out.literal(says, at.file, at.span);
            }
            let signs = |filled: &&Filled| filled.sign.is_none() || program.stated_sign((file, call), filled).is_some();
            if let Some(filled) = rule.filled.as_ref().filter(|_| rule.text.is_some()).filter(signs) {
                let mut inner = Rendering { program, out: Rendered::default(), alternative: self.alternative };
                for value in rule.text.iter().flat_map(|selector| program.select(file, call, selector)) {
                    if let Selected::Node(file, node) = value {
                        inner.render(file, node, frame, at, depth);
                    }
                }
                self.out.alternatives = self.out.alternatives.max(inner.out.alternatives);
                self.out.answered.extend(&inner.out.answered);
                let text = program.filled_in((file, call), filled, &inner.out, frame, at);
                return self.out.append(Some(&text));
            }
            if let Some(selector) = &rule.text {
                let before = rule.before.iter().flat_map(|before| program.select(file, call, before));
                let selected: Vec<Selected> = before.chain(program.select(file, call, selector)).collect();
                if let Some(glue) = &rule.glue {
                    if self.joined_list(file, call, &selected, glue, frame, at, depth) {
                        return;
                    }
                    continue;
                }
                for (position, value) in selected.into_iter().enumerate() {
                    let value = if rule.with_values { program.without_values(value) } else { value };
                    if let Selected::Node(file, node) = value {
                        if position > 0 && !rule.separator.is_empty() {
                            self.out.literal(&rule.separator, at.file, at.span.head());
                        }
                        self.render(file, node, frame, at, depth);
                    }
                }
                if !rule.followed_by.is_empty() {
                    self.out.literal(&rule.followed_by, at.file, at.span.tail());
                }
                return;
            }
            if let Some(selector) = &rule.content {
                for value in program.select(file, call, selector) {
                    if let Selected::Node(file, node) = value {
                        self.include(file, node, at);
                    }
                }
                return;
            }
            if let Some(selector) = &rule.spelled {
                for value in program.select(file, call, selector) {
                    if let Selected::Node(file, node) = value {
                        self.spelled(file, node, frame, at);
                    }
                }
                return;
            }
            if let Some(selector) = &rule.table_of {
                let mut values = program.select(file, call, selector).into_iter();
                let table = values.find_map(|value| program.table_of(&value));
                let place = program.call((file, call)).name_span;
                return match table {
                    Some(table) => self.out.literal(&table.to_string(), file, place),
                    None => self.out.hole(at.file, at.span),
                };
            }
            if let Some(selector) = &rule.item {
                return self.item(file, call, selector, frame, at, depth);
            }
            if rule.built {
                self.out.built = true;
                return self.out.hole(at.file, at.span);
            }
        }
        // What a builder gives again is the builder: `query("…").bind(1)`.
        if let Some(base) = self.receiver(file, call)
            && program.is_fluent(file, base)
        {
            return self.render(file, base, frame, at, depth);
        }
        let given = self.given_by_targets((file, call));
        if !given.is_empty() {
            let (function, value) = given[self.choose(given.len())];
            let inner = Rc::new(Frame { function, call: (file, call), outer: frame.cloned() });
            return self.render(function.0, value, Some(&inner), at, depth + 4);
        }
        // A call without arguments may be no more than a mention of a value (`Queries.all`, `record.name()`).
        let fact = program.call((file, call));
        let is_name = matches!(self.facts(file).node(fact.callee), Node::Name { .. } | Node::Member { .. });
        if fact.args.is_empty() && is_name && fact.kind == crate::facts::CallKind::Call {
            return self.render(file, fact.callee, frame, at, depth + 1);
        }
        self.out.hole(at.file, at.span);
    }

    /// What the functions return that a call leads to: any of them, where the receiver's type says so, else the first of
    /// the name.
    fn given_by_targets(&self, call: CallRef) -> Vec<(FunctionRef, NodeId)> {
        let targets = self.program.targets_of(call).iter();
        let mut given: Vec<(FunctionRef, NodeId)> = Vec::new();
        for target in targets {
            if target.by_name && !given.is_empty() {
                break;
            }
            let (file, function) = target.function;
            given.extend(self.program.symbols.function(file, function).value.map(|value| (target.function, value)));
        }
        given
    }

    /// The text of a name as it is written.
    fn spelled(&mut self, file: FileId, node: NodeId, frame: Option<&Rc<Frame>>, at: Place) {
        match self.facts(file).node(node) {
            Node::Name { segments, span, .. } => {
                let text = segments.iter().map(Name::as_str).collect::<Vec<_>>().join("::");
                self.out.literal(&text, file, *span);
            }
            Node::Param(function, index) => {
                let function = (file, *function);
                let known = Frame::outwards(frame).find(|frame| frame.function == function);
                let call = known.map(|known| (known, self.program.call(known.call)));
                let given = call.and_then(|(known, call)| Some((known, call.args.get(*index as usize)?.value)));
                if let Some((known, value)) = given {
                    self.out.answered.push(function);
                    self.spelled(known.call.0, value, known.outer.as_ref(), at);
                } else {
                    self.out.params.push((function, *index));
                    self.out.hole(at.file, at.span);
                }
            }
            _ => self.out.hole(at.file, at.span),
        }
    }

    /// One of the elements of what a call is made on, by its key where that is known.
    fn item(
        &mut self,
        file: FileId,
        call: u32,
        selector: &Selector,
        frame: Option<&Rc<Frame>>,
        at: Place,
        depth: usize,
    ) {
        let program = self.program;
        let key = program.call((file, call)).args.first().and_then(|arg| program.key_of(file, arg.value));
        let lists = Lists { program, position: None, key: key.as_ref() };
        let selected = program.select(file, call, selector).into_iter();
        let mut values = Vec::new();
        for value in selected {
            if let Selected::Node(file, node) = value {
                values.extend(lists.elements(file, node, frame, depth));
            }
        }
        if values.is_empty() {
            return self.out.hole(at.file, at.span);
        }
        let (file, value, frame) = values[self.choose(values.len())].clone();
        // `HashMap::from([("orders", "SELECT …")])`: what a key leads to.
        let value = match self.facts(file).node(value) {
            Node::List(pair) if pair.len() == 2 => pair[1],
            _ => value,
        };
        self.render(file, value, frame.as_ref(), at, depth);
    }

    /// The items of the list that is selected, with what stands between them; whether it is one.
    #[expect(clippy::too_many_arguments, reason = "where it stands and what it is made of")]
    fn joined_list(
        &mut self,
        file: FileId,
        call: u32,
        selected: &[Selected],
        separator: &Selector,
        frame: Option<&Rc<Frame>>,
        at: Place,
        depth: usize,
    ) -> bool {
        let program = self.program;
        let Some(Selected::Node(list_file, list)) = selected.first() else { return false };
        let all = Lists { program, position: None, key: None };
        let built = matches!(self.facts(*list_file).node(*list), Node::After { .. } | Node::Concat(_));
        let sequence = if built { all.sequence(*list_file, *list, frame, depth) } else { None };
        let lists = if sequence.is_some() { Vec::new() } else { all.lists(*list_file, *list, frame, depth) };
        if lists.is_empty() && sequence.is_none() {
            return false;
        }
        let separator = program.select(file, call, separator).into_iter().find_map(|value| match value {
            Selected::Node(file, node) => program.known_text(file, node).or_else(|| {
                let blank = matches!(program.symbols.file(file).facts.node(node), Node::Text(_));
                blank.then(|| program.texts(file, node, frame, at).first().map(|text| text.text.clone())).flatten()
            }),
            Selected::Type(_) => None,
        });
        if let Some(items) = sequence {
            let separator = separator.unwrap_or_default();
            for (position, (file, item, frame)) in items.iter().enumerate() {
                if position > 0 {
                    self.out.literal(&separator, at.file, Span { start: at.span.start, end: at.span.start });
                }
                self.render(*file, *item, frame.as_ref(), at, depth + 1);
            }
            return true;
        }
        let (list_file, items, frame) = &lists[self.choose(lists.len())];
        let items: Vec<NodeId> = items.iter().map(|&(_, item)| item).collect();
        self.joined(*list_file, &items, &separator.unwrap_or_default(), frame.as_ref(), at, depth);
        true
    }

    fn receiver(&self, file: FileId, call: u32) -> Option<NodeId> {
        let facts = self.facts(file);
        match facts.node(facts.calls[call as usize].callee) {
            Node::Member { base, .. } => Some(*base),
            _ => None,
        }
    }

    /// An object after a call that changed it. The call itself may stand on a chain of others that changed it too:
    /// then its own receiver chain leads back to the object.
    fn after(&mut self, file: FileId, base: NodeId, call: u32, frame: Option<&Rc<Frame>>, at: Place, depth: usize) {
        match self.receiver(file, call) {
            Some(receiver) if matches!(self.facts(file).node(receiver), Node::Call(_)) => {
                self.render(file, receiver, frame, at, depth);
            }
            _ => self.render(file, base, frame, at, depth),
        }
        self.appended(file, call, frame, depth);
    }

    fn appended(&mut self, file: FileId, call: u32, frame: Option<&Rc<Frame>>, depth: usize) {
        let program = self.program;
        let fact = program.call((file, call));
        for &(id, _) in program.rules((file, call)).iter() {
            let rule = program.frameworks.call(id);
            if let Some(selector) = &rule.append {
                let span = Span { start: fact.name_span.end.min(fact.span.end), end: fact.span.end };
                let given = Place { file, span };
                for value in program.select(file, call, selector) {
                    if let Selected::Node(file, node) = value {
                        if !rule.separator.is_empty() {
                            self.out.literal(&rule.separator, given.file, given.span.head());
                        }
                        let at = match self.facts(file).node(node) {
                            Node::Name { span, .. } => Place { file, span: *span },
                            _ => given,
                        };
                        self.inserted(file, node, frame, at, depth);
                    }
                }
                return;
            }
            if rule.append_hole {
                return self.out.hole(file, fact.span);
            }
            if let Some(selector) = &rule.puts {
                let at = Place { file, span: fact.span };
                for value in program.select(file, call, selector) {
                    if let Selected::Node(file, node) = value {
                        self.out.literal(" ", at.file, at.span.head());
                        self.render(file, node, frame, at, depth);
                    }
                }
                return;
            }
        }
    }

    fn joined(
        &mut self,
        file: FileId,
        items: &[NodeId],
        separator: &str,
        frame: Option<&Rc<Frame>>,
        at: Place,
        depth: usize,
    ) {
        for (position, &item) in items.iter().enumerate() {
            if position > 0 {
                self.out.literal(separator, at.file, at.span.head());
            }
            // A name that is one of them counts where it stands.
            match self.facts(file).node(item) {
                Node::Name { span, .. } | Node::Member { span, .. } => {
                    self.inserted(file, item, frame, Place { file, span: *span }, depth);
                }
                _ => self.render(file, item, frame, at, depth),
            }
        }
    }

    /// One of the elements of a list or record, or of what a function returns several values in: all are ways. What
    /// is no list is a text, and the element a part of it (`sql.split(';')`).
    fn element(
        &mut self,
        file: FileId,
        base: NodeId,
        node: NodeId,
        frame: Option<&Rc<Frame>>,
        at: Place,
        depth: usize,
    ) {
        let facts = self.facts(file);
        let (position, index) = match facts.node(node) {
            Node::Element { position: None, name: Some(name), .. } => {
                return self.member(file, node, (base, name), frame, at, depth);
            }
            Node::Element { position, .. } => (position.map(|position| position as usize), None),
            Node::Index { index, .. } => (None, self.program.key_of(file, *index)),
            _ => (None, None),
        };
        // Of several results the text is the first, where a framework says that a call gives one (`sqlx.In`).
        if let Node::Call(call) = facts.node(base)
            && position == Some(0)
            && self.program.rules((file, *call)).iter().any(|&(id, _)| gives_text(self.program.frameworks.call(id)))
        {
            return self.call(file, *call, frame, at, depth);
        }
        let lists = Lists { program: self.program, position, key: index.as_ref() };
        let mut values = lists.elements(file, base, frame, depth);
        // What comes with an error (`return "", err`) is no text.
        let empty = |(file, node, _): &Value| matches!(self.facts(*file).node(*node), Node::Text(p) if p.is_empty());
        if values.iter().any(|value| !empty(value)) {
            values.retain(|value| !empty(value));
        }
        if values.is_empty() {
            return match position {
                Some(0) => self.out.hole(at.file, at.span),
                _ => self.render(file, base, frame, at, depth + 1),
            };
        }
        let (file, value, frame) = values[self.choose(values.len())].clone();
        self.render(file, value, frame.as_ref(), at, depth);
    }

    /// A file that is read into the program. What it touches stands there.
    fn include(&mut self, file: FileId, path: NodeId, at: Place) {
        let program = self.program;
        let target = path_text(program, file, path)
            .and_then(|path| included_file(program, file, &path).or_else(|| embedded_resource(program, file, &path)))
            .or_else(|| {
                // What is not known of a path is where it begins (`__DIR__ . '/q.sql'`): the rest tells.
                let texts = program.texts(file, path, None, at);
                let known = texts
                    .first()
                    .filter(|text| text.known)?
                    .text
                    .rsplit(HOLE)
                    .next()?
                    .trim_start_matches('/')
                    .to_owned();
                if known.contains('.') { included_file(program, file, &known) } else { None }
            });
        match target {
            Some(target) => {
                self.out.included = Some(target);
                self.out.known = true;
            }
            None => self.out.hole(at.file, at.span),
        }
    }
}

fn gives_text(rule: &crate::frameworks::CallRule) -> bool {
    rule.text.is_some() || rule.says.is_some() || rule.built || rule.content.is_some()
}
