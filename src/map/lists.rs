//! The elements of the lists and maps that a value may be: literals, what was put into them, what a caller gives.

use std::rc::Rc;

use super::matching::Selected;
use super::program::Program;
use super::symbols::Def;
use super::text::{Frame, MAX_DEPTH};
use super::types::Ty;
use crate::facts::{Node, NodeId};
use crate::frameworks::{CallRule, Selector};
use crate::source::FileId;
use crate::vocabulary::Name;

impl Program<'_> {
    /// The values of the elements of a list, in order.
    pub(super) fn elements(&self, file: FileId, node: NodeId) -> Vec<(FileId, NodeId)> {
        let lists = Lists { program: self, position: None, key: None };
        lists.elements(file, node, None, 0).into_iter().map(|(file, node, _)| (file, node)).collect()
    }
}

/// A value in the frame that its parameters are known in.
pub(super) type Value = (FileId, NodeId, Option<Rc<Frame>>);

/// Which elements of lists are looked for.
pub(super) struct Lists<'l, 'p> {
    pub program: &'l Program<'p>,
    /// The one of that position, else of that key, else all.
    pub position: Option<usize>,
    pub key: Option<&'l Name>,
}

/// The items of a list or record, each with its key, in the frame that their parameters are known in.
type Items = (FileId, Vec<(Option<NodeId>, NodeId)>, Option<Rc<Frame>>);

impl Lists<'_, '_> {
    /// The values that the elements of what `node` may be have.
    pub(super) fn elements(&self, file: FileId, node: NodeId, frame: Option<&Rc<Frame>>, depth: usize) -> Vec<Value> {
        let mut found = Vec::new();
        for (file, items, frame) in self.lists(file, node, frame, depth) {
            let keyed =
                |key: Option<NodeId>| key.is_some_and(|key| self.program.key_of(file, key).as_ref() == self.key);
            let one = items.iter().filter(|(key, _)| self.key.is_some() && keyed(*key));
            let mut one: Vec<NodeId> = one.map(|&(_, value)| value).collect();
            one.extend(self.position.and_then(|position| items.get(position)).map(|&(_, value)| value));
            if one.is_empty() {
                one.extend(items.iter().map(|&(_, value)| value));
            }
            found.extend(one.into_iter().map(|value| (file, value, frame.clone())));
        }
        found
    }

    /// The list and record literals that a value may be.
    pub(super) fn lists(&self, file: FileId, node: NodeId, frame: Option<&Rc<Frame>>, depth: usize) -> Vec<Items> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        let program = self.program;
        let next = depth + 1;
        match program.symbols.file(file).facts.node(node) {
            Node::List(items) => vec![(file, items.iter().map(|&item| (None, item)).collect(), frame.cloned())],
            Node::Record(entries) => {
                vec![(file, entries.iter().map(|&(key, value)| (Some(key), value)).collect(), frame.cloned())]
            }
            Node::Typed { value: Some(value), .. } => self.lists(file, *value, frame, next),
            Node::Choice(ways) => ways.iter().flat_map(|&way| self.lists(file, way, frame, depth + 4)).collect(),
            Node::Param(function, index) => {
                let given = Frame::outwards(frame)
                    .find(|frame| frame.function == (file, *function))
                    .and_then(|frame| Some((frame, program.call(frame.call).args.get(*index as usize)?.value)));
                given
                    .map_or_else(Vec::new, |(frame, value)| self.lists(frame.call.0, value, frame.outer.as_ref(), next))
            }
            Node::Call(call) => self.lists_of_call(file, *call, frame, next),
            Node::Name { segments, function, .. } => {
                let resolved = program.symbols.resolve_in(file, *function, segments);
                match resolved.defs.first() {
                    Some(&Def::Value(file, index)) => match program.symbols.value(file, index).value {
                        Some(value) => self.lists(file, value, None, next),
                        None => Vec::new(),
                    },
                    Some(&Def::Type(file, index)) => match &resolved.rest[..] {
                        [name] => self.lists_of_member(&program.own_type(file, index), name, next),
                        _ => Vec::new(),
                    },
                    Some(_) => Vec::new(),
                    None => {
                        let constants = program.constants_round(file, *function, segments).into_iter();
                        constants.flat_map(|(file, value)| self.lists(file, value, None, depth + 4)).collect()
                    }
                }
            }
            Node::Member { base, name, .. } => {
                let ty = program.type_of(file, *base, 0);
                ty.map_or_else(Vec::new, |ty| self.lists_of_member(&ty, name, next))
            }
            // A list in a list.
            Node::Element { base, position, .. } => {
                let position = position.map(|position| position as usize);
                let inner = Lists { program, position, key: None }.elements(file, *base, frame, next);
                inner
                    .into_iter()
                    .flat_map(|(file, value, frame)| self.lists(file, value, frame.as_ref(), depth + 4))
                    .collect()
            }
            // One that something was put into (`list.push("…")`).
            Node::After { base, call } => {
                let mut lists = self.lists(file, *base, frame, next);
                lists.extend(self.put(file, *call, frame, next));
                lists
            }
            _ => Vec::new(),
        }
    }

    /// The items of a list that is put together step by step, in order; what only some ways put in is in it.
    pub(super) fn sequence(
        &self,
        file: FileId,
        node: NodeId,
        frame: Option<&Rc<Frame>>,
        depth: usize,
    ) -> Option<Vec<Value>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let next = depth + 1;
        let items = |(file, items, frame): Items| items.into_iter().map(move |(_, item)| (file, item, frame.clone()));
        match self.program.symbols.file(file).facts.node(node) {
            Node::After { base, call } => {
                let mut all = self.sequence(file, *base, frame, next)?;
                all.extend(self.put(file, *call, frame, next).into_iter().flat_map(items));
                Some(all)
            }
            Node::Concat(parts) | Node::Choice(parts) => {
                let parts = parts.iter().map(|&part| self.sequence(file, part, frame, next));
                Some(parts.collect::<Option<Vec<_>>>()?.concat())
            }
            _ => {
                let mut lists = self.lists(file, node, frame, next);
                let only = lists.pop().filter(|_| lists.is_empty())?;
                Some(items(only).collect())
            }
        }
    }

    /// What a call puts into the collection it is made on.
    fn put(&self, file: FileId, call: u32, frame: Option<&Rc<Frame>>, depth: usize) -> Vec<Items> {
        let program = self.program;
        let mut found = Vec::new();
        for &(id, _) in program.rules((file, call)).iter() {
            let rule = program.frameworks.call(id);
            if let Some(selector) = &rule.puts {
                let mut items = self.selected(file, call, selector);
                // What is put in under a key has it as its first argument.
                let args = &program.call((file, call)).args;
                if let ([key, _], [item]) = (&args[..], &mut items[..]) {
                    item.0 = Some(key.value);
                }
                found.push((file, items, frame.cloned()));
            }
            let all = rule.puts_all.iter().flat_map(|selector| self.selected(file, call, selector));
            found.extend(all.flat_map(|(_, value)| self.lists(file, value, frame, depth + 4)));
        }
        found
    }

    /// The values of the call's own file that a selector means, as items without a key.
    fn selected(&self, file: FileId, call: u32, selector: &Selector) -> Vec<(Option<NodeId>, NodeId)> {
        let selected = self.program.select(file, call, selector).into_iter();
        let own = selected.filter_map(|value| match value {
            Selected::Node(at, node) if at == file => Some((None, node)),
            _ => None,
        });
        own.collect()
    }

    fn lists_of_member(&self, ty: &Ty, name: &Name, depth: usize) -> Vec<Items> {
        let values = self.program.member_values(ty, name).into_iter();
        values.flat_map(|(file, value)| self.lists(file, value, None, depth + 4)).collect()
    }

    /// The lists that a call gives: those it is made on (`.iter()`), or those that a function here returns.
    fn lists_of_call(&self, file: FileId, call: u32, frame: Option<&Rc<Frame>>, depth: usize) -> Vec<Items> {
        let program = self.program;
        let rules = program.rules((file, call));
        let rule = |key: fn(&CallRule) -> bool| {
            rules.iter().map(|&(id, _)| program.frameworks.call(id)).find(|rule| key(rule))
        };
        if let Some(selector) = rule(|rule| rule.items.is_some()).and_then(|rule| rule.items.as_ref()) {
            return vec![(file, self.selected(file, call, selector), frame.cloned())];
        }
        if rule(|rule| rule.puts.is_some() || rule.puts_all.is_some()).is_some() {
            let Node::Member { base, .. } = program.symbols.file(file).facts.node(program.call((file, call)).callee)
            else {
                return Vec::new();
            };
            let mut lists = self.lists(file, *base, frame, depth);
            lists.extend(self.put(file, call, frame, depth));
            return lists;
        }
        if let Some(selector) = rules.iter().find_map(|&(id, _)| program.frameworks.call(id).text.as_ref()) {
            let selected = program.select(file, call, selector).into_iter();
            return selected
                .flat_map(|value| match value {
                    Selected::Node(file, node) => self.lists(file, node, frame, depth),
                    Selected::Type(_) => Vec::new(),
                })
                .collect();
        }
        let targets = program.targets_of((file, call)).iter().map(|target| target.function);
        let given = targets.filter_map(|function| {
            let value = program.symbols.function(function.0, function.1).value?;
            let inner = Rc::new(Frame { function, call: (file, call), outer: frame.cloned() });
            Some(self.lists(function.0, value, Some(&inner), depth + 4))
        });
        given.flatten().collect()
    }
}
