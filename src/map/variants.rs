//! What a variant of an enum stands for.
//!
//! Two frameworks of Rust name tables by variants, and no other data does: sea-query's `Iden` enums, in which each
//! variant may be the name of a table of its own, and sea-orm's `Relation` enums, in which each variant leads to another
//! entity, by an attribute or by the arm of a method.

use super::carried::Carried;
use super::entities::Entity;
use super::matching::Selected;
use super::program::Program;
use super::symbols::Def;
use crate::facts::{Node, NodeId};
use crate::frameworks::{CallRule, Naming, Selector, Step, naming};
use crate::source::FileId;
use crate::syntax::outline::{FunctionKind, TypeKind};
use crate::vocabulary::{Name, TableName};

/// A variant: the enum's file and index, and the variant's number in it.
type Variant = ((FileId, u32), usize);

impl Program<'_> {
    /// The variant that a path names.
    fn variant(&self, file: FileId, function: u32, segments: &[Name]) -> Option<Variant> {
        if segments.len() < 2 {
            return None;
        }
        let resolved = self.symbols.resolve_in(file, function, segments);
        let (Some(&Def::Type(file, index)), [name]) = (resolved.defs.first(), &resolved.rest[..]) else { return None };
        let decl = self.symbols.type_decl(file, index);
        if decl.kind != TypeKind::Enum {
            return None;
        }
        Some(((file, index), decl.fields.iter().position(|field| field.name == *name)?))
    }

    /// The table that a variant names.
    pub(super) fn variant_entity(&self, file: FileId, function: u32, segments: &[Name]) -> Option<Carried> {
        let ((file, index), position) = self.variant(file, function, segments)?;
        let entity = &self.entities.list[*self.entities.by_type.get(&(file, index))?];
        let field = &self.symbols.type_decl(file, index).fields[position];
        if !entity.variants || field.name == "Table" {
            return None;
        }
        let stated = field.annotations.iter().flat_map(|annotation| &annotation.args);
        let mut stated = stated.filter(|arg| arg.name.as_ref().is_none_or(|name| name == "iden"));
        let stated = stated.find_map(|arg| self.known_text(file, arg.value));
        let name = stated
            .or_else(|| self.arm_text(file, index, "unquoted", &field.name))
            .or_else(|| naming::table(Naming::Snake, &field.name, None).map(|name| name.to_string()))?;
        let table = TableName::parse(&name)?;
        Some(Carried::Named(Box::new(Entity { table, ..entity.clone() })))
    }

    /// The text that a method of an enum gives for one of its variants: the arm of that place, where there is one for
    /// each.
    pub(super) fn arm_text(&self, file: FileId, index: u32, method: &str, variant: &str) -> Option<String> {
        let (at, node) = self.arm(file, index, method, variant)?;
        self.known_text(at, node)
    }

    fn arm(&self, file: FileId, index: u32, method: &str, variant: &str) -> Option<(FileId, NodeId)> {
        let decl = self.symbols.type_decl(file, index);
        let position = decl.fields.iter().position(|field| field.name == variant)?;
        let unit = self.symbols.file(file).unit;
        let methods = self.symbols.methods(unit, &decl.name, &Name::from(method));
        let (at, value) = Self::functions(&methods).find_map(|(at, function)| {
            let near = self.symbols.file(at).module == self.symbols.file(file).module;
            Some((at, self.symbols.function(at, function).value.filter(|_| near)?))
        })?;
        self.nth_way(at, value, position, decl.fields.len()).map(|node| (at, node))
    }

    /// The n-th of as many ways as there are variants; a value that has one way is all of them.
    fn nth_way(&self, file: FileId, node: NodeId, position: usize, count: usize) -> Option<NodeId> {
        let facts = self.symbols.file(file).facts;
        match facts.node(node) {
            Node::Choice(ways) => (ways.len() == count).then(|| ways[position]),
            Node::Text(pieces) => match &pieces[..] {
                [crate::facts::TextPiece::Value { node, .. }] => self.nth_way(file, *node, position, count),
                _ => Some(node),
            },
            Node::Typed { value: Some(value), .. } => self.nth_way(file, *value, position, count),
            _ => Some(node),
        }
    }

    /// The entity on the other end of a relation that a variant names (`Relation::Line.def()`), or, where it is turned
    /// round (`.rev()`), the one that declares it.
    pub(super) fn relation(&self, file: FileId, receiver: NodeId, method: &Name) -> Option<usize> {
        let facts = self.symbols.file(file).facts;
        let (base, turned) = match (method.as_str(), facts.node(receiver)) {
            ("def", _) => (receiver, false),
            ("rev", Node::Call(call)) => match facts.node(facts.calls[*call as usize].callee) {
                Node::Member { base, name, .. } if name == "def" => (*base, true),
                _ => return None,
            },
            _ => return None,
        };
        let Node::Name { segments, function, .. } = facts.node(base) else { return None };
        let ((file, index), position) = self.variant(file, *function, segments)?;
        let decl = self.symbols.type_decl(file, index);
        if turned {
            let own = self.symbols.resolve(file, &decl.scope, &[Name::new_static("Entity")]);
            return self.entity_of_defs(&own.defs);
        }
        let field = &decl.fields[position];
        let leads = field.annotations.iter().flat_map(|annotation| &annotation.args);
        let mut leads = leads.filter(|arg| {
            arg.name.as_ref().is_some_and(|name| matches!(name.as_str(), "belongs_to" | "has_one" | "has_many"))
        });
        if let Some(arg) = leads.next() {
            let path = self.known_text(file, arg.value)?;
            let segments: Vec<Name> = path.split("::").map(|part| part.trim().into()).collect();
            return self.entity_of_defs(&self.symbols.resolve(file, &decl.scope, &segments).defs);
        }
        let (at, node) = self.arm(file, index, "def", &field.name)?;
        match self.entity_of(at, node, 0)? {
            Carried::Declared(number) => Some(number),
            Carried::Named(_) => None,
        }
    }

    fn entity_of_defs(&self, defs: &[Def]) -> Option<usize> {
        defs.iter().find_map(|def| match *def {
            Def::Type(file, index) => self.entities.by_type.get(&(file, index)).copied(),
            _ => None,
        })
    }

    /// The entities that a call comes to besides the one it names: the one between it and the receiver's, or all that
    /// a link goes along.
    pub(super) fn related_by(&self, file: FileId, call: u32, rule: &CallRule) -> Vec<Carried> {
        let Some(selector) = &rule.related else { return Vec::new() };
        let linked = self.linked(file, call, selector);
        if linked.is_empty() { self.between_related(file, call, selector).into_iter().collect() } else { linked }
    }

    /// The entities of the relations that a type's `link` lists.
    fn linked(&self, file: FileId, call: u32, selector: &Selector) -> Vec<Carried> {
        let types = self.select(file, call, selector).into_iter().filter_map(|value| match value {
            Selected::Node(file, node) => self.type_of(file, node, 0),
            Selected::Type(ty) => Some(ty),
        });
        let link = Name::new_static("link");
        let methods = types.flat_map(|ty| self.methods_of(file, &ty, &link));
        let mut found: Vec<Carried> = Vec::new();
        for (at, function) in methods {
            let Some(value) = self.symbols.function(at, function).value else { continue };
            let Node::List(relations) = self.symbols.file(at).facts.node(value) else { continue };
            for &relation in relations {
                found.extend(self.entity_of(at, relation, 0));
            }
        }
        found
    }

    /// The entity between the receiver's and the one a call finds with it, as `impl Related<…>` says with `via`.
    fn between_related(&self, file: FileId, call: u32, selector: &Selector) -> Option<Carried> {
        let entity = |value: &Selected| match value {
            Selected::Node(file, node) => match self.entity_of(*file, *node, 0)? {
                Carried::Declared(number) => Some(number),
                Carried::Named(_) => None,
            },
            Selected::Type(ty) => self.entity_of_type(ty, 0),
        };
        let receiver = Selector(vec![Step::Receiver]);
        let own = self.select(file, call, &receiver).iter().find_map(entity)?;
        let other = self.select(file, call, selector).iter().find_map(entity)?;
        let (file, _) = self.entities.list[own].decl?;
        let facts = self.symbols.file(file).facts;
        for (index, decl) in (0u32..).zip(&facts.types).filter(|(_, decl)| decl.kind == TypeKind::Extension) {
            let related = decl.bases.iter().filter(|base| base.path.last().is_some_and(|name| name == "Related"));
            let leads = |base: &crate::syntax::outline::TypeRef| {
                let ty = self.type_ref(file, &decl.scope, base.args.first()?, 0);
                self.entity_of_type(&ty, 0)
            };
            if !related.into_iter().any(|base| leads(base) == Some(other)) {
                continue;
            }
            let members = self.symbols.members(file, index).iter().map(|&at| &facts.functions[at as usize]);
            let mut via = members.filter(|function| function.name == "via" && function.kind != FunctionKind::Lambda);
            if let Some(carried) = via.next().and_then(|function| self.entity_of(file, function.value?, 0)) {
                return Some(carried);
            }
        }
        None
    }
}
