//! Who is who: services, libraries and databases, and how each was found.

use std::io::{self, Write};

use crate::lint::names::counted;
use crate::map::{Evidence, ServiceId};
use crate::report::Report;

/// Writes the services, then the libraries and the databases.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let map = report.map;
    for (id, service) in (0u32..).map(ServiceId).zip(&map.services) {
        let owned = map.tables.iter().filter(|table| table.owner == Some(id)).count();
        writeln!(out, "{}  owns {}", report.style.bold(&service.name), counted(owned, "table"))?;
        writeln!(out, "  paths      {}", service.paths.join(", "))?;
        let databases: Vec<&str> = service.databases.iter().map(|id| map.database(*id).name.as_str()).collect();
        let databases = if databases.is_empty() { "unknown".to_owned() } else { databases.join(", ") };
        writeln!(out, "  databases  {databases}")?;
        if !service.schemas.is_empty() {
            let schemas: Vec<&str> = service.schemas.iter().map(crate::vocabulary::Name::as_str).collect();
            writeln!(out, "  schemas    {}", schemas.join(", "))?;
        }
        let libraries: Vec<&str> = service.libraries.iter().map(|id| map.library(*id).name.as_str()).collect();
        if !libraries.is_empty() {
            writeln!(out, "  libraries  {}", libraries.join(", "))?;
        }
        write_evidence(report, &service.evidence, out)?;
        write_owned(report, id, out)?;
    }
    for library in &map.libraries {
        writeln!(out, "{}  library", report.style.bold(&library.name))?;
        writeln!(out, "  paths      {}", library.paths.join(", "))?;
        write_evidence(report, &library.evidence, out)?;
    }
    for database in &map.databases {
        let dialect = database.dialect.map(|dialect| format!(" ({dialect})")).unwrap_or_default();
        let assumed = if database.stated { "" } else { ", assumed" };
        writeln!(out, "{}  database{dialect}{assumed}", report.style.bold(&database.name))?;
        write_evidence(report, &database.evidence, out)?;
    }
    Ok(())
}

/// The tables that a service owns, each with what decided it.
fn write_owned(report: &Report<'_>, id: ServiceId, out: &mut dyn Write) -> io::Result<()> {
    for table in report.map.tables.iter().filter(|table| table.owner == Some(id)) {
        let schema = table.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
        let database = &report.map.database(table.database).name;
        let status = table.owner_status.map(crate::map::OwnerStatus::name).unwrap_or_default();
        let reason = table.owner_evidence.first();
        let text = reason.map(|evidence| format!(": {}", evidence.text)).unwrap_or_default();
        let place = reason.and_then(|evidence| evidence.place);
        let place = place.map(|place| format!("  {}", report.pointer(place))).unwrap_or_default();
        writeln!(out, "  owns       {database}:{schema}{} ({status}{text}){place}", table.name)?;
    }
    Ok(())
}

fn write_evidence(report: &Report<'_>, evidence: &[Evidence], out: &mut dyn Write) -> io::Result<()> {
    for evidence in evidence {
        let place = evidence.place.map(|place| format!("  {}", report.pointer(place))).unwrap_or_default();
        writeln!(out, "  {:<9}  {}{place}", evidence.kind.name(), evidence.text)?;
    }
    Ok(())
}
