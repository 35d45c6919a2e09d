//! ALTER TYPE … RENAME VALUE of a label that stood before.

use super::{Check, Cx, PartFacts, Rule, StepFacts, stood};
use crate::ops::{AlterType, Op, Operation};
use crate::schema::{Lookup, Name, TypeKind};

/// `enum-value-renamed`.
pub const RULE: Rule = Rule {
    id: "enum-value-renamed",
    page: include_str!("../../rules/enum-value-renamed.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in stood::done(step) {
        let Operation::AlterType { name, change: AlterType::RenameValue { from, to } } = &op.kind else {
            continue;
        };
        let full = step.resolve(name);
        if !stood::type_entry(step, name, stood::asserts(step, false))
            || !had_label(step, op, &full, from)
            || is_back(&step.part, &full, from)
        {
            continue;
        }
        cx.report(
            step.place(op.span),
            format!("'{from}' of `{full}` is called '{to}' from here on: running code that writes or compares with '{from}' fails"),
        )
        .help("ALTER TYPE … ADD VALUE the new label, let the code read both and write the new one, UPDATE the old rows, and leave the old label unused.");
    }
}

/// Whether the label was there before this change; one that came with it nobody uses yet.
fn had_label(step: &StepFacts<'_>, op: &Op, name: &Name, label: &str) -> bool {
    let first = stood::first_name(step, op, name);
    match stood::before_change(step).type_entry(&first) {
        Lookup::Found(entry) => match &entry.kind {
            TypeKind::Enum(labels) => {
                labels.labels.iter().any(|known| known == label)
                    || labels.open && !was_added(step, op, name, label)
            }
            TypeKind::Composite(_) | TypeKind::Domain { .. } | TypeKind::Other(_) => true,
        },
        Lookup::Absent | Lookup::Unknown => !was_added(step, op, name, label),
    }
}

/// Whether this change added the label, or gave it its name.
fn was_added(step: &StepFacts<'_>, op: &Op, name: &Name, label: &str) -> bool {
    stood::steps_of_change(step, op).any(|(at, op)| {
        let Operation::AlterType { name: altered, change } = &op.kind else { return false };
        let same = crate::ops::resolve(&at.before, &at.session, altered) == *name;
        same && match change {
            AlterType::AddValue { label: added, .. } => added == label,
            AlterType::RenameValue { to, .. } => to == label,
            AlterType::AddAttribute { .. }
            | AlterType::DropAttribute { .. }
            | AlterType::AlterAttribute { .. }
            | AlterType::RenameAttribute { .. }
            | AlterType::Parameters => false,
        }
    })
}

fn is_back(part: &PartFacts<'_>, name: &Name, label: &str) -> bool {
    match part.run.after.type_entry(name).found().map(|entry| &entry.kind) {
        Some(TypeKind::Enum(labels)) => labels.labels.iter().any(|known| known == label),
        Some(TypeKind::Composite(_) | TypeKind::Domain { .. } | TypeKind::Other(_)) | None => false,
    }
}
