//! The hot stages, one by one: walk, outline, SQL, facts, map. `cargo bench`, or `cargo bench -- sql` for one of them.
//!
//! The texts are those of `fixtures/shop`, so that the figures of two machines speak of the same thing. For a
//! whole real repository see `docs/performance.md`.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark that cannot read its input should stop"
)]

use std::hint::black_box;
use std::path::{Path, PathBuf};

use bailiwick::facts::kept::Forgetful;
use bailiwick::facts::scan::{self, Reader};
use bailiwick::session::{self, Gathered};
use bailiwick::source::Language;
use bailiwick::sql::{self, Options};
use bailiwick::vocabulary::Dialect;
use bailiwick::workspace::{self, Disk};
use bailiwick::{lint, map, syntax};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sqlparser::ast::{Visit, Visitor};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

fn shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop")
}

/// The texts of the shop's files of that extension, sorted by path.
fn texts(extension: &str) -> Vec<String> {
    let files = walkdir::WalkDir::new(shop()).sort_by_file_name().into_iter().filter_map(Result::ok);
    let wanted = files.filter(|file| file.path().extension().is_some_and(|found| found == extension));
    wanted.map(|file| std::fs::read_to_string(file.path()).expect("a readable fixture")).collect()
}

fn bytes(texts: &[String]) -> Throughput {
    Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum())
}

/// Walks the tree, tells languages, finds services and assigns every file.
fn walk(criterion: &mut Criterion) {
    let rules: Vec<&str> = lint::rule_names().collect();
    let disk = Disk::new(&shop()).expect("the fixture");
    criterion.bench_function("walk/shop", |bench| bench.iter(|| workspace::open(black_box(&disk), None, &rules)));
}

/// Source text to outline.
fn outline(criterion: &mut Criterion) {
    let rust = texts("rs");
    let mut group = criterion.benchmark_group("outline");
    group.throughput(bytes(&rust));
    group.bench_function("rust", |bench| {
        bench.iter(|| {
            for text in &rust {
                black_box(syntax::outline(Language::Rust, black_box(text)));
            }
        });
    });
    group.finish();
}

/// Visits what the parser has read, as the least that any reader of statements does.
struct Relations(usize);

impl Visitor for Relations {
    type Break = ();

    fn pre_visit_relation(&mut self, _: &sqlparser::ast::ObjectName) -> std::ops::ControlFlow<()> {
        self.0 += 1;
        std::ops::ControlFlow::Continue(())
    }
}

/// Statements to accesses; beside it plain sqlparser with a visitor on the same statements.
fn statements(criterion: &mut Criterion) {
    let scripts: Vec<String> =
        texts("sql").into_iter().filter(|text| Parser::parse_sql(&PostgreSqlDialect {}, text).is_ok()).collect();
    let mut group = criterion.benchmark_group("sql");
    group.throughput(bytes(&scripts));
    group.bench_function("bailiwick", |bench| {
        bench.iter(|| {
            for text in &scripts {
                black_box(sql::analyse(black_box(text), &Options::script(Dialect::Postgres)));
            }
        });
    });
    group.bench_function("sqlparser", |bench| {
        bench.iter(|| {
            for text in &scripts {
                let statements = Parser::parse_sql(&PostgreSqlDialect {}, black_box(text)).expect("filtered above");
                let mut relations = Relations(0);
                let _ = statements.visit(&mut relations);
                black_box(relations.0);
            }
        });
    });
    group.finish();
}

/// Every file to its facts, and the facts to the map.
fn facts_and_map(criterion: &mut Criterion) {
    let disk = Disk::new(&shop()).expect("the fixture");
    let read = || Gathered::read(&disk, &session::Options::default(), &Forgetful, &|_| ());
    let Ok(Gathered { config, workspace, frameworks, scan }) = read() else { return };
    let reader = Reader::new(&disk, &workspace, &config, &frameworks, &Forgetful);
    criterion.bench_function("facts/shop", |bench| bench.iter(|| scan::scan(black_box(&reader))));
    let input = map::Input { workspace: &workspace, config: &config, frameworks: &frameworks, facts: &scan.facts };
    criterion.bench_function("map/shop", |bench| bench.iter(|| map::build(black_box(input), &|_| ())));
}

criterion_group!(stages, walk, outline, statements, facts_and_map);
criterion_main!(stages);
