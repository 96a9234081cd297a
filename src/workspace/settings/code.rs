//! Settings that are written as code: Django's `DATABASES`, TypeORM's and Sequelize's options, Prisma's
//! datasource, Ecto's repositories. The text is scanned for `key: value` pairs near the words that
//! open such a block; no syntax tree is needed, and none is built.

use crate::source::{FileId, Language, Place, Span};
use crate::workspace::settings::Pair;
use crate::workspace::tree::base_name;

/// How far after its opening a block of settings may reach.
const WINDOW: usize = 1_500;

/// Words that open a block of settings, by language.
fn openings(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &["DATABASES"],
        Language::TypeScript | Language::JavaScript => &[
            "new DataSource(",
            "TypeOrmModule.forRoot",
            "createConnection(",
            "new Sequelize(",
            "MikroORM.init(",
            "MikroOrmModule.forRoot",
            "dbCredentials",
            "createPool(",
            "new Pool(",
            "connection:",
            "DataSourceOptions",
            "development:",
            "production:",
        ],
        Language::Prisma => &["datasource "],
        Language::Elixir => &["Repo,"],
        _ => &[],
    }
}

/// Whether a source file is one that people keep connections in, by its name.
pub(super) fn may_hold_settings(path: &str) -> bool {
    let name = base_name(path).to_ascii_lowercase();
    let folders: Vec<&str> = path.split('/').collect();
    let words = [
        "settings",
        "ormconfig",
        "data-source",
        "datasource",
        "data_source",
        "database",
        "knexfile",
        "typeorm",
        "sequelize",
        "drizzle",
        "mikro-orm",
        "db.config",
        "app.module",
        "config.js",
        "config.ts",
    ];
    let in_settings = folders.iter().rev().skip(1).take(1).any(|folder| matches!(*folder, "settings" | "config"));
    words.iter().any(|word| name.contains(word)) || in_settings
}

/// Files in which people open a connection, by their names: only these are looked at for URLs.
const OPENERS: &[&str] = &[
    "main",
    "app",
    "application",
    "program",
    "index",
    "server",
    "config",
    "configuration",
    "settings",
    "env",
    "db",
    "database",
    "conn",
    "connection",
    "datasource",
    "data_source",
    "data-source",
    "pool",
    "store",
    "models",
    "kernel",
];

/// Words that make a file one of those wherever they stand in its name (`JpaConfig`, `postgres_connection`).
const OPENING_WORDS: &[&str] = &["config", "database", "datasource", "connection"];

/// How a URL of a database begins.
const SCHEMES: &[&str] =
    &["postgres", "postgresql", "mysql", "mariadb", "mssql", "sqlserver", "jdbc", "r2dbc", "cockroachdb"];

/// Drivers whose addresses are no URLs: `mysql:host=db;dbname=shop`.
const PDO_DRIVERS: &[&str] = &["mysql", "pgsql", "sqlsrv"];

/// Whether a source file may hold the URL of a database, by its name.
pub(super) fn may_hold_urls(path: &str, language: Language) -> bool {
    use Language::{CSharp, Elixir, Go, Java, JavaScript, Kotlin, Php, Python, Ruby, Rust, Scala, TypeScript};
    let code = matches!(
        language,
        Rust | Go | Java | Kotlin | Scala | CSharp | Python | TypeScript | JavaScript | Ruby | Php | Elixir
    );
    let name = base_name(path).to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or(&name);
    code && (OPENERS.contains(&stem) || OPENING_WORDS.iter().any(|word| stem.contains(word)))
}

/// The URLs of databases that stand as texts in code: what a program connects to where no setting says otherwise.
pub(super) fn urls(file: FileId, text: &str) -> Vec<Pair> {
    let code = text.find("#[cfg(test)]").map_or(text, |end| &text[..end]);
    let mut pairs = Vec::new();
    let marks = code.match_indices("://").chain(code.match_indices(":host="));
    for (at, mark) in marks {
        let Some(start) = code[..at].rfind(['"', '\'', '`', '\n']) else { continue };
        let quote = &code[start..=start];
        let scheme = code[start + 1..at].split([':', '+']).next().unwrap_or_default();
        let line = code[..start].rsplit('\n').next().unwrap_or_default().trim_start();
        let remark = line.starts_with("//") || line.starts_with('#') || line.starts_with('*');
        let known = if mark == "://" { SCHEMES } else { PDO_DRIVERS };
        if quote == "\n" || remark || !known.contains(&scheme) {
            continue;
        }
        let Some(length) = code[start + 1..].find([quote.chars().next().unwrap_or('"'), '\n']) else { continue };
        let Some(value) = known_parts(&code[start + 1..start + 1 + length]) else { continue };
        pairs.push(Pair {
            path: vec!["database".to_owned(), "url".to_owned()],
            key: "a URL in the code".to_owned(),
            value,
            place: Place { file, span: Span::new(start + 1, start + 1 + length) },
        });
    }
    pairs
}

/// A URL without what is put in at run time; `None` where that is the database's name.
fn known_parts(url: &str) -> Option<String> {
    const HOLES: [char; 5] = ['{', '%', '$', '<', '*'];
    if !url.contains(HOLES) {
        return Some(url.to_owned());
    }
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_once('/')?;
    let database = path.split(['?', ';']).next().filter(|name| !name.is_empty() && !name.contains(HOLES))?;
    let authority = if authority.contains(HOLES) { "" } else { authority };
    Some(format!("{scheme}://{authority}/{database}"))
}

/// The pairs of each block of settings in a source text.
pub(super) fn pairs(file: FileId, language: Language, text: &str) -> Vec<Vec<Pair>> {
    let mut blocks = Vec::new();
    let mut end = 0;
    let mut starts: Vec<usize> =
        openings(language).iter().flat_map(|opening| text.match_indices(opening).map(|(at, _)| at)).collect();
    starts.sort_unstable();
    for start in starts.into_iter().filter(|start| is_word_start(text, *start)) {
        if start < end {
            continue;
        }
        end = block_end(text, start);
        let pairs = block(file, language, text, start, end);
        if !pairs.is_empty() {
            blocks.push(pairs);
        }
    }
    blocks
}

fn is_word_start(text: &str, at: usize) -> bool {
    !text[..at].chars().next_back().is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
}

/// Where the brackets that open after `start` are closed again.
fn block_end(text: &str, start: usize) -> usize {
    let mut limit = (start + WINDOW).min(text.len());
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let mut depth = 0i32;
    for (at, byte) in text.as_bytes()[start..limit].iter().enumerate() {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => {
                depth -= 1;
                if depth <= 0 {
                    return start + at + 1;
                }
            }
            _ => {}
        }
    }
    limit
}

/// The `key: value` lines from `start` to `end`.
fn block(file: FileId, language: Language, text: &str, start: usize, end: usize) -> Vec<Pair> {
    let mut pairs = Vec::new();
    // Options on one line are parted as if each stood on its own.
    let mut at = start;
    for piece in pieces(&text[start..end]) {
        let piece_start = at;
        at += piece.len();
        let Some((key, value, offset)) = key_value(language, piece) else { continue };
        let (place_start, length) = (piece_start + offset, value.len());
        let resolved = value_of(value);
        if resolved.is_empty() {
            continue;
        }
        pairs.push(Pair {
            // A block of such settings is about a database by what opens it.
            path: vec!["database".to_owned(), key.to_lowercase()],
            key: key.to_owned(),
            value: resolved,
            place: Place { file, span: Span::new(place_start, place_start + length) },
        });
    }
    pairs
}

/// A block cut at line ends, braces, and the commas that stand in no call.
fn pieces(block: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    for (at, letter) in block.char_indices() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if matches!(letter, '\n' | '{') || (letter == ',' && depth == 0) {
            pieces.push(&block[start..=at]);
            start = at + 1;
            depth = 0;
        }
    }
    pieces.push(&block[start..]);
    pieces
}

/// `'NAME': …`, `host: …`, `url = …`, and where the value begins.
fn key_value(language: Language, piece: &str) -> Option<(&str, &str, usize)> {
    let separator = if language == Language::Prisma { piece.find('=')? } else { piece.find(':')? };
    let head = piece[..separator].trim();
    let key = head.rsplit(['(', ' ', '\t']).next()?.trim_matches(['\'', '"', '{', '(']);
    let plain = !key.is_empty() && key.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let rest = &piece[separator + 1..];
    let lead = rest.len() - rest.trim_start().len();
    let value = rest.trim().trim_end_matches([',', '}', ')']).trim_end();
    (plain && !value.is_empty()).then_some((key, value, separator + 1 + lead))
}

/// The value of an expression as far as it stands there: a string, or the default of a lookup
/// (`os.environ.get("DB_NAME", "shop")`, `process.env.DB_NAME || 'shop'`).
fn value_of(expression: &str) -> String {
    let strings = quoted(expression);
    let looks_up = ["environ", "getenv", "env.", "env(", "env[", "config(", ".get(", "get_env", "ENV"]
        .iter()
        .any(|word| expression.contains(word));
    match strings.as_slice() {
        [] if expression.bytes().all(|byte| byte.is_ascii_digit()) => expression.to_owned(),
        [first, ..] if !looks_up => (*first).to_owned(),
        // In `process.env.DB || 'shop'` the only string is the default.
        [only] if expression.contains("||") || expression.contains("??") => (*only).to_owned(),
        [] | [_] => String::new(),
        [.., last] => (*last).to_owned(),
    }
}

/// The quoted strings of a text.
pub(super) fn quoted(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['"', '\'', '`']) {
        let quote = &rest[start..=start];
        let Some(length) = rest[start + 1..].find(quote) else { break };
        found.push(&rest[start + 1..start + 1 + length]);
        rest = &rest[start + length + 2..];
    }
    found
}
