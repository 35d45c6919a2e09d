//! How the same schema is reached without the harm: the stages that rules offer in the place of one statement. Each is run on a server
//! by the tests of the pages, where it must end in the schema that the statement would have made.

mod columns;
mod constraints;
mod indexes;

use super::StepFacts;
use crate::diagnostic::{Fill, Stage, Work};
use crate::ops::{AlterColumn, Guard, Operation, TableTarget};
use crate::schema::{ConstraintKind, Expr, Ident, Name, Table};

pub use columns::{fill_later, in_batches, rename_column, rename_table, swap_column};
pub use constraints::{attach_checked, index_first, not_null, validate_apart, validate_later};
pub use indexes::{concurrently, part_by_part};

const NOTHING_TO_UNDO: &str = "a check that was made needs no undoing";

fn validate(table: &TableTarget, constraint: &Ident) -> Stage {
    let operation = Operation::ValidateConstraint { table: plain(table), constraint: constraint.clone() };
    Stage {
        name: format!("validate_{}", constraint.text()),
        why: format!(
            "Reads every row of {}. Writes go on meanwhile, since the constraint was added before, in another transaction.",
            table.name
        ),
        alone: false,
        up: vec![Work::Operation(operation)],
        down: Err(NOTHING_TO_UNDO),
    }
}

fn drop_constraint(table: &TableTarget, name: &Ident) -> Work {
    Work::Operation(Operation::DropConstraint {
        table: plain(table),
        constraint: name.clone(),
        guard: Guard::IfExists,
        cascade: false,
    })
}

/// ADD CONSTRAINT that runs a second time where nobody keeps a record of what ran.
fn again(step: &StepFacts<'_>, table: &TableTarget, name: &Ident, add: Work) -> Vec<Work> {
    let first = match drop_constraint(table, name) {
        Work::Operation(drop) if !step.part.tool().records => Some(Work::Precaution(drop)),
        _ => None,
    };
    first.into_iter().chain([add]).collect()
}

fn drop_column(table: &TableTarget, column: &Ident) -> Work {
    Work::Operation(Operation::DropColumn {
        table: plain(table),
        column: column.clone(),
        guard: Guard::IfExists,
        cascade: false,
    })
}

fn alter(table: &TableTarget, column: &Ident, change: AlterColumn) -> Work {
    Work::Operation(Operation::AlterColumn { table: plain(table), column: column.clone(), change })
}

/// The same table for another statement.
fn plain(table: &TableTarget) -> TableTarget {
    TableTarget { if_exists: false, ..table.clone() }
}

fn column_expr(column: &Ident) -> Expr {
    Expr::Column(vec![column.key().to_owned()])
}

/// The key by which the rows of a table can be gone through: one column, known not to be NULL.
pub fn key_of(table: &Table) -> Option<Ident> {
    table.constraints.iter().find_map(|(_, constraint)| match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } => match columns.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        ConstraintKind::Unique { .. }
        | ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => None,
    })
}

/// A DO block commits since 11.
fn has_batches(step: &StepFacts<'_>) -> bool {
    step.part.engine().at_least(11, 0)
}

fn filled(table: &Name, column: &Ident, key: Option<Ident>, value: Expr) -> Stage {
    Stage {
        name: format!("backfill_{}_{}", table.text(), column.text()),
        why: format!(
            "Gives the old rows of {table} a value in batches, each a transaction of its own. When it is stopped, run it again."
        ),
        alone: true,
        up: vec![Work::Fill(Fill { table: table.clone(), key, column: column.clone(), value })],
        down: Err("new values hurt nobody"),
    }
}

/// Whether another statement of the migration is about a table: what it counts on is there only when all stages have run.
fn is_touched_elsewhere(step: &StepFacts<'_>, table: &Name) -> bool {
    let mut others = step.part.steps().filter(|other| other.at != step.at);
    step.statement().ops.len() > 1 || others.any(|other| other.effects().locks.contains_key(table))
}

/// Whether a statement would go into a later migration while one below it is about its table, and may count on what it does.
fn is_counted_on(step: &StepFacts<'_>, table: &Name) -> bool {
    let mut below = step.part.steps().skip(step.at + 1);
    step.in_transaction() && below.any(|other| other.effects().locks.contains_key(table))
}
