//! The language server: a client that speaks the protocol to the real binary.
//!
//! `LSP_EDITS=2000 cargo test --test it long_session -- --nocapture` makes the random session as long as it should be
//! before a release, and prints the memory; `LSP_SEED` makes it another one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Random, Repository, TODAY, project};

const PATIENCE: Duration = Duration::from_mins(2);

/// An editor.
struct Editor {
    child: Child,
    stdin: ChildStdin,
    incoming: Receiver<Value>,
    requests: i64,
    diagnostics: BTreeMap<String, Vec<Value>>,
}

impl Editor {
    fn start(root: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
            .args(["lsp", "--stdio", "--today", TODAY])
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, incoming) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut stdout) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let stdin = child.stdin.take().unwrap();
        let mut editor = Self { child, stdin, incoming, requests: 0, diagnostics: BTreeMap::new() };
        let root = uri(root, "");
        let answer = editor.ask("initialize", json!({"processId": null, "rootUri": root, "capabilities": {}}));
        assert_eq!(answer["result"]["capabilities"]["hoverProvider"], true, "{answer}");
        assert_eq!(answer["result"]["capabilities"]["positionEncoding"], "utf-16");
        editor.tell("initialized", json!({}));
        editor
    }

    fn write(&mut self, text: &str) {
        write!(self.stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.stdin.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.write(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string());
    }

    fn send(&mut self, method: &str, params: Value) -> i64 {
        self.requests += 1;
        self.write(&json!({"jsonrpc": "2.0", "id": self.requests, "method": method, "params": params}).to_string());
        self.requests
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params);
        self.answer(&json!(id))
    }

    /// The answer to a request; what else comes in the meantime is noted.
    fn answer(&mut self, id: &Value) -> Value {
        loop {
            let message = self.incoming.recv_timeout(PATIENCE).expect("an answer");
            if message["method"] == "textDocument/publishDiagnostics" {
                let list = message["params"]["diagnostics"].as_array().unwrap().clone();
                self.diagnostics.insert(message["params"]["uri"].as_str().unwrap().to_owned(), list);
            } else if message.get("method").is_none() && message["id"] == *id {
                return message;
            }
        }
    }

    /// Any question makes the server catch up, and show what it finds, before it answers.
    fn settle(&mut self, root: &Path) {
        self.ask("textDocument/hover", at(&uri(root, "bailiwick.toml"), 0, 0));
    }

    fn leave(mut self) -> i32 {
        assert_eq!(self.ask("shutdown", Value::Null)["result"], Value::Null);
        assert_eq!(self.ask("textDocument/hover", at("file:///x", 0, 0))["error"]["code"], -32600);
        self.tell("exit", Value::Null);
        self.child.wait().unwrap().code().unwrap()
    }
}

fn read(from: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("the server writes JSON"))
}

fn uri(root: &Path, path: &str) -> String {
    let root = root.canonicalize().unwrap();
    let root = root.to_string_lossy().replace('\\', "/");
    format!("file://{}{root}/{path}", if root.starts_with('/') { "" } else { "/" }).trim_end_matches('/').to_owned()
}

fn at(uri: &str, line: usize, character: usize) -> Value {
    json!({
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": character},
        "context": {"includeDeclaration": true},
    })
}

fn open(editor: &mut Editor, uri: &str, text: &str) {
    let document = json!({"uri": uri, "languageId": "rust", "version": 1, "text": text});
    editor.tell("textDocument/didOpen", json!({"textDocument": document}));
}

fn shop() -> Repository {
    Repository::copied(&project().join("fixtures/shop"))
}

const PEEK: &str =
    "async fn peek(pool: &PgPool) {\n    sqlx::query(\"SELECT email FROM customers\").fetch_all(pool).await;\n}\n";

#[test]
fn a_conversation() {
    let repository = shop();
    let path = "services/billing/src/main.rs";
    let uri = uri(repository.root(), path);
    let text = fs::read_to_string(repository.path(path)).unwrap();
    let mut editor = Editor::start(repository.root());
    open(&mut editor, &uri, &text);
    editor.settle(repository.root());
    let before = editor.diagnostics.get(&uri).cloned().unwrap_or_default();

    // What is typed is judged before it is saved.
    let lines = text.lines().count();
    let end = json!({"line": lines, "character": 0});
    let change = json!({"range": {"start": end, "end": end}, "text": PEEK});
    let document = json!({"uri": uri, "version": 2});
    editor.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": [change]}));
    let hover = editor.ask("textDocument/hover", at(&uri, lines + 1, 40));
    let hover = hover["result"]["contents"]["value"].as_str().unwrap().to_owned();
    assert!(hover.contains("**table `customers`**") && hover.contains("owner: `orders`"), "{hover}");
    assert!(hover.contains("- `billing`: select, 1 place"), "{hover}");
    let now = &editor.diagnostics[&uri];
    assert_eq!(now.len(), before.len() + 1, "{now:#?}");
    let new = now.iter().find(|found| found["code"] == "foreign-read").unwrap().clone();
    assert_eq!(new["range"]["start"], json!({"line": lines + 1, "character": 35}));
    assert_eq!(new["range"]["end"], json!({"line": lines + 1, "character": 44}));
    assert_eq!((new["severity"].as_i64(), new["source"].as_str()), (Some(1), Some("bailiwick")));

    let definition = editor.ask("textDocument/definition", at(&uri, lines + 1, 40));
    let target = definition["result"][0]["uri"].as_str().unwrap();
    assert!(target.ends_with("services/orders/migrations/20240110090000_orders.sql"), "{definition}");
    let references = editor.ask("textDocument/references", at(&uri, lines + 1, 40));
    let found: Vec<&str> =
        references["result"].as_array().unwrap().iter().map(|place| place["uri"].as_str().unwrap()).collect();
    assert!(found.contains(&uri.as_str()) && found.contains(&target), "{found:?}");

    // The ways out.
    let range = new["range"].clone();
    let params = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": [new]}});
    let actions = editor.ask("textDocument/codeAction", params);
    let actions = actions["result"].as_array().unwrap().clone();
    assert_eq!(actions.len(), 2, "{actions:#?}");
    let (grant, allow) = (&actions[0]["edit"]["changes"], &actions[1]["edit"]["changes"]);
    let (file, edits) = grant.as_object().unwrap().iter().next().unwrap();
    assert!(file.ends_with("services/orders/bailiwick.toml"));
    assert!(edits[0]["newText"].as_str().unwrap().contains("to = \"billing\""), "{edits}");
    let edit = &allow[&uri][0];
    assert!(edit["newText"].as_str().unwrap().trim_start().starts_with("// bailiwick: allow(foreign-read) "), "{edit}");
    let change = json!({"range": edit["range"], "text": edit["newText"]});
    let document = json!({"uri": uri, "version": 3});
    editor.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": [change]}));
    editor.settle(repository.root());
    assert_eq!(editor.diagnostics.get(&uri).map_or(0, Vec::len), before.len());

    // What is closed without saving is gone; what is wrong with a config is shown in it.
    editor.tell("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    let config = self::uri(repository.root(), "bailiwick.toml");
    open(&mut editor, &config, "[servces.orders]\npaths = \"services/orders\"\n");
    editor.settle(repository.root());
    assert_eq!(editor.diagnostics[&config][0]["code"], "config");
    assert_eq!(editor.leave(), 0);
}

/// A text of each language that reads `orders`.
const LANGUAGES: &[(&str, &str)] = &[
    ("report.sql", "SELECT id FROM orders;\n"),
    ("src/main.rs", "fn main() { sqlx::query(\"SELECT id FROM orders\").fetch_all(&pool); }\n"),
    ("Report.java", "class Report { void all() { jdbcTemplate.query(\"SELECT id FROM orders\", mapper); } }\n"),
    ("Report.kt", "class Report { fun all() = jdbcTemplate.query(\"SELECT id FROM orders\", mapper) }\n"),
    ("Report.scala", "class Report { def all = sql\"SELECT id FROM orders\".query[Long] }\n"),
    ("Report.cs", "class Report { void All() { connection.Query<long>(\"SELECT id FROM orders\"); } }\n"),
    ("report.go", "package report\n\nfunc all(db *sql.DB) { db.Query(\"SELECT id FROM orders\") }\n"),
    ("report.py", "def all(cursor):\n    cursor.execute(\"SELECT id FROM orders\")\n"),
    ("report.ts", "export const all = () => pool.query(\"SELECT id FROM orders\");\n"),
    ("report.js", "module.exports = () => pool.query(\"SELECT id FROM orders\");\n"),
    ("report.rb", "def all\n  connection.execute(\"SELECT id FROM orders\")\nend\n"),
    ("report.php", "<?php\nfunction all($pdo) { return $pdo->query(\"SELECT id FROM orders\"); }\n"),
    ("report.ex", "defmodule Report do\n  def all, do: Repo.query(\"SELECT id FROM orders\")\nend\n"),
    ("report.sh", "psql -c \"SELECT id FROM orders\"\n"),
    (
        "ReportMapper.xml",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE mapper PUBLIC \"-//mybatis.org//DTD Mapper 3.0//EN\" \
         \"http://mybatis.org/dtd/mybatis-3-mapper.dtd\">\n<mapper namespace=\"Report\">\n\
         <select id=\"all\">SELECT id FROM orders</select>\n</mapper>\n",
    ),
];

#[test]
fn the_owner_is_told_in_every_language_and_all_of_them_are_references() {
    let repository = Repository::of(
        "//- bailiwick.toml\n[services.orders]\npaths = \"orders\"\n[services.reporting]\npaths = \"reporting\"\n\
         //- orders/migrations/1_orders.sql\nCREATE TABLE orders (id int);\n",
    );
    for (path, text) in LANGUAGES {
        repository.write(format!("reporting/{path}"), text.as_bytes());
    }
    let mut editor = Editor::start(repository.root());
    let mut asked = Value::Null;
    for (path, text) in LANGUAGES {
        let uri = uri(repository.root(), &format!("reporting/{path}"));
        let before = &text[..text.find("FROM orders").unwrap() + "FROM or".len()];
        let line = before.matches('\n').count();
        let character = before.rsplit('\n').next().unwrap().encode_utf16().count();
        asked = at(&uri, line, character);
        let hover = editor.ask("textDocument/hover", asked.clone());
        let told = hover["result"]["contents"]["value"].as_str().unwrap_or_default();
        assert!(
            told.contains("owner: `orders` (inferred)") && told.contains("- `reporting`: select, "),
            "{path}: {hover}"
        );
        let target = editor.ask("textDocument/definition", asked.clone());
        assert!(target["result"][0]["uri"].as_str().unwrap().ends_with("orders/migrations/1_orders.sql"), "{path}");
    }
    let references = editor.ask("textDocument/references", asked);
    let found = references["result"].as_array().unwrap().iter().map(|place| place["uri"].as_str().unwrap().to_owned());
    let found: std::collections::BTreeSet<String> = found.collect();
    assert_eq!(found.len(), LANGUAGES.len() + 1, "{found:#?}");
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_grant_that_is_typed_counts_and_so_does_what_changes_on_the_disk() {
    let repository = shop();
    let root = repository.root().to_path_buf();
    let finance = uri(&root, "services/reporting/src/finance.rs");
    let reads = |editor: &Editor| {
        let found = editor.diagnostics.get(&finance).cloned().unwrap_or_default();
        found.iter().filter(|found| found["code"] == "foreign-read").count()
    };
    let mut editor = Editor::start(&root);
    editor.settle(&root);
    assert_eq!(reads(&editor), 1);
    // The grant that the server proposes is applied to the owner's file, as an editor would do it.
    let range = editor.diagnostics[&finance][0]["range"].clone();
    let params = json!({"textDocument": {"uri": finance}, "range": range, "context": {"diagnostics": []}});
    let actions = editor.ask("textDocument/codeAction", params);
    let (own, edits) = actions["result"][0]["edit"]["changes"].as_object().unwrap().iter().next().unwrap();
    let text = fs::read_to_string(repository.path("services/billing/bailiwick.toml")).unwrap();
    open(&mut editor, own, &text);
    let change = json!({"range": edits[0]["range"], "text": edits[0]["newText"]});
    let document = json!({"uri": own, "version": 2});
    editor.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": [change]}));
    editor.settle(&root);
    assert_eq!(reads(&editor), 0);
    editor.tell("textDocument/didClose", json!({"textDocument": {"uri": own}}));
    editor.settle(&root);
    assert_eq!(reads(&editor), 1, "it was not saved");

    let changed = |editor: &mut Editor, kind: u32| {
        let change = json!({"uri": finance, "type": kind});
        editor.tell("workspace/didChangeWatchedFiles", json!({"changes": [change]}));
        editor.settle(&root);
    };
    let text = fs::read_to_string(repository.path("services/reporting/src/finance.rs")).unwrap();
    repository.write("services/reporting/src/finance.rs", format!("{text}{PEEK}").as_bytes());
    changed(&mut editor, 2);
    assert_eq!(reads(&editor), 2);
    fs::remove_file(repository.path("services/reporting/src/finance.rs")).unwrap();
    changed(&mut editor, 3);
    assert_eq!(reads(&editor), 0);
    assert_eq!(editor.leave(), 0);
}

#[test]
fn what_is_wrong_on_the_wire_is_survived() {
    let repository = shop();
    let mut editor = Editor::start(repository.root());
    for bad in ["{", "[1]", "{\"jsonrpc\":\"2.0\"}", "\u{0}"] {
        editor.write(bad);
        assert!(editor.answer(&Value::Null)["error"]["code"].as_i64().unwrap() < 0);
    }
    editor.stdin.write_all(b"Content-Length: x\r\n\r\n\r\nnoise\r\n").unwrap();
    assert_eq!(editor.ask("no/such", json!({}))["error"]["code"], -32601);
    assert_eq!(editor.ask("textDocument/hover", json!({"position": 1}))["error"]["code"], -32602);
    assert_eq!(editor.ask("initialize", json!({}))["error"]["code"], -32600);
    for (method, params) in [
        ("textDocument/didChange", json!({"textDocument": 1})),
        ("textDocument/didOpen", json!(null)),
        ("textDocument/didClose", json!({"textDocument": {"uri": "file:///elsewhere"}})),
        ("no/such", json!([])),
    ] {
        editor.tell(method, params);
    }
    for strange in ["untitled:1", "file:///elsewhere/x.rs", "file://", "", "file:///%zz"] {
        assert_eq!(editor.ask("textDocument/hover", at(strange, 9, 9))["result"], Value::Null);
    }
    // A request that is cancelled before its turn is not worked on.
    let root = repository.root().to_path_buf();
    open(&mut editor, &uri(&root, "services/orders/src/store.rs"), "fn main() {}");
    let hover =
        |id: &str| json!({"jsonrpc": "2.0", "id": id, "method": "textDocument/hover", "params": at("file:///x", 0, 0)});
    let cancel = |id: &str| json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": id}});
    let all =
        [hover("first"), hover("second"), cancel("second"), cancel("never asked")].map(|message| message.to_string());
    let framed = all.map(|message| format!("Content-Length: {}\r\n\r\n{message}", message.len())).concat();
    // All at once: the first question has the server catch up, which takes longer than reading the rest.
    editor.stdin.write_all(framed.as_bytes()).unwrap();
    assert!(editor.answer(&json!("first")).get("result").is_some());
    assert_eq!(editor.answer(&json!("second"))["error"]["code"], -32800);
    assert_eq!(editor.leave(), 0);

    let mut rude = Editor::start(repository.root());
    rude.tell("exit", Value::Null);
    assert_eq!(rude.child.wait().unwrap().code(), Some(1));
    let Editor { mut child, stdin, .. } = Editor::start(repository.root());
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// What people do to a text: take out lines, put in lines, cut a word short.
fn edit(random: &mut Random, text: &str) -> (usize, usize, String) {
    const PIECES: &[&str] = &[
        "\n",
        "x",
        "\"",
        "(",
        "}\n",
        "é😀",
        "// bailiwick: allow(foreign-read) why\n",
        "SELECT 1 FROM customers",
        "    sqlx::query(\"SELECT email FROM customers\").execute(pool).await;\n",
        "    sqlx::query(\"DELETE FROM products WHERE id = $1\").execute(pool).await;\n",
        "CREATE TABLE things (id int);\n",
        "",
    ];
    let boundary = |at: usize| text.floor_char_boundary(at);
    let start = boundary(random.below(text.len() + 1));
    let length = [0, 0, 1, 8, 60][random.below(5)];
    let end = boundary((start + length).min(text.len())).max(start);
    (start, end, PIECES[random.below(PIECES.len())].to_owned())
}

fn resident(child: &Child) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn a_long_session_ends_where_a_fresh_check_begins() {
    const FILES: &[&str] = &[
        "services/catalog/src/main.rs",
        "services/orders/src/store.rs",
        "services/orders/migrations/20240110090000_orders.sql",
        "services/billing/src/payments.rs",
    ];
    let asked = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let edits = asked("LSP_EDITS").unwrap_or(60);
    let repository = shop();
    let root = repository.root().to_path_buf();
    let mut editor = Editor::start(&root);
    let originals: Vec<String> = FILES.iter().map(|path| fs::read_to_string(repository.path(path)).unwrap()).collect();
    let mut texts = originals.clone();
    for (path, text) in FILES.iter().zip(&texts) {
        open(&mut editor, &uri(&root, path), text);
    }
    let mut random = Random(asked("LSP_SEED").unwrap_or(0x5DEE_CE66));
    editor.settle(&root);
    let start = resident(&editor.child);
    let (mut early, mut middle) = (None, None);
    for round in 0..edits {
        let file = random.below(FILES.len());
        let (start, end, new) = edit(&mut random, &texts[file]);
        let point = |at: usize| {
            let before = &texts[file][..at];
            let line = before.rsplit('\n').next().unwrap();
            json!({"line": before.matches('\n').count(), "character": line.encode_utf16().count()})
        };
        let mut change = json!({"range": {"start": point(start), "end": point(end)}, "text": new});
        texts[file].replace_range(start..end, &new);
        if random.below(40) == 0 {
            texts[file].clone_from(&originals[file]);
            change = json!({"text": texts[file]});
        }
        let document = json!({"uri": uri(&root, FILES[file]), "version": round + 2});
        editor.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": [change]}));
        if random.below(3) == 0 {
            editor.settle(&root);
        }
        if round == edits / 4 {
            early = resident(&editor.child);
        }
        if round == edits / 2 {
            middle = resident(&editor.child);
        }
    }
    editor.settle(&root);
    // What only moves is not joined again, and stands where it stands now.
    for (file, path) in FILES.iter().enumerate() {
        texts[file].insert(0, '\n');
        let head = json!({"line": 0, "character": 0});
        let change = json!({"range": {"start": head, "end": head}, "text": "\n"});
        let document = json!({"uri": uri(&root, path), "version": edits + 2});
        editor.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": [change]}));
        editor.settle(&root);
    }
    if let (Some(start), Some(early), Some(middle), Some(late)) = (start, early, middle, resident(&editor.child)) {
        println!("resident: {start} kB at the start, {early} after a quarter, {middle} at half, {late} after {edits}");
        // What the allocator keeps for itself swings by some megabytes; a leak of one join an edit would not.
        assert!(late < early + early / 4 + 8_000, "memory grows: {early} kB, then {late} kB");
    }
    for (path, text) in FILES.iter().zip(&texts) {
        repository.write(path, text.as_bytes());
    }
    let mut shown: Vec<String> = Vec::new();
    for (uri, list) in &editor.diagnostics {
        for found in list {
            let line = found["range"]["start"]["line"].as_u64().unwrap() + 1;
            let (rule, message) = (found["code"].as_str().unwrap(), found["message"].as_str().unwrap());
            let path = uri.rsplit_once("/services/").map_or("", |(_, path)| path);
            shown.push(format!("{path}:{line} {rule} {}", message.lines().next().unwrap()));
        }
    }
    let fresh = repository.run(&["check", "--format", "json", "--today", TODAY, "--no-cache"]).json();
    let mut expected: Vec<String> = Vec::new();
    for finding in fresh["findings"].as_array().unwrap().iter().filter(|finding| finding.get("suppressed_by").is_none())
    {
        let path = finding["path"].as_str().unwrap().strip_prefix("services/").unwrap_or_default();
        let (line, rule) = (&finding["range"]["start"]["line"], finding["rule"].as_str().unwrap());
        expected.push(format!("{path}:{line} {rule} {}", finding["message"].as_str().unwrap()));
    }
    shown.sort();
    expected.sort();
    assert_eq!(shown, expected);
    assert_eq!(editor.leave(), 0);
}
