//! A new foreign key whose own columns no index leads to.

use super::missing_index::index_for;
use super::practice::is_practice;
use super::{Check, Cx, Direction, PartFacts, Rule, StepFacts, words};
use crate::diagnostic::{Remedy, Safety, Severity};
use crate::history::Wrap;
use crate::history::replay::{MigrationRun, PartRun};
use crate::ops::{Op, Operation, Outcome, resolve};
use crate::schema::{Dialect, ForeignKey, Ident, Lookup, Name, Table};
use crate::text::{Place, Span};

/// `foreign-key-without-index`.
pub const RULE: Rule = Rule {
    id: "foreign-key-without-index",
    page: include_str!("../../rules/foreign-key-without-index.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let enforced = part.dialect() != Dialect::Sqlite || part.settings.foreign_keys;
    if part.direction == Direction::Down || !enforced {
        return;
    }
    let mut severity = None;
    for made in foreign_keys(part.run) {
        let table = made.table;
        if part.run.after.finds_by(table, &made.key.columns)
            || !is_known(part, &made)
            || part.settings.is_external(&table.name)
            || part.settings.is_small(&table.name)
            || stood_without(part, &made)
            || is_gone_or_found_since(part, &made)
        {
            continue;
        }
        let severity = *severity.get_or_insert_with(|| severity_here(part));
        let step = StepFacts { part: *part, at: made.step };
        report(&step, &made, severity, cx);
    }
}

/// A foreign key that a part makes, with its table at the part's end.
struct Made<'a> {
    step: usize,
    op: &'a Op,
    /// Where it is written.
    span: Span,
    table: &'a Table,
    name: &'a Ident,
    key: &'a ForeignKey,
}

/// The foreign keys that a part makes and leaves.
fn foreign_keys(run: &PartRun) -> Vec<Made<'_>> {
    let mut all = Vec::new();
    for (step, (statement, state)) in run.script.statements.iter().zip(&run.steps).enumerate() {
        let after = run.steps.get(step + 1).map_or(&run.after, |next| &next.before);
        for (op, outcome) in statement.ops.iter().zip(&state.outcomes) {
            if *outcome != Outcome::Done {
                continue;
            }
            for (table, written, span) in op.foreign_keys() {
                let Some(table) = after.table(&resolve(after, &state.session, table)).found() else {
                    continue;
                };
                let made = table.foreign_keys().filter(|(_, key)| {
                    key.columns == written.columns && key.table.ident == written.table.ident
                });
                let Some((name, _)) = made.last() else { continue };
                let end = run.after.became(table).filter(|end| !end.temporary);
                if let Some((end, key)) = end.and_then(|end| Some((end, foreign_key(end, name)?))) {
                    all.push(Made { step, op, span, table: end, name, key });
                }
            }
        }
    }
    all
}

fn foreign_key<'t>(table: &'t Table, name: &Ident) -> Option<&'t ForeignKey> {
    table.constraint(name.key()).found().and_then(|constraint| constraint.kind.foreign_key())
}

/// Whether every index that there could be would be known: what an index reads is older than it.
fn is_known(part: &PartFacts<'_>, made: &Made<'_>) -> bool {
    let oldest = |column: &Ident| made.table.column(column.key()).found().and_then(|member| member.made);
    let table = made.table.made.filter(|_| !made.table.open);
    let since: Vec<Place> = made.key.columns.iter().filter_map(oldest).chain(table).collect();
    since.iter().any(|place| !part.replay.is_unread_between(*place, part.index))
}

/// Whether the table had such a key before, and no index for it either: it is only made anew.
fn stood_without(part: &PartFacts<'_>, made: &Made<'_>) -> bool {
    let Some(before) = part.run.steps.first().map(|step| &step.before) else { return false };
    let Some(table) = before.table(&made.table.name).found() else { return false };
    table
        .foreign_keys()
        .any(|(_, key)| key.columns == made.key.columns && key.table.ident == made.key.table.ident)
        && !before.finds_by(table, &made.key.columns)
}

/// Whether a later migration made the index, or took the key away. What went before something that could not be read is not
/// known to be gone, and not known to be there.
fn is_gone_or_found_since(part: &PartFacts<'_>, made: &Made<'_>) -> bool {
    let Some(end) = part.replay.end.get(&part.dialect()) else { return false };
    let table = match end.became(made.table).map_or_else(|| end.table(&made.table.name), Lookup::Found) {
        Lookup::Found(table) => table,
        Lookup::Absent | Lookup::Unknown => return true,
    };
    match table.constraint(made.name.key()) {
        Lookup::Found(constraint) => {
            constraint.kind.foreign_key().is_none_or(|key| end.finds_by(table, &key.columns))
        }
        Lookup::Absent | Lookup::Unknown => true,
    }
}

/// A warning where the migrations that make foreign keys make their indexes as a rule.
fn severity_here(part: &PartFacts<'_>) -> Severity {
    let earlier = part.earlier().iter().rev().filter(|run| run.up.engine.dialect == part.dialect());
    let mut latest: Vec<(&MigrationRun<'_>, Vec<Made<'_>>)> = earlier
        .map(|run| (run, foreign_keys(&run.up)))
        .filter(|(_, made)| !made.is_empty())
        .take(10)
        .collect();
    latest.reverse();
    let finds = |(run, made): &(&MigrationRun<'_>, Vec<Made<'_>>)| {
        made.iter().all(|made| run.up.after.finds_by(made.table, &made.key.columns))
    };
    if is_practice(&latest, finds) { Severity::Warning } else { Severity::Advice }
}

fn report(step: &StepFacts<'_>, made: &Made<'_>, severity: Severity, cx: &mut Cx<'_>) {
    let (table, key) = (made.table, made.key);
    let columns: Vec<&str> = key.columns.iter().map(Ident::text).collect();
    let message = format!(
        "no index of `{}` begins with `{}`: each DELETE from `{}` reads all of `{}`",
        table.name,
        columns.join("`, `"),
        key.table,
        table.name
    );
    // A table with rows wants its index built without a lock, for which the migration must leave the transaction to itself.
    let is_new = table
        .made
        .is_some_and(|made| made.file == step.part.run.part.file || step.part.new_files.contains(&made.file));
    let stands = step.part.dialect() == Dialect::Postgres && !is_new;
    let alone = step.part.run.part.wrap == Wrap::Nobody && !step.in_transaction();
    let is_added_here = |column: &Ident| {
        let made = table.column(column.key()).found().and_then(|member| member.made);
        made.is_some_and(|made| made.file == step.part.run.part.file)
    };
    let help = if stands {
        let when = if key.columns.iter().any(is_added_here) { "afterwards" } else { "first" };
        format!(
            "Build one {when}, with CREATE INDEX CONCURRENTLY on `{}` ({}) {}.",
            table.name,
            columns.join(", "),
            words::outside_a_transaction(step)
        )
    } else {
        format!("Add an index on `{}` ({}).", table.name, columns.join(", "))
    };
    let finding = cx.report(step.place(made.span), message).help(help).severity(severity);
    // Something has got another name since, or the statement stands inside a DO block.
    let same_names = |(name, written, span): &(&Name, &ForeignKey, Span)| {
        *span == made.span && name.ident == table.name.ident && written.columns == key.columns
    };
    let is_plain = made.op.foreign_keys().iter().any(same_names) && step.statement().within.is_none();
    if is_plain && (!stands || alone) {
        let written =
            made.op.foreign_keys().first().map_or_else(|| table.name.clone(), |(name, ..)| (*name).clone());
        let create = index_for(step, made.op, (table, written), &key.columns, stands);
        finding.remedy(Safety::Unsafe, Remedy::After(vec![Operation::CreateIndex(Box::new(create))]));
    }
}
