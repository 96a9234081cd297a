//! All files of a workspace to their facts, in parallel.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::config::Config;
use crate::facts::{FileFacts, extract};
use crate::frameworks::Frameworks;
use crate::source::{FileId, Language, Place, Skipped, SourceText, Sources, Span};
use crate::syntax;
use crate::syntax::outline::Directive;
use crate::vocabulary::{Dialect, Name};
use crate::workspace::{self, SourceFile, Unit, Workspace};

/// What reading all files gave.
#[derive(Debug, Default)]
pub struct Scan {
    /// The facts of each file that was understood, sorted by file.
    pub facts: Vec<(FileId, FileFacts)>,
    /// How many files were read.
    pub read: usize,
    /// What could not be read after all.
    pub skipped: Vec<Skipped>,
    /// What was read and not understood, sorted by place.
    pub problems: Vec<(Place, String)>,
    /// What reads like a comment that speaks to this program and stands in no comment of the code: it
    /// counts where it stands inside SQL. Sorted by place.
    pub directives_in_text: Vec<(FileId, Directive)>,
}

/// What reading one file gave.
struct Read {
    facts: FileFacts,
    lossy: bool,
    in_text: Vec<Directive>,
}

/// Whether files of that language are read for what they do; others are read for settings at most.
#[must_use]
pub fn is_source(language: Language) -> bool {
    language == Language::Sql || syntax::outline(language, "").is_some()
}

/// Reads every source file of the workspace.
#[must_use]
pub fn scan(sources: &dyn Sources, workspace: &Workspace, config: &Config, frameworks: &Frameworks) -> Scan {
    let files: Vec<(FileId, &SourceFile)> = workspace.files_with_ids().collect();
    let read: Vec<(FileId, Result<Read, Skipped>)> = files
        .into_par_iter()
        .filter(|(_, file)| is_source(file.language))
        .map(|(id, file)| (id, read_file(sources, workspace, config, frameworks, file)))
        .collect();
    let mut scan = Scan::default();
    for (file, result) in read {
        match result {
            Ok(read) => scan.add(file, read),
            Err(skipped) => scan.skipped.push(skipped),
        }
    }
    scan.problems.sort();
    scan
}

impl Scan {
    fn add(&mut self, file: FileId, read: Read) {
        self.read += 1;
        let place = |span: Span| Place { file, span };
        if read.lossy {
            let message = "bytes that are no UTF-8 were read as question marks".to_owned();
            self.problems.push((place(Span::new(0, 0)), message));
        }
        let problems = read.facts.problems.iter();
        self.problems.extend(problems.map(|problem| (place(problem.span), problem.message.clone())));
        self.directives_in_text.extend(read.in_text.into_iter().map(|directive| (file, directive)));
        self.facts.push((file, read.facts));
    }
}

fn read_file(
    sources: &dyn Sources,
    workspace: &Workspace,
    config: &Config,
    frameworks: &Frameworks,
    file: &SourceFile,
) -> Result<Read, Skipped> {
    let source =
        workspace::read(sources, &file.path).map_err(|reason| Skipped { path: file.path.to_string(), reason })?;
    let facts = understand(&source, workspace, config, frameworks, file);
    let known = |at: u32| facts.directives.iter().any(|known| known.span.start <= at && at < known.span.end);
    let mut in_text = extract::sql_directives(&source.text);
    in_text.retain(|directive| !known(directive.span.start));
    Ok(Read { facts, lossy: source.lossy, in_text })
}

fn understand(
    source: &SourceText,
    workspace: &Workspace,
    config: &Config,
    frameworks: &Frameworks,
    file: &SourceFile,
) -> FileFacts {
    if file.language == Language::Sql {
        return extract::from_sql(&source.text, dialect(workspace, config, file));
    }
    let none: FxHashSet<Name> = FxHashSet::default();
    let builders = frameworks.language(file.language).map_or(&none, |index| &index.builders);
    let outline = syntax::outline(file.language, &source.text).unwrap_or_default();
    extract::from_outline(outline, builders)
}

/// The dialect of a file of SQL: that of the database it is run in, of its service, of the only kind of
/// database that the service connects to, else the config's.
#[must_use]
pub fn dialect(workspace: &Workspace, config: &Config, file: &SourceFile) -> Dialect {
    let wired = workspace
        .ddl_wirings
        .iter()
        .filter(|wiring| lies_in(&file.path, &wiring.path))
        .max_by_key(|wiring| wiring.path.len())
        .and_then(|wiring| workspace.database(wiring.database?)?.dialect);
    let service = match file.unit {
        Unit::Service(id) => workspace.service(id),
        Unit::Library(_) | Unit::Unassigned => None,
    };
    let of_service = || {
        let service = service?;
        service.dialect.or_else(|| {
            let mut dialects = service.databases.iter().filter_map(|link| workspace.database(link.database)?.dialect);
            let first = dialects.next()?;
            dialects.all(|dialect| dialect == first).then_some(first)
        })
    };
    wired.or_else(of_service).or(config.dialect).unwrap_or_default()
}

fn lies_in(path: &str, folder: &str) -> bool {
    folder == "." || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
