//! CREATE VIEW, FUNCTION, TRIGGER, … without OR REPLACE.

use super::rerun::{Habit, Lacking, Means, report_lacking};
use super::{Check, Cx, Rule, StepFacts};
use crate::diagnostic::Safety;

/// `missing-or-replace`.
pub const RULE: Rule = Rule {
    id: "missing-or-replace",
    page: include_str!("../../rules/missing-or-replace.md"),
    down: false,
    check: Check::Step(check),
};

const LACKING: Lacking = Lacking {
    means: Means::OrReplace,
    habit: Habit::OrReplace,
    consequence: "fails when the migration is run a second time: it exists then",
    help: "Write CREATE OR REPLACE.",
    safety: Safety::Unsafe,
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    report_lacking(step, cx, &LACKING);
}
