//! ADD UNIQUE that builds its index under the lock of ALTER TABLE.

use super::constraints::{called, columns, done_on_postgres, is_partitioned, is_read, waiting};
use super::{Check, Cx, Rule, StepFacts, recipes};
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
        let Some(constraint) = constraint.filter(|_| is_read(step, table)) else { continue };
        let ConstraintKind::Unique { columns: keys, .. } = &constraint.kind else { continue };
        let message = format!(
            "{} until the index of{} on {} is built",
            waiting(step, std::slice::from_ref(table)),
            Some(called(constraint))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| " the constraint".to_owned()),
            columns(keys)
        );
        let of_column = matches!(op.kind, Operation::AddColumn { .. });
        let help = if is_partitioned(step, table) {
            format!(
                "Build a unique index CONCURRENTLY on each partition, make it a constraint there with ADD CONSTRAINT … UNIQUE USING INDEX, then add this one to `{table}`: it takes those over and builds nothing."
            )
        } else if of_column {
            "Add the column without UNIQUE, build the index with CREATE UNIQUE INDEX CONCURRENTLY outside a transaction, then ADD CONSTRAINT … UNIQUE USING INDEX.".to_owned()
        } else {
            "Build the index first with CREATE UNIQUE INDEX CONCURRENTLY, in a migration that runs outside a transaction; then ADD CONSTRAINT … UNIQUE USING INDEX takes it over at once.".to_owned()
        };
        cx.report(step.place(op.span), message)
            .help(help)
            .offer(Safety::Unsafe, recipes::index_first(step, op));
    }
}
