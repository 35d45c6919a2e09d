//! Tables, their columns and constraints, and the indexes on them.

use std::sync::Arc;

use super::{Outcome, Step, names};
use crate::ops::{
    AlterColumn, ColumnDef, Conflict, CreateIndex, CreateTable, Guard, TableOption, TableTarget,
};
use crate::schema::{
    Catalog, Column, Constraint, ConstraintKind, Dialect, Expr, ForeignKey, Ident, Index, IndexKey, Literal,
    Lookup, Member, Name, ObjectKind, ObjectRef, PartitionKind, Relation, Sequence, Slot, Table, Type,
    canonical,
};
use crate::text::Place;

/// A column of a table to be changed; one that may be there is put there.
pub fn member<'a>(table: &'a mut Table, column: &Ident) -> Option<&'a mut Member> {
    if let Lookup::Unknown = table.column(column.key()) {
        let column = Column::unknown(column.clone());
        table.columns.push(Arc::new(Member { column, filled: false, defaulted: false, made: None }));
    }
    table.columns.iter_mut().find(|member| member.column.name == *column).map(Arc::make_mut)
}

pub(super) fn column_ref(table: &Name, column: &Ident) -> ObjectRef {
    ObjectRef { kind: ObjectKind::Column, name: Name::bare(column.clone()), on: Some(table.clone()) }
}

fn constraint_ref(table: &Name, constraint: &Ident) -> ObjectRef {
    ObjectRef { kind: ObjectKind::Constraint, name: Name::bare(constraint.clone()), on: Some(table.clone()) }
}

impl Step<'_> {
    pub(super) fn create_table(&mut self, create: &CreateTable) -> Outcome {
        let name = if create.temporary && create.name.schema.is_none() {
            Name::qualified(self.catalog.temporary_schema(), create.name.ident.clone())
        } else {
            self.home(&create.name)
        };
        if let Lookup::Found(relation) = self.catalog.relation(&name) {
            let object = ObjectRef { kind: relation.kind(), name: name.clone(), on: None };
            return self.exists(object, create.guard, relation.made());
        }
        let mut table = Table {
            open: create.from_query || create.of_type.is_some(),
            temporary: create.temporary,
            unlogged: create.unlogged,
            foreign: create.foreign,
            partition: match &create.partition_of {
                Some(_) => PartitionKind::Partition,
                None => create.partition,
            },
            partition_key: create.partition_key.clone(),
            options: create.options.clone(),
            made: Some(self.place),
            ..Table::unknown(name.clone())
        };
        let parents = create.partition_of.iter().map(|(parent, _)| parent).chain(&create.inherits);
        if let Some(twice) = twice(&create.columns) {
            return Outcome::Refused(Conflict::Exists(column_ref(&name, twice)));
        }
        for parent in parents {
            let parent = self.resolve(parent);
            copy_columns(self.catalog, &parent, &mut table);
            table.parents.push(parent);
        }
        for (like, _) in &create.like {
            let like = self.resolve(like);
            copy_columns(self.catalog, &like, &mut table);
        }
        for def in &create.columns {
            let mut column = self.column_of(def);
            // A column that a parent has too is merged with it: a partition's definition has no type of its own.
            if let Lookup::Found(parent) = table.column(column.name.key()) {
                merge(&mut column, &parent.column);
            }
            table.columns.retain(|member| member.column.name != def.column.name);
            let defaulted = fills(&column);
            let made = Some(Place::new(self.place.file, def.span));
            table.columns.push(Arc::new(Member { column, filled: false, defaulted, made }));
        }
        self.catalog.put_relation(name.clone(), Slot::Present(Relation::Table(Arc::new(table))));
        for def in &create.columns {
            self.own_sequence(&name, &def.column);
        }
        let at_columns = create.columns.iter().flat_map(|def| &def.constraints);
        let mut constraints: Vec<Constraint> =
            at_columns.filter_map(|constraint| self.at_column(constraint)).collect();
        constraints.extend(create.constraints.iter().map(|def| def.constraint.clone()));
        // The primary key takes its name first, then UNIQUE, as the server does.
        constraints.sort_by_key(|constraint| match constraint.kind {
            ConstraintKind::Check(_) | ConstraintKind::NotNull(_) => 0,
            ConstraintKind::PrimaryKey { .. } => 1,
            ConstraintKind::Unique { .. } | ConstraintKind::Exclude(_) => 2,
            ConstraintKind::ForeignKey(_) => 3,
        });
        if self.catalog.dialect == Dialect::Postgres {
            one_index_each(&mut constraints);
        }
        let (copied, indexes) = self.copied(&create.like);
        constraints.extend(copied);
        let mut refused = Outcome::Done;
        for constraint in &constraints {
            let outcome = self.put_constraint(&name, constraint);
            if refused == Outcome::Done && outcome.conflict().is_some() {
                refused = outcome;
            }
        }
        for index in &create.indexes {
            self.create_index(index);
        }
        for index in indexes {
            self.create_index(&CreateIndex { table: create.name.clone(), ..index });
        }
        refused
    }

    /// What LIKE … INCLUDING brings along: the keys and the indexes under new names, the checks under their own.
    fn copied(&self, like: &[(Name, Vec<String>)]) -> (Vec<Constraint>, Vec<CreateIndex>) {
        let (mut constraints, mut indexes) = (Vec::new(), Vec::new());
        for (source, options) in like {
            let takes = |what: &str| options.iter().any(|option| option == what || option == "ALL");
            let Lookup::Found(source) = self.catalog.table(&self.resolve(source)) else { continue };
            for (_, constraint) in &source.constraints {
                match constraint.kind {
                    ConstraintKind::PrimaryKey { .. }
                    | ConstraintKind::Unique { .. }
                    | ConstraintKind::Exclude(_)
                        if takes("INDEXES") =>
                    {
                        constraints.push(Constraint { name: None, ..constraint.clone() });
                    }
                    ConstraintKind::Check(_) if takes("CONSTRAINTS") => constraints.push(constraint.clone()),
                    ConstraintKind::PrimaryKey { .. }
                    | ConstraintKind::Unique { .. }
                    | ConstraintKind::Exclude(_)
                    | ConstraintKind::Check(_)
                    | ConstraintKind::ForeignKey(_)
                    | ConstraintKind::NotNull(_) => {}
                }
            }
            let own = self.catalog.indexes_of(&source.name).filter(|index| index.constraint.is_none());
            indexes.extend(own.filter(|_| takes("INDEXES")).map(|index| CreateIndex {
                name: None,
                table: source.name.clone(),
                only: false,
                unique: index.unique,
                concurrently: false,
                guard: Guard::None,
                method: index.method.clone(),
                keys: index.keys.clone(),
                include: index.include.clone(),
                nulls_not_distinct: index.nulls_not_distinct,
                predicate: index.predicate.clone(),
            }));
        }
        (constraints, indexes)
    }

    /// SQLite drops a column's own constraints with it, and refuses where one of the table uses it. PostgreSQL before 18 forgets the
    /// name of a column's NOT NULL.
    fn at_column(&self, constraint: &Constraint) -> Option<Constraint> {
        if matches!(constraint.kind, ConstraintKind::NotNull(_))
            && self.session.engine.known_older_than(18, 0)
        {
            return None;
        }
        let mut constraint = constraint.clone();
        if self.catalog.dialect == Dialect::Sqlite {
            constraint.attributes.push("COLUMN".to_owned());
        }
        Some(constraint)
    }

    /// Where an unqualified new object goes: the first schema of the search path.
    pub(super) fn home(&self, name: &Name) -> Name {
        let name = names::kept(self.catalog.dialect, name);
        match (&name.schema, self.session.search_path.first()) {
            (None, Some(first)) => Name::qualified(first.clone(), name.ident.clone()),
            (None, None) | (Some(_), _) => name.into_owned(),
        }
    }

    fn column_of(&self, def: &ColumnDef) -> Column {
        let mut column = def.column.clone();
        if self.catalog.dialect == Dialect::Postgres && column.ty.as_ref().is_some_and(Type::is_serial) {
            column.not_null = Some(true);
        }
        column
    }

    /// A serial or identity column owns a sequence (PostgreSQL); a serial one is an integer that takes its default from there.
    fn own_sequence(&mut self, table: &Name, column: &Column) {
        let serial = column.ty.as_ref().is_some_and(Type::is_serial);
        if self.catalog.dialect != Dialect::Postgres || !(serial || column.identity.is_some()) {
            return;
        }
        let ident = names::free_relation(
            self.catalog,
            table.schema.as_ref(),
            table.text(),
            Some(column.name.text()),
            "seq",
        );
        let name = Name { schema: table.schema.clone(), ident };
        let sequence = Sequence {
            name: name.clone(),
            owned_by: Some((table.clone(), column.name.clone())),
            implicit: true,
            made: Some(self.place),
        };
        let default = nextval(&name);
        self.catalog.put_relation(name, Slot::Present(Relation::Sequence(Arc::new(sequence))));
        if serial {
            self.catalog.change_table(table, |table| {
                if let Some(member) = member(table, &column.name) {
                    member.column.ty = column.ty.as_ref().map(canonical::without_serial);
                    member.column.default = Some(default);
                }
            });
        }
    }

    /// Finds the table of an ALTER TABLE; the outcome where it is not there.
    fn target(&self, target: &TableTarget) -> Result<Name, Box<Outcome>> {
        let name = self.resolve(&target.name);
        match self.catalog.relation(&name) {
            Lookup::Found(_) | Lookup::Unknown => Ok(name),
            Lookup::Absent => {
                let guard = if target.if_exists { Guard::IfExists } else { Guard::None };
                Err(Box::new(self.missing(ObjectRef { kind: target.kind, name, on: None }, guard)))
            }
        }
    }

    /// Changes the table of an ALTER TABLE. What is no table (a view, a sequence) is left alone.
    fn alter(
        &mut self,
        target: &TableTarget,
        change: impl FnOnce(&mut Self, Name, Table) -> Outcome,
    ) -> Outcome {
        let name = match self.target(target) {
            Ok(name) => name,
            Err(outcome) => return *outcome,
        };
        let table = match self.catalog.table(&name) {
            Lookup::Found(table) => table.clone(),
            Lookup::Unknown => Table::unknown(name.clone()),
            Lookup::Absent => return self.no_table(name),
        };
        change(self, name, table)
    }

    fn put_table(&mut self, name: Name, table: Table) -> Outcome {
        self.catalog.put_relation(name, Slot::Present(Relation::Table(Arc::new(table))));
        Outcome::Done
    }

    pub(super) fn add_column(&mut self, target: &TableTarget, def: &ColumnDef, guard: Guard) -> Outcome {
        let place = self.place;
        let column = self.column_of(def);
        let outcome = self.alter(target, |step, name, mut table| {
            if let Lookup::Found(member) = table.column(column.name.key()) {
                return step.exists(column_ref(&name, &column.name), guard, member.made);
            }
            table.gone.retain(|gone| *gone != column.name);
            let defaulted = fills(&column);
            table.columns.push(Arc::new(Member {
                column: column.clone(),
                filled: false,
                defaulted,
                made: Some(place),
            }));
            step.put_table(name.clone(), table);
            step.own_sequence(&name, &column);
            step.inherit(&name, &column.name);
            Outcome::Done
        });
        if outcome == Outcome::Done {
            let name = self.resolve(&target.name);
            for constraint in
                def.constraints.iter().filter_map(|constraint| self.at_column(constraint)).collect::<Vec<_>>()
            {
                if let refused @ Outcome::Refused(_) = self.put_constraint(&name, &constraint) {
                    return refused;
                }
            }
        }
        outcome
    }

    pub(super) fn drop_column(
        &mut self,
        target: &TableTarget,
        column: &Ident,
        guard: Guard,
        cascade: bool,
    ) -> Outcome {
        self.alter(target, |step, name, mut table| {
            if table.column(column.key()).is_absent() {
                return step.missing(column_ref(&name, column), guard);
            }
            let refused = step.keeps_column(&table, column, cascade);
            if cascade {
                step.drop_foreign_keys_to(&name, Some(column));
            }
            table.columns.retain(|member| member.column.name != *column);
            table.gone.push(column.clone());
            let mut dropped = Vec::new();
            table.constraints.retain(|(known, constraint)| {
                let keep = !reads(constraint, column);
                if !keep {
                    dropped.push(known.clone());
                }
                keep
            });
            table.gone_constraints.extend(dropped.iter().cloned());
            step.put_table(name.clone(), table);
            let indexes: Vec<Name> = step
                .catalog
                .indexes_of(&name)
                .filter(|index| {
                    index_reads(index, column.key())
                        || index.constraint.as_ref().is_some_and(|constraint| dropped.contains(constraint))
                })
                .map(|index| index.name.clone())
                .collect();
            for index in indexes {
                step.catalog.put_relation(index, Slot::Gone);
            }
            step.drop_owned_sequences(&name, Some(column));
            for child in step.catalog.children(&name).into_iter().filter(|_| !target.only) {
                let partition = step
                    .catalog
                    .table(&child)
                    .found()
                    .is_some_and(|child| child.partition == PartitionKind::Partition);
                if partition {
                    step.drop_column(&whole(child), column, Guard::IfExists, cascade);
                } else {
                    // A column that the heir defined too stays with it.
                    step.catalog.change_table(&child, |child| child.open = true);
                }
            }
            refused.map_or(Outcome::Done, Outcome::Refused)
        })
    }

    /// Partitions and heirs get a new column of their parent, and its new type.
    fn inherit(&mut self, parent: &Name, column: &Ident) {
        let Lookup::Found(member) = self.catalog.table(parent).and_then(|table| table.column(column.key()))
        else {
            return;
        };
        let member = member.clone();
        let mut below = self.catalog.children(parent);
        let mut at = 0;
        while let Some(child) = below.get(at).cloned() {
            at += 1;
            self.catalog.change_table(&child, |child| {
                child.gone.retain(|gone| gone != column);
                match child.columns.iter_mut().find(|known| known.column.name == *column) {
                    Some(known) => {
                        let known = Arc::make_mut(known);
                        known.column.ty.clone_from(&member.column.ty);
                        known.column.collation.clone_from(&member.column.collation);
                    }
                    None => child.columns.push(Arc::new(Member::clone(&member))),
                }
            });
            // Nothing keeps a text from making two tables each other's parents.
            for grandchild in self.catalog.children(&child) {
                if grandchild != *parent && !below.contains(&grandchild) {
                    below.push(grandchild);
                }
            }
        }
    }

    pub(super) fn drop_owned_sequences(&mut self, table: &Name, column: Option<&Ident>) {
        let owned: Vec<Name> = self
            .catalog
            .relations()
            .filter_map(|(name, relation)| match relation {
                Relation::Sequence(sequence) => {
                    let (owner, owning) = sequence.owned_by.as_ref()?;
                    (owner == table && column.is_none_or(|column| owning == column)).then(|| name.clone())
                }
                Relation::Table(_) | Relation::Index(_) | Relation::View(_) => None,
            })
            .collect();
        for name in owned {
            self.catalog.put_relation(name, Slot::Gone);
        }
    }

    /// Drops the foreign keys of other tables to this one (or to this column of it).
    pub(super) fn drop_foreign_keys_to(&mut self, table: &Name, column: Option<&Ident>) {
        for (owner, constraint) in self.foreign_keys_to(table, column) {
            self.catalog.change_table(&owner, |owner| {
                owner.constraints.retain(|(known, _)| *known != constraint);
                owner.gone_constraints.push(constraint);
            });
        }
    }

    /// The foreign keys of other tables to this one (or to this column of it).
    pub(super) fn foreign_keys_to(&self, table: &Name, column: Option<&Ident>) -> Vec<(Name, Ident)> {
        let mut found = Vec::new();
        // Without columns a reference means the primary key.
        let key = self.catalog.table(table).found().and_then(Table::primary_key);
        let primary = |column: &Ident| key.is_some_and(|key| key.contains(column));
        for owner in self.catalog.tables().filter(|owner| owner.name != *table) {
            for (known, constraint) in &owner.constraints {
                if let ConstraintKind::ForeignKey(key) = &constraint.kind
                    && key.table == *table
                    && column.is_none_or(|column| {
                        key.referenced.contains(column) || key.referenced.is_empty() && primary(column)
                    })
                {
                    found.push((owner.name.clone(), known.clone()));
                }
            }
        }
        found
    }

    pub(super) fn alter_column(
        &mut self,
        target: &TableTarget,
        column: &Ident,
        change: &AlterColumn,
    ) -> Outcome {
        let mut refused = None;
        let outcome = self.alter(target, |step, name, mut table| {
            refused = match change {
                AlterColumn::Type { .. } => step.keeps_type(&table, column, target.only),
                AlterColumn::SetNotNull if target.only && step.is_partitioned(&name) => {
                    step.child(&name).map(|child| {
                        Conflict::Other("42P16", format!("`{column}` must be NOT NULL in `{child}` too"))
                    })
                }
                AlterColumn::AddIdentity => nullable(&table, column, step.catalog.dialect),
                _ => None,
            };
            let Some(member) = member(&mut table, column) else {
                refused = None;
                return step.missing(column_ref(&name, column), Guard::None);
            };
            let known = &mut member.column;
            match change {
                AlterColumn::Type { ty, collation, .. } => {
                    known.ty = Some(ty.clone());
                    known.collation.clone_from(collation);
                }
                AlterColumn::SetDefault(expr) => known.default = Some(expr.clone()),
                AlterColumn::DropDefault => {
                    known.default = None;
                    member.defaulted = false;
                }
                AlterColumn::SetNotNull => known.not_null = Some(true),
                AlterColumn::DropNotNull => known.not_null = Some(false),
                AlterColumn::AddIdentity => {
                    if known.identity.is_some() {
                        return Outcome::Refused(Conflict::Other(
                            "55000",
                            format!("column `{column}` of `{name}` is an identity column already"),
                        ));
                    }
                    known.identity = Some(crate::schema::Identity::ByDefault);
                    let owner = known.clone();
                    step.put_table(name.clone(), table);
                    step.own_sequence(&name, &owner);
                    return Outcome::Done;
                }
                AlterColumn::DropIdentity(guard) => {
                    // Of a column that is older than the history it is not known whether it was one.
                    if known.identity.is_none() && known.ty.is_some() {
                        return step.lacks(&name, column, "no identity column", *guard);
                    }
                    known.identity = None;
                }
                AlterColumn::SetExpression(expr) => {
                    if let Some(generated) = &mut known.generated {
                        generated.expr = expr.clone();
                    }
                }
                AlterColumn::DropExpression(guard) => {
                    if known.generated.is_none() && known.ty.is_some() {
                        return step.lacks(&name, column, "no generated column", *guard);
                    }
                    known.generated = None;
                }
                AlterColumn::SetIdentity | AlterColumn::Option(_) => {}
                AlterColumn::Redefine(def) => {
                    *known = def.column.clone();
                    let to = def.column.name.clone();
                    if to != *column {
                        table.gone.push(column.clone());
                    }
                }
            }
            step.put_table(name, table)
        });
        if let (Outcome::Done, AlterColumn::Type { .. }) = (&outcome, change) {
            let name = self.resolve(&target.name);
            self.inherit(&name, column);
        }
        match (outcome, refused) {
            (Outcome::Done, Some(conflict)) => Outcome::Refused(conflict),
            (outcome, _) => outcome,
        }
    }

    /// DROP IDENTITY and DROP EXPRESSION of a column that has none.
    fn lacks(&self, table: &Name, column: &Ident, what: &str, guard: Guard) -> Outcome {
        match guard {
            Guard::IfExists => Outcome::Skipped { existing: None },
            Guard::None | Guard::IfNotExists | Guard::OrReplace => Outcome::Refused(Conflict::Other(
                "55000",
                format!("column `{column}` of `{table}` is {what}"),
            )),
        }
    }

    pub(super) fn add_constraint(&mut self, target: &TableTarget, constraint: &Constraint) -> Outcome {
        match self.target(target) {
            Ok(name) => {
                if self.catalog.table(&name).is_absent() {
                    return Outcome::Done;
                }
                self.put_constraint(&name, constraint)
            }
            Err(outcome) => *outcome,
        }
    }

    /// Puts a constraint into a table, with its index where it has one.
    fn put_constraint(&mut self, name: &Name, constraint: &Constraint) -> Outcome {
        let Some(mut table) = (match self.catalog.table(name) {
            Lookup::Found(table) => Some(table.clone()),
            Lookup::Unknown => Some(Table::unknown(name.clone())),
            Lookup::Absent => None,
        }) else {
            return Outcome::Done;
        };
        let mut constraint = constraint.clone();
        let postgres = self.catalog.dialect == Dialect::Postgres;
        if let Some(conflict) = self.unfit(&table, &constraint) {
            return Outcome::Refused(conflict);
        }
        let indexed = matches!(
            constraint.kind,
            ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclude(_)
        );
        // USING INDEX looks for its index first.
        let takes_gone = match &constraint.kind {
            ConstraintKind::PrimaryKey { using_index: Some(index), .. } => {
                let index = Name { schema: name.schema.clone(), ident: index.clone() };
                self.catalog.index(&index).is_absent()
            }
            ConstraintKind::PrimaryKey { using_index: None, .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => false,
        };
        if let ConstraintKind::PrimaryKey { .. } = constraint.kind
            && table.primary_key().is_some()
            && postgres
            && !takes_gone
        {
            let sentence = format!("table `{name}` has a primary key already");
            return Outcome::Refused(Conflict::Other("42P16", sentence));
        }
        // PostgreSQL looks for the index of a key first, and says that a relation exists.
        if let Some(known) = constraint.name.as_ref().filter(|_| !(postgres && indexed))
            && let Some(there) = table.constraint(known.key()).found()
        {
            if let ConstraintKind::NotNull(_) = constraint.kind
                && (there.kind == constraint.kind || !self.session.engine.at_least(18, 0))
            {
                return Outcome::Skipped { existing: None };
            }
            return Outcome::Refused(Conflict::Exists(constraint_ref(name, known)));
        }
        if let ConstraintKind::ForeignKey(key) = &mut constraint.kind {
            key.table = self.resolve(&key.table);
        }
        let using = match &constraint.kind {
            ConstraintKind::PrimaryKey { using_index, .. } | ConstraintKind::Unique { using_index, .. } => {
                using_index.clone()
            }
            ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => None,
        };
        let label = match constraint.kind {
            ConstraintKind::PrimaryKey { .. } => "pkey",
            ConstraintKind::Unique { .. } => "key",
            ConstraintKind::Check(_) => "check",
            ConstraintKind::ForeignKey(_) => "fkey",
            ConstraintKind::Exclude(_) => "excl",
            ConstraintKind::NotNull(_) => "not_null",
        };
        let ident = match (&constraint.name, &using) {
            (Some(ident), _) => ident.clone(),
            (None, Some(index)) => index.clone(),
            (None, None) => {
                let columns = naming_columns(&constraint, &table);
                let second = (!columns.is_empty()).then(|| names::joined(columns.iter().map(String::as_str)));
                if indexed && postgres {
                    names::free_relation(
                        self.catalog,
                        name.schema.as_ref(),
                        name.text(),
                        second.as_deref(),
                        label,
                    )
                } else {
                    names::free_constraint(&table, second.as_deref(), label, &[])
                }
            }
        };
        if let Some(known) = constraint.name.as_ref().filter(|_| postgres && indexed)
            && self
                .catalog
                .relation(&Name { schema: name.schema.clone(), ident: known.clone() })
                .found()
                .is_none()
            && let Some(there) = table.constraint(known.key()).found()
            && !matches!(there.kind, ConstraintKind::NotNull(_))
        {
            return Outcome::Refused(Conflict::Exists(constraint_ref(name, known)));
        }
        if postgres
            && indexed
            && let outcome @ Outcome::Refused(_) =
                self.constraint_index(name, &ident, &mut constraint, using.as_ref())
        {
            return outcome;
        }
        match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } => {
                // SQLite lets NULLs into a primary key, unless the table is WITHOUT ROWID or STRICT.
                let refuses = self.catalog.dialect != Dialect::Sqlite
                    || table.options.iter().any(|option| option == "WITHOUT ROWID" || option == "STRICT");
                for column in columns.clone().iter().filter(|_| refuses) {
                    if let Some(member) = member(&mut table, column) {
                        member.column.not_null = Some(true);
                    }
                }
            }
            ConstraintKind::NotNull(Some(column)) => {
                let (valid, column) = (!constraint.not_valid, column.clone());
                if let Some(member) = member(&mut table, &column).filter(|_| valid) {
                    member.column.not_null = Some(true);
                }
            }
            ConstraintKind::NotNull(None)
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_) => {}
        }
        table.gone_constraints.retain(|gone| *gone != ident);
        table.constraints.push((ident, constraint));
        self.put_table(name.clone(), table)
    }

    /// Why a constraint cannot be put into a table, whatever its name.
    fn unfit(&self, table: &Table, constraint: &Constraint) -> Option<Conflict> {
        let columns = match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => columns,
            ConstraintKind::ForeignKey(key) => &key.columns,
            ConstraintKind::Check(_) | ConstraintKind::Exclude(_) | ConstraintKind::NotNull(_) => {
                return None;
            }
        };
        if let Some(column) = self.missing_column(table, columns) {
            return Some(Conflict::Missing(column_ref(&table.name, column)));
        }
        let is_key = !matches!(constraint.kind, ConstraintKind::ForeignKey(_)) && !columns.is_empty();
        if let Some(left_out) = table.partition_key.iter().find(|column| is_key && !columns.contains(column))
        {
            let sentence =
                format!("a key of `{}` must have `{left_out}` in it, which partitions it", table.name);
            return Some(Conflict::Other("0A000", sentence));
        }
        match &constraint.kind {
            ConstraintKind::ForeignKey(key) => {
                let key = ForeignKey { table: self.resolve(&key.table), ..key.clone() };
                if key.table == table.name { None } else { self.cannot_refer(&key) }
            }
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => None,
        }
    }

    /// A foreign key between this table and another one that would then live longer than what it refers to.
    fn kept_logged(&self, table: &Table, logged: bool) -> Option<String> {
        if self.catalog.dialect != Dialect::Postgres {
            return None;
        }
        let is_unlogged = |name: &Name| self.catalog.table(name).found().map(|other| other.unlogged);
        if logged {
            return table.constraints.iter().find_map(|(_, constraint)| match &constraint.kind {
                ConstraintKind::ForeignKey(key)
                    if key.table != table.name && is_unlogged(&key.table) == Some(true) =>
                {
                    Some(format!("`{}` refers to `{}`, which is unlogged", table.name, key.table))
                }
                ConstraintKind::ForeignKey(_)
                | ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Unique { .. }
                | ConstraintKind::Check(_)
                | ConstraintKind::Exclude(_)
                | ConstraintKind::NotNull(_) => None,
            });
        }
        let referencing = self.foreign_keys_to(&table.name, None);
        let (owner, _) = referencing.iter().find(|(owner, _)| is_unlogged(owner) == Some(false))?;
        Some(format!("`{owner}` refers to `{}` and is not unlogged", table.name))
    }

    /// The index behind a PRIMARY KEY, UNIQUE or EXCLUDE: made, or taken over with USING INDEX.
    fn constraint_index(
        &mut self,
        table: &Name,
        ident: &Ident,
        constraint: &mut Constraint,
        using: Option<&Ident>,
    ) -> Outcome {
        let name = Name { schema: table.schema.clone(), ident: ident.clone() };
        let (columns, nulls_not_distinct) = match &mut constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } => (columns, false),
            ConstraintKind::Unique { columns, nulls_not_distinct, .. } => (columns, *nulls_not_distinct),
            ConstraintKind::Exclude(_)
            | ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::NotNull(_) => (&mut Vec::new(), false),
        };
        if let Some(using) = using {
            let old = Name { schema: table.schema.clone(), ident: using.clone() };
            let index = match self.catalog.index(&old) {
                Lookup::Found(index) => index.clone(),
                Lookup::Unknown => return Outcome::Done,
                Lookup::Absent => {
                    return Outcome::Refused(Conflict::Missing(ObjectRef {
                        kind: ObjectKind::Index,
                        name: old,
                        on: None,
                    }));
                }
            };
            if let Some(served) = &index.constraint {
                let sentence = format!("index `{old}` belongs to constraint `{served}` already");
                return Outcome::Refused(Conflict::Other("55000", sentence));
            }
            if !index.unique
                || index.predicate.is_some()
                || index.keys.iter().any(|key| key.column().is_none())
            {
                let sentence = format!("index `{old}` is not a unique index of columns alone");
                return Outcome::Refused(Conflict::Other("42809", sentence));
            }
            *columns = index.keys.iter().filter_map(IndexKey::column).map(Ident::exact).collect();
            self.catalog.put_relation(old, Slot::Gone);
            let index = Index { name: name.clone(), constraint: Some(ident.clone()), ..index };
            self.catalog.put_relation(name, Slot::Present(Relation::Index(Arc::new(index))));
            return Outcome::Done;
        }
        if let Lookup::Found(relation) = self.catalog.relation(&name) {
            return Outcome::Refused(Conflict::Exists(ObjectRef { kind: relation.kind(), name, on: None }));
        }
        let keys = columns
            .iter()
            .map(|column| IndexKey {
                expr: Expr::Column(vec![column.key().to_owned()]),
                options: String::new(),
            })
            .collect();
        let index = Index {
            name: name.clone(),
            table: Some(table.clone()),
            unique: true,
            method: "btree".to_owned(),
            keys,
            include: Vec::new(),
            nulls_not_distinct,
            predicate: None,
            constraint: Some(ident.clone()),
            generated_name: constraint.name.is_none(),
            made: Some(self.place),
        };
        self.catalog.put_relation(name, Slot::Present(Relation::Index(Arc::new(index))));
        Outcome::Done
    }

    pub(super) fn drop_constraint(
        &mut self,
        target: &TableTarget,
        constraint: &Ident,
        guard: Guard,
        cascade: bool,
    ) -> Outcome {
        self.alter(target, |step, name, mut table| {
            if table.constraint(constraint.key()).is_absent() {
                // Since 18 every NOT NULL is a constraint, and has a name that nobody wrote.
                let made_up = constraint.key().ends_with("_not_null")
                    && !table.gone_constraints.contains(constraint)
                    && !step.session.engine.known_older_than(18, 0);
                if made_up {
                    table.gone_constraints.push(constraint.clone());
                    return step.put_table(name, table);
                }
                return step.missing(constraint_ref(&name, constraint), guard);
            }
            let known = table.constraint(constraint.key()).found();
            let refused = known.filter(|_| !cascade).and_then(|known| {
                let (owner, leaning) = step.leaning_on(&table, &known.kind)?;
                let sentence =
                    format!("constraint `{leaning}` of `{owner}` depends on `{constraint}` of `{name}`");
                Some(Conflict::Other("2BP01", sentence))
            });
            table.constraints.retain(|(known, _)| known != constraint);
            table.gone_constraints.push(constraint.clone());
            let index = step
                .catalog
                .indexes_of(&name)
                .find(|index| index.constraint.as_ref() == Some(constraint))
                .map(|index| index.name.clone());
            if let Some(index) = index {
                step.catalog.put_relation(index, Slot::Gone);
            }
            step.put_table(name, table);
            refused.map_or(Outcome::Done, Outcome::Refused)
        })
    }

    pub(super) fn validate_constraint(&mut self, target: &TableTarget, constraint: &Ident) -> Outcome {
        self.with_constraint(target, constraint, |constraint| constraint.not_valid = false)
    }

    pub(super) fn with_constraint(
        &mut self,
        target: &TableTarget,
        constraint: &Ident,
        change: impl FnOnce(&mut Constraint),
    ) -> Outcome {
        self.alter(target, |step, name, mut table| {
            if table.constraint(constraint.key()).is_absent() {
                return step.missing(constraint_ref(&name, constraint), Guard::None);
            }
            if let Some((_, known)) = table.constraints.iter_mut().find(|(known, _)| known == constraint) {
                change(known);
            }
            step.put_table(name, table)
        })
    }

    pub(super) fn rename_column(&mut self, target: &TableTarget, from: &Ident, to: &Ident) -> Outcome {
        let name = self.resolve(&target.name);
        if let Some(conflict) = self.broken_view() {
            return Outcome::Refused(conflict);
        }
        if let Lookup::Found(view) = self.catalog.view(&name) {
            let mut view = view.clone();
            let written = view.columns.iter_mut().find(|column| *column == from);
            if written.is_none() && view.renamed.contains(from) {
                return self.missing(column_ref(&name, from), Guard::None);
            }
            if let Some(column) = written {
                *column = to.clone();
            }
            view.renamed.retain(|renamed| renamed != to);
            view.renamed.push(from.clone());
            self.catalog.put_relation(name, Slot::Present(Relation::View(Arc::new(view))));
            return Outcome::Done;
        }
        self.alter(target, |step, name, mut table| {
            if table.column(from.key()).is_absent() {
                return step.missing(column_ref(&name, from), Guard::None);
            }
            if let Lookup::Found(_) = table.column(to.key()) {
                return Outcome::Refused(Conflict::Exists(column_ref(&name, to)));
            }
            if let Some(member) = member(&mut table, from) {
                member.column.name = to.clone();
            }
            table.gone.retain(|gone| gone != to);
            table.gone.push(from.clone());
            for (_, constraint) in &mut table.constraints {
                rename_in_constraint(constraint, from, to);
            }
            step.put_table(name.clone(), table);
            let indexes: Vec<Index> = step
                .catalog
                .indexes_of(&name)
                .filter(|index| index_reads(index, from.key()))
                .cloned()
                .collect();
            for mut index in indexes {
                for key in &mut index.keys {
                    rename_in_expr(&mut key.expr, from.key(), to.key());
                }
                if let Some(predicate) = &mut index.predicate {
                    rename_in_expr(predicate, from.key(), to.key());
                }
                for included in index.include.iter_mut().filter(|included| *included == from) {
                    *included = to.clone();
                }
                step.catalog
                    .put_relation(index.name.clone(), Slot::Present(Relation::Index(Arc::new(index))));
            }
            for child in step.catalog.children(&name) {
                step.rename_column(&whole(child), from, to);
            }
            for (owner, constraint) in step.foreign_keys_to(&name, Some(from)) {
                step.catalog.change_table(&owner, |owner| {
                    if let Some((_, Constraint { kind: ConstraintKind::ForeignKey(key), .. })) =
                        owner.constraints.iter_mut().find(|(known, _)| *known == constraint)
                    {
                        for column in key.referenced.iter_mut().filter(|column| *column == from) {
                            *column = to.clone();
                        }
                    }
                });
            }
            Outcome::Done
        })
    }

    pub(super) fn rename_constraint(&mut self, target: &TableTarget, from: &Ident, to: &Ident) -> Outcome {
        self.alter(target, |step, name, mut table| {
            if table.constraint(from.key()).is_absent() {
                return step.missing(constraint_ref(&name, from), Guard::None);
            }
            if let Lookup::Found(_) = table.constraint(to.key()) {
                return Outcome::Refused(Conflict::Exists(constraint_ref(&name, to)));
            }
            for (known, constraint) in table.constraints.iter_mut().filter(|(known, _)| known == from) {
                *known = to.clone();
                constraint.name = Some(to.clone());
            }
            table.gone_constraints.push(from.clone());
            step.put_table(name.clone(), table);
            let index =
                step.catalog.indexes_of(&name).find(|index| index.constraint.as_ref() == Some(from)).cloned();
            if let Some(index) = index {
                step.catalog.put_relation(index.name.clone(), Slot::Gone);
                let renamed = Name { schema: name.schema.clone(), ident: to.clone() };
                let index = Index {
                    name: renamed.clone(),
                    constraint: Some(to.clone()),
                    generated_name: false,
                    ..index
                };
                step.catalog.put_relation(renamed, Slot::Present(Relation::Index(Arc::new(index))));
            }
            Outcome::Done
        })
    }

    pub(super) fn attach_partition(&mut self, target: &TableTarget, partition: &Name) -> Outcome {
        if target.kind == ObjectKind::Index {
            return Outcome::Done;
        }
        let parent = match self.target(target) {
            Ok(parent) => parent,
            Err(outcome) => return *outcome,
        };
        self.catalog.change_table(&parent, |table| table.partition = PartitionKind::Parent);
        let name = self.resolve(partition);
        if self.catalog.table(&name).found().is_some_and(|table| table.partition == PartitionKind::Partition)
        {
            return Outcome::Refused(Conflict::Other("42809", format!("`{name}` is a partition already")));
        }
        if let (Lookup::Found(parent), Lookup::Found(table)) =
            (self.catalog.table(&parent), self.catalog.table(&name))
            && let Some(column) = differing(parent, table).filter(|_| !self.catalog.unclear)
        {
            let sentence =
                format!("`{parent}` and `{name}` do not both have `{column}`", parent = parent.name);
            return Outcome::Refused(Conflict::Other("42804", sentence));
        }
        let there = self.catalog.change_table(&name, |table| {
            table.partition = PartitionKind::Partition;
            table.parents.push(parent);
        });
        if there {
            Outcome::Done
        } else {
            self.missing(ObjectRef { kind: ObjectKind::Table, name, on: None }, Guard::None)
        }
    }

    pub(super) fn detach_partition(&mut self, target: &TableTarget, partition: &Name) -> Outcome {
        let parent = match self.target(target) {
            Ok(parent) => parent,
            Err(outcome) => return *outcome,
        };
        let name = self.resolve(partition);
        if let Lookup::Found(table) = self.catalog.table(&name) {
            // A partition that was detached before is known to be none: its parent was seen to go.
            if table.partition == PartitionKind::None
                && (!table.open || table.options.iter().any(|option| option == "DETACHED"))
            {
                return Outcome::Refused(Conflict::Other(
                    "42P01",
                    format!("`{name}` is no partition of `{parent}`"),
                ));
            }
        }
        let there = self.catalog.change_table(&name, |table| {
            table.partition = PartitionKind::None;
            table.parents.retain(|known| *known != parent);
            table.options.push("DETACHED".to_owned());
        });
        if there {
            Outcome::Done
        } else {
            self.missing(ObjectRef { kind: ObjectKind::Table, name, on: None }, Guard::None)
        }
    }

    pub(super) fn set_table_option(&mut self, target: &TableTarget, option: &TableOption) -> Outcome {
        let parent = match option {
            TableOption::Inherit { parent, .. } => Some(self.resolve(parent)),
            TableOption::Trigger { .. }
            | TableOption::RowSecurity(_)
            | TableOption::ForceRowSecurity(_)
            | TableOption::ReplicaIdentity
            | TableOption::Parameters
            | TableOption::Logged(_)
            | TableOption::Tablespace(_)
            | TableOption::AccessMethod(_)
            | TableOption::ClusterOn
            | TableOption::OfType
            | TableOption::Other(_) => None,
        };
        self.alter(target, |step, name, mut table| {
            match option {
                TableOption::RowSecurity(on) => table.row_security = *on,
                TableOption::Logged(logged) => {
                    if let Some(other) = step.kept_logged(&table, *logged) {
                        return Outcome::Refused(Conflict::Other("42P16", other));
                    }
                    table.unlogged = !logged;
                }
                TableOption::Inherit { no, .. } => {
                    let Some(parent) = parent else { return Outcome::Done };
                    let inherits = table.parents.contains(&parent);
                    if !no && inherits {
                        return Outcome::Refused(Conflict::Other(
                            "42P07",
                            format!("`{name}` inherits from `{parent}` already"),
                        ));
                    }
                    if *no {
                        table.parents.retain(|known| *known != parent);
                    } else {
                        table.parents.push(parent);
                    }
                }
                TableOption::Trigger { .. }
                | TableOption::ForceRowSecurity(_)
                | TableOption::ReplicaIdentity
                | TableOption::Parameters
                | TableOption::Tablespace(_)
                | TableOption::AccessMethod(_)
                | TableOption::ClusterOn
                | TableOption::OfType
                | TableOption::Other(_) => return Outcome::Done,
            }
            step.put_table(name, table)
        })
    }

    pub(super) fn create_index(&mut self, create: &CreateIndex) -> Outcome {
        let table = self.resolve(&create.table);
        if self.catalog.relation(&table).is_absent() {
            return self.missing(ObjectRef { kind: ObjectKind::Table, name: table, on: None }, Guard::None);
        }
        let generated_name = create.name.is_none();
        let ident = match &create.name {
            Some(name) => names::kept(self.catalog.dialect, name).ident.clone(),
            None => {
                let columns = names::index_columns(&create.keys);
                let second = names::joined(columns.iter().map(String::as_str));
                names::free_relation(self.catalog, table.schema.as_ref(), table.text(), Some(&second), "idx")
            }
        };
        let name = Name { schema: table.schema.clone(), ident };
        // MySQL: an index name is its table's own.
        if self.catalog.dialect == Dialect::Mysql {
            return Outcome::Done;
        }
        if let Lookup::Found(relation) = self.catalog.relation(&name) {
            let object = ObjectRef { kind: relation.kind(), name, on: None };
            return self.exists(object, create.guard, relation.made());
        }
        let plain: Vec<Ident> = create
            .keys
            .iter()
            .filter_map(IndexKey::column)
            .map(Ident::exact)
            .chain(create.include.iter().cloned())
            .collect();
        if let Lookup::Found(known) = self.catalog.table(&table)
            && let Some(column) = self.missing_column(known, &plain)
        {
            return self.missing(column_ref(&table, column), Guard::None);
        }
        if let Some(function) = create.keys.iter().find_map(|key| volatile(&key.expr)) {
            let sentence = format!("{function}() is not immutable: it cannot be indexed");
            return Outcome::Refused(Conflict::Other("42P17", sentence));
        }
        let index = Index {
            name: name.clone(),
            table: Some(table),
            unique: create.unique,
            method: create.method.clone(),
            keys: create.keys.clone(),
            include: create.include.clone(),
            nulls_not_distinct: create.nulls_not_distinct,
            predicate: create.predicate.clone(),
            constraint: None,
            generated_name,
            made: Some(self.place),
        };
        self.catalog.put_relation(name, Slot::Present(Relation::Index(Arc::new(index))));
        Outcome::Done
    }
}

fn whole(name: Name) -> TableTarget {
    TableTarget { name, if_exists: false, only: false, kind: ObjectKind::Table }
}

/// A column that a CREATE TABLE names twice.
fn twice(columns: &[ColumnDef]) -> Option<&Ident> {
    let names = columns.iter().map(|def| &def.column.name);
    names
        .clone()
        .enumerate()
        .find(|(at, name)| names.clone().take(*at).any(|known| known == *name))
        .map(|(_, name)| name)
}

/// A column of CREATE TABLE takes from its parent's what it does not say.
fn merge(column: &mut Column, parent: &Column) {
    if column.ty.is_none() {
        column.ty.clone_from(&parent.ty);
        column.collation.clone_from(&parent.collation);
    }
    if column.default.is_none() {
        column.default.clone_from(&parent.default);
    }
    if column.not_null != Some(true) {
        column.not_null = parent.not_null;
    }
    if column.generated.is_none() {
        column.generated.clone_from(&parent.generated);
    }
    column.identity = column.identity.or(parent.identity);
}

/// In one CREATE TABLE, PostgreSQL makes one index of two keys over the same columns, under the first name that was written
/// (source: `transformIndexConstraints` in its parse_utilcmd.c). The primary key stands first.
fn one_index_each(constraints: &mut Vec<Constraint>) {
    let columns = |constraint: &Constraint| match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } => Some((columns.clone(), false)),
        ConstraintKind::Unique { columns, nulls_not_distinct, .. } => {
            Some((columns.clone(), *nulls_not_distinct))
        }
        ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => None,
    };
    let mut kept: Vec<Constraint> = Vec::with_capacity(constraints.len());
    for constraint in constraints.drain(..) {
        let same = columns(&constraint).and_then(|own| {
            kept.iter_mut().find(|first| {
                !matches!(constraint.kind, ConstraintKind::PrimaryKey { .. })
                    && columns(first).as_ref() == Some(&own)
                    && first.attributes == constraint.attributes
            })
        });
        match same {
            Some(first) if first.name.is_none() => first.name = constraint.name,
            Some(_) => {}
            None => kept.push(constraint),
        }
    }
    *constraints = kept;
}

/// ADD GENERATED AS IDENTITY asks for a column that is NOT NULL.
fn nullable(table: &Table, column: &Ident, dialect: Dialect) -> Option<Conflict> {
    let member = table.column(column.key()).found()?;
    let nullable = dialect == Dialect::Postgres
        && member.column.not_null == Some(false)
        && member.column.ty.is_some()
        && !table.open
        && table.parents.is_empty();
    nullable.then(|| {
        let sentence =
            format!("column `{column}` of `{}` must be NOT NULL to become an identity column", table.name);
        Conflict::Other("55000", sentence)
    })
}

/// A column that only one of a parent and its new partition has.
fn differing<'t>(parent: &'t Table, partition: &'t Table) -> Option<&'t Ident> {
    if parent.open || partition.open || !parent.parents.is_empty() || !partition.parents.is_empty() {
        return None;
    }
    let lacks = |one: &'t Table, other: &'t Table| {
        one.columns.iter().map(|member| &member.column.name).find(|name| other.column(name.key()).is_absent())
    };
    lacks(parent, partition).or_else(|| lacks(partition, parent))
}

/// A function in an index expression that is known not to be immutable.
fn volatile(expr: &Expr) -> Option<String> {
    let mut found = None;
    expr.walk(&mut |part| {
        if let Expr::Call { name, .. } = part
            && VOLATILE.contains(&name.strip_prefix("pg_catalog.").unwrap_or(name))
        {
            found = Some(name.clone());
        }
    });
    found
}

/// Functions that are not immutable whatever their arguments: PostgreSQL's, and SQLite's.
const VOLATILE: &[&str] = &[
    "now",
    "random",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "current_timestamp",
    "current_date",
    "current_user",
    "session_user",
    "localtimestamp",
    "gen_random_uuid",
    "nextval",
    "timeofday",
    "randomblob",
    "changes",
    "total_changes",
    "last_insert_rowid",
    "current_time",
];

/// Whether each new row gets a value by itself.
fn fills(column: &Column) -> bool {
    column.default.as_ref().is_some_and(|default| !default.is_null())
        || column.identity.is_some()
        || column.generated.is_some()
        || column.ty.as_ref().is_some_and(Type::is_serial)
}

fn copy_columns(catalog: &Catalog, from: &Name, table: &mut Table) {
    match catalog.table(from) {
        Lookup::Found(source) => {
            table.open |= source.open;
            for member in &source.columns {
                if table.column(member.column.name.key()).found().is_none() {
                    let copy = Member { filled: false, made: table.made, ..(**member).clone() };
                    table.columns.push(Arc::new(copy));
                }
            }
        }
        Lookup::Absent | Lookup::Unknown => table.open = true,
    }
}

/// `nextval('orders_id_seq'::regclass)`.
pub fn nextval(sequence: &Name) -> Expr {
    let name = Expr::Literal(Literal::String(sequence.to_string()));
    let to = Type::plain("regclass");
    Expr::Call { name: "nextval".to_owned(), arguments: vec![Expr::Cast { operand: Box::new(name), to }] }
}

/// The columns that go into a constraint's generated name.
fn naming_columns(constraint: &Constraint, table: &Table) -> Vec<String> {
    let texts = |columns: &[Ident]| columns.iter().map(|column| column.text().to_owned()).collect();
    match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } => Vec::new(),
        ConstraintKind::Unique { columns, .. } => texts(columns),
        ConstraintKind::ForeignKey(key) => texts(&key.columns),
        // A CHECK is named for its column when it reads exactly one.
        ConstraintKind::Check(expr) => {
            let mut columns = expr.columns();
            columns.retain(|column| table.column(column).found().is_some());
            columns.sort();
            columns.dedup();
            if columns.len() == 1 { columns } else { Vec::new() }
        }
        ConstraintKind::NotNull(column) => column.iter().map(|column| column.text().to_owned()).collect(),
        ConstraintKind::Exclude(text) => {
            let inside = text.split_once('(').map_or("", |(_, inside)| inside);
            inside
                .split(',')
                .filter_map(|part| part.split_whitespace().next())
                .map(|word| word.trim_matches('"').to_owned())
                .collect()
        }
    }
}

fn reads(constraint: &Constraint, column: &Ident) -> bool {
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
            columns.contains(column)
        }
        ConstraintKind::ForeignKey(key) => key.columns.contains(column),
        ConstraintKind::Check(expr) => expr.columns().iter().any(|read| column == read.as_str()),
        ConstraintKind::NotNull(known) => known.as_ref() == Some(column),
        ConstraintKind::Exclude(text) => {
            text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| column == word)
        }
    }
}

/// Whether an index reads a column: as a key, in an expression, in its predicate or among INCLUDE.
pub fn index_reads(index: &Index, column: &str) -> bool {
    index.keys.iter().any(|key| key.expr.columns().iter().any(|read| read == column))
        || index.include.iter().any(|included| *included == column)
        || index
            .predicate
            .as_ref()
            .is_some_and(|predicate| predicate.columns().iter().any(|read| read == column))
}

fn rename_in_constraint(constraint: &mut Constraint, from: &Ident, to: &Ident) {
    let rename = |columns: &mut Vec<Ident>| {
        for column in columns.iter_mut().filter(|column| *column == from) {
            *column = to.clone();
        }
    };
    match &mut constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
            rename(columns)
        }
        ConstraintKind::ForeignKey(key) => rename(&mut key.columns),
        ConstraintKind::Check(expr) => rename_in_expr(expr, from.key(), to.key()),
        ConstraintKind::NotNull(Some(column)) if column == from => *column = to.clone(),
        ConstraintKind::NotNull(_) | ConstraintKind::Exclude(_) => {}
    }
}

fn rename_in_expr(expr: &mut Expr, from: &str, to: &str) {
    match expr {
        Expr::Column(parts) => {
            if let Some(last) = parts.last_mut().filter(|last| *last == from) {
                to.clone_into(last);
            }
        }
        Expr::Call { arguments: inner, .. } | Expr::Operator { operands: inner, .. } => {
            for one in inner {
                rename_in_expr(one, from, to);
            }
        }
        Expr::Cast { operand, .. } => rename_in_expr(operand, from, to),
        Expr::Raw { words, .. } => {
            for word in words.iter_mut().filter(|word| *word == from) {
                to.clone_into(word);
            }
        }
        Expr::Literal(_) => {}
    }
}
