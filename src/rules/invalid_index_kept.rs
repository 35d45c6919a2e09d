//! CREATE INDEX CONCURRENTLY IF NOT EXISTS, which takes an invalid index for a good one.

use super::{Check, Cx, Direction, Rule, StepFacts};
use crate::diagnostic::{Remedy, Safety};
use crate::history::Wrap;
use crate::ops::{CreateIndex, Drop, Guard, Op, Operation, Outcome};
use crate::schema::{Name, ObjectKind, ObjectRef};

/// `invalid-index-kept`.
pub const RULE: Rule = Rule {
    id: "invalid-index-kept",
    page: include_str!("../../rules/invalid-index-kept.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.canonical || step.part.direction == Direction::Down || step.in_transaction() {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        let Operation::CreateIndex(create) = &op.kind else { continue };
        let Some(name) = create.name.as_ref().filter(|_| is_kept(create)) else { continue };
        if *outcome != Outcome::Done || step.is_free(&create.table) || is_dropped_before(step, name) {
            continue;
        }
        let message = format!(
            "when building `{name}` fails or is cancelled, an invalid index stays: run again, IF NOT EXISTS finds it and goes on, and no query of `{}` uses it",
            create.table
        );
        // With another statement before it, a lone one would be no lone one any more.
        let is_lone = step.part.run.part.wrap != Wrap::Nobody;
        let help = if is_lone {
            format!(
                "Put DROP INDEX CONCURRENTLY IF EXISTS into a migration of its own before this one, and leave IF NOT EXISTS out: {} runs two statements of one migration in a transaction.",
                step.part.tool().title
            )
        } else {
            "Put DROP INDEX CONCURRENTLY IF EXISTS before it, and leave IF NOT EXISTS out.".to_owned()
        };
        let finding = cx.report(step.place(op.span), message).help(help);
        // The index is where its table is.
        let schema = name.schema.clone().or_else(|| create.table.schema.clone());
        let dropped = Operation::Drop(Drop {
            kind: ObjectKind::Index,
            objects: vec![ObjectRef {
                kind: ObjectKind::Index,
                name: Name { schema, ident: name.ident.clone() },
                on: None,
            }],
            arguments: vec![None],
            guard: Guard::IfExists,
            cascade: false,
            concurrently: true,
        });
        if step.statement().within.is_none() && !is_lone {
            finding.remedy(Safety::Unsafe, Remedy::Instead(vec![dropped]));
        }
    }
}

fn is_kept(create: &CreateIndex) -> bool {
    create.concurrently && create.guard == Guard::IfNotExists
}

/// Whether the part drops an index of that name before, whatever it asks first.
fn is_dropped_before(step: &StepFacts<'_>, name: &Name) -> bool {
    let drops = |op: &Op| match &op.kind {
        Operation::Drop(drop) => {
            drop.kind == ObjectKind::Index
                && drop.objects.iter().any(|object| object.name.ident == name.ident)
        }
        // SQL that is put together at run time.
        Operation::Other { verb } => verb == "EXECUTE",
        _ => false,
    };
    step.part.statements()[..step.at].iter().flat_map(|statement| &statement.ops).any(drops)
}
