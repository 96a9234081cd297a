//! What frameworks make of a type's name: cases and English plurals.
//!
//! The plural rules are the ones that `ActiveSupport::Inflector` (Rails), `jinzhu/inflection` (gorm) and
//! `doctrine/inflector` share.

use super::model::Naming;
use crate::vocabulary::Name;

use super::model::JoinNaming;

/// Whose grammar: the frameworks disagree on a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum School {
    /// `ActiveSupport::Inflector`, and what was ported from it.
    Rails,
    /// `doctrine/inflector`, which Laravel uses.
    Doctrine,
}

/// What both schools know.
const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("man", "men"),
    ("child", "children"),
    ("sex", "sexes"),
    ("move", "moves"),
    ("zombie", "zombies"),
    ("mouse", "mice"),
    ("louse", "lice"),
    ("ox", "oxen"),
    ("quiz", "quizzes"),
];

const IRREGULAR_OF_DOCTRINE: &[(&str, &str)] = &[
    ("goose", "geese"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("criterion", "criteria"),
    ("corpus", "corpora"),
    ("leaf", "leaves"),
    ("loaf", "loaves"),
    ("thief", "thieves"),
    ("cafe", "cafes"),
    ("safe", "safes"),
    ("octopus", "octopuses"),
    ("hoof", "hoofs"),
    ("echo", "echoes"),
    ("passerby", "passersby"),
];

const UNCOUNTABLE: &[&str] =
    &["equipment", "information", "rice", "money", "species", "series", "fish", "sheep", "jeans", "police"];

const UNCOUNTABLE_OF_DOCTRINE: &[&str] = &[
    "advice",
    "aircraft",
    "audio",
    "baggage",
    "buffalo",
    "chassis",
    "clothing",
    "compensation",
    "corps",
    "data",
    "debris",
    "deer",
    "education",
    "emoji",
    "evidence",
    "feedback",
    "food",
    "furniture",
    "gold",
    "headquarters",
    "homework",
    "knowledge",
    "love",
    "luggage",
    "management",
    "metadata",
    "moose",
    "music",
    "news",
    "nutrition",
    "offspring",
    "oil",
    "pokemon",
    "progress",
    "rain",
    "recommended",
    "related",
    "sms",
    "social media",
    "spam",
    "staff",
    "sugar",
    "talent",
    "traffic",
    "travel",
    "weather",
    "wood",
    "wool",
];

/// The words that an application has taught its framework.
#[derive(Debug, Clone, Default)]
pub struct Inflections {
    /// Singulars with their plurals.
    pub irregular: Vec<(String, String)>,
    /// Words without a plural.
    pub uncountable: Vec<String>,
    /// Words written in capitals: no border of words lies inside of them.
    pub acronyms: Vec<String>,
}

impl Inflections {
    /// Whether nothing was taught.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.irregular.is_empty() && self.uncountable.is_empty() && self.acronyms.is_empty()
    }

    /// The plural that was taught for the last word of a name.
    fn plural(&self, name: &str) -> Option<String> {
        if self.uncountable.iter().any(|word| ends_with_word(name, word)) {
            return Some(name.to_owned());
        }
        let taught = self.irregular.iter().find(|(one, _)| name.to_lowercase().ends_with(one.as_str()))?;
        Some(format!("{}{}", &name[..name.len() - taught.0.len()], taught.1))
    }

    /// `OAuthToken` with the acronym `OAuth` as one word of it: `OauthToken`.
    fn without_acronyms(&self, name: &str) -> String {
        let mut out = name.to_owned();
        for acronym in &self.acronyms {
            let mut letters = acronym.chars();
            let word: String = letters.next().into_iter().chain(letters.flat_map(char::to_lowercase)).collect();
            out = out.replace(acronym.as_str(), &word);
        }
        out
    }
}

fn ends_with_word(name: &str, word: &str) -> bool {
    name[last_word(name)..].eq_ignore_ascii_case(word) || name.eq_ignore_ascii_case(word)
}

/// The table a framework makes of the type `name`, with words that the application has taught it.
#[must_use]
pub fn taught_table(naming: Naming, name: &str, context: Option<&str>, taught: &Inflections) -> Option<Name> {
    let plain = taught.without_acronyms(name);
    if let Naming::SnakePlural | Naming::SnakePluralDoctrine = naming
        && let Some(plural) = taught.plural(&snake(&plain))
    {
        return Some(plural.into());
    }
    table(naming, &plain, context)
}

/// The table that lies between two entities, by their tables or types.
#[must_use]
pub fn join_table(naming: JoinNaming, from: (&str, &str), to: (&str, &str)) -> Option<Name> {
    let in_order = |a: String, b: String| if a <= b { (a, b) } else { (b, a) };
    let (first, second) = match naming {
        JoinNaming::None => return None,
        JoinNaming::Tables => in_order(from.0.to_owned(), to.0.to_owned()),
        JoinNaming::Types => in_order(snake(from.1), snake(to.1)),
        JoinNaming::FromTo => (from.0.to_owned(), to.0.to_owned()),
    };
    // A beginning that both tables share is said once (`shop_orders` and `shop_parts` give `shop_orders_parts`).
    let shared = first.rfind('_').map(|at| &first[..=at]).filter(|_| naming == JoinNaming::Tables);
    let second = shared.and_then(|shared| second.strip_prefix(shared)).unwrap_or(&second);
    Some(format!("{first}_{second}").into())
}

/// The table a framework makes of the type `name`; `None` where it makes none. `context` is the app (Django) or
/// the property of the context (EF Core) where the naming needs one.
#[must_use]
pub fn table(naming: Naming, name: &str, context: Option<&str>) -> Option<Name> {
    Some(match naming {
        Naming::None => return None,
        Naming::Kept => name.into(),
        Naming::Lower => name.to_lowercase().into(),
        Naming::Snake => snake(name).into(),
        Naming::SnakePlural => plural(&snake(name)).into(),
        Naming::SnakePluralDoctrine => plural_of(&snake_each(name), School::Doctrine).into(),
        Naming::SnakeS => format!("{}s", snake(name)).into(),
        Naming::KeptS => format!("{name}s").into(),
        Naming::Key => plural(snake(name).strip_suffix("_id")?).into(),
        Naming::Plural => plural(name).into(),
        Naming::Camel => camel(name).into(),
        Naming::CamelPlural => plural(&camel(name)).into(),
        Naming::LowerPlural => plural(&name.to_lowercase()).into(),
        Naming::AppLower => format!("{}_{}", context?, name.to_lowercase()).into(),
        Naming::ContextProperty => context.unwrap_or(name).into(),
    })
}

/// What a naming makes of a name that is stated; a quoted one stays as it is.
#[must_use]
pub fn stated(naming: Naming, name: &str) -> Option<String> {
    let humps = |part: &str| {
        let letters: Vec<char> = part.chars().collect();
        letters.windows(3).any(|three| {
            three[0].is_lowercase() && three[1].is_uppercase() && (three[2].is_lowercase() || three[2].is_numeric())
        })
    };
    (naming == Naming::Snake && humps(name) && !name.contains(['`', '"', '[']))
        .then(|| name.split('.').map(snake).collect::<Vec<_>>().join("."))
}

/// `OrderLine`, `orderLine` → `order_line`; `HTTPRequest` → `http_request`.
#[must_use]
pub fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (at, &letter) in letters.iter().enumerate() {
        if letter.is_uppercase() && at > 0 {
            let before = letters[at - 1];
            let next_lower = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
            if before != '_'
                && (before.is_lowercase() || before.is_ascii_digit() || (before.is_uppercase() && next_lower))
            {
                out.push('_');
            }
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// `order_line` → `OrderLine`.
#[must_use]
pub fn pascal(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    });
    words.collect()
}

/// `HTTPRequest` → `h_t_t_p_request`: a border before every capital.
fn snake_each(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// The singular of an English plural, as far as its ending tells.
#[must_use]
pub fn singular(name: &str) -> String {
    let start = last_word(name);
    let (head, word) = name.split_at(start);
    let lower = word.to_lowercase();
    let irregular = IRREGULAR.iter().chain(IRREGULAR_OF_DOCTRINE);
    if let Some((one, _)) = irregular.clone().find(|(_, many)| lower == *many) {
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let one = if capital { pascal(one) } else { (*one).to_owned() };
        return format!("{head}{one}");
    }
    if UNCOUNTABLE.contains(&lower.as_str()) || lower == "news" {
        return name.to_owned();
    }
    let cut = |by: usize, end: &str| format!("{head}{}{end}", &word[..word.len() - by]);
    let ends = |endings: &[&str]| endings.iter().any(|end| lower.ends_with(end));
    if ends(&["movies", "cookies", "selfies", "shoes"]) {
        cut(1, "")
    } else if lower.len() > 3 && ends(&["ies"]) {
        cut(3, "y")
    } else if ends(&["analyses", "diagnoses", "theses", "crises", "bases", "synopses", "parentheses", "hypotheses"])
        && !ends(&["databases", "purchases"])
    {
        cut(2, "is")
    } else if ends(&["matrices", "vertices"]) {
        cut(4, if ends(&["matrices"]) { "rix" } else { "tex" })
    } else if ends(&["indices"]) {
        cut(4, "ex")
    } else if ends(&["lves", "rves"]) && !ends(&["curves", "valves", "nerves", "reserves"]) {
        cut(3, "f")
    } else if ends(&["knives", "wives", "lives"]) {
        cut(3, "fe")
    } else if ends(&["sses", "shes", "ches", "xes", "statuses", "aliases", "buses", "viruses", "tomatoes", "heroes"]) {
        cut(2, "")
    } else if ends(&["s"]) && !ends(&["ss", "us"]) {
        cut(1, "")
    } else {
        name.to_owned()
    }
}

fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The English plural of the last word of `name`, whose case is kept.
#[must_use]
pub fn plural(name: &str) -> String {
    plural_of(name, School::Rails)
}

fn plural_of(name: &str, school: School) -> String {
    let start = last_word(name);
    let (head, word) = name.split_at(start);
    let lower = word.to_lowercase();
    let doctrine = school == School::Doctrine;
    let uncountable = UNCOUNTABLE.contains(&lower.as_str());
    if word.is_empty() || uncountable || doctrine && UNCOUNTABLE_OF_DOCTRINE.contains(&lower.as_str()) {
        return name.to_owned();
    }
    let more = if doctrine { IRREGULAR_OF_DOCTRINE } else { &[] };
    let mut irregular = IRREGULAR.iter().chain(more);
    if let Some((one, many)) = irregular.find(|(one, many)| is_compound_of(&lower, one) || lower == *many) {
        if lower == *many && lower != *one {
            return name.to_owned();
        }
        let (before, last) = word.split_at(word.len() - one.len());
        let first = last.chars().next().unwrap_or_default();
        let many: String = if first.is_uppercase() {
            many.chars().take(1).flat_map(char::to_uppercase).chain(many.chars().skip(1)).collect()
        } else {
            (*many).to_owned()
        };
        return format!("{head}{before}{many}");
    }
    format!("{head}{}", regular(word, &lower, school))
}

/// Whether a word is `one`, or ends with it as `salesperson` does with `person`.
fn is_compound_of(word: &str, one: &str) -> bool {
    let compounds = matches!(one, "person" | "man" | "child") && !matches!(word, "human" | "german" | "roman");
    word == one || compounds && word.ends_with(one)
}

fn regular(word: &str, lower: &str, school: School) -> String {
    let cut = |by: usize| &word[..word.len() - by];
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let rails = school == School::Rails;
    let before_y = lower.len() > 1 && lower.ends_with('y') && !ends(&["ay", "ey", "iy", "oy", "uy"]);
    if before_y || ends(&["quy"]) {
        format!("{}ies", cut(1))
    } else if ends(&["axis", "testis"]) || ends(&["sis"]) {
        format!("{}es", cut(2))
    } else if ends(&["matrix", "vertex", "vertix", "index", "indix"]) {
        format!("{}ices", cut(2))
    } else if ends(&["tum", "ium"]) {
        format!("{}a", cut(2))
    } else if ends(&["ta", "ia"]) && rails {
        word.to_owned()
    } else if ends(&["octopus", "virus"]) && rails || ends(&["cactus", "fungus", "stimulus", "alumnus"]) && !rails {
        format!("{}i", cut(2))
    } else if ends(&["ss", "sh", "ch", "x", "z", "us"]) && !ends(&["quiz"]) {
        // Rails knows `status` and `bus` alone; a `z` takes an `s` there.
        match lower {
            _ if ends(&["z"]) => format!("{word}s"),
            _ if rails && ends(&["us"]) && !ends(&["status", "bus"]) => word.to_owned(),
            _ => format!("{word}es"),
        }
    } else if ends(&["alias"]) {
        format!("{word}es")
    } else if ends(&["s"]) {
        word.to_owned()
    } else if ends(&["fe"]) && !ends(&["ffe"]) {
        format!("{}ves", cut(2))
    } else if ends(&["lf", "rf"]) && !ends(&["gulf"]) {
        format!("{}ves", cut(1))
    } else if ends(&["buffalo", "tomato"]) || !rails && ends(&["hero", "potato", "volcano"]) {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}

/// Where the last word of a snake or camel case name begins, in bytes.
fn last_word(name: &str) -> usize {
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, letter) in name.char_indices() {
        if letter == '_' || letter == '.' {
            start = at + 1;
        } else if letter.is_uppercase() && before.is_some_and(char::is_lowercase) {
            start = at;
        }
        before = Some(letter);
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_and_plurals() {
        for (naming, name, table_name) in [
            (Naming::Snake, "OrderLine", "order_line"),
            (Naming::Snake, "HTTPRequest", "http_request"),
            (Naming::SnakePlural, "OrderLine", "order_lines"),
            (Naming::SnakePlural, "Category", "categories"),
            (Naming::SnakeS, "OrderCategory", "order_categorys"),
            (Naming::SnakePlural, "Address", "addresses"),
            (Naming::SnakePlural, "OrderStatus", "order_statuses"),
            (Naming::SnakePlural, "Person", "people"),
            (Naming::Plural, "Person", "People"),
            (Naming::SnakePlural, "NewsItem", "news_items"),
            (Naming::SnakePlural, "News", "news"),
            (Naming::SnakePlural, "Feedback", "feedbacks"),
            (Naming::SnakePluralDoctrine, "Feedback", "feedback"),
            (Naming::SnakePluralDoctrine, "AirTrafficController", "air_traffic_controllers"),
            (Naming::SnakePluralDoctrine, "Octopus", "octopuses"),
            (Naming::SnakePlural, "Octopus", "octopi"),
            (Naming::SnakePlural, "Datum", "data"),
            (Naming::SnakePlural, "Metadata", "metadata"),
            (Naming::SnakePlural, "SalesPerson", "sales_people"),
            (Naming::SnakePlural, "Index", "indices"),
            (Naming::SnakePlural, "Wife", "wives"),
            (Naming::SnakePlural, "Quiz", "quizzes"),
            (Naming::SnakePlural, "Day", "days"),
            (Naming::SnakePlural, "Knife", "knives"),
            (Naming::SnakePlural, "Analysis", "analyses"),
            (Naming::SnakePlural, "users", "users"),
            (Naming::Plural, "OrderLine", "OrderLines"),
            (Naming::Camel, "OrderLine", "orderLine"),
            (Naming::Lower, "OrderLine", "orderline"),
        ] {
            assert_eq!(table(naming, name, None).as_deref(), Some(table_name), "{naming:?} of {name}");
        }
        assert_eq!(table(Naming::AppLower, "OrderLine", Some("shop")).as_deref(), Some("shop_orderline"));
        assert_eq!(table(Naming::None, "OrderLine", None), None);
    }

    #[test]
    fn what_was_taught_comes_first() {
        let taught = Inflections {
            irregular: vec![("cactus".into(), "cacti".into())],
            uncountable: vec!["staff".into()],
            acronyms: vec!["OAuth".into()],
        };
        for (name, expected) in [("BigCactus", "big_cacti"), ("Staff", "staff"), ("OAuthToken", "oauth_tokens")] {
            assert_eq!(taught_table(Naming::SnakePlural, name, None, &taught).as_deref(), Some(expected));
        }
    }

    #[test]
    fn plurals_become_singulars() {
        for (many, one) in [
            ("statuses", "status"),
            ("houses", "house"),
            ("categories", "category"),
            ("people", "person"),
            ("addresses", "address"),
            ("analyses", "analysis"),
            ("indices", "index"),
            ("movies", "movie"),
            ("wives", "wife"),
            ("purchases", "purchase"),
            ("news", "news"),
        ] {
            assert_eq!(singular(many), one);
        }
    }

    #[test]
    fn join_tables() {
        let join = |naming, from, to| join_table(naming, from, to).unwrap_or_default();
        assert_eq!(join(JoinNaming::Tables, ("parts", "Part"), ("assemblies", "Assembly")), "assemblies_parts");
        assert_eq!(join(JoinNaming::Tables, ("shop_orders", "X"), ("shop_parts", "Y")), "shop_orders_parts");
        assert_eq!(join(JoinNaming::Types, ("users", "User"), ("roles", "Role")), "role_user");
        assert_eq!(join(JoinNaming::FromTo, ("user", "User"), ("group", "Group")), "user_group");
    }
}
