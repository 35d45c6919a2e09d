//! ADD COLUMN of a serial type, or as an identity.

use super::written_columns::written;
use super::{Check, Cx, Rule, StepFacts, recipes};
use crate::diagnostic::Safety;
use crate::effects::Filled;

/// `serial-column-rewrites`.
pub const RULE: Rule = Rule {
    id: "serial-column-rewrites",
    page: include_str!("../../rules/serial-column-rewrites.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for new in written(step) {
        let what = match new.why {
            Filled::Serial => "as a serial",
            Filled::Identity => "as an identity",
            Filled::Generated | Filled::Domain | Filled::Volatile { .. } | Filled::Constant => continue,
        };
        let message = format!(
            "adding `{}` {what} numbers every row of {} and writes it anew: reads and writes wait until that is done",
            new.def.column.name, new.table
        );
        cx.report(new.place, message).help(
            "Add a plain nullable column, make the sequence and set it as the default of new rows, and number the old rows in batches.",
        )
        .offer(Safety::Unsafe, recipes::fill_later(step, new.op));
    }
}
