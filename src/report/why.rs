//! Why a service touches a table and why the owner is the owner: each access, each reason, with places.

use std::io::{self, Write};

use crate::lint::names::{counted, verb};
use crate::map::{Access, Evidence, ServiceId, TableId};
use crate::report::Report;

/// Writes what is known of the service and the table.
pub fn write(report: &Report<'_>, service: ServiceId, table: TableId, out: &mut dyn Write) -> io::Result<()> {
    let entry = report.map.table(table);
    let database = &report.map.database(entry.database).name;
    let schema = entry.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
    let title = format!("{} and {database}:{schema}{}", report.map.service(service).name, entry.name);
    writeln!(out, "{}\n", report.style.bold(&title))?;
    write_owner(report, table, out)?;
    write_accesses(report, service, table, out)
}

fn write_owner(report: &Report<'_>, id: TableId, out: &mut dyn Write) -> io::Result<()> {
    let table = report.map.table(id);
    match (table.owner, table.owner_status) {
        (Some(owner), Some(status)) => {
            writeln!(out, "owner: {} ({})", report.map.service(owner).name, status.name())?;
        }
        _ => writeln!(out, "owner: nobody")?,
    }
    for evidence in &table.owner_evidence {
        write_evidence(report, evidence, "  ", out)?;
    }
    let contested =
        table.claims.iter().any(|(service, _)| table.claims.first().is_some_and(|(first, _)| first != service));
    for (service, evidence) in table.claims.iter().filter(|_| contested) {
        writeln!(out, "  claimed by {}", report.map.service(*service).name)?;
        write_evidence(report, evidence, "    ", out)?;
    }
    if let Some(place) = table.created_at {
        writeln!(out, "  created at {}", report.pointer(place))?;
    }
    for behind in &table.behind {
        writeln!(out, "  stands for {}", report.map.table(*behind).name)?;
    }
    let database = report.map.database(table.database);
    for evidence in &database.evidence {
        write_evidence(report, evidence, "  database: ", out)?;
    }
    if let Some(note) = &table.identity_note {
        writeln!(out, "  {note}")?;
    }
    writeln!(out)
}

fn write_accesses(report: &Report<'_>, service: ServiceId, table: TableId, out: &mut dyn Write) -> io::Result<()> {
    let concerns = |access: &&Access| {
        access.service == Some(service) && access.table == table && report.contexts.contains(&access.context)
    };
    let accesses: Vec<&Access> = report.map.accesses.iter().filter(concerns).collect();
    let name = &report.map.service(service).name;
    if accesses.is_empty() {
        return writeln!(out, "{name} does not touch it");
    }
    writeln!(out, "{}", counted(accesses.len(), "access"))?;
    for access in accesses {
        write_access(report, access, out)?;
    }
    Ok(())
}

fn write_access(report: &Report<'_>, access: &Access, out: &mut dyn Write) -> io::Result<()> {
    let inside = if access.item.is_empty() { String::new() } else { format!(" in `{}`", access.item) };
    let verb = verb(&[access.privilege]);
    writeln!(out, "  {verb} it at {}{inside}", report.pointer(access.place))?;
    write_evidence(report, &access.evidence, "    because ", out)?;
    if let Some(framework) = &access.via.framework {
        writeln!(out, "    by {framework}")?;
    }
    if let Some(library) = access.library {
        writeln!(out, "    in library {}", report.map.library(library).name)?;
    }
    for step in &access.via.path {
        let by_name = if step.by_name { ", matched by its name alone" } else { "" };
        writeln!(out, "    called as `{}` at {}{by_name}", step.function, report.pointer(step.place))?;
    }
    if let Some(through) = &access.through {
        writeln!(out, "    through `{through}`")?;
    }
    if access.partial {
        writeln!(out, "    the statement was understood in part only")?;
    }
    Ok(())
}

fn write_evidence(report: &Report<'_>, evidence: &Evidence, lead: &str, out: &mut dyn Write) -> io::Result<()> {
    let place = evidence.place.map(|place| format!("  {}", report.pointer(place))).unwrap_or_default();
    writeln!(out, "{lead}{}: {}{place}", evidence.kind.name(), evidence.text)
}
