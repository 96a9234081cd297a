//! Tests of the Rust front end: source text in, the outline's dump out.
#![allow(clippy::disallowed_methods, reason = "tests read and write fixtures")]

use proptest::prelude::*;

use super::outline;
use crate::syntax::dump::dump;
use crate::syntax::outline::{ExprKind, Outline, Piece};

/// Asserts what a source is lowered to; the margin of both texts does not matter.
#[track_caller]
fn shows(source: &str, expected: &str) {
    let made = dump(&outline(source));
    let lines =
        |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&made), lines(expected), "\n{made}");
}

/// Asserts the body that the statements inside a function are lowered to.
#[track_caller]
fn body_shows(statements: &str, expected: &str) {
    shows(&format!("fn f() {{ {statements} }}"), &format!("fn #0 f()\n{expected}"));
}

#[test]
fn imports_are_flat_and_know_their_module() {
    shows(
        "use std::{fmt::Write as _, collections::{self, HashMap as Map}};
         pub use crate::schema::orders::{self, dsl::*};
         extern crate diesel as d;
         mod inner { use super::x; }",
        "import std::fmt::Write (effect)
         import std::collections
         import std::collections::HashMap as Map
         import crate::schema::orders (passed on)
         import crate::schema::orders::dsl::* (passed on)
         import diesel as d
         import super::x in inner",
    );
}

#[test]
fn modules_in_other_files_are_imports_and_keep_their_attributes() {
    shows(
        "pub mod orders; #[path = \"gen/q.rs\"] mod queries;",
        "import self::orders (passed on)
         import self::queries
         @path(\"gen/q.rs\")
         module $0 queries",
    );
}

#[test]
fn a_local_import_lies_inside_its_function() {
    let made = outline("fn f() { use crate::schema::orders::dsl::*; }");
    assert!(made.functions[0].span.contains(made.imports[0].span));
}

#[test]
fn types_carry_their_attributes() {
    shows(
        "#[derive(Debug, sqlx::FromRow)]
         #[diesel(table_name = orders, belongs_to(Customer, foreign_key = customer_id))]
         #[cfg_attr(feature = \"db\", sea_orm(table_name = \"x\", schema_name = \"y\", type = \"z\"))]
         /// A comment.
         struct Order<T: Clone> where T: Send { #[sqlx(rename = \"type\")] id: i64, names: Option<Vec<T>> }
         enum Name { #[iden = \"t\"] Table, Id(i32) }
         type Pool = sqlx::Pool<Postgres>;",
        "@derive(Debug)
         @derive(sqlx::FromRow)
         @diesel(table_name=orders, belongs_to(Customer, foreign_key=customer_id))
         @sea_orm(table_name=\"x\", schema_name=\"y\", type=\"z\")
         struct $0 Order<T: Clone + Send>
         @sqlx(rename=\"type\")
         field id: i64
         field names: Option<Vec<T>>
         enum $1 Name
         @iden(\"t\")
         static Table
         static Id: i32
         alias $2 Pool: sqlx::Pool<Postgres>",
    );
}

#[test]
fn impl_blocks_extend_a_type() {
    shows(
        "impl<T> Repo<T> for Store where T: Entity {
             const TABLE: &'static str = \"orders\";
             type Item = Order<T>;
             fn new(pool: &PgPool) -> Self { Self { pool } }
             async fn find(&self, id: i64) -> Result<Vec<T>> { self.pool.query(Self::TABLE).await }
         }",
        "extension $0 Store<T: Entity>: Repo<T>
         static TABLE: str = \"orders\"
         static Item: Order<T>
         static fn #0 Store::new(pool: PgPool) -> Self of $0
         return new Self {pool: pool}
         method #1 Store::find(id: i64) -> Result<Vec<T>> of $0
         return this.pool.query(Self::TABLE)",
    );
}

#[test]
fn wrappers_are_dropped() {
    body_shows(
        "let a = Ok(&*x.y()?.z.await? as &T); let Some(b) = (c)[0] else { return Err(d()) };",
        "let a = x.y().z
         let b = c[0]
         either
           return Err(d())",
    );
}

#[test]
fn patterns_bind_the_parts_of_a_value() {
    body_shows(
        "let (a, .., b) = f(); let P { q, r: (s, _) } = g(); let _ = h(); if let Some(NONE) = i() {}",
        "let a = f()~0
         let b = f()~*
         let q = g()~q
         let s = g()~r~0
         h()
         either
           i()
         or",
    );
}

#[test]
fn parameters_that_are_patterns_lose_their_wrapper() {
    shows(
        "fn f(State(pool): State<PgPool>, Path((a, b)): Path<(i32, String)>, _: u8) {}",
        "fn #0 f(_: State<PgPool>, _: Path<()<i32, String>>, _: u8)
           let pool: PgPool
           let a: i32
           let b: String",
    );
}

#[test]
fn conditions_decide_among_values_and_among_statements() {
    body_shows(
        "let a = match k { K::A => \"a\", K::B(n) if n > 1 => n, _ => return no() };
         let b = if c() { \"x\" } else if d { \"y\" } else { let z = e(); z };
         if g() { h(); } else { i() }
         match j() { Ok(v) => v, Err(e) => l(e) }",
        "either
           return no()
         let a = (\"a\" | k~0)
         c()
         let b = (\"x\" | \"y\" | e())
         either
           g()
           h()
         or
           i()
         either
           let v = j()
           return v
         or
           let e = j()~0
           return l(e)",
    );
}

#[test]
fn loops_bind_an_element() {
    body_shows(
        "for (i, t) in [\"a\", \"b\"] { run(t); } while let Some(x) = it.next() { x.go(); } loop { break y(); }",
        "loop
           let i = [\"a\", \"b\"]~*~0
           let t = [\"a\", \"b\"]~*~1
           run(t)
         loop
           let x = it.next()
           x.go()
         loop
           y()",
    );
}

#[test]
fn closures_and_async_blocks_are_lambdas() {
    shows(
        "static Q: LazyLock<String> = LazyLock::new(|| SQL.to_string());
         fn f() { g(|c: &mut C, (a, b)| async move { c.run(a) }); let h = async { i() }; }",
        "value Q: LazyLock<String> = LazyLock::new(fn#0)
         lambda #0()
           return SQL.to_string()
         fn #1 f()
           g(fn#2)
           let h = fn#3
         lambda #2(c: C, _) in #1
           let a
           let b
           return c.run(a)
         lambda #3() in #1
           return i()",
    );
}

#[test]
fn texts_are_put_together() {
    body_shows(
        r#"let a = String::from("select ") + &b + " from c";
           let d = format!("{a} {} {:>1$} {e} {{}} {0}", x, y, e = z);
           let f = concat!("g", "h", 1);
           let i = include_str!(concat!(env!("DIR"), "/q.sql"));
           let j = a + 1;
           a += "k";
           write!(a, "l {}", m)?;
           writeln!(&mut a, "n").unwrap();"#,
        r#"let a = (String::from("select ") + b + " from c")
           let d = "{a} {x} {y} {z} {{}} {x}"
           let f = ("g" + "h" + 1)
           let i = include((env!("DIR") + "/q.sql"))
           let j = (a + 1)
           a += "k"
           a += "l {m}"
           a += "n\n""#,
    );
}

#[test]
fn what_a_function_declares_for_itself_comes_first() {
    shows(
        "fn f() { g(SQL); const SQL: &str = \"x\"; fn h() { i() } }",
        "fn #0 f()
           let SQL: str = \"x\"
           g(SQL)
         fn #1 h() in #0
           return i()",
    );
}

#[test]
fn macros_are_read_as_arguments() {
    body_shows(
        "sqlx::query_as!(Order, \"x\", y as _, z = 1); info!(?e, id = %i, \"t\"); m!(Vec<T>, \"u\"); v(vec![\"w\"; 3])",
        "sqlx::query_as!(Order, \"x\", y, z=1)
         info!(e, id=i, \"t\")
         m!(type Vec<T>, \"u\")
         return v([\"w\"])",
    );
}

#[test]
fn macros_are_read_as_statements_or_for_what_they_hold() {
    body_shows(
        "stream! { let a = b(); yield c(a)?; }
         select! { r = c() => { d(r) } Some(x) = e.next() => f(x), else => g(), }
         json!({\"k\": h(), \"l\": [1]});",
        "let a = b()
         stream!(b(), c(a))
         r = c()
         block
           d(r)
         x = e.next()
         select!(f(x), g()){…}
         json!(\"k\", h(), \"l\"){…}",
    );
}

#[test]
fn items_inside_macros_are_declared() {
    shows(
        "lazy_static! { pub static ref ALL: String = \"a\".to_string(); }
         cfg_if! { if #[cfg(unix)] { fn u() { go(\"u\") } } else { fn w() {} } }",
        "value ALL: String = \"a\".to_string() (exported)
         fn #0 u()
           return go(\"u\")
         fn #1 w()
         top level #2
           lazy_static!(){…}
           cfg_if!(){…}",
    );
}

#[test]
fn a_record_that_a_macro_declares_is_a_module() {
    shows(
        "diesel::table! {
             use diesel::sql_types::*;
             #[sql_name = \"od\"]
             shop.orders (id, line) { id -> Int4, #[sql_name = \"type\"] type_ -> Nullable<Text>, }
         }
         joinable!(lines -> orders (order_id));",
        "@diesel::table(orders, qualifier=shop, key=[id, line])
         @sql_name(\"od\")
         module $0 orders
         static id: Int4
         @sql_name(\"type\")
         static type_: Nullable<Text>
         top level #0
           diesel::table!(){…}
           joinable!(orders(order_id)){…}",
    );
}

#[test]
fn each_arm_of_macro_rules_is_a_function() {
    shows(
        "macro_rules! q {
             ($sql:expr, $($arg:ident),* $(,)?) => { sqlx::query!($sql, $($arg),*).execute($crate::POOL) };
             ($t:ty) => { impl Run for $t { fn run() { go(\"x\") } } };
         }",
        "extension $0 t: Run
         macro #0 q(sql: $expr, arg: $ident)
           return sqlx::query!(sql, arg).execute(crate::POOL)
         macro #1 q(t: $ty)
         static fn #2 t::run() of $0 in #1
           return go(\"x\")",
    );
}

#[test]
fn tests_are_told_by_their_attributes() {
    let made = outline(
        "#[tokio::test] async fn a() {} #[sqlx::test] fn b() {} #[rstest] fn c() {} fn d() {}
         #[cfg(test)] mod tests { fn e() { x(|| y()) } } #[cfg(not(test))] mod f { fn g() {} }
         #[cfg(any(test, feature = \"mock\"))] fn h() {} #[latest] fn i() {}",
    );
    let tests: Vec<_> =
        made.functions.iter().filter(|function| function.is_test).map(|function| function.name.as_str()).collect();
    assert_eq!(tests, ["a", "b", "c", "e", "", "h"]);
}

#[test]
fn directives_are_found_in_comments_alone() {
    shows(
        "// bailiwick: allow(foreign-read) nightly export
         /* bailiwick: allow(foreign-write) why */ const A: &str = \"// bailiwick: no\";",
        "value A: str = \"// bailiwick: no\"
         directive bailiwick: allow(foreign-read) nightly export
         directive bailiwick: allow(foreign-write) why",
    );
}

/// Every text with the bytes of its pieces.
fn slices<'t>(text: &'t str, made: &Outline) -> Vec<(String, &'t str)> {
    let mut found = Vec::new();
    for expr in &made.exprs {
        let ExprKind::Text(pieces) = &expr.kind else { continue };
        for piece in pieces {
            if let Piece::Literal { text: known, span } = piece
                && known.len() == span.len()
            {
                found.push((known.clone(), &text[span.range()]));
            }
        }
    }
    found
}

#[test]
fn places_are_exact_after_a_mark_a_shebang_and_wide_characters() {
    let text = "\u{feff}#!/usr/bin/env run\n// ünï\r\nfn f() { q(\"é select\"); r#x(r#\"ø from\"#); b(b\"bytes\"); c(c\"cstr\"); }";
    let made = outline(text);
    assert!(made.problems.is_empty());
    let found = slices(text, &made);
    assert_eq!(found.len(), 4);
    for (known, slice) in found {
        assert_eq!(known, slice);
    }
}

#[test]
fn a_syntax_error_costs_no_more_than_it_must() {
    shows(
        "fn a() { q(\"x\") } fn b( { } ] fn c() {}",
        "top level #0
           \"x\"
         problem syntax error",
    );
    shows(
        "fn a() { q(\"x\") } impl B { fn c( = ) {} fn d() { r(\"y\") } }",
        "fn #0 a()
           return q(\"x\")
         fn #1 d()
           return r(\"y\")
         problem syntax error",
    );
}

#[test]
fn deep_nesting_is_no_overflow() {
    let wide = |open: &str, close: &str, times: usize| {
        format!("fn f() {{ q(\"x\"); let y = {}1{}; }}", open.repeat(times), close.repeat(times))
    };
    let cases = [
        wide("(", ")", 5_000),
        wide("m!(", ")", 5_000),
        wide("vec![", "]", 400),
        wide("m!{", "}", 400),
        wide("if a {", "} else { 2 }", 400),
        wide("!", "", 50_000),
        wide("&", "", 9_000),
        wide("|a| ", "", 9_000),
        wide("", " + 1", 100_000),
        wide("", ".a()", 9_000),
        wide("", " as T", 9_000),
        wide("", "?", 9_000),
        wide("if a { 1 } else ", "", 2_000),
        wide("", "(1)", 6_000),
    ];
    for text in cases {
        let made = outline(&text);
        assert!(slices(&text, &made).contains(&("x".to_owned(), "x")), "{}", &text[..60]);
    }
    let types = format!("type T = {}u8{};", "Box<".repeat(5_000), ">".repeat(5_000));
    let _ = outline(&types);
}

#[test]
fn macros_that_never_parse_cost_bounded_time() {
    let text = format!("fn f() {{ {} = = \"x\" {} }}", "m! { = = ".repeat(300), "}".repeat(300)).repeat(30);
    let start = std::time::Instant::now();
    let _ = outline(&text);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

/// A piece of Rust that real code has, to be mixed and broken.
const PARTS: &[&str] = &[
    "fn f(a: &str) { ",
    "}",
    "(",
    ")",
    "{",
    "[",
    "]",
    "let x = ",
    "\"select {a} \\n\"",
    "r#\"raw\"#",
    ";",
    ",",
    "macro_rules! m ",
    "($a:expr) => ",
    "$",
    "=>",
    "match x ",
    "if let Some(y) = ",
    "else",
    "query!",
    "table! { a.b (c) { d -> E, } }",
    "impl T for U ",
    "#[derive(A, B(c = 1))]",
    "use a::{b, c::*}; ",
    "struct S",
    "<T>",
    "::",
    ".await",
    "?",
    "|a, b| ",
    "async move ",
    "'",
    "//",
    "/*",
    "b\"",
    "\\",
    "é",
    "static ref X: T = ",
    "for i in ",
    "..",
    "= ",
    "format!(\"{} {0:.*} {x\", 1)",
    "#",
    "r#",
    "1",
    "write!(a, ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}") {
        let _ = dump(&outline(&text));
    }

    #[test]
    fn broken_rust_is_read_without_a_panic(parts in prop::collection::vec(prop::sample::select(PARTS), 0..60)) {
        let text = parts.concat();
        let made = outline(&text);
        for (known, slice) in slices(&text, &made) {
            prop_assert_eq!(known.as_str(), slice);
        }
        let _ = dump(&made);
    }
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
