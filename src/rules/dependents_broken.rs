//! Something depends on what is dropped or retyped: PostgreSQL refuses, SQLite leaves it broken.

use super::refusals::{self, Why};
use super::{Check, Cx, PartFacts, Rule, StepFacts};
use crate::ops::{Op, Operation, Outcome};
use crate::schema::{Catalog, Dialect, Lookup, Name, ObjectKind, Table};

/// `dependents-broken`.
pub const RULE: Rule = Rule {
    id: "dependents-broken",
    page: include_str!("../../rules/dependents-broken.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    // What a rename stumbles over is told there.
    let stumbles = part.steps().any(|step| !refusals::refusals(&step, Why::Depends).is_empty());
    for step in part.steps() {
        for refusal in refusals::refusals(&step, Why::Depends) {
            let finding = cx
                .report(step.place(refusal.op.span), refusal.message(part.dialect()))
                .help(help(&refusal.op.kind));
            refusal.told(finding, "since this statement it depends on it");
        }
        if part.dialect() == Dialect::Sqlite && !stumbles {
            for op in &step.statement().ops {
                left_broken(&step, op, cx);
            }
        }
    }
}

fn help(operation: &Operation) -> &'static str {
    match operation {
        Operation::Rename { .. } | Operation::RenameColumn { .. } => {
            "DROP VIEW first, and make the view again afterwards."
        }
        Operation::AlterColumn { .. } | Operation::AlterType { .. } => {
            "Drop what depends on it first, and make it again afterwards, in the same transaction."
        }
        _ => "Drop what depends on it first, by name; make it again without it where it is still needed.",
    }
}

/// SQLite drops a table whatever refers to it: reading the view, or writing to the table whose foreign key it was, fails from then on.
fn left_broken(step: &StepFacts<'_>, op: &Op, cx: &mut Cx<'_>) {
    let Operation::Drop(drop) = &op.kind else { return };
    let done = step.step().outcomes.contains(&Outcome::Done);
    if !done
        || !step.statement().when.is_empty()
        || !matches!(drop.kind, ObjectKind::Table | ObjectKind::View)
    {
        return;
    }
    for object in &drop.objects {
        let name = step.resolve(&object.name);
        // Whoever makes it again, in this migration or in a later one, leaves nothing broken.
        let end = step.part.replay.end.get(&Dialect::Sqlite);
        let gone = |catalog: &Catalog| catalog.relation(&name).is_absent();
        if !gone(&step.part.run.after) || !end.is_none_or(gone) {
            continue;
        }
        let names = left(step, &name, end);
        if names.is_empty() {
            continue;
        }
        cx.report(
            step.place(op.span),
            format!("SQLite drops `{name}` and leaves {} broken", names.join(", ")),
        )
        .help("Drop or rebuild first what refers to it: SQLite does not look.");
    }
}

/// What still refers to a relation that is gone, after the migration and at the end.
fn left(step: &StepFacts<'_>, gone: &Name, end: Option<&Catalog>) -> Vec<String> {
    let after = &step.part.run.after;
    let stays = |view: &Name| {
        end.is_none_or(|end| end.view(view).found().is_some_and(|view| view.reads.contains(gone)))
    };
    let views = after.views().filter(|view| view.reads.contains(gone) && stays(&view.name));
    let mut names: Vec<String> = views.map(|view| format!("view `{}`", view.name)).collect();
    if step.part.settings.foreign_keys {
        let refers = |table: &Table| table.foreign_keys().any(|(_, key)| key.table == *gone);
        let still = |table: &Name| match end.map(|end| end.table(table)) {
            Some(Lookup::Found(table)) => refers(table),
            Some(Lookup::Absent | Lookup::Unknown) => false,
            None => true,
        };
        let tables =
            after.tables().filter(|table| table.name != *gone && refers(table) && still(&table.name));
        names.extend(tables.map(|table| format!("the foreign key of `{}`", table.name)));
    }
    names
}
