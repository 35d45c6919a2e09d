//! Tables that go, come and change, and their constraints.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::write::quote;
use super::super::objects::parameters;
use super::super::order::Item;
use super::super::tables::{bound_text, is_key};
use super::super::{Writer, shown};
use super::{Changes, Phase, Steps};
use crate::schema::diff::shape;
use crate::schema::{
    Catalog, Constraint, ConstraintKind, Detail, Dialect, Difference, DifferenceKind, ForeignKey, Ident,
    Index, IndexKey, Name, ObjectKind, Table, function_ref,
};

impl Changes<'_> {
    /// The tables that go, each before those that it refers to or is a part of. Of tables that refer to each other in a circle the
    /// foreign keys go first; a partition goes with its parent.
    pub(super) fn drop_tables(&self, steps: &mut Steps) {
        let gone = self.differences.iter().filter(|difference| {
            difference.kind == DifferenceKind::Extra
                && matches!(difference.object.kind, ObjectKind::Table | ObjectKind::ForeignTable)
        });
        let gone: BTreeSet<&Name> =
            gone.map(|difference| &difference.object.name).chain(&self.remade).collect();
        let tables = || gone.iter().filter_map(|name| self.from.catalog.table(name).found());
        let drop = |table: &Table| {
            let what = if table.foreign { "FOREIGN TABLE" } else { "TABLE" };
            (Phase::DropTables, format!("DROP {what} {}", shown(&table.name, self.dialect)))
        };
        for table in self.remade.iter().map(|table| shown(table, self.dialect)) {
            let text = format!("-- {table} is made anew, without its rows: copy them before it goes");
            steps.push((Phase::DropTables, text));
        }
        let goes_along =
            |table: &Table| table.bound.is_some() && table.parents.iter().any(|parent| gone.contains(parent));
        let old_items = self.old_order.items.iter().enumerate();
        let table_of = |item: Item<'_>| match item {
            Item::Table(table) => Some(table.name.clone()),
            Item::Type(_) | Item::Function(..) | Item::Sequence(_) | Item::View(_) => None,
        };
        // By a column that is a row of it, or by a function that takes one.
        let needed: BTreeMap<Name, BTreeSet<Name>> = old_items
            .filter_map(|(at, item)| {
                Some((table_of(*item)?, self.old_order.needed(at).filter_map(table_of).collect()))
            })
            .collect();
        let mut waiting: Vec<&Table> = tables().filter(|table| !goes_along(table)).collect();
        while !waiting.is_empty() {
            let leans_on = |table: &Table, other: &Name| {
                table.parents.contains(other)
                    || table.foreign_keys().any(|(_, key)| key.table == *other)
                    || needed.get(&table.name).is_some_and(|needed| needed.contains(other))
            };
            // The partitions of a table lean on what they lean on, too.
            let family = |table: &Table| -> Vec<&Table> {
                let parts = tables().filter(|part| goes_along(part) && part.parents.contains(&table.name));
                parts.chain(self.from.catalog.table(&table.name).found()).collect()
            };
            let is_free = |table: &Table| {
                let others = waiting.iter().filter(|other| other.name != table.name);
                !others.flat_map(|other| family(other)).any(|other| leans_on(other, &table.name))
            };
            let (free, rest): (Vec<&Table>, Vec<&Table>) =
                waiting.iter().copied().partition(|table| is_free(table));
            if free.is_empty() {
                for table in &rest {
                    let others = table.foreign_keys().filter(|(_, key)| key.table != table.name);
                    steps.extend(others.map(|(ident, _)| {
                        let name = shown(&table.name, self.dialect);
                        let text =
                            format!("ALTER TABLE {name} DROP CONSTRAINT {}", quote(ident, self.dialect));
                        (Phase::DropForeignKeys, text)
                    }));
                }
                for table in rest {
                    self.drop_functions_that_need(&table.name, steps);
                    steps.push(drop(table));
                }
                break;
            }
            for table in free {
                self.drop_functions_that_need(&table.name, steps);
                steps.push(drop(table));
            }
            waiting = rest;
        }
    }

    /// The functions that go, and that need a table which goes too: before it.
    fn drop_functions_that_need(&self, table: &Name, steps: &mut Steps) {
        for (at, item) in self.old_order.items.iter().enumerate().rev() {
            let Item::Function(name, function) = item else { continue };
            if self.old_order.needs(at, |item| is_table(item, table)) {
                let object = function_ref(name, function);
                if self.is(DifferenceKind::Extra, &object) {
                    steps.push((Phase::DropTables, self.drop(&object)));
                }
            }
        }
    }

    /// A table that is not there yet, with all that belongs to it.
    pub(super) fn make_table(&self, table: &Table, steps: &mut Steps) {
        let mut of = |phase: Phase, write: &dyn Fn(&mut Vec<String>)| {
            let mut out = Vec::new();
            write(&mut out);
            steps.extend(out.into_iter().map(|text| (phase, text)));
        };
        let place = self.order.place(|item| matches!(item, Item::Table(known) if known.name == table.name));
        // What a partition has of its own is there before the keys and indexes of its parent, which make it a part of theirs.
        let is_partition = table.bound.is_some();
        let (keys, indexes) = match is_partition {
            true => (Phase::PartitionKeys, Phase::PartitionKeys),
            false => (Phase::Constraints, Phase::Indexes),
        };
        of(Phase::Attach, &|out| self.to.attach(table, out));
        of(keys, &|out| self.to.late_constraints(table, false, out));
        of(Phase::ForeignKeys, &|out| self.to.late_constraints(table, true, out));
        of(Phase::Switches, &|out| self.to.table_switches(table, out));
        of(Phase::ForeignKeys, &|out| self.to.index_parts(table, out));
        steps.push_at(Phase::Items, place, self.to.create_table(table));
        steps.makes(ObjectKind::Table, &table.name, None);
        self.make_indexes(&table.name, (indexes, 0), steps);
        for member in &table.columns {
            let Some(sequence) = self.to.sequence_of(&table.name, &member.column.name) else { continue };
            steps.makes(ObjectKind::Sequence, &sequence.name, None);
            if !self.to.comes_with_column(sequence) {
                steps.push((Phase::Items, self.to.sequence(sequence)));
                steps.extend(self.to.owner_of_sequence(sequence).map(|text| (Phase::Owners, text)));
            }
        }
        self.make_others(&table.name, steps);
        if self.remade.contains(&table.name) {
            // They went with it.
            for (object, other) in self.to.catalog.others() {
                if matches!(&other.detail, Detail::Statistics(known) if known.table == table.name) {
                    steps.extend(self.to.other(object, other).map(|text| (Phase::Others, text)));
                }
            }
        }
    }

    pub(super) fn change_table(&self, name: &Name, steps: &mut Steps) {
        let (Some(old), Some(new)) =
            (self.from.catalog.table(name).found(), self.to.catalog.table(name).found())
        else {
            return;
        };
        let table = shown(name, self.dialect);
        let mut say = |text: String| steps.push((Phase::Switches, text));
        if old.unlogged != new.unlogged {
            say(format!("ALTER TABLE {table} SET {}", if new.unlogged { "UNLOGGED" } else { "LOGGED" }));
        }
        let clustered =
            |writer: Writer<'_>| writer.clustered(name).map(|index| shape::index(index, self.dialect));
        if clustered(self.from) != clustered(self.to) {
            say(match self.to.clustered(name) {
                Some(index) => {
                    format!("ALTER TABLE {table} CLUSTER ON {}", quote(&index.name.ident, self.dialect))
                }
                None => format!("ALTER TABLE {table} SET WITHOUT CLUSTER"),
            });
        }
        if old.row_security != new.row_security {
            let word = if new.row_security { "ENABLE" } else { "DISABLE" };
            say(format!("ALTER TABLE {table} {word} ROW LEVEL SECURITY"));
        }
        if old.force_row_security != new.force_row_security {
            let word = if new.force_row_security { "FORCE" } else { "NO FORCE" };
            say(format!("ALTER TABLE {table} {word} ROW LEVEL SECURITY"));
        }
        if old.replica_identity != new.replica_identity {
            let identity = new.replica_identity.as_deref().unwrap_or("DEFAULT");
            say(format!("ALTER TABLE {table} REPLICA IDENTITY {identity}"));
        }
        let set: BTreeMap<String, String> = new
            .parameters
            .iter()
            .filter(|(parameter, value)| old.parameters.get(*parameter) != Some(*value))
            .map(|(parameter, value)| (parameter.clone(), value.clone()))
            .collect();
        if !set.is_empty() {
            say(format!("ALTER TABLE {table} SET ({})", parameters(&set)));
        }
        let reset: Vec<&str> = old
            .parameters
            .keys()
            .filter(|known| !new.parameters.contains_key(*known))
            .map(String::as_str)
            .collect();
        if !reset.is_empty() {
            say(format!("ALTER TABLE {table} RESET ({})", reset.join(", ")));
        }
        if old.of_type != new.of_type {
            let text = match &new.of_type {
                Some(of) => format!("ALTER TABLE {table} OF {}", shown(of, self.dialect)),
                None => format!("ALTER TABLE {table} NOT OF"),
            };
            // A table of a type has just its columns.
            let phase = if new.of_type.is_some() { Phase::Attach } else { Phase::Detach };
            steps.push((phase, text));
        }
        self.change_parents(old, new, steps);
    }

    /// What becomes, or is no longer, a part of another table, or its heir.
    fn change_parents(&self, old: &Table, new: &Table, steps: &mut Steps) {
        let table = shown(&new.name, self.dialect);
        let stays = |parent: &Name| {
            let both = old.parents.contains(parent) && new.parents.contains(parent);
            both && old.bound == new.bound && !self.remade.contains(parent)
        };
        for parent in old.parents.iter().filter(|parent| !stays(parent)) {
            let parent = shown(parent, self.dialect);
            let text = match old.bound {
                Some(_) => format!("ALTER TABLE {parent} DETACH PARTITION {table}"),
                None => format!("ALTER TABLE {table} NO INHERIT {parent}"),
            };
            steps.push((Phase::Detach, text));
        }
        for parent in new.parents.iter().filter(|parent| !stays(parent)) {
            let parent = shown(parent, self.dialect);
            let text = match &new.bound {
                Some(bound) => {
                    let bound = bound_text(bound, self.dialect);
                    format!("ALTER TABLE {parent} ATTACH PARTITION {table} {bound}")
                }
                None => format!("ALTER TABLE {table} INHERIT {parent}"),
            };
            steps.push((Phase::Attach, text));
        }
    }

    /// Whether a table is on both sides a part, or an heir, of a table that stays and of which `has` is true on both: what that one
    /// gets and loses, it does too.
    pub(super) fn follows(&self, table: &Name, has: impl Fn(&Table) -> bool) -> bool {
        let of = |writer: Writer<'_>, name: &Name| writer.catalog.table(name).found().cloned();
        let (Some(old), Some(new)) = (of(self.from, table), of(self.to, table)) else { return false };
        let has = |writer: Writer<'_>, name: &Name| of(writer, name).is_some_and(|table| has(&table));
        old.bound == new.bound
            && !self.remade.contains(table)
            && old.parents.iter().any(|parent| {
                new.parents.contains(parent)
                    && !self.remade.contains(parent)
                    && (has(self.from, parent) || has(self.to, parent))
            })
    }

    pub(super) fn change_constraint(&self, difference: &Difference, steps: &mut Steps) {
        let (object, Some(table_name)) = (&difference.object, &difference.object.on) else { return };
        let table = shown(table_name, self.dialect);
        let ident = &object.name.ident;
        let of = |writer: Writer<'_>| {
            let table = writer.catalog.table(table_name).found()?;
            table.constraint(ident.key()).found().cloned()
        };
        let (before, after) = (of(self.from), of(self.to));
        let follows = self.follows(table_name, |_| true);
        let is_foreign = |kind: &ConstraintKind| matches!(kind, ConstraintKind::ForeignKey(_));
        if let (Some(before), Some(after)) = (&before, &after) {
            let same = Constraint { not_valid: false, ..before.clone() };
            let wanted = Constraint { not_valid: false, ..after.clone() };
            if before.not_valid
                && !after.not_valid
                && same.kind == wanted.kind
                && same.attributes == wanted.attributes
            {
                let text = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", quote(ident, self.dialect));
                steps.push((Phase::ForeignKeys, text));
                return;
            }
        }
        // Where the names on both sides were made up, each side has its own.
        let old_name = before
            .as_ref()
            .map(|_| ident.clone())
            .or_else(|| (difference.kind == DifferenceKind::Definition).then(|| ident.clone()));
        if difference.kind != DifferenceKind::Missing
            && let Some(old_name) = old_name
            && before.as_ref().is_none_or(|before| !before.inherited || !follows)
        {
            let foreign = before.as_ref().is_some_and(|before| is_foreign(&before.kind));
            let phase = if foreign { Phase::DropForeignKeys } else { Phase::DropConstraints };
            steps.push((
                phase,
                format!("ALTER TABLE {table} DROP CONSTRAINT {}", quote(&old_name, self.dialect)),
            ));
        }
        if difference.kind != DifferenceKind::Extra
            && let Some(after) = &after
            && (!after.inherited || !follows)
        {
            let is_part = after.inherited;
            let phase = match &after.kind {
                ConstraintKind::ForeignKey(_) => Phase::ForeignKeys,
                ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Unique { .. }
                | ConstraintKind::Check(_)
                | ConstraintKind::Exclude(_)
                | ConstraintKind::NotNull(_)
                    if is_part =>
                {
                    Phase::PartitionKeys
                }
                ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Unique { .. }
                | ConstraintKind::Check(_)
                | ConstraintKind::Exclude(_)
                | ConstraintKind::NotNull(_) => Phase::Constraints,
            };
            steps.push((phase, self.add_key(table_name, ident, after)));
            steps.makes(ObjectKind::Constraint, &object.name, Some(table_name));
        }
        // A constraint goes with its index; an index of that name is made anew.
        if after.is_none()
            && let Some(index) = self.to.catalog.index(&index_name(table_name, ident)).found()
            && index.table.as_ref() == Some(table_name)
            && before.as_ref().is_some_and(|before| is_key(&before.kind))
        {
            steps.push((Phase::Indexes, self.to.index(index)));
            steps.makes(ObjectKind::Index, &index.name, None);
        }
    }

    /// ADD CONSTRAINT; where a unique index of that name and of these columns is there, it becomes the key.
    fn add_key(&self, table: &Name, ident: &Ident, constraint: &Constraint) -> String {
        let (columns, word) = match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } => (columns, "PRIMARY KEY"),
            ConstraintKind::Unique { columns, .. } => (columns, "UNIQUE"),
            ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => return self.to.add_constraint(table, ident, constraint),
        };
        let is_it = |index: &Index| {
            let keys: Vec<&str> = index.keys.iter().filter_map(IndexKey::column).collect();
            index.unique
                && index.constraint.is_none()
                && index.predicate.is_none()
                && index.table.as_ref() == Some(table)
                && index.keys.len() == columns.len()
                && columns.iter().map(Ident::key).eq(keys)
        };
        match self.from.catalog.index(&index_name(table, ident)).found() {
            Some(index) if is_it(index) => {
                let (table, name) = (shown(table, self.dialect), quote(ident, self.dialect));
                format!("ALTER TABLE {table} ADD CONSTRAINT {name} {word} USING INDEX {name}")
            }
            Some(_) | None => self.to.add_constraint(table, ident, constraint),
        }
    }

    pub(super) fn change_index(&self, difference: &Difference, steps: &mut Steps) {
        let object = &difference.object;
        let follows = object.on.as_ref().is_some_and(|table| self.follows(table, |_| true));
        let is_own = |index: &Index| index.parent.is_none() || !follows;
        if difference.kind != DifferenceKind::Missing
            && self.from.catalog.index(&object.name).found().is_none_or(is_own)
        {
            let name = shown(&object.name, self.dialect);
            steps.push((Phase::DropIndexes, format!("DROP INDEX {name}")));
        }
        if difference.kind != DifferenceKind::Extra
            && let Some(index) = self.to.catalog.index(&object.name).found()
            && is_own(index)
        {
            let phase = if index.parent.is_some() { Phase::PartitionKeys } else { Phase::Indexes };
            steps.push((phase, self.to.index(index)));
            steps.makes(ObjectKind::Index, &index.name, None);
        }
    }

    /// The foreign keys of tables that stay to keys that go for a while, dropped and made again.
    pub(super) fn make_foreign_keys_again(&self, steps: &mut Steps) {
        let gone = |key: &ForeignKey| {
            let dropped = self.differences.iter().filter(|difference| {
                let object = &difference.object;
                object.kind == ObjectKind::Constraint
                    && object.on.as_ref() == Some(&key.table)
                    && matches!(difference.kind, DifferenceKind::Extra | DifferenceKind::Definition)
            });
            let table = self.from.catalog.table(&key.table).found();
            let constraints = dropped
                .filter_map(|difference| table?.constraint(difference.object.name.ident.key()).found());
            let is_meant = |constraint: &Constraint| match &constraint.kind {
                ConstraintKind::PrimaryKey { columns, .. } => {
                    key.referenced.is_empty() || *columns == key.referenced
                }
                ConstraintKind::Unique { columns, .. } => *columns == key.referenced,
                ConstraintKind::Check(_)
                | ConstraintKind::ForeignKey(_)
                | ConstraintKind::Exclude(_)
                | ConstraintKind::NotNull(_) => false,
            };
            self.remade.contains(&key.table) || constraints.into_iter().any(is_meant)
        };
        for table in self.from.tables_in_order() {
            let stays = |ident: &Ident| {
                let now = self
                    .to
                    .catalog
                    .table(&table.name)
                    .found()
                    .filter(|_| !self.remade.contains(&table.name))?;
                now.constraint(ident.key()).found()
            };
            for (ident, key) in table.foreign_keys() {
                let inherited = table.constraint(ident.key()).found().is_some_and(|one| one.inherited);
                if inherited || !gone(key) {
                    continue;
                }
                let (shown_table, name) = (shown(&table.name, self.dialect), quote(ident, self.dialect));
                let drop = format!("ALTER TABLE {shown_table} DROP CONSTRAINT {name}");
                if !self.remade.contains(&key.table) || stays(ident).is_some() {
                    steps.push((Phase::DropForeignKeys, drop));
                }
                if let Some(now) = stays(ident) {
                    steps.push((Phase::ForeignKeys, self.to.add_constraint(&table.name, ident, now)));
                    steps.makes(ObjectKind::Constraint, &Name::bare(ident.clone()), Some(&table.name));
                }
            }
        }
    }

    /// Names that the server made up count for nothing, unless something else is to have them: then their owners take those that they
    /// have on the other side.
    pub(super) fn rename_what_is_in_the_way(&self, steps: &mut Steps) {
        let wanted = |name: &Name| self.to.catalog.relation(name).found().is_some();
        let is_free = |name: &Name| self.from.catalog.relation(name).found().is_none();
        for old in self.from.tables_in_order() {
            let Some(new) = self.to.catalog.table(&old.name).found() else { continue };
            if self.remade.contains(&old.name) {
                continue;
            }
            let table = shown(&old.name, self.dialect);
            for (ident, constraint) in &old.constraints {
                let shape = |writer: Writer<'_>, one: &Constraint| shape::constraint(one, writer.catalog);
                let own = shape(self.from, constraint);
                let alike = |one: &Constraint| shape(self.to, one).same(&own);
                let in_the_way =
                    wanted(&index_name(&old.name, ident)) || new.constraint(ident.key()).found().is_some();
                if !in_the_way || new.constraint(ident.key()).found().is_some_and(alike) {
                    continue;
                }
                let twin = new.constraints.iter().find(|(name, one)| {
                    alike(one)
                        && old.constraint(name.key()).found().is_none()
                        && is_free(&index_name(&old.name, name))
                });
                if let Some((name, _)) = twin {
                    let (name, ident) = (quote(name, self.dialect), quote(ident, self.dialect));
                    let text = format!("ALTER TABLE {table} RENAME CONSTRAINT {ident} TO {name}");
                    steps.push((Phase::Renames, text));
                }
            }
            for member in &old.columns {
                let column = &member.column.name;
                let pair =
                    self.from.sequence_of(&old.name, column).zip(self.to.sequence_of(&old.name, column));
                if let Some((old, new)) = pair
                    && old.name != new.name
                    && wanted(&old.name)
                    && is_free(&new.name)
                {
                    let (name, ident) =
                        (shown(&old.name, self.dialect), quote(&new.name.ident, self.dialect));
                    steps.push((Phase::Renames, format!("ALTER SEQUENCE {name} RENAME TO {ident}")));
                }
            }
        }
    }
}

/// The tables of both sides that are partitioned on one of them, or otherwise: no statement does that to a table.
pub(super) fn to_make_anew(from: &Catalog, to: &Catalog, differences: &[Difference]) -> BTreeSet<Name> {
    let differing = differences.iter().filter(|difference| {
        difference.object.kind == ObjectKind::Table && difference.kind == DifferenceKind::Definition
    });
    let names = differing.map(|difference| &difference.object.name);
    let is_split_otherwise = |name: &Name| match (from.table(name).found(), to.table(name).found()) {
        (Some(old), Some(new)) => {
            let by = |table: &Table| shape::partition_by(table, to.dialect);
            to.dialect == Dialect::Postgres && by(old) != by(new)
        }
        (Some(_) | None, _) => false,
    };
    names.filter(|name| is_split_otherwise(name)).cloned().collect()
}

fn is_table(item: Item<'_>, name: &Name) -> bool {
    match item {
        Item::Table(table) => table.name == *name,
        Item::Type(_) | Item::Function(..) | Item::Sequence(_) | Item::View(_) => false,
    }
}

/// The index that serves a constraint has its name.
fn index_name(table: &Name, constraint: &Ident) -> Name {
    Name { schema: table.schema.clone(), ident: constraint.clone() }
}
