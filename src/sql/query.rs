//! Queries: WITH clauses and their scopes, SELECT blocks, FROM clauses, set operators, row locks.

use std::ops::Range;

use super::keywords::Key;
use super::lexer::Kind;
use super::names::{Named, Written};
use super::reader::{Procedural, Reader};
use super::{Change, OpaqueReason, TableKind};
use crate::source::Span;
use crate::vocabulary::{Dialect, Name, Privilege};

/// More row locks than this are not told apart in one statement, nor more names in one of them.
const MOST_LOCKS: usize = 200;
const MOST_NAMES: usize = 200;

/// One table, or what stands for one, in a FROM clause.
#[derive(Debug)]
pub(super) struct Item {
    /// The name by which the statement speaks of it, case folded.
    pub exposed: Option<Name>,
    /// Whether that is an alias.
    pub aliased: bool,
    /// The accesses that it made.
    pub accesses: Range<usize>,
    /// Whether it is a table by name, and not a query or function.
    pub named: bool,
    /// The CTE it means.
    pub cte: Option<usize>,
}

/// The clauses after which an item's alias is known and another item may follow.
pub(super) type Items = Vec<Item>;

impl Reader<'_> {
    /// Reads a query, or a data-changing statement where one may stand in its place, up to where it
    /// ends by itself.
    pub fn query(&mut self) {
        if !self.descend() {
            return;
        }
        let mark = self.ctes.mark();
        let aliases = self.aliases.len();
        let (itself, inherits, block) = (self.itself.take(), self.inherits.take(), self.block);
        if self.at(Key::With) {
            self.with_clause();
        }
        let first = self.out.block();
        self.block = Some(first);
        self.query_term();
        let mut union = false;
        while self.set_operator() {
            union = true;
            if let Some(cte) = itself {
                self.ctes.show(cte);
            }
            self.block = Some(self.out.block());
            self.query_term();
        }
        if let (Some(outer), false) = (inherits, union) {
            self.out.join(outer, first);
        }
        self.block = block;
        self.aliases.truncate(aliases);
        self.ctes.release(mark);
        self.depth -= 1;
    }

    /// Goes past `UNION ALL` and its like.
    pub fn set_operator(&mut self) -> bool {
        if !self.is_set_operator(self.pos) {
            return false;
        }
        self.pos += 1;
        while matches!(self.key(self.pos), Key::All | Key::Distinct | Key::By)
            || ["name", "corresponding", "strict", "outer"].iter().any(|word| self.is_word(self.pos, word))
        {
            self.pos += 1;
        }
        if self.at(Key::On) {
            // BigQuery's `UNION ALL BY NAME ON (columns)`.
            self.pos += 1;
            self.skip_parentheses();
        }
        true
    }

    /// Whether a set operator stands at `at`; `* EXCEPT (a, b)` and `MULTISET UNION` are none.
    pub fn is_set_operator(&self, at: usize) -> bool {
        let next = self.token(at + 1);
        if at > 0 && self.is_word(at - 1, "multiset") {
            return false;
        }
        match self.key(at) {
            Key::Union | Key::Intersect => next.kind != Kind::Dot && next.kind != Kind::Comma && next.kind != Kind::End,
            Key::Except | Key::Minus => {
                matches!(
                    next.key,
                    Key::Select | Key::All | Key::Distinct | Key::Values | Key::With | Key::Table | Key::From
                ) || next.kind == Kind::Open && {
                    let mut inner = at + 2;
                    while self.kind(inner) == Kind::Open {
                        inner += 1;
                    }
                    self.query_follows(inner) || self.key(inner) == Key::From
                }
            }
            _ => false,
        }
    }

    /// What stands between set operators.
    pub fn query_term(&mut self) {
        let next = self.token(self.pos + 1);
        match self.key(self.pos) {
            Key::Select => self.select(),
            Key::Values => {
                self.is_kind("values");
                self.pos += 1;
                self.clauses(&mut Items::new());
            }
            Key::Table if next.is_name() => {
                self.is_kind("table");
                self.pos += 1;
                let mut items = Items::new();
                self.table_of_from(&mut items);
                self.clauses(&mut items);
            }
            Key::From => {
                self.is_kind("select");
                self.from_first = true;
                self.clauses(&mut Items::new());
            }
            Key::Insert | Key::Update | Key::Delete | Key::Merge | Key::Replace | Key::Upsert => self.change(),
            Key::With => self.query(),
            Key::Pivot | Key::Unpivot | Key::Show | Key::Describe => self.table_term(),
            _ if self.is_word(self.pos, "summarize") => self.table_term(),
            _ if self.kind(self.pos) == Kind::Open => self.query_in_parentheses(),
            _ if self.token(self.pos).is_unknown() => self.unknown_term(),
            _ => self.partial(),
        }
    }

    /// DuckDB's `PIVOT t ON …`, `UNPIVOT t ON …`, `(DESCRIBE t)`.
    fn table_term(&mut self) {
        let word = self.slice(self.token(self.pos)).to_ascii_lowercase();
        self.is_kind(&word);
        self.pos += 1;
        if self.kind(self.pos + 1) != Kind::End {
            self.eat(Key::Table);
        }
        let mut items = Items::new();
        if self.token(self.pos).is_name() || self.kind(self.pos) == Kind::Open {
            self.table_of_from(&mut items);
        }
        self.finish_statement();
    }

    /// `(SELECT …)` as a term, with what may follow it.
    fn query_in_parentheses(&mut self) {
        self.inherits = self.block;
        self.inside(|reader| {
            let mut first = reader.pos;
            while reader.kind(first) == Kind::Open {
                first += 1;
            }
            if reader.query_follows(first)
                || matches!(reader.key(first), Key::From | Key::Table)
                || reader.token(first).is_unknown()
            {
                reader.query();
            }
            reader.rest();
        });
        self.clauses(&mut Items::new());
    }

    /// A hole where a query stands.
    fn unknown_term(&mut self) {
        let token = self.token(self.pos);
        self.pos += 1;
        let span = Span { start: token.start, end: token.end };
        self.opaque(span, OpaqueReason::Statement, Some(Privilege::Select), None);
        self.clauses(&mut Items::new());
    }

    /// A SELECT block with its ORDER BY, LIMIT and row locks.
    fn select(&mut self) {
        self.is_kind("select");
        self.pos += 1;
        if self.eat(Key::Top) {
            self.parentheses();
        }
        let from = self.out.statement.accesses.len();
        let start = self.pos;
        let mut items = Items::new();
        self.clauses(&mut items);
        self.forget_paths(from, &items);
        if self.tsql() && self.kind(start) == Kind::Variable {
            // `SELECT @sql = N'…'`.
            self.note_texts(start..self.pos);
        }
    }

    /// A subquery in the SELECT list may read an array of a table whose alias comes only after it.
    fn forget_paths(&mut self, from: usize, items: &Items) {
        if !self.has_paths() {
            return;
        }
        let Some(first) = items.iter().map(|item| item.accesses.start).min() else { return };
        for access in &mut self.out.statement.accesses[from..first.max(from)] {
            let qualifier = access.table.qualifiers.first();
            let alias = |item: &Item| {
                item.exposed.as_ref().zip(qualifier).is_some_and(|(name, part)| name.eq_ignore_ascii_case(&part.text))
            };
            if items.iter().take(64).any(alias) {
                access.span = Span::default();
            }
        }
    }

    /// Goes from clause to clause until none follows.
    pub fn clauses(&mut self, items: &mut Items) {
        loop {
            self.expression(Self::stops_clause);
            if self.at_end() || !self.clause(items) {
                return;
            }
        }
    }

    /// Reads the clause that begins here. `false` where none does.
    fn clause(&mut self, items: &mut Items) -> bool {
        match self.key(self.pos) {
            Key::From => {
                self.pos += 1;
                self.tables_of_from(items);
            }
            Key::Into => self.select_into(),
            Key::For => self.for_clause(items),
            Key::Lock => {
                // MySQL's LOCK IN SHARE MODE.
                self.pos += 1;
                self.lock_rows(items, None);
            }
            Key::Select if self.from_first => self.pos += 1,
            _ if self.is_sign(self.pos, "|>") => {
                self.pos += 1;
                self.pipe(items);
            }
            _ => return false,
        }
        true
    }

    /// Whether a clause, another query or another statement begins at `at`.
    pub fn stops_clause(&self, at: usize) -> bool {
        let token = self.token(at);
        if token.kind == Kind::Symbol {
            return self.slice(token) == "|>";
        }
        match token.key {
            Key::None => false,
            Key::From => self.is_from_clause(at),
            Key::Into | Key::Returning => true,
            Key::For => self.is_for_clause(at),
            Key::Lock => self.key(at + 1) == Key::In && self.key(at + 2) == Key::Share,
            Key::With => self.is_with_clause(at) && self.ends_statement(at),
            Key::On => matches!(self.key(at + 1), Key::Conflict | Key::Duplicate),
            Key::Insert if self.from_first => true,
            key => key.is_set_operator() && self.is_set_operator(at) || self.ends_statement(at),
        }
    }

    fn is_for_clause(&self, at: usize) -> bool {
        matches!(self.key(at + 1), Key::Update | Key::Share)
            || matches!((self.key(at + 1), self.key(at + 2)), (Key::No, Key::Key) | (Key::Key, Key::Share))
    }

    /// BigQuery's `|>` operators: those that name tables.
    fn pipe(&mut self, items: &mut Items) {
        let mut at = self.pos;
        while self.key(at).is_join_modifier() {
            at += 1;
        }
        if self.key(at).is_join() {
            self.pos = at + 1;
            self.tables_of_from(items);
        } else if self.key(self.pos).is_set_operator() {
            self.pos += 1;
        }
    }

    // --- INTO, FOR

    /// `SELECT … INTO`: a new table, or variables.
    fn select_into(&mut self) {
        self.pos += 1;
        let before = self.pos;
        let mut temporary = false;
        loop {
            match self.key(self.pos) {
                Key::Temp | Key::Temporary => temporary = true,
                Key::Unlogged | Key::Local | Key::Global => {}
                Key::Table if self.token(self.pos + 1).is_name() => {}
                _ => break,
            }
            self.pos += 1;
        }
        let marked = self.pos > before;
        let token = self.token(self.pos);
        let variables = self.procedural == Procedural::Block
            || matches!(self.dialect(), Dialect::Mysql | Dialect::Oracle)
            || matches!(token.key, Key::Outfile)
            || self.is_word(self.pos, "dumpfile")
            || !(token.is_name() || token.is_unknown());
        if variables && !marked || token.kind == Kind::Placeholder {
            return;
        }
        match self.name() {
            Named::Table(written) => self.made_by_select(&written, temporary),
            Named::Opaque { span, prefix } => self.opaque(span, OpaqueReason::Table, Some(Privilege::Create), prefix),
            Named::Nothing | Named::Missing => {}
        }
    }

    fn made_by_select(&mut self, written: &Written, temporary: bool) {
        let temporary = temporary || written.table.name.text.starts_with('#');
        if temporary {
            let folded = self.fold(&written.table.name);
            self.shared.temporary.insert(folded);
        } else {
            let block = self.block.take();
            self.touch(written, Privilege::Create);
            self.block = block;
        }
        let kind = if temporary { TableKind::Temporary } else { TableKind::Table };
        self.define(
            written.span,
            Change::Create {
                table: written.table.clone(),
                kind,
                bases: Vec::new(),
                if_not_exists: false,
                replace: false,
                columns: Vec::new(),
            },
        );
    }

    /// `FOR UPDATE [OF a, b]` and its like.
    fn for_clause(&mut self, items: &Items) {
        self.pos += 1;
        while matches!(self.key(self.pos), Key::No | Key::Key | Key::Update | Key::Share) {
            self.pos += 1;
        }
        let mut names: Option<Vec<Name>> = None;
        if self.eat(Key::Of) {
            let mut of = Vec::new();
            loop {
                if let Named::Table(written) = self.name() {
                    // Oracle names columns: `OF e.salary`.
                    of.push(self.fold(&written.table.name));
                    of.extend(written.table.qualifiers.iter().map(|part| self.fold(part)));
                }
                if self.kind(self.pos) != Kind::Comma {
                    break;
                }
                self.pos += 1;
            }
            names = Some(of);
        }
        self.lock_rows(items, names.as_deref());
    }

    /// A row lock needs `update` on the tables it names, or on all of the FROM clause.
    fn lock_rows(&mut self, items: &Items, names: Option<&[Name]>) {
        let named = |item: &Item| match (names, &item.exposed) {
            (None, _) => true,
            (Some(names), Some(exposed)) => names.iter().take(MOST_NAMES).any(|name| name == exposed),
            (Some(_), None) => false,
        };
        let known = items.iter().any(named);
        if self.out.locks >= MOST_LOCKS {
            return;
        }
        self.out.locks += 1;
        for item in items {
            // Columns without a table lock whatever they may be of.
            if known && !named(item) {
                continue;
            }
            for index in item.accesses.clone() {
                let access = &self.out.statement.accesses[index];
                if access.privilege == Privilege::Select {
                    let locked = super::Access { privilege: Privilege::Update, ..access.clone() };
                    self.out.statement.accesses.push(locked);
                }
            }
        }
    }
}
