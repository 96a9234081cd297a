//! SQL where it hides: shell scripts, Makefiles, Dockerfiles, YAML, Terraform, notebooks; changelogs in YAML and JSON.
//!
//! Each becomes one top-level function. A command of a shell script is a call of the pseudo path
//! `["shell", program]`, wherever the script stands:
//!
//! - an operand is an argument without a name;
//! - an option with its value is an argument named after it (`-c "…"`, `--command="…"` → `-c`, `--command`);
//! - a heredoc or here-string is an argument named `<<`, a file that is read from one named `<`, a file of SQL that is
//!   written to one named `>`;
//! - what is piped in is an argument named `|`, the call of the command before.
//!
//! A command behind others (`sudo -u postgres psql -c …`, `docker exec db psql …`, `PGUSER=x psql …`) is a call of
//! its own beside theirs. A function of the script is one of the module `shell`, and what it hands on to a command is
//! given to that as well. A variable is a name, `$(…)` the call of the command in it. A value in a document whose key
//! names a file of SQL (`schema.sql: |`) is a call of `["document", "sql"]`; rows that a framework loads into the tables of
//! its models are calls of `["document", "record"]`.

mod changelog;
mod document;
mod mapped;
mod remap;
mod shell;

use super::outline::{Directive, Function, Outline, Stmt};
use crate::source::{Language, Span};
use mapped::Mapped;

/// The outline of a shell script.
#[must_use]
pub fn shell(text: &str) -> Outline {
    let mut outline = Outline::default();
    let body = shell::script(&mut outline, &Mapped::plain(text), 0);
    finished(outline, text, body)
}

/// The outline of a Makefile: its recipes are shell scripts.
#[must_use]
pub fn makefile(text: &str) -> Outline {
    let mut outline = Outline::default();
    let mut body = Vec::new();
    let mut at = 0;
    let variables = make_variables(text);
    let mut recipe = Mapped::default();
    for line in text.split_inclusive('\n') {
        let in_recipe = line.starts_with('\t') || (!recipe.text.is_empty() && recipe.text.ends_with("\\\n"));
        if in_recipe {
            let code = line.trim_start_matches(['\t', '@', '-', '+', ' ']);
            // `$$` is a dollar sign to the shell; `$(VAR)` is filled in before the shell sees it.
            recipe.add_make(code, at + (line.len() - code.len()), &variables);
        } else if !recipe.text.is_empty() {
            body.extend(shell::script(&mut outline, &std::mem::take(&mut recipe), 0));
        }
        at += line.len();
    }
    body.extend(shell::script(&mut outline, &recipe, 0));
    finished(outline, text, body)
}

/// The variables of a Makefile, by name: `PSQL := docker compose exec db psql`. Those that are defined in several
/// ways mean nothing.
fn make_variables(text: &str) -> Vec<(&str, &str)> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with(['\t', '#'])) {
        let Some((name, value)) = line.split_once('=') else { continue };
        let name = name.trim_end_matches([':', '?', '!']).trim().trim_start_matches("export ");
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if !name.is_empty() && name.chars().all(is_name) && !value.trim().ends_with('\\') {
            found.push((name, value.trim()));
        }
    }
    let once = |name: &str| found.iter().filter(|(other, _)| *other == name).count() == 1;
    found.iter().copied().filter(|(name, _)| once(name)).collect()
}

/// The outline of a Dockerfile: `RUN`, `CMD`, `ENTRYPOINT` are shell scripts or lists of words.
#[must_use]
pub fn dockerfile(text: &str) -> Outline {
    let mut outline = Outline::default();
    let mut body = Vec::new();
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let start = at;
        at += line.len();
        let word = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        if !matches!(word.as_str(), "RUN" | "CMD" | "ENTRYPOINT" | "HEALTHCHECK" | "SHELL") {
            continue;
        }
        let mut last = line;
        let heredoc = line.split("<<").nth(1).map(|rest| {
            let rest = rest.trim_start_matches(['-', '"', '\'']);
            rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
        });
        let heredoc = heredoc.filter(|tag| !tag.is_empty());
        while last.trim_end().ends_with('\\') || heredoc.as_ref().is_some_and(|tag| last.trim() != tag) {
            let Some(next) = lines.next() else { break };
            at += next.len();
            last = next;
        }
        let mut code_start = start + line.find(char::is_whitespace).unwrap_or(line.len());
        if word == "HEALTHCHECK" {
            let Some(command) = text.get(start..at).and_then(|code| code.find("CMD")) else { continue };
            code_start = start + command + "CMD".len();
        }
        let code = text.get(code_start..at).unwrap_or_default();
        let open = code.len() - code.trim_start().len();
        if code.trim_start().starts_with('[') {
            body.extend(document::exec_form(&mut outline, &code[open..], code_start + open));
        } else if heredoc.is_some() && code.trim_start().starts_with("<<") {
            // `RUN <<EOF`: the lines are the script.
            let first = code.find('\n').map_or(code.len(), |end| end + 1);
            let script = code[first..].trim_end();
            let script = script.rfind('\n').map_or("", |end| &script[..=end]);
            body.extend(shell::script(&mut outline, &Mapped::part(script, code_start + first), 0));
        } else {
            body.extend(shell::script(&mut outline, &Mapped::part(code, code_start), 0));
        }
    }
    finished(outline, text, body)
}

/// The outline of a YAML file: keys that hold scripts (`run`, `script`, `command`, `args` …), files of SQL, and texts.
#[must_use]
pub fn yaml(text: &str) -> Outline {
    if let Some(mut outline) = changelog::outline(text, Language::Yaml) {
        outline.directives = directives(text);
        return outline;
    }
    let mut outline = Outline::default();
    let mut body = document::yaml(&mut outline, text);
    body.extend(document::records(&mut outline, text, Language::Yaml));
    finished(outline, text, body)
}

/// The outline of a JSON file: of a changelog, of rows to be loaded, else nothing.
#[must_use]
pub fn json(text: &str) -> Outline {
    if let Some(outline) = changelog::outline(text, Language::Json) {
        return outline;
    }
    let mut outline = Outline::default();
    let body = document::records(&mut outline, text, Language::Json);
    if body.is_empty() { outline } else { finished(outline, text, body) }
}

/// The outline of a Terraform file: heredocs and texts.
#[must_use]
pub fn terraform(text: &str) -> Outline {
    let mut outline = Outline::default();
    let body = document::terraform(&mut outline, text);
    finished(outline, text, body)
}

/// The outline of a notebook: its cells of Python as one module, its `%%sql` and shell lines.
#[must_use]
pub fn notebook(text: &str) -> Outline {
    document::notebook(text)
}

fn finished(mut outline: Outline, text: &str, body: Vec<Stmt>) -> Outline {
    outline.directives = directives(text);
    if !body.is_empty() {
        outline.functions.insert(0, top_level(text.len(), body));
    }
    outline
}

fn top_level(length: usize, body: Vec<Stmt>) -> Function {
    Function::top_level(body, Span::new(0, length))
}

/// Comments (`# …`) that speak to this program.
fn directives(text: &str) -> Vec<Directive> {
    let found = memchr::memmem::find_iter(text.as_bytes(), b"bailiwick:").filter_map(|start| {
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let before = &text[line_start..start];
        if !before.contains('#') && !before.contains("//") && !before.contains("--") {
            return None;
        }
        let line = text[start..].lines().next().unwrap_or_default().trim_end();
        Some(Directive { text: line.to_owned(), span: Span::new(start, start + line.len()) })
    });
    found.collect()
}

#[cfg(test)]
mod tests;
