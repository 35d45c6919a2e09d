//! CREATE VIEW, FUNCTION, TRIGGER, … without OR REPLACE.

use super::rerun::{self, Habit, Means};
use super::{Check, Cx, Rule, StepFacts};
use crate::diagnostic::{Remedy, Safety, Severity};
use crate::ops::Guard;

/// `missing-or-replace`.
pub const RULE: Rule = Rule {
    id: "missing-or-replace",
    page: include_str!("../../rules/missing-or-replace.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if !rerun::is_question(step, cx) {
        return;
    }
    for (index, op) in step.statement().ops.iter().enumerate() {
        if rerun::means_of(step, &op.kind) != (Means::OrReplace, Guard::None)
            || step.fails_again(index).is_none()
        {
            continue;
        }
        let severity = rerun::severity(&step.part, Severity::Warning, Habit::OrReplace);
        cx.report(
            step.place(op.span),
            format!("{} fails when the migration is run a second time: it exists then", op.kind.title()),
        )
        .severity(severity)
        .help("Write CREATE OR REPLACE.")
        .remedy(Safety::Unsafe, Remedy::AddGuard);
    }
}
