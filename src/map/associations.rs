//! Associations: how entities lead to others, and which tables a call reaches by naming them.
//!
//! What declares an association is data (`[[association]]` of a framework); a field whose declared type is an entity is
//! one by itself. A call that names associations reads the tables on the way: a path of them, a member, a record.

use rustc_hash::FxHashMap;

use super::carried::Carried;
use super::entities::Entity;
use super::languages::Way;
use super::matching::{Selected, arguments};
use super::memo;
use super::program::{Program, Uses};
use super::types::Ty;
use super::walk::{Reached, Walk};
use crate::facts::{AnnotationFact, FieldFact, Node, NodeId};
use crate::frameworks::{AssociationRule, CallRule, Selector, naming};
use crate::source::FileId;
use crate::vocabulary::{Name, Part, TableName};

/// Where an association leads.
#[derive(Debug, Clone)]
pub(super) struct Association {
    /// The entity.
    pub target: usize,
    /// The table between the two.
    pub join: Option<TableName>,
    /// Whether the key lies in the entity's own table.
    pub own_key: bool,
    /// Whether something says so, and not only the types.
    pub stated: bool,
    /// Whether naming it on an object reads what it leads to.
    pub lazy: bool,
    /// The rule that says so: the framework, and its number there.
    pub(super) rule: Option<(usize, usize)>,
}

/// Where a rule's selectors begin.
#[derive(Clone, Copy)]
pub(super) enum Anchor<'a> {
    Call(FileId, u32),
    Annotation(FileId, &'a AnnotationFact),
    Value(FileId, NodeId),
    Nothing(FileId),
}

impl Anchor<'_> {
    fn file(self) -> FileId {
        match self {
            Self::Call(file, _) | Self::Annotation(file, _) | Self::Value(file, _) | Self::Nothing(file) => file,
        }
    }
}

/// An association as it is declared, before its target is known.
pub(super) struct Declared<'a> {
    /// The entity that declares it, and its type's name.
    pub owner: usize,
    /// The name of the field, if it is one.
    pub field: Option<&'a FieldFact>,
    /// The association's name.
    pub name: Name,
    pub anchor: Anchor<'a>,
    pub rule: (usize, usize),
}

pub(super) type Found = FxHashMap<(usize, Name), Association>;

impl Program<'_> {
    /// Finds the associations of all entities, what serves them, and whose tables hold a part of theirs.
    pub(super) fn find_associations(&mut self) {
        let mut found = Found::default();
        let mut served = FxHashMap::default();
        let mut parents = Vec::new();
        for number in 0..self.entities.list.len() {
            let Some(decl) = self.entities.list[number].decl else { continue };
            self.associations_of_fields(number, decl, &mut found);
            self.servants(number, decl, &mut served);
            parents.push((number, self.parents_of(number, decl)));
        }
        for (number, parents) in parents {
            self.ways_down(number, &parents, &mut found);
            self.entities.list[number].parents = parents;
        }
        self.associations_by_ways(&mut found);
        self.associations_by_calls(&mut found);
        self.associations_by_ends(&mut found);
        let lazy = found.iter().filter(|(_, found)| found.lazy);
        self.entities.lazy = lazy.map(|((_, name), _)| name.clone()).collect();
        let rules = self.frameworks.all.iter().flat_map(|framework| &framework.associations);
        self.entities.join_members = rules.filter_map(|rule| rule.join_member.clone()).collect();
        self.entities.served = served;
        self.entities.associations = found;
        self.generation = memo::Generation::new();
    }

    /// The entities among a type's supertypes whose tables hold a part of it.
    fn parents_of(&self, number: usize, decl: (FileId, u32)) -> Vec<usize> {
        let entity = &self.entities.list[number];
        let framework = &self.frameworks.all[entity.framework];
        if !framework.entities.iter().any(|rule| rule.joined) {
            return Vec::new();
        }
        let lineage = self.lineage(&Ty { decls: vec![decl], ..Ty::default() });
        let above = lineage.iter().skip(1);
        let numbers = above.filter_map(|decl| self.entities.by_type.get(decl).copied());
        let mut parents: Vec<usize> = numbers
            .filter(|&parent| {
                let other = &self.entities.list[parent];
                other.framework == entity.framework && other.table != entity.table
            })
            .collect();
        parents.dedup();
        parents
    }

    /// From an entity to those that hold a part of it, where the framework names the ways back by the types.
    fn ways_down(&self, number: usize, parents: &[usize], found: &mut Found) {
        let entity = &self.entities.list[number];
        let rules = &self.frameworks.all[entity.framework].associations;
        let by_name = rules.iter().any(|rule| rule.reverse_naming.iter().any(|name| name == "{name}"));
        let Some((file, index)) = entity.decl.filter(|_| by_name) else { return };
        let name = Name::from(self.symbols.type_decl(file, index).name.to_lowercase());
        for &parent in parents {
            let down = Association { target: number, join: None, own_key: false, stated: true, lazy: true, rule: None };
            enter(found, (parent, name.clone()), down);
        }
    }

    /// Associations that go through others (`association_proxy("lines", "product")`).
    fn associations_by_ways(&self, found: &mut Found) {
        for owner in 0..self.entities.list.len() {
            let Some(decl) = self.entities.list[owner].decl else { continue };
            let framework = self.entities.list[owner].framework;
            let rules = (0..).zip(&self.frameworks.all[framework].associations);
            for (number, rule) in rules.filter(|(_, rule)| !rule.way.is_empty()) {
                for &(file, index) in self.lineage(&Ty { decls: vec![decl], ..Ty::default() }).iter() {
                    let ty = self.symbols.type_decl(file, index);
                    for field in &ty.fields {
                        let anchor = self.field_anchor(file, &ty.scope, field, framework, rule);
                        let steps = rule.way.iter().map(|selector| self.anchored_text(anchor?, selector));
                        let way = self.along_way(owner, steps, found);
                        if let Some(way) = way {
                            let way = Association { rule: Some((framework, number)), lazy: rule.lazy, ..way };
                            enter(found, (owner, field.name.clone()), way);
                        }
                    }
                }
            }
        }
    }

    /// The association that several make one after another; a step that is none names a column at the end.
    fn along_way(
        &self,
        owner: usize,
        steps: impl Iterator<Item = Option<String>>,
        found: &Found,
    ) -> Option<Association> {
        let mut way: Option<Association> = None;
        for step in steps.flatten() {
            let at = way.as_ref().map_or(owner, |way| way.target);
            let Some(next) = found.get(&(at, Name::from(step))) else { break };
            let join = match &way {
                Some(before) => Some(self.entities.list[before.target].table.clone()),
                None => next.join.clone(),
            };
            way = Some(Association { join, own_key: false, ..next.clone() });
        }
        way
    }

    /// The types that an entity holds to be served by (`objects = OrderManager()`).
    fn servants(&self, number: usize, decl: (FileId, u32), served: &mut FxHashMap<(FileId, u32), Vec<usize>>) {
        let framework = &self.frameworks.all[self.entities.list[number].framework];
        if framework.serves.is_empty() {
            return;
        }
        // What an entity above it is served by is told there.
        let own = |part: &&(FileId, u32)| **part == decl || !self.entities.by_type.contains_key(*part);
        for &(file, index) in self.lineage(&Ty { decls: vec![decl], ..Ty::default() }).iter().filter(own) {
            for value in self.symbols.type_decl(file, index).fields.iter().filter_map(|field| field.value) {
                for ty in self.types_in(file, value, 0) {
                    // With what it derives from in turn (`Manager.from_queryset(OrderQuerySet)`).
                    for &(file, index) in self.lineage(&ty).iter() {
                        let serves = self.is_a(&self.own_type(file, index), &framework.serves);
                        let all = served.entry((file, index)).or_default();
                        if serves && !all.contains(&number) {
                            all.push(number);
                        }
                    }
                }
            }
        }
    }

    /// The types that a value is made of: its own, and those named in the call that makes it.
    fn types_in(&self, file: FileId, node: NodeId, depth: usize) -> Vec<Ty> {
        let mut types: Vec<Ty> = self.type_of(file, node, 0).into_iter().collect();
        if let Node::Call(call) = self.symbols.file(file).facts.node(node)
            && depth < 4
        {
            let fact = self.call((file, *call));
            for arg in &fact.args {
                types.extend(self.types_in(file, arg.value, depth + 1));
            }
            match self.symbols.file(file).facts.node(fact.callee) {
                Node::Member { base, .. } => types.extend(self.types_in(file, *base, depth + 1)),
                Node::Call(_) => types.extend(self.types_in(file, fact.callee, depth + 1)),
                _ => {}
            }
        }
        types
    }

    fn associations_of_fields(&self, owner: usize, decl: (FileId, u32), found: &mut Found) {
        let framework = self.entities.list[owner].framework;
        let rules = &self.frameworks.all[framework].associations;
        if rules.is_empty() {
            return;
        }
        for &(file, index) in self.lineage(&Ty { decls: vec![decl], ..Ty::default() }).iter() {
            let ty = self.symbols.type_decl(file, index);
            for (number, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.within.is_empty()) {
                let declared = |name: &Name, field, anchor| Declared {
                    owner,
                    field,
                    name: name.clone(),
                    anchor,
                    rule: (framework, number),
                };
                for field in &ty.fields {
                    if let Some(anchor) = self.field_anchor(file, &ty.scope, field, framework, rule) {
                        let one = declared(&field.name, Some(field), anchor);
                        let fits = |selector: &Selector| !self.beside(&one, selector).is_empty();
                        if rule.only.is_empty() || rule.only.iter().any(fits) {
                            self.declare(file, &one, found);
                        }
                    }
                    let entries = field.value.filter(|_| rule.record.contains(&field.name));
                    for (name, value) in entries.map(|value| self.meant(file, value, rule)).unwrap_or_default() {
                        self.declare(file, &declared(&name, None, Anchor::Value(file, value)), found);
                    }
                }
                // A getter of that name gives the record.
                let members =
                    self.symbols.members(file, index).iter().map(|&member| self.symbols.function(file, member));
                let getters = members.filter(|member| rule.record.contains(&member.name));
                for value in getters.filter_map(|getter| getter.value) {
                    for (name, value) in self.meant(file, value, rule) {
                        self.declare(file, &declared(&name, None, Anchor::Value(file, value)), found);
                    }
                }
                if rule.name.is_empty() || rule.annotation.is_empty() {
                    continue;
                }
                for annotation in &ty.annotations {
                    let own = std::slice::from_ref(annotation);
                    if self.annotation(file, &ty.scope, own, &rule.annotation).is_some() {
                        let anchor = Anchor::Annotation(file, annotation);
                        let name = rule.name.iter().find_map(|selector| self.anchored_text(anchor, selector));
                        if let Some(name) = name {
                            self.declare(file, &declared(&Name::from(name), None, anchor), found);
                        }
                    }
                }
            }
        }
    }

    /// The entries of a record that a rule speaks of.
    fn meant(&self, file: FileId, node: NodeId, rule: &AssociationRule) -> Vec<(Name, NodeId)> {
        let mut entries = self.entries(file, node);
        let fits = |value, selector| !self.anchored(Anchor::Value(file, value), selector).is_empty();
        entries.retain(|&(_, value)| rule.only.is_empty() || rule.only.iter().any(|selector| fits(value, selector)));
        entries
    }

    /// The entries of a record, or of one that a function gives.
    pub(super) fn entries(&self, file: FileId, node: NodeId) -> Vec<(Name, NodeId)> {
        let facts = self.symbols.file(file).facts;
        match facts.node(node) {
            Node::Record(entries) => {
                entries.iter().filter_map(|&(key, value)| Some((self.key_of(file, key)?, value))).collect()
            }
            Node::Lambda(function) => {
                let value = facts.functions[*function as usize].value;
                value.map(|value| self.entries(file, value)).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    fn field_anchor<'f>(
        &self,
        file: FileId,
        scope: &[Name],
        field: &'f FieldFact,
        framework: usize,
        rule: &AssociationRule,
    ) -> Option<Anchor<'f>> {
        if !rule.annotation.is_empty()
            && rule.name.is_empty()
            && let Some(annotation) = self.annotation(file, scope, &field.annotations, &rule.annotation)
        {
            return Some(Anchor::Annotation(file, annotation));
        }
        if rule.lists && field.ty.as_ref().is_some_and(|ty| self.is_list(file, ty)) {
            return Some(Anchor::Nothing(file));
        }
        let Node::Call(call) = self.symbols.file(file).facts.node(field.value?) else { return None };
        self.is_call_of((file, *call), framework, &rule.function).then_some(Anchor::Call(file, *call))
    }

    /// Associations that are declared by calls (`Order.hasMany(Line)`, `relations(orders, …)`).
    fn associations_by_calls(&self, found: &mut Found) {
        for file in self.symbols.file_ids() {
            let Some(language) = self.frameworks.language(self.language(file)) else { continue };
            for &framework in &language.frameworks {
                let rules = &self.frameworks.all[framework].associations;
                let calling = rules.iter().any(|rule| !rule.method.is_empty() || !rule.record.is_empty());
                if !calling || self.uses(file, framework) == Uses::No {
                    continue;
                }
                for (index, call) in (0u32..).zip(&self.symbols.file(file).facts.calls) {
                    let Some(callee) = self.callee(file, call) else { continue };
                    for (number, rule) in rules.iter().enumerate() {
                        let by_method = callee.receiver.filter(|_| rule.method.contains(&callee.name));
                        if let Some(receiver) = by_method {
                            self.called(file, index, receiver, (framework, number), found);
                        } else if !rule.record.is_empty() && self.is_call_of((file, index), framework, &rule.record) {
                            self.recorded(file, index, (framework, number), found);
                        }
                    }
                }
            }
        }
    }

    fn called(&self, file: FileId, call: u32, receiver: NodeId, rule: (usize, usize), found: &mut Found) {
        let Some(Carried::Declared(owner)) = self.entity_of(file, receiver, 0) else { return };
        let anchor = Anchor::Call(file, call);
        let data = &self.frameworks.all[rule.0].associations[rule.1];
        let named = data.name.iter().find_map(|selector| self.anchored_text(anchor, selector));
        let stated = data.entity.iter().find_map(|selector| self.anchored_entity(file, anchor, selector, owner));
        let by_member = || {
            let ty = self.field_type(&self.entity_type(owner)?, &Name::from(named.as_deref()?), 0)?;
            self.entity_of_type(&ty, 0)
        };
        let Some(target) = stated.or_else(by_member) else { return };
        // Without a name of its own it is known by the entity it leads to: by its table, and by what it is called here.
        let of_table = || vec![Name::from(self.entities.list[target].table.name.text.as_str())];
        let mut names = named.map_or_else(of_table, |name| vec![Name::from(name)]);
        let written = data.entity.iter().find_map(|selector| match self.anchored(anchor, selector).pop()? {
            Selected::Node(file, node) => self.path_of(file, node)?.pop(),
            Selected::Type(_) => None,
        });
        names.extend(written.filter(|_| data.name.iter().all(|at| self.anchored_text(anchor, at).is_none())));
        for name in names {
            self.declare(file, &Declared { owner, field: None, name, anchor, rule }, found);
        }
    }

    /// `relations(orders, ({ many }) => ({ lines: many(lines) }))`: the first argument's, by the second's record.
    fn recorded(&self, file: FileId, call: u32, rule: (usize, usize), found: &mut Found) {
        let args = &self.call((file, call)).args;
        let (Some(first), Some(second)) = (args.first(), args.get(1)) else { return };
        let Some(Carried::Declared(owner)) = self.entity_of(file, first.value, 0) else { return };
        for (name, value) in self.entries(file, second.value) {
            self.declare(file, &Declared { owner, field: None, name, anchor: Anchor::Value(file, value), rule }, found);
        }
    }

    pub(super) fn is_call_of(&self, call: (FileId, u32), framework: usize, wanted: &[Name]) -> bool {
        self.callee(call.0, self.call(call))
            .is_some_and(|callee| self.names_function_of(call.0, &callee, wanted, framework))
    }

    /// Enters an association under its name, and the way back under its own.
    fn declare(&self, file: FileId, declared: &Declared<'_>, found: &mut Found) {
        let rule = &self.frameworks.all[declared.rule.0].associations[declared.rule.1];
        let owner = declared.owner;
        let stated =
            rule.entity.iter().find_map(|selector| self.anchored_entity(file, declared.anchor, selector, owner));
        let by_type = || {
            let decl = self.entities.list[owner].decl?;
            let ty = self.field_type(&Ty { decls: vec![decl], ..Ty::default() }, &declared.field?.name, 0)?;
            self.entity_of_type(&ty, 0)
        };
        let by_name = || match self.model_named(file, &declared.name).into_iter().next()? {
            Selected::Type(ty) => self.entity_of_type(&ty, 0),
            Selected::Node(..) => None,
        };
        let by_member = || {
            let ty = self.field_type(&self.entity_type(owner)?, &declared.name, 0)?;
            self.entity_of_type(&ty, 0)
        };
        let named = || declared.field.is_none().then(|| by_member().or_else(by_name)).flatten();
        // `Mapped["Customer"]`: the name is looked up among all entities, whatever the file imports.
        let by_type_name = || {
            let mut ty = declared.field.filter(|_| !rule.function.is_empty())?.ty.as_ref()?;
            while let Some(inner) = ty.args.last() {
                ty = inner;
            }
            self.entity_named(file, ty.path.last()?)
        };
        let Some(target) = stated.or_else(by_type).or_else(named).or_else(by_type_name) else {
            return;
        };
        let join = self.join_table(declared, rule, target);
        let own_key = rule.own_key;
        let stated = !rule.lists;
        let lazy = rule.lazy;
        let there = Association { target, join: join.clone(), own_key, stated, lazy, rule: Some(declared.rule) };
        enter(found, (owner, declared.name.clone()), there);
        for name in self.ways_back(declared, rule, owner) {
            let lazy = rule.reverse_lazy;
            let back = Association { target: owner, join: join.clone(), own_key: false, stated, lazy, rule: None };
            enter(found, (target, name), back);
        }
    }

    fn ways_back(&self, declared: &Declared<'_>, rule: &AssociationRule, owner: usize) -> Vec<Name> {
        let own = self.entities.list[owner].decl.map(|(file, index)| &self.symbols.type_decl(file, index).name);
        let own = own.map(|name| name.to_lowercase()).unwrap_or_default();
        match rule.reverse.iter().find_map(|selector| self.anchored_text(declared.anchor, selector)) {
            Some(stated) => vec![stated.replace("%(class)s", &own).into()],
            None => rule.reverse_naming.iter().map(|name| name.replace("{name}", &own).into()).collect(),
        }
    }

    pub(super) fn join_table(
        &self,
        declared: &Declared<'_>,
        rule: &AssociationRule,
        target: usize,
    ) -> Option<TableName> {
        if rule.mutual && !self.is_mutual(declared, rule, target) {
            return None;
        }
        let stated = rule.join_table.iter().find_map(|selector| {
            let values = self.beside(declared, selector);
            values.iter().find_map(|value| self.table_of(value))
        });
        let stated = match stated {
            Some(mut table) if rule.join_of_column => {
                table.name = table.qualifiers.pop()?;
                Some(table)
            }
            stated => stated,
        };
        let said = self.entities.list[declared.owner]
            .decl
            .map(|decl| self.said_of(decl, Some(declared.rule.0), self.first_context(decl)));
        let said = said.unwrap_or_default();
        let stated = match (stated, &said.prefix) {
            (Some(mut table), Some(prefix)) if rule.prefixed => {
                table.name.text = format!("{prefix}{}", table.name.text).into();
                Some(table)
            }
            (stated, _) => stated,
        };
        if let (Some(stated), Some(made)) = (&stated, &rule.join_stated) {
            let mut table = TableName::parse(&made.replace("{name}", &stated.name.text))?;
            let (own, other) = (&self.entities.list[declared.owner], &self.entities.list[target]);
            let first = if self.type_name(own) <= self.type_name(other) { own } else { other };
            table.qualifiers.clone_from(&first.table.qualifiers);
            return Some(table);
        }
        let by_context = self.frameworks.all[declared.rule.0].entities.iter().any(|rule| !rule.held_in.is_empty());
        let schema = rule.join_schema.iter().flat_map(|selector| self.beside(declared, selector));
        let schema = schema.into_iter().find_map(|value| match value {
            Selected::Node(file, node) => self.known_text(file, node),
            Selected::Type(_) => None,
        });
        let schema = schema.or(said.schema.filter(|_| by_context));
        let schema = schema.map(|text| Part { text: text.into(), quoted: false });
        if let Some(mut stated) = stated {
            if stated.qualifiers.is_empty() {
                stated.qualifiers.extend(schema);
            }
            return Some(stated);
        }
        if !rule.many_to_many {
            return None;
        }
        let (own, other) = (&self.entities.list[declared.owner], &self.entities.list[target]);
        let made = rule.join_naming.as_ref()?;
        let (own_name, target_name) = (own.table.name.text.as_str(), other.table.name.text.as_str());
        let (first, second) = if own_name <= target_name { (own_name, target_name) } else { (target_name, own_name) };
        let (own_type, other_type) = (self.type_name(own).to_string(), self.type_name(other).to_string());
        let (first_type, second_type) =
            if own_type <= other_type { (&own_type, &other_type) } else { (&other_type, &own_type) };
        let made = made
            .replace("{First}", first_type)
            .replace("{Second}", second_type)
            .replace("{type:snake}", &naming::snake(&own_type))
            .replace("{table}", own_name)
            .replace("{target}", target_name)
            .replace("{first}", first)
            .replace("{second}", second)
            .replace("{field:snake}", &naming::snake(&declared.name))
            .replace("{field}", &declared.name);
        let all = said.naming.filter(|_| by_context);
        let mut table = TableName::parse(&all.and_then(|all| naming::table(all, &made, None)).unwrap_or(made.into()))?;
        if by_context {
            table.qualifiers.extend(schema);
        } else {
            table.qualifiers.clone_from(&own.table.qualifiers);
        }
        Some(table)
    }

    /// The name of an entity's type.
    fn type_name(&self, entity: &Entity) -> Name {
        entity.decl.map(|(file, index)| self.symbols.type_decl(file, index).name.clone()).unwrap_or_default()
    }

    /// Whether the entity that a list leads to holds a list of the first in turn: in another field, under the same name.
    fn is_mutual(&self, declared: &Declared<'_>, rule: &AssociationRule, target: usize) -> bool {
        let Some((file, index)) = self.entities.list[target].decl else { return false };
        let decl = self.symbols.type_decl(file, index);
        if !rule.function.is_empty() {
            return self.holds_by_value(target, declared.owner, declared.rule.0, rule);
        }
        let stated = |declared: &Declared<'_>| {
            let values = rule.join_table.iter().flat_map(|selector| self.beside(declared, selector));
            values.into_iter().find_map(|value| match value {
                Selected::Node(file, node) => self.known_text(file, node),
                Selected::Type(_) => None,
            })
        };
        let name = stated(declared);
        decl.fields.iter().any(|field| {
            let other = Declared {
                owner: target,
                field: Some(field),
                name: field.name.clone(),
                anchor: Anchor::Nothing(file),
                rule: declared.rule,
            };
            let leads_back = |ty| self.entity_of_type(&self.type_ref(file, &decl.scope, ty, 0), 0);
            !(target == declared.owner && declared.field.is_some_and(|own| own.span == field.span))
                && field.ty.as_ref().is_some_and(|ty| self.is_list(file, ty) && leads_back(ty) == Some(declared.owner))
                && stated(&other) == name
        })
    }

    /// Whether an entity leads to another by what the rule says of the values of its fields.
    fn holds_by_value(&self, holder: usize, held: usize, framework: usize, rule: &AssociationRule) -> bool {
        let Some((file, index)) = self.entities.list[holder].decl else { return false };
        let decl = self.symbols.type_decl(file, index);
        decl.fields.iter().any(|field| {
            let anchor = self.field_anchor(file, &decl.scope, field, framework, rule);
            let mut stated =
                rule.entity.iter().filter_map(|selector| self.anchored_entity(file, anchor?, selector, holder));
            stated.any(|other| other == held)
        })
    }

    /// Whether a stated type is a list. Where lists have a sign of their own, `List` is a model like any other.
    fn is_list(&self, file: FileId, ty: &crate::syntax::outline::TypeRef) -> bool {
        let own = self.has(file, Way::SignedLists);
        ty.path.last().is_some_and(|name| if own { name == "[]" } else { super::types::is_collection(name) })
    }

    /// The values that a selector means; `annotation X …` begins at another annotation of the same field.
    fn beside(&self, declared: &Declared<'_>, selector: &Selector) -> Vec<Selected> {
        let (Some(crate::frameworks::Step::Annotation(name)), Some(field)) = (selector.0.first(), declared.field)
        else {
            return self.anchored(declared.anchor, selector);
        };
        let file = declared.anchor.file();
        let Some(other) = field.annotations.iter().find(|other| other.path.last() == Some(name)) else {
            return Vec::new();
        };
        match &selector.0[1..] {
            [] => vec![Selected::Type(Ty::default())],
            rest => self.anchored(Anchor::Annotation(file, other), &Selector(rest.to_vec())),
        }
    }

    /// The table that a value is, carries or names.
    pub(super) fn table_of(&self, value: &Selected) -> Option<TableName> {
        let (file, node) = match value {
            Selected::Node(file, node) => (file, node),
            Selected::Type(ty) => {
                return self.entity_of_type(ty, 0).map(|number| self.entities.list[number].table.clone());
            }
        };
        if let Some(carried) = self.entity_of(*file, *node, 0) {
            return Some(self.carried(&carried).table.clone());
        }
        let name = self.known_text(*file, *node)?;
        // A model's name stands for its table, a path of columns for the table it begins with.
        let model = self.entity_named(*file, name.rsplit('.').next().unwrap_or_default());
        model.map(|number| self.entities.list[number].table.clone()).or_else(|| TableName::parse(&name))
    }

    /// The values that a selector means, beginning at what declares an association.
    pub(super) fn anchored(&self, anchor: Anchor<'_>, selector: &Selector) -> Vec<Selected> {
        let steps = &selector.0;
        match anchor {
            Anchor::Call(file, call) => self.select(file, call, selector),
            Anchor::Annotation(file, annotation) => {
                let first = arguments(&annotation.args, &steps[0]).map(|node| Selected::Node(file, node));
                steps[1..].iter().fold(first.collect(), |values: Vec<Selected>, step| {
                    values.iter().flat_map(|value| self.next_step(value, step)).collect()
                })
            }
            Anchor::Nothing(_) => Vec::new(),
            Anchor::Value(file, node) => {
                steps.iter().fold(vec![Selected::Node(file, node)], |values: Vec<Selected>, step| {
                    values.iter().flat_map(|value| self.next_step(value, step)).collect()
                })
            }
        }
    }

    pub(super) fn anchored_text(&self, anchor: Anchor<'_>, selector: &Selector) -> Option<String> {
        self.anchored(anchor, selector).into_iter().find_map(|value| match value {
            Selected::Node(file, node) => match self.symbols.file(file).facts.node(node) {
                Node::Member { name, .. } => Some(name.to_string()),
                _ => self.name_or_text(file, node),
            },
            Selected::Type(_) => None,
        })
    }

    /// The entity that a value is, or whose type it names (`"shop.Order"`, `"self"`).
    pub(super) fn anchored_entity(
        &self,
        file: FileId,
        anchor: Anchor<'_>,
        selector: &Selector,
        owner: usize,
    ) -> Option<usize> {
        self.anchored(anchor, selector).into_iter().find_map(|value| {
            let Selected::Node(at, node) = value else {
                let Selected::Type(ty) = value else { return None };
                return self.entity_of_type(&ty, 0);
            };
            if let Some(Carried::Declared(number)) = self.entity_of(at, node, 0) {
                return Some(number);
            }
            let node = match self.symbols.file(at).facts.node(node) {
                Node::Lambda(function) => self.symbols.function(at, *function).value?,
                // `models.Order` of what a function is given.
                Node::Member { base, name, .. }
                    if matches!(self.symbols.file(at).facts.node(*base), Node::Param(..)) =>
                {
                    return match self.model_of_framework(at, name)? {
                        Carried::Declared(number) => Some(number),
                        Carried::Named(_) => None,
                    };
                }
                _ => node,
            };
            let text = self.known_text(at, node)?;
            let name = text.rsplit(['.', '/']).next().unwrap_or_default();
            if name == "self" {
                return Some(owner);
            }
            self.entity_named(file, name).or_else(|| self.builtin_named(file, &text))
        })
    }

    /// The entity whose type bears that name, seen from a file.
    pub(super) fn entity_named(&self, file: FileId, name: &str) -> Option<usize> {
        let unit = self.symbols.file(file).unit;
        self.symbols.named(unit, &Name::from(name)).into_iter().find_map(|def| match def {
            super::symbols::Def::Type(file, index) => self.entities.by_type.get(&(file, index)).copied(),
            _ => None,
        })
    }

    /// Where the association of that name leads.
    pub(super) fn associated(&self, number: usize, name: &str) -> Option<Association> {
        let name = Name::from(name);
        if let Some(found) = self.entities.associations.get(&(number, name.clone())) {
            return Some(found.clone());
        }
        let decl = self.entities.list[number].decl?;
        let ty = self.field_type(&Ty { decls: vec![decl], ..Ty::default() }, &name, 0)?;
        let target = self.entity_of_type(&ty, 0)?;
        Some(Association { target, join: None, own_key: ty.args.is_empty(), stated: false, lazy: false, rule: None })
    }

    /// Where a field of what an entity holds as a part of its rows leads; else the type of that part of a part.
    pub(super) fn association_of(&self, ty: &Ty, name: &str) -> Result<Association, Option<Ty>> {
        let Some(inner) = self.field_type(ty, &Name::from(name), 0) else { return Err(None) };
        match self.entity_of_type(&inner, 0) {
            Some(target) => {
                let own_key = inner.args.is_empty();
                Ok(Association { target, join: None, own_key, stated: false, lazy: false, rule: None })
            }
            None => Err(Some(inner).filter(|inner| !inner.decls.is_empty())),
        }
    }

    /// The type behind an association of an entity's type.
    pub(super) fn associated_type(&self, ty: &Ty, name: &Name) -> Option<Ty> {
        if self.entities.associations.is_empty() {
            return None;
        }
        let number = ty.decls.iter().find_map(|decl| self.entities.by_type.get(decl))?;
        let found = self.entities.associations.get(&(*number, name.clone()))?;
        let (file, index) = self.entities.list[found.target].decl?;
        Some(self.own_type(file, index))
    }

    /// The table between an entity and what its member `node` leads to.
    pub(super) fn join_of_member(&self, file: FileId, node: NodeId) -> Option<Carried> {
        if self.entities.associations.is_empty() {
            return None;
        }
        let Node::Member { base, name, .. } = self.symbols.file(file).facts.node(node) else { return None };
        let Carried::Declared(number) = self.entity_of(file, *base, 0)? else { return None };
        let found = self.entities.associations.get(&(number, name.clone()))?;
        self.between(number, found.join.clone()?)
    }

    pub(super) fn between(&self, owner: usize, table: TableName) -> Option<Carried> {
        let known = self.entities.list.get(owner)?;
        Some(Carried::Named(Box::new(Entity { table, decl: None, parents: Vec::new(), ..known.clone() })))
    }

    /// The tables that a call reaches by the associations it names.
    pub(super) fn reached(&self, file: FileId, call: u32, framework: usize, rule: &CallRule) -> Vec<Reached> {
        let names = rule.lookup_names || rule.derived || rule.mixin.is_some();
        if rule.association.is_none() && rule.lookup.is_none() && !names && rule.join_table.is_none() {
            return Vec::new();
        }
        let owner = rule.entity.clone().or(rule.of.clone()).filter(|_| rule.join_table.is_none());
        let owner = owner.unwrap_or(Selector(vec![crate::frameworks::Step::Receiver]));
        let owner = self.select(file, call, &owner).into_iter().find_map(|value| match value {
            Selected::Node(file, node) => match self.entity_of(file, node, 0)? {
                Carried::Declared(number) => Some(number),
                Carried::Named(_) => None,
            },
            Selected::Type(ty) => self.entity_of_type(&ty, 0),
        });
        if rule.of.is_some() {
            return owner.map(|owner| self.led_anew(owner, file, call, rule)).unwrap_or_default();
        }
        let mut walk = Walk::new(self, framework, Some((file, call)));
        for value in rule.join_table.iter().flat_map(|selector| self.select(file, call, selector)) {
            let Selected::Node(file, node) = value else { continue };
            let named = || {
                let (owner, name) = (owner?, self.known_text(file, node)?);
                self.between(owner, self.associated(owner, &name)?.join?)
            };
            if let Some(carried) = self.join_of_member(file, node).or_else(named) {
                walk.out.push(Reached { carried, privileges: rule.privileges.clone() });
            }
        }
        walk.out.extend(self.reached_from(owner, file, call, framework, rule));
        if let Some(owner) = owner.filter(|_| rule.derived)
            && let Some(callee) = self.callee(file, self.call((file, call)))
        {
            walk.out.extend(self.derived(owner, &callee.name));
        }
        walk.out
    }

    /// What a call does that changes only where an association leads.
    fn led_anew(&self, owner: usize, file: FileId, call: u32, rule: &CallRule) -> Vec<Reached> {
        let values = rule.association.iter().flat_map(|selector| self.select(file, call, selector));
        let names = values.filter_map(|value| match value {
            Selected::Node(file, node) => self.known_text(file, node),
            Selected::Type(_) => None,
        });
        let reached = names.filter_map(|name| {
            let Association { target, join, own_key, .. } = self.associated(owner, &name)?;
            let (carried, privileges) = match join {
                Some(table) => (self.between(owner, table)?, &rule.link),
                None => (Carried::Declared(if own_key { owner } else { target }), &rule.privileges),
            };
            Some(Reached { carried, privileges: privileges.clone() })
        });
        reached.filter(|reached| !reached.privileges.is_empty()).collect()
    }

    /// The tables that a call reaches by the associations of `owner` that it names.
    pub(super) fn reached_from(
        &self,
        owner: Option<usize>,
        file: FileId,
        call: u32,
        framework: usize,
        rule: &CallRule,
    ) -> Vec<Reached> {
        if let Some(owner) = owner
            && let Some(found) = self.named_association(owner, file, call, rule)
        {
            return self.reached_by(owner, &found, rule);
        }
        let mut walk = Walk::new(self, framework, Some((file, call)));
        if rule.entity.is_none() && !rule.privileges.is_empty() {
            walk.needs.clone_from(&rule.privileges);
        }
        if let (Some(owner), Some(prefix)) = (owner, &rule.mixin) {
            walk.mixin(owner, prefix, rule);
            return walk.out;
        }
        for value in rule.association.iter().flat_map(|selector| self.select(file, call, selector)) {
            let Selected::Node(file, node) = value else { continue };
            match owner.filter(|_| self.is_named(file, node, &rule.every)) {
                Some(owner) => walk.every(owner),
                None => walk.value(owner, file, node, 0),
            }
        }
        let Some(owner) = owner else { return walk.out };
        walk.lookup = true;
        for value in rule.lookup.iter().flat_map(|selector| self.select(file, call, selector)) {
            if let Selected::Node(file, node) = value {
                walk.value(Some(owner), file, node, 0);
            }
        }
        if rule.lookup_names {
            for arg in &self.call((file, call)).args {
                let Some(name) = &arg.name else { continue };
                walk.path(owner, name);
                // `annotate(n=Count("lines"))`: the value is made of names too.
                if matches!(self.symbols.file(file).facts.node(arg.value), Node::Call(_)) {
                    walk.value(Some(owner), file, arg.value, 0);
                }
            }
        }
        walk.out
    }

    /// The tables that the associations of `owner` lead to which values name.
    pub(super) fn reached_by_values(
        &self,
        owner: usize,
        file: FileId,
        nodes: &[NodeId],
        framework: usize,
    ) -> Vec<Reached> {
        let mut walk = Walk::new(self, framework, None);
        for &node in nodes {
            walk.value(Some(owner), file, node, 0);
        }
        walk.out
    }

    /// The entity that a call leads to by the association it names (`order.$relatedQuery("lines")`).
    pub(super) fn led_to(&self, file: FileId, call: u32, callee: &super::matching::Callee) -> Option<usize> {
        self.candidates(file, &callee.name).iter().find_map(|&id| {
            let selector = self.frameworks.call(id).along.as_ref()?;
            let Carried::Declared(owner) = self.entity_of(file, callee.receiver?, 0)? else { return None };
            if let Some(found) = self.association_after(owner, file, call, selector) {
                return Some(found.target);
            }
            self.select(file, call, selector).into_iter().find_map(|value| match value {
                Selected::Node(file, node) => {
                    let name = self.known_text(file, node)?;
                    self.associated(owner, &name).map(|found| found.target)
                }
                Selected::Type(_) => None,
            })
        })
    }

    /// Whether a value is one that the workspace does not declare, by its path.
    fn is_named(&self, file: FileId, node: NodeId, wanted: &[Name]) -> bool {
        let Some(path) = self.path_of(file, node).filter(|_| !wanted.is_empty()) else { return false };
        let resolved = self.symbols.resolve_in(file, self.function_of(file, node), &path);
        wanted.iter().any(|name| super::types::paths_agree(&resolved.path, &crate::frameworks::model::segments(name)))
    }

    /// Whether what is called belongs to the framework itself.
    pub(super) fn is_of_framework(&self, file: FileId, call: u32, framework: usize) -> bool {
        let Some(callee) = self.callee(file, self.call((file, call))) else { return false };
        let Some(path) = &callee.path else { return false };
        let resolved = self.symbols.resolve_in(file, callee.function, path);
        let roots = &self.frameworks.all[framework].imports;
        let begins = |path: &[Name]| roots.iter().any(|root| super::program::begins_with(path, root));
        // What an object of the framework's offers is its own too (`db.func.count(Order.id)`).
        let of_value = || self.member_of_value(&resolved).is_some_and(|ty| begins(&ty.path));
        resolved.defs.is_empty() && begins(&resolved.path) || of_value()
    }
}

/// Enters an association; one with a table between the two says more than one without, and what is stated more than
/// what the types tell.
pub(super) fn enter(found: &mut Found, key: (usize, Name), association: Association) {
    match found.get(&key) {
        Some(known) if association.join.is_none() || known.join.is_some() && (known.stated || !association.stated) => {}
        _ => {
            found.insert(key, association);
        }
    }
}
