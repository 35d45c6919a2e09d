//! Dropping the referencing side of a foreign key locks the table that it refers to.

use super::constraints::{done_on_postgres, earlier, waiting};
use super::transactions::locks_after;
use super::words::tables;
use super::{Check, Cx, Rule, StepFacts};
use crate::effects::LockMode;
use crate::ops::{Op, Operation};
use crate::schema::{ForeignKey, Ident, Name, ObjectKind, Table};

/// `drop-locks-referenced`.
pub const RULE: Rule = Rule {
    id: "drop-locks-referenced",
    page: include_str!("../../rules/drop-locks-referenced.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    // What the transaction has locked already waits no longer for this.
    let mut held: Vec<Name> = earlier(step)
        .filter(|earlier| step.shares_transaction(earlier))
        .flat_map(|earlier| earlier.locked(LockMode::AccessExclusive))
        .collect();
    for op in done_on_postgres(step) {
        let parents = referenced(step, op);
        let gone = |name: &Name| step.part.run.after.table(name).is_absent();
        let locked = step.locked(LockMode::AccessExclusive);
        let parents: Vec<Name> = parents
            .into_iter()
            .filter(|parent| locked.contains(parent) && !held.contains(parent) && !gone(parent))
            .filter(|parent| !is_locked_later(step, parent))
            .collect();
        if parents.is_empty() {
            continue;
        }
        held.extend(parents.iter().cloned());
        let message = format!(
            "{} for {} too: a foreign key to {} goes with it",
            waiting(step, &parents),
            op.kind.title(),
            tables(step, &parents)
        );
        cx.report(step.place(op.span), message).help(
            "Give it a migration of its own that begins by setting lock_timeout, and run it again where it gives up: while it waits for its locks, everybody else queues behind it.",
        );
    }
}

/// Whether the transaction goes on to lock a table against everybody for something else.
fn is_locked_later(step: &StepFacts<'_>, table: &Name) -> bool {
    locks_after(step, table).iter().any(|(later, mode)| {
        let refers = |op: &Op| referenced(later, op).contains(table);
        mode.blocks_reads() && !later.statement().ops.iter().any(refers)
    })
}

/// The tables to which the foreign keys refer that an operation drops, but for what it drops itself.
fn referenced(step: &StepFacts<'_>, op: &Op) -> Vec<Name> {
    let (own, keys): (Vec<Name>, Vec<&ForeignKey>) = match &op.kind {
        Operation::Drop(drop) if drop.kind == ObjectKind::Table => {
            let own: Vec<Name> = drop.objects.iter().flat_map(|object| step.family(&object.name)).collect();
            let tables = own.iter().filter_map(|name| step.before().table(name).found());
            let keys = tables.flat_map(|table| table.foreign_keys().map(|(_, key)| key)).collect();
            (own, keys)
        }
        Operation::DropConstraint { table, constraint, .. } => {
            let keys = known(step, &table.name).and_then(|table| table.constraint(constraint.key()).found());
            let keys = keys.and_then(|found| found.kind.foreign_key()).into_iter().collect();
            (step.family(&table.name), keys)
        }
        Operation::DropColumn { table, column, .. } => {
            let reads = |key: &&ForeignKey| key.columns.contains(column);
            let keys = known(step, &table.name).into_iter().flat_map(keys_of).filter(reads).collect();
            (step.family(&table.name), keys)
        }
        _ => return Vec::new(),
    };
    let mut parents: Vec<Name> = Vec::new();
    for key in keys {
        let parent = step.resolve(&key.table);
        if !own.contains(&parent) && !parents.contains(&parent) {
            parents.push(parent);
        }
    }
    parents
}

fn known<'a>(step: &StepFacts<'a>, table: &Name) -> Option<&'a Table> {
    step.table(table).found()
}

fn keys_of(table: &Table) -> impl Iterator<Item = &ForeignKey> {
    table.foreign_keys().map(|(_, key): (&Ident, &ForeignKey)| key)
}
