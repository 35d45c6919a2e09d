//! What a statement costs on a live server, and where it may run at all, per engine and version.

pub mod support;

use crate::ops::Operation;
use crate::schema::{Catalog, Dialect, Engine, Lookup, Name, ObjectKind, PartitionKind};

/// Why a statement cannot run inside a transaction block: what it is, in capitals. `None`: it can, as far as we know.
///
/// Sources: PostgreSQL 10–18 (measured: SQLSTATE 25001), sqlite.org/lang_vacuum.html, sqlite.org/pragma.html#pragma_journal_mode.
pub fn refuses_transaction(operation: &Operation, engine: Engine, catalog: &Catalog) -> Option<String> {
    match engine.dialect {
        Dialect::Postgres => postgres_refuses(operation, engine, catalog),
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

fn postgres_refuses(operation: &Operation, engine: Engine, catalog: &Catalog) -> Option<String> {
    let is_partitioned = |name: &Name| matches!(catalog.table(&public(name)), Lookup::Found(table) if table.partition == PartitionKind::Parent);
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
            "REINDEX of a partitioned table"
        }
        Operation::DetachPartition { concurrently: true, .. } => "DETACH PARTITION … CONCURRENTLY",
        Operation::Vacuum { .. } => "VACUUM",
        Operation::Cluster { table: None } => "CLUSTER without a table",
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
        Operation::AlterType { change: crate::ops::AlterType::AddValue { .. }, .. }
            if engine.known_older_than(12, 0) =>
        {
            "ALTER TYPE … ADD VALUE before PostgreSQL 12"
        }
        Operation::Other { verb } if verb == "ALTER SYSTEM" || verb == "DISCARD ALL" => {
            return Some(verb.clone());
        }
        _ => return None,
    };
    Some(what.to_owned())
}

/// A name as the catalog keeps it under the default search path.
fn public(name: &Name) -> Name {
    match name.schema {
        Some(_) => name.clone(),
        None => Name::qualified(crate::schema::Ident::exact("public"), name.ident.clone()),
    }
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
        | Operation::CreatePolicy(_)
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
