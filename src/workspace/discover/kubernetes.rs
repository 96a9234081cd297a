//! Kubernetes manifests and skaffold: what is deployed from which image, built where, with which
//! environment. Config maps are environments that several may share.

use crate::source::{FileId, Language, Place, Span};
use crate::vocabulary::Name;
use crate::workspace::EvidenceKind;
use crate::workspace::discover::docker::{deployed, server_of};
use crate::workspace::discover::migrators::{Migrator, of_command};
use crate::workspace::discover::{Deployment, Found, Server, Variable, dialect_of_image, image_name};
use crate::workspace::document::Node;
use crate::workspace::tree::{Tree, is_aside, joined};

const WORKLOADS: &[&str] =
    &["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "Rollout", "ReplicaSet", "Service"];

/// A container and the config maps its environment comes from.
struct Container {
    deployment: Deployment,
    maps: Vec<Name>,
    /// Its command and arguments.
    command: Vec<Variable>,
    /// Whether it only prepares what the pod is for.
    prepares: bool,
}

pub(super) fn read(tree: &Tree<'_>, found: &mut Found) {
    let mut containers: Vec<Container> = Vec::new();
    let files = (0u32..).map(FileId).zip(tree.files);
    for (file, source) in files.filter(|(_, source)| source.language == Language::Yaml) {
        if is_aside(tree.folder(file)) {
            continue;
        }
        let Some(text) = tree.text(file) else { continue };
        if !text.contains("apiVersion:") || !text.contains("kind:") {
            continue;
        }
        for document in tree.documents(file) {
            match document.text_at(&["kind"]) {
                Some("Config") if document.get("build").is_some() => skaffold(tree, file, &document, found),
                Some("ConfigMap") => config_map(file, &document, found),
                Some(kind) if WORKLOADS.contains(&kind) => workload(&source.path, file, &document, &mut containers),
                _ => {}
            }
        }
    }
    for container in containers {
        add(container, found);
    }
}

fn skaffold(tree: &Tree<'_>, file: FileId, document: &Node, found: &mut Found) {
    let folder = tree.folder(file);
    for artifact in document.at(&["build", "artifacts"]).map(Node::items).unwrap_or_default() {
        let Some(image) = artifact.get("image") else { continue };
        let Some(name) = image.text().and_then(image_name) else { continue };
        let Some(context) = joined(folder, artifact.text_at(&["context"]).unwrap_or(".")) else { continue };
        // Jib builds a module of the context.
        let project =
            artifact.text_at(&["jib", "project"]).and_then(|project| joined(&context, &project.replace(':', "/")));
        let context = project.filter(|project| tree.has_folder(project)).unwrap_or(context);
        let dockerfile = joined(&context, artifact.text_at(&["docker", "dockerfile"]).unwrap_or("Dockerfile"));
        let dockerfile = found
            .dockerfiles
            .iter()
            .position(|known| dockerfile.as_ref().is_some_and(|path| known.path.eq_ignore_ascii_case(path)));
        let text = format!("`{}` builds the image `{name}` from `{context}`", tree.path(file));
        let evidence = deployed(EvidenceKind::Deployment, text, file, image.span);
        let server =
            dockerfile.and_then(|at| server_of(&found.dockerfiles[at], &name, &context, ".", evidence.clone()));
        found.servers.extend(server);
        found.deployments.push(Deployment {
            image: Some(name.clone()),
            folder: Some(context),
            words: Vec::new(),
            environment: Vec::new(),
            depends_on: Vec::new(),
            scope: ".".to_owned(),
            evidence,
            dockerfile,
            name,
        });
    }
}

fn config_map(file: FileId, document: &Node, found: &mut Found) {
    let Some(name) = document.text_at(&["metadata", "name"]) else { return };
    let data = document.get("data").map(Node::entries).unwrap_or_default();
    let variables = data.iter().filter_map(|(key, value)| {
        let place = Place { file, span: key.span.to(value.span) };
        Some(Variable { key: key.text.clone(), value: value.text()?.to_owned(), place })
    });
    let variables: Vec<Variable> = variables.collect();
    match found.shared_environments.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => known.extend(variables),
        None => found.shared_environments.push((name.into(), variables)),
    }
}

fn workload(path: &str, file: FileId, document: &Node, containers: &mut Vec<Container>) {
    let Some(name) = document.at(&["metadata", "name"]) else { return };
    let Some(metadata_name) = name.text() else { return };
    let pods = [&["spec", "template", "spec"][..], &["spec", "jobTemplate", "spec", "template", "spec"], &["spec"]];
    let Some(pod) = pods.iter().filter_map(|path| document.at(path)).find(|pod| pod.get("containers").is_some()) else {
        return;
    };
    let listed = pod.get("containers").map(Node::items).unwrap_or_default();
    let first = pod.get("initContainers").map(Node::items).unwrap_or_default();
    let all = listed.iter().map(|container| (container, false)).chain(first.iter().map(|container| (container, true)));
    for (container, prepares) in all {
        // Of several containers in a pod each is its own; sidecars match nothing of the tree.
        let alone = listed.len() == 1 || prepares;
        let own = if alone { metadata_name } else { container.text_at(&["name"]).unwrap_or(metadata_name) };
        containers.push(container_of(path, file, name.span, own, container, prepares));
    }
}

fn container_of(path: &str, file: FileId, span: Span, name: &str, container: &Node, prepares: bool) -> Container {
    let from = container.get("envFrom").map(Node::items).unwrap_or_default();
    let mut maps: Vec<Name> =
        from.iter().filter_map(|source| source.text_at(&["configMapRef", "name"])).map(Name::from).collect();
    let mut environment = Vec::new();
    for variable in container.get("env").map(Node::items).unwrap_or_default() {
        let Some(key) = variable.text_at(&["name"]) else { continue };
        if let Some(value) = variable.get("value").and_then(Node::text) {
            let place = Place { file, span: variable.span };
            environment.push(Variable { key: key.to_owned(), value: value.to_owned(), place });
        }
        maps.extend(variable.text_at(&["valueFrom", "configMapKeyRef", "name"]).map(Name::from));
    }
    let command = ["command", "args"].iter().filter_map(|key| container.get(key)).flat_map(Node::texts);
    Container {
        command: of_command(&command.collect::<Vec<_>>(), file),
        deployment: Deployment {
            name: name.into(),
            evidence: deployed(EvidenceKind::Deployment, format!("`{path}` deploys `{name}`"), file, span),
            folder: None,
            image: container.text_at(&["image"]).and_then(image_name),
            dockerfile: None,
            words: Vec::new(),
            environment,
            depends_on: Vec::new(),
            scope: ".".to_owned(),
        },
        maps,
        prepares,
    }
}

/// A container joins what is known: the artifact of its image, or a database server.
fn add(container: Container, found: &mut Found) {
    let Container { mut deployment, mut maps, command, prepares } = container;
    maps.sort();
    maps.dedup();
    for name in &maps {
        let shared = found.shared_environments.iter().find(|(known, _)| known == name);
        deployment.environment.extend(shared.into_iter().flat_map(|(_, variables)| variables.iter().cloned()));
    }
    let mut settings = command;
    settings.extend(deployment.environment.iter().cloned());
    let image = deployment.image.clone().unwrap_or_default();
    let container = if prepares { image.clone() } else { deployment.name.clone() };
    if Migrator::is_one(&container, &image, &settings) {
        found.migrators.push(Migrator {
            name: deployment.name.clone(),
            image: deployment.image.clone(),
            dockerfile: None,
            settings,
            depends_on: Vec::new(),
            scope: deployment.scope.clone(),
            paths: Vec::new(),
            evidence: deployment.evidence.clone(),
        });
    }
    if prepares {
        return;
    }
    let database = ["POSTGRES_DB", "MYSQL_DATABASE", "MARIADB_DATABASE"]
        .iter()
        .find_map(|key| deployment.environment.iter().find(|variable| variable.key == *key))
        .map(|variable| Name::from(variable.value.as_str()));
    if let Some(server) = found.servers.iter_mut().find(|server| server.name == image) {
        server.database = server.database.take().or(database);
        return;
    }
    if let Some(dialect) = dialect_of_image(&image) {
        found.servers.push(Server {
            name: deployment.name,
            scope: deployment.scope,
            dialect,
            database,
            ports: Vec::new(),
            scripts: Vec::new(),
            evidence: deployment.evidence,
        });
        return;
    }
    found.deployments.push(deployment);
}
