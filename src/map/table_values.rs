//! Values that stand for tables: `Table("orders", …)`, `pgTable("orders", …)`, `knex("orders")`.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::beside::Beside;
use super::carried::Carried;
use super::entities::Entity;
use super::matching::{Callee, Selected};
use super::program::{Program, Uses};
use super::rendered::Rendered;
use super::symbols::Def;
use super::table_names::table_with_alias;
use super::text::Frame;
use crate::facts::{Node, NodeId};
use crate::frameworks::{Naming, naming};
use crate::source::{FileId, Place, Span};
use crate::vocabulary::{Name, Part, TableName};

const MAX_DEPTH: usize = 24;
/// So many callers of a function are asked for the name of a table, and theirs so far.
const MAX_CALLERS: usize = 64;
const MAX_CALLERS_DEEP: usize = 4;

impl Program<'_> {
    /// The entity of a declared value, made by a call that a value rule knows.
    pub(super) fn value_entity(&self, file: FileId, node: NodeId) -> Option<Entity> {
        match self.symbols.file(file).facts.node(node) {
            Node::Call(call) => self.call_entity(file, *call, 0),
            Node::Typed { value: Some(value), .. } => self.value_entity(file, *value),
            Node::Index { base, index } => self.index_entity(file, *base, *index),
            Node::Member { base, name, span, .. } => self.member_entity(file, *base, name, *span),
            _ => None,
        }
    }

    /// The entities that calls of a file declare wherever they stand (`const Order = sequelize.define("Order", …)` in a
    /// function).
    pub(super) fn declared_by_calls(&mut self, file: FileId) {
        let Some(language) = self.frameworks.language(self.language(file)) else { return };
        let mut found = Vec::new();
        for (index, call) in (0u32..).zip(&self.symbols.file(file).facts.calls) {
            let Some(callee) = self.callee(file, call) else { continue };
            let mut rules = language.values(&callee.name);
            let declares = |id: crate::frameworks::RuleId| {
                let rule = self.frameworks.value(id);
                rule.declares && self.value_applies((file, index), &callee, rule, id.framework)
            };
            if rules.any(declares) {
                found.extend(self.call_entity(file, index, 0).map(|entity| (index, entity)));
            }
        }
        if found.is_empty() {
            return;
        }
        let nodes = (0u32..).zip(&self.symbols.file(file).facts.nodes).filter_map(|(node, fact)| match fact {
            Node::Call(call) => Some((*call, *self.entities.by_node.get(&(file, NodeId(node)))?)),
            _ => None,
        });
        // Of several nodes of one call the first one says it.
        let mut by_node: FxHashMap<u32, usize> = FxHashMap::default();
        for (call, number) in nodes {
            by_node.entry(call).or_insert(number);
        }
        for (index, entity) in found {
            let known = by_node.get(&index).copied();
            let number = known.unwrap_or_else(|| {
                self.entities.list.push(entity);
                self.entities.list.len() - 1
            });
            self.entities.by_call.insert((file, index), number);
        }
    }

    /// The table that a call makes a value for, if a value rule speaks of it; or that of the call it is called on.
    pub(super) fn call_entity(&self, file: FileId, call: u32, depth: usize) -> Option<Entity> {
        if depth > MAX_DEPTH {
            return None;
        }
        let language = self.frameworks.language(self.language(file))?;
        let fact = self.call((file, call));
        // What another call gives may be called too (`(await knex.transaction())("orders")`).
        let unnamed = || Callee { name: Name::default(), receiver: None, path: None, function: fact.function };
        let callee = self.callee(file, fact).unwrap_or_else(unnamed);
        for id in language.values(&callee.name) {
            let rule = self.frameworks.value(id);
            if !rule.creator.is_empty() {
                let Some(table) = self.created_name(file, call, fact, id.framework, &rule.creator) else { continue };
                return Some(Entity::named(table, Place { file, span: fact.name_span }, id.framework));
            }
            if !self.value_applies((file, call), &callee, rule, id.framework) {
                continue;
            }
            let Some(selector) = &rule.table else { continue };
            let names = self.select(file, call, selector).into_iter().find_map(|value| match value {
                Selected::Node(file, node) => Some(self.names_it_may_be(file, node)).filter(|names| !names.is_empty()),
                Selected::Type(ty) => (rule.naming != Naming::None).then(|| vec![ty.name().to_owned()]),
            });
            if rule.naming == Naming::AppLower {
                let app = rule.schema.as_ref().and_then(|app| self.given_text((file, call), app));
                let name = names.and_then(|names| names.into_iter().next());
                let Some(table) = name.and_then(|name| self.model_elsewhere(file, app, &name)) else { continue };
                let place = Place { file, span: fact.name_span };
                return Some(Entity { by_convention: true, ..Entity::named(table, place, id.framework) });
            }
            let tables = names.into_iter().flatten().filter_map(|name| {
                let name = match rule.naming {
                    Naming::None => Some(name),
                    naming => naming::table(naming, &name, None).map(|name| name.to_string()),
                };
                table_with_alias(&name?)
            });
            let mut tables = tables.collect::<Vec<_>>().into_iter();
            let Some(mut table) = tables.next() else { continue };
            let others = tables.filter(|other| *other != table).map(Beside::instead).collect();
            let schema = rule.schema.as_ref().map(|selector| self.select(file, call, selector)).unwrap_or_default();
            if let Some(Selected::Node(file, node)) = schema.first()
                && let Some(schema) = self.known_text(*file, *node)
                && table.qualifiers.is_empty()
            {
                table.qualifiers.push(Part { text: schema.into(), quoted: false });
            }
            let place = Place { file, span: fact.name_span };
            return Some(Entity {
                creates: rule.creates,
                mention: rule.mention.clone(),
                by_convention: rule.naming != Naming::None,
                beside: others,
                ..Entity::named(table, place, id.framework)
            });
        }
        None
    }

    fn given_text(&self, (file, call): (FileId, u32), selector: &crate::frameworks::Selector) -> Option<String> {
        self.select(file, call, selector).into_iter().find_map(|value| match value {
            Selected::Node(file, node) => self.known_text(file, node),
            Selected::Type(_) => None,
        })
    }

    /// The table of a model that a text names and no source here declares.
    fn model_elsewhere(&self, file: FileId, app: Option<String>, name: &str) -> Option<TableName> {
        let (own, model) = name.split_once('.').map_or((None, name), |(app, model)| (Some(app.to_owned()), model));
        let declared = self.entity_named(file, model).is_some();
        let app = app.or(own).filter(|_| !declared)?;
        self.table_by_convention(file, &format!("{app}.{model}"), Naming::AppLower)
    }

    /// The names that a value may be: what it is, or what those give for it who make the object or call the function.
    fn names_it_may_be(&self, file: FileId, node: NodeId) -> Vec<String> {
        if let Some(name) = self.known_text(file, node) {
            return vec![name];
        }
        let mut names = Vec::new();
        self.settle(file, node, None, 0, &mut names);
        names.sort_unstable();
        names.dedup();
        names
    }

    fn settle(&self, file: FileId, node: NodeId, frame: Option<&Rc<Frame>>, depth: usize, names: &mut Vec<String>) {
        for rendered in self.texts(file, node, frame, Place { file, span: Span::default() }) {
            if rendered.known && !rendered.text.contains(crate::sql::HOLE) {
                names.push(rendered.text);
            } else if rendered.is_param() && depth < MAX_CALLERS_DEEP {
                let Some(&(function, _)) = rendered.params.first() else { continue };
                for &call in self.callers_of(function).iter().take(MAX_CALLERS) {
                    let frame = Frame::within(frame, Frame { function, call, outer: None });
                    self.settle(file, node, Some(&frame), depth + 1, names);
                }
            }
        }
    }

    /// The table that a function which another made (`pgTableCreator((name) => …)`) names.
    pub(super) fn created_name(
        &self,
        file: FileId,
        call: u32,
        fact: &crate::facts::CallFact,
        framework: usize,
        creators: &[Name],
    ) -> Option<TableName> {
        let Node::Name { segments, function, .. } = self.symbols.file(file).facts.node(fact.callee) else {
            return None;
        };
        let (made_in, node) = self.declared_node(file, *function, segments)?;
        let facts = self.symbols.file(made_in).facts;
        let Node::Call(maker) = facts.node(node) else { return None };
        let maker = self.call((made_in, *maker));
        let callee = self.callee(made_in, maker)?;
        if !self.names_function_of(made_in, &callee, creators, framework) {
            return None;
        }
        let Node::Lambda(made) = facts.node(maker.args.first()?.value) else { return None };
        let value = facts.functions[*made as usize].value?;
        let frame = Rc::new(Frame { function: (made_in, *made), call: (file, call), outer: None });
        let texts = self.texts(made_in, value, Some(&frame), Place { file, span: fact.span });
        let known = texts.iter().find(|text| text.known && !text.text.contains(crate::sql::HOLE))?;
        TableName::parse(&known.text)
    }

    /// The table that a name stands for which is put into a text (``sql`DELETE FROM ${orders}` ``).
    pub(super) fn table_that_is(&self, file: FileId, node: NodeId) -> Option<TableName> {
        if let Some(table) = self.table_of_member(file, node) {
            return Some(table);
        }
        if self.entities.by_node.is_empty() {
            return None;
        }
        let path = self.path_of(file, node)?;
        match self.declared_value(file, self.function_of(file, node), &path)? {
            Carried::Declared(number) => Some(self.entities.list[number].table.clone()),
            Carried::Named(_) => None,
        }
    }

    /// The table of an entity that a member of it stands for (`${Order.table}`, `${Order.as(o)}`).
    fn table_of_member(&self, file: FileId, node: NodeId) -> Option<TableName> {
        let facts = self.symbols.file(file).facts;
        let member = match facts.node(node) {
            Node::Call(call) => facts.calls[*call as usize].callee,
            _ => node,
        };
        let (base, name) = match facts.node(member) {
            Node::Member { base, name, .. } => (*base, name),
            _ => return None,
        };
        let language = self.language(file);
        let of = |name: &str| self.frameworks.member(language, name, |rule| rule.table);
        // A member of a member (`Order._meta.db_table`).
        let (known, base) = match facts.node(base) {
            Node::Member { base: below, name: outer, .. } if let Some(known) = of(&format!("{outer}.{name}")) => {
                (known, *below)
            }
            _ => (of(name)?, base),
        };
        let ty = self.type_of(file, base, 0).filter(|ty| known.of.is_empty() || self.is_a(ty, &known.of))?;
        self.entity_of_type(&ty, 0).map(|number| self.entities.list[number].table.clone())
    }

    /// The table that a value, or what a name stands for, is made for.
    pub(super) fn table_value(&self, file: FileId, node: NodeId) -> Option<TableName> {
        if let Node::Name { segments, function, .. } = self.symbols.file(file).facts.node(node) {
            let resolved = self.symbols.resolve_in(file, *function, segments);
            return resolved
                .defs
                .iter()
                .find_map(|def| match *def {
                    Def::Value(file, index) => self.value_entity(file, self.symbols.value(file, index).value?),
                    _ => None,
                })
                .map(|entity| entity.table);
        }
        self.value_entity(file, node).map(|entity| entity.table)
    }

    /// The entity of a constant or module variable that a path names.
    pub(super) fn declared_value(&self, file: FileId, function: u32, path: &[Name]) -> Option<Carried> {
        let resolved = self.symbols.resolve_in(file, function, path);
        // `QOrder.order`: what the derived type offers is of the entity.
        if let ([Def::Type(file, index), ..], [_]) = (&resolved.defs[..], &resolved.rest[..])
            && self.symbols.is_alias(&resolved.path[..resolved.path.len() - 1])
        {
            return self.entities.of_type((*file, *index)).map(Carried::Declared);
        }
        let whole = resolved.defs.iter().filter(|_| resolved.rest.is_empty());
        let mut numbers = whole.filter_map(|def| match *def {
            Def::Value(file, index) => self.entities.by_value.get(&(file, index)),
            _ => None,
        });
        numbers.next().map(|&number| Carried::Declared(number))
    }

    pub(super) fn has_value_rules(&self, file: FileId) -> bool {
        let language = self.frameworks.language(self.language(file));
        language
            .is_some_and(|index| index.frameworks.iter().any(|&number| !self.frameworks.all[number].values.is_empty()))
    }

    /// The table that a member of a value stands for, by its name (`Base.classes.orders`).
    pub(super) fn member_entity(&self, file: FileId, base: NodeId, name: &Name, span: Span) -> Option<Entity> {
        let language = self.frameworks.language(self.language(file))?;
        let id = language.values(".").find(|id| {
            self.uses(file, id.framework) != Uses::No
                && self.type_of(file, base, 0).is_some_and(|ty| self.is_a(&ty, &self.frameworks.value(*id).receiver))
        })?;
        Some(Entity::named(TableName::parse(name)?, Place { file, span }, id.framework))
    }

    /// The table that an element of a value stands for (`DB[:orders]`).
    pub(super) fn index_entity(&self, file: FileId, base: NodeId, index: NodeId) -> Option<Entity> {
        let language = self.frameworks.language(self.language(file))?;
        for id in language.values("[]") {
            let rule = self.frameworks.value(id);
            if !rule.method.iter().any(|method| method == "[]") || self.uses(file, id.framework) == Uses::No {
                continue;
            }
            if !self.type_of(file, base, 0).is_some_and(|ty| self.is_a(&ty, &rule.receiver)) {
                continue;
            }
            let texts = self.texts(file, index, None, Place { file, span: Span::default() });
            let name = self.name_or_text(file, index)?;
            let table = table_with_alias(&name)?;
            let place = texts.first().and_then(Rendered::whole).unwrap_or(Place { file, span: Span::default() });
            return Some(Entity {
                creates: rule.creates,
                mention: rule.mention.clone(),
                ..Entity::named(table, place, id.framework)
            });
        }
        None
    }
}
