//! DROP COLUMN takes indexes and constraints along that concern other columns too, without CASCADE and without a word.

use super::{Check, Cx, Rule, StepFacts};
use crate::ops::{self, Op, Operation, Outcome, Statement};
use crate::schema::{Catalog, Constraint, ConstraintKind, Detail, Expr, Ident, Index, Lookup, Name, Table};

/// `dependents-dropped-silently`.
pub const RULE: Rule = Rule {
    id: "dependents-dropped-silently",
    page: include_str!("../../rules/dependents-dropped-silently.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for (index, op) in step.statement().ops.iter().enumerate() {
        let Operation::DropColumn { table, column, cascade: false, .. } = &op.kind else { continue };
        if !matches!(step.step().outcomes.get(index), Some(Outcome::Done)) {
            continue;
        }
        let name = step.resolve(&table.name);
        let lost = lost(step, op, &name);
        if lost.is_empty() {
            continue;
        }
        cx.report(
            step.place(op.span),
            format!("dropping `{name}.{column}` drops {} with it, and the server does not say so", lost.join(", ")),
        )
        .label("they read this column")
        .help("Drop them by name in the same migration, and make again, without the column, what is still needed.");
    }
}

/// What goes along and is not there in another form when the migration is through.
fn lost(step: &StepFacts<'_>, op: &Op, name: &Name) -> Vec<String> {
    let before = step.before();
    let Lookup::Found(table) = before.table(name) else { return Vec::new() };
    let gone: Vec<&Ident> = step.statement().ops.iter().filter_map(dropped).collect();
    let alone = Statement { ops: vec![op.clone()], when: Vec::new(), ..step.statement().clone() };
    let after = ops::apply(before, &alone, &mut (*step.step().session).clone()).after;
    let end = &step.part.run.after;
    let dropped_by_name = |constraint: &Ident| {
        step.part.statements().iter().flat_map(|statement| &statement.ops).any(|op| {
            matches!(&op.kind, Operation::DropConstraint { constraint: dropped, .. } if dropped == constraint)
        })
    };
    let mut found = Vec::new();
    for index in before.indexes_of(name).filter(|index| index.constraint.is_none()) {
        let others = rest(index_columns(index), &gone);
        if after.index(&index.name).is_absent()
            && (!others.is_empty() || computes(index))
            && !is_named(step, &index.name)
            && !is_replaced(end, name, &others, index.unique)
        {
            found.push(format!("index `{}`", index.name));
        }
    }
    for (known, constraint) in &table.constraints {
        let goes = after.table(name).and_then(|table| table.constraint(known.key())).is_absent();
        let columns = constraint_columns(constraint, table);
        let others = rest(columns, &gone);
        if goes
            && !others.is_empty()
            && !dropped_by_name(known)
            && !stands_again(end, name, constraint, &others)
        {
            found.push(format!("constraint `{known}`"));
        }
    }
    for (object, other) in before.others() {
        let Detail::Statistics(statistics) = &other.detail else { continue };
        let others = rest(statistics.keys.iter().flat_map(Expr::columns).collect(), &gone);
        if after.other(object).is_absent()
            && !others.is_empty()
            && !is_named(step, &object.name)
            && end.other(object).found().is_none()
        {
            found.push(format!("statistics `{}`", object.name));
        }
    }
    found
}

fn dropped(op: &Op) -> Option<&Ident> {
    match &op.kind {
        Operation::DropColumn { column, .. } => Some(column),
        _ => None,
    }
}

/// An index of an expression is more than its columns.
fn computes(index: &Index) -> bool {
    index.keys.iter().any(|key| key.column().is_none())
}

/// Whether the migration drops an index by name too, before or after.
fn is_named(step: &StepFacts<'_>, index: &Name) -> bool {
    step.part.steps().any(|other| {
        other.statement().ops.iter().any(|op| match &op.kind {
            Operation::Drop(drop) => drop.objects.iter().any(|object| object.name.ident == index.ident),
            _ => false,
        })
    })
}

fn index_columns(index: &Index) -> Vec<String> {
    let keys = index.keys.iter().flat_map(|key| key.expr.columns());
    let predicate = index.predicate.iter().flat_map(Expr::columns);
    keys.chain(predicate).collect()
}

fn constraint_columns(constraint: &Constraint, table: &Table) -> Vec<String> {
    let texts = |columns: &[Ident]| columns.iter().map(|column| column.key().to_owned()).collect();
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => texts(columns),
        ConstraintKind::ForeignKey(key) => texts(&key.columns),
        ConstraintKind::Check(expr) => {
            // Words of what is kept as text may be anything.
            let known = |column: &String| table.column(column).found().is_some();
            expr.columns().into_iter().filter(known).collect()
        }
        ConstraintKind::Exclude(_) | ConstraintKind::NotNull(_) => Vec::new(),
    }
}

fn rest(columns: Vec<String>, gone: &[&Ident]) -> Vec<String> {
    columns.into_iter().filter(|column| !gone.iter().any(|gone| *gone == column.as_str())).collect()
}

/// Whether an index that stands after the migration does what is left of the lost one.
fn is_replaced(end: &Catalog, table: &Name, others: &[String], unique: bool) -> bool {
    !others.is_empty()
        && end.indexes_of(table).any(|index| {
            let columns = index_columns(index);
            (index.unique || !unique) && others.iter().all(|other| columns.contains(other))
        })
}

fn stands_again(end: &Catalog, name: &Name, lost: &Constraint, others: &[String]) -> bool {
    let Lookup::Found(table) = end.table(name) else { return true };
    let same_kind = |there: &Constraint| {
        let key = |kind: &ConstraintKind| {
            matches!(kind, ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. })
        };
        key(&lost.kind) && key(&there.kind)
            || std::mem::discriminant(&lost.kind) == std::mem::discriminant(&there.kind)
    };
    let covers = |columns: Vec<String>| others.iter().all(|other| columns.contains(other));
    let unique = matches!(lost.kind, ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. });
    table.constraints.iter().any(|(_, there)| same_kind(there) && covers(constraint_columns(there, table)))
        || unique && is_replaced(end, name, others, true)
}
