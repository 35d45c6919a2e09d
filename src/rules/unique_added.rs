//! Columns that have values already must not repeat one from now on.

use super::constraints::{columns, done, is_emptied, is_looked_at_before, is_new_column, was_unique};
use super::{Check, Cx, Rule, StepFacts};
use crate::ops::Operation;
use crate::schema::{ConstraintKind, Ident, Name};

/// `unique-added`.
pub const RULE: Rule = Rule {
    id: "unique-added",
    page: include_str!("../../rules/unique-added.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in done(step) {
        let (table, keys, leaves) = match &op.kind {
            Operation::AddConstraint { table, constraint } => match &constraint.kind {
                ConstraintKind::Unique { columns, using_index: None, .. } => {
                    (&table.name, columns.iter().cloned().map(Some).collect(), false)
                }
                _ => continue,
            },
            Operation::CreateIndex(create) if create.unique => {
                let keys: Vec<Option<Ident>> =
                    create.keys.iter().map(|key| key.column().map(Ident::exact)).collect();
                (&create.table, keys, create.concurrently)
            }
            _ => continue,
        };
        if step.is_free(table) || step.lack(op).is_some() || is_emptied(step, table) {
            continue;
        }
        if is_certain(step, table, &keys) || is_looked_at_before(step, table, true) {
            continue;
        }
        let plain: Option<Vec<Ident>> = keys.into_iter().collect();
        let same = plain
            .as_deref()
            .map_or_else(|| "the same key".to_owned(), |keys| format!("the same {}", columns(keys)));
        let behind = if leaves { " and leaves an invalid index behind" } else { "" };
        let message = format!(
            "it fails where two rows of `{table}` have {same}{behind}, and so does code that writes such a row from now on"
        );
        cx.report(step.place(op.span), message)
            .help(format!("Look for such rows first (SELECT … FROM {table} GROUP BY … HAVING count(*) > 1), and mend them in a migration before this one."));
    }
}

/// Whether no two rows can have the same key: part of it is a key already, or a column of it is new.
fn is_certain(step: &StepFacts<'_>, table: &Name, keys: &[Option<Ident>]) -> bool {
    let plain: Vec<Ident> = keys.iter().flatten().cloned().collect();
    plain.iter().any(|column| is_new_column(step, table, column)) || was_unique(step, table, &plain)
}
