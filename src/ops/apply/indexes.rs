//! Indexes, and those of partitions that belong to one of the parent's.

use std::sync::Arc;

use super::columns::column_ref;
use super::expressions::Site;
use super::{Outcome, Step, names};
use crate::ops::{Conflict, CreateIndex, Guard};
use crate::schema::diff::shape;
use crate::schema::{
    Dialect, Expr, Ident, Index, IndexKey, Lookup, Name, ObjectKind, ObjectRef, Relation, Slot, Table,
};

impl Step<'_> {
    pub(super) fn create_index(&mut self, create: &CreateIndex) -> Outcome {
        let table = self.resolve(&create.table);
        if self.catalog.relation(&table).is_absent() {
            return self.missing(ObjectRef { kind: ObjectKind::Table, name: table, on: None }, Guard::None);
        }
        // MySQL: an index name is its table's own.
        if self.catalog.dialect == Dialect::Mysql {
            return Outcome::Done;
        }
        let generated_name = create.name.is_none();
        let ident = match &create.name {
            Some(name) => names::kept(self.catalog.dialect, name).ident.clone(),
            None => {
                let columns = names::index_columns(&create.keys, &create.include);
                let second = names::joined(columns.iter().map(String::as_str));
                names::free_relation(self.catalog, table.schema.as_ref(), table.text(), Some(&second), "idx")
            }
        };
        let name = Name { schema: table.schema.clone(), ident };
        if let Lookup::Found(relation) = self.catalog.relation(&name) {
            let object = ObjectRef { kind: relation.kind(), name, on: None };
            // SQLite: IF NOT EXISTS asks for an index, and no table may have its name.
            let table = self.catalog.dialect == Dialect::Sqlite && relation.kind() != ObjectKind::Index;
            let guard = if table { Guard::None } else { create.guard };
            return self.exists(object, guard, relation.made());
        }
        if self.catalog.dialect != Dialect::Mysql
            && let Lookup::Found(relation @ (Relation::View(_) | Relation::Sequence(_) | Relation::Index(_))) =
                self.catalog.relation(&table)
            && relation.kind() != ObjectKind::MaterializedView
        {
            let sentence = format!("`{table}` is a {}: it cannot be indexed", relation.kind().noun());
            return Outcome::Refused(Conflict::Other("42809", sentence));
        }
        let plain: Vec<Ident> = create
            .keys
            .iter()
            .filter_map(IndexKey::column)
            // The whole row.
            .filter(|column| *column != "*" && *column != table.ident.key())
            .map(Ident::exact)
            .chain(create.include.iter().cloned())
            .collect();
        if let Lookup::Found(known) = self.catalog.table(&table)
            && let Some(column) = self.missing_column(known, &plain)
        {
            return self.missing(column_ref(&table, column), Guard::None);
        }
        let computed = |table: &Table| create.unique && table.is_parted_by_expression();
        if self.postgres() && self.catalog.table(&table).found().is_some_and(computed) {
            let sentence = format!("an expression partitions `{table}`: it can have no unique index");
            return Outcome::Refused(Conflict::Other("0A000", sentence));
        }
        if let Some(left_out) = self.parted_elsewhere(&table, create) {
            let sentence =
                format!("a unique index of `{table}` must have column `{left_out}`, which partitions it");
            return Outcome::Refused(Conflict::Other("0A000", sentence));
        }
        if self.lacks_method(&create.method) {
            let name = Name::bare(Ident::exact(create.method.as_str()));
            return self.missing(ObjectRef { kind: ObjectKind::AccessMethod, name, on: None }, Guard::None);
        }
        let predicate = self.any_unfit_in(&table, &create.predicate, Site::Predicate);
        let keys = || self.any_unfit_in(&table, create.keys.iter().map(|key| &key.expr), Site::Key);
        if let Some(conflict) = predicate.or_else(keys) {
            return Outcome::Refused(conflict);
        }
        if create.concurrently && self.is_partitioned(&table) {
            let sentence = format!("`{table}` is partitioned: no index can be built on it CONCURRENTLY");
            return Outcome::Refused(Conflict::Other("0A000", sentence));
        }
        let predicate = create.predicate.clone().map(|predicate| match self.catalog.table(&table) {
            Lookup::Found(known) => self.with_strings(known, predicate),
            Lookup::Absent | Lookup::Unknown => predicate,
        });
        let index = Index {
            unique: create.unique,
            method: create.method.clone(),
            keys: create.keys.iter().map(|key| self.plain_key(key)).collect(),
            include: create.include.clone(),
            nulls_not_distinct: create.nulls_not_distinct,
            predicate,
            generated_name,
            only: create.only && self.is_partitioned(&table) && !self.catalog.children(&table).is_empty(),
            parameters: create.parameters.clone(),
            made: Some(self.place),
            ..Index::plain(name.clone(), table.clone())
        };
        self.catalog.put_relation(name.clone(), Slot::Present(Relation::Index(Arc::new(index.clone()))));
        if !create.only && self.is_partitioned(&table) {
            for child in self.catalog.children(&table) {
                self.index_partition(&index, &child);
            }
        }
        Outcome::Done
    }

    /// A collation in brackets is the key's (source: `ComputeIndexAttrs` in PostgreSQL's indexcmds.c).
    fn plain_key(&self, key: &IndexKey) -> IndexKey {
        match &key.expr {
            Expr::Operator { operator, operands } if operator.starts_with("COLLATE ") && self.postgres() => {
                match operands.as_slice() {
                    [column @ Expr::Column(_)] => {
                        let options = format!("{operator} {}", key.options).trim_end().to_owned();
                        IndexKey { expr: column.clone(), options }
                    }
                    _ => key.clone(),
                }
            }
            _ => key.clone(),
        }
    }

    /// A column that decides into which partition a row goes and that a unique index of the table leaves out.
    fn parted_elsewhere(&self, table: &Name, create: &CreateIndex) -> Option<String> {
        let known = self.catalog.table(table).found().filter(|_| create.unique && self.postgres())?;
        let has = |column: &String| create.keys.iter().any(|key| key.column() == Some(column.as_str()));
        known.partition_columns().into_iter().find(|column| !has(column))
    }

    /// Whether an access method is known not to be there: neither one of the server's own, nor made, nor an extension's.
    fn lacks_method(&self, method: &str) -> bool {
        let name = Name::bare(Ident::exact(method));
        self.postgres()
            && !self.catalog.unclear
            && !["btree", "hash", "gist", "gin", "spgist", "brin"].contains(&method)
            && self.catalog.other(&ObjectRef { kind: ObjectKind::AccessMethod, name, on: None }).is_absent()
            && !self.catalog.others().any(|(object, _)| object.kind == ObjectKind::Extension)
    }

    /// Gives a partition the index that one of its parent's asks for: one of its own that is the same, or a new one.
    pub(super) fn index_partition(&mut self, above: &Index, partition: &Name) {
        if self.attach_equal(&above.name, partition) {
            return;
        }
        let create = CreateIndex {
            name: None,
            table: partition.clone(),
            only: false,
            unique: above.unique,
            concurrently: false,
            guard: Guard::None,
            method: above.method.clone(),
            keys: above.keys.clone(),
            include: above.include.clone(),
            nulls_not_distinct: above.nulls_not_distinct,
            predicate: above.predicate.clone(),
            parameters: above.parameters.clone(),
        };
        let before: Vec<Name> = self.catalog.indexes_of(partition).map(|index| index.name.clone()).collect();
        self.create_index(&create);
        let new = self.catalog.indexes_of(partition).map(|index| &index.name);
        let new = new.into_iter().find(|name| !before.contains(name)).cloned();
        if let Some(new) = new {
            self.set_parent_index(&new, Some(above.name.clone()));
        }
    }

    /// Makes an index of the partition that is the same as its parent's a part of it; false where it has none.
    pub(super) fn attach_equal(&mut self, above: &Name, partition: &Name) -> bool {
        let Lookup::Found(wanted) = self.catalog.index(above) else { return false };
        let wanted = wanted.clone();
        let dialect = self.catalog.dialect;
        let own = self.catalog.indexes_of(partition).find(|index| {
            index.parent.is_none()
                && (wanted.constraint.is_none() || index.constraint.is_some())
                && shape::same_index(index, &wanted, dialect)
        });
        let Some(own) = own.map(|index| (index.name.clone(), index.constraint.clone())) else { return false };
        self.set_parent_index(&own.0, Some(above.clone()));
        if let Some(constraint) = own.1.filter(|_| wanted.constraint.is_some()) {
            self.catalog.change_table(partition, |table| {
                if let Some((_, known)) = table.constraints.iter_mut().find(|(known, _)| *known == constraint)
                {
                    known.inherited = true;
                }
            });
        }
        true
    }

    /// Says which index of the parent an index belongs to.
    pub(super) fn set_parent_index(&mut self, index: &Name, parent: Option<Name>) {
        if let Lookup::Found(known) = self.catalog.index(index) {
            let changed = Index { parent, ..known.clone() };
            self.catalog.put_relation(index.clone(), Slot::Present(Relation::Index(Arc::new(changed))));
        }
    }

    /// ALTER INDEX … ATTACH PARTITION.
    pub(super) fn attach_index(&mut self, above: &Name, below: &Name) -> Outcome {
        for name in [above, below] {
            if self.catalog.relation(name).is_absent() {
                let object = ObjectRef { kind: ObjectKind::Index, name: name.clone(), on: None };
                return self.missing(object, Guard::None);
            }
        }
        self.set_parent_index(below, Some(above.clone()));
        let served = self
            .catalog
            .index(below)
            .found()
            .and_then(|index| index.table.clone().zip(index.constraint.clone()));
        if let Some((table, constraint)) = served
            && self.catalog.index(above).found().is_some_and(|above| above.constraint.is_some())
        {
            self.catalog.change_table(&table, |table| {
                if let Some((_, known)) = table.constraints.iter_mut().find(|(known, _)| *known == constraint)
                {
                    known.inherited = true;
                }
            });
        }
        // Once every partition has its part, the parent's index is whole.
        let whole = self.catalog.index(above).found().cloned().filter(|above| above.only);
        if let Some(index) = whole
            && let Some(table) = &index.table
        {
            let attached = |child: &Name| {
                self.catalog.indexes_of(child).any(|own| own.parent.as_ref() == Some(&index.name))
            };
            if self.catalog.children(table).iter().all(attached) {
                let index = Index { only: false, ..index.clone() };
                self.catalog
                    .put_relation(index.name.clone(), Slot::Present(Relation::Index(Arc::new(index))));
            }
        }
        Outcome::Done
    }

    /// A table's indexes go with it, and a materialized view's.
    pub(super) fn drop_indexes_of(&mut self, relation: &Name) {
        let indexes: Vec<Name> = self.catalog.indexes_of(relation).map(|index| index.name.clone()).collect();
        for index in indexes {
            self.catalog.put_relation(index, Slot::Gone);
        }
    }

    /// The indexes of partitions that belong to an index go with it.
    pub(super) fn drop_index_parts(&mut self, index: &Name) {
        if !self.catalog.has_inheritance() {
            return;
        }
        let parts: Vec<Name> = self
            .catalog
            .indexes()
            .filter(|part| part.parent.as_ref() == Some(index))
            .map(|part| part.name.clone())
            .collect();
        for part in parts {
            self.catalog.put_relation(part.clone(), Slot::Gone);
            self.drop_index_parts(&part);
        }
    }
}
