//! A walk over what a call is given, along the associations that are named there: paths of them, members, records.

use super::associations::Association;
use super::carried::Carried;
use super::program::Program;
use super::types::Ty;
use crate::facts::{Node, NodeId};
use crate::frameworks::model::Nested;
use crate::source::FileId;
use crate::vocabulary::Privilege;

const MAX_DEPTH: usize = 12;

/// A table that a call reaches through associations.
pub(super) struct Reached {
    pub carried: Carried,
    pub privileges: Vec<Privilege>,
}

/// A walk over what a call is given, along the associations named there.
pub(super) struct Walk<'w, 'p> {
    pub(super) program: &'w Program<'p>,
    framework: usize,
    pub(super) call: Option<(FileId, u32)>,
    /// Whether the names are columns, of which the last need not be followed.
    pub(super) lookup: bool,
    /// What is needed on what is named, where nothing under it says more.
    pub(super) needs: Vec<Privilege>,
    pub(super) out: Vec<Reached>,
}

impl<'w, 'p> Walk<'w, 'p> {
    pub(super) fn new(program: &'w Program<'p>, framework: usize, call: Option<(FileId, u32)>) -> Self {
        Self { program, framework, call, lookup: false, needs: vec![Privilege::Select], out: Vec::new() }
    }
}

impl Walk<'_, '_> {
    /// All associations of an entity.
    pub(super) fn every(&mut self, owner: usize) {
        let program = self.program;
        let Some(decl) = program.entities.list[owner].decl else { return };
        let lineage = program.lineage(&Ty { decls: vec![decl], ..Ty::default() });
        for &(file, index) in lineage.iter() {
            for field in &program.symbols.type_decl(file, index).fields {
                self.path(owner, &field.name);
            }
        }
    }

    pub(super) fn value(&mut self, owner: Option<usize>, file: FileId, node: NodeId, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let program = self.program;
        let facts = program.symbols.file(file).facts;
        match facts.node(node) {
            Node::Text(_) | Node::Symbol(..) => {
                if let (Some(owner), Some(path)) = (owner, program.name_or_text(file, node)) {
                    self.path(owner, &path);
                }
            }
            Node::Member { base, .. }
                if !self.lookup
                    && program.entity_of(file, *base, 0).is_none()
                    && let Some(number) = self.model_itself(file, node) =>
            {
                self.model(owner, number);
            }
            Node::Member { base, name, .. } => {
                // The class that a path of members begins at only says whose they are.
                if !matches!(facts.node(*base), Node::Name { .. }) && self.model_itself(file, *base).is_none() {
                    self.value(owner, file, *base, depth + 1);
                }
                if let Some(Carried::Declared(of)) = program.entity_of(file, *base, 0) {
                    self.path(of, name);
                }
            }
            Node::Record(entries) => self.record(owner, file, entries, depth),
            Node::List(items) | Node::Choice(items) | Node::Made(items) => {
                for &item in items {
                    self.value(owner, file, item, depth + 1);
                }
            }
            Node::Lambda(function) => {
                if let Some(value) = facts.functions[*function as usize].value {
                    self.value(owner, file, value, depth + 1);
                }
            }
            Node::Name { .. } if !self.lookup => {
                if let Some(number) = self.model_itself(file, node) {
                    self.model(owner, number);
                } else if let Some((file, node)) = self.constant(file, node) {
                    self.value(owner, file, node, depth + 1);
                }
            }
            Node::Typed { value: Some(value), .. } => self.value(owner, file, *value, depth + 1),
            // `Q(customer__name="x")`, `Count("lines")`: what the framework makes of names.
            Node::Call(call) if program.is_of_framework(file, *call, self.framework) => {
                for arg in &facts.calls[*call as usize].args {
                    if let (Some(owner), Some(name)) = (owner, arg.name.as_ref().filter(|_| self.lookup)) {
                        self.path(owner, name);
                    }
                    if arg.name.is_none() {
                        self.value(owner, file, arg.value, depth + 1);
                    }
                }
            }
            _ => {}
        }
    }

    /// A record of associations, or of what is said of them; `{ where: { … }, include: { lines: true } }`.
    fn record(&mut self, owner: Option<usize>, file: FileId, entries: &[(NodeId, NodeId)], depth: usize) {
        let program = self.program;
        let facts = program.symbols.file(file).facts;
        // `{ model: Line, include: [Product] }`: what stands beside a model speaks of it.
        let model = entries.iter().find_map(|&(_, value)| match facts.node(value) {
            Node::Name { .. } if !self.lookup => self.model_itself(file, value),
            Node::Member { base, .. } if !self.lookup && program.entity_of(file, *base, 0).is_none() => {
                self.model_itself(file, value)
            }
            _ => None,
        });
        let beside = model.or(owner);
        for &(key, value) in entries {
            let Some(name) = program.key_of(file, key) else {
                // `...defaults`: the entries of another record.
                if matches!(facts.node(key), Node::Unknown) {
                    self.value_under(beside, file, value, depth);
                }
                continue;
            };
            let owner = if matches!(facts.node(value), Node::Name { .. }) { owner } else { beside };
            let found = owner.and_then(|owner| Some((owner, program.associated(owner, &name)?)));
            let Some((owner, found)) = found else {
                let filters = name == "where";
                let before = self.lookup;
                self.lookup |= filters;
                self.value_under(owner, file, value, depth);
                self.lookup = before;
                continue;
            };
            let inside = matches!(facts.node(value), Node::Record(_) | Node::List(_));
            if !inside && self.lookup {
                continue;
            }
            self.nested(owner, &found, file, value);
            self.value_under(Some(found.target), file, value, depth);
        }
    }

    /// What stands under a key that is no association: more records, or names of associations in a list.
    fn value_under(&mut self, owner: Option<usize>, file: FileId, value: NodeId, depth: usize) {
        let facts = self.program.symbols.file(file).facts;
        match facts.node(value) {
            _ if depth >= MAX_DEPTH => {}
            Node::Typed { value: Some(value), .. } => self.value_under(owner, file, *value, depth + 1),
            Node::Record(entries) => self.record(owner, file, entries, depth + 1),
            Node::Name { .. } | Node::Call(_) if self.constant(file, value).is_some() => {
                if let Some((file, node)) = self.constant(file, value) {
                    self.value_under(owner, file, node, depth + 1);
                }
            }
            Node::List(items) => {
                for &item in items {
                    self.value_under(owner, file, item, depth + 1);
                }
            }
            // `{ model: models.Line }`
            Node::Member { base, .. } if !self.lookup && self.program.entity_of(file, *base, 0).is_none() => {
                if let Some(number) = self.model_itself(file, value) {
                    self.model(owner, number);
                }
            }
            // `relations: ["lines"]`, and no text that stands for a column's value.
            Node::Text(_) | Node::Name { .. } if !self.lookup => self.value(owner, file, value, depth + 1),
            _ => {}
        }
    }

    /// The record or list that a value is by the name of a constant, or that a function of the framework gives again
    /// (`Prisma.validator<…>()({ lines: true })`).
    fn constant(&self, file: FileId, node: NodeId) -> Option<(FileId, NodeId)> {
        let program = self.program;
        let (mut file, mut node) = (file, node);
        for _ in 0..MAX_DEPTH {
            let facts = program.symbols.file(file).facts;
            (file, node) = match facts.node(node) {
                Node::Record(_) | Node::List(_) => return Some((file, node)),
                Node::Typed { value: Some(value), .. } => (file, *value),
                Node::Name { segments, function, .. } => program.declared_node(file, *function, segments)?,
                Node::Call(call) => {
                    let fact = &facts.calls[*call as usize];
                    let Node::Call(inner) = facts.node(fact.callee) else { return None };
                    let [only] = &fact.args[..] else { return None };
                    if !program.is_of_framework(file, *inner, self.framework) {
                        return None;
                    }
                    (file, only.value)
                }
                _ => return None,
            };
        }
        None
    }

    /// The entity whose class or table a value itself is (`include: [Line]`).
    fn model_itself(&self, file: FileId, node: NodeId) -> Option<usize> {
        let program = self.program;
        let Carried::Declared(number) = program.entity_of(file, node, 0)? else { return None };
        let is_type = || program.type_of(file, node, 0).is_some_and(|ty| ty.is_type);
        (program.entities.list[number].decl.is_none() || is_type()).then_some(number)
    }

    /// An entity that is named itself, with the table between it and the owner.
    fn model(&mut self, owner: Option<usize>, number: usize) {
        let program = self.program;
        let between = owner.and_then(|owner| {
            let mut known = program.entities.associations.iter();
            let found = known.find(|((own, _), found)| *own == owner && found.target == number && found.join.is_some());
            program.between(owner, found?.1.join.clone()?)
        });
        self.reach(Carried::Declared(number), vec![Privilege::Select]);
        if let Some(between) = between {
            self.reach(between, vec![Privilege::Select]);
        }
    }

    /// What the entries under an association do, by their keys; where none says anything it is read.
    fn nested(&mut self, owner: usize, found: &Association, file: FileId, value: NodeId) {
        let program = self.program;
        let known = &program.frameworks.all[self.framework].nested;
        let keys = program.entries(file, value).into_iter();
        let acts: Vec<&Nested> = keys.filter_map(|(key, _)| known.get(&key)).collect();
        let (mut target, mut join) = (Vec::new(), Vec::new());
        for act in &acts {
            target.extend_from_slice(&act.target);
            if !found.own_key && found.join.is_none() {
                target.extend_from_slice(&act.key);
            }
            join.extend_from_slice(&act.join);
        }
        if acts.is_empty() {
            target.clone_from(&self.needs);
            // The pairs of a table between come and go, and have nothing to be changed.
            join.extend(self.needs.iter().filter(|privilege| **privilege != Privilege::Update));
        }
        self.reach(Carried::Declared(found.target), target);
        if let Some(between) = found.join.clone().and_then(|table| program.between(owner, table)) {
            self.reach(between, join);
        }
    }

    pub(super) fn reach(&mut self, carried: Carried, mut privileges: Vec<Privilege>) {
        privileges.dedup();
        if !privileges.is_empty() {
            self.out.push(Reached { carried, privileges });
        }
    }

    /// A path of associations: `lines.product`, `customer__name`, `-customer__name`, `order.lines`.
    pub(super) fn path(&mut self, owner: usize, path: &str) {
        // `pets.[owner, toys]`: each of them.
        if let Some((before, inside)) = path.split_once('[') {
            for inner in inside.trim_end_matches(']').split([',', ' ']).filter(|part| !part.is_empty()) {
                self.path(owner, format!("{}.{inner}", before.trim_end_matches('.')).trim_start_matches('.'));
            }
            return;
        }
        let parts: Vec<&str> =
            path.trim_start_matches(['-', '+']).split("__").flat_map(|part| part.split('.')).collect();
        let (mut at, mut rest) = (owner, &parts[..]);
        // The first part may be the alias of what was named before (`order.lines`).
        if let [first, more @ ..] = rest
            && !more.is_empty()
            && self.program.associated(at, first).is_none()
        {
            at = self.alias(first, 0).unwrap_or(owner);
            rest = more;
        }
        for (position, name) in rest.iter().enumerate() {
            let items = self.program.items_table(at, name);
            let Some(found) = self.program.associated(at, name) else {
                if let Some(items) = items.and_then(|table| self.program.between(at, table)) {
                    self.reach(items, vec![Privilege::Select]);
                }
                return;
            };
            let ends = self.lookup && rest.get(position + 1).is_none_or(|next| self.speaks_of_key(&found, next));
            let last = position + 1 == rest.len() && !self.lookup;
            if let Some(between) = found.join.clone().or(items).and_then(|table| self.program.between(at, table)) {
                let inserts = last && self.needs[..] == [Privilege::Insert];
                self.reach(between, vec![if inserts { Privilege::Insert } else { Privilege::Select }]);
            }
            if !(ends && (found.own_key || found.join.is_some())) {
                // What is done is done to what the path ends at.
                let needs = if last { self.needs.clone() } else { vec![Privilege::Select] };
                self.reach(Carried::Declared(found.target), needs);
            }
            at = found.target;
        }
    }

    fn speaks_of_key(&self, found: &Association, name: &str) -> bool {
        let rule = found.rule.map(|(framework, rule)| &self.program.frameworks.all[framework].associations[rule]);
        rule.is_some_and(|rule| rule.key_names.iter().any(|known| known == name))
    }

    /// The entity that a call earlier in the chain gave the alias to (`leftJoin("order.lines", "line")`).
    fn alias(&self, alias: &str, depth: usize) -> Option<usize> {
        let program = self.program;
        let (file, call) = self.call?;
        let mut at = program.callee(file, program.call((file, call)))?.receiver;
        while let Some(node) = at
            && depth < MAX_DEPTH
        {
            let Node::Call(call) = program.symbols.file(file).facts.node(node) else { return None };
            let fact = program.call((file, *call));
            let named = fact.args.get(1).and_then(|arg| program.known_text(file, arg.value));
            if named.as_deref() == Some(alias) {
                let first = fact.args[0].value;
                if let Some(Carried::Declared(number)) = program.entity_of(file, first, 0) {
                    return Some(number);
                }
                let path = program.known_text(file, first)?;
                let (before, name) = path.rsplit_once('.')?;
                let inner = Walk::new(program, self.framework, Some((file, *call)));
                let receiver = program.callee(file, fact)?.receiver?;
                let root = match program.entity_of(file, receiver, 0) {
                    Some(Carried::Declared(number)) => Some(number),
                    _ => None,
                };
                let from = inner.alias(before, depth + 1).or(root)?;
                return program.associated(from, name).map(|found| found.target);
            }
            at = program.callee(file, fact).and_then(|callee| callee.receiver);
        }
        None
    }
}
