//! A new table or column without a comment, where the others have one.

use super::new_columns::{new_columns, new_tables};
use super::practice::is_practice;
use super::words::listed;
use super::{Check, Cx, PartFacts, Rule};
use crate::history::replay::PartRun;
use crate::ops::{Op, Operation, Outcome, resolve};
use crate::schema::{Member, PartitionKind, Table};

/// `comment-missing`.
pub const RULE: Rule = Rule {
    id: "comment-missing",
    page: include_str!("../../rules/comment-missing.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let tables: Vec<_> = new_tables(part)
        .into_iter()
        .filter(|new| new.table.notes.comment.is_none() && new.last.notes.comment.is_none())
        .filter(|new| !part.run.is_unread_after(new.step))
        .collect();
    let columns: Vec<_> = new_columns(part)
        .into_iter()
        .filter(|new| is_bare(new.table, new.member) && is_bare_since(new.last, new.member))
        .filter(|new| !part.run.is_unread_after(new.step))
        .collect();
    if tables.is_empty() && columns.is_empty() {
        return;
    }
    let practice = Practice::before(part);
    let mut ops: Vec<(&Op, &Table)> = tables.iter().map(|new| (new.op, new.table)).collect();
    ops.extend(columns.iter().map(|new| (new.op, new.table)));
    ops.sort_by_key(|(op, _)| op.span);
    ops.dedup_by_key(|(op, _)| op.span);
    for (op, table) in ops {
        let bare_table = practice.tables && tables.iter().any(|new| new.op.span == op.span);
        let bare: Vec<String> = columns
            .iter()
            .filter(|new| practice.columns && new.op.span == op.span)
            .filter(|new| !practice.without.iter().any(|name| name == new.column().name.key()))
            .map(|new| format!("`{}`", new.column().name))
            .collect();
        let have = if bare.len() > 1 { "have" } else { "has" };
        let column = if bare.len() > 1 { "columns" } else { "column" };
        let columns = few(&bare);
        let name = &table.name;
        let (what, help) = match (bare_table, bare.first()) {
            (false, None) => continue,
            (true, None) => {
                (format!("table `{name}` has no comment"), format!("COMMENT ON TABLE {name} IS '…'"))
            }
            (false, Some(first)) => (
                format!("{columns} of `{name}` {have} no comment"),
                format!("COMMENT ON COLUMN {name}.{} IS '…'", first.replace('`', "")),
            ),
            (true, Some(_)) => (
                format!("table `{name}` and its {column} {columns} have no comment"),
                format!("COMMENT ON TABLE {name} IS '…', and the same for its {column}"),
            ),
        };
        cx.report(part.place(op.span), format!("{what}: the migrations before this one give one to each"))
            .help(format!("Add {help}."));
    }
}

/// Some names, and how many more there are.
fn few(names: &[String]) -> String {
    const SHOWN: usize = 4;
    match names.len().checked_sub(SHOWN - 1) {
        Some(more) if more > 1 => format!("{} and {more} more", names[..SHOWN - 1].join(", ")),
        Some(_) | None => listed(names),
    }
}

/// What the migrations before the judged one comment as a rule.
struct Practice {
    tables: bool,
    columns: bool,
    /// Names of columns that they leave without.
    without: Vec<String>,
}

impl Practice {
    fn before(part: &PartFacts<'_>) -> Self {
        let earlier = || {
            let runs = part.earlier().iter().rev().map(|run| &run.up);
            runs.filter(|run| run.engine.dialect == part.dialect())
        };
        let mut tables: Vec<Vec<Made<'_>>> =
            earlier().map(made).filter(|made| made.iter().any(|made| made.whole)).take(10).collect();
        tables.reverse();
        let mut columns: Vec<Vec<Made<'_>>> = earlier()
            .map(made)
            .filter(|made| made.iter().any(|made| !made.columns.is_empty()))
            .take(10)
            .collect();
        columns.reverse();
        let bare = |made: &Made<'_>| -> Vec<String> {
            let bare = made.columns.iter().filter(|member| is_bare(made.table, member));
            bare.map(|member| member.column.name.key().to_owned()).collect()
        };
        Self {
            tables: is_practice(&tables, |made| {
                made.iter().filter(|made| made.whole).all(|made| made.table.notes.comment.is_some())
            }),
            columns: is_practice(&columns, |made| made.iter().all(|made| bare(made).is_empty())),
            without: columns.iter().flatten().flat_map(bare).collect(),
        }
    }
}

/// What an operation of an earlier migration made.
struct Made<'a> {
    table: &'a Table,
    /// The whole table.
    whole: bool,
    columns: Vec<&'a Member>,
}

fn made(run: &PartRun) -> Vec<Made<'_>> {
    let mut all = Vec::new();
    for (step, (statement, state)) in run.script.statements.iter().zip(&run.steps).enumerate() {
        let after = run.steps.get(step + 1).map_or(&run.after, |next| &next.before);
        for (op, outcome) in statement.ops.iter().zip(&state.outcomes) {
            let (name, defs, whole) = match (&op.kind, outcome) {
                (Operation::CreateTable(create), Outcome::Done) => {
                    (&create.name, create.columns.as_slice(), true)
                }
                (Operation::AddColumn { table, def, .. }, Outcome::Done) => {
                    (&table.name, std::slice::from_ref(&**def), false)
                }
                _ => continue,
            };
            let Some(table) = after.table(&resolve(after, &state.session, name)).found() else { continue };
            let Some(table) = run.after.became(table) else { continue };
            if table.temporary || table.partition == PartitionKind::Partition {
                continue;
            }
            let members = defs.iter().filter_map(|def| table.column(def.column.name.key()).found());
            all.push(Made { table, whole, columns: members.collect() });
        }
    }
    all
}

/// Whether a column has no comment and would have one: what a key is needs no words.
fn is_bare(table: &Table, member: &Member) -> bool {
    let is_key = table.primary_key().is_some_and(|key| key.contains(&member.column.name));
    member.comment.is_none() && !is_key
}

fn is_bare_since(last: &Table, member: &Member) -> bool {
    last.column(member.column.name.key()).found().is_some_and(|member| is_bare(last, member))
}
