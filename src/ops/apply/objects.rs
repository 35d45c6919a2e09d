//! Everything that is no table: views, sequences, types, functions, triggers, and DROP and RENAME of every kind.

use std::sync::Arc;

use super::{Outcome, Step, names};
use crate::ops::{
    AlterDomain, AlterSequence, AlterType, Conflict, CreateDomain, CreateFunction, CreatePolicy,
    CreateSequence, CreateTrigger, CreateType, CreateView, Drop, Guard, TypeDefinition,
};
use crate::schema::{
    ConstraintKind, Dialect, EnumType, Expr, Function, Ident, Lookup, Name, ObjectKind, ObjectRef, Other,
    Relation, Sequence, Slot, Table, Type, TypeEntry, TypeKind, View,
};

impl Step<'_> {
    /// How an object that is no relation, type or function is kept: without a schema, its table resolved.
    pub(super) fn other_key(&self, object: &ObjectRef) -> ObjectRef {
        let on = match (object.kind, self.catalog.dialect) {
            // SQLite's triggers are named in the whole database.
            (ObjectKind::Trigger, Dialect::Sqlite) => None,
            (ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule | ObjectKind::Cast, _) => {
                object.on.as_ref().map(|table| self.resolve(table))
            }
            _ => None,
        };
        ObjectRef { kind: object.kind, name: Name::bare(object.name.ident.clone()), on }
    }

    pub(super) fn create_other(
        &mut self,
        object: ObjectRef,
        guard: Guard,
        definition: String,
        words: Vec<String>,
    ) -> Outcome {
        if let Lookup::Found(other) = self.catalog.other(&object)
            && guard != Guard::OrReplace
        {
            return self.exists(object.clone(), guard, other.made);
        }
        self.catalog.put_other(object, Slot::Present(Other { definition, words, made: Some(self.place) }));
        Outcome::Done
    }

    pub(super) fn create_view(&mut self, create: &CreateView) -> Outcome {
        let name = if create.temporary {
            Name::qualified(self.catalog.temporary_schema(), create.name.ident.clone())
        } else {
            self.home(&create.name)
        };
        if let Lookup::Found(relation) = self.catalog.relation(&name) {
            let replaces = create.guard == Guard::OrReplace
                && matches!(relation, Relation::View(view) if !view.materialized);
            if !replaces {
                return self.exists(
                    ObjectRef { kind: relation.kind(), name: name.clone(), on: None },
                    create.guard,
                    relation.made(),
                );
            }
        }
        let view = View {
            name: name.clone(),
            materialized: create.materialized,
            columns: create.columns.clone(),
            renamed: Vec::new(),
            no_data: create.no_data,
            query: create.query.clone(),
            reads: create.reads.iter().map(|read| self.resolve(read)).collect(),
            words: create.words.clone(),
            made: Some(self.place),
        };
        self.catalog.put_relation(name, Slot::Present(Relation::View(Arc::new(view))));
        Outcome::Done
    }

    pub(super) fn create_sequence(&mut self, create: &CreateSequence) -> Outcome {
        let name = self.home(&create.name);
        if let Lookup::Found(relation) = self.catalog.relation(&name) {
            return self.exists(
                ObjectRef { kind: relation.kind(), name: name.clone(), on: None },
                create.guard,
                relation.made(),
            );
        }
        let owned_by = create.owned_by.as_ref().map(|(table, column)| (self.resolve(table), column.clone()));
        let sequence = Sequence { name: name.clone(), owned_by, implicit: false, made: Some(self.place) };
        self.catalog.put_relation(name, Slot::Present(Relation::Sequence(Arc::new(sequence))));
        Outcome::Done
    }

    pub(super) fn alter_sequence(&mut self, alter: &AlterSequence) -> Outcome {
        let name = self.resolve(&alter.name);
        let guard = if alter.if_exists { Guard::IfExists } else { Guard::None };
        match self.catalog.relation(&name) {
            Lookup::Found(Relation::Sequence(sequence)) => {
                if let Some(owner) = &alter.owned_by {
                    let owned_by =
                        owner.as_ref().map(|(table, column)| (self.resolve(table), column.clone()));
                    let sequence = Sequence { owned_by, ..(**sequence).clone() };
                    self.catalog.put_relation(name, Slot::Present(Relation::Sequence(Arc::new(sequence))));
                }
                Outcome::Done
            }
            Lookup::Found(Relation::Table(_) | Relation::Index(_) | Relation::View(_)) | Lookup::Unknown => {
                Outcome::Done
            }
            Lookup::Absent => self.missing(ObjectRef { kind: ObjectKind::Sequence, name, on: None }, guard),
        }
    }

    pub(super) fn create_type(&mut self, create: &CreateType) -> Outcome {
        let kind = match &create.definition {
            TypeDefinition::Enum(labels) => TypeKind::Enum(EnumType { labels: labels.clone(), open: false }),
            TypeDefinition::Composite(attributes) => TypeKind::Composite(attributes.clone()),
            TypeDefinition::Range(text) | TypeDefinition::Base(text) => TypeKind::Other(text.clone()),
            TypeDefinition::Shell => TypeKind::Other(String::new()),
        };
        let name = self.home(&create.name);
        self.put_new_type(name, kind, ObjectKind::Type)
    }

    fn put_new_type(&mut self, name: Name, kind: TypeKind, object: ObjectKind) -> Outcome {
        if let Lookup::Found(entry) = self.catalog.type_entry(&name) {
            // CREATE TYPE x; announces a base type that CREATE TYPE x (…) then fills in.
            if !matches!(&entry.kind, TypeKind::Other(text) if text.is_empty()) {
                return Outcome::Refused(Conflict::Exists(ObjectRef { kind: object, name, on: None }));
            }
        }
        self.catalog.put_type(name.clone(), Slot::Present(TypeEntry { name, kind, made: Some(self.place) }));
        Outcome::Done
    }

    pub(super) fn create_domain(&mut self, create: &CreateDomain) -> Outcome {
        let name = self.home(&create.name);
        let mut constraints = Vec::new();
        for constraint in create
            .constraints
            .iter()
            .filter(|constraint| !matches!(constraint.kind, ConstraintKind::NotNull(_)))
        {
            let ident = constraint.name.clone().unwrap_or_else(|| domain_check(&name, &constraints));
            constraints.push((ident, constraint.clone()));
        }
        let not_null =
            create.constraints.iter().any(|constraint| matches!(constraint.kind, ConstraintKind::NotNull(_)));
        let kind = TypeKind::Domain {
            ty: create.ty.clone(),
            default: create.default.clone(),
            not_null,
            constraints,
        };
        self.put_new_type(name, kind, ObjectKind::Type)
    }

    pub(super) fn create_function(&mut self, create: &CreateFunction) -> Outcome {
        let name = self.home(&create.name);
        let mut all = self.catalog.functions(&name).to_vec();
        let known = all.iter().position(|function| function.arguments == create.arguments);
        if let Some(known) = known
            && let (Some(before), Some(now)) =
                (plain_type(&all[known]), create.returns.as_deref().and_then(plain))
            && before != now
            && self.catalog.dialect == Dialect::Postgres
            && create.guard == Guard::OrReplace
        {
            let sentence =
                format!("`{name}` returns {before}: CREATE OR REPLACE cannot make it return {now}");
            return Outcome::Refused(Conflict::Other("42P13", sentence));
        }
        if known.is_some() && create.guard != Guard::OrReplace {
            return Outcome::Refused(Conflict::Exists(ObjectRef { kind: create.kind, name, on: None }));
        }
        let function = Function {
            kind: create.kind,
            arguments: create.arguments.clone(),
            returns: create.returns.clone(),
            volatility: create.volatility.clone(),
            body: create.body.clone(),
            made: Some(self.place),
        };
        match known {
            Some(at) => all[at] = function,
            None => all.push(function),
        }
        self.catalog.put_functions(name, all);
        Outcome::Done
    }

    pub(super) fn create_trigger(&mut self, create: &CreateTrigger) -> Outcome {
        let table = self.resolve(&create.table);
        if self.catalog.relation(&table).is_absent() {
            return self.missing(ObjectRef { kind: ObjectKind::Table, name: table, on: None }, Guard::None);
        }
        let object = ObjectRef { kind: ObjectKind::Trigger, name: create.name.clone(), on: Some(table) };
        let object = self.other_key(&object);
        let words = create.update_of.iter().map(|column| column.key().to_owned()).collect();
        self.create_other(object, create.guard, create.definition.clone(), words)
    }

    pub(super) fn create_policy(&mut self, create: &CreatePolicy) -> Outcome {
        let table = self.resolve(&create.table);
        if self.catalog.table(&table).is_absent() {
            return self.missing(ObjectRef { kind: ObjectKind::Table, name: table, on: None }, Guard::None);
        }
        let object =
            ObjectRef { kind: ObjectKind::Policy, name: Name::bare(create.name.clone()), on: Some(table) };
        self.create_other(object, Guard::None, create.definition.clone(), create.words.clone())
    }

    /// ALTER of what only its name is known of. What a publication was given, and lost, is remembered.
    pub(super) fn alter_other(&mut self, object: &ObjectRef, what: &str) -> Outcome {
        if object.kind != ObjectKind::Publication || self.catalog.dialect != Dialect::Postgres {
            return Outcome::Done;
        }
        let ways = [("ADD ", true), ("DROP ", false), ("SET TABLE", true)];
        let Some((way, adds)) = ways.into_iter().find(|(way, _)| what.starts_with(way)) else {
            return Outcome::Done;
        };
        // SET TABLE names its members as ADD TABLE does.
        let rest = what.strip_prefix(way.split_once("TABLE").map_or(way, |(verb, _)| verb)).unwrap_or("");
        let key = self.other_key(object);
        let mut known = match self.catalog.other(&key) {
            Lookup::Found(other) => (**other).clone(),
            Lookup::Unknown => Other { definition: String::new(), words: Vec::new(), made: None },
            Lookup::Absent => return self.missing(object.clone(), Guard::None),
        };
        if way == "SET TABLE" {
            known.words.clear();
        }
        for item in members(rest) {
            let (has, has_not) = (format!("+{item}"), format!("-{item}"));
            let member = || format!("{} in {object}", item.replace("TABLE ", "table ").to_lowercase());
            if adds && known.words.contains(&has) {
                return Outcome::Refused(Conflict::Other("42710", format!("{} is there already", member())));
            }
            if !adds && known.words.contains(&has_not) {
                return Outcome::Refused(Conflict::Other("42704", format!("{} is not there", member())));
            }
            known.words.retain(|word| *word != has && *word != has_not);
            known.words.push(if adds { has } else { has_not });
        }
        self.catalog.put_other(key, Slot::Present(known));
        Outcome::Done
    }

    /// REFRESH, which CONCURRENTLY asks for rows that are there already and a unique index over all of them.
    pub(super) fn refresh_view(&mut self, view: &Name, concurrently: bool, with_data: bool) -> Outcome {
        let name = self.resolve(view);
        let Lookup::Found(view) = self.catalog.view(&name) else { return Outcome::Done };
        if !concurrently {
            if view.no_data == with_data {
                let view = View { no_data: !with_data, ..view.clone() };
                self.catalog.put_relation(name, Slot::Present(Relation::View(Arc::new(view))));
            }
            return Outcome::Done;
        }
        if view.no_data {
            let sentence = format!("`{name}` has no data yet: the first REFRESH cannot be CONCURRENTLY");
            return Outcome::Refused(Conflict::Other("0A000", sentence));
        }
        let fits = self.catalog.indexes_of(&view.name).any(|index| {
            index.unique && index.predicate.is_none() && index.keys.iter().all(|key| key.column().is_some())
        });
        if fits || self.catalog.unclear || view.made.is_none() {
            return Outcome::Done;
        }
        let sentence = format!("`{name}` has no unique index of columns alone, without WHERE");
        Outcome::Refused(Conflict::Other("55000", sentence))
    }

    pub(super) fn drop(&mut self, drop: &Drop) -> Outcome {
        if drop.concurrently && (drop.cascade || drop.objects.len() > 1) {
            let sentence = "DROP INDEX CONCURRENTLY takes one index, and no CASCADE".to_owned();
            return Outcome::Refused(Conflict::Other("0A000", sentence));
        }
        let mut worst = Outcome::Skipped { existing: None };
        // Everything of one DROP goes together: a table of the list may depend on another one of it.
        let together: Vec<Name> = drop.objects.iter().map(|object| self.resolve(&object.name)).collect();
        for (index, object) in drop.objects.iter().enumerate() {
            let arguments = drop.arguments.get(index).and_then(Option::as_ref);
            let outcome = self.drop_one(drop, object, arguments, &together);
            match (&worst, &outcome) {
                (Outcome::Refused(_), _) | (Outcome::Done, Outcome::Skipped { .. }) => {}
                _ => worst = outcome,
            }
        }
        worst
    }

    fn drop_one(
        &mut self,
        drop: &Drop,
        object: &ObjectRef,
        arguments: Option<&Vec<String>>,
        together: &[Name],
    ) -> Outcome {
        let name = self.resolve(&object.name);
        let full = ObjectRef { kind: object.kind, name: name.clone(), on: object.on.clone() };
        match object.kind {
            ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::Index
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Sequence => {
                // In MySQL an index belongs to its table.
                if object.kind == ObjectKind::Index && self.catalog.dialect == Dialect::Mysql {
                    return Outcome::Done;
                }
                if self.catalog.relation(&name).is_absent() {
                    return self.missing(full, drop.guard);
                }
                if let Lookup::Found(there) = self.catalog.relation(&name)
                    && there.kind() != object.kind
                    && there.made().is_some()
                    && self.catalog.dialect != Dialect::Mysql
                {
                    let sentence =
                        format!("`{name}` is no {} but a {}", object.kind.noun(), there.kind().noun());
                    return Outcome::Refused(Conflict::Other("42809", sentence));
                }
                if let Lookup::Found(index) = self.catalog.index(&name)
                    && let Some((constraint, table)) = index.constraint.as_ref().zip(index.table.as_ref())
                    && self.catalog.dialect == Dialect::Postgres
                {
                    let sentence = format!("constraint `{constraint}` of `{table}` needs index `{name}`");
                    return Outcome::Refused(Conflict::Other("2BP01", sentence));
                }
                self.drop_relation(&name, drop.cascade, together)
            }
            ObjectKind::Type | ObjectKind::Domain => {
                if self.catalog.type_entry(&name).is_absent() {
                    return self.missing(full, drop.guard);
                }
                let used = self.has_type(&name).filter(|_| !drop.cascade);
                self.catalog.put_type(name.clone(), Slot::Gone);
                used.map_or(Outcome::Done, |used| {
                    Outcome::Refused(Conflict::Other("2BP01", format!("{used} depends on type `{name}`")))
                })
            }
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate => {
                // What a trigger calls takes no arguments.
                let called = self
                    .calls(&name)
                    .filter(|_| !drop.cascade && arguments.is_none_or(|arguments| arguments.is_empty()));
                match (self.drop_function(full, drop.guard, arguments), called) {
                    (Outcome::Done, Some(trigger)) => {
                        Outcome::Refused(Conflict::Other("2BP01", format!("{trigger} depends on `{name}`")))
                    }
                    (outcome, _) => outcome,
                }
            }
            ObjectKind::Schema => {
                let key = self.other_key(object);
                if self.catalog.other(&key).is_absent() {
                    return self.missing(full, drop.guard);
                }
                let inhabitant = self
                    .inhabitant(&object.name.ident)
                    .filter(|_| !drop.cascade && self.catalog.dialect == Dialect::Postgres);
                self.drop_schema(&object.name.ident);
                self.catalog.put_other(key, Slot::Gone);
                inhabitant.map_or(Outcome::Done, |inhabitant| {
                    let sentence = format!("{inhabitant} depends on schema `{name}`");
                    Outcome::Refused(Conflict::Other("2BP01", sentence))
                })
            }
            _ => {
                let key = self.other_key(object);
                if let Some(table) = &key.on
                    && self.catalog.relation(table).is_absent()
                    && drop.guard == Guard::None
                {
                    return self.missing(
                        ObjectRef { kind: ObjectKind::Table, name: table.clone(), on: None },
                        drop.guard,
                    );
                }
                if self.catalog.other(&key).is_absent() {
                    return self.missing(full, drop.guard);
                }
                self.catalog.put_other(key, Slot::Gone);
                Outcome::Done
            }
        }
    }

    fn drop_relation(&mut self, name: &Name, cascade: bool, together: &[Name]) -> Outcome {
        let mut refused = None;
        match self.catalog.relation(name).found().cloned() {
            Some(Relation::Table(_)) => {
                if self.catalog.dialect == Dialect::Postgres {
                    let referencing = self.foreign_keys_to(name, None);
                    let left = referencing.iter().find(|(owner, _)| !together.contains(owner));
                    if let Some((owner, constraint)) = left.filter(|_| !cascade) {
                        let sentence =
                            format!("constraint `{constraint}` of `{owner}` depends on table `{name}`");
                        refused = Some(Conflict::Other("2BP01", sentence));
                    }
                    self.drop_foreign_keys_to(name, None);
                    let heir = self.heir(name).filter(|heir| !cascade && !together.contains(heir));
                    if let (Some(heir), None) = (heir, &refused) {
                        let sentence = format!("table `{heir}` inherits from `{name}`");
                        refused = Some(Conflict::Other("2BP01", sentence));
                    }
                }
                self.drop_indexes_of(name);
                self.drop_owned_sequences(name, None);
                self.drop_what_is_on(name);
                let partitions: Vec<Name> = self
                    .catalog
                    .tables()
                    .filter(|table| {
                        table.partition == crate::schema::PartitionKind::Partition
                            && table.parents.contains(name)
                    })
                    .map(|table| table.name.clone())
                    .collect();
                // Gone before what hangs on it: a text can make two tables each other's partitions.
                self.catalog.put_relation(name.clone(), Slot::Gone);
                for partition in partitions {
                    self.drop_relation(&partition, cascade, together);
                }
            }
            Some(Relation::View(_)) => {
                self.drop_indexes_of(name);
                self.drop_what_is_on(name);
            }
            Some(Relation::Index(_) | Relation::Sequence(_)) | None => {}
        }
        let views: Vec<Name> = self
            .catalog
            .views()
            .filter(|view| view.reads.contains(name) && view.name != *name)
            .map(|view| view.name.clone())
            .collect();
        // And two views can read each other.
        self.catalog.put_relation(name.clone(), Slot::Gone);
        if self.catalog.dialect == Dialect::Postgres {
            if let Some(view) =
                views.iter().find(|view| !together.contains(view)).filter(|_| !cascade && refused.is_none())
            {
                refused = Some(Conflict::Other("2BP01", format!("view `{view}` depends on `{name}`")));
            }
            if cascade {
                for view in views {
                    self.drop_relation(&view, true, together);
                }
            }
        }
        refused.map_or(Outcome::Done, Outcome::Refused)
    }

    /// A table's indexes go with it, and a materialized view's.
    fn drop_indexes_of(&mut self, relation: &Name) {
        let indexes: Vec<Name> = self.catalog.indexes_of(relation).map(|index| index.name.clone()).collect();
        for index in indexes {
            self.catalog.put_relation(index, Slot::Gone);
        }
    }

    /// Triggers, policies and rules go with their table.
    fn drop_what_is_on(&mut self, table: &Name) {
        let on: Vec<ObjectRef> = self
            .catalog
            .others()
            .filter(|(object, _)| object.on.as_ref() == Some(table))
            .map(|(object, _)| object.clone())
            .collect();
        for object in on {
            self.catalog.put_other(object, Slot::Gone);
        }
    }

    fn drop_schema(&mut self, schema: &Ident) {
        let in_it = |name: &Name| name.schema.as_ref() == Some(schema);
        let relations: Vec<Name> =
            self.catalog.relations().map(|(name, _)| name.clone()).filter(|name| in_it(name)).collect();
        for name in relations {
            if self.catalog.table(&name).found().is_some() {
                self.drop_foreign_keys_to(&name, None);
                self.drop_what_is_on(&name);
            }
            self.catalog.put_relation(name, Slot::Gone);
        }
        let types: Vec<Name> =
            self.catalog.types().map(|entry| entry.name.clone()).filter(|name| in_it(name)).collect();
        for name in types {
            self.catalog.put_type(name, Slot::Gone);
        }
        let functions: Vec<Name> =
            self.catalog.all_functions().map(|(name, _)| name.clone()).filter(|name| in_it(name)).collect();
        for name in functions {
            self.catalog.put_functions(name, Vec::new());
        }
    }

    /// A function is told from its namesakes by its arguments; what was dropped is remembered by both.
    fn drop_function(&mut self, object: ObjectRef, guard: Guard, arguments: Option<&Vec<String>>) -> Outcome {
        let gone = gone_function(&object, arguments);
        let mut all = self.catalog.functions(&object.name).to_vec();
        let at = all.iter().position(|function| match arguments {
            None => true,
            Some(arguments) => {
                function.arguments.len() == arguments.len()
                    && function
                        .arguments
                        .iter()
                        .zip(arguments)
                        .all(|(known, written)| known.to_string() == *written)
            }
        });
        match at {
            Some(at) => {
                all.remove(at);
                self.catalog.put_functions(object.name, all);
            }
            None if self.catalog.other(&gone).is_absent() => return self.missing(object, guard),
            None => {}
        }
        self.catalog.put_other(gone, Slot::Gone);
        Outcome::Done
    }

    pub(super) fn rename(&mut self, object: &ObjectRef, to: &Ident, if_exists: bool) -> Outcome {
        let from = self.resolve(&object.name);
        let new = Name { schema: from.schema.clone(), ident: to.clone() };
        let new = names::kept(self.catalog.dialect, &new).into_owned();
        self.rekey(object, from, new, if_exists)
    }

    pub(super) fn set_schema(&mut self, object: &ObjectRef, to: &Ident, if_exists: bool) -> Outcome {
        let from = self.resolve(&object.name);
        let new = Name::qualified(to.clone(), from.ident.clone());
        self.rekey(object, from, new, if_exists)
    }

    fn rekey(&mut self, object: &ObjectRef, from: Name, new: Name, if_exists: bool) -> Outcome {
        let guard = if if_exists { Guard::IfExists } else { Guard::None };
        let full = ObjectRef { kind: object.kind, name: from.clone(), on: object.on.clone() };
        match object.kind {
            ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::Index
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Sequence => {
                if let Some(conflict) = self.broken_view() {
                    return Outcome::Refused(conflict);
                }
                if let (Lookup::Found(_), Outcome::Refused(conflict)) =
                    (self.catalog.view(&from), self.no_table(from.clone()))
                {
                    return Outcome::Refused(conflict);
                }
                let relation = match self.catalog.relation(&from) {
                    Lookup::Found(relation) => Some(relation.clone()),
                    Lookup::Unknown => None,
                    Lookup::Absent => return self.missing(full, guard),
                };
                if let Lookup::Found(there) = self.catalog.relation(&new) {
                    return Outcome::Refused(Conflict::Exists(ObjectRef {
                        kind: there.kind(),
                        name: new,
                        on: None,
                    }));
                }
                self.rename_relation(&from, &new, relation, object.kind);
                Outcome::Done
            }
            ObjectKind::Type | ObjectKind::Domain => {
                let entry = match self.catalog.type_entry(&from) {
                    Lookup::Found(entry) => Slot::Present(TypeEntry { name: new.clone(), ..entry.clone() }),
                    Lookup::Unknown => Slot::Unclear,
                    Lookup::Absent => return self.missing(full, guard),
                };
                if let Lookup::Found(_) = self.catalog.type_entry(&new) {
                    return Outcome::Refused(Conflict::Exists(ObjectRef {
                        kind: object.kind,
                        name: new,
                        on: None,
                    }));
                }
                self.catalog.put_type(from.clone(), Slot::Gone);
                self.rename_in_columns(&from, &new);
                self.catalog.put_type(new, entry);
                Outcome::Done
            }
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate => {
                let all = self.catalog.functions(&from).to_vec();
                let gone = gone_function(&full, None);
                if all.is_empty() && self.catalog.other(&gone).is_absent() {
                    return self.missing(full, guard);
                }
                self.catalog.put_functions(from, Vec::new());
                self.catalog.put_other(gone, Slot::Gone);
                if !all.is_empty() {
                    self.catalog.put_functions(new, all);
                }
                Outcome::Done
            }
            _ => {
                let key = self.other_key(object);
                let renamed = ObjectRef { name: Name::bare(new.ident.clone()), ..key.clone() };
                // Before 15 the new name of a trigger is looked at first.
                if object.kind == ObjectKind::Trigger
                    && renamed != key
                    && !self.session.engine.at_least(15, 0)
                    && self.catalog.other(&renamed).found().is_some()
                {
                    return Outcome::Refused(Conflict::Exists(renamed));
                }
                let other = match self.catalog.other(&key) {
                    Lookup::Found(other) => Slot::Present((**other).clone()),
                    Lookup::Unknown => Slot::Unclear,
                    Lookup::Absent => return self.missing(full, guard),
                };
                // SET SCHEMA leaves the name: nothing to tell apart.
                if renamed == key {
                    return Outcome::Done;
                }
                if let Lookup::Found(_) = self.catalog.other(&renamed) {
                    return Outcome::Refused(Conflict::Exists(renamed));
                }
                self.catalog.put_other(key, Slot::Gone);
                self.catalog.put_other(renamed, other);
                if object.kind == ObjectKind::Schema {
                    self.rename_schema(&from.ident, &new.ident);
                }
                Outcome::Done
            }
        }
    }

    /// `nextval('x'::regclass)` follows its sequence.
    fn rename_in_defaults(&mut self, from: &Name, to: &Name) {
        let takes_from = |expr: &Expr| {
            let is_it = |text: &str| {
                let text = text.replace('"', "");
                text == from.to_string()
                    || from.schema.as_ref().is_some_and(|schema| text == format!("{schema}.{}", from.ident))
            };
            match expr {
                Expr::Call { name, arguments } if name == "nextval" => {
                    arguments.iter().any(|argument| argument.as_string().is_some_and(is_it))
                }
                _ => false,
            }
        };
        let tables: Vec<Name> = self
            .catalog
            .tables()
            .filter(|table| {
                table.columns.iter().any(|member| member.column.default.as_ref().is_some_and(takes_from))
            })
            .map(|table| table.name.clone())
            .collect();
        for table in tables {
            self.catalog.change_table(&table, |table| {
                for member in table.columns.iter_mut().map(Arc::make_mut) {
                    if member.column.default.as_ref().is_some_and(takes_from) {
                        member.column.default = Some(super::tables::nextval(to));
                    }
                }
            });
        }
    }

    /// Columns keep their type when it is renamed.
    fn rename_in_columns(&mut self, from: &Name, to: &Name) {
        let shown = |schema: Option<&Ident>| {
            schema.filter(|schema| **schema != "public").map(|schema| schema.text().to_owned())
        };
        let (old_schema, new_schema) = (shown(from.schema.as_ref()), shown(to.schema.as_ref()));
        let is_it = |ty: &Type| ty.name == from.text() && (ty.schema.is_none() || ty.schema == old_schema);
        let has_it =
            |table: &Table| table.columns.iter().any(|member| member.column.ty.as_ref().is_some_and(is_it));
        let tables: Vec<Name> =
            self.catalog.tables().filter(|table| has_it(table)).map(|table| table.name.clone()).collect();
        for table in tables {
            self.catalog.change_table(&table, |table| {
                for member in table.columns.iter_mut().map(Arc::make_mut) {
                    if let Some(ty) = member.column.ty.as_mut().filter(|ty| is_it(ty)) {
                        to.text().clone_into(&mut ty.name);
                        ty.schema.clone_from(&new_schema);
                    }
                }
            });
        }
    }

    fn rename_schema(&mut self, from: &Ident, to: &Ident) {
        let names: Vec<(Name, Relation)> = self
            .catalog
            .relations()
            .filter(|(name, _)| name.schema.as_ref() == Some(from))
            .map(|(name, relation)| (name.clone(), relation.clone()))
            .collect();
        for (name, relation) in names {
            let new = Name::qualified(to.clone(), name.ident.clone());
            let kind = relation.kind();
            self.rename_relation(&name, &new, Some(relation), kind);
        }
    }

    /// Moves a relation to its new name, and everything that points to it along. None: it may be there.
    fn rename_relation(&mut self, from: &Name, new: &Name, relation: Option<Relation>, kind: ObjectKind) {
        self.catalog.put_relation(from.clone(), Slot::Gone);
        let moved = match relation {
            Some(Relation::Table(table)) => {
                let mut table = (*table).clone();
                table.name = new.clone();
                Relation::Table(Arc::new(table))
            }
            Some(Relation::Index(index)) => {
                let mut index = (*index).clone();
                index.name = new.clone();
                if let (Some(table), Some(constraint)) = (index.table.clone(), index.constraint.clone()) {
                    self.catalog.change_table(&table, |table| {
                        for (known, _) in
                            table.constraints.iter_mut().filter(|(known, _)| *known == constraint)
                        {
                            *known = new.ident.clone();
                        }
                    });
                    index.constraint = Some(new.ident.clone());
                }
                Relation::Index(Arc::new(index))
            }
            Some(Relation::View(view)) => {
                Relation::View(Arc::new(View { name: new.clone(), ..(*view).clone() }))
            }
            Some(Relation::Sequence(sequence)) => {
                self.rename_in_defaults(from, new);
                Relation::Sequence(Arc::new(Sequence { name: new.clone(), ..(*sequence).clone() }))
            }
            None if matches!(kind, ObjectKind::Table | ObjectKind::ForeignTable) => {
                Relation::Table(Arc::new(Table::unknown(new.clone())))
            }
            None => {
                self.catalog.put_relation(new.clone(), Slot::Unclear);
                return;
            }
        };
        let is_pointed_to = matches!(moved, Relation::Table(_) | Relation::View(_));
        self.catalog.put_relation(new.clone(), Slot::Present(moved));
        if is_pointed_to {
            self.repoint(from, new);
        }
    }

    /// Everything that names the table by its old name names it by its new one.
    fn repoint(&mut self, from: &Name, to: &Name) {
        for (owner, _) in self.foreign_keys_to(from, None) {
            self.catalog.change_table(&owner, |owner| {
                for (_, constraint) in &mut owner.constraints {
                    if let ConstraintKind::ForeignKey(key) = &mut constraint.kind
                        && key.table == *from
                    {
                        key.table = to.clone();
                    }
                }
            });
        }
        self.catalog.change_table(to, |table| {
            for (_, constraint) in &mut table.constraints {
                if let ConstraintKind::ForeignKey(key) = &mut constraint.kind
                    && key.table == *from
                {
                    key.table = to.clone();
                }
            }
        });
        let pointing: Vec<(Name, Relation)> = self
            .catalog
            .relations()
            .filter(|(_, relation)| match relation {
                Relation::Index(index) => index.table.as_ref() == Some(from),
                Relation::View(view) => view.reads.contains(from),
                Relation::Sequence(sequence) => {
                    sequence.owned_by.as_ref().is_some_and(|(owner, _)| owner == from)
                }
                Relation::Table(table) => table.parents.contains(from),
            })
            .map(|(name, relation)| (name.clone(), relation.clone()))
            .collect();
        let renamed = |names: &mut Vec<Name>| {
            for name in names.iter_mut().filter(|name| *name == from) {
                *name = to.clone();
            }
        };
        for (name, relation) in pointing {
            let relation = match relation {
                Relation::Index(index) => {
                    let mut index = (*index).clone();
                    index.table = Some(to.clone());
                    index.name.schema.clone_from(&to.schema);
                    if index.name != name {
                        self.catalog.put_relation(name.clone(), Slot::Gone);
                    }
                    self.catalog
                        .put_relation(index.name.clone(), Slot::Present(Relation::Index(Arc::new(index))));
                    continue;
                }
                Relation::View(view) => {
                    let mut view = (*view).clone();
                    renamed(&mut view.reads);
                    Relation::View(Arc::new(view))
                }
                Relation::Sequence(sequence) => {
                    let mut sequence = (*sequence).clone();
                    sequence.owned_by = sequence.owned_by.map(|(_, column)| (to.clone(), column));
                    Relation::Sequence(Arc::new(sequence))
                }
                Relation::Table(table) => {
                    let mut table = (*table).clone();
                    renamed(&mut table.parents);
                    Relation::Table(Arc::new(table))
                }
            };
            self.catalog.put_relation(name, Slot::Present(relation));
        }
        let on: Vec<(ObjectRef, Other)> = self
            .catalog
            .others()
            .filter(|(object, _)| object.on.as_ref() == Some(from))
            .map(|(object, other)| (object.clone(), other.clone()))
            .collect();
        for (object, other) in on {
            self.catalog.put_other(object.clone(), Slot::Gone);
            self.catalog.put_other(ObjectRef { on: Some(to.clone()), ..object }, Slot::Present(other));
        }
    }
}

fn plain_type(function: &Function) -> Option<&'static str> {
    function.returns.as_deref().and_then(plain)
}

/// A type of one word that has no other spelling than these.
fn plain(ty: &str) -> Option<&'static str> {
    Some(match ty.trim().to_ascii_lowercase().as_str() {
        "int" | "integer" | "int4" => "integer",
        "bigint" | "int8" => "bigint",
        "smallint" | "int2" => "smallint",
        "boolean" | "bool" => "boolean",
        "timestamptz" | "timestamp with time zone" => "timestamptz",
        "timestamp" | "timestamp without time zone" => "timestamp",
        "text" => "text",
        "uuid" => "uuid",
        "json" => "json",
        "jsonb" => "jsonb",
        "date" => "date",
        "void" => "void",
        "trigger" => "trigger",
        _ => return None,
    })
}

/// `TABLE A (B), C, TABLES IN SCHEMA D`: each with its kind, without its columns and its WHERE.
fn members(list: &str) -> Vec<String> {
    let (mut depth, mut quoted) = (0u32, false);
    let mut items = vec![String::new()];
    for c in list.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth = depth.saturating_sub(1);
                continue;
            }
            ',' if !quoted && depth == 0 => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        if depth == 0
            && let Some(item) = items.last_mut()
        {
            item.push(c);
        }
    }
    let mut kind = "TABLE ";
    items
        .iter()
        .map(|item| {
            let mut item = item.trim().split(" WHERE").next().unwrap_or("").trim();
            for known in ["TABLES IN SCHEMA ", "TABLE "] {
                if let Some(rest) = item.strip_prefix(known) {
                    (kind, item) = (known, rest);
                }
            }
            let item = item.strip_prefix("ONLY ").unwrap_or(item).trim_end_matches('*').trim();
            format!("{kind}{item}")
        })
        .collect()
}

/// Under what a dropped function is remembered as gone.
fn gone_function(object: &ObjectRef, arguments: Option<&Vec<String>>) -> ObjectRef {
    let arguments = arguments.map_or_else(String::new, |arguments| format!("({})", arguments.join(", ")));
    let ident = Ident::exact(format!("{}{arguments}", object.name.ident.key()));
    ObjectRef {
        kind: ObjectKind::Function,
        name: Name { schema: object.name.schema.clone(), ident },
        on: None,
    }
}

/// `d_check`, `d_check1`, …: the name of a domain's unnamed CHECK.
fn domain_check(domain: &Name, taken: &[(Ident, crate::schema::Constraint)]) -> Ident {
    let table = Table::unknown(domain.clone());
    let taken: Vec<Ident> = taken.iter().map(|(known, _)| known.clone()).collect();
    names::free_constraint(&table, None, "check", &taken)
}

pub(super) fn alter_type(step: &mut Step<'_>, name: &Name, change: &AlterType) -> Outcome {
    let name = step.resolve(name);
    let mut entry = match step.catalog.type_entry(&name) {
        Lookup::Found(entry) => entry.clone(),
        Lookup::Unknown => {
            let kind = match change {
                AlterType::AddValue { .. } | AlterType::RenameValue { .. } => {
                    TypeKind::Enum(EnumType { labels: Vec::new(), open: true })
                }
                AlterType::AddAttribute { .. }
                | AlterType::DropAttribute { .. }
                | AlterType::AlterAttribute { .. }
                | AlterType::RenameAttribute { .. }
                | AlterType::Parameters => return Outcome::Done,
            };
            TypeEntry { name: name.clone(), kind, made: None }
        }
        Lookup::Absent => {
            return step.missing(ObjectRef { kind: ObjectKind::Type, name, on: None }, Guard::None);
        }
    };
    let attribute = |known: &Ident| ObjectRef {
        kind: ObjectKind::Column,
        name: Name::bare(known.clone()),
        on: Some(name.clone()),
    };
    match (change, &mut entry.kind) {
        (AlterType::AddValue { label, guard, position }, TypeKind::Enum(labels)) => {
            if labels.labels.contains(label) {
                if *guard == Guard::IfNotExists {
                    return Outcome::Skipped { existing: entry.made };
                }
                return Outcome::Refused(Conflict::Other(
                    "42710",
                    format!("type `{name}` has the value '{label}' already"),
                ));
            }
            let at = position.as_ref().and_then(|(after, other)| {
                labels.labels.iter().position(|known| known == other).map(|at| at + usize::from(*after))
            });
            labels.labels.insert(at.unwrap_or(labels.labels.len()), label.clone());
        }
        (AlterType::RenameValue { from, to }, TypeKind::Enum(labels)) => {
            let at = labels.labels.iter().position(|known| known == from);
            if labels.labels.contains(to) && at.is_some() {
                return Outcome::Refused(Conflict::Other(
                    "42710",
                    format!("type `{name}` has the value '{to}' already"),
                ));
            }
            match at {
                Some(at) => labels.labels[at].clone_from(to),
                None if labels.open && !labels.labels.contains(to) => labels.labels.push(to.clone()),
                None => {
                    return Outcome::Refused(Conflict::Other(
                        "22023",
                        format!("type `{name}` has no value '{from}'"),
                    ));
                }
            }
        }
        (AlterType::AddAttribute { name: added, ty }, TypeKind::Composite(attributes)) => {
            if attributes.iter().any(|(known, _)| known == added) {
                return Outcome::Refused(Conflict::Exists(attribute(added)));
            }
            attributes.push((added.clone(), ty.clone()));
        }
        (AlterType::DropAttribute { name: dropped, guard }, TypeKind::Composite(attributes)) => {
            if !attributes.iter().any(|(known, _)| known == dropped) {
                return step.missing(attribute(dropped), *guard);
            }
            attributes.retain(|(known, _)| known != dropped);
        }
        (AlterType::AlterAttribute { name: altered, ty }, TypeKind::Composite(attributes)) => {
            match attributes.iter_mut().find(|(known, _)| known == altered) {
                Some((_, known)) => {
                    *known = ty.clone();
                    if let Some(used) = step.has_type(&name) {
                        let sentence = format!("{used} has type `{name}`");
                        return Outcome::Refused(Conflict::Other("0A000", sentence));
                    }
                }
                None => return step.missing(attribute(altered), Guard::None),
            }
        }
        (AlterType::RenameAttribute { from, to }, TypeKind::Composite(attributes)) => {
            match attributes.iter_mut().find(|(known, _)| known == from) {
                Some((known, _)) => *known = to.clone(),
                None => return step.missing(attribute(from), Guard::None),
            }
        }
        (AlterType::Parameters, _)
        | (_, TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Domain { .. } | TypeKind::Other(_)) => {}
    }
    step.catalog.put_type(name, Slot::Present(entry));
    Outcome::Done
}

pub(super) fn alter_domain(step: &mut Step<'_>, name: &Name, change: &AlterDomain) -> Outcome {
    let name = step.resolve(name);
    let mut entry = match step.catalog.type_entry(&name) {
        Lookup::Found(entry) => entry.clone(),
        Lookup::Unknown => return Outcome::Done,
        Lookup::Absent => {
            return step.missing(ObjectRef { kind: ObjectKind::Type, name, on: None }, Guard::None);
        }
    };
    let TypeKind::Domain { default, not_null, constraints, .. } = &mut entry.kind else {
        return Outcome::Done;
    };
    let object = |known: &Ident| ObjectRef {
        kind: ObjectKind::Constraint,
        name: Name::bare(known.clone()),
        on: Some(name.clone()),
    };
    match change {
        AlterDomain::SetDefault(expr) => *default = Some(expr.clone()),
        AlterDomain::DropDefault => *default = None,
        AlterDomain::SetNotNull => *not_null = true,
        AlterDomain::DropNotNull => *not_null = false,
        AlterDomain::AddConstraint(constraint) => {
            let ident = constraint.name.clone().unwrap_or_else(|| domain_check(&name, constraints));
            if constraints.iter().any(|(known, _)| *known == ident) {
                return Outcome::Refused(Conflict::Exists(object(&ident)));
            }
            constraints.push((ident, (**constraint).clone()));
        }
        AlterDomain::DropConstraint { name: dropped, guard } => {
            if !constraints.iter().any(|(known, _)| known == dropped) {
                return step.missing(object(dropped), *guard);
            }
            constraints.retain(|(known, _)| known != dropped);
        }
        AlterDomain::ValidateConstraint(validated) => {
            match constraints.iter_mut().find(|(known, _)| known == validated) {
                Some((_, constraint)) => constraint.not_valid = false,
                None => return step.missing(object(validated), Guard::None),
            }
        }
    }
    step.catalog.put_type(name, Slot::Present(entry));
    Outcome::Done
}
