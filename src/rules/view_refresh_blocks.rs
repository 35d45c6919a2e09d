//! REFRESH MATERIALIZED VIEW without CONCURRENTLY.

use super::{Check, Cx, Rule, StepFacts};
use crate::ops::{Operation, Outcome};
use crate::schema::{Dialect, Index, Name};

/// `view-refresh-blocks`.
pub const RULE: Rule = Rule {
    id: "view-refresh-blocks",
    page: include_str!("../../rules/view-refresh-blocks.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.dialect() != Dialect::Postgres {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        let Operation::RefreshView { view, concurrently: false, with_data: true } = &op.kind else {
            continue;
        };
        let name = step.resolve(view);
        if *outcome != Outcome::Done || step.in_use(std::iter::once(&name)).is_empty() {
            continue;
        }
        let known = step.before().view(&name).found();
        // Nobody can read one that has no data yet, and CONCURRENTLY is refused there.
        if known.is_some_and(|view| view.no_data) {
            continue;
        }
        let help = if known.is_none() || has_key(step, &name) {
            "Write REFRESH MATERIALIZED VIEW CONCURRENTLY, which may stand in a transaction and lets readers go on."
        } else {
            "Make a unique index on columns of it, without WHERE, and write REFRESH MATERIALIZED VIEW CONCURRENTLY, which lets readers go on."
        };
        cx.report(
            step.place(op.span),
            format!("refreshing `{name}` keeps every read of it waiting until its query has run and the transaction has ended"),
        )
        .help(help);
    }
}

/// Whether it has an index that CONCURRENTLY can go by.
fn has_key(step: &StepFacts<'_>, view: &Name) -> bool {
    let fits = |index: &Index| {
        index.unique && index.predicate.is_none() && index.keys.iter().all(|key| key.column().is_some())
    };
    step.before().indexes_of(view).any(fits)
}
