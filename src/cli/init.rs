//! `bailiwick init`: write a first config from what was found, each line with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;

use clap::Args;

use crate::cli::{Exit, Global, Trouble, tell};
use crate::config::FILE_NAME;
use crate::lint::names::{counted, listed};
use crate::map::{AccessContext, Map, OwnerStatus, TableId};
use crate::session::Session;
use crate::vocabulary::{AccessClass, Dialect};
use crate::workspace::{Evidence, Service, Workspace};

/// What is written, with a place for each part that is found.
const TEMPLATE: &str = include_str!("init.toml");

/// More tables than this are not asked about one by one.
const MOST_QUESTIONS: usize = 200;

/// Longer lines are wrapped.
const WIDTH: usize = 100;

const EXAMPLES: &str = "\
Examples:
  bailiwick init                 at the top of the repository
  bailiwick init --root .        here
  bailiwick init --print         show it, write nothing";

/// Write a first config from what is found here
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Init {
    /// Write to stdout, not into a file
    #[arg(long)]
    print: bool,
}

impl Init {
    /// Writes the config; one that is there already stays.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        let disk = global.disk(&[])?;
        let path = crate::source::Sources::root(&disk).join(FILE_NAME);
        if path.exists() && !self.print {
            let message = format!("`{}` is there already: nothing was written", path.display());
            return Err(Trouble::new(message).help("`bailiwick init --print` shows what would be written"));
        }
        let session = global.session(&[])?;
        let questions = Questions::of(&session.map).ask_of(&session);
        let text = config(&session, &questions);
        if self.print {
            crate::cli::print(|out| out.write_all(text.as_bytes()))?;
            return Ok(Exit::Clean);
        }
        write_new(&path, &text)?;
        let services = counted(session.workspace.services.len(), "service");
        let open = counted(questions.count(), "question");
        tell(|out| {
            writeln!(out, "wrote `{FILE_NAME}`: {services}, {open}")?;
            writeln!(out, "next:")?;
            writeln!(out, "  1. bailiwick check       see what crosses a boundary; answer the questions in the file")?;
            writeln!(
                out,
                "  2. bailiwick baseline    accept what is there today; commit both files, and only new findings fail"
            )
        });
        Ok(Exit::Clean)
    }
}

/// Writes the file unless there is one, whole or not at all.
fn write_new(path: &std::path::Path, text: &str) -> Result<(), Trouble> {
    let trouble = |error: &std::io::Error| Trouble::new(format!("cannot write `{}`", path.display())).caused_by(error);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bailiwick-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let folder = path.parent().unwrap_or(std::path::Path::new("."));
    let mut file = builder.tempfile_in(folder).map_err(|error| trouble(&error))?;
    file.write_all(text.as_bytes()).map_err(|error| trouble(&error))?;
    file.persist_noclobber(path).map(drop).map_err(|error| trouble(&error.error))
}

/// The owners that are not known.
#[derive(Debug, Default)]
struct Questions {
    /// For each service the tables that it seems to own, by the reason.
    proposed: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// Services that touch tables and whose database no setting tells.
    without_database: BTreeSet<String>,
    /// Folders with code of no service that touches tables.
    homeless: BTreeSet<String>,
    /// Tables that several create, with who they are.
    contested: BTreeMap<String, BTreeSet<String>>,
    /// Tables that nobody creates or writes alone: who writes, who reads.
    unowned: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
    /// How many tables nobody owns and no service touches: they can wait.
    untouched: usize,
}

impl Questions {
    fn of(map: &Map) -> Self {
        let mut questions = Self::default();
        for (id, table) in (0u32..).map(TableId).zip(&map.tables) {
            let name = crate::grant::table_name(map, id);
            let claimants = || table.claims.iter().map(|(service, _)| map.service(*service).name.to_string());
            match (table.owner, table.owner_status) {
                (_, Some(OwnerStatus::Declared | OwnerStatus::Inferred)) => {}
                _ if table.claims.len() > 1 => {
                    questions.contested.insert(name, claimants().collect());
                }
                (Some(owner), Some(OwnerStatus::Proposed)) => {
                    let reason = table.owner_evidence.first().map(|evidence| evidence.text.clone());
                    let of_service = questions.proposed.entry(map.service(owner).name.to_string()).or_default();
                    of_service.entry(reason.unwrap_or_default()).or_default().insert(name);
                }
                _ => {
                    let who = |class: AccessClass| {
                        let accesses =
                            map.accesses.iter().filter(|access| access.table == id && access.class() == class);
                        accesses.filter_map(|access| Some(map.service(access.service?).name.to_string())).collect()
                    };
                    let (writers, readers): (BTreeSet<String>, BTreeSet<String>) =
                        (who(AccessClass::Write), who(AccessClass::Read));
                    if writers.is_empty() && readers.is_empty() {
                        questions.untouched += 1;
                    } else {
                        questions.unowned.insert(name, (writers, readers));
                    }
                }
            }
        }
        questions
    }

    /// Adds what is not known of services: their databases, and whose some code is.
    fn ask_of(mut self, session: &Session) -> Self {
        let (map, workspace) = (&session.map, &session.workspace);
        for access in map.accesses.iter().filter(|access| access.context == AccessContext::Code) {
            let path = workspace.path(access.place.file);
            match access.service.map(|service| map.service(service)) {
                Some(service) if service.databases.is_empty() => {
                    self.without_database.insert(service.name.to_string());
                }
                None if access.library.is_none() && workspace.wiring_of(path).is_none() => {
                    let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
                    self.homeless.insert(folder.to_owned());
                }
                _ => {}
            }
        }
        self
    }

    fn count(&self) -> usize {
        let proposed: usize = self.proposed.values().flat_map(BTreeMap::values).map(BTreeSet::len).sum();
        let services = self.without_database.len() + usize::from(!self.homeless.is_empty());
        proposed + self.contested.len() + self.unowned.len() + services
    }

    /// The questions that stand at no service: as comments, so that the file is right as it is.
    fn text(&self) -> String {
        let mut text = String::new();
        let names = |names: &BTreeSet<String>| listed(names.iter().map(String::as_str));
        if !self.contested.is_empty() {
            text.push_str("\n# Question: several services create these tables. Whose are they? Put each into the `owns` of one.\n");
        }
        for (table, services) in self.contested.iter().take(MOST_QUESTIONS) {
            let _ = writeln!(text, "#   {table}: created by {}", names(services));
        }
        if !self.unowned.is_empty() {
            text.push_str(
                "\n# Question: nobody here creates these tables. Whose are they? Put each into the `owns` of one.\n",
            );
        }
        for (table, (writers, readers)) in self.unowned.iter().take(MOST_QUESTIONS) {
            let parts = [("written by", writers), ("read by", readers)];
            let parts: Vec<String> = parts
                .iter()
                .filter(|(_, services)| !services.is_empty())
                .map(|(words, services)| format!("{words} {}", names(services)))
                .collect();
            let _ = writeln!(text, "#   {table}: {}", parts.join(", "));
        }
        let more = |asked: usize| asked.saturating_sub(MOST_QUESTIONS);
        let more = more(self.contested.len()) + more(self.unowned.len()) + more(self.homeless.len());
        if more > 0 {
            let _ = writeln!(text, "#   and {more} more: `bailiwick map` shows them");
        }
        if !self.homeless.is_empty() {
            text.push_str(
                "\n# Question: code in these folders touches tables and is no service's. Whose is it? Add them to the `paths` of\n\
                 # a service, or to `exclude`.\n",
            );
        }
        for folder in self.homeless.iter().take(MOST_QUESTIONS) {
            let _ = writeln!(text, "#   {folder}");
        }
        if self.untouched > 0 {
            let tables = counted(self.untouched, "table");
            let _ = writeln!(text, "\n# {tables} without an owner that no service touches: they can wait.");
        }
        text
    }
}

/// The config's text.
fn config(session: &Session, questions: &Questions) -> String {
    let workspace = &session.workspace;
    let services: String = workspace.services.iter().map(|service| section(workspace, service, questions)).collect();
    let text = TEMPLATE
        .replace("{{dialect}}\n", &dialect(workspace))
        .replace("{{services}}\n", &services)
        .replace("{{questions}}\n", &questions.text());
    format!("{}\n", text.trim_end())
}

/// The one dialect of all databases that are known, if it is one.
fn dialect(workspace: &Workspace) -> String {
    let dialects: BTreeSet<Dialect> = workspace.databases.iter().filter_map(|database| database.dialect).collect();
    let mut dialects = dialects.into_iter();
    match (dialects.next(), dialects.next()) {
        (Some(only), None) => format!("\ndialect = \"{only}\"  # each database that was found speaks it\n\n"),
        _ => "\n".to_owned(),
    }
}

fn section(workspace: &Workspace, service: &Service, questions: &Questions) -> String {
    let key = toml_edit::Key::new(service.name.as_str());
    let mut text = format!("\n[services.{}]\n", key.display_repr());
    let paths: Vec<String> = service.paths.iter().map(|path| quoted(path)).collect();
    let paths = if let [one] = paths.as_slice() { one.clone() } else { format!("[{}]", paths.join(", ")) };
    let reasons: Vec<String> = service.evidence.iter().map(|evidence| reason(workspace, evidence)).collect();
    let _ = writeln!(text, "paths = {paths}{}", comment(&reasons));
    for link in &service.databases {
        let Some(database) = workspace.database(link.database) else { continue };
        let reasons: Vec<String> = link.evidence.iter().map(|evidence| reason(workspace, evidence)).collect();
        let found = format!("found in its settings, so this line is not needed{}", joined(&reasons));
        let _ = writeln!(text, "# databases = {}  # {found}", quoted(&database.name));
    }
    if questions.without_database.contains(service.name.as_str()) {
        text.push_str("# Question: which database does it connect to? Its settings do not tell.\n# databases = \"\"\n");
    }
    let proposed = questions.proposed.get(service.name.as_str()).into_iter().flatten();
    for (at, (reason, tables)) in proposed.enumerate() {
        let names: Vec<String> = tables.iter().map(|name| quoted(name)).collect();
        let these = if at == 0 { "these tables" } else { "these tables too" };
        let _ = writeln!(text, "# Question: are {these} its own? No DDL tells; they seem to be: {reason}.");
        text.push_str(&owns(&names));
    }
    text
}

/// `owns` as a comment, wrapped: to be uncommented.
fn owns(names: &[String]) -> String {
    let short = format!("# owns = [{}]\n", names.join(", "));
    if short.len() <= WIDTH {
        return short;
    }
    let mut text = "# owns = [".to_owned();
    let mut column = WIDTH;
    for name in names {
        if column + name.len() + 2 > WIDTH {
            text.push_str("\n#    ");
            column = 5;
        }
        let _ = write!(text, " {name},");
        column += name.len() + 2;
    }
    text.push_str("\n# ]\n");
    text
}

fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string().trim().to_owned()
}

fn comment(reasons: &[String]) -> String {
    match reasons.first() {
        Some(first) => format!("  # {first}"),
        None => String::new(),
    }
}

fn joined(reasons: &[String]) -> String {
    reasons.first().map(|first| format!(": {first}")).unwrap_or_default()
}

/// A reason on one line, with the file it stands in.
fn reason(workspace: &Workspace, evidence: &Evidence) -> String {
    let text = evidence.text.split_whitespace().collect::<Vec<_>>().join(" ");
    match evidence.place.map(|place| workspace.path(place.file)) {
        Some(path) if !path.is_empty() && !text.contains(path) => format!("{text} ({path})"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_has_each_place_once_and_is_a_config() {
        for place in ["{{dialect}}\n", "{{services}}\n", "{{questions}}\n"] {
            assert_eq!(TEMPLATE.matches(place).count(), 1, "{place}");
        }
        let text = TEMPLATE.replace("{{dialect}}\n", "").replace("{{services}}\n", "").replace("{{questions}}\n", "");
        assert!(text.parse::<toml_edit::DocumentMut>().is_ok());
    }

    #[test]
    fn what_is_asked_can_be_uncommented() {
        let names: Vec<String> = (0..40).map(|number| quoted(&format!("table_{number}"))).collect();
        for text in [owns(&names), owns(&names[..2])] {
            let lines: Vec<&str> = text.lines().map(|line| line.strip_prefix("# ").unwrap()).collect();
            assert!(lines.iter().all(|line| line.len() < WIDTH), "{text}");
            assert!(lines.join("\n").parse::<toml_edit::DocumentMut>().is_ok(), "{text}");
        }
    }

    #[test]
    fn questions_are_comments() {
        let mut questions = Questions::default();
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
        questions.contested.insert("audit".into(), set(&["billing", "orders"]));
        questions.unowned.insert("rates".into(), (set(&[]), set(&["billing"])));
        insta::assert_snapshot!(questions.text(), @r"

        # Question: several services create these tables. Whose are they? Put each into the `owns` of one.
        #   audit: created by `billing` and `orders`

        # Question: nobody here creates these tables. Whose are they? Put each into the `owns` of one.
        #   rates: read by `billing`
        ");
        assert_eq!(questions.count(), 2);
    }
}
