//! Scripts and SQL inside documents: YAML, Terraform, notebooks, and JSON lists of words.

use crate::source::{Language, Span};
use crate::syntax::hidden::mapped::Mapped;
use crate::syntax::hidden::shell;
use crate::syntax::outline::{Annotation, Arg, ExprKind, Field, Outline, Piece, Stmt, TypeDecl, TypeKind};
use crate::vocabulary::Name;
use crate::workspace::document::{self, Data, Node};

/// Keys whose text, or each of whose texts, is a script.
const SCRIPTS: &[&str] = &[
    "run",
    "script",
    "before_script",
    "after_script",
    "commands",
    "command",
    "args",
    "entrypoint",
    "user_data",
    "userdata",
    "inline",
    "shell",
    "cmd",
    "cmds",
    "exec",
    "bash",
    "sh",
    "pre",
    "post",
    "install",
    "test",
    "steps",
    "startup_script",
    "user-data",
];

/// Keys whose list is one command.
const COMMANDS: &[&str] = &["command", "args", "entrypoint", "test", "cmd", "exec"];

/// The statements of a YAML file.
pub(super) fn yaml(outline: &mut Outline, text: &str) -> Vec<Stmt> {
    let mut walk = Walk { outline, text, out: Vec::new() };
    for node in document::parse(text, Language::Yaml).0 {
        walk.node("", &node);
        if let Data::Map(entries) = &node.data {
            entries.iter().for_each(|(class, entity)| mapped_class(walk.outline, class, entity));
        }
    }
    walk.out
}

/// A class of PHP that a mapping of Doctrine makes an entity (`App\Entity\Order: { type: entity, table: orders }`), as
/// the annotations that say the same.
fn mapped_class(outline: &mut Outline, class: &document::Key, entity: &Node) {
    let Data::Map(entries) = &entity.data else { return };
    let entry = |name: &str| entries.iter().find(|(key, _)| key.text == name).map(|(_, node)| node);
    let is = |node: &Node, wanted: &str| matches!(&node.data, Data::Text(text) if text == wanted);
    if !class.text.contains('\\') || !entry("type").is_some_and(|kind| is(kind, "entity")) {
        return;
    }
    let mut path: Vec<Name> = class.text.split('\\').filter(|part| !part.is_empty()).map(Name::from).collect();
    let Some(name) = path.pop() else { return };
    if outline.package.is_empty() {
        outline.package = path;
    }
    let given = |outline: &mut Outline, from: &[(document::Key, Node)], key: &str, name: &'static str| {
        let (_, node) = from.iter().find(|(own, _)| own.text == key)?;
        let Data::Text(text) = &node.data else { return None };
        let piece = Piece::Literal { text: text.clone(), span: node.span };
        let value = outline.push(ExprKind::Text(vec![piece]), node.span);
        Some(Arg { name: Some(Name::new_static(name)), value, spread: false })
    };
    let annotation =
        |name: &'static str, args: Vec<Arg>| Annotation { path: vec![Name::new_static(name)], args, span: class.span };
    let repository = given(outline, entries, "repositoryClass", "repositoryClass");
    let mut annotations = vec![annotation("Entity", repository.into_iter().collect())];
    let table = [("table", "name"), ("schema", "schema")];
    let table: Vec<Arg> = table.into_iter().filter_map(|(from, to)| given(outline, entries, from, to)).collect();
    if !table.is_empty() {
        annotations.push(annotation("Table", table));
    }
    let mut fields = Vec::new();
    for (relation, kind) in
        [("oneToMany", "OneToMany"), ("manyToOne", "ManyToOne"), ("oneToOne", "OneToOne"), ("manyToMany", "ManyToMany")]
    {
        let Some(Node { data: Data::Map(relations), .. }) = entry(relation) else { continue };
        for (field, relation) in relations {
            let Data::Map(relation) = &relation.data else { continue };
            let target = given(outline, relation, "targetEntity", "targetEntity");
            let mut annotations = vec![annotation(kind, target.into_iter().collect())];
            if let Some((_, Node { data: Data::Map(join), .. })) =
                relation.iter().find(|(key, _)| key.text == "joinTable")
            {
                annotations.push(annotation("JoinTable", given(outline, join, "name", "name").into_iter().collect()));
            }
            let name = Name::from(field.text.as_str());
            fields.push(Field { name, ty: None, annotations, value: None, is_static: false, span: field.span });
        }
    }
    outline.types.push(TypeDecl {
        name,
        scope: Vec::new(),
        kind: TypeKind::Extension,
        span: class.span,
        name_span: class.span,
        bases: Vec::new(),
        generics: Vec::new(),
        annotations,
        fields,
    });
}

/// `["psql", "-c", "…"]` at `start`.
pub(super) fn exec_form(outline: &mut Outline, code: &str, start: usize) -> Vec<Stmt> {
    let mut list = Vec::new();
    for node in document::parse(code.trim_end(), Language::Json).0 {
        if let Data::List(items) = &node.data {
            list.extend(items.iter().filter_map(|item| aligned(code, start, item)));
        }
    }
    shell::words(outline, &list)
}

/// The text of a node with its way back into `text`, which begins at `start`.
fn aligned(text: &str, start: usize, node: &Node) -> Option<Mapped> {
    let Data::Text(decoded) = &node.data else { return None };
    let written = text.get(node.span.range())?;
    Some(Mapped::aligned(decoded, written, start + node.span.start as usize))
}

struct Walk<'o, 't> {
    outline: &'o mut Outline,
    text: &'t str,
    out: Vec<Stmt>,
}

impl Walk<'_, '_> {
    fn node(&mut self, key: &str, node: &Node) {
        match &node.data {
            Data::Map(entries) => self.map(entries),
            Data::List(items) => self.list(key, items),
            Data::Text(_) => self.leaf(key, node),
            Data::Empty => {}
        }
    }

    fn map(&mut self, entries: &[(document::Key, Node)]) {
        // A container's command and its arguments are one command.
        let list = |name: &str| {
            let found = entries.iter().find(|(key, _)| key.text == name).map(|(_, node)| &node.data);
            match found {
                Some(Data::List(items)) => items.iter().filter_map(|item| aligned(self.text, 0, item)).collect(),
                _ => Vec::new(),
            }
        };
        let mut words: Vec<Mapped> = list("command");
        let mut args = list("args");
        let entry = list("entrypoint");
        let by_entry = args.is_empty() && !words.is_empty() && !entry.is_empty();
        if by_entry {
            args = std::mem::replace(&mut words, entry);
        }
        let both = !words.is_empty() && !args.is_empty();
        if both {
            words.extend(args);
            let calls = shell::words(self.outline, &words);
            self.out.extend(calls);
        }
        for (key, node) in entries {
            let said =
                both && (matches!(key.text.as_str(), "command" | "args") || by_entry && key.text == "entrypoint");
            if !said {
                self.node(&key.text, node);
            }
        }
    }

    fn list(&mut self, key: &str, items: &[Node]) {
        if COMMANDS.contains(&key) {
            let mut words: Vec<Mapped> = items.iter().filter_map(|item| aligned(self.text, 0, item)).collect();
            // A health check's first word says how the rest is run.
            match words.first().map(|word| word.text.as_str()) {
                Some("CMD-SHELL") if words.len() > 1 => {
                    let stmts = shell::script(self.outline, &words[1], 1);
                    self.out.extend(stmts);
                    return;
                }
                Some("CMD") => drop(words.remove(0)),
                _ => {}
            }
            let calls = shell::words(self.outline, &words);
            self.out.extend(calls);
            // Arguments of a shell that is named elsewhere are scripts by themselves.
            if words.len() == 1 || key == "args" {
                for word in words.iter().filter(|word| word.text.contains([' ', '\n'])) {
                    let stmts = shell::script(self.outline, word, 1);
                    self.out.extend(stmts);
                }
            }
            return;
        }
        for item in items {
            self.node(key, item);
        }
    }

    fn leaf(&mut self, key: &str, node: &Node) {
        let Some(mapped) = aligned(self.text, 0, node) else { return };
        if !mapped.text.contains(char::is_whitespace) {
            return;
        }
        let lower = key.to_ascii_lowercase();
        if lower.contains(".sql") {
            let text = literal(self.outline, &mapped);
            let call = document_call(self.outline, "sql", text);
            self.out.push(Stmt::Expr(call));
        } else if SCRIPTS.contains(&lower.as_str())
            || lower.ends_with(".sh")
            || lower.ends_with("_script")
            || mapped.text.starts_with("#!")
        {
            let stmts = shell::script(self.outline, &mapped, 0);
            self.out.extend(stmts);
        } else {
            let text = literal(self.outline, &mapped);
            self.out.push(Stmt::Expr(text));
        }
    }
}

fn literal(outline: &mut Outline, mapped: &Mapped) -> crate::syntax::outline::ExprId {
    let length = mapped.text.len();
    outline.push(ExprKind::Text(mapped.pieces(0, length)), mapped.span(0, length))
}

/// Rows as objects that a framework loads into the tables of its models (`{"model": "shop.order", "fields": {…}}`): a
/// call of `["document", "record"]` for each model, where it is named first.
pub(super) fn records(outline: &mut Outline, text: &str, language: Language) -> Vec<Stmt> {
    let mut out = Vec::new();
    if memchr::memmem::find(text.as_bytes(), b"fields").is_none() {
        return out;
    }
    let mut seen: Vec<&str> = Vec::new();
    let documents = document::parse(text, language).0;
    let rows = documents.iter().flat_map(|document| match &document.data {
        Data::List(items) => &items[..],
        _ => &[],
    });
    for row in rows {
        let fields = row.get("fields").map(|fields| &fields.data);
        let (Some(model), Some(Data::Map(_))) = (row.get("model"), fields) else { continue };
        let Data::Text(name) = &model.data else { continue };
        if !seen.contains(&name.as_str())
            && let Some(mapped) = aligned(text, 0, model)
        {
            seen.push(name);
            let value = literal(outline, &mapped);
            let call = document_call(outline, "record", value);
            out.push(Stmt::Expr(call));
        }
    }
    out
}

/// The call `["document", kind]` of a text.
fn document_call(
    outline: &mut Outline,
    kind: &'static str,
    text: crate::syntax::outline::ExprId,
) -> crate::syntax::outline::ExprId {
    let span = outline.expr(text).span;
    let segments = vec![Name::new_static("document"), Name::new_static(kind)];
    let callee = outline.push(ExprKind::Path { segments, type_args: Vec::new() }, span);
    let args = vec![Arg { name: None, value: text, spread: false }];
    outline.push(ExprKind::Call { callee, args }, span)
}

/// Keys of Terraform that are given SQL.
const QUERIES: &[&str] = &["query", "sql", "statement", "query_string", "view_query", "sql_statement"];

/// The statements of a Terraform file: what its keys are given as heredocs or quoted texts.
pub(super) fn terraform(outline: &mut Outline, text: &str) -> Vec<Stmt> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line = text[at..].split_inclusive('\n').next().unwrap_or_default();
        let next = at + line.len();
        let Some((key, value)) = line.split_once('=').filter(|(key, _)| !key.trim_start().starts_with(['#', '/']))
        else {
            at = next;
            continue;
        };
        let value_start = at + key.len() + 1;
        let key = key.trim().trim_matches('"').to_ascii_lowercase();
        if value.trim_start().starts_with('[') && SCRIPTS.contains(&key.as_str()) {
            let open = value_start + value.len() - value.trim_start().len();
            let (list, end) = words_of_list(text, open);
            // A list of words, or of lines (`inline = ["psql -c 'SELECT 1'"]`).
            if list.first().is_some_and(|first| first.text.contains(char::is_whitespace)) {
                out.extend(list.iter().flat_map(|line| shell::script(outline, line, 0)).collect::<Vec<_>>());
            } else {
                out.extend(shell::words(outline, &list));
            }
            at = end.max(next);
            continue;
        }
        let mapped = if let Some(marked) = value.trim().strip_prefix("<<") {
            let tag = marked.trim_start_matches('-').trim();
            let (body, end) = heredoc(text, next, tag);
            at = end;
            Mapped::part(body, next)
        } else {
            at = next;
            let Some(open) = value.find('"') else { continue };
            let inner = &value[open + 1..];
            let Some(close) = inner.rfind('"') else { continue };
            quoted(&inner[..close], value_start + open + 1)
        };
        if !mapped.text.contains(char::is_whitespace) {
            continue;
        }
        if SCRIPTS.contains(&key.as_str()) || key.ends_with("_script") || mapped.text.starts_with("#!") {
            out.extend(shell::script(outline, &mapped, 0));
        } else {
            let pieces = with_holes(&mapped);
            let span = mapped.span(0, mapped.text.len());
            let value = outline.push(ExprKind::Text(pieces), span);
            let is_sql = QUERIES.contains(&key.as_str()) || key.ends_with("_sql") || key.ends_with("_query");
            let value = if is_sql { document_call(outline, "sql", value) } else { value };
            out.push(Stmt::Expr(value));
        }
    }
    out
}

/// The texts of the list that begins at `open` (`["psql", "-c", "…"]`), and where it ends.
fn words_of_list(text: &str, open: usize) -> (Vec<Mapped>, usize) {
    let mut list = Vec::new();
    let mut at = open;
    while let Some(found) = text[at..].find(['"', ']']) {
        let start = at + found;
        if text[start..].starts_with(']') {
            return (list, start + 1);
        }
        let mut end = start + 1;
        let mut escaped = false;
        for letter in text[start + 1..].chars() {
            if letter == '"' && !escaped {
                break;
            }
            escaped = letter == '\\' && !escaped;
            end += letter.len_utf8();
        }
        list.push(quoted(&text[start + 1..end], start + 1));
        at = (end + 1).min(text.len());
    }
    (list, text.len())
}

/// The body of a heredoc that begins at `start`, and where the text goes on.
fn heredoc<'t>(text: &'t str, start: usize, tag: &str) -> (&'t str, usize) {
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim() == tag {
            return (&text[start..at], at + line.len());
        }
        at += line.len();
    }
    (&text[start..], text.len())
}

/// A quoted text of Terraform with its escapes.
fn quoted(inner: &str, start: usize) -> Mapped {
    let mut mapped = Mapped::default();
    let mut from = 0;
    let mut letters = inner.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter != '\\' {
            continue;
        }
        let Some((next_at, next)) = letters.next() else { break };
        mapped.add(&inner[from..at], start + from);
        let end = next_at + next.len_utf8();
        let plain = match next {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            _ => &inner[next_at..end],
        };
        mapped.add_as(plain, Span::new(start + at, start + end));
        from = end;
    }
    mapped.add(&inner[from..], start + from);
    mapped
}

/// The pieces of a text in which `${…}` stands for something unknown.
fn with_holes(mapped: &Mapped) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(found) = mapped.text[from..].find("${") {
        let start = from + found;
        let Some(length) = mapped.text[start..].find('}') else { break };
        pieces.extend(mapped.pieces(from, start));
        pieces.push(Piece::Hole { span: mapped.span(start, start + length + 1) });
        from = start + length + 1;
    }
    pieces.extend(mapped.pieces(from, mapped.text.len()));
    pieces
}

/// The outline of a notebook.
pub(super) fn notebook(text: &str) -> Outline {
    let mut code = Mapped::default();
    let mut own = Outline::default();
    let mut body = Vec::new();
    for node in document::parse(text, Language::Json).0 {
        for cell in entry(&node, "cells").map(items).unwrap_or_default() {
            let is_code =
                entry(cell, "cell_type").is_some_and(|kind| matches!(&kind.data, Data::Text(kind) if kind == "code"));
            if let Some(source) = entry(cell, "source").filter(|_| is_code) {
                self::cell(text, source, &mut code, &mut own, &mut body);
            }
        }
    }
    let mut outline = python(&code);
    if !body.is_empty() {
        super::remap::merge(&mut outline, own, super::top_level(text.len(), body));
    }
    outline
}

#[cfg(feature = "python")]
fn python(code: &Mapped) -> Outline {
    let mut outline = crate::syntax::python::outline(&code.text);
    super::remap::remap(&mut outline, code);
    outline
}

#[cfg(not(feature = "python"))]
fn python(_code: &Mapped) -> Outline {
    Outline::default()
}

fn entry<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    match &node.data {
        Data::Map(entries) => entries.iter().find(|(key, _)| key.text == name).map(|(_, node)| node),
        _ => None,
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.data {
        Data::List(items) => items,
        _ => &[],
    }
}

/// Where the SQL begins in `rows = %sql SELECT …`.
fn assigned_magic(line: &str) -> Option<usize> {
    let (name, rest) = line.split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let sql = rest.trim_start().strip_prefix("%sql ").filter(|_| is_name)?;
    Some(line.len() - sql.len())
}

/// One cell: SQL, a shell script, or Python in which single lines may be either.
fn cell(text: &str, source: &Node, code: &mut Mapped, own: &mut Outline, body: &mut Vec<Stmt>) {
    let lines: Vec<Mapped> = match &source.data {
        Data::List(lines) => lines.iter().filter_map(|line| aligned(text, 0, line)).collect(),
        _ => aligned(text, 0, source).into_iter().collect(),
    };
    let mut whole = Mapped::default();
    for line in lines {
        for piece in line.pieces(0, line.text.len()) {
            if let Piece::Literal { text, span } = piece {
                whole.add_as(&text, span);
            }
        }
    }
    let first = whole.text.lines().next().unwrap_or_default().to_owned();
    let rest = whole.slice((first.len() + 1).min(whole.text.len()), whole.text.len());
    if first.starts_with("%%sql") || first.starts_with("%%bigquery") || first.starts_with("%%read_sql") {
        let value = literal(own, &rest);
        body.push(Stmt::Expr(document_call(own, "sql", value)));
        return;
    }
    if first.starts_with("%%bash") || first.starts_with("%%sh") || first.starts_with("%%script") {
        body.extend(shell::script(own, &rest, 0));
        return;
    }
    let mut at = 0;
    for line in whole.text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        if let Some(sql) = trimmed.strip_prefix("%sql ") {
            let start = at + line.len() - sql.len();
            let value = literal(own, &whole.slice(start, at + line.len()));
            body.push(Stmt::Expr(document_call(own, "sql", value)));
            code.add_as("\n", Span::default());
        } else if let Some(found) = assigned_magic(trimmed) {
            let start = at + indent + found;
            let value = literal(own, &whole.slice(start, at + line.len()));
            body.push(Stmt::Expr(document_call(own, "sql", value)));
            code.add_as("\n", Span::default());
        } else if trimmed.starts_with('!') {
            body.extend(shell::script(own, &whole.slice(at + indent + 1, at + line.len()), 0));
            code.add_as("\n", Span::default());
        } else if trimmed.starts_with('%') {
            code.add_as("\n", Span::default());
        } else {
            for piece in whole.pieces(at, at + line.len()) {
                if let Piece::Literal { text, span } = piece {
                    code.add_as(&text, span);
                }
            }
        }
        at += line.len();
    }
    code.add_as("\n", Span::default());
}
