//! RENAME or SET SCHEMA of a table, view, sequence, type or function that stood before.

use super::{Check, Cx, Rule, StepFacts, recipes, stood};
use crate::diagnostic::Safety;
use crate::ops::{Op, Operation};
use crate::schema::{Dialect, Ident, Lookup, Name, ObjectKind, ObjectRef};

/// `table-renamed`.
pub const RULE: Rule = Rule {
    id: "table-renamed",
    page: include_str!("../../rules/table-renamed.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in stood::done(step) {
        let (object, moved, if_exists) = match &op.kind {
            Operation::Rename { object, to, if_exists, .. } => (object, To::Name(to), *if_exists),
            Operation::SetSchema { object, to, if_exists, .. } => (object, To::Schema(to), *if_exists),
            _ => continue,
        };
        let from = step.resolve(&object.name);
        let to = match moved {
            To::Name(to) => Name { schema: from.schema.clone(), ident: to.clone() },
            To::Schema(to) => Name { schema: Some(to.clone()), ident: from.ident.clone() },
        };
        if from == to || !did_stand(step, object, &from, stood::asserts(step, if_exists)) {
            continue;
        }
        // What was renamed before is told there; what has the old name again breaks nobody; what takes the place of what made way for it
        // is what its readers look for.
        let renamed_before = stood::first_name(step, op, &from) != from;
        let takes_place = stood::made_way(step, op, &to) || stood::was_filled_from(step, &from, &to);
        if renamed_before || is_back(step, object, &from) || takes_place {
            continue;
        }
        tell(step, cx, op, object, (&from, &to, moved));
    }
}

#[derive(Clone, Copy)]
enum To<'a> {
    Name(&'a Ident),
    Schema(&'a Ident),
}

fn did_stand(step: &StepFacts<'_>, object: &ObjectRef, from: &Name, asserted: bool) -> bool {
    match object.kind {
        // Nobody calls an index by its name; ALTER TABLE renames it too.
        ObjectKind::Index => false,
        kind if kind.is_relation() => {
            !stood::is_index(step.before(), from) && stood::relation(step, &object.name, asserted)
        }
        ObjectKind::Type | ObjectKind::Domain => stood::type_entry(step, &object.name, asserted),
        kind if is_routine(kind) => {
            let known = step.before().functions(from);
            if known.is_empty() {
                return stood::is_older(&step.part, asserted, false);
            }
            known.iter().any(|function| {
                !stood::is_own(&step.part, function.made) && !step.after().functions(from).contains(function)
            })
        }
        _ => false,
    }
}

const fn is_routine(kind: ObjectKind) -> bool {
    matches!(kind, ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate)
}

/// Whether something has the old name when the migration is through: a view over the new one, or what took its place.
fn is_back(step: &StepFacts<'_>, object: &ObjectRef, from: &Name) -> bool {
    let end = &step.part.run.after;
    match object.kind {
        ObjectKind::Type | ObjectKind::Domain => end.type_entry(from).found().is_some(),
        kind if is_routine(kind) => {
            end.functions(from).iter().any(|function| stood::is_own(&step.part, function.made))
        }
        _ => end.relation(from).found().is_some(),
    }
}

fn tell(
    step: &StepFacts<'_>,
    cx: &mut Cx<'_>,
    op: &Op,
    object: &ObjectRef,
    (from, to, moved): (&Name, &Name, To<'_>),
) {
    let kind = match step.before().relation(from) {
        Lookup::Found(relation) if object.kind.is_relation() => relation.kind(),
        Lookup::Found(_) | Lookup::Absent | Lookup::Unknown => object.kind,
    };
    let noun = kind.noun();
    let message = match moved {
        To::Name(_) => {
            format!("{noun} `{from}` is called `{to}` from here on: running code that says `{from}` fails")
        }
        To::Schema(schema) => format!(
            "{noun} `{from}` moves to schema `{schema}`: running code finds it no longer, unless that is on its search path"
        ),
    };
    let mut finding = cx.report(step.place(op.span), message).help(help(step, kind, from, to)).offer(
        Safety::Show,
        recipes::rename_table(step, op).filter(|_| step.part.dialect() == Dialect::Postgres),
    );
    for (view, made) in stood::mysql_readers(step, from) {
        finding = finding.related(made, format!("view `{view}` still reads `{from}`"));
    }
    for (function, made) in stood::bodies(&step.part, &[from.text()]) {
        if function != to {
            finding = finding.related(made, format!("`{function}` names `{from}` in its body"));
        }
    }
}

fn help(step: &StepFacts<'_>, kind: ObjectKind, from: &Name, to: &Name) -> String {
    match (kind, step.part.dialect()) {
        (ObjectKind::Table | ObjectKind::View | ObjectKind::ForeignTable | ObjectKind::MaterializedView, Dialect::Postgres | Dialect::Mysql) => format!(
            "Leave a view under the old name, in the same migration, until no released code uses it: CREATE VIEW {from} AS SELECT * FROM {to}."
        ),
        (ObjectKind::Table | ObjectKind::View, Dialect::Sqlite) => {
            "Release code that knows both names first; or make the new table beside the old one, and drop that in a later migration.".to_owned()
        }
        (kind, _) if is_routine(kind) => format!(
            "Leave one under the old name, which calls `{to}`, until no released code uses it."
        ),
        _ => "Release code that knows both names first; or leave the name as it is.".to_owned(),
    }
}
