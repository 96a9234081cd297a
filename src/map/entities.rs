//! Which types and values stand for tables, and which of them a value carries.
//!
//! A value carries an entity when it is of its type, holds it (a list, a repository, a query on it), is the type
//! itself, or is what a call on such a value gives.

use rustc_hash::{FxHashMap, FxHashSet};

use super::associations::Association;
use super::beside::{Beside, Hierarchy};
use super::contexts::Sayings;
use super::languages::Way;
use super::mappings::Mapped;
use super::matching::Selected;
use super::memo;
use super::program::{Program, Uses};
use super::symbols::Def;
use super::types::Ty;
use crate::facts::{AnnotationFact, Node, NodeId, TextPiece, TypeFact};
use crate::frameworks::{EntityRule, Naming, RuleId, Selector, Step, model, naming};
use crate::source::{FileId, Place};
use crate::syntax::outline::{FunctionKind, TypeKind};
use crate::vocabulary::{Name, Part, Privilege, TableName};
use crate::workspace::Unit;

const MAX_DEPTH: usize = 24;

/// What stands for a table.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    /// The table's name as the mapping has it.
    pub table: TableName,
    /// Where the mapping stands.
    pub place: Place,
    /// The framework, as an index into the list.
    pub framework: usize,
    /// Whether the framework creates the table from it.
    pub creates: bool,
    /// Whether it does so by a setting of the service: then the entity's declaration is an access.
    pub at_start: bool,
    /// What a bare mention needs.
    pub mention: Vec<Privilege>,
    /// Whether only the names that the framework derives are a mention, not the type's own.
    pub mention_by_alias: bool,
    /// Whether its name was made by a convention, not stated.
    pub by_convention: bool,
    /// The type that is mapped, where it is one.
    pub decl: Option<(FileId, u32)>,
    /// The entities whose tables hold a part of it: its supertypes', where the framework joins them.
    pub parents: Vec<usize>,
    /// The tables that are touched along with its own.
    pub beside: Vec<Beside>,
    /// Whether each variant of the type is the name of a table.
    pub variants: bool,
    /// Whether it is a type of the framework's own.
    pub builtin: bool,
    /// The name by which queries over entities know it, where that is not the type's.
    pub called: Option<Name>,
}

impl Entity {
    /// What a call or a value names, without a type that is mapped.
    pub(super) fn named(table: TableName, place: Place, framework: usize) -> Self {
        Self {
            table,
            place,
            framework,
            creates: false,
            at_start: false,
            mention: Vec::new(),
            mention_by_alias: false,
            by_convention: false,
            decl: None,
            parents: Vec::new(),
            beside: Vec::new(),
            variants: false,
            builtin: false,
            called: None,
        }
    }
}

/// All entities of the program.
#[derive(Debug, Default)]
pub(super) struct Entities {
    pub list: Vec<Entity>,
    pub by_type: FxHashMap<(FileId, u32), usize>,
    pub by_value: FxHashMap<(FileId, u32), usize>,
    /// The same by the node of the value.
    pub by_node: FxHashMap<(FileId, NodeId), usize>,
    /// Those that a call declares wherever it stands, by the call.
    pub by_call: FxHashMap<(FileId, u32), usize>,
    /// What calls say of the table that a type has.
    pub mapped: FxHashMap<(FileId, u32), Mapped>,
    /// What calls say of all entities of a unit, or of a context.
    pub said: Sayings,
    /// The tables that an entity has in contexts beside its first, by the context's type.
    pub variants: FxHashMap<(usize, (FileId, u32)), TableName>,
    /// The words that the applications have taught their frameworks.
    pub taught: FxHashMap<Unit, naming::Inflections>,
    /// What those have learnt that were taught nothing.
    pub untaught: naming::Inflections,
    /// The types that a field holds a set of, by the set's name.
    pub held: FxHashSet<(Name, FileId, u32)>,
    /// Where the associations of each entity lead, by their names.
    pub associations: FxHashMap<(usize, Name), Association>,
    /// The names of those that are read by naming them on an object.
    pub lazy: FxHashSet<Name>,
    /// The entities that a type serves (a manager).
    pub served: FxHashMap<(FileId, u32), Vec<usize>>,
    /// The entities that types of frameworks' own are, by their paths.
    pub builtins: FxHashMap<Name, usize>,
    /// The members of associations that stand for the table between the two.
    pub join_members: FxHashSet<Name>,
    /// What applications are called, by their folders.
    pub apps: FxHashMap<String, String>,
    /// The types that some type is a repository of, by the repository's name.
    pub kept: FxHashSet<(Name, FileId, u32)>,
}

/// The entity that a value carries.
#[derive(Debug, Clone)]
pub(super) enum Carried {
    /// One that is declared: an index into [`Entities::list`].
    Declared(usize),
    /// A table that a call names on the spot (`knex("orders")`).
    Named(Box<Entity>),
}

impl Entities {
    /// The entity that a declaration is.
    pub(super) fn of_type(&self, decl: (FileId, u32)) -> Option<usize> {
        self.by_type.get(&decl).copied()
    }
}

impl Program<'_> {
    /// Finds the entities of all files and makes the names that frameworks derive from them resolvable.
    pub(super) fn find_entities(&mut self) {
        let mut aliases = Vec::new();
        let mut found = Vec::new();
        self.find_apps();
        self.find_taught();
        self.find_held();
        self.find_kept();
        self.find_mappings();
        for file in self.symbols.file_ids() {
            let facts = self.symbols.file(file).facts;
            for (index, decl) in (0u32..).zip(&facts.types) {
                let Some((entity, rule)) = self.entity_rule(file, index, decl) else { continue };
                found.push(((file, index), entity, rule.clone()));
                let module = &self.symbols.file(file).module;
                for alias in &rule.aliases {
                    let alias = alias.replace("{name}", &decl.name);
                    let parts = alias.split("::").filter(|part| !part.is_empty()).map(Name::from);
                    let path: Vec<Name> = module.iter().chain(&decl.scope).cloned().chain(parts).collect();
                    aliases.push((path, Def::Type(file, index)));
                }
            }
        }
        for (path, def) in aliases {
            self.symbols.alias(path, def);
        }
        let mut rules = Vec::with_capacity(found.len());
        for (decl, entity, rule) in found {
            self.entities.by_type.insert(decl, self.entities.list.len());
            self.entities.list.push(entity);
            rules.push((decl, rule));
        }
        self.find_variants(&rules);
        self.find_builtins();
        self.find_relations();
        self.find_repositories();
        self.generation = memo::Generation::new();
        let beside = self.tables_beside(&rules);
        for (entity, beside) in self.entities.list.iter_mut().zip(beside) {
            entity.beside = beside;
        }
        for file in self.symbols.file_ids() {
            let facts = self.symbols.file(file).facts;
            for (index, value) in (0u32..).zip(&facts.values) {
                let Some(node) = value.value else { continue };
                if let Some(entity) = self.value_entity(file, node) {
                    let number = self.entities.list.len();
                    self.entities.list.push(Entity { place: Place { file, span: value.span }, ..entity });
                    self.entities.by_value.insert((file, index), number);
                    self.entities.by_node.insert((file, node), number);
                }
            }
        }
        for file in self.symbols.file_ids() {
            self.declared_by_calls(file);
        }
        self.generation = memo::Generation::new();
        self.find_associations();
    }

    /// The entity that a type is, with the aliases its rule gives it.
    pub(super) fn entity_rule(&self, file: FileId, index: u32, decl: &TypeFact) -> Option<(Entity, &EntityRule)> {
        if decl.kind == TypeKind::Alias {
            return None;
        }
        let language = self.frameworks.language(self.language(file))?;
        for &framework in &language.frameworks {
            for rule in &self.frameworks.all[framework].entities {
                let elsewhere = self.is_mapped(file, index, framework, rule);
                let here = self.uses(file, framework) != Uses::No;
                if !(elsewhere || here && self.entity_matches(file, index, decl, rule)) {
                    continue;
                }
                let Some((table, by_convention)) = self.entity_table(file, index, decl, rule) else { continue };
                let at_start = self.is_created(file, rule);
                let entity = Entity {
                    table,
                    place: Place { file, span: decl.name_span },
                    framework,
                    creates: rule.creates || at_start,
                    at_start,
                    mention: rule.mention.clone(),
                    mention_by_alias: rule.mention_by_alias,
                    by_convention,
                    decl: Some((file, index)),
                    parents: Vec::new(),
                    beside: Vec::new(),
                    variants: rule.variants,
                    builtin: false,
                    called: rule.called.iter().find_map(|at| self.own_text(file, index, decl, at)).map(Name::from),
                };
                return Some((entity, rule));
            }
        }
        None
    }

    /// Whether a setting of the service, or of all that link the library, lets the framework create the table.
    fn is_created(&self, file: FileId, rule: &EntityRule) -> bool {
        const CREATING: &[&str] =
            &["create", "create-drop", "create-only", "drop-and-create", "update", "create-or-extend-tables", "true"];
        if rule.created_by.is_empty() {
            return false;
        }
        let unit = self.symbols.file(file).unit;
        self.symbols.workspace.schema_switches.iter().any(|switch| {
            (switch.unit == unit || self.symbols.visible(switch.unit, unit))
                && CREATING.contains(&switch.value.as_str())
                && rule.created_by.iter().any(|key| switch.key.replace('_', ".").ends_with(&key.replace('_', ".")))
        })
    }

    pub(super) fn entity_matches(&self, file: FileId, index: u32, decl: &TypeFact, rule: &EntityRule) -> bool {
        let ty = Ty { path: vec![decl.name.clone()], decls: vec![(file, index)], ..Ty::default() };
        let annotated = !rule.annotation.is_empty() && self.annotated(file, decl, &rule.annotation).is_some();
        let derived = !rule.base.is_empty() && !rule.base.contains(&decl.name) && self.derives(&ty, &rule.base);
        let declares = |(file, index): (FileId, u32), method: &Name| {
            let (unit, name) = (self.symbols.file(file).unit, &self.symbols.type_decl(file, index).name);
            let methods = self.symbols.methods(unit, name, method);
            methods.iter().any(|def| self.symbols.file(def.file()).module == self.symbols.file(file).module)
        };
        // A mixin says it for those who mix it in, and has no table itself.
        let mixed_in = self.has(file, Way::SpeakingBases);
        let has_method = rule.method.iter().any(|method| {
            if mixed_in {
                self.lineage(&ty).iter().skip(1).any(|&round| declares(round, method))
            } else {
                declares((file, index), method)
            }
        });
        let has_field = rule.field.iter().any(|field| !self.field_values(&ty, field).is_empty());
        // A struct tag is named by a bare word, which no import binds.
        let mut tags = decl.fields.iter().flat_map(|field| &field.annotations).filter_map(|tag| tag.path.last());
        let tagged = tags.any(|name| rule.field_annotation.contains(name));
        let kept = rule.kept_by.iter().any(|name| {
            let keeper = model::segments(name).pop().unwrap_or_default();
            self.entities.kept.contains(&(keeper, file, index))
        });
        let made = !derived && !rule.made_of.is_empty() && self.is_made_of(file, decl, &ty, &rule.made_of);
        let matches = annotated || derived || made || has_method || has_field || tagged || kept;
        let set = |selector: &Selector| self.own_text(file, index, decl, selector).is_some();
        // What makes a type abstract makes those that derive from it tables.
        let skips = |selector: &Selector| match &selector.0[..] {
            [Step::Field(name)] if !name.contains('.') => {
                let parts = self.symbols.parts(file, index).into_iter();
                parts.flat_map(|(file, index)| &self.symbols.type_decl(file, index).fields).any(|own| own.name == *name)
            }
            // Of what a nested type says so (`Meta.abstract`) nothing is inherited, and what is said not to be is not.
            [Step::Field(name)] => {
                let nested =
                    name.rsplit_once('.').and_then(|(nested, last)| Some((self.nested(file, decl, nested)?, last)));
                nested.is_some_and(|(nested, last)| {
                    let own = nested.decls.iter().flat_map(|&(file, index)| {
                        let fields = self.symbols.type_decl(file, index).fields.iter();
                        fields.filter(|field| field.name == last).map(move |field| (file, field.value))
                    });
                    own.into_iter().any(|(file, value)| {
                        value.is_some_and(|value| !matches!(self.symbols.file(file).facts.node(value), Node::Literal))
                    })
                })
            }
            _ => set(selector),
        };
        let above = |selector: &Selector| {
            let said = |&(file, index): &(FileId, u32)| {
                self.own_text(file, index, self.symbols.type_decl(file, index), selector).is_some()
            };
            rule.only_inherited && self.lineage(&ty).iter().skip(1).any(said)
        };
        let meant = |selector: &Selector| set(selector) || above(selector);
        matches && (rule.only.is_empty() || rule.only.iter().any(meant)) && !rule.skip.iter().any(skips)
    }

    /// Whether some field of a type is made by what lies in one of these modules, where the type has a base that no
    /// source here declares.
    fn is_made_of(&self, file: FileId, decl: &TypeFact, ty: &Ty, modules: &[Name]) -> bool {
        let facts = self.symbols.file(file).facts;
        let begins = |path: &[Name]| modules.iter().any(|root| super::program::begins_with(path, root));
        let made = decl.fields.iter().filter_map(|field| field.value).any(|value| {
            let Node::Call(call) = facts.node(value) else { return false };
            let callee = self.callee(file, &facts.calls[*call as usize]);
            let path = callee.and_then(|callee| Some((callee.path?, callee.function)));
            path.is_some_and(|(path, function)| begins(&self.symbols.resolve_in(file, function, &path).path))
        });
        made && self.derives_from_elsewhere(ty)
    }

    /// Whether a type has a base that no source here declares.
    pub(super) fn derives_from_elsewhere(&self, ty: &Ty) -> bool {
        self.lineage(ty).iter().any(|&(file, index)| {
            let decl = self.symbols.type_decl(file, index);
            decl.bases.iter().any(|base| {
                let resolved = self.symbols.resolve(file, &decl.scope, &base.path);
                resolved.defs.is_empty() && resolved.path.len() > 1
            })
        })
    }

    /// Whether a type derives from one of these, itself not counted.
    pub(super) fn derives(&self, ty: &Ty, wanted: &[Name]) -> bool {
        self.lineage(ty).iter().any(|&(file, index)| {
            let decl = self.symbols.type_decl(file, index);
            decl.bases.iter().any(|base| {
                let resolved = self.symbols.resolve(file, &decl.scope, &base.path);
                let of_value = self.member_of_value(&resolved);
                let base = Ty { path: resolved.path.clone(), others: resolved.others.clone(), ..Ty::default() };
                wanted.iter().any(|path| base.is_named(path) || of_value.as_ref().is_some_and(|ty| ty.is_named(path)))
            })
        })
    }

    /// The annotation of one of these names on a type; a derive counts by what it derives.
    fn annotated<'d>(&self, file: FileId, decl: &'d TypeFact, wanted: &[Name]) -> Option<&'d AnnotationFact> {
        if let Some(found) = self.annotation(file, &decl.scope, &decl.annotations, wanted) {
            return Some(found);
        }
        let facts = self.symbols.file(file).facts;
        decl.annotations.iter().filter(|annotation| annotation.path.last().is_some_and(|name| name == "derive")).find(
            |derive| {
                derive.args.iter().any(|arg| match facts.node(arg.value) {
                    Node::Name { segments, .. } => {
                        wanted.iter().any(|path| model::segments(path).last() == segments.last())
                    }
                    _ => false,
                })
            },
        )
    }

    pub(super) fn entity_table(
        &self,
        file: FileId,
        index: u32,
        decl: &TypeFact,
        rule: &EntityRule,
    ) -> Option<(TableName, bool)> {
        self.entity_table_in(file, index, decl, rule, self.first_context((file, index)))
    }

    /// The table that an entity has in a context.
    pub(super) fn entity_table_in(
        &self,
        file: FileId,
        index: u32,
        decl: &TypeFact,
        rule: &EntityRule,
        context: Option<(FileId, u32)>,
    ) -> Option<(TableName, bool)> {
        let mapped = self.mapped_in((file, index), context);
        let mapped = mapped.as_ref();
        let said = self.said_of((file, index), mapped.map(|mapped| mapped.framework), context);
        let stated = mapped.and_then(|mapped| mapped.table.clone());
        let stated =
            stated.or_else(|| rule.table.iter().find_map(|selector| self.own_text(file, index, decl, selector)));
        if stated.is_none()
            && rule.inherit
            && self.hierarchy(file, index, rule) == Hierarchy::One
            && let Some(parent) = self.parent_entity(file, index, rule)
        {
            let decl = self.symbols.type_decl(parent.0, parent.1);
            return self.entity_table(parent.0, parent.1, decl, rule);
        }
        if stated.is_none()
            && rule.inherit
            && self.hierarchy(file, index, rule) == Hierarchy::One
            && let Some(parent) = self.nearest_entity(file, index)
        {
            return Some((parent.table, parent.by_convention));
        }
        if stated.is_none()
            && let Some([Step::Super, step]) = rule.of.as_ref().map(|selector| &selector.0[..])
        {
            let given = self.given_to_super(file, index, step).into_iter();
            let mut decls = given.filter_map(|node| self.type_of(file, node, 0)).flat_map(|ty| ty.decls);
            return decls.find_map(|(other_file, other)| {
                let decl = self.symbols.type_decl(other_file, other);
                let own = (other_file, other) == (file, index);
                let (entity, _) = if own { None } else { self.entity_rule(other_file, other, decl) }?;
                Some((entity.table, entity.by_convention))
            });
        }
        let by_convention = stated.is_none();
        let convention = self.convention(file, rule);
        let name = if let Some(name) = stated {
            let changed = convention.filter(|convention| convention.stated);
            changed.and_then(|convention| naming::stated(convention.naming, &name)).unwrap_or(name)
        } else {
            let by_context = !rule.held_in.is_empty();
            let naming = mapped.and_then(|mapped| mapped.naming).or(said.naming.filter(|_| !by_context));
            let naming = naming.unwrap_or_else(|| convention.map_or(rule.naming, |convention| convention.naming));
            let called = rule.called.iter().find_map(|at| self.own_text(file, index, decl, at));
            let model = mapped.and_then(|mapped| mapped.model.as_deref()).or(called.as_deref()).unwrap_or(&decl.name);
            let name = match context.and_then(|context| self.set_in(context, (file, index))) {
                Some(property) if naming == Naming::ContextProperty => property,
                _ => self.conventional((file, index), decl, model, naming)?,
            };
            let all = said.naming.filter(|_| by_context);
            let name = all.and_then(|naming| naming::table(naming, &name, None)).unwrap_or(name);
            let name = format!(
                "{}{name}",
                mapped.and_then(|mapped| mapped.prefix.clone()).or(said.prefix).unwrap_or_default()
            );
            self.prefixed(file, index, decl, rule, &name)
        };
        let mut table = TableName::parse(&name)?;
        let schema = mapped.and_then(|mapped| mapped.schema.clone());
        // What a nested type says of a base (`Meta.schema`) holds for those who derive from it.
        let nested = |selector: &Selector| matches!(&selector.0[..], [Step::Field(path)] if path.contains('.'));
        let stated = |selector: &Selector| {
            self.own_text(file, index, decl, selector).or_else(|| {
                let ty = self.own_type(file, index);
                let bases = self.lineage(&ty);
                let mut bases = bases.iter().skip(1).filter(|_| nested(selector));
                bases.find_map(|&(file, at)| self.own_text(file, at, self.symbols.type_decl(file, at), selector))
            })
        };
        let schema = schema.or_else(|| rule.schema.iter().find_map(stated));
        if let Some(schema) = schema.or(said.schema.filter(|_| !rule.held_in.is_empty()))
            && table.qualifiers.is_empty()
            && !schema.is_empty()
        {
            table.qualifiers.push(Part { text: schema.into(), quoted: false });
        }
        Some((table, by_convention))
    }

    /// The nearest supertype that is an entity by the same rule: its subtypes share its table.
    pub(super) fn parent_entity(&self, file: FileId, index: u32, rule: &EntityRule) -> Option<(FileId, u32)> {
        let ty = Ty { decls: vec![(file, index)], ..Ty::default() };
        let own = self.symbols.parts(file, index);
        self.lineage(&ty).iter().copied().filter(|part| !own.contains(part)).find(|&(file, index)| {
            let decl = self.symbols.type_decl(file, index);
            decl.kind == TypeKind::Class
                && (self.entity_matches(file, index, decl, rule)
                    || self.entities.mapped.contains_key(&(file, index))
                    || rule.held_in.iter().any(|name| {
                        let set = model::segments(name).pop().unwrap_or_default();
                        self.entities.held.contains(&(set, file, index))
                    }))
        })
    }

    /// The text that a selector means on a type: of its annotation, field or method.
    pub(super) fn own_text(&self, file: FileId, index: u32, decl: &TypeFact, selector: &Selector) -> Option<String> {
        let mut steps = selector.0.iter();
        match steps.next()? {
            Step::Annotation(name) => {
                // The same annotation may stand several times (`#[diesel(…)] #[diesel(…)]`).
                let step = steps.next();
                decl.annotations.iter().filter(|a| a.path.last() == model::segments(name).last()).find_map(
                    |annotation| {
                        let Some(step) = step else { return Some(String::new()) };
                        let first = super::matching::arguments(&annotation.args, step);
                        let mut values: Vec<Selected> = first.map(|node| Selected::Node(file, node)).collect();
                        for step in steps.clone() {
                            values = values.iter().flat_map(|value| self.next_step(value, step)).collect();
                        }
                        values.into_iter().find_map(|value| match value {
                            Selected::Node(file, node) => match self.symbols.file(file).facts.node(node) {
                                Node::True => Some(String::new()),
                                _ => self.name_or_text(file, node),
                            },
                            Selected::Type(_) => None,
                        })
                    },
                )
            }
            Step::Field(path) if let Some(Step::Annotation(name)) = steps.clone().next() => {
                let step = steps.nth(1)?;
                let fields = decl.fields.iter().filter(|field| field.name == *path);
                let annotations = fields.flat_map(|field| &field.annotations);
                let named = annotations.filter(|a| a.path.last() == model::segments(name).last());
                named
                    .flat_map(|annotation| super::matching::arguments(&annotation.args, step))
                    .find_map(|node| self.name_or_text(file, node))
            }
            Step::Field(path) => {
                let ty = Ty { decls: vec![(file, index)], ..Ty::default() };
                let (owner, name) = match path.rsplit_once('.') {
                    Some((nested, name)) => (self.nested(file, decl, nested)?, Name::from(name)),
                    None => (ty, path.clone()),
                };
                let values = self.field_values(&owner, &name).into_iter();
                let mut values: Vec<Selected> = values.map(|(file, node)| Selected::Node(file, node)).collect();
                for step in steps {
                    values = values.iter().flat_map(|value| self.next_step(value, step)).collect();
                }
                values.into_iter().find_map(|value| {
                    let Selected::Node(file, node) = value else { return None };
                    match self.symbols.file(file).facts.node(node) {
                        Node::Literal | Node::True | Node::Made(_) => Some(String::new()),
                        _ => self.name_or_text(file, node),
                    }
                })
            }
            Step::Method(name) => {
                let unit = self.symbols.file(file).unit;
                let module = &self.symbols.file(file).module;
                let scope = &decl.scope;
                self.symbols.methods(unit, &decl.name, name).into_iter().find_map(|def| match def {
                    Def::Function(other, function) if self.symbols.file(other).module == *module => {
                        let fact = self.symbols.function(other, function);
                        let named = fact.scope.split_last().filter(|(last, _)| **last == decl.name);
                        if named.is_some_and(|(_, outer)| outer != scope) {
                            return None;
                        }
                        let mut values = vec![Selected::Node(other, fact.value?)];
                        for step in steps.clone() {
                            values = values.iter().flat_map(|value| self.each(value)).collect();
                            values = values.iter().flat_map(|value| self.next_step(value, step)).collect();
                        }
                        let stated = values.into_iter().find_map(|value| match value {
                            Selected::Node(file, node) => self.known_text(file, node),
                            Selected::Type(_) => None,
                        });
                        // A method that tells variants apart tells the table by one of that name.
                        stated.or_else(|| self.arm_text(file, index, name, "Table"))
                    }
                    _ => None,
                })
            }
            // The innermost first.
            Step::Outer => {
                let rest = Selector(steps.cloned().collect());
                (1..=decl.scope.len())
                    .rev()
                    .flat_map(|depth| self.outer_types(file, depth, decl))
                    .find_map(|(file, index)| self.own_text(file, index, self.symbols.type_decl(file, index), &rest))
            }
            Step::Super => {
                let step = steps.next()?;
                self.given_to_super(file, index, step).into_iter().find_map(|node| self.known_text(file, node))
            }
            _ => None,
        }
    }

    /// The items of a list; what is none stands for itself.
    fn each(&self, value: &Selected) -> Vec<Selected> {
        let Selected::Node(file, node) = value else { return vec![value.clone()] };
        match self.symbols.file(*file).facts.node(*node) {
            Node::List(items) => items.iter().map(|item| Selected::Node(*file, *item)).collect(),
            Node::Typed { value: Some(inner), .. } => self.each(&Selected::Node(*file, *inner)),
            Node::Call(call)
                if self.symbols.file(*file).facts.calls[*call as usize].args.iter().all(|arg| arg.name.is_none()) =>
            {
                let args = &self.symbols.file(*file).facts.calls[*call as usize].args;
                args.iter().map(|arg| Selected::Node(*file, arg.value)).chain([value.clone()]).collect()
            }
            _ => vec![value.clone()],
        }
    }

    /// What the type's constructors give its supertype's, or each other.
    pub(super) fn given_to_super(&self, file: FileId, index: u32, step: &Step) -> Vec<NodeId> {
        let facts = self.symbols.file(file).facts;
        let calls = facts.calls.iter().filter(|call| {
            let function = &facts.functions[call.function as usize];
            function.owner == Some(index)
                && function.kind == FunctionKind::Constructor
                && match facts.node(call.callee) {
                    Node::Super(_) | Node::This(_) => true,
                    Node::Member { base, .. } => matches!(facts.node(*base), Node::Super(_)),
                    _ => false,
                }
        });
        // `Some("shop")` is what it holds.
        let inside = |node: NodeId| match facts.node(node) {
            Node::Call(call) => facts.calls[*call as usize].args.first().map_or(node, |arg| arg.value),
            _ => node,
        };
        calls.flat_map(|call| super::matching::arguments(&call.args, step)).map(inside).collect()
    }

    /// A text, or a bare name that stands for itself (`table_name = users`).
    pub(super) fn name_or_text(&self, file: FileId, node: NodeId) -> Option<String> {
        let known = self.known_text(file, node);
        known.or_else(|| match self.symbols.file(file).facts.node(node) {
            Node::Name { segments, .. } => segments.last().map(ToString::to_string),
            Node::Typed { ty, value: None, .. } => ty.path.last().map(ToString::to_string),
            Node::Symbol(name, _) | Node::Member { name, .. } => Some(name.to_string()),
            _ => None,
        })
    }

    /// The entity that a type is or holds.
    pub(super) fn entity_of_type(&self, ty: &Ty, depth: usize) -> Option<usize> {
        if depth > MAX_DEPTH {
            memo::cut(&self.generation);
            return None;
        }
        for decl in &ty.decls {
            for part in self.symbols.parts(decl.0, decl.1) {
                if let Some(&number) = self.entities.by_type.get(&part) {
                    return Some(number);
                }
            }
        }
        if let Some(number) = self.builtin_entity(ty) {
            return Some(number);
        }
        if let Some(number) = ty.args.iter().find_map(|arg| self.entity_of_type(arg, depth + 3)) {
            return Some(number);
        }
        for &(file, index) in self.lineage(ty).iter() {
            let decl = self.symbols.type_decl(file, index);
            let mut scope = decl.scope.clone();
            scope.push(decl.name.clone());
            for base in &decl.bases {
                for arg in &base.args {
                    let arg = self.type_ref(file, &scope, arg, depth + 1);
                    // A type may name itself in what it derives from, and several do at once: a few steps tell.
                    if let Some(number) = self.entity_of_type(&arg, depth + 10) {
                        return Some(number);
                    }
                }
            }
        }
        None
    }

    /// The entity that queries know by that name, seen from this file.
    pub(super) fn entity_called(&self, from: FileId, name: &str) -> Option<usize> {
        let unit = self.symbols.file(from).unit;
        let sees = |file| self.symbols.visible(unit, self.symbols.file(file).unit);
        let mut called = (0..).zip(&self.entities.list).filter(|(_, entity)| entity.called.as_deref() == Some(name));
        if let Some((number, _)) = called.find(|(_, entity)| entity.decl.is_some_and(|(file, _)| sees(file))) {
            return Some(number);
        }
        let types = self.symbols.named(unit, &name.into()).into_iter().filter_map(|def| match def {
            Def::Type(file, index) => Some(self.own_type(file, index)),
            _ => None,
        });
        types.into_iter().find_map(|ty: Ty| self.entity_of_type(&ty, 0))
    }

    /// The entity that a value carries.
    pub(super) fn entity_of(&self, file: FileId, node: NodeId, depth: usize) -> Option<Carried> {
        if self.entities.list.is_empty() && !self.has_value_rules(file) {
            return None;
        }
        if depth > MAX_DEPTH {
            memo::cut(&self.generation);
            return None;
        }
        memo::entity_of(&self.generation, (file, node), || self.find_entity(file, node, depth))
    }

    /// The entity that a path names.
    pub(super) fn entity_of_path(&self, file: FileId, function: u32, segments: &[Name]) -> Option<Carried> {
        let declared = self.declared_value(file, function, segments);
        let declared = declared.or_else(|| self.variant_entity(file, function, segments));
        declared.or_else(|| {
            let ty = self.type_of_path(file, function, segments)?;
            self.entity_of_type(&ty, 0).map(Carried::Declared)
        })
    }

    fn find_entity(&self, file: FileId, node: NodeId, depth: usize) -> Option<Carried> {
        let next = depth + 1;
        if let Some(&number) = self.entities.by_node.get(&(file, node)) {
            return Some(Carried::Declared(number));
        }
        match self.symbols.file(file).facts.node(node) {
            Node::Typed { value, .. } => {
                let by_type = self.entity_by_type(file, node);
                by_type.or_else(|| self.entity_of(file, (*value)?, next))
            }
            Node::Name { segments, function, .. } => {
                let declared = self.declared_value(file, *function, segments);
                let declared = declared.or_else(|| self.variant_entity(file, *function, segments));
                let declared = declared.or_else(|| self.entity_by_type(file, node));
                let declared = declared.or_else(|| {
                    let values = self.constants_round(file, *function, segments).into_iter();
                    values.take(4).find_map(|(file, node)| self.entity_of(file, node, next + 2))
                });
                declared.or_else(|| self.exported_entity(file, *function, segments, next))
            }
            Node::Member { base, name, span, .. } => {
                let path = self.path_of(file, node);
                let own = path.and_then(|path| self.declared_value(file, self.function_of(file, node), &path));
                if own.is_none()
                    && let Some(other) = self.related(file, *base, name)
                {
                    return other.map(Carried::Declared);
                }
                // `Order.tags.through` is the table between the two.
                let own = own.or_else(|| {
                    self.entities.join_members.contains(name).then(|| self.join_of_member(file, *base)).flatten()
                });
                let own = own.or_else(|| self.entity_by_type(file, node));
                let own = own.or_else(|| {
                    let entity = self.member_entity(file, *base, name, *span)?;
                    Some(Carried::Named(Box::new(entity)))
                });
                let own = own.or_else(|| {
                    let path = self.path_of(file, node)?;
                    self.exported_entity(file, self.function_of(file, node), &path, next)
                });
                // A table that an object keeps (`self.orders = Table("orders", …)`).
                let own = own.or_else(|| {
                    let ty = self.type_of(file, *base, 0).filter(|ty| !ty.decls.is_empty())?;
                    let values = self.field_values(&ty, name).into_iter();
                    values.take(4).find_map(|(file, node)| self.entity_of(file, node, next + 2))
                });
                let own = own.or_else(|| {
                    let Carried::Declared(number) = self.entity_of(file, *base, next)? else { return None };
                    let found = self.entities.associations.get(&(number, name.clone()))?;
                    Some(Carried::Declared(found.target))
                });
                // `$orders->each->delete()`
                let own = own.or_else(|| {
                    self.frameworks.member(self.language(file), name, |rule| rule.carries)?;
                    self.entity_of(file, *base, next)
                });
                // An extension property, which stands by itself (`val Database.orders get() = sequenceOf(Orders)`).
                let own = own.or_else(|| {
                    let function = self.has(file, Way::ExtensionProperties).then(|| self.function_of(file, node))?;
                    let (at, value) = self.declared_node(file, function, std::slice::from_ref(name))?;
                    self.entity_of(at, value, next)
                });
                own.or_else(|| {
                    // `Order.objects`, `Order.query`: what an entity type offers speaks of the entity.
                    let base_type = self.type_of(file, *base, 0);
                    if base_type.is_some_and(|ty| ty.is_type)
                        || self.has(file, Way::UniformAccess)
                        || self.is_class_itself(file, *base)
                    {
                        return self.entity_of(file, *base, next);
                    }
                    // A column of a table that is a value (`orders.c.id`), a manager of a model that is known by its name.
                    let is_value = self.has(file, Way::ClassesAsValues);
                    self.entity_of(file, *base, next).filter(
                        |carried| is_value && matches!(carried, Carried::Named(_)) || matches!(carried, Carried::Declared(number) if self.entities.list[*number].decl.is_none() && !self.entities.list[*number].builtin),
                    )
                })
            }
            Node::Call(call) => self.entity_of_call(file, *call, next),
            Node::Index { base, index } => match self.index_entity(file, *base, *index) {
                Some(entity) => Some(Carried::Named(Box::new(entity))),
                None => self.entity_of(file, *base, next),
            },
            // `key, organization = authenticate(token)`: the others are something else.
            Node::Element { base, position: Some(1..), .. }
                if self.has(file, Way::PartedResults)
                    && matches!(self.symbols.file(file).facts.node(*base), Node::Call(_)) =>
            {
                None
            }
            Node::Element { base, name: Some(name), .. } if self.has(file, Way::StructPatterns) => {
                match self.part_of_struct(file, *base, name) {
                    Some(part) => part.map(Carried::Declared),
                    None => self.entity_by_type(file, node).or_else(|| self.entity_of(file, *base, next)),
                }
            }
            Node::After { base, .. } | Node::Element { base, .. } => self.entity_of(file, *base, next),
            Node::Text(pieces) => match pieces[..] {
                [TextPiece::Value { node, .. }] => self.entity_of(file, node, next),
                _ => self.entity_by_type(file, node),
            },
            Node::Choice(items) | Node::List(items) | Node::Concat(items) => {
                items.iter().find_map(|&item| self.entity_of(file, item, next))
            }
            Node::Lambda(function) => {
                let value = self.symbols.function(file, *function).value?;
                self.entity_of(file, value, next)
            }
            Node::Param(function, 0) => {
                let own = self.entity_by_type(file, node);
                own.or_else(|| self.entity_of(file, self.item_handed(file, *function)?, next))
            }
            Node::This(function) => {
                if let Some(scoped) = self.scoped_entity(file, *function) {
                    return scoped.map(Carried::Declared);
                }
                let own = self.entity_by_type(file, node);
                own.or_else(|| self.entities_mixing(file, node).first().map(|&number| Carried::Declared(number)))
            }
            // `super().get_queryset()` of a manager speaks of what the manager serves.
            Node::Super(function) => {
                let served =
                    self.owner(file, *function).and_then(|owner| self.entities.served.get(&owner)?.first().copied());
                served.map(Carried::Declared).or_else(|| self.entity_by_type(file, node))
            }
            _ => self.entity_by_type(file, node),
        }
    }

    /// Whether a value is the class round a method of the class (`cls.query`).
    pub(super) fn is_class_itself(&self, file: FileId, node: NodeId) -> bool {
        let Node::This(function) = self.symbols.file(file).facts.node(node) else { return false };
        self.symbols.function(file, *function).kind == FunctionKind::Static
    }

    /// The value of which a function value is handed the elements (`orders.findById(1).ifPresent(order -> …)`).
    pub(super) fn item_handed(&self, file: FileId, function: u32) -> Option<NodeId> {
        let call = *self.given_to.get(&(file, function))?;
        let rules = self.rules((file, call));
        let blocks = self.has(file, Way::Blocks);
        let selector = rules.iter().find_map(|(id, _)| {
            let rule = self.frameworks.call(*id);
            rule.hands_item.as_ref().or_else(|| rule.hands.as_ref().filter(|_| blocks && rule.hands_type.is_none()))
        })?;
        self.select(file, call, selector).into_iter().find_map(|value| match value {
            Selected::Node(at, node) if at == file => Some(node),
            _ => None,
        })
    }

    /// The entity that a type serves, as a manager.
    fn served_by(&self, ty: &Ty) -> Option<usize> {
        ty.decls.iter().find_map(|decl| self.entities.served.get(decl)?.first().copied())
    }

    fn entity_by_type(&self, file: FileId, node: NodeId) -> Option<Carried> {
        let ty = self.type_of(file, node, 0)?;
        let declared = self.entity_of_type(&ty, 0).or_else(|| self.served_by(&ty)).map(Carried::Declared);
        declared.or_else(|| self.generated_type(file, &ty).map(|entity| Carried::Named(Box::new(entity))))
    }

    fn entity_of_call(&self, file: FileId, call: u32, depth: usize) -> Option<Carried> {
        if let Some(&number) = self.entities.by_call.get(&(file, call)) {
            return Some(Carried::Declared(number));
        }
        if let Some(entity) = self.call_entity(file, call, depth) {
            return Some(Carried::Named(Box::new(entity)));
        }
        let fact = self.call((file, call));
        if let Some(ty) = self.type_of(file, fact.callee, 0)
            && ty.is_type
            && let Some(number) = self.entity_of_type(&ty, 0)
        {
            return Some(Carried::Declared(number));
        }
        // What a call gives is called again (`foreignKey("fk", id, orders)(_.id)`).
        if let Node::Call(_) = self.symbols.file(file).facts.node(fact.callee) {
            return self.entity_of(file, fact.callee, depth + 1);
        }
        let callee = self.callee(file, fact)?;
        if let Some(ty) = self.builtin_result(file, &callee) {
            return self.entity_of_type(&ty, 0).map(Carried::Declared);
        }
        if let Some(target) = self.led_to(file, call, &callee) {
            return Some(Carried::Declared(target));
        }
        if let Some(receiver) = callee.receiver
            && let Some(other) = self.related(file, receiver, &callee.name)
        {
            return other.map(Carried::Declared);
        }
        if let Some(related) = callee.receiver.and_then(|receiver| self.relation(file, receiver, &callee.name)) {
            return Some(Carried::Declared(related));
        }
        self.frameworks.language(self.language(file))?;
        for &id in self.candidates(file, &callee.name).iter() {
            let rule = self.frameworks.call(id);
            // A name as common as `from` or `to` says nothing of another framework's values.
            let applies = || self.rules((file, call)).iter().any(|(known, _)| *known == id);
            if self.uses(file, id.framework) == Uses::No || rule.strict && !applies() {
                continue;
            }
            if rule.leads.is_some() {
                return self.led(file, call, id);
            }
            let selector = rule.carries.as_ref().or(rule.entity.as_ref());
            if rule.ends && selector.is_none() && applies() {
                return None;
            }
            for value in selector.map(|selector| self.select(file, call, selector)).unwrap_or_default() {
                let carried = match value {
                    // Guard against a rule that selects the call itself through its receiver.
                    Selected::Node(file, node) => self.entity_of(file, node, depth + 1).or_else(|| {
                        let (table, place) = self.generated(file, node, rule)?;
                        Some(Carried::Named(Box::new(Entity::named(table, place, id.framework))))
                    }),
                    Selected::Type(ty) => self.entity_of_type(&ty, 0).map(Carried::Declared),
                };
                if carried.is_some() {
                    return if rule.ends { None } else { carried };
                }
            }
        }
        let by_habit = self.has(file, Way::ToldByHabit);
        for target in self.targets_of((file, call)).iter().take(4) {
            // A namesake that takes less is another.
            let params = &self.symbols.function(target.function.0, target.function.1).params;
            if by_habit && target.by_name && params.len() < fact.args.len() {
                continue;
            }
            // What goes on with a query that it is given (`defp paged(query), do: limit(query, 10)`).
            if self.has(file, Way::LeavesTypesOut)
                && !target.by_name
                && let Some(position) = self.handed_back(target.function, 0)
                && let Some(given) = self.given_value(target.function, position, (file, call))
                && let Some(carried) = self.entity_of(file, given, depth + 2)
            {
                return Some(carried);
            }
            if let Some(ty) = self.returned_type(target.function, 0) {
                match self.entity_of_type(&ty, 0).or_else(|| self.served_by(&ty)) {
                    // What a namesake returns says nothing against what the call is made on.
                    None if target.by_name => continue,
                    // A builder speaks of what it was begun with: `func (s *Store) open() *gorm.DB`.
                    None if self.is_builder(file, &ty) => {}
                    carried => return carried.map(Carried::Declared),
                }
            }
            let (file, function) = target.function;
            // A few functions deep at most: each may return what many others do.
            let value = self.symbols.function(file, function).value.filter(|_| !target.by_name && depth < 8);
            let ask = |value| memo::look_through(&self.generation, || self.entity_of(file, value, depth + 8));
            if let Some(carried) = value.and_then(ask) {
                return Some(carried);
            }
        }
        if let Some(ty) = self.made(file, call).or_else(|| self.helper_like(file, call)) {
            return self.entity_of_type(&ty, 0).map(Carried::Declared);
        }
        let receiver = callee.receiver?;
        // What an object is asked for is something else, unless it is what the object keeps under that name.
        if self.is_single(file, receiver, 0) {
            return None;
        }
        if let Some(number) = self.relation_of_repository(file, receiver, &callee.name) {
            return Some(Carried::Declared(number));
        }
        if self.has(file, Way::Readers)
            && matches!(self.symbols.file(file).facts.node(receiver), Node::This(_))
            && let Some(kept) = self.entity_of(file, fact.callee, depth + 1)
        {
            return Some(kept);
        }
        self.entity_of(file, receiver, depth + 1)
    }

    /// The argument whose entity the result of a call carries, as a rule says.
    pub(super) fn hands_on(&self, file: FileId, call: u32) -> Option<NodeId> {
        let callee = self.callee(file, self.call((file, call)))?;
        let language = self.frameworks.language(self.language(file))?;
        language.calls(&callee.name).into_iter().find_map(|id| {
            let rule = self.frameworks.call(id);
            let selector =
                rule.carries.as_ref().filter(|_| !rule.strict && self.uses(file, id.framework) != Uses::No)?;
            let [Step::Position(_)] = selector.0[..] else { return None };
            self.select(file, call, selector).into_iter().find_map(|value| match value {
                Selected::Node(at, node) if at == file => Some(node),
                _ => None,
            })
        })
    }

    /// Whether a type is one of a framework's builders.
    fn is_builder(&self, file: FileId, ty: &Ty) -> bool {
        let Some(language) = self.frameworks.language(self.language(file)) else { return false };
        let mut fluent = language.frameworks.iter().flat_map(|&number| &self.frameworks.all[number].fluent);
        ty.decls.is_empty() && fluent.any(|path| ty.is_named(path))
    }

    /// The entity to which the relation leads that a call names.
    pub(super) fn led(&self, file: FileId, call: u32, id: RuleId) -> Option<Carried> {
        let rule = self.frameworks.call(id);
        let name = self.select(file, call, rule.leads.as_ref()?).into_iter().find_map(|value| match value {
            Selected::Node(file, node) => self.key_of(file, node),
            Selected::Type(_) => None,
        });
        let carrier = self.select(file, call, rule.carries.as_ref()?);
        let from = carrier.iter().find_map(|value| match value {
            Selected::Node(file, node) => self.type_of_entity(*file, *node),
            Selected::Type(ty) => Some(ty.clone()),
        });
        self.along(from.as_ref(), &[name?], id.framework).pop()
    }

    /// The entity behind a relation, if `name` is one of the type of `base`; the inner option is empty where the
    /// entity is not known.
    fn related(&self, file: FileId, base: NodeId, name: &Name) -> Option<Option<usize>> {
        if !self.names_relation(name) {
            return None;
        }
        let ty = self.type_of(file, base, 0)?;
        self.relation_of(&ty, name, 0).map(|found| found.target)
    }

    /// The type that an entity is.
    pub(super) fn entity_type(&self, number: usize) -> Option<Ty> {
        self.entities.list[number].decl.map(|(file, index)| self.own_type(file, index))
    }

    /// The entity that is carried.
    pub(super) fn carried<'c>(&'c self, carried: &'c Carried) -> &'c Entity {
        match carried {
            Carried::Declared(number) => &self.entities.list[*number],
            Carried::Named(entity) => entity,
        }
    }
}
