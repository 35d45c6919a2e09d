//! ADD CHECK that checks the rows at once.

use super::constraints::{called, done_on_postgres, is_checked_at_once, is_read, is_rewritten, waiting};
use super::{Check, Cx, Rule, StepFacts, recipes};
use crate::diagnostic::Safety;
use crate::ops::Operation;
use crate::schema::{Constraint, ConstraintKind};

/// `check-blocks`.
pub const RULE: Rule = Rule {
    id: "check-blocks",
    page: include_str!("../../rules/check-blocks.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    let reads = |one: &&Constraint| matches!(one.kind, ConstraintKind::Check(_)) && is_checked_at_once(one);
    for op in done_on_postgres(step) {
        let (table, constraint, column) = match &op.kind {
            Operation::AddConstraint { table, constraint } => {
                (&table.name, Some(&**constraint).filter(reads), None)
            }
            Operation::AddColumn { table, def, .. } => {
                (&table.name, def.constraints.iter().find(reads), Some(&def.column.name))
            }
            _ => continue,
        };
        // What a rewrite of the table looks at on its way is no harm of its own.
        let Some(constraint) = constraint.filter(|_| is_read(step, table) && !is_rewritten(step, table))
        else {
            continue;
        };
        let by = called(constraint);
        let message = format!(
            "{} until every row has been checked against{}",
            waiting(step, std::slice::from_ref(table)),
            if by.is_empty() { " the new CHECK" } else { &by }
        );
        let help = match column {
            Some(column) => format!(
                "Add `{column}` without the CHECK, then the CHECK as a constraint NOT VALID, and VALIDATE CONSTRAINT it in a later migration."
            ),
            None => "Add it NOT VALID, which reads nothing, and VALIDATE CONSTRAINT it in a later migration: that reads the rows while reads and writes go on.".to_owned(),
        };
        cx.report(step.place(op.span), message)
            .help(help)
            .offer(Safety::Unsafe, recipes::validate_later(step, op));
    }
}
