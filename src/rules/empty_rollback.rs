//! A way back that leads nowhere.

use super::rollback::{does_something, is_irreversible, is_owed};
use super::{Check, Cx, Direction, PartFacts, Rule};
use crate::effects::changes_something;
use crate::ops::Operation;
use crate::text::Place;

/// `empty-rollback`.
pub const RULE: Rule = Rule {
    id: "empty-rollback",
    page: include_str!("../../rules/empty-rollback.md"),
    down: true,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let run = part.migration();
    if part.direction == Direction::Up || run.migration.repeatable || does_something(part.run) {
        return;
    }
    let ups = run.up.script.statements.iter().flat_map(|statement| &statement.ops);
    let Some(kept) = ups.into_iter().find(|op| changes_schema(&op.kind)) else { return };
    let is_owed = is_owed(part.replay, part.index, &part.source().path, part.settings);
    if !is_owed || is_irreversible(part) || is_taken_back_elsewhere(part) {
        return;
    }
    let message = format!("this rollback does nothing, so that {} is not undone", kept.kind.title());
    let up = Place::new(run.up.part.file, kept.span);
    cx.report(part.head(), message)
        .help("Write the statements that undo the migration, or say `-- irreversible: why`.")
        .related(up, "done here");
}

/// Some teams cut a change into one file for each statement; then one file may take back what several did.
fn is_taken_back_elsewhere(part: &PartFacts<'_>) -> bool {
    let own = part.migration();
    part.replay.runs.iter().any(|other| {
        !own.migration.name.is_empty()
            && other.migration.name == own.migration.name
            && other.up.engine.dialect == own.up.engine.dialect
            && other.down.as_ref().is_some_and(does_something)
    })
}

/// Whether it leaves something in the schema that a way back could take away: rows are another matter.
fn changes_schema(operation: &Operation) -> bool {
    let is_about_rows = matches!(
        operation,
        Operation::Insert(_)
            | Operation::Update { .. }
            | Operation::Delete { .. }
            | Operation::Merge { .. }
            | Operation::Truncate { .. }
            | Operation::Copy { .. }
            | Operation::RefreshView { .. }
            | Operation::Reindex { .. }
            | Operation::Cluster { .. }
            | Operation::ValidateConstraint { .. }
            | Operation::Do
            | Operation::Opaque { .. }
    );
    !is_about_rows && changes_something(operation)
}
