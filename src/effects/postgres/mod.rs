//! What a statement costs on PostgreSQL 10 to 18.
//!
//! Sources: `AlterTableGetLockLevel` and its neighbours in PostgreSQL's tablecmds.c, indexcmds.c and dependency.c, and what servers of
//! every major did (`tests/data/postgres-shown.json`).

mod alter_table;
mod drop;
mod indexes;
mod partitions;
mod retype;
mod rows;
mod volatile;

pub use alter_table::{Filled, filled};

use std::collections::BTreeSet;

use super::{Around, Effects, LockMode};
use crate::ops::{
    AlterDomain, AlterPublication, AlterType, CreateTable, CreateView, Guard, Op, Operation, Outcome,
    Statement, resolve,
};
use crate::schema::{
    Catalog, Engine, Expr, Ident, Index, Lookup, Name, ObjectKind, ObjectRef, PartitionKind, Published,
    Relation, Table, Type,
};
use LockMode::{AccessExclusive, AccessShare, RowExclusive, Share, ShareRowExclusive, ShareUpdateExclusive};

/// The SQLSTATE of what needs a transaction block.
pub(super) const NO_TRANSACTION: &str = "25P01";

/// What a statement does.
pub fn of(statement: &Statement, around: &Around<'_>) -> Effects {
    let mut work = Work { around, effects: Effects::default() };
    for (op, outcome) in statement.ops.iter().zip(around.outcomes) {
        match outcome {
            // In a transaction block it would run.
            Outcome::Refused(conflict) if conflict.sqlstate() == NO_TRANSACTION => {}
            Outcome::Refused(_) => return Effects::nothing_known(),
            Outcome::Done | Outcome::Skipped { .. } => {}
        }
        work.op(op, outcome);
    }
    work.rewritten();
    work.effects
}

/// What is known so far of what a statement does.
struct Work<'a> {
    around: &'a Around<'a>,
    effects: Effects,
}

impl<'a> Work<'a> {
    fn before(&self) -> &'a Catalog {
        self.around.before
    }

    fn after(&self) -> &'a Catalog {
        self.around.after
    }

    fn engine(&self) -> Engine {
        self.around.session.engine
    }

    fn at_least(&self, major: u32) -> bool {
        self.engine().at_least(major, 0)
    }

    fn resolve(&self, name: &Name) -> Name {
        resolve(self.before(), self.around.session, name)
    }

    /// Locks a relation that stood before.
    fn lock(&mut self, name: &Name, mode: LockMode) {
        if self.before().relation(name).is_absent() && !self.is_composite(name) {
            return;
        }
        let held = self.effects.locks.entry(name.clone()).or_insert(mode);
        *held = (*held).max(mode);
    }

    /// A composite type is a relation too.
    fn is_composite(&self, name: &Name) -> bool {
        let entry = self.before().type_entry(name).found();
        entry.is_some_and(|entry| matches!(entry.kind, crate::schema::TypeKind::Composite(_)))
    }

    fn lock_all(&mut self, names: impl IntoIterator<Item = Name>, mode: LockMode) {
        for name in names {
            self.lock(&name, mode);
        }
    }

    fn scan(&mut self, name: &Name) {
        if !self.before().relation(name).is_absent() && !self.is_partitioned(name) {
            self.effects.scans.insert(name.clone());
        }
    }

    fn rewrite(&mut self, name: &Name) {
        if !self.before().relation(name).is_absent() && !self.is_partitioned(name) {
            self.effects.rewrites.insert(name.clone());
            self.effects.scans.insert(name.clone());
        }
    }

    fn table(&self, name: &Name) -> Option<&'a Table> {
        self.before().table(name).found()
    }

    fn is_partitioned(&self, name: &Name) -> bool {
        self.table(name).is_some_and(|table| table.partition == PartitionKind::Parent)
    }

    /// The indexes of a table or materialized view, before. Of one that is older than the history they are not all known.
    fn indexes(&mut self, table: &Name) -> Vec<&'a Index> {
        if self.is_open(table) {
            self.effects.unknown.locks = true;
        }
        self.before().indexes_of(table).collect()
    }

    fn index_names(&mut self, table: &Name) -> Vec<Name> {
        self.indexes(table).into_iter().map(|index| index.name.clone()).collect()
    }

    fn is_open(&self, table: &Name) -> bool {
        match self.before().relation(table) {
            Lookup::Found(Relation::Table(table)) => table.open,
            Lookup::Found(Relation::View(_) | Relation::Index(_) | Relation::Sequence(_))
            | Lookup::Absent => false,
            Lookup::Unknown => true,
        }
    }

    /// A table, its partitions and heirs, and theirs.
    fn family(&self, table: &Name) -> Vec<Name> {
        let mut all = vec![table.clone()];
        let mut at = 0;
        while let Some(parent) = all.get(at).cloned() {
            for child in self.before().children(&parent) {
                if !all.contains(&child) {
                    all.push(child);
                }
            }
            at += 1;
        }
        all
    }

    /// The default partition among the partitions of a table.
    fn default_partition(&self, parent: &Name) -> Option<Name> {
        let mut children = self.before().children(parent).into_iter();
        children.find(|child| {
            self.table(child).is_some_and(|table| table.bound == Some(crate::schema::Bound::Default))
        })
    }

    /// What a query locks of a table that it reads: with it the indexes among which the planner chooses. What it reads of a partitioned
    /// table it reads of its partitions.
    fn plan(&mut self, table: &Name, mode: LockMode) {
        for member in self.family(table) {
            self.lock(&member, mode);
            if self.is_partitioned(&member) && !self.at_least(16) {
                continue;
            }
            for index in self.index_names(&member) {
                self.lock(&index, mode);
            }
        }
    }

    /// What the rewrites bring about: every index of the table is built anew.
    fn rewritten(&mut self) {
        for table in self.effects.rewrites.clone() {
            for index in self.index_names(&table) {
                if self.effects.moved.contains(&table) {
                    continue;
                }
                self.lock(&index, AccessExclusive);
                if self.after().index(&index).found().is_some() {
                    self.effects.builds.insert(index);
                }
            }
        }
    }

    /// The indexes that the statement makes on a table that stood before.
    fn new_indexes(&mut self, table: &Name) -> Vec<&'a Index> {
        let after = self.after();
        after
            .indexes_of(table)
            .filter(|index| {
                // One that is dropped and made again has its old name.
                let same = |known: &Index| {
                    known.name == index.name && known.made == index.made && known.keys == index.keys
                };
                !self.before().indexes_of(table).any(same)
            })
            .collect()
    }

    /// Builds what is new on a table, for which it is read from end to end.
    fn build_new(&mut self, table: &Name) {
        if self.is_partitioned(table) {
            return;
        }
        for index in self.new_indexes(table) {
            self.effects.builds.insert(index.name.clone());
            self.scan(table);
        }
    }

    fn op(&mut self, op: &Op, outcome: &Outcome) {
        let skipped = matches!(outcome, Outcome::Skipped { .. });
        match &op.kind {
            Operation::CreateTable(create) => self.create_table(create, skipped),
            Operation::AddColumn { table, def, .. } => self.add_column(table, def, skipped),
            Operation::DropColumn { table, column, cascade, .. } => {
                let name = self.resolve(&table.name);
                self.drop_column(&name, column, *cascade, skipped);
            }
            Operation::AlterColumn { table, column, change } => self.alter_column(table, column, change),
            Operation::AddConstraint { table, constraint } => self.add_constraint(table, constraint, skipped),
            Operation::DropConstraint { table, constraint, cascade, .. } => {
                self.drop_constraint(table, constraint, *cascade, skipped);
            }
            Operation::ValidateConstraint { table, constraint } => self.validate(table, constraint),
            Operation::AlterConstraint { table, constraint, attributes } => {
                self.alter_constraint(table, constraint, attributes);
            }
            Operation::RenameColumn { table, .. } => {
                let name = self.resolve(&table.name);
                let family = self.family(&name);
                self.lock_all(family, AccessExclusive);
            }
            Operation::RenameConstraint { table, from, .. } => self.rename_constraint(table, from),
            Operation::AttachPartition { table, partition, .. } => self.attach(table, partition),
            Operation::DetachPartition { table, partition, concurrently, .. } => {
                self.detach(table, partition, *concurrently);
            }
            Operation::SetTableOption { table, option } => self.set_option(table, option),
            Operation::Rename { object, .. } => self.rename(object),
            Operation::SetSchema { object, .. } => self.set_schema(object),
            Operation::SetOwner { object, .. } => self.set_owner(object),
            Operation::Drop(drop) => self.drop(drop, skipped),
            Operation::CreateIndex(create) => self.create_index(create, skipped),
            Operation::Reindex { kind, name, concurrently } => {
                self.reindex(*kind, name.as_ref(), *concurrently)
            }
            Operation::CreateView(create) => self.create_view(create, skipped),
            Operation::RefreshView { view, concurrently, with_data } => {
                self.refresh(view, *concurrently, *with_data);
            }
            Operation::CreateSequence(create) => {
                if let Some((table, _)) = create.owned_by.as_ref().filter(|_| !skipped) {
                    let table = self.resolve(table);
                    self.lock(&table, AccessShare);
                }
            }
            Operation::AlterSequence(alter) => {
                let name = self.resolve(&alter.name);
                self.lock(&name, ShareRowExclusive);
                if let Some(Some((table, _))) = &alter.owned_by {
                    let table = self.resolve(table);
                    self.lock(&table, AccessShare);
                }
            }
            Operation::AlterType { name, change } => self.alter_type(name, change),
            Operation::AlterDomain { name, change } => self.alter_domain(name, change),
            Operation::CreateTrigger(create) => {
                if !skipped {
                    let table = self.resolve(&create.table);
                    let family = if create.trigger.each_row { self.partitions(&table) } else { vec![table] };
                    self.lock_all(family, ShareRowExclusive);
                }
            }
            Operation::CreatePolicy(create) => {
                let table = self.resolve(&create.table);
                self.lock(&table, AccessExclusive);
                self.expressions(create.policy.using.iter().chain(&create.policy.check));
            }
            Operation::AlterPolicy(alter) => {
                let table = self.resolve(&alter.table);
                self.lock(&table, AccessExclusive);
                self.expressions(alter.using.iter().chain(&alter.check));
            }
            Operation::CreateRule { table, .. } => {
                let table = self.resolve(table);
                self.lock(&table, AccessExclusive);
            }
            Operation::CreatePublication { publication, .. } => self.published(&publication.members),
            Operation::AlterPublication { name, change } => self.alter_publication(name, change),
            Operation::CreateOther { detail, .. } => {
                if let crate::schema::Detail::Statistics(statistics) = &**detail {
                    let table = self.resolve(&statistics.table);
                    self.lock(&table, ShareUpdateExclusive);
                }
            }
            Operation::AlterOther { object, what } => self.alter_other(object, what),
            Operation::Comment { object, .. } => self.comment(object),
            Operation::Privilege { what, text, on } => self.privilege(what, text, on),
            Operation::Insert(_)
            | Operation::Update { .. }
            | Operation::Delete { .. }
            | Operation::Merge { .. }
            | Operation::Truncate { .. }
            | Operation::Copy { .. }
            | Operation::Query { .. } => self.rows(&op.kind),
            Operation::Lock { tables, mode, only, .. } => self.lock_tables(tables, mode, *only),
            Operation::Vacuum { tables, full } => self.vacuum(tables, *full),
            Operation::Analyze { tables } => self.analyze(tables),
            Operation::Cluster { table, .. } => self.cluster(table.as_ref()),
            Operation::CreateType(_)
            | Operation::CreateDomain(_)
            | Operation::CreateFunction(_)
            | Operation::AlterFunction { .. }
            | Operation::CreateSchema { .. }
            | Operation::CreateExtension { .. }
            | Operation::Begin
            | Operation::Commit { .. }
            | Operation::Rollback { .. }
            | Operation::Savepoint(_)
            | Operation::RollbackTo(_)
            | Operation::Release(_)
            | Operation::Set { .. }
            | Operation::Pragma { .. }
            | Operation::Do
            | Operation::Other { .. } => {}
            Operation::Opaque { .. } => self.effects = Effects::nothing_known(),
        }
    }

    fn create_table(&mut self, create: &CreateTable, skipped: bool) {
        if skipped {
            return;
        }
        let name = self.resolve(&create.name);
        let keys = create.columns.iter().flat_map(|def| &def.constraints);
        let keys = keys.chain(create.constraints.iter().map(|def| &def.constraint));
        for key in keys.filter_map(|constraint| constraint.kind.foreign_key()) {
            let parent = self.resolve(&key.table);
            let family = self.partitions(&parent);
            self.lock_all(family, ShareRowExclusive);
        }
        for (source, _) in &create.like {
            let source = self.resolve(source);
            self.lock(&source, AccessShare);
        }
        for parent in &create.inherits {
            let parent = self.resolve(parent);
            self.lock(&parent, ShareUpdateExclusive);
        }
        if let Some((parent, _)) = &create.partition_of {
            let parent = self.resolve(parent);
            self.becomes_partition(&name, &parent, AccessExclusive);
        }
        if let Some(of) = &create.of_type {
            let of = self.resolve(of);
            self.lock(&of, AccessShare);
        }
        if create.from_query {
            self.query(create.tree.as_deref());
        }
    }

    /// A partitioned table and its partitions; another table alone.
    fn partitions(&self, table: &Name) -> Vec<Name> {
        if self.is_partitioned(table) { self.family(table) } else { vec![table.clone()] }
    }

    fn rename(&mut self, object: &ObjectRef) {
        let name = self.resolve(&object.name);
        match object.kind {
            // ALTER TABLE takes its own lock on whatever it names.
            ObjectKind::Index if self.at_least(12) => self.lock(&name, ShareUpdateExclusive),
            kind if kind.is_relation() => self.lock(&name, AccessExclusive),
            ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule => {
                if let Some(table) = &object.on {
                    let table = self.resolve(table);
                    let family = if object.kind == ObjectKind::Trigger {
                        self.partitions(&table)
                    } else {
                        vec![table]
                    };
                    self.lock_all(family, AccessExclusive);
                }
            }
            ObjectKind::Type => self.lock(&name, AccessExclusive),
            _ => {}
        }
    }

    fn set_schema(&mut self, object: &ObjectRef) {
        let name = self.resolve(&object.name);
        if !object.kind.is_relation() {
            return;
        }
        self.lock(&name, AccessExclusive);
        for sequence in self.sequences_of(&name, None) {
            self.lock(&sequence, AccessExclusive);
        }
    }

    fn set_owner(&mut self, object: &ObjectRef) {
        let name = self.resolve(&object.name);
        if !object.kind.is_relation() {
            return;
        }
        self.lock(&name, AccessExclusive);
        let more = [self.index_names(&name), self.sequences_of(&name, None)].concat();
        self.lock_all(more, AccessExclusive);
    }

    /// The sequences that a table owns, or one of its columns.
    fn sequences_of(&self, table: &Name, column: Option<&Ident>) -> Vec<Name> {
        self.before().sequences_of(table, column).map(|sequence| sequence.name.clone()).collect()
    }

    fn create_view(&mut self, create: &CreateView, skipped: bool) {
        if skipped {
            return;
        }
        let name = self.resolve(&create.name);
        if create.guard == Guard::OrReplace {
            self.lock(&name, AccessExclusive);
        }
        if create.materialized && !create.no_data {
            self.query(create.tree.as_ref());
        }
        for table in &create.reads {
            let table = self.resolve(table);
            self.lock(&table, AccessShare);
        }
    }

    fn refresh(&mut self, view: &Name, concurrently: bool, with_data: bool) {
        let name = self.resolve(view);
        let mode = if concurrently { LockMode::Exclusive } else { AccessExclusive };
        self.lock(&name, mode);
        if concurrently {
            // What differs is deleted and inserted.
            let indexes = self.index_names(&name);
            self.lock_all(indexes, RowExclusive);
        } else {
            self.rewrite(&name);
        }
        if !with_data {
            self.effects.scans.remove(&name);
            return;
        }
        self.scan(&name);
        let Some(found) = self.before().view(&name).found() else { return };
        for table in &found.reads {
            let table = self.resolve(table);
            self.plan(&table, AccessShare);
            self.scan(&table);
        }
    }

    fn alter_type(&mut self, name: &Name, change: &AlterType) {
        let name = self.resolve(name);
        match change {
            AlterType::AddAttribute { .. }
            | AlterType::DropAttribute { .. }
            | AlterType::AlterAttribute { .. }
            | AlterType::RenameAttribute { .. } => {
                self.lock(&name, AccessExclusive);
                let typed: Vec<Name> = self
                    .before()
                    .tables()
                    .filter(|table| table.of_type.as_ref() == Some(&name))
                    .map(|table| table.name.clone())
                    .collect();
                self.lock_all(typed, AccessExclusive);
            }
            AlterType::AddValue { .. } | AlterType::RenameValue { .. } | AlterType::Parameters => {}
        }
    }

    /// A new constraint of a domain is asked of every table that has a column of it.
    fn alter_domain(&mut self, name: &Name, change: &AlterDomain) {
        let checks = match change {
            AlterDomain::AddConstraint(constraint) => !constraint.not_valid,
            AlterDomain::ValidateConstraint(_) | AlterDomain::SetNotNull => true,
            AlterDomain::SetDefault(_)
            | AlterDomain::DropDefault
            | AlterDomain::DropNotNull
            | AlterDomain::DropConstraint { .. } => false,
        };
        if !checks {
            return;
        }
        let name = self.resolve(name);
        let mut domains = vec![name];
        let mut at = 0;
        while let Some(domain) = domains.get(at).cloned() {
            for entry in self.before().types() {
                if let crate::schema::TypeKind::Domain { ty, .. } = &entry.kind
                    && self.is_type(ty, &domain)
                    && !domains.contains(&entry.name)
                {
                    domains.push(entry.name.clone());
                }
            }
            at += 1;
        }
        let uses = |table: &Table| {
            let mut types = table.columns.iter().filter_map(|member| member.column.ty.as_ref());
            types.any(|ty| domains.iter().any(|domain| self.is_type(ty, domain)))
        };
        let tables: Vec<Name> =
            self.before().tables().filter(|table| uses(table)).map(|table| table.name.clone()).collect();
        for table in tables {
            self.lock(&table, Share);
            self.scan(&table);
        }
    }

    fn is_type(&self, ty: &Type, name: &Name) -> bool {
        self.type_name(ty) == *name
    }

    /// The full name that a type of the user's would have.
    fn type_name(&self, ty: &Type) -> Name {
        let name =
            Name { schema: ty.schema.as_deref().map(Ident::exact), ident: Ident::exact(ty.name.as_str()) };
        self.resolve(&name)
    }

    fn published(&mut self, members: &[Published]) {
        for member in members {
            if let Published::Table(name, ..) = member {
                let name = self.resolve(name);
                self.lock(&name, ShareUpdateExclusive);
            }
        }
    }

    fn alter_publication(&mut self, name: &Ident, change: &AlterPublication) {
        match change {
            AlterPublication::Add(members) | AlterPublication::Drop(members) => self.published(members),
            AlterPublication::Set(members) => {
                self.published(members);
                let object =
                    ObjectRef { kind: ObjectKind::Publication, name: Name::bare(name.clone()), on: None };
                if let Lookup::Found(other) = self.before().other(&object)
                    && let crate::schema::Detail::Publication(known) = &other.detail
                {
                    self.published(&known.members);
                }
            }
            AlterPublication::Options(_) => {}
        }
    }

    fn alter_other(&mut self, object: &ObjectRef, what: &str) {
        // ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b.
        if object.kind == ObjectKind::Tablespace && what.contains("SET TABLESPACE") {
            if object.name.ident.key() != "pg_default" {
                self.effects.unknown.all();
                return;
            }
            for table in self.every_table() {
                self.lock(&table, AccessExclusive);
                self.effects.rewrites.insert(table.clone());
                self.effects.moved.insert(table);
            }
        }
    }

    fn comment(&mut self, object: &ObjectRef) {
        match object.kind {
            ObjectKind::Column => {
                if let Some(table) = &object.on {
                    let table = self.resolve(table);
                    self.lock(&table, ShareUpdateExclusive);
                }
            }
            ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule => {
                if let Some(table) = &object.on {
                    let table = self.resolve(table);
                    self.lock(&table, AccessShare);
                }
            }
            kind if kind.is_relation() => {
                let name = self.resolve(&object.name);
                self.lock(&name, ShareUpdateExclusive);
            }
            ObjectKind::Type => {
                let name = self.resolve(&object.name);
                if self.is_composite(&name) {
                    self.lock(&name, ShareUpdateExclusive);
                }
            }
            _ => {}
        }
    }

    /// Since 18 GRANT and REVOKE lock what they are about.
    fn privilege(&mut self, what: &str, text: &str, on: &[Name]) {
        if let Some(roles) = text.strip_prefix("DROP OWNED BY ") {
            self.drop_owned(roles);
        }
        if !self.at_least(18) || !matches!(what, "GRANT" | "REVOKE") {
            return;
        }
        for name in on {
            let name = self.resolve(name);
            self.lock(&name, AccessShare);
        }
    }

    fn lock_tables(&mut self, tables: &[Name], mode: &str, only: bool) {
        let mode = LockMode::from_name(mode).unwrap_or(AccessExclusive);
        for table in tables {
            let name = self.resolve(table);
            match self.before().view(&name).found() {
                Some(view) => {
                    self.lock(&name, mode);
                    let reads: Vec<Name> = view.reads.iter().map(|table| self.resolve(table)).collect();
                    self.lock_all(reads, mode);
                }
                None => {
                    let family = if only { vec![name] } else { self.family(&name) };
                    self.lock_all(family, mode);
                }
            }
        }
    }

    /// Tables that stand in expressions, within queries.
    fn expressions<'e>(&mut self, exprs: impl Iterator<Item = &'e Expr>) {
        let mut names = BTreeSet::new();
        for expr in exprs {
            expr.walk_all(&mut |part| {
                if let Expr::Query(inner) = part {
                    inner.query.each_relation(&mut |name: &Name| {
                        names.insert(name.clone());
                    });
                }
            });
        }
        for name in names {
            let name = self.resolve(&name);
            self.lock(&name, AccessShare);
        }
    }
}
