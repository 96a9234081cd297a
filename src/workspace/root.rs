//! Where a run stands: the root that all paths are relative to.
#![expect(clippy::disallowed_methods, reason = "a config is looked for upward, outside of any tree that is walked yet")]

use std::fs;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::config;

/// The root for a run in the folder `here` that was given `start` (the first path on the command line,
/// or `here` itself): the nearest folder upward from `start` whose `bailiwick.toml` is no service's own,
/// else the top of the git repository, else `here`. Where `start` does not lie in `here` it stands for
/// itself or, if it is a file, its folder does.
#[must_use]
pub fn find(start: &Path, here: &Path) -> PathBuf {
    // A path that does not exist is told of later; until then its nearest folder that does will do.
    let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_path_buf());
    let there = absolute.ancestors().find_map(|path| path.canonicalize().ok());
    let start = there.unwrap_or(absolute);
    let folder = if start.is_dir() { start.as_path() } else { start.parent().unwrap_or(&start) };
    let configured = folder.ancestors().find(|folder| is_root_config(&folder.join(config::FILE_NAME)));
    let repository = || folder.ancestors().find(|folder| folder.join(".git").exists());
    let here = here.canonicalize().ok();
    let around = || here.as_deref().filter(|here| folder.starts_with(here));
    configured.or_else(repository).or_else(around).unwrap_or(folder).to_path_buf()
}

/// The way from the top of the git repository down to `root`: empty, or a path that ends in `/`. Whoever shows
/// findings beside the repository's files names these from its top.
#[must_use]
pub fn below_repository(root: &Path) -> String {
    let Some(top) = root.ancestors().find(|folder| folder.join(".git").exists()) else { return String::new() };
    let inside = root.strip_prefix(top).unwrap_or(Path::new(""));
    inside.components().map(|part| format!("{}/", part.as_os_str().to_string_lossy())).collect()
}

/// Whether there is a config at `path` that speaks for a whole tree. One that cannot be read as TOML
/// counts: its problems are to be told, not passed over.
fn is_root_config(path: &Path) -> bool {
    let Ok(text) = fs::read_to_string(path) else { return path.is_file() };
    let (document, _) = DeTable::parse_recoverable(&text);
    !document.get_ref().contains_key("service")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_services_own_file_is_no_root() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("services/orders/src")).unwrap();
        fs::write(root.join("bailiwick.toml"), "").unwrap();
        fs::write(root.join("services/orders/bailiwick.toml"), "service = \"orders\"\n").unwrap();
        fs::write(root.join("services/orders/src/main.rs"), "").unwrap();
        assert_eq!(find(&root.join("services/orders/src"), &root), root);
        assert_eq!(find(&root.join("services/orders/src/main.rs"), &root), root);
    }

    #[test]
    fn a_path_that_does_not_exist_still_has_a_root() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("services")).unwrap();
        fs::write(root.join("bailiwick.toml"), "").unwrap();
        assert_eq!(find(&root.join("services/nowhere/at/all"), &root), root);
    }

    #[test]
    fn else_the_repository_else_here() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        let (start, elsewhere) = (root.join("a/b"), tempfile::tempdir().unwrap());
        assert_eq!(find(&start, &root.join("a")), root.join("a"));
        assert_eq!(find(&start, &start), start);
        assert_eq!(find(&start, elsewhere.path()), start);
        assert_eq!(below_repository(&start), "");
        fs::create_dir(root.join(".git")).unwrap();
        assert_eq!(find(&start, &root.join("a")), root);
        assert_eq!((below_repository(&root).as_str(), below_repository(&start).as_str()), ("", "a/b/"));
    }
}
