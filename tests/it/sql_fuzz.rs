//! A fuzz target over the sql stage: statements of our own, mutated byte by byte, token by token and with each other.
//!
//! What yields something new (a kind of statement, a set of privileges, a mark) is kept and mutated further. A short
//! run is part of every test; a long one is `FUZZ_EXECUTIONS=1000000 cargo test --test it sql_fuzz -- --nocapture`,
//! with `FUZZ_SEED` for other ways through. An input that hurts is printed and ends the run.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};
use std::{env, fs};

use bailiwick::sql::{self, Options};
use bailiwick::vocabulary::Dialect;

use crate::sql_hostile::{TOKENS, survives};
use crate::support::project;

/// No text of this length may take longer, however slow the machine.
const LONGEST: usize = 4_000;
const LIMIT: Duration = Duration::from_secs(5);

/// A small generator of numbers: the same seed, the same run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).unwrap_or(0)
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for file in ["generic", "mysql", "mssql", "oracle", "postgres", "others"] {
        let text = fs::read_to_string(project().join(format!("fixtures/sql/{file}.sql"))).unwrap();
        seeds.extend(text.split("--= ").skip(1).map(|case| case.split_once('\n').map_or(case, |(_, sql)| sql).into()));
    }
    let judged = fs::read_to_string(project().join("tests/it/postgres/cases.sql")).unwrap();
    seeds.extend(judged.split("-- = ").skip(1).map(Into::into));
    seeds
}

/// One step away from `bytes`.
fn mutate(bytes: &mut Vec<u8>, others: &[Vec<u8>], chance: &mut Chance) {
    const SIGNS: &[u8] = b"'\"`$;()[]{}/*-#@?:.,\\%&|=<>\n\t\0\xff ";
    let (one, other) = (chance.below(bytes.len() + 1), chance.below(bytes.len() + 1));
    let (low, high) = (one.min(other), one.max(other));
    match chance.below(10) {
        0 => drop(bytes.drain(low..high.min(low + 16))),
        1 => {
            let piece = bytes[low..high.min(low + 64)].to_vec();
            bytes.splice(low..low, piece);
        }
        2 => bytes.insert(one, SIGNS[chance.below(SIGNS.len())]),
        3 if !bytes.is_empty() => {
            let at = chance.below(bytes.len());
            bytes[at] = u8::try_from(chance.below(256)).unwrap_or(0);
        }
        4 if !bytes.is_empty() => {
            let at = chance.below(bytes.len());
            bytes[at] ^= 1 << chance.below(8);
        }
        5 => bytes.truncate(high),
        6 | 7 => {
            let token = TOKENS[chance.below(TOKENS.len())];
            bytes.splice(one..one, format!(" {token} ").into_bytes());
        }
        8 => {
            let piece = &others[chance.below(others.len())];
            let from = chance.below(piece.len() + 1);
            let to = (from + chance.below(80)).min(piece.len());
            bytes.splice(one..one, piece[from..to].iter().copied());
        }
        _ => {
            let piece = bytes[low..high.min(low + 24)].to_vec();
            for _ in 0..chance.below(24) {
                bytes.splice(low..low, piece.iter().copied());
            }
        }
    }
    bytes.truncate(LONGEST);
}

/// What of an answer makes an input worth keeping.
fn signature(text: &str, dialect: Dialect) -> String {
    let script = sql::analyse(text, &Options::script(dialect));
    let mut signature = String::new();
    for statement in script.statements.iter().take(3) {
        let privileges: BTreeSet<_> = statement.accesses.iter().map(|access| access.privilege).collect();
        let definitions = statement.definitions.len().min(2);
        let opaque = statement.opaque.len().min(2);
        let calls = statement.calls.len().min(2);
        let _ =
            write!(signature, "{} {privileges:?} {definitions}{opaque}{calls}{} ", statement.kind, statement.partial);
    }
    let problem = script.problems.first().map_or("", |problem| problem.message.as_str());
    signature + problem
}

#[test]
fn fuzz() {
    let number = |name: &str, default: u64| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let executions = number("FUZZ_EXECUTIONS", 4_000);
    let mut chance = Chance(number("FUZZ_SEED", 0x9e37_79b9_7f4a_7c15) | 1);
    let run = move || {
        let mut corpus = seeds();
        let mut seen = BTreeSet::new();
        for execution in 0..executions {
            let mut bytes = corpus[chance.below(corpus.len())].clone();
            for _ in 0..=chance.below(5) {
                mutate(&mut bytes, &corpus, &mut chance);
            }
            let text = String::from_utf8_lossy(&bytes);
            let dialect = Dialect::NAMES[chance.below(Dialect::NAMES.len())].0;
            let started = Instant::now();
            let outcome = std::panic::catch_unwind(|| survives(&text, dialect));
            let mut took = started.elapsed();
            // On a busy machine a run may wait: the best of a few is what the text costs.
            for _ in 0..3 {
                if took >= LIMIT {
                    let again = Instant::now();
                    let _ = survives(&text, dialect);
                    took = again.elapsed();
                }
            }
            assert!(
                matches!(outcome, Ok(Ok(()))) && took < LIMIT,
                "execution {execution} in {dialect} took {took:?}: {outcome:?}\n{text:?}"
            );
            if corpus.len() < 20_000 && seen.insert(signature(&text, dialect)) {
                corpus.push(bytes);
            }
        }
        let _ = writeln!(
            std::io::stderr(),
            "sql_fuzz: {executions} executions, {} kept inputs, {} kinds of answer; none hurt",
            corpus.len(),
            seen.len()
        );
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}
