//! Findings for people: the code with marks on it, what made the owner the owner, and a way out.

use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode, ThemeCharacters, ThemeStyles,
};

use crate::config::Level;
use crate::lint::{Finding, Reported};
use crate::report::Report;
use crate::report::source::NamedText;
use crate::source::{Place, Span};

/// More related places than this are counted, not shown.
const MOST_RELATED: usize = 6;

/// Writes the open findings: errors and warnings in full, notes in a line each (in full with `-v`).
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let handler = handler(report.style.colour, report.style.width);
    let in_full = |reported: &&Reported| reported.finding.level > Level::Note || report.style.verbose;
    for reported in report.outcome.open().filter(in_full) {
        let mut text = String::new();
        handler.render_report(&mut text, &shown(report, &reported.finding)).map_err(io::Error::other)?;
        writeln!(out, "{}", trimmed(&text))?;
    }
    for reported in report.outcome.open().filter(|reported| !in_full(reported)) {
        let finding = &reported.finding;
        let level = report.style.dim(&format!("note[{}]", finding.rule));
        writeln!(out, "{}: {level} {}", report.pointer(finding.place), finding.message)?;
    }
    Ok(())
}

/// The renderer in the style that is asked for.
#[must_use]
pub fn handler(colour: bool, width: usize) -> GraphicalReportHandler {
    let styles = if colour { ThemeStyles::ansi() } else { ThemeStyles::none() };
    let theme = GraphicalTheme { characters: ThemeCharacters::unicode(), styles };
    // A name is copied from the terminal into the config: it is parted at no hyphen.
    let words = textwrap::WordSplitter::NoHyphenation;
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false);
    handler.with_break_words(false).with_word_splitter(words)
}

/// Without blanks at the ends of lines, which miette leaves, and without the word that it puts before
/// related places: the mark beside it says as much.
fn trimmed(text: &str) -> String {
    let mut trimmed = String::with_capacity(text.len());
    for line in text.lines().filter(|line| *line != "Advice: ") {
        trimmed.push_str(line.trim_end());
        trimmed.push('\n');
    }
    trimmed
}

/// A message with marked source, as miette takes it.
#[derive(Debug)]
pub struct Shown {
    message: String,
    code: Option<String>,
    severity: Severity,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    source: Option<NamedText>,
    related: Vec<Shown>,
}

impl Shown {
    /// A message about the text of a file, for problems that are no findings.
    #[must_use]
    pub fn problem(message: String, help: Option<String>, source: Option<NamedText>, span: Option<Span>) -> Self {
        let labels = match (&source, span) {
            (Some(source), Some(span)) => vec![label(source, span, None, true)],
            _ => Vec::new(),
        };
        Self { message, code: None, severity: Severity::Error, help, labels, source, related: Vec::new() }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|related| related as &dyn Diagnostic)))
    }
}

/// The finding as it is shown.
fn shown(report: &Report<'_>, finding: &Finding) -> Shown {
    let source = named(report, finding.place);
    let mut help = finding.help.clone();
    for note in &finding.notes {
        help.push_str("\nnote: ");
        help.push_str(note);
    }
    let mut labels = Vec::new();
    if let Some(source) = &source {
        labels.push(label(source, finding.place.span, Some(finding.label.clone()), true));
    }
    let mut related = Vec::new();
    for (place, text) in finding.related.iter().take(MOST_RELATED) {
        match &source {
            Some(source) if place.file == finding.place.file => {
                labels.push(label(source, place.span, Some(text.clone()), false));
            }
            _ => related.push(elsewhere(report, *place, text)),
        }
    }
    if finding.related.len() > MOST_RELATED {
        let more = finding.related.len() - MOST_RELATED;
        let stand = if more == 1 { "place stands" } else { "places stand" };
        help.push_str(&format!("\nnote: {more} more {stand} in the JSON"));
    }
    let severity = match finding.level {
        Level::Error => Severity::Error,
        Level::Warn => Severity::Warning,
        Level::Note | Level::Off => Severity::Advice,
    };
    let code = Some(format!("{}[{}]", finding.level.name(), finding.rule));
    Shown { message: finding.message.clone(), code, severity, help: Some(help), labels, source, related }
}

/// A place in another file.
fn elsewhere(report: &Report<'_>, place: Place, text: &str) -> Shown {
    let source = named(report, place);
    let labels = source.iter().map(|source| label(source, place.span, None, true)).collect();
    Shown {
        message: text.to_owned(),
        code: None,
        severity: Severity::Advice,
        help: None,
        labels,
        source,
        related: Vec::new(),
    }
}

fn named(report: &Report<'_>, place: Place) -> Option<NamedText> {
    let path = report.workspace.path(place.file);
    let name = report.style.link(&report.url(path), path);
    Some(NamedText { name, text: report.texts.text(place.file)? })
}

/// A mark on a span, or on its first line if it has several.
fn label(source: &NamedText, span: Span, text: Option<String>, primary: bool) -> LabeledSpan {
    let whole = &source.text.source.text;
    let start = (span.start as usize).min(whole.len());
    let end = (span.end as usize).clamp(start, whole.len());
    let marked = whole.get(start..end).unwrap_or_default();
    let length = marked.lines().next().map_or(0, |line| line.trim_end().len());
    if primary {
        LabeledSpan::new_primary_with_span(text, (start, length))
    } else {
        LabeledSpan::new_with_span(text, (start, length))
    }
}
