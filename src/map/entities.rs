//! Which types and values stand for tables.

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
use crate::facts::{AnnotationFact, Node, NodeId, TypeFact};
use crate::frameworks::{EntityRule, Naming, Selector, Step, model, naming};
use crate::source::{FileId, Place};
use crate::syntax::outline::{FunctionKind, TypeKind};
use crate::vocabulary::{Name, Part, Privilege, TableName};
use crate::workspace::Unit;

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
            let spelled = || self.spelled_by_method(file, index, &rule.method).map(Name::from);
            let spelled =
                if rule.method.is_empty() || !self.has(file, Way::ClassesAsValues) { None } else { spelled() };
            let name = match context.and_then(|context| self.set_in(context, (file, index))) {
                _ if let Some(spelled) = spelled => spelled,
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
}
