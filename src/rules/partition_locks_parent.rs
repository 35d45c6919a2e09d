//! CREATE TABLE … PARTITION OF, and DROP TABLE of a partition: both lock the parent against everybody.

use super::transactions::{goes_on, locks_after, locks_before, makes_or_drops_tables};
use super::{Check, Cx, Rule, StepFacts, words};
use crate::ops::{CreateTable, Op, Operation, Outcome};
use crate::schema::{Bound, Dialect, Name, ObjectKind, PartitionKind};

/// `partition-locks-parent`.
pub const RULE: Rule = Rule {
    id: "partition-locks-parent",
    page: include_str!("../../rules/partition-locks-parent.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.dialect() != Dialect::Postgres {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        if *outcome != Outcome::Done {
            continue;
        }
        match &op.kind {
            Operation::CreateTable(create) => made(step, op, create, cx),
            Operation::Drop(drop) if drop.kind == ObjectKind::Table => {
                for object in &drop.objects {
                    dropped(step, op, &step.resolve(&object.name), cx);
                }
            }
            _ => {}
        }
    }
}

/// Without a default partition the lock is held for a moment; with one, until all of its rows were read.
fn made(step: &StepFacts<'_>, op: &Op, create: &CreateTable, cx: &mut Cx<'_>) {
    let Some((parent, bound)) = &create.partition_of else { return };
    let parent = step.resolve(parent);
    if *bound == Bound::Default || step.in_use(std::iter::once(&parent)).is_empty() {
        return;
    }
    // What is read while a lock of before is held is told by itself. One that is only taken afterwards is not held while the rows are read.
    let before = locks_before(step, &parent);
    if before.iter().any(|(other, mode)| mode.blocks_reads() && !makes_or_drops_tables(other)) {
        return;
    }
    let name = &create.name;
    let known = step.before().table(&parent).found().is_some_and(|table| !table.open);
    let default = default_partition(step, &parent);
    let message = match &default {
        Some(default) if step.effects().scans.contains(default) && !step.is_free(default) => format!(
            "making `{name}` as a partition reads every row of the default partition `{default}`: reads and writes of all of `{parent}` wait until that is done"
        ),
        None if !known => format!(
            "making `{name}` as a partition locks all of `{parent}`: reads and writes wait, and if it has a default partition, until every row of that was read"
        ),
        Some(_) | None => return,
    };
    let check = default.map_or_else(String::new, |default| {
        format!(
            "Add a CHECK to `{default}` that rules the new bound out (NOT VALID, then VALIDATE CONSTRAINT). "
        )
    });
    cx.report(step.place(op.span), message).help(format!(
        "{check}Make the table by itself, with CREATE TABLE (LIKE `{parent}` INCLUDING ALL), and then say ALTER TABLE … ATTACH PARTITION: it locks none of the other partitions."
    ));
}

fn default_partition(step: &StepFacts<'_>, parent: &Name) -> Option<Name> {
    let is_default = |child: &Name| {
        step.before().table(child).found().is_some_and(|child| child.bound == Some(Bound::Default))
    };
    step.before().children(parent).into_iter().find(is_default)
}

fn dropped(step: &StepFacts<'_>, op: &Op, partition: &Name, cx: &mut Cx<'_>) {
    let Some(known) = step.before().table(partition).found() else { return };
    if known.bound.is_none() && known.partition != PartitionKind::Partition {
        return;
    }
    let Some(parent) = known.parents.first() else { return };
    let parent_goes = step.after().table(parent).is_absent();
    if parent_goes || step.is_free(partition) || step.in_use(std::iter::once(parent)).is_empty() {
        return;
    }
    let mut others = locks_before(step, parent).into_iter().chain(locks_after(step, parent));
    if others.any(|(other, mode)| mode.blocks_reads() && !makes_or_drops_tables(&other)) {
        return;
    }
    let message = format!(
        "dropping partition `{partition}` waits for every query on `{parent}`, and until {} every new read and write of `{parent}` waits behind it",
        if goes_on(step) { "the transaction has ended" } else { "it is through" }
    );
    let can_detach = step.part.engine().at_least(14, 0) && default_partition(step, parent).is_none();
    let help = if can_detach {
        format!(
            "Take it out first with ALTER TABLE `{parent}` DETACH PARTITION … CONCURRENTLY {}; DROP TABLE then locks it alone.",
            words::outside_a_transaction(step)
        )
    } else {
        "Set a short lock_timeout before it and try again when it gives up, so that nobody waits behind it for long.".to_owned()
    };
    cx.report(step.place(op.span), message).help(help);
}
