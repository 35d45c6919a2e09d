//! DROP COLUMN of a column that stood before, and a table built anew without one.

use std::collections::BTreeMap;

use super::words::listed;
use super::{Check, Cx, PartFacts, Rule, StepFacts, stood};
use crate::ops::{AlterType, Guard, Op, Operation, TableTarget};
use crate::schema::{Dialect, GeneratedKind, Ident, Lookup, Member, Name, Table};

/// `column-dropped`.
pub const RULE: Rule = Rule {
    id: "column-dropped",
    page: include_str!("../../rules/column-dropped.md"),
    down: false,
    check: Check::Part(check),
};

const LATER: &str = "Release the code that neither reads nor writes it first; drop it in a later migration.";

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    for step in part.steps() {
        for op in stood::done(&step) {
            match &op.kind {
                Operation::DropColumn { table, column, guard, .. } => {
                    dropped(&step, op, table, column, *guard, cx);
                }
                Operation::AlterType {
                    name,
                    change: AlterType::DropAttribute { name: attribute, guard },
                } if stood::type_entry(&step, name, stood::asserts(&step, *guard == Guard::IfExists)) => {
                    cx.report(
                        step.place(op.span),
                        format!("dropping `{name}.{attribute}` deletes its value wherever the type is used, and code that still names it fails"),
                    )
                    .help(LATER);
                }
                _ => {}
            }
        }
    }
    rebuilt(part, cx);
}

fn dropped(
    step: &StepFacts<'_>,
    op: &Op,
    table: &TableTarget,
    column: &Ident,
    guard: Guard,
    cx: &mut Cx<'_>,
) {
    let asserted = stood::asserts(step, guard == Guard::IfExists || table.if_exists);
    if !stood::column(step, &table.name, column, asserted) {
        return;
    }
    let name = step.resolve(&table.name);
    let before = step.before().table(&name).and_then(|table| table.column(column.key()));
    if before.found().is_some_and(|member| is_virtual(step, member)) {
        return;
    }
    let after = step.part.run.after.table(&name).and_then(|table| table.column(column.key()));
    // A ROLLBACK brought it back.
    if let (Lookup::Found(old), Lookup::Found(new)) = (before, after)
        && old.made.is_some()
        && old.made == new.made
    {
        return;
    }
    let first = stood::first_column(step, op, &name, column);
    let again = step.part.run.after.table(&name).and_then(|table| table.column(first.key())).found();
    // Another column took the values over and has the name when the migration is through.
    if again.is_some_and(|member| member.filled) {
        return;
    }
    let is_new = |member: &&Member| stood::is_own(&step.part, member.made);
    let computed = |member: &Member| member.column.generated.is_some();
    // What was computed before is computed again.
    if again.filter(is_new).is_some_and(computed) && before.found().is_some_and(computed) {
        return;
    }
    let copied = stood::copied(step, op, &name, Some(column));
    let is_told = stood::is_called_otherwise(step, op, &name);
    let has_no_rows = has_no_rows(step, table);
    if is_told && (has_no_rows || copied.as_ref().is_some_and(|copied| copied.whole)) {
        return;
    }
    let lost = match &copied {
        Some(copied) => {
            format!("dropping `{name}.{column}` leaves of its values only what went into `{}`", copied.into)
        }
        None => format!("dropping `{name}.{column}` deletes its values"),
    };
    let (message, help) = match again {
        Some(member) if is_new(&member) && computed(member) => (
            format!(
                "{lost}: the column of that name that follows is computed, and code that still writes it fails"
            ),
            "Release the code that no longer writes it first; give the old column another name where its values are still needed.",
        ),
        Some(member) if is_new(&member) => (
            format!("{lost}: the column of that name that follows begins empty"),
            "Fill the new column from the old one before that goes.",
        ),
        Some(_) => (format!("{lost}: the column that has its name from here on has others"), LATER),
        None if has_no_rows => {
            (format!("code that still names `{name}.{column}` fails when it is dropped"), LATER)
        }
        None if is_told => (
            lost,
            "Keep its values elsewhere first; or drop it in a later migration, when nobody needs them.",
        ),
        None => (format!("{lost}, and code that still names it fails"), LATER),
    };
    let mut finding = cx.report(step.place(op.span), message).help(help);
    if let Some(copied) = copied {
        finding = finding.related(copied.place, format!("this writes it into `{}`", copied.into));
    }
    for (function, made) in stood::bodies(&step.part, &[name.text(), column.text()]) {
        finding = finding.related(made, format!("`{function}` names `{name}` and `{column}` in its body"));
    }
    for view in
        step.part.run.after.views().filter(|view| {
            step.part.dialect() == Dialect::Mysql && view.uses(&name, column.key()) == Some(true)
        })
    {
        if let Some(made) = view.made {
            finding = finding.related(made, format!("view `{}` still reads it", view.name));
        }
    }
}

/// Whether the statement is refused where its table has rows: it adds a column that must have a value, and gives it none.
fn has_no_rows(step: &StepFacts<'_>, table: &TableTarget) -> bool {
    step.part.dialect() == Dialect::Postgres
        && step.statement().ops.iter().any(|op| match &op.kind {
            Operation::AddColumn { table: other, def, guard: Guard::None } => {
                other.name == table.name && def.column.not_null == Some(true) && !def.column.fills()
            }
            _ => false,
        })
}

/// A column that is computed when it is read has no values of its own.
fn is_virtual(step: &StepFacts<'_>, member: &Member) -> bool {
    member.column.generated.as_ref().is_some_and(|generated| match generated.kind {
        GeneratedKind::Virtual => true,
        GeneratedKind::Unsaid => {
            step.part.dialect() != Dialect::Postgres || step.part.engine().version().major >= 18
        }
        GeneratedKind::Stored => false,
    })
}

/// What a table lacks that was built anew: created, filled from the old one, put in its place.
fn rebuilt(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let Some(first) = part.steps().next() else { return };
    // Each with where it was made or got its name.
    let mut names = BTreeMap::new();
    let mut renamed: Vec<Ident> = Vec::new();
    for step in part.steps() {
        for op in stood::done(&step) {
            match &op.kind {
                Operation::CreateTable(create) => {
                    names.insert(step.resolve(&create.name), step.place(op.span));
                }
                Operation::Rename { object, to, .. } => {
                    let from = step.resolve(&object.name);
                    names.insert(Name { schema: from.schema, ident: to.clone() }, step.place(op.span));
                }
                Operation::RenameColumn { from, .. } | Operation::DropColumn { column: from, .. } => {
                    renamed.push(from.clone());
                }
                _ => {}
            }
        }
    }
    for (name, place) in names {
        let (Lookup::Found(old), Lookup::Found(new)) =
            (stood::before_change(&first).table(&name), part.run.after.table(&name))
        else {
            continue;
        };
        let is_small = part.settings.is_small(&name) || old.temporary;
        if !stood::is_own(part, new.made)
            || old.made == new.made
            || is_small
            || !stood::rows_survive(part, &name)
        {
            continue;
        }
        let lost: Vec<String> = lost(&first, old, new)
            .filter(|column| !renamed.contains(column))
            .map(|column| format!("`{column}`"))
            .collect();
        if lost.is_empty() {
            continue;
        }
        let (noun, its, it) =
            if lost.len() == 1 { ("column", "its", "it") } else { ("columns", "their", "them") };
        // A table that the change made in another migration is told of where it gets its name.
        let made = new.made.filter(|made| made.file == part.run.part.file).unwrap_or(place);
        cx.report(
            made,
            format!(
                "the new `{name}` has no {noun} {}: code that still names {it} fails, and {its} values go unless something else keeps them",
                listed(&lost)
            ),
        )
        .help("Give the new table the column too; leave it out in a later migration, when no released code names it.");
    }
}

fn lost<'a>(step: &'a StepFacts<'a>, old: &'a Table, new: &'a Table) -> impl Iterator<Item = &'a Ident> {
    let columns = old.columns.iter().filter(|member| !is_virtual(step, member));
    let names = columns.map(|member| &member.column.name);
    names.filter(|column| new.column(column.key()).is_absent())
}
