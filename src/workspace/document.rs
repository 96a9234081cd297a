//! Settings and manifests of any format as one kind of tree: maps, lists and texts, each with its span.
//!
//! Numbers and booleans are texts here: nobody downstream computes with them, and a database may well
//! be called `1`.

mod json;
mod properties;
mod toml;
mod yaml;

use crate::source::{Language, Span};

/// How deep a document may nest before the rest of it is left out.
const DEPTH_LIMIT: usize = 64;

/// A value of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The bytes it stands on.
    pub span: Span,
    /// What it is.
    pub data: Data,
}

/// What a [`Node`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Nothing: `null`, or a key without a value.
    Empty,
    /// A text, number or boolean.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// One text of a document with the keys that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// The keys from the top; an item of a list adds none.
    pub path: Vec<&'a str>,
    /// The text.
    pub text: &'a str,
    /// Where the text stands.
    pub span: Span,
}

/// What is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError {
    /// Where.
    pub span: Span,
    /// What.
    pub message: String,
}

/// Reads the documents of a text in `language` (one, but for YAML); what could be read of it, and the
/// first thing that is wrong.
pub fn parse(text: &str, language: Language) -> (Vec<Node>, Option<DocumentError>) {
    match language {
        Language::Yaml => yaml::parse(text),
        Language::Json => json::parse(text),
        Language::Toml => toml::parse(text),
        Language::Properties => (vec![properties::parse(text)], None),
        _ => (Vec::new(), None),
    }
}

impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(found, _)| found.text == key).map(|(_, node)| node)
    }

    /// The value at the end of several keys.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text at the end of several keys.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.text()
    }

    /// The entries, if it is a map.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items, if it is a list.
    pub fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// The texts of a list, or the one text.
    pub fn texts(&self) -> Vec<(&str, Span)> {
        match &self.data {
            Data::Text(text) => vec![(text, self.span)],
            Data::List(items) => items.iter().filter_map(|item| Some((item.text()?, item.span))).collect(),
            _ => Vec::new(),
        }
    }

    /// Every text in it, with the keys that lead there, in the order of the file.
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut leaves = Vec::new();
        self.collect(&mut Vec::new(), &mut leaves);
        leaves
    }

    fn collect<'a>(&'a self, path: &mut Vec<&'a str>, leaves: &mut Vec<Leaf<'a>>) {
        match &self.data {
            Data::Empty => {}
            Data::Text(text) => leaves.push(Leaf { path: path.clone(), text, span: self.span }),
            Data::List(items) => items.iter().for_each(|item| item.collect(path, leaves)),
            Data::Map(entries) => {
                for (key, node) in entries {
                    path.push(&key.text);
                    node.collect(path, leaves);
                    path.pop();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(text: &str, language: Language) -> Vec<String> {
        let (documents, error) = parse(text, language);
        assert_eq!(error, None, "{text}");
        let all = documents.iter().flat_map(Node::leaves);
        all.map(|leaf| {
            let shown = &text[leaf.span.range()];
            assert!(shown.contains(leaf.text) || language == Language::Json, "{shown} does not hold {}", leaf.text);
            format!("{}={}", leaf.path.join("."), leaf.text)
        })
        .collect()
    }

    #[test]
    fn every_format_gives_the_same_tree() {
        let wanted = ["a.b=1", "a.c=x", "a.c=é"];
        assert_eq!(leaves("a:\n  b: 1\n  c: [x, 'é']\n", Language::Yaml), wanted);
        assert_eq!(leaves("{\"a\": {\"b\": 1, \"c\": [\"x\", \"é\",]}} // end", Language::Json), wanted);
        assert_eq!(leaves("[a]\nb = 1\nc = [\"x\", \"é\"]\n", Language::Toml), wanted);
        assert_eq!(leaves("# c\n[a]\nb=1\nexport c = \"x\"\n", Language::Properties), ["a.b=1", "a.c=x"]);
    }

    #[test]
    fn yaml_anchors_and_merges_are_followed() {
        let text = "base: &b\n  url: x\napp:\n  <<: *b\n  name: y\n";
        let (documents, _) = parse(text, Language::Yaml);
        assert_eq!(documents[0].text_at(&["app", "url"]), Some("x"));
        assert_eq!(documents[0].text_at(&["app", "name"]), Some("y"));
    }

    #[test]
    fn templates_in_yaml_do_not_hide_the_rest() {
        let text = "{{- if .Values.x }}\nname: {{ .Values.name }}\nurl: \"postgres://{{ .Values.host }}/shop\"\n{{- end }}\nport: 5432\n";
        let (documents, error) = parse(text, Language::Yaml);
        assert_eq!(error, None);
        assert_eq!(documents[0].text_at(&["port"]), Some("5432"));
        let url = documents[0].text_at(&["url"]).unwrap();
        assert!(url.starts_with("postgres://${") && url.ends_with("}/shop"), "{url}");
    }

    #[test]
    fn what_is_broken_is_told_with_its_place() {
        let (_, error) = parse("a: [1, 2\nb: }", Language::Yaml);
        assert!(error.is_some());
        let (documents, error) = parse("{\"a\": 1, \"b\": ", Language::Json);
        assert!(error.is_some());
        assert_eq!(documents[0].text_at(&["a"]), Some("1"));
    }

    #[test]
    fn deep_and_repeating_documents_end() {
        for language in [Language::Yaml, Language::Json] {
            parse(&"[".repeat(100_000), language);
            parse(&"{\"a\":".repeat(20_000), language);
        }
        parse(&format!("x = {}", "[".repeat(50_000)), Language::Toml);
        let bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n".to_owned();
        let mut bomb = bomb;
        for (from, to) in ('c'..'z').zip('d'..='z') {
            bomb += &format!("{to}: &{to} [*{from},*{from},*{from},*{from}]\n");
        }
        parse(&bomb, Language::Yaml);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_reader_stumble(text in "[a-c0:{}\\[\\],\"'&*!|>#=%<\\\\ \n\té-]{0,80}") {
            for language in [Language::Yaml, Language::Json, Language::Toml, Language::Properties] {
                let (documents, _) = parse(&text, language);
                for leaf in documents.iter().flat_map(Node::leaves) {
                    proptest::prop_assert!(text.get(leaf.span.range()).is_some());
                }
            }
        }
    }
}
