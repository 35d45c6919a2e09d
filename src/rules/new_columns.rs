//! What rules about design share: the columns that a migration makes and leaves, and what else speaks of them.

use super::facts::is_version_table;
use super::{Direction, PartFacts, StepFacts};
use crate::diagnostic::Remedy;
use crate::history::rebuild::rebuilds;
use crate::ops::{ColumnDef, Op, Operation, Outcome};
use crate::schema::{
    Catalog, Column, ConstraintKind, Identity, IndexKey, Lookup, Member, Name, PartitionKind, Table, Type,
    canonical,
};
use crate::text::Place;

/// A column that a migration makes: of a new table, or of one that stands. It has its name still when the migration is done, and after the
/// last migration.
pub struct NewColumn<'a> {
    /// Which statement makes it.
    pub step: usize,
    /// Its operation.
    pub op: &'a Op,
    /// What is written.
    pub def: &'a ColumnDef,
    /// Its table, when the migration is done.
    pub table: &'a Table,
    /// It, when the migration is done.
    pub member: &'a Member,
    /// Its table after the last migration.
    pub last: &'a Table,
}

impl<'a> NewColumn<'a> {
    /// It, when the migration is done.
    pub fn column(&self) -> &'a Column {
        &self.member.column
    }

    /// Where a finding about it stands: at its definition, or at the action that adds it.
    pub fn place(&self, part: &PartFacts<'_>) -> Place {
        let span =
            if matches!(self.op.kind, Operation::AddColumn { .. }) { self.op.span } else { self.def.span };
        part.place(span)
    }

    /// It after the last migration.
    pub fn last_column(&self) -> &'a Column {
        let last = self.last.column(self.column().name.key()).found();
        last.map_or(&self.member.column, |member| &member.column)
    }

    /// Its type, where later statements left it.
    pub fn ty(&self) -> Option<&'a Type> {
        let (own, last) = (self.column().ty.as_ref()?, self.last_column().ty.as_ref()?);
        (own.name == last.name && own.arguments == last.arguments && own.dimensions == last.dimensions)
            .then_some(own)
    }

    /// Whether it refers to another table, now or after the last migration: then that one says what it holds.
    pub fn refers(&self) -> bool {
        let name = &self.column().name;
        let of = |table: &Table| table.foreign_keys().any(|(_, key)| key.columns.contains(name));
        of(self.table) || of(self.last)
    }

    /// Whether it alone is the primary key.
    pub fn is_key(&self) -> bool {
        self.table.primary_key().is_some_and(|key| matches!(key, [only] if *only == self.column().name))
    }

    /// Whether a CHECK looks at it, now or after the last migration.
    pub fn is_checked(&self) -> bool {
        let name = &self.column().name;
        let by = |table: &Table| {
            table.constraints.iter().any(|(_, constraint)| match &constraint.kind {
                ConstraintKind::Check(_) | ConstraintKind::Exclude(_) => constraint.kind.reads(name),
                ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Unique { .. }
                | ConstraintKind::ForeignKey(_)
                | ConstraintKind::NotNull(_) => false,
            })
        };
        by(self.table) || by(self.last)
    }

    /// The words of its name.
    pub fn words(&self) -> Vec<String> {
        words(self.column().name.text())
    }

    /// The remedy that gives it another type, where that is all there is to do: what it was made with is still what it is, and nothing that is
    /// computed reads it.
    pub fn retype(&self, part: &PartFacts<'_>, ty: Type, identity: Option<Identity>) -> Option<Remedy> {
        let written = self.def.column.ty.as_ref()?;
        let same =
            self.column().ty.as_ref().is_some_and(|ty| {
                canonical::same_type(ty, &canonical::without_serial(written), part.dialect())
            });
        let outer = part.statements().get(self.step).is_some_and(|statement| statement.within.is_none());
        let at = self.def.type_span.filter(|_| same && outer && !self.is_used(part))?;
        let ty = Type { dimensions: written.dimensions, ..ty };
        Some(Remedy::Retype { at, ty, identity })
    }

    /// Whether anything is computed from it, or refers to it.
    fn is_used(&self, part: &PartFacts<'_>) -> bool {
        let end = part.replay.end.get(&part.dialect());
        is_used_in(&part.run.after, self.table, self.column())
            || end.is_none_or(|end| is_used_in(end, self.last, self.column()))
    }
}

fn is_used_in(catalog: &Catalog, table: &Table, column: &Column) -> bool {
    let name = &column.name;
    let checked = table
        .constraints
        .iter()
        .any(|(_, constraint)| constraint.kind.exprs().any(|expr| expr.reads(name.key())));
    let generated = |member: &Member| {
        member.column.generated.as_ref().is_some_and(|generated| generated.expr.reads(name.key()))
    };
    let indexed = catalog.indexes_of(&table.name).any(|index| {
        // An operator class is one of the type's.
        let is_order = |key: &IndexKey| {
            key.options
                .split(' ')
                .all(|word| matches!(word, "" | "ASC" | "DESC" | "NULLS" | "FIRST" | "LAST"))
        };
        let computed = index.keys.iter().filter(|key| key.column().is_none() || !is_order(key));
        computed.map(|key| &key.expr).chain(&index.predicate).any(|expr| expr.reads(name.key()))
    });
    let parts = table.partition_by.iter().flat_map(|by| &by.keys).any(|key| key.expr.reads(name.key()));
    let viewed = catalog.views().any(|view| {
        view.reads.iter().any(|read| read.ident == table.name.ident)
            && view.uses(&table.name, name.key()) != Some(false)
    });
    let referred = catalog.tables().flat_map(Table::foreign_keys).any(|(_, key)| {
        key.table == table.name && (key.referenced.is_empty() || key.referenced.contains(name))
    });
    checked
        || table.columns.iter().any(|member| generated(member))
        || indexed
        || parts
        || viewed
        || (referred && table.primary_key().is_none_or(|key| key.contains(name)))
}

/// The columns that a migration makes and leaves, in tables that are the author's own: no partitions and heirs, which have the columns of
/// their parents, no temporary and foreign ones, and none that is made elsewhere or keeps the versions. A column that the table had before the
/// migration already, which makes it anew, is not new.
pub fn new_columns<'a>(part: &PartFacts<'a>) -> Vec<NewColumn<'a>> {
    let run = part.run;
    let Some(end) = part.replay.end.get(&part.dialect()) else { return Vec::new() };
    if part.direction == Direction::Down {
        return Vec::new();
    }
    let rebuilt: Vec<_> = rebuilds(run).into_iter().map(|rebuild| rebuild.table).collect();
    let mut all = Vec::new();
    for (step, (statement, state)) in run.script.statements.iter().zip(&run.steps).enumerate() {
        for (op, outcome) in statement.ops.iter().zip(&state.outcomes) {
            let (name, defs) = match (&op.kind, outcome) {
                (Operation::CreateTable(create), Outcome::Done) => (&create.name, create.columns.as_slice()),
                (Operation::AddColumn { table, def, .. }, Outcome::Done) => {
                    (&table.name, std::slice::from_ref(&**def))
                }
                _ => continue,
            };
            let facts = StepFacts { part: *part, at: step };
            let made = facts.after().table(&facts.resolve_after(name)).found();
            let Some(table) = made.and_then(|table| run.after.became(table)) else { continue };
            let Some(last) = end.became(table).filter(|_| is_own(part, table)) else { continue };
            // A table may be made anew over several migrations: it has its name at their end.
            let before =
                |name: &Name| run.steps.first().map_or(Lookup::Unknown, |first| first.before.table(name));
            let (old, same) = (before(&table.name), before(&last.name).found());
            for def in defs {
                let key = def.column.name.key();
                let (Some(member), Some(_)) = (table.column(key).found(), last.column(key).found()) else {
                    continue;
                };
                let stood = match old.and_then(|old| old.column(key)) {
                    Lookup::Found(_) => true,
                    Lookup::Unknown => rebuilt.contains(&table.name),
                    Lookup::Absent => false,
                } || same.is_some_and(|same| same.column(key).found().is_some());
                if !stood && member.local && !is_inherited(part, table, key) {
                    all.push(NewColumn { step, op, def, table, member, last });
                }
            }
        }
    }
    all
}

/// A table that a migration makes and leaves.
pub struct NewTable<'a> {
    /// Which statement makes it.
    pub step: usize,
    /// Its operation.
    pub op: &'a Op,
    /// It, when the migration is done.
    pub table: &'a Table,
    /// It, after the last migration.
    pub last: &'a Table,
}

/// The tables that a migration makes and leaves, those left out of [`new_columns`] left out here too. One that stood there under its name
/// before is made anew, and not new.
pub fn new_tables<'a>(part: &PartFacts<'a>) -> Vec<NewTable<'a>> {
    let run = part.run;
    let Some(end) = part.replay.end.get(&part.dialect()) else { return Vec::new() };
    if part.direction == Direction::Down {
        return Vec::new();
    }
    let rebuilt: Vec<_> = rebuilds(run).into_iter().map(|rebuild| rebuild.table).collect();
    let mut all = Vec::new();
    for (step, (statement, state)) in run.script.statements.iter().zip(&run.steps).enumerate() {
        for (op, outcome) in statement.ops.iter().zip(&state.outcomes) {
            let (Operation::CreateTable(create), Outcome::Done) = (&op.kind, outcome) else { continue };
            let facts = StepFacts { part: *part, at: step };
            let made = facts.after().table(&facts.resolve_after(&create.name)).found();
            let Some(table) = made.and_then(|table| run.after.became(table)) else { continue };
            let Some(last) = end.became(table).filter(|_| is_own(part, table)) else { continue };
            let before =
                |name: &Name| run.steps.first().map_or(Lookup::Unknown, |first| first.before.table(name));
            let stood = match before(&table.name) {
                Lookup::Found(_) => true,
                Lookup::Unknown => rebuilt.contains(&table.name),
                Lookup::Absent => false,
            } || before(&last.name).found().is_some();
            if !stood {
                all.push(NewTable { step, op, table, last });
            }
        }
    }
    all
}

/// Whether the author of the migration decides what the columns of a table are.
pub fn is_own(part: &PartFacts<'_>, table: &Table) -> bool {
    !table.temporary
        && !table.foreign
        && table.partition != PartitionKind::Partition
        && table.of_type.is_none()
        && table.module.is_none()
        && !part.settings.is_external(&table.name)
        && !is_version_table(part, &table.name)
}

/// Whether a parent of the table has, or may have, the column.
fn is_inherited(part: &PartFacts<'_>, table: &Table, key: &str) -> bool {
    table
        .parents
        .iter()
        .any(|parent| !part.run.after.table(parent).and_then(|parent| parent.column(key)).is_absent())
}

/// The words of a name, in lower case: `unitPrice` and `unit_price` have the same.
pub fn words(name: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut fresh = true;
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            fresh = true;
            continue;
        }
        if fresh || (lower && c.is_uppercase()) {
            all.push(String::new());
        }
        fresh = false;
        lower = c.is_lowercase() || c.is_ascii_digit();
        if let Some(last) = all.last_mut() {
            last.extend(c.to_lowercase());
        }
    }
    all
}

/// Whether one of the words is among those of a list.
pub fn has_word(words: &[String], list: &[&str]) -> bool {
    words.iter().any(|word| list.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_words() {
        assert_eq!(words("unit_price"), ["unit", "price"]);
        assert_eq!(words("unitPrice"), ["unit", "price"]);
        assert_eq!(words("URL"), ["url"]);
        assert_eq!(words("Line 2"), ["line", "2"]);
    }
}
