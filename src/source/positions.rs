//! What is said, apart from where it stands.
//!
//! A comment above a function moves all that follows and changes nothing else. So what a file says can be written
//! apart from its places: every [`Span`] of it goes into a list of its own, in the order in which they are met, and
//! two texts that say the same differ in that list only. An answer that was made of many files holds for such a pair,
//! once each [`Place`] in it is moved to where the same byte stands now.
//!
//! Serde hands no state on, so which of these is under way is kept for each thread while it lasts.
//!
//! Invariant: between two texts that say the same, places keep their order: of any two the first one stays first, and
//! those that were one stay one. Where that does not hold nothing is moved ([`Moved::between`] says so), since an
//! answer may rest on what stands before what.

use std::cell::RefCell;

use rustc_hash::FxHashMap;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{FileId, Place, Span};

/// What is under way on this thread.
enum Mode {
    /// Spans are written and read where they stand.
    Together,
    /// Spans are put aside.
    Parting(Vec<Span>),
    /// Spans are taken from those that were put aside.
    Joining(std::vec::IntoIter<Span>),
    /// Places are moved as they are read.
    Moving(Moves),
}

thread_local! {
    static MODE: RefCell<Mode> = const { RefCell::new(Mode::Together) };
}

/// Does something in a mode, and gives the mode's end.
fn within<T>(mode: Mode, work: impl FnOnce() -> T) -> (T, Mode) {
    MODE.set(mode);
    let done = work();
    (done, MODE.replace(Mode::Together))
}

/// What something says, and its spans in the order in which they are met.
#[must_use]
pub fn part<T: Serialize>(value: &T) -> (Vec<u8>, Vec<Span>) {
    let (said, mode) = within(Mode::Parting(Vec::new()), || postcard::to_stdvec(value).unwrap_or_default());
    let Mode::Parting(spans) = mode else { return (said, Vec::new()) };
    (said, spans)
}

/// What [`part`] took apart; `None` where the two are not of one piece.
#[must_use]
pub fn join<T: DeserializeOwned>(said: &[u8], spans: Vec<Span>) -> Option<T> {
    let (value, mode) = within(Mode::Joining(spans.into_iter()), || postcard::from_bytes(said).ok());
    value.filter(|_| matches!(mode, Mode::Joining(left) if left.len() == 0))
}

/// What was written with [`postcard`], each place in it moved; `None` where one of them cannot be.
#[must_use]
pub fn moved<T: DeserializeOwned>(written: &[u8], moves: Moves) -> Option<T> {
    within(Mode::Moving(moves), || postcard::from_bytes(written).ok()).0
}

/// Spans as bytes: each start by its distance from the one before.
#[must_use]
pub fn packed(spans: &[Span]) -> Vec<u8> {
    let mut before = 0;
    let steps = spans.iter().map(|span| {
        let step = i64::from(span.start) - before;
        before = i64::from(span.start);
        (step, span.end.wrapping_sub(span.start))
    });
    postcard::to_stdvec(&steps.collect::<Vec<_>>()).unwrap_or_default()
}

/// The spans that [`packed`] wrote; `None` where the bytes are no such.
#[must_use]
pub fn unpacked(bytes: &[u8]) -> Option<Vec<Span>> {
    let steps: Vec<(i64, u32)> = postcard::from_bytes(bytes).ok()?;
    let mut before = 0_i64;
    let span = |(step, length): (i64, u32)| {
        before = before.checked_add(step)?;
        let start = u32::try_from(before).ok()?;
        Some(Span { start, end: start.wrapping_add(length) })
    };
    steps.into_iter().map(span).collect()
}

/// For each file that says what it said, elsewhere in its text, where its bytes went.
pub type Moves = FxHashMap<FileId, Moved>;

/// Where the bytes of a text went that says the same in other places.
#[derive(Debug)]
pub struct Moved(Vec<(u32, u32)>);

impl Moved {
    /// From the spans of the one text to those of the other. `None` if their order is not the same.
    #[must_use]
    pub fn between(old: &[Span], new: &[Span]) -> Option<Self> {
        if old.len() != new.len() {
            return None;
        }
        let both = old.iter().zip(new);
        let ends = both.flat_map(|(old, new)| [(old.start, new.start), (old.end, new.end)]);
        let mut ends: Vec<(u32, u32)> = std::iter::once((0, 0)).chain(ends).collect();
        ends.sort_unstable();
        ends.dedup();
        let in_order = ends.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1);
        in_order.then_some(Self(ends))
    }

    /// Where that byte is now. `None` for one between two spans that moved differently.
    fn at(&self, at: u32) -> Option<u32> {
        let next = self.0.partition_point(|(old, _)| *old <= at);
        let (old, new) = *self.0.get(next.checked_sub(1)?)?;
        let moved = new.checked_add(at - old)?;
        let (end, new_end) = self.0.get(next).copied().unwrap_or((old, new));
        (old == at || end > at && end - old == new_end - new).then_some(moved)
    }

    fn span(&self, span: Span) -> Option<Span> {
        Some(Span { start: self.at(span.start)?, end: self.at(span.end)? })
    }
}

/// A span, or a place, as it is written where it stands.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Span")]
struct PlainSpan {
    start: u32,
    end: u32,
}

#[derive(Deserialize)]
#[serde(rename = "Place")]
struct PlainPlace {
    file: FileId,
    span: Span,
}

/// Whether spans are put aside just now; this one is, then.
fn is_put_aside(span: Span) -> bool {
    MODE.with_borrow_mut(|mode| match mode {
        Mode::Parting(spans) => {
            spans.push(span);
            true
        }
        _ => false,
    })
}

/// The next of the spans that were put aside: `None` where they stand where they are said, `Some(None)` where there
/// is none left.
fn next_put_aside() -> Option<Option<Span>> {
    MODE.with_borrow_mut(|mode| match mode {
        Mode::Joining(spans) => Some(spans.next()),
        _ => None,
    })
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if is_put_aside(*self) {
            return serializer.serialize_unit();
        }
        PlainSpan { start: self.start, end: self.end }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match next_put_aside() {
            Some(span) => {
                <()>::deserialize(deserializer)?;
                span.ok_or_else(|| D::Error::custom("more places were said than put aside"))
            }
            None => PlainSpan::deserialize(deserializer).map(|PlainSpan { start, end }| Self { start, end }),
        }
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let PlainPlace { file, span } = PlainPlace::deserialize(deserializer)?;
        let span = MODE.with_borrow(|mode| match mode {
            Mode::Moving(moves) => moves.get(&file).map_or(Some(span), |moved| moved.span(span)),
            _ => Some(span),
        });
        let span = span.ok_or_else(|| D::Error::custom("a place between others that moved differently"))?;
        Ok(Self { file, span })
    }
}

/// For a span whose length says something too: that of a text, which is known byte by byte where it is as long as the
/// text.
pub mod as_long {
    use super::{Deserialize, Deserializer, MODE, Mode, Serialize, Serializer, Span};

    fn is_apart() -> bool {
        MODE.with_borrow(|mode| matches!(mode, Mode::Parting(_) | Mode::Joining(_)))
    }

    /// Writes the length beside the span where that is put aside.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(span: &Span, serializer: S) -> Result<S::Ok, S::Error> {
        if is_apart() { (span.len(), span).serialize(serializer) } else { span.serialize(serializer) }
    }

    /// Reads what [`serialize`] wrote.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        if is_apart() {
            return <(usize, Span)>::deserialize(deserializer).map(|(_, span)| span);
        }
        Span::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Said {
        name: String,
        span: Span,
        #[serde(with = "as_long")]
        text: Span,
        more: Vec<Option<Span>>,
    }

    fn said(start: usize, length: usize) -> Said {
        Said {
            name: "orders".to_owned(),
            span: Span::new(start, start + 40),
            text: Span::new(start + 10, start + 10 + length),
            more: vec![None, Some(Span::new(start + 2, start + 3))],
        }
    }

    #[test]
    fn what_is_said_elsewhere_is_the_same_but_for_its_places() {
        let ((one, places), (other, elsewhere)) = (part(&said(5, 6)), part(&said(70, 6)));
        assert_eq!(one, other);
        assert_ne!(places, elsewhere);
        assert_ne!(part(&said(5, 7)).0, one, "a text of another length is another");
        assert_eq!(join::<Said>(&one, elsewhere), Some(said(70, 6)));
        assert_eq!(unpacked(&packed(&places)), Some(places.clone()));
        assert_eq!(join::<Said>(&one, places[..2].to_vec()), None);
        assert_eq!(join::<Said>(&one, [places.clone(), places].concat()), None);
        assert_eq!(postcard::from_bytes(&postcard::to_stdvec(&said(5, 6)).unwrap()), Ok(said(5, 6)));
    }

    #[test]
    fn places_move_with_the_spans_round_them() {
        let (old, new) = ([Span::new(10, 20), Span::new(30, 40)], [Span::new(15, 25), Span::new(60, 70)]);
        let moved = Moved::between(&old, &new).unwrap();
        assert_eq!(moved.span(Span::new(12, 20)), Some(Span::new(17, 25)));
        assert_eq!(moved.span(Span::new(31, 39)), Some(Span::new(61, 69)));
        assert_eq!(moved.at(0), Some(0));
        assert_eq!(moved.at(40), Some(70));
        for nowhere in [5, 25, 41] {
            assert_eq!(moved.at(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn nothing_is_moved_where_the_order_is_another() {
        let old = [Span::new(10, 20), Span::new(20, 30)];
        for other in [[Span::new(10, 20), Span::new(25, 35)], [Span::new(20, 30), Span::new(10, 20)]] {
            assert!(Moved::between(&old, &other).is_none());
        }
        assert!(Moved::between(&old, &old[..1]).is_none());
        assert!(Moved::between(&[Span::new(10, 20), Span::new(22, 30)], &old).is_none(), "two that were not one");
    }

    #[test]
    fn an_answer_moves_where_its_files_did() {
        let place = |file, start| Place { file: FileId(file), span: Span::new(start, start + 5) };
        let written = postcard::to_stdvec(&vec![place(0, 10), place(1, 10)]).unwrap();
        let moves = |new| {
            let moved = Moved::between(&[Span::new(10, 15)], &[Span::new(new, new + 5)]).unwrap();
            Moves::from_iter([(FileId(1), moved)])
        };
        assert_eq!(moved::<Vec<Place>>(&written, moves(12)), Some(vec![place(0, 10), place(1, 12)]));
        let lost = postcard::to_stdvec(&vec![place(1, 12)]).unwrap();
        assert_eq!(moved::<Vec<Place>>(&lost, moves(12)), None);
        assert_eq!(postcard::from_bytes(&written), Ok(vec![place(0, 10), place(1, 10)]), "the next one is not moved");
    }
}
