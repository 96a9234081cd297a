//! Tests of the Rust front end: source text in, the outline's dump out.

use super::outline;
use crate::syntax::dump::dump;

#[test]
fn look() {
    let Ok(path) = std::env::var("BAILIWICK_LOOK") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    println!("{}", dump(&outline(&text)));
}

/// Reads every Rust file under the folder that `BAILIWICK_CORPUS` names, and tells the speed. Without the
/// variable there is nothing to do.
#[test]
fn a_corpus_is_read_without_a_panic() {
    let Ok(root) = std::env::var("BAILIWICK_CORPUS") else { return };
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(root).into_iter().filter_map(Result::ok) {
        if entry.path().extension().is_some_and(|extension| extension == "rs")
            && let Ok(text) = std::fs::read_to_string(entry.path())
        {
            files.push((entry.path().to_owned(), text));
        }
    }
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let start = std::time::Instant::now();
    let mut problems = 0;
    for (path, text) in &files {
        if std::env::var("BAILIWICK_VERBOSE").is_ok() {
            println!("{} {:?}", path.display(), super::lexer::Nesting::of(text));
        }
        let before = std::time::Instant::now();
        let made = outline(text);
        for problem in &made.problems {
            println!("{} {:?}: {}", path.display(), problem.span, problem.message);
            problems += 1;
        }
        if before.elapsed().as_millis() > 500 {
            println!("slow: {} {} bytes {:?}", path.display(), text.len(), before.elapsed());
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = f64::from(u32::try_from(bytes).unwrap()) / 1e6;
    println!("{} files, {megabytes:.1} MB, {problems} problems, {:.2} MB/s", files.len(), megabytes / seconds);
}
