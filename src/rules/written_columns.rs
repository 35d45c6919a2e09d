//! ADD COLUMN on a table with rows, where every row is written anew: four rules, one for each reason.

use super::{StepFacts, words};
use crate::effects::{self, Filled};
use crate::ops::{ColumnDef, Op, Operation};
use crate::schema::{Dialect, Name};
use crate::text::Place;

/// A new column that is written into every row.
pub struct NewColumn<'a> {
    /// What adds it.
    pub op: &'a Op,
    /// Where it is added.
    pub place: Place,
    /// The table, for a sentence.
    pub table: String,
    /// The column.
    pub def: &'a ColumnDef,
    /// Why it is.
    pub why: Filled,
}

/// The columns that a statement adds to tables with rows and readers, and that are written into every row.
pub fn written<'a>(step: &StepFacts<'a>) -> Vec<NewColumn<'a>> {
    if step.part.dialect() != Dialect::Postgres || effects::is_refused(&step.step().outcomes) {
        return Vec::new();
    }
    let ops = step.statement().ops.iter().enumerate();
    ops.filter_map(|(at, op)| new_column(step, at, op)).collect()
}

fn new_column<'a>(step: &StepFacts<'a>, at: usize, op: &'a Op) -> Option<NewColumn<'a>> {
    let Operation::AddColumn { table, def, .. } = &op.kind else { return None };
    if matches!(step.step().outcomes.get(at), Some(crate::ops::Outcome::Skipped { .. })) {
        return None;
    }
    let name = step.resolve(&table.name);
    let why = effects::filled(def, step.before(), &step.step().session)?;
    let is_sure = !matches!(why, Filled::Volatile { sure: false, .. });
    let effects = step.effects_of(at);
    let concerned: Vec<Name> =
        if is_sure { step.with_rows(&effects.rewrites) } else { step.with_rows(std::iter::once(&name)) };
    (!concerned.is_empty()).then(|| NewColumn {
        op,
        place: step.place(op.span),
        table: words::tables(step, &[name]),
        def,
        why,
    })
}
