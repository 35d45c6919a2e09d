//! ADD COLUMN of a domain that has constraints.

use super::written_columns::written;
use super::{Check, Cx, Rule, StepFacts};
use crate::effects::Filled;

/// `constrained-domain-column`.
pub const RULE: Rule = Rule {
    id: "constrained-domain-column",
    page: include_str!("../../rules/constrained-domain-column.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for new in written(step) {
        let (Filled::Domain, Some(ty)) = (&new.why, &new.def.column.ty) else { continue };
        let message = format!(
            "`{ty}` is a domain with a constraint: adding `{}` asks it of every row of {} and writes them all anew, default or not; reads and writes wait until that is done",
            new.def.column.name, new.table
        );
        cx.report(new.place, message).help(
            "Add the column with the type that the domain is made of, and the domain's condition as a CHECK of the table: NOT VALID first, VALIDATE CONSTRAINT in a later transaction.",
        );
    }
}
