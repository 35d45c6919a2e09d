//! Something new without the schema that it is made in.

use super::{Check, Cx, Rule, StepFacts};
use crate::ops::{Op, Operation, Outcome};
use crate::schema::{Name, ObjectKind};

/// `unqualified-name`.
pub const RULE: Rule = Rule {
    id: "unqualified-name",
    page: include_str!("../../rules/unqualified-name.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    // The migration says itself where it makes things.
    if step.step().session.settings.contains_key("search_path") {
        return;
    }
    for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
        let Some((name, kind)) = made(op).filter(|_| *outcome == Outcome::Done) else { continue };
        if name.schema.is_some() {
            continue;
        }
        cx.report(
            step.place(op.span),
            format!(
                "{} `{name}` is made in the schema that comes first in the search_path of whoever runs this",
                kind.noun()
            ),
        )
        .help(format!("Write its schema before its name, as in `app.{name}`, or SET search_path above it."));
    }
}

/// What an operation makes in a schema, temporary things left out.
const fn made(op: &Op) -> Option<(&Name, ObjectKind)> {
    Some(match &op.kind {
        Operation::CreateTable(create) if !create.temporary => {
            (&create.name, if create.foreign { ObjectKind::ForeignTable } else { ObjectKind::Table })
        }
        Operation::CreateView(create) if !create.temporary => {
            (&create.name, if create.materialized { ObjectKind::MaterializedView } else { ObjectKind::View })
        }
        Operation::CreateSequence(create) if !create.temporary => (&create.name, ObjectKind::Sequence),
        Operation::CreateType(create) => (&create.name, ObjectKind::Type),
        Operation::CreateDomain(create) => (&create.name, ObjectKind::Domain),
        Operation::CreateFunction(create) => (&create.name, create.kind),
        _ => return None,
    })
}
