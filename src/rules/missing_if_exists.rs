//! DROP without IF EXISTS.

use super::rerun::{self, Habit, Means};
use super::{Check, Cx, Rule, StepFacts};
use crate::diagnostic::{Remedy, Safety, Severity};
use crate::ops::Guard;

/// `missing-if-exists`.
pub const RULE: Rule = Rule {
    id: "missing-if-exists",
    page: include_str!("../../rules/missing-if-exists.md"),
    down: true,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if !rerun::is_question(step, cx) {
        return;
    }
    for (index, op) in step.statement().ops.iter().enumerate() {
        if rerun::means_of(step, &op.kind) != (Means::IfExists, Guard::None)
            || step.fails_again(index).is_none()
        {
            continue;
        }
        let severity = rerun::severity(&step.part, Severity::Warning, Habit::IfExists);
        cx.report(
            step.place(op.span),
            format!("{} fails when it is run a second time: it is gone then", op.kind.title()),
        )
        .severity(severity)
        .help("Write IF EXISTS before the name.")
        .remedy(Safety::Safe, Remedy::AddGuard);
    }
}
