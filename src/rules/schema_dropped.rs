//! DROP SCHEMA of a schema that stood before.

use super::words::listed;
use super::{Check, Cx, Rule, StepFacts, stood};
use crate::ops::{Drop, Guard, Operation};
use crate::schema::{Catalog, Dialect, Ident, Lookup, Name, ObjectKind, ObjectRef, Relation};

/// `schema-dropped`.
pub const RULE: Rule = Rule {
    id: "schema-dropped",
    page: include_str!("../../rules/schema-dropped.md"),
    down: false,
    check: Check::Step(check),
};

/// So many names are told, and how many more there are.
const TOLD: usize = 6;

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    // A schema of MySQL's is a database.
    if step.part.dialect() != Dialect::Postgres {
        return;
    }
    for op in stood::done(step) {
        let Operation::Drop(drop) = &op.kind else { continue };
        if drop.kind != ObjectKind::Schema {
            continue;
        }
        let gone: Vec<&Ident> = drop
            .objects
            .iter()
            .map(|object| &object.name.ident)
            .filter(|schema| did_stand(step, drop, schema))
            .collect();
        if gone.is_empty() {
            continue;
        }
        let shown = listed(&gone.iter().map(|schema| format!("`{schema}`")).collect::<Vec<_>>());
        let (message, help) = if drop.cascade {
            let along = along(step, &gone);
            let what = if along.is_empty() {
                "everything in it, and whatever depends on that".to_owned()
            } else {
                format!("{} with it", listed(&along))
            };
            (
                format!("dropping schema {shown} with CASCADE drops {what}"),
                "Drop what is in it by name, each when no released code uses it; then DROP SCHEMA without CASCADE, which refuses where something is left.",
            )
        } else {
            (
                format!(
                    "dropping schema {shown} breaks code that still has it on its search path or in a name"
                ),
                "Release the code that no longer names it first; drop it in a later migration.",
            )
        };
        cx.report(step.place(op.span), message).help(help);
    }
}

fn did_stand(step: &StepFacts<'_>, drop: &Drop, schema: &Ident) -> bool {
    let object = |catalog: &Catalog| -> Option<bool> {
        let key = ObjectRef { kind: ObjectKind::Schema, name: Name::bare(schema.clone()), on: None };
        catalog.other(&key).found().map(|known| stood::is_own(&step.part, known.made))
    };
    let is_back = object(&step.part.run.after).is_some();
    // Empty, and there again: nothing happened to it.
    if is_back && !drop.cascade {
        return false;
    }
    match object(step.before()) {
        Some(own) => !own,
        // Every database is made with it.
        None if *schema == "public" => true,
        None => {
            let mut inhabitants =
                step.before().relations().filter(|(name, _)| name.schema.as_ref() == Some(schema));
            let stood = inhabitants.any(|(_, relation)| !stood::is_own(&step.part, relation.made()));
            stood || stood::is_older(&step.part, stood::asserts(step, drop.guard == Guard::IfExists), is_back)
        }
    }
}

/// What goes along: tables first, and what lies outside the schema last.
fn along(step: &StepFacts<'_>, schemas: &[&Ident]) -> Vec<String> {
    let (before, after) = (step.before(), step.after());
    let is_in = |name: &Name| name.schema.as_ref().is_some_and(|schema| schemas.contains(&schema));
    let rank = |name: &Name, relation: &Relation| {
        (!is_in(name), !matches!(relation, Relation::Table(_)), name.clone())
    };
    let mut relations: Vec<(&Name, &Relation)> = before
        .relations()
        .filter(|(name, relation)| {
            let own = matches!(relation, Relation::Index(_))
                || matches!(relation, Relation::Sequence(sequence) if sequence.owned_by.is_some());
            !own && after.relation(name).is_absent()
        })
        .collect();
    relations.sort_by_key(|(name, relation)| rank(name, relation));
    let mut all: Vec<String> =
        relations.iter().map(|(name, relation)| format!("{} `{name}`", relation.kind().noun())).collect();
    all.extend(
        before
            .types()
            .filter(|entry| after.type_entry(&entry.name).is_absent())
            .map(|entry| format!("type `{}`", entry.name)),
    );
    let functions = before.all_functions().filter(|(name, _)| after.functions(name).is_empty());
    all.extend(functions.map(|(name, function)| format!("{} `{name}`", function.kind.noun())));
    for table in before.tables() {
        let Lookup::Found(left) = after.table(&table.name) else { continue };
        for (key, _) in table.foreign_keys() {
            if left.constraint(key.key()).is_absent() {
                all.push(format!("constraint `{key}` of `{}`", table.name));
            }
        }
    }
    if all.len() > TOLD + 1 {
        let more = all.len() - TOLD;
        all.truncate(TOLD);
        all.push(format!("{more} more objects"));
    }
    all
}
