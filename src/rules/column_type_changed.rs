//! A column is given a type of another kind.

use super::retypes::{Change, change, retypes};
use super::{Check, Cx, Rule, StepFacts};

/// `column-type-changed`.
pub const RULE: Rule = Rule {
    id: "column-type-changed",
    page: include_str!("../../rules/column-type-changed.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for retype in retypes(step).iter().filter(|retype| retype.is_known) {
        let (Some(Change::Differs), Some(old)) = (change(retype, step), retype.old) else {
            continue;
        };
        let message = format!(
            "`{}.{}` becomes {} instead of {old}: code that still reads and writes it as {old} breaks, or takes it for something else",
            retype.table, retype.column, retype.new
        );
        cx.report(retype.place, message).help(
            "Add a column of the new type beside it, let the code write both and read the new one, and drop the old one in a later release.",
        );
    }
}
