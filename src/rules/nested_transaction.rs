//! BEGIN inside a transaction, and COMMIT that ends the tool's.

use super::{Check, Cx, PartFacts, Rule};
use crate::diagnostic::{Remedy, Safety};
use crate::ops::{Operation, Transaction};
use crate::text::Span;

/// `nested-transaction`.
pub const RULE: Rule = Rule {
    id: "nested-transaction",
    page: include_str!("../../rules/nested-transaction.md"),
    down: true,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    // BEGINs that were reported and whose COMMIT is still to come: that COMMIT is no second finding.
    let mut open = 0u32;
    let tool = part.tool().title;
    for step in part.steps().filter(|step| step.statement().within.is_none()) {
        let statement = step.statement();
        let place = step.place(statement.span);
        for op in &statement.ops {
            match (&op.kind, step.transaction()) {
                (Operation::Begin, Transaction::Tool) => {
                    open += 1;
                    let mut remove = vec![statement.whole];
                    remove.extend(closing(part, step.at));
                    cx.report(place, format!("{tool} runs this migration in a transaction already: the BEGIN does nothing, and the COMMIT ends {tool}'s transaction"))
                        .help("Take BEGIN and COMMIT away.")
                        .remedy(Safety::Unsafe, Remedy::Remove(remove));
                }
                (Operation::Begin, Transaction::Explicit(begun)) => {
                    open += 1;
                    let mut remove = vec![statement.whole];
                    remove.extend(too_many(part, step.at));
                    cx.report(place, "BEGIN stands inside a transaction that is open already, so the next COMMIT ends both")
                        .related(begun, "opened here")
                        .help("Take it away; for a part that may fail, use SAVEPOINT.")
                        .remedy(Safety::Unsafe, Remedy::Remove(remove));
                }
                (Operation::Commit { .. }, _) if open > 0 => open -= 1,
                (Operation::Rollback { .. }, _) if open > 0 => open -= 1,
                (Operation::Commit { .. }, Transaction::Tool) => {
                    cx.report(
                        place,
                        format!(
                            "this COMMIT ends {tool}'s transaction half-way: what follows runs without one"
                        ),
                    )
                    .help("Take it away, or switch the tool's transaction off.")
                    .remedy(Safety::Unsafe, Remedy::Remove(vec![statement.whole]));
                }
                (Operation::Rollback { .. }, Transaction::Tool) => {
                    cx.report(place, format!("this ROLLBACK ends {tool}'s transaction: everything before it is undone, what follows runs without one"))
                        .help("Take it away, or switch the tool's transaction off.");
                }
                _ => {}
            }
        }
    }
}

/// The COMMIT that belongs to the BEGIN at statement `at`.
fn closing(part: &PartFacts<'_>, at: usize) -> Option<Span> {
    part.statements().iter().skip(at + 1).find_map(|statement| {
        statement.ops.iter().any(|op| matches!(op.kind, Operation::Commit { .. })).then_some(statement.whole)
    })
}

/// The first COMMIT after the inner BEGIN at statement `at`, where a later one is left for the outer BEGIN.
fn too_many(part: &PartFacts<'_>, at: usize) -> Option<Span> {
    let mut commits = Vec::new();
    for statement in part.statements().iter().skip(at + 1) {
        for op in &statement.ops {
            match op.kind {
                Operation::Begin => return commits.get(1).and(commits.first()).copied(),
                Operation::Commit { .. } => commits.push(statement.whole),
                _ => {}
            }
        }
    }
    commits.get(1).and(commits.first()).copied()
}
