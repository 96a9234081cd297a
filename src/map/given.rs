//! What a call is given: by place, by name, or by either.

use crate::facts::{ArgFact, NodeId};
use crate::frameworks::Step;

/// The arguments that a step means.
pub(super) fn arguments<'f>(args: &'f [ArgFact], step: &'f Step) -> impl Iterator<Item = NodeId> + 'f {
    let mut position = 0;
    args.iter().filter_map(move |arg| {
        let own = arg.name.is_none().then(|| {
            position += 1;
            position - 1
        });
        let fits = match step {
            Step::Position(wanted) => own == Some(*wanted),
            Step::Named(wanted) => {
                arg.name.as_ref().is_some_and(|own| own == wanted || wanted.split('|').any(|one| one == own))
            }
            Step::Either(position, name) => own == Some(*position) || arg.name.as_ref() == Some(name),
            Step::Rest(from) => own.is_some_and(|own| own >= *from),
            _ => false,
        };
        fits.then_some(arg.value)
    })
}
