//! The tables that an entity has beside its own: secondary tables, those of its supertypes and subtypes where each
//! class has one, those that hold a collection of it or join it with others, and those that are loaded with it.
//!
//! A call that concerns the entity concerns them too, each in its own way.

use super::entities::Entity;
use super::program::Program;
use super::types::Ty;
use crate::facts::{AnnotationFact, FieldFact, Node, TypeFact};
use crate::frameworks::{EntityRule, Naming, Selector, Step, model, naming};
use crate::source::FileId;
use crate::syntax::outline::{TypeKind, TypeRef};
use crate::vocabulary::{Name, Part, Privilege, TableName};

/// A table that is touched along with an entity's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Beside {
    /// The table.
    pub table: TableName,
    /// What it holds.
    pub holds: Holds,
    /// The field whose items or pairs lie in it.
    pub field: Option<Name>,
}

impl Beside {
    /// Another table that a name may mean as well.
    pub(super) fn instead(table: TableName) -> Self {
        Self::new(table, Holds::Instead)
    }

    fn new(table: TableName, holds: Holds) -> Self {
        Self { table, holds, field: None }
    }
}

/// What a table beside an entity's own holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A part of each row: it is touched whenever the row is.
    PartOfRow,
    /// The part of each row that a supertype's table holds: the same, but that table is made for the supertype.
    PartOfSupertype,
    /// What a subtype adds: it is read and deleted with its supertype.
    Subtype,
    /// The items of a collection, or the pairs that join it: written with the entity.
    Items,
    /// The same, where they are loaded with the entity.
    LoadedItems,
    /// Another entity that is loaded with this one.
    Loaded,
    /// The same, where a name may mean either.
    Instead,
}

impl Holds {
    /// What a call that needs `privilege` on the entity's table needs here.
    pub(super) fn needs(self, privilege: Privilege) -> &'static [Privilege] {
        use Privilege::{Create, Delete, Drop, Insert, Select, Update};
        let same = Privilege::ALL.iter().position(|&one| one == privilege);
        match (self, privilege) {
            (Self::Instead, _) => same.map(|at| &Privilege::ALL[at..=at]).unwrap_or_default(),
            (Self::PartOfRow | Self::PartOfSupertype | Self::Subtype | Self::LoadedItems | Self::Loaded, Select) => {
                &[Select]
            }
            (Self::PartOfRow | Self::PartOfSupertype | Self::Items | Self::LoadedItems, Insert) => &[Insert],
            (Self::PartOfRow | Self::PartOfSupertype, Update) => &[Update],
            (Self::Items | Self::LoadedItems, Update) => &[Insert, Delete],
            (Self::PartOfRow | Self::PartOfSupertype | Self::Subtype | Self::Items | Self::LoadedItems, Delete) => {
                &[Delete]
            }
            (Self::PartOfRow | Self::Items | Self::LoadedItems, Create) => &[Create],
            (Self::PartOfRow | Self::Items | Self::LoadedItems, Drop) => &[Drop],
            _ => &[],
        }
    }
}

/// How a hierarchy of entities lies in tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hierarchy {
    /// All in the table of the first.
    One,
    /// Each type in its own, with what its supertypes have in theirs.
    Joined,
    /// Each type in its own, whole.
    Apart,
}

impl Program<'_> {
    /// How the hierarchy that a type belongs to lies in tables, as its first type says.
    pub(super) fn hierarchy(&self, file: FileId, index: u32, rule: &EntityRule) -> Hierarchy {
        if !rule.held_in.is_empty() {
            return self.hierarchy_in_context(file, index, rule);
        }
        let Some([Step::Annotation(name), step]) = rule.inheritance.as_ref().map(|selector| &selector.0[..]) else {
            return Hierarchy::One;
        };
        let ty = Ty { decls: vec![(file, index)], ..Ty::default() };
        let said = self.lineage(&ty).iter().find_map(|&(file, index)| {
            let mut annotations = self.symbols.type_decl(file, index).annotations.iter();
            let annotation = annotations.find(|annotation| annotation.path.last() == Some(name))?;
            let node = super::matching::arguments(&annotation.args, step).next()?;
            let path = self.path_of(file, node).and_then(|path| path.last().map(ToString::to_string));
            path.or_else(|| self.known_text(file, node))
        });
        match said.as_deref() {
            Some("JOINED") => Hierarchy::Joined,
            Some("TABLE_PER_CLASS") => Hierarchy::Apart,
            _ => Hierarchy::One,
        }
    }

    /// The same where calls say it: of the first type, or by a table that a subtype is given.
    fn hierarchy_in_context(&self, file: FileId, index: u32, rule: &EntityRule) -> Hierarchy {
        let mapped = |decl: (FileId, u32)| self.mapped_in(decl, self.first_context(decl));
        let ty = Ty { decls: vec![(file, index)], ..Ty::default() };
        let said = self.lineage(&ty).iter().find_map(|&decl| mapped(decl)?.hierarchy);
        match said.as_deref() {
            Some("JOINED") => return Hierarchy::Joined,
            Some("TABLE_PER_CLASS") => return Hierarchy::Apart,
            _ => {}
        }
        let own = |(file, index): (FileId, u32)| {
            let decl = self.symbols.type_decl(file, index);
            let stated = rule.table.iter().any(|at| self.own_text(file, index, decl, at).is_some());
            stated || mapped((file, index)).is_some_and(|mapped| mapped.table.is_some())
        };
        let above = self.parent_entity(file, index, rule).filter(|_| own((file, index)));
        let apart = above.is_some_and(|parent| {
            let named = |decl| mapped(decl).and_then(|mapped| mapped.table);
            named(parent).is_none() || named(parent) != named((file, index))
        });
        if apart { Hierarchy::Joined } else { Hierarchy::One }
    }

    /// The tables beside each entity's own. `found` are the entities' types with their rules.
    pub(super) fn tables_beside(&self, found: &[((FileId, u32), EntityRule)]) -> Vec<Vec<Beside>> {
        let mut all: Vec<Vec<Beside>> = vec![Vec::new(); self.entities.list.len()];
        for &((file, index), ref rule) in found {
            let Some(number) = self.entities.of_type((file, index)) else { continue };
            self.secondary(file, self.symbols.type_decl(file, index), rule, &mut all[number]);
            for field in self.own_fields(file, index) {
                self.of_field(number, field, rule, &mut all[number]);
            }
        }
        for &((file, index), ref rule) in found {
            let hierarchy = self.hierarchy(file, index, rule);
            let (Some(number), true) = (self.entities.of_type((file, index)), hierarchy != Hierarchy::One) else {
                continue;
            };
            let own = Beside::new(self.entities.list[number].table.clone(), Holds::Subtype);
            let mut below = (file, index);
            while let Some(parent) = self.parent_entity(below.0, below.1, rule) {
                let Some(above) = self.entities.of_type(parent).filter(|&above| above != number) else { break };
                if hierarchy == Hierarchy::Joined {
                    let table = self.entities.list[above].table.clone();
                    all[number].push(Beside::new(table, Holds::PartOfSupertype));
                    let decl = self.symbols.type_decl(parent.0, parent.1);
                    let mut secondary = Vec::new();
                    self.secondary(parent.0, decl, rule, &mut secondary);
                    all[number]
                        .extend(secondary.into_iter().map(|other| Beside::new(other.table, Holds::PartOfSupertype)));
                }
                all[above].push(own.clone());
                below = parent;
            }
        }
        for &(decl, _) in found {
            let whole = self.mapped_in(decl, self.first_context(decl)).map(|mapped| mapped.part_of).unwrap_or_default();
            let Some(part) = self.entities.of_type(decl) else { continue };
            let numbers = whole.into_iter().filter_map(|whole| self.entities.of_type(whole));
            for number in numbers.filter(|number| *number != part) {
                all[number].push(Beside::new(self.entities.list[part].table.clone(), Holds::PartOfRow));
            }
        }
        for (entity, beside) in self.entities.list.iter().zip(&mut all) {
            let mut seen = vec![entity.table.clone()];
            beside.retain(|other| {
                !seen.contains(&other.table) && {
                    seen.push(other.table.clone());
                    true
                }
            });
        }
        all
    }

    fn secondary(&self, file: FileId, decl: &TypeFact, rule: &EntityRule, out: &mut Vec<Beside>) {
        for selector in &rule.secondary {
            let [Step::Annotation(name), step] = &selector.0[..] else { continue };
            let named = decl.annotations.iter().filter(|annotation| annotation.path.last() == Some(name));
            let texts = named.flat_map(|annotation| super::matching::arguments(&annotation.args, step));
            let tables =
                texts.filter_map(|node| self.known_text(file, node)).filter_map(|text| TableName::parse(&text));
            out.extend(tables.map(|table| Beside::new(table, Holds::PartOfRow)));
        }
    }

    /// The fields of an entity, those of its supertypes that are no entities included.
    fn own_fields(&self, file: FileId, index: u32) -> Vec<(FileId, &TypeFact, &FieldFact)> {
        let ty = Ty { decls: vec![(file, index)], ..Ty::default() };
        let own = self.entities.of_type((file, index));
        let lineage = self.lineage(&ty);
        let types = lineage.iter().copied();
        let types = types.filter(|&decl| self.entities.of_type(decl).is_none_or(|number| Some(number) == own));
        let with_fields = types.map(|(file, index)| (file, self.symbols.type_decl(file, index)));
        with_fields.flat_map(|(file, decl)| decl.fields.iter().map(move |field| (file, decl, field))).collect()
    }

    fn of_field(
        &self,
        number: usize,
        (file, decl, field): (FileId, &TypeFact, &FieldFact),
        rule: &EntityRule,
        out: &mut Vec<Beside>,
    ) {
        let named = |names: &[Name]| {
            field.annotations.iter().find(|annotation| annotation.path.last().is_some_and(|last| names.contains(last)))
        };
        let loaded = field.annotations.iter().any(|annotation| self.says(file, annotation, rule.loaded.as_ref()));
        let target = field.ty.as_ref().and_then(|ty| {
            let mut scope = decl.scope.clone();
            scope.push(decl.name.clone());
            self.entity_of_type(&self.type_ref(file, &scope, ty, 0), 0)
        });
        if let Some(target) = target.filter(|_| loaded && named(&rule.associations).is_some()) {
            out.push(Beside::new(self.entities.list[target].table.clone(), Holds::Loaded));
        }
        let owning = |annotation: &&AnnotationFact| {
            !annotation.args.iter().any(|arg| arg.name.as_ref().is_some_and(|name| name == "mappedBy"))
        };
        let said = |selector: &Selector| {
            let [Step::Annotation(name), steps @ ..] = &selector.0[..] else { return None };
            let annotation = field.annotations.iter().find(|a| a.path.last() == model::segments(name).last())?;
            let node = super::matching::arguments(&annotation.args, steps.first()?).next()?;
            self.known_text(file, node).filter(|text| !text.is_empty())
        };
        let stated = rule.join_table.iter().find_map(said).as_deref().and_then(TableName::parse);
        let schema = rule.join_schema.iter().find_map(said).filter(|_| stated.is_some());
        let holds = if loaded { Holds::LoadedItems } else { Holds::Items };
        let entity = &self.entities.list[number];
        let table = match stated {
            Some(mut table) => {
                table.qualifiers.extend(schema.map(|schema| Part { text: schema.into(), quoted: false }));
                Some(table)
            }
            None if named(&rule.collections).is_some() => {
                let kept = self.convention(file, rule).is_some_and(|convention| convention.naming == Naming::Kept);
                let made = |name: &Name| if kept { name.to_string() } else { naming::snake(name) };
                Some(in_schema_of(entity, &format!("{}_{}", made(&decl.name), made(&field.name))))
            }
            None if named(&rule.paired).as_ref().is_some_and(owning)
                || named(&rule.listed).as_ref().is_some_and(owning) && named(&rule.own_column).is_none() =>
            {
                let by_field = self.convention(file, rule).is_some_and(|convention| convention.joins_by_field);
                target.map(|target| {
                    let other = if by_field {
                        naming::snake(&field.name)
                    } else {
                        self.entities.list[target].table.name.text.to_string()
                    };
                    in_schema_of(entity, &format!("{}_{other}", entity.table.name.text))
                })
            }
            // The items lie in the table of their own type.
            None if named(&rule.aggregated).is_some() || self.is_part(file, decl, field, rule) => {
                self.aggregated(file, decl, field)
            }
            None => None,
        };
        let named = Some(field.name.clone());
        let whole = self.is_part(file, decl, field, rule);
        let holds = if whole { Holds::LoadedItems } else { self.whole(rule, field, holds) };
        out.extend(table.map(|table| Beside { field: named, ..Beside::new(table, holds) }));
    }

    /// The table in which the items of an entity's field lie, or that joins them with it; the other side may say which
    /// (`mappedBy`).
    pub(super) fn items_table(&self, number: usize, name: &str) -> Option<TableName> {
        let of_field = |number: usize, name: &str| {
            let mut beside = self.entities.list[number].beside.iter();
            beside.find(|other| other.field.as_deref() == Some(name)).map(|other| other.table.clone())
        };
        of_field(number, name).or_else(|| {
            let (file, index) = self.entities.list[number].decl?;
            let (file, _, field) = self.own_fields(file, index).into_iter().find(|(.., field)| field.name == *name)?;
            let args = field.annotations.iter().flat_map(|annotation| &annotation.args);
            let mapped = args.filter(|arg| arg.name.as_ref().is_some_and(|name| name == "mappedBy"));
            let other = mapped.into_iter().find_map(|arg| self.known_text(file, arg.value))?;
            of_field(self.associated(number, name)?.target, &other)
        })
    }

    /// What belongs to an aggregate is always loaded with it.
    fn whole(&self, rule: &EntityRule, field: &FieldFact, holds: Holds) -> Holds {
        let part = field.annotations.iter().any(|a| a.path.last().is_some_and(|last| rule.aggregated.contains(last)));
        if part { Holds::LoadedItems } else { holds }
    }

    /// Whether a field holds a list of objects of the workspace, where the framework keeps such with the entity.
    fn is_part(&self, file: FileId, decl: &TypeFact, field: &FieldFact, rule: &EntityRule) -> bool {
        let lists = |ty: &&TypeRef| ty.path.last().is_some_and(|name| super::types::is_collection(name));
        let Some(ty) = field.ty.as_ref().filter(|_| rule.holds_parts && !field.is_static).filter(lists) else {
            return false;
        };
        let left_out = field.annotations.iter().any(|a| a.path.last().is_some_and(|last| rule.left_out.contains(last)));
        let mut scope = decl.scope.clone();
        scope.push(decl.name.clone());
        let item = ty.args.last().map(|item| self.type_ref(file, &scope, item, 0));
        let is_object = |(file, index): (FileId, u32)| {
            matches!(self.symbols.type_decl(file, index).kind, TypeKind::Class | TypeKind::Struct)
        };
        !left_out && item.is_some_and(|item| item.args.is_empty() && item.decls.iter().any(|&decl| is_object(decl)))
    }

    fn aggregated(&self, file: FileId, decl: &TypeFact, field: &FieldFact) -> Option<TableName> {
        let mut scope = decl.scope.clone();
        scope.push(decl.name.clone());
        let ty = self.type_ref(file, &scope, field.ty.as_ref()?, 0);
        if let Some(number) = self.entity_of_type(&ty, 0) {
            return Some(self.entities.list[number].table.clone());
        }
        let item = ty.args.last().filter(|item| !item.decls.is_empty()).or(Some(&ty))?;
        (!item.decls.is_empty()).then(|| TableName::parse(&naming::snake(item.name())))?
    }

    /// Whether an annotation is given the value that the rule names (`fetch = EAGER`).
    fn says(&self, file: FileId, annotation: &AnnotationFact, wanted: Option<&model::Said>) -> bool {
        wanted.is_some_and(|wanted| {
            let is_that = |node| {
                self.path_of(file, node).is_some_and(|path| path.last() == Some(&wanted.value))
                    || wanted.value == "true" && matches!(self.symbols.file(file).facts.node(node), Node::True)
            };
            annotation.args.iter().any(|arg| match self.symbols.file(file).facts.node(arg.value) {
                // `@ManyToOne(() => Customer, { eager: true })`
                Node::Record(entries) if arg.name.is_none() => entries
                    .iter()
                    .any(|&(key, value)| self.key_of(file, key).as_ref() == Some(&wanted.argument) && is_that(value)),
                _ => arg.name.as_ref() == Some(&wanted.argument) && is_that(arg.value),
            })
        })
    }
}

fn in_schema_of(entity: &Entity, name: &str) -> TableName {
    let name = Part { text: name.into(), quoted: false };
    TableName { qualifiers: entity.table.qualifiers.clone(), name }
}
