//! A new constraint to which the server gives a name.

use super::new_columns::is_own;
use super::words::listed;
use super::{Check, Cx, Direction, PartFacts, Rule, StepFacts};
use crate::ops::{Op, Operation, Outcome};
use crate::schema::{Constraint, ConstraintKind, Dialect, Ident, Table};

/// `unnamed-constraint`.
pub const RULE: Rule = Rule {
    id: "unnamed-constraint",
    page: include_str!("../../rules/unnamed-constraint.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.direction == Direction::Down {
        return;
    }
    for step in part.steps() {
        for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
            if *outcome == Outcome::Done {
                report(&step, op, cx);
            }
        }
    }
}

fn report(step: &StepFacts<'_>, op: &Op, cx: &mut Cx<'_>) {
    let part = &step.part;
    let name = match &op.kind {
        Operation::CreateTable(create) => &create.name,
        Operation::AddColumn { table, .. } | Operation::AddConstraint { table, .. } => &table.name,
        _ => return,
    };
    let own = |table: &&Table| is_own(part, table);
    let Some(table) = step.after().table(&step.resolve_after(name)).found().filter(own) else { return };
    let Some(now) = part.run.after.became(table) else { return };
    let last = part.replay.end.get(&part.dialect()).map(|end| end.became(table));
    let before = part.run.steps.first().and_then(|step| step.before.table(&now.name).found());
    let place = step.place(op.span);
    let is_unnamed = |table: &Table, name: &Ident, kind: &ConstraintKind| {
        table.constraint(name.key()).found().is_some_and(|known| known.name.is_none() && known.kind == *kind)
    };
    let is_new = |(name, constraint): &&(Ident, Constraint)| {
        constraint.made.is_some_and(|made| made.file == place.file && op.span.contains(made.span))
            && constraint.name.is_none()
            && !constraint.inherited
            && is_guessed(&constraint.kind, part.dialect())
            && is_unnamed(now, name, &constraint.kind)
            && last.is_none_or(|last| last.is_some_and(|last| is_unnamed(last, name, &constraint.kind)))
            && !before.is_some_and(|before| is_unnamed(before, name, &constraint.kind))
    };
    let new: Vec<String> =
        table.constraints.iter().filter(is_new).map(|(name, _)| format!("`{name}`")).collect();
    let message = match new.as_slice() {
        [] => return,
        [one] => format!(
            "the server makes up the name of a constraint of `{}`, {one}: who drops it later has to guess that",
            now.name
        ),
        many => format!(
            "the server makes up the names of {} constraints of `{}`, {}: who drops one later has to guess it",
            many.len(),
            now.name,
            listed(many)
        ),
    };
    cx.report(place, message).help("Write CONSTRAINT and a name before it.");
}

/// Whether the name is one that people have to guess: a primary key has the same one everywhere, and in MySQL a UNIQUE that of its column.
const fn is_guessed(kind: &ConstraintKind, dialect: Dialect) -> bool {
    match kind {
        ConstraintKind::Check(_) | ConstraintKind::ForeignKey(_) => true,
        ConstraintKind::Unique { .. } | ConstraintKind::Exclude(_) => matches!(dialect, Dialect::Postgres),
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::NotNull(_) => false,
    }
}
