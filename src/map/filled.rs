//! Texts with signs in them that stand for what is given beside: `raw("SELECT * FROM ??", ["orders"])`.

use std::rc::Rc;

use super::matching::Selected;
use super::program::{CallRef, Program};
use super::rendered::Rendered;
use super::text::Frame;
use crate::facts::{Node, NodeId};
use crate::frameworks::model::Filled;
use crate::source::{FileId, Place, Span};
use crate::vocabulary::Name;

impl Program<'_> {
    /// The text with the names that a call gives for the signs in it. Each stands where its sign does.
    pub(super) fn filled_in(
        &self,
        call: CallRef,
        filled: &Filled,
        text: &Rendered,
        frame: Option<&Rc<Frame>>,
        at: Place,
    ) -> Rendered {
        let stated;
        let mut filled = filled;
        if let Some(sign) = self.stated_sign(call, filled) {
            stated = Filled { names: vec![sign], ..filled.clone() };
            filled = &stated;
        }
        let given = self.given_for_signs(call, filled);
        let mut given =
            given.iter().copied().cycle().take(if filled.sign.is_some() { usize::MAX } else { given.len() });
        let mut out = text.emptied();
        let mut from = 0;
        while let Some((start, end, is_name)) = next_sign(&text.text, from, filled) {
            let value = given.next();
            if is_name {
                out.append_part(text, from, start);
                let place = text.place(Span::new(start, end));
                let (file, span) = place.map_or((at.file, at.span), |place| (place.file, place.span));
                let known = value.and_then(|(file, node)| self.texts(file, node, frame, at).into_iter().next());
                match known.filter(|known| known.known && !known.text.contains(crate::sql::HOLE)) {
                    Some(known) => out.literal(&known.text, file, span),
                    None => out.hole(file, span),
                }
            } else {
                out.append_part(text, from, end);
            }
            from = end;
        }
        out.append_part(text, from, text.text.len());
        out
    }

    /// The sign that a call states.
    pub(super) fn stated_sign(&self, (file, call): CallRef, filled: &Filled) -> Option<Name> {
        let values = self.select(file, call, filled.sign.as_ref()?).into_iter();
        let mut texts = values.filter_map(|value| match value {
            Selected::Node(file, node) => self.known_text(file, node),
            Selected::Type(_) => None,
        });
        texts.next().filter(|text| !text.is_empty()).map(Name::from)
    }

    /// What a call gives, one for each sign.
    fn given_for_signs(&self, (file, call): CallRef, filled: &Filled) -> Vec<(FileId, NodeId)> {
        let selected = self.select(file, call, &filled.with).into_iter();
        let nodes = selected.filter_map(|value| match value {
            Selected::Node(file, node) => Some((file, node)),
            Selected::Type(_) => None,
        });
        let nodes: Vec<(FileId, NodeId)> = nodes.collect();
        if let [(file, node)] = nodes[..]
            && let Node::List(items) = self.symbols.file(file).facts.node(node)
        {
            return items.iter().map(|&item| (file, item)).collect();
        }
        nodes
    }
}

/// The next sign from a place on, outside of quotes: where it begins and ends, and whether it stands for a name.
fn next_sign(text: &str, from: usize, filled: &Filled) -> Option<(usize, usize, bool)> {
    let signs = filled.names.iter().map(|sign| (sign, true)).chain(filled.values.iter().map(|sign| (sign, false)));
    let mut quoted = false;
    for (at, letter) in text.char_indices() {
        if letter == '\'' {
            quoted = !quoted;
        }
        if at < from || quoted {
            continue;
        }
        let here = signs.clone().filter(|(sign, _)| text[at..].starts_with(sign.as_str()));
        if let Some((sign, is_name)) = here.max_by_key(|(sign, _)| sign.len()) {
            return Some((at, at + sign.len(), is_name));
        }
    }
    None
}
