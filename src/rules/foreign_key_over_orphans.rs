//! A foreign key over columns that have values already, and nobody looked whether they all refer to something.

use super::constraints::{
    columns, done, held_before, is_checked_at_once, is_looked_at_before, is_new_column,
};
use super::words::sql;
use super::{Check, Cx, Rule, StepFacts};
use crate::history::replay::PartRun;
use crate::ops::Operation;
use crate::schema::{Ident, Name};

/// `foreign-key-over-orphans`.
pub const RULE: Rule = Rule {
    id: "foreign-key-over-orphans",
    page: include_str!("../../rules/foreign-key-over-orphans.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done(step) {
        let Operation::AddConstraint { table, constraint } = &op.kind else { continue };
        let table = &table.name;
        let Some(key) = constraint.kind.foreign_key().filter(|_| is_checked_at_once(constraint)) else {
            continue;
        };
        if step.is_free(table)
            || step.lack(op).is_some()
            || step.is_emptied(table)
            || key
                .columns
                .iter()
                .any(|column| is_new_column(step, table, column) || is_just_added(step, table, column))
            || is_looked_at_before(step, table, &key.columns)
            || held_before(step, table, key)
        {
            continue;
        }
        let message = format!(
            "{} fails if one row of `{table}` has a {} that `{}` has not, and nothing before it in the migration looks for such rows",
            op.kind.title(),
            columns(&key.columns),
            key.table
        );
        cx.report(step.place(op.span), message).help(format!(
            "Delete or mend those rows first: SELECT … FROM {} WHERE NOT EXISTS (SELECT … FROM {} …) finds them.",
            sql(step, table),
            sql(step, &key.table)
        ));
    }
}

/// Whether the migration just before added a column so that it is NULL in every row, and nothing has filled it since. What is older
/// than that the application may have filled.
fn is_just_added(step: &StepFacts<'_>, table: &Name, column: &Ident) -> bool {
    let Some(table) = step.table(table).found() else { return false };
    // A migration in another language may stand between.
    let Some(last) = step.part.earlier().last().filter(|_| step.part.replay.sequence.unread.is_empty())
    else {
        return false;
    };
    let member = table.column(column.key()).found();
    member.is_some_and(|member| {
        !member.filled
            && !member.defaulted
            && !member.column.fills()
            && member.made.is_some_and(|made| {
                let with_table =
                    table.made.is_some_and(|table| table.file == made.file && table.span.contains(made.span));
                !with_table && made.file == last.up.part.file
            })
    }) && !puts_rows_in(&last.up, &table.name)
        && !puts_rows_in(step.part.run, &table.name)
}

/// Whether a part puts rows into a table of that name.
fn puts_rows_in(run: &PartRun, name: &Name) -> bool {
    let ops = run.script.statements.iter().flat_map(|statement| &statement.ops);
    let mut targets = ops.filter_map(|op| match &op.kind {
        Operation::Insert(insert) => Some(&insert.table),
        Operation::Merge { table } | Operation::Copy { table: Some(table), from: true } => Some(table),
        _ => None,
    });
    targets.any(|table| table.ident == name.ident)
}
