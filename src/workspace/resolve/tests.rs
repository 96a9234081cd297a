//! Small repositories of each kind, and the services and libraries they are.

use crate::workspace::tests::fixture;
use crate::workspace::{Opened, Workspace};

/// The services and libraries of a tree, one a line.
fn found(text: &str) -> String {
    let Opened { workspace, problems, .. } = fixture(text).open();
    assert!(problems.is_empty(), "{problems:?}");
    shown(&workspace)
}

fn shown(workspace: &Workspace) -> String {
    let library = |id: &crate::workspace::LibraryId| workspace.library(*id).unwrap().name.to_string();
    let service = |id: &crate::workspace::ServiceId| workspace.service(*id).unwrap().name.to_string();
    let mut lines = Vec::new();
    for each in &workspace.services {
        let mut links: Vec<String> = each.links.iter().map(library).collect();
        links.extend(each.links_services.iter().map(service));
        lines.push(format!("service {}: {} -> {}", each.name, each.paths.join(" "), links.join(" ")));
    }
    for each in &workspace.libraries {
        let links: Vec<String> = each.links.iter().map(library).collect();
        lines.push(format!("library {}: {} -> {}", each.name, each.paths.join(" "), links.join(" ")));
    }
    lines.join("\n")
}

#[test]
fn cargo_binaries_are_services_and_shared_packages_libraries() {
    let text = "//- Cargo.toml
[workspace]
members = [\"orders\"]
[workspace.dependencies]
db = { path = \"libs/db\" }
//- orders/Cargo.toml
[package]
name = \"orders\"
[dependencies]
db.workspace = true
orders-core = { path = \"../orders-core\" }
//- orders/src/main.rs
//- orders-core/Cargo.toml
[package]
name = \"orders-core\"
//- orders-core/src/lib.rs
//- billing/Cargo.toml
[package]
name = \"billing\"
[dependencies]
db = { path = \"../libs/db\" }
[dev-dependencies]
orders-core = { path = \"../orders-core\" }
//- billing/src/main.rs
//- libs/db/Cargo.toml
[package]
name = \"db\"
//- libs/db/src/lib.rs
//- billing-cli/Cargo.toml
[package]
name = \"billing-cli\"
//- billing-cli/src/main.rs
";
    insta::assert_snapshot!(found(text), @r#"
    service billing: billing -> db
    service orders: orders orders-core -> db
    library db: libs/db ->
    "#);
}

#[test]
fn a_compose_name_beats_the_folders_and_a_workspace_of_one_service_is_its() {
    let text = "//- docker-compose.yml
services:
  posts-service:
    build: ./example
  users:
    build:
      context: users
      dockerfile: Dockerfile
  db:
    image: postgres:16
//- example/Cargo.toml
[package]
name = \"actix\"
//- example/src/main.rs
//- users/Dockerfile
FROM rust
RUN cargo build --bin users-server
//- users/Cargo.toml
[workspace]
members = [\"users-server\", \"users-entity\"]
//- users/users-server/Cargo.toml
[package]
name = \"users-server\"
[dependencies]
users-entity = { path = \"../users-entity\" }
//- users/users-server/src/main.rs
//- users/users-entity/Cargo.toml
[package]
name = \"users-entity\"
//- users/users-entity/src/lib.rs
";
    insta::assert_snapshot!(found(text), @r#"
    service posts-service: example -> 
    service users: users ->
    "#);
}

#[test]
fn go_programs_in_cmd_share_what_they_import() {
    let text = "//- go.mod
module example.com/shop/v2
//- docker-compose.yml
services:
  order-api:
    build: { context: ., dockerfile: docker/Dockerfile-orders }
//- docker/Dockerfile-orders
FROM golang
RUN go build -o /app ./cmd/orders
//- cmd/orders/main.go
package main
import (
\t\"example.com/shop/v2/internal/orders\"
)
func main() {}
//- cmd/billing/main.go
package main
import \"example.com/shop/v2/internal/billing/app\"
func main() {}
//- cmd/migrate/main.go
package main
func main() {}
//- internal/orders/orders.go
package orders
import \"example.com/shop/v2/internal/shared/db\"
//- internal/orders/orders_test.go
package orders
import \"example.com/shop/v2/internal/billing/app\"
//- internal/billing/app/app.go
package app
import \"example.com/shop/v2/internal/shared/db\"
//- internal/billing/model/model.go
package model
//- internal/shared/db/db.go
package db
//- tools/gen/main.go
package main
func main() {}
";
    insta::assert_snapshot!(found(text), @r#"
    service billing: cmd/billing internal/billing -> shop
    service order-api: cmd/orders internal/orders -> shop
    library shop: internal/shared ->
    "#);
}

#[test]
fn maven_modules_with_a_main_class() {
    let pom = |name: &str, dependency: &str| {
        format!(
            "//- {name}/pom.xml\n<project><parent><groupId>com.shop</groupId></parent><artifactId>{name}</artifactId><dependencies>{dependency}</dependencies></project>\n"
        )
    };
    let on = "<dependency><groupId>com.shop</groupId><artifactId>common</artifactId></dependency>";
    let text = format!(
        "//- pom.xml\n<project><groupId>com.shop</groupId><artifactId>shop</artifactId><packaging>pom</packaging></project>\n{}{}{}\
         //- orders/src/main/java/com/shop/orders/OrdersApplication.java\n@SpringBootApplication class X {{ }}\n\
         //- billing/src/main/java/com/shop/billing/Main.java\nclass Main {{ public static void main(String[] a) {{}} }}\n\
         //- common/src/main/java/com/shop/common/db/Repo.java\nclass Repo {{}}\n",
        pom("orders", on),
        pom("billing", on),
        pom("common", "")
    );
    insta::assert_snapshot!(found(&text), @r#"
    service billing: billing -> common
    service orders: orders -> common
    library common: common ->
    "#);
    let workspace = fixture(&text).open().workspace;
    let imports: Vec<&str> = workspace.libraries[0].packages[0].imports.iter().map(smol_str::SmolStr::as_str).collect();
    assert_eq!(imports, ["com.shop.common.db", "com.shop:common"]);
}

#[test]
fn gradle_projects_are_linked_by_path() {
    let text = "//- settings.gradle.kts
rootProject.name = \"shop\"
include(\":orders\", \":libs:db-core\")
//- orders/build.gradle.kts
plugins { id(\"org.springframework.boot\") }
dependencies { 
  implementation(project(\":libs:db-core\"))
}
//- orders/src/main/kotlin/Any.kt
@SpringBootApplication class Any
//- billing/build.gradle.kts
dependencies {
  implementation(projects.libs.dbCore)
}
//- billing/src/main/kotlin/BillingApplication.kt
fun main() {}
//- libs/db-core/build.gradle.kts
//- libs/db-core/src/main/kotlin/shop/db/Db.kt
class Db
";
    insta::assert_snapshot!(found(text), @r#"
    service billing: billing -> db-core
    service orders: orders -> db-core
    library db-core: libs/db-core ->
    "#);
}

#[test]
fn an_app_host_names_its_projects() {
    let text = "//- src/AppHost/AppHost.csproj
<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><IsAspireHost>true</IsAspireHost></PropertyGroup></Project>
//- src/AppHost/Program.cs
var builder = DistributedApplication.CreateBuilder(args);
var pg = builder.AddPostgres(\"postgres\");
var ordersDb = pg.AddDatabase(\"ordersdb\");
var api = builder.AddProject<Projects.Orders_API>(\"orders-api\").WithReference(ordersDb);
builder.AddProject<Projects.Worker>(\"worker\")
    .WithReference(ordersDb);
//- src/Orders.API/Orders.API.csproj
<Project Sdk=\"Microsoft.NET.Sdk.Web\"><ItemGroup><ProjectReference Include=\"..\\Orders.Domain\\Orders.Domain.csproj\" /></ItemGroup></Project>
//- src/Orders.API/Program.cs
//- src/Orders.Domain/Orders.Domain.csproj
<Project Sdk=\"Microsoft.NET.Sdk\"></Project>
//- src/Orders.Domain/Order.cs
//- src/Worker/Worker.csproj
<Project Sdk=\"Microsoft.NET.Sdk.Worker\"></Project>
//- src/Worker/Program.cs
//- tests/Orders.UnitTests/Orders.UnitTests.csproj
<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><IsTestProject>true</IsTestProject></PropertyGroup></Project>
";
    insta::assert_snapshot!(found(text), @r#"
    service orders-api: src/Orders.API src/Orders.Domain -> 
    service worker: src/Worker ->
    "#);
}

#[test]
fn node_packages_with_a_start_script() {
    let text = "//- package.json
{\"name\": \"root\", \"private\": true, \"workspaces\": [\"services/*\"], \"scripts\": {\"start\": \"turbo start\"}}
//- services/orders/package.json
{\"name\": \"@shop/orders\", \"scripts\": {\"start\": \"node index.js\"}, \"dependencies\": {\"@shop/db\": \"workspace:*\"}}
//- services/orders/index.js
//- services/users/package.json
{\"name\": \"@shop/users\", \"scripts\": {\"start:prod\": \"node index.js\"}, \"dependencies\": {\"@shop/db\": \"*\"}}
//- services/users/index.ts
//- packages/db/package.json
{\"name\": \"@shop/db\"}
//- packages/db/index.ts
";
    insta::assert_snapshot!(found(text), @r#"
    service orders: services/orders -> @shop/db
    service users: services/users -> @shop/db
    library @shop/db: packages/db ->
    "#);
}

#[test]
fn nest_projects_are_linked_by_alias() {
    let text = "//- package.json
{\"name\": \"shop\", \"scripts\": {\"build\": \"nest build\"}}
//- tsconfig.json
{\"compilerOptions\": {\"baseUrl\": \"./\", \"paths\": {\"@app/db\": [\"libs/db/src\"], \"@app/db/*\": [\"libs/db/src/*\"]}}}
//- nest-cli.json
{\"projects\": {\"orders\": {\"type\": \"application\", \"root\": \"apps/orders\"}, \"users\": {\"type\": \"application\", \"root\": \"apps/users\"}, \"db\": {\"type\": \"library\", \"root\": \"libs/db\"}}}
//- apps/orders/src/main.ts
import { Db } from '@app/db';
//- apps/users/src/main.ts
import { Db } from '@app/db/client';
//- libs/db/src/index.ts
";
    insta::assert_snapshot!(found(text), @r#"
    service orders: apps/orders -> db
    service users: apps/users -> db
    library db: libs/db ->
    "#);
}

#[test]
fn python_ruby_php_and_elixir_services() {
    let text = "//- shop/manage.py
//- shop/requirements.txt
-e ../common
//- api/pyproject.toml
[project]
name = \"shop-api\"
dependencies = [\"common @ file:../common\"]
//- api/main.py
//- common/setup.py
//- common/common/__init__.py
//- web/Gemfile
gem \"rails\"
//- web/config.ru
//- web/package.json
{\"name\": \"web\", \"scripts\": {\"start\": \"vite\"}}
//- web/app.rb
//- admin/composer.json
{\"name\": \"laravel/laravel\", \"autoload\": {\"psr-4\": {\"App\\\\\": \"app/\"}}}
//- admin/artisan
//- chat/mix.exs
def project, do: [app: :chat]
def application, do: [mod: {Chat.Application, []}]
";
    insta::assert_snapshot!(found(text), @r#"
    service admin: admin -> 
    service chat: chat -> 
    service shop: shop -> common
    service shop-api: api -> common
    service web: web -> 
    library common: common ->
    "#);
}

#[test]
fn a_repository_with_one_service_is_that_service() {
    insta::assert_snapshot!(found("//- Cargo.toml\n[package]\nname = \"shop\"\n//- src/main.rs\n//- migrations/1.sql\n"), @"service shop: . ->");
    let workspace = fixture("//- lib/x.py\nprint()\n").open().workspace;
    assert_eq!(workspace.services.len(), 1);
    assert_eq!(workspace.assumptions.len(), 1, "what is assumed is said");
}

#[test]
fn examples_tests_and_database_images_are_no_services() {
    let text = "//- examples/demo/Dockerfile
FROM node
//- examples/demo/index.js
//- services/db/Dockerfile
FROM postgres:16
COPY init.sql /docker-entrypoint-initdb.d/
//- services/db/init.sql
//- services/db/seed.py
//- services/orders/Dockerfile
FROM node
//- services/orders/index.js
//- services/users/Dockerfile
FROM node
//- services/users/index.js
";
    insta::assert_snapshot!(found(text), @r#"
    service orders: services/orders -> 
    service users: services/users ->
    "#);
}

#[test]
fn several_binaries_of_one_package_that_are_deployed_apart_are_services_apart() {
    let text = "//- compose.yaml
services:
  api:
    build: .
    command: ./shop-api
  shop-worker:
    build: .
    command: [\"/app/shop-worker\"]
//- Cargo.toml
[package]
name = \"shop\"
//- src/lib.rs
//- src/bin/shop-api.rs
//- src/bin/shop-worker/main.rs
";
    insta::assert_snapshot!(found(text), @r#"
    service shop-api: src/bin/shop-api.rs -> 
    service shop-worker: src/bin/shop-worker ->
    "#);
}

#[test]
fn a_config_decides_and_manifests_still_tell_the_links() {
    let text = "//- bailiwick.toml
[services.orders]
paths = \"orders\"
[services.users]
paths = \"users\"
//- orders/Cargo.toml
[package]
name = \"orders\"
[dependencies]
db = { path = \"../db\" }
users = { path = \"../users\" }
//- orders/src/main.rs
//- users/Cargo.toml
[package]
name = \"users\"
//- users/src/lib.rs
//- db/Cargo.toml
[package]
name = \"db\"
//- db/src/lib.rs
//- other/Cargo.toml
[package]
name = \"other\"
//- other/src/main.rs
";
    insta::assert_snapshot!(found(text), @r#"
    service orders: orders -> db users
    service users: users -> 
    library db: db ->
    "#);
}

#[test]
fn a_service_that_names_itself_keeps_the_others() {
    let text = "//- orders/bailiwick.toml
service = \"sales\"
//- orders/Cargo.toml
[package]
name = \"orders\"
//- orders/src/main.rs
//- users/Cargo.toml
[package]
name = \"users\"
//- users/src/main.rs
";
    insta::assert_snapshot!(found(text), @r#"
    service sales: orders -> 
    service users: users ->
    "#);
}

#[test]
fn a_broken_manifest_is_one_problem_and_the_rest_goes_on() {
    let text = "//- a/Cargo.toml\n[package\nname = \n//- a/src/main.rs\n//- b/pom.xml\n<project>\n//- c/package.json\n{\"name\": \n//- d/Cargo.toml\n[package]\nname = \"d\"\n//- d/src/main.rs\n";
    let workspace = fixture(text).open().workspace;
    assert_eq!(workspace.problems.len(), 3, "{:?}", workspace.problems);
    assert_eq!(workspace.services[0].name, "d");
}

#[test]
fn what_stands_aside_is_a_service_where_something_else_deploys_it() {
    let text = "//- docker-compose.yml
services:
  orders:
    build: { context: ., dockerfile: samples/Orders/Orders.Api/Dockerfile }
  billing:
    build: { context: ., dockerfile: samples/billing/Dockerfile }
  stock:
    build: { context: ., dockerfile: samples/stock/Dockerfile }
//- samples/Orders/Orders.Api/Dockerfile
FROM dotnet
//- samples/Orders/Orders.Api/Orders.Api.csproj
<Project Sdk=\"Microsoft.NET.Sdk.Web\"><ItemGroup><ProjectReference Include=\"../Orders.Core/Orders.Core.csproj\" /></ItemGroup></Project>
//- samples/Orders/Orders.Api/Program.cs
//- samples/Orders/Orders.Core/Orders.Core.csproj
<Project Sdk=\"Microsoft.NET.Sdk\" />
//- samples/Orders/Orders.Core/Order.cs
//- samples/billing/Dockerfile
FROM golang
//- samples/billing/go.mod
module shop/billing
//- samples/billing/main.go
package main
//- samples/stock/package.json
{\"name\": \"stock\", \"scripts\": {\"start\": \"node index.js\"}}
//- samples/stock/index.js
//- samples/shown/Dockerfile
FROM golang
//- samples/shown/go.mod
module shop/shown
//- samples/shown/main.go
package main
//- examples/other/package.json
{\"name\": \"other\", \"scripts\": {\"start\": \"node index.js\"}}
//- examples/other/index.js
";
    assert_eq!(
        found(text),
        "service billing: samples/billing -> \nservice orders: samples/Orders/Orders.Api samples/Orders/Orders.Core -> \nservice stock: samples/stock -> "
    );
}

#[test]
fn what_is_built_twice_from_the_same_sources_is_one_service_and_that_is_said() {
    let text = "//- docker-compose.yml
services:
  web:
    build: .
  worker:
    build: .
//- package.json
{\"name\": \"shop\", \"scripts\": {\"start\": \"node index.js\"}}
//- index.js
";
    let Opened { workspace, .. } = fixture(text).open();
    assert_eq!(shown(&workspace), "service shop: . -> ");
    assert_eq!(
        workspace.assumptions,
        ["`web` and `worker` are built from the same sources; they are taken as one service, `shop`"]
    );
}

#[test]
fn services_of_one_name_are_called_like_their_folders_and_parts_of_one_are_none() {
    let text = "//- docker-compose.yml
services:
  shop: { build: shop-api }
//- shop-api/Dockerfile
FROM rust
//- shop-api/Cargo.toml
[package]
name = \"shop-api\"
//- shop-api/src/main.rs
//- shop/package.json
{\"name\": \"Shop :: Pages of the shop\", \"scripts\": {\"start\": \"vite\"}}
//- shop/index.js
//- stock/pom.xml
<project><artifactId>stock</artifactId></project>
//- stock/src/main/java/shop/Main.java
class Main { public static void main(String[] args) {} }
//- stock/src/main/webapp/package.json
{\"name\": \"pages\", \"scripts\": {\"start\": \"vite\"}}
//- stock/src/main/webapp/index.js
";
    assert_eq!(found(text), "service shop: shop -> \nservice shop-api: shop-api -> \nservice stock: stock -> ");
}
