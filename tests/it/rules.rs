//! What the rules say of source text, end to end: each test is a small repository with marks.

use crate::marked::Marked;

const TWO: &str = "\
//- bailiwick.toml
dialect = \"postgres\"

[services.orders]
paths = \"orders\"
databases = \"shop\"

[services.reporting]
paths = \"reporting\"
databases = \"shop\"
";

const ORDERS: &str = "\
//- orders/migrations/1_orders.sql
CREATE TABLE orders (id bigint PRIMARY KEY, total bigint);
";

/// Checks that exactly the marked findings are found.
#[track_caller]
fn check(config: &str, files: &str) -> Marked {
    check_with(config, files, &[])
}

#[track_caller]
fn check_with(config: &str, files: &str, arguments: &[&str]) -> Marked {
    let marked = Marked::new(&format!("{config}{files}"));
    if let Err(problem) = marked.judge(arguments) {
        panic!("{problem}");
    }
    marked
}

fn grant(more: &str) -> String {
    format!(
        "{TWO}\n[[grants]]\nowner = \"orders\"\nto = \"reporting\"\ntables = [\"orders\"]\nprivileges = [\"read\"]\n\
         reason = \"the export\"\n{more}\n"
    )
}

const READS: &str = "\
//- reporting/src/main.rs
async fn all(pool: &sqlx::PgPool) {
    sqlx::query(\"SELECT id FROM orders\").fetch_all(pool).await;
}
";

#[test]
fn each_kind_of_access_has_its_rule() {
    check(
        TWO,
        &format!(
            r#"{ORDERS}
//- reporting/migrations/1_own.sql
CREATE TABLE figures (order_id bigint REFERENCES orders (id));
                                                 ^^^^^^ cross-owner-reference
ALTER TABLE orders ADD COLUMN flag bool;
            ^^^^^^ foreign-ddl
//- reporting/src/main.rs
async fn all(pool: &sqlx::PgPool) {{
    sqlx::query("SELECT id FROM orders").fetch_all(pool).await;
                                ^^^^^^ foreign-read
    sqlx::query("INSERT INTO orders (id) SELECT order_id FROM figures").execute(pool).await;
                             ^^^^^^ foreign-write
    sqlx::query("DELETE FROM orders").execute(pool).await;
                             ^^^^^^ foreign-write
}}
"#
        ),
    );
}

#[test]
fn a_row_lock_is_a_write() {
    check(
        &grant(""),
        &format!(
            r#"{ORDERS}
//- reporting/src/main.rs
async fn lock(pool: &sqlx::PgPool) {{
    sqlx::query("SELECT id FROM orders FOR UPDATE").fetch_all(pool).await;
                                ^^^^^^ foreign-write
}}
"#
        ),
    );
}

#[test]
fn the_same_name_in_another_database_is_another_table() {
    check(
        &TWO.replacen(
            "databases = \"shop\"\n\n[services.reporting]",
            "databases = \"sales\"\n\n[services.reporting]",
            1,
        ),
        &format!("{ORDERS}{READS}//- reporting/migrations/1_orders.sql\nCREATE TABLE orders (id bigint);\n"),
    );
}

#[test]
fn what_only_reads_like_a_table_is_none() {
    check(
        TWO,
        &format!(
            r#"{ORDERS}
//- reporting/migrations/1_own.sql
CREATE TABLE figures (id bigint);
//- reporting/src/main.rs
async fn quiet(pool: &sqlx::PgPool) {{
    sqlx::query("WITH orders AS (SELECT id FROM figures) SELECT id FROM orders").fetch_all(pool).await;
    tracing::info!("select one from orders and update the list");
    println!("delete from orders is what we never do");
}}
#[cfg(test)]
mod tests {{
    async fn fill(pool: &sqlx::PgPool) {{
        sqlx::query("INSERT INTO orders (id) VALUES (1)").execute(pool).await;
    }}
}}
"#
        ),
    );
}

#[test]
fn tests_are_linted_when_asked() {
    check_with(
        TWO,
        &format!(
            r#"{ORDERS}
//- reporting/tests/fill.rs
async fn fill(pool: &sqlx::PgPool) {{
    sqlx::query("INSERT INTO orders (id) VALUES (1)").execute(pool).await;
                             ^^^^^^ foreign-write
}}
"#
        ),
        &["--context", "code,test"],
    );
}

#[test]
fn a_view_and_the_table_behind_it_are_one_finding() {
    check(
        TWO,
        &format!(
            r#"{ORDERS}
//- orders/migrations/2_view.sql
CREATE VIEW open_orders AS SELECT id FROM orders;
//- reporting/src/main.rs
async fn all(pool: &sqlx::PgPool) {{
    sqlx::query("SELECT id FROM open_orders").fetch_all(pool).await;
                                ^^^^^^^^^^^ foreign-read
}}
"#
        ),
    );
}

#[test]
fn a_join_with_a_foreign_table_is_one_finding_with_a_note() {
    let marked = check(
        TWO,
        &format!(
            r#"{ORDERS}
//- reporting/migrations/1_own.sql
CREATE TABLE figures (id bigint);
//- reporting/src/main.rs
async fn all(pool: &sqlx::PgPool) {{
    sqlx::query("SELECT 1 FROM figures JOIN orders USING (id)").fetch_all(pool).await;
                                            ^^^^^^ foreign-read
}}
"#
        ),
    );
    let (_, report) = marked.repository.check();
    assert_eq!(report["findings"][0]["notes"][0], "the same statement joins it with `figures`");
}

#[test]
fn a_library_is_judged_where_the_service_enters_it() {
    check(
        &format!("{TWO}\n[libraries.db]\npaths = \"db\"\n"),
        &format!(
            r#"{ORDERS}
//- db/Cargo.toml
[package]
name = "db"
version = "0.1.0"
//- db/src/lib.rs
pub async fn load(pool: &sqlx::PgPool) {{
    sqlx::query("SELECT id FROM orders").fetch_all(pool).await;
    sqlx::query("SELECT total FROM orders").fetch_all(pool).await;
}}
//- reporting/Cargo.toml
[package]
name = "reporting"
version = "0.1.0"
[dependencies]
db = {{ path = "../db" }}
//- reporting/src/main.rs
async fn run(pool: &sqlx::PgPool) {{
    db::load(pool).await;
    ^^^^^^^^^^^^^^ foreign-read
}}
//- orders/Cargo.toml
[package]
name = "orders"
version = "0.1.0"
[dependencies]
db = {{ path = "../db" }}
//- orders/src/main.rs
async fn run(pool: &sqlx::PgPool) {{
    db::load(pool).await;
}}
"#
        ),
    );
}

#[test]
fn a_grant_permits_what_it_says_until_its_last_day() {
    check(&grant("until = 2026-12-31"), &format!("{ORDERS}{READS}"));
    check(
        &grant("until = 2026-11-21\n        ^^^^^^^^^^ expired-grant"),
        &format!(
            r#"{ORDERS}
//- reporting/src/main.rs
async fn all(pool: &sqlx::PgPool) {{
    sqlx::query("SELECT id FROM orders").fetch_all(pool).await;
                                ^^^^^^ foreign-read
}}
"#
        ),
    );
}

#[test]
fn an_owner_permits_in_a_file_of_its_own() {
    check(
        TWO,
        &format!(
            r#"{ORDERS}{READS}
//- orders/bailiwick.toml
service = "orders"

[[grants]]
to = "reporting"
tables = ["order*"]
          ^^^^^^^^ wildcard-grant
privileges = ["select"]
reason = "the export"
"#
        ),
    );
}

#[test]
fn an_allow_counts_on_above_and_inside() {
    check(
        TWO,
        &format!(
            r#"{ORDERS}
//- reporting/src/main.rs
async fn all(pool: &sqlx::PgPool) {{
    sqlx::query("SELECT id FROM orders").fetch_all(pool).await; // bailiwick: allow(foreign-read) the export
    // bailiwick: allow(foreign-read) the export
    sqlx::query("SELECT id FROM orders").fetch_all(pool).await;
    // bailiwick: allow(foreign-read) the export
    let rows = sqlx::query(
        "SELECT id
         FROM orders",
    )
    .fetch_all(pool)
    .await;
    sqlx::query("SELECT id /* bailiwick: allow(foreign-read) the export */ FROM orders").fetch_all(pool).await;
    sqlx::query("SELECT id FROM orders").fetch_all(pool).await;
                                ^^^^^^ foreign-read
}}
//- reporting/report.sql
-- bailiwick: allow(foreign-read) the export
SELECT id FROM orders;
SELECT id FROM orders; -- bailiwick: allow(foreign-read) the export
SELECT id FROM orders;
               ^^^^^^ foreign-read
"#
        ),
    );
}

#[test]
fn an_allow_without_a_reason_or_with_a_wrong_name_permits_nothing() {
    check(
        TWO,
        &format!(
            r"{ORDERS}
//- reporting/report.sql
-- bailiwick: allow(foreign-read)
              ^^^^^^^^^^^^^^^^^^^ unused-allow
SELECT id FROM orders;
               ^^^^^^ foreign-read
-- bailiwick: allow(foreign-reed) the export
                    ^^^^^^^^^^^^ unused-allow
SELECT id FROM orders;
               ^^^^^^ foreign-read
"
        ),
    );
}

#[test]
fn only_owners_may_permit_where_the_config_says_so() {
    check(
        &format!("//- bailiwick.toml\ninline-allows = false\n{}", TWO.trim_start_matches("//- bailiwick.toml\n")),
        &format!(
            r"{ORDERS}
//- reporting/report.sql
-- bailiwick: allow(foreign-read) the export
                    ^^^^^^^^^^^^ unused-allow
SELECT id FROM orders;
               ^^^^^^ foreign-read
"
        ),
    );
}

#[test]
fn a_proposed_owner_makes_warnings_and_no_failure() {
    let files = r#"
//- orders/src/main.rs
async fn put(pool: &sqlx::PgPool) {
    sqlx::query("INSERT INTO orders (id) VALUES (1)").execute(pool).await;
}
//- reporting/src/main.rs
async fn all(pool: &sqlx::PgPool) {
    sqlx::query("SELECT id FROM orders").fetch_all(pool).await;
                                ^^^^^^ foreign-read
}
"#;
    let marked = check(TWO, files);
    let (code, report) = marked.repository.check();
    assert_eq!((code, report["findings"][0]["level"].as_str()), (0, Some("warn")));
    assert_eq!(marked.judge(&["--error-on", "warn"]), Ok(1));
}

#[test]
fn levels_are_the_config_s_and_a_service_s_own() {
    let files = format!(
        r#"{ORDERS}{READS}
//- reporting/bailiwick.toml
service = "reporting"

[rules]
foreign-read = "off"
"#
    );
    check(TWO, &files);
    check(&format!("{TWO}\n[rules]\nforeign-read = \"off\"\n"), &format!("{ORDERS}{READS}"));
}

#[test]
fn a_declared_owner_settles_a_contest() {
    let second = "//- reporting/migrations/1_orders.sql\nCREATE TABLE IF NOT EXISTS orders (id bigint);\n";
    check(TWO, &format!("{ORDERS}             ^^^^^^ contested-table\n{second}"));
    check(
        &TWO.replacen("databases = \"shop\"\n", "databases = \"shop\"\nowns = [\"orders\"]\n", 1),
        &format!("{ORDERS}{second}                           ^^^^^^ foreign-ddl\n"),
    );
}

#[test]
fn a_statement_that_cannot_be_known_is_told_and_can_be_bounded() {
    let marked = check(
        TWO,
        r#"//- orders/src/main.rs
async fn drop_it(pool: &sqlx::PgPool, table: &str) {
    sqlx::query(&format!("DROP TABLE {table}")).execute(pool).await;
                                     ^^^^^^^ opaque-sql
}
//- reporting/a.sql
SELECT 1;
"#,
    );
    assert_eq!(marked.judge(&[]), Ok(0));
    assert_eq!(marked.judge(&["--max-opaque", "0"]), Ok(1));
    assert_eq!(marked.judge(&["--max-opaque", "1"]), Ok(0));
    assert_eq!(marked.judge(&["--error-on", "note"]), Ok(1));
}

#[test]
fn a_fingerprint_survives_moved_lines_and_a_renamed_file() {
    let before = Marked::new(&format!("{TWO}{ORDERS}{READS}"));
    let moved = READS.replace("main.rs", "other.rs").replace("async fn", "\n// more\n\nasync fn");
    let after = Marked::new(&format!("{TWO}{ORDERS}{moved}"));
    let print = |marked: &Marked| marked.repository.check().1["findings"][0]["fingerprint"].clone();
    assert!(print(&before).is_string());
    assert_eq!(print(&before), print(&after));
}
