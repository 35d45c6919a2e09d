//! Which statements of a part are committed together, and what the others of them lock.

use super::stood::renamed;
use super::{PartFacts, StepFacts};
use crate::effects::LockMode;
use crate::ops::{Op, Operation, Outcome};
use crate::schema::{Name, ObjectKind};

/// The statements of a part in the transactions that they run in, one after the other. What runs outside of any is alone; what stands in
/// a DO block is with it.
pub fn transactions<'a>(part: &PartFacts<'a>) -> Vec<Vec<StepFacts<'a>>> {
    let mut all: Vec<Vec<StepFacts<'a>>> = Vec::new();
    for step in part.steps() {
        match all.last_mut() {
            Some(last) if last.last().is_some_and(|before| is_joined(before, &step)) => last.push(step),
            Some(_) | None => all.push(vec![step]),
        }
    }
    all
}

/// Whether a statement runs in the transaction of the one just before it.
fn is_joined(before: &StepFacts<'_>, step: &StepFacts<'_>) -> bool {
    let ops = || before.statement().ops.iter();
    let ends = ops().any(|op| matches!(op.kind, Operation::Commit { .. } | Operation::Rollback { .. }));
    let opens_block = ops().any(|op| matches!(op.kind, Operation::Do));
    let inside = |step: &StepFacts<'_>| step.in_transaction() || step.statement().within.is_some();
    !ends && (inside(before) || opens_block) && inside(step)
}

/// Whether anything but its end comes after a statement in its transaction.
pub fn goes_on(step: &StepFacts<'_>) -> bool {
    let next = StepFacts { part: step.part, at: step.at + 1 };
    let ends = |op: &Op| matches!(op.kind, Operation::Commit { .. } | Operation::Rollback { .. });
    next.at < step.part.statements().len() && is_joined(step, &next) && !next.statement().ops.iter().all(ends)
}

/// The statements before this one in its transaction that lock a table for certain, and how, the nearest first; whatever the table was
/// called then. What came before a ROLLBACK TO is left out: it may have let the lock go.
pub fn locks_before<'a>(step: &StepFacts<'a>, table: &Name) -> Vec<(StepFacts<'a>, LockMode)> {
    let (mut name, mut found) = (step.resolve(table), Vec::new());
    for at in (0..step.at).rev() {
        let (other, next) = (StepFacts { part: step.part, at }, StepFacts { part: step.part, at: at + 1 });
        if !is_joined(&other, &next) || rolls_back(&other) {
            break;
        }
        for (from, to) in renames(&other) {
            if to == name {
                name = from;
            }
        }
        found.extend(lock_on(&other, &name).map(|mode| (other, mode)));
    }
    found
}

/// The same of the statements after this one.
pub fn locks_after<'a>(step: &StepFacts<'a>, table: &Name) -> Vec<(StepFacts<'a>, LockMode)> {
    let (mut name, mut found) = (step.resolve(table), Vec::new());
    for at in step.at + 1..step.part.statements().len() {
        let (before, other) = (StepFacts { part: step.part, at: at - 1 }, StepFacts { part: step.part, at });
        if !is_joined(&before, &other) || rolls_back(&other) {
            break;
        }
        for (from, to) in renames(&before) {
            if from == name {
                name = to;
            }
        }
        found.extend(lock_on(&other, &name).map(|mode| (other, mode)));
    }
    found
}

/// Whether the transaction has locked a table against everybody before this statement.
pub fn is_held(step: &StepFacts<'_>, table: &Name) -> bool {
    locks_before(step, table).iter().any(|(_, mode)| mode.blocks_reads())
}

/// Whether a statement does nothing but drop indexes.
pub fn drops_indexes(step: &StepFacts<'_>) -> bool {
    let is_index = |op: &Op| matches!(&op.kind, Operation::Drop(drop) if drop.kind == ObjectKind::Index);
    step.statement().ops.iter().all(is_index)
}

/// Whether a statement makes tables or drops them: of a partition, that locks the partitioned table.
pub fn makes_or_drops_tables(step: &StepFacts<'_>) -> bool {
    let is_table = |op: &Op| match &op.kind {
        Operation::CreateTable(_) => true,
        Operation::Drop(drop) => drop.kind == ObjectKind::Table,
        _ => false,
    };
    step.statement().ops.iter().all(is_table)
}

// Where a condition stands before it, nobody knows whether it runs.
fn lock_on(step: &StepFacts<'_>, table: &Name) -> Option<LockMode> {
    step.effects().locks.get(table).copied().filter(|_| step.statement().when.is_empty())
}

fn rolls_back(step: &StepFacts<'_>) -> bool {
    step.statement().ops.iter().any(|op| matches!(op.kind, Operation::RollbackTo(_)))
}

/// From which names to which a statement renames or moves things.
pub fn renames(step: &StepFacts<'_>) -> Vec<(Name, Name)> {
    let both = step.statement().ops.iter().zip(&step.step().outcomes);
    let done = both.filter(|(_, outcome)| **outcome == Outcome::Done);
    done.filter_map(|(op, _)| renamed(step.step(), op)).collect()
}
