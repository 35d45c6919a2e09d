//! DETACH PARTITION without CONCURRENTLY.

use super::{Check, Cx, Rule, StepFacts, words};
use crate::ops::{Operation, Outcome};
use crate::schema::{Bound, Dialect};

/// `partition-detach-blocks`.
pub const RULE: Rule = Rule {
    id: "partition-detach-blocks",
    page: include_str!("../../rules/partition-detach-blocks.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    // Before 14 there is no other way.
    if step.part.dialect() != Dialect::Postgres || !step.part.engine().at_least(14, 0) {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        let Operation::DetachPartition { table, partition, concurrently: false, finalize: false } = &op.kind
        else {
            continue;
        };
        let (parent, partition) = (step.resolve(&table.name), step.resolve(partition));
        let has_default = step.before().children(&parent).iter().any(|child| {
            step.before().table(child).found().is_some_and(|child| child.bound == Some(Bound::Default))
        });
        // Beside a default partition CONCURRENTLY is refused.
        if *outcome != Outcome::Done
            || has_default
            || step.is_free(&partition)
            || step.in_use(std::iter::once(&parent)).is_empty()
        {
            continue;
        }
        let message = format!(
            "detaching `{partition}` waits for every query on `{parent}`, and until it is through every new read and write of `{parent}` waits behind it"
        );
        cx.report(step.place(op.span), message)
            .help(format!("Write DETACH PARTITION … CONCURRENTLY {}.", words::outside_a_transaction(step)));
    }
}
