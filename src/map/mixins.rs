//! Methods that a framework gives an entity for each of its associations: `order.getLines()`, `order.addTag(tag)`.

use super::associations::Association;
use super::walk::Walk;
use crate::frameworks::{CallRule, Naming, naming};
use crate::vocabulary::Name;

impl Walk<'_, '_> {
    /// What such a method does to what the association leads to, or to the table between.
    pub(super) fn mixin(&mut self, owner: usize, prefix: &Name, rule: &CallRule) {
        let program = self.program;
        let callee = self.call.and_then(|call| program.callee(call.0, program.call(call)));
        let Some(callee) = callee else { return };
        let Some(rest) = callee.name.strip_prefix(prefix.as_str()).filter(|rest| !rest.is_empty()) else { return };
        let mut letters = rest.chars();
        let small: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
        // Models are named in capitals, and what leads to many of one by its plural: `Tags` of `addTag`.
        let plural = |name: &str| naming::table(Naming::Plural, name, None).map(|name| name.to_string());
        let names = [plural(&small), plural(rest)];
        let names = [Some(small), Some(rest.to_owned())].into_iter().chain(names);
        let singular = naming::singular(rest);
        let found = names.flatten().chain([singular]).find_map(|name| program.associated(owner, &name));
        if let Some(Association { target, join, .. }) = found {
            match join.and_then(|table| program.between(owner, table)) {
                Some(between) => self.reach(between, rule.mixin_join.clone()),
                None => self.reach(super::carried::Carried::Declared(target), rule.privileges.clone()),
            }
        }
    }
}
