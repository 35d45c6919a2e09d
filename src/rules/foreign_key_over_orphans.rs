//! A foreign key over columns that have values already, and nobody looked whether they all refer to something.

use super::constraints::{
    columns, done, held_before, is_checked_at_once, is_emptied, is_looked_at_before, is_new_column,
};
use super::{Check, Cx, Rule, StepFacts};
use crate::ops::Operation;

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
            || is_emptied(step, table)
            || key.columns.iter().any(|column| is_new_column(step, table, column))
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
            "Delete or mend those rows first: SELECT … FROM {table} WHERE NOT EXISTS (SELECT … FROM {} …) finds them.",
            key.table
        ));
    }
}
