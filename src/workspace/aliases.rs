//! Other names for paths of modules: `paths` of a `tsconfig.json`, `imports` of a `package.json`.

use super::document::{self, Node};
use super::tree::{Tree, joined};
use crate::source::Language;
use crate::vocabulary::Name;

/// A name that specifiers may begin with in the files of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The folder, without a slash at its end; empty for the root.
    pub folder: Name,
    /// The name: `@server/` for `@server/*`, the whole specifier where nothing follows.
    pub from: Name,
    /// The path that it stands for, from the root.
    pub to: Name,
}

/// All aliases: those of the deepest folders first, the longest names first.
pub(super) fn all(tree: &Tree<'_>) -> Vec<Alias> {
    let mut found = Vec::new();
    let configs = ["tsconfig.json", "tsconfig.base.json", "jsconfig.json"].map(|name| tree.named(name)).concat();
    for file in configs {
        let text = tree.text(file).map(|text| plain(&text)).unwrap_or_default();
        let Some(document) = document::parse(&text, Language::Json).0.into_iter().next() else { continue };
        let folder = tree.folder(file);
        let base = document.text_at(&["compilerOptions", "baseUrl"]).and_then(|base| joined(folder, base));
        let base = base.unwrap_or_else(|| folder.to_owned());
        add(folder, &base, document.at(&["compilerOptions", "paths"]), &mut found);
    }
    for &file in tree.named("package.json") {
        let Some(document) = tree.documents(file).into_iter().next() else { continue };
        let folder = tree.folder(file);
        add(folder, folder, document.get("imports"), &mut found);
    }
    found.sort_by(|a, b| b.folder.len().cmp(&a.folder.len()).then(b.from.len().cmp(&a.from.len())));
    found
}

/// The aliases of one file: each stands for the first of its paths.
fn add(folder: &str, base: &str, paths: Option<&Node>, found: &mut Vec<Alias>) {
    let root = |path: &str| if path == "." { Name::default() } else { Name::from(path) };
    for (key, targets) in paths.map(Node::entries).unwrap_or_default() {
        let stated = targets.texts().first().map(|(target, _)| (*target).to_owned());
        // `{ "types": …, "default": "./src/db.js" }`
        let nested = || targets.entries().iter().rev().find_map(|(_, node)| node.text().map(str::to_owned));
        let Some(target) = stated.or_else(nested) else { continue };
        let target = target.split('*').next().unwrap_or_default();
        if let Some(to) = joined(base, target) {
            let from = Name::from(key.text.split('*').next().unwrap_or_default());
            found.push(Alias { folder: root(folder), from, to: root(&to) });
        }
    }
}

/// The text without the comments and the commas before a closing sign that such files may have.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match (letter, rest.peek()) {
            ('"', _) => {
                out.push(letter);
                while let Some(inner) = rest.next() {
                    out.push(inner);
                    if inner == '\\' {
                        out.extend(rest.next());
                    } else if inner == '"' {
                        break;
                    }
                }
            }
            ('/', Some('/')) => while rest.next_if(|inner| *inner != '\n').is_some() {},
            ('/', Some('*')) => {
                let mut before = ' ';
                for inner in rest.by_ref() {
                    if (before, inner) == ('*', '/') {
                        break;
                    }
                    before = inner;
                }
            }
            ('}' | ']', _) => {
                let end = out.trim_end().strip_suffix(',').map(str::len);
                out.truncate(end.unwrap_or(out.len()));
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn comments_and_last_commas_go() {
        let text = "{ // one, \n \"a/*\": [\"b//c\", ], /* two */ }";
        assert_eq!(plain(text), "{ \n \"a/*\": [\"b//c\"]}");
    }
}
