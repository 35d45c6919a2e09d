//! ADD UNIQUE that builds its index under the lock of ALTER TABLE.

use super::constraints::{
    called, columns, done_on_postgres, is_partitioned, is_read, is_rewritten_by_another, waiting,
};
use super::{Check, Cx, Rule, StepFacts, recipes, words};
use crate::diagnostic::Safety;
use crate::ops::Operation;
use crate::schema::{Constraint, ConstraintKind};

/// `unique-blocks`.
pub const RULE: Rule = Rule {
    id: "unique-blocks",
    page: include_str!("../../rules/unique-blocks.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    let builds = |one: &&Constraint| matches!(one.kind, ConstraintKind::Unique { using_index: None, .. });
    for op in done_on_postgres(step) {
        let (table, constraint) = match &op.kind {
            Operation::AddConstraint { table, constraint } => {
                (&table.name, Some(&**constraint).filter(builds))
            }
            Operation::AddColumn { table, def, .. } => (&table.name, def.constraints.iter().find(builds)),
            _ => continue,
        };
        // Where another action writes the table anew, every index is built anew with it.
        let Some(constraint) =
            constraint.filter(|_| is_read(step, table) && !is_rewritten_by_another(step, op, table))
        else {
            continue;
        };
        let ConstraintKind::Unique { columns: keys, nulls_not_distinct, .. } = &constraint.kind else {
            continue;
        };
        let message = format!(
            "{} until the index of{} on {} is built",
            waiting(step, std::slice::from_ref(table)),
            Some(called(constraint))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| " the constraint".to_owned()),
            columns(keys)
        );
        let of_column = matches!(op.kind, Operation::AddColumn { .. });
        let nulls = if *nulls_not_distinct { ", with NULLS NOT DISTINCT," } else { "" };
        let place = words::outside_a_transaction(step);
        let help = if is_partitioned(step, table) {
            format!(
                "Build a unique index CONCURRENTLY{nulls} on each partition {place}. Make it a constraint there with ADD CONSTRAINT … UNIQUE USING INDEX, then add this one to `{table}`: it takes those over and builds nothing."
            )
        } else {
            let first = if of_column {
                "Add the column without UNIQUE. Build the index"
            } else {
                "Build the index first"
            };
            format!(
                "{first} with CREATE UNIQUE INDEX CONCURRENTLY{nulls} {place}. ADD CONSTRAINT … UNIQUE USING INDEX then takes it over at once."
            )
        };
        cx.report(step.place(op.span), message)
            .help(help)
            .offer(Safety::Unsafe, recipes::index_first(step, op));
    }
}
