//! Compose files: services with what they are built from, their environment, and database servers.

use crate::source::{FileId, Language, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::EvidenceKind;
use crate::workspace::connection::with_defaults;
use crate::workspace::discover::docker::{INIT_FOLDER, deployed, server_of};
use crate::workspace::discover::migrators::{Migrator, of_command};
use crate::workspace::discover::{Deployment, Found, Server, Variable, dialect_of_image, image_name};
use crate::workspace::document::{self, Data, Key, Node};
use crate::workspace::tree::{Tree, base_name, folder_of, is_aside, joined};

/// One compose file.
struct Compose<'a, 't> {
    tree: &'a Tree<'t>,
    file: FileId,
    folder: &'a str,
    /// What `${VAR}` stands for: the `.env` beside it, or what that is to be made from.
    variables: Vec<(String, String)>,
}

pub(super) fn read(tree: &Tree<'_>, found: &mut Found) {
    for file in
        tree.with_name(|name| name.rsplit_once('.').is_some_and(|(_, ending)| ending == "yml" || ending == "yaml"))
    {
        let folder = tree.folder(file);
        if is_aside(folder) || !is_compose(tree.path(file)) {
            continue;
        }
        let compose = Compose { tree, file, folder, variables: dotenv(tree, folder) };
        for document in tree.documents(file) {
            for (key, service) in document.get("services").map(Node::entries).unwrap_or_default() {
                compose.service(key, service, found);
            }
        }
    }
}

/// Whether the file at `path` is a compose file: by its name, or by that of its folder (`docker-compose/infra.yml`).
pub(in crate::workspace) fn is_compose(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let name = base_name(&path);
    let by_name = name.starts_with("docker-compose") || name.starts_with("compose") || name.contains("compose.");
    by_name || matches!(base_name(folder_of(&path)), "compose" | "docker-compose")
}

/// The variables of the `.env` in a folder. It is seldom kept with the sources; else those of what people make it from
/// (`.env.example`, `deploy.env`), the first by name that has each.
fn dotenv(tree: &Tree<'_>, folder: &str) -> Vec<(String, String)> {
    let path = if folder == "." { ".env".to_owned() } else { format!("{folder}/.env") };
    let templates = || {
        let mut templates = tree.with_name(|name| name.starts_with(".env.") || name.ends_with(".env"));
        templates.retain(|&file| tree.folder(file) == folder);
        templates.sort_by_key(|&file| (base_name(tree.path(file)).ends_with(".env"), tree.path(file).to_owned()));
        templates
    };
    let files = tree.file_at(&path).map_or_else(templates, |own| vec![own]);
    let mut variables: Vec<(String, String)> = Vec::new();
    for text in files.into_iter().filter_map(|file| tree.text(file)) {
        let (documents, _) = document::parse(&text, Language::Properties);
        for leaf in documents.iter().flat_map(Node::leaves) {
            let key = leaf.path.join(".");
            if !variables.iter().any(|(known, _)| *known == key) {
                variables.push((key, leaf.text.to_owned()));
            }
        }
    }
    // A variable may be put together from others.
    let lookup = |name: &str| variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    variables.iter().map(|(key, value)| (key.clone(), with_defaults(value, &lookup))).collect()
}

impl Compose<'_, '_> {
    fn resolve(&self, text: &str) -> String {
        with_defaults(text, &|name| self.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()))
    }

    fn service(&self, key: &Key, service: &Node, found: &mut Found) {
        let name: Name = key.text.as_str().into();
        let environment = self.environment(service);
        let mut context = self.context(service);
        let dockerfile = context.as_deref().and_then(|context| self.dockerfile(service, context, found));
        if dockerfile.is_none() {
            context = context.map(|context| self.meant_folder(service, &context).unwrap_or(context));
        }
        let path = self.tree.path(self.file);
        let seen = |text: String| deployed(EvidenceKind::Compose, text, self.file, key.span);
        if context.is_none() {
            let image = service.text_at(&["image"]).map(|image| self.resolve(image)).unwrap_or_default();
            if let Some(dialect) = dialect_of_image(&image) {
                let server = Server {
                    evidence: seen(format!("`{path}` runs the database server `{name}`")),
                    database: None,
                    ports: Vec::new(),
                    scripts: Vec::new(),
                    scope: self.folder.to_owned(),
                    dialect,
                    name,
                };
                found.servers.push(self.with_details(server, service, &environment));
                return;
            }
        }
        if let (Some(at), Some(context)) = (dockerfile, context.as_deref()) {
            let evidence = seen(format!("`{path}` builds the database server `{name}`"));
            if let Some(server) = server_of(&found.dockerfiles[at], &name, context, self.folder, evidence) {
                found.servers.push(self.with_details(server, service, &environment));
            }
        }
        let text = match &context {
            Some(context) => format!("`{path}` builds `{name}` from `{context}`"),
            None => format!("`{path}` runs `{name}`"),
        };
        let mut environment = environment;
        environment.extend(self.environment_files(service));
        found.migrators.extend(self.migrator(&name, service, &environment, dockerfile, found, key.span));
        found.deployments.push(Deployment {
            evidence: seen(text),
            image: service.text_at(&["image"]).map(|image| self.resolve(image)).and_then(|image| image_name(&image)),
            folder: context,
            dockerfile,
            words: words(service),
            environment,
            depends_on: depends_on(service),
            scope: self.folder.to_owned(),
            name,
        });
    }

    /// The service as one that runs migrations, if it is.
    fn migrator(
        &self,
        name: &Name,
        service: &Node,
        environment: &[Variable],
        dockerfile: Option<usize>,
        found: &Found,
        span: Span,
    ) -> Option<Migrator> {
        let image = service.text_at(&["image"]).map(|image| self.resolve(image)).unwrap_or_default();
        let base = dockerfile.map_or(image, |at| found.dockerfiles[at].base.clone());
        let command = ["command", "entrypoint"].iter().filter_map(|key| service.get(key)).flat_map(Node::texts);
        let mut settings = of_command(&command.collect::<Vec<_>>(), self.file);
        for setting in &mut settings {
            setting.value = self.resolve(&setting.value);
        }
        settings.extend(environment.iter().cloned());
        if !Migrator::is_one(name, &base, &settings) {
            return None;
        }
        let path = self.tree.path(self.file);
        let mounted = volumes(service).into_iter().filter_map(|(volume, source, _)| {
            let folder = joined(self.folder, &self.resolve(source))?;
            let text = format!("`{path}` mounts `{folder}` for `{name}`, which runs migrations");
            let there = folder != "." && (self.tree.has_folder(&folder) || self.tree.file_at(&folder).is_some());
            there.then(|| (folder, deployed(EvidenceKind::Compose, text, self.file, volume.span)))
        });
        Some(Migrator {
            image: image_name(&base),
            evidence: deployed(EvidenceKind::Compose, format!("`{path}` runs `{name}`"), self.file, span),
            depends_on: depends_on(service),
            scope: self.folder.to_owned(),
            paths: mounted.collect(),
            name: name.clone(),
            dockerfile,
            settings,
        })
    }

    /// The folder it is built from.
    fn context(&self, service: &Node) -> Option<String> {
        let build = service.get("build")?;
        let context = build.text().or_else(|| build.text_at(&["context"])).unwrap_or(".");
        joined(self.folder, &self.resolve(context))
    }

    /// The folder of a Dockerfile that is named but not there (made by a build, not kept), if it holds sources: it
    /// says more of what is built than the context.
    fn meant_folder(&self, service: &Node, context: &str) -> Option<String> {
        let path = joined(context, &self.resolve(service.text_at(&["build", "dockerfile"])?))?;
        let folder = folder_of(&path);
        (folder != "." && self.tree.has_source(folder)).then(|| folder.to_owned())
    }

    fn dockerfile(&self, service: &Node, context: &str, found: &Found) -> Option<usize> {
        let named = service.text_at(&["build", "dockerfile"]).unwrap_or("Dockerfile");
        let path = joined(context, &self.resolve(named))?;
        found.dockerfiles.iter().position(|dockerfile| dockerfile.path.eq_ignore_ascii_case(&path))
    }

    fn environment(&self, service: &Node) -> Vec<Variable> {
        let Some(environment) = service.get("environment") else { return Vec::new() };
        let variable = |key: &str, value: &str, span| Variable {
            key: key.trim().to_owned(),
            value: self.resolve(value.trim()),
            place: Place { file: self.file, span },
        };
        match &environment.data {
            Data::Map(entries) => entries
                .iter()
                .filter_map(|(key, value)| Some(variable(&key.text, value.text()?, key.span.to(value.span))))
                .collect(),
            Data::List(items) => items
                .iter()
                .filter_map(|item| {
                    let (key, value) = item.text()?.split_once('=')?;
                    Some(variable(key, value, item.span))
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn environment_files(&self, service: &Node) -> Vec<Variable> {
        let Some(files) = service.get("env_file") else { return Vec::new() };
        let mut paths: Vec<String> = files.texts().into_iter().map(|(path, _)| path.to_owned()).collect();
        paths.extend(files.items().iter().filter_map(|item| item.text_at(&["path"]).map(str::to_owned)));
        let mut variables = Vec::new();
        for path in paths {
            let file = joined(self.folder, &self.resolve(&path)).and_then(|path| self.tree.file_at(&path));
            let Some((file, text)) = file.and_then(|file| Some((file, self.tree.text(file)?))) else { continue };
            let (documents, _) = document::parse(&text, Language::Properties);
            for leaf in documents.iter().flat_map(Node::leaves) {
                let value = self.resolve(leaf.text);
                variables.push(Variable { key: leaf.path.join("."), value, place: Place { file, span: leaf.span } });
            }
        }
        variables
    }

    /// The database a server is made with, the ports it is published on, the scripts it is given.
    fn with_details(&self, mut server: Server, service: &Node, environment: &[Variable]) -> Server {
        let value = |keys: &[&str]| {
            keys.iter()
                .find_map(|key| environment.iter().find(|variable| variable.key == *key))
                .map(|variable| variable.value.as_str())
                .filter(|value| !value.is_empty() && !value.contains("${"))
        };
        let names = [
            "POSTGRES_DB",
            "POSTGRESQL_DATABASE",
            "MYSQL_DATABASE",
            "MARIADB_DATABASE",
            "MSSQL_DB",
            "ORACLE_DATABASE",
            "CLICKHOUSE_DB",
            "POSTGRES_USER",
        ];
        server.database = value(&names).map(Name::from);
        for port in service.get("ports").map(Node::items).unwrap_or_default() {
            let published = port.text().map(|text| {
                let mut parts = text.rsplit(':').skip(1);
                parts.next().unwrap_or_default().to_owned()
            });
            let published = published.or_else(|| port.text_at(&["published"]).map(str::to_owned));
            server.ports.extend(published.filter(|port| !port.is_empty()));
        }
        for (volume, source, target) in volumes(service) {
            if !target.starts_with(INIT_FOLDER) {
                continue;
            }
            if let Some(path) = joined(self.folder, &self.resolve(source)) {
                let text = format!("`{}` mounts `{path}` where `{}` runs it", self.tree.path(self.file), server.name);
                server.scripts.push((path, deployed(EvidenceKind::Compose, text, self.file, volume.span)));
            }
        }
        server
    }
}

/// What is mounted from where to where.
fn volumes(service: &Node) -> Vec<(&Node, &str, &str)> {
    let mut found = Vec::new();
    for volume in service.get("volumes").map(Node::items).unwrap_or_default() {
        let (source, target) = match volume.text() {
            Some(text) => {
                let mut parts = text.split(':');
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            None => (volume.text_at(&["source"]).unwrap_or_default(), volume.text_at(&["target"]).unwrap_or_default()),
        };
        found.push((volume, source, target));
    }
    found
}

fn words(service: &Node) -> Vec<String> {
    let command = ["command", "entrypoint"].iter().filter_map(|key| service.get(key));
    command
        .flat_map(Node::texts)
        .flat_map(|(text, _)| text.split_whitespace())
        .map(|word| base_name(word).to_owned())
        .collect()
}

fn depends_on(service: &Node) -> Vec<Name> {
    let keys = ["depends_on", "links"].iter().filter_map(|key| service.get(key));
    keys.flat_map(|node| {
        let keys = node.entries().iter().map(|(key, _)| key.text.as_str());
        let items = node.texts().into_iter().map(|(text, _)| text.split(':').next().unwrap_or(text));
        keys.chain(items).map(Name::from).collect::<Vec<_>>()
    })
    .collect()
}
