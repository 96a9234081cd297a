//! The gallery of every diagnostic shape, each format as a snapshot, and each against its own schema.

mod gallery;
mod schemas;

use crate::lint::Outcome;
use crate::lint::testing::{World, today};
use crate::map::AccessContext;
use crate::report::{Coverage, FORMATS, Report, Style, map, services, summary, why};
use crate::source::{SkipReason, Skipped};

use gallery::{every_rule, few};

/// Writes a report of the world.
fn written(world: &World, style: &Style, write: impl Fn(&Report<'_>, &mut Vec<u8>) -> std::io::Result<()>) -> String {
    let outcome = world.run();
    shown(world, &outcome, style, write)
}

fn shown(
    world: &World,
    outcome: &Outcome,
    style: &Style,
    write: impl Fn(&Report<'_>, &mut Vec<u8>) -> std::io::Result<()>,
) -> String {
    let contexts = [AccessContext::Code];
    let mut coverage = Coverage {
        files_read: world.workspace.files.len(),
        skipped: vec![Skipped { path: "logo.png".into(), reason: SkipReason::Binary }],
        ..Coverage::default()
    };
    coverage.count_sites(&world.map, &contexts);
    let report = Report {
        map: &world.map,
        workspace: &world.workspace,
        outcome,
        coverage: &coverage,
        texts: &world.texts,
        contexts: &contexts,
        today: Some(today()),
        style,
        below_repository: "",
    };
    let mut out = Vec::new();
    write(&report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn in_format(world: &World, name: &str) -> String {
    let format = crate::report::format(name).unwrap();
    written(world, &Style::plain(), |report, out| (format.write)(report, out))
}

#[test]
fn the_gallery_shows_every_rule() {
    let world = every_rule();
    let outcome = world.run();
    for rule in crate::lint::RULES {
        assert!(outcome.findings.iter().any(|reported| reported.finding.rule == rule.name), "no {}", rule.name);
    }
    insta::assert_snapshot!("gallery", in_format(&world, "human"));
}

#[test]
fn a_message_of_the_gallery_reads_as_the_house_style_wants() {
    for reported in every_rule().run().findings {
        let message = &reported.finding.message;
        assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
        let sql = message.starts_with("SQL ");
        assert!(sql || message.starts_with(|first: char| first.is_lowercase() || first == '`'), "{message}");
        assert!(!reported.finding.help.is_empty() && !reported.finding.label.is_empty(), "{message}");
    }
}

#[test]
fn each_format() {
    let world = few();
    for format in FORMATS.iter().filter(|format| format.name != "sarif") {
        insta::assert_snapshot!(format!("format-{}", format.name), in_format(&world, format.name));
    }
    // The rules' pages stand in it, which other tests look after.
    let mut sarif: serde_json::Value = serde_json::from_str(&in_format(&world, "sarif")).unwrap();
    sarif["runs"][0]["tool"]["driver"]["rules"] = serde_json::json!("left out");
    sarif["runs"][0]["tool"]["driver"]["semanticVersion"] = serde_json::json!("left out");
    insta::assert_snapshot!("format-sarif", serde_json::to_string_pretty(&sarif).unwrap());
}

#[test]
fn no_findings() {
    let mut world = few();
    world.map.accesses.clear();
    world.map.opaque.clear();
    world.directives.clear();
    for format in FORMATS {
        let text = in_format(&world, format.name);
        match format.name {
            "human" | "concise" | "github" => assert_eq!(text, ""),
            "gitlab" => assert_eq!(text, "[]\n"),
            _ => assert!(!text.is_empty()),
        }
    }
}

#[test]
fn colours_and_links_are_added_only_when_asked() {
    let world = few();
    let style = Style { colour: true, links: true, ..Style::plain() };
    let coloured = written(&world, &style, |report, out| crate::report::human::write(report, out));
    assert!(coloured.contains("\u{1b}[31m") && coloured.contains("\u{1b}]8;;file:///repo/"), "{coloured:?}");
    assert!(!in_format(&world, "human").contains('\u{1b}'));
}

#[test]
fn the_map_the_services_and_the_reasons() {
    let world = few();
    let plain = Style::plain();
    insta::assert_snapshot!("map", written(&world, &plain, |report, out| map::write(report, out)));
    let narrow = Style { width: 30, ..Style::plain() };
    insta::assert_snapshot!("map-narrow", written(&world, &narrow, |report, out| map::write(report, out)));
    insta::assert_snapshot!(
        "map-json",
        written(&world, &plain, |report, out| crate::report::json::write_map(report, out))
    );
    insta::assert_snapshot!("services", written(&world, &plain, |report, out| services::write(report, out)));
    let (service, table) = (world.service("reporting"), crate::map::TableId(0));
    insta::assert_snapshot!("why", written(&world, &plain, |report, out| why::write(report, service, table, out)));
    insta::assert_snapshot!("summary", written(&world, &plain, |report, out| summary::write_check(report, out)));
    let verbose = Style { verbose: true, ..Style::plain() };
    insta::assert_snapshot!(
        "summary-verbose",
        written(&world, &verbose, |report, out| summary::write_check(report, out))
    );
}

#[test]
fn a_thousand_findings_in_a_large_file_take_no_time() {
    let mut world = World::of(&["orders", "reporting"]);
    let text = "SELECT * FROM orders WHERE something = 'or other' AND more = 'of it';\n".repeat(20_000);
    let file = world.file("large.sql", &text);
    let orders = world.table("orders", Some("orders"));
    for nth in (0..20_000).step_by(20) {
        let start = nth * 70 + 14;
        let place = crate::source::Place { file, span: crate::source::Span::new(start, start + 6) };
        world.access(Some("reporting"), orders, crate::vocabulary::Privilege::Select, place);
    }
    let before = std::time::Instant::now();
    let text = in_format(&world, "human");
    assert_eq!(text.matches("reads table").count(), 1000);
    assert!(before.elapsed().as_secs() < 20, "{:?}", before.elapsed());
}
