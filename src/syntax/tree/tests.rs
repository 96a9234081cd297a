//! The host under pressure: nesting, broken text, the budget.
#![allow(clippy::disallowed_methods, reason = "tests read and write fixtures")]

use super::super::outline::Outline;
use super::strings::{inside_quotes, unescape};

#[test]
fn quotes_are_told_from_text() {
    for (literal, inner) in [
        ("\"a\"", "a"),
        ("\"\"", ""),
        ("`x`", "x"),
        ("\"\"\"a\"\"\"", "a"),
        ("f\"x\"", "x"),
        ("\"", ""),
        ("\"\"\"\"\"\"", ""),
    ] {
        let (start, end) = inside_quotes(literal);
        assert_eq!(&literal[start..end], inner, "{literal}");
    }
}

#[test]
fn escapes_are_decoded() {
    for (sequence, text) in [
        ("\\n", "\n"),
        ("\\\"", "\""),
        ("\\u0041", "A"),
        ("\\u{1F600}", "\u{1F600}"),
        ("\\x41", "A"),
        ("\\101", "A"),
        ("\\\n", ""),
        ("\\", ""),
    ] {
        assert_eq!(unescape(sequence), text, "{sequence}");
    }
}

#[cfg(feature = "go")]
mod go {
    use super::*;
    use crate::syntax::go::outline;

    fn on_a_worker(text: String) -> Outline {
        std::thread::Builder::new()
            .stack_size(64 << 20)
            .spawn(move || outline(&text))
            .and_then(|thread| thread.join().map_err(|_| std::io::Error::other("it overflowed")))
            .expect("a thread")
    }

    #[test]
    fn deep_nesting_ends() {
        let text = format!("package a\nfunc f() {{ x({}1{}) }}", "(".repeat(2500), ")".repeat(2500));
        assert_eq!(on_a_worker(text).functions.len(), 1);
        on_a_worker(format!("package a\nfunc f() {{ {}", "{ if x ".repeat(5000)));
        assert_eq!(on_a_worker("[".repeat(50_000)).problems.len(), 1);
    }

    #[test]
    fn a_long_chain_is_one_text() {
        let text = format!("package a\nvar q = {}\"z\"", "\"x\" + ".repeat(5000));
        let outline = on_a_worker(text);
        let value = outline.values[0].value.expect("a value");
        let crate::syntax::outline::ExprKind::Concat(parts) = &outline.expr(value).kind else { panic!() };
        assert_eq!(parts.len(), 5001);
    }

    #[test]
    fn errors_are_told_once_a_region_and_the_rest_is_read() {
        let outline = outline("package a\nfunc f() { db.Query(\"select 1\") }\nfunc ((( {\nfunc g() { x() }\n");
        assert!(!outline.problems.is_empty() && outline.problems.len() < 4, "{:?}", outline.problems);
        assert!(outline.functions.iter().any(|function| function.name == "f"));
    }

    #[test]
    fn comments_speak() {
        let text =
            "package a\n// bailiwick: allow(foreign-read) why\nvar s = \"// bailiwick: no\" /* bailiwick: x */\n";
        let found = outline(text).directives;
        let texts: Vec<&str> = found.iter().map(|directive| directive.text.as_str()).collect();
        assert_eq!(texts, ["bailiwick: allow(foreign-read) why", "bailiwick: x"]);
        for directive in &found {
            assert_eq!(&text[directive.span.range()], directive.text);
        }
    }
}

/// Every front end on every file of a folder of checkouts: set `BAILIWICK_CORPORA` to run it.
#[test]
fn real_files_are_read() {
    use crate::source::Language;
    let Some(root) = std::env::var_os("BAILIWICK_CORPORA") else { return };
    let language = |path: &std::path::Path| match path.extension()?.to_str()? {
        "go" => Some(Language::Go),
        "java" => Some(Language::Java),
        "kt" | "kts" => Some(Language::Kotlin),
        "scala" => Some(Language::Scala),
        "xml" => Some(Language::Xml),
        _ => None,
    };
    let mut totals = std::collections::BTreeMap::<&str, (usize, usize, usize, f64)>::new();
    for entry in walkdir::WalkDir::new(root).into_iter().flatten() {
        let Some(language) = language(entry.path()) else { continue };
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        let began = std::time::Instant::now();
        let outline = crate::syntax::outline(language, &text).expect("a front end");
        let total = totals.entry(language.name()).or_default();
        total.0 += 1;
        total.1 += text.len();
        total.2 += usize::from(!outline.problems.is_empty());
        total.3 += began.elapsed().as_secs_f64();
        if let Some(problem) = outline.problems.first() {
            println!("{} {} {}", entry.path().display(), problem.span.start, problem.message);
        }
    }
    for (language, (files, bytes, broken, seconds)) in totals {
        println!("{language}: {files} files, {bytes} bytes, {broken} with problems, {seconds:.2} s");
    }
}

mod any_text {
    use proptest::prelude::*;

    use crate::source::Language;
    use crate::syntax::dump::dump;

    const LANGUAGES: [Language; 5] = [Language::Go, Language::Java, Language::Kotlin, Language::Scala, Language::Xml];
    const SEEDS: [&str; 5] = [
        include_str!("../go/tests.rs"),
        include_str!("../java/tests.rs"),
        include_str!("../kotlin/tests.rs"),
        include_str!("../scala/tests.rs"),
        include_str!("../xml/tests.rs"),
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Neither noise nor code with a piece cut out or put in twice makes a front end panic.
        #[test]
        fn never_panics(noise in "\\PC{0,200}", cut in 0.0..1.0f64, length in 0usize..400, twice: bool) {
            for (language, seed) in LANGUAGES.into_iter().zip(SEEDS) {
                let seed = seed.split("r#\"").nth(1).unwrap_or(seed);
                let place = |at: usize| (0..=at.min(seed.len())).rev().find(|at| seed.is_char_boundary(*at)).unwrap_or(0);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a ratio of two small counts")]
                let start = place((cut * seed.len() as f64) as usize);
                let end = place(start + length);
                let middle = if twice { seed[start..end].repeat(2) } else { noise.clone() };
                let text = format!("{}{middle}{}", &seed[..start], &seed[end..]);
                for text in [&noise, &text] {
                    let outline = crate::syntax::outline(language, text);
                    prop_assert!(outline.is_none_or(|outline| dump(&outline).len() < 10_000_000));
                }
            }
        }
    }
}
