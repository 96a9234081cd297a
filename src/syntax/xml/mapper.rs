//! MyBatis mappers and iBatis maps.

use roxmltree::Node;
use rustc_hash::FxHashMap;

use super::super::outline::{
    Arg, ExprId, ExprKind, Function, FunctionKind, Outline, Piece, Stmt, TypeDecl, TypeId, TypeKind, ValueDecl,
};
use super::MAX_DEPTH;
use super::text::{Part, attribute, parts, pieces, span};
use crate::source::Span;
use crate::vocabulary::Name;

/// One file may not grow to more than this by fragments that include each other many times.
const MAX_PIECES: usize = 200_000;

pub(super) fn outline<'a>(source: &'a str, root: Node<'a, 'a>) -> Outline {
    let namespace = attribute(root, "namespace");
    let mut package: Vec<Name> = namespace.map_or("", |(name, _)| name).split('.').map(Name::new).collect();
    let name = package.pop().unwrap_or_default();
    let name_span = namespace.map_or(span(root), |(_, span)| span);
    let classic = root.tag_name().name() == "sqlMap";
    let fragments = root
        .children()
        .filter(|child| child.has_tag_name("sql"))
        .filter_map(|child| Some((child.attribute("id")?, child)))
        .collect();
    let mut outline = Outline { package, ..Outline::default() };
    outline.types.push(TypeDecl {
        name: name.clone(),
        scope: Vec::new(),
        kind: TypeKind::Extension,
        span: span(root),
        name_span,
        bases: Vec::new(),
        generics: Vec::new(),
        annotations: Vec::new(),
        fields: Vec::new(),
    });
    let mut mapper = Mapper { source, outline, name, fragments, classic, open: Vec::new(), made: 0 };
    for child in root.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "sql" => mapper.fragment(child),
            "select" | "insert" | "update" | "delete" | "statement" | "procedure" => mapper.statement(child),
            _ => {}
        }
    }
    mapper.outline
}

struct Mapper<'a> {
    source: &'a str,
    outline: Outline,
    name: Name,
    fragments: FxHashMap<&'a str, Node<'a, 'a>>,
    /// Whether it is an iBatis map: `#x#` and `$x$` rather than `#{x}` and `${x}`.
    classic: bool,
    /// The fragments being put in, so that one that includes itself ends.
    open: Vec<&'a str>,
    made: usize,
}

/// What is put in for `${name}` by the `<property>` elements of an include.
type Properties = FxHashMap<Name, (String, Span)>;

impl<'a> Mapper<'a> {
    fn fragment(&mut self, node: Node<'a, 'a>) {
        let Some((id, id_span)) = attribute(node, "id") else { return };
        let value = self.text(node);
        self.outline.values.push(ValueDecl {
            name: Name::new(id),
            scope: vec![self.name.clone()],
            ty: None,
            value: Some(value),
            exported: true,
            span: id_span,
        });
    }

    fn statement(&mut self, node: Node<'a, 'a>) {
        let (id, name_span) = attribute(node, "id").unwrap_or(("", span(node)));
        let mut body = Vec::new();
        for key in node.descendants().filter(|inner| inner.has_tag_name("selectKey")) {
            let text = self.text(key);
            body.push(Stmt::Expr(self.call("selectKey", text, span(key))));
        }
        let text = self.text(node);
        body.push(Stmt::Expr(self.call(node.tag_name().name(), text, span(node))));
        self.outline.functions.push(Function {
            name: Name::new(id),
            scope: vec![self.name.clone()],
            owner: Some(TypeId(0)),
            kind: FunctionKind::Method,
            parent: None,
            annotations: Vec::new(),
            generics: Vec::new(),
            params: Vec::new(),
            returns: None,
            body,
            span: span(node),
            name_span,
            is_test: false,
        });
    }

    fn call(&mut self, tag: &str, text: ExprId, span: Span) -> ExprId {
        let segments = vec![Name::new_static("mybatis"), Name::new(tag)];
        let callee = self.outline.push(ExprKind::Path { segments, type_args: Vec::new() }, span);
        let args = vec![Arg { name: None, value: text, spread: false }];
        self.outline.push(ExprKind::Call { callee, args }, span)
    }

    fn text(&mut self, node: Node<'a, 'a>) -> ExprId {
        let mut out = Vec::new();
        self.content(node, &Properties::default(), 0, &mut out);
        self.outline.push(ExprKind::Text(out), span(node))
    }

    fn content(&mut self, node: Node<'a, 'a>, properties: &Properties, depth: usize, out: &mut Vec<Piece>) {
        if depth > MAX_DEPTH || self.made > MAX_PIECES {
            return;
        }
        for part in parts(self.source, node) {
            match part {
                Part::Raw(start, end) => {
                    let mut raw = Vec::new();
                    pieces(self.source, start, end, &mut raw);
                    for piece in raw {
                        self.placeholders(piece, properties, out);
                    }
                }
                Part::Element(child) => self.element(child, properties, depth + 1, out),
            }
        }
        self.made += out.len();
    }

    fn element(&mut self, node: Node<'a, 'a>, properties: &Properties, depth: usize, out: &mut Vec<Piece>) {
        let mut inner = Vec::new();
        let tag = node.tag_name().name();
        match tag {
            "selectKey" | "bind" | "property" => return,
            "include" => return self.include(node, properties, depth, out),
            "choose" => return self.choose(node, properties, depth, out),
            _ => self.content(node, properties, depth, &mut inner),
        }
        let written = |name| attribute(node, name);
        match tag {
            "where" => trim(&mut inner, Some(("WHERE ", span(node))), None, "AND |OR ", ""),
            "set" => trim(&mut inner, Some(("SET ", span(node))), None, ",", ","),
            "trim" => {
                let overrides = |name| node.attribute(name).unwrap_or_default();
                let (prefixes, suffixes) = (overrides("prefixOverrides"), overrides("suffixOverrides"));
                trim(&mut inner, written("prefix"), written("suffix"), prefixes, suffixes);
            }
            "foreach" => trim(&mut inner, written("open"), written("close"), "", ""),
            "iterate" => trim(&mut inner, written("open").or(written("prepend")), written("close"), "", ""),
            // iBatis: the first of the parts in `<dynamic prepend="WHERE">` loses its own `prepend`.
            "dynamic" => trim(&mut inner, written("prepend"), None, "AND|OR|,", ""),
            _ => trim(&mut inner, written("prepend"), None, "", ""),
        }
        blank(out, node.range().start);
        out.append(&mut inner);
        blank(out, node.range().end);
    }

    /// A fragment of this file in its place, or a reference to another's.
    fn include(&mut self, node: Node<'a, 'a>, outer: &Properties, depth: usize, out: &mut Vec<Piece>) {
        let Some((refid, place)) = attribute(node, "refid") else { return };
        let mut properties = outer.clone();
        for property in node.children().filter(|child| child.has_tag_name("property")) {
            if let (Some(name), Some((value, place))) = (property.attribute("name"), attribute(property, "value")) {
                properties.insert(Name::new(name), (value.to_owned(), place));
            }
        }
        let (namespace, id) = refid.rsplit_once('.').unwrap_or(("", refid));
        let here = namespace.is_empty() || namespace.rsplit('.').next() == Some(self.name.as_str());
        let fragment = if here { self.fragments.get_key_value(id) } else { None };
        blank(out, node.range().start);
        match fragment.map(|(id, fragment)| (*id, *fragment)) {
            Some((id, fragment)) if !self.open.contains(&id) => {
                self.open.push(id);
                let mut inner = Vec::new();
                self.content(fragment, &properties, depth + 1, &mut inner);
                self.open.pop();
                // A fragment that is no more than a name counts where it is put in.
                match single_word(&inner) {
                    Some(word) => out.push(Piece::Literal { text: word, span: place }),
                    None => out.append(&mut inner),
                }
            }
            Some(_) => out.push(Piece::Hole { span: place }),
            None => {
                let segments = refid.split('.').map(Name::new).collect();
                let expr = self.outline.push(ExprKind::Path { segments, type_args: Vec::new() }, place);
                out.push(Piece::Value { expr, span: place });
            }
        }
        blank(out, node.range().end);
    }

    /// One of several branches.
    fn choose(&mut self, node: Node<'a, 'a>, properties: &Properties, depth: usize, out: &mut Vec<Piece>) {
        let mut ways = Vec::new();
        for branch in node.children().filter(Node::is_element) {
            let mut inner = Vec::new();
            self.content(branch, properties, depth, &mut inner);
            ways.push(self.outline.push(ExprKind::Text(inner), span(branch)));
        }
        blank(out, node.range().start);
        if !ways.is_empty() {
            let expr = self.outline.push(ExprKind::Choice(ways), span(node));
            out.push(Piece::Value { expr, span: span(node) });
        }
        blank(out, node.range().end);
    }

    /// Makes holes of what is put in as text; `#{x}` stays.
    fn placeholders(&self, piece: Piece, properties: &Properties, out: &mut Vec<Piece>) {
        let Piece::Literal { text, span } = piece else { return out.push(piece) };
        if text.len() != span.len() {
            return out.push(Piece::Literal { text, span });
        }
        let (open, close) = if self.classic { ("$", "$") } else { ("${", "}") };
        let place = |from: usize, to: usize| Span::new(span.start as usize + from, span.start as usize + to);
        let literal =
            |from: usize, to: usize| Piece::Literal { text: text[from..to].to_owned(), span: place(from, to) };
        let mut from = 0;
        while let Some(found) = text[from..].find(open) {
            let start = from + found;
            let inside = start + open.len();
            let Some(length) = text[inside..].find(close) else { break };
            let end = inside + length + close.len();
            if start > from {
                out.push(literal(from, start));
            }
            match properties.get(text[inside..inside + length].trim()) {
                Some((value, place)) => out.push(Piece::Literal { text: value.clone(), span: *place }),
                None => out.push(Piece::Hole { span: place(start, end) }),
            }
            from = end;
        }
        if from < text.len() {
            out.push(literal(from, text.len()));
        }
    }
}

/// The word that pieces come to, if they are no more than one.
fn single_word(pieces: &[Piece]) -> Option<String> {
    let mut all = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal { text, .. } => all.push_str(text),
            _ => return None,
        }
    }
    let word = all.trim();
    (!word.is_empty() && !word.contains(char::is_whitespace)).then(|| word.to_owned())
}

/// A blank between two elements' texts, which stands nowhere.
fn blank(out: &mut Vec<Piece>, at: usize) {
    if !out.is_empty() {
        out.push(Piece::Literal { text: " ".to_owned(), span: Span::new(at, at) });
    }
}

/// What `<trim>` does: strips the first word or the last if it is one of the overrides, and puts texts round.
/// Nothing is put round what is empty.
fn trim(
    pieces: &mut Vec<Piece>,
    prefix: Option<(&str, Span)>,
    suffix: Option<(&str, Span)>,
    prefix_overrides: &str,
    suffix_overrides: &str,
) {
    let solid = |piece: &Piece| !matches!(piece, Piece::Literal { text, .. } if text.trim().is_empty());
    let Some(first) = pieces.iter().position(solid) else { return };
    if let Piece::Literal { text, span } = &mut pieces[first] {
        let start = text.len() - text.trim_start().len();
        let rest = text[start..].to_ascii_uppercase();
        let found = words(prefix_overrides).find(|word| starts_with_word(&rest, word));
        if let Some(word) = found {
            let cut = start + word.trim_end().len();
            let exact = text.len() == span.len();
            text.drain(..cut);
            if exact {
                span.start += u32::try_from(cut).unwrap_or(0);
            }
        }
    }
    if let Some(last) = pieces.iter().rposition(solid)
        && let Piece::Literal { text, span } = &mut pieces[last]
    {
        let kept = text.trim_end().len();
        let end = text[..kept].to_ascii_uppercase();
        let found = words(suffix_overrides).find(|word| end.ends_with(word.trim()));
        if let Some(word) = found
            && text.len() == span.len()
        {
            let kept = kept - word.trim().len();
            text.truncate(kept);
            span.end = span.start + u32::try_from(kept).unwrap_or(0);
        }
    }
    let piece = |text: &str, span| Piece::Literal { text: format!(" {text} "), span };
    if let Some((text, span)) = prefix {
        pieces.insert(0, piece(text, span));
    }
    if let Some((text, span)) = suffix {
        pieces.push(piece(text, span));
    }
}

/// The overrides of a `|`-separated list, in capitals.
fn words(list: &str) -> impl Iterator<Item = String> {
    list.split('|').filter(|word| !word.trim().is_empty()).map(|word| word.trim_start().to_ascii_uppercase())
}

/// Whether a text begins with a word, and the word ends there.
fn starts_with_word(text: &str, word: &str) -> bool {
    let word = word.trim_end();
    let ends_in_letter = word.ends_with(|ch: char| ch.is_alphanumeric());
    text.strip_prefix(word)
        .is_some_and(|rest| !ends_in_letter || !rest.starts_with(|ch: char| ch.is_alphanumeric() || ch == '_'))
}
