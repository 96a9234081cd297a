//! The pages of `rules/lints` are tests: each example is a small repository that is checked.
//!
//! An example is a fenced block of `text`. In it `//- path` begins each file. In a `flagged` block a line of
//! carets with a rule's name marks the text above it; the findings of the run must be exactly those marked.
//! In a `clean` block there must be none.

use std::fmt::Write as _;
use std::fs;

use crate::marked::Marked;
use crate::support::{project_files, relative};

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
    let marked = Marked::new(&example.text);
    let code = marked.judge(&[])?;
    if example.kind == "clean" && code != 0 {
        return Err(format!("exit code {code}"));
    }
    if example.kind == "flagged" && !marked.rules().any(|marked| marked == rule) {
        return Err(format!("no place is marked `^^^ {rule}`"));
    }
    Ok(())
}
