//! Connection strings of every common kind: URLs, JDBC, key-value lists, drivers' own. What is kept is
//! where they lead and as whom; a password never leaves this file.

use crate::vocabulary::{Dialect, Name};

/// Where a connection leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Connection {
    /// The dialect, where the scheme or the driver tells.
    pub dialect: Option<Dialect>,
    /// The host as written, with the port where it is not the dialect's usual one. `None` where it is
    /// a placeholder without a default, or a file.
    pub server: Option<Name>,
    /// The database; for a database in a file its path.
    pub database: Option<Name>,
    /// The schemas of its search path, in order.
    pub schemas: Vec<Name>,
    /// The user.
    pub user: Option<Name>,
}

impl Connection {
    /// Whether it says enough to be of use.
    #[must_use]
    pub fn is_useful(&self) -> bool {
        self.database.is_some() || self.dialect.is_some()
    }

    /// In one line, without secrets: `postgres://db/shop?schema=sales`.
    #[must_use]
    pub fn text(&self) -> String {
        let dialect = self.dialect.map_or("database", Dialect::name);
        let server = self.server.as_deref().unwrap_or("");
        let mut text = format!("{dialect}://{server}/{}", self.database.as_deref().unwrap_or("?"));
        if !self.schemas.is_empty() {
            let schemas: Vec<&str> = self.schemas.iter().map(Name::as_str).collect();
            text.push_str("?schema=");
            text.push_str(&schemas.join(","));
        }
        text
    }

    fn set_server(&mut self, host: &str, port: Option<&str>) {
        let host = host.trim().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || host == "." || is_unknown(host) {
            self.server = (host == ".").then(|| "localhost".into());
            return;
        }
        let host = match host {
            "127.0.0.1" | "0.0.0.0" | "::1" | "(local)" | "(localdb)" => "localhost",
            other => other,
        };
        let usual = self.dialect.and_then(usual_port);
        self.server = Some(match port {
            Some(port)
                if !is_unknown(port)
                    && Some(port) != usual
                    && port.bytes().all(|b| b.is_ascii_digit())
                    && !port.is_empty() =>
            {
                format!("{host}:{port}").into()
            }
            _ => host.into(),
        });
    }

    fn set_database(&mut self, name: &str) {
        let name = decoded(name.trim());
        self.database = (!name.is_empty() && !is_unknown(&name)).then(|| name.as_str().into());
    }

    fn set_user(&mut self, name: &str) {
        let name = decoded(name.trim());
        self.user = (!name.is_empty() && !is_unknown(&name)).then(|| name.as_str().into());
    }

    fn set_schemas(&mut self, list: &str) {
        let names = list.split(',').map(|name| name.trim().trim_matches(['"', '\'']));
        self.schemas = names.filter(|name| !name.is_empty() && !name.starts_with('$')).map(Name::from).collect();
    }

    /// One of the options behind a URL or in a key-value list.
    fn set_option(&mut self, key: &str, value: &str) {
        let key: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        match key.as_str() {
            "searchpath" | "currentschema" | "schema" => self.set_schemas(&decoded(value)),
            "options" => {
                let options = decoded(value);
                if let Some(at) = options.find("search_path") {
                    let rest = options[at + "search_path".len()..].trim_start_matches(['=', ' ']);
                    self.set_schemas(rest.split_whitespace().next().unwrap_or_default());
                }
            }
            "user" | "username" | "userid" | "uid" if self.user.is_none() => self.set_user(value),
            "database" | "databasename" | "dbname" | "initialcatalog" | "servicename" if self.database.is_none() => {
                self.set_database(value);
            }
            _ => {}
        }
    }
}

/// The port on which servers of the dialect listen where nobody says otherwise.
fn usual_port(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Postgres => Some("5432"),
        Dialect::Mysql => Some("3306"),
        Dialect::Mssql => Some("1433"),
        Dialect::Oracle => Some("1521"),
        Dialect::Redshift => Some("5439"),
        Dialect::Cql => Some("9042"),
        _ => None,
    }
}

/// The dialect whose servers usually listen on `port`.
#[must_use]
pub fn dialect_of_port(port: &str) -> Option<Dialect> {
    [Dialect::Postgres, Dialect::Mysql, Dialect::Mssql, Dialect::Oracle, Dialect::Cql]
        .into_iter()
        .find(|dialect| usual_port(*dialect) == Some(port))
}

/// Whether a part of a setting is filled in elsewhere.
#[must_use]
pub fn is_unknown(text: &str) -> bool {
    text.contains("${")
        || text.contains("{{")
        || text.contains("#{")
        || text.contains("<%")
        || text.contains("%(")
        || (text.starts_with('$') && text.len() > 1)
        || (text.starts_with('<') && text.ends_with('>'))
        || (text.starts_with('{') && text.ends_with('}'))
        || (text.starts_with("__") && text.ends_with("__"))
}

/// `text` with each `${VAR:-default}`, `${VAR:default}` and `${VAR}` replaced: by what `lookup` knows,
/// else by its default, else left as it stands. Spring's and the shell's forms are both read.
#[must_use]
pub fn with_defaults(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        out.push_str(&rest[..start]);
        let Some(length) = closing_brace(&rest[start..]) else {
            out.push_str(&rest[start..]);
            return out;
        };
        let inner = &rest[start + 2..start + length - 1];
        let (name, default) = match inner.find([':', '-']) {
            Some(at) => {
                let default = inner[at..].trim_start_matches(':').trim_start_matches(['-', '=']);
                let required = inner[at..].starts_with(":?") || inner[at..].starts_with('?');
                (&inner[..at], (!required).then_some(default))
            }
            None => (inner, None),
        };
        match (lookup(name), default) {
            (Some(value), _) => out.push_str(&value),
            // A default may hold placeholders itself; each round takes one pair of braces off.
            (None, Some(default)) => out.push_str(&with_defaults(default, lookup)),
            (None, None) => out.push_str(&rest[start..start + length]),
        }
        rest = &rest[start + length..];
    }
    out.push_str(rest);
    out
}

/// The length of `${…}` at the start of `text`, inner braces included.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Reads a connection string; `None` for a text that is none, or one to a store that has no tables.
#[must_use]
pub fn parse_url(text: &str) -> Option<Connection> {
    let text = text.trim().trim_matches(['"', '\'', '`']);
    if text.len() > 2_000 || text.len() < 4 {
        return None;
    }
    let text = &with_defaults(text, &|_| None);
    let plain = strip_prefixes(text);
    if let Some((scheme, rest)) = plain.split_once("://") {
        return url(scheme, rest);
    }
    jdbc_without_slashes(text, plain).or_else(|| driver_name(plain)).or_else(|| key_values(plain))
}

/// `jdbc:`, `r2dbc:` and the wrappers of pools and tracers.
fn strip_prefixes(text: &str) -> &str {
    let mut text = text;
    for prefix in
        ["jdbc:", "r2dbc:", "r2dbcs:", "p6spy:", "tracing:", "otel:", "tc:", "aws-wrapper:", "pool:", "log4jdbc:"]
    {
        if let Some(head) = text.get(..prefix.len())
            && head.eq_ignore_ascii_case(prefix)
        {
            text = &text[prefix.len()..];
        }
    }
    text
}

/// The dialect of a URL's scheme, of which only the part before `+` or `:` counts.
fn dialect_of_scheme(scheme: &str) -> Option<Dialect> {
    let base = scheme.split(['+', ':']).next().unwrap_or(scheme);
    let valid =
        !base.is_empty() && base.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    match base.to_ascii_lowercase().as_str() {
        // Names that also stand for other things, and stores without tables.
        "ch" | "delta" | "unknown" | "fabric" | "ansi" | "generic" | "cloudsql" => None,
        "ecto" | "postgis" => Some(Dialect::Postgres),
        base => valid.then(|| Dialect::from_name(base)).flatten(),
    }
}

fn url(scheme: &str, rest: &str) -> Option<Connection> {
    let dialect = dialect_of_scheme(scheme)?;
    let mut connection = Connection { dialect: Some(dialect), ..Connection::default() };
    if matches!(dialect, Dialect::Sqlite | Dialect::Duckdb) {
        connection.set_database(file_name(rest));
        return Some(connection);
    }
    let (rest, options) = match rest.find(['?', ';']) {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, ""),
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, hosts) = match authority.rsplit_once('@') {
        Some((user, hosts)) => (user, hosts),
        None => ("", authority),
    };
    connection.set_user(user.split(':').next().unwrap_or_default());
    let host = hosts.split(',').next().unwrap_or_default();
    match host.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => connection.set_server(host, Some(port)),
        _ => connection.set_server(host, None),
    }
    connection.set_database(path.split('/').next().unwrap_or_default());
    for option in options.split(['&', ';']) {
        if let Some((key, value)) = option.split_once('=') {
            connection.set_option(key, value);
        }
    }
    Some(connection)
}

/// The name of a database in a file, without what says only how it is opened.
fn file_name(rest: &str) -> &str {
    let rest = rest.split('?').next().unwrap_or(rest);
    let rest = rest.strip_prefix("file:").unwrap_or(rest);
    let name = rest.trim_start_matches('/').trim_start_matches("./");
    if name.contains(":memory:") || name.is_empty() { ":memory:" } else { name }
}

/// Forms with a colon instead of slashes: `jdbc:oracle:thin:@…`, `jdbc:h2:mem:x`, `sqlite:x.db`.
fn jdbc_without_slashes(whole: &str, plain: &str) -> Option<Connection> {
    let (scheme, rest) = plain.split_once(':')?;
    let dialect = match scheme.to_ascii_lowercase().as_str() {
        "h2" | "hsqldb" | "derby" if whole.len() > plain.len() => Dialect::Generic,
        _ => dialect_of_scheme(scheme)?,
    };
    let mut connection = Connection { dialect: Some(dialect), ..Connection::default() };
    match dialect {
        Dialect::Sqlite | Dialect::Duckdb => connection.set_database(file_name(rest)),
        Dialect::Generic => {
            let path = rest.split([';', '?']).next().unwrap_or(rest);
            connection.set_database(path.rsplit([':', '/']).next().unwrap_or(path));
        }
        Dialect::Oracle => {
            // thin:@host:1521:sid or thin:@//host:1521/service
            let (_, at) = rest.split_once('@')?;
            let at = at.trim_start_matches('/');
            let mut parts = at.split([':', '/']);
            let host = parts.next().unwrap_or_default();
            let second = parts.next();
            let (port, database) = match (second, parts.next()) {
                (Some(port), Some(database)) => (Some(port), Some(database)),
                (Some(database), None) => (None, Some(database)),
                _ => (None, None),
            };
            connection.set_server(host, port);
            connection.set_database(database.unwrap_or_default().split('?').next().unwrap_or_default());
        }
        // PDO: `mysql:host=db;dbname=shop`.
        _ if rest.contains('=') => {
            let mut inner = key_values(rest)?;
            inner.dialect = Some(dialect);
            return Some(inner);
        }
        _ => return None,
    }
    Some(connection)
}

/// Go's MySQL driver: `user:password@tcp(host:3306)/shop?parseTime=true`.
fn driver_name(text: &str) -> Option<Connection> {
    let (head, rest) = text.split_once("@tcp(").or_else(|| text.split_once("@unix("))?;
    let (address, path) = rest.split_once(")/")?;
    let mut connection = Connection { dialect: Some(Dialect::Mysql), ..Connection::default() };
    connection.set_user(head.split(':').next().unwrap_or_default());
    match address.rsplit_once(':') {
        Some((host, port)) => connection.set_server(host, Some(port)),
        None => connection.set_server(address, None),
    }
    connection.set_database(path.split('?').next().unwrap_or_default());
    Some(connection)
}

/// `Host=db;Database=shop;Username=app` and libpq's `host=db dbname=shop user=app`.
fn key_values(text: &str) -> Option<Connection> {
    let pairs: Vec<(String, &str)> = if text.contains(';') || !text.contains(' ') || text.matches('=').count() == 1 {
        text.split(';').filter_map(pair).collect()
    } else {
        text.split_whitespace().filter_map(pair).collect()
    };
    let value = |keys: &[&str]| pairs.iter().find(|(key, _)| keys.contains(&key.as_str())).map(|(_, value)| *value);
    let database = value(&["database", "dbname", "initialcatalog", "databasename"]);
    let host = value(&["host", "server", "datasource", "address", "addr", "hostaddr", "networkaddress"]);
    let mut connection = Connection::default();
    if database.is_none() {
        // SQLite: `Data Source=app.db`.
        let file = value(&["datasource", "filename"])?;
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let in_file = [".db", ".sqlite", ".sqlite3"].iter().any(|ending| name.ends_with(ending)) || file == ":memory:";
        if !in_file {
            return None;
        }
        connection.dialect = Some(Dialect::Sqlite);
        connection.set_database(file_name(file));
        return Some(connection);
    }
    host?;
    let libpq = value(&["dbname"]).is_some();
    let port = value(&["port"]);
    connection.dialect = key_value_dialect(&pairs, libpq, port);
    let host = host.unwrap_or_default();
    let host = host.strip_prefix("tcp:").unwrap_or(host);
    let (host, port) = match host.split_once([',', ':']) {
        Some((host, port)) => (host, Some(port)),
        None => (host, port),
    };
    connection.set_server(host.split('\\').next().unwrap_or(host), port);
    connection.set_database(database.unwrap_or_default());
    for (key, value) in &pairs {
        connection.set_option(key, value);
    }
    Some(connection)
}

/// The dialect that the keys of a key-value list give away: each driver has its own.
fn key_value_dialect(pairs: &[(String, &str)], libpq: bool, port: Option<&str>) -> Option<Dialect> {
    let has = |keys: &[&str]| pairs.iter().any(|(key, _)| keys.contains(&key.as_str()));
    let driver =
        pairs.iter().find(|(key, _)| key == "driver" || key == "provider").map(|(_, value)| value.to_lowercase());
    if let Some(driver) = driver {
        let named = [
            ("postgre", Dialect::Postgres),
            ("mysql", Dialect::Mysql),
            ("maria", Dialect::Mysql),
            ("sql server", Dialect::Mssql),
        ];
        if let Some((_, dialect)) = named.iter().find(|(word, _)| driver.contains(word)) {
            return Some(*dialect);
        }
    }
    if let Some(dialect) = port.and_then(dialect_of_port) {
        return Some(dialect);
    }
    if has(&[
        "initialcatalog",
        "trustservercertificate",
        "trustedconnection",
        "multipleactiveresultsets",
        "integratedsecurity",
    ]) {
        return Some(Dialect::Mssql);
    }
    if has(&["sslmode", "searchpath", "hostaddr"]) && libpq || has(&["host"]) && has(&["username"]) {
        return Some(Dialect::Postgres);
    }
    libpq.then_some(Dialect::Postgres)
}

/// `Key Name = value`, the key in lower case without blanks.
fn pair(text: &str) -> Option<(String, &str)> {
    let (key, value) = text.split_once('=')?;
    let key: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    Some((key.to_ascii_lowercase(), value.trim().trim_matches(['"', '\''])))
}

/// Percent-encoding taken off.
fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok()))
            .flatten();
        out.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        parse_url(text).map_or("none".into(), |connection| {
            format!("{} as {}", connection.text(), connection.user.as_deref().unwrap_or("-"))
        })
    }

    #[test]
    fn every_common_form_is_read() {
        for (text, wanted) in [
            ("postgres://app:secret@db:5432/shop", "postgres://db/shop as app"),
            ("postgresql+psycopg2://app:s@db:6432/shop?sslmode=disable", "postgres://db:6432/shop as app"),
            ("postgres://db/shop?search_path=sales,public", "postgres://db/shop?schema=sales,public as -"),
            ("postgres://db/shop?options=-csearch_path%3Dsales", "postgres://db/shop?schema=sales as -"),
            ("postgresql://u:p@localhost:5432/mydb?schema=public", "postgres://localhost/mydb?schema=public as u"),
            ("jdbc:postgresql://db:5432/shop?currentSchema=sales&user=app", "postgres://db/shop?schema=sales as app"),
            ("jdbc:mysql://localhost:3306/mall?useSSL=false", "mysql://localhost/mall as -"),
            ("jdbc:mysql://${DB_HOST:db}:${DB_PORT:3306}/${DB:mall}", "mysql://db/mall as -"),
            ("jdbc:sqlserver://sql:1433;databaseName=Shop;user=sa", "mssql://sql/Shop as sa"),
            ("jdbc:oracle:thin:@//ora:1521/XEPDB1", "oracle://ora/XEPDB1 as -"),
            ("jdbc:oracle:thin:@ora:1521:XE", "oracle://ora/XE as -"),
            ("jdbc:h2:mem:testdb;DB_CLOSE_DELAY=-1", "generic:///testdb as -"),
            ("r2dbc:postgresql://db/shop", "postgres://db/shop as -"),
            ("mysql2://root@127.0.0.1/shop_development", "mysql://localhost/shop_development as root"),
            ("sqlite:///./app.db", "sqlite:///app.db as -"),
            ("sqlite://data/app.db?mode=rwc", "sqlite:///data/app.db as -"),
            ("sqlite::memory:", "sqlite:///:memory: as -"),
            ("root:pw@tcp(db:3306)/shop?parseTime=true", "mysql://db/shop as root"),
            ("host=db user=app password=x dbname=shop sslmode=disable", "postgres://db/shop as app"),
            ("Host=db;Port=5432;Database=shop;Username=app;Password=x", "postgres://db/shop as app"),
            ("Server=sql,1433;Initial Catalog=Shop;User Id=sa;Password=x", "mssql://sql/Shop as sa"),
            ("Server=(localdb)\\mssqllocaldb;Database=Shop;Trusted_Connection=True", "mssql://localhost/Shop as -"),
            ("Data Source=app.db", "sqlite:///app.db as -"),
            ("mysql:host=db;dbname=shop", "mysql://db/shop as -"),
            ("postgres://u:p@${HOST}/shop", "postgres:///shop as u"),
            ("postgres://u:p@h1:5432,h2:5432/shop", "postgres://h1/shop as u"),
            ("postgres://u:p%40@[::1]:5432/a%2Db", "postgres://localhost/a-b as u"),
        ] {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_no_connection() {
        for text in [
            "http://shop.example/orders",
            "mongodb://localhost/logs",
            "redis://cache:6379/0",
            "amqp://guest@mq/",
            "select * from a where b = 1",
            "name=orders",
            "key=value; other=thing",
            "postgres",
            "delta: 3",
            "ch:ch",
            "",
            "${DATABASE_URL}",
        ] {
            assert_eq!(shown(text), "none", "{text}");
        }
    }

    #[test]
    fn no_secret_is_ever_kept() {
        for text in
            ["postgres://app:hunter2@db/shop", "Host=db;Database=shop;Password=hunter2", "root:hunter2@tcp(db)/x"]
        {
            assert!(!format!("{:?}", parse_url(text)).contains("hunter2"));
        }
    }

    #[test]
    fn defaults_are_read_in_both_forms() {
        let lookup = |name: &str| (name == "KNOWN").then(|| "k".to_owned());
        for (text, wanted) in [
            ("${A:-x}", "x"),
            ("${A:x}", "x"),
            ("${A:${B:-y}}", "y"),
            ("${KNOWN:-x}${A}", "k${A}"),
            ("${A:?must be set}", "${A:?must be set}"),
            ("${unclosed", "${unclosed"),
            ("plain", "plain"),
        ] {
            assert_eq!(with_defaults(text, &lookup), wanted);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_stumble(text in "[a-z0-9:/@?=&;,.%${}()\\[\\]# é-]{0,60}") {
            drop(parse_url(&text));
            drop(with_defaults(&text, &|_| None));
        }
    }
}
