//! Which files a path in the source names: read in, embedded, run as a script.

use super::program::Program;
use crate::facts::{Node, NodeId};
use crate::source::{FileId, Language};

/// The file that `path` names in `file`: relative to its folder, else to a folder above it.
pub(super) fn included_file(program: &Program<'_>, file: FileId, path: &str) -> Option<FileId> {
    let path = path.strip_prefix("classpath:").or_else(|| path.strip_prefix("file:")).unwrap_or(path);
    let resource = format!("src/main/resources/{path}");
    below_a_folder(program, file, path).or_else(|| below_a_folder(program, file, &resource))
}

fn below_a_folder(program: &Program<'_>, file: FileId, path: &str) -> Option<FileId> {
    let own = program.symbols.workspace.path(file);
    let mut folder: Vec<&str> = own.split('/').collect();
    folder.pop();
    loop {
        if let Some(found) = program.symbols.workspace.file_id(&joined(&folder, path)) {
            return Some(found);
        }
        folder.pop()?;
    }
}

/// `path` as seen from the folder of these names.
fn joined(folder: &[&str], path: &str) -> String {
    let mut parts = folder.to_vec();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The path that a value says: a text, or the known ones of what a call puts together (`Path.Combine(root, "Sql", "a.sql")`).
pub(super) fn path_text(program: &Program<'_>, file: FileId, node: NodeId) -> Option<String> {
    if let Some(text) = program.known_text(file, node) {
        return Some(text);
    }
    let Node::Call(call) = program.symbols.file(file).facts.node(node) else { return None };
    let args = &program.call((file, *call)).args;
    let parts: Vec<String> = args.iter().filter_map(|arg| program.known_text(file, arg.value)).collect();
    // What stands behind the name of a file only says from where it counts: `new URL("./a.sql", import.meta.url)`.
    let last = args.last().is_some_and(|arg| program.known_text(file, arg.value).is_some());
    let whole = last || parts.last().is_some_and(|part| part.ends_with(".sql"));
    (whole && args.len() > 1).then(|| parts.join("/"))
}

/// The file that was embedded under a name of words (`Shop.Data.Sql.orders.sql`): what stands before the folders is
/// the assembly's own name.
pub(super) fn embedded_resource(program: &Program<'_>, file: FileId, name: &str) -> Option<FileId> {
    let words: Vec<&str> = name.split('.').collect();
    let (folders, own) = words.split_at_checked(words.len().checked_sub(2)?)?;
    (0..folders.len()).find_map(|from| {
        let path = folders[from..].iter().copied().chain([own.join(".").as_str()]).collect::<Vec<_>>().join("/");
        included_file(program, file, &path)
    })
}

/// The files in the folder that `path` names that may hold SQL or a changelog, sorted.
pub(super) fn included_folder(program: &Program<'_>, file: FileId, path: &str) -> Vec<FileId> {
    let workspace = program.symbols.workspace;
    let mut folder: Vec<&str> = workspace.path(file).split('/').collect();
    while folder.pop().is_some() {
        let folder = joined(&folder, path);
        let of_folder = |(_, file): &(FileId, &crate::workspace::SourceFile)| {
            !folder.is_empty()
                && matches!(file.language, Language::Sql | Language::Xml | Language::Yaml | Language::Json)
        };
        let found: Vec<FileId> = workspace.files_in(&folder).filter(of_folder).map(|(id, _)| id).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}
