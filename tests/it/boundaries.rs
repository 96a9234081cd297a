//! The small repositories of `fixtures/boundaries`: each is one text with marks, and what the linter finds in it
//! must be exactly what is marked. What stands before the first file says what the case shows.

use std::fmt::Write as _;
use std::fs;

use crate::marked::Marked;
use crate::support::{project_files, relative};

#[test]
fn every_repository_has_the_findings_that_are_marked() {
    let files = project_files("fixtures/boundaries", ".txt");
    assert!(!files.is_empty(), "no cases");
    let only = std::env::var("CASE").unwrap_or_default();
    let mut wrong = String::new();
    for path in files.iter().filter(|path| relative(path).contains(&only)) {
        let text = fs::read_to_string(path).unwrap();
        if text.starts_with("//- ") {
            let _ = writeln!(wrong, "{}: nothing says what it shows", relative(path));
        }
        if let Err(problem) = Marked::new(&text).judge(&[]) {
            let _ = writeln!(wrong, "{}: {problem}", relative(path));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
