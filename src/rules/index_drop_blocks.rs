//! DROP INDEX without CONCURRENTLY.

use super::transactions::{drops_indexes, goes_on, is_held, locks_after, locks_before};
use super::{Check, Cx, Rule, StepFacts, recipes, words};
use crate::diagnostic::{Remedy, Safety};
use crate::history::Wrap;
use crate::ops::{Drop, Guard, Operation, Outcome, Transaction};
use crate::schema::{Dialect, Lookup, Name, ObjectKind, PartitionKind, Relation};

/// `index-drop-blocks`.
pub const RULE: Rule = Rule {
    id: "index-drop-blocks",
    page: include_str!("../../rules/index-drop-blocks.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.dialect() != Dialect::Postgres {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        let Operation::Drop(drop) = &op.kind else { continue };
        if drop.kind != ObjectKind::Index || drop.concurrently || *outcome != Outcome::Done {
            continue;
        }
        let concerned: Vec<(Name, Option<Name>)> =
            drop.objects.iter().filter_map(|object| concerned(step, drop, &object.name)).collect();
        if concerned.is_empty() {
            continue;
        }
        let indexes: Vec<String> = concerned.iter().map(|(index, _)| format!("`{index}`")).collect();
        let mut tables: Vec<Name> = concerned.iter().filter_map(|(_, table)| table.clone()).collect();
        tables.dedup();
        let is_held = !tables.is_empty() && tables.iter().all(|table| is_held(step, table));
        let tables = if tables.is_empty() { "its table".to_owned() } else { words::tables(step, &tables) };
        let indexes = words::listed(&indexes);
        let message = if is_held {
            format!(
                "dropping {indexes} needs every read of and write to {tables} to wait until the transaction has ended"
            )
        } else {
            let end = if goes_on(step) { "the transaction has ended" } else { "it is through" };
            format!(
                "dropping {indexes} waits for every query on {tables}, and until {end} every new read and write waits behind it"
            )
        };
        let finding = cx.report(step.place(op.span), message);
        let place = words::outside_a_transaction(step);
        let single = drop.objects.len() == 1;
        if drop.cascade {
            finding.help(format!(
                "Drop what depends on it by name, and then write DROP INDEX CONCURRENTLY {place}: it takes no CASCADE."
            ));
        } else if !single {
            finding.help(format!(
                "Write DROP INDEX CONCURRENTLY {place}, a statement for each index: it takes one only."
            ));
        } else if step.in_transaction() {
            finding
                .help(format!("Write DROP INDEX CONCURRENTLY {place}."))
                .offer(Safety::Unsafe, recipes::concurrently(step, op));
        } else {
            let alone = step.part.run.part.wrap == Wrap::Nobody && step.part.statements().len() == 1;
            let finding = finding.help(format!("Write DROP INDEX CONCURRENTLY {place}."));
            // A transaction that the application may open refuses it.
            if step.transaction() == Transaction::Unknown || words::serves_others(step) {
                continue;
            }
            finding.remedy(if alone { Safety::Safe } else { Safety::Unsafe }, Remedy::Concurrently);
        }
    }
}

/// The index and its table, where it is one that could be dropped CONCURRENTLY and that somebody uses.
fn concerned(step: &StepFacts<'_>, drop: &Drop, name: &Name) -> Option<(Name, Option<Name>)> {
    let index = step.resolve(name);
    match step.before().relation(&index) {
        Lookup::Found(Relation::Index(found)) => {
            let table = found.table.clone();
            let partitioned = table.as_ref().is_some_and(|table| {
                step.before()
                    .table(table)
                    .found()
                    .is_some_and(|table| table.partition == PartitionKind::Parent)
            });
            let free = step.is_free(&index) || table.as_ref().is_some_and(|table| step.is_free(table));
            let anyway = table
                .as_ref()
                .is_some_and(|table| is_dropped_later(step, table) || is_locked_anyway(step, table));
            (!partitioned && !free && !anyway && found.parent.is_none()).then_some((index, table))
        }
        Lookup::Found(_) | Lookup::Absent => None,
        // What is dropped if it is there, and made afterwards, was a guard for a second run: that it was there is not known.
        Lookup::Unknown if drop.guard == Guard::IfExists && is_made_later(step, &index) => None,
        // Where the history shows that it is not there, nothing is locked.
        Lookup::Unknown => {
            let effects = step.effects();
            (effects.unknown.locks || effects.locks.contains_key(&index)).then_some((index, None))
        }
    }
}

/// Whether another statement of the transaction locks the table against everybody anyway: without this one everybody waits as well.
fn is_locked_anyway(step: &StepFacts<'_>, table: &Name) -> bool {
    let others = locks_before(step, table).into_iter().chain(locks_after(step, table));
    others.into_iter().any(|(other, mode)| mode.blocks_reads() && !drops_indexes(&other))
}

/// Whether a later statement drops the table, and whoever waits for it waits for that.
fn is_dropped_later(step: &StepFacts<'_>, table: &Name) -> bool {
    step.part.steps().skip(step.at + 1).any(|later| {
        later.statement().ops.iter().any(|op| match &op.kind {
            Operation::Drop(drop) if drop.kind == ObjectKind::Table => {
                drop.objects.iter().any(|object| later.resolve(&object.name) == *table)
            }
            _ => false,
        })
    })
}

fn is_made_later(step: &StepFacts<'_>, index: &Name) -> bool {
    step.part.steps().skip(step.at + 1).any(|later| {
        later.statement().ops.iter().any(|op| match &op.kind {
            Operation::CreateIndex(create) => {
                create.name.as_ref().is_some_and(|name| name.ident == index.ident)
            }
            _ => false,
        })
    })
}
