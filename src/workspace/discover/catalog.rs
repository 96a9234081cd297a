//! Backstage's `catalog-info.yaml`: what a component is called, and who answers for it.

use crate::vocabulary::Name;
use crate::workspace::EvidenceKind;
use crate::workspace::discover::CatalogEntry;
use crate::workspace::document::Node;
use crate::workspace::tree::{Tree, evidence};

pub(super) fn read(tree: &Tree<'_>) -> Vec<CatalogEntry> {
    let mut entries = Vec::new();
    for name in ["catalog-info.yaml", "catalog-info.yml"] {
        for &file in tree.named(name) {
            for document in tree.documents(file) {
                if document.text_at(&["kind"]) != Some("Component") {
                    continue;
                }
                let Some(name) = document.at(&["metadata", "name"]) else { continue };
                let Some(text) = name.text() else { continue };
                let owner = document.at(&["spec", "owner"]).and_then(Node::text);
                let team = owner.map(|owner| owner.rsplit(['/', ':']).next().unwrap_or(owner));
                let shown = match team {
                    Some(team) => format!("`{}` says that `{team}` answers for `{text}`", tree.path(file)),
                    None => format!("`{}` names `{text}`", tree.path(file)),
                };
                entries.push(CatalogEntry {
                    name: text.into(),
                    folder: tree.folder(file).to_owned(),
                    team: team.map(Name::from),
                    is_service: document.text_at(&["spec", "type"]) == Some("service"),
                    evidence: evidence(EvidenceKind::Catalog, shown, file, name.span),
                });
            }
        }
    }
    entries
}
