//! Hibernate's, JPA's and Doctrine's mapping files, as the annotations that say the same.

use roxmltree::Node;

use super::super::outline::{Annotation, Arg, ExprKind, Field, Outline, Piece, TypeDecl, TypeKind, TypeRef};
use super::MAX_DEPTH;
use super::text::{Part, attribute, parts, pieces, span};
use crate::source::Span;
use crate::vocabulary::Name;

/// The outline of a `hbm.xml`.
pub(super) fn hibernate(source: &str, root: Node<'_, '_>) -> Outline {
    let mut mapping = Mapping::new(source, root.attribute("package").or_else(|| root.attribute("namespace")));
    mapping.defaults = [("schema", "schema"), ("catalog", "catalog")]
        .into_iter()
        .filter_map(|(from, to)| attribute(root, from).map(|(text, span)| (to, text.to_owned(), span)))
        .collect();
    mapping.is_net = root.tag_name().namespace().is_some_and(|name| name.starts_with("urn:nhibernate"));
    for node in root.children().filter(Node::is_element) {
        match node.tag_name().name() {
            "class" | "joined-subclass" | "union-subclass" | "subclass" => mapping.class(node, None, 0),
            "query" => mapping.query(node, "NamedQuery"),
            "sql-query" => mapping.query(node, "NamedNativeQuery"),
            _ => {}
        }
    }
    mapping.outline
}

/// The outline of an `orm.xml`.
pub(super) fn jpa(source: &str, root: Node<'_, '_>) -> Outline {
    let package = root.children().find(|node| node.has_tag_name("package")).and_then(|node| node.text());
    let mut mapping = Mapping::new(source, package.map(str::trim));
    // For all of the file, or of all that is mapped.
    let stated = |name: &'static str| {
        let found = root.descendants().find(|node| {
            let defaults = |parent: Node<'_, '_>| parent == root || parent.has_tag_name("persistence-unit-defaults");
            node.tag_name().name() == name && node.parent().is_some_and(defaults)
        });
        found.and_then(|node| Some((name, node.text()?.trim().to_owned(), span(node))))
    };
    mapping.defaults = ["schema", "catalog"].into_iter().filter_map(stated).collect();
    for node in root.children().filter(Node::is_element) {
        match node.tag_name().name() {
            "entity" => mapping.entity(node),
            "named-query" => mapping.query(node, "NamedQuery"),
            "named-native-query" => mapping.query(node, "NamedNativeQuery"),
            _ => {}
        }
    }
    mapping.outline
}

/// The outline of a `.orm.xml` of Doctrine.
pub(super) fn doctrine(source: &str, root: Node<'_, '_>) -> Outline {
    let mut mapping = Mapping::new(source, None);
    for node in root.children().filter(|node| node.tag_name().name() == "entity") {
        mapping.php_entity(node);
    }
    mapping.outline
}

struct Mapping<'a> {
    source: &'a str,
    outline: Outline,
    /// Whether it is `NHibernate`'s: classes of .NET, whose attributes have other names.
    is_net: bool,
    /// The schema and catalogue of all its tables that name none, each with where it is said.
    defaults: Vec<(&'static str, String, Span)>,
}

/// Annotations that name a table.
const TABLES: &[&str] = &["Table", "SecondaryTable", "JoinTable", "CollectionTable", "Class"];

impl<'a> Mapping<'a> {
    fn new(source: &'a str, package: Option<&str>) -> Self {
        let package = package.unwrap_or_default().split('.').filter(|part| !part.is_empty()).map(Name::new).collect();
        Self { source, outline: Outline { package, ..Outline::default() }, is_net: false, defaults: Vec::new() }
    }

    /// A text as an argument.
    fn argument(&mut self, name: &'static str, text: &str, span: Span) -> Arg {
        let piece = Piece::Literal { text: text.to_owned(), span };
        let value = self.outline.push(ExprKind::Text(vec![piece]), span);
        Arg { name: Some(Name::new_static(name)), value, spread: false }
    }

    /// The annotation of that name, with the attributes of an element as its arguments.
    fn annotation(
        &mut self,
        name: &'static str,
        node: Node<'_, '_>,
        attributes: &[(&str, &'static str)],
    ) -> Annotation {
        let given = attributes.iter().filter_map(|(from, to)| Some((*to, attribute(node, from)?))).collect::<Vec<_>>();
        let mut args: Vec<Arg> = given.into_iter().map(|(to, (text, span))| self.argument(to, text, span)).collect();
        let qualified =
            args.iter().any(|arg| arg.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("schema")));
        for (to, text, span) in self.defaults.clone() {
            if TABLES.contains(&name) && !qualified {
                let to = if self.is_net { "Schema" } else { to };
                args.push(self.argument(to, &text, span));
            }
        }
        Annotation { path: vec![Name::new_static(name)], args, span: span(node) }
    }

    /// Adds a class by its name, qualified or not.
    fn declare(&mut self, node: Node<'_, '_>, name: (&str, Span), bases: Vec<TypeRef>) -> usize {
        // .NET names the assembly too: `Shop.Order, Shop`.
        let qualified = name.0.split(',').next().unwrap_or(name.0);
        let (package, simple) = qualified.rsplit_once('.').unwrap_or(("", qualified));
        if self.outline.package.is_empty() {
            self.outline.package = package.split('.').filter(|part| !part.is_empty()).map(Name::new).collect();
        }
        self.outline.types.push(TypeDecl {
            name: Name::new(simple),
            scope: Vec::new(),
            kind: TypeKind::Extension,
            span: span(node),
            name_span: name.1,
            bases,
            generics: Vec::new(),
            annotations: Vec::new(),
            fields: Vec::new(),
        });
        self.outline.types.len() - 1
    }

    fn class(&mut self, node: Node<'_, '_>, parent: Option<TypeRef>, depth: usize) {
        let Some(name) = attribute(node, "name").or_else(|| attribute(node, "entity-name")) else { return };
        let extends = attribute(node, "extends").map(|(name, span)| class_ref(name, span)).or(parent);
        let at = self.declare(node, name, extends.into_iter().collect());
        let table = [("table", "name"), ("schema", "schema"), ("catalog", "catalog")];
        let mut annotations = Vec::new();
        if self.is_net {
            annotations.push(self.annotation("Class", node, &[("table", "Table"), ("schema", "Schema")]));
        } else {
            annotations.push(self.annotation("Entity", node, &[]));
            if node.has_attribute("table") || node.has_attribute("schema") || !self.defaults.is_empty() {
                annotations.push(self.annotation("Table", node, &table));
            }
        }
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "join" => annotations.push(self.annotation("SecondaryTable", child, &table)),
                "joined-subclass" | "union-subclass" | "subclass" if depth < MAX_DEPTH => {
                    self.class(child, Some(class_ref(name.0, name.1)), depth + 1);
                }
                _ => self.property(at, child),
            }
        }
        self.outline.types[at].annotations.extend(annotations);
    }

    /// A property or association of a class.
    fn property(&mut self, class: usize, node: Node<'_, '_>) {
        let Some((name, name_span)) = attribute(node, "name") else { return };
        let relations = ["one-to-many", "many-to-many", "many-to-one", "one-to-one", "element"];
        let relation = node.children().find(|child| relations.contains(&child.tag_name().name()));
        let of = relation.unwrap_or(node);
        let target = attribute(of, "class").or_else(|| attribute(of, "target-entity"));
        let mut annotations = Vec::new();
        let kind = match of.tag_name().name() {
            "one-to-many" => Some("OneToMany"),
            "many-to-many" => Some("ManyToMany"),
            "many-to-one" => Some("ManyToOne"),
            "one-to-one" => Some("OneToOne"),
            "element" => Some("ElementCollection"),
            _ => None,
        };
        if let Some(kind) = kind {
            annotations.push(self.annotation(kind, of, &[]));
        }
        if kind == Some("OneToMany") {
            annotations.push(self.annotation("JoinColumn", of, &[]));
        }
        let columns = [("table", "name"), ("schema", "schema"), ("catalog", "catalog")];
        match of.tag_name().name() {
            "many-to-many" if node.has_attribute("table") => {
                annotations.push(self.annotation("JoinTable", node, &columns));
            }
            "element" if node.has_attribute("table") => {
                annotations.push(self.annotation("CollectionTable", node, &columns));
            }
            _ => {}
        }
        self.outline.types[class].fields.push(Field {
            name: Name::new(name),
            ty: target.map(|(name, span)| class_ref(name, span)),
            annotations,
            value: None,
            is_static: false,
            span: name_span,
        });
    }

    /// An `<entity>` of JPA.
    fn entity(&mut self, node: Node<'_, '_>) {
        let Some(name) = attribute(node, "class") else { return };
        let at = self.declare(node, name, Vec::new());
        let table = [("name", "name"), ("schema", "schema"), ("catalog", "catalog")];
        let mut annotations = vec![self.annotation("Entity", node, &[("name", "name")])];
        if !self.defaults.is_empty() && !node.children().any(|child| child.tag_name().name() == "table") {
            annotations.push(self.annotation("Table", node, &[]));
        }
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "table" => annotations.push(self.annotation("Table", child, &table)),
                "secondary-table" => annotations.push(self.annotation("SecondaryTable", child, &table)),
                "named-query" => annotations.push(self.named_query(child, "NamedQuery")),
                "named-native-query" => annotations.push(self.named_query(child, "NamedNativeQuery")),
                "attributes" => {
                    for field in child.children().filter(Node::is_element) {
                        self.attribute_field(at, field);
                    }
                }
                _ => {}
            }
        }
        self.outline.types[at].annotations.extend(annotations);
    }

    /// An `<entity>` of Doctrine: its name has backslashes, and tables and associations are its attributes.
    fn php_entity(&mut self, node: Node<'_, '_>) {
        let Some((name, name_span)) = attribute(node, "name") else { return };
        let (package, simple) = name.rsplit_once('\\').unwrap_or(("", name));
        if self.outline.package.is_empty() {
            self.outline.package = package.split('\\').filter(|part| !part.is_empty()).map(Name::new).collect();
        }
        let at = self.declare(node, (simple, name_span), Vec::new());
        let mut annotations = vec![self.annotation("Entity", node, &[("repository-class", "repositoryClass")])];
        if node.has_attribute("table") {
            annotations.push(self.annotation("Table", node, &[("table", "name"), ("schema", "schema")]));
        }
        self.outline.types[at].annotations.extend(annotations);
        for child in node.children().filter(Node::is_element) {
            let kind = match child.tag_name().name() {
                "one-to-many" => "OneToMany",
                "many-to-many" => "ManyToMany",
                "many-to-one" => "ManyToOne",
                "one-to-one" => "OneToOne",
                _ => continue,
            };
            let Some((name, span)) = attribute(child, "field") else { continue };
            let given = [("target-entity", "targetEntity"), ("mapped-by", "mappedBy")];
            let mut annotations = vec![self.annotation(kind, child, &given)];
            for table in child.children().filter(|inner| inner.tag_name().name() == "join-table") {
                annotations.push(self.annotation("JoinTable", table, &[("name", "name"), ("schema", "schema")]));
            }
            let name = Name::new(name);
            let field = Field { name, ty: None, annotations, value: None, is_static: false, span };
            self.outline.types[at].fields.push(field);
        }
    }

    /// An attribute of a JPA entity.
    fn attribute_field(&mut self, class: usize, node: Node<'_, '_>) {
        let Some((name, name_span)) = attribute(node, "name") else { return };
        let kind = match node.tag_name().name() {
            "one-to-many" => "OneToMany",
            "many-to-many" => "ManyToMany",
            "many-to-one" => "ManyToOne",
            "one-to-one" => "OneToOne",
            "element-collection" => "ElementCollection",
            _ => "Column",
        };
        let mut annotations = vec![self.annotation(kind, node, &[("mapped-by", "mappedBy")])];
        if node.children().any(|child| child.tag_name().name() == "join-column") {
            annotations.push(self.annotation("JoinColumn", node, &[]));
        }
        let table = [("name", "name"), ("schema", "schema"), ("catalog", "catalog")];
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "join-table" => annotations.push(self.annotation("JoinTable", child, &table)),
                "collection-table" => annotations.push(self.annotation("CollectionTable", child, &table)),
                _ => {}
            }
        }
        let target = attribute(node, "target-entity");
        self.outline.types[class].fields.push(Field {
            name: Name::new(name),
            ty: target.map(|(name, span)| class_ref(name, span)),
            annotations,
            value: None,
            is_static: false,
            span: name_span,
        });
    }

    /// A named query of the file: it stands on a type of its own name.
    fn query(&mut self, node: Node<'_, '_>, kind: &'static str) {
        let Some(name) = attribute(node, "name") else { return };
        let annotation = self.named_query(node, kind);
        let at = self.declare(node, (name.0.rsplit('.').next().unwrap_or(name.0), name.1), Vec::new());
        self.outline.types[at].annotations.push(annotation);
    }

    fn named_query(&mut self, node: Node<'_, '_>, kind: &'static str) -> Annotation {
        let mut annotation = self.annotation(kind, node, &[("name", "name")]);
        let inner = node.children().find(|child| child.has_tag_name("query")).unwrap_or(node);
        let mut text = Vec::new();
        for part in parts(self.source, inner) {
            if let Part::Raw(start, end) = part {
                pieces(self.source, start, end, &mut text);
            }
        }
        let value = self.outline.push(ExprKind::Text(text), span(inner));
        annotation.args.push(Arg { name: Some(Name::new_static("query")), value, spread: false });
        annotation
    }
}

/// A class by its name, qualified or not.
fn class_ref(name: &str, span: Span) -> TypeRef {
    TypeRef::simple(name.split('.').map(Name::new).collect(), span)
}
