//! The language of a file, by its name or its first line.

use crate::source::Language;
use crate::workspace::tree::is_source;

/// Endings that say "this is filled in later" and hide the real extension.
const TEMPLATE_ENDINGS: &[&str] = &[
    "j2", "jinja", "jinja2", "tmpl", "tpl", "gotmpl", "erb", "tt", "eex", "hbs", "mustache", "template", "dist",
    "example", "sample", "in",
];

/// Those of them that say that a program fills the file in, not a person.
const GENERATING: &[&str] = &["erb", "j2", "jinja", "jinja2", "tmpl", "gotmpl", "hbs", "mustache", "tt", "eex"];

/// Whether files of a language are programs that a template may make. PHP is the language of its own templates.
fn is_made(language: Language) -> bool {
    is_source(language) && language != Language::Php
}

/// The language of a file at `path`.
#[must_use]
pub fn of_path(path: &str) -> Language {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if let Some(language) = of_name(&name) {
        return language;
    }
    let Some((stem, extension)) = name.rsplit_once('.') else { return Language::Other };
    if TEMPLATE_ENDINGS.contains(&extension) {
        let inner = stem.rsplit_once('.').map(|(_, inner)| of_extension(inner)).or_else(|| of_name(stem));
        return match inner {
            Some(Language::Other) | None => Language::Template,
            // A program with gaps is none: what a generator fills in is not known.
            Some(language) if is_made(language) && GENERATING.contains(&extension) => Language::Template,
            Some(language) => language,
        };
    }
    of_extension(extension)
}

/// Files that are known by their whole name (in lower case).
fn of_name(name: &str) -> Option<Language> {
    let language = match name {
        "makefile" | "gnumakefile" | "justfile" | "taskfile" => Language::Makefile,
        "gemfile" | "rakefile" | "capfile" | "guardfile" | "vagrantfile" => Language::Ruby,
        "pipfile" | "cargo.lock" | "poetry.lock" => Language::Toml,
        "artisan" => Language::Php,
        "jenkinsfile" => Language::Other,
        _ if name.starts_with("dockerfile") || name.starts_with("containerfile") => Language::Dockerfile,
        _ if name == ".env" || name.starts_with(".env.") || name.starts_with(".envrc") => Language::Properties,
        _ => return None,
    };
    Some(language)
}

fn of_extension(extension: &str) -> Language {
    match extension {
        "rs" => Language::Rust,
        "sql" | "psql" | "pgsql" | "ddl" | "dml" | "hql" | "cql" | "mysql" | "tsql" | "plsql" | "pls" | "pks"
        | "pkb" | "prc" | "fnc" | "trg" | "vw" | "sqlx" | "bteq" | "sq" | "sqm" => Language::Sql,
        "java" => Language::Java,
        "kt" | "kts" => Language::Kotlin,
        "scala" | "sc" | "sbt" => Language::Scala,
        "cs" | "csx" => Language::CSharp,
        "go" => Language::Go,
        "py" | "pyi" | "pyw" => Language::Python,
        "ts" | "tsx" | "mts" | "cts" => Language::TypeScript,
        "js" | "jsx" | "mjs" | "cjs" => Language::JavaScript,
        "rb" | "rake" | "ru" | "gemspec" | "jbuilder" => Language::Ruby,
        "php" | "phtml" | "php5" | "php7" => Language::Php,
        "ex" | "exs" => Language::Elixir,
        "sh" | "bash" | "zsh" | "ksh" => Language::Shell,
        "xml" | "csproj" | "fsproj" | "vbproj" | "props" | "targets" | "config" => Language::Xml,
        "yaml" | "yml" => Language::Yaml,
        "json" | "jsonc" | "json5" => Language::Json,
        "toml" => Language::Toml,
        "properties" | "ini" | "cfg" | "conf" | "env" => Language::Properties,
        "dockerfile" => Language::Dockerfile,
        "mk" | "make" => Language::Makefile,
        "prisma" => Language::Prisma,
        "tf" | "tfvars" | "hcl" => Language::Terraform,
        "ipynb" => Language::Notebook,
        _ if TEMPLATE_ENDINGS.contains(&extension) => Language::Template,
        _ => Language::Other,
    }
}

/// Whether only the first line can tell the language of the file at `path`.
#[must_use]
pub fn needs_first_line(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    !name.contains('.') && of_path(path) == Language::Other
}

/// The language that a first line such as `#!/usr/bin/env python3` names.
#[must_use]
pub fn of_first_line(text: &str) -> Option<Language> {
    let line = text.lines().next()?.strip_prefix("#!")?;
    let mut words = line.split_whitespace();
    let mut program = words.next()?.rsplit('/').next()?;
    if program == "env" {
        program = words.find(|word| !word.starts_with('-') && !word.contains('='))?.rsplit('/').next()?;
    }
    let program = program.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    match program {
        "sh" | "bash" | "zsh" | "ksh" | "dash" | "ash" => Some(Language::Shell),
        "python" | "pypy" => Some(Language::Python),
        "node" | "nodejs" => Some(Language::JavaScript),
        "ts-node" | "tsx" | "deno" | "bun" => Some(Language::TypeScript),
        "ruby" => Some(Language::Ruby),
        "php" => Some(Language::Php),
        "elixir" | "escript" => Some(Language::Elixir),
        "make" => Some(Language::Makefile),
        "psql" | "mysql" | "sqlite" => Some(Language::Sql),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_extensions() {
        let cases = [
            ("src/main.rs", Language::Rust),
            ("db/V1__init.SQL", Language::Sql),
            ("models/orders.sql.j2", Language::Sql),
            ("conf/app.yaml.tmpl", Language::Yaml),
            ("mail.hbs", Language::Template),
            ("Dockerfile.dev", Language::Dockerfile),
            ("api.Dockerfile", Language::Dockerfile),
            (".env.example", Language::Properties),
            ("prod.env", Language::Properties),
            ("Makefile", Language::Makefile),
            ("bin/rails", Language::Other),
            ("x.csproj", Language::Xml),
            ("README", Language::Other),
            ("", Language::Other),
        ];
        for (path, language) in cases {
            assert_eq!(of_path(path), language, "{path}");
        }
    }

    #[test]
    fn first_lines() {
        assert_eq!(of_first_line("#!/usr/bin/env python3\nimport x"), Some(Language::Python));
        assert_eq!(of_first_line("#!/usr/bin/env -S FOO=1 bash -e"), Some(Language::Shell));
        assert_eq!(of_first_line("#!/bin/sh"), Some(Language::Shell));
        assert_eq!(of_first_line("# a comment"), None);
        assert_eq!(of_first_line("#!"), None);
    }
}
