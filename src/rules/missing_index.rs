//! What rules about missing indexes share: the index that would be there.

use super::StepFacts;
use crate::ops::{CreateIndex, Guard, Op, Operation};
use crate::schema::{Catalog, Expr, Ident, IndexKey, Name, Table};

/// The index that is missing on these columns of a table that an operation makes or changes; the table with the name that stands there.
pub fn index_for(
    step: &StepFacts<'_>,
    op: &Op,
    (table, written): (&Table, Name),
    columns: &[Ident],
    concurrently: bool,
) -> CreateIndex {
    let guarded = match &op.kind {
        Operation::CreateTable(create) => create.guard == Guard::IfNotExists,
        Operation::AddColumn { guard, .. } => *guard == Guard::IfNotExists,
        _ => !step.part.tool().records,
    };
    let key = |column: &Ident| IndexKey {
        expr: Expr::Column(vec![column.text().to_owned()]),
        options: String::new(),
    };
    CreateIndex {
        name: Some(Name::bare(free_name(&step.part.run.after, table, columns))),
        table: written,
        only: false,
        unique: false,
        concurrently,
        // A guard would keep the invalid index that a failed build leaves.
        guard: if guarded && !concurrently { Guard::IfNotExists } else { Guard::None },
        method: "btree".to_owned(),
        keys: columns.iter().map(key).collect(),
        include: Vec::new(),
        nulls_not_distinct: false,
        predicate: None,
        parameters: std::collections::BTreeMap::new(),
    }
}

/// A name for the index in the manner of the others: `orders_customer_id_idx`, or `idx_orders_customer_id`.
fn free_name(catalog: &Catalog, table: &Table, columns: &[Ident]) -> Ident {
    const LONGEST: usize = 63;
    let before = ["idx_", "ix_"].into_iter().find(|prefix| {
        let named = catalog.indexes().filter(|index| index.constraint.is_none() && !index.generated_name);
        let (with, without): (Vec<_>, Vec<_>) =
            named.partition(|index| index.name.text().starts_with(prefix));
        with.len() > without.len()
    });
    let columns: Vec<&str> = columns.iter().map(Ident::text).collect();
    let (own, columns) = (table.name.text(), columns.join("_"));
    let name = |number: &str| match before {
        Some(prefix) => format!("{prefix}{own}_{columns}{number}"),
        None => format!("{own}_{columns}_idx{number}"),
    };
    let is_free = |ident: &Ident| {
        let full = Name { schema: table.name.schema.clone(), ident: ident.clone() };
        catalog.relation(&full).found().is_none()
    };
    let mut number = 0;
    loop {
        let label = if number == 0 { String::new() } else { number.to_string() };
        let text = name(&label);
        // The server cuts what is too long, and two of them would be one.
        let ident = if text.len() > LONGEST {
            Ident::exact(format!("{columns}_idx{label}"))
        } else {
            Ident::exact(text)
        };
        if is_free(&ident) {
            return ident;
        }
        number += 1;
    }
}
