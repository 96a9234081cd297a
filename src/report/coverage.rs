//! The coverage ledger: what was read, what was not and why, what of the SQL was understood.

use std::collections::{BTreeMap, BTreeSet};

use crate::map::{AccessContext, Map, ServiceId};
use crate::source::{Place, Skipped};

/// What a run read and understood.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// How many files were read.
    pub files_read: usize,
    /// What was not read, sorted by path.
    pub skipped: Vec<Skipped>,
    /// What was read and not understood: syntax errors, bytes that are no text. Sorted by place.
    pub problems: Vec<(Place, String)>,
    /// The places where SQL stands, by service; `None` for code of no service.
    pub sites: BTreeMap<Option<ServiceId>, Sites>,
}

/// How many places with SQL were understood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sites {
    /// Every table is known.
    pub resolved: usize,
    /// Something in the statement was not understood.
    pub partial: usize,
    /// The statement cannot be known from the source.
    pub opaque: usize,
}

impl Sites {
    /// All of them.
    #[must_use]
    pub fn total(self) -> usize {
        self.resolved + self.partial + self.opaque
    }
}

impl Coverage {
    /// Counts the places with SQL in the map, in the contexts that are listed.
    pub fn count_sites(&mut self, map: &Map, contexts: &[AccessContext]) {
        let mut sites: BTreeMap<(Option<ServiceId>, Place), bool> = BTreeMap::new();
        for access in map.accesses.iter().filter(|access| contexts.contains(&access.context)) {
            *sites.entry((access.service, access.site)).or_default() |= access.partial;
        }
        let opaque: BTreeSet<(Option<ServiceId>, Place)> = map
            .opaque
            .iter()
            .filter(|opaque| contexts.contains(&opaque.context))
            .map(|opaque| (opaque.service, opaque.place))
            .collect();
        self.sites.clear();
        for ((service, _), partial) in sites {
            let counted = self.sites.entry(service).or_default();
            if partial { counted.partial += 1 } else { counted.resolved += 1 }
        }
        for (service, _) in opaque {
            self.sites.entry(service).or_default().opaque += 1;
        }
    }

    /// All places with SQL.
    #[must_use]
    pub fn total(&self) -> Sites {
        self.sites.values().fold(Sites::default(), |sum, sites| Sites {
            resolved: sum.resolved + sites.resolved,
            partial: sum.partial + sites.partial,
            opaque: sum.opaque + sites.opaque,
        })
    }

    /// How many files were skipped, by reason.
    #[must_use]
    pub fn skipped_by_reason(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for skipped in &self.skipped {
            *counts.entry(skipped.reason.name()).or_default() += 1;
        }
        counts
    }

    /// The files that were to be read and could not be.
    pub fn failures(&self) -> impl Iterator<Item = &Skipped> {
        self.skipped.iter().filter(|skipped| skipped.reason.is_failure())
    }
}
