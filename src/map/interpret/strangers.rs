//! Entities that no source here declares: what is done to one is counted, though its table cannot be known.

use super::{At, Home, Interpreter};
use crate::facts::{Node, NodeId};
use crate::frameworks::{RuleId, Step};
use crate::map::matching::Selected;
use crate::map::program::begins_with;
use crate::map::types::Ty;
use crate::source::{FileId, Place};

impl Interpreter<'_, '_> {
    /// Counts a call on an entity of another package, where the framework's own type says that it is such a call.
    pub(super) fn stranger(&mut self, index: u32) {
        let program = self.program;
        let file = self.file;
        let call = program.call((file, index));
        let Some(callee) = program.callee(file, call) else { return };
        let candidates = program.candidates(file, &callee.name);
        let counted = |id: &RuleId| program.frameworks.framework(*id).counts_strangers;
        let mut meant = candidates.iter().copied().filter(counted).peekable();
        let Some(receiver) = callee.receiver.filter(|_| meant.peek().is_some()) else { return };
        let Some(ty) = program.known_type(file, receiver, 0) else { return };
        let found = meant.find_map(|id| {
            let rule = program.frameworks.call(id);
            // What gives access by the type counts where that is used; by a text that names nothing it gives none.
            let gives = rule.entity.is_none() && rule.returns.is_some();
            let selector = rule.entity.as_ref().filter(|_| !rule.privileges.is_empty());
            let selector = selector.or(rule.carries.as_ref().filter(|_| gives))?;
            let of_receiver = matches!(selector.0[..], [Step::Receiver]);
            if call.args.len() < rule.min_args || rule.receiver.is_empty() || !program.is_a(&ty, &rule.receiver) {
                return None;
            }
            let name = if of_receiver {
                let entity = program.type_argument(&ty, 0)?;
                self.is_stranger(&entity, id).then(|| entity.name().to_owned())
            } else {
                let mut selected = program.select(file, index, selector).into_iter();
                selected.find_map(|value| match value {
                    Selected::Node(file, node) if gives => self.strange_text(file, node),
                    // A text may name a table as well.
                    Selected::Node(file, node) => self.strange_value(file, node, id, rule.table.is_none()),
                    Selected::Type(ty) => self.is_stranger(&ty, id).then(|| ty.name().to_owned()),
                })
            };
            name.map(|name| (id, name))
        });
        let Some((id, name)) = found else { return };
        let rule = program.frameworks.call(id);
        let (home, span) = (Home { file, function: Some(call.function) }, Place { file, span: call.span });
        let at = At::rule(home, span, None, rule, id);
        self.opaque(at, Place { file, span: call.name_span }, &format!("the entity `{name}` is not declared here"));
    }

    /// Whether a type is what an import from outside names, and not the framework's own.
    fn is_stranger(&self, ty: &Ty, id: RuleId) -> bool {
        let program = self.program;
        let own = |root: &crate::vocabulary::Name| begins_with(&ty.path, root);
        ty.decls.is_empty()
            && ty.path.len() > 1
            && !program.frameworks.framework(id).imports.iter().any(own)
            && program.entity_of_type(ty, 0).is_none()
    }

    /// The name of an entity that a value names and nothing declares.
    fn strange_value(&self, file: FileId, node: NodeId, id: RuleId, named: bool) -> Option<String> {
        let program = self.program;
        if program.entity_of(file, node, 0).is_some() {
            return None;
        }
        match program.symbols.file(file).facts.node(node) {
            Node::Name { .. } | Node::Member { .. } => {
                let ty = program.type_of(file, node, 0)?;
                self.is_stranger(&ty, id).then(|| ty.name().to_owned())
            }
            _ if named => self.strange_text(file, node),
            _ => None,
        }
    }

    /// The text that names an entity which is none.
    fn strange_text(&self, file: FileId, node: NodeId) -> Option<String> {
        let program = self.program;
        let named = matches!(program.symbols.file(file).facts.node(node), Node::Text(_));
        let text = program.known_text(file, node).filter(|name| named && !name.is_empty())?;
        program.entity_of(file, node, 0).is_none().then_some(text)
    }
}
