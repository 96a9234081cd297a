//! Words that rules and commands share when they speak to people: lists, verbs, near names.

use crate::vocabulary::Privilege;

/// The known name nearest to `wrong`, if one is near enough to have been meant.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&wrong, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count().max(wrong.chars().count()) / 4)
        .min()
        .map(|(_, name)| name)
}

/// `` `a` ``, `` `a` and `b` ``, `` `a`, `b` and `c` ``.
#[must_use]
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// What a service does to a table that it needs these privileges on.
#[must_use]
pub fn verb(privileges: &[Privilege]) -> &'static str {
    match privileges {
        [Privilege::Select] => "reads",
        [Privilege::Insert] => "inserts into",
        [Privilege::Update] => "updates",
        [Privilege::Delete] => "deletes from",
        [Privilege::Truncate] => "truncates",
        [Privilege::References] => "refers to",
        [Privilege::Trigger] => "puts a trigger on",
        [Privilege::Create] => "creates",
        [Privilege::Alter] => "alters",
        [Privilege::Drop] => "drops",
        several => match several.first().map(|privilege| privilege.class()) {
            Some(crate::vocabulary::AccessClass::Write) => "writes to",
            Some(crate::vocabulary::AccessClass::Ddl) => "changes the schema of",
            _ => "touches",
        },
    }
}

/// `1 file`, `2 files`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    let plural = match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if noun.ends_with('s') => format!("{noun}es"),
        _ => format!("{noun}s"),
    };
    if count == 1 { format!("1 {noun}") } else { format!("{count} {plural}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("foriegn-read", ["foreign-read", "foreign-write"]), Some("foreign-read"));
        assert_eq!(nearest("Orders", ["orders", "billing"]), Some("orders"));
        assert_eq!(nearest("zebra", ["orders", "billing"]), None);
    }

    #[test]
    fn lists_read_as_people_write_them() {
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(counted(1, "service"), "1 service");
        assert_eq!(counted(2, "library"), "2 libraries");
        assert_eq!(counted(3, "access"), "3 accesses");
    }
}
