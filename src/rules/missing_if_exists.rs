//! DROP without IF EXISTS.

use super::rerun::{Habit, Lacking, Means, report_lacking};
use super::{Check, Cx, Rule, StepFacts};
use crate::diagnostic::Safety;

/// `missing-if-exists`.
pub const RULE: Rule = Rule {
    id: "missing-if-exists",
    page: include_str!("../../rules/missing-if-exists.md"),
    down: true,
    check: Check::Step(check),
};

const LACKING: Lacking = Lacking {
    means: Means::IfExists,
    habit: Habit::IfExists,
    consequence: "fails when it is run a second time: it is gone then",
    help: "Write IF EXISTS before the name.",
    safety: Safety::Safe,
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    report_lacking(step, cx, &LACKING);
}
