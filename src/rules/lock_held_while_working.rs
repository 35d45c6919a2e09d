//! Work in a transaction that keeps everybody off a table.

use super::transactions::transactions;
use super::words::tables;
use super::{Check, Cx, Direction, PartFacts, Rule, StepFacts};
use crate::effects::LockMode;
use crate::schema::Name;

/// `lock-held-while-working`.
pub const RULE: Rule = Rule {
    id: "lock-held-while-working",
    page: include_str!("../../rules/lock-held-while-working.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.direction == Direction::Down {
        return;
    }
    for together in transactions(part) {
        let mut held: Vec<(Name, StepFacts<'_>)> = Vec::new();
        for step in together {
            if !held.is_empty() {
                report(&step, &held, cx);
            }
            for name in step.locked(LockMode::AccessExclusive) {
                if held.iter().all(|(known, _)| *known != name) {
                    held.push((name, step));
                }
            }
        }
    }
}

fn report(step: &StepFacts<'_>, held: &[(Name, StepFacts<'_>)], cx: &mut Cx<'_>) {
    let effects = step.effects();
    let rewritten = step.with_rows(&effects.rewrites);
    let read = step.with_rows(effects.scans.difference(&effects.rewrites));
    let (worked_on, what) = match (rewritten.is_empty(), read.is_empty()) {
        (false, _) => (rewritten, "are written anew"),
        (true, false) => (read, "are read"),
        (true, true) => return,
    };
    let Some(op) = step.statement().ops.first() else { return };
    let names: Vec<Name> = held.iter().map(|(name, _)| name.clone()).collect();
    let message = format!(
        "queries on {} wait until all rows of {} {what} as well: the lock taken before is held until COMMIT",
        tables(step, &names),
        tables(step, &worked_on)
    );
    let mut finding = cx
        .report(step.place(op.span), message)
        .help("Do this work in a transaction of its own, before or after the one that locks.");
    let mut told: Vec<usize> = Vec::new();
    for (name, by) in held {
        if !told.contains(&by.at) {
            told.push(by.at);
            finding =
                finding.related(by.place(by.statement().span), format!("locks `{name}` against everybody"));
        }
    }
}
