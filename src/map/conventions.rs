//! What frameworks make of names: what they put before them, the words that an application has taught them, and which
//! types give access to an entity.

use rustc_hash::FxHashMap;

use super::carried::Carried;
use super::program::Program;
use super::symbols::Def;
use super::types::Ty;
use crate::facts::{Node, NodeId, TypeFact};
use crate::frameworks::conventions::{Convention, Taught};
use crate::frameworks::{EntityRule, RepositoryRule, Selector, Step, naming};
use crate::source::FileId;
use crate::syntax::outline::TypeKind;
use crate::vocabulary::Name;
use crate::workspace::Unit;

impl Program<'_> {
    /// The words that the application of a file has taught its frameworks.
    pub(super) fn taught(&self, file: FileId) -> &naming::Inflections {
        self.entities.taught.get(&self.symbols.file(file).unit).unwrap_or(&self.entities.untaught)
    }

    /// What the framework makes of names in the service that a file belongs to, where that differs from its rule.
    pub(super) fn convention<'r>(&self, file: FileId, rule: &'r EntityRule) -> Option<&'r Convention> {
        let unit = self.symbols.file(file).unit;
        let switches = &self.symbols.workspace.schema_switches;
        let said = |convention: &Convention| {
            let ends = |key: &str| {
                let key = key.replace('_', ".");
                convention.setting.iter().any(|wanted| key.ends_with(&wanted.replace('_', ".")))
            };
            switches.iter().any(|switch| {
                (switch.unit == unit || self.symbols.visible(switch.unit, unit))
                    && ends(&switch.key)
                    && crate::frameworks::glob(&convention.value.to_lowercase(), &switch.value)
            })
        };
        let uses = |name: &Name| {
            let number = self.frameworks.all.iter().position(|framework| framework.name == *name);
            number.is_some_and(|number| self.unit_uses.get(&unit).is_some_and(|uses| uses.contains(&number)))
        };
        rule.conventions.iter().find(|convention| said(convention) || convention.beside.iter().any(uses))
    }

    /// A table's conventional name with what the framework puts before it.
    pub(super) fn prefixed(&self, file: FileId, index: u32, decl: &TypeFact, rule: &EntityRule, name: &str) -> String {
        let prefix = rule.prefix.iter().find_map(|selector| self.own_text(file, index, decl, selector));
        let outer = if rule.nested { self.outer_table(file, decl, rule) } else { None };
        let outer = outer.map(|table| format!("{}_", naming::singular(&table))).unwrap_or_default();
        format!("{}{outer}{name}", prefix.unwrap_or_default())
    }

    /// The table of the entity that a type is declared in.
    fn outer_table(&self, file: FileId, decl: &TypeFact, rule: &EntityRule) -> Option<String> {
        self.outer_types(file, decl.scope.len(), decl).into_iter().find_map(|(file, index)| {
            let outer = self.symbols.type_decl(file, index);
            let entity = outer.kind == TypeKind::Class && self.entity_matches(file, index, outer, rule);
            entity
                .then(|| self.entity_table(file, index, outer, rule))
                .flatten()
                .map(|(table, _)| table.name.text.to_string())
        })
    }

    /// The types and modules that the first `depth` names round a type stand for, in all files.
    pub(super) fn outer_types(&self, file: FileId, depth: usize, decl: &TypeFact) -> Vec<(FileId, u32)> {
        if depth == 0 {
            return Vec::new();
        }
        let resolved = self.symbols.resolve(file, &[], &decl.scope[..depth]);
        let whole = resolved.defs.iter().filter(|_| resolved.rest.is_empty());
        let types = whole.filter_map(|def| match *def {
            Def::Type(file, index) => Some((file, index)),
            _ => None,
        });
        types.collect()
    }

    /// Finds the types that give access to an entity: what is called on their objects speaks of it.
    pub(super) fn find_repositories(&mut self) {
        let mut found = Vec::new();
        for file in self.symbols.file_ids() {
            let Some(language) = self.frameworks.language(self.language(file)) else { continue };
            let rules: Vec<&RepositoryRule> =
                language.frameworks.iter().flat_map(|&number| &self.frameworks.all[number].repositories).collect();
            if rules.is_empty() {
                continue;
            }
            for (index, decl) in (0u32..).zip(&self.symbols.file(file).facts.types) {
                let ty = Ty { path: vec![decl.name.clone()], decls: vec![(file, index)], ..Ty::default() };
                let meant = rules.iter().filter(|rule| self.derives(&ty, &rule.base));
                let mut meant = meant.flat_map(|rule| &rule.entity);
                let entity = meant.find_map(|selector| self.repository_entity(file, index, decl, selector));
                found.extend(entity.map(|number| ((file, index), number)));
                // The entity itself names its repository.
                let Some(&number) = self.entities.by_type.get(&(file, index)) else { continue };
                for selector in rules.iter().flat_map(|rule| &rule.named_by) {
                    let Some(name) = self.own_text(file, index, decl, selector) else { continue };
                    let path: Vec<Name> =
                        name.split(['\\', '.']).filter(|part| !part.is_empty()).map(Name::from).collect();
                    let near = self.symbols.resolve(file, &decl.scope, &path).defs.clone();
                    let unit = self.symbols.file(file).unit;
                    let far = path.last().map(|name| self.symbols.named(unit, name)).unwrap_or_default();
                    let types = near.into_iter().chain(far).filter_map(|def| match def {
                        Def::Type(file, index) => Some((file, index)),
                        _ => None,
                    });
                    found.extend(types.take(1).map(|decl| (decl, number)));
                }
            }
        }
        for (decl, number) in found {
            self.entities.by_type.entry(decl).or_insert(number);
        }
    }

    fn repository_entity(&self, file: FileId, index: u32, decl: &TypeFact, selector: &Selector) -> Option<usize> {
        let nodes: Vec<NodeId> = match &selector.0[..] {
            // `class Meta: model = Order`
            [Step::Field(path)] => {
                let (nested, name) = path.rsplit_once('.')?;
                let values = self.field_values(&self.nested(file, decl, nested)?, &Name::from(name)).into_iter();
                values.filter(|(at, _)| *at == file).map(|(_, node)| node).collect()
            }
            [Step::Super, step] => self.given_to_super(file, index, step),
            [Step::Annotation(name), step] => {
                let named = decl.annotations.iter().filter(|annotation| annotation.path.last() == Some(name));
                named.flat_map(|annotation| super::matching::arguments(&annotation.args, step)).collect()
            }
            _ => Vec::new(),
        };
        nodes.into_iter().find_map(|node| match self.entity_of(file, node, 0) {
            Some(Carried::Declared(number)) => Some(number),
            _ => self.entity_seen(file, (file, index), &self.name_or_text(file, node)?),
        })
    }

    /// The entity whose table a method of a repository is called after (`books.by_pk(id)` in a `Hanami::DB::Repo`).
    pub(super) fn relation_of_repository(&self, file: FileId, receiver: NodeId, name: &str) -> Option<usize> {
        let Node::This(function) = self.symbols.file(file).facts.node(receiver) else { return None };
        let language = self.frameworks.language(self.language(file))?;
        let (owner_file, owner) = self.owner(file, *function)?;
        let ty = self.own_type(owner_file, owner);
        let unit = self.symbols.file(file).unit;
        language.frameworks.iter().find_map(|&number| {
            let mut rules = self.frameworks.all[number].repositories.iter();
            rules.find(|rule| rule.relations && self.derives(&ty, &rule.base))?;
            let named = |entity: &super::entities::Entity| {
                let seen =
                    entity.decl.is_some_and(|(file, _)| self.symbols.visible(unit, self.symbols.file(file).unit));
                entity.framework == number
                    && seen
                    && entity.called.as_ref().map_or(&*entity.table.name.text, |called| called.as_str()) == name
            };
            self.entities.list.iter().position(named)
        })
    }

    /// Finds the words that applications teach their frameworks.
    pub(super) fn find_taught(&mut self) {
        let mut taught: FxHashMap<Unit, naming::Inflections> = FxHashMap::default();
        for file in self.symbols.file_ids() {
            let Some(language) = self.frameworks.language(self.language(file)) else { continue };
            let rules: Vec<_> =
                language.frameworks.iter().flat_map(|&number| &self.frameworks.all[number].inflections).collect();
            if rules.is_empty() {
                continue;
            }
            let facts = self.symbols.file(file).facts;
            for call in &facts.calls {
                let Node::Member { name, .. } = facts.node(call.callee) else { continue };
                let Some(rule) = rules.iter().find(|rule| rule.method.contains(name)) else { continue };
                let lists = call.args.iter().flat_map(|arg| match facts.node(arg.value) {
                    Node::List(items) => items.clone(),
                    _ => vec![arg.value],
                });
                let words: Vec<String> = lists.filter_map(|node| self.name_or_text(file, node)).collect();
                let known = taught.entry(self.symbols.file(file).unit).or_default();
                match (rule.teaches, &words[..]) {
                    (Taught::Irregular, [one, many]) => {
                        known.irregular.push((one.to_lowercase(), many.to_lowercase()));
                    }
                    (Taught::Irregular, _) => {}
                    (Taught::Uncountable, _) => known.uncountable.extend(words),
                    (Taught::Acronym, _) => known.acronyms.extend(words),
                }
            }
        }
        self.entities.taught = taught;
    }
}
