//! Tables that a call names by themselves: in a text, with a schema beside it, under a new name.

use std::rc::Rc;

use super::found::{DefinitionUse, Use};
use super::{At, Claim, Interpreter, fingerprint, in_call};
use crate::facts::{CallKind, Node, NodeId};
use crate::frameworks::model::JoinNaming;
use crate::frameworks::{CallRule, Naming, Selector, naming};
use crate::map::matching::{Certainty, Selected};
use crate::map::model::{Evidence, EvidenceKind};
use crate::map::table_names::table_with_alias;
use crate::map::text::Frame;
use crate::source::{FileId, Place};
use crate::sql::{self, HOLE};
use crate::vocabulary::{Part, Privilege, TableName};

impl Interpreter<'_, '_> {
    /// A text that names a table.
    pub(super) fn table_name(
        &mut self,
        file: FileId,
        node: NodeId,
        frame: Option<&Rc<Frame>>,
        at: At,
        claim: Claim<'_>,
        depth: usize,
    ) {
        let program = self.program;
        let facts = program.symbols.file(file).facts;
        match facts.node(node) {
            // `{ o: "orders" }`, `["orders", "lines"]`: each of them.
            Node::Record(entries) => {
                for &(_, value) in entries {
                    self.table_name(file, value, frame, at, claim, depth + 1);
                }
                return;
            }
            // `pgx.Identifier{"shop", "orders"}`: the last names the table, the one before its schema.
            Node::Call(call) if depth < 8 && program.call((file, *call)).kind == CallKind::New => {
                let args = &program.call((file, *call)).args;
                if let Some((last, before)) = args.split_last().filter(|_| args.iter().all(|arg| arg.name.is_none())) {
                    let schema = before.last().and_then(|arg| program.known_text(file, arg.value));
                    let claim = Claim { schema: schema.as_deref().or(claim.schema), ..claim };
                    return self.table_name(file, last.value, frame, at, claim, depth + 1);
                }
            }
            // `var orders = pgx.Identifier{"shop", "orders"}` elsewhere.
            Node::Name { segments, function, .. } if depth < 8 => {
                if let Some((at_file, value)) = program.declared_node(file, *function, segments)
                    && let Node::Call(call) = program.symbols.file(at_file).facts.node(value)
                    && program.call((at_file, *call)).kind == CallKind::New
                {
                    return self.table_name(at_file, value, None, at, claim, depth + 1);
                }
            }
            Node::List(items) if claim.rule.qualified && items.len() > 1 => {
                self.qualified(file, items, frame, at, claim);
                return;
            }
            Node::List(items) if depth < 8 => {
                for &item in items {
                    self.table_name(file, item, frame, at, claim, depth + 1);
                }
                return;
            }
            _ => {}
        }
        if let Some((table, place)) = program.generated(file, node, claim.rule) {
            // What was given another name before stands where the call names it.
            let place = if in_call(at, &place) { place } else { self.name_of_call(at) };
            return self.named_use(place, &table, at, claim);
        }
        for rendered in program.texts(file, node, frame, at.span) {
            if !rendered.depends_on(frame) {
                continue;
            }
            if rendered.is_param() {
                self.for_callers(&rendered, frame, at, depth, |this, frame, at| {
                    this.table_name(file, node, Some(frame), at, claim, depth + 1);
                });
                continue;
            }
            self.found.consumed.extend(rendered.spans().map(|(file, span)| (file, span.start)));
            match self.table_in(&rendered.text, claim.rule, file) {
                Some(mut table) if rendered.known => {
                    if let Some(schema) = claim.schema.filter(|_| table.qualifiers.is_empty()) {
                        table.qualifiers.push(Part { text: schema.into(), quoted: false });
                    }
                    // What only holds a name counts where a statement uses it; of one that is put together the last
                    // part is the table's.
                    let start = rendered.text.rfind('.').map_or(0, |dot| dot + 1);
                    let last = rendered.place(crate::source::Span::new(start, rendered.text.len()));
                    let whole = last.filter(|_| start > 0 && rendered.is_several()).or_else(|| rendered.whole());
                    let place = whole.filter(|place| in_call(at, place)).unwrap_or_else(|| self.name_of_call(at));
                    self.named_use(place, &table, at, claim);
                }
                // What may be an entity as well is no name that is missing.
                _ if claim.certainty == Certainty::Known
                    && rendered.text.split_whitespace().next().is_some_and(|name| name.contains(HOLE))
                    && claim.rule.sql.is_none()
                    && claim.rule.entity.is_none() =>
                {
                    self.opaque(at, at.span, "the table's name arrives at run time");
                }
                _ => {}
            }
        }
    }

    /// Where the name of what is called stands, in the call at hand.
    pub(super) fn name_of_call(&self, at: At) -> Place {
        let calls = &self.program.symbols.file(at.span.file).facts.calls;
        let call = calls.iter().find(|call| call.span == at.span.span);
        call.map_or(at.span, |call| Place { file: at.span.file, span: call.name_span })
    }

    /// Whether a value is a tuple of a schema and a table.
    pub(super) fn is_qualified(&self, file: FileId, node: NodeId, rule: &CallRule) -> bool {
        let facts = self.program.symbols.file(file).facts;
        rule.qualified && matches!(facts.node(node), Node::List(items) if items.len() > 1)
    }

    /// `(Schema::Sales, Order::Table)`: a schema and a table.
    pub(super) fn qualified(
        &mut self,
        file: FileId,
        items: &[NodeId],
        frame: Option<&Rc<Frame>>,
        at: At,
        claim: Claim<'_>,
    ) {
        let program = self.program;
        let name = |node: NodeId| match program.entity_of(file, node, 0) {
            Some(carried) => Some(program.carried(&carried).table.name.clone()),
            None => TableName::parse(&program.known_text(file, node)?).map(|table| table.name),
        };
        let [.., schema, table] = items else { return };
        let (Some(schema), Some(table)) = (name(*schema), name(*table)) else {
            return self.table_name(file, *table, frame, at, claim, 1);
        };
        let named = TableName { qualifiers: vec![schema], name: table };
        self.named_use(at.span, &named, at, claim);
    }

    /// The table that links two others, of which a call gives the names.
    pub(super) fn joined_table(&mut self, call: u32, selector: &Selector, at: At, claim: Claim<'_>) {
        let program = self.program;
        let selected = program.select(self.file, call, selector).into_iter();
        let names: Vec<String> = selected
            .filter_map(|value| match value {
                Selected::Node(file, node) => program.name_or_text(file, node),
                Selected::Type(_) => None,
            })
            .collect();
        let [one, other] = &names[..] else { return };
        let name = naming::join_table(JoinNaming::Tables, (one, one), (other, other));
        if let Some(table) = name.as_deref().and_then(TableName::parse) {
            self.named_use(at.span, &table, at, claim);
        }
    }

    /// The table that a text names, as the rule says that it does.
    pub(super) fn table_in(&self, text: &str, rule: &CallRule, file: FileId) -> Option<TableName> {
        if rule.of_column {
            return text.rsplit_once('.').and_then(|(table, _)| TableName::parse(table));
        }
        match rule.naming {
            // Where the same value may be a statement a name is a single word.
            Naming::None if rule.sql.is_some() && text.contains(char::is_whitespace) => None,
            Naming::None => table_with_alias(text),
            naming => self.program.table_by_convention(file, text, naming),
        }
    }

    pub(super) fn named_use(&mut self, place: Place, table: &TableName, at: At, claim: Claim<'_>) {
        if self.is_defined(at.home, table) || self.is_defined_before(claim.call, table) {
            return;
        }
        for &privilege in &claim.rule.privileges {
            self.defined(table, privilege, place, at);
            self.use_of_table(table.clone(), privilege, place, at, claim);
        }
    }

    /// A use of a table that a call names.
    pub(super) fn use_of_table(
        &mut self,
        table: TableName,
        privilege: Privilege,
        place: Place,
        at: At,
        claim: Claim<'_>,
    ) {
        // A temporary table of SQL Server's, by its name.
        if table.name.text.starts_with('#') {
            return;
        }
        let framework = self.program.frameworks.framework(claim.id).name.clone();
        let evidence = Evidence {
            kind: EvidenceKind::Call,
            text: format!("{framework} takes the name of a table here"),
            place: Some(at.span),
        };
        self.found.uses.push(Use {
            home: at.home,
            place,
            site: at.span,
            call: Some(at.span),
            statement: fingerprint(&table, privilege),
            table,
            privilege,
            evidence,
            framework: Some(framework),
            rule: Some(claim.id),
            partial: false,
            block: None,
            referencing: None,
            routine: None,
            dialect: at.dialect,
            remote: None,
            needs_known_table: false,
            rollback: at.rollback,
        });
    }

    /// What a call that gives a table another name changes about names.
    pub(super) fn renamed(&mut self, call: u32, rule: &CallRule, to: &Selector, at: At) {
        let program = self.program;
        let named = |selector: &Selector| {
            let selected = program.select(self.file, call, selector).into_iter();
            selected.into_iter().find_map(|value| match value {
                Selected::Node(file, node) => match program.entity_of(file, node, 0) {
                    Some(carried) => Some(program.carried(&carried).table.clone()),
                    None => self.table_in(&program.known_text(file, node)?, rule, file),
                },
                Selected::Type(_) => None,
            })
        };
        let mut from = rule.table.as_ref().and_then(named);
        let schema = rule.schema.as_ref().and_then(|selector| self.known_schema(self.file, call, selector));
        if let (Some(from), Some(schema)) = (&mut from, schema) {
            from.qualifiers.push(TableName::bare(schema).name);
        }
        let (Some(from), Some(to)) = (from, named(to)) else { return };
        let change = sql::Change::Rename { from, to };
        let definition = DefinitionUse { home: at.home, place: at.span, change, routine: None, rollback: at.rollback };
        self.found.definitions.push(definition);
    }

    /// What a call that creates or drops a table (`create_table :orders`) changes about names.
    pub(super) fn defined(&mut self, table: &TableName, privilege: Privilege, place: Place, at: At) {
        let table = table.clone();
        let change = match privilege {
            Privilege::Create => sql::Change::Create {
                table,
                kind: sql::TableKind::Table,
                bases: Vec::new(),
                if_not_exists: false,
                replace: false,
                columns: Vec::new(),
            },
            Privilege::Drop => sql::Change::Drop { table, if_exists: false },
            _ => return,
        };
        let definition = DefinitionUse { home: at.home, place, change, routine: None, rollback: at.rollback };
        self.found.definitions.push(definition);
    }
}
