//! `bailiwick` finds the code that reaches out of its own: a service that touches a table another
//! service owns. See `docs/ARCHITECTURE.md` for the way of the data through these modules.

pub mod baseline;
pub mod cache;
pub mod cli;
pub mod config;
pub mod facts;
pub mod frameworks;
pub mod git;
pub mod grant;
pub mod inline;
pub mod lint;
pub mod lsp;
pub mod map;
pub mod replace;
pub mod report;
pub mod session;
pub mod source;
pub mod sql;
pub mod syntax;
pub mod vocabulary;
pub mod workspace;

/// The stack of every thread that reads source: what it reads is nested as deeply as somebody likes.
pub const STACK_SIZE: usize = 64 << 20;
