//! A lock that keeps others out is waited for without a limit.

use super::timeouts::{custom, is_practised, lacking, limits};
use super::words::tables;
use super::{Check, Cx, Direction, PartFacts, Rule};
use crate::diagnostic::{Remedy, Safety};
use crate::effects::LockMode;

/// `missing-lock-timeout`.
pub const RULE: Rule = Rule {
    id: "missing-lock-timeout",
    page: include_str!("../../rules/missing-lock-timeout.md"),
    down: false,
    check: Check::Part(check),
};

const NAME: &str = "lock_timeout";

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.direction == Direction::Down || part.settings.lock_timeout == Some(false) {
        return;
    }
    let needs = |locked: &Vec<_>| !locked.is_empty();
    let first = part.steps().find_map(|step| {
        let locked =
            (!limits(&step, NAME)).then(|| step.locked(LockMode::ShareRowExclusive)).filter(needs)?;
        Some((step, locked))
    });
    let Some((step, locked)) = first else { return };
    let practised = is_practised(part, NAME);
    if !cx.asked_for && part.settings.lock_timeout != Some(true) && !practised {
        return;
    }
    let Some(op) = step.statement().ops.first() else { return };
    let custom = custom(part, NAME);
    let who = if practised { "unlike the migrations before it, this one" } else { "this migration" };
    let held = locked.iter().any(|name| {
        let mode = step.effects().locks.get(name);
        mode.is_some_and(|mode| mode.blocks_reads())
    });
    let others = if held { "every query" } else { "every write" };
    let message = format!(
        "{who} sets no lock_timeout: while {} waits for its lock, {others} on {} waits behind it, for as long as one long transaction lasts",
        op.kind.title(),
        tables(&step, &locked)
    );
    let setting = lacking(&step, NAME, custom.as_ref(), "5s");
    let local = if step.in_transaction() { "SET LOCAL lock_timeout" } else { "SET lock_timeout" };
    let finding = cx
        .report(step.place(op.span), message)
        .help(format!("Put {local} before it, and run the migration again when it gives up."));
    if let Some((at, setting)) = setting {
        finding.remedy(Safety::Safe, Remedy::SetBefore { at, setting: Box::new(setting) });
    }
}
