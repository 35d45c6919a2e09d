//! Indexes: CONCURRENTLY, and part by part.

use super::super::StepFacts;
use super::super::words::serves_others;
use crate::diagnostic::{Remedy, Stage, Word, Work};
use crate::ops::{CreateIndex, Drop, Guard, Op, Operation, TableTarget};
use crate::schema::{Index, Name, ObjectKind, ObjectRef, PartitionKind};

/// CREATE INDEX, DROP INDEX: CONCURRENTLY, outside the transaction.
pub fn concurrently(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    if serves_others(step) {
        return None;
    }
    let (name, why, down, precaution) = match &op.kind {
        Operation::CreateIndex(create) => {
            let made = made_index(step, op)?;
            let name = Name { schema: create.table.schema.clone(), ident: made.name.ident.clone() };
            let why = format!(
                "Reads every row of {} while writes go on. When it fails, it leaves an invalid index: run it again.",
                create.table
            );
            let back = Operation::Drop(drop_index(&name, true));
            (format!("build_{}", name.text()), why, Ok(vec![Work::Operation(back.clone())]), Some(back))
        }
        Operation::Drop(drop) => {
            let [object] = drop.objects.as_slice() else { return None };
            // One that is made again has its name: the new one would not go in, or the old one would go in its place.
            let names = |op: &Op| match &op.kind {
                Operation::CreateIndex(create) => {
                    create.name.as_ref().is_none_or(|name| name.ident == object.name.ident)
                }
                Operation::Rename { to, .. } => *to == object.name.ident,
                _ => false,
            };
            let is_made_again = step.part.statements().iter().flat_map(|statement| &statement.ops).any(names);
            if drop.cascade || is_made_again {
                return None;
            }
            let index = step.before().index(&step.resolve(&object.name)).found()?;
            let back = recreated(index)?;
            let why = "Waits for the transactions that use it; nobody waits for it.".to_owned();
            let back = vec![Work::Operation(Operation::CreateIndex(Box::new(back)))];
            (format!("drop_{}", object.name.text()), why, Ok(back), None)
        }
        _ => return None,
    };
    let is_built = precaution.is_some();
    let up = precaution.into_iter().map(Work::Precaution).chain([Work::Own(Word::Concurrently)]);
    // In the author's own place the index is known not to be there.
    let up =
        if is_built && !step.in_transaction() { vec![Work::Own(Word::Concurrently)] } else { up.collect() };
    Some(Remedy::Stages(vec![Stage { name, why, alone: true, up, down }]))
}

/// The index that an operation makes.
fn made_index<'a>(step: &StepFacts<'a>, op: &Op) -> Option<&'a Index> {
    let Operation::CreateIndex(create) = &op.kind else { return None };
    let table = step.resolve(&create.table);
    let place = step.place(op.span);
    step.after().indexes_of(&table).find(|index| index.made == Some(place))
}

/// CREATE INDEX that makes an index again.
fn recreated(index: &Index) -> Option<CreateIndex> {
    index.made?;
    Some(CreateIndex {
        name: Some(index.name.clone()),
        table: index.table.clone()?,
        only: index.only,
        unique: index.unique,
        concurrently: true,
        guard: Guard::None,
        method: index.method.clone(),
        keys: index.keys.clone(),
        include: index.include.clone(),
        nulls_not_distinct: index.nulls_not_distinct,
        predicate: index.predicate.clone(),
        parameters: index.parameters.clone(),
    })
}

/// CREATE INDEX on a partitioned table: an index of nothing first, then one for each partition, then all are put together.
pub fn part_by_part(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let Operation::CreateIndex(create) = &op.kind else { return None };
    let parent = step.resolve(&create.table);
    let made = made_index(step, op)?;
    let mut parts = Vec::new();
    for child in step.before().children(&parent) {
        if step.before().table(&child).found()?.partition == PartitionKind::Parent {
            return None;
        }
        let own = step.after().indexes_of(&child).find(|index| index.parent.as_ref() == Some(&made.name))?;
        // One that it had before serves.
        let is_new = step.before().index(&own.name).found().is_none();
        parts.push((child, own.name.clone(), is_new));
    }
    let whole = Name { schema: create.table.schema.clone(), ident: made.name.ident.clone() };
    let mut stages = vec![Stage {
        name: format!("add_{}", whole.text()),
        why: "Takes a moment: it builds nothing.".to_owned(),
        alone: false,
        up: vec![Work::Own(Word::Only)],
        down: Ok(vec![Work::Operation(Operation::Drop(drop_index(&whole, false)))]),
    }];
    let mut attach = Vec::new();
    for (child, name, is_new) in parts {
        let shown = Name { schema: child.schema.clone(), ident: name.ident.clone() };
        if is_new {
            let own = CreateIndex {
                name: Some(shown.clone()),
                table: child.clone(),
                concurrently: true,
                only: false,
                guard: Guard::None,
                ..(**create).clone()
            };
            stages.push(built(&shown, own));
        }
        attach.push(Work::Operation(Operation::AttachPartition {
            table: TableTarget {
                name: whole.clone(),
                if_exists: false,
                only: false,
                kind: ObjectKind::Index,
            },
            partition: shown,
            bound: None,
        }));
    }
    if !attach.is_empty() {
        stages.push(Stage {
            name: format!("attach_to_{}", whole.text()),
            why: "Takes a moment. With the last of them the whole index is valid.".to_owned(),
            alone: false,
            up: attach,
            down: Err("it goes with the index"),
        });
    }
    Some(Remedy::Stages(stages))
}

/// An index that is built while writes go on.
pub(super) fn built(name: &Name, create: CreateIndex) -> Stage {
    Stage {
        name: format!("build_{}", name.text()),
        why: format!(
            "Reads every row of {} while writes go on. When it fails, it leaves an invalid index: run it again.",
            create.table
        ),
        alone: true,
        up: vec![
            Work::Precaution(Operation::Drop(drop_index(name, true))),
            Work::Operation(Operation::CreateIndex(Box::new(create))),
        ],
        down: Ok(vec![Work::Operation(Operation::Drop(drop_index(name, true)))]),
    }
}

pub(super) fn drop_index(name: &Name, concurrently: bool) -> Drop {
    Drop {
        kind: ObjectKind::Index,
        objects: vec![ObjectRef { kind: ObjectKind::Index, name: name.clone(), on: None }],
        arguments: Vec::new(),
        guard: Guard::IfExists,
        cascade: false,
        concurrently,
    }
}
