//! `bailiwick.toml`: what people declare. Read in two phases, spanned raw then validated, so that
//! every problem is found at once and everything declared knows the place that declared it.
//!
//! The config knows nothing of the files it speaks of beyond whether its paths exist: what they hold
//! is the workspace's to say. Design §5 is the contract.

mod check;
mod grants;
mod paths;
mod pattern;
mod read;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::source::Span;
use crate::vocabulary::{AccessClass, Context, Dialect, Name, Privilege};

pub use pattern::{Pattern, Specificity};
pub use read::{add_own, read_root};

/// The name of the config file, at the root and in a service's folder.
pub const FILE_NAME: &str = "bailiwick.toml";

/// The folder of a cache, at a root. It is no part of any tree: no walk sees it.
pub const CACHE_FOLDER: &str = ".bailiwick_cache";

/// The name of the baseline, at the root.
pub const BASELINE_NAME: &str = "bailiwick-baseline.json";

/// All that is declared, in the root's config and in the services' own.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The config files that were read, relative to the root with `/` (absolute for one outside of
    /// it), the root's first. Empty when there is none.
    pub files: Vec<Name>,
    /// The dialect where nothing else tells one.
    pub dialect: Option<Dialect>,
    /// Globs of paths that are not looked at, beside what git ignores.
    pub exclude: Vec<Declared<String>>,
    /// Source files larger than this many bytes are skipped; `None` for the default. SQL is read in
    /// any size.
    pub max_file_size: Option<u64>,
    /// Whether comments in the source may permit. Default: yes.
    pub inline_allows: Option<bool>,
    /// Which contexts are linted and listed; `None` for code alone.
    pub contexts: Option<Vec<Context>>,
    /// The services by name.
    pub services: BTreeMap<Name, ServiceConfig>,
    /// The libraries by name.
    pub libraries: BTreeMap<Name, LibraryConfig>,
    /// The databases by name.
    pub databases: BTreeMap<Name, DatabaseConfig>,
    /// What owners permit, in the order of the files.
    pub grants: Vec<Grant>,
    /// What every grant must have.
    pub grants_policy: GrantsPolicy,
    /// Levels of rules, for all services.
    pub rules: BTreeMap<Name, Declared<Level>>,
}

impl Config {
    /// The size above which a source file is skipped when the config does not say.
    pub const DEFAULT_MAX_FILE_SIZE: u64 = 2_000_000;

    /// The size above which a source file is skipped.
    #[must_use]
    pub fn max_file_size(&self) -> u64 {
        self.max_file_size.unwrap_or(Self::DEFAULT_MAX_FILE_SIZE)
    }

    /// Whether comments in the source may permit.
    #[must_use]
    pub fn inline_allows(&self) -> bool {
        self.inline_allows.unwrap_or(true)
    }

    /// Whether what stands in this context is linted and listed.
    #[must_use]
    pub fn wants(&self, context: Context) -> bool {
        self.contexts.as_ref().map_or(context == Context::Code, |wanted| wanted.contains(&context))
    }

    /// Whether the root's file declares services. Where it does not, the workspace finds them, and
    /// services' own files only name theirs.
    #[must_use]
    pub fn declares_services(&self) -> bool {
        self.services.values().any(|service| service.own_file.as_ref() != Some(&service.origin.path))
    }

    /// The level that is set for `rule`, the service's own file before the root's; `None` where the
    /// rule's default holds.
    #[must_use]
    pub fn level(&self, rule: &str, service: Option<&str>) -> Option<&Declared<Level>> {
        service
            .and_then(|service| self.services.get(service))
            .and_then(|service| service.rules.get(rule))
            .or_else(|| self.rules.get(rule))
    }

    /// The service whose `owns` (or whose `schemas`) claims the table most exactly, and the pattern
    /// that does. Where two claim it alike both are given: a declared contest.
    #[must_use]
    pub fn declared_owners(&self, database: Option<&str>, schema: Option<&str>, table: &str) -> Vec<(&Name, &Pattern)> {
        let mut best: Option<Specificity> = None;
        let mut owners: Vec<(&Name, &Pattern)> = Vec::new();
        for (name, service) in &self.services {
            let own =
                service.owns.iter().filter_map(|pattern| Some((pattern.matches(database, schema, table)?, pattern)));
            let Some((specificity, pattern)) = own.max_by_key(|(specificity, _)| *specificity) else { continue };
            if best.is_none_or(|best| specificity > best) {
                best = Some(specificity);
                owners.clear();
            }
            if best == Some(specificity) {
                owners.push((name, pattern));
            }
        }
        owners
    }
}

/// Where something is declared: a config file and the bytes in it. `workspace::Workspace::place`
/// turns it to a [`crate::source::Place`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Origin {
    /// The file, as in [`Config::files`].
    pub path: Name,
    /// The bytes.
    pub span: Span,
}

/// A declared value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub origin: Origin,
}

/// How grave a rule's findings are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is the level of its name")]
pub enum Level {
    Off,
    Note,
    Warn,
    Error,
}

impl Level {
    /// Every level, the mildest first.
    pub const ALL: &'static [Level] = &[Self::Off, Self::Note, Self::Warn, Self::Error];

    /// Its name in configs and output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// The level of that name, or `None`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|level| level.name() == name)
    }
}

/// `[services.<name>]`, and what the service's own file adds to it.
#[derive(Debug, Clone, Default)]
pub struct ServiceConfig {
    /// Where its name is declared.
    pub origin: Origin,
    /// Folders and files, relative to the root, without a trailing `/`; `.` for the root itself.
    pub paths: Vec<Declared<String>>,
    /// The databases it connects to; `None` where the settings are to tell.
    pub databases: Option<Vec<Declared<Name>>>,
    /// Schemas that are all its own.
    pub schemas: Vec<Declared<Name>>,
    /// The tables it owns. Its `schemas` stand here too, as `schema.*`.
    pub owns: Vec<Pattern>,
    /// Whether no baseline entry may excuse it.
    pub strict: bool,
    /// Its dialect.
    pub dialect: Option<Dialect>,
    /// Libraries it links that the manifests do not tell of.
    pub libraries: Vec<Declared<Name>>,
    /// Levels from the service's own file.
    pub rules: BTreeMap<Name, Declared<Level>>,
    /// Its own `bailiwick.toml`, if it has one.
    pub own_file: Option<Name>,
}

/// `[libraries.<name>]`.
#[derive(Debug, Clone, Default)]
pub struct LibraryConfig {
    /// Where its name is declared.
    pub origin: Origin,
    /// Folders and files, as in a service.
    pub paths: Vec<Declared<String>>,
    /// Libraries it links that the manifests do not tell of.
    pub libraries: Vec<Declared<Name>>,
}

/// `[databases.<name>]`.
#[derive(Debug, Clone, Default)]
pub struct DatabaseConfig {
    /// Where its name is declared.
    pub origin: Origin,
    /// Its dialect.
    pub dialect: Option<Dialect>,
    /// Folders and files whose DDL is this database's.
    pub migrations: Vec<Declared<String>>,
}

/// `[[grants]]`: an owner's permission to others.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The whole entry: its `[[grants]]` header to its last value.
    pub origin: Origin,
    /// Who permits.
    pub owner: Name,
    /// Where the owner is named; `None` in its own file, where it is implied.
    pub owner_origin: Option<Origin>,
    /// Who may.
    pub to: Vec<Declared<Name>>,
    /// Which tables.
    pub tables: Vec<Pattern>,
    /// What, `read` and `write` spelt out.
    pub privileges: Vec<Privilege>,
    /// Whether the tables may be joined with those of others.
    pub joins: bool,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Declared<jiff::civil::Date>>,
    /// The tracker's link.
    pub issue: Option<String>,
}

impl Grant {
    /// Whether it lets `service` do `privilege` to the table, its date aside.
    #[must_use]
    pub fn permits(
        &self,
        service: &str,
        database: Option<&str>,
        schema: Option<&str>,
        table: &str,
        privilege: Privilege,
    ) -> bool {
        self.to.iter().any(|to| to.value == service)
            && self.privileges.contains(&privilege)
            && self.tables.iter().any(|pattern| pattern.matches(database, schema, table).is_some())
    }

    /// Whether it no longer holds on `today`.
    #[must_use]
    pub fn has_lapsed(&self, today: jiff::civil::Date) -> bool {
        self.until.as_ref().is_some_and(|until| until.value < today)
    }
}

/// `[grants-policy]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantsPolicy {
    /// Whether every grant must name an issue.
    pub require_issue: bool,
    /// How many days before its end a grant is warned of.
    pub warn_days: u32,
}

impl Default for GrantsPolicy {
    fn default() -> Self {
        Self { require_issue: false, warn_days: 14 }
    }
}

/// The privileges that a word in `privileges` stands for: one of SQL's, or a class.
#[must_use]
pub fn privileges_of(word: &str) -> Option<Vec<Privilege>> {
    let class = match word {
        "read" => Some(AccessClass::Read),
        "write" => Some(AccessClass::Write),
        "ddl" => Some(AccessClass::Ddl),
        "reference" => Some(AccessClass::Reference),
        _ => None,
    };
    match class {
        Some(class) => Some(Privilege::ALL.iter().copied().filter(|privilege| privilege.class() == class).collect()),
        None => Privilege::from_name(word).map(|privilege| vec![privilege]),
    }
}

/// One thing that is wrong with a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The file, relative to the root with `/`, or absolute.
    pub file: PathBuf,
    /// The bytes; `None` when the file as a whole is meant.
    pub span: Option<Span>,
    /// What is wrong: one line, lower case, no final stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}
