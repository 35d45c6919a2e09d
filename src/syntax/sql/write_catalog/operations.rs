//! Writes single operations.

use std::fmt::Write;

use super::super::write::{self, quote};
use super::objects::parameters;
use super::tables::{attributes, bound_text, default_text, key_text, references};
use super::{Writer, expr_text, quoted, type_text};
use crate::ops::{AlterColumn, AlterDomain, CreateIndex, Guard, Operation, TableTarget};
use crate::schema::{Catalog, Constraint, ConstraintKind, Dialect, Ident, Member, ObjectKind, Table};

/// A statement for an operation, without its semicolon. Names stand as they were written. None for operations that nobody has to
/// write yet.
pub fn operation(operation: &Operation, dialect: Dialect) -> Option<String> {
    Some(match operation {
        Operation::AddColumn { table, def, guard } => {
            let (catalog, unknown) = (Catalog::new(dialect, true), Table::unknown(table.name.clone()));
            let guard = if *guard == Guard::IfNotExists { "IF NOT EXISTS " } else { "" };
            let column =
                Writer { catalog: &catalog }.column(&unknown, &Member::new(def.column.clone(), None));
            format!("{} ADD COLUMN {guard}{column}", alter(table, dialect))
        }
        Operation::AddConstraint { table, constraint } => {
            format!("{} ADD {}", alter(table, dialect), constraint_text(constraint, dialect))
        }
        Operation::ValidateConstraint { table, constraint } => {
            format!("{} VALIDATE CONSTRAINT {}", alter(table, dialect), quote(constraint, dialect))
        }
        Operation::AlterColumn { table, column, change: AlterColumn::SetDefault(default) } => format!(
            "{} ALTER COLUMN {} SET DEFAULT {}",
            alter(table, dialect),
            quote(column, dialect),
            default_text(default, dialect)
        ),
        Operation::AlterColumn { table, column, change: AlterColumn::Type { ty, using, .. } } => {
            let using = using
                .as_ref()
                .map_or_else(String::new, |expr| format!(" USING {}", expr_text(expr, dialect)));
            format!(
                "{} ALTER COLUMN {} TYPE {}{using}",
                alter(table, dialect),
                quote(column, dialect),
                type_text(ty, dialect)
            )
        }
        Operation::RenameColumn { table, from, to } => format!(
            "{} RENAME COLUMN {} TO {}",
            alter(table, dialect),
            quote(from, dialect),
            quote(to, dialect)
        ),
        Operation::Rename { object, to, .. } => format!(
            "ALTER {} {} RENAME TO {}",
            object.kind.keywords(),
            write::name(&object.name, dialect),
            quote(to, dialect)
        ),
        Operation::AttachPartition { table, partition, bound } => {
            let bound =
                bound.as_ref().map_or_else(String::new, |bound| format!(" {}", bound_text(bound, dialect)));
            format!("{} ATTACH PARTITION {}{bound}", alter(table, dialect), write::name(partition, dialect))
        }
        Operation::DetachPartition { table, partition, concurrently, .. } => format!(
            "{} DETACH PARTITION {}{}",
            alter(table, dialect),
            write::name(partition, dialect),
            if *concurrently { " CONCURRENTLY" } else { "" }
        ),
        Operation::CreateIndex(create) => index(create, dialect),
        Operation::CreateSequence(create) => {
            let owned = create.owned_by.as_ref().map_or_else(String::new, |(table, column)| {
                format!(" OWNED BY {}.{}", write::name(table, dialect), quote(column, dialect))
            });
            let ty = create
                .options
                .ty
                .as_ref()
                .map_or_else(String::new, |ty| format!(" AS {}", type_text(ty, dialect)));
            format!("CREATE SEQUENCE {}{ty}{owned}", write::name(&create.name, dialect))
        }
        Operation::AlterDomain { name, change } => {
            let name = write::name(name, dialect);
            match change {
                AlterDomain::AddConstraint(constraint) => {
                    format!("ALTER DOMAIN {name} ADD {}", constraint_text(constraint, dialect))
                }
                AlterDomain::ValidateConstraint(constraint) => {
                    format!("ALTER DOMAIN {name} VALIDATE CONSTRAINT {}", quote(constraint, dialect))
                }
                AlterDomain::DropConstraint { name: constraint, guard } => {
                    let guard = if *guard == Guard::IfExists { "IF EXISTS " } else { "" };
                    format!("ALTER DOMAIN {name} DROP CONSTRAINT {guard}{}", quote(constraint, dialect))
                }
                AlterDomain::SetNotNull => format!("ALTER DOMAIN {name} SET NOT NULL"),
                AlterDomain::DropNotNull => format!("ALTER DOMAIN {name} DROP NOT NULL"),
                AlterDomain::SetDefault(_) | AlterDomain::DropDefault => return None,
            }
        }
        other => return write::statement(other, dialect),
    })
}

fn alter(table: &TableTarget, dialect: Dialect) -> String {
    let kind = if table.kind == ObjectKind::Index { "INDEX" } else { "TABLE" };
    let guard = if table.if_exists { "IF EXISTS " } else { "" };
    let only = if table.only { "ONLY " } else { "" };
    format!("ALTER {kind} {guard}{only}{}", write::name(&table.name, dialect))
}

/// `CONSTRAINT name CHECK (…)`; without a name where it has none.
/// A foreign key of one column as that column's own: `CONSTRAINT x REFERENCES …`.
pub fn reference(constraint: &Constraint, dialect: Dialect) -> Option<String> {
    let ConstraintKind::ForeignKey(key) = &constraint.kind else { return None };
    let [_] = key.columns.as_slice() else { return None };
    let name = constraint
        .name
        .as_ref()
        .map_or_else(String::new, |name| format!("CONSTRAINT {} ", quote(name, dialect)));
    Some(format!("{name}{}{}", references(key, dialect), attributes(constraint)))
}

fn constraint_text(constraint: &Constraint, dialect: Dialect) -> String {
    let (word, using) = match &constraint.kind {
        ConstraintKind::PrimaryKey { using_index: Some(index), .. } => ("PRIMARY KEY", index),
        ConstraintKind::Unique { using_index: Some(index), .. } => ("UNIQUE", index),
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => {
            let catalog = Catalog::new(dialect, true);
            let nameless = Ident::exact("");
            let text = Writer { catalog: &catalog }
                .constraint(constraint.name.as_ref().unwrap_or(&nameless), constraint);
            let without = text.strip_prefix("CONSTRAINT \"\" ").map(str::to_owned);
            return without.unwrap_or(text);
        }
    };
    let name = constraint
        .name
        .as_ref()
        .map_or_else(String::new, |name| format!("CONSTRAINT {} ", quote(name, dialect)));
    let mut out = format!("{name}{word} USING INDEX {}", quote(using, dialect));
    for attribute in &constraint.attributes {
        if matches!(attribute.as_str(), "DEFERRABLE" | "INITIALLY DEFERRED") {
            let _ = write!(out, " {attribute}");
        }
    }
    out
}

fn index(create: &CreateIndex, dialect: Dialect) -> String {
    let word = |given: bool, word: &'static str| if given { word } else { "" };
    let mut out = format!(
        "CREATE {}INDEX {}{}{}ON {}{}",
        word(create.unique, "UNIQUE "),
        word(create.concurrently, "CONCURRENTLY "),
        word(create.guard == Guard::IfNotExists, "IF NOT EXISTS "),
        create.name.as_ref().map_or_else(String::new, |index| format!("{} ", quote(&index.ident, dialect))),
        word(create.only, "ONLY "),
        write::name(&create.table, dialect),
    );
    if create.method != "btree" {
        let _ = write!(out, " USING {}", create.method);
    }
    let keys: Vec<String> = create.keys.iter().map(|key| key_text(key, dialect)).collect();
    let _ = write!(out, " ({})", keys.join(", "));
    if !create.include.is_empty() {
        let _ = write!(out, " INCLUDE ({})", quoted(&create.include, dialect));
    }
    if create.nulls_not_distinct {
        out.push_str(" NULLS NOT DISTINCT");
    }
    if !create.parameters.is_empty() {
        let _ = write!(out, " WITH ({})", parameters(&create.parameters));
    }
    if let Some(predicate) = &create.predicate {
        let _ = write!(out, " WHERE {}", expr_text(predicate, dialect));
    }
    out
}
