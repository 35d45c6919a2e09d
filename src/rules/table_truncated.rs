//! TRUNCATE of a table that stood before.

use super::words::listed;
use super::{Check, Cx, Rule, StepFacts, stood};
use crate::diagnostic::Severity;
use crate::ops::{Operation, TableOption};
use crate::schema::Name;

/// `table-truncated`.
pub const RULE: Rule = Rule {
    id: "table-truncated",
    page: include_str!("../../rules/table-truncated.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in stood::done(step) {
        match &op.kind {
            Operation::Truncate { tables, cascade, .. } => {
                let emptied: Vec<Name> = tables
                    .iter()
                    .filter(|table| stood::relation(step, table, true))
                    .map(|table| step.resolve(table))
                    .filter(|table| !is_scratch(step, table))
                    .collect();
                if emptied.is_empty() {
                    continue;
                }
                let shown = listed(&emptied.iter().map(|table| format!("`{table}`")).collect::<Vec<_>>());
                if *cascade {
                    let along = along(step, &emptied);
                    let besides = if along.is_empty() {
                        "every table that refers to it, as far as references go".to_owned()
                    } else {
                        listed(&along.iter().map(|table| format!("`{table}`")).collect::<Vec<_>>())
                    };
                    cx.report(
                        step.place(op.span),
                        format!("TRUNCATE with CASCADE deletes every row of {shown}, and of {besides}"),
                    )
                    .severity(Severity::Error)
                    .help("Name the tables that are to be emptied, and leave CASCADE out: the server then refuses where another one refers to them.");
                } else {
                    cx.report(
                        step.place(op.span),
                        format!("TRUNCATE deletes every row of {shown}"),
                    )
                    .help("DELETE what is to go, in batches, with a WHERE that says which rows; or keep a copy of the table first.");
                }
            }
            Operation::SetTableOption { table, option: TableOption::Other(words) }
                if words.starts_with("TRUNCATE PARTITION") && stood::relation(step, &table.name, true) =>
            {
                cx.report(
                    step.place(op.span),
                    format!("truncating partitions of `{}` deletes every row in them", table.name),
                )
                .help("Copy the rows that somebody may ask for to another table first.");
            }
            _ => {}
        }
    }
}

/// A table that a crash empties too holds nothing that matters; and what this migration has emptied already is told there.
fn is_scratch(step: &StepFacts<'_>, table: &Name) -> bool {
    step.before().table(table).found().is_some_and(|table| {
        table.unlogged || table.emptied.is_some_and(|emptied| emptied.file == step.part.run.part.file)
    })
}

/// The tables that refer to these, and those that refer to them in turn.
fn along(step: &StepFacts<'_>, emptied: &[Name]) -> Vec<Name> {
    let mut all: Vec<Name> = emptied.to_vec();
    let mut next = 0;
    while let Some(table) = all.get(next).cloned() {
        for other in step.before().tables() {
            if !all.contains(&other.name) && other.foreign_keys().any(|(_, key)| key.table == table) {
                all.push(other.name.clone());
            }
        }
        next += 1;
    }
    all.split_off(emptied.len())
}
