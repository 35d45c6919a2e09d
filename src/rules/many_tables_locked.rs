//! A transaction that locks one table after the other.

use super::transactions::transactions;
use super::words::{listed, tables};
use super::{Check, Cx, Direction, PartFacts, Rule, StepFacts};
use crate::effects::LockMode;
use crate::ops::Operation;
use crate::schema::Name;

/// `many-tables-locked`.
pub const RULE: Rule = Rule {
    id: "many-tables-locked",
    page: include_str!("../../rules/many-tables-locked.md"),
    down: false,
    check: Check::Part(check),
};

/// From so many tables on it is said.
const MANY: usize = 3;

/// So many are named in one sentence.
const SHOWN: usize = 4;

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.direction == Direction::Down {
        return;
    }
    for together in transactions(part) {
        report(&together, cx);
    }
}

/// A table that a transaction has locked, and which of its statements did.
struct Locked<'a> {
    name: Name,
    by: StepFacts<'a>,
}

fn report(together: &[StepFacts<'_>], cx: &mut Cx<'_>) {
    let mut ordered: Vec<(Name, LockMode)> = Vec::new();
    let mut locked: Vec<Locked<'_>> = Vec::new();
    let mut at = None;
    for step in together {
        let names = step.locked(LockMode::ShareRowExclusive);
        let is_lock = step.statement().ops.iter().any(|op| matches!(op.kind, Operation::Lock { .. }));
        if is_lock && locked.is_empty() {
            // One statement that names them all: everybody who does so too takes them in this order.
            let modes = &step.effects().locks;
            ordered.extend(
                names.into_iter().filter_map(|name| modes.get(&name).map(|mode| (name.clone(), *mode))),
            );
            continue;
        }
        for name in names {
            let mode = step.effects().locks.get(&name);
            let is_ordered =
                ordered.iter().any(|(known, held)| *known == name && mode.is_some_and(|mode| mode <= held));
            if !is_ordered && locked.iter().all(|known| known.name != name) {
                locked.push(Locked { name, by: *step });
            }
        }
        if locked.len() >= MANY && at.is_none() {
            at = Some(*step);
        }
    }
    let Some(step) = at else { return };
    let Some(op) = step.statement().ops.first() else { return };
    let names: Vec<Name> = locked.iter().map(|one| one.name.clone()).collect();
    let first = locked.first().map(|one| one.by.at);
    let (who, help) = if locked.iter().all(|one| Some(one.by.at) == first) {
        ("this statement", "Do it in several statements, each in a transaction of its own.")
    } else {
        ("this transaction", "Give each table a migration, or at least a transaction, of its own.")
    };
    // The others are told at their places.
    let shown = if names.len() > SHOWN + 1 { &names[..SHOWN] } else { &names[..] };
    let more = match names.len() - shown.len() {
        0 => String::new(),
        more => format!(", and {more} more tables,"),
    };
    let message = format!(
        "{who} locks {}{more} and keeps all of them until COMMIT: queries wait at each, and whoever locks them in another order may deadlock with it",
        tables(&step, shown)
    );
    let mut finding = cx.report(step.place(op.span), message).help(help);
    let mut told = vec![step.at];
    for one in &locked {
        if !told.contains(&one.by.at) {
            told.push(one.by.at);
            let own: Vec<String> = locked
                .iter()
                .filter(|other| other.by.at == one.by.at)
                .map(|other| format!("`{}`", other.name))
                .collect();
            let place = one.by.place(one.by.statement().span);
            finding = finding.related(place, format!("locks {}", listed(&own)));
        }
    }
}
