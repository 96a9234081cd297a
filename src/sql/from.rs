//! FROM clauses: tables, derived tables, functions, joins, aliases.

use super::OpaqueReason;
use super::keywords::Key;
use super::lexer::{Kind, Token};
use super::names::{Named, Written};
use super::query::{Item, Items};
use super::reader::Reader;
use crate::source::Span;
use crate::vocabulary::{Dialect, Name, Privilege, TableName};

impl Reader<'_> {
    /// The tables of a FROM clause, with their joins.
    pub fn tables_of_from(&mut self, items: &mut Items) {
        loop {
            self.table_of_from(items);
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
            return !self.in_using_list(at);
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
                    | Key::Settings
                    | Key::Cluster
                    | Key::Distribute
                    | Key::Sort
                    | Key::Sample
            ) && self.ends_from(at)
    }

    /// ClickHouse's `JOIN u USING a, b`.
    fn in_using_list(&self, comma: usize) -> bool {
        if self.dialect() != Dialect::Clickhouse {
            return false;
        }
        let mut at = comma;
        for _ in 0..16 {
            if at < 2 || !self.tokens[at - 1].is_name() {
                return false;
            }
            match self.tokens[at - 2] {
                Token { key: Key::Using, .. } => return true,
                Token { kind: Kind::Comma, .. } => at -= 2,
                _ => return false,
            }
        }
        false
    }

    /// Whether the word at `at` ends the FROM clause and is no alias or column.
    fn ends_from(&self, at: usize) -> bool {
        match self.key(at) {
            Key::Group | Key::Order => self.kind(at + 1) != Kind::Comma,
            Key::Connect | Key::Cluster | Key::Distribute | Key::Sort => self.key(at + 1) == Key::By,
            Key::Settings => self.is_sign(at + 2, "="),
            // Teradata's list of sample sizes.
            Key::Sample => self.kind(at + 1) == Kind::Number && self.kind(at + 2) == Kind::Comma,
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
    pub fn table_of_from(&mut self, items: &mut Items) {
        // JPQL's `JOIN FETCH o.items`.
        while matches!(self.key(self.pos), Key::Lateral)
            || self.at(Key::Fetch) && self.key_before(self.pos) == Key::Join
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
        if self.dialect() == Dialect::Duckdb && self.token(self.pos).is_name() && self.is_sign(self.pos + 1, ":") {
            // `FROM alias: table`.
            let part = self.part(self.token(self.pos));
            let alias = self.fold(&part);
            self.pos += 2;
            return self.aliased_item(items, Some(alias));
        }
        if self.is_word(self.pos, "stream") && self.dialect() == Dialect::Databricks {
            self.pos += usize::from(self.token(self.pos + 1).is_name() && self.key(self.pos + 1) == Key::None);
        }
        self.aliased_item(items, None);
    }

    /// One item of a FROM clause; its alias stands before it or follows it.
    fn aliased_item(&mut self, items: &mut Items, before: Option<Name>) {
        let from = self.out.statement.accesses.len();
        let item = self.item_head(items);
        let (exposed, cte, named) = item;
        let accesses = from..self.out.statement.accesses.len();
        let alias = before.or_else(|| self.alias());
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
            key if key != Key::None && self.names_cte() => return self.named_item(),
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
            Key::Values => self.values_item(),
            // Redshift's `FROM t, UNPIVOT t.attributes`.
            Key::Unpivot if next.is_name() && self.has_paths() => {
                self.pos += 1;
                let _ = self.name();
            }
            _ if self.kind(self.pos) == Kind::Open => self.item_in_parentheses(items),
            Key::Order | Key::Group if next.key != Key::By => return self.named_item(),
            key if key.is_reserved_after_table() && !Self::is_odd_name(key) => self.partial(),
            _ => return self.named_item(),
        }
        nothing
    }

    /// Whether the word here is the name of a CTE, whatever else it may mean.
    fn names_cte(&self) -> bool {
        let part = self.part(self.token(self.pos));
        self.ctes.find(&self.fold(&part)).is_some()
    }

    /// Words that are reserved after a table, but may be the name of one.
    fn is_odd_name(key: Key) -> bool {
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

    /// `VALUES (1), (2)`, and where the dialect wants no parentheses, `VALUES 1, 2`.
    fn values_item(&mut self) {
        self.pos += 1;
        loop {
            if self.kind(self.pos) == Kind::Open {
                self.parentheses();
            } else {
                self.pos += usize::from(matches!(self.kind(self.pos), Kind::Number | Kind::Text));
            }
            let row = matches!(self.kind(self.pos + 1), Kind::Open | Kind::Number | Kind::Text);
            if self.kind(self.pos) != Kind::Comma || !row {
                return;
            }
            self.pos += 1;
        }
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
            let word = matches!(reader.key(reader.pos), Key::Pivot | Key::Unpivot | Key::Show | Key::Describe)
                || reader.is_word(reader.pos, "summarize");
            let pivot = word && reader.token(reader.pos + 1).is_name() && reader.key(reader.pos + 1) != Key::Join;
            if reader.query_follows(reader.pos) || table || pivot || reader.at(Key::From) {
                reader.joined_query();
            } else if matches!(reader.key(reader.pos), Key::Insert | Key::Update | Key::Delete | Key::Merge) {
                reader.change();
            } else {
                reader.tables_of_from(items);
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
                self.plain_table(&written)
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
        match name.as_str() {
            "changetable" | "containstable" | "freetexttable" if self.dialect() == Dialect::Mssql => {
                self.inside(|reader| {
                    let _ = reader.eat(Key::Changes) || reader.eat(Key::Version);
                    reader.read_table();
                    reader.rest();
                });
            }
            "remote" | "remotesecure" | "cluster" | "clusterallreplicas" | "mysql" | "postgresql"
                if self.dialect() == Dialect::Clickhouse =>
            {
                self.inside(Self::remote_table);
            }
            "query" if self.dialect() == Dialect::Duckdb => {
                self.texts_of_call(self.pos);
                self.parentheses();
            }
            "openrowset" => self.inside(Self::remote_rows),
            "opendatasource" => {
                // `OPENDATASOURCE('…', '…').database.schema.table`.
                self.parentheses();
                self.pos += usize::from(self.kind(self.pos) == Kind::Dot);
                self.read_table();
            }
            "stream" if self.dialect() == Dialect::Databricks => self.inside(|reader| {
                reader.read_table();
                reader.rest();
            }),
            "semantic_view" if self.dialect() == Dialect::Snowflake => self.inside(|reader| {
                reader.read_table();
                reader.rest();
            }),
            _ => {
                // Its name stands before the parenthesis: what it runs as a text is read there.
                let open = self.pos;
                self.note_call(open);
                self.call(written, self.is_of_schema(written));
                self.parentheses();
            }
        }
        (Some(self.fold(&written.table.name)), None, false)
    }

    /// Whether a function has a schema: its first part is neither an alias nor a CTE.
    fn is_of_schema(&self, written: &Written) -> bool {
        let first = written.table.qualifiers.first().map(|part| self.fold(part));
        first.is_some_and(|first| {
            !self.aliases.iter().rev().take(50).any(|alias| *alias == first) && self.ctes.find(&first).is_none()
        })
    }

    /// ClickHouse's `remote('host', database, table, …)` and its kin.
    fn remote_table(&mut self) {
        self.expression(|reader, at| reader.kind(at) == Kind::Comma);
        self.pos += 1;
        if self.token(self.pos).is_name() && self.kind(self.pos + 1) == Kind::Dot {
            self.read_table();
            return self.rest();
        }
        let database = self.take_name();
        self.pos += usize::from(self.kind(self.pos) == Kind::Comma);
        if let (Some(database), Some(name)) = (database, self.take_name()) {
            let mut table = TableName::bare(name);
            table.qualifiers.push(TableName::bare(database).name);
            let last = self.tokens[self.pos - 1];
            let span = Span { start: last.start, end: last.end };
            self.touch(&Written { table, span, partial: false }, Privilege::Select);
        }
        self.rest();
    }

    /// T-SQL's `OPENROWSET('provider', 'connection', table or 'query')`; with BULK it reads a file.
    fn remote_rows(&mut self) {
        let last = (self.pos..self.end).rev().find(|&at| self.kind(at) == Kind::Comma);
        if let (Some(comma), false) = (last, self.at(Key::Bulk)) {
            self.pos = comma + 1;
            if self.token(self.pos).is_name() && self.kind(self.pos + 1) != Kind::Open {
                self.read_table();
            } else {
                self.dynamic(self.pos..self.end);
            }
        }
        self.rest();
    }

    /// A name in a FROM clause that is no function with parentheses.
    fn plain_table(&mut self, written: &Written) -> (Option<Name>, Option<usize>, bool) {
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
    pub fn has_paths(&self) -> bool {
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
            Key::Replace => next.key == Key::Where,
            _ => false,
        }
    }
}
