//! A reader of shell scripts: commands, their words, heredocs, pipes and variables. It follows no control flow:
//! every command that stands there may run.

mod named;

use crate::source::Span;
use crate::syntax::hidden::mapped::Mapped;
use crate::syntax::outline::{Arg, ExprId, ExprKind, Outline, Piece, Stmt};
use crate::vocabulary::Name;
use named::Known;

/// Scripts in scripts (`bash -c "…"`, `$(…)`) deeper than this are left alone.
const MAX_DEPTH: usize = 6;

/// Commands that run the command that follows them.
const RUNNERS: &[&str] = &[
    "sudo",
    "env",
    "exec",
    "time",
    "nohup",
    "command",
    "docker",
    "docker-compose",
    "podman",
    "kubectl",
    "oc",
    "ssh",
    "su",
    "gosu",
    "su-exec",
    "runuser",
    "timeout",
    "xargs",
    "nice",
    "retry",
    "eval",
    "heroku",
    "flyctl",
    "fly",
    "then",
    "do",
    "if",
    "while",
    "until",
    "else",
    "elif",
    "!",
    "{",
    "watch",
    "ionice",
    "stdbuf",
    "wait-for-it",
    "wait-for-it.sh",
    "dockerize",
    "nerdctl",
    "kubectl.exe",
    "microk8s",
];

/// Shells whose `-c` is a script.
const SHELLS: &[&str] = &["sh", "bash", "zsh", "ksh", "dash", "ash", "su", "ssh"];

/// One word of a command.
#[derive(Clone)]
struct Word {
    from: usize,
    to: usize,
    value: ExprId,
    /// Its text where nothing in it is unknown.
    plain: Option<String>,
}

/// The statements of a script.
pub(super) fn script(outline: &mut Outline, mapped: &Mapped, depth: usize) -> Vec<Stmt> {
    script_in(outline, &mut Known::default(), mapped, depth)
}

/// The statements of a part of a script in which something is known already.
fn script_in(outline: &mut Outline, known: &mut Known, mapped: &Mapped, depth: usize) -> Vec<Stmt> {
    let (pending, out) = (Vec::new(), Vec::new());
    let mut reader = Reader { outline, known, mapped, at: 0, depth, pending, out, piped: None, last: None };
    if depth <= MAX_DEPTH {
        reader.run();
    }
    reader.out
}

/// The calls of a command whose words are known as a list (`["psql", "-c", "…"]`).
pub(super) fn words(outline: &mut Outline, list: &[Mapped]) -> Vec<Stmt> {
    let mut out = Vec::new();
    let mut given = Vec::new();
    let whole = list.first().map(|word| word.span(0, word.text.len())).unwrap_or_default();
    for word in list {
        let span = word.span(0, word.text.len());
        let value = outline.push(ExprKind::Text(word.pieces(0, word.text.len())), span);
        given.push((Word { from: 0, to: 0, value, plain: Some(word.text.clone()) }, span));
    }
    let words: Vec<Word> = given.into_iter().map(|(word, _)| word).collect();
    let (call, more) = command(outline, &Known::default(), &words, Vec::new(), whole);
    out.extend(call.into_iter().chain(more).map(Stmt::Expr));
    // `sh -c "…"`: the script.
    for pair in list.windows(2) {
        if pair[0].text.starts_with('-') && pair[0].text.ends_with('c') && pair[0].text.len() < 5 {
            out.extend(script(outline, &pair[1], 1));
        }
    }
    out
}

struct Reader<'o, 'm> {
    outline: &'o mut Outline,
    known: &'o mut Known,
    mapped: &'m Mapped,
    at: usize,
    depth: usize,
    /// Heredocs whose bodies begin after this line: tag, whether tabs go, whether it is quoted.
    pending: Vec<(String, bool, bool)>,
    out: Vec<Stmt>,
    /// The command whose output the next one reads.
    piped: Option<ExprId>,
    /// The command of the line, which heredocs belong to: its words and other arguments.
    last: Option<(Vec<Word>, Vec<Arg>, bool)>,
}

impl Reader<'_, '_> {
    fn rest(&self) -> &str {
        self.mapped.text.get(self.at..).unwrap_or_default()
    }

    fn run(&mut self) {
        let mut words: Vec<Word> = Vec::new();
        let mut extra: Vec<Arg> = Vec::new();
        loop {
            self.blanks();
            if words.is_empty() && extra.is_empty() && self.function() {
                continue;
            }
            if self.rest().starts_with('(') && self.array(&mut words) {
                continue;
            }
            let rest = self.rest();
            let Some(next) = rest.chars().next() else { break };
            match next {
                '\n' => {
                    self.at += 1;
                    if !self.pending.is_empty() {
                        self.heredocs(&mut extra);
                    }
                    self.end_command(&mut words, &mut extra, false);
                }
                '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
                '|' if !rest.starts_with("||") => {
                    self.at += if rest.starts_with("|&") { 2 } else { 1 };
                    // A heredoc's body stands on the lines below, whichever command of the line it belongs to.
                    if !self.pending.is_empty() {
                        let resume = self.at;
                        self.body_below(&mut extra, resume);
                    }
                    self.end_command(&mut words, &mut extra, true);
                }
                ';' | '&' | '|' | '(' | ')' => {
                    self.at +=
                        if rest.starts_with("&&") || rest.starts_with("||") || rest.starts_with(";;") { 2 } else { 1 };
                    if !self.pending.is_empty() {
                        let resume = self.at;
                        self.body_below(&mut extra, resume);
                    }
                    self.end_command(&mut words, &mut extra, false);
                }
                '<' | '>' => self.redirect(&mut extra),
                _ => {
                    let word = self.word();
                    // `2>&1`
                    let digits =
                        word.plain.as_deref().is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                    if !(digits && self.rest().starts_with(['<', '>'])) {
                        words.push(word);
                    }
                }
            }
        }
        if !self.pending.is_empty() {
            self.heredocs(&mut extra);
        }
        self.end_command(&mut words, &mut extra, false);
    }

    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\r']);
            let mut skip = rest.len() - trimmed.len();
            if trimmed.starts_with("\\\n") {
                skip += 2;
            } else if trimmed.starts_with("\\\r\n") {
                skip += 3;
            }
            if skip == 0 {
                return;
            }
            self.at += skip;
        }
    }

    /// Reads the bodies of the heredocs that were opened, which begin here.
    fn heredocs(&mut self, extra: &mut Vec<Arg>) {
        for (tag, tabs, quoted) in std::mem::take(&mut self.pending) {
            let start = self.at;
            let mut end = self.mapped.text.len();
            let mut next = end;
            let mut line_start = start;
            for line in self.rest().split_inclusive('\n') {
                let bare = line.trim_end_matches(['\n', '\r']);
                let bare = if tabs { bare.trim_start_matches('\t') } else { bare };
                if bare == tag || (bare.trim() == tag && !bare.is_empty()) {
                    end = line_start;
                    next = line_start + line.len();
                    break;
                }
                line_start += line.len();
            }
            let value = if quoted { self.literal(start, end) } else { self.expanded(start, end) };
            self.at = next;
            extra.push(Arg { name: Some("<<".into()), value, spread: false });
        }
    }

    /// Reads the bodies of heredocs below the present line, and goes on in it.
    fn body_below(&mut self, extra: &mut Vec<Arg>, resume: usize) {
        let Some(length) = self.rest().find('\n') else { return };
        self.at = resume + length + 1;
        self.heredocs(extra);
        // What was read is not read again: the rest of the line is a script of its own, then the text goes on here.
        let after = self.at;
        let line = self.mapped.slice(resume, resume + length);
        let piped = self.mapped.text.get(..resume).is_some_and(|text| text.ends_with('|') && !text.ends_with("||"));
        self.at = after;
        self.last = Some((Vec::new(), Vec::new(), piped));
        let rest = script_after(self.outline, self.known, &line, self.depth + 1);
        if let Some((_, args, _)) = &mut self.last {
            args.extend(rest);
        }
    }

    fn literal(&mut self, from: usize, to: usize) -> ExprId {
        let span = self.mapped.span(from, to);
        let pieces = self.mapped.pieces(from, to);
        self.outline.push(ExprKind::Text(pieces), span)
    }

    /// Text in which variables and commands are put in, as between double quotes.
    fn expanded(&mut self, from: usize, to: usize) -> ExprId {
        let span = self.mapped.span(from, to);
        let mut pieces = Vec::new();
        let outer = std::mem::replace(&mut self.at, from);
        let mut start = from;
        while self.at < to {
            let rest = self.mapped.text.get(self.at..to).unwrap_or_default();
            let Some(found) = rest.find(['$', '\\', '`']) else { break };
            let at = self.at + found;
            self.at = at;
            let next = self.mapped.text.get(at + 1..to).and_then(|text| text.chars().next());
            if self.mapped.text[at..].starts_with('\\') {
                let escape = matches!(next, Some('"' | '\\' | '$' | '`' | '\n'));
                if escape {
                    pieces.extend(self.mapped.pieces(start, at));
                    start = if next == Some('\n') { at + 2 } else { at + 1 };
                }
                self.at = (at + 1 + next.map_or(0, char::len_utf8)).min(to);
                continue;
            }
            if let Some(value) = self.expansion(to) {
                pieces.extend(self.mapped.pieces(start, at));
                pieces.push(Piece::Value { expr: value, span: self.mapped.span(at, self.at) });
                start = self.at;
            } else {
                self.at = at + 1;
            }
        }
        pieces.extend(self.mapped.pieces(start, to));
        self.at = outer;
        self.outline.push(ExprKind::Text(pieces), span)
    }

    /// `$x`, `${x…}`, `$(…)`, `` `…` `` here; moves past it.
    fn expansion(&mut self, limit: usize) -> Option<ExprId> {
        let start = self.at;
        let rest = self.mapped.text.get(start..limit)?;
        let (inner, length, is_command) = if let Some(inside) = rest.strip_prefix("$(") {
            let end = closing(inside, '(', ')')?;
            (start + 2..start + 2 + end, end + 3, true)
        } else if let Some(inside) = rest.strip_prefix("${") {
            let end = inside.find('}')?;
            (start + 2..start + 2 + end, end + 3, false)
        } else if let Some(inside) = rest.strip_prefix('`') {
            let end = inside.find('`')?;
            (start + 1..start + 1 + end, end + 2, true)
        } else {
            let inside = rest.strip_prefix('$')?;
            // `$1`, `$*`: what a function is given.
            let end = if inside.starts_with(|c: char| c.is_ascii_digit() || c == '*' || c == '@') {
                1
            } else {
                inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inside.len())
            };
            if end == 0 {
                return None;
            }
            (start + 1..start + 1 + end, end + 1, false)
        };
        self.at = start + length;
        let span = self.mapped.span(start, self.at);
        if is_command && !self.mapped.text[inner.clone()].starts_with('(') {
            let part = self.mapped.slice(inner.start, inner.end);
            let mut stmts = script_in(self.outline, self.known, &part, self.depth + 1);
            if let Some(Stmt::Expr(value)) = stmts.last().cloned() {
                stmts.pop();
                stmts.push(Stmt::Return(value));
            }
            return Some(self.outline.push(ExprKind::Block(stmts), span));
        }
        let name = self.mapped.text[inner].split([':', '-', '%', '#', '/', '[']).next().unwrap_or_default();
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let kind = if plain || matches!(name, "*" | "@") {
            ExprKind::Path { segments: vec![self.known.meant(name)], type_args: Vec::new() }
        } else {
            ExprKind::Unknown(Vec::new())
        };
        Some(self.outline.push(kind, span))
    }

    /// One word with all its quoted and unquoted parts.
    fn word(&mut self) -> Word {
        let from = self.at;
        let mut pieces: Vec<Piece> = Vec::new();
        let mut plain = Some(String::new());
        while let Some(next) = self.rest().chars().next() {
            match next {
                ' ' | '\t' | '\r' | '\n' | ';' | '|' | '&' | '<' | '>' | '(' | ')' => break,
                '\'' => {
                    let start = self.at + 1;
                    let length = self.mapped.text[start..].find('\'').unwrap_or(self.mapped.text.len() - start);
                    pieces.extend(self.mapped.pieces(start, start + length));
                    extend(&mut plain, self.mapped.text.get(start..start + length));
                    self.at = (start + length + 1).min(self.mapped.text.len());
                }
                '"' => {
                    let start = self.at + 1;
                    let length = quoted_length(&self.mapped.text[start..]);
                    let text = self.expanded(start, start + length);
                    let inner = self.mapped.text.get(start..start + length);
                    extend(&mut plain, inner.filter(|inner| !inner.contains(['$', '`'])));
                    if let ExprKind::Text(more) = &self.outline.expr(text).kind {
                        pieces.extend(more.iter().cloned());
                    }
                    self.at = (start + length + 1).min(self.mapped.text.len());
                }
                '\\' => {
                    let escaped = self.rest().chars().nth(1);
                    let length = escaped.map_or(0, char::len_utf8);
                    if escaped != Some('\n') {
                        pieces.extend(self.mapped.pieces(self.at + 1, self.at + 1 + length));
                        extend(&mut plain, self.mapped.text.get(self.at + 1..self.at + 1 + length));
                    }
                    self.at += 1 + length;
                }
                '$' | '`' => {
                    let start = self.at;
                    if let Some(expr) = self.expansion(self.mapped.text.len()) {
                        plain = None;
                        pieces.push(Piece::Value { expr, span: self.mapped.span(start, self.at) });
                    } else {
                        self.at = start + 1;
                        pieces.extend(self.mapped.pieces(start, start + 1));
                    }
                }
                _ => {
                    let rest = self.rest();
                    let stop = [' ', '\t', '\r', '\n', ';', '|', '&', '<', '>', '(', ')', '\'', '"', '\\', '$', '`'];
                    let length = rest.find(stop).unwrap_or(rest.len()).max(next.len_utf8());
                    pieces.extend(self.mapped.pieces(self.at, self.at + length));
                    extend(&mut plain, self.mapped.text.get(self.at..self.at + length));
                    self.at += length;
                }
            }
        }
        if self.at == from {
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        }
        let span = self.mapped.span(from, self.at);
        let value = self.outline.push(ExprKind::Text(pieces), span);
        Word { from, to: self.at, value, plain }
    }

    fn redirect(&mut self, extra: &mut Vec<Arg>) {
        let rest = self.rest();
        if let Some(after) = rest.strip_prefix("<<<") {
            let _ = after;
            self.at += 3;
            self.blanks();
            let word = self.word();
            extra.push(Arg { name: Some("<<".into()), value: word.value, spread: false });
        } else if let Some(after) = rest.strip_prefix("<<") {
            let tabs = after.starts_with('-');
            self.at += 2 + usize::from(tabs);
            self.blanks();
            let quoted = self.rest().starts_with(['\'', '"', '\\']);
            let word = self.word();
            let tag = word.plain.unwrap_or_default();
            if !tag.is_empty() {
                self.pending.push((tag, tabs, quoted));
            }
        } else {
            let input = rest.starts_with('<');
            let length = rest.find(|c: char| !matches!(c, '<' | '>' | '&' | '|')).unwrap_or(rest.len()).max(1);
            self.at += length;
            self.blanks();
            if self.rest().starts_with(|c: char| !matches!(c, '\n' | ';' | '|' | '&' | '(' | ')' | '<' | '>')) {
                let word = self.word();
                // What is written to a file of SQL is run where that is; elsewhere it is only told.
                let of_sql = word.plain.as_ref().is_some_and(|path| path.ends_with(".sql"));
                if input || of_sql {
                    let name = if input { "<" } else { ">" };
                    extra.push(Arg { name: Some(name.into()), value: word.value, spread: false });
                }
            }
        }
    }

    fn end_command(&mut self, words: &mut Vec<Word>, extra: &mut Vec<Arg>, pipes_on: bool) {
        let mut words = std::mem::take(words);
        let mut extra = std::mem::take(extra);
        let after = self.last.take();
        self.assignments(&mut words);
        if let Some(call) = self.piped.take() {
            extra.push(Arg { name: Some("|".into()), value: call, spread: false });
        }
        self.repeated(&words);
        self.arguments(&words, &extra);
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
        let span = self.mapped.span(first.from, last.to);
        self.inner_scripts(&words);
        let (call, others) = command(self.outline, self.known, &words, extra, span);
        match call {
            // The rest of the line reads what the command writes (`cat <<EOF | psql`).
            Some(call) if after.as_ref().is_some_and(|(_, _, piped)| *piped) => {
                let rest = after.map(|(_, args, _)| args).unwrap_or_default();
                for arg in rest {
                    if let ExprKind::Call { args, .. } = &mut self.outline.exprs[arg.value.0 as usize].kind {
                        args.push(Arg { name: Some("|".into()), value: call, spread: false });
                    }
                    self.out.push(Stmt::Expr(arg.value));
                }
            }
            Some(call) if pipes_on => self.piped = Some(call),
            Some(call) => self.out.push(Stmt::Expr(call)),
            None => {}
        }
        self.out.extend(others.into_iter().map(Stmt::Expr));
    }

    /// `NAME=value` before a command, or alone.
    fn assignments(&mut self, words: &mut Vec<Word>) {
        while words.len() > 1
            && matches!(words[0].plain.as_deref(), Some("export" | "local" | "readonly" | "declare" | "typeset"))
        {
            words.remove(0);
            // `local -r name=…`
            while words.len() > 1 && words[0].plain.as_deref().is_some_and(|text| text.starts_with('-')) {
                words.remove(0);
            }
        }
        while let Some(first) = words.first() {
            let written = self.mapped.text.get(first.from..first.to).unwrap_or_default();
            let length = written.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(written.len());
            let append = written[length..].starts_with("+=");
            if length == 0 || !(append || written[length..].starts_with('=')) {
                return;
            }
            let name: Name = written[..length].into();
            let cut = length + 1 + usize::from(append);
            let span = self.mapped.span(first.from, first.from + length);
            let value = self.without_head(first.value, cut);
            if let Some(text) = first.plain.as_ref().filter(|_| !append) {
                self.known.holds(&name, text.get(cut..).unwrap_or_default());
            }
            if append {
                let target = self.outline.push(ExprKind::Path { segments: vec![name], type_args: Vec::new() }, span);
                self.out.push(Stmt::Assign { target, value, append });
            } else {
                self.bind(name, value, span);
            }
            words.remove(0);
        }
    }

    /// The text of a word without its first `cut` bytes, which are plain.
    fn without_head(&mut self, word: ExprId, cut: usize) -> ExprId {
        let expr = self.outline.expr(word);
        let span = Span { start: expr.span.start.saturating_add(u32::try_from(cut).unwrap_or(0)), end: expr.span.end };
        let ExprKind::Text(pieces) = &expr.kind else { return word };
        let mut left = cut;
        let mut kept = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Literal { text, .. } if text.len() <= left => left -= text.len(),
                Piece::Literal { text, span } if left > 0 => {
                    let cut = u32::try_from(left).unwrap_or(0);
                    let text = text.get(left..).unwrap_or_default().to_owned();
                    kept.push(Piece::Literal {
                        text,
                        span: Span { start: span.start.saturating_add(cut), end: span.end },
                    });
                    left = 0;
                }
                other => kept.push(other.clone()),
            }
        }
        // `X=$(psql …)` is what the command gives, not a text of it.
        if let [Piece::Value { expr, .. }] = kept[..] {
            return expr;
        }
        self.outline.push(ExprKind::Text(kept), span)
    }

    /// Scripts that are handed to a shell: `bash -c "…"`.
    fn inner_scripts(&mut self, words: &[Word]) {
        let shell = words.iter().any(|word| word.plain.as_deref().is_some_and(|text| SHELLS.contains(&program(text))));
        if !shell || self.depth >= MAX_DEPTH {
            return;
        }
        for word in words {
            let ExprKind::Text(pieces) = &self.outline.expr(word.value).kind else { continue };
            let mut inner = Mapped::default();
            for piece in pieces {
                match piece {
                    Piece::Literal { text, span } => inner.add_as(text, *span),
                    Piece::Value { span, .. } | Piece::Hole { span } => inner.add_as("$_", *span),
                }
            }
            if inner.text.contains(char::is_whitespace) {
                let stmts = script_in(self.outline, self.known, &inner, self.depth + 1);
                self.out.extend(stmts);
            }
        }
    }
}

/// The calls of the rest of a line, each as an argument to hand on.
fn script_after(outline: &mut Outline, known: &mut Known, line: &Mapped, depth: usize) -> Vec<Arg> {
    let stmts = script_in(outline, known, line, depth);
    let calls = stmts.into_iter().filter_map(|stmt| match stmt {
        Stmt::Expr(value) => Some(Arg { name: None, value, spread: false }),
        _ => None,
    });
    calls.collect()
}

/// The call that a command is, and those of the commands that it runs.
fn command(
    outline: &mut Outline,
    known: &Known,
    words: &[Word],
    extra: Vec<Arg>,
    span: Span,
) -> (Option<ExprId>, Vec<ExprId>) {
    let mut others = Vec::new();
    let held = known.held(outline, words);
    let words = held.as_deref().unwrap_or(words);
    let Some(first) = words.first() else { return (None, others) };
    for handed in known.handed_on(words, &extra) {
        let (call, more) = command(outline, &Known::default(), &handed, extra.clone(), span);
        others.extend(call.into_iter().chain(more));
    }
    let runner = first.plain.as_deref().is_some_and(|text| RUNNERS.contains(&program(text)));
    if runner {
        for at in 1..words.len() {
            let plain = words[at].plain.as_deref().unwrap_or_default();
            if plain.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') && !plain.contains(['=', ' ', ',', ':'])
            {
                others.extend(one(outline, &words[at..], &extra, span));
            }
        }
    }
    (one(outline, words, &extra, span), others)
}

/// The call of the command that `words` are.
fn one(outline: &mut Outline, words: &[Word], extra: &[Arg], span: Span) -> Option<ExprId> {
    let (first, rest) = words.split_first()?;
    let name: Name = program(first.plain.as_deref()?).into();
    let name_span = outline.expr(first.value).span;
    let segments = vec!["shell".into(), name];
    let callee = outline.push(ExprKind::Path { segments: segments.clone(), type_args: Vec::new() }, name_span);
    let mut args: Vec<Arg> = Vec::new();
    let mut option: Option<Name> = None;
    for word in rest {
        let plain = word.plain.as_deref();
        if let Some(text) =
            plain.filter(|text| text.starts_with('-') && text.len() > 1 && !text.contains(char::is_whitespace))
        {
            option = Some(text.split('=').next().unwrap_or(text).into());
            if !text.contains('=') {
                if is_flag(&segments, text) {
                    option = None;
                }
                continue;
            }
            let value = after_equals(outline, word.value);
            args.push(Arg { name: option.take(), value, spread: false });
            continue;
        }
        let written = option_of(outline, word.value);
        if plain.is_none_or(|text| text.contains(char::is_whitespace))
            && let Some(name) = written
        {
            let value = after_equals(outline, word.value);
            args.push(Arg { name: Some(name), value, spread: false });
            option = None;
            continue;
        }
        // `-tAc "SELECT 1"`: flags, and the option that the text is for.
        let is_text = plain.is_none_or(|text| text.contains(char::is_whitespace));
        let name = option.take().map(|name| if is_text { last_of_cluster(&name).unwrap_or(name) } else { name });
        args.push(Arg { name, value: word.value, spread: false });
    }
    args.extend(extra.iter().cloned());
    Some(outline.push(ExprKind::Call { callee, args }, span))
}

/// Options of clients that look like those with a value, and have none: what follows is an operand.
fn is_flag(command: &[Name], option: &str) -> bool {
    const VALUED: &[&str] =
        &["-cmd", "-init", "-separator", "-newline", "-nullvalue", "-vfs", "-maxsize", "-mmap", "-heap", "-key", "-c"];
    matches!(command.last().map(Name::as_str), Some("sqlite3" | "duckdb")) && !VALUED.contains(&option)
}

/// The last of several options of one letter that are written as one (`-tAc`).
fn last_of_cluster(option: &str) -> Option<Name> {
    let letters = option.strip_prefix('-')?;
    let cluster = letters.len() > 1 && letters.bytes().all(|letter| letter.is_ascii_alphabetic());
    cluster.then(|| Name::from(format!("-{}", &letters[letters.len() - 1..])))
}

/// The option at the head of `--command="…"`.
fn option_of(outline: &Outline, word: ExprId) -> Option<Name> {
    let ExprKind::Text(pieces) = &outline.expr(word).kind else { return None };
    let Some(Piece::Literal { text, .. }) = pieces.first() else { return None };
    let (name, _) = text.split_once('=')?;
    (name.starts_with('-') && !name.contains(char::is_whitespace)).then(|| name.into())
}

/// What stands after the `=` of an option.
fn after_equals(outline: &mut Outline, word: ExprId) -> ExprId {
    let span = outline.expr(word).span;
    let ExprKind::Text(pieces) = &outline.expr(word).kind else { return word };
    let mut pieces = pieces.clone();
    if let Some(Piece::Literal { text, span }) = pieces.first_mut()
        && let Some(at) = text.find('=')
    {
        let exact = text.len() == span.len();
        *text = text[at + 1..].to_owned();
        if exact {
            span.start += u32::try_from(at + 1).unwrap_or(0);
        }
    }
    outline.push(ExprKind::Text(pieces), span)
}

/// The name of a program without its folder.
fn program(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

fn extend(plain: &mut Option<String>, more: Option<&str>) {
    match (plain.as_mut(), more) {
        (Some(text), Some(more)) => text.push_str(more),
        _ => *plain = None,
    }
}

/// How far a double-quoted text goes: to the quote that is neither escaped nor inside `$(…)`.
fn quoted_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut depth = 0_usize;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'$' if bytes.get(at + 1) == Some(&b'(') => {
                depth += 1;
                at += 1;
            }
            b')' if depth > 0 => depth -= 1,
            b'"' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Where the bracket that is open before `text` closes, quotes passed over.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 1_usize;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match quote {
            _ if letter == '\\' && quote != Some('\'') => escaped = true,
            Some(mark) if letter == mark => quote = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None if letter == open => depth += 1,
            None if letter == close => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            None => {}
        }
    }
    None
}
