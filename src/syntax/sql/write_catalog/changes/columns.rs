//! Columns that come, go and change in PostgreSQL.

use std::collections::BTreeSet;

use super::super::super::write::quote;
use super::super::tables::default_text;
use super::super::{shown, type_text};
use super::{Changes, Phase, Steps};
use crate::schema::{
    Catalog, Column, ConstraintKind, Difference, DifferenceKind, Ident, Identity, Member, Name, ObjectKind,
    Table, Type, TypeEntry, TypeKind,
};

impl Changes<'_> {
    pub(super) fn change_column(&self, difference: &Difference, steps: &mut Steps) {
        let Some(table_name) = &difference.object.on else { return };
        let column_name = &difference.object.name.ident;
        let table = shown(table_name, self.dialect);
        let column = quote(column_name, self.dialect);
        let old = self.from.catalog.table(table_name).found();
        let new = self.to.catalog.table(table_name).found();
        let member =
            |table: Option<&Table>| table.and_then(|table| table.column(column_name.key()).found()).cloned();
        let (before, after) = (member(old), member(new));
        // What its parent does, it does too.
        let inherited = self.follows(table_name, |parent| parent.column(column_name.key()).found().is_some());
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
                if inherited {
                    return;
                }
                let computed = after.column.generated.is_some();
                steps.push((
                    if computed { Phase::Computed } else { Phase::Columns },
                    format!("ALTER TABLE {table} ADD COLUMN {}", self.to.column(new, &after)),
                ));
                let sequence = self.to.sequence_of(table_name, column_name);
                if let Some(sequence) = sequence.filter(|sequence| !self.to.comes_with_column(sequence)) {
                    steps.push((Phase::Items, self.to.sequence(sequence)));
                    steps.extend(self.to.owner_of_sequence(sequence).map(|text| (Phase::Owners, text)));
                }
                for (setting, value) in &after.column.settings {
                    let text = self.to.column_setting(table_name, column_name, setting, value);
                    steps.push((Phase::Switches, text));
                }
                steps.makes(ObjectKind::Column, &difference.object.name, Some(table_name));
            }
            (DifferenceKind::Extra, before, _) => {
                if !inherited {
                    let computed = before.is_some_and(|before| before.column.generated.is_some());
                    let phase = if computed { Phase::DropComputed } else { Phase::DropColumns };
                    steps.push((phase, format!("ALTER TABLE {table} DROP COLUMN {column}")));
                }
            }
            (DifferenceKind::Type, Some(before), Some(after)) => {
                if inherited {
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
                        let is_enum = |catalog: &Catalog, ty: &Type| {
                            let of_name = |entry: &&TypeEntry| *entry.name.text() == ty.name;
                            let entry = catalog.types().find(of_name);
                            entry.is_some_and(|entry| matches!(entry.kind, TypeKind::Enum(_)))
                        };
                        let through_text = is_enum(self.from.catalog, old)
                            || is_enum(self.to.catalog, ty)
                            || (own(old) && own(ty));
                        // From one type of the user's to another, and out of an enum, only the text leads.
                        if through_text {
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
                        let value = other
                            .map_or_else(|| usual_setting(setting, after.column.ty.as_ref()), Clone::clone);
                        let text = self.to.column_setting(table_name, column_name, setting, &value);
                        steps.push((Phase::Switches, text));
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
    pub(super) fn make_column_again(&self, table_name: &Name, column_name: &Ident, steps: &mut Steps) {
        let table = shown(table_name, self.dialect);
        let column = quote(column_name, self.dialect);
        steps.push((Phase::DropComputed, format!("ALTER TABLE {table} DROP COLUMN {column}")));
        let Some(new) = self.to.catalog.table(table_name).found() else { return };
        let Some(member) = new.column(column_name.key()).found() else { return };
        steps.push((
            Phase::Computed,
            format!("ALTER TABLE {table} ADD COLUMN {}", self.to.column(new, member)),
        ));
        let indexes = self
            .to
            .catalog
            .indexes_of(table_name)
            .filter(|index| index.constraint.is_none() && index.reads(column_name));
        steps.extend(indexes.map(|index| (Phase::Indexes, self.to.index(index))));
        for (ident, constraint) in &new.constraints {
            // NOT NULL stands at the column.
            let elsewhere = !matches!(constraint.kind, ConstraintKind::NotNull(_));
            if elsewhere && constraint.kind.reads(column_name) && !constraint.inherited {
                steps.push((Phase::ForeignKeys, self.to.add_constraint(table_name, ident, constraint)));
            }
        }
        steps.makes(ObjectKind::Column, &Name::bare(column_name.clone()), Some(table_name));
    }

    pub(super) fn change_default(
        &self,
        table_name: &Name,
        before: &Column,
        after: &Column,
        steps: &mut Steps,
    ) {
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
            (true, true) | (false, false) => {}
        }
        let (old, new) =
            (self.from.sequence_of(table_name, &before.name), self.to.sequence_of(table_name, &after.name));
        match (old, new) {
            (Some(old), Some(new)) if old.options.shape() != new.options.shape() => {
                steps.push((Phase::Owners, self.to.alter_sequence(&old.name, new)));
            }
            (None, Some(new)) if !new.identity => {
                steps.push((Phase::Items, self.to.sequence(new)));
                steps.extend(self.to.owner_of_sequence(new).map(|text| (Phase::Owners, text)));
            }
            (Some(old), None) if !old.identity => {
                steps.push((Phase::DropItems, format!("DROP SEQUENCE {}", shown(&old.name, self.dialect))));
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
