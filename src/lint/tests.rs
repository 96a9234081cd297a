//! What the rules and the sink say of maps made by hand. The rules' pages test them from source text.

use crate::config::Level;
use crate::lint::context::Accepted;
use crate::lint::sink::SuppressionKind;
use crate::lint::testing::World;
use crate::map::{Join, OwnerStatus, TableKind, Transaction};
use crate::vocabulary::Privilege::{Delete, Insert, Select, Update};

const GRANT: &str = "[[grants]]\nowner = \"orders\"\nto = \"reporting\"\ntables = [\"orders\"]\nprivileges = [\"read\"]\n\
                     reason = \"the nightly export\"\n";

/// A system in which reporting reads the orders of orders, at `orders` in `r.sql`.
fn reading() -> World {
    let mut world = World::of(&["orders", "reporting"]);
    let file = world.file("r.sql", "SELECT * FROM orders;\n");
    let orders = world.table("orders", Some("orders"));
    world.access(Some("reporting"), orders, Select, world.place(file, "orders", 0));
    world
}

#[test]
fn a_foreign_read_names_service_verb_table_and_owner() {
    let reported = reading().only();
    assert_eq!(reported.finding.rule, "foreign-read");
    assert_eq!(reported.finding.message, "service `reporting` reads table `orders`, owned by `orders`");
    assert_eq!(reported.finding.level, Level::Error);
    assert!(reported.finding.help.contains("to = \"reporting\""));
    assert_eq!(reported.finding.notes, ["`orders` owns it: its migration creates `orders`"]);
}

#[test]
fn what_rests_on_a_proposed_owner_is_a_warning_and_says_so() {
    let mut world = reading();
    world.map.tables[0].owner_status = Some(OwnerStatus::Proposed);
    let finding = world.only().finding;
    assert_eq!(finding.level, Level::Warn);
    assert_eq!(finding.message, "service `reporting` reads table `orders`, which seems to be owned by `orders`");
    assert!(finding.notes.iter().any(|note| note.contains("`owns = [\"orders\"]` in `[services.orders]`")));
}

#[test]
fn code_of_no_service_that_touches_what_seems_to_be_owned_says_so() {
    let mut world = reading();
    world.map.tables[0].owner_status = Some(OwnerStatus::Proposed);
    world.map.accesses[0].service = None;
    let finding = world.only().finding;
    assert_eq!(finding.rule, "unassigned-access");
    assert_eq!(finding.message, "code of no service reads table `orders`, which seems to be owned by `orders`");
}

#[test]
fn several_privileges_of_one_call_are_one_finding_and_a_grant_takes_its_part_away() {
    let mut world = reading();
    let place = world.map.accesses[0].place;
    world.map.accesses.clear();
    let table = crate::map::TableId(0);
    world.access(Some("reporting"), table, Insert, place);
    world.access(Some("reporting"), table, Update, place);
    let finding = world.only().finding;
    assert_eq!(finding.message, "service `reporting` writes to table `orders`, owned by `orders`");

    world.configure(&GRANT.replace("read", "insert"));
    let finding = world.only().finding;
    assert_eq!(finding.message, "service `reporting` updates table `orders`, owned by `orders`");
    assert_eq!(finding.privilege, Some(Update));
}

#[test]
fn a_view_and_what_stands_behind_it_are_one_finding() {
    let mut world = reading();
    world.map.tables[0].kind = TableKind::View;
    let base = world.table("order_rows", Some("orders"));
    let at = world.access(Some("reporting"), base, Select, world.map.accesses[0].place);
    world.map.accesses[at].through = Some("orders".into());
    let finding = world.only().finding;
    assert_eq!(finding.message, "service `reporting` reads view `orders`, owned by `orders`");
    assert!(finding.notes.contains(&"behind it stands `order_rows` of `orders`".to_owned()));

    // A grant on the view is what the owner publishes: it covers what stands behind.
    world.configure(GRANT);
    assert_eq!(world.only().suppressed_by.unwrap().kind, SuppressionKind::Grant);
}

#[test]
fn behind_a_view_of_ones_own_the_foreign_table_is_meant() {
    let mut world = reading();
    world.map.tables[0].owner = Some(world.service("reporting"));
    let base = world.table("order_rows", Some("orders"));
    let at = world.access(Some("reporting"), base, Select, world.map.accesses[0].place);
    world.map.accesses[at].through = Some("orders".into());
    let finding = world.only().finding;
    assert_eq!(finding.message, "service `reporting` reads table `order_rows`, owned by `orders`");
    assert!(finding.notes.contains(&"it is reached through `orders`".to_owned()));
}

#[test]
fn accesses_of_a_library_are_one_finding_for_each_call_into_it() {
    let mut world = World::of(&["orders", "reporting"]);
    let orders = world.table("orders", Some("orders"));
    let library = world.library("db");
    let sql = world.file("db.rs", "SELECT a FROM orders; SELECT b FROM orders;");
    let main = world.file("main.rs", "load(); load();");
    for nth in 0..2 {
        for call in 0..2 {
            let at = world.access(Some("reporting"), orders, Select, world.place(sql, "orders", nth));
            world.through_library(at, library, world.place(main, "load()", call));
        }
    }
    let findings = world.run().findings;
    assert_eq!(findings.len(), 2);
    assert!(findings.iter().all(|reported| reported.finding.place.file == main));
    let related: Vec<_> = findings[0].finding.related.iter().map(|(place, text)| (place.file, text.as_str())).collect();
    assert_eq!(related, [(sql, "which reads `orders`"), (sql, "which reads `orders`")]);
    assert_ne!(findings[0].fingerprint, findings[1].fingerprint);
}

#[test]
fn an_allow_with_a_reason_permits_and_one_that_permits_nothing_is_a_finding() {
    let mut world = World::of(&["orders", "reporting"]);
    let text = "-- bailiwick: allow(foreign-read) the export\nSELECT * FROM orders;\n\
                -- bailiwick: allow(foreign-write) nothing\nSELECT 1;\n";
    let file = world.file("r.sql", text);
    let orders = world.table("orders", Some("orders"));
    world.access(Some("reporting"), orders, Select, world.place(file, "orders", 0));
    let findings = world.run().findings;
    assert_eq!(findings[0].suppressed_by.as_ref().unwrap().reason, "the export");
    assert_eq!(findings[1].finding.message, "this allow of `foreign-write` permits nothing");
    assert_eq!(findings[1].finding.place, world.place(file, "foreign-write", 0));
    assert_eq!(findings.len(), 2);

    world.configure("inline-allows = false\n");
    assert_eq!(world.messages().len(), 3);
}

#[test]
fn an_allow_for_a_rule_that_is_off_is_a_used_one() {
    let mut world = World::of(&["orders", "reporting"]);
    let file = world.file("r.sql", "SELECT * FROM orders; -- bailiwick: allow(foreign-read) the export\n");
    let orders = world.table("orders", Some("orders"));
    world.access(Some("reporting"), orders, Select, world.place(file, "orders", 0));
    world.configure("[rules]\nforeign-read = \"off\"\n");
    assert!(world.run().findings.is_empty());
}

#[test]
fn a_granted_join_needs_leave_to_join() {
    let mut world = World::of(&["orders", "reporting"]);
    let file = world.file("r.sql", "SELECT * FROM orders JOIN figures;\n");
    let figures = world.table("figures", Some("reporting"));
    let orders = world.table("orders", Some("orders"));
    let foreign = world.access(Some("reporting"), orders, Select, world.place(file, "orders", 0));
    let own = world.access(Some("reporting"), figures, Select, world.place(file, "figures", 0));
    let service = Some(world.service("reporting"));
    world.map.joins.push(Join { place: world.place(file, "SELECT", 0), service, accesses: vec![foreign, own] });

    let finding = world.only().finding;
    assert_eq!(finding.rule, "foreign-read");
    assert!(finding.notes.contains(&"the same statement joins it with `figures`".to_owned()));

    world.configure(GRANT);
    let messages = world.messages();
    assert_eq!(messages, ["cross-owner-join: service `reporting` joins `orders`, owned by `orders`, with `figures`"]);
    world.configure(&format!("{GRANT}joins = true\n"));
    assert_eq!(world.messages(), [""; 0]);
}

#[test]
fn grants_lapse_are_warned_of_and_go_unused() {
    let mut world = reading();
    world.configure(&format!("{GRANT}until = 2026-11-21\n"));
    let lapsed = "expired-grant: the grant of `orders` to `reporting` has lapsed on 2026-11-21";
    assert!(world.messages().contains(&lapsed.to_owned()));
    assert_eq!(world.messages().len(), 2, "a lapsed grant grants nothing");

    world.configure(&format!("{GRANT}until = 2026-11-22\n"));
    let last = "expired-grant: the grant of `orders` to `reporting` holds for the last day today";
    assert_eq!(world.messages(), [last]);
    world.configure(&format!("{GRANT}until = 2027-11-22\n"));
    assert_eq!(world.messages(), [""; 0]);

    world.map.accesses.clear();
    assert_eq!(world.messages(), ["unused-grant: the grant of `orders` to `reporting` permits nothing that happens"]);
}

#[test]
fn a_part_of_a_grant_can_be_unused() {
    let mut world = reading();
    world.configure(&GRANT.replace("[\"orders\"]", "[\"orders\", \"refunds\"]"));
    assert_eq!(world.messages(), ["unused-grant: nothing that the grant of `orders` permits touches `refunds`"]);
}

#[test]
fn the_baseline_excuses_exact_findings_but_no_strict_service() {
    let mut world = reading();
    let fingerprint = world.only().fingerprint;
    let place = world.map.accesses[0].place;
    let accept = |fingerprint: &str| Accepted {
        fingerprint: fingerprint.into(),
        place,
        text: "a foreign read".into(),
        may_be_stale: false,
    };
    world.accepted = vec![accept(&fingerprint), accept("0123456789abcdef")];
    assert_eq!(world.messages(), ["stale-baseline: the baseline accepts a finding that is gone: a foreign read"]);
    world.map.services[1].strict = true;
    world.accepted.pop();
    let strict = "stale-baseline: the baseline may not excuse a strict service: a foreign read";
    assert_eq!(world.messages().len(), 2);
    assert!(world.messages().contains(&strict.to_owned()));
}

#[test]
fn a_fingerprint_does_not_depend_on_place() {
    let mut world = reading();
    let before = world.only().fingerprint;
    world.map.accesses[0].place.span = world.map.accesses[0].place.span.shifted(1);
    assert_eq!(world.only().fingerprint, before);
    world.map.accesses[0].statement = 8;
    assert_ne!(world.only().fingerprint, before);
}

#[test]
fn a_table_without_owner_and_a_contested_one_are_one_finding_each() {
    let mut world = World::of(&["billing", "orders"]);
    let file = world.file("r.sql", "SELECT * FROM legacy; DELETE FROM legacy; SELECT 1 FROM audit;");
    let legacy = world.table("legacy", None);
    let audit = world.table("audit", Some("billing"));
    world.access(Some("billing"), legacy, Select, world.place(file, "legacy", 0));
    world.access(Some("orders"), legacy, Delete, world.place(file, "legacy", 1));
    let mut claim = world.map.tables[1].claims[0].clone();
    claim.0 = world.service("orders");
    world.map.tables[1].claims.push(claim);
    world.map.tables[1].owner = None;
    world.map.tables[1].owner_status = None;
    world.access(Some("billing"), audit, Select, world.place(file, "audit", 0));
    assert_eq!(
        world.messages(),
        [
            "unowned-table: nobody owns table `legacy`, which `billing` and `orders` touch",
            "contested-table: services `billing` and `orders` both create table `audit`",
        ]
    );
}

#[test]
fn a_transaction_that_writes_for_two_owners_is_told() {
    let mut world = World::of(&["billing", "orders"]);
    let file = world.file("r.sql", "BEGIN; DELETE FROM orders; DELETE FROM bills;");
    let bills = world.table("bills", Some("billing"));
    let orders = world.table("orders", Some("orders"));
    let first = world.access(Some("billing"), orders, Delete, world.place(file, "orders", 0));
    let second = world.access(Some("billing"), bills, Delete, world.place(file, "bills", 0));
    let service = Some(world.service("billing"));
    let place = world.place(file, "BEGIN", 0);
    world.map.transactions.push(Transaction { place, service, writes: vec![first, second] });
    assert!(world.messages().contains(
        &"cross-owner-transaction: service `billing` writes tables of `billing` and `orders` in one transaction".into()
    ));
}

#[test]
fn code_of_no_service_is_one_finding_for_a_file() {
    let mut world = World::of(&["orders"]);
    let file = world.file("scripts/x.sql", "DELETE FROM orders; DELETE FROM orders;");
    let orders = world.table("orders", Some("orders"));
    for nth in 0..2 {
        world.access(None, orders, Delete, world.place(file, "orders", nth));
    }
    let finding = world.only().finding;
    assert_eq!(finding.message, "code of no service deletes from table `orders`, owned by `orders`");
    assert_eq!(finding.notes, ["the same file holds 1 more access, to 1 table in all"]);
}
