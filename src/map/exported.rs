//! Values of modules that stand for a table without being made where they are named: what a module exports under
//! another name, what is put into an object that it exports (`db.user = require("./user")(sequelize)`).

use super::carried::Carried;
use super::languages::Way;
use super::program::{FunctionRef, Program, Uses};
use super::symbols::Def;
use crate::facts::{AnnotationFact, Node, NodeId};
use crate::source::FileId;
use crate::vocabulary::Name;

impl Program<'_> {
    /// The entity of what a path names through values of modules.
    pub(super) fn exported_entity(&self, file: FileId, function: u32, path: &[Name], depth: usize) -> Option<Carried> {
        if !self.has(file, Way::ExportedValues) {
            return None;
        }
        let resolved = self.symbols.resolve_in(file, function, path);
        let [Def::Value(holder, index)] = resolved.defs[..] else { return None };
        let value = self.symbols.value(holder, index);
        match &resolved.rest[..] {
            [] => {
                let node = self.stands_for(holder, value.value?)?;
                self.entity_of(node.0, node.1, depth + 1)
            }
            [member] => {
                let (holder, record) = self.record(holder, value.value?, 0)?;
                if let Some(node) = self.entry_of(holder, record, member) {
                    return self.entity_of(holder, node, depth + 1);
                }
                let assigned = self.put_into(holder, record, member);
                if assigned.is_empty() {
                    // Models are put as they are found into an object that begins as an empty one.
                    let begins_empty = matches!(self.symbols.file(holder).facts.node(record), Node::Record(entries) if entries.is_empty());
                    return begins_empty.then(|| self.model_of_framework(holder, member)).flatten();
                }
                assigned.into_iter().find_map(|node| self.entity_of(holder, node, depth + 1))
            }
            _ => None,
        }
    }

    /// The functions that an entry of an object stands for which a module keeps (`export default { query, … }`), where a
    /// value names that object.
    pub(super) fn kept_functions(&self, file: FileId, base: NodeId, name: &Name) -> Vec<FunctionRef> {
        let found = || {
            let mut path = self.path_of(file, base).filter(|_| self.has(file, Way::ExportedValues))?;
            path.push(name.clone());
            let resolved = self.symbols.resolve_in(file, self.function_of(file, base), &path);
            let [Def::Value(holder, index)] = resolved.defs[..] else { return None };
            let mut at = (holder, self.symbols.value(holder, index).value?);
            for name in &resolved.rest {
                let (holder, record) = self.record(at.0, at.1, 0)?;
                at = (holder, self.entry_of(holder, record, name)?);
            }
            (!resolved.rest.is_empty()).then_some(at)
        };
        let Some((holder, node)) = found() else { return Vec::new() };
        match self.symbols.file(holder).facts.node(node) {
            Node::Lambda(function) => vec![(holder, *function)],
            Node::Name { segments, function, .. } => {
                let resolved = self.symbols.resolve_in(holder, *function, segments);
                Self::functions(&resolved.defs).filter(|_| resolved.rest.is_empty()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The entity of what a getter of an object gives (`get orders() { return this.knex("orders") }`).
    pub(super) fn given_by_getter(&self, file: FileId, base: NodeId, name: &Name, depth: usize) -> Option<Carried> {
        if !self.has(file, Way::ExportedValues) {
            return None;
        }
        let ty = self.type_of(file, base, 0).filter(|ty| !ty.decls.is_empty())?;
        self.lineage(&ty).iter().find_map(|&(at, index)| {
            let members = self.symbols.members(at, index).iter().map(|&member| self.symbols.function(at, member));
            let reads = |annotation: &AnnotationFact| matches!(&annotation.path[..], [only] if only == "get");
            let mut getters = members.filter(|member| member.name == *name && member.annotations.iter().any(reads));
            let value = getters.find_map(|getter| getter.value)?;
            self.entity_of(at, value, depth + 2)
        })
    }

    /// The entry of a record (`export default { Order, Line }`).
    pub(super) fn entry_of(&self, file: FileId, node: NodeId, name: &Name) -> Option<NodeId> {
        match self.symbols.file(file).facts.node(node) {
            Node::Record(entries) => {
                let entry = entries.iter().find(|(key, _)| self.key_of(file, *key).as_ref() == Some(name));
                entry.map(|&(_, value)| value)
            }
            Node::Typed { value: Some(value), .. } => self.entry_of(file, *value, name),
            _ => None,
        }
    }

    /// The value itself, where it is a name of another or what a call gives.
    fn stands_for(&self, file: FileId, node: NodeId) -> Option<(FileId, NodeId)> {
        match self.symbols.file(file).facts.node(node) {
            Node::Name { .. } | Node::Member { .. } | Node::Call(_) => Some((file, node)),
            Node::Typed { value: Some(value), .. } => self.stands_for(file, *value),
            _ => None,
        }
    }

    /// The object that a value is, through names of it.
    fn record(&self, file: FileId, node: NodeId, depth: usize) -> Option<(FileId, NodeId)> {
        match self.symbols.file(file).facts.node(node) {
            Node::Record(_) => Some((file, node)),
            Node::Typed { value: Some(value), .. } | Node::After { base: value, .. } if depth < 8 => {
                self.record(file, *value, depth + 1)
            }
            Node::Name { segments, function, .. } if depth < 8 => {
                let (file, node) = self.declared_node(file, *function, segments)?;
                self.record(file, node, depth + 1)
            }
            _ => None,
        }
    }

    /// What is assigned to a member of an object in the file that makes it.
    fn put_into(&self, file: FileId, record: NodeId, member: &Name) -> Vec<NodeId> {
        let facts = self.symbols.file(file).facts;
        let setter = format!("{member}=");
        let set = facts.calls.iter().filter(|call| match facts.node(call.callee) {
            Node::Member { base, name, .. } => {
                *name == setter.as_str()
                    && self.record(file, *base, 0).is_some_and(|(at, node)| (at, node) == (file, record))
            }
            _ => false,
        });
        set.filter_map(|call| Some(call.args.first()?.value)).collect()
    }

    /// The model of that name of a framework that the file uses, where models are put into an object as they are found
    /// (`db[model.name] = model`).
    pub(super) fn model_of_framework(&self, file: FileId, name: &Name) -> Option<Carried> {
        let used = |framework: usize| self.uses(file, framework) != Uses::No;
        let unit = self.symbols.file(file).unit;
        let of_type = self.entities.list.iter().position(|entity| {
            let decl = entity.decl.map(|(file, index)| self.symbols.type_decl(file, index));
            decl.is_some_and(|decl| decl.name == *name)
                && used(entity.framework)
                && self.symbols.file(entity.place.file).unit == unit
        });
        if let Some(number) = of_type {
            return Some(Carried::Declared(number));
        }
        // What is made inside of a function, by the name that it is given: `sequelize.define("Post", …)`.
        let language = self.frameworks.language(self.language(file))?;
        self.symbols.file_ids().into_iter().filter(|&file| self.symbols.file(file).unit == unit).find_map(|other| {
            let calls = (0u32..).zip(&self.symbols.file(other).facts.calls);
            let mut made = calls.filter(|(_, call)| {
                let callee = self.callee(other, call);
                callee.is_some_and(|callee| language.values(&callee.name).next().is_some())
                    && call.args.first().and_then(|arg| self.known_text(other, arg.value)).as_deref() == Some(name)
            });
            let entity = made.find_map(|(index, _)| {
                let declared = self.entities.by_call.get(&(other, index)).map(|&number| Carried::Declared(number));
                declared.or_else(|| Some(Carried::Named(Box::new(self.call_entity(other, index, 0)?))))
            });
            entity.filter(|entity| used(self.carried(entity).framework))
        })
    }
}
