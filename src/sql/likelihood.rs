//! Whether a text is SQL at all.

use super::Likelihood;

/// How much `text` looks like SQL.
pub(super) fn of(text: &str) -> Likelihood {
    let _ = text;
    Likelihood::Maybe
}
