//! What every rule is given: the map, the config, and what follows from both.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::config::{Config, Level, Origin};
use crate::lint::allows::Directive;
use crate::lint::finding::Finding;
use crate::lint::grants::Grants;
use crate::lint::sink::Permission;
use crate::map::{Access, AccessContext, Map, OwnerStatus, ServiceId, Table, TableId};
use crate::source::{Place, Span, Texts};
use crate::workspace::Workspace;

/// A finding that was accepted earlier: an entry of the baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Where the entry stands.
    pub place: Place,
    /// What it accepts, for people: the rule, the service, the table.
    pub text: String,
    /// Whether it may match nothing: on a branch that pays debt off, or where only a part is looked at.
    pub may_be_stale: bool,
}

/// What a run of the rules needs to be told.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// All facts, joined.
    pub map: &'a Map,
    /// What is declared.
    pub config: &'a Config,
    /// The files and their places.
    pub workspace: &'a Workspace,
    /// The texts of the files, read when asked for.
    pub texts: &'a dyn Texts,
    /// The comments that speak to this program.
    pub directives: &'a [Directive],
    /// The baseline's entries.
    pub accepted: &'a [Accepted],
    /// The day that grants are judged by.
    pub today: jiff::civil::Date,
    /// The contexts to report; empty for what the config says.
    pub contexts: &'a [AccessContext],
}

/// What every rule is given.
pub struct Context<'a> {
    /// What the run was told.
    pub input: Input<'a>,
    /// The same map as in the input: what rules read most.
    pub map: &'a Map,
    /// Which grants permit which accesses.
    pub grants: Grants,
    /// The permissions and whether they were used; empty until the sink has judged.
    pub permissions: Vec<Permission>,
    joins: FxHashMap<usize, Vec<usize>>,
    ambiguous: FxHashSet<String>,
}

impl<'a> Context<'a> {
    /// Derives what the rules share from the input.
    #[must_use]
    pub fn new(input: Input<'a>) -> Self {
        let mut joins: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        for (at, join) in input.map.joins.iter().enumerate() {
            for access in &join.accesses {
                joins.entry(*access).or_default().push(at);
            }
        }
        let mut seen = FxHashSet::default();
        let mut ambiguous = FxHashSet::default();
        for table in &input.map.tables {
            let name = short_name(table);
            if !seen.insert(name.clone()) {
                ambiguous.insert(name);
            }
        }
        let grants = Grants::new(&input);
        Self { input, map: input.map, grants, permissions: Vec::new(), joins, ambiguous }
    }

    /// The access at that index.
    #[must_use]
    pub fn access(&self, at: usize) -> &'a Access {
        &self.map.accesses[at]
    }

    /// The accesses that are linted, with their indexes.
    pub fn linted(&self) -> impl Iterator<Item = (usize, &'a Access)> {
        self.map.accesses.iter().enumerate().filter(|(_, access)| self.wants(access.context))
    }

    /// Whether what stands in this context is reported.
    #[must_use]
    pub fn wants(&self, context: AccessContext) -> bool {
        if self.input.contexts.is_empty() {
            self.input.config.wants(context)
        } else {
            self.input.contexts.contains(&context)
        }
    }

    /// The owner of the access's table if that is another service than the one that touches it.
    #[must_use]
    pub fn foreign_owner(&self, access: &Access) -> Option<ServiceId> {
        let service = access.service?;
        self.map.table(access.table).owner.filter(|owner| *owner != service)
    }

    /// The joins (indexes into the map's) that an access takes part in.
    #[must_use]
    pub fn joins_of(&self, access: usize) -> &[usize] {
        self.joins.get(&access).map_or(&[], Vec::as_slice)
    }

    /// Where a declaration of the config stands.
    #[must_use]
    pub fn place(&self, origin: &Origin) -> Option<Place> {
        self.input.workspace.place(origin)
    }

    /// As much of a place as stands on its first line: what a finding about a whole block points at.
    #[must_use]
    pub fn first_line(&self, place: Place) -> Place {
        let Some(text) = self.input.texts.text(place.file) else { return place };
        let rest = text.source.text.get(place.span.range()).unwrap_or_default();
        let length = rest.lines().next().unwrap_or_default().trim_end().len();
        Place { file: place.file, span: Span::new(0, length).shifted(place.span.start) }
    }

    /// A table's name for people: `schema.name`, and its database in front where another database of
    /// the map has a table of that name.
    #[must_use]
    pub fn table_name(&self, id: TableId) -> String {
        let table = self.map.table(id);
        let short = short_name(table);
        if self.ambiguous.contains(&short) {
            format!("{}:{short}", self.map.database(table.database).name)
        } else {
            short
        }
    }

    /// A service's name for people.
    #[must_use]
    pub fn service_name(&self, id: ServiceId) -> &'a str {
        &self.map.service(id).name
    }

    /// The service of that name.
    #[must_use]
    pub fn service_id(&self, name: &str) -> Option<ServiceId> {
        let at = self.map.services.binary_search_by(|service| service.name.as_str().cmp(name)).ok()?;
        u32::try_from(at).ok().map(ServiceId)
    }

    /// Whether the table's owner is a guess.
    #[must_use]
    pub fn is_proposed(&self, id: TableId) -> bool {
        self.map.table(id).owner_status == Some(OwnerStatus::Proposed)
    }

    /// Adds to `finding` what made the owner of its table the owner, and says what of it was inferred.
    /// A finding that rests on a proposed owner weighs `warn` at most.
    pub fn explain_owner(&self, finding: &mut Finding, id: TableId) {
        let table = self.map.table(id);
        let Some(owner) = table.owner else { return };
        let owner_name = self.service_name(owner);
        let reason = table.owner_evidence.iter().find(|evidence| evidence.place.is_some());
        if let Some((place, evidence)) = reason.and_then(|evidence| Some((evidence.place?, evidence))) {
            finding.related.push((place, format!("`{owner_name}` owns it: {}", evidence.text)));
        } else if let Some(evidence) = table.owner_evidence.first() {
            finding.notes.push(format!("`{owner_name}` owns it: {}", evidence.text));
        }
        if self.is_proposed(id) {
            finding.ceiling = Level::Warn;
            finding.notes.push(format!(
                "the owner is proposed, not known: state it with `owns = [\"{}\"]` in `[services.{owner_name}]`",
                table.name
            ));
        }
        if let Some(note) = &table.identity_note {
            finding.notes.push(note.clone());
        }
    }
}

fn short_name(table: &Table) -> String {
    match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name),
        None => table.name.to_string(),
    }
}
