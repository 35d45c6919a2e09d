//! A new constraint of a domain that is asked of every row of every table that has a column of it.

use super::constraints::{done_on_postgres, waiting};
use super::{Check, Cx, Rule, StepFacts};
use crate::effects::LockMode;
use crate::ops::{AlterDomain, Operation};
use crate::schema::Name;

/// `domain-check-scans`.
pub const RULE: Rule = Rule {
    id: "domain-check-scans",
    page: include_str!("../../rules/domain-check-scans.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done_on_postgres(step) {
        let Operation::AlterDomain { name, change } = &op.kind else { continue };
        let (what, help) = match change {
            AlterDomain::AddConstraint(constraint) if !constraint.not_valid => (
                "the new constraint of",
                "Add it NOT VALID: new values are held to it at once, and no table is read. VALIDATE CONSTRAINT takes the same lock for the same time, so look for values that break it with a SELECT, and validate in a quiet hour.",
            ),
            AlterDomain::SetNotNull => (
                "NOT NULL of",
                "Add CHECK (VALUE IS NOT NULL) NOT VALID to the domain instead: new values are held to it at once, and no table is read.",
            ),
            _ => continue,
        };
        let read: Vec<Name> = step
            .locked(LockMode::Share)
            .into_iter()
            .filter(|table| step.effects().scans.contains(table) && !step.is_emptied(table))
            .collect();
        if read.is_empty() {
            continue;
        }
        let message =
            format!("{} until every row has been checked against {what} `{name}`", waiting(step, &read));
        cx.report(step.place(op.span), message).help(help);
    }
}
