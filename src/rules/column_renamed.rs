//! RENAME COLUMN of a column that stood before.

use super::{Check, Cx, Rule, StepFacts, recipes, stood};
use crate::diagnostic::Safety;
use crate::ops::{AlterType, Op, Operation};
use crate::schema::{Dialect, Ident, Lookup, Name, Relation, TypeKind};

/// `column-renamed`.
pub const RULE: Rule = Rule {
    id: "column-renamed",
    page: include_str!("../../rules/column-renamed.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in stood::done(step) {
        match &op.kind {
            Operation::RenameColumn { table, from, to } => {
                let asserted = stood::asserts(step, table.if_exists);
                if from == to || !stood::column(step, &table.name, from, asserted) {
                    continue;
                }
                let name = step.resolve(&table.name);
                let renamed_before = stood::first_column(step, op, &name, from) != *from;
                if renamed_before
                    || is_back(step, op, &name, from)
                    || takes_place(step, op, &name, to)
                    || stood::is_called_otherwise(step, op, &name)
                {
                    continue;
                }
                let mut finding = cx
                    .report(
                        step.place(op.span),
                        format!("`{name}.{from}` is called `{to}` from here on: running code that says `{from}` fails"),
                    )
                    .help(help(step, to))
                    .offer(Safety::Show, recipes::rename_column(step, op).filter(|_| step.part.dialect() == Dialect::Postgres));
                for (function, made) in stood::bodies(&step.part, &[name.text(), from.text()]) {
                    finding = finding
                        .related(made, format!("`{function}` names `{name}` and `{from}` in its body"));
                }
                for view in step.part.run.after.views() {
                    let stale =
                        step.part.dialect() == Dialect::Mysql && view.uses(&name, from.key()) == Some(true);
                    if let Some(made) = view.made.filter(|_| stale) {
                        finding = finding.related(made, format!("view `{}` still reads `{from}`", view.name));
                    }
                }
            }
            Operation::AlterType { name, change: AlterType::RenameAttribute { from, to } } => {
                let end = step.part.run.after.type_entry(&step.resolve(name));
                let is_back = end.found().is_some_and(|entry| match &entry.kind {
                    TypeKind::Composite(attributes) => attributes.iter().any(|(known, _)| known == from),
                    TypeKind::Enum(_) | TypeKind::Domain { .. } | TypeKind::Other(_) => false,
                });
                if stood::type_entry(step, name, stood::asserts(step, false)) && !is_back {
                    cx.report(
                        step.place(op.span),
                        format!("`{name}.{from}` is called `{to}` from here on: running code that says `{from}` fails"),
                    )
                    .help("Add an attribute of the new name beside the old one, and drop that in a later migration.");
                }
            }
            _ => {}
        }
    }
}

fn help(step: &StepFacts<'_>, to: &Ident) -> String {
    match step.part.dialect() {
        Dialect::Postgres | Dialect::Mysql => format!(
            "Add `{to}` beside it, write both, fill it for the old rows, and drop the old one in a later migration; or leave the table's old name to a view that has the old column."
        ),
        Dialect::Sqlite => format!(
            "Add `{to}` beside it, write both, fill it for the old rows, and drop the old one in a later migration."
        ),
    }
}

/// Whether who asks for the old name still finds it when the migration is through: in the table itself, or in a view that has the name
/// that the table had.
fn is_back(step: &StepFacts<'_>, op: &Op, name: &Name, from: &Ident) -> bool {
    let names = [name.clone(), stood::first_name(step, op, name)];
    names.iter().any(|name| match step.part.run.after.relation(name) {
        Lookup::Found(Relation::Table(table)) => table.column(from.key()).found().is_some(),
        Lookup::Found(Relation::View(view)) => {
            view.outputs().is_some_and(|columns| columns.iter().any(|column| column.name == *from))
        }
        Lookup::Found(Relation::Index(_) | Relation::Sequence(_)) | Lookup::Absent | Lookup::Unknown => false,
    })
}

/// Whether the new name was another column's before this change, which made way for it.
fn takes_place(step: &StepFacts<'_>, op: &Op, name: &Name, to: &Ident) -> bool {
    let first = stood::first_name(step, op, name);
    let before = stood::before_change(step).table(&first).and_then(|table| table.column(to.key()));
    let now = step.before().table(name).and_then(|table| table.column(to.key()));
    now.is_absent() && !before.is_absent()
}
