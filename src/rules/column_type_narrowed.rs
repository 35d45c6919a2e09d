//! A column is given a type that cannot hold all of its old values.

use super::retypes::{Change, Misfit, change, retypes};
use super::{Check, Cx, Rule, StepFacts};

/// `column-type-narrowed`.
pub const RULE: Rule = Rule {
    id: "column-type-narrowed",
    page: include_str!("../../rules/column-type-narrowed.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for retype in retypes(step).iter().filter(|retype| retype.is_known) {
        let (Some(Change::Narrows(misfit)), Some(old)) = (change(retype, step), retype.old) else {
            continue;
        };
        let becomes = format!("`{}.{}` becomes {} instead of {old}", retype.table, retype.column, retype.new);
        let (message, help) = match misfit {
            Misfit::Fails(value) => (
                format!("{becomes}: the change fails at {value}, and so does every later write of one"),
                "Look for such values and decide what becomes of them before this migration; stop the code that writes them first.",
            ),
            Misfit::Loses(what) => (
                format!("{becomes}: every value loses {what} without a word"),
                "Make sure that nobody needs what is lost, or keep the old column until that is known.",
            ),
        };
        cx.report(retype.place, message).help(help);
    }
}
