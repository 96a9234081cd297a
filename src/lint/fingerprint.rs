//! What a finding is known by from run to run: no path, no line.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::lint::context::Context;
use crate::lint::finding::Finding;

/// The fingerprint of each finding, in their order: a hash of rule, service, table, privilege,
/// enclosing item, normalised statement, and the ordinal among findings that are alike in all of these.
#[must_use]
pub fn fingerprints(context: &Context<'_>, findings: &[Finding]) -> Vec<String> {
    let mut alike: BTreeMap<u64, u64> = BTreeMap::new();
    findings
        .iter()
        .map(|finding| {
            let key = key(context, finding);
            let ordinal = alike.entry(key).or_default();
            let print = xxh3_64(format!("{key:016x}/{ordinal}").as_bytes());
            *ordinal += 1;
            format!("{print:016x}")
        })
        .collect()
}

/// Everything but the ordinal. The parts are joined with a byte that no name holds, so that no two
/// lists of parts read alike.
fn key(context: &Context<'_>, finding: &Finding) -> u64 {
    let table = finding.table.map(|id| context.map.table(id));
    let database = table.map(|table| table.database).or(finding.database);
    let parts = [
        finding.rule.to_owned(),
        finding.service.map(|id| context.service_name(id).to_owned()).unwrap_or_default(),
        database.map(|id| context.map.database(id).name.to_string()).unwrap_or_default(),
        table.and_then(|table| table.schema.as_ref()).map(|schema| schema.to_lowercase()).unwrap_or_default(),
        table.map(|table| table.name.to_lowercase()).unwrap_or_default(),
        finding.privilege.map(|privilege| privilege.name().to_owned()).unwrap_or_default(),
        finding.item.to_string(),
        format!("{:016x}", finding.statement),
    ];
    xxh3_64(parts.join("\u{1f}").as_bytes())
}
