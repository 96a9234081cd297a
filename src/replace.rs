//! Replacing a file whole or not at all: whoever reads it, and whenever this program is killed, there is
//! the old text or the new one.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

const PREFIX: &str = ".bailiwick-";
const SUFFIX: &str = ".tmp";

/// So often another run may take what is being written for a killed run's.
const MOST_TRIES: usize = 3;

/// Writes `text` to `path`: beside it first, then in its place in one step. What a killed run left beside it goes.
///
/// # Errors
/// What the system said. The old file is still there then.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link stays a link: what it leads to is replaced.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    clear(folder);
    let mut tries = 1;
    loop {
        match write(folder, &target, text) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && tries < MOST_TRIES => tries += 1,
            answer => return answer,
        }
    }
}

fn write(folder: &Path, target: &Path, text: &str) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    builder.permissions(permissions(target));
    let mut file = builder.tempfile_in(folder)?;
    // The lock says that somebody is at work on it; where there are none, nobody takes anything away either.
    let _ = file.as_file().lock();
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// Takes away what killed runs left in the folder: files of our name that nobody is at work on.
fn clear(folder: &Path) {
    let ours = |name: &str| {
        let random = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
        random.is_some_and(|random| random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    let Ok(entries) = folder.read_dir() else { return };
    for entry in entries.flatten() {
        let plain = entry.file_type().is_ok_and(|kind| kind.is_file());
        if plain && entry.file_name().to_str().is_some_and(ours) && is_left(&entry.path()) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn is_left(path: &Path) -> bool {
    OpenOptions::new().write(true).open(path).and_then(|file: File| Ok(file.try_lock()?)).is_ok()
}

/// Those of the file that is replaced; for a new one what every new file gets.
#[cfg(unix)]
fn permissions(target: &Path) -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    let known = target.metadata().map(|metadata| metadata.permissions());
    known.unwrap_or_else(|_| std::fs::Permissions::from_mode(0o666))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test looks at what was written")]
    fn the_new_text_stands_in_the_place_of_the_old_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        replace(&path, "one").unwrap();
        replace(&path, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test looks at what was written")]
    fn what_a_killed_run_left_goes_with_the_next_write_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in
            [".bailiwick-a1B2c3.tmp", ".bailiwick-d4E5f6.tmp", ".bailiwick-notes.tmp.md", ".bailiwick-of-mine.tmp"]
        {
            std::fs::write(at(name), "half a te").unwrap();
        }
        let at_work = File::open(at(".bailiwick-d4E5f6.tmp")).unwrap();
        at_work.lock().unwrap();
        replace(&at("a.json"), "one").unwrap();
        let mut left: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let kept = [".bailiwick-d4E5f6.tmp", ".bailiwick-notes.tmp.md", ".bailiwick-of-mine.tmp", "a.json"];
        assert_eq!(left, kept);
    }
}
