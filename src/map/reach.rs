//! Which services reach a library's function, and by which calls.
//!
//! The calls are followed backwards from a function that touches a table, through the libraries, to the first call
//! that stands in a service's own source. Linking alone is not touching: a service that never calls anything that
//! leads there is not found. Cycles are met once; a walk is cut at a number of functions, and says so.
//!
//! A library that calls what a trait or interface of its own says (`task.run()`) may run whatever implements that in
//! units which link it. Such a way is gone for the services that link the unit of the implementation too.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::model::Step;
use super::needs::Need;
use super::program::{FunctionRef, Program};
use crate::source::{FileId, Place, Span};
use crate::workspace::{ServiceId, Unit};

/// A function that more functions lead to than this is followed to the nearest ones only.
const MAX_FUNCTIONS: usize = 20_000;

/// So many calls outside of a library are asked whether they set what a way needs.
const MAX_OUTSIDE: usize = 3;

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
    /// Whether a call leads there from a function that nothing here calls, so that somebody unknown does: neither a
    /// test, nor code that belongs to nobody.
    pub called: bool,
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
    /// Whether the caller knows the callee by a trait or interface only, and nothing of its unit.
    unseen: bool,
}

/// A function that leads to the one that was asked for.
#[derive(Debug)]
struct Way {
    function: FunctionRef,
    /// What its callers must set for the way to be gone.
    needs: Vec<Need>,
    /// The units that a service must link for the way to be gone.
    links: Vec<Unit>,
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
    /// Whether a call leads on from the way, and not only what stands inside of a function.
    fn is_called(&self, way: usize) -> bool {
        let mut onward = self.ways[way].onward;
        while let Some((caller, next)) = onward {
            if !caller.inside {
                return true;
            }
            onward = self.ways[next].onward;
        }
        false
    }

    /// Adds a function, unless it is known to lead on under no more conditions than these.
    fn add(&mut self, function: FunctionRef, needs: Vec<Need>, links: Vec<Unit>, onward: Option<(Caller, usize)>) {
        let known = self.of_function.entry(function).or_default();
        let weaker = |way: &&usize| {
            let way = &self.ways[**way];
            way.needs.iter().all(|need| needs.contains(need)) && way.links.iter().all(|unit| links.contains(unit))
        };
        if known.iter().any(|way| weaker(&way)) {
            return;
        }
        known.push(self.ways.len());
        self.ways.push(Way { function, needs, links, onward });
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

/// What the calls of a file lead to, and what its functions stand in.
fn edges(program: &Program<'_>, file: FileId) -> Vec<(FunctionRef, Caller)> {
    let facts = program.symbols.file(file).facts;
    let mut edges = Vec::new();
    for (index, call) in (0u32..).zip(&facts.calls) {
        let targets = program.targets_of((file, index));
        let caller = Caller {
            function: (file, call.function),
            span: call.span,
            call: Some(index),
            by_name: false,
            alone: false,
            inside: false,
            unseen: false,
        };
        let alone = targets.len() == 1;
        edges.extend(
            targets.iter().map(|target| (target.function, Caller { by_name: target.by_name, alone, ..caller })),
        );
        let unseen = program.unseen_targets((file, index)).into_iter();
        edges.extend(unseen.map(|target| (target, Caller { unseen: true, ..caller })));
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
                unseen: false,
            };
            edges.push(((file, index), caller));
        }
    }
    edges
}

impl<'r, 'p> Reach<'r, 'p> {
    pub(super) fn new(program: &'r Program<'p>) -> Self {
        let mut callers: FxHashMap<FunctionRef, Vec<Caller>> = FxHashMap::default();
        let files = program.symbols.file_ids();
        let edges: Vec<Vec<(FunctionRef, Caller)>> = files.par_iter().map(|&file| edges(program, file)).collect();
        for (target, caller) in edges.into_iter().flatten() {
            callers.entry(target).or_default().push(caller);
        }
        let named = super::values::function_values(program).into_iter();
        for value in named.chain(super::values::implemented(program)) {
            let caller = Caller {
                function: value.from,
                span: value.span,
                call: value.call,
                by_name: false,
                alone: true,
                inside: false,
                unseen: false,
            };
            callers.entry(value.target).or_default().push(caller);
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
        met.add(start, Vec::new(), Vec::new(), None);
        let mut next = 0;
        while next < met.ways.len() {
            let (at, function) = (next, met.ways[next].function);
            next += 1;
            let callers = self.callers.get(&function).map(Vec::as_slice).unwrap_or_default();
            reached.called |= callers.is_empty() && self.unit(function) != Unit::Unassigned && met.is_called(at);
            for caller in callers {
                if self.is_test(caller.function) || !self.leads(caller, function) {
                    continue;
                }
                let Some(needs) = self.needs(caller, &met.ways[at]) else { continue };
                let mut links = met.ways[at].links.clone();
                if caller.unseen && !links.contains(&self.unit(function)) {
                    links.push(self.unit(function));
                    links.sort_unstable();
                }
                let unit = self.unit(caller.function);
                if let Unit::Service(service) = unit
                    && unit != home
                {
                    if self.may_enter(unit, function, home)
                        && links.iter().all(|&link| self.program.symbols.visible(unit, link))
                        && self.is_gone(caller.function, &needs, 0)
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
                    met.add(caller.function, needs, links, Some((*caller, at)));
                }
            }
        }
        reached.entries.sort();
        reached
    }

    /// Whether somebody may call the function with what a way needs; who calls what nobody calls here is not known.
    fn is_gone(&self, function: FunctionRef, needs: &[Need], depth: usize) -> bool {
        let callers = self.callers.get(&function).map(|callers| &callers[..]).unwrap_or_default();
        if needs.is_empty() || depth > MAX_OUTSIDE || callers.iter().all(|caller| self.is_test(caller.function)) {
            return true;
        }
        let way = Way { function, needs: needs.to_vec(), links: Vec::new(), onward: None };
        callers.iter().filter(|caller| !self.is_test(caller.function)).any(|caller| {
            self.needs(caller, &way).is_some_and(|needs| self.is_gone(caller.function, &needs, depth + 1))
        })
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

impl Program<'_> {
    /// Whether a function is test code, by its own word, that of one it stands in, or its file's path.
    pub(super) fn is_test(&self, (file, index): FunctionRef) -> bool {
        if self.is_test_file(file) {
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
