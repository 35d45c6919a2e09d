//! ADD FOREIGN KEY that checks the rows at once.

use super::constraints::{called, done_on_postgres, is_checked_at_once, is_partitioned, is_read, waiting};
use super::{Check, Cx, Rule, StepFacts, recipes};
use crate::diagnostic::Safety;
use crate::ops::{Op, Operation};
use crate::schema::{Constraint, ForeignKey, Member, Name};
use crate::syntax::sql::write_catalog;
use crate::text::Place;

/// `foreign-key-blocks-writes`.
pub const RULE: Rule = Rule {
    id: "foreign-key-blocks-writes",
    page: include_str!("../../rules/foreign-key-blocks-writes.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done_on_postgres(step) {
        let Some((table, constraint, key)) = checked_key(op) else { continue };
        if step.is_free(table) || !is_read(step, table) {
            continue;
        }
        let of_column = matches!(op.kind, Operation::AddColumn { .. });
        let parent = step.resolve(&key.table);
        let new = if of_column { None } else { still_empty(step, table, key) };
        let rows = if new.is_some() {
            format!("every row of `{table}` has been read")
        } else if parent == step.resolve(table) {
            "every row has been looked up in it".to_owned()
        } else {
            format!("every row of `{table}` has been looked up in `{parent}`")
        };
        let inline = new
            .filter(|member| stood_before(step, &parent, key, member))
            .and_then(|_| write_catalog::reference(constraint, step.part.dialect()));
        let is_inline = inline.is_some();
        let message = format!("{} until {rows}", waiting(step, &[table.clone(), parent]));
        let help = if is_partitioned(step, table) && !step.part.engine().at_least(18, 0) {
            format!(
                "Add it NOT VALID to each partition, VALIDATE each in a later migration, then add it to `{table}`, which takes them over without reading a row: NOT VALID is refused on a partitioned table before PostgreSQL 18."
            )
        } else if let Some(inline) = inline {
            format!(
                "Write it into ADD COLUMN itself, as {inline}: every row has NULL there then, and none is read."
            )
        } else if of_column {
            "Add the column without REFERENCES, then the foreign key NOT VALID, and VALIDATE CONSTRAINT it in a later migration.".to_owned()
        } else {
            format!(
                "Add{} NOT VALID, which reads nothing, and VALIDATE CONSTRAINT it in a later migration: that reads the rows while writes go on.",
                called(constraint)
            )
        };
        // Where one statement does, nobody needs several migrations.
        let remedy = recipes::validate_later(step, op).filter(|_| !is_inline);
        cx.report(step.place(op.span), message).help(help).offer(Safety::Unsafe, remedy);
    }
}

/// The column of the key, where it is one that the same migration adds, and nothing has filled.
fn still_empty<'a>(step: &StepFacts<'a>, table: &Name, key: &ForeignKey) -> Option<&'a Member> {
    let [column] = key.columns.as_slice() else { return None };
    let member = step.after().table(&step.resolve_after(table)).and_then(|table| table.column(column.key()));
    member.found().filter(|member| {
        !member.filled
            && !member.column.fills()
            && member.made.is_some_and(|made| made.file == step.part.run.part.file)
    })
}

/// Whether what the key refers to was there when its column was added.
fn stood_before(step: &StepFacts<'_>, parent: &Name, key: &ForeignKey, column: &Member) -> bool {
    let Some(added) = column.made else { return false };
    let is_later = |made: Option<Place>| {
        made.is_some_and(|made| made.file == added.file && made.span.start > added.span.start)
    };
    let Some(known) = step.before().table(parent).found() else { return true };
    let referenced = || key.referenced.iter().filter_map(|column| known.column(column.key()).found());
    !is_later(known.made) && !referenced().any(|member| is_later(member.made))
}

/// The foreign key that an operation adds, where it is checked at once. A new column is checked only where it has a default: without one
/// every old row has NULL there.
fn checked_key(op: &Op) -> Option<(&Name, &Constraint, &ForeignKey)> {
    let (table, constraint) = match &op.kind {
        Operation::AddConstraint { table, constraint } => (&table.name, &**constraint),
        Operation::AddColumn { table, def, .. } if def.column.default.is_some() => {
            let mut keys =
                def.constraints.iter().filter(|constraint| constraint.kind.foreign_key().is_some());
            (&table.name, keys.next()?)
        }
        _ => return None,
    };
    is_checked_at_once(constraint).then_some(())?;
    Some((table, constraint, constraint.kind.foreign_key()?))
}
