//! Settings of each kind, and the databases they lead to.

use crate::workspace::Unit;
use crate::workspace::tests::fixture;

/// The databases of each service and the wirings, one a line.
fn found(text: &str) -> String {
    let workspace = fixture(text).open().workspace;
    let mut lines = Vec::new();
    for service in &workspace.services {
        for link in &service.databases {
            let database = workspace.database(link.database).unwrap();
            let schemas = link.schemas.join(",");
            let server = database.server.as_deref().unwrap_or("?");
            let dialect = database.dialect.map_or("?", crate::vocabulary::Dialect::name);
            let user = link.user.as_deref().unwrap_or("-");
            lines.push(format!(
                "{}: {dialect} {}#{} on {server} [{schemas}] as {user}",
                service.name, database.name, link.database.0
            ));
        }
        if !service.schemas.is_empty() {
            lines.push(format!("{} owns {}", service.name, service.schemas.join(",")));
        }
    }
    for wiring in &workspace.ddl_wirings {
        let database = wiring.database.and_then(|id| workspace.database(id)).map_or("?", |database| &database.name);
        let service = wiring.service.and_then(|id| workspace.service(id)).map_or("?", |service| &service.name);
        lines.push(format!("{} is {database}'s and {service}'s", wiring.path));
    }
    lines.join("\n")
}

/// Two services in folders of their own, with more files.
fn two(text: &str) -> String {
    let base = "//- orders/Cargo.toml\n[package]\nname = \"orders\"\n//- orders/src/main.rs\n//- users/Cargo.toml\n[package]\nname = \"users\"\n//- users/src/main.rs\n";
    found(&format!("{base}{text}"))
}

#[test]
fn the_same_name_on_different_hosts_is_two_databases() {
    let text = "//- orders/.env\nDATABASE_URL=postgres://app:s@orders-db/app\n//- users/.env\nDATABASE_URL=postgres://app:s@users-db/app\n";
    insta::assert_snapshot!(two(text), @r#"
    orders: postgres app#0 on orders-db [] as app
    users: postgres app#1 on users-db [] as app
    "#);
}

#[test]
fn the_same_host_in_one_compose_file_is_one_database() {
    let text = "//- compose.yml
services:
  db:
    image: postgres:16
    environment: { POSTGRES_DB: shop }
    ports: [\"5432:5432\"]
    volumes: [\"./init:/docker-entrypoint-initdb.d\"]
  orders:
    build: orders
    environment:
      - DATABASE_URL=postgres://app:s@db/${DB:-shop}?search_path=sales
  users:
    build: users
    depends_on: [db]
//- init/1.sql
create table x (id int);
//- orders/.env
DATABASE_URL=postgres://app:s@localhost/shop
";
    insta::assert_snapshot!(two(text), @r#"
    orders: postgres shop#0 on db [sales] as app
    orders owns sales
    users: postgres shop#0 on db [] as -
    init is shop's and ?'s
    "#);
}

#[test]
fn hosts_of_two_compose_files_are_two() {
    let compose = |service: &str| {
        format!(
            "//- {service}/docker-compose.yml\nservices:\n  db:\n    image: postgres\n  {service}:\n    build: .\n    environment:\n      DATABASE_URL: postgres://db/app\n"
        )
    };
    insta::assert_snapshot!(two(&format!("{}{}", compose("orders"), compose("users"))), @r#"
    orders: postgres app#0 on orders/db [] as -
    users: postgres app#1 on users/db [] as -
    "#);
}

#[test]
fn parts_in_the_environment_are_put_together() {
    let text = "//- orders/.env\nDB_CONNECTION=pgsql\nDB_HOST=pg\nDB_PORT=5432\nDB_DATABASE=shop\nDB_USERNAME=app\nDB_PASSWORD=secret\nREDIS_HOST=cache\nREDIS_DB=0\n//- users/.env.example\nPGHOST=pg\nPGDATABASE=people\nMAIL_HOST=mx\nMAIL_NAME=us\n";
    insta::assert_snapshot!(two(text), @r#"
    orders: postgres shop#1 on pg [] as app
    users: postgres people#0 on pg [] as -
    "#);
}

#[test]
fn spring_profiles_are_environments_of_one_connection() {
    let text = "//- orders/src/main/resources/application.yml
spring:
  datasource:
    url: jdbc:postgresql://${DB_HOST:pg}:5432/${DB_NAME:orders}?currentSchema=sales
    username: app
//- orders/src/main/resources/application-dev.properties
spring.datasource.url=jdbc:postgresql://localhost/orders_dev
//- orders/src/main/resources/application-test.yml
spring: { datasource: { url: \"jdbc:h2:mem:test\" } }
//- users/src/main/resources/application.properties
spring.datasource.url = jdbc:mysql://my/users
spring.redis.database=3
";
    insta::assert_snapshot!(two(text), @r#"
    orders: postgres orders#0 on pg [sales] as app
    orders owns sales
    users: mysql users#1 on my [] as -
    "#);
}

#[test]
fn a_configuration_server_holds_settings_of_others() {
    let text = "//- config/Cargo.toml\n[package]\nname = \"config\"\n//- config/src/main.rs\n//- config/shared/orders.yml\nspring:\n  datasource:\n    url: jdbc:mysql://my/orders\n";
    insta::assert_snapshot!(two(text), @r#"
    orders: mysql orders#0 on my [] as -
    "#);
}

#[test]
fn settings_of_other_frameworks() {
    let text = "//- orders/appsettings.json
{
  // comments are fine
  \"ConnectionStrings\": { \"Shop\": \"Host=pg;Database=shop;Username=app;Password=x\" },
}
//- users/shop/settings.py
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.postgresql',
        'NAME': os.environ.get('DB_NAME', 'people'),
        'HOST': 'pg',
        'USER': \"app\",
    }
}
";
    insta::assert_snapshot!(two(text), @r#"
    orders: postgres shop#1 on pg [] as app
    users: postgres people#0 on pg [] as app
    "#);
    let text = "//- orders/config/database.yml
default: &default
  adapter: mysql2
  host: my
development:
  <<: *default
  database: shop_development
test:
  <<: *default
  database: shop_test
production:
  <<: *default
  database: <%= ENV.fetch(\"DB\") { \"shop\" } %>
//- users/src/data-source.ts
export const source = new DataSource({ type: 'postgres', host: process.env.DB_HOST || 'pg', database: process.env.DB ?? 'people', schema: 'crm' });
";
    insta::assert_snapshot!(two(text), @r#"
    orders: mysql shop#1 on my [] as -
    users: postgres people#0 on pg [crm] as -
    users owns crm
    "#);
}

#[test]
fn a_cluster_gives_environments_by_name() {
    let text = "//- k8s/config.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: db-config }
data:
  ORDERS_DB_URI: postgresql://app:secret@orders-db:5432/orders
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec:
  template:
    spec:
      containers:
        - name: server
          image: registry.example/orders:1
          envFrom: [{ configMapRef: { name: db-config } }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders-db }
spec:
  template:
    spec:
      containers:
        - name: db
          image: postgres:16
          env: [{ name: POSTGRES_DB, value: orders }]
";
    insta::assert_snapshot!(two(text), @r#"
    orders: postgres orders#0 on orders-db [] as app
    "#);
}

#[test]
fn a_database_in_a_file_is_its_services() {
    let text = "//- orders/.env\nDATABASE_URL=sqlite://app.db\n//- users/.env\nDATABASE_URL=sqlite://app.db\n";
    insta::assert_snapshot!(two(text), @r#"
    orders: sqlite app#0 on ? [] as -
    users: sqlite app#1 on ? [] as -
    "#);
}

#[test]
fn sqlc_wires_a_schema_to_the_one_that_uses_it() {
    let text = "//- sqlc.yaml
version: \"2\"
sql:
  - engine: postgresql
    queries: orders/queries
    schema: db/orders.sql
  - engine: postgresql
    queries: users/queries
    schema: [db/shared.sql]
  - engine: postgresql
    queries: orders/more
    schema: db/shared.sql
//- db/orders.sql
//- db/shared.sql
";
    insta::assert_snapshot!(two(text), @r#"
    db/orders.sql is ?'s and orders's
    "#);
}

#[test]
fn declared_databases_are_enriched_and_never_replaced() {
    let text = "//- bailiwick.toml
[services.orders]
paths = \"orders\"
databases = \"shop\"
[services.users]
paths = \"users\"
//- orders/.env
DATABASE_URL=mysql://app:s@my/shop_prod
//- users/.env
DATABASE_URL=mysql://app:s@my/people
";
    insta::assert_snapshot!(two(text), @r#"
    orders: mysql shop#1 on ? [] as app
    users: mysql people#0 on my [] as app
    "#);
}

#[test]
fn no_secret_reaches_the_evidence() {
    let text = "//- orders/Cargo.toml\n[package]\nname = \"orders\"\n//- orders/src/main.rs\n//- .env\nDATABASE_URL=postgres://app:hunter2@db/shop\nDB_HOST=x\nDB_NAME=y\nDB_PASSWORD=hunter2\n";
    let workspace = fixture(text).open().workspace;
    assert!(!workspace.databases.is_empty());
    assert!(!format!("{workspace:?}").contains("hunter2"));
}

#[test]
fn deployments_that_set_one_key_differently_lead_to_several_databases() {
    let text = "//- one/compose.yml
services:
  db: { image: postgres }
  orders: { build: ../orders, environment: [\"DATABASE_URL=postgres://db/shop\"] }
//- two/compose.yml
services:
  db: { image: postgres }
  orders: { build: ../orders, environment: [\"DATABASE_URL=postgres://db/archive\"] }
//- orders/.env
DATABASE_URL=postgres://localhost/postgres
";
    insta::assert_snapshot!(two(text), @r#"
    orders: postgres shop#1 on one/db [] as -
    orders: postgres archive#0 on two/db [] as -
    "#);
}

#[test]
fn an_unknown_host_joins_by_a_name_of_its_own_only() {
    let text = |name: &str| {
        format!(
            "//- orders/.env\nDATABASE_URL=postgres://pg/{name}\n//- users/.env\nDATABASE_URL=postgres://${{HOST}}/{name}\n"
        )
    };
    insta::assert_snapshot!(two(&text("shop_core")), @r#"
    orders: postgres shop_core#0 on pg [] as -
    users: postgres shop_core#0 on pg [] as -
    "#);
    insta::assert_snapshot!(two(&text("postgres")), @r#"
    orders: postgres postgres#1 on pg [] as -
    users: postgres postgres#0 on ? [] as -
    "#);
}

#[test]
fn everybodys_localhost_is_not_one_host() {
    let text = |name: &str| {
        format!(
            "//- orders/.env\nDATABASE_URL=postgres://localhost/{name}\n//- users/.env\nDATABASE_URL=postgres://127.0.0.1/{name}\n"
        )
    };
    insta::assert_snapshot!(two(&text("shop_core")), @r#"
    orders: postgres shop_core#0 on localhost [] as -
    users: postgres shop_core#0 on localhost [] as -
    "#);
    insta::assert_snapshot!(two(&text("app")), @r#"
    orders: postgres app#0 on localhost [] as -
    users: postgres app#1 on localhost [] as -
    "#);
}

#[test]
fn a_script_that_is_wired_to_one_service_is_its() {
    let text = "//- orders/Cargo.toml\n[package]\nname = \"orders\"\n//- orders/src/main.rs\n//- users/Cargo.toml\n[package]\nname = \"users\"\n//- users/src/main.rs\n//- compose.yml
services:
  db:
    image: postgres
    volumes: [\"./init:/docker-entrypoint-initdb.d:ro\"]
  orders:
    build: orders
    environment: { DATABASE_URL: \"postgres://db/shop\" }
//- init/1.sql
";
    let workspace = fixture(text).open().workspace;
    let file = workspace.file(workspace.file_id("init/1.sql").unwrap()).unwrap();
    assert_eq!(file.unit, Unit::Service(workspace.service_named("orders").unwrap()));
}

/// Every kind of settings that names the database `shop` on `pg` for `orders`.
#[test]
fn each_kind_of_settings_is_read() {
    let kinds = [
        (
            "a Prisma datasource",
            "//- orders/prisma/schema.prisma\ndatasource db {\n  provider = \"postgresql\"\n  url = \"postgresql://app:x@pg:5432/shop?schema=public\"\n}\n",
        ),
        (
            "Prisma by its environment",
            "//- orders/prisma/schema.prisma\ndatasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n//- orders/.env\nDATABASE_URL=postgresql://app:x@pg:5432/shop\n",
        ),
        (
            "ormconfig.json",
            "//- orders/ormconfig.json\n{ \"type\": \"postgres\", \"host\": \"pg\", \"port\": 5432, \"username\": \"app\", \"password\": \"x\", \"database\": \"shop\" }\n",
        ),
        (
            "a data source in TypeScript",
            "//- orders/src/data-source.ts\nexport const AppDataSource = new DataSource({\n  type: 'postgres',\n  host: process.env.DB_HOST ?? 'pg',\n  database: process.env.DB_NAME || 'shop',\n});\n",
        ),
        (
            "alembic.ini",
            "//- orders/alembic.ini\n[alembic]\nscript_location = alembic\nsqlalchemy.url = postgresql+psycopg2://app:x@pg/shop\n",
        ),
        (
            "Django settings",
            "//- orders/shop/settings.py\nDATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.postgresql\", \"NAME\": \"shop\", \"HOST\": os.getenv(\"DB_HOST\", \"pg\")}}\n",
        ),
        (
            "Django with a URL",
            "//- orders/shop/settings.py\nDATABASES = {\n    \"default\": dj_database_url.config(default=\"postgres://app:x@pg/shop\"),\n}\n",
        ),
        (
            "Rails",
            "//- orders/config/database.yml\nproduction:\n  adapter: postgresql\n  host: <%= ENV.fetch(\"DB_HOST\") { \"pg\" } %>\n  database: shop\n",
        ),
        ("Rails with a URL", "//- orders/config/database.yml\nproduction:\n  url: postgres://app:x@pg/shop\n"),
        (
            "Helm values by service",
            "//- deploy/chart/values.yaml\norders:\n  database:\n    host: pg\n    name: shop\n    type: postgres\n",
        ),
        (
            "Helm values of a chart",
            "//- deploy/charts/orders/values.yaml\nenv:\n  DATABASE_URL: postgres://app:x@pg:5432/shop\n",
        ),
        (
            "a deployment's environment",
            "//- k8s/orders.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: orders }\nspec:\n  template:\n    spec:\n      containers:\n        - name: orders\n          image: shop/orders\n          env:\n            - { name: DATABASE_URL, value: \"postgres://app:x@pg/shop\" }\n",
        ),
        (
            "a profile's own file",
            "//- orders/src/main/resources/application-prod.yml\nspring:\n  datasource:\n    url: jdbc:postgresql://${PGHOST:pg}/${DB:shop}\n",
        ),
        (
            "properties",
            "//- orders/src/main/resources/application.properties\nspring.datasource.url=jdbc:postgresql://pg/shop\nspring.datasource.username=app\n",
        ),
        (
            "an R2DBC URL",
            "//- orders/src/main/resources/application.yml\nspring.r2dbc.url: r2dbc:postgresql://pg/shop\n",
        ),
        (
            "appsettings of an environment",
            "//- orders/appsettings.Production.json\n{ \"ConnectionStrings\": { \"Default\": \"Server=pg;Port=5432;Database=shop;User Id=app;Password=x\" } }\n",
        ),
        ("a .env with a default", "//- orders/.env\nDATABASE_URL=postgres://app:x@${DB_HOST:-pg}/${DB_NAME:-shop}\n"),
        ("a TOML config", "//- orders/config/default.toml\n[database]\nurl = \"postgres://app:x@pg/shop\"\n"),
        (
            "a URL in Rust",
            "//- orders/src/db.rs\nasync fn connect() { sqlx::PgPool::connect(\"postgres://app:x@pg/shop\").await.unwrap(); }\n",
        ),
        ("a URL in Python", "//- orders/app.py\nengine = create_engine(\"postgresql://app:x@pg/shop\")\n"),
        (
            "a URL in Go",
            "//- orders/main.go\npackage main\n\nfunc main() { sql.Open(\"postgres\", \"postgres://app:x@pg/shop?sslmode=disable\") }\n",
        ),
    ];
    let mut wrong = Vec::new();
    for (kind, text) in kinds {
        let found = two(text);
        if !found.lines().any(|line| line.starts_with("orders: postgres shop#0 on pg ")) {
            wrong.push(format!("{kind}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_migration_container_wires_its_folder() {
    let text = "//- compose.yml
services:
  db:
    image: postgres:16
    environment: { POSTGRES_DB: shop }
  orders:
    build: orders
    environment: { DATABASE_URL: \"postgres://app@db/shop\" }
  users:
    build: users
    environment: { DATABASE_URL: \"postgres://app@db/shop\" }
  migrate:
    image: migrate/migrate
    command: [\"-path=/sql\", \"-database=postgres://app:x@db/shop\", up]
    volumes: [\"./sql/shared:/sql\"]
  orders-migrate:
    image: flyway/flyway
    environment: { FLYWAY_URL: \"jdbc:postgresql://db/shop\" }
    volumes: [\"./sql/orders:/flyway/sql\"]
//- sql/shared/1.sql
create table a (id int);
//- sql/orders/V1__b.sql
create table b (id int);
";
    insta::assert_snapshot!(two(text), @r"
    orders: postgres shop#0 on db [] as app
    users: postgres shop#0 on db [] as app
    sql/orders is shop's and orders's
    sql/shared is shop's and ?'s
    ");
}

#[test]
fn names_of_other_things_are_no_databases() {
    let text = "//- orders/.env\nDB_HOST=pg\nDB_NAME=shop\nDB_USER_NAME=app\nDB_DRIVER_CLASS_NAME=org.postgresql.Driver\nDB_POOL_NAME=main\n";
    insta::assert_snapshot!(two(text), @"orders: postgres shop#0 on pg [] as app");
}

#[test]
fn a_url_in_code_tells_the_database_whatever_the_host_is() {
    let java = "String url = String.format(\"jdbc:mysql://%s/cities?useSSL=false\", host);";
    let php = "$dsn = getenv('PDO_URL') ?: 'mysql:host=mysql;dbname=ratings;charset=utf8mb4';";
    let text = format!("//- orders/src/JpaConfig.java\n{java}\n//- users/src/Kernel.php\n<?php\n{php}\n");
    insta::assert_snapshot!(two(&text), @r#"
    orders: mysql cities#0 on ? [] as -
    users: mysql ratings#1 on mysql [] as -
    "#);
}

#[test]
fn data_and_descriptions_of_interfaces_are_no_settings_and_a_folder_may_say_compose() {
    let text = "//- orders/deploy/docker-compose/infra.yml
services:
  users:
    image: acme/users
    environment:
      DATABASE_URL: postgres://users-db/users
//- orders/src/icons.json
{\"db-database\": \"f1c0\", \"db-server\": \"f233\"}
//- orders/src/openapi/api.yaml
openapi: 3.1.0
servers: []
example:
  database: shop
  db_host: localhost
//- users/res/configuration.yaml
database:
  name: create-users.sh
//- orders/config/default.json
{\"db\": {\"host\": \"orders-db\", \"database\": \"orders\"}}
";
    insta::assert_snapshot!(two(text), @r#"
    orders: ? orders#0 on orders-db [] as -
    users: postgres users#1 on users-db [] as -
    "#);
}
