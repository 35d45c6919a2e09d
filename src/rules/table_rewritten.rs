//! What else writes a table anew: SET LOGGED, UNLOGGED, TABLESPACE, ACCESS METHOD, CLUSTER, VACUUM FULL.

use super::{Check, Cx, Rule, StepFacts, words};
use crate::ops::{Op, Operation, Outcome, TableOption};
use crate::schema::{Dialect, Lookup, Name, ObjectKind, Relation};

/// `table-rewritten`.
pub const RULE: Rule = Rule {
    id: "table-rewritten",
    page: include_str!("../../rules/table-rewritten.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.dialect() != Dialect::Postgres {
        return;
    }
    for (at, (op, outcome)) in step.statement().ops.iter().zip(&step.step().outcomes).enumerate() {
        let Some((does, help)) = what(op) else { continue };
        if *outcome != Outcome::Done {
            continue;
        }
        if let Some(index) = moved_index(step, op) {
            cx.report(
                step.place(op.span),
                format!("{does} index `{index}`: nearly every query on its table waits until that is done, since the planner looks at each index"),
            )
            .help("Create the same index CONCURRENTLY in the other tablespace, and drop the old one CONCURRENTLY.");
            continue;
        }
        let effects = step.effects_of(at);
        let written = step.with_rows(&effects.rewrites);
        if written.is_empty() {
            continue;
        }
        let tables = match written.as_slice() {
            few if few.len() <= 3 => words::tables(step, few),
            [first, second, rest @ ..] => format!("`{first}`, `{second}` and {} more tables", rest.len()),
            _ => continue,
        };
        cx.report(step.place(op.span), format!("{does} {tables}: reads and writes wait until that is done"))
            .help(help);
    }
}

/// What an operation does, as far as it is this rule's, up to the name of the table; and what to do instead.
fn what(op: &Op) -> Option<(&'static str, &'static str)> {
    const REPACK: &str =
        "Take it out of the migration: pg_repack does the same while readers and writers go on.";
    const SWAP: &str = "Make a new table so, copy the rows in batches while a trigger keeps it up to date, and swap the two in a short transaction.";
    Some(match &op.kind {
        Operation::Vacuum { full: true, .. } => ("VACUUM FULL writes every row anew of", REPACK),
        Operation::Cluster { .. } => ("CLUSTER writes every row anew, in the order of an index, of", REPACK),
        Operation::SetTableOption { option, .. } => match option {
            TableOption::Logged(true) => {
                ("SET LOGGED writes anew, and into the write-ahead log, every row of", SWAP)
            }
            TableOption::Logged(false) => (
                "SET UNLOGGED, with which a crash empties the table and replicas have none of it, writes anew every row of",
                "Leave it logged; if its rows may be lost, make a new unlogged table and swap the two.",
            ),
            TableOption::AccessMethod(_) => ("another access method means writing anew every row of", SWAP),
            TableOption::Tablespace(_) => (
                "moving to another tablespace copies all of",
                "Move it with pg_repack --tablespace, while readers and writers go on.",
            ),
            _ => return None,
        },
        Operation::AlterOther { object, .. } if object.kind == ObjectKind::Tablespace => (
            "moving to another tablespace copies, one after the other,",
            "Move the tables with pg_repack --tablespace, while readers and writers go on.",
        ),
        _ => return None,
    })
}

/// The index that ALTER INDEX … SET TABLESPACE copies, where somebody uses its table.
fn moved_index(step: &StepFacts<'_>, op: &Op) -> Option<Name> {
    let Operation::SetTableOption { table, option: TableOption::Tablespace(_) } = &op.kind else {
        return None;
    };
    if table.kind != ObjectKind::Index {
        return None;
    }
    let index = step.resolve(&table.name);
    let of = match step.before().relation(&index) {
        Lookup::Found(Relation::Index(found)) => found.table.as_ref(),
        Lookup::Found(_) | Lookup::Absent => return None,
        Lookup::Unknown => None,
    };
    let is_used = of.is_none_or(|table| !step.in_use(std::iter::once(table)).is_empty());
    (is_used && !step.is_free(&index)).then_some(index)
}
