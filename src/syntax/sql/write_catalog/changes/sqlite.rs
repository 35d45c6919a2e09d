//! SQLite: what ALTER TABLE cannot change there is made anew and copied.

use std::collections::BTreeSet;

use super::super::super::write::quote;
use super::super::{expr_text, shown};
use super::Changes;
use crate::schema::{
    Column, Constraint, ConstraintKind, Detail, DifferenceKind, Expr, GeneratedKind, Ident, Literal, Name,
    ObjectKind, ObjectRef, Table,
};

impl Changes<'_> {
    /// SQLite changes little in place: what it cannot, it makes anew and copies (source: sqlite.org/lang_altertable.html, 7).
    pub(super) fn sqlite(&self) -> Vec<String> {
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
            // A foreign key to what is no key ends the check with an error.
            if self.to.catalog.tables().all(|table| self.refers_to_keys(table)) {
                out.push("PRAGMA foreign_key_check".to_owned());
            }
            out.push("PRAGMA foreign_keys = ON".to_owned());
        }
        out
    }

    /// Whether every foreign key of a table refers to a primary key, or to columns that a UNIQUE or an index keeps unique (source:
    /// sqlite.org/foreignkeys.html, 3).
    fn refers_to_keys(&self, table: &Table) -> bool {
        table.foreign_keys().all(|(_, key)| {
            let Some(parent) = self.to.catalog.table(&key.table).found() else { return true };
            let own = parent.primary_key().unwrap_or_default();
            if key.referenced.is_empty() {
                return own.len() == key.columns.len();
            }
            let is_meant = |columns: &[Ident]| {
                columns.len() == key.referenced.len()
                    && columns.iter().all(|column| key.referenced.contains(column))
            };
            let is_unique = |constraint: &Constraint| match &constraint.kind {
                ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                    is_meant(columns)
                }
                ConstraintKind::Check(_)
                | ConstraintKind::ForeignKey(_)
                | ConstraintKind::Exclude(_)
                | ConstraintKind::NotNull(_) => false,
            };
            parent.constraints.iter().any(|(_, constraint)| is_unique(constraint))
                || self.to.catalog.indexes_of(&parent.name).any(|index| index.keeps_unique(&key.referenced))
        })
    }

    /// The tables of both sides that differ in what ALTER TABLE cannot change.
    pub(super) fn tables_to_rebuild(&self) -> BTreeSet<Name> {
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
    pub(super) fn can_be_dropped(&self, table: &Name, column: &Ident) -> bool {
        let Some(table) = self.from.catalog.table(table).found() else { return false };
        let read_by_constraint =
            table.constraints.iter().any(|(_, constraint)| constraint.kind.reads(column));
        let computed = table.columns.iter().any(|member| {
            member.column.generated.as_ref().is_some_and(|generated| generated.expr.reads(column.key()))
        });
        let indexed = self.from.catalog.indexes_of(&table.name).any(|index| {
            // One that goes anyway is dropped before.
            index.reads(column) && self.to.catalog.index(&index.name).found().is_some()
        });
        !read_by_constraint && !computed && !indexed
    }

    /// The recipe: a new table, its rows, the old one's name.
    pub(super) fn rebuild(&self, table: &Table, out: &mut Vec<String>) {
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
    let stored = column.generated.as_ref().is_some_and(|generated| generated.kind == GeneratedKind::Stored);
    constant && !stored && (column.not_null != Some(true) || filled) && column.identity.is_none()
}
