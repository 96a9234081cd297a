//! Containers that run migrations: which files they are given, and what they are told of the database.

use crate::source::{FileId, Span};
use crate::vocabulary::Name;
use crate::workspace::Evidence;
use crate::workspace::discover::{Found, Variable, image_name};
use crate::workspace::tree::{Tree, base_name, folder_of, joined};

/// Programs that run scripts in a database; images are named after them.
const TOOLS: &[&str] = &[
    "flyway",
    "liquibase",
    "migrate",
    "dbmate",
    "goose",
    "atlas",
    "sqitch",
    "sql-migrate",
    "alembic",
    "psql",
    "mysql",
    "sqlcmd",
    "sqlx",
    "diesel",
    "refinery",
    "yoyo",
];

/// A container that runs migrations.
#[derive(Debug, Clone)]
pub(in crate::workspace) struct Migrator {
    /// What it is called; for a container that prepares a deployment, the deployment's name.
    pub(in crate::workspace) name: Name,
    /// Its image, without registry and tag.
    pub(in crate::workspace) image: Option<Name>,
    /// Its Dockerfile, as an index into [`Found::dockerfiles`].
    pub(in crate::workspace) dockerfile: Option<usize>,
    /// Its command, its arguments and its environment, as pairs of a key and a value.
    pub(in crate::workspace) settings: Vec<Variable>,
    /// The servers it waits for.
    pub(in crate::workspace) depends_on: Vec<Name>,
    pub(in crate::workspace) scope: String,
    /// What it is given, and what says so.
    pub(in crate::workspace) paths: Vec<(String, Evidence)>,
    pub(in crate::workspace) evidence: Evidence,
}

impl Migrator {
    /// Whether a container of that name, image and command runs migrations.
    pub(in crate::workspace) fn is_one(name: &str, image: &str, settings: &[Variable]) -> bool {
        let tool = |word: &str| TOOLS.contains(&word);
        // A database's own image is a server, unless it is told to run something.
        let image = image_name(image).unwrap_or_default();
        let by_image = tool(&image) && !matches!(image.as_str(), "mysql");
        let by_name = name.to_ascii_lowercase().split(['-', '_', '.']).any(|word| word.starts_with("migrat"));
        let commands = settings.iter().filter(|setting| setting.key.is_empty());
        by_image || by_name || commands.flat_map(|setting| words(&setting.value)).any(|word| tool(base_name(word)))
    }
}

/// The arguments of a command as settings: `-url=jdbc:…` as `url` with its value, the rest without a key.
pub(super) fn of_command(texts: &[(&str, Span)], file: FileId) -> Vec<Variable> {
    let mut settings = Vec::new();
    for &(text, span) in texts {
        for word in words(text) {
            let word = word.trim_matches(['"', '\'']);
            let (key, value) = match word.strip_prefix('-').and_then(|option| option.split_once('=')) {
                Some((option, value)) => (option.trim_start_matches('-'), value),
                None if word.contains("://") => ("url", word),
                None => ("", word),
            };
            let place = crate::source::Place { file, span };
            settings.push(Variable { key: key.to_owned(), value: value.to_owned(), place });
        }
    }
    settings
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// What the Dockerfiles of migrators copy belongs to what they are given; a folder of its own that holds scripts and no
/// program does too.
pub(super) fn finish(tree: &Tree<'_>, found: &mut Found) {
    let images: Vec<(Name, usize)> = found
        .deployments
        .iter()
        .filter_map(|deployment| {
            Some((deployment.image.clone().unwrap_or(deployment.name.clone()), deployment.dockerfile?))
        })
        .collect();
    for migrator in &mut found.migrators {
        let built = || images.iter().find(|(image, _)| Some(image) == migrator.image.as_ref()).map(|(_, at)| *at);
        let Some(dockerfile) = migrator.dockerfile.or_else(built).map(|at| &found.dockerfiles[at]) else { continue };
        let context = folder_of(&dockerfile.path);
        for (from, _, span) in &dockerfile.copies {
            let Some(path) = joined(context, without_pattern(from)) else { continue };
            // An image that is made of a service's whole source is that service, run to migrate.
            if path == "." || tree.has_source(&path) {
                continue;
            }
            let text = format!("`{}` copies `{path}` for what runs migrations", dockerfile.path);
            let place = crate::source::Place { file: dockerfile.place.file, span: *span };
            let kind = crate::workspace::EvidenceKind::Dockerfile;
            migrator.paths.push((path, Evidence { kind, text, place: Some(place) }));
        }
    }
    found.migrators.retain(|migrator| !migrator.paths.is_empty());
}

/// The folder before a pattern: `init/*.sql` is `init`.
pub(super) fn without_pattern(path: &str) -> &str {
    match path.find('*') {
        Some(at) => path[..at].rfind('/').map_or(".", |end| &path[..end]),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_its_folder() {
        assert_eq!(without_pattern("init/*.sql"), "init");
        assert_eq!(without_pattern("*.sql"), ".");
        assert_eq!(without_pattern("init/1.sql"), "init/1.sql");
    }
}
