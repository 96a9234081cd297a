//! Statements that change rows: INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY and their kin.

use super::OpaqueReason;
use super::keywords::Key;
use super::lexer::Kind;
use super::names::{Named, Written};
use super::query::Item;
use super::reader::Reader;
use crate::source::Span;
use crate::vocabulary::{Dialect, Privilege};

/// A target that may turn out to be an alias of a table in the FROM clause.
struct Target {
    written: Written,
    /// Its access, if it is a table by itself.
    access: Option<usize>,
}

impl Reader<'_> {
    /// Reads the data-changing statement that begins here.
    pub fn change(&mut self) {
        let block = self.block.take();
        match self.key(self.pos) {
            Key::Insert | Key::Replace | Key::Upsert => self.insert(),
            Key::Update => self.update(),
            Key::Delete => self.delete(),
            Key::Merge => self.merge(),
            _ => self.partial(),
        }
        self.block = block;
    }

    // --- INSERT

    fn insert(&mut self) {
        let replace = self.at(Key::Replace);
        self.is_kind(if replace { "replace" } else { "insert" });
        self.pos += 1;
        let mut privileges = vec![Privilege::Insert];
        if replace {
            privileges.push(Privilege::Delete);
        }
        if self.is_multiple_insert() {
            return self.insert_all();
        }
        self.insert_modifiers(&mut privileges);
        if self.is_multiple_insert() {
            return self.insert_all();
        }
        if self.at(Key::Directory) || self.at(Key::Local) && self.key(self.pos + 1) == Key::Directory {
            return self.finish_statement();
        }
        let next = self.token(self.pos + 1);
        if !next.key.starts_query() && next.key != Key::Set && next.kind != Kind::Open {
            self.eat(Key::Table);
        }
        if self.at(Key::Function) {
            // ClickHouse writes into a table function.
            return self.finish_statement();
        }
        let written = self.insert_target(&privileges);
        self.insert_tail(written.as_ref());
    }

    /// `INSERT ALL`, `INSERT FIRST`, `INSERT WHEN`: several targets, told by conditions.
    fn is_multiple_insert(&self) -> bool {
        match self.key(self.pos) {
            Key::When => true,
            Key::All | Key::First => matches!(self.key(self.pos + 1), Key::When | Key::Into),
            _ => false,
        }
    }

    fn insert_modifiers(&mut self, privileges: &mut Vec<Privilege>) {
        loop {
            match self.key(self.pos) {
                Key::Into | Key::Ignore => self.pos += 1,
                Key::Overwrite => {
                    privileges.push(Privilege::Delete);
                    self.pos += 1;
                }
                Key::Or => {
                    if self.key(self.pos + 1) == Key::Replace {
                        privileges.push(Privilege::Delete);
                    }
                    self.pos += 2;
                }
                Key::Top => {
                    self.pos += 1;
                    self.parentheses();
                    self.eat_word("percent");
                }
                _ if self.is_priority() => self.pos += 1,
                _ => return,
            }
        }
    }

    fn is_priority(&self) -> bool {
        ["low_priority", "high_priority", "delayed", "quick"].iter().any(|word| self.is_word(self.pos, word))
    }

    /// The table that is inserted into; Oracle allows a query in its place.
    fn insert_target(&mut self, privileges: &[Privilege]) -> Option<Written> {
        if self.kind(self.pos) == Kind::Open {
            let from = self.out.statement.accesses.len();
            self.subquery();
            self.retarget(from, privileges);
            return None;
        }
        let written = self.target(privileges[0])?;
        for &privilege in &privileges[1..] {
            self.touch(&written, privilege);
        }
        Some(written)
    }

    /// The first table that was read since `from` is written, not read.
    fn retarget(&mut self, from: usize, privileges: &[Privilege]) {
        let accesses = &mut self.out.statement.accesses;
        let Some(first) = accesses[from..].iter().position(|access| access.privilege == Privilege::Select) else {
            return;
        };
        accesses[from + first].privilege = privileges[0];
        for &privilege in &privileges[1..] {
            let more = super::Access { privilege, ..accesses[from + first].clone() };
            accesses.push(more);
        }
    }

    /// What follows the target of an INSERT.
    fn insert_tail(&mut self, written: Option<&Written>) {
        if self.at(Key::Partition) {
            self.pos += 1;
            self.parentheses();
        }
        if !(self.at(Key::Table) && self.is_insert_clause(self.pos)) {
            self.alias();
        }
        if self.kind(self.pos) == Kind::Open
            && !self.query_follows(self.pos + 1)
            && self.kind(self.pos + 1) != Kind::Open
        {
            self.skip_parentheses();
        }
        if self.token(self.pos).is_unknown() && self.tail_is_unknown() {
            self.partial();
        }
        loop {
            self.expression(|reader, at| reader.is_insert_clause(at) || reader.ends_statement(at));
            match self.key(self.pos) {
                _ if self.at_end() => return,
                Key::On => self.on_conflict(written),
                Key::Output => self.output(),
                Key::Exec | Key::Execute => return self.run(),
                Key::Replace => {
                    self.pos += 1;
                    if let Some(written) = written {
                        self.touch(written, Privilege::Delete);
                    }
                }
                Key::Select | Key::With | Key::Table | Key::From => {
                    let before = self.pos;
                    self.query();
                    if self.pos == before {
                        return;
                    }
                }
                Key::Into => {
                    self.pos += 1;
                    self.expression(Self::ends_statement);
                }
                _ => return,
            }
        }
    }

    /// A hole after the target of an INSERT may be its whole source.
    fn tail_is_unknown(&self) -> bool {
        let next = self.token(self.pos + 1);
        !matches!(next.key, Key::Values | Key::Select | Key::Set | Key::Default | Key::On)
    }

    fn is_insert_clause(&self, at: usize) -> bool {
        match self.key(at) {
            Key::Select | Key::Output | Key::Into => true,
            Key::With => self.is_with_clause(at),
            // Databricks' `INSERT INTO t REPLACE WHERE …`.
            Key::Replace => self.key(at + 1) == Key::Where,
            Key::Table => self.token(at + 1).is_name(),
            Key::From => self.is_from_clause(at),
            Key::Exec | Key::Execute => self.token(at + 1).is_name() || self.kind(at + 1) == Kind::Open,
            Key::On => matches!(self.key(at + 1), Key::Conflict | Key::Duplicate),
            _ => false,
        }
    }

    /// `ON CONFLICT … DO UPDATE`, `ON DUPLICATE KEY UPDATE`.
    fn on_conflict(&mut self, written: Option<&Written>) {
        self.pos += 2;
        // `ON CONFLICT ON CONSTRAINT name`.
        self.eat(Key::On);
        let from = self.pos;
        self.expression(|reader, at| reader.key(at) == Key::On || reader.ends_statement(at));
        let updates = self.tokens[from..self.pos]
            .windows(2)
            .any(|pair| matches!(pair[0].key, Key::Do | Key::Key) && pair[1].key == Key::Update);
        if let (Some(written), true) = (written, updates) {
            self.touch(written, Privilege::Update);
        }
    }

    /// T-SQL's `OUTPUT … INTO table`.
    fn output(&mut self) {
        self.pos += 1;
        self.expression(|reader, at| {
            matches!(
                reader.key(at),
                Key::Into | Key::Values | Key::Select | Key::From | Key::Where | Key::Exec | Key::With
            ) || reader.ends_statement(at)
        });
        if self.eat(Key::Into) {
            if let Named::Table(written) = self.name() {
                self.touch(&written, Privilege::Insert);
            }
            self.skip_parentheses();
        }
    }

    /// Oracle's and Snowflake's `INSERT ALL [WHEN … THEN] INTO a … INTO b … SELECT`.
    fn insert_all(&mut self) {
        self.pos += 1;
        loop {
            self.expression(|reader, at| {
                matches!(reader.key(at), Key::Into | Key::Select)
                    || reader.key(at) == Key::With && reader.is_with_clause(at)
            });
            match self.key(self.pos) {
                Key::Into => {
                    self.pos += 1;
                    self.target(Privilege::Insert);
                    self.skip_parentheses();
                }
                Key::Select | Key::With => return self.query(),
                _ => return,
            }
        }
    }

    // --- UPDATE

    fn update(&mut self) {
        self.is_kind("update");
        self.pos += 1;
        while self.is_priority() || matches!(self.key(self.pos), Key::Ignore | Key::Or | Key::Only | Key::Top) {
            match self.key(self.pos) {
                Key::Or => self.pos += 2,
                Key::Top => {
                    self.pos += 1;
                    self.parentheses();
                    self.eat_word("percent");
                }
                Key::Only if self.key(self.pos + 1) == Key::Set => break,
                _ => self.pos += 1,
            }
        }
        let block = self.out.block();
        self.block = Some(block);
        let from = self.out.statement.accesses.len();
        let opaque = self.out.statement.opaque.len();
        let mut items = Vec::new();
        self.tables_of_from(&mut items);
        let until = self.out.statement.accesses.len();
        let mut sources = Vec::new();
        if self.eat(Key::From) {
            // Teradata and Snowflake name the sources first: `UPDATE t FROM u SET …`.
            self.tables_of_from(&mut sources);
        }
        let set_from = self.pos;
        if !self.at(Key::Set) && !self.at_end() {
            // `UPDATE t … PARTITION … SET`: go on to the assignments.
            self.expression(|reader, at| reader.key(at) == Key::Set || reader.ends_statement(at));
        }
        self.eat(Key::Set);
        self.expression(|reader, at| {
            matches!(reader.key(at), Key::Where | Key::Output)
                || reader.key(at) == Key::From && reader.is_from_clause(at)
                || reader.ends_statement(at)
        });
        let set = set_from..self.pos;
        if self.at(Key::Output) {
            self.output();
        }
        for hole in &mut self.out.statement.opaque[opaque..] {
            hole.privilege = Some(Privilege::Update);
        }
        if self.eat(Key::From) {
            self.tables_of_from(&mut sources);
        }
        self.update_targets(&items, &sources, from..until, set);
        self.clauses(&mut Vec::new());
        self.finish_statement();
    }

    /// Tells which of the tables of an UPDATE are written.
    fn update_targets(
        &mut self,
        items: &[Item],
        sources: &[Item],
        accesses: std::ops::Range<usize>,
        set: std::ops::Range<usize>,
    ) {
        if items.len() <= 1 && sources.is_empty() {
            return match items.first() {
                Some(item) if item.cte.is_some() => self.write_cte(item.cte, Privilege::Update),
                _ => self.write_all(accesses, Privilege::Update),
            };
        }
        if items.len() > 1 {
            let written = self.assigned(items, set);
            for &index in &written {
                self.write_item(&items[index], Privilege::Update);
            }
            return;
        }
        let Some(item) = items.first() else { return };
        let source = sources.iter().find(|source| source.aliased && source.exposed == item.exposed && !item.aliased);
        match source {
            Some(source) if source.cte.is_some() => self.write_cte(source.cte, Privilege::Update),
            Some(source) => {
                let source = source.accesses.clone();
                self.write_all(source, Privilege::Update);
                self.forget(accesses);
            }
            None if item.cte.is_some() => self.write_cte(item.cte, Privilege::Update),
            None => self.write_all(accesses, Privilege::Update),
        }
    }

    /// In MySQL's UPDATE of a join: the items whose columns are assigned to.
    fn assigned(&self, items: &[Item], set: std::ops::Range<usize>) -> Vec<usize> {
        let mut written = Vec::new();
        let mut at = set.start;
        let mut fresh = false;
        while at < set.end {
            match self.tokens[at].kind {
                Kind::Open => at = self.close_of(at).min(set.end),
                Kind::Comma => fresh = true,
                _ if self.key(at) == Key::Set => fresh = true,
                Kind::Word | Kind::Quoted if fresh => {
                    fresh = false;
                    // The qualifier next to the column: `db.t.column = …`.
                    let mut last = None;
                    while self.kind(at + 1) == Kind::Dot && at + 2 < set.end {
                        last = Some(at);
                        at += 2;
                    }
                    let name = last.map(|last| self.fold(&self.part(self.tokens[last])));
                    let found =
                        items.iter().take(100).position(|item| item.named && name.is_some() && item.exposed == name);
                    if let Some(found) = found.or(if name.is_none() { Some(0) } else { None })
                        && !written.contains(&found)
                    {
                        written.push(found);
                    }
                }
                _ => fresh = false,
            }
            at += 1;
        }
        if written.is_empty() && !items.is_empty() {
            written.push(0);
        }
        written
    }

    fn write_item(&mut self, item: &Item, privilege: Privilege) {
        if item.cte.is_some() {
            self.write_cte(item.cte, privilege);
        } else {
            self.write_all(item.accesses.clone(), privilege);
        }
    }

    /// Turns reads into `privilege`.
    fn write_all(&mut self, accesses: std::ops::Range<usize>, privilege: Privilege) {
        for access in &mut self.out.statement.accesses[accesses] {
            if access.privilege == Privilege::Select {
                access.privilege = privilege;
            }
        }
    }

    /// A CTE that is written through stands for the first table it selects from.
    fn write_cte(&mut self, cte: Option<usize>, privilege: Privilege) {
        let Some(cte) = cte else { return };
        let accesses = self.ctes.list[cte].accesses.clone();
        let read = accesses.clone().find(|&index| {
            self.out.statement.accesses.get(index).is_some_and(|access| access.privilege == Privilege::Select)
        });
        if let Some(read) = read {
            let written = super::Access { privilege, ..self.out.statement.accesses[read].clone() };
            self.out.statement.accesses.push(written);
        }
    }

    /// Takes accesses back that turned out to be aliases.
    fn forget(&mut self, accesses: std::ops::Range<usize>) {
        // They must not shift the others' places: what is empty is left out at the end.
        for access in &mut self.out.statement.accesses[accesses] {
            access.span = Span::default();
        }
    }

    // --- DELETE

    fn delete(&mut self) {
        self.is_kind("delete");
        self.pos += 1;
        while self.is_priority() || matches!(self.key(self.pos), Key::Ignore | Key::Top) {
            let top = self.at(Key::Top);
            self.pos += 1;
            if top {
                self.parentheses();
                self.eat_word("percent");
            }
        }
        // Access writes `DELETE * FROM t`.
        self.pos += usize::from(self.is_sign(self.pos, "*") && self.key(self.pos + 1) == Key::From);
        if self.dialect() == Dialect::Cql {
            // Cassandra deletes columns: `DELETE tags['x'], name FROM t`.
            self.expression(|reader, at| reader.key(at) == Key::From || reader.kind(at) == Kind::Semicolon);
        }
        self.eat(Key::From);
        let block = self.out.block();
        self.block = Some(block);
        let targets = self.delete_targets();
        if self.at(Key::Output) {
            self.output();
        }
        let mut items: Vec<Item> = Vec::new();
        // Cassandra's `USING TIMESTAMP 5` names no table.
        if self.eat(Key::From) || self.dialect() != Dialect::Cql && self.eat(Key::Using) {
            self.tables_of_from(&mut items);
        }
        for target in targets {
            self.delete_target(target, &items);
        }
        if self.at(Key::Output) {
            self.output();
        }
        self.clauses(&mut Vec::new());
        self.finish_statement();
    }

    fn delete_targets(&mut self) -> Vec<Target> {
        let mut targets = Vec::new();
        loop {
            if self.at(Key::Only) && (self.token(self.pos + 1).is_name() || self.kind(self.pos + 1) == Kind::Open) {
                self.pos += 1;
            }
            let parenthesised = self.kind(self.pos) == Kind::Open;
            if parenthesised && self.query_follows(self.pos + 1) {
                let from = self.out.statement.accesses.len();
                self.subquery();
                self.retarget(from, &[Privilege::Delete]);
            } else if parenthesised {
                self.pos += 1;
                targets.extend(self.one_target());
                self.pos += usize::from(self.kind(self.pos) == Kind::Close);
            } else if let Some(target) = self.one_target() {
                targets.push(target);
            }
            while self.kind(self.pos) == Kind::Dot || self.is_sign(self.pos, "*") {
                self.pos += 1;
            }
            self.alias();
            if self.kind(self.pos) != Kind::Comma {
                return targets;
            }
            self.pos += 1;
        }
    }

    fn one_target(&mut self) -> Option<Target> {
        match self.name() {
            Named::Table(written) => {
                let cte = self
                    .visible_cte(&written)
                    .filter(|_| !matches!(self.dialect(), Dialect::Postgres | Dialect::Redshift));
                let access = if cte.is_some() { None } else { self.touch(&written, Privilege::Delete) };
                self.write_cte(cte, Privilege::Delete);
                Some(Target { written, access })
            }
            Named::Opaque { span, prefix } => {
                self.opaque(span, OpaqueReason::Table, Some(Privilege::Delete), prefix);
                None
            }
            Named::Nothing => None,
            Named::Missing => {
                self.partial();
                None
            }
        }
    }

    /// Where the target is the alias or name of a table in the FROM clause, that one is deleted from.
    fn delete_target(&mut self, target: Target, items: &[Item]) {
        let written = target.written;
        let exposed = self.fold(&written.table.name);
        let Some(item) = items.iter().take(100).find(|item| item.exposed.as_ref() == Some(&exposed) && item.named)
        else {
            return;
        };
        if item.aliased && !written.table.qualifiers.is_empty() {
            return;
        }
        if item.cte.is_some() {
            self.write_cte(item.cte, Privilege::Delete);
        } else {
            self.write_all(item.accesses.clone(), Privilege::Delete);
        }
        if let Some(access) = target.access {
            self.forget(access..access + 1);
        }
    }

    // --- MERGE

    fn merge(&mut self) {
        self.is_kind("merge");
        let start = self.pos;
        self.pos += 1;
        if self.eat(Key::Top) {
            self.parentheses();
            self.eat_word("percent");
        }
        self.eat(Key::Into);
        if self.at(Key::Only) && self.token(self.pos + 1).is_name() {
            self.pos += 1;
        }
        let block = self.out.block();
        self.block = Some(block);
        let from = self.out.statement.accesses.len();
        let opaque = self.out.statement.opaque.len();
        let mut items = Vec::new();
        self.table_of_from(&mut items);
        let target = from..self.out.statement.accesses.len();
        self.expression(|reader, at| reader.key(at) == Key::Using || reader.ends_statement(at));
        if self.eat(Key::Using) {
            self.tables_of_from(&mut Vec::new());
        }
        let mut privileges = self.merge_branches();
        if privileges.is_empty() && (start..self.pos).any(|at| self.is_word(at, "remove")) {
            // Redshift's `MERGE … REMOVE DUPLICATES`.
            privileges = vec![Privilege::Insert, Privilege::Delete];
        }
        if let Some(hole) = self.out.statement.opaque.get_mut(opaque) {
            hole.privilege = privileges.first().copied();
        }
        let item = items.first();
        for (number, &privilege) in privileges.iter().enumerate() {
            match item {
                Some(item) if item.cte.is_some() => self.write_cte(item.cte, privilege),
                _ if number == 0 => self.write_all(target.clone(), privilege),
                _ => {
                    for index in target.clone() {
                        let more = super::Access { privilege, ..self.out.statement.accesses[index].clone() };
                        self.out.statement.accesses.push(more);
                    }
                }
            }
        }
    }

    /// What the WHEN branches do, without repetition.
    fn merge_branches(&mut self) -> Vec<Privilege> {
        let mut privileges = Vec::new();
        loop {
            self.expression(|reader, at| {
                reader.is_merge_action(at) || matches!(reader.key(at), Key::Output) || reader.ends_merge(at)
            });
            let privilege = match self.key(self.pos) {
                Key::Insert => Privilege::Insert,
                Key::Update => Privilege::Update,
                Key::Delete => Privilege::Delete,
                Key::Output => {
                    self.output();
                    continue;
                }
                _ => return privileges,
            };
            self.pos += 1;
            if !privileges.contains(&privilege) {
                privileges.push(privilege);
            }
        }
    }

    fn is_merge_action(&self, at: usize) -> bool {
        let action = matches!(self.key(at), Key::Insert | Key::Update | Key::Delete);
        action
            && (self.key_before(at) == Key::Then
                || matches!((self.key(at), self.key(at + 1)), (Key::Delete, Key::Where)))
    }

    fn ends_merge(&self, at: usize) -> bool {
        self.kind(at) == Kind::Semicolon
            || self.starts_statement(at)
            || !matches!(self.key(at), Key::Then) && self.ends_in_body(at)
    }

    // --- Whole tables

    /// `TRUNCATE [TABLE] [ONLY] a, b`.
    pub fn truncate(&mut self) {
        self.is_kind("truncate");
        self.pos += 1;
        let all = (self.pos..self.pos + 3).any(|at| self.key(at) == Key::Tables && self.key(at + 1) == Key::From);
        if all || self.at(Key::Database) && self.token(self.pos + 1).is_name() {
            return self.harmless();
        }
        if !self.eat(Key::Table) {
            self.eat_word("tables");
        }
        self.eat_if_exists();
        loop {
            if self.at(Key::Only) && self.token(self.pos + 1).is_name() {
                self.pos += 1;
            }
            self.target(Privilege::Truncate);
            if self.is_sign(self.pos, "*") {
                self.pos += 1;
            }
            if self.kind(self.pos) != Kind::Comma {
                break;
            }
            self.pos += 1;
        }
        self.finish_statement();
    }

    /// PostgreSQL's COPY by its direction, and the COPY INTO of Snowflake and Databricks.
    pub fn copy(&mut self) {
        self.is_kind("copy");
        self.pos += 1;
        if self.eat(Key::Into) {
            return self.copy_into();
        }
        if self.is_word(self.pos, "binary") && self.token(self.pos + 1).is_name() {
            self.pos += 1;
        }
        if self.kind(self.pos) == Kind::Open {
            self.inside(|reader| {
                if matches!(reader.key(reader.pos), Key::Insert | Key::Update | Key::Delete | Key::Merge) {
                    reader.change();
                } else {
                    reader.query();
                }
                reader.rest();
            });
            return self.finish_statement();
        }
        let from = self.out.statement.accesses.len();
        let opaque = self.out.statement.opaque.len();
        self.target(Privilege::Select);
        self.skip_parentheses();
        let inwards = self.at(Key::From) || !self.at(Key::To);
        if inwards {
            self.write_all(from..self.out.statement.accesses.len(), Privilege::Insert);
            for hole in &mut self.out.statement.opaque[opaque..] {
                hole.privilege = Some(Privilege::Insert);
            }
        }
        self.finish_statement();
    }

    fn copy_into(&mut self) {
        let named = self.token(self.pos).is_name();
        if named {
            self.target(Privilege::Insert);
            self.skip_parentheses();
        } else {
            let _ = self.name();
        }
        self.expression(|reader, at| reader.key(at) == Key::From || reader.ends_statement(at));
        if self.eat(Key::From) {
            let mut items = Vec::new();
            let block = self.out.block();
            self.block = Some(block);
            self.table_of_from(&mut items);
        }
        self.finish_statement();
    }

    /// Hive's `IMPORT [EXTERNAL] TABLE t … FROM 'path'`; MySQL's names only files.
    pub fn import_table(&mut self) {
        self.is_kind("import");
        self.pos += 1;
        self.eat(Key::External);
        self.eat(Key::Table);
        if !self.at(Key::From) {
            self.target(Privilege::Insert);
        }
        self.finish_statement();
    }

    /// `LOAD DATA … INTO TABLE t`, `BULK INSERT t FROM 'file'`, `IMPORT INTO t`.
    pub fn load(&mut self) {
        self.is_kind("load");
        self.expression(|reader, at| {
            matches!(reader.key(at), Key::Into | Key::Insert | Key::Overwrite) || reader.ends_statement(at)
        });
        let overwrite = self.at(Key::Overwrite);
        if self.eat(Key::Into) || self.eat(Key::Insert) || self.eat(Key::Overwrite) {
            let marked = self.at(Key::Into) || matches!(self.key(self.pos), Key::Temp | Key::Temporary);
            let temporary = marked && !self.eat(Key::Into);
            self.pos += usize::from(temporary);
            self.eat(Key::Table);
            if temporary {
                let _ = self.name();
            } else if let Some(written) = self.target(Privilege::Insert)
                && overwrite
            {
                self.touch(&written, Privilege::Delete);
            }
        }
        self.finish_statement();
    }
}
