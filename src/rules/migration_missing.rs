//! The canonical schema holds something that no migration makes.

use super::drift::{self, Changed, Disagreement};
use super::facts::Canonical;
use super::{Check, Cx, HistoryFacts, Rule};
use crate::diagnostic::{Remedy, Safety};
use crate::ops::{AlterColumn, ColumnDef, Guard, Operation, TableTarget};
use crate::schema::{Column, Dialect, DifferenceKind, Name, ObjectKind};
use crate::text::Place;

/// `migration-missing`.
pub const RULE: Rule = Rule {
    id: "migration-missing",
    page: include_str!("../../rules/migration-missing.md"),
    down: false,
    check: Check::History(check),
};

fn check(facts: &HistoryFacts<'_>, cx: &mut Cx<'_>) {
    for canonical in facts.canonical.iter().filter(|canonical| facts.judged.contains(&canonical.file)) {
        for one in drift::disagreements(facts, canonical) {
            if one.changed == Changed::File {
                report(facts, cx, canonical, &one);
            }
        }
    }
}

fn report(facts: &HistoryFacts<'_>, cx: &mut Cx<'_>, canonical: &Canonical, one: &Disagreement<'_>) {
    let first = &one.differences[0];
    let Some(place) = first.left_made.filter(|made| made.file == canonical.file) else { return };
    let file = format!("`{}`", facts.sources.get(canonical.file).path);
    let title = one.title();
    let message = match (first.kind.is_extra(), &one.cause) {
        (true, None) => format!("{title} is in {file}, and no migration makes it"),
        (true, Some(_)) => format!("{title} is in {file}, and the migrations dropped it"),
        (false, _) => {
            let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "without one".to_owned());
            let each = one.differences.iter().map(|difference| {
                format!(
                    "{}: {} in the file, {} by the migrations",
                    drift::what(difference.kind),
                    side(&difference.left),
                    side(&difference.right)
                )
            });
            format!(
                "{title} is another in {file} than the migrations make it ({})",
                each.collect::<Vec<_>>().join("; ")
            )
        }
    };
    let finding = cx
        .report(place, message)
        .help("Write a migration for it; or, if it went into the file by mistake, take it out.");
    let finding = match &one.cause {
        Some(cause) => finding.related(cause.place(&one.object), "what the migrations did last"),
        None => finding,
    };
    let needed = needed(canonical, one, place);
    if !needed.is_empty() {
        finding.remedy(Safety::Show, Remedy::NewMigration(needed));
    }
}

/// What a migration would have to do.
fn needed(canonical: &Canonical, one: &Disagreement<'_>, place: Place) -> Vec<Operation> {
    let Some((_, op)) = drift::maker(canonical, place) else { return Vec::new() };
    let dialect = canonical.run.engine.dialect;
    let column = drift::column_in(canonical, &one.object);
    let is_column = one.object.kind == ObjectKind::Column;
    match (one.differences[0].kind, &op.kind) {
        (DifferenceKind::Extra, Operation::CreateTable(_)) if one.object.kind == ObjectKind::Table => {
            vec![op.kind.clone()]
        }
        (DifferenceKind::Extra, Operation::CreateIndex(_)) => vec![op.kind.clone()],
        (DifferenceKind::Extra, Operation::CreateTable(create)) if is_column => {
            let def = create.columns.iter().find(|def| def.column.name == one.object.name.ident);
            def.zip(column).map_or_else(Vec::new, |(def, column)| added(&create.name, def, column, dialect))
        }
        (DifferenceKind::Extra, Operation::AddColumn { table, def, .. }) if is_column => {
            column.map_or_else(Vec::new, |column| added(&table.name, def, column, dialect))
        }
        (DifferenceKind::Type | DifferenceKind::Nullability | DifferenceKind::Default, _)
            if dialect == Dialect::Postgres =>
        {
            let (Some(table), Some(column)) = (&one.object.on, column) else { return Vec::new() };
            one.differences.iter().filter_map(|difference| altered(table, column, difference.kind)).collect()
        }
        _ => Vec::new(),
    }
}

/// ADD COLUMN as the file has it in the end.
fn added(table: &Name, def: &ColumnDef, column: &Column, dialect: Dialect) -> Vec<Operation> {
    let target = target(table);
    let mut all =
        vec![Operation::AddColumn { table: target, def: Box::new(def.clone()), guard: Guard::None }];
    if dialect == Dialect::Postgres {
        let later = |changed: bool, kind| changed.then(|| altered(table, column, kind)).flatten();
        all.extend(later(
            def.column.default != column.default
                && !def.column.ty.as_ref().is_some_and(crate::schema::Type::is_serial),
            DifferenceKind::Default,
        ));
        all.extend(later(def.column.not_null != column.not_null, DifferenceKind::Nullability));
    }
    all
}

fn altered(table: &Name, column: &Column, kind: DifferenceKind) -> Option<Operation> {
    let change = match kind {
        DifferenceKind::Type => AlterColumn::Type { ty: column.ty.clone()?, using: None, collation: None },
        DifferenceKind::Nullability if column.not_null == Some(true) => AlterColumn::SetNotNull,
        DifferenceKind::Nullability => AlterColumn::DropNotNull,
        DifferenceKind::Default if column.identity.is_some() || column.generated.is_some() => {
            return None;
        }
        DifferenceKind::Default => match &column.default {
            Some(default) => AlterColumn::SetDefault(default.clone()),
            None => AlterColumn::DropDefault,
        },
        DifferenceKind::Missing
        | DifferenceKind::Extra
        | DifferenceKind::Definition
        | DifferenceKind::Comment => return None,
    };
    Some(Operation::AlterColumn { table: target(table), column: column.name.clone(), change })
}

fn target(table: &Name) -> TableTarget {
    TableTarget { name: table.clone(), if_exists: false, only: false, kind: ObjectKind::Table }
}
