//! The published JSON Schema, derived from the wire structs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::json::{CheckDocument, FrameworksDocument, MapDocument, ServicesDocument, WhyDocument};

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
    /// Of `services`.
    Services(ServicesDocument),
    /// Of `why`.
    Why(WhyDocument),
}

/// The schema of the documents that `--format json` writes; of one command's alone if it is named.
/// `None` for a command that has none.
#[must_use]
pub fn schema(command: Option<&str>) -> Option<serde_json::Value> {
    let schema = match command {
        None => schemars::schema_for!(Document),
        Some("check") => schemars::schema_for!(CheckDocument),
        Some("map") => schemars::schema_for!(MapDocument),
        Some("services") => schemars::schema_for!(ServicesDocument),
        Some("why") => schemars::schema_for!(WhyDocument),
        Some("frameworks") => schemars::schema_for!(FrameworksDocument),
        Some(_) => return None,
    };
    Some(schema.to_value())
}
