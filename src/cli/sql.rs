//! `bailiwick sql`: the tables of statements.
//!
//! Wire structs of its JSON are here: nothing else speaks it.

use std::io::{self, BufRead, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::cli::{Exit, Global, Trouble, print};
use crate::source::{LineIndex, Span};
use crate::sql::{Access, Opaque, OpaqueReason, Options, Script, Statement, analyse};
use crate::vocabulary::Dialect;

/// Show the tables that SQL statements touch, with what they need on each
#[derive(Debug, Args)]
pub struct Sql {
    /// Files, or a statement itself [default: what stdin holds]
    #[arg(value_name = "FILE|STATEMENT")]
    inputs: Vec<PathBuf>,
    /// The dialect [default: what the text itself shows]
    #[arg(long, value_name = "DIALECT", value_parser = dialect)]
    dialect: Option<Dialect>,
    /// Lines of JSON in, lines of JSON out: {"id","dialect","sql"} gives {"id","accesses","problems"}
    #[arg(long, conflicts_with_all = ["inputs", "format"])]
    batch: bool,
    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

fn dialect(name: &str) -> Result<Dialect, String> {
    Dialect::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Dialect::NAMES.iter().map(|(dialect, _)| dialect.name()).collect();
        format!("unknown dialect (known: {})", known.join(", "))
    })
}

impl Sql {
    /// Shows them.
    pub fn run(self, _: &Global) -> Result<Exit, Trouble> {
        let failed = |error: io::Error| Trouble::new("cannot read the statements").caused_by(&error);
        if self.batch {
            batch(io::stdin().lock(), io::stdout().lock(), self.dialect.unwrap_or_default())
                .or_else(closed)
                .map_err(failed)?;
            return Ok(Exit::Clean);
        }
        let mut texts = Vec::new();
        for input in &self.inputs {
            texts.push(read(input)?);
        }
        if self.inputs.is_empty() {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map_err(failed)?;
            texts.push((None, String::from_utf8_lossy(&bytes).into_owned()));
        }
        let options = Options::script(self.dialect.unwrap_or_default());
        let read: Vec<ReadText> = texts
            .into_iter()
            .map(|(path, text)| ReadText { script: analyse(&text, &options), lines: LineIndex::new(&text), path, text })
            .collect();
        print(|out| match self.format {
            Format::Human => read.iter().try_for_each(|text| human(text, read.len() > 1, out)),
            Format::Json => json(&read, out),
        })?;
        Ok(Exit::Clean)
    }
}

/// A text with what was read of it.
struct ReadText {
    path: Option<String>,
    text: String,
    lines: LineIndex,
    script: Script,
}

/// The text of an argument: a file's, or the argument itself.
fn read(input: &PathBuf) -> Result<(Option<String>, String), Trouble> {
    let shown = input.display().to_string();
    #[expect(
        clippy::disallowed_methods,
        reason = "a file that is named on the command line is no source of the workspace"
    )]
    match std::fs::read(input) {
        Ok(bytes) => Ok((Some(shown), String::from_utf8_lossy(&bytes).into_owned())),
        Err(_) if shown.trim().contains(char::is_whitespace) => Ok((None, shown)),
        Err(error) => Err(Trouble::path(input, &error).help("a statement is given in quotes, as one argument")),
    }
}

/// Whoever closes the pipe has read enough.
fn closed(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

// --- For people

fn human(read: &ReadText, named: bool, out: &mut dyn Write) -> io::Result<()> {
    if let (Some(path), true) = (&read.path, named) {
        writeln!(out, "{path}:")?;
    }
    for statement in &read.script.statements {
        writeln!(out, "{}", headline(read.text.get(statement.span.range()).unwrap_or("")))?;
        human_statement(read, statement, out)?;
    }
    for problem in &read.script.problems {
        writeln!(out, "{}: {}", place(read, problem.span), problem.message)?;
    }
    Ok(())
}

/// The first line of a statement, as long as a terminal is wide.
fn headline(text: &str) -> String {
    let line = text.lines().next().unwrap_or("").trim_end();
    let mut short: String = line.chars().take(100).collect();
    if short.len() < text.len() {
        short.push_str(" …");
    }
    short
}

fn human_statement(read: &ReadText, statement: &Statement, out: &mut dyn Write) -> io::Result<()> {
    let width = statement.accesses.iter().map(|access| access.table.to_string().chars().count()).max().unwrap_or(0);
    if statement.accesses.is_empty() && statement.opaque.is_empty() && !statement.partial {
        writeln!(out, "  no table")?;
    }
    for access in &statement.accesses {
        let table = access.table.to_string();
        let unknown = if access.partial { "  (its schema is not known)" } else { "" };
        let privilege = access.privilege.name();
        writeln!(out, "  {privilege:<10}  {table:<width$}  {}{unknown}", place(read, access.span))?;
    }
    for opaque in &statement.opaque {
        writeln!(out, "  opaque      {}  {}", place(read, opaque.span), reason(opaque))?;
    }
    if statement.partial {
        writeln!(out, "  partial     something in it was not understood")?;
    }
    Ok(())
}

fn place(read: &ReadText, span: Span) -> String {
    let position = read.lines.position(&read.text, span.start);
    format!("{}:{}", position.line, position.column)
}

fn reason(opaque: &Opaque) -> String {
    let what = match opaque.reason {
        OpaqueReason::Table => "the table is not known",
        OpaqueReason::Statement => "the statement is not known",
        OpaqueReason::Dynamic => "it is made at run time",
        OpaqueReason::Prepared => "it was prepared elsewhere",
    };
    match &opaque.prefix {
        Some(prefix) => format!("{what}, it begins with `{prefix}`"),
        None => what.to_owned(),
    }
}

// --- For programs

#[derive(Serialize)]
struct WirePosition {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct WireRange {
    start: WirePosition,
    end: WirePosition,
}

#[derive(Serialize)]
struct WireAccess {
    table: String,
    privilege: &'static str,
    access: &'static str,
    range: WireRange,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
}

#[derive(Serialize)]
struct WireOpaque {
    reason: &'static str,
    range: WireRange,
}

#[derive(Serialize)]
struct WireProblem {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<WireRange>,
}

#[derive(Serialize)]
struct WireStatement {
    kind: String,
    range: WireRange,
    accesses: Vec<WireAccess>,
    opaque: Vec<WireOpaque>,
    partial: bool,
}

#[derive(Serialize)]
struct WireText<'t> {
    path: Option<&'t str>,
    dialect: &'static str,
    statements: Vec<WireStatement>,
    problems: Vec<WireProblem>,
}

#[derive(Serialize)]
struct WireOutput<'t> {
    schema_version: u32,
    texts: Vec<WireText<'t>>,
}

/// Makes ranges of spans in one text.
struct Ranges<'t> {
    text: &'t str,
    lines: &'t LineIndex,
}

impl Ranges<'_> {
    fn range(&self, span: Span) -> WireRange {
        let position = |at| {
            let found = self.lines.position(self.text, at);
            WirePosition { line: found.line, column: found.column, offset: found.offset }
        };
        WireRange { start: position(span.start), end: position(span.end) }
    }

    fn access(&self, access: &Access) -> WireAccess {
        WireAccess {
            table: access.table.to_string(),
            privilege: access.privilege.name(),
            access: access.privilege.class().name(),
            range: self.range(access.span),
            partial: access.partial,
        }
    }

    fn opaque(&self, opaque: &Opaque) -> WireOpaque {
        let reason = match opaque.reason {
            OpaqueReason::Table => "table",
            OpaqueReason::Statement => "statement",
            OpaqueReason::Dynamic => "dynamic",
            OpaqueReason::Prepared => "prepared",
        };
        WireOpaque { reason, range: self.range(opaque.span) }
    }

    fn statement(&self, statement: &Statement) -> WireStatement {
        WireStatement {
            kind: statement.kind.to_string(),
            range: self.range(statement.span),
            accesses: statement.accesses.iter().map(|access| self.access(access)).collect(),
            opaque: statement.opaque.iter().map(|opaque| self.opaque(opaque)).collect(),
            partial: statement.partial,
        }
    }

    fn problems(&self, script: &Script) -> Vec<WireProblem> {
        let problem = |message: &str, span| WireProblem { message: message.into(), range: Some(self.range(span)) };
        let read = script.problems.iter().map(|found| problem(&found.message, found.span));
        let partial = script.statements.iter().filter(|statement| statement.partial);
        let opaque = script.statements.iter().flat_map(|statement| &statement.opaque);
        read.chain(partial.map(|statement| problem("not everything in it was understood", statement.span)))
            .chain(opaque.map(|opaque| problem(&reason(opaque), opaque.span)))
            .collect()
    }
}

fn json(read: &[ReadText], out: &mut dyn Write) -> io::Result<()> {
    let texts = read.iter().map(|read| {
        let ranges = Ranges { text: &read.text, lines: &read.lines };
        WireText {
            path: read.path.as_deref(),
            dialect: read.script.dialect.name(),
            statements: read.script.statements.iter().map(|statement| ranges.statement(statement)).collect(),
            problems: ranges.problems(&Script { statements: Vec::new(), ..read.script.clone() }),
        }
    });
    let output = WireOutput { schema_version: 1, texts: texts.collect() };
    serde_json::to_writer_pretty(&mut *out, &output)?;
    writeln!(out)
}

// --- Batches

#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    id: serde_json::Value,
    #[serde(default)]
    dialect: Option<String>,
    sql: String,
}

#[derive(Serialize)]
struct Answer {
    id: serde_json::Value,
    accesses: Vec<WireAccess>,
    problems: Vec<WireProblem>,
}

/// Answers line by line. A line that is no question is answered with a problem; no line ends it.
pub fn batch(mut input: impl BufRead, mut output: impl Write, fallback: Dialect) -> io::Result<()> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        if !text.trim().is_empty() {
            serde_json::to_writer(&mut output, &answer(&text, fallback))?;
            writeln!(output)?;
            output.flush()?;
        }
        line.clear();
    }
    Ok(())
}

fn answer(line: &str, fallback: Dialect) -> Answer {
    let refuse =
        |id, message: String| Answer { id, accesses: Vec::new(), problems: vec![WireProblem { message, range: None }] };
    let question: Question = match serde_json::from_str(line) {
        Ok(question) => question,
        Err(error) => {
            let id = serde_json::from_str::<serde_json::Value>(line).ok().and_then(|value| value.get("id").cloned());
            return refuse(id.unwrap_or_default(), format!("not a question: {error}"));
        }
    };
    let dialect = question.dialect.as_deref().map(Dialect::from_name);
    let options = Options::script(dialect.flatten().unwrap_or(fallback));
    // What one line does to the program must not cost the others their answers.
    let read = catch_unwind(AssertUnwindSafe(|| analyse(&question.sql, &options)));
    let Ok(script) = read else { return refuse(question.id, "the program failed on it: please report this".into()) };
    let lines = LineIndex::new(&question.sql);
    let ranges = Ranges { text: &question.sql, lines: &lines };
    let mut problems = ranges.problems(&script);
    if let (Some(name), Some(None)) = (&question.dialect, dialect) {
        problems.push(WireProblem {
            message: format!("unknown dialect `{name}`: read as {}", script.dialect),
            range: None,
        });
    }
    Answer { id: question.id, accesses: script.accesses().map(|access| ranges.access(access)).collect(), problems }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(lines: &str) -> Vec<serde_json::Value> {
        let mut out = Vec::new();
        batch(lines.as_bytes(), &mut out, Dialect::Generic).unwrap();
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_batch_answers_each_line() {
        let found = ask(
            "{\"id\":1,\"dialect\":\"postgres\",\"sql\":\"SELECT 1 FROM s.a\"}\nno json\n{\"id\":\"x\",\"sql\":\"DELETE FROM b\"}\n",
        );
        assert_eq!(found.len(), 3);
        assert_eq!(found[0]["accesses"][0]["table"], "s.a");
        assert_eq!(found[0]["accesses"][0]["range"]["start"]["column"], 15);
        assert!(found[1]["problems"][0]["message"].as_str().unwrap().contains("not a question"));
        assert_eq!(found[2]["accesses"][0]["access"], "write");
    }

    #[test]
    fn an_unknown_dialect_is_told_and_tried() {
        let found = ask("{\"id\":1,\"dialect\":\"klingon\",\"sql\":\"SELECT 1 FROM a\"}\n");
        assert_eq!(found[0]["accesses"][0]["table"], "a");
        assert!(found[0]["problems"][0]["message"].as_str().unwrap().contains("klingon"));
    }
}
