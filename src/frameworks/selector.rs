//! Selectors: which value of a call, an annotation or a type a rule speaks of.
//!
//! A selector is a few words, read from left to right: it begins at the call (or type) that matched and each
//! step leads on. `argument 0`, `argument name`, `argument 0|name`, `arguments`, `receiver`, `type-argument 0`,
//! `receiver type-argument 0`, `argument 0 key table`, `receiver argument 0`, `result`, `annotation Table argument name`.

use crate::vocabulary::Name;

/// Which value is meant; parsed from its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector(pub Vec<Step>);

/// One step of a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// What the method is called on.
    Receiver,
    /// What is called.
    Callee,
    /// The call's result: its declared or inferred type.
    Result,
    /// The n-th argument that has no name.
    Position(usize),
    /// The n-th argument that has no name, or the one of that name.
    Either(usize, Name),
    /// The argument of that name; in a record argument the entry of that key.
    Named(Name),
    /// Every argument from the n-th on.
    Rest(usize),
    /// The n-th type argument.
    TypeArgument(usize),
    /// The entry of that key in a map or object literal.
    Key(Name),
    /// Every value of a map or object literal.
    Values,
    /// What a function value returns.
    Returned,
    /// The annotation of that name on the type, function or field at hand.
    Annotation(Name),
    /// The field or class attribute of that name; `Meta.db_table` goes into a nested type.
    Field(Name),
    /// What the type's method of that name returns.
    Method(Name),
    /// The type or module round the type at hand, whichever has what follows.
    Outer,
    /// The n-th parameter of the function at hand.
    Parameter(usize),
    /// The type the method belongs to.
    Owner,
    /// The entity whose name the member, text or symbol is (`prisma.orderLine` is `OrderLine`).
    Model,
    /// The entity that a query over entities speaks of first (`SELECT o FROM App\Entity\Order o`).
    Queried,
    /// The entity that the rest of the called name names: `WithCars` after `With` is `Car`.
    NamedBy(Name),
    /// The entity whose name the package of the called function bears: `orderitem.HasOrder` speaks of `OrderItem`.
    Package,
    /// What the type's constructor gives its supertype's constructor.
    Super,
    /// The value, if it is true.
    True,
    /// The value, if it is (or is not) this text, symbol or name, or one of several, parted by `|`.
    Is(Name, bool),
    /// The call of that name in the chain that a call ends, or in the one round the function value it begins in.
    Chain(Name),
    /// The call of that name (or of one of several, parted by `|`) that goes on from the call; with `=` behind the name
    /// the value that the property of the same object is set to.
    Then(Name),
}

impl Selector {
    /// Reads a selector; an error says which word is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let mut steps = Vec::new();
        while let Some(word) = words.next() {
            let mut operand = || words.next().ok_or_else(|| format!("`{word}` wants a word after it in `{text}`"));
            steps.push(match word {
                "receiver" => Step::Receiver,
                "result" => Step::Result,
                "callee" => Step::Callee,
                "arguments" => Step::Rest(0),
                "values" => Step::Values,
                "returned" => Step::Returned,
                "owner" => Step::Owner,
                "model" => Step::Model,
                "queried" => Step::Queried,
                "package" => Step::Package,
                "super" => Step::Super,
                "true" => Step::True,
                "outer" => Step::Outer,
                "argument" => {
                    let which = operand()?;
                    if let Some((position, name)) = which.split_once('|')
                        && let Ok(position) = position.parse()
                    {
                        steps.push(Step::Either(position, name.into()));
                        continue;
                    }
                    match which.strip_suffix("..").unwrap_or(which).parse() {
                        Ok(from) if which.ends_with("..") => Step::Rest(from),
                        Ok(position) => Step::Position(position),
                        Err(_) => Step::Named(which.into()),
                    }
                }
                "type-argument" => Step::TypeArgument(number(operand()?, text)?),
                "parameter" => Step::Parameter(number(operand()?, text)?),
                "key" => Step::Key(operand()?.into()),
                "annotation" => Step::Annotation(operand()?.into()),
                "named-by" => Step::NamedBy(operand()?.into()),
                "field" => Step::Field(operand()?.into()),
                "is" => Step::Is(operand()?.into(), true),
                "is-not" => Step::Is(operand()?.into(), false),
                "chain" => Step::Chain(operand()?.into()),
                "then" => Step::Then(operand()?.into()),
                "method" => Step::Method(operand()?.into()),
                _ => return Err(format!("`{word}` is no step of a selector (in `{text}`)")),
            });
        }
        if steps.is_empty() { Err("a selector is empty".to_owned()) } else { Ok(Self(steps)) }
    }
}

fn number(word: &str, text: &str) -> Result<usize, String> {
    word.parse().map_err(|_| format!("`{word}` is no number (in `{text}`)"))
}

impl<'de> serde::Deserialize<'de> for Selector {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
