//! Whose file is it: the longest path wins.

use rustc_hash::FxHashMap;

use crate::vocabulary::Name;
use crate::workspace::{Library, LibraryId, Service, ServiceId, Unit};

/// Every claimed path with its claimant.
#[derive(Debug, Default)]
pub struct Claims(FxHashMap<Name, Unit>);

impl Claims {
    /// The claims of all services and libraries. Of two that claim the same path the service has it.
    #[must_use]
    pub fn new(services: &[Service], libraries: &[Library]) -> Self {
        let mut claims = FxHashMap::default();
        for (id, library) in (0u32..).zip(libraries) {
            claims.extend(library.paths.iter().map(|path| (path.clone(), Unit::Library(LibraryId(id)))));
        }
        for (id, service) in (0u32..).zip(services) {
            claims.extend(service.paths.iter().map(|path| (path.clone(), Unit::Service(ServiceId(id)))));
        }
        Self(claims)
    }

    /// The unit of the longest claimed path that is `path` or a folder round it.
    #[must_use]
    pub fn unit_of(&self, path: &str) -> Unit {
        self.claim(path).map(|(_, unit)| *unit).unwrap_or_default()
    }

    /// The longest claimed path that is `path` or a folder round it.
    #[must_use]
    pub fn path_of(&self, path: &str) -> Option<&Name> {
        self.claim(path).map(|(claimed, _)| claimed)
    }

    fn claim(&self, path: &str) -> Option<(&Name, &Unit)> {
        ancestors(path).find_map(|folder| self.0.get_key_value(folder))
    }
}

/// `path` itself, then each folder round it, the innermost first, and `.` for the root at last.
pub fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(path);
    std::iter::from_fn(move || {
        let current = next?;
        next = match current.rsplit_once('/') {
            Some((folder, _)) => Some(folder),
            None if current == "." => None,
            None => Some("."),
        };
        Some(current)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_path_wins() {
        let service = |name: &str, paths: &[&str]| Service {
            name: name.into(),
            paths: paths.iter().map(|path| Name::from(*path)).collect(),
            ..Service::default()
        };
        let services = [service("a", &["a", "x/one.go"]), service("b", &["a/b"])];
        let libraries = [Library { name: "l".into(), paths: vec!["a/b/lib".into()], ..Library::default() }];
        let claims = Claims::new(&services, &libraries);
        assert_eq!(claims.unit_of("a/main.rs"), Unit::Service(ServiceId(0)));
        assert_eq!(claims.unit_of("a/b/main.rs"), Unit::Service(ServiceId(1)));
        assert_eq!(claims.unit_of("a/b/lib/x.rs"), Unit::Library(LibraryId(0)));
        assert_eq!(claims.unit_of("a/bc.rs"), Unit::Service(ServiceId(0)));
        assert_eq!(claims.unit_of("x/one.go"), Unit::Service(ServiceId(0)));
        assert_eq!(claims.unit_of("x/two.go"), Unit::Unassigned);
    }

    #[test]
    fn the_root_is_round_everything() {
        assert_eq!(ancestors("a/b").collect::<Vec<_>>(), ["a/b", "a", "."]);
    }
}
