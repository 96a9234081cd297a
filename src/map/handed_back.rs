//! Functions that give back what they are given, or what they make of it: a query goes through many of them.

use super::matching::Selected;
use super::program::{FunctionRef, Program};
use crate::facts::{Node, NodeId};
use crate::source::FileId;
use crate::vocabulary::Name;

impl Program<'_> {
    /// The parameter that a function gives back, or what it makes of it by rules of frameworks and by functions of the
    /// same kind.
    pub(super) fn handed_back(&self, (file, function): FunctionRef, depth: usize) -> Option<u32> {
        let value = self.symbols.function(file, function).value.filter(|_| depth < 4)?;
        self.goes_back_to((file, function), value, depth * 8)
    }

    fn goes_back_to(&self, function: FunctionRef, node: NodeId, depth: usize) -> Option<u32> {
        let file = function.0;
        let facts = self.symbols.file(file).facts;
        let next = depth + 1;
        match facts.node(node) {
            _ if depth > 32 => None,
            Node::Param(own, position) => (*own == function.1).then_some(*position),
            Node::After { base, .. } => self.goes_back_to(function, *base, next),
            Node::Typed { value: Some(value), .. } => self.goes_back_to(function, *value, next),
            Node::Choice(ways) => ways.iter().find_map(|&way| self.goes_back_to(function, way, next)),
            Node::Call(call) => {
                let rules = self.rules((file, *call));
                let carried = rules.iter().find_map(|&(id, _)| self.frameworks.call(id).carries.as_ref());
                let given = if let Some(selector) = carried {
                    self.select(file, *call, selector).into_iter().find_map(|value| match value {
                        Selected::Node(at, node) if at == file => Some(node),
                        _ => None,
                    })
                } else {
                    let target = self.targets_of((file, *call)).iter().find(|target| !target.by_name)?.function;
                    let position = self.handed_back(target, depth / 8 + 1)?;
                    self.given_value(target, position, (file, *call))
                };
                self.goes_back_to(function, given?, next)
            }
            _ => None,
        }
    }

    /// What a pattern takes out of an entity's struct (`%User{profile: profile}`): the entity of its association, or a
    /// column's value. The outer option is empty where it is no struct of an entity.
    pub(super) fn part_of_struct(&self, file: FileId, base: NodeId, name: &Name) -> Option<Option<usize>> {
        let ty = self.type_of(file, base, 0).filter(|ty| !ty.is_type)?;
        ty.decls.iter().find_map(|decl| self.entities.of_type(*decl))?;
        Some(self.relation_of(&ty, name, 0).and_then(|found| found.target))
    }
}
