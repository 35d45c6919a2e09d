//! From now on a column must have a value, and nothing gives it one: code that does not know it cannot insert.

use super::constraints::done;
use super::{Check, Cx, Rule, StepFacts};
use crate::ops::{AlterColumn, Operation};
use crate::schema::{Column, Detail, Dialect, Event, Ident, Member, Name, ObjectKind, Timing};
use crate::text::Place;

/// `required-column-added`.
pub const RULE: Rule = Rule {
    id: "required-column-added",
    page: include_str!("../../rules/required-column-added.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done(step) {
        let (table, column, is_added) = match &op.kind {
            Operation::AddColumn { table, def, .. } if def.column.not_null == Some(true) => {
                (&table.name, &def.column.name, true)
            }
            Operation::AlterColumn { table, column, change: AlterColumn::SetNotNull } => {
                (&table.name, column, false)
            }
            // MySQL says all of the column again: only where it took NULL before is this new.
            Operation::AlterColumn { table, column, change: AlterColumn::Redefine(def) }
                if def.column.not_null == Some(true)
                    && known(step, &table.name, &before(step, column))
                        .is_some_and(|member| member.column.not_null == Some(false)) =>
            {
                (&table.name, column, false)
            }
            _ => continue,
        };
        if step.is_free(table) || step.lack(op).is_some() {
            continue;
        }
        let was = known(step, table, column);
        if was.is_some_and(|member| member.column.not_null == Some(true)) {
            continue;
        }
        let Some(end) = at_end(step, table, column) else { continue };
        if end.not_null != Some(true) || end.fills() || is_filled_by_trigger(step, table) {
            continue;
        }
        let had_default = is_added && defaulted(step, table, column);
        let why = if had_default { ": the migration drops its default again" } else { "" };
        let message = format!("an INSERT into `{table}` that leaves `{column}` out fails from now on{why}");
        let help = if step.part.dialect() == Dialect::Sqlite {
            format!("Give `{column}` a default, or release the code first that always writes it.")
        } else if had_default {
            "Drop the default in a later migration, when no running code leaves the column out any more."
                .to_owned()
        } else {
            format!(
                "Give `{column}` a default first, or release the code that always writes it before this migration; while both run, the old code knows nothing of it."
            )
        };
        let finding = cx.report(step.place(op.span), message).help(help);
        if let Some(dropped) = had_default.then(|| default_dropped(step, table, column)).flatten() {
            finding.related(dropped, "here the default goes");
        }
    }
}

fn known<'a>(step: &StepFacts<'a>, table: &Name, column: &Ident) -> Option<&'a Member> {
    step.table(table).and_then(|table| table.column(column.key())).found()
}

/// The name that a column had before the statement, which may rename it: MySQL's CHANGE.
fn before(step: &StepFacts<'_>, column: &Ident) -> Ident {
    let renamed = step.statement().ops.iter().find_map(|op| match &op.kind {
        Operation::RenameColumn { from, to, .. } if to == column => Some(from.clone()),
        _ => None,
    });
    renamed.unwrap_or_else(|| column.clone())
}

/// What the migration leaves of a column: nothing where it drops or renames it.
fn at_end<'a>(step: &StepFacts<'a>, table: &Name, column: &Ident) -> Option<&'a Column> {
    let now = step.after().table(&step.resolve_after(table)).found()?;
    let end = step.part.run.after.became(now)?;
    Some(&end.column(column.key()).found()?.column)
}

/// Where the part takes the default of a column away again.
fn default_dropped(step: &StepFacts<'_>, table: &Name, column: &Ident) -> Option<Place> {
    let name = step.resolve_after(table);
    let later = step.part.steps().skip(step.at);
    let drops = |other: StepFacts<'_>| {
        let op = other.statement().ops.iter().find(|op| {
            matches!(&op.kind, Operation::AlterColumn { table, column: of, change: AlterColumn::DropDefault }
                if of == column && other.resolve(&table.name) == name)
        })?;
        Some(other.place(op.span))
    };
    later.filter_map(drops).last()
}

fn defaulted(step: &StepFacts<'_>, table: &Name, column: &Ident) -> bool {
    let member = step.after().table(&step.resolve_after(table)).and_then(|table| table.column(column.key()));
    member.found().is_some_and(|member| member.column.fills())
}

/// Whether a trigger looks at each new row first: it may fill what is left out.
fn is_filled_by_trigger(step: &StepFacts<'_>, table: &Name) -> bool {
    let table = step.resolve_after(table);
    step.part.run.after.others().any(|(object, other)| match &other.detail {
        Detail::Trigger(trigger) => {
            object.kind == ObjectKind::Trigger
                && object.on.as_ref() == Some(&table)
                && trigger.timing == Timing::Before
                && trigger.each_row
                && trigger.events.contains(&Event::Insert)
        }
        _ => false,
    })
}
