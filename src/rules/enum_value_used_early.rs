//! A label of an enum, used in the transaction that added it.

use super::{Check, Cx, PartFacts, Rule, StepFacts};
use crate::ops::{self, AlterType, NewLabel, Op, Operation, Outcome, Transaction};
use crate::text::Place;

/// `enum-value-used-early`.
pub const RULE: Rule = Rule {
    id: "enum-value-used-early",
    page: include_str!("../../rules/enum-value-used-early.md"),
    down: true,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    // After the first refusal nothing of the transaction runs.
    let mut told: Vec<NewLabel> = Vec::new();
    for step in part.steps() {
        for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
            let Some(used) = used(&step, op, outcome) else { continue };
            if told.iter().any(|known| known.ty == used.ty && known.label == used.label) {
                continue;
            }
            let message = format!(
                "{} is refused: value '{}' of type `{}` is new in this transaction and cannot be used before COMMIT (SQLSTATE 55P04)",
                op.kind.title(),
                used.label,
                used.ty
            );
            let help = match step.transaction() {
                Transaction::Explicit(_) if !step.part.tool().records => {
                    "Put COMMIT and BEGIN between the two, or add the value in a migration of its own before this one."
                }
                _ => "Add the value in a migration of its own that runs before this one.",
            };
            let finding = cx.report(step.place(op.span), message).help(help);
            if let Some(place) = added(&step, &used) {
                finding.related(place, format!("'{}' is added here", used.label));
            }
            told.push(used);
        }
    }
}

/// The label that an operation uses too early: because the server would refuse it, or because it writes it where no other type is known to
/// be wanted.
fn used(step: &StepFacts<'_>, op: &Op, outcome: &Outcome) -> Option<NewLabel> {
    if !step.in_transaction() && step.statement().within.is_none() {
        return None;
    }
    let refused = match outcome {
        Outcome::Refused(conflict) => conflict.sqlstate() == "55P04",
        Outcome::Done => step.statement().when.is_empty(),
        Outcome::Skipped { .. } => false,
    };
    let used = ops::new_label_used(step.before(), &step.step().session, &op.kind);
    used.filter(|used| refused && (!used.certain || outcome.conflict().is_some()))
}

/// Where it was added.
fn added(step: &StepFacts<'_>, used: &NewLabel) -> Option<Place> {
    let earlier = step.part.steps().take(step.at);
    earlier
        .filter_map(|before| {
            let adds = |op: &&Op| match &op.kind {
                Operation::AlterType { name, change: AlterType::AddValue { label, .. } } => {
                    *label == used.label && name.ident == used.ty.ident
                }
                _ => false,
            };
            before.statement().ops.iter().find(adds).map(|op| before.place(op.span))
        })
        .last()
}
