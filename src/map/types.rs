//! Of which type a value is, as far as declarations tell.
//!
//! A type is a path (resolved through imports), the declarations it has in the workspace, and its arguments. What
//! wraps a type (`Arc<Pool>`, `Task<Order>`, `List<Order>`) keeps it as its argument, so that "is it, or does it hold, a
//! pool?" can be asked without knowing every wrapper.

use std::sync::Arc;

use super::carried::Carried;
use super::languages::Way;
use super::memo;
use super::program::{CallRef, FunctionRef, Program};
use super::symbols::{Def, Resolved};
use crate::facts::{ArgFact, CallKind, FileFacts, Node, NodeId, TextPiece};
use crate::frameworks::{MemberRule, model};
use crate::source::{FileId, Language, Span};
use crate::syntax::outline::{FunctionKind, Generic, TypeKind, TypeRef};
use crate::vocabulary::Name;

/// Of more callers than this the first ones tell what a parameter is.
const MAX_GIVERS: usize = 8;

/// Chains of types longer than this are not followed.
const MAX_DEPTH: usize = 24;
/// What it costs of that to look into a function that states no result.
const INFERRED_DEPTH: usize = 6;

/// The type of a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ty {
    /// Its path as far as imports tell it.
    pub path: Vec<Name>,
    /// Other paths it may have (behind globs).
    pub others: Vec<Vec<Name>>,
    /// Its declarations in the workspace.
    pub decls: Vec<(FileId, u32)>,
    /// Its arguments.
    pub args: Vec<Ty>,
    /// Whether the value is the type itself (a class, not an object of it).
    pub is_type: bool,
}

impl Ty {
    /// Its bare name.
    pub(super) fn name(&self) -> &str {
        self.path.last().map(Name::as_str).unwrap_or_default()
    }

    /// Whether nothing is known of it but a name without declaration.
    pub(super) fn is_unknown(&self) -> bool {
        self.path.is_empty()
    }

    /// Whether one of its paths is what the rule's `path` names; `*Repo` is any whose name ends so.
    pub(super) fn is_named(&self, path: &str) -> bool {
        if path.contains('*') {
            return crate::frameworks::glob(path, self.name());
        }
        // Most are not: that much is told without taking the path apart.
        let may = |own: &[Name]| own.last().is_some_and(|name| path.ends_with(name.as_str()));
        if !may(&self.path) && !self.others.iter().any(|path| may(path)) {
            return false;
        }
        let last = model::last_segment(path);
        let ends = |path: &[Name]| path.last().is_some_and(|name| name == last);
        if !ends(&self.path) && !self.others.iter().any(|path| ends(path)) {
            return false;
        }
        let wanted = model::segments(path);
        let fits = |path: &[Name]| paths_agree(path, &wanted);
        fits(&self.path) || self.others.iter().any(|path| fits(path))
    }
}

/// Whether a resolved path is the one a rule names: the shorter is the end of the longer, or last segments agree
/// and the first ones too (`sqlx::Pool` for `sqlx::pool::Pool`).
pub(super) fn paths_agree(path: &[Name], wanted: &[Name]) -> bool {
    let (Some(last), Some(wanted_last)) = (path.last(), wanted.last()) else { return false };
    if last != wanted_last {
        return false;
    }
    // A bare name says nothing against any path; else one path must be the end of the other, or begin alike.
    path.len() == 1
        || wanted.len() == 1
        || path.ends_with(wanted)
        || wanted.ends_with(path)
        || (first_word(&path[0]) == first_word(&wanted[0]) && !is_domain(&path[0]) && may_reexport(path, wanted))
        || super::program::is_fork(&path[0], &wanted[0])
}

/// Whether one path may be a shorter way to what the other names. Namespaces (`Doctrine\ORM`, `System.Data`) have no
/// second doors: there the shorter must at least be a part of the longer.
fn may_reexport(one: &[Name], other: &[Name]) -> bool {
    if !one[0].starts_with(char::is_uppercase) {
        return true;
    }
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let mut rest = long.iter();
    short.iter().all(|name| rest.any(|other| other == name))
}

/// Whether a path begins with a domain read backwards (`org.springframework`): its first segment names nobody.
fn is_domain(segment: &str) -> bool {
    matches!(
        segment,
        "org" | "com" | "io" | "net" | "dev" | "me" | "tk" | "cn" | "de" | "app" | "java" | "javax" | "jakarta"
    )
}

/// `gorm.io/gorm` and `gorm.io/gorm/clause` are one root, as are `sqlx` and `sqlx`.
fn first_word(segment: &str) -> &str {
    segment.split("/v").next().unwrap_or(segment)
}

impl Program<'_> {
    fn facts(&self, file: FileId) -> &FileFacts {
        self.symbols.file(file).facts
    }

    /// The type that a reference names where it stands: in `file`, inside of `scope`.
    pub(super) fn type_ref(&self, file: FileId, scope: &[Name], reference: &TypeRef, depth: usize) -> Ty {
        if depth > MAX_DEPTH {
            memo::cut(&self.generation);
            return Ty::default();
        }
        let args: Vec<Ty> = reference.args.iter().map(|arg| self.type_ref(file, scope, arg, depth + 1)).collect();
        let resolved = self.symbols.resolve(file, scope, &reference.path);
        self.type_of_resolved(&resolved, args, depth)
    }

    fn type_of_resolved(&self, resolved: &Resolved, args: Vec<Ty>, depth: usize) -> Ty {
        let decls: Vec<(FileId, u32)> = match &resolved.rest[..] {
            [] => types(&resolved.defs),
            _ => Vec::new(),
        };
        // An alias is what it stands for.
        if let [(file, index)] = decls[..] {
            let decl = self.symbols.type_decl(file, index);
            if decl.kind == TypeKind::Alias
                && let [target] = &decl.bases[..]
                && depth < MAX_DEPTH
            {
                let mut ty = self.type_ref(file, &decl.scope, target, depth + 1);
                if !ty.is_unknown() {
                    ty.args.extend(args);
                    return ty;
                }
            }
        }
        Ty { path: resolved.path.clone(), others: resolved.others.clone(), decls, args, is_type: false }
    }

    /// The type of a value; `None` where nothing tells.
    pub(super) fn type_of(&self, file: FileId, node: NodeId, depth: usize) -> Option<Ty> {
        self.known_type(file, node, depth).as_deref().cloned()
    }

    /// The same, for whom it is enough to look at it.
    pub(super) fn known_type(&self, file: FileId, node: NodeId, depth: usize) -> Option<Arc<Ty>> {
        if depth > MAX_DEPTH {
            memo::cut(&self.generation);
            return None;
        }
        memo::type_of(&self.generation, (file, node), || self.infer(file, node, depth))
    }

    fn infer(&self, file: FileId, node: NodeId, depth: usize) -> Option<Ty> {
        let facts = self.facts(file);
        match facts.node(node) {
            Node::Typed { ty, value, function } => {
                let scope = self.scope(file, *function);
                let stated = self.stated(file, *function, scope, ty, depth);
                match (stated, value) {
                    (Some(mut ty), None) => {
                        ty.is_type = true;
                        Some(ty)
                    }
                    (Some(ty), Some(_)) => Some(ty),
                    (None, value) => self.type_of(file, (*value)?, depth + 1),
                }
            }
            Node::Param(function, index) => {
                let fact = self.symbols.function(file, *function);
                let param = fact.params.get(*index as usize)?;
                match &param.ty {
                    Some(ty) => self.stated(file, *function, self.scope(file, *function), ty, depth),
                    None => (*index == 0)
                        .then(|| self.handed_to(file, *function, depth + 1))
                        .flatten()
                        .or_else(|| self.type_of(file, param.default?, depth + 1))
                        .or_else(|| self.given_type((file, *function), *index, depth + 1))
                        .or_else(|| self.given_name(file, &param.name))
                        .or_else(|| self.named_like(file, &param.name)),
                }
            }
            Node::This(function) => {
                let Some((file, owner)) = self.owner(file, *function) else {
                    return self.lent_this(file, *function, depth + 1);
                };
                Some(self.own_type(file, owner))
            }
            Node::Super(function) => {
                let (file, owner) = self.owner(file, *function)?;
                let decl = self.symbols.type_decl(file, owner);
                decl.bases.first().map(|base| self.type_ref(file, &decl.scope, base, depth + 1))
            }
            Node::Name { segments, function, .. } => self.type_of_name(file, *function, segments, depth),
            Node::Member { base, name, .. } => self.type_of_member(file, *base, name, depth),
            Node::Index { base, .. } | Node::Element { base, .. } => {
                let Some(ty) = self.type_of(file, *base, depth + 1) else {
                    // `%{order: order}` of a map.
                    return match facts.node(node) {
                        Node::Element { name: Some(name), .. } if self.has(file, Way::StructPatterns) => {
                            self.named_like(file, name)
                        }
                        _ => None,
                    };
                };
                // `Repository[Order]`: the type with what it is made for.
                if let Node::Index { index, .. } = facts.node(node)
                    && ty.is_type
                    && self.has(file, Way::SubscriptedTypes)
                    && matches!(facts.node(*base), Node::Name { .. })
                {
                    let args = self.type_of(file, *index, depth + 1).into_iter().collect();
                    return Some(Ty { args, ..ty });
                }
                match facts.node(node) {
                    Node::Element { position: Some(1..), .. }
                        if self.has(file, Way::PartedResults) && matches!(facts.node(*base), Node::Call(_)) =>
                    {
                        None
                    }
                    // `db, err := gorm.Open(…)`: a rule speaks of the first of a call's results.
                    Node::Element { position: Some(position), .. }
                        if self.has(file, Way::SeveralResults)
                            && ty.name() != "()"
                            && matches!(facts.node(*base), Node::Call(_)) =>
                    {
                        (*position == 0).then_some(ty)
                    }
                    Node::Element { position: Some(position), .. } if ty.name() == "()" => {
                        ty.args.into_iter().nth(*position as usize)
                    }
                    Node::Element { name: Some(name), .. } => {
                        let related = self.names_relation(name).then(|| self.relation_of(&ty, name, 0)).flatten();
                        let target = related.and_then(|related| self.entity_type(related.target?));
                        target.or_else(|| self.field_type(&ty, name, depth))
                    }
                    // One of the rows of a query, whose type is that of the entity.
                    _ if ty.args.is_empty() && self.entity_of_type(&ty, 0).is_some() => {
                        Some(Ty { is_type: false, ..ty })
                    }
                    _ => ty.args.into_iter().last(),
                }
            }
            Node::Call(call) => self.type_of_call(file, *call, depth),
            Node::After { base, .. } => self.type_of(file, *base, depth + 1),
            // `"SELECT …".with(…)`
            Node::Text(_) | Node::Concat(_) if self.has(file, Way::MethodsOfTexts) => {
                Some(Ty { path: vec![Name::new_static("str")], ..Ty::default() })
            }
            Node::Text(pieces) if self.has(file, Way::ClassesInTexts) => {
                let [TextPiece::Literal { text, .. }] = &pieces[..] else { return None };
                let path: Vec<Name> = text.trim_start_matches('\\').split('\\').map(Name::from).collect();
                let reference = TypeRef { path, args: Vec::new(), span: Span::default() };
                let named = text.contains('\\') && !text.contains(char::is_whitespace);
                let ty = named.then(|| self.type_ref(file, &[], &reference, depth + 1))?;
                (!ty.decls.is_empty()).then_some(Ty { is_type: true, ..ty })
            }
            Node::Choice(ways) => ways.iter().find_map(|&way| self.type_of(file, way, depth + 1)),
            Node::List(items) => {
                let item = items.iter().find_map(|&item| self.type_of(file, item, depth + 1))?;
                Some(Ty { path: vec!["[]".into()], args: vec![item], ..Ty::default() })
            }
            _ => None,
        }
    }

    /// A stated type; `None` for one that is to be inferred (`_`, `var`), and the bound of a type parameter.
    fn stated(&self, file: FileId, function: u32, scope: &[Name], ty: &TypeRef, depth: usize) -> Option<Ty> {
        if let [name] = &ty.path[..] {
            if matches!(name.as_str(), "_" | "var" | "auto" | "let" | "any" | "object" | "dynamic" | "unknown") {
                return None;
            }
            if name == "Self" {
                let (file, owner) = self.owner(file, function)?;
                return Some(self.own_type(file, owner));
            }
            if let Some(generic) = self.generic(file, function, name) {
                let bound = generic.bounds.first().filter(|bound| bound.path.last().is_none_or(|name| name != "any"));
                let Some(bound) = bound else {
                    // It is whatever a caller binds it to: its name tells which parameter that is.
                    let named = self.has(file, Way::NamedTypeParameters);
                    return named.then(|| Ty { path: vec![name.clone()], ..Ty::default() });
                };
                return Some(self.type_ref(file, scope, bound, depth + 1));
            }
        }
        Some(self.type_ref(file, scope, ty, depth + 1))
    }

    /// What `Self` is, or the bound of a type parameter, where a name is one.
    pub(super) fn type_parameter(&self, file: FileId, function: u32, name: &Name) -> Option<Ty> {
        let is_one = name == "Self" || self.generic(file, function, name).is_some();
        let ty = TypeRef { path: vec![name.clone()], args: Vec::new(), span: Span::default() };
        is_one.then(|| self.stated(file, function, self.scope(file, function), &ty, 0)).flatten()
    }

    pub(super) fn generic(&self, file: FileId, function: u32, name: &Name) -> Option<&Generic> {
        let fact = self.symbols.function(file, function);
        let own = fact.generics.iter();
        let owner = self.owner(file, function).map(|(file, owner)| self.symbols.type_decl(file, owner));
        own.chain(owner.into_iter().flat_map(|decl| &decl.generics)).find(|generic| generic.name == *name)
    }

    /// The type that a declaration (or an extension of one) declares.
    pub(super) fn own_type(&self, file: FileId, index: u32) -> Ty {
        let decl = self.symbols.type_decl(file, index);
        if decl.kind == TypeKind::Extension {
            let resolved = self.symbols.resolve(file, &decl.scope, std::slice::from_ref(&decl.name));
            let decls = types(&resolved.defs);
            if !decls.is_empty() {
                return Ty { path: resolved.path.clone(), decls, ..Ty::default() };
            }
        }
        let module = &self.symbols.file(file).module;
        let path = module.iter().chain(&decl.scope).chain([&decl.name]).cloned().collect();
        Ty { path, decls: vec![(file, index)], ..Ty::default() }
    }

    fn type_of_name(&self, file: FileId, function: u32, segments: &[Name], depth: usize) -> Option<Ty> {
        if let [first, rest @ ..] = segments
            && first == "Self"
        {
            let (file, owner) = self.owner(file, function)?;
            let mut ty = self.own_type(file, owner);
            ty.is_type = true;
            return rest.iter().try_fold(ty, |ty, name| self.field_type(&ty, name, depth));
        }
        let resolved = self.symbols.resolve_in(file, function, segments);
        for def in &resolved.defs {
            match *def {
                Def::Value(file, index) => {
                    let mut rest = &resolved.rest[..];
                    let value = self.symbols.value(file, index).value;
                    // `export default { Order, Line }`: an entry of a record.
                    let entry = rest.first().and_then(|name| self.entry_of(file, value?, name));
                    let mut ty = match entry {
                        Some(node) => {
                            rest = &rest[1..];
                            self.type_of(file, node, depth + 1)?
                        }
                        None => self.type_of_value(file, index, depth)?,
                    };
                    for name in rest {
                        ty = self.field_type(&ty, name, depth)?;
                    }
                    return Some(ty);
                }
                Def::Type(..) => {
                    let decls = types(&resolved.defs);
                    let end = resolved.path.len() - resolved.rest.len();
                    let path = resolved.path[..end].to_vec();
                    let ty = Ty { path, decls, is_type: true, ..Ty::default() };
                    let member = resolved.rest.iter().try_fold(ty, |ty, name| self.field_type(&ty, name, depth));
                    // A module of Elixir's that is not here (`Shop.Repo`) is no part of the one whose name its own
                    // begins with.
                    let module = || {
                        self.has(file, Way::WholeModuleNames)
                            && resolved.rest.iter().all(|part| part.starts_with(char::is_uppercase))
                    };
                    return member.or_else(|| {
                        module().then(|| Ty { path: resolved.path.clone(), is_type: true, ..Ty::default() })
                    });
                }
                Def::Function(..) => {}
            }
        }
        if resolved.defs.is_empty()
            && resolved.path == segments
            && let Some(ty) = self.inherited(file, function, segments, depth)
        {
            return Some(ty);
        }
        if resolved.defs.is_empty()
            && let Some(ty) = self
                .constants_round(file, function, segments)
                .into_iter()
                .find_map(|(file, node)| self.type_of(file, node, depth + 1))
        {
            return Some(ty);
        }
        if resolved.defs.is_empty()
            && let [name] = segments
            && let Some(ty) = self.given_name(file, name)
        {
            return Some(ty);
        }
        if let Some(ty) = self.builtin_replaced(file, &resolved.path).filter(|_| resolved.defs.is_empty()) {
            return Some(ty);
        }
        let external = resolved.defs.is_empty()
            && (resolved.path != segments || !resolved.others.is_empty() || self.is_builtin(&resolved.path));
        external.then(|| Ty {
            path: resolved.path.clone(),
            others: resolved.others.clone(),
            is_type: true,
            ..Ty::default()
        })
    }

    /// The type of an inherited member that is named without its receiver.
    fn inherited(&self, file: FileId, function: u32, segments: &[Name], depth: usize) -> Option<Ty> {
        self.implicit_receivers(file, function)
            .into_iter()
            .find_map(|own| segments.iter().try_fold(own, |ty, name| self.field_type(&ty, name, depth + 1)))
    }

    /// The types whose members can be named without a receiver where `function` stands, if the language lets them:
    /// its own, and those round it, the innermost first.
    pub(super) fn implicit_receivers(&self, file: FileId, function: u32) -> Vec<Ty> {
        if !self.has(file, Way::ImplicitReceivers) {
            return Vec::new();
        }
        self.types_round(file, function)
    }

    /// The values of a constant that a class or module round a function keeps, the innermost first.
    pub(super) fn constants_round(&self, file: FileId, function: u32, segments: &[Name]) -> Vec<(FileId, NodeId)> {
        let [name] = segments else { return Vec::new() };
        let in_body = || {
            let fact = self.symbols.function(file, function);
            self.has(file, Way::ClassBodies) && fact.kind == FunctionKind::TopLevel && fact.parent.is_none()
        };
        let nested = self.has(file, Way::NestedConstants) && name.starts_with(char::is_uppercase);
        if !nested && !in_body() {
            return Vec::new();
        }
        let round = self.types_round(file, function);
        round.iter().map(|ty| self.field_values(ty, name)).find(|values| !values.is_empty()).unwrap_or_default()
    }

    /// The types round a function: its own, and those round it, the innermost first.
    fn types_round(&self, file: FileId, function: u32) -> Vec<Ty> {
        let mut owners: Vec<u32> = Vec::new();
        let mut next = Some(function);
        for _ in 0..MAX_DEPTH {
            let Some(at) = next else { break };
            let fact = self.symbols.function(file, at);
            owners.extend(fact.owner.filter(|owner| !owners.contains(owner)));
            next = fact.parent;
        }
        let types = &self.facts(file).types;
        for round in (1..=self.scope(file, function).len()).rev() {
            let (scope, name) = self.scope(file, function)[..round].split_at(round - 1);
            let decl = types.iter().position(|decl| decl.name == name[0] && decl.scope[..] == *scope);
            owners.extend(decl.and_then(|at| u32::try_from(at).ok()).filter(|at| !owners.contains(at)));
        }
        owners.into_iter().map(|owner| self.own_type(file, owner)).collect()
    }

    /// What a path names that leads on from a value (`db.Model`): the part of the value's type.
    pub(super) fn member_of_value(&self, resolved: &Resolved) -> Option<Ty> {
        let [Def::Value(file, index)] = resolved.defs[..] else { return None };
        let ty = self.type_of_value(file, index, 0).filter(|_| !resolved.rest.is_empty())?;
        let extended = |path: &[Name]| path.iter().chain(&resolved.rest).cloned().collect::<Vec<Name>>();
        let others = ty.others.iter().map(|path| extended(path)).collect();
        Some(Ty { path: extended(&ty.path), others, ..Ty::default() })
    }

    /// The type of what a path names where it stands.
    pub(super) fn type_of_path(&self, file: FileId, function: u32, segments: &[Name]) -> Option<Ty> {
        self.type_of_name(file, function, segments, 0)
    }

    fn type_of_value(&self, file: FileId, index: u32, depth: usize) -> Option<Ty> {
        let value = self.symbols.value(file, index);
        match (&value.ty, value.value) {
            (Some(ty), _) => Some(self.type_ref(file, &value.scope, ty, depth + 1)),
            (None, Some(node)) => self.type_of(file, node, depth + 1),
            (None, None) => None,
        }
    }

    fn type_of_member(&self, file: FileId, base: NodeId, name: &Name, depth: usize) -> Option<Ty> {
        if let Some(path) = self.path_of(file, base) {
            let mut segments = path;
            let function = self.function_of(file, base);
            segments.push(name.clone());
            if let Some(ty) = self.type_of_name(file, function, &segments, depth + 1) {
                return Some(ty);
            }
        }
        let ty = self.known_type(file, base, depth + 1)?;
        if let Some(found) = self.field_type(&ty, name, depth) {
            // What declares an association (`Required(Customer)`) is no type of what stands behind it.
            let declares = found.decls.is_empty() && found.args.is_empty() && !ty.is_type;
            let led = declares.then(|| self.associated_type(&ty, name)).flatten();
            return Some(led.unwrap_or(found));
        }
        if name == "__class__" && self.has(file, Way::ClassesAsValues) {
            return Some(Ty { is_type: true, ..(*ty).clone() });
        }
        if let Some(given) = self.given_member(self.language(file), &ty, name) {
            return Some(given);
        }
        let led = self.relation_of(&ty, name, 0).and_then(|found| found.target);
        led.and_then(|target| self.entity_type(target)).or_else(|| self.associated_type(&ty, name))
    }

    /// What a framework of the language says of a member of a type.
    pub(super) fn member_rule(&self, language: Language, ty: &Ty, name: &Name) -> Option<&MemberRule> {
        self.frameworks.member(language, name, |rule| !rule.of.is_empty() && self.is_a(ty, &rule.of))
    }

    /// The type of a member that a framework gives the type.
    fn given_member(&self, language: Language, ty: &Ty, name: &Name) -> Option<Ty> {
        let rule = self.member_rule(language, ty, name)?;
        match (&rule.ty, rule.type_argument) {
            (Some(path), _) => Some(Ty { path: model::segments(path), ..Ty::default() }),
            (None, Some(position)) => self.type_argument(ty, position),
            (None, None) => {
                let named = self.field_values(ty, rule.field.as_ref()?);
                let ty = named.into_iter().find_map(|(file, node)| self.type_of(file, node, 4))?;
                Some(Ty { is_type: false, ..ty })
            }
        }
    }

    /// The type of a name that nothing here binds and a framework makes known everywhere.
    fn given_name(&self, file: FileId, name: &Name) -> Option<Ty> {
        let rule = self.frameworks.member(self.language(file), name, |rule| rule.of.is_empty())?;
        Some(Ty { path: model::segments(rule.ty.as_ref()?), ..Ty::default() })
    }

    /// A dotted name (`a.b.c`) as segments, where nothing in it is a local value.
    pub(super) fn path_of(&self, file: FileId, node: NodeId) -> Option<Vec<Name>> {
        match self.facts(file).node(node) {
            Node::Name { segments, .. } => Some(segments.clone()),
            Node::Member { base, name, .. } => {
                let mut path = self.path_of(file, *base)?;
                (path.len() < MAX_DEPTH).then(|| path.push(name.clone()))?;
                Some(path)
            }
            _ => None,
        }
    }

    /// The function that the root of a dotted name stands in.
    pub(super) fn function_of(&self, file: FileId, node: NodeId) -> u32 {
        match self.facts(file).node(node) {
            Node::Name { function, .. } => *function,
            Node::Member { base, .. } => self.function_of(file, *base),
            _ => 0,
        }
    }

    /// The type of a type's field or property, looked for in what it wraps too.
    pub(super) fn field_type(&self, ty: &Ty, name: &Name, depth: usize) -> Option<Ty> {
        if depth > MAX_DEPTH {
            memo::cut(&self.generation);
            return None;
        }
        for &(file, index) in self.lineage(ty).iter() {
            if let Some(found) = self.declared_field(file, index, name, depth) {
                return Some(found);
            }
        }
        let own = ty.decls.first().map(|&(file, _)| self.language(file));
        let given = own.and_then(|language| self.given_member(language, ty, name));
        given.or_else(|| ty.args.iter().find_map(|arg| self.field_type(arg, name, depth + 4)))
    }

    pub(super) fn declared_field(&self, file: FileId, index: u32, name: &Name, depth: usize) -> Option<Ty> {
        let decl = self.symbols.type_decl(file, index);
        let mut scope = decl.scope.clone();
        scope.push(decl.name.clone());
        if let Some(field) = decl.fields.iter().find(|field| field.name == *name) {
            // A variant is a value of its enum, whatever it holds.
            if decl.kind == TypeKind::Enum && field.is_static && self.has(file, Way::VariantsAsValues) {
                return Some(self.own_type(file, index));
            }
            if let Some(ty) = &field.ty {
                let generic = decl.generics.iter().find(|generic| ty.path[..] == [generic.name.clone()]);
                return Some(match generic.map(|generic| (generic, generic.bounds.first())) {
                    // A type parameter is at least what bounds it.
                    Some((_, Some(bound))) => self.type_ref(file, &scope, bound, depth + 1),
                    Some((generic, None)) => Ty { path: vec![generic.name.clone()], ..Ty::default() },
                    None => self.type_ref(file, &scope, ty, depth + 1),
                });
            }
            if let Some(ty) = field.value.and_then(|value| self.type_of(file, value, depth + 1)) {
                return Some(ty);
            }
        }
        // An embedded struct is a field of its type's name.
        if let Some(base) = decl.bases.iter().find(|base| base.path.last() == Some(name)) {
            return Some(self.type_ref(file, &scope, base, depth + 1));
        }
        let assigned = self.facts(file).assignments.iter().filter(|a| a.owner == index && a.name == *name);
        assigned.into_iter().find_map(|assignment| self.type_of(file, assignment.value, depth + 1))
    }

    /// The values a type's field may have: its initial value and what is assigned to it.
    pub(super) fn field_values(&self, ty: &Ty, name: &Name) -> Vec<(FileId, NodeId)> {
        let mut values = Vec::new();
        for &(file, index) in self.lineage(ty).iter() {
            let decl = self.symbols.type_decl(file, index);
            let fields = decl.fields.iter().filter(|field| field.name == *name).filter_map(|field| field.value);
            values.extend(fields.map(|value| (file, value)));
            let assigned = self.facts(file).assignments.iter().filter(|a| a.owner == index && a.name == *name);
            values.extend(assigned.map(|assignment| (file, assignment.value)));
            if !values.is_empty() {
                break;
            }
        }
        values
    }

    /// The values that an associated constant may have: the type's own, or for a trait those of all that implement it.
    pub(super) fn constant_values(&self, ty: &Ty, name: &Name) -> Vec<(FileId, NodeId)> {
        let own = self.field_values(ty, name);
        if !own.is_empty() {
            return own;
        }
        let mut values = Vec::new();
        for &(file, index) in &ty.decls {
            let decl = self.symbols.type_decl(file, index);
            if !matches!(decl.kind, TypeKind::Trait | TypeKind::Interface | TypeKind::Class) {
                continue;
            }
            for (file, index) in self.symbols.subtypes(self.symbols.file(file).unit, &decl.name) {
                let fields = self.symbols.type_decl(file, index).fields.iter();
                values
                    .extend(fields.filter(|field| field.name == *name).filter_map(|field| Some((file, field.value?))));
            }
        }
        values
    }

    /// The values that the subtypes of a type give a member of it.
    pub(super) fn overridden_values(&self, ty: &Ty, name: &Name) -> Vec<(FileId, NodeId)> {
        let mut values = Vec::new();
        let mut seen: Vec<(FileId, u32)> = ty.decls.clone();
        let mut at = 0;
        while let Some(&(file, index)) = seen.get(at).filter(|_| at < 64) {
            at += 1;
            let unit = self.symbols.file(file).unit;
            for (file, index) in self.symbols.subtypes(unit, &self.symbols.type_decl(file, index).name) {
                if seen.contains(&(file, index)) {
                    continue;
                }
                seen.push((file, index));
                let fields = self.symbols.type_decl(file, index).fields.iter();
                let stated = fields.filter(|field| field.name == *name).filter_map(|field| field.value);
                let assigned = self.facts(file).assignments.iter().filter(|a| a.owner == index && a.name == *name);
                values.extend(stated.chain(assigned.map(|assigned| assigned.value)).map(|value| (file, value)));
            }
        }
        values
    }

    /// The values a member of an object may have: those of its field, and those that objects of the type are made with
    /// (`Repository { table: "orders" }`).
    pub(super) fn member_values(&self, ty: &Ty, name: &Name) -> Vec<(FileId, NodeId)> {
        let mut values = self.field_values(ty, name);
        for &(file, index) in self.lineage(ty).iter() {
            let decl = &self.symbols.type_decl(file, index).name;
            let Some(made) = self.made_with.get(&(decl.clone(), name.clone())) else { continue };
            let of_type = made.iter().filter(|(at, call, _)| {
                let made = self.type_of(*at, self.call((*at, *call)).callee, 0);
                made.is_some_and(|made| made.decls.contains(&(file, index)))
            });
            values.extend(of_type.map(|&(at, _, value)| (at, value)));
        }
        values
    }

    /// A type's declarations, with what extends them, and those of its supertypes in the workspace, nearest first.
    pub(super) fn lineage(&self, ty: &Ty) -> Arc<[(FileId, u32)]> {
        match ty.decls[..] {
            [] => Arc::default(),
            [declared] => memo::lineage(self.symbols.generation(), declared, || self.find_lineage(&ty.decls)),
            _ => self.find_lineage(&ty.decls),
        }
    }

    fn find_lineage(&self, declared: &[(FileId, u32)]) -> Arc<[(FileId, u32)]> {
        let mut seen: Vec<(FileId, u32)> = Vec::new();
        let mut next: Vec<(FileId, u32)> = declared.to_vec();
        while let Some((file, index)) = next.pop() {
            if seen.contains(&(file, index)) || seen.len() > 64 {
                continue;
            }
            for (file, index) in self.symbols.parts(file, index) {
                if seen.contains(&(file, index)) {
                    continue;
                }
                seen.push((file, index));
                let decl = self.symbols.type_decl(file, index);
                for base in decl.bases.iter().rev() {
                    let resolved = self.symbols.resolve(file, &decl.scope, &base.path);
                    // What is not found in a type (`Order::Concerns`) is not the type.
                    if resolved.rest.is_empty() {
                        next.extend(types(&resolved.defs));
                    }
                }
            }
        }
        seen.into()
    }

    /// Whether a type is one of those a rule names, derives from one, or wraps one; `None` where nothing is known.
    pub(super) fn is_a(&self, ty: &Ty, wanted: &[Name]) -> bool {
        self.is_a_at(ty, wanted, 0)
    }

    fn is_a_at(&self, ty: &Ty, wanted: &[Name], depth: usize) -> bool {
        if depth > 6 {
            return false;
        }
        if wanted.iter().any(|path| ty.is_named(path)) {
            return true;
        }
        for &(file, index) in self.lineage(ty).iter() {
            let decl = self.symbols.type_decl(file, index);
            for base in &decl.bases {
                let resolved = self.symbols.resolve(file, &decl.scope, &base.path);
                let base = Ty { path: resolved.path.clone(), others: resolved.others.clone(), ..Ty::default() };
                if wanted.iter().any(|path| base.is_named(path)) {
                    return true;
                }
            }
        }
        // What a collection holds is not what it is: `orders.remove(…)` concerns the list.
        !is_collection(ty.name()) && ty.args.iter().any(|arg| self.is_a_at(arg, wanted, depth + 2))
    }

    fn type_of_call(&self, file: FileId, call: u32, depth: usize) -> Option<Ty> {
        let facts = self.facts(file);
        let fact = &facts.calls[call as usize];
        match facts.node(fact.callee) {
            Node::Typed { .. } if fact.kind == CallKind::New => {
                let mut ty = self.type_of(file, fact.callee, depth + 1)?;
                ty.is_type = false;
                Some(ty)
            }
            _ => {
                if let Some(found) = self.relation_of_member(file, fact.callee, depth + 1)
                    && let Some(ty) = found.target.and_then(|target| self.entity_type(target))
                {
                    return Some(ty);
                }
                if let Some(ty) = self.framework_result(file, call, depth) {
                    return Some(ty);
                }
                // `attr_reader :order`: what the object keeps under that name.
                let own = matches!(facts.node(fact.callee), Node::Member { base, .. } if matches!(facts.node(*base), Node::This(_)));
                if own
                    && fact.args.is_empty()
                    && self.has(file, Way::Readers)
                    && self.targets_of((file, call)).iter().all(|target| target.by_name)
                    && let Some(ty) = self.type_of(file, fact.callee, depth + 1).filter(|ty| !ty.is_type)
                {
                    return Some(ty);
                }
                for target in self.targets_of((file, call)) {
                    if let Some(ty) = self.returned_type(target.function, depth) {
                        return Some(ty);
                    }
                }
                if let Some(ty) = self.fluent_result(file, call, depth).or_else(|| self.made(file, call)) {
                    return Some(ty);
                }
                if let Some(ty) = self.helper_like(file, call) {
                    return Some(ty);
                }
                // A class that is called makes an object of it.
                let mut ty = self.type_of(file, fact.callee, depth + 1)?;
                // A class is told by its capital where it is not declared here.
                let named_so = self.has(file, Way::ClassesAsValues)
                    && (ty.path.len() > 1 || !ty.others.is_empty())
                    && ty.name().starts_with(char::is_uppercase);
                (ty.is_type && (!ty.decls.is_empty() || named_so)).then(|| {
                    ty.is_type = false;
                    ty
                })
            }
        }
    }

    /// What a derived constructor makes: `T::new(…)` and its kin, which no source here declares, give a `T`.
    pub(super) fn made(&self, file: FileId, call: u32) -> Option<Ty> {
        let Node::Name { segments, function, .. } = self.facts(file).node(self.call((file, call)).callee) else {
            return None;
        };
        let (name, head) = segments.split_last()?;
        let makes = matches!(name.as_str(), "new" | "default" | "with_capacity")
            || name.starts_with("new_")
            || name.starts_with("from_");
        if !self.has(file, Way::NamedConstructors) || !makes || head.is_empty() {
            return None;
        }
        let Some(ty) = self.type_of_path(file, *function, head) else {
            // What the prelude has needs no import: `Vec::new()`, `String::with_capacity(…)`.
            let std = matches!(head, [only] if matches!(only.as_str(), "Vec" | "String" | "HashMap" | "BTreeMap"));
            return std.then(|| Ty { path: head.to_vec(), ..Ty::default() });
        };
        let own = !ty.decls.is_empty() || matches!(name.as_str(), "new" | "with_capacity");
        (ty.is_type && own).then_some(Ty { is_type: false, ..ty })
    }

    /// The receiver's type, for methods of builders that give themselves again.
    fn fluent_result(&self, file: FileId, call: u32, depth: usize) -> Option<Ty> {
        let Node::Member { base, .. } = self.facts(file).node(self.call((file, call)).callee) else { return None };
        self.fluent_type(file, *base, depth)
    }

    /// Whether a value is a builder whose methods give it again.
    pub(super) fn is_fluent(&self, file: FileId, node: NodeId) -> bool {
        self.fluent_type(file, node, 0).is_some()
    }

    fn fluent_type(&self, file: FileId, node: NodeId, depth: usize) -> Option<Ty> {
        let fluent = &self.frameworks.language(self.language(file))?.fluent;
        if fluent.is_empty() {
            return None;
        }
        let ty = self.known_type(file, node, depth + 1)?;
        self.is_a(&ty, fluent).then(|| Ty { is_type: false, ..(*ty).clone() })
    }

    /// What `this` is in a function of a record that a call is given, as the rules of that call say.
    fn lent_this(&self, file: FileId, function: u32, depth: usize) -> Option<Ty> {
        let facts = self.facts(file);
        let mut round = std::iter::successors(Some(function), |&at| facts.functions[at as usize].parent).take(64);
        let stated = round.clone().find_map(|at| {
            let call = *self.given_to.get(&(file, at))?;
            let rules = self.rules((file, call));
            rules.iter().find_map(|&(id, _)| self.frameworks.call(id).this_type.as_ref())
        });
        if let Some(path) = stated {
            return Some(Ty { path: model::segments(path), ..Ty::default() });
        }
        let call = round.find_map(|at| self.in_record_of.get(&(file, at)).copied())?;
        self.rules((file, call)).iter().find_map(|&(id, _)| {
            let selected = self.select(file, call, self.frameworks.call(id).this.as_ref()?);
            let ty = self.type_of_selected(selected.first()?, depth)?;
            Some(Ty { is_type: false, ..ty })
        })
    }

    /// The type of the first parameter of a function value, as the rules of the call it is given to say.
    fn handed_type(&self, file: FileId, function: u32, depth: usize) -> Option<Ty> {
        let call = *self.given_to.get(&(file, function))?;
        if depth > MAX_DEPTH {
            return None;
        }
        self.rules((file, call)).iter().find_map(|&(id, _)| {
            let rule = self.frameworks.call(id);
            let elsewhere = |at: usize| {
                let given = self.call((file, call)).args.get(at).map(|arg| self.facts(file).node(arg.value));
                !matches!(given, Some(Node::Lambda(own)) if *own == function)
            };
            if rule.hands_at.is_some_and(elsewhere) {
                return None;
            }
            let handed = rule.hands.as_ref().and_then(|selector| {
                let selected = self.select(file, call, selector);
                selected.first().and_then(|value| self.type_of_selected(value, depth + 1))
            });
            match &rule.hands_type {
                Some(path) => {
                    let path = model::segments(path);
                    Some(Ty { path, args: handed.into_iter().collect(), ..Ty::default() })
                }
                None => handed.map(|ty| Ty { is_type: false, ..ty }),
            }
        })
    }

    /// The type of what a function value is handed first.
    fn handed_to(&self, file: FileId, function: u32, depth: usize) -> Option<Ty> {
        let handed = self.handed_type(file, function, depth).or_else(|| self.handed_by_type(file, function));
        handed.or_else(|| {
            // An element of what a call of a framework has read.
            let item = self.item_handed(file, function)?;
            let Node::Call(call) = self.facts(file).node(item) else { return None };
            let rules = self.rules((file, *call));
            let fetches = rules.iter().any(|(id, _)| self.frameworks.call(*id).fetches);
            match self.entity_of(file, item, depth).filter(|_| fetches)? {
                Carried::Declared(number) => self.entity_type(number),
                Carried::Named(_) => None,
            }
        })
    }

    /// The same, as the type says that is stated for the function value.
    fn handed_by_type(&self, file: FileId, function: u32) -> Option<Ty> {
        let &(round, ty) = self.stated_types.get(&(file, function))?;
        let language = self.frameworks.language(self.language(file))?;
        let rules = || language.frameworks.iter().flat_map(|&number| &self.frameworks.all[number].function_types);
        rules().next()?;
        let ty = self.type_ref(file, self.scope(file, round), ty, 0);
        let rule = rules().find(|rule| rule.types.iter().any(|path| ty.is_named(path)))?;
        Some(Ty { path: model::segments(&rule.hands_type), args: ty.args, ..Ty::default() })
    }

    /// The type of what the callers give for a parameter that states none: of all that are known.
    fn given_type(&self, function: FunctionRef, index: u32, depth: usize) -> Option<Ty> {
        let callers = self.callers_of(function);
        let mut given: Option<Ty> = None;
        for &call in callers.iter().take(MAX_GIVERS) {
            let sure = self.targets_of(call).iter().any(|target| target.function == function && !target.by_name);
            let value = sure.then(|| self.given_value(function, index, call)).flatten();
            let ask = |value| memo::look_through(&self.generation, || self.type_of(call.0, value, depth + 1));
            let Some(ty) = value.and_then(ask) else { continue };
            match &mut given {
                None => given = Some(ty),
                Some(known) => {
                    let new = ty.decls.into_iter().filter(|decl| !known.decls.contains(decl)).collect::<Vec<_>>();
                    known.decls.extend(new);
                }
            }
        }
        given
    }

    /// What a call gives for a parameter, by its name or its position.
    pub(super) fn given_value(&self, (file, function): FunctionRef, index: u32, call: CallRef) -> Option<NodeId> {
        let from = call.0;
        let call = self.call(call);
        // An extension method is called on the first of what it takes.
        if self.is_extension((file, function))
            && let Node::Member { base, .. } = self.facts(from).node(call.callee)
            && !self.type_of(from, *base, 0).is_some_and(|ty| ty.is_type)
        {
            let name = &self.symbols.function(file, function).params.get(index as usize)?.name;
            let named = call.args.iter().find(|arg| arg.name.as_ref() == Some(name)).map(|arg| arg.value);
            let at = (index as usize).checked_sub(1);
            return named.or_else(|| at.map_or(Some(*base), |at| call.args.get(at).map(|arg| arg.value)));
        }
        let param = self.symbols.function(file, function).params.get(index as usize);
        let named = param.and_then(|param| call.args.iter().find(|arg| arg.name.as_ref() == Some(&param.name)));
        let by_place = |arg: &&ArgFact| arg.name.is_none() || self.has(from, Way::NamesMakeHash);
        named.or_else(|| call.args.get(index as usize).filter(by_place)).map(|arg| arg.value)
    }

    /// What a function returns, as declared or else as its own returned value tells.
    pub(super) fn returned_type(&self, (file, index): FunctionRef, depth: usize) -> Option<Ty> {
        let function = self.symbols.function(file, index);
        if let Some(ty) = &function.returns {
            return self.stated(file, index, &function.scope, ty, depth + 1);
        }
        let value = function.value?;
        memo::look_through(&self.generation, || self.type_of(file, value, depth + INFERRED_DEPTH))
    }
}

/// Whether types of that name hold any number of others.
pub(super) fn is_collection(name: &str) -> bool {
    const KINDS: &[&str] = &["List", "Map", "Collection", "Iterable", "Iterator", "Stream", "Seq", "Vector", "Queue"];
    matches!(
        name,
        "[]" | "Vec" | "Array" | "IEnumerable" | "Set" | "HashSet" | "MutableSet" | "Flux" | "Multi" | "Flow"
    ) || KINDS.iter().any(|kind| name.ends_with(kind))
}

fn types(defs: &[Def]) -> Vec<(FileId, u32)> {
    let types = defs.iter().filter_map(|def| match def {
        Def::Type(file, index) => Some((*file, *index)),
        _ => None,
    });
    types.collect()
}
