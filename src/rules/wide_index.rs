//! A new index of more than three columns.

use super::new_columns::is_own;
use super::words::listed;
use super::{Check, Cx, Direction, PartFacts, Rule, StepFacts};
use crate::ops::{CreateIndex, Operation, Outcome};
use crate::schema::{Dialect, Index, IndexKey, Lookup, Table, canonical};
use crate::text::Span;

/// `wide-index`.
pub const RULE: Rule = Rule {
    id: "wide-index",
    page: include_str!("../../rules/wide-index.md"),
    down: false,
    check: Check::Part(check),
};

/// How many keys are not many.
const FEW: usize = 3;

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.direction == Direction::Down {
        return;
    }
    for step in part.steps() {
        for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
            match (&op.kind, outcome) {
                (Operation::CreateIndex(create), Outcome::Done) => report(&step, op.span, create, cx),
                // MySQL has them inside.
                (Operation::CreateTable(create), Outcome::Done) => {
                    for index in &create.indexes {
                        report(&step, op.span, index, cx);
                    }
                }
                _ => {}
            }
        }
    }
}

fn report(step: &StepFacts<'_>, span: Span, create: &CreateIndex, cx: &mut Cx<'_>) {
    // Other kinds find by any of their columns.
    if create.unique || create.keys.len() <= FEW || create.method != "btree" {
        return;
    }
    let part = &step.part;
    let name = step.resolve_after(&create.table);
    let table = step.after().table(&name);
    let known = match table {
        Lookup::Found(table) => is_own(part, table),
        Lookup::Unknown => !part.settings.is_external(&name),
        Lookup::Absent => false,
    };
    if !known || stood(part, &name, table.found(), create) || !stays(part, step, &name, create) {
        return;
    }
    let shown =
        create.keys.iter().map(|key| key.column().map_or_else(|| "…".to_owned(), |name| format!("`{name}`")));
    let shown: Vec<String> = shown.collect();
    let title =
        create.name.as_ref().map_or_else(|| "a new index".to_owned(), |name| format!("index `{name}`"));
    let leader = shown.first().map_or("…", String::as_str);
    let message = format!(
        "each INSERT into `{name}` writes {} columns into {title} too, and what stands behind the first seldom helps a query that does not name {leader}",
        create.keys.len(),
    );
    let first = listed(&shown[..FEW.min(shown.len())]);
    cx.report(step.place(span), message).help(format!(
        "Keep the columns that tell most rows apart, perhaps {first}, unless you have seen a query that needs the others."
    ));
}

/// Whether the table had such an index before the migration, which builds it anew.
fn stood(
    part: &PartFacts<'_>,
    name: &crate::schema::Name,
    table: Option<&Table>,
    create: &CreateIndex,
) -> bool {
    let Some(before) = part.run.steps.first().map(|step| &step.before) else { return false };
    let name = table.map_or(name, |table| &table.name);
    before.indexes_of(name).any(|index| same_keys(index, create, part.dialect()))
}

/// Whether it is still there when the migration is done, and after the last one.
fn stays(
    part: &PartFacts<'_>,
    step: &StepFacts<'_>,
    name: &crate::schema::Name,
    create: &CreateIndex,
) -> bool {
    if part.dialect() == Dialect::Mysql {
        return true;
    }
    let table = step.after().table(name).found();
    let in_catalog = |catalog: &crate::schema::Catalog| {
        let now = table.and_then(|table| catalog.became(table)).map_or(name, |table| &table.name);
        catalog.indexes_of(now).any(|index| same_keys(index, create, part.dialect()))
    };
    in_catalog(&part.run.after) && part.replay.end.get(&part.dialect()).is_none_or(in_catalog)
}

fn same_keys(index: &Index, create: &CreateIndex, dialect: Dialect) -> bool {
    let keys = |keys: &[IndexKey]| -> Vec<IndexKey> {
        keys.iter().map(|key| canonical::key(key, dialect)).collect()
    };
    keys(&index.keys) == keys(&create.keys)
}
