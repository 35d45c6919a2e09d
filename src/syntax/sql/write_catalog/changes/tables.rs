//! Tables that go, come and change, and their constraints.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::write::quote;
use super::super::objects::parameters;
use super::super::tables::bound_text;
use super::super::{Writer, shown};
use super::{Changes, Phase, Steps};
use crate::schema::{ConstraintKind, Difference, DifferenceKind, Name, ObjectKind, ObjectRef, Table};

impl Changes<'_> {
    /// The tables that go, each before those that it refers to or is a part of. Of tables that refer to each other in a circle the
    /// foreign keys go first; a partition goes with its parent.
    pub(super) fn drop_tables(&self, steps: &mut Steps) {
        let gone = self.differences.iter().filter(|difference| {
            difference.kind == DifferenceKind::Extra
                && matches!(difference.object.kind, ObjectKind::Table | ObjectKind::ForeignTable)
        });
        let gone: BTreeSet<&Name> = gone.map(|difference| &difference.object.name).collect();
        let tables = || gone.iter().filter_map(|name| self.from.catalog.table(name).found());
        let drop = |table: &Table| {
            let what = if table.foreign { "FOREIGN TABLE" } else { "TABLE" };
            (Phase::DropTables, format!("DROP {what} {}", shown(&table.name, self.dialect)))
        };
        let goes_along =
            |table: &Table| table.bound.is_some() && table.parents.iter().any(|parent| gone.contains(parent));
        let mut waiting: Vec<&Table> = tables().filter(|table| !goes_along(table)).collect();
        while !waiting.is_empty() {
            let leans_on = |table: &Table, other: &Name| {
                table.parents.contains(other) || table.foreign_keys().any(|(_, key)| key.table == *other)
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
                steps.extend(rest.iter().map(|table| drop(table)));
                break;
            }
            steps.extend(free.iter().map(|table| drop(table)));
            waiting = rest;
        }
    }

    /// A table that is not there yet, with all that belongs to it.
    pub(super) fn make_table(&self, table: &Table, steps: &mut Steps) {
        let mut of = |phase: Phase, write: &dyn Fn(&mut Vec<String>)| {
            let mut out = Vec::new();
            write(&mut out);
            steps.extend(out.into_iter().map(|text| (phase, text)));
        };
        of(Phase::Tables, &|out| out.push(self.to.create_table(table)));
        of(Phase::Tables, &|out| self.to.attach(table, out));
        of(Phase::Constraints, &|out| self.to.late_constraints(table, false, out));
        of(Phase::Indexes, &|out| self.to.indexes(&table.name, out));
        of(Phase::ForeignKeys, &|out| self.to.late_constraints(table, true, out));
        of(Phase::Switches, &|out| self.to.table_switches(table, out));
        of(Phase::Owners, &|out| {
            for member in &table.columns {
                let sequence = self.to.sequence_of(&table.name, &member.column.name);
                if let Some(sequence) = sequence.filter(|sequence| !self.to.comes_with_column(sequence)) {
                    out.extend(self.to.owner_of_sequence(sequence));
                }
            }
        });
        of(Phase::Sequences, &|out| {
            for member in &table.columns {
                let sequence = self.to.sequence_of(&table.name, &member.column.name);
                if let Some(sequence) = sequence.filter(|sequence| !self.to.comes_with_column(sequence)) {
                    out.push(self.to.sequence(sequence));
                }
            }
        });
        of(Phase::Others, &|out| {
            for (object, other) in self.to.catalog.others() {
                let on_it = object.on.as_ref() == Some(&table.name);
                if on_it && other.made.is_some() {
                    out.extend(self.to.other(object, other));
                    out.extend(self.to.switched(object, other));
                }
            }
        });
        of(Phase::Comments, &|out| {
            let of_it = |object: &ObjectRef| {
                let is_index = object.kind == ObjectKind::Index
                    && self.to.catalog.indexes_of(&table.name).any(|index| index.name == object.name);
                object.on.as_ref() == Some(&table.name) || object.name == table.name || is_index
            };
            let all = self.to.comments();
            out.extend(
                all.iter()
                    .filter(|(object, _)| of_it(object))
                    .map(|(object, text)| self.to.comment(object, Some(text))),
            );
        });
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
        if old.bound != new.bound || old.parents != new.parents {
            let gone =
                old.parents.iter().filter(|parent| old.bound != new.bound || !new.parents.contains(parent));
            for parent in gone {
                let parent = shown(parent, self.dialect);
                say(match old.bound {
                    Some(_) => format!("ALTER TABLE {parent} DETACH PARTITION {table}"),
                    None => format!("ALTER TABLE {table} NO INHERIT {parent}"),
                });
            }
            let come =
                new.parents.iter().filter(|parent| old.bound != new.bound || !old.parents.contains(parent));
            for parent in come {
                let parent = shown(parent, self.dialect);
                say(match &new.bound {
                    Some(bound) => {
                        let bound = bound_text(bound, self.dialect);
                        format!("ALTER TABLE {parent} ATTACH PARTITION {table} {bound}")
                    }
                    None => format!("ALTER TABLE {table} INHERIT {parent}"),
                });
            }
        }
        if old.partition_by != new.partition_by && (old.partition_by.is_none() || new.partition_by.is_none())
        {
            say(format!(
                "-- {table} cannot be {} in place: make a new table and copy the rows",
                if new.partition_by.is_some() { "partitioned" } else { "made one table" }
            ));
        }
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
        let is_foreign = |kind: &ConstraintKind| matches!(kind, ConstraintKind::ForeignKey(_));
        if let (Some(before), Some(after)) = (&before, &after) {
            let same = crate::schema::Constraint { not_valid: false, ..before.clone() };
            let wanted = crate::schema::Constraint { not_valid: false, ..after.clone() };
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
            && before.as_ref().is_none_or(|before| !before.inherited)
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
            && !after.inherited
        {
            let phase = if is_foreign(&after.kind) { Phase::ForeignKeys } else { Phase::Constraints };
            steps.push((phase, self.to.add_constraint(table_name, ident, after)));
            if let Some(comment) =
                after.comment.as_ref().filter(|_| difference.kind == DifferenceKind::Missing)
            {
                steps.push((Phase::Comments, self.to.comment(object, Some(comment))));
            }
        }
    }
}
