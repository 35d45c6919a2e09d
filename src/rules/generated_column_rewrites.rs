//! ADD COLUMN … GENERATED ALWAYS AS (…) STORED, and another expression for such a column.

use super::written_columns::written;
use super::{Check, Cx, Rule, StepFacts, words};
use crate::effects::Filled;
use crate::ops::{AlterColumn, Operation};
use crate::schema::Dialect;

/// `generated-column-rewrites`.
pub const RULE: Rule = Rule {
    id: "generated-column-rewrites",
    page: include_str!("../../rules/generated-column-rewrites.md"),
    down: false,
    check: Check::Step(check),
};

const HELP: &str = "Add a plain nullable column that a trigger fills, and fill the old rows in batches; or index the expression, or compute it in a view.";

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for new in written(step) {
        if new.why != Filled::Generated {
            continue;
        }
        let message = format!(
            "adding `{}` as a stored computed column computes it for every row of {} and writes them all anew: reads and writes wait until that is done",
            new.def.column.name, new.table
        );
        let help = if step.part.engine().at_least(18, 0) {
            "Make the column VIRTUAL: it is computed when it is read, and no row is written."
        } else {
            HELP
        };
        cx.report(new.place, message).help(help);
    }
    if step.part.dialect() != Dialect::Postgres {
        return;
    }
    for (at, op) in step.statement().ops.iter().enumerate() {
        let Operation::AlterColumn { table, column, change: AlterColumn::SetExpression(_) } = &op.kind else {
            continue;
        };
        if step.with_rows(&step.effects_of(at).rewrites).is_empty() {
            continue;
        }
        let name = words::tables(step, &[step.resolve(&table.name)]);
        let message = format!(
            "another expression for the stored column `{column}` is computed for every row of {name}, and all are written anew: reads and writes wait until that is done"
        );
        cx.report(step.place(op.span), message).help(HELP);
    }
}
