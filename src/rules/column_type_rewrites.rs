//! A change of type that writes the table anew, or rebuilds an index, or asks a CHECK of every row.

use super::retypes::{Retype, retypes};
use super::{Check, Cx, Rule, StepFacts, recipes, words};
use crate::diagnostic::{Safety, Severity};
use crate::effects::{Effects, LockMode};
use crate::ops::{AlterColumn, Op, Operation, Transaction};
use crate::schema::Family;
use crate::schema::{ConstraintKind, Lookup, Name, Relation};

/// `column-type-rewrites`.
pub const RULE: Rule = Rule {
    id: "column-type-rewrites",
    page: include_str!("../../rules/column-type-rewrites.md"),
    down: false,
    check: Check::Step(check),
};

const HELP: &str = "Add a column of the new type beside it, keep both written by a trigger, fill it in batches, and swap the two in a short transaction.";

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for retype in retypes(step) {
        let effects = step.effects_of(retype.op);
        let table = words::tables(step, std::slice::from_ref(&retype.table));
        let from = retype.old.map_or_else(String::new, |old| format!(" from {old}"));
        let change = format!("changing `{}.{}`{from} to {}", retype.table, retype.column, retype.new);
        let waiting = words::tables(step, &waiting(step, &effects, &retype.table));
        let wait = format!("reads and writes of {waiting} wait until that is done");
        if !step.with_rows(&effects.rewrites).is_empty() {
            let indexes = if effects.builds.is_empty() { "" } else { " with all its indexes" };
            cx.report(retype.place, format!("{change} writes every row of {table} anew{indexes}: {wait}"))
                .help(match rewriting(step, &retype.table) {
                    0 | 1 => HELP.to_owned(),
                    many => format!("{HELP} Or put the changes of `{}` into one ALTER TABLE at least: one rewrite instead of {}.", retype.table, words::count(many)),
                })
                .offer(
                    Safety::Show,
                    step.statement().ops.get(retype.op).and_then(|op| recipes::swap_column(step, op)),
                );
        } else if effects.unknown.rewrites && is_about_the_zone(&retype) {
            let set = match step.transaction() {
                Transaction::None | Transaction::Unknown => "SET timezone = 'UTC'",
                _ => "SET LOCAL timezone = 'UTC'",
            };
            cx.report(
                retype.place,
                format!("{change} writes every row of {table} anew, unless the time zone of the session is UTC: {wait}"),
            )
            .severity(Severity::Warning)
            .help(format!("If the times in it are in UTC, say {set} before it: then no row is touched. {HELP}"));
        } else {
            kept(step, &retype, &effects, &change, &wait, cx);
        }
    }
}

/// How many statements of the part write a table anew for a change of type.
fn rewriting(step: &StepFacts<'_>, table: &Name) -> usize {
    let rewrites = |other: &StepFacts<'_>| {
        let is_retype = |op: &Op| matches!(&op.kind, Operation::AlterColumn { table: of, change: AlterColumn::Type { .. }, .. } if of.name.ident == table.ident);
        if !other.statement().ops.iter().any(is_retype) {
            return false;
        }
        let of_table = |retype: &Retype<'_>| {
            retype.table == *table && !other.with_rows(&other.effects_of(retype.op).rewrites).is_empty()
        };
        retypes(other).iter().any(of_table)
    };
    step.part.steps().filter(rewrites).count()
}

/// The rows stay as they are, and yet the statement takes time.
fn kept(
    step: &StepFacts<'_>,
    retype: &Retype<'_>,
    effects: &Effects,
    change: &str,
    wait: &str,
    cx: &mut Cx<'_>,
) {
    if step.with_rows(&effects.scans).is_empty() {
        return;
    }
    let indexes: Vec<String> = effects
        .builds
        .iter()
        .filter(|index| matches!(step.before().relation(index), Lookup::Found(Relation::Index(_))))
        .map(|index| format!("`{index}`"))
        .collect();
    let table = words::tables(step, std::slice::from_ref(&retype.table));
    if !indexes.is_empty() {
        let noun = if indexes.len() == 1 { "index" } else { "indexes" };
        let message = format!(
            "{change} keeps the rows of {table} but builds {noun} {} anew: {wait}",
            words::listed(&indexes)
        );
        cx.report(retype.place, message).help(
            "Build an index that fits the new type beside it CONCURRENTLY where that can be, and drop the old one before the change; else add a column of the new type and swap the two.",
        );
        return;
    }
    let checks: Vec<String> = step.before().table(&retype.table).found().map_or_else(Vec::new, |table| {
        let reads = table.constraints.iter().filter(|(_, constraint)| {
            matches!(constraint.kind, ConstraintKind::Check(_))
                && !constraint.not_valid
                && constraint.kind.reads(retype.column)
        });
        reads.map(|(name, _)| format!("`{name}`")).collect()
    });
    if checks.is_empty() {
        return;
    }
    let message = format!(
        "{change} keeps the rows of {table} but asks {} of each of them again: {wait}",
        words::listed(&checks)
    );
    cx.report(retype.place, message).help(
        "Drop the CHECK in the same statement, add it again NOT VALID, and VALIDATE CONSTRAINT in a later transaction.",
    );
}

/// The tables that are locked against everybody: the one, and those that foreign keys join to it.
fn waiting(step: &StepFacts<'_>, effects: &Effects, table: &Name) -> Vec<Name> {
    let locked = effects.locks.iter().filter(|(_, mode)| **mode == LockMode::AccessExclusive);
    let mut all = vec![table.clone()];
    all.extend(
        step.in_use(locked.map(|(name, _)| name))
            .into_iter()
            .filter(|name| name != table && !is_below(step, name, table)),
    );
    all
}

/// Whether a table is a partition or an heir of another one, or of one below it.
fn is_below(step: &StepFacts<'_>, name: &Name, table: &Name) -> bool {
    let parents = step.before().table(name).found().map(|known| known.parents.clone()).unwrap_or_default();
    parents.iter().any(|parent| parent == table || is_below(step, parent, table))
}

/// A timestamp that gets a zone, or loses it.
fn is_about_the_zone(retype: &Retype<'_>) -> bool {
    let is_timestamp = |ty: &crate::schema::Type| ty.dimensions == 0 && ty.family() == Family::Timestamp;
    retype.old.is_some_and(|old| is_timestamp(old) && is_timestamp(retype.new) && old.name != retype.new.name)
}
