//! Input that hurts: each costs one clear message, never a panic and never a hang.
//!
//! `support::bailiwick` fails a test whose run panics, is killed, or does not end.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};

use serde_json::Value;

use crate::support::{Repository, Run, TODAY, bailiwick_watched};

const ONE_SERVICE: &str = "\
//- bailiwick.toml
dialect = \"postgres\"

[services.orders]
paths = \"orders\"
databases = \"shop\"
";

fn check_with(repository: &Repository, arguments: &[&str]) -> Run {
    let mut all = vec!["check", "--today", TODAY];
    all.extend(arguments);
    repository.run(&all)
}

/// `map --format json`, with the names of its tables, sorted.
fn tables(repository: &Repository) -> (Run, Value, Vec<String>) {
    let run = repository.run(&["map", "--format", "json", "--today", TODAY]);
    let map = run.json();
    let names = map["tables"].as_array().expect("tables").iter();
    let names = names.map(|table| table["name"].as_str().unwrap_or_default().to_string()).collect();
    (run, map, names)
}

/// The one access of the map, as the text of `file` that its range covers.
fn touched<'text>(map: &Value, path: &str, text: &'text str) -> Vec<(&'text str, u64, u64)> {
    let accesses = map["accesses"].as_array().expect("accesses").iter().filter(|access| access["path"] == path);
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let offset = |position: &Value| usize::try_from(number(&position["offset"])).unwrap_or_default();
    accesses
        .map(|access| {
            let (start, end) = (&access["range"]["start"], &access["range"]["end"]);
            let offsets = offset(start)..offset(end);
            (&text[offsets], number(&start["line"]), number(&start["column"]))
        })
        .collect()
}

#[test]
fn an_empty_repository_is_an_error_with_a_hint() {
    let run = check_with(&Repository::empty(), &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("help"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn no_file_scanned_is_an_error_with_a_hint() {
    let repository = Repository::of(
        "//- bailiwick.toml\nexclude = [\"orders\"]\n[services.orders]\npaths = \"orders\"\n//- orders/main.rs\nfn main() {}\n",
    );
    let run = check_with(&repository, &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("help"), "{}", run.stderr);
}

#[test]
fn a_path_that_holds_nothing_is_an_error() {
    let repository = Repository::of(&format!("{ONE_SERVICE}//- orders/src/main.rs\nfn main() {{}}\n"));
    let run = check_with(&repository, &["nowhere"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("nowhere"), "{}", run.stderr);
}

#[test]
fn five_errors_of_a_config_are_told_at_once() {
    let repository = Repository::of(
        r#"//- bailiwick.toml
dialekt = "postgres"
max-file-size = "a lot"

[services.orders]
paths = "orders"

[[grants]]
owner = "orders"
to = "orders"
tables = ["orders"]
privileges = ["selct"]
reason = ""

[rules]
foreign-reed = "warn"
//- orders/src/main.rs
fn main() {}
"#,
    );
    let run = check_with(&repository, &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(run.stdout, "");
    for (wrong, line) in [("dialekt", 1), ("a lot", 2), ("selct", 11), ("reason", 12), ("foreign-reed", 15)] {
        assert!(run.stderr.contains(wrong), "`{wrong}` is not told:\n{}", run.stderr);
        assert!(run.stderr.contains(&format!("bailiwick.toml:{line}:")), "no line {line}:\n{}", run.stderr);
    }
    for suggested in ["dialect", "select", "foreign-read"] {
        assert!(run.stderr.contains(&format!("`{suggested}`")), "`{suggested}` is not suggested:\n{}", run.stderr);
    }
}

#[test]
fn a_grant_to_an_unknown_service_is_told_with_the_near_name() {
    let repository = Repository::of(&format!(
        "{ONE_SERVICE}\n[services.reporting]\npaths = \"reporting\"\n\n[[grants]]\nowner = \"orders\"\nto = \"reportign\"\n\
         tables = [\"orders\"]\nprivileges = [\"read\"]\nreason = \"figures\"\n//- orders/a.rs\n//- reporting/b.rs\n"
    ));
    let run = check_with(&repository, &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("reportign") && run.stderr.contains("`reporting`"), "{}", run.stderr);
}

#[test]
fn one_path_of_two_services_is_an_error() {
    let repository = Repository::of(&format!(
        "{ONE_SERVICE}\n[services.billing]\npaths = [\"orders/\"]\n//- orders/main.rs\nfn main() {{}}\n"
    ));
    let run = check_with(&repository, &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("billing") && run.stderr.contains("orders"), "{}", run.stderr);
}

#[test]
fn a_path_outside_the_root_is_an_error() {
    let repository = Repository::of(&format!("{ONE_SERVICE}//- orders/main.rs\nfn main() {{}}\n"));
    let run = check_with(&repository, &["../"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("outside") || run.stderr.contains("root"), "{}", run.stderr);

    repository.write("bailiwick.toml", b"[services.orders]\npaths = [\"orders\", \"../elsewhere\"]\n");
    let run = check_with(&repository, &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("../elsewhere"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_fifo_is_skipped_with_its_reason() {
    let repository = Repository::of(&format!("{ONE_SERVICE}//- orders/schema.sql\nCREATE TABLE orders (id int);\n"));
    let made = std::process::Command::new("mkfifo").arg(repository.path("orders/pipe.sql")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    let (run, map, tables) = tables(&repository);
    assert_eq!((run.code, tables.as_slice()), (0, ["orders".to_string()].as_slice()), "{}", run.stderr);
    assert!(skip_reason(&map, "orders/pipe.sql").is_some_and(|reason| reason.contains("FIFO")), "{}", map["coverage"]);
}

/// The reason for which the coverage says that `path` was not read.
fn skip_reason(report: &Value, path: &str) -> Option<String> {
    let skipped = report["coverage"]["skipped"].as_array()?;
    let entry =
        skipped.iter().find(|entry| entry["path"].as_str().is_some_and(|found| found.trim_end_matches('/') == path))?;
    Some(entry["reason"].to_string())
}

#[cfg(unix)]
#[test]
fn links_in_a_loop_and_out_of_the_root_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = Repository::of("//- secret.sql\nCREATE TABLE elsewhere (id int);\n");
    let repository = Repository::of(&format!("{ONE_SERVICE}//- orders/schema.sql\nCREATE TABLE orders (id int);\n"));
    symlink("..", repository.path("orders/up")).unwrap();
    symlink("loop", repository.path("orders/loop")).unwrap();
    symlink(outside.root(), repository.path("orders/out")).unwrap();
    let (run, map, tables) = tables(&repository);
    assert_eq!((run.code, tables.as_slice()), (0, ["orders".to_string()].as_slice()), "{}", run.stderr);
    for link in ["orders/up", "orders/loop", "orders/out"] {
        assert!(skip_reason(&map, link).is_some(), "{link}: {}", map["coverage"]);
    }
}

#[test]
fn a_dump_of_200_megabytes_is_read_to_its_end() {
    const MEGABYTES: usize = 200;
    let repository = Repository::of(ONE_SERVICE);
    repository.write("orders/empty.sql", b"");
    let mut dump = BufWriter::new(File::create(repository.path("orders/dump.sql")).unwrap());
    writeln!(dump, "CREATE TABLE first (id bigint, name text);").unwrap();
    let row = "(123456, 'a name; with a semicolon', '2026-01-01 00:00:00', 'and more text that nobody reads'),\n";
    let insert = format!("INSERT INTO first VALUES {}(1, '', '', '');\n", row.repeat(10_000));
    let copied = "123456\ta name; with a semicolon\t2026-01-01 00:00:00\tand DROP TABLE first; text\n".repeat(100_000);
    let mut written = 0;
    while written < MEGABYTES * 1_000_000 {
        write!(dump, "{insert}COPY first (id, name) FROM stdin;\n{copied}\\.\n\n").unwrap();
        written += insert.len() + copied.len();
    }
    writeln!(dump, "CREATE TABLE last (id bigint REFERENCES first (id));").unwrap();
    dump.into_inner().unwrap().sync_all().unwrap();

    let mut peak = 0;
    let run = bailiwick_watched(repository.root(), &["map", "--format", "json"], |child| {
        peak = peak.max(resident_kilobytes(child.id()));
    });
    let map = run.json();
    let names: Vec<_> = map["tables"].as_array().unwrap().iter().map(|table| table["name"].as_str().unwrap()).collect();
    assert_eq!((run.code, names.as_slice()), (0, ["first", "last"].as_slice()), "{}", run.stderr);
    assert!(peak < 1_000_000, "{peak} kB resident");
}

/// The most memory that a process had so far, where the system tells.
fn resident_kilobytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[test]
fn an_expression_of_100_000_terms_costs_at_most_itself() {
    let terms = |count: usize, term: &str, between: &str| vec![term; count].join(between);
    let sums = terms(100_000, "1", " + ");
    let ands = terms(100_000, "a = 1", " AND ");
    let text = terms(100_000, "\"x\"", " + ");
    let repository = Repository::of(&format!(
        "//- bailiwick.toml\nmax-file-size = \"20 MB\"\n[services.orders]\npaths = \"orders\"\n\
         //- orders/schema.sql\nCREATE TABLE orders (a int);\n\
         SELECT {sums} FROM orders;\nDELETE FROM orders WHERE {ands};\nCREATE TABLE after (a int);\n\
         //- orders/src/main.rs\nfn sum() -> i64 {{ {sums} }}\nfn text() -> String {{ {text} }}\n\
         fn sql(pool: &sqlx::PgPool) {{ sqlx::query(\"SELECT a FROM orders WHERE {ands}\").execute(pool); }}\n\
         //- orders/src/other.rs\nfn sql(pool: &sqlx::PgPool) {{ sqlx::query(\"SELECT a FROM orders\").execute(pool); }}\n"
    ));
    let (run, map, tables) = tables(&repository);
    assert_eq!((run.code, tables), (0, vec!["after".to_string(), "orders".to_string()]), "{}", run.stderr);
    let files: Vec<_> = map["accesses"].as_array().unwrap().iter().map(|access| access["path"].clone()).collect();
    for path in ["orders/schema.sql", "orders/src/other.rs"] {
        assert!(files.iter().any(|found| found == path), "nothing of {path}");
    }
}

#[test]
fn five_thousand_nested_parentheses_cost_at_most_their_statement() {
    let mut sql = String::from("CREATE TABLE orders (a int);\n");
    let (open, close) = ("(".repeat(5_000), ")".repeat(5_000));
    writeln!(sql, "SELECT {open}1{close} FROM orders;").unwrap();
    writeln!(sql, "SELECT * FROM {open}SELECT 1{close};").unwrap();
    writeln!(sql, "SELECT {};", "POSITION(".repeat(5_000)).unwrap();
    writeln!(sql, "SELECT {}1{};", "CASE WHEN ".repeat(5_000), " END".repeat(5_000)).unwrap();
    writeln!(sql, "CREATE TABLE after (a int);").unwrap();
    let repository = Repository::of(&format!(
        "{ONE_SERVICE}//- orders/schema.sql\n{sql}\
         //- orders/src/main.rs\nfn deep() -> i64 {{ {open}1{close} }}\n\
         fn brackets() {{ let _ = {}{}; }}\n\
         fn sql(pool: &sqlx::PgPool) {{ sqlx::query(\"SELECT {open}1{close} FROM orders\").execute(pool); }}\n\
         //- orders/src/other.rs\nfn sql(pool: &sqlx::PgPool) {{ sqlx::query(\"SELECT a FROM orders\").execute(pool); }}\n",
        "[".repeat(5_000),
        "]".repeat(5_000),
    ));
    let (run, map, tables) = tables(&repository);
    assert_eq!((run.code, tables), (0, vec!["after".to_string(), "orders".to_string()]), "{}", run.stderr);
    assert!(map["accesses"].as_array().unwrap().iter().any(|access| access["path"] == "orders/src/other.rs"));
}

/// Forty modules of which each hands on all others: what none of them declares is asked of each once, not along each way.
#[test]
fn modules_that_all_hand_each_other_on_are_each_asked_once() {
    const MODULES: usize = 40;
    let languages: [(&str, &str, &dyn Fn(usize) -> String, &str); 3] = [
        (
            "ts",
            "export * from './NAME'\n",
            &|number| format!("m{number}.ts"),
            "import { nothing } from './m0'\nnothing.query('SELECT id FROM orders')\n",
        ),
        (
            "py",
            "from .NAME import *\n",
            &|number| format!("m{number}.py"),
            "from .m0 import nothing\nnothing.execute('SELECT id FROM orders')\n",
        ),
        (
            "rs",
            "pub use crate::NAME::*;\n",
            &|number| format!("m{number}.rs"),
            "use crate::m0::nothing;\nfn f() { nothing::query(\"SELECT id FROM orders\"); }\n",
        ),
    ];
    for (language, hands_on, file, use_of) in languages {
        let repository = Repository::of(ONE_SERVICE);
        let mut declared = String::new();
        for number in 0..MODULES {
            let others = (0..MODULES).filter(|other| *other != number);
            let text: String = others.map(|other| hands_on.replace("NAME", &format!("m{other}"))).collect();
            repository.write(format!("orders/src/{}", file(number)), text.as_bytes());
            writeln!(declared, "mod m{number};").unwrap();
        }
        let whole = if language == "rs" { format!("{declared}{use_of}") } else { use_of.to_owned() };
        repository.write("orders/Cargo.toml", b"[package]\nname = \"orders\"\nversion = \"0.1.0\"\n");
        repository.write(format!("orders/src/main.{language}"), whole.as_bytes());
        let run = check_with(&repository, &[]);
        assert!(run.code < 2, "{language}: {}", run.stderr);
    }
}

#[test]
fn bytes_that_are_no_utf8_cost_at_most_their_characters() {
    let repository = Repository::of(&format!("{ONE_SERVICE}//- orders/a.sql\nCREATE TABLE orders (a int);\n"));
    repository.write("orders/latin.sql", b"-- caf\xe9\nCREATE TABLE latin (name text DEFAULT 'caf\xe9');\n");
    repository.write(
        "orders/src/main.rs",
        b"// caf\xe9\nfn f(pool: &sqlx::PgPool) { sqlx::query(\"DELETE FROM orders\").execute(pool); }\n",
    );
    repository.write("orders/binary.rs", b"\x7fELF\0\0\0\0SELECT * FROM orders\0");
    let (run, map, tables) = tables(&repository);
    assert_eq!((run.code, tables), (0, vec!["latin".to_string(), "orders".to_string()]), "{}", run.stderr);
    assert!(skip_reason(&map, "orders/binary.rs").is_some(), "{}", map["coverage"]);
    let mentioned = map["coverage"].to_string();
    assert!(mentioned.contains("orders/latin.sql") && mentioned.contains("orders/src/main.rs"), "{mentioned}");
}

#[test]
fn spans_stay_right_under_crlf_a_bom_and_wide_characters() {
    let sql = "\u{feff}-- größe\r\nCREATE TABLE orders (\r\n  naïve text\r\n);\r\n/* 你好 */ DELETE FROM orders;\r\n";
    let rust = "\u{feff}//! ünïcode\r\nfn f(pool: &sqlx::PgPool) {\r\n    let _ = (\"日本\", sqlx::query(\"SELECT 'é'\r\n  FROM orders\"));\r\n}\r\n";
    let repository = Repository::of(ONE_SERVICE);
    repository.write("orders/schema.sql", sql.as_bytes());
    repository.write("orders/src/main.rs", rust.as_bytes());
    let (run, map, _) = tables(&repository);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(touched(&map, "orders/schema.sql", sql), [("orders", 2, 14), ("orders", 5, 22)]);
    assert_eq!(touched(&map, "orders/src/main.rs", rust), [("orders", 4, 8)]);
}

#[test]
fn a_source_file_that_does_not_parse_still_yields_its_plain_statements() {
    let repository = Repository::of(&format!(
        "{ONE_SERVICE}//- orders/schema.sql\nCREATE TABLE orders (a int);\n\
         //- orders/src/main.rs\nfn f( {{ let x = \"DELETE FROM orders WHERE a = 1\"; \n"
    ));
    let (run, map, _) = tables(&repository);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(map["accesses"].as_array().unwrap().iter().any(|access| access["path"] == "orders/src/main.rs"), "{map}");
    assert!(map["coverage"].to_string().contains("orders/src/main.rs"), "{}", map["coverage"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_told_and_ends_in_2() {
    use std::os::unix::fs::PermissionsExt;
    let repository = Repository::of(&format!(
        "{ONE_SERVICE}//- orders/schema.sql\nCREATE TABLE orders (a int);\n//- orders/locked.sql\nCREATE TABLE locked (a int);\n"
    ));
    let locked = repository.path("orders/locked.sql");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(&locked).is_ok() {
        return; // Root reads everything.
    }
    let (run, map, tables) = tables(&repository);
    assert_eq!((run.code, tables), (2, vec!["orders".to_string()]), "{}", run.stderr);
    assert!(run.stderr.contains("orders/locked.sql"), "{}", run.stderr);
    assert!(skip_reason(&map, "orders/locked.sql").is_some(), "{}", map["coverage"]);
}
