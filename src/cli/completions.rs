//! `bailiwick completions`: for shells.

use clap::Args;
use clap_complete::Shell;

use crate::cli::{Exit, Trouble, definition, print};

const EXAMPLES: &str = "\
Examples:
  bailiwick completions bash > ~/.local/share/bash-completion/completions/bailiwick
  bailiwick completions zsh > ~/.zfunc/_bailiwick
  bailiwick completions fish > ~/.config/fish/completions/bailiwick.fish";

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints them.
    pub fn run(self) -> Result<Exit, Trouble> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut definition(), "bailiwick", &mut text);
        print(|out| out.write_all(&text))?;
        Ok(Exit::Clean)
    }
}
