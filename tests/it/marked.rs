//! Small repositories with marks: `//- path` begins a file, and a line of carets with a rule's name marks the
//! text above it. What the linter finds must be exactly what is marked.

use crate::support::{Repository, TODAY, split_files};

/// A finding as a text marks it: path, line, first column, last column, rule.
type Mark = (String, u64, u64, u64, String);

/// A repository and the findings it must have.
pub struct Marked {
    /// The repository, without the lines of marks.
    pub repository: Repository,
    expected: Vec<Mark>,
}

impl Marked {
    /// Reads a text with marks.
    pub fn new(text: &str) -> Self {
        let repository = Repository::empty();
        let mut expected = Vec::new();
        for (path, text) in split_files(text) {
            let (text, marks) = take_marks(&path, &text);
            expected.extend(marks);
            repository.write(&path, text.as_bytes());
        }
        expected.sort();
        Self { repository, expected }
    }

    /// The rules that are marked.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.expected.iter().map(|(.., rule)| rule.as_str())
    }

    /// Runs `check` with `arguments`: its exit code, or how the findings differ from what is marked.
    pub fn judge(&self, arguments: &[&str]) -> Result<i32, String> {
        let mut all = vec!["check", "--format", "json", "--today", TODAY];
        all.extend(arguments);
        let run = self.repository.run(&all);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).map_err(|_| run.stderr.clone())?;
        let findings = report["findings"].as_array().ok_or("no `findings` in the report")?;
        let open = findings.iter().filter(|finding| finding["suppressed_by"].is_null());
        let mut found: Vec<Mark> = open.map(mark).collect();
        found.sort();
        if found == self.expected {
            Ok(run.code)
        } else {
            Err(format!("expected {:#?}\nfound {found:#?}", self.expected))
        }
    }
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
