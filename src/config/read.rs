//! The two kinds of config file: the root's, and a service's own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::config::grants::read_grants;
use crate::config::paths::read_paths;
use crate::config::values::{Reader, Value, backticked, nearest, span_of, suggestion};
use crate::config::{
    Config, ConfigProblem, DatabaseConfig, Declared, FILE_NAME, GrantsPolicy, Level, LibraryConfig, Pattern,
    ServiceConfig,
};
use crate::source::{Sources, Span, lies_in};
use crate::vocabulary::{Context, Dialect, Name};

const ROOT_KEYS: &[&str] = &[
    "dialect",
    "exclude",
    "max-file-size",
    "inline-allows",
    "contexts",
    "services",
    "libraries",
    "databases",
    "grants",
    "grants-policy",
    "rules",
];
const SERVICE_KEYS: &[&str] = &["paths", "databases", "schemas", "owns", "strict", "dialect", "libraries"];
const LIBRARY_KEYS: &[&str] = &["paths", "libraries"];
const DATABASE_KEYS: &[&str] = &["dialect", "migrations"];
const POLICY_KEYS: &[&str] = &["require-issue", "warn-days"];
const OWN_KEYS: &[&str] = &["service", "owns", "schemas", "grants", "rules"];

/// Reads the root's config: `named` (from the command line) or `bailiwick.toml` at the root, if there
/// is one. `rules` are the names that `[rules]` may set.
pub fn read_root(
    sources: &dyn Sources,
    named: Option<&str>,
    rules: &[&str],
    problems: &mut Vec<ConfigProblem>,
) -> Config {
    let path = named.unwrap_or(FILE_NAME);
    if named.is_none() && !sources.exists(path) {
        return Config::default();
    }
    let mut config = Config { files: vec![path.into()], ..Config::default() };
    let Some(text) = read_text(sources, path, problems) else { return config };
    let (document, errors) = DeTable::parse_recoverable(&text);
    syntax_problems(path, &errors, problems);
    let mut reader = Reader { file: path.into(), problems };
    let document = document.get_ref();
    if let Some((key, _)) = document.get_key_value("service") {
        let help = "a file that begins with `service = …` is a service's own and lies in its folder";
        reader.problem(span_of(key), "this is the config of a single service, not of the root", help);
        return config;
    }
    reader.known_keys(document, ROOT_KEYS, "the config");
    for (key, value) in document {
        read_root_key(&mut reader, sources, &mut config, key.get_ref(), value, rules);
    }
    config
}

fn read_root_key(
    reader: &mut Reader<'_>,
    sources: &dyn Sources,
    config: &mut Config,
    key: &str,
    value: &Value<'_>,
    rules: &[&str],
) {
    match key {
        "dialect" => config.dialect = read_dialect(reader, value),
        "exclude" => config.exclude = read_globs(reader, value),
        "max-file-size" => config.max_file_size = reader.size(value, "`max-file-size`"),
        "inline-allows" => config.inline_allows = reader.boolean(value, "`inline-allows`"),
        "contexts" => config.contexts = Some(read_contexts(reader, value)),
        "services" => {
            for (name, table) in named_tables(reader, value, "services") {
                let service = read_service(reader, sources, name, table);
                config.services.insert(Name::from(name.get_ref().as_ref()), service);
            }
        }
        "libraries" => {
            for (name, table) in named_tables(reader, value, "libraries") {
                let library = read_library(reader, sources, name, table);
                config.libraries.insert(Name::from(name.get_ref().as_ref()), library);
            }
        }
        "databases" => {
            for (name, table) in named_tables(reader, value, "databases") {
                let database = read_database(reader, sources, name, table);
                config.databases.insert(Name::from(name.get_ref().as_ref()), database);
            }
        }
        "grants" => config.grants = read_grants(reader, value, None),
        "grants-policy" => config.grants_policy = read_policy(reader, value),
        "rules" => config.rules = read_rules(reader, value, rules),
        _ => {}
    }
}

/// Reads a service's own file at `path` and adds what it says. A root config is not asked for: where
/// it declares no services, the file itself declares one, at its folder.
pub fn add_own(
    config: &mut Config,
    sources: &dyn Sources,
    path: &str,
    rules: &[&str],
    problems: &mut Vec<ConfigProblem>,
) {
    let Some(text) = read_text(sources, path, problems) else { return };
    let (document, errors) = DeTable::parse_recoverable(&text);
    syntax_problems(path, &errors, problems);
    config.files.push(path.into());
    let mut reader = Reader { file: path.into(), problems };
    let document = document.get_ref();
    let Some(service) = document.get("service") else {
        let help = "begin it with `service = \"name\"`, or move what it says to the root's file";
        let message = format!("a `{FILE_NAME}` below the root must say whose it is");
        reader.problem(Span::new(0, 0), message, help);
        return;
    };
    reader.known_keys(document, OWN_KEYS, "a service's own config");
    let Some(name) = reader.string(service, "`service`") else { return };
    let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
    let declared = config.declares_services();
    if !config.services.contains_key(name.value.as_str()) {
        if declared {
            let help = suggestion(&name.value, config.services.keys().map(Name::as_str)).unwrap_or_else(|| {
                format!("the root's file declares {}", backticked(config.services.keys().map(Name::as_str)))
            });
            reader.problem(name.origin.span, format!("unknown service `{}`", name.value), help);
            return;
        }
        let own = ServiceConfig {
            origin: name.origin.clone(),
            paths: vec![Declared { value: folder.to_owned(), origin: name.origin.clone() }],
            ..ServiceConfig::default()
        };
        config.services.insert(name.value.as_str().into(), own);
    }
    let Some(entry) = config.services.get_mut(name.value.as_str()) else { return };
    if !entry.paths.iter().any(|path| lies_in(folder, &path.value)) {
        let help = format!("move it into a folder of `{}`, or name the service whose folder this is", name.value);
        reader.problem(name.origin.span, format!("`{folder}` is no folder of the service `{}`", name.value), help);
        return;
    }
    if let Some(other) = &entry.own_file {
        let help = format!("keep one of them; the other is `{other}`");
        reader.problem(name.origin.span, format!("a second config of the service `{}`", name.value), help);
        return;
    }
    entry.own_file = Some(path.into());
    if let Some(value) = document.get("owns") {
        entry.owns.extend(reader.patterns(value, "`owns`"));
    }
    if let Some(value) = document.get("schemas") {
        add_schemas(&mut reader, value, entry);
    }
    if let Some(value) = document.get("rules") {
        entry.rules = read_rules(&mut reader, value, rules);
    }
    if let Some(value) = document.get("grants") {
        config.grants.extend(read_grants(&mut reader, value, Some(name.value.as_str())));
    }
}

fn read_text(sources: &dyn Sources, path: &str, problems: &mut Vec<ConfigProblem>) -> Option<String> {
    let mut fail = |message: String, help: &str| {
        let help = Some(help.to_owned());
        problems.push(ConfigProblem { file: PathBuf::from(path), span: None, message, help });
    };
    let bytes = match sources.read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            fail(format!("the config could not be read: {error}"), "check `--config` and the file's permissions");
            return None;
        }
    };
    match String::from_utf8(bytes) {
        // A byte order mark is blanked, so that spans hold.
        Ok(text) => Some(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), |rest| format!("   {rest}"))),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            fail(format!("the config is not UTF-8: byte {at}"), "save it as UTF-8");
            None
        }
    }
}

fn syntax_problems(path: &str, errors: &[toml::de::Error], problems: &mut Vec<ConfigProblem>) {
    problems.extend(errors.iter().map(|error| ConfigProblem {
        file: PathBuf::from(path),
        span: error.span().map(|range| Span::new(range.start, range.end)),
        message: error.message().lines().next().unwrap_or("not TOML").to_owned(),
        help: None,
    }));
}

type NamedTable<'v, 'i> = (&'v Spanned<DeString<'i>>, &'v DeTable<'i>);

/// The tables of `[what.<name>]`.
fn named_tables<'v, 'i>(reader: &mut Reader<'_>, value: &'v Value<'i>, what: &str) -> Vec<NamedTable<'v, 'i>> {
    let Some(table) = reader.table(value, &format!("`{what}`")) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in table {
        if let Some(table) = reader.table(value, &format!("`{what}.{}`", name.get_ref())) {
            found.push((name, table));
        }
    }
    found
}

fn read_service(
    reader: &mut Reader<'_>,
    sources: &dyn Sources,
    name: &Spanned<DeString<'_>>,
    table: &DeTable<'_>,
) -> ServiceConfig {
    let what = format!("the service `{}`", name.get_ref());
    reader.known_keys(table, SERVICE_KEYS, &what);
    let mut service = ServiceConfig { origin: reader.origin(span_of(name)), ..ServiceConfig::default() };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "paths" => service.paths = read_paths(reader, sources, value),
            "databases" => service.databases = Some(reader.names(value, "`databases`")),
            "schemas" => add_schemas(reader, value, &mut service),
            "owns" => service.owns.extend(reader.patterns(value, "`owns`")),
            "strict" => service.strict = reader.boolean(value, "`strict`").unwrap_or(false),
            "dialect" => service.dialect = read_dialect(reader, value),
            "libraries" => service.libraries = reader.names(value, "`libraries`"),
            _ => {}
        }
    }
    if !table.contains_key("paths") {
        let help = "add `paths = \"folder\"`: the folder or folders that hold its source";
        reader.problem(span_of(name), format!("{what} has no `paths`"), help);
    }
    service
}

/// A service's own schemas: all in them is its own.
fn add_schemas(reader: &mut Reader<'_>, value: &Value<'_>, service: &mut ServiceConfig) {
    let schemas = reader.names(value, "`schemas`");
    service.owns.extend(schemas.iter().map(|each| Pattern::whole_schema(&each.value, each.origin.clone())));
    service.schemas.extend(schemas);
}

fn read_library(
    reader: &mut Reader<'_>,
    sources: &dyn Sources,
    name: &Spanned<DeString<'_>>,
    table: &DeTable<'_>,
) -> LibraryConfig {
    let what = format!("the library `{}`", name.get_ref());
    reader.known_keys(table, LIBRARY_KEYS, &what);
    let mut library = LibraryConfig { origin: reader.origin(span_of(name)), ..LibraryConfig::default() };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "paths" => library.paths = read_paths(reader, sources, value),
            "libraries" => library.libraries = reader.names(value, "`libraries`"),
            _ => {}
        }
    }
    if !table.contains_key("paths") {
        let help = "add `paths = \"folder\"`: the folder or folders that hold its source";
        reader.problem(span_of(name), format!("{what} has no `paths`"), help);
    }
    library
}

fn read_database(
    reader: &mut Reader<'_>,
    sources: &dyn Sources,
    name: &Spanned<DeString<'_>>,
    table: &DeTable<'_>,
) -> DatabaseConfig {
    let what = format!("the database `{}`", name.get_ref());
    reader.known_keys(table, DATABASE_KEYS, &what);
    let mut database = DatabaseConfig { origin: reader.origin(span_of(name)), ..DatabaseConfig::default() };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "dialect" => database.dialect = read_dialect(reader, value),
            "migrations" => database.migrations = read_paths(reader, sources, value),
            _ => {}
        }
    }
    database
}

fn read_dialect(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Dialect> {
    let text = reader.string(value, "`dialect`")?;
    let dialect = Dialect::from_name(&text.value);
    if dialect.is_none() {
        let all = Dialect::NAMES.iter().flat_map(|(_, names)| names.iter().copied()).filter(|name| !name.is_empty());
        let help = suggestion(&text.value, all)
            .unwrap_or_else(|| format!("known are {}", backticked(Dialect::NAMES.iter().map(|(_, names)| names[0]))));
        reader.problem(text.origin.span, format!("unknown dialect `{}`", text.value), help);
    }
    dialect
}

fn read_globs(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<Declared<String>> {
    let globs = reader.strings(value, "`exclude`");
    let mut good = Vec::new();
    for glob in globs {
        match globset::Glob::new(&glob.value) {
            Ok(_) => good.push(glob),
            Err(error) => {
                let message = format!("`{}` is no glob: {}", glob.value, error.kind());
                reader.problem(glob.origin.span, message, "write a path with `*`, `**`, `?` or `[…]`");
            }
        }
    }
    good
}

fn read_contexts(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<Context> {
    let words = reader.strings(value, "`contexts`");
    let mut contexts = Vec::new();
    for word in words {
        match Context::from_name(&word.value) {
            Some(context) => contexts.push(context),
            None => reader.problem(
                word.origin.span,
                format!("unknown context `{}`", word.value),
                format!("known are {}", backticked(Context::ALL.iter().map(|context| context.name()))),
            ),
        }
    }
    contexts
}

fn read_policy(reader: &mut Reader<'_>, value: &Value<'_>) -> GrantsPolicy {
    let mut policy = GrantsPolicy::default();
    let Some(table) = reader.table(value, "`grants-policy`") else { return policy };
    reader.known_keys(table, POLICY_KEYS, "`grants-policy`");
    if let Some(value) = table.get("require-issue") {
        policy.require_issue = reader.boolean(value, "`require-issue`").unwrap_or(false);
    }
    if let Some(value) = table.get("warn-days")
        && let Some(days) = reader.integer(value, "`warn-days`")
    {
        policy.warn_days = u32::try_from(days).unwrap_or(u32::MAX);
    }
    policy
}

fn read_rules(reader: &mut Reader<'_>, value: &Value<'_>, rules: &[&str]) -> BTreeMap<Name, Declared<Level>> {
    let mut levels = BTreeMap::new();
    let Some(table) = reader.table(value, "`rules`") else { return levels };
    for (key, value) in table {
        let name: &str = key.get_ref();
        if !rules.contains(&name) {
            let help = match nearest(name, rules.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the rules are {}", backticked(rules.iter().copied())),
            };
            reader.problem(span_of(key), format!("unknown rule `{name}`"), help);
        }
        if let DeValue::String(word) = value.get_ref()
            && let Some(level) = Level::from_name(word)
        {
            let span = span_of(key).to(span_of(value));
            levels.insert(Name::from(name), Declared { value: level, origin: reader.origin(span) });
            continue;
        }
        if let Some(word) = reader.string(value, &format!("the level of `{name}`")) {
            let help = format!("known are {}", backticked(Level::ALL.iter().map(|level| level.name())));
            reader.problem(word.origin.span, format!("unknown level `{}`", word.value), help);
        }
    }
    levels
}
