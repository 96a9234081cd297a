//! Types of frameworks' own that stand for tables, and those that a service puts in their place.

use super::entities::Entity;
use super::matching::Callee;
use super::program::{Program, Uses};
use super::symbols::Def;
use super::types::Ty;
use crate::frameworks::model::{self, BuiltinRule};
use crate::source::{FileId, Place, Span};
use crate::vocabulary::{Name, TableName};

impl Program<'_> {
    /// Enters the types of frameworks' own that stand for tables, where some file uses the framework.
    pub(super) fn find_builtins(&mut self) {
        for number in 0..self.frameworks.all.len() {
            if self.frameworks.all[number].builtins.is_empty() {
                continue;
            }
            let uses = |file: &FileId| {
                let language = self.frameworks.language(self.language(*file));
                language.is_some_and(|language| language.frameworks.contains(&number))
                    && match self.frameworks.all[number].imports[..] {
                        [] => self.uses(*file, number) != Uses::No,
                        _ => self.uses(*file, number) == Uses::File,
                    }
            };
            let Some(file) = self.symbols.file_ids().into_iter().find(uses) else { continue };
            let place = Place { file, span: Span::default() };
            let tables = self.frameworks.all[number].builtins.iter();
            let tables = tables.filter_map(|rule| Some((rule.ty.clone(), TableName::parse(&rule.table)?)));
            let entities: Vec<_> = tables.map(|(paths, table)| (paths, Entity::named(table, place, number))).collect();
            for (paths, entity) in entities {
                let at = self.entities.list.len();
                self.entities.list.push(Entity { builtin: true, by_convention: true, ..entity });
                let paths = paths.into_iter().map(|path| Name::from(model::segments(&path).join(".")));
                self.entities.builtins.extend(paths.map(|path| (path, at)));
            }
        }
    }

    /// The entity that a type of a framework's own is.
    pub(super) fn builtin_entity(&self, ty: &Ty) -> Option<usize> {
        if self.entities.builtins.is_empty() || !ty.decls.is_empty() || ty.path.len() < 2 {
            return None;
        }
        self.entities.builtins.get(&Name::from(ty.path.join("."))).copied()
    }

    /// Whether a path that nothing here declares is that of a type of a framework's own.
    pub(super) fn is_builtin(&self, path: &[Name]) -> bool {
        !self.entities.builtins.is_empty()
            && path.len() > 1
            && self.entities.builtins.contains_key(&Name::from(path.join(".")))
    }

    /// The type that a service puts in the place of the framework's own which a path names.
    pub(super) fn builtin_replaced(&self, file: FileId, path: &[Name]) -> Option<Ty> {
        if self.entities.builtins.is_empty() || path.len() < 2 {
            return None;
        }
        let path = Name::from(path.join("."));
        let rule = self.builtin_rule(file, |rule| rule.ty.contains(&path))?;
        self.stated_type(file, rule)
    }

    /// The type that a function of the framework gives (`get_user_model()`).
    pub(super) fn builtin_result(&self, file: FileId, callee: &Callee) -> Option<Ty> {
        let path = callee.path.as_ref().filter(|_| !self.entities.builtins.is_empty())?;
        let named = |rule: &BuiltinRule| rule.function.iter().any(|name| model::last_segment(name) == callee.name);
        let rule = self.builtin_rule(file, named)?;
        let resolved = self.symbols.resolve_in(file, callee.function, path);
        let path = Name::from(resolved.path.join("."));
        if !resolved.defs.is_empty() || !rule.function.contains(&path) {
            return None;
        }
        let own = || {
            let path = rule.ty.first().map(|path| model::segments(path)).unwrap_or_default();
            Ty { path, is_type: true, ..Ty::default() }
        };
        Some(self.stated_type(file, rule).unwrap_or_else(own))
    }

    /// The entity that a text names which is a framework's own.
    pub(super) fn builtin_named(&self, file: FileId, name: &str) -> Option<usize> {
        if self.entities.builtins.is_empty() {
            return None;
        }
        let rule = self.builtin_rule(file, |rule| rule.named.iter().any(|named| named == name))?;
        self.entities.builtins.get(rule.ty.first()?).copied()
    }

    fn builtin_rule(&self, file: FileId, wanted: impl Fn(&BuiltinRule) -> bool) -> Option<&BuiltinRule> {
        let language = self.frameworks.language(self.language(file))?;
        let mut rules = language.frameworks.iter().flat_map(|&number| &self.frameworks.all[number].builtins);
        rules.find(|rule| wanted(rule))
    }

    /// The type that the service's setting names.
    fn stated_type(&self, file: FileId, rule: &BuiltinRule) -> Option<Ty> {
        let setting = rule.setting.as_ref()?;
        let unit = self.symbols.file(file).unit;
        self.symbols.named(unit, setting).into_iter().find_map(|def| {
            let Def::Value(file, index) = def else { return None };
            let text = self.known_text(file, self.symbols.value(file, index).value?)?;
            let number = self.entity_named(file, text.rsplit('.').next().unwrap_or_default())?;
            Some(Ty { is_type: true, ..self.entity_type(number)? })
        })
    }
}
