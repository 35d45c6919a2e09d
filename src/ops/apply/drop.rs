//! DROP of every kind, and what goes along.

use super::users::User;
use super::{Outcome, Step};
use crate::ops::{Conflict, Drop, Guard};
use crate::schema::{Detail, Dialect, Ident, Lookup, Name, ObjectKind, ObjectRef, Published, Relation, Slot};

impl Step<'_> {
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
            // What the list names twice goes once.
            if drop.objects[..index].contains(object) && arguments.is_none() && self.postgres() {
                continue;
            }
            let outcome = self.drop_one(drop, object, arguments, &together);
            match (&worst, &outcome) {
                // What the names mean is asked of all of them, before anything is dropped.
                (Outcome::Refused(known), Outcome::Refused(conflict))
                    if known.sqlstate() == "2BP01" && conflict.sqlstate() != "2BP01" =>
                {
                    worst = outcome;
                }
                (Outcome::Refused(_), _) | (Outcome::Done, Outcome::Skipped { .. }) => {}
                _ => worst = outcome,
            }
        }
        worst
    }

    pub(super) fn drop_one(
        &mut self,
        drop: &Drop,
        object: &ObjectRef,
        arguments: Option<&Vec<String>>,
        together: &[Name],
    ) -> Outcome {
        let name = self.resolve(&object.name);
        let full = ObjectRef { kind: object.kind, name: name.clone(), on: object.on.clone() };
        match object.kind {
            kind if kind.is_relation() => {
                // In MySQL an index belongs to its table.
                if object.kind == ObjectKind::Index && self.catalog.dialect == Dialect::Mysql {
                    return Outcome::Done;
                }
                if object.name.schema.is_none() {
                    self.may_be_elsewhere(&name, object.kind);
                }
                if self.catalog.relation(&name).is_absent() {
                    return match self.is_composite(&name) {
                        Some(conflict) => Outcome::Refused(conflict),
                        None => self.missing(full, drop.guard),
                    };
                }
                // SQLite looks for an index among the indexes alone.
                if let Lookup::Found(there) = self.catalog.relation(&name)
                    && object.kind == ObjectKind::Index
                    && there.kind() != ObjectKind::Index
                    && self.catalog.dialect == Dialect::Sqlite
                {
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
                if let Lookup::Found(index) = self.catalog.index(&name)
                    && let Some(above) = index.parent.clone()
                    && self.postgres()
                {
                    let sentence = format!("index `{above}` needs index `{name}`");
                    return Outcome::Refused(Conflict::Other("2BP01", sentence));
                }
                if drop.concurrently
                    && let Lookup::Found(index) = self.catalog.index(&name)
                    && index.table.as_ref().is_some_and(|table| self.is_partitioned(table))
                {
                    let sentence =
                        format!("`{name}` is on a partitioned table: it cannot be dropped CONCURRENTLY");
                    return Outcome::Refused(Conflict::Other("0A000", sentence));
                }
                let leaning = self.leaning_on_index(&name);
                if let Some((owner, constraint)) = leaning.first().filter(|_| !drop.cascade) {
                    let sentence =
                        format!("constraint `{constraint}` of `{owner}` depends on index `{name}`");
                    return Outcome::Refused(Conflict::Other("2BP01", sentence));
                }
                self.drop_leaning(leaning);
                if let Lookup::Found(Relation::Sequence(sequence)) = self.catalog.relation(&name)
                    && self.postgres()
                    && let Some(conflict) = self.keeps_sequence(sequence, drop.cascade, together)
                {
                    return Outcome::Refused(conflict);
                }
                self.drop_relation(&name, drop.cascade, together)
            }
            ObjectKind::Type | ObjectKind::Domain => {
                if self.catalog.type_entry(&name).is_absent() {
                    let state = if object.kind == ObjectKind::Domain { "42809" } else { "2BP01" };
                    return match self.is_row_type(&name, state) {
                        Some(conflict) => Outcome::Refused(conflict),
                        None => self.missing(full, drop.guard),
                    };
                }
                if let Some(conflict) = self.is_no_domain(object.kind, &name) {
                    return Outcome::Refused(conflict);
                }
                let users = self.users_of_type(&name);
                self.catalog.put_type(name.clone(), Slot::Gone);
                self.leave(users, &format!("type `{name}`"), drop.cascade, together)
            }
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate => {
                self.drop_function(drop, full, arguments, together)
            }
            ObjectKind::Schema => {
                let key = self.other_key(object);
                if self.catalog.other(&key).is_absent() {
                    return self.missing(full, drop.guard);
                }
                let inhabitant = self
                    .inhabitant(&object.name.ident)
                    .filter(|_| !drop.cascade && self.catalog.dialect == Dialect::Postgres);
                self.drop_schema(&object.name.ident, drop.cascade);
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
                let users = self.users_of_other(&key);
                if let Lookup::Found(other) = self.catalog.other(&key)
                    && let Detail::Trigger(trigger) = &other.detail
                    && trigger.inherited
                {
                    let sentence = format!("{key} belongs to a trigger of the partitioned table");
                    return Outcome::Refused(Conflict::Other("2BP01", sentence));
                }
                self.catalog.put_other(key.clone(), Slot::Gone);
                if let (ObjectKind::Trigger, Some(table)) = (key.kind, &key.on) {
                    self.drop_inherited_trigger(&key, table);
                }
                if key.kind == ObjectKind::Extension {
                    self.drop_brought(&key.name.ident);
                }
                self.leave(users, &key.to_string(), drop.cascade, together)
            }
        }
    }

    /// Whoever drops something without saying where it is has a search path that finds it. Where the file sets none and nothing of that
    /// name is known in `public`, the role that runs it may have one (as ALTER ROLE … SET search_path gives it), and what has
    /// the name in another schema may be gone.
    fn may_be_elsewhere(&mut self, name: &Name, kind: ObjectKind) {
        let alone = matches!(
            kind,
            ObjectKind::Index | ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Sequence
        );
        if !alone || !self.postgres() || self.session.settings.contains_key("search_path") {
            return;
        }
        if !matches!(self.catalog.relation(name), Lookup::Unknown) || self.catalog.is_unclear(name) {
            return;
        }
        let elsewhere: Vec<Name> = self
            .catalog
            .relations()
            .filter(|(other, relation)| other.ident == name.ident && relation.kind() == kind)
            .map(|(other, _)| other.clone())
            .collect();
        for other in elsewhere {
            self.catalog.put_relation(other, Slot::Unclear);
        }
    }

    /// The row triggers that partitions have from their parent go with it.
    pub(super) fn drop_inherited_trigger(&mut self, key: &ObjectRef, parent: &Name) {
        for child in self.catalog.children(parent) {
            let below = ObjectRef { on: Some(child.clone()), ..key.clone() };
            let inherited =
                self.catalog.other(&below).found().is_some_and(
                    |other| matches!(&other.detail, Detail::Trigger(trigger) if trigger.inherited),
                );
            if inherited {
                self.catalog.put_other(below.clone(), Slot::Gone);
                self.drop_inherited_trigger(&below, &child);
            }
        }
    }

    /// What becomes of those who used what was dropped: with CASCADE they go too, without it they keep it.
    fn leave(&mut self, users: Vec<User>, what: &str, cascade: bool, together: &[Name]) -> Outcome {
        if !cascade {
            return self.keeps(&users, what, together).map_or(Outcome::Done, Outcome::Refused);
        }
        self.take_users(users);
        Outcome::Done
    }

    pub(super) fn drop_relation(&mut self, name: &Name, cascade: bool, together: &[Name]) -> Outcome {
        let mut refused = None;
        let mut users = Vec::new();
        let (own, what) = match self.catalog.relation(name).found() {
            Some(relation @ (Relation::Table(_) | Relation::View(_))) => {
                (self.users_of_relation(name), relation.kind().noun())
            }
            Some(Relation::Sequence(_)) if cascade => (self.users_of_sequence(name), String::new()),
            Some(Relation::Sequence(_) | Relation::Index(_)) | None => (Vec::new(), String::new()),
        };
        users.extend(own);
        users.extend(self.users_of_owned(name, None));
        users.extend(self.keys_through_parents(name));
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
                self.unpublish(name);
                let partitions: Vec<Name> = self
                    .catalog
                    .tables()
                    .filter(|table| {
                        (table.partition == crate::schema::PartitionKind::Partition || cascade)
                            && table.parents.contains(name)
                    })
                    .map(|table| table.name.clone())
                    .collect();
                // Gone before what hangs on it: a text can make two tables each other's partitions.
                self.catalog.put_relation(name.clone(), Slot::Gone);
                for partition in partitions {
                    if let Outcome::Refused(conflict) = self.drop_relation(&partition, cascade, together) {
                        refused = refused.or(Some(conflict));
                    }
                }
            }
            Some(Relation::View(_)) => {
                self.drop_indexes_of(name);
                self.drop_what_is_on(name);
            }
            Some(Relation::Index(_)) => self.drop_index_parts(name),
            Some(Relation::Sequence(_)) | None => {}
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
            if let Outcome::Refused(conflict) =
                self.leave(users, &format!("{what} `{name}`"), cascade, together)
            {
                refused = refused.or(Some(conflict));
            }
        }
        refused.map_or(Outcome::Done, Outcome::Refused)
    }

    /// Triggers, policies and rules go with their table.
    pub(super) fn drop_what_is_on(&mut self, table: &Name) {
        let on: Vec<ObjectRef> = self
            .catalog
            .others()
            .filter(|(object, other)| {
                object.on.as_ref() == Some(table)
                    || match &other.detail {
                        Detail::Statistics(statistics) => statistics.table == *table,
                        Detail::Trigger(trigger) => trigger.table.as_ref() == Some(table),
                        Detail::None
                        | Detail::Policy(_)
                        | Detail::Rule(_)
                        | Detail::Extension(_)
                        | Detail::Publication(_)
                        | Detail::Text(_) => false,
                    }
            })
            .map(|(object, _)| object.clone())
            .collect();
        for object in on {
            self.catalog.put_other(object, Slot::Gone);
        }
    }

    /// A publication loses a table that is dropped.
    fn unpublish(&mut self, table: &Name) {
        let is_it = |member: &Published| matches!(member, Published::Table(name, ..) if name == table);
        let publishing: Vec<(ObjectRef, crate::schema::Other)> = self
            .catalog
            .others()
            .filter(|(_, other)| {
                matches!(&other.detail, Detail::Publication(publication) if publication.members.iter().any(is_it))
            })
            .map(|(object, other)| (object.clone(), other.clone()))
            .collect();
        for (object, mut other) in publishing {
            if let Detail::Publication(publication) = &mut other.detail {
                publication.members.retain(|member| !is_it(member));
            }
            self.catalog.put_other(object, Slot::Present(other));
        }
    }

    fn drop_schema(&mut self, schema: &Ident, cascade: bool) {
        let in_it = |name: &Name| name.schema.as_ref() == Some(schema);
        if cascade && self.postgres() {
            self.take_inhabitants(&in_it);
        }
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
            let object = ObjectRef { kind: ObjectKind::Function, name: name.clone(), on: None };
            self.catalog.put_other(gone_function(&object, None), Slot::Gone);
            self.catalog.put_functions(name, Vec::new());
        }
        let others: Vec<ObjectRef> = self
            .catalog
            .others()
            .filter(|(object, other)| {
                let extension = |detail: &Detail| matches!(detail, Detail::Extension(extension) if extension.schema.as_ref() == Some(schema));
                in_it(&object.name) || extension(&other.detail)
            })
            .map(|(object, _)| object.clone())
            .collect();
        for object in others {
            self.catalog.put_other(object, Slot::Gone);
        }
    }

    /// A function is told from its namesakes by its arguments; what was dropped is remembered by both.
    fn drop_function(
        &mut self,
        drop: &Drop,
        object: ObjectRef,
        arguments: Option<&Vec<String>>,
        together: &[Name],
    ) -> Outcome {
        let gone = gone_function(&object, arguments);
        let at = match self.routine(&object, arguments, drop.guard) {
            Ok(at) => at,
            Err(outcome) => return *outcome,
        };
        self.catalog.put_other(gone, Slot::Gone);
        let Some(at) = at else { return Outcome::Done };
        let mut all = self.catalog.functions(&object.name).to_vec();
        let users = self.users_of_function(&object.name, &all[at]);
        all.remove(at);
        self.catalog.put_functions(object.name.clone(), all);
        self.leave(users, &format!("`{}`", object.name), drop.cascade, together)
    }
}

/// Under what a dropped function is remembered as gone.
pub(super) fn gone_function(object: &ObjectRef, arguments: Option<&Vec<String>>) -> ObjectRef {
    let arguments = arguments.map_or_else(String::new, |arguments| format!("({})", arguments.join(", ")));
    let ident = Ident::exact(format!("{}{arguments}", object.name.ident.key()));
    ObjectRef {
        kind: ObjectKind::Function,
        name: Name { schema: object.name.schema.clone(), ident },
        on: None,
    }
}
