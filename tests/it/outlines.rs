//! Front ends meet text that no one wrote on purpose: they must neither panic nor hang.

use std::time::Instant;

use bailiwick::source::Language;
use bailiwick::syntax;
use proptest::prelude::*;
use walkdir::WalkDir;

/// A little of everything in each language, to be cut, doubled and mixed up.
const SAMPLES: &[(Language, &str)] = &[
    (
        Language::Python,
        "class A(B[C]):\n    t = f'{x}' 'b'\n    def f(self, *a, k=1):\n        with x() as (a, b):\n            a, *b = yield (c := 1)\n        return \"%s %(a)s\" % (a, {}) if a else [i for i in b]\n",
    ),
    (
        Language::TypeScript,
        "@D() export default class A<T> extends B<C> { @E(1) private x: Y | null = `a${b}`; constructor(private y = {a, ...b}) { super(); } async *m({a: [b]} = {}) { return sql<T>`x ${a?.b!}` ?? (c as D); } }\nconst {a = 1, ...r} = require('x'), f = async x => <div a={b}>{c}</div>;\n",
    ),
    (
        Language::CSharp,
        "using A = B.C; namespace N; [T(\"a\", B = 1)] partial class A<T>(int x) : B<T>(x) where T : new() { int P => 1; void M() { using var a = new B { C = 1 }; var q = from o in a join i in b on o.X equals i.Y into g select new { o.Z }; var s = $@\"a\"\"{b:N}{{\" + \"\"\"x\"\"\"; if (x is A y && o?.P[1]?.Q is null) (a, b) = c switch { 1 => 2, _ => 3 }; } }\n",
    ),
    (
        Language::Ruby,
        "class A::B < C[1]\n  has_many :x, -> { where(a: 1) } do |a, (b, *c)|\n  end\n  def self.f(a, b = 1, *c, d:, **e, &g)\n    s = <<~A + <<-'B' % [1]\n      #{x \"#{y}\"} \\n\n    A\n    B\n    a&.b ||= c rescue d if e\n  end\nend\n",
    ),
    (
        Language::Php,
        "<?php namespace A\\B; use C\\{D, E as F}; #[T(a: 1)] class A extends B { use C; public function __construct(private ?X $x = null) { [$a, 'b' => $c] = $d; $s = \"a {$b->c[1]} $d[0]\\n\" . <<<E\n x $y\n E; return fn($x) => $x?->y ?: Z::class; } } ?> <?= $x ?>\n",
    ),
    (
        Language::Elixir,
        "defmodule A.B do\n  use C, d: 1\n  @e \"f\"\n  schema \"g\" do\n    field :h\n  end\n  def i(%{j: k} = l, m \\\\ 1) when n, do: o |> p(&q/1) |> ~s(r #{s}).t\n  with {:ok, u} <- v do\n    w\n  else\n    _ -> fn [x | y] -> z end\n  end\nend\n",
    ),
    (
        Language::Go,
        "package a\nfunc (s *S) F(x ...int) (y T, err error) { var q = `a` + fmt.Sprintf(\"%s\", x); for _, z := range y { go func() { defer z() }() } }\n",
    ),
    (
        Language::Rust,
        "fn f<T>(x: &T) -> R { let q = format!(\"a {} {b}\", x); sqlx::query!(\"s\", 1); match x { A { b, .. } => c?, _ => d } }\n",
    ),
    (
        Language::Java,
        "package a; @E(b = \"c\") class A<T> extends B { @F String x = \"a\" + \"\"\"\n b\"\"\"; void m(int... y) { try (var z = q()) { for (var i : z) f(i -> i.g()::h); } finally { } } }\n",
    ),
];

/// One sample, spoilt: cut somewhere, with a part doubled and some bytes of another put in.
fn spoilt() -> impl Strategy<Value = (Language, String)> {
    let places = (0..1000_usize, 0..1000_usize, 0..1000_usize, 0..SAMPLES.len());
    (0..SAMPLES.len(), places, "[\\PC\n]{0,12}").prop_map(|(sample, (cut, from, length, other), noise)| {
        let (language, text) = SAMPLES[sample];
        let chars: Vec<char> = text.chars().collect();
        let (cut, from) = (cut % chars.len(), from % chars.len());
        let doubled = &chars[from..(from + length % 40).min(chars.len())];
        let foreign: String = SAMPLES[other].1.chars().skip(from).take(length % 20).collect();
        let head: String = chars[..cut].iter().chain(doubled).collect();
        let tail: String = chars[cut..].iter().skip(length % 7).collect();
        (language, format!("{head}{noise}{foreign}{tail}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn spoilt_text_is_lowered((language, text) in spoilt()) {
        let Some(outline) = syntax::outline(language, &text) else { return Ok(()) };
        let _ = syntax::dump::dump(&outline);
    }

    #[test]
    fn any_text_is_lowered(sample in 0..SAMPLES.len(), text in "[\\PC\n]{0,80}") {
        let _ = syntax::outline(SAMPLES[sample].0, &text);
    }
}

#[test]
fn deep_nesting_ends() {
    let deep = |open: &str, close: &str| format!("x = {}1{}", open.repeat(3_000), close.repeat(3_000));
    for (language, _) in SAMPLES {
        for (open, close) in
            [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("a.b(", ")"), ("-", ""), ("\"#{", "}\"")]
        {
            let text = deep(open, close);
            let read = move |language| {
                std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
                    let _ = syntax::outline(language, &text);
                })
            };
            read(*language).expect("a thread").join().expect("no panic");
        }
    }
}

/// Reads every file under the folder that `BAILIWICK_CORPORA` names, and says how fast each language goes.
#[test]
fn whole_folders_are_lowered() {
    let Ok(folder) = std::env::var("BAILIWICK_CORPORA") else { return };
    let mut totals: std::collections::BTreeMap<&str, (usize, usize, f64, usize)> = std::collections::BTreeMap::new();
    for entry in WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
        let language = bailiwick::workspace::language::of_path(&entry.path().to_string_lossy());
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        let start = Instant::now();
        let Some(outline) = syntax::outline(language, &text) else { continue };
        let total = totals.entry(language.name()).or_default();
        total.0 += 1;
        total.1 += text.len();
        total.2 += start.elapsed().as_secs_f64();
        total.3 += usize::from(!outline.problems.is_empty());
    }
    for (language, (files, bytes, seconds, problems)) in totals {
        let speed = bytes as f64 / 1e6 / seconds;
        println!("{language}: {files} files, {bytes} bytes, {speed:.1} MB/s, {problems} files with problems");
    }
}
