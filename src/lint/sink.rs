//! Where findings are judged: levels, grants, inline allows, the baseline.
//!
//! Every rule runs whatever its level, and permissions are applied before levels: so an allow for a
//! rule that is off, or in code that is not linted, is still a used one.

use rustc_hash::FxHashMap;

use crate::config::Level;
use crate::lint::allows::{self, Allow, Directive, Mistake};
use crate::lint::context::{Context, Input};
use crate::lint::finding::Finding;
use crate::lint::fingerprint::fingerprints;
use crate::lint::{RULES, Rule, Stage, rule};
use crate::source::{FileId, Place};

/// All findings of a run, judged.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Sorted by place and rule; those at level `off` are left out, those that are permitted are not.
    pub findings: Vec<Reported>,
    /// How the baseline's entries fared; `None` where there is no baseline.
    pub baseline: Option<Tally>,
}

/// How the entries of the baseline fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// So many still excuse a finding.
    pub remaining: usize,
    /// So many match nothing any more.
    pub gone: usize,
}

impl Outcome {
    /// The findings that nothing permits.
    pub fn open(&self) -> impl Iterator<Item = &Reported> {
        self.findings.iter().filter(|reported| reported.suppressed_by.is_none())
    }

    /// How many open findings there are at that level.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.open().filter(|reported| reported.finding.level == level).count()
    }

    /// Keeps what stands in the files that `wanted` names. What is unused cannot be judged from a
    /// part of the tree, so the rules that speak of that fall silent.
    pub fn restrict(&mut self, wanted: impl Fn(FileId) -> bool) {
        self.findings.retain(|reported| {
            let stage = rule(reported.finding.rule).map(|rule| rule.stage);
            stage != Some(Stage::Permissions) && wanted(reported.finding.place.file)
        });
    }
}

/// A finding with what is known of it once all are known.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The finding, at its final level.
    pub finding: Finding,
    /// What it is known by from run to run.
    pub fingerprint: String,
    /// What permits it.
    pub suppressed_by: Option<Suppression>,
}

/// What permits a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// How.
    pub kind: SuppressionKind,
    /// Why, in the words of who permitted it.
    pub reason: String,
    /// Where it is written.
    pub place: Option<Place>,
}

/// How a finding can be permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionKind {
    /// By the owner.
    Grant,
    /// By a comment in the code.
    Allow,
    /// By having been accepted earlier.
    Baseline,
}

impl SuppressionKind {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Allow => "allow",
            Self::Baseline => "baseline",
        }
    }
}

/// A permission as the rules about permissions see it.
#[derive(Debug, Clone)]
pub enum Permission {
    /// One rule named by one inline allow.
    Allow {
        /// The rule.
        rule: &'static str,
        /// Where its name stands.
        place: Place,
        /// Whether it permitted anything.
        used: bool,
    },
    /// A directive that is not valid.
    Mistake(Mistake),
    /// An entry of the baseline: an index into the input's.
    Baseline {
        /// Which.
        entry: usize,
        /// How it fared.
        fate: EntryFate,
    },
}

/// How a baseline entry fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryFate {
    /// A finding matches it and is excused.
    Excuses,
    /// A finding matches it, but the service is strict.
    Strict,
    /// Nothing matches it.
    Stale,
}

/// Runs every rule and judges what they say.
#[must_use]
pub fn run(input: Input<'_>) -> Outcome {
    let mut context = Context::new(input);
    let mut judge = Judge::new(&input);
    let mut reported = judge.judge(&context, asked(&context, Stage::Map));
    context.permissions = judge.permissions();
    reported.extend(judge.judge(&context, asked(&context, Stage::Permissions)));
    reported.retain(|reported| reported.finding.level != Level::Off && context.wants(reported.finding.context));
    reported.sort_by(|a, b| order(&a.finding).cmp(&order(&b.finding)));
    Outcome { findings: reported, baseline: judge.tally() }
}

/// The findings of all rules of that stage, in the order of their places.
fn asked(context: &Context<'_>, stage: Stage) -> Vec<Finding> {
    let rules = RULES.iter().filter(|rule| rule.stage == stage);
    let mut findings: Vec<Finding> = rules.flat_map(|rule| (rule.check)(context)).collect();
    for finding in &mut findings {
        finding.level = level(context, finding);
    }
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    findings
}

/// By place first, then by everything that tells two findings at one place apart.
fn order(finding: &Finding) -> impl Ord + '_ {
    (finding.place, finding.rule, finding.service, finding.table, finding.privilege, &finding.message)
}

/// What the config says of the rule, held under the finding's own ceiling.
fn level(context: &Context<'_>, finding: &Finding) -> Level {
    let service = finding.service.map(|id| context.service_name(id));
    let declared = context.input.config.level(finding.rule, service).map(|declared| declared.value);
    let default = rule(finding.rule).map_or(Level::Error, |rule: &Rule| rule.default_level);
    declared.unwrap_or(default).min(finding.ceiling)
}

/// The permissions of a run, and which of them were used.
struct Judge<'a> {
    input: Input<'a>,
    allows: Vec<(Allow, Vec<bool>)>,
    allows_in: FxHashMap<FileId, Vec<usize>>,
    accepted: FxHashMap<&'a str, usize>,
    mistakes: Vec<Mistake>,
    fates: Vec<EntryFate>,
}

impl<'a> Judge<'a> {
    fn new(input: &Input<'a>) -> Self {
        let mut read = Vec::new();
        let mut mistakes = Vec::new();
        let stands = |directive: &&Directive| {
            let text = input.texts.text(directive.place.file);
            text.is_none_or(|text| allows::begins_its_comment(&text, directive.place.span))
        };
        for directive in input.directives.iter().filter(stands) {
            let (allow, wrong) = allows::read(directive);
            mistakes.extend(wrong);
            read.extend(allow.map(|allow| {
                let unused = vec![false; allow.rules.len()];
                (allow, unused)
            }));
        }
        read.sort_by_key(|(allow, _)| allow.place);
        let mut allows_in: FxHashMap<FileId, Vec<usize>> = FxHashMap::default();
        for (at, (allow, _)) in read.iter().enumerate() {
            allows_in.entry(allow.place.file).or_default().push(at);
        }
        let accepted = input.accepted.iter().enumerate().map(|(at, entry)| (entry.fingerprint.as_str(), at)).collect();
        let fates = vec![EntryFate::Stale; input.accepted.len()];
        Self { input: *input, allows: read, allows_in, accepted, mistakes, fates }
    }

    fn judge(&mut self, context: &Context<'_>, findings: Vec<Finding>) -> Vec<Reported> {
        let prints = fingerprints(context, &findings);
        let judged = findings.into_iter().zip(prints).map(|(finding, fingerprint)| {
            let suppressed_by = self
                .grant(context, &finding)
                .or_else(|| self.allow(&finding))
                .or_else(|| self.baseline(context, &finding, &fingerprint));
            Reported { finding, fingerprint, suppressed_by }
        });
        judged.collect()
    }

    fn grant(&self, context: &Context<'_>, finding: &Finding) -> Option<Suppression> {
        let grant = self.input.config.grants.get(finding.granted_by?)?;
        let reason = grant.reason.clone();
        Some(Suppression { kind: SuppressionKind::Grant, reason, place: context.place(&grant.origin) })
    }

    fn allow(&mut self, finding: &Finding) -> Option<Suppression> {
        if !self.input.config.inline_allows() {
            return None;
        }
        let mut found = None;
        for target in std::iter::once(&finding.place).chain(&finding.allow_places) {
            let Some(in_file) = self.allows_in.get(&target.file) else { continue };
            let Some(text) = self.input.texts.text(target.file) else { continue };
            for &at in in_file {
                let (allow, used) = &mut self.allows[at];
                let Some(word) = allow.rules.iter().position(|(rule, _)| *rule == finding.rule) else { continue };
                if allows::covers(&text, allow.place.span, target.span) {
                    used[word] = true;
                    found.get_or_insert_with(|| Suppression {
                        kind: SuppressionKind::Allow,
                        reason: allow.reason.clone(),
                        place: Some(allow.place),
                    });
                }
            }
        }
        found
    }

    fn baseline(&mut self, context: &Context<'_>, finding: &Finding, fingerprint: &str) -> Option<Suppression> {
        let entry = *self.accepted.get(fingerprint)?;
        if finding.service.is_some_and(|service| context.map.service(service).strict) {
            self.fates[entry] = EntryFate::Strict;
            return None;
        }
        self.fates[entry] = EntryFate::Excuses;
        let accepted = &self.input.accepted[entry];
        Some(Suppression {
            kind: SuppressionKind::Baseline,
            reason: "accepted in the baseline".into(),
            place: Some(accepted.place),
        })
    }

    fn tally(&self) -> Option<Tally> {
        let count = |wanted: EntryFate| self.fates.iter().filter(|fate| **fate == wanted).count();
        let gone = count(EntryFate::Stale);
        (!self.fates.is_empty()).then(|| Tally { remaining: self.fates.len() - gone, gone })
    }

    fn permissions(&self) -> Vec<Permission> {
        let allows = self.allows.iter().flat_map(|(allow, used)| {
            let words = allow.rules.iter().zip(used);
            words.map(|((rule, place), used)| Permission::Allow { rule, place: *place, used: *used })
        });
        let mistakes = self.mistakes.iter().cloned().map(Permission::Mistake);
        let fates = self.fates.iter().enumerate();
        let entries = fates.map(|(entry, fate)| Permission::Baseline { entry, fate: *fate });
        allows.chain(mistakes).chain(entries).collect()
    }
}
