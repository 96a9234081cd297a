//! Which grants permit which accesses, and which grants permit nothing.

use crate::config::Grant;
use crate::lint::context::Input;
use crate::map::{Access, Map};

/// The grants of a config against the accesses of a map.
pub struct Grants {
    /// For each access the grants (indexes into the config's) that permit it today.
    permitting: Vec<Vec<usize>>,
    /// For each grant what of it is used.
    uses: Vec<Use>,
    lapsed: Vec<bool>,
}

/// What of a grant is used by accesses that are linted.
#[derive(Debug, Clone, Default)]
pub struct Use {
    /// For each entry of `to`.
    pub to: Vec<bool>,
    /// For each entry of `tables`.
    pub tables: Vec<bool>,
}

impl Use {
    /// Whether anything of it is used.
    #[must_use]
    pub fn any(&self) -> bool {
        self.to.contains(&true)
    }
}

impl Grants {
    /// Holds every access against every grant of its table's owner.
    #[must_use]
    pub fn new(input: &Input<'_>) -> Self {
        let grants = &input.config.grants;
        let lapsed: Vec<bool> = grants.iter().map(|grant| grant.has_lapsed(input.today)).collect();
        let mut uses: Vec<Use> = grants
            .iter()
            .map(|grant| Use { to: vec![false; grant.to.len()], tables: vec![false; grant.tables.len()] })
            .collect();
        let wanted = |access: &Access| {
            if input.contexts.is_empty() {
                input.config.wants(access.context)
            } else {
                input.contexts.contains(&access.context)
            }
        };
        let mut permitting = vec![Vec::new(); input.map.accesses.len()];
        if grants.is_empty() {
            return Self { permitting, uses, lapsed };
        }
        for (access, found) in input.map.accesses.iter().zip(&mut permitting) {
            for (at, grant) in grants.iter().enumerate() {
                if permits(input.map, grant, access) {
                    // A lapsed grant grants nothing, but it is not unused: it is a finding of its own.
                    if !lapsed[at] {
                        found.push(at);
                    }
                    if wanted(access) {
                        note_use(input.map, grant, access, &mut uses[at]);
                    }
                }
            }
        }
        Self { permitting, uses, lapsed }
    }

    /// The grants that permit the access today.
    #[must_use]
    pub fn permitting(&self, access: usize) -> &[usize] {
        &self.permitting[access]
    }

    /// What of the grant is used.
    #[must_use]
    pub fn use_of(&self, grant: usize) -> &Use {
        &self.uses[grant]
    }

    /// Whether the grant holds no longer.
    #[must_use]
    pub fn has_lapsed(&self, grant: usize) -> bool {
        self.lapsed[grant]
    }
}

/// Whether the grant speaks of this access, its date aside.
fn permits(map: &Map, grant: &Grant, access: &Access) -> bool {
    let table = map.table(access.table);
    let (Some(owner), Some(service)) = (table.owner, access.service) else { return false };
    owner != service
        && map.service(owner).name == grant.owner
        && grant.permits(
            &map.service(service).name,
            Some(&map.database(table.database).name),
            table.schema.as_deref(),
            &table.name,
            access.privilege,
        )
}

fn note_use(map: &Map, grant: &Grant, access: &Access, used: &mut Use) {
    let table = map.table(access.table);
    let database = map.database(table.database).name.as_str();
    for (pattern, used) in grant.tables.iter().zip(&mut used.tables) {
        *used |= pattern.matches(Some(database), table.schema.as_deref(), &table.name).is_some();
    }
    let Some(service) = access.service else { return };
    for (to, used) in grant.to.iter().zip(&mut used.to) {
        *used |= to.value == map.service(service).name;
    }
}
