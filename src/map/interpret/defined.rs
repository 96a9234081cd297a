//! Names of rows that a chain of calls makes for itself (`with("recent", …)`): they are no tables.

use super::{Home, Interpreter};
use crate::facts::{Node, NodeId};
use crate::frameworks::CallRule;
use crate::map::matching::Selected;
use crate::map::program::CallRef;
use crate::source::FileId;
use crate::vocabulary::TableName;

/// Functions inside of functions are followed outwards so far, and chains through functions that make them.
const MAX_NESTING: usize = 64;
/// Chains are followed into no more functions than this.
const MAX_MAKERS: usize = 4;

impl Interpreter<'_, '_> {
    /// Whether a name is that of rows which the same function makes for itself.
    pub(super) fn is_defined(&self, home: Home, table: &TableName) -> bool {
        let facts = self.program.symbols.file(home.file).facts;
        let round = std::iter::successors(home.function, |&at| facts.functions[at as usize].parent);
        let mut homes = round.take(MAX_NESTING).map(|function| Home { function: Some(function), ..home });
        table.qualifiers.is_empty()
            && !self.defined_rows.is_empty()
            && homes.any(|home| self.defined_rows.contains(&(home, table.name.text.to_string())))
    }

    /// The names of rows that functions make for themselves.
    pub(super) fn find_defined_rows(&mut self) {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        for index in 0..u32::try_from(facts.calls.len()).unwrap_or(0) {
            for &(id, _) in program.rules((self.file, index)).iter() {
                let rule = program.frameworks.call(id);
                let mut function = program.call((self.file, index)).function;
                // What a function is handed to name them with names them for who gives that function.
                if !rule.callee.is_empty() {
                    function = facts.functions[function as usize].parent.unwrap_or(function);
                }
                let home = Home { file: self.file, function: Some(function) };
                self.defined_rows
                    .extend(self.defined_by((self.file, index), rule).into_iter().map(|name| (home, name)));
            }
        }
    }

    /// The names that a call defines, without the columns that may stand behind them: `recent(id, at)`.
    fn defined_by(&self, (file, call): CallRef, rule: &CallRule) -> Vec<String> {
        let Some(selector) = &rule.defines else { return Vec::new() };
        let program = self.program;
        let names = program.select(file, call, selector).into_iter().filter_map(|value| match value {
            Selected::Node(file, node) => program.known_text(file, node),
            Selected::Type(_) => None,
        });
        names.map(|name| name.split('(').next().unwrap_or_default().trim().to_owned()).collect()
    }

    /// Whether a name is that of rows which a function made for the chain that a call goes on with:
    /// `ancestors(db).selectFrom("ancestor")`.
    pub(super) fn is_defined_before(&self, call: Option<CallRef>, table: &TableName) -> bool {
        let Some((file, call)) = call.filter(|_| table.qualifiers.is_empty()) else { return false };
        match self.program.symbols.file(file).facts.node(self.program.call((file, call)).callee) {
            Node::Member { base, .. } => self.defines(file, *base, table, 0),
            _ => false,
        }
    }

    /// Whether the chain that makes a value names such rows.
    fn defines(&self, file: FileId, node: NodeId, table: &TableName, makers: usize) -> bool {
        let program = self.program;
        let facts = program.symbols.file(file).facts;
        let mut open = vec![node];
        for _ in 0..MAX_NESTING {
            let Some(at) = open.pop() else { return false };
            match facts.node(at) {
                Node::Call(call) => {
                    let named = |rule: &CallRule| {
                        self.defined_by((file, *call), rule).iter().any(|name| table.name.text == name.as_str())
                    };
                    if program.rules((file, *call)).iter().any(|(id, _)| named(program.frameworks.call(*id)))
                        || makers < MAX_MAKERS && self.made_with((file, *call), table, makers + 1)
                    {
                        return true;
                    }
                    open.push(facts.calls[*call as usize].callee);
                }
                Node::Member { base, .. } | Node::After { base, .. } | Node::Typed { value: Some(base), .. } => {
                    open.push(*base);
                }
                Node::Choice(ways) => open.extend(ways),
                _ => {}
            }
        }
        false
    }

    /// Whether a function of the workspace that a call leads to makes them.
    fn made_with(&self, call: CallRef, table: &TableName, makers: usize) -> bool {
        let sure = self.program.targets_of(call).iter().filter(|target| !target.by_name);
        sure.into_iter().any(|target| {
            let (file, function) = target.function;
            let value = self.program.symbols.function(file, function).value;
            value.is_some_and(|value| self.defines(file, value, table, makers))
        })
    }
}
