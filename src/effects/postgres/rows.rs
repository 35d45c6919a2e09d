//! What reads and writes rows: locks of tables, and of the indexes among which the planner chooses.

use std::collections::BTreeSet;

use super::partitions::conjuncts;
use super::{AccessExclusive, AccessShare, LockMode, RowExclusive, Work};
use crate::ops::{InsertSource, OnConflict, Operation};
use crate::schema::{Expr, ForeignKey, Ident, Index, Name, Query, ReferentialAction};

impl Work<'_> {
    pub(super) fn rows(&mut self, operation: &Operation) {
        match operation {
            Operation::Insert(insert) => {
                let table = self.resolve(&insert.table);
                self.lock(&table, RowExclusive);
                if insert.on_conflict != OnConflict::Fail {
                    let indexes = self.index_names(&table);
                    self.lock_all(indexes, RowExclusive);
                }
                if self.is_partitioned(&table) && !self.at_least(12) {
                    let family = self.family(&table);
                    self.lock_all(family, RowExclusive);
                } else if self.is_partitioned(&table) {
                    // Only those that get a row.
                    match self.routed(&table, insert) {
                        Some(partitions) => self.lock_all(partitions, RowExclusive),
                        None => self.effects.unknown.locks = true,
                    }
                }
                self.looks_up(&table);
                if let InsertSource::Query { reads, .. } = &insert.source {
                    for name in reads {
                        let name = self.resolve(name);
                        self.read(&name, AccessShare);
                    }
                }
            }
            Operation::Update { table, columns, limited, reads, filter, .. } => {
                let table = self.resolve(table);
                self.plan(&table, RowExclusive);
                self.touch(&table, *limited, filter.as_deref().filter(|_| reads.is_empty()));
                let keys = self.table(&table).into_iter().flat_map(|table| table.foreign_keys());
                let changed: Vec<Name> = keys
                    .filter(|(_, key)| key.columns.iter().any(|column| columns.contains(column)))
                    .map(|(_, key)| self.resolve(&key.table))
                    .collect();
                for parent in changed {
                    self.hold_rows(&parent);
                }
                self.referring(&table, Some(columns));
                self.read_all(reads);
            }
            Operation::Delete { table, limited, reads, filter, .. } => {
                let table = self.resolve(table);
                self.plan(&table, RowExclusive);
                self.touch(&table, *limited, filter.as_deref().filter(|_| reads.is_empty()));
                self.referring(&table, None);
                self.read_all(reads);
            }
            Operation::Merge { table } => {
                let table = self.resolve(table);
                self.plan(&table, RowExclusive);
                self.effects.unknown.locks = true;
                self.effects.unknown.scans = true;
            }
            Operation::Truncate { tables, cascade, restart, only } => {
                self.truncate(tables, *cascade, *restart, *only);
            }
            Operation::Copy { table, from } => {
                let Some(table) = table else { return };
                let table = self.resolve(table);
                if *from {
                    self.lock(&table, RowExclusive);
                    self.looks_up(&table);
                } else {
                    self.lock(&table, AccessShare);
                    self.scan(&table);
                }
            }
            Operation::Query { calls, reads, locks } => {
                for call in calls {
                    let sequence = matches!(call.name.as_str(), "nextval" | "setval");
                    if let (true, Some(Some(name))) = (sequence, call.arguments.first()) {
                        let name = self.resolve(&Name::of_regclass(name));
                        self.lock(&name, RowExclusive);
                    }
                }
                for name in reads {
                    let name = self.resolve(name);
                    if *locks {
                        self.lock(&name, LockMode::RowShare);
                        let mode = if self.at_least(12) { LockMode::RowShare } else { AccessShare };
                        self.plan(&name, mode);
                        self.effects.unknown.scans = true;
                    } else {
                        self.read(&name, AccessShare);
                    }
                }
            }
            _ => {}
        }
    }

    /// The tables that new rows refer to: each row is looked for there and held.
    fn looks_up(&mut self, table: &Name) {
        let keys = self.table(table).into_iter().flat_map(|table| table.foreign_keys());
        let parents: Vec<Name> = keys.map(|(_, key)| self.resolve(&key.table)).collect();
        for parent in parents {
            self.hold_rows(&parent);
        }
    }

    /// SELECT … FOR KEY SHARE, as the triggers of foreign keys ask.
    fn hold_rows(&mut self, table: &Name) {
        self.plan(table, if self.at_least(12) { LockMode::RowShare } else { AccessShare });
        for member in self.family(table) {
            self.lock(&member, LockMode::RowShare);
        }
    }

    /// The tables whose rows refer to those that go, or whose key changes: they are looked for, or go or change as well.
    fn referring(&mut self, table: &Name, changed: Option<&[Ident]>) {
        let primary = self.table(table).and_then(|table| table.primary_key()).unwrap_or_default();
        let touches = |key: &ForeignKey| {
            let referenced = if key.referenced.is_empty() { primary } else { &key.referenced };
            changed.is_none_or(|changed| referenced.iter().any(|column| changed.contains(column)))
        };
        let owners: Vec<(Name, bool, Vec<Ident>)> = self
            .before()
            .tables()
            .flat_map(|owner| owner.foreign_keys().map(move |(_, key)| (owner, key)))
            .filter(|(_, key)| key.table == *table && touches(key))
            .map(|(owner, key)| {
                let action = if changed.is_some() { key.on_update } else { key.on_delete };
                let asks = matches!(action, ReferentialAction::NoAction | ReferentialAction::Restrict);
                (owner.name.clone(), asks, key.columns.clone())
            })
            .collect();
        for (owner, asks, columns) in owners {
            if asks {
                self.hold_rows(&owner);
            } else {
                self.plan(&owner, RowExclusive);
            }
            let found = self.table(&owner).is_some_and(|known| self.before().finds_by(known, &columns));
            if !found {
                self.scan(&owner);
            }
        }
    }

    /// Reads the rows that a WHERE finds: by a key, or where no index helps from end to end. Else it is the planner's choice.
    fn touch(&mut self, table: &Name, limited: bool, filter: Option<&Expr>) {
        if limited {
            match filter.and_then(|filter| self.finds_by_index(table, filter)) {
                Some(true) => return,
                Some(false) => {}
                None => {
                    self.effects.unknown.scans = true;
                    return;
                }
            }
        }
        for member in self.family(table) {
            self.scan(&member);
        }
    }

    /// Whether a condition gives every column of a unique index one value (true), or names no column with which an index begins (false).
    fn finds_by_index(&mut self, table: &Name, filter: &Expr) -> Option<bool> {
        if self.is_open(table) || self.is_partitioned(table) {
            return None;
        }
        let mut parts = Vec::new();
        conjuncts(filter, &mut parts);
        let given: Vec<&str> = parts.iter().filter_map(|part| given_a_value(part)).collect();
        let indexes = self.indexes(table);
        let covered = |index: &&Index| {
            let mut keys = index.keys.iter();
            index.unique
                && index.predicate.is_none()
                && keys.all(|key| key.column().is_some_and(|column| given.contains(&column)))
        };
        if indexes.iter().any(covered) {
            return Some(true);
        }
        let mut queries = false;
        filter.walk(&mut |part| queries |= matches!(part, Expr::Query(_) | Expr::Raw { .. }));
        let helps = |index: &&Index| {
            index.keys.first().is_some_and(|key| key.column().is_none_or(|column| filter.reads(column)))
        };
        (!queries && !indexes.iter().any(helps)).then_some(false)
    }

    fn read_all(&mut self, names: &[Name]) {
        for name in names {
            let name = self.resolve(name);
            self.read(&name, AccessShare);
        }
    }

    /// A query reads a table, or what a view reads.
    fn read(&mut self, name: &Name, mode: LockMode) {
        self.plan(name, mode);
        if let Some(view) = self.before().view(name).found().filter(|view| !view.materialized) {
            for inner in view.reads.clone() {
                let inner = self.resolve(&inner);
                if inner != *name {
                    self.read(&inner, mode);
                }
            }
            return;
        }
        for member in self.family(name) {
            self.scan(&member);
        }
    }

    /// The tables of a query that runs.
    pub(super) fn query(&mut self, query: Option<&Query>) {
        let Some(query) = query else {
            self.effects.unknown.locks = true;
            self.effects.unknown.scans = true;
            return;
        };
        let mut names = BTreeSet::new();
        query.each_relation(&mut |name: &Name| {
            names.insert(name.clone());
        });
        for name in names {
            let name = self.resolve(&name);
            self.read(&name, AccessShare);
        }
    }

    fn truncate(&mut self, tables: &[Name], cascade: bool, restart: bool, only: bool) {
        let mut all: Vec<Name> = Vec::new();
        for table in tables {
            let name = self.resolve(table);
            all.extend(if only { vec![name] } else { self.family(&name) });
        }
        let mut at = 0;
        while let Some(table) = all.get(at).cloned().filter(|_| cascade) {
            for owner in self.before().tables() {
                if owner.foreign_keys().any(|(_, key)| key.table == table) && !all.contains(&owner.name) {
                    all.push(owner.name.clone());
                }
            }
            at += 1;
        }
        for table in all {
            self.lock(&table, AccessExclusive);
            let indexes = self.index_names(&table);
            self.lock_all(indexes, AccessExclusive);
            if restart {
                let sequences = self.sequences_of(&table, None);
                self.lock_all(sequences, AccessExclusive);
            }
            if let Some(parent) = self.parent_of(&table).filter(|_| !self.at_least(14)) {
                self.lock(&parent, AccessShare);
            }
        }
    }
}

/// The column of `column = constant`.
fn given_a_value(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Operator { operator, operands } if operator == "=" => match operands.as_slice() {
            [Expr::Column(parts), value] | [value, Expr::Column(parts)] if value.is_constant() => {
                parts.last().map(String::as_str)
            }
            _ => None,
        },
        Expr::Operator { .. }
        | Expr::Column(_)
        | Expr::Literal(_)
        | Expr::Call { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => None,
    }
}
