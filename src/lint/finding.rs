//! What a rule says: one broken rule at one place.

use crate::map::{DatabaseId, Evidence, ServiceId, TableId};
use crate::source::Place;
use crate::vocabulary::{Name, Privilege};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not reported.
    Off,
    /// Reported in the summary and in full output; never fails a run.
    Note,
    /// Reported; fails a run only if asked.
    Warn,
    /// Reported, and the run fails.
    Error,
}

/// One broken rule at one place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How much it weighs, after the config.
    pub level: Level,
    /// The headline: service, verb, table, owner. Lower case, no final stop, backticks round names.
    pub message: String,
    /// What stands at the primary place.
    pub label: String,
    /// The imperative one can follow.
    pub help: String,
    /// What was inferred, and from what.
    pub notes: Vec<String>,
    /// Where.
    pub place: Place,
    /// Who breaks it.
    pub service: Option<ServiceId>,
    /// Whose table it is.
    pub owner: Option<ServiceId>,
    /// The table it concerns.
    pub table: Option<TableId>,
    /// The database it concerns, where it concerns no table.
    pub database: Option<DatabaseId>,
    /// The privilege, for accesses.
    pub privilege: Option<Privilege>,
    /// Why it is believed.
    pub evidence: Option<Evidence>,
    /// Other places, each with what stands there: what made the owner the owner, the calls between.
    pub related: Vec<(Place, String)>,
    /// The function or type round it, for the fingerprint.
    pub item: Name,
    /// The normalised statement, hashed, for the fingerprint.
    pub statement: u64,
    /// Places on or above which an inline allow counts.
    pub allow_places: Vec<Place>,
    /// The access it came from, as an index into the map's accesses.
    pub access: Option<usize>,
}
