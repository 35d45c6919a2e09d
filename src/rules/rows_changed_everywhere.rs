//! UPDATE or DELETE without WHERE.

use super::constraints::{columns, done, is_still_empty};
use super::facts::is_version_table;
use super::{Check, Cx, Rule, StepFacts, recipes};
use crate::diagnostic::{Safety, Severity};
use crate::ops::Operation;
use crate::schema::{Dialect, Name};

/// `rows-changed-everywhere`.
pub const RULE: Rule = Rule {
    id: "rows-changed-everywhere",
    page: include_str!("../../rules/rows-changed-everywhere.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done(step) {
        match &op.kind {
            Operation::Update { table, columns: set, reads, words, limited: false, filter: None, .. }
                if is_kept(step, table) =>
            {
                if !set.is_empty() && set.iter().all(|column| is_still_empty(step, table, column)) {
                    // It is how a new column gets its values; SQLite has one writer at a time anyway.
                    if step.part.dialect() != Dialect::Sqlite {
                        cx.report(
                            step.place(op.span),
                            format!(
                                "every row of `{table}` gets its {} in one batch: each stays locked until all are done",
                                columns(set)
                            ),
                        )
                        .severity(Severity::Advice)
                        .help(if reads.is_empty() && words.is_empty() {
                            "Fill it in batches by the key, each committed by itself; or add the column with the value as its DEFAULT."
                        } else {
                            "Fill it in batches by the key, each committed by itself."
                        })
                        .offer(Safety::Unsafe, recipes::in_batches(step, op));
                    }
                    continue;
                }
                cx.report(step.place(op.span), format!("UPDATE without WHERE changes every row of `{table}`"))
                    .help("Say which rows; where all of them are meant, write WHERE true, or update them in batches by the key.")
                    .offer(Safety::Unsafe, recipes::in_batches(step, op));
            }
            Operation::Delete { table, limited: false, filter: None, .. } if is_kept(step, table) => {
                cx.report(
                    step.place(op.span),
                    format!("DELETE without WHERE takes every row out of `{table}`"),
                )
                .help("Say which rows; where all of them are meant, write WHERE true.");
            }
            _ => {}
        }
    }
}

/// Whether a table has rows, keeps them for longer than the migration, and is not the migrations' own.
fn is_kept(step: &StepFacts<'_>, table: &Name) -> bool {
    let is_dropped = step.part.run.after.table(&step.resolve(table)).is_absent();
    !step.is_free(table) && !step.is_emptied(table) && !is_version_table(&step.part, table) && !is_dropped
}
