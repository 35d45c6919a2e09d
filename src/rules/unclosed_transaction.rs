//! BEGIN without COMMIT, and COMMIT without BEGIN.

use super::{Check, Cx, PartFacts, Rule};
use crate::diagnostic::{Remedy, Safety};
use crate::history::Wrap;
use crate::ops::{Operation, Transaction};

/// `unclosed-transaction`.
pub const RULE: Rule = Rule {
    id: "unclosed-transaction",
    page: include_str!("../../rules/unclosed-transaction.md"),
    down: true,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.run.part.wrap == Wrap::Tool {
        return;
    }
    // A BEGIN inside a transaction explains one COMMIT too many; that is another rule's finding.
    let mut nested = 0u32;
    for step in part.steps().filter(|step| step.statement().within.is_none()) {
        for op in &step.statement().ops {
            match (&op.kind, step.transaction()) {
                (Operation::Begin, Transaction::Explicit(_)) => nested += 1,
                (Operation::Commit { .. }, Transaction::None) if nested > 0 => nested -= 1,
                (Operation::Commit { .. }, Transaction::None) => {
                    cx.report(
                        step.place(step.statement().span),
                        "COMMIT without BEGIN: what stands before it was committed statement by statement",
                    )
                    .help("Put BEGIN where the transaction should start, or take the COMMIT away.");
                }
                _ => {}
            }
        }
    }
    if let Transaction::Explicit(begun) = part.run.session.transaction {
        let commits = part.statements().iter().any(|statement| {
            statement.span.start > begun.span.end
                && statement.ops.iter().any(|op| matches!(op.kind, Operation::Commit { chain: false }))
        });
        let finding = cx
            .report(
                begun,
                "this BEGIN has no COMMIT: the server rolls everything after it back, and nobody is told",
            )
            .help("Write COMMIT at the end.");
        if !commits {
            finding.remedy(Safety::Unsafe, Remedy::CommitAtEnd { part: part.run.part.span });
        }
    }
}
