//! REINDEX without CONCURRENTLY.

use super::{Check, Cx, Rule, StepFacts, words};
use crate::diagnostic::{Remedy, Safety};
use crate::history::Wrap;
use crate::ops::{Operation, Outcome, Transaction};
use crate::schema::{Dialect, Lookup, Name, ObjectKind, Relation};

/// `reindex-blocks`.
pub const RULE: Rule = Rule {
    id: "reindex-blocks",
    page: include_str!("../../rules/reindex-blocks.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    // Before 12 there is no other way.
    if step.part.dialect() != Dialect::Postgres || !step.part.engine().at_least(12, 0) {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        let Operation::Reindex { kind, name, concurrently: false } = &op.kind else { continue };
        if *outcome != Outcome::Done {
            continue;
        }
        let Some((what, tables)) = concerned(step, *kind, name.as_ref()) else { continue };
        let message = format!(
            "rebuilding {what} blocks every write to {tables} until it is done, and nearly every read: the planner waits for the index too"
        );
        let finding = cx.report(step.place(op.span), message);
        if step.in_transaction() {
            finding.help(format!("Write REINDEX … CONCURRENTLY {}.", words::outside_a_transaction(step)));
            continue;
        }
        let alone = step.part.run.part.wrap == Wrap::Nobody && step.part.statements().len() == 1;
        let finding =
            finding.help("Write REINDEX … CONCURRENTLY, in a migration that runs outside a transaction.");
        // A transaction that the application may open refuses it.
        if step.transaction() == Transaction::Unknown || words::serves_others(step) {
            continue;
        }
        finding.remedy(if alone { Safety::Safe } else { Safety::Unsafe }, Remedy::Concurrently);
    }
}

/// What is rebuilt, and of which tables: those with rows and readers.
fn concerned(step: &StepFacts<'_>, kind: ObjectKind, name: Option<&Name>) -> Option<(String, String)> {
    let is_theirs = |name: &Name| name.schema.as_ref().is_some_and(|schema| schema.key() == "pg_catalog");
    let of = |tables: Vec<Name>| (!tables.is_empty()).then(|| words::tables(step, &tables));
    match (kind, name) {
        (_, Some(name)) if is_theirs(name) => None,
        (ObjectKind::Index, Some(name)) => {
            let index = step.resolve(name);
            let table = match step.before().relation(&index) {
                Lookup::Found(Relation::Index(found)) => found.table.clone(),
                Lookup::Found(_) | Lookup::Absent => return None,
                Lookup::Unknown => None,
            };
            let what = format!("index `{index}`");
            match table {
                Some(table) => Some((what, of(step.with_rows(std::iter::once(&table)))?)),
                None => Some((what, "its table".to_owned())),
            }
        }
        (ObjectKind::Table, Some(name)) => {
            let table = step.resolve(name);
            Some(("every index".to_owned(), of(step.with_rows(std::iter::once(&table)))?))
        }
        (ObjectKind::Schema, Some(name)) => {
            let inside = step.before().tables().map(|table| &table.name);
            let inside = inside.filter(|table| match &table.schema {
                Some(schema) => *schema == name.ident,
                None => name.ident.key() == "public",
            });
            let any = !step.in_use(inside).is_empty() || step.before().open;
            any.then(|| {
                (format!("every index of schema `{}`", name.ident), "one table after the other".to_owned())
            })
        }
        _ => {
            let any = !step.in_use(step.before().tables().map(|table| &table.name)).is_empty();
            any.then(|| ("every index of the database".to_owned(), "one table after the other".to_owned()))
        }
    }
}
