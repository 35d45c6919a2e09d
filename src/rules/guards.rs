//! What rules about IF NOT EXISTS share: what a guarded statement found there, and whether it is what the statement would have made.

use super::StepFacts;
use super::refusals::place_of;
use crate::history::replay::Change;
use crate::ops::{self, AlterType, Guard, Op, Operation, Outcome, Statement};
use crate::schema::{
    Catalog, Difference, DifferenceKind, Lookup, Name, ObjectKind, ObjectRef, Relation, Slot,
};
use crate::text::Place;

/// What a statement with IF NOT EXISTS found there.
pub struct Found {
    /// The object, as it is there.
    pub object: ObjectRef,
    /// Where it was made, or got its name.
    pub made: Option<Place>,
    /// How it compares with what the statement would make.
    pub compared: Compared,
}

/// How what is there compares with what a statement would make.
pub enum Compared {
    /// It is the same, or was when it was made.
    Same,
    /// It is another kind of object.
    OtherKind(ObjectKind),
    /// It differs: what is there on the left, what the statement says on the right.
    Different(Vec<Difference>),
}

/// What an operation with IF NOT EXISTS found there. None where it found nothing, or where it cannot be told what it is.
pub fn found(step: &StepFacts<'_>, index: usize, op: &Op) -> Option<Found> {
    let skipped = matches!(step.step().outcomes.get(index)?, Outcome::Skipped { .. });
    if !skipped || !step.statement().when.is_empty() || !is_guarded(&op.kind) || step.lack(op).is_some() {
        return None;
    }
    let before = step.before();
    let object = object(step, &op.kind)?;
    let made = made(before, &object)?;
    let cause = cause(step, &object);
    if cause.is_some_and(|cause| !cause.statement().when.is_empty()) {
        return None;
    }
    let compared = match other_kind(before, &object) {
        Some(kind) => Compared::OtherKind(kind),
        None => compare(step, op, &object, cause.as_ref())?,
    };
    Some(Found { object, made: Some(cause.map_or(made, |cause| place_of(&cause))), compared })
}

const fn is_guarded(operation: &Operation) -> bool {
    let guard = match operation {
        Operation::CreateTable(create) => create.guard,
        Operation::AddColumn { guard, .. }
        | Operation::CreateSchema { guard, .. }
        | Operation::CreateExtension { guard, .. }
        | Operation::AlterType { change: AlterType::AddValue { guard, .. }, .. } => *guard,
        Operation::CreateIndex(create) => create.guard,
        Operation::CreateView(create) => create.guard,
        Operation::CreateSequence(create) => create.guard,
        Operation::CreateTrigger(create) => create.guard,
        _ => Guard::None,
    };
    matches!(guard, Guard::IfNotExists)
}

/// What the operation would make, under its full name.
fn object(step: &StepFacts<'_>, operation: &Operation) -> Option<ObjectRef> {
    let session = &step.step().session;
    let before = step.before();
    // A new object goes where the search path begins.
    let home = |name: &Name, temporary: bool| match (&name.schema, session.search_path.first()) {
        (Some(_), _) => name.clone(),
        (None, _) if temporary => Name::qualified(before.temporary_schema(), name.ident.clone()),
        (None, Some(first)) => Name::qualified(first.clone(), name.ident.clone()),
        (None, None) => name.clone(),
    };
    let of = |kind: ObjectKind, name: Name| Some(ObjectRef { kind, name, on: None });
    match operation {
        Operation::CreateTable(create) => of(
            if create.foreign { ObjectKind::ForeignTable } else { ObjectKind::Table },
            home(&create.name, create.temporary),
        ),
        Operation::AddColumn { table, def, .. } => Some(ObjectRef {
            kind: ObjectKind::Column,
            name: Name::bare(def.column.name.clone()),
            on: Some(step.resolve(&table.name)),
        }),
        Operation::CreateIndex(create) => {
            let table = step.resolve(&create.table);
            of(ObjectKind::Index, Name { schema: table.schema, ident: create.name.as_ref()?.ident.clone() })
        }
        Operation::CreateView(create) => of(
            if create.materialized { ObjectKind::MaterializedView } else { ObjectKind::View },
            home(&create.name, create.temporary),
        ),
        Operation::CreateSequence(create) => of(ObjectKind::Sequence, home(&create.name, create.temporary)),
        Operation::CreateSchema { name, .. } => of(ObjectKind::Schema, Name::bare(name.clone()?)),
        Operation::CreateExtension { name, .. } => of(ObjectKind::Extension, Name::bare(name.clone())),
        Operation::CreateTrigger(create) => of(ObjectKind::Trigger, Name::bare(create.name.ident.clone())),
        Operation::AlterType { name, .. } => of(ObjectKind::Type, step.resolve(name)),
        _ => None,
    }
}

/// Where the history made an object that is there.
fn made(catalog: &Catalog, object: &ObjectRef) -> Option<Place> {
    match object.kind {
        ObjectKind::Column => {
            let table = catalog.table(object.on.as_ref()?);
            table.and_then(|table| table.column(object.name.ident.key())).found()?.made
        }
        ObjectKind::Schema | ObjectKind::Extension | ObjectKind::Trigger => {
            catalog.other(object).found()?.made
        }
        ObjectKind::Type => catalog.type_entry(&object.name).found()?.made,
        _ => catalog.relation(&object.name).found()?.made(),
    }
}

fn other_kind(catalog: &Catalog, object: &ObjectRef) -> Option<ObjectKind> {
    match object.kind {
        ObjectKind::Column
        | ObjectKind::Schema
        | ObjectKind::Extension
        | ObjectKind::Trigger
        | ObjectKind::Type => None,
        kind => catalog.relation(&object.name).found().map(Relation::kind).filter(|there| *there != kind),
    }
}

/// The statement that made an object as it is called now.
fn cause<'a>(step: &StepFacts<'a>, object: &ObjectRef) -> Option<Change<'a>> {
    if step.part.canonical {
        return None;
    }
    let replay = step.part.replay;
    replay.last_change(step.part.dialect(), Some((step.part.index, step.at)), |catalog| {
        made(catalog, object).is_some()
    })
}

/// Compares what is there with what the statement would make where nothing was.
fn compare(
    step: &StepFacts<'_>,
    op: &Op,
    object: &ObjectRef,
    cause: Option<&Change<'_>>,
) -> Option<Compared> {
    if matches!(object.kind, ObjectKind::Schema | ObjectKind::Extension | ObjectKind::Type) {
        return Some(Compared::Same);
    }
    let before = step.before();
    let wanted = |there: &Catalog| {
        let mut room = there.clone();
        clear(&mut room, object);
        let alone = Statement { ops: vec![op.clone()], when: Vec::new(), ..step.statement().clone() };
        let applied = ops::apply(&room, &alone, &mut (*step.step().session).clone());
        (applied.results.first() == Some(&Outcome::Done)).then_some(applied.after)
    };
    // A comment is nothing that the statement could have said.
    let about =
        |difference: &Difference| difference.kind != DifferenceKind::Comment && is_about(difference, object);
    let differences = |there: &Catalog| -> Option<Vec<Difference>> {
        let mut found = there.diff(&wanted(there)?);
        found.retain(about);
        Some(found)
    };
    let found = differences(before)?;
    if found.is_empty() {
        return Some(Compared::Same);
    }
    // The statement stands there twice, and the object changed since: nobody takes the second one for the truth.
    let original = cause.map(|cause| {
        let part = cause.part;
        part.steps.get(cause.step + 1).map_or(&part.after, |next| &next.before)
    });
    if original.and_then(differences).is_some_and(|found| found.is_empty()) {
        return Some(Compared::Same);
    }
    Some(Compared::Different(found))
}

/// Whether a difference is one of the object itself, or of a part of it that comes with it.
fn is_about(difference: &Difference, object: &ObjectRef) -> bool {
    let other = &difference.object;
    let part = matches!(other.kind, ObjectKind::Column | ObjectKind::Constraint)
        && object.kind != ObjectKind::Column
        && other.on.as_ref() == Some(&object.name);
    part || other == object || other.kind == object.kind && object.on.is_none() && other.name == object.name
}

/// Takes an object away, with what comes with it when it is made.
fn clear(catalog: &mut Catalog, object: &ObjectRef) {
    match object.kind {
        ObjectKind::Column => {
            let (Some(on), column) = (&object.on, &object.name.ident) else { return };
            let Lookup::Found(table) = catalog.table(on) else { return };
            let mut table = table.clone();
            table.columns.retain(|member| member.column.name != *column);
            catalog.put_relation(on.clone(), Slot::Present(Relation::Table(table.into())));
        }
        ObjectKind::Trigger => catalog.put_other(object.clone(), Slot::Gone),
        _ => {
            let mut along: Vec<Name> =
                catalog.indexes_of(&object.name).map(|index| index.name.clone()).collect();
            along.extend(catalog.relations().filter_map(|(name, relation)| {
                match relation {
                    Relation::Sequence(sequence) => sequence
                        .owned_by
                        .as_ref()
                        .filter(|(owner, _)| *owner == object.name)
                        .map(|_| name.clone()),
                    Relation::Table(_) | Relation::Index(_) | Relation::View(_) => None,
                }
            }));
            for name in along {
                catalog.put_relation(name, Slot::Gone);
            }
            catalog.put_relation(object.name.clone(), Slot::Gone);
        }
    }
}
