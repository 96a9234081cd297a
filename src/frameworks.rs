//! What an outline means, as data: which calls take SQL or a table's name, which types map to tables, which
//! methods read and which write.
//!
//! A framework is a file `rules/frameworks/<language>/<framework>.toml` of the form in [`model`]; a user adds
//! a house framework by dropping a file of the same form into `.bailiwick/frameworks/`. This module loads the
//! files and answers "which rules may concern a call of this name?". Whether a rule does apply needs types and
//! names of other files and is decided in the map.

use std::borrow::Cow;
use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::source::{Language, Span};
use crate::vocabulary::Name;

mod builtin;
mod call;
mod check;
pub mod conventions;
pub mod model;
pub mod naming;
mod relation;
mod selector;
mod template;

pub use model::{
    AppRule, AssociationRule, CallRule, EntityRule, Framework, Lazy, MemberRule, Naming, RelationRule, RepositoryRule,
    Source, TransactionRole, ValueRule,
};
pub use selector::{Selector, Step};
pub use template::{Slot, Template};

/// Every framework that is built in: language, file stem, text.
const BUILT_IN: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/frameworks.rs"));

/// A framework file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameworkProblem {
    /// The file.
    pub path: String,
    /// The bytes, where known.
    pub span: Option<Span>,
    /// The 1-based line, where known.
    pub line: Option<u32>,
    /// What is wrong with it.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl fmt::Display for FrameworkProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

/// All frameworks of a run, indexed by language and by the names their rules speak of.
#[derive(Debug, Default)]
pub struct Frameworks {
    /// The frameworks, built-in ones first, sorted by language and name.
    pub all: Vec<Framework>,
    by_language: FxHashMap<Language, LanguageIndex>,
    /// The paths of functions and macros that rules name, taken apart.
    segments: FxHashMap<Name, Vec<Name>>,
}

/// The rules of one language.
#[derive(Debug, Default)]
pub struct LanguageIndex {
    /// The frameworks of the language, as indexes into [`Frameworks::all`].
    pub frameworks: Vec<usize>,
    /// Whether calls of one of them save what was changed before.
    pub saves: bool,
    /// What gives itself again when a method is called on it, of all of them.
    pub fluent: Vec<Name>,
    exact: FxHashMap<Name, Vec<RuleId>>,
    /// The rules of each pattern.
    patterns: Vec<(Name, Vec<RuleId>)>,
    /// Method, function and macro names that change an object in place.
    pub builders: FxHashSet<Name>,
    values: FxHashMap<Name, Vec<RuleId>>,
    /// The value rules for values that are called like functions, whatever their name.
    callable: Vec<RuleId>,
    members: FxHashMap<Name, Vec<RuleId>>,
}

/// A rule: a framework in [`Frameworks::all`] and an index into one of its lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    /// The framework.
    pub framework: usize,
    /// The rule in it.
    pub rule: usize,
}

impl Frameworks {
    /// The built-in frameworks. Their files are checked by a test; a broken one is left out and reported.
    #[must_use]
    pub fn built_in() -> (Self, Vec<FrameworkProblem>) {
        Self::with(&[])
    }

    /// The built-in frameworks and those of the given files (path and text), which replace built-in ones of
    /// the same name and language.
    #[must_use]
    pub fn with(extra: &[(String, String)]) -> (Self, Vec<FrameworkProblem>) {
        let mut problems = Vec::new();
        let mut all: Vec<Framework> = Vec::new();
        let built_in = BUILT_IN.iter().map(|(language, stem, text)| {
            (format!("rules/frameworks/{language}/{stem}.toml"), (*text).to_owned(), Some((*language).to_owned()))
        });
        let extra = extra.iter().map(|(path, text)| (path.clone(), text.clone(), None));
        for (path, text, language) in built_in.chain(extra) {
            match model::parse(&path, &text, language.as_deref()) {
                Ok(framework) => {
                    all.retain(|known| known.name != framework.name || known.languages != framework.languages);
                    all.push(framework);
                }
                Err(wrong) => problems.extend(wrong),
            }
        }
        let mut frameworks = Self { all, by_language: FxHashMap::default(), segments: FxHashMap::default() };
        frameworks.index();
        (frameworks, problems)
    }

    fn index(&mut self) {
        for framework in &self.all {
            let of_calls = framework.calls.iter().flat_map(|rule| rule.function.iter().chain(&rule.macros));
            let of_values = framework.values.iter().flat_map(|rule| rule.function.iter().chain(&rule.macros));
            for path in of_calls.chain(of_values) {
                self.segments.entry(path.clone()).or_insert_with(|| model::segments(path));
            }
        }
        for (number, framework) in self.all.iter().enumerate() {
            for &language in &framework.languages {
                let index = self.by_language.entry(language).or_default();
                index.frameworks.push(number);
                index.fluent.extend_from_slice(&framework.fluent);
                for (rule_number, rule) in framework.calls.iter().enumerate() {
                    let id = RuleId { framework: number, rule: rule_number };
                    index.saves |= rule.saves;
                    for name in rule.last_names() {
                        if rule.append.is_some() || rule.append_hole || rule.puts.is_some() || rule.puts_all.is_some() {
                            index.builders.insert(name.clone());
                        }
                        if name.contains('*') {
                            match index.patterns.iter_mut().find(|(pattern, _)| *pattern == name) {
                                Some((_, rules)) => rules.push(id),
                                None => index.patterns.push((name, vec![id])),
                            }
                        } else {
                            index.exact.entry(name).or_default().push(id);
                        }
                    }
                }
                for (rule_number, rule) in framework.values.iter().enumerate() {
                    let id = RuleId { framework: number, rule: rule_number };
                    for name in rule.last_names() {
                        index.values.entry(name).or_default().push(id);
                    }
                    if !rule.callee.is_empty() || !rule.creator.is_empty() {
                        index.callable.push(id);
                    }
                }
                for (rule_number, rule) in framework.members.iter().enumerate() {
                    let id = RuleId { framework: number, rule: rule_number };
                    for name in &rule.name {
                        index.members.entry(name.clone()).or_default().push(id);
                    }
                }
            }
        }
    }

    /// The rules of a language; `None` if no framework speaks of it.
    #[must_use]
    pub fn language(&self, language: Language) -> Option<&LanguageIndex> {
        self.by_language.get(&language)
    }

    /// The [`model::segments`] of a path that a rule names.
    #[must_use]
    pub fn segments(&self, path: &str) -> Cow<'_, [Name]> {
        self.segments.get(path).map_or_else(|| model::segments(path).into(), |known| known.as_slice().into())
    }

    /// The framework of a rule.
    #[must_use]
    pub fn framework(&self, id: RuleId) -> &Framework {
        &self.all[id.framework]
    }

    /// Where a call rule stands: `path:line`.
    #[must_use]
    pub fn place_of(&self, id: RuleId) -> String {
        let framework = self.framework(id);
        match framework.call_lines.get(id.rule) {
            Some(line) => format!("{}:{line}", framework.path),
            None => framework.path.clone(),
        }
    }

    /// A call rule.
    #[must_use]
    pub fn call(&self, id: RuleId) -> &CallRule {
        &self.all[id.framework].calls[id.rule]
    }

    /// A value rule.
    #[must_use]
    pub fn value(&self, id: RuleId) -> &ValueRule {
        &self.all[id.framework].values[id.rule]
    }

    /// What a framework of the language says of a member of that name, for the first rule that `speaks` of what has it.
    #[must_use]
    pub fn member(&self, language: Language, name: &str, speaks: impl Fn(&MemberRule) -> bool) -> Option<&MemberRule> {
        let rules = self.language(language)?.members(name);
        rules.map(|id| &self.all[id.framework].members[id.rule]).find(|rule| speaks(rule))
    }
}

impl LanguageIndex {
    /// The call rules that may concern what is called by `name`, in the order of the data.
    #[must_use]
    pub fn calls(&self, name: &str) -> Vec<RuleId> {
        let mut rules = self.exact.get(name).cloned().unwrap_or_default();
        for (_, more) in self.patterns.iter().filter(|(pattern, _)| glob(pattern, name)) {
            rules.extend_from_slice(more);
        }
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// The value rules that may concern a call of that name.
    pub fn values(&self, name: &str) -> impl Iterator<Item = RuleId> {
        self.values.get(name).into_iter().flatten().chain(&self.callable).copied()
    }

    /// The rules for members and global names of that name.
    pub fn members(&self, name: &str) -> impl Iterator<Item = RuleId> {
        self.members.get(name).into_iter().flatten().copied()
    }
}

/// Whether `name` matches `pattern`, in which `*` stands for any characters (`findBy*`, `*_by`).
#[must_use]
pub fn glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        last = Some(part);
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    match last {
        None => rest.is_empty(),
        Some(last) => last.is_empty() || name.ends_with(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_file_is_understood() {
        let (frameworks, problems) = Frameworks::built_in();
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{told:#?}");
        assert_eq!(frameworks.all.len(), BUILT_IN.len());
    }

    #[test]
    fn each_rule_knows_its_line() {
        for framework in Frameworks::built_in().0.all {
            assert_eq!(framework.call_lines.len(), framework.calls.len(), "{}", framework.path);
        }
    }

    fn told(text: &str) -> Vec<String> {
        let (_, problems) = Frameworks::with(&[("house.toml".to_owned(), text.to_owned())]);
        let helped = problems.into_iter().map(|problem| {
            let help = problem.help.clone().unwrap_or_default();
            format!("{problem}; {help}")
        });
        helped.collect()
    }

    #[test]
    fn a_broken_file_is_told_where_and_what_to_do() {
        let head = "name = \"house\"\nlanguages = [\"java\"]\n";
        assert_eq!(
            told(&format!("{head}[[call]]\nmetod = [\"rows\"]\n")),
            ["house.toml:4: unknown field `metod`; did you mean `method`?"]
        );
        let missing = told("name = \"house\"\n");
        assert!(missing[0].starts_with("house.toml: `languages` is missing"), "{missing:?}");
        let empty = told(&format!("{head}\n[[call]] # nothing\nsql = \"argument 0\"\n"));
        assert!(empty[0].starts_with("house.toml:4: this `[[call]]` says of no call what it means"), "{empty:?}");
        let selector = told(&format!("{head}[[call]]\nmethod = [\"rows\"]\nsql = \"argumnt 0\"\n"));
        assert!(selector[0].contains("`argumnt` is no step of a selector"), "{selector:?}");
    }
}
