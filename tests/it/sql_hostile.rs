//! No input hurts the sql stage: random bytes, random tokens, mutated statements, and texts made to be deep, long
//! or unclosed. Each is read on a stack of two megabytes, and in time that grows no faster than the text.

use std::fs;
use std::time::{Duration, Instant};

use bailiwick::sql::{self, Options};
use bailiwick::vocabulary::Dialect;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::project;

/// How many texts of each kind are tried; `PROPTEST_CASES` sets another number.
fn config() -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400);
    Config { cases, failure_persistence: None, ..Config::default() }
}

fn dialects() -> impl Strategy<Value = Dialect> {
    prop::sample::select(Dialect::NAMES.iter().map(|(dialect, _)| *dialect).collect::<Vec<_>>())
}

/// Reads the text in both ways and looks at every place in the answer.
pub(crate) fn survives(text: &str, dialect: Dialect) -> Result<(), TestCaseError> {
    for options in [Options::script(dialect), Options::call(dialect)] {
        let script = sql::analyse(text, &options);
        let mut spans = Vec::new();
        for statement in &script.statements {
            spans.push(statement.span);
            spans.extend(statement.accesses.iter().map(|access| access.span));
            spans.extend(statement.opaque.iter().map(|opaque| opaque.span));
            spans.extend(statement.definitions.iter().map(|definition| definition.span));
            spans.extend(statement.calls.iter().map(|call| call.span));
        }
        spans.extend(script.problems.iter().map(|problem| problem.span));
        for span in spans {
            prop_assert!(span.start <= span.end && text.get(span.range()).is_some(), "{span:?} of {text:?}");
        }
    }
    let _ = sql::looks_like_sql(text);
    Ok(())
}

fn run(strategy: impl Strategy<Value = (String, Dialect)>) {
    TestRunner::new(config()).run(&strategy, |(text, dialect)| survives(&text, dialect)).unwrap();
}

#[test]
fn bytes() {
    let bytes =
        prop::collection::vec(any::<u8>(), 0..200).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    run((bytes, dialects()));
}

pub(crate) const TOKENS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "JOIN",
    "LEFT",
    "ON",
    "USING",
    "GROUP BY",
    "ORDER BY",
    "UNION",
    "EXCEPT",
    "WITH",
    "RECURSIVE",
    "AS",
    "INSERT",
    "INTO",
    "VALUES",
    "UPDATE",
    "SET",
    "DELETE",
    "MERGE",
    "WHEN",
    "MATCHED",
    "THEN",
    "CREATE",
    "TABLE",
    "VIEW",
    "OR REPLACE",
    "TEMP",
    "ALTER",
    "DROP",
    "RENAME",
    "TO",
    "TRIGGER",
    "FUNCTION",
    "PROCEDURE",
    "PACKAGE BODY",
    "COMPOUND TRIGGER",
    "IS",
    "<<l>>",
    "l:BEGIN",
    "OPEN",
    "MULTISET",
    "DENY",
    "DYNAMIC",
    "dblink('dbname=x', 'SELECT 1 FROM t')",
    "t@link",
    "OPENROWSET(",
    "REFERENCING NEW TABLE AS",
    "RULE",
    "BEGIN",
    "END",
    "IF",
    "ELSE",
    "CASE",
    "LOOP",
    "FOR",
    "IN",
    "EXECUTE",
    "IMMEDIATE",
    "EXEC",
    "CALL",
    "DECLARE",
    "CURSOR",
    "RETURN",
    "QUERY",
    "DO",
    "GRANT",
    "REVOKE",
    "COPY",
    "STDIN",
    "LOCK",
    "COMMENT",
    "IS",
    "REFERENCES",
    "PARTITION",
    "OF",
    "ATTACH",
    "IMPORT FOREIGN SCHEMA",
    "LIMIT",
    "OFFSET",
    "LATERAL",
    "VIEW",
    "PIVOT",
    "UNNEST",
    "ROWS",
    "ONLY",
    "TABLESAMPLE",
    "OUTPUT",
    "CONFLICT",
    "DUPLICATE",
    "KEY",
    "RETURNING",
    "LANGUAGE",
    "sql",
    "a",
    "b.c",
    "\"d\"",
    "`e`",
    "[f]",
    "@x",
    "#t",
    "?",
    "$1",
    "${x}",
    "#{y}",
    "%s",
    "{}",
    "{{ ref('z') }}",
    "{% if %}",
    ":v",
    "'s'",
    "'it''s'",
    "E'\\''",
    "N'n'",
    "q'[x]'",
    "$$",
    "$t$",
    "1",
    "1.5e3",
    "(",
    ")",
    "(",
    ")",
    ",",
    ";",
    ".",
    "*",
    "=",
    "||",
    "|>",
    "::",
    ":=",
    "--x\n",
    "/*",
    "*/",
    "/*!40101",
    "\n",
    "\nGO\n",
    "\n/\n",
    "DELIMITER //\n",
    "//",
    "\\copy",
    "\\.\n",
    "\u{f8ff}",
    "é",
    "注文",
    "\u{feff}",
    "\t",
    "'",
    "\"",
    "`",
    "[",
    "]",
    "{",
    "}",
];

#[test]
fn tokens() {
    let tokens = prop::collection::vec(prop::sample::select(TOKENS), 0..60);
    let spaced = (tokens, any::<bool>()).prop_map(|(tokens, spaced)| tokens.join(if spaced { " " } else { "" }));
    run((spaced, dialects()));
}

/// Statements of our own cases, with pieces cut out, doubled, swapped and put in.
#[test]
fn mutated_statements() {
    let mut statements = Vec::new();
    for file in ["generic", "mysql", "mssql", "oracle", "postgres", "others"] {
        let text = fs::read_to_string(project().join(format!("fixtures/sql/{file}.sql"))).unwrap();
        statements.extend(text.split("--= ").skip(1).map(str::to_owned));
    }
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..5_u8, prop::sample::select(TOKENS));
    let mutated =
        (prop::sample::select(statements), prop::collection::vec(change, 1..6)).prop_map(|(text, changes)| {
            let mut chars: Vec<char> = text.chars().collect();
            for (one, other, kind, token) in changes {
                if chars.is_empty() {
                    break;
                }
                let (one, other) = (one.index(chars.len()), other.index(chars.len()));
                let (low, high) = (one.min(other), one.max(other));
                match kind {
                    0 => drop(chars.drain(low..high.min(low + 12))),
                    1 => {
                        let piece: Vec<char> = chars[low..high.min(low + 40)].to_vec();
                        chars.splice(high..high, piece);
                    }
                    2 => chars.swap(one, other),
                    3 => drop(chars.splice(one..one, token.chars())),
                    _ => chars.truncate(high),
                }
            }
            chars.into_iter().collect::<String>()
        });
    run((mutated, dialects()));
}

/// A text that grows with its number.
type Maker = fn(usize) -> String;

const MAKERS: &[(&str, Maker)] = &[
    ("parentheses", |n| format!("SELECT {}1{} FROM t", "(".repeat(n), ")".repeat(n))),
    ("unclosed parentheses", |n| format!("SELECT {}", "(".repeat(n))),
    ("closing parentheses", |n| format!("SELECT {} FROM t", ")".repeat(n))),
    ("subqueries", |n| format!("SELECT * FROM {}t{}", "(SELECT * FROM ".repeat(n), ")".repeat(n))),
    ("unclosed subqueries", |n| "SELECT * FROM (".repeat(n)),
    ("scalar subqueries", |n| format!("SELECT {}1{}", "(SELECT ".repeat(n), ")".repeat(n))),
    ("joins in parentheses", |n| format!("SELECT * FROM {}a{}", "(".repeat(n), " JOIN b ON true)".repeat(n))),
    ("terms", |n| format!("SELECT * FROM t WHERE {}1", "a = 1 AND ".repeat(n))),
    ("cases", |n| format!("SELECT {} FROM t", "CASE WHEN ".repeat(n))),
    ("unions", |n| format!("SELECT 1 FROM t{}", " UNION ALL SELECT 1 FROM t".repeat(n))),
    ("joins", |n| format!("SELECT * FROM t{}", " JOIN u ON u.id = t.id".repeat(n))),
    ("tables", |n| format!("SELECT * FROM t{}", (0..n).map(|i| format!(", t{i} a{i}")).collect::<String>())),
    ("names of WITH", |n| {
        format!(
            "WITH {} SELECT * FROM c0",
            (0..n).map(|i| format!("c{i} AS (SELECT * FROM c{})", i / 2)).collect::<Vec<_>>().join(", ")
        )
    }),
    ("recursive names", |n| {
        format!(
            "WITH RECURSIVE {} SELECT 1",
            (0..n).map(|i| format!("c{i} AS (SELECT * FROM c0)")).collect::<Vec<_>>().join(", ")
        )
    }),
    ("nested WITH", |n| format!("{}SELECT 1{}", "WITH a AS (".repeat(n), ") SELECT * FROM a".repeat(n))),
    ("dots", |n| format!("SELECT * FROM {}a", "a.".repeat(n))),
    ("quotes", |n| "'".repeat(n)),
    ("double quotes", |n| "\"a".repeat(n)),
    ("backslashes", |n| format!("SELECT '{}", "\\'".repeat(n))),
    ("strings with backslashes", |n| "'\\' ".repeat(n)),
    ("dollars", |n| "$a".repeat(n)),
    ("dollar quotes", |n| (0..n).map(|i| format!("$t{i}$ ")).collect()),
    ("braces", |n| "{{ ".repeat(n)),
    ("placeholders that do not close", |n| "${a #{b %(c :{d $(e ".repeat(n / 4)),
    ("brackets", |n| "[a ".repeat(n)),
    ("oracle quotes", |n| "q'[ ".repeat(n)),
    ("comments", |n| "/* ".repeat(n)),
    ("nested comments", |n| format!("{}{}", "/* ".repeat(n), "*/ ".repeat(n))),
    ("template tags", |n| "{% <% <? ".repeat(n / 3)),
    ("begins", |n| "BEGIN ".repeat(n)),
    ("ifs", |n| "IF a THEN ".repeat(n)),
    ("procedures", |n| "CREATE PROCEDURE p AS BEGIN ".repeat(n)),
    ("creates", |n| "CREATE ".repeat(n)),
    ("statements", |n| "SELECT * FROM t;\n".repeat(n)),
    ("statements without an end", |n| "SELECT * FROM t\n".repeat(n)),
    ("deletes without an end", |n| "DELETE t ".repeat(n)),
    ("updates without an end", |n| "UPDATE a b c d e f g h ".repeat(n)),
    ("rows", |n| format!("INSERT INTO t VALUES (1, 'a'){}", ", (1, 'a')".repeat(n))),
    ("columns", |n| format!("CREATE TABLE t (a int{})", ", b int REFERENCES u (id)".repeat(n))),
    ("calls", |n| format!("SELECT {}1{}", "my_function(".repeat(n), ")".repeat(n))),
    ("many calls", |n| (0..n).map(|i| format!("SELECT f{i}(1), ")).collect()),
    ("targets", |n| format!("UPDATE t{} SET a.x = 1", ", u a".repeat(n))),
    ("assignments", |n| format!("UPDATE a, b SET a.x = 1{}", ", b.y = 2".repeat(n))),
    ("grants", |n| format!("GRANT SELECT ON t TO a{}", ", b".repeat(n))),
    ("granted tables", |n| format!("GRANT SELECT ON t{} TO a", ", u".repeat(n))),
    ("literals that run", |n| format!("DO $x$ BEGIN EXECUTE 'SELECT 1'{}; END $x$", " || 'FROM t'".repeat(n))),
    ("lines of a client", |n| "GO\n/\n\\x\nDELIMITER //\nDELIMITER ;\n".repeat(n / 4)),
    ("copies", |n| "COPY t FROM stdin;\n".repeat(n)),
    ("holes", |n| "\u{f8ff}".repeat(n)),
    ("locks", |n| format!("SELECT * FROM a{}", " FOR UPDATE".repeat(n))),
    ("locked tables", |n| format!("SELECT * FROM a{} FOR UPDATE OF {}a", ", b".repeat(n), "b, ".repeat(n))),
    ("positions", |n| format!("SELECT {}1{} FROM t", "POSITION(".repeat(n), " IN 1)".repeat(n))),
    ("words", |n| "lorem ipsum ".repeat(n)),
    ("one word", |n| "x".repeat(n * 10)),
    ("spaces", |n| format!("SELECT{}1", " ".repeat(n * 10))),
    ("comments that open again", |n| "/*/".repeat(n)),
    ("bare cases", |n| format!("SELECT {}", "CASE ".repeat(n))),
    ("variables", |n| (0..n).map(|i| format!("DECLARE @v{i} int = (SELECT 1 FROM t)\n")).collect()),
    ("declared names", |n| format!("DECLARE\n{}BEGIN NULL; END;", "x int := 1;\n".repeat(n))),
    ("values of IN", |n| format!("SELECT * FROM t WHERE id IN (1{})", ", 2".repeat(n))),
    ("scalars in lists", |n| format!("SELECT 1{} FROM t", ", (SELECT a FROM u)".repeat(n))),
    ("WITH in WITH", |n| format!("{}SELECT 1{} SELECT 1", "WITH a AS (SELECT 1), b AS (".repeat(n), ")".repeat(n))),
    ("texts that run", |n| {
        format!("DECLARE @s nvarchar(max) = N'SELECT 1'; {}", "SET @s += N' FROM t'; EXEC (@s); ".repeat(n))
    }),
    ("names that are quoted", |n| format!("SELECT * FROM {}a", "\"a b\".".repeat(n))),
    ("changes of a table", |n| format!("ALTER TABLE t{}", " ADD a int, DROP b,".repeat(n))),
    ("routines in routines", |n| format!("CREATE PACKAGE BODY p AS {}", "PROCEDURE a IS ".repeat(n))),
    ("routines of a package", |n| {
        format!("CREATE PACKAGE BODY p AS {}END;", "PROCEDURE a IS BEGIN b; END; ".repeat(n))
    }),
    ("routines that do not end", |n| format!("DECLARE {}", "FUNCTION f RETURN x IS BEGIN CASE ".repeat(n))),
    ("labels", |n| "<<a>> b:BEGIN ".repeat(n)),
    ("merges", |n| format!("DO $$ BEGIN {} END $$", "MERGE INTO t USING u ON 1 = 1; ".repeat(n))),
    ("cursors of texts", |n| format!("BEGIN {} END;", "OPEN c FOR 'SELECT 1 FROM t'; ".repeat(n))),
    ("links", |n| format!("SELECT * FROM a{}", "@b.c".repeat(n))),
    ("other servers", |n| {
        "SELECT * FROM dblink('dbname=x', 'SELECT 1 FROM t'), OPENROWSET('a', 'b', c) ".repeat(n / 8)
    }),
    ("transitions", |n| {
        "CREATE TRIGGER t AFTER INSERT ON a REFERENCING NEW TABLE AS n EXECUTE FUNCTION f(); ".repeat(n / 8)
    }),
    ("expressions of WITH", |n| "WITH f(a) AS b ".repeat(n)),
    ("blank lines", |n| format!("{}SELECT 1", "\n \t".repeat(n))),
];

fn time(text: &str, dialect: Dialect) -> Duration {
    let started = Instant::now();
    let _ = sql::analyse(text, &Options::script(dialect));
    let _ = sql::looks_like_sql(text);
    started.elapsed()
}

#[test]
fn made_to_hurt() {
    let read_all = || {
        let mut slow = Vec::new();
        for (name, make) in MAKERS {
            let (small, large) = (make(500), make(4_000));
            for dialect in [
                Dialect::Generic,
                Dialect::Postgres,
                Dialect::Mssql,
                Dialect::Oracle,
                Dialect::Mysql,
                Dialect::Clickhouse,
                Dialect::Snowflake,
            ] {
                let first = time(&small, dialect);
                // On a busy machine a run may wait: the best of a few is what the text costs.
                let bound = first * 20 + Duration::from_millis(200);
                let mut runs = (0..4).map(|_| time(&large, dialect));
                let second = runs.find(|&took| took <= bound).unwrap_or(Duration::MAX);
                // Eight times the text may cost eight times the time; twenty leaves room for a busy machine.
                if second > bound {
                    slow.push(format!("{name} in {dialect}: {first:?} became {second:?}"));
                }
            }
        }
        assert!(slow.is_empty(), "{slow:#?}");
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(read_all).unwrap().join().unwrap();
}

#[test]
fn what_is_nested_too_deeply_still_names_its_tables() {
    let text = format!("SELECT * FROM {}orders{}", "(SELECT * FROM ".repeat(5_000), ")".repeat(5_000));
    let script = sql::analyse(&text, &Options::default());
    assert!(script.accesses().any(|access| access.table.name.text == "orders"));
    assert!(script.statements[0].partial);
    assert_eq!(script.problems.len(), 1);
}

#[test]
fn a_hundred_thousand_terms_are_read_whole() {
    let text = format!("SELECT * FROM orders WHERE {}EXISTS (SELECT 1 FROM items)", "a = 1 AND ".repeat(100_000));
    let script = sql::analyse(&text, &Options::default());
    assert_eq!(script.accesses().count(), 2);
    assert!(!script.statements[0].partial);
}

#[test]
fn a_text_that_is_put_together_round_wide_letters_has_places_of_whole_letters() {
    // What the fuzz target found: between the literals stands a letter of three bytes.
    for text in [
        "EXEC ('SEL'SELE('SELE'\u{fffd}'SELE('SELECT * FROM Orders')",
        "EXECUTE 'SELECT * FROM t' || é || ' x' || 注 || 'y'",
    ] {
        survives(text, Dialect::Generic).unwrap();
        survives(text, Dialect::Mssql).unwrap();
    }
}
