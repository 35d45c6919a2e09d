//! A column becomes NOT NULL and nothing gives old rows a value.

use super::{Check, Cx, Direction, Rule, StepFacts};
use crate::diagnostic::{Remedy, Safety};
use crate::ops::{AlterColumn, ColumnDef, Guard, Op, Operation, Outcome, TableTarget};
use crate::schema::{ConstraintKind, Dialect, Ident, Lookup, Table, Type};
use crate::text::Place;

/// `not-null-without-backfill`.
pub const RULE: Rule = Rule {
    id: "not-null-without-backfill",
    page: include_str!("../../rules/not-null-without-backfill.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.direction == Direction::Down {
        return;
    }
    for (index, op) in step.statement().ops.iter().enumerate() {
        if !matches!(step.step().outcomes.get(index), Some(Outcome::Done)) {
            continue;
        }
        match &op.kind {
            Operation::AddColumn { table, def, guard } => added(step, cx, op, table, def, *guard),
            Operation::AlterColumn { table, column, change: AlterColumn::SetNotNull } => {
                set(step, cx, op, table, column)
            }
            _ => {}
        }
    }
}

fn has_no_rows(step: &StepFacts<'_>, table: &TableTarget) -> bool {
    step.is_free(&table.name) || step.table(&table.name).found().is_some_and(|table| table.emptied.is_some())
}

fn added(step: &StepFacts<'_>, cx: &mut Cx<'_>, op: &Op, table: &TableTarget, def: &ColumnDef, guard: Guard) {
    let column = &def.column;
    let given = column.default.as_ref().is_some_and(|default| !default.is_null())
        || column.identity.is_some()
        || column.generated.is_some()
        || column.ty.as_ref().is_some_and(Type::is_serial);
    let key =
        def.constraints.iter().any(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }));
    if column.not_null != Some(true) || given || key || has_no_rows(step, table) {
        return;
    }
    let mut nullable = def.clone();
    nullable.column.not_null = Some(false);
    let in_steps = vec![
        vec![Operation::AddColumn { table: table.clone(), def: Box::new(nullable), guard }],
        vec![Operation::Update {
            table: table.name.clone(),
            columns: vec![column.name.clone()],
            limited: true,
            reads: Vec::new(),
            filter: None,
            rereads: false,
            values: Vec::new(),
            words: Vec::new(),
        }],
        vec![Operation::AlterColumn {
            table: table.clone(),
            column: column.name.clone(),
            change: AlterColumn::SetNotNull,
        }],
    ];
    let finding = cx
        .report(
            step.place(op.span),
            format!(
                "adding `{}` as NOT NULL without a default fails as soon as `{}` has a row",
                column.name, table.name
            ),
        )
        .label("old rows would have no value here");
    if step.part.dialect() == Dialect::Sqlite {
        // It cannot make a column NOT NULL afterwards.
        finding.help("Give it a DEFAULT; or rebuild the table: create a new one, copy the rows with a value for it, drop the old one, rename the new one.");
        return;
    }
    finding
        .help("Give it a DEFAULT; or add it nullable, UPDATE the rows, then SET NOT NULL.")
        .remedy(Safety::Show, Remedy::Split(in_steps));
}

fn set(step: &StepFacts<'_>, cx: &mut Cx<'_>, op: &Op, table: &TableTarget, column: &Ident) {
    if has_no_rows(step, table) || step.is_emptied(&table.name) {
        return;
    }
    let known = step.table(&table.name);
    if let Lookup::Found(member) = known.and_then(|table| table.column(column.key()))
        && (member.column.not_null == Some(true) || member.filled || member.defaulted)
    {
        return;
    }
    let made = known.and_then(|table| table.column(column.key())).found().and_then(|member| member.made);
    if known.found().is_some_and(|table| is_checked(table, column)) || may_be_filled_unread(step, made) {
        return;
    }
    let steps = vec![
        vec![Operation::Update {
            table: table.name.clone(),
            columns: vec![column.clone()],
            limited: true,
            reads: Vec::new(),
            filter: None,
            rereads: false,
            values: Vec::new(),
            words: Vec::new(),
        }],
        vec![Operation::AlterColumn {
            table: table.clone(),
            column: column.clone(),
            change: AlterColumn::SetNotNull,
        }],
    ];
    // A migration in Go or Java may have done it; the claim must not be larger than what was read.
    let read = if step.part.replay.sequence.unread.is_empty() { "" } else { " that gander can read" };
    cx.report(
        step.place(op.span),
        format!("SET NOT NULL on `{}.{column}` fails if one row has no value, and no migration{read} gave the old rows one", table.name),
    )
    .help(format!("UPDATE the rows of `{}` first in which `{column}` is NULL.", table.name))
    .remedy(Safety::Show, Remedy::Split(steps));
}

/// Whether a migration that gander cannot read ran since a column was added: it may have given the old rows a value.
fn may_be_filled_unread(step: &StepFacts<'_>, made: Option<Place>) -> bool {
    let sequence = step.part.replay.sequence;
    let is_before = |unread: &str, version: &str| sequence.compare(unread, version).is_lt();
    let adding = made.and_then(|made| {
        step.part.replay.runs.iter().find(|run| run.up.part.file == made.file).map(|run| run.migration)
    });
    let own = step.part.migration().migration;
    sequence.unread.iter().any(|unread| {
        is_before(&unread.version, &own.version)
            && adding.is_none_or(|adding| !is_before(&unread.version, &adding.version))
    })
}

/// Whether a validated CHECK says that the column is not null.
fn is_checked(table: &Table, column: &Ident) -> bool {
    table.constraints.iter().any(|(_, constraint)| match &constraint.kind {
        ConstraintKind::Check(expr) => !constraint.not_valid && expr.requires_not_null(column.key()),
        ConstraintKind::NotNull(known) => !constraint.not_valid && known.as_ref() == Some(column),
        ConstraintKind::PrimaryKey { columns, .. } => columns.contains(column),
        ConstraintKind::Unique { .. } | ConstraintKind::ForeignKey(_) | ConstraintKind::Exclude(_) => false,
    })
}
