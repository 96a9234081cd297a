//! What a macro's expansion names by a fragment that it is given (`$table::table`, `$entity::find()`): done to what
//! each caller gives, and standing there.

use super::Interpreter;
use crate::facts::{Node, NodeId};
use crate::map::carried::Carried;
use crate::map::program::{CallRef, FunctionRef};
use crate::source::{FileId, Span};
use crate::syntax::outline::FunctionKind;
use crate::vocabulary::{Name, Privilege};

/// Macros that call macros are followed so far.
const MAX_DEPTH: usize = 4;

/// Functions inside of functions are followed outwards so far.
const MAX_NESTING: usize = 64;

/// A fragment of a macro, and what is named of it.
#[derive(Debug, Clone)]
pub(super) struct Fragment {
    /// The arm whose fragment it is.
    of: FunctionRef,
    position: usize,
    rest: Vec<Name>,
}

/// What a caller gives for a fragment.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub caller: CallRef,
    pub node: NodeId,
    /// The path that comes of it.
    path: Vec<Name>,
}

impl Interpreter<'_, '_> {
    /// The fragment that a path in an expansion begins with.
    pub(super) fn fragment(&self, function: u32, segments: &[Name]) -> Option<Fragment> {
        let facts = self.program.symbols.file(self.file).facts;
        let (first, rest) = segments.split_first()?;
        let mut at = Some(function);
        for _ in 0..MAX_NESTING {
            let index = at?;
            let fact = &facts.functions[index as usize];
            let position = fact.params.iter().position(|param| param.name == *first);
            if let Some(position) = position {
                let is_macro = fact.kind == FunctionKind::Macro;
                return is_macro.then(|| Fragment { of: (self.file, index), position, rest: rest.to_vec() });
            }
            at = fact.parent;
        }
        None
    }

    /// The fragment that a chain of calls begins at, with the node that names it.
    pub(super) fn root_fragment(&self, node: NodeId) -> Option<(Fragment, NodeId)> {
        let facts = self.program.symbols.file(self.file).facts;
        let (root, _) = self.chain(Some(node)).pop()?;
        let Node::Name { segments, function, .. } = facts.node(root) else { return None };
        self.fragment(*function, segments).map(|fragment| (fragment, root))
    }

    /// What the callers of the macro give for a fragment: for its last one, which may repeat, each of the rest.
    pub(super) fn given_for(&self, fragment: &Fragment) -> Vec<Given> {
        let mut found = Vec::new();
        self.gather(fragment, 0, &mut found);
        found.sort_by_key(|given| (given.caller, given.node));
        found
    }

    fn gather(&self, fragment: &Fragment, depth: usize, found: &mut Vec<Given>) {
        let program = self.program;
        let params = program.symbols.function(fragment.of.0, fragment.of.1).params.len();
        if depth >= MAX_DEPTH {
            return;
        }
        for &caller in program.callers.get(&fragment.of).into_iter().flatten() {
            let args = &program.call(caller).args;
            let end = if fragment.position + 1 == params { args.len() } else { fragment.position + 1 };
            if args.len() < params {
                continue;
            }
            for arg in args.get(fragment.position..end).into_iter().flatten() {
                if let Node::Param(outer, position) = program.symbols.file(caller.0).facts.node(arg.value) {
                    let outer =
                        Fragment { of: (caller.0, *outer), position: *position as usize, rest: fragment.rest.clone() };
                    self.gather(&outer, depth + 1, found);
                } else if let Some(mut path) = program.path_of(caller.0, arg.value) {
                    path.extend(fragment.rest.iter().cloned());
                    found.push(Given { caller, node: arg.value, path });
                }
            }
        }
    }

    /// The entity that comes of what a caller gives.
    pub(super) fn given_entity(&self, given: &Given) -> Option<usize> {
        let (file, call) = given.caller;
        let function = self.program.symbols.file(file).facts.calls[call as usize].function;
        match self.program.entity_of_path(file, function, &given.path)? {
            Carried::Declared(number) => Some(number),
            Carried::Named(_) => None,
        }
    }

    /// Mentions by a fragment.
    pub(super) fn fragment_mentions(&mut self, fragment: &Fragment) {
        for given in self.given_for(fragment) {
            let (file, call) = given.caller;
            let function = self.program.symbols.file(file).facts.calls[call as usize].function;
            let Some(Carried::Declared(number)) = self.mentioned_path(file, function, &given.path) else { continue };
            let entity = &self.program.entities.list[number];
            let span = self.given_span(file, &given);
            for &privilege in &entity.mention {
                self.mention_in(file, entity, &entity.table, privilege, function, span);
            }
        }
    }

    /// Where a fragment is given.
    pub(super) fn given_span(&self, file: FileId, given: &Given) -> Span {
        let facts = self.program.symbols.file(file).facts;
        match facts.node(given.node) {
            Node::Name { span, .. } | Node::Member { span, .. } => *span,
            _ => facts.calls[given.caller.1 as usize].name_span,
        }
    }

    /// Whether this file has expansions at all.
    pub(super) fn has_macros(&self) -> bool {
        let facts = self.program.symbols.file(self.file).facts;
        facts.functions.iter().any(|function| function.kind == FunctionKind::Macro)
    }

    /// A use of an entity that stands by itself in this file.
    pub(super) fn mention(
        &mut self,
        entity: &crate::map::entities::Entity,
        privilege: Privilege,
        function: u32,
        span: Span,
    ) {
        self.mention_in(self.file, entity, &entity.table, privilege, function, span);
    }
}
