//! Which services reach a library's function, and by which calls.
//!
//! The calls are followed backwards from a function that touches a table, through the libraries, to the first call
//! that stands in a service's own source. Linking alone is not touching: a service that never calls anything that
//! leads there is not found. Cycles are met once; a walk is cut at a number of functions, and says so.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::model::Step;
use super::needs::Need;
use super::program::{FunctionRef, Program};
use crate::facts::{Node, NodeId};
use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::{ServiceId, Unit};

/// A function that more functions lead to than this is followed to the nearest ones only.
const MAX_FUNCTIONS: usize = 20_000;

/// Chains of members and functions inside each other that are longer than this are not followed.
const MAX_MEMBERS: usize = 64;

/// More calls than this are not shown of a way.
const MAX_STEPS: usize = 64;

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
    /// The call; `None` for a function that is named as a value, or stands inside.
    call: Option<u32>,
    by_name: bool,
    /// Whether the call leads to this one function only.
    alone: bool,
    /// Whether the callee only stands inside of the caller (a closure): no call of its own.
    inside: bool,
}

/// A function that leads to the one that was asked for.
#[derive(Debug)]
struct Way {
    function: FunctionRef,
    /// What its callers must set for the way to be gone.
    needs: Vec<Need>,
    /// The call that leads on, and to which way.
    onward: Option<(Caller, usize)>,
}

/// The functions met on a walk, in the order in which they were.
#[derive(Debug, Default)]
struct Met {
    ways: Vec<Way>,
    of_function: FxHashMap<FunctionRef, Vec<usize>>,
}

impl Met {
    /// Adds a function, unless it is known to lead on under no more conditions than these.
    fn add(&mut self, function: FunctionRef, needs: Vec<Need>, onward: Option<(Caller, usize)>) {
        let known = self.of_function.entry(function).or_default();
        let weaker = |way: &&usize| self.ways[**way].needs.iter().all(|need| needs.contains(need));
        if known.iter().any(|way| weaker(&way)) {
            return;
        }
        known.push(self.ways.len());
        self.ways.push(Way { function, needs, onward });
    }
}

/// The call graph of the program, backwards.
pub(super) struct Reach<'r, 'p> {
    program: &'r Program<'p>,
    callers: FxHashMap<FunctionRef, Vec<Caller>>,
    /// The services whose code others link.
    linked: FxHashSet<ServiceId>,
    known: FxHashMap<FunctionRef, Reached>,
}

impl<'r, 'p> Reach<'r, 'p> {
    pub(super) fn new(program: &'r Program<'p>) -> Self {
        let mut callers: FxHashMap<FunctionRef, Vec<Caller>> = FxHashMap::default();
        for file in program.symbols.file_ids() {
            let facts = program.symbols.file(file).facts;
            for (index, call) in (0u32..).zip(&facts.calls) {
                let targets = program.targets_of((file, index));
                for target in targets {
                    let caller = Caller {
                        function: (file, call.function),
                        span: call.span,
                        call: Some(index),
                        by_name: target.by_name,
                        alone: targets.len() == 1,
                        inside: false,
                    };
                    callers.entry(target.function).or_default().push(caller);
                }
            }
            for (index, function) in (0u32..).zip(&facts.functions) {
                if let Some(parent) = function.parent {
                    let caller = Caller {
                        function: (file, parent),
                        span: function.span,
                        call: None,
                        by_name: false,
                        alone: true,
                        inside: true,
                    };
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
        let services = &program.symbols.workspace.services;
        let linked = services.iter().flat_map(|service| service.links_services.iter().copied()).collect();
        Self { program, callers, linked, known: FxHashMap::default() }
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

    /// Whether other services link the code of a unit, so that it is a library to them.
    pub(super) fn is_shared(&self, unit: Unit) -> bool {
        matches!(unit, Unit::Service(service) if self.linked.contains(&service))
    }

    fn walk(&self, start: FunctionRef) -> Reached {
        let home = self.unit(start);
        let mut reached = Reached::default();
        let mut entered: FxHashSet<(FunctionRef, Span)> = FxHashSet::default();
        let mut met = Met::default();
        met.add(start, Vec::new(), None);
        let mut next = 0;
        while next < met.ways.len() {
            let (at, function) = (next, met.ways[next].function);
            next += 1;
            for caller in self.callers.get(&function).into_iter().flatten() {
                if self.is_test(caller.function) || !self.leads(caller, function) {
                    continue;
                }
                let Some(needs) = self.needs(caller, &met.ways[at]) else { continue };
                let unit = self.unit(caller.function);
                if let Unit::Service(service) = unit
                    && unit != home
                {
                    if self.may_enter(unit, function, home)
                        && entered.insert((caller.function, caller.span))
                        && !caller.inside
                    {
                        let (path, whole) = self.path(*caller, at, &met);
                        reached.partial |= !whole;
                        reached.entries.push(Entry { service, from: caller.function, path });
                    }
                    continue;
                }
                if met.ways.len() >= MAX_FUNCTIONS {
                    reached.partial = true;
                } else {
                    met.add(caller.function, needs, Some((*caller, at)));
                }
            }
        }
        reached.entries.sort();
        reached
    }

    /// What callers of the calling function must set for this way to be gone; `None` where it never is.
    fn needs(&self, caller: &Caller, way: &Way) -> Option<Vec<Need>> {
        match caller.call {
            Some(call) => self.program.needs_of_callers(&way.needs, way.function, (caller.function.0, call)),
            None => Some(if caller.inside { way.needs.clone() } else { Vec::new() }),
        }
    }

    /// Whether a call leads to the function. A method that only bears the same name is a way into another unit only
    /// where no other does, and the calling file imports that unit: too many things are called `get` or `execute`.
    fn leads(&self, caller: &Caller, callee: FunctionRef) -> bool {
        let there = self.unit(callee);
        !caller.by_name
            || self.unit(caller.function) == there
            || caller.alone && self.program.imports_unit(caller.function.0, there)
    }

    /// Whether code of a service can come to what stands in `home` by a call of `callee`: it links it. An interface
    /// that a library calls is met by types of units that this service knows nothing of.
    fn may_enter(&self, service: Unit, callee: FunctionRef, home: Unit) -> bool {
        let unknown = match home {
            Unit::Library(library) => {
                let library = self.program.symbols.workspace.library(library);
                library.is_none_or(|library| library.packages.is_empty())
            }
            Unit::Service(_) => false,
            Unit::Unassigned => true,
        };
        let direct = self.unit(callee) == home && !matches!(home, Unit::Service(_));
        unknown || direct || self.program.symbols.visible(service, home)
    }

    fn unit(&self, function: FunctionRef) -> Unit {
        self.program.symbols.file(function.0).unit
    }

    fn is_test(&self, function: FunctionRef) -> bool {
        self.program.is_test(function)
    }

    /// The calls from a service's own to the function that was asked for, and whether those are all.
    fn path(&self, first: Caller, callee: usize, met: &Met) -> (Vec<Step>, bool) {
        let mut path = vec![self.step(first, met.ways[callee].function)];
        let mut at = callee;
        while let Some((caller, callee)) = met.ways[at].onward {
            if path.len() >= MAX_STEPS {
                return (path, false);
            }
            if !caller.inside {
                path.push(self.step(caller, met.ways[callee].function));
            }
            at = callee;
        }
        (path, true)
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
        let (function, span, targets) = match node {
            Node::Name { segments, function, span, .. } => {
                (*function, *span, program.named_functions(file, *function, segments))
            }
            Node::Member { base, name, span, .. } if program.symbols.names_function(name) => {
                let Some(function) = program.holder_of(file, NodeId(index)) else { continue };
                (function, *span, program.member_functions(file, NodeId(index), *base, name))
            }
            _ => continue,
        };
        let caller = Caller { function: (file, function), span, call: None, by_name: false, alone: true, inside: false };
        found.extend(targets.into_iter().map(|target| (target, caller)));
    }
    found
}

impl Program<'_> {
    /// The innermost function inside of `outer` in which a member is written.
    fn innermost(&self, file: FileId, outer: u32, node: NodeId) -> u32 {
        let facts = self.symbols.file(file).facts;
        let Node::Member { span, .. } = facts.node(node) else { return outer };
        let inside = (0u32..).zip(&facts.functions).filter(|(index, function)| {
            function.parent.is_some() && function.span.contains(*span) && self.stands_in(file, *index, outer)
        });
        inside.min_by_key(|(_, function)| function.span.len()).map_or(outer, |(index, _)| index)
    }

    fn stands_in(&self, file: FileId, inner: u32, outer: u32) -> bool {
        let facts = self.symbols.file(file).facts;
        let mut at = Some(inner);
        for _ in 0..MAX_MEMBERS {
            match at {
                Some(index) if index == outer => return true,
                Some(index) => at = facts.functions[index as usize].parent,
                None => return false,
            }
        }
        false
    }

    /// The functions that a path names.
    fn named_functions(&self, file: FileId, function: u32, segments: &[Name]) -> Vec<FunctionRef> {
        if !segments.last().is_some_and(|name| self.symbols.names_function(name)) {
            return Vec::new();
        }
        let resolved = self.symbols.resolve_in(file, function, segments);
        if resolved.rest.is_empty() { Self::functions(&resolved.defs).collect() } else { Vec::new() }
    }

    /// The functions that a member names: those of a module, or the methods of a value whose type is known
    /// (`s.orders.Insert` handed over without being called). A field of that name holds something else.
    fn member_functions(&self, file: FileId, node: NodeId, base: NodeId, name: &Name) -> Vec<FunctionRef> {
        if let Some(path) = self.path_of(file, node) {
            let named = self.named_functions(file, self.function_of(file, node), &path);
            if !named.is_empty() {
                return named;
            }
        }
        match self.type_of(file, base, 0) {
            Some(ty) if self.field_values(&ty, name).is_empty() && self.field_type(&ty, name, 0).is_none() => {
                self.methods_of(file, &ty, name)
            }
            _ => Vec::new(),
        }
    }

    /// The function in which a value is written: that of the name or parameter it begins with.
    fn holder_of(&self, file: FileId, node: NodeId) -> Option<u32> {
        let facts = self.symbols.file(file).facts;
        let mut at = node;
        for _ in 0..MAX_MEMBERS {
            at = match facts.node(at) {
                Node::Name { function, .. } | Node::Typed { function, .. } => return Some(*function),
                Node::Param(function, _) | Node::This(function) | Node::Super(function) => {
                    return Some(self.innermost(file, *function, node));
                }
                Node::Call(call) | Node::After { call, .. } => return Some(facts.calls[*call as usize].function),
                Node::Member { base, .. } | Node::Index { base, .. } | Node::Element { base, .. } => *base,
                Node::Choice(ways) => *ways.first()?,
                _ => return None,
            };
        }
        None
    }

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
