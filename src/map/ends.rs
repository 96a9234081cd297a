//! Associations that each of the two entities declares for itself, and that calls name in their own name: ent's edges.
//!
//! `edge.To("groups", Group.Type)` and `edge.From("members", User.Type).Ref("groups")` are the ends of one association. A
//! table lies between the two where both ends lead to many; else the key lies with the end that leads to one.

use super::associations::{Anchor, Association, Declared, Found, enter};
use super::carried::Carried;
use super::program::{Program, Uses};
use super::types::Ty;
use super::walk::Reached;
use crate::facts::CallFact;
use crate::frameworks::{AssociationRule, CallRule, Selector, Step, naming};
use crate::source::FileId;
use crate::vocabulary::{Name, Privilege};

/// One end of an association, as it is declared.
struct End {
    owner: usize,
    target: usize,
    name: Name,
    one: bool,
    inverse: Option<Name>,
    call: (FileId, u32),
    rule: (usize, usize),
}

impl Program<'_> {
    /// Associations that calls in a method of the entity's type declare.
    pub(super) fn associations_by_ends(&self, found: &mut Found) {
        let mut ends = Vec::new();
        for file in self.symbols.file_ids() {
            let Some(language) = self.frameworks.language(self.language(file)) else { continue };
            for &framework in &language.frameworks {
                let rules = &self.frameworks.all[framework].associations;
                if rules.iter().all(|rule| rule.within.is_empty()) || self.uses(file, framework) == Uses::No {
                    continue;
                }
                for index in 0..u32::try_from(self.symbols.file(file).facts.calls.len()).unwrap_or(0) {
                    for (number, rule) in rules.iter().enumerate().filter(|(_, rule)| !rule.within.is_empty()) {
                        if self.is_call_of((file, index), framework, &rule.function) {
                            ends.extend(self.end((file, index), (framework, number), rule));
                        }
                    }
                }
            }
        }
        for end in &ends {
            let is_back = |other: &&End| {
                other.inverse.as_ref() == Some(&end.name) && other.owner == end.target && other.target == end.owner
            };
            if end.inverse.is_none() {
                self.enter_ends(end, ends.iter().find(is_back), found);
            }
        }
    }

    fn end(&self, call: (FileId, u32), rule: (usize, usize), data: &AssociationRule) -> Option<End> {
        let (file, index) = call;
        let named = self.named(file, self.call(call).function);
        let fact = self.symbols.function(file, named);
        let (of, decl) = self.owner(file, named).filter(|_| data.within.contains(&fact.name))?;
        let owner = self.entity_of_type(&self.own_type(of, decl), 0)?;
        let anchor = Anchor::Call(file, index);
        let name = data.name.iter().find_map(|selector| self.anchored_text(anchor, selector))?;
        let target = data.entity.iter().find_map(|selector| self.anchored_entity(file, anchor, selector, owner))?;
        let inverse = data.inverse.iter().find_map(|selector| self.anchored_text(anchor, selector));
        let one = data.one.iter().any(|selector| !self.anchored(anchor, selector).is_empty());
        Some(End { owner, target, name: name.into(), one, inverse: inverse.map(Name::from), call, rule })
    }

    fn enter_ends(&self, end: &End, back: Option<&End>, found: &mut Found) {
        let data = &self.frameworks.all[end.rule.0].associations[end.rule.1];
        let many = !end.one && back.map_or(end.owner == end.target, |back| !back.one);
        let anchor = Anchor::Call(end.call.0, end.call.1);
        let declared = Declared { owner: end.owner, field: None, name: end.name.clone(), anchor, rule: end.rule };
        let join = if many { self.join_table(&declared, data, end.target) } else { None };
        let own_key = end.one && back.is_none_or(|back| !back.one);
        let there = Association {
            target: end.target,
            join: join.clone(),
            own_key,
            stated: true,
            lazy: false,
            rule: Some(end.rule),
        };
        enter(found, (end.owner, end.name.clone()), there);
        if let Some(back) = back {
            let there = Association {
                target: back.target,
                join,
                own_key: back.one,
                stated: true,
                lazy: false,
                rule: Some(back.rule),
            };
            enter(found, (back.owner, back.name.clone()), there);
        }
    }

    /// The association that the rest of a called name names, as the rule says.
    pub(super) fn named_association(
        &self,
        owner: usize,
        file: FileId,
        call: u32,
        rule: &CallRule,
    ) -> Option<Association> {
        self.association_after(owner, file, call, rule.association.as_ref()?)
    }

    /// The association of an entity that a called name names after a prefix: `AddMemberIDs` after `Add` is `members`.
    pub(super) fn association_after(
        &self,
        owner: usize,
        file: FileId,
        call: u32,
        selector: &Selector,
    ) -> Option<Association> {
        let [Step::NamedBy(prefix)] = &selector.0[..] else { return None };
        let name = self.callee(file, self.call((file, call)))?.name;
        let rest = name.strip_prefix(prefix.as_str()).filter(|rest| !rest.is_empty())?;
        let mut names = vec![naming::snake(rest)];
        for end in ["With", "IDs", "ID"] {
            if let Some(stem) = rest.strip_suffix(end).filter(|stem| !stem.is_empty()) {
                names.push(naming::snake(stem));
                names.push(naming::plural(&naming::snake(stem)));
            }
        }
        let known = &self.entities.associations;
        names.into_iter().find_map(|name| known.get(&(owner, Name::from(name))).cloned())
    }

    /// The tables that a call reaches by naming an association: it is read, or what the rule says is done to it. Where the
    /// key lies in the entity's own table nothing else is written.
    pub(super) fn reached_by(&self, owner: usize, found: &Association, rule: &CallRule) -> Vec<Reached> {
        let between = found.join.clone().and_then(|table| self.between(owner, table));
        let target = Carried::Declared(found.target);
        if rule.link.is_empty() {
            let read = || vec![Privilege::Select];
            let all = between.into_iter().chain([target]);
            return all.map(|carried| Reached { carried, privileges: read() }).collect();
        }
        match between {
            Some(carried) => vec![Reached { carried, privileges: rule.link.clone() }],
            None if found.own_key => Vec::new(),
            None => vec![Reached { carried: target, privileges: rule.privileges.clone() }],
        }
    }

    /// The entity whose name the package of a called function bears.
    pub(super) fn entity_of_package(&self, file: FileId, fact: &CallFact) -> Option<Ty> {
        let path = self.callee(file, fact)?.path?;
        let [.., package, _] = &path[..] else { return None };
        let unit = self.symbols.file(file).unit;
        let bears = |&&(of, index): &&(FileId, u32)| {
            let other = self.symbols.file(of).unit;
            self.symbols.type_decl(of, index).name.eq_ignore_ascii_case(package)
                && (other == unit || self.symbols.visible(unit, other))
        };
        let decls = self.entities.list.iter().filter_map(|entity| entity.decl.as_ref());
        decls.filter(bears).min().map(|&(file, index)| self.own_type(file, index))
    }
}
