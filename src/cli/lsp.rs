//! `bailiwick lsp`: the language server.

use std::io::{self, BufReader};

use clap::Args;

use crate::cli::{Exit, Global, Trouble};
use crate::lsp::{self, Ended};

const EXAMPLES: &str = "\
Editors start it: docs/editors.md says how. It speaks the language server protocol on stdin and
stdout.";

/// Serve an editor: findings while typing, owners under the cursor, ways out
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Lsp {
    /// What editors say; there is no other way
    #[arg(long, hide = true)]
    stdio: bool,
}

impl Lsp {
    /// Serves until the editor goes.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        global.limit_threads()?;
        let options = lsp::Options {
            root: global.root.clone(),
            config: global.config.clone(),
            today: global.today,
            cache: !global.no_cache,
        };
        Ok(match lsp::serve(options, BufReader::new(io::stdin()), io::stdout()) {
            Ended::Properly => Exit::Clean,
            Ended::Abruptly => Exit::Findings,
        })
    }
}
