//! What a rule says: one broken rule at one place.

use crate::config::Level;
use crate::map::{AccessContext, DatabaseId, Evidence, ServiceId, TableId};
use crate::source::Place;
use crate::vocabulary::{Name, Privilege};

/// One broken rule at one place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How much it weighs: the rule's default until the sink applies the config.
    pub level: Level,
    /// The most it may weigh whatever the config says: `Warn` where it rests on a guess.
    pub ceiling: Level,
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
    /// The privilege, for accesses; of several the first that is not granted.
    pub privilege: Option<Privilege>,
    /// Why it is believed.
    pub evidence: Option<Evidence>,
    /// Other places, each with what stands there: what made the owner the owner, the calls between.
    pub related: Vec<(Place, String)>,
    /// The function or type round it, for the fingerprint.
    pub item: Name,
    /// The normalised statement, hashed, for the fingerprint.
    pub statement: u64,
    /// Places on or above which an inline allow counts, beside [`Finding::place`].
    pub allow_places: Vec<Place>,
    /// The accesses it came from, as indexes into the map's accesses; the one it stands for first.
    pub accesses: Vec<usize>,
    /// What code it stands in.
    pub context: AccessContext,
    /// The grant (an index into the config's grants) that permits all of it.
    pub granted_by: Option<usize>,
}

impl Finding {
    /// A finding of `rule` at `place`, with its headline; everything else is empty.
    #[must_use]
    pub fn new(rule: &'static str, place: Place, message: String) -> Self {
        Self {
            rule,
            level: Level::Error,
            ceiling: Level::Error,
            message,
            label: String::new(),
            help: String::new(),
            notes: Vec::new(),
            place,
            service: None,
            owner: None,
            table: None,
            database: None,
            privilege: None,
            evidence: None,
            related: Vec::new(),
            item: Name::default(),
            statement: 0,
            allow_places: Vec::new(),
            accesses: Vec::new(),
            context: AccessContext::Code,
            granted_by: None,
        }
    }
}
