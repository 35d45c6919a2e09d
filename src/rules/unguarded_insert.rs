//! INSERT of literal rows that fails, or doubles the rows, on a second run.

use super::rerun::{self, Habit};
use super::{Check, Cx, Direction, Rule, StepFacts};
use crate::diagnostic::{Remedy, Safety, Severity};
use crate::effects::keys;
use crate::ops::{InsertSource, OnConflict, Operation, Outcome};
use crate::schema::{Ident, Lookup, Name};
use crate::syntax::sql::write::quote;

/// `unguarded-insert`.
pub const RULE: Rule = Rule {
    id: "unguarded-insert",
    page: include_str!("../../rules/unguarded-insert.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.direction == Direction::Down
        || !rerun::is_question(step, cx)
        || !step.statement().when.is_empty()
    {
        return;
    }
    for op in &step.statement().ops {
        let Operation::Insert(insert) = &op.kind else { continue };
        let literal = match &insert.source {
            InsertSource::Values { .. } | InsertSource::Defaults => true,
            InsertSource::Query { anti_join, reads, .. } => reads.is_empty() && !anti_join,
        };
        if !literal || insert.on_conflict != OnConflict::Fail || is_fresh(step, &insert.table) {
            continue;
        }
        let name = step.resolve(&insert.table);
        let version_table = super::facts::is_version_table(&step.part, &insert.table);
        let table = step.again().before.table(&name);
        let keys = table
            .found()
            .filter(|_| insert.source != InsertSource::Defaults)
            .map(|table| keys::filled_by(&step.again().before, table, insert))
            .unwrap_or_default();
        let knows_all = table.found().is_some_and(|table| !table.open);
        let severity = rerun::severity(&step.part, Severity::Warning, Habit::Insert);
        let place = step.place(op.span);
        match keys.as_slice() {
            [] if version_table && !knows_all => {
                cx.report(
                    place,
                    format!(
                        "a second run of the migration records itself in `{}` once more, or fails there",
                        insert.table
                    ),
                )
                .severity(severity)
                .help("End the statement with ON CONFLICT (…) DO NOTHING.")
                .remedy(Safety::Unsafe, Remedy::OnConflictDoNothing { key: Vec::new() });
            }
            [] if knows_all => {
                cx.report(
                    place,
                    format!(
                        "a second run of the migration puts the same rows into `{}` again: no key stops it",
                        insert.table
                    ),
                )
                .severity(Severity::Advice)
                .help("Give the table a key, or write INSERT … SELECT … WHERE NOT EXISTS (…).");
            }
            [] => {}
            [key] => {
                let columns = list(key);
                cx.report(place, format!("the INSERT into `{}` fails when the migration is run a second time: the key ({columns}) is taken then", insert.table))
                    .severity(severity)
                    .help(format!("End the statement with ON CONFLICT ({}) DO NOTHING.", written(key, step)))
                    .remedy(Safety::Safe, Remedy::OnConflictDoNothing { key: key.clone() });
            }
            [first, ..] => {
                let columns = list(first);
                cx.report(place, format!("the INSERT into `{}` fails when the migration is run a second time: the key ({columns}) is taken then", insert.table))
                    .severity(severity)
                    .help("End the statement with ON CONFLICT DO NOTHING.")
                    .remedy(Safety::Safe, Remedy::OnConflictDoNothing { key: Vec::new() });
            }
        }
    }
}

/// The columns as a statement names them: what the help says is there to be copied.
fn written(columns: &[Ident], step: &StepFacts<'_>) -> String {
    columns.iter().map(|column| quote(column, step.part.dialect())).collect::<Vec<_>>().join(", ")
}

fn list(columns: &[Ident]) -> String {
    columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Whether a second run finds the table empty: it was emptied, or dropped and made anew, before this statement; or it is temporary.
fn is_fresh(step: &StepFacts<'_>, table: &Name) -> bool {
    let name = step.resolve(table);
    let again = step.again();
    if let Lookup::Found(table) = again.before.table(&name)
        && (table.emptied.is_some() || table.temporary)
    {
        return true;
    }
    let made_anew = |at: usize| {
        let made = step.part.statements()[at].ops.iter().zip(&step.part.again[at].outcomes);
        made.into_iter().any(|(op, outcome)| match &op.kind {
            Operation::CreateTable(create) => *outcome == Outcome::Done && step.resolve(&create.name) == name,
            _ => false,
        })
    };
    (0..step.at).any(made_anew)
}
