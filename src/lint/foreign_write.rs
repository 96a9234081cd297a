//! `foreign-write`: a service writes to, or locks rows of, a table it does not own.

use crate::lint::boundary;
use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::vocabulary::AccessClass;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    boundary::findings(context, "foreign-write", AccessClass::Write)
}
