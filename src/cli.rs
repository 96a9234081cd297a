//! Arguments, the order of the stages, exit codes.
//!
//! Invariant: what is asked for goes to stdout, all else to stderr, and only `main` exits.

pub mod allow;
pub mod allow_at;
pub mod baseline;
pub mod check;
pub mod completions;
pub mod errors;
pub mod explain;
pub mod facts;
pub mod frameworks;
pub mod global;
pub mod init;
pub mod lsp;
pub mod man;
pub mod map;
pub mod named;
pub mod outputs;
pub mod paths;
pub mod schema;
pub mod services;
pub mod sql;
pub mod view;
pub mod why;

use std::io::{self, Write};

use clap::{CommandFactory, Parser, Subcommand};

pub use errors::Trouble;
pub use global::Global;
pub use view::View;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing to complain of.
    Clean = 0,
    /// There are findings.
    Findings = 1,
    /// The program could not do its work.
    Trouble = 2,
}

const EXAMPLES: &str = "\
Examples:
  bailiwick check                        the whole repository, with reasons and a way out
  bailiwick check services/orders        what is wrong in one part of it
  bailiwick map                          who touches what
  bailiwick why reporting orders         each access, and each reason for the owner
  bailiwick explain foreign-read         what a rule means and how to mend it

Exit codes: 0 clean, 1 findings at error level, 2 the work could not be done.";

/// Finds the code that reaches out of its own: a service that touches a table another service owns.
#[derive(Debug, Parser)]
#[command(name = "bailiwick", version, max_term_width = 100, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Init(init::Init),
    Baseline(baseline::BaselineCommand),
    Allow(allow::Allow),
    Map(map::MapCommand),
    Services(services::Services),
    Why(why::Why),
    Explain(explain::Explain),
    Facts(facts::Facts),
    Sql(sql::Sql),
    Frameworks(frameworks::FrameworksCommand),
    Lsp(lsp::Lsp),
    Completions(completions::Completions),
    #[command(hide = true)]
    Man(man::Man),
    Schema(schema::SchemaCommand),
}

/// Reads the arguments and runs what they ask for.
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let result = match cli.command {
        Command::Check(command) => command.run(&cli.global),
        Command::Init(command) => command.run(&cli.global),
        Command::Baseline(command) => command.run(&cli.global),
        Command::Allow(command) => command.run(&cli.global),
        Command::Map(command) => command.run(&cli.global),
        Command::Services(command) => command.run(&cli.global),
        Command::Why(command) => command.run(&cli.global),
        Command::Explain(command) => command.run(),
        Command::Facts(command) => command.run(&cli.global),
        Command::Sql(command) => command.run(&cli.global),
        Command::Frameworks(command) => command.run(&cli.global),
        Command::Lsp(command) => command.run(&cli.global),
        Command::Man(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Schema(command) => command.run(),
    };
    result.unwrap_or_else(|trouble| {
        trouble.tell(cli.global.errors_in_colour());
        Exit::Trouble
    })
}

/// The arguments as clap sees them, for completions and man pages.
#[must_use]
pub fn definition() -> clap::Command {
    Cli::command()
}

/// Help and versions go to stdout and are no trouble; what is wrong with the arguments is.
fn usage(error: &clap::Error) -> Exit {
    let trouble = error.use_stderr();
    // Whoever closed the pipe has read enough.
    let _ = error.print();
    if trouble { Exit::Trouble } else { Exit::Clean }
}

/// Writes to stdout. Whoever closes the pipe has read enough: that is no trouble.
pub(crate) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Trouble> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Trouble::new("cannot write to stdout").caused_by(&error))
        }
        _ => Ok(()),
    }
}

/// Writes to stderr. There is nobody left to tell when that fails.
pub(crate) fn tell(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let mut out = io::BufWriter::new(io::stderr().lock());
    let _ = write(&mut out).and_then(|()| out.flush());
}
