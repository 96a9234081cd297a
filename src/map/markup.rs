//! Statements that are written with tags inside, as those in MyBatis's annotations are: `<script> … <if test="…">`.

/// The statement without its tags, byte for byte as long, so that what is left keeps its places; the words that a tag
/// stands for take its place.
pub(super) fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut closes: Vec<bool> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&', ']']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (length, word) =
            if let Some(tag) = tag(rest) { (tag.len(), word_of(tag, &mut closes)) } else { replaced(rest) };
        out.push_str(&word);
        out.extend(std::iter::repeat_n(' ', length - word.len()));
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The tag that a text begins with.
fn tag(text: &str) -> Option<&str> {
    let name = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, '>') => return Some(&text[..=at]),
            _ => {}
        }
    }
    None
}

/// The word that a tag stands for: no longer than the tag.
fn word_of(tag: &str, closes: &mut Vec<bool>) -> String {
    let name: String = tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect();
    let opens = !tag.starts_with("</");
    match (name.as_str(), opens) {
        ("where" | "set", true) => name.to_ascii_uppercase(),
        ("trim", true) => {
            let prefix = tag.split("prefix=").nth(1).and_then(|rest| rest.get(1..)?.split(['"', '\'']).next());
            prefix.unwrap_or_default().to_owned()
        }
        ("foreach", true) => {
            let bracketed = tag.contains("open=");
            closes.push(bracketed);
            if bracketed { "(".to_owned() } else { String::new() }
        }
        ("foreach", false) if closes.pop() == Some(true) => ")".to_owned(),
        _ => String::new(),
    }
}

/// What is written for a character (`&lt;`), or marks a part as text; else the character itself.
fn replaced(text: &str) -> (usize, String) {
    const WRITTEN: &[(&str, &str)] = &[
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("<![CDATA[", ""),
        ("]]>", ""),
    ];
    match WRITTEN.iter().find(|(written, _)| text.starts_with(written)) {
        Some((written, meant)) => (written.len(), (*meant).to_owned()),
        None => (1, text[..1].to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::without_tags;

    #[test]
    fn tags_leave_blanks_or_their_words() {
        let text = "<script>UPDATE t <set><if test='a > 1'>a = 1,</if></set> WHERE a &lt;= 2 AND b < 3</script>";
        let plain = without_tags(text);
        assert_eq!(plain.len(), text.len());
        let words: Vec<&str> = plain.split_whitespace().collect();
        assert_eq!(words.join(" "), "UPDATE t SET a = 1, WHERE a < = 2 AND b < 3");
    }

    #[test]
    fn a_list_keeps_its_brackets() {
        let plain = without_tags("id IN <foreach open='(' close=')' item='i'>#{i}</foreach>");
        assert_eq!(plain.split_whitespace().collect::<Vec<_>>().join(" "), "id IN ( #{i})");
    }
}
