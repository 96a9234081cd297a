//! What can only be told of the config as a whole: names that nothing declares, paths that two claim.

use std::collections::BTreeMap;

use crate::config::values::{Reader, backticked, suggestion};
use crate::config::{Config, ConfigProblem, Declared, Origin};
use crate::vocabulary::Name;

impl Config {
    /// Checks the config against itself and against `services`, the names of all services there are:
    /// the declared ones, or those that were found where none is declared. Sorts the problems by place.
    pub fn check(&self, services: &[Name], problems: &mut Vec<ConfigProblem>) {
        self.check_paths(problems);
        self.check_grants(services, problems);
        self.check_libraries(problems);
        problems.sort_by(|a, b| (&a.file, a.span, &a.message).cmp(&(&b.file, b.span, &b.message)));
    }

    fn check_paths(&self, problems: &mut Vec<ConfigProblem>) {
        let services = self
            .services
            .iter()
            .flat_map(|(name, service)| service.paths.iter().map(move |path| (format!("the service `{name}`"), path)));
        let libraries = self
            .libraries
            .iter()
            .flat_map(|(name, library)| library.paths.iter().map(move |path| (format!("the library `{name}`"), path)));
        let mut claims: BTreeMap<&str, (String, &Declared<String>)> = BTreeMap::new();
        for (who, path) in services.chain(libraries) {
            let Some((first, _)) = claims.get(path.value.as_str()) else {
                claims.insert(&path.value, (who, path));
                continue;
            };
            let message = format!("the path `{}` is claimed by {first} and by {who}", path.value);
            let help = "leave it to one of them; of nested paths the longer one wins";
            reader_for(&path.origin, problems).problem(path.origin.span, message, help);
        }
    }

    fn check_grants(&self, services: &[Name], problems: &mut Vec<ConfigProblem>) {
        for grant in &self.grants {
            let owner = grant.owner_origin.as_ref().map(|origin| (&grant.owner, origin));
            let to = grant.to.iter().map(|to| (&to.value, &to.origin));
            for (name, origin) in owner.into_iter().chain(to) {
                if !services.contains(name) {
                    let help = suggestion(name, services.iter().map(Name::as_str)).unwrap_or_else(|| {
                        format!("the services are {}", backticked(services.iter().map(Name::as_str)))
                    });
                    let message = format!("unknown service `{name}` in a grant");
                    reader_for(origin, problems).problem(origin.span, message, help);
                }
            }
            for to in grant.to.iter().filter(|to| to.value == grant.owner) {
                let message = format!("`{}` grants to itself", to.value);
                reader_for(&to.origin, problems).problem(
                    to.origin.span,
                    message,
                    "an owner needs no grant; take it out",
                );
            }
            if self.grants_policy.require_issue && grant.issue.is_none() {
                let help = "add `issue = \"https://…\"`: `[grants-policy]` asks for one on every grant";
                reader_for(&grant.origin, problems).problem(grant.origin.span, "a grant names no issue", help);
            }
        }
    }

    /// A library that a service or library says it links must be one that is declared.
    fn check_libraries(&self, problems: &mut Vec<ConfigProblem>) {
        let by_services = self.services.values().flat_map(|service| &service.libraries);
        let by_libraries = self.libraries.values().flat_map(|library| &library.libraries);
        for link in by_services.chain(by_libraries) {
            if !self.libraries.contains_key(&link.value) {
                let help = suggestion(&link.value, self.libraries.keys().map(Name::as_str))
                    .unwrap_or_else(|| format!("declare it: `[libraries.{}]` with its `paths`", link.value));
                let message = format!("unknown library `{}`", link.value);
                reader_for(&link.origin, problems).problem(link.origin.span, message, help);
            }
        }
    }
}

fn reader_for<'a>(origin: &Origin, problems: &'a mut Vec<ConfigProblem>) -> Reader<'a> {
    Reader { file: origin.path.clone(), problems }
}
