//! Rules from the map to findings; then levels, grants, inline allows and the baseline, in one place.

pub mod finding;
