//! DROP of a view, function, type, policy, … that stood before.

use super::words::listed;
use super::{Check, Cx, PartFacts, Rule, StepFacts, stood};
use crate::ops::{Drop, Guard, Op, Operation};
use crate::schema::{
    Catalog, Detail, Dialect, Function, Lookup, Name, ObjectKind, ObjectRef, Policy, Relation, Returns, Type,
};
use crate::text::Place;

/// `object-dropped`.
pub const RULE: Rule = Rule {
    id: "object-dropped",
    page: include_str!("../../rules/object-dropped.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in stood::done(step) {
        let Operation::Drop(drop) = &op.kind else { continue };
        let Some(harm) = harm(drop.kind) else { continue };
        let asserted = stood::asserts(step, drop.guard == Guard::IfExists);
        let lost: Vec<&ObjectRef> =
            drop.objects.iter().filter(|object| is_lost(step, (op, drop), object, asserted)).collect();
        if lost.is_empty() {
            continue;
        }
        let shown: Vec<String> = lost
            .iter()
            .map(|object| match &object.on {
                Some(table) => format!("`{}` on `{table}`", object.name),
                None => format!("`{}`", object.name),
            })
            .collect();
        let harm = match (lost.as_slice(), drop.kind) {
            ([policy], ObjectKind::Policy) => of_policy(step, policy).unwrap_or(harm),
            _ => harm,
        };
        let plural = if lost.len() == 1 { "" } else { "s" };
        let noun = match (drop.kind, plural) {
            (ObjectKind::Policy, "s") => "policies".to_owned(),
            (ObjectKind::Statistics, _) => "statistics".to_owned(),
            (kind, plural) => format!("{}{plural}", kind.noun()),
        };
        let mut finding = cx
            .report(step.place(op.span), format!("dropping {noun} {}: {harm}", listed(&shown)))
            .help(help(drop.kind));
        for object in lost.iter().filter(|_| is_routine(drop.kind) || drop.kind.is_relation()) {
            let name = step.resolve(&object.name);
            for (view, made) in stood::mysql_readers(step, &name) {
                finding = finding.related(made, format!("view `{view}` still reads it"));
            }
            for (function, made) in stood::bodies(&step.part, &[object.name.text()]) {
                if *function != name {
                    finding = finding.related(made, format!("`{function}` names `{name}` in its body"));
                }
            }
        }
    }
}

const fn is_routine(kind: ObjectKind) -> bool {
    matches!(kind, ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate)
}

/// What it means to those who used it; None for kinds of which other rules speak.
const fn harm(kind: ObjectKind) -> Option<&'static str> {
    Some(match kind {
        ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::ForeignTable => {
            "code that still reads it fails"
        }
        ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate => {
            "code that still calls it fails"
        }
        ObjectKind::Type | ObjectKind::Domain | ObjectKind::Collation => "code that still names it fails",
        ObjectKind::Sequence => "where it had got to is lost, and code that asks it for a number fails",
        ObjectKind::Extension => {
            "its types, functions and operators go with it, and code that uses them fails"
        }
        ObjectKind::Policy => "who sees and writes which rows is another from here on",
        ObjectKind::Trigger | ObjectKind::Rule => "writes go through from here on without what it did",
        ObjectKind::EventTrigger => "what it watched or forbade goes through from here on",
        ObjectKind::Event => "what it did at its times is done no more",
        ObjectKind::Publication | ObjectKind::Subscription => "what is replicated through it stands still",
        ObjectKind::Server | ObjectKind::ForeignDataWrapper | ObjectKind::UserMapping => {
            "nobody reaches the other server through it any more"
        }
        ObjectKind::Statistics => "queries that were planned well with them may be planned badly",
        ObjectKind::Role | ObjectKind::User => "whoever logs in under that name is refused",
        ObjectKind::Cast
        | ObjectKind::Operator
        | ObjectKind::OperatorClass
        | ObjectKind::OperatorFamily
        | ObjectKind::Conversion
        | ObjectKind::Language
        | ObjectKind::AccessMethod
        | ObjectKind::Transform
        | ObjectKind::TextSearchConfiguration
        | ObjectKind::TextSearchDictionary
        | ObjectKind::TextSearchParser
        | ObjectKind::TextSearchTemplate => "queries that still need it fail",
        ObjectKind::LargeObject => "what it holds is gone",
        ObjectKind::Table
        | ObjectKind::Index
        | ObjectKind::Column
        | ObjectKind::Constraint
        | ObjectKind::Schema
        | ObjectKind::Database
        | ObjectKind::Tablespace => return None,
    })
}

const fn help(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::View
        | ObjectKind::Function
        | ObjectKind::Procedure
        | ObjectKind::Routine
        | ObjectKind::Aggregate => {
            "CREATE OR REPLACE it where it is to change; else release the code that no longer uses it first, and drop it in a later migration."
        }
        ObjectKind::Policy | ObjectKind::Trigger | ObjectKind::Rule => {
            "Make what takes its place in the same migration; where nothing does, say so in a comment that allows it."
        }
        _ => "Release the code that no longer uses it first; drop it in a later migration.",
    }
}

/// A policy lets rows through; a restrictive one keeps rows back.
fn of_policy(step: &StepFacts<'_>, object: &ObjectRef) -> Option<&'static str> {
    let policy = policy(step.before(), &key(step, object))?;
    Some(if policy.restrictive {
        "the rows that it kept back are there for everybody whom another policy lets through"
    } else {
        "the rows that it alone let through are there for nobody but the owner of the table"
    })
}

fn policy<'a>(catalog: &'a Catalog, key: &ObjectRef) -> Option<&'a Policy> {
    match &catalog.other(key).found()?.detail {
        Detail::Policy(policy) => Some(policy),
        Detail::Trigger(_)
        | Detail::Rule(_)
        | Detail::Extension(_)
        | Detail::Statistics(_)
        | Detail::Publication(_)
        | Detail::Text(_)
        | Detail::None => None,
    }
}

/// Under what the catalog keeps an object that is no relation, type or function.
fn key(step: &StepFacts<'_>, object: &ObjectRef) -> ObjectRef {
    if object.kind == ObjectKind::Statistics {
        return ObjectRef { kind: object.kind, name: step.resolve(&object.name), on: None };
    }
    let on = object.on.as_ref().filter(|_| step.part.dialect() != Dialect::Sqlite);
    ObjectRef {
        kind: object.kind,
        name: Name::bare(object.name.ident.clone()),
        on: on.map(|table| step.resolve(table)),
    }
}

/// Whether something that stood before is not there when the migration is through, in this form or another. What the history does not
/// show, and the statement does not need, may never have been there.
fn is_lost(step: &StepFacts<'_>, (op, drop): (&Op, &Drop), object: &ObjectRef, asserted: bool) -> bool {
    let end = &step.part.run.after;
    let name = step.resolve(&object.name);
    let first = stood::first_name(step, op, &name);
    match object.kind {
        kind if kind.is_relation() => {
            (asserted || step.before().relation(&name).found().is_some())
                && stood::relation(step, &object.name, asserted)
                && end.relation(&first).found().is_none()
                && !went_with_owner(step, &name)
        }
        ObjectKind::Type | ObjectKind::Domain => {
            (asserted || step.before().type_entry(&name).found().is_some())
                && stood::type_entry(step, &object.name, asserted)
                && end.type_entry(&first).found().is_none()
                && !went_with_users(step, &first)
        }
        kind if is_routine(kind) => routine_is_lost(step, drop, object, &first, asserted),
        _ => other_is_lost(step, object, asserted),
    }
}

/// Whether a sequence is of a column or table that goes in the same migration, and that is told.
fn went_with_owner(step: &StepFacts<'_>, name: &Name) -> bool {
    let Lookup::Found(Relation::Sequence(sequence)) = stood::before_change(step).relation(name) else {
        return false;
    };
    sequence.owned_by.as_ref().is_some_and(|(table, column)| {
        let left = step.part.run.after.table(table);
        left.and_then(|table| table.column(column.key())).is_absent()
    })
}

/// Whether every column of a type went in the same migration, and is told: the type had nothing else to do.
fn went_with_users(step: &StepFacts<'_>, name: &Name) -> bool {
    let is_it = |ty: &Type| {
        let schema = ty
            .schema
            .as_ref()
            .is_none_or(|written| name.schema.as_ref().is_none_or(|schema| *schema == written.as_str()));
        ty.name == name.text() && schema
    };
    let mut users = stood::before_change(step)
        .mentioning(name.text())
        .filter_map(|(_, relation)| match relation {
            Relation::Table(table) => Some(table),
            Relation::Index(_) | Relation::View(_) | Relation::Sequence(_) => None,
        })
        .flat_map(|table| {
            let columns = table.columns.iter().filter(|member| member.column.ty.as_ref().is_some_and(is_it));
            columns.map(|member| (&table.name, &member.column.name))
        })
        .peekable();
    users.peek().is_some()
        && users.all(|(table, column)| {
            let left = step.part.run.after.table(table);
            left.and_then(|table| table.column(column.key())).is_absent()
        })
}

/// A function that triggers call and nobody else can; while a trigger does, the server does not let it go.
fn is_of_triggers(function: &Function) -> bool {
    matches!(&function.returns, Some(Returns::Type { ty, .. }) if ty.name == "trigger" || ty.name == "event_trigger")
}

fn routine_is_lost(
    step: &StepFacts<'_>,
    drop: &Drop,
    object: &ObjectRef,
    first: &Name,
    asserted: bool,
) -> bool {
    let name = step.resolve(&object.name);
    let (before, after) = (step.before().functions(&name), step.after().functions(&name));
    let gone: Vec<&Function> = before.iter().filter(|function| !after.contains(function)).collect();
    let end = step.part.run.after.functions(first);
    let new: Vec<&Function> =
        end.iter().filter(|function| stood::is_own(&step.part, function.made)).collect();
    if gone.is_empty() {
        let arguments = drop.objects.iter().position(|known| known == object);
        let arguments = arguments.and_then(|at| drop.arguments.get(at)?.as_ref());
        let is_back = match arguments {
            Some(types) => new.iter().any(|new| takes(new, types.len())),
            None => !new.is_empty(),
        };
        return asserted
            && !is_back
            && !has_trigger(stood::before_change(step), first)
            && stood::is_older(&step.part, asserted, is_back);
    }
    // Whoever is known to call it does so no more.
    if stood::is_called(stood::before_change(step), first) && !stood::is_called(&step.part.run.after, first) {
        return false;
    }
    gone.iter().any(|old| {
        let number = old.input_types().count();
        !stood::is_own(&step.part, old.made)
            && !is_of_triggers(old)
            && !new.iter().any(|new| takes(new, number))
    })
}

/// Whether a trigger calls a function: nobody else can.
fn has_trigger(catalog: &Catalog, name: &Name) -> bool {
    catalog.others().any(|(_, other)| match &other.detail {
        Detail::Trigger(trigger) => trigger.function.as_ref() == Some(name),
        Detail::Policy(_)
        | Detail::Rule(_)
        | Detail::Extension(_)
        | Detail::Statistics(_)
        | Detail::Publication(_)
        | Detail::Text(_)
        | Detail::None => false,
    })
}

/// Whether a function can be called with so many arguments.
fn takes(function: &Function, number: usize) -> bool {
    let inputs = || function.arguments.iter().filter(|argument| argument.mode.is_input());
    let required = inputs().filter(|argument| argument.default.is_none()).count();
    let variadic = inputs().any(|argument| argument.mode == crate::schema::ArgumentMode::Variadic);
    required <= number && (variadic || number <= inputs().count())
}

fn other_is_lost(step: &StepFacts<'_>, object: &ObjectRef, asserted: bool) -> bool {
    let end = &step.part.run.after;
    let key = key(step, object);
    if end.other(&key).found().is_some() {
        return false;
    }
    // With its table it has nothing to do any more; on a table without rows it has done nothing yet.
    let table = key.on.clone().or_else(|| match &step.before().other(&key).found()?.detail {
        Detail::Trigger(trigger) => trigger.table.clone(),
        Detail::Policy(_)
        | Detail::Rule(_)
        | Detail::Extension(_)
        | Detail::Statistics(_)
        | Detail::Publication(_)
        | Detail::Text(_)
        | Detail::None => None,
    });
    if let Some(table) = &table
        && (step.is_free(table)
            || end.relation(table).is_absent()
            || is_replaced(&step.part, step.before(), &key, table))
    {
        return false;
    }
    match step.before().other(&key) {
        Lookup::Found(known) => !stood::is_own(&step.part, known.made),
        Lookup::Absent => false,
        Lookup::Unknown => asserted && stood::is_older(&step.part, asserted, false),
    }
}

/// Whether the migration gives the table another one that does its work: a trigger for a trigger, a policy about the same command for
/// a policy.
fn is_replaced(part: &PartFacts<'_>, before: &Catalog, key: &ObjectRef, table: &Name) -> bool {
    let new = |made: Option<Place>| stood::is_own(part, made);
    let old = policy(before, key);
    part.run.after.others().any(|(object, other)| {
        object.kind == key.kind
            && new(other.made)
            && match &other.detail {
                Detail::Trigger(trigger) => {
                    object.on.as_ref() == Some(table) || trigger.table.as_ref() == Some(table)
                }
                Detail::Policy(policy) => {
                    object.on.as_ref() == Some(table)
                        && old.is_none_or(|old| {
                            policy.command == old.command || policy.command == "ALL" || old.command == "ALL"
                        })
                }
                Detail::Rule(_) => object.on.as_ref() == Some(table),
                Detail::Statistics(_)
                | Detail::Extension(_)
                | Detail::Publication(_)
                | Detail::Text(_)
                | Detail::None => false,
            }
    })
}
