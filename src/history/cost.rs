//! What each statement of a replayed migration does to a live database.

use super::replay::{PartRun, Step};
use crate::effects::{self, Around, Effects, SecondRun};
use crate::ops::{Operation, Outcome, Statement, Transaction, apply};
use crate::schema::Catalog;

/// What a statement costs. A DO block costs what the statements in it do.
#[derive(Clone, Debug)]
pub struct Cost {
    /// Which statement of the part.
    pub at: usize,
    /// What it does.
    pub effects: Effects,
    /// Whether it may run in a transaction block; None where it is refused, or was not understood.
    pub in_transaction: Option<bool>,
    /// What it does when it runs again, straight after its first run; None where that is not known, or the first run is refused.
    pub second_run: Option<SecondRun>,
    /// Who opened the transaction that it runs in.
    pub transaction: Transaction,
    /// Whether it changes anything that stays.
    pub changes: bool,
}

/// The costs of a part's statements, in running order. `begins`: its history begins at the beginning ([`Replay::begins`]), so that what it
/// did not make is not there. `foreign_keys`: whether SQLite enforces them.
///
/// [`Replay::begins`]: super::replay::Replay::begins
pub fn costs(part: &PartRun, begins: bool, foreign_keys: bool) -> Vec<Cost> {
    let mut all: Vec<Cost> = Vec::new();
    for (at, statement) in part.script.statements.iter().enumerate() {
        let Known { step, before, after, outcomes } = known(part, at, begins);
        let effects = effects_of(statement, step, &before, &after, &outcomes, foreign_keys);
        let refused = effects::is_refused(&outcomes);
        let refuses = statement
            .ops
            .iter()
            .any(|op| effects::refuses_transaction(&op.kind, &step.session, &before).is_some());
        let known = !refused && !statement.is_opaque();
        let mut cost = Cost {
            at,
            effects,
            in_transaction: known.then_some(!refuses),
            second_run: known.then(|| second_run(statement, &after, step)).flatten(),
            transaction: step.session.transaction,
            changes: statement.ops.iter().any(|op| effects::changes_something(&op.kind)),
        };
        let outer = statement.within.and_then(|outer| all.iter_mut().find(|cost| cost.at == outer as usize));
        match outer {
            Some(outer) => outer.takes(cost),
            None => {
                let is_block = statement.ops.iter().any(|op| matches!(op.kind, Operation::Do));
                if is_block {
                    // Nothing but what stands in it.
                    (cost.second_run, cost.changes) = (Some(SecondRun::Noop), false);
                }
                all.push(cost);
            }
        }
    }
    all
}

/// What each statement of a part does, by itself: those in a DO block apart from the block. Nothing where the server refuses it.
pub fn effects(part: &PartRun, begins: bool, foreign_keys: bool) -> Vec<Effects> {
    let statements = part.script.statements.iter().enumerate();
    let one = |(at, statement): (usize, &Statement)| {
        let Known { step, before, after, outcomes } = known(part, at, begins);
        if effects::is_refused(&outcomes) {
            return Effects::default();
        }
        effects_of(statement, step, &before, &after, &outcomes, foreign_keys)
    };
    statements.map(one).collect()
}

/// What one operation of a statement does, as if it stood alone. Nothing where the server refuses the statement.
pub fn effects_of_one(part: &PartRun, at: usize, op: usize, begins: bool) -> Effects {
    let Known { step, before, after, outcomes } = known(part, at, begins);
    let statement = &part.script.statements[at];
    let (Some(only), Some(outcome)) = (statement.ops.get(op), outcomes.get(op)) else {
        return Effects::default();
    };
    if effects::is_refused(&outcomes) {
        return Effects::default();
    }
    let alone = Statement { ops: vec![only.clone()], ..statement.clone() };
    effects_of(&alone, step, &before, &after, std::slice::from_ref(outcome), false)
}

/// What is known around a statement where the history begins at the beginning, or does not.
struct Known<'a> {
    step: &'a Step,
    before: Catalog,
    after: Catalog,
    outcomes: Vec<Outcome>,
}

fn known(part: &PartRun, at: usize, begins: bool) -> Known<'_> {
    let catalog = |catalog: &Catalog| {
        let mut catalog = catalog.clone();
        catalog.open &= !begins || catalog.unclear;
        catalog
    };
    let step = &part.steps[at];
    let before = catalog(&step.before);
    // What a guard finds is certain where the catalog is.
    let (after, outcomes) = if before.open == step.before.open {
        (catalog(part.steps.get(at + 1).map_or(&part.after, |next| &next.before)), step.outcomes.clone())
    } else {
        let applied = apply(&before, &part.script.statements[at], &mut (*step.session).clone());
        (applied.after, applied.results)
    };
    Known { step, before, after, outcomes }
}

fn effects_of(
    statement: &Statement,
    step: &Step,
    before: &Catalog,
    after: &Catalog,
    outcomes: &[Outcome],
    foreign_keys: bool,
) -> Effects {
    effects::of(statement, &Around { before, after, session: &step.session, outcomes, foreign_keys })
}

/// A second run comes in another session.
fn second_run(statement: &Statement, after: &Catalog, step: &Step) -> Option<SecondRun> {
    let mut now = after.clone();
    now.end_session();
    effects::second_run(statement, &now, &step.session)
}

impl Cost {
    /// Adds what a statement inside costs.
    fn takes(&mut self, inner: Self) {
        self.effects.add(inner.effects);
        self.in_transaction =
            self.in_transaction.zip(inner.in_transaction).map(|(outer, inner)| outer && inner);
        self.second_run = self.second_run.zip(inner.second_run).map(|(outer, inner)| outer.max(inner));
        self.changes |= inner.changes;
    }
}
