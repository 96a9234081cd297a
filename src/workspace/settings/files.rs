//! Settings in files: which files are settings, whose they are, and what pairs they hold.

use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::source::{FileId, Language, Place, Span};
use crate::vocabulary::Context;
use crate::workspace::assign::Claims;
use crate::workspace::connection::with_defaults;
use crate::workspace::discover::is_compose;
use crate::workspace::document::{Leaf, Node};
use crate::workspace::resolve::folded;
use crate::workspace::settings::{Holder, Pair, SchemaSwitch, Setting, code, settings_of};
use crate::workspace::tree::{Tree, base_name, folder_of, is_aside};
use crate::workspace::{Service, ServiceId, SourceFile, Unit, text};

/// Words one of which every file with a connection holds.
const MARKS: &[&str] = &[
    "jdbc:",
    "postgres",
    "mysql",
    "mariadb",
    "sqlite",
    "sqlserver",
    "oracle",
    "database",
    "dbname",
    "db_",
    "datasource",
    "connectionstring",
    "initial catalog",
    "pghost",
    "_db",
    "\"db\"",
    "db:",
];

/// Settings are short; what is longer is data.
const SIZE_LIMIT: u64 = 128 * 1024;

/// What stands in code holds where no setting says otherwise.
const URL_RANK: u8 = 6;

/// Files that look like settings and are none.
const NO_SETTINGS: &[&str] = &[
    "package.json",
    "tsconfig.json",
    "composer.json",
    "cargo.toml",
    "pom.xml",
    "nest-cli.json",
    "project.json",
    "nx.json",
    "lerna.json",
    "turbo.json",
    "renovate.json",
    "openapi.yaml",
    "openapi.json",
    "swagger.json",
    "swagger.yaml",
    "mkdocs.yml",
    "logback.xml",
    "catalog-info.yaml",
    "chart.yaml",
    "skaffold.yaml",
    "sqlc.yaml",
    "sqlc.json",
    "global.json",
    "launchsettings.json",
    "pubspec.yaml",
    "deny.toml",
    "clippy.toml",
    "rustfmt.toml",
    "rust-toolchain.toml",
    "bailiwick.toml",
    "codecov.yml",
];

/// Who is called what, and whose is which path.
pub(in crate::workspace) struct Names<'a> {
    claims: &'a Claims,
    services: FxHashMap<String, ServiceId>,
}

impl<'a> Names<'a> {
    pub(in crate::workspace) fn new(claims: &'a Claims, services: &[Service]) -> Self {
        let services = (0u32..).map(ServiceId).zip(services).map(|(id, service)| (folded(&service.name), id));
        Self { claims, services: services.collect() }
    }

    fn named(&self, name: &str) -> Option<ServiceId> {
        self.services.get(&folded(name)).copied()
    }
}

/// Marks of files that may say whether a framework makes the schema, or how it names tables, lower-cased.
const SCHEMA_MARKS: &[&str] =
    &["ddl-auto", "ddl_auto", "ddlauto", "hbm2ddl", "generation", "schema-management", "synchronize", "naming"];

/// All settings in files, each with its holder.
pub(in crate::workspace) fn read_files(tree: &Tree<'_>, names: &Names<'_>) -> Vec<(Holder, Setting)> {
    read_marked(tree, names, MARKS, settings_of)
}

/// All that files say of frameworks that make the schema, each with its holder.
pub(in crate::workspace) fn read_schema_switches(tree: &Tree<'_>, names: &Names<'_>) -> Vec<(Holder, SchemaSwitch)> {
    read_marked(tree, names, SCHEMA_MARKS, |pairs, _, rank| super::schema_switches(pairs, rank))
}

/// What `read` makes of the pairs of every file in which one of the marks stands.
fn read_marked<T: Send>(
    tree: &Tree<'_>,
    names: &Names<'_>,
    marks: &[&str],
    read: impl Fn(&[Pair], &str, u8) -> Vec<T>,
) -> Vec<(Holder, T)> {
    let (sources, files) = (tree.sources, tree.files);
    let Ok(marks) = AhoCorasick::builder().ascii_case_insensitive(true).build(marks) else { return Vec::new() };
    let wanted: Vec<(FileId, &SourceFile)> =
        (0u32..).map(FileId).zip(files).filter(|(_, file)| may_hold_settings(file, names)).collect();
    let texts: Vec<(FileId, &SourceFile, String)> = wanted
        .into_par_iter()
        .filter_map(|(id, file)| {
            let text = text::read(sources, &file.path).ok()?.text;
            marks.is_match(&text).then_some((id, file, text))
        })
        .collect();
    let mut all = Vec::new();
    for (id, file, text) in &texts {
        let only_urls = code::may_hold_urls(&file.path, file.language) && !code::may_hold_settings(&file.path);
        let rank = if only_urls { URL_RANK } else { rank_of(&file.path) };
        let scope = folder_of(&file.path);
        for (holder, pairs) in pairs_of(tree, *id, file, text, names) {
            all.extend(read(&pairs, scope, rank).into_iter().map(|item| (holder, item)));
        }
    }
    all
}

fn may_hold_settings(file: &SourceFile, names: &Names<'_>) -> bool {
    let name = base_name(&file.path).to_ascii_lowercase();
    let by_language = match file.language {
        Language::Yaml | Language::Toml | Language::Properties | Language::Prisma => true,
        Language::Json => speaks_of_settings(&file.path),
        Language::Xml => {
            name.ends_with(".config")
                || name.contains("hibernate")
                || name.contains("persistence")
                || name.contains("context")
        }
        Language::Python | Language::TypeScript | Language::JavaScript | Language::Elixir => {
            code::may_hold_settings(&file.path)
        }
        _ => false,
    };
    let by_language = by_language || code::may_hold_urls(&file.path, file.language);
    let size_fits = file.size <= SIZE_LIMIT
        && !file.path.contains("/.sqlx/")
        && !name.contains("swagger")
        && !name.contains("openapi");
    let compose = file.language == Language::Yaml && (name.contains("compose") || is_compose(&file.path));
    by_language
        && size_fits
        && !compose
        && !NO_SETTINGS.contains(&name.as_str())
        && file.context == Context::Code
        && !is_only_shown(file, names)
        && !is_of_tests(&name)
}

/// Words of which one stands in the name of a JSON file of settings or of its folder. JSON holds data of any kind, and
/// a list of icons has a `database` too.
const SETTINGS_WORDS: &[&str] = &[
    "app",
    "application",
    "appsettings",
    "conf",
    "config",
    "configs",
    "configuration",
    "configurations",
    "connection",
    "connections",
    "container",
    "containers",
    "credentials",
    "database",
    "databases",
    "datasource",
    "datasources",
    "db",
    "default",
    "definition",
    "definitions",
    "deploy",
    "deployment",
    "dev",
    "development",
    "docker",
    "ecs",
    "env",
    "environment",
    "environments",
    "infra",
    "infrastructure",
    "knexfile",
    "local",
    "ormconfig",
    "parameters",
    "params",
    "prod",
    "production",
    "secrets",
    "sequelize",
    "sequelizerc",
    "server",
    "service",
    "setting",
    "settings",
    "staging",
    "task",
    "taskdef",
    "tasks",
    "terraform",
    "tfvars",
    "typeorm",
    "values",
    "variables",
    "vars",
];

fn speaks_of_settings(path: &str) -> bool {
    let mut parts = path.rsplit('/').take(2);
    parts.any(|part| {
        let lower = part.to_ascii_lowercase();
        lower.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| SETTINGS_WORDS.contains(&word))
    })
}

/// Whether a file stands aside, and not as a part of a service that stands there itself.
fn is_only_shown(file: &SourceFile, names: &Names<'_>) -> bool {
    let of_shown_service = || names.claims.path_of(&file.path).is_some_and(|path| is_aside(path));
    is_aside(folder_of(&file.path)) && !of_shown_service()
}

/// `application-test.yml`, `.env.test`, `appsettings.Test.json`.
fn is_of_tests(name: &str) -> bool {
    name.split(['-', '_', '.']).any(|word| matches!(word, "test" | "tests" | "testing" | "e2e" | "ci"))
}

/// Whether a document is of `OpenAPI` or its kin: what it shows of connections are examples of somebody's requests.
fn describes_an_interface(text: &str) -> bool {
    const KEYS: &[&str] = &["openapi", "swagger", "asyncapi"];
    let starts = text.lines().take(20).map(|line| line.trim_start_matches(['{', ' ', '"']));
    starts
        .into_iter()
        .any(|line| KEYS.iter().any(|key| line.strip_prefix(key).is_some_and(|rest| rest.starts_with([':', '"']))))
}

/// The pairs of a file, by whose they are.
fn pairs_of(tree: &Tree<'_>, id: FileId, file: &SourceFile, text: &str, names: &Names<'_>) -> Vec<(Holder, Vec<Pair>)> {
    let by_file = holder_of_file(&file.path, names);
    let groups: Vec<Vec<Pair>> = match file.language {
        Language::Prisma | Language::Python | Language::TypeScript | Language::JavaScript | Language::Elixir => {
            code::pairs(id, file.language, text)
        }
        Language::Xml => vec![xml_pairs(id, text)],
        language if code::may_hold_urls(&file.path, language) => Vec::new(),
        Language::Yaml | Language::Json if describes_an_interface(text) => Vec::new(),
        // A cluster's manifests are read as deployments.
        Language::Yaml if text.contains("apiVersion:") && text.contains("kind:") => Vec::new(),
        _ => tree.documents(id).iter().map(|document| pairs(id, document)).collect(),
    };
    let in_code = code::may_hold_urls(&file.path, file.language).then(|| code::urls(id, text));
    let mut all = Vec::new();
    for pairs in groups.into_iter().chain(in_code) {
        // Where a part of the file is a service's by its key, that part is that service's.
        let mut rest: Vec<Pair> = Vec::new();
        let mut by_key: Vec<(Holder, Vec<Pair>)> = Vec::new();
        for pair in pairs {
            let holder = if matches!(by_file, Some(Holder::Service(_))) { None } else { holder_of_key(&pair, names) };
            match holder {
                None => rest.push(pair),
                Some(holder) => match by_key.iter_mut().find(|(known, _)| *known == holder) {
                    Some((_, pairs)) => pairs.push(pair),
                    None => by_key.push((holder, vec![pair])),
                },
            }
        }
        by_key.extend(by_file.map(|holder| (holder, rest)));
        all.extend(by_key);
    }
    all
}

/// How near a file is to what is deployed; `DEVELOPERS_RANK` and more is a developer's.
fn rank_of(path: &str) -> u8 {
    let name = base_name(path).to_ascii_lowercase();
    let words: Vec<&str> = name.split(['-', '_', '.']).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if has(&["example", "sample", "template", "dist"]) {
        5
    } else if has(&["dev", "development", "local", "debug"]) {
        4
    } else if words.contains(&"env") {
        3
    } else if has(&["prod", "production", "docker", "staging"]) {
        2
    } else {
        1
    }
}

/// Whose a file is: the unit's in whose path it lies, unless it is named after another service, as the
/// files of a configuration server are.
fn holder_of_file(path: &str, names: &Names<'_>) -> Option<Holder> {
    let name = base_name(path);
    let stem = name.split('.').find(|part| !part.is_empty() && *part != "env").unwrap_or(name);
    let stem = stem.strip_prefix("application-").unwrap_or(stem);
    let in_config = folder_of(path).split('/').any(|part| {
        let part = part.to_ascii_lowercase();
        ["config", "settings", "deploy", "helm", "chart", "k8s", "kube", "values"]
            .iter()
            .any(|word| part.contains(word))
            || ["shared", "env", "envs", "environments"].contains(&part.as_str())
    });
    let in_config = in_config || name.contains(".env");
    let named = names.named(stem);
    let unit = names.claims.unit_of(path);
    let by_name = || {
        if !in_config {
            return None;
        }
        named.or_else(|| folder_of(path).split('/').rev().find_map(|part| names.named(part))).map(Holder::Service)
    };
    match unit {
        Unit::Service(_) if in_config && named.is_some() => named.map(Holder::Service),
        Unit::Service(id) => Some(Holder::Service(id)),
        Unit::Library(id) => by_name().or(Some(Holder::Library(id))),
        Unit::Unassigned => by_name(),
    }
}

fn holder_of_key(pair: &Pair, names: &Names<'_>) -> Option<Holder> {
    let inner = &pair.path[..pair.path.len().saturating_sub(1)];
    inner.iter().find_map(|segment| names.named(segment)).map(Holder::Service)
}

/// The pairs of a document, with placeholders filled from the document itself.
fn pairs(file: FileId, document: &Node) -> Vec<Pair> {
    let leaves = document.leaves();
    let value_of = |name: &str| {
        let wanted = name.to_lowercase();
        let found = leaves.iter().find(|leaf| leaf.path.join(".").to_lowercase() == wanted);
        found.map(|leaf| leaf.text.to_owned()).filter(|text| !text.contains("${"))
    };
    leaves
        .iter()
        .map(|leaf| Pair {
            path: path_of(leaf),
            key: leaf.path.last().copied().unwrap_or_default().to_owned(),
            value: without_erb(&with_defaults(leaf.text, &value_of)),
            place: Place { file, span: leaf.span },
        })
        .collect()
}

fn path_of(leaf: &Leaf<'_>) -> Vec<String> {
    let segments = leaf.path.iter().flat_map(|key| {
        let separator = if key.contains("__") { "__" } else { "." };
        key.split(separator)
    });
    segments.filter(|segment| !segment.is_empty()).map(snake).collect()
}

/// `databaseName` as `database_name`.
fn snake(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len() + 4);
    let mut before_was_lower = false;
    for letter in segment.chars() {
        if letter.is_uppercase() && before_was_lower {
            out.push('_');
        }
        before_was_lower = letter.is_lowercase();
        out.extend(letter.to_lowercase());
    }
    out
}

/// Rails: `<%= ENV.fetch("DB_NAME") { "shop" } %>` is its default.
fn without_erb(text: &str) -> String {
    let Some(start) = text.find("<%=") else { return text.to_owned() };
    let Some(length) = text[start..].find("%>") else { return text.to_owned() };
    let inner = &text[start + 3..start + length];
    let quoted: Vec<&str> = code::quoted(inner);
    let default = match quoted.as_slice() {
        [_, .., last] => (*last).to_owned(),
        _ => "${?}".to_owned(),
    };
    format!("{}{default}{}", &text[..start], &text[start + length + 2..])
}

/// Every attribute and text of an XML file, by the names of its elements.
fn xml_pairs(file: FileId, text: &str) -> Vec<Pair> {
    let Ok(document) = crate::workspace::discover::xml(text) else { return Vec::new() };
    let mut pairs = Vec::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.attribute("name").or_else(|| node.attribute("key")).unwrap_or(node.tag_name().name());
        let texts = node.attributes().map(|attribute| (attribute.value(), attribute.range_value()));
        let own = node.text().map(|text| (text, node.range()));
        for (value, range) in texts.chain(own) {
            pairs.push(Pair {
                path: vec![name.to_lowercase()],
                key: name.to_owned(),
                value: value.trim().to_owned(),
                place: Place { file, span: Span::new(range.start, range.end) },
            });
        }
    }
    pairs
}

/// An entry of `sqlc.yaml`: the schema's files and the queries' and the output's folders.
pub(in crate::workspace) struct SqlcEntry {
    pub(in crate::workspace) schema: Vec<(String, Place)>,
    pub(in crate::workspace) users: Vec<String>,
}

/// What sqlc compiles against what.
pub(in crate::workspace) fn sqlc_entries(tree: &Tree<'_>) -> Vec<SqlcEntry> {
    let mut entries = Vec::new();
    for name in ["sqlc.yaml", "sqlc.yml", "sqlc.json"] {
        for &file in tree.named(name) {
            let folder = tree.folder(file);
            let joined = |text: &str| crate::workspace::tree::joined(folder, text.trim_end_matches("/*.sql"));
            for document in tree.documents(file) {
                let lists = ["sql", "packages"].iter().filter_map(|key| document.get(key));
                for entry in lists.flat_map(Node::items) {
                    let schema = entry.get("schema").map(Node::texts).unwrap_or_default();
                    let mut users: Vec<String> = entry
                        .get("queries")
                        .map(Node::texts)
                        .unwrap_or_default()
                        .into_iter()
                        .filter_map(|(text, _)| joined(text))
                        .collect();
                    users.extend(entry.text_at(&["path"]).and_then(joined));
                    let outputs = entry.get("gen").map(Node::entries).unwrap_or_default();
                    users.extend(outputs.iter().filter_map(|(_, output)| output.text_at(&["out"])).filter_map(joined));
                    let schema =
                        schema.into_iter().filter_map(|(text, span)| Some((joined(text)?, Place { file, span })));
                    entries.push(SqlcEntry { schema: schema.collect(), users });
                }
            }
        }
    }
    entries
}
