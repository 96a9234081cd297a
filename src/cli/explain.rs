//! `bailiwick explain`: what a rule means.

use clap::Args;

use crate::cli::{Exit, Trouble, print};
use crate::lint::names::nearest;
use crate::lint::{RULES, rule, rule_names};

/// Explain a rule: what it finds, why it matters, how to mend it. Without a rule, list them all
#[derive(Debug, Args)]
pub struct Explain {
    /// The rule, such as `foreign-read`
    rule: Option<String>,
}

impl Explain {
    /// Prints the rule's page.
    pub fn run(self) -> Result<Exit, Trouble> {
        let Some(name) = self.rule else {
            print(|out| {
                let width = rule_names().map(str::len).max().unwrap_or(0);
                for rule in RULES {
                    writeln!(out, "{:width$}  {:5}  {}", rule.name, rule.default_level.name(), rule.summary)?;
                }
                Ok(())
            })?;
            return Ok(Exit::Clean);
        };
        let Some(rule) = rule(&name) else {
            let trouble = Trouble::new(format!("there is no rule `{name}`"));
            return Err(match nearest(&name, rule_names()) {
                Some(near) => trouble.help(format!("did you mean `{near}`?")),
                None => trouble.help("`bailiwick explain` lists them"),
            });
        };
        print(|out| out.write_all(rule.page.as_bytes()))?;
        Ok(Exit::Clean)
    }
}
