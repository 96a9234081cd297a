//! SQLite judges what we say a statement needs, through its authorizer: a function that it asks, for each table, whether
//! a statement may read it, insert into it, and so on.
//!
//! Each case of `sqlite/cases.sql` is run once with everything allowed: what is asked must be what we name. Then once
//! for each need with just that one denied: it must be refused. Reads of a table that the statement itself changes are
//! implied (`UPDATE t … WHERE a = 1`). SQLite is spoken to through Python's module; without one the test says so.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use bailiwick::vocabulary::{Dialect, Privilege};
use serde_json::{Value, json};

use crate::judged::{Case, Need, cases, holds, needs_line, shown, skipped};
use crate::support::project;

const CASES: &str = "tests/it/sqlite/cases.sql";

#[test]
fn each_statement_needs_what_its_line_says() {
    holds(CASES, Dialect::Sqlite, 100);
}

/// As SQLite names the need.
fn asked_for(need: &Need) -> (String, String) {
    let table = need.1.rsplit('.').next().unwrap_or_default().trim_matches('"').to_owned();
    (need.0.to_string(), table)
}

fn judged(case: &Case) -> Vec<Need> {
    case.needs().into_iter().filter(|need| !case.deferred.contains(&shown(need))).collect()
}

#[test]
fn sqlite_agrees() {
    let cases = cases(CASES, Dialect::Sqlite);
    let mut tasks = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        tasks.push((at, None));
        tasks.extend(judged(case).into_iter().map(|need| (at, Some(need))));
    }
    let answers = match ask(&cases, &tasks) {
        Ok(answers) => answers,
        Err(reason) => return skipped("sqlite_agrees", "SQLite", &reason),
    };
    assert_eq!(answers.len(), tasks.len(), "some runs have no answer");
    let (mut wrong, mut refused) = (String::new(), 0);
    for ((at, denied), answer) in tasks.iter().zip(&answers) {
        let case = &cases[*at];
        let problem = match denied {
            None => disagreement(case, answer),
            Some(_) if !answer["error"].is_null() => {
                refused += 1;
                None
            }
            Some(need) => Some(format!("`{}` is not asked for", shown(need))),
        };
        if let Some(problem) = problem {
            let _ = writeln!(wrong, "{CASES}:{}: {}{problem}\n", case.line, case.sql);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let _ = writeln!(
        std::io::stderr(),
        "sqlite_agrees: {} statements ask for what we name, {refused} denials refused as expected",
        cases.len()
    );
}

/// What SQLite asks for and we do not name, or the other way round.
fn disagreement(case: &Case, answer: &Value) -> Option<String> {
    if let Some(error) = answer["error"].as_str() {
        return Some(format!("does not run: {error}"));
    }
    let needs: BTreeSet<(String, String)> = judged(case).iter().map(asked_for).collect();
    let changed = |table: &str| needs.iter().any(|(privilege, name)| privilege != "select" && name == table);
    let asked = answer["asked"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let asked: BTreeSet<(String, String)> = asked
        .filter_map(|need| need.split_once(' '))
        .filter(|(privilege, table)| !(*privilege == Privilege::Select.name() && changed(table)))
        .filter(|(privilege, table)| !case.beside.contains(&format!("{privilege} {table}")))
        .map(|(privilege, table)| (privilege.to_owned(), table.to_owned()))
        .collect();
    let named: BTreeSet<(String, String)> =
        needs.iter().filter(|(privilege, table)| !(privilege == "select" && changed(table))).cloned().collect();
    (asked != named).then(|| format!("asks for {asked:?}, we name {}", needs_line(&case.needs())))
}

fn ask(cases: &[Case], tasks: &[(usize, Option<Need>)]) -> Result<Vec<Value>, String> {
    let there = Command::new("python3").args(["-c", "import sqlite3"]).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        return Err("there is no `python3` with its `sqlite3`".to_owned());
    }
    let read = |name: &str| fs::read_to_string(project().join("tests/it/sqlite").join(name)).unwrap();
    let schema = read("schema.sql");
    let mut input = format!("{}\n{schema}", schema.len());
    for (at, denied) in tasks {
        let deny = denied.as_ref().map(asked_for);
        input.push_str(&json!({ "sql": cases[*at].sql, "deny": deny }).to_string());
        input.push('\n');
    }
    let mut python = Command::new("python3")
        .args(["-c", &read("judge.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut stdin = python.stdin.take().expect("stdin is piped");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = python.wait_with_output().map_err(|error| error.to_string())?;
    assert!(writer.join().is_ok_and(|written| written.is_ok()), "python stopped reading");
    let lines = String::from_utf8_lossy(&output.stdout);
    Ok(lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}
