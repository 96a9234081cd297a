//! Prisma schemas: each `model` is a type with its fields. `@@map("orders")` and the like are its annotations
//! (`map`), those of fields theirs; `model` itself is an annotation too, so that data can speak of it.

use super::outline::{Annotation, Arg, ExprId, ExprKind, Field, Outline, Piece, TypeDecl, TypeKind, TypeRef};
use crate::source::Span;
use crate::vocabulary::Name;

/// The outline of a Prisma schema.
#[must_use]
pub fn outline(text: &str) -> Outline {
    let mut outline = Outline::default();
    let mut open: Option<TypeDecl> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        let code = without_comment(line.trim());
        match open.as_mut() {
            None => open = block(code, start),
            Some(_) if code.starts_with('}') => outline.types.extend(open.take()),
            Some(decl) if code.starts_with("@@") => {
                let annotation = annotation(&mut outline, &code[2..], start + 2);
                decl.annotations.push(annotation);
            }
            Some(decl) => decl.fields.extend(field(&mut outline, code, start)),
        }
        at += line.len();
    }
    outline.types.extend(open);
    outline
}

fn without_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or_default().trim_end()
}

/// `model Order {`, `enum Kind {`, `view Sales {`.
fn block(code: &str, start: usize) -> Option<TypeDecl> {
    let (word, rest) = code.split_once(char::is_whitespace)?;
    let kind = match word {
        "model" | "view" | "type" => TypeKind::Class,
        "enum" => TypeKind::Enum,
        _ => return None,
    };
    let name = rest.trim().trim_end_matches('{').trim_end();
    let at = start + word.len() + (rest.len() - rest.trim_start().len());
    let name_span = Span::new(at, at + name.len());
    let is_table = matches!(word, "model" | "view");
    let mark = Annotation { path: vec!["model".into()], args: Vec::new(), span: name_span };
    Some(TypeDecl {
        name: name.into(),
        scope: Vec::new(),
        kind,
        span: Span::new(start, start + code.len()),
        name_span,
        bases: Vec::new(),
        generics: Vec::new(),
        annotations: is_table.then_some(mark).into_iter().collect(),
        fields: Vec::new(),
    })
}

/// `items OrderItem[] @relation("x")`.
fn field(outline: &mut Outline, code: &str, start: usize) -> Option<Field> {
    let mut words = code.split_whitespace();
    let name = words.next().filter(|name| name.starts_with(|c: char| c.is_alphabetic() || c == '_'))?;
    let declared = words.next().unwrap_or_default();
    let bare = declared.trim_end_matches(['?', '[', ']']);
    let place = code.find(declared).unwrap_or(0);
    let span = Span::new(start + place, start + place + bare.len());
    let plain = !bare.is_empty() && !bare.starts_with('@');
    let ty = plain.then(|| TypeRef::simple(vec![bare.into()], span));
    let ty =
        ty.map(
            |ty| if declared.ends_with("[]") { TypeRef { path: vec!["[]".into()], args: vec![ty], span } } else { ty },
        );
    let mut annotations = Vec::new();
    let mut rest = 0;
    while let Some(found) = code[rest..].find('@') {
        let at = rest + found + 1;
        annotations.push(annotation(outline, &code[at..], start + at));
        rest = at;
    }
    let span = Span::new(start, start + name.len());
    Some(Field { name: name.into(), ty, annotations, value: None, is_static: false, span })
}

/// `map("orders")`, `relation(name: "x", fields: [a])`: texts are arguments, what else is given is passed over.
fn annotation(outline: &mut Outline, code: &str, start: usize) -> Annotation {
    let end = code.find(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '_')).unwrap_or(code.len());
    let path: Vec<Name> = code[..end].split('.').map(Name::from).collect();
    let mut args = Vec::new();
    if code[end..].starts_with('(') {
        let close = code[end..].find(')').map_or(code.len(), |close| end + close);
        let inside = &code[end + 1..close];
        let mut from = 0;
        while let Some(open) = inside[from..].find('"') {
            let open = from + open;
            let Some(length) = inside[open + 1..].find('"') else { break };
            let before = inside[..open].rsplit(',').next().unwrap_or_default();
            let name = before.trim().strip_suffix(':').map(Name::from);
            let value = literal(outline, &inside[open + 1..open + 1 + length], start + end + 2 + open);
            args.push(Arg { name, value, spread: false });
            from = open + length + 2;
        }
        // `fields: [customerId]`: the key lies here.
        if inside.contains("fields") {
            let span = Span::new(start, start + end);
            let value = outline.push(ExprKind::List(Vec::new()), span);
            args.push(Arg { name: Some("fields".into()), value, spread: false });
        }
    }
    Annotation { path, args, span: Span::new(start, start + end) }
}

fn literal(outline: &mut Outline, text: &str, start: usize) -> ExprId {
    let span = Span::new(start, start + text.len());
    outline.push(ExprKind::Text(vec![Piece::Literal { text: text.to_owned(), span }]), span)
}

#[cfg(test)]
mod tests {
    use super::outline;
    use crate::syntax::dump::dump;

    #[test]
    fn models_have_names_and_fields() {
        let text = "generator x {\n  provider = \"y\"\n}\nmodel Order { // c\n  id Int @id @default(1)\n  items OrderItem[] @relation(\"a\")\n  user User? @relation(fields: [uid], name: \"b\")\n  @@map(\"orders\")\n  @@schema(\"sales\")\n}\nenum Kind {\n  A\n}\n";
        let outline = outline(text);
        let dumped = dump(&outline);
        assert!(dumped.contains("@map(\"orders\")\n@schema(\"sales\")\nclass $0 Order"), "{dumped}");
        assert!(dumped.contains("field items: []<OrderItem>"), "{dumped}");
        assert!(dumped.contains("@relation(name=\"b\", fields=[])"), "{dumped}");
        assert!(dumped.contains("enum $1 Kind"), "{dumped}");
    }
}
