//! The reader: a cursor over the tokens of one statement, what it has found so far, and the reading
//! of expressions, in which only subqueries, calls and holes matter.
//!
//! It knows the structure of statements (clauses, scopes, targets), not the grammar of expressions:
//! those are gone over flatly, so that neither their depth nor their length costs any stack, and an
//! operator or function of any dialect is no obstacle.

use rustc_hash::{FxHashMap, FxHashSet};

use super::keywords::Key;
use super::lexer::{Kind, Token};
use super::names::{Named, Written};
use super::variables::Variables;
use super::{Access, Change, Definition, Opaque, OpaqueReason, Problem, RoutineCall, Statement};
use crate::source::Span;
use crate::vocabulary::{Dialect, Name, Part, Privilege, TableName};

/// Queries nested deeper than this are gone over flatly.
const DEEPEST: usize = 100;

/// What all statements of a script share.
pub(super) struct Shared {
    pub dialect: Dialect,
    /// Temporary tables made so far, case folded.
    pub temporary: FxHashSet<Name>,
    /// Prepared statements whose text was here.
    pub prepared: FxHashSet<Name>,
    pub problems: Vec<Problem>,
    /// How many texts within texts are being read.
    pub level: usize,
    /// Texts that are to be run later.
    pub variables: Variables,
}

/// What is found of one statement.
#[derive(Default)]
pub(super) struct Output {
    pub statement: Statement,
    /// Query blocks: each points to the one it was joined to, or to itself.
    pub blocks: Vec<u32>,
    /// Whether it was said that it is nested too deeply.
    pub deep: bool,
    /// How many row locks were read.
    pub locks: usize,
}

impl Output {
    /// A new query block.
    pub fn block(&mut self) -> u32 {
        let block = u32::try_from(self.blocks.len()).unwrap_or(u32::MAX);
        self.blocks.push(block);
        block
    }

    /// The block that stands for all that `block` was joined to. The way to it is made shorter.
    pub fn root(&mut self, mut block: u32) -> u32 {
        while let Some(&next) = self.blocks.get(block as usize) {
            if next == block {
                break;
            }
            let over = self.blocks.get(next as usize).copied().unwrap_or(next);
            self.blocks[block as usize] = over;
            block = over;
        }
        block
    }

    /// Joins two blocks.
    pub fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        let (low, high) = (one.min(other), one.max(other));
        if let Some(slot) = self.blocks.get_mut(high as usize) {
            *slot = low;
        }
    }
}

/// The names of WITH clauses that can be seen.
#[derive(Default)]
pub(super) struct Ctes {
    pub list: Vec<Cte>,
    visible: FxHashMap<Name, Vec<u32>>,
    /// In the order they came into sight.
    order: Vec<u32>,
}

/// A name of a WITH clause.
pub(super) struct Cte {
    pub folded: Name,
    pub block: Option<u32>,
    /// Whether a query block that uses it was joined with its own.
    pub used: bool,
    /// The accesses its query made.
    pub accesses: std::ops::Range<usize>,
}

impl Ctes {
    pub fn add(&mut self, folded: Name) -> usize {
        self.list.push(Cte { folded, block: None, used: false, accesses: 0..0 });
        self.list.len() - 1
    }

    /// Makes a name visible until its mark is released.
    pub fn show(&mut self, cte: usize) {
        let number = u32::try_from(cte).unwrap_or(u32::MAX);
        self.visible.entry(self.list[cte].folded.clone()).or_default().push(number);
        self.order.push(number);
    }

    pub fn mark(&self) -> usize {
        self.order.len()
    }

    /// Takes all names out of sight that came into it since `mark`.
    pub fn release(&mut self, mark: usize) {
        for number in self.order.drain(mark.min(self.order.len())..) {
            if let Some(stack) = self.visible.get_mut(&self.list[number as usize].folded) {
                stack.pop();
            }
        }
    }

    pub fn find(&self, folded: &str) -> Option<usize> {
        self.visible.get(folded)?.last().map(|&number| number as usize)
    }
}

/// How the words of a routine's body are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Procedural {
    /// Not in a body: plain statements.
    No,
    /// Statements end with semicolons, `SELECT … INTO` sets variables.
    Block,
    /// T-SQL: no semicolons needed, `SELECT … INTO` makes a table.
    Tsql,
}

/// Reads one statement, or the statements of one body.
pub(super) struct Reader<'a> {
    pub text: &'a str,
    /// Where the text stands in the outermost one.
    pub base: u32,
    pub tokens: &'a [Token],
    pub pos: usize,
    /// Where the part that is being read ends.
    pub end: usize,
    pub shared: &'a mut Shared,
    pub out: &'a mut Output,
    pub ctes: Ctes,
    /// Aliases of the FROM clauses that can be seen, case folded: paths begin with them.
    pub aliases: Vec<Name>,
    pub depth: usize,
    pub block: Option<u32>,
    /// The block that the next query is joined to, if it is no union.
    pub inherits: Option<u32>,
    /// The CTE whose body the next query is, where it may name itself after a set operator.
    pub itself: Option<usize>,
    pub routine: Option<TableName>,
    /// The server or database that the text is run in, where it is another.
    pub remote: Option<Name>,
    pub procedural: Procedural,
    /// Whether the query that is being read began with its FROM clause.
    pub from_first: bool,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str, base: u32, tokens: &'a [Token], shared: &'a mut Shared, out: &'a mut Output) -> Self {
        let tsql = shared.dialect == Dialect::Mssql;
        Self {
            text,
            base,
            tokens,
            pos: 0,
            end: tokens.len(),
            shared,
            out,
            ctes: Ctes::default(),
            aliases: Vec::new(),
            depth: 0,
            block: None,
            inherits: None,
            itself: None,
            routine: None,
            remote: None,
            procedural: if tsql { Procedural::Tsql } else { Procedural::No },
            from_first: false,
        }
    }

    pub fn dialect(&self) -> Dialect {
        self.shared.dialect
    }

    /// The token at `at`, or one that is nothing past the end of what is being read.
    pub fn token(&self, at: usize) -> Token {
        if at < self.end { self.tokens[at] } else { Token::END }
    }

    pub fn kind(&self, at: usize) -> Kind {
        self.token(at).kind
    }

    /// The key of the token at `at`.
    pub fn key(&self, at: usize) -> Key {
        self.token(at).key
    }

    /// The key of the token before `at`.
    pub fn key_before(&self, at: usize) -> Key {
        at.checked_sub(1).map_or(Key::None, |at| self.tokens[at].key)
    }

    pub fn slice(&self, token: Token) -> &'a str {
        self.text.get(token.start as usize..token.end as usize).unwrap_or("")
    }

    /// Whether the word at `at` is `word`; for words that are no keys.
    pub fn is_word(&self, at: usize, word: &str) -> bool {
        let token = self.token(at);
        token.kind == Kind::Word && self.slice(token).eq_ignore_ascii_case(word)
    }

    /// Whether the sign at `at` is `sign`.
    pub fn is_sign(&self, at: usize, sign: &str) -> bool {
        let token = self.token(at);
        token.kind == Kind::Symbol && self.slice(token) == sign
    }

    pub fn at(&self, key: Key) -> bool {
        self.key(self.pos) == key
    }

    pub fn at_end(&self) -> bool {
        self.pos >= self.end
    }

    /// Goes past the token here if it is `key`.
    pub fn eat(&mut self, key: Key) -> bool {
        let found = self.at(key);
        self.pos += usize::from(found);
        found
    }

    /// Goes past the word here if it is `word`.
    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(self.pos, word);
        self.pos += usize::from(found);
        found
    }

    /// Goes past the tokens here if they are these keys.
    pub fn eat_all(&mut self, keys: &[Key]) -> bool {
        let found = keys.iter().enumerate().all(|(ahead, &key)| self.key(self.pos + ahead) == key);
        if found {
            self.pos += keys.len();
        }
        found
    }

    /// `IF EXISTS`.
    pub fn eat_if_exists(&mut self) -> bool {
        self.eat_all(&[Key::If, Key::Exists])
    }

    /// `IF NOT EXISTS`.
    pub fn eat_if_not_exists(&mut self) -> bool {
        self.eat_all(&[Key::If, Key::Not, Key::Exists])
    }

    /// Where the parenthesis that opens at `at` closes: the index of what closes it.
    pub fn close_of(&self, at: usize) -> usize {
        (self.tokens[at].partner as usize).clamp(at + 1, self.end.max(at + 1))
    }

    /// Reads what stands in the parentheses that open here, and goes past them.
    pub fn inside(&mut self, read: impl FnOnce(&mut Self)) {
        let (open, end) = (self.pos, self.end);
        let close = self.close_of(open);
        if close >= end || self.tokens[close].kind != Kind::Close {
            self.partial();
        }
        self.pos = open + 1;
        self.end = close.min(end);
        read(self);
        self.end = end;
        self.pos = (close + usize::from(close < end && self.tokens[close].kind == Kind::Close)).min(end);
    }

    /// Goes past the parentheses that open here, if they do, reading what stands in them as an
    /// expression or a query.
    pub fn parentheses(&mut self) {
        if self.kind(self.pos) == Kind::Open {
            if self.query_follows(self.pos + 1) {
                self.subquery();
            } else {
                self.inside(Self::rest);
            }
        }
    }

    /// Goes past the parentheses that open here without reading them.
    pub fn skip_parentheses(&mut self) {
        if self.kind(self.pos) == Kind::Open {
            self.inside(|_| {});
        }
    }

    /// Says that something was not understood.
    pub fn partial(&mut self) {
        self.out.statement.partial = true;
    }

    /// Says what the statement is, unless that is known already.
    pub fn is_kind(&mut self, kind: &str) {
        if self.out.statement.kind.is_empty() {
            self.out.statement.kind = kind.into();
        }
    }

    /// A span of the reader's text as one of the outermost text.
    pub fn outer(&self, span: Span) -> Span {
        span.shifted(self.base)
    }

    /// The span from one token to another, in the outermost text.
    pub fn span(&self, from: usize, to: usize) -> Span {
        let last = to.saturating_sub(1).max(from).min(self.tokens.len().saturating_sub(1));
        match (self.tokens.get(from), self.tokens.get(last)) {
            (Some(first), Some(last)) => self.outer(Span { start: first.start, end: last.end.max(first.start) }),
            _ => Span::default(),
        }
    }

    /// Goes one level of nesting down; `false` where it is too deep, and what is here was gone over.
    pub fn descend(&mut self) -> bool {
        if self.depth >= DEEPEST {
            let span = self.span(self.pos, self.pos + 1);
            if !std::mem::replace(&mut self.out.deep, true) {
                self.shared.problems.push(Problem { span, message: "nested too deeply".into() });
            }
            self.flat();
            return false;
        }
        self.depth += 1;
        true
    }

    /// What is nested too deeply: names after FROM and JOIN are all that is looked for.
    fn flat(&mut self) {
        self.partial();
        while self.pos < self.end {
            let follows = matches!(self.key(self.pos), Key::From | Key::Join);
            self.pos += 1;
            if follows && self.token(self.pos).is_name() {
                match self.name() {
                    Named::Table(written)
                        if self.visible_cte(&written).is_none() && self.kind(self.pos) != Kind::Open =>
                    {
                        self.touch(&written, Privilege::Select);
                    }
                    _ => {}
                }
            }
        }
    }

    // --- What is found

    /// A name as it is compared: a quoted one keeps its case where the dialect says so.
    pub fn fold(&self, part: &Part) -> Name {
        let exact = matches!(self.dialect(), Dialect::Postgres | Dialect::Redshift | Dialect::Duckdb) && part.quoted;
        if exact { part.text.clone() } else { part.text.to_lowercase().into() }
    }

    /// The CTE that a name means.
    pub fn visible_cte(&self, written: &Written) -> Option<usize> {
        if self.ctes.order.is_empty() {
            return None;
        }
        self.ctes.find(&self.fold(written.bare()?))
    }

    /// Whether the name is of a temporary table.
    pub fn is_temporary(&self, written: &Written) -> bool {
        let name = &written.table.name;
        if name.text.starts_with('#') {
            return true;
        }
        match written.table.qualifiers.last() {
            Some(schema) => {
                let sqlite = matches!(self.dialect(), Dialect::Sqlite | Dialect::Duckdb);
                schema.text.eq_ignore_ascii_case(if sqlite { "temp" } else { "pg_temp" })
            }
            None => !self.shared.temporary.is_empty() && self.shared.temporary.contains(&self.fold(name)),
        }
    }

    /// Whether the name is of a table that a service can own.
    pub fn counts(&self, written: &Written) -> bool {
        !self.is_temporary(written) && !self.is_system(&written.table) && !self.is_transition(written)
    }

    /// The rows a trigger sees, in T-SQL.
    fn is_transition(&self, written: &Written) -> bool {
        self.procedural == Procedural::Tsql
            && self.routine.is_some()
            && written.bare().is_some_and(|part| {
                part.text.eq_ignore_ascii_case("inserted") || part.text.eq_ignore_ascii_case("deleted")
            })
    }

    /// Notes that a table is touched. The index of the access, if it counts.
    pub fn touch(&mut self, written: &Written, privilege: Privilege) -> Option<usize> {
        if !self.counts(written) {
            return None;
        }
        self.out.statement.accesses.push(Access {
            table: written.table.clone(),
            span: written.span.shifted(self.base),
            privilege,
            block: self.block,
            referencing: None,
            routine: self.routine.clone(),
            partial: written.partial,
            remote: self.remote.clone().or_else(|| self.link(written)),
        });
        Some(self.out.statement.accesses.len() - 1)
    }

    /// Oracle's link behind a name: `orders@sales`, of whose domain the first part tells.
    fn link(&self, written: &Written) -> Option<Name> {
        let oracle = matches!(self.dialect(), Dialect::Oracle | Dialect::Generic) && !written.table.name.quoted;
        let (_, link) = written.table.name.text.split_once('@').filter(|_| oracle)?;
        Some(link.into())
    }

    /// Notes that a table cannot be known.
    pub fn opaque(&mut self, span: Span, reason: OpaqueReason, privilege: Option<Privilege>, prefix: Option<Name>) {
        let span = self.outer(span);
        self.out.statement.opaque.push(Opaque { span, reason, privilege, prefix });
    }

    /// Reads the name here and notes what is needed on it; the name, if it is known.
    pub fn target(&mut self, privilege: Privilege) -> Option<Written> {
        match self.name() {
            Named::Table(written) => {
                self.touch(&written, privilege);
                Some(written)
            }
            Named::Opaque { span, prefix } => {
                self.opaque(span, OpaqueReason::Table, Some(privilege), prefix);
                None
            }
            Named::Nothing => None,
            Named::Missing => {
                self.partial();
                None
            }
        }
    }

    /// Notes a definition about the name `written`.
    pub fn define(&mut self, span: Span, change: Change) {
        let span = self.outer(span);
        self.out.statement.definitions.push(Definition { span, change, routine: self.routine.clone() });
    }

    /// Notes a call of a routine.
    pub fn call(&mut self, written: &Written, explicit: bool) {
        let routine = &self.routine;
        let calls = &mut self.out.statement.calls;
        let same = |call: &&mut RoutineCall| call.name == written.table && call.routine == *routine;
        if let Some(known) = calls.iter_mut().rev().take(64).find(same) {
            known.explicit |= explicit;
        } else if calls.len() < 1000 {
            let (name, span) = (written.table.clone(), written.span.shifted(self.base));
            calls.push(RoutineCall { name, span, explicit, routine: routine.clone() });
        }
    }
}
