//! ADD PRIMARY KEY that builds its index, or reads the rows, under the lock of ALTER TABLE.

use super::constraints::{
    columns, done_on_postgres, is_partitioned, is_read, is_rewritten_by_another, waiting,
};
use super::{Check, Cx, Rule, StepFacts, recipes, words};
use crate::diagnostic::Safety;
use crate::ops::{AlterColumn, Operation};
use crate::schema::{Constraint, ConstraintKind, Ident, Lookup, Name};

/// `primary-key-blocks`.
pub const RULE: Rule = Rule {
    id: "primary-key-blocks",
    page: include_str!("../../rules/primary-key-blocks.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    let is_key = |one: &&Constraint| matches!(one.kind, ConstraintKind::PrimaryKey { .. });
    for op in done_on_postgres(step) {
        let (table, constraint) = match &op.kind {
            Operation::AddConstraint { table, constraint } => {
                (&table.name, Some(&**constraint).filter(is_key))
            }
            Operation::AddColumn { table, def, .. } => (&table.name, def.constraints.iter().find(is_key)),
            _ => continue,
        };
        // Where another action writes the table anew, every index is built anew with it.
        let Some(constraint) =
            constraint.filter(|_| is_read(step, table) && !is_rewritten_by_another(step, op, table))
        else {
            continue;
        };
        let ConstraintKind::PrimaryKey { columns: keys, using_index, .. } = &constraint.kind else {
            continue;
        };
        let waits = waiting(step, std::slice::from_ref(table));
        if let Some(index) = using_index {
            let nullable = nullable(step, table, index);
            // What SET NOT NULL reads in the same statement is its own.
            if !nullable.is_empty() && !nullable.iter().all(|column| is_set_here(step, column)) {
                cx.report(
                    step.place(op.span),
                    format!("{waits} until every row has been searched for a NULL in {}", columns(&nullable)),
                )
                .help(not_null_first(step, &nullable));
            }
            continue;
        }
        let place = words::outside_a_transaction(step);
        let help = if is_partitioned(step, table) {
            format!(
                "Build a unique index CONCURRENTLY on each partition {place}. Make it the primary key there with ADD PRIMARY KEY USING INDEX, then add this one to `{table}`: it takes those over and builds nothing."
            )
        } else {
            format!(
                "Build the index first, over columns that are NOT NULL, with CREATE UNIQUE INDEX CONCURRENTLY {place}. ADD PRIMARY KEY USING INDEX then takes it over at once."
            )
        };
        cx.report(
            step.place(op.span),
            format!("{waits} until the index of the primary key on {} is built", columns(keys)),
        )
        .help(help)
        .offer(Safety::Unsafe, recipes::index_first(step, op));
    }
}

/// The columns of an index that are known to take NULL. Of a table that is older than the history it cannot be told.
fn nullable(step: &StepFacts<'_>, table: &Name, index: &Ident) -> Vec<Ident> {
    let name = step.resolve(table);
    let full = Name { schema: name.schema.clone(), ident: index.clone() };
    let Lookup::Found(index) = step.before().index(&full) else { return Vec::new() };
    let known = step.before().table(&name);
    let may_be_null = |column: &Ident| {
        let member = known.and_then(|table| table.column(column.key()));
        member.found().is_some_and(|member| member.column.not_null == Some(false))
    };
    let keys = index.keys.iter().filter_map(|key| key.column()).map(Ident::exact);
    keys.filter(may_be_null).collect()
}

fn is_set_here(step: &StepFacts<'_>, column: &Ident) -> bool {
    step.statement().ops.iter().any(|op| {
        matches!(&op.kind, Operation::AlterColumn { column: set, change: AlterColumn::SetNotNull, .. } if set == column)
    })
}

fn not_null_first(step: &StepFacts<'_>, nullable: &[Ident]) -> String {
    let named = columns(nullable);
    if step.part.engine().at_least(12, 0) {
        format!(
            "Make {named} NOT NULL first without a long lock: CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in a later migration, then add the primary key."
        )
    } else {
        format!(
            "Make {named} NOT NULL in a quiet hour first: before PostgreSQL 12 that reads every row under this lock as well."
        )
    }
}
