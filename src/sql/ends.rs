//! What ends a statement or expression where no semicolon does.

use super::keywords::Key;
use super::lexer::Kind;
use super::reader::{Procedural, Reader};

impl Reader<'_> {
    /// Whether the token at `at` is one that can end an expression, so that a new statement or clause
    /// may follow it.
    fn ends_expression(&self, at: usize) -> bool {
        let token = self.tokens[at];
        match token.kind {
            Kind::Word => {
                token.key == Key::None
                    || matches!(
                        token.key,
                        Key::Null
                            | Key::End
                            | Key::Default
                            | Key::Desc
                            | Key::Only
                            | Key::Row
                            | Key::Rows
                            | Key::Nothing
                            | Key::User
                            | Key::Final
                            | Key::Data
                            | Key::Timestamp
                            | Key::Key
                            | Key::Xml
                            | Key::Share
                            | Key::Off
                            | Key::On
                            | Key::Work
                            | Key::Tran
                            | Key::Transaction
                            | Key::Begin
                            | Key::Try
                            | Key::Catch
                            | Key::Else
                            | Key::Commit
                            | Key::Rollback
                            | Key::Return
                            | Key::Break
                            | Key::Type
                    )
            }
            Kind::Symbol => matches!(self.slice(token), "*" | "]" | "}"),
            Kind::Comma | Kind::Open | Kind::Dot => false,
            _ => true,
        }
    }

    /// Whether a new statement begins at `at` without a semicolon before it.
    pub fn starts_statement(&self, at: usize) -> bool {
        let key = self.key(at);
        if key == Key::None || at == 0 {
            return false;
        }
        let next = self.token(at + 1);
        let begins = match key {
            Key::Select => next.kind != Kind::End,
            Key::Insert => {
                matches!(next.key, Key::Into | Key::Overwrite | Key::Ignore) || self.tsql() && next.is_name()
            }
            Key::Update => next.is_name() && (at + 2..at + 10).any(|at| self.key(at) == Key::Set),
            Key::Delete => next.key == Key::From || self.tsql() && next.is_name(),
            Key::Merge => next.key == Key::Into || self.tsql() && next.is_name() && next.key != Key::Join,
            Key::Create => {
                matches!(
                    next.key,
                    Key::Table
                        | Key::View
                        | Key::Or
                        | Key::Temp
                        | Key::Temporary
                        | Key::Unique
                        | Key::Index
                        | Key::Procedure
                        | Key::Proc
                        | Key::Function
                        | Key::Trigger
                        | Key::Schema
                        | Key::Database
                        | Key::Materialized
                        | Key::External
                        | Key::Sequence
                        | Key::Type
                        | Key::Synonym
                ) || self.tsql() && next.kind == Kind::Word
            }
            Key::Alter => {
                matches!(next.key, Key::Table | Key::View | Key::Database | Key::Index | Key::Session | Key::Schema)
            }
            Key::Drop => {
                matches!(
                    next.key,
                    Key::Table
                        | Key::View
                        | Key::Index
                        | Key::Procedure
                        | Key::Proc
                        | Key::Function
                        | Key::Trigger
                        | Key::Schema
                        | Key::Database
                        | Key::Sequence
                        | Key::Materialized
                ) || self.tsql() && matches!(next.key, Key::Synonym | Key::Type | Key::User | Key::Rule)
            }
            Key::Truncate => next.key == Key::Table,
            // `CREATE CAST (a AS b) WITH FUNCTION f` goes on.
            Key::With => self.is_with_clause(at) && next.kind != Kind::Open && !self.defines_routine(at + 1),
            Key::Exec | Key::Execute if self.procedural != Procedural::No => {
                next.is_name() || next.kind == Kind::Variable || next.kind == Kind::Open || next.kind == Kind::Text
            }
            _ => return self.tsql() && self.starts_tsql(at, key),
        };
        begins && self.ends_expression(at - 1) && !self.is_key_action(at)
    }

    /// `ON DELETE CASCADE`, `ON UPDATE SET NULL`: the actions of a foreign key.
    fn is_key_action(&self, at: usize) -> bool {
        self.key_before(at) == Key::On
            && (matches!(self.key(at + 1), Key::Set | Key::Cascade | Key::No) || self.is_word(at + 1, "restrict"))
    }

    pub fn tsql(&self) -> bool {
        self.procedural == Procedural::Tsql
    }

    /// Words that begin a statement in T-SQL, where no semicolon stands between statements.
    fn starts_tsql(&self, at: usize, key: Key) -> bool {
        let next = self.token(at + 1);
        let begins = match key {
            Key::Declare => next.kind == Kind::Variable || next.is_name(),
            Key::Set => next.kind == Kind::Variable || next.kind == Kind::Word && next.key != Key::Default,
            Key::If
            | Key::While
            | Key::Print
            | Key::Return
            | Key::Begin
            | Key::Commit
            | Key::Rollback
            | Key::Raiserror
            | Key::Throw
            | Key::Use
            | Key::Go
            | Key::Grant
            | Key::Revoke
            | Key::Deny
            | Key::End
            | Key::Else
            | Key::Open
            | Key::Close
            | Key::Deallocate
            | Key::Break => true,
            Key::Fetch => {
                matches!(next.key, Key::Next | Key::From | Key::First | Key::Prior)
                    && self.key_before(at) != Key::Rows
                    && !self.fetch_rows(at)
            }
            _ => false,
        };
        begins && self.ends_expression(at - 1)
    }

    /// `FETCH NEXT n ROWS ONLY`, the end of an ORDER BY.
    fn fetch_rows(&self, at: usize) -> bool {
        (at + 2..at + 8).any(|at| matches!(self.key(at), Key::Row | Key::Rows))
    }

    /// Words that end a statement within a body.
    pub fn ends_in_body(&self, at: usize) -> bool {
        match self.procedural {
            Procedural::No => false,
            Procedural::Block => matches!(
                self.key(at),
                Key::End | Key::Else | Key::Elsif | Key::Elseif | Key::Then | Key::Loop | Key::Exception | Key::Until
            ),
            Procedural::Tsql => matches!(self.key(at), Key::End | Key::Else) && at > 0 && self.ends_expression(at - 1),
        }
    }

    /// Whether the statement that is being read ends at `at`.
    pub fn ends_statement(&self, at: usize) -> bool {
        self.kind(at) == Kind::Semicolon || self.ends_in_body(at) || self.starts_statement(at)
    }

    /// Reads all up to the end of the statement as an expression.
    pub fn finish_statement(&mut self) {
        self.expression(Self::ends_statement);
    }
}
