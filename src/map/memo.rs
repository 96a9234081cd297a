//! Answers that are asked for again and again while code is interpreted, kept for each thread.
//!
//! The type of a call is asked for by every rule that may concern it and by every call that stands on it: without a
//! memory that is exponential in the length of a chain. An answer that was cut (a circle, too deep) holds only for the
//! question that led there, and is not kept: so what is answered never depends on what was asked before, nor on the
//! number of threads.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::{FxHashMap, FxHashSet};

use super::entities::Carried;
use super::matching::Certainty;
use super::symbols::Resolved;
use super::types::Ty;
use crate::facts::NodeId;
use crate::frameworks::RuleId;
use crate::source::FileId;
use crate::vocabulary::Name;

/// A circle of questions this large is cut.
const MAX_OPEN: usize = 200;

static GENERATIONS: AtomicU64 = AtomicU64::new(1);

/// A number that no other has: answers of one generation are never given in another.
pub(super) fn new_generation() -> u64 {
    GENERATIONS.fetch_add(1, Ordering::Relaxed)
}

/// The surest rules of a call.
pub(super) type Rules = Arc<Vec<(RuleId, Certainty)>>;

#[derive(Default)]
struct Store {
    generation: u64,
    types: FxHashMap<(FileId, NodeId), Option<Arc<Ty>>>,
    entities: FxHashMap<(FileId, NodeId), Option<Carried>>,
    rules: FxHashMap<(FileId, u32), Rules>,
    open_types: FxHashSet<(FileId, NodeId)>,
    open_entities: FxHashSet<(FileId, NodeId)>,
    /// Whether something was cut since the question at hand was begun.
    cut: bool,
}

/// Names by what they mean: the generation, and the answers by a hash of file, scope and segments.
type Names = (u64, FxHashMap<u128, Arc<Resolved>>);

/// Full paths by what imports bind them to.
#[derive(Default)]
struct Bound {
    generation: u64,
    paths: FxHashMap<Vec<Name>, Option<Vec<Name>>>,
    open: FxHashSet<Vec<Name>>,
    /// What bound nothing since the question at hand was begun, as far as the circle it lies on had been walked.
    empty: FxHashSet<Vec<Name>>,
    cut: bool,
}

thread_local! {
    static BOUND: RefCell<Bound> = RefCell::default();
    static STORE: RefCell<Store> = RefCell::default();
    static NAMES: RefCell<Names> = RefCell::default();
}

/// What a full path is bound to through imports: the answer known, or what `find` says. A circle of imports binds
/// nothing by itself.
pub(super) fn bound(generation: u64, path: &[Name], find: impl FnOnce() -> Option<Vec<Name>>) -> Option<Vec<Name>> {
    let begun = BOUND.with_borrow_mut(|bound| {
        if bound.generation != generation {
            *bound = Bound { generation, ..Bound::default() };
        }
        if let Some(known) = bound.paths.get(path) {
            return Err(known.clone());
        }
        if bound.empty.contains(path) || !bound.open.insert(path.to_vec()) {
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
        bound.open.remove(path);
        // Where nothing is left open the circle has been walked as a whole.
        let settled = !bound.cut || answer.is_some() || bound.open.is_empty();
        if settled {
            bound.paths.insert(path.to_vec(), answer.clone());
        } else {
            bound.empty.insert(path.to_vec());
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
    generation: u64,
    (file, function): (FileId, Option<u32>),
    scope: &[Name],
    segments: &[Name],
    find: impl FnOnce() -> Resolved,
) -> Arc<Resolved> {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    hasher.update(&file.0.to_le_bytes());
    hasher.update(&function.map_or(u64::MAX, u64::from).to_le_bytes());
    for part in scope {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.update(&[1]);
    for part in segments {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    let key = hasher.digest128();
    let known = NAMES.with_borrow_mut(|names| {
        if names.0 != generation {
            *names = (generation, FxHashMap::default());
        }
        names.1.get(&key).cloned()
    });
    known.unwrap_or_else(|| {
        let answer = Arc::new(find());
        NAMES.with_borrow_mut(|names| names.1.insert(key, answer.clone()));
        answer
    })
}

fn with<T>(generation: u64, act: impl FnOnce(&mut Store) -> T) -> T {
    STORE.with_borrow_mut(|store| {
        if store.generation != generation {
            *store = Store { generation, ..Store::default() };
        }
        act(store)
    })
}

/// Says that an answer was cut.
pub(super) fn cut(generation: u64) {
    with(generation, |store| store.cut = true);
}

/// The type of a value: the answer known, or what `ask` says.
pub(super) fn type_of(generation: u64, key: (FileId, NodeId), ask: impl FnOnce() -> Option<Ty>) -> Option<Ty> {
    let begun = with(generation, |store| {
        if let Some(known) = store.types.get(&key) {
            return Err(known.as_deref().cloned());
        }
        if store.open_types.len() > MAX_OPEN || !store.open_types.insert(key) {
            store.cut = true;
            return Err(None);
        }
        Ok(std::mem::replace(&mut store.cut, false))
    });
    let outer = match begun {
        Ok(outer) => outer,
        Err(answer) => return answer,
    };
    let answer = ask();
    with(generation, |store| {
        store.open_types.remove(&key);
        if !store.cut {
            store.types.insert(key, answer.clone().map(Arc::new));
        }
        store.cut |= outer;
    });
    answer
}

/// The entity a value carries: the answer known, or what `ask` says.
pub(super) fn entity_of(
    generation: u64,
    key: (FileId, NodeId),
    ask: impl FnOnce() -> Option<Carried>,
) -> Option<Carried> {
    let begun = with(generation, |store| {
        if let Some(known) = store.entities.get(&key) {
            return Err(known.clone());
        }
        if store.open_entities.len() > MAX_OPEN || !store.open_entities.insert(key) {
            store.cut = true;
            return Err(None);
        }
        Ok(std::mem::replace(&mut store.cut, false))
    });
    let outer = match begun {
        Ok(outer) => outer,
        Err(answer) => return answer,
    };
    let answer = ask();
    with(generation, |store| {
        store.open_entities.remove(&key);
        if !store.cut {
            store.entities.insert(key, answer.clone());
        }
        store.cut |= outer;
    });
    answer
}

/// The rules of a call: the answer known, or what `ask` says.
pub(super) fn rules(generation: u64, key: (FileId, u32), ask: impl FnOnce() -> Rules) -> Rules {
    let begun = with(generation, |store| match store.rules.get(&key) {
        Some(known) => Err(known.clone()),
        None => Ok(std::mem::replace(&mut store.cut, false)),
    });
    let outer = match begun {
        Ok(outer) => outer,
        Err(answer) => return answer,
    };
    let answer = ask();
    with(generation, |store| {
        if !store.cut {
            store.rules.insert(key, answer.clone());
        }
        store.cut |= outer;
    });
    answer
}
