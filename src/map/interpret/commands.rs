//! Programs that code runs: what a database's own client is given is SQL.
//!
//! Which clients there are, and which of their options take SQL, is what the shell's framework says.

use super::{At, Claim, Interpreter};
use crate::facts::NodeId;
use crate::frameworks::{RuleId, Step};
use crate::map::matching::{Certainty, Selected};
use crate::source::{FileId, Language};
use crate::vocabulary::Name;

/// A word that a command is given, with the option before it.
struct Given {
    option: Option<Name>,
    value: (FileId, NodeId),
}

impl Given {
    /// Whether it is the script that a shell is given (`bash -lc "…"`).
    fn is_script(&self) -> bool {
        self.option.as_ref().is_some_and(|option| !option.starts_with("--") && option.ends_with('c'))
    }
}

/// Shells, whose `-c` is a script.
const SHELLS: &[&str] = &["sh", "bash", "zsh", "ksh", "dash", "ash"];

impl Interpreter<'_, '_> {
    /// The words of a command: the program, then what it is given.
    pub(super) fn command(&mut self, values: Vec<Selected>, at: At) {
        let program = self.program;
        let words = values.into_iter().flat_map(|value| match value {
            Selected::Node(file, node) => {
                let elements = program.elements(file, node);
                if elements.is_empty() { vec![(file, node)] } else { elements }
            }
            Selected::Type(_) => Vec::new(),
        });
        let words: Vec<(FileId, NodeId)> = words.collect();
        let Some((&(file, node), rest)) = words.split_first() else { return };
        // A command that is one text is a shell's to read.
        let Some(path) = program.known_text(file, node).filter(|path| !path.trim().contains(char::is_whitespace))
        else {
            return self.shell_script(file, node, at);
        };
        let name = path.rsplit('/').next().unwrap_or_default();
        let given = self.given(rest);
        let clients = self.clients(name);
        if SHELLS.contains(&name) {
            for (file, node) in given.iter().filter(|given| given.is_script()).map(|given| given.value) {
                self.shell_script(file, node, at);
            }
        }
        if clients.is_empty() {
            // What another program is given is its own matter, whatever it reads like.
            for &(file, node) in rest {
                let texts = program.texts(file, node, None, at.span);
                let spans = texts.iter().flat_map(|text| text.spans().collect::<Vec<_>>());
                self.found.consumed.extend(spans.map(|(file, span)| (file, span.start)));
            }
        }
        for id in clients {
            let rule = program.frameworks.call(id);
            let at = At { dialect: rule.dialect, rule: Some(id), ..at };
            let claim = Claim::new(rule, id, Certainty::Known);
            for (file, node) in rule.sql.iter().flat_map(|selector| chosen(&given, selector.0.first())) {
                self.text(file, node, None, at, claim, 0);
            }
            for (file, node) in rule.file.iter().flat_map(|selector| chosen(&given, selector.0.first())) {
                self.files(file, node, false, at, id);
            }
        }
    }

    /// The rules that speak of a database's client.
    pub(super) fn clients(&self, name: &str) -> Vec<RuleId> {
        let program = self.program;
        let Some(shell) = program.frameworks.language(Language::Shell) else { return Vec::new() };
        let mut clients = shell.calls(name);
        clients.retain(|&id| {
            let rule = program.frameworks.call(id);
            let is_meant = rule.function.iter().any(|function| function.strip_prefix("shell.") == Some(name));
            is_meant && (rule.sql.is_some() || rule.file.is_some())
        });
        clients
    }

    fn given(&self, words: &[(FileId, NodeId)]) -> Vec<Given> {
        let mut given = Vec::new();
        let mut option = None;
        for &(file, node) in words {
            match self.program.known_text(file, node) {
                Some(text) if text.starts_with('-') && text.len() > 1 && !text.contains(char::is_whitespace) => {
                    option = Some(Name::from(text));
                }
                _ => given.push(Given { option: option.take(), value: (file, node) }),
            }
        }
        given
    }
}

/// The values that a selector means: those of an option, or the n-th of what stands by itself.
fn chosen(given: &[Given], step: Option<&Step>) -> Vec<(FileId, NodeId)> {
    let free = || given.iter().filter(|given| given.option.is_none());
    match step {
        Some(Step::Named(name)) => {
            given.iter().filter(|given| given.option.as_ref() == Some(name)).map(|given| given.value).collect()
        }
        Some(Step::Position(position)) => free().nth(*position).map(|given| given.value).into_iter().collect(),
        _ => Vec::new(),
    }
}
