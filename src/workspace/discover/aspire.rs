//! Aspire's app hosts: `AddProject<Projects.Catalog_API>("catalog-api").WithReference(catalogDb)`.
//! The text is read statement by statement; a method chain is all there is to follow.

use crate::source::{FileId, Language, Place, Span};
use crate::vocabulary::{Dialect, Name};
use crate::workspace::EvidenceKind;
use crate::workspace::discover::docker::deployed;
use crate::workspace::discover::{Deployment, Found, Variable};
use crate::workspace::tree::{Tree, base_name, folder_of};

/// A variable of the host that stands for a server or a database.
struct Resource {
    variable: String,
    dialect: Dialect,
    server: String,
    /// `None` for the server itself.
    database: Option<String>,
}

pub(super) fn read(tree: &Tree<'_>, found: &mut Found) {
    let files = (0u32..).map(FileId).zip(tree.files);
    for (file, source) in files.filter(|(_, source)| source.language == Language::CSharp) {
        let name = base_name(&source.path);
        if name != "Program.cs" && !name.ends_with("AppHost.cs") {
            continue;
        }
        let Some(text) = tree.text(file) else { continue };
        if text.contains("DistributedApplication.CreateBuilder") {
            read_host(tree, file, &text, found);
        }
    }
}

fn read_host(tree: &Tree<'_>, file: FileId, text: &str, found: &mut Found) {
    let mut resources: Vec<Resource> = Vec::new();
    let mut projects: Vec<(String, usize)> = Vec::new();
    for (at, statement) in statements(text) {
        let variable = assigned(statement);
        if let Some((project, name, name_at)) = project(statement) {
            let span = Span::new(at + name_at, at + name_at + name.len());
            let folder = project_folder(tree, project);
            let shown = format!("`{}` adds the project `{name}`", tree.path(file));
            found.deployments.push(Deployment {
                name: name.into(),
                evidence: deployed(EvidenceKind::Deployment, shown, file, span),
                folder,
                image: None,
                dockerfile: None,
                words: Vec::new(),
                environment: Vec::new(),
                depends_on: Vec::new(),
                scope: folder_of(tree.path(file)).to_owned(),
            });
            let index = found.deployments.len() - 1;
            projects.extend(variable.map(|variable| (variable.to_owned(), index)));
            add_references(file, at, statement, &resources, &mut found.deployments[index]);
        } else if let Some(resource) = resource(statement, variable, &resources) {
            resources.push(resource);
        } else if let Some((_, index)) = projects.iter().find(|(variable, _)| starts_with_word(statement, variable)) {
            add_references(file, at, statement, &resources, &mut found.deployments[*index]);
        }
    }
}

/// The statements of a text with where each begins, leading blanks and comments left out.
fn statements(text: &str) -> Vec<(usize, &str)> {
    let mut all = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(';') {
        let statement = &text[start..at];
        let lead = statement.len() - statement.trim_start().len();
        all.push((start + lead, statement.trim()));
        start = at + 1;
    }
    all
}

/// `x` of `var x = …`, comments before it left out.
fn assigned(statement: &str) -> Option<&str> {
    let head = statement.split_once('=').map(|(head, _)| head.trim())?;
    let word = head.rsplit(char::is_whitespace).next()?;
    (!word.is_empty() && word.chars().all(|letter| letter.is_alphanumeric() || letter == '_')).then_some(word)
}

fn starts_with_word(statement: &str, word: &str) -> bool {
    let body = statement.lines().find(|line| !line.trim_start().starts_with("//")).unwrap_or(statement).trim_start();
    body.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('.'))
}

/// The project and the name of `AddProject<Projects.X>("name")`, and where the name stands.
fn project(statement: &str) -> Option<(&str, &str, usize)> {
    let at = statement.find("AddProject<")?;
    let rest = &statement[at + "AddProject<".len()..];
    let project = rest.split('>').next()?.trim_start_matches("Projects.").trim();
    let open = at + statement[at..].find("(\"")? + 2;
    let name = statement[open..].split('"').next()?;
    Some((project, name, open))
}

/// The folder of the project whose file name Aspire turns to that identifier.
fn project_folder(tree: &Tree<'_>, identifier: &str) -> Option<String> {
    let as_identifier = |path: &str| {
        let stem = base_name(path).strip_suffix(".csproj")?;
        Some(stem.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_"))
    };
    let projects = tree.with_name(|name| name.ends_with(".csproj"));
    let file = projects.into_iter().find(|file| as_identifier(tree.path(*file)).as_deref() == Some(identifier))?;
    Some(tree.folder(file).to_owned())
}

fn resource(statement: &str, variable: Option<&str>, known: &[Resource]) -> Option<Resource> {
    const SERVERS: &[(&str, Dialect)] = &[
        (".AddPostgres(", Dialect::Postgres),
        (".AddAzurePostgresFlexibleServer(", Dialect::Postgres),
        (".AddSqlServer(", Dialect::Mssql),
        (".AddAzureSqlServer(", Dialect::Mssql),
        (".AddMySql(", Dialect::Mysql),
        (".AddOracle(", Dialect::Oracle),
    ];
    let variable = variable?.to_owned();
    let server = SERVERS.iter().find_map(|(call, dialect)| Some((argument(statement, call)?, *dialect)));
    let database = argument(statement, ".AddDatabase(").map(str::to_owned);
    if let Some((server, dialect)) = server {
        return Some(Resource { variable, dialect, server: server.to_owned(), database });
    }
    let database = database?;
    let receiver = statement[..statement.find(".AddDatabase(")?].trim().rsplit(['=', ' ', '\n']).next()?.trim();
    let parent = known.iter().find(|resource| resource.variable == receiver)?;
    Some(Resource { variable, dialect: parent.dialect, server: parent.server.clone(), database: Some(database) })
}

/// The first argument of a call, if it is a plain string.
fn argument<'t>(statement: &'t str, call: &str) -> Option<&'t str> {
    let rest = &statement[statement.find(call)? + call.len()..];
    rest.trim_start().strip_prefix('"')?.split('"').next()
}

/// What a project is given: each database becomes a connection in its environment.
fn add_references(file: FileId, at: usize, statement: &str, resources: &[Resource], deployment: &mut Deployment) {
    for (found, _) in statement.match_indices(".WithReference(") {
        let rest = &statement[found + ".WithReference(".len()..];
        let name = rest.split([')', ',']).next().unwrap_or_default().trim();
        let Some(resource) = resources.iter().find(|resource| resource.variable == name) else { continue };
        let Some(database) = &resource.database else { continue };
        let start = at + found;
        let span = Span::new(start, start + ".WithReference(".len() + name.len() + 1);
        deployment.environment.push(Variable {
            key: format!("ConnectionStrings__{database}"),
            value: format!("{}://{}/{database}", resource.dialect, resource.server),
            place: Place { file, span },
        });
        deployment.depends_on.push(Name::from(resource.server.as_str()));
    }
}
