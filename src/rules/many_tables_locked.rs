//! A transaction that locks one table after the other.

use super::transactions::{renames, transactions};
use super::words::{listed, tables};
use super::{Check, Cx, Direction, PartFacts, Rule, StepFacts};
use crate::effects::LockMode;
use crate::ops::Operation;
use crate::schema::{Lookup, Name, Relation};

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
    /// What it was called when the transaction began.
    first: Name,
    mode: LockMode,
    by: StepFacts<'a>,
}

fn report(together: &[StepFacts<'_>], cx: &mut Cx<'_>) {
    let mut ordered: Vec<(Name, LockMode)> = Vec::new();
    let mut locked: Vec<Locked<'_>> = Vec::new();
    let mut at = None;
    // What was renamed on the way: its name now, and the one that it had at first.
    let mut renamed: Vec<(Name, Name)> = Vec::new();
    for step in together {
        let first_name = |name: &Name| {
            let known = renamed.iter().find(|(now, _)| now == name);
            known.map_or_else(|| name.clone(), |(_, first)| first.clone())
        };
        let modes = &step.effects().locks;
        let names: Vec<(Name, Name, LockMode)> = step
            .locked(LockMode::ShareRowExclusive)
            .into_iter()
            .filter(|name| !is_view(step, name))
            .filter_map(|name| {
                let mode = *modes.get(&name)?;
                Some((name.clone(), first_name(&name), mode))
            })
            .collect();
        let is_lock = step.statement().ops.iter().any(|op| matches!(op.kind, Operation::Lock { .. }));
        let is_order = is_lock && locked.is_empty();
        for (name, first, mode) in names {
            if is_order {
                // One statement that names them all: everybody who does so too takes them in this order.
                ordered.push((first, mode));
            } else if let Some(known) = locked.iter_mut().find(|known| known.first == first) {
                known.mode = known.mode.max(mode);
            } else if !ordered.iter().any(|(known, held)| *known == first && mode <= *held) {
                locked.push(Locked { name, first, mode, by: *step });
            }
        }
        if locked.len() >= MANY && at.is_none() {
            at = Some(*step);
        }
        for (from, to) in renames(step) {
            let first = renamed.iter().position(|(now, _)| *now == from);
            let first = first.map_or(from, |known| renamed.swap_remove(known).1);
            renamed.push((to, first));
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
        "{who} locks {}{more} and keeps all of them until COMMIT: {}, and whoever locks them in another order may deadlock with it",
        tables(&step, shown),
        waiting(&locked)
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

/// Whether it holds what a query has found and is no table.
fn is_view(step: &StepFacts<'_>, name: &Name) -> bool {
    matches!(step.before().relation(name), Lookup::Found(Relation::View(_)))
}

/// Who waits at the tables.
fn waiting(locked: &[Locked<'_>]) -> String {
    let closed: Vec<String> =
        locked.iter().filter(|one| one.mode.blocks_reads()).map(|one| format!("`{}`", one.name)).collect();
    match closed.len() {
        0 => "writes wait at each".to_owned(),
        all if all == locked.len() => "queries wait at each".to_owned(),
        1 | 2 => format!("writes wait at each, at {} reads too", listed(&closed)),
        some => format!("writes wait at each, at {some} of them reads too"),
    }
}
