//! Maps made by hand, for the tests of the rules.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::config::Config;
use crate::lint::allows::Directive;
use crate::lint::context::{Accepted, Input};
use crate::lint::sink::{Outcome, Reported, run};
use crate::map::{
    Access, AccessContext, Database, DatabaseId, Evidence, EvidenceKind, Library, LibraryId, Map, OwnerStatus, Service,
    ServiceId, Step, Table, TableId, TableKind, Via,
};
use crate::source::{FileId, IndexedText, Language, ListFilter, Listing, Place, SourceText, Sources, Span, Texts};
use crate::vocabulary::Privilege;
use crate::workspace::{SourceFile, Workspace};

/// A small system under test: one database, services and tables by name, files by text.
pub struct World {
    pub map: Map,
    pub config: Config,
    pub workspace: Workspace,
    pub texts: Fixed,
    pub directives: Vec<Directive>,
    pub accepted: Vec<Accepted>,
}

/// Texts that are simply there.
#[derive(Default)]
pub struct Fixed(pub Vec<Arc<IndexedText>>);

impl Texts for Fixed {
    fn text(&self, file: FileId) -> Option<Arc<IndexedText>> {
        self.0.get(file.0 as usize).cloned()
    }
}

pub fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 22)
}

impl World {
    /// Services of these names, sorted, in one database `shop`.
    pub fn of(services: &[&str]) -> Self {
        let service = |name: &&str| Service {
            name: (*name).into(),
            paths: vec![(*name).into()],
            databases: vec![DatabaseId(0)],
            schemas: Vec::new(),
            libraries: Vec::new(),
            strict: false,
            evidence: Vec::new(),
        };
        let shop = Database { name: "shop".into(), dialect: None, stated: true, evidence: Vec::new() };
        let map = Map { services: services.iter().map(service).collect(), databases: vec![shop], ..Map::default() };
        Self {
            map,
            config: Config::default(),
            workspace: Workspace::default(),
            texts: Fixed::default(),
            directives: Vec::new(),
            accepted: Vec::new(),
        }
    }

    /// Adds a file; paths are to be added in order.
    pub fn file(&mut self, path: &str, text: &str) -> FileId {
        let id = FileId(u32::try_from(self.texts.0.len()).unwrap());
        self.workspace.files.push(SourceFile {
            path: path.into(),
            language: Language::Sql,
            size: text.len() as u64,
            unit: crate::workspace::Unit::default(),
            context: AccessContext::Code,
        });
        self.texts.0.push(Arc::new(IndexedText::new(SourceText { text: text.into(), ..SourceText::default() })));
        for (at, _) in text.match_indices("bailiwick:") {
            let end = at + text[at..].find('\n').unwrap_or(text.len() - at);
            let place = Place { file: id, span: Span::new(at, end) };
            self.directives.push(Directive { text: text[at..end].into(), place });
        }
        id
    }

    /// The place of the `nth` occurrence of `word` in the file.
    pub fn place(&self, file: FileId, word: &str, nth: usize) -> Place {
        let text = &self.texts.0[file.0 as usize].source.text;
        let at = text.match_indices(word).nth(nth).unwrap_or_else(|| panic!("no {word} in {text}")).0;
        Place { file, span: Span::new(at, at + word.len()) }
    }

    pub fn service(&self, name: &str) -> ServiceId {
        ServiceId(u32::try_from(self.map.services.iter().position(|service| service.name == name).unwrap()).unwrap())
    }

    pub fn library(&mut self, name: &str) -> LibraryId {
        self.map.libraries.push(Library { name: name.into(), paths: vec![name.into()], evidence: Vec::new() });
        LibraryId(u32::try_from(self.map.libraries.len() - 1).unwrap())
    }

    /// Adds a table with an owner that is inferred from a migration.
    pub fn table(&mut self, name: &str, owner: Option<&str>) -> TableId {
        let owner = owner.map(|owner| self.service(owner));
        let evidence =
            Evidence { kind: EvidenceKind::Migration, text: format!("its migration creates `{name}`"), place: None };
        self.map.tables.push(Table {
            database: DatabaseId(0),
            schema: None,
            name: name.into(),
            kind: TableKind::Table,
            owner,
            owner_status: owner.map(|_| OwnerStatus::Inferred),
            owner_evidence: owner.map(|_| evidence.clone()).into_iter().collect(),
            claims: owner.map(|owner| (owner, evidence)).into_iter().collect(),
            behind: Vec::new(),
            created_at: None,
            identity_note: None,
        });
        TableId(u32::try_from(self.map.tables.len() - 1).unwrap())
    }

    /// Adds an access and gives its index.
    pub fn access(&mut self, service: Option<&str>, table: TableId, privilege: Privilege, place: Place) -> usize {
        let service = service.map(|service| self.service(service));
        self.map.accesses.push(Access {
            place,
            service,
            library: None,
            table,
            privilege,
            evidence: Evidence { kind: EvidenceKind::Call, text: "`query` takes SQL".into(), place: Some(place) },
            via: Via::default(),
            through: None,
            partial: false,
            context: AccessContext::Code,
            item: "main".into(),
            statement: 7,
            site: place,
            call: None,
            referrer: None,
        });
        self.map.accesses.len() - 1
    }

    /// Puts the access into a library that is entered at `entry`.
    pub fn through_library(&mut self, access: usize, library: LibraryId, entry: Place) {
        let access = &mut self.map.accesses[access];
        access.library = Some(library);
        access.via.path = vec![Step { place: entry, function: "db::load".into(), by_name: false }];
    }

    /// Reads the config from a text; it has to be right.
    pub fn configure(&mut self, text: &str) {
        self.file("zz-bailiwick.toml", text);
        let rules: Vec<&str> = crate::lint::rule_names().collect();
        let mut problems = Vec::new();
        let sources = OneFile(text.to_owned());
        self.config = crate::config::read_root(&sources, Some("zz-bailiwick.toml"), &rules, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
    }

    pub fn run(&self) -> Outcome {
        run(Input {
            map: &self.map,
            config: &self.config,
            workspace: &self.workspace,
            texts: &self.texts,
            directives: &self.directives,
            accepted: &self.accepted,
            today: today(),
            contexts: &[],
        })
    }

    /// The open findings as `rule: message`.
    pub fn messages(&self) -> Vec<String> {
        self.run().open().map(|reported| format!("{}: {}", reported.finding.rule, reported.finding.message)).collect()
    }

    /// The only finding, whether it is permitted or not.
    pub fn only(&self) -> Reported {
        let findings = self.run().findings;
        assert_eq!(findings.len(), 1, "{findings:#?}");
        findings.into_iter().next().unwrap()
    }
}

/// A tree of which only one file is asked for.
struct OneFile(String);

impl Sources for OneFile {
    fn root(&self) -> &Path {
        Path::new("/")
    }
    fn read(&self, _: &str) -> io::Result<Vec<u8>> {
        Ok(self.0.clone().into_bytes())
    }
    fn exists(&self, _: &str) -> bool {
        true
    }
    fn list(&self, _: &ListFilter<'_>) -> Listing {
        Listing::default()
    }
}
