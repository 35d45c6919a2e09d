//! DROP, and what goes along with it.

use super::{AccessExclusive, AccessShare, ShareUpdateExclusive, Work};
use crate::ops::Drop;
use crate::schema::{Detail, Ident, Lookup, Name, ObjectKind, ObjectRef, Relation};

impl Work<'_> {
    pub(super) fn drop(&mut self, drop: &Drop, skipped: bool) {
        for object in &drop.objects {
            let name = self.resolve(&object.name);
            match drop.kind {
                ObjectKind::Index => self.drop_index(&name, drop.concurrently),
                ObjectKind::Table | ObjectKind::ForeignTable => self.drop_table(&name),
                ObjectKind::View => self.lock(&name, AccessExclusive),
                ObjectKind::MaterializedView => {
                    let indexes = self.index_names(&name);
                    self.lock(&name, AccessExclusive);
                    self.lock_all(indexes, AccessExclusive);
                }
                ObjectKind::Sequence => self.lock(&name, AccessExclusive),
                ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule => {
                    if let Some(table) = &object.on {
                        let table = self.resolve(table);
                        // It is looked for under a weak lock first.
                        let weak = skipped && drop.kind == ObjectKind::Trigger;
                        let family = match drop.kind {
                            ObjectKind::Trigger if !skipped => self.partitions(&table),
                            _ => vec![table],
                        };
                        self.lock_all(family, if weak { AccessShare } else { AccessExclusive });
                    }
                }
                ObjectKind::Statistics => {
                    let full = ObjectRef { name, ..object.clone() };
                    if let Lookup::Found(other) = self.before().other(&full)
                        && let Detail::Statistics(statistics) = &other.detail
                    {
                        let table = self.resolve(&statistics.table);
                        self.lock(&table, ShareUpdateExclusive);
                    }
                }
                ObjectKind::Type => self.lock(&name, AccessExclusive),
                _ => {}
            }
        }
        if drop.cascade {
            self.taken_along();
        }
    }

    fn drop_index(&mut self, name: &Name, concurrently: bool) {
        let Some(index) = self.before().index(name).found() else {
            self.lock(name, AccessExclusive);
            if !self.before().relation(name).is_absent() {
                // Its table is older than the history.
                self.effects.unknown.locks = true;
            }
            return;
        };
        let mode = if concurrently { ShareUpdateExclusive } else { AccessExclusive };
        let Some(table) = index.table.clone() else {
            self.effects.unknown.locks = true;
            return;
        };
        self.lock(&table, mode);
        if !concurrently {
            self.lock(name, mode);
        }
        if self.is_partitioned(&table) {
            for member in self.family(&table) {
                let parts: Vec<Name> = self
                    .before()
                    .indexes_of(&member)
                    .filter(|part| self.after().index(&part.name).found().is_none())
                    .map(|part| part.name.clone())
                    .collect();
                self.lock(&member, mode);
                self.lock_all(parts, mode);
            }
        }
    }

    fn drop_table(&mut self, name: &Name) {
        for member in self.family(name) {
            self.lock(&member, AccessExclusive);
            let own = [self.index_names(&member), self.sequences_of(&member, None)].concat();
            self.lock_all(own, AccessExclusive);
            let Some(table) = self.table(&member) else { continue };
            // The triggers that hold the other side to a foreign key go with it.
            let parents: Vec<Name> = table.foreign_keys().map(|(_, key)| self.resolve(&key.table)).collect();
            for parent in parents {
                let family = self.partitions(&parent);
                self.lock_all(family, AccessExclusive);
            }
        }
        if let Some(parent) = self.parent_of(name) {
            self.lock(&parent, AccessExclusive);
            if let Some(default) = self.default_partition(&parent) {
                self.lock(&default, AccessExclusive);
            }
        }
    }

    /// DROP OWNED BY: what the roles own goes, and what they were granted.
    pub(super) fn drop_owned(&mut self, roles: &str) {
        let roles = roles.trim_end_matches(" CASCADE").trim_end_matches(" RESTRICT");
        let roles: Vec<&str> = roles.split(',').map(|role| role.trim().trim_matches('"')).collect();
        let owned: Vec<Name> = self
            .before()
            .relations()
            .filter(|(_, relation)| {
                let notes = match relation {
                    Relation::Table(table) => &table.notes,
                    Relation::View(view) => &view.notes,
                    Relation::Sequence(sequence) => &sequence.notes,
                    Relation::Index(index) => &index.notes,
                };
                notes.owner.as_deref().is_some_and(|owner| roles.contains(&owner))
            })
            .map(|(name, _)| name.clone())
            .collect();
        for name in owned {
            self.drop_table(&name);
        }
    }

    pub(super) fn drop_column(&mut self, table: &Name, column: &Ident, cascade: bool, skipped: bool) {
        if skipped {
            self.lock(table, AccessExclusive);
            return;
        }
        for member in self.family(table) {
            self.lock(&member, AccessExclusive);
            let read: Vec<Name> = self
                .indexes(&member)
                .into_iter()
                .filter(|index| self.after().index(&index.name).found().is_none() || index.reads(column))
                .map(|index| index.name.clone())
                .collect();
            self.lock_all(read, AccessExclusive);
            let sequences = self.sequences_of(&member, Some(column));
            self.lock_all(sequences, AccessExclusive);
            let Some(known) = self.table(&member) else { continue };
            let keys = known.foreign_keys().filter(|(_, key)| key.columns.contains(column));
            let parents: Vec<Name> = keys.map(|(_, key)| self.resolve(&key.table)).collect();
            self.lock_all(parents, AccessExclusive);
        }
        if cascade {
            self.taken_along();
        }
    }

    /// What CASCADE took along: every relation that is there no more, and every table that lost something.
    pub(super) fn taken_along(&mut self) {
        let mut lost = Vec::new();
        for (name, relation) in self.before().relations() {
            match (relation, self.after().relation(name).found()) {
                (_, None) => lost.push(name.clone()),
                (Relation::Table(before), Some(Relation::Table(after))) if before != after => {
                    let gone = |known: &Ident| after.constraint(known.key()).found().is_none();
                    let mut changed = before.columns.len() != after.columns.len();
                    changed |= before.columns.iter().zip(&after.columns).any(|(before, after)| {
                        before.column.default.is_some() && after.column.default.is_none()
                    });
                    for (known, constraint) in &before.constraints {
                        if !gone(known) {
                            continue;
                        }
                        changed = true;
                        if let Some(key) = constraint.kind.foreign_key() {
                            lost.push(key.table.clone());
                        }
                    }
                    if changed {
                        lost.push(name.clone());
                    }
                }
                (
                    Relation::Table(_) | Relation::Index(_) | Relation::View(_) | Relation::Sequence(_),
                    Some(_),
                ) => {}
            }
        }
        for (object, _) in self.before().others() {
            if let Some(table) = &object.on
                && self.after().other(object).found().is_none()
            {
                lost.push(table.clone());
            }
        }
        // An index alone says nothing of its table.
        self.lock_all(lost, AccessExclusive);
    }
}
