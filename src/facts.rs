//! What one file says by itself: names exactly as written, nothing of other files.
//!
//! Facts are the outline after its control flow is gone: every local name is replaced by the values it
//! can have, so what is left are *calls* whose arguments are symbolic [`Node`]s. A node ends in something
//! that only other files can tell (a [`Node::Name`]), or a caller ([`Node::Param`]), or nobody
//! ([`Node::Unknown`]). Files of SQL are analysed here; texts of SQL inside code are analysed in the map, once
//! their names are resolved.
//!
//! Facts are plain data. They are what is cached, and what many repositories exchange.

use serde::{Deserialize, Serialize};

use crate::source::{Language, Span};
use crate::sql;
use crate::syntax::outline::{Directive, FunctionKind, Generic, Import, SyntaxProblem, TypeKind, TypeRef};
use crate::syntax::placeholders::Style;
use crate::vocabulary::Name;

pub mod extract;
mod flow;
pub mod kept;
mod repeats;
pub mod scan;

/// An index into [`FileFacts::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub u32);

/// What one file says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FileFacts {
    /// The package or namespace the file declares.
    pub package: Vec<Name>,
    /// Its imports.
    pub imports: Vec<Import>,
    /// Its types.
    pub types: Vec<TypeFact>,
    /// Its functions, methods, lambdas, top-level code.
    pub functions: Vec<FunctionFact>,
    /// Its constants and module variables.
    pub values: Vec<ValueFact>,
    /// Its calls, in the order in which they run, function by function.
    pub calls: Vec<CallFact>,
    /// What is assigned to members of `this`, beside their declarations.
    pub assignments: Vec<AssignmentFact>,
    /// The values that are compared with nothing (`nil`, `null`, `None`): they may be that.
    pub checked: Vec<NodeId>,
    /// The members that are waited for.
    pub awaited: Vec<NodeId>,
    /// The symbolic values that all of these refer to.
    pub nodes: Vec<Node>,
    /// What a file of SQL says.
    pub script: Option<Script>,
    /// Comments that speak to this program.
    pub directives: Vec<Directive>,
    /// What was not understood.
    pub problems: Vec<SyntaxProblem>,
}

/// A file of SQL, analysed, and the parts of it that run only to undo the others.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Script {
    /// Its statements.
    pub script: sql::Script,
    /// The down halves inside the file (`-- +goose Down`, `-- migrate:down`).
    pub rollback: Vec<Span>,
    /// What it says of itself as a template.
    pub template: Template,
}

/// What a file of SQL says of itself as a template of dbt's.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Template {
    /// The first word of its first statement.
    pub head: Span,
    /// `config(alias = '…')`.
    pub alias: Option<Name>,
    /// `{% snapshot … %}`.
    pub snapshot: Option<Name>,
    /// Whether it is only put into others: `config(materialized = 'ephemeral')`.
    pub ephemeral: bool,
}

/// An annotation, attribute, decorator or class-body call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnnotationFact {
    /// Its name as segments.
    pub path: Vec<Name>,
    /// What it is given.
    pub args: Vec<ArgFact>,
    /// Where.
    pub span: Span,
}

/// An argument.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ArgFact {
    /// Its name, if given by name.
    pub name: Option<Name>,
    /// Its value.
    pub value: NodeId,
}

/// A type, or what is added to one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TypeFact {
    /// Its name.
    pub name: Name,
    /// What is round it in the file.
    pub scope: Vec<Name>,
    /// What it is.
    pub kind: TypeKind,
    /// All of it.
    pub span: Span,
    /// Its name's place.
    pub name_span: Span,
    /// Its supertypes.
    pub bases: Vec<TypeRef>,
    /// Its type parameters.
    pub generics: Vec<Generic>,
    /// Its annotations.
    pub annotations: Vec<AnnotationFact>,
    /// Its fields.
    pub fields: Vec<FieldFact>,
}

/// A field.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FieldFact {
    /// Its name.
    pub name: Name,
    /// Its declared type.
    pub ty: Option<TypeRef>,
    /// Its annotations.
    pub annotations: Vec<AnnotationFact>,
    /// What it is initialised with.
    pub value: Option<NodeId>,
    /// Whether it belongs to the type itself.
    pub is_static: bool,
    /// Its name's place.
    pub span: Span,
}

/// A function.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FunctionFact {
    /// Its name; empty for lambdas and top-level code.
    pub name: Name,
    /// What is round it in the file.
    pub scope: Vec<Name>,
    /// The type it belongs to, as an index into [`FileFacts::types`].
    pub owner: Option<u32>,
    /// What it is.
    pub kind: FunctionKind,
    /// The function it stands in.
    pub parent: Option<u32>,
    /// Its annotations.
    pub annotations: Vec<AnnotationFact>,
    /// Its type parameters.
    pub generics: Vec<Generic>,
    /// Its parameters.
    pub params: Vec<ParamFact>,
    /// Its declared result.
    pub returns: Option<TypeRef>,
    /// What it returns, as far as the file tells.
    pub value: Option<NodeId>,
    /// All of it.
    pub span: Span,
    /// Its name's place.
    pub name_span: Span,
    /// Whether it is test code by the file's own word.
    pub is_test: bool,
}

/// A parameter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ParamFact {
    /// Its name.
    pub name: Name,
    /// Its declared type.
    pub ty: Option<TypeRef>,
    /// Its annotations.
    pub annotations: Vec<AnnotationFact>,
    /// Its default.
    pub default: Option<NodeId>,
}

/// A constant or module variable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ValueFact {
    /// Its name.
    pub name: Name,
    /// What is round it in the file.
    pub scope: Vec<Name>,
    /// Its declared type.
    pub ty: Option<TypeRef>,
    /// Its value.
    pub value: Option<NodeId>,
    /// Its name's place.
    pub span: Span,
}

/// What is assigned to a member of `this` somewhere in the type.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AssignmentFact {
    /// The type, as an index into [`FileFacts::types`].
    pub owner: u32,
    /// The member.
    pub name: Name,
    /// The value.
    pub value: NodeId,
    /// The function in which that is done.
    pub function: u32,
}

/// How something is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallKind {
    /// `f(x)`, `a.f(x)`.
    Call,
    /// `f!(x)`, a tagged template.
    Macro,
    /// `new T(x)`, `T { … }`.
    New,
}

/// A call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CallFact {
    /// The function it stands in, as an index into [`FileFacts::functions`].
    pub function: u32,
    /// How it is called.
    pub kind: CallKind,
    /// What is called; for [`CallKind::New`] a [`Node::Typed`].
    pub callee: NodeId,
    /// With what. For [`CallKind::New`] the fields it sets follow, by name.
    pub args: Vec<ArgFact>,
    /// All of it.
    pub span: Span,
    /// Where the called name stands.
    pub name_span: Span,
    /// The text between the delimiters of a macro that is no list of expressions.
    pub body: Option<Span>,
    /// The innermost `with` block round it, as the node that is entered.
    pub within: Option<NodeId>,
}

/// A symbolic value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// A text: pieces and what is put in.
    Text(Vec<TextPiece>),
    /// A name that the function does not bind: import, constant, type, function.
    Name {
        /// The segments as written.
        segments: Vec<Name>,
        /// Type arguments of the last.
        type_args: Vec<TypeRef>,
        /// What is round it in the file (modules, types).
        function: u32,
        /// Where.
        span: Span,
    },
    /// A parameter of a function, as indexes into the function table and its parameters.
    Param(u32, u32),
    /// The receiver; the function tells whose.
    This(u32),
    /// The superclass's part of the receiver.
    Super(u32),
    /// A member.
    Member {
        /// Of what.
        base: NodeId,
        /// Its name.
        name: Name,
        /// Type arguments.
        type_args: Vec<TypeRef>,
        /// Where the name stands.
        span: Span,
    },
    /// An indexed element: of one of the values of a list or map.
    Index {
        /// Of what.
        base: NodeId,
        /// Which.
        index: NodeId,
    },
    /// A part of a compound value.
    Element {
        /// The whole.
        base: NodeId,
        /// Its position.
        position: Option<u32>,
        /// Its name.
        name: Option<Name>,
    },
    /// The result of a call: an index into [`FileFacts::calls`].
    Call(u32),
    /// An object after a call that changed it in place (`builder.push(…)`).
    After {
        /// The object before.
        base: NodeId,
        /// The call.
        call: u32,
    },
    /// A map or object literal.
    Record(Vec<(NodeId, NodeId)>),
    /// A list literal.
    List(Vec<NodeId>),
    /// Texts put together.
    Concat(Vec<NodeId>),
    /// A format whose template is no literal.
    Format {
        /// The template.
        template: NodeId,
        /// What is put in, by position or by name.
        args: Vec<(Option<Name>, NodeId)>,
        /// How its placeholders are written.
        style: Style,
    },
    /// One of several.
    Choice(Vec<NodeId>),
    /// A function value.
    Lambda(u32),
    /// A value of a stated type; without a value the type itself.
    Typed {
        /// The type.
        ty: TypeRef,
        /// The value.
        value: Option<NodeId>,
        /// The function it stands in, for names round it.
        function: u32,
    },
    /// The content of a file.
    Include(NodeId),
    /// What is made of several values and is none of them: a condition, a comparison.
    Made(Vec<NodeId>),
    /// A symbol or atom.
    Symbol(Name, Span),
    /// Nothing that names a table.
    Literal,
    /// The literal that says yes.
    True,
    /// Not known from the source.
    Unknown,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TextPiece {
    /// Known text; if it is as long as its span, byte by byte, else as a whole.
    Literal {
        /// The text.
        text: String,
        /// Where.
        #[serde(with = "crate::source::positions::as_long")]
        span: Span,
    },
    /// A value put in.
    Value {
        /// The value.
        node: NodeId,
        /// Where the placeholder stands.
        span: Span,
    },
}

impl TypeFact {
    /// Whether it declares a type, and does not add to one. `mod x;` with attributes is a declaration of the file that
    /// stands for it, not a type.
    #[must_use]
    pub fn is_declared(&self, language: Language) -> bool {
        let is_file = self.kind == TypeKind::Module && self.fields.is_empty() && language == Language::Rust;
        self.kind != TypeKind::Extension && !is_file
    }
}

impl FunctionFact {
    /// Whether it is declared by a name.
    #[must_use]
    pub fn is_named(&self) -> bool {
        !self.name.is_empty() && self.kind != FunctionKind::TopLevel
    }
}

impl FileFacts {
    /// The node of that id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The function itself, or for a lambda the named function it stands in.
    #[must_use]
    pub fn named_function(&self, index: u32) -> u32 {
        let mut at = index;
        for _ in 0..64 {
            let function = &self.functions[at as usize];
            match function.parent {
                Some(parent) if function.name.is_empty() => at = parent,
                _ => return at,
            }
        }
        at
    }
}
