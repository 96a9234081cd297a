//! The pages of `rules/lints` are tests: each example is a small repository that is checked.
//!
//! An example is a fenced block of `text`. In it `//- path` begins each file. In a `flagged` block a line of
//! carets with a rule's name marks the text above it; the findings of the run must be exactly those marked.
//! In a `clean` block there must be none.

use std::fmt::Write as _;
use std::fs;

use crate::support::{Repository, TODAY, project_files, relative, split_files};

/// A finding as an example marks it: path, line, first column, last column, rule.
type Mark = (String, u64, u64, u64, String);

#[test]
fn every_example_of_every_rule_page_holds() {
    let mut wrong = String::new();
    for page in project_files("rules/lints", ".md") {
        let text = fs::read_to_string(&page).unwrap();
        let rule = page.file_stem().unwrap().to_string_lossy().into_owned();
        let examples = examples(&text);
        for kind in ["flagged", "clean"] {
            if !examples.iter().any(|example| example.kind == kind) {
                wrong.push_str(&format!("{} has no example in a block ```text {kind}\n", relative(&page)));
            }
        }
        for example in &examples {
            if let Err(problem) = judge(example, &rule) {
                let _ = writeln!(wrong, "{}:{}: {problem}", relative(&page), example.line);
            }
        }
    }
    assert!(wrong.is_empty(), "examples that do not hold:\n{wrong}");
}

struct Example {
    kind: String,
    line: usize,
    text: String,
}

/// The blocks ```` ```text KIND ```` of a page.
fn examples(page: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut open: Option<Example> = None;
    for (number, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                if let Some(kind) = info.strip_prefix("text ") {
                    open = Some(Example { kind: kind.to_string(), line: number + 1, text: String::new() });
                }
            }
            (Some(_), Some(_)) => examples.extend(open.take()),
            (Some(example), None) => {
                example.text.push_str(line);
                example.text.push('\n');
            }
            (None, None) => {}
        }
    }
    examples
}

fn judge(example: &Example, rule: &str) -> Result<(), String> {
    let repository = Repository::empty();
    let mut expected = Vec::new();
    for (path, text) in split_files(&example.text) {
        let (text, marks) = take_marks(&path, &text);
        expected.extend(marks);
        repository.write(&path, text.as_bytes());
    }
    expected.sort();
    let run = repository.run(&["check", "--format", "json", "--today", TODAY]);
    let (code, report): (i32, serde_json::Value) =
        (run.code, serde_json::from_str(&run.stdout).map_err(|_| run.stderr.clone())?);
    let findings = report["findings"].as_array().ok_or("no `findings` in the report")?;
    let mut found: Vec<Mark> = findings.iter().filter(|finding| finding["suppressed_by"].is_null()).map(mark).collect();
    found.sort();
    if found != expected {
        return Err(format!("expected {expected:#?}\nfound {found:#?}"));
    }
    if example.kind == "clean" && code != 0 {
        return Err(format!("exit code {code}"));
    }
    if example.kind == "flagged" && !expected.iter().any(|(.., marked)| marked == rule) {
        return Err(format!("no place is marked `^^^ {rule}`"));
    }
    Ok(())
}

/// The text without its lines of marks, and the marks.
fn take_marks(path: &str, text: &str) -> (String, Vec<Mark>) {
    let (mut kept, mut marks, mut line_number) = (String::new(), Vec::new(), 0);
    for line in text.lines() {
        let trimmed = line.trim_start();
        let carets = trimmed.chars().take_while(|character| *character == '^').count();
        if carets > 0 {
            let start = (line.chars().count() - trimmed.chars().count() + 1) as u64;
            let rule = trimmed[carets..].trim().to_string();
            marks.push((path.to_string(), line_number, start, start + carets as u64, rule));
        } else {
            kept.push_str(line);
            kept.push('\n');
            line_number += 1;
        }
    }
    (kept, marks)
}

fn mark(finding: &serde_json::Value) -> Mark {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_string();
    let number = |value: &serde_json::Value| value.as_u64().unwrap_or_default();
    let range = &finding["range"];
    (
        text(&finding["path"]),
        number(&range["start"]["line"]),
        number(&range["start"]["column"]),
        number(&range["end"]["column"]),
        text(&finding["rule"]),
    )
}
