//! Facts to map: everything is joined here, in the order in which it can be known.
//!
//! 1. names: which declaration a name means, which types are entities, which functions a call leads to;
//! 2. uses: what each file says of tables, by name (in parallel);
//! 3. definitions: which tables there are, by the scripts and statements that create, rename and move them;
//! 4. accesses: each use with its table and its service, through libraries, views and routines;
//! 5. owners.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::accesses::{Assembly, Rows};
use super::catalog::{self, Catalog};
use super::interpret::{DefinitionUse, Found, Home, IncludeUse, Interpreter, OpaqueUse, RoutineUse, Use};
use super::model::{Evidence, EvidenceKind, Library, Map, Service, ServiceId, Table};
use super::owners::{self, Claims};
use super::program::Program;
use super::reach::Reach;
use super::sequence::Sequence;
use super::stated::{self, Servers};
use super::symbols::Symbols;
use crate::config::Config;
use crate::facts::FileFacts;
use crate::frameworks::Frameworks;
use crate::source::{FileId, Place};
use crate::sql;
use crate::vocabulary::{Context, Name, Privilege, TableName};
use crate::workspace::{Unit, Workspace};

/// What a map is made of.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The files, services, databases.
    pub workspace: &'a Workspace,
    /// What is declared.
    pub config: &'a Config,
    /// What calls and types mean.
    pub frameworks: &'a Frameworks,
    /// What each file says, sorted by file.
    pub facts: &'a [(FileId, FileFacts)],
}

/// What is being joined, for whoever shows or measures it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Declarations get their full names.
    Names,
    /// Types are told to be entities.
    Entities,
    /// Calls are followed to the functions they lead to.
    Calls,
    /// Code is interpreted: what it says of tables.
    Uses,
    /// Definitions are applied: which tables there are.
    Tables,
    /// Each use is given to the services that reach it.
    Reach,
    /// Owners are found.
    Owners,
}

/// Joins all facts. Never fails: what cannot be resolved is in the map as such. `stage` is told what begins.
#[must_use]
pub fn build(input: Input<'_>, stage: &dyn Fn(Stage)) -> Map {
    let program = program(input, stage);
    stage(Stage::Uses);
    let mut found = interpret(&program, input.config, input.facts);
    forget_transitions(&mut found);
    forget_what_is_no_table(&program, &mut found);
    stage(Stage::Tables);
    let mut catalog = Catalog::new(input.workspace, input.config);
    let mut claims = Claims::default();
    define(&program, &mut catalog, &mut claims, &found);
    stage(Stage::Reach);
    let mut reach = Reach::new(&program);
    let rows = Assembly::new(&program, &mut catalog, &mut reach, &found).run();
    stage(Stage::Owners);
    assemble(input, &catalog, claims, rows)
}

pub(super) fn program<'a>(input: Input<'a>, stage: &dyn Fn(Stage)) -> Program<'a> {
    stage(Stage::Names);
    let symbols = Symbols::new(input.workspace, input.facts);
    let mut program = Program::new(symbols, input.frameworks);
    stage(Stage::Entities);
    program.find_entities();
    stage(Stage::Calls);
    program.follow_calls();
    program
}

/// What all files say, in one list: code first, then the literals nobody claimed, then files of SQL.
pub(super) fn interpret(program: &Program<'_>, config: &Config, facts: &[(FileId, FileFacts)]) -> Found {
    let files = program.symbols.file_ids();
    let claimed: Vec<Found> = files.par_iter().map(|&file| Interpreter::new(program, file, config).run()).collect();
    let mut all = Found::default();
    for found in claimed {
        absorb(&mut all, found);
    }
    create_schemas(program, &mut all);
    let consumed = std::mem::take(&mut all.consumed);
    let covered = std::mem::take(&mut all.covered);
    let swept: Vec<Found> =
        files.par_iter().map(|&file| Interpreter::new(program, file, config).sweep(&consumed, &covered)).collect();
    for found in swept {
        absorb(&mut all, found);
    }
    scripts(program, facts, &mut all);
    super::dbt::models(program, facts, &mut all);
    all.uses.retain(|used| !sql::is_system(&used.table, used.dialect.unwrap_or_default()));
    all
}

/// Takes the uses back that are of rows which a trigger sees: the routine that it runs may stand in another file.
fn forget_transitions(found: &mut Found) {
    let mut known = sql::Transitions::default();
    for definition in &found.definitions {
        known.add(&definition.change);
    }
    if !known.is_empty() {
        found.uses.retain(|used| !known.hold(&used.table, used.routine.as_ref()));
    }
}

/// Takes the uses back that are of no table that lasts: of temporary ones which another text of the same service or
/// library makes, where nothing makes one of that name for good, and of sequences.
fn forget_what_is_no_table(program: &Program<'_>, found: &mut Found) {
    let mut temporary: FxHashSet<(Unit, Name)> = FxHashSet::default();
    let mut lasting: FxHashSet<Name> = FxHashSet::default();
    for definition in &found.definitions {
        if let sql::Change::Create { table, kind, .. } = &definition.change {
            let name = catalog::fold(&table.name.text);
            if !matches!(kind, sql::TableKind::Temporary) {
                lasting.insert(name);
            } else if table.qualifiers.is_empty() {
                temporary.insert((program.unit(definition.home), name));
            }
        }
    }
    temporary.retain(|(_, name)| !lasting.contains(name));
    let is_temporary = |used: &Use, name: &Name| {
        used.table.qualifiers.is_empty() && temporary.contains(&(program.unit(used.home), name.clone()))
    };
    // `SELECT last_value FROM orders_id_seq`: what counts the rows of a table is called after it.
    let is_sequence = |name: &Name| {
        let counted = |table: &Name| name.strip_prefix(table.as_str()).is_some_and(|rest| rest.starts_with('_'));
        name.ends_with("_seq") && !lasting.contains(name) && lasting.iter().any(counted)
    };
    found.uses.retain(|used| {
        let name = catalog::fold(&used.table.name.text);
        !is_temporary(used, &name) && !is_sequence(&name)
    });
}

fn absorb(all: &mut Found, found: Found) {
    all.uses.extend(found.uses);
    all.opaque.extend(found.opaque);
    all.definitions.extend(found.definitions);
    all.routines.extend(found.routines);
    all.includes.extend(found.includes);
    all.steps.extend(found.steps);
    all.transactions.extend(found.transactions);
    all.consumed.extend(found.consumed);
    all.covered.extend(found.covered);
    all.schemas.extend(found.schemas);
}

/// Where a framework is made to create the tables of its entities, each entity is a `create`: those of the unit, and of
/// the libraries that it links.
fn create_schemas(program: &Program<'_>, all: &mut Found) {
    let mut done: FxHashSet<(Unit, usize)> = FxHashSet::default();
    let mut between: FxHashSet<(Unit, TableName)> = FxHashSet::default();
    for (home, call, framework) in std::mem::take(&mut all.schemas) {
        let unit = program.unit(home);
        if program.context(home, false) != Context::Code {
            continue;
        }
        for (number, entity) in program.entities.list.iter().enumerate() {
            let file = entity.place.file;
            let owner = program.symbols.file(file).unit;
            let visible = owner == unit || program.symbols.visible(unit, owner);
            if entity.framework != framework || !visible || !done.insert((unit, number)) {
                continue;
            }
            let at = if owner == unit { Home { file, function: None } } else { home };
            let mut joins = tables_between(program, number);
            joins.retain(|table| between.insert((unit, table.clone())));
            for table in std::iter::once(&entity.table).chain(&joins) {
                all.uses.push(schema_use(program, at, call, entity, table));
                let change = sql::Change::Create {
                    table: table.clone(),
                    kind: sql::TableKind::Table,
                    bases: Vec::new(),
                    if_not_exists: true,
                    replace: false,
                    columns: Vec::new(),
                };
                let place = entity.place;
                all.definitions.push(DefinitionUse { home: at, place, change, routine: None, rollback: false });
            }
        }
    }
}

/// The tables between an entity and others that no entity stands for.
fn tables_between(program: &Program<'_>, number: usize) -> Vec<TableName> {
    let associations = program.entities.associations.iter();
    let own = associations.filter(|((owner, _), found)| *owner == number && found.rule.is_some());
    let tables = own.filter_map(|(_, found)| found.join.clone());
    let declared = |table: &TableName| program.entities.list.iter().any(|entity| entity.table == *table);
    let mut tables: Vec<TableName> = tables.filter(|table| !declared(table)).collect();
    tables.sort_unstable();
    tables.dedup();
    tables
}

fn schema_use(
    program: &Program<'_>,
    home: Home,
    call: Place,
    entity: &super::entities::Entity,
    table: &TableName,
) -> Use {
    let framework = program.frameworks.all[entity.framework].name.clone();
    Use {
        home,
        place: entity.place,
        site: entity.place,
        call: Some(call),
        table: table.clone(),
        privilege: Privilege::Create,
        evidence: Evidence {
            kind: EvidenceKind::Mapping,
            text: format!("{framework} creates the tables of its entities"),
            place: Some(call),
        },
        framework: Some(framework),
        partial: false,
        statement: super::interpret::fingerprint(table, Privilege::Create),
        block: None,
        referencing: None,
        routine: None,
        dialect: None,
        remote: None,
        needs_known_table: false,
        rule: None,
        rollback: false,
    }
}

/// The files of SQL: each belongs to who includes it, else to where it lies.
fn scripts(program: &Program<'_>, facts: &[(FileId, FileFacts)], all: &mut Found) {
    let workspace = program.symbols.workspace;
    let mut included: FxHashMap<FileId, Vec<IncludeUse>> = FxHashMap::default();
    for include in &all.includes {
        included.entry(include.file).or_default().push(include.clone());
    }
    for (file, facts) in facts {
        let Some(script) = &facts.script else { continue };
        let includes = included.get(file).map(|includes| &includes[..]).unwrap_or_default();
        let mut homes: Vec<(Home, Option<&IncludeUse>)> =
            includes.iter().map(|include| (include.home, Some(include))).collect();
        // What only tests run is still what it is where it lies.
        if homes.iter().all(|(home, _)| program.context(*home, false) == Context::Test) {
            homes.push((Home { file: *file, function: None }, None));
        }
        for (home, include) in homes {
            for statement in &script.script.statements {
                let half = script.rollback.iter().any(|half| half.contains(statement.span));
                let rollback = half || workspace.file(*file).is_some_and(|file| file.context == Context::Rollback);
                script_statement(all, *file, home, include, statement, script.script.dialect, rollback);
            }
        }
    }
}

fn script_statement(
    all: &mut Found,
    file: FileId,
    home: Home,
    include: Option<&IncludeUse>,
    statement: &sql::Statement,
    dialect: crate::vocabulary::Dialect,
    rollback: bool,
) {
    let place = |span| Place { file, span };
    let site = place(statement.span);
    let call = include.map(|include| include.call);
    let evidence = match include {
        Some(include) => Evidence {
            kind: EvidenceKind::Call,
            text: format!("{} runs this file", include.framework),
            place: Some(include.call),
        },
        None => {
            Evidence { kind: EvidenceKind::File, text: "a statement in a file of SQL".to_owned(), place: Some(site) }
        }
    };
    for access in &statement.accesses {
        all.uses.push(Use {
            home,
            place: place(access.span),
            site,
            call,
            table: access.table.clone(),
            privilege: access.privilege,
            evidence: evidence.clone(),
            framework: include.map(|include| include.framework.clone()),
            rule: None,
            partial: statement.partial || access.partial,
            statement: statement.normalised,
            block: access.block,
            referencing: access.referencing.clone(),
            routine: access.routine.clone(),
            dialect: Some(dialect),
            remote: access.remote.clone(),
            needs_known_table: false,
            rollback,
        });
    }
    for opaque in &statement.opaque {
        let place = place(opaque.span);
        all.opaque.push(OpaqueUse { home, place, reason: opaque.reason.to_string(), call, rule: None, rollback });
    }
    for definition in &statement.definitions {
        all.definitions.push(DefinitionUse {
            home,
            place: place(definition.span),
            change: definition.change.clone(),
            routine: definition.routine.clone(),
            rollback,
        });
    }
    for call in &statement.calls {
        all.routines.push(RoutineUse {
            home,
            place: place(call.span),
            site,
            name: call.name.clone(),
            statement: statement.normalised,
            by_trigger: statement.defines_trigger(),
            explicit: call.explicit,
            routine: call.routine.clone(),
            rollback,
        });
    }
    if let Some(mark) = statement.transaction {
        all.transactions.push((home, site, mark));
    }
}

/// Applies the definitions in order: see [`Sequence`]. What undoes, and what only tests do, defines nothing.
fn define(program: &Program<'_>, catalog: &mut Catalog<'_>, claims: &mut Claims, found: &Found) {
    let workspace = program.symbols.workspace;
    let mut definitions: Vec<&DefinitionUse> = found
        .definitions
        .iter()
        .filter(|definition| program.context(definition.home, definition.rollback) == Context::Code)
        .collect();
    let sequence = Sequence::new(workspace, &found.steps);
    definitions.sort_by_cached_key(|definition| (sequence.of(definition.place), definition.place, definition.home));
    let mut scope = catalog::Scope::default();
    let mut last: Option<Home> = None;
    for definition in &definitions {
        let home = definition.home;
        let unit = program.unit(home);
        if last != Some(home) {
            scope = catalog.scope(unit, definition.place.file, None);
            last = Some(home);
        }
        if definition.routine.is_none() {
            apply(workspace, catalog, claims, &mut scope, definition, unit);
        }
    }
    // What a routine creates comes into being when that is called: it is theirs whose routine it is, if nothing else
    // makes it.
    for definition in definitions.iter().filter(|definition| definition.routine.is_some()) {
        let sql::Change::Create { table, .. } = &definition.change else { continue };
        let unit = program.unit(definition.home);
        let mut scope = catalog.scope(unit, definition.place.file, None);
        if catalog.known(&scope, table).is_none() {
            apply(workspace, catalog, claims, &mut scope, definition, unit);
        }
    }
    for (number, entity) in program.entities.list.iter().enumerate() {
        if entity.creates {
            define_entity(program, catalog, claims, number);
        }
    }
    second_pass(program, catalog, claims, &definitions);
}

/// What is said of tables is read once all have their names: views, foreign tables, grants, comments.
fn second_pass(program: &Program<'_>, catalog: &mut Catalog<'_>, claims: &mut Claims, definitions: &[&DefinitionUse]) {
    let workspace = program.symbols.workspace;
    let servers = Servers::new(workspace, definitions.iter().map(|definition| &definition.change));
    let mut scope = catalog::Scope::default();
    let mut last: Option<Home> = None;
    for definition in definitions {
        let unit = program.unit(definition.home);
        if last != Some(definition.home) {
            scope = catalog.scope(unit, definition.place.file, None);
            last = Some(definition.home);
        }
        match &definition.change {
            sql::Change::Create { table, bases, kind, .. } => {
                let Some(kind_here) = catalog::kind_of(kind) else { continue };
                let Some(entry) = catalog.known(&scope, table) else { continue };
                // What was dropped and made again as something else has the bases of the last.
                if catalog.entries[entry].kind != kind_here {
                    continue;
                }
                let stands_for = !matches!(kind_here, super::model::TableKind::Table);
                let mut behind = Vec::new();
                if stands_for {
                    behind = stated::behind(catalog, &servers, &scope, unit, (table, kind, bases));
                    behind.retain(|base| *base != entry);
                }
                catalog.entries[entry].behind = behind;
            }
            change @ sql::Change::ImportForeignSchema { .. } => {
                stated::import((catalog, claims), &servers, (&scope, unit), change, definition.place);
            }
            change => {
                catalog.follow(&mut scope, change);
                stated::hear(workspace, catalog, claims, &scope, change, definition.place);
            }
        }
    }
}

fn apply(
    workspace: &Workspace,
    catalog: &mut Catalog<'_>,
    claims: &mut Claims,
    scope: &mut catalog::Scope,
    definition: &DefinitionUse,
    unit: Unit,
) {
    use sql::Change;
    match &definition.change {
        Change::Create { table, kind, .. } => {
            let Some(kind) = catalog::kind_of(kind) else { return };
            let place = definition.place;
            let entry = catalog.create(scope, table, kind, place);
            let database = catalog.entries[entry].database;
            let path = workspace.path(place.file);
            if let Some((service, why)) = owners::service_of_ddl(workspace, catalog, unit, path, database) {
                let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                let text = format!("its DDL creates the table{why}");
                let evidence = Evidence { kind: EvidenceKind::Migration, text, place: Some(place) };
                claims.migrations.entry(entry).or_default().entry(service).or_insert(evidence);
            } else {
                let text = "created here, by code of no service".to_owned();
                let evidence = Evidence { kind: EvidenceKind::Migration, text, place: Some(place) };
                claims.strays.entry(entry).or_insert(evidence);
            }
            if let sql::TableKind::Partition { of } = kind_in(&definition.change) {
                catalog.partition(scope, table, of);
            }
        }
        Change::Rename { from, to } => {
            let renamed = catalog.rename(scope, from, to, definition.place);
            claims.inherit(renamed);
        }
        Change::SetSchema { table, schema } => {
            let moved = catalog.set_schema(scope, table, schema, definition.place);
            claims.inherit(moved);
        }
        Change::AttachPartition { parent, partition } => catalog.partition(scope, partition, parent),
        Change::DetachPartition { parent, partition } => {
            let detached = catalog.detach(scope, partition, parent, definition.place);
            claims.inherit(detached);
        }
        Change::Drop { table, .. } => catalog.dropped(scope, table),
        change => catalog.follow(scope, change),
    }
}

fn kind_in(change: &sql::Change) -> &sql::TableKind {
    match change {
        sql::Change::Create { kind, .. } => kind,
        _ => &sql::TableKind::Table,
    }
}

fn define_entity(program: &Program<'_>, catalog: &mut Catalog<'_>, claims: &mut Claims, number: usize) {
    let entity = &program.entities.list[number];
    let file = entity.place.file;
    let home = Home { file, function: None };
    if program.context(home, false) != Context::Code {
        return;
    }
    let unit = program.unit(home);
    let framework = &program.frameworks.all[entity.framework].name;
    let services: Vec<u32> = match unit {
        Unit::Service(service) => vec![service.0],
        Unit::Library(library) => catalog.services_of(library).iter().map(|service| service.0).collect(),
        Unit::Unassigned => Vec::new(),
    };
    let scope = catalog.scope(unit, file, None);
    let entry = match catalog.known(&scope, &entity.table) {
        Some(entry) if catalog.entries[entry].defined => entry,
        _ => catalog.create(&scope, &entity.table, super::model::TableKind::Table, entity.place),
    };
    // An entity in a library that several services link says nothing of who creates the table.
    if let [service] = services[..] {
        let text = format!("{framework} creates the table from this mapping of its");
        let evidence = Evidence { kind: EvidenceKind::Mapping, text, place: Some(entity.place) };
        claims.mappings.entry(entry).or_default().entry(ServiceId(service)).or_insert(evidence);
    }
}

fn assemble(input: Input<'_>, catalog: &Catalog<'_>, mut claims: Claims, rows: Rows) -> Map {
    let workspace = input.workspace;
    let Rows { mut accesses, mut opaque, mut joins, mut transactions, keys: mut foreign_keys, written_for_unknown } =
        rows;
    claims.written_for_unknown = written_for_unknown;
    for access in &accesses {
        let writes =
            matches!(access.privilege, Privilege::Insert | Privilege::Update | Privilege::Delete | Privilege::Truncate);
        if writes && access.through.is_none() && access.context == super::model::AccessContext::Code {
            // A library that lies in one service's own folder is written by that service, whoever calls it.
            let path = workspace.path(access.place.file);
            let service = access.library.and_then(|_| owners::host(workspace, path)).or(access.service);
            if let Some(service) = service {
                claims.writers.entry(access.table.index()).or_default().entry(service).or_insert(access.place);
            }
        }
    }
    let used: BTreeSet<usize> = accesses
        .iter()
        .map(|access| access.table.index())
        .chain((0..catalog.entries.len()).filter(|&entry| catalog.entries[entry].defined))
        .collect();
    let (order, _) = catalog.order();
    let order: Vec<usize> = order.into_iter().filter(|entry| used.contains(entry)).collect();
    let ids: BTreeMap<usize, super::model::TableId> =
        (0u32..).zip(&order).map(|(id, &entry)| (entry, super::model::TableId(id))).collect();
    let tables = order.iter().map(|&entry| table(input, catalog, &claims, &ids, entry)).collect();
    // Until here a table's id was its entry in the catalog.
    for access in &mut accesses {
        access.table = ids[&access.table.index()];
        access.referrer = access.referrer.and_then(|referrer| ids.get(&referrer.index()).copied());
    }
    foreign_keys.retain_mut(|key| match (ids.get(&key.from.index()), ids.get(&key.to.index())) {
        (Some(&from), Some(&to)) => {
            (key.from, key.to) = (from, to);
            true
        }
        _ => false,
    });
    renumber(&mut accesses, &mut joins, &mut transactions);
    opaque.sort();
    opaque.dedup_by(|next, first| {
        // Several calls may bring what is not known to the same place.
        let same = (next.place, next.service, next.context) == (first.place, first.service, first.context)
            && next.reason == first.reason;
        if same {
            first.calls.append(&mut next.calls);
        }
        same
    });
    foreign_keys.sort();
    foreign_keys.dedup();
    Map {
        services: services(workspace, input.config),
        libraries: libraries(workspace),
        databases: catalog.databases.clone(),
        tables,
        accesses,
        opaque,
        foreign_keys,
        joins,
        transactions,
    }
}

/// Sorts the accesses, merges those that are the same, and lets joins and transactions speak of the new numbers.
fn renumber(
    accesses: &mut Vec<super::model::Access>,
    joins: &mut Vec<super::model::Join>,
    transactions: &mut Vec<super::model::Transaction>,
) {
    let mut order: Vec<usize> = (0..accesses.len()).collect();
    order.sort_by(|&a, &b| accesses[a].cmp(&accesses[b]));
    let mut new_number = vec![0usize; accesses.len()];
    let mut sorted: Vec<super::model::Access> = Vec::with_capacity(accesses.len());
    let same = |a: &super::model::Access, b: &super::model::Access| {
        a.place == b.place
            && a.service == b.service
            && a.library == b.library
            && a.table == b.table
            && a.privilege == b.privilege
            && a.through == b.through
            && a.context == b.context
            && a.via.path.first() == b.via.path.first()
    };
    let mut index: FxHashMap<(Place, u32), Vec<usize>> = FxHashMap::default();
    for old in order {
        let access = &accesses[old];
        let group = index.entry((access.place, access.table.0)).or_default();
        if let Some(&known) = group.iter().find(|&&known| same(&sorted[known], access)) {
            new_number[old] = known;
            continue;
        }
        group.push(sorted.len());
        new_number[old] = sorted.len();
        sorted.push(access.clone());
    }
    *accesses = sorted;
    let settle = |numbers: &mut Vec<usize>| {
        for number in numbers.iter_mut() {
            *number = new_number[*number];
        }
        numbers.sort_unstable();
        numbers.dedup();
    };
    for join in joins.iter_mut() {
        settle(&mut join.accesses);
    }
    for transaction in transactions.iter_mut() {
        settle(&mut transaction.writes);
    }
    joins.sort();
    joins.dedup();
    transactions.sort();
    transactions.dedup();
}

fn table(
    input: Input<'_>,
    catalog: &Catalog<'_>,
    claims: &Claims,
    ids: &BTreeMap<usize, super::model::TableId>,
    entry: usize,
) -> Table {
    let known = &catalog.entries[entry];
    let mut table = Table {
        database: Catalog::database_id(known.database),
        schema: known.schema.clone(),
        name: known.name.clone(),
        kind: known.kind,
        owner: None,
        owner_status: None,
        owner_evidence: Vec::new(),
        claims: Vec::new(),
        behind: known.behind.iter().filter_map(|base| ids.get(base).copied()).collect(),
        created_at: known.created_at,
        identity_note: known.note.clone(),
    };
    let database = &catalog.databases[known.database];
    owners::settle(&mut table, entry, claims, input.config, input.workspace, &database.name, database.stated);
    table
}

fn services(workspace: &Workspace, config: &Config) -> Vec<Service> {
    workspace
        .services
        .iter()
        .map(|service| Service {
            name: service.name.clone(),
            paths: service.paths.iter().map(ToString::to_string).collect(),
            databases: service.databases.iter().map(|link| super::model::DatabaseId(link.database.0)).collect(),
            schemas: service.schemas.clone(),
            libraries: service.links.iter().map(|library| super::model::LibraryId(library.0)).collect(),
            strict: config.services.get(&service.name).is_some_and(|declared| declared.strict),
            evidence: service
                .evidence
                .iter()
                .chain(service.databases.iter().flat_map(|link| &link.evidence))
                .map(catalog::evidence)
                .collect(),
        })
        .collect()
}

fn libraries(workspace: &Workspace) -> Vec<Library> {
    let library = |library: &crate::workspace::Library| Library {
        name: library.name.clone(),
        paths: library.paths.iter().map(ToString::to_string).collect(),
        evidence: library.evidence.iter().map(catalog::evidence).collect(),
    };
    workspace.libraries.iter().map(library).collect()
}
