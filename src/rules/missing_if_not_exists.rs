//! CREATE and ADD without IF NOT EXISTS.

use super::rerun::{Habit, Lacking, Means, report_lacking};
use super::{Check, Cx, Rule, StepFacts};
use crate::diagnostic::Safety;

/// `missing-if-not-exists`.
pub const RULE: Rule = Rule {
    id: "missing-if-not-exists",
    page: include_str!("../../rules/missing-if-not-exists.md"),
    down: false,
    check: Check::Step(check),
};

const LACKING: Lacking = Lacking {
    means: Means::IfNotExists,
    habit: Habit::IfNotExists,
    consequence: "fails when the migration is run a second time: it exists then",
    help: "Write IF NOT EXISTS before the name.",
    safety: Safety::Safe,
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    report_lacking(step, cx, &LACKING);
}
