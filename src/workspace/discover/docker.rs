//! Dockerfiles: what they stand on, what they copy, and which program they start.

use crate::source::{FileId, Language, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::discover::migrators::without_pattern;
use crate::workspace::discover::{Deployment, Dockerfile, Found, Server, dialect_of_image};
use crate::workspace::tree::{Tree, base_name, evidence, folder_of, is_aside, joined};
use crate::workspace::{Evidence, EvidenceKind};

/// Where database images look for scripts to run when they are made.
pub(super) const INIT_FOLDER: &str = "/docker-entrypoint-initdb.d";

/// Words that tell Dockerfiles of one service apart, not services.
const VARIANTS: &[&str] = &[
    "dev",
    "development",
    "prod",
    "production",
    "test",
    "testing",
    "local",
    "ci",
    "base",
    "build",
    "builder",
    "debug",
    "release",
    "alpine",
    "slim",
    "debian",
    "ubuntu",
    "arm64",
    "amd64",
    "x86",
    "gpu",
    "cpu",
    "cuda",
    "nightly",
    "staging",
    "e2e",
    "tests",
    "deps",
    "cache",
];

/// Every Dockerfile.
pub(super) fn dockerfiles(tree: &Tree<'_>) -> Vec<Dockerfile> {
    let files = (0u32..).map(FileId).zip(tree.files);
    let wanted = files.filter(|(_, file)| file.language == Language::Dockerfile);
    wanted.filter_map(|(id, _)| Some(dockerfile(tree.path(id), id, &tree.text(id)?))).collect()
}

fn dockerfile(path: &str, file: FileId, text: &str) -> Dockerfile {
    let mut stages: Vec<(String, String)> = Vec::new();
    let mut found = Dockerfile {
        path: path.to_owned(),
        place: Place { file, span: Span::new(0, 0) },
        base: String::new(),
        copies: Vec::new(),
        lines: Vec::new(),
    };
    for (at, line) in instructions(text) {
        let mut words = line.split_whitespace();
        let Some(instruction) = words.next() else { continue };
        let arguments: Vec<&str> = words.filter(|word| !word.starts_with("--")).collect();
        match instruction.to_ascii_uppercase().as_str() {
            "FROM" => {
                let image = arguments.first().copied().unwrap_or_default();
                let base = stages.iter().find(|(name, _)| name == image).map_or(image, |(_, base)| base).to_owned();
                if let Some(name) = arguments.get(2) {
                    stages.push(((*name).to_owned(), base.clone()));
                }
                found.base = base;
                found.place.span = Span::new(at, at + line.len());
            }
            "COPY" | "ADD" => {
                if !line.contains("--from=") {
                    let clean = |word: &&str| word.trim_matches(['[', ']', '"', ',']).to_owned();
                    let words: Vec<String> = arguments.iter().map(clean).collect();
                    if let Some((to, from)) = words.split_last() {
                        let span = Span::new(at, at + line.len());
                        found.copies.extend(from.iter().map(|from| (from.clone(), to.clone(), span)));
                    }
                }
                found.lines.push(line);
            }
            "RUN" | "CMD" | "ENTRYPOINT" | "WORKDIR" | "ARG" | "ENV" => found.lines.push(line),
            _ => {}
        }
    }
    found
}

/// The instructions of a Dockerfile with continued lines joined, each with where it begins.
fn instructions(text: &str) -> Vec<(usize, String)> {
    let mut all: Vec<(usize, String)> = Vec::new();
    let mut continued = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        let (body, more) = body.strip_suffix('\\').map_or((body, false), |body| (body, true));
        match all.last_mut() {
            Some((_, last)) if continued => {
                last.push(' ');
                last.push_str(body);
            }
            _ => all.push((start, body.to_owned())),
        }
        continued = more;
    }
    all
}

/// What a Dockerfile in a folder of its own is called: by its suffix, else by its folder.
fn name_of(path: &str) -> Option<Name> {
    let file = base_name(path).to_ascii_lowercase();
    let suffix = file
        .strip_prefix("dockerfile")
        .or_else(|| file.strip_prefix("containerfile"))
        .map(|rest| rest.trim_start_matches(['.', '-', '_']))
        .or_else(|| file.strip_suffix(".dockerfile"))
        .unwrap_or_default();
    if !suffix.is_empty() && !VARIANTS.contains(&suffix) {
        return Some(suffix.into());
    }
    let folder = base_name(folder_of(path));
    let meaningful =
        !matches!(folder, "." | "docker" | "build" | "deploy" | "deployment" | "ci" | "builders" | "images");
    meaningful.then(|| folder.into())
}

/// Dockerfiles that nothing deploys by name are deployments by themselves, unless they stand aside.
pub(super) fn deployments(found: &mut Found) {
    for (at, dockerfile) in found.dockerfiles.iter().enumerate() {
        let folder = folder_of(&dockerfile.path);
        if is_aside(folder) || found.deployments.iter().any(|deployment| deployment.dockerfile == Some(at)) {
            continue;
        }
        let Some(name) = name_of(&dockerfile.path).or_else(|| (folder == ".").then(|| Name::from("."))) else {
            continue;
        };
        let evidence = Evidence {
            kind: EvidenceKind::Dockerfile,
            text: format!("`{}` builds an image", dockerfile.path),
            place: Some(dockerfile.place),
        };
        if let Some(server) = server_of(dockerfile, &name, folder, folder, evidence.clone()) {
            if !found.servers.iter().any(|known| known.scripts == server.scripts) {
                found.servers.push(server);
            }
            continue;
        }
        let plain = base_name(&dockerfile.path).eq_ignore_ascii_case("dockerfile");
        found.deployments.push(Deployment {
            folder: plain.then(|| folder.to_owned()),
            dockerfile: Some(at),
            image: None,
            words: Vec::new(),
            environment: Vec::new(),
            depends_on: Vec::new(),
            scope: folder.to_owned(),
            evidence,
            name,
        });
    }
}

/// The database server that a Dockerfile makes, if it stands on a database's image.
pub(super) fn server_of(
    dockerfile: &Dockerfile,
    name: &str,
    context: &str,
    scope: &str,
    evidence: Evidence,
) -> Option<Server> {
    let dialect = dialect_of_image(&dockerfile.base)?;
    let scripts =
        dockerfile.copies.iter().filter(|(_, to, _)| to.starts_with(INIT_FOLDER)).filter_map(|(from, _, span)| {
            let path = joined(context, without_pattern(from))?;
            let place = Place { file: dockerfile.place.file, span: *span };
            let text = format!("`{}` copies `{from}` to where the database's image runs it", dockerfile.path);
            Some((path, Evidence { kind: EvidenceKind::Dockerfile, text, place: Some(place) }))
        });
    Some(Server {
        name: name.into(),
        scope: scope.to_owned(),
        dialect,
        database: None,
        ports: Vec::new(),
        scripts: scripts.collect(),
        evidence,
    })
}

/// The evidence that a file's line deploys something.
pub(super) fn deployed(kind: EvidenceKind, text: String, file: FileId, span: Span) -> Evidence {
    evidence(kind, text, file, span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_copies_and_commands_are_read() {
        let text = "FROM rust AS build\nRUN cargo build \\\n  # a comment\n  --bin orders\nFROM debian\nCOPY --from=build /x /x\nCOPY db/a.sql db/b.sql /docker-entrypoint-initdb.d/\nCMD [\"./orders\"]\n";
        let found = dockerfile("Dockerfile", FileId(0), text);
        assert_eq!(found.base, "debian");
        assert_eq!(found.copies.len(), 2);
        assert!(found.lines[0].contains("--bin orders"));
        let alias = dockerfile("Dockerfile", FileId(0), "FROM postgres:16 AS db\nFROM db\n");
        assert_eq!(dialect_of_image(&alias.base), Some(crate::vocabulary::Dialect::Postgres));
    }

    #[test]
    fn a_dockerfile_is_named_by_suffix_or_folder() {
        for (path, name) in [
            ("services/orders/Dockerfile", Some("orders")),
            ("docker/Dockerfile-barista", Some("barista")),
            ("orders.Dockerfile", Some("orders")),
            ("services/orders/Dockerfile.dev", Some("orders")),
            ("Dockerfile", None),
            ("docker/Dockerfile", None),
        ] {
            assert_eq!(name_of(path).as_deref(), name, "{path}");
        }
    }
}
