//! Answers that are asked for again and again while code is interpreted, kept for each thread.
//!
//! The type of a call is asked for by every rule that may concern it and by every call that stands on it: without a
//! memory that is exponential in the length of a chain. An answer that was cut (a circle, too deep) holds only for the
//! question that led there, and is kept until that is answered and no longer: so what is answered never depends on what
//! was asked before, nor on the number of threads.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::{FxHashMap, FxHashSet};

use super::carried::Carried;
use super::matching::Certainty;
use super::paths::At;
use super::symbols::Resolved;
use super::types::Ty;
use crate::facts::NodeId;
use crate::frameworks::RuleId;
use crate::source::{FileId, Language};
use crate::vocabulary::Name;

/// A circle of questions this large is cut.
const MAX_OPEN: usize = 200;

/// So many functions that state no types are looked through for one answer.
const MAX_LOOKED_THROUGH: usize = 1;

static GENERATIONS: AtomicU64 = AtomicU64::new(1);

/// A state of what is known: answers of one are never given in another, but for those that hold on from one round of
/// following calls to the next.
#[derive(Debug, Clone, Default)]
pub(super) struct Generation {
    number: u64,
    /// What each round changed so far.
    rounds: Arc<[Arc<Changes>]>,
}

impl Generation {
    /// One that no other is.
    pub(super) fn new() -> Self {
        Self { number: GENERATIONS.fetch_add(1, Ordering::Relaxed), rounds: Arc::default() }
    }

    /// The state after the calls were followed once more: what asked nothing that this changed holds on.
    pub(super) fn next_round(&self, changes: Changes) -> Self {
        let rounds = self.rounds.iter().cloned().chain([Arc::new(changes)]).collect();
        Self { number: self.number, rounds }
    }

    /// What the last round changed.
    pub(super) fn last_changes(&self) -> Option<&Changes> {
        self.rounds.last().map(|changes| &**changes)
    }
}

/// What following the calls once more changed.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// For each file the calls that lead elsewhere now, sorted.
    pub calls: FxHashMap<FileId, Vec<u32>>,
    /// For each file the functions that others call now, sorted.
    pub callers: FxHashMap<FileId, Vec<u32>>,
}

impl Changes {
    /// Whether nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }
}

/// Which calls of which file: none, some of those between two, or any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Numbers {
    #[default]
    None,
    Within {
        file: FileId,
        first: u32,
        last: u32,
    },
    Any,
}

impl Numbers {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, one) | (one, Self::None) => one,
            (Self::Within { file, first, last }, Self::Within { file: other, first: low, last: high })
                if file == other =>
            {
                Self::Within { file, first: first.min(low), last: last.max(high) }
            }
            _ => Self::Any,
        }
    }

    fn meet(self, changed: &FxHashMap<FileId, Vec<u32>>) -> bool {
        match self {
            Self::None => false,
            Self::Within { file, first, last } => changed.get(&file).is_some_and(|numbers| {
                let at = numbers.partition_point(|number| *number < first);
                numbers.get(at).is_some_and(|number| *number <= last)
            }),
            Self::Any => !changed.is_empty(),
        }
    }
}

/// What an answer rests on of where calls lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Asked {
    /// The calls of which it was asked where they lead.
    calls: Numbers,
    /// The functions of which it was asked who calls them.
    callers: Numbers,
}

impl Asked {
    fn and(self, other: Self) -> Self {
        Self { calls: self.calls.and(other.calls), callers: self.callers.and(other.callers) }
    }

    /// Whether the answer may be another after these changes.
    pub(super) fn meets(self, changes: &Changes) -> bool {
        self.calls.meet(&changes.calls) || self.callers.meet(&changes.callers)
    }
}

/// The surest rules of a call.
pub(super) type Rules = Arc<Vec<(RuleId, Certainty)>>;

/// A type by its file and its number there.
type Declared = (FileId, u32);

/// A question: a file, and the number of a node or a call in it.
type Question = (FileId, u32);

/// What is remembered of one kind of question.
struct Memory<V> {
    /// The answers while no function is being looked through, and those while one is: where no more may be, the answer
    /// may be another.
    answers: [Answers<V>; MAX_LOOKED_THROUGH + 1],
    /// Those that were cut, kept until the question that all of these were asked for is answered: what they rest on is
    /// that question alone, and to ask again would take time by the power of the circle's length.
    cut: FxHashMap<(Question, usize), Known<V>>,
    open: FxHashSet<Question>,
}

/// Answers by file and number.
struct Answers<V> {
    /// For each file, for each number, one more than the place in the list; nought where there is none.
    places: Vec<Vec<u32>>,
    list: Vec<Known<V>>,
}

struct Known<V> {
    answer: V,
    asked: Asked,
}

impl<V> Default for Answers<V> {
    fn default() -> Self {
        Self { places: Vec::new(), list: Vec::new() }
    }
}

impl<V> Default for Memory<V> {
    fn default() -> Self {
        Self { answers: Default::default(), cut: FxHashMap::default(), open: FxHashSet::default() }
    }
}

impl<V> Answers<V> {
    fn get(&self, (file, number): Question) -> Option<&Known<V>> {
        let place = *self.places.get(file.0 as usize)?.get(number as usize)?;
        self.list.get((place as usize).checked_sub(1)?)
    }

    fn insert(&mut self, (file, number): Question, known: Known<V>) {
        let (file, number) = (file.0 as usize, number as usize);
        if self.places.len() <= file {
            self.places.resize_with(file + 1, Vec::new);
        }
        let places = &mut self.places[file];
        if places.len() <= number {
            places.resize(number + 1, 0);
        }
        self.list.push(known);
        places[number] = u32::try_from(self.list.len()).unwrap_or(0);
    }

    /// Forgets what may be another answer after these changes.
    fn forget(&mut self, changes: &Changes) {
        let mut kept = Vec::with_capacity(self.list.len());
        let mut old: Vec<Option<Known<V>>> = std::mem::take(&mut self.list).into_iter().map(Some).collect();
        for place in self.places.iter_mut().flatten().filter(|place| **place > 0) {
            let known = old[*place as usize - 1].take().filter(|known| !known.asked.meets(changes));
            *place = known.map_or(0, |known| {
                kept.push(known);
                u32::try_from(kept.len()).unwrap_or(0)
            });
        }
        self.list = kept;
    }
}

impl<V> Memory<V> {
    fn forget(&mut self, changes: &Changes) {
        self.answers.iter_mut().for_each(|answers| answers.forget(changes));
    }
}

#[derive(Default)]
struct Store {
    generation: u64,
    /// After how many rounds.
    rounds: usize,
    types: Memory<Option<Arc<Ty>>>,
    entities: Memory<Option<Carried>>,
    rules: Memory<Rules>,
    /// How many functions are being looked through.
    looked_through: usize,
    /// Whether something was cut since the question at hand was begun.
    cut: bool,
    /// How many questions are being asked within each other.
    nested: usize,
    /// What was asked since the question at hand was begun.
    asked: Asked,
}

/// What rests on names alone: the generation of the names, their meanings by a hash of file, scope and segments, the
/// lineages of types, and the rules that may concern what is called by a name.
#[derive(Default)]
struct Names {
    generation: u64,
    meanings: FxHashMap<u128, Arc<Resolved>>,
    lineages: FxHashMap<Declared, Arc<[Declared]>>,
    candidates: FxHashMap<(Language, Name), Arc<[RuleId]>>,
    /// The bytes of a question, to be hashed.
    asked: Vec<u8>,
}

/// A name in a module, and whether only the imports count that name it.
type InModule = (At, Name, bool);

/// What imports bind the names of modules to.
#[derive(Default)]
struct Bound {
    generation: u64,
    paths: FxHashMap<InModule, Option<At>>,
    open: FxHashSet<InModule>,
    /// What bound nothing since the question at hand was begun, as far as the circle it lies on had been walked.
    empty: FxHashSet<InModule>,
    cut: bool,
}

thread_local! {
    static BOUND: RefCell<Bound> = RefCell::default();
    static STORE: RefCell<Store> = RefCell::default();
    static NAMES: RefCell<Names> = RefCell::default();
}

/// What a name of a module is bound to through imports: the answer known, or what `find` says. A circle of imports
/// binds nothing by itself.
pub(super) fn bound(
    generation: &Generation,
    (module, name, by_name): (At, &Name, bool),
    find: impl FnOnce() -> Option<At>,
) -> Option<At> {
    let path = (module, name.clone(), by_name);
    let begun = BOUND.with_borrow_mut(|bound| {
        if bound.generation != generation.number {
            *bound = Bound { generation: generation.number, ..Bound::default() };
        }
        if let Some(known) = bound.paths.get(&path) {
            return Err(*known);
        }
        if bound.empty.contains(&path) || !bound.open.insert(path.clone()) {
            bound.cut = true;
            return Err(None);
        }
        Ok(std::mem::replace(&mut bound.cut, false))
    });
    let outer = match begun {
        Ok(outer) => outer,
        Err(answer) => return answer,
    };
    let answer = find();
    BOUND.with_borrow_mut(|bound| {
        bound.open.remove(&path);
        // Where nothing is left open the circle has been walked as a whole.
        let settled = !bound.cut || answer.is_some() || bound.open.is_empty();
        if settled {
            bound.paths.insert(path, answer);
        } else {
            bound.empty.insert(path);
        }
        if bound.open.is_empty() {
            bound.empty.clear();
        }
        bound.cut = if bound.open.is_empty() { false } else { bound.cut && answer.is_none() || outer };
    });
    answer
}

/// What a name means where it stands: the answer known, or what `find` says.
pub(super) fn resolved(
    generation: &Generation,
    (file, function): (FileId, Option<u32>),
    scope: &[Name],
    segments: &[Name],
    find: impl FnOnce() -> Resolved,
) -> Arc<Resolved> {
    let (key, known) = names(generation, |names| {
        let asked = &mut names.asked;
        asked.clear();
        asked.extend(file.0.to_le_bytes());
        asked.extend(function.map_or(u64::MAX, u64::from).to_le_bytes());
        for part in scope {
            asked.extend(part.as_bytes());
            asked.push(0);
        }
        asked.push(1);
        for part in segments {
            asked.extend(part.as_bytes());
            asked.push(0);
        }
        let key = xxhash_rust::xxh3::xxh3_128(asked);
        (key, names.meanings.get(&key).cloned())
    });
    known.unwrap_or_else(|| {
        let answer = Arc::new(find());
        names(generation, |names| names.meanings.insert(key, answer.clone()));
        answer
    })
}

/// A type's lineage: the answer known, or what `find` says.
pub(super) fn lineage(
    generation: &Generation,
    declared: Declared,
    find: impl FnOnce() -> Arc<[Declared]>,
) -> Arc<[Declared]> {
    let known = names(generation, |names| names.lineages.get(&declared).cloned());
    known.unwrap_or_else(|| {
        let answer = find();
        names(generation, |names| names.lineages.insert(declared, answer.clone()));
        answer
    })
}

/// The call rules that may concern what is called by a name in a language: those known, or what `find` says.
pub(super) fn candidates(
    generation: &Generation,
    key: (Language, Name),
    find: impl FnOnce() -> Vec<RuleId>,
) -> Arc<[RuleId]> {
    names(generation, |names| names.candidates.entry(key).or_insert_with(|| find().into()).clone())
}

fn names<T>(generation: &Generation, act: impl FnOnce(&mut Names) -> T) -> T {
    NAMES.with_borrow_mut(|names| {
        if names.generation != generation.number {
            *names = Names { generation: generation.number, ..Names::default() };
        }
        act(names)
    })
}

fn with<T>(generation: &Generation, act: impl FnOnce(&mut Store) -> T) -> T {
    STORE.with_borrow_mut(|store| {
        if store.generation != generation.number {
            *store = Store { generation: generation.number, rounds: generation.rounds.len(), ..Store::default() };
        }
        for changes in &generation.rounds[store.rounds.min(generation.rounds.len())..] {
            store.types.forget(changes);
            store.entities.forget(changes);
            store.rules.forget(changes);
        }
        store.rounds = generation.rounds.len();
        act(store)
    })
}

/// Says that an answer was cut.
pub(super) fn cut(generation: &Generation) {
    with(generation, |store| store.cut = true);
}

/// What `ask` finds by looking into a function that states no type, unless that has been done often enough.
pub(super) fn look_through<T>(generation: &Generation, ask: impl FnOnce() -> Option<T>) -> Option<T> {
    let allowed = with(generation, |store| {
        let allowed = store.looked_through < MAX_LOOKED_THROUGH;
        store.looked_through += usize::from(allowed);
        allowed
    });
    if !allowed {
        return None;
    }
    let answer = ask();
    with(generation, |store| store.looked_through -= 1);
    answer
}

/// Says that the question at hand asks where a call leads.
pub(super) fn follows(generation: &Generation, (file, call): Question) {
    let calls = Numbers::Within { file, first: call, last: call };
    with(generation, |store| store.asked = store.asked.and(Asked { calls, ..Asked::default() }));
}

/// Says that the question at hand asks who calls a function.
pub(super) fn asks_callers(generation: &Generation, (file, function): Question) {
    let callers = Numbers::Within { file, first: function, last: function };
    with(generation, |store| store.asked = store.asked.and(Asked { callers, ..Asked::default() }));
}

/// Does what `act` says, and tells what that asked.
pub(super) fn watch<T>(generation: &Generation, act: impl FnOnce() -> T) -> (T, Asked) {
    let outer = with(generation, |store| std::mem::take(&mut store.asked));
    let answer = act();
    let asked = with(generation, |store| std::mem::replace(&mut store.asked, outer));
    (answer, asked)
}

/// The type of a value: the answer known, or what `ask` says.
pub(super) fn type_of(
    generation: &Generation,
    key: (FileId, NodeId),
    ask: impl FnOnce() -> Option<Ty>,
) -> Option<Arc<Ty>> {
    let ask = || ask().map(Arc::new);
    remember(generation, |store| &mut store.types, (key.0, key.1.0), Some(None), ask)
}

/// The entity a value carries: the answer known, or what `ask` says.
pub(super) fn entity_of(
    generation: &Generation,
    key: (FileId, NodeId),
    ask: impl FnOnce() -> Option<Carried>,
) -> Option<Carried> {
    remember(generation, |store| &mut store.entities, (key.0, key.1.0), Some(None), ask)
}

/// The rules of a call: the answer known, or what `ask` says. A circle of these leads through types, and is cut there.
pub(super) fn rules(generation: &Generation, key: (FileId, u32), ask: impl FnOnce() -> Rules) -> Rules {
    remember(generation, |store| &mut store.rules, key, None, ask)
}

/// The answer known, or what `ask` says; `in_circle` where the same question is being asked already.
fn remember<V: Clone>(
    generation: &Generation,
    memory: fn(&mut Store) -> &mut Memory<V>,
    key: Question,
    in_circle: Option<V>,
    ask: impl FnOnce() -> V,
) -> V {
    let begun = with(generation, |store| {
        let looked_through = store.looked_through;
        if let Some(known) = memory(store).answers[looked_through].get(key) {
            let (answer, asked) = (known.answer.clone(), known.asked);
            store.asked = store.asked.and(asked);
            return Err(answer);
        }
        if let Some(known) = memory(store).cut.get(&(key, looked_through)) {
            let (answer, asked) = (known.answer.clone(), known.asked);
            store.asked = store.asked.and(asked);
            store.cut = true;
            return Err(answer);
        }
        if let Some(in_circle) = in_circle {
            let open = &mut memory(store).open;
            if open.len() > MAX_OPEN || !open.insert(key) {
                store.cut = true;
                return Err(in_circle);
            }
        }
        store.nested += 1;
        Ok((std::mem::replace(&mut store.cut, false), std::mem::take(&mut store.asked)))
    });
    let (cut, outer) = match begun {
        Ok(outer) => outer,
        Err(answer) => return answer,
    };
    let answer = ask();
    with(generation, |store| {
        let (was_cut, asked) = (store.cut, store.asked);
        let looked_through = store.looked_through;
        memory(store).open.remove(&key);
        if !was_cut {
            memory(store).answers[looked_through].insert(key, Known { answer: answer.clone(), asked });
        } else if store.nested > 1 {
            memory(store).cut.insert((key, looked_through), Known { answer: answer.clone(), asked });
        }
        store.nested -= 1;
        if store.nested == 0 {
            store.types.cut.clear();
            store.entities.cut.clear();
            store.rules.cut.clear();
        }
        store.cut |= cut;
        store.asked = asked.and(outer);
    });
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_does_not_depend_on_what_was_asked_before() {
        let generation = Generation::new();
        let key = (FileId(0), NodeId(0));
        let found = || Some(Ty { is_type: true, ..Ty::default() });
        let ask = || type_of(&generation, key, || look_through(&generation, found)).as_deref().cloned();
        let ask_inside = || look_through(&generation, ask);
        assert_eq!(ask_inside(), None, "one function is looked through for an answer, not two");
        assert_eq!(ask(), found());
        assert_eq!(ask_inside(), None);
        assert_eq!(ask(), found());
    }

    #[test]
    fn an_answer_that_a_circle_cut_is_asked_for_again() {
        let generation = Generation::new();
        let at = |node| (FileId(0), NodeId(node));
        let found = || Some(Ty { is_type: true, ..Ty::default() });
        let ask = |node, find: &dyn Fn() -> Option<Ty>| type_of(&generation, at(node), find).as_deref().cloned();
        let second = || ask(1, &|| ask(0, &found));
        assert_eq!(ask(0, &second), None);
        assert_eq!(second(), found());
    }
}
