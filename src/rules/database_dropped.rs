//! DROP DATABASE.

use super::words::listed;
use super::{Check, Cx, Rule, StepFacts, stood};
use crate::ops::Operation;
use crate::schema::{Dialect, Name, ObjectKind, ObjectRef};

/// `database-dropped`.
pub const RULE: Rule = Rule {
    id: "database-dropped",
    page: include_str!("../../rules/database-dropped.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    let mysql = step.part.dialect() == Dialect::Mysql;
    for op in stood::done(step) {
        let Operation::Drop(drop) = &op.kind else { continue };
        // MySQL calls a database a schema, too.
        if drop.kind != ObjectKind::Database && !(mysql && drop.kind == ObjectKind::Schema) {
            continue;
        }
        let is_new = |object: &&ObjectRef| {
            let key = ObjectRef { kind: object.kind, name: Name::bare(object.name.ident.clone()), on: None };
            step.before().other(&key).found().is_some_and(|known| stood::is_own(&step.part, known.made))
        };
        let names: Vec<String> = drop
            .objects
            .iter()
            .filter(|object| !is_new(object))
            .map(|object| format!("`{}`", object.name))
            .collect();
        if names.is_empty() {
            continue;
        }
        cx.report(
            step.place(op.span),
            format!("dropping database {} deletes every table in it, at once and for good", listed(&names)),
        )
        .help("Leave it to whoever looks after the server, with a backup at hand: a migration that runs against the wrong server cannot be taken back.");
    }
}
