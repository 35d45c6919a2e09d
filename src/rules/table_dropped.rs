//! DROP TABLE of a table that stood before.

use super::words::listed;
use super::{Check, Cx, Rule, StepFacts, stood};
use crate::ops::{Drop, Guard, Op, Operation, TableOption};
use crate::schema::{Catalog, Lookup, Name, ObjectKind, Relation};
use crate::text::Place;

/// `table-dropped`.
pub const RULE: Rule = Rule {
    id: "table-dropped",
    page: include_str!("../../rules/table-dropped.md"),
    down: false,
    check: Check::Step(check),
};

const LATER: &str = "Release the code that no longer uses it first; drop it in a later migration, when its rows are kept elsewhere or nobody needs them.";

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in stood::done(step) {
        match &op.kind {
            Operation::Drop(drop) if drop.kind == ObjectKind::Table => dropped(step, op, drop, cx),
            // MySQL drops partitions by an action of their parent.
            Operation::SetTableOption { table, option: TableOption::Other(words) }
                if words.starts_with("DROP PARTITION") && stood::relation(step, &table.name, true) =>
            {
                cx.report(
                    step.place(op.span),
                    format!("dropping partitions of `{}` deletes every row in them", table.name),
                )
                .help("Copy the rows that somebody may ask for to another table first.");
            }
            // TimescaleDB's chunks are partitions.
            Operation::Query { calls, .. } => {
                for call in calls.iter().filter(|call| Name::of_call(&call.name).text() == "drop_chunks") {
                    let of = match call.arguments.first() {
                        Some(Some(table)) => format!("chunks of `{table}`"),
                        Some(None) | None => "chunks".to_owned(),
                    };
                    cx.report(step.place(op.span), format!("dropping {of} deletes every row in them"))
                        .help("Leave what is old to a retention policy; copy the rows that somebody may ask for to another table first.");
                }
            }
            _ => {}
        }
    }
}

fn dropped(step: &StepFacts<'_>, op: &Op, drop: &Drop, cx: &mut Cx<'_>) {
    let asserted = stood::asserts(step, drop.guard == Guard::IfExists);
    let names = drop.objects.iter().map(|object| &object.name);
    let lost: Vec<Name> = names
        .filter(|name| stood::relation(step, name, asserted))
        .map(|name| step.resolve(name))
        .filter(|name| is_lost(step, op, name))
        .collect();
    let [first, rest @ ..] = lost.as_slice() else { return };
    let shown = listed(&lost.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>());
    let again = |name: &Name| step.part.run.after.table(&stood::first_name(step, op, name)).found();
    let mut anew = lost.iter().filter_map(again).peekable();
    let copied = if rest.is_empty() { stood::copied(step, op, first, None) } else { None };
    let (message, help) = match (rest, anew.peek()) {
        ([], None) if let Some(copied) = &copied => (
            format!(
                "dropping {shown} leaves of its rows only what went into `{}`, and code that still uses it fails",
                copied.into
            ),
            LATER,
        ),
        ([], Some(table)) if stood::is_own(&step.part, table.made) => (
            format!(
                "dropping {shown} deletes every row of it: the migration makes `{}` anew, without them",
                table.name
            ),
            "Change the table with ALTER TABLE; or copy its rows into the new one before the old one goes.",
        ),
        ([], Some(_)) => (
            format!(
                "dropping {shown} deletes every row of it: the table that has its name from here on has others"
            ),
            LATER,
        ),
        ([], None) => {
            (format!("dropping {shown} deletes every row of it, and code that still uses it fails"), LATER)
        }
        (_, _) => (
            format!("dropping {shown} deletes every row of them, and code that still uses them fails"),
            LATER,
        ),
    };
    let mut finding = cx.report(step.place(op.span), message).help(help);
    if let Some(copied) = copied {
        finding = finding.related(copied.place, format!("this writes it into `{}`", copied.into));
    }
    if anew.peek().is_none() {
        for name in std::iter::once(first).chain(rest) {
            for (view, made) in stood::mysql_readers(step, name) {
                finding = finding.related(made, format!("view `{view}` still reads it"));
            }
            for (function, made) in stood::bodies(&step.part, &[name.text()]) {
                finding = finding.related(made, format!("`{function}` names `{name}` in its body"));
            }
        }
    }
}

/// Whether rows go with the table: it was no partition that was taken out before, was not put back by a ROLLBACK, and nothing took its
/// rows over under its name.
fn is_lost(step: &StepFacts<'_>, op: &Op, name: &Name) -> bool {
    let end = &step.part.run.after;
    if let Lookup::Found(Relation::Table(table)) = step.before().relation(name) {
        let is_there = end.table(name).found().is_some_and(|left| left.made == table.made);
        if (is_there && table.made.is_some()) || was_detached(step, name) {
            return false;
        }
    }
    let first = stood::first_name(step, op, name);
    !stood::rows_survive(&step.part, &first) && !is_computed_anew(step, name, &first)
}

/// Whether the table was filled by a query when it was made, and the migration makes it by a query again: its rows are computed.
fn is_computed_anew(step: &StepFacts<'_>, name: &Name, first: &Name) -> bool {
    let by_query = |made: Option<Place>| {
        let made = made?;
        let run = step.part.replay.runs.iter().find(|run| run.up.part.file == made.file)?;
        let mut ops = run.up.script.statements.iter().flat_map(|statement| &statement.ops);
        let op = ops.find(|op| op.span == made.span)?;
        Some(matches!(&op.kind, Operation::CreateTable(create) if create.from_query))
    };
    let made = |catalog: &Catalog, name: &Name| catalog.table(name).found().and_then(|table| table.made);
    let again = made(&step.part.run.after, first);
    let is_own = stood::is_own(&step.part, again);
    is_own && by_query(again) == Some(true) && by_query(made(step.before(), name)) == Some(true)
}

/// Whether the table is what a DETACH PARTITION left.
fn was_detached(step: &StepFacts<'_>, name: &Name) -> bool {
    let Lookup::Found(table) = step.before().table(name) else { return false };
    if !table.parents.is_empty() {
        return false;
    }
    stood::steps_before(step).any(|(earlier, op)| {
        let Operation::DetachPartition { partition, .. } = &op.kind else { return false };
        let detached = crate::ops::resolve(&earlier.before, &earlier.session, partition);
        let same = |known: &crate::schema::Table| known.made.is_some() && known.made == table.made;
        detached == *name || earlier.before.table(&detached).found().is_some_and(same)
    })
}
