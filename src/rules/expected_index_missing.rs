//! A new column of a name that the team wants indexed, and no index has it.

use super::missing_index::index_for;
use super::new_columns::{NewColumn, new_columns};
use super::{Check, Cx, PartFacts, Rule, StepFacts, words};
use crate::diagnostic::{Remedy, Safety};
use crate::history::Wrap;
use crate::ops::Operation;
use crate::schema::{Catalog, ConstraintKind, Dialect, Family, Ident, Index, Table};

/// `expected-index-missing`.
pub const RULE: Rule = Rule {
    id: "expected-index-missing",
    page: include_str!("../../rules/expected-index-missing.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let wanted = &part.settings.indexed_columns;
    if wanted.is_empty() {
        return;
    }
    let end = part.replay.end.get(&part.dialect());
    for column in new_columns(part) {
        let name = &column.column().name;
        // MySQL has indexes in its CREATE TABLE.
        let beside = match &column.op.kind {
            Operation::CreateTable(create) => {
                create.indexes.iter().flat_map(|index| &index.keys).any(|key| key.expr.reads(name.key()))
            }
            _ => false,
        };
        if beside
            || !wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(name.text()))
            || has_index(&part.run.after, column.table, name)
            || end.is_some_and(|end| has_index(end, column.last, name))
            || part.run.is_unread_after(column.step)
            || part.settings.is_small(&column.table.name)
        {
            continue;
        }
        report(part, &column, cx);
    }
}

/// Whether an index has a column among its keys, wherever, or in its condition.
fn has_index(catalog: &Catalog, table: &Table, column: &Ident) -> bool {
    let parents = table.parents.iter().filter_map(|parent| catalog.table(parent).found());
    let reads = |index: &Index| index.exprs().any(|expr| expr.reads(column.key()));
    let by_key = |table: &Table| {
        table.constraints.iter().any(|(_, constraint)| match &constraint.kind {
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Exclude(_) => constraint.kind.reads(column),
            // It brings its index there.
            ConstraintKind::ForeignKey(_) => {
                catalog.dialect == Dialect::Mysql && constraint.kind.reads(column)
            }
            ConstraintKind::Check(_) | ConstraintKind::NotNull(_) => false,
        })
    };
    std::iter::once(table)
        .chain(parents)
        .any(|owner| by_key(owner) || catalog.indexes_of(&owner.name).any(reads))
}

fn report(part: &PartFacts<'_>, column: &NewColumn<'_>, cx: &mut Cx<'_>) {
    let (name, table) = (&column.column().name, &column.table.name);
    let step = StepFacts { part: *part, at: column.step };
    let is_new = column
        .table
        .made
        .is_some_and(|made| made.file == part.run.part.file || part.new_files.contains(&made.file));
    let stands = part.dialect() == Dialect::Postgres && !is_new;
    let alone = part.run.part.wrap == Wrap::Nobody && !step.in_transaction();
    let help = if stands {
        let place = words::outside_a_transaction(&step);
        format!("Build one with CREATE INDEX CONCURRENTLY on `{table}` ({name}) {place}.")
    } else {
        format!("Add an index on `{table}` ({name}).")
    };
    let finding = cx
        .report(
            column.place(part),
            format!(
                "no index of `{table}` has `{name}`, which `indexed-columns` of gander.toml wants indexed"
            ),
        )
        .help(help);
    let sorted = column.column().ty.as_ref().is_none_or(|ty| ty.family() != Family::Json && ty.name != "xml");
    if step.statement().within.is_none() && sorted && (!stands || alone) {
        let written = match &column.op.kind {
            Operation::CreateTable(create) => create.name.clone(),
            Operation::AddColumn { table, .. } => table.name.clone(),
            _ => table.clone(),
        };
        let columns = std::slice::from_ref(name);
        let create = index_for(&step, column.op, (column.table, written), columns, stands);
        finding.remedy(Safety::Unsafe, Remedy::After(vec![Operation::CreateIndex(Box::new(create))]));
    }
}
