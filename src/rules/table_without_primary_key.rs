//! A new table without a primary key.

use super::{Check, Cx, Direction, PartFacts, Rule};
use crate::diagnostic::Severity;
use crate::ops::{CreateTable, Operation, Outcome, TableOption};
use crate::schema::{ConstraintKind, Dialect, Ident, Lookup, PartitionKind, Table};

/// `table-without-primary-key`.
pub const RULE: Rule = Rule {
    id: "table-without-primary-key",
    page: include_str!("../../rules/table-without-primary-key.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.direction == Direction::Down {
        return;
    }
    for step in part.steps() {
        for (op, outcome) in step.statement().ops.iter().zip(&step.step().outcomes) {
            let (Operation::CreateTable(create), Outcome::Done) = (&op.kind, outcome) else { continue };
            let place = step.place(op.span);
            let made = step.after().table(&step.resolve_after(&create.name)).found();
            let Some(table) = made.filter(|table| table.made == Some(place)) else { continue };
            if !can_have_a_key(create, table) || part.run.is_unread_after(step.at) {
                continue;
            }
            let Some(end) = part.run.after.became(table).filter(|end| lacks_a_key(end)) else { continue };
            if part.settings.is_external(&end.name)
                || stood_without(part, end)
                || has_one_since(part, end)
                || is_told_apart_otherwise(part, end)
            {
                continue;
            }
            let unique = unique_and_never_null(part, end);
            let help = match &unique {
                Some(columns) => {
                    let columns: Vec<&str> = columns.iter().map(Ident::text).collect();
                    format!(
                        "Make `{}` its primary key: they are unique and never NULL already.",
                        columns.join("`, `")
                    )
                    .replace("they are", if columns.len() == 1 { "it is" } else { "they are" })
                }
                None => "Give it one: the columns that tell its rows apart, or a column of its own for it."
                    .to_owned(),
            };
            let finding = cx.report(place, format!("table `{}` has no primary key", end.name)).help(help);
            // There the row's number tells rows apart; and a unique key of columns that are never NULL does it everywhere.
            if part.dialect() == Dialect::Sqlite || unique.is_some() {
                finding.severity(Severity::Advice);
            }
        }
    }
}

/// A copy of a query has no keys, nor has what stands in another database; temporary ones are gone at the end.
fn can_have_a_key(create: &CreateTable, table: &Table) -> bool {
    let is_virtual = table.options.iter().any(|option| option == "VIRTUAL");
    !create.from_query && !table.foreign && !table.temporary && !is_virtual
}

/// Whether it is known to have none. What a partition or an heir is, its parent says.
fn lacks_a_key(table: &Table) -> bool {
    let child = table.partition == PartitionKind::Partition || !table.parents.is_empty();
    !table.open && !child && table.primary_key().is_none()
}

/// Whether there was a table of that name without a key already: it is only made anew.
fn stood_without(part: &PartFacts<'_>, end: &Table) -> bool {
    let before = part.run.steps.first().map(|step| &step.before);
    before
        .is_some_and(|before| before.table(&end.name).found().is_some_and(|old| old.primary_key().is_none()))
}

/// Whether a later migration gave it one, or took it away. What went before something that could not be read is not known to be
/// gone, and not known to be there.
fn has_one_since(part: &PartFacts<'_>, table: &Table) -> bool {
    let Some(end) = part.replay.end.get(&part.dialect()) else { return false };
    match end.became(table).map_or_else(|| end.table(&table.name), Lookup::Found) {
        Lookup::Found(last) => last.primary_key().is_some() || !last.parents.is_empty(),
        Lookup::Absent | Lookup::Unknown => true,
    }
}

/// Whether the migration says what tells its rows apart, or gives it to TimescaleDB, whose tables are kept by time.
fn is_told_apart_otherwise(part: &PartFacts<'_>, table: &Table) -> bool {
    part.steps().any(|step| {
        step.statement().ops.iter().any(|op| match &op.kind {
            Operation::SetTableOption { table: target, option: TableOption::ReplicaIdentity(what) } => {
                target.name.ident == table.name.ident
                    && what.starts_with("USING INDEX")
                    && unique_and_never_null(part, table).is_some()
            }
            Operation::Query { calls, .. } => calls.iter().any(|call| {
                let of_table = || {
                    call.arguments.first().is_some_and(|name| {
                        name.as_ref()
                            .is_none_or(|name| name.rsplit('.').next() == Some(table.name.ident.key()))
                    })
                };
                call.name.rsplit('.').next() == Some("create_hypertable") && of_table()
            }),
            _ => false,
        })
    })
}

/// The columns of a UNIQUE or of a unique index of it that are all NOT NULL.
fn unique_and_never_null(part: &PartFacts<'_>, table: &Table) -> Option<Vec<Ident>> {
    let refuses = |column: &Ident| {
        table.column(column.key()).found().is_some_and(|member| member.column.not_null == Some(true))
    };
    let by_constraint = table.constraints.iter().find_map(|(_, constraint)| match &constraint.kind {
        ConstraintKind::Unique { columns, .. } if !columns.is_empty() && columns.iter().all(refuses) => {
            Some(columns.clone())
        }
        ConstraintKind::Unique { .. }
        | ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => None,
    });
    by_constraint.or_else(|| {
        part.run
            .after
            .indexes_of(&table.name)
            .filter(|index| index.unique && index.predicate.is_none())
            .find_map(|index| {
                let columns: Vec<Ident> =
                    index.keys.iter().map(|key| key.column().map(Ident::exact)).collect::<Option<_>>()?;
                (!columns.is_empty() && columns.iter().all(refuses)).then_some(columns)
            })
    })
}
