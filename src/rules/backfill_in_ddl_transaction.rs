//! A whole table is updated in the transaction that alters it.

use super::constraints::done_on_postgres;
use super::{Check, Cx, Rule, StepFacts, recipes};
use crate::diagnostic::Safety;
use crate::effects::LockMode;
use crate::ops::{Op, Operation};
use crate::schema::{Expr, Ident, Name};

/// `backfill-in-ddl-transaction`.
pub const RULE: Rule = Rule {
    id: "backfill-in-ddl-transaction",
    page: include_str!("../../rules/backfill-in-ddl-transaction.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done_on_postgres(step) {
        let (table, verb) = match &op.kind {
            Operation::Update { table, .. } => (table, "UPDATE"),
            Operation::Delete { table, .. } => (table, "DELETE"),
            _ => continue,
        };
        if step.is_free(table) || step.is_emptied(table) || !is_everywhere(&op.kind) {
            continue;
        }
        let Some((other, altering, mode)) = altering(step, table) else { continue };
        let title = altering.kind.title();
        let who = if mode.blocks_reads() { "reads and writes of" } else { "writes to" };
        let message = if other.at < step.at {
            format!(
                "{who} `{table}` wait while {verb} goes over every row: the transaction still holds the lock of {title}"
            )
        } else {
            format!(
                "{verb} locks rows all over `{table}`, and {title} waits in the same transaction for everybody who uses the table: one of them who wants such a row makes a deadlock"
            )
        };
        cx.report(step.place(op.span), message)
            .help(
                "Change the rows in a migration of their own, in batches by the key that commit one by one.",
            )
            .related(other.place(altering.span), "this alters the table")
            .offer(Safety::Unsafe, recipes::in_batches(step, op));
    }
}

/// The first statement before it in its transaction, else the last after it, that alters a table under a lock that blocks writes.
fn altering<'a>(step: &StepFacts<'a>, table: &Name) -> Option<(StepFacts<'a>, &'a Op, LockMode)> {
    let name = step.resolve(table);
    let alters = |other: StepFacts<'a>| {
        let mode = *other.effects().locks.get(&name).filter(|mode| mode.blocks_writes())?;
        let op = other.statement().ops.iter().find(|op| is_alter_table(&op.kind))?;
        Some((other, op, mode))
    };
    let part = step.part;
    let all = part.steps();
    let (before, after): (Vec<StepFacts<'a>>, Vec<StepFacts<'a>>) =
        all.filter(|other| other.at != step.at).partition(|other| other.at < step.at);
    let before = before.into_iter().filter(|other| step.shares_transaction(other)).find_map(alters);
    before.or_else(|| after.into_iter().filter(|other| other.shares_transaction(step)).find_map(alters))
}

fn is_alter_table(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::AddColumn { .. }
            | Operation::DropColumn { .. }
            | Operation::AlterColumn { .. }
            | Operation::AddConstraint { .. }
            | Operation::DropConstraint { .. }
            | Operation::RenameColumn { .. }
            | Operation::SetTableOption { .. }
    )
}

/// Whether it surely goes over a whole table: no WHERE, or one that only leaves out rows that have a value already.
fn is_everywhere(operation: &Operation) -> bool {
    match operation {
        Operation::Update { limited: false, .. } | Operation::Delete { limited: false, .. } => true,
        Operation::Update { columns, reads, filter: Some(filter), .. } => {
            reads.is_empty() && is_backfill(filter, columns)
        }
        _ => false,
    }
}

/// `c IS NULL` of the columns that are given a value, perhaps with `d IS NOT NULL` of others.
fn is_backfill(filter: &Expr, set: &[Ident]) -> bool {
    let column = |operands: &[Expr]| match operands {
        [Expr::Column(parts)] => parts.last().cloned(),
        _ => None,
    };
    match filter {
        Expr::Operator { operator, operands } => match operator.as_str() {
            "AND" => operands.iter().all(|operand| is_backfill(operand, set)),
            "IS NULL" => column(operands).is_some_and(|column| set.iter().any(|set| *set == *column)),
            "IS NOT NULL" => column(operands).is_some(),
            _ => false,
        },
        Expr::Column(_)
        | Expr::Literal(_)
        | Expr::Call { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => false,
    }
}
