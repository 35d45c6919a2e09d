//! Everything that is no table: views, sequences, functions, triggers, policies and the rarer kinds.

use std::sync::Arc;

use super::expressions::Site;
use super::functions::same_inputs;
use super::tables::inherited_trigger;
use super::{Outcome, Step};
use crate::ops::{
    AlterPolicy, AlterPublication, AlterSequence, Conflict, CreateFunction, CreatePolicy, CreateSequence,
    CreateTrigger, CreateView, Guard,
};
use crate::schema::{
    Argument, ArgumentMode, Detail, Dialect, Function, FunctionOptions, Ident, Lookup, Name, Notes,
    ObjectKind, ObjectRef, Other, Output, Policy, Publication, Published, Relation, Returns, Rule, Sequence,
    Slot, Timing, Trigger, View, canonical,
};

impl Step<'_> {
    /// How an object that is no relation, type or function is kept: without a schema, its table resolved.
    pub(super) fn other_key(&self, object: &ObjectRef) -> ObjectRef {
        // Statistics live in a schema, beside the tables.
        if object.kind == ObjectKind::Statistics {
            return ObjectRef { kind: object.kind, name: self.resolve(&object.name), on: None };
        }
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

    pub(super) fn create_other(&mut self, object: ObjectRef, guard: Guard, detail: Detail) -> Outcome {
        if let Lookup::Found(other) = self.catalog.other(&object)
            && guard != Guard::OrReplace
        {
            return self.exists(object.clone(), guard, other.made);
        }
        // OR REPLACE keeps what was said about the object.
        let notes =
            self.catalog.other(&object).found().map_or_else(Notes::default, |other| other.notes.clone());
        self.catalog.put_other(object, Slot::Present(Other { detail, notes, made: Some(self.place) }));
        Outcome::Done
    }

    pub(super) fn create_view(&mut self, create: &CreateView) -> Outcome {
        if let Some(conflict) =
            self.lasts_there(create.temporary, &create.name).or_else(|| self.is_own(&create.name))
        {
            return Outcome::Refused(conflict);
        }
        let lasts = !create.reads.iter().any(|read| self.is_temporary(&self.resolve(read)));
        if !lasts && create.materialized && self.postgres() {
            let sentence = format!("`{}` keeps its rows, and reads what is temporary", create.name);
            return Outcome::Refused(Conflict::Other("0A000", sentence));
        }
        if !lasts && create.name.schema.is_some() && self.postgres() {
            let sentence = format!("`{}` reads what is temporary: it can be in no other schema", create.name);
            return Outcome::Refused(Conflict::Other("42P16", sentence));
        }
        let name = if create.temporary || (!lasts && self.postgres()) {
            Name::qualified(self.catalog.temporary_schema(), create.name.ident.clone())
        } else {
            self.home(&create.name)
        };
        if let Lookup::Found(relation) = self.catalog.relation(&name) {
            let replaces = create.guard == Guard::OrReplace
                && matches!(relation, Relation::View(view) if !view.materialized);
            let other = || self.not_altered_as(ObjectKind::View, &name);
            if let Some(conflict) = other().filter(|_| create.guard == Guard::OrReplace) {
                return Outcome::Refused(conflict);
            }
            if !replaces {
                return self.exists(
                    ObjectRef { kind: relation.kind(), name: name.clone(), on: None },
                    create.guard,
                    relation.made(),
                );
            }
        }
        if let Some(missing) = self.missing_schema(&name) {
            return missing;
        }
        let (mut resolved, missing) = create
            .tree
            .as_ref()
            .map(|tree| super::query::resolved(self.catalog, self.session, tree))
            .map_or((None, None), |(resolved, missing)| (Some(resolved), missing));
        // SQLite reads the text again whenever the view is used: what its stars are changes with the tables.
        if let Some(resolved) = resolved.as_mut()
            && resolved.starred
            && self.catalog.dialect == Dialect::Sqlite
        {
            resolved.columns = None;
            resolved.clear = false;
        }
        let outputs = resolved.as_ref().and_then(|resolved| resolved.columns.as_deref());
        let unfit = || super::query::unfit(&name, &create.columns, outputs?);
        if let Some(conflict) = missing.or_else(|| self.postgres().then(unfit)?) {
            return Outcome::Refused(conflict);
        }
        if let Some(outputs) = resolved.as_mut().and_then(|resolved| resolved.columns.as_mut()) {
            for (output, name) in outputs.iter_mut().zip(&create.columns) {
                output.name = name.clone();
            }
        }
        let before = self.catalog.view(&name).found();
        let now = resolved.as_ref().and_then(|resolved| resolved.columns.as_deref());
        if let (Some(known), Some(now)) = (before.and_then(View::outputs), now)
            && self.postgres()
            && let Some(sentence) = cannot_replace(&name, known, now)
        {
            return Outcome::Refused(Conflict::Other("42P16", sentence));
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
            resolved: resolved.map(Arc::new),
            parameters: create.parameters.clone(),
            column_comments: before.map_or_else(Default::default, |view| view.column_comments.clone()),
            notes: before.map_or_else(Notes::default, |view| view.notes.clone()),
            made: Some(self.place),
        };
        self.catalog.put_relation(name, Slot::Present(Relation::View(Arc::new(view))));
        Outcome::Done
    }

    /// Whether a relation goes away with the session.
    fn is_temporary(&self, name: &Name) -> bool {
        self.catalog.relation(name).found().is_some()
            && name.schema.as_ref().is_some_and(|schema| *schema == self.catalog.temporary_schema())
    }

    /// REFRESH, which CONCURRENTLY asks for rows that are there already and a unique index over all of them.
    pub(super) fn refresh_view(&mut self, view: &Name, concurrently: bool, with_data: bool) -> Outcome {
        let name = self.resolve(view);
        match self.catalog.relation(&name) {
            Lookup::Absent => {
                let object = ObjectRef { kind: ObjectKind::MaterializedView, name, on: None };
                return self.missing(object, Guard::None);
            }
            Lookup::Found(relation) if relation.made().is_some() => {
                let sentence = match relation {
                    Relation::View(view) if view.materialized => None,
                    Relation::Index(_) | Relation::Sequence(_) => {
                        Some(("42809", format!("`{name}` is a {}", relation.kind().noun())))
                    }
                    Relation::View(_) | Relation::Table(_) => Some((
                        "0A000",
                        format!("`{name}` is a {}, which holds no query's rows", relation.kind().noun()),
                    )),
                };
                if let Some((state, sentence)) = sentence {
                    return Outcome::Refused(Conflict::Other(state, sentence));
                }
            }
            Lookup::Found(_) | Lookup::Unknown => {}
        }
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

    pub(super) fn create_sequence(&mut self, create: &CreateSequence) -> Outcome {
        if let Some(conflict) =
            self.lasts_there(create.temporary, &create.name).or_else(|| self.is_own(&create.name))
        {
            return Outcome::Refused(conflict);
        }
        let name = if create.temporary && create.name.schema.is_none() {
            Name::qualified(self.catalog.temporary_schema(), create.name.ident.clone())
        } else {
            self.home(&create.name)
        };
        if let Lookup::Found(relation) = self.catalog.relation(&name) {
            return self.exists(
                ObjectRef { kind: relation.kind(), name: name.clone(), on: None },
                create.guard,
                relation.made(),
            );
        }
        if let Some(missing) = self.missing_schema(&name) {
            return missing;
        }
        let owned_by = create.owned_by.as_ref().map(|(table, column)| (self.resolve(table), column.clone()));
        if let Some(missing) = owned_by.as_ref().and_then(|owner| self.missing_owner(owner)) {
            return missing;
        }
        if let Some(apart) = owned_by.as_ref().and_then(|owner| self.is_apart(&name, owner)) {
            return apart;
        }
        let sequence = Sequence {
            owned_by,
            unlogged: create.unlogged,
            options: create.options.clone(),
            made: Some(self.place),
            ..Sequence::plain(name.clone())
        };
        self.catalog.put_relation(name, Slot::Present(Relation::Sequence(Arc::new(sequence))));
        Outcome::Done
    }

    /// The table or column that ought to own a sequence, where it is not there.
    fn missing_owner(&self, (table, column): &(Name, Ident)) -> Option<Outcome> {
        let object = match self.catalog.table(table) {
            Lookup::Found(known) if known.column(column.key()).is_absent() => {
                super::columns::column_ref(table, column)
            }
            Lookup::Absent => ObjectRef { kind: ObjectKind::Table, name: table.clone(), on: None },
            Lookup::Found(_) | Lookup::Unknown => return None,
        };
        Some(self.missing(object, Guard::None))
    }

    /// Why a table cannot own a sequence: they live in one schema.
    fn is_apart(&self, sequence: &Name, (table, _): &(Name, Ident)) -> Option<Outcome> {
        let known = self.catalog.relation(table).found().is_some() && self.postgres();
        (known && sequence.schema != table.schema).then(|| {
            let sentence = format!("sequence `{sequence}` is not in the schema of `{table}`");
            Outcome::Refused(Conflict::Other("55000", sentence))
        })
    }

    pub(super) fn alter_sequence(&mut self, alter: &AlterSequence) -> Outcome {
        let name = self.resolve(&alter.name);
        let guard = if alter.if_exists { Guard::IfExists } else { Guard::None };
        match self.catalog.relation(&name) {
            Lookup::Found(Relation::Sequence(sequence)) => {
                let mut sequence = (**sequence).clone();
                if let Some(owner) = &alter.owned_by {
                    let owner = owner.as_ref().map(|(table, column)| (self.resolve(table), column.clone()));
                    if let Some(missing) = owner.as_ref().and_then(|owner| self.missing_owner(owner)) {
                        return missing;
                    }
                    if let Some(apart) = owner.as_ref().and_then(|owner| self.is_apart(&name, owner)) {
                        return apart;
                    }
                    if sequence.identity && self.postgres() {
                        let sentence = format!("sequence `{name}` belongs to an identity column");
                        return Outcome::Refused(Conflict::Other("0A000", sentence));
                    }
                    sequence.owned_by = owner;
                }
                sequence.options.alter(&alter.options);
                if let Some(logged) = alter.logged {
                    sequence.unlogged = !logged;
                }
                self.catalog.put_relation(name, Slot::Present(Relation::Sequence(Arc::new(sequence))));
                Outcome::Done
            }
            Lookup::Found(Relation::Table(_) | Relation::Index(_) | Relation::View(_)) if self.postgres() => {
                Outcome::Refused(Conflict::Other("42809", format!("`{name}` is no sequence")))
            }
            Lookup::Found(Relation::Table(_) | Relation::Index(_) | Relation::View(_)) | Lookup::Unknown => {
                Outcome::Done
            }
            Lookup::Absent => self.missing(ObjectRef { kind: ObjectKind::Sequence, name, on: None }, guard),
        }
    }

    pub(super) fn create_function(&mut self, create: &CreateFunction) -> Outcome {
        let name = self.home(&create.name);
        if let Some(missing) = self.missing_schema(&name) {
            return missing;
        }
        // What C has for a type may be made after its function.
        let known = |language: &str| language == "sql" || language == "plpgsql";
        if create.options.language.as_deref().is_some_and(known)
            && let Some(conflict) = self.unfit_signature(create)
        {
            return Outcome::Refused(conflict);
        }
        let mut all = self.catalog.functions(&name).to_vec();
        let mut function = Function {
            kind: create.kind,
            arguments: create.arguments.clone(),
            returns: create.returns.clone(),
            options: create.options.clone(),
            body: create.body.clone(),
            notes: Notes::default(),
            made: Some(self.place),
        };
        if self.postgres() {
            without_lengths(&mut function);
        }
        let known = all.iter().position(|known| same_inputs(known, &function));
        if let Some(at) = known {
            if create.guard != Guard::OrReplace {
                return Outcome::Refused(Conflict::Exists(ObjectRef { kind: create.kind, name, on: None }));
            }
            function.notes = all[at].notes.clone();
        }
        match known {
            Some(at) => {
                if let Some(why) = irreplaceable(&name, &all[at], &function).filter(|_| self.postgres()) {
                    return Outcome::Refused(why);
                }
                all[at] = function;
            }
            None => all.push(function),
        }
        self.catalog.put_functions(name, all);
        Outcome::Done
    }

    /// A type of its arguments or its result that is not there.
    fn unfit_signature(&self, create: &CreateFunction) -> Option<Conflict> {
        let arguments = create.arguments.iter().map(|argument| &argument.ty);
        let missing = arguments.into_iter().find_map(|ty| self.missing_type(ty));
        missing.or_else(|| match create.returns.as_ref()? {
            Returns::Type { ty, .. } => self.missing_type(ty),
            Returns::Table(columns) => columns.iter().find_map(|(_, ty)| self.missing_type(ty)),
        })
    }

    pub(super) fn alter_function(
        &mut self,
        object: &ObjectRef,
        arguments: Option<&Vec<String>>,
        options: &FunctionOptions,
    ) -> Outcome {
        let name = self.resolve(&object.name);
        let full = ObjectRef { kind: object.kind, name: name.clone(), on: None };
        let at = match self.routine(&full, arguments, Guard::None) {
            Ok(Some(at)) => at,
            Ok(None) => return Outcome::Done,
            Err(outcome) => return *outcome,
        };
        let mut all = self.catalog.functions(&name).to_vec();
        all[at].options.alter(options);
        self.catalog.put_functions(name, all);
        Outcome::Done
    }

    pub(super) fn create_trigger(&mut self, create: &CreateTrigger) -> Outcome {
        let table = self.resolve(&create.table);
        if self.catalog.relation(&table).is_absent() {
            return self.missing(ObjectRef { kind: ObjectKind::Table, name: table, on: None }, Guard::None);
        }
        if let Lookup::Found(known) = self.catalog.table(&table)
            && let Some(column) = self.missing_column(known, &create.trigger.update_of)
        {
            return self.missing(super::columns::column_ref(&table, column), Guard::None);
        }
        if let Some(conflict) = self.fires_never(&table, &create.trigger) {
            return Outcome::Refused(conflict);
        }
        let mut trigger = create.trigger.clone();
        if let Some(function) = &mut trigger.function {
            *function = self.resolve(function);
            if self.lacks_trigger_function(function) {
                let object = ObjectRef { kind: ObjectKind::Function, name: function.clone(), on: None };
                return self.missing(object, Guard::None);
            }
        }
        if let Some(from) = &mut trigger.from {
            *from = self.resolve(from);
        }
        let each_row = trigger.each_row;
        let object =
            ObjectRef { kind: ObjectKind::Trigger, name: create.name.clone(), on: Some(table.clone()) };
        let mut object = self.other_key(&object);
        if self.catalog.dialect == Dialect::Sqlite {
            object.on = None;
            trigger.table = Some(table.clone());
        }
        let outcome = self.create_other(object.clone(), create.guard, Detail::Trigger(Box::new(trigger)));
        if outcome == Outcome::Done && each_row && self.is_partitioned(&table) {
            self.inherit_trigger(&object, &table);
        }
        outcome
    }

    /// INSTEAD OF is for views; PostgreSQL has the other ones there for whole statements, SQLite not at all.
    fn fires_never(&self, table: &Name, trigger: &Trigger) -> Option<Conflict> {
        let relation = self.catalog.relation(table).found().filter(|relation| relation.made().is_some())?;
        let is_view = matches!(relation, Relation::View(view) if !view.materialized);
        let on_any = [ObjectKind::Table, ObjectKind::ForeignTable, ObjectKind::View];
        if let Some(conflict) = self.not_on(table, "triggers", &on_any) {
            return Some(conflict);
        }
        let fits = match (trigger.timing, self.catalog.dialect) {
            (_, Dialect::Mysql) => true,
            (Timing::InsteadOf, _) => is_view,
            (Timing::Before | Timing::After, Dialect::Postgres) => !(is_view && trigger.each_row),
            (Timing::Before | Timing::After, Dialect::Sqlite) => !is_view,
        };
        (!fits).then(|| {
            let sentence = format!(
                "`{table}` is a {}: it cannot have such a trigger {}",
                relation.kind().noun(),
                trigger.timing.keywords()
            );
            Conflict::Other("42809", sentence)
        })
    }

    /// Whether the function of a trigger is known not to be there. The server has three, and extensions bring others.
    fn lacks_trigger_function(&self, function: &Name) -> bool {
        let own = [
            "suppress_redundant_updates_trigger",
            "tsvector_update_trigger",
            "tsvector_update_trigger_column",
        ];
        let object = ObjectRef { kind: ObjectKind::Function, name: function.clone(), on: None };
        let gone = |arguments: Option<&Vec<String>>| {
            self.catalog.other(&super::drop::gone_function(&object, arguments)).is_absent()
        };
        self.postgres()
            && self.catalog.functions(function).is_empty()
            && !own.contains(&function.text())
            && !self.catalog.others().any(|(other, _)| other.kind == ObjectKind::Extension)
            && (gone(None) || gone(Some(&Vec::new())))
    }

    /// A row trigger of a parent fires in its partitions.
    fn inherit_trigger(&mut self, object: &ObjectRef, parent: &Name) {
        let Some(other) = self.catalog.other(object).found().map(|other| (**other).clone()) else { return };
        for child in self.catalog.children(parent) {
            let below = ObjectRef { on: Some(child.clone()), ..object.clone() };
            self.catalog.put_other(below.clone(), Slot::Present(inherited_trigger(other.clone())));
            if child != *parent {
                self.inherit_trigger(&below, &child);
            }
        }
    }

    pub(super) fn create_policy(&mut self, create: &CreatePolicy) -> Outcome {
        let table = self.resolve(&create.table);
        if let Some(conflict) = self.not_on(&table, "policies", &[ObjectKind::Table]) {
            return Outcome::Refused(conflict);
        }
        if self.catalog.table(&table).is_absent() {
            return self.missing(ObjectRef { kind: ObjectKind::Table, name: table, on: None }, Guard::None);
        }
        let exprs = create.policy.using.iter().chain(&create.policy.check);
        let object = ObjectRef {
            kind: ObjectKind::Policy,
            name: Name::bare(create.name.clone()),
            on: Some(table.clone()),
        };
        let mismatched = is_mismatched(&object, &create.policy);
        if let Some(conflict) = mismatched.or_else(|| self.any_unfit_in(&table, exprs, Site::Policy)) {
            return Outcome::Refused(conflict);
        }
        self.create_other(object, Guard::None, Detail::Policy(Box::new(create.policy.clone())))
    }

    pub(super) fn alter_policy(&mut self, alter: &AlterPolicy) -> Outcome {
        let table = self.resolve(&alter.table);
        let exprs = alter.using.iter().chain(&alter.check);
        if let Some(conflict) = self.any_unfit_in(&table, exprs, Site::Policy) {
            return Outcome::Refused(conflict);
        }
        let object =
            ObjectRef { kind: ObjectKind::Policy, name: Name::bare(alter.name.clone()), on: Some(table) };
        let mut other = match self.catalog.other(&object) {
            Lookup::Found(other) => (**other).clone(),
            Lookup::Unknown => return Outcome::Done,
            Lookup::Absent => return self.missing(object, Guard::None),
        };
        if let Detail::Policy(policy) = &mut other.detail {
            if let Some(roles) = &alter.roles {
                policy.roles.clone_from(roles);
            }
            policy.using = alter.using.clone().or(policy.using.take());
            policy.check = alter.check.clone().or(policy.check.take());
            // Of one that is older than the history it is not known what it is for.
            if let Some(conflict) = is_mismatched(&object, policy).filter(|_| other.made.is_some()) {
                return Outcome::Refused(conflict);
            }
        }
        self.catalog.put_other(object, Slot::Present(other));
        Outcome::Done
    }

    pub(super) fn create_rule(&mut self, name: &Ident, table: &Name, guard: Guard, rule: &Rule) -> Outcome {
        let table = self.resolve(table);
        if self.catalog.relation(&table).is_absent() {
            return self.missing(ObjectRef { kind: ObjectKind::Table, name: table, on: None }, Guard::None);
        }
        let on_any = [ObjectKind::Table, ObjectKind::View, ObjectKind::MaterializedView];
        if let Some(conflict) = self.not_on(&table, "rules", &on_any) {
            return Outcome::Refused(conflict);
        }
        let object = ObjectRef { kind: ObjectKind::Rule, name: Name::bare(name.clone()), on: Some(table) };
        self.create_other(object, guard, Detail::Rule(Box::new(rule.clone())))
    }

    pub(super) fn create_publication(&mut self, name: &Ident, publication: &Publication) -> Outcome {
        let mut publication = publication.clone();
        for member in &mut publication.members {
            self.resolve_published(member);
        }
        if let Some(missing) = publication.members.iter().find_map(|member| self.unpublishable(member)) {
            return missing;
        }
        let object = ObjectRef { kind: ObjectKind::Publication, name: Name::bare(name.clone()), on: None };
        self.create_other(object, Guard::None, Detail::Publication(Box::new(publication)))
    }

    /// The answer where what is to be published is not there, or cannot be published.
    fn unpublishable(&self, member: &Published) -> Option<Outcome> {
        let Published::Table(name, ..) = member else { return None };
        if let Some(missing) = self.missing_schema(name) {
            return Some(missing);
        }
        let relation = match self.catalog.relation(name) {
            Lookup::Absent => {
                let object = ObjectRef { kind: ObjectKind::Table, name: name.clone(), on: None };
                return Some(self.missing(object, Guard::None));
            }
            Lookup::Found(relation) if relation.made().is_some() => relation,
            Lookup::Found(_) | Lookup::Unknown => return None,
        };
        let fits = match relation {
            Relation::Table(table) => !table.temporary && !table.unlogged && !table.foreign,
            Relation::View(_) | Relation::Index(_) | Relation::Sequence(_) => false,
        };
        (!fits).then(|| {
            let sentence = format!("`{name}` is no table that is kept and logged: it cannot be published");
            Outcome::Refused(Conflict::Other("22023", sentence))
        })
    }

    fn resolve_published(&self, member: &mut Published) {
        match member {
            Published::Table(name, ..) => *name = self.resolve(name),
            Published::Schema(schema) => {
                if schema.is_none() {
                    *schema = self.home_schema();
                }
            }
        }
    }

    pub(super) fn alter_publication(&mut self, name: &Ident, change: &AlterPublication) -> Outcome {
        let object = ObjectRef { kind: ObjectKind::Publication, name: Name::bare(name.clone()), on: None };
        let (mut other, whole) = match self.catalog.other(&object) {
            Lookup::Found(other) => ((**other).clone(), true),
            // What it was given here is known, whatever else it has.
            Lookup::Unknown => (Other::default(), false),
            Lookup::Absent => return self.missing(object, Guard::None),
        };
        if let Detail::None = other.detail {
            other.detail = Detail::Publication(Box::default());
        }
        let Detail::Publication(publication) = &mut other.detail else { return Outcome::Done };
        let whole = whole && other.made.is_some();
        let is_same = |one: &Published, other: &Published| match (one, other) {
            (Published::Table(one, ..), Published::Table(other, ..)) => one == other,
            (Published::Schema(one), Published::Schema(other)) => one == other,
            (Published::Table(..), Published::Schema(_)) | (Published::Schema(_), Published::Table(..)) => {
                false
            }
        };
        let shown = |member: &Published| match member {
            Published::Table(name, ..) => format!("table `{name}`"),
            Published::Schema(Some(schema)) => format!("the tables in schema `{schema}`"),
            Published::Schema(None) => "the tables of the current schema".to_owned(),
        };
        match change {
            AlterPublication::Options(options) => {
                publication.options.extend(options.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            AlterPublication::Set(members) => {
                publication.members.clone_from(members);
                for member in &mut publication.members {
                    self.resolve_published(member);
                    if let Some(refused) = self.unpublishable(member) {
                        return refused;
                    }
                }
            }
            AlterPublication::Add(members) => {
                for member in members {
                    let mut member = member.clone();
                    self.resolve_published(&mut member);
                    if let Some(refused) = self.unpublishable(&member) {
                        return refused;
                    }
                    if publication.members.iter().any(|known| is_same(known, &member)) {
                        let sentence = format!("{} is in publication `{name}` already", shown(&member));
                        return Outcome::Refused(Conflict::Other("42710", sentence));
                    }
                    publication.members.push(member);
                }
            }
            AlterPublication::Drop(members) => {
                for member in members {
                    let mut member = member.clone();
                    self.resolve_published(&mut member);
                    let at = publication.members.iter().position(|known| is_same(known, &member));
                    match at {
                        Some(at) => {
                            publication.members.remove(at);
                        }
                        None if whole => {
                            let sentence = format!("{} is not in publication `{name}`", shown(&member));
                            return Outcome::Refused(Conflict::Other("42704", sentence));
                        }
                        None => {}
                    }
                }
            }
        }
        self.catalog.put_other(object, Slot::Present(other));
        Outcome::Done
    }
}

/// Why a policy cannot say both: what is new has no USING, what is only looked at no WITH CHECK.
fn is_mismatched(object: &ObjectRef, policy: &Policy) -> Option<Conflict> {
    let takes = match policy.command.as_str() {
        command @ "INSERT" if policy.using.is_some() => format!("{command}: it takes WITH CHECK alone"),
        command @ ("SELECT" | "DELETE") if policy.check.is_some() => {
            format!("{command}: it takes USING alone")
        }
        _ => return None,
    };
    Some(Conflict::Other("42601", format!("{object} is for {takes}")))
}

/// The server forgets the length of a type that a function takes or returns.
fn without_lengths(function: &mut Function) {
    function.arguments.iter_mut().for_each(|argument| argument.ty.arguments.clear());
    match &mut function.returns {
        Some(Returns::Type { ty, .. }) => ty.arguments.clear(),
        Some(Returns::Table(columns)) => columns.iter_mut().for_each(|(_, ty)| ty.arguments.clear()),
        None => {}
    }
}

/// Why a view with these columns cannot be replaced by a query with those (source: `checkViewTupleDesc` in PostgreSQL's view.c).
fn cannot_replace(name: &Name, before: &[Output], now: &[Output]) -> Option<String> {
    if now.len() < before.len() {
        return Some(format!("CREATE OR REPLACE cannot drop columns of view `{name}`"));
    }
    before.iter().zip(now).find_map(|(old, new)| {
        if old.name != new.name {
            let (old, new) = (&old.name, &new.name);
            return Some(format!(
                "CREATE OR REPLACE cannot rename column `{old}` of view `{name}` to `{new}`"
            ));
        }
        let (one, other) = (old.ty.as_ref()?, new.ty.as_ref()?);
        (!canonical::same_type(one, other, Dialect::Postgres)).then(|| {
            let column = &old.name;
            format!(
                "CREATE OR REPLACE cannot change column `{column}` of view `{name}` from {one} to {other}"
            )
        })
    })
}

/// Why CREATE OR REPLACE cannot make one function of another (source: `ProcedureCreate` in PostgreSQL's pg_proc.c).
fn irreplaceable(name: &Name, old: &Function, new: &Function) -> Option<Conflict> {
    if old.kind != new.kind {
        let sentence = format!("`{name}` is a {} already", old.kind.noun());
        return Some(Conflict::Other("42809", sentence));
    }
    if let (Some(before), Some(after)) = (&old.returns, &new.returns)
        && differently(before, after)
    {
        let sentence = format!(
            "`{name}` returns {}: CREATE OR REPLACE cannot make it return {}",
            shown(before),
            shown(after)
        );
        return Some(Conflict::Other("42P13", sentence));
    }
    let outs = |function: &Function| -> Vec<Argument> {
        let result = |argument: &&Argument| matches!(argument.mode, ArgumentMode::Out | ArgumentMode::InOut);
        function.arguments.iter().filter(result).cloned().collect()
    };
    let (before, after) = (outs(old), outs(new));
    let same_out = before.len() == after.len()
        && before
            .iter()
            .zip(&after)
            .all(|(one, other)| one.name == other.name && canonical::same_base_type(&one.ty, &other.ty));
    if !same_out && old.returns.is_none() && new.returns.is_none() && old.kind == ObjectKind::Function {
        let sentence = format!("CREATE OR REPLACE cannot change what `{name}` returns");
        return Some(Conflict::Other("42P13", sentence));
    }
    let inputs = |function: &Function| -> Vec<Argument> {
        function.arguments.iter().filter(|argument| argument.mode.is_input()).cloned().collect()
    };
    for (before, after) in inputs(old).iter().zip(&inputs(new)) {
        if let Some(known) = &before.name
            && after.name.as_ref() != Some(known)
        {
            let sentence = format!("CREATE OR REPLACE cannot rename argument `{known}` of `{name}`");
            return Some(Conflict::Other("42P13", sentence));
        }
        if before.default.is_some() && after.default.is_none() {
            let sentence =
                format!("CREATE OR REPLACE cannot take a default away from an argument of `{name}`");
            return Some(Conflict::Other("42P13", sentence));
        }
    }
    None
}

/// Whether two results certainly differ.
fn differently(one: &Returns, other: &Returns) -> bool {
    match (one, other) {
        (Returns::Type { ty, set }, Returns::Type { ty: other_ty, set: other_set }) => {
            set != other_set || !canonical::same_base_type(ty, other_ty)
        }
        (Returns::Table(columns), Returns::Table(others)) => {
            columns.len() != others.len()
                || columns.iter().zip(others).any(|((name, ty), (other_name, other_ty))| {
                    name != other_name || !canonical::same_base_type(ty, other_ty)
                })
        }
        (Returns::Type { .. }, Returns::Table(_)) | (Returns::Table(_), Returns::Type { .. }) => true,
    }
}

fn shown(returns: &Returns) -> String {
    match returns {
        Returns::Type { ty, set: false } => ty.to_string(),
        Returns::Type { ty, set: true } => format!("SETOF {ty}"),
        Returns::Table(_) => "a table".to_owned(),
    }
}
