//! ADD COLUMN with a default that is computed for each row.

use super::written_columns::written;
use super::{Check, Cx, Rule, StepFacts, recipes};
use crate::diagnostic::{Safety, Severity};
use crate::effects::Filled;

/// `volatile-default-rewrites`.
pub const RULE: Rule = Rule {
    id: "volatile-default-rewrites",
    page: include_str!("../../rules/volatile-default-rewrites.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for new in written(step) {
        let (column, table) = (&new.def.column.name, &new.table);
        let wait = "reads and writes wait until that is done";
        let (message, is_sure) = match &new.why {
            Filled::Volatile { call: Some(call), sure: true } => (
                format!(
                    "adding `{column}` with a default of `{call}()` computes a value for every row of {table} and writes it anew: {wait}"
                ),
                true,
            ),
            Filled::Volatile { call: None, sure: true } => (
                format!(
                    "adding `{column}` with a default that differs from row to row writes every row of {table} anew: {wait}"
                ),
                true,
            ),
            Filled::Volatile { call, sure: false } => {
                let call = call.as_deref().unwrap_or("its function");
                (
                    format!(
                        "adding `{column}` with a default of `{call}()` writes every row of {table} anew, unless that was declared STABLE or IMMUTABLE: {wait}"
                    ),
                    false,
                )
            }
            Filled::Constant => (
                format!(
                    "before PostgreSQL 11, adding `{column}` with a default writes every row of {table} anew: {wait}"
                ),
                true,
            ),
            Filled::Serial | Filled::Identity | Filled::Generated | Filled::Domain => continue,
        };
        let finding = cx
            .report(new.place, message)
            .help(if new.def.column.not_null == Some(true) {
                "Add the column nullable and without a default, set the default in a statement of its own (old rows stay as they are), fill the old rows in batches, and make it NOT NULL last."
            } else {
                "Add the column without a default, set the default in a statement of its own (old rows stay as they are), and fill the old rows in batches."
            })
            .offer(Safety::Unsafe, recipes::fill_later(step, new.op));
        if !is_sure {
            finding.severity(Severity::Warning);
        }
    }
}
