//! WITH clauses and the scope of their names.

use super::keywords::Key;
use super::lexer::{Kind, Token};
use super::reader::Reader;
use crate::vocabulary::{Dialect, Part};

impl Reader<'_> {
    pub fn with_clause(&mut self) {
        self.pos += 1;
        let recursive = self.eat(Key::Recursive);
        let mut ahead: Vec<usize> = if recursive { self.names_ahead() } else { Vec::new() };
        for &cte in &ahead {
            self.ctes.show(cte);
        }
        ahead.reverse();
        loop {
            if self.defines_routine(self.pos) {
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

    /// Oracle's `WITH FUNCTION f … SELECT`, and not a name of the clause that is called so.
    pub fn defines_routine(&self, at: usize) -> bool {
        matches!(self.key(at), Key::Function | Key::Procedure)
            && self.token(at + 1).is_name()
            && self.key(at + 1) != Key::As
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
            let bare = self.kind(self.pos + 1) == Kind::Open && self.query_follows(self.pos + 2);
            let value = self.dialect() == Dialect::Clickhouse
                && self.kind(after + 1) != Kind::Open
                && self.key(after + 1) != Key::Materialized;
            self.key(after) == Key::As && !value || self.key(after) == Key::Using || bare
        };
        if !standard {
            return self.with_expression();
        }
        let part = self.part(token);
        let folded = self.fold(&part);
        self.pos += 1;
        // Spark and Snowflake need no AS.
        if !self.query_follows(self.pos + 1) {
            self.skip_parentheses();
        }
        if self.eat(Key::Using) {
            // DuckDB's `USING KEY (columns)`.
            self.eat(Key::Key);
            self.skip_parentheses();
        }
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
        // The name stands for a value: it is no table where it is asked with IN or FROM.
        let named = self.tokens[self.pos - 1];
        if self.pos >= before + 2 && self.tokens[self.pos - 2].key == Key::As && named.is_name() {
            let folded = self.fold(&self.part(named));
            let cte = self.ctes.add(folded);
            self.ctes.show(cte);
        }
        true
    }
}
