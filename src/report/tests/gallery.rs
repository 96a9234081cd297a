//! Maps that make every rule fire once.

use crate::lint::context::Accepted;
use crate::lint::testing::World;
use crate::map::{Evidence, EvidenceKind, ForeignKey, Join, Opaque, OwnerStatus, TableId, TableKind, Transaction};
use crate::source::Place;
use crate::vocabulary::Privilege::{Create, Delete, Insert, References, Select, Update};

fn migration(world: &mut World, table: TableId, place: Place) {
    let evidence = Evidence {
        kind: EvidenceKind::Migration,
        text: format!("its migration creates `{}`", world.map.tables[table.index()].name),
        place: Some(place),
    };
    let table = &mut world.map.tables[table.index()];
    table.created_at = Some(place);
    table.owner_evidence = vec![evidence.clone()];
    for claim in &mut table.claims {
        claim.1 = evidence.clone();
    }
}

/// A foreign read, a warning that rests on a guess, an allowed read and a place that is opaque.
pub(super) fn few() -> World {
    let mut world = World::of(&["orders", "reporting"]);
    world.workspace.root = "/repo".into();
    let ddl = world.file("orders/0001 orders.sql", "CREATE TABLE orders (id int);\n");
    let code = world.file(
        "reporting/main.rs",
        "// ünïcode\nfn f() {\n    query(\"SELECT 'é' FROM orders\");\n    query(format!(\"SELECT * FROM {t}\"));\n    \
         // bailiwick: allow(foreign-read) the nightly export\n    query(\"SELECT 1 FROM orders\");\n    \
         query(\"DELETE FROM refunds\");\n}\n",
    );
    let orders = world.table("orders", Some("orders"));
    let place = world.place(ddl, "orders", 0);
    migration(&mut world, orders, place);
    let refunds = world.table("refunds", Some("orders"));
    world.map.tables[1].owner_status = Some(OwnerStatus::Proposed);
    world.map.tables[1].owner_evidence[0].kind = EvidenceKind::Writes;
    world.map.tables[1].owner_evidence[0].text = "no other service writes it".into();
    world.access(Some("orders"), orders, Create, world.place(ddl, "orders", 0));
    for nth in 0..2 {
        let at = world.access(Some("reporting"), orders, Select, world.place(code, "orders", nth));
        world.map.accesses[at].via.framework = Some("sqlx".into());
    }
    world.access(Some("reporting"), refunds, Delete, world.place(code, "refunds", 0));
    world.map.opaque.push(Opaque {
        place: world.place(code, "{t}", 0),
        service: Some(world.service("reporting")),
        reason: "the table's name arrives at run time".into(),
        context: crate::map::AccessContext::Code,
        item: "f".into(),
        calls: Vec::new(),
    });
    world
}

const CONFIG: &str = r#"[rules]
shared-database = "warn"

[[grants]]
owner = "orders"
to = "reporting"
tables = ["orders"]
privileges = ["read"]
reason = "the nightly export"

[[grants]]
owner = "orders"
to = "billing"
tables = ["refunds"]
privileges = ["read"]
reason = "the yearly audit"
until = 2026-10-01

[[grants]]
owner = "billing"
to = "reporting"
tables = ["bills"]
privileges = ["write"]
reason = "the first migration"

[[grants]]
owner = "billing"
to = "orders"
tables = ["bil*"]
privileges = ["read"]
reason = "the dunning letters"
"#;

const BILLING: &str = r#"// bailiwick: allow(foreign-reed) a typing error
fn book() {
    let tx = pool.begin();
    query("UPDATE orders SET paid = true");
    query("
        INSERT INTO bills
        SELECT * FROM order_rows
    ");
    query("SELECT * FROM legacy");
    query(text);
    db::load();
}
"#;

/// Every rule, and every shape that a diagnostic has.
pub(super) fn every_rule() -> World {
    let mut world = World::of(&["billing", "orders", "reporting"]);
    world.workspace.root = "/repo".into();
    let billing = world.file("billing/main.rs", BILLING);
    let bills_ddl = world.file(
        "billing/schema.sql",
        "CREATE TABLE bills (order_id int REFERENCES orders (id));\nCREATE TABLE audit (at date);\nCREATE INDEX ON orders (id);\n",
    );
    let long = format!("{}FROM order_rows -- {}\n", "SELECT 'padding',\t".repeat(60), "and more ".repeat(60));
    let library = world.file("db/lib.rs", &long);
    let orders_ddl = world.file(
        "orders/schema.sql",
        "CREATE TABLE orders (id int);\nCREATE TABLE audit (at date);\nSELECT * FROM bills;\n",
    );
    let report = world.file("reporting/report.sql", "SELECT * FROM orders JOIN figures USING (id);\n");
    let script = world.file("scripts/close.sql", "DELETE FROM orders;\n");

    let audit = world.table("audit", Some("billing"));
    let bills = world.table("bills", Some("billing"));
    let figures = world.table("figures", Some("reporting"));
    let legacy = world.table("legacy", None);
    let order_rows = world.table("order_rows", Some("orders"));
    let orders = world.table("orders", Some("orders"));
    let place = world.place(bills_ddl, "bills", 0);
    migration(&mut world, bills, place);
    let place = world.place(orders_ddl, "orders", 0);
    migration(&mut world, orders, place);
    let places = [world.place(bills_ddl, "audit", 0), world.place(orders_ddl, "audit", 0)];
    contest(&mut world, audit, places);
    world.map.tables[order_rows.index()].kind = TableKind::View;
    world.map.tables[order_rows.index()].identity_note = Some(
        "that this is the `order_rows` of `orders` is inferred from its name; state `databases` for `billing`".into(),
    );

    let update = world.access(Some("billing"), orders, Update, world.place(billing, "orders", 0));
    let insert = world.access(Some("billing"), bills, Insert, world.place(billing, "bills", 0));
    world.access(Some("billing"), order_rows, Select, world.place(billing, "order_rows", 0));
    world.access(Some("billing"), legacy, Select, world.place(billing, "legacy", 0));
    let service = Some(world.service("billing"));
    let place = world.place(billing, "pool.begin()", 0);
    world.map.transactions.push(Transaction { place, service, writes: vec![update, insert] });
    world.map.opaque.push(Opaque {
        place: world.place(billing, "text", 0),
        service,
        reason: "the statement is a parameter".into(),
        context: crate::map::AccessContext::Code,
        item: "book".into(),
        calls: Vec::new(),
    });
    world.access(Some("billing"), orders, References, world.place(bills_ddl, "orders", 0));
    let place = world.place(bills_ddl, "orders", 0);
    world.map.foreign_keys.push(ForeignKey { place, service, from: bills, to: orders });
    world.access(Some("billing"), orders, crate::vocabulary::Privilege::Alter, world.place(bills_ddl, "orders", 1));

    let db = world.library("db");
    let reached = world.access(Some("billing"), order_rows, Select, world.place(library, "order_rows", 0));
    world.through_library(reached, db, world.place(billing, "db::load()", 0));
    let granted = world.access(Some("reporting"), orders, Select, world.place(report, "orders", 0));
    let own = world.access(Some("reporting"), figures, Select, world.place(report, "figures", 0));
    let service = Some(world.service("reporting"));
    world.map.joins.push(Join { place: world.place(report, "SELECT", 0), service, accesses: vec![granted, own] });
    world.access(None, orders, Delete, world.place(script, "orders", 0));
    world.access(Some("orders"), bills, Select, world.place(orders_ddl, "bills", 0));

    world.configure(CONFIG);
    let config = crate::source::FileId(u32::try_from(world.workspace.files.len() - 1).unwrap());
    let setting = world.place(config, "shared-database", 0);
    let evidence = Evidence { kind: EvidenceKind::Setting, text: "`DATABASE_URL`".into(), place: Some(setting) };
    world.map.databases[0].evidence.push(evidence);
    let entry = world.file("zzz-baseline.json", "{\"findings\": [\"0123456789abcdef\"]}\n");
    world.accepted.push(Accepted {
        fingerprint: "0123456789abcdef".into(),
        place: world.place(entry, "0123456789abcdef", 0),
        text: "foreign-read of `orders` by `billing`".into(),
        may_be_stale: false,
    });
    world
}

/// Two services create the table, and nobody says whose it is.
fn contest(world: &mut World, table: TableId, [first, second]: [Place; 2]) {
    let orders = world.service("orders");
    let table = &mut world.map.tables[table.index()];
    let mut other = table.claims[0].clone();
    table.claims[0].1.place = Some(first);
    other.0 = orders;
    other.1.place = Some(second);
    table.claims.push(other);
    table.created_at = Some(first);
    table.owner = None;
    table.owner_status = None;
    table.owner_evidence.clear();
}
