//! The neutral outline: what every front end makes of a file, whatever its language.
//!
//! It is a small tree of declarations, statements and expressions, in one arena per file. A front end
//! *lowers* its syntax tree into it and decides nothing: it knows no framework, no SQL, no other file.
//! What the outline cannot say a front end leaves as [`ExprKind::Unknown`], with the children that can
//! be understood, so that no call and no text is lost.
//!
//! Invariant: every name is exactly as written; every span is bytes of the file's text.

use serde::{Deserialize, Serialize};

use super::placeholders::Style;
use crate::source::Span;
use crate::vocabulary::Name;

/// An expression in [`Outline::exprs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub u32);

/// A function in [`Outline::functions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

/// A type in [`Outline::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

/// What one file says, in neutral form.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// The package, namespace or module that the file declares for itself, as segments
    /// (`com.shop.orders`, Go's `package x`); empty where the file's path alone tells.
    pub package: Vec<Name>,
    /// The imports of the whole file and of the blocks in it (see [`Import::scope`]).
    pub imports: Vec<Import>,
    /// The types, those nested in others, in modules and in functions included.
    pub types: Vec<TypeDecl>,
    /// The functions, methods, lambdas and pseudo functions. Bodies are here and nowhere else.
    pub functions: Vec<Function>,
    /// Constants, statics and variables outside of functions and types.
    pub values: Vec<ValueDecl>,
    /// The expressions that all of the above refer to.
    pub exprs: Vec<Expr>,
    /// Comments that speak to this program (they contain `bailiwick:`), without the comment's marks.
    pub directives: Vec<Directive>,
    /// Whether a bare name may mean a member of the type round it, as it does where `this` can be left out.
    pub implicit_receiver: bool,
    /// Whether functions have names apart from those of variables: what is called is never a local.
    pub functions_apart: bool,
    /// What could not be understood, for the coverage ledger (syntax errors, the budget used up).
    pub problems: Vec<SyntaxProblem>,
}

/// Something in a file that its front end could not read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyntaxProblem {
    /// Where.
    pub span: Span,
    /// What, as a short phrase: `syntax error`, `time budget used up`, …
    pub message: String,
}

/// A comment that speaks to this program.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Directive {
    /// The comment from `bailiwick:` to its end, without the closing mark.
    pub text: String,
    /// Where that text stands.
    pub span: Span,
}

/// One imported name (an import of several names is several of these).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Import {
    /// The path as segments, as written: `["crate","db","users"]`, `["@app/db"]` + member `["Order"]`,
    /// `["github.com/x/y"]`. A JS or Go module specifier is one segment; what is named from it follows.
    pub path: Vec<Name>,
    /// The name it is bound to here; `None` for a glob (`*`) or an import for its effect.
    pub alias: Option<Name>,
    /// Whether everything in the path is imported (`use x::*`, `from x import *`, Go's dot import).
    pub glob: bool,
    /// Whether it is passed on (`pub use`, `export * from`).
    pub reexport: bool,
    /// The module inside the file it belongs to (Rust `mod x { … }`), as segments; mostly empty.
    pub scope: Vec<Name>,
    /// Where. An import whose span lies inside that of a function holds in that function alone.
    pub span: Span,
}

/// The first segment of a path that begins at the top, whatever is round it (`::Order` in Ruby).
pub const ABSOLUTE: &str = "::";

/// A reference to a type: a path with arguments. References, pointers, nullability and `const` are
/// dropped (`&mut T`, `*T`, `T?`, `T | null` are `T`); arrays and slices are `path = ["[]"], args = [T]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeRef {
    /// The path as segments, as written: `["sqlx","PgPool"]`, `["Vec"]`.
    pub path: Vec<Name>,
    /// The type arguments.
    pub args: Vec<TypeRef>,
    /// Where.
    pub span: Span,
}

/// What kind of type a [`TypeDecl`] declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are the words of the languages")]
pub enum TypeKind {
    Class,
    Struct,
    Interface,
    Trait,
    Enum,
    Alias,
    /// A Ruby, Elixir or Rust module, a Kotlin or Scala `object`: a name that holds functions.
    Module,
    /// What `impl T { … }`, an extension, a partial class or a reopened class adds to a type that is
    /// declared elsewhere; `name` is the type's, `bases` the traits it implements.
    Extension,
}

/// A type, or what is added to one.
#[derive(Debug, Clone)]
pub struct TypeDecl {
    /// Its name without qualifiers.
    pub name: Name,
    /// The modules and types round it inside the file, outermost first.
    pub scope: Vec<Name>,
    /// What it is.
    pub kind: TypeKind,
    /// Where the whole declaration stands.
    pub span: Span,
    /// Where its name stands.
    pub name_span: Span,
    /// Supertypes, implemented interfaces and traits, mixins, embedded structs; for an alias what it
    /// stands for.
    pub bases: Vec<TypeRef>,
    /// Its type parameters with their bounds.
    pub generics: Vec<Generic>,
    /// Annotations, attributes, derives (each derived trait is one, named `derive`, with the trait as
    /// argument), decorators, and the calls that stand in a class body (`has_many :orders`).
    pub annotations: Vec<Annotation>,
    /// Fields, properties, enum variants, class attributes, associated constants.
    pub fields: Vec<Field>,
}

/// A type parameter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Generic {
    /// Its name.
    pub name: Name,
    /// What it must be.
    pub bounds: Vec<TypeRef>,
}

/// A member that holds a value.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its declared type.
    pub ty: Option<TypeRef>,
    /// Its annotations, attributes, decorators; a Go struct tag `gorm:"x"` is one named `gorm` with the
    /// text as its argument.
    pub annotations: Vec<Annotation>,
    /// What it is initialised with.
    pub value: Option<ExprId>,
    /// Whether it belongs to the type and not to its instances (consts, statics, class attributes,
    /// enum variants).
    pub is_static: bool,
    /// Where its name stands.
    pub span: Span,
}

/// An annotation, attribute, decorator or class-body call.
#[derive(Debug, Clone)]
pub struct Annotation {
    /// Its name as segments, as written.
    pub path: Vec<Name>,
    /// What it is given. Nested forms (`#[sea_orm(table_name = "x")]`) are arguments with names; a bare
    /// word is an argument whose value is a [`ExprKind::Path`]; a nested list is a [`ExprKind::Call`].
    pub args: Vec<Arg>,
    /// Where.
    pub span: Span,
}

/// An argument of a call, a macro or an annotation.
#[derive(Debug, Clone)]
pub struct Arg {
    /// Its name where it is given by name.
    pub name: Option<Name>,
    /// Its value.
    pub value: ExprId,
    /// Whether it is spread (`*args`, `...args`).
    pub spread: bool,
}

/// A constant or variable outside of functions and types.
#[derive(Debug, Clone)]
pub struct ValueDecl {
    /// Its name.
    pub name: Name,
    /// The modules round it inside the file, outermost first.
    pub scope: Vec<Name>,
    /// Its declared type.
    pub ty: Option<TypeRef>,
    /// Its value. Lazily made values (`LazyLock::new(|| …)`, `by lazy { … }`) are left as written.
    pub value: Option<ExprId>,
    /// Whether other files can name it, as far as the file tells.
    pub exported: bool,
    /// Where its name stands.
    pub span: Span,
}

/// What kind of function it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FunctionKind {
    /// A free function.
    Free,
    /// A method with a receiver.
    Method,
    /// A method without one (static, associated, class method).
    Static,
    /// A constructor.
    Constructor,
    /// A closure or lambda; `parent` is the function it stands in.
    Lambda,
    /// The statements outside of any function, or those of a class body, an initialiser, a module.
    TopLevel,
    /// `macro_rules!` and the like: the body is one expansion, parameters are its fragments.
    Macro,
}

/// A function with its body.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name; empty for lambdas and top-level code.
    pub name: Name,
    /// The modules inside the file and the types round it, outermost first.
    pub scope: Vec<Name>,
    /// The type it belongs to.
    pub owner: Option<TypeId>,
    /// What it is.
    pub kind: FunctionKind,
    /// The function it stands in, for lambdas and local functions.
    pub parent: Option<FunctionId>,
    /// Annotations, attributes, decorators.
    pub annotations: Vec<Annotation>,
    /// Its type parameters with their bounds (`where` included).
    pub generics: Vec<Generic>,
    /// Its parameters without the receiver.
    pub params: Vec<Param>,
    /// What it returns.
    pub returns: Option<TypeRef>,
    /// Its statements. A body that is one expression is one [`Stmt::Return`].
    pub body: Vec<Stmt>,
    /// Where the whole of it stands.
    pub span: Span,
    /// Where its name stands.
    pub name_span: Span,
    /// Whether it is test code by the file's own word (`#[test]`, `#[cfg(test)]` round it).
    pub is_test: bool,
}

impl Function {
    /// The pseudo function that holds what stands outside of any function of a file; `span` is what it covers.
    #[must_use]
    pub fn top_level(body: Vec<Stmt>, span: Span) -> Self {
        Self {
            name: Name::default(),
            scope: Vec::new(),
            owner: None,
            kind: FunctionKind::TopLevel,
            parent: None,
            annotations: Vec::new(),
            generics: Vec::new(),
            params: Vec::new(),
            returns: None,
            body,
            span,
            name_span: span,
            is_test: false,
        }
    }
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name; `_` where it is a pattern.
    pub name: Name,
    /// Its declared type.
    pub ty: Option<TypeRef>,
    /// Its default.
    pub default: Option<ExprId>,
    /// Its annotations.
    pub annotations: Vec<Annotation>,
}

/// A statement. Control flow is kept only as far as it decides which values a name can have.
#[derive(Debug, Clone)]
pub enum Stmt {
    /// A name is bound (`let`, `var`, `:=`, the first assignment in Python or Ruby; one for each name of
    /// a pattern, the value being [`ExprKind::Element`] of the whole).
    Let {
        /// The name.
        name: Name,
        /// Its declared type.
        ty: Option<TypeRef>,
        /// Its value.
        value: Option<ExprId>,
        /// Where the name stands.
        span: Span,
    },
    /// A name or member is given a new value; `append` for `+=`, `.=` and `<<` on texts.
    Assign {
        /// What is assigned to: a [`ExprKind::Path`], [`ExprKind::Member`] or [`ExprKind::Index`].
        target: ExprId,
        /// The value.
        value: ExprId,
        /// Whether it is added to the old value.
        append: bool,
    },
    /// An expression for its effect.
    Expr(ExprId),
    /// The function's value; also a last expression that is the value of the body.
    Return(ExprId),
    /// One of several ways is taken (`if`, `match`, `switch`, `try` with its handlers): each way's statements.
    Branch(Vec<Vec<Stmt>>),
    /// Statements that may run many times, or never.
    Loop(Vec<Stmt>),
    /// A block with names of its own.
    Block(Vec<Stmt>),
    /// A block for the length of which something holds: `with engine.begin() as c`, `using (…)`,
    /// `synchronized`. The binding of a name is a [`Stmt::Let`] inside.
    With {
        /// What is entered.
        context: ExprId,
        /// What runs in it.
        body: Vec<Stmt>,
    },
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A string: literal, interpolated, multi-line, raw, heredoc, char sequence.
    Text(Vec<Piece>),
    /// An identifier or a path of them: `x`, `users::table`, `crate::db::Q`, with type arguments on its
    /// last segment (`query_as::<_, Order>`). Dotted access is [`ExprKind::Member`], even in Java or Python
    /// where it may be a package: the front end cannot tell.
    Path {
        /// The segments.
        segments: Vec<Name>,
        /// Type arguments of the last segment.
        type_args: Vec<TypeRef>,
    },
    /// `self`, `this`, `@` (an instance variable is a member of it), the receiver of a Go method.
    This,
    /// The superclass (`super`, `base`).
    Super,
    /// `base.name`, `base?.name`, `base->name`, `Base::name` where the base is an expression.
    Member {
        /// What it is a member of.
        base: ExprId,
        /// The member's name.
        name: Name,
        /// Type arguments (`x.query::<Order>()`, `db.Set<Order>()`).
        type_args: Vec<TypeRef>,
        /// Where the name stands.
        name_span: Span,
    },
    /// `base[index]`.
    Index {
        /// What is indexed.
        base: ExprId,
        /// With what.
        index: ExprId,
    },
    /// Part of a compound value: the n-th of a tuple or list, or `name` of a record, in a pattern.
    Element {
        /// The whole.
        base: ExprId,
        /// 0-based position, for tuples and lists.
        position: Option<u32>,
        /// The field, for records.
        name: Option<Name>,
    },
    /// `callee(args)`. A method call has a [`ExprKind::Member`] as callee. A trailing block or lambda is
    /// the last argument. Calls without parentheses (Ruby) and Go conversions are calls too.
    Call {
        /// What is called.
        callee: ExprId,
        /// With what.
        args: Vec<Arg>,
    },
    /// `path!(args)` in Rust; a tagged template elsewhere (``sql`…` `` has the template as its argument).
    Macro {
        /// Its path as segments, without `!`.
        path: Vec<Name>,
        /// Its arguments, as far as they read as expressions.
        args: Vec<Arg>,
        /// The text between its delimiters, where it is no list of expressions (`table! { … }`).
        body: Option<Span>,
    },
    /// An object is made: `new T(args) { fields }`, `T { fields }`, Go's `T{…}`.
    New {
        /// Its type.
        ty: TypeRef,
        /// The constructor's arguments.
        args: Vec<Arg>,
        /// What its fields are set to.
        fields: Vec<(Name, ExprId)>,
    },
    /// An object or map literal with its keys (a computed key is an expression of its own).
    Record(Vec<(ExprId, ExprId)>),
    /// A list, tuple, set or array literal.
    List(Vec<ExprId>),
    /// Texts put together: `a + b`, `a . b`, `a || b` on texts, `concat!(a, b)`, implicit concatenation.
    Concat(Vec<ExprId>),
    /// A printf- or placeholder-style format: the template and what is put in (`format!`, `"%s" % x`,
    /// `String.format`, `fmt.Sprintf`, `"…".format(…)`), where the *language itself* has it as syntax or
    /// standard function. The front end has already put the arguments in as holes where it could
    /// ([`ExprKind::Text`]); this is for templates that are no literal.
    Format {
        /// The template.
        template: ExprId,
        /// What is put in.
        args: Vec<Arg>,
        /// How its placeholders are written.
        style: Style,
    },
    /// A value that is waited for (`await order.customer`, `async for line in order.lines`).
    Await(ExprId),
    /// One of several values: ternary, `if` and `match` as values, `a ?? b`, `a or b`.
    Choice(Vec<ExprId>),
    /// A binary operation that makes no text (comparison, arithmetic, logic); the operator as written.
    Binary {
        /// The operator.
        operator: Name,
        /// Its left side.
        left: ExprId,
        /// Its right side.
        right: ExprId,
    },
    /// A closure, lambda, anonymous function or block.
    Lambda(FunctionId),
    /// A value with a type that the source states: `x as T`, `(T) x`, `T::class`, `typeof(T)`, `Order.class`
    /// (then `value` is `None`).
    Typed {
        /// The type.
        ty: TypeRef,
        /// The value.
        value: Option<ExprId>,
    },
    /// A file whose content is the value: `include_str!("q.sql")`, `//go:embed`; the path as written.
    Include(ExprId),
    /// A number, a truth value, nil: nothing that names a table. The text as written.
    Literal(Name),
    /// A symbol or atom (`:orders`): a text without quotes.
    Symbol(Name),
    /// Statements as a value (a block's last expression is its [`Stmt::Return`]).
    Block(Vec<Stmt>),
    /// Not understood; what could be found inside.
    Unknown(Vec<ExprId>),
}

/// A piece of a string. Where `text` is as long as `span`, its bytes correspond one to one; else (an
/// escape, a folded line) the whole piece stands at `span`. Front ends split a string at each escape.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text that is known.
    Literal {
        /// As it is at run time.
        text: String,
        /// Where it stands.
        span: Span,
    },
    /// A value put in: `${x}`, `{x}`, `#{x}`, `%s` with its argument.
    Value {
        /// The value.
        expr: ExprId,
        /// Where the placeholder stands.
        span: Span,
    },
    /// A place where something is put in that has no expression here (`{}` without an argument).
    Hole {
        /// Where the placeholder stands.
        span: Span,
    },
}

impl Outline {
    /// Adds an expression and gives its id.
    pub fn push(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let id = ExprId(u32::try_from(self.exprs.len()).unwrap_or(u32::MAX));
        self.exprs.push(Expr { kind, span });
        id
    }

    /// The expression of that id, which must be of this outline.
    #[must_use]
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }
}

impl TypeRef {
    /// A type without arguments.
    #[must_use]
    pub fn simple(path: Vec<Name>, span: Span) -> Self {
        Self { path, args: Vec::new(), span }
    }
}
