//! CREATE and ADD without IF NOT EXISTS.

use super::rerun::{self, Habit, Means};
use super::{Check, Cx, Rule, StepFacts};
use crate::diagnostic::{Remedy, Safety, Severity};
use crate::ops::Guard;

/// `missing-if-not-exists`.
pub const RULE: Rule = Rule {
    id: "missing-if-not-exists",
    page: include_str!("../../rules/missing-if-not-exists.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if !rerun::is_question(step, cx) {
        return;
    }
    for (index, op) in step.statement().ops.iter().enumerate() {
        if rerun::means_of(step, &op.kind) != (Means::IfNotExists, Guard::None)
            || step.fails_again(index).is_none()
        {
            continue;
        }
        let severity = rerun::severity(&step.part, Severity::Warning, Habit::IfNotExists);
        cx.report(
            step.place(op.span),
            format!("{} fails when the migration is run a second time: it exists then", op.kind.title()),
        )
        .severity(severity)
        .help("Write IF NOT EXISTS before the name.")
        .remedy(Safety::Safe, Remedy::AddGuard);
    }
}
