//! Which values are lists of objects that were read: what is asked of one is asked in memory.

use super::program::Program;
use super::types::is_collection;
use crate::facts::{Node, NodeId};
use crate::frameworks::CallRule;
use crate::source::FileId;

const MAX_DEPTH: usize = 16;

impl Program<'_> {
    /// Whether a value is known to be a list of objects that a query has read.
    pub(super) fn is_read(&self, file: FileId, node: NodeId, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return false;
        }
        let facts = self.symbols.file(file).facts;
        let is_list = || self.type_of(file, node, 0).is_some_and(|ty| is_collection(ty.name()));
        match facts.node(node) {
            Node::Call(_) | Node::Param(..) | Node::Member { .. } if is_list() => true,
            Node::Call(call) => self.gives_list(file, *call, depth),
            // The relation itself: `$customer->orders`.
            Node::Member { .. } => self.relation_of_member(file, node, 0).is_some_and(|found| found.target.is_some()),
            Node::Param(function, 0) => {
                let given_to = self.given_to.get(&(file, *function));
                given_to.is_some_and(|&call| {
                    let rules = self.rules((file, call));
                    rules.iter().any(|(id, _)| hands_list(self.frameworks.call(*id)))
                })
            }
            Node::Choice(ways) => ways.iter().any(|&way| self.is_read(file, way, depth + 1)),
            Node::After { base, .. } => self.is_read(file, *base, depth + 1),
            Node::Typed { value: Some(value), .. } => self.is_read(file, *value, depth + 1),
            _ => false,
        }
    }

    fn gives_list(&self, file: FileId, call: u32, depth: usize) -> bool {
        let facts = self.symbols.file(file).facts;
        let Node::Member { base, .. } = facts.node(facts.calls[call as usize].callee) else { return false };
        let rules = self.rules((file, call));
        let mut fetching = rules.iter().map(|(id, _)| self.frameworks.call(*id)).filter(|rule| rule.fetches).peekable();
        if fetching.peek().is_some() {
            return !fetching.any(|rule| rule.single);
        }
        // What else is asked of a list gives another.
        self.relation_at_call(file, call).is_none() && self.is_read(file, *base, depth + 1)
    }

    fn relation_at_call(&self, file: FileId, call: u32) -> Option<super::relations::Relation> {
        self.relation_of_member(file, self.symbols.file(file).facts.calls[call as usize].callee, 0)
    }
}

fn hands_list(rule: &CallRule) -> bool {
    rule.fetches && !rule.single && rule.hands.is_some()
}
