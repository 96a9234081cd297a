//! Paths in a config: relative to the root, with `/`, in it, and there.

use crate::config::Declared;
use crate::config::values::{Reader, Value};
use crate::source::Sources;

/// The folders and files of a `paths` or `migrations`, without a trailing `/`; `.` for the root.
pub(super) fn read_paths(reader: &mut Reader<'_>, sources: &dyn Sources, value: &Value<'_>) -> Vec<Declared<String>> {
    let mut paths = Vec::new();
    for written in reader.strings(value, "a path") {
        match normalise(&written.value) {
            Err(why) => {
                let help = "write it relative to the root, such as `services/orders`";
                reader.problem(written.origin.span, format!("the path `{}` {why}", written.value), help);
            }
            Ok(path) if !sources.exists(&path) => {
                let help = "write the path of a folder or file that exists, relative to the root";
                reader.problem(written.origin.span, format!("the path `{}` does not exist", written.value), help);
            }
            Ok(path) => paths.push(Declared { value: path, origin: written.origin }),
        }
    }
    paths
}

/// The path without `.`, doubled or trailing slashes; the error says why it is no path in the root.
pub(super) fn normalise(written: &str) -> Result<String, &'static str> {
    let slashed = written.replace('\\', "/");
    let bytes = slashed.as_bytes();
    if slashed.starts_with('/') || slashed.starts_with('~') || (bytes.len() > 1 && bytes[1] == b':') {
        return Err("is absolute");
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in slashed.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err("leads out of the root");
                }
            }
            part if part.contains(['*', '?']) => return Err("is a glob, and paths are taken as they stand"),
            part => parts.push(part),
        }
    }
    Ok(if parts.is_empty() { ".".into() } else { parts.join("/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_and_kept_in_the_root() {
        assert_eq!(normalise("./a//b/").as_deref(), Ok("a/b"));
        assert_eq!(normalise("a\\b").as_deref(), Ok("a/b"));
        assert_eq!(normalise("a/../b").as_deref(), Ok("b"));
        assert_eq!(normalise(".").as_deref(), Ok("."));
        for path in ["/etc", "../x", "a/../../x", "C:\\x", "~/x", "services/*"] {
            assert!(normalise(path).is_err(), "{path}");
        }
    }
}
