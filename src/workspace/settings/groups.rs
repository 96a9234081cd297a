//! Settings that say together what a URL says at once: host, port, name and user in keys of their own.

use std::collections::BTreeMap;

use crate::vocabulary::Dialect;
use crate::workspace::connection::{Connection, dialect_of_port, is_unknown};
use crate::workspace::settings::{Pair, stable_key};

/// Words of a key that say it is about a database.
const DATABASE_WORDS: &[&str] = &[
    "db",
    "database",
    "databases",
    "datasource",
    "datasources",
    "postgres",
    "postgresql",
    "pg",
    "mysql",
    "mariadb",
    "sql",
    "mssql",
    "sqlserver",
    "oracle",
    "rds",
    "typeorm",
    "sequelize",
    "knex",
    "sqlalchemy",
    "jdbc",
    "hikari",
    "ecto",
    "repo",
    "aurora",
];

/// Words before `NAME` that say it is the name of something else.
const OTHER_NAMES: &[&str] = &[
    "class",
    "pool",
    "instance",
    "secret",
    "role",
    "container",
    "image",
    "app",
    "application",
    "service",
    "table",
    "index",
    "bucket",
    "cluster",
    "namespace",
    "job",
    "volume",
    "node",
    "region",
    "key",
    "column",
    "bean",
    "jndi",
    "file",
];

/// Endings of files that are no database; SQLite's are.
const OTHER_FILES: &[&str] =
    &[".sh", ".sql", ".conf", ".cfg", ".ini", ".json", ".xml", ".yml", ".yaml", ".toml", ".properties", ".txt", ".log"];

/// What a key is in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Host,
    Port,
    /// `NAME`: a database's only in a group that is about one.
    Name,
    /// `DATABASE`, `DBNAME`: a database's by itself.
    Database,
    User,
    Schema,
    Driver,
}

/// The connections that groups of pairs tell, each with its stable key and the pair that names the
/// database.
pub(super) fn grouped<'p>(pairs: &[&'p Pair]) -> Vec<(Connection, String, &'p Pair)> {
    let mut groups: BTreeMap<String, Vec<(Role, &'p Pair)>> = BTreeMap::new();
    for pair in pairs {
        if let Some((group, role)) = role(pair) {
            groups.entry(group).or_default().push((role, pair));
        }
    }
    groups.iter().filter_map(|(group, members)| connection(group, members)).collect()
}

fn connection<'p>(group: &str, members: &[(Role, &'p Pair)]) -> Option<(Connection, String, &'p Pair)> {
    let find = |role: Role| members.iter().find(|(found, _)| *found == role).map(|(_, pair)| *pair);
    // What stands right before the key says what it is about: `database.iam_role_name` is no database's.
    let nearest = group.rsplit('.').next().unwrap_or(group);
    let about_database = nearest.split(['_', '-']).any(|word| DATABASE_WORDS.contains(&word));
    let host = find(Role::Host);
    let driver = find(Role::Driver).and_then(|pair| dialect_of_driver(&pair.value));
    let name = find(Role::Database).or_else(|| find(Role::Name).filter(|_| about_database))?;
    let known = |pair: &&Pair| !pair.value.is_empty() && !is_unknown(&pair.value);
    let value = name.value.trim();
    // A number is the index of a Redis database; a sentence is a description, and `create-users.sh` a script for one.
    let plausible = known(&name)
        && !value.bytes().all(|byte| byte.is_ascii_digit())
        && !value.contains([' ', '{', '('])
        && !value.contains("://")
        && !OTHER_FILES.iter().any(|ending| value.ends_with(ending))
        && !["default", "true", "false", "none", "null", "auto"].contains(&value);
    if !plausible
        || !(about_database || host.is_some() || driver.is_some())
        || (host.is_none() && driver.is_none() && !about_database)
    {
        return None;
    }
    let port = find(Role::Port).filter(known).map(|pair| pair.value.trim());
    let dialect = driver.or_else(|| port.and_then(dialect_of_port)).or_else(|| dialect_of_words(group));
    let host = host.filter(known).map(|pair| pair.value.trim());
    let server = host.map(|host| match host {
        "127.0.0.1" | "0.0.0.0" => "localhost".to_owned(),
        host => host.to_owned(),
    });
    let unusual = port.filter(|port| dialect_of_port(port).is_none() && !port.is_empty());
    let server = server.map(|host| unusual.map_or_else(|| host.clone(), |port| format!("{host}:{port}")));
    let connection = Connection {
        dialect,
        server: server.map(Into::into),
        database: Some(value.into()),
        schemas: find(Role::Schema).filter(known).map(|pair| pair.value.as_str().into()).into_iter().collect(),
        user: find(Role::User).filter(known).map(|pair| pair.value.as_str().into()),
    };
    Some((connection, stable_key(&[group.to_owned(), "database".to_owned()]), name))
}

/// The group a pair belongs to and what it is there.
fn role(pair: &Pair) -> Option<(String, Role)> {
    let last = pair.path.last()?;
    let parent = pair.path[..pair.path.len() - 1].join(".");
    // libpq's own variables have no separator.
    if let Some(rest) = last.strip_prefix("pg")
        && let Some(role) =
            [("host", Role::Host), ("port", Role::Port), ("database", Role::Database), ("user", Role::User)]
                .into_iter()
                .find(|(word, _)| *word == rest)
    {
        return Some((format!("{parent}.pg"), role.1));
    }
    let words: Vec<&str> = last.split(['_', '-']).collect();
    let (role, used) = role_of_words(&words)?;
    let prefix = words[..words.len() - used].join("_");
    let group = if prefix.is_empty() { parent } else { format!("{parent}.{prefix}") };
    Some((group.trim_matches('.').to_owned(), role))
}

/// The role that the last words of a key give it, and how many words that took.
fn role_of_words(words: &[&str]) -> Option<(Role, usize)> {
    let last = *words.last()?;
    match words {
        // A name that is of something else than a database.
        [.., "driver", "class", "name"] => return Some((Role::Driver, 3)),
        [.., "driver", "name"] => return Some((Role::Driver, 2)),
        [.., "user", "name"] => return Some((Role::User, 2)),
        [.., "host" | "server", "name"] => return Some((Role::Host, 2)),
        [.., before, "name"] if OTHER_NAMES.contains(before) => return None,
        _ => {}
    }
    let role = match last {
        "host" | "hostname" | "server" | "address" | "endpoint" => Role::Host,
        "port" => Role::Port,
        "database" | "dbname" | "databasename" => Role::Database,
        "db" if words.len() > 1 || words == ["db"] => Role::Database,
        "name" => Role::Name,
        "user" | "username" => Role::User,
        "schema" | "searchpath" => Role::Schema,
        "driver" | "dialect" | "adapter" | "engine" | "client" | "provider" | "type" | "connection" => Role::Driver,
        _ => return None,
    };
    Some((role, 1))
}

/// The dialect of a driver's name: `pdo_pgsql`, `django.db.backends.mysql`, `org.postgresql.Driver`.
pub(super) fn dialect_of_driver(text: &str) -> Option<Dialect> {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    let named = words.filter(|word| word.len() > 1 && *word != "ch" && *word != "delta").find_map(Dialect::from_name);
    named.filter(|dialect| *dialect != Dialect::Generic).or_else(|| {
        let known = [("postgis", Dialect::Postgres), ("npgsql", Dialect::Postgres), ("trilogy", Dialect::Mysql)];
        known.iter().find(|(word, _)| lower.contains(word)).map(|(_, dialect)| *dialect)
    })
}

fn dialect_of_words(group: &str) -> Option<Dialect> {
    let words = group.split(['.', '_', '-']);
    words
        .filter(|word| *word != "db" && word.len() > 1)
        .find_map(Dialect::from_name)
        .filter(|dialect| *dialect != Dialect::Generic)
}
