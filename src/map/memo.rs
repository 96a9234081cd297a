//! Answers that are asked for again and again while code is interpreted, kept for each thread.
//!
//! The type of a call is asked for by every rule that may concern it and by every call that stands on it: without a
//! memory that is exponential in the length of a chain. An answer that was cut (a circle, too deep) holds only for the
//! question that led there, and is not kept: so what is answered never depends on what was asked before, nor on the
//! number of threads.

use std::cell::RefCell;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::{FxHashMap, FxHashSet};

use super::entities::Carried;
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

/// A state of what is known: answers of one are never given in another, but for what [`Generation::next_round`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Generation {
    number: u64,
    round: u32,
}

impl Generation {
    /// One that no other is.
    pub(super) fn new() -> Self {
        Self { number: GENERATIONS.fetch_add(1, Ordering::Relaxed), round: 0 }
    }

    /// The state after the calls were followed once more: what did not ask where calls lead holds on.
    pub(super) fn next_round(self) -> Self {
        Self { round: self.round + 1, ..self }
    }
}

/// The surest rules of a call.
pub(super) type Rules = Arc<Vec<(RuleId, Certainty)>>;

/// A type by its file and its number there.
type Declared = (FileId, u32);

/// What is remembered of one kind of question.
struct Memory<K, V> {
    /// The answers, each to a question and how many functions were being looked through when it was asked: where no
    /// more may be, the answer may be another.
    known: FxHashMap<(usize, K), Known<V>>,
    open: FxHashSet<K>,
}

struct Known<V> {
    answer: V,
    /// Whether it rests on where calls lead.
    followed: bool,
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self { known: FxHashMap::default(), open: FxHashSet::default() }
    }
}

#[derive(Default)]
struct Store {
    generation: Generation,
    types: Memory<(FileId, NodeId), Option<Arc<Ty>>>,
    entities: Memory<(FileId, NodeId), Option<Carried>>,
    rules: Memory<(FileId, u32), Rules>,
    /// How many functions are being looked through.
    looked_through: usize,
    /// Whether something was cut since the question at hand was begun.
    cut: bool,
    /// Whether somebody asked where a call leads since the question at hand was begun.
    followed: bool,
}

/// What rests on names alone: the generation of the names, their meanings by a hash of file, scope and segments, the
/// lineages of types, and the rules that may concern what is called by a name.
#[derive(Default)]
struct Names {
    generation: Generation,
    meanings: FxHashMap<u128, Arc<Resolved>>,
    lineages: FxHashMap<Declared, Arc<[Declared]>>,
    candidates: FxHashMap<(Language, Name), Arc<[RuleId]>>,
}

/// A name in a module.
type InModule = (At, Name);

/// What imports bind the names of modules to.
#[derive(Default)]
struct Bound {
    generation: Generation,
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
    generation: Generation,
    (module, name): (At, &Name),
    find: impl FnOnce() -> Option<At>,
) -> Option<At> {
    let path = (module, name.clone());
    let begun = BOUND.with_borrow_mut(|bound| {
        if bound.generation != generation {
            *bound = Bound { generation, ..Bound::default() };
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
    generation: Generation,
    (file, function): (FileId, Option<u32>),
    scope: &[Name],
    segments: &[Name],
    find: impl FnOnce() -> Resolved,
) -> Arc<Resolved> {
    let mut asked: Vec<u8> = Vec::with_capacity(256);
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
    let key = xxhash_rust::xxh3::xxh3_128(&asked);
    let known = names(generation, |names| names.meanings.get(&key).cloned());
    known.unwrap_or_else(|| {
        let answer = Arc::new(find());
        names(generation, |names| names.meanings.insert(key, answer.clone()));
        answer
    })
}

/// A type's lineage: the answer known, or what `find` says.
pub(super) fn lineage(
    generation: Generation,
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
    generation: Generation,
    key: (Language, Name),
    find: impl FnOnce() -> Vec<RuleId>,
) -> Arc<[RuleId]> {
    names(generation, |names| names.candidates.entry(key).or_insert_with(|| find().into()).clone())
}

fn names<T>(generation: Generation, act: impl FnOnce(&mut Names) -> T) -> T {
    NAMES.with_borrow_mut(|names| {
        if names.generation != generation {
            *names = Names { generation, ..Names::default() };
        }
        act(names)
    })
}

fn with<T>(generation: Generation, act: impl FnOnce(&mut Store) -> T) -> T {
    STORE.with_borrow_mut(|store| {
        if store.generation.number != generation.number {
            *store = Store { generation, ..Store::default() };
        } else if store.generation.round != generation.round {
            store.generation = generation;
            store.types.known.retain(|_, known| !known.followed);
            store.entities.known.retain(|_, known| !known.followed);
            store.rules.known.retain(|_, known| !known.followed);
        }
        act(store)
    })
}

/// Says that an answer was cut.
pub(super) fn cut(generation: Generation) {
    with(generation, |store| store.cut = true);
}

/// What `ask` finds by looking into a function that states no type, unless that has been done often enough.
pub(super) fn look_through<T>(generation: Generation, ask: impl FnOnce() -> Option<T>) -> Option<T> {
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
pub(super) fn followed(generation: Generation) {
    with(generation, |store| store.followed = true);
}

/// Does what `act` says, and tells whether that asked where a call leads.
pub(super) fn watch_following<T>(generation: Generation, act: impl FnOnce() -> T) -> (T, bool) {
    let outer = with(generation, |store| std::mem::replace(&mut store.followed, false));
    let answer = act();
    let followed = with(generation, |store| std::mem::replace(&mut store.followed, outer));
    (answer, followed)
}

/// The type of a value: the answer known, or what `ask` says.
pub(super) fn type_of(generation: Generation, key: (FileId, NodeId), ask: impl FnOnce() -> Option<Ty>) -> Option<Ty> {
    let ask = || ask().map(Arc::new);
    remember(generation, |store| &mut store.types, key, Some(None), ask).as_deref().cloned()
}

/// The entity a value carries: the answer known, or what `ask` says.
pub(super) fn entity_of(
    generation: Generation,
    key: (FileId, NodeId),
    ask: impl FnOnce() -> Option<Carried>,
) -> Option<Carried> {
    remember(generation, |store| &mut store.entities, key, Some(None), ask)
}

/// The rules of a call: the answer known, or what `ask` says. A circle of these leads through types, and is cut there.
pub(super) fn rules(generation: Generation, key: (FileId, u32), ask: impl FnOnce() -> Rules) -> Rules {
    remember(generation, |store| &mut store.rules, key, None, ask)
}

/// The answer known, or what `ask` says; `in_circle` where the same question is being asked already.
fn remember<K: Copy + Eq + Hash, V: Clone>(
    generation: Generation,
    memory: fn(&mut Store) -> &mut Memory<K, V>,
    key: K,
    in_circle: Option<V>,
    ask: impl FnOnce() -> V,
) -> V {
    let begun = with(generation, |store| {
        let looked_through = store.looked_through;
        if let Some(known) = memory(store).known.get(&(looked_through, key)) {
            let (answer, followed) = (known.answer.clone(), known.followed);
            store.followed |= followed;
            return Err(answer);
        }
        if let Some(in_circle) = in_circle {
            let open = &mut memory(store).open;
            if open.len() > MAX_OPEN || !open.insert(key) {
                store.cut = true;
                return Err(in_circle);
            }
        }
        Ok((std::mem::replace(&mut store.cut, false), std::mem::replace(&mut store.followed, false)))
    });
    let (cut, followed) = match begun {
        Ok(outer) => outer,
        Err(answer) => return answer,
    };
    let answer = ask();
    with(generation, |store| {
        let (was_cut, has_followed) = (store.cut, store.followed);
        let looked_through = store.looked_through;
        memory(store).open.remove(&key);
        if !was_cut {
            memory(store).known.insert((looked_through, key), Known { answer: answer.clone(), followed: has_followed });
        }
        store.cut |= cut;
        store.followed |= followed;
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
        let ask = || type_of(generation, key, || look_through(generation, found));
        let ask_inside = || look_through(generation, ask);
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
        let second = || type_of(generation, at(1), || type_of(generation, at(0), found));
        assert_eq!(type_of(generation, at(0), second), None);
        assert_eq!(second(), found());
    }
}
