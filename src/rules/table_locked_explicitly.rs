//! LOCK TABLE in a mode that keeps writers out.

use super::transactions::{drops_indexes, locks_after, locks_before, makes_or_drops_tables};
use super::{Check, Cx, Rule, StepFacts, words};
use crate::effects::LockMode;
use crate::ops::{Operation, Outcome};
use crate::schema::{Dialect, Name, ObjectKind};

/// `table-locked-explicitly`.
pub const RULE: Rule = Rule {
    id: "table-locked-explicitly",
    page: include_str!("../../rules/table-locked-explicitly.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.dialect() != Dialect::Postgres {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        let Operation::Lock { tables, mode, nowait, .. } = &op.kind else { continue };
        let Some(mode) = LockMode::from_name(mode).filter(|mode| mode.blocks_writes()) else { continue };
        if *outcome != Outcome::Done || *nowait && is_swapped_later(step, tables) {
            continue;
        }
        let names: Vec<Name> =
            step.locked(mode).into_iter().filter(|table| !is_locked_anyway(step, table, mode)).collect();
        if names.is_empty() {
            continue;
        }
        let who = if mode.blocks_reads() { "reads and writes of" } else { "writes to" };
        let message = format!(
            "{mode} lock: {who} {} wait until the transaction has ended",
            words::tables(step, &names)
        );
        cx.report(step.place(op.span), message).help(
            "Leave it out where the statements after it take the locks that they need; else SET LOCAL lock_timeout before it, keep the transaction short, and try again when it gives up.",
        );
    }
}

/// Whether the transaction locks a table as strongly before, or against everybody anyway. What other rules leave to this one is no reason.
fn is_locked_anyway(step: &StepFacts<'_>, table: &Name, mode: LockMode) -> bool {
    let is_left_to_it = |other: &StepFacts<'_>| drops_indexes(other) || makes_or_drops_tables(other);
    let is_lock = |other: &StepFacts<'_>| {
        other.statement().ops.iter().all(|op| matches!(op.kind, Operation::Lock { .. }))
    };
    locks_before(step, table).iter().any(|(other, held)| *held >= mode && !is_left_to_it(other))
        || locks_after(step, table)
            .iter()
            .any(|(other, held)| held.blocks_reads() && !is_left_to_it(other) && !is_lock(other))
}

/// Whether another table takes the place of one of these afterwards: then they have to be locked, and NOWAIT keeps others from queuing.
fn is_swapped_later(step: &StepFacts<'_>, tables: &[Name]) -> bool {
    let locked: Vec<Name> = tables.iter().map(|table| step.resolve(table)).collect();
    step.part.steps().skip(step.at + 1).any(|later| {
        later.statement().ops.iter().any(|op| match &op.kind {
            Operation::Rename { object, .. } => {
                object.kind == ObjectKind::Table && locked.contains(&later.resolve(&object.name))
            }
            Operation::Drop(drop) => {
                drop.kind == ObjectKind::Table
                    && drop.objects.iter().any(|object| locked.contains(&later.resolve(&object.name)))
            }
            _ => false,
        })
    })
}
