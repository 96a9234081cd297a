//! Which entity a value carries.
//!
//! A value carries an entity when it is of its type, holds it (a list, a repository, a query on it), is the type
//! itself, or is what a call on such a value gives.

use super::entities::Entity;
use super::languages::Way;
use super::matching::Selected;
use super::memo;
use super::program::{Program, Uses};
use super::symbols::Def;
use super::types::{Ty, is_collection};
use crate::facts::{Node, NodeId, TextPiece};
use crate::frameworks::{RuleId, Step};
use crate::source::FileId;
use crate::syntax::outline::FunctionKind;
use crate::vocabulary::Name;

const MAX_DEPTH: usize = 24;

/// The entity that a value carries.
#[derive(Debug, Clone)]
pub(super) enum Carried {
    /// One that is declared: an index into [`Entities::list`](super::entities::Entities::list).
    Declared(usize),
    /// A table that a call names on the spot (`knex("orders")`).
    Named(Box<Entity>),
}

impl Program<'_> {
    /// The entity that a type is or holds.
    pub(super) fn entity_of_type(&self, ty: &Ty, depth: usize) -> Option<usize> {
        if depth > MAX_DEPTH {
            memo::cut(&self.generation);
            return None;
        }
        for decl in &ty.decls {
            for part in self.symbols.parts(decl.0, decl.1) {
                if let Some(&number) = self.entities.by_type.get(&part) {
                    return Some(number);
                }
            }
        }
        if let Some(number) = self.builtin_entity(ty) {
            return Some(number);
        }
        if let Some(number) = ty.args.iter().find_map(|arg| self.entity_of_type(arg, depth + 3)) {
            return Some(number);
        }
        for &(file, index) in self.lineage(ty).iter() {
            let decl = self.symbols.type_decl(file, index);
            let mut scope = decl.scope.clone();
            scope.push(decl.name.clone());
            for base in &decl.bases {
                for arg in &base.args {
                    let arg = self.type_ref(file, &scope, arg, depth + 1);
                    // A type may name itself in what it derives from, and several do at once: a few steps tell.
                    if let Some(number) = self.entity_of_type(&arg, depth + 10) {
                        return Some(number);
                    }
                }
            }
        }
        None
    }

    /// The entity that queries know by that name, seen from this file.
    pub(super) fn entity_called(&self, from: FileId, name: &str) -> Option<usize> {
        let unit = self.symbols.file(from).unit;
        let sees = |file| self.symbols.visible(unit, self.symbols.file(file).unit);
        let mut called = (0..).zip(&self.entities.list).filter(|(_, entity)| entity.called.as_deref() == Some(name));
        if let Some((number, _)) = called.find(|(_, entity)| entity.decl.is_some_and(|(file, _)| sees(file))) {
            return Some(number);
        }
        let types = self.symbols.named(unit, &name.into()).into_iter().filter_map(|def| match def {
            Def::Type(file, index) => Some(self.own_type(file, index)),
            _ => None,
        });
        types.into_iter().find_map(|ty: Ty| self.entity_of_type(&ty, 0))
    }

    /// The entity that a value carries.
    pub(super) fn entity_of(&self, file: FileId, node: NodeId, depth: usize) -> Option<Carried> {
        if self.entities.list.is_empty() && !self.has_value_rules(file) {
            return None;
        }
        if depth > MAX_DEPTH {
            memo::cut(&self.generation);
            return None;
        }
        memo::entity_of(&self.generation, (file, node), || self.find_entity(file, node, depth))
    }

    /// The entity that a path names.
    pub(super) fn entity_of_path(&self, file: FileId, function: u32, segments: &[Name]) -> Option<Carried> {
        let declared = self.declared_value(file, function, segments);
        let declared = declared.or_else(|| self.variant_entity(file, function, segments));
        declared.or_else(|| {
            let ty = self.type_of_path(file, function, segments)?;
            self.entity_of_type(&ty, 0).map(Carried::Declared)
        })
    }

    fn find_entity(&self, file: FileId, node: NodeId, depth: usize) -> Option<Carried> {
        let next = depth + 1;
        if let Some(&number) = self.entities.by_node.get(&(file, node)) {
            return Some(Carried::Declared(number));
        }
        match self.symbols.file(file).facts.node(node) {
            Node::Typed { value, .. } => {
                let by_type = self.entity_by_type(file, node);
                by_type.or_else(|| self.entity_of(file, (*value)?, next))
            }
            Node::Name { segments, function, .. } => {
                let declared = self.declared_value(file, *function, segments);
                let declared = declared.or_else(|| self.variant_entity(file, *function, segments));
                let declared = declared.or_else(|| self.entity_by_type(file, node));
                let declared = declared.or_else(|| {
                    let values = self.constants_round(file, *function, segments).into_iter();
                    values.take(4).find_map(|(file, node)| self.entity_of(file, node, next + 2))
                });
                declared.or_else(|| self.exported_entity(file, *function, segments, next))
            }
            Node::Member { base, name, span, .. } => {
                let path = self.path_of(file, node);
                let own = path.and_then(|path| self.declared_value(file, self.function_of(file, node), &path));
                if own.is_none()
                    && let Some(other) = self.related(file, *base, name)
                {
                    return other.map(Carried::Declared);
                }
                // `Order.tags.through` is the table between the two.
                let own = own.or_else(|| {
                    self.entities.join_members.contains(name).then(|| self.join_of_member(file, *base)).flatten()
                });
                let own = own.or_else(|| self.managed(file, node, *base, next));
                let own = own.or_else(|| self.entity_by_type(file, node));
                let own = own.or_else(|| {
                    let entity = self.member_entity(file, *base, name, *span)?;
                    Some(Carried::Named(Box::new(entity)))
                });
                let own = own.or_else(|| {
                    let path = self.path_of(file, node)?;
                    self.exported_entity(file, self.function_of(file, node), &path, next)
                });
                // A table that an object keeps (`self.orders = Table("orders", …)`).
                let own = own.or_else(|| {
                    let ty = self.type_of(file, *base, 0).filter(|ty| !ty.decls.is_empty())?;
                    let values = self.field_values(&ty, name).into_iter();
                    values.take(4).find_map(|(file, node)| self.entity_of(file, node, next + 2))
                });
                let own = own.or_else(|| self.given_by_getter(file, *base, name, next));
                let own = own.or_else(|| {
                    let Carried::Declared(number) = self.entity_of(file, *base, next)? else { return None };
                    let found = self.entities.associations.get(&(number, name.clone()))?;
                    Some(Carried::Declared(found.target))
                });
                // `$orders->each->delete()`
                let own = own.or_else(|| {
                    self.frameworks.member(self.language(file), name, |rule| rule.carries)?;
                    self.entity_of(file, *base, next)
                });
                // An extension property, which stands by itself (`val Database.orders get() = sequenceOf(Orders)`).
                let own = own.or_else(|| {
                    let function = self.has(file, Way::ExtensionProperties).then(|| self.function_of(file, node))?;
                    let (at, value) = self.declared_node(file, function, std::slice::from_ref(name))?;
                    self.entity_of(at, value, next)
                });
                own.or_else(|| {
                    // `Order.objects`, `Order.query`: what an entity type offers speaks of the entity.
                    let base_type = self.type_of(file, *base, 0);
                    // A form's fields are no manager of its model.
                    let elsewhere = self.has(file, Way::ClassBodies)
                        && base_type.as_ref().is_some_and(|ty| self.is_of_another(ty));
                    if elsewhere {
                        return None;
                    }
                    if base_type.is_some_and(|ty| ty.is_type)
                        || self.has(file, Way::UniformAccess)
                        || self.is_class_itself(file, *base)
                    {
                        return self.entity_of(file, *base, next);
                    }
                    // A column of a table that is a value (`orders.c.id`), a manager of a model that is known by its name.
                    let is_value = self.has(file, Way::ClassesAsValues);
                    self.entity_of(file, *base, next).filter(
                        |carried| is_value && matches!(carried, Carried::Named(_)) || matches!(carried, Carried::Declared(number) if self.entities.list[*number].decl.is_none() && !self.entities.list[*number].builtin),
                    )
                })
            }
            Node::Call(call) => self.entity_of_call(file, *call, next),
            Node::Index { base, index } => match self.index_entity(file, *base, *index) {
                Some(entity) => Some(Carried::Named(Box::new(entity))),
                None => self.entity_of(file, *base, next),
            },
            // `key, organization = authenticate(token)`: the others are something else.
            Node::Element { base, position: Some(1..), .. }
                if self.has(file, Way::PartedResults) && self.is_given(file, *base) =>
            {
                None
            }
            Node::Element { base, name: Some(name), .. } if self.has(file, Way::StructPatterns) => {
                match self.part_of_struct(file, *base, name) {
                    Some(part) => part.map(Carried::Declared),
                    None => self.entity_by_type(file, node).or_else(|| self.entity_of(file, *base, next)),
                }
            }
            Node::After { base, .. } | Node::Element { base, .. } => self.entity_of(file, *base, next),
            Node::Text(pieces) => match pieces[..] {
                [TextPiece::Value { node, .. }] => self.entity_of(file, node, next),
                _ => self.entity_by_type(file, node),
            },
            Node::Choice(items) | Node::List(items) | Node::Concat(items) => {
                items.iter().find_map(|&item| self.entity_of(file, item, next))
            }
            Node::Lambda(function) => {
                let value = self.symbols.function(file, *function).value?;
                self.entity_of(file, value, next)
            }
            Node::Param(function, 0) => {
                let own = self.entity_by_type(file, node);
                own.or_else(|| self.entity_of(file, self.item_handed(file, *function)?, next))
            }
            Node::This(function) => {
                if let Some(scoped) = self.scoped_entity(file, *function) {
                    return scoped.map(Carried::Declared);
                }
                let own = self.entity_by_type(file, node);
                own.or_else(|| self.entities_mixing(file, node).first().map(|&number| Carried::Declared(number)))
            }
            // `super().get_queryset()` of a manager speaks of what the manager serves.
            Node::Super(function) => {
                let served = self.owner(file, *function).and_then(|owner| self.only_served(owner));
                served.map(Carried::Declared).or_else(|| self.entity_by_type(file, node))
            }
            _ => self.entity_by_type(file, node),
        }
    }

    /// Whether a value is the class round a method of the class (`cls.query`).
    pub(super) fn is_class_itself(&self, file: FileId, node: NodeId) -> bool {
        let Node::This(function) = self.symbols.file(file).facts.node(node) else { return false };
        self.symbols.function(file, *function).kind == FunctionKind::Static
    }

    /// The value of which a function value is handed the elements (`orders.findById(1).ifPresent(order -> …)`).
    pub(super) fn item_handed(&self, file: FileId, function: u32) -> Option<NodeId> {
        let call = *self.given_to.get(&(file, function))?;
        let rules = self.rules((file, call));
        let blocks = self.has(file, Way::Blocks);
        let selector = rules.iter().find_map(|(id, _)| {
            let rule = self.frameworks.call(*id);
            rule.hands_item.as_ref().or_else(|| rule.hands.as_ref().filter(|_| blocks && rule.hands_type.is_none()))
        })?;
        self.select(file, call, selector).into_iter().find_map(|value| match value {
            Selected::Node(at, node) if at == file => Some(node),
            _ => None,
        })
    }

    /// Whether a type only gives access to an entity that is another type's (a form of a model).
    fn is_of_another(&self, ty: &Ty) -> bool {
        let Some(number) = ty.decls.iter().find_map(|decl| self.entities.by_type.get(decl)) else { return false };
        let lineage = self.lineage(ty);
        self.entities.list[*number].decl.is_some_and(|decl| !lineage.contains(&decl))
    }

    /// Whether a value is what a call gives, or one of those that it gives.
    fn is_given(&self, file: FileId, node: NodeId) -> bool {
        let facts = self.symbols.file(file).facts;
        match facts.node(node) {
            Node::Call(_) => true,
            Node::Element { base, position: None, .. } => matches!(facts.node(*base), Node::Call(_)),
            _ => false,
        }
    }

    /// The entity that a type serves, as a manager.
    fn served_by(&self, ty: &Ty) -> Option<usize> {
        ty.decls.iter().find_map(|&decl| self.only_served(decl))
    }

    /// The one entity that a type serves.
    fn only_served(&self, decl: (FileId, u32)) -> Option<usize> {
        match self.entities.served.get(&decl)?[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether a type serves entities.
    fn serves(&self, ty: &Ty) -> bool {
        ty.decls.iter().any(|decl| self.entities.served.contains_key(decl))
    }

    /// The entity whose type a manager is taken from (`Order.objects`): others may have one of the same type.
    fn managed(&self, file: FileId, node: NodeId, base: NodeId, depth: usize) -> Option<Carried> {
        if self.entities.served.is_empty() || !self.serves(&self.type_of(file, node, 0)?) {
            return None;
        }
        // What a call gives of a type is one of its objects, unless it gives the type itself.
        if let Node::Call(call) = self.symbols.file(file).facts.node(base)
            && !self.rules((file, *call)).iter().any(|(id, _)| self.frameworks.call(*id).gives_type)
        {
            return None;
        }
        let of_type = self.type_of(file, base, 0).is_some_and(|ty| ty.is_type) || self.is_class_itself(file, base);
        of_type.then(|| self.entity_of(file, base, depth)).flatten()
    }

    fn entity_by_type(&self, file: FileId, node: NodeId) -> Option<Carried> {
        let ty = self.type_of(file, node, 0)?;
        let declared = self.entity_of_type(&ty, 0).or_else(|| self.served_by(&ty)).map(Carried::Declared);
        declared.or_else(|| self.generated_type(file, &ty).map(|entity| Carried::Named(Box::new(entity))))
    }

    fn entity_of_call(&self, file: FileId, call: u32, depth: usize) -> Option<Carried> {
        if let Some(&number) = self.entities.by_call.get(&(file, call)) {
            return Some(Carried::Declared(number));
        }
        if let Some(entity) = self.call_entity(file, call, depth) {
            return Some(Carried::Named(Box::new(entity)));
        }
        let fact = self.call((file, call));
        if let Some(ty) = self.type_of(file, fact.callee, 0)
            && ty.is_type
            && let Some(number) = self.entity_of_type(&ty, 0)
        {
            return Some(Carried::Declared(number));
        }
        // What a call gives is called again (`foreignKey("fk", id, orders)(_.id)`).
        if let Node::Call(_) = self.symbols.file(file).facts.node(fact.callee) {
            return self.entity_of(file, fact.callee, depth + 1);
        }
        let callee = self.callee(file, fact)?;
        if let Some(ty) = self.builtin_result(file, &callee) {
            return self.entity_of_type(&ty, 0).map(Carried::Declared);
        }
        if let Some(target) = self.led_to(file, call, &callee) {
            return Some(Carried::Declared(target));
        }
        if let Some(receiver) = callee.receiver
            && let Some(other) = self.related(file, receiver, &callee.name)
        {
            return other.map(Carried::Declared);
        }
        if let Some(related) = callee.receiver.and_then(|receiver| self.relation(file, receiver, &callee.name)) {
            return Some(Carried::Declared(related));
        }
        self.frameworks.language(self.language(file))?;
        for &id in self.candidates(file, &callee.name).iter() {
            let rule = self.frameworks.call(id);
            // A name as common as `from` or `to` says nothing of another framework's values.
            let applies = || self.rules((file, call)).iter().any(|(known, _)| *known == id);
            if self.uses(file, id.framework) == Uses::No || rule.strict && !applies() {
                continue;
            }
            if rule.leads.is_some() {
                return self.led(file, call, id);
            }
            let selector = rule.carries.as_ref().or(rule.entity.as_ref());
            if rule.ends && selector.is_none() && applies() {
                return None;
            }
            for value in selector.map(|selector| self.select(file, call, selector)).unwrap_or_default() {
                let carried = match value {
                    // Guard against a rule that selects the call itself through its receiver.
                    Selected::Node(file, node) => self.entity_of(file, node, depth + 1).or_else(|| {
                        let (table, place) = self.generated(file, node, rule)?;
                        Some(Carried::Named(Box::new(Entity::named(table, place, id.framework))))
                    }),
                    Selected::Type(ty) => self.entity_of_type(&ty, 0).map(Carried::Declared),
                };
                if carried.is_some() {
                    return if rule.ends { None } else { carried };
                }
            }
        }
        let by_habit = self.has(file, Way::ToldByHabit);
        // A method speaks of its object; a function, of what it is given.
        let is_function = self.has(file, Way::LeavesTypesOut)
            && callee.receiver.is_none_or(|receiver| self.type_of(file, receiver, 0).is_some_and(|ty| ty.is_type));
        for target in self.targets_of((file, call)).iter().take(4) {
            // A namesake that takes less is another.
            let params = &self.symbols.function(target.function.0, target.function.1).params;
            if by_habit && target.by_name && params.len() < fact.args.len() {
                continue;
            }
            // What goes on with a query that it is given (`defp paged(query), do: limit(query, 10)`).
            if is_function
                && !target.by_name
                && let Some(position) = self.handed_back(target.function, 0)
                && let Some(given) = self.given_value(target.function, position, (file, call))
                && let Some(carried) = self.entity_of(file, given, depth + 2)
            {
                return Some(carried);
            }
            if let Some(ty) = self.returned_type(target.function, 0) {
                match self.entity_of_type(&ty, 0).or_else(|| self.served_by(&ty)) {
                    // What a namesake returns says nothing against what the call is made on.
                    None if target.by_name => continue,
                    // One that serves several speaks of what it was taken from.
                    None if self.serves(&ty) => {}
                    // A builder speaks of what it was begun with: `func (s *Store) open() *gorm.DB`.
                    None if self.is_builder(file, &ty) || self.is_vague(file, &ty) => {}
                    carried => return carried.map(Carried::Declared),
                }
            }
            let (file, function) = target.function;
            // A few functions deep at most: each may return what many others do.
            let function = self.symbols.function(file, function);
            let value = function.value.filter(|_| !target.by_name && depth < 8);
            let ask = |value| match &function.returns {
                // One that says that it gives a builder is looked into for what that was begun with.
                Some(_) => self.entity_of(file, value, depth + 1),
                None => memo::look_through(&self.generation, || self.entity_of(file, value, depth + 8)),
            };
            if let Some(carried) = value.and_then(ask) {
                return Some(carried);
            }
        }
        if let Some(ty) = self.made(file, call).or_else(|| self.helper_like(file, call)) {
            return self.entity_of_type(&ty, 0).map(Carried::Declared);
        }
        let receiver = callee.receiver?;
        // What an object is asked for is something else, unless it is what the object keeps under that name.
        if self.is_single(file, receiver, 0) {
            return None;
        }
        if let Some(number) = self.relation_of_repository(file, receiver, &callee.name) {
            return Some(Carried::Declared(number));
        }
        if self.has(file, Way::Readers)
            && matches!(self.symbols.file(file).facts.node(receiver), Node::This(_))
            && let Some(kept) = self.entity_of(file, fact.callee, depth + 1)
        {
            return Some(kept);
        }
        self.entity_of(file, receiver, depth + 1)
    }

    /// The argument whose entity the result of a call carries, as a rule says.
    pub(super) fn hands_on(&self, file: FileId, call: u32) -> Option<NodeId> {
        let callee = self.callee(file, self.call((file, call)))?;
        let language = self.frameworks.language(self.language(file))?;
        language.calls(&callee.name).into_iter().find_map(|id| {
            let rule = self.frameworks.call(id);
            let selector =
                rule.carries.as_ref().filter(|_| !rule.strict && self.uses(file, id.framework) != Uses::No)?;
            let [Step::Position(_)] = selector.0[..] else { return None };
            self.select(file, call, selector).into_iter().find_map(|value| match value {
                Selected::Node(at, node) if at == file => Some(node),
                _ => None,
            })
        })
    }

    /// Whether a type is one of a framework's builders.
    fn is_builder(&self, file: FileId, ty: &Ty) -> bool {
        let Some(language) = self.frameworks.language(self.language(file)) else { return false };
        let mut fluent = language.frameworks.iter().flat_map(|&number| &self.frameworks.all[number].fluent);
        ty.decls.is_empty() && fluent.any(|path| ty.is_named(path))
    }

    /// Whether a type only says that a value holds objects, or is of some entity: which one the value itself tells.
    fn is_vague(&self, file: FileId, ty: &Ty) -> bool {
        if !ty.decls.is_empty() || !self.has(file, Way::LeavesTypesOut) {
            return false;
        }
        let Some(language) = self.frameworks.language(self.language(file)) else { return false };
        let rules = language.frameworks.iter().flat_map(|&number| &self.frameworks.all[number].entities);
        ty.args.is_empty() && is_collection(ty.name())
            || rules.flat_map(|rule| &rule.base).any(|path| ty.path.len() > 1 && ty.is_named(path))
    }

    /// The entity to which the relation leads that a call names.
    pub(super) fn led(&self, file: FileId, call: u32, id: RuleId) -> Option<Carried> {
        let rule = self.frameworks.call(id);
        let name = self.select(file, call, rule.leads.as_ref()?).into_iter().find_map(|value| match value {
            Selected::Node(file, node) => self.key_of(file, node),
            Selected::Type(_) => None,
        });
        let carrier = self.select(file, call, rule.carries.as_ref()?);
        let from = carrier.iter().find_map(|value| match value {
            Selected::Node(file, node) => self.type_of_entity(*file, *node),
            Selected::Type(ty) => Some(ty.clone()),
        });
        self.along(from.as_ref(), &[name?], id.framework).pop()
    }

    /// The entity behind a relation, if `name` is one of the type of `base`; the inner option is empty where the
    /// entity is not known.
    fn related(&self, file: FileId, base: NodeId, name: &Name) -> Option<Option<usize>> {
        if !self.names_relation(name) {
            return None;
        }
        let ty = self.type_of(file, base, 0)?;
        let by_type = self.relation_of(&ty, name, 0);
        let known = by_type.or_else(|| self.relation_from(file, base, name, 0).filter(|_| ty.decls.is_empty()));
        known.map(|found| found.target)
    }

    /// The type that an entity is.
    pub(super) fn entity_type(&self, number: usize) -> Option<Ty> {
        self.entities.list[number].decl.map(|(file, index)| self.own_type(file, index))
    }

    /// The entity that is carried.
    pub(super) fn carried<'c>(&'c self, carried: &'c Carried) -> &'c Entity {
        match carried {
            Carried::Declared(number) => &self.entities.list[*number],
            Carried::Named(entity) => entity,
        }
    }
}
