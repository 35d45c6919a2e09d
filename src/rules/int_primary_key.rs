//! A new primary key that ends at two thousand million.

use super::new_columns::{NewColumn, new_columns};
use super::{Check, Cx, PartFacts, Rule};
use crate::diagnostic::Safety;
use crate::schema::{Dialect, Type};

/// `int-primary-key`.
pub const RULE: Rule = Rule {
    id: "int-primary-key",
    page: include_str!("../../rules/int-primary-key.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    for column in new_columns(part).into_iter().filter(NewColumn::is_key) {
        let Some((end, wider)) = column.ty().and_then(|ty| end_of(ty, part.dialect())) else { continue };
        if column.refers() || column.is_checked() || is_one_row(&column) {
            continue;
        }
        let (name, table) = (&column.column().name, &column.table.name);
        let message = format!(
            "the key `{name}` of `{table}` ends at {end}: the INSERT after that fails, and to make it a bigint then the whole table is rewritten"
        );
        let finding = cx.report(column.place(part), message).help(format!("Make it `{wider}` now."));
        let serial = column.def.column.ty.as_ref().is_some_and(Type::is_serial);
        let to = if serial { "bigserial" } else { wider };
        let remedy = column.retype(part, Type::plain(to), None);
        // Where its numbers are said to be of some other type, that says where they end.
        if let Some(remedy) = remedy.filter(|_| column.def.sequence.0.ty.is_none()) {
            finding.remedy(Safety::Unsafe, remedy);
        }
    }
}

/// The greatest number of a type that a table can outgrow, and the type that none does. Smaller ones were chosen to be small.
fn end_of(ty: &Type, dialect: Dialect) -> Option<(&'static str, &'static str)> {
    if ty.schema.is_some() || ty.dimensions > 0 {
        return None;
    }
    match (dialect, ty.name.as_str()) {
        (Dialect::Postgres, "integer") | (Dialect::Mysql, "int" | "integer") => {
            Some(("2,147,483,647", "bigint"))
        }
        (Dialect::Mysql, "int unsigned" | "integer unsigned") => Some(("4,294,967,295", "bigint unsigned")),
        // An INTEGER has 64 bits in SQLite.
        (Dialect::Postgres | Dialect::Mysql | Dialect::Sqlite, _) => None,
    }
}

/// A key with a constant for its default is that of a table of one row.
fn is_one_row(column: &NewColumn<'_>) -> bool {
    column.column().default.as_ref().is_some_and(|default| default.is_constant() && !default.is_null())
}
