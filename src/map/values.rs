//! Functions that are named as values: handed over, put into a table, kept in a field.
//!
//! Whoever names one may call it. Where the field it is kept in is called by the same service or library, that call is
//! what counts; else the place that names it does. In Rust what a type does for a trait of somebody else's is called by
//! those as soon as there is an object of it: so the place that makes one names its methods.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::languages::Way;
use super::program::{FunctionRef, Program};
use crate::facts::{CallKind, Node, NodeId};
use crate::source::{FileId, Span};
use crate::syntax::outline::TypeKind;
use crate::vocabulary::Name;
use crate::workspace::Unit;

/// Chains of members and functions inside each other that are longer than this are not followed.
const MAX_MEMBERS: usize = 64;

/// A way to a function that no call names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    pub target: FunctionRef,
    /// The function in which it is named, or called.
    pub from: FunctionRef,
    pub span: Span,
    /// The call of the field it is kept in.
    pub call: Option<u32>,
}

/// A field of a type.
type Field = ((FileId, u32), Name);

/// Every function value of the program.
pub(super) fn function_values(program: &Program<'_>) -> Vec<Value> {
    let files = program.symbols.file_ids();
    let found: Vec<Vec<(Value, Vec<Field>)>> = files.par_iter().map(|&file| named(program, file)).collect();
    let kept: FxHashSet<&Name> = found.iter().flatten().flat_map(|(_, fields)| fields).map(|(_, name)| name).collect();
    let calls: Vec<Vec<(Field, u32)>> = files.par_iter().map(|&file| field_calls(program, file, &kept)).collect();
    let mut of_field: FxHashMap<&Field, Vec<(FileId, u32)>> = FxHashMap::default();
    for (&file, calls) in files.iter().zip(&calls) {
        for (field, call) in calls {
            of_field.entry(field).or_default().push((file, *call));
        }
    }
    let mut values = Vec::new();
    for (value, fields) in found.iter().flatten() {
        let unit = program.symbols.file(value.from.0).unit;
        let calls = fields.iter().filter_map(|field| of_field.get(field)).flatten();
        let near: Vec<_> = calls.filter(|(file, _)| program.symbols.file(*file).unit == unit).collect();
        if near.is_empty() {
            values.push(*value);
        }
        values.extend(near.into_iter().map(|&(file, call)| {
            let fact = program.call((file, call));
            Value { target: value.target, from: (file, fact.function), span: fact.span, call: Some(call) }
        }));
    }
    values
}

/// What types of libraries do for traits that are declared elsewhere, each with the places that make such an object.
pub(super) fn implemented(program: &Program<'_>) -> Vec<Value> {
    let files: Vec<FileId> =
        program.symbols.file_ids().into_iter().filter(|&file| program.has(file, Way::ForeignTraits)).collect();
    let found: Vec<((FileId, u32), Vec<FunctionRef>)> =
        files.par_iter().flat_map_iter(|&file| foreign_methods(program, file)).collect();
    let mut methods: FxHashMap<(FileId, u32), Vec<FunctionRef>> = FxHashMap::default();
    for (decl, functions) in found {
        methods.entry(decl).or_default().extend(functions);
    }
    if methods.is_empty() {
        return Vec::new();
    }
    files.par_iter().flat_map_iter(|&file| made_with(program, file, &methods)).collect()
}

/// The methods that the types of a file's `impl`s have for traits of which the workspace knows nothing.
fn foreign_methods(program: &Program<'_>, file: FileId) -> Vec<((FileId, u32), Vec<FunctionRef>)> {
    let source = program.symbols.file(file);
    if matches!(source.unit, Unit::Service(_)) {
        return Vec::new();
    }
    let impls = (0u32..).zip(&source.facts.types).filter(|(_, decl)| decl.kind == TypeKind::Extension);
    let foreign = impls.filter(|(_, decl)| {
        decl.bases.first().is_some_and(|base| program.symbols.resolve(file, &decl.scope, &base.path).defs.is_empty())
    });
    let of_types = foreign.filter_map(|(index, _)| {
        let methods: Vec<FunctionRef> = program.symbols.members(file, index).iter().map(|&at| (file, at)).collect();
        let decl = program.own_type(file, index).decls.first().copied()?;
        (!methods.is_empty()).then_some((decl, methods))
    });
    of_types.collect()
}

/// The places of a file that make objects of these types.
fn made_with(program: &Program<'_>, file: FileId, methods: &FxHashMap<(FileId, u32), Vec<FunctionRef>>) -> Vec<Value> {
    let facts = program.symbols.file(file).facts;
    let mut found = Vec::new();
    for call in facts.calls.iter().filter(|call| call.kind == CallKind::New) {
        let Some(ty) = program.known_type(file, call.callee, 0) else { continue };
        let targets = ty.decls.iter().filter_map(|decl| methods.get(decl)).flatten();
        found.extend(targets.map(|&target| Value { target, from: (file, call.function), span: call.span, call: None }));
    }
    found
}

/// The functions that a file names without calling them, each with the fields it is put into.
fn named(program: &Program<'_>, file: FileId) -> Vec<(Value, Vec<Field>)> {
    let facts = program.symbols.file(file).facts;
    let callees: FxHashSet<u32> = facts.calls.iter().map(|call| call.callee.0).collect();
    let mut found = Vec::new();
    for (index, node) in (0u32..).zip(&facts.nodes) {
        if callees.contains(&index) {
            continue;
        }
        let (function, span, targets) = match node {
            Node::Name { segments, function, span, .. } => {
                (*function, *span, program.named_functions(file, *function, segments))
            }
            Node::Member { base, name, span, .. } if program.symbols.names_function(name) => {
                let Some(function) = program.holder_of(file, NodeId(index)) else { continue };
                (function, *span, program.member_functions(file, NodeId(index), *base, name))
            }
            _ => continue,
        };
        if targets.is_empty() {
            continue;
        }
        let fields = fields(program, file, NodeId(index));
        for target in targets {
            found.push((Value { target, from: (file, function), span, call: None }, fields.clone()));
        }
    }
    found
}

/// The fields that a value is put into by the literals it stands in.
fn fields(program: &Program<'_>, file: FileId, node: NodeId) -> Vec<Field> {
    let facts = program.symbols.file(file).facts;
    let literals = facts.calls.iter().filter(|call| call.kind == CallKind::New);
    let names = literals.flat_map(|call| {
        let own = call.args.iter().filter(move |arg| arg.value == node);
        own.filter_map(move |arg| Some((call.callee, arg.name.as_ref()?)))
    });
    let fields = names.filter_map(|(callee, name)| Some((program.type_of(file, callee, 0)?.decls, name)));
    fields.flat_map(|(decls, name)| decls.into_iter().map(move |decl| (decl, name.clone()))).collect()
}

/// The calls of fields of these names.
fn field_calls(program: &Program<'_>, file: FileId, kept: &FxHashSet<&Name>) -> Vec<(Field, u32)> {
    let facts = program.symbols.file(file).facts;
    let mut found = Vec::new();
    for (index, call) in (0u32..).zip(&facts.calls) {
        let Node::Member { base, name, .. } = facts.node(call.callee) else { continue };
        if !kept.contains(name) || !program.targets_of((file, index)).is_empty() {
            continue;
        }
        let Some(ty) = program.type_of(file, *base, 0) else { continue };
        found.extend(ty.decls.into_iter().map(|decl| ((decl, name.clone()), index)));
    }
    found
}

impl Program<'_> {
    /// The innermost function inside of `outer` in which a member is written.
    fn innermost(&self, file: FileId, outer: u32, node: NodeId) -> u32 {
        let facts = self.symbols.file(file).facts;
        let Node::Member { span, .. } = facts.node(node) else { return outer };
        let inside = (0u32..).zip(&facts.functions).filter(|(index, function)| {
            function.parent.is_some() && function.span.contains(*span) && self.stands_in(file, *index, outer)
        });
        inside.min_by_key(|(_, function)| function.span.len()).map_or(outer, |(index, _)| index)
    }

    fn stands_in(&self, file: FileId, inner: u32, outer: u32) -> bool {
        let facts = self.symbols.file(file).facts;
        let mut at = Some(inner);
        for _ in 0..MAX_MEMBERS {
            match at {
                Some(index) if index == outer => return true,
                Some(index) => at = facts.functions[index as usize].parent,
                None => return false,
            }
        }
        false
    }

    /// The functions that a path names.
    fn named_functions(&self, file: FileId, function: u32, segments: &[Name]) -> Vec<FunctionRef> {
        if !segments.last().is_some_and(|name| self.symbols.names_function(name)) {
            return Vec::new();
        }
        let resolved = self.symbols.resolve_in(file, function, segments);
        if resolved.rest.is_empty() { Self::functions(&resolved.defs).collect() } else { Vec::new() }
    }

    /// The functions that a member names: those of a module, or the methods of a value whose type is known
    /// (`s.orders.Insert` handed over without being called). A field of that name holds something else.
    fn member_functions(&self, file: FileId, node: NodeId, base: NodeId, name: &Name) -> Vec<FunctionRef> {
        if let Some(path) = self.path_of(file, node) {
            let named = self.named_functions(file, self.function_of(file, node), &path);
            if !named.is_empty() {
                return named;
            }
        }
        match self.known_type(file, base, 0) {
            Some(ty) if self.field_values(&ty, name).is_empty() && self.field_type(&ty, name, 0).is_none() => {
                self.methods_of(file, &ty, name)
            }
            _ => Vec::new(),
        }
    }

    /// The function in which a value is written: that of the name or parameter it begins with.
    fn holder_of(&self, file: FileId, node: NodeId) -> Option<u32> {
        let facts = self.symbols.file(file).facts;
        let mut at = node;
        for _ in 0..MAX_MEMBERS {
            at = match facts.node(at) {
                Node::Name { function, .. } | Node::Typed { function, .. } => return Some(*function),
                Node::Param(function, _) | Node::This(function) | Node::Super(function) => {
                    return Some(self.innermost(file, *function, node));
                }
                Node::Call(call) | Node::After { call, .. } => return Some(facts.calls[*call as usize].function),
                Node::Member { base, .. } | Node::Index { base, .. } | Node::Element { base, .. } => *base,
                Node::Choice(ways) => *ways.first()?,
                _ => return None,
            };
        }
        None
    }
}
