//! What a language's node kinds are, as a table.

use std::sync::OnceLock;

use tree_sitter::Language;

/// What a kind of node is. The texts are names of the grammar's fields; an empty one means the first
/// named child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each language uses a part of it, and a build may leave languages out")]
pub(crate) enum Shape {
    /// Not in the table.
    Other,
    /// The front end lowers it itself.
    Own,
    /// A comment.
    Comment,
    /// Nothing in it matters (`break`, a package name, a label).
    Skip,

    /// A name.
    Identifier,
    /// A path of names with `::` or `\` or `.` between, of which the parts are no expressions.
    Path,
    /// `this`, `self`.
    This,
    /// `super`, `base`.
    Super,
    /// A number, a truth value, nil.
    Literal,
    /// A symbol or atom.
    Symbol,
    /// A string. What is in it is known by `Escape` and `Interpolation`, all else is text.
    Text,
    /// An escape sequence in a string.
    Escape,
    /// A value put into a string: its last named child.
    Interpolation,
    /// Several strings one after another that are one (`"a" "b"`), or any parts put together.
    Concat,
    /// It stands for that child: parentheses, `await`, `&x`, an argument of its own node.
    Pass(&'static str),
    /// Callee and arguments.
    Call(&'static str, &'static str),
    /// Object and member.
    Member(&'static str, &'static str),
    /// Object and index.
    Index(&'static str, &'static str),
    /// Left and right, the operator between. `+` and what the grammar names make text, others do not.
    Binary(&'static str, &'static str),
    /// Condition, and the two values (`a ? b : c`, Python's `b if a else c`).
    Ternary(&'static str, &'static str, &'static str),
    /// A list, tuple, set or array of its children.
    List,
    /// As `List`, but one child alone stands for itself (Go's `expression_list`).
    Several,
    /// A map or object literal; its pairs are `Pair`.
    Record,
    /// Key and value, in a record.
    Pair(&'static str, &'static str),
    /// Parameters and body.
    Lambda(&'static str, &'static str),
    /// Type and value: `x as T`, `(T) x`.
    Cast(&'static str, &'static str),
    /// A list of arguments.
    Arguments,
    /// Name and value: a named argument.
    Named(&'static str, &'static str),
    /// A spread argument.
    Spread,

    /// Statements in a block.
    Block,
    /// Target and value: `=`, or `+=` and the like where the operator is the text between.
    Assign(&'static str, &'static str),
    /// `return`, `yield`: the child is a value of the function.
    Return,
    /// Condition, consequence and alternative; other children run before.
    If(&'static str, &'static str, &'static str),
    /// Subject; the cases are found among the children, and the children's children, by `Case`.
    Switch(&'static str),
    /// One case: its children are statements.
    Case,
    /// A loop: its children are statements.
    Loop,
    /// `try`: handlers are `Case`, what runs always is `Block` or anything else.
    Try,

    /// Name, type and default of a parameter.
    Parameter(&'static str, &'static str, &'static str),
    /// A pattern of several names by position.
    Pattern,

    /// A type by its name, dotted or not.
    TypeName,
    /// A type with arguments: the first named child, and those of a `TypeArguments` child.
    TypeGeneric,
    /// A list of type arguments.
    TypeArguments,
    /// An array or slice of that child.
    TypeArray(&'static str),
    /// It is the type that the child is (a pointer, a nullable, an annotated one).
    TypeInner(&'static str),
}

/// A language for the host: its grammar and its table.
pub(crate) struct Grammar {
    language: fn() -> Language,
    kinds: &'static [(&'static str, Shape)],
    resolved: OnceLock<Resolved>,
}

/// The table by kind number.
pub(super) struct Resolved {
    pub(super) language: Language,
    pub(super) shapes: Vec<Shape>,
}

impl Grammar {
    /// A grammar with the shapes of its named node kinds.
    pub(crate) const fn new(language: fn() -> Language, kinds: &'static [(&'static str, Shape)]) -> Self {
        Self { language, kinds, resolved: OnceLock::new() }
    }

    pub(super) fn resolved(&self) -> &Resolved {
        self.resolved.get_or_init(|| {
            let language = (self.language)();
            let shapes = (0..language.node_kind_count())
                .map(|id| {
                    let id = u16::try_from(id).unwrap_or(u16::MAX);
                    let kind = language.node_kind_for_id(id).unwrap_or_default();
                    let named = language.node_kind_is_named(id);
                    let row = self.kinds.iter().find(|(name, _)| named && *name == kind);
                    row.map_or(Shape::Other, |(_, shape)| *shape)
                })
                .collect();
            Resolved { language, shapes }
        })
    }

    /// The kinds in the table that the grammar does not have: a table that is out of date.
    #[cfg(test)]
    pub(crate) fn unknown_kinds(&self) -> Vec<&'static str> {
        let language = (self.language)();
        let known = |kind: &str| {
            (0..language.node_kind_count()).any(|id| {
                u16::try_from(id)
                    .is_ok_and(|id| language.node_kind_for_id(id) == Some(kind) && language.node_kind_is_named(id))
            })
        };
        self.kinds.iter().map(|(kind, _)| *kind).filter(|kind| !known(kind)).collect()
    }
}
