//! Uses of entities: what a chain of calls on one comes to, and bare mentions of what stands for a table.

use super::{Home, Interpreter, Use, fingerprint};
use crate::facts::{Node, NodeId};
use crate::frameworks::{CallRule, Lazy, RuleId, Selector, Step};
use crate::map::beside::Holds;
use crate::map::carried::Carried;
use crate::map::entities::Entity;
use crate::map::matching::Selected;
use crate::map::model::{Evidence, EvidenceKind};
use crate::map::program::{CallRef, Program};
use crate::map::relations::Relation;
use crate::map::walk::Reached;
use crate::source::{FileId, Place, Span};
use crate::vocabulary::{Name, Privilege, TableName};
use rustc_hash::FxHashSet;

/// What a call does to an entity.
#[derive(Clone)]
pub(super) struct Effect {
    pub(super) call: u32,
    carried: Carried,
    pub(super) table: TableName,
    privileges: Vec<Privilege>,
    start: Option<NodeId>,
    /// Whether the entity is what the call is called on: then the call is one of a chain on it.
    of_receiver: bool,
    pub(super) id: RuleId,
}

impl Effect {
    /// What a call does to a table that it reaches through an association.
    pub(super) fn reached(program: &Program<'_>, call: u32, id: RuleId, reached: Reached) -> Self {
        let table = program.carried(&reached.carried).table.clone();
        let Reached { carried, privileges } = reached;
        Self { call, carried, table, privileges, start: None, of_receiver: false, id }
    }
}

impl Interpreter<'_, '_> {
    pub(super) fn entity_effect(&mut self, call: u32, id: RuleId, value: &Selected, effects: &mut Vec<Effect>) {
        let program = self.program;
        if program.relations.declaring.contains(&(self.file, call)) {
            return;
        }
        // A list is each of its items (`add_all([order, line])`).
        if let Selected::Node(file, node) = value
            && let Node::List(items) = program.symbols.file(*file).facts.node(*node)
        {
            for &item in items {
                self.entity_effect(call, id, &Selected::Node(*file, item), effects);
            }
            return;
        }
        let (carried, start) = match value {
            Selected::Node(file, node) => {
                let start = (*file == self.file).then_some(*node);
                (program.entity_of(*file, *node, 0), start)
            }
            Selected::Type(ty) => (program.entity_of_type(ty, 0).map(Carried::Declared), None),
        };
        if let Some(node) = start
            && self.handed(call, id, node, carried.as_ref())
        {
            return;
        }
        let Some(carried) = carried else {
            let before = effects.len();
            self.bound_effects(call, id, value, effects);
            self.parts_of(call, id, value, effects);
            if effects.len() == before {
                self.unfound(call, id, value);
            }
            return;
        };
        if !program.speaks_of(id.framework, program.carried(&carried).framework) {
            return;
        }
        // What lies between an entity and what its member leads to is used with it.
        let rule = program.frameworks.call(id);
        let joined = start.and_then(|node| self.joined_by(node)).filter(|_| rule.join_table.is_none());
        let own = &program.carried(&carried).table;
        let joined = joined.filter(|joined| program.carried(joined).table != *own);
        if let Some(carried) = joined {
            let reached = Reached { carried, privileges: vec![Privilege::Select] };
            effects.push(Effect::reached(program, call, id, reached));
        }
        let effect = self.effect(call, id, carried, start);
        let mut between = if effect.of_receiver && !rule.of_query { self.between(start, call) } else { Vec::new() };
        let on_relation = || start.is_some_and(|start| program.relation_at(self.file, start).is_some());
        let link = if rule.link.is_empty() || !on_relation() { None } else { between.pop() };
        for entity in between {
            let carried = Carried::Named(Box::new(entity));
            effects.push(Effect { privileges: vec![Privilege::Select], ..self.effect(call, id, carried, start) });
        }
        let link = link.or_else(|| self.named_link(call, rule));
        if let Some(link) = link {
            let carried = Carried::Named(Box::new(link));
            effects.push(Effect { privileges: rule.link.clone(), ..self.effect(call, id, carried, start) });
            return;
        }
        if rule.privileges.is_empty() || self.goes_on_from_caller(rule, &effect, start) {
            return;
        }
        effects.extend(self.beside(call, id, &effect.carried, start));
        for other in self.mixed_into(start, &effect.carried) {
            effects.push(self.effect(call, id, Carried::Declared(other), start));
        }
        effects.push(effect);
    }

    /// The table that links, where a method is called after a relation that has one (`album.add_genre(genre)`).
    fn named_link(&self, call: u32, rule: &CallRule) -> Option<Entity> {
        let Some(Step::NamedBy(prefix)) = rule.entity.as_ref().and_then(|selector| selector.0.first()) else {
            return None;
        };
        let callee = self.program.callee(self.file, self.program.call((self.file, call)))?;
        let rest = callee.name.strip_prefix(prefix.as_str()).filter(|_| !rule.link.is_empty())?;
        self.program.relation_named_by(self.file, callee.receiver?, rest)?.between.pop()
    }

    /// Whether a call only goes on with a query that a caller began (`posts.Where(…)` of an `IQueryable<Post> posts`): the
    /// set is read where it is named, or where the query ends.
    fn goes_on_from_caller(&self, rule: &CallRule, effect: &Effect, start: Option<NodeId>) -> bool {
        let program = self.program;
        let framework = program.carried(&effect.carried).framework;
        let of_context = program.frameworks.all[framework].entities.iter().any(|rule| !rule.held_in.is_empty());
        let goes_on = matches!(rule.carries.as_ref().map(|at| &at.0[..]), Some([Step::Receiver]));
        if !of_context || !goes_on || !effect.of_receiver || effect.privileges != [Privilege::Select] {
            return false;
        }
        let root = self.chain(start).pop().map(|(node, _)| node);
        let facts = program.symbols.file(self.file).facts;
        root.is_some_and(|root| matches!(facts.node(root), Node::Param(..)))
            && root
                .and_then(|root| program.type_of(self.file, root, 0))
                .is_some_and(|ty| program.frameworks.all[framework].queries.contains(&ty.name().into()))
    }

    /// The declared entity of what a rule's `entity` selects.
    pub(super) fn entity_of_rule(&self, call: u32, rule: &CallRule) -> Option<usize> {
        let program = self.program;
        let selected = program.select(self.file, call, rule.entity.as_ref()?).into_iter();
        selected.into_iter().find_map(|value| match value {
            Selected::Node(file, node) => match program.entity_of(file, node, 0)? {
                Carried::Declared(number) => Some(number),
                Carried::Named(_) => None,
            },
            Selected::Type(ty) => program.entity_of_type(&ty, 0),
        })
    }

    /// What a call does to the tables beside the entity's own.
    fn beside(&self, call: u32, id: RuleId, carried: &Carried, start: Option<NodeId>) -> Vec<Effect> {
        let whole = self.effect(call, id, carried.clone(), start);
        let unloaded = self.program.frameworks.call(id).unloaded;
        let beside = self.program.carried(carried).beside.iter();
        let beside = beside.filter(|other| !(unloaded && other.holds == Holds::Loaded)).map(|other| {
            let needs = whole.privileges.iter().flat_map(|&privilege| other.holds.needs(privilege)).copied();
            let mut privileges: Vec<Privilege> = needs.collect();
            privileges.sort_unstable();
            privileges.dedup();
            Effect { table: other.table.clone(), privileges, ..whole.clone() }
        });
        let mut all: Vec<Effect> = beside.filter(|effect| !effect.privileges.is_empty()).collect();
        // What creates the table of an entity creates those between it and others.
        if let (Carried::Declared(number), [Privilege::Create]) = (carried, &whole.privileges[..]) {
            let associations = self.program.entities.associations.iter().filter(|((owner, _), _)| owner == number);
            let tables = associations.filter_map(|(_, found)| found.join.clone());
            let mut tables: Vec<TableName> = tables.filter(|table| *table != whole.table).collect();
            tables.sort_unstable();
            tables.dedup();
            all.extend(tables.into_iter().map(|table| Effect { table, ..whole.clone() }));
        }
        all
    }

    /// What a call does to an entity, as its rule says.
    pub(super) fn effect(&self, call: u32, id: RuleId, carried: Carried, start: Option<NodeId>) -> Effect {
        let rule = self.program.frameworks.call(id);
        let table = self.table_there(call, &carried, start);
        let first = rule.entity.as_ref().and_then(|selector| selector.0.first());
        let of_receiver = rule.of_query || matches!(first, Some(Step::Receiver));
        Effect { call, carried, table, privileges: rule.privileges.clone(), start, of_receiver, id }
    }

    /// The table that an entity has in the context that the call, or the chain before it, takes it from.
    fn table_there(&self, call: u32, carried: &Carried, start: Option<NodeId>) -> TableName {
        let program = self.program;
        if !program.entities.variants.is_empty() {
            let callee = program.callee(self.file, program.call((self.file, call)));
            let receiver = callee.and_then(|callee| callee.receiver);
            let mut chain: Vec<NodeId> = receiver.into_iter().collect();
            chain.extend([start, receiver].into_iter().flat_map(|from| self.chain(from)).map(|(node, _)| node));
            if let Some(table) = program.table_in_context(carried, self.file, &chain) {
                return table;
            }
        }
        program.carried(carried).table.clone()
    }

    /// What the framework itself makes of columns and entities (`func.count(Order.id)`) uses what it is given.
    fn parts_of(&mut self, call: u32, id: RuleId, value: &Selected, effects: &mut Vec<Effect>) {
        let program = self.program;
        let Selected::Node(file, node) = value else { return };
        let facts = program.symbols.file(*file).facts;
        let parts: Vec<NodeId> = match facts.node(*node) {
            Node::Call(inner) if *inner != call && program.is_of_framework(*file, *inner, id.framework) => {
                facts.calls[*inner as usize].args.iter().map(|arg| arg.value).collect()
            }
            Node::Made(parts) => parts.clone(),
            _ => return,
        };
        for part in parts {
            self.entity_effect(call, id, &Selected::Node(*file, part), effects);
        }
    }

    /// The tables between the entity that a call is called on and the one whose relation led there.
    fn between(&self, start: Option<NodeId>, call: u32) -> Vec<Entity> {
        for (node, below) in self.chain(start) {
            if let Some(found) = self.program.relation_at(self.file, node) {
                return found.between;
            }
            if below.is_some_and(|below| below != call && self.fetches(below)) {
                break;
            }
        }
        Vec::new()
    }

    /// The other entities that a mixin's method speaks of as well, where it is called on the object round it.
    fn mixed_into(&self, start: Option<NodeId>, carried: &Carried) -> Vec<usize> {
        let program = self.program;
        let (Some((root, _)), Carried::Declared(first)) = (self.chain(start).pop(), carried) else { return Vec::new() };
        let all = program.entities_mixing(self.file, root);
        if all.contains(first) { all.into_iter().filter(|other| other != first).collect() } else { Vec::new() }
    }

    /// The relations that a call names (`includes(:lines, customer: [:address])`).
    pub(super) fn relation_effects(
        &mut self,
        call: u32,
        id: RuleId,
        rule: &CallRule,
        selector: &Selector,
        effects: &mut Vec<Effect>,
    ) {
        let program = self.program;
        let carrier = rule.carries.as_ref().map(|selector| program.select(self.file, call, selector));
        let from = carrier.unwrap_or_default().iter().find_map(|value| match value {
            Selected::Node(file, node) => program.type_of_entity(*file, *node),
            Selected::Type(ty) => Some(ty.clone()),
        });
        let mut paths = Vec::new();
        for value in program.select(self.file, call, selector) {
            if let Selected::Node(file, node) = value {
                program.relation_paths(file, node, &[], &mut paths);
            }
        }
        if let [Step::Rest(_)] = selector.0[..] {
            for arg in &program.call((self.file, call)).args {
                if let Some(name) = &arg.name {
                    program.relation_paths(self.file, arg.value, std::slice::from_ref(name), &mut paths);
                }
            }
        }
        for path in paths {
            for carried in program.along(from.as_ref(), &path, id.framework) {
                let table = program.carried(&carried).table.clone();
                let privileges = rule.privileges.clone();
                effects.push(Effect { call, carried, table, privileges, start: None, of_receiver: false, id });
            }
        }
    }

    /// Relations that are read by no more than naming them (`order.customer.name`), unless a call on them says
    /// more.
    fn lazy_reads(&mut self, chained: &FxHashSet<(NodeId, String)>) {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let callees: FxHashSet<NodeId> = facts.calls.iter().map(|call| call.callee).collect();
        let spoken = self.spoken_of();
        for (index, node) in (0u32..).zip(&facts.nodes) {
            let node_id = NodeId(index);
            let (member, wanted) = match node {
                Node::Call(call) if facts.calls[*call as usize].args.is_empty() => {
                    (facts.calls[*call as usize].callee, Lazy::Call)
                }
                Node::Member { .. } if !callees.contains(&node_id) => (node_id, Lazy::Property),
                _ => continue,
            };
            let Node::Member { span, name, .. } = facts.node(member) else { continue };
            if !program.names_relation(name) {
                continue;
            }
            let found = program.relation_at(self.file, node_id).filter(|found| found.lazy == wanted);
            let Some(Relation { target: Some(target), between, .. }) = found else { continue };
            let place = Place { file: self.file, span: *span };
            let entity = &program.entities.list[target];
            let is_chained = |entity: &Entity| chained.contains(&(node_id, entity.table.to_string()));
            if is_chained(entity) || between.iter().any(is_chained) || spoken.contains(&node_id) {
                continue;
            }
            let function = self.function_at(place).unwrap_or_default();
            for entity in between.iter().chain([entity]) {
                self.mention(entity, Privilege::Select, function, *span);
            }
        }
    }

    /// What a call is made on that only makes objects of it (`order.lines.build(…)`): nothing is read.
    fn spoken_of(&self) -> FxHashSet<NodeId> {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let makes = |index: u32| {
            let rules = program.rules((self.file, index));
            let mut rules = rules.iter().map(|(id, _)| program.frameworks.call(*id));
            rules.any(|rule| rule.on_entity && rule.fetches && rule.entity.is_none() && rule.on_many)
        };
        let calls = (0u32..).zip(&facts.calls);
        let made = calls.filter_map(|(index, call)| match facts.node(call.callee) {
            Node::Member { base, name, .. } if matches!(name.as_str(), "build" | "new") && makes(index) => Some(*base),
            _ => None,
        });
        made.collect()
    }

    /// The table between an entity and what the nearest member below `node` leads to.
    fn joined_by(&self, node: NodeId) -> Option<Carried> {
        self.chain(Some(node)).into_iter().find_map(|(node, _)| self.program.join_of_member(self.file, node))
    }

    /// Uses of entities. Of a chain of calls on one entity only what it comes to counts, at the first call that says
    /// anything: `orders.filter(…).delete()` is a delete, not a select as well.
    pub(super) fn effects(&mut self, effects: &[Effect]) {
        let facts = self.program.symbols.file(self.file).facts;
        let mut by_call: rustc_hash::FxHashMap<u32, Vec<usize>> = rustc_hash::FxHashMap::default();
        for (number, effect) in effects.iter().enumerate() {
            by_call.entry(effect.call).or_default().push(number);
        }
        let mut superseded: FxHashSet<usize> = FxHashSet::default();
        let mut covered: FxHashSet<NodeId> = FxHashSet::default();
        let mut places: Vec<Span> = Vec::with_capacity(effects.len());
        let mut associated: FxHashSet<u32> = FxHashSet::default();
        let mut chained: FxHashSet<(NodeId, String)> = FxHashSet::default();
        for (position, effect) in effects.iter().enumerate() {
            self.associations(effect, &mut associated);
            let writes = effect.privileges.iter().any(|privilege| *privilege != Privilege::Select);
            let mut place = facts.calls[effect.call as usize].name_span;
            let mut fetched = false;
            let rule = self.program.frameworks.call(effect.id);
            let alone = rule.alone;
            for (node, call) in self.chain(effect.start) {
                // What a query that was given has fetched before is a use of its own.
                if fetched && rule.of_query {
                    continue;
                }
                covered.insert(node);
                let below = call.filter(|_| alone).and_then(|call| by_call.get(&call)).into_iter().flatten();
                if below.into_iter().any(|&number| effects[number].table == effect.table && number != position) {
                    superseded.insert(position);
                }
                if self.program.relation_at(self.file, node).is_some() || self.is_lazy(node) {
                    chained.insert((node, effect.table.to_string()));
                }
                if !effect.of_receiver || fetched {
                    continue;
                }
                fetched = call.is_some_and(|call| call != effect.call && self.fetches(call));
                if fetched {
                    continue;
                }
                if let Some(named) = self.named_by_holder(node, effect) {
                    place = named;
                }
                let Some(below) = call.and_then(|call| by_call.get(&call)) else { continue };
                for &number in below {
                    if effects[number].table == effect.table && effects[number].call != effect.call {
                        place = facts.calls[effects[number].call as usize].name_span;
                        if writes && effects[number].privileges == [Privilege::Select] {
                            superseded.insert(number);
                        }
                        // What is written gives itself back: that is no read.
                        if !writes && effects[number].privileges.iter().any(|privilege| *privilege != Privilege::Select)
                        {
                            superseded.insert(position);
                        }
                    }
                }
            }
            places.push(place);
        }
        let mut used: FxHashSet<u32> = FxHashSet::default();
        for effect in effects {
            let calls = self.chain(effect.start).into_iter().filter_map(|(_, call)| call);
            used.extend(calls.filter(|call| *call != effect.call));
        }
        for (number, effect) in effects.iter().enumerate() {
            let home = Home { file: self.file, function: Some(facts.calls[effect.call as usize].function) };
            let goes_on = self.program.frameworks.call(effect.id).by_itself && used.contains(&effect.call);
            if !superseded.contains(&number) && !goes_on && !self.is_defined(home, &effect.table) {
                self.entity_use(effect, places[number]);
            }
        }
        self.navigations();
        self.iterated(&covered);
        self.indexed();
        self.lazy_reads(&chained);
        self.lazy_associations(effects, &chained);
        self.found.covered.extend(covered.into_iter().map(|node| (self.file, node)));
    }

    /// The calls of an effect's chain that name associations of its entity before the entity itself is named
    /// (`db.Preload("Lines").Find(&orders)`), each once.
    fn associations(&mut self, effect: &Effect, done: &mut FxHashSet<u32>) {
        let program = self.program;
        let Carried::Declared(entity) = effect.carried else { return };
        let callee = program.callee(self.file, program.call((self.file, effect.call)));
        let from = callee.and_then(|callee| callee.receiver).or(effect.start);
        for (node, call) in self.chain(from) {
            let Some(call) = call else { continue };
            for &(id, _) in program.rules((self.file, call)).iter() {
                let rule = program.frameworks.call(id);
                let open = rule.association.is_some() && program.entity_of(self.file, node, 0).is_none();
                if !open || !done.insert(call) {
                    continue;
                }
                for reached in program.reached_from(Some(entity), self.file, call, id.framework, rule) {
                    let reached = Effect::reached(program, call, id, reached);
                    self.entity_use(&reached, program.call((self.file, call)).name_span);
                }
            }
        }
    }

    /// Whether what a call gives is what was read, and no query any more.
    fn fetches(&self, call: u32) -> bool {
        let rules = self.program.rules((self.file, call));
        rules.iter().any(|(id, _)| self.program.frameworks.call(*id).fetches)
    }

    /// Where a property that holds the set of an entity (`context.Orders`) names it.
    fn named_by_holder(&self, node: NodeId, effect: &Effect) -> Option<Span> {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let Node::Member { span, .. } = facts.node(node) else { return None };
        let framework = &program.frameworks.all[program.carried(&effect.carried).framework];
        let holders: Vec<Name> = framework.entities.iter().flat_map(|rule| rule.held_in.iter().cloned()).collect();
        if holders.is_empty() {
            return None;
        }
        let ty = program.type_of(self.file, node, 0)?;
        holders.iter().any(|holder| ty.is_named(holder)).then_some(*span)
    }

    /// The receiver chain from a node downwards: each node with the call it is.
    pub(super) fn chain(&self, start: Option<NodeId>) -> Vec<(NodeId, Option<u32>)> {
        let facts = self.program.symbols.file(self.file).facts;
        let mut chain = Vec::new();
        let mut next = start;
        while let Some(node) = next
            && chain.len() < 256
        {
            let (call, below) = match facts.node(node) {
                Node::Call(call) => {
                    let fact = &facts.calls[*call as usize];
                    let below = match facts.node(fact.callee) {
                        // `session.scalars(statement)` goes on from the statement.
                        Node::Member { base, .. } => self.handed_on(*call).or(Some(*base)),
                        // What a call gives is called again.
                        Node::Call(_) => Some(fact.callee),
                        _ => fact.args.first().map(|arg| arg.value),
                    };
                    (Some(*call), below)
                }
                Node::Member { base, .. } | Node::After { base, .. } | Node::Index { base, .. } => (None, Some(*base)),
                Node::Typed { value, .. } => (None, *value),
                Node::Lambda(function) => (None, facts.functions[*function as usize].value),
                // What a name was before some ways changed it comes last.
                Node::Choice(ways) => (None, ways.last().copied()),
                _ => (None, None),
            };
            chain.push((node, call));
            next = below;
        }
        chain
    }

    /// The argument that a call's result carries the entity of, where a rule says so.
    fn handed_on(&self, call: u32) -> Option<NodeId> {
        let program = self.program;
        program.rules((self.file, call)).iter().find_map(|&(id, _)| {
            let selector = program.frameworks.call(id).carries.as_ref()?;
            let [Step::Position(_) | Step::Either(..)] = selector.0[..] else { return None };
            program.select(self.file, call, selector).into_iter().find_map(|value| match value {
                Selected::Node(file, node) if file == self.file => {
                    program.entity_of(file, node, 0).is_some().then_some(node)
                }
                _ => None,
            })
        })
    }

    fn entity_use(&mut self, effect: &Effect, place: Span) {
        let program = self.program;
        let entity = program.carried(&effect.carried);
        let framework = program.frameworks.framework(effect.id).name.clone();
        let fact = program.call((self.file, effect.call));
        let home = Home { file: self.file, function: Some(fact.function) };
        let dialect = self.dialect((self.file, effect.call), effect.id);
        let span = Place { file: self.file, span: fact.span };
        for &privilege in &effect.privileges {
            let at = super::At::rule(home, span, dialect, program.frameworks.call(effect.id), effect.id);
            self.defined(&effect.table, privilege, Place { file: self.file, span: place }, at);
        }
        let parents = entity.parents.iter().filter(|_| effect.table == entity.table);
        let parents = parents.map(|&parent| &program.entities.list[parent].table);
        let whole = std::iter::once(&effect.table).chain(parents);
        for (table, &privilege) in whole.flat_map(|table| effect.privileges.iter().map(move |p| (table, p))) {
            let evidence = mapping_evidence(entity, table, &framework);
            self.table_use(effect.call, effect.id, (table, privilege), place, &evidence);
        }
    }

    /// A use of the table that a mapping leads to, by a call of this file.
    pub(super) fn table_use(
        &mut self,
        call: u32,
        id: RuleId,
        (table, privilege): (&TableName, Privilege),
        place: Span,
        evidence: &Evidence,
    ) {
        self.table_use_of((self.file, call), id, (table, privilege), place, evidence);
    }

    /// A use of the table that a mapping leads to, by a call of any file.
    pub(super) fn table_use_of(
        &mut self,
        call: CallRef,
        id: RuleId,
        (table, privilege): (&TableName, Privilege),
        place: Span,
        evidence: &Evidence,
    ) {
        let program = self.program;
        let fact = program.call(call);
        let span = Place { file: call.0, span: fact.span };
        self.found.uses.push(Use {
            home: Home { file: call.0, function: Some(fact.function) },
            place: Place { file: call.0, span: place },
            site: span,
            call: Some(span),
            table: table.clone(),
            privilege,
            evidence: evidence.clone(),
            framework: Some(program.frameworks.framework(id).name.clone()),
            rule: Some(id),
            partial: false,
            statement: fingerprint(table, privilege),
            block: None,
            referencing: None,
            routine: None,
            dialect: self.dialect(call, id),
            remote: None,
            needs_known_table: false,
            rollback: program.frameworks.call(id).rollback,
        });
    }

    /// The entities that their framework creates the tables of when the service starts.
    pub(super) fn created(&mut self) {
        let program = self.program;
        for index in (0u32..).take(program.symbols.file(self.file).facts.types.len()) {
            let number = program.entities.of_type((self.file, index));
            let Some(entity) = number.map(|number| &program.entities.list[number]).filter(|entity| entity.at_start)
            else {
                continue;
            };
            let framework = program.frameworks.all[entity.framework].name.clone();
            let beside = entity.beside.iter().filter(|other| !other.holds.needs(Privilege::Create).is_empty());
            for table in std::iter::once(&entity.table).chain(beside.map(|other| &other.table)) {
                self.found.uses.push(Use {
                    home: Home { file: self.file, function: None },
                    place: entity.place,
                    site: entity.place,
                    call: None,
                    table: table.clone(),
                    privilege: Privilege::Create,
                    evidence: mapping_evidence(entity, table, &framework),
                    framework: Some(framework.clone()),
                    partial: false,
                    statement: fingerprint(table, Privilege::Create),
                    block: None,
                    referencing: None,
                    routine: None,
                    dialect: program.frameworks.all[entity.framework].dialect,
                    remote: None,
                    needs_known_table: false,
                    rollback: false,
                    rule: None,
                });
            }
        }
    }

    /// Bare mentions of what stands for a table, where a mention is a use.
    pub(super) fn mentions(&mut self, covered: &FxHashSet<(FileId, NodeId)>) {
        let program = self.program;
        if program.entities.list.iter().all(|entity| entity.mention.is_empty()) {
            return;
        }
        let facts = program.symbols.file(self.file).facts;
        let ignored = self.ignored();
        let has_macros = self.has_macros();
        for (index, node) in (0u32..).zip(&facts.nodes) {
            let Node::Name { segments, function, span, .. } = node else { continue };
            if covered.contains(&(self.file, NodeId(index))) || ignored.contains(&NodeId(index)) {
                continue;
            }
            if has_macros && let Some(fragment) = self.fragment(*function, segments) {
                self.fragment_mentions(&fragment);
                continue;
            }
            let Some(Carried::Declared(number)) = self.mentioned(NodeId(index)) else { continue };
            let entity = &program.entities.list[number];
            for &privilege in &entity.mention {
                self.mention(entity, privilege, *function, *span);
            }
        }
    }

    /// A use of an entity that stands by itself.
    pub(super) fn mention_in(
        &mut self,
        file: FileId,
        entity: &Entity,
        table: &TableName,
        privilege: Privilege,
        function: u32,
        span: Span,
    ) {
        let framework = &self.program.frameworks.all[entity.framework];
        let place = Place { file, span };
        self.found.uses.push(Use {
            home: Home { file, function: Some(function) },
            place,
            site: place,
            call: None,
            table: table.clone(),
            privilege,
            evidence: mapping_evidence(entity, table, &framework.name),
            framework: Some(framework.name.clone()),
            rule: None,
            partial: false,
            statement: fingerprint(table, privilege),
            block: None,
            referencing: None,
            routine: None,
            dialect: framework.dialect,
            remote: None,
            needs_known_table: false,
            rollback: false,
        });
    }

    /// The entity that a bare name is, not one that its type merely carries.
    fn mentioned(&self, node: NodeId) -> Option<Carried> {
        let facts = self.program.symbols.file(self.file).facts;
        let Node::Name { segments, function, .. } = facts.node(node) else { return None };
        self.mentioned_path(self.file, *function, segments)
    }

    /// The entity that a path is.
    pub(super) fn mentioned_path(&self, file: FileId, function: u32, segments: &[Name]) -> Option<Carried> {
        let program = self.program;
        let resolved = program.symbols.resolve_in(file, function, segments);
        if !resolved.rest.is_empty() || resolved.defs.is_empty() {
            return None;
        }
        let carried = program.entity_of_path(file, function, segments)?;
        let entity = program.carried(&carried);
        // The name of the table's module may hide the same name out of a glob; a module alone is no value.
        let by_alias = || {
            program.symbols.is_alias(&resolved.path)
                || program
                    .symbols
                    .behind_globs(file, function, segments)
                    .is_some_and(|path| program.symbols.is_alias(&path.path) && path.defs == resolved.defs)
        };
        let meant = !entity.mention_by_alias || by_alias();
        (meant && !entity.mention.is_empty()).then_some(carried)
    }

    /// The nodes that stand in calls which only declare something.
    fn ignored(&self) -> FxHashSet<NodeId> {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let mut ignored = FxHashSet::default();
        for (index, call) in (0u32..).zip(&facts.calls) {
            if program.rules((self.file, index)).iter().any(|(id, _)| program.frameworks.call(*id).ignore) {
                ignored.extend(call.args.iter().map(|arg| arg.value));
            }
        }
        ignored
    }
}

pub(super) fn mapping_evidence(entity: &Entity, table: &TableName, framework: &str) -> Evidence {
    let how = if *table != entity.table {
        "along with its own table"
    } else if entity.by_convention {
        "by its naming convention"
    } else {
        "as its mapping says"
    };
    Evidence {
        kind: EvidenceKind::Mapping,
        text: format!("{framework} maps it to `{table}` {how}"),
        place: Some(entity.place),
    }
}
