//! Statements that refuse to run in a transaction, in one.

use super::{Check, Cx, Rule, StepFacts};
use crate::effects;
use crate::ops::Transaction;

/// `forbidden-in-transaction`.
pub const RULE: Rule = Rule {
    id: "forbidden-in-transaction",
    page: include_str!("../../rules/forbidden-in-transaction.md"),
    down: true,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    let statement = step.statement();
    // A DO block is a transaction of its own kind: nothing in it runs outside one.
    let inside = statement.within.is_some();
    if !step.in_transaction() && !inside {
        return;
    }
    for op in &statement.ops {
        let Some(what) = effects::refuses_transaction(&op.kind, &step.step().session, step.before()) else {
            continue;
        };
        let tool = step.part.tool();
        let (who, help) = match step.transaction() {
            _ if inside => (
                "a DO block is one".to_owned(),
                "Move it out of the DO block, into a migration of its own.".to_owned(),
            ),
            Transaction::Explicit(_) => {
                let switch = tool
                    .switch
                    .filter(|_| tool.records)
                    .map_or_else(String::new, |switch| format!(" ({switch})"));
                (
                    "BEGIN opened it".to_owned(),
                    format!("Move it out of BEGIN … COMMIT, into a migration of its own{switch}."),
                )
            }
            Transaction::Implicit => (
                format!("{} sends the file as one query, which is one transaction", tool.title),
                "Make it the only statement of its file.".to_owned(),
            ),
            Transaction::Tool | Transaction::None | Transaction::Unknown => (
                format!("{} opens one for each migration", tool.title),
                match tool.switch {
                    Some(switch) => {
                        format!("Move it into a migration of its own, outside the transaction: {switch}.")
                    }
                    None => format!(
                        "{} has no switch for it: run the statement by hand, outside the migrations.",
                        tool.title
                    ),
                },
            ),
        };
        let object = op.kind.subject().map_or_else(String::new, |subject| format!(" (`{subject}`)"));
        let finding = cx
            .report(step.place(op.span), format!("{what}{object} cannot run inside a transaction, and {who}"))
            .help(help);
        if let (Transaction::Explicit(begun), false) = (step.transaction(), inside) {
            finding.related(begun, "the transaction begins here");
        }
    }
}
