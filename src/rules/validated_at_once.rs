//! VALIDATE CONSTRAINT while the transaction still holds the strong lock of an earlier statement.

use super::constraints::{done_on_postgres, earlier, held, is_read, waiting_for};
use super::{Check, Cx, Rule, StepFacts, recipes};
use crate::diagnostic::Safety;
use crate::ops::{Op, Operation, Transaction};
use crate::schema::{Ident, Lookup, Name};
use crate::text::Place;

/// `validated-at-once`.
pub const RULE: Rule = Rule {
    id: "validated-at-once",
    page: include_str!("../../rules/validated-at-once.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done_on_postgres(step) {
        let Operation::ValidateConstraint { table, constraint } = &op.kind else { continue };
        if step.is_free(&table.name) || !is_read(step, &table.name) {
            continue;
        }
        let held = held(step, &table.name);
        let Some(cause) = cause(step, &table.name, constraint) else { continue };
        let mut names = vec![table.name.clone()];
        names.extend(parent(step, &table.name, constraint));
        let (title, at) = cause;
        let message = format!(
            "{} while VALIDATE checks every row{}: the transaction still holds the lock of {title}",
            waiting_for(step, &held, &names),
            if names.len() > 1 { format!(" of `{}`", table.name) } else { String::new() }
        );
        let help = match step.transaction() {
            Transaction::None | Transaction::Unknown => {
                "Validate in a statement of its own, in a later migration.".to_owned()
            }
            Transaction::Tool | Transaction::Implicit => {
                "Move VALIDATE CONSTRAINT into the next migration, which is a transaction of its own."
                    .to_owned()
            }
            Transaction::Explicit(_) if step.part.tool().records => {
                "Move VALIDATE CONSTRAINT into the next migration, which is a transaction of its own."
                    .to_owned()
            }
            Transaction::Explicit(_) => {
                "Run VALIDATE CONSTRAINT after COMMIT, or in the next migration.".to_owned()
            }
        };
        cx.report(step.place(op.span), message)
            .help(help)
            .related(at, "the lock is taken here")
            .offer(Safety::Unsafe, recipes::validate_apart(op));
    }
}

/// The operation of the transaction that locks a table against writes: the one that adds the constraint, else the first.
fn cause(step: &StepFacts<'_>, table: &Name, constraint: &Ident) -> Option<(String, Place)> {
    let table = step.resolve(table);
    let adds = |op: &&Op| matches!(&op.kind, Operation::AddConstraint { constraint: added, .. } if added.name.as_ref() == Some(constraint));
    let told = |at: &StepFacts<'_>, op: &Op| (op.kind.title(), at.place(op.span));
    if let Some(op) = step.statement().ops.iter().find(adds) {
        return Some(told(step, op));
    }
    let locks = |other: &StepFacts<'_>| {
        step.shares_transaction(other)
            && other.effects().locks.get(&table).is_some_and(|mode| mode.blocks_writes())
    };
    let strong: Vec<StepFacts<'_>> = earlier(step).filter(locks).collect();
    let adding = strong.iter().find_map(|other| Some(told(other, other.statement().ops.iter().find(adds)?)));
    adding.or_else(|| {
        let first = strong.first()?;
        Some(told(first, first.statement().ops.first()?))
    })
}

/// The table that the constraint refers to, where it is a foreign key.
fn parent(step: &StepFacts<'_>, table: &Name, constraint: &Ident) -> Option<Name> {
    let name = step.resolve_after(table);
    let found = step.after().table(&name).and_then(|table| table.constraint(constraint.key()));
    let Lookup::Found(found) = found else { return None };
    let parent = step.resolve(&found.kind.foreign_key()?.table);
    (parent != name).then_some(parent)
}
