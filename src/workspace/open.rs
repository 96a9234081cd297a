//! Opening a workspace: config, walk, languages, services, settings, in this order.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::config::{self, Config, ConfigProblem};
use crate::source::{Language, ListedFile, Sources};
use crate::vocabulary::Name;
use crate::workspace::assign::{Claims, ancestors};
use crate::workspace::policy::Policy;
use crate::workspace::{SourceFile, Unit, Workspace, context, language, text};

/// Files without an extension are opened to read their first line only up to this size.
const FIRST_LINE_LIMIT: u64 = 256 * 1024;

/// A workspace and the config it was opened with.
#[derive(Debug)]
pub struct Opened {
    /// The workspace.
    pub workspace: Workspace,
    /// The config; its default where there is none.
    pub config: Config,
    /// What is wrong with the config, sorted by place. The run must not go on if there is any.
    pub problems: Vec<ConfigProblem>,
}

/// Opens the workspace that `sources` hold. `config` is the path of a config named on the command
/// line, `rules` are the names of all rules.
#[must_use]
pub fn open(sources: &dyn Sources, config: Option<&str>, rules: &[&str]) -> Opened {
    let mut problems = Vec::new();
    let mut config = config::read_root(sources, config, rules, &mut problems);
    let policy = Policy::new(&config);
    let listing = sources.list(&|candidate| policy.skips(candidate));
    let own = format!("/{}", config::FILE_NAME);
    for file in listing.files.iter().filter(|file| file.path.ends_with(&own)) {
        if !config.files.iter().any(|known| known == file.path.as_str()) {
            config::add_own(&mut config, sources, &file.path, rules, &mut problems);
        }
    }
    let mut listed = listing.files;
    add_config_files(sources, &config, &mut listed);
    let files = listed.par_iter().map(|file| source_file(sources, file)).collect();
    let mut workspace =
        Workspace { root: sources.root().to_path_buf(), files, skipped: listing.skipped, ..Workspace::default() };
    workspace.find_services(sources, &config);
    let claims = Claims::new(&workspace.services, &workspace.libraries);
    let wired = wired_units(&workspace);
    for file in &mut workspace.files {
        file.unit = claims.unit_of(&file.path);
        if file.unit == Unit::Unassigned {
            file.unit = ancestors(&file.path).find_map(|folder| wired.get(folder)).copied().unwrap_or_default();
        }
    }
    let services: Vec<Name> = workspace.services.iter().map(|service| service.name.clone()).collect();
    config.check(&services, &mut problems);
    Opened { workspace, config, problems }
}

/// Scripts that lie in nobody's path but are wired to one service are that service's.
fn wired_units(workspace: &Workspace) -> FxHashMap<Name, Unit> {
    let wired = workspace.ddl_wirings.iter();
    wired.filter_map(|wiring| Some((wiring.path.clone(), Unit::Service(wiring.service?)))).collect()
}

/// A config that git ignores, or that lies elsewhere, is a file of the run all the same: findings
/// point into it.
fn add_config_files(sources: &dyn Sources, config: &Config, listed: &mut Vec<ListedFile>) {
    let baseline = sources.exists(config::BASELINE_NAME).then_some(config::BASELINE_NAME);
    for path in config.files.iter().map(Name::as_str).chain(baseline) {
        if !listed.iter().any(|file| file.path == path)
            && let Ok(bytes) = sources.read(path)
        {
            listed.push(ListedFile { path: path.to_string(), size: bytes.len() as u64 });
        }
    }
    listed.sort();
}

fn source_file(sources: &dyn Sources, file: &ListedFile) -> SourceFile {
    let mut language = language::of_path(&file.path);
    if language == Language::Other && file.size <= FIRST_LINE_LIMIT && language::needs_first_line(&file.path) {
        language = text::read(sources, &file.path)
            .ok()
            .and_then(|source| language::of_first_line(&source.text))
            .unwrap_or(Language::Other);
    }
    SourceFile {
        path: file.path.as_str().into(),
        language,
        size: file.size,
        unit: Unit::Unassigned,
        context: context::of_path(&file.path, language),
    }
}
