//! What frameworks make of a type's name: cases and English plurals.
//!
//! The plural rules are the ones that `ActiveSupport::Inflector` (Rails), `jinzhu/inflection` (gorm) and
//! `doctrine/inflector` share.

use super::model::Naming;
use crate::vocabulary::Name;

const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("man", "men"),
    ("woman", "women"),
    ("child", "children"),
    ("sex", "sexes"),
    ("move", "moves"),
    ("zombie", "zombies"),
    ("mouse", "mice"),
    ("louse", "lice"),
    ("goose", "geese"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("ox", "oxen"),
    ("quiz", "quizzes"),
    ("datum", "data"),
    ("medium", "media"),
    ("criterion", "criteria"),
    ("alumnus", "alumni"),
    ("octopus", "octopi"),
    ("virus", "viri"),
];

const UNCOUNTABLE: &[&str] = &[
    "equipment",
    "information",
    "rice",
    "money",
    "species",
    "series",
    "fish",
    "sheep",
    "jeans",
    "police",
    "news",
    "data",
    "media",
    "metadata",
    "feedback",
    "staff",
    "aircraft",
    "deer",
];

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
        Naming::SnakeS => format!("{}s", snake(name)).into(),
        Naming::KeptS => format!("{name}s").into(),
        Naming::Plural => plural(name).into(),
        Naming::Camel => camel(name).into(),
        Naming::CamelPlural => plural(&camel(name)).into(),
        Naming::LowerPlural => plural(&name.to_lowercase()).into(),
        Naming::AppLower => format!("{}_{}", context?, name.to_lowercase()).into(),
        Naming::ContextProperty => context.unwrap_or(name).into(),
    })
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

/// The singular of an English plural, as far as its ending tells.
#[must_use]
pub fn singular(name: &str) -> String {
    let start = last_word(name);
    let (head, word) = name.split_at(start);
    let lower = word.to_lowercase();
    if let Some((one, _)) = IRREGULAR.iter().find(|(_, many)| lower == *many) {
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let one = if capital { pascal(one) } else { (*one).to_owned() };
        return format!("{head}{one}");
    }
    let cut = |by: usize| format!("{head}{}", &word[..word.len() - by]);
    if lower.len() > 3 && lower.ends_with("ies") {
        format!("{}y", cut(3))
    } else if ["sses", "shes", "ches", "xes", "zes", "uses"].iter().any(|end| lower.ends_with(end)) {
        cut(2)
    } else if lower.ends_with('s') && !lower.ends_with("ss") {
        cut(1)
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
    let start = last_word(name);
    let (head, word) = name.split_at(start);
    let lower = word.to_lowercase();
    if word.is_empty() || UNCOUNTABLE.contains(&lower.as_str()) {
        return name.to_owned();
    }
    if let Some((one, many)) = IRREGULAR.iter().find(|(one, many)| lower == *one || lower == *many) {
        if lower == *many && lower != *one {
            return name.to_owned();
        }
        let first = word.chars().next().unwrap_or_default();
        let many: String = if first.is_uppercase() {
            many.chars().take(1).flat_map(char::to_uppercase).chain(many.chars().skip(1)).collect()
        } else {
            (*many).to_owned()
        };
        return format!("{head}{many}");
    }
    format!("{head}{}", regular(word, &lower))
}

fn regular(word: &str, lower: &str) -> String {
    let cut = |by: usize| &word[..word.len() - by];
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let before_y = lower.len() > 1 && lower.ends_with('y') && !ends(&["ay", "ey", "iy", "oy", "uy"]);
    if before_y {
        format!("{}ies", cut(1))
    } else if ends(&["sis"]) {
        format!("{}ses", cut(3))
    } else if ends(&["matrix", "vertex", "index"]) {
        format!("{}ices", cut(2))
    } else if ends(&["ss", "sh", "ch", "x", "z", "us"]) || ends(&["alias", "status", "bus"]) {
        format!("{word}es")
    } else if ends(&["s"]) {
        word.to_owned()
    } else if ends(&["fe"]) && !ends(&["safe", "cafe"]) {
        format!("{}ves", cut(2))
    } else if ends(&["lf", "rf", "eaf", "oaf"]) {
        format!("{}ves", cut(1))
    } else if ends(&["buffalo", "tomato", "potato", "hero", "echo"]) {
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
}
