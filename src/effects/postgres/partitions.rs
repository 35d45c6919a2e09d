//! Partitions that come and go.

use std::cmp::Ordering;

use super::{AccessExclusive, AccessShare, LockMode, ShareUpdateExclusive, Work};
use crate::ops::{Insert, InsertSource, TableTarget};
use crate::schema::{Bound, ConstraintKind, Expr, ForeignKey, Ident, Name, ObjectKind, PartitionKind, Table};

impl Work<'_> {
    /// A table becomes a partition, whether it is made so or attached. `mode`: what the parent is locked with.
    pub(super) fn becomes_partition(&mut self, partition: &Name, parent: &Name, mode: LockMode) {
        self.lock(parent, mode);
        if let Some(default) = self.default_partition(parent) {
            // It may hold rows that would now belong to the new one.
            self.lock(&default, AccessExclusive);
            let bound = self.after().table(partition).found().and_then(|table| table.bound.as_ref());
            let excluded = match (self.table(&default), bound) {
                (Some(table), Some(bound)) => self.excludes(table, parent, bound),
                (Some(_) | None, _) => false,
            };
            if !excluded {
                for member in self.family(&default) {
                    self.scan(&member);
                }
            }
        }
        for index in self.indexes(parent) {
            let name = index.name.clone();
            let after = self.after();
            let new = after.indexes_of(partition).any(|known| {
                known.parent.as_ref() == Some(&name) && self.before().index(&known.name).found().is_none()
            });
            if new && self.at_least(12) {
                self.lock(&name, ShareUpdateExclusive);
            }
        }
        let keys: Vec<(Name, bool)> = self
            .table(parent)
            .map(|table| {
                let keys = table.foreign_keys();
                keys.map(|(_, key)| (self.resolve(&key.table), self.has_foreign_key(partition, key)))
                    .collect()
            })
            .unwrap_or_default();
        let stood = self.table(partition).is_some();
        for (referenced, has_its_own) in keys {
            if stood && has_its_own && self.at_least(12) {
                // The partition's own becomes a part of the parent's: only the triggers of the other side go.
                self.lock(&referenced, AccessExclusive);
                continue;
            }
            let mode = if self.at_least(12) { LockMode::ShareRowExclusive } else { LockMode::RowShare };
            self.lock(&referenced, if stood { mode } else { LockMode::ShareRowExclusive });
            if stood {
                self.check_rows(partition, &referenced);
            }
        }
    }

    /// Whether a table has a valid foreign key that says the same.
    fn has_foreign_key(&self, table: &Name, wanted: &ForeignKey) -> bool {
        let Some(known) = self.table(table) else { return false };
        let is_valid = |name: &Ident| {
            known.constraint(name.key()).found().is_some_and(|constraint| !constraint.not_valid)
        };
        // Where the columns that are referred to are not named, those of the primary key are meant.
        let spelled = |key: &ForeignKey| {
            let mut key = ForeignKey { table: self.resolve(&key.table), ..key.clone() };
            if key.referenced.is_empty() {
                let primary = self.table(&key.table).and_then(|table| table.primary_key());
                key.referenced = primary.map(<[Ident]>::to_vec).unwrap_or_default();
            }
            key
        };
        known.foreign_keys().any(|(name, key)| is_valid(name) && spelled(key) == spelled(wanted))
    }

    pub(super) fn attach(&mut self, table: &TableTarget, partition: &Name) {
        let parent = self.resolve(&table.name);
        let partition = self.resolve(partition);
        if table.kind == ObjectKind::Index {
            self.attach_index(&parent, &partition);
            return;
        }
        let mode = if self.at_least(12) { ShareUpdateExclusive } else { AccessExclusive };
        let family = self.family(&partition);
        self.lock_all(family.clone(), AccessExclusive);
        self.becomes_partition(&partition, &parent, mode);
        let bound = self.after().table(&partition).found().and_then(|table| table.bound.as_ref());
        for member in &family {
            let fits = match (self.table(member), bound) {
                (Some(table), Some(bound)) => self.fits(table, &parent, bound),
                (Some(_) | None, _) => false,
            };
            if !fits {
                self.scan(member);
            }
            self.build_new(member);
        }
    }

    fn attach_index(&mut self, parent: &Name, index: &Name) {
        let mode = if self.at_least(12) { ShareUpdateExclusive } else { AccessExclusive };
        self.lock(parent, mode);
        self.lock(index, AccessExclusive);
        for one in [parent, index] {
            if let Some(table) = self.before().index(one).found().and_then(|index| index.table.clone()) {
                self.lock(&table, AccessShare);
            }
        }
    }

    pub(super) fn detach(&mut self, table: &TableTarget, partition: &Name, concurrently: bool) {
        let parent = self.resolve(&table.name);
        let partition = self.resolve(partition);
        self.lock(&parent, if concurrently { ShareUpdateExclusive } else { AccessExclusive });
        let held = if self.at_least(14) { AccessExclusive } else { ShareUpdateExclusive };
        self.lock(&partition, held);
        if let Some(default) = self.default_partition(&parent) {
            self.lock(&default, AccessExclusive);
        }
        let parts: Vec<Name> = self
            .indexes(&partition)
            .into_iter()
            .filter(|index| index.parent.is_some())
            .map(|index| index.name.clone())
            .collect();
        self.lock_all(parts, AccessExclusive);
        // Rows elsewhere may refer to those that leave.
        let referring: Vec<Name> = self
            .before()
            .tables()
            .filter(|owner| owner.foreign_keys().any(|(_, key)| key.table == parent))
            .map(|owner| owner.name.clone())
            .collect();
        for owner in referring {
            // What held the rows that are referred to goes.
            self.lock(&partition, AccessExclusive);
            self.plan(&owner, AccessShare);
            self.lock(&owner, AccessExclusive);
            self.scan(&owner);
        }
        // So may they to others.
        let referenced: Vec<Name> = self
            .table(&partition)
            .map(|table| table.foreign_keys().map(|(_, key)| self.resolve(&key.table)).collect())
            .unwrap_or_default();
        self.lock_all(referenced, LockMode::ShareRowExclusive);
    }

    /// Whether a valid CHECK of a table leaves no row that the bound does not take.
    fn fits(&self, table: &Table, parent: &Name, bound: &Bound) -> bool {
        if *bound == Bound::Default {
            // It takes what none of the others does.
            let bounds = self.before().children(parent).into_iter();
            return bounds.filter(|child| *child != table.name).all(|child| {
                let bound = self.table(&child).and_then(|child| child.bound.as_ref());
                bound.is_some_and(|bound| self.excludes(table, parent, bound))
            });
        }
        let Some(wanted) = self.demands(parent, bound) else { return false };
        let said = said(table);
        let refuses_null = |column: &str| {
            let known = table.column(column).found();
            known.is_some_and(|member| member.column.not_null == Some(true))
        };
        wanted.iter().all(|one| match one {
            Demand::NotNull(column) => refuses_null(column) || said.iter().any(|said| said == one),
            Demand::Compare(..) | Demand::In(..) => said.iter().any(|said| said.implies(one)),
        })
    }

    /// Whether a valid CHECK of the default partition says that it has no row that the bound takes.
    fn excludes(&self, table: &Table, parent: &Name, bound: &Bound) -> bool {
        let Some(wanted) = self.demands(parent, bound) else { return false };
        let mut parts = Vec::new();
        for (_, constraint) in &table.constraints {
            if let ConstraintKind::Check(expr) = &constraint.kind
                && !constraint.not_valid
            {
                conjuncts(expr, &mut parts);
            }
        }
        parts.into_iter().any(|part| rules_out(part, &wanted))
    }

    /// What holds for every row that a bound takes. None where that is not followed.
    fn demands(&self, parent: &Name, bound: &Bound) -> Option<Vec<Demand>> {
        let table = self.table(parent).filter(|table| table.partition == PartitionKind::Parent)?;
        let by = table.partition_by.as_ref()?;
        let [key] = by.keys.as_slice() else { return None };
        let column = key.column()?.to_owned();
        match bound {
            Bound::Range(from, to) => {
                let ([from], [to]) = (from.as_slice(), to.as_slice()) else { return None };
                let mut all = vec![Demand::NotNull(column.clone())];
                if !is_limitless(from) {
                    all.push(Demand::Compare(column.clone(), ">=".to_owned(), constant(from)?));
                }
                if !is_limitless(to) {
                    all.push(Demand::Compare(column, "<".to_owned(), constant(to)?));
                }
                Some(all)
            }
            Bound::In(values) => {
                let mut texts: Vec<String> = values.iter().map(constant).collect::<Option<_>>()?;
                texts.sort();
                Some(vec![Demand::NotNull(column.clone()), Demand::In(column, texts)])
            }
            Bound::Default | Bound::Hash(..) => None,
        }
    }
}

impl Work<'_> {
    /// The partitions that the rows of VALUES go to. None where that is not followed.
    pub(super) fn routed(&self, table: &Name, insert: &Insert) -> Option<Vec<Name>> {
        let known = self.table(table)?;
        let by = known.partition_by.as_ref()?;
        let [key] = by.keys.as_slice() else { return None };
        let column = key.column()?;
        let at = match insert.columns.as_slice() {
            [] => known.columns.iter().position(|member| member.column.name == *column)?,
            columns => columns.iter().position(|written| *written == *column)?,
        };
        let InsertSource::Values { count, rows } = &insert.source else { return None };
        if rows.len() != *count as usize {
            return None;
        }
        let mut partitions = Vec::new();
        for row in rows {
            let value = constant(row.get(at)?)?;
            let children = self.before().children(table);
            let mut taking = children.iter().filter(|child| {
                let bound = self.table(child).and_then(|child| child.bound.as_ref());
                bound.is_some_and(|bound| takes(bound, &value) == Some(true))
            });
            let partition = taking.next().cloned().or_else(|| self.default_partition(table))?;
            if self.is_partitioned(&partition) {
                return None;
            }
            if !partitions.contains(&partition) {
                partitions.push(partition);
            }
        }
        Some(partitions)
    }
}

/// Whether a bound takes a value; None where the two cannot be compared here.
fn takes(bound: &Bound, value: &str) -> Option<bool> {
    match bound {
        Bound::In(values) => {
            let texts: Vec<String> = values.iter().map(constant).collect::<Option<_>>()?;
            Some(texts.iter().any(|text| text == value))
        }
        Bound::Range(from, to) => {
            let ([from], [to]) = (from.as_slice(), to.as_slice()) else { return None };
            let number = |expr: &Expr| constant(expr)?.parse::<i64>().ok();
            let value: i64 = value.parse().ok()?;
            let above = is_limitless(from) || value >= number(from)?;
            let below = is_limitless(to) || value < number(to)?;
            Some(above && below)
        }
        Bound::Default | Bound::Hash(..) => None,
    }
}

/// A condition on one column.
#[derive(PartialEq, Eq)]
enum Demand {
    NotNull(String),
    Compare(String, String, String),
    In(String, Vec<String>),
}

impl Demand {
    /// Whether what this says holds for no row for which the other does not hold.
    fn implies(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        match (self, other) {
            (Self::Compare(column, said, value), Self::Compare(wanted_column, wanted, limit))
                if column == wanted_column =>
            {
                let Some(order) = compared(value, limit) else { return false };
                match (said.as_str(), wanted.as_str()) {
                    (">=" | ">", ">=") | ("<", "<") => {
                        order == if wanted == "<" { Ordering::Less } else { Ordering::Greater }
                            || order == Ordering::Equal
                    }
                    ("<=", "<") => order == Ordering::Less,
                    _ => false,
                }
            }
            (Self::In(column, values), Self::Compare(wanted_column, ..)) if column == wanted_column => {
                values.iter().all(|value| other.takes(value) == Some(true))
            }
            (Self::In(column, values), Self::In(wanted_column, wanted)) if column == wanted_column => {
                values.iter().all(|value| wanted.contains(value))
            }
            _ => false,
        }
    }

    /// Whether there is no row for which both hold.
    fn contradicts(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Compare(column, first, from), Self::Compare(other_column, second, to))
                if column == other_column =>
            {
                let Some(order) = compared(from, to) else { return false };
                match (first.as_str(), second.as_str()) {
                    (">=" | ">", "<") | (">", "<=") => order != Ordering::Less,
                    (">=", "<=") => order == Ordering::Greater,
                    ("<", ">=" | ">") | ("<=", ">") => order != Ordering::Greater,
                    ("<=", ">=") => order == Ordering::Less,
                    _ => false,
                }
            }
            (Self::In(column, values), Self::Compare(other_column, ..)) if column == other_column => {
                values.iter().all(|value| other.takes(value) == Some(false))
            }
            (Self::Compare(..), Self::In(..)) => other.contradicts(self),
            (Self::In(column, values), Self::In(other_column, others)) if column == other_column => {
                !values.iter().any(|value| others.contains(value))
            }
            _ => false,
        }
    }

    /// Whether a value of its column satisfies it.
    fn takes(&self, value: &str) -> Option<bool> {
        match self {
            Self::Compare(_, operator, limit) => {
                let order = compared(value, limit)?;
                Some(match operator.as_str() {
                    ">=" => order != Ordering::Less,
                    ">" => order == Ordering::Greater,
                    "<=" => order != Ordering::Greater,
                    "<" => order == Ordering::Less,
                    _ => return None,
                })
            }
            Self::In(_, values) => Some(values.iter().any(|known| known == value)),
            Self::NotNull(_) => Some(true),
        }
    }
}

/// The order of two constants: of numbers, or of days and times that are written alike.
fn compared(one: &str, other: &str) -> Option<Ordering> {
    if one == other {
        return Some(Ordering::Equal);
    }
    if let (Ok(one), Ok(other)) = (one.parse::<i64>(), other.parse::<i64>()) {
        return Some(one.cmp(&other));
    }
    let day = |text: &str| -> Option<String> {
        let bytes = text.as_bytes();
        let date = bytes.get(..10)?;
        let fits =
            |(at, byte): (usize, &u8)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() };
        if !date.iter().enumerate().all(fits) {
            return None;
        }
        Some(if bytes.len() == 10 { format!("{text} 00:00:00") } else { text.to_owned() })
    };
    let (one, other) = (day(one)?, day(other)?);
    // What stands behind the seconds, a zone above all, must be the same.
    (one.len() == other.len() && one.get(19..) == other.get(19..)).then(|| one.cmp(&other))
}

/// Whether a condition holds for no row for which all of those hold, in the forms in which the server looks for it: one that contradicts
/// them, all of several that OR joins, or NOT (no more than they demand).
fn rules_out(expr: &Expr, wanted: &[Demand]) -> bool {
    if let Some(said) = between(expr) {
        return said.iter().any(|said| wanted.iter().any(|one| said.contradicts(one)));
    }
    if let Some(said) = demand(expr) {
        return wanted.iter().any(|one| said.contradicts(one));
    }
    let Expr::Operator { operator, operands } = expr else { return false };
    match (operator.as_str(), operands.as_slice()) {
        ("OR", operands) => operands.iter().all(|operand| rules_out(operand, wanted)),
        ("AND", operands) => operands.iter().any(|operand| rules_out(operand, wanted)),
        ("IS NULL", [Expr::Column(parts)]) => {
            wanted.iter().any(|one| matches!(one, Demand::NotNull(column) if parts.last() == Some(column)))
        }
        ("NOT", [inner]) => {
            let mut parts = Vec::new();
            conjuncts(inner, &mut parts);
            let excluded: Option<Vec<Demand>> = parts.into_iter().map(demand).collect();
            excluded.is_some_and(|excluded| {
                excluded.iter().all(|one| wanted.iter().any(|wanted| wanted.implies(one)))
            })
        }
        ("NOT IN" | "<>", [Expr::Column(parts), values @ ..]) => {
            let values: Option<Vec<String>> = values.iter().map(constant).collect();
            let column = parts.last();
            wanted.iter().any(|one| {
                matches!((one, &values), (Demand::In(wanted_column, wanted), Some(values))
                    if column == Some(wanted_column) && wanted.iter().all(|value| values.contains(value)))
            })
        }
        _ => false,
    }
}

/// What the valid CHECKs of a table say, as far as it is followed.
fn said(table: &Table) -> Vec<Demand> {
    let mut parts = Vec::new();
    for (_, constraint) in &table.constraints {
        if let ConstraintKind::Check(expr) = &constraint.kind
            && !constraint.not_valid
        {
            conjuncts(expr, &mut parts);
        }
    }
    parts
        .into_iter()
        .flat_map(|part| between(part).unwrap_or_else(|| demand(part).into_iter().collect()))
        .collect()
}

/// The two conditions that BETWEEN is.
fn between(expr: &Expr) -> Option<Vec<Demand>> {
    let Expr::Operator { operator, operands } = expr else { return None };
    let ("BETWEEN", [Expr::Column(parts), low, high]) = (operator.as_str(), operands.as_slice()) else {
        return None;
    };
    let column = parts.last()?;
    let one = |operator: &str, value: &Expr| {
        Some(Demand::Compare(column.clone(), operator.to_owned(), constant(value)?))
    };
    Some(vec![one(">=", low)?, one("<=", high)?])
}

/// The conditions that AND joins.
pub(super) fn conjuncts<'e>(expr: &'e Expr, into: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Operator { operator, operands } if operator == "AND" => {
            operands.iter().for_each(|operand| conjuncts(operand, into));
        }
        Expr::Operator { .. }
        | Expr::Column(_)
        | Expr::Literal(_)
        | Expr::Call { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => into.push(expr),
    }
}

fn demand(expr: &Expr) -> Option<Demand> {
    let Expr::Operator { operator, operands } = expr else { return None };
    let (first, rest) = operands.split_first()?;
    let Expr::Column(parts) = first else { return None };
    let column = parts.last()?.clone();
    match (operator.as_str(), rest) {
        ("IS NOT NULL", []) => Some(Demand::NotNull(column)),
        (">=" | "<" | ">" | "<=", [value]) => {
            Some(Demand::Compare(column, operator.clone(), constant(value)?))
        }
        ("=", [value]) => Some(Demand::In(column, vec![constant(value)?])),
        ("IN", values) => {
            let mut texts: Vec<String> = values.iter().map(constant).collect::<Option<_>>()?;
            texts.sort();
            Some(Demand::In(column, texts))
        }
        _ => None,
    }
}

/// MINVALUE and MAXVALUE.
fn is_limitless(expr: &Expr) -> bool {
    matches!(expr, Expr::Column(parts) if matches!(parts.as_slice(), [one] if one.eq_ignore_ascii_case("minvalue") || one.eq_ignore_ascii_case("maxvalue")))
}

/// The text of a constant, without its cast.
fn constant(expr: &Expr) -> Option<String> {
    use crate::schema::Literal;
    match expr {
        Expr::Literal(Literal::Number(text) | Literal::String(text)) => Some(text.clone()),
        Expr::Literal(Literal::Boolean(value)) => Some(value.to_string()),
        Expr::Cast { operand, .. } => constant(operand),
        Expr::Operator { operator, operands } if operator == "-" => match operands.as_slice() {
            [one] => Some(format!("-{}", constant(one)?)),
            _ => None,
        },
        Expr::Literal(_)
        | Expr::Operator { .. }
        | Expr::Column(_)
        | Expr::Call { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => None,
    }
}

impl Work<'_> {
    /// The parent of a partition.
    pub(super) fn parent_of(&self, table: &Name) -> Option<Name> {
        let table = self
            .table(table)
            .filter(|table| table.bound.is_some() || table.partition == PartitionKind::Partition)?;
        table.parents.first().cloned()
    }
}
