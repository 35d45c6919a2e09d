//! CREATE INDEX without CONCURRENTLY on an existing table.

use super::transactions::is_held;
use super::{Check, Cx, Direction, Rule, StepFacts, recipes, words};
use crate::diagnostic::{Remedy, Safety};
use crate::history::Wrap;
use crate::ops::{Guard, Operation, Outcome, Transaction};
use crate::schema::{Dialect, PartitionKind, Relation};

/// `index-blocks-writes`.
pub const RULE: Rule = Rule {
    id: "index-blocks-writes",
    page: include_str!("../../rules/index-blocks-writes.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.dialect() != Dialect::Postgres || step.part.direction == Direction::Down {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        let Operation::CreateIndex(create) = &op.kind else { continue };
        // An index that is there already is not built again.
        if matches!(outcome, Outcome::Skipped { .. }) {
            continue;
        }
        let partitioned =
            step.table(&create.table).found().is_some_and(|table| table.partition == PartitionKind::Parent);
        let free = step.is_free(&create.table) || step.is_emptied(&create.table);
        if create.concurrently || create.only || partitioned || free {
            continue;
        }
        let index = create.name.as_ref().map_or_else(String::new, |name| format!(" `{name}`"));
        let relation = step.before().relation(&step.resolve(&create.table));
        let waits = match relation.found() {
            _ if is_held(step, &create.table) => "every read of and write to",
            Some(Relation::View(_)) => "every REFRESH of",
            Some(Relation::Table(_) | Relation::Index(_) | Relation::Sequence(_)) | None => "every write to",
        };
        let message = format!("building index{index} blocks {waits} `{}` until it is done", create.table);
        let place = step.place(op.span);
        // In a transaction CONCURRENTLY is refused; with IF NOT EXISTS it would keep an invalid index.
        if step.in_transaction() {
            let finding = cx
                .report(place, message)
                .help(format!("Write CREATE INDEX CONCURRENTLY {}.", words::outside_a_transaction(step)));
            if let Some(remedy) = recipes::concurrently(step, op).filter(|_| create.guard == Guard::None) {
                finding.remedy(Safety::Unsafe, remedy);
            }
            continue;
        }
        let finding = cx
            .report(place, message)
            .help("Write CREATE INDEX CONCURRENTLY, in a migration that runs outside a transaction.");
        // A transaction that the application may open refuses it.
        if create.guard == Guard::IfNotExists
            || step.transaction() == Transaction::Unknown
            || words::serves_others(step)
        {
            continue;
        }
        let alone = step.part.run.part.wrap == Wrap::Nobody && step.part.statements().len() == 1;
        finding.remedy(if alone { Safety::Safe } else { Safety::Unsafe }, Remedy::Concurrently);
    }
}
