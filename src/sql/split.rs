//! Tokens to statements. A semicolon ends a statement unless it stands in the body of a routine or
//! block, which is told by counting what opens and closes blocks.

use super::Problem;
use super::keywords::{Key, is_transaction_mode};
use super::lexer::{Kind, Lexer, Token};
use crate::vocabulary::Dialect;

/// More tokens than this are not kept of one statement: what it touches stands before.
const MOST_TOKENS: usize = 2_000_000;

/// Hands out the tokens of one statement after the other.
pub(super) struct Splitter<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    dialect: Dialect,
    ahead: Option<Token>,
    /// The tokens of the statement, without its terminator.
    pub tokens: Vec<Token>,
    /// Whether tokens of it were left out.
    pub cut: bool,
    opened: Vec<usize>,
    shape: Shape,
}

/// What is known of the statement that is being collected.
#[derive(Default)]
struct Shape {
    first: Key,
    mode: Mode,
    /// What is created, once the word was met.
    object: Key,
    /// The blocks that are open, outermost first.
    levels: Vec<Level>,
    /// Whether the statements of a block were reached at all.
    begun: bool,
    /// Whether the head of a routine within declarations is being read: its AS or IS opens a level.
    nested_head: bool,
    /// Whether the body is a string, or needs none.
    whole: bool,
    /// Whether the body reaches to the end of the batch.
    batch: bool,
    /// Whether AS or IS of the routine was met.
    headed: bool,
    variables: bool,
}

/// What is open in a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Declarations, each with a semicolon: the BEGIN that follows them opens no level of its own.
    Declaring,
    /// Statements, up to END.
    Open,
}

impl Shape {
    fn declaring(&self) -> bool {
        self.levels.last() == Some(&Level::Declaring)
    }

    /// Statements follow: after declarations in their level, else in one of their own.
    fn begin(&mut self) {
        match self.levels.last_mut() {
            Some(level) if *level == Level::Declaring => *level = Level::Open,
            _ => self.levels.push(Level::Open),
        }
        self.begun = true;
    }
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Mode {
    #[default]
    Plain,
    Block,
    Routine,
    Rule,
}

impl<'t> Splitter<'t> {
    pub fn new(text: &'t str, dialect: Dialect, script: bool) -> Self {
        Self {
            text,
            lexer: Lexer::new(text, dialect, script),
            dialect,
            ahead: None,
            tokens: Vec::new(),
            cut: false,
            opened: Vec::new(),
            shape: Shape::default(),
        }
    }

    /// What the lexer could not read so far.
    pub fn problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.lexer.problems)
    }

    fn take(&mut self) -> Token {
        self.ahead.take().unwrap_or_else(|| self.lexer.token())
    }

    pub fn peek(&mut self) -> Token {
        *self.ahead.get_or_insert_with(|| self.lexer.token())
    }

    /// Collects the next statement; `false` at the end of the text.
    pub fn advance(&mut self) -> bool {
        self.tokens.clear();
        self.opened.clear();
        self.cut = false;
        self.shape = Shape::default();
        loop {
            let token = self.take();
            match token.kind {
                Kind::Terminator | Kind::Semicolon if self.tokens.is_empty() => continue,
                Kind::End | Kind::Terminator => break,
                Kind::Semicolon => {
                    if self.ends_here() {
                        break;
                    }
                    if self.shape.mode != Mode::Rule {
                        self.close_all();
                    }
                }
                _ => {}
            }
            self.push(token);
        }
        self.close_all();
        !self.tokens.is_empty()
    }

    /// Keeps a token and looks at what it says about the statement's shape.
    fn push(&mut self, token: Token) {
        let at = self.tokens.len();
        if at >= MOST_TOKENS {
            self.cut = true;
            return;
        }
        self.tokens.push(token);
        match token.kind {
            Kind::Open => self.opened.push(at),
            Kind::Close => {
                if let Some(open) = self.opened.pop() {
                    self.tokens[open].partner = index(at);
                }
            }
            Kind::Variable => self.shape.variables = true,
            Kind::Word if token.key != Key::None => self.observe(at, token.key),
            _ => {}
        }
    }

    /// Parentheses that stay open end here.
    fn close_all(&mut self) {
        let end = index(self.tokens.len());
        for open in self.opened.drain(..) {
            self.tokens[open].partner = end;
        }
    }

    fn observe(&mut self, at: usize, key: Key) {
        if at == 0 || self.labels(at) {
            self.first(key);
            return;
        }
        if self.shape.object == Key::None && matches!(self.shape.first, Key::Create | Key::Alter) {
            self.head(at, key);
        }
        let counts = self.shape.mode != Mode::Plain || self.dialect == Dialect::Mssql;
        if counts && self.opened.is_empty() {
            self.count(at, key);
        }
    }

    /// Whether all that stands before the word at `at` is a label: `name:`, `<<name>>`.
    fn labels(&self, at: usize) -> bool {
        match at {
            2 => self.tokens[0].kind == Kind::Word && self.is(self.tokens[1], ":"),
            5 => [(0, "<"), (1, "<"), (3, ">"), (4, ">")].iter().all(|&(at, sign)| self.is(self.tokens[at], sign)),
            _ => false,
        }
    }

    fn first(&mut self, key: Key) {
        self.shape.first = key;
        let next = self.peek();
        match key {
            Key::Begin if opens_block(next) && !is_transaction_mode(self.word(next)) => {
                self.shape.mode = Mode::Block;
                self.shape.begin();
            }
            Key::If | Key::While if next.kind != Kind::End => self.shape.mode = Mode::Block,
            Key::Declare if next.kind == Kind::Word && self.has_declarations() => {
                self.shape.mode = Mode::Block;
                self.shape.levels.push(Level::Declaring);
            }
            // SQL*Plus and packages that were cut: a routine without its CREATE.
            Key::Procedure | Key::Function if next.kind == Kind::Word && self.dialect == Dialect::Oracle => {
                self.shape.mode = Mode::Routine;
                self.shape.object = key;
            }
            _ => {}
        }
    }

    /// Whether declarations stand before the BEGIN of a block, and not in it.
    fn has_declarations(&self) -> bool {
        matches!(self.dialect, Dialect::Oracle | Dialect::Snowflake | Dialect::Generic)
    }

    /// Finds out what a CREATE or ALTER is about.
    fn head(&mut self, at: usize, key: Key) {
        let mode = match key {
            Key::Procedure | Key::Proc | Key::Function | Key::Trigger | Key::Package | Key::Event => Mode::Routine,
            Key::Type if self.peek().key == Key::Body => Mode::Routine,
            Key::Rule => Mode::Rule,
            Key::Table
            | Key::View
            | Key::Index
            | Key::Schema
            | Key::Database
            | Key::Sequence
            | Key::Policy
            | Key::Macro
            | Key::User
            | Key::Type
            | Key::Synonym
            | Key::Server
            | Key::Extension
            | Key::Publication
            | Key::Task
            | Key::Stream
            | Key::Pipe => Mode::Plain,
            _ => return,
        };
        if at > 24 {
            return;
        }
        self.shape.object = key;
        self.shape.mode = mode;
    }

    /// Counts the blocks of a body, and finds where it begins.
    fn count(&mut self, at: usize, key: Key) {
        let before = self.tokens[at - 1];
        let next = self.peek();
        match key {
            Key::Begin if matches!(next.key, Key::Tran | Key::Transaction) => {}
            Key::Begin if opens_block(next) || self.shape.mode == Mode::Routine && next.kind != Kind::Semicolon => {
                self.shape.begin();
            }
            Key::Case if before.key != Key::End && !self.shape.levels.is_empty() => self.shape.levels.push(Level::Open),
            Key::End if self.closes_block(next.key) => drop(self.shape.levels.pop()),
            Key::Declare => self.declare(),
            Key::Execute
                if self.shape.object == Key::Trigger
                    && matches!(next.key, Key::Function | Key::Procedure)
                    && !self.shape.begun =>
            {
                self.shape.whole = true;
            }
            // Oracle's compound trigger: declarations, and sections that are told by their times.
            Key::Trigger if self.is(before, "compound") => self.shape.levels.push(Level::Declaring),
            Key::Procedure | Key::Function if self.shape.declaring() => self.shape.nested_head = true,
            Key::As | Key::Is if self.shape.declaring() => self.nested_begins(before, next),
            Key::As | Key::Is
                if self.shape.mode == Mode::Routine && !self.shape.headed && before.key != Key::Execute =>
            {
                self.body_begins(next);
            }
            _ => {}
        }
    }

    /// Declarations of a block begin: before the BEGIN of a trigger, in Oracle before any.
    fn declare(&mut self) {
        let trigger = self.shape.object == Key::Trigger && self.dialect != Dialect::Mssql && !self.shape.begun;
        if trigger || self.dialect == Dialect::Oracle {
            self.shape.levels.push(Level::Declaring);
        }
    }

    /// The AS or IS of a routine within declarations, or of a compound trigger's section.
    fn nested_begins(&mut self, before: Token, next: Token) {
        let section = before.key == Key::Row || self.is(before, "statement");
        let here = !matches!(next.key, Key::Language | Key::External);
        if std::mem::take(&mut self.shape.nested_head) && here || section {
            self.shape.levels.push(Level::Declaring);
        }
    }

    fn word(&self, token: Token) -> &'t str {
        self.text.get(token.start as usize..token.end as usize).unwrap_or("")
    }

    fn is(&self, token: Token, word: &str) -> bool {
        self.word(token).eq_ignore_ascii_case(word)
    }

    /// `END IF` and its like close no block of BEGIN; in T-SQL there is no such thing.
    fn closes_block(&self, next: Key) -> bool {
        let tsql = self.dialect == Dialect::Mssql || self.dialect == Dialect::Generic && self.shape.variables;
        match next {
            Key::If | Key::While => tsql,
            Key::Loop | Key::Repeat | Key::For => false,
            _ => true,
        }
    }

    /// What follows the AS or IS of a routine tells which kind of body it has.
    fn body_begins(&mut self, next: Token) {
        let declarations = self.has_declarations();
        let shape = &mut self.shape;
        shape.headed = true;
        if matches!(shape.object, Key::Package | Key::Type) {
            shape.levels.push(Level::Declaring);
            shape.begun = true;
            return;
        }
        match next.kind {
            Kind::Text | Kind::Dollar | Kind::Number | Kind::Open => shape.whole = true,
            Kind::Word => match next.key {
                Key::Begin => {}
                Key::External | Key::Language | Key::Table => shape.whole = true,
                Key::Select
                | Key::Insert
                | Key::Update
                | Key::Delete
                | Key::Merge
                | Key::With
                | Key::Set
                | Key::Exec
                | Key::Execute
                | Key::If
                | Key::Return
                | Key::Truncate
                | Key::Print => {
                    shape.batch = matches!(self.dialect, Dialect::Mssql | Dialect::Generic);
                }
                Key::Declare if shape.variables => shape.batch = true,
                _ if declarations => shape.levels.push(Level::Declaring),
                _ => {}
            },
            _ => {}
        }
    }

    /// Whether the semicolon that was just read ends the statement.
    fn ends_here(&mut self) -> bool {
        if self.lexer.has_delimiter() {
            return false;
        }
        // A routine that is declared here and defined elsewhere.
        self.shape.nested_head = false;
        let next = self.peek().key;
        let shape = &self.shape;
        match shape.mode {
            Mode::Rule => self.opened.is_empty(),
            Mode::Plain => shape.levels.is_empty(),
            Mode::Block if !shape.begun && shape.declaring() => self.is_cursor() && self.dialect == Dialect::Generic,
            Mode::Block => shape.levels.is_empty() && !(self.is_tsql() && next == Key::Else),
            Mode::Routine if self.dialect == Dialect::Mssql || !shape.levels.is_empty() => false,
            Mode::Routine if shape.whole || shape.begun => true,
            Mode::Routine if shape.batch => {
                matches!(next, Key::Create | Key::Alter | Key::Grant | Key::Comment)
            }
            Mode::Routine => true,
        }
    }

    fn is_tsql(&self) -> bool {
        self.dialect == Dialect::Mssql || self.shape.variables
    }

    /// `DECLARE name … CURSOR`, which is a whole statement in PostgreSQL and in T-SQL.
    fn is_cursor(&self) -> bool {
        self.tokens.iter().take(8).skip(2).any(|token| token.key == Key::Cursor)
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Whether a BEGIN before `next` opens a block and not a transaction.
fn opens_block(next: Token) -> bool {
    match next.kind {
        Kind::End | Kind::Semicolon | Kind::Terminator => false,
        Kind::Word => !matches!(
            next.key,
            Key::Tran | Key::Transaction | Key::Work | Key::Read | Key::Immediate | Key::Concurrently
        ),
        _ => true,
    }
}

/// All tokens of a body, its semicolons included.
pub(super) fn whole(text: &str, dialect: Dialect) -> (Vec<Token>, Vec<Problem>) {
    let mut lexer = Lexer::new(text, dialect, false);
    let mut tokens: Vec<Token> = Vec::new();
    let mut opened: Vec<usize> = Vec::new();
    loop {
        let token = lexer.token();
        let at = tokens.len();
        match token.kind {
            Kind::Open => opened.push(at),
            Kind::Close => {
                if let Some(open) = opened.pop() {
                    tokens[open].partner = index(at);
                }
            }
            Kind::Semicolon | Kind::Terminator | Kind::End => {
                for open in opened.drain(..) {
                    tokens[open].partner = index(at);
                }
            }
            _ => {}
        }
        if token.kind == Kind::End || at >= MOST_TOKENS {
            break;
        }
        tokens.push(token);
    }
    (tokens, lexer.problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, dialect: Dialect) -> Vec<&str> {
        let mut splitter = Splitter::new(text, dialect, true);
        let mut out = Vec::new();
        while splitter.advance() {
            let (first, last) = (splitter.tokens[0], splitter.tokens[splitter.tokens.len() - 1]);
            out.push(&text[first.start as usize..last.end as usize]);
        }
        out
    }

    #[test]
    fn a_semicolon_in_a_body_ends_no_statement() {
        let trigger =
            "CREATE TRIGGER a AFTER INSERT ON t BEGIN UPDATE s SET n = CASE WHEN 1 THEN 2 END; DELETE FROM u; END";
        assert_eq!(split(&format!("{trigger}; SELECT 1"), Dialect::Sqlite), [trigger, "SELECT 1"]);
        let mysql = "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; SELECT 2; END";
        assert_eq!(split(&format!("{mysql}; SELECT 3;"), Dialect::Mysql), [mysql, "SELECT 3"]);
        let oracle = "CREATE FUNCTION f RETURN NUMBER IS v NUMBER; BEGIN SELECT 1 INTO v FROM t; RETURN v; END";
        assert_eq!(split(&format!("{oracle};\n/\nSELECT 1;"), Dialect::Oracle), [oracle, "SELECT 1"]);
    }

    #[test]
    fn batches_end_at_go() {
        let text = "CREATE PROC p AS SELECT 1; SELECT 2\nGO\nSELECT 3";
        assert_eq!(split(text, Dialect::Mssql), ["CREATE PROC p AS SELECT 1; SELECT 2", "SELECT 3"]);
    }

    #[test]
    fn transactions_are_no_blocks() {
        assert_eq!(split("BEGIN; SELECT 1; END; SELECT 2", Dialect::Generic).len(), 4);
        assert_eq!(split("BEGIN TRAN; SELECT 1; COMMIT", Dialect::Mssql).len(), 3);
    }

    #[test]
    fn an_open_parenthesis_does_not_swallow_what_follows() {
        assert_eq!(split("SELECT (1; SELECT 2", Dialect::Generic).len(), 2);
    }
}
