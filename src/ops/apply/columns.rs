//! Columns of tables, and the sequences that they own.

use std::sync::Arc;

use super::expressions::Site;
use super::kinds::altered_columns_of;
use super::tables::whole;
use super::{Outcome, Step, names};
use crate::ops::{AlterColumn, AlterType, ColumnDef, Conflict, Guard, TableTarget};
use crate::schema::{
    Column, Constraint, ConstraintKind, Dialect, Expr, Ident, Identity, Index, Literal, Lookup, Member, Name,
    ObjectKind, ObjectRef, PartitionKind, Relation, Sequence, SequenceOptions, Slot, Table, Type, TypeKind,
    builtin, canonical, casts,
};

/// A column of a table to be changed; one that may be there is put there.
pub fn member<'a>(table: &'a mut Table, column: &Ident) -> Option<&'a mut Member> {
    if let Lookup::Unknown = table.column(column.key()) {
        let unknown = Member { defaulted: false, ..Member::new(Column::unknown(column.clone()), None) };
        table.columns.push(Arc::new(unknown));
    }
    table.columns.iter_mut().find(|member| member.column.name == *column).map(Arc::make_mut)
}

pub(super) fn column_ref(table: &Name, column: &Ident) -> ObjectRef {
    ObjectRef { kind: ObjectKind::Column, name: Name::bare(column.clone()), on: Some(table.clone()) }
}

impl Step<'_> {
    pub(super) fn add_column(&mut self, target: &TableTarget, def: &ColumnDef, guard: Guard) -> Outcome {
        let place = self.place;
        let column = self.column_of(def);
        let outcome = self.alter(target, |step, name, mut table| {
            if let Some(conflict) = step.is_typed(&table) {
                return Outcome::Refused(conflict);
            }
            if let Some(conflict) = column.default.as_ref().and_then(|default| step.lacks_sequence(default)) {
                return Outcome::Refused(conflict);
            }
            if let Lookup::Found(member) = table.column(column.name.key()) {
                return step.exists(column_ref(&name, &column.name), guard, member.made);
            }
            if target.only && step.postgres() && step.child(&name).is_some() {
                let sentence =
                    format!("column `{}` must be added to the children of `{name}` too", column.name);
                return Outcome::Refused(Conflict::Other("42P16", sentence));
            }
            if table.partition == PartitionKind::Partition && step.postgres() && !table.parents.is_empty() {
                let sentence = format!("`{name}` is a partition: it has the columns of its parent");
                return Outcome::Refused(Conflict::Other("42809", sentence));
            }
            let unfit = step.unfit_column(&name, def);
            table.gone.retain(|gone| *gone != column.name);
            table.columns.push(Arc::new(Member::new(column.clone(), Some(place))));
            if step.needs_an_empty_table(def) {
                table.found_empty = Some(place);
            }
            step.put_table(name.clone(), table);
            let unfit = unfit.or_else(|| step.unfit_values(&name, &column.name));
            step.own_sequence(&name, &column, &def.sequence);
            step.inherit(&name, &column.name);
            unfit.map_or(Outcome::Done, Outcome::Refused)
        });
        if outcome == Outcome::Done {
            let name = self.resolve(&target.name);
            let own: Vec<_> =
                def.constraints.iter().filter_map(|constraint| self.at_column(constraint)).collect();
            for constraint in own {
                if let refused @ Outcome::Refused(_) = self.put_constraint(&name, &constraint, target.only) {
                    return refused;
                }
            }
        }
        outcome
    }

    /// Whether a column can only be added to a table without rows: NOT NULL, and nothing gives them a value. MySQL thinks of one by itself, and
    /// a primary key may.
    fn needs_an_empty_table(&self, def: &ColumnDef) -> bool {
        let column = &def.column;
        let is_key = |constraint: &Constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. });
        // A domain may have a default of its own.
        let is_known = |ty: &Type| {
            let name = Name {
                schema: ty.schema.as_deref().map(Ident::exact),
                ident: Ident::exact(ty.name.as_str()),
            };
            ty.schema.is_none() && casts::is_own(&ty.name)
                || self
                    .catalog
                    .type_entry(&self.resolve(&name))
                    .found()
                    .is_some_and(|entry| matches!(entry.kind, TypeKind::Enum(_)))
        };
        column.not_null == Some(true)
            && self.catalog.dialect != Dialect::Mysql
            && column.default.as_ref().is_none_or(Expr::is_null)
            && column.identity.is_none()
            && column.generated.is_none()
            && !column.ty.as_ref().is_some_and(Type::is_serial)
            && !def.constraints.iter().any(is_key)
            && (!self.postgres() || column.ty.as_ref().is_some_and(is_known))
    }

    pub(super) fn column_of(&self, def: &ColumnDef) -> Column {
        let mut column = def.column.clone();
        if self.catalog.dialect == Dialect::Postgres && column.ty.as_ref().is_some_and(Type::is_serial) {
            column.not_null = Some(true);
        }
        // That a type is an array is kept, not of how many dimensions.
        if let Some(ty) = column.ty.as_mut().filter(|_| self.postgres()) {
            *ty = self.placed(ty);
            ty.dimensions = ty.dimensions.min(1);
        }
        column
    }

    /// Why a table has its columns from its type alone.
    fn is_typed(&self, table: &Table) -> Option<Conflict> {
        let ty = table.of_type.as_ref().filter(|_| self.postgres())?;
        Some(Conflict::Other(
            "42809",
            format!("`{}` has the columns of type `{ty}`: ALTER TYPE changes them", table.name),
        ))
    }

    /// A serial or identity column owns a sequence (PostgreSQL); a serial one is an integer that takes its default from there.
    pub(super) fn own_sequence(
        &mut self,
        table: &Name,
        column: &Column,
        (options, named): &(SequenceOptions, Option<Name>),
    ) {
        let serial = column.ty.as_ref().is_some_and(Type::is_serial);
        if self.catalog.dialect != Dialect::Postgres || !(serial || column.identity.is_some()) {
            return;
        }
        let name = match named {
            Some(named) => {
                let schema = named.schema.clone().or_else(|| table.schema.clone());
                Name { schema, ident: named.ident.clone() }
            }
            None => {
                let schema = table.schema.as_ref();
                let ident =
                    names::free_relation(self.catalog, schema, table.text(), Some(column.name.text()), "seq");
                Name { schema: table.schema.clone(), ident }
            }
        };
        let ty = column.ty.as_ref().map(canonical::without_serial);
        // Since 15 it is unlogged where its table is.
        let unlogged = self.catalog.table(table).found().is_some_and(|table| table.unlogged)
            && self.session.engine.at_least(15, 0);
        let sequence = Sequence {
            owned_by: Some((table.clone(), column.name.clone())),
            implicit: true,
            unlogged,
            identity: column.identity.is_some(),
            options: SequenceOptions { ty: options.ty.clone().or_else(|| ty.clone()), ..options.clone() },
            made: Some(self.place),
            ..Sequence::plain(name.clone())
        };
        let default = nextval(&name);
        self.catalog.put_relation(name, Slot::Present(Relation::Sequence(Arc::new(sequence))));
        if serial {
            self.catalog.change_table(table, |table| {
                if let Some(member) = member(table, &column.name) {
                    member.column.ty = ty;
                    member.column.default = Some(default);
                }
            });
        }
    }

    /// The sequence of an identity column.
    pub(super) fn identity_sequence(&self, table: &Name, column: &Ident) -> Option<Sequence> {
        self.catalog.sequences_of(table, Some(column)).find(|sequence| sequence.identity).cloned()
    }

    pub(super) fn drop_column(
        &mut self,
        target: &TableTarget,
        column: &Ident,
        guard: Guard,
        cascade: bool,
    ) -> Outcome {
        self.alter(target, |step, name, table| {
            if let Some(conflict) = step.is_typed(&table) {
                return Outcome::Refused(conflict);
            }
            if step.postgres() && builtin::is_system_column(column) {
                let sentence =
                    format!("column `{column}` of `{name}` is the server's own: it cannot be dropped");
                return Outcome::Refused(Conflict::Other("0A000", sentence));
            }
            if table.column(column.key()).is_absent() {
                return step.missing(column_ref(&name, column), guard);
            }
            let mut refused = step.keeps_column(&table, column, cascade);
            if step.catalog.dialect == Dialect::Sqlite {
                if table.columns.len() == 1 && !table.open {
                    let sentence = format!("`{column}` is the only column of `{name}`");
                    return Outcome::Refused(Conflict::Other("42P16", sentence));
                }
                if let Some(conflict) = step.broken_view().filter(|_| !table.temporary) {
                    return Outcome::Refused(conflict);
                }
            }
            if target.only && step.postgres() && step.is_partitioned(&name) && step.child(&name).is_some() {
                let sentence =
                    format!("column `{column}` must be dropped from the partitions of `{name}` too");
                return Outcome::Refused(Conflict::Other("42P16", sentence));
            }
            step.take_column(&name, column, cascade);
            for child in step.catalog.children(&name) {
                let inherits = step.inherits_column(&child, column);
                let local = step.catalog.table(&child).and_then(|child| child.column(column.key()));
                let local = local.found().is_some_and(|member| member.local);
                if !inherits && !local && !target.only {
                    let below = step.drop_column(&whole(child), column, Guard::IfExists, cascade);
                    refused = refused.or_else(|| below.conflict().cloned());
                } else if !inherits {
                    // What no parent has any more is the table's own.
                    step.catalog.change_table(&child, |child| {
                        if let Some(member) = member(child, column) {
                            member.local = true;
                        }
                    });
                }
            }
            refused.map_or(Outcome::Done, Outcome::Refused)
        })
    }

    /// Takes a column out of a table, with everything that goes along.
    pub(super) fn take_column(&mut self, name: &Name, column: &Ident, cascade: bool) {
        let Lookup::Found(table) = self.catalog.table(name) else {
            self.catalog.change_table(name, |table| table.gone.push(column.clone()));
            return;
        };
        let mut table = table.clone();
        if cascade {
            self.drop_foreign_keys_to(name, Some(column));
        }
        table.columns.retain(|member| member.column.name != *column);
        table.gone.push(column.clone());
        let mut dropped = Vec::new();
        table.constraints.retain(|(known, constraint)| {
            let keep = !constraint.kind.reads(column);
            if !keep {
                dropped.push(known.clone());
            }
            keep
        });
        table.gone_constraints.extend(dropped.iter().cloned());
        // Computed from it: before 15, and with CASCADE, they go along.
        let computed: Vec<Ident> = table
            .columns
            .iter()
            .filter(|member| {
                let generated = member.column.generated.as_ref();
                generated.is_some_and(|generated| generated.expr.surely_reads(column.key()))
            })
            .map(|member| member.column.name.clone())
            .collect();
        self.put_table(name.clone(), table);
        let indexes: Vec<Name> = self
            .catalog
            .indexes_of(name)
            .filter(|index| {
                index.reads(column)
                    || index.constraint.as_ref().is_some_and(|constraint| dropped.contains(constraint))
            })
            .map(|index| index.name.clone())
            .collect();
        for index in indexes {
            self.catalog.put_relation(index, Slot::Gone);
        }
        self.drop_owned_sequences(name, Some(column));
        self.drop_readers(name, column, cascade);
        let takes_along = self.postgres() && (cascade || self.session.engine.known_older_than(15, 0));
        for computed in computed.into_iter().filter(|_| takes_along) {
            self.take_column(name, &computed, cascade);
        }
    }

    /// Whether a parent of the table has the column.
    pub(super) fn inherits_column(&self, table: &Name, column: &Ident) -> bool {
        self.catalog.table(table).found().is_some_and(|table| {
            table.parents.iter().any(|parent| {
                self.catalog.table(parent).and_then(|parent| parent.column(column.key())).found().is_some()
            })
        })
    }

    /// Partitions and heirs get a new column of their parent.
    pub(super) fn inherit(&mut self, parent: &Name, column: &Ident) {
        let Lookup::Found(added) = self.catalog.table(parent).and_then(|table| table.column(column.key()))
        else {
            return;
        };
        // The number of an identity column comes from its own table's sequence.
        let mut added = Member { local: false, ..added.clone() };
        added.column.identity = None;
        let mut below = self.catalog.children(parent);
        let mut at = 0;
        while let Some(child) = below.get(at).cloned() {
            at += 1;
            self.catalog.change_table(&child, |child| {
                child.gone.retain(|gone| gone != column);
                if child.column(column.key()).found().is_none() {
                    child.columns.push(Arc::new(added.clone()));
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
        let owned: Vec<Name> =
            self.catalog.sequences_of(table, column).map(|sequence| sequence.name.clone()).collect();
        for name in owned {
            self.catalog.put_relation(name, Slot::Gone);
        }
    }

    pub(super) fn alter_column(
        &mut self,
        target: &TableTarget,
        column: &Ident,
        change: &AlterColumn,
    ) -> Outcome {
        if target.kind == ObjectKind::Index {
            return Outcome::Done;
        }
        let placed = match change {
            AlterColumn::Type { ty, using, collation } => Some(AlterColumn::Type {
                ty: self.placed(ty),
                using: using.clone(),
                collation: collation.clone(),
            }),
            _ => None,
        };
        let change = placed.as_ref().unwrap_or(change);
        let mut refused = None;
        let outcome = self.alter_relation(target, altered_columns_of(change), |step, name, mut table| {
            refused = match change {
                AlterColumn::Type { ty, using, .. } => {
                    let kept = step.keeps_type(&table, column, target.only);
                    // What makes it impossible with any type comes first.
                    let kept = match kept {
                        Some(conflict) if conflict.sqlstate() == "42P16" => Some(conflict),
                        kept => step.unfit_type(&table, column, (ty, using.as_ref())).or(kept),
                    };
                    step.is_typed(&table).or(kept)
                }
                AlterColumn::SetNotNull if target.only && step.is_partitioned(&name) => {
                    step.child(&name).map(|child| {
                        Conflict::Other("42P16", format!("`{column}` must be NOT NULL in `{child}` too"))
                    })
                }
                AlterColumn::DropNotNull => step.keeps_not_null(&table, column),
                AlterColumn::SetDefault(expr) => step.computes(&table, column).or_else(|| {
                    let ty = step.column_type(&table, column);
                    let unfit = step.unfit_value(&table, column, (ty, expr), Site::Default);
                    unfit.or_else(|| step.lacks_sequence(expr))
                }),
                AlterColumn::DropDefault => step.computes(&table, column),
                AlterColumn::AddIdentity { .. } => step
                    .unfit_identity(&table, column)
                    .or_else(|| nullable(&table, column, step.catalog.dialect)),
                AlterColumn::SetNotNull
                | AlterColumn::SetIdentity { .. }
                | AlterColumn::DropIdentity(_)
                | AlterColumn::SetExpression(_)
                | AlterColumn::DropExpression(_)
                | AlterColumn::Setting(..)
                | AlterColumn::Option(_)
                | AlterColumn::Redefine(_) => None,
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
                AlterColumn::AddIdentity { always, options, sequence } => {
                    if known.identity.is_some() || known.default.is_some() {
                        let what = if known.identity.is_some() {
                            "is an identity column already"
                        } else {
                            "has a default already"
                        };
                        return Outcome::Refused(Conflict::Other(
                            "55000",
                            format!("column `{column}` of `{name}` {what}"),
                        ));
                    }
                    known.identity = Some(if *always { Identity::Always } else { Identity::ByDefault });
                    let owner = known.clone();
                    step.put_table(name.clone(), table);
                    step.own_sequence(&name, &owner, &((**options).clone(), sequence.clone()));
                    return Outcome::Done;
                }
                AlterColumn::DropIdentity(guard) => {
                    // Of a column that is older than the history it is not known whether it was one.
                    if known.identity.is_none() && known.ty.is_some() {
                        return step.lacks(&name, column, "no identity column", *guard);
                    }
                    known.identity = None;
                    let users = step.users_of_owned(&name, Some(column));
                    refused = step.keeps(&users, &format!("the sequence of column `{column}`"), &[]);
                    step.put_table(name.clone(), table);
                    if let Some(sequence) = step.identity_sequence(&name, column) {
                        step.catalog.put_relation(sequence.name, Slot::Gone);
                    }
                    return Outcome::Done;
                }
                AlterColumn::SetIdentity { always, options } => {
                    if known.identity.is_none() && known.ty.is_some() && step.postgres() {
                        return step.lacks(&name, column, "no identity column", Guard::None);
                    }
                    if let Some(always) = always {
                        known.identity = Some(if *always { Identity::Always } else { Identity::ByDefault });
                    }
                    step.put_table(name.clone(), table);
                    if let Some(mut sequence) = step.identity_sequence(&name, column) {
                        sequence.options.alter(options);
                        let name = sequence.name.clone();
                        step.catalog
                            .put_relation(name, Slot::Present(Relation::Sequence(Arc::new(sequence))));
                    }
                    return Outcome::Done;
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
                AlterColumn::Setting(setting, Some(value)) => {
                    known.settings.insert(setting, value.clone());
                }
                AlterColumn::Setting(setting, None) => {
                    known.settings.remove(setting);
                }
                AlterColumn::Option(_) => {}
                AlterColumn::Redefine(def) => {
                    *known = def.column.clone();
                    let to = def.column.name.clone();
                    if to != *column {
                        table.gone.push(column.clone());
                    }
                }
            }
            step.put_table(name.clone(), table);
            if let AlterColumn::Type { ty, .. } = change {
                step.retype_sequence(&name, column, ty);
            }
            Outcome::Done
        });
        if outcome == Outcome::Done && goes_down(change) && !target.only && self.catalog.has_inheritance() {
            let name = self.resolve(&target.name);
            for child in self.catalog.children(&name) {
                self.alter_child_column(child, column, change, &mut vec![name.clone()]);
            }
        }
        match (outcome, refused) {
            (Outcome::Done, Some(conflict)) => Outcome::Refused(conflict),
            (outcome, _) => outcome,
        }
    }

    /// The same change in a partition or heir, and below it. `above`: where it came from, since a text can make two tables each
    /// other's parents.
    fn alter_child_column(
        &mut self,
        child: Name,
        column: &Ident,
        change: &AlterColumn,
        above: &mut Vec<Name>,
    ) {
        if above.contains(&child) {
            return;
        }
        self.catalog.change_table(&child, |table| {
            let Some(member) = member(table, column) else { return };
            let known = &mut member.column;
            match change {
                AlterColumn::Type { ty, collation, .. } => {
                    known.ty = Some(ty.clone());
                    known.collation.clone_from(collation);
                }
                AlterColumn::SetDefault(expr) => known.default = Some(expr.clone()),
                AlterColumn::DropDefault => known.default = None,
                AlterColumn::SetNotNull => known.not_null = Some(true),
                AlterColumn::DropNotNull => known.not_null = Some(false),
                AlterColumn::SetExpression(expr) => {
                    if let Some(generated) = &mut known.generated {
                        generated.expr = expr.clone();
                    }
                }
                AlterColumn::DropExpression(_) => known.generated = None,
                AlterColumn::Setting(setting, Some(value)) => {
                    known.settings.insert(setting, value.clone());
                }
                AlterColumn::Setting(setting, None) => {
                    known.settings.remove(setting);
                }
                AlterColumn::AddIdentity { .. }
                | AlterColumn::SetIdentity { .. }
                | AlterColumn::DropIdentity(_)
                | AlterColumn::Option(_)
                | AlterColumn::Redefine(_) => {}
            }
        });
        above.push(child.clone());
        for grandchild in self.catalog.children(&child) {
            self.alter_child_column(grandchild, column, change, above);
        }
        above.pop();
    }

    /// The sequence of an identity column has the column's type (source: `ATExecAlterColumnType` in PostgreSQL's tablecmds.c).
    fn retype_sequence(&mut self, table: &Name, column: &Ident, ty: &Type) {
        if let Some(mut sequence) = self.identity_sequence(table, column) {
            sequence.options.alter(&SequenceOptions { ty: Some(ty.clone()), ..SequenceOptions::default() });
            let name = sequence.name.clone();
            self.catalog.put_relation(name, Slot::Present(Relation::Sequence(Arc::new(sequence))));
        }
    }

    /// DROP IDENTITY and DROP EXPRESSION of a column that has none.
    pub(super) fn lacks(&self, table: &Name, column: &Ident, what: &str, guard: Guard) -> Outcome {
        match guard {
            Guard::IfExists => Outcome::Skipped { existing: None },
            Guard::None | Guard::IfNotExists | Guard::OrReplace => Outcome::Refused(Conflict::Other(
                "55000",
                format!("column `{column}` of `{table}` is {what}"),
            )),
        }
    }

    pub(super) fn rename_column(&mut self, target: &TableTarget, from: &Ident, to: &Ident) -> Outcome {
        let name = self.resolve(&target.name);
        // By any of its names every relation's columns are renamed, a composite type's attributes too.
        let target = &TableTarget { kind: ObjectKind::Table, ..target.clone() };
        if self.is_composite(&name).is_some() {
            let change = AlterType::RenameAttribute { from: from.clone(), to: to.clone() };
            return super::types::alter_type(self, &name, &change);
        }
        let temporary = self.catalog.table(&name).found().is_some_and(|table| table.temporary);
        if let Some(conflict) = self.broken_view().filter(|_| !temporary) {
            return Outcome::Refused(conflict);
        }
        if let Lookup::Found(_) = self.catalog.view(&name) {
            if let refused @ Outcome::Refused(_) = self.no_table(name.clone()) {
                return refused;
            }
            return self.rename_view_column(&name, from, to);
        }
        self.alter_relation(target, &[ObjectKind::Index], |step, name, table| {
            if let Some(conflict) = step.is_typed(&table) {
                return Outcome::Refused(conflict);
            }
            if table.column(from.key()).is_absent() {
                return step.missing(column_ref(&name, from), Guard::None);
            }
            // SQLite compares without regard to case, and takes a new spelling, or none.
            let respelt = from == to && step.catalog.dialect == Dialect::Sqlite;
            if table.column(to.key()).found().is_some() && !respelt {
                return Outcome::Refused(Conflict::Exists(column_ref(&name, to)));
            }
            let below = if step.postgres() { step.family(&name, false) } else { Vec::new() };
            let has = |heir: &&Name| {
                step.catalog.table(heir).and_then(|heir| heir.column(to.key())).found().is_some()
            };
            if let Some(heir) = below.iter().find(has) {
                return Outcome::Refused(Conflict::Exists(column_ref(heir, to)));
            }
            if step.postgres() && step.inherits_column(&name, from) {
                let sentence = format!("column `{from}` of `{name}` is inherited");
                return Outcome::Refused(Conflict::Other("42P16", sentence));
            }
            if step.postgres() && target.only && step.child(&name).is_some() {
                let sentence = format!("column `{from}` must be renamed in the children of `{name}` too");
                return Outcome::Refused(Conflict::Other("42P16", sentence));
            }
            if step.postgres() && builtin::is_system_column(to) {
                return Outcome::Refused(Conflict::Exists(column_ref(&name, to)));
            }
            step.rename_column_of(&name, from, to, &mut Vec::new());
            Outcome::Done
        })
    }

    /// A column under its new name, in its table, below it, and wherever it is named.
    fn rename_column_of(&mut self, name: &Name, from: &Ident, to: &Ident, above: &mut Vec<Name>) {
        if above.contains(name) {
            return;
        }
        self.catalog.change_table(name, |table| {
            if let Some(member) = member(table, from) {
                member.column.name = to.clone();
            }
            table.gone.retain(|gone| gone != to);
            table.gone.push(from.clone());
            for (_, constraint) in &mut table.constraints {
                super::rename::rename_in_constraint(constraint, name, from, to);
            }
            for member in table.columns.iter_mut() {
                let reads = member
                    .column
                    .generated
                    .as_ref()
                    .is_some_and(|generated| generated.expr.reads(from.key()));
                if let Some(generated) = Arc::make_mut(member).column.generated.as_mut().filter(|_| reads) {
                    generated.expr.rename_column(from.key(), to.key());
                }
            }
            for key in table.partition_by.iter_mut().flat_map(|by| &mut by.keys) {
                key.expr.rename_column(from.key(), to.key());
            }
        });
        let indexes: Vec<Index> =
            self.catalog.indexes_of(name).filter(|index| index.reads(from)).cloned().collect();
        for mut index in indexes {
            for key in &mut index.keys {
                key.expr.rename_column(from.key(), to.key());
            }
            if let Some(predicate) = &mut index.predicate {
                predicate.rename_column(from.key(), to.key());
            }
            for included in index.include.iter_mut().filter(|included| *included == from) {
                *included = to.clone();
            }
            self.catalog.put_relation(index.name.clone(), Slot::Present(Relation::Index(Arc::new(index))));
        }
        self.rename_for_others(name, from, to);
        above.push(name.clone());
        for child in self.catalog.children(name) {
            self.rename_column_of(&child, from, to, above);
        }
        above.pop();
    }
}

/// Whether a change of a parent's column is one of its children's too.
const fn goes_down(change: &AlterColumn) -> bool {
    match change {
        AlterColumn::Type { .. }
        | AlterColumn::SetDefault(_)
        | AlterColumn::DropDefault
        | AlterColumn::SetNotNull
        | AlterColumn::DropNotNull
        | AlterColumn::SetExpression(_)
        | AlterColumn::DropExpression(_)
        | AlterColumn::Setting(..) => true,
        AlterColumn::AddIdentity { .. }
        | AlterColumn::SetIdentity { .. }
        | AlterColumn::DropIdentity(_)
        | AlterColumn::Option(_)
        | AlterColumn::Redefine(_) => false,
    }
}

/// A column of CREATE TABLE takes from its parent's what it does not say.
pub(super) fn merge(column: &mut Column, parent: &Column) {
    if column.ty.is_none() {
        column.ty.clone_from(&parent.ty);
        column.collation.clone_from(&parent.collation);
    }
    if column.default.is_none() && column.identity.is_none() {
        column.default.clone_from(&parent.default);
    }
    if column.not_null != Some(true) {
        column.not_null = parent.not_null;
    }
    if column.generated.is_none() {
        column.generated.clone_from(&parent.generated);
    }
    for (setting, value) in &parent.settings {
        column.settings.entry(setting).or_insert_with(|| value.clone());
    }
}

/// ADD GENERATED AS IDENTITY asks for a column that is NOT NULL.
pub(super) fn nullable(table: &Table, column: &Ident, dialect: Dialect) -> Option<Conflict> {
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

/// `nextval('orders_id_seq'::regclass)`.
pub fn nextval(sequence: &Name) -> Expr {
    let name = Expr::Literal(Literal::String(sequence.to_string()));
    let to = Type::plain("regclass");
    Expr::Call { name: "nextval".to_owned(), arguments: vec![Expr::Cast { operand: Box::new(name), to }] }
}
