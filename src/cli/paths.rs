//! Paths of the command line as paths of the workspace.

use std::path::{Component, Path, PathBuf};

use crate::cli::errors::Trouble;
use crate::source::{FileId, lies_in};
use crate::workspace::Workspace;

/// The part of the workspace that is reported.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Folders and files, relative to the root; empty for all.
    paths: Vec<String>,
}

impl Selection {
    /// What `paths` select. Each has to hold a file of the workspace.
    pub fn new(workspace: &Workspace, paths: &[PathBuf]) -> Result<Self, Trouble> {
        let mut selected = Vec::new();
        for path in paths {
            let inside = relative(&workspace.root, path)?;
            if inside.is_empty() {
                return Ok(Self::default());
            }
            if !workspace.files.iter().any(|file| lies_in(&file.path, &inside)) {
                let skipped =
                    workspace.skipped.iter().find(|skipped| lies_in(&inside, skipped.path.trim_end_matches('/')));
                let help = match skipped {
                    Some(skipped) => format!("`{}` is not read: {}", skipped.path, skipped.reason.text()),
                    None => "paths are relative to the current folder".into(),
                };
                return Err(Trouble::new(format!("`{}` holds no file that is read", path.display())).help(help));
            }
            selected.push(inside);
        }
        Ok(Self { paths: selected })
    }

    /// Whether everything is selected.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.paths.is_empty()
    }

    /// Whether the file is selected.
    #[must_use]
    pub fn holds(&self, workspace: &Workspace, file: FileId) -> bool {
        self.is_whole() || self.paths.iter().any(|path| lies_in(workspace.path(file), path))
    }
}

/// The path of a config as the session wants it: relative to the root, or absolute if it lies elsewhere.
pub fn of_config(root: &Path, config: &Path) -> Result<String, Trouble> {
    let absolute = config.canonicalize().map_err(|error| Trouble::path(config, &error))?;
    let inside = absolute.strip_prefix(root).ok().map(slashed);
    Ok(inside.unwrap_or_else(|| absolute.to_string_lossy().into_owned()))
}

/// `path`, given relative to the current folder, relative to the root; empty for the root itself.
pub fn relative(root: &Path, path: &Path) -> Result<String, Trouble> {
    // A file that is gone, or not saved yet, can still be named, as far as its folder exists.
    let gone = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    let absolute = match path.canonicalize() {
        Ok(absolute) => absolute,
        Err(error) if gone().is_none() => {
            let help = "paths are relative to the current folder";
            return Err(Trouble::path(path, &error).help(help));
        }
        Err(_) => gone().unwrap_or_default(),
    };
    match absolute.strip_prefix(root) {
        Ok(inside) => Ok(slashed(inside)),
        Err(_) => Err(Trouble::new(format!("`{}` lies outside of the root `{}`", path.display(), root.display()))
            .help("name another root with `--root DIR`")),
    }
}

fn slashed(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_only_begins_alike_lies_elsewhere() {
        assert!(lies_in("a/b.rs", "a"));
        assert!(lies_in("a/b.rs", "a/b.rs"));
        assert!(!lies_in("ab/c.rs", "a"));
    }
}
