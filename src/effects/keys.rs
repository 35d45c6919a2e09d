//! Which keys of a table inserted rows fill.

use crate::ops::Insert;
use crate::schema::{Catalog, ConstraintKind, Ident, IndexKey, Table};

/// The keys of the table that the inserted rows fill themselves: the primary key, UNIQUE, and unique indexes on plain columns.
pub fn filled_by(catalog: &Catalog, table: &Table, insert: &Insert) -> Vec<Vec<Ident>> {
    let written = |column: &Ident| {
        if insert.columns.is_empty() { true } else { insert.columns.contains(column) }
    };
    let mut keys: Vec<Vec<Ident>> = Vec::new();
    let mut add = |columns: Vec<Ident>| {
        if !columns.is_empty() && columns.iter().all(written) && !keys.contains(&columns) {
            keys.push(columns);
        }
    };
    for (_, constraint) in &table.constraints {
        match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                add(columns.clone())
            }
            ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => {}
        }
    }
    for index in catalog.indexes_of(&table.name).filter(|index| index.unique && index.predicate.is_none()) {
        let columns: Option<Vec<Ident>> =
            index.keys.iter().map(IndexKey::column).map(|column| column.map(Ident::exact)).collect();
        add(columns.unwrap_or_default());
    }
    keys
}
