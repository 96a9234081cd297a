//! `bailiwick allow`: write a grant at its owner's place, or a comment that permits what stands at a place.

use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;

use crate::cli::allow_at::{self, At, rule_name};
use crate::cli::{Exit, Global, Trouble, named, tell};
use crate::config::privileges_of;
use crate::grant::{self, NewGrant};
use crate::lint::names::counted;
use crate::map::{Map, ServiceId, TableId};
use crate::replace::replace;
use crate::source::Sources;
use crate::vocabulary::Privilege;

const EXAMPLES: &str = "\
Examples:
  bailiwick allow reporting orders --read --until 2027-03-01 --reason 'until the feed lands'
  bailiwick allow billing sales.orders --privilege update --reason 'marks as paid' --issue SHOP-812
  bailiwick allow --at services/billing/src/report.rs:41 --reason 'read once, by the move to events'

The grant is written into the owner's own bailiwick.toml if it has one, else into the root's. It is
the owner's to give: let its reviewers see the change. With --at a comment is written above the
statement instead, which permits what is found at this one place.";

/// Write a grant: an owner's permission to touch a table; or an inline allow
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Allow {
    /// The service that may
    #[arg(required_unless_present = "at")]
    service: Option<String>,
    /// The table: `table`, `schema.table` or `database:schema.table`
    #[arg(required_unless_present = "at")]
    table: Option<String>,
    /// Permit what is found at this place instead, by a comment there
    #[arg(
        long,
        value_name = "PATH:LINE",
        conflicts_with_all = ["service", "table", "read", "write", "privilege", "joins", "until", "issue"]
    )]
    at: Option<At>,
    /// Of what is found there, only this rule
    #[arg(long, requires = "at", value_parser = rule_name)]
    rule: Option<String>,
    /// It may read
    #[arg(long)]
    read: bool,
    /// It may insert, update, delete, truncate
    #[arg(long)]
    write: bool,
    /// It may do this: one of SQL's privileges; may be given several times
    #[arg(long, value_name = "PRIVILEGE", value_parser = privilege)]
    privilege: Vec<Privilege>,
    /// It may join the table with those of others
    #[arg(long)]
    joins: bool,
    /// The last day on which it may
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The tracker's link
    #[arg(long, value_name = "URL")]
    issue: Option<String>,
}

fn privilege(text: &str) -> Result<Privilege, String> {
    Privilege::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = Privilege::ALL.iter().map(|privilege| privilege.name()).collect();
        format!("known are {}", names.join(", "))
    })
}

impl Allow {
    /// Writes the grant or the comment.
    pub fn run(self, global: &Global) -> Result<Exit, Trouble> {
        if self.reason.trim().is_empty() {
            return Err(Trouble::new("a permission needs a reason").help("say why with `--reason`"));
        }
        match (&self.at, &self.service, &self.table) {
            (Some(at), ..) => allow_at::run(global, at, self.rule.as_deref(), self.reason.trim()),
            (None, Some(service), Some(table)) => self.grant(global, service, table),
            // Clap asks for both.
            _ => Err(Trouble::new("who may, and which table?")),
        }
    }

    fn grant(&self, global: &Global, service: &str, table: &str) -> Result<Exit, Trouble> {
        let words = self.words()?;
        if self.until.is_some_and(|until| until < global.today()) {
            return Err(Trouble::new("that day is over already").help("`--until` names the last day on which it holds"));
        }
        let sources: Arc<dyn Sources + Send> = Arc::new(global.disk(&[])?);
        let session = global.session_of(&sources)?;
        let map = &session.map;
        let service = named::service(map, service)?;
        let table = one_table(map, table, service)?;
        let owner = owner_of(map, service, table)?;
        let path = grant::place(&session.config, owner)
            .ok_or_else(|| Trouble::new(grant::missing()).help("write one with `bailiwick init`"))?;
        let text = crate::workspace::read(&*sources, path)
            .map_err(|reason| Trouble::new(format!("`{path}` {}", reason.text())))?
            .text;
        let new = NewGrant {
            owner: owner.to_owned(),
            to: map.service(service).name.to_string(),
            tables: vec![grant::table_name(map, table)],
            privileges: words.clone(),
            joins: self.joins,
            reason: self.reason.trim().to_owned(),
            until: self.until,
            issue: self.issue.clone(),
        };
        let written = grant::written(&text, &new, grant::is_own(&session.config, owner, path))
            .map_err(|why| Trouble::new(format!("cannot write the grant into `{path}`: {why}")))?;
        let config = global.config_in(sources.root())?;
        if let Some(problem) = grant::problems(Arc::clone(&sources), config.as_deref(), path, &written).first() {
            return Err(Trouble::new(format!("the grant would not be valid: {problem}")));
        }
        let absolute = sources.root().join(path);
        replace(&absolute, &written)
            .map_err(|error| Trouble::new(format!("cannot write `{path}`")).caused_by(&error))?;
        tell(|out| writeln!(out, "{}", told(map, &new, path, service, table, &words)));
        Ok(Exit::Clean)
    }

    /// What is granted, as the config spells it.
    fn words(&self) -> Result<Vec<String>, Trouble> {
        let classes = [(self.read, "read"), (self.write, "write")];
        let mut words: Vec<String> =
            classes.iter().filter(|(wanted, _)| *wanted).map(|(_, word)| (*word).to_owned()).collect();
        words.extend(self.privilege.iter().map(|privilege| privilege.name().to_owned()));
        words.dedup();
        if words.is_empty() {
            return Err(Trouble::new("what may it do?").help("say `--read`, `--write` or `--privilege PRIVILEGE`"));
        }
        Ok(words)
    }
}

fn one_table(map: &Map, name: &str, service: ServiceId) -> Result<TableId, Trouble> {
    let tables = named::tables(map, name, service)?;
    match tables.as_slice() {
        [table] => Ok(*table),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|id| (map.table(*id), grant::table_name(map, *id)))
                .map(|(table, name)| format!("`{name}` in `{}`", map.database(table.database).name))
                .collect();
            let message = format!("`{name}` names {}", counted(several.len(), "table"));
            Err(Trouble::new(message).help(format!("name one: {}", names.join(", "))))
        }
    }
}

fn owner_of(map: &Map, service: ServiceId, table: TableId) -> Result<&str, Trouble> {
    let name = &map.table(table).name;
    let Some((owner, owner_name)) = grant::owner(map, table) else {
        let help = format!("let its service declare it: `owns = [\"{name}\"]`");
        return Err(Trouble::new(format!("nobody owns `{name}`, so nobody can grant it")).help(help));
    };
    if owner == service {
        return Err(Trouble::new(format!("`{owner_name}` owns `{name}`: it needs no grant")));
    }
    Ok(owner_name)
}

/// What was written, and what it permits today.
fn told(map: &Map, new: &NewGrant, path: &str, service: ServiceId, table: TableId, words: &[String]) -> String {
    let granted: Vec<Privilege> = words.iter().filter_map(|word| privileges_of(word)).flatten().collect();
    let permitted = map.accesses.iter().filter(|access| {
        access.service == Some(service) && access.table == table && granted.contains(&access.privilege)
    });
    let count = permitted.count();
    let head =
        format!("`{}` lets `{}` {} `{}`, in `{path}`", new.owner, new.to, words.join(" and "), new.tables.join("`, `"));
    let forever = if new.until.is_none() { "; it has no last day" } else { "" };
    match count {
        0 => format!("{head}; today there is no such access, so it is unused{forever}"),
        count => format!("{head}: {} permitted{forever}", counted(count, "access")),
    }
}
