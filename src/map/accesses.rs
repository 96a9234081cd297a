//! Uses to accesses: each use of a table by name becomes one access for every service whose it is.
//!
//! Code of a service is the service's. Code of a library is that of the services that reach it, once for each call by
//! which one enters; what nobody reaches is listed for no service. What stands behind a view, synonym or routine is
//! touched by who touches that, unless it is its owner's own interface.

use rustc_hash::FxHashMap;

use super::catalog::{Catalog, Scope};
use super::interpret::{Found, Home, OpaqueUse, RoutineUse, Use};
use super::languages::Way;
use super::model::{
    Access, AccessContext, Evidence, EvidenceKind, ForeignKey, Join, LibraryId, Opaque, ServiceId, TableId, TableKind,
    Transaction, Via,
};
use super::program::Program;
use super::reach::{Reach, Reached};
use super::stated::Servers;
use crate::source::{FileId, Language, Place};
use crate::sql;
use crate::syntax::outline::FunctionKind;
use crate::vocabulary::{AccessClass, Context, Dialect, Name, Privilege, TableName};
use crate::workspace::Unit;

/// How many views may stand on each other.
const MAX_VIEWS: usize = 16;

/// How many routines one call may lead to.
const MAX_ROUTINES: usize = 64;

/// All rows of the map; table ids are still entries of the catalog.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub accesses: Vec<Access>,
    pub opaque: Vec<Opaque>,
    pub joins: Vec<Join>,
    pub transactions: Vec<Transaction>,
    pub keys: Vec<ForeignKey>,
    /// Tables that a library writes in code which something calls, nobody knows for which service.
    pub written_for_unknown: std::collections::BTreeSet<usize>,
}

/// What one site joins: the accesses of each of its query blocks, for each service and way into a library.
type Blocks = std::collections::BTreeMap<(Place, Option<ServiceId>, u32, Option<Place>), Vec<usize>>;

/// For whom something counts: a service, the library it stands in, and the way there.
#[derive(Debug, Clone, Default)]
struct Party {
    service: Option<ServiceId>,
    library: Option<LibraryId>,
    via: Via,
    partial: bool,
}

pub(super) struct Assembly<'b, 'r, 'p, 'a> {
    program: &'b Program<'p>,
    catalog: &'b mut Catalog<'a>,
    reach: &'b mut Reach<'r, 'p>,
    found: &'b Found,
    rows: Rows,
    scopes: FxHashMap<(Unit, FileId, Option<Dialect>), Scope>,
    /// The uses that stand in the body of each routine, by the routine's name.
    bodies: FxHashMap<Name, Vec<usize>>,
    servers: Servers,
    /// The routines that the body of each calls.
    calls: FxHashMap<Name, Vec<Name>>,
    /// The routines that are defined here, by name, and whether the body of each can be read.
    routines: FxHashMap<Name, bool>,
    /// The tables that each statement names, by its site.
    companions: FxHashMap<(Place, u64), Vec<&'b TableName>>,
}

impl<'b, 'r, 'p, 'a> Assembly<'b, 'r, 'p, 'a> {
    pub(super) fn new(
        program: &'b Program<'p>,
        catalog: &'b mut Catalog<'a>,
        reach: &'b mut Reach<'r, 'p>,
        found: &'b Found,
    ) -> Self {
        let mut bodies: FxHashMap<Name, Vec<usize>> = FxHashMap::default();
        for (number, used) in found.uses.iter().enumerate() {
            if let Some(routine) = &used.routine {
                bodies.entry(super::catalog::fold(&routine.name.text)).or_default().push(number);
            }
        }
        let mut calls: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
        for call in &found.routines {
            if let Some(routine) = &call.routine {
                let called = super::catalog::fold(&call.name.name.text);
                calls.entry(super::catalog::fold(&routine.name.text)).or_default().push(called);
            }
        }
        let mut routines = FxHashMap::default();
        for definition in &found.definitions {
            if let sql::Change::Routine { name, opaque, .. } = &definition.change {
                *routines.entry(super::catalog::fold(&name.name.text)).or_default() |= !opaque;
            }
        }
        let mut companions: FxHashMap<(Place, u64), Vec<&TableName>> = FxHashMap::default();
        for used in found.uses.iter().filter(|used| !is_ddl(used)) {
            companions.entry((used.site, used.statement)).or_default().push(&used.table);
        }
        let (rows, scopes) = (Rows::default(), FxHashMap::default());
        let changes = found.definitions.iter().map(|definition| &definition.change);
        let servers = Servers::new(program.symbols.workspace, changes);
        Self { program, catalog, reach, found, rows, scopes, bodies, servers, calls, routines, companions }
    }

    pub(super) fn run(mut self) -> Rows {
        let found = self.found;
        // What one site joins: its site, its party's service, its block.
        let mut blocks: Blocks = Blocks::new();
        for used in &found.uses {
            for number in self.add_use(used) {
                if let Some(block) = used.block {
                    let access = &self.rows.accesses[number];
                    let entry = access.via.path.first().map(|step| step.place);
                    blocks.entry((used.site, access.service, block, entry)).or_default().push(number);
                }
            }
        }
        for routine in &found.routines {
            self.add_routine_call(routine);
        }
        for opaque in &found.opaque {
            self.add_opaque(opaque);
        }
        for ((place, service, _, _), accesses) in blocks {
            if accesses.len() > 1 {
                self.rows.joins.push(Join { place, service, accesses });
            }
        }
        self.add_transactions();
        self.rows
    }

    fn scope(&mut self, unit: Unit, file: FileId, dialect: Option<Dialect>) -> Scope {
        if let Some(known) = self.scopes.get(&(unit, file, dialect)) {
            return known.clone();
        }
        let scope = self.catalog.scope(unit, file, dialect);
        self.scopes.insert((unit, file, dialect), scope.clone());
        scope
    }

    /// The scope of one statement.
    fn scope_of(&mut self, used: &Use, unit: Unit) -> Scope {
        let scope = self.scope(unit, used.home.file, used.dialect);
        if is_ddl(used) {
            return scope;
        }
        let names = self.companions.get(&(used.site, used.statement)).map_or(&[][..], |names| names);
        let mapped = used.evidence.place.filter(|_| used.evidence.kind == EvidenceKind::Mapping);
        self.catalog.narrowed(&scope, unit, names, mapped.map(|place| place.file)).unwrap_or(scope)
    }

    /// For whom code at `home` counts.
    fn parties(&mut self, home: Home) -> Vec<Party> {
        let workspace = self.program.symbols.workspace;
        if home.function.is_none()
            && workspace.wiring_of(workspace.path(home.file)).is_some()
            && let Some(party) = self.runs(home)
        {
            return vec![party];
        }
        match self.program.unit(home) {
            unit @ Unit::Service(service) => {
                let mut parties = vec![Party { service: Some(ServiceId(service.0)), ..Party::default() }];
                // Another service that links this one's code and calls it touches what it touches.
                if let Some(function) = home.function.filter(|_| self.reach.is_shared(unit)) {
                    parties.extend(reached_parties(Some(self.reach.of((home.file, function))), None));
                }
                parties
            }
            Unit::Unassigned => {
                let reached = home.function.map(|function| self.reach.of((home.file, function)));
                let parties = reached_parties(reached, None);
                if parties.is_empty() { vec![Party::default()] } else { parties }
            }
            Unit::Library(library) => {
                let library = LibraryId(library.0);
                let reached = home.function.map(|function| self.reach.of((home.file, function)));
                let parties = reached_parties(reached, Some(library));
                if parties.is_empty() { vec![Party { library: Some(library), ..Party::default() }] } else { parties }
            }
        }
    }

    /// DDL that lies in no service's folder is the service's whose database it is run in.
    fn runs(&mut self, home: Home) -> Option<Party> {
        let unit = self.program.unit(home);
        let workspace = self.program.symbols.workspace;
        if workspace.file(home.file).is_none_or(|file| file.language != Language::Sql) {
            return None;
        }
        let database = self.catalog.databases_of(unit, home.file).first().copied()?;
        let path = workspace.path(home.file);
        let (service, _) = super::owners::service_of_ddl(workspace, self.catalog, unit, path, database)?;
        let library = match unit {
            Unit::Library(library) => Some(LibraryId(library.0)),
            _ => None,
        };
        Some(Party { service: Some(service), library, ..Party::default() })
    }

    fn add_use(&mut self, used: &Use) -> Vec<usize> {
        let context = self.program.context(used.home, used.rollback);
        // What tests reach through a library is not what services reach.
        let parties = match context {
            Context::Code if is_ddl(used) => {
                self.runs(used.home).map_or_else(|| self.parties(used.home), |party| vec![party])
            }
            Context::Code => self.parties(used.home),
            _ => self.own_party(used.home),
        };
        let mut numbers = Vec::new();
        for party in parties {
            // A script means what it meant where its definitions were read, whoever runs it.
            let own = self.program.unit(used.home);
            let unit = party.service.filter(|_| !is_ddl(used)).map_or(own, service_unit);
            let mut scope = self.scope_of(used, unit);
            if let Some(remote) = &used.remote {
                let Some(database) = self.servers.database(self.program.symbols.workspace, remote) else {
                    self.add_unknown_database(used, remote);
                    return numbers;
                };
                scope = Scope { databases: vec![database], ..Scope::default() };
            }
            if used.needs_known_table && !self.catalog.may_mean(&scope, &used.table) {
                continue;
            }
            let entry = self.catalog.resolve(&scope, unit, &without_link(&used.table));
            let referrer = used.referencing.as_ref().map(|table| table_id(self.catalog.resolve(&scope, unit, table)));
            if let Some(from) = referrer {
                self.rows.keys.push(ForeignKey {
                    place: used.place,
                    service: party.service,
                    from,
                    to: table_id(entry),
                });
            }
            if party.service.is_none() && self.writes_for_unknown(used, context) {
                self.rows.written_for_unknown.insert(entry);
            }
            let access = self.access(used, &party, context, entry, referrer);
            numbers.push(self.rows.accesses.len());
            self.rows.accesses.push(access.clone());
            if used.privilege != Privilege::References {
                self.add_behind(&access, entry, 0);
            }
        }
        numbers
    }

    /// Whether a library's code writes that is called, though no service is known to lead there.
    fn writes_for_unknown(&mut self, used: &Use, context: Context) -> bool {
        let written = used.privilege.class() == AccessClass::Write && context == Context::Code;
        let in_library = matches!(self.program.unit(used.home), Unit::Library(_));
        written
            && in_library
            && used.home.function.is_some_and(|function| {
                // A script's functions are called by scripts, which speak for no service.
                self.reach.of((used.home.file, function)).called && !self.program.has(used.home.file, Way::RunsClients)
            })
    }

    /// A statement that runs in a database of which nothing is known here.
    fn add_unknown_database(&mut self, used: &Use, remote: &Name) {
        let reason = format!("the statement runs in `{remote}`, a database that is not known here");
        let (home, place, call, rollback) = (used.home, used.place, used.call, used.rollback);
        self.add_opaque(&OpaqueUse { home, place, reason, call, rule: None, rollback });
    }

    fn own_party(&self, home: Home) -> Vec<Party> {
        vec![match self.program.unit(home) {
            Unit::Service(service) => Party { service: Some(ServiceId(service.0)), ..Party::default() },
            Unit::Library(library) => Party { library: Some(LibraryId(library.0)), ..Party::default() },
            Unit::Unassigned => Party::default(),
        }]
    }

    fn access(&self, used: &Use, party: &Party, context: Context, entry: usize, referrer: Option<TableId>) -> Access {
        let mut via = party.via.clone();
        via.framework.clone_from(&used.framework);
        Access {
            place: used.place,
            service: party.service,
            library: party.library,
            table: table_id(entry),
            privilege: used.privilege,
            evidence: weakened(&used.evidence, &via),
            via,
            through: None,
            partial: used.partial || party.partial,
            context: access_context(context),
            item: self.program.item(used.home),
            statement: used.statement,
            site: used.site,
            call: used.call,
            referrer,
        }
    }

    /// What stands behind a view or synonym is touched too.
    fn add_behind(&mut self, access: &Access, entry: usize, depth: usize) {
        let ddl =
            matches!(access.privilege, Privilege::Create | Privilege::Alter | Privilege::Drop | Privilege::Trigger);
        if depth >= MAX_VIEWS || ddl || matches!(self.catalog.entries[entry].kind, TableKind::Table) {
            return;
        }
        let through = access.through.clone().unwrap_or_else(|| self.catalog.entries[entry].name.clone());
        for base in self.catalog.entries[entry].behind.clone() {
            let behind = Access { table: table_id(base), through: Some(through.clone()), ..access.clone() };
            self.rows.accesses.push(behind.clone());
            self.add_behind(&behind, base, depth + 1);
        }
    }

    /// Whether what a call touches cannot be known: the routine's body is not here, or in a language that is not read.
    fn is_opaque_call(&self, call: &RoutineUse) -> bool {
        match self.routines.get(&super::catalog::fold(&call.name.name.text)) {
            Some(readable) => !readable && !call.by_trigger,
            None => call.explicit && !call.by_trigger && !sql::is_system_routine(&call.name),
        }
    }

    /// The uses in a routine's body and in those of the routines that it calls.
    fn body_of(&self, routine: &TableName) -> Vec<usize> {
        let mut names = vec![super::catalog::fold(&routine.name.text)];
        let (mut uses, mut next) = (Vec::new(), 0);
        while let Some(name) = names.get(next).cloned() {
            next += 1;
            uses.extend(self.bodies.get(&name).into_iter().flatten());
            for called in self.calls.get(&name).into_iter().flatten() {
                if names.len() < MAX_ROUTINES && !names.contains(called) {
                    names.push(called.clone());
                }
            }
        }
        uses
    }

    /// Who calls a routine touches what its body touches.
    fn add_routine_call(&mut self, call: &RoutineUse) {
        if self.is_opaque_call(call) {
            let reason = format!("the routine `{}` is called, whose body is not here", call.name);
            let (home, place, rollback) = (call.home, call.place, call.rollback);
            self.add_opaque(&OpaqueUse { home, place, reason, call: Some(call.site), rule: None, rollback });
            return;
        }
        let body = self.body_of(&call.name);
        let context = self.program.context(call.home, false);
        if context != Context::Code {
            return;
        }
        for party in self.parties(call.home) {
            let unit = party.service.map_or_else(|| self.program.unit(call.home), service_unit);
            for &number in &body {
                let used = &self.found.uses[number];
                if used.home == call.home && used.site == call.site {
                    continue;
                }
                // What one's own trigger runs is reported where its body stands.
                if call.by_trigger && self.program.unit(used.home) == self.program.unit(call.home) {
                    continue;
                }
                let scope = self.scope(unit, call.home.file, used.dialect);
                let entry = self.catalog.resolve(&scope, unit, &used.table);
                let mut access = self.access(used, &party, context, entry, None);
                access.place = call.place;
                access.site = call.site;
                access.statement = call.statement;
                access.item = self.program.item(call.home);
                access.through = Some(call.name.name.text.clone());
                access.evidence = Evidence {
                    kind: EvidenceKind::Call,
                    text: format!("the routine `{}` touches it", call.name),
                    place: Some(used.place),
                };
                self.rows.accesses.push(access);
            }
        }
    }

    fn add_opaque(&mut self, opaque: &OpaqueUse) {
        let context = self.program.context(opaque.home, opaque.rollback);
        // What cannot be known in a service's own code is its own to explain, whoever else calls it.
        let parties = match self.program.unit(opaque.home) {
            Unit::Service(_) => self.own_party(opaque.home),
            _ => self.parties(opaque.home),
        };
        let mut services: Vec<Option<ServiceId>> = parties.into_iter().map(|party| party.service).collect();
        services.sort_unstable();
        services.dedup();
        for service in services {
            self.rows.opaque.push(Opaque {
                place: opaque.place,
                service,
                reason: opaque.reason.clone(),
                context: access_context(context),
                item: self.program.item(opaque.home),
                calls: opaque.call.into_iter().collect(),
            });
        }
    }

    /// Writes between a begin and the next commit or rollback of one function, and those in a transaction's closure.
    fn add_transactions(&mut self) {
        let mut marks: FxHashMap<Home, Vec<(Place, sql::Transaction)>> = FxHashMap::default();
        for (home, place, mark) in &self.found.transactions {
            let outer = Home { function: home.function.map(|f| self.program.named(home.file, f)), ..*home };
            marks.entry(outer).or_default().push((*place, *mark));
        }
        let mut writes: FxHashMap<(FileId, Option<ServiceId>), Vec<usize>> = FxHashMap::default();
        for (number, access) in self.rows.accesses.iter().enumerate() {
            if access.class() == AccessClass::Write && access.through.is_none() {
                let at = access.via.path.first().map_or(access.call.unwrap_or(access.site), |step| step.place);
                writes.entry((at.file, access.service)).or_default().push(number);
            }
        }
        let mut homes: Vec<Home> = marks.keys().copied().collect();
        homes.sort_unstable();
        for home in homes {
            let mut marks = marks.remove(&home).unwrap_or_default();
            marks.sort();
            for (begin, end) in ranges(&marks, self.program.span(home)) {
                for ((_, service), numbers) in writes.iter().filter(|((file, _), _)| *file == home.file) {
                    let inside: Vec<usize> = numbers
                        .iter()
                        .copied()
                        .filter(|&number| {
                            let access = &self.rows.accesses[number];
                            let at =
                                access.via.path.first().map_or(access.call.unwrap_or(access.site), |step| step.place);
                            begin.span.start <= at.span.start && at.span.start <= end
                        })
                        .collect();
                    let mut tables: Vec<TableId> =
                        inside.iter().map(|&number| self.rows.accesses[number].table).collect();
                    tables.sort_unstable();
                    tables.dedup();
                    if tables.len() > 1 {
                        self.rows.transactions.push(Transaction { place: begin, service: *service, writes: inside });
                    }
                }
            }
        }
    }
}

/// Whether a use says what a table is, in a file of SQL.
fn is_ddl(used: &Use) -> bool {
    let class = used.privilege.class();
    used.home.function.is_none() && matches!(class, AccessClass::Ddl | AccessClass::Reference)
}

/// From each begin to the last commit before the next one. A rollback before that stands on the way of an error (`defer
/// tx.Rollback()`, `if err != nil { tx.Rollback() … }`) and ends nothing, and a begin before any end is a savepoint. A
/// closure's begin and end stand at one place, whose span is the range.
fn ranges(marks: &[(Place, sql::Transaction)], function: Option<crate::source::Span>) -> Vec<(Place, u32)> {
    let mut ranges = Vec::new();
    let mut open: Option<Place> = None;
    let (mut commit, mut rollback): (Option<u32>, Option<u32>) = (None, None);
    for &(place, mark) in marks {
        match (mark, open) {
            (sql::Transaction::Begin, None) => open = Some(place),
            (sql::Transaction::Begin, Some(begin)) => {
                if let Some(end) = commit.take().or(rollback) {
                    rollback = None;
                    ranges.push((begin, end));
                    open = Some(place);
                }
            }
            (sql::Transaction::Commit, Some(begin)) if begin == place => {
                ranges.push((begin, place.span.end));
                open = None;
            }
            (sql::Transaction::Commit, Some(_)) => commit = Some(place.span.start),
            (sql::Transaction::Rollback, Some(_)) => rollback = Some(place.span.start),
            (_, None) => {}
        }
    }
    // Code may go on to the end of its function; a script ends as it says.
    let last = commit.or(function.map(|function| function.end)).or(rollback);
    ranges.extend(open.zip(last));
    ranges
}

fn reached_parties(reached: Option<Reached>, library: Option<LibraryId>) -> Vec<Party> {
    let Some(reached) = reached else { return Vec::new() };
    let partial = reached.partial;
    reached
        .entries
        .into_iter()
        .map(|entry| Party {
            service: Some(ServiceId(entry.service.0)),
            library,
            via: Via { framework: None, path: entry.path },
            partial,
        })
        .collect()
}

/// Evidence that rests on a way matched by name alone is a name's.
fn weakened(evidence: &Evidence, via: &Via) -> Evidence {
    match via.path.iter().find(|step| step.by_name) {
        Some(step) => Evidence {
            kind: EvidenceKind::Name,
            text: format!("{}; the call of `{}` is matched by its name alone", evidence.text, step.function),
            place: evidence.place,
        },
        None => evidence.clone(),
    }
}

fn service_unit(service: ServiceId) -> Unit {
    Unit::Service(crate::workspace::ServiceId(service.0))
}

fn table_id(entry: usize) -> TableId {
    TableId(u32::try_from(entry).unwrap_or(u32::MAX))
}

fn access_context(context: Context) -> AccessContext {
    context
}

impl Program<'_> {
    /// Whose code stands at `home`.
    pub(super) fn unit(&self, home: Home) -> Unit {
        self.symbols.workspace.file(home.file).map_or(Unit::Unassigned, |file| file.unit)
    }

    /// What the code at `home` is for.
    pub(super) fn context(&self, home: Home, rollback: bool) -> Context {
        let of_file = self.symbols.workspace.file(home.file).map(|file| file.context).unwrap_or_default();
        if of_file != Context::Code {
            return of_file;
        }
        match home.function {
            Some(function) if self.is_test((home.file, function)) => Context::Test,
            _ if rollback => Context::Rollback,
            Some(function) if self.undoes(home.file, function) => Context::Rollback,
            Some(function) if self.stands_in_undo(home.file, function) => Context::Rollback,
            _ => Context::Code,
        }
    }

    /// Whether a function is the down half of a migration: it is called so, and stands where migrations do.
    fn undoes(&self, file: FileId, function: u32) -> bool {
        let named = self.named(file, function);
        let name = &self.symbols.function(file, named).name;
        // `Down`, `down_20240101`, `DownAddOrders`.
        let begins = name.strip_prefix("down").or(name.strip_prefix("Down"));
        let numbered = begins.is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_ascii_lowercase()));
        if !numbered && !matches!(name.to_ascii_lowercase().as_str(), "downgrade" | "rollback" | "safedown") {
            return false;
        }
        let path = self.symbols.workspace.path(file).to_ascii_lowercase();
        let migration = |text: &str| text.to_ascii_lowercase().contains("migrat");
        let owner = self.owner(file, named).map(|(file, owner)| self.symbols.type_decl(file, owner));
        let by_type = owner.is_some_and(|decl| {
            migration(&decl.name) || decl.bases.iter().any(|base| base.path.last().is_some_and(|name| migration(name)))
        });
        by_type || migration(&path) || path.contains("alembic") || path.contains("versions/")
    }

    /// Whether a function value is given to what runs only to undo the rest (`down do … end`), or stands in one that is.
    fn stands_in_undo(&self, file: FileId, function: u32) -> bool {
        let functions = &self.symbols.file(file).facts.functions;
        let mut round = std::iter::successors(Some(function), |&at| functions[at as usize].parent).take(64);
        round.any(|at| {
            self.given_to.get(&(file, at)).is_some_and(|&call| {
                let rules = self.rules((file, call));
                let mut rules = rules.iter().map(|(id, _)| self.frameworks.call(*id));
                rules.any(|rule| rule.rollback && rule.sql.is_none() && rule.table.is_none())
            })
        })
    }

    /// The function itself, or the named one it stands in.
    pub(super) fn named(&self, file: FileId, function: u32) -> u32 {
        self.symbols.file(file).facts.named_function(function)
    }

    /// Where a home's function stands.
    pub(super) fn span(&self, home: Home) -> Option<crate::source::Span> {
        home.function.map(|function| self.symbols.function(home.file, function).span)
    }

    /// The function or type round a place, for people and for fingerprints.
    pub(super) fn item(&self, home: Home) -> Name {
        let Some(function) = home.function else { return Name::default() };
        let named = self.named(home.file, function);
        if self.symbols.function(home.file, named).kind == FunctionKind::TopLevel {
            let scope = &self.symbols.function(home.file, named).scope;
            return scope.iter().map(Name::as_str).collect::<Vec<_>>().join("::").into();
        }
        self.function_name((home.file, named)).into()
    }
}

/// The table of `orders@link`.
fn without_link(name: &TableName) -> TableName {
    let mut name = name.clone();
    if let Some((table, _)) = name.name.text.split_once('@').filter(|_| !name.name.quoted) {
        name.name.text = table.into();
    }
    name
}
