//! `foreign-ddl`: a service creates, alters or drops a table it does not own.

use crate::lint::boundary;
use crate::lint::context::Context;
use crate::lint::finding::Finding;
use crate::vocabulary::AccessClass;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    boundary::findings(context, "foreign-ddl", AccessClass::Ddl)
}
