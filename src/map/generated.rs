//! What is generated for tables and is not in the sources: constants that name one, types that are named after one.

use super::entities::Entity;
use super::program::{Program, Uses};
use super::types::Ty;
use crate::facts::{Node, NodeId, TextPiece};
use crate::frameworks::{CallRule, model, naming};
use crate::source::{FileId, Place};
use crate::vocabulary::{Name, TableName};

impl Program<'_> {
    /// The table that a generated constant is named after (`ORDER_LINE`, `ORDER_LINE.as("l")`), where what generates
    /// it leaves nothing in the sources.
    pub(super) fn generated(&self, file: FileId, node: NodeId, rule: &CallRule) -> Option<(TableName, Place)> {
        let naming = rule.generated?;
        let facts = self.symbols.file(file).facts;
        let mut at = node;
        for _ in 0..16 {
            match facts.node(at) {
                Node::Typed { value: Some(value), .. } => at = *value,
                Node::Text(pieces) => match &pieces[..] {
                    [TextPiece::Value { node, .. }] => at = *node,
                    _ => return None,
                },
                Node::Call(call) => match facts.node(facts.calls[*call as usize].callee) {
                    Node::Member { base, .. } => at = *base,
                    _ => return None,
                },
                Node::Name { span, .. } | Node::Member { span, .. } => {
                    let path = self.path_of(file, at)?;
                    let name = path.last().filter(|name| is_constant(name))?;
                    let known = self.symbols.resolve_in(file, self.function_of(file, at), &path);
                    let table = naming::table(naming, name, None)?;
                    let place = Place { file, span: *span };
                    return known.defs.is_empty().then(|| (TableName::bare(table), place));
                }
                _ => return None,
            }
        }
        None
    }

    /// The table that a generated type is named after (`tables.records.AuthorRecord`), or that of what it holds.
    pub(super) fn generated_type(&self, file: FileId, ty: &Ty) -> Option<Entity> {
        let language = self.frameworks.language(self.language(file))?;
        // The nearest thing to a mapping is where the type is named.
        let imports = &self.symbols.file(file).facts.imports;
        let named = imports.iter().find(|import| import.path.last().is_some_and(|last| last == ty.name()));
        let place = Place { file, span: named.map(|import| import.span).unwrap_or_default() };
        language.frameworks.iter().find_map(|&framework| {
            let rules = &self.frameworks.all[framework].generated;
            if rules.is_empty() || self.uses(file, framework) == Uses::No {
                return None;
            }
            let name = rules.iter().find_map(|rule| {
                let made = rule.types.iter().find_map(|pattern| made_of(ty, pattern, 0))?;
                naming::table(rule.naming, &made, None)
            })?;
            Some(Entity { by_convention: true, ..Entity::named(TableName::bare(name), place, framework) })
        })
    }
}

/// What stands for `*` in the type's name, where its path is what the pattern says.
fn made_of(ty: &Ty, pattern: &str, depth: usize) -> Option<String> {
    let wanted = model::segments(pattern);
    let (last, before) = wanted.split_last()?;
    let (prefix, suffix) = last.split_once('*')?;
    let fits = |path: &Vec<Name>| {
        let (own, folders) = path.split_last()?;
        let made = own.strip_prefix(prefix)?.strip_suffix(suffix).filter(|made| !made.is_empty())?;
        folders.ends_with(before).then(|| made.to_owned())
    };
    let own = ty.decls.is_empty().then(|| std::iter::once(&ty.path).chain(&ty.others).find_map(fits)).flatten();
    own.or_else(|| ty.args.iter().filter(|_| depth < 4).find_map(|arg| made_of(arg, pattern, depth + 1)))
}

/// Whether a name is spelt as constants are: `ORDER_LINE`.
fn is_constant(name: &str) -> bool {
    name.len() > 1
        && name.chars().any(|ch| ch.is_ascii_uppercase())
        && name.chars().all(|ch| ch.is_ascii_uppercase() || ch.is_ascii_digit() || ch == '_')
}
