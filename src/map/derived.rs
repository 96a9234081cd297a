//! Queries that a method's name says: `findByCustomerNameAndStatus` reads the customers too.
//!
//! The name is read as Spring Data and Micronaut Data have it: behind `By` stand properties, joined by `And` and `Or`.
//! A property is the longest run of words that is a field of the entity; where that leads to another entity, what
//! follows is a property of that.

use super::carried::Carried;
use super::program::Program;
use super::types::Ty;
use super::walk::Reached;
use crate::vocabulary::{Name, Privilege};

impl Program<'_> {
    /// The tables behind the associations that the name of a query's method leads through.
    pub(super) fn derived(&self, owner: usize, method: &str) -> Vec<Reached> {
        let mut out = Vec::new();
        let Some((_, criteria)) = method.split_once("By") else { return out };
        let humps = humps(criteria);
        let mut from = 0;
        while from < humps.len() {
            // `OrderBy` begins the order, which has no operators but is made of properties as well.
            if matches!(humps[from], "And" | "Or" | "Order" | "By") {
                from += 1;
                continue;
            }
            from += self.property(owner, &humps[from..], &mut out).max(1);
        }
        out
    }

    /// Follows the property that the words begin with; how many of them it takes.
    fn property(&self, owner: usize, humps: &[&str], out: &mut Vec<Reached>) -> usize {
        let Some(length) = (1..=humps.len()).rev().find(|&length| self.has_field(owner, &field(&humps[..length])))
        else {
            return 0;
        };
        let name = field(&humps[..length]);
        let rest = &humps[length..];
        let Some(found) = self.associated(owner, &name) else {
            let inner = self.embedded(owner, &name).map(|inner| self.property_of(&inner, rest, out));
            return length + inner.unwrap_or_default();
        };
        let more = (1..=rest.len()).rev().find(|&length| self.has_field(found.target, &field(&rest[..length])));
        let items = self.items_table(owner, &name);
        let Some(more) = more else {
            if !found.own_key || items.is_some() {
                self.reach(items, Some(found.target), out);
            }
            return length;
        };
        if found.own_key && items.is_none() && self.is_key(found.target, &field(&rest[..more])) {
            return length + more;
        }
        self.reach(items, Some(found.target), out);
        length + self.property(found.target, rest, out)
    }

    /// The same within what an entity holds as a part of its rows.
    fn property_of(&self, ty: &Ty, humps: &[&str], out: &mut Vec<Reached>) -> usize {
        let fields = self.fields_of(ty);
        let known = |length: &usize| fields.contains(&field(&humps[..*length]));
        let Some(length) = (1..=humps.len()).rev().find(known) else { return 0 };
        let Some(inner) = self.field_type(ty, &field(&humps[..length]), 0) else { return length };
        let rest = &humps[length..];
        let Some(target) = self.entity_of_type(&inner, 0) else {
            return length + if inner.decls.is_empty() { 0 } else { self.property_of(&inner, rest, out) };
        };
        let more = (1..=rest.len()).rev().find(|&length| self.has_field(target, &field(&rest[..length])));
        match more {
            None => length,
            Some(more) if self.is_key(target, &field(&rest[..more])) => length + more,
            Some(_) => {
                self.reach(None, Some(target), out);
                length + self.property(target, rest, out)
            }
        }
    }

    /// The type of what an entity holds as a part of its rows (`@Embedded Address address`).
    pub(super) fn embedded(&self, owner: usize, name: &Name) -> Option<Ty> {
        let ty = self.entity_type(owner)?;
        self.field_type(&ty, name, 0).filter(|ty| !ty.decls.is_empty() && self.entity_of_type(ty, 0).is_none())
    }

    /// The names of a type's fields, its supertypes' included.
    fn fields_of(&self, ty: &Ty) -> Vec<Name> {
        let lineage = self.lineage(ty);
        let fields = lineage.iter().flat_map(|&(file, index)| &self.symbols.type_decl(file, index).fields);
        fields.map(|field| field.name.clone()).collect()
    }

    fn reach(&self, between: Option<crate::vocabulary::TableName>, target: Option<usize>, out: &mut Vec<Reached>) {
        let privileges = vec![Privilege::Select];
        if let (Some(table), Some(target)) = (between, target) {
            let entity = super::entities::Entity { table, ..self.entities.list[target].clone() };
            out.push(Reached { carried: Carried::Named(Box::new(entity)), privileges: privileges.clone() });
        }
        out.extend(target.map(|target| Reached { carried: Carried::Declared(target), privileges }));
    }

    fn has_field(&self, owner: usize, name: &Name) -> bool {
        self.entities.list[owner].decl.is_some_and(|decl| {
            let lineage = self.lineage(&Ty { decls: vec![decl], ..Ty::default() });
            let mut fields = lineage.iter().flat_map(|&(file, index)| &self.symbols.type_decl(file, index).fields);
            fields.any(|field| field.name == *name)
        })
    }

    /// Whether an attribute is the key of an entity, which whatever leads there holds itself.
    pub(super) fn is_key(&self, owner: usize, name: &str) -> bool {
        let Some(decl) = self.entities.list[owner].decl else { return false };
        let lineage = self.lineage(&Ty { decls: vec![decl], ..Ty::default() });
        let mut fields = lineage.iter().flat_map(|&(file, index)| &self.symbols.type_decl(file, index).fields);
        let marked = |mark: &&str, annotation: &crate::facts::AnnotationFact| {
            annotation.path.last().is_some_and(|last| last == *mark)
        };
        let rules = &self.frameworks.all[self.entities.list[owner].framework].entities;
        let marks: Vec<&str> = rules.iter().flat_map(|rule| &rule.key).map(Name::as_str).collect();
        let key = fields
            .find(|field| field.annotations.iter().any(|annotation| marks.iter().any(|mark| marked(mark, annotation))));
        key.map_or(name == "id", |field| field.name == *name)
    }
}

/// `CustomerName` → `Customer`, `Name`; an underscore parts properties too.
fn humps(text: &str) -> Vec<&str> {
    let starts = text.char_indices().filter(|(at, letter)| *at == 0 || letter.is_uppercase()).map(|(at, _)| at);
    let mut starts: Vec<usize> = starts.collect();
    starts.push(text.len());
    starts.windows(2).map(|pair| text[pair[0]..pair[1]].trim_matches('_')).filter(|hump| !hump.is_empty()).collect()
}

/// The name of the field that words of a method's name mean.
fn field(humps: &[&str]) -> Name {
    let joined = humps.concat();
    let mut letters = joined.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    Name::from(first + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::{field, humps};

    #[test]
    fn a_method_s_name_is_words() {
        assert_eq!(humps("CustomerNameAndStatus"), ["Customer", "Name", "And", "Status"]);
        assert_eq!(humps("Customer_Name"), ["Customer", "Name"]);
        assert!(humps("").is_empty());
        assert_eq!(field(&["Customer", "Name"]), "customerName");
    }
}
