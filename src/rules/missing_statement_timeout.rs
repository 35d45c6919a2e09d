//! A statement that works through a whole table may take any time.

use super::timeouts::{custom, is_concurrent, lacking};
use super::words::tables;
use super::{Check, Cx, Direction, PartFacts, Rule, StepFacts};
use crate::diagnostic::{Remedy, Safety};
use crate::schema::Name;

/// `missing-statement-timeout`.
pub const RULE: Rule = Rule {
    id: "missing-statement-timeout",
    page: include_str!("../../rules/missing-statement-timeout.md"),
    down: false,
    check: Check::Part(check),
};

const NAME: &str = "statement_timeout";

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.direction == Direction::Down {
        return;
    }
    let first = part.steps().find_map(|step| {
        let worked_on = if is_decided(&step) { Vec::new() } else { worked_on(&step) };
        (!worked_on.is_empty()).then_some((step, worked_on))
    });
    let Some((step, worked_on)) = first else { return };
    let Some(op) = step.statement().ops.first() else { return };
    let effects = step.effects();
    let what = if worked_on.iter().any(|name| effects.rewrites.contains(name)) {
        "writes every row anew of"
    } else {
        "reads every row of"
    };
    let message = format!(
        "{} {what} {} and may take any time: no statement_timeout is set",
        op.kind.title(),
        tables(&step, &worked_on)
    );
    let finding = cx
        .report(step.place(op.span), message)
        .help("Set statement_timeout before it, or to 0 where it may take as long as it takes.");
    if is_concurrent(step.statement()) {
        return;
    }
    let custom = custom(part, NAME);
    if let Some((at, setting)) = lacking(&step, NAME, custom.as_ref(), "15min") {
        finding.remedy(Safety::Unsafe, Remedy::SetBefore { at, setting: Box::new(setting) });
    }
}

/// Whether somebody has said how long statements may take; 0 is an answer too. From 17 on a limit of the transaction is one.
fn is_decided(step: &StepFacts<'_>) -> bool {
    let settings = &step.step().session.settings;
    settings.contains_key(NAME) || (step.in_transaction() && settings.contains_key("transaction_timeout"))
}

/// The tables with rows that a statement reads or writes from end to end.
fn worked_on(step: &StepFacts<'_>) -> Vec<Name> {
    let effects = step.effects();
    let mut names: Vec<&Name> = effects.rewrites.iter().collect();
    names.extend(effects.scans.iter().filter(|name| !effects.rewrites.contains(*name)));
    step.with_rows(names)
}
