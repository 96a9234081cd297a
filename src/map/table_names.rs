//! What frameworks make of the names of types, and where in the workspace the rest of such a name stands.

use rustc_hash::FxHashMap;

use super::entities::Entity;
use super::program::Program;
use super::types::Ty;
use crate::facts::{FieldFact, Node, NodeId, TextPiece, TypeFact};
use crate::frameworks::{AppRule, Naming, model::BuiltinRule, naming};
use crate::source::FileId;
use crate::vocabulary::{Name, TableName};

impl Program<'_> {
    pub(super) fn conventional(
        &self,
        (file, index): (FileId, u32),
        decl: &TypeFact,
        model: &str,
        naming: Naming,
    ) -> Option<Name> {
        let context = match naming {
            Naming::AppLower => {
                let rule = self.app_rule(file);
                let stated = rule.into_iter().flat_map(|rule| &rule.own_label);
                let mut stated = stated.filter_map(|selector| self.own_text(file, index, decl, selector));
                stated.next().or_else(|| self.app(file))
            }
            Naming::ContextProperty => self.context_property(file, decl),
            _ => None,
        };
        naming::taught_table(naming, model, context.as_deref(), self.taught(file))
    }

    /// The name that a method makes of that of the class which it is asked for
    /// (`def __tablename__(cls): return cls.__name__.lower() + "s"`), on a base too.
    pub(super) fn spelled_by_method(&self, file: FileId, index: u32, methods: &[Name]) -> Option<String> {
        let name = &self.symbols.type_decl(file, index).name;
        self.lineage(&self.own_type(file, index)).iter().find_map(|&(file, index)| {
            let members = self.symbols.members(file, index).iter();
            let mut made = members.map(|&member| self.symbols.function(file, member));
            let value = made.find(|member| methods.contains(&member.name))?.value?;
            self.spelled_name(file, value, name, 0)
        })
    }

    /// What a value makes of a class's name.
    fn spelled_name(&self, file: FileId, node: NodeId, class: &Name, depth: usize) -> Option<String> {
        let facts = self.symbols.file(file).facts;
        let next = |node: NodeId| self.spelled_name(file, node, class, depth + 1);
        match facts.node(node) {
            _ if depth > 16 => None,
            Node::Member { name, .. } if name == "__name__" => Some(class.to_string()),
            Node::Text(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    TextPiece::Literal { text, .. } => Some(text.clone()),
                    TextPiece::Value { node, .. } => next(*node),
                })
                .collect(),
            Node::Concat(parts) => parts.iter().map(|&part| next(part)).collect(),
            Node::Call(call) => {
                let call = &facts.calls[*call as usize];
                let Node::Member { base, name, .. } = facts.node(call.callee) else {
                    let [only] = &call.args[..] else { return None };
                    let called = self.callee(file, call)?.name;
                    return made_of_words(&called, &next(only.value)?);
                };
                match (name.as_str(), &call.args[..]) {
                    ("lower", []) => next(*base).map(|name| name.to_lowercase()),
                    ("upper", []) => next(*base).map(|name| name.to_uppercase()),
                    // A pattern that parts words.
                    ("sub", [_, _, whole]) => next(whole.value).map(|name| naming::snake(&name)),
                    (_, [only]) => made_of_words(name, &next(only.value)?),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What is said of the applications of the framework whose entities a file's language has.
    fn app_rule(&self, file: FileId) -> Option<&AppRule> {
        let language = self.frameworks.language(self.language(file))?;
        language.frameworks.iter().find_map(|&framework| self.frameworks.all[framework].app.as_ref())
    }

    /// The application that a file belongs to: as the nearest folder's configuration says, else like the folder.
    pub(super) fn app(&self, file: FileId) -> Option<String> {
        let path = self.symbols.workspace.path(file);
        let round = path.match_indices('/').rev().map(|(at, _)| &path[..at]);
        if let Some(label) = round.into_iter().find_map(|folder| self.entities.apps.get(folder)) {
            return Some(label.clone());
        }
        let inside = self.app_rule(file).map(|rule| &rule.inside[..]).unwrap_or_default();
        let folders = path.rsplit('/').skip(1);
        folders.into_iter().find(|folder| !inside.iter().any(|name| name == folder)).map(str::to_owned)
    }

    /// Finds the folders of applications, and what each is called (`class ShopConfig(AppConfig): label = "shop"`).
    pub(super) fn find_apps(&mut self) {
        let mut apps = FxHashMap::default();
        for file in self.symbols.file_ids() {
            let types = &self.symbols.file(file).facts.types;
            let Some(rule) = self.app_rule(file).filter(|_| !types.is_empty()) else { continue };
            let Some((folder, _)) = self.symbols.workspace.path(file).rsplit_once('/') else { continue };
            for (index, decl) in (0u32..).zip(types) {
                if decl.bases.is_empty() || !self.derives(&self.own_type(file, index), &rule.base) {
                    continue;
                }
                let label = rule.label.iter().find_map(|selector| self.own_text(file, index, decl, selector));
                if let Some(label) = label.as_deref().and_then(|label| label.rsplit('.').next()) {
                    apps.entry(folder.to_owned()).or_insert_with(|| label.to_owned());
                }
            }
        }
        self.entities.apps = apps;
    }

    /// The table that a framework makes of a model's name that a call is given (`"Order"`, `"shop.Order"`).
    pub(super) fn table_by_convention(&self, file: FileId, name: &str, naming: Naming) -> Option<TableName> {
        let (app, model) = match name.split_once('.') {
            Some((app, model)) => (Some(app.to_owned()), model),
            None => (self.app(file), name),
        };
        // The mapping says more than the convention.
        let mapped = self.entities.list.iter().find(|entity| {
            entity.decl.is_some_and(|(other, index)| {
                self.symbols.type_decl(other, index).name.eq_ignore_ascii_case(model) && self.app(other) == app
            })
        });
        let own = format!("{}.{model}", app.as_deref().unwrap_or_default());
        let builtin = || {
            let mut rules = self.frameworks.all.iter().flat_map(|framework| &framework.builtins);
            let named = |rule: &BuiltinRule| rule.named.iter().any(|named| named.eq_ignore_ascii_case(&own));
            rules.find(|rule| named(rule)).and_then(|rule| TableName::parse(&rule.table))
        };
        match mapped.map(|entity| entity.table.clone()).or_else(builtin).filter(|_| naming == Naming::AppLower) {
            Some(table) => Some(table),
            None => TableName::parse(&naming::table(naming, model, app.as_deref())?),
        }
    }

    /// The property of a context class that holds a set of the type (`DbSet<Order> Orders`).
    pub(super) fn context_property(&self, file: FileId, decl: &TypeFact) -> Option<String> {
        let unit = self.symbols.file(file).unit;
        let mut beside = None;
        for other in self.symbols.file_ids() {
            if !self.symbols.visible(self.symbols.file(other).unit, unit) {
                continue;
            }
            for (index, ty) in (0u32..).zip(&self.symbols.file(other).facts.types) {
                let of_set = |field: &&FieldFact| {
                    field.ty.as_ref().is_some_and(|ty| {
                        ty.path.last().is_some_and(|name| name == "DbSet")
                            && ty.args.first().is_some_and(|arg| arg.path.last() == Some(&decl.name))
                    })
                };
                // A field of a repository only keeps what a context gave it.
                let Some(field) = ty.fields.iter().find(of_set) else { continue };
                if self.is_context((other, index)) {
                    return Some(field.name.to_string());
                }
                if field.name.starts_with(char::is_uppercase) {
                    beside.get_or_insert_with(|| field.name.to_string());
                }
            }
        }
        beside
    }

    /// The nearest supertype that is an entity by whatever rule.
    pub(super) fn nearest_entity(&self, file: FileId, index: u32) -> Option<Entity> {
        let own = self.symbols.parts(file, index);
        let above = self.lineage(&Ty { decls: vec![(file, index)], ..Ty::default() });
        above.iter().copied().filter(|part| !own.contains(part)).find_map(|(file, index)| {
            let decl = self.symbols.type_decl(file, index);
            self.entity_rule(file, index, decl).map(|(entity, _)| entity)
        })
    }

    /// A type declared inside another (`class Meta` in a Django model).
    pub(super) fn nested(&self, file: FileId, decl: &TypeFact, name: &str) -> Option<Ty> {
        let facts = self.symbols.file(file).facts;
        let inside = |other: &TypeFact| {
            other.name == name
                && other.scope.split_last().is_some_and(|(last, outer)| *last == decl.name && outer == decl.scope)
        };
        let index = facts.types.iter().position(inside)?;
        Some(Ty { decls: vec![(file, u32::try_from(index).ok()?)], ..Ty::default() })
    }
}

/// What a function of that name makes of a word.
fn made_of_words(function: &str, word: &str) -> Option<String> {
    if function.contains("snake") || function.contains("underscore") {
        return Some(naming::snake(word));
    }
    (function.contains("plural")).then(|| naming::plural(word))
}

/// A table's name that may be followed by an alias (`orders as o`, `orders o`).
pub(super) fn table_with_alias(text: &str) -> Option<TableName> {
    let text = text.trim();
    let name = text.split_whitespace().next().unwrap_or_default();
    if name.contains(crate::sql::HOLE) || name.contains('(') {
        return None;
    }
    let mut words = text.split_whitespace();
    let first = words.next()?;
    let quoted = text.starts_with(['"', '`', '[']);
    let rest: Vec<&str> = words.collect();
    match rest[..] {
        [] => TableName::parse(text),
        _ if quoted => TableName::parse(text),
        [word, _] if word.eq_ignore_ascii_case("as") => TableName::parse(first),
        [_] => TableName::parse(first),
        // `lines l ON l.order_id = o.id`: a join as builders take it.
        _ if rest.iter().take(3).any(|word| word.eq_ignore_ascii_case("on") || word.eq_ignore_ascii_case("using")) => {
            TableName::parse(first)
        }
        _ => None,
    }
}
