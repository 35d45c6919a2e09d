//! What rules about names share: the names that an operation gives.

use super::StepFacts;
use crate::ops::{AlterColumn, AlterDomain, AlterType, ColumnDef, Op, Operation, Outcome, TypeDefinition};
use crate::schema::{Constraint, Ident, ObjectKind};
use crate::text::Span;

/// A name that an operation gives.
pub struct NewName<'a> {
    /// To what.
    pub kind: ObjectKind,
    /// The name.
    pub ident: &'a Ident,
    /// Where: the operation, or the definition of a column or constraint in it.
    pub span: Span,
}

/// The names that the operations of a statement give to what they make or rename. None where an operation does nothing.
pub fn new_names<'a>(step: &StepFacts<'a>) -> Vec<NewName<'a>> {
    let mut found = Vec::new();
    for (index, op) in step.statement().ops.iter().enumerate() {
        if matches!(step.step().outcomes.get(index), Some(Outcome::Done)) {
            of_operation(op, &mut found);
        }
    }
    found
}

fn of_operation<'a>(op: &'a Op, found: &mut Vec<NewName<'a>>) {
    let mut give = |kind: ObjectKind, ident: &'a Ident| found.push(NewName { kind, ident, span: op.span });
    match &op.kind {
        Operation::CreateTable(create) => {
            give(ObjectKind::Table, &create.name.ident);
            for def in &create.columns {
                of_column(def, def.span, found);
            }
            for def in &create.constraints {
                of_constraint(&def.constraint, def.span, found);
            }
        }
        Operation::AddColumn { def, .. } => of_column(def, op.span, found),
        Operation::AddConstraint { constraint, .. } => of_constraint(constraint, op.span, found),
        Operation::AlterColumn { column, change: AlterColumn::Redefine(def), .. }
            if def.column.name != *column =>
        {
            give(ObjectKind::Column, &def.column.name);
        }
        Operation::RenameColumn { to, .. } => give(ObjectKind::Column, to),
        Operation::RenameConstraint { to, .. } => give(ObjectKind::Constraint, to),
        Operation::Rename { object, to, .. } => give(object.kind, to),
        Operation::CreateIndex(create) => {
            if let Some(name) = &create.name {
                give(ObjectKind::Index, &name.ident);
            }
        }
        Operation::CreateView(create) => {
            give(ObjectKind::View, &create.name.ident);
            for column in &create.columns {
                give(ObjectKind::Column, column);
            }
        }
        Operation::CreateSequence(create) => give(ObjectKind::Sequence, &create.name.ident),
        Operation::CreateType(create) => {
            give(ObjectKind::Type, &create.name.ident);
            if let TypeDefinition::Composite(attributes) = &create.definition {
                for (attribute, _) in attributes {
                    give(ObjectKind::Column, attribute);
                }
            }
        }
        Operation::AlterType { change, .. } => match change {
            AlterType::AddAttribute { name, .. } => give(ObjectKind::Column, name),
            AlterType::RenameAttribute { to, .. } => give(ObjectKind::Column, to),
            AlterType::AddValue { .. }
            | AlterType::RenameValue { .. }
            | AlterType::DropAttribute { .. }
            | AlterType::AlterAttribute { .. }
            | AlterType::Parameters => {}
        },
        Operation::CreateDomain(create) => {
            give(ObjectKind::Domain, &create.name.ident);
            for constraint in &create.constraints {
                of_constraint(constraint, op.span, found);
            }
        }
        Operation::AlterDomain { change: AlterDomain::AddConstraint(constraint), .. } => {
            of_constraint(constraint, op.span, found)
        }
        Operation::CreateFunction(create) => give(create.kind, &create.name.ident),
        Operation::CreateTrigger(create) => give(ObjectKind::Trigger, &create.name.ident),
        Operation::CreatePolicy(create) => give(ObjectKind::Policy, &create.name),
        Operation::CreateRule { name, .. } => give(ObjectKind::Rule, name),
        Operation::CreateSchema { name: Some(name), .. } => give(ObjectKind::Schema, name),
        Operation::CreateOther { object, .. } => match object.kind {
            ObjectKind::Role
            | ObjectKind::Database
            | ObjectKind::Publication
            | ObjectKind::Statistics
            | ObjectKind::EventTrigger => give(object.kind, &object.name.ident),
            // Names of the server's own things, or none at all.
            _ => {}
        },
        _ => {}
    }
}

fn of_column<'a>(def: &'a ColumnDef, span: Span, found: &mut Vec<NewName<'a>>) {
    found.push(NewName { kind: ObjectKind::Column, ident: &def.column.name, span });
    for constraint in &def.constraints {
        of_constraint(constraint, span, found);
    }
}

fn of_constraint<'a>(constraint: &'a Constraint, span: Span, found: &mut Vec<NewName<'a>>) {
    if let Some(ident) = &constraint.name {
        found.push(NewName { kind: ObjectKind::Constraint, ident, span });
    }
}
