//! What is kept from run to run: what each file says, and what was made of all of them.
//!
//! What a file says is kept apart from where it says that (see [`positions`]), and an answer about all files is kept
//! under the former alone. So a comment or a blank line, wherever it is put, leaves the answer as it is, but for the
//! places, which are moved.

use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::source::positions::{self, Moved, Moves};
use crate::source::{FileId, Span};

/// Where what was once worked out is kept, as bytes. A key covers everything that the answer depends on.
pub trait Store: Sync {
    /// What was kept under that key.
    fn get(&self, key: u128) -> Option<&[u8]>;

    /// Keeps something.
    fn put(&self, key: u128, bytes: Vec<u8>);

    /// Whether it is worth while to work out a key.
    fn remembers(&self) -> bool {
        true
    }
}

/// Keeps nothing.
pub struct Forgetful;

impl Store for Forgetful {
    fn get(&self, _: u128) -> Option<&[u8]> {
        None
    }

    fn put(&self, _: u128, _: Vec<u8>) {}

    fn remembers(&self) -> bool {
        false
    }
}

/// Something whose places are parted from the rest of it, as bytes: the number of the bytes of the rest, the rest, the
/// places.
#[derive(Clone, Copy)]
pub(super) struct Parted<'b> {
    said: &'b [u8],
    places: &'b [u8],
}

/// The bytes that tell where the places begin.
const HEAD: usize = size_of::<u64>();

impl<'b> Parted<'b> {
    /// What is kept under that key.
    pub(super) fn kept(store: &'b dyn Store, key: u128) -> Option<Self> {
        Self::of(store.get(key)?)
    }

    fn of(bytes: &'b [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
        let (said, places) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*head)).ok()?)?;
        Some(Self { said, places })
    }

    /// Keeps something under a key. Gives the number of what it says.
    pub(super) fn keep<T: Serialize>(store: &dyn Store, key: u128, value: &T) -> u128 {
        let (said, spans) = positions::part(value);
        let mut bytes = (said.len() as u64).to_le_bytes().to_vec();
        bytes.extend(&said);
        bytes.extend(positions::packed(&spans));
        store.put(key, bytes);
        xxh3_128(&said)
    }

    /// A number for what it says, wherever that stands.
    pub(super) fn number(self) -> u128 {
        xxh3_128(self.said)
    }

    /// All of it; `None` if the bytes are no such thing.
    pub(super) fn whole<T: DeserializeOwned>(self) -> Option<T> {
        positions::join(self.said, self.spans()?)
    }

    /// Its places.
    pub(super) fn spans(self) -> Option<Vec<Span>> {
        positions::unpacked(self.places)
    }
}

/// The readings that an answer was made of: the files, and the keys under which their readings are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeOf(pub(super) Vec<(FileId, u128)>);

/// An answer that was made of all files, kept under a key that covers what they say, and not where.
pub(super) fn recall<T: DeserializeOwned>(
    store: &dyn Store,
    key: u128,
    now: &MadeOf,
    places_now: impl Fn(FileId, u128) -> Option<Vec<Span>>,
) -> Option<T> {
    let (then, answer): (MadeOf, &[u8]) = postcard::take_from_bytes(store.get(key)?).ok()?;
    if then.0.len() != now.0.len() {
        return None;
    }
    let mut moves: Moves = FxHashMap::default();
    for ((file, old), (same, new)) in then.0.iter().zip(&now.0) {
        if file != same {
            return None;
        }
        if old != new {
            let old = Parted::kept(store, *old)?.spans()?;
            moves.insert(*file, Moved::between(&old, &places_now(*file, *new)?)?);
        }
    }
    positions::moved(answer, moves)
}

/// Keeps an answer that was made of all files.
pub fn keep<T: Serialize>(store: &dyn Store, key: u128, made_of: &MadeOf, answer: &T) {
    let (Ok(mut bytes), Ok(answer)) = (postcard::to_stdvec(made_of), postcard::to_stdvec(answer)) else { return };
    bytes.extend(answer);
    store.put(key, bytes);
}
