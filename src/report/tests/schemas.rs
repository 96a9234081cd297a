//! Each format against what its readers ask for.

use serde_json::Value;

use super::gallery::{every_rule, few};
use super::{in_format, written};
use crate::report::Style;
use crate::report::json;
use crate::report::schema::schema;

/// What of JSON Schema our own schema uses: the problems of `value`, each with the way to it.
fn violations(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("no {reference}"));
        return violations(root, target, value, at, found);
    }
    if let Some(options) = schema["anyOf"].as_array() {
        let fits = |option: &Value| {
            let mut problems = Vec::new();
            violations(root, option, value, at, &mut problems);
            problems.is_empty()
        };
        if !options.iter().any(fits) {
            found.push(format!("{at}: fits none of anyOf"));
        }
    }
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("type {other}"),
    };
    let fits = match &schema["type"] {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().any(|name| is(name.as_str().unwrap())),
        _ => true,
    };
    if !fits {
        found.push(format!("{at}: {value} is no {}", schema["type"]));
    }
    if let Some(names) = schema["enum"].as_array()
        && !names.contains(value)
    {
        found.push(format!("{at}: {value} is none of {names:?}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            found.push(format!("{at}: {name} is missing"));
        }
    }
    if let (Some(properties), Some(object)) = (schema["properties"].as_object(), value.as_object()) {
        for (name, value) in object {
            match properties.get(name) {
                Some(schema) => violations(root, schema, value, &format!("{at}/{name}"), found),
                None => found.push(format!("{at}/{name} is not in the schema")),
            }
        }
    }
    for (number, item) in value.as_array().into_iter().flatten().enumerate().filter(|_| !schema["items"].is_null()) {
        violations(root, &schema["items"], item, &format!("{at}/{number}"), found);
    }
}

fn check(schema: &Value, text: &str) {
    let value: Value = serde_json::from_str(text).unwrap();
    let mut found = Vec::new();
    violations(schema, schema, &value, "", &mut found);
    assert_eq!(found, [""; 0]);
}

#[test]
fn our_json_is_what_our_schema_says() {
    for world in [few(), every_rule()] {
        check(&schema(Some("check")).unwrap(), &in_format(&world, "json"));
        let map = written(&world, &Style::plain(), |report, out| json::write_map(report, out));
        check(&schema(Some("map")).unwrap(), &map);
        check(&schema(None).unwrap(), &map);
    }
    assert_eq!(schema(Some("explain")), None);
}

#[test]
fn a_wrong_document_is_none_of_the_schema() {
    let wrong = serde_json::json!({"schema_version": "1", "command": "map", "more": true});
    let schema = schema(Some("check")).unwrap();
    let mut found = Vec::new();
    violations(&schema, &schema, &wrong, "", &mut found);
    assert!(found.len() >= 5, "{found:?}");
}

#[test]
fn schema_version_stands_first() {
    for text in
        [in_format(&few(), "json"), written(&few(), &Style::plain(), |report, out| json::write_map(report, out))]
    {
        assert!(text.starts_with("{\n  \"schema_version\": 1,"), "{text}");
    }
}

/// The part of the schema of SARIF 2.1.0 that our documents touch.
fn sarif_schema() -> Value {
    let message =
        serde_json::json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}});
    let multiformat = serde_json::json!({
        "type": "object", "required": ["text"],
        "properties": {"text": {"type": "string"}, "markdown": {"type": "string"}}
    });
    let level = serde_json::json!({"enum": ["none", "note", "warning", "error"]});
    let integer = serde_json::json!({"type": "integer"});
    let region_names = ["startLine", "startColumn", "endLine", "endColumn", "byteOffset", "byteLength"];
    let region: serde_json::Map<String, Value> =
        region_names.iter().map(|name| ((*name).to_owned(), integer.clone())).collect();
    let location = serde_json::json!({
        "type": "object",
        "properties": {
            "id": {"type": "integer"}, "message": message,
            "physicalLocation": {"type": "object", "properties": {
                "artifactLocation": {"type": "object", "properties": {
                    "uri": {"type": "string"}, "uriBaseId": {"type": "string"}}},
                "region": {"type": "object", "properties": region}}}}
    });
    let suppression = serde_json::json!({
        "type": "object", "required": ["kind"],
        "properties": {
            "kind": {"enum": ["inSource", "external"]}, "status": {"enum": ["accepted", "underReview", "rejected"]},
            "justification": {"type": "string"}, "location": location}
    });
    let result = serde_json::json!({
        "type": "object", "required": ["message"],
        "properties": {
            "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer"}, "level": level, "message": message,
            "locations": {"type": "array", "items": location},
            "relatedLocations": {"type": "array", "items": location},
            "partialFingerprints": {"type": "object"},
            "suppressions": {"type": "array", "items": suppression}}
    });
    let rule = serde_json::json!({
        "type": "object", "required": ["id"],
        "properties": {
            "id": {"type": "string"}, "shortDescription": multiformat, "fullDescription": multiformat, "help": multiformat,
            "defaultConfiguration": {"type": "object", "properties": {"enabled": {"type": "boolean"}, "level": level}}}
    });
    let driver = serde_json::json!({
        "type": "object", "required": ["name"],
        "properties": {
            "name": {"type": "string"}, "semanticVersion": {"type": "string"},
            "rules": {"type": "array", "items": rule}}
    });
    let run = serde_json::json!({
        "type": "object", "required": ["tool"],
        "properties": {
            "tool": {"type": "object", "required": ["driver"], "properties": {"driver": driver}},
            "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            "originalUriBaseIds": {"type": "object"},
            "invocations": {"type": "array", "items": {
                "type": "object", "required": ["executionSuccessful"],
                "properties": {"executionSuccessful": {"type": "boolean"}}}},
            "results": {"type": "array", "items": result}}
    });
    serde_json::json!({
        "type": "object", "required": ["version", "runs"],
        "properties": {
            "$schema": {"type": "string"}, "version": {"enum": ["2.1.0"]}, "runs": {"type": "array", "items": run}}
    })
}

#[test]
fn sarif_is_what_its_schema_says() {
    for world in [few(), every_rule()] {
        let text = in_format(&world, "sarif");
        check(&sarif_schema(), &text);
        let log: Value = serde_json::from_str(&text).unwrap();
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            let region = &result["locations"][0]["physicalLocation"]["region"];
            assert!(region["startLine"].as_u64() >= Some(1) && region["startColumn"].as_u64() >= Some(1));
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.contains(' ') && !uri.starts_with('/'), "{uri}");
        }
    }
}

/// What GitLab's own validation of a code quality issue asks for, and what its page says it reads.
fn gitlab_schema() -> Value {
    serde_json::json!({"type": "array", "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"}, "check_name": {"type": "string"}, "fingerprint": {"type": "string"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {"type": "object", "required": ["path", "lines"], "properties": {
                "path": {"type": "string"},
                "lines": {"type": "object", "required": ["begin"], "properties": {
                    "begin": {"type": "integer"}, "end": {"type": "integer"}}}}}}
    }})
}

#[test]
fn gitlab_gets_what_it_requires() {
    let text = in_format(&every_rule(), "gitlab");
    check(&gitlab_schema(), &text);
    let issues: Value = serde_json::from_str(&text).unwrap();
    let mut prints = std::collections::BTreeSet::new();
    for issue in issues.as_array().unwrap() {
        let path = issue["location"]["path"].as_str().unwrap();
        assert!(!path.starts_with(['.', '/']), "{path}");
        assert!(prints.insert(issue["fingerprint"].as_str().unwrap().to_owned()), "two of one fingerprint");
    }
}

/// The attributes that the schema of Jenkins knows, those that must be there first, and the children.
fn junit_element(name: &str) -> (&'static [&'static str], &'static [&'static str], &'static [&'static str]) {
    match name {
        "testsuites" => (&[], &["name", "time", "tests", "failures", "errors"], &["testsuite"]),
        "testsuite" => (
            &["name", "tests", "failures", "errors"],
            &["group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"],
            &["testsuite", "properties", "testcase", "system-out", "system-err"],
        ),
        "testcase" => {
            (&["name"], &["time", "classname", "group"], &["skipped", "error", "failure", "system-out", "system-err"])
        }
        "failure" | "skipped" => (&[], &["type", "message"], &[]),
        "system-out" => (&[], &[], &[]),
        other => panic!("`{other}` is no element of the schema"),
    }
}

#[test]
fn junit_is_what_the_schema_of_jenkins_says() {
    for world in [few(), every_rule()] {
        let text = in_format(&world, "junit");
        let document = roxmltree::Document::parse(&text).unwrap();
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            let name = node.tag_name().name();
            let (required, optional, children) = junit_element(name);
            assert!(required.iter().all(|wanted| node.has_attribute(*wanted)), "{node:?}");
            for attribute in node.attributes() {
                assert!([required, optional].concat().contains(&attribute.name()), "{name} has {attribute:?}");
            }
            for child in node.children().filter(roxmltree::Node::is_element) {
                assert!(children.contains(&child.tag_name().name()), "{child:?} in {name}");
            }
        }
    }
}

#[test]
fn junit_is_xml_whose_numbers_add_up() {
    let text = in_format(&every_rule(), "junit");
    let document = roxmltree::Document::parse(&text).unwrap();
    let number = |node: roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<usize>().unwrap();
    let count =
        |node: roxmltree::Node<'_, '_>, tag: &str| node.descendants().filter(|node| node.has_tag_name(tag)).count();
    let root = document.root_element();
    assert!(root.has_tag_name("testsuites"));
    assert_eq!(number(root, "tests"), count(root, "testcase"));
    assert_eq!(number(root, "failures"), count(root, "failure"));
    for suite in root.children().filter(roxmltree::Node::is_element) {
        assert!(suite.has_tag_name("testsuite") && suite.attribute("name").is_some());
        assert_eq!(number(suite, "tests"), count(suite, "testcase"));
        assert_eq!(number(suite, "failures"), count(suite, "failure"));
        assert_eq!(number(suite, "skipped"), count(suite, "skipped"));
        for case in suite.children().filter(|node| node.has_tag_name("testcase")) {
            assert!(case.attribute("name").is_some() && case.attribute("classname").is_some());
        }
    }
}

/// The part of reviewdog's schema of a result that our documents touch.
fn rdjson_schema() -> Value {
    let point = serde_json::json!({
        "type": "object", "properties": {"line": {"type": "integer"}, "column": {"type": "integer"}}});
    let location = serde_json::json!({"type": "object", "properties": {
        "path": {"type": "string"},
        "range": {"type": "object", "properties": {"start": point, "end": point}}}});
    let related = serde_json::json!({
        "type": "object", "properties": {"message": {"type": "string"}, "location": location}});
    let diagnostic = serde_json::json!({"type": "object", "required": ["message", "location"], "properties": {
        "message": {"type": "string"}, "location": location,
        "severity": {"enum": ["UNKNOWN_SEVERITY", "ERROR", "WARNING", "INFO"]},
        "code": {"type": "object", "properties": {"value": {"type": "string"}, "url": {"type": "string"}}},
        "relatedLocations": {"type": "array", "items": related}}});
    serde_json::json!({"type": "object", "properties": {
        "source": {"type": "object", "properties": {"name": {"type": "string"}, "url": {"type": "string"}}},
        "diagnostics": {"type": "array", "items": diagnostic}}})
}

#[test]
fn rdjson_is_what_its_schema_says() {
    for world in [few(), every_rule()] {
        check(&rdjson_schema(), &in_format(&world, "rdjson"));
    }
}

#[test]
fn a_row_of_the_comment_has_as_many_cells_as_the_head() {
    let mut world = every_rule();
    world.workspace.files[0].path = "billing/a|b.rs".into();
    let text = in_format(&world, "markdown");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), world.run().open().count() + 2);
    for row in rows {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    }
}

/// What the runner of GitHub's workflows reads: `::command key=value,…::message`, one a line.
#[test]
fn github_s_commands_are_read_as_the_runner_reads_them() {
    for world in [few(), every_rule()] {
        let text = in_format(&world, "github");
        assert_eq!(text.lines().count(), world.run().open().count());
        for line in text.lines() {
            let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
            let (command, properties) = head.split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&command) && !message.is_empty(), "{line}");
            let properties: Vec<(&str, &str)> =
                properties.split(',').map(|property| property.split_once('=').unwrap()).collect();
            let known = ["file", "line", "col", "endLine", "endColumn", "title"];
            assert!(properties.iter().all(|(key, value)| known.contains(key) && !value.is_empty()), "{line}");
            for (key, value) in properties.iter().filter(|(key, _)| !["file", "title"].contains(key)) {
                assert!(value.parse::<u32>().is_ok_and(|number| number > 0), "{key} in {line}");
            }
        }
    }
}

#[test]
fn rdjson_counts_columns_in_bytes() {
    let document: Value = serde_json::from_str(&in_format(&few(), "rdjson")).unwrap();
    let first =
        document["diagnostics"].as_array().unwrap().iter().find(|entry| entry["code"]["value"] == "foreign-read");
    let start = &first.unwrap()["location"]["range"]["start"];
    // `    query("SELECT 'é' FROM orders` with two bytes for the é.
    assert_eq!((start["line"].as_u64(), start["column"].as_u64()), (Some(3), Some(29)));
}
