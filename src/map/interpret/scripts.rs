//! Texts that code hands to a shell: what a database's client in them is given is SQL.

use super::{At, Claim, Interpreter};
use crate::facts::NodeId;
use crate::frameworks::{RuleId, Selector, Step};
use crate::map::matching::Certainty;
use crate::map::rendered::Rendered;
use crate::source::FileId;
use crate::sql;
use crate::syntax::hidden;
use crate::syntax::outline::{Arg, ExprId, ExprKind, Outline, Piece};

impl Interpreter<'_, '_> {
    /// A text that a shell reads.
    pub(super) fn shell_script(&mut self, file: FileId, node: NodeId, at: At) {
        for rendered in self.program.texts(file, node, None, at.span) {
            if !rendered.known {
                continue;
            }
            // What another program is given is its own matter, whatever it reads like.
            self.found.consumed.extend(rendered.spans().map(|(file, span)| (file, span.start)));
            let outline = hidden::shell(&rendered.text);
            for expr in &outline.exprs {
                let ExprKind::Call { callee, args } = &expr.kind else { continue };
                let ExprKind::Path { segments, .. } = &outline.expr(*callee).kind else { continue };
                let Some(program) = segments.last() else { continue };
                for id in self.clients(program) {
                    self.client(&rendered, &outline, args, at, id);
                }
            }
        }
    }

    /// What a database's client is given in a script.
    fn client(&mut self, script: &Rendered, outline: &Outline, args: &[Arg], at: At, id: RuleId) {
        let rule = self.program.frameworks.call(id);
        let at = At { dialect: rule.dialect, rule: Some(id), ..at };
        let claim = Claim::new(rule, id, Certainty::Known);
        for value in rule.sql.iter().flat_map(|selector| chosen(args, selector)) {
            let Some(text) = spoken(script, outline, value).filter(|text| text.known) else { continue };
            let statements = sql::analyse(&text.text, &sql::Options::script(at.dialect.unwrap_or(self.dialect)));
            self.statements(&text, &statements, at, Some(claim));
        }
        for value in rule.file.iter().flat_map(|selector| chosen(args, selector)) {
            if let Some(path) = spoken(script, outline, value) {
                self.files_at(at.span.file, &path.text, false, at, id);
            }
        }
    }
}

/// The arguments of a client that a selector means.
fn chosen(args: &[Arg], selector: &Selector) -> Vec<ExprId> {
    let step = selector.0.first();
    let free = args.iter().filter(|arg| arg.name.is_none());
    let found: Vec<&Arg> = match step {
        Some(Step::Named(name)) => args.iter().filter(|arg| arg.name.as_ref() == Some(name)).collect(),
        Some(Step::Position(position)) => free.skip(*position).take(1).collect(),
        _ => Vec::new(),
    };
    found.into_iter().map(|arg| arg.value).collect()
}

/// The text that a word of a script is, with its places; what a command writes to a pipe is the text it is given.
fn spoken(script: &Rendered, outline: &Outline, value: ExprId) -> Option<Rendered> {
    match &outline.expr(value).kind {
        ExprKind::Text(pieces) => {
            let mut text = Rendered::default();
            for piece in pieces {
                match piece {
                    Piece::Literal { text: literal, span } => text.add_part(script, literal, *span),
                    Piece::Value { span, .. } | Piece::Hole { span } => text.add_hole(script, *span),
                }
            }
            Some(text)
        }
        ExprKind::Call { callee, args } => {
            let ExprKind::Path { segments, .. } = &outline.expr(*callee).kind else { return None };
            let writes = matches!(segments.last()?.as_str(), "echo" | "printf" | "cat");
            let given = args.iter().filter(|arg| arg.name.is_none() || arg.name.as_deref() == Some("<<"));
            given.map(|arg| arg.value).next_back().filter(|_| writes).and_then(|value| spoken(script, outline, value))
        }
        _ => None,
    }
}
