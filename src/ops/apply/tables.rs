//! Tables: CREATE TABLE, with what parents, partitioned tables and LIKE give it.

use std::sync::Arc;

use super::columns::{column_ref, merge};
use super::constraints::one_index_each;
use super::expressions::Site;
use super::fits::unnumbered;
use super::{Outcome, Step, names};
use crate::ops::{ColumnDef, Conflict, CreateIndex, CreateTable, Guard, TableTarget};
use crate::schema::{
    Catalog, Column, Constraint, ConstraintKind, Detail, Dialect, Expr, Ident, Index, Lookup, Member, Name,
    Notes, ObjectKind, ObjectRef, Other, Output, PartitionKind, Query, QueryBody, Relation, Slot, Statistics,
    Table, Target, Type, TypeEntry, TypeKind, View,
};
use crate::text::Place;

impl Step<'_> {
    pub(super) fn create_table(&mut self, create: &CreateTable) -> Outcome {
        let name = if create.temporary && create.name.schema.is_none() {
            Name::qualified(self.catalog.temporary_schema(), create.name.ident.clone())
        } else {
            self.home(&create.name)
        };
        if let Some(conflict) =
            self.lasts_there(create.temporary, &create.name).or_else(|| self.is_own(&create.name))
        {
            return Outcome::Refused(conflict);
        }
        if let Lookup::Found(relation) = self.catalog.relation(&name) {
            let object = ObjectRef { kind: relation.kind(), name: name.clone(), on: None };
            // SQLite: IF NOT EXISTS asks for a table or view, and no index may have its name.
            let index = self.catalog.dialect == Dialect::Sqlite && relation.kind() == ObjectKind::Index;
            let guard = if index { Guard::None } else { create.guard };
            return self.exists(object, guard, relation.made());
        }
        if let Some(missing) = self.missing_schema(&name) {
            return missing;
        }
        if let Lookup::Found(_) = self.catalog.type_entry(&name) {
            return Outcome::Refused(Conflict::Exists(ObjectRef { kind: ObjectKind::Type, name, on: None }));
        }
        if let Some(conflict) = self.not_in_sqlite(create) {
            return Outcome::Refused(conflict);
        }
        if let Some(twice) = twice(&create.columns).or_else(|| self.written_and_copied(create)) {
            return Outcome::Refused(Conflict::Exists(column_ref(&name, twice)));
        }
        let unfit = create.columns.iter().find_map(|def| self.unfit_column(&name, def));
        let parents: Vec<Name> = create
            .partition_of
            .iter()
            .map(|(parent, _)| parent)
            .chain(&create.inherits)
            .map(|parent| self.resolve(parent))
            .collect();
        if let Some(conflict) = self.unfit_source(&parents, create) {
            return Outcome::Refused(conflict);
        }
        for source in parents.iter().cloned().chain(create.like.iter().map(|(like, _)| self.resolve(like))) {
            if self.is_composite(&source).is_some() {
                continue;
            }
            if self.catalog.relation(&source).is_absent() && self.postgres() {
                let object = ObjectRef { kind: ObjectKind::Table, name: source, on: None };
                return self.missing(object, Guard::None);
            }
        }
        let selected = match self.selected(&name, create) {
            Ok(selected) => selected,
            Err(conflict) => return Outcome::Refused(*conflict),
        };
        let mut table = Table {
            open: create.from_query && selected.is_none(),
            temporary: create.temporary,
            unlogged: create.unlogged,
            foreign: create.foreign,
            partition: match &create.partition_of {
                Some(_) => PartitionKind::Partition,
                None => create.partition,
            },
            partition_by: create.partition_by.clone(),
            bound: create.partition_of.as_ref().map(|(_, bound)| bound.clone()),
            of_type: create.of_type.as_ref().map(|ty| self.resolve(ty)),
            parameters: create.parameters.clone(),
            module: create.module.clone(),
            options: create.options.clone(),
            made: Some(self.place),
            ..Table::unknown(name.clone())
        };
        if let Some(parent) = parents.first().filter(|_| create.partition_of.is_some())
            && let Lookup::Found(parent) = self.catalog.table(parent)
            && parent.partition_by.is_none()
            && !parent.open
            && self.postgres()
        {
            let sentence = format!("`{}` is not partitioned", parent.name);
            return Outcome::Refused(Conflict::Other("42P17", sentence));
        }
        if let Some(of) = &table.of_type {
            match self.catalog.type_entry(of) {
                Lookup::Found(TypeEntry { kind: TypeKind::Composite(attributes), .. }) => {
                    for (attribute, ty) in attributes {
                        table.columns.push(Arc::new(of_attribute(attribute, ty, Some(self.place))));
                    }
                }
                Lookup::Found(TypeEntry { made: Some(_), .. }) => {
                    let sentence = format!("type `{of}` is no composite type: no table can be of it");
                    return Outcome::Refused(Conflict::Other("42809", sentence));
                }
                Lookup::Found(_) | Lookup::Unknown => table.open = true,
                Lookup::Absent => {
                    if let Some(conflict) = self.is_row_type(of, "42809") {
                        return Outcome::Refused(conflict);
                    }
                    let object = ObjectRef { kind: ObjectKind::Type, name: of.clone(), on: None };
                    return self.missing(object, Guard::None);
                }
            }
        }
        for parent in parents {
            inherit_from(self.catalog, &parent, &mut table);
            table.parents.push(parent);
        }
        for (like, options) in &create.like {
            copy_columns(self.catalog, &self.resolve(like), &mut table, options);
        }
        for column in selected.iter().flatten().cloned() {
            table.columns.push(Arc::new(Member::new(column, Some(self.place))));
        }
        for def in create.columns.iter().filter(|_| selected.is_none()) {
            let mut column = self.column_of(def);
            // A column that a parent has too is merged with it: a partition's definition has no type of its own.
            let inherited = table.column(column.name.key()).found();
            if let Some(parent) = inherited {
                merge(&mut column, &parent.column);
            }
            let local = inherited.is_none() || create.partition_of.is_none();
            table.columns.retain(|member| member.column.name != def.column.name);
            let made = Some(Place::new(self.place.file, def.span));
            table.columns.push(Arc::new(Member { local, ..Member::new(column, made) }));
        }
        self.catalog.put_relation(name.clone(), Slot::Present(Relation::Table(Arc::new(table))));
        for def in &create.columns {
            self.own_sequence(&name, &def.column, &def.sequence);
        }
        let defaults = create.columns.iter().filter_map(|def| def.column.default.as_ref());
        if let Some(conflict) = defaults.into_iter().find_map(|default| self.lacks_sequence(default)) {
            return Outcome::Refused(conflict);
        }
        self.copy_identities(&name, &create.like);
        self.copy_statistics(&name, &create.like);
        let unfit = unfit.or_else(|| {
            let mut columns = create.columns.iter().map(|def| &def.column.name);
            columns.find_map(|column| self.unfit_values(&name, column))
        });
        let keys = create.partition_by.iter().flat_map(|by| &by.keys).map(|key| &key.expr);
        let unfit = unfit.or_else(|| self.any_unfit_in(&name, keys, Site::Partition));
        let at_columns = create
            .columns
            .iter()
            .flat_map(|def| def.constraints.iter().map(move |constraint| (constraint, def.span)))
            .filter_map(|(constraint, span)| Some((self.at_column(constraint)?, span)));
        let own = create.constraints.iter().map(|def| (def.constraint.clone(), def.span));
        let mut constraints: Vec<Constraint> = at_columns
            .chain(own)
            .map(|(constraint, span)| Constraint {
                made: Some(Place::new(self.place.file, span)),
                ..constraint
            })
            .collect();
        // The primary key takes its name first, then UNIQUE, as the server does.
        constraints.sort_by_key(|constraint| match constraint.kind {
            ConstraintKind::Check(_) | ConstraintKind::NotNull(_) => 0,
            ConstraintKind::PrimaryKey { .. } => 1,
            ConstraintKind::Unique { .. } | ConstraintKind::Exclude(_) => 2,
            ConstraintKind::ForeignKey(_) => 3,
        });
        if self.catalog.dialect == Dialect::Postgres {
            one_index_each(&mut constraints);
            // What is named waits for nobody; what is not takes a name that is free.
            let keys = constraints
                .iter()
                .position(|constraint| key_order(constraint) > 0)
                .unwrap_or(constraints.len());
            constraints[..keys].sort_by_key(|constraint| constraint.name.is_none());
        }
        let (copied, indexes) = self.copied(&create.like);
        constraints.extend(copied);
        // There are no rows to look at (source: `transformCheckConstraints` in parse_utilcmd.c).
        for constraint in constraints.iter_mut().filter(|_| !create.foreign) {
            constraint.not_valid = false;
        }
        let mut refused = unfit.map_or(Outcome::Done, Outcome::Refused);
        for constraint in &constraints {
            if self.is_merged(&name, constraint) {
                continue;
            }
            let outcome = self.put_constraint(&name, constraint, true);
            if refused == Outcome::Done && outcome.conflict().is_some() {
                refused = outcome;
            }
        }
        for index in &create.indexes {
            self.create_index(index);
        }
        for index in indexes {
            self.create_index(&CreateIndex { table: name.clone(), ..index });
        }
        if let Some((parent, _)) = &create.partition_of {
            let parent = self.resolve(parent);
            self.become_partition(&parent, &name);
        }
        refused
    }

    /// Why a table cannot inherit from these relations, or be made like others.
    fn unfit_source(&self, parents: &[Name], create: &CreateTable) -> Option<Conflict> {
        let tables = &[ObjectKind::Table, ObjectKind::ForeignTable];
        let views =
            &[ObjectKind::Table, ObjectKind::ForeignTable, ObjectKind::View, ObjectKind::MaterializedView];
        let like = || {
            let mut like = create.like.iter().map(|(like, _)| self.resolve(like));
            like.find_map(|like| self.not_on(&like, "copies", views))
        };
        parents
            .iter()
            .find_map(|parent| self.not_on(parent, "heirs", tables))
            .or_else(|| {
                let heirs = create.partition_of.is_none();
                parents
                    .iter()
                    .filter(|_| heirs)
                    .find_map(|parent| self.has_no_heirs(parent, create.temporary))
            })
            .or_else(like)
    }

    /// What is temporary is in no other schema.
    pub(super) fn lasts_there(&self, temporary: bool, written: &Name) -> Option<Conflict> {
        let schema = written.schema.as_ref().filter(|_| temporary && self.postgres())?;
        (!schema.text().starts_with("pg_temp")).then(|| {
            let sentence = format!("`{written}` is temporary: it cannot be in schema `{schema}`");
            Conflict::Other("42P16", sentence)
        })
    }

    /// Why a table cannot have heirs: it is partitioned, or a partition, or goes away before them.
    pub(super) fn has_no_heirs(&self, parent: &Name, temporary: bool) -> Option<Conflict> {
        let table = self.catalog.table(parent).found().filter(|_| self.postgres())?;
        let what = match table.partition {
            PartitionKind::Parent => "partitioned",
            PartitionKind::Partition => "a partition",
            PartitionKind::None if table.temporary && !temporary => "temporary",
            PartitionKind::None => return None,
        };
        Some(Conflict::Other("42809", format!("`{parent}` is {what}: it cannot have heirs")))
    }

    /// Whether a table is another one, or one of those from which that one inherits.
    pub(super) fn is_above(&self, table: &Name, other: &Name) -> bool {
        let mut above = vec![other.clone()];
        let mut at = 0;
        while let Some(name) = above.get(at).cloned() {
            at += 1;
            if name == *table {
                return true;
            }
            let parents = self.catalog.table(&name).found().map_or(&[][..], |table| &table.parents);
            let new: Vec<Name> = parents.iter().filter(|parent| !above.contains(parent)).cloned().collect();
            above.extend(new);
        }
        false
    }

    /// A column that CREATE TABLE writes and copies with LIKE too, or copies twice (PostgreSQL).
    fn written_and_copied<'c>(&'c self, create: &'c CreateTable) -> Option<&'c Ident> {
        let mut seen: Vec<&Ident> = create.columns.iter().map(|def| &def.column.name).collect();
        for (source, _) in create.like.iter().filter(|_| self.postgres()) {
            let Lookup::Found(source) = self.catalog.table(&self.resolve(source)) else { continue };
            for member in &source.columns {
                if seen.contains(&&member.column.name) {
                    return Some(&member.column.name);
                }
                seen.push(&member.column.name);
            }
        }
        None
    }

    /// The columns of CREATE TABLE … AS, where the query shows all of them.
    fn selected(&self, table: &Name, create: &CreateTable) -> Result<Option<Vec<Column>>, Box<Conflict>> {
        let Some(tree) = create.tree.as_deref() else { return Ok(None) };
        let (resolved, missing) = super::query::resolved(self.catalog, self.session, tree);
        let given: Vec<Ident> = create.columns.iter().map(|def| def.column.name.clone()).collect();
        let outputs = resolved.columns.as_deref();
        let unfit = || super::query::unfit(table, &given, outputs?);
        // In a block a name that is no column may be a variable.
        let missing = missing.filter(|conflict| conflict.sqlstate() == "42P01" && !is_sentence(conflict));
        if let Some(conflict) = missing.or_else(|| self.postgres().then(unfit)?) {
            return Err(Box::new(conflict));
        }
        Ok(outputs.and_then(|outputs| self.selected_columns(create, outputs, &resolved.query)))
    }

    fn selected_columns(
        &self,
        create: &CreateTable,
        outputs: &[Output],
        query: &Query,
    ) -> Option<Vec<Column>> {
        let names = create.columns.iter().map(|def| &def.column.name);
        // In MySQL they are columns of their own, besides those of the query.
        if create.columns.len() > outputs.len()
            || (self.catalog.dialect == Dialect::Mysql && !create.columns.is_empty())
        {
            return None;
        }
        let names = names.chain(outputs.iter().map(|output| &output.name).skip(create.columns.len()));
        let each = outputs.iter().zip(names).enumerate().map(|(at, (output, name))| {
            let ty = match (self.catalog.dialect, &output.ty) {
                (Dialect::Postgres | Dialect::Mysql, ty) => ty.clone(),
                (Dialect::Sqlite, None) if is_computed(query, at, outputs.len()) => None,
                // A column of SQLite without a type is known to have none.
                (Dialect::Sqlite, ty) => affinity(ty.as_ref()?).map(Type::plain),
            };
            Some(Column { ty, not_null: Some(false), ..Column::unknown(name.clone()) })
        });
        each.collect()
    }

    /// What SQLite refuses in a CREATE TABLE, besides what every engine does.
    fn not_in_sqlite(&self, create: &CreateTable) -> Option<Conflict> {
        if self.catalog.dialect != Dialect::Sqlite {
            return None;
        }
        if create.name.ident.key().starts_with("sqlite_") {
            let sentence = format!("`{}` is a name that SQLite keeps for itself", create.name);
            return Some(Conflict::Other("42939", sentence));
        }
        let mut constraints = create
            .columns
            .iter()
            .flat_map(|def| &def.constraints)
            .chain(create.constraints.iter().map(|def| &def.constraint));
        if let Some(conflict) = create.columns.iter().find_map(|def| unnumbered(&create.name, &def.column)) {
            return Some(conflict);
        }
        let keyless = create.options.iter().any(|option| option == "WITHOUT ROWID")
            && !constraints.any(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }));
        keyless.then(|| {
            let sentence = format!("`{}` is WITHOUT ROWID and has no primary key", create.name);
            Conflict::Other("42P16", sentence)
        })
    }

    /// A CHECK that a parent gave under the same name is the same one.
    fn is_merged(&self, table: &Name, constraint: &Constraint) -> bool {
        let (ConstraintKind::Check(_), Some(name)) = (&constraint.kind, &constraint.name) else {
            return false;
        };
        let known = self.catalog.table(table).and_then(|table| table.constraint(name.key()));
        known.found().is_some_and(|known| known.inherited && matches!(known.kind, ConstraintKind::Check(_)))
    }

    /// Gives a new partition the keys, indexes, foreign keys and row triggers of its parent.
    pub(super) fn become_partition(&mut self, parent: &Name, partition: &Name) {
        if !self.postgres() {
            return;
        }
        let Lookup::Found(above) = self.catalog.table(parent) else { return };
        let constraints = above.constraints.clone();
        for (ident, constraint) in &constraints {
            self.constrain_child(parent, partition, ident, constraint);
        }
        let indexes: Vec<Index> =
            self.catalog.indexes_of(parent).filter(|index| index.constraint.is_none()).cloned().collect();
        for index in indexes {
            self.index_partition(&index, partition);
        }
        let triggers: Vec<(ObjectRef, Other)> = self
            .catalog
            .others()
            .filter(|(object, other)| {
                object.kind == ObjectKind::Trigger
                    && object.on.as_ref() == Some(parent)
                    && matches!(&other.detail, Detail::Trigger(trigger) if trigger.each_row)
            })
            .map(|(object, other)| (object.clone(), other.clone()))
            .collect();
        for (object, other) in triggers {
            let object = ObjectRef { on: Some(partition.clone()), ..object };
            self.catalog.put_other(object, Slot::Present(inherited_trigger(other)));
        }
    }

    /// LIKE … INCLUDING STATISTICS makes the same for the new table, the columns in their order (source: `generateClonedExtStatsStmt` in
    /// PostgreSQL's parse_utilcmd.c).
    fn copy_statistics(&mut self, table: &Name, like: &[(Name, Vec<String>)]) {
        for (source, _) in like.iter().filter(|(_, options)| takes(options, "STATISTICS")) {
            let source = self.resolve(source);
            let order: Vec<Ident> = self.catalog.table(&source).found().map_or_else(Vec::new, |source| {
                source.columns.iter().map(|member| member.column.name.clone()).collect()
            });
            let own: Vec<Statistics> = self
                .catalog
                .others()
                .filter_map(|(_, other)| match &other.detail {
                    Detail::Statistics(statistics) => Some((**statistics).clone()),
                    Detail::None
                    | Detail::Trigger(_)
                    | Detail::Policy(_)
                    | Detail::Rule(_)
                    | Detail::Extension(_)
                    | Detail::Publication(_)
                    | Detail::Text(_) => None,
                })
                .filter(|statistics| statistics.table == source)
                .collect();
            for mut statistics in own {
                let place = |key: &Expr| match key {
                    Expr::Column(parts) => {
                        order.iter().position(|name| Some(name.key()) == parts.last().map(String::as_str))
                    }
                    Expr::Literal(_)
                    | Expr::Call { .. }
                    | Expr::Operator { .. }
                    | Expr::Cast { .. }
                    | Expr::Query(_)
                    | Expr::Raw { .. } => None,
                };
                statistics.keys.sort_by_key(|key| place(key).unwrap_or(usize::MAX));
                let columns =
                    statistics.keys.iter().map(|key| place(key).map_or("expr", |at| order[at].text()));
                let second = names::joined(columns);
                let key = |ident: Ident| ObjectRef {
                    kind: ObjectKind::Statistics,
                    name: Name { schema: table.schema.clone(), ident },
                    on: None,
                };
                let free = |name: &str| self.catalog.other(&key(Ident::exact(name))).found().is_none();
                let object = key(names::free(table.text(), Some(&second), "stat", free));
                statistics.table = table.clone();
                let detail = Detail::Statistics(Box::new(statistics));
                let made = Some(self.place);
                self.catalog
                    .put_other(object, Slot::Present(Other { detail, notes: Notes::default(), made }));
            }
        }
    }

    /// LIKE … INCLUDING IDENTITY makes a sequence of the new table's own.
    fn copy_identities(&mut self, table: &Name, like: &[(Name, Vec<String>)]) {
        for (source, options) in like {
            if !takes(options, "IDENTITY") {
                continue;
            }
            let source = self.resolve(source);
            let Lookup::Found(from) = self.catalog.table(&source) else { continue };
            let identities: Vec<Column> = from
                .columns
                .iter()
                .filter(|member| member.column.identity.is_some())
                .map(|member| member.column.clone())
                .collect();
            for column in identities {
                let options = self.identity_sequence(&source, &column.name).map(|sequence| sequence.options);
                self.own_sequence(table, &column, &(options.unwrap_or_default(), None));
            }
        }
    }

    /// What LIKE … INCLUDING brings along: the keys and the indexes under new names, the checks under their own.
    fn copied(&self, like: &[(Name, Vec<String>)]) -> (Vec<Constraint>, Vec<CreateIndex>) {
        let (mut constraints, mut indexes) = (Vec::new(), Vec::new());
        for (source, options) in like {
            let Lookup::Found(source) = self.catalog.table(&self.resolve(source)) else { continue };
            for (known, constraint) in &source.constraints {
                let comment = constraint.comment.clone().filter(|_| takes(options, "COMMENTS"));
                let copy =
                    Constraint { comment, inherited: false, made: Some(self.place), ..constraint.clone() };
                match constraint.kind {
                    ConstraintKind::PrimaryKey { .. }
                    | ConstraintKind::Unique { .. }
                    | ConstraintKind::Exclude(_)
                        if takes(options, "INDEXES") =>
                    {
                        constraints.push(Constraint { name: None, ..copy });
                    }
                    ConstraintKind::Check(_) if takes(options, "CONSTRAINTS") => {
                        constraints.push(Constraint { name: Some(known.clone()), ..copy });
                    }
                    ConstraintKind::PrimaryKey { .. }
                    | ConstraintKind::Unique { .. }
                    | ConstraintKind::Exclude(_)
                    | ConstraintKind::Check(_)
                    | ConstraintKind::ForeignKey(_)
                    | ConstraintKind::NotNull(_) => {}
                }
            }
            let own = self.catalog.indexes_of(&source.name).filter(|index| index.constraint.is_none());
            indexes.extend(own.filter(|_| takes(options, "INDEXES")).map(|index| CreateIndex {
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
                parameters: index.parameters.clone(),
            }));
        }
        (constraints, indexes)
    }

    /// Where an unqualified new object goes: the first schema of the search path.
    pub(super) fn home(&self, name: &Name) -> Name {
        let name = names::kept(self.catalog.dialect, name);
        match (&name.schema, self.home_schema()) {
            (None, Some(first)) => Name::qualified(first, name.ident.clone()),
            (None, None) | (Some(_), _) => name.into_owned(),
        }
    }

    /// Finds the table of an ALTER TABLE; the outcome where it is not there.
    pub(super) fn target(&self, target: &TableTarget) -> Result<Name, Box<Outcome>> {
        let name = self.resolve(&target.name);
        if let Some(conflict) = self.not_altered_as(target.kind, &name).or_else(|| self.is_own(&target.name))
        {
            return Err(Box::new(Outcome::Refused(conflict)));
        }
        match self.catalog.relation(&name) {
            Lookup::Found(_) | Lookup::Unknown => Ok(name),
            Lookup::Absent => {
                let guard = if target.if_exists { Guard::IfExists } else { Guard::None };
                Err(Box::new(self.missing(ObjectRef { kind: target.kind, name, on: None }, guard)))
            }
        }
    }

    /// Changes the table of an ALTER TABLE. What is no table (a view, a sequence) is left alone.
    pub(super) fn alter(
        &mut self,
        target: &TableTarget,
        change: impl FnOnce(&mut Self, Name, Table) -> Outcome,
    ) -> Outcome {
        self.alter_relation(target, &[], change)
    }

    /// The same where relations of other kinds are taken too.
    pub(super) fn alter_relation(
        &mut self,
        target: &TableTarget,
        besides: &[ObjectKind],
        change: impl FnOnce(&mut Self, Name, Table) -> Outcome,
    ) -> Outcome {
        let name = match self.target(target) {
            Ok(name) => name,
            Err(outcome) => return *outcome,
        };
        let table = match self.catalog.table(&name) {
            Lookup::Found(table) => table.clone(),
            Lookup::Unknown => Table::unknown(name.clone()),
            Lookup::Absent if self.postgres() => return self.only_tables(&name, besides),
            Lookup::Absent => return self.no_table(name),
        };
        change(self, name, table)
    }

    pub(super) fn put_table(&mut self, name: Name, table: Table) -> Outcome {
        self.catalog.put_relation(name, Slot::Present(Relation::Table(Arc::new(table))));
        Outcome::Done
    }
}

/// It is told in words: what is missing is no object.
const fn is_sentence(conflict: &Conflict) -> bool {
    match conflict {
        Conflict::Other(..) => true,
        Conflict::Exists(_) | Conflict::Missing(_) => false,
    }
}

/// The type that CREATE TABLE … AS gives a column in SQLite (source: `sqlite3AffinityType` and `createTableStmt` in its build.c);
/// None where it gives none.
fn affinity(ty: &Type) -> Option<&'static str> {
    let name = ty.name.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if has(&["int"]) {
        Some("int")
    } else if has(&["char", "clob", "text"]) {
        Some("text")
    } else if has(&["blob"]) {
        None
    } else if has(&["real", "floa", "doub"]) {
        Some("real")
    } else {
        Some("num")
    }
}

/// SQLite: whether a column of a query's result is computed, which leaves it without a type (source: sqlite.org/datatype3.html, 3.2).
fn is_computed(query: &Query, at: usize, count: usize) -> bool {
    let QueryBody::Select(select) = &query.body else { return false };
    let Some(Target::Expr { expr, .. }) = select.targets.get(at).filter(|_| select.targets.len() == count)
    else {
        return false;
    };
    match expr {
        Expr::Literal(_) | Expr::Call { .. } => true,
        Expr::Operator { operator, .. } => !operator.starts_with("COLLATE"),
        Expr::Column(_) | Expr::Cast { .. } | Expr::Query(_) | Expr::Raw { .. } => false,
    }
}

pub(super) fn whole(name: Name) -> TableTarget {
    TableTarget { name, if_exists: false, only: false, kind: ObjectKind::Table }
}

/// A column that a CREATE TABLE names twice.
pub(super) fn twice(columns: &[ColumnDef]) -> Option<&Ident> {
    let names = columns.iter().map(|def| &def.column.name);
    names
        .clone()
        .enumerate()
        .find(|(at, name)| names.clone().take(*at).any(|known| known == *name))
        .map(|(_, name)| name)
}

/// A column that only one of a parent and its new partition has.
pub(super) fn differing<'t>(parent: &'t Table, partition: &'t Table) -> Option<&'t Ident> {
    if parent.open || partition.open || !parent.parents.is_empty() || !partition.parents.is_empty() {
        return None;
    }
    let lacks = |one: &'t Table, other: &'t Table| {
        one.columns.iter().map(|member| &member.column.name).find(|name| other.column(name.key()).is_absent())
    };
    lacks(parent, partition).or_else(|| lacks(partition, parent))
}

/// Whether LIKE takes what an option names along.
fn takes(options: &[String], what: &str) -> bool {
    options.iter().any(|option| option == what || option == "ALL")
}

/// CHECK and NOT NULL are named when the table is made, keys and foreign keys after it.
const fn key_order(constraint: &Constraint) -> u8 {
    match constraint.kind {
        ConstraintKind::Check(_) | ConstraintKind::NotNull(_) => 0,
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Exclude(_)
        | ConstraintKind::ForeignKey(_) => 1,
    }
}

/// A trigger that a partition has because its parent has it.
pub(super) fn inherited_trigger(mut other: Other) -> Other {
    if let Detail::Trigger(trigger) = &mut other.detail {
        trigger.inherited = true;
    }
    Other { notes: Notes::default(), ..other }
}

/// The columns and CHECKs that a table has from a parent.
fn inherit_from(catalog: &Catalog, parent: &Name, table: &mut Table) {
    let Lookup::Found(source) = catalog.table(parent) else {
        table.open = true;
        return;
    };
    table.open |= source.open;
    for member in &source.columns {
        if table.column(member.column.name.key()).found().is_none() {
            let mut column = member.column.clone();
            column.identity = None;
            let defaulted = column.fills();
            let local = false;
            table.columns.push(Arc::new(Member { defaulted, local, ..Member::new(column, table.made) }));
        }
    }
    for (ident, constraint) in &source.constraints {
        let goes_down = matches!(constraint.kind, ConstraintKind::Check(_))
            && !constraint.attributes.iter().any(|attribute| attribute == "NO INHERIT");
        if goes_down && table.constraint(ident.key()).found().is_none() {
            let made = table.made;
            let inherited = Constraint { inherited: true, comment: None, made, ..constraint.clone() };
            table.constraints.push((ident.clone(), inherited));
        }
    }
}

/// A column for an attribute of a composite type.
fn of_attribute(attribute: &Ident, ty: &Type, made: Option<Place>) -> Member {
    let column = Column { ty: Some(ty.clone()), not_null: Some(false), ..Column::unknown(attribute.clone()) };
    Member::new(column, made)
}

/// The columns of LIKE: their names, types and NOT NULL always, the rest where it is INCLUDING.
fn copy_columns(catalog: &Catalog, from: &Name, table: &mut Table, options: &[String]) {
    if let Lookup::Found(TypeEntry { kind: TypeKind::Composite(attributes), .. }) = catalog.type_entry(from) {
        table.columns.extend(
            attributes.iter().map(|(attribute, ty)| Arc::new(of_attribute(attribute, ty, table.made))),
        );
        return;
    }
    if let Some(outputs) = catalog.view(from).found().and_then(View::outputs) {
        for output in outputs {
            let column = Column {
                ty: output.ty.clone(),
                not_null: Some(false),
                ..Column::unknown(output.name.clone())
            };
            table.columns.push(Arc::new(Member::new(column, table.made)));
        }
        return;
    }
    let Lookup::Found(source) = catalog.table(from) else {
        table.open = true;
        return;
    };
    table.open |= source.open;
    for member in &source.columns {
        if table.column(member.column.name.key()).found().is_some() {
            continue;
        }
        let mut column = member.column.clone();
        if !takes(options, "DEFAULTS") {
            column.default = None;
        }
        if !takes(options, "GENERATED") {
            column.generated = None;
        }
        if !takes(options, "IDENTITY") {
            column.identity = None;
        }
        column.settings.retain(|setting, _| match *setting {
            "storage" => takes(options, "STORAGE"),
            "compression" => takes(options, "COMPRESSION"),
            _ => false,
        });
        let comment = member.comment.clone().filter(|_| takes(options, "COMMENTS"));
        table.columns.push(Arc::new(Member { comment, ..Member::new(column, table.made) }));
    }
}
