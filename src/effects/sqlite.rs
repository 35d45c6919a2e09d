//! What a statement costs on SQLite: no locks of tables (a change locks the whole database for other writers), but rows that are read
//! or written anew.
//!
//! Sources: sqlite.org/lang_altertable.html, sqlite.org/foreignkeys.html#fk_schemacommands, and what SQLite 3.40 did
//! (`tests/data/sqlite-shown.json`).

use super::{Around, Effects};
use crate::ops::{InsertSource, Op, Operation, Outcome, Statement, resolve};
use crate::schema::{ConstraintKind, GeneratedKind, Name, ObjectKind, Table};

/// What a statement does.
pub fn of(statement: &Statement, around: &Around<'_>) -> Effects {
    let mut work = Work { around, effects: Effects::default() };
    for (op, outcome) in statement.ops.iter().zip(around.outcomes) {
        match outcome {
            Outcome::Refused(_) => return Effects::nothing_known(),
            Outcome::Skipped { .. } => {}
            Outcome::Done => work.op(op),
        }
    }
    work.effects
}

struct Work<'a> {
    around: &'a Around<'a>,
    effects: Effects,
}

impl<'a> Work<'a> {
    fn resolve(&self, name: &Name) -> Name {
        resolve(self.around.before, self.around.session, name)
    }

    fn table(&self, name: &Name) -> Option<&'a Table> {
        self.around.before.table(name).found()
    }

    /// Reads a table from end to end, or what a view reads.
    fn scan(&mut self, name: &Name) {
        let name = self.resolve(name);
        if let Some(view) = self.around.before.view(&name).found() {
            for inner in view.reads.clone() {
                if self.resolve(&inner) != name {
                    self.scan(&inner);
                }
            }
        } else if !self.around.before.relation(&name).is_absent() {
            self.effects.scans.insert(name);
        }
    }

    fn rewrite(&mut self, name: &Name) {
        let name = self.resolve(name);
        if !self.around.before.relation(&name).is_absent() {
            self.effects.rewrites.insert(name.clone());
            self.effects.scans.insert(name);
        }
    }

    fn every_table(&self) -> Vec<Name> {
        self.around.before.tables().map(|table| table.name.clone()).collect()
    }

    fn op(&mut self, op: &Op) {
        match &op.kind {
            Operation::AddColumn { table, def, .. } => {
                let checks = def.constraints.iter().any(|one| matches!(one.kind, ConstraintKind::Check(_)));
                let computed = def.column.generated.is_some() && def.column.not_null == Some(true);
                if checks || computed {
                    self.scan(&table.name);
                }
            }
            Operation::DropColumn { table, column, .. } => {
                let name = self.resolve(&table.name);
                let member = self.table(&name).and_then(|table| table.column(column.key()).found());
                let stored = member.is_none_or(|member| {
                    member.column.generated.as_ref().is_none_or(|one| one.kind == GeneratedKind::Stored)
                });
                if stored {
                    self.rewrite(&name);
                }
            }
            Operation::CreateTable(create) => {
                if create.from_query {
                    match create.tree.as_deref() {
                        Some(tree) => {
                            let mut names = Vec::new();
                            tree.each_relation(&mut |name: &Name| names.push(name.clone()));
                            names.iter().for_each(|name| self.scan(name));
                        }
                        None => self.effects.unknown.scans = true,
                    }
                }
            }
            Operation::CreateIndex(create) => {
                let table = self.resolve(&create.table);
                self.scan(&table);
                if let Some(name) = &create.name {
                    let schema = name.schema.clone().or_else(|| table.schema.clone());
                    self.effects.builds.insert(Name { schema, ident: name.ident.clone() });
                }
            }
            Operation::Drop(drop) if drop.kind == ObjectKind::Table => {
                for object in &drop.objects {
                    let name = self.resolve(&object.name);
                    // With foreign keys on, its rows are deleted first, and those that refer to them looked for.
                    let refers = |owner: &Table| owner.foreign_keys().any(|(_, key)| key.table == name);
                    let owners: Vec<Name> = self
                        .around
                        .before
                        .tables()
                        .filter(|owner| refers(owner))
                        .map(|owner| owner.name.clone())
                        .collect();
                    if !owners.is_empty() && self.enforces() {
                        self.scan(&name);
                        owners.iter().for_each(|owner| self.scan(owner));
                    }
                }
            }
            Operation::Reindex { name, .. } => match name {
                Some(name) => {
                    let name = self.resolve(name);
                    let index = self.around.before.index(&name).found();
                    match index.and_then(|index| index.table.clone()) {
                        Some(table) => {
                            self.effects.builds.insert(name);
                            self.scan(&table);
                        }
                        None => self.rebuild(&name),
                    }
                }
                None => self.every_table().iter().for_each(|table| self.rebuild(table)),
            },
            Operation::Vacuum { .. } => {
                for table in self.every_table() {
                    self.rewrite(&table);
                    self.rebuild(&table);
                }
            }
            Operation::Analyze { tables } => {
                let all = if tables.is_empty() { self.every_table() } else { tables.clone() };
                all.iter().for_each(|table| self.scan(table));
            }
            Operation::Insert(insert) => {
                if let InsertSource::Query { reads, .. } = &insert.source {
                    reads.iter().for_each(|name| self.scan(name));
                }
            }
            Operation::Update { table, limited, reads, .. }
            | Operation::Delete { table, limited, reads, .. } => {
                // Which rows a WHERE finds, and how, is the planner's choice.
                self.effects.unknown.scans |= *limited;
                if !limited {
                    self.scan(table);
                }
                reads.iter().for_each(|name| self.scan(name));
            }
            Operation::Query { reads, .. } => reads.iter().for_each(|name| self.scan(name)),
            Operation::Pragma { name, .. }
                if ["integrity_check", "quick_check", "foreign_key_check"].contains(&name.as_str()) =>
            {
                self.every_table().iter().for_each(|table| self.scan(table));
            }
            Operation::Opaque { .. } => self.effects = Effects::nothing_known(),
            Operation::AlterColumn { .. }
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
            | Operation::CreateView(_)
            | Operation::RefreshView { .. }
            | Operation::CreateSequence(_)
            | Operation::AlterSequence(_)
            | Operation::CreateType(_)
            | Operation::AlterType { .. }
            | Operation::CreateDomain(_)
            | Operation::AlterDomain { .. }
            | Operation::CreateFunction(_)
            | Operation::AlterFunction { .. }
            | Operation::CreateTrigger(_)
            | Operation::CreatePolicy(_)
            | Operation::AlterPolicy(_)
            | Operation::CreateRule { .. }
            | Operation::CreateSchema { .. }
            | Operation::CreateExtension { .. }
            | Operation::CreatePublication { .. }
            | Operation::AlterPublication { .. }
            | Operation::CreateOther { .. }
            | Operation::AlterOther { .. }
            | Operation::Comment { .. }
            | Operation::Privilege { .. }
            | Operation::Merge { .. }
            | Operation::Truncate { .. }
            | Operation::Copy { .. }
            | Operation::Begin
            | Operation::Commit { .. }
            | Operation::Rollback { .. }
            | Operation::Savepoint(_)
            | Operation::RollbackTo(_)
            | Operation::Release(_)
            | Operation::Set { .. }
            | Operation::Pragma { .. }
            | Operation::Lock { .. }
            | Operation::Cluster { .. }
            | Operation::Do
            | Operation::Other { .. } => {}
        }
    }

    /// Builds the indexes of a table anew.
    fn rebuild(&mut self, table: &Name) {
        let table = self.resolve(table);
        for index in self.around.before.indexes_of(&table) {
            self.effects.builds.insert(index.name.clone());
            self.effects.scans.insert(table.clone());
        }
    }

    /// Whether foreign keys are enforced: as the session said, else as the project has it.
    fn enforces(&self) -> bool {
        self.around.foreign_keys
    }
}
