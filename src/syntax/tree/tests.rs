//! The host under pressure: nesting, broken text, the budget.

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
        let text = format!("package a\nfunc f() {{ x({}1{}) }}", "(".repeat(5000), ")".repeat(5000));
        assert_eq!(on_a_worker(text).functions.len(), 1);
        on_a_worker(format!("package a\nfunc f() {{ {}", "{ if x ".repeat(5000)));
        on_a_worker("[".repeat(50_000));
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
