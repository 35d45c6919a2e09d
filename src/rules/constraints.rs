//! What rules about constraints and rows share: what a statement has done, whose rows it reads, and who waits meanwhile.

use std::collections::BTreeMap;

use super::transactions::is_held;
use super::words::{listed, tables};
use super::{Direction, PartFacts, StepFacts};
use crate::effects::LockMode;
use crate::ops::{Op, Operation, Outcome};
use crate::schema::{
    Constraint, Dialect, Expr, ForeignKey, Ident, Index, IndexKey, Name, PartitionKind, Table,
};

/// The operations of a step that a way up did: not refused, not skipped.
pub fn done<'a>(step: &StepFacts<'a>) -> Vec<&'a Op> {
    if step.part.direction == Direction::Down {
        return Vec::new();
    }
    let ops = step.statement().ops.iter().zip(&step.step().outcomes);
    ops.filter(|(_, outcome)| **outcome == Outcome::Done).map(|(op, _)| op).collect()
}

/// The same on PostgreSQL only.
pub fn done_on_postgres<'a>(step: &StepFacts<'a>) -> Vec<&'a Op> {
    if step.part.dialect() == Dialect::Postgres { done(step) } else { Vec::new() }
}

/// Whether the statement reads a table that is in use from end to end, or one of its partitions or heirs.
pub fn is_read(step: &StepFacts<'_>, table: &Name) -> bool {
    let family = step.family(table);
    step.with_rows(&step.effects().scans).iter().any(|name| family.contains(name))
}

/// Who waits for the statement: "reads and writes of `orders` wait". A lock that the transaction has taken before is held as well.
pub fn waiting(step: &StepFacts<'_>, names: &[Name]) -> String {
    let mut locks = step.effects().locks.clone();
    for (name, mode) in &mut locks {
        if mode.blocks_writes() && is_held(step, name) {
            *mode = LockMode::AccessExclusive;
        }
    }
    waiting_for(step, &locks, names)
}

/// Who waits where these locks are held.
pub fn waiting_for(step: &StepFacts<'_>, locks: &BTreeMap<Name, LockMode>, names: &[Name]) -> String {
    let resolved: Vec<Name> = names.iter().map(|name| step.resolve(name)).collect();
    let in_use = step.in_use(&resolved);
    let of = |reads: bool| -> Vec<Name> {
        let is_so = |name: &&Name| {
            locks.get(*name).is_some_and(|mode| mode.blocks_writes() && mode.blocks_reads() == reads)
        };
        in_use.iter().filter(is_so).cloned().collect()
    };
    match (of(true), of(false)) {
        (all, writes) if writes.is_empty() => format!("reads and writes of {} wait", tables(step, &all)),
        (all, writes) if all.is_empty() => format!("writes to {} wait", tables(step, &writes)),
        (all, writes) => {
            format!(
                "reads and writes of {}, and writes to {}, wait",
                tables(step, &all),
                tables(step, &writes)
            )
        }
    }
}

/// What the transaction holds when the statement runs.
pub fn held(step: &StepFacts<'_>, table: &Name) -> BTreeMap<Name, LockMode> {
    let mut all = step.effects().locks.clone();
    for earlier in earlier(step).filter(|earlier| step.shares_transaction(earlier)) {
        for (name, mode) in &earlier.effects().locks {
            let held = all.entry(name.clone()).or_insert(*mode);
            *held = (*held).max(*mode);
        }
    }
    all.retain(|name, _| name == &step.resolve(table) || !step.is_free(name));
    all
}

/// Whether new rows are held to a constraint, and old ones are looked at when it is made.
pub fn is_checked_at_once(constraint: &Constraint) -> bool {
    !constraint.not_valid && !constraint.attributes.iter().any(|word| word == "NOT ENFORCED")
}

/// The name of a constraint for the middle of a sentence: " `orders_total_check`", or nothing.
pub fn called(constraint: &Constraint) -> String {
    constraint.name.as_ref().map_or_else(String::new, |name| format!(" `{name}`"))
}

/// Columns for a sentence: "`a` and `b`".
pub fn columns(columns: &[Ident]) -> String {
    listed(&columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>())
}

/// Whether a table is known to be partitioned.
pub fn is_partitioned(step: &StepFacts<'_>, table: &Name) -> bool {
    step.table(table).found().is_some_and(|table| table.partition == PartitionKind::Parent)
}

/// Whether the migration itself adds a column: in an earlier statement, or in this one.
pub fn is_new_column(step: &StepFacts<'_>, table: &Name, column: &Ident) -> bool {
    let member = step.after().table(&step.resolve_after(table)).and_then(|table| table.column(column.key()));
    let made = member.found().and_then(|member| member.made);
    made.is_some_and(|made| made.file == step.part.run.part.file || step.part.new_files.contains(&made.file))
}

/// Whether a column of a table is new, or has never had a value: an older migration added it without one, and nothing has filled it.
pub fn is_still_empty(step: &StepFacts<'_>, table: &Name, column: &Ident) -> bool {
    let member = step.before().table(&step.resolve(table)).and_then(|table| table.column(column.key()));
    let own = step.before().table(&step.resolve(table)).found().and_then(|table| table.made);
    is_new_column(step, table, column)
        || member.found().is_some_and(|member| {
            // What stood when the table was made was filled by the rows that came with it.
            let added =
                member.made.is_some() && member.made.map(|made| made.file) != own.map(|made| made.file);
            added && !member.filled && !member.defaulted && !member.column.fills()
        })
}

/// Whether an earlier statement of the migration changes one of these columns of a table, deletes rows of it, or asks for some.
pub fn is_looked_at_before(step: &StepFacts<'_>, table: &Name, columns: &[Ident]) -> bool {
    let name = step.resolve(table);
    earlier(step).any(|earlier| {
        earlier.statement().ops.iter().any(|op| match &op.kind {
            Operation::Update { table, columns: set, .. } => {
                // What is set to NULL is not among them.
                earlier.resolve(table) == name
                    && (set.is_empty() || set.iter().any(|set| columns.contains(set)))
            }
            Operation::Delete { table, .. } | Operation::Merge { table } => earlier.resolve(table) == name,
            Operation::Query { reads, .. } => reads.iter().any(|read| earlier.resolve(read) == name),
            _ => false,
        })
    })
}

/// The statements of the part before this one.
pub fn earlier<'a>(step: &StepFacts<'a>) -> impl Iterator<Item = StepFacts<'a>> {
    let part = step.part;
    (0..step.at).map(move |at| StepFacts { part, at })
}

/// A table as it was when the migration began.
pub fn at_start<'a>(part: &PartFacts<'a>, table: &Name) -> Option<&'a Table> {
    part.run.steps.first()?.before.table(table).found()
}

/// Whether a table held its rows to an equal foreign key when the migration began.
pub fn held_before(step: &StepFacts<'_>, table: &Name, key: &ForeignKey) -> bool {
    let parent = step.resolve(&key.table);
    at_start(&step.part, &step.resolve(table)).is_some_and(|table| {
        table.constraints.iter().any(|(_, own)| {
            let is_same = |own: &ForeignKey| own.columns == key.columns && own.table == parent;
            is_checked_at_once(own) && own.kind.foreign_key().is_some_and(is_same)
        })
    })
}

/// Whether no two rows of a table, or of those that a predicate takes, could agree in these keys when the migration began: some of them
/// were a key already.
pub fn was_unique(step: &StepFacts<'_>, table: &Name, keys: &[IndexKey], predicate: Option<&Expr>) -> bool {
    let name = step.resolve(table);
    let is_column = |name: &str| keys.iter().any(|key| key.column() == Some(name));
    let among = |key: &IndexKey| match key.column() {
        Some(column) => is_column(column),
        None => keys.iter().any(|other| other.expr == key.expr),
    };
    let covers = |index: &Index| {
        index.unique
            && (index.predicate.is_none() || index.predicate.as_ref() == predicate)
            && !index.keys.is_empty()
            && index.keys.iter().all(among)
    };
    let Some(first) = step.part.run.steps.first() else { return false };
    let is_key = |table: &Table| {
        table
            .primary_key()
            .is_some_and(|key| !key.is_empty() && key.iter().all(|column| is_column(column.key())))
    };
    first.before.indexes_of(&name).any(covers) || first.before.table(&name).found().is_some_and(is_key)
}

/// Whether the statement writes a table anew: whatever else it asks of the rows is done on the way.
pub fn is_rewritten(step: &StepFacts<'_>, table: &Name) -> bool {
    let effects = step.effects();
    step.family(table).iter().any(|name| effects.rewrites.contains(name) && !effects.moved.contains(name))
}

/// Whether another operation of the same statement writes a table anew, with all its indexes.
pub fn is_rewritten_by_another(step: &StepFacts<'_>, op: &Op, table: &Name) -> bool {
    is_rewritten(step, table)
        && step.statement().ops.iter().enumerate().any(|(at, other)| {
            let effects = step.effects_of(at);
            let is_anew = |name: &Name| effects.rewrites.contains(name) && !effects.moved.contains(name);
            other.span != op.span && step.family(table).iter().any(is_anew)
        })
}
