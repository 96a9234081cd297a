//! The published JSON Schema, derived from the wire structs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::json::{CheckDocument, FrameworksDocument, MapDocument};

/// What `--format json` writes, whatever the command.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is wanted")]
enum Document {
    /// Of `check`.
    Check(CheckDocument),
    /// Of `map`.
    Map(MapDocument),
    /// Of `frameworks`.
    Frameworks(FrameworksDocument),
}

/// The schema of the documents that `--format json` writes; of one command's alone if it is named.
/// `None` for a command that has none.
#[must_use]
pub fn schema(command: Option<&str>) -> Option<serde_json::Value> {
    let schema = match command {
        None => schemars::schema_for!(Document),
        Some("check") => schemars::schema_for!(CheckDocument),
        Some("map") => schemars::schema_for!(MapDocument),
        Some("frameworks") => schemars::schema_for!(FrameworksDocument),
        Some(_) => return None,
    };
    Some(schema.to_value())
}
