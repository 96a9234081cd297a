//! Queries over entities (JPQL, HQL, DQL): which tables the types in them mean, and the paths that begin at one
//! (`o.customer.name`), which are joined without a word of it.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::{At, Claim, Interpreter, Use, text_evidence};
use crate::frameworks::CallRule;
use crate::map::beside::Holds;
use crate::map::rendered::Rendered;
use crate::map::types::Ty;
use crate::source::Span;
use crate::sql;
use crate::vocabulary::{Name, Privilege, TableName};

/// Words behind which a query names an entity or joins an association.
const NAMING: &[&str] = &["from", "join", "update", "into", "delete", "fetch"];
/// Words that are no alias where one may stand.
const KEYWORDS: &[&str] = &[
    "as", "where", "set", "join", "left", "right", "inner", "outer", "cross", "full", "order", "group", "on", "fetch",
    "with", "having", "and", "or", "select", "from", "union", "by", "in", "limit", "values",
];

/// A word of a query, or several with dots between them.
struct Word<'t> {
    parts: Vec<&'t str>,
    span: Range<usize>,
    /// Whether a comma stands before it.
    listed: bool,
}

/// A table that a path leads to.
type Reached = (TableName, Span);

impl Interpreter<'_, '_> {
    /// The tables of the entity that a query over entities names, or of the association `o.lines`, with what each is
    /// needed for. Where a rule takes SQL as well, a name that is no entity's is a table's.
    pub(super) fn entities_in(
        &self,
        statement: &sql::Statement,
        access: &sql::Access,
        rendered: &Rendered,
        at: At,
        rule: &CallRule,
    ) -> Vec<(TableName, Privilege)> {
        let program = self.program;
        let table = |number: usize| {
            let entity = &program.entities.list[number];
            let beside = entity
                .beside
                .iter()
                .filter(|other| matches!(other.holds, Holds::PartOfRow | Holds::PartOfSupertype | Holds::Subtype));
            let beside = beside.flat_map(|other| {
                other.holds.needs(access.privilege).iter().map(|&privilege| (other.table.clone(), privilege))
            });
            std::iter::once((entity.table.clone(), access.privilege)).chain(beside).collect::<Vec<_>>()
        };
        if let Some(own) = self.own_entity(&rendered.text, access.span, at, rule) {
            return table(own);
        }
        // The text was read with reserved words masked: the name is the one that is written.
        let written = |access: &sql::Access| {
            let text = rendered.text.get(access.span.range());
            // `App\Entity\Order` is known here by its last part.
            let text = text.map(|text| text.rsplit('\\').next().unwrap_or(text)).and_then(TableName::parse);
            text.unwrap_or_else(|| access.table.clone())
        };
        let name = written(access);
        let number = if name.qualifiers.is_empty() {
            self.program.entity_called(self.file, &name.name.text)
        } else {
            let others = statement.accesses.iter().map(written).filter(|other| other.qualifiers.is_empty());
            let types: Vec<_> = others
                .filter_map(|other| program.entity_type(self.program.entity_called(self.file, &other.name.text)?))
                .collect();
            if let Some(found) = types.iter().find_map(|ty| program.relation_of(ty, &name.name.text, 0)) {
                let between = found.between.into_iter().map(|entity| (entity.table, access.privilege));
                return between.chain(found.target.map(table).unwrap_or_default()).collect();
            }
            // A package before the type's name; a path of associations is followed by itself.
            types.is_empty().then(|| self.program.entity_called(self.file, &name.name.text)).flatten()
        };
        match number {
            Some(number) => table(number),
            None if rule.sql.is_some() && name.qualifiers.is_empty() => vec![(name, access.privilege)],
            None => Vec::new(),
        }
    }

    /// The entity that a text means by the words that stand for the entity of the type round it
    /// (`#{#entityName}`).
    pub(super) fn own_entity(&self, text: &str, span: Span, at: At, rule: &CallRule) -> Option<usize> {
        let words = rule.own_entity.as_ref()?;
        if text.get(span.range())? != words.as_str() {
            return None;
        }
        let (file, function) = at.called.or(at.home.function.map(|function| (at.home.file, function)))?;
        let (file, owner) = self.program.owner(file, function)?;
        self.program.entity_of_type(&self.program.own_type(file, owner), 0)
    }

    /// The tables that the paths of a query lead to.
    pub(super) fn paths(&mut self, rendered: &Rendered, script: &sql::Script, at: At, claim: Claim<'_>) {
        let words = words(&rendered.text);
        let (aliases, mut roots) = self.aliases(&words);
        if aliases.is_empty() && roots.is_empty() {
            roots.extend(claim.on);
        }
        if aliases.is_empty() && roots.is_empty() {
            return;
        }
        let selected = words.iter().position(|word| word.is("from")).unwrap_or(words.len());
        let mut reached = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let joins = index.checked_sub(1).is_some_and(|before| words[before].names());
            let (start, parts) = match aliases.get(word.parts[0].to_lowercase().as_str()) {
                Some(&start) => (start, &word.parts[1..]),
                // HQL takes the only entity's own attributes without an alias.
                None if roots.len() == 1 && !joins && word.parts.len() > 1 => (roots[0], &word.parts[..]),
                None => continue,
            };
            let whole = if joins { Whole::Joined } else { Whole::Named { selected: index < selected } };
            self.path(start, parts, word, whole, &mut reached);
        }
        let site = rendered.whole().filter(|_| at.called.is_none()).unwrap_or(at.span);
        let framework = self.program.frameworks.framework(claim.id).name.clone();
        let statement = script.statements.first().map_or(0, |statement| statement.normalised);
        for (table, span) in reached {
            self.found.uses.push(Use {
                home: at.home,
                place: at.place(rendered, span),
                site,
                call: Some(at.span),
                table,
                privilege: Privilege::Select,
                evidence: text_evidence(Some(&framework), Some(claim), at, site),
                framework: Some(framework.clone()),
                rule: Some(claim.id),
                partial: false,
                statement,
                block: None,
                referencing: None,
                routine: None,
                dialect: at.dialect.or(Some(script.dialect)),
                remote: None,
                needs_known_table: false,
                rollback: at.rollback,
            });
        }
    }

    /// What the aliases of a query stand for, and the entities that have none.
    fn aliases(&self, words: &[Word<'_>]) -> (FxHashMap<String, usize>, Vec<usize>) {
        let mut aliases: FxHashMap<String, usize> = FxHashMap::default();
        let mut roots = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let before = index.checked_sub(1).map(|before| &words[before]);
            let collection = before.is_some_and(|before| before.is("in")) && word.parts.len() > 1;
            if !(word.listed || collection || before.is_some_and(Word::names)) {
                continue;
            }
            let end = word.parts.last().copied().unwrap_or_default();
            let number = match aliases.get(word.parts[0].to_lowercase().as_str()) {
                Some(&start) if word.parts.len() > 1 => word.parts[1..]
                    .iter()
                    .try_fold(start, |at, part| self.program.associated(at, part).map(|found| found.target)),
                Some(_) => None,
                None => self.program.entity_called(self.file, end),
            };
            let Some(number) = number else { continue };
            let next = words.get(index + 1).filter(|next| next.is("as")).map_or(index + 1, |_| index + 2);
            let alias = words.get(next).filter(|next| {
                next.parts.len() == 1 && !next.listed && !KEYWORDS.iter().any(|keyword| next.is(keyword))
            });
            match alias {
                Some(alias) => _ = aliases.insert(alias.parts[0].to_lowercase(), number),
                None => roots.push(number),
            }
        }
        (aliases, roots)
    }

    /// Follows a path of attributes from an entity.
    fn path(&self, start: usize, parts: &[&str], word: &Word<'_>, whole: Whole, out: &mut Vec<Reached>) {
        let program = self.program;
        let mut at = start;
        // What of the entity's row the path is in.
        let mut inside: Option<Ty> = None;
        for (position, part) in parts.iter().enumerate() {
            let last = position + 1 == parts.len();
            let span = word.span_of(part);
            let items = program.items_table(at, part).filter(|_| inside.is_none());
            let found = match inside.take() {
                Some(ty) => program.association_of(&ty, part),
                None => program.associated(at, part).ok_or_else(|| program.embedded(at, &Name::from(*part))),
            };
            let found = match found {
                Ok(found) => found,
                Err(Some(part_of)) if !last => {
                    inside = Some(part_of);
                    continue;
                }
                Err(_) => {
                    out.extend(items.map(|table| (table, span)));
                    return;
                }
            };
            let single = found.own_key && items.is_none();
            let read = match whole {
                Whole::Joined => true,
                Whole::Named { selected } if last => !single || selected,
                // The key of what it leads to lies in the own table.
                Whole::Named { .. } => {
                    !(single && position + 2 == parts.len() && program.is_key(found.target, parts[position + 1]))
                }
            };
            let between = items.or(found.join);
            if read {
                out.extend(between.into_iter().map(|table| (table, span)));
                out.push((program.entities.list[found.target].table.clone(), span));
            }
            at = found.target;
        }
    }
}

/// How a path stands in its query.
#[derive(Clone, Copy)]
enum Whole {
    /// It is joined.
    Joined,
    /// It is named, in what is selected or elsewhere.
    Named { selected: bool },
}

impl Word<'_> {
    fn is(&self, keyword: &str) -> bool {
        matches!(self.parts[..], [only] if only.eq_ignore_ascii_case(keyword))
    }

    fn names(&self) -> bool {
        NAMING.iter().any(|word| self.is(word))
    }

    /// Where one of the parts stands in the text.
    fn span_of(&self, part: &&str) -> Span {
        let before = self.parts.iter().take_while(|other| !std::ptr::eq(other.as_ptr(), part.as_ptr()));
        let start = self.span.start + before.map(|part| part.len() + 1).sum::<usize>();
        Span::new(start, start + part.len())
    }
}

/// Whether a text is a whole query, and not only the rest of one.
pub(super) fn is_whole(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let begins = ["from", "select", "update", "delete", "insert", "with"];
    text.trim().contains(char::is_whitespace) && begins.iter().any(|word| first.eq_ignore_ascii_case(word))
}

/// The words of a query, without its literals and parameters.
fn words(text: &str) -> Vec<Word<'_>> {
    let part_of_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '.');
    let mut found = Vec::new();
    let mut listed = false;
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let length = match letter {
            '\'' | '"' => text[at + 1..].find(letter).map_or(text.len() - at, |end| end + 2),
            ':' | '?' => 1 + text[at + 1..].find(|letter| !part_of_word(letter)).unwrap_or(text.len() - at - 1),
            _ if letter.is_alphabetic() || letter == '_' => {
                let length = text[at..].find(|letter| !part_of_word(letter)).unwrap_or(text.len() - at);
                let whole = text[at..at + length].trim_end_matches('.');
                found.push(Word { parts: whole.split('.').collect(), span: at..at + whole.len(), listed });
                listed = false;
                length
            }
            _ => {
                listed = letter == ',' || listed && letter.is_whitespace();
                letter.len_utf8()
            }
        };
        at += length;
    }
    found
}
