//! The statements that turn one catalog into another, in an order that runs: what leans on something goes before it, and comes back
//! behind it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::write::quote;
use super::tables::default_text;
use super::{Writer, expr_text, shown, string, type_text};
use crate::ops::object_name;
use crate::schema::{
    Catalog, Column, ConstraintKind, Detail, Dialect, Difference, DifferenceKind, Expr, ForeignKey, Ident,
    Identity, Index, Literal, Member, Name, ObjectKind, ObjectRef, Relation, Table, Type, TypeKind,
    canonical,
};

/// When a statement runs: earlier ones first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    DropViews,
    DropOthers,
    DropForeignKeys,
    DropConstraints,
    DropIndexes,
    // Before anything new is made: their names may be wanted.
    DropTables,
    DropComputed,
    Schemas,
    Types,
    Functions,
    Sequences,
    Tables,
    Columns,
    Defaults,
    DropColumns,
    Computed,
    Owners,
    Constraints,
    Indexes,
    ForeignKeys,
    LateFunctions,
    Views,
    Switches,
    Others,
    DropSequences,
    DropFunctions,
    DropTypes,
    DropSchemas,
    Comments,
}

/// The statements, without semicolons, that turn `from` into `to`; `differences` is what the two differ in, `from` on the left. What
/// no statement can do stands among them as a comment.
pub fn migrate(from: &Catalog, to: &Catalog, differences: &[Difference]) -> Vec<String> {
    let changes = Changes {
        from: Writer { catalog: from },
        to: Writer { catalog: to },
        differences,
        dialect: to.dialect,
    };
    if to.dialect == Dialect::Sqlite { changes.sqlite() } else { changes.postgres() }
}

struct Changes<'a> {
    from: Writer<'a>,
    to: Writer<'a>,
    differences: &'a [Difference],
    dialect: Dialect,
}

type Steps = Vec<(Phase, String)>;

impl Changes<'_> {
    fn postgres(&self) -> Vec<String> {
        let mut steps: Steps = Vec::new();
        let again = self.views_to_make_again();
        for view in self.from.views_in_order().into_iter().rev() {
            let gone =
                self.is(DifferenceKind::Extra, &relation_ref(view_kind(view.materialized), &view.name));
            if gone || again.contains(&view.name) {
                let kind = view_kind(view.materialized).keywords();
                steps.push((Phase::DropViews, format!("DROP {kind} {}", shown(&view.name, self.dialect))));
            }
        }
        for view in self.to.views_in_order() {
            let new =
                self.is(DifferenceKind::Missing, &relation_ref(view_kind(view.materialized), &view.name));
            if new || again.contains(&view.name) {
                steps.push((Phase::Views, self.to.create_view(view)));
                let mut indexes = Vec::new();
                self.to.indexes(&view.name, &mut indexes);
                steps.extend(indexes.into_iter().map(|text| (Phase::Views, text)));
            }
        }
        let new_tables = self.new_tables();
        for table in self.to.tables_in_order() {
            if new_tables.contains(&table.name) {
                self.make_table(table, &mut steps);
            }
        }
        self.drop_tables(&mut steps);
        for difference in self.differences {
            self.change(difference, &again, &mut steps);
        }
        let mut out: Vec<String> = Vec::new();
        steps.sort_by_key(|(phase, _)| *phase);
        for (_, text) in steps {
            if !out.contains(&text) {
                out.push(text);
            }
        }
        if out.iter().any(|text| text.starts_with("CREATE FUNCTION") || text.starts_with("CREATE OR REPLACE"))
        {
            out.insert(0, "SET check_function_bodies = false".to_owned());
        }
        out
    }

    fn is(&self, kind: DifferenceKind, object: &ObjectRef) -> bool {
        self.differences.iter().any(|difference| difference.kind == kind && difference.object == *object)
    }

    fn new_tables(&self) -> BTreeSet<Name> {
        let new = self.differences.iter().filter(|difference| {
            difference.kind == DifferenceKind::Missing && difference.object.kind == ObjectKind::Table
        });
        new.map(|difference| difference.object.name.clone()).collect()
    }

    /// The views of both sides that have to be dropped and made again: their definition changed, or something that they read did.
    fn views_to_make_again(&self) -> BTreeSet<Name> {
        let mut changed: BTreeSet<Name> = BTreeSet::new();
        for difference in self.differences {
            let object = &difference.object;
            let touches = match (object.kind, difference.kind) {
                (ObjectKind::Column, DifferenceKind::Type | DifferenceKind::Extra) => object.on.clone(),
                (ObjectKind::Table, DifferenceKind::Extra) => Some(object.name.clone()),
                (
                    ObjectKind::View | ObjectKind::MaterializedView,
                    DifferenceKind::Definition | DifferenceKind::Extra,
                ) => Some(object.name.clone()),
                (ObjectKind::Type | ObjectKind::Domain, _)
                | (
                    ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate,
                    DifferenceKind::Definition | DifferenceKind::Extra,
                ) => None,
                _ => None,
            };
            changed.extend(touches);
        }
        loop {
            let reading = self.from.views_in_order().into_iter().filter(|view| {
                !changed.contains(&view.name) && view.reads.iter().any(|read| changed.contains(read))
            });
            let more: Vec<Name> = reading.map(|view| view.name.clone()).collect();
            if more.is_empty() {
                break;
            }
            changed.extend(more);
        }
        let both = |name: &Name| {
            self.from.catalog.view(name).found().is_some() && self.to.catalog.view(name).found().is_some()
        };
        changed.into_iter().filter(|name| both(name)).collect()
    }

    /// The tables that go, each before those that it refers to or is a part of. Of tables that refer to each other in a circle the
    /// foreign keys go first; a partition goes with its parent.
    fn drop_tables(&self, steps: &mut Steps) {
        let gone = self.differences.iter().filter(|difference| {
            difference.kind == DifferenceKind::Extra
                && matches!(difference.object.kind, ObjectKind::Table | ObjectKind::ForeignTable)
        });
        let gone: BTreeSet<&Name> = gone.map(|difference| &difference.object.name).collect();
        let tables = || gone.iter().filter_map(|name| self.from.catalog.table(name).found());
        let drop = |table: &Table| {
            let what = if table.foreign { "FOREIGN TABLE" } else { "TABLE" };
            (Phase::DropTables, format!("DROP {what} {}", shown(&table.name, self.dialect)))
        };
        let goes_along =
            |table: &Table| table.bound.is_some() && table.parents.iter().any(|parent| gone.contains(parent));
        let mut waiting: Vec<&Table> = tables().filter(|table| !goes_along(table)).collect();
        while !waiting.is_empty() {
            let leans_on = |table: &Table, other: &Name| {
                table.parents.contains(other) || foreign_keys(table).any(|(_, key)| key.table == *other)
            };
            // The partitions of a table lean on what they lean on, too.
            let family = |table: &Table| -> Vec<&Table> {
                let parts = tables().filter(|part| goes_along(part) && part.parents.contains(&table.name));
                parts.chain(self.from.catalog.table(&table.name).found()).collect()
            };
            let is_free = |table: &Table| {
                let others = waiting.iter().filter(|other| other.name != table.name);
                !others.flat_map(|other| family(other)).any(|other| leans_on(other, &table.name))
            };
            let (free, rest): (Vec<&Table>, Vec<&Table>) =
                waiting.iter().copied().partition(|table| is_free(table));
            if free.is_empty() {
                for table in &rest {
                    let others = foreign_keys(table).filter(|(_, key)| key.table != table.name);
                    steps.extend(others.map(|(ident, _)| {
                        let name = shown(&table.name, self.dialect);
                        let text =
                            format!("ALTER TABLE {name} DROP CONSTRAINT {}", quote(ident, self.dialect));
                        (Phase::DropForeignKeys, text)
                    }));
                }
                steps.extend(rest.iter().map(|table| drop(table)));
                break;
            }
            steps.extend(free.iter().map(|table| drop(table)));
            waiting = rest;
        }
    }

    /// A table that is not there yet, with all that belongs to it.
    fn make_table(&self, table: &Table, steps: &mut Steps) {
        let mut of = |phase: Phase, write: &dyn Fn(&mut Vec<String>)| {
            let mut out = Vec::new();
            write(&mut out);
            steps.extend(out.into_iter().map(|text| (phase, text)));
        };
        of(Phase::Tables, &|out| out.push(self.to.create_table(table)));
        of(Phase::Tables, &|out| self.to.attach(table, out));
        of(Phase::Constraints, &|out| self.to.late_constraints(table, false, out));
        of(Phase::Indexes, &|out| self.to.indexes(&table.name, out));
        of(Phase::ForeignKeys, &|out| self.to.late_constraints(table, true, out));
        of(Phase::Switches, &|out| self.to.table_switches(table, out));
        of(Phase::Owners, &|out| {
            for member in &table.columns {
                let sequence = self.to.sequence_of(&table.name, &member.column.name);
                if let Some(sequence) = sequence.filter(|sequence| !self.to.comes_with_column(sequence)) {
                    out.extend(self.to.owner_of_sequence(sequence));
                }
            }
        });
        of(Phase::Sequences, &|out| {
            for member in &table.columns {
                let sequence = self.to.sequence_of(&table.name, &member.column.name);
                if let Some(sequence) = sequence.filter(|sequence| !self.to.comes_with_column(sequence)) {
                    out.push(self.to.sequence(sequence));
                }
            }
        });
        of(Phase::Others, &|out| {
            for (object, other) in self.to.catalog.others() {
                let on_it = object.on.as_ref() == Some(&table.name);
                if on_it && other.made.is_some() {
                    out.extend(self.to.other(object, other));
                    out.extend(self.to.switched(object, other));
                }
            }
        });
        of(Phase::Comments, &|out| {
            let mut all = Vec::new();
            self.to.comments(&mut all);
            let name = shown(&table.name, self.dialect);
            let about = |text: &String| {
                let rest = text.strip_prefix("COMMENT ON ").unwrap_or(text);
                rest.starts_with(&format!("TABLE {name} "))
                    || rest.starts_with(&format!("COLUMN {name}."))
                    || rest.contains(&format!(" ON {name} IS "))
            };
            out.extend(all.into_iter().filter(about));
            for index in self.to.catalog.indexes_of(&table.name) {
                if let Some(comment) = &index.notes.comment {
                    let object = ObjectRef { kind: ObjectKind::Index, name: index.name.clone(), on: None };
                    out.push(self.to.comment(&object, Some(comment)));
                }
            }
        });
    }

    fn change(&self, difference: &Difference, again: &BTreeSet<Name>, steps: &mut Steps) {
        let object = &difference.object;
        if difference.kind == DifferenceKind::Comment {
            let text = difference.right.as_ref().map(|_| self.comment_of(object)).unwrap_or_default();
            steps.push((Phase::Comments, self.to.comment(object, text.as_deref())));
            return;
        }
        match object.kind {
            ObjectKind::Table | ObjectKind::ForeignTable => match difference.kind {
                DifferenceKind::Missing | DifferenceKind::Extra => {}
                DifferenceKind::Type
                | DifferenceKind::Nullability
                | DifferenceKind::Default
                | DifferenceKind::Definition
                | DifferenceKind::Comment => self.change_table(&object.name, steps),
            },
            ObjectKind::Column => self.change_column(difference, steps),
            ObjectKind::Constraint => self.change_constraint(difference, steps),
            ObjectKind::Index => {
                let on_new_view =
                    object.on.as_ref().is_some_and(|on| again.contains(on) || self.is_new_view(on));
                if on_new_view {
                    return;
                }
                let goes = difference.kind != DifferenceKind::Missing;
                if goes
                    && self
                        .from
                        .catalog
                        .index(&object.name)
                        .found()
                        .is_none_or(|index| index.parent.is_none())
                {
                    let name = shown(&object.name, self.dialect);
                    steps.push((Phase::DropIndexes, format!("DROP INDEX {name}")));
                }
                if difference.kind != DifferenceKind::Extra
                    && let Some(index) = self.to.catalog.index(&object.name).found()
                    && index.parent.is_none()
                {
                    steps.push((Phase::Indexes, self.to.index(index)));
                }
            }
            ObjectKind::View | ObjectKind::MaterializedView => {}
            ObjectKind::Sequence => self.change_sequence(difference, steps),
            ObjectKind::Type | ObjectKind::Domain => self.change_type(difference, steps),
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate | ObjectKind::Routine => {
                self.change_function(difference, steps);
            }
            _ => self.change_other(difference, steps),
        }
    }

    fn is_new_view(&self, name: &Name) -> bool {
        self.to.catalog.view(name).found().is_some() && self.from.catalog.view(name).found().is_none()
    }

    /// The comment that an object has in the end.
    fn comment_of(&self, object: &ObjectRef) -> Option<String> {
        let mut all = Vec::new();
        self.to.comments(&mut all);
        let what = object_name(object, |name| shown(name, self.dialect));
        all.iter().find_map(|text| {
            let rest = text.strip_prefix("COMMENT ON ")?.strip_prefix(&what)?.strip_prefix(" IS '")?;
            Some(rest.strip_suffix('\'')?.replace("''", "'"))
        })
    }

    fn change_table(&self, name: &Name, steps: &mut Steps) {
        let (Some(old), Some(new)) =
            (self.from.catalog.table(name).found(), self.to.catalog.table(name).found())
        else {
            return;
        };
        let table = shown(name, self.dialect);
        let mut say = |text: String| steps.push((Phase::Switches, text));
        if old.unlogged != new.unlogged {
            say(format!("ALTER TABLE {table} SET {}", if new.unlogged { "UNLOGGED" } else { "LOGGED" }));
        }
        if old.row_security != new.row_security {
            let word = if new.row_security { "ENABLE" } else { "DISABLE" };
            say(format!("ALTER TABLE {table} {word} ROW LEVEL SECURITY"));
        }
        if old.force_row_security != new.force_row_security {
            let word = if new.force_row_security { "FORCE" } else { "NO FORCE" };
            say(format!("ALTER TABLE {table} {word} ROW LEVEL SECURITY"));
        }
        if old.replica_identity != new.replica_identity {
            let identity = new.replica_identity.as_deref().unwrap_or("DEFAULT");
            say(format!("ALTER TABLE {table} REPLICA IDENTITY {identity}"));
        }
        let set: BTreeMap<String, String> = new
            .parameters
            .iter()
            .filter(|(parameter, value)| old.parameters.get(*parameter) != Some(*value))
            .map(|(parameter, value)| (parameter.clone(), value.clone()))
            .collect();
        if !set.is_empty() {
            say(format!("ALTER TABLE {table} SET ({})", super::objects::parameters(&set)));
        }
        let reset: Vec<&str> = old
            .parameters
            .keys()
            .filter(|known| !new.parameters.contains_key(*known))
            .map(String::as_str)
            .collect();
        if !reset.is_empty() {
            say(format!("ALTER TABLE {table} RESET ({})", reset.join(", ")));
        }
        if old.bound != new.bound || old.parents != new.parents {
            let gone =
                old.parents.iter().filter(|parent| old.bound != new.bound || !new.parents.contains(parent));
            for parent in gone {
                let parent = shown(parent, self.dialect);
                say(match old.bound {
                    Some(_) => format!("ALTER TABLE {parent} DETACH PARTITION {table}"),
                    None => format!("ALTER TABLE {table} NO INHERIT {parent}"),
                });
            }
            let come =
                new.parents.iter().filter(|parent| old.bound != new.bound || !old.parents.contains(parent));
            for parent in come {
                let parent = shown(parent, self.dialect);
                say(match &new.bound {
                    Some(bound) => {
                        let bound = super::tables::bound_text(bound, self.dialect);
                        format!("ALTER TABLE {parent} ATTACH PARTITION {table} {bound}")
                    }
                    None => format!("ALTER TABLE {table} INHERIT {parent}"),
                });
            }
        }
        if old.partition_by != new.partition_by && (old.partition_by.is_none() || new.partition_by.is_none())
        {
            say(format!(
                "-- {table} cannot be {} in place: make a new table and copy the rows",
                if new.partition_by.is_some() { "partitioned" } else { "made one table" }
            ));
        }
    }

    fn change_column(&self, difference: &Difference, steps: &mut Steps) {
        let Some(table_name) = &difference.object.on else { return };
        let column_name = &difference.object.name.ident;
        let table = shown(table_name, self.dialect);
        let column = quote(column_name, self.dialect);
        let old = self.from.catalog.table(table_name).found();
        let new = self.to.catalog.table(table_name).found();
        let member =
            |table: Option<&Table>| table.and_then(|table| table.column(column_name.key()).found()).cloned();
        let (before, after) = (member(old), member(new));
        let inherited = |catalog: &Catalog, table: Option<&Table>| {
            table.is_some_and(|table| {
                table.parents.iter().any(|parent| {
                    catalog
                        .table(parent)
                        .and_then(|parent| parent.column(column_name.key()))
                        .found()
                        .is_some()
                })
            })
        };
        let computed =
            |member: &Option<Member>| member.as_ref().and_then(|member| member.column.generated.clone());
        let becomes_computed = computed(&after).is_some() && computed(&before) != computed(&after);
        if becomes_computed && !matches!(difference.kind, DifferenceKind::Missing | DifferenceKind::Extra) {
            // There is no way to make a column a computed one, or compute it otherwise, but to make it anew.
            self.make_column_again(table_name, column_name, steps);
            return;
        }
        if let (DifferenceKind::Type | DifferenceKind::Extra, Some(old)) = (difference.kind, old) {
            let reads = |member: &Member| {
                let generated = member.column.generated.as_ref();
                generated.is_some_and(|generated| generated.expr.reads(column_name.key()))
            };
            for reader in old.columns.iter().filter(|member| reads(member)) {
                self.make_column_again(table_name, &reader.column.name, steps);
            }
        }
        match (difference.kind, before, after) {
            (DifferenceKind::Missing, _, Some(after)) => {
                let Some(new) = new else { return };
                if inherited(self.to.catalog, Some(new)) {
                    return;
                }
                let computed = after.column.generated.is_some();
                steps.push((
                    if computed { Phase::Computed } else { Phase::Columns },
                    format!("ALTER TABLE {table} ADD COLUMN {}", self.to.column(new, &after)),
                ));
                let sequence = self.to.sequence_of(table_name, column_name);
                if let Some(sequence) = sequence.filter(|sequence| !self.to.comes_with_column(sequence)) {
                    steps.push((Phase::Sequences, self.to.sequence(sequence)));
                    steps.extend(self.to.owner_of_sequence(sequence).map(|text| (Phase::Owners, text)));
                }
                for (setting, value) in &after.column.settings {
                    let (word, value) = (setting.to_ascii_uppercase(), value.to_ascii_uppercase());
                    steps.push((
                        Phase::Switches,
                        format!("ALTER TABLE {table} ALTER COLUMN {column} SET {word} {value}"),
                    ));
                }
                if let Some(comment) = &after.comment {
                    steps.push((Phase::Comments, self.to.comment(&difference.object, Some(comment))));
                }
            }
            (DifferenceKind::Extra, before, _) => {
                if !inherited(self.from.catalog, old) {
                    let computed = before.is_some_and(|before| before.column.generated.is_some());
                    let phase = if computed { Phase::DropComputed } else { Phase::DropColumns };
                    steps.push((phase, format!("ALTER TABLE {table} DROP COLUMN {column}")));
                }
            }
            (DifferenceKind::Type, Some(before), Some(after)) => {
                if inherited(self.to.catalog, new) {
                    return;
                }
                let Some(ty) = &after.column.ty else { return };
                let default = before.column.default.is_some() || after.column.default.is_some();
                if default && before.column.default.is_some() {
                    steps.push((
                        Phase::Columns,
                        format!("ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT"),
                    ));
                }
                let shown_type = type_text(ty, self.dialect);
                let using = before.column.ty.as_ref().filter(|old| !casts_itself(old, ty)).map_or_else(
                    String::new,
                    |old| {
                        let own = |ty: &Type| ty.family() == crate::schema::Family::Other;
                        // From one type of the user's to another only the text leads.
                        if own(old) && own(ty) {
                            format!(" USING {column}::text::{shown_type}")
                        } else {
                            format!(" USING {column}::{shown_type}")
                        }
                    },
                );
                let collation = after
                    .column
                    .collation
                    .as_ref()
                    .map_or_else(String::new, |name| format!(" COLLATE {name}"));
                steps.push((
                    Phase::Columns,
                    format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {shown_type}{collation}{using}"),
                ));
                if let Some(default) =
                    after.column.default.as_ref().filter(|_| after.column.identity.is_none())
                {
                    let default = default_text(default, self.dialect);
                    steps.push((
                        Phase::Defaults,
                        format!("ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {default}"),
                    ));
                }
            }
            (DifferenceKind::Nullability, _, Some(after)) => {
                let word = if after.column.not_null == Some(true) { "SET" } else { "DROP" };
                steps.push((
                    Phase::Defaults,
                    format!("ALTER TABLE {table} ALTER COLUMN {column} {word} NOT NULL"),
                ));
            }
            (DifferenceKind::Default, Some(before), Some(after)) => {
                self.change_default(table_name, &before.column, &after.column, steps);
            }
            (DifferenceKind::Definition, Some(before), Some(after)) => {
                let settings: BTreeSet<&str> =
                    before.column.settings.keys().chain(after.column.settings.keys()).copied().collect();
                for setting in settings {
                    let (one, other) =
                        (before.column.settings.get(setting), after.column.settings.get(setting));
                    if one != other {
                        let word = setting.to_ascii_uppercase();
                        let value = other
                            .map_or_else(|| usual_setting(setting, after.column.ty.as_ref()), Clone::clone);
                        steps.push((
                            Phase::Switches,
                            format!(
                                "ALTER TABLE {table} ALTER COLUMN {column} SET {word} {}",
                                value.to_ascii_uppercase()
                            ),
                        ));
                    }
                }
                if before.column.collation != after.column.collation
                    && let Some(ty) = &after.column.ty
                {
                    let collation = after.column.collation.as_deref().unwrap_or("pg_catalog.\"default\"");
                    let ty = type_text(ty, self.dialect);
                    steps.push((
                        Phase::Columns,
                        format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {ty} COLLATE {collation}"),
                    ));
                }
            }
            (
                DifferenceKind::Missing
                | DifferenceKind::Type
                | DifferenceKind::Nullability
                | DifferenceKind::Default
                | DifferenceKind::Definition
                | DifferenceKind::Comment,
                ..,
            ) => {}
        }
    }

    /// A column dropped and added again, with the indexes and constraints that go with it.
    fn make_column_again(&self, table_name: &Name, column_name: &Ident, steps: &mut Steps) {
        let table = shown(table_name, self.dialect);
        let column = quote(column_name, self.dialect);
        steps.push((Phase::DropComputed, format!("ALTER TABLE {table} DROP COLUMN {column}")));
        let Some(new) = self.to.catalog.table(table_name).found() else { return };
        let Some(member) = new.column(column_name.key()).found() else { return };
        steps.push((
            Phase::Computed,
            format!("ALTER TABLE {table} ADD COLUMN {}", self.to.column(new, member)),
        ));
        let indexes = self.to.catalog.indexes_of(table_name).filter(|index| {
            index.constraint.is_none()
                && index
                    .keys
                    .iter()
                    .map(|key| &key.expr)
                    .chain(&index.predicate)
                    .any(|expr| expr.reads(column_name.key()))
        });
        steps.extend(indexes.map(|index| (Phase::Indexes, self.to.index(index))));
        for (ident, constraint) in &new.constraints {
            let reads = match &constraint.kind {
                ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                    columns.contains(column_name)
                }
                ConstraintKind::Check(expr) => expr.reads(column_name.key()),
                ConstraintKind::ForeignKey(key) => key.columns.contains(column_name),
                ConstraintKind::Exclude(exclude) => {
                    exclude.elements.iter().any(|(key, _)| key.expr.reads(column_name.key()))
                }
                ConstraintKind::NotNull(_) => false,
            };
            if reads && !constraint.inherited {
                steps.push((Phase::ForeignKeys, self.to.add_constraint(table_name, ident, constraint)));
            }
        }
        if let Some(comment) = &member.comment {
            let object = ObjectRef {
                kind: ObjectKind::Column,
                name: Name::bare(column_name.clone()),
                on: Some(table_name.clone()),
            };
            steps.push((Phase::Comments, self.to.comment(&object, Some(comment))));
        }
    }

    fn change_default(&self, table_name: &Name, before: &Column, after: &Column, steps: &mut Steps) {
        let table = shown(table_name, self.dialect);
        let column = quote(&after.name, self.dialect);
        let alter = format!("ALTER TABLE {table} ALTER COLUMN {column}");
        let is_identity =
            |column: &Column| matches!(column.identity, Some(Identity::Always | Identity::ByDefault));
        if before.generated.is_some() {
            steps.push((Phase::Columns, format!("{alter} DROP EXPRESSION")));
        }
        match (is_identity(before), is_identity(after)) {
            (true, false) => steps.push((Phase::Columns, format!("{alter} DROP IDENTITY"))),
            (false, true) => {
                if before.default.is_some() {
                    steps.push((Phase::Columns, format!("{alter} DROP DEFAULT")));
                }
                let kind = if after.identity == Some(Identity::Always) { "ALWAYS" } else { "BY DEFAULT" };
                steps.push((Phase::Owners, format!("{alter} ADD GENERATED {kind} AS IDENTITY")));
            }
            (true, true) if before.identity != after.identity => {
                let kind = if after.identity == Some(Identity::Always) { "ALWAYS" } else { "BY DEFAULT" };
                steps.push((Phase::Defaults, format!("{alter} SET GENERATED {kind}")));
            }
            (true, true) => {}
            (false, false) => {}
        }
        let (old, new) =
            (self.from.sequence_of(table_name, &before.name), self.to.sequence_of(table_name, &after.name));
        match (old, new) {
            (Some(old), Some(new)) if old.options.shape() != new.options.shape() => {
                let shape = new.options.shape();
                let cycle = if shape.cycle { "CYCLE" } else { "NO CYCLE" };
                steps.push((
                    Phase::Owners,
                    format!(
                        "ALTER SEQUENCE {} AS {} INCREMENT BY {} MINVALUE {} MAXVALUE {} START WITH {} CACHE {} {cycle}",
                        shown(&old.name, self.dialect),
                        shape.ty,
                        shape.increment,
                        shape.min,
                        shape.max,
                        shape.start,
                        shape.cache
                    ),
                ));
            }
            (None, Some(new)) if !new.identity => {
                steps.push((Phase::Sequences, self.to.sequence(new)));
                steps.extend(self.to.owner_of_sequence(new).map(|text| (Phase::Owners, text)));
            }
            (Some(old), None) if !old.identity => {
                steps.push((
                    Phase::DropSequences,
                    format!("DROP SEQUENCE {}", shown(&old.name, self.dialect)),
                ));
            }
            (Some(_) | None, _) => {}
        }
        if !is_identity(after) && before.default != after.default {
            match &after.default {
                Some(default) => {
                    let default = default_text(default, self.dialect);
                    steps.push((Phase::Defaults, format!("{alter} SET DEFAULT {default}")));
                }
                None => steps.push((Phase::Defaults, format!("{alter} DROP DEFAULT"))),
            }
        }
    }

    fn change_constraint(&self, difference: &Difference, steps: &mut Steps) {
        let (object, Some(table_name)) = (&difference.object, &difference.object.on) else { return };
        let table = shown(table_name, self.dialect);
        let ident = &object.name.ident;
        let of = |writer: Writer<'_>| {
            let table = writer.catalog.table(table_name).found()?;
            table.constraint(ident.key()).found().cloned()
        };
        let (before, after) = (of(self.from), of(self.to));
        let is_foreign = |kind: &ConstraintKind| matches!(kind, ConstraintKind::ForeignKey(_));
        if let (Some(before), Some(after)) = (&before, &after) {
            let same = crate::schema::Constraint { not_valid: false, ..before.clone() };
            let wanted = crate::schema::Constraint { not_valid: false, ..after.clone() };
            if before.not_valid
                && !after.not_valid
                && same.kind == wanted.kind
                && same.attributes == wanted.attributes
            {
                let text = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", quote(ident, self.dialect));
                steps.push((Phase::ForeignKeys, text));
                return;
            }
        }
        // Where the names on both sides were made up, each side has its own.
        let old_name = before
            .as_ref()
            .map(|_| ident.clone())
            .or_else(|| (difference.kind == DifferenceKind::Definition).then(|| ident.clone()));
        if difference.kind != DifferenceKind::Missing
            && let Some(old_name) = old_name
            && before.as_ref().is_none_or(|before| !before.inherited)
        {
            let foreign = before.as_ref().is_some_and(|before| is_foreign(&before.kind));
            let phase = if foreign { Phase::DropForeignKeys } else { Phase::DropConstraints };
            steps.push((
                phase,
                format!("ALTER TABLE {table} DROP CONSTRAINT {}", quote(&old_name, self.dialect)),
            ));
        }
        if difference.kind != DifferenceKind::Extra
            && let Some(after) = &after
            && !after.inherited
        {
            let phase = if is_foreign(&after.kind) { Phase::ForeignKeys } else { Phase::Constraints };
            steps.push((phase, self.to.add_constraint(table_name, ident, after)));
            if let Some(comment) =
                after.comment.as_ref().filter(|_| difference.kind == DifferenceKind::Missing)
            {
                steps.push((Phase::Comments, self.to.comment(object, Some(comment))));
            }
        }
    }

    fn change_sequence(&self, difference: &Difference, steps: &mut Steps) {
        let name = shown(&difference.object.name, self.dialect);
        let new = match self.to.catalog.relation(&difference.object.name).found() {
            Some(Relation::Sequence(sequence)) => Some(sequence),
            Some(Relation::Table(_) | Relation::Index(_) | Relation::View(_)) | None => None,
        };
        match (difference.kind, new) {
            (DifferenceKind::Extra, _) => steps.push((Phase::DropSequences, format!("DROP SEQUENCE {name}"))),
            (DifferenceKind::Missing, Some(sequence)) => {
                steps.push((Phase::Sequences, self.to.sequence(sequence)))
            }
            (_, Some(sequence)) => {
                let shape = sequence.options.shape();
                let cycle = if shape.cycle { "CYCLE" } else { "NO CYCLE" };
                steps.push((
                    Phase::Sequences,
                    format!(
                        "ALTER SEQUENCE {name} AS {} INCREMENT BY {} MINVALUE {} MAXVALUE {} START WITH {} CACHE {} {cycle}",
                        shape.ty, shape.increment, shape.min, shape.max, shape.start, shape.cache
                    ),
                ));
            }
            (_, None) => {}
        }
    }

    fn change_type(&self, difference: &Difference, steps: &mut Steps) {
        let object = &difference.object;
        let name = shown(&object.name, self.dialect);
        let (old, new) = (
            self.from.catalog.type_entry(&object.name).found(),
            self.to.catalog.type_entry(&object.name).found(),
        );
        match (difference.kind, old, new) {
            (DifferenceKind::Extra, ..) => {
                steps.push((Phase::DropTypes, format!("DROP {} {name}", object.kind.keywords())));
            }
            (DifferenceKind::Missing, _, Some(entry)) => {
                steps.extend(self.to.type_entry(entry).into_iter().map(|text| (Phase::Types, text)));
                if let Some(comment) = &entry.notes.comment {
                    steps.push((Phase::Comments, self.to.comment(object, Some(comment))));
                }
            }
            (_, Some(old), Some(new)) => match (&old.kind, &new.kind) {
                (TypeKind::Enum(before), TypeKind::Enum(after)) => {
                    self.change_enum(&object.name, &before.labels, &after.labels, steps);
                }
                (TypeKind::Composite(before), TypeKind::Composite(after)) => {
                    for (attribute, _) in
                        before.iter().filter(|(known, _)| !after.iter().any(|(name, _)| name == known))
                    {
                        let attribute = quote(attribute, self.dialect);
                        steps.push((Phase::Types, format!("ALTER TYPE {name} DROP ATTRIBUTE {attribute}")));
                    }
                    for (attribute, ty) in after {
                        let shown_attribute = quote(attribute, self.dialect);
                        let ty_text = type_text(ty, self.dialect);
                        match before.iter().find(|(known, _)| known == attribute) {
                            None => steps.push((
                                Phase::Types,
                                format!("ALTER TYPE {name} ADD ATTRIBUTE {shown_attribute} {ty_text}"),
                            )),
                            Some((_, old)) if old != ty => steps.push((
                                Phase::Types,
                                format!("ALTER TYPE {name} ALTER ATTRIBUTE {shown_attribute} TYPE {ty_text}"),
                            )),
                            Some(_) => {}
                        }
                    }
                }
                (
                    TypeKind::Domain {
                        ty: before,
                        default: old_default,
                        not_null: old_null,
                        constraints: olds,
                        ..
                    },
                    TypeKind::Domain {
                        ty: after,
                        default: new_default,
                        not_null: new_null,
                        constraints: news,
                        ..
                    },
                ) => {
                    if !canonical::same_type(before, after, self.dialect) {
                        steps.push((Phase::Types, format!("-- domain {name} cannot change its type: make a new one and change the columns")));
                    }
                    if old_default != new_default {
                        steps.push((
                            Phase::Types,
                            match new_default {
                                Some(default) => {
                                    format!(
                                        "ALTER DOMAIN {name} SET DEFAULT {}",
                                        default_text(default, self.dialect)
                                    )
                                }
                                None => format!("ALTER DOMAIN {name} DROP DEFAULT"),
                            },
                        ));
                    }
                    if old_null != new_null {
                        let word = if *new_null { "SET" } else { "DROP" };
                        steps.push((Phase::Types, format!("ALTER DOMAIN {name} {word} NOT NULL")));
                    }
                    let check = |kind: &ConstraintKind| match kind {
                        ConstraintKind::Check(expr) => Some(canonical::simple(expr, self.dialect)),
                        ConstraintKind::PrimaryKey { .. }
                        | ConstraintKind::Unique { .. }
                        | ConstraintKind::ForeignKey(_)
                        | ConstraintKind::Exclude(_)
                        | ConstraintKind::NotNull(_) => None,
                    };
                    for (ident, old) in olds {
                        let kept = news
                            .iter()
                            .any(|(known, new)| known == ident && check(&new.kind) == check(&old.kind));
                        if !kept {
                            let ident = quote(ident, self.dialect);
                            steps
                                .push((Phase::Types, format!("ALTER DOMAIN {name} DROP CONSTRAINT {ident}")));
                        }
                    }
                    for (ident, new) in news {
                        let known = olds
                            .iter()
                            .find(|(known, old)| known == ident && check(&new.kind) == check(&old.kind));
                        match known {
                            None => steps.push((
                                Phase::Types,
                                format!("ALTER DOMAIN {name} ADD {}", self.to.constraint(ident, new)),
                            )),
                            Some((_, old)) if old.not_valid && !new.not_valid => {
                                let ident = quote(ident, self.dialect);
                                steps.push((
                                    Phase::Types,
                                    format!("ALTER DOMAIN {name} VALIDATE CONSTRAINT {ident}"),
                                ));
                            }
                            Some(_) => {}
                        }
                    }
                }
                (
                    TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Domain { .. } | TypeKind::Other(_),
                    _,
                ) => {
                    steps.push((
                        Phase::Types,
                        format!(
                            "-- type {name} cannot be changed in place: make a new one and change the columns"
                        ),
                    ));
                }
            },
            (_, _, _) => {}
        }
    }

    /// New labels are added where they belong; where one goes, or they change places, a new type takes the old one's place.
    fn change_enum(&self, type_name: &Name, before: &[String], after: &[String], steps: &mut Steps) {
        let name = shown(type_name, self.dialect);
        let kept: Vec<&String> = after.iter().filter(|label| before.contains(label)).collect();
        if kept.len() == before.len() && kept.into_iter().eq(before.iter()) {
            let mut known: Vec<&String> = before.iter().collect();
            for (at, label) in after.iter().enumerate() {
                if known.contains(&label) {
                    continue;
                }
                let place = match at.checked_sub(1).map(|before| &after[before]) {
                    Some(previous) if known.last() == Some(&previous) => String::new(),
                    Some(previous) => format!(" AFTER {}", string(previous)),
                    None => {
                        known.first().map_or_else(String::new, |first| format!(" BEFORE {}", string(first)))
                    }
                };
                steps.push((Phase::Types, format!("ALTER TYPE {name} ADD VALUE {}{place}", string(label))));
                let at =
                    known.iter().position(|known| at > 0 && **known == after[at - 1]).map_or(0, |at| at + 1);
                known.insert(at, label);
            }
            return;
        }
        let old = Ident::exact(format!("{}_old", type_name.ident.text()));
        let old_name = Name { schema: type_name.schema.clone(), ident: old.clone() };
        steps.push((Phase::Types, format!("ALTER TYPE {name} RENAME TO {}", quote(&old, self.dialect))));
        if let Some(entry) = self.to.catalog.type_entry(type_name).found() {
            steps.extend(self.to.type_entry(entry).into_iter().map(|text| (Phase::Types, text)));
        }
        for table in self.from.catalog.tables() {
            for member in &table.columns {
                let column = &member.column;
                let has_it = column.ty.as_ref().is_some_and(|ty| ty.name == type_name.text());
                let stays =
                    self.to.catalog.table(&table.name).and_then(|table| table.column(column.name.key()));
                if !has_it || stays.found().is_none() {
                    continue;
                }
                let alter = format!(
                    "ALTER TABLE {} ALTER COLUMN {}",
                    shown(&table.name, self.dialect),
                    quote(&column.name, self.dialect)
                );
                let array = column.ty.as_ref().map_or(0, |ty| ty.dimensions);
                let brackets = "[]".repeat(array.into());
                if column.default.is_some() {
                    steps.push((Phase::Types, format!("{alter} DROP DEFAULT")));
                }
                let shown_column = quote(&column.name, self.dialect);
                steps.push((
                    Phase::Types,
                    format!(
                        "{alter} TYPE {name}{brackets} USING {shown_column}::text{brackets}::{name}{brackets}"
                    ),
                ));
                if let Some(default) = &column.default {
                    let default = default_text(default, self.dialect);
                    steps.push((Phase::Types, format!("{alter} SET DEFAULT {default}")));
                }
            }
        }
        steps.push((Phase::DropTypes, format!("DROP TYPE {}", shown(&old_name, self.dialect))));
    }

    fn change_function(&self, difference: &Difference, steps: &mut Steps) {
        let object = &difference.object;
        let find = |writer: Writer<'_>| {
            let mut all = writer.catalog.all_functions();
            all.find(|(name, function)| crate::schema::function_ref(name, function) == *object)
                .map(|(name, function)| (name.clone(), function.clone()))
        };
        let drop = || format!("DROP {}", object_name(object, |name| shown(name, self.dialect)));
        match (difference.kind, find(self.from), find(self.to)) {
            (DifferenceKind::Extra, ..) => steps.push((Phase::DropFunctions, drop())),
            (DifferenceKind::Missing, _, Some((name, function))) => {
                let early = self.to.stands_alone(&function);
                let phase = if early { Phase::Functions } else { Phase::LateFunctions };
                steps.extend(self.to.function(&name, &function).map(|text| (phase, text)));
                if let Some(comment) = &function.notes.comment {
                    steps.push((Phase::Comments, self.to.comment(object, Some(comment))));
                }
            }
            (_, Some((_, before)), Some((name, after))) => {
                let names = |function: &crate::schema::Function| {
                    function.arguments.iter().map(|argument| argument.name.clone()).collect::<Vec<_>>()
                };
                let defaults = |function: &crate::schema::Function| {
                    function.arguments.iter().filter(|argument| argument.default.is_some()).count()
                };
                let replaceable = before.returns == after.returns
                    && names(&before) == names(&after)
                    && before.kind == after.kind
                    && defaults(&before) <= defaults(&after);
                let early = self.to.stands_alone(&after);
                let phase = if early { Phase::Functions } else { Phase::LateFunctions };
                if !replaceable {
                    steps.push((phase, drop()));
                }
                steps.push((phase, self.to.function_text(&name, &after, replaceable)));
            }
            (_, _, _) => {}
        }
    }

    fn change_other(&self, difference: &Difference, steps: &mut Steps) {
        let object = &difference.object;
        let old = self.from.catalog.other(object).found();
        let new = self.to.catalog.other(object).found();
        let drops = |kind: ObjectKind| match kind {
            ObjectKind::Schema | ObjectKind::Extension => Phase::DropSchemas,
            _ => Phase::DropOthers,
        };
        let makes = match object.kind {
            ObjectKind::Schema | ObjectKind::Extension => Phase::Schemas,
            _ => Phase::Others,
        };
        let (Some(_), Some(new)) = (old, new) else {
            if difference.kind == DifferenceKind::Extra {
                let what = object_name(object, |name| shown(name, self.dialect));
                steps.push((drops(object.kind), format!("DROP {what}")));
            }
            if let Some(new) = new.filter(|_| difference.kind == DifferenceKind::Missing) {
                match self.to.other(object, new) {
                    Some(text) => steps.push((makes, text)),
                    None => {
                        let what = object_name(object, |name| shown(name, self.dialect));
                        steps.push((
                            makes,
                            format!("-- {what} is missing, and is not known well enough to be written"),
                        ));
                    }
                }
                steps.extend(self.to.switched(object, new).map(|text| (makes, text)));
                if let Some(comment) = &new.notes.comment {
                    steps.push((Phase::Comments, self.to.comment(object, Some(comment))));
                }
            }
            return;
        };
        if let (Detail::Extension(_), ObjectKind::Extension) = (&new.detail, object.kind) {
            if let Detail::Extension(extension) = &new.detail
                && let Some(schema) = &extension.schema
            {
                steps.push((
                    Phase::Schemas,
                    format!(
                        "ALTER EXTENSION {} SET SCHEMA {}",
                        quote(&object.name.ident, self.dialect),
                        quote(schema, self.dialect)
                    ),
                ));
            }
            return;
        }
        if let Some(text) = self.to.other(object, new) {
            let what = object_name(object, |name| shown(name, self.dialect));
            steps.push((Phase::DropOthers, format!("DROP {what}")));
            steps.push((makes, text));
            steps.extend(self.to.switched(object, new).map(|text| (makes, text)));
            if let Some(comment) = &new.notes.comment {
                steps.push((Phase::Comments, self.to.comment(object, Some(comment))));
            }
        }
    }

    /// SQLite changes little in place: what it cannot, it makes anew and copies (source: sqlite.org/lang_altertable.html, 7).
    fn sqlite(&self) -> Vec<String> {
        let mut out = Vec::new();
        let is_view = |object: &ObjectRef| object.kind == ObjectKind::View;
        let rebuilt = self.tables_to_rebuild();
        let dropped: BTreeSet<Name> = self
            .differences
            .iter()
            .filter(|difference| {
                difference.kind == DifferenceKind::Extra && difference.object.kind == ObjectKind::Table
            })
            .map(|difference| difference.object.name.clone())
            .collect();
        // A view that reads what is not there for a moment keeps SQLite from renaming anything.
        let all_views = !rebuilt.is_empty() || !dropped.is_empty();
        let changed = |name: &Name| {
            self.differences
                .iter()
                .any(|difference| is_view(&difference.object) && difference.object.name == *name)
        };
        let views = self.from.views_in_order();
        // A view takes its triggers along.
        let triggers = |kind: DifferenceKind| {
            self.differences.iter().filter(move |difference| {
                difference.object.kind == ObjectKind::Trigger && difference.kind == kind
            })
        };
        let goes = triggers(DifferenceKind::Extra).chain(triggers(DifferenceKind::Definition));
        for difference in goes {
            out.push(format!("DROP TRIGGER {}", quote(&difference.object.name.ident, self.dialect)));
        }
        for view in views.iter().rev().filter(|view| all_views || changed(&view.name)) {
            out.push(format!("DROP VIEW {}", shown(&view.name, self.dialect)));
        }
        for difference in self.differences {
            let object = &difference.object;
            let on_rebuilt =
                object.on.as_ref().is_some_and(|on| rebuilt.contains(on) || dropped.contains(on));
            if object.kind == ObjectKind::Index && difference.kind != DifferenceKind::Missing && !on_rebuilt {
                out.push(format!("DROP INDEX {}", quote(&object.name.ident, self.dialect)));
            }
        }
        if !rebuilt.is_empty() {
            out.insert(0, "PRAGMA foreign_keys = OFF".to_owned());
        }
        for name in &dropped {
            out.push(format!("DROP TABLE {}", shown(name, self.dialect)));
        }
        let new_tables = self.new_tables();
        for table in self.to.tables_in_order() {
            if new_tables.contains(&table.name) {
                out.push(self.to.create_table(table));
                self.to.indexes(&table.name, &mut out);
            } else if rebuilt.contains(&table.name) {
                self.rebuild(table, &mut out);
            } else {
                for difference in self.differences {
                    if difference.object.on.as_ref() != Some(&table.name)
                        || difference.object.kind != ObjectKind::Column
                    {
                        continue;
                    }
                    let column = &difference.object.name.ident;
                    match (difference.kind, table.column(column.key()).found()) {
                        (DifferenceKind::Missing, Some(member)) => out.push(format!(
                            "ALTER TABLE {} ADD COLUMN {}",
                            shown(&table.name, self.dialect),
                            self.to.column(table, member)
                        )),
                        (DifferenceKind::Extra, _) => out.push(format!(
                            "ALTER TABLE {} DROP COLUMN {}",
                            shown(&table.name, self.dialect),
                            quote(column, self.dialect)
                        )),
                        (_, _) => {}
                    }
                }
            }
        }
        for difference in self.differences {
            let object = &difference.object;
            let made = object.on.as_ref().is_some_and(|on| rebuilt.contains(on) || new_tables.contains(on));
            if object.kind == ObjectKind::Index
                && difference.kind != DifferenceKind::Extra
                && !made
                && let Some(index) = self.to.catalog.index(&object.name).found()
            {
                out.push(self.to.index(index));
            }
        }
        for view in self.to.views_in_order() {
            if all_views || changed(&view.name) {
                out.push(self.to.create_view(view));
            }
        }
        for (object, other) in self.to.catalog.others() {
            let on = match &other.detail {
                Detail::Trigger(trigger) => trigger.table.as_ref(),
                Detail::None
                | Detail::Policy(_)
                | Detail::Rule(_)
                | Detail::Extension(_)
                | Detail::Statistics(_)
                | Detail::Publication(_)
                | Detail::Text(_) => continue,
            };
            let lost = on.is_some_and(|on| {
                rebuilt.contains(on) || (all_views && self.to.catalog.view(on).found().is_some())
            });
            let differs = self
                .differences
                .iter()
                .any(|difference| difference.object == *object && difference.kind != DifferenceKind::Extra);
            if lost || differs || on.is_some_and(|on| new_tables.contains(on)) {
                out.extend(self.to.other(object, other));
            }
        }
        if !rebuilt.is_empty() {
            out.push("PRAGMA foreign_key_check".to_owned());
            out.push("PRAGMA foreign_keys = ON".to_owned());
        }
        out
    }

    /// The tables of both sides that differ in what ALTER TABLE cannot change.
    fn tables_to_rebuild(&self) -> BTreeSet<Name> {
        let mut found = BTreeSet::new();
        for difference in self.differences {
            let object = &difference.object;
            let table = match object.kind {
                ObjectKind::Table
                    if !matches!(difference.kind, DifferenceKind::Missing | DifferenceKind::Extra) =>
                {
                    Some(&object.name)
                }
                ObjectKind::Constraint => object.on.as_ref(),
                ObjectKind::Column => object.on.as_ref().filter(|table| {
                    let member =
                        self.to.catalog.table(table).and_then(|table| table.column(object.name.ident.key()));
                    match (difference.kind, member.found()) {
                        (DifferenceKind::Missing, Some(member)) => !can_be_added(&member.column),
                        (DifferenceKind::Extra, _) => !self.can_be_dropped(table, &object.name.ident),
                        (_, _) => true,
                    }
                }),
                _ => None,
            };
            found.extend(table.cloned());
        }
        found
    }

    /// Whether SQLite drops a column in place: no key, index, constraint or computed column reads it.
    fn can_be_dropped(&self, table: &Name, column: &Ident) -> bool {
        let Some(table) = self.from.catalog.table(table).found() else { return false };
        let read_by_constraint = table.constraints.iter().any(|(_, constraint)| match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                columns.contains(column)
            }
            ConstraintKind::Check(expr) => expr.reads(column.key()),
            ConstraintKind::ForeignKey(key) => key.columns.contains(column),
            ConstraintKind::Exclude(_) | ConstraintKind::NotNull(_) => true,
        });
        let computed = table.columns.iter().any(|member| {
            member.column.generated.as_ref().is_some_and(|generated| generated.expr.reads(column.key()))
        });
        let reads = |index: &Index| {
            index
                .keys
                .iter()
                .map(|key| &key.expr)
                .chain(&index.predicate)
                .any(|expr| expr.reads(column.key()))
        };
        let indexed = self.from.catalog.indexes_of(&table.name).any(|index| {
            // One that goes anyway is dropped before.
            reads(index) && self.to.catalog.index(&index.name).found().is_some()
        });
        !read_by_constraint && !computed && !indexed
    }

    /// The recipe: a new table, its rows, the old one's name.
    fn rebuild(&self, table: &Table, out: &mut Vec<String>) {
        let Some(old) = self.from.catalog.table(&table.name).found() else { return };
        let ident = Ident::caseless(format!("new_{}", table.name.text()));
        let new = Table { name: Name { schema: table.name.schema.clone(), ident }, ..table.clone() };
        let (new_name, name) = (shown(&new.name, self.dialect), shown(&table.name, self.dialect));
        out.push(self.to.create_table(&new));
        let shared = table.columns.iter().map(|member| &member.column).filter(|column| {
            column.generated.is_none()
                && old.column(column.name.key()).found().is_some_and(|old| old.column.generated.is_none())
        });
        let (mut into, mut from) = (Vec::new(), Vec::new());
        for column in shared {
            let was = old.column(column.name.key()).found().map(|old| old.column.not_null);
            let shown_column = quote(&column.name, self.dialect);
            let value = match (&column.default, column.not_null, was) {
                // Rows without a value take the default.
                (Some(default), Some(true), Some(Some(false))) if !is_null(default) => {
                    format!("COALESCE({shown_column}, {})", expr_text(default, self.dialect))
                }
                (_, _, _) => shown_column.clone(),
            };
            into.push(shown_column);
            from.push(value);
        }
        if !into.is_empty() {
            out.push(format!(
                "INSERT INTO {new_name} ({}) SELECT {} FROM {name}",
                into.join(", "),
                from.join(", ")
            ));
        }
        out.push(format!("DROP TABLE {name}"));
        out.push(format!("ALTER TABLE {new_name} RENAME TO {name}"));
        self.to.indexes(&table.name, out);
    }
}

fn foreign_keys(table: &Table) -> impl Iterator<Item = (&Ident, &ForeignKey)> {
    table.constraints.iter().filter_map(|(ident, constraint)| match &constraint.kind {
        ConstraintKind::ForeignKey(key) => Some((ident, key)),
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => None,
    })
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Literal::Null))
}

/// Whether SQLite adds a column in place, whatever the rows (source: sqlite.org/lang_altertable.html, 4).
fn can_be_added(column: &Column) -> bool {
    let constant = column
        .default
        .as_ref()
        .is_none_or(|default| matches!(default, Expr::Literal(_)) || default.is_constant());
    let filled = column.default.as_ref().is_some_and(|default| !default.is_null());
    let stored = column
        .generated
        .as_ref()
        .is_some_and(|generated| generated.kind == crate::schema::GeneratedKind::Stored);
    constant && !stored && (column.not_null != Some(true) || filled) && column.identity.is_none()
}

/// Whether the server turns values of one type into another by itself.
fn casts_itself(from: &Type, to: &Type) -> bool {
    use crate::schema::Family as F;
    if from.dimensions != to.dimensions {
        return false;
    }
    if from.name == to.name && from.schema == to.schema {
        return true;
    }
    let numbers = |family: F| matches!(family, F::Integer | F::Decimal | F::Float);
    match (from.family(), to.family()) {
        (from, to) if numbers(from) && numbers(to) => true,
        (_, F::Text) => true,
        (F::Timestamp | F::Date, F::Timestamp | F::Date | F::Time) => true,
        (F::Json, F::Json) | (F::Network, F::Network) => true,
        (_, _) => false,
    }
}

/// What a setting is when nobody says anything.
fn usual_setting(setting: &str, ty: Option<&Type>) -> String {
    match setting {
        "statistics" => "-1".to_owned(),
        "storage" => crate::schema::diff::usual_storage(ty).unwrap_or("extended").to_owned(),
        _ => "default".to_owned(),
    }
}

fn relation_ref(kind: ObjectKind, name: &Name) -> ObjectRef {
    ObjectRef { kind, name: name.clone(), on: None }
}

const fn view_kind(materialized: bool) -> ObjectKind {
    if materialized { ObjectKind::MaterializedView } else { ObjectKind::View }
}
