//! What is said of all entities at once: by a unit, or by one of its contexts (EF Core's `DbContext`).
//!
//! One type may be held by several contexts, each with a schema and a table of its own for it: which is meant tells what
//! the set is taken from.

use rustc_hash::FxHashMap;

use super::carried::Carried;
use super::mappings::Mapped;
use super::program::Program;
use super::types::Ty;
use crate::facts::{CallKind, Node, NodeId};
use crate::frameworks::{EntityRule, Naming};
use crate::source::FileId;
use crate::vocabulary::{Name, TableName};
use crate::workspace::Unit;

type Decl = (FileId, u32);

/// What is said of all entities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Their schema.
    pub schema: Option<String>,
    /// What is made of every name that a convention gave.
    pub naming: Option<Naming>,
    /// What stands before such a name.
    pub prefix: Option<String>,
}

impl Said {
    fn or(self, other: &Self) -> Self {
        Self {
            schema: self.schema.or_else(|| other.schema.clone()),
            naming: self.naming.or(other.naming),
            prefix: self.prefix.or_else(|| other.prefix.clone()),
        }
    }
}

/// What units and contexts say of all their entities.
#[derive(Debug, Default)]
pub(super) struct Sayings {
    /// By unit and framework, where no context says it.
    by_unit: FxHashMap<(Unit, usize), Said>,
    /// By the context's type, with the unit and framework that it is of.
    by_context: FxHashMap<Decl, (Unit, usize, Said)>,
    /// What a context says of one type.
    mapped: FxHashMap<(Decl, Decl), Mapped>,
    /// The contexts that hold a type, with the name of the set.
    held: FxHashMap<Decl, Vec<(Decl, Option<Name>)>>,
    /// All contexts.
    contexts: Vec<Decl>,
}

impl Sayings {
    /// A context holds sets of these types.
    pub(super) fn hold(&mut self, context: Decl, of: &[Decl], set: &Name) {
        if !self.contexts.contains(&context) {
            self.contexts.push(context);
        }
        for &decl in of {
            let held = self.held.entry(decl).or_default();
            if held.iter().all(|(known, _)| *known != context) {
                held.push((context, Some(set.clone())));
            }
        }
    }

    /// What a call says of all entities.
    pub(super) fn say(&mut self, unit: Unit, framework: usize, contexts: &[Decl], said: &Said) {
        if contexts.is_empty() {
            let known = self.by_unit.entry((unit, framework)).or_default();
            *known = said.clone().or(known);
        }
        for &context in contexts {
            let known = self.by_context.entry(context).or_insert((unit, framework, Said::default()));
            known.2 = said.clone().or(&known.2);
        }
    }

    /// What a context says of the table of one type.
    pub(super) fn map_in(&mut self, context: Decl, decl: Decl, says: &Mapped) {
        self.mapped.entry((decl, context)).or_default().say(says.clone());
        let held = self.held.entry(decl).or_default();
        if held.iter().all(|(known, _)| *known != context) {
            held.push((context, None));
        }
    }

    /// What the contexts of one type hold they hold of what its fields lead to.
    pub(super) fn reach(&mut self, from: Decl, found: Decl) {
        let contexts = self.held.get(&from).cloned().unwrap_or_default();
        if !contexts.is_empty() {
            let reached = contexts.into_iter().map(|(context, _)| (context, None)).collect();
            self.held.entry(found).or_insert(reached);
        }
    }
}

impl Program<'_> {
    /// The part of a type that stands for all of them.
    pub(super) fn first_part(&self, (file, index): Decl) -> Decl {
        self.symbols.parts(file, index).into_iter().min().unwrap_or((file, index))
    }

    /// Whether a class derives from what contexts do.
    pub(super) fn is_context(&self, decl: Decl) -> bool {
        let rules = self.frameworks.all.iter().flat_map(|framework| &framework.entities);
        let wanted: Vec<&Name> = rules.flat_map(|rule| &rule.contexts).collect();
        let derives = |&(file, index): &Decl| {
            let parts = self.symbols.parts(file, index).into_iter();
            let mut bases = parts.flat_map(|(file, index)| &self.symbols.type_decl(file, index).bases);
            bases.any(|base| {
                base.path.last().is_some_and(|name| wanted.iter().any(|at| crate::frameworks::glob(at, name)))
            })
        };
        self.lineage(&Ty { decls: vec![decl], ..Ty::default() }).iter().any(derives)
    }

    /// The classes that contexts make and so apply: `ApplyConfiguration(new OrderConfiguration())`.
    pub(super) fn applied_by_contexts(&self, said: &Sayings) -> FxHashMap<Decl, Vec<Decl>> {
        let mut applied: FxHashMap<Decl, Vec<Decl>> = FxHashMap::default();
        if said.contexts.len() < 2 {
            return applied;
        }
        for &context in &said.contexts {
            for (file, index) in self.symbols.parts(context.0, context.1) {
                let facts = self.symbols.file(file).facts;
                for call in facts.calls.iter().filter(|call| call.kind == CallKind::New) {
                    let function = facts.named_function(call.function);
                    if facts.functions[function as usize].owner != Some(index) {
                        continue;
                    }
                    let ty = self.type_of(file, call.callee, 0);
                    for decl in ty.map(|ty| ty.decls).unwrap_or_default() {
                        let known = applied.entry(self.first_part(decl)).or_default();
                        if !known.contains(&context) {
                            known.push(context);
                        }
                    }
                }
            }
        }
        applied
    }

    /// The contexts that a call in a function speaks for.
    pub(super) fn contexts_of(
        &self,
        file: FileId,
        function: u32,
        said: &Sayings,
        applied: &FxHashMap<Decl, Vec<Decl>>,
    ) -> Vec<Decl> {
        let named = self.symbols.file(file).facts.named_function(function);
        let Some(owner) = self.owner(file, named) else { return Vec::new() };
        let owner = self.first_part(owner);
        if said.contexts.contains(&owner) {
            return vec![owner];
        }
        applied.get(&owner).cloned().unwrap_or_default()
    }

    /// The first context that holds a type.
    pub(super) fn first_context(&self, decl: Decl) -> Option<Decl> {
        self.entities.said.held.get(&decl)?.iter().map(|(context, _)| *context).min()
    }

    /// The name of the set that a context holds of a type.
    pub(super) fn set_in(&self, context: Decl, decl: Decl) -> Option<Name> {
        let held = self.entities.said.held.get(&decl)?.iter().find(|(known, _)| *known == context)?;
        held.1.clone()
    }

    /// What calls say of the table that a type has in a context.
    pub(super) fn mapped_in(&self, decl: Decl, context: Option<Decl>) -> Option<Mapped> {
        let everywhere = self.entities.mapped.get(&decl).cloned();
        let here = context.and_then(|context| self.entities.said.mapped.get(&(decl, context)));
        match (everywhere, here) {
            (Some(mut mapped), Some(here)) => {
                mapped.say(here.clone());
                Some(mapped)
            }
            (mapped, here) => mapped.or_else(|| here.cloned()),
        }
    }

    /// What is said of all entities that a type is one of: by its context, by the unit of either, or by the only one
    /// that says anything and links it.
    pub(super) fn said_of(&self, decl: Decl, framework: Option<usize>, context: Option<Decl>) -> Said {
        let sayings = &self.entities.said;
        let mut found = Said::default();
        if let Some(context) = context {
            // What a base of the context says holds for it.
            for &part in self.lineage(&Ty { decls: vec![context], ..Ty::default() }).iter() {
                if let Some((.., said)) = sayings.by_context.get(&self.first_part(part)) {
                    found = found.or(said);
                }
            }
            found = found.or(&self.said_by_unit(self.symbols.file(context.0).unit, framework));
        }
        let unit = self.symbols.file(decl.0).unit;
        found = found.or(&self.said_by_unit(unit, framework));
        if context.is_none() {
            // Contexts that agree speak for what none of them holds.
            let seen = sayings.by_context.values().filter(|(other, of, _)| {
                framework.is_none_or(|framework| framework == *of)
                    && (*other == unit || self.symbols.visible(*other, unit))
            });
            let mut seen = seen.map(|(.., said)| said);
            if let Some(first) = seen.next()
                && seen.all(|other| other == first)
            {
                found = found.or(first);
            }
        }
        found
    }

    fn said_by_unit(&self, unit: Unit, framework: Option<usize>) -> Said {
        let means = |of: usize| framework.is_none_or(|framework| framework == of);
        let said = &self.entities.said.by_unit;
        let own = said.iter().filter(|((other, of), _)| *other == unit && means(*of)).map(|(_, said)| said);
        let mut own: Vec<&Said> = own.collect();
        if own.is_empty() {
            let linking = |((other, of), _): &(&(Unit, usize), &Said)| means(*of) && self.symbols.visible(*other, unit);
            own = said.iter().filter(linking).map(|(_, said)| said).collect();
        }
        match own[..] {
            [only] => only.clone(),
            _ => Said::default(),
        }
    }

    /// Finds the tables that entities have in contexts beside their first.
    pub(super) fn find_variants(&mut self, found: &[(Decl, EntityRule)]) {
        let mut variants = FxHashMap::default();
        for ((file, index), rule) in found {
            let Some(held) = self.entities.said.held.get(&(*file, *index)).filter(|held| held.len() > 1) else {
                continue;
            };
            let Some(number) = self.entities.of_type((*file, *index)) else { continue };
            let decl = self.symbols.type_decl(*file, *index);
            for (context, _) in held {
                let table = self.entity_table_in(*file, *index, decl, rule, Some(*context));
                if let Some((table, _)) = table.filter(|(table, _)| *table != self.entities.list[number].table) {
                    variants.insert((number, *context), table);
                }
            }
        }
        self.entities.variants = variants;
    }

    /// The table that an entity has where a chain begins: in the context that it is taken from.
    pub(super) fn table_in_context(&self, carried: &Carried, file: FileId, chain: &[NodeId]) -> Option<TableName> {
        let Carried::Declared(number) = carried else { return None };
        if self.entities.variants.is_empty() {
            return None;
        }
        let facts = self.symbols.file(file).facts;
        chain.iter().find_map(|&node| {
            let base = match facts.node(node) {
                Node::Call(call) => match facts.node(facts.calls[*call as usize].callee) {
                    Node::Member { base, .. } => *base,
                    _ => return None,
                },
                Node::Member { base, .. } => *base,
                _ => return None,
            };
            let ty = self.type_of(file, base, 0)?;
            let lineage = self.lineage(&ty);
            lineage.iter().find_map(|&part| self.entities.variants.get(&(*number, self.first_part(part))).cloned())
        })
    }
}
