//! What a statement costs on a live server, and where it may run at all, per engine and version.

pub mod keys;
mod lock;
mod mysql;
mod postgres;
mod second_run;
mod sqlite;
pub mod support;

use std::collections::{BTreeMap, BTreeSet};

pub use lock::LockMode;
pub use postgres::{Filled, filled};
pub use second_run::{SecondRun, second_run};

use crate::ops::{Operation, Outcome, Session, Statement, resolve};
use crate::schema::{Catalog, Dialect, Lookup, Name, ObjectKind, PartitionKind};

/// What a statement does to a live database. Names are of relations as they were before it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    /// The strongest mode in which each relation is locked that stood before: tables, and the indexes, sequences and views with them.
    pub locks: BTreeMap<Name, LockMode>,
    /// Tables and materialized views whose rows are written anew.
    pub rewrites: BTreeSet<Name>,
    /// Of those, the ones that are copied block by block: nothing looks at their rows, and their indexes stay.
    pub moved: BTreeSet<Name>,
    /// Relations that are read from end to end.
    pub scans: BTreeSet<Name>,
    /// Indexes that are built over rows that are there.
    pub builds: BTreeSet<Name>,
    /// Where there may be more than what stands above.
    pub unknown: Unknown,
}

/// What of the effects is not all known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[expect(missing_docs, reason = "each is the field of Effects of the same name")]
pub struct Unknown {
    pub locks: bool,
    pub rewrites: bool,
    pub scans: bool,
    pub builds: bool,
}

impl Unknown {
    fn all(&mut self) {
        *self = Self { locks: true, rewrites: true, scans: true, builds: true };
    }
}

impl Effects {
    /// A statement of which nothing can be said.
    pub fn nothing_known() -> Self {
        let mut unknown = Unknown::default();
        unknown.all();
        Self { unknown, ..Self::default() }
    }

    /// Adds those of another statement of the same transaction.
    pub fn add(&mut self, more: Self) {
        let Self { locks, rewrites, moved, scans, builds, unknown } = more;
        for (name, mode) in locks {
            let held = self.locks.entry(name).or_insert(mode);
            *held = (*held).max(mode);
        }
        self.rewrites.extend(rewrites);
        self.moved.extend(moved);
        self.scans.extend(scans);
        self.builds.extend(builds);
        self.unknown.locks |= unknown.locks;
        self.unknown.rewrites |= unknown.rewrites;
        self.unknown.scans |= unknown.scans;
        self.unknown.builds |= unknown.builds;
    }
}

/// What stands around a statement.
pub struct Around<'a> {
    /// The catalog before it.
    pub before: &'a Catalog,
    /// The catalog after it.
    pub after: &'a Catalog,
    /// The session that it runs in.
    pub session: &'a Session,
    /// What became of each of its operations.
    pub outcomes: &'a [Outcome],
    /// SQLite: whether foreign keys are enforced.
    pub foreign_keys: bool,
}

/// What a statement does to a live database.
pub fn of(statement: &Statement, around: &Around<'_>) -> Effects {
    let skipped = |outcome: &Outcome| matches!(outcome, Outcome::Skipped { .. });
    if !statement.when.is_empty() && around.outcomes.iter().all(skipped) {
        // Its condition does not hold.
        return Effects::default();
    }
    match around.session.engine.dialect {
        Dialect::Postgres => postgres::of(statement, around),
        Dialect::Sqlite => sqlite::of(statement, around),
        Dialect::Mysql => mysql::of(statement, around),
    }
}

/// Whether a statement is refused, and not only for want of a transaction block.
pub fn is_refused(outcomes: &[Outcome]) -> bool {
    let conflicts = outcomes.iter().filter_map(Outcome::conflict);
    conflicts.into_iter().any(|conflict| conflict.sqlstate() != postgres::NO_TRANSACTION)
}

/// Why a statement cannot run inside a transaction block: what it is, in capitals. `None`: it can, as far as we know.
///
/// Sources: PostgreSQL 10–18 (measured: SQLSTATE 25001), sqlite.org/lang_vacuum.html, sqlite.org/pragma.html#pragma_journal_mode.
pub fn refuses_transaction(operation: &Operation, session: &Session, catalog: &Catalog) -> Option<String> {
    match session.engine.dialect {
        Dialect::Postgres => postgres_refuses(operation, session, catalog),
        Dialect::Sqlite => match operation {
            Operation::Vacuum { .. } => Some("VACUUM".to_owned()),
            Operation::Pragma { name, value: Some(value) }
                if name.eq_ignore_ascii_case("journal_mode") && value.eq_ignore_ascii_case("wal") =>
            {
                Some("PRAGMA journal_mode = WAL".to_owned())
            }
            _ => None,
        },
        Dialect::Mysql => None,
    }
}

fn postgres_refuses(operation: &Operation, session: &Session, catalog: &Catalog) -> Option<String> {
    let engine = session.engine;
    let is_partitioned = |name: &Name| {
        let name = resolve(catalog, session, name);
        let table = catalog.index(&name).found().and_then(|index| index.table.clone()).unwrap_or(name);
        matches!(catalog.table(&table), Lookup::Found(table) if table.partition == PartitionKind::Parent)
    };
    // A type that the transaction itself made may be changed there.
    let is_new = |name: &Name| {
        let name = resolve(catalog, session, name);
        catalog.type_entry(&name).found().is_some()
            && session.at_begin.as_ref().is_some_and(|before| before.type_entry(&name).found().is_none())
    };
    let what = match operation {
        Operation::CreateIndex(create) if create.concurrently => "CREATE INDEX CONCURRENTLY",
        Operation::Drop(drop) if drop.concurrently => "DROP INDEX CONCURRENTLY",
        Operation::Drop(drop) => match drop.kind {
            ObjectKind::Database => "DROP DATABASE",
            ObjectKind::Tablespace => "DROP TABLESPACE",
            _ => return None,
        },
        Operation::Reindex { concurrently: true, .. } => "REINDEX CONCURRENTLY",
        Operation::Reindex { kind: ObjectKind::Schema, .. } => "REINDEX SCHEMA",
        Operation::Reindex { name: None, .. } => "REINDEX DATABASE",
        // Refused since 14 (measured); before, it is one transaction.
        Operation::Reindex { name: Some(name), .. } if engine.at_least(14, 0) && is_partitioned(name) => {
            "REINDEX of a partitioned table or index"
        }
        Operation::DetachPartition { concurrently: true, .. } => "DETACH PARTITION … CONCURRENTLY",
        Operation::Vacuum { .. } => "VACUUM",
        Operation::Cluster { table: None, .. } => "CLUSTER without a table",
        Operation::CreateOther { object, .. } => match object.kind {
            ObjectKind::Database => "CREATE DATABASE",
            ObjectKind::Tablespace => "CREATE TABLESPACE",
            _ => return None,
        },
        Operation::AlterOther { object, what }
            if object.kind == ObjectKind::Database && what.starts_with("SET TABLESPACE") =>
        {
            "ALTER DATABASE … SET TABLESPACE"
        }
        Operation::AlterType { change: crate::ops::AlterType::AddValue { .. }, name }
            if engine.known_older_than(12, 0) && !is_new(name) =>
        {
            "ALTER TYPE … ADD VALUE before PostgreSQL 12"
        }
        Operation::Other { verb }
            if matches!(
                verb.as_str(),
                "ALTER SYSTEM" | "DISCARD ALL" | "CREATE SUBSCRIPTION" | "REINDEX SYSTEM"
            ) =>
        {
            return Some(verb.clone());
        }
        _ => return None,
    };
    Some(what.to_owned())
}

/// Whether an operation changes anything that stays: schema, rows or settings of objects. Settings of the session,
/// queries, transaction control and what is temporary do not.
pub fn changes_something(operation: &Operation) -> bool {
    match operation {
        Operation::CreateTable(create) => !create.temporary,
        Operation::CreateView(create) => !create.temporary,
        Operation::CreateSequence(create) => !create.temporary,
        Operation::CreateTrigger(create) => !create.temporary,
        Operation::AddColumn { .. }
        | Operation::DropColumn { .. }
        | Operation::AlterColumn { .. }
        | Operation::AddConstraint { .. }
        | Operation::DropConstraint { .. }
        | Operation::ValidateConstraint { .. }
        | Operation::AlterConstraint { .. }
        | Operation::RenameColumn { .. }
        | Operation::RenameConstraint { .. }
        | Operation::AttachPartition { .. }
        | Operation::DetachPartition { .. }
        | Operation::SetTableOption { .. }
        | Operation::Rename { .. }
        | Operation::SetSchema { .. }
        | Operation::SetOwner { .. }
        | Operation::Drop(_)
        | Operation::CreateIndex(_)
        | Operation::Reindex { .. }
        | Operation::RefreshView { .. }
        | Operation::AlterSequence(_)
        | Operation::CreateType(_)
        | Operation::AlterType { .. }
        | Operation::CreateDomain(_)
        | Operation::AlterDomain { .. }
        | Operation::CreateFunction(_)
        | Operation::AlterFunction { .. }
        | Operation::CreatePolicy(_)
        | Operation::AlterPolicy(_)
        | Operation::CreatePublication { .. }
        | Operation::AlterPublication { .. }
        | Operation::CreateRule { .. }
        | Operation::CreateSchema { .. }
        | Operation::CreateExtension { .. }
        | Operation::CreateOther { .. }
        | Operation::AlterOther { .. }
        | Operation::Comment { .. }
        | Operation::Privilege { .. }
        | Operation::Insert(_)
        | Operation::Update { .. }
        | Operation::Delete { .. }
        | Operation::Merge { .. }
        | Operation::Truncate { .. }
        | Operation::Copy { from: true, .. }
        | Operation::Cluster { .. }
        | Operation::Do
        | Operation::Opaque { .. } => true,
        Operation::Copy { from: false, .. }
        | Operation::Query { .. }
        | Operation::Begin
        | Operation::Commit { .. }
        | Operation::Rollback { .. }
        | Operation::Savepoint(_)
        | Operation::RollbackTo(_)
        | Operation::Release(_)
        | Operation::Set { .. }
        | Operation::Pragma { .. }
        | Operation::Lock { .. }
        | Operation::Vacuum { .. }
        | Operation::Analyze { .. }
        | Operation::Other { .. } => false,
    }
}
