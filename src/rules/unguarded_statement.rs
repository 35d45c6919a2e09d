//! Statements that fail, or make a double, on a second run and for which the grammar has no guard.

use super::rerun::{self, Habit, Means};
use super::{Check, Cx, Direction, Rule, StepFacts};
use crate::diagnostic::{Remedy, Safety, Severity};
use crate::ops::{Drop, Guard, Op, Operation};
use crate::schema::{ConstraintKind, Dialect, Ident, Index, Name, ObjectKind, ObjectRef};

/// `unguarded-statement`.
pub const RULE: Rule = Rule {
    id: "unguarded-statement",
    page: include_str!("../../rules/unguarded-statement.md"),
    down: true,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if !rerun::is_question(step, cx) || rerun::empties_again(step) {
        return;
    }
    for (index, op) in step.statement().ops.iter().enumerate() {
        let (means, guard) = rerun::means_of(step, &op.kind);
        if means != Means::None || guard != Guard::None {
            continue;
        }
        let refused = step.fails_again(index);
        let doubles = refused.is_none() && makes_a_double(step, op);
        if refused.is_none() && !doubles
            || (step.part.direction == Direction::Down && rerun::creates(&op.kind))
        {
            continue;
        }
        let message = match refused {
            Some(conflict) => {
                format!("{} fails when the migration is run a second time: {conflict}", op.kind.title())
            }
            None => format!(
                "{} makes one more each time the migration is run: without a name nothing stops it",
                op.kind.title()
            ),
        };
        let severity = rerun::severity(&step.part, Severity::Warning, Habit::Otherwise);
        let finding =
            cx.report(step.place(op.span), message).severity(severity).help(help(step, op, doubles));
        // What stands in a DO block already is guarded by changing that block, which only its author can.
        if step.statement().within.is_some() || doubles {
            continue;
        }
        if let Some(remedy) = remedy(step, &op.kind) {
            finding.remedy(Safety::Unsafe, remedy);
        }
    }
}

/// Whether a second run finds the same unnamed constraint or index there and makes another one.
fn makes_a_double(step: &StepFacts<'_>, op: &Op) -> bool {
    let again = &step.again().before;
    match &op.kind {
        Operation::AddConstraint { table, constraint } if constraint.name.is_none() => {
            let counts = match &constraint.kind {
                ConstraintKind::Check(_) | ConstraintKind::ForeignKey(_) => true,
                ConstraintKind::Unique { using_index, .. } => using_index.is_none(),
                ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Exclude(_)
                | ConstraintKind::NotNull(_) => false,
            };
            let same = |kind: &ConstraintKind| match (kind, &constraint.kind) {
                (ConstraintKind::ForeignKey(there), ConstraintKind::ForeignKey(new)) => {
                    there.columns == new.columns && there.table.ident == new.table.ident
                }
                (there, new) => there == new,
            };
            counts
                && again
                    .table(&step.resolve(&table.name))
                    .found()
                    .is_some_and(|table| table.constraints.iter().any(|(_, there)| same(&there.kind)))
        }
        Operation::CreateIndex(create) if create.name.is_none() => {
            let table = step.resolve(&create.table);
            let same = |index: &Index| {
                index.generated_name
                    && index.keys == create.keys
                    && index.predicate == create.predicate
                    && index.constraint.is_none()
            };
            again.indexes_of(&table).any(same)
        }
        _ => false,
    }
}

fn help(step: &StepFacts<'_>, op: &Op, doubles: bool) -> String {
    let sqlite = step.part.dialect() == Dialect::Sqlite;
    match &op.kind {
        Operation::AddConstraint { .. } if doubles => "Give the constraint a name, and drop it IF EXISTS before adding it.".to_owned(),
        Operation::CreateIndex(create) if create.name.is_none() => "Give the index a name and IF NOT EXISTS.".to_owned(),
        Operation::CreateIndex(_) => {
            "Put DROP INDEX CONCURRENTLY IF EXISTS before it: IF NOT EXISTS would keep the invalid index of a failed build.".to_owned()
        }
        Operation::Rename { object, .. } if object.kind == ObjectKind::Table && !sqlite => {
            "Write ALTER TABLE IF EXISTS, or rename in a DO block that looks first.".to_owned()
        }
        Operation::CreateType(_) | Operation::CreateDomain(_) => {
            "Put it into a DO block with EXCEPTION WHEN duplicate_object THEN NULL.".to_owned()
        }
        _ if sqlite && step.part.tool().records => {
            "SQLite has no guard for it: leave it in the transaction of the tool, so that a half-done run is undone.".to_owned()
        }
        _ if sqlite => {
            "SQLite has no guard for it: let a tool record which migrations ran, or rebuild the table.".to_owned()
        }
        Operation::AddConstraint { .. } | Operation::CreatePolicy(_) | Operation::CreateTrigger(_) | Operation::CreatePublication { .. } | Operation::CreateOther { .. } => {
            "Drop it IF EXISTS before making it, or put it into a DO block that looks first.".to_owned()
        }
        _ => "Put it into a DO block that looks first whether it is needed.".to_owned(),
    }
}

fn remedy(step: &StepFacts<'_>, operation: &Operation) -> Option<Remedy> {
    if step.part.dialect() != Dialect::Postgres {
        return None;
    }
    let drop = |kind: ObjectKind, name: Name, on: Option<Name>, concurrently: bool| {
        Remedy::Before(vec![Operation::Drop(Drop {
            kind,
            objects: vec![ObjectRef { kind, name, on }],
            arguments: vec![None],
            guard: Guard::IfExists,
            cascade: false,
            concurrently,
        })])
    };
    match operation {
        Operation::AddConstraint { table, constraint } => {
            let takes_index = matches!(
                &constraint.kind,
                ConstraintKind::PrimaryKey { using_index: Some(_), .. }
                    | ConstraintKind::Unique { using_index: Some(_), .. }
            );
            let name: &Ident = constraint.name.as_ref().filter(|_| !takes_index)?;
            Some(Remedy::Before(vec![Operation::DropConstraint {
                table: table.clone(),
                constraint: name.clone(),
                guard: Guard::IfExists,
                cascade: false,
            }]))
        }
        Operation::CreateIndex(create) => {
            let name = create.name.as_ref().filter(|_| create.concurrently)?;
            // The index lies in the schema of its table, which the statement may name.
            let name = Name { schema: create.table.schema.clone(), ident: name.ident.clone() };
            Some(drop(ObjectKind::Index, name, None, true))
        }
        Operation::CreateType(_) | Operation::CreateDomain(_) => Some(Remedy::HandleDuplicate),
        Operation::CreatePolicy(create) => {
            Some(drop(ObjectKind::Policy, Name::bare(create.name.clone()), Some(create.table.clone()), false))
        }
        Operation::CreateTrigger(create) => {
            Some(drop(ObjectKind::Trigger, create.name.clone(), Some(create.table.clone()), false))
        }
        Operation::CreateOther { object, .. } => match object.kind {
            ObjectKind::Role | ObjectKind::User => Some(Remedy::HandleDuplicate),
            _ => None,
        },
        Operation::CreatePublication { name, .. } => {
            Some(drop(ObjectKind::Publication, Name::bare(name.clone()), None, false))
        }
        _ => None,
    }
}
