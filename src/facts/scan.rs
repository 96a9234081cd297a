//! All files of a workspace to their facts, in parallel.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::config::Config;
use crate::facts::kept::{self, MadeOf, Parted, Store};
use crate::facts::{FileFacts, extract};
use crate::frameworks::Frameworks;
use crate::source::{FileId, Language, Place, Skipped, SourceText, Sources, Span, lies_in, positions};
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

/// What reading one file gave: all that depends on its content alone, and is kept from run to run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Reading {
    /// What it says.
    pub facts: FileFacts,
    /// Whether bytes were replaced.
    pub lossy: bool,
    /// Its part of [`Scan::directives_in_text`].
    pub in_text: Vec<Directive>,
}

/// What files are read with.
pub struct Reader<'a> {
    sources: &'a dyn Sources,
    workspace: &'a Workspace,
    config: &'a Config,
    frameworks: &'a Frameworks,
    store: &'a dyn Store,
    /// For each language what its readings depend on besides the text.
    salts: FxHashMap<Language, u128>,
}

/// Whether files of that language are read for what they do; others are read for settings at most.
#[must_use]
pub fn is_source(language: Language) -> bool {
    language == Language::Sql || syntax::outline(language, "").is_some()
}

/// Whether the file is read for what it does. Of JSON only changelogs and rows to be loaded are: all else in it is settings and data.
#[must_use]
pub fn is_read(file: &SourceFile) -> bool {
    let json = || {
        let path = file.path.to_ascii_lowercase();
        ["changelog", "changeset", "liquibase", "migration", "fixtures/"].iter().any(|word| path.contains(word))
    };
    is_source(file.language) && (file.language != Language::Json || json())
}

/// Whether the file is SQL whose statements have names before them, as `SQLDelight` writes it.
fn is_labelled(file: &SourceFile) -> bool {
    file.language == Language::Sql && (file.path.ends_with(".sq") || file.path.ends_with(".sqm"))
}

/// Every source file, opened: of each there is what it says, or that an earlier run has kept that.
pub struct Opened(Vec<(FileId, Result<Said, Skipped>)>);

/// What a file says.
enum Said {
    /// That which is kept under this key; wherever that stands has this number.
    Kept { key: u128, number: u128 },
    /// This, which is kept under that key from now on.
    Read { reading: Box<Reading>, key: u128, number: u128 },
}

/// Opens every source file of the workspace, and reads those whose content is new.
#[must_use]
pub fn open(reader: &Reader<'_>) -> Opened {
    let files: Vec<(FileId, &SourceFile)> = reader.workspace.files_with_ids().collect();
    let files = files.into_par_iter().filter(|(_, file)| is_read(file));
    Opened(files.map(|(id, file)| (id, reader.said(file))).collect())
}

/// Reads every source file of the workspace.
#[must_use]
pub fn scan(reader: &Reader<'_>) -> Scan {
    open(reader).scan(reader)
}

impl Opened {
    /// A number for what all files say: files whose texts differ and say the same have the same, wherever in them that
    /// stands. And what could not be read.
    #[must_use]
    pub fn fingerprint(&self) -> (u128, Vec<Skipped>) {
        let mut hash = Xxh3::new();
        let mut skipped = Vec::new();
        for (file, said) in &self.0 {
            let number = match said {
                Ok(Said::Kept { number, .. } | Said::Read { number, .. }) => *number,
                Err(reason) => {
                    skipped.push(reason.clone());
                    0
                }
            };
            hash.update(&file.0.to_le_bytes());
            hash.update(&number.to_le_bytes());
        }
        (hash.digest128(), skipped)
    }

    /// What there is to read.
    #[must_use]
    pub fn made_of(&self) -> MadeOf {
        let key = |said: &Said| match said {
            Said::Kept { key, .. } | Said::Read { key, .. } => *key,
        };
        MadeOf(self.0.iter().map(|(file, said)| (*file, said.as_ref().map_or(0, key))).collect())
    }

    /// An answer that was made of all files by an earlier run, if they said the same then. `key` covers what they say.
    #[must_use]
    pub fn recall<T: DeserializeOwned>(&self, store: &dyn Store, key: u128) -> Option<T> {
        let places = |file: FileId, key: u128| {
            let at = self.0.binary_search_by_key(&file, |(id, _)| *id).ok()?;
            match &self.0[at].1 {
                Ok(Said::Read { reading, .. }) => Some(positions::part(&**reading).1),
                _ => Parted::kept(store, key)?.spans(),
            }
        };
        kept::recall(store, key, &self.made_of(), places)
    }

    /// What all files say, with what was kept.
    #[must_use]
    pub fn scan(self, reader: &Reader<'_>) -> Scan {
        let read: Vec<(FileId, Result<Reading, Skipped>)> = self
            .0
            .into_par_iter()
            .map(|(id, said)| {
                let reading = said.and_then(|said| match said {
                    Said::Read { reading, .. } => Ok(*reading),
                    Said::Kept { key, .. } => Parted::kept(reader.store, key)
                        .and_then(Parted::whole)
                        .map_or_else(|| reader.read_again(id), Ok),
                });
                (id, reading)
            })
            .collect();
        let mut scan = Scan::default();
        for (file, result) in read {
            match result {
                Ok(reading) => scan.add(file, reading),
                Err(skipped) => scan.skipped.push(skipped),
            }
        }
        scan.problems.sort();
        scan
    }
}

impl Scan {
    /// What is known of one file, and apart from that where it stands.
    #[must_use]
    pub fn said(&self, file: FileId) -> (Vec<u8>, Vec<Span>) {
        let at = self.facts.binary_search_by_key(&file, |(id, _)| *id).ok();
        let in_text = self.directives_in_text.iter().filter(|(id, _)| *id == file).collect::<Vec<_>>();
        let problems = self.problems.iter().filter(|(place, _)| place.file == file);
        let problems = problems.map(|(place, message)| (place.span, message)).collect::<Vec<_>>();
        positions::part(&(at.map(|at| &self.facts[at].1), in_text, problems))
    }

    /// Puts what was read of one file in the place of what was known of it.
    pub fn replace(&mut self, file: FileId, path: &str, reading: Result<Reading, Skipped>) {
        self.problems.retain(|(place, _)| place.file != file);
        self.directives_in_text.retain(|(id, _)| *id != file);
        self.skipped.retain(|skipped| skipped.path != path);
        if let Ok(at) = self.facts.binary_search_by_key(&file, |(id, _)| *id) {
            self.facts.remove(at);
            self.read -= 1;
        }
        match reading {
            Ok(reading) => self.add(file, reading),
            Err(skipped) => self.skipped.push(skipped),
        }
        self.facts.sort_by_key(|(id, _)| *id);
        self.directives_in_text.sort_by_key(|(id, _)| *id);
        self.problems.sort();
    }

    fn add(&mut self, file: FileId, read: Reading) {
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

impl<'a> Reader<'a> {
    /// A reader of the workspace's files that looks into `store` first.
    #[must_use]
    pub fn new(
        sources: &'a dyn Sources,
        workspace: &'a Workspace,
        config: &'a Config,
        frameworks: &'a Frameworks,
        store: &'a dyn Store,
    ) -> Self {
        let mut salts = FxHashMap::default();
        for file in &workspace.files {
            salts.entry(file.language).or_insert_with(|| salt(frameworks, file.language));
        }
        Self { sources, workspace, config, frameworks, store, salts }
    }

    /// Reads one file, or says why it cannot be read.
    ///
    /// # Errors
    /// When the file is no text or cannot be opened.
    pub fn read(&self, file: &SourceFile) -> Result<Reading, Skipped> {
        let (source, dialect) = self.open(file)?;
        Ok(self.reading(&source, file, dialect))
    }

    /// One file whose kept answer turned out to be none.
    fn read_again(&self, file: FileId) -> Result<Reading, Skipped> {
        self.workspace.file(file).map_or_else(|| Ok(Reading::default()), |file| self.read(file))
    }

    fn said(&self, file: &SourceFile) -> Result<Said, Skipped> {
        let (source, dialect) = self.open(file)?;
        if !self.store.remembers() {
            let reading = Box::new(self.reading(&source, file, dialect));
            return Ok(Said::Read { reading, key: 0, number: 0 });
        }
        let key = self.key(&source, file, dialect);
        if let Some(kept) = Parted::kept(self.store, key) {
            return Ok(Said::Kept { key, number: kept.number() });
        }
        let reading = Box::new(self.reading(&source, file, dialect));
        let number = Parted::keep(self.store, key, &*reading);
        Ok(Said::Read { reading, key, number })
    }

    fn reading(&self, source: &SourceText, file: &SourceFile, dialect: Dialect) -> Reading {
        let facts = self.understand(source, file, dialect);
        let known = |at: u32| facts.directives.iter().any(|known| known.span.start <= at && at < known.span.end);
        let mut in_text = extract::sql_directives(&source.text);
        in_text.retain(|directive| !known(directive.span.start));
        Reading { facts, lossy: source.lossy, in_text }
    }

    fn open(&self, file: &SourceFile) -> Result<(SourceText, Dialect), Skipped> {
        let source = workspace::read(self.sources, &file.path)
            .map_err(|reason| Skipped { path: file.path.to_string(), reason })?;
        Ok((source, dialect(self.workspace, self.config, file)))
    }

    fn key(&self, source: &SourceText, file: &SourceFile, dialect: Dialect) -> u128 {
        let mut hash = Xxh3::new();
        hash.update(&self.salts.get(&file.language).copied().unwrap_or_default().to_le_bytes());
        if file.language == Language::Sql {
            hash.update(dialect.name().as_bytes());
            hash.update(&[u8::from(is_labelled(file))]);
        }
        hash.update(&[u8::from(source.lossy)]);
        hash.update(source.text.as_bytes());
        hash.digest128()
    }

    fn understand(&self, source: &SourceText, file: &SourceFile, dialect: Dialect) -> FileFacts {
        if is_labelled(file) {
            return extract::from_labelled_sql(&source.text, dialect);
        }
        if file.language == Language::Sql {
            return extract::from_sql(&source.text, dialect);
        }
        let none: FxHashSet<Name> = FxHashSet::default();
        let builders = self.frameworks.language(file.language).map_or(&none, |index| &index.builders);
        let outline = syntax::outline(file.language, &source.text).unwrap_or_default();
        extract::from_outline(outline, builders)
    }
}

/// What the readings of a language depend on besides the text: its name, and the framework data that is
/// used before facts are joined.
fn salt(frameworks: &Frameworks, language: Language) -> u128 {
    let builders = frameworks.language(language).map(|index| index.builders.iter().map(Name::as_str));
    let mut words: Vec<&str> = builders.into_iter().flatten().collect();
    words.sort_unstable();
    words.push(language.name());
    xxh3_128(words.join("\u{1f}").as_bytes())
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
