//! What is altered, dropped or written to is not there.

use super::refusals::{self, Refusal, Why};
use super::{Check, Cx, Rule, StepFacts};
use crate::ops::{Conflict, Operation};

/// `object-missing`.
pub const RULE: Rule = Rule {
    id: "object-missing",
    page: include_str!("../../rules/object-missing.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for refusal in refusals::refusals(step, Why::Missing) {
        let place = step.place(refusal.op.span);
        let finding = cx.report(place, refusal.message(step.part.dialect())).help(help(&refusal));
        refusal.told(finding, did(&refusal));
    }
}

fn did(refusal: &Refusal<'_>) -> &'static str {
    let any = |is: fn(&Operation) -> bool| refusal.cause_ops().any(is);
    if any(|operation| operation.words().starts_with("DROP")) {
        "it was dropped here"
    } else if any(|operation| operation.words().contains("RENAME")) {
        "it got another name here"
    } else if any(|operation| matches!(operation, Operation::SetSchema { .. })) {
        "it went to another schema here"
    } else if any(|operation| operation.words().starts_with("CREATE")) {
        "this made it otherwise"
    } else {
        "this left it out"
    }
}

fn help(refusal: &Refusal<'_>) -> &'static str {
    match (&refusal.op.kind, &refusal.conflict) {
        (
            Operation::Drop(_) | Operation::DropColumn { .. } | Operation::DropConstraint { .. },
            Conflict::Missing(_),
        ) => "Leave the statement out if it is gone already; else write the name that it has now.",
        _ => "Write the name that it has now, or make it first.",
    }
}
