//! The map for the terminal: who touches what.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::lint::names::counted;
use crate::map::{OwnerStatus, ServiceId, Table, TableId};
use crate::report::table::Table as Columns;
use crate::report::{Report, summary};
use crate::vocabulary::AccessClass;

/// What a service does to a table: read, write, change its schema, refer to it.
#[derive(Default, Clone, Copy)]
struct Marks([bool; 4]);

impl Marks {
    fn add(&mut self, class: AccessClass) {
        self.0[class as usize] = true;
    }

    fn text(self) -> String {
        let letters = ['r', 'w', 'd', 'f'];
        letters.iter().zip(self.0).filter(|(_, set)| *set).map(|(letter, _)| *letter).collect()
    }
}

type Touched = BTreeMap<TableId, BTreeMap<Option<ServiceId>, Marks>>;

/// Writes the tables of each database with who touches them.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut touched = Touched::new();
    for access in report.map.accesses.iter().filter(|access| report.contexts.contains(&access.context)) {
        touched.entry(access.table).or_default().entry(access.service).or_default().add(access.class());
    }
    let mut from = 0;
    while from < report.map.tables.len() {
        let database = report.map.tables[from].database;
        let to = from + report.map.tables[from..].iter().take_while(|table| table.database == database).count();
        let head = report.map.database(database);
        let dialect = head.dialect.map(|dialect| format!(" ({dialect})")).unwrap_or_default();
        let assumed = if head.stated { "" } else { ", assumed" };
        writeln!(out, "{}{dialect}{assumed}: {}", report.style.bold(&head.name), counted(to - from, "table"))?;
        for line in lines(report, &touched, from..to) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
        from = to;
    }
    if report.map.tables.is_empty() {
        writeln!(out, "no table was found\n")?;
    } else {
        let legend =
            "r reads  w writes  d changes the schema  f refers by foreign key  ! another's table  ? owner proposed";
        writeln!(out, "{}", report.style.dim(legend))?;
    }
    Ok(())
}

/// Writes what was read and understood, for standard error.
pub fn write_summary(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    summary::write_coverage(report, out)
}

/// The tables of one database, a column for each service; where that is too wide, a list.
fn lines(report: &Report<'_>, touched: &Touched, range: std::ops::Range<usize>) -> Vec<String> {
    let tables: Vec<(TableId, &Table)> =
        (0u32..).map(TableId).zip(&report.map.tables).skip(range.start).take(range.len()).collect();
    let mut services: Vec<Option<ServiceId>> =
        tables.iter().filter_map(|(id, _)| touched.get(id)).flat_map(|marks| marks.keys().copied()).collect();
    services.sort_by_key(|service| (service.is_none(), *service));
    services.dedup();
    let names: Vec<&str> = services.iter().map(|service| name(report, *service)).collect();
    let mut heads = vec!["table", "owner"];
    heads.extend(&names);
    let mut wide = Columns::new(report.style, &heads);
    let mut narrow = Columns::new(report.style, &["table", "owner", "touched by"]);
    for (id, table) in &tables {
        let marks = touched.get(id);
        let cell = |service: &Option<ServiceId>| {
            let marks = marks.and_then(|marks| marks.get(service))?;
            let foreign = service.is_some() && table.owner.is_some() && table.owner != *service;
            Some(format!("{}{}", marks.text(), if foreign { "!" } else { "" }))
        };
        let lead = [label(table), owner(report, table)];
        let cells = services.iter().map(|service| cell(service).unwrap_or_default());
        wide.row(lead.iter().cloned().chain(cells).collect());
        let list: Vec<String> = services
            .iter()
            .zip(&names)
            .filter_map(|(service, name)| Some(format!("{name} {}", cell(service)?)))
            .collect();
        narrow.row(lead.into_iter().chain([list.join(", ")]).collect());
    }
    let mark = |column: usize, text: &str| {
        if column > 1 && text.contains('!') { report.style.alarming(text) } else { text.to_owned() }
    };
    if wide.width() <= report.style.width { wide.lines(mark) } else { narrow.lines(mark) }
}

fn name<'a>(report: &Report<'a>, service: Option<ServiceId>) -> &'a str {
    service.map_or("(no service)", |id| report.map.service(id).name.as_str())
}

fn label(table: &Table) -> String {
    let kind = match table.kind {
        crate::map::TableKind::Table => String::new(),
        other => format!(" ({})", other.name().replace('-', " ")),
    };
    match &table.schema {
        Some(schema) => format!("{schema}.{}{kind}", table.name),
        None => format!("{}{kind}", table.name),
    }
}

fn owner(report: &Report<'_>, table: &Table) -> String {
    let Some(owner) = table.owner else { return "-".into() };
    let proposed = if table.owner_status == Some(OwnerStatus::Proposed) { "?" } else { "" };
    format!("{}{proposed}", report.map.service(owner).name)
}
