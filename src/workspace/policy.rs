//! Which files and folders are not read, and why: other people's code, what tools made, what is no text.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::config::Config;
use crate::source::{Candidate, Language, SkipReason};
use crate::workspace::language;

/// Folders that never hold a repository's own source.
const ALWAYS_VENDORED: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".jj",
    "node_modules",
    "bower_components",
    "jspm_packages",
    "site-packages",
    "__pycache__",
    ".venv",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".gradle",
    ".idea",
    ".vs",
    ".terraform",
    ".next",
    ".nuxt",
    ".svelte-kit",
    ".turbo",
    ".yarn",
    ".bundle",
    ".direnv",
    ".cargo-home",
    "Pods",
];

/// Folders that are build results or copies of others' code where one of these lies beside them, and
/// may be somebody's source elsewhere (a service may well be called `vendor`). A leading `*` stands
/// for any text.
const VENDORED_BESIDE: &[(&str, &[&str])] = &[
    ("target", &["Cargo.toml", "pom.xml", "build.sbt"]),
    ("vendor", &["go.mod", "composer.json", "Gemfile", "Cargo.toml", "modules.txt"]),
    ("dist", &["package.json", "pyproject.toml", "setup.py"]),
    ("build", &["build.gradle", "build.gradle.kts", "package.json", "setup.py", "pyproject.toml"]),
    ("out", &["package.json", "build.gradle", "build.gradle.kts"]),
    ("bin", &["*.csproj", "*.fsproj"]),
    ("obj", &["*.csproj", "*.fsproj"]),
    ("deps", &["mix.exs"]),
    ("_build", &["mix.exs"]),
    ("venv", &["pyproject.toml", "requirements.txt", "setup.py", "manage.py"]),
    ("env", &["requirements.txt", "manage.py"]),
    ("coverage", &["package.json"]),
];

/// Files that tools write and nobody reads.
const GENERATED_NAMES: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "Cargo.lock",
    "go.sum",
    "go.work.sum",
    "composer.lock",
    "poetry.lock",
    "uv.lock",
    "Pipfile.lock",
    "Gemfile.lock",
    "mix.lock",
    "packages.lock.json",
];

const GENERATED_ENDINGS: &[&str] = &[
    ".min.js",
    ".min.css",
    ".js.map",
    ".css.map",
    ".pb.go",
    ".pb.gw.go",
    "_pb2.py",
    "_pb2_grpc.py",
    "_pb.js",
    "_pb.ts",
];

/// Endings of what tools write where a file of the other ending lies beside it: the state of the whole model that EF
/// Core keeps beside each migration.
const GENERATED_BESIDE: &[(&str, &str)] = &[(".Designer.cs", "ModelSnapshot.cs")];

const BINARY_EXTENSIONS: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "ico", "icns", "webp", "bmp", "tiff", "psd", "pdf", "zip", "gz", "tgz", "bz2", "xz",
    "zst", "lz4", "7z", "rar", "tar", "jar", "war", "ear", "class", "o", "so", "dylib", "dll", "exe", "a", "lib",
    "pdb", "wasm", "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "mov", "avi", "webm", "wav", "ogg", "flac",
    "db", "sqlite", "sqlite3", "parquet", "avro", "orc", "bin", "dat", "pyc", "pyo", "rlib", "rmeta", "jks", "p12",
    "pfx", "keystore", "der", "xlsx", "xls", "docx", "doc", "pptx", "nupkg", "whl", "egg", "gem", "apk", "ipa", "dmg",
    "iso", "node", "npy", "pkl", "onnx",
];

/// What the config adds to the built-in policy.
pub struct Policy {
    exclude: GlobSet,
    max_file_size: u64,
}

impl Policy {
    /// The policy with the config's `exclude` and `max-file-size`.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let mut builder = GlobSetBuilder::new();
        for glob in &config.exclude {
            let pattern = glob.value.trim_start_matches("./").trim_end_matches('/');
            // A folder's name alone stands for all in it, as people write it.
            for pattern in [pattern.to_owned(), format!("{pattern}/**")] {
                if let Ok(glob) = GlobBuilder::new(&pattern).literal_separator(true).build() {
                    builder.add(glob);
                }
            }
        }
        let exclude = builder.build().unwrap_or_else(|_| GlobSet::empty());
        Self { exclude, max_file_size: config.max_file_size() }
    }

    /// Why the candidate is left out, or `None`.
    #[must_use]
    pub fn skips(&self, candidate: &Candidate<'_>) -> Option<SkipReason> {
        if self.exclude.is_match(candidate.path) {
            return Some(SkipReason::Excluded);
        }
        match candidate.size {
            None => vendored(candidate).map(SkipReason::Vendored),
            Some(size) => self.skips_file(candidate, size),
        }
    }

    fn skips_file(&self, candidate: &Candidate<'_>, size: u64) -> Option<SkipReason> {
        let (path, name) = (candidate.path, candidate.name());
        let written = |(ending, beside): &(&str, &str)| {
            name.ends_with(ending) && candidate.siblings.iter().any(|sibling| sibling.ends_with(beside))
        };
        if GENERATED_NAMES.contains(&name)
            || GENERATED_ENDINGS.iter().any(|ending| name.ends_with(ending))
            || GENERATED_BESIDE.iter().any(written)
        {
            return Some(SkipReason::Generated);
        }
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        if extension.is_some_and(|extension| BINARY_EXTENSIONS.contains(&extension.as_str())) {
            return Some(SkipReason::Binary);
        }
        let too_large = size > self.max_file_size && language::of_path(path) != Language::Sql;
        too_large.then_some(SkipReason::TooLarge(size))
    }
}

fn vendored(candidate: &Candidate<'_>) -> Option<&'static str> {
    let name = candidate.name();
    if let Some(vendored) = ALWAYS_VENDORED.iter().find(|vendored| **vendored == name) {
        return Some(vendored);
    }
    let (vendored, signs) = VENDORED_BESIDE.iter().find(|(vendored, _)| *vendored == name)?;
    let beside = |sign: &&str| match sign.strip_prefix('*') {
        Some(ending) => candidate.siblings.iter().any(|sibling| sibling.ends_with(ending)),
        None => candidate.has_sibling(sign),
    };
    signs.iter().any(beside).then_some(*vendored)
}
