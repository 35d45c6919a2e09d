//! SQLite's way to change what ALTER TABLE cannot: a new table, its rows copied, the old one dropped, the new one under its name
//! (source: sqlite.org/lang_altertable.html, 7). Four statements, one logical change.

use super::replay::PartRun;
use crate::ops::{self, InsertSource, Operation, Outcome};
use crate::schema::{Name, ObjectKind};

/// A table that was built anew under its own name. The numbers are those of the part's statements.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rebuild {
    /// The table, under the name that it had before and has again.
    pub table: Name,
    /// The name under which the new one was made.
    pub new: Name,
    /// CREATE TABLE of the new one.
    pub create: usize,
    /// INSERT … SELECT, which copies the rows; None where nothing does.
    pub copy: Option<usize>,
    /// DROP of the old one, or its RENAME out of the way.
    pub clear: usize,
    /// RENAME of the new one.
    pub rename: usize,
}

/// The tables that a part builds anew.
pub fn rebuilds(part: &PartRun) -> Vec<Rebuild> {
    let mut found = Vec::new();
    for (at, kind) in done(part) {
        let Operation::Rename { object, to, .. } = kind else { continue };
        if object.kind != ObjectKind::Table {
            continue;
        }
        let new = resolved(part, at, &object.name);
        let table = Name { schema: new.schema.clone(), ident: to.clone() };
        let before = || done(part).filter(move |(step, _)| *step < at);
        let create = before().filter(|(step, kind)| {
            matches!(kind, Operation::CreateTable(create) if resolved(part, *step, &create.name) == new)
        });
        let clear = before().filter(|(step, kind)| match kind {
            Operation::Drop(drop) => {
                drop.kind == ObjectKind::Table
                    && drop.objects.iter().any(|object| resolved(part, *step, &object.name) == table)
            }
            Operation::Rename { object, .. } => {
                object.kind == ObjectKind::Table && resolved(part, *step, &object.name) == table
            }
            _ => false,
        });
        let (Some((create, _)), Some((clear, _))) = (create.last(), clear.last()) else { continue };
        let copy = before().filter(|(step, _)| *step > create).find(|(step, kind)| match kind {
            Operation::Insert(insert) => {
                resolved(part, *step, &insert.table) == new
                    && matches!(insert.source, InsertSource::Query { .. })
            }
            _ => false,
        });
        found.push(Rebuild { table, new, create, copy: copy.map(|(step, _)| step), clear, rename: at });
    }
    found
}

/// The operations of a part that were not refused or skipped, with their statements.
fn done(part: &PartRun) -> impl Iterator<Item = (usize, &Operation)> {
    part.script.statements.iter().zip(&part.steps).enumerate().flat_map(|(at, (statement, step))| {
        let ran = statement.ops.iter().zip(&step.outcomes).filter(|(_, outcome)| **outcome == Outcome::Done);
        ran.map(move |(op, _)| (at, &op.kind))
    })
}

fn resolved(part: &PartRun, step: usize, name: &Name) -> Name {
    let step = &part.steps[step];
    ops::resolve(&step.before, &step.session, name)
}
