//! SET NOT NULL, which reads every row while nobody else may.

use super::constraints::{
    done_on_postgres, earlier, is_checked_at_once, is_partitioned, is_read, is_rewritten, waiting,
};
use super::{Check, Cx, Rule, StepFacts, recipes, words};
use crate::diagnostic::{Safety, Severity};
use crate::ops::{AlterColumn, ColumnDef, Op, Operation};
use crate::schema::{ConstraintKind, Ident, Name};

/// `not-null-scans`.
pub const RULE: Rule = Rule {
    id: "not-null-scans",
    page: include_str!("../../rules/not-null-scans.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done_on_postgres(step) {
        let (table, column) = match &op.kind {
            Operation::AlterColumn { table, column, change: AlterColumn::SetNotNull } => {
                (&table.name, column)
            }
            Operation::AddConstraint { table, constraint } if is_checked_at_once(constraint) => {
                let ConstraintKind::NotNull(Some(column)) = &constraint.kind else { continue };
                (&table.name, column)
            }
            _ => continue,
        };
        // What a rewrite of the table looks at on its way is no harm of its own.
        if !is_read(step, table) || is_rewritten(step, table) {
            continue;
        }
        let filled = filled(step, table, column);
        let message = format!(
            "{} until every row has been searched for a NULL in `{column}`",
            waiting(step, std::slice::from_ref(table))
        );
        let by_default = matches!(filled, Some(Filled { by_default: true, .. }));
        let remedy = recipes::not_null(step, op).filter(|_| !by_default);
        let finding = cx
            .report(step.place(op.span), message)
            .help(help(step, table, column, filled))
            .offer(Safety::Unsafe, remedy);
        if matches!(filled, Some(Filled { together: true, .. })) {
            finding.severity(Severity::Advice);
        }
    }
}

/// How the migration itself gives the old rows a value.
#[derive(Clone, Copy)]
struct Filled {
    /// In the transaction of the statement.
    together: bool,
    /// By the default with which it adds the column.
    by_default: bool,
}

fn filled(step: &StepFacts<'_>, table: &Name, column: &Ident) -> Option<Filled> {
    let name = step.resolve(table);
    let by = |at: &StepFacts<'_>, op: &Op| match &op.kind {
        Operation::Update { table, columns, .. } => {
            (at.resolve(table) == name && columns.contains(column)).then_some(false)
        }
        Operation::AddColumn { table, def, .. } => {
            (at.resolve(&table.name) == name && fills(def, column)).then_some(true)
        }
        _ => None,
    };
    let here = step.statement().ops.iter().find_map(|op| by(step, op));
    let here = here.map(|by_default| Filled { together: true, by_default });
    let before = || {
        let all = earlier(step).filter_map(|at| {
            let by_default = at.statement().ops.iter().find_map(|op| by(&at, op))?;
            Some(Filled { together: step.shares_transaction(&at), by_default })
        });
        all.last()
    };
    here.or_else(before)
}

fn fills(def: &ColumnDef, column: &Ident) -> bool {
    def.column.name == *column && def.column.fills()
}

fn help(step: &StepFacts<'_>, table: &Name, column: &Ident, filled: Option<Filled>) -> String {
    let written = words::sql_ident(step, column);
    if matches!(filled, Some(Filled { by_default: true, .. })) {
        return format!(
            "Write ADD COLUMN {written} … NOT NULL DEFAULT … in one: then nothing has to be searched."
        );
    }
    let engine = step.part.engine();
    if !engine.at_least(12, 0) {
        return format!(
            "Keep a CHECK ({written} IS NOT NULL) instead, added NOT VALID and validated in a later migration: before PostgreSQL 12 no CHECK spares SET NOT NULL its look at the rows."
        );
    }
    let known = step.before().table(&step.resolve(table));
    let checks =
        known.found().into_iter().flat_map(|table| &table.constraints).find(|(_, one)| match &one.kind {
            ConstraintKind::Check(expr) => expr.requires_not_null(column.key()),
            ConstraintKind::NotNull(of) => one.not_valid && of.as_ref() == Some(column),
            _ => false,
        });
    match checks {
        Some((name, one)) if one.not_valid => {
            format!(
                "VALIDATE CONSTRAINT {} first, in a migration before this one: SET NOT NULL then reads nothing.",
                words::sql_ident(step, name)
            )
        }
        Some((name, _)) if is_dropped_here(step, name) => {
            format!(
                "Drop `{name}` in a statement of its own, after SET NOT NULL: dropped by the same ALTER TABLE it proves nothing."
            )
        }
        _ if engine.at_least(18, 0) && !is_partitioned(step, table) => {
            format!(
                "Write ADD CONSTRAINT … NOT NULL {written} NOT VALID, and VALIDATE CONSTRAINT it in a later migration: that reads the rows while reads and writes go on."
            )
        }
        _ => format!(
            "Add CHECK ({written} IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT it in the next migration, then SET NOT NULL, which finds it and reads nothing, and drop it."
        ),
    }
}

fn is_dropped_here(step: &StepFacts<'_>, name: &Ident) -> bool {
    step.statement()
        .ops
        .iter()
        .any(|op| matches!(&op.kind, Operation::DropConstraint { constraint, .. } if constraint == name))
}
