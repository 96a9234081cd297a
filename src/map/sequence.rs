//! In which order the definitions of all files run.
//!
//! Migrations are sorted by path, numbers by their value, so that each folder's run in their order. What a changelog
//! includes runs where it is included.

use rustc_hash::FxHashMap;

use super::interpret::IncludeStep;
use crate::source::{FileId, Place};
use crate::workspace::Workspace;

/// Changelogs that include each other deeper than this are not followed.
const DEEPEST: usize = 16;

/// Where each file comes in.
pub(super) struct Sequence<'a> {
    workspace: &'a Workspace,
    steps: FxHashMap<FileId, IncludeStep>,
}

/// The path of the file that is run first, then how far into it, which of the files included there, how far into that.
type Key = (Vec<(u8, u128, String)>, Vec<u32>);

impl<'a> Sequence<'a> {
    pub(super) fn new(workspace: &'a Workspace, steps: &[IncludeStep]) -> Self {
        let mut by_file = FxHashMap::default();
        for &step in steps.iter().filter(|step| step.file != step.by.file) {
            by_file.entry(step.file).or_insert(step);
        }
        Self { workspace, steps: by_file }
    }

    /// What orders a place among all.
    pub(super) fn of(&self, place: Place) -> Key {
        let (mut file, mut way) = (place.file, vec![place.span.start]);
        while let Some(step) = self.steps.get(&file).filter(|_| way.len() < 2 * DEEPEST) {
            way.extend([step.rank, step.by.span.start]);
            file = step.by.file;
        }
        way.reverse();
        (natural(self.workspace.path(file)), way)
    }
}

/// A path whose numbers sort by value: `2_x.sql` before `10_x.sql`, `V1.2` before `V1.10`.
fn natural(path: &str) -> Vec<(u8, u128, String)> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut digits = String::new();
    for letter in path.chars().chain(['\0']) {
        if letter.is_ascii_digit() {
            if !text.is_empty() {
                parts.push((1, 0, std::mem::take(&mut text)));
            }
            digits.push(letter);
        } else {
            if !digits.is_empty() {
                parts.push((0, digits.parse().unwrap_or(u128::MAX), String::new()));
                digits.clear();
            }
            if letter != '\0' {
                text.push(letter);
            }
        }
    }
    if !text.is_empty() {
        parts.push((1, 0, text));
    }
    parts
}
