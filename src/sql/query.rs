//! Queries: WITH clauses and their scopes, SELECT blocks, FROM clauses, set operators, row locks.

use std::ops::Range;

use super::keywords::Key;
use super::lexer::{Kind, Token};
use super::names::{Named, Written};
use super::reader::{Procedural, Reader};
use super::{Change, OpaqueReason, TableKind};
use crate::source::Span;
use crate::vocabulary::{Dialect, Name, Part, Privilege, TableName};

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
type Items = Vec<Item>;

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
    fn set_operator(&mut self) -> bool {
        if !self.is_set_operator(self.pos) {
            return false;
        }
        self.pos += 1;
        while matches!(self.key(self.pos), Key::All | Key::Distinct | Key::By)
            || ["name", "corresponding", "strict", "outer"].iter().any(|word| self.is_word(self.pos, word))
        {
            self.pos += 1;
        }
        true
    }

    /// Whether a set operator stands at `at`; `* EXCEPT (a, b)` is none.
    pub fn is_set_operator(&self, at: usize) -> bool {
        let next = self.token(at + 1);
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
    fn query_term(&mut self) {
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
                self.from_item(&mut items);
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
        let mut items = Items::new();
        if self.token(self.pos).is_name() || self.kind(self.pos) == Kind::Open {
            self.from_item(&mut items);
        }
        self.to_end();
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
        let mut items = Items::new();
        self.clauses(&mut items);
        self.forget_paths(from, &items);
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
                self.from_list(items);
            }
            Key::Into => self.into_clause(),
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
            Key::From => !self.is_distinct_from(at),
            Key::Into => true,
            Key::For => self.is_for_clause(at),
            Key::Lock => self.key(at + 1) == Key::In && self.key(at + 2) == Key::Share,
            Key::With => self.is_with_clause(at) && self.ends_statement(at),
            Key::On => matches!(self.key(at + 1), Key::Conflict | Key::Duplicate),
            Key::Returning => true,
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
            self.from_list(items);
        } else if self.key(self.pos).is_set_operator() {
            self.pos += 1;
        }
    }

    // --- WITH

    fn with_clause(&mut self) {
        self.pos += 1;
        let recursive = self.eat(Key::Recursive);
        let mut ahead: Vec<usize> = if recursive { self.names_ahead() } else { Vec::new() };
        for &cte in &ahead {
            self.ctes.show(cte);
        }
        ahead.reverse();
        loop {
            if matches!(self.key(self.pos), Key::Function | Key::Procedure) {
                self.expression(|reader, at| reader.key(at) == Key::Select);
                return;
            }
            let known = ahead.pop();
            if !self.with_element(known) {
                return;
            }
            // SEARCH and CYCLE clauses may follow a recursive one.
            while !self.at_end() && self.kind(self.pos) == Kind::Word && !self.begins_body(self.pos) {
                self.pos += 1;
            }
            if self.kind(self.pos) != Kind::Comma {
                return;
            }
            self.pos += 1;
            if self.begins_body(self.pos) {
                return;
            }
        }
    }

    fn begins_body(&self, at: usize) -> bool {
        matches!(
            self.key(at),
            Key::Select
                | Key::Insert
                | Key::Update
                | Key::Delete
                | Key::Merge
                | Key::Values
                | Key::Table
                | Key::From
                | Key::With
                | Key::Replace
        )
    }

    /// The names of a recursive WITH clause, all of which can be seen from each of its queries.
    fn names_ahead(&mut self) -> Vec<usize> {
        let mut names = Vec::new();
        let mut at = self.pos;
        while self.token(at).is_name() {
            let part = self.part(self.token(at));
            let folded = self.fold(&part);
            names.push(self.ctes.add(folded));
            while at < self.end && self.key(at) != Key::As {
                at = if self.kind(at) == Kind::Open { self.close_of(at) } else { at + 1 };
            }
            while at < self.end && self.kind(at) != Kind::Open {
                at += 1;
            }
            if at >= self.end {
                break;
            }
            at = self.close_of(at) + 1;
            while self.kind(at) == Kind::Word && !self.begins_body(at) {
                at += 1;
            }
            if self.kind(at) != Kind::Comma {
                break;
            }
            at += 1;
        }
        names
    }

    /// A name from one token.
    pub fn part(&self, token: Token) -> Part {
        let text = self.slice(token);
        let quoted = token.kind == Kind::Quoted;
        Part { text: if quoted { super::lexer::unquoted(text).into() } else { text.into() }, quoted }
    }

    /// `name [(columns)] AS [NOT MATERIALIZED] (query)`. `known` is what it was announced as.
    fn with_element(&mut self, known: Option<usize>) -> bool {
        let token = self.token(self.pos);
        let standard = token.is_name() && {
            let open = self.kind(self.pos + 1) == Kind::Open;
            let after = if open { self.close_of(self.pos + 1) + 1 } else { self.pos + 1 };
            self.key(after) == Key::As || self.is_word(after, "using")
        };
        if !standard {
            return self.with_expression();
        }
        let part = self.part(token);
        let folded = self.fold(&part);
        self.pos += 1;
        self.skip_parentheses();
        while !self.at_end() && self.kind(self.pos) != Kind::Open && !self.begins_body(self.pos) {
            if self.token(self.pos).is_unknown() {
                // `WITH x AS {{ … }}`: nothing is known of it.
                break;
            }
            self.pos += 1;
        }
        let cte = known.unwrap_or_else(|| self.ctes.add(folded));
        self.with_query(cte, known.is_none());
        if known.is_none() {
            self.ctes.show(cte);
        }
        true
    }

    fn with_query(&mut self, cte: usize, alone: bool) {
        if self.kind(self.pos) != Kind::Open {
            if self.token(self.pos).is_unknown() {
                self.pos += 1;
            }
            self.partial();
            return;
        }
        let own = self.out.block();
        self.ctes.list[cte].block = Some(own);
        let from = self.out.statement.accesses.len();
        let implicit = alone
            && !matches!(self.dialect(), Dialect::Postgres | Dialect::Redshift | Dialect::Mysql | Dialect::Duckdb);
        let outer = (self.block.take(), self.inherits.take(), self.itself.take());
        self.inside(|reader| {
            reader.inherits = Some(own);
            reader.itself = implicit.then_some(cte);
            let aliases = std::mem::take(&mut reader.aliases);
            reader.query();
            reader.aliases = aliases;
            reader.rest();
        });
        (self.block, self.inherits, self.itself) = outer;
        self.ctes.list[cte].accesses = from..self.out.statement.accesses.len();
    }

    /// ClickHouse's `WITH expression AS name`.
    fn with_expression(&mut self) -> bool {
        let before = self.pos;
        self.expression(|reader, at| reader.kind(at) == Kind::Comma || reader.begins_body(at));
        if before == self.pos {
            self.partial();
            return false;
        }
        true
    }

    // --- FROM

    /// The tables of a FROM clause, with their joins.
    pub fn from_list(&mut self, items: &mut Items) {
        loop {
            self.from_item(items);
            loop {
                self.expression(Self::stops_item);
                if self.kind(self.pos) == Kind::Comma {
                    self.pos += 1;
                    break;
                }
                if self.at(Key::Lateral) {
                    self.lateral_view();
                    continue;
                }
                if !self.key(self.pos).is_join() {
                    return;
                }
                let array = self.key_before(self.pos) == Key::Array;
                self.pos += 1;
                if !array {
                    break;
                }
                // ClickHouse's ARRAY JOIN takes expressions.
                self.expression(|reader, at| {
                    reader.stops_clause(at) || reader.key(at).is_join() || reader.is_filter(at)
                });
            }
        }
    }

    fn is_filter(&self, at: usize) -> bool {
        matches!(self.key(at), Key::Where | Key::Group | Key::Prewhere)
    }

    fn stops_item(&self, at: usize) -> bool {
        let token = self.token(at);
        if token.kind == Kind::Comma {
            return true;
        }
        let key = token.key;
        key != Key::None && (self.is_join_word(at) || key == Key::Lateral && self.key(at + 1) == Key::View)
            || self.stops_clause(at)
            || key == Key::For && matches!(self.key(at + 1), Key::Xml | Key::Json)
            || matches!(
                key,
                Key::Where
                    | Key::Group
                    | Key::Order
                    | Key::Having
                    | Key::Window
                    | Key::Qualify
                    | Key::Prewhere
                    | Key::Connect
                    | Key::Limit
                    | Key::Set
                    | Key::When
            ) && self.ends_from(at)
    }

    /// Whether the word at `at` ends the FROM clause and is no alias or column.
    fn ends_from(&self, at: usize) -> bool {
        match self.key(at) {
            Key::Group | Key::Order => self.kind(at + 1) != Kind::Comma,
            Key::Connect => self.key(at + 1) == Key::By,
            _ => true,
        }
    }

    fn is_join_word(&self, at: usize) -> bool {
        match self.key(at) {
            // MySQL's `FORCE INDEX FOR JOIN`.
            Key::Join if self.key_before(at) == Key::For => false,
            Key::Apply => matches!(self.key_before(at), Key::Cross | Key::Outer),
            key => key.is_join(),
        }
    }

    /// Hive's `LATERAL VIEW [OUTER] f(x) alias AS a, b`.
    fn lateral_view(&mut self) {
        self.pos += 2;
        self.expression(|reader, at| {
            reader.stops_clause(at)
                || reader.is_join_word(at)
                || reader.is_filter(at)
                || reader.key(at) == Key::Lateral
                || matches!(reader.key(at), Key::Order | Key::Having | Key::Limit)
        });
    }

    /// One item of a FROM clause with its alias.
    pub fn from_item(&mut self, items: &mut Items) {
        while matches!(self.key(self.pos), Key::Lateral)
            || self.at(Key::Only)
                && (self.token(self.pos + 1).is_name() || self.kind(self.pos + 1) == Kind::Open)
                && self.key(self.pos + 1) == Key::None
        {
            self.pos += 1;
        }
        if self.is_sign(self.pos, "{") {
            // ODBC's {oj a LEFT OUTER JOIN b}.
            self.pos += 1;
            self.eat_word("oj");
        }
        let from = self.out.statement.accesses.len();
        let item = self.item_head(items);
        let (exposed, cte, named) = item;
        let accesses = from..self.out.statement.accesses.len();
        let alias = self.alias();
        let aliased = alias.is_some();
        let exposed = alias.or(exposed);
        if let Some(exposed) = &exposed {
            self.aliases.push(exposed.clone());
        }
        items.push(Item { exposed, aliased, accesses, named, cte });
    }

    /// The item without its alias: the name it exposes, the CTE it is, whether it is a table's name.
    fn item_head(&mut self, items: &mut Items) -> (Option<Name>, Option<usize>, bool) {
        let next = self.token(self.pos + 1);
        let nothing = (None, None, false);
        match self.key(self.pos) {
            Key::Select | Key::With if self.query_follows(self.pos) => self.joined_query(),
            Key::Table if next.kind == Kind::Open => {
                self.pos += 1;
                self.parentheses();
            }
            Key::Final | Key::Old | Key::Outer if next.key == Key::Table => self.data_change(),
            _ if self.is_word(self.pos, "new") && next.key == Key::Table => self.data_change(),
            Key::Unnest if next.kind == Kind::Open => {
                self.pos += 1;
                self.parentheses();
                if self.at(Key::With) {
                    self.pos += 2;
                }
            }
            Key::Rows if next.key == Key::From => {
                self.pos += 2;
                self.parentheses();
            }
            Key::Values => {
                self.pos += 1;
                while self.kind(self.pos) == Kind::Open {
                    self.parentheses();
                    if self.kind(self.pos) == Kind::Comma && self.kind(self.pos + 1) == Kind::Open {
                        self.pos += 1;
                    }
                }
            }
            _ if self.kind(self.pos) == Kind::Open => self.item_in_parentheses(items),
            key if key.is_reserved_after_table() && !self.is_odd_name(key) => self.partial(),
            _ => return self.named_item(),
        }
        nothing
    }

    /// Words that are reserved after a table, but may be the name of one.
    fn is_odd_name(&self, key: Key) -> bool {
        matches!(
            key,
            Key::Start
                | Key::Output
                | Key::Partition
                | Key::Settings
                | Key::Option
                | Key::Go
                | Key::Print
                | Key::Declare
                | Key::Return
                | Key::Loop
                | Key::Begin
                | Key::If
                | Key::Use
                | Key::Offset
                | Key::Default
                | Key::Window
                | Key::End
                | Key::Connect
                | Key::Outer
        )
    }

    /// A query that is joined to this block.
    fn joined_query(&mut self) {
        self.inherits = self.block;
        self.query();
    }

    /// DB2's `FINAL TABLE (INSERT …)`.
    fn data_change(&mut self) {
        self.pos += 2;
        if self.kind(self.pos) == Kind::Open {
            self.inside(|reader| {
                reader.change();
                reader.rest();
            });
        }
    }

    /// A derived table, or joins in parentheses.
    fn item_in_parentheses(&mut self, items: &mut Items) {
        if !self.descend() {
            return;
        }
        self.inside(|reader| {
            let table = reader.at(Key::Table) && reader.token(reader.pos + 1).is_name();
            let pivot = matches!(reader.key(reader.pos), Key::Pivot | Key::Unpivot | Key::Show | Key::Describe)
                && reader.token(reader.pos + 1).is_name()
                && reader.key(reader.pos + 1) != Key::Join;
            if reader.query_follows(reader.pos) || table || pivot || reader.at(Key::From) {
                reader.joined_query();
            } else if matches!(reader.key(reader.pos), Key::Insert | Key::Update | Key::Delete | Key::Merge) {
                reader.change();
            } else {
                reader.from_list(items);
                if reader.is_set_operator(reader.pos) {
                    while reader.set_operator() {
                        let block = reader.block;
                        reader.block = Some(reader.out.block());
                        reader.query_term();
                        reader.block = block;
                    }
                }
            }
            reader.rest();
        });
        self.depth -= 1;
    }

    /// A table, CTE or function by name.
    fn named_item(&mut self) -> (Option<Name>, Option<usize>, bool) {
        let start = self.pos;
        match self.name() {
            Named::Table(written) => {
                if self.kind(self.pos) == Kind::Open && !self.is_table_hint() {
                    return self.table_function(&written);
                }
                self.table_item(&written)
            }
            Named::Opaque { span, prefix } => {
                if self.kind(self.pos) == Kind::Open && self.tokens[start].kind != Kind::Placeholder {
                    self.parentheses();
                } else {
                    self.opaque(span, OpaqueReason::Table, Some(Privilege::Select), prefix);
                }
                (None, None, true)
            }
            Named::Nothing => (None, None, false),
            Named::Missing => {
                self.partial();
                (None, None, false)
            }
        }
    }

    /// T-SQL's `FROM t (NOLOCK)`.
    fn is_table_hint(&self) -> bool {
        let hint = |at| {
            ["nolock", "holdlock", "updlock", "rowlock", "readpast", "tablock", "tablockx", "readuncommitted", "xlock"]
                .iter()
                .any(|word| self.is_word(at, word))
        };
        matches!(self.dialect(), Dialect::Mssql | Dialect::Generic) && hint(self.pos + 1)
    }

    /// A function in a FROM clause.
    fn table_function(&mut self, written: &Written) -> (Option<Name>, Option<usize>, bool) {
        let name = written.table.name.text.to_ascii_lowercase();
        let literal = self.token(self.pos + 1);
        match name.as_str() {
            "identifier" if matches!(self.dialect(), Dialect::Snowflake | Dialect::Databricks | Dialect::Generic) => {
                self.identifier(literal);
            }
            "changetable" | "containstable" | "freetexttable" if self.dialect() == Dialect::Mssql => {
                self.inside(|reader| {
                    if reader.eat(Key::Changes) || reader.eat(Key::Version) {}
                    reader.read_table();
                    reader.rest();
                });
            }
            _ => {
                self.call(written, false);
                self.parentheses();
            }
        }
        (Some(self.fold(&written.table.name)), None, false)
    }

    /// Snowflake's `IDENTIFIER('name')`.
    fn identifier(&mut self, literal: Token) {
        let text = self.slice(literal);
        let span = Span { start: literal.start, end: literal.end };
        let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
        match inner.and_then(|text| TableName::parse(text)) {
            Some(table) if literal.kind == Kind::Text => {
                let span = Span { start: span.start + 1, end: span.end.saturating_sub(1) };
                self.touch(&Written { table, span, partial: false }, Privilege::Select);
            }
            _ => self.opaque(span, OpaqueReason::Table, Some(Privilege::Select), None),
        }
        self.skip_parentheses();
    }

    /// A name in a FROM clause that is no function with parentheses.
    fn table_item(&mut self, written: &Written) -> (Option<Name>, Option<usize>, bool) {
        let exposed = Some(self.fold(&written.table.name));
        if self.is_value_function(written) {
            self.eat(Key::For);
            self.parentheses();
            return (exposed, None, false);
        }
        if let Some(cte) = self.visible_cte(written) {
            self.use_cte(cte);
            return (exposed, Some(cte), true);
        }
        if self.is_path(written) {
            return (exposed, None, false);
        }
        self.touch(written, Privilege::Select);
        (exposed, None, true)
    }

    /// `FROM current_date`, `FROM COLLATION FOR (x)`: functions of the standard without parentheses.
    fn is_value_function(&self, written: &Written) -> bool {
        const FUNCTIONS: &[&str] = &[
            "current_catalog",
            "current_date",
            "current_role",
            "current_schema",
            "current_time",
            "current_timestamp",
            "current_user",
            "localtime",
            "localtimestamp",
            "session_user",
            "system_user",
            "user",
        ];
        let Some(part) = written.bare().filter(|part| !part.quoted) else { return false };
        let postgres = matches!(self.dialect(), Dialect::Postgres | Dialect::Redshift);
        let is = |word: &str| part.text.eq_ignore_ascii_case(word);
        postgres && (FUNCTIONS.iter().any(|word| is(word)) || is("collation") && self.at(Key::For))
    }

    fn use_cte(&mut self, cte: usize) {
        let entry = &mut self.ctes.list[cte];
        if let (Some(inner), Some(outer), false) = (entry.block, self.block, entry.used) {
            entry.used = true;
            self.out.join(outer, inner);
        }
    }

    /// Whether the rows of the dialect have arrays that a FROM clause can name by a path.
    fn has_paths(&self) -> bool {
        matches!(
            self.dialect(),
            Dialect::Bigquery
                | Dialect::Generic
                | Dialect::Redshift
                | Dialect::Clickhouse
                | Dialect::Databricks
                | Dialect::Hive
        )
    }

    /// `t.items` after `FROM t`: an array of each row, in the dialects that have such.
    fn is_path(&self, written: &Written) -> bool {
        let Some(first) = written.table.qualifiers.first() else { return false };
        self.has_paths() && self.aliases.iter().rev().take(50).any(|alias| alias.eq_ignore_ascii_case(&first.text))
    }

    /// The alias here, if one stands here.
    pub fn alias(&mut self) -> Option<Name> {
        if self.eat(Key::As) {
            let token = self.token(self.pos);
            if token.key == Key::Of {
                return None;
            }
            if token.is_name() {
                self.pos += 1;
                self.skip_parentheses();
                let part = self.part(token);
                return Some(self.fold(&part));
            }
            self.skip_parentheses();
            return None;
        }
        let token = self.token(self.pos);
        let alias = match token.kind {
            Kind::Quoted => true,
            Kind::Word => !token.key.is_reserved_after_table() && !self.is_hint(self.pos),
            _ => false,
        };
        if !alias {
            return None;
        }
        self.pos += 1;
        if self.kind(self.pos) == Kind::Open && !self.is_table_hint() {
            self.skip_parentheses();
        }
        let part = self.part(token);
        Some(self.fold(&part))
    }

    /// Words after a table that are no alias for what follows them.
    fn is_hint(&self, at: usize) -> bool {
        let next = self.token(at + 1);
        match self.key(at) {
            Key::Force | Key::Ignore | Key::Use => matches!(next.key, Key::Index | Key::Key),
            Key::Sample => matches!(next.kind, Kind::Number | Kind::Open),
            Key::Final => self.dialect() == Dialect::Clickhouse,
            Key::At | Key::Before | Key::Changes => next.kind == Kind::Open,
            Key::Version | Key::Timestamp => next.key == Key::As,
            Key::Any
            | Key::All
            | Key::Semi
            | Key::Anti
            | Key::Asof
            | Key::Global
            | Key::Positional
            | Key::Paste
            | Key::Array => {
                let next = next.key;
                next.is_join() || next.is_join_modifier()
            }
            Key::Minus | Key::Except => self.is_set_operator(at),
            Key::Format | Key::Cluster | Key::Distribute | Key::Sort => {
                matches!(next.key, Key::By) || self.dialect() == Dialect::Clickhouse
            }
            Key::Lock => next.key == Key::In,
            Key::Read | Key::Write => false,
            _ => false,
        }
    }

    // --- INTO, FOR

    /// `SELECT … INTO`: a new table, or variables.
    fn into_clause(&mut self) {
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
        self.lock_rows(items, names);
    }

    /// A row lock needs `update` on the tables it names, or on all of the FROM clause.
    fn lock_rows(&mut self, items: &Items, names: Option<Vec<Name>>) {
        let named = |item: &Item| match (&names, &item.exposed) {
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
