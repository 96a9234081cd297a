//! Which values are one object, where no types tell: what is called on one is no query.

use super::languages::Way;
use super::program::Program;
use super::types::Ty;
use crate::facts::{Node, NodeId};
use crate::frameworks::naming;
use crate::source::FileId;
use crate::syntax::outline::FunctionKind;
use crate::vocabulary::Name;

const MAX_DEPTH: usize = 8;

impl Program<'_> {
    /// Whether a value is known to be one object of an entity, and no query or list of them.
    pub(super) fn is_single(&self, file: FileId, node: NodeId, depth: usize) -> bool {
        if !self.has(file, Way::ToldByHabit) || depth > MAX_DEPTH {
            return false;
        }
        let facts = self.symbols.file(file).facts;
        match facts.node(node) {
            Node::Call(call) => self.gives_single(file, *call, depth),
            Node::Param(function, index) => {
                if let Some(call) = self.given_to.get(&(file, *function)) {
                    let rules = self.rules((file, *call));
                    return rules.iter().any(|(id, _)| {
                        let rule = self.frameworks.call(*id);
                        rule.single && rule.hands.is_some()
                    });
                }
                let param = self.symbols.function(file, *function).params.get(*index as usize);
                let like = param.and_then(|param| self.named_like(file, &param.name));
                let number = like.and_then(|ty| self.entity_of_type(&ty, 0));
                number.is_some_and(|number| self.tells_single(self.entities.list[number].framework))
            }
            Node::This(function) => {
                let fact = self.symbols.function(file, *function);
                let named = fact.kind == FunctionKind::Method && !fact.name.is_empty();
                let tells = || {
                    self.owner(file, *function)
                        .and_then(|(file, owner)| self.entity_of_type(&self.own_type(file, owner), 0))
                };
                named && tells().is_some_and(|number| self.tells_single(self.entities.list[number].framework))
            }
            Node::Member { base, name, .. } if matches!(facts.node(*base), Node::This(_)) => {
                let Some(ty) = self.type_of(file, *base, 0) else { return false };
                let values = self.field_values(&ty, name);
                !values.is_empty() && values.iter().all(|&(file, node)| self.is_single(file, node, depth + 1))
            }
            Node::Choice(ways) => ways.iter().any(|&way| self.is_single(file, way, depth + 1)),
            Node::After { base, .. } => self.is_single(file, *base, depth + 1),
            Node::Typed { value: Some(value), .. } => self.is_single(file, *value, depth + 1),
            _ => false,
        }
    }

    /// Whether the rules of a framework tell one object from many.
    fn tells_single(&self, framework: usize) -> bool {
        self.frameworks.all[framework].calls.iter().any(|rule| rule.on_many)
    }

    /// Whether a value is a class, a query, or a list of objects: what leads on from one object does not from these.
    pub(super) fn is_many(&self, file: FileId, node: NodeId) -> bool {
        if !self.has(file, Way::ToldByHabit) {
            return false;
        }
        let facts = self.symbols.file(file).facts;
        match facts.node(node) {
            Node::Name { .. } => self.type_of(file, node, 0).is_some_and(|ty| ty.is_type),
            Node::Call(call) => {
                let callee = facts.calls[*call as usize].callee;
                let Node::Member { base, name, .. } = facts.node(callee) else { return false };
                if self.relation_of_member(file, callee, 0).is_some() {
                    return naming::singular(name) != name.as_str();
                }
                let rules = self.rules((file, *call));
                let rules = || rules.iter().map(|(id, _)| self.frameworks.call(*id));
                if rules().next().is_none() {
                    // A scope of what is many is many.
                    return self.is_many(file, *base);
                }
                rules().any(|rule| rule.on_many) && !rules().any(|rule| rule.single && rule.hands.is_none())
            }
            _ => false,
        }
    }

    fn gives_single(&self, file: FileId, call: u32, depth: usize) -> bool {
        let facts = self.symbols.file(file).facts;
        let fact = &facts.calls[call as usize];
        let Node::Member { base, name, .. } = facts.node(fact.callee) else { return false };
        if self.relation_of_member(file, fact.callee, 0).is_some() {
            return naming::singular(name) == name.as_str() && naming::plural(name) != name.as_str();
        }
        let gives = |id: crate::frameworks::RuleId| {
            let rule = self.frameworks.call(id);
            rule.single && rule.hands.is_none()
        };
        if self.rules((file, call)).iter().any(|(id, _)| gives(*id)) {
            return true;
        }
        // `attr_reader :order`
        let read = fact.args.is_empty() && matches!(facts.node(*base), Node::This(_));
        let targets = self.targets_of((file, call));
        read && targets.iter().all(|target| target.by_name)
            && (self.is_single(file, fact.callee, depth + 1) || self.helper_like(file, call).is_some())
    }

    /// The entity's type that an untyped parameter is called after (`order`): there nothing else tells.
    pub(super) fn named_like(&self, file: FileId, name: &Name) -> Option<Ty> {
        if !self.has(file, Way::NamesTellTypes) || self.entities.by_type.is_empty() {
            return None;
        }
        let model = naming::pascal(name);
        let unit = self.symbols.file(file).unit;
        let types = self.symbols.named(unit, &Name::from(model)).into_iter().filter_map(|def| match def {
            super::symbols::Def::Type(file, index) => Some((file, index)),
            _ => None,
        });
        let table = |decl: &(FileId, u32)| Some(&self.entities.list[self.entities.of_type(*decl)?].table);
        let entities: Vec<(FileId, u32)> = types.filter(|decl| table(decl).is_some()).collect();
        // Of several models of one name none is meant, unless they are one: opened again round another
        // (`class Order; class Line`), or declared again in a migration.
        let depth = |&&(file, index): &&(FileId, u32)| self.symbols.type_decl(file, index).scope.len();
        let &(file, index) = entities.iter().min_by_key(depth)?;
        let same = entities.iter().all(|decl| table(decl) == table(&(file, index)));
        same.then(|| self.own_type(file, index))
    }

    /// The entity's type that a helper without a receiver is called after (`current_user`, `order`), where nothing tells
    /// what it gives. What an entity itself is asked for is one of its columns.
    pub(super) fn helper_like(&self, file: FileId, call: u32) -> Option<Ty> {
        if !self.has(file, Way::ToldByHabit) || self.entities.by_type.is_empty() {
            return None;
        }
        let fact = self.call((file, call));
        let facts = self.symbols.file(file).facts;
        let Node::Member { base, name, .. } = facts.node(fact.callee) else { return None };
        let Node::This(function) = facts.node(*base) else { return None };
        if !fact.args.is_empty() {
            return None;
        }
        if let Some(model) = name.strip_prefix("current_") {
            return self.named_like(file, &Name::from(model));
        }
        let of_entity = || {
            let (file, owner) = self.owner(file, *function)?;
            self.entity_of_type(&self.own_type(file, owner), 0)
        };
        if of_entity().is_some() { None } else { self.named_like(file, name) }
    }

    /// The relation of the receiver's entity that a method is called after (`add_track`, `build_address`).
    pub(super) fn relation_named_by(
        &self,
        file: FileId,
        receiver: NodeId,
        rest: &str,
    ) -> Option<super::relations::Relation> {
        let ty = self.type_of(file, receiver, 0).or_else(|| self.type_of_entity(file, receiver))?;
        let rest = rest.trim_end_matches('!');
        let names = [Name::from(rest), Name::from(naming::plural(rest))];
        names.iter().find_map(|name| self.relation_of(&ty, name, 0))
    }
}
