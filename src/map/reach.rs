//! Which services reach a library's function, and by which calls.
//!
//! The calls are followed backwards from a function that touches a table, through the libraries, to the first call
//! that stands in a service's own source. Linking alone is not touching: a service that never calls anything that
//! leads there is not found. Cycles are met once; a walk is cut at a number of functions, and says so.

use std::collections::VecDeque;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::model::Step;
use super::program::{FunctionRef, Program};
use super::symbols::Def;
use crate::facts::Node;
use crate::source::{FileId, Place, Span};
use crate::workspace::{ServiceId, Unit};

/// A function that more functions lead to than this is followed to the nearest ones only.
const MAX_FUNCTIONS: usize = 20_000;

/// A service's call that leads to a function of a library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub service: ServiceId,
    /// The function of the service that makes the call.
    pub from: FunctionRef,
    /// The calls, the service's own first.
    pub path: Vec<Step>,
}

/// What leads to a function.
#[derive(Debug, Clone, Default)]
pub(super) struct Reached {
    pub entries: Vec<Entry>,
    /// Whether the walk was cut.
    pub partial: bool,
}

/// One edge of the call graph, backwards.
#[derive(Debug, Clone, Copy)]
struct Caller {
    function: FunctionRef,
    span: Span,
    by_name: bool,
    /// Whether the callee only stands inside of the caller (a closure): no call of its own.
    inside: bool,
}

/// The call graph of the program, backwards.
pub(super) struct Reach<'r, 'p> {
    program: &'r Program<'p>,
    callers: FxHashMap<FunctionRef, Vec<Caller>>,
    known: FxHashMap<FunctionRef, Reached>,
}

impl<'r, 'p> Reach<'r, 'p> {
    pub(super) fn new(program: &'r Program<'p>) -> Self {
        let mut callers: FxHashMap<FunctionRef, Vec<Caller>> = FxHashMap::default();
        for file in program.symbols.file_ids() {
            let facts = program.symbols.file(file).facts;
            for (index, call) in (0u32..).zip(&facts.calls) {
                for target in program.targets_of((file, index)) {
                    let caller = Caller {
                        function: (file, call.function),
                        span: call.span,
                        by_name: target.by_name,
                        inside: false,
                    };
                    callers.entry(target.function).or_default().push(caller);
                }
            }
            for (index, function) in (0u32..).zip(&facts.functions) {
                if let Some(parent) = function.parent {
                    let caller = Caller { function: (file, parent), span: function.span, by_name: false, inside: true };
                    callers.entry((file, index)).or_default().push(caller);
                }
            }
        }
        let files = program.symbols.file_ids();
        let values: Vec<Vec<(FunctionRef, Caller)>> =
            files.par_iter().map(|&file| function_values(program, file)).collect();
        for (target, caller) in values.into_iter().flatten() {
            callers.entry(target).or_default().push(caller);
        }
        Self { program, callers, known: FxHashMap::default() }
    }

    /// Which services reach the function, by which calls; sorted.
    pub(super) fn of(&mut self, function: FunctionRef) -> Reached {
        if let Some(known) = self.known.get(&function) {
            return known.clone();
        }
        let reached = self.walk(function);
        self.known.insert(function, reached.clone());
        reached
    }

    fn walk(&self, start: FunctionRef) -> Reached {
        let mut reached = Reached::default();
        // For each function met: the call that leads on, and to which function.
        let mut onward: FxHashMap<FunctionRef, (Caller, FunctionRef)> = FxHashMap::default();
        let mut seen: FxHashSet<FunctionRef> = FxHashSet::default();
        let mut entered: FxHashSet<(FunctionRef, Span)> = FxHashSet::default();
        let mut queue = VecDeque::from([start]);
        seen.insert(start);
        while let Some(function) = queue.pop_front() {
            for caller in self.callers.get(&function).into_iter().flatten() {
                // A method that only bears the same name is no way into another unit: too many things are called
                // `get`, `run` or `execute`.
                let crosses = self.unit(caller.function) != self.unit(function);
                if self.is_test(caller.function) || caller.by_name && crosses {
                    continue;
                }
                if let Unit::Service(service) = self.program.symbols.file(caller.function.0).unit {
                    if entered.insert((caller.function, caller.span)) && !caller.inside {
                        let path = self.path(*caller, function, &onward);
                        reached.entries.push(Entry { service, from: caller.function, path });
                    }
                    continue;
                }
                if seen.len() >= MAX_FUNCTIONS {
                    reached.partial = true;
                } else if seen.insert(caller.function) {
                    onward.insert(caller.function, (*caller, function));
                    queue.push_back(caller.function);
                }
            }
        }
        reached.entries.sort();
        reached
    }

    fn unit(&self, function: FunctionRef) -> Unit {
        self.program.symbols.file(function.0).unit
    }

    fn is_test(&self, function: FunctionRef) -> bool {
        self.program.is_test(function)
    }

    fn path(
        &self,
        first: Caller,
        callee: FunctionRef,
        onward: &FxHashMap<FunctionRef, (Caller, FunctionRef)>,
    ) -> Vec<Step> {
        let mut path = vec![self.step(first, callee)];
        let mut at = callee;
        while let Some(&(caller, callee)) = onward.get(&at)
            && path.len() < 64
        {
            if !caller.inside {
                path.push(self.step(caller, callee));
            }
            at = callee;
        }
        path
    }

    fn step(&self, caller: Caller, callee: FunctionRef) -> Step {
        let place = Place { file: caller.function.0, span: caller.span };
        Step { place, function: self.program.function_name(callee), by_name: caller.by_name }
    }
}

/// Functions that are named as values (handed over, put into a table): whoever names one may call it.
fn function_values(program: &Program<'_>, file: FileId) -> Vec<(FunctionRef, Caller)> {
    let facts = program.symbols.file(file).facts;
    let callees: FxHashSet<u32> = facts.calls.iter().map(|call| call.callee.0).collect();
    let mut found = Vec::new();
    for (index, node) in (0u32..).zip(&facts.nodes) {
        if callees.contains(&index) {
            continue;
        }
        let (segments, function, span) = match node {
            Node::Name { segments, function, span, .. } => (segments.clone(), *function, *span),
            Node::Member { span, .. } => {
                let node = crate::facts::NodeId(index);
                let Some(path) = program.path_of(file, node) else { continue };
                (path, program.function_of(file, node), *span)
            }
            _ => continue,
        };
        if !segments.last().is_some_and(|name| program.symbols.names_function(name)) {
            continue;
        }
        let resolved = program.symbols.resolve_in(file, function, &segments);
        if !resolved.rest.is_empty() {
            continue;
        }
        for &def in &resolved.defs {
            if let Def::Function(target_file, target) = def {
                let caller = Caller { function: (file, function), span, by_name: false, inside: false };
                found.push(((target_file, target), caller));
            }
        }
    }
    found
}

impl Program<'_> {
    /// Whether a function is test code, by its own word, that of one it stands in, or its file's path.
    pub(super) fn is_test(&self, (file, index): FunctionRef) -> bool {
        if self.symbols.workspace.file(file).is_some_and(|file| file.context == crate::vocabulary::Context::Test) {
            return true;
        }
        let facts = self.symbols.file(file).facts;
        let mut at = Some(index);
        for _ in 0..64 {
            let Some(index) = at else { return false };
            let function = &facts.functions[index as usize];
            if function.is_test {
                return true;
            }
            at = function.parent;
        }
        false
    }

    /// A function as people would name it: `Orders::load`, `load`.
    pub(super) fn function_name(&self, (file, index): FunctionRef) -> String {
        let facts = self.symbols.file(file).facts;
        let named = facts.named_function(index);
        let function = &facts.functions[named as usize];
        match self.owner(file, named) {
            Some((file, owner)) => format!("{}::{}", self.symbols.type_decl(file, owner).name, function.name),
            None => function.name.to_string(),
        }
    }
}
