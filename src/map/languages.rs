//! What the same facts mean in different languages.
//!
//! Facts have one form for all languages, and most of what joins them asks for no language. What languages differ in
//! has a name here, and each language says which of these ways it has: a new one is one entry more. How paths of
//! modules and packages are made is in [`modules`](super::modules).

use crate::source::Language;

/// Something that is so in some languages and not in others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Parameters and results need not state their types.
    LeavesTypesOut,
    /// Functions of one name may differ in what they take.
    Overloads,
    /// Functions of one name that take another number of arguments are others; keywords are one argument.
    Arities,
    /// A function may be called as if it were a method of its first parameter.
    ExtensionMethods,
    /// A property may stand by itself (`val Database.orders get() = …`).
    ExtensionProperties,
    /// A file names the packages whose values it has, as a rule: a namesake in another package is something else.
    NamesPackages,
    /// Whatever has an interface's methods is one, and what is embedded in a type may be anything that it can be.
    StructuralInterfaces,
    /// A trait can be implemented for types that are declared elsewhere.
    ForeignTraits,
    /// A type parameter's name tells at run time which type it is bound to.
    NamedTypeParameters,
    /// `Repository[Order]` is the type for that one.
    SubscriptedTypes,
    /// A field that nobody sets is nothing (`nil`), and whoever reads it looks first.
    UnsetFields,
    /// A call gives several results, and rules mean the first.
    SeveralResults,
    /// What a call gives may be taken apart by position; all but the first are something else.
    PartedResults,
    /// What a call is given by names may be one hash, which the function takes by its position.
    NamesMakeHash,
    /// Members can be named without the object round the code, and those of what is round that.
    ImplicitReceivers,
    /// In the body of a class its own fields have bare names.
    ClassBodies,
    /// A constant is looked for in the classes and modules round the code.
    NestedConstants,
    /// A member without arguments may be a method (`orders.schema`).
    UniformAccess,
    /// A call without arguments may be a member that the object keeps (`attr_reader :order`).
    Readers,
    /// Whether a value is one object or many is told by what is called on it, and what a parameter is by its name.
    ToldByHabit,
    /// A parameter is called after the model that it is of (`order`).
    NamesTellTypes,
    /// A function that is handed to a call is handed what the call began with.
    Blocks,
    /// A module can be mixed into classes, and speaks of them.
    MixedInModules,
    /// A method of a base says something of those that derive from it, and not of itself.
    SpeakingBases,
    /// A class is a value: what it keeps (`orders.c.id`) speaks of it, and to call one makes an object.
    ClassesAsValues,
    /// A method that the workspace declares on what serves an entity is what it does, and not what it is called.
    OwnMethodsFirst,
    /// What annotates may be a bare word that no import binds (a struct tag).
    BareAnnotations,
    /// A client names a model by its own name, and by no other form of that.
    ExactModels,
    /// Relations are called after many objects (`Books`).
    PluralRelations,
    /// Words that mean themselves stand in results (`:error`).
    AtomsInResults,
    /// Texts have methods that libraries give them.
    MethodsOfTexts,
    /// No text is made with `new`.
    NewMakesNoText,
    /// A text can name a class (`'App\\Entity\\Order'`).
    ClassesInTexts,
    /// A module's name is whole: `Shop.Repo` is no part of what `Shop` declares.
    WholeModuleNames,
    /// A pattern takes parts out of a struct, what it is associated with among them.
    StructPatterns,
    /// SQL is given to command line clients, and may hold their own commands.
    RunsClients,
    /// A list is written with a sign (`Order[]`), and by no name.
    SignedLists,
    /// The template of a format is a literal.
    LiteralFormats,
    /// A variant is a value of its type, whatever it holds.
    VariantsAsValues,
    /// `T::new(…)` and its kin give a `T` where nothing declares them.
    NamedConstructors,
    /// Modules export values, and one may stand for the whole.
    ExportedValues,
    /// What a file imports can be had from that file.
    OpenImports,
    /// An import that is passed on holds in all files of a project.
    GlobalImports,
    /// A path begins with the name of the package that it leads into.
    PathsNamePackages,
    /// A name of several segments needs no import.
    FullPaths,
    /// No name needs an import.
    FullNames,
    /// What annotates a type needs no import.
    FullAnnotations,
    /// What a type derives from needs no import.
    FullBases,
}

/// Whether something is so in a language.
pub(super) fn has(language: Language, way: Way) -> bool {
    ways(language).contains(&way)
}

fn ways(language: Language) -> &'static [Way] {
    match language {
        Language::Rust => &[
            Way::ForeignTraits,
            Way::MethodsOfTexts,
            Way::LiteralFormats,
            Way::VariantsAsValues,
            Way::NamedConstructors,
            Way::OpenImports,
            Way::PathsNamePackages,
            Way::FullPaths,
            Way::FullAnnotations,
        ],
        Language::Java => &[Way::Overloads, Way::NamesPackages, Way::ImplicitReceivers],
        Language::Kotlin => &[Way::Overloads, Way::NamesPackages, Way::ImplicitReceivers, Way::ExtensionProperties],
        Language::Scala => &[Way::NamesPackages, Way::ImplicitReceivers, Way::UniformAccess],
        Language::CSharp => &[
            Way::Overloads,
            Way::ExtensionMethods,
            Way::NamesPackages,
            Way::ImplicitReceivers,
            Way::NamedTypeParameters,
            Way::GlobalImports,
        ],
        Language::Go => &[
            Way::NamesPackages,
            Way::StructuralInterfaces,
            Way::NamedTypeParameters,
            Way::UnsetFields,
            Way::SeveralResults,
            Way::BareAnnotations,
        ],
        Language::Python | Language::Notebook => &[
            Way::LeavesTypesOut,
            Way::PartedResults,
            Way::SubscriptedTypes,
            Way::ClassBodies,
            Way::SpeakingBases,
            Way::ClassesAsValues,
            Way::OwnMethodsFirst,
            Way::OpenImports,
        ],
        Language::TypeScript | Language::JavaScript => {
            &[Way::LeavesTypesOut, Way::ExactModels, Way::ExportedValues, Way::NewMakesNoText]
        }
        Language::Ruby => &[
            Way::LeavesTypesOut,
            Way::PartedResults,
            Way::NamesMakeHash,
            Way::NestedConstants,
            Way::Readers,
            Way::ToldByHabit,
            Way::NamesTellTypes,
            Way::Blocks,
            Way::MixedInModules,
            Way::PluralRelations,
            Way::FullNames,
            Way::FullBases,
        ],
        Language::Php => &[Way::LeavesTypesOut, Way::Blocks, Way::MixedInModules, Way::ClassesInTexts],
        Language::Elixir => &[
            Way::LeavesTypesOut,
            Way::AtomsInResults,
            Way::Arities,
            Way::WholeModuleNames,
            Way::StructPatterns,
            Way::NamesTellTypes,
            Way::FullNames,
        ],
        Language::Prisma => &[Way::SignedLists],
        Language::Shell | Language::Makefile | Language::Dockerfile | Language::Yaml | Language::Template => {
            &[Way::RunsClients]
        }
        _ => &[],
    }
}
