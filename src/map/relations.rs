//! What leads from one entity to another where types do not tell: `has_many :lines`, `return $this->hasMany(Line::class)`.
//!
//! Where relations are declared is looked up once; whereto one leads is asked when it is used, since that may lead
//! through others.

use rustc_hash::{FxHashMap, FxHashSet};

use super::carried::Carried;
use super::entities::Entity;
use super::languages::Way;
use super::matching::arguments;
use super::program::Program;
use super::symbols::Def;
use super::types::Ty;
use crate::facts::{AnnotationFact, ArgFact, Node, NodeId};
use crate::frameworks::{Lazy, RelationRule, Selector, Step, naming};
use crate::source::{FileId, Place};
use crate::syntax::outline::{FunctionKind, TypeKind};
use crate::vocabulary::{Name, TableName};

/// Relations that go through others deeper than this lead nowhere.
const MAX_DEPTH: usize = 6;

/// Where relations are declared.
#[derive(Debug, Default)]
pub(super) struct Relations {
    by_type: FxHashMap<(FileId, u32), FxHashMap<Name, Declared>>,
    /// All names that relations have.
    names: FxHashSet<Name>,
    /// What frameworks put behind them.
    suffixes: Vec<Name>,
    /// The relation that each function value is given to by a call in a type's body: what it says (`-> { where(…) }`)
    /// is said of what the relation leads to.
    scopes: FxHashMap<(FileId, u32), ((FileId, u32), Name)>,
    /// By type and name: the relation of the same type that another narrows (`return $this->users()->wherePivot(…)`).
    narrowed: FxHashMap<(FileId, u32), FxHashMap<Name, Name>>,
    /// The calls that only say what a relation is like: `return $this->hasMany(Line::class)->latest()`.
    pub(super) declaring: FxHashSet<(FileId, u32)>,
}

/// Where a relation is declared.
#[derive(Debug, Clone, Copy)]
struct Declared {
    framework: usize,
    rule: usize,
    at: At,
}

#[derive(Debug, Clone, Copy)]
enum At {
    /// A call in the type's body, by its number among the type's annotations.
    Body(usize),
    /// An annotation of a field, by their numbers.
    Field(usize, usize),
    /// A call that a method returns.
    Call(u32),
    /// A call on the type it leads to that gives a field its value.
    Value(u32),
}

/// Whereto a relation leads.
#[derive(Debug, Clone, Default)]
pub(super) struct Relation {
    /// The entity, where it is known.
    pub target: Option<usize>,
    /// The tables on the way; the last one links.
    pub between: Vec<Entity>,
    /// How it is read by naming it.
    pub lazy: Lazy,
}

impl Program<'_> {
    /// Finds where relations are declared.
    pub(super) fn find_relations(&mut self) {
        let mut found = Relations::default();
        let rules = self.frameworks.all.iter().flat_map(|framework| &framework.relations);
        found.suffixes = rules.filter_map(|rule| rule.query_suffix.clone()).collect();
        found.suffixes.dedup();
        for file in self.symbols.file_ids() {
            let Some(language) = self.frameworks.language(self.language(file)) else { continue };
            for &framework in &language.frameworks {
                for (rule, data) in self.frameworks.all[framework].relations.iter().enumerate() {
                    self.declarations(file, data, &mut |index, name, at| {
                        found.names.insert(name.clone());
                        if let At::Call(call) = at {
                            found.declaring.extend(self.going_on(file, call).into_iter().map(|call| (file, call)));
                        }
                        if let At::Body(number) = at {
                            let facts = self.symbols.file(file).facts;
                            for arg in &facts.types[index as usize].annotations[number].args {
                                if let Node::Lambda(scope) = facts.node(arg.value) {
                                    found.scopes.insert((file, *scope), ((file, index), name.clone()));
                                }
                            }
                        }
                        let of_type = found.by_type.entry((file, index)).or_default();
                        of_type.entry(name).or_insert(Declared { framework, rule, at });
                    });
                }
            }
        }
        self.find_narrowed(&mut found);
        self.relations = found;
    }

    /// Finds methods that give what another relation of the same object leads to, and no more than say which of it.
    fn find_narrowed(&self, found: &mut Relations) {
        let names = found.names.clone();
        for file in self.symbols.file_ids() {
            let Some(language) = self.frameworks.language(self.language(file)) else { continue };
            let rules = language.frameworks.iter().flat_map(|&number| &self.frameworks.all[number].relations);
            let narrowing: Vec<&Name> = rules.flat_map(|rule| &rule.narrowed_by).collect();
            if narrowing.is_empty() {
                continue;
            }
            let facts = self.symbols.file(file).facts;
            for function in facts.functions.iter().filter(|function| function.kind == FunctionKind::Method) {
                let (Some(owner), Some(value)) = (function.owner, function.value) else { continue };
                let Some((calls, name)) = self.narrowing_chain(file, value, &narrowing) else { continue };
                if names.contains(&name) && !names.contains(&function.name) {
                    found.names.insert(function.name.clone());
                    found.declaring.extend(calls.into_iter().map(|call| (file, call)));
                    found.narrowed.entry((file, owner)).or_default().insert(function.name.clone(), name);
                }
            }
        }
    }

    /// The calls of a chain that only narrow what a method of the object itself gives, and that method's name.
    fn narrowing_chain(&self, file: FileId, value: NodeId, narrowing: &[&Name]) -> Option<(Vec<u32>, Name)> {
        let facts = self.symbols.file(file).facts;
        let (mut node, mut calls) = (value, Vec::new());
        for _ in 0..16 {
            let Node::Call(call) = facts.node(node) else { return None };
            let Node::Member { base, name, .. } = facts.node(facts.calls[*call as usize].callee) else { return None };
            calls.push(*call);
            if matches!(facts.node(*base), Node::This(_)) {
                return Some((calls, name.clone()));
            }
            if !narrowing.iter().any(|pattern| crate::frameworks::glob(pattern, name)) {
                return None;
            }
            node = *base;
        }
        None
    }

    fn declarations(&self, file: FileId, rule: &RelationRule, add: &mut dyn FnMut(u32, Name, At)) {
        let facts = self.symbols.file(file).facts;
        let is_word = |annotation: &AnnotationFact| annotation.path.last().is_some_and(|name| rule.word.contains(name));
        for (index, decl) in (0u32..).zip(&facts.types) {
            for (number, call) in decl.annotations.iter().enumerate().filter(|(_, call)| is_word(call)) {
                let first = call.args.first().filter(|arg| arg.name.is_none());
                if let Some(name) = first.and_then(|arg| self.key_of(file, arg.value)) {
                    add(index, name, At::Body(number));
                }
            }
            for (number, field) in decl.fields.iter().enumerate() {
                let annotation = field.annotations.iter().position(is_word);
                if let Some(annotation) = annotation {
                    add(index, field.name.clone(), At::Field(number, annotation));
                }
                let call = field.value.and_then(|value| self.relating_call(file, value, &rule.value));
                if let Some(call) = call {
                    add(index, field.name.clone(), At::Value(call));
                }
            }
        }
        for function in &facts.functions {
            let (Some(owner), Some(value)) = (function.owner, function.value) else { continue };
            if let Some(call) = self.returned_relation(file, value, rule) {
                add(owner, function.name.clone(), At::Call(call));
            }
        }
    }

    /// The calls of the chain that goes on from a call, unless what it says is fetched there.
    fn going_on(&self, file: FileId, from: u32) -> Vec<u32> {
        let facts = self.symbols.file(file).facts;
        let begins = |callee: NodeId| {
            let mut node = callee;
            for _ in 0..32 {
                match facts.node(node) {
                    Node::Call(call) if *call == from => return true,
                    Node::Call(call) => node = facts.calls[*call as usize].callee,
                    Node::Member { base, .. } | Node::After { base, .. } => node = *base,
                    _ => return false,
                }
            }
            false
        };
        let chain: Vec<u32> =
            (0u32..).zip(&facts.calls).filter(|(_, call)| begins(call.callee)).map(|(index, _)| index).collect();
        let fetches = |&call: &u32| {
            let name = self.callee(file, &facts.calls[call as usize]).map(|callee| callee.name).unwrap_or_default();
            self.candidates(file, &name).iter().any(|&id| self.frameworks.call(id).fetches)
        };
        if chain.iter().any(fetches) { Vec::new() } else { chain }
    }

    /// The call of one of these methods, in the chain that gives a value.
    fn relating_call(&self, file: FileId, value: NodeId, words: &[Name]) -> Option<u32> {
        let facts = self.symbols.file(file).facts;
        let mut node = value;
        for _ in 0..16 {
            let Node::Call(call) = facts.node(node) else { return None };
            let Node::Member { base, name, .. } = facts.node(facts.calls[*call as usize].callee) else { return None };
            if words.contains(name) {
                return Some(*call);
            }
            node = *base;
        }
        None
    }

    /// The call of one of the rule's methods of the type itself, at the root of what a method returns.
    fn returned_relation(&self, file: FileId, value: NodeId, rule: &RelationRule) -> Option<u32> {
        let facts = self.symbols.file(file).facts;
        let mut node = value;
        for _ in 0..16 {
            match facts.node(node) {
                Node::Call(call) => {
                    let Node::Member { base, name, .. } = facts.node(facts.calls[*call as usize].callee) else {
                        return None;
                    };
                    if rule.word.contains(name) && matches!(facts.node(*base), Node::This(_)) {
                        return Some(*call);
                    }
                    node = *base;
                }
                Node::After { base, .. } => node = *base,
                Node::Typed { value: Some(value), .. } => node = *value,
                _ => return None,
            }
        }
        None
    }

    /// What the function value is a scope of: the entity that its relation leads to, where it is known.
    pub(super) fn scoped_entity(&self, file: FileId, function: u32) -> Option<Option<usize>> {
        let ((file, index), name) = self.relations.scopes.get(&(file, function))?;
        let found = self.relation_of(&self.own_type(*file, *index), name, 0);
        Some(found.and_then(|found| found.target))
    }

    /// Whether some relation has that name: a cheap look before types are asked for.
    pub(super) fn names_relation(&self, name: &Name) -> bool {
        self.relations.names.contains(name)
            || self.relations.suffixes.iter().any(|suffix| name.ends_with(suffix.as_str()))
    }

    /// The relation of that name that an entity type has.
    pub(super) fn relation_of(&self, ty: &Ty, name: &Name, depth: usize) -> Option<Relation> {
        if depth > MAX_DEPTH || !self.names_relation(name) {
            return None;
        }
        let own = self.entity_of_type(ty, 0);
        let mixed = || ty.decls.first().and_then(|&(file, index)| self.first_mixing(file, index));
        let mixed = if own.is_none() { mixed() } else { None };
        let framework = self.entities.list[own.or(mixed)?].framework;
        let lineage = self.lineage(ty);
        let find = |name: &Name| {
            lineage.iter().copied().find_map(|decl| {
                let declared = *self.relations.by_type.get(&decl)?.get(name)?;
                self.speaks_of(declared.framework, framework).then_some((decl, declared))
            })
        };
        if let Some((decl, declared)) = find(name) {
            return Some(self.follow_relation(ty, decl, declared, name, depth));
        }
        let narrowed = lineage.iter().find_map(|decl| self.relations.narrowed.get(decl)?.get(name));
        if let Some(wider) = narrowed {
            return self.relation_of(ty, wider, depth + 1);
        }
        // `album.tracks_dataset`: the query that reads the relation.
        let suffixes = self.relations.suffixes.iter();
        let bare = suffixes.filter_map(|suffix| name.strip_suffix(suffix.as_str())).map(Name::from);
        if let Some((bare, (decl, declared))) = bare.into_iter().find_map(|bare| Some((bare.clone(), find(&bare)?))) {
            return Some(self.follow_relation(ty, decl, declared, &bare, depth));
        }
        // What is mixed in, or stands for what has it, speaks of the relations of those.
        self.relation_of(&self.entity_type(mixed?)?, name, depth + 1)
    }

    /// The relation that a member, or a call of one, is.
    pub(super) fn relation_at(&self, file: FileId, node: NodeId) -> Option<Relation> {
        let facts = self.symbols.file(file).facts;
        match facts.node(node) {
            Node::Call(call) => self.relation_of_member(file, facts.calls[*call as usize].callee, 0),
            _ => self.relation_of_member(file, node, 0),
        }
    }

    /// The relation that a member is.
    pub(super) fn relation_of_member(&self, file: FileId, node: NodeId, depth: usize) -> Option<Relation> {
        let Node::Member { base, name, .. } = self.symbols.file(file).facts.node(node) else { return None };
        if !self.names_relation(name) {
            return None;
        }
        if self.is_many(file, *base) {
            return None;
        }
        self.relation_from(file, *base, name, depth)
    }

    /// The relation of that name that a value has.
    pub(super) fn relation_from(&self, file: FileId, base: NodeId, name: &Name, depth: usize) -> Option<Relation> {
        let stated = self.type_of(file, base, depth);
        let by_type = stated.as_ref().and_then(|ty| self.relation_of(ty, name, 0));
        // A type from elsewhere (`Model`) may say less than the value itself.
        let vague = stated.is_none_or(|ty| ty.decls.is_empty());
        by_type.or_else(|| self.relation_of(&self.type_of_entity(file, base).filter(|_| vague)?, name, 0))
    }

    /// The one relation of that name that any entity of the framework has.
    pub(super) fn only_relation(&self, framework: usize, name: &Name) -> Option<Relation> {
        if !self.names_relation(name) {
            return None;
        }
        let has = |of_type: &FxHashMap<Name, Declared>| {
            of_type.get(name).is_some_and(|declared| declared.framework == framework)
        };
        let by_type = self.relations.by_type.iter();
        let mut types: Vec<(FileId, u32)> =
            by_type.filter(|(_, of_type)| has(of_type)).map(|(decl, _)| *decl).collect();
        types.sort_unstable();
        let mut found = types.into_iter().filter_map(|(file, index)| {
            self.relation_of(&self.own_type(file, index), name, 0).filter(|found| found.target.is_some())
        });
        let first = found.next()?;
        found.all(|other| other.target == first.target).then_some(first)
    }

    /// The type of the entity that a value carries.
    pub(super) fn type_of_entity(&self, file: FileId, node: NodeId) -> Option<Ty> {
        match self.entity_of(file, node, 0)? {
            Carried::Declared(number) => self.entity_type(number),
            Carried::Named(_) => None,
        }
    }

    /// The entities that mix in what `node`, the object round a method, belongs to.
    pub(super) fn entities_mixing(&self, file: FileId, node: NodeId) -> Vec<usize> {
        let Node::This(function) = self.symbols.file(file).facts.node(node) else { return Vec::new() };
        let Some((owner_file, owner)) = self.owner(file, *function) else { return Vec::new() };
        let decl = self.symbols.type_decl(owner_file, owner);
        if !matches!(decl.kind, TypeKind::Module | TypeKind::Trait) {
            return Vec::new();
        }
        let mut found: Vec<usize> = Vec::new();
        for (file, index) in self.symbols.subtypes(self.symbols.file(file).unit, &decl.name) {
            let number = self.entity_of_type(&self.own_type(file, index), 0);
            let known = |number: &usize| found.iter().any(|&other| self.same_table(other, *number));
            found.extend(number.filter(|number| !known(number)));
        }
        found
    }

    /// The first entity that mixes in a module.
    fn first_mixing(&self, file: FileId, index: u32) -> Option<usize> {
        let decl = self.symbols.type_decl(file, index);
        let mixed_in = matches!(decl.kind, TypeKind::Module | TypeKind::Trait | TypeKind::Interface);
        if !mixed_in || !self.has(file, Way::MixedInModules) {
            return None;
        }
        let subtypes = self.symbols.subtypes(self.symbols.file(file).unit, &decl.name);
        subtypes.into_iter().find_map(|(file, index)| self.entity_of_type(&self.own_type(file, index), 0))
    }

    fn same_table(&self, one: usize, other: usize) -> bool {
        self.entities.list[one].table == self.entities.list[other].table
    }

    /// The ways along relations that a value names: a symbol, a text (`lines.product`), a list of them, a record
    /// whose values lead further.
    pub(super) fn relation_paths(&self, file: FileId, node: NodeId, before: &[Name], out: &mut Vec<Vec<Name>>) {
        if before.len() > MAX_DEPTH {
            return;
        }
        match self.symbols.file(file).facts.node(node) {
            Node::List(items) if !items.is_empty() => {
                items.iter().for_each(|&item| self.relation_paths(file, item, before, out));
            }
            Node::Record(entries) => {
                for &(key, value) in entries {
                    match self.key_of(file, key) {
                        Some(key) => {
                            let before: Vec<Name> = before.iter().cloned().chain(steps(&key)).collect();
                            self.relation_paths(file, value, &before, out);
                        }
                        None => self.relation_paths(file, value, before, out),
                    }
                }
            }
            Node::Symbol(name, _) => out.push(before.iter().cloned().chain([name.clone()]).collect()),
            Node::Text(_) => {
                let text = self.known_text(file, node).unwrap_or_default();
                let more = steps(&text);
                if !(before.is_empty() && more.is_empty()) {
                    out.push(before.iter().cloned().chain(more).collect());
                }
            }
            _ if before.is_empty() => {}
            _ => out.push(before.to_vec()),
        }
    }

    /// What one passes on such a way. Its first step may be an alias; where nothing is known of what it begins at, an
    /// relation's name that only one entity of the framework has tells.
    pub(super) fn along(&self, from: Option<&Ty>, path: &[Name], framework: usize) -> Vec<Carried> {
        let mut passed = Vec::new();
        let mut at = from.cloned();
        for (number, name) in path.iter().enumerate() {
            let found = at.as_ref().and_then(|ty| self.relation_of(ty, name, 0));
            let guess = || self.only_relation(framework, name).filter(|_| at.is_none() || number > 0);
            match found.or_else(guess) {
                Some(found) => {
                    passed.extend(found.between.into_iter().map(|entity| Carried::Named(Box::new(entity))));
                    passed.extend(found.target.map(Carried::Declared));
                    at = found.target.and_then(|target| self.entity_type(target));
                }
                None if number == 0 && path.len() > 1 => {}
                None => break,
            }
        }
        passed
    }

    fn follow_relation(
        &self,
        from: &Ty,
        (file, index): (FileId, u32),
        declared: Declared,
        name: &Name,
        depth: usize,
    ) -> Relation {
        let facts = self.symbols.file(file).facts;
        let decl = &facts.types[index as usize];
        let rule = &self.frameworks.all[declared.framework].relations[declared.rule];
        let (args, word_place): (&[ArgFact], _) = match declared.at {
            At::Body(number) => (&decl.annotations[number].args, decl.annotations[number].span),
            At::Field(number, annotation) => {
                let annotation = &decl.fields[number].annotations[annotation];
                (&annotation.args, annotation.span)
            }
            At::Call(call) | At::Value(call) => {
                (&facts.calls[call as usize].args, facts.calls[call as usize].name_span)
            }
        };
        let nodes = |selector: &Selector| -> Vec<NodeId> { arguments(args, &selector.0[0]).collect() };
        let entity = |selector: &Selector| {
            let nodes = nodes(selector);
            (!nodes.is_empty()).then(|| nodes.into_iter().find_map(|node| self.entity_meant(file, (file, index), node)))
        };
        let place = Place { file, span: word_place };
        if let Some(through) = rule.through.as_ref().and_then(|selector| nodes(selector).first().copied()) {
            let source = rule.source.as_ref().and_then(|selector| nodes(selector).first().copied());
            let source = source.and_then(|node| self.key_of(file, node));
            // `through: [:posts, :comments]`
            if let Node::List(steps) = facts.node(through) {
                let mut steps = steps.iter().filter_map(|&step| self.key_of(file, step));
                let first = steps.next().and_then(|step| self.relation_of(from, &step, depth + 1));
                return steps
                    .fold(first.unwrap_or_default(), |way, step| self.through(way, Some(&step), name, rule, depth));
            }
            let through = self.key_of(file, through);
            let way = through.and_then(|through| self.relation_of(from, &through, depth + 1));
            return self.through(way.unwrap_or_default(), source.as_ref(), name, rule, depth);
        }
        // A stated type that is no entity here is none by its name either.
        let stated = rule.target.iter().find_map(entity);
        let receiver = match declared.at {
            At::Value(call) => match facts.node(facts.calls[call as usize].callee) {
                Node::Member { base, .. } => self.entity_meant(file, (file, index), *base),
                _ => None,
            },
            _ => None,
        };
        let target = stated.or(receiver.map(Some)).unwrap_or_else(|| {
            let by_field = match declared.at {
                At::Field(..) => self.field_type(from, name, 0).and_then(|ty| self.entity_of_type(&ty, 0)),
                _ => None,
            };
            by_field.or_else(|| self.entity_seen(file, (file, index), name))
        });
        let mut between: Vec<Entity> = Vec::new();
        if let Some(by) = rule.by.as_ref().and_then(entity).flatten() {
            between.push(self.entities.list[by].clone());
        }
        between.extend(self.join_entity(from, target, (file, index), declared, rule, args, place));
        Relation { target, between, lazy: rule.lazy }
    }

    /// What a relation through `way` leads to: the relation of its own name (or `source`) at the far end.
    fn through(
        &self,
        way: Relation,
        source: Option<&Name>,
        name: &Name,
        rule: &RelationRule,
        depth: usize,
    ) -> Relation {
        let mut between = way.between;
        let Some(middle) = way.target else { return Relation { between, lazy: rule.lazy, target: None } };
        between.push(self.entities.list[middle].clone());
        let one = Name::from(naming::singular(name));
        let names = match source {
            Some(source) => vec![source],
            None => vec![name, &one],
        };
        let ty = self.entity_type(middle);
        let end = ty.and_then(|ty| names.into_iter().find_map(|name| self.relation_of(&ty, name, depth + 1)));
        let end = end.unwrap_or_default();
        between.extend(end.between);
        Relation { target: end.target, between, lazy: rule.lazy }
    }

    /// The table that links, where there is one.
    #[expect(clippy::too_many_arguments, reason = "all of them say where the table's name may stand")]
    fn join_entity(
        &self,
        from: &Ty,
        target: Option<usize>,
        (file, index): (FileId, u32),
        declared: Declared,
        rule: &RelationRule,
        args: &[ArgFact],
        place: Place,
    ) -> Option<Entity> {
        let stated = rule.join_table.iter().find_map(|selector| {
            let nodes: Vec<NodeId> = match (&selector.0[..], declared.at) {
                ([Step::Annotation(word), step], At::Field(number, _)) => {
                    let field = &self.symbols.type_decl(file, index).fields[number];
                    let beside = field.annotations.iter().filter(|other| other.path.last() == Some(word));
                    beside.flat_map(|other| arguments(&other.args, step)).collect()
                }
                ([step], _) => arguments(args, step).collect(),
                _ => Vec::new(),
            };
            nodes.first().copied()
        });
        // `belongsToMany(Tag::class, null, 'a')`: what is nothing states nothing.
        let stated = stated.filter(|&node| !matches!(self.symbols.file(file).facts.node(node), Node::Literal));
        if let Some(node) = stated {
            if let Some(Carried::Declared(number)) = self.entity_of(file, node, 0) {
                return Some(self.entities.list[number].clone());
            }
            let table = TableName::parse(&self.name_or_text(file, node)?)?;
            return Some(Entity::named(table, place, declared.framework));
        }
        if let Some(selector) = &rule.inverse
            && let Some(node) = arguments(args, &selector.0[0]).next()
        {
            let name = Name::from(self.known_text(file, node)?);
            // Who says that the other side says it is asked no further.
            let other = self.relation_of(&self.entity_type(target?)?, &name, MAX_DEPTH);
            return other?.between.into_iter().next();
        }
        if let Some(selector) = &rule.join_plural {
            let node = arguments(args, &selector.0[0]).next()?;
            let plural = naming::plural(&self.known_text(file, node)?);
            return Some(Entity::named(TableName::parse(&plural)?, place, declared.framework));
        }
        let source = &self.entities.list[self.entity_of_type(from, 0)?];
        let far = &self.entities.list[target?];
        let far_type = self.entity_type(target?)?;
        let (from_table, to_table) = (source.table.name.text.to_string(), far.table.name.text.to_string());
        let name = naming::join_table(rule.join_naming, (&from_table, from.name()), (&to_table, far_type.name()))?;
        let mut table = TableName::parse(&name)?;
        table.qualifiers.clone_from(&source.table.qualifiers);
        Some(Entity::named(table, place, declared.framework))
    }

    /// The entity that a value means: a type, or a text that names one.
    fn entity_meant(&self, file: FileId, decl: (FileId, u32), node: NodeId) -> Option<usize> {
        if let Some(Carried::Declared(number)) = self.entity_of(file, node, 0) {
            return Some(number);
        }
        self.entity_seen(file, decl, &self.name_or_text(file, node)?)
    }

    /// The entity of that name, as seen from inside of a type; `lines` may name `Line`.
    pub(super) fn entity_seen(&self, file: FileId, decl: (FileId, u32), name: &str) -> Option<usize> {
        let written: Vec<Name> = name.split(['.', '\\', ':']).filter(|part| !part.is_empty()).map(Name::from).collect();
        let (last, head) = written.split_last()?;
        let capital = naming::pascal(last);
        let spellings = [naming::singular(&capital), capital.clone(), last.to_string()];
        let mut scope = self.symbols.type_decl(decl.0, decl.1).scope.clone();
        scope.push(self.symbols.type_decl(decl.0, decl.1).name.clone());
        let unit = self.symbols.file(file).unit;
        spellings.into_iter().map(Name::from).find_map(|spelling| {
            let path: Vec<Name> = head.iter().cloned().chain([spelling.clone()]).collect();
            let resolved = self.symbols.resolve(file, &scope, &path);
            let near = resolved.defs.iter().filter(|_| resolved.rest.is_empty()).copied();
            let far = self.symbols.named(unit, &spelling);
            near.chain(far).find_map(|def| match def {
                Def::Type(file, index) => self.entity_of_type(&self.own_type(file, index), 0),
                _ => None,
            })
        })
    }
}

/// The steps of a way that is written as a text: `lines.product`, `author:id,name`, `comments as c`.
fn steps(text: &str) -> Vec<Name> {
    let text = text.trim();
    let text = text.split_once(" as ").map_or(text, |(name, _)| name);
    let text = text.split(':').next().unwrap_or_default();
    if text.contains(char::is_whitespace) {
        return Vec::new();
    }
    text.split('.').filter(|step| !step.is_empty()).map(Name::from).collect()
}
