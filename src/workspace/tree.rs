//! The listed files as discovery sees them: by name, by folder, with their text.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::source::{FileId, Language, Place, Sources, Span};
use crate::vocabulary::Context;
use crate::workspace::document::{self, Node};
use crate::workspace::{Evidence, EvidenceKind, Problem, SourceFile, text};

/// Manifests and settings larger than this are data, not settings.
const SIZE_LIMIT: u64 = 512 * 1024;

/// Folders of what is shown or tried, not deployed.
const SIDE_FOLDERS: &[&str] = &[
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "doc",
    "docs",
    "tutorial",
    "tutorials",
    ".github",
    ".gitlab",
    ".circleci",
    ".devcontainer",
    ".vscode",
    "scripts",
    "hack",
    "tools",
    "tool",
    "xtask",
    "fuzz",
    "third_party",
    "thirdparty",
];

/// The files of a workspace with what discovery needs of them.
pub(super) struct Tree<'a> {
    pub(super) sources: &'a dyn Sources,
    pub(super) files: &'a [SourceFile],
    by_name: FxHashMap<String, Vec<FileId>>,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(sources: &'a dyn Sources, files: &'a [SourceFile]) -> Self {
        let mut by_name: FxHashMap<String, Vec<FileId>> = FxHashMap::default();
        for (id, file) in (0u32..).map(FileId).zip(files) {
            by_name.entry(base_name(&file.path).to_ascii_lowercase()).or_default().push(id);
        }
        Self { sources, files, by_name, problems: RefCell::default() }
    }

    pub(super) fn path(&self, id: FileId) -> &'a str {
        self.files.get(id.0 as usize).map_or("", |file| file.path.as_str())
    }

    /// The folder of a file; `.` for the root.
    pub(super) fn folder(&self, id: FileId) -> &'a str {
        folder_of(self.path(id))
    }

    /// The files of that name, without case, in the order of their paths.
    pub(super) fn named(&self, name: &str) -> &[FileId] {
        self.by_name.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The files whose lower-case name `wanted` takes, in the order of their paths.
    pub(super) fn with_name(&self, wanted: impl Fn(&str) -> bool) -> Vec<FileId> {
        let mut found: Vec<FileId> =
            self.by_name.iter().filter(|(name, _)| wanted(name)).flat_map(|(_, ids)| ids.iter().copied()).collect();
        found.sort_unstable();
        found
    }

    /// The file at exactly that path.
    pub(super) fn file_at(&self, path: &str) -> Option<FileId> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        u32::try_from(at).ok().map(FileId)
    }

    /// The file at that path, without case.
    pub(super) fn file_like(&self, path: &str) -> Option<FileId> {
        self.file_at(path).or_else(|| {
            let ids = self.named(base_name(path));
            ids.iter().copied().find(|id| self.path(*id).eq_ignore_ascii_case(path))
        })
    }

    /// Every file below a folder.
    pub(super) fn below(&self, folder: &str) -> impl Iterator<Item = (FileId, &'a SourceFile)> + use<'a> {
        let (start, prefix) = if folder == "." {
            (0, String::new())
        } else {
            let prefix = format!("{folder}/");
            (self.files.partition_point(|file| file.path.as_str() < prefix.as_str()), prefix)
        };
        let ids = (u32::try_from(start).unwrap_or(u32::MAX)..).map(FileId);
        ids.zip(&self.files[start..]).take_while(move |(_, file)| file.path.starts_with(&prefix))
    }

    /// Whether there is something below that folder.
    pub(super) fn has_folder(&self, folder: &str) -> bool {
        self.below(folder).next().is_some()
    }

    /// Whether source code of some language lies below the folder.
    pub(super) fn has_source(&self, folder: &str) -> bool {
        self.below(folder).any(|(_, file)| is_source(file.language) && file.context == Context::Code)
    }

    /// The text of a manifest or settings file; `None` if it cannot be read or is too large to be one.
    pub(super) fn text(&self, id: FileId) -> Option<String> {
        let file = self.files.get(id.0 as usize)?;
        if file.size > SIZE_LIMIT {
            return None;
        }
        text::read(self.sources, &file.path).ok().map(|source| source.text)
    }

    /// The documents of a file. What is wrong with it becomes a problem of the workspace.
    pub(super) fn documents(&self, id: FileId) -> Vec<Node> {
        let Some(file) = self.files.get(id.0 as usize) else { return Vec::new() };
        let Some(text) = self.text(id) else { return Vec::new() };
        let (documents, error) = document::parse(&text, file.language);
        if let Some(error) = error {
            self.problem(Place { file: id, span: error.span }, error.message);
        }
        documents
    }

    pub(super) fn problem(&self, place: Place, message: impl Into<String>) {
        let problem = Problem { place, message: message.into() };
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort();
        problems
    }
}

/// Evidence of a kind, at a place.
pub(super) fn evidence(kind: EvidenceKind, text: impl Into<String>, file: FileId, span: Span) -> Evidence {
    Evidence { kind, text: text.into(), place: Some(Place { file, span }) }
}

/// The last part of a path.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder round a path; `.` at the root.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// `relative` as seen from `folder`, normalised; `None` if it leads out of the root or is absolute.
pub(super) fn joined(folder: &str, relative: &str) -> Option<String> {
    let relative = relative.replace('\\', "/");
    if relative.starts_with('/') || relative.contains(':') || relative.starts_with('~') {
        return None;
    }
    let mut parts: Vec<&str> = if folder == "." { Vec::new() } else { folder.split('/').collect() };
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

/// Whether a path lies among what is shown, tried or tested rather than deployed.
pub(super) fn is_aside(path: &str) -> bool {
    // A template of a project is none yet.
    if path.contains("{{") || path.contains("{%") {
        return true;
    }
    path.split('/').any(|part| {
        let part = part.to_ascii_lowercase();
        SIDE_FOLDERS.contains(&part.as_str())
    }) || crate::workspace::context::of_path(&format!("{path}/x"), Language::Other) == Context::Test
}

/// Whether programs are written in it.
pub(super) fn is_source(language: Language) -> bool {
    matches!(
        language,
        Language::Rust
            | Language::Java
            | Language::Kotlin
            | Language::Scala
            | Language::CSharp
            | Language::Go
            | Language::Python
            | Language::TypeScript
            | Language::JavaScript
            | Language::Ruby
            | Language::Php
            | Language::Elixir
    )
}
