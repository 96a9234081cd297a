//! Which table a name means: databases, schemas, renames, and the names that stand for other tables.
//!
//! The rules are those of design.md §3. Names are resolved within the databases a service connects to. Where those are
//! unknown the service has a database of its own that stands for them, its own definition of a name wins, then the only
//! other definer, and the table carries a note that says so.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::model::{Database, DatabaseId, Evidence, EvidenceKind, TableId, TableKind};
use crate::config::Config;
use crate::source::{FileId, Place};
use crate::sql::{self, Change};
use crate::vocabulary::{Dialect, Name, TableName};
use crate::workspace::{self, LibraryId, ServiceId, Unit, Workspace};

/// Schemas that a name without one lies in.
const DEFAULT_SCHEMAS: &[&str] = &["public", "dbo", "main", "default"];

/// A table while the map is made.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub database: usize,
    pub schema: Option<Name>,
    pub name: Name,
    pub kind: TableKind,
    pub behind: Vec<usize>,
    pub created_at: Option<Place>,
    /// Whether anything here creates it.
    pub defined: bool,
    /// Whether it was dropped since: what is created under its name is new.
    pub dropped: bool,
    pub note: Option<String>,
}

type Key = (usize, Option<Name>, Name);

/// All tables by name.
pub(super) struct Catalog<'a> {
    workspace: &'a Workspace,
    config: &'a Config,
    pub databases: Vec<Database>,
    /// Databases whose identity nobody states.
    assumed: Vec<bool>,
    of_unit: FxHashMap<Unit, Vec<usize>>,
    of_folder: FxHashMap<Name, usize>,
    pub entries: Vec<Entry>,
    keys: FxHashMap<Key, usize>,
    by_name: FxHashMap<Name, Vec<usize>>,
    /// The services that link each library.
    linked_by: FxHashMap<LibraryId, Vec<ServiceId>>,
}

/// Where names are looked up: whose code, in which file, with which search path.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    pub databases: Vec<usize>,
    /// Schemas a bare name is looked for in, in order.
    pub schemas: Vec<Name>,
    pub dialect: Option<Dialect>,
}

impl<'a> Catalog<'a> {
    pub(super) fn new(workspace: &'a Workspace, config: &'a Config) -> Self {
        let mut catalog = Self {
            workspace,
            config,
            databases: Vec::new(),
            assumed: Vec::new(),
            of_unit: FxHashMap::default(),
            of_folder: FxHashMap::default(),
            entries: Vec::new(),
            keys: FxHashMap::default(),
            by_name: FxHashMap::default(),
            linked_by: FxHashMap::default(),
        };
        for database in &workspace.databases {
            let evidence = database.evidence.iter().map(evidence).collect();
            let name = database.name.clone();
            catalog.databases.push(Database { name, dialect: database.dialect, stated: true, evidence });
            catalog.assumed.push(false);
        }
        for (index, service) in (0u32..).zip(&workspace.services) {
            let own: Vec<usize> = service.databases.iter().map(|link| link.database.0 as usize).collect();
            if !own.is_empty() {
                catalog.of_unit.insert(Unit::Service(ServiceId(index)), own);
            }
            for &library in &service.links {
                catalog.linked_by.entry(library).or_default().push(ServiceId(index));
            }
        }
        catalog
    }

    fn assume(&mut self, name: String) -> usize {
        self.databases.push(Database { name: name.into(), dialect: None, stated: false, evidence: Vec::new() });
        self.assumed.push(true);
        self.databases.len() - 1
    }

    /// The databases that code of a unit speaks to; one that stands for them where they are unknown.
    pub(super) fn databases_of(&mut self, unit: Unit, file: FileId) -> Vec<usize> {
        let path = self.workspace.path(file);
        if let Some(wiring) = self.workspace.wiring_of(path) {
            if let Some(database) = wiring.database {
                return vec![database.0 as usize];
            }
            if let Some(service) = wiring.service {
                return self.databases_of_unit(Unit::Service(service));
            }
        }
        match unit {
            Unit::Service(_) => self.databases_of_unit(unit),
            Unit::Library(library) => self.databases_of_library(library),
            Unit::Unassigned => {
                let stated: Vec<usize> = (0..self.workspace.databases.len()).collect();
                if let [only] = stated[..] {
                    return vec![only];
                }
                let folder = path.rfind('/').map_or("", |at| &path[..at]);
                let folder: Name = folder.into();
                if let Some(&known) = self.of_folder.get(&folder) {
                    return vec![known];
                }
                let shown = if folder.is_empty() { "." } else { folder.as_str() };
                let assumed = self.assume(format!("<{shown}>"));
                self.of_folder.insert(folder, assumed);
                vec![assumed]
            }
        }
    }

    pub(super) fn databases_of_unit(&mut self, unit: Unit) -> Vec<usize> {
        if let Some(known) = self.of_unit.get(&unit) {
            return known.clone();
        }
        let name = match unit {
            Unit::Service(id) => self.workspace.service(id).map(|service| service.name.clone()),
            Unit::Library(id) => self.workspace.library(id).map(|library| library.name.clone()),
            Unit::Unassigned => None,
        };
        let assumed = self.assume(format!("<{}>", name.unwrap_or_default()));
        self.of_unit.insert(unit, vec![assumed]);
        vec![assumed]
    }

    /// A library's DDL lies in the one database that all its services connect to.
    fn databases_of_library(&mut self, library: LibraryId) -> Vec<usize> {
        let services = self.linked_by.get(&library).cloned().unwrap_or_default();
        let mut stated: Vec<usize> = services
            .iter()
            .filter_map(|&service| self.of_unit.get(&Unit::Service(service)))
            .flatten()
            .copied()
            .collect();
        stated.retain(|&database| !self.assumed[database]);
        stated.sort_unstable();
        stated.dedup();
        match stated[..] {
            [only] => vec![only],
            _ => self.databases_of_unit(Unit::Library(library)),
        }
    }

    /// The services that link a library.
    pub(super) fn services_of(&self, library: LibraryId) -> &[ServiceId] {
        self.linked_by.get(&library).map(|services| &services[..]).unwrap_or_default()
    }

    /// The scope of code of a unit in a file.
    pub(super) fn scope(&mut self, unit: Unit, file: FileId, dialect: Option<Dialect>) -> Scope {
        let databases = self.databases_of(unit, file);
        let mut schemas = Vec::new();
        if let Unit::Service(id) = unit
            && let Some(service) = self.workspace.service(id)
        {
            schemas.extend(service.databases.iter().flat_map(|link| link.schemas.iter().cloned()));
            schemas.extend(service.schemas.iter().cloned());
        }
        let dialect = dialect.or_else(|| databases.iter().find_map(|&database| self.databases[database].dialect));
        Scope { databases, schemas, dialect }
    }

    /// Splits a written name to database, schema and table, as the dialect reads them.
    fn split(&self, name: &TableName, scope: &Scope) -> (Option<usize>, Option<Name>, Name) {
        let table = fold(&name.name.text);
        let first_as_database = matches!(
            scope.dialect,
            Some(Dialect::Mysql | Dialect::Clickhouse | Dialect::Hive | Dialect::Bigquery | Dialect::Cql)
        );
        let database_named = |text: &Name| {
            let same = |&database: &usize| fold(&self.databases[database].name) == fold(text);
            scope.databases.iter().copied().find(same).or_else(|| (0..self.workspace.databases.len()).find(same))
        };
        match &name.qualifiers[..] {
            [] => (None, None, table),
            [only] => match database_named(&only.text) {
                Some(database) if first_as_database => (Some(database), None, table),
                _ => (None, schema(&only.text), table),
            },
            [.., database, schema_part] => (database_named(&database.text), schema(&schema_part.text), table),
        }
    }

    fn find(&self, database: usize, schema: Option<&Name>, table: &Name, schemas: &[Name]) -> Option<usize> {
        if let Some(schema) = schema {
            return self.keys.get(&(database, Some(schema.clone()), table.clone())).copied();
        }
        let searched = schemas.iter().map(self::schema).chain([None]);
        for schema in searched {
            if let Some(&entry) = self.keys.get(&(database, schema, table.clone())) {
                return Some(entry);
            }
        }
        // A bare name may mean a table of any schema, if there is only one: the search path is not always to be seen.
        let mut found = self
            .by_name
            .get(table)
            .into_iter()
            .flatten()
            .copied()
            .filter(|&entry| self.entries[entry].database == database && self.entries[entry].defined);
        let first = found.next()?;
        found.all(|entry| entry == first).then_some(first)
    }

    /// The table that a name means in a scope, made if it is not known.
    pub(super) fn resolve(&mut self, scope: &Scope, unit: Unit, name: &TableName) -> usize {
        let (database, schema, table) = self.split(name, scope);
        let databases = database.map_or_else(|| scope.databases.clone(), |database| vec![database]);
        for &database in &databases {
            if let Some(entry) = self.find(database, schema.as_ref(), &table, &scope.schemas)
                && self.entries[entry].defined
            {
                return entry;
            }
        }
        if database.is_none()
            && !self.declares(unit, schema.as_ref(), &table)
            && let Some(entry) = self.elsewhere(&databases, unit, schema.as_ref(), &table)
        {
            return entry;
        }
        for &database in &databases {
            if let Some(entry) = self.find(database, schema.as_ref(), &table, &scope.schemas) {
                return entry;
            }
        }
        let database = databases.first().copied().unwrap_or(0);
        let schema = schema.or_else(|| scope.schemas.first().and_then(self::schema));
        self.entry(database, schema, table, &name.name.text)
    }

    /// One statement runs in one database: of several that its code may speak to, the one that has all its tables; of
    /// several such, the one whose definition lies nearest to the mapping at `near`. `None` where that tells nothing.
    pub(super) fn narrowed(
        &self,
        scope: &Scope,
        unit: Unit,
        names: &[&TableName],
        near: Option<FileId>,
    ) -> Option<Scope> {
        let own = scope.databases.iter().copied();
        let candidates: Vec<usize> = own.chain(self.linked_databases(unit)).collect();
        let names: Vec<_> = names.iter().map(|name| self.split(name, scope)).collect();
        if candidates.len() < 2 || names.iter().any(|(database, ..)| database.is_some()) {
            return None;
        }
        let defined = |database: usize, (_, schema, table): &(Option<usize>, Option<Name>, Name)| {
            self.find(database, schema.as_ref(), table, &scope.schemas).filter(|&entry| self.entries[entry].defined)
        };
        let only = |database: usize| Some(Scope { databases: vec![database], ..scope.clone() });
        let whole: Vec<usize> = candidates
            .iter()
            .copied()
            .filter(|&database| names.iter().all(|name| defined(database, name).is_some()))
            .collect();
        match (&whole[..], near) {
            ([one], _) => only(*one),
            // What some of the tables are is known, what the others are is not: then the statement runs where nobody
            // here says what there is, and no table of it is another's for its name alone.
            ([], _) => {
                let some = |name| candidates.iter().any(|&database| defined(database, name).is_some());
                let first = scope.databases.first().copied()?;
                (names.iter().any(some) && !names.iter().all(some)).then(|| only(first)).flatten()
            }
            (several, Some(file)) => {
                let distance = |database: usize| {
                    let made = names.first().and_then(|name| self.entries[defined(database, name)?].created_at);
                    made.map_or(0, |place| self.shared_folders(place.file, file))
                };
                let best = several.iter().map(|&database| distance(database)).max()?;
                let mut nearest = several.iter().filter(|&&database| distance(database) == best);
                let first = *nearest.next()?;
                nearest.next().is_none().then(|| only(first)).flatten()
            }
            _ => None,
        }
    }

    /// The databases that stand for the DDL of libraries which the unit links.
    fn linked_databases(&self, unit: Unit) -> Vec<usize> {
        let links = match unit {
            Unit::Service(id) => self.workspace.service(id).map(|service| &service.links),
            Unit::Library(id) => self.workspace.library(id).map(|library| &library.links),
            Unit::Unassigned => None,
        };
        let of_library = |library: &LibraryId| self.of_unit.get(&Unit::Library(*library));
        let all = links.into_iter().flatten().filter_map(of_library).flatten().copied();
        all.filter(|&database| self.assumed[database]).collect()
    }

    /// How many folders two paths have in common.
    fn shared_folders(&self, one: FileId, other: FileId) -> usize {
        let folders = |file| self.workspace.path(file).split('/');
        folders(one).zip(folders(other)).take_while(|(a, b)| a == b).count()
    }

    /// The only other definer of a name, where it is not known which databases are the same.
    fn elsewhere(&mut self, own: &[usize], unit: Unit, schema: Option<&Name>, table: &Name) -> Option<usize> {
        let own_assumed = own.iter().all(|&database| self.assumed[database]);
        let mut found: Vec<usize> = self
            .by_name
            .get(table)
            .into_iter()
            .flatten()
            .copied()
            .filter(|&entry| {
                let entry = &self.entries[entry];
                entry.defined
                    && (own_assumed || self.assumed[entry.database] && self.is_free(entry.database, unit))
                    && (schema.is_none() || entry.schema.as_ref() == schema)
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        let only = match found[..] {
            [only] => only,
            [] if own_assumed => self.declared_elsewhere(unit, schema, table)?,
            _ => return None,
        };
        if self.entries[only].note.is_none() && !matches!(unit, Unit::Unassigned) {
            let service = match unit {
                Unit::Service(id) => self.workspace.service(id).map(|service| service.name.to_string()),
                _ => None,
            };
            let who = service.map_or_else(|| "this code".to_owned(), |name| format!("`{name}`"));
            self.entries[only].note = Some(format!(
                "which database {who} connects to is not known here; `{}` was taken for the only definition of that \
                 name. State it with `databases` in `bailiwick.toml`",
                self.entries[only].name
            ));
        }
        Some(only)
    }

    /// Whether a service declares that it owns a table of that name: then it means its own.
    fn declares(&self, unit: Unit, schema: Option<&Name>, table: &Name) -> bool {
        let Unit::Service(id) = unit else { return false };
        let Some(service) = self.workspace.service(id) else { return false };
        let owners = self.config.declared_owners(None, schema.map(Name::as_str), table);
        !service.databases.is_empty() && owners.iter().any(|(owner, _)| **owner == service.name)
    }

    /// The table of that name that exactly one other service declares to own, where nothing here creates it.
    fn declared_elsewhere(&mut self, unit: Unit, schema: Option<&Name>, table: &Name) -> Option<usize> {
        let owners = self.config.declared_owners(None, schema.map(Name::as_str), table);
        let [(owner, _)] = owners[..] else { return None };
        let owner = Unit::Service(self.workspace.service_named(owner)?);
        if owner == unit {
            return None;
        }
        let database = self.databases_of_unit(owner).first().copied()?;
        Some(self.entry(database, schema.cloned(), table.clone(), table))
    }

    /// Whether a database stands for DDL that belongs to no service, nor to a library that `unit` does not link.
    fn is_free(&self, database: usize, unit: Unit) -> bool {
        self.of_unit.iter().filter(|(_, own)| own.contains(&database)).all(|(holder, _)| match holder {
            Unit::Library(_) => *holder == unit || self.linked_databases(unit).contains(&database),
            Unit::Service(_) => false,
            Unit::Unassigned => true,
        })
    }

    fn entry(&mut self, database: usize, schema: Option<Name>, table: Name, shown: &Name) -> usize {
        let key = (database, schema.clone(), table.clone());
        if let Some(&known) = self.keys.get(&key) {
            return known;
        }
        self.entries.push(Entry {
            database,
            schema,
            name: shown.clone(),
            kind: TableKind::Table,
            behind: Vec::new(),
            created_at: None,
            defined: false,
            dropped: false,
            note: None,
        });
        let entry = self.entries.len() - 1;
        self.keys.insert(key, entry);
        self.by_name.entry(table).or_default().push(entry);
        entry
    }

    /// A table comes into being in a scope. Gives its entry.
    pub(super) fn create(&mut self, scope: &Scope, name: &TableName, kind: TableKind, place: Place) -> usize {
        let (database, schema, table) = self.split(name, scope);
        let database = database.or_else(|| self.best_database(scope, place)).unwrap_or(0);
        let schema = schema.or_else(|| scope.schemas.first().and_then(self::schema));
        let entry = self.entry(database, schema, table, &name.name.text);
        let slot = &mut self.entries[entry];
        if !slot.defined || std::mem::take(&mut slot.dropped) {
            slot.defined = true;
            slot.kind = kind;
            slot.created_at = Some(place);
            slot.name = name.name.text.clone();
        }
        entry
    }

    /// Of several databases the one that a part of the file's path names, else the first.
    fn best_database(&self, scope: &Scope, place: Place) -> Option<usize> {
        let path = self.workspace.path(place.file).to_lowercase();
        let named = |&&database: &&usize| {
            let name = fold(&self.databases[database].name);
            path.split(['/', '.', '-', '_']).any(|part| part == name.as_str())
                || path.split('/').any(|part| part == name.as_str())
        };
        scope.databases.iter().find(named).or_else(|| scope.databases.first()).copied()
    }

    /// A table gets another name, or moves to another schema. The old name stays what it was, for what was written
    /// while it held; the new one is a table of its own, whose makers are the old one's. Gives both entries.
    pub(super) fn rename(
        &mut self,
        scope: &Scope,
        from: &TableName,
        to: &TableName,
        place: Place,
    ) -> Option<(usize, usize)> {
        let old = self.known(scope, from)?;
        let (_, to_schema, to_table) = self.split(to, scope);
        let schema = to_schema.or_else(|| self.entries[old].schema.clone());
        Some((old, self.renamed(old, schema, to_table, &to.name.text, place)))
    }

    /// A table moves to another schema. Gives both entries.
    pub(super) fn set_schema(
        &mut self,
        scope: &Scope,
        table: &TableName,
        schema: &Name,
        place: Place,
    ) -> Option<(usize, usize)> {
        let old = self.known(scope, table)?;
        let shown = self.entries[old].name.clone();
        Some((old, self.renamed(old, self::schema(schema), fold(&shown), &shown, place)))
    }

    fn renamed(&mut self, old: usize, schema: Option<Name>, table: Name, shown: &Name, place: Place) -> usize {
        let new = self.entry(self.entries[old].database, schema, table, shown);
        let (kind, defined, behind) = {
            let old = &self.entries[old];
            (old.kind, old.defined, old.behind.clone())
        };
        let slot = &mut self.entries[new];
        // What had the name before, and was dropped, is forgotten.
        if !slot.defined || std::mem::take(&mut slot.dropped) {
            (slot.kind, slot.defined, slot.behind) = (kind, defined, behind);
            slot.created_at = Some(place);
        }
        new
    }

    /// A partition counts as its table: its name means the table.
    pub(super) fn partition(&mut self, scope: &Scope, partition: &TableName, parent: &TableName) {
        let Some(parent) = self.known(scope, parent) else { return };
        let (_, schema, table) = self.split(partition, scope);
        self.keys.insert((self.entries[parent].database, schema, table), parent);
    }

    /// A table goes. It stays known, for what was written while it was there.
    pub(super) fn dropped(&mut self, scope: &Scope, name: &TableName) {
        if let Some(entry) = self.known(scope, name) {
            self.entries[entry].dropped = true;
        }
    }

    /// A partition becomes a table of its own again. Gives the whole and the part.
    pub(super) fn detach(
        &mut self,
        scope: &Scope,
        partition: &TableName,
        parent: &TableName,
        place: Place,
    ) -> Option<(usize, usize)> {
        let parent = self.known(scope, parent)?;
        let (_, schema, table) = self.split(partition, scope);
        let key = (self.entries[parent].database, schema.clone(), table.clone());
        if self.keys.get(&key) == Some(&parent) {
            self.keys.remove(&key);
            let of_name = self.by_name.get(&table).into_iter().flatten();
            let own = of_name.copied().find(|&entry| {
                let entry = &self.entries[entry];
                (entry.database, &entry.schema) == (key.0, &schema)
            });
            if let Some(own) = own {
                self.keys.insert(key, own);
            }
        }
        Some((parent, self.renamed(parent, schema, table, &partition.name.text, place)))
    }

    /// The table of that name, if it is known in the scope's databases.
    pub(super) fn known(&self, scope: &Scope, name: &TableName) -> Option<usize> {
        let (database, schema, table) = self.split(name, scope);
        let databases = database.map_or_else(|| scope.databases.clone(), |database| vec![database]);
        databases.iter().find_map(|&database| self.find(database, schema.as_ref(), &table, &scope.schemas))
    }

    /// The tables of a schema; of the default one where `schema` is that.
    pub(super) fn in_schema(&self, database: usize, schema: &Name) -> Vec<usize> {
        let wanted = self::schema(schema);
        let of_database = |name: &Name| fold(&self.databases[database].name) == fold(name);
        let inside = |entry: &Entry| {
            entry.database == database && entry.defined && (entry.schema == wanted || of_database(schema))
        };
        (0..self.entries.len()).filter(|&entry| inside(&self.entries[entry])).collect()
    }

    /// The one table of that name that is defined in another database than the scope's.
    pub(super) fn only_elsewhere(&self, scope: &Scope, name: &TableName) -> Option<usize> {
        let (_, schema, table) = self.split(name, scope);
        let mut found = self.by_name.get(&table).into_iter().flatten().copied().filter(|&entry| {
            let entry = &self.entries[entry];
            let elsewhere = !scope.databases.contains(&entry.database) && entry.kind == TableKind::Table;
            entry.defined && elsewhere && (schema.is_none() || entry.schema == schema)
        });
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Whether the scope's databases know the name, or nothing at all is known of their tables.
    pub(super) fn may_mean(&self, scope: &Scope, name: &TableName) -> bool {
        let (_, _, table) = self.split(name, scope);
        let defined_anywhere = self.by_name.get(&table).into_iter().flatten().any(|&entry| self.entries[entry].defined);
        defined_anywhere || self.known(scope, name).is_some() || !self.entries.iter().any(|entry| entry.defined)
    }

    /// A change to the search path while a script is read.
    pub(super) fn follow(&self, scope: &mut Scope, change: &Change) {
        match change {
            Change::SearchPath(schemas) => scope.schemas.clone_from(schemas),
            Change::Use(parts) => {
                let Some(last) = parts.last() else { return };
                let same = |&database: &usize| fold(&self.databases[database].name) == fold(last);
                match (0..self.workspace.databases.len()).find(same) {
                    Some(database) => scope.databases = vec![database],
                    // A database that the settings do not name: its tables are told apart as by a schema.
                    None if scope.databases.len() == 1 => scope.schemas = vec![last.clone()],
                    None => {}
                }
            }
            _ => {}
        }
    }
}

/// The kind a definition gives a table.
pub(super) fn kind_of(kind: &sql::TableKind) -> Option<TableKind> {
    Some(match kind {
        sql::TableKind::Table => TableKind::Table,
        sql::TableKind::View => TableKind::View,
        sql::TableKind::MaterializedView => TableKind::MaterializedView,
        sql::TableKind::Foreign { .. } => TableKind::ForeignTable,
        sql::TableKind::Synonym { .. } => TableKind::Synonym,
        sql::TableKind::Partition { .. } => TableKind::Partition,
        _ => return None,
    })
}

/// A schema's key: folded, and none for the default ones.
fn schema(name: &Name) -> Option<Name> {
    let folded = fold(name);
    (!DEFAULT_SCHEMAS.contains(&folded.as_str())).then_some(folded)
}

/// Names are compared without case.
pub(super) fn fold(name: &Name) -> Name {
    if name.chars().any(char::is_uppercase) { name.to_lowercase().into() } else { name.clone() }
}

/// The workspace's evidence in the map's words.
pub(super) fn evidence(evidence: &workspace::Evidence) -> Evidence {
    let kind = match evidence.kind {
        workspace::EvidenceKind::Config => EvidenceKind::Config,
        workspace::EvidenceKind::Settings => EvidenceKind::Setting,
        _ => EvidenceKind::Manifest,
    };
    Evidence { kind, text: evidence.text.clone(), place: evidence.place }
}

impl Catalog<'_> {
    /// The tables in their final order, and for each entry its place in it. Only tables that something touches or
    /// creates are in the map.
    pub(super) fn order(&self) -> (Vec<usize>, BTreeMap<usize, TableId>) {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by(|&a, &b| {
            let key = |entry: usize| {
                let entry = &self.entries[entry];
                (
                    self.databases[entry.database].name.clone(),
                    entry.database,
                    entry.schema.clone(),
                    fold(&entry.name),
                    entry.name.clone(),
                )
            };
            key(a).cmp(&key(b)).then(a.cmp(&b))
        });
        let ids = (0u32..).zip(&order).map(|(id, &entry)| (entry, TableId(id))).collect();
        (order, ids)
    }

    /// The id a database has in the map.
    pub(super) fn database_id(database: usize) -> DatabaseId {
        DatabaseId(u32::try_from(database).unwrap_or(u32::MAX))
    }
}
