//! What calls and fields elsewhere say of types: that they stand for tables, which, and by which convention.

use rustc_hash::{FxHashMap, FxHashSet};

use super::contexts::{Said, Sayings};
use super::matching::Selected;
use super::program::{Program, Uses};
use super::types::Ty;
use crate::facts::CallKind;
use crate::frameworks::model::MappingRule;
use crate::frameworks::{EntityRule, Naming, Selector, model};
use crate::source::FileId;
use crate::syntax::outline::TypeKind;
use crate::vocabulary::Name;

/// What a call says of the table that a type has.
#[derive(Debug, Clone, Default)]
pub(super) struct Mapped {
    pub framework: usize,
    pub table: Option<String>,
    pub schema: Option<String>,
    /// The name that the convention is applied to.
    pub model: Option<String>,
    pub naming: Option<Naming>,
    /// What stands before the name that the convention makes.
    pub prefix: Option<String>,
    /// The types whose rows the type's are a part of.
    pub part_of: Vec<(FileId, u32)>,
    /// Whether it has no table unless one is named.
    pub tableless: bool,
    /// How its hierarchy lies in tables.
    pub hierarchy: Option<Name>,
}

impl Mapped {
    /// What another call says of the same type besides; the later word counts.
    pub(super) fn say(&mut self, other: Mapped) {
        self.table = other.table.or(self.table.take());
        self.schema = other.schema.or(self.schema.take());
        self.model = other.model.or(self.model.take());
        self.naming = other.naming.or(self.naming);
        self.prefix = other.prefix.or(self.prefix.take());
        self.part_of.extend(other.part_of);
        self.tableless |= other.tableless;
        self.hierarchy = other.hierarchy.or(self.hierarchy.take());
    }
}

/// What the mapping calls of all files say.
#[derive(Default)]
struct Told {
    mapped: FxHashMap<(FileId, u32), Mapped>,
    said: Sayings,
}

impl Program<'_> {
    /// Finds the fields that hold sets of a type, where a framework looks for them.
    pub(super) fn find_held(&mut self) {
        let mut wanted: FxHashSet<Name> = FxHashSet::default();
        for framework in &self.frameworks.all {
            let names = framework.entities.iter().flat_map(|rule| &rule.held_in);
            wanted.extend(names.filter_map(|name| model::segments(name).pop()));
        }
        let mut held = FxHashSet::default();
        let mut said = Sayings::default();
        for file in self.symbols.file_ids() {
            for (index, decl) in (0u32..).zip(&self.symbols.file(file).facts.types) {
                for field in &decl.fields {
                    let Some(ty) = &field.ty else { continue };
                    let (Some(set), Some(arg)) = (ty.path.last(), ty.args.first()) else { continue };
                    if wanted.contains(set) {
                        let decls = self.type_ref(file, &decl.scope, arg, 0).decls;
                        if decl.kind == TypeKind::Class && self.is_context((file, index)) {
                            let context = self.first_part((file, index));
                            said.hold(context, &decls, &field.name);
                        }
                        held.extend(decls.into_iter().map(|(file, index)| (set.clone(), file, index)));
                    }
                }
            }
        }
        self.entities.held = held;
        self.entities.said = said;
    }

    /// Finds the calls that say which table an entity has.
    pub(super) fn find_mappings(&mut self) {
        let mut told = Told { said: std::mem::take(&mut self.entities.said), ..Told::default() };
        let applied = self.applied_by_contexts(&told.said);
        for file in self.symbols.file_ids() {
            let Some(language) = self.frameworks.language(self.language(file)) else { continue };
            for &framework in &language.frameworks {
                for rule in &self.frameworks.all[framework].mappings {
                    if self.uses(file, framework) != Uses::No {
                        self.mapping(file, framework, rule, &applied, &mut told);
                    }
                }
            }
        }
        self.entities.mapped = told.mapped;
        self.entities.said = told.said;
        self.find_reached();
    }

    /// Finds the types that the fields of entities lead to, where a framework takes them for entities too.
    fn find_reached(&mut self) {
        let mut open: Vec<(usize, (FileId, u32))> = Vec::new();
        for (number, framework) in (0..).zip(&self.frameworks.all) {
            for rule in framework.entities.iter().filter(|rule| rule.reaches) {
                let held = self
                    .entities
                    .held
                    .iter()
                    .filter(|(set, ..)| rule.held_in.iter().any(|name| model::segments(name).last() == Some(set)));
                open.extend(held.map(|(_, file, index)| (number, (*file, *index))));
                let mapped = self.entities.mapped.iter().filter(|(_, mapped)| mapped.framework == number);
                open.extend(mapped.map(|(decl, _)| (number, *decl)));
            }
        }
        open.sort_unstable();
        let mut seen: FxHashSet<(FileId, u32)> = open.iter().map(|(_, decl)| *decl).collect();
        while let Some((framework, from)) = open.pop() {
            let (file, index) = from;
            let language = self.frameworks.language(self.language(file));
            if language.is_none_or(|language| !language.frameworks.contains(&framework)) {
                continue;
            }
            for &(file, index) in self.lineage(&Ty { decls: vec![(file, index)], ..Ty::default() }).iter() {
                let decl = self.symbols.type_decl(file, index);
                for ty in decl.fields.iter().filter_map(|field| field.ty.as_ref()) {
                    for found in self.mappable(&self.type_ref(file, &decl.scope, ty, 0)) {
                        if self.has_key(found, framework) && seen.insert(found) {
                            let mapped = Mapped { framework, ..Mapped::default() };
                            self.entities.mapped.entry(found).or_insert(mapped);
                            self.entities.said.reach(from, found);
                            open.push((framework, found));
                        }
                    }
                }
            }
        }
    }

    /// Whether a type has what makes a row: a field that is its key by name or by annotation, its own or inherited.
    fn has_key(&self, decl: (FileId, u32), framework: usize) -> bool {
        let rules = &self.frameworks.all[framework].entities;
        let skipped = |(file, index): (FileId, u32)| {
            let decl = self.symbols.type_decl(file, index);
            let skip = rules.iter().flat_map(|rule| &rule.skip);
            decl.kind == TypeKind::Enum || skip.into_iter().any(|by| self.own_text(file, index, decl, by).is_some())
        };
        if skipped(decl) {
            return false;
        }
        let own = &self.symbols.type_decl(decl.0, decl.1).name;
        let key = format!("{own}id").to_lowercase();
        self.lineage(&Ty { decls: vec![decl], ..Ty::default() }).iter().any(|&(file, index)| {
            let decl = self.symbols.type_decl(file, index);
            let bases = || {
                rules
                    .iter()
                    .flat_map(|rule| &rule.base)
                    .any(|base| decl.bases.iter().any(|own| own.path.last() == model::segments(base).last()))
            };
            decl.fields.iter().any(|field| {
                let name = field.name.to_lowercase();
                name == "id"
                    || name == key
                    || field.annotations.iter().any(|a| a.path.last().is_some_and(|n| n == "Key"))
            }) || bases()
        })
    }

    fn mapping(
        &self,
        file: FileId,
        framework: usize,
        rule: &MappingRule,
        applied: &FxHashMap<(FileId, u32), Vec<(FileId, u32)>>,
        told: &mut Told,
    ) {
        let facts = self.symbols.file(file).facts;
        for (index, call) in (0u32..).zip(&facts.calls) {
            let Some(callee) = self.callee(file, call) else { continue };
            let fits = |receiver| {
                rule.receiver.is_empty()
                    || self.type_of(file, receiver, 0).is_some_and(|ty| self.is_a(&ty, &rule.receiver))
            };
            let own = || {
                let round = self.implicit_receivers(file, callee.function);
                callee.receiver.is_none() && round.iter().any(|ty| self.is_a(ty, &rule.receiver))
            };
            let by_method = rule.method.contains(&callee.name) && (callee.receiver.is_some_and(fits) || own());
            let by_macro =
                call.kind == CallKind::Macro && self.names_function_of(file, &callee, &rule.macros, framework);
            if !by_method && !by_macro && !self.names_function_of(file, &callee, &rule.function, framework) {
                continue;
            }
            let selects = |selector: &Selector| !self.select(file, index, selector).is_empty();
            if rule.given.as_ref().is_some_and(|given| !selects(given)) {
                continue;
            }
            let text = |selector: &Option<Selector>| {
                let selected = selector.as_ref().map(|selector| self.select(file, index, selector)).unwrap_or_default();
                selected.into_iter().find_map(|value| match value {
                    Selected::Node(file, node) => self
                        .known_text(file, node)
                        .or_else(|| self.table_value(file, node).map(|table| table.to_string())),
                    Selected::Type(_) => None,
                })
            };
            let prefix = text(&rule.prefix);
            let (table, schema, model) = (text(&rule.table), text(&rule.schema), text(&rule.model));
            let contexts = self.contexts_of(file, call.function, &told.said, applied);
            let Some(entity) = &rule.entity else {
                let said = Said { schema, naming: rule.naming, prefix };
                told.said.say(self.symbols.file(file).unit, framework, &contexts, &said);
                continue;
            };
            let whole = rule.part_of.iter().flat_map(|selector| self.select(file, index, selector));
            let whole = whole.filter_map(|value| self.type_of_selected(&value, 0));
            let says = Mapped {
                framework,
                table,
                schema,
                model,
                naming: rule.naming,
                prefix,
                part_of: whole.flat_map(|ty| self.mappable(&ty)).collect(),
                tableless: rule.tableless,
                hierarchy: rule.hierarchy.clone(),
            };
            for value in self.select(file, index, entity) {
                let ty = self.type_of_selected(&value, 0);
                for decl in ty.as_ref().map(|ty| self.mappable(ty)).unwrap_or_default() {
                    let known = told.mapped.entry(decl).or_insert_with(|| Mapped { framework, ..Mapped::default() });
                    if contexts.is_empty() {
                        known.say(says.clone());
                    }
                    for &context in &contexts {
                        told.said.map_in(context, decl, &says);
                    }
                }
            }
        }
    }

    /// The declarations of a type, or of what it is a list of: those that can stand for a table.
    fn mappable(&self, ty: &Ty) -> Vec<(FileId, u32)> {
        let kind = |(file, index): (FileId, u32)| self.symbols.type_decl(file, index).kind;
        let of_data = |decl: &(FileId, u32)| !matches!(kind(*decl), TypeKind::Interface | TypeKind::Alias);
        let own: Vec<(FileId, u32)> = ty.decls.iter().copied().filter(of_data).collect();
        if own.is_empty() { ty.args.iter().flat_map(|arg| self.mappable(arg)).collect() } else { own }
    }

    /// Whether a field or a call elsewhere makes the type an entity.
    pub(super) fn is_mapped(&self, file: FileId, index: u32, framework: usize, rule: &EntityRule) -> bool {
        if rule.held_in.is_empty() && !rule.mapped {
            return false;
        }
        let held = |name: &Name| {
            let set = model::segments(name).pop().unwrap_or_default();
            self.entities.held.contains(&(set, file, index))
        };
        let mapped = self.mapped_in((file, index), self.first_context((file, index)));
        if mapped.as_ref().is_some_and(|mapped| mapped.tableless && mapped.table.is_none()) {
            return false;
        }
        mapped.is_some_and(|mapped| mapped.framework == framework) || rule.held_in.iter().any(held)
    }
}
