//! What is made, or renamed to, is there already.

use super::refusals::{self, Refusal, Why};
use super::{Check, Cx, Rule, StepFacts};
use crate::ops::{AlterColumn, Operation};

/// `object-exists`.
pub const RULE: Rule = Rule {
    id: "object-exists",
    page: include_str!("../../rules/object-exists.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for refusal in refusals::refusals(step, Why::Exists) {
        let place = step.place(refusal.op.span);
        let finding = cx
            .report(place, refusal.message(step.part.dialect()))
            .label("it is there already")
            .help(help(&refusal.op.kind));
        refusal.told(finding, did(&refusal));
    }
}

fn did(refusal: &Refusal<'_>) -> &'static str {
    let renames = |operation: &Operation| {
        matches!(
            operation,
            Operation::Rename { .. }
                | Operation::RenameColumn { .. }
                | Operation::RenameConstraint { .. }
                | Operation::SetSchema { .. }
        )
    };
    let makes = |operation: &Operation| {
        matches!(operation, Operation::AddColumn { .. } | Operation::AddConstraint { .. })
            || matches!(operation, Operation::AlterColumn { change: AlterColumn::AddIdentity { .. }, .. })
            || operation.words().starts_with("CREATE")
            || operation.words().contains(" ADD ")
    };
    if refusal.cause_ops().any(renames) {
        "it got this name here"
    } else if refusal.cause_ops().any(makes) {
        "it was made here"
    } else {
        "it was there already here"
    }
}

fn help(operation: &Operation) -> &'static str {
    match operation {
        Operation::Rename { .. }
        | Operation::RenameColumn { .. }
        | Operation::RenameConstraint { .. }
        | Operation::SetSchema { .. } => "Choose another name, or drop or rename what has this one first.",
        Operation::AddColumn { .. } => {
            "Leave the statement out if the column is the same; else change the one that is there with ALTER COLUMN, or drop it first."
        }
        _ => {
            "Leave the statement out if it makes the same; else choose another name, or drop or rename first what has this one."
        }
    }
}
