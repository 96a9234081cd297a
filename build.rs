//! Gathers the framework data of `rules/frameworks/<language>/<framework>.toml` into one list, so that a new
//! framework needs a file there and no Rust.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a build script reads the project's own files, and a build that cannot should stop"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let folder = Path::new(&root).join("rules/frameworks");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for language in fs::read_dir(&folder).into_iter().flatten().flatten() {
        println!("cargo::rerun-if-changed={}", language.path().display());
        for file in fs::read_dir(language.path()).into_iter().flatten().flatten() {
            let path = file.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let name = |part: &Path| part.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                files.push((name(&language.path()), name(&path), path));
            }
        }
    }
    files.sort();
    let mut code = String::from("&[\n");
    for (language, name, path) in files {
        let _ = writeln!(code, "    ({language:?}, {name:?}, include_str!({:?})),", path.display().to_string());
    }
    code.push(']');
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("frameworks.rs"), code).expect("cargo's OUT_DIR can be written");
}
