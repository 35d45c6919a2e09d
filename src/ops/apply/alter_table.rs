//! What ALTER TABLE does to a table as a whole: partitions that come and go, parents, storage, switches.

use std::sync::Arc;

use super::kinds::options_of;
use super::tables::differing;
use super::{Outcome, Step};
use crate::ops::{Conflict, Guard, TableOption, TableTarget};
use crate::schema::{
    Bound, Constraint, ConstraintKind, Detail, Dialect, Ident, Index, Lookup, Name, ObjectKind, ObjectRef,
    Other, PartitionKind, Relation, Sequence, Slot, Table,
};

impl Step<'_> {
    pub(super) fn attach_partition(
        &mut self,
        target: &TableTarget,
        partition: &Name,
        bound: Option<&Bound>,
    ) -> Outcome {
        let parent = match self.target(target) {
            Ok(parent) => parent,
            Err(outcome) => return *outcome,
        };
        let name = self.resolve(partition);
        if target.kind == ObjectKind::Index {
            return self.attach_index(&parent, &name);
        }
        if let Lookup::Found(above) = self.catalog.table(&parent)
            && !above.open
            && above.partition_by.is_none()
        {
            return Outcome::Refused(Conflict::Other("42P17", format!("`{parent}` is not partitioned")));
        }
        if self.postgres() && self.is_above(&name, &parent) {
            let sentence =
                format!("`{name}` cannot be a partition of `{parent}`, which is `{name}` or below it");
            return Outcome::Refused(Conflict::Other("42P07", sentence));
        }
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
        if self.catalog.table(&name).is_absent() {
            return self.missing(ObjectRef { kind: ObjectKind::Table, name, on: None }, Guard::None);
        }
        self.catalog.change_table(&parent, |table| {
            if table.partition == PartitionKind::None {
                table.partition = PartitionKind::Parent;
            }
        });
        self.catalog.change_table(&name, |table| {
            table.partition = PartitionKind::Partition;
            table.bound = bound.cloned();
            table.parents.push(parent.clone());
            for member in table.columns.iter_mut().map(Arc::make_mut) {
                member.local = false;
            }
        });
        let shared: Vec<Ident> = self.catalog.table(&parent).found().map_or_else(Vec::new, |above| {
            let checks = |one: &&(Ident, Constraint)| matches!(one.1.kind, ConstraintKind::Check(_));
            above.constraints.iter().filter(checks).map(|(ident, _)| ident.clone()).collect()
        });
        self.catalog.change_table(&name, |table| {
            for (known, constraint) in &mut table.constraints {
                if matches!(constraint.kind, ConstraintKind::Check(_)) && shared.contains(known) {
                    constraint.inherited = true;
                }
            }
        });
        self.become_partition(&parent, &name);
        Outcome::Done
    }

    pub(super) fn detach_partition(&mut self, target: &TableTarget, partition: &Name) -> Outcome {
        let parent = match self.target(target) {
            Ok(parent) => parent,
            Err(outcome) => return *outcome,
        };
        let name = self.resolve(partition);
        if let Lookup::Found(table) = self.catalog.table(&name) {
            // A partition that was detached before is known to be none: its parent was seen to go.
            if table.partition != PartitionKind::Partition
                && (!table.open || table.options.iter().any(|option| option == "DETACHED"))
            {
                return Outcome::Refused(Conflict::Other(
                    "42P01",
                    format!("`{name}` is no partition of `{parent}`"),
                ));
            }
        }
        let there = self.catalog.change_table(&name, |table| {
            table.partition =
                if table.partition_by.is_some() { PartitionKind::Parent } else { PartitionKind::None };
            table.bound = None;
            table.parents.retain(|known| *known != parent);
            table.options.push("DETACHED".to_owned());
            for member in table.columns.iter_mut().map(Arc::make_mut) {
                member.local = true;
            }
            for (_, constraint) in &mut table.constraints {
                constraint.inherited = false;
            }
        });
        if !there {
            return self.missing(ObjectRef { kind: ObjectKind::Table, name, on: None }, Guard::None);
        }
        let parts: Vec<Name> = self
            .catalog
            .indexes_of(&name)
            .filter(|index| index.parent.is_some())
            .map(|index| index.name.clone())
            .collect();
        for part in parts {
            self.set_parent_index(&part, None);
        }
        let cloned: Vec<ObjectRef> = self
            .catalog
            .others()
            .filter(|(object, other)| {
                object.on.as_ref() == Some(&name)
                    && matches!(&other.detail, Detail::Trigger(trigger) if trigger.inherited)
            })
            .map(|(object, _)| object.clone())
            .collect();
        for object in cloned {
            self.catalog.put_other(object, Slot::Gone);
        }
        Outcome::Done
    }

    pub(super) fn set_table_option(&mut self, target: &TableTarget, option: &TableOption) -> Outcome {
        let parent = match option {
            TableOption::Inherit { parent, .. } => Some(self.resolve(parent)),
            TableOption::Trigger { .. }
            | TableOption::RowSecurity(_)
            | TableOption::ForceRowSecurity(_)
            | TableOption::ReplicaIdentity(_)
            | TableOption::Parameters(_)
            | TableOption::Logged(_)
            | TableOption::Tablespace(_)
            | TableOption::AccessMethod(_)
            | TableOption::ClusterOn(_)
            | TableOption::OfType(_)
            | TableOption::Other(_) => None,
        };
        match option {
            TableOption::Trigger { disable, mode, name, rule } => {
                let table = self.resolve(&target.name);
                if let refused @ Outcome::Refused(_) = self.only_tables(&table, options_of(option)) {
                    return refused;
                }
                return self.switch(target, *disable, *mode, name, *rule);
            }
            TableOption::Parameters(parameters) => return self.set_parameters(target, parameters),
            TableOption::RowSecurity(_)
            | TableOption::ForceRowSecurity(_)
            | TableOption::ReplicaIdentity(_)
            | TableOption::Logged(_)
            | TableOption::Tablespace(_)
            | TableOption::AccessMethod(_)
            | TableOption::ClusterOn(_)
            | TableOption::Inherit { .. }
            | TableOption::OfType(_)
            | TableOption::Other(_) => {}
        }
        let of_type = match option {
            TableOption::OfType(Some(ty)) => Some(self.resolve(ty)),
            _ => None,
        };
        self.alter_relation(target, options_of(option), |step, name, mut table| {
            match option {
                TableOption::RowSecurity(on) => table.row_security = *on,
                TableOption::ForceRowSecurity(on) => table.force_row_security = *on,
                TableOption::ReplicaIdentity(what) => {
                    if let Some(index) = what.strip_prefix("USING INDEX ") {
                        let index = Name { schema: name.schema.clone(), ident: Ident::exact(index) };
                        if step.catalog.relation(&index).is_absent() {
                            let object = ObjectRef { kind: ObjectKind::Index, name: index, on: None };
                            return step.missing(object, Guard::None);
                        }
                    }
                    table.replica_identity = Some(what.clone()).filter(|what| what != "DEFAULT");
                }
                TableOption::OfType(_) => table.of_type = of_type,
                TableOption::Logged(logged) => {
                    if table.temporary && step.postgres() {
                        let sentence = format!("`{name}` is temporary: it is never logged");
                        return Outcome::Refused(Conflict::Other("42P16", sentence));
                    }
                    // It says nothing of the partitions (before 18, which refuses).
                    if table.partition == PartitionKind::Parent && step.postgres() {
                        return Outcome::Done;
                    }
                    if let Some(other) = step.kept_logged(&table, *logged) {
                        return Outcome::Refused(Conflict::Other("42P16", other));
                    }
                    table.unlogged = !logged;
                    step.put_table(name.clone(), table);
                    step.log_owned_sequences(&name, *logged);
                    return Outcome::Done;
                }
                TableOption::Inherit { no, .. } => {
                    let Some(parent) = parent else { return Outcome::Done };
                    return step.set_inherit(name, table, parent, *no);
                }
                TableOption::ClusterOn(index) => return step.cluster_on(&name, index.as_ref()),
                TableOption::Trigger { .. }
                | TableOption::Parameters(_)
                | TableOption::Tablespace(_)
                | TableOption::AccessMethod(_)
                | TableOption::Other(_) => return Outcome::Done,
            }
            step.put_table(name, table)
        })
    }

    /// CLUSTER ON an index, and of no other; SET WITHOUT CLUSTER.
    fn cluster_on(&mut self, table: &Name, index: Option<&Ident>) -> Outcome {
        let wanted = index.map(|ident| Name { schema: table.schema.clone(), ident: ident.clone() });
        if let Some(name) = wanted.as_ref().filter(|name| self.catalog.relation(name).is_absent()) {
            return self
                .missing(ObjectRef { kind: ObjectKind::Index, name: name.clone(), on: None }, Guard::None);
        }
        let all: Vec<Index> = self.catalog.indexes_of(table).cloned().collect();
        for index in all {
            let clustered = wanted.as_ref() == Some(&index.name);
            if index.clustered != clustered {
                let name = index.name.clone();
                let index = Relation::Index(Arc::new(Index { clustered, ..index }));
                self.catalog.put_relation(name, Slot::Present(index));
            }
        }
        Outcome::Done
    }

    /// CLUSTER … USING marks the index for the next time. That of a partitioned table cannot be marked.
    pub(super) fn cluster(&mut self, table: &Name, index: &Ident) -> Outcome {
        let known = self.catalog.table(table).found();
        if known.is_some_and(|table| table.partition == PartitionKind::Parent) {
            return Outcome::Done;
        }
        self.cluster_on(table, Some(index))
    }

    /// INHERIT and NO INHERIT.
    fn set_inherit(&mut self, name: Name, mut table: Table, parent: Name, no: bool) -> Outcome {
        let inherits = table.parents.contains(&parent);
        let fixed = match table.partition {
            PartitionKind::Parent if !no => Some("partitioned"),
            PartitionKind::Partition => Some("a partition"),
            PartitionKind::None if table.of_type.is_some() && !no => Some("of a type"),
            PartitionKind::Parent | PartitionKind::None => None,
        };
        if let Some(what) = fixed.filter(|_| self.postgres()) {
            let sentence = format!("`{name}` is {what}: INHERIT and NO INHERIT cannot change its parents");
            return Outcome::Refused(Conflict::Other("42809", sentence));
        }
        if !no && let Some(conflict) = self.has_no_heirs(&parent, table.temporary) {
            return Outcome::Refused(conflict);
        }
        if !no && !inherits && self.postgres() && self.is_above(&name, &parent) {
            let sentence =
                format!("`{name}` cannot inherit from `{parent}`, which is `{name}` or inherits from it");
            return Outcome::Refused(Conflict::Other("42P07", sentence));
        }
        if !no && inherits {
            let sentence = format!("`{name}` inherits from `{parent}` already");
            return Outcome::Refused(Conflict::Other("42P07", sentence));
        }
        if no {
            if !inherits && !table.open {
                let sentence = format!("`{name}` does not inherit from `{parent}`");
                return Outcome::Refused(Conflict::Other("42P01", sentence));
            }
            table.parents.retain(|known| *known != parent);
            for member in table.columns.iter_mut().map(Arc::make_mut) {
                member.local = true;
            }
            for (_, constraint) in &mut table.constraints {
                constraint.inherited = false;
            }
            return self.put_table(name, table);
        }
        let Lookup::Found(above) = self.catalog.table(&parent) else {
            if let refused @ Outcome::Refused(_) = self.only_tables(&parent, &[]) {
                return refused;
            }
            if self.catalog.relation(&parent).is_absent() {
                let object = ObjectRef { kind: ObjectKind::Table, name: parent, on: None };
                return self.missing(object, Guard::None);
            }
            table.parents.push(parent);
            return self.put_table(name, table);
        };
        let lacking = above.columns.iter().map(|member| &member.column.name);
        if let Some(column) = lacking.into_iter().find(|column| table.column(column.key()).is_absent()) {
            let sentence = format!("`{name}` lacks column `{column}` of `{parent}`");
            return Outcome::Refused(Conflict::Other("42804", sentence));
        }
        let checks = above.constraints.iter().filter(|(_, constraint)| {
            matches!(constraint.kind, ConstraintKind::Check(_))
                && !constraint.attributes.iter().any(|attribute| attribute == "NO INHERIT")
        });
        for (ident, _) in checks.clone() {
            match table.constraints.iter_mut().find(|(known, _)| known == ident) {
                Some((_, own)) => own.inherited = true,
                None if table.open => {}
                None => {
                    let sentence = format!("`{name}` lacks constraint `{ident}` of `{parent}`");
                    return Outcome::Refused(Conflict::Other("42804", sentence));
                }
            }
        }
        table.parents.push(parent);
        self.put_table(name, table)
    }

    /// SET LOGGED and SET UNLOGGED take the table's own sequences along (since PostgreSQL 15).
    fn log_owned_sequences(&mut self, table: &Name, logged: bool) {
        if self.session.engine.known_older_than(15, 0) {
            return;
        }
        let owned: Vec<Sequence> = self.catalog.sequences_of(table, None).cloned().collect();
        for sequence in owned {
            let sequence = Sequence { unlogged: !logged, ..sequence };
            let name = sequence.name.clone();
            self.catalog.put_relation(name, Slot::Present(Relation::Sequence(Arc::new(sequence))));
        }
    }

    /// ENABLE and DISABLE of a trigger or rule, or of all.
    fn switch(
        &mut self,
        target: &TableTarget,
        disable: bool,
        mode: Option<&str>,
        name: &str,
        rule: bool,
    ) -> Outcome {
        let table = match self.target(target) {
            Ok(table) => table,
            Err(outcome) => return *outcome,
        };
        let kind = if rule { ObjectKind::Rule } else { ObjectKind::Trigger };
        let all = !rule && (name == "ALL" || name == "USER");
        let one = ObjectRef { kind, name: Name::bare(Ident::exact(name)), on: Some(table.clone()) };
        if !all && self.catalog.other(&one).is_absent() {
            return self.missing(one, Guard::None);
        }
        let switch = match (disable, mode) {
            (true, _) => Some("DISABLE".to_owned()),
            (false, Some(mode)) => Some(format!("ENABLE {mode}")),
            (false, None) => None,
        };
        let switched: Vec<(ObjectRef, Other)> = self
            .catalog
            .others()
            .filter(|(object, _)| {
                object.kind == kind && object.on.as_ref() == Some(&table) && (all || object.name == one.name)
            })
            .map(|(object, other)| (object.clone(), other.clone()))
            .collect();
        for (object, mut other) in switched {
            match &mut other.detail {
                Detail::Trigger(trigger) => trigger.switch.clone_from(&switch),
                Detail::Rule(rule) => rule.switch.clone_from(&switch),
                Detail::None
                | Detail::Policy(_)
                | Detail::Extension(_)
                | Detail::Statistics(_)
                | Detail::Publication(_)
                | Detail::Text(_) => {}
            }
            self.catalog.put_other(object, Slot::Present(other));
        }
        Outcome::Done
    }

    /// SET (…) and RESET (…) of a table, an index or a view.
    fn set_parameters(&mut self, target: &TableTarget, parameters: &[(String, Option<String>)]) -> Outcome {
        let name = match self.target(target) {
            Ok(name) => name,
            Err(outcome) => return *outcome,
        };
        let change = |known: &mut std::collections::BTreeMap<String, String>| {
            for (parameter, value) in parameters {
                match value {
                    Some(value) => known.insert(parameter.clone(), value.clone()),
                    None => known.remove(parameter),
                };
            }
        };
        let Lookup::Found(relation) = self.catalog.relation(&name) else { return Outcome::Done };
        let changed = match relation.clone() {
            Relation::Table(table) => {
                if table.partition == PartitionKind::Parent && self.postgres() {
                    let sentence = format!("`{name}` is partitioned: it has no storage parameters");
                    return Outcome::Refused(Conflict::Other("42809", sentence));
                }
                let mut table = (*table).clone();
                change(&mut table.parameters);
                Relation::Table(Arc::new(table))
            }
            Relation::Index(index) => {
                let mut index = (*index).clone();
                change(&mut index.parameters);
                Relation::Index(Arc::new(index))
            }
            Relation::View(view) => {
                let mut view = (*view).clone();
                change(&mut view.parameters);
                Relation::View(Arc::new(view))
            }
            sequence @ Relation::Sequence(_) => sequence,
        };
        self.catalog.put_relation(name, Slot::Present(changed));
        Outcome::Done
    }

    /// A foreign key between this table and another one that would then live longer than what it refers to.
    pub(super) fn kept_logged(&self, table: &Table, logged: bool) -> Option<String> {
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
}
