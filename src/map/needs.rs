//! Ways that are never gone: a call that reads through an optional field, made only where that is not nil, cannot be
//! reached from a caller that leaves the field out.
//!
//! `if req.Stats != nil { db.Update(req.Stats.At) }` says of itself that `Stats` may be nil, and in Go a field that a
//! literal leaves out is nil. What is not seen whole (a literal that is handed on, a value from elsewhere) is taken to
//! set everything.

use super::languages::Way;
use super::program::{CallRef, FunctionRef, Program};
use crate::facts::{CallFact, CallKind, FileFacts, Node, NodeId};
use crate::vocabulary::Name;

/// More than this many are not carried along: a way with fewer conditions is the surer one.
const MAX_NEEDS: usize = 4;

/// How deep a value is looked into.
const MAX_DEPTH: usize = 8;

/// That callers of a function set a field of what they give for a parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    function: FunctionRef,
    param: u32,
    field: Name,
}

/// What a value says of a field.
enum Field {
    /// It is set, or nothing tells.
    Set,
    /// It is left out.
    Unset,
    /// The value is the caller's to say.
    Param(u32, u32),
}

impl Program<'_> {
    /// What must hold for callers of the function that makes `call`, where `needs` must hold for those of its target
    /// `callee`; `None` where this call cannot be what leads there.
    pub(super) fn needs_of_callers(&self, needs: &[Need], callee: FunctionRef, call: CallRef) -> Option<Vec<Need>> {
        let mut carried = Vec::new();
        for need in needs {
            if need.function != callee {
                carried.push(need.clone());
                continue;
            }
            let given = self.given_value(callee, need.param, call);
            match given.map_or(Field::Set, |value| self.field_of(call, value, &need.field, 0)) {
                Field::Set => {}
                Field::Unset => return None,
                Field::Param(function, param) => {
                    carried.push(Need { function: (call.0, function), param, field: need.field.clone() });
                }
            }
        }
        carried.extend(self.reads(call));
        carried.sort();
        carried.dedup();
        carried.truncate(MAX_NEEDS);
        Some(carried)
    }

    /// The optional fields of parameters that a call's arguments read through.
    fn reads(&self, (file, call): CallRef) -> Vec<Need> {
        let facts = self.symbols.file(file).facts;
        if !self.has(file, Way::UnsetFields) || facts.checked.is_empty() {
            return Vec::new();
        }
        let through = |arg: &NodeId| match facts.node(*arg) {
            Node::Member { base, .. } => field_of_param(facts, *base),
            _ => None,
        };
        let args = facts.calls[call as usize].args.iter().map(|arg| arg.value);
        let read = args.collect::<Vec<_>>();
        let read = read.iter().filter_map(through);
        let checked = |wanted: &(u32, u32, &Name)| {
            facts.checked.iter().filter_map(|node| field_of_param(facts, *node)).any(|known| known == *wanted)
        };
        read.filter(checked)
            .map(|(function, param, field)| Need { function: (file, function), param, field: field.clone() })
            .collect()
    }

    fn field_of(&self, call: CallRef, value: NodeId, field: &Name, depth: usize) -> Field {
        let facts = self.symbols.file(call.0).facts;
        if depth > MAX_DEPTH || !self.has(call.0, Way::UnsetFields) {
            return Field::Set;
        }
        match facts.node(value) {
            Node::Param(function, param) => Field::Param(*function, *param),
            Node::After { base, .. } => self.field_of(call, *base, field, depth + 1),
            Node::Call(made) if is_left_out(facts, *made, field) && !escapes(facts, call, *made) => Field::Unset,
            _ => Field::Set,
        }
    }
}

/// The function, the parameter and the field that a member of a parameter is.
fn field_of_param(facts: &FileFacts, node: NodeId) -> Option<(u32, u32, &Name)> {
    let Node::Member { base, name, .. } = facts.node(node) else { return None };
    match facts.node(*base) {
        Node::Param(function, param) => Some((*function, *param, name)),
        _ => None,
    }
}

/// Whether a literal names its fields, does not name this one, and nobody sets it afterwards.
fn is_left_out(facts: &FileFacts, made: u32, field: &Name) -> bool {
    let literal = &facts.calls[made as usize];
    let named = literal.kind == CallKind::New && literal.args.iter().all(|arg| arg.name.is_some());
    let setter = format!("{field}=");
    let sets = |call: &CallFact| match facts.node(call.callee) {
        Node::Member { base, name, .. } => *name == setter && is_made(facts, *base, made),
        _ => false,
    };
    named && !literal.args.iter().any(|arg| arg.name.as_ref() == Some(field)) && !facts.calls.iter().any(sets)
}

/// Whether the object is given to another call than this one, which might fill it.
fn escapes(facts: &FileFacts, (_, call): CallRef, made: u32) -> bool {
    let mut others = (0u32..).zip(&facts.calls).filter(|(index, _)| *index != call && *index != made);
    others.any(|(_, other)| other.args.iter().any(|arg| is_made(facts, arg.value, made)))
}

/// Whether a value is the object that a call makes.
fn is_made(facts: &FileFacts, node: NodeId, made: u32) -> bool {
    let mut at = node;
    for _ in 0..MAX_DEPTH {
        match facts.node(at) {
            Node::Call(call) => return *call == made,
            Node::After { base, .. } => at = *base,
            _ => return false,
        }
    }
    false
}
