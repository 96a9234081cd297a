//! Procfiles: the folder holds something that is run.

use crate::source::Span;
use crate::workspace::EvidenceKind;
use crate::workspace::discover::{Deployment, Found};
use crate::workspace::tree::{Tree, base_name, evidence, is_aside};

pub(super) fn read(tree: &Tree<'_>, found: &mut Found) {
    for &file in tree.named("Procfile") {
        let folder = tree.folder(file);
        if is_aside(folder) {
            continue;
        }
        let text = format!("`{}` starts it", tree.path(file));
        found.deployments.push(Deployment {
            name: base_name(folder).into(),
            evidence: evidence(EvidenceKind::Procfile, text, file, Span::new(0, 0)),
            folder: Some(folder.to_owned()),
            image: None,
            dockerfile: None,
            words: Vec::new(),
            environment: Vec::new(),
            depends_on: Vec::new(),
            scope: folder.to_owned(),
        });
    }
}
