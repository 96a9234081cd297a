//! What doc comments of JavaScript say of types, as TypeScript's compiler reads them: `@param {import("knex").Knex} db`,
//! `@type {Pool}`, `@typedef {import("pg").Pool} Pool`, `@import { Knex } from "knex"`.

use tree_sitter::Node;

use super::Script;
use crate::source::Span;
use crate::syntax::lowering::span;
use crate::syntax::outline::{Field, Param, TypeDecl, TypeKind, TypeRef};
use crate::vocabulary::Name;

/// Types inside of types are read so far.
const MAX_DEPTH: usize = 16;

/// What a tag says: its type, and the name behind it.
struct Tag {
    kind: &'static str,
    ty: Option<TypeRef>,
    /// `db`, or `deps.db` for a member of what is called `deps`.
    name: Name,
}

impl Script<'_> {
    /// The types that the doc comment of a function states for parameters which state none themselves.
    pub(super) fn documented_params(&mut self, node: Node<'_>, params: &mut [Param]) {
        if params.iter().all(|param| param.ty.is_some()) {
            return;
        }
        let tags: Vec<Tag> = self.tags(node).into_iter().filter(|tag| tag.kind == "@param").collect();
        let mut whole: Vec<&Tag> = tags.iter().filter(|tag| !tag.name.contains('.')).collect();
        // What is taken apart has no name of its own: it is the one at its position.
        whole.truncate(params.len());
        for (position, param) in params.iter_mut().enumerate().filter(|(_, param)| param.ty.is_none()) {
            let named = whole.iter().copied().find(|tag| tag.name == param.name);
            let Some(tag) = named.or_else(|| whole.get(position).copied().filter(|_| param.name == "_")) else {
                continue;
            };
            let members: Vec<(Name, TypeRef)> = tags
                .iter()
                .filter_map(|part| {
                    let member = part.name.strip_prefix(tag.name.as_str())?.strip_prefix('.')?;
                    Some((member.into(), part.ty.clone()?))
                })
                .collect();
            param.ty =
                if members.is_empty() { tag.ty.clone() } else { Some(self.made_type(None, members, span(node))) };
        }
    }

    /// The type that the doc comment of a variable or a member states.
    pub(super) fn documented_type(&mut self, node: Node<'_>) -> Option<TypeRef> {
        self.tags(node).into_iter().find(|tag| tag.kind == "@type")?.ty
    }

    /// What the comments of a module name for all of it.
    pub(super) fn documented_names(&mut self, root: Node<'_>) {
        if !self.documented {
            return;
        }
        let mut cursor = root.walk();
        for comment in root.children(&mut cursor).filter(|child| child.kind() == "comment") {
            let text = self.l.str(comment);
            if text.contains("@import") {
                self.documented_imports(comment);
            }
            if !text.contains("@typedef") {
                continue;
            }
            let tags = self.tags_of(comment);
            let Some(defined) = tags.iter().find(|tag| tag.kind == "@typedef") else { continue };
            let name = defined.name.clone();
            let members = tags.iter().filter(|tag| tag.kind == "@property");
            let members: Vec<(Name, TypeRef)> =
                members.filter_map(|tag| Some((tag.name.clone(), tag.ty.clone()?))).collect();
            let base = defined.ty.clone().filter(|_| members.is_empty());
            self.documented_alias(name, base, members, span(comment));
        }
    }

    /// `@typedef {Pool} Connection`, or one whose members follow.
    fn documented_alias(&mut self, name: Name, base: Option<TypeRef>, members: Vec<(Name, TypeRef)>, span: Span) {
        if !name.is_empty() {
            self.made_type(Some((name, base)), members, span);
        }
    }

    /// `@import { Knex, type Pool as P } from "knex"`, `@import * as pg from "pg"`.
    fn documented_imports(&mut self, comment: Node<'_>) {
        let text = self.l.str(comment);
        for part in text.split("@import").skip(1) {
            let Some((names, module)) = part.split_once(" from ") else { continue };
            let Some(module) = module.trim_start().split(['\'', '"']).nth(1) else { continue };
            let names = names.trim().trim_matches(['{', '}']);
            for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                let (name, alias) = name.split_once(" as ").map_or((name, name), |(name, alias)| (name, alias.trim()));
                let mut path = vec![Name::from(module)];
                path.extend((name.trim() != "*").then(|| Name::from(name.trim())));
                self.add_import(path, Some(alias.into()), false, false, comment);
            }
        }
    }

    /// The tags of the doc comment of what `node` is a part of.
    fn tags(&mut self, node: Node<'_>) -> Vec<Tag> {
        match self.doc_comment(node).filter(|_| self.documented) {
            Some(comment) => self.tags_of(comment),
            None => Vec::new(),
        }
    }

    /// The comment right before a node, or before the statement that it is the value of.
    fn doc_comment<'n>(&self, node: Node<'n>) -> Option<Node<'n>> {
        let mut at = node;
        loop {
            if let Some(before) = at.prev_sibling().filter(|before| before.kind() == "comment") {
                return self.l.str(before).starts_with("/**").then_some(before);
            }
            at = at.parent().filter(|parent| {
                matches!(
                    parent.kind(),
                    "variable_declarator"
                        | "lexical_declaration"
                        | "variable_declaration"
                        | "export_statement"
                        | "assignment_expression"
                        | "expression_statement"
                        | "pair"
                        | "public_field_definition"
                        | "parenthesized_expression"
                )
            })?;
        }
    }

    fn tags_of(&mut self, comment: Node<'_>) -> Vec<Tag> {
        const TAGS: &[&str] = &["@param", "@type", "@typedef", "@property"];
        let text = self.l.str(comment).to_owned();
        let mut tags = Vec::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find('@') {
            rest = &rest[at..];
            let word = rest.split(|letter: char| letter.is_whitespace() || letter == '{').next().unwrap_or_default();
            let Some(tag) = TAGS.iter().copied().find(|tag| *tag == word) else {
                rest = &rest[1..];
                continue;
            };
            rest = rest[tag.len()..].trim_start();
            let mut reader = Reader { script: self, rest, span: span(comment), depth: 0 };
            let ty = reader.braced();
            rest = reader.rest.trim_start();
            let name =
                rest.trim_start_matches('[').split(|letter: char| letter.is_whitespace() || "]=*".contains(letter));
            let name = name.into_iter().next().unwrap_or_default().into();
            tags.push(Tag { kind: tag, ty, name });
        }
        tags
    }

    /// A type that stands for a record's, or for one that a comment names.
    fn made_type(
        &mut self,
        named: Option<(Name, Option<TypeRef>)>,
        members: Vec<(Name, TypeRef)>,
        span: Span,
    ) -> TypeRef {
        let (name, base) = named.unwrap_or_else(|| (self.nameless(), None));
        let fields = members.into_iter().map(|(name, ty)| Field {
            name,
            ty: Some(ty),
            annotations: Vec::new(),
            value: None,
            is_static: false,
            span,
        });
        let decl = TypeDecl {
            name: name.clone(),
            scope: self.l.scope.clone(),
            kind: TypeKind::Alias,
            span,
            name_span: span,
            bases: base.into_iter().collect(),
            generics: Vec::new(),
            annotations: Vec::new(),
            fields: fields.collect(),
        };
        self.l.add_type(decl);
        TypeRef::simple(vec![name], span)
    }

    /// What a type is called that has no name: nothing else in the file is.
    pub(super) fn nameless(&self) -> Name {
        format!("{{{}}}", self.l.out.types.len()).into()
    }

    /// The type that `import("knex").Knex` names.
    pub(super) fn imported_type(&mut self, node: Node<'_>) -> Option<TypeRef> {
        let text = self.l.str(node).to_owned();
        Reader { script: self, rest: &text, span: span(node), depth: 0 }.ty()
    }
}

/// Reads the text of a type.
struct Reader<'r, 't, 'c> {
    script: &'r mut Script<'t>,
    rest: &'c str,
    span: Span,
    depth: usize,
}

impl Reader<'_, '_, '_> {
    fn take(&mut self, sign: &str) -> bool {
        let rest = self.rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '*');
        match rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The type between braces that a tag begins with; what is behind it is left.
    fn braced(&mut self) -> Option<TypeRef> {
        if !self.rest.starts_with('{') {
            return None;
        }
        let mut depth = 0_i32;
        let end = self.rest.find(|letter: char| {
            depth += i32::from(letter == '{') - i32::from(letter == '}');
            depth == 0
        })?;
        let (inside, after) = (&self.rest[1..end], &self.rest[end + 1..]);
        self.rest = inside;
        let ty = self.ty();
        self.rest = after;
        ty
    }

    /// A type; of a union the first that is anything.
    fn ty(&mut self) -> Option<TypeRef> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut found = self.one();
        while self.take("|") || self.take("&") {
            let other = self.one();
            found = found.or(other);
        }
        self.depth -= 1;
        found
    }

    fn one(&mut self) -> Option<TypeRef> {
        while self.take("?") || self.take("!") || self.take("...") || self.take("readonly ") || self.take("|") {}
        let mut ty = if self.take("(") {
            let inside = self.ty();
            self.take(")");
            inside
        } else if self.take("{") {
            Some(self.record())
        } else if self.take("import(") {
            Some(self.imported())
        } else {
            self.named()
        };
        if self.take("<") || self.take(".<") {
            let mut args = Vec::new();
            loop {
                args.extend(self.ty());
                if !self.take(",") {
                    break;
                }
            }
            self.take(">");
            if let Some(ty) = &mut ty {
                ty.args = args;
            }
        }
        while self.take("[]") {
            let args = ty.into_iter().collect();
            ty = Some(TypeRef { path: vec!["[]".into()], args, span: self.span });
        }
        self.take("=");
        ty
    }

    /// `{ db: Knex, log?: Logger }`, behind the brace.
    fn record(&mut self) -> TypeRef {
        let mut members = Vec::new();
        while let Some(name) = self.word() {
            self.take("?");
            if self.take(":")
                && let Some(ty) = self.ty()
            {
                members.push((Name::from(name), ty));
            }
            if !self.take(",") && !self.take(";") {
                break;
            }
        }
        self.take("}");
        self.script.made_type(None, members, self.span)
    }

    /// `import("knex").Knex.Transaction`, behind the parenthesis: a name that the module imports it by.
    fn imported(&mut self) -> TypeRef {
        let mut path = Vec::new();
        if let Some((module, rest)) = self.rest.split_once(')') {
            path.push(Name::from(module.trim().trim_matches(['\'', '"', '`'])));
            self.rest = rest;
        }
        while self.take(".") {
            let Some(name) = self.word() else { break };
            path.push(name.into());
        }
        let alias: Name = format!("import({})", path.iter().map(Name::as_str).collect::<Vec<_>>().join(".")).into();
        let known = self.script.l.out.imports.iter().any(|import| import.alias.as_ref() == Some(&alias));
        if !known {
            self.script.add_import_at(path, alias.clone(), self.span);
        }
        TypeRef::simple(vec![alias], self.span)
    }

    fn named(&mut self) -> Option<TypeRef> {
        self.take("typeof ");
        let mut path: Vec<Name> = vec![self.word()?.into()];
        while !self.rest.starts_with(".<") && self.take(".") {
            let Some(name) = self.word() else { break };
            path.push(name.into());
        }
        let nothing = matches!(path[..], [ref only] if matches!(only.as_str(), "null" | "undefined" | "void"));
        (!nothing).then(|| TypeRef::simple(path, self.span))
    }

    fn word(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '*');
        let end = self.rest.find(|letter: char| !(letter.is_alphanumeric() || "_$".contains(letter)));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        (!word.is_empty()).then(|| word.to_owned())
    }
}
