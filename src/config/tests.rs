//! Configs good and bad, each problem with the text it points at.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::*;
use crate::source::{ListFilter, Listing, Sources};

/// Files in memory, by path.
struct Memory(BTreeMap<String, String>);

impl Memory {
    fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }
}

impl Sources for Memory {
    fn root(&self) -> &Path {
        Path::new("/")
    }
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
    fn exists(&self, path: &str) -> bool {
        path == "." || self.0.keys().any(|file| file == path || file.starts_with(&format!("{path}/")))
    }
    fn list(&self, _: &ListFilter<'_>) -> Listing {
        Listing::default()
    }
}

const RULES: &[&str] = &["foreign-read", "shared-database"];

/// The config of `files` and its problems as `text it points at: message (help)`.
fn load(files: &[(&str, &str)]) -> (Config, Vec<String>) {
    let sources = Memory::of(files);
    let mut problems = Vec::new();
    let mut config = read_root(&sources, None, RULES, &mut problems);
    for (path, _) in files.iter().filter(|(path, _)| path.ends_with("/bailiwick.toml")) {
        add_own(&mut config, &sources, path, RULES, &mut problems);
    }
    let services: Vec<Name> = config.services.keys().cloned().collect();
    config.check(&services, &mut problems);
    let shown = problems.iter().map(|problem| {
        let text = &sources.0[&problem.file.to_string_lossy().into_owned()];
        let at = problem.span.map_or("", |span| &text[span.range()]);
        format!("{at}: {} ({})", problem.message, problem.help.as_deref().unwrap_or(""))
    });
    (config, shown.collect())
}

const GOOD: &str = r#"
dialect = "postgres"
exclude = ["third_party/**"]
max-file-size = "2 MB"
inline-allows = true
contexts = ["code", "test"]

[services.orders]
paths = "services/orders"
databases = "shop"
schemas = ["sales"]
owns = ["orders", "order_*"]

[services.reporting]
paths = ["services/reporting", "./jobs/report.rs"]
strict = true

[libraries.db]
paths = "libs/db/"

[databases.shop]
dialect = "mysql"

[[grants]]
owner = "orders"
to = "reporting"
tables = ["orders"]
privileges = ["read"]
reason = "nightly revenue export"
until = 2027-03-01

[grants-policy]
require-issue = false
warn-days = 7

[rules]
shared-database = "warn"
"#;

const TREE: &[(&str, &str)] = &[
    ("services/orders/src/main.rs", ""),
    ("services/reporting/src/main.rs", ""),
    ("jobs/report.rs", ""),
    ("libs/db/src/lib.rs", ""),
];

fn tree(config: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut files = TREE.to_vec();
    files.push(("bailiwick.toml", config));
    files
}

#[test]
fn everything_of_the_design_is_read() {
    let (config, problems) = load(&tree(GOOD));
    assert_eq!(problems, [""; 0]);
    assert_eq!(config.dialect, Some(Dialect::Postgres));
    assert_eq!(config.max_file_size(), 2_000_000);
    assert!(config.wants(Context::Test) && !config.wants(Context::Rollback));
    let orders = &config.services["orders"];
    assert_eq!(orders.databases.as_ref().map(|all| all[0].value.as_str()), Some("shop"));
    assert_eq!(orders.owns.iter().map(|own| own.text.as_str()).collect::<Vec<_>>(), ["orders", "order_*", "sales.*"]);
    let paths: Vec<_> = config.services["reporting"].paths.iter().map(|path| path.value.as_str()).collect();
    assert_eq!(paths, ["services/reporting", "jobs/report.rs"]);
    assert_eq!(config.libraries["db"].paths[0].value, "libs/db");
    assert_eq!(config.databases["shop"].dialect, Some(Dialect::Mysql));
    let grant = &config.grants[0];
    assert_eq!(grant.privileges, [Privilege::Select]);
    assert!(grant.permits("reporting", None, None, "ORDERS", Privilege::Select));
    assert!(!grant.permits("reporting", None, None, "orders", Privilege::Insert));
    assert!(!grant.has_lapsed(jiff::civil::date(2027, 3, 1)), "until is inclusive");
    assert!(grant.has_lapsed(jiff::civil::date(2027, 3, 2)));
    assert!(GOOD[grant.origin.span.range()].starts_with("[[grants]]"));
    assert!(GOOD[grant.origin.span.range()].ends_with("2027-03-01"));
    assert_eq!(config.grants_policy.warn_days, 7);
    assert_eq!(config.level("shared-database", None).map(|level| level.value), Some(Level::Warn));
}

#[test]
fn no_config_is_no_problem() {
    let (config, problems) = load(TREE);
    assert!(config.files.is_empty() && problems.is_empty());
}

#[test]
fn all_problems_are_told_at_once() {
    let (_, problems) = load(&tree(
        r#"
dialekt = "postgres"
max-file-size = true
[services.orders]
path = "services/orders"
[services.reporting]
paths = ["services/orders", "../elsewhere", "/etc", "nowhere"]
[services.other]
paths = "services/orders"
[[grants]]
owner = "orders"
to = ["reportin"]
tables = ["a.b.c.d"]
privileges = ["selct"]
until = "2027-03-01"
reason = "why not"
[rules]
foreign-reed = "error"
foreign-read = "loud"
"#,
    ));
    insta::assert_snapshot!(problems.join("\n"), @r#"
    dialekt: unknown key `dialekt` in the config (did you mean `dialect`?)
    true: `max-file-size` must be a size such as "2 MB", not a boolean ()
    orders: the service `orders` has no `paths` (add `paths = "folder"`: the folder or folders that hold its source)
    path: unknown key `path` in the service `orders` (did you mean `paths`?)
    "services/orders": the path `services/orders` is claimed by the service `other` and by the service `reporting` (leave it to one of them; of nested paths the longer one wins)
    "../elsewhere": the path `../elsewhere` leads out of the root (write it relative to the root, such as `services/orders`)
    "/etc": the path `/etc` is absolute (write it relative to the root, such as `services/orders`)
    "nowhere": the path `nowhere` does not exist (write the path of a folder or file that exists, relative to the root)
    "reportin": unknown service `reportin` in a grant (did you mean `reporting`?)
    "a.b.c.d": `a.b.c.d` is no name of a table: more than `database:schema.table` (write `table`, `schema.table` or `database:schema.table`, with `*` for any text)
    "selct": unknown privilege `selct` (did you mean `select`?)
    "2027-03-01": `until` must be a date, not a string (take the quotes off: a date stands bare, such as `2027-03-01`)
    foreign-reed: unknown rule `foreign-reed` (did you mean `foreign-read`?)
    "loud": unknown level `loud` (known are `off`, `note`, `warn` and `error`)
    "#);
}

#[test]
fn a_syntax_error_does_not_hide_the_rest() {
    let (_, problems) = load(&tree("dialect = \n[services.orders]\npaths = \"services/orders\"\nstrikt = true\n"));
    assert!(problems.len() >= 2, "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("did you mean `strict`?")), "{problems:?}");
}

#[test]
fn a_service_speaks_for_itself_in_its_own_file() {
    let mut files =
        tree("[services.orders]\npaths = \"services/orders\"\n[services.reporting]\npaths = \"services/reporting\"\n");
    files.push((
        "services/orders/bailiwick.toml",
        "service = \"orders\"\nowns = [\"orders\"]\n[[grants]]\nto = \"reporting\"\ntables = \"orders\"\nprivileges = \"read\"\nreason = \"export\"\n[rules]\nforeign-read = \"warn\"\n",
    ));
    let (config, problems) = load(&files);
    assert_eq!(problems, [""; 0]);
    assert_eq!(config.grants[0].owner, "orders");
    assert_eq!(config.grants[0].origin.path, "services/orders/bailiwick.toml");
    assert_eq!(config.level("foreign-read", Some("orders")).map(|level| level.value), Some(Level::Warn));
    assert_eq!(config.level("foreign-read", Some("reporting")), None);
    assert_eq!(config.declared_owners(None, None, "orders")[0].0, "orders");
}

#[test]
fn a_service_cannot_speak_for_others() {
    let mut files = tree("[services.orders]\npaths = \"services/orders\"\n");
    files.push((
        "services/orders/bailiwick.toml",
        "service = \"orders\"\n[[grants]]\nowner = \"reporting\"\nto = \"orders\"\ntables = \"x\"\nprivileges = \"read\"\nreason = \"r\"\n",
    ));
    files.push(("jobs/bailiwick.toml", "service = \"order\"\n"));
    files.push(("libs/db/bailiwick.toml", "service = \"orders\"\n"));
    let (_, problems) = load(&files);
    insta::assert_snapshot!(problems.join("\n"), @r#"
    "order": unknown service `order` (did you mean `orders`?)
    "orders": `libs/db` is no folder of the service `orders` (move it into a folder of `orders`, or name the service whose folder this is)
    "reporting": the file of `orders` cannot grant for `reporting` (take `owner` out here, and let the owner grant)
    "orders": `orders` grants to itself (an owner needs no grant; take it out)
    "#);
}

#[test]
fn own_files_alone_declare_services() {
    let (config, problems) =
        load(&[("a/bailiwick.toml", "service = \"orders\"\n"), ("b/bailiwick.toml", "service = \"billing\"\n")]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(config.services["orders"].paths[0].value, "a");
    assert_eq!(config.services["billing"].paths[0].value, "b");
}

#[test]
fn a_grant_that_lacks_something_is_read_to_its_end() {
    let (_, problems) = load(&tree(
        "[services.orders]\npaths = \"services/orders\"\n[[grants]]\nowner = \"orders\"\nto = \"order\"\n\
         privileges = [\"read\"]\nreason = \" \"\n",
    ));
    insta::assert_snapshot!(problems.join("\n"), @r#"
    [[grants]]: a grant lacks `tables` (a grant says who may do what to which tables, and why)
    "order": unknown service `order` in a grant (did you mean `orders`?)
    " ": `reason` is empty (write a name, or take the key out)
    "#);
}
