//! `bailiwick sql`: the tables of statements.
//!
//! Statement by statement: what was read of one is shown and forgotten before the next is read, so that a dump costs no
//! more than its text. Wire structs of its JSON are here: nothing else speaks it.

use std::cell::RefCell;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::ser::{Error, SerializeSeq, SerializeStruct};
use serde::{Deserialize, Serialize, Serializer};

use crate::cli::{Exit, Global, Trouble, print};
use crate::source::{LineIndex, Position, SkipReason, SourceText, Span};
use crate::sql::{self, Access, Opaque, OpaqueReason, Options, Problem, Statement, analyse, analyse_each};
use crate::vocabulary::Dialect;
use crate::workspace::decode;

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
            let mut stdin = io::stdin().lock();
            if stdin.is_terminal() {
                return Err(Trouble::new("there is no statement to read").help(
                    "name a file, give a statement in quotes, or pipe one in: `echo 'SELECT …' | bailiwick sql`",
                ));
            }
            let mut bytes = Vec::new();
            stdin.read_to_end(&mut bytes).map_err(failed)?;
            texts.push(decoded(None, bytes)?);
        }
        let asked = self.dialect.unwrap_or_default();
        let texts: Vec<Text> = texts.into_iter().map(|(path, source)| Text::new(path, source, asked)).collect();
        print(|out| match self.format {
            Format::Human => texts.iter().try_for_each(|text| human(text, texts.len() > 1, out)),
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, &WireOutput { schema_version: 1, texts: &texts })?;
                writeln!(out)
            }
        })?;
        Ok(Exit::Clean)
    }
}

/// A text to be read.
struct Text {
    path: Option<String>,
    source: SourceText,
    lines: LineIndex,
    options: Options,
}

impl Text {
    fn new(path: Option<String>, source: SourceText, asked: Dialect) -> Self {
        let dialect = sql::dialect_of(&source.text, &Options::script(asked));
        Self { path, lines: LineIndex::new(&source.text), source, options: Options::script(dialect) }
    }

    fn position(&self, at: u32) -> Position {
        let found = self.lines.position(&self.source.text, at);
        Position { offset: found.offset + self.source.bom, ..found }
    }

    /// Hands out its statements, and answers what could not be read.
    fn each(&self, each: impl FnMut(Statement)) -> Vec<Problem> {
        analyse_each(&self.source.text, &self.options, each).problems
    }
}

/// The text of an argument: a file's, or the argument itself.
fn read(input: &PathBuf) -> Result<(Option<String>, SourceText), Trouble> {
    let shown = input.display().to_string();
    #[expect(
        clippy::disallowed_methods,
        reason = "a file that is named on the command line is no source of the workspace"
    )]
    match std::fs::read(input) {
        Ok(bytes) => decoded(Some(shown), bytes),
        Err(_) if shown.trim().contains(char::is_whitespace) => {
            Ok((None, SourceText { text: shown, bom: 0, lossy: false }))
        }
        Err(error) => Err(Trouble::path(input, &error).help("a statement is given in quotes, as one argument")),
    }
}

fn decoded(path: Option<String>, bytes: Vec<u8>) -> Result<(Option<String>, SourceText), Trouble> {
    match decode(bytes) {
        Ok(source) => Ok((path, source)),
        Err(SkipReason::Binary) => Err(Trouble::new(format!("`{}` is no text", path.as_deref().unwrap_or("stdin")))
            .help("a NUL byte stands near its start")),
        Err(reason) => Err(Trouble::new(format!("cannot read `{}`: {}", path.unwrap_or_default(), reason.name()))),
    }
}

/// Whoever closes the pipe has read enough.
fn closed(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

// --- For people

fn human(text: &Text, named: bool, out: &mut dyn Write) -> io::Result<()> {
    if let (Some(path), true) = (&text.path, named) {
        writeln!(out, "{path}:")?;
    }
    let mut written = Ok(());
    let problems = text.each(|statement| {
        if written.is_ok() {
            written = human_statement(text, &statement, out);
        }
    });
    written?;
    problems.iter().try_for_each(|problem| writeln!(out, "{}: {}", place(text, problem.span), problem.message))
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

fn human_statement(read: &Text, statement: &Statement, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", headline(read.source.text.get(statement.span.range()).unwrap_or("")))?;
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

fn place(read: &Text, span: Span) -> String {
    let position = read.position(span.start);
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
struct WireOutput<'t> {
    schema_version: u32,
    texts: &'t [Text],
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let statements = WireStatements { text: self, problems: RefCell::default() };
        let mut wire = serializer.serialize_struct("text", 4)?;
        wire.serialize_field("path", &self.path)?;
        wire.serialize_field("dialect", self.options.dialect.name())?;
        wire.serialize_field("statements", &statements)?;
        let problems = statements.problems.into_inner();
        let problems: Vec<WireProblem> = problems.iter().map(|problem| Ranges(self).problem(problem)).collect();
        wire.serialize_field("problems", &problems)?;
        wire.end()
    }
}

/// The statements of a text, read while they are written; what could not be read is known afterwards.
struct WireStatements<'t> {
    text: &'t Text,
    problems: RefCell<Vec<Problem>>,
}

impl Serialize for WireStatements<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut wire = serializer.serialize_seq(None)?;
        let mut written = Ok(());
        let problems = self.text.each(|statement| {
            if written.is_ok() {
                written = wire.serialize_element(&Ranges(self.text).statement(&statement));
            }
        });
        written?;
        *self.problems.try_borrow_mut().map_err(S::Error::custom)? = problems;
        wire.end()
    }
}

/// Makes ranges of spans in one text.
struct Ranges<'t>(&'t Text);

impl Ranges<'_> {
    fn range(&self, span: Span) -> WireRange {
        let position = |at| {
            let found = self.0.position(at);
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

    fn problem(&self, problem: &Problem) -> WireProblem {
        WireProblem { message: problem.message.clone(), range: Some(self.range(problem.span)) }
    }

    /// What was not understood of a statement, in the words of a batch.
    fn gaps(&self, statement: &Statement) -> Vec<WireProblem> {
        let told = |message: String, span| WireProblem { message, range: Some(self.range(span)) };
        let partial = statement.partial.then(|| told("not everything in it was understood".into(), statement.span));
        partial.into_iter().chain(statement.opaque.iter().map(|opaque| told(reason(opaque), opaque.span))).collect()
    }
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
    let source = SourceText { text: question.sql, bom: 0, lossy: false };
    let text = Text::new(None, source, dialect.flatten().unwrap_or(fallback));
    // What one line does to the program must not cost the others their answers.
    let Ok(script) = catch_unwind(AssertUnwindSafe(|| analyse(&text.source.text, &text.options))) else {
        return refuse(question.id, "the program failed on it: please report this".into());
    };
    let ranges = Ranges(&text);
    let mut problems: Vec<WireProblem> = script.problems.iter().map(|problem| ranges.problem(problem)).collect();
    problems.extend(script.statements.iter().flat_map(|statement| ranges.gaps(statement)));
    if let (Some(name), Some(None)) = (&question.dialect, dialect) {
        let message = format!("unknown dialect `{name}`: read as {}", script.dialect);
        problems.push(WireProblem { message, range: None });
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
