//! CREATE EXTENSION in a migration.

use super::{Check, Cx, Rule, StepFacts};
use crate::ops::{Operation, Outcome};
use crate::schema::Dialect;

/// `extension-locks`.
pub const RULE: Rule = Rule {
    id: "extension-locks",
    page: include_str!("../../rules/extension-locks.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.dialect() != Dialect::Postgres {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        let Operation::CreateExtension { name, .. } = &op.kind else { continue };
        if *outcome != Outcome::Done {
            continue;
        }
        cx.report(
            step.place(op.span),
            format!("making extension `{name}` may need a superuser, its files on the server, and locks on what it hooks into"),
        )
        .help("Let whoever sets up the database make the extension, and let migrations rely on it.");
    }
}
