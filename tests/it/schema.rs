//! What `--format json` prints is what `bailiwick schema` says, no field more.

use serde_json::Value;

use crate::support::{Repository, TODAY, project};

/// Every way in which `value` breaks `schema`, as `path: problem`. Knows the words that our schemas use, and
/// refuses those it does not know.
fn breaches(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let Some(words) = schema.as_object() else { return };
    for (word, said) in words {
        match word.as_str() {
            "$ref" => breaches(root, definition(root, said), value, path, found),
            "type" => check_type(said, value, path, found),
            "const" if said != value => found.push(format!("{path}: is not {said}")),
            "enum" if !said.as_array().is_some_and(|all| all.contains(value)) => {
                found.push(format!("{path}: {value} is none of {said}"));
            }
            "anyOf" | "oneOf" => check_any(root, said, value, path, found),
            "properties" => check_fields(root, said, value, path, found),
            "required" => {
                let fields = said.as_array().into_iter().flatten().filter_map(Value::as_str);
                let missing = fields.filter(|field| value.is_object() && value.get(field).is_none());
                found.extend(missing.map(|field| format!("{path}: `{field}` is missing")));
            }
            "items" => {
                for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                    breaches(root, said, item, &format!("{path}[{at}]"), found);
                }
            }
            "additionalProperties" if said.is_object() => {
                for (field, item) in value.as_object().into_iter().flatten() {
                    breaches(root, said, item, &format!("{path}.{field}"), found);
                }
            }
            "minimum" if value.as_f64().is_some_and(|number| said.as_f64().is_some_and(|least| number < least)) => {
                found.push(format!("{path}: {value} is less than {said}"));
            }
            "const"
            | "enum"
            | "minimum"
            | "additionalProperties"
            | "$schema"
            | "$defs"
            | "$id"
            | "title"
            | "description"
            | "format"
            | "default"
            | "examples" => {}
            _ => found.push(format!("{path}: the schema says `{word}`, which this test does not know")),
        }
    }
}

fn definition<'root>(root: &'root Value, reference: &Value) -> &'root Value {
    let pointer = reference.as_str().and_then(|reference| reference.strip_prefix('#')).expect("a reference within");
    root.pointer(pointer).expect("a definition")
}

fn check_type(said: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    };
    let fits = match said {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => false,
    };
    if !fits {
        found.push(format!("{path}: {value} is no {said}"));
    }
}

fn check_any(root: &Value, said: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let mut nearest: Option<Vec<String>> = None;
    for choice in said.as_array().into_iter().flatten() {
        let mut problems = Vec::new();
        breaches(root, choice, value, path, &mut problems);
        if nearest.as_ref().is_none_or(|nearest| problems.len() < nearest.len()) {
            nearest = Some(problems);
        }
    }
    found.extend(nearest.unwrap_or_default());
}

/// Each field by its schema; a field that the schema does not name is a breach.
fn check_fields(root: &Value, said: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    for (field, item) in value.as_object().into_iter().flatten() {
        match said.get(field) {
            Some(schema) => breaches(root, schema, item, &format!("{path}.{field}"), found),
            None => found.push(format!("{path}: `{field}` is not in the schema")),
        }
    }
}

#[test]
fn the_documents_are_what_the_schema_says() {
    let repository = Repository::copied(&project().join("fixtures/shop"));
    let file = ["--test", "services/reporting/src/main.rs"];
    let commands = [
        ("check", &[][..]),
        ("map", &[]),
        ("services", &[]),
        ("why", &["reporting", "orders"]),
        ("frameworks", &[]),
        ("frameworks", &file),
    ];
    for (command, more) in commands {
        let schema = repository.run(&["schema", command]).json();
        let arguments = [&[command, "--format", "json", "--today", TODAY], more].concat();
        let document = repository.run(&arguments).json();
        let mut found = Vec::new();
        breaches(&schema, &schema, &document, command, &mut found);
        assert!(found.is_empty(), "{}", found.join("\n"));
        let first = document.as_object().and_then(|fields| fields.keys().next().cloned());
        assert_eq!(first.as_deref(), Some("schema_version"));
    }
}

#[test]
fn a_breach_is_seen() {
    let schema = serde_json::json!({
        "properties": { "a": { "type": "integer" }, "b": { "anyOf": [{ "$ref": "#/$defs/b" }, { "type": "null" }] } },
        "required": ["a"],
        "$defs": { "b": { "type": "array", "items": { "enum": ["x"] } } },
    });
    let breaches_of = |value: Value| {
        let mut found = Vec::new();
        breaches(&schema, &schema, &value, "", &mut found);
        found.len()
    };
    assert_eq!(breaches_of(serde_json::json!({ "a": 1, "b": ["x"] })), 0);
    assert_eq!(breaches_of(serde_json::json!({ "a": 1, "b": null })), 0);
    assert_eq!(breaches_of(serde_json::json!({ "a": 1.5, "b": ["y"], "c": 0 })), 3);
    assert_eq!(breaches_of(serde_json::json!({})), 1);
}
