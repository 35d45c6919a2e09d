//! Columns that have values already must not repeat one from now on.

use super::constraints::{columns, done, is_looked_at_before, is_new_column, was_unique};
use super::words::sql;
use super::{Check, Cx, Rule, StepFacts};
use crate::ops::{Op, Operation};
use crate::schema::{ConstraintKind, Expr, Ident, IndexKey};

/// `unique-added`.
pub const RULE: Rule = Rule {
    id: "unique-added",
    page: include_str!("../../rules/unique-added.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done(step) {
        let (table, keys, predicate, leaves) = match &op.kind {
            Operation::AddConstraint { table, constraint } => match &constraint.kind {
                ConstraintKind::Unique { columns, using_index: None, .. } => {
                    (&table.name, columns.iter().map(key_of).collect(), None, false)
                }
                _ => continue,
            },
            Operation::CreateIndex(create) if create.unique => {
                (&create.table, create.keys.clone(), create.predicate.as_ref(), create.concurrently)
            }
            _ => continue,
        };
        if step.is_free(table) || step.lack(op).is_some() || step.is_emptied(table) {
            continue;
        }
        let read: Vec<Ident> = keys
            .iter()
            .flat_map(|key| key.expr.columns())
            .map(|column| Ident::exact(column.as_str()))
            .collect();
        if read.iter().any(|column| is_new_column(step, table, column))
            || was_unique(step, table, &keys, predicate)
            || replaces(step, op)
            || is_looked_at_before(step, table, &read)
        {
            continue;
        }
        let plain: Option<Vec<Ident>> = keys.iter().map(|key| key.column().map(Ident::exact)).collect();
        let same = plain
            .as_deref()
            .map_or_else(|| "the same key".to_owned(), |keys| format!("the same {}", columns(keys)));
        let behind = if leaves { " and leaves an invalid index behind" } else { "" };
        let rows = match predicate {
            Some(_) => format!("two of the rows of `{table}` that match its WHERE"),
            None => format!("two rows of `{table}`"),
        };
        let message = format!(
            "{} fails where {rows} have {same}{behind}, and so does code that writes such a row from now on",
            op.kind.title()
        );
        cx.report(step.place(op.span), message)
            .help(format!("Look for such rows first (SELECT … FROM {} GROUP BY … HAVING count(*) > 1), and mend them in a migration before this one.", sql(step, table)));
    }
}

/// Whether an earlier statement of the migration, or an action of this one, drops a constraint of its name: it is made in another form.
fn replaces(step: &StepFacts<'_>, op: &Op) -> bool {
    let Operation::AddConstraint { table, constraint } = &op.kind else { return false };
    let Some(name) = &constraint.name else { return false };
    let so_far = &step.part.statements()[..=step.at];
    so_far.iter().flat_map(|statement| &statement.ops).any(|other| match &other.kind {
        Operation::DropConstraint { table: of, constraint: dropped, .. } => {
            dropped == name && step.resolve(&of.name) == step.resolve(&table.name)
        }
        _ => false,
    })
}

fn key_of(column: &Ident) -> IndexKey {
    IndexKey { expr: Expr::Column(vec![column.key().to_owned()]), options: String::new() }
}
