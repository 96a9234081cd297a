//! TOML.

use toml::de::{DeTable, DeValue};

use crate::source::Span;
use crate::workspace::document::{DEPTH_LIMIT, Data, DocumentError, Key, Node};

pub(super) fn parse(text: &str) -> (Vec<Node>, Option<DocumentError>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let error = errors.first().map(|error| DocumentError {
        span: error.span().map_or(Span::new(0, 0), |range| Span::new(range.start, range.end)),
        message: error.message().lines().next().unwrap_or("not TOML").to_owned(),
    });
    (vec![Node { span: Span::new(0, text.len()), data: map(table.get_ref(), 0) }], error)
}

fn map(table: &DeTable<'_>, depth: usize) -> Data {
    let mut entries: Vec<(Key, Node)> = table
        .iter()
        .map(|(key, value)| {
            let span = Span::new(key.span().start, key.span().end);
            let range = value.span();
            let node = Node { span: Span::new(range.start, range.end), data: data(value.get_ref(), depth + 1) };
            (Key { text: key.get_ref().clone().into_owned(), span }, node)
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.span);
    Data::Map(entries)
}

fn data(value: &DeValue<'_>, depth: usize) -> Data {
    if depth > DEPTH_LIMIT {
        return Data::Empty;
    }
    match value {
        DeValue::String(text) => Data::Text(text.clone().into_owned()),
        DeValue::Integer(number) => Data::Text(number.as_str().to_owned()),
        DeValue::Float(number) => Data::Text(number.as_str().to_owned()),
        DeValue::Boolean(value) => Data::Text(value.to_string()),
        DeValue::Datetime(moment) => Data::Text(moment.to_string()),
        DeValue::Array(items) => {
            let item = |value: &toml::Spanned<DeValue<'_>>| {
                let range = value.span();
                Node { span: Span::new(range.start, range.end), data: data(value.get_ref(), depth + 1) }
            };
            Data::List(items.iter().map(item).collect())
        }
        DeValue::Table(table) => map(table, depth),
    }
}
