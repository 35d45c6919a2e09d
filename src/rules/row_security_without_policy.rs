//! ENABLE ROW LEVEL SECURITY without a policy: nobody but the owner sees a row.

use super::{Check, Cx, Rule, StepFacts};
use crate::ops::{Operation, Outcome, TableOption};
use crate::schema::{Catalog, Dialect, Lookup, Name, ObjectKind};

/// `row-security-without-policy`.
pub const RULE: Rule = Rule {
    id: "row-security-without-policy",
    page: include_str!("../../rules/row-security-without-policy.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for (index, op) in step.statement().ops.iter().enumerate() {
        let Operation::SetTableOption { table, option: TableOption::RowSecurity(true) } = &op.kind else {
            continue;
        };
        let done = matches!(step.step().outcomes.get(index), Some(Outcome::Done));
        let name = step.resolve(&table.name);
        if !done || step.is_free(&table.name) || is_on_already(step, &name) || !is_known(step, &name) {
            continue;
        }
        let end = step.part.replay.end.get(&Dialect::Postgres);
        if shuts_tables(step) {
            continue;
        }
        if has_policy(&step.part.run.after, &name) || end.is_none_or(|end| !is_closed(end, &name)) {
            continue;
        }
        cx.report(
            step.place(op.span),
            format!("`{name}` has no policy: with row level security on, everybody but its owner and superusers finds it empty"),
        )
        .help("CREATE POLICY for those who need the rows first, in the same migration; then enable row level security.");
    }
}

/// Whether it is how these migrations shut tables: several have it on, and there is no policy anywhere.
fn shuts_tables(step: &StepFacts<'_>) -> bool {
    const SEVERAL: usize = 3;
    let before = step.part.run.steps.first().map_or(&step.part.run.after, |step| &step.before);
    let shut = before.tables().filter(|table| table.row_security).count();
    shut >= SEVERAL && !before.others().any(|(object, _)| object.kind == ObjectKind::Policy)
}

fn is_on_already(step: &StepFacts<'_>, name: &Name) -> bool {
    step.before().table(name).found().is_some_and(|table| table.row_security)
}

/// Whether every policy of the table is known: it was made by the history, and nothing unread may have made one.
fn is_known(step: &StepFacts<'_>, name: &Name) -> bool {
    let made = step.before().table(name).found().is_some_and(|table| table.made.is_some());
    made && !step.part.run.after.unclear && step.part.replay.sequence.unread.is_empty()
}

fn has_policy(catalog: &Catalog, name: &Name) -> bool {
    catalog.others().any(|(object, _)| object.kind == ObjectKind::Policy && object.on.as_ref() == Some(name))
}

/// Whether at the end of the history the table is still there, locked and without a policy.
fn is_closed(end: &Catalog, name: &Name) -> bool {
    match end.table(name) {
        Lookup::Found(table) => table.row_security && !has_policy(end, name),
        Lookup::Absent | Lookup::Unknown => false,
    }
}
