//! What the rules about the version table share: which one it is, and what a migration writes into it.

use super::facts::is_version_table;
use super::practice::{is_practice, latest};
use super::{Direction, PartFacts};
use crate::history::replay::PartRun;
use crate::ops::{Insert, InsertSource, Op, Operation};
use crate::schema::{Expr, Literal, Name, Relation};
use crate::text::Span;

/// The table in which the migrations of this history record themselves, by a team's own rule: gander.toml names it, or the
/// migrations before this one write it. None where nobody does, or the tool does.
pub fn table(part: &PartFacts<'_>) -> Option<String> {
    if part.direction == Direction::Down || part.tool().records || part.migration().migration.repeatable {
        return None;
    }
    if let Some(table) = &part.settings.version_table {
        return Some(table.rsplit('.').next().unwrap_or(table).to_lowercase());
    }
    let written: Vec<Vec<String>> = latest(part.earlier())
        .iter()
        .map(|run| written(&run.up).filter(|name| is_version_table(part, name)).map(folded).collect())
        .collect();
    let candidates = written.iter().rev().flatten();
    candidates.into_iter().find(|table| is_practice(&written, |tables| tables.contains(table))).cloned()
}

/// The tables into which a part writes rows.
fn written(run: &PartRun) -> impl Iterator<Item = &Name> {
    run.script.statements.iter().flat_map(|statement| &statement.ops).filter_map(|op| match &op.kind {
        Operation::Insert(insert) => Some(&insert.table),
        Operation::Update { table, .. }
        | Operation::Merge { table }
        | Operation::Copy { table: Some(table), from: true } => Some(table),
        _ => None,
    })
}

fn folded(name: &Name) -> String {
    name.text().to_lowercase()
}

/// Whether a part writes a row into the table, as far as can be told: what is not understood, or called, may.
pub fn may_record(part: &PartFacts<'_>, table: &str) -> bool {
    let run = part.run;
    written(run).any(|name| folded(name) == table)
        || run.script.statements.iter().any(|statement| {
            let is_open = statement.ops.iter().any(|op| match &op.kind {
                Operation::Opaque { .. } | Operation::Do => true,
                Operation::Query { calls, .. } => !calls.is_empty(),
                _ => false,
            });
            is_open && part.source().slice(statement.span).to_lowercase().contains(table)
        })
}

/// The latest INSERT of a part into the table.
pub fn insert<'a>(run: &'a PartRun, table: &str) -> Option<&'a Insert> {
    inserts(run, table).last().map(|(insert, _)| insert)
}

fn inserts<'a>(run: &'a PartRun, table: &str) -> impl Iterator<Item = (&'a Insert, Span)> {
    let ops = run.script.statements.iter().flat_map(|statement| &statement.ops);
    ops.filter_map(move |Op { kind, span }| match kind {
        Operation::Insert(insert) if folded(&insert.table) == table => Some((&**insert, *span)),
        _ => None,
    })
}

/// A version that a migration writes down.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// As written.
    pub text: String,
    /// What is compared.
    pub numbers: Vec<u64>,
    /// The INSERT.
    pub span: Span,
}

/// The versions that a part writes into the table, in order, as far as they are literals that can be put in order.
pub fn recorded(run: &PartRun, table: &str) -> Vec<Recorded> {
    let mut all = Vec::new();
    for (insert, span) in inserts(run, table) {
        let InsertSource::Values { rows, .. } = &insert.source else { continue };
        let Some(column) = version_column(run, insert) else { continue };
        all.extend(rows.iter().filter_map(|row| {
            let text = literal(row.get(column)?)?;
            Some(Recorded { numbers: numbers(&text)?, text, span })
        }));
    }
    all
}

/// Which of the inserted columns holds the version: the one of that name, else the first.
fn version_column(run: &PartRun, insert: &Insert) -> Option<usize> {
    let named = |names: &[String]| {
        let exact = names.iter().position(|name| name == "version");
        exact.or_else(|| names.iter().position(|name| name.contains("version")))
    };
    if !insert.columns.is_empty() {
        let names: Vec<String> = insert.columns.iter().map(|column| column.text().to_lowercase()).collect();
        return named(&names);
    }
    let table = run.after.relations().find_map(|(name, relation)| match relation {
        Relation::Table(table) => (name.ident == insert.table.ident).then_some(table),
        Relation::Index(_) | Relation::View(_) | Relation::Sequence(_) => None,
    });
    let names: Vec<String> = table.map_or_else(Vec::new, |table| {
        table.columns.iter().map(|member| member.column.name.text().to_lowercase()).collect()
    });
    named(&names).or(Some(0))
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Literal(Literal::String(text) | Literal::Number(text)) => Some(text.clone()),
        Expr::Cast { operand, .. } => literal(operand),
        Expr::Literal(_)
        | Expr::Column(_)
        | Expr::Call { .. }
        | Expr::Operator { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => None,
    }
}

/// `1.10.0`, `v2.0`, `004`, `2024-01-15`, `004_payments`: the numbers that it begins with.
fn numbers(text: &str) -> Option<Vec<u64>> {
    let text = text.trim();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let end =
        text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '_' | ':')).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    // What follows must be a name: 1.0.0-rc1 comes before 1.0.0, and x1 is no number.
    if !rest.is_empty() && !numbers.ends_with('_') {
        return None;
    }
    let mut parts: Vec<u64> = Vec::new();
    for part in numbers.split(['.', '-', '_', ':']).filter(|part| !part.is_empty()) {
        parts.push(part.parse().ok()?);
    }
    while parts.len() > 1 && parts.last() == Some(&0) {
        parts.pop();
    }
    (!parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_part_by_part() {
        let n = |text| numbers(text).unwrap_or_default();
        assert!(n("1.10.0") > n("1.9.0"));
        assert!(n("2.0") > n("1.10.0"));
        assert_eq!(n("2.0"), n("v2.0.0"));
        assert!(n("004_payments") > n("003_orders"));
        assert!(n("2024-02-01") > n("2024-01-15"));
        assert_eq!(numbers("1.0.0-rc1"), None);
        assert_eq!(numbers("next"), None);
        assert_eq!(numbers(""), None);
    }
}
