//! Files of SQL that calls name by their paths.

use super::{At, IncludeStep, IncludeUse, Interpreter};
use crate::facts::NodeId;
use crate::frameworks::RuleId;
use crate::source::{FileId, Language};

impl Interpreter<'_, '_> {
    /// A file of SQL that a call names by its path, or a folder of them.
    pub(super) fn files(&mut self, file: FileId, node: NodeId, folder: bool, at: At, id: RuleId) {
        if let Some(path) = self.program.known_text(file, node) {
            self.files_at(file, &path, folder, at, id);
        }
    }

    /// A file of SQL, or a folder of them, that `file` names.
    pub(super) fn files_at(&mut self, file: FileId, path: &str, folder: bool, at: At, id: RuleId) {
        let program = self.program;
        let framework = program.frameworks.framework(id).name.clone();
        let found = if folder {
            crate::map::included::included_folder(program, file, path)
        } else {
            crate::map::included::included_file(program, file, path).into_iter().collect()
        };
        let workspace = program.symbols.workspace;
        if at.home.function.is_none() {
            let ranked = (0u32..).zip(&found);
            self.found.steps.extend(ranked.map(|(rank, &file)| IncludeStep { file, by: at.span, rank }));
        }
        // What lies in the unit's own folders is its own without being read in.
        let elsewhere = |other: &FileId| {
            workspace
                .file(*other)
                .is_none_or(|file| file.language == Language::Sql && file.unit != program.unit(at.home))
        };
        for other in found.into_iter().filter(|other| !folder || elsewhere(other)) {
            self.found.includes.push(IncludeUse {
                home: at.home,
                file: other,
                call: at.span,
                framework: framework.clone(),
            });
        }
    }
}
