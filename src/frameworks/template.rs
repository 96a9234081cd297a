//! Statements that a call stands for: SQL in which values of the call are put in.
//!
//! `CREATE TABLE [{argument schemaName}.]{argument tableName} (id int)`: a selector in braces is the value that it
//! selects; what stands in brackets is left out where a value in it is not given. A call that does not give a value
//! which stands in no brackets is not meant.

use super::selector::Selector;

/// A statement with values to put in; parsed from its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(pub Vec<Slot>);

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// Text as it stands.
    Text(String),
    /// A value of the call.
    Value(Selector),
    /// What is left out where a value in it is not given.
    Optional(Vec<Slot>),
}

impl Template {
    /// Reads a template; an error says what is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut slots = Vec::new();
        let mut open: Option<Vec<Slot>> = None;
        let mut rest = text;
        while let Some(at) = rest.find(['{', '[', ']']) {
            let (before, mark) = (&rest[..at], &rest[at..=at]);
            rest = &rest[at + 1..];
            let inside = open.as_mut().unwrap_or(&mut slots);
            if !before.is_empty() {
                inside.push(Slot::Text(before.to_owned()));
            }
            match mark {
                "{" => {
                    let Some((selector, after)) = rest.split_once('}') else {
                        return Err(format!("a `{{` is not closed in `{text}`"));
                    };
                    inside.push(Slot::Value(Selector::parse(selector)?));
                    rest = after;
                }
                "[" if open.is_none() => open = Some(Vec::new()),
                "]" if open.is_some() => slots.extend(open.take().map(Slot::Optional)),
                _ => return Err(format!("a `{mark}` stands alone, or in another bracket, in `{text}`")),
            }
        }
        if open.is_some() {
            return Err(format!("a `[` is not closed in `{text}`"));
        }
        if !rest.is_empty() {
            slots.push(Slot::Text(rest.to_owned()));
        }
        Ok(Self(slots))
    }

    /// The values that it cannot be without.
    pub fn needed(&self) -> impl Iterator<Item = &Selector> {
        self.0.iter().filter_map(|slot| match slot {
            Slot::Value(selector) => Some(selector),
            _ => None,
        })
    }
}

impl<'de> serde::Deserialize<'de> for Template {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_text_values_and_what_may_be_missing() {
        let template = Template::parse("DROP TABLE [{argument schema}.]{argument 0} CASCADE").unwrap();
        let value = |text: &str| Slot::Value(Selector::parse(text).unwrap());
        let text = |text: &str| Slot::Text(text.to_owned());
        let wanted = [
            text("DROP TABLE "),
            Slot::Optional(vec![value("argument schema"), text(".")]),
            value("argument 0"),
            text(" CASCADE"),
        ];
        assert_eq!(template.0, wanted);
        assert_eq!(template.needed().count(), 1);
    }

    #[test]
    fn a_template_that_does_not_close_is_told() {
        for text in ["{argument 0", "[a", "a]", "[a [b]]", "{nothing 0}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
