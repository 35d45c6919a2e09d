//! CREATE INDEX on a partitioned table.

use super::constraints::waiting;
use super::{Check, Cx, Rule, StepFacts, recipes, words};
use crate::diagnostic::Safety;
use crate::ops::{CreateIndex, Operation, Outcome};
use crate::schema::{Dialect, Name, PartitionKind};

/// `index-on-partitioned-parent`.
pub const RULE: Rule = Rule {
    id: "index-on-partitioned-parent",
    page: include_str!("../../rules/index-on-partitioned-parent.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.dialect() != Dialect::Postgres {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        let Operation::CreateIndex(create) = &op.kind else { continue };
        let table = step.resolve(&create.table);
        let known = step.before().table(&table).found();
        let partitioned = known.is_some_and(|table| table.partition == PartitionKind::Parent);
        if *outcome != Outcome::Done
            || create.only
            || create.concurrently
            || !partitioned
            || step.is_free(&table)
            || step.is_emptied(&table)
        {
            continue;
        }
        // Partitions that are made elsewhere are not known; of those that are, each may have its part already.
        let partitions = step.before().children(&table);
        if !partitions.is_empty() && step.with_rows(&step.effects().scans).is_empty()
            || partitions.is_empty() && has_parts_elsewhere(step, create)
        {
            continue;
        }
        let index = create.name.as_ref().map_or_else(String::new, |name| format!(" `{}`", name.ident));
        let message = format!(
            "index{index} is built on every partition of `{}` in one go: {} until the last is done",
            create.table,
            waiting(step, std::slice::from_ref(&table))
        );
        cx.report(step.place(op.span), message).help(format!(
            "Create the index ON ONLY the partitioned table, which builds nothing. Create one CONCURRENTLY on each partition {}. Then attach each with ALTER INDEX … ATTACH PARTITION. CONCURRENTLY on the partitioned table itself is an error.",
            words::outside_a_transaction(step)
        ))
        .offer(Safety::Unsafe, recipes::part_by_part(step, op));
    }
}

/// Whether the same index stands on a table that the history did not make: that may well be a partition, and have its part.
fn has_parts_elsewhere(step: &StepFacts<'_>, create: &CreateIndex) -> bool {
    let is_open = |table: &Name| step.before().table(table).found().is_none_or(|table| table.open);
    step.before().indexes().any(|index| {
        index.keys == create.keys
            && index.method == create.method
            && index.unique == create.unique
            && index.predicate == create.predicate
            && index.table.as_ref().is_some_and(is_open)
    })
}
