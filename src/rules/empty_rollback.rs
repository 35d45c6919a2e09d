//! A way back that leads nowhere.

use super::rollback::{is_irreversible, is_owed};
use super::{Check, Cx, Direction, PartFacts, Rule};
use crate::effects::changes_something;
use crate::ops::Operation;
use crate::syntax::sql::PieceKind;

/// `empty-rollback`.
pub const RULE: Rule = Rule {
    id: "empty-rollback",
    page: include_str!("../../rules/empty-rollback.md"),
    down: true,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let run = part.migration();
    if part.direction == Direction::Up || run.migration.repeatable || does_something(part) {
        return;
    }
    let ups = run.up.script.statements.iter().flat_map(|statement| &statement.ops);
    let Some(kept) = ups.into_iter().find(|op| changes_schema(&op.kind)) else { return };
    if !is_owed(part.replay, part.index, &part.source().path, part.settings) || is_irreversible(part) {
        return;
    }
    let message = format!("this rollback does nothing: {} stays when the migration is taken back", kept.kind.title());
    let up = crate::text::Place::new(run.up.part.file, kept.span);
    cx.report(part.head(), message)
        .help("Write the statements that undo the migration, or say `-- irreversible: why`.")
        .related(up, "done here");
}

/// Whether a down part may do anything at all. What is called, included or not understood may.
fn does_something(part: &PartFacts<'_>) -> bool {
    let mut ops = part.statements().iter().flat_map(|statement| &statement.ops);
    let includes = part.run.script.pieces.iter().any(|piece| piece.kind == PieceKind::Meta);
    includes
        || ops.any(|op| match &op.kind {
            Operation::Query { calls } => !calls.is_empty(),
            Operation::Other { .. } => true,
            other => changes_something(other),
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
