//! Several changes outside a transaction.

use super::{Check, Cx, PartFacts, Rule, StepFacts};
use crate::diagnostic::{Remedy, Safety};
use crate::effects;
use crate::history::Wrap;
use crate::ops::{AlterType, Op, Operation};
use crate::schema::{Ident, Name};
use crate::syntax::sql::PieceKind;

/// `missing-transaction`.
pub const RULE: Rule = Rule {
    id: "missing-transaction",
    page: include_str!("../../rules/missing-transaction.md"),
    down: true,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    // Who switched the tool's transaction off wanted none.
    if part.run.part.wrap != Wrap::Nobody || part.run.part.switched_off.is_some() || part.tool().records {
        return;
    }
    let changes: Vec<StepFacts<'_>> = part.steps().filter(is_change).collect();
    let (Some(first), Some(second)) = (changes.first(), changes.get(1)) else { return };
    if part.steps().any(|step| had_better_not(&step))
        || is_in_batches(part)
        || uses_new_label(part)
        || connects(part)
    {
        return;
    }
    let title =
        |step: &StepFacts<'_>| step.statement().ops.first().map_or_else(String::new, |op| op.kind.title());
    let message = format!(
        "{} statements run one by one, without a transaction: if {} fails, {} stays",
        changes.len(),
        title(second),
        title(first)
    );
    cx.report(first.place(first.statement().span), message)
        .help("Put BEGIN before the first statement and COMMIT after the last one.")
        .related(second.place(second.statement().span), "committed on its own, too")
        .remedy(Safety::Safe, Remedy::Wrap { part: part.run.part.span });
}

fn is_change(step: &StepFacts<'_>) -> bool {
    let statement = step.statement();
    let changes = |op: &Op| effects::changes_something(&op.kind) && !is_temporary(step, &op.kind);
    statement.within.is_none() && !step.in_transaction() && statement.ops.iter().any(changes)
}

/// Whether an operation only touches what is gone with the session.
fn is_temporary(step: &StepFacts<'_>, operation: &Operation) -> bool {
    let temporary = |name: &Name| step.table(name).found().is_some_and(|table| table.temporary);
    match operation {
        Operation::CreateIndex(create) => temporary(&create.table),
        Operation::Drop(drop) => drop.objects.iter().all(|object| temporary(&object.name)),
        Operation::Insert(insert) => temporary(&insert.table),
        Operation::Update { table, .. } | Operation::Delete { table, .. } => temporary(table),
        _ => false,
    }
}

/// Whether the same rows are changed piece by piece: two statements that set the same columns of one table, each of some rows.
fn is_in_batches(part: &PartFacts<'_>) -> bool {
    let mut seen: Vec<(&Name, &[Ident])> = Vec::new();
    for op in part.statements().iter().flat_map(|statement| &statement.ops) {
        let batch: (&Name, &[Ident]) = match &op.kind {
            Operation::Update { table, columns, limited: true, .. } => (table, columns),
            _ => continue,
        };
        if seen.contains(&batch) {
            return true;
        }
        seen.push(batch);
    }
    false
}

/// Whether a statement must not, or had better not, run in one transaction with others.
fn had_better_not(step: &StepFacts<'_>) -> bool {
    step.statement().ops.iter().any(|op| match &op.kind {
        Operation::ValidateConstraint { .. }
        | Operation::Pragma { .. }
        | Operation::Commit { .. }
        | Operation::Rollback { .. } => true,
        // One batch of many: each is meant to commit by itself.
        Operation::Update { .. } | Operation::Delete { .. } => {
            let text = step.part.source().slice(op.span).to_ascii_uppercase();
            text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "LIMIT" || word == "CTID")
        }
        other => effects::refuses_transaction(other, &step.step().session, step.before()).is_some(),
    })
}

/// Whether an enum label is added and then written: in one transaction the server refuses that.
fn uses_new_label(part: &PartFacts<'_>) -> bool {
    let labels = part.statements().iter().enumerate().flat_map(|(at, statement)| {
        statement.ops.iter().filter_map(move |op| match &op.kind {
            Operation::AlterType { change: AlterType::AddValue { label, .. }, .. } => Some((at, label)),
            _ => None,
        })
    });
    labels.into_iter().any(|(at, label)| {
        let quoted = format!("'{label}'");
        part.statements()
            .iter()
            .skip(at + 1)
            .any(|statement| part.source().slice(statement.span).contains(&quoted))
    })
}

/// Whether psql is sent to another database on the way.
fn connects(part: &PartFacts<'_>) -> bool {
    part.run.script.pieces.iter().filter(|piece| piece.kind == PieceKind::Meta).any(|piece| {
        let command = part.source().slice(piece.span);
        command.starts_with("\\c ") || command.starts_with("\\connect")
    })
}
