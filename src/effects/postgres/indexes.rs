//! Indexes, and what else works on the storage of tables: REINDEX, VACUUM, CLUSTER, ANALYZE.

use super::{AccessExclusive, AccessShare, LockMode, Share, ShareUpdateExclusive, Work};
use crate::ops::CreateIndex;
use crate::schema::{Name, ObjectKind, Relation};

impl Work<'_> {
    pub(super) fn create_index(&mut self, create: &CreateIndex, skipped: bool) {
        let table = self.resolve(&create.table);
        let mode = if create.concurrently { ShareUpdateExclusive } else { Share };
        self.lock(&table, mode);
        if skipped || create.only {
            return;
        }
        // An heir has its own.
        let members = self.partitions(&table);
        for member in members {
            self.lock(&member, mode);
            if self.before().relation(&member).found().is_none()
                && !self.before().relation(&member).is_absent()
            {
                // Older than the history: the new index is known all the same.
                self.effects.unknown.locks = true;
            }
            self.build_new(&member);
            self.lock_taken(&member, mode);
        }
    }

    /// An index that is there already becomes a part of the one that its table's parent gets.
    pub(super) fn lock_taken(&mut self, table: &Name, mode: LockMode) {
        let taken: Vec<Name> = self
            .before()
            .indexes_of(table)
            .filter(|index| index.parent.is_none())
            .filter(|index| {
                self.after().index(&index.name).found().is_some_and(|after| after.parent.is_some())
            })
            .map(|index| index.name.clone())
            .collect();
        self.lock_all(taken, mode);
    }

    pub(super) fn reindex(&mut self, kind: ObjectKind, name: Option<&Name>, concurrently: bool) {
        let table_mode = if concurrently { ShareUpdateExclusive } else { Share };
        let index_mode = if concurrently { ShareUpdateExclusive } else { AccessExclusive };
        let Some(name) = name else {
            self.effects.unknown.all();
            return;
        };
        if kind == ObjectKind::Schema {
            let inside = |table: &Name| table.schema.as_ref() == Some(&name.ident);
            let tables: Vec<Name> = self
                .before()
                .tables()
                .map(|table| table.name.clone())
                .filter(|table| inside(table))
                .collect();
            for table in tables {
                self.rebuild(&table, None, Share, AccessExclusive);
            }
            return;
        }
        let name = self.resolve(name);
        if kind == ObjectKind::Index {
            let Some(index) = self.before().index(&name).found() else {
                self.effects.unknown.all();
                return;
            };
            let Some(table) = index.table.clone() else { return };
            if self.is_partitioned(&table) {
                self.reindex_parts(&table, Some(&name), table_mode);
            } else {
                self.rebuild(&table, Some(&name), table_mode, index_mode);
            }
        } else if self.is_partitioned(&name) {
            self.reindex_parts(&name, None, table_mode);
        } else {
            self.rebuild(&name, None, table_mode, index_mode);
        }
    }

    /// Until 13 the indexes of partitions were left as they were; since 14 each is one command of its own, which takes SHARE whatever
    /// was asked for (measured).
    fn reindex_parts(&mut self, table: &Name, index: Option<&Name>, mode: LockMode) {
        self.lock(table, mode);
        if !self.at_least(14) {
            return;
        }
        for member in self.family(table).into_iter().filter(|member| member != table) {
            if self.is_partitioned(&member) {
                continue;
            }
            let parts: Vec<Name> = self
                .indexes(&member)
                .into_iter()
                .filter(|part| index.is_none_or(|index| part.parent.as_ref() == Some(index)))
                .map(|part| part.name.clone())
                .collect();
            self.lock(&member, Share);
            for part in parts {
                self.effects.builds.insert(part);
                self.scan(&member);
            }
        }
    }

    fn rebuild(&mut self, table: &Name, only: Option<&Name>, table_mode: LockMode, index_mode: LockMode) {
        self.lock(table, table_mode);
        for index in self.index_names(table) {
            if only.is_some_and(|only| *only != index) {
                continue;
            }
            if index_mode == AccessExclusive {
                self.lock(&index, index_mode);
            }
            self.effects.builds.insert(index);
            self.scan(table);
        }
    }

    /// The tables that a command without names works on.
    pub(super) fn every_table(&self) -> Vec<Name> {
        let stored = |relation: &Relation| match relation {
            Relation::Table(table) => !table.foreign,
            Relation::View(view) => view.materialized,
            Relation::Index(_) | Relation::Sequence(_) => false,
        };
        let all = self.before().relations().filter(|(_, relation)| stored(relation));
        all.map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn vacuum(&mut self, tables: &[Name], full: bool) {
        let named: Vec<Name> = tables.iter().map(|table| self.resolve(table)).collect();
        let all = if named.is_empty() { self.every_table() } else { named };
        for table in all {
            for member in self.family(&table) {
                if full {
                    self.lock(&member, AccessExclusive);
                    self.rewrite(&member);
                } else {
                    self.lock(&member, ShareUpdateExclusive);
                    self.scan(&member);
                }
            }
        }
    }

    /// ANALYZE takes samples.
    pub(super) fn analyze(&mut self, tables: &[Name]) {
        let named: Vec<Name> = tables.iter().map(|table| self.resolve(table)).collect();
        let all = if named.is_empty() { self.every_table() } else { named };
        for table in all {
            for member in self.family(&table) {
                self.lock(&member, ShareUpdateExclusive);
                if !self.is_partitioned(&member) {
                    let indexes = self.index_names(&member);
                    self.lock_all(indexes, AccessShare);
                }
            }
        }
    }

    pub(super) fn cluster(&mut self, table: Option<&Name>) {
        match table {
            Some(table) => {
                let table = self.resolve(table);
                // Of a partitioned one each partition, since 15.
                for member in self.partitions(&table) {
                    self.lock(&member, AccessExclusive);
                    self.rewrite(&member);
                }
            }
            // Those that have an index to be clustered by.
            None => {
                let clustered = self.before().indexes().filter(|index| index.clustered);
                let tables: Vec<Name> = clustered.filter_map(|index| index.table.clone()).collect();
                for table in tables {
                    self.lock(&table, AccessExclusive);
                    self.rewrite(&table);
                }
            }
        }
    }
}
