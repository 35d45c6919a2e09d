//! ADD EXCLUDE, which builds its index under the lock of ALTER TABLE.

use super::constraints::{called, done_on_postgres, is_read, waiting};
use super::{Check, Cx, Rule, StepFacts};
use crate::ops::Operation;
use crate::schema::ConstraintKind;

/// `exclusion-blocks`.
pub const RULE: Rule = Rule {
    id: "exclusion-blocks",
    page: include_str!("../../rules/exclusion-blocks.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done_on_postgres(step) {
        let Operation::AddConstraint { table, constraint } = &op.kind else { continue };
        if !matches!(constraint.kind, ConstraintKind::Exclude(_)) || !is_read(step, &table.name) {
            continue;
        }
        let name = called(constraint);
        let message = format!(
            "{} until the index of{} is built",
            waiting(step, std::slice::from_ref(&table.name)),
            if name.is_empty() { " the EXCLUDE constraint" } else { &name }
        );
        cx.report(step.place(op.span), message).help(
            "PostgreSQL has neither NOT VALID nor USING INDEX for EXCLUDE: run it when the table is quiet, with a lock_timeout, or make a new table with the constraint and move the rows over.",
        );
    }
}
