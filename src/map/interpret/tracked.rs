//! Changes of objects that a framework keeps track of: they are written when a unit of work is saved, or when the
//! transaction round the function ends.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Interpreter;
use super::effects::mapping_evidence;
use crate::facts::{AnnotationFact, CallFact, CallKind, Node, NodeId};
use crate::frameworks::{RuleId, Step};
use crate::map::carried::Carried;
use crate::map::matching::Selected;
use crate::map::program::{CallRef, FunctionRef, Program, Uses};
use crate::map::types::Ty;
use crate::source::{FileId, Span};
use crate::syntax::outline::{FunctionKind, TypeKind};
use crate::vocabulary::{Name, Privilege, TableName};

/// Methods of an entity that call its methods are followed so far.
const MAX_DEPTH: usize = 3;

/// Something that is written because an object was changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Change {
    entity: usize,
    /// The entity's table, or one between it and what holds it.
    table: TableName,
    privilege: Privilege,
}

impl Interpreter<'_, '_> {
    /// What a call that saves writes: what was changed before it on entities in the same function.
    pub(super) fn saved_changes(&mut self, call: u32, id: RuleId) {
        let program = self.program;
        let saving = program.call((self.file, call));
        let before = self.calls_beside(saving.function, |fact| fact.span.start < saving.span.start);
        let saves = |index: u32| index != call && program.saved_by((self.file, index)).is_some();
        let saved = before.iter().filter(|(index, _)| saves(*index)).map(|(_, fact)| fact.span.start).max();
        let since = before.into_iter().filter(|(_, fact)| Some(fact.span.start) > saved);
        let since: Vec<u32> = since.map(|(index, _)| index).collect();
        let mut seen: FxHashSet<Change> = FxHashSet::default();
        for index in since {
            let fact = program.call((self.file, index));
            for change in self.changes(index) {
                let until = saving.span.start;
                if self.is_saved(fact, until, change.entity, |privileges| privileges == [Privilege::Update]) {
                    continue;
                }
                self.written(call, id, change, saving.name_span, &mut seen);
            }
        }
    }

    /// What is written at the end of the transaction round a function: changes of objects that were read in it, which
    /// no call saves.
    pub(super) fn flushed_changes(&mut self) {
        let program = self.program;
        let Some(language) = program.frameworks.language(program.language(self.file)) else { return };
        let tracks = |number: &usize| {
            !program.frameworks.all[*number].tracked.is_empty() && program.uses(self.file, *number) != Uses::No
        };
        if !language.frameworks.iter().any(tracks) {
            return;
        }
        let saves = |privileges: &[Privilege]| privileges.contains(&Privilege::Update);
        let facts = program.symbols.file(self.file).facts;
        let mut seen: FxHashSet<(u32, Change)> = FxHashSet::default();
        for (index, fact) in (0u32..).zip(&facts.calls) {
            let Node::Member { base, .. } = facts.node(fact.callee) else { continue };
            let home = facts.named_function(fact.function);
            for change in self.changes(index) {
                let framework = program.entities.list[change.entity].framework;
                let data = &program.frameworks.all[framework];
                let open = data.tracked.iter().any(|mark| mark == "*") || self.is_marked(home, &data.tracked);
                if !open || !self.is_loaded(*base, 0) || self.is_saved(fact, u32::MAX, change.entity, saves) {
                    continue;
                }
                if seen.insert((home, change.clone())) {
                    let entity = &program.entities.list[change.entity];
                    self.mention_in(self.file, entity, &change.table, change.privilege, fact.function, fact.name_span);
                }
            }
        }
    }

    fn written(&mut self, call: u32, id: RuleId, change: Change, place: Span, seen: &mut FxHashSet<Change>) {
        let program = self.program;
        let entity = &program.entities.list[change.entity];
        if entity.framework != id.framework || !seen.insert(change.clone()) {
            return;
        }
        let evidence = mapping_evidence(entity, &change.table, &program.frameworks.framework(id).name);
        self.table_use(call, id, (&change.table, change.privilege), place, &evidence);
    }

    /// The calls in the function round `function`, its lambdas included.
    fn calls_beside(&self, function: u32, wanted: impl Fn(&CallFact) -> bool) -> Vec<(u32, &CallFact)> {
        let facts = self.program.symbols.file(self.file).facts;
        let home = facts.named_function(function);
        let calls = (0u32..).zip(&facts.calls);
        calls.filter(|(_, fact)| facts.named_function(fact.function) == home && wanted(fact)).collect()
    }

    /// What a call changes on a tracked object: a property, an element of what it holds, or what its own method does.
    fn changes(&self, call: u32) -> Vec<Change> {
        let program = self.program;
        let fact = program.call((self.file, call));
        let facts = program.symbols.file(self.file).facts;
        let rules = program.rules((self.file, call));
        let stated = rules.iter().filter_map(|(id, _)| program.frameworks.call(*id).changes.as_ref());
        let changed: Vec<Selected> = stated.flat_map(|selector| program.select(self.file, call, selector)).collect();
        if !changed.is_empty() {
            let entities = changed.into_iter().filter_map(|value| match value {
                Selected::Node(file, node) if file == self.file => self.tracked(node),
                _ => None,
            });
            return entities.map(|entity| program.change(entity, Privilege::Update)).collect();
        }
        let Node::Member { base, name, .. } = facts.node(fact.callee) else { return Vec::new() };
        // What a rule speaks of (`entry.State = …`) is what it says.
        let ruled = |id: RuleId| !program.frameworks.call(id).privileges.is_empty();
        if name.ends_with('=') && program.rules((self.file, call)).iter().any(|(id, _)| ruled(*id)) {
            return Vec::new();
        }
        if name.ends_with('=') {
            let own = self.tracked(*base).map(|entity| program.change(entity, Privilege::Update));
            return own.into_iter().collect();
        }
        if matches!(name.as_str(), "Add" | "AddRange" | "add" | "addAll" | "append" | "extend") {
            let made = fact.args.iter().any(|arg| self.is_made(arg.value, 0));
            return self.added_to(*base, made);
        }
        let Some(entity) = self.tracked(*base) else { return Vec::new() };
        program.changes_by_method(entity, (self.file, call), name)
    }

    /// The entity that a value is an object of, one that was read and not just made.
    pub(super) fn tracked(&self, node: NodeId) -> Option<usize> {
        if self.is_made(node, 0) {
            return None;
        }
        // What a call gives of a type is one of its objects (`session.get(User, 1)`).
        let program = self.program;
        let given = self.is_loaded(node, 0);
        let ty = program.type_of(self.file, node, 0);
        let ty = ty.filter(|ty| (!ty.is_type || given) && !ty.decls.is_empty());
        let by_type = ty.and_then(|ty| program.entity_of_type(&Ty { args: Vec::new(), ..ty }, 0));
        by_type.or_else(|| match program.entity_of(self.file, node, 0).filter(|_| given)? {
            Carried::Declared(number) => Some(number),
            Carried::Named(_) => None,
        })
    }

    /// What an addition to a collection of a tracked object writes: `blog.Posts` of `blog.Posts.Add(…)`. Where a table
    /// lies between the two, what was not just made is there already.
    fn added_to(&self, node: NodeId, made: bool) -> Vec<Change> {
        let program = self.program;
        let facts = program.symbols.file(self.file).facts;
        let Node::Member { base, name, .. } = facts.node(node) else { return Vec::new() };
        let Some(owner) = self.tracked(*base) else { return Vec::new() };
        let ty = program.type_of(self.file, node, 0).filter(|ty| !ty.args.is_empty());
        let stated = || {
            let found = program.entities.associations.get(&(owner, name.clone()))?;
            (!found.own_key).then_some(found.target)
        };
        let Some(target) = ty.and_then(|ty| program.entity_of_type(&ty, 0)).or_else(stated) else { return Vec::new() };
        program.added(owner, target, name, made)
    }

    fn is_made(&self, node: NodeId, depth: usize) -> bool {
        let facts = self.program.symbols.file(self.file).facts;
        match facts.node(node) {
            // In some languages an object is made by calling its type.
            Node::Call(call) => {
                let fact = &facts.calls[*call as usize];
                let of_type = || {
                    let ty = self.program.type_of(self.file, fact.callee, 0);
                    ty.is_some_and(|ty| ty.is_type && !ty.decls.is_empty())
                };
                fact.kind == CallKind::New || of_type()
            }
            Node::Typed { value: Some(value), .. } | Node::After { base: value, .. } if depth < 16 => {
                self.is_made(*value, depth + 1)
            }
            Node::Choice(ways) if depth < 16 => ways.iter().any(|&way| self.is_made(way, depth + 1)),
            _ => false,
        }
    }

    /// Whether a value is what a call of this function gave, and so was read in it.
    fn is_loaded(&self, node: NodeId, depth: usize) -> bool {
        let facts = self.program.symbols.file(self.file).facts;
        match facts.node(node) {
            _ if depth > 16 => false,
            Node::Call(_) => !self.is_made(node, 0),
            Node::Param(function, _) => self.program.item_handed(self.file, *function).is_some(),
            Node::Typed { value: Some(value), .. }
            | Node::After { base: value, .. }
            | Node::Element { base: value, .. }
            | Node::Index { base: value, .. } => self.is_loaded(*value, depth + 1),
            Node::Choice(ways) => ways.iter().any(|&way| self.is_loaded(way, depth + 1)),
            _ => false,
        }
    }

    /// Whether a function, or the type round it, carries one of these annotations.
    fn is_marked(&self, function: u32, marks: &[Name]) -> bool {
        let program = self.program;
        let fact = program.symbols.function(self.file, function);
        let writes = |annotation: &AnnotationFact| {
            let only_reads = |arg: &crate::facts::ArgFact| arg.name.as_ref().is_some_and(|name| name == "readOnly");
            !annotation.args.iter().any(only_reads)
        };
        if let Some(own) = program.annotation(self.file, &fact.scope, &fact.annotations, marks) {
            return writes(own);
        }
        let decl = fact.owner.map(|owner| program.symbols.type_decl(self.file, owner));
        decl.and_then(|decl| program.annotation(self.file, &decl.scope, &decl.annotations, marks)).is_some_and(writes)
    }

    /// Whether a call behind this one, and before `until`, writes the entity by itself.
    fn is_saved(&self, fact: &CallFact, until: u32, entity: usize, saves: impl Fn(&[Privilege]) -> bool) -> bool {
        let program = self.program;
        let table = &program.entities.list[entity].table;
        let between = |later: &CallFact| later.span.start > fact.span.start && later.span.start < until;
        self.calls_beside(fact.function, between).into_iter().any(|(index, _)| {
            program.rules((self.file, index)).iter().any(|(id, _)| {
                let rule = program.frameworks.call(*id);
                let writes = saves(&rule.privileges);
                let selected = rule.entity.as_ref().filter(|_| writes).map(|at| program.select(self.file, index, at));
                selected.into_iter().flatten().any(|value| match value {
                    Selected::Node(file, node) => {
                        program.entity_of(file, node, 0).is_some_and(|found| program.carried(&found).table == *table)
                    }
                    Selected::Type(ty) => program.entity_of_type(&ty, 0) == Some(entity),
                })
            })
        })
    }
}

impl Program<'_> {
    /// The rule by which a call saves what was changed before it: by itself, or by a method that does no more than that.
    pub(super) fn saved_by(&self, call: CallRef) -> Option<RuleId> {
        let language = self.frameworks.language(self.language(call.0)).filter(|language| language.saves)?;
        if !language.frameworks.iter().any(|&number| self.frameworks.all[number].calls.iter().any(|rule| rule.saves)) {
            return None;
        }
        self.saves_itself(call).or_else(|| {
            let savers = self.savers.get_or_init(|| self.find_savers());
            let sure = self.targets_of(call).iter().filter(|target| !target.by_name);
            sure.into_iter().find_map(|target| savers.get(&target.function).copied())
        })
    }

    /// The rule by which a call itself saves: on a unit of work, or on an interface that one stands behind.
    fn saves_itself(&self, (file, index): CallRef) -> Option<RuleId> {
        self.frameworks.language(self.language(file)).filter(|language| language.saves)?;
        let callee = self.callee(file, self.call((file, index)))?;
        let candidates = self.candidates(file, &callee.name);
        let saving = candidates.iter().copied().filter(|&id| self.frameworks.call(id).saves);
        let saving: Vec<RuleId> = saving.collect();
        if saving.is_empty() {
            return None;
        }
        let rules = self.rules((file, index));
        let by_rule = rules.iter().map(|(id, _)| *id).find(|id| self.frameworks.call(*id).saves);
        by_rule.or_else(|| {
            let ty = self.type_of(file, callee.receiver?, 0)?;
            let behind = |id: &RuleId| self.stands_behind(&ty, &self.frameworks.call(*id).receiver);
            saving.into_iter().find(behind)
        })
    }

    /// Whether what stands behind an interface is one of these types.
    fn stands_behind(&self, ty: &Ty, wanted: &[Name]) -> bool {
        ty.decls.iter().any(|&(file, index)| {
            let decl = self.symbols.type_decl(file, index);
            decl.kind == TypeKind::Interface
                && self.symbols.all_subtypes(&decl.name).any(|(file, index)| {
                    let below = self.own_type(file, index);
                    self.lineage(&below).iter().any(|part| ty.decls.contains(part)) && self.is_a(&below, wanted)
                })
        })
    }

    /// The functions that save and do nothing else.
    fn find_savers(&self) -> FxHashMap<FunctionRef, RuleId> {
        let mut savers: FxHashMap<FunctionRef, RuleId> = FxHashMap::default();
        // One that calls one that calls one.
        for _ in 0..2 {
            let mut found = Vec::new();
            for file in self.symbols.file_ids() {
                let saves = self.frameworks.language(self.language(file)).is_some_and(|language| language.saves);
                let facts = self.symbols.file(file).facts;
                for index in (0u32..).take(if saves { facts.calls.len() } else { 0 }) {
                    let handed_on = || {
                        let sure = self.targets_of((file, index)).iter().filter(|target| !target.by_name);
                        sure.into_iter().find_map(|target| savers.get(&target.function).copied())
                    };
                    let function = facts.named_function(facts.calls[index as usize].function);
                    let Some(id) = self.saves_itself((file, index)).or_else(handed_on) else { continue };
                    if !self.does_more((file, function), index) {
                        found.push(((file, function), id));
                    }
                }
            }
            savers.extend(found);
        }
        savers
    }

    /// Whether a function does anything but hand on to the call that saves: then what it is called for is another thing.
    fn does_more(&self, (file, function): FunctionRef, saving: u32) -> bool {
        let facts = self.symbols.file(file).facts;
        (0u32..).zip(&facts.calls).any(|(index, call)| {
            let own = facts.named_function(call.function) == function && index != saving;
            own && !self.only_hands_on((file, index))
        })
    }

    /// Whether a call of what is always at hand gives what it is called on (`task.ConfigureAwait(false)`): it does nothing.
    fn only_hands_on(&self, call: CallRef) -> bool {
        self.rules(call).iter().any(|(id, _)| {
            let rule = self.frameworks.call(*id);
            self.frameworks.all[id.framework].imports.is_empty()
                && matches!(rule.carries.as_ref().map(|at| &at.0[..]), Some([Step::Receiver]))
        })
    }

    fn change(&self, entity: usize, privilege: Privilege) -> Change {
        Change { entity, table: self.entities.list[entity].table.clone(), privilege }
    }

    /// What is written where an object is put into a collection of another.
    fn added(&self, owner: usize, target: usize, name: &str, made: bool) -> Vec<Change> {
        let found = self.entities.associations.get(&(owner, Name::from(name)));
        let join = found.and_then(|found| found.join.clone()).or_else(|| self.items_table(owner, name));
        let between = join.map(|table| Change { entity: owner, table, privilege: Privilege::Insert });
        let new = (between.is_none() || made).then(|| self.change(target, Privilege::Insert));
        between.into_iter().chain(new).collect()
    }

    /// What a method of an entity changes on it: its fields, and what its collections hold.
    fn changes_by_method(&self, entity: usize, call: (FileId, u32), name: &str) -> Vec<Change> {
        let mut out = Vec::new();
        let sure = self.targets_of(call).iter().filter(|target| !target.by_name).map(|target| target.function);
        let mut methods: Vec<FunctionRef> = sure.collect();
        // What the framework gave has no type of its own, but is known to be the entity.
        if let Some(ty) = self.entity_type(entity).filter(|_| methods.is_empty()) {
            methods = self.methods_of(call.0, &ty, &Name::from(name));
        }
        for &method in &methods {
            self.changes_in(entity, method, 0, &mut out);
        }
        // A setter that is generated leaves nothing in the source but its field.
        let field = name.strip_prefix("set").map(|rest| {
            let mut letters = rest.chars();
            letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect::<String>()
        });
        let decl = self.entities.list[entity].decl;
        let lineage = decl.map(|decl| self.lineage(&Ty { decls: vec![decl], ..Ty::default() }));
        let declares = |field: &String| {
            let types = lineage.iter().flat_map(|lineage| lineage.iter());
            types
                .map(|&(file, index)| self.symbols.type_decl(file, index))
                .any(|decl| decl.fields.iter().any(|own| own.name.as_str() == field))
        };
        if methods.is_empty() && field.as_ref().is_some_and(declares) {
            out.push(self.change(entity, Privilege::Update));
        }
        out
    }

    fn changes_in(&self, entity: usize, (file, index): FunctionRef, depth: usize, out: &mut Vec<Change>) {
        let facts = self.symbols.file(file).facts;
        let function = &facts.functions[index as usize];
        let own = function.owner.map(|owner| self.own_type(file, owner));
        let of_entity = own.as_ref().is_some_and(|own| {
            let decl = self.entities.list[entity].decl;
            decl.is_some_and(|decl| {
                self.lineage(&Ty { decls: vec![decl], ..Ty::default() }).iter().any(|decl| own.decls.contains(decl))
            })
        });
        if !of_entity || function.kind == FunctionKind::Constructor || depth > MAX_DEPTH {
            return;
        }
        let inside = |other: u32| facts.named_function(other) == index;
        if facts.assignments.iter().any(|assigned| inside(assigned.function)) {
            out.push(self.change(entity, Privilege::Update));
        }
        for (number, call) in (0u32..).zip(&facts.calls).filter(|(_, call)| inside(call.function)) {
            let Some(callee) = self.callee(file, call) else { continue };
            let base = callee.receiver;
            match callee.name.as_str() {
                "Add" | "AddRange" | "add" | "addAll" => {
                    let held = base.and_then(|base| self.type_of(file, base, 0)).filter(|ty| !ty.args.is_empty());
                    let target = held.and_then(|ty| self.entity_of_type(&ty, 0));
                    let name = base.and_then(|base| self.path_of(file, base)).and_then(|path| path.last().cloned());
                    if let (Some(target), Some(name)) = (target, name) {
                        out.extend(self.added(entity, target, &name, true));
                    }
                }
                _ if base.is_none_or(|base| matches!(facts.node(base), Node::This(_))) => {
                    for target in self.targets_of((file, number)).iter().filter(|target| !target.by_name) {
                        self.changes_in(entity, target.function, depth + 1, out);
                    }
                }
                _ => {}
            }
        }
        out.dedup();
    }
}
