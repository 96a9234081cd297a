//! What a shell script gives names to: functions, variables that hold a command, lists, what a loop goes over.

use super::{MAX_DEPTH, Reader, Word, closing, script_in};
use crate::source::Span;
use crate::syntax::outline::{Arg, ExprId, ExprKind, Function, FunctionKind, Outline, Param, Piece, Stmt, ValueDecl};
use crate::vocabulary::Name;

/// So many arguments of a function have a name (`$1` to `$9`).
const MAX_PARAMS: usize = 9;

/// So many commands of a function may read what it is piped.
const MAX_READING: usize = 8;

/// What is known by name at a place of a script.
#[derive(Default)]
pub(super) struct Known {
    /// Variables that hold a command, with its words: `PSQL="psql -U app"`.
    commands: Vec<(Name, Vec<String>)>,
    /// Functions that hand what they are given on to a command, with that command's first words: `psql -d shop "$@"`.
    wrappers: Vec<(Name, Vec<Word>, usize)>,
    /// The words before `"$@"` in the function here, and how many arguments were shifted away before.
    forwarded: Option<(Vec<Word>, usize)>,
    /// Functions that read what they are piped, with the commands in them that may.
    readers: Vec<(Name, Vec<Vec<Word>>)>,
    /// The commands of the function here that are piped nothing else.
    reading: Vec<Vec<Word>>,
    /// How many arguments the function here has shifted away; none outside of functions.
    shifted: Option<usize>,
}

impl Known {
    /// The parameter that `$2`, or any other name, means here: all that a function is given is mostly one text.
    pub(super) fn meant(&self, name: &str) -> Name {
        match (self.shifted, name.parse::<usize>()) {
            (Some(shifted), Ok(number)) => Name::from((number + shifted).to_string()),
            (Some(shifted), Err(_)) if matches!(name, "*" | "@") => Name::from((1 + shifted).to_string()),
            _ => Name::from(name),
        }
    }

    /// Remembers the command that a variable holds.
    pub(super) fn holds(&mut self, name: &Name, text: &str) {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if !words.is_empty() && words.len() < 32 {
            self.commands.push((name.clone(), words));
        }
    }

    /// The words of a command whose first is a variable that holds one.
    pub(super) fn held(&self, outline: &mut Outline, words: &[Word]) -> Option<Vec<Word>> {
        let (first, rest) = words.split_first()?;
        let ExprKind::Text(pieces) = &outline.expr(first.value).kind else { return None };
        let [Piece::Value { expr, span }] = pieces[..] else { return None };
        let ExprKind::Path { segments, .. } = &outline.expr(expr).kind else { return None };
        let (_, held) = self.commands.iter().rev().find(|(name, _)| segments[..] == [name.clone()])?;
        let mut all: Vec<Word> = Vec::new();
        for text in held {
            let value = outline.push(ExprKind::Text(vec![Piece::Literal { text: text.clone(), span }]), span);
            all.push(Word { from: first.from, to: first.to, value, plain: Some(text.clone()) });
        }
        all.extend_from_slice(rest);
        Some(all)
    }

    /// The commands that a function of this script hands on what it is given, or piped, each as its words.
    pub(super) fn handed_on(&self, words: &[Word], extra: &[Arg]) -> Vec<Vec<Word>> {
        let Some((first, rest)) = words.split_first() else { return Vec::new() };
        let Some(name) = first.plain.as_deref() else { return Vec::new() };
        let wrapper = self.wrappers.iter().rev().find(|(known, _, _)| known == name);
        let given =
            wrapper.map(|(_, before, shifted)| before.iter().chain(rest.iter().skip(*shifted)).cloned().collect());
        if given.is_some() || extra.is_empty() {
            return given.into_iter().collect();
        }
        let reader = self.readers.iter().rev().find(|(known, _)| known == name);
        reader.map(|(_, commands)| commands.clone()).unwrap_or_default()
    }
}

impl Reader<'_, '_> {
    /// A function here (`name() { …; }`, `function name { … }`); moves past it.
    pub(super) fn function(&mut self) -> bool {
        let Some((name, name_at, from)) = self.function_head() else { return false };
        if self.depth >= MAX_DEPTH {
            return false;
        }
        let to = self.body_end(from);
        let outer = self.known.shifted.replace(0);
        let part = self.mapped.slice(from, to);
        let body = script_in(self.outline, self.known, &part, self.depth + 1);
        self.known.shifted = outer;
        let param = |number: usize| Param {
            name: Name::from(number.to_string()),
            ty: None,
            default: None,
            annotations: Vec::new(),
        };
        let end = (to + 1).min(self.mapped.text.len());
        let function = Function {
            name_span: self.mapped.span(name_at, name_at + name.len()),
            scope: vec!["shell".into()],
            kind: FunctionKind::Free,
            params: (1..=MAX_PARAMS).map(param).collect(),
            name,
            ..Function::top_level(body, self.mapped.span(self.at, end))
        };
        let reading = std::mem::take(&mut self.known.reading);
        self.known.readers.push((function.name.clone(), reading));
        if let Some((words, shifted)) = self.known.forwarded.take() {
            self.known.wrappers.push((function.name.clone(), words, shifted));
        }
        self.outline.functions.push(function);
        self.at = end;
        true
    }

    /// A function's name, where it stands, and where its body begins.
    fn function_head(&self) -> Option<(Name, usize, usize)> {
        let rest = self.rest();
        let blank = [' ', '\t'];
        let keyword = rest.strip_prefix("function").filter(|rest| rest.starts_with(blank));
        let named = keyword.map_or(rest, |rest| rest.trim_start_matches(blank));
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | ':' | '.');
        let length = named.find(|letter| !is_name(letter))?;
        let after = named[length..].trim_start_matches(blank);
        let brackets = after.strip_prefix('(').and_then(|after| after.trim_start_matches(blank).strip_prefix(')'));
        let body = brackets.or(keyword.is_some().then_some(after)).filter(|_| length > 0)?;
        let body = body.trim_start().strip_prefix('{')?;
        let at = |part: &str| self.at + rest.len() - part.len();
        Some((Name::from(&named[..length]), at(named), at(body)))
    }

    /// Where the body that begins at `from` ends: at the bracket on the same line, else at the one that stands below the
    /// function's first letter, as everybody writes it. What is quoted in heredocs cannot be told from the rest.
    fn body_end(&self, from: usize) -> usize {
        let text = self.mapped.text.as_str();
        let line = text[from..].lines().next().unwrap_or_default();
        let closes = || closing(&text[from..], '{', '}').map_or(text.len(), |length| from + length);
        if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
            return closes();
        }
        let line_start = text[..self.at].rfind('\n').map_or(0, |at| at + 1);
        let indent = text[line_start..self.at].len() - text[line_start..self.at].trim_start().len();
        let mut at = from;
        for line in text[from..].split_inclusive('\n') {
            let own = line.len() - line.trim_start_matches([' ', '\t']).len();
            if own == indent && line[own..].starts_with('}') {
                return at + own;
            }
            at += line.len();
        }
        closes()
    }

    /// What a command says of the function round it: that it shifts its arguments away, or hands them all on.
    pub(super) fn arguments(&mut self, words: &[Word], extra: &[Arg]) {
        let Some(shifted) = self.known.shifted else { return };
        if extra.is_empty() && !words.is_empty() && self.known.reading.len() < MAX_READING {
            self.known.reading.push(words.to_vec());
        }
        if let [first, rest @ ..] = words
            && first.plain.as_deref() == Some("shift")
        {
            let by = rest.first().and_then(|word| word.plain.as_deref()?.parse().ok()).unwrap_or(1);
            self.known.shifted = Some(shifted + by);
        }
        let all = |word: &Word| matches!(self.mapped.text.get(word.from..word.to), Some("\"$@\"" | "$@"));
        if let Some(at) = words.iter().position(all).filter(|at| *at > 0) {
            self.known.forwarded = Some((words[..at].to_vec(), shifted));
        }
    }

    /// `PSQL=(psql -U app)`: moves past the list. It may be a command, or what a loop goes over.
    pub(super) fn array(&mut self, words: &mut Vec<Word>) -> bool {
        let Some(last) = words.last() else { return false };
        let Some(name) = last.plain.as_deref().and_then(|text| text.strip_suffix('=')).map(Name::from) else {
            return false;
        };
        if name.is_empty() || !self.mapped.text[..self.at].ends_with('=') {
            return false;
        }
        let span = self.mapped.span(last.from, last.to);
        words.pop();
        self.at += 1;
        let mut items = Vec::new();
        loop {
            let blank = self.rest().len() - self.rest().trim_start().len();
            self.at += blank;
            match self.rest().chars().next() {
                Some(')') => {
                    self.at += 1;
                    break;
                }
                Some('#') => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                Some(_) => items.push(self.word()),
                None => break,
            }
        }
        let plain: Vec<&str> = items.iter().filter_map(|item| item.plain.as_deref()).collect();
        if plain.len() == items.len() && plain.iter().all(|text| !text.contains(char::is_whitespace)) {
            self.known.holds(&name, &plain.join(" "));
        }
        let values = items.iter().map(|item| item.value).collect();
        let value = self.outline.push(ExprKind::Choice(values), span);
        self.bind(name, value, span);
        true
    }

    /// `for table in orders lines; do`: the name is each of them.
    pub(super) fn repeated(&mut self, words: &[Word]) {
        let plain = |at: usize| words.get(at).and_then(|word| word.plain.as_deref());
        let head = words.iter().position(|word| word.plain.as_deref() == Some("for"));
        let Some(head) = head.filter(|head| plain(head + 2) == Some("in")) else { return };
        let Some(name) = plain(head + 1).map(Name::from) else { return };
        let span = self.mapped.span(words[head + 1].from, words[head + 1].to);
        let values = words[head + 3..].iter().map(|word| word.value).collect();
        let value = self.outline.push(ExprKind::Choice(values), span);
        self.out.push(Stmt::Let { name, ty: None, value: Some(value), span });
    }

    /// A name is given a value: of the whole script, unless it stands in a function.
    pub(super) fn bind(&mut self, name: Name, value: ExprId, span: Span) {
        if self.known.shifted.is_none() {
            let value = Some(value);
            let scope = Vec::new();
            self.outline.values.push(ValueDecl { name: name.clone(), scope, ty: None, value, exported: false, span });
        }
        self.out.push(Stmt::Let { name, ty: None, value: Some(value), span });
    }
}
