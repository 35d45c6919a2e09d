//! A timeout that limits nothing, or the wrong thing.

use super::timeouts::{is_concurrent, milliseconds};
use super::words::tables;
use super::{Check, Cx, PartFacts, Rule, StepFacts};
use crate::effects::{self, LockMode};
use crate::ops::{Op, Operation, Transaction};
use crate::schema::Name;

/// `timeout-without-effect`.
pub const RULE: Rule = Rule {
    id: "timeout-without-effect",
    page: include_str!("../../rules/timeout-without-effect.md"),
    down: true,
    check: Check::Part(check),
};

/// The settings that limit a time.
const TIMEOUTS: [&str; 4] =
    ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"];

/// From so many milliseconds on, an index that is built CONCURRENTLY may be said to have time.
const LONG: u64 = 300_000;

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    for step in part.steps() {
        for op in &step.statement().ops {
            if let Operation::Set { name, value: Some(value), local } = &op.kind
                && TIMEOUTS.contains(&name.as_str())
            {
                set(&step, op, (name, value, *local), cx);
            }
            over_concurrently(&step, op, cx);
        }
    }
}

fn set(step: &StepFacts<'_>, op: &Op, (name, value, local): (&str, &str, bool), cx: &mut Cx<'_>) {
    let place = step.place(op.span);
    if local && step.transaction() == Transaction::None && step.statement().within.is_none() {
        let who = waiting(step, false).map_or_else(
            || "the statements below run without it".to_owned(),
            |(next, names)| format!("{} on {} runs without it", title(&next), tables(&next, &names)),
        );
        cx.report(place, format!("SET LOCAL {name} does nothing outside a transaction: {who}"))
            .help(format!("Write SET {name}, or put BEGIN before it and COMMIT after what it is for."));
        return;
    }
    let zero = milliseconds(value) == Some(0);
    if zero && name == "lock_timeout" && !is_before_concurrent(step) {
        if let Some((next, names)) = waiting(step, local) {
            let message = format!(
                "lock_timeout = 0 is no limit: {} waits for its lock on {} as long as anybody holds it, and the queries behind it wait too",
                title(&next),
                tables(&next, &names)
            );
            cx.report(place, message)
                .help("Give it a few seconds, and run the migration again when it gives up.");
        }
        return;
    }
    let set_before = step.step().session.settings.contains_key(name);
    if zero || set_before || !matches!(name, "lock_timeout" | "statement_timeout") {
        return;
    }
    let guarded = |other: &StepFacts<'_>| {
        if name == "lock_timeout" {
            other.locked(LockMode::ShareRowExclusive)
        } else {
            other.with_rows(other.effects().scans.union(&other.effects().rewrites))
        }
    };
    let is_something = |other: &StepFacts<'_>| {
        !guarded(other).is_empty()
            || other.statement().ops.iter().any(|op| effects::changes_something(&op.kind))
    };
    let earlier = step.part.steps().take(step.at).find(|other| !guarded(other).is_empty());
    let Some(earlier) =
        earlier.filter(|_| !step.part.steps().skip(step.at + 1).any(|other| is_something(&other)))
    else {
        return;
    };
    let names = guarded(&earlier);
    cx.report(
        place,
        format!(
            "{name} is set when nothing is left to limit: {} has worked on {} by then",
            title(&earlier),
            tables(&earlier, &names)
        ),
    )
    .help("Set it before the first statement that needs it.")
    .related(earlier.place(earlier.statement().span), "runs without it");
}

/// An index that gives up waiting for others stays behind, invalid.
fn over_concurrently(step: &StepFacts<'_>, op: &Op, cx: &mut Cx<'_>) {
    let table = match &op.kind {
        Operation::CreateIndex(create) if create.concurrently && !step.is_free(&create.table) => {
            create.table.clone()
        }
        Operation::Reindex { concurrently: true, .. } => {
            match step.with_rows(&step.effects().scans).into_iter().next() {
                Some(table) => table,
                None => return,
            }
        }
        _ => return,
    };
    let Some((value, _)) = step.step().session.settings.get("lock_timeout") else { return };
    let Some(limit) = milliseconds(value) else { return };
    if limit == 0 || limit >= LONG || step.in_transaction() {
        return;
    }
    let setting = step.part.steps().take(step.at).filter(|before| sets_lock_timeout(before)).last();
    let message = format!(
        "lock_timeout = {value} holds here too: when one transaction on `{table}` takes longer, {} gives up and leaves an invalid index",
        op.kind.title()
    );
    let finding = cx
        .report(step.place(op.span), message)
        .help("Put SET lock_timeout = 0 before it: it blocks nobody while it waits.");
    if let Some(setting) = setting {
        finding.related(setting.place(setting.statement().span), "set here");
    }
}

fn sets_lock_timeout(step: &StepFacts<'_>) -> bool {
    let sets = |op: &Op| matches!(&op.kind, Operation::Set { name, .. } if name == "lock_timeout");
    step.statement().ops.iter().any(sets)
}

/// Whether the next statement that is no setting runs CONCURRENTLY.
fn is_before_concurrent(step: &StepFacts<'_>) -> bool {
    let is_setting = |op: &Op| matches!(op.kind, Operation::Set { .. });
    let mut later = step.part.statements()[step.at + 1..].iter();
    later.find(|statement| !statement.ops.iter().all(is_setting)).is_some_and(is_concurrent)
}

/// The first statement behind a setting, while it is in force, that keeps others out of tables; and those.
fn waiting<'a>(step: &StepFacts<'a>, local: bool) -> Option<(StepFacts<'a>, Vec<Name>)> {
    let ends = |op: &Op| matches!(op.kind, Operation::Commit { .. } | Operation::Rollback { .. });
    let later = step.part.steps().skip(step.at + 1);
    let in_force = later
        .take_while(|later| !(sets_lock_timeout(later) || local && later.statement().ops.iter().any(ends)));
    in_force
        .map(|later| (later, later.locked(LockMode::ShareRowExclusive)))
        .find(|(_, names)| !names.is_empty())
}

fn title(step: &StepFacts<'_>) -> String {
    step.statement().ops.first().map_or_else(String::new, |op| op.kind.title())
}
