//! RENAME and SET SCHEMA of every kind, and everything that follows a name.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::columns::nextval;
use super::functions::same_inputs;
use super::{Outcome, Step, names};
use crate::ops::{Conflict, Guard};
use crate::schema::{
    Constraint, ConstraintKind, Detail, Dialect, Expr, Function, Ident, Lookup, Name, ObjectKind, ObjectRef,
    Other, Published, QueryBody, Relation, Resolved, Returns, Sequence, Slot, Table, Target, Type, TypeEntry,
    TypeKind, View,
};

impl Step<'_> {
    /// Follows a column to its new name in everything that names it and is not the table's own: foreign keys to it, sequences, triggers,
    /// policies, statistics, publications, views.
    pub(super) fn rename_for_others(&mut self, name: &Name, from: &Ident, to: &Ident) {
        for (owner, constraint) in self.foreign_keys_to(name, Some(from)) {
            self.catalog.change_table(&owner, |owner| {
                if let Some((_, Constraint { kind: ConstraintKind::ForeignKey(key), .. })) =
                    owner.constraints.iter_mut().find(|(known, _)| *known == constraint)
                {
                    for column in key.referenced.iter_mut().filter(|column| *column == from) {
                        *column = to.clone();
                    }
                }
            });
        }
        let owned: Vec<Sequence> = self
            .catalog
            .relations()
            .filter_map(|(_, relation)| match relation {
                Relation::Sequence(sequence)
                    if sequence
                        .owned_by
                        .as_ref()
                        .is_some_and(|(owner, column)| owner == name && column == from) =>
                {
                    Some((**sequence).clone())
                }
                Relation::Sequence(_) | Relation::Table(_) | Relation::Index(_) | Relation::View(_) => None,
            })
            .collect();
        for mut sequence in owned {
            sequence.owned_by = Some((name.clone(), to.clone()));
            let key = sequence.name.clone();
            self.catalog.put_relation(key, Slot::Present(Relation::Sequence(Arc::new(sequence))));
        }
        let naming: Vec<(ObjectRef, Other)> = self
            .catalog
            .others()
            .filter(|(object, other)| {
                object.on.as_ref() == Some(name)
                    || match &other.detail {
                        Detail::Statistics(statistics) => statistics.table == *name,
                        Detail::Publication(publication) => publication
                            .members
                            .iter()
                            .any(|member| matches!(member, Published::Table(table, ..) if table == name)),
                        Detail::Trigger(trigger) => trigger.table.as_ref() == Some(name),
                        Detail::None
                        | Detail::Policy(_)
                        | Detail::Rule(_)
                        | Detail::Extension(_)
                        | Detail::Text(_) => false,
                    }
            })
            .map(|(object, other)| (object.clone(), other.clone()))
            .collect();
        for (object, mut other) in naming {
            rename_in_detail(&mut other.detail, name, from, to);
            self.catalog.put_other(object, Slot::Present(other));
        }
        self.rename_in_views(name, from, to);
    }

    /// A view's own column under another name.
    pub(super) fn rename_view_column(&mut self, name: &Name, from: &Ident, to: &Ident) -> Outcome {
        let Lookup::Found(view) = self.catalog.view(name) else { return Outcome::Done };
        let mut view = view.clone();
        let written = view.columns.iter_mut().find(|column| *column == from);
        if written.is_none() && view.renamed.contains(from) {
            return self.missing(super::columns::column_ref(name, from), Guard::None);
        }
        if let Some(column) = written {
            *column = to.clone();
        }
        if let Some(columns) = view.resolved.as_mut().and_then(|own| Arc::make_mut(own).columns.as_mut()) {
            if columns.iter().any(|output| output.name == *to) {
                return Outcome::Refused(Conflict::Exists(super::columns::column_ref(name, to)));
            }
            let Some(output) = columns.iter_mut().find(|output| output.name == *from) else {
                return self.missing(super::columns::column_ref(name, from), Guard::None);
            };
            output.name = to.clone();
        }
        view.renamed.retain(|renamed| renamed != to);
        view.renamed.push(from.clone());
        if let Some(comment) = view.column_comments.remove(from) {
            view.column_comments.insert(to.clone(), comment);
        }
        self.catalog.put_relation(name.clone(), Slot::Present(Relation::View(Arc::new(view))));
        self.rename_in_views(name, from, to);
        Outcome::Done
    }

    /// Views go on reading a column of a table or view under its new name.
    fn rename_in_views(&mut self, relation: &Name, from: &Ident, to: &Ident) {
        let views: Vec<Arc<View>> = self
            .catalog
            .relations()
            .filter_map(|(_, known)| match known {
                Relation::View(view) if view.reads.contains(relation) => Some(Arc::clone(view)),
                Relation::View(_) | Relation::Table(_) | Relation::Index(_) | Relation::Sequence(_) => None,
            })
            .collect();
        for mut view in views {
            let own = Arc::make_mut(&mut view);
            if let Some(resolved) = &mut own.resolved {
                let resolved = Arc::make_mut(resolved);
                resolved.rename_column(relation, from.key(), to.key());
                // It writes the new name into the text, and the view's own column is called so too.
                if self.catalog.dialect == Dialect::Sqlite {
                    rename_outputs(resolved, relation, from, to);
                }
            }
            if own.words.iter().any(|word| from == word.as_str()) {
                own.words.push(to.key().to_owned());
            }
            self.catalog.put_relation(own.name.clone(), Slot::Present(Relation::View(view)));
        }
    }

    pub(super) fn rename(
        &mut self,
        object: &ObjectRef,
        arguments: Option<&Vec<String>>,
        to: &Ident,
        if_exists: bool,
    ) -> Outcome {
        let from = self.resolve(&object.name);
        let new = Name { schema: from.schema.clone(), ident: to.clone() };
        let new = names::kept(self.catalog.dialect, &new).into_owned();
        self.rekey(object, arguments, from, new, if_exists)
    }

    pub(super) fn set_schema(
        &mut self,
        object: &ObjectRef,
        arguments: Option<&Vec<String>>,
        to: &Ident,
        if_exists: bool,
    ) -> Outcome {
        let from = self.resolve(&object.name);
        let new = Name::qualified(to.clone(), from.ident.clone());
        let has_schema = match object.kind {
            kind if kind.is_relation() => !self.catalog.relation(&from).is_absent(),
            ObjectKind::Type | ObjectKind::Domain => !self.catalog.type_entry(&from).is_absent(),
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate => {
                !self.catalog.functions(&from).is_empty()
            }
            _ => false,
        };
        let wrong = if object.kind.is_relation() { self.not_moved_as(object.kind, &from) } else { None };
        if let Some(conflict) = wrong {
            return Outcome::Refused(conflict);
        }
        if has_schema && let Some(conflict) = self.moves_between_lives(&from, &new) {
            return Outcome::Refused(conflict);
        }
        // Where it is already, PostgreSQL leaves it.
        if has_schema && from == new && self.postgres() {
            return Outcome::Done;
        }
        if has_schema && let Some(missing) = self.missing_schema(&new) {
            return missing;
        }
        let there = self.catalog.other(&self.other_key(object)).found().is_some();
        if object.kind == ObjectKind::Extension && there {
            self.move_extension(&object.name.ident, to);
            return Outcome::Done;
        }
        self.rekey(object, arguments, from, new, if_exists)
    }

    /// What is temporary stays so, and the rest too.
    fn moves_between_lives(&self, from: &Name, to: &Name) -> Option<Conflict> {
        let temporary = |name: &Name| {
            name.schema.as_ref().is_some_and(|schema| *schema == self.catalog.temporary_schema())
        };
        (self.postgres() && (temporary(from) || temporary(to))).then(|| {
            let sentence = format!("`{from}` cannot be moved into or out of what is temporary");
            Conflict::Other("0A000", sentence)
        })
    }

    fn rekey(
        &mut self,
        object: &ObjectRef,
        arguments: Option<&Vec<String>>,
        from: Name,
        new: Name,
        if_exists: bool,
    ) -> Outcome {
        let guard = if if_exists { Guard::IfExists } else { Guard::None };
        let full = ObjectRef { kind: object.kind, name: from.clone(), on: object.on.clone() };
        match object.kind {
            // In MySQL an index belongs to its table, and is not kept track of.
            ObjectKind::Index if self.catalog.dialect == Dialect::Mysql => Outcome::Done,
            kind if kind.is_relation() => {
                if let Some(conflict) = self.broken_view().or_else(|| self.not_renamed_as(kind, &from)) {
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
                let has_row = matches!(relation, Some(Relation::Table(_) | Relation::View(_)));
                if has_row && self.postgres() && self.catalog.type_entry(&new).found().is_some() {
                    let object = ObjectRef { kind: ObjectKind::Type, name: new, on: None };
                    return Outcome::Refused(Conflict::Exists(object));
                }
                self.rename_relation(&from, &new, relation, object.kind);
                Outcome::Done
            }
            ObjectKind::Type | ObjectKind::Domain => {
                let entry = match self.catalog.type_entry(&from) {
                    Lookup::Found(entry) if self.postgres() && self.session.engine.at_least(14, 0) => {
                        Slot::Present(super::types::renamed(entry, new.clone()))
                    }
                    Lookup::Found(entry) => Slot::Present(TypeEntry { name: new.clone(), ..entry.clone() }),
                    Lookup::Unknown => Slot::Unclear,
                    Lookup::Absent => {
                        return match self.is_row_type(&from, "42809") {
                            Some(conflict) => Outcome::Refused(conflict),
                            None => self.missing(full, guard),
                        };
                    }
                };
                if let Some(conflict) = self.is_no_domain(object.kind, &from) {
                    return Outcome::Refused(conflict);
                }
                // A table has a type of its own name.
                let row = self.postgres()
                    && matches!(
                        self.catalog.relation(&new),
                        Lookup::Found(Relation::Table(_) | Relation::View(_))
                    );
                if row || self.catalog.type_entry(&new).found().is_some() {
                    return Outcome::Refused(Conflict::Exists(ObjectRef {
                        kind: object.kind,
                        name: new,
                        on: None,
                    }));
                }
                self.catalog.put_type(from.clone(), Slot::Gone);
                self.labels_moved(&from, &new);
                self.rename_in_columns(&from, &new);
                self.catalog.put_type(new, entry);
                Outcome::Done
            }
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate => {
                self.rekey_function(full, arguments, new, guard)
            }
            _ => {
                let key = self.other_key(object);
                if object.kind == ObjectKind::Schema && self.is_reserved(&new.ident) {
                    return self.reserved(&new.ident);
                }
                // Statistics have a schema; the others do not.
                let name =
                    if key.name.schema.is_some() { new.clone() } else { Name::bare(new.ident.clone()) };
                let renamed = ObjectRef { name, ..key.clone() };
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
                    let taken = object.kind == ObjectKind::Schema && matches!(other, Slot::Present(_));
                    return if taken { Outcome::Refused(Conflict::Exists(renamed)) } else { Outcome::Done };
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

    fn rekey_function(
        &mut self,
        full: ObjectRef,
        arguments: Option<&Vec<String>>,
        new: Name,
        guard: Guard,
    ) -> Outcome {
        let at = match self.routine(&full, arguments, guard) {
            Ok(Some(at)) => at,
            Ok(None) => return Outcome::Done,
            Err(outcome) => return *outcome,
        };
        let from = full.name.clone();
        let gone = super::drop::gone_function(&full, arguments);
        let mut all = self.catalog.functions(&from).to_vec();
        let there = self.catalog.functions(&new).iter().any(|known| same_inputs(known, &all[at]));
        if there && self.postgres() {
            return Outcome::Refused(Conflict::Exists(ObjectRef { kind: all[at].kind, name: new, on: None }));
        }
        let moved = all.remove(at);
        self.follow_function(&moved, &from, &new);
        self.catalog.put_functions(from, all);
        self.catalog.put_other(gone, Slot::Gone);
        let mut others = self.catalog.functions(&new).to_vec();
        others.push(moved);
        self.catalog.put_functions(new, others);
        Outcome::Done
    }

    /// `nextval('x'::regclass)` follows its sequence.
    pub(super) fn rename_in_defaults(&mut self, from: &Name, to: &Name) {
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
                        member.column.default = Some(nextval(to));
                    }
                }
            });
        }
    }

    /// Columns keep their type when it is renamed.
    pub(super) fn rename_in_columns(&mut self, from: &Name, to: &Name) {
        let shown = |schema: Option<&Ident>| {
            schema.filter(|schema| **schema != "public").map(|schema| schema.text().to_owned())
        };
        let (old_schema, new_schema) = (shown(from.schema.as_ref()), shown(to.schema.as_ref()));
        // Without a schema it is the one that the search path finds; where that is another one by now, the only one of that name.
        let only = !self.catalog.types().any(|entry| entry.name.ident == from.ident && entry.name != *from);
        let found = from.schema.as_ref().is_none_or(|own| self.session.search_path.contains(own));
        let is_it = |ty: &Type| {
            ty.name == from.text()
                && if ty.schema.is_none() { found || only } else { ty.schema == old_schema }
        };
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
        let follow = |ty: &mut Type| {
            if is_it(ty) {
                to.text().clone_into(&mut ty.name);
                ty.schema.clone_from(&new_schema);
            }
        };
        self.follow_type(&is_it, &follow);
        let entries: Vec<TypeEntry> = self
            .catalog
            .types()
            .filter(|entry| match &entry.kind {
                TypeKind::Domain { ty, .. } => is_it(ty),
                TypeKind::Composite(attributes) => attributes.iter().any(|(_, ty)| is_it(ty)),
                TypeKind::Enum(_) | TypeKind::Other(_) => false,
            })
            .cloned()
            .collect();
        for mut entry in entries {
            match &mut entry.kind {
                TypeKind::Domain { ty, .. } => follow(ty),
                TypeKind::Composite(attributes) => attributes.iter_mut().for_each(|(_, ty)| follow(ty)),
                TypeKind::Enum(_) | TypeKind::Other(_) => {}
            }
            self.catalog.put_type(entry.name.clone(), Slot::Present(entry));
        }
        let has_it = |function: &Function| {
            function.arguments.iter().any(|argument| is_it(&argument.ty))
                || match &function.returns {
                    Some(Returns::Type { ty, .. }) => is_it(ty),
                    Some(Returns::Table(columns)) => columns.iter().any(|(_, ty)| is_it(ty)),
                    None => false,
                }
        };
        let named: BTreeSet<Name> = self
            .catalog
            .all_functions()
            .filter(|(_, function)| has_it(function))
            .map(|(name, _)| name.clone())
            .collect();
        for name in named {
            let mut all = self.catalog.functions(&name).to_vec();
            for function in &mut all {
                function.arguments.iter_mut().for_each(|argument| follow(&mut argument.ty));
                match &mut function.returns {
                    Some(Returns::Type { ty, .. }) => follow(ty),
                    Some(Returns::Table(columns)) => columns.iter_mut().for_each(|(_, ty)| follow(ty)),
                    None => {}
                }
            }
            self.catalog.put_functions(name, all);
        }
    }

    pub(super) fn rename_schema(&mut self, from: &Ident, to: &Ident) {
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
        let in_it = |name: &Name| name.schema.as_ref() == Some(from);
        let types: Vec<TypeEntry> =
            self.catalog.types().filter(|entry| in_it(&entry.name)).cloned().collect();
        for entry in types {
            let new = Name::qualified(to.clone(), entry.name.ident.clone());
            self.catalog.put_type(entry.name.clone(), Slot::Gone);
            self.rename_in_columns(&entry.name, &new);
            self.catalog.put_type(new.clone(), Slot::Present(TypeEntry { name: new, ..entry }));
        }
        let functions: BTreeSet<Name> =
            self.catalog.all_functions().map(|(name, _)| name).filter(|name| in_it(name)).cloned().collect();
        for name in functions {
            let all = self.catalog.functions(&name).to_vec();
            self.catalog.put_functions(name.clone(), Vec::new());
            self.catalog.put_functions(Name::qualified(to.clone(), name.ident.clone()), all);
        }
    }

    /// Moves a relation to its new name, and everything that points to it along. None: it may be there.
    pub(super) fn rename_relation(
        &mut self,
        from: &Name,
        new: &Name,
        relation: Option<Relation>,
        kind: ObjectKind,
    ) {
        self.catalog.put_relation(from.clone(), Slot::Gone);
        let moved = match relation {
            Some(Relation::Table(table)) => {
                let mut table = (*table).clone();
                table.name = new.clone();
                self.catalog.renamed = true;
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
    pub(super) fn repoint(&mut self, from: &Name, to: &Name) {
        self.follow_relation(from, to);
        // SQLite's old way leaves views as they are, and foreign keys too while they are not enforced.
        let legacy = self.renames_the_old_way();
        let enforced = !self.is_pragma("foreign_keys", &["off", "0", "false", "no"]);
        if !legacy || enforced {
            self.repoint_foreign_keys(from, to);
        }
        let pointing: Vec<(Name, Relation)> = self
            .catalog
            .relations()
            .filter(|(_, relation)| match relation {
                Relation::Index(index) => index.table.as_ref() == Some(from),
                Relation::View(view) => view.reads.contains(from) && !legacy,
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
                    if let Some(resolved) = &mut view.resolved {
                        Arc::make_mut(resolved).rename_relation(from, to);
                    }
                    Relation::View(Arc::new(view))
                }
                Relation::Sequence(sequence) => {
                    let mut sequence = (*sequence).clone();
                    sequence.owned_by = sequence.owned_by.map(|(_, column)| (to.clone(), column));
                    // It moves to another schema with its table, and into no other name.
                    if from.schema != to.schema && name.schema == from.schema {
                        let moved = Name { schema: to.schema.clone(), ..name.clone() };
                        self.catalog.put_relation(name.clone(), Slot::Gone);
                        self.rename_in_defaults(&name, &moved);
                        sequence.name = moved.clone();
                        self.catalog
                            .put_relation(moved, Slot::Present(Relation::Sequence(Arc::new(sequence))));
                        continue;
                    }
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
        let naming: Vec<(ObjectRef, Other)> = self
            .catalog
            .others()
            .filter(|(_, other)| names_relation(&other.detail, from))
            .map(|(object, other)| (object.clone(), other.clone()))
            .collect();
        for (object, mut other) in naming {
            match &mut other.detail {
                Detail::Statistics(statistics) => statistics.table = to.clone(),
                Detail::Publication(publication) => {
                    for member in &mut publication.members {
                        if let Published::Table(name, ..) = member
                            && name == from
                        {
                            *name = to.clone();
                        }
                    }
                }
                Detail::Trigger(trigger) => {
                    for table in [&mut trigger.table, &mut trigger.from].into_iter().flatten() {
                        if table == from {
                            *table = to.clone();
                        }
                    }
                }
                Detail::None
                | Detail::Policy(_)
                | Detail::Rule(_)
                | Detail::Extension(_)
                | Detail::Text(_) => {}
            }
            self.catalog.put_other(object, Slot::Present(other));
        }
    }

    fn repoint_foreign_keys(&mut self, from: &Name, to: &Name) {
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
    }
}

/// Follows a column of `table` to its new name inside one of the table's own constraints.
pub(super) fn rename_in_constraint(constraint: &mut Constraint, table: &Name, from: &Ident, to: &Ident) {
    let rename = |columns: &mut Vec<Ident>| {
        for column in columns.iter_mut().filter(|column| *column == from) {
            *column = to.clone();
        }
    };
    match &mut constraint.kind {
        ConstraintKind::PrimaryKey { columns, include, .. }
        | ConstraintKind::Unique { columns, include, .. } => {
            rename(columns);
            rename(include);
        }
        ConstraintKind::ForeignKey(key) => {
            rename(&mut key.columns);
            if key.table == *table {
                rename(&mut key.referenced);
            }
        }
        ConstraintKind::Check(expr) => expr.rename_column(from.key(), to.key()),
        ConstraintKind::NotNull(Some(column)) if column == from => *column = to.clone(),
        ConstraintKind::NotNull(_) => {}
        ConstraintKind::Exclude(exclude) => {
            for (key, _) in &mut exclude.elements {
                key.expr.rename_column(from.key(), to.key());
            }
            rename(&mut exclude.include);
            if let Some(predicate) = &mut exclude.predicate {
                predicate.rename_column(from.key(), to.key());
            }
        }
    }
}

/// Follows a column of `table` to its new name inside what stands on the table or names it.
fn rename_in_detail(detail: &mut Detail, table: &Name, from: &Ident, to: &Ident) {
    let rename = |columns: &mut Vec<Ident>| {
        for column in columns.iter_mut().filter(|column| *column == from) {
            *column = to.clone();
        }
    };
    let follow = |expr: &mut Option<Expr>| {
        if let Some(expr) = expr {
            expr.rename_column(from.key(), to.key());
        }
    };
    match detail {
        Detail::Trigger(trigger) => {
            rename(&mut trigger.update_of);
            follow(&mut trigger.when);
        }
        Detail::Policy(policy) => {
            follow(&mut policy.using);
            follow(&mut policy.check);
        }
        Detail::Rule(rule) => follow(&mut rule.when),
        Detail::Statistics(statistics) => {
            for key in &mut statistics.keys {
                key.rename_column(from.key(), to.key());
            }
        }
        Detail::Publication(publication) => {
            for member in &mut publication.members {
                if let Published::Table(name, columns, filter) = member
                    && name == table
                {
                    rename(columns);
                    follow(filter);
                }
            }
        }
        Detail::None | Detail::Extension(_) | Detail::Text(_) => {}
    }
}

/// Whether an object that stands on no table names this one.
fn names_relation(detail: &Detail, name: &Name) -> bool {
    match detail {
        Detail::Statistics(statistics) => statistics.table == *name,
        Detail::Publication(publication) => publication
            .members
            .iter()
            .any(|member| matches!(member, Published::Table(table, ..) if table == name)),
        Detail::Trigger(trigger) => {
            trigger.table.as_ref() == Some(name) || trigger.from.as_ref() == Some(name)
        }
        Detail::None | Detail::Policy(_) | Detail::Rule(_) | Detail::Extension(_) | Detail::Text(_) => false,
    }
}

/// Columns of a view that are called like the column of `relation` that they are follow it to its new name.
fn rename_outputs(resolved: &mut Resolved, relation: &Name, from: &Ident, to: &Ident) {
    let mut body = &mut resolved.query.body;
    while let QueryBody::Set { left, .. } = body {
        body = &mut left.body;
    }
    let QueryBody::Select(select) = body else { return };
    for (at, target) in select.targets.iter_mut().enumerate() {
        let Target::Expr { expr: Expr::Column(parts), name: Some(name) } = target else { continue };
        let [entry, column] = parts.as_slice() else { continue };
        let is_of =
            resolved.entries.get(entry).is_some_and(|entry| entry.relation.as_ref() == Some(relation));
        if !is_of || column != to.key() || *from != name.as_str() {
            continue;
        }
        to.text().clone_into(name);
        if let Some(output) = resolved.columns.as_mut().and_then(|columns| columns.get_mut(at)) {
            output.name = to.clone();
        }
    }
}
