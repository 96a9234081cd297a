//! The reading of expressions: gone over flatly, for the subqueries, calls, tables and holes in them.

use super::OpaqueReason;
use super::keywords::Key;
use super::lexer::{Kind, Token};
use super::names::Named;
use super::reader::Reader;
use super::routines::is_builtin;
use crate::source::Span;
use crate::vocabulary::{Dialect, Name, Privilege};

impl Reader<'_> {
    /// Reads the rest of the part as an expression.
    pub fn rest(&mut self) {
        self.expression(|_, _| false);
        if self.pos < self.end {
            self.pos = self.end;
        }
    }

    /// Reads an expression, or several with signs between them, up to the token for which `stops`
    /// holds. Tokens in parentheses are never asked, nor those of a CASE.
    pub fn expression(&mut self, stops: impl Fn(&Self, usize) -> bool) {
        let mut inside = self.pos;
        let mut cases = 0_usize;
        while self.pos < self.end {
            let at = self.pos;
            let token = self.tokens[at];
            if at >= inside {
                if token.kind == Kind::Semicolon {
                    break;
                }
                if cases > 0 && token.key == Key::From && self.is_from_clause(at) {
                    cases = 0;
                }
                if cases == 0 && stops(self, at) {
                    break;
                }
            }
            self.pos += 1;
            match token.kind {
                Kind::Open => {
                    if self.query_follows(at + 1) {
                        self.pos = at;
                        self.subquery();
                    } else {
                        self.note_call(at);
                        inside = inside.max(self.close_of(at));
                    }
                }
                Kind::Word => match token.key {
                    Key::Case if self.key_before(at) != Key::End => cases += usize::from(at >= inside),
                    Key::End if at >= inside => cases = cases.saturating_sub(1),
                    Key::As if at >= inside => self.skip_alias(),
                    Key::Table => self.table_argument(at),
                    Key::HistoryTable if self.is_sign(self.pos, "=") => {
                        // T-SQL keeps the old rows of a table in another.
                        self.pos += 1;
                        self.target(Privilege::Create);
                    }
                    Key::In if matches!(self.dialect(), Dialect::Sqlite | Dialect::Clickhouse) => {
                        self.table_after_in(at);
                    }
                    _ => {}
                },
                Kind::Hole | Kind::Template | Kind::Placeholder if at >= inside && self.is_tail(at) => self.partial(),
                _ => {}
            }
        }
    }

    /// Goes past the alias after AS, whatever word it is.
    fn skip_alias(&mut self) {
        let token = self.token(self.pos);
        if token.kind == Kind::Word && !token.key.starts_query() {
            self.pos += 1;
        }
    }

    /// Whether a hole stands where an operator or the next clause would: it may be any clause.
    fn is_tail(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).map(|at| self.tokens[at]) else { return false };
        let token = self.tokens[at];
        let bound = token.kind == Kind::Placeholder
            && !self.slice(token).starts_with(['{', '<'])
            && !self.slice(token).starts_with("${");
        if bound || before.end == token.start || self.is_type(before) {
            return false;
        }
        let operand = matches!(
            before.kind,
            Kind::Quoted | Kind::Text | Kind::Number | Kind::Close | Kind::Placeholder | Kind::Hole | Kind::Variable
        );
        let word = before.kind == Kind::Word && before.key == Key::None;
        // A direction after ORDER BY, a name after a keyword of a type: harmless.
        (operand || word) && !self.in_order_by(at)
    }

    /// Types before a value: `interval {}`.
    fn is_type(&self, token: Token) -> bool {
        let word = self.slice(token);
        ["interval", "date", "time", "timestamp", "timestamptz"].iter().any(|known| word.eq_ignore_ascii_case(known))
    }

    fn in_order_by(&self, at: usize) -> bool {
        let from = at.saturating_sub(12);
        self.tokens[from..at]
            .iter()
            .rev()
            .take_while(|token| token.key == Key::None || token.key == Key::By)
            .any(|token| token.key == Key::By)
    }

    /// Whether the FROM at `at` begins a clause. It is part of an expression in `IS DISTINCT FROM`,
    /// `WITH FILL FROM 0`, `nth_value(x, 2) FROM FIRST OVER (…)`, `FOR SYSTEM_TIME FROM x TO y`.
    pub fn is_from_clause(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        let further = before.checked_sub(1).map_or(Key::None, |at| self.tokens[at].key);
        if self.tokens[before].key == Key::Distinct {
            return !matches!(further, Key::Is | Key::Not);
        }
        if self.tokens[before].kind == Kind::Close {
            let end = self.key(at + 1) == Key::First || self.is_word(at + 1, "last");
            let window = self.key(at + 2) == Key::Over
                || self.is_word(at + 3, "nulls")
                    && (self.key(at + 2) == Key::Ignore || self.is_word(at + 2, "respect"));
            return !(end && window);
        }
        let fill = further == Key::With && self.is_word(before, "fill");
        let versions = further == Key::For && self.is_word(before, "system_time");
        !(fill || versions)
    }

    /// `f(TABLE t)`: a table as an argument.
    fn table_argument(&mut self, at: usize) {
        let before = at.checked_sub(1).map_or(Kind::End, |at| self.tokens[at].kind);
        if self.token(self.pos).is_name() && self.is_sign(self.pos + 1, "=>") {
            // Flink's `TUMBLE(DATA => TABLE t)`, `TUMBLE(TABLE DATA => t)`.
            self.pos += 2;
        }
        let named = self.token(self.pos).is_name()
            && !self.key(self.pos).is_reserved_after_table()
            && self.kind(self.pos + 1) != Kind::Open;
        if matches!(before, Kind::Open | Kind::Comma) && named {
            self.read_table();
        }
    }

    /// `x IN table`.
    fn table_after_in(&mut self, at: usize) {
        let function = at >= 3 && self.is_word(at - 3, "position");
        let other = function || self.at(Key::Partition);
        if self.token(self.pos).is_name() && self.kind(self.pos + 1) != Kind::Open && !other {
            self.read_table();
        }
    }

    /// Reads the name of a table that is read, unless it is a CTE.
    pub fn read_table(&mut self) {
        match self.name() {
            Named::Table(written) => {
                if self.visible_cte(&written).is_none() {
                    self.touch(&written, Privilege::Select);
                }
            }
            Named::Opaque { span, prefix } => self.opaque(span, OpaqueReason::Table, Some(Privilege::Select), prefix),
            Named::Nothing => {}
            Named::Missing => self.partial(),
        }
    }

    /// Whether a query begins at `at`, which stands after an open parenthesis.
    pub fn query_follows(&self, at: usize) -> bool {
        let next = self.token(at + 1);
        match self.key(at) {
            Key::Select => true,
            Key::With => self.is_with_clause(at),
            Key::Values => next.kind == Kind::Open || matches!(next.key, Key::Row),
            Key::From => matches!(self.dialect(), Dialect::Duckdb | Dialect::Bigquery) && next.is_name(),
            Key::Insert | Key::Update | Key::Delete | Key::Merge => {
                matches!((self.key(at), next.key), (Key::Insert | Key::Merge, Key::Into) | (Key::Delete, Key::From))
            }
            _ => false,
        }
    }

    /// Whether the WITH at `at` begins a query: `WITH [RECURSIVE] name [(…)] AS`.
    pub fn is_with_clause(&self, at: usize) -> bool {
        const TAILS: &[&str] = &["totals", "fill", "ties", "rollup", "cube", "ordinality"];
        let mut at = at + 1;
        if TAILS.iter().any(|word| self.is_word(at, word)) && self.key(at + 1) != Key::As {
            return false;
        }
        if self.key(at) == Key::Recursive && self.token(at + 1).is_name() {
            return true;
        }
        if self.defines_routine(at) {
            return true;
        }
        if !self.token(at).is_name() && !self.token(at).is_unknown() {
            return self.values_follow(at);
        }
        at += 1;
        if self.kind(at) == Kind::Open {
            if self.key(at + 1) == Key::Select {
                return true;
            }
            at = self.close_of(at) + 1;
        }
        let query = self.kind(at + 1) == Kind::Open
            || matches!(self.key(at + 1), Key::Materialized | Key::Not)
            || self.token(at + 1).is_unknown();
        self.key(at) == Key::As && query
            || self.key(at) == Key::Using && self.key(at + 1) == Key::Key
            || self.values_follow(at)
    }

    /// Whether ClickHouse's `WITH expression AS name … SELECT` goes on at `at`.
    fn values_follow(&self, mut at: usize) -> bool {
        if self.dialect() != Dialect::Clickhouse {
            return false;
        }
        for _ in 0..200 {
            match self.kind(at) {
                Kind::End | Kind::Semicolon => return false,
                Kind::Open => at = self.close_of(at),
                _ if self.key(at) == Key::Select => return true,
                _ => {}
            }
            at += 1;
        }
        true
    }

    /// Reads a query in parentheses within an expression.
    pub fn subquery(&mut self) {
        let (block, inherits) = (self.block.take(), self.inherits.take());
        self.inside(|reader| {
            reader.query();
            reader.rest();
        });
        self.block = block;
        self.inherits = inherits;
    }

    /// Notes the call whose parenthesis opens at `open`.
    pub fn note_call(&mut self, open: usize) {
        let Some(last) = open.checked_sub(1) else { return };
        let token = self.tokens[last];
        if !token.is_name() || token.key != Key::None {
            return;
        }
        let mut first = last;
        while first >= 2 && self.tokens[first - 1].kind == Kind::Dot && self.tokens[first - 2].is_name() {
            first -= 2;
        }
        if first == last && is_builtin(self.slice(token)) {
            return;
        }
        // `INTO t (a, b)`, `AS alias (a, b)`: no calls.
        if matches!(self.key_before(first), Key::Into | Key::As | Key::Table) {
            return;
        }
        // `SELECT billing.charge($1)` calls the function for what it does.
        let alone = first < last
            && self.key_before(first) == Key::Select
            && matches!(self.kind(self.close_of(open) + 1), Kind::End | Kind::Semicolon);
        let (pos, end) = (self.pos, self.end);
        (self.pos, self.end) = (first, open);
        if let Named::Table(written) = self.name() {
            self.call(&written, alone);
        }
        (self.pos, self.end) = (pos, end);
        if runs_text(self.slice(token)) {
            self.texts_of_call(open);
        }
    }

    /// The statements that a function is handed as texts: `dblink('…', 'SELECT …')`, `crosstab($$…$$)`.
    pub fn texts_of_call(&mut self, open: usize) {
        let close = self.close_of(open).min(self.end);
        let remote = self.server_of_call(open);
        let outer = std::mem::replace(&mut self.remote, remote);
        let mut from = open + 1;
        let mut found = false;
        while from < close {
            let mut to = from;
            while to < close && self.kind(to) != Kind::Comma {
                to = if self.kind(to) == Kind::Open { self.close_of(to) + 1 } else { to + 1 };
            }
            let to = to.min(close);
            let literal = (from..to).find(|&at| self.is_literal(self.token(at)));
            if let Some(literal) = literal
                && begins_statement(&self.content(self.tokens[literal]).0)
            {
                found = true;
                self.dynamic(from..to);
            }
            from = to + 1;
        }
        if !found && open + 1 < close {
            let span = Span { start: self.tokens[open].start, end: self.tokens[close - 1].end };
            self.opaque(span, OpaqueReason::Dynamic, None, None);
        }
        self.remote = outer;
    }

    /// The database or server that the first argument of a call names, where the others are run there.
    fn server_of_call(&self, open: usize) -> Option<Name> {
        let name = self.slice(self.tokens[open.checked_sub(1)?]).to_ascii_lowercase();
        if !(name.starts_with("dblink") || matches!(name.as_str(), "openquery" | "external_query")) {
            return None;
        }
        let first = self.token(open + 1);
        if self.kind(open + 2) != Kind::Comma {
            return None;
        }
        if first.is_name() {
            return Some(self.part(first).text);
        }
        if !self.is_literal(first) {
            return None;
        }
        connected(&self.content(first).0)
    }
}

/// The database of a connection string: `dbname=x host=y`, `postgres://y/x`; what is neither is the name of a connection.
fn connected(text: &str) -> Option<Name> {
    if begins_statement(text) {
        return None;
    }
    if let Some((_, rest)) = text.split_once("://") {
        let path = rest.split('?').next().unwrap_or(rest);
        return path.split_once('/').map(|(_, database)| database.into()).filter(|name: &Name| !name.is_empty());
    }
    let mut named = text.split_whitespace().filter_map(|pair| pair.split_once('='));
    if text.contains('=') {
        return named.find(|(key, _)| *key == "dbname").map(|(_, value)| value.trim_matches('\'').into());
    }
    let name = text.trim();
    (!name.is_empty()).then(|| name.rsplit('.').next().unwrap_or(name).into())
}

/// Functions that run a statement which they are handed as a text, here or on another server.
fn runs_text(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "crosstab",
        "crosstab2",
        "crosstab3",
        "crosstab4",
        "crosstabn",
        "dblink",
        "dblink_exec",
        "dblink_open",
        "dblink_send_query",
        "external_query",
        "openquery",
        "query_to_xml",
        "query_to_xmlschema",
        "query_to_xml_and_xmlschema",
        "ts_stat",
    ];
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether a text begins as statements do.
fn begins_statement(text: &str) -> bool {
    let word = text.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let key = Key::of(word);
    key.begins_statement() || key == Key::Table
}
