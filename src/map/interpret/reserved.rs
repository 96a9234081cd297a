//! Queries over entities whose names SQL reserves.

/// A query over entities with the names that SQL reserves (`FROM Order o`) made ordinary ones of the same length.
pub(super) fn mask_reserved(text: &str) -> String {
    const RESERVED: &[&str] = &[
        "Order",
        "Group",
        "User",
        "Table",
        "Index",
        "Key",
        "Column",
        "Check",
        "Case",
        "Grant",
        "Option",
        "Role",
        "Session",
        "Values",
        "Condition",
        "Procedure",
        "Function",
        "Trigger",
        "Row",
        "Rank",
        "Range",
        "Position",
        "Character",
        "Language",
    ];
    const BEFORE: &[&str] = &["from", "join", "update", "into", "delete", "fetch"];
    let mut out = String::with_capacity(text.len());
    let mut before = String::new();
    for part in text.split_inclusive(|ch: char| !ch.is_alphanumeric() && ch != '_') {
        let word = part.trim_end_matches(|ch: char| !ch.is_alphanumeric() && ch != '_');
        // `join fetch o.lines`: how the association is joined, no word of SQL.
        if word.eq_ignore_ascii_case("fetch") && before == "join" {
            out.push_str("     ");
            out.push_str(&part[word.len()..]);
            continue;
        }
        let names_table = BEFORE.contains(&before.as_str());
        let reserved = names_table && RESERVED.contains(&word);
        out.push_str(if reserved { &word[..word.len() - 1] } else { word });
        out.push_str(if reserved { "_" } else { "" });
        // What follows a name is a part of it: `App\Order`, and `o.lines`, which to SQL would be a column.
        let part_of_name = |sign: char| sign == '\\' || sign == '.' && names_table;
        out.push_str(&part[word.len()..].replace(part_of_name, "_"));
        if !word.is_empty() {
            before = word.to_ascii_lowercase();
        }
    }
    out
}
